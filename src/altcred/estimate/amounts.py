"""Which amounts costs are told of, person by person, in SQL over the columns of responses.

Hours, income, fees and pay are the variables that play those roles in prices.yaml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import NamedTuple

from altcred.core.engine import Engine, literal, quoted
from altcred.describe.cohort import Cohort
from altcred.describe.prices import BenefitGroup, Period, Prices, load_prices
from altcred.estimate.aggregate import PROGRAM_KEYS, Source
from altcred.kinds.variable import column_of


@dataclass(frozen=True)
class Roles:
    """Which questions of a wave play which part in costs.

    `types` are the study's program types; `has_times` says whether it is known when people
    answered; `roles` are the variables that the wave asked, by role.
    """

    source: Source
    prices: Prices
    types: list[str]
    has_times: bool
    roles: Mapping[str, str]

    @classmethod
    def of(cls, source: Source, prices: Prices) -> "Roles":
        """Return the parts that questions of a source's wave play."""
        study, known = source.cohort.study, source.variables
        roles = {role: name for role, name in prices.roles.given().items() if name in known}
        has_times = study.waves[source.wave].submitted is not None
        return cls(source, prices, list(study.program_types), has_times, roles)


class Amount(NamedTuple):
    """A number of each person that costs are told of, or of which of some people a test holds.

    `value` is the number or the test in SQL, `where` of whom it is told. The number is rounded to
    `digits`, divided by `divisor`, and `only` some statistics are told of it, or all.
    """

    variable: str
    is_share: bool
    category: str
    where: str
    value: str
    digits: int = 2
    divisor: int = 1
    only: tuple[str, ...] | None = None


def list_costs(engine: Engine, cohort: Cohort, wave: str) -> tuple[dict[str, str], list[Amount]]:
    """Return what is told of the costs of a wave's people, and the columns that it names, in SQL.

    These are over the columns of responses; no responses are read.
    """
    asked = Roles.of(Source(engine, "", cohort, wave), load_prices(cohort))
    return write_columns(asked), [*list_each(), *list_amounts(asked)]


def write_columns(asked: Roles) -> dict[str, str]:
    """Return in SQL what time, fees, pay and income are in money, by the names of their columns."""
    conditions, roles = asked.source.conditions, asked.roles

    def amount(role: str) -> str:
        return quoted(roles[role]) if role in roles else "NULL"

    def asked_amount(role: str) -> str:
        if role not in roles:
            return "0"
        told = conditions.asked(roles[role])
        return f"CASE WHEN ({told}) THEN {amount(role)} WHEN NOT ({told}) THEN 0 END"

    return {
        "cost_time": f"{amount('hours')} * {amount('income')} / {asked.prices.hours_per_year!r}",
        "cost_own": amount("fees"),
        "cost_employer": asked_amount("fees_by_employer"),
        "cost_pay": asked_amount("pay"),
        "cost_income": amount("income"),
    }


def list_each() -> Iterator[Amount]:
    """Yield what is told of the amounts of each person."""
    amounts = {
        "opportunity_cost_each": "cost_time",
        "total_fees": "cost_own + cost_employer",
        "learner_cost": "cost_own + cost_time - cost_pay",
        "total_cost": "cost_own + cost_employer + cost_time",
    }
    for variable, value in amounts.items():
        yield Amount(variable, False, "", "TRUE", value)


def list_amounts(asked: Roles) -> Iterator[Amount]:
    """Yield what is told of periods, plans, benefits and payback, of each person."""
    yield from _list_periods(asked)
    yield from _list_plans(asked)
    yield from _list_benefits(asked)
    yield from _list_payback(asked)


def _list_periods(asked: Roles) -> Iterator[Amount]:
    """Yield who answered in each price period, and what they paid."""
    spans = {name: write_period(span) for name, span in asked.prices.periods.items()}
    if not asked.has_times:
        return
    for name, span in spans.items():
        yield Amount("price_period", True, name, "TRUE", span)
    for name, span in spans.items() if "fees" in asked.roles else ():
        yield Amount("fees_by_period", False, name, span, "cost_own", only=("mean", "median"))


def _list_plans(asked: Roles) -> Iterator[Amount]:
    """Yield who answered while a plan of their program type could be begun by them.

    In a study without programs every plan is for everybody.
    """
    known = {*asked.source.variables, *PROGRAM_KEYS}
    for name, plan in asked.prices.plans.items() if asked.has_times else ():
        types = ", ".join(literal(one) for one in plan.program_types if one in asked.types)
        if set(plan.open_to) <= known and (types or not asked.types):
            eligible = asked.source.conditions.holds(plan.open_to)
            is_open = f"{write_period(plan.enrolment)} AND {eligible}"
            whom = f"program_type IN ({types})" if types else "TRUE"
            yield Amount("plan_open", True, name, whom, is_open)


def _write_benefit(asked: Roles, group: BenefitGroup) -> tuple[str, str]:
    """Return in SQL that any benefit was reported, and that one of a group was."""
    name = asked.roles["benefits"]
    offered = asked.source.variable(name).categories_in(asked.source.wave)
    columns = {one: quoted(column_of(name, one)) for one in offered}
    answered = " OR ".join(f"{column} IS NOT NULL" for column in columns.values())
    reported = [f"coalesce({columns[one]}, FALSE)" for one in group.of if one in columns]
    return f"({answered})", f"({' OR '.join(reported) or 'FALSE'})"


def _list_benefits(asked: Roles) -> Iterator[Amount]:
    groups = asked.prices.benefit_groups
    if not groups or "benefits" not in asked.roles:
        return
    for name, group in groups.items():
        yield Amount("benefit_groups", True, name, *_write_benefit(asked, group))
    benefit = asked.prices.payback.benefit
    if benefit is not None:
        tests = _write_benefit(asked, groups[benefit])
        yield Amount("payback_benefit", True, "reported", *tests)


def _list_payback(asked: Roles) -> Iterator[Amount]:
    """Yield what is to be paid back, the raise that does, and whose cost a raise would cover.

    Whose cost is covered is told of all, were everybody given the raise, and of those who reported
    the benefit that stands for one.
    """
    if not {"hours", "income", "fees"} <= set(asked.roles):
        return
    assumed = asked.prices.payback
    group = asked.prices.benefit_groups.get(assumed.benefit or "")
    answered, reported = "FALSE", "FALSE"
    if group is not None and "benefits" in asked.roles:
        answered, reported = _write_benefit(asked, group)
    for time_value in assumed.time_values:
        cost = write_payback_cost(time_value)
        name = f"time_{time_value * 100:g}"
        yield Amount("payback_cost", False, name, "TRUE", cost, only=("mean", "median"))
        for variable, value, where, digits in (
            ("breakeven_raise", cost, "TRUE", 2),
            ("breakeven_share", f"{cost} / cost_income", "cost_income > 0", 6),
        ):
            for years in assumed.years:
                name = name_payback(years, time_value)
                yield Amount(variable, False, name, where, value, digits, years, ("median",))
        told = f"cost_income > 0 AND {cost} IS NOT NULL"
        covered = {
            name_raise(share, years, time_value):
                f"{float(share)!r} * {years} * cost_income >= {cost}"
            for share, years in product(assumed.raises, assumed.years)
        }  # fmt: skip
        for name, test in covered.items():
            yield Amount("pays_back", True, name, told, test)
        for name, test in covered.items():
            both = f"{told} AND {answered}"
            yield Amount("outweighs", True, name, both, f"{test} AND {reported}")
        if time_value == assumed.time_values[0]:
            # As many as report the benefit, however large the raise: no share can be larger.
            yield Amount("outweighs", True, "any_raise", both, reported)


def write_payback_cost(time_value: float) -> str:
    """Return in SQL what a raise would have to pay back, at a value of time.

    Own fees, and the hours at that share of an hour's earnings as far as pay for the study time
    did not cover them.
    """
    unpaid = f"{float(time_value)!r} * cost_time - cost_pay"
    # Written out, since GREATEST passes over missing values in some engines.
    return f"(cost_own + CASE WHEN {unpaid} < 0 THEN 0 ELSE {unpaid} END)"


def write_period(span: Period) -> str:
    """Return in SQL that a response was submitted within a span of days."""
    clauses = []
    if span.start is not None:
        clauses.append(f"submitted >= CAST('{span.start.isoformat()} 00:00:00' AS TIMESTAMP)")
    if span.end is not None:
        after = span.end + timedelta(days=1)
        clauses.append(f"submitted < CAST('{after.isoformat()} 00:00:00' AS TIMESTAMP)")
    return " AND ".join(clauses) or "submitted IS NOT NULL"


def name_payback(years: int, time_value: float) -> str:
    """Return the category of a payback within so many years at a value of time."""
    return f"years_{years}_time_{time_value * 100:g}"


def name_raise(share: float, years: int, time_value: float) -> str:
    """Return the category of a raise that lasts so many years at a value of time."""
    return f"raise_{share * 100:g}_{name_payback(years, time_value)}"
