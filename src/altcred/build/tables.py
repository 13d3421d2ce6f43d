"""Takes tables out of the outputs of cells, and writes their numbers for other programs.

What a cell put out is read, never trusted: of a table that only HTML tells, nothing is kept but
the texts of its cells, so that an answer typed by a respondent cannot become markup.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from altcred.build.assemble import SharedTables
from altcred.write.tables.table import TABLE_TYPE, Shown, Table
from altcred.write.views import HIDDEN, NOT_OFFERED, WAS_NOT_ASKED

# What the numbers of a cell are called that is told by a text, not by a number.
TEXT = "note"
# In which order the numbers of a cell are written; others follow.
ENDS = ("", "low", "high")
# What a file says where a table shows no number: never nought, which would be one.
WHY_ABSENT = {HIDDEN: "not shown", WAS_NOT_ASKED: "not asked", NOT_OFFERED: "not offered"}
# With what a spreadsheet takes a cell for a formula; before it stands an apostrophe, as one types.
_FORMULA = re.compile(r"[=+\-@\t\n]")
# No table is wider or longer than a span may claim.
LONGEST = 1000


def make_inert(text: str) -> str:
    """Return a cell's text so that no spreadsheet runs it; numbers stay as they are."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _FORMULA.match(text):
        return text
    try:
        return text if math.isfinite(float(text)) else f"'{text}"
    except ValueError:
        return f"'{text}"


def has_tables(data: Mapping[str, Any]) -> bool:
    """Tell whether an output of a cell holds a table."""
    return TABLE_TYPE in data or "<table" in data.get("text/html", "")


def read_tables(data: Mapping[str, Any]) -> list[Table]:
    """Return the tables of an output: our own as they are, others by the texts of their cells."""
    if TABLE_TYPE in data:
        kept = data[TABLE_TYPE]
        return (kept if isinstance(kept, SharedTables) else SharedTables(kept)).read
    if not has_tables(data):
        return []
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(data["text/html"], "html.parser")
    for unwanted in soup(["style", "script", "template"]):
        unwanted.decompose()
    return [_read_foreign(tag) for tag in soup.find_all("table")]


def _read_foreign(tag: Any) -> Table:
    parts: dict[str, list[Any]] = {"thead": [], "table": [], "tfoot": []}
    for row in tag.find_all("tr"):
        parts[row.find_parent([*parts]).name].append(row)
    named = _place(parts["thead"], is_head=True)
    lines, notes = _place(parts["table"]), _place(parts["tfoot"])
    width = max(map(len, [*lines, *named]), default=1)
    heading, *columns = (
        " ".join(dict.fromkeys(line[place] for line in named if line[place:][:1] > [""]))
        for place in range(width)
    )
    filled = [line + [""] * (width - len(line)) for line in lines]
    cells = [(label, [Shown(text) for text in texts]) for label, *texts in filled]
    return Table("", heading, columns, cells, [" ".join(line).strip() for line in notes])


def _place(rows: Iterable[Any], *, is_head: bool = False) -> list[list[str]]:
    """Return the texts of rows: of a cell that spans several in each, and of columns in a head."""
    texts: dict[tuple[int, int], str] = {}
    number = -1
    for number, row in enumerate(rows):
        column = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (number, column) in texts:
                column += 1
            text = " ".join(cell.get_text(" " if cell.find("br") else "").split())
            for down in range(_span(cell, "rowspan")):
                for across in range(_span(cell, "colspan")):
                    texts[number + down, column + across] = text if is_head or not across else ""
    ends = [max((at for row, at in texts if row == n), default=-1) for n in range(number + 1)]
    return [[texts.get((n, at), "") for at in range(end + 1)] for n, end in enumerate(ends)]


def _span(cell: Any, name: str) -> int:
    text = str(cell.get(name, "1"))
    return min(max(int(text), 1), LONGEST) if text.isdecimal() else 1


def table_csv(table: Table) -> str:
    """Write a table as CSV, a line a row, its numbers as programs read them.

    Shares are proportions of 1, and so are their differences; amounts have no sign. An interval
    takes two columns, its low and its high end. Words in a column of numbers go to one of their
    own, called note; where there is no number the cell is empty, and the note says why.
    """
    heading, *heads = _tell_apart(table.heads)
    columns = [[heading, *(label for label, _ in table.rows)]]
    for place, head in enumerate(heads):
        columns += _split(head, [cells[place] for _, cells in table.rows])
    text = io.StringIO()
    rows = (map(make_inert, row) for row in zip(*columns, strict=True))
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _tell_apart(heads: Sequence[str]) -> Iterator[str]:
    """Yield heads with a number behind those that are there already."""
    for place, head in enumerate(heads):
        again = heads[:place].count(head)
        yield f"{head} ({again + 1})" if again else head


def _split(head: str, cells: Sequence[Shown]) -> Iterator[list[str]]:
    """Yield the columns that a column of a table takes in a file, each with its head."""
    names = {name for cell in cells for name in cell.numbers}
    # A notebook sorts them by their letters.
    for name in sorted(names, key=lambda name: (ENDS.index(name) if name in ENDS else 9, name)):
        values = (cell.numbers.get(name) for cell in cells)
        written = ("" if value is None else f"{value:.12g}" for value in values)
        yield [", ".join(filter(None, (head, name))), *written]
    words = ["" if cell.numbers else WHY_ABSENT.get(cell.text, cell.text) for cell in cells]
    if not names and {*words} <= {"", *WHY_ABSENT.values()}:
        yield [head, *("" for _ in cells)]
    elif not names:
        yield [head, *(cell.text for cell in cells)]
        return
    if any(words):
        yield [f"{head}, {TEXT}", *words]
