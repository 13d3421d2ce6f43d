"""Names by which the comparison's chapter, not yet rewritten, calls charts and tables."""

from altcred.write.charts.bounds import draw_bounds as bounds_figure
from altcred.write.tables.comparison import (
    balance_table,
    bounds_table,
    means_table,
    people_table,
    weighted_table,
)
from altcred.write.tables.comparison import comparison_table as shares_table

__all__ = [
    "balance_table",
    "bounds_figure",
    "bounds_table",
    "means_table",
    "people_table",
    "shares_table",
    "weighted_table",
]
