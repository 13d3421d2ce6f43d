"""Reads a table as it was typed or saved: CSV of any delimiter, TSV, or a sheet of a workbook."""

import codecs
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from altcred.core.errors import InvalidInput, Problem, refuse, refuse_problems
from altcred.read.delimited import find_form
from altcred.read.lines import read_lines
from altcred.read.workbook import Workbook, read_sheet

# A bracket that is closed so far away is none of a cell.
_LONGEST = 40
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Row = tuple[int, list[str]]
Grid = list[Row]


def read_grid(path: Path, sheet: str = "") -> Grid:
    """Return the rows of a table with their numbers, blank ones left out, all of one width.

    InvalidInput where the file is not there, or is no table.
    """
    if path.is_dir():
        refuse(path.name, "", "is a folder.", f"Name the files in it, as in {path.name}/*.csv.")
    if not path.is_file():
        refuse(path.name, "", "the file is not there.", "Write it or correct its name.")
    with path.open("rb") as file:
        start = file.read(64)
    if Workbook().recognises(path, start):
        rows = list(read_sheet(path, sheet)[0])
    elif start.startswith(b"%PDF") or (b"\0" in start and not start.startswith(_UTF16)):
        refuse(path.name, "", "is no table.", "Save it as CSV UTF-8 or as a workbook.")
    else:
        # A title is a row of its own here: it may say what stands in the cells.
        form = replace(find_form(path), title_rows=0)
        ways: dict[str, Grid] = {}
        for mark in "\t;|,":
            # Quotation marks may stand within cells of another delimiter than the table's.
            with suppress(InvalidInput):
                lines = read_lines(path, replace(form, delimiter=mark))
                ways[mark] = [(number, _rejoin(cells, mark)) for number, cells in lines]
        if not ways:
            remedy = "Close each quotation mark, and save it as CSV UTF-8."
            refuse(path.name, "", "its quotation marks do not match.", remedy)
        mark = max(ways, key=lambda mark: _count_even(ways[mark]))
        rows = _level(path, ways[mark], mark)
    rows = [(number, cells) for number, cells in rows if any(map(str.strip, cells))]
    if not rows:
        refuse(path.name, "", "the file is empty.", "Save the table again.")
    width = max(len(cells) for _, cells in rows)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def list_notes(path: Path, sheet: str = "") -> list[str]:
    """Return which sheets of a workbook are left out, where none is named."""
    with path.open("rb") as file:
        is_workbook = Workbook().recognises(path, file.read(64))
    return [f"{path.name}: {note}" for note in read_sheet(path, sheet)[1]] if is_workbook else []


def _count_even(rows: Grid) -> tuple[int, int]:
    """Return how many rows have as many cells as most, where that is more than one."""
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    width, count = max(widths.items(), key=lambda item: item[::-1], default=(1, 0))
    return count, width


def _rejoin(cells: list[str], mark: str) -> list[str]:
    """Return the cells of a row, with those joined between which a bracket is open."""
    joined: list[str] = []
    is_open = False
    for cell in cells:
        if is_open:
            cell = f"{joined.pop()}{mark}{cell}"
        joined.append(cell)
        is_open = cell.count("(") > cell.count(")") or cell.count("[") > cell.count("]")
        is_open &= len(cell) < _LONGEST
    return joined


def _level(path: Path, rows: Grid, mark: str) -> Grid:
    """Return rows without cells beyond most others; InvalidInput where a row within has more.

    A title above and a note below may hold the delimiter, and are one cell.
    """
    _, width = _count_even(rows)
    usual = [number for number, cells in rows if len(cells) == width]
    levelled, problems = [], []
    for number, cells in rows:
        more = [cell for cell in cells[width:] if cell.strip()]
        if more and usual and usual[0] < number < usual[-1]:
            message = f"has {len(cells)} cells, and most rows {width}."
            remedy = f"Quote cells that hold '{mark}', as in \"1{mark}234\"."
            problems.append(Problem(path.name, f"row {number}", message, remedy))
        levelled.append((number, [mark.join(cells)] if more else cells[:width]))
    refuse_problems(problems)
    return levelled


def letter_of(column: int) -> str:
    """Return what a spreadsheet calls a column, the first being A."""
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters = chr(ord("A") + rest) + letters
        column -= 1
    return letters
