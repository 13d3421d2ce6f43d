"""What tables and figures share: which estimates to show, and how a number is written."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from altcred.core.intervals import Interval, parse_interval
from altcred.core.numbers import (
    HIDDEN,
    MINUS,
    Writer,
    round_half_up,
    write_number,
    write_percent,
    write_points,
    write_pvalue,
)
from altcred.core.paths import processed_dir
from altcred.core.records import Estimate
from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.study import ALL, Study, load_study
from altcred.estimate.store import Estimates, UnknownEstimate, read_estimates

WAS_NOT_ASKED = "Not asked"
NOT_OFFERED = "N/A"
# Names of what has no entry in the codebook.
OWN_LABELS = {"days_between": "Days between the two surveys", "responses": "Responses"}
OWN_UNITS = {"days_between": "days"}

__all__ = [
    "HIDDEN",
    "MINUS",
    "View",
    "open_view",
    "round_half_up",
    "write_interval",
    "write_money",
    "write_number",
    "write_percent",
    "write_points",
    "write_pvalue",
    "write_range",
    "write_value",
]


@dataclass(frozen=True)
class View:
    """One chapter's estimates with the words for them; `wave` is the one shown by default."""

    study: Study
    codebook: Codebook
    estimates: Estimates
    wave: str

    def on(self, wave: str) -> "View":
        """Return the same view of another wave."""
        return View(self.study, self.codebook, self.estimates, wave)

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

    def size(self, variable: str, subgroup: str = ALL) -> float | None:
        """Return how many of a subgroup answered a variable; None where nobody was asked."""
        found = self.find(variable, "", "nobs", subgroup)
        return None if found is None else found.value

    def types(self) -> list[str]:
        """Return the program types' subgroups in the order of the study; none if it has one."""
        names = [f"program_type={name}" for name in self.study.program_types]
        return [
            name
            for name in names
            if self.estimates.has(self.wave, "responses", "", "count", name)
            or self.estimates.has(self.wave, "pairs", "", "count", name)
        ]

    def subgroups(self, chosen: Iterable[str] | None = None, *, total: bool = True) -> list[str]:
        """Return subgroups by their names or by those of program types and programs.

        None chooses the program types, and everybody too where `total` or where there is but
        one type.
        """
        if chosen is None:
            types = self.types()
            return [*types, ALL] if total or not types else types
        named = []
        for name in chosen:
            if name in self.study.program_types:
                named.append(f"program_type={name}")
            elif name in self.study.programs:
                named.append(f"program={name}")
            else:
                named.append(name)
        return named

    def programs(self) -> list[str]:
        """Return the programs' subgroups in the order of the study."""
        names = [f"program={name}" for name in self.study.programs]
        return [
            name for name in names if self.estimates.has(self.wave, "responses", "", "count", name)
        ]

    def label(self, variable: str, category: str = "") -> str:
        """Return the label of a variable or category; an interval is written as a range."""
        if variable in OWN_LABELS and not category:
            return OWN_LABELS[variable]
        if variable not in self.codebook.variables and category in self.study.program_types:
            return self.study.program_types[category].plural
        if variable in self.codebook.variables:
            described = self.codebook.variables[variable]
            if category and category not in described.groups and described.is_numeric:
                return self.range_label(variable, category)
            return self.codebook.label(variable, category)
        if category and variable in OWN_UNITS:
            return self.range_label(variable, category)
        return category or variable

    def range_label(self, variable: str, category: str) -> str:
        """Write an interval as people do: 18–21, $50,000–74,999, 65 or more."""
        try:
            interval = parse_interval(category)
        except ValueError:
            return category
        return write_range(interval, is_money=self.is_money(variable))

    def unit(self, variable: str) -> str:
        if variable in OWN_UNITS:
            return OWN_UNITS[variable]
        described = self.codebook.variables.get(variable)
        return described.unit if described else ""

    def is_money(self, variable: str) -> bool:
        described = self.codebook.variables.get(variable)
        return described is not None and described.kind == "money"

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
        return self.study.subgroups[subgroup].label

    def wave_label(self, wave: str) -> str:
        """Return a wave's label; of a side of the panel, that of its wave."""
        return self.study.waves[wave.rpartition(":")[2]].label

    def categories(self, variable: str, *, top: int | None = None, falling: bool = False):
        """Return a variable's categories that the wave has shares of, nets and blanks left out.

        In the order of the codebook, or by falling share of everybody: `top` keeps so many. In
        falling order a category offered only later, and one called other, come last, since
        their shares are of fewer people or say little.
        """
        rows = self.estimates.select(
            wave=self.wave, subgroup=ALL, variable=variable, statistic="proportion"
        )
        shares = dict(zip(rows["category"], rows["value"], strict=True))
        sizes = dict(zip(rows["category"], rows["n"], strict=True))
        described = self.codebook.variables.get(variable)
        groups = set(described.groups) if described else set()
        left_out = {"", "not_reported", *groups}
        if described is not None and not described.is_numeric:
            order = [name for name in described.categories if name in shares]
        elif described is not None and described.bins:
            order = [str(one) for one in described.bin_intervals() if str(one) in shares]
        else:
            order = []
        if (
            described is None
            or described.kind == "country"
            or (described.is_numeric and not described.bins)
        ):
            order += sorted(set(shares) - set(order))
        names = [name for name in order if name not in left_out]
        if names and all(name[0] in "[(" for name in names):
            names.sort(key=lambda name: parse_interval(name).low or 0)
        if falling or top is not None:
            usual = max((sizes[name] for name in names), default=0)

            def place(name: str) -> tuple:
                later = (
                    described is not None
                    and name in described.categories
                    and bool(described.categories[name].since(self.wave.rpartition(":")[2]))
                )
                fewer = later and sizes[name] < usual
                share = shares[name]
                return (name == "other", fewer, -(0.0 if math.isnan(share) else share))

            names.sort(key=place)
        return names[:top]


def open_view(
    cohort: str,
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
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    folder = processed_dir(cohort)
    if frame is not None:
        return View(study, codebook, Estimates(frame), wave)
    if not wave:
        paths = sorted((folder / "estimates").glob("*.csv"))
        return View(study, codebook, read_estimates(*paths), next(iter(study.waves)))
    folders = [wave] if read is None else list(read)
    paths = [folder / name / "estimates.csv" for name in folders]
    return View(study, codebook, read_estimates(*paths), wave)


# What rooms that still write dollars alone use; View.write knows currencies and locales.


def write_money(value: float, digits: int = 0) -> str:
    """Write an amount of dollars: $36,000."""
    return Writer().money(value, "USD", digits)


def write_value(
    estimate: Estimate, statistic: str, *, is_money: bool = False, digits: int | None = None
) -> str:
    """Write an estimate in the unit of its statistic; `is_money` where the variable's is money."""
    return Writer().value(estimate.value, statistic, "USD" if is_money else "", digits or 0)


def write_interval(
    estimate: Estimate, statistic: str, *, is_money: bool = False, digits: int | None = None
) -> str:
    """Write the 95% interval of an estimate: 37.1% to 39.4%; nothing where it has none."""
    currency = "USD" if is_money else ""
    return Writer().interval(estimate.low, estimate.high, statistic, currency, digits)


def write_range(interval: Interval, *, is_money: bool = False) -> str:
    """Write an interval of whole numbers as people do: 18–21, 65 or more, none."""
    return Writer().range(interval, "USD" if is_money else "")
