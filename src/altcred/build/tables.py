"""Reads the tables of executed notebooks and writes them plainly, for the screen and for print.

Whatever a cell put out is read, never trusted: only the table's own structure and a few kinds of
emphasis survive, so that an answer typed by a respondent cannot become markup.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import pairwise
from textwrap import dedent
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

_NUMERIC = re.compile(
    r"^(?:[<>≤≥≈~]\s*)?[+−-]?[$€£]?\d[\d,.\s]*%?(?:\s*(?:to|–|-)\s*[$€£]?[\d,.]+%?)?[*†‡]?$|^[—–-]?$"
)
# How a kept inline element is written in typst.
_INLINE = {
    "strong": "strong", "b": "strong", "em": "emph", "i": "emph", "sup": "super", "sub": "sub",
}  # fmt: skip


@dataclass
class Cell:
    """One cell of a table: its content as written for the screen, for print and as bare text."""

    html: str
    typst: str
    text: str
    header: bool = False
    align: str = ""
    colspan: int = 1
    rowspan: int = 1
    indent: int = 0
    bold: bool = False
    italic: bool = False
    column: int = 0


@dataclass
class Row:
    """One row; `kind` is "head", "title", "group", "total" or ""."""

    cells: list[Cell]
    kind: str = ""


@dataclass
class Table:
    """A table read from HTML: its head, its body, and the notes that belong under it."""

    head: list[Row] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)
    notes: list[Cell] = field(default_factory=list)

    @property
    def columns(self) -> int:
        rows = [*self.head, *self.body]
        return max((cell.column + cell.colspan for row in rows for cell in row.cells), default=0)

    def column(self, index: int, *, head: bool = False) -> list[Cell]:
        """Return the cells that stand in one column alone, of the body or of the head."""
        rows = [row for row in self.head if row.kind == "head"] if head else self.body
        cells = (cell for row in rows for cell in row.cells)
        return [cell for cell in cells if cell.column == index and cell.colspan == 1]


def read_tables(html: str) -> tuple[Table, ...]:
    """Return the tables of a piece of HTML, great_tables' and pandas' own alike."""
    # nbconvert moves some pieces to the left; each is read once for all writings of the report.
    return _read_tables(dedent(html))


@lru_cache(maxsize=1024)
def _read_tables(html: str) -> tuple[Table, ...]:
    soup = BeautifulSoup(html, "html.parser")
    for unwanted in soup(["style", "script", "template"]):
        unwanted.decompose()
    return tuple(_read_table(tag) for tag in soup.find_all("table"))


def table_html(table: Table) -> str:
    """Write a table as plain HTML: header cells with scope, numbers marked for alignment."""
    lines = ["<table>", "<thead>"]
    lines += [_row_html(row, in_head=True) for row in table.head]
    lines.append("</thead>")
    for group in _groups(table.body):
        lines.append("<tbody>")
        lines += [_row_html(row, in_head=False) for row in group]
        lines.append("</tbody>")
    lines.append("</table>")
    return "\n".join(lines)


def notes_html(table: Table) -> str:
    """Write the notes under a table as HTML paragraphs."""
    return "\n".join(f'<p class="table-note">{note.html}</p>' for note in table.notes)


def table_csv(table: Table) -> str:
    """Write a table as CSV, as it is shown: spanning headers repeated, groups a first column."""
    grouped = any(row.kind == "group" for row in table.body)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    heads = [row for row in table.head if row.kind != "title"]
    names = [""] * table.columns
    for row in heads:
        for cell in row.cells:
            for column in range(cell.column, cell.column + cell.colspan):
                names[column] = " ".join(filter(None, [names[column], cell.text]))
    writer.writerow([*(["group"] if grouped else []), *names])
    group = ""
    for row in table.body:
        if row.kind == "group":
            group = row.cells[0].text
            continue
        values = [""] * table.columns
        for cell in row.cells:
            values[cell.column] = cell.text
        writer.writerow([*([group] if grouped else []), *values])
    return text.getvalue()


def typst_string(text: str) -> str:
    """Write a text as a typst string, in which nothing is markup."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\u{60}")
    return '"' + re.sub(r"\s+", " ", escaped) + '"'


# Reading ---------------------------------------------------------------------------------------


def _read_table(tag: Tag) -> Table:
    table = Table()
    head = tag.find("thead")
    foot = tag.find("tfoot")
    if isinstance(head, Tag):
        table.head = [_read_row(row, head=True) for row in head.find_all("tr")]
    for row in tag.find_all("tr"):
        inside = row.find_parent(["thead", "tbody", "tfoot"])
        if inside is not None and inside.name == "tbody":
            table.body.append(_read_row(row, head=False))
    if isinstance(foot, Tag):
        for note in foot.find_all(["td", "th"]):
            table.notes.append(_read_cell(note))
    _place(table.head)
    _place(table.body)
    _align_plain_columns(table)
    return table


def _read_row(tag: Tag, *, head: bool) -> Row:
    classes = _classes(tag)
    inside = tag.find_all(["td", "th"])
    cells = [_read_cell(cell) for cell in inside if cell.parent is tag]
    inner = {name for cell in inside for name in _classes(cell)}
    if "gt_group_heading_row" in classes or "gt_empty_group_heading" in inner:
        kind = "group"
    elif "gt_heading" in classes:
        kind = "title"
    elif head:
        kind = "head"
    elif any("summary" in name for name in inner):
        kind = "total"
    else:
        kind = ""
    return Row(cells, kind)


def _read_cell(tag: Tag) -> Cell:
    classes = _classes(tag)
    style = str(tag.get("style", "")).lower()
    align = ""
    for name in ("right", "center", "left"):
        if f"gt_{name}" in classes or f"text-align: {name}" in style:
            align = name
    indent = next((int(c[-1]) for c in classes if re.fullmatch(r"gt_indent_\d", c)), 0)
    return Cell(
        html=_inline(tag, _html_text, _html_mark).strip(),
        typst=_inline(tag, _typst_text, _typst_mark).strip(),
        text=_text(tag),
        header=tag.name == "th",
        align=align,
        colspan=_span(tag, "colspan"),
        rowspan=_span(tag, "rowspan"),
        indent=indent,
        bold="font-weight: bold" in style or "font-weight:bold" in style,
        italic="font-style: italic" in style or "font-style:italic" in style,
    )


def _classes(tag: Tag) -> list[str]:
    found: Any = tag.get("class") or []
    return found.split() if isinstance(found, str) else list(found)


def _span(tag: Tag, name: str) -> int:
    text = str(tag.get(name, "1"))
    return max(1, int(text)) if text.isdigit() else 1


def _text(tag: Tag) -> str:
    # Most cells hold nothing but text, and a search through each of them takes long.
    if any(isinstance(child, Tag) for child in tag.children):
        for line in tag.find_all("br"):
            line.insert_before(" ")
    return re.sub(r"\s+", " ", tag.get_text()).strip()


def _inline(tag: Tag, write_text: Callable[[str], str], write_mark: Callable[..., str]) -> str:
    """Write what is in a cell: texts, and of other marks a few kinds; comments are no texts."""
    parts = []
    for child in tag.children:
        if type(child) is NavigableString:
            parts.append(write_text(str(child)))
        elif isinstance(child, Tag):
            name = "sup" if "gt_footnote_marks" in _classes(child) else child.name
            address = str(child.get("href", "")) if name == "a" else ""
            parts.append(write_mark(name, address, _inline(child, write_text, write_mark)))
    return "".join(parts)


def _html_text(text: str) -> str:
    return escape(re.sub(r"\s+", " ", text), quote=False)


def _html_mark(name: str, address: str, content: str) -> str:
    if name == "br":
        return "<br>"
    if name in _INLINE or name == "code":
        return f"<{name}>{content}</{name}>"
    if address.startswith(("http://", "https://", "#")):
        return f'<a href="{escape(address)}">{content}</a>'
    return content


def _typst_text(text: str) -> str:
    return f"#{typst_string(text)};" if text.strip() else text and " "


def _typst_mark(name: str, address: str, content: str) -> str:
    if name == "br":
        return "#linebreak();"
    if name in _INLINE:
        return f"#{_INLINE[name]}[{content}];"
    if address.startswith(("http://", "https://")):
        return f"#link({typst_string(address)})[{content}];"
    return content


def _place(rows: list[Row]) -> None:
    """Work out the column of each cell; a cell that spans rows pushes those below aside."""
    taken: dict[tuple[int, int], bool] = {}
    for index, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while (index, column) in taken:
                column += 1
            cell.column = column
            for down in range(cell.rowspan):
                for across in range(cell.colspan):
                    taken[index + down, column + across] = True
            column += cell.colspan


def _align_plain_columns(table: Table) -> None:
    """Align the columns of a table that says nothing of alignment by what is in them."""
    if any(cell.align for row in table.body for cell in row.cells):
        return
    for index in range(table.columns):
        cells = table.column(index)
        is_numeric = bool(cells) and all(_NUMERIC.match(cell.text) for cell in cells)
        for cell in [*cells, *table.column(index, head=True)]:
            cell.align = "right" if is_numeric else "left"


# Writing ---------------------------------------------------------------------------------------


def _groups(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield rows in runs, each beginning with its group's heading."""
    starts = [0, *(n for n, row in enumerate(rows) if n and row.kind == "group"), len(rows)]
    yield from (rows[start:end] for start, end in pairwise(starts) if start < end)


def _row_html(row: Row, *, in_head: bool) -> str:
    cells = "".join(_cell_html(cell, row, in_head=in_head) for cell in row.cells)
    return f'<tr class="{row.kind}">{cells}</tr>' if row.kind else f"<tr>{cells}</tr>"


def _cell_html(cell: Cell, row: Row, *, in_head: bool) -> str:
    # An empty header cell names nothing; a screen reader should pass over it.
    is_header = (cell.header or (in_head and row.kind == "head")) and bool(cell.text)
    name = "th" if is_header else "td"
    across = cell.colspan > 1
    is_spanner = in_head and across and row.kind == "head"
    attributes = ""
    if is_header:
        scope = "colgroup" if across else "col"
        if not in_head or row.kind == "group":
            scope = "rowgroup" if row.kind == "group" else "row"
        attributes += f' scope="{scope}"'
    attributes += f' colspan="{cell.colspan}"' if across else ""
    attributes += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    classes = [
        {"right": "num", "center": "mid"}.get(cell.align, ""),
        f"indent-{cell.indent}" if cell.indent else "",
        "bold" if cell.bold else "",
        "italic" if cell.italic else "",
        "spanner" if is_spanner else "",
    ]
    if any(classes):
        attributes += f' class="{" ".join(filter(None, classes))}"'
    content = f"<span>{cell.html}</span>" if is_spanner else cell.html
    return f"<{name}{attributes}>{content}</{name}>"
