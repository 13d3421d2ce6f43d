"""Wilcoxon's tests against every sign and every split counted."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from altcred.core import ranks
from altcred.core.ranks import (
    EXACT_BELOW,
    approximate_signed_ranks,
    compare_rank_sums,
    compare_signed_ranks,
    drop_noise,
    subtract_answers,
)


def count_signs(differences):
    """Return V and its two-sided p value by writing out all signs."""
    values = [value for value in differences if value]
    midranks = stats.rankdata(np.abs(values))
    found = float(midranks[np.array(values) > 0].sum())
    every = [
        sum(rank for rank, sign in zip(midranks, signs, strict=True) if sign)
        for signs in itertools.product((0, 1), repeat=len(midranks))
    ]
    tail = min(sum(one <= found for one in every), sum(one >= found for one in every))
    return found, min(1, 2 * tail / len(every))


def count_splits(first, second):
    """Return W and its two-sided p value by dealing out all ranks, from pairs of answers."""

    def place(side, other):
        return sum((a > b) + 0.5 * (a == b) for a in side for b in other)

    together = [*first, *second]
    found = place(first, second)
    every = []
    for chosen in itertools.combinations(range(len(together)), len(first)):
        side = [together[one] for one in chosen]
        other = [value for one, value in enumerate(together) if one not in chosen]
        every.append(place(side, other))
    is_high = found > len(first) * len(second) / 2
    tail = sum(one >= found if is_high else one <= found for one in every)
    return found, min(1, 2 * tail / len(every))


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=70).filter(any))
def test_the_normal_p_value_of_signed_ranks_is_at_hand_at_any_size(differences):
    values = np.array(differences, dtype=float)
    known = stats.wilcoxon(
        values[values != 0], zero_method="wilcox", correction=True, method="asymptotic"
    )
    found = approximate_signed_ranks(values)
    assert found == pytest.approx(known.pvalue, abs=1e-12)
    if (values != 0).sum() >= EXACT_BELOW:
        assert compare_signed_ranks(values)[1] == found


def test_five_rises_of_one_have_the_normal_p_value_that_r_prints():
    # R: wilcox.test(c(1, 1, 1, 1, 1), exact = FALSE)$p.value
    assert approximate_signed_ranks([1] * 5) == pytest.approx(0.03688843, abs=1e-6)
    assert math.isnan(approximate_signed_ranks([0, 0]))


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=10).filter(any))
def test_exact_signed_ranks_are_all_signs_counted(differences):
    statistic, pvalue, method = compare_signed_ranks(differences)
    assert (statistic, pvalue) == pytest.approx(count_signs(differences), abs=1e-12)
    assert method == "exact"
    turned = compare_signed_ranks([-one for one in differences])
    assert turned[1] == pvalue


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=5),
    st.lists(st.integers(0, 5), min_size=1, max_size=5),
)
def test_exact_rank_sums_are_all_splits_counted(first, second):
    statistic, pvalue, method = compare_rank_sums(first, second)
    assert (statistic, pvalue) == pytest.approx(count_splits(first, second), abs=1e-12)
    assert method == "exact"
    turned = compare_rank_sums(second, first)
    assert turned[0] == len(first) * len(second) - statistic
    assert turned[1] == pytest.approx(pvalue)


@pytest.mark.parametrize("n", range(1, 12))
def test_pairs_that_all_rise_by_one_differ_as_a_coin_that_always_falls_the_same(n):
    assert compare_signed_ranks([1] * n) == (n * (n + 1) / 2, min(1, 2 / 2**n), "exact")


@pytest.mark.parametrize("n", [EXACT_BELOW - 1, EXACT_BELOW, 200])
def test_many_untied_differences_agree_with_scipy(n):
    values = np.arange(1, n + 1) * np.where(np.arange(n) % 3, 1, -1)
    is_exact = n < EXACT_BELOW
    reference = stats.wilcoxon(
        values, method="exact" if is_exact else "asymptotic", correction=not is_exact
    )
    assert compare_signed_ranks(values)[1:] == (
        pytest.approx(reference.pvalue, rel=1e-9), "exact" if is_exact else "normal"
    )  # fmt: skip


@pytest.mark.parametrize("sizes", [(49, 30), (50, 9), (60, 70)])
def test_many_untied_answers_agree_with_scipy(sizes):
    values = np.random.default_rng(11).permutation(sum(sizes))
    first, second = values[: sizes[0]] + 5.5, values[sizes[0] :]
    is_exact = max(sizes) < EXACT_BELOW
    reference = stats.mannwhitneyu(first, second, method="exact" if is_exact else "asymptotic")
    assert compare_rank_sums(first, second) == (
        reference.statistic, pytest.approx(reference.pvalue, rel=1e-9),
        "exact" if is_exact else "normal",
    )  # fmt: skip


def test_the_normal_approximation_corrects_for_ties_and_continuity():
    # Of fifty differences of one size thirty are positive: midranks 25.5, V = 765, mean 637.5,
    # variance 50*51*101/24 - (50^3 - 50)/48 = 8128.125.
    statistic, pvalue, method = compare_signed_ranks([2] * 30 + [-2] * 20 + [0] * 4)
    assert (statistic, method) == (765, "normal")
    z = (765 - 637.5 - 0.5) / math.sqrt(8128.125)
    assert pvalue == pytest.approx(math.erfc(z / math.sqrt(2)))


def test_exact_and_normal_meet_where_one_gives_way_to_the_other(monkeypatch):
    values, others = np.tile([1, 2, -1, 3, 1, -2], 9), np.tile([0, 2, 1, 1, -1], 10)
    for test, sides in ((compare_signed_ranks, [values]), (compare_rank_sums, [values, others])):
        normal = test(*sides)
        with monkeypatch.context() as patched:
            patched.setattr(ranks, "EXACT_BELOW", 60)
            exact = test(*sides)
        assert (exact[2], normal[2]) == ("exact", "normal")
        assert exact[:2] == pytest.approx(normal[:2], rel=0.1)


def test_what_has_no_difference_has_no_statistic():
    for differences in ([], [0.0], [0, 0, 0]):
        statistic, pvalue, method = compare_signed_ranks(differences)
        assert math.isnan(statistic)
        assert math.isnan(pvalue)
        assert not method
    assert math.isnan(compare_rank_sums([], [1.0])[1])
    assert compare_rank_sums([3] * 4, [3] * 60) == (120, 1, "normal")
    assert compare_rank_sums([3] * 4, [3] * 6) == (12, 1, "exact")


def test_decimals_are_compared_as_written():
    assert 0.3 - 0.1 != 0.2
    assert subtract_answers(np.array([0.3]), np.array([0.1]))[0] == 0.2
    assert subtract_answers(np.array([1e6 + 0.3]), np.array([1e6 + 0.1]))[0] == 0.2
    assert drop_noise([0.1 + 0.2, 0.0]).tolist() == [0.3, 0.0]
    assert drop_noise([0.1, 1e5 + 0.01]).tolist() == [0.1, 100000.01]
    assert drop_noise([]).size == 0
    assert compare_rank_sums([0.1 + 0.2], [0.3]) == (0.5, 1, "exact")
