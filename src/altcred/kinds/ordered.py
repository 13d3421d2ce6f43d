"""Ordered: one of several answers that rise, such as a level of education."""

from typing import ClassVar

from altcred.kinds.categorical import Categorical
from altcred.kinds.registry import register_kind
from altcred.kinds.yardstick import Yardstick


class Ordered(Categorical):
    """One of several answers in their order; nothing is said of distances between them."""

    name: ClassVar[str] = "ordered"
    is_ordered: ClassVar[bool] = True
    paired: ClassVar[Yardstick | None] = Yardstick("net_change", "rank_biserial", "wilcoxon_pvalue")
    independent: ClassVar[Yardstick | None] = Yardstick("cliffs_delta", "", "mannwhitneyu_pvalue")


register_kind(Ordered())
