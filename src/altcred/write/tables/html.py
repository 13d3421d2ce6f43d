"""Writes tables as plain HTML, in which every text is text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from altcred.write.tables.table import Shown, Table, keep_n, letters_needed, may_wrap

# How many letters stand side by side on a phone; the space between two columns is like so many,
# and like one where labels stand above.
NARROW, APART = 45, 1.5
# How many letters of a label stand in a line beside its numbers on a phone.
LABEL = 14


def table_html(table: Table, attributes: str = "", *, alone: bool = False) -> str:
    """Return a table as HTML: cells that name others have a scope, numbers a class.

    A table `alone` is shown without the report's style, as Jupyter does, which sets all to the
    right. Else its class says how it goes with a narrow screen.
    """
    return _Html(table, alone).write(attributes)


def notes_html(table: Table) -> str:
    """Return the notes under a table as HTML paragraphs."""
    return "\n".join(f'<p class="table-note">{_text(note)}</p>' for note in table.notes)


def narrow_layout(table: Table) -> str:
    """Return how a table goes with a narrow screen: as it is, `rows` or `cards`.

    In rows the label stands on a line of its own above its numbers, in cards each number does,
    with what its column is called.
    """
    label, *others = letters_needed(table)
    words = " ".join((table.heading, *table.texts[0])).split()
    label, wide = min(label, max(LABEL, *map(len, words), 0)), sum(others)
    if label + wide + APART * len(others) <= NARROW:
        return ""
    # In rows every column has a place in every row of the head.
    named = sum(end - start for _, start, end in table.spanners)
    fits = wide + len(others) - 1 <= NARROW and named in (0, len(others))
    return f"rows columns-{len(others)}" if fits else "cards"


@dataclass(frozen=True)
class _Html:
    table: Table
    is_alone: bool

    @cached_property
    def is_right(self) -> list[bool]:
        return self.table.is_right

    @cached_property
    def layout(self) -> str:
        return "" if self.is_alone else narrow_layout(self.table)

    @cached_property
    def heads(self) -> list[str]:
        """What stands beside each cell on a narrow screen, where anything does."""
        return self.table.heads if self.layout == "cards" else []

    def write(self, attributes: str) -> str:
        table = self.table
        first = len(table.rows) - table.nets
        opened = f' class="{self.layout}"{self._role("table")}' if self.layout else ""
        opened += f" {attributes}" if attributes else ""
        group = self._role("rowgroup")
        rows = (self._row(label, cells, n >= first) for n, (label, cells) in enumerate(table.rows))
        return "\n".join([
            *(f"<table{opened}>", f"<thead{group}>", *self._head(), "</thead>"),
            *(f"<tbody{group}>", *rows, "</tbody>", "</table>"),
        ])  # fmt: skip

    def _head(self) -> Iterator[str]:
        """Yield the rows of the head: that of labels over several columns, if any, and the last."""
        table = self.table
        spans = {start: (label, end - start) for label, start, end in table.spanners}
        over = {place for start, (_, wide) in spans.items() for place in range(start, start + wide)}
        down = ' rowspan="2"' if spans else ""
        first, under = [self._name(table.heading, 0, down)], []
        for place, column in enumerate(table.columns):
            if place not in over:
                first.append(self._name(column, place + 1, down))
                continue
            under.append(self._name(column, place + 1))
            if place in spans:
                label, wide = spans[place]
                style = ' style="text-align: center"' if self.is_alone else ' class="spanner"'
                head = f'<th scope="colgroup" colspan="{wide}"{style}{self._role("columnheader")}>'
                first.append(f"{head}<span>{_text(label)}</span></th>")
        row = self._role("row")
        yield from (f"<tr{row}>{''.join(cells)}</tr>" for cells in (first, under) if cells)

    def _name(self, text: str, place: int, down: str = "") -> str:
        # An empty header cell names nothing; a screen reader should pass over it.
        tag, what = ("th", f' scope="col"{down}') if text else ("td", down)
        what += self._align(place) + self._role("columnheader" if text else "cell")
        return f"<{tag}{what}>{_text(text)}</{tag}>"

    def _row(self, label: str, cells: Sequence[Shown], is_net: bool) -> str:
        tag, what = ("th", ' scope="row"') if label else ("td", "")
        what += self._align(0) + self._role("rowheader" if label else "cell")
        row = [f"<{tag}{what}>{_text(label)}</{tag}>"]
        role = self._role("cell")
        for place, cell in enumerate(cells, 1):
            head = f' data-head="{escape(self.heads[place])}"' if self.heads else ""
            row.append(f"<td{self._align(place, cell.text)}{role}{head}>{_text(cell.text)}</td>")
        net = ' style="font-style: italic"' if self.is_alone else ' class="net"'
        return f"<tr{net if is_net else ''}{self._role('row')}>{''.join(row)}</tr>"

    def _role(self, name: str) -> str:
        """Say what an element is where a layout might hide it from those who listen."""
        return f' role="{name}"' if self.layout else ""

    def _align(self, place: int, text: str = "") -> str:
        if self.is_alone:
            return "" if self.is_right[place] else ' style="text-align: left"'
        name = "num words" if may_wrap(text) else "num"
        return f' class="{name}"' if self.is_right[place] else ""


def _text(text: str) -> str:
    return escape(keep_n(text), quote=False)
