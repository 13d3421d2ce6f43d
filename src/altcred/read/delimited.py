"""Reads text with a delimiter: CSV, TSV and the like, with one or several rows of headers."""

import codecs
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from altcred.core.errors import refuse, refuse_problems
from altcred.read.encodings import GUESSED, is_utf8, tell_encoding
from altcred.read.export import Export, Layout, refuse_empty, register_reader
from altcred.read.headers import HEADER_ROWS, count_title_rows, read_header
from altcred.read.lines import Form, TextRows, read_lines, wrong_width
from altcred.read.qualtrics import find_import_ids
from altcred.read.totals import count_total_rows, say_totals

_MARKS = (",", ";", "\t", "|")
# How much of a file tells its encoding and its delimiter.
_SAMPLE, _SAMPLE_ROWS = 1 << 20, 100
# What letters with accents become where UTF-8 is saved as if it were Windows-1252.
_MANGLED = re.compile(r"Ã[¤¶¼Ÿ©¨¡³±§¸¥]|â€[™œ“”˜]")
# What files begin with that are no text of rows.
_OTHERS = {
    rb"%PDF": "a PDF",
    rb"\{\s*\"|\[\s*\{": "JSON",
    rb"(?i)<(!doctype|html|\?xml|table)": "a web page or XML",
    rb"\x1f\x8b|PK\x03\x04": "a packed file",
    rb"SQLite format|PAR1|RDX|RDA": "of another program",
}


class Delimited:
    """Reads any text whose first rows name the columns."""

    name: ClassVar[str] = "csv"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Take whatever no other reader recognises."""
        return True

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the header rows: as many as study.yaml says, else one or two."""
        refuse_others(path)
        form = find_form(path, layout.encoding)
        head = read_head(path, max(HEADER_ROWS, layout.header_rows or 0), form)
        width = len(head[0])
        if (place := find_import_ids(head)) is not None:
            refuse_problems(
                wrong_width(path, row, len(cells), width)
                for row, cells in enumerate(head[: place + 1], start=1)
                if len(cells) != width
            )
        columns, count, zone = read_header(head, layout.header_rows)
        totals, end = _find_totals(path, form, count)
        return Export(
            path, columns, TextRows(path, count, width, replace(form, end=end)), self.name,
            time_zone=zone, delimiter=form.delimiter, notes=form.notes + say_totals(totals),
        )  # fmt: skip


register_reader(Delimited())


def refuse_others(path: Path) -> None:
    """Refuse what is known to be no text of rows."""
    with path.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
    for mark, what in _OTHERS.items():
        if re.match(mark, start):
            remedy = "Download the answers from the survey tool as CSV, .xlsx or .sav."
            if "packed" in what:
                remedy = "Unpack it, and name the file inside under exports:."
            refuse(path, "", f"is {what}, not a table of answers.", remedy)


def read_head(path: Path, rows: int, form: Form) -> list[list[str]]:
    """Return the first rows of a text file; InvalidInput where there is no header in them."""
    lines = read_lines(path, form)
    head = [cells for _, (_, cells) in zip(range(rows), lines, strict=False)]
    lines.close()
    if not head or not any(cell.strip() for cell in head[0]):
        refuse_empty(path)
    return head


def _find_totals(path: Path, form: Form, header_rows: int) -> tuple[int, int | None]:
    """Return how many of the last rows of a text are totals, and the byte at which they begin."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        # Bytes of UTF-16 come in pairs.
        first = file.seek(max(0, size - _SAMPLE) // 2 * 2)
        data = file.read()
    encoding = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(form.encoding, form.encoding)
    text = data.decode(form.encoding if not first else encoding, errors="replace")
    lines = list(io.StringIO(text, newline=""))[1 if first or form.has_sep_row else 0 :]
    reader = csv.reader(lines, delimiter=form.delimiter, **form.quoting)
    rows: list[tuple[int, list[str]]] = []
    begins = 0
    for cells in reader:
        if cells:
            rows.append((begins, cells))
        begins = reader.line_num
    rows = rows if first else rows[form.title_rows + header_rows :]
    rows = [(row, cells) for row, cells in rows if any(map(str.strip, cells))]
    totals = count_total_rows(rows)
    if not totals:
        return 0, None
    return totals, size - len("".join(lines[rows[-totals][0] :]).encode(encoding))


def find_form(path: Path, encoding: str = "") -> Form:
    """Return how a text is written, by its beginning.

    Its encoding is what tell_encoding says, unless one is given.
    The delimiter is the one that cuts the rows as it cuts the header; `sep=;` in a first row
    names it.
    """
    with path.open("rb") as file:
        start = telling = file.read(_SAMPLE)
        # Letters that tell the encoding may stand far below.
        while not encoding and telling.isascii() and (more := file.read(_SAMPLE)):
            telling = more
    found = encoding or tell_encoding(start, telling)
    decoder = codecs.getincrementaldecoder(found)(errors="replace")
    sample = decoder.decode(start).replace("\ufeff", "").replace("\0", "")
    is_whole = len(start) < _SAMPLE
    named = re.match(r"\"?sep=(.)\"?\r?[\r\n]", sample, re.IGNORECASE)
    if named:
        sample = sample[named.end() :]
        mark = named[1]
    elif path.suffix.lower() in {".tsv", ".tab"} and "\t" in next(iter(sample.splitlines()), ""):
        mark = "\t"
    else:
        mark = _delimiter_of(sample, is_whole=is_whole)
    quoting = _quoting_of(sample, mark)
    titles = count_title_rows(_cut(sample, mark, is_whole=is_whole, quoting=quoting))
    notes = [f"rows of a title above its header: {titles:,}."] if titles else []
    if encoding and not found.lower().startswith("utf") and is_utf8(start):
        notes.append(f"can be read as UTF-8, and encoding: says {encoding}.")
    if _MANGLED.search(sample):
        notes.append("was saved in a wrong encoding before, it seems: letters are as in Ã¤ or â€™.")
    if found in GUESSED and not encoding:
        name = GUESSED[found]
        notes.append(f"read as {name}; where letters look wrong, say encoding: of the wave.")
    return Form(found, mark, named is not None, titles, quoting, tuple(notes))


def _quoting_of(sample: str, mark: str) -> dict[str, Any]:
    """Return what the library must know of quotation marks; nothing where they are as usual."""
    ways: list[dict[str, Any]] = [{}]
    if re.match(rf'[^"\r\n]*{re.escape(mark)} "', sample):
        ways.insert(0, {"skipinitialspace": True})
    if '\\"' in sample:
        ways.append({"escapechar": "\\", "doublequote": False})
    if mark == "\t":
        # What tabs separate is often not quoted at all.
        ways.append({"quoting": csv.QUOTE_NONE})
    for way in ways[1:] and ways:
        try:
            widths = {
                len(cells)
                for cells in csv.reader(
                    io.StringIO(sample, newline=""), delimiter=mark, strict=True, **way
                )
                if cells
            }
        except csv.Error:
            continue
        if len(widths) == 1:
            return way
    return {}


def _delimiter_of(sample: str, *, is_whole: bool) -> str:
    """Return the delimiter by which most rows have the header's width; of equals the wider."""
    scores: dict[str, tuple[float, int]] = {}
    for mark in _MARKS:
        rows = _cut(sample, mark, is_whole=is_whole)
        rows = rows[count_title_rows(rows) :]
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


def _cut(
    sample: str, mark: str, *, is_whole: bool, quoting: Mapping[str, Any] | None = None
) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        text = io.StringIO(sample, newline="")
        reader = csv.reader(text, delimiter=mark, strict=True, **(quoting or {}))
        for cells in islice(filter(None, reader), _SAMPLE_ROWS):
            rows.append(cells)
    except csv.Error:
        return rows
    # What the sample cuts off is no whole row.
    return rows if is_whole or len(rows) == _SAMPLE_ROWS else rows[:-1]
