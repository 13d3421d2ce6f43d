"""Ranges of exact numbers, and the arithmetic of them. Nothing here is a float."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Range:
    """All numbers between two ends; None is no end, an open end is not itself in the range."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high
        return above and (below or (value == self.high and not self.high_open))

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def is_bounded(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def width(self) -> Fraction:
        """The distance of the ends; 0 where one is missing."""
        return (
            self.high - self.low if self.low is not None and self.high is not None else Fraction(0)
        )

    @property
    def exact(self) -> Fraction | None:
        """The only number of the range, None where there are more."""
        return self.low if self.low is not None and self.low == self.high else None

    def integers(self) -> tuple[int | None, int | None]:
        """Return the smallest and the largest whole number in the range."""
        low = high = None
        if self.low is not None:
            low = math.ceil(self.low)
            low += self.low_open and low == self.low
        if self.high is not None:
            high = math.floor(self.high)
            high -= self.high_open and high == self.high
        return low, high

    @property
    def has_integer(self) -> bool:
        low, high = self.integers()
        return low is None or high is None or low <= high


ANY = Range()
# Roots that are no fractions are enclosed to this part of one.
_FINE = 10**20
SHARE = Range(Fraction(0), Fraction(1))
COUNT = Range(Fraction(0), None)


def point(value: Fraction | int) -> Range:
    return Range(Fraction(value), Fraction(value))


def whole(limits: Range) -> Range:
    """Return the range from the smallest to the largest whole number in it."""
    low, high = limits.integers()
    return Range(None if low is None else Fraction(low), None if high is None else Fraction(high))


def meet(ranges: Iterable[Range]) -> Range:
    """Return what all of the ranges have in common; it may be empty."""
    low, high, low_open, high_open = None, None, False, False
    for other in ranges:
        if other.low is not None and (low is None or other.low > low):
            low, low_open = other.low, other.low_open
        elif other.low is not None and other.low == low:
            low_open = low_open or other.low_open
        if other.high is not None and (high is None or other.high < high):
            high, high_open = other.high, other.high_open
        elif other.high is not None and other.high == high:
            high_open = high_open or other.high_open
    return Range(low, high, low_open, high_open)


def are_apart(*ranges: Range) -> bool:
    """Tell whether no number is in all of the ranges."""
    return meet(ranges).is_empty


def is_within(inner: Range, outer: Range) -> bool:
    """Tell whether every number of one range is in the other."""
    return meet([inner, outer]) == meet([inner])


def is_above(first: Range, second: Range) -> bool:
    """Tell whether every number of the first is above every number of the second."""
    return is_at_least(first, second) and (
        first.low != second.high or first.low_open or second.high_open
    )


def is_at_least(first: Range, second: Range) -> bool:
    """Tell whether every number of the first is the second's or above it."""
    return first.low is not None and second.high is not None and first.low >= second.high


def hull(ranges: Iterable[Range]) -> Range:
    """Return the smallest range that holds all of the ranges."""
    items = list(ranges)
    lows = [(item.low, item.low_open) for item in items if item.low is not None]
    highs = [(item.high, not item.high_open) for item in items if item.high is not None]
    low, low_open = min(lows) if len(lows) == len(items) else (None, False)
    high, high_closed = max(highs) if len(highs) == len(items) else (None, True)
    return Range(low, high, low_open, not high_closed)


def negate(limits: Range) -> Range:
    return Range(
        None if limits.high is None else -limits.high,
        None if limits.low is None else -limits.low,
        limits.high_open,
        limits.low_open,
    )


def add(*terms: Range) -> Range:
    """Return the sums of one number of each range."""
    lows = [item.low for item in terms if item.low is not None]
    highs = [item.high for item in terms if item.high is not None]
    return Range(
        sum(lows, Fraction(0)) if len(lows) == len(terms) else None,
        sum(highs, Fraction(0)) if len(highs) == len(terms) else None,
        any(item.low_open for item in terms),
        any(item.high_open for item in terms),
    )


def subtract(first: Range, second: Range) -> Range:
    return add(first, negate(second))


def multiply(first: Range, second: Range) -> Range:
    """Return the products; both factors must be known not to be negative, or be bounded."""
    if first.low is not None and second.low is not None and min(first.low, second.low) >= 0:
        low = first.low * second.low
        # A zero end that is attained makes the product zero whatever the other end does.
        low_open = (first.low_open or second.low_open) and not (
            (first.low == 0 and not first.low_open) or (second.low == 0 and not second.low_open)
        )
        if first.high is None or second.high is None:
            return Range(low, None, low_open)
        return Range(low, first.high * second.high, low_open, first.high_open or second.high_open)
    if not (first.is_bounded and second.is_bounded):
        return ANY
    corners = [a * b for a in (first.low, first.high) for b in (second.low, second.high)]  # type: ignore[operator]
    # Ends are taken as attained, which can only make a range wider than it is.
    return Range(min(corners), max(corners))


def magnitude(limits: Range) -> Range:
    """Return how far from zero the numbers of a range lie."""
    turned = negate(limits)
    for side in (limits, turned):
        if side.low is not None and side.low >= 0:
            return side
    # A range around zero: which of its ends is open hardly matters, and closed is wider.
    is_bounded = limits.high is not None and turned.high is not None
    return Range(Fraction(0), max(limits.high, turned.high) if is_bounded else None)  # type: ignore[type-var]


def square(limits: Range) -> Range:
    size = magnitude(limits)
    return multiply(size, size)


def root(limits: Range) -> Range:
    """Return the square roots of numbers not below zero, wider by 10^-20 at most."""

    def take(end: Fraction | None, is_upper: bool) -> Fraction | None:
        if end is None:
            return None
        scaled = max(end, Fraction(0)) * _FINE**2
        least = math.isqrt(math.floor(scaled))
        return Fraction(least + (is_upper and least * least != scaled), _FINE)

    return Range(take(limits.low, False), take(limits.high, True))


def scale(limits: Range, by: Fraction | int) -> Range:
    """Return a range times a number that is not negative."""
    return multiply(limits, point(by))


def divide(first: Range, second: Range) -> Range:
    """Return the quotients; the divisor must be known to be above zero."""
    if second.low is None or second.low < 0 or (second.low == 0 and not second.low_open):
        return ANY
    if second.is_empty:
        return ANY
    inverse = Range(
        Fraction(0) if second.high is None else 1 / second.high,
        None if second.low == 0 else 1 / second.low,
        second.high is None or second.high_open,
        second.low_open,
    )
    return multiply(first, inverse)
