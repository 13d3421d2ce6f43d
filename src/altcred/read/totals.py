"""Tells the totals that a spreadsheet holds below its answers from the answers."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from altcred.core.description import read_yaml
from altcred.kinds.reading import fold_text

_CALLED = set(read_yaml(Path(__file__).with_name("totals.yaml")))
# How many such rows may stand below a table.
_MOST = 6
# "n = 25", which a spreadsheet says in one cell or in two; "n" alone may be an answer.
_COUNTED = re.compile(r"n ?[=:] ?(\d*)")
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)
_NUMBER = re.compile(r"[-+]?[\d.,  ]*\d[\d.,  ]*%?|#\S+", re.ASCII)


def count_total_rows(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Return how many of the last rows of a sheet sum up those above them.

    `rows` are those below the header, numbered as the sheet numbers them. A row that sums up holds
    numbers, and is called a total, an average or the like in its first cell; or it has nothing
    where each of the others has something, and stands apart from them or holds what they add up to.
    """
    for count in range(min(_MOST, len(rows) - 2), 0, -1):
        above, below = rows[:-count], rows[-count:]
        if any(_is_called(cells) for _, cells in above):
            continue
        is_apart = below[0][0] > above[-1][0] + 1 and all(cells[0] for _, cells in above)
        if all(
            _sums_up(cells, is_apart=is_apart) or _adds_up(cells, [row for _, row in above])
            for _, cells in below
        ):
            return count
    return 0


def say_totals(count: int) -> tuple[str, ...]:
    """Return what is noted of an export of which some rows were left out as totals."""
    return (f"rows of totals below its answers, left out: {count:,}.",) if count else ()


def _sums_up(cells: Sequence[str], *, is_apart: bool) -> bool:
    called = _is_called(cells)
    rest = [one for one in cells[called:] if one.strip()]
    counted = _COUNTED.fullmatch(fold_text(cells[called - 1])) if called else None
    is_told = bool(called) or (is_apart and not cells[0])
    is_number = bool(rest) or (counted is not None and counted[1] != "")
    return is_told and is_number and all(_NUMBER.fullmatch(one.strip()) for one in rest)


def _adds_up(cells: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row without a first cell holds nothing but sums of those above, or means.

    A mean has decimals that no answer has: else it may be one.
    """
    filled = [place for place, one in enumerate(cells) if one.strip()]
    if not filled or not filled[0] or not all(row[0].strip() for row in above):
        return False
    is_told = False
    for place in filled:
        told, *held = (one.strip() for one in (cells[place], *(row[place] for row in above)))
        numbers = [_read(one) for one in held if _PLAIN.fullmatch(one)]
        if len(numbers) < 2 or not _PLAIN.fullmatch(told):
            return False
        total = sum(numbers)
        is_sum = math.isclose(_read(told), total) and total > max(numbers)
        if not is_sum and not math.isclose(_read(told), total / len(numbers), rel_tol=1e-4):
            return False
        is_told |= is_sum or len(told) > max(map(len, held))
    return is_told


def _read(text: str) -> float:
    return float(text.replace(",", "."))


def _is_called(cells: Sequence[str]) -> int:
    """Return the place behind the cell that names a row as one that sums up, or 0."""
    place = next((at for at, one in enumerate(cells) if one.strip()), 0)
    said = fold_text(cells[place]) if cells else ""
    return place + 1 if said.rstrip(" :=") in _CALLED or _COUNTED.fullmatch(said) else 0
