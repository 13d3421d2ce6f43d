"""Reads a table as it was typed or saved: CSV of any delimiter, TSV, or a sheet of a workbook."""

from dataclasses import replace
from pathlib import Path

from altcred.core.errors import refuse
from altcred.read.delimited import find_form, read_lines
from altcred.read.workbook import Workbook, read_sheet

Grid = list[tuple[int, list[str]]]


def read_grid(path: Path, sheet: str = "") -> Grid:
    """Return the rows of a table with their numbers, blank ones left out, all of one width.

    InvalidInput where the file is not there, or is no table.
    """
    if not path.is_file():
        refuse(path.name, "", "the file is not there.", "Write it or correct its name.")
    with path.open("rb") as file:
        start = file.read(64)
    if Workbook().recognises(path, start):
        rows = list(read_sheet(path, sheet))
    elif b"\0" in start or start.startswith(b"%PDF"):
        refuse(path.name, "", "is no table.", "Save it as CSV UTF-8 or as a workbook.")
    else:
        # A title is a row of its own here: it may say what stands in the cells.
        rows = list(read_lines(path, replace(find_form(path), title_rows=0)))
    rows = [(number, cells) for number, cells in rows if any(map(str.strip, cells))]
    if not rows:
        refuse(path.name, "", "the file is empty.", "Save the table again.")
    width = max(len(cells) for _, cells in rows)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def letter_of(column: int) -> str:
    """Return what a spreadsheet calls a column, the first being A."""
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters = chr(ord("A") + rest) + letters
        column -= 1
    return letters
