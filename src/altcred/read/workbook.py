"""Reads workbooks: .xlsx, .xls, .xlsb and .ods, the first sheet unless study.yaml names another."""

import datetime
from pathlib import Path
from typing import Any, ClassVar

from altcred.core.errors import refuse
from altcred.read.export import Export, Layout, refuse_empty, register_reader
from altcred.read.headers import count_header_rows, name_columns
from altcred.read.qualtrics import HEADER_ROWS, has_import_ids, name_by_import_ids


class Workbook:
    """Reads one sheet as a whole, each cell as text."""

    name: ClassVar[str] = "workbook"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending."""
        return path.suffix.lower() in {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the sheet; its header is the first row that holds anything."""
        rows = [
            (number, cells) for number, cells in enumerate(_read_cells(path, layout.sheet), start=1)
            if any(cells)
        ]  # fmt: skip
        if not rows:
            refuse_empty(path)
        head = [cells for _, cells in rows[: max(HEADER_ROWS, layout.header_rows or 0)]]
        zone = ""
        if has_import_ids(head):
            count = HEADER_ROWS
            columns, zone = name_by_import_ids(head)
        else:
            count = layout.header_rows or count_header_rows(head[:2])
            columns = name_columns(head[:count])
        return Export(path, columns, lambda: iter(rows[count:]), self.name, time_zone=zone)


def _read_cells(path: Path, sheet: str) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = book.sheet_names
            if sheet and sheet not in names:
                refuse(path, f"sheet {sheet!r}", "is not in it.", f"It has {', '.join(names)}.")
            cells = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        remedy = "Save the sheet as CSV UTF-8, without a password."
        refuse(path, "", "is no workbook that can be read.", remedy)
    return [[_text_of(cell) for cell in row] for row in cells]


def _text_of(cell: Any) -> str:
    """Write one cell as text: whole numbers without a point, times as ISO 8601 has them."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


register_reader(Workbook())
