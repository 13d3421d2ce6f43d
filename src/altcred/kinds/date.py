"""Date: a day of the calendar, held as the number of days since the first of 1970."""

import datetime
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from altcred.core.engine import quoted
from altcred.core.intervals import Interval, parse_interval
from altcred.core.records import ALL, Estimate
from altcred.core.statistics import QUANTILES
from altcred.kinds.changes import NOT_SHOWN, say_too_few
from altcred.kinds.contrasts import say_apart
from altcred.kinds.kind import Part, Source
from altcred.kinds.masking import mask_typed
from altcred.kinds.numeric import Numeric
from altcred.kinds.parts import day_number
from altcred.kinds.phrases import View, say_everybody, say_unanswered, say_weighted
from altcred.kinds.reading import (
    BLANK,
    NOT_A_DATE,
    NOT_APPLICABLE,
    READ,
    TWO_DIGIT_YEAR,
    UNCLEAR_DATE,
    Reader,
    Reading,
    blanks_of,
    fold_text,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.times import DateOrder, read_times
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import MONTHS, NO_NUMBER

# Statistics that are days themselves; the others are numbers of days.
DAYS = {"mean", "median", "min", "max", *QUANTILES.values()}
DAYS |= {f"{what}_{side}" for what in ("mean", "median") for side in ("first", "second")}
# Over so many months the bins of a chart are years, and of more than so many bins several years.
MOST_MONTHS, MOST_BINS = 24, 15
# A year of two digits after this one was rather in the century before.
LAST_SHORT_YEAR = 2049
_NUMBERS = re.compile(r"\d{1,2}([/.-]) ?\d{1,2}\1 ?\d{2}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


class Date(Numeric):
    """A day; the earliest and the latest are one person's each."""

    name: ClassVar[str] = "date"
    is_whole: ClassVar[bool] = True
    has_zero: ClassVar[bool] = False
    is_calendar: ClassVar[bool] = True
    is_day: ClassVar[bool] = True
    # A whole date of birth would come close to naming a person.
    is_logged: ClassVar[bool] = False
    stand_in: ClassVar[str] = ""

    def complete(self, described: dict[str, Any]) -> dict[str, Any]:
        """Return the description with the ends of groups as numbers of days."""
        groups = described.get("groups")
        if not isinstance(groups, Mapping):
            return described
        written = {
            name: {**one, "of": _count_days(one["of"])}
            if isinstance(one, Mapping) and isinstance(one.get("of"), str)
            else one
            for name, one in groups.items()
        }
        return {**described, "groups": written}

    def make_column_reader(
        self, variable: Variable, wave: str, answers: Sequence[str], order: DateOrder | None
    ) -> Reader:
        """Return the function that reads dates in the one order that fits a whole column."""
        given = [one for one in answers if fold_text(one) not in NO_NUMBER]
        times, _ = read_times(given, order=order)
        found = dict(zip(given, times, strict=True))
        blanks = blanks_of(variable)

        def read(text: str) -> Reading:
            if fold_text(text) in blanks:
                return Reading(None, BLANK, "")
            if text not in found:
                return Reading(None, NOT_APPLICABLE, text)
            return _read_day(variable, text, found[text], order)

        return read

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return the day as ISO 8601 writes it."""
        return [_day(int(answer)).isoformat()]

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads a date by itself."""
        return lambda text: self.make_column_reader(variable, wave, [text], None)(text)

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that the day lies in the interval wanted."""
        return super().test(name, variable, wave, [_count_days(one) for one in wanted])

    def condition_problems(
        self, variable: Variable, wanted: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield what is no interval of days."""
        for text in wanted:
            try:
                parse_interval(_count_days(text))
            except ValueError:
                yield f"{text!r} is not an interval of days.", "Write [2021-01-01, 2022-01-01)."

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield bins, which are months or years."""
        yield from super().problems(variable)
        if variable.bins:
            yield "bins", "do not go with kind date.", "Remove them: months or years are drawn."

    def years_since(self, name: str, moment: str) -> str:
        """Return in SQL how many whole years lie between the day and a moment."""
        day = f"(CAST('1970-01-01' AS DATE) + CAST({quoted(name)} AS INTEGER))"
        later, first = (f"(month({one}) * 100 + day({one}))" for one in (moment, day))
        years = f"year({moment}) - year({day}) - CASE WHEN {later} < {first} THEN 1 ELSE 0 END"
        return f"CAST({years} AS DOUBLE)"

    def ranges_of(
        self, variable: Variable, values: np.ndarray, people: np.ndarray
    ) -> dict[str, Interval]:
        """Return months as bins, or years where there are many; and the groups."""
        edges = _choose_edges(values)
        bins = [Interval(low, high) for low, high in pairwise(edges)]
        return {str(one): one for one in bins} | variable.number_groups()

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield median, mean, earliest and latest; of many dates none is the most frequent."""
        for one in super().estimate(source, name, parts):
            if one.statistic not in {"mode", "sum"}:
                yield one

    # Write ---------------------------------------------------------------------------------

    def write_value(self, value: float, statistic: str) -> str:
        """Write a day, such as 14 July 2021; nothing for a number of days."""
        # By the earlier of two days in the middle lie at least half, as the sentence says.
        middle = math.floor(value) if statistic.startswith("median") else value
        return write_day(middle) if statistic in DAYS else ""

    def label_range(self, interval: Interval) -> str:
        """Write a month, a year, several years, or the days that an interval holds."""
        if interval.high is None:
            return "" if interval.low is None else f"{_shorten(_day(int(interval.low)))} or later"
        if interval.low is None:
            return f"before {_shorten(_day(int(interval.high)))}"
        first, after = (_day(math.ceil(end)) for end in (interval.low, interval.high))
        last = after - datetime.timedelta(0 if interval.closed_high else 1)
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
        is_month = first.day == 1 and (last + datetime.timedelta(1)).day == 1
        if is_month and (first.year, first.month) == (last.year, last.month):
            return f"{_month(first)[:3]} {first.year}"
        if first.year != last.year:
            return f"{_shorten(first)}–{_shorten(last)}"
        start = f"{first.day}" if first.month == last.month else f"{first.day} {_month(first)[:3]}"
        return f"{start}–{_shorten(last)}"

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return the day by which half lie, and the earliest and the latest."""
        n = view.size(name, subgroup)
        if n is None:
            return ""
        if untold := say_unanswered(n, "what they gave", "Nobody gave a date."):
            return untold
        median, std, low, high = (
            view.shown(name, "", one, subgroup) for one in ("median", "std", "min", "max")
        )
        if median is None:
            return "What they gave is not shown, to protect small numbers."
        middle = write_day(math.floor(median.value))
        if n == 1:
            return f"The one person who gave a date gave {middle}."
        if std is not None and std.value == 0:
            return f"{say_everybody(view, n, view.people)} who gave a date gave {middle}."
        half = f"At least half of the {view.writer.number(n)} {view.people} who gave a date gave"
        told = say_weighted(f"{half} {middle} or an earlier one.", [median])
        if low is None or high is None:
            return told
        return f"{told} The dates run from {write_day(low.value)} to {write_day(high.value)}."

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return by how many days the mean of the same people moved."""
        n = view.size(name)
        if too_few := say_too_few(n):
            return too_few
        who = f"The mean date of the {view.writer.number(n or 0)} who gave one both times"
        told = self._say_apart(view, name, who, (view, view), paired=True)
        return told or NOT_SHOWN

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return how many days the means of two waves' people are apart."""
        return self._say_apart(view, name, "The mean date", (first, second), paired=False)

    def _say_apart(
        self, view: View, name: str, who: str, sides: tuple[View, View], *, paired: bool
    ) -> str:
        return say_apart(view, name, who, sides, "which is later", paired=paired, unit=" days")


def write_day(value: float) -> str:
    """Write a number of days since the first of 1970 as the day it is, rounded."""
    return _write(_day(math.floor(value + 0.5)))


def _write(day: datetime.date) -> str:
    return f"{day.day} {_month(day)} {day.year}"


def _shorten(day: datetime.date) -> str:
    return f"{day.day} {_month(day)[:3]} {day.year}"


def _month(day: datetime.date) -> str:
    return MONTHS[day.month - 1].capitalize()


def _day(number: int) -> datetime.date:
    return datetime.date(1970, 1, 1) + datetime.timedelta(number)


def _count_days(text: str) -> str:
    """Return an interval of days as one of numbers; what is no day is left as it is."""

    def count(found: re.Match[str]) -> str:
        try:
            return f"{day_number(datetime.date.fromisoformat(found[0])):g}"
        except ValueError:
            return found[0]

    return _ISO.sub(count, text)


def _read_day(
    variable: Variable, text: str, time: datetime.datetime | None, order: DateOrder | None
) -> Reading:
    """Return the reading of an answer that was read as a moment, or as none."""
    # Of what somebody typed only the year is shown.
    shown = re.sub(r"\d", "#", mask_typed(text))
    if time is None:
        is_unclear = order is None and _NUMBERS.match(text.strip())
        return Reading(None, UNCLEAR_DATE if is_unclear else NOT_A_DATE, shown)
    if not re.search(r"\d{4}", text) and time.year > LAST_SHORT_YEAR:
        return Reading(None, TWO_DIGIT_YEAR, shown)
    value = day_number(time.date())
    shown = shown.replace("####", str(time.year), 1)
    low, high = variable.bounds.low, variable.bounds.high
    if (low is None or value >= low) and (high is None or value <= high):
        return Reading(value, READ, shown)
    ends = [f"before {write_day(low)}"] if low is not None else []
    ends += [f"after {write_day(high)}"] if high is not None else []
    reason = " or ".join(ends)
    kept = variable.bounds.outside == "keep"
    return Reading(value if kept else None, f"{reason}, kept" if kept else reason, shown)


def _choose_edges(values: np.ndarray) -> list[float]:
    """Return the first days of the months, or of the years, that dates lie in, and of the next."""
    if not len(values):
        return []
    first, last = (_day(int(end)) for end in (values.min(), values.max()))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= MOST_MONTHS:
        starts = [divmod(first.year * 12 + first.month - 1 + one, 12) for one in range(months + 1)]
        return [day_number(datetime.date(year, month + 1, 1)) for year, month in starts]
    years = last.year - first.year + 1
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 1000) if years / one <= MOST_BINS)
    start = first.year // step * step if step > 2 else first.year
    count = math.ceil((last.year - start + 1) / step)
    return [day_number(datetime.date(max(start + one * step, 1), 1, 1)) for one in range(count + 1)]


register_kind(Date())
