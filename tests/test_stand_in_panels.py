"""Numbers of the same people in two surveys of a stand-in."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from kinds_cohort import estimate_kinds

from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates
from altcred.standin.form import Form
from altcred.standin.make import draw_people
from altcred.standin.panel import Pairs
from altcred.standin.people import People
from altcred.standin.shown import Shown

CODEBOOK = """
variables:
  job: {label: Job, kind: single, question: Job, categories: {paid: Paid, own: Own, none: None yet}}
  field:
    label: Field
    kind: single
    question: Field
    asked_if: {job: [paid]}
    categories: {wood: Wood, iron: Iron, glass: Glass}
  hours: {label: Hours, kind: number, question: Hours, unit: hours, asked_if: {job: [paid, own]}}
  wage: {label: Wage, kind: number, question: Wage, asked_if: {job: [paid, own]}}
  pay: {label: Pay, kind: number, derive: {product: [hours, wage]}}
  born: {label: Year of birth, kind: year, question: Born, bounds: {low: 1920, high: 2010}}
"""
FOUND = dict[str, People]


def draw_twice(chance: random.Random) -> list[dict[str, object]]:
    """Return what somebody answers to both surveys: most people change their job."""
    born, rows = chance.randrange(1950, 2000), []
    for _ in range(2):
        job = chance.choices(["Paid", "Own", "None yet"], [5, 2, 3])[0]
        works = job != "None yet"
        rows.append({
            "Job": job,
            "Field": chance.choice(["Wood", "Iron", "Glass", ""]) if job == "Paid" else "",
            "Hours": chance.randrange(10, 50) if works and chance.random() < 0.9 else "",
            "Wage": chance.randrange(9, 30) if works and chance.random() < 0.7 else "",
            "Born": born if chance.random() < 0.9 else "",
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FOUND, Pairs, Shown]]:
    """The people of a stand-in of two surveys, who is who, and what is told of them."""
    chance = random.Random(4)
    people = [draw_twice(chance) for _ in range(200)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("project"))
        estimate_kinds(CODEBOOK, *([one[at] for one in people] for at in range(2)))
        shown = Shown.of(
            read_estimates(*sorted(Path("data/processed/kinds").glob("*/estimates.csv")))
        )
        found, [pairs] = draw_people(open_cohort("kinds"), shown, Form({}, {}), 0)
        yield found, pairs, shown


def take_both(drawn: tuple[FOUND, Pairs, Shown], name: str) -> list[np.ndarray]:
    found, pairs, _ = drawn
    return [one.columns[name][at] for one, at in zip(found.values(), pairs.places, strict=True)]


@pytest.mark.parametrize("name", ["hours", "wage", "pay", "born"])
def test_as_many_give_a_number_twice_as_is_told(drawn, name) -> None:
    told = drawn[2].find("panel", "all", name, "", "nobs")
    assert (~np.isnan(np.sum(take_both(drawn, name), axis=0))).sum() == told


@pytest.mark.parametrize("one", ["wood", "iron", "glass"])
def test_whoever_was_asked_answers_again_as_often_as_is_told_of_each_answer(drawn, one) -> None:
    first, second = take_both(drawn, "field")
    again = second[first == one]
    told = [drawn[2].find("panel", "all", f"field:{one}", cell) for cell in ("both", "only_first")]
    assert [sum(again == one), sum(given not in (one, None) for given in again)] == told


def test_what_nobody_changed_stays(drawn) -> None:
    first, second = take_both(drawn, "born")
    assert np.nanmax(np.abs(first - second)) == 0


@pytest.mark.parametrize("wave", ["before", "after"])
def test_a_product_is_missing_of_those_alone_who_were_asked(drawn, wave) -> None:
    found, _, shown = drawn
    assert (~np.isnan(found[wave].columns["pay"])).sum() == shown.find(
        wave, "all", "pay", "", "nobs"
    )
