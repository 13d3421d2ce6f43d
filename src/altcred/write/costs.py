"""Cost estimates as readers see them: how each is written, and the tables of them."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from altcred.core.numbers import HIDDEN, Writer
from altcred.core.records import ALL, Estimate
from altcred.core.statistics import find_statistic
from altcred.describe.prices import Prices, Roles
from altcred.estimate.amounts import name_payback, name_raise
from altcred.write.markdown import to_anchor
from altcred.write.tables import Shown, Table, with_n
from altcred.write.views import MONEY, NOT_OFFERED, SHARE_OF_INCOME, View

# What a row shows: the role, or the variable, with its category behind a dot; and the statistic.
Row = tuple[str, str]
COST_ROWS: Mapping[str, Row] = {
    "Own fees, median": ("fees", "median"),
    "Own fees, mean": ("fees", "mean"),
    "Employer paid or contributed": ("employer_paid", "proportion"),
    "Employer's fees, median of those": ("fees_by_employer", "median"),
    "Financial aid": ("aided", "proportion"),
    "All fees, mean": ("total_fees", "mean"),
    "Share of all fees borne by employers": ("fees_borne.employer", "share"),
    "Hours, mean": ("hours", "mean"),
    "Hours, median": ("hours", "median"),
    "Income, mean": ("income", "mean"),
    "Income, median": ("income", "median"),
    **{
        f"Opportunity cost: {hours} hours, {income} income": (
            f"opportunity_cost.{hours}_hours_{income}_income",
            "mean",
        )
        for hours, income in (("mean", "median"), ("mean", "mean"), ("median", "median"))
    },
    "Opportunity cost person by person, mean": ("opportunity_cost_each", "mean"),
    "Opportunity cost person by person, median": ("opportunity_cost_each", "median"),
    "Paid for some or all study time": ("paid_time", "proportion"),
    "Pay for study time, mean of those": ("pay", "mean"),
    "Own fees and time, less pay, mean": ("learner_cost", "mean"),
    "Own fees and time, less pay, median": ("learner_cost", "median"),
    "All fees and time, mean": ("total_cost", "mean"),
    "All fees and time, median": ("total_cost", "median"),
}


@dataclass(frozen=True)
class CostView:
    """The cost estimates of one survey, looked up by role or by name."""

    view: View
    prices: Prices

    @property
    def suffix(self) -> str:
        """What anchors of the wave's chapter end with."""
        return to_anchor(self.view.wave)

    @property
    def writer(self) -> Writer:
        """Writes numbers as readers of the study's locale expect them."""
        return self.view.writer

    def name(self, what: str) -> str:
        """Return the variable, or the answer, that plays a role; a name that is no role as it is.

        An empty text for a role that nothing plays.
        """
        if what in Roles.model_fields:
            return self.prices.roles.given().get(what, "")
        return what

    def find(self, what: str, statistic: str, subgroup: str = ALL) -> Estimate | None:
        """Return an estimate by role or name, with its category behind a dot."""
        variable, _, category = self.name(what).partition(".")
        return self.view.find(variable, category, statistic, subgroup)

    def shown(self, what: str, statistic: str, subgroup: str = ALL) -> Estimate | None:
        """Return the estimate if there is a number to show."""
        variable, _, category = self.name(what).partition(".")
        return self.view.shown(variable, category, statistic, subgroup)

    def types(self, what: str, statistic: str) -> list[str]:
        """Return the program types that there is a number to show of; everybody without types."""
        parts = self.view.subgroups(total=False)
        return [part for part in parts if self.shown(what, statistic, part) is not None]

    def money(self, amount: float, currency: str = "") -> str:
        """Write an amount, whole unless it is small, in the currency of the prices or another."""
        digits = 0 if abs(amount) >= 10 else None
        return self.writer.money(amount, currency or self.prices.currency, digits)

    def currency(self, found: Estimate) -> str:
        """Return the currency of an estimate in money; none of any other."""
        if find_statistic(found.statistic).unit != "own":
            return ""
        return (
            self.prices.currency if found.variable in MONEY else self.view.currency(found.variable)
        )

    def write(self, found: Estimate) -> str:
        """Write a cost estimate: a share of income as percent, an amount in its currency."""
        if not found.is_shown:
            return HIDDEN
        if found.variable == SHARE_OF_INCOME:
            return self.writer.percent(found.value, 1 if found.value < 0.1 else 0)
        if currency := self.currency(found):
            return self.money(found.value, currency)
        return self.writer.value(found.value, found.statistic, digits=0)

    def cell(self, what: str, statistic: str, subgroup: str) -> Shown:
        """Return a cell of a table; a word where there is no such estimate."""
        found = self.find(what, statistic, subgroup)
        return (
            Shown(NOT_OFFERED)
            if found is None
            else Shown(self.write(found), found, self._behind(found))
        )

    def _behind(self, found: Estimate) -> tuple[str, str, str]:
        """Return the value with the digits that its rounding needs, its interval, and its n."""
        if not found.is_shown:
            return HIDDEN, "", HIDDEN
        unit = "proportion" if found.variable == SHARE_OF_INCOME else found.statistic
        currency = self.currency(found)
        digits = 1 if find_statistic(unit).unit == "share" else None
        value = self.writer.value(found.value, unit, currency, digits)
        interval = self.writer.interval(found.low, found.high, unit, currency)
        return value, interval, self.writer.number(found.n)

    # Tables --------------------------------------------------------------------------------

    def statistics_table(
        self, id: str, heading: str, rows: Mapping[str, Row], notes: Sequence[str] = ()
    ) -> Table | None:
        """Return a table of chosen statistics: a row each, a column a program type and all.

        Rows that the wave has no estimate of are left out.
        """
        subgroups = self.view.subgroups()
        shown = {
            label: [self.cell(what, statistic, part) for part in subgroups]
            for label, (what, statistic) in rows.items()
        }
        kept = [(one, cells) for one, cells in shown.items() if any(c.estimate for c in cells)]
        if not kept:
            return None
        columns = [self.view.subgroup_label(part) for part in subgroups]
        sizes = [_sizes_of(kept, [place]) for place in range(len(columns))]
        spanners = []
        if all(len(one) < 2 for one in sizes):
            columns = [self._with_n(*one) for one in zip(columns, sizes, strict=True)]
        else:
            # Where n differs from row to row it stands beside each number.
            spanners = self._span(subgroups, 2)
            columns = ["", "n"] * len(columns)
            beside = {one: [self._size(cell) for cell in cells] for one, cells in kept}
            kept = [
                (one, [c for pair in zip(cells, beside[one], strict=True) for c in pair])
                for one, cells in kept
            ]
        return Table(f"{id}-{self.suffix}", heading, columns, kept, list(notes), spanners=spanners)

    def costs_table(self) -> Table | None:
        """Return what a program cost: fees, hours and opportunity cost."""
        note = "Each number is of the n who told what it needs. Incomes of zero count."
        return self.statistics_table("costs", "Cost", COST_ROWS, [note])

    def periods_table(self) -> Table | None:
        """Return in which price periods people answered, what they had paid, and what was open."""
        periods, plans = self.prices.periods, self.prices.plans
        rows: dict[str, Row] = {}
        for name, one in periods.items():
            rows[f"Answered under: {one.label.lower()}"] = (f"price_period.{name}", "proportion")
        for name, one in periods.items():
            rows[f"Median fees paid, {one.label.lower()}"] = (f"fees_by_period.{name}", "median")
        for name in self.limited_plans():
            label = f"Answered while open to them: {plans[name].label}"
            rows[label] = (f"plan_open.{name}", "proportion")
        return self.statistics_table("periods", "Price period", rows)

    def limited_plans(self) -> list[str]:
        """Return the plans that were open only to some, or only for a time."""
        return [one for one, plan in self.prices.plans.items() if plan.open_to or plan.access.end]

    def benefits_table(self) -> Table | None:
        """Return who reported which kind of benefit, first the one that stands for a raise."""
        groups = self.prices.benefit_groups
        names = sorted(groups, key=lambda name: name != self.prices.payback.benefit)
        note = "Of those who ticked at least one benefit; a person can be in several rows."
        rows = {groups[one].label: (f"benefit_groups.{one}", "proportion") for one in names}
        return self.statistics_table("benefit-groups", "At least one of", rows, [note])

    def payback_table(self, id: str = "payback") -> Table | None:
        """Return the raise a year that pays back the median cost, by years and value of time.

        A column in money and one as a share of income for each program type.
        """
        subgroups = self.payback_parts("breakeven_share", "median")
        if not subgroups:
            return None
        rows = []
        for years in self.prices.payback.years:
            for time_value in self.prices.payback.time_values:
                name = name_payback(years, time_value)
                cells = [
                    self.cell(f"{variable}.{name}", "median", part)
                    for part in subgroups
                    for variable in ("breakeven_raise", "breakeven_share")
                ]
                label = f"{write_years(years)}, time at {self.writer.percent(time_value)}"
                rows.append((label, cells))
        labels = [
            self._with_n(label, _sizes_of(rows, [place]))
            for place, label in enumerate(["Amount a year", "Share of income"] * len(subgroups))
        ]
        notes = [
            "Half of those who told fees, hours and income need no more than this. Time at: what "
            "an hour of study is worth, of an hour's earnings. Pay received for the study time is "
            "taken off. The share of income is told of those with an income above zero."
        ]
        spanners = self._span(subgroups, 2)
        id = f"{id}-{self.suffix}"
        return Table(id, "Paid back within", labels, rows, notes, spanners=spanners)

    def raises_table(self, variable: str) -> Table | None:
        """Return for whom a raise would cover the cost, with time worth least and most.

        `variable` is `pays_back` (were everybody given the raise) or `outweighs` (only those who
        reported the benefit).
        """
        assumed = self.prices.payback
        values = sorted({min(assumed.time_values), max(assumed.time_values)})
        subgroups = self.payback_parts(variable, "proportion")
        if not subgroups:
            return None
        rows = []
        for share in assumed.raises:
            for years in assumed.years:
                cells = [
                    self.cell(f"{variable}.{name_raise(share, years, one)}", "proportion", part)
                    for part in subgroups
                    for one in values
                ]
                rows.append((f"{self.percent(share)} for {write_years(years)}", cells))
        notes = ["Shares of the n who told fees, hours and an income above zero."]
        if variable == "outweighs":
            any_raise = [self.cell("outweighs.any_raise", "proportion", part) for part in subgroups]
            rows.append(("Any raise", [cell for cell in any_raise for _ in values]))
            notes = [
                "Shares of the n who told fees, hours, an income above zero, and benefits. Any "
                "raise: the share who reported the benefit, which no other can exceed."
            ]
        labels = [f"Time at {self.writer.percent(one)}" for one in values] * len(subgroups)
        wide = len(values)
        spanners = [
            (self._with_n(label, _sizes_of(rows, range(start, end))), start, end)
            for label, start, end in self._span(subgroups, wide)
        ]
        id = f"{variable.replace('_', '-')}-{self.suffix}"
        return Table(id, "Raise in annual income", labels, rows, notes, spanners=spanners)

    def payback_parts(self, variable: str, statistic: str) -> list[str]:
        """Return the subgroups that there is any such estimate of."""
        has, wave = self.view.estimates.has, self.view.wave
        parts = self.view.subgroups(total=False)
        return [part for part in parts if has(wave, variable, None, statistic, part)]

    def percent(self, share: float) -> str:
        """Write an assumed share with the decimals it has: 5%, 2.5%."""
        is_whole = math.isclose(share * 100, round(share * 100))
        return self.writer.percent(share, 0 if is_whole else 1)

    def _with_n(self, label: str, sizes: Collection[float]) -> str:
        """Return a label with the n of all that stands under it, if that is one."""
        return with_n(self.view, label, *sizes) if len(sizes) == 1 else label

    def _size(self, cell: Shown) -> Shown:
        found = cell.estimate
        if found is None:
            return Shown("")
        return Shown(self.writer.number(found.n) if found.is_shown else HIDDEN)

    def _span(self, subgroups: Sequence[str], width: int) -> list[tuple[str, int, int]]:
        return [
            (self.view.subgroup_label(part), width * place, width * place + width)
            for place, part in enumerate(subgroups)
        ]


def _sizes_of(rows: Iterable[tuple[str, Sequence[Shown]]], places: Collection[int]) -> set[float]:
    """Return of how many people the numbers in some columns are."""
    found = (cells[place].estimate for _, cells in rows for place in places)
    return {one.n for one in found if one is not None and one.is_shown}


def write_years(years: float) -> str:
    """Write a number of years: 1 year, 3 years."""
    return f"{years:g} year{'s' * (years != 1)}"
