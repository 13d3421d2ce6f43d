"""Reads text with a delimiter: CSV, TSV and the like, with one or several rows of headers."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar

from altcred.core.errors import InvalidInput, Problem, refuse, refuse_problems
from altcred.read.export import Export, Layout, Row, refuse_empty, register_reader
from altcred.read.headers import count_header_rows, name_columns

csv.field_size_limit(1 << 28)

_PROBLEMS_SHOWN = 5
_MARKS = (",", ";", "\t", "|")
# How much of a file tells its encoding and its delimiter.
_SAMPLE, _SAMPLE_ROWS = 1 << 20, 100
# Signs that stand between letters only where a text is of another encoding than Windows-1252.
_MISREAD = re.compile(r"[^\W\d_][¹³¿¼¾±¶¢¥¡ª¦][^\W\d_]")


@dataclass(frozen=True)
class Form:
    """How a text is written: encoding, delimiter, and whether a first row names the latter."""

    encoding: str
    delimiter: str
    has_sep_row: bool = False


class Delimited:
    """Reads any text whose first rows name the columns."""

    name: ClassVar[str] = "csv"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Take whatever no other reader recognises."""
        return True

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the header rows: as many as study.yaml says, else one or two."""
        form = find_form(path, layout.encoding)
        head = read_head(path, max(2, layout.header_rows or 2), form)
        rows = layout.header_rows or count_header_rows(head)
        columns = name_columns(head[:rows])
        return Export(
            path, columns, lambda: read_rows(path, rows, len(columns), form), self.name,
            delimiter=form.delimiter,
        )  # fmt: skip


register_reader(Delimited())


def read_head(path: Path, rows: int, form: Form) -> list[list[str]]:
    """Return the first rows of a text file; InvalidInput where there is no header in them."""
    lines = read_lines(path, form)
    head = [cells for _, (_, cells) in zip(range(rows), lines, strict=False)]
    lines.close()
    if not head or not any(cell.strip() for cell in head[0]):
        refuse_empty(path)
    if any("\0" in name for name in head[0]):
        refuse(path, "row 1", "holds NUL bytes.", "Save the export as CSV UTF-8.")
    return head


def read_rows(path: Path, header_rows: int, width: int, form: Form) -> Iterator[Row]:
    """Yield the number of each row, as a spreadsheet shows it, and its cells.

    Raises InvalidInput, once, where rows have more or fewer fields than the header, and where the
    file is cut off or not of its encoding. Empty fields beyond the header are none: some tools
    end each row with a delimiter.
    """
    problems: list[Problem] = []
    more = 0
    ends_nameless = False
    for count, (row, cells) in enumerate(read_lines(path, form)):
        if count == 0:
            ends_nameless = not cells[-1].strip()
        if count < header_rows:
            continue
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            cells = cells[:width]
        elif ends_nameless and len(cells) == width - 1:
            cells = [*cells, ""]
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


def read_lines(path: Path, form: Form) -> Generator[Row, None, None]:
    """Yield the number and the cells of each row, counted as a spreadsheet counts them.

    Raises InvalidInput where the text is not of the encoding, or a quotation mark is not closed.
    """
    row = 0
    try:
        with path.open(encoding=form.encoding, newline="") as file:
            if form.has_sep_row:
                file.readline()
                row += 1
            for cells in csv.reader(file, delimiter=form.delimiter, strict=True):
                row += 1
                if cells:
                    yield row, cells
    except UnicodeError:
        where = f"after row {row}" if row else ""
        names = {"utf-16": "UTF-16", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
        message = f"is not {names.get(form.encoding, form.encoding)} text."
        remedy = "Save it as CSV UTF-8, or write encoding: of the wave, such as cp1252."
        raise InvalidInput([Problem(str(path), where, message, remedy)]) from None
    except csv.Error as error:
        # The library's message can quote the file's content, so only its kind is passed on.
        message, remedy = "is not a CSV row.", "Export the survey again."
        if "unexpected end" in str(error):
            message = "begins a quotation that never ends: the file is cut off, or a mark missing."
        raise InvalidInput([Problem(str(path), f"row {row + 1}", message, remedy)]) from None


def find_form(path: Path, encoding: str = "") -> Form:
    """Return how a text is written, by its beginning.

    It is UTF-8, UTF-16 where it begins with the mark of that, else Windows-1252 where it can be.
    The delimiter is the one that cuts the rows as it cuts the header; `sep=;` in a first row
    names it.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    found = encoding or _encoding_of(start)
    decoder = codecs.getincrementaldecoder(found)(errors="replace")
    sample = decoder.decode(start)
    named = re.match(r"sep=(.)\r?\n", sample, re.IGNORECASE)
    if named:
        return Form(found, named[1], has_sep_row=True)
    first = sample.partition("\n")[0]
    if path.suffix.lower() in {".tsv", ".tab"} and "\t" in first:
        return Form(found, "\t")
    return Form(found, _delimiter_of(sample, is_whole=len(start) < _SAMPLE))


def _encoding_of(start: bytes) -> str:
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeError:
        high = re.findall(rb"[\x80-\xff]+", start)
        beside = sum(len(run) for run in high if len(run) > 2)
        try:
            text = start.decode("cp1252")
        except UnicodeError:
            return "utf-8-sig"
        # In western languages three letters with accents hardly ever stand in a row.
        if beside <= sum(map(len, high)) / 4 and not _MISREAD.search(text):
            return "cp1252"
    return "utf-8-sig"


def _delimiter_of(sample: str, *, is_whole: bool) -> str:
    """Return the delimiter by which most rows have the header's width; of equals the wider."""
    scores: dict[str, tuple[float, int]] = {}
    for mark in _MARKS:
        rows = _cut(sample, mark, is_whole=is_whole)
        width = len(rows[0]) if rows else 0
        fits = [
            len(cells) == width
            or (len(cells) > width and not any(cells[width:]))
            or (len(cells) == width - 1 and not rows[0][-1])
            for cells in rows[1:]
        ]
        share = sum(fits) / len(fits) if fits else 1.0
        if width > 1:
            scores[mark] = share, width
    if not scores:
        # One column alone, whose texts may hold any sign.
        return next((mark for mark in _MARKS if mark not in sample), ",")
    is_one_column = not any(share for share, _ in scores.values())
    if is_one_column and not any(mark in sample.partition("\n")[2] for mark in scores):
        return next((mark for mark in _MARKS if mark not in scores), ",")
    return max(scores, key=lambda mark: scores[mark])


def _cut(sample: str, mark: str, *, is_whole: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark, strict=True)
        for cells in islice(filter(None, reader), _SAMPLE_ROWS):
            rows.append(cells)
    except csv.Error:
        return rows
    # What the sample cuts off is no whole row.
    return rows if is_whole or len(rows) == _SAMPLE_ROWS else rows[:-1]


def wrong_width(path: Path, row: int, found: int, expected: int) -> Problem:
    """Return the problem of a row with more or fewer fields than the header."""
    return Problem(
        str(path),
        f"row {row}",
        f"has {found} fields, and the header {expected}.",
        "The file is cut off, or a quotation mark is missing; export the survey again.",
    )
