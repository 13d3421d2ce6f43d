"""Charts of the report: a file each, found by name."""

# Each registers its charts.
from altcred.write.charts import (  # noqa: F401
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

__all__ = ["Drawing", "find_chart", "forget_chart", "register_chart"]
