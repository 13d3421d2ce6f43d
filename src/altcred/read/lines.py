"""Cuts a text with a delimiter into rows, and a long one into columns of many rows at once.

Rows are counted as a spreadsheet counts them. Of a long text Arrow reads the parts that are
plainly written; any part with something unusual in it is read row by row, so that nothing read or
said of a text depends on how long it is.
"""

import csv
import io
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.read.export import Block, Row, block_rows

if TYPE_CHECKING:
    import pyarrow as pa

csv.field_size_limit(1 << 28)

_PROBLEMS_SHOWN = 5
# How much of a long text is read at once, and how long a row may be that is not read by itself.
_PART, _LONGEST = 1 << 23, 1 << 26
# Encodings in which delimiters, quotation marks and ends of lines are the bytes of ASCII.
_BYTEWISE = {"ascii", "utf-8", "utf-8-sig", "cp1250", "cp1252"}


@dataclass(frozen=True)
class Form:
    """How a text is written: encoding, delimiter, and what stands above the header."""

    encoding: str
    delimiter: str
    has_sep_row: bool = False
    # Rows above the header that are no header, such as a title.
    title_rows: int = 0
    # What else the library needs to know of quotation marks.
    quoting: Mapping[str, Any] = field(default_factory=dict)
    # What was guessed and could be otherwise.
    notes: tuple[str, ...] = ()
    # The byte at which the answers end and what sums them up begins; None where nothing does.
    end: int | None = None


@dataclass(frozen=True)
class TextRows:
    """The rows of a text below its header, one by one or in blocks.

    Both raise InvalidInput, once, where rows have more or fewer fields than the header, and where
    the file is cut off or not of its encoding. Empty fields beyond the header are none: some tools
    end each row with a delimiter.
    """

    path: Path
    header_rows: int
    width: int
    form: Form

    def __call__(self) -> Iterator[Row]:
        """Yield the number of each row and its cells."""
        fit = _Fit(self)
        yield from fit.choose(read_lines(self.path, self.form))
        fit.finish()

    def blocks(self, positions: Collection[int]) -> Iterator[Block]:
        """Yield the same rows in blocks that hold the columns at some positions."""
        lines, fit = _Lines(self.path, self.form), _Fit(self)
        with _open(self.path, self.form) as file:
            for data in _cut(file, self):
                is_below = data and fit.seen >= self.header_rows
                table = _find_columns(data, self, positions) if is_below else None
                if table is None:
                    yield from block_rows(
                        fit.choose(lines.read(io.BytesIO(data) if data else file))
                    )
                    continue
                if not fit.problems:
                    first = lines.row + 1
                    yield Block.of_table(range(first, first + table.num_rows), table)
                lines.row += table.num_rows
        fit.finish()


def read_lines(path: Path, form: Form) -> Generator[Row, None, None]:
    """Yield the number and the cells of each row.

    Raises InvalidInput where the text is not of the encoding, or a quotation mark is not closed.
    """
    with _open(path, form) as file:
        yield from _Lines(path, form).read(file)


class _Answers(io.FileIO):
    """The bytes of a text up to where its answers end."""

    def __init__(self, path: Path, end: int) -> None:
        super().__init__(path)
        self._end = end

    def readinto(self, buffer: Any) -> int | None:
        with memoryview(buffer).cast("B") as view:
            return super().readinto(view[: max(0, self._end - self.tell())])


def _open(path: Path, form: Form) -> BinaryIO:
    return path.open("rb") if form.end is None else io.BufferedReader(_Answers(path, form.end))


class _Lines:
    """Reads the parts of a text that follow each other; `row` is the number of the last row."""

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self.form = path, form
        self.row = 0
        self._titles = form.title_rows
        self._header: list[str] | None = None

    def read(self, part: BinaryIO) -> Iterator[Row]:
        """Yield the rows of the next part."""
        # Only a text's beginning may have a mark that is no part of it.
        encoding = self.form.encoding.removesuffix("-sig") if self.row else self.form.encoding
        try:
            yield from self._read(io.TextIOWrapper(part, encoding, newline=""))
        except UnicodeError:
            where = f"after row {self.row}" if self.row else ""
            names = {"utf-16": "UTF-16", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
            message = f"is not {names.get(self.form.encoding, self.form.encoding)} text."
            remedy = (
                "Save it as CSV UTF-8, or write encoding: of the wave: cp1252 (western Europe), "
                "cp1250 (central Europe), cp1251 (Cyrillic), cp1253 (Greek), cp1254 (Turkish), "
                "shift_jis (Japanese), gb18030 (Chinese), euc_kr (Korean), mac_roman (an old Mac)."
            )
            raise InvalidInput([Problem(str(self.path), where, message, remedy)]) from None
        except csv.Error as error:
            # The library's message can quote the file's content, so only its kind is passed on.
            message, remedy = "is not a CSV row.", "Export the survey again."
            if "unexpected end" in str(error):
                message = (
                    "begins a quotation that never ends: the file is cut off, or a mark missing."
                )
            where = f"row {self.row + 1}"
            raise InvalidInput([Problem(str(self.path), where, message, remedy)]) from None

    def _read(self, text: TextIO) -> Iterator[Row]:
        if self.form.has_sep_row and not self.row:
            text.readline()
            self.row += 1
        lines = _Unmarked(text)
        reader = csv.reader(lines, delimiter=self.form.delimiter, strict=True, **self.form.quoting)
        begins = 1
        for cells in reader:
            self.row += 1
            is_marked, begins = begins in lines.marked, reader.line_num + 1
            if self._titles and cells:
                self._titles -= 1
            elif self._header is None and cells:
                self._header = cells
                yield self.row, cells
            # Of files put one behind the other each begins with the mark and its header.
            elif cells and not (is_marked and cells == self._header):
                yield self.row, cells


class _Unmarked:
    """The lines of a text without marks of byte order and NULs, as some tools leave them inside."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        # The numbers of the lines that began with a mark.
        self.marked: set[int] = set()

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self._lines, start=1):
            if line.startswith("\ufeff"):
                self.marked.add(number)
                line = line.lstrip("\ufeff")
            yield line.replace('\ufeff"', '"').replace("\0", "")


class _Fit:
    """Leaves out the header of a text, and gathers the rows that have not its width."""

    def __init__(self, rows: TextRows) -> None:
        self.rows = rows
        self.problems: list[Problem] = []
        self._more = 0
        self.seen = 0
        self._ends_nameless = False

    def choose(self, lines: Iterable[Row]) -> Iterator[Row]:
        """Yield those of the next rows that hold answers, until one has not the header's width."""
        width = self.rows.width
        for row, cells in lines:
            self.seen += 1
            if self.seen == 1:
                self._ends_nameless = not cells[-1].strip()
            if self.seen <= self.rows.header_rows:
                continue
            if len(cells) > width and not any(map(str.strip, cells[width:])):
                cells = cells[:width]
            elif self._ends_nameless and len(cells) == width - 1:
                cells = [*cells, ""]
            if len(cells) != width:
                if len(self.problems) < _PROBLEMS_SHOWN:
                    self.problems.append(wrong_width(self.rows.path, row, len(cells), width))
                else:
                    self._more += 1
            elif not self.problems:
                yield row, cells

    def finish(self) -> None:
        """Refuse what was gathered."""
        if self._more:
            message = f"has {self._more:,} more such rows."
            self.problems.append(Problem(str(self.rows.path), "", message))
        refuse_problems(self.problems)


def wrong_width(path: Path, row: int, found: int, expected: int) -> Problem:
    """Return the problem of a row with more or fewer fields than the header."""
    return Problem(
        str(path),
        f"row {row}",
        f"has {found} fields, and the header {expected}.",
        "The file is cut off, or a quotation mark is missing; export the survey again.",
    )


def _cut(file: BinaryIO, rows: TextRows) -> Iterator[bytes]:
    """Yield a text in parts that each end with a row; nothing for a rest that cannot be cut so.

    The file then stands where that rest begins.
    """
    form, held, begins = rows.form, b"", 0
    if form.encoding not in _BYTEWISE or form.quoting or not form.delimiter.isascii():
        yield b""
        return
    is_last = False
    while not is_last:
        part = file.read(_PART)
        held, is_last = held + part, len(part) < _PART
        end = _find_end(held, form.delimiter, is_last=is_last)
        if end:
            yield held[:end]
            held, begins = held[end:], begins + end
        if held and (end is None or is_last or len(held) > _LONGEST):
            file.seek(begins)
            yield b""
            return


def _find_end(data: bytes, mark: str, *, is_last: bool) -> int | None:
    """Return where the last whole row of some ends; None where quotation marks are not as usual.

    They are where each stands at the beginning or the end of a cell, or is one of two inside: then
    an even number of them stands before what is outside.
    """
    import numpy as np

    signs = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(signs == ord('"'))
    end = len(data)
    if not is_last or len(quotes) % 2:
        end = data.rfind(b"\n") + 1
        while end and (before := int(np.searchsorted(quotes, end))) % 2:
            end = data.rfind(b"\n", 0, quotes[before - 1]) + 1
        quotes = quotes[: np.searchsorted(quotes, end)]
    beside = np.zeros(256, bool)
    beside[[ord(one) for one in f'{mark}\r\n"']] = True
    opening, closing = quotes[0::2], quotes[1::2]
    is_usual = beside[signs[opening[opening > 0] - 1]].all()
    is_usual &= beside[signs[closing[closing + 1 < len(data)] + 1]].all()
    return end if is_usual else None


def _ends_alike(data: bytes) -> bool:
    """Tell whether each sign of a new line that is no LF belongs to one."""
    import numpy as np

    signs = np.frombuffer(data, np.uint8)
    returns = np.flatnonzero(signs == ord("\r")) + 1
    if len(returns) and returns[-1] == len(signs):
        return False
    return bool((signs[returns] == ord("\n")).all())


def _find_columns(data: bytes, rows: TextRows, positions: Collection[int]) -> "pa.Table | None":
    """Return the columns of a part at some positions; None where it must be read row by row."""
    import pyarrow as pa
    from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

    encoding = rows.form.encoding
    is_ascii = data.isascii()
    has_odd = b"\0" in data or (not is_ascii and b"\xef\xbb\xbf" in data)
    if rows.width < 2 or has_odd or not _ends_alike(data):
        return None
    names = [str(place) for place in range(rows.width)]
    wanted = [str(place) for place in sorted(positions)] or names[:1]
    try:
        if not is_ascii and encoding.startswith("utf-8"):
            pa.array([data], pa.binary()).cast(pa.string())  # Raises where it is no UTF-8.
        elif not is_ascii:
            data = data.decode(encoding).encode()
        return read_csv(
            pa.py_buffer(data),
            # Several threads would take twice the time of processors.
            ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            ParseOptions(
                delimiter=rows.form.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except (UnicodeError, pa.ArrowInvalid):
        return None
