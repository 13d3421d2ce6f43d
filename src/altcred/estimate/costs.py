"""What a program cost its respondents, and what would pay it back.

Hours, income, fees and pay are the variables that play those roles in prices.yaml, which also holds
price plans and assumptions. Opportunity cost is hours times annual income over the hours of a
working year. Payback is arithmetic on assumptions; it does not say that a program caused a raise.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pandas as pd

from altcred.core.distribution import describe_numbers
from altcred.core.engine import Engine, literal, open_engine, quoted
from altcred.core.paths import processed_dir, wave_dir
from altcred.core.records import Estimate, Recorder
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.prices import BenefitGroup, Period, Prices, load_prices
from altcred.disclose.relations import Question
from altcred.estimate.aggregate import PROGRAM_KEYS, Part, Source, open_source
from altcred.estimate.plans import PRICES_WAVE, list_prices
from altcred.estimate.protection import protect
from altcred.estimate.store import Estimates, compose_frame, read_estimates
from altcred.kinds.variable import column_of


def costs_folder(cohort: str, wave: str) -> Path:
    """Return the folder of a wave's cost estimates."""
    return processed_dir(cohort) / f"costs-{wave}"


def name_payback(years: int, time_value: float) -> str:
    """Return the category of a payback within so many years at a value of time."""
    return f"years_{years}_time_{time_value * 100:g}"


def name_raise(share: float, years: int, time_value: float) -> str:
    """Return the category of a raise that lasts so many years at a value of time."""
    return f"raise_{share * 100:g}_{name_payback(years, time_value)}"


def estimate_costs(cohort: str, wave: str) -> pd.DataFrame:
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
    opened = open_cohort(cohort)
    prices = load_prices(opened)
    folder = wave_dir(cohort, wave)
    with open_engine(opened.study.engine) as engine:
        engine.read_parquet("responses", folder / "responses.parquet")
        people = _open_people(engine, opened, prices, wave)
        records = [
            *_describe_people(people),
            *_describe_fees(people),
            *_describe_periods(people),
            *_describe_plans(people),
            *_describe_benefits(people),
            *_describe_payback(people),
        ]
    averages = read_estimates(folder / "estimates.csv")
    records += _multiply_averages(averages, wave, people.parts, prices)
    frames = [compose_frame(records, wave), compose_frame(list_prices(prices), PRICES_WAVE)]
    shown = pd.concat(frames, ignore_index=True)
    return protect(shown, opened, describe_costs(opened), beside=[folder / "estimates.csv"])


def describe_costs(cohort: Cohort) -> dict[str, Question]:
    """Return what anybody knows of how costs hang together with what the survey says.

    Nothing of a cohort with weights, since costs are of all respondents and the survey is not.
    """
    if any(one.weight for one in cohort.study.waves.values()):
        return {}
    prices = load_prices(cohort)
    found = {"price_period": Question(is_exclusive=True)}
    if prices.roles.fees is not None:
        found["fees_by_period"] = Question(parts_of=prices.roles.fees)
    if asked := prices.roles.benefits:
        groups = {name: (asked, group.of) for name, group in prices.benefit_groups.items()}
        found["benefit_groups"] = Question(counts={"": (asked, [""]), **groups})
        if prices.payback.benefit is not None:
            reported = {"reported": groups[prices.payback.benefit]}
            found["payback_benefit"] = Question(counts={"": (asked, [""]), **reported})
    return found


@dataclass(frozen=True)
class People:
    """The respondents of a wave with a column for each cost that can be told of a person.

    `cost_time`, `cost_own`, `cost_employer`, `cost_pay` and `cost_income` are in money. `types` are
    the study's program types; `has_times` says whether it is known when they answered; `roles` are
    the variables that the wave asked, by role.
    """

    source: Source
    parts: list[Part]
    prices: Prices
    types: list[str]
    has_times: bool
    roles: Mapping[str, str]

    def count_by(self, expression: str, where: str = "TRUE", digits: int = 2) -> pd.DataFrame:
        """Count people by the value of an expression, rounded to cents; missing ones left out."""
        given = f"({where}) AND ({expression}) IS NOT NULL"
        rounded = f"round({expression}, {digits})"
        return self.source.group("count(*) AS people", where=given, value=rounded)

    def shares(
        self, variable: str, tests: Mapping[str, tuple[str, str]], note: str = ""
    ) -> Iterator[Estimate]:
        """Yield of each category how many people a test holds of, and their share.

        `tests` gives a category who it is a share of, and who of those are in it, in SQL.
        """
        columns = {}
        for category, (base, held) in tests.items():
            columns[f"n:{category}"] = f"CASE WHEN {base} THEN 1 ELSE 0 END"
            columns[f"k:{category}"] = f"CASE WHEN ({base}) AND ({held}) THEN 1 ELSE 0 END"
        cells = self.source.group(*(f"sum({one}) AS {quoted(n)}" for n, one in columns.items()))
        for part in self.parts:
            inside = cells[part.holds(cells)]
            record = Recorder(part.name, variable)
            for category in tests:
                n, count = (float(inside[f"{side}:{category}"].sum()) for side in "nk")
                if n:
                    yield record.number("count", count, n=n, category=category, note=note)
                    yield record.share(count, n, category=category, note=note)

    def numbers(
        self,
        cells: pd.DataFrame,
        variable: str,
        category: str = "",
        only: Iterable[str] | None = None,
    ) -> Iterator[Estimate]:
        """Yield the statistics of counted values, or `only` some, and how many told them."""
        for part in self.parts:
            inside = cells[part.holds(cells)]
            n = float(inside["people"].sum())
            if not n:
                continue
            record = Recorder(part.name, variable)
            yield record.number("nobs", n, n=n, category=category)
            values, counts = (inside[name].to_numpy(dtype=float) for name in ("value", "people"))
            for one in describe_numbers(record, values, counts, {}, is_skewed=True):
                if only is None or one.statistic in only:
                    yield replace(one, category=category)


def _open_people(engine: Engine, cohort: Cohort, prices: Prices, wave: str) -> People:
    """Return the responses with a column for each cost that can be told of a person.

    Fees and pay that only some were asked about are nothing for the others, and unknown for
    those of whom it is not known whether they were asked.
    """
    source = open_source(engine, "responses", cohort, wave, with_weights=False)
    subgroups, known = cohort.study.subgroups, source.variables
    named = [name for name in source.named if subgroups[name].variables is None]
    roles = {role: name for role, name in prices.roles.given().items() if name in known}

    def amount(role: str) -> str:
        return quoted(roles[role]) if role in roles else "NULL"

    def asked_amount(role: str) -> str:
        if role not in roles:
            return "0"
        asked = source.conditions.asked(roles[role])
        return f"CASE WHEN ({asked}) THEN {amount(role)} WHEN NOT ({asked}) THEN 0 END"

    columns = {
        "cost_time": f"{amount('hours')} * {amount('income')} / {prices.hours_per_year!r}",
        "cost_own": amount("fees"),
        "cost_employer": asked_amount("fees_by_employer"),
        "cost_pay": asked_amount("pay"),
        "cost_income": amount("income"),
    }
    listed = ", ".join(f"CAST({test} AS DOUBLE) AS {name}" for name, test in columns.items())
    engine.run(f"CREATE OR REPLACE TEMP VIEW cost_people AS SELECT *, {listed} FROM {source.table}")
    source = replace(source, table="cost_people")
    parts = source.parts(named, with_programs=False)
    has_times = cohort.study.waves[wave].submitted is not None
    return People(source, parts, prices, list(cohort.study.program_types), has_times, roles)


def _multiply_averages(
    averages: Estimates, wave: str, parts: Iterable[Part], prices: Prices
) -> Iterator[Estimate]:
    leading, roles = prices.opportunity, prices.roles
    if not (roles.hours and roles.income):
        return
    for part, mean_or_median, kind in product(parts, ("mean", "median"), ("mean", "median")):
        sides = ((roles.hours, mean_or_median), (roles.income, kind))
        if not all(averages.has(wave, name, "", one, part.name) for name, one in sides):
            continue
        hours, income = (averages.find(wave, name, "", one, part.name) for name, one in sides)
        cost = hours.value * income.value / prices.hours_per_year
        note = (
            f"{mean_or_median} hours (n = {hours.n:.0f}) x {kind} income "
            f"(n = {income.n:.0f}) / {prices.hours_per_year:g}"
        )
        if math.isnan(cost):
            note = hours.note or income.note
        record, n = Recorder(part.name, "opportunity_cost"), min(hours.n, income.n)
        name = f"{mean_or_median}_hours_{kind}_income"
        yield record.number("mean", cost, n=n, category=name, note=note)
        if (mean_or_median, kind) == (leading.hours, leading.income):
            yield record.number("mean", cost, n=n, note=note)


def _describe_people(people: People) -> Iterator[Estimate]:
    expressions = {
        "opportunity_cost_each": "cost_time",
        "total_fees": "cost_own + cost_employer",
        "learner_cost": "cost_own + cost_time - cost_pay",
        "total_cost": "cost_own + cost_employer + cost_time",
    }
    for variable, expression in expressions.items():
        yield from people.numbers(people.count_by(expression), variable)


def _describe_fees(people: People) -> Iterator[Estimate]:
    """Yield who bore the fees, in money, and how many fees are beyond the outlier limit."""
    if "fees" not in people.roles:
        return
    told = "cost_own + cost_employer IS NOT NULL"
    # By amount, since sums of what people paid would depend on their order in the last digit.
    fees = {
        payer: people.count_by(column, told, digits=9)
        for payer, column in (("learner", "cost_own"), ("employer", "cost_employer"))
    }
    for part in people.parts:
        inside = {payer: cells[part.holds(cells)] for payer, cells in fees.items()}
        paid = {payer: float((one["value"] * one["people"]).sum()) for payer, one in inside.items()}
        if (total := sum(paid.values())) > 0:
            record, n = Recorder(part.name, "fees_borne"), float(inside["learner"]["people"].sum())
            yield record.number("nobs", n, n=n)
            for payer, amount in paid.items():
                yield record.number("share", amount / total, n=n, category=payer)
    limit = people.prices.outliers_above
    if limit is not None:
        gave = "cost_own IS NOT NULL OR coalesce(cost_employer > 0, FALSE)"
        above = [f"coalesce({name} > {limit!r}, FALSE)" for name in ("cost_own", "cost_employer")]
        tests = {"above": (gave, " OR ".join(above))}
        yield from people.shares("fee_outliers", tests, f"above {limit:g}")


def write_period(span: Period) -> str:
    """Return in SQL that a response was submitted within a span of days."""
    clauses = []
    if span.start is not None:
        clauses.append(f"submitted >= CAST('{span.start.isoformat()} 00:00:00' AS TIMESTAMP)")
    if span.end is not None:
        after = span.end + timedelta(days=1)
        clauses.append(f"submitted < CAST('{after.isoformat()} 00:00:00' AS TIMESTAMP)")
    return " AND ".join(clauses) or "submitted IS NOT NULL"


def _describe_periods(people: People) -> Iterator[Estimate]:
    """Yield how many answered in each price period, and what they paid."""
    spans = {name: write_period(span) for name, span in people.prices.periods.items()}
    if not (spans and people.has_times):
        return
    tests = {name: ("TRUE", span) for name, span in spans.items()}
    yield from people.shares("price_period", tests)
    if "fees" in people.roles:
        for name, span in spans.items():
            cells = people.count_by("cost_own", span)
            yield from people.numbers(cells, "fees_by_period", name, ("mean", "median"))


def _describe_plans(people: People) -> Iterator[Estimate]:
    """Yield how many answered while a plan of their program type could be begun by them.

    In a study without programs every plan is for everybody.
    """
    known = {*people.source.variables, *PROGRAM_KEYS}
    tests = {}
    for name, plan in people.prices.plans.items():
        types = ", ".join(literal(one) for one in plan.program_types if one in people.types)
        if set(plan.open_to) <= known and (types or not people.types):
            eligible = people.source.conditions.holds(plan.open_to)
            is_open = f"{write_period(plan.enrolment)} AND {eligible}"
            tests[name] = (f"program_type IN ({types})" if types else "TRUE", is_open)
    if tests and people.has_times:
        yield from people.shares("plan_open", tests)


def _write_benefit(people: People, group: BenefitGroup) -> tuple[str, str]:
    """Return in SQL that any benefit was reported, and that one of a group was."""
    name = people.roles["benefits"]
    offered = people.source.variable(name).categories_in(people.source.wave)
    columns = {one: quoted(column_of(name, one)) for one in offered}
    answered = " OR ".join(f"{column} IS NOT NULL" for column in columns.values())
    reported = [f"coalesce({columns[one]}, FALSE)" for one in group.of if one in columns]
    return f"({answered})", f"({' OR '.join(reported) or 'FALSE'})"


def _describe_benefits(people: People) -> Iterator[Estimate]:
    groups = people.prices.benefit_groups
    if not groups or "benefits" not in people.roles:
        return
    tests = {name: _write_benefit(people, group) for name, group in groups.items()}
    yield from people.shares("benefit_groups", tests)
    benefit = people.prices.payback.benefit
    if benefit is not None:
        yield from people.shares("payback_benefit", {"reported": tests[benefit]})


def write_payback_cost(time_value: float) -> str:
    """Return in SQL what a raise would have to pay back, at a value of time.

    Own fees, and the hours at that share of an hour's earnings as far as pay for the study time
    did not cover them.
    """
    unpaid = f"{float(time_value)!r} * cost_time - cost_pay"
    # Written out, since GREATEST passes over missing values in some engines.
    return f"(cost_own + CASE WHEN {unpaid} < 0 THEN 0 ELSE {unpaid} END)"


def _describe_payback(people: People) -> Iterator[Estimate]:
    """Yield what is to be paid back, the raise that does, and whose cost a raise would cover.

    Whose cost is covered is told of all, were everybody given the raise, and of those who reported
    the benefit that stands for one.
    """
    if not {"hours", "income", "fees"} <= set(people.roles):
        return
    assumed = people.prices.payback
    group = people.prices.benefit_groups.get(assumed.benefit or "")
    answered, reported = "FALSE", "FALSE"
    if group is not None and "benefits" in people.roles:
        answered, reported = _write_benefit(people, group)
    for time_value in assumed.time_values:
        cost = write_payback_cost(time_value)
        cells = people.count_by(cost)
        name = f"time_{time_value * 100:g}"
        yield from people.numbers(cells, "payback_cost", name, ("mean", "median"))
        relative = people.count_by(f"{cost} / cost_income", "cost_income > 0", digits=6)
        for variable, counted in (("breakeven_raise", cells), ("breakeven_share", relative)):
            for years in assumed.years:
                spread = counted.assign(value=counted["value"] / years)
                name = name_payback(years, time_value)
                yield from people.numbers(spread, variable, name, ("median",))
        told = f"cost_income > 0 AND {cost} IS NOT NULL"
        covered = {
            name_raise(share, years, time_value):
                f"{float(share)!r} * {years} * cost_income >= {cost}"
            for share, years in product(assumed.raises, assumed.years)
        }  # fmt: skip
        yield from people.shares("pays_back", {n: (told, test) for n, test in covered.items()})
        both = f"{told} AND {answered}"
        outweighs = {name: (both, f"{test} AND {reported}") for name, test in covered.items()}
        if time_value == assumed.time_values[0]:
            # As many as report the benefit, however large the raise: no share can be larger.
            outweighs["any_raise"] = (both, reported)
        yield from people.shares("outweighs", outweighs)
