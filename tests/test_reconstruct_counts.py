"""Whole counts: found where planted, given up where they conflict, exact to the last person."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from altcred.check.published import parse_printed
from altcred.reconstruct.amounts import draw_amounts, list_values, pair_amounts, weigh_values
from altcred.reconstruct.answers import spread_by_affinity, spread_by_rank, tick_options
from altcred.reconstruct.assumptions import Curve, VariableAssumption
from altcred.reconstruct.limits import tighten
from altcred.reconstruct.solve import (
    Figure,
    Linear,
    NoCounts,
    Problem,
    check_constraints,
    solve_counts,
)


def make_share(name: str, part: list[int], whole: list[int], printed: str, weight: float = 1):
    interval = parse_printed(printed)
    terms = {i: Fraction(int(i in part)) for i in whole}
    low = {i: f - interval.low for i, f in terms.items()}
    high = {i: f - interval.high for i, f in terms.items()}
    return Figure((name,), (Linear(low, 0, None), Linear(high, None, 0)), weight)


def make_problem(sizes: list[int]) -> Problem:
    problem = Problem()
    for size in sizes:
        yes = problem.add_unknown(size)
        no = problem.add_unknown(size)
        problem.nature.append(Linear({yes: 1, no: 1}, size, size))
    return problem


def test_counts_that_one_share_allows_are_found():
    # Of 7 people, 43% can only be 3.
    problem = make_problem([7])
    problem.figures.append(make_share("a", [0], [0, 1], "43%"))
    solution = solve_counts(problem)
    assert solution.counts.tolist() == [3, 4]
    assert solution.gave_up == ()


def test_a_share_that_no_count_gives_is_given_up():
    # Of 7 people, 50% can be none.
    problem = make_problem([7])
    problem.figures.append(make_share("a", [0], [0, 1], "50%"))
    assert solve_counts(problem).gave_up == ("a",)


def test_the_lightest_conflicting_figures_are_given_up():
    # Two groups of 100 with 20% and 40% cannot make 50% of all, printed twice.
    problem = make_problem([100, 100])
    problem.figures += [
        make_share("first", [0], [0, 1], "20%"),
        make_share("second", [2], [2, 3], "40%"),
        make_share("all", [0, 2], [0, 1, 2, 3], "50%"),
    ]
    assert solve_counts(problem).gave_up in (("first",), ("second",), ("all",))
    problem.figures[0] = make_share("first", [0], [0, 1], "20%", 4)
    problem.figures[1] = make_share("second", [2], [2, 3], "40%", 4)
    solution = solve_counts(problem)
    assert solution.gave_up == ("all",)
    assert solution.counts.tolist() == [20, 80, 40, 60] or (
        19.5 <= solution.counts[0] <= 20.5 and 39.5 <= solution.counts[2] <= 40.5
    )


def test_targets_are_kept_where_figures_allow_them():
    problem = Problem()
    for target in (10.0, 20.0, 30.0):
        problem.add_unknown(60, target)
    problem.nature.append(Linear({0: 1, 1: 1, 2: 1}, 60, 60))
    assert solve_counts(problem).counts.tolist() == [10, 20, 30]
    problem.figures.append(Figure(("a",), (Linear({0: 1}, 16, 16),)))
    counts = solve_counts(problem).counts
    assert counts[0] == 16
    assert counts.sum() == 60


def test_what_holds_by_nature_is_never_given_up():
    problem = Problem()
    problem.add_unknown(5)
    problem.nature.append(Linear({0: 1}, 6, None))
    with pytest.raises(NoCounts):
        solve_counts(problem)
    with pytest.raises(NoCounts):
        check_constraints(problem, np.array([5]))


def test_checking_is_exact_where_floats_are_not():
    # 1/3 of 3 is 1 exactly; a third as a float is not.
    third = Linear({0: Fraction(1), 1: Fraction(-1, 3)}, 0, 0)
    assert third.holds([1, 3])
    assert not third.holds([333_333_333, 1_000_000_000])


def test_an_end_with_six_digits_is_kept_and_a_longer_one_drawn_in():
    low, high = tighten(parse_printed("6.3%"))
    assert (low, high) == (Fraction("0.0625"), Fraction("0.0635"))
    low, high = tighten(parse_printed("$880,000"))
    assert Fraction("879999.5") < low < 880_000 < high < Fraction("880000.5")


@settings(max_examples=30, deadline=None)
@given(
    sizes=st.lists(st.integers(20, 400), min_size=2, max_size=4),
    shares=st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_consistent_figures_are_never_given_up(sizes, shares):
    problem = make_problem(sizes)
    yes = [round(size * share) for size, share in zip(sizes, shares, strict=False)]
    for i, size in enumerate(sizes):
        printed = f"{100 * yes[i] / size:.1f}%"
        problem.figures.append(make_share(f"group {i}", [2 * i], [2 * i, 2 * i + 1], printed))
    everybody = list(range(2 * len(sizes)))
    printed = f"{100 * sum(yes) / sum(sizes):.1f}%"
    problem.figures.append(make_share("all", everybody[::2], everybody, printed))
    assert solve_counts(problem).gave_up == ()


# Median and mean of either time.
PRINTED_AMOUNTS = [(60_000, 80_439), (61_062, 75_966)]


def test_paired_amounts_print_their_medians_means_and_t():
    curve = Curve(median=60_000, spread=0.8)
    sides = [draw_amounts(60, *printed, curve, 1000) for printed in PRINTED_AMOUNTS]
    first, second = pair_amounts(*sides, parse_printed("0.63"), np.random.default_rng(1))
    assert np.median(first) == 60_000
    assert np.median(second) == 61_062
    assert round(first.mean()) == 80_439
    assert round(second.mean()) == 75_966
    assert f"{ttest_rel(first, second).statistic:.2f}" == "0.63"
    assert (first >= 0).all()
    assert (second >= 0).all()


def test_values_are_round_ones_and_those_figures_need():
    assumption = VariableAssumption(values=[(0, 10, 5), (20, 40, 20)], heaps=[(20, 3)])
    assert list_values(assumption, [7.5], 0, 30) == [0, 5, 7.5, 10, 20]
    weights = weigh_values([0, 5, 10, 20], Curve(median=10, spread=1, zero=0.25), [(20, 3)])
    assert weights[0] == pytest.approx(0.25)
    assert weights.sum() == pytest.approx(1)
    assert (weights > 0).all()


def test_ranks_give_low_cells_to_low_scores():
    cells = spread_by_rank(np.array([0.3, -1, 2, 0.1]), np.array([1, 2, 1]))
    assert cells.tolist() == [1, 0, 2, 1]


def test_affinity_gives_rare_cells_to_those_they_suit():
    affinity = np.array([[0.0, 5.0], [0.0, 1.0], [0.0, -1.0]])
    assert spread_by_affinity(affinity, np.array([2, 1])).tolist() == [1, 0, 0]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_ticks_are_exact_and_leave_nobody_without(data):
    members = data.draw(st.integers(1, 12))
    options = data.draw(st.integers(1, 5))
    counts = np.array(
        data.draw(st.lists(st.integers(0, members), min_size=options, max_size=options))
    )
    if counts.sum() < members:
        counts[0] = members
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    ticked = tick_options(
        rng.normal(size=(members, options)),
        counts,
        np.ones(options, dtype=bool),
        np.zeros(members, dtype=bool),
        [],
        3.0,
        True,
    )
    assert ticked.sum(axis=0).tolist() == counts.tolist()
    assert ticked.any(axis=1).all()


def test_strongly_exclusive_options_are_not_ticked_together():
    rng = np.random.default_rng(5)
    ticked = tick_options(
        rng.normal(size=(40, 3)),
        np.array([20, 12, 15]),
        np.ones(3, dtype=bool),
        np.zeros(40, dtype=bool),
        [{0, 1}, {0, 2}],
        20.0,
        True,
    )
    assert ticked.sum(axis=0).tolist() == [20, 12, 15]
    assert not (ticked[:, 0] & ticked[:, 1:].any(axis=1)).any()
