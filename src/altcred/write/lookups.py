"""What a cohort's texts may look up: a variable in a wave and subgroup, and its numbers.

docs/texts.md lists the names for their writers.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from altcred.core.numbers import LARGE
from altcred.core.numerals import ONES
from altcred.core.records import ALL, Estimate
from altcred.kinds import kind_of
from altcred.kinds.phrases import (
    escape_markdown,
    join_words,
    quote,
    say_share,
)
from altcred.write.views import MONEY, SHARE_OF_INCOME, View, write_short_interval

_HIDDEN = "(not shown)"


class NoEstimate(Exception):
    """Raised by a lookup that no estimate answers; says what was looked for."""


@dataclass(frozen=True)
class Quantity:
    """A number that a text looked up: written as its statistic asks, compared as it is."""

    value: float
    text: str
    # Its 95% interval, and how many people it is of; empty where there is none.
    interval: str = ""
    n: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return self.value == self.value and self.value != 0

    def __eq__(self, other: object) -> bool:
        return self.value == _number(other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: Any) -> bool:
        return self.value < _number(other)

    def __gt__(self, other: Any) -> bool:
        return self.value > _number(other)

    def __le__(self, other: Any) -> bool:
        return self.value <= _number(other)

    def __ge__(self, other: Any) -> bool:
        return self.value >= _number(other)

    @property
    def words(self) -> str:
        """The number as a word, where it is a small whole one."""
        return dict(enumerate(ONES)).get(self.value, self.text)  # type: ignore[call-overload]


def _number(value: Any) -> float:
    return float(value.value if isinstance(value, Quantity) else value)


def _looked_up(statistic: str) -> Any:
    """Return a property that is a statistic of the whole variable."""
    return property(lambda lookup: lookup._quantity("", statistic))


@dataclass(frozen=True)
class Lookup:
    """One variable in one wave and subgroup, as texts name it."""

    _view: View
    _name: str
    _subgroup: str = ALL

    # Where ---------------------------------------------------------------------------------

    def among(self, subgroup: str) -> "Lookup":
        """Return the same of a subgroup, a program type or a program."""
        return replace(self, _subgroup=self._view.subgroups([subgroup])[0])

    def at(self, wave: str) -> "Lookup":
        """Return the same in another wave."""
        return replace(self, _view=self._view.on(wave))

    # What ----------------------------------------------------------------------------------

    @property
    def asked(self) -> bool:
        """Whether there is any estimate of it."""
        return self._view.estimates.has(self._view.wave, self._name, subgroup=self._subgroup)

    def has(self, category: str) -> bool:
        """Whether there is a share of a category or group that may be shown."""
        return self._view.shown(self._name, self._named(category), "", self._subgroup) is not None

    @property
    def label(self) -> str:
        return escape_markdown(self._view.label(self._name))

    def label_of(self, category: str) -> str:
        """Return what a category is called."""
        return escape_markdown(self._view.label(self._name, category))

    # How many answered.
    n = _looked_up("nobs")

    def n_of(self, category: str) -> Quantity:
        """How many people the share of a category is of."""
        found = self._find(category, "proportion")
        return self._written(replace(found, value=found.n), "nobs")

    # How many there are, of what is only counted.
    count = _looked_up("count")

    def count_of(self, category: str) -> Quantity:
        """How many gave an answer."""
        return self._quantity(category, "count")

    def share(self, category: str, digits: int = 0) -> Quantity:
        """Return the share that gave an answer, as a percentage."""
        found = self._find(category, "proportion")
        if digits or not found.is_shown:
            return self._written(found, "proportion", digits)
        return self._bounded(found, self._view.writer.share(found.value))

    def told(self, category: str) -> Quantity:
        """Return the share as people tell it: in percent, of few as their number."""
        found = self._find(category, "proportion")
        return Quantity(found.value, say_share(self._view, found))

    @property
    def missing(self) -> Quantity:
        """The share of those asked who gave no usable answer."""
        return self.share("not_reported")

    mean = _looked_up("mean")
    median = _looked_up("median")
    mode = _looked_up("mode")

    # The standard deviation.
    sd = _looked_up("std")

    lowest = _looked_up("min")
    highest = _looked_up("max")

    # How many different answers were given.
    different = _looked_up("nunique")

    def statistic(self, statistic: str, category: str = "") -> Quantity:
        """Return any other statistic under the name that the estimates give it."""
        return self._quantity(category, statistic)

    def interval(self, statistic: str = "", category: str = "") -> str:
        """Return the 95% interval of a statistic, of a share where none is named."""
        statistic = statistic or ("proportion" if category else "mean")
        found = self._find(category, statistic)
        return escape_markdown(self._view.write_interval(found, self._name))

    # How far the mean of the same people moved.
    change = _looked_up("mean_difference")

    # Lists ---------------------------------------------------------------------------------

    def top(self, count: int = 3) -> str:
        """Return the answers given most often with their shares: A (41%), B (12%) and C (9%)."""
        described = self._view.described(self._name)
        left_out = described.exclusive if described is not None else []
        names = self._view.categories(self._name, falling=True)
        names = [one for one in names if one not in left_out]
        found = {one: self._view.find(self._name, one, "", self._subgroup) for one in names}
        shown = [one for one in names if (est := found[one]) is not None and est.value > 0]
        shown.sort(key=lambda one: -found[one].value)  # type: ignore[union-attr]
        if not shown:
            raise NoEstimate(f"no share of {self._name} may be shown")
        return join_words(
            f"{self.label_of(one)} ({say_share(self._view, found[one])})"  # type: ignore[arg-type]
            for one in shown[:count]
        )

    def by_type(self, what: str = "median") -> str:
        """Return a share or a statistic in each program type: A 41% and B 38%."""
        parts = []
        for subgroup in self._view.types():
            side = replace(self, _subgroup=subgroup)
            is_share = self._view.find(self._name, what, "", subgroup) is not None
            sought = (what, "") if is_share else ("", what)
            if self._view.shown(self._name, *sought, subgroup) is not None:
                value = side.share(what) if is_share else side.statistic(what)
                parts.append(f"{escape_markdown(self._view.subgroup_label(subgroup))} {value}")
        if not parts:
            raise NoEstimate(f"no program type has {what!r} of {self._name}")
        return join_words(parts)

    # Finding -------------------------------------------------------------------------------

    def _named(self, category: str) -> str:
        variable = self._view.described(self._name)
        return kind_of(variable).name_answer(variable, category) if variable else category

    def _find(self, category: str, statistic: str) -> Estimate:
        found = self._view.find(self._name, self._named(category), statistic, self._subgroup)
        if found is None:
            of = f" of {self._subgroup}" if self._subgroup != ALL else ""
            what = f"{statistic} of {category!r}" if category else statistic
            why = (
                ""
                if self._view.compares(self._name, category)
                else (", since the codebook says that the waves cannot be compared in it")
            )
            raise NoEstimate(f"there is no {what} of {self._name}{of} in {self._view.wave}{why}")
        return found

    def _quantity(self, category: str, statistic: str) -> Quantity:
        return self._written(self._find(category, statistic), statistic)

    def _written(self, found: Estimate, statistic: str, digits: int | None = None) -> Quantity:
        if not found.is_shown:
            return Quantity(found.value, _HIDDEN)
        if digits is None and self._name in MONEY and abs(found.value) >= LARGE:
            # What is worked out from answers is not known to the cent.
            digits = 0
        if self._name == SHARE_OF_INCOME and statistic != "nobs":
            found, digits = replace(found, statistic="proportion"), 1 if digits is None else digits
            statistic = "proportion"
        text = self._view.write(found, self._name, statistic, digits=digits)
        return self._bounded(found, escape_markdown(text), digits)

    def _bounded(self, found: Estimate, text: str, digits: int | None = None) -> Quantity:
        """Return a number with its interval, of a share as exact as the share is written."""
        view = self._view
        interval = (
            view.write_interval(found, self._name, digits)
            if digits
            else write_short_interval(view, found, self._name)
        )
        size = "" if math.isnan(found.n) else view.writer.number(found.n)
        return Quantity(found.value, text, escape_markdown(interval), size)


# What a text may look up of a number of a call, and of a variable.
OF_NUMBER = ["interval", "n", "words"]
PROPERTIES = [name for name in vars(Lookup) if not name.startswith("_")]


class Wave:
    """A wave, or the panel of two, as texts name it: `begin.pay.median`."""

    def __init__(self, view: View) -> None:
        self._view = view

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "people":
            return escape_markdown(self._view.people)
        if name == "label":
            return quote(self._view.wave_label(self._view.wave))
        return Lookup(self._view, name)


def look_up(view: View, name: str) -> Any:
    """Return what a text means by a name: a variable, a wave, `people` or `programs`.

    Raises KeyError where a study has nothing of that name.
    """
    if name == "people":
        return escape_markdown(view.people)
    if name == "programs":
        return len(view.study.programs)
    if name == "wave":
        return lambda wave: Wave(view.on(wave))
    if view.estimates.has(view.wave, name) or name in view.codebook.variables:
        return Lookup(view, name)
    if name in view.study.waves or name in set(view.estimates.frame["wave"]):
        return Wave(view.on(name))
    raise KeyError(name)
