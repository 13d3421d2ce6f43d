"""What a program costs: fees under dated price plans, the time of those who did it, payback.

`cohorts/NAME/prices.yaml` is written by a person: price plans with their dates and sources, and
the assumptions under which benefits are set against costs. Opportunity cost is hours times
annual income over the hours of a working year. Payback is arithmetic on those assumptions; it
does not say that a program caused a raise.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import cohort_dir, processed_dir, wave_dir
from altcred.core.records import NAN, Estimate, Recorder
from altcred.describe.codebook import Codebook, check_condition, load_codebook
from altcred.describe.cohort import open_cohort
from altcred.describe.study import (
    Condition,
    Described,
    Name,
    ProgramType,
    Study,
    load_study,
    problems_of_model,
    read_yaml,
)
from altcred.kinds.variable import column_of

PlanKind = Literal[
    "monthly", "annual", "course", "program", "trial", "audit", "initiative", "exam", "credit"
]
# Plans under which nothing is paid, and those that bring credit rather than the program itself.
FREE = {"trial", "audit", "initiative"}
CREDIT = {"exam", "credit"}
DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_YEAR = 365.25
# The wave under which prices, which are nobody's answers, stand among the estimates.
PRICES_WAVE = "costs"
Share = Annotated[float, Field(ge=0, le=1)]


class Period(Described):
    """A span of days, both ends included; an end left out is open."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")
    basis: Literal["printed", "assumed"] = Field(
        default="printed", description="Whether a document prints these dates"
    )
    note: str = Field(default="", description="Why dates that no document prints are assumed")

    def holds(self, on: date) -> bool:
        """Tell whether a day lies in the span."""
        day = on.date() if isinstance(on, datetime) else on
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class PricePeriod(Period):
    """A span of days over which the same printed prices are taken to hold."""

    label: str


class Price(Described):
    """What a plan asks for each unit of its kind: a range, an average, or both."""

    low: float | None = Field(default=None, ge=0)
    high: float | None = Field(default=None, ge=0)
    average: float | None = Field(default=None, ge=0)


class Credits(Described):
    """How many credits a program counts for, of those that a degree needs."""

    low: float = Field(gt=0)
    high: float = Field(gt=0)
    of: float = Field(gt=0)


class PriceSource(Described):
    """Where a price is printed: the document, the place in it, the id of its published row."""

    document: str
    locator: str
    id: str = ""


class Plan(Described):
    """One way to take a program: what it asks, when it was open, to whom, who says so."""

    label: str
    kind: PlanKind
    program_types: list[Name] = Field(min_length=1)
    price: Price | None = Field(default=None, description="Left out where none is printed")
    courses: int | None = Field(
        default=None, ge=1, description="Courses in a program, where the price is for each"
    )
    days: int | None = Field(default=None, ge=1, description="How long a free trial lasts")
    several_programs: bool = Field(
        default=False, description="Whether one payment opens many programs"
    )
    certificate: bool = Field(default=True, description="Whether completion earns the credential")
    credits: Credits | None = None
    enrolment: Period = Field(default=Period(), description="The days on which one can begin")
    access: Period = Field(
        default=Period(), description="The days on which one who began can go on"
    )
    then: list[Name] = Field(
        default_factory=list, description="Plans to go on under when access has ended"
    )
    eligible: str = Field(default="", description="Who may use it, as the document says")
    open_to: Condition = Field(
        default_factory=dict, description="Answers that stand for being eligible"
    )
    note: str = ""
    sources: list[PriceSource] = Field(min_length=1)

    def is_open(self, on: date) -> bool:
        """Tell whether one could begin under the plan on a day; first and last day count."""
        return self.enrolment.holds(on)

    def has_access(self, begun: date, on: date) -> bool:
        """Tell whether somebody who began on a day still had access on another."""
        return self.is_open(begun) and begun <= on and self.access.holds(on)


class BenefitGroup(Described):
    """Several benefits counted as one: whether a person reported any of them."""

    label: str
    of: list[str] = Field(min_length=1)


class Opportunity(Described):
    """Which averages of hours and income the leading opportunity cost multiplies."""

    hours: Literal["mean", "median"] = "mean"
    income: Literal["mean", "median"] = "median"


class Payback(Described):
    """The assumptions under which a raise is set against what the program cost."""

    years: list[int] = Field(default=[1, 3, 5], min_length=1)
    time_values: list[Share] = Field(
        default=[0, 0.25, 0.5, 0.75, 1],
        min_length=1,
        description="What an hour of study is worth, as a share of an hour's earnings",
    )
    raises: list[Annotated[float, Field(gt=0)]] = Field(
        default=[0.02, 0.05, 0.1], min_length=1, description="Raises as shares of annual income"
    )
    benefit: Name | None = Field(
        default=None, description="The benefit group that stands for having been given a raise"
    )


class Comparison(Described):
    """What the table of plans is made for: weeks of study, and days to begin on."""

    weeks: list[Annotated[float, Field(gt=0)]] = Field(default=[4, 12, 26, 52], min_length=1)
    on: list[date] = Field(default_factory=list)


class PricesFile(Described):
    """The content of prices.yaml."""

    currency: str = "USD"
    hours_per_year: float = Field(
        default=2080, gt=0, description="Hours of a working year: 40 hours in each of 52 weeks"
    )
    opportunity: Opportunity = Opportunity()
    payback: Payback = Payback()
    comparison: Comparison = Comparison()
    outliers_above: float | None = Field(
        default=None, gt=0, description="Fees above it are counted as outliers"
    )
    benefit_groups: dict[Name, BenefitGroup] = Field(default_factory=dict)
    documents: dict[str, str] = Field(default_factory=dict, description="Titles of the sources")
    other_program_types: dict[Name, ProgramType] = Field(
        default_factory=dict, description="Programs with printed prices that the study lacks"
    )
    periods: dict[Name, PricePeriod] = Field(default_factory=dict)
    plans: dict[Name, Plan] = Field(min_length=1)


Prices = PricesFile


@dataclass(frozen=True)
class CostRange:
    """What a program costs under a plan: lowest, highest and average; NaN where not printed.

    `completes` is false where the plan ends before the program does.
    """

    low: float
    high: float
    average: float = NAN
    completes: bool = True
    note: str = ""


# Reading ---------------------------------------------------------------------------------------


def load_prices(cohort: str) -> Prices:
    """Read and validate cohorts/COHORT/prices.yaml; InvalidInput with all problems at once."""
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    path = cohort_dir(cohort) / "prices.yaml"
    content = read_yaml(path)
    try:
        prices = PricesFile.model_validate(content)
    except ValidationError as error:
        raise InvalidInput(problems_of_model(path, error)) from None
    refuse_problems(check_prices(prices, study, codebook, path))
    return prices


def check_prices(prices: Prices, study: Study, codebook: Codebook, path: Path) -> Iterator[Problem]:
    """Yield what is wrong between the parts of a price file, its study and its codebook."""
    file = str(path)
    types = [*study.program_types, *prices.other_program_types]
    for name in prices.other_program_types:
        if name in study.program_types:
            yield Problem(
                file, f"other_program_types.{name}", "is one of the study's own.", "Remove it."
            )
    for name, plan in prices.plans.items():
        yield from _check_plan(name, plan, prices, types, file)
        where = f"plans.{name}.open_to"
        yield from check_condition(codebook, study, plan.open_to, file, where)
    yield from _check_periods(prices, file)
    known = codebook.variables.get("benefits")
    for name, group in prices.benefit_groups.items():
        for category in group.of:
            if known is None or category not in known.categories:
                yield Problem(
                    file,
                    f"benefit_groups.{name}.of",
                    f"{category!r} is not one of the benefits in the codebook.",
                    f"Use some of {', '.join(known.categories)}." if known else "",
                )
    benefit = prices.payback.benefit
    if benefit is not None and benefit not in prices.benefit_groups:
        yield Problem(
            file,
            "payback.benefit",
            f"{benefit!r} is not one of benefit_groups.",
            f"Use one of {', '.join(prices.benefit_groups)}.",
        )


def _check_plan(
    name: str, plan: Plan, prices: Prices, types: list[str], file: str
) -> Iterator[Problem]:
    where = f"plans.{name}"
    for program_type in plan.program_types:
        if program_type not in types:
            yield Problem(
                file,
                f"{where}.program_types",
                f"{program_type!r} is not a program type.",
                f"Use some of {', '.join(types)}.",
            )
    for key in ("enrolment", "access"):
        yield from _check_span(getattr(plan, key), file, f"{where}.{key}")
    if plan.access.end and plan.enrolment.end and plan.access.end < plan.enrolment.end:
        yield Problem(file, f"{where}.access.to", "ends before enrolment does.")
    price = plan.price
    if plan.kind in FREE and price is not None:
        yield Problem(file, f"{where}.price", f"does not go with kind {plan.kind}.", "Remove it.")
    elif plan.kind not in FREE | CREDIT and (
        price is None or (price.low is None and price.average is None)
    ):
        yield Problem(file, f"{where}.price", "is missing.", "Give low and high, or average.")
    if price is not None:
        if (price.low is None) != (price.high is None):
            yield Problem(file, f"{where}.price", "has one end of a range only.", "Give both.")
        elif price.low is not None and price.high is not None and price.low > price.high:
            yield Problem(file, f"{where}.price", "has a low above its high.", "Swap them.")
    if (plan.kind == "trial") != (plan.days is not None):
        yield Problem(file, f"{where}.days", "goes with kind trial, and only with it.")
    if plan.credits and not plan.credits.low <= plan.credits.high <= plan.credits.of:
        yield Problem(file, f"{where}.credits", "must rise from low over high to of.")
    for other in plan.then:
        if other not in prices.plans or other == name:
            yield Problem(
                file, f"{where}.then", f"{other!r} is not another plan.", "Name plans of this file."
            )
    for position, source in enumerate(plan.sources):
        if source.document not in prices.documents:
            yield Problem(
                file,
                f"{where}.sources.{position}.document",
                f"{source.document!r} is not one of documents.",
                f"Use one of {', '.join(prices.documents)}.",
            )


def _check_span(span: Period, file: str, where: str) -> Iterator[Problem]:
    if span.start and span.end and span.start > span.end:
        yield Problem(file, where, "ends before it begins.", "Swap from and to.")
    if span.basis == "assumed" and not span.note:
        yield Problem(file, f"{where}.note", "is missing.", "Say why these dates are assumed.")


def _check_periods(prices: Prices, file: str) -> Iterator[Problem]:
    earlier: tuple[str, PricePeriod] | None = None
    for name, span in prices.periods.items():
        where = f"periods.{name}"
        yield from _check_span(span, file, where)
        if earlier is not None:
            before, last = earlier[0], earlier[1].end
            if last is None or span.start is None or span.start <= last:
                yield Problem(
                    file,
                    where,
                    f"does not begin after {before} has ended.",
                    "Write periods in their order, each from the day after the last.",
                )
            elif span.start != last + timedelta(days=1):
                yield Problem(
                    file, where, f"leaves days after {before} without a period.", "Close the gap."
                )
        earlier = (name, span)


# Plans -----------------------------------------------------------------------------------------


def price_period(prices: Prices, on: date) -> str:
    """Return the name of the price period that a day falls in; an empty text for none."""
    return next((name for name, span in prices.periods.items() if span.holds(on)), "")


def list_plans(prices: Prices, program_type: str, on: date | None = None) -> dict[str, Plan]:
    """Return the plans for a program type, or only those one could begin under on a day.

    KeyError where no plan is for such a type.
    """
    known = {name for plan in prices.plans.values() for name in plan.program_types}
    if program_type not in known:
        raise KeyError(
            f"There is no plan for {program_type!r}; there are for {', '.join(sorted(known))}."
        )
    return {
        name: plan
        for name, plan in prices.plans.items()
        if program_type in plan.program_types and (on is None or plan.is_open(on))
    }


def list_options(prices: Prices, name: str, begun: date, on: date) -> list[str]:
    """Return the plans under which somebody who began on a day under one could study on another.

    The plan itself while access lasts; then those it passes to that are open on that day; none
    where the plan was not open to begin with.
    """
    plan = prices.plans[name]
    if not plan.is_open(begun) or on < begun:
        return []
    if plan.has_access(begun, on):
        return [name]
    return [other for other in plan.then if prices.plans[other].is_open(on)]


def count_months(weeks: float) -> int:
    """Return how many months of a subscription so many weeks of study begin."""
    return math.ceil(weeks * 7 / DAYS_PER_MONTH - 1e-9)


def count_years(weeks: float) -> int:
    """Return how many years of a subscription so many weeks of study begin."""
    return math.ceil(weeks * 7 / DAYS_PER_YEAR - 1e-9)


def cost_of_program(
    plan: Plan, weeks: float, *, courses: int | None = None, begun: date | None = None
) -> CostRange:
    """Return what a program that takes so many weeks costs under a plan.

    Months and years that are begun are paid in full. `courses` overrides how many courses the
    plan says a program has. With `begun`, the first day of study, a plan whose access ends
    before the last day does not complete the program. ValueError where weeks are not positive,
    or a price for each course meets an unknown number of courses.
    """
    if not weeks > 0:
        raise ValueError(f"weeks must be positive, not {weeks!r}")
    days = math.ceil(weeks * 7 - 1e-9)
    if begun is not None:
        if not plan.is_open(begun):
            return CostRange(NAN, NAN, completes=False, note="not open on that day")
        last = begun + timedelta(days=days - 1)
        if not plan.access.holds(last):
            return CostRange(
                NAN, NAN, completes=False, note=f"access ends on {plan.access.end:%Y-%m-%d}"
            )
    if plan.kind == "trial" and days > (plan.days or 0):
        return CostRange(NAN, NAN, completes=False, note=f"the trial ends after {plan.days} days")
    if plan.kind in FREE:
        note = "" if plan.certificate else "without the credential"
        return CostRange(0, 0, 0, completes=plan.certificate, note=note)
    price = plan.price or Price()
    if plan.kind == "monthly":
        units = count_months(weeks)
    elif plan.kind == "annual":
        units = count_years(weeks)
    elif plan.kind == "course":
        number = courses or plan.courses
        if number is None:
            raise ValueError("how many courses the program has is needed: give courses")
        units = number
    else:
        units = 1
    low, high, average = (
        NAN if one is None else one * units for one in (price.low, price.high, price.average)
    )
    notes = []
    if math.isnan(low) and math.isnan(average):
        notes.append("the price is not printed")
    if plan.kind in CREDIT:
        notes.append("besides what the program costs")
    return CostRange(low, high, average, note="; ".join(notes))


def compare_plans(
    prices: Prices, program_type: str, weeks: float, on: date, *, courses: int | None = None
) -> Any:
    """Return what a program of so many weeks costs under each plan for it, begun on a day.

    A DataFrame, a row a plan: plan, label, kind, is_open (on that day), low, high, average
    (NaN where not printed, or where the plan was not open), completes, certificate, note.
    """
    import pandas as pd

    rows = []
    for name, plan in list_plans(prices, program_type).items():
        cost = cost_of_program(plan, weeks, courses=courses, begun=on)
        is_open = plan.is_open(on)
        if not is_open:
            cost = CostRange(NAN, NAN, completes=False, note=_describe_closed(plan, on))
        rows.append(
            {
                "plan": name,
                "label": plan.label,
                "kind": plan.kind,
                "is_open": is_open,
                "low": cost.low,
                "high": cost.high,
                "average": cost.average,
                "completes": cost.completes,
                "certificate": plan.certificate,
                "note": cost.note,
            }
        )
    return pd.DataFrame(rows)


def _describe_closed(plan: Plan, on: date) -> str:
    if plan.enrolment.start and on < plan.enrolment.start:
        return f"not before {plan.enrolment.start:%Y-%m-%d}"
    return f"enrolment ended on {plan.enrolment.end:%Y-%m-%d}"


# Estimates -------------------------------------------------------------------------------------


def costs_folder(cohort: str, wave: str) -> Path:
    """Return the folder of a wave's cost estimates."""
    return processed_dir(cohort) / f"costs-{wave}"


def name_payback(years: int, time_value: float) -> str:
    """Return the category of a payback within so many years at a value of time."""
    return f"years_{years}_time_{time_value * 100:g}"


def name_raise(share: float, years: int, time_value: float) -> str:
    """Return the category of a raise that lasts so many years at a value of time."""
    return f"raise_{share * 100:g}_{name_payback(years, time_value)}"


def estimate_costs(cohort: str, wave: str) -> Any:
    """Estimate what a program cost its respondents, and what would pay it back.

    Reads responses.parquet and estimates.csv of the wave and prices.yaml; returns the columns
    of estimates.csv, of all, each program type and the named subgroups:

    - `opportunity_cost`: averages of hours and income multiplied; category '' as prices.yaml's
      `opportunity` says, the others name their averages (`mean_hours_mean_income`).
    - person by person: `opportunity_cost_each`; `total_fees` (own and the employer's);
      `learner_cost` (own fees and time, less pay for the time); `total_cost` (all fees and time).
    - `fees_borne`: the share of all fees (statistic `share`) that `learner` and `employer` paid.
    - `fee_outliers`, `price_period`, `fees_by_period`, `plan_open` (people who answered on a
      day when the plan could be begun, and to whom it was open; of its program types).
    - `benefit_groups`: shares that reported any benefit of a group; `payback_benefit`
      (`reported`): of the one that `payback` names.
    - `payback_cost` by value of time; `breakeven_raise` and `breakeven_share`: the raise a year,
      in money and as a share of income, that pays it back; `pays_back`: the share whose cost a
      raise would cover; `outweighs`: of all, those who also reported the benefit.
    - of wave `costs`: `price` of each plan, and each `assumption` that sentences speak of: the
      middle ones of years and raises, the shortest years, the least and most worth of time.

    What the wave did not ask is left out. Small cells are suppressed as for every estimate.
    """
    import pandas as pd

    from altcred.core.engine import Engine
    from altcred.estimate.aggregate import list_named_subgroups, list_parts, open_source
    from altcred.estimate.protection import protect
    from altcred.estimate.store import compose_frame, read_estimates

    opened = open_cohort(cohort)
    study, codebook = opened.study, opened.codebook
    prices = load_prices(cohort)
    folder = wave_dir(cohort, wave)
    known = set(codebook.in_wave(wave))
    with Engine() as engine:
        engine.read_parquet("responses", folder / "responses.parquet")
        source = open_source(engine, "responses", study, codebook, wave)
        named = [
            name
            for name in list_named_subgroups(study, codebook, wave)
            if study.subgroups[name].variables is None
        ]
        parts = list_parts(source, study, named, with_programs=False)
        people = _open_people(source, prices, known)
        rows = [
            *_describe_people(people, parts),
            *_describe_fees(people, parts, prices, known),
            *_describe_periods(people, parts, prices, known),
            *_describe_plans(people, parts, study, prices, known),
            *_describe_benefits(people, parts, prices, known),
            *_describe_payback(people, parts, prices, known),
        ]
    averages = read_estimates(folder / "estimates.csv")
    rows += _multiply_averages(averages, wave, [part.name for part in parts], prices)
    frames = [compose_frame(rows, wave), compose_frame(_list_prices(prices), PRICES_WAVE)]
    return protect(pd.concat(frames, ignore_index=True), opened)


def _row(
    subgroup: str,
    variable: str,
    category: str,
    statistic: str,
    value: float,
    n: float,
    note: str = "",
) -> Estimate:
    return Recorder(subgroup, variable).number(statistic, value, n=n, category=category, note=note)


def _multiply_averages(
    averages: Any, wave: str, subgroups: Iterable[str], prices: Prices
) -> Iterator[Estimate]:
    leading = prices.opportunity
    for subgroup in subgroups:
        for hours_kind in ("mean", "median"):
            for income_kind in ("mean", "median"):
                places = ((wave, "total_hours", hours_kind), (wave, "income", income_kind))
                if not all(
                    averages.has(on, variable, "", statistic, subgroup)
                    for on, variable, statistic in places
                ):
                    continue
                hours, income = (
                    averages.find(on, variable, "", statistic, subgroup)
                    for on, variable, statistic in places
                )
                cost = hours.value * income.value / prices.hours_per_year
                note = (
                    f"{hours_kind} hours (n = {hours.n:.0f}) x {income_kind} income "
                    f"(n = {income.n:.0f}) / {prices.hours_per_year:g}"
                )
                if math.isnan(cost):
                    note = hours.note or income.note
                n = min(hours.n, income.n)
                name = f"{hours_kind}_hours_{income_kind}_income"
                yield _row(subgroup, "opportunity_cost", name, "mean", cost, n, note)
                if (hours_kind, income_kind) == (leading.hours, leading.income):
                    yield _row(subgroup, "opportunity_cost", "", "mean", cost, n, note)


def _list_prices(prices: Prices) -> Iterator[Estimate]:
    for name, plan in prices.plans.items():
        given = plan.price.model_dump(exclude_none=True) if plan.price else {}
        if plan.days:
            given["days"] = plan.days
        if plan.courses:
            given["courses"] = plan.courses
        if plan.credits:
            given |= {f"credits_{key}": value for key, value in plan.credits.model_dump().items()}
        note = "; ".join(source.id or source.locator for source in plan.sources)
        for statistic, value in given.items():
            yield _row("all", "price", name, statistic, value, NAN, note)
    assumed = prices.payback
    named = {
        "hours_per_year": prices.hours_per_year,
        "raise": sorted(assumed.raises)[len(assumed.raises) // 2],
        "years": sorted(assumed.years)[len(assumed.years) // 2],
        "shortest_years": min(assumed.years),
        "least_time": min(assumed.time_values),
        "most_time": max(assumed.time_values),
    }
    for name, value in named.items():
        yield _row("all", "assumption", name, "value", value, NAN, "of prices.yaml")


def _open_people(source: Any, prices: Prices, known: set[str]) -> Any:
    """Return the responses with a column for each cost that can be told of a person.

    Fees and pay that only some were asked about are nothing for the others, and unknown for
    those of whom it is not known whether they were asked.
    """
    from altcred.core.engine import quoted

    def asked_amount(name: str) -> str:
        if name not in known:
            return "CAST(0 AS DOUBLE)"
        asked = source.conditions.asked(name)
        return (
            f"CASE WHEN ({asked}) THEN {quoted(name)} WHEN NOT ({asked}) THEN CAST(0 AS DOUBLE) END"
        )

    has_time = {"total_hours", "income"} <= known
    time = f"total_hours * income / {prices.hours_per_year!r}" if has_time else "NULL"
    own = "fees_paid" if "fees_paid" in known else "NULL"
    base = {
        "cost_time": f"CAST({time} AS DOUBLE)",
        "cost_own": f"CAST({own} AS DOUBLE)",
        "cost_employer": asked_amount("employer_fees"),
        "cost_pay": asked_amount("employer_pay"),
        "cost_income": "CAST(income AS DOUBLE)" if "income" in known else "CAST(NULL AS DOUBLE)",
    }
    columns = ", ".join(f"{expression} AS {name}" for name, expression in base.items())
    source.engine.run(
        f"CREATE OR REPLACE TEMP VIEW cost_people AS SELECT *, {columns} FROM {source.table}"
    )
    return replace(source, table="cost_people")


def _count_expression(people: Any, expression: str, where: str = "TRUE") -> Any:
    """Count people by the value of an expression, rounded to cents; missing values left out."""
    return people.engine.frame(
        f"SELECT {people.keys}, round({expression}, 2) AS value, count(*) AS people"
        f" FROM {people.table} WHERE ({where}) AND ({expression}) IS NOT NULL"
        f" GROUP BY {people.keys}, round({expression}, 2)"
    )


def _describe_values(
    cells: Any,
    parts: Iterable[Any],
    variable: str,
    category: str = "",
    *,
    only: set[str] | None = None,
    note: str = "",
) -> Iterator[Estimate]:
    from altcred.core.distribution import describe_numbers

    for part in parts:
        inside = cells[part.holds(cells)]
        n = float(inside["people"].sum())
        if not n:
            continue
        yield _row(part.name, variable, category, "nobs", n, n, note)
        values = inside["value"].to_numpy(dtype=float)
        counts = inside["people"].to_numpy(dtype=float)
        for one in describe_numbers(Recorder(part.name, variable), values, counts, {}):
            if only is None or one.statistic in only:
                yield replace(one, category=category, note=one.note or note)


def _describe_share(
    subgroup: str, variable: str, category: str, count: float, n: float, note: str = ""
) -> Iterator[Estimate]:
    record = Recorder(subgroup, variable)
    yield record.number("count", count, n=n, category=category, note=note)
    if n:
        yield record.share(count, n, category=category, note=note)


def _describe_people(people: Any, parts: list[Any]) -> Iterator[Estimate]:
    expressions = {
        "opportunity_cost_each": "cost_time",
        "total_fees": "cost_own + cost_employer",
        "learner_cost": "cost_own + cost_time - cost_pay",
        "total_cost": "cost_own + cost_employer + cost_time",
    }
    for variable, expression in expressions.items():
        yield from _describe_values(_count_expression(people, expression), parts, variable)


def _describe_fees(
    people: Any, parts: list[Any], prices: Prices, known: set[str]
) -> Iterator[Estimate]:
    """Yield who bore the fees, in money, and how many fees are beyond the outlier limit."""
    if "fees_paid" not in known:
        return
    limit = prices.outliers_above
    is_outlier = (
        "FALSE"
        if limit is None
        else f"coalesce(cost_own > {limit!r}, FALSE) OR coalesce(cost_employer > {limit!r}, FALSE)"
    )
    sums = people.engine.frame(
        f"SELECT {people.keys},"
        " sum(CASE WHEN cost_own + cost_employer IS NOT NULL THEN cost_own END) AS own,"
        " sum(CASE WHEN cost_own + cost_employer IS NOT NULL THEN cost_employer END) AS employer,"
        " sum(CASE WHEN cost_own + cost_employer IS NOT NULL THEN 1 ELSE 0 END) AS people,"
        " sum(CASE WHEN cost_own IS NOT NULL OR cost_employer > 0 THEN 1 ELSE 0 END) AS gave,"
        f" sum(CASE WHEN {is_outlier} THEN 1 ELSE 0 END) AS outliers"
        f" FROM {people.table} GROUP BY {people.keys}"
    ).fillna(0)
    for part in parts:
        inside = sums[part.holds(sums)]
        n = float(inside["people"].sum())
        own, employer = float(inside["own"].sum()), float(inside["employer"].sum())
        if own + employer > 0:
            yield _row(part.name, "fees_borne", "", "nobs", n, n)
            for category, value in (("learner", own), ("employer", employer)):
                yield _row(part.name, "fees_borne", category, "share", value / (own + employer), n)
        gave = float(inside["gave"].sum())
        if limit is not None and gave:
            outliers = float(inside["outliers"].sum())
            yield from _describe_share(
                part.name, "fee_outliers", "above", outliers, gave, f"above {limit:g}"
            )


def write_period(span: Period) -> str:
    """Return in SQL that a response was submitted within a span of days."""
    clauses = []
    if span.start is not None:
        clauses.append(f"submitted >= CAST('{span.start.isoformat()} 00:00:00' AS TIMESTAMP)")
    if span.end is not None:
        after = span.end + timedelta(days=1)
        clauses.append(f"submitted < CAST('{after.isoformat()} 00:00:00' AS TIMESTAMP)")
    return " AND ".join(clauses) or "submitted IS NOT NULL"


def _describe_periods(
    people: Any, parts: list[Any], prices: Prices, known: set[str]
) -> Iterator[Estimate]:
    """Yield how many answered in each price period, and what they paid."""
    if not prices.periods:
        return
    columns = ", ".join(
        f"sum(CASE WHEN {write_period(span)} THEN 1 ELSE 0 END) AS {name}"
        for name, span in prices.periods.items()
    )
    cells = people.engine.frame(
        f"SELECT {people.keys}, count(*) AS everybody, {columns} FROM {people.table}"
        f" GROUP BY {people.keys}"
    )
    for part in parts:
        inside = cells[part.holds(cells)]
        n = float(inside["everybody"].sum())
        for name in prices.periods:
            yield from _describe_share(
                part.name, "price_period", name, float(inside[name].sum()), n
            )
    if "fees_paid" in known:
        for name, span in prices.periods.items():
            counted = _count_expression(people, "cost_own", write_period(span))
            yield from _describe_values(
                counted, parts, "fees_by_period", name, only={"mean", "median"}
            )


def _describe_plans(
    people: Any, parts: list[Any], study: Study, prices: Prices, known: set[str]
) -> Iterator[Estimate]:
    """Yield how many answered while a plan of their program type could be begun by them."""
    from altcred.core.engine import literal

    plans = {
        name: [one for one in plan.program_types if one in study.program_types]
        for name, plan in prices.plans.items()
        if set(plan.open_to) <= {*known, "program", "program_type"}
    }
    plans = {name: types for name, types in plans.items() if types}
    if not plans:
        return
    columns = []
    for name, types in plans.items():
        plan = prices.plans[name]
        inside = f"program_type IN ({', '.join(literal(one) for one in types)})"
        is_open = (
            f"{inside} AND {write_period(plan.enrolment)}"
            f" AND {people.conditions.holds(plan.open_to)}"
        )
        columns += [
            f'sum(CASE WHEN {inside} THEN 1 ELSE 0 END) AS "n:{name}"',
            f'sum(CASE WHEN {is_open} THEN 1 ELSE 0 END) AS "{name}"',
        ]
    cells = people.engine.frame(
        f"SELECT {people.keys}, {', '.join(columns)} FROM {people.table} GROUP BY {people.keys}"
    )
    for part in parts:
        inside = cells[part.holds(cells)]
        for name in plans:
            n = float(inside[f"n:{name}"].sum())
            if n:
                yield from _describe_share(
                    part.name, "plan_open", name, float(inside[name].sum()), n
                )


def _write_benefit(people: Any, group: BenefitGroup) -> tuple[str, str]:
    """Return in SQL that a person reported any benefit of a group, and that any was reported."""
    from altcred.core.engine import quoted

    offered = people.codebook.variables["benefits"].categories_in(people.wave)
    reported = [
        f"coalesce({quoted(column_of('benefits', one))}, FALSE)"
        for one in group.of
        if one in offered
    ]
    answered = [f"{quoted(column_of('benefits', one))} IS NOT NULL" for one in offered]
    return f"({' OR '.join(reported) or 'FALSE'})", f"({' OR '.join(answered)})"


def _describe_benefits(
    people: Any, parts: list[Any], prices: Prices, known: set[str]
) -> Iterator[Estimate]:
    if not prices.benefit_groups or "benefits" not in known:
        return
    columns = []
    for name, group in prices.benefit_groups.items():
        reported, answered = _write_benefit(people, group)
        columns += [
            f'sum(CASE WHEN {answered} THEN 1 ELSE 0 END) AS "n:{name}"',
            f'sum(CASE WHEN {answered} AND {reported} THEN 1 ELSE 0 END) AS "{name}"',
        ]
    cells = people.engine.frame(
        f"SELECT {people.keys}, {', '.join(columns)} FROM {people.table} GROUP BY {people.keys}"
    )
    for part in parts:
        inside = cells[part.holds(cells)]
        for name in prices.benefit_groups:
            n = float(inside[f"n:{name}"].sum())
            if n:
                count = float(inside[name].sum())
                yield from _describe_share(part.name, "benefit_groups", name, count, n)
                if name == prices.payback.benefit:
                    yield from _describe_share(part.name, "payback_benefit", "reported", count, n)


def write_payback_cost(time_value: float) -> str:
    """Return in SQL what a raise would have to pay back, at a value of time.

    Own fees, and the hours at that share of an hour's earnings as far as pay for the study time
    did not cover them.
    """
    unpaid = f"{float(time_value)!r} * cost_time - cost_pay"
    # Written out, since GREATEST passes over missing values in some engines.
    return f"(cost_own + CASE WHEN {unpaid} < 0 THEN 0 ELSE {unpaid} END)"


def _describe_payback(
    people: Any, parts: list[Any], prices: Prices, known: set[str]
) -> Iterator[Estimate]:
    if not {"total_hours", "income", "fees_paid"} <= known:
        return
    assumed = prices.payback
    for time_value in assumed.time_values:
        cost = write_payback_cost(time_value)
        cells = _count_expression(people, cost)
        name = f"time_{time_value * 100:g}"
        yield from _describe_values(cells, parts, "payback_cost", name, only={"mean", "median"})
        relative = people.engine.frame(
            f"SELECT {people.keys}, round({cost} / cost_income, 6) AS value, count(*) AS people"
            f" FROM {people.table} WHERE cost_income > 0 AND {cost} IS NOT NULL"
            f" GROUP BY {people.keys}, round({cost} / cost_income, 6)"
        )
        for variable, counted in (("breakeven_raise", cells), ("breakeven_share", relative)):
            for years in assumed.years:
                spread = counted.assign(value=counted["value"] / years)
                yield from _describe_values(
                    spread, parts, variable, name_payback(years, time_value), only={"median"}
                )
    yield from _describe_raises(people, parts, prices, known)


def _describe_raises(
    people: Any, parts: list[Any], prices: Prices, known: set[str]
) -> Iterator[Estimate]:
    """Yield whose cost a raise would cover: assumed for all, and where one was reported."""
    assumed = prices.payback
    group = prices.benefit_groups.get(assumed.benefit or "")
    reported, answered = "FALSE", "FALSE"
    if group is not None and "benefits" in known:
        reported, answered = _write_benefit(people, group)
    columns = []
    names = []
    for time_value in assumed.time_values:
        cost = write_payback_cost(time_value)
        told = f"cost_income > 0 AND {cost} IS NOT NULL"
        columns += [
            f'sum(CASE WHEN {told} THEN 1 ELSE 0 END) AS "n:{time_value!r}"',
            f'sum(CASE WHEN {told} AND {answered} THEN 1 ELSE 0 END) AS "m:{time_value!r}"',
        ]
        for share in assumed.raises:
            for years in assumed.years:
                name = name_raise(share, years, time_value)
                names.append((name, time_value))
                covered = f"{told} AND {float(share)!r} * {years} * cost_income >= {cost}"
                columns += [
                    f'sum(CASE WHEN {covered} THEN 1 ELSE 0 END) AS "p:{name}"',
                    f"sum(CASE WHEN {covered} AND {answered} AND {reported} THEN 1 ELSE 0 END)"
                    f' AS "o:{name}"',
                ]
    cells = people.engine.frame(
        f"SELECT {people.keys}, {', '.join(columns)} FROM {people.table} GROUP BY {people.keys}"
    )
    for part in parts:
        inside = cells[part.holds(cells)]
        for name, time_value in names:
            for variable, held, of in (("pays_back", "p", "n"), ("outweighs", "o", "m")):
                n = float(inside[f"{of}:{time_value!r}"].sum())
                if n:
                    count = float(inside[f"{held}:{name}"].sum())
                    yield from _describe_share(part.name, variable, name, count, n)
