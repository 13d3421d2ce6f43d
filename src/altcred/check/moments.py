"""Means and deviations of groups as exact ranges, and what follows for the two compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.beside import DIFFERENCES, Part, Sides, find_sides, people_of, read, read_part
from altcred.check.figures import Key
from altcred.check.ranges import Range, add, divide, hull, multiply, point, root, square, subtract
from altcred.check.sizes import Size
from altcred.check.table import Table
from altcred.check.words import show_size

# What a standard deviation is printed of, that gives a standard error.
WITH_DEVIATIONS = ("mean", *DIFFERENCES)


def of_mean(variance: Range, size: Size) -> Range:
    """Return the variance of a mean; the variance may be of the people or of all they stand for."""
    n = size.limits
    return hull([divide(variance, n), divide(variance, Range(n.low - 1, n.high and n.high - 1))])  # type: ignore[operator,arg-type]


@dataclass(frozen=True)
class Group:
    """One of two groups: its mean, its variance and how many it has.

    The variance is printed as that of the people, over n - 1 or, with `is_whole`, over n.
    """

    mean: Part
    spread: Part
    size: Size
    is_error: bool = False

    @property
    def n(self) -> Range:
        return self.size.limits

    def variance(self, *, is_whole: bool = False) -> Range:
        squared = square(self.spread.limits)
        if self.is_error:
            return multiply(squared, self.n)
        if is_whole:
            less = Range(self.n.low - 1, self.n.high - 1)  # type: ignore[operator,arg-type]
            return multiply(squared, divide(self.n, less))
        return squared

    @property
    def used(self) -> tuple[Part | Size, ...]:
        return self.mean, self.spread, self.size


def read_group(table: Table, key: Key) -> Group | None:
    """Return mean, standard deviation or error, and size of a group; None where one is missing."""
    key = key._replace(statistic="mean")
    mean, size = read(table, key), people_of(table, key)
    std, error = read(table, key, "std"), read_part(table, key, "mean", "std_error")
    spread = std or error
    if mean is None or size is None or spread is None or size.low < 2:
        return None
    return Group(mean, spread, size, std is None)


def read_groups(table: Table, sides: Sides) -> tuple[Group, Group] | None:
    """Return both groups of a comparison; None where either is not printed wholly."""
    first, second = (read_group(table, key) for key in sides.keys("mean"))
    return None if first is None or second is None else (first, second)


def pool(first: Group, second: Group, *, is_whole: bool = False) -> Range:
    """Return the variance within two groups together."""
    groups = first, second
    less = [Range(one.n.low - 1, one.n.high - 1) for one in groups]  # type: ignore[operator,arg-type]
    parts = [
        multiply(own, one.variance(is_whole=is_whole))
        for own, one in zip(less, groups, strict=True)
    ]
    return divide(add(*parts), add(*less))


def invert(limits: Range) -> Range:
    return divide(point(1), limits)


def list_variances(first: Group, second: Group) -> Iterator[tuple[str, Range]]:
    """Yield the variances that the difference of two means can have: Student's, and Welch's."""
    for is_whole in (False, True):
        shares = add(invert(first.n), invert(second.n))
        yield "Student's", multiply(pool(first, second, is_whole=is_whole), shares)
        own = [divide(one.variance(is_whole=is_whole), one.n) for one in (first, second)]
        yield "Welch's", add(*own)


def welch_degrees(first: Group, second: Group, *, is_whole: bool = False) -> Range:
    """Return the degrees of freedom of Welch's t."""
    if not (first.size.exact and second.size.exact):
        return Range(Fraction(1), None)
    own = [divide(one.variance(is_whole=is_whole), one.n) for one in (first, second)]
    ratio = divide(own[1], own[0])
    low = Fraction(0) if ratio.high is None else 1 / (1 + ratio.high)
    high = Fraction(1) if ratio.low is None else 1 / (1 + ratio.low)
    less = first.size.exact - 1, second.size.exact - 1
    # 1 / (q² / a + (1 - q)² / b) of the first group's part q is largest, a + b, at a / (a + b).
    found = [1 / (q * q / less[0] + (1 - q) ** 2 / less[1]) for q in (low, high)]
    if low <= Fraction(less[0], sum(less)) <= high:
        found.append(Fraction(sum(less)))
    return Range(min(found), max(found))


def between(first: Group, second: Group) -> Range:
    """Return the degrees of freedom that Student's or Welch's t of two groups can have."""
    lows, highs = (
        [one.size.low for one in (first, second)],
        [one.size.high or 0 for one in (first, second)],
    )
    return Range(Fraction(min(lows) - 1), Fraction(sum(highs) - 2))


def gap(first: Group, second: Group) -> Range:
    """Return the square of the difference of two means."""
    return square(subtract(first.mean.limits, second.mean.limits))


def find_groups(table: Table, key: Key) -> tuple[Group, Group] | None:
    """Return the two groups of different people that a difference is between."""
    sides = find_sides(table, key) if key.statistic in DIFFERENCES else None
    return None if sides is None or sides.paired else read_groups(table, sides)


def list_errors(table: Table, key: Key) -> Iterator[tuple[Range, list[Part | Size], str]]:
    """Yield each standard error that is printed of an estimate or follows, and what gives it."""
    error = read_part(table, key, key.statistic, "std_error")
    if error is not None:
        yield error.limits, [error], f"a standard error of {error.show(table)}"
    std, size = read_part(table, key, key.statistic, "std"), people_of(table, key)
    if key.statistic in WITH_DEVIATIONS and std is not None and size and size.low > 1:
        shown = f"a standard deviation of {std.show(table)} among {show_size(size)}"
        yield root(of_mean(square(std.limits), size)), [std, size], shown
    groups = find_groups(table, key)
    if groups is not None:
        variances = hull([variance for _, variance in list_variances(*groups)])
        used = [part for one in groups for part in (one.spread, one.size)]
        yield root(variances), used, "what the two groups print"
