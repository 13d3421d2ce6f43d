"""Price plans: what a program costs under each, and prices among the estimates."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from altcred.core.records import ALL, NAN, Estimate, Recorder
from altcred.describe.prices import FREE, Plan, Price, Prices

# The wave under which prices stand among the estimates.
PRICES_WAVE = "costs"
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


@dataclass(frozen=True)
class CostRange:
    """What a program costs under a plan: lowest, highest and average; NaN where not printed.

    `completes` is false where the plan ends before the program does; `is_open` where one could
    not begin under it on the day asked for.
    """

    low: float = NAN
    high: float = NAN
    average: float = NAN
    completes: bool = True
    is_open: bool = True


def list_plans(prices: Prices, program_type: str) -> dict[str, Plan]:
    """Return the plans for a program type; KeyError where no plan is for such a type."""
    known = {name for plan in prices.plans.values() for name in plan.program_types}
    if program_type not in known:
        raise KeyError(
            f"There is no plan for {program_type!r}; there are for {', '.join(sorted(known))}."
        )
    return {name: plan for name, plan in prices.plans.items() if program_type in plan.program_types}


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


def cost_of_program(plan: Plan, weeks: float, *, begun: date | None = None) -> CostRange:
    """Return what a program that takes so many weeks costs under a plan.

    Months and years that are begun are paid in full. With `begun`, the first day of study, a plan
    whose access ends before the last day does not complete the program. ValueError where weeks are
    not positive, or a price for each course meets an unknown number of courses.
    """
    if not weeks > 0:
        raise ValueError(f"weeks must be positive, not {weeks!r}")
    days = math.ceil(weeks * 7 - 1e-9)
    if begun is not None:
        if not plan.is_open(begun):
            return CostRange(completes=False, is_open=False)
        if not plan.access.holds(begun + timedelta(days=days - 1)):
            return CostRange(completes=False)
    if plan.kind == "trial" and days > (plan.days or 0):
        return CostRange(completes=False)
    if plan.kind in FREE:
        return CostRange(0, 0, 0, completes=plan.certificate)
    units = 1
    if plan.kind == "monthly":
        units = count_months(weeks)
    elif plan.kind == "annual":
        units = count_years(weeks)
    elif plan.kind == "course":
        if plan.courses is None:
            raise ValueError("how many courses the program has is needed: give courses")
        units = plan.courses
    price = plan.price or Price()
    low, high, average = (
        NAN if one is None else one * units for one in (price.low, price.high, price.average)
    )
    return CostRange(low, high, average)


def priced_types(prices: Prices, types: Iterable[str]) -> list[str]:
    """Return those of some program types that there is a plan for."""
    known = {name for plan in prices.plans.values() for name in plan.program_types}
    return [name for name in types if name in known]


def list_prices(prices: Prices) -> Iterator[Estimate]:
    """Yield the price of each plan and the assumptions, which are nobody's answers."""
    record = Recorder(ALL, "price")
    for name, plan in prices.plans.items():
        given = plan.price.model_dump(exclude_none=True) if plan.price else {}
        given |= plan.model_dump(include={"days", "courses"}, exclude_none=True)
        if plan.credits:
            given |= {f"credits_{key}": value for key, value in plan.credits.model_dump().items()}
        note = "; ".join(source.id or source.locator for source in plan.sources)
        for statistic, value in given.items():
            yield record.number(statistic, value, n=NAN, category=name, note=note)
    record = Recorder(ALL, "assumption")
    for name, value in list_assumptions(prices).items():
        yield record.number("value", value, n=NAN, category=name, note="of prices.yaml")


def list_assumptions(prices: Prices) -> dict[str, float]:
    """Return the assumptions that sentences speak of."""
    assumed = prices.payback
    return {
        "hours_per_year": prices.hours_per_year,
        "raise": sorted(assumed.raises)[len(assumed.raises) // 2],
        "years": sorted(assumed.years)[len(assumed.years) // 2],
        "shortest_years": min(assumed.years),
        "least_time": min(assumed.time_values),
        "most_time": max(assumed.time_values),
    }
