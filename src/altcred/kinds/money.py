"""Money: an amount in the currency that the codebook names."""

from typing import ClassVar

from altcred.kinds.numeric import Numeric
from altcred.kinds.registry import register_kind


class Money(Numeric):
    """An amount of money; one in another currency is missing, with that reason."""

    name: ClassVar[str] = "money"
    is_money: ClassVar[bool] = True
    is_skewed: ClassVar[bool | None] = True
    stand_in: ClassVar[str] = "amounts"


register_kind(Money())
