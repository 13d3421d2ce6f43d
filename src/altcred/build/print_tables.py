"""Writes tables for print, in typst: how wide columns and how large letters are."""

from altcred.build.tables import Cell, Table


def table_typst(table: Table, width: float = 470.0) -> tuple[str, bool]:
    """Write a table for print; also tell whether it is too wide for an upright page.

    `width` is that of the page's text in points. Columns of numbers are as wide as they need to
    be, columns of words share the rest; the letters shrink a little before the page is turned.
    """
    widths, size, inset, turned = _column_widths(table, width)
    aligns = _column_aligns(table)
    head = (_cell_typst(cell, aligns, "head") for row in table.head for cell in row.cells)
    lines = [
        f"#text(size: {size}pt)[#table(",
        f"  columns: ({', '.join(widths)},),",
        f"  align: ({', '.join(aligns)},),",
        f"  inset: (x: {inset}pt, y: 2.8pt),",
        "  table.hline(stroke: 0.8pt),",
        "  table.header(",
        *(f"    {cell}," for cell in head),
        "  ),",
        "  table.hline(stroke: 0.5pt),",
    ]
    for row in table.body:
        cells = ", ".join(_cell_typst(cell, aligns, row.kind) for cell in row.cells)
        lines += ["  table.hline(stroke: 0.3pt),"] if row.kind == "total" else []
        lines.append(
            f"  table.header(level: 2, {cells})," if row.kind == "group" else f"  {cells},"
        )
    lines += ["  table.hline(stroke: 0.8pt),", ")]"]
    return "\n".join([*lines, *(f"#table-note[{note.typst}]" for note in table.notes)]), turned


def _cell_typst(cell: Cell, aligns: list[str], kind: str) -> str:
    """Write a cell for print; `kind` is "head" or that of its row."""
    content = cell.typst
    if cell.indent:
        content = f"#h({cell.indent * 0.9}em){content}"
    if kind in ("group", "total") or cell.bold:
        content = f"#strong[{content}]"
    if cell.italic:
        content = f"#emph[{content}]"
    options = [f"{n}: {v}" for n in ("colspan", "rowspan") if (v := getattr(cell, n)) > 1]
    align = cell.align
    if kind == "head" and cell.colspan > 1:
        align = "center"
        options.append("stroke: (bottom: 0.4pt)")
    elif kind == "head":
        align = f"{align or 'left'} + bottom"
    if align and (cell.column >= len(aligns) or align != aligns[cell.column]):
        options.append(f"align: {align}")
    if kind == "group":
        options.append("inset: (top: 7pt, bottom: 3pt)")
    return f"table.cell({', '.join(options)})[{content}]" if options else f"[{content}]"


def _column_aligns(table: Table) -> list[str]:
    columns = [table.column(index) for index in range(table.columns)]
    right = [sum(cell.align == "right" for cell in cells) * 2 > len(cells) for cells in columns]
    return ["right" if is_right else "left" for is_right in right]


# Sizes of letters and of the space beside them that are tried, in points.
_SIZES = ((8.5, 4.5), (8.0, 4.5), (7.5, 4.0), (7.0, 3.0), (6.5, 3.0))
_SMALLEST = ((6.0, 2.5), (5.5, 2.0), (5.0, 2.0), (4.5, 1.5))
_LETTER = 0.5  # the mean width of a letter as a share of its size
_TURNED = 1.53  # how much wider the text of a page on its side is
_LINE = 60  # the letters of a text that a column of words is widened for, at most


def _column_widths(table: Table, width: float) -> tuple[list[str], float, float, bool]:
    """Return the widths of columns, the size of letters, the space beside them, and if turned."""
    aligns = _column_aligns(table)
    needed = _letters_needed(table, aligns)
    longest = [max([len(c.text) for c in table.column(n)], default=1) for n in range(len(aligns))]
    tried = [(False, size) for size in _SIZES] + [(True, size) for size in (*_SIZES, *_SMALLEST)]
    for turned, (size, inset) in tried:
        room = width * _TURNED if turned else width
        if sum(needed) * size * _LETTER + 2 * inset * len(needed) <= room:
            break
    points = [chars * size * _LETTER + 2 * inset for chars in needed]
    of_words = [column for column, align in enumerate(aligns) if align == "left"]
    numbers = sum(points) - sum(points[column] for column in of_words)
    words = sum(min(longest[n], _LINE) * size * _LETTER + 2 * inset for n in of_words)
    # Where there is room, columns of numbers stand a little apart, up to half as wide again.
    ease = min(1.5, max(1.0, (room - words) / numbers)) if numbers else 1.0
    widths = [f"{one * ease:.1f}pt" for one in points]
    # What room is left goes to the columns of words in proportion to what their texts lack.
    shares = of_words or [0][: len(needed)]
    left = (room - numbers * ease - 2 * inset * len(shares)) / (size * _LETTER)
    spare = max(left - sum(needed[column] for column in shares), 0)
    lacking = {n: max(min(longest[n], _LINE) - needed[n], 0) for n in shares}
    for n in shares:
        more = spare * lacking[n] / sum(lacking.values()) if any(lacking.values()) else 0
        widths[n] = f"{needed[n] + more:.0f}fr"
    return widths, size, inset, turned


def _letters_needed(table: Table, aligns: list[str]) -> list[float]:
    """Return how many letters wide each column is at least: its longest word or number."""
    needed: list[float] = []
    for column, align in enumerate(aligns):
        texts = [cell.text for cell in table.column(column)]
        words = [word for cell in table.column(column, head=True) for word in cell.text.split()]
        longest = max(map(len, texts), default=1)
        if align == "right":
            least = max(longest, 3)
        else:
            words += [word for text in texts for word in text.split()]
            least = max(min(longest, 20), 4)
        needed.append(max([least, *map(len, words)]))
    # A spanning header must not be narrower than its own words.
    for cell in (cell for row in table.head if row.kind == "head" for cell in row.cells):
        under = range(cell.column, cell.column + cell.colspan)
        lacking = max(map(len, cell.text.split()), default=0) - sum(needed[n] for n in under)
        if cell.colspan > 1 and lacking > 0:
            for n in under:
                needed[n] += lacking / cell.colspan
    return needed
