"""Tables of the report: views of estimates, a file for what belongs together, found by name."""

# Each registers its tables.
from altcred.write.tables import (  # noqa: F401
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
    "find_table",
    "forget_table",
    "frame_table",
    "hide_all",
    "numbers_behind",
    "register_table",
    "show",
    "show_found",
    "slug",
    "with_n",
]
