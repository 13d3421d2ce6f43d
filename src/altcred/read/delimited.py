"""Reads text with a delimiter: CSV and TSV with one row of headers."""

import csv
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import ClassVar

from altcred.core.errors import InvalidInput, Problem, refuse, refuse_problems
from altcred.kinds.reading import tidy_text
from altcred.read.export import Column, Export, Row, refuse_empty, register_reader

csv.field_size_limit(1 << 28)

_PROBLEMS_SHOWN = 5


class Delimited:
    """Reads any text whose first row names the columns."""

    name: ClassVar[str] = "csv"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Take whatever no other reader recognises."""
        return True

    def open(self, path: Path) -> Export:
        """Read the first row."""
        names = read_head(path, 1)[0]
        columns = [
            Column(position, "", tidy_text(name), tidy_text(name))
            for position, name in enumerate(names)
        ]
        return Export(path, columns, lambda: read_rows(path, 1, len(names)), self.name)


register_reader(Delimited())


def read_head(path: Path, rows: int) -> list[list[str]]:
    """Return the first rows of a text file; InvalidInput where there is no header in them."""
    lines = read_lines(path)
    head = [cells for _, (_, cells) in zip(range(rows), lines, strict=False)]
    lines.close()
    if not head or not any(cell.strip() for cell in head[0]):
        refuse_empty(path)
    if any("\0" in name for name in head[0]):
        refuse(path, "row 1", "holds NUL bytes.", "Save the export as CSV UTF-8.")
    return head


def read_rows(path: Path, header_rows: int, width: int) -> Iterator[Row]:
    """Yield the number of each row, as a spreadsheet shows it, and its cells.

    Raises InvalidInput, once, where rows have more or fewer fields than the header, and where the
    file is cut off or not of its encoding.
    """
    problems: list[Problem] = []
    more = 0
    for count, (row, cells) in enumerate(read_lines(path)):
        if count < header_rows:
            continue
        if len(cells) != width:
            if len(problems) < _PROBLEMS_SHOWN:
                problems.append(wrong_width(path, row, len(cells), width))
            else:
                more += 1
        elif not problems:
            yield row, cells
    if more:
        problems.append(Problem(str(path), "", f"has {more:,} more such rows."))
    refuse_problems(problems)


def read_lines(path: Path) -> Generator[Row, None, None]:
    """Yield the number and the cells of each row, counted as a spreadsheet counts them.

    Raises InvalidInput where the text is not of the encoding, or a quotation mark is not closed.
    """
    with path.open("rb") as file:
        is_wide = file.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    encoding = "utf-16" if is_wide else "utf-8-sig"
    delimiter = _delimiter_of(path, encoding)
    row = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for cells in csv.reader(file, delimiter=delimiter, strict=True):
                row += 1
                if cells:
                    yield row, cells
    except UnicodeError:
        where = f"after row {row}" if row else ""
        message = f"is not {'UTF-16' if is_wide else 'UTF-8'} text."
        remedy = "Export it again, or save it as CSV UTF-8."
        raise InvalidInput([Problem(str(path), where, message, remedy)]) from None
    except csv.Error as error:
        # The library's message can quote the file's content, so only its kind is passed on.
        message, remedy = "is not a CSV row.", "Export the survey again."
        if "unexpected end" in str(error):
            message = "begins a quotation that never ends: the file is cut off, or a mark missing."
        raise InvalidInput([Problem(str(path), f"row {row + 1}", message, remedy)]) from None


def _delimiter_of(path: Path, encoding: str) -> str:
    if path.suffix.lower() in {".tsv", ".tab"}:
        return "\t"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline()
    counts = {mark: first.count(mark) for mark in (",", "\t", ";")}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","


def wrong_width(path: Path, row: int, found: int, expected: int) -> Problem:
    """Return the problem of a row with more or fewer fields than the header."""
    return Problem(
        str(path),
        f"row {row}",
        f"has {found} fields, and the header {expected}.",
        "The file is cut off, or a quotation mark is missing; export the survey again.",
    )
