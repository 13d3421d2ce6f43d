"""Intervals of numbers, written as in mathematics: [0, 50) holds 0 and not 50."""

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"^([\[(])\s*(-?[\d.]*)\s*,\s*(-?[\d.]*)\s*([\])])$")


@dataclass(frozen=True)
class Interval:
    """A range of numbers; None is an end that is open without limit."""

    low: float | None
    high: float | None
    closed_low: bool = True
    closed_high: bool = False

    def __str__(self) -> str:
        low = (
            ""
            if self.low is None
            else f"{self.low:g}"
            if abs(self.low) < 1e6
            else f"{self.low:.0f}"
        )
        high = (
            ""
            if self.high is None
            else f"{self.high:g}"
            if abs(self.high) < 1e6
            else f"{self.high:.0f}"
        )
        opening, closing = "[" if self.closed_low else "(", "]" if self.closed_high else ")"
        return f"{opening}{low}, {high}{closing}"

    def holds(self, value: float) -> bool:
        """Tell whether a number lies in the interval."""
        above = self.low is None or value > self.low or (self.closed_low and value == self.low)
        below = self.high is None or value < self.high or (self.closed_high and value == self.high)
        return above and below


def parse_interval(text: str) -> Interval:
    """Read an interval such as "[0, 50)" or "[13, )"; ValueError where it is none."""
    found = _PATTERN.match(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not an interval")
    opening, low, high, closing = found.groups()
    interval = Interval(
        float(low) if low else None,
        float(high) if high else None,
        closed_low=opening == "[",
        closed_high=closing == "]",
    )
    if None not in (interval.low, interval.high) and interval.low > interval.high:
        raise ValueError(f"{text!r} ends before it begins")
    return interval
