"""What is told of the costs of a survey's people, and what follows from when they answered."""

import datetime

from altcred.core.engine import quoted
from altcred.describe.folders import costed_waves
from altcred.describe.prices import load_prices
from altcred.estimate.amounts import Amount, list_costs
from altcred.kinds import kind_of
from altcred.standin.people import People


def write_costs(people: People) -> tuple[dict[str, str], list[Amount], dict[int, str]]:
    """Return what is told of the costs of a survey's people: columns, amounts, and these in SQL."""
    if people.costs is None:
        people.costs = _write_costs(people)
    return people.costs


def _write_costs(people: People) -> tuple[dict[str, str], list[Amount], dict[int, str]]:
    cohort, wave = people.cohort, people.wave
    if not (cohort.folder / "prices.yaml").is_file() or wave not in costed_waves(cohort.study):
        return {}, [], {}
    columns, amounts = list_costs(people.engine, cohort, wave)
    for name, variable in people.variables.items():
        if variable.derive is not None:
            written = f"({people.write_derived(name)})"
            columns = {key: sql.replace(quoted(name), written) for key, sql in columns.items()}
    numbers = {
        at: f"CASE WHEN {one.where} THEN CASE WHEN {one.value} THEN 1 ELSE 0 END END"
        if one.is_share
        else f"CASE WHEN {one.where} THEN round({one.value}, {one.digits}) / {one.divisor} END"
        for at, one in enumerate(amounts)
    }
    return columns, amounts, numbers


def list_turns(people: People) -> list[datetime.date]:
    """Return the days since which other prices or plans hold, where costs are told."""
    if not write_costs(people)[1]:
        return []
    prices = load_prices(people.cohort)
    found = set()
    for span in [*prices.periods.values(), *(one.enrolment for one in prices.plans.values())]:
        found |= {span.start} if span.start else set()
        found |= {span.end + datetime.timedelta(days=1)} if span.end else set()
    return sorted(found)


def list_timed(people: People) -> list[Amount]:
    """Return the shares that follow from when people answered and what is drawn of them."""
    waiting = [
        quoted(column)
        for name, variable in people.variables.items()
        for column in kind_of(variable).columns(name, variable, people.wave)
        if column not in people.columns
    ]
    return [
        one
        for one in write_costs(people)[1]
        if one.is_share
        and "submitted" in one.value
        and not any(column in one.where + one.value for column in waiting)
    ]
