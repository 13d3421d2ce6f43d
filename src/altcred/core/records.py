"""The record of one number that the report states."""

from collections.abc import Iterator
from dataclasses import dataclass

ALL = "all"
NOT_REPORTED = "not_reported"
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number: its value, its 95% interval (NaN for none), what it is of, and a note.

    `n` counts the people it is of. Where `has_wilson` is set the interval is Wilson's, worked out
    for all shares at once when the records are stored.
    """

    value: float
    low: float = NAN
    high: float = NAN
    n: float = NAN
    note: str = ""
    wave: str = ""
    subgroup: str = ALL
    variable: str = ""
    category: str = ""
    statistic: str = ""
    has_wilson: bool = False

    @property
    def is_suppressed(self) -> bool:
        """Whether the door has taken the number away."""
        return self.note.startswith("suppressed")

    @property
    def is_shown(self) -> bool:
        """Whether there is a number to show."""
        return self.value == self.value


@dataclass(frozen=True, slots=True)
class Recorder:
    """Makes the records of one variable in one subgroup."""

    subgroup: str
    variable: str

    def number(
        self,
        statistic: str,
        value: float,
        low: float = NAN,
        high: float = NAN,
        *,
        n: float,
        category: str = "",
        note: str = "",
    ) -> Estimate:
        """Return a number with the interval given, if any."""
        return Estimate(
            float(value), low, high, n, note, "", self.subgroup, self.variable, category, statistic
        )

    def share(
        self,
        count: float,
        n: float,
        *,
        category: str = "",
        statistic: str = "proportion",
        note: str = "",
    ) -> Estimate:
        """Return the share of `count` in `n` people, with Wilson's interval."""
        return Estimate(
            count / n, n=n, note=note, subgroup=self.subgroup, variable=self.variable,
            category=category, statistic=statistic, has_wilson=True,
        )  # fmt: skip

    def counted(self, category: str, count: float, n: float) -> Iterator[Estimate]:
        """Yield how many of `n` people a category holds, and their share."""
        yield self.number("count", count, n=n, category=category)
        yield self.share(count, n, category=category)

    def response(self, asked: float, answered: float) -> Iterator[Estimate]:
        """Yield how many of those asked answered, and how many did not."""
        missing = asked - answered
        yield self.number("nobs", answered, n=answered)
        yield self.number("count", missing, n=asked, category=NOT_REPORTED)
        yield self.number("proportion", missing / asked, n=asked, category=NOT_REPORTED)
