"""The roles of columns beside answers, and what the cells of a column have in common."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from altcred.draft.model import Table
from altcred.kinds.reading import fold_text
from altcred.kinds.times import DateOrder
from altcred.read.export import Column


@dataclass
class Roles:
    """What columns of a table are for: a role to its column, `email_2` of a second with one role.

    The roles are those of `Known`, and `code_part` of what makes a participant code together,
    `name` of a person's name, `wave` of what says which survey a row is of.
    """

    columns: dict[str, Column] = field(default_factory=dict)
    date_order: DateOrder | None = None
    time_zone: str = ""
    # What cells hold in rows by which somebody tried the survey out, by the column.
    tests: dict[Column, list[str]] = field(default_factory=dict)
    # What could not be settled, each as a sentence to follow "# decide: ".
    decide: list[str] = field(default_factory=list)

    def add(self, role: str, column: Column) -> None:
        """Give a column a role, unless it has one."""
        if not self.has(column):
            place = len(self.list(role)) + 1
            self.columns[role if place == 1 else f"{role}_{place}"] = column

    def list(self, role: str) -> list[Column]:
        """Return all columns of a role."""
        return [
            column for name, column in self.columns.items() if re.fullmatch(rf"{role}(_\d+)?", name)
        ]

    def has(self, column: Column) -> bool:
        """Tell whether a column has a role."""
        return any(column.position == other.position for other in self.columns.values())


def list_free(table: Table, roles: Roles) -> Iterator[Column]:
    """Yield the columns that have no role."""
    return (column for column in table.export.columns if not roles.has(column))


def share_of(table: Table, column: Column, test: Callable[[str], object]) -> float:
    """Return of which share of a column's answers something is true; nought of an empty one."""
    counts = table.counts(column)
    total = counts.total()
    return sum(n for text, n in counts.items() if test(text)) / total if total else 0.0


def share_distinct(table: Table, column: Column) -> float:
    """Return how many different answers a column has for each that is given."""
    counts = table.counts(column)
    return len({fold_text(text) for text in counts}) / counts.total() if counts else 0.0


def share_filled(table: Table, column: Column) -> float:
    """Return in which share of rows a column has an answer."""
    return table.counts(column).total() / table.rows if table.rows else 0.0


def is_running(codes: Collection[str]) -> bool:
    """Tell whether codes are numbers that count rows, so that two surveys share them by chance."""
    if not codes or not all(re.fullmatch(r"\d{1,9}", one) for one in codes):
        return False
    numbers = [int(one) for one in codes]
    return max(numbers) - min(numbers) < 3 * len(codes) + 10
