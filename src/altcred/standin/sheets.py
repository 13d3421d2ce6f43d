"""Sheets of workbooks: what their cells are, and sheets written with cells of the same types."""

import datetime
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

_LOOKED_AT = 500
_TYPES = {float: "number", int: "number", bool: "bool", datetime.datetime: "time",
          datetime.date: "day"}  # fmt: skip
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d*[1-9])?")
# The day on which a workbook says that it was made: none, so that the same gives the same bytes.
_MADE = datetime.datetime(2000, 1, 1)


def describe_sheet(path: Path, wanted: str, first: int) -> tuple[str, list[str]]:
    """Return the name of the sheet that is read, and of what type most cells of a column are."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in ([wanted] if wanted else book.sheet_names)
    }
    name = max(sheets, key=lambda one: sum(any(row) for row in sheets[one]))
    rows = sheets[name][first - 1 : first - 1 + _LOOKED_AT]
    types = []
    for column in zip(*rows, strict=False):
        seen = Counter(_TYPES.get(type(cell), "text") for cell in column if cell not in ("", None))
        types.append(seen.most_common(1)[0][0] if seen else "text")
    return name, types


def write_sheet(
    head: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], name: str, types: Sequence[str]
) -> bytes:
    """Return a workbook of one sheet, whose numbers and times are such where they were."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet(name or "Sheet1")
    time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, cells in enumerate([*head, *rows]):
        for place, text in enumerate(cells):
            kind = types[place] if place < len(types) and row >= len(head) else "text"
            if not text:
                continue
            if kind == "number" and _NUMBER.fullmatch(text):
                sheet.write_number(row, place, float(text))
            elif kind == "bool" and text in ("TRUE", "FALSE"):
                sheet.write_boolean(row, place, text == "TRUE")
            elif kind in ("time", "day") and (moment := _read_time(text)) is not None:
                sheet.write_datetime(row, place, moment, day if kind == "day" else time)
            else:
                sheet.write_string(row, place, text)
    book.close()
    return target.getvalue()


def _read_time(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
