"""What is told of costs in a stand-in: when people answered, and of how many all is known."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates
from altcred.standin.compare import compare, estimate_there
from altcred.standin.form import Form, read_form
from altcred.standin.make import make_stand_in

STUDY = """
name: course
title: A course
currency: EUR
waves: {end: {label: End, exports: [end.csv], submitted: When, status: null}}
costs: [end]
subgroups:
  north: {label: North, where: {place: [north]}}
disclosure: {minimum: 0}
"""
CODEBOOK = """
variables:
  place: {label: Place, kind: single, question: Place, categories: {north: North, south: South}}
  born: {label: Born, kind: year, question: Born, bounds: {low: 1940, high: 2010}}
  age: {label: Age, kind: number, unit: years, derive: {years_since: born}}
  payer: {label: Payer, kind: single, question: Payer, categories: {self: Myself, job: My employer}}
  income: {label: Income, kind: money, question: Income, bounds: {low: 0, high: 200000}}
  fees: {label: Fees, kind: money, question: Fees, bounds: {low: 0, high: 5000}}
  job_fees:
    label: Fees of the employer
    kind: money
    question: Paid
    asked_if: {payer: [job]}
    bounds: {low: 0, high: 5000}
  weekly: {label: Hours a week, kind: number, question: Hours, bounds: {low: 1, high: 60}}
  weeks: {label: Weeks, kind: number, question: Weeks, bounds: {low: 1, high: 60}}
  hours: {label: Hours, kind: number, unit: hours, derive: {product: [weekly, weeks]}}
"""
PRICES = """
roles: {hours: hours, weeks: weeks, income: income, fees: fees, fees_by_employer: job_fees}
hours_per_year: 2000
opportunity: {hours: mean, income: median}
payback: {years: [1, 3], time_values: [0, 1], raises: [0.05]}
documents: {a: A list of prices}
periods:
  old: {label: Old prices, to: 2021-05-31}
  new: {label: New prices, from: 2021-06-01}
other_program_types: {course: {label: Course}}
plans:
  monthly:
    label: By the month
    kind: monthly
    program_types: [course]
    price: {low: 40, high: 60}
    enrolment: {from: 2021-06-01}
    sources: [{document: a, locator: first line}]
"""


def draw_row(chance: random.Random) -> dict[str, object]:
    """Return the answers of somebody: in the north late, and who tells one number tells all."""
    north, open_one = chance.random() < 0.4, chance.random() < 0.6
    day = 140 + round(84 * chance.random() ** (0.6 if north else 1.2))
    by_job = chance.random() < 0.3

    def give(number: int) -> object:
        return number if chance.random() < (0.95 if open_one else 0.3) else ""

    hours = open_one or chance.random() < 0.4
    return {
        "When": str(pd.Timestamp("2020-12-01 12:00") + pd.Timedelta(days=day)),
        "Place": "North" if north else "South",
        "Born": chance.randrange(1950, 2003),
        "Payer": "My employer" if by_job else "Myself",
        "Income": give(1000 * chance.randrange(5, 90)),
        "Fees": give(50 * chance.randrange(0, 20)),
        "Paid": give(50 * chance.randrange(1, 20)) if by_job else "",
        "Hours": chance.randrange(1, 12) if hours else "",
        "Weeks": chance.randrange(2, 30) if hours else "",
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pd.DataFrame]:
    """Each estimate of 240 people beside that of the stand-in."""
    chance = random.Random(5)
    rows = [draw_row(chance) for _ in range(240)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("project"))
        for folder in ("cohorts/course", "data/raw/course"):
            Path(folder).mkdir(parents=True)
        for name, text in (("study", STUDY), ("codebook", CODEBOOK), ("prices", PRICES)):
            Path(f"cohorts/course/{name}.yaml").write_text(text, encoding="utf-8")
        with Path("data/raw/course/end.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0]])
            writer.writeheader()
            writer.writerows(rows)
        Path("params.yaml").touch()
        real = estimate_there(Path(), "course")
        estimates = read_estimates(*sorted(Path("data/processed/course").glob("*/estimates.csv")))
        cohort = open_cohort("course")
        form = Form.read(read_form(cohort).write())
        make_stand_in(cohort, estimates, form, Path("made"), 1)
        yield compare(real, estimate_there(Path("made"), "course"))


@pytest.mark.parametrize("part", ["all", "north"])
def test_as_many_answer_in_each_price_period_as_is_told(found, part) -> None:
    told = found[(found["variable"] == "price_period") & (found["subgroup"] == part)]
    assert set(told["category"]) == {"old", "new"}
    assert told["met"].all()


@pytest.mark.parametrize(
    "name", ["opportunity_cost_each", "total_fees", "learner_cost", "total_cost", "breakeven_share"]
)
def test_as_many_tell_all_that_a_cost_rests_on_as_is_told(found, name) -> None:
    told = found[(found["variable"] == name) & (found["statistic"] == "nobs")]
    assert len(told) > 1
    assert (told["value"] - told["value_made"]).abs().max() <= 1


def test_ages_come_out_whatever_the_price_period(found) -> None:
    assert found.loc[found["variable"].isin(["age", "born"]), "met"].mean() > 0.95
