"""Number: a quantity that need not be whole, such as hours a week."""

from typing import ClassVar

from altcred.kinds.numeric import Numeric
from altcred.kinds.registry import register_kind


class Number(Numeric):
    """A quantity that need not be whole."""

    name: ClassVar[str] = "number"
    is_skewed: ClassVar[bool | None] = None


register_kind(Number())
