"""A finished table, and the registry of those that chapters can ask for.

Every function that makes one returns a Table, or None where the wave has nothing to show, so that
a chapter's section disappears with its questions. Behind each table stands a second one with the
n and the interval of each of its numbers, which the report unfolds on a click.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from altcred.core.numbers import Written
from altcred.core.records import Estimate
from altcred.write.registry import Registry
from altcred.write.views import HIDDEN, NOT_OFFERED, WAS_NOT_ASKED

BEHIND = ["Value", "95% interval", "n"]
# What a notebook keeps a table as, beside the HTML that Jupyter shows.
TABLE_TYPE = "application/vnd.altcred.table+json"
# What stands where there is no number.
ABSENT = frozenset({"", HIDDEN, WAS_NOT_ASKED, NOT_OFFERED})


@dataclass(frozen=True)
class Shown:
    """One cell of a table: its text, and the estimate it shows (None for texts without one).

    `behind` are the texts of BEHIND: what stands behind the number.
    """

    text: str
    estimate: Estimate | None = None
    behind: tuple[str, ...] = ()

    @property
    def numbers(self) -> Mapping[str, float]:
        """The numbers in the text by what tells them apart, as core/numbers.py writes them."""
        return self.text.numbers if isinstance(self.text, Written) else {}


@dataclass
class Table:
    """A finished table: rows of shown estimates under labelled columns.

    `rows` holds a label and the cells; `nets` counts the last rows that sum up others;
    `notes` stand under the table; `spanners` are labels over several columns, with the first of
    these and the one behind the last.
    """

    id: str
    heading: str
    columns: list[str]
    rows: list[tuple[str, list[Shown]]]
    notes: list[str] = field(default_factory=list)
    nets: int = 0
    spanners: list[tuple[str, int, int]] = field(default_factory=list)

    def cell(self, row: str, column: str) -> str:
        """Return the text of a cell by its row's and its column's label."""
        return dict(self.rows)[row][self.columns.index(column)].text

    def behind(self) -> "Table | None":
        """Return the table of what stands behind the numbers: value, interval and n of each."""
        is_one = len(self.columns) == 1
        lines = [
            (label if is_one else f"{label} · {column}", [Shown(text) for text in cell.behind])
            for label, cells in self.rows
            for column, cell in zip(self.columns, cells, strict=True)
            if cell.behind
        ]
        return Table(f"{self.id}-behind", self.heading, BEHIND, lines) if lines else None

    # How it looks --------------------------------------------------------------------------

    @property
    def heads(self) -> list[str]:
        """What each column is called, that of the labels first, with the label over it."""
        over = {place: label for label, start, end in self.spanners for place in range(start, end)}
        named = [
            ": ".join(filter(None, (over.get(place, ""), column)))
            for place, column in enumerate(self.columns)
        ]
        return [self.heading, *named]

    @property
    def is_right(self) -> list[bool]:
        """Of each column, that of the labels first, whether numbers stand in it."""
        _, *columns = self.texts
        return [False, *(sum(map(is_wordy, texts)) * 2 <= len(texts) for texts in columns)]

    @property
    def texts(self) -> list[list[str]]:
        """The texts of each column, that of the labels first."""
        places = range(len(self.columns))
        columns = [[cells[place].text for _, cells in self.rows] for place in places]
        return [[label for label, _ in self.rows], *columns]

    # What a notebook keeps -----------------------------------------------------------------

    def as_data(self) -> dict[str, Any]:
        """Return the table as JSON holds it; a cell of numbers is its text and these."""
        rows = [
            [label, *([str(c.text), c.numbers] if c.numbers else c.text for c in cells)]
            for label, cells in self.rows
        ]
        return {
            "id": self.id, "heading": self.heading, "columns": self.columns, "rows": rows,
            "notes": self.notes, "nets": self.nets, "spanners": self.spanners,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Table":
        """Return the table that JSON holds."""

        def read(cell: Any) -> Shown:
            return Shown(cell if isinstance(cell, str) else Written(*cell))

        rows = [(str(label), [read(cell) for cell in cells]) for label, *cells in data["rows"]]
        spanners = [(label, start, end) for label, start, end in data["spanners"]]
        return cls(**{**data, "rows": rows, "spanners": spanners})

    def as_html(self) -> str:
        """Return the table, and the one behind it, as Jupyter shows them."""
        from altcred.write.tables.html import notes_html, table_html

        return "\n".join(
            f"{table_html(one, alone=True)}\n{notes_html(one)}".strip() for one in self._with_behind
        )

    def show(self, label: str, caption: str, **more: str) -> None:
        """Show the table under a label and a caption of the report."""
        from IPython.display import display

        display(self, metadata={"report": {"label": label, "caption": caption, **more}})

    @property
    def _with_behind(self) -> list["Table"]:
        return [one for one in (self, self.behind()) if one is not None]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        kept = {"tables": [one.as_data() for one in self._with_behind]}
        return {"text/html": self.as_html(), "text/plain": f"<table {self.id}>", TABLE_TYPE: kept}


def hide_all(tables: Iterable[Table]) -> bool:
    """Tell whether tables have rows, of which nothing may be shown."""
    texts = {cell.text for one in tables for _, cells in one.rows for cell in cells}
    return HIDDEN in texts and texts <= {HIDDEN, ""}


def is_wordy(text: str) -> bool:
    """Tell whether a text is words, which may be set in lines, rather than a number."""
    has_words = any(part.isalpha() and len(part) > 3 for part in text.split())
    return text not in ABSENT and (has_words or not any(map(str.isdigit, text)))


def may_wrap(text: str) -> bool:
    """Tell whether a text may be set in lines: words, several numbers, one with its interval."""
    return is_wordy(text) or " (" in text or " / " in text


def keep_n(text: str) -> str:
    """Return a text in which what a number is of, as (n = 12), stays on its line."""
    return text.replace("(n = ", "(n\u00a0=\u00a0")


def letters_needed(table: Table) -> list[float]:
    """Return how many letters wide each column is at least: its longest word or number."""
    needed: list[float] = []
    heads = [table.heading, *table.columns]
    for head, texts, is_right in zip(heads, table.texts, table.is_right, strict=True):
        whole = [len(text) for text in texts if is_right and not may_wrap(text)]
        others = [text for text in texts if not is_right or may_wrap(text)]
        # A space that may not break is a letter here.
        words = [len(word) for text in (head, *others) for word in keep_n(text).split(" ")]
        lines = [min(len(text), 20) for text in others if not is_right]
        needed.append(max([3 if is_right else 4, *whole, *lines, *words]))
    # A spanning header must not be narrower than its own words.
    for label, start, end in table.spanners:
        under = range(start + 1, end + 1)
        lacking = max(map(len, label.split()), default=0) - sum(needed[n] for n in under)
        if lacking > 0:
            for n in under:
                needed[n] += lacking / len(under)
    return needed


TABLES: Registry[Callable[..., Table | None]] = Registry("table")
register_table, find_table, forget_table = TABLES.register, TABLES.find, TABLES.forget


def slug(text: str) -> str:
    """Return a text as a part of an id."""
    return "".join(sign if sign.isalnum() else "-" for sign in text.lower()).strip("-")
