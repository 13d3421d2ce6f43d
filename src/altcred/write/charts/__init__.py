"""Charts of the report: a file each, found by name."""

from typing import Any

from altcred.write.charts import bounds, cells, change, distribution, flow, maps, pairs, shares
from altcred.write.charts.drawing import (
    CHARTS,
    Drawing,
    find_chart,
    forget_chart,
    register_chart,
)
from altcred.write.views import View

__all__ = [
    "CHARTS",
    "Drawing",
    "bounds",
    "cells",
    "change",
    "default_chart",
    "distribution",
    "find_chart",
    "flow",
    "forget_chart",
    "maps",
    "pairs",
    "register_chart",
    "shares",
]


def default_chart(view: View, variable: str, **options: Any) -> Drawing | None:
    """Return the chart that a variable's kind names; None where it names none."""
    kind = view.kind(variable)
    return find_chart(kind.chart)(view, variable, **options) if kind and kind.chart else None
