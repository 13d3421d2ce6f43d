"""Printed figures as ranges, found by their key."""

import re
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from altcred.check.published import TEXT_STATISTICS, parse_printed
from altcred.check.ranges import COUNT, SHARE, Range, hull, meet, whole

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


@dataclass(frozen=True)
class Known:
    """What printed figures say of one quantity, and which figures say it.

    `disputed` tells that the figures exclude each other; the range then holds all of them.
    """

    limits: Range
    ids: frozenset[str]
    disputed: bool = False


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


def _hull_of_readings(limits: list[Range]) -> Range:
    """Return the hull of what figures can say where they exclude each other.

    Each figure is read with the narrowest others that agree with it, so that "almost 26,000"
    does not widen the choice between 25,891 and 25,913.
    """
    order = sorted(
        limits, key=lambda item: (not item.is_bounded, (item.high or 0) - (item.low or 0))
    )
    readings = []
    for reading in order:
        for other in order:
            joined = meet([reading, other])
            reading = reading if joined.is_empty else joined
        readings.append(reading)
    return hull(readings)


def is_size(key: Key) -> bool:
    """Tell whether a figure counts the people behind others."""
    return key.statistic == "nobs" or (
        key.variable in PEOPLE and key.statistic in {"count", "proportion"}
    )


class Table:
    """Printed figures by what they measure."""

    def __init__(self, figures: Iterable[Figure], printed: frozenset[Key] | None = None) -> None:
        self.figures = {figure.id: figure for figure in figures}
        self._by_key: dict[Key, list[Figure]] = {}
        self._by_variable: dict[tuple[str, str, str], list[Key]] = {}
        for figure in self.figures.values():
            if figure.key not in self._by_key:
                place = figure.key[:3]
                self._by_variable.setdefault(place, []).append(figure.key)
            self._by_key.setdefault(figure.key, []).append(figure)
        self._known: dict[Key, Known | None] = {}
        # A part of a table remembers what the whole prints, so that leaving a figure out never
        # makes another one stand for something else.
        self.printed = frozenset(self._by_key) if printed is None else printed
        self.cache: dict[tuple[object, ...], object] = {}

    def __iter__(self) -> Iterator[Key]:
        yield from self._by_key

    def keys_of(self, wave: str, subgroup: str, variable: str) -> list[Key]:
        return self._by_variable.get((wave, subgroup, variable), [])

    def rows(self, key: Key) -> list[Figure]:
        return self._by_key.get(key, [])

    def numbers(self, key: Key) -> list[Figure]:
        return [figure for figure in self.rows(key) if figure.limits is not None]

    def known(self, key: Key) -> Known | None:
        """Return what is printed of a quantity: what its figures agree on, else their hull."""
        if key not in self._known:
            figures = self.numbers(key)
            common = meet(figure.limits for figure in figures)
            disputed = common.is_empty
            if disputed:
                common = _hull_of_readings([figure.limits for figure in figures])
            ids = frozenset(figure.id for figure in figures)
            self._known[key] = Known(common, ids, disputed) if figures else None
        return self._known[key]

    def all_known(self, keys: Iterable[Key]) -> list[Known] | None:
        """Return what is printed of several quantities; None where nothing is of one of them."""
        found = [self.known(key) for key in keys]
        return None if None in found else found  # type: ignore[return-value]

    def only(self, ids: Iterable[str]) -> "Table":
        kept = set(ids)
        return Table((row for row in self.figures.values() if row.id in kept), self.printed)

    def put(self, figure: Figure, keep_cache: bool) -> "Table":
        """Return the table with a figure in the place of the one that has its id and key.

        What is known of other quantities is kept; so is the cache where nothing in it was made of
        this quantity, which the caller must know.
        """
        changed = copy(self)
        changed.figures = {**self.figures, figure.id: figure}
        rows = [figure if row.id == figure.id else row for row in self.rows(figure.key)]
        changed._by_key = {**self._by_key, figure.key: rows}
        changed._known = {**self._known}
        changed._known.pop(figure.key, None)
        changed.cache = self.cache if keep_cache else {}
        return changed

    def change(self, change: Callable[[Figure], Figure]) -> "Table":
        return Table((change(row) for row in self.figures.values()), self.printed)
