"""Reads the tables of executed notebooks and writes them plainly, for the screen and for print.

Whatever a cell put out is read, never trusted: only the table's own structure and a few kinds of
emphasis survive, so that an answer typed by a respondent cannot become markup.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from textwrap import dedent

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


def table_typst(table: Table, width: float = 470.0) -> tuple[str, bool]:
    """Write a table for print; also tell whether it is too wide for an upright page.

    `width` is that of the page's text in points. Columns of numbers are as wide as they need to
    be, columns of words share the rest; the letters shrink a little before the page is turned.
    """
    widths, size, inset, turned = _column_widths(table, width)
    aligns = _column_aligns(table)
    lines = [
        f"#text(size: {size}pt)[#table(",
        f"  columns: ({', '.join(widths)},),",
        f"  align: ({', '.join(aligns)},),",
        f"  inset: (x: {inset}pt, y: 2.8pt),",
        "  table.hline(stroke: 0.8pt),",
        "  table.header(",
        *(f"    {_cell_typst(cell, aligns, head=True)}," for r in table.head for cell in r.cells),
        "  ),",
        "  table.hline(stroke: 0.5pt),",
    ]
    last = len(table.body) - 1
    for index, row in enumerate(table.body):
        if row.kind == "group":
            cells = ", ".join(_cell_typst(cell, aligns, group=True) for cell in row.cells)
            lines.append(f"  table.header(level: 2, {cells}),")
            continue
        if row.kind == "total":
            lines.append("  table.hline(stroke: 0.3pt),")
        lines.append(
            "  " + ", ".join(_cell_typst(c, aligns, bold=row.kind == "total") for c in row.cells)
            + ","
        )  # fmt: skip
        if index == last:
            lines.append("  table.hline(stroke: 0.8pt),")
    lines.append(")]")
    for note in table.notes:
        lines.append(f"#table-note[{note.typst}]")
    return "\n".join(lines), turned


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
        html=_inline_html(tag).strip(),
        typst=_inline_typst(tag),
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
    found = tag.get("class") or []
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


def _inline_name(tag: Tag) -> str:
    return "sup" if "gt_footnote_marks" in _classes(tag) else tag.name


def _inline_html(tag: Tag) -> str:
    parts: list[str] = []
    for child in tag.children:
        if isinstance(child, NavigableString):
            # Comments and processing instructions are strings too, of other classes.
            if type(child) is NavigableString:
                parts.append(escape(re.sub(r"\s+", " ", child), quote=False))
        elif isinstance(child, Tag):
            name = _inline_name(child)
            if name == "br":
                parts.append("<br>")
            elif name in _INLINE or name == "code":
                parts.append(f"<{name}>{_inline_html(child)}</{name}>")
            elif name == "a" and _is_safe_link(child):
                parts.append(
                    f'<a href="{escape(str(child["href"]))}">{_inline_html(child)}</a>'
                )  # fmt: skip
            else:
                parts.append(_inline_html(child))
    return "".join(parts)


def _inline_typst(tag: Tag) -> str:
    parts: list[str] = []
    for child in tag.children:
        if isinstance(child, NavigableString):
            if type(child) is NavigableString and (child.strip() or parts):
                parts.append(f"#{typst_string(str(child))};")
        elif isinstance(child, Tag):
            name = _inline_name(child)
            if name == "br":
                parts.append("#linebreak();")
            elif name in _INLINE:
                parts.append(f"#{_INLINE[name]}[{_inline_typst(child)}];")
            elif name == "a" and str(child.get("href", "")).startswith(("http://", "https://")):
                parts.append(
                    f"#link({typst_string(str(child['href']))})[{_inline_typst(child)}];"
                )  # fmt: skip
            else:
                parts.append(_inline_typst(child))
    return "".join(parts)


def _is_safe_link(tag: Tag) -> bool:
    return str(tag.get("href", "")).startswith(("http://", "https://", "#"))


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
    for column in range(table.columns):
        cells = [c for r in table.body for c in r.cells if c.column == column and c.colspan == 1]
        numeric = bool(cells) and all(_NUMERIC.match(cell.text) for cell in cells)
        heads = [c for r in table.head for c in r.cells if c.column == column and c.colspan == 1]
        for cell in [*cells, *heads]:
            cell.align = "right" if numeric else "left"


# Writing ---------------------------------------------------------------------------------------


def _groups(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield rows in runs, each beginning with its group's heading."""
    run: list[Row] = []
    for row in rows:
        if row.kind == "group" and run:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _row_html(row: Row, *, in_head: bool) -> str:
    cells = "".join(_cell_html(cell, row, in_head=in_head) for cell in row.cells)
    return f'<tr class="{row.kind}">{cells}</tr>' if row.kind else f"<tr>{cells}</tr>"


def _cell_html(cell: Cell, row: Row, *, in_head: bool) -> str:
    name = "th" if cell.header or (in_head and row.kind == "head") else "td"
    if name == "th" and not cell.text:
        # An empty header cell names nothing; a screen reader should pass over it.
        name = "td"
    attributes = ""
    if name == "th":
        across = cell.colspan > 1
        if row.kind == "group":
            scope = "rowgroup"
        elif in_head:
            scope = "colgroup" if across else "col"
        else:
            scope = "row"
        attributes += f' scope="{scope}"'
    if cell.colspan > 1:
        attributes += f' colspan="{cell.colspan}"'
    if cell.rowspan > 1:
        attributes += f' rowspan="{cell.rowspan}"'
    classes = [{"right": "num", "center": "mid"}.get(cell.align, "")]
    classes += [f"indent-{cell.indent}"] if cell.indent else []
    classes += [name for name in ("bold", "italic") if getattr(cell, name)]
    classes += ["spanner"] if in_head and cell.colspan > 1 and row.kind == "head" else []
    classes = [each for each in classes if each]
    if classes:
        attributes += f' class="{" ".join(classes)}"'
    content = f"<span>{cell.html}</span>" if "spanner" in classes else cell.html
    return f"<{name}{attributes}>{content}</{name}>"


def _cell_typst(
    cell: Cell,
    aligns: list[str],
    *,
    head: bool = False,
    group: bool = False,
    bold: bool = False,
) -> str:
    content = cell.typst
    if cell.indent:
        content = f"#h({cell.indent * 0.9}em){content}"
    if group or bold or cell.bold:
        content = f"#strong[{content}]"
    if cell.italic:
        content = f"#emph[{content}]"
    options: list[str] = []
    if cell.colspan > 1:
        options.append(f"colspan: {cell.colspan}")
    if cell.rowspan > 1:
        options.append(f"rowspan: {cell.rowspan}")
    align = {"right": "right", "center": "center", "left": "left"}.get(cell.align, "")
    if head and cell.colspan > 1:
        align = "center"
        options.append("stroke: (bottom: 0.4pt)")
    elif head:
        align = f"{align or 'left'} + bottom"
    if align and (cell.column >= len(aligns) or align != aligns[cell.column]):
        options.append(f"align: {align}")
    if group:
        options.append("inset: (top: 7pt, bottom: 3pt)")
    return f"table.cell({', '.join(options)})[{content}]" if options else f"[{content}]"


def _column_aligns(table: Table) -> list[str]:
    aligns = []
    for column in range(table.columns):
        cells = [c for r in table.body for c in r.cells if c.column == column and c.colspan == 1]
        right = sum(cell.align == "right" for cell in cells)
        aligns.append("right" if cells and right * 2 > len(cells) else "left")
    return aligns


# Sizes of letters and of the space beside them that are tried, in points.
_SIZES = ((8.5, 4.5), (8.0, 4.5), (7.5, 4.0), (7.0, 3.0), (6.5, 3.0))
_SMALLEST = ((6.0, 2.5), (5.5, 2.0), (5.0, 2.0), (4.5, 1.5))
_LETTER = 0.5  # the mean width of a letter as a share of its size
_TURNED = 1.53  # how much wider the text of a page on its side is


def _column_widths(table: Table, width: float) -> tuple[list[str], float, float, bool]:
    aligns = _column_aligns(table)
    needed: list[float] = []
    longests: list[int] = []
    for column in range(table.columns):
        body = [c for r in table.body for c in r.cells if c.column == column and c.colspan == 1]
        heads = [
            c
            for r in table.head
            for c in r.cells
            if c.column == column and c.colspan == 1 and r.kind == "head"
        ]
        longest = max((len(cell.text) for cell in body), default=1)
        longests.append(longest)
        words = [len(word) for cell in heads for word in cell.text.split()]
        if aligns[column] == "right":
            needed.append(max([longest, *words, 3]))
        else:
            inside = [len(word) for cell in body for word in cell.text.split()]
            needed.append(max([min(longest, 20), *words, *inside, 4]))
    # A spanning header must not be narrower than its own words.
    for row in table.head:
        for cell in row.cells:
            if cell.colspan > 1 and row.kind == "head":
                under = range(cell.column, cell.column + cell.colspan)
                lacking = max((len(w) for w in cell.text.split()), default=0)
                lacking -= sum(needed[column] for column in under)
                if lacking > 0:
                    for column in under:
                        needed[column] += lacking / cell.colspan
    tried = [(False, size) for size in _SIZES] + [(True, size) for size in (*_SIZES, *_SMALLEST)]
    for turned, (chosen, inset) in tried:
        room = width * _TURNED if turned else width
        if sum(needed) * chosen * _LETTER + 2 * inset * len(needed) <= room:
            break
    words = sum(
        min(longest, 60) * chosen * _LETTER + 2 * inset
        for longest, align in zip(longests, aligns, strict=True)
        if align == "left"
    )
    numbers = sum(
        chars * chosen * _LETTER + 2 * inset
        for chars, align in zip(needed, aligns, strict=True)
        if align == "right"
    )
    # Where there is room, columns of numbers stand a little apart, up to half as wide again.
    ease = min(1.5, max(1.0, (room - words) / numbers)) if numbers else 1.0
    widths = [
        f"{(chars * chosen * _LETTER + 2 * inset) * ease:.1f}pt"
        if aligns[column] == "right"
        else ""
        for column, chars in enumerate(needed)
    ]
    shares = {column: needed[column] for column, text in enumerate(widths) if not text}
    if not shares and needed:
        shares = {0: needed[0]}
    # What room is left goes to the columns of words in proportion to what their texts lack.
    room = width * _TURNED if turned else width
    left = (room - numbers * ease - 2 * inset * len(shares)) / (chosen * _LETTER)
    lacking = {column: max(min(longests[column], 60) - needed[column], 0) for column in shares}
    spare = max(left - sum(shares.values()), 0)
    for column in shares:
        if any(lacking.values()):
            shares[column] += spare * lacking[column] / sum(lacking.values())
    for column, chars in shares.items():
        widths[column] = f"{chars:.0f}fr"
    return widths, chosen, inset, turned
