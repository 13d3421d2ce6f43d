"""Means, medians and standard deviations against each other, and against where answers lie."""

import math
import re
from fractions import Fraction
from typing import NamedTuple

from altcred.check.beside import list_places, people_of
from altcred.check.figures import Key
from altcred.check.ranges import Range, add, are_apart, is_above, multiply, point, scale, subtract
from altcred.check.rules.registry import Outcome, conflict, each_of, register
from altcred.check.table import Known, Table
from altcred.check.words import name, printed, show, show_range

# With more sums than these that a mean can be of, some fit any standard deviation.
MOST_SUMS = 200
# The statistics that have a place in the order of answers, as percent of the answers below.
LEAST, MIDDLE, GREATEST = 0, 50, 100
_BOTH_ENDS = re.compile(r"\d ?(?:[-–,;]|to) ?\d")
LOCATIONS = ("mean", "median", "mode", "min", "max", "quantile_25", "quantile_75")


class Ends(NamedTuple):
    """Between what answers lie, and the figures that say so; None for no end.

    `inner` is how far apart the least and the greatest answer are at least, 0 if not printed.
    """

    low: Fraction | None
    high: Fraction | None
    inner: Fraction
    known: tuple[Known, ...]

    @property
    def shown(self) -> str:
        return f"from {show(self.low or 0)} to {show(self.high or 0)}"


def _find_ends(table: Table, key: Key) -> Ends:
    described = table.relations.describe(key.variable)
    if key.category:
        return Ends(Fraction(0), Fraction(1), Fraction(0), ())
    least, most = (_find_end(table, key, end, described.steps) for end in ("min", "max"))
    low, high = described.ends
    if least is not None and least.limits.low is not None:
        low = least.limits.low if low is None else max(low, least.limits.low)
    if most is not None and most.limits.high is not None:
        high = most.limits.high if high is None else min(high, most.limits.high)
    inner = Fraction(0)
    if least is not None and most is not None:
        inner = max(subtract(most.limits, least.limits).low or inner, inner)
    return Ends(low, high, inner, tuple(item for item in (least, most) if item is not None))


def _find_end(table: Table, key: Key, statistic: str, steps: int | None) -> Known | None:
    """Return a minimum or maximum: the only whole number that rounds to it, if answers are."""
    end = key._replace(statistic=statistic)
    known, rough = table.known(end), table.roughly(end)
    if known is not None and steps is not None and known.limits.is_bounded:
        least, most = multiply(known.limits, point(steps)).integers()
        if least is not None and least == most:
            return Known(point(Fraction(least, steps)), known.ids, known.disputed)
    return rough


# Standard deviations ------------------------------------------------------------------------------


@register("spread", each_of("std"))
def check_deviation(table: Table, key: Key) -> Outcome | None:
    """N answers, whole or of any size, between their least and their greatest, have the mean and
    the standard deviation printed, with sums divided by n - 1 or by n (GRIMMER, DEBIT).
    """
    spread, size = table.known(key), people_of(table, key)
    is_modelled = any(row.is_modelled for row in table.rows(key))
    if spread is None or is_modelled or (size is not None and size.low == 1):
        return None
    middle = key._replace(statistic="mean")
    if key.category and middle not in table.printed:
        middle = key._replace(statistic="proportion")
    mean = table.known(middle)
    if key.category and (mean is None or middle.statistic == "mean"):
        return None
    ends, n = _find_ends(table, key), size.exact if size is not None else None
    steps = 1 if key.category else table.relations.describe(key.variable).steps
    if n and steps and mean is not None:
        sums = scale(mean.limits, n * steps).integers()
        if None not in sums and sums[1] - sums[0] <= MOST_SUMS:  # type: ignore[operator]
            totals = range(sums[0], sums[1] + 1)  # type: ignore[operator,arg-type]
            if not totals or _has_whole(totals, n, steps, ends, spread.limits):
                return None
            answers = f"{n:,} whole numbers" if steps == 1 else f"{n:,} means of {steps} answers"
            where = "" if ends.low is None or ends.high is None else f" {ends.shown}"
            if key.category:
                answers, where = f"{n:,} noughts and ones", ""
            return conflict(
                f"No {answers}{where} with a mean of {printed(table, middle)} have a standard "
                f"deviation of {printed(table, key)}; {name(key)}.",
                *(spread, mean, size, *ends.known),
            )
    fewest = max(size.low if size is not None else 2, 2)
    low, high = spread.limits.low, spread.limits.high
    people = f" of {n:,} answers" if n else ""
    if high is not None and n and high**2 * n < ends.inner**2 / 2:
        least = _root(ends.inner**2 / (2 * n))
        return conflict(
            f"The standard deviation{people} {ends.shown} is {least} at least, not "
            f"{printed(table, key)}; {name(key)}.",
            *(spread, size, *ends.known),
        )
    if ends.low is None or ends.high is None or low is None or ends.low >= ends.high:
        return None
    most = _find_greatest(mean, n, ends) * (1 if n else Fraction(fewest))
    if low**2 * (fewest - 1) <= most:
        return None
    beside = f" and a mean of {printed(table, middle)}" if mean is not None else ""
    return conflict(
        f"The standard deviation{people} {ends.shown}{beside} is "
        f"{_root(most / (fewest - 1))} at most, not {printed(table, key)}; {name(key)}.",
        *(spread, mean, size, *ends.known),
    )


def _has_whole(totals: range, n: int, steps: int, ends: Ends, spread: Range) -> bool:
    """Tell whether whole numbers, in steps of a unit, have one of some sums and a spread.

    Squares of whole numbers are odd where the numbers are, so that their sum is odd where the
    sum of the numbers is. Their sum lies between that of numbers as equal, and as far apart, as
    there are.
    """
    if spread.low is None or spread.high is None:
        return True
    low = None if ends.low is None else math.ceil(ends.low * steps)
    high = None if ends.high is None else math.floor(ends.high * steps)
    for total in totals:
        share, rest = divmod(total, n)
        least: Fraction = Fraction(rest * (share + 1) ** 2 + (n - rest) * share**2)
        least = max(least, (ends.inner * steps) ** 2 / 2 + Fraction(total**2, n))
        most = None
        if low is not None and high is not None:
            if not n * low <= total <= n * high:
                continue
            most = _add_extremes(total, n, low, high)
        for divisor in (n - 1, n):
            centre, by = Fraction(total**2, n), divisor * steps**2
            first = math.ceil(max(least, centre + spread.low**2 * by))
            first += (first - total) % 2
            last = centre + spread.high**2 * by
            if first <= last and (most is None or first <= most):
                return True
    return False


def _add_extremes(total: int, n: int, low: int, high: int) -> int:
    """Return the sum of squares of n numbers with a sum that lie as far apart as they can."""
    if low == high:
        return n * low**2
    tops, rest = divmod(total - n * low, high - low)
    between = (low + rest) ** 2 + (n - tops - 1) * low**2 if tops < n else 0
    return tops * high**2 + between


def _find_greatest(mean: Known | None, n: int | None, ends: Ends) -> Fraction:
    """Return the greatest sum of squared distances from the mean, or one a number without n.

    All answers lie at the ends then, but for one at most.
    """
    low, width = ends.low or Fraction(0), (ends.high or Fraction(0)) - (ends.low or Fraction(0))
    limits = mean.limits if mean is not None else Range()
    first = Fraction(0) if limits.low is None else min(max(limits.low - low, Fraction(0)), width)
    last = width if limits.high is None else min(max(limits.high - low, first), width)
    if n is None:
        at = min(max(width / 2, first), last)
        return at * (width - at)
    # As many as lie at the upper end, the best near half of all; between whole numbers of them the
    # sum is the greater the farther out.
    places = [n * first, n * last]
    inside = math.ceil(n * first / width), math.floor(n * last / width)
    if inside[0] <= inside[1]:
        places += [width * min(max(half, inside[0]), inside[1]) for half in (n // 2, (n + 1) // 2)]
    return max(_spread_out(place, n, width) for place in places)


def _spread_out(total: Fraction, n: int, width: Fraction) -> Fraction:
    tops = math.floor(total / width)
    return tops * width**2 + (total - tops * width) ** 2 - total**2 / n


def _root(value: Fraction) -> str:
    """Write a square root to four digits after the point, the last rounded down."""
    return show(Fraction(math.isqrt(math.floor(value * 10**8)), 10**4))


# Middles ------------------------------------------------------------------------------------------


@register("spread", each_of("std"))
def check_middles(table: Table, key: Key) -> Outcome | None:
    """Mean and median are no farther apart than the standard deviation."""
    sides = [key._replace(statistic=statistic) for statistic in ("mean", "median")]
    mean, median, spread = (table.roughly(side) for side in (*sides, key))
    if mean is None or median is None or spread is None or spread.limits.high is None:
        return None
    most = spread.limits.high
    if not are_apart(subtract(mean.limits, median.limits), Range(-most, most)):
        return None
    shown = [printed(table, side) for side in sides]
    return conflict(
        f"Mean {shown[0]} and median {shown[1]} are farther apart than the standard deviation, "
        f"{printed(table, key)}, and cannot be; {name(sides[0])}.",
        *(mean, median, spread),
    )


@register("range", each_of("mean"))
def check_halves(table: Table, key: Key) -> Outcome | None:
    """Half of the answers are not below the median, so that the mean is not below the middle
    between minimum and median; likewise above.
    """
    mean, median = table.roughly(key), table.roughly(key._replace(statistic="median"))
    if mean is None or median is None:
        return None
    for statistic, word in (("min", "least"), ("max", "most")):
        end = key._replace(statistic=statistic)
        limit = table.roughly(end)
        if limit is None:
            continue
        half = Fraction(1, 2)
        bound = scale(add(limit.limits, median.limits), half)
        ends = (bound, mean.limits) if statistic == "min" else (mean.limits, bound)
        if is_above(*ends):
            return conflict(
                f"With {statistic} {printed(table, end)} and median "
                f"{printed(table, key._replace(statistic='median'))} a mean is "
                f"{show_range(bound)} at {word}, not {printed(table, key)}; {name(key)}.",
                *(mean, median, limit),
            )
    return None


@register("range", each_of(*LOCATIONS))
def check_scale(table: Table, key: Key) -> Outcome | None:
    """Answers lie within their scale, and a mean of n at least one n-th of the way from either end
    if both ends were answered.
    """
    known = table.roughly(key)
    low, high = table.relations.describe(key.variable).ends
    if known is None or key.category:
        return None
    if low is not None and high is not None and are_apart(known.limits, Range(low, high)):
        return conflict(
            f"{name(key)} is {printed(table, key)}, beyond the scale from {show(low)} to "
            f"{show(high)}.",
            known,
        )
    size = people_of(table, key)
    if key.statistic != "mean" or size is None or not size.high:
        return None
    ends = _find_ends(table, key)
    if not ends.inner or ends.low is None or ends.high is None:
        return None
    step = ends.inner / size.high
    if not are_apart(known.limits, Range(ends.low + step, ends.high - step)):
        return None
    return conflict(
        f"A mean of {size.high:,} answers of which one is {show(ends.low)} and one "
        f"{show(ends.high)} is from {show(ends.low + step)} to {show(ends.high - step)}, not "
        f"{printed(table, key)}; {name(key)}.",
        known,
        size,
        *ends.known,
    )


# Quartiles ----------------------------------------------------------------------------------------


def _rank(statistic: str) -> int | None:
    """Return how many percent of the answers lie below; None for another statistic."""
    named = {"min": LEAST, "median": MIDDLE, "max": GREATEST}
    if statistic in named:
        return named[statistic]
    percent = statistic.removeprefix("quantile_")
    return int(percent) if percent != statistic and percent.isdigit() else None


def _list_ranked(table: Table) -> list[Key]:
    return list(
        list_places(table, {key.statistic for key in table if _rank(key.statistic) is not None})
    )


@register("range", _list_ranked)
def check_order_of_quantiles(table: Table, key: Key) -> Outcome | None:
    """Minimum, quartiles, median and maximum stand in their order."""
    known, rank = table.roughly(key), _rank(key.statistic)
    for other in table.keys_of(*key[:3]):
        higher = _rank(other.statistic)
        if known is None or rank is None or higher is None or higher <= rank:
            continue
        limit = table.roughly(other) if other.category == key.category else None
        if limit is not None and is_above(known.limits, limit.limits):
            return conflict(
                f"{name(key)} is {printed(table, key)}, above {other.statistic} "
                f"{printed(table, other)}.",
                *(known, limit),
            )
    return None


@register("range", each_of("iqr", "range"))
def check_width(table: Table, key: Key) -> Outcome | None:
    """An interquartile range lies between the quartiles, and a range between minimum and
    maximum.
    """
    known = table.roughly(key)
    if any(_BOTH_ENDS.search(row.printed) for row in table.rows(key)):
        # "4-9" prints the ends and not how far apart they are.
        return None
    pairs = [("quantile_25", "quantile_75")] if key.statistic == "iqr" else []
    for first, second in (*pairs, ("min", "max")):
        ends = [key._replace(statistic=statistic) for statistic in (first, second)]
        low, high = (table.roughly(end) for end in ends)
        if known is None or low is None or high is None:
            continue
        width = subtract(high.limits, low.limits)
        is_own = pairs == [] or first != "min"
        if are_apart(width, known.limits) if is_own else is_above(known.limits, width):
            return conflict(
                f"{printed(table, ends[1])} - {printed(table, ends[0])} is {show_range(width)}, "
                f"{'not' if is_own else 'less than'} {printed(table, key)}; {name(key)}.",
                *(known, low, high),
            )
    return None
