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

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

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
    result = ANY
    for other in ranges:
        low, low_open = result.low, result.low_open
        if other.low is not None and (low is None or other.low > low):
            low, low_open = other.low, other.low_open
        elif other.low is not None and other.low == low:
            low_open = low_open or other.low_open
        high, high_open = result.high, result.high_open
        if other.high is not None and (high is None or other.high < high):
            high, high_open = other.high, other.high_open
        elif other.high is not None and other.high == high:
            high_open = high_open or other.high_open
        result = Range(low, high, low_open, high_open)
    return result


def hull(ranges: Iterable[Range]) -> Range:
    """Return the smallest range that holds all of the ranges."""
    items = list(ranges)
    low: tuple[Fraction | None, bool] = (None, False)
    high: tuple[Fraction | None, bool] = (None, False)
    if all(item.low is not None for item in items):
        low = min((item.low, item.low_open) for item in items)  # type: ignore[type-var]
    if all(item.high is not None for item in items):
        value, closed = max((item.high, not item.high_open) for item in items)  # type: ignore[type-var]
        high = (value, not closed)
    return Range(low[0], high[0], low[1], high[1])


def negate(limits: Range) -> Range:
    return Range(
        None if limits.high is None else -limits.high,
        None if limits.low is None else -limits.low,
        limits.high_open,
        limits.low_open,
    )


def add(first: Range, second: Range) -> Range:
    return Range(
        None if None in (first.low, second.low) else first.low + second.low,
        None if None in (first.high, second.high) else first.high + second.high,
        first.low_open or second.low_open,
        first.high_open or second.high_open,
    )


def subtract(first: Range, second: Range) -> Range:
    return add(first, negate(second))


def multiply(first: Range, second: Range) -> Range:
    """Return the products; both factors must be known not to be negative, or be bounded."""
    if _is_nonnegative(first) and _is_nonnegative(second):
        low = first.low * second.low  # type: ignore[operator]
        # A zero end that is attained makes the product zero whatever the other end does.
        low_open = (first.low_open or second.low_open) and not (
            (first.low == 0 and not first.low_open) or (second.low == 0 and not second.low_open)
        )
        if first.high is None or second.high is None:
            return Range(low, None, low_open)
        return Range(low, first.high * second.high, low_open, first.high_open or second.high_open)
    if None in (first.low, first.high, second.low, second.high):
        return ANY
    corners = [a * b for a in (first.low, first.high) for b in (second.low, second.high)]
    # Ends are taken as attained, which can only make a range wider than it is.
    return Range(min(corners), max(corners))


def divide(first: Range, second: Range) -> Range:
    """Return the quotients; the divisor must be known to be above zero."""
    if second.low is None or second.low < 0 or (second.low == 0 and not second.low_open):
        return ANY
    inverse = Range(
        Fraction(0) if second.high is None else 1 / second.high,
        None if second.low == 0 else 1 / second.low,
        second.high is None or second.high_open,
        second.low_open,
    )
    return multiply(first, inverse)


def _is_nonnegative(limits: Range) -> bool:
    return limits.low is not None and limits.low >= 0
