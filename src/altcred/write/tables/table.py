"""A finished table, set by great_tables, and the registry of those that chapters can ask for.

Every function that makes one returns a Table, or None where the wave has nothing to show, so that
a chapter's section disappears with its questions. Behind each table stands a second one with the
n and the interval of each of its numbers, which the report unfolds on a click.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from altcred.core.records import Estimate
from altcred.write.registry import Registry
from altcred.write.views import NOT_OFFERED, WAS_NOT_ASKED

BEHIND = ["Value", "95% interval", "n"]


@dataclass(frozen=True)
class Shown:
    """One cell of a table: its text, and the estimate it shows (None for texts without one).

    `behind` are the texts of BEHIND: what stands behind the number.
    """

    text: str
    estimate: Estimate | None = None
    behind: tuple[str, ...] = ()

    @property
    def is_note(self) -> bool:
        return self.estimate is None


@dataclass
class Table:
    """A finished table: rows of shown estimates under labelled columns.

    `rows` holds a label and the cells; `nets` counts the last rows that sum up others;
    `notes` stand under the table. Jupyter shows it as great_tables writes it.
    """

    id: str
    heading: str
    columns: list[str]
    rows: list[tuple[str, list[Shown]]]
    notes: list[str] = field(default_factory=list)
    nets: int = 0
    spanners: list[tuple[str, int, int]] = field(default_factory=list)
    is_behind: bool = False

    def cell(self, row: str, column: str) -> str:
        """Return the text of a cell by its row's and its column's label."""
        return dict(self.rows)[row][self.columns.index(column)].text

    def set(self) -> Any:
        """Return the table set by great_tables, which escapes every text."""
        import pyarrow as pa
        from great_tables import GT, loc, style

        names = [f"c{i}" for i in range(len(self.columns))]
        lines = [[label, *(cell.text for cell in cells)] for label, cells in self.rows]
        # An Arrow table of texts is set four times as fast as a DataFrame of them.
        frame = pa.table(
            [pa.array([line[place] for line in lines], pa.string()) for place in
             range(len(names) + 1)],
            names=["row", *names],
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PyArrow Table support is currently experimental")
            table = GT(frame, rowname_col="row", id=self.id)
        table = (
            table.tab_stubhead(self.heading)
            .cols_label(dict(zip(names, self.columns, strict=True)))
            .cols_align("left", columns=["row"])
        )
        for position, name in enumerate(names):
            texts = [cells[position].text for _, cells in self.rows]
            table = table.cols_align("left" if _is_wordy(texts) else "right", columns=[name])
        for label, start, end in self.spanners:
            table = table.tab_spanner(label, columns=names[start:end])
        if self.nets:
            last = list(range(len(self.rows) - self.nets, len(self.rows)))
            table = table.tab_style(
                style=style.text(style="italic"),
                locations=[loc.body(rows=last), loc.stub(rows=last)],
            )
        for note in self.notes:
            table = table.tab_source_note(note)
        return table

    def behind(self) -> "Table | None":
        """Return the table of what stands behind the numbers: value, interval and n of each."""
        lines = [
            (f"{label} · {column}", [Shown(text) for text in cell.behind])
            for label, cells in self.rows
            for column, cell in zip(self.columns, cells, strict=True)
            if cell.behind
        ]
        if not lines:
            return None
        return Table(f"{self.id}-behind", self.heading, BEHIND, lines, is_behind=True)

    def as_html(self) -> str:
        """Return the table, and the one behind it, as HTML."""
        behind = self.behind()
        return self.set().as_raw_html() + ("\n" + behind.as_plain_html() if behind else "")

    def as_plain_html(self) -> str:
        """Return the table as HTML without a style of its own, as numbers behind others need."""
        heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in self.columns)
        lines = [
            f'<table id="{escape(self.id)}">',
            f'<thead><tr><th scope="col">{escape(self.heading)}</th>{heads}</tr></thead>',
            "<tbody>",
        ]
        for label, cells in self.rows:
            texts = "".join(f'<td style="text-align: right">{escape(c.text)}</td>' for c in cells)
            lines.append(f'<tr><th scope="row">{escape(label)}</th>{texts}</tr>')
        return "\n".join([*lines, "</tbody>", "</table>"])

    def _repr_html_(self) -> str:
        return self.as_plain_html() if self.is_behind else self.as_html()


def _is_wordy(texts: Sequence[str]) -> bool:
    words = sum(any(part.isalpha() and len(part) > 3 for part in text.split()) for text in texts)
    known = sum(text in (WAS_NOT_ASKED, NOT_OFFERED) for text in texts)
    return (words - known) * 2 > len(texts)


TABLES: Registry[Callable[..., Table | None]] = Registry("table")
register_table, find_table, forget_table = TABLES.register, TABLES.find, TABLES.forget


def slug(text: str) -> str:
    """Return a text as a part of an id."""
    return "".join(sign if sign.isalnum() else "-" for sign in text.lower()).strip("-")
