"""Intervals of numbers, written as in mathematics: [0, 50) holds 0 and not 50."""

import re
from collections.abc import Sequence
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
        opening, closing = "[" if self.closed_low else "(", "]" if self.closed_high else ")"
        return f"{opening}{_write_end(self.low)}, {_write_end(self.high)}{closing}"

    def holds(self, value: float) -> bool:
        """Tell whether a number lies in the interval."""
        above = self.low is None or value > self.low or (self.closed_low and value == self.low)
        below = self.high is None or value < self.high or (self.closed_high and value == self.high)
        return above and below

    def as_sql(self, column: str) -> str:
        """Return in SQL that a number lies in the interval."""
        ends = []
        if self.low is not None:
            ends.append(f"{column} {'>=' if self.closed_low else '>'} {self.low!r}")
        if self.high is not None:
            ends.append(f"{column} {'<=' if self.closed_high else '<'} {self.high!r}")
        return " AND ".join(ends) or f"{column} IS NOT NULL"

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether some number lies in both."""
        ends = [(one.low, one.closed_low) for one in (self, other) if one.low is not None]
        low, closed = max(ends, key=lambda end: (end[0], not end[1]), default=(None, True))
        tops = [(one.high, one.closed_high) for one in (self, other) if one.high is not None]
        high, closed_high = min(tops, key=lambda end: (end[0], end[1]), default=(None, True))
        if low is None or high is None:
            return True
        return low < high or (low == high and closed and closed_high)

    def __contains__(self, other: "Interval") -> bool:
        """Tell whether every number of another interval lies in this one."""
        above = self.low is None or (
            other.low is not None
            and (other.low, not other.closed_low) >= (self.low, not self.closed_low)
        )
        below = self.high is None or (
            other.high is not None
            and (other.high, other.closed_high) <= (self.high, self.closed_high)
        )
        return above and below


def _write_end(end: float | None) -> str:
    return "" if end is None else f"{end:g}" if abs(end) < 1e6 else f"{end:.0f}"


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
    if interval.low is not None and interval.high is not None and interval.low > interval.high:
        raise ValueError(f"{text!r} ends before it begins")
    return interval


def read_interval(text: str) -> Interval | None:
    """Return the interval that a text writes; None where it is none."""
    try:
        return parse_interval(text)
    except ValueError:
        return None


def bin_intervals(edges: Sequence[float]) -> list[Interval]:
    """Return bins between rising edges: half open, the last one without an upper end."""
    ends = [*edges[1:], None] if edges else []
    return [Interval(low, high) for low, high in zip(edges, ends, strict=True)]
