"""Reads times of submission as survey platforms and spreadsheets write them.

Moments whose zone is known, by an offset beside them or as that of the whole export, are told in
UTC; a day without a time of day is that day everywhere, and a time of no known zone stays as it is.
"""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from altcred.kinds.clocks import (
    BEFORE,
    BEHIND,
    UNCLEAR_ZONES,
    ZONES,
    is_afternoon,
    month_number,
    plain_time,
)
from altcred.kinds.reading import fold_text, tidy_text

if TYPE_CHECKING:
    import pyarrow as pa

DateOrder = Literal["dmy", "mdy", "ymd"]

# What platforms write where nobody has submitted: no survey is so old.
NEVER = frozenset({"1980-01-01 00:00:00", "1970-01-01 00:00:00", "0000-00-00 00:00:00"})
# The days that spreadsheets count from their first, between 1954 and 2119.
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.(\d+))?")
# Seconds or thousandths of one since 1970, between 2001 and 2033.
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")
_FIRST_DAY = datetime.datetime(1899, 12, 30)
_MIDNIGHT = datetime.time()
# A moment as most platforms write it.
_PLAIN = re.compile(r"(?:19|20)\d\d-\d\d-\d\d[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.ASCII)
_TIME = re.compile(
    rf"(?P<date>.+?)(?:(?:,? at |, ?|t ?| )(?:(?P<before>{BEFORE}) ?)?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    rf"(?: ?(?P<behind>{BEHIND}))?"
    rf"(?: ?(?P<zone>z|{'|'.join([*ZONES, *UNCLEAR_ZONES])}|[(\[]?(?:utc|gmt)[)\]]?|"
    r"[(\[]?(?:utc|gmt)? ?[+-]\d{1,2}(?::?\d{2})?[)\]]?))?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.-] ?(\d{1,2})[/.-] ?(\d{1,2})\.?")
_NUMBERS = re.compile(r"(\d{1,2})[/.-] ?(\d{1,2})[/.-] ?(\d{4}|\d{1,2})")
_WEEKDAY, _WORD = r"(?:[^\W\d_]{2,14}\.?,? )?", r"([^\W\d_]{3,12})"
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[ -]{_WORD}\.?,?[ -](\d{{4}}|\d\d)"
)
_MONTH_DAY = re.compile(rf"{_WEEKDAY}{_WORD}\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})")
_YEAR_MONTH = re.compile(rf"(\d{{4}})\.?,?[ -]{_WORD}\.?[ -](\d{{1,2}})\.?")

# The three numbers of a date as they stand, and the text with the time of day beside them.
_Parts = tuple[tuple[int, int, int], re.Match[str]]
# Makes a date of its three numbers as they stand.
_Order = Callable[[int, int, int], datetime.date]
_ORDERS: dict[str, _Order] = {
    "mdy": lambda one, two, three: datetime.date(_full_year(three), one, two),
    "dmy": lambda one, two, three: datetime.date(_full_year(three), two, one),
    "ymd": lambda one, two, three: datetime.date(_full_year(one), two, three),
}


def read_times(
    answers: Sequence[str], *, order: DateOrder | None = None, zone: str = ""
) -> tuple[list[datetime.datetime | None], list[str]]:
    """Read times; returns them, and the answers that could not be read.

    Dates such as 7/14/2021 are read in the `order` given, else in the one order of day and month
    in which all of them can be read; where both fit they are not. `zone` is that of times without
    an offset of their own.
    """
    read: dict[str, datetime.date | None] = {}
    numbers: dict[str, _Parts] = {}
    unreadable: list[str] = []
    for answer in dict.fromkeys(answers):
        if _PLAIN.fullmatch(answer) and answer not in NEVER:
            with suppress(ValueError):
                read[answer] = datetime.datetime.fromisoformat(answer)
                continue
        text = tidy_text(answer)
        found = _TIME.fullmatch(plain_time(fold_text(text)))
        if not text or text in NEVER:
            read[answer] = None
        elif (certain := _read_certain(text)) is not None:
            read[answer] = certain
        elif found and (three := _NUMBERS.fullmatch(found["date"])):
            numbers[answer] = (int(three[1]), int(three[2]), int(three[3])), found
        elif (time := found and _read_date(found)) is not None:
            read[answer] = time
        else:
            unreadable.append(answer)
    ordered, unclear = _read_numbers(numbers, order)
    times = _in_one_zone(read | ordered, zone)
    return [times.get(answer) for answer in answers], [*unreadable, *unclear]


def split_times(cells: "pa.Array") -> tuple["pa.Array", "pa.Array"]:
    """Return the times that are plainly written, as they stand, and the texts of all others.

    Many are read at once so; `read_times` reads each of them alike.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    is_plain = pc.match_substring_regex(cells, f"^{_PLAIN.pattern}$")
    is_plain = pc.and_(is_plain, pc.invert(pc.is_in(cells, pa.array(sorted(NEVER)))))
    none = pa.scalar(None, pa.string())
    try:
        times = pc.if_else(is_plain, cells, none).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        # Some day is none, such as 30 February.
        return pa.nulls(len(cells), pa.timestamp("us")), cells
    return times, pc.if_else(is_plain, none, cells)


def is_zone(name: str) -> bool:
    """Tell whether a name is that of a time zone, such as Europe/Oslo."""
    return _find_zone(name) is not None


def is_utc(name: str) -> bool:
    """Tell whether a name is that of the time in which moments are told."""
    return name.upper() in {"Z", "UTC", "GMT"}


@cache
def _find_zone(name: str) -> datetime.tzinfo | None:
    if is_utc(name):
        return datetime.UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _read_certain(text: str) -> datetime.date | None:
    """Read what leaves no doubt: ISO 8601, and what spreadsheets and systems count."""
    if _SERIAL.fullmatch(text):
        days, _, part = text.partition(".")
        day = _FIRST_DAY + datetime.timedelta(int(days))
        return day + datetime.timedelta(seconds=round(float(f"0.{part}") * 86_400)) if part else day
    if _SECONDS.fullmatch(text):
        return datetime.datetime.fromtimestamp(int(text[:10]), datetime.UTC)
    for read in (datetime.date.fromisoformat, datetime.datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _read_date(found: re.Match[str]) -> datetime.date | None:
    """Read a date that begins with the year or names its month, with what stands beside it."""
    text = found["date"]
    if parts := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in parts.groups())
    elif parts := _DAY_MONTH.fullmatch(text):
        year, month, day = _full_year(int(parts[3])), month_number(parts[2]), int(parts[1])
    elif parts := _MONTH_DAY.fullmatch(text):
        year, month, day = int(parts[3]), month_number(parts[1]), int(parts[2])
    elif parts := _YEAR_MONTH.fullmatch(text):
        year, month, day = int(parts[1]), month_number(parts[2]), int(parts[3])
    else:
        return None
    try:
        return _add_clock(datetime.date(year, month, day), found)
    except ValueError:
        return None


def _read_numbers(
    numbers: Mapping[str, _Parts], order: DateOrder | None
) -> tuple[dict[str, datetime.date], list[str]]:
    """Read dates of three numbers; return them, and those that fit no order or two."""
    fitting = []
    for name in [order] if order else ["mdy", "dmy"]:
        read, unclear = {}, []
        for answer, (three, found) in numbers.items():
            try:
                read[answer] = _add_clock(_ORDERS[name](*three), found)
            except ValueError:
                unclear.append(answer)
        if order or not unclear:
            fitting.append((read, unclear))
    if fitting and all(one == fitting[0] for one in fitting):
        return fitting[0]
    return {}, list(numbers)


def _full_year(year: int) -> int:
    # In one digit it is a day, and another order is meant.
    return year if year > 99 else year + 2000 if year > 9 else 0


def _add_clock(day: datetime.date, found: re.Match[str]) -> datetime.date:
    """Return a day with the time of day and the offset beside it; ValueError where it is none."""
    if found["hour"] is None:
        return day
    hour = int(found["hour"])
    if half := found["before"] or found["behind"]:
        is_late = is_afternoon(half)
        # Some tools write the half of a day beside an hour that tells it.
        if (hour > 12 and not is_late) or (hour == 0 and is_late):
            raise ValueError("no hour of half a day")
        hour = hour if hour > 12 else hour % 12 + 12 * is_late
    clock = datetime.time(hour, int(found["minute"]), int(found["second"] or 0))
    time = datetime.datetime.combine(day, clock)
    zone = found["zone"]
    if not zone or zone in UNCLEAR_ZONES:
        return time
    sign = re.search(r"([+-])(\d{1,2}?):?(\d{2})?\D*$", zone)
    minutes = 60 * int(sign[2]) + int(sign[3] or 0) if sign else 0
    minutes = -minutes if sign and sign[1] == "-" else minutes
    offset = datetime.timedelta(hours=ZONES.get(zone, 0), minutes=minutes)
    return time.replace(tzinfo=datetime.timezone(offset))


def _in_one_zone(
    read: Mapping[str, datetime.date | None], zone: str
) -> dict[str, datetime.datetime | None]:
    """Return times in UTC as far as their zone is known; days are no moments and stay."""
    local = [one for one in read.values() if isinstance(one, datetime.datetime) and not one.tzinfo]
    # A spreadsheet writes midnight beside every date of a column that holds only days.
    known = _find_zone(zone) if zone and any(one.time() != _MIDNIGHT for one in local) else None
    times: dict[str, datetime.datetime | None] = {}
    for answer, one in read.items():
        if one is None:
            times[answer] = None
        elif not isinstance(one, datetime.datetime):
            times[answer] = datetime.datetime.combine(one, _MIDNIGHT)
        else:
            placed = one if one.tzinfo or not known else one.replace(tzinfo=known)
            times[answer] = (
                placed.astimezone(datetime.UTC).replace(tzinfo=None) if placed.tzinfo else placed
            )
    return times
