"""What a program cost its respondents, and what would pay it back.

Hours, income, fees and pay are the variables that play those roles in prices.yaml, which also holds
price plans and assumptions. Opportunity cost is hours times annual income over the hours of a
working year. Payback is arithmetic on assumptions; it does not say that a program caused a raise.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, product
from pathlib import Path

import pandas as pd

from altcred.core.distribution import describe_numbers
from altcred.core.engine import Engine, open_engine, quoted
from altcred.core.paths import processed_dir, wave_dir
from altcred.core.records import Estimate, Recorder
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.prices import Prices, load_prices
from altcred.disclose.relations import Question
from altcred.estimate.aggregate import Part, Source, open_source
from altcred.estimate.amounts import (
    Amount,
    Roles,
    list_amounts,
    list_each,
    write_columns,
)
from altcred.estimate.plans import PRICES_WAVE, list_prices
from altcred.estimate.protection import protect
from altcred.estimate.store import Estimates, compose_frame, read_estimates


def costs_folder(cohort: str, wave: str) -> Path:
    """Return the folder of a wave's cost estimates."""
    return processed_dir(cohort) / f"costs-{wave}"


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
            *people.describe(list_each()),
            *_describe_fees(people),
            *people.describe(list_amounts(people.asked)),
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

    `cost_time`, `cost_own`, `cost_employer`, `cost_pay` and `cost_income` are in money.
    """

    source: Source
    parts: list[Part]
    prices: Prices
    asked: Roles

    @property
    def roles(self) -> Mapping[str, str]:
        """The variables that the wave asked, by the part that they play."""
        return self.asked.roles

    def count_by(self, expression: str, where: str = "TRUE", digits: int = 2) -> pd.DataFrame:
        """Count people by the value of an expression, rounded to cents; missing ones left out."""
        given = f"({where}) AND ({expression}) IS NOT NULL"
        rounded = f"round({expression}, {digits})"
        return self.source.group("count(*) AS people", where=given, value=rounded)

    def describe(self, amounts: Iterable[Amount]) -> Iterator[Estimate]:
        """Yield what is told of amounts, those of shares of one variable together."""
        for (variable, is_share), several in groupby(amounts, lambda one: one[:2]):
            if is_share:
                yield from self.shares(variable, {one.category: one[3:5] for one in several})
                continue
            for one in several:
                cells = self.count_by(one.value, one.where, one.digits)
                cells = cells.assign(value=cells["value"] / one.divisor)
                yield from self.numbers(cells, variable, one.category, one.only)

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
    subgroups = cohort.study.subgroups
    named = [name for name in source.named if subgroups[name].variables is None]
    asked = Roles.of(source, prices)
    columns = write_columns(asked)
    listed = ", ".join(f"CAST({test} AS DOUBLE) AS {name}" for name, test in columns.items())
    engine.run(f"CREATE OR REPLACE TEMP VIEW cost_people AS SELECT *, {listed} FROM {source.table}")
    source = replace(source, table="cost_people")
    return People(source, source.parts(named, with_programs=False), prices, asked)


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
