"""Reads what a row says beside its answers: response type, program, and time of submission."""

import datetime
import re
from collections.abc import Mapping, Sequence

from altcred.describe.study import Study
from altcred.kinds.reading import fold_text, tidy_text

PREVIEW, TEST, SPAM = "preview", "test", "spam"

_TIME_PARTS = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap]m))?)?"
)
# Day or month, month or day, year, hour, minute and second, as they stand.
_Parts = tuple[int, int, int, int, int, int]


def program_names(study: Study) -> dict[str, str]:
    """Return each way a program is written in the exports, folded, to its name."""
    names: dict[str, str] = {}
    for name, program in study.programs.items():
        for answer in (program.label, *program.answers):
            names.setdefault(fold_text(answer), name)
    return names


def read_status(text: str) -> str | None:
    """Return why a Qualtrics response type is not a respondent's; None where it is one.

    The numeric codes are sums: 1 is a preview, 2 a test, 8 possible spam.
    """
    folded = fold_text(text)
    if re.fullmatch(r"\d+(\.0+)?", folded):
        code = int(float(folded))
        return PREVIEW if code & 1 else TEST if code & 2 else SPAM if code & 8 else None
    return next((word for word in (PREVIEW, TEST, SPAM) if word in folded), None)


def read_times(answers: Sequence[str]) -> tuple[list[datetime.datetime | None], list[str]]:
    """Read submission times; returns them, and the answers that could not be read.

    ISO times are read as they stand, one with an offset as UTC. Of times such as 7/14/2021 all
    of an export must be readable in one order of day and month, and not in both.
    """
    times: dict[str, datetime.datetime | None] = {}
    parts: dict[str, _Parts] = {}
    unreadable: list[str] = []
    for answer in answers:
        text = tidy_text(answer)
        if not text:
            times[answer] = None
            continue
        try:
            time = datetime.datetime.fromisoformat(text)
        except ValueError:
            found = _TIME_PARTS.fullmatch(text.casefold())
            if found:
                parts[answer] = _time_parts(found)
            else:
                unreadable.append(answer)
            continue
        if time.tzinfo is not None:
            time = time.astimezone(datetime.UTC).replace(tzinfo=None)
        times[answer] = time
    if parts:
        orders = [
            read
            for month_first in (True, False)
            if (read := _read_in_order(parts, month_first)) is not None
        ]
        if len(orders) == 1 or (len(orders) == 2 and orders[0] == orders[1]):
            times.update(orders[0])
        else:
            unreadable += parts
    return [times.get(answer) for answer in answers], unreadable


def _time_parts(found: re.Match[str]) -> _Parts:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7] == "pm" else 0)
    year = year + 2000 if year < 100 else year
    return first, second, year, hour, int(found[5] or 0), int(found[6] or 0)


def _read_in_order(
    parts: Mapping[str, _Parts], month_first: bool
) -> dict[str, datetime.datetime] | None:
    read: dict[str, datetime.datetime] = {}
    for answer, (first, second, year, hour, minute, sec) in parts.items():
        month, day = (first, second) if month_first else (second, first)
        try:
            read[answer] = datetime.datetime(year, month, day, hour, minute, sec)
        except ValueError:
            return None
    return read
