"""Tables of the report: views of estimates, a file for what belongs together, found by name."""

from typing import Any

from altcred.write.tables import (
    answers,
    comparison,
    counts,
    frames,
    numbers,
    paired,
    profile,
    shares,
)
from altcred.write.tables.cells import numbers_behind, show, show_found
from altcred.write.tables.frames import frame_table
from altcred.write.tables.profile import write_top
from altcred.write.tables.table import (
    TABLES,
    Shown,
    Table,
    find_table,
    forget_table,
    register_table,
    slug,
)
from altcred.write.views import View, open_view

__all__ = [
    "TABLES",
    "Shown",
    "Table",
    "answers",
    "answers_table",
    "category_table",
    "comparison",
    "contents_table",
    "counts",
    "counts_table",
    "default_change_table",
    "default_table",
    "find_table",
    "flow_table",
    "forget_table",
    "frame_table",
    "frames",
    "numbers",
    "numbers_behind",
    "numbers_table",
    "open_view",
    "paired",
    "profile",
    "profile_table",
    "program_table",
    "register_table",
    "shares",
    "show",
    "show_found",
    "sizes_table",
    "slug",
    "unread_table",
    "write_top",
]


def default_table(view: View, variable: str, **options: Any) -> Table | None:
    """Return the table that a variable's kind names; None where it names none."""
    kind = view.kind(variable)
    return find_table(kind.table)(view, variable, **options) if kind and kind.table else None


def default_change_table(
    view: View, variable: str, first: str, second: str, **options: Any
) -> Table | None:
    """Return the table of paired answers that a variable's kind names; None where it names none."""
    kind = view.kind(variable)
    name = kind.change_table if kind else ""
    return find_table(name)(view, variable, first, second, **options) if name else None


# Names by which chapters that have not yet been rewritten call tables; they go with these.
answers_table, unread_table = answers.answers_table, answers.unread_table
counts_table, sizes_table = counts.counts_table, counts.sizes_table
contents_table, flow_table = counts.contents_table, counts.flow_table
category_table = shares.shares_table
numbers_table, program_table = numbers.numbers_table, shares.programs_table
profile_table = profile.profile_table
