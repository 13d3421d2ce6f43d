"""What tables, charts and sentences share: which estimates to show, and the words for them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from altcred.core.intervals import Interval, parse_interval
from altcred.core.numbers import HIDDEN, Writer
from altcred.core.records import ALL, NOT_REPORTED, Estimate
from altcred.core.statistics import find_statistic
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.folders import panel_folder
from altcred.describe.study import Study
from altcred.estimate.store import Estimates, UnknownEstimate, read_estimates
from altcred.kinds import Kind, kind_of
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick, prefer

WAS_NOT_ASKED = "Not asked"
NOT_OFFERED = "N/A"
# Labels and units of what has no entry in the codebook.
OWN_LABELS = {
    "days_between": "Days between the two surveys",
    "years_between": "Years between the two surveys",
    "responses": "Responses",
    "program_type": "Program type",
    "program": "Program",
}
# Estimates in money that no variable of the codebook is.
MONEY = frozenset({
    *("opportunity_cost", "opportunity_cost_each", "total_fees", "learner_cost", "total_cost"),
    *("fees_by_period", "payback_cost", "breakeven_raise", "price"),
})  # fmt: skip
# The raise that pays back, as a share of income.
SHARE_OF_INCOME = "breakeven_share"
OWN_UNITS = {"days_between": "days", "years_between": "years"}


@dataclass(frozen=True)
class View:
    """One chapter's estimates of a cohort with the words for them; `wave` is the one shown."""

    cohort: Cohort
    estimates: Estimates
    wave: str

    @property
    def study(self) -> Study:
        return self.cohort.study

    @property
    def codebook(self) -> Codebook:
        return self.cohort.codebook

    @property
    def writer(self) -> Writer:
        """Writes numbers as readers of the study's locale expect them."""
        return Writer(self.study.locale)

    @property
    def rounds_to(self) -> int:
        """The base that counts are rounded to; 0 where they are shown as they are."""
        return self.study.disclosure.rounds_to

    @property
    def people(self) -> str:
        """What the wave's respondents are called."""
        wave = self.study.waves.get(self.wave.rpartition(":")[2])
        return wave.people if wave else "people"

    # Waves ---------------------------------------------------------------------------------

    def on(self, wave: str) -> "View":
        """Return the same view of another wave."""
        return replace(self, wave=wave)

    def side(self, wave: str) -> "View":
        """Return the view of one of two waves: of its side of the panel where this is a panel."""
        panels = {panel_folder(self.study, one.first, one.second).name for one in self.study.panels}
        return self.on(f"{self.wave}:{wave}" if self.wave in panels else wave)

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two waves that a panel or a comparison is of; None of one wave."""
        for one in self.study.panels:
            if panel_folder(self.study, one.first, one.second).name == self.wave:
                return one.first, one.second
        first, _, second = self.wave.partition("-")
        return (first, second) if {first, second} <= {*self.study.waves} else None

    def compares(self, variable: str, category: str = "") -> bool:
        """Tell whether its two waves are compared in an answer, as worded alike or asked for."""
        described = self.described(variable)
        return self.pair is None or described is None or described.is_tested(*self.pair, category)

    def wave_label(self, wave: str) -> str:
        """Return a wave's label; of a side of the panel, that of its wave."""
        return self.study.waves[wave.rpartition(":")[2]].label

    # Estimates -----------------------------------------------------------------------------

    def has(self, variable: str) -> bool:
        """Tell whether the wave has any estimate of a variable."""
        return self.estimates.has(self.wave, variable)

    def find(
        self, variable: str, category: str = "", statistic: str = "", subgroup: str = ALL
    ) -> Estimate | None:
        """Return an estimate, or None; the statistic of a category is its proportion."""
        statistic = statistic or ("proportion" if category else "mean")
        try:
            return self.estimates.find(self.wave, variable, category, statistic, subgroup)
        except UnknownEstimate:
            return None

    def shown(
        self, variable: str, category: str = "", statistic: str = "", subgroup: str = ALL
    ) -> Estimate | None:
        """Return an estimate as find does; None too where there is no number to show."""
        found = self.find(variable, category, statistic, subgroup)
        return found if found is not None and found.is_shown else None

    def size(self, variable: str, subgroup: str = ALL) -> float | None:
        """Return how many of a subgroup answered a variable; None where nobody was asked."""
        found = self.find(variable, "", "nobs", subgroup)
        return None if found is None else found.value

    # Subgroups -----------------------------------------------------------------------------

    def types(self) -> list[str]:
        """Return the program types' subgroups in the order of the study; none if it has none."""
        return self._counted(f"program_type={name}" for name in self.study.program_types)

    def programs(self) -> list[str]:
        """Return the programs' subgroups in the order of the study."""
        return self._counted(f"program={name}" for name in self.study.programs)

    def _counted(self, subgroups: Iterable[str]) -> list[str]:
        return [
            part
            for part in subgroups
            if any(self.find(what, "", "count", part) for what in ("responses", "pairs"))
        ]

    def subgroups(self, chosen: Iterable[str] | None = None, *, total: bool = True) -> list[str]:
        """Return subgroups by their names or by those of program types and programs.

        None chooses the program types, and everybody too where `total` or where there are none.
        """
        if chosen is None:
            types = self.types()
            return [*types, ALL] if total or not types else types
        prefixes = {name: "program=" for name in self.study.programs}
        prefixes |= {name: "program_type=" for name in self.study.program_types}
        return [f"{prefixes.get(name, '')}{name}" for name in chosen]

    def subgroup_label(self, subgroup: str) -> str:
        """Return what a column or a colour is called."""
        if subgroup == ALL:
            return "All"
        named, _, crossed = subgroup.rpartition(" & ")
        if named:
            return f"{self.subgroup_label(crossed)}, {self.subgroup_label(named)}"
        kind, _, name = subgroup.partition("=")
        if kind == "program_type":
            return self.study.program_types[name].plural
        if kind == "program":
            return self.study.programs[name].label
        if name:
            return self.label(kind, name)
        return self.study.subgroups[subgroup].label

    def label_row(self, label: str, subgroup: str, subgroups: Sequence[str]) -> str:
        """Return what a row is called that one of some subgroups has of an answer or a number."""
        is_everybody = [*subgroups] == [ALL]
        return label if is_everybody else f"{label} · {self.subgroup_label(subgroup)}"

    # Variables -----------------------------------------------------------------------------

    def described(self, variable: str) -> Variable | None:
        """Return a variable of the codebook, also by the name of a test of one of its answers."""
        return self.codebook.variables.get(variable.partition(":")[0])

    def kind(self, variable: str) -> Kind | None:
        """Return the kind of a variable of the codebook."""
        described = self.described(variable)
        return kind_of(described) if described is not None else None

    def draw_options(self, variable: str) -> dict[str, Any]:
        """Return how the kind of a variable of the codebook is drawn."""
        described = self.described(variable)
        return {} if described is None else kind_of(described).draw_options(described)

    def yardstick(self, variable: str, *, paired: bool) -> Yardstick | None:
        """Return by which statistics a change is told, as the kind or the study has it."""
        kind = self.kind(variable)
        found = None if kind is None else kind.paired if paired else kind.independent
        if found is None:
            return None
        return prefer(
            found, self.study.primary, lambda test: self.find(variable, "", test) is not None
        )

    def note(self, variable: str) -> str:
        """Return what the codebook wants readers of a variable to know, if anything."""
        described = self.described(variable)
        return described.note if described is not None else ""

    def unit(self, variable: str) -> str:
        """Return the unit of a number, as its label tells it."""
        described = self.described(variable)
        return described.unit if described is not None else OWN_UNITS.get(variable, "")

    def currency(self, variable: str) -> str:
        """Return the currency of an amount of money; none of what is no money."""
        described = self.described(variable)
        if variable in MONEY:
            return self.study.currency
        return described.currency if described is not None and kind_of(described).is_money else ""

    def label(self, variable: str, category: str = "") -> str:
        """Return the label of a variable or category; an interval is written as a range."""
        described = self.codebook.variables.get(variable)
        if described is not None:
            is_range = category and kind_of(described).is_numeric
            if is_range and category not in {*described.groups, *described.categories}:
                return self.range_label(variable, category)
            return self.codebook.label(variable, category)
        if not category:
            return OWN_LABELS.get(variable, variable)
        if category in self.study.program_types:
            return self.study.program_types[category].plural
        return self.range_label(variable, category) if variable in OWN_UNITS else category

    def range_label(self, variable: str, category: str) -> str:
        """Write an interval as people do: 18–21, $50,000–74,999, 65 or more."""
        try:
            interval = parse_interval(category)
        except ValueError:
            return category
        kind = self.kind(variable)
        if kind is not None and (own := kind.label_range(interval)):
            return own
        is_grouped = not self._is_calendar(variable)
        described = self.described(variable)
        # Bins that the codebook does not name may have ends between numbers that were given.
        is_exact = described is not None and not described.bins and not kind_of(described).is_whole
        return self.writer.range(
            interval, self.currency(variable), is_grouped=is_grouped, is_exact=is_exact
        )

    def categories(
        self, variable: str, *, top: int | None = None, falling: bool = False
    ) -> list[str]:
        """Return a variable's categories that the wave has shares of, nets and blanks left out.

        In the order of the codebook, or by falling share of everybody: `top` keeps so many. In
        falling order a category offered only later, and one called other, come last, since
        their shares are of fewer people or say little.
        """
        known = self.estimates.categories(self.wave, variable, "proportion")
        found = {one: self.estimates.find(self.wave, variable, one) for one in known}
        described = self.codebook.variables.get(variable)
        listed = described.categories if described is not None else {}
        left_out = {"", NOT_REPORTED, *(described.groups if described is not None else ())}
        names = [one for one in dict.fromkeys([*listed, *found]) if one in found]
        names = [one for one in names if one not in left_out]
        ranges = {one: _low_end(one) for one in names if one not in listed}
        if names and all(low is not None for low in map(ranges.get, names)):
            names.sort(key=lambda one: ranges[one] or 0.0)
        if falling or top is not None:
            usual = max((found[one].n for one in names), default=0)

            def place(name: str) -> tuple[bool, bool, float]:
                share = found[name].value if found[name].is_shown else 0.0
                is_of_fewer = self.is_later(variable, name) and found[name].n < usual
                return name == "other", is_of_fewer, -share

            names.sort(key=place)
        return names[:top]

    def is_later(self, variable: str, category: str) -> bool:
        """Tell whether the wave offered a category to the later of its respondents alone."""
        described = self.codebook.variables.get(variable)
        found = described.categories.get(category) if described is not None else None
        return found is not None and found.since(self.wave.rpartition(":")[2]) is not None

    # Writing -------------------------------------------------------------------------------

    def write(
        self,
        estimate: Estimate | None,
        variable: str = "",
        statistic: str = "",
        digits: int | None = None,
    ) -> str:
        """Write an estimate as its statistic and its variable ask; hidden or missing as a dash."""
        if estimate is None or math.isnan(estimate.value):
            return HIDDEN
        variable, statistic = variable or estimate.variable, statistic or estimate.statistic
        kind = self.kind(variable)
        if kind is not None and (own := kind.write_value(estimate.value, statistic)):
            return own
        is_grouped = not self._is_calendar(variable)
        currency = self.currency(variable)
        return self.writer.value(estimate.value, statistic, currency, digits, is_grouped=is_grouped)

    def write_interval(
        self, estimate: Estimate | None, variable: str = "", digits: int | None = None
    ) -> str:
        """Write the 95% interval of an estimate: 37.1% to 39.4%; nothing where it has none."""
        if estimate is None:
            return ""
        variable, kind = variable or estimate.variable, self.kind(variable or estimate.variable)
        if kind is not None and not math.isnan(estimate.low + estimate.high):
            ends = [kind.write_value(one, estimate.statistic) for one in
                    (estimate.low, estimate.high)]  # fmt: skip
            if all(ends):
                return " to ".join(ends)
        return self.writer.interval(
            estimate.low, estimate.high, estimate.statistic, self.currency(variable), digits,
            is_grouped=not self._is_calendar(variable),
        )  # fmt: skip

    def _is_calendar(self, variable: str) -> bool:
        """Tell whether numbers are years of the calendar, which have no separated thousands."""
        kind = self.kind(variable)
        return kind is not None and kind.is_calendar


def write_short_interval(view: View, found: Estimate, name: str = "") -> str:
    """Write an interval; of a share in whole percents, where they tell its ends apart."""
    if find_statistic(found.statistic).unit == "share" and not math.isnan(found.low + found.high):
        ends = [view.writer.share(end) for end in (found.low, found.high)]
        if ends[0] != ends[1] and not any(end.startswith(("under", "over")) for end in ends):
            return " to ".join(ends)
    return view.write_interval(found, name)


def _low_end(category: str) -> float | None:
    """Return where an interval begins; None of what is none."""
    try:
        interval: Interval = parse_interval(category)
    except ValueError:
        return None
    return -math.inf if interval.low is None else interval.low


def open_view(
    cohort: str | Cohort,
    wave: str = "",
    read: Iterable[str] | None = None,
    *,
    frame: pd.DataFrame | None = None,
) -> View:
    """Return a view of a cohort's estimates of one wave.

    `read` names the folders whose estimates.csv are read, the wave's own if left out. With a
    `frame` of estimates nothing is read. Without a wave, what all chapters estimated is read
    and the study's first wave is shown.
    """
    opened = open_cohort(cohort) if isinstance(cohort, str) else cohort
    if frame is not None:
        return View(opened, Estimates(frame), wave)
    if not wave:
        paths = sorted((opened.processed / "estimates").glob("*.csv"))
        return View(opened, read_estimates(*paths), next(iter(opened.study.waves)))
    folders = [wave] if read is None else list(read)
    paths = [opened.processed / name / "estimates.csv" for name in folders]
    return View(opened, read_estimates(*paths), wave)
