"""Printed figures as ranges, found by their key."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from altcred.check.domains import domain_of
from altcred.check.published import TEXT_STATISTICS, complete_percents, parse_printed
from altcred.check.ranges import ANY, SHARE, Range, are_apart, hull, meet, whole
from altcred.check.vocabulary import WORDS

if TYPE_CHECKING:
    import pandas as pd

CONTEXT = "context"
# Pseudo-variables that count people, whether or not they answered anything.
PEOPLE = ("responses", "pairs")
# Statistics that count something: their figures are whole numbers.
COUNTED = frozenset({"count", "nobs", "nunique"})
SHARES = frozenset({"proportion", "increased", "decreased", "unchanged"})
# Short names of statistics, as they stand at the head of a column.
SHORT = {
    "n": "nobs", "sd": "std", "se": "std_error", "p": "pvalue", "t": "t_statistic",
    "f": "f_statistic", "F": "f_statistic", "chi2": "chi2_statistic", "z": "z_statistic",
    "r_statistic": "r", "wald": "wald_statistic", "b": "coefficient", "or": "odds_ratio",
    "rr": "risk_ratio", "hr": "hazard_ratio", "d": "cohen_d", "g": "hedges_g",
    "q1": "quantile_25", "q3": "quantile_75", "R2": "r_squared", "eta2": "eta_squared",
    "partial_eta2": "partial_eta_squared",
}  # fmt: skip
# Words that only point at a figure and say nothing of its size.
POINTING = frozenset(
    {
        "another", "remaining", "the remaining", "all", "each of", "almost all", "as little as",
        "as few as", "as many as", "as much as", "top",
    }
)  # fmt: skip
_MODELLED = re.compile(r"\bweight(?:s|ed)\b|\bimput|\badjusted\b|\bmarginal means?\b", re.I)
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

    `unit` is `share`, `number`, or the currency sign of an amount; '' for a figure that is no
    number. `text` then says what is printed where that can be compared (a date), or is ''. `said`
    is what stands around it: section, place and note. `fault` says why no data give the number
    that is printed; such a figure is compared with nothing, and '' is the rule. `cut` are the
    numbers that it can stand for if it was cut off and not rounded, `rough` those of both; with
    `is_cut` it is taken to be cut off.
    """

    id: str
    document: str
    section: str
    key: Key
    printed: str
    qualifier: str
    n: int | None
    limits: Range = ANY
    unit: str = ""
    digits: int | None = None
    text: str = ""
    said: str = ""
    fault: str = ""
    rough: Range = ANY
    cut: Range = ANY
    is_cut: bool = False

    @property
    def is_number(self) -> bool:
        return bool(self.unit)

    @property
    def is_modelled(self) -> bool:
        """Tell whether weights or a model are said to be behind it, and not answers as given."""
        return bool(_MODELLED.search(self.said))

    def stand_for(self, limits: Range) -> "Figure":
        """Return the figure as one that can stand for other numbers, however it was rounded."""
        return replace(self, limits=limits, rough=limits, cut=limits)

    @property
    def as_cut(self) -> "Figure":
        """The figure, taken to be cut off and not rounded."""
        return replace(self, limits=self.cut if self.is_number else self.limits, is_cut=True)

    @property
    def shown(self) -> str:
        return f"{self.qualifier} {self.printed}".strip()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset({self.id})


def read_figures(frame: "pd.DataFrame") -> list[Figure]:
    """Return the rows of a table of printed figures as figures."""
    return [_read_row(row) for row in complete_percents(frame).to_dict("records")]


def _read_row(row: dict[str, str]) -> Figure:
    statistic, note, category = row["statistic"], row["note"], row["category"]
    statistic = SHORT.get(statistic, statistic)
    wave = CONTEXT if row["wave"] in {"", CONTEXT} else row["wave"]
    is_lower = statistic == "min" or statistic.endswith("_min") or note.startswith("lower end")
    is_upper = statistic == "max" or statistic.endswith("_max") or note.startswith("upper end")
    end = "lower" if is_lower else "upper" if is_upper else ""
    if statistic == "fact" and end:
        category = f"{category} ({end} end)".strip()
    reading = _read(row["printed"], row["qualifier"], statistic, end)
    bound = ""
    if statistic.endswith(("_min", "_max")) and not row["subgroup"].startswith("by "):
        # Bounds of one quantity, "2%-4%", say of it that it lies between them.
        statistic, bound = statistic[:-4], statistic[-3:]
    figure = Figure(
        id=row["id"],
        document=row["document"],
        section=row["section"],
        key=Key(wave, row["subgroup"], row["variable"], category, statistic),
        printed=row["printed"],
        qualifier=row["qualifier"],
        n=_read_n(row["n"]),
        said=" ".join(filter(None, (row["section"], row["locator"], row["note"]))),
    )
    if reading:
        return _bound(_admit(figure, *reading), bound)
    is_date = _DATE.match(row["printed"]) and not row["qualifier"]
    return replace(figure, text=row["printed"].casefold() if is_date else "")


def _bound(figure: Figure, end: str) -> Figure:
    """Return a figure that bounds what it is of: as its `min`, its `max`, or neither."""
    if not end:
        return figure
    domain, _ = domain_of(figure.key.statistic)

    def extend(limits: Range) -> Range:
        if end == "min":
            return Range(limits.low, domain.high, limits.low_open, domain.high_open)
        return Range(domain.low, limits.high, domain.low_open, limits.high_open)

    return replace(
        figure,
        limits=extend(figure.limits),
        rough=extend(figure.rough),
        cut=extend(figure.cut),
    )


def _admit(figure: Figure, limits: Range, unit: str, digits: int | None) -> Figure:
    """Return a figure with the numbers it stands for, or with what forbids all of them."""
    domain, sentence = domain_of(figure.key.statistic)
    if figure.key.statistic in COUNTED and not limits.has_integer:
        fault = "" if figure.is_modelled else "a count is a whole number"
        return replace(figure, limits=limits, unit="", digits=digits, fault=fault)
    if are_apart(limits, domain):
        return replace(figure, limits=limits, unit="", digits=digits, fault=sentence)
    is_plain = WORDS.get(" ".join(figure.qualifier.lower().split())) == "rounded"
    cut = _cut_off(limits) if is_plain and digits is not None else limits
    return replace(
        figure,
        limits=meet([limits, domain]),
        unit=unit,
        digits=digits,
        fault="",
        rough=meet([hull([limits, cut]), domain]),
        cut=meet([cut, domain]),
        is_cut=False,
    )


def _cut_off(limits: Range) -> Range:
    """Return what would be cut off to a printed number: less than a unit further from zero."""
    if limits.low is None or limits.high is None or not limits.width:
        return limits
    middle, unit = (limits.low + limits.high) / 2, limits.width
    above = Range(middle, middle + unit, high_open=True)
    below = Range(middle - unit, middle, low_open=True)
    return hull([*([above] if middle >= 0 else ()), *([below] if middle <= 0 else ())])


def _read_n(text: str) -> int | None:
    if not text:
        return None
    try:
        limits = parse_printed(text)
    except ValueError:
        return None
    return int(limits.low + Fraction(1, 2)) if limits.low is not None else None


def _read(
    printed: str, qualifier: str, statistic: str, end: str = ""
) -> tuple[Range, str, int | None] | None:
    """Return the numbers that a print can stand for, unit and decimals; None for no number."""
    if statistic in TEXT_STATISTICS:
        return None
    word = " ".join(qualifier.lower().split())
    try:
        interval = parse_printed(printed.lstrip("+").strip(), "" if word in POINTING else word, end)
    except ValueError:
        return None
    limits = meet([interval])
    if statistic in COUNTED and limits.exact == 0:
        # "None" of a group is a share as a word and a count as well.
        return limits, "number", 0
    unit = interval.sign or interval.unit
    if statistic in SHARES and unit == "number":
        # A share as a decimal, "0.45"; one in percent has its sign by now, and 0.4 may be either.
        if (interval.digits or 0) < 2 or are_apart(limits, SHARE):
            return None
        unit = "share"
    is_fit = unit == "share" if statistic in SHARES else True
    if not is_fit:
        return None
    if statistic in COUNTED and not limits.has_integer:
        # A decimal number is no count, which is told; "40%" is not even a number of people.
        return (limits, unit, interval.digits) if unit == "number" and interval.digits else None
    return whole(limits) if statistic in COUNTED else limits, unit, interval.digits


def is_amount(unit: str) -> bool:
    """Tell whether a unit is a currency sign."""
    return bool(unit) and not unit[-1].isalpha()


def reread(figure: Figure, printed: str) -> Figure | None:
    """Return the figure as it would be if something else were printed; None if unreadable."""
    reading = _read(printed, figure.qualifier, figure.key.statistic)
    if reading is None:
        return None
    changed = _admit(replace(figure, printed=printed), *reading)
    return changed.as_cut if figure.is_cut else changed


def is_size(key: Key) -> bool:
    """Tell whether a figure counts the people behind others."""
    return key.statistic == "nobs" or (
        key.variable in PEOPLE and key.statistic in {"count", "proportion"}
    )


def leave_out_sizes(figures: Sequence[Figure]) -> list[Figure]:
    """Return what a conflict of figures is about: sizes only weigh, where there is anything else.

    Of sizes alone, how many there are only weighs how many answered.
    """
    return (
        [figure for figure in figures if not is_size(figure.key)]
        or [figure for figure in figures if figure.key.statistic == "nobs"]
        or list(figures)
    )
