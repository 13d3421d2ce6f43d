"""Count: a whole number of things, such as courses taken."""

from typing import ClassVar

from altcred.kinds.numeric import Numeric
from altcred.kinds.registry import register_kind


class Count(Numeric):
    """A whole number of things."""

    name: ClassVar[str] = "count"
    is_whole: ClassVar[bool] = True
    is_skewed: ClassVar[bool | None] = None
    stand_in: ClassVar[str] = "counts"


register_kind(Count())
