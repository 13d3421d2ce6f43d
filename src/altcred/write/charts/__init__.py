"""Charts of the report: a file each, found by name."""

from altcred.write.charts import (
    bars,
    bounds,
    cells,
    change,
    changes,
    cohorts,
    collections,
    distribution,
    flow,
    histogram,
    items,
    maps,
    pairs,
    ranks,
    shares,
    spread,
)
from altcred.write.charts.drawing import (
    Drawing,
    find_chart,
    forget_chart,
    register_chart,
)

__all__ = [
    "Drawing",
    "bars",
    "bounds",
    "cells",
    "change",
    "changes",
    "cohorts",
    "collections",
    "distribution",
    "find_chart",
    "flow",
    "forget_chart",
    "histogram",
    "items",
    "maps",
    "pairs",
    "ranks",
    "register_chart",
    "shares",
    "spread",
]
