"""Ordered: one of several answers that rise, such as a level of education."""

import re
from typing import ClassVar

from altcred.kinds.categorical import Categorical
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick

# What the middle of a scale of agreement or satisfaction is called in some languages.
_NEUTRAL = re.compile(
    r"\b(neither|neutral|undecided|unsure|weder|teils|unentschieden|neutre|ni|neutro|neutraal|"
    r"verken|varken|hverken)\b",
    re.IGNORECASE,
)


class Ordered(Categorical):
    """One of several answers in their order; nothing is said of distances between them."""

    name: ClassVar[str] = "ordered"
    is_ordered: ClassVar[bool] = True
    chart: ClassVar[str] = "spread"
    paired: ClassVar[Yardstick | None] = Yardstick("net_change", "rank_biserial", "wilcoxon_pvalue")
    independent: ClassVar[Yardstick | None] = Yardstick("cliffs_delta", "", "mannwhitneyu_pvalue")

    def below(self, variable: Variable) -> tuple[list[str], list[str]]:
        """Return the answers before one that is called neutral, and that one."""
        names = list(variable.categories)
        for place, name in enumerate(names[1:-1], start=1):
            if _NEUTRAL.search(variable.categories[name].label):
                return names[:place], [name]
        return [], []


register_kind(Ordered())
