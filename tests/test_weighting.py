"""Bounds and weights of a few people, whose answers can be worked out by hand."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from altcred.core.numbers import Writer
from altcred.describe.cohort import open_cohort
from altcred.estimate.balance import balance, join_rare_levels
from altcred.estimate.bounds import bound_differences, bound_share
from altcred.estimate.store import Estimates, compose_frame, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.estimate.weighting import (
    Weights,
    compare_samples,
    odds_weights,
    weigh_second,
    weighted_share,
)
from altcred.write.charts import find_chart
from altcred.write.tables import find_table
from altcred.write.views import View, open_view

STUDY = """
name: pair
title: Pair
program_types: {short: {label: Short}, long: {label: Long}}
programs: {s: {label: S, type: short}, l: {label: L, type: long}}
waves:
  begin: {label: Begin, people: starters, exports: [b.csv], program: Program}
  end: {label: End, people: finishers, exports: [e.csv], program: Program}
weighting: {variables: [sex, age], outcomes: [gains], minimum: 2}
disclosure: {minimum: %d, show_extremes: true}
"""
CODEBOOK = """
variables:
  sex:
    label: Sex
    kind: single
    question: {begin: Q1, end: Q1}
    categories: {a: A, b: B}
  age: {label: Age, kind: number, question: {begin: Q2, end: Q2}, bins: [0, 30]}
  gains:
    label: Gains
    kind: multiple
    question: {begin: Q3, end: Q3}
    categories:
      skill: Skill
      late: {label: Late, asked_since: {end: 2021-01-01}}
"""
# People of each sex, age and program type -> how many in the first, in the second survey. Of a at
# 20 the ratio is 2, at 40 it is 4; of b half and one: doubled by age, and by sex times four.
CELLS = {
    ("a", 20.0, "short"): (12, 6),
    ("a", 40.0, "short"): (8, 2),
    ("a", 40.0, "long"): (12, 3),
    ("b", 20.0, "long"): (5, 10),
    ("b", 40.0, "short"): (4, 4),
    ("b", 40.0, "long"): (5, 5),
}


def write_pair(
    folder: Path,
    minimum: int = 0,
    cells: Mapping[tuple[str, float, str], tuple[int, int]] = CELLS,
) -> None:
    (folder / "cohorts/pair").mkdir(parents=True)
    (folder / "cohorts/pair/study.yaml").write_text(STUDY % minimum)
    (folder / "cohorts/pair/codebook.yaml").write_text(CODEBOOK)
    for side, wave in enumerate(("begin", "end")):
        people = [key for key, sizes in cells.items() for _ in range(sizes[side])]
        frame = pd.DataFrame(people, columns=["sex", "age", "program_type"])
        frame["program"] = frame["program_type"].str[0]
        # Those of sex a gained a skill; every fifth left the question empty.
        empty = np.arange(len(frame)) % 5 == 4
        is_new = np.arange(len(frame)) % 2 == 1
        frame["gains__skill"] = frame["sex"].eq("a").astype("boolean").mask(empty)
        frame["gains__late"] = pd.array([True] * len(frame), dtype="boolean")
        frame["gains__late"] = frame["gains__late"].mask(empty | (~is_new & (wave == "end")))
        frame["submitted"] = pd.Timestamp("2020-06-01")
        frame.loc[is_new, "submitted"] = pd.Timestamp("2021-06-01")
        frame.insert(0, "response_id", [f"{wave}-{number:03d}" for number in range(len(frame))])
        path = folder / "data/processed/pair" / wave
        path.mkdir(parents=True)
        frame.to_parquet(path / "responses.parquet")
        pd.DataFrame(
            {
                "decision": ["kept"] * len(frame),
                **dict.fromkeys(("reason", "comparison", "has_code", "address_group"), ""),
            }
        ).to_csv(path / "decisions.csv", index=False)
        (path / "answers.csv").write_text("variable,answer,value,reason,times\n")
        write_estimates(estimate_wave("pair", wave), path / "estimates.csv")


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[Path, Estimates]:
    folder = tmp_path_factory.mktemp("pair")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_pair(folder)
        return folder, Estimates(compare_samples("pair", "begin", "end"))


@pytest.fixture
def compared(pair, monkeypatch) -> Estimates:
    monkeypatch.chdir(pair[0])
    return pair[1]


def show(compared: Estimates) -> View:
    write_estimates(compared.frame, Path("data/processed/pair/comparison/estimates.csv"))
    return open_view("pair", "begin", read=["begin", "end", "comparison"])


# Bounds ----------------------------------------------------------------------------------------


def test_bounds_give_the_empty_answers_to_nobody_and_to_everybody():
    # Thirty of eighty who answered, of a hundred asked: 30/100 to 50/100.
    assert bound_share(30, 80, 100) == (0.3, 0.5)
    assert bound_share(30, 100, 100) == (0.3, 0.3)


def test_differences_are_bounded_by_the_ends_of_both_surveys(compared):
    # Of 46 every fifth left it empty, which is nine; of 30, six.
    before = compared.find("begin-end:begin", "gains", "skill", "bounds")
    after = compared.find("begin-end:end", "gains", "skill", "bounds")
    assert (before.n, after.n) == (46, 30)
    answered = [find_answered(side) for side in ("begin", "end")]
    assert before.low == pytest.approx(answered[0][1] / 46, abs=1e-6)
    assert before.high == pytest.approx((answered[0][1] + 9) / 46, abs=1e-6)
    assert after.high == pytest.approx((answered[1][1] + 6) / 30, abs=1e-6)
    gap = compared.find("begin-end", "gains", "skill", "difference_bounds")
    assert (gap.low, gap.high) == pytest.approx(
        (after.low - before.high, after.high - before.low), abs=1e-6
    )
    assert gap.value == compared.find("begin-end", "gains", "skill", "difference").value


def find_answered(wave: str) -> tuple[int, int]:
    frame = pd.read_parquet(f"data/processed/pair/{wave}/responses.parquet")
    given = frame["gains__skill"].dropna()
    return len(given), int(given.sum())


def test_a_category_offered_later_is_bounded_among_those_who_saw_it(compared):
    # Every other of thirty saw it: fifteen, of whom three (numbers 9, 19 and 29) left it empty.
    after = compared.find("begin-end:end", "gains", "late", "bounds")
    assert (after.n, after.low, after.high) == (15, 0.8, 1.0)


def test_what_every_person_answered_is_bounded_by_itself(compared):
    side = compared.find("begin-end:begin", "sex", "a", "bounds")
    assert side.low == side.high == side.value


# Weights ---------------------------------------------------------------------------------------


def saturated(first: list[int], second: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the indicators of so many people in each cell of a two by two table."""
    corners = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=float)
    return np.repeat(corners, first, axis=0), np.repeat(corners, second, axis=0)


def test_where_all_cells_are_told_apart_a_weight_is_the_ratio_of_people():
    first, second = saturated([40, 10, 20, 30], [10, 10, 40, 40])
    weights = odds_weights(first, second)
    # Ratios 4, 1, 1/2 and 3/4: over a hundred people they add up to a hundred.
    expected = np.repeat([4.0, 1.0, 0.5, 0.75], [10, 10, 40, 40])
    assert weights.values == pytest.approx(expected, rel=1e-8)
    assert weights.trimmed == 0
    # 100² over 10·16 + 10·1 + 40·0.25 + 40·0.5625 is 49.38.
    assert weights.n_effective == pytest.approx(100**2 / 202.5)
    assert weights.design_effect == pytest.approx(2.025)
    table = {"cell": (pd.DataFrame(first), pd.DataFrame(second))}
    assert balance(table, weights.values)["cell"] == pytest.approx(0, abs=1e-8)
    assert balance(table, np.ones(100))["cell"] > 0.3


def test_indicators_that_say_the_same_twice_do_no_harm():
    first, second = saturated([40, 10, 20, 30], [10, 10, 40, 40])
    twice = odds_weights(np.hstack([first, first[:, :1]]), np.hstack([second, second[:, :1]]))
    assert twice.values == pytest.approx(odds_weights(first, second).values, rel=1e-6)


def test_the_largest_weights_are_trimmed():
    first, second = saturated([400, 100, 200, 300], [1, 49, 75, 75])
    weights = odds_weights(first, second)
    # One in two hundred had 400; the next largest ratio is 4.
    assert weights.trimmed == 1 / 200
    assert weights.values[0] == weights.values[125:].max()
    assert weights.values.mean() == pytest.approx(1)


def test_equal_weights_give_wilsons_interval():
    from statsmodels.stats.proportion import proportion_confint

    ticked = np.repeat([1.0, 0.0], [30, 70])
    share, low, high = weighted_share(ticked, np.ones(100))
    assert share == pytest.approx(0.3)
    assert (low, high) == pytest.approx(proportion_confint(30, 100, method="wilson"))


def test_unequal_weights_have_the_linearised_variance():
    # Weights 3, 1, 1, 1 on 1, 0, 0, 1: share 4/6; variance (9·(1/3)² + 2·(2/3)² + (1/3)²) / 6².
    share, low, high = weighted_share(np.array([1.0, 0, 0, 1]), np.array([3.0, 1, 1, 1]))
    assert share == pytest.approx(2 / 3)
    n = (2 / 9) / ((9 / 9 + 8 / 9 + 1 / 9) / 36)
    middle = (share + 1.959964**2 / (2 * n)) / (1 + 1.959964**2 / n)
    assert (low + high) / 2 == pytest.approx(middle, rel=1e-5)


def test_a_share_of_none_and_of_all_stays_in_bounds():
    weights = np.array([2.0, 1, 1])
    assert weighted_share(np.zeros(3), weights)[:2] == (0, 0)
    assert weighted_share(np.ones(3), weights)[0::2] == (1, 1)
    assert weighted_share(np.zeros(3), weights)[2] < 1


def test_rare_levels_are_joined():
    join = join_rare_levels
    assert join({"x": 50, "y": 3, "z": 9}, 10, is_ordered=False) == {
        "x": "x", "y": "others", "z": "others",
    }  # fmt: skip
    # Still rare together: those without an answer join them, then the next rarest.
    assert join({"x": 50, "y": 3, "not_reported": 20}, 10, is_ordered=False) == {
        "x": "x", "y": "others", "not_reported": "others",
    }  # fmt: skip
    assert set(join({"x": 50, "y": 3, "w": 60}, 10, is_ordered=False).values()) == {"w", "others"}
    # Ordered levels join a neighbour.
    joined = join({1: 4, 2: 30, 3: 40, 4: 8, 5: 1, "not_reported": 12}, 10, is_ordered=True)
    assert joined == {1: "1", 2: "1", 3: "3", 4: "3", 5: "3", "not_reported": "not_reported"}
    assert join({1: 40, 2: 30, "not_reported": 2}, 10, is_ordered=True)["not_reported"] == "1"


def test_weights_give_the_second_survey_the_first_ones_shares(compared):
    for name in ("sex", "age"):
        assert compared.find("begin-end", name, "", "largest_smd").value > 0.1
        weighted = compared.find("begin-end:weighted", name, "", "largest_smd").value
        assert weighted == pytest.approx(0, abs=1e-6)
    # Ratios of people over their mean, 46 / 30: the largest is 4.
    largest = compared.find("begin-end:weighted", "weights", "", "largest").value
    assert largest == pytest.approx(4 * 30 / 46, rel=1e-4)
    # Program types are balanced exactly by weighting within them.
    types = [
        compared.find(wave, "program_type", "", "largest_smd").value
        for wave in ("begin-end", "begin-end:weighted_program")
    ]
    assert types[0] > 0.2
    assert types[1] == 0
    share = compared.find("begin-end:weighted", "gains", "skill")
    shift = compared.find("begin-end:weighted", "gains", "skill", "shift")
    _, ticked = find_answered("end")
    assert share.value - shift.value == pytest.approx(ticked / 24, abs=1e-5)
    assert share.low < share.value < share.high
    size = compared.find("begin-end:weighted", "weights", "", "n_effective").value
    assert 1 < size < 30


def test_nothing_is_weighted_where_the_surveys_share_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_pair(tmp_path, cells={("a", 20.0, "short"): (9, 9)})
    cohort = open_cohort("pair")
    assert list(weigh_second(cohort, "begin", "end")) == []
    view = show(Estimates(compare_samples("pair", "begin", "end")))
    assert find_table("balance")(view, "begin", "end") is None
    assert find_table("weighted")(view, "gains", "begin", "end") is None


def test_what_is_suppressed_is_neither_bounded_nor_weighted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_pair(tmp_path, minimum=12)
    cohort = open_cohort("pair")
    own = Estimates(estimate_wave("pair", "end"))
    assert own.find("end", "gains", "skill").is_suppressed
    bounds = Estimates(compose_frame(bound_differences(cohort, "begin", "end")))
    assert not bounds.has("begin-end", "gains", "skill", "difference_bounds")
    weighted = Estimates(compose_frame(weigh_second(cohort, "begin", "end")))
    assert not weighted.has("begin-end:weighted", "gains", "skill", "proportion")


def test_kish_counts_equal_weights_fully():
    assert Weights(np.ones(7)).n_effective == 7


# Views -----------------------------------------------------------------------------------------


def test_tables_and_figure_show_the_estimates(compared):
    view = show(compared)
    table = find_table("comparison")(view, "gains", "begin", "end")
    p = compared.find("begin-end", "gains", "skill", "proportions_pvalue_holm").value
    assert table.cell("Skill", "p (Holm)") == Writer().pvalue(p)
    profile = find_table("people")(
        view, {"A": ("sex", "a"), "Age": ("age", "mean")}, "begin", "end"
    )
    gap = compared.find("begin-end", "age", "", "mean_difference").value
    assert profile.cell("Age", "Difference") == f"{gap:.1f}".replace("-", "−")
    means = find_table("means")(view, ["age"], "begin", "end")
    assert [label for label, _ in means.rows] == ["Age: Shorts", "Age: Longs"]
    weighted = find_table("weighted")(view, "gains", "begin", "end")
    share = compared.find("begin-end:weighted", "gains", "skill").value
    assert weighted.cell("Skill", "Weighted") == f"{share:.0%}"
    costs = find_table("balance")(view, "begin", "end")
    assert costs.cell("Program type", "Weighted, program type too") == "0.00"
    drawing = find_chart("bounds")(view, "gains", "begin", "end")
    (axes,) = drawing.figure.axes
    bars = {bar.get_label(): bar.patches[0] for bar in axes.containers}
    bounds = compared.find("begin-end", "gains", "skill", "difference_bounds")
    bar = bars["bounds|skill"]
    assert bar.get_x() == pytest.approx(bounds.low * 100)
    assert bar.get_x() + bar.get_width() == pytest.approx(bounds.high * 100)
    assert drawing.numbers[0].cell("Skill", "Bounds").count(" to ") == 1
    assert find_chart("bounds")(view, "sex", "begin", "end") is not None
    assert find_chart("bounds")(view, "age", "begin", "end") is None
