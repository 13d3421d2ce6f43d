"""How a text of rows is quoted and where its lines end, and rows written in that way."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from altcred.read.lines import Form

_SAMPLE = 1 << 18
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def find_quoting(path: Path, form: Form) -> tuple[str, str, str]:
    """Return the encoding of a text, which of its cells are quoted, and what ends its lines.

    These are `h` for those of its header, `e` for empty ones, `n` for numbers, `t` for other texts;
    what must be quoted is so anyway.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    encoding = form.encoding
    if encoding == "utf-8-sig" and not start.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8"
    sample = start.decode(form.encoding, errors="replace")
    ends = Counter(re.findall(r"\r\n|\n|\r", sample))
    is_windows = ends["\r\n"] >= ends["\n"]
    mark = re.escape(form.delimiter)
    cells = re.compile(rf'("(?:[^"]|"")*"|[^{mark}\r\n"]*)({mark}|\r\n|\n|\r|$)')
    skipped = form.title_rows + form.has_sep_row
    seen: dict[str, Counter[bool]] = {one: Counter() for one in "hent"}
    row = 0
    for found in cells.finditer(sample):
        text, end = found[1], found[2]
        if row >= skipped:
            is_quoted = text.startswith('"')
            plain = text.strip('"')
            kind = "h" if row == skipped else _kind_of(plain)
            if kind == "e" or not set(plain) & {form.delimiter, '"', "\n", "\r"}:
                seen[kind][is_quoted] += 1
        row += end != form.delimiter
    quoting = "".join(kind for kind, one in seen.items() if one[True] > one[False])
    return encoding, quoting, "\r\n" if is_windows else "\n"


def _kind_of(text: str) -> str:
    return "e" if not text else "n" if _NUMBER.fullmatch(text) else "t"


def write_lines(
    head: Iterable[Sequence[str]], rows: Iterable[Sequence[str]], mark: str, quoting: str
) -> Iterator[str]:
    """Yield each row as a line, without its end."""
    must = {mark, '"', "\n", "\r"}
    known: dict[str, str] = {}

    def write(text: str, kind: str) -> str:
        if kind in quoting or not must.isdisjoint(text) or text[:1] == " ":
            return '"' + text.replace('"', '""') + '"'
        return text

    for cells in head:
        yield mark.join(write(one, "h") for one in cells)
    for cells in rows:
        for one in cells:
            if one not in known:
                known[one] = write(one, _kind_of(one))
        # A row of nothing would be no row.
        line = mark.join(known[one] for one in cells)
        yield line or '""'
