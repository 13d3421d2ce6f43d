"""Single: one of several answers that have no order."""

from typing import Any, ClassVar

from altcred.kinds.categorical import Categorical
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable


class Single(Categorical):
    """One of several answers without an order, such as a gender or an employment."""

    name: ClassVar[str] = "single"

    def draw_options(self, variable: Variable) -> dict[str, Any]:
        """Return that many answers are drawn by falling share."""
        return {"falling": len(variable.categories) > 4}


register_kind(Single())
