"""Tables of price plans: what each asks, and what a program costs under it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from altcred.core.numbers import Writer, Written, cents_of
from altcred.describe.prices import CREDIT, Period, Plan, Prices
from altcred.describe.study import Study
from altcred.estimate.plans import CostRange, cost_of_program, list_options, list_plans
from altcred.write.tables import Shown, Table

UNITS = {"monthly": "a month", "annual": "a year", "course": "a course"}
ENDS = "Ends first"
CLOSED = "Closed"


@dataclass(frozen=True)
class PlanTables:
    """The price plans of a study as tables; `suffix` tells those of one chapter from others'."""

    prices: Prices
    study: Study
    suffix: str

    # Tables --------------------------------------------------------------------------------

    def list_all(self) -> Table:
        """Return the table of price plans: what each asks, of whom, when, and who prints it."""
        plans = self.prices.plans.values()
        rows = []
        for plan in plans:
            dates = write_span(plan.enrolment)
            if plan.enrolment.basis == "assumed":
                dates = f"({dates})"
            if plan.access.end is not None:
                dates += f"; access until {write_day(plan.access.end)}"
            types = ", ".join(self.label(name) for name in plan.program_types)
            sources = {f"{source.document}, {source.locator}": None for source in plan.sources}
            cells = [self._write_price(plan), types, dates, "; ".join(sources)]
            rows.append((plan.label, [Shown(text) for text in cells]))
        cited = {source.document for plan in plans for source in plan.sources}
        notes = [
            "Dates on which one can begin, first and last day included. In parentheses: assumed, "
            "because no document prints them.",
            *(f"{n}: {title}." for n, title in self.prices.documents.items() if n in cited),
            *(f"{plan.label}: {plan.eligible}." for plan in plans if plan.eligible),
            *(f"{plan.label}: {plan.note}" for plan in plans if plan.note),
            *self._describe_afterwards(),
        ]
        columns = ["Price", "Programs", "Can be begun", "Source"]
        return Table(f"plans-{self.suffix}", "Plan", columns, rows, notes)

    def by_weeks(self, program_type: str) -> Table:
        """Return what a program costs under each plan, whenever open, by weeks of prices.yaml.

        A plan whose access ends on a fixed day is begun on its first day. Where no plan depends on
        the weeks, one column stands for all.
        """
        chosen = self.prices.comparison.weeks
        rows = []
        for plan in list_plans(self.prices, program_type).values():
            costs = [cost_of_program(plan, one, begun=plan.enrolment.start) for one in chosen]
            cells = [Shown(self._write_cost(plan, cost)) for cost in costs]
            rows.append((plan.label, [Shown(write_span(plan.enrolment)), *cells]))
        columns = [f"{number:g} week{'s' * (number != 1)}" for number in chosen]
        notes = self._cost_notes(rows, program_type)
        if all(len({cell.text for cell in cells[1:]}) == 1 for _, cells in rows):
            # No need to say the same for each number of weeks.
            columns = ["Any number of weeks"]
            rows = [(label, cells[:2]) for label, cells in rows]
        id = f"student-{program_type}-{self.suffix}"
        return Table(id, self.label(program_type), ["Can be begun", *columns], rows, notes)

    def by_days(self, program_type: str, weeks: float) -> Table:
        """Return what a program of so many weeks costs under each plan, by days of prices.yaml."""
        days = self.prices.comparison.on
        rows = []
        for plan in list_plans(self.prices, program_type).values():
            costs = [cost_of_program(plan, weeks, begun=day) for day in days]
            texts = [self._write_cost(plan, one) if one.is_open else CLOSED for one in costs]
            rows.append((plan.label, [Shown(text) for text in texts]))
        heading = f"{self.label(program_type)}, {self._writer.number(weeks, None)} weeks"
        columns = [f"Begun {write_day(day)}" for day in days]
        notes = self._cost_notes(rows, program_type)
        return Table(f"dates-{program_type}-{self.suffix}", heading, columns, rows, notes)

    # Words ---------------------------------------------------------------------------------

    def label(self, program_type: str) -> str:
        """Return what a program type is called, one of the study's or another with prices."""
        return {**self.study.program_types, **self.prices.other_program_types}[program_type].label

    @property
    def _writer(self) -> Writer:
        return Writer(self.study.locale)

    def _describe_afterwards(self) -> Iterator[str]:
        """Yield how those who began under a plan could go on once its access had ended."""
        for name, plan in self.prices.plans.items():
            last, end = plan.enrolment.end, plan.access.end
            if last is None or end is None:
                continue
            after = end + timedelta(days=1)
            options = list_options(self.prices, name, last, after)
            if options:
                listed = "; ".join(self.prices.plans[each].label for each in options)
                yield (
                    f"{plan.label}: who had begun by {write_day(last)} could go on from "
                    f"{write_day(after)} under: {listed}."
                )

    def _cost_notes(self, rows: Iterable[tuple[str, list[Shown]]], program_type: str) -> list[str]:
        texts = {cell.text for _, cells in rows for cell in cells}
        plans = list_plans(self.prices, program_type).values()
        notes = []
        if any(plan.kind in ("monthly", "annual") for plan in plans):
            notes.append("Months and years of a subscription that are begun are counted in full.")
        if ENDS in texts:
            notes.append(f"{ENDS}: the plan ends before so many weeks are over.")
        if any("no credential" in text for text in texts):
            notes.append(
                "No credential: the materials alone, without graded work or a certificate."
            )
        return notes

    def _write_money(self, amount: float) -> str:
        currency = self.prices.currency
        digits = 0 if float(amount).is_integer() else cents_of(currency)
        return self._writer.money(amount, currency, digits)

    def _write_range(self, low: float, high: float, average: float) -> str:
        on_average = "" if math.isnan(average) else f"{self._write_money(average)} on average"
        if math.isnan(low):
            return on_average or "not printed"
        if low == high:
            return self._write_money(low)
        text = f"{self._write_money(low)} to {self._write_money(high)}"
        return f"{text}, {on_average}" if on_average else Written(text, {"low": low, "high": high})

    def _write_price(self, plan: Plan) -> str:
        if plan.kind == "trial":
            return f"Free for {plan.days} days"
        if plan.kind in ("audit", "initiative"):
            return "Free" if plan.certificate else "Free, no credential"
        if plan.credits is not None:
            return _write_credits(plan)
        price = plan.price
        if price is None:
            return "Not printed"
        given = [math.nan if one is None else one for one in (price.low, price.high, price.average)]
        return f"{self._write_range(*given)} {UNITS.get(plan.kind, 'for the program')}"

    def _write_cost(self, plan: Plan, cost: CostRange) -> str:
        if plan.credits is not None and cost.completes:
            return _write_credits(plan)
        if plan.kind in CREDIT and math.isnan(cost.low):
            return "Fee not printed"
        if not cost.completes:
            return f"{self._write_money(cost.low)}, no credential" if cost.low == 0 else ENDS
        return self._write_range(cost.low, cost.high, cost.average)


def write_day(day: date) -> str:
    """Write a day: 1 Jan 2017."""
    return f"{day.day} {day:%b %Y}"


def write_span(span: Period) -> str:
    """Write from which to which day something held: 1 Jan 2017 to 31 Aug 2020."""
    if span.start is None:
        return "any time" if span.end is None else f"until {write_day(span.end)}"
    if span.end is None:
        return f"from {write_day(span.start)}"
    return f"{write_day(span.start)} to {write_day(span.end)}"


def _write_credits(plan: Plan) -> str:
    assert plan.credits is not None
    return f"{plan.credits.low:g} to {plan.credits.high:g} of {plan.credits.of:g} credits"
