"""Writes tables for print, in typst: how wide columns and how large letters are."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from altcred.write.tables.table import Shown, Table, keep_n, letters_needed


def typst_string(text: str) -> str:
    """Write a text as a typst string, in which nothing is markup; hard blanks stay."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\u{60}")
    # A space that may not break stays one.
    return '"' + re.sub(r"[ \t\r\n]+", " ", escaped) + '"'


# Rows of a table that stays in one piece, at most; how wide the text and a column of it are.
_IN_ONE_PIECE = 24
_TEXT, _COLUMN = 493.0, 238.0
# Numbers of figures that are no higher stay in one piece.
_LOW = 110.0
# What stands between an answer and a group in the numbers of figures, and over how many answered.
_BETWEEN, _COUNT = " · ", "n"


def numbers_typst(table: Table) -> str:
    """Write the numbers of a figure for print: small, in a column of the page where they fit."""
    for one in (_set_beside(table), table):
        layout = _column_widths(one, _COLUMN, _SMALL)
        if not layout.turned:
            return _write(one, layout, 0.17, is_whole=_estimate_height(one, layout) <= _LOW)
    return _write(table, _column_widths(table, _TEXT, _SMALL), 0.17)


def _estimate_height(table: Table, layout: "_Layout") -> float:
    """Return about how many points high a table of a figure's numbers is.

    To have typst measure each before it sets it takes a fifth of all the time.
    """
    rows = [[table.heading, *table.columns], *([""] for _ in table.spanners[:1])]
    rows += [[label, *(cell.text for cell in cells)] for label, cells in table.rows]
    letters = layout.letters
    lines = [max(map(_lines_of, texts, letters)) for texts in rows]
    lines += [_lines_of(note, sum(letters)) for note in table.notes]
    return layout.size * sum(1 + 1.16 * (one - 1) for one in lines)


def _lines_of(text: str, letters: float) -> int:
    return max(math.ceil(len(text) / letters), 1)


def _set_beside(table: Table) -> Table:
    """Return a table whose rows are "answer · group" with the groups side by side.

    How many people a group has is told once, over its columns, if it is the same in all its rows.
    """
    rows = {tuple(label.rsplit(_BETWEEN, 1)): cells for label, cells in table.rows}
    if table.spanners or table.nets or any(len(name) != 2 for name in rows):
        return table
    answers, groups = (list(dict.fromkeys(name[place] for name in rows)) for place in (0, 1))
    counts = table.columns.index(_COUNT) if _COUNT in table.columns else None
    sizes: dict[str, set[str]] = {group: set() for group in groups}
    for (_, group), cells in rows.items():
        sizes[group].update([cells[counts].text] if counts is not None else [])
    once = all(len(found) == 1 for found in sizes.values())
    kept = [n for n in range(len(table.columns)) if n != counts or not once]
    empty = [Shown("")] * len(table.columns)
    spanners = [
        (f"{group} ({_COUNT} = {sizes[group].pop()})" if once else group,
         place * len(kept), (place + 1) * len(kept))
        for place, group in enumerate(groups)
    ]  # fmt: skip
    return Table(
        table.id,
        table.heading,
        [table.columns[n] for _ in groups for n in kept],
        [
            (answer, [rows.get((answer, group), empty)[n] for group in groups for n in kept])
            for answer in answers
        ],
        table.notes,
        spanners=spanners,
    )


def table_typst(table: Table) -> tuple[str, str]:
    """Write a table for print; also tell its form: `floats` in one piece, `long`, or `turned`.

    It is a column of the page wide if that is enough, else as wide as the text. Columns of numbers
    are as wide as they need to be, columns of words share the rest; the letters shrink a little
    before the page is turned.
    """
    form = "floats" if len(table.rows) <= _IN_ONE_PIECE else "long"
    layout = _column_widths(table, _COLUMN, _SIZES[:3])
    if form == "long" or layout.turned:
        layout = _column_widths(table, _TEXT, _SIZES[3:] if form == "long" else _SIZES)
    return _write(table, layout), "turned" if layout.turned else form


@dataclass
class _Layout:
    """How wide a table and its columns are, its letters, the space beside them, and if turned."""

    width: float
    columns: list[str]
    size: float
    inset: float
    turned: bool

    @property
    def letters(self) -> list[float]:
        """How many letters a line of each column holds, about."""
        widths = [(float(one[:-2]), one[-2:]) for one in self.columns]
        left = self.width - sum(width for width, unit in widths if unit == "pt")
        shares = sum(width for width, unit in widths if unit == "fr")
        points = [width if unit == "pt" else left * width / shares for width, unit in widths]
        return [max((one - 2 * self.inset) / (self.size * _TIGHT), 1.0) for one in points]


def _write(table: Table, layout: _Layout, air: float = 0.23, *, is_whole: bool = False) -> str:
    """Write a table; `air` is the space above and below a row as a share of its letters' size."""
    aligns = ["right" if one else "left" for one in table.is_right]
    lines = [
        f"#text(size: {layout.size}pt)[#table(",
        f"  columns: ({', '.join(layout.columns)},),",
        f"  align: ({', '.join(aligns)},),",
        # Letters reach below their line, towards the rule there.
        f"  inset: (x: {layout.inset}pt, top: {layout.size * (air - 0.05):.2f}pt, "
        f"bottom: {layout.size * (air + 0.05):.2f}pt),",
        "  table.hline(stroke: 0.8pt),",
        "  table.header(",
        *(f"    {cell}," for cell in _head(table, aligns)),
        "  ),",
        "  table.hline(stroke: 0.5pt),",
    ]
    for number, (label, cells) in enumerate(table.rows):
        # Where a table breaks over pages, its last rows and its notes stay together.
        lines += ["  table.footer(repeat: false,"] if number == max(len(table.rows) - 3, 0) else []
        texts = [_text(text) for text in (label, *(cell.text for cell in cells))]
        if number >= len(table.rows) - table.nets:
            texts = [f"#emph[{text}]" for text in texts]
        lines.append(f"  {', '.join(f'[{text}]' for text in texts)},")
    notes = "".join(f"#table-note[{_text(note)}]" for note in table.notes)
    how = f"colspan: {len(aligns)}, align: left, inset: (x: 0pt, top: 3pt)"
    lines += ["  table.hline(stroke: 0.8pt),"]
    lines += [f"  table.cell({how})[{notes}]," if notes else "", "  )," if table.rows else "", ")]"]
    written = "\n".join(filter(None, lines))
    return f"#block(width: {layout.width}pt{', breakable: false' * is_whole})[{written}]"


def _head(table: Table, aligns: Sequence[str]) -> Iterator[str]:
    """Yield the cells of the head: those of the upper row, of labels over several columns, first.

    A column without such a label is named in both rows.
    """
    spans = {start: (label, end - start) for label, start, end in table.spanners}
    over = {place for start, (_, wide) in spans.items() for place in range(start, start + wide)}
    down = "rowspan: 2, " if spans else ""
    under = []
    for place, text in enumerate([table.heading, *table.columns]):
        cell = f"align: {aligns[place]} + bottom)[{_text(text)}]"
        if place - 1 not in over:
            yield f"table.cell({down}{cell}"
            continue
        under.append(f"table.cell({cell}")
        if place - 1 in spans:
            label, wide = spans[place - 1]
            how = f"colspan: {wide}, align: center, stroke: (bottom: 0.4pt)"
            yield f"table.cell({how})[{_text(label)}]"
    yield from under


def _text(text: str) -> str:
    return f"#{typst_string(keep_n(text))};" if text.strip() else ""


# Sizes of letters and of the space beside them that are tried, in points.
_SIZES = ((8.2, 4.0), (7.8, 3.5), (7.4, 3.0), (7.0, 3.0), (6.5, 2.5))
_SMALL = ((6.8, 2.6), (6.5, 2.5), (6.2, 2.2))
_SMALLEST = ((6.0, 2.5), (5.5, 2.0), (5.0, 2.0), (4.5, 1.5))
_LETTER = 0.48  # the mean width of a letter as a share of its size, with some to spare
_TIGHT = 0.4  # that of a letter in words
_TURNED = 1.53  # how much wider the text of a page on its side is
_LINE = 60  # the letters of a text that a column of words is widened for, at most
_FIRST = 28  # those that what a row is called has in one line, where there is room


def _column_widths(table: Table, width: float, sizes: Sequence[tuple[float, float]]) -> _Layout:
    """Return the largest letters of `sizes` with which a table fits, and the widths of columns."""
    close = letters_needed(table)
    longest = [max(map(len, texts), default=1) for texts in table.texts]
    roomy = [max(close[0], min(longest[0], _FIRST)), *close[1:]]
    # Several numbers, as "613 / 187 / 51", in one line before any of them is set in three.
    wide = [max(pair) for pair in zip(roomy, longest, strict=True)]
    whole = [wide[n] if right else roomy[n] for n, right in enumerate(table.is_right)]
    tried = [(False, each, size) for size in sizes[:3] for each in (whole, roomy)]
    tried += [(False, close, size) for size in sizes]
    tried += [(True, close, size) for size in (*sizes, *_SMALLEST)]
    for turned, needed, (size, inset) in tried:
        room = width * _TURNED if turned else width
        if sum(needed) * size * _LETTER + 2 * inset * len(needed) <= room:
            break
    points = [chars * size * _LETTER + 2 * inset for chars in needed]
    of_words = [column for column, one in enumerate(table.is_right) if not one]
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
    return _Layout(room, widths, size, inset, turned)
