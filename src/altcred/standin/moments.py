"""The pattern in which a column writes times, and times written in it."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from altcred.kinds.times import DateOrder, is_utc, is_zone, read_times

PLAIN = "{Y:04}-{m:02}-{d:02} {H:02}:{M:02}:{S:02}"
_WRITTEN = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(,? |T)(\d{1,2}):(\d\d)(?:(:)(\d\d)(\.\d+)?)?"
    r"( ?[AaPp][Mm])?( ?(?:Z|UTC|GMT|[A-Z]{3,4})?(?:[+-]\d{1,2}(?::?\d\d)?)?)?)?"
)


def find_pattern(held: Counter[str], fewest: int, order: DateOrder | None = None) -> str:
    """Return the pattern of most cells; nothing where fewer than `fewest` or half of them have it.

    Behind a `|` stand the minutes that its times are ahead of UTC, where they say so themselves.
    """
    alike: dict[tuple[object, ...], list[tuple[re.Match[str], int]]] = {}
    for text, count in held.items():
        if found := _WRITTEN.fullmatch(text.strip()):
            first, last = len(found[1]), len(found[4])
            half = (found[11] or "").replace(found[11].strip(), "p") if found[11] else ""
            key = (first == 4, last == 4, *found.group(2, 5, 8), len(found[10] or ""), half,
                   bool(found[11] and found[11].strip().islower()), found[12])  # fmt: skip
            alike.setdefault(key, []).append((found, count))
    if not alike:
        return ""
    sizes = {key: sum(count for _, count in ones) for key, ones in alike.items()}
    key = max(sizes, key=lambda one: sizes[one])
    if sizes[key] < max(fewest, sum(held.values()) / 2):
        return ""
    ones = [found for found, _ in alike[key]]
    day = _pattern_of_day(ones, order)
    return day + _pattern_of_clock(ones, order) if day else ""


def _pattern_of_day(ones: Sequence[re.Match[str]], order: DateOrder | None) -> str:
    mark = ones[0][2]
    if len(ones[0][1]) == 4:
        names = "Ymd"
    else:
        is_day_first = any(int(one[1]) > 12 for one in ones)
        is_month_first = any(int(one[3]) > 12 for one in ones)
        names = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}.get(order or "", "")
        names = names or ("dmy" if is_day_first and not is_month_first else "mdy")
    places = dict(zip(names, (1, 3, 4), strict=True))
    year = places.get("Y", places.get("y", 0))
    is_long = len(ones[0][year]) == 4
    is_padded = all(len(one[at]) == 2 for one in ones for at in places.values() if at != year)
    width = ":02" if is_padded else ""
    written = {"m": f"{{m{width}}}", "d": f"{{d{width}}}"}
    written |= dict.fromkeys("Yy", "{Y:04}" if is_long else "{y:02}")
    return mark.join(written[one] for one in names)


def _pattern_of_clock(ones: Sequence[re.Match[str]], order: DateOrder | None) -> str:
    one = ones[0]
    if one[5] is None:
        return ""
    width = ":02" if all(len(other[6]) == 2 for other in ones) else ""
    half = one[11] or ""
    hour = f"{{{'I' if half else 'H'}{width}}}"
    parts = [one[5], hour, ":{M:02}", ":{S:02}" if one[8] else "", "." + "0" * (len(one[10]) - 1)
             if one[10] else ""]  # fmt: skip
    if half:
        parts.append(half.replace(half.strip(), "{p}" if half.strip().isupper() else "{q}"))
    text = "".join(parts) + (one[12] or "")
    if not one[12]:
        return text
    read = read_times([one[0]], order=order)[0][0]
    bare = read_times([one[0].removesuffix(one[12])], order=order)[0][0]
    ahead = 0 if read is None or bare is None else round((bare - read).total_seconds() / 60)
    return f"{text}|{ahead}"


def write_times(
    pattern: str, times: Iterable[datetime.datetime | None], zone: str = ""
) -> list[str]:
    """Write times, told in UTC where their zone is known, in a pattern."""
    form, _, ahead = (pattern or PLAIN).partition("|")
    shift = datetime.timedelta(minutes=int(ahead or 0))
    there = None if ahead or not is_zone(zone) or is_utc(zone) else ZoneInfo(zone)

    def write(time: datetime.datetime | None) -> str:
        if time is None:
            return ""
        one = time + shift
        if there is not None:
            one = one.replace(tzinfo=datetime.UTC).astimezone(there)
        half = "AM" if one.hour < 12 else "PM"
        return form.format(
            Y=one.year, y=one.year % 100, m=one.month, d=one.day, H=one.hour,
            I=(one.hour + 11) % 12 + 1, M=one.minute, S=one.second, p=half, q=half.lower(),
        )  # fmt: skip

    return [write(one) for one in times]


def find_span(
    held: Counter[str], fewest: int, order: DateOrder | None, zone: str
) -> tuple[str, str] | None:
    """Return the first day and the day behind the last of a column of times, in whole periods.

    These are the weeks, else the months, else the years in which `fewest` answered or more, so
    that they are nobody's day; None where there are none.
    """
    texts = list(held)
    times, _ = read_times(texts, order=order, zone=zone)
    days = Counter[datetime.date]()
    for text, time in zip(texts, times, strict=True):
        if time is not None:
            days[time.date()] += held[text]
    for begin in (_week_of, _month_of, _year_of):
        periods = Counter[tuple[datetime.date, datetime.date]]()
        for day, count in days.items():
            periods[begin(day)] += count
        full = [period for period, count in periods.items() if count >= fewest]
        if full:
            return min(full)[0].isoformat(), max(full)[1].isoformat()
    return None


def _week_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    first = day - datetime.timedelta(day.weekday())
    return first, first + datetime.timedelta(7)


def _month_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    first = day.replace(day=1)
    return first, (first + datetime.timedelta(32)).replace(day=1)


def _year_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    return datetime.date(day.year, 1, 1), datetime.date(day.year + 1, 1, 1)
