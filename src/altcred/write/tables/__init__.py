"""Tables of the report: views of estimates, a file for what belongs together, found by name."""

from altcred.write.tables import (
    answers,
    apart,
    changes,
    cohorts,
    comparison,
    counts,
    frames,
    numbers,
    paired,
    profile,
    ranks,
    rules,
    shares,
)
from altcred.write.tables.cells import numbers_behind, show, show_found, with_n
from altcred.write.tables.frames import frame_table
from altcred.write.tables.table import (
    Shown,
    Table,
    find_table,
    forget_table,
    hide_all,
    register_table,
    slug,
)

__all__ = [
    "Shown",
    "Table",
    "answers",
    "apart",
    "changes",
    "cohorts",
    "comparison",
    "counts",
    "find_table",
    "forget_table",
    "frame_table",
    "frames",
    "hide_all",
    "numbers",
    "numbers_behind",
    "paired",
    "profile",
    "ranks",
    "register_table",
    "rules",
    "shares",
    "show",
    "show_found",
    "slug",
    "with_n",
]
