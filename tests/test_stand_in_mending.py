"""Numbers of a stand-in that rest on several answers of a person, or on both surveys."""

import random
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse as sp
from kinds_cohort import write_kinds

from altcred.clean.responses import build_responses
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds.variable import Variable
from altcred.standin.fit import Told, find_ends, fit
from altcred.standin.form import Form
from altcred.standin.make import draw_people
from altcred.standin.numbers import find_step
from altcred.standin.screen import cost_changes
from altcred.standin.shown import Shown, find_room
from altcred.standin.solve import Sums, round_table, spread

CODEBOOK = """
scales:
  much:
    low: {label: Low, code: 1}
    mid: {label: Mid, code: 2}
    top: {label: Top, code: 3}
variables:
  walks: {label: Walks, kind: number, question: Walks, unit: walks, bounds: {low: 0, high: 20}}
  miles: {label: Miles, kind: number, question: Miles, unit: miles, bounds: {low: 0, high: 20}}
  walked:
    label: Walked
    kind: number
    unit: miles
    derive: {product: [walks, miles]}
    bins: [0, 10.5, 30.5, 60.5]
  calm:
    label: Calm
    scale: much
    question: Calm
    groups: {some: {label: Some calm, of: [mid, top]}}
  glad: {label: Glad, scale: much, question: Glad}
  awake: {label: Awake, scale: much, question: Awake}
  mood: {label: Mood, kind: score, derive: {mean: [calm, glad, awake]}}
  seen:
    label: Seen
    kind: multiple
    question: Seen
    separator: ";"
    categories: {fox: Fox, hare: Hare, owl: Owl}
  sights: {label: Sights, kind: count, derive: {ticks: {seen: [fox, hare, owl]}}}
"""


def draw_row(chance: random.Random) -> dict[str, object]:
    """Return the answers of somebody whose answers go together."""
    keen = chance.random()
    # Who leaves out one of both leaves out the other.
    told = chance.random() < 0.8
    level = [min(max(round(1 + 2 * keen + chance.gauss(0, 0.5)), 1), 3) for _ in range(3)]
    seen = [one for one in ("Fox", "Hare", "Owl") if chance.random() < 0.2 + 0.7 * keen]
    return {
        "Walks": round(1 + 9 * keen) if told else "",
        "Miles": round(1 + 8 * keen + chance.random()) if told else "",
        **{name: ("Low", "Mid", "Top")[one - 1]
           for name, one in zip(("Calm", "Glad", "Awake"), level, strict=True)},
        "Seen": ";".join(seen or ["Owl"]),
    }  # fmt: skip


def test_what_follows_from_several_answers_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(7)
    write_kinds(CODEBOOK, [draw_row(chance) for _ in range(50)], [draw_row(chance)])
    build_responses("kinds", "before")
    write_estimates(estimate_wave("kinds", "before"), Path("before.csv"))
    shown = Shown.of(read_estimates(Path("before.csv")))
    people = draw_people(open_cohort("kinds"), shown, Form({}, {}), 0)[0]["before"]
    columns = people.columns
    for name in ("walked", "mood", "sights"):
        for statistic, found in (
            ("mean", np.nanmean(columns[name])), ("std", np.nanstd(columns[name], ddof=1))
        ):  # fmt: skip
            told = shown.find("before", "all", name, "", statistic)
            assert told is not None
            assert abs(found - told) <= find_room(statistic, told), (name, statistic)
    answered = shown.find("before", "all", "walked", "", "nobs")
    assert answered == np.isfinite(columns["walked"]).sum()
    told = shown.find("before", "all", "mood", "", "cronbach_alpha")
    items = np.array([people.numbers(one) for one in ("calm", "glad", "awake")])
    apart = items.var(axis=1, ddof=1).sum() / items.sum(axis=0).var(ddof=1)
    assert told is not None
    assert abs(1.5 * (1 - apart) - told) < 0.02


def test_products_of_more_than_ten_thousand_people_come_near(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both numbers go together, which what is told of each alone does not say."""
    monkeypatch.chdir(tmp_path)
    chance = random.Random(3)
    rows = [draw_row(chance) for _ in range(500)]
    # Answers are moved in smaller surveys alone; here rounding leaves some missed.
    write_kinds(CODEBOOK[: CODEBOOK.index("  calm:")], rows * 21, rows[:1])
    build_responses("kinds", "before")
    write_estimates(estimate_wave("kinds", "before"), Path("before.csv"))
    shown = Shown.of(read_estimates(Path("before.csv")))
    people = draw_people(open_cohort("kinds"), shown, Form({}, {}), 0)[0]["before"]
    walked = people.columns["walked"]
    for low, high in ((0, 10.5), (10.5, 30.5), (30.5, 60.5)):
        told = shown.count("before", "all", "walked", f"[{low:g}, {high:g})")
        assert told is not None
        assert abs(((walked >= low) & (walked < high)).sum() - told) < 0.005 * len(walked)


def test_few_who_have_not_answered_come_out_among_many_who_have() -> None:
    """Nine of ten thousand left a question out, where a twentieth is likely to."""
    sums = Sums(sp.csr_matrix([[1.0, 0.0]]), *np.array([[9991.0], [9991.0]]), np.array([True]))
    table = spread(np.array([10_000.0]), np.array([[0.95, 0.05]]), sums)
    assert table[0] == pytest.approx([9991, 9], abs=0.05)


def test_a_mean_comes_out_where_nothing_else_of_a_number_is_shown() -> None:
    everybody = np.ones(4, dtype=bool)
    told = [Told(everybody, {("", "mean"): (3.0, 4.0)}, {})]
    numbers = np.array([0.0, 2.0, 4.0, 9.0])
    found = fit(numbers, ~everybody, told, np.zeros(0), 1.0, np.random.default_rng(0), numbers)
    assert found.mean() == 3


def test_bins_that_are_the_same_in_all_surveys_are_named() -> None:
    categories = {("one", "age"): ["[2, 4)", "[0, 2)", "[4, )", "old", "not reported"]}
    assert Shown({}, {**categories, ("two", "age"): categories["one", "age"]}).bins_of(
        "age", ["old"]
    ) == [0, 2, 4]
    assert Shown({}, {**categories, ("two", "age"): ["[0, 2)", "[2, )"]}).bins_of("age", []) == []


def test_bins_tell_where_numbers_begin_and_where_the_highest_are() -> None:
    names = ["[0, 20)", "[20, 40)", "[40, 60)", "[60, 80)", "[80, )"]
    # What the first bin holds is hidden; that it is there tells where numbers begin. They are so
    # far apart that no bins of ten would do.
    known = {("", "quantile_95"): (88.0, 9.0)}
    assert find_ends(known, names) == ((0.0, 8.0), (80.0, 100.0))
    assert find_ends({}, ["[0, 1)", "[1, 2)", "[2, )"]) == ((0.0, 0.0), (2 - 1e-6, 2.0))
    assert find_ends(known, [*names[:2], "[40, 70)", "[70, )"]) is None
    # Whole numbers nearer to each other than these would have a bin each.
    twos = ["[2, 4)", "[4, 6)", "[6, 8)", "[8, 10)", "[10, 12)", "[12, )"]
    found = find_ends({("", "min"): (3.0, 9.0), ("", "max"): (15.0, 9.0)}, twos)
    assert found is not None
    assert found.top == (pytest.approx(14, abs=1e-3), 14.0)


def test_a_whole_number_is_drawn_in_whole_numbers_whatever_its_quartiles_are():
    known = {("", "quantile_25"): (47.5, 80.0), ("", "quantile_75"): (62.5, 80.0)}
    told = [Told(np.ones(80, dtype=bool), known, {})]
    variable = {"label": "Sheep", "question": {"one": "Sheep"}}
    assert find_step(told, Variable.model_validate(variable | {"kind": "number"})) == 0.5
    assert find_step(told, Variable.model_validate(variable | {"kind": "count"})) == 1.0


def test_what_changes_of_a_number_cost_is_added_up_over_counts():
    """One too few gave 5 or 7, one too many 12, and 5 is to be no rarer than 7."""
    weights = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, -1.0, 0.0]])
    more, less = np.array([-2.0, 3.0, 0.0]), np.array([4.0, -1.0, 7.0])
    # From 5, 7 and 12 (rows) to 5, 7 and 12: 5 to 7 makes the third count less by two.
    assert cost_changes(weights, more, less).tolist() == [[0, 14, 14], [0, 0, 7], [-3, 4, 0]]


@pytest.mark.parametrize(("many", "nodes"), [(10, 100), (450, 1)])
def test_a_table_of_very_many_sums_is_rounded_at_its_first_node(monkeypatch, many, nodes):
    """Each of some people is to give one answer of two, of whom half are told to give the first."""
    seen = []
    solve = scipy.optimize.milp

    def watch(*args, **kwargs):
        seen.append(kwargs["options"]["node_limit"])
        return solve(*args, **kwargs)

    monkeypatch.setattr(scipy.optimize, "milp", watch)
    first = sp.csr_matrix((np.ones(many), (np.arange(many), 2 * np.arange(many))), (many, 2 * many))
    told = (np.arange(many) % 2).astype(float)
    sums = Sums(first, told, told, np.ones(many, dtype=bool))
    table = np.full((many, 2), 0.5)
    whole = round_table(table, np.ones(many), sums, np.random.default_rng(0))
    assert whole[:, 0].tolist() == told.tolist()
    assert seen == [nodes]


def test_a_table_is_rounded_to_its_counts_however_far_these_are() -> None:
    sums = Sums(sp.csr_matrix([[1.0, 0.0]]), *np.array([[90.0], [90.0]]), np.array([True]))
    found = round_table(np.full((1, 2), 50.0), np.array([100.0]), sums, np.random.default_rng(0))
    assert found.tolist() == [[90, 10]]
