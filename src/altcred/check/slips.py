"""Slips of the pen: what may have been meant where something else is printed."""

import itertools
import re
from collections.abc import Iterator

_POINT = re.compile(r"(\d[\d,]*)(?:\.(\d+))?")
_SIGNS = "-−–"


def list_slips(text: str, may_be_negative: bool = False) -> Iterator[tuple[str, str]]:
    """Yield what may have been meant by a print, with the kind of the slip.

    `transposition`: two neighbouring digits change places; `digit`: one digit is another;
    `sign`: the sign was left out, or is one too many; `shift`: the decimal point moved.
    """
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    for first, second in itertools.pairwise(places):
        is_leading = text[second] == "0" and first == places[0] and text[first + 1] != "."
        if text[first] != text[second] and second - first <= 2 and not is_leading:
            between = text[first + 1 : second]
            changed = f"{text[second]}{between}{text[first]}"
            yield "transposition", f"{text[:first]}{changed}{text[second + 1 :]}"
    for place in places:
        for digit in "0123456789":
            is_leading = digit == "0" and place == places[0] and len(places) > 1
            before_point = text[place + 1 : place + 2] == "."
            is_zero = all(text[other] == "0" for other in places if other != place)
            is_signed_zero = digit == "0" and text[0] in _SIGNS and is_zero
            if digit != text[place] and not is_signed_zero and (not is_leading or before_point):
                yield "digit", text[:place] + digit + text[place + 1 :]
    if text[:1] in _SIGNS:
        yield "sign", text[1:]
    elif places and may_be_negative and any(text[place] != "0" for place in places):
        yield "sign", f"-{text}"
    found = list(_POINT.finditer(text))
    if len(found) == 1:
        start, end = found[0].span()
        for moved in _move_point(found[0][1].replace(",", ""), found[0][2] or ""):
            yield "shift", f"{text[:start]}{moved}{text[end:]}"


def _move_point(before: str, after: str) -> Iterator[str]:
    """Yield a number with its decimal point a place to the left, and to the right."""
    left = f"{before[:-1] or '0'}.{before[-1]}{after}"
    right = f"{int(before + after[0]):,}" + (f".{after[1:]}" if after[1:] else "") if after else ""
    for moved in (left, right):
        if moved and not (moved.startswith("0.0") and not after):
            yield moved
