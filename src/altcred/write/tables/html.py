"""Writes tables as plain HTML, in which every text is text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from altcred.write.tables.table import Shown, Table, letters_needed

# How many letters stand side by side on a phone; the space between two columns is like so many.
NARROW, APART = 47, 1.5
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
    label, *others = (one + APART for one in letters_needed(table))
    if min(label, LABEL + APART) + sum(others) <= NARROW:
        return ""
    # All columns of rows are equally wide.
    return "rows" if len(others) * max(others, default=0) <= NARROW else "cards"


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
        opened = f' class="{self.layout}"' if self.layout else ""
        opened += f" {attributes}" if attributes else ""
        rows = (self._row(label, cells, n >= first) for n, (label, cells) in enumerate(table.rows))
        return "\n".join([
            *(f"<table{opened}>", "<thead>", *self._head(), "</thead>"),
            *("<tbody>", *rows, "</tbody>", "</table>"),
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
                head = f'<th scope="colgroup" colspan="{wide}"{style}>'
                first.append(f"{head}<span>{_text(label)}</span></th>")
        yield from (f"<tr>{''.join(row)}</tr>" for row in (first, under) if row)

    def _name(self, text: str, place: int, down: str = "") -> str:
        # An empty header cell names nothing; a screen reader should pass over it.
        name, scope = ("th", ' scope="col"') if text else ("td", "")
        return f"<{name}{scope}{down}{self._align(place)}>{_text(text)}</{name}>"

    def _row(self, label: str, cells: Sequence[Shown], is_net: bool) -> str:
        name, scope = ("th", ' scope="row"') if label else ("td", "")
        row = [f"<{name}{scope}{self._align(0)}>{_text(label)}</{name}>"]
        for place, cell in enumerate(cells, 1):
            head = f' data-head="{escape(self.heads[place])}"' if self.heads else ""
            row.append(f"<td{self._align(place)}{head}>{_text(cell.text)}</td>")
        net = ' style="font-style: italic"' if self.is_alone else ' class="net"'
        return f"<tr{net if is_net else ''}>{''.join(row)}</tr>"

    def _align(self, place: int) -> str:
        if self.is_alone:
            return "" if self.is_right[place] else ' style="text-align: left"'
        return ' class="num"' if self.is_right[place] else ""


def _text(text: str) -> str:
    return escape(text, quote=False)
