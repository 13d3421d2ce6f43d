"""Reads workbooks: .xlsx, .xls, .xlsb and .ods, the fullest sheet unless study.yaml names one."""

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from altcred.core.errors import refuse
from altcred.read.export import Export, Layout, refuse_empty, register_reader
from altcred.read.headers import HEADER_ROWS, count_title_rows, read_header
from altcred.read.totals import count_total_rows, say_totals

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_ENDINGS = {".xlsx", ".xlsm", ".xlsb", ".ods"}
# What heads a sheet of things told several times in one answer, as the members of a household.
_OF_PARTS = {"_parent_index", "_parent_table_name", "parent_key"}
_OLD_MARK, _ZIP_MARK = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
# Rows of a sheet as they are numbered there, without blank ones.
_Rows = Sequence[tuple[int, list[str]]]


class Workbook:
    """Reads one sheet as a whole, each cell as text."""

    name: ClassVar[str] = "workbook"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending, or by what the file holds."""
        if start.startswith(_ZIP_MARK):
            return path.suffix.lower() in _ENDINGS or _holds_sheets(path)
        # Some tools give a text or a web page the ending of old workbooks.
        is_old = path.suffix.lower() == ".xls" and start.startswith((_OLD_MARK, b"\t\x08"))
        return is_old or path.suffix.lower() in _ENDINGS or start.startswith(_OLD_MARK)

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the sheet; its header is the first row that holds more than a title."""
        sheet, rows, notes = _choose_sheet(path, _open_book(path), layout.sheet)
        if not rows:
            refuse_empty(path)
        titles = _count_titles(sheet, rows)
        rows = rows[titles:]
        notes += (f"rows of a title above its header: {titles:,}.",) if titles else ()
        head = [cells for _, cells in rows[: max(HEADER_ROWS, layout.header_rows or 0)]]
        said = layout.header_rows
        if not said and _is_merged(sheet, rows[0][0]):
            said = 2
        columns, count, zone = read_header(head, said)
        totals = count_total_rows(rows[count:])
        notes += say_totals(totals)
        rows = rows[: len(rows) - totals]
        return Export(
            path, columns, lambda: iter(rows[count:]), self.name, time_zone=zone, notes=notes
        )


def count_sheet_titles(path: Path, sheet: str = "") -> int:
    """Return how many rows of a sheet stand above its header."""
    return _count_titles(*_choose_sheet(path, _open_book(path), sheet)[:2])


def _count_titles(sheet: "CalamineSheet", rows: _Rows) -> int:
    first = rows[:100]
    spanning = {place for place, (row, _) in enumerate(first) if _is_merged(sheet, row)}
    return count_title_rows([cells for _, cells in first], spanning)


def _holds_sheets(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool({"xl/workbook.xml", "xl/workbook.bin"} & {*archive.namelist()})
    except (zipfile.BadZipFile, OSError):
        return False


def _open_book(path: Path) -> "CalamineWorkbook":
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        # Of what the file holds, whatever its ending.
        return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except PasswordError:
        refuse(path, "", "asks for a password.", "Save it without one.")
    except (CalamineError, OSError, ValueError):
        remedy = "Save the sheet as CSV UTF-8, without a password."
        refuse(path, "", "is no workbook that can be read.", remedy)


def read_sheet(path: Path, sheet: str = "") -> tuple[_Rows, tuple[str, ...]]:
    """Return the rows of a sheet that are not blank with their numbers, each cell as text.

    The sheet is the one that is named, else the one with most rows; which others there are is
    said beside.
    """
    return _choose_sheet(path, _open_book(path), sheet)[1:]


def _choose_sheet(
    path: Path, book: "CalamineWorkbook", wanted: str
) -> tuple["CalamineSheet", _Rows, tuple[str, ...]]:
    """Return the sheet that is wanted, else of those that are shown the one with most rows."""
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if wanted and wanted not in names:
        refuse(path, f"sheet {wanted!r}", "is not in it.", f"It has {', '.join(names)}.")
    shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    chosen = [wanted] if wanted else [one for one in names if one in shown] or names
    try:
        sheets = {name: book.get_sheet_by_name(name) for name in chosen}
    except (CalamineError, OSError, ValueError):
        refuse(path, "", "has a sheet that cannot be read.", "Save the sheet as CSV UTF-8.")
    if not sheets:
        refuse(path, "", "has no sheet of rows.", "Save the sheet as CSV UTF-8.")
    read = {name: _read_rows(sheet) for name, sheet in sheets.items()}
    whole = [one for one, rows in read.items() if rows and not _OF_PARTS & _heads(rows)]
    name = max(whole or read, key=lambda name: len(read[name]))
    others = [f"{one} {len(rows) - 1:,}" for one, rows in read.items() if one != name and rows]
    note = f"read from its sheet {name}, which has most rows ({', '.join(others)} in others)."
    parts = [one for one, rows in read.items() if rows and one not in whole]
    if whole and parts:
        note = f"read from its sheet {name}, since {', '.join(parts)} told parts of its answers."
    return sheets[name], read[name], (note,) if others else ()


def _heads(rows: _Rows) -> set[str]:
    return {cell.casefold() for cell in rows[0][1]}


def _read_rows(sheet: "CalamineSheet") -> _Rows:
    from python_calamine import CalamineError

    try:
        cells = sheet.to_python(skip_empty_area=False)
    except CalamineError:
        return []
    rows = enumerate(([_text_of(cell) for cell in row] for row in cells), start=1)
    return [(number, row) for number, row in rows if any(row)]


def _is_merged(sheet: "CalamineSheet", row: int) -> bool:
    """Tell whether a row has cells that head several columns each."""
    return any(
        top == bottom == row - 1 and first < last
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
    )


def _text_of(cell: Any) -> str:
    """Write one cell as text: numbers as spreadsheets show them, times as ISO 8601 has them."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        # A spreadsheet holds fifteen digits.
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


register_reader(Workbook())
