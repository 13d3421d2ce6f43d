"""Printed figures as ranges, found by their key."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from altcred.check.published import TEXT_STATISTICS, parse_printed
from altcred.check.ranges import COUNT, SHARE, Range, meet, whole

if TYPE_CHECKING:
    import pandas as pd

CONTEXT = "context"
# Pseudo-variables that count people, whether or not they answered anything.
PEOPLE = ("responses", "pairs")
# Statistics that count something: their figures are whole numbers.
COUNTED = frozenset({"count", "nobs", "nunique"})
SHARES = frozenset({"proportion", "increased", "decreased", "unchanged"})
# Words that only point at a figure and say nothing of its size.
POINTING = frozenset(
    {
        "another", "remaining", "the remaining", "all", "each of", "almost all", "as little as",
        "as few as", "as many as", "as much as", "top",
    }
)  # fmt: skip
_DATE = re.compile(
    r"^(?:(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)(?: \d{1,2},)? )\d{4}$"
)


class Key(NamedTuple):
    """What a figure measures."""

    wave: str
    subgroup: str
    variable: str
    category: str
    statistic: str


@dataclass(frozen=True)
class Figure:
    """One printed figure: what it measures and the numbers it can stand for.

    `limits` is None for a figure that is no number; `text` then says what is printed where
    that can be compared (a date), or is ''. `unit` is `share`, `number`, or the currency sign of an
    amount.
    """

    id: str
    document: str
    section: str
    key: Key
    printed: str
    qualifier: str
    n: int | None
    limits: Range | None
    unit: str
    digits: int | None
    text: str = ""

    @property
    def shown(self) -> str:
        return f"{self.qualifier} {self.printed}".strip()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset({self.id})


def read_figures(frame: "pd.DataFrame") -> list[Figure]:
    """Return the rows of a table of printed figures as figures."""
    return [_read_row(row) for row in frame.to_dict("records")]


def _read_row(row: dict[str, str]) -> Figure:
    statistic, note, category = row["statistic"], row["note"], row["category"]
    wave = CONTEXT if row["wave"] in {"", CONTEXT} else row["wave"]
    is_lower = statistic == "min" or statistic.endswith("_min") or note.startswith("lower end")
    is_upper = statistic == "max" or statistic.endswith("_max") or note.startswith("upper end")
    end = "lower" if is_lower else "upper" if is_upper else ""
    if statistic == "fact" and end:
        category = f"{category} ({end} end)".strip()
    limits, unit, digits = _read_limits(row["printed"], row["qualifier"], statistic, end)
    if statistic.endswith(("_min", "_max")) and not row["subgroup"].startswith("by "):
        # Bounds of one quantity, "2%-4%", say of it that it lies between them.
        if limits is not None:
            limits = (
                Range(limits.low, None, limits.low_open)
                if statistic.endswith("_min")
                else Range(None, limits.high, False, limits.high_open)
            )
        statistic = statistic[:-4]
    if limits is not None:
        # A share printed in a cell of counts, or the other way round, is no figure of that kind.
        if statistic in COUNTED:
            limits = meet([limits, COUNT])
        elif statistic.removesuffix("_min").removesuffix("_max") in SHARES:
            limits = meet([limits, SHARE])
        limits = None if limits.is_empty else limits
    is_date = limits is None and _DATE.match(row["printed"]) and not row["qualifier"]
    return Figure(
        id=row["id"],
        document=row["document"],
        section=row["section"],
        key=Key(wave, row["subgroup"], row["variable"], category, statistic),
        printed=row["printed"],
        qualifier=row["qualifier"],
        n=_read_n(row["n"]),
        limits=limits,
        unit=unit,
        digits=digits,
        text=row["printed"].casefold() if is_date else "",
    )


def _read_n(text: str) -> int | None:
    if not text:
        return None
    try:
        limits = parse_printed(text)
    except ValueError:
        return None
    return int(limits.low + Fraction(1, 2)) if limits.low is not None else None


def _read_limits(
    printed: str, qualifier: str, statistic: str, end: str = ""
) -> tuple[Range | None, str, int | None]:
    if statistic in TEXT_STATISTICS:
        return None, "", None
    word = " ".join(qualifier.lower().split())
    word = "" if word in POINTING else word
    try:
        interval = parse_printed(printed.lstrip("+").strip(), word, end)
    except ValueError:
        return None, "", None
    limits = Range(interval.low, interval.high, interval.low_open, interval.high_open)
    if statistic in COUNTED and limits.exact == 0:
        # "None" of a group is a share as a word and a count as well.
        return Range(Fraction(0), Fraction(0)), "number", 0
    if statistic in SHARES and interval.unit != "share":
        return None, "", None
    if statistic in COUNTED:
        if not limits.has_integer:
            return None, "", None
        limits = whole(limits)
    return limits, interval.sign or interval.unit, interval.digits


def is_amount(unit: str) -> bool:
    """Tell whether a unit is a currency sign."""
    return bool(unit) and not unit[-1].isalpha()


def reread(figure: Figure, printed: str) -> Figure | None:
    """Return the figure as it would be if something else were printed; None if unreadable."""
    limits, unit, digits = _read_limits(printed, figure.qualifier, figure.key.statistic)
    if limits is None:
        return None
    return replace(figure, printed=printed, limits=limits, unit=unit, digits=digits)


def is_size(key: Key) -> bool:
    """Tell whether a figure counts the people behind others."""
    return key.statistic == "nobs" or (
        key.variable in PEOPLE and key.statistic in {"count", "proportion"}
    )
