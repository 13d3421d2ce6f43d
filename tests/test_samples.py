"""Tests of different people's answers: tables, ranks and means."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from altcred.core.records import ALL, Recorder
from altcred.core.samples import (
    compare_distributions,
    compare_moments,
    compare_ranks,
    hedges_g,
    test_table,
)

RECORD = Recorder(ALL, "x")
test_table.__test__ = False


def found(records) -> dict:
    return {one.statistic: one for one in records}


def test_job_satisfaction_agrees_with_r_s_chisq_and_fisher():
    # R's help of fisher.test has Agresti (2002, p. 57); fisher.test(Job) gives p = 0.7827.
    job = np.array([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]])
    pvalue, name = test_table(job)
    assert pvalue == pytest.approx(0.7827, abs=0.01)
    assert name == "Fisher's exact test, from 9,999 tables drawn"
    assert test_table(job)[0] == pvalue


def test_two_groups_and_several_answers_are_tested_exactly():
    table = np.array([[3, 1, 0], [1, 4, 2]])
    pvalue, name = test_table(table)
    # Every way to deal eleven people's answers to a group of four and one of seven.
    answers = np.repeat([0, 1, 2], table.sum(axis=0))
    ways = [
        tuple(np.bincount(answers[list(one)], minlength=3)) for one in combinations(range(11), 4)
    ]
    chance = {one: ways.count(one) / len(ways) for one in set(ways)}
    exact = sum(p for p in chance.values() if p <= chance[3, 1, 0] * (1 + 1e-9))
    assert pvalue == pytest.approx(exact)
    assert name == "Fisher's exact test"


def test_large_tables_have_the_chi_squared_test_and_cramers_v():
    # Agresti's gender and party: R's chisq.test(M) has X-squared = 30.07, df = 2.
    party = np.array([[762, 327, 468], [484, 239, 477]])
    tests = found(compare_distributions(RECORD, party))
    assert tests["chi2_pvalue"].value == pytest.approx(2.954e-07, rel=1e-3)
    assert tests["chi2_pvalue"].note == "chi-squared test"
    assert tests["cramers_v"].value == pytest.approx((30.07 / 2757) ** 0.5, rel=1e-3)


@pytest.mark.parametrize("table", [[[3, 0], [4, 0]], [[0, 0], [2, 3]]])
def test_what_cannot_differ_has_no_test(table):
    assert not found(compare_distributions(RECORD, np.array(table)))


def test_ranks_of_two_samples_have_mann_whitney_and_cliffs_delta():
    # Second sample above the first in 14 of 16 pairs, below in one, tied in one.
    counts = np.array([[1, 2, 1, 0], [0, 0, 1, 3]])
    tests = found(compare_ranks(RECORD, [1, 2, 3, 4], counts))
    pairs = [np.sign(b - a) for a in (1, 2, 2, 3) for b in (3, 4, 4, 4)]
    assert tests["cliffs_delta"].value == pytest.approx(sum(pairs) / 16)
    assert tests["cliffs_delta"].low < tests["cliffs_delta"].value < tests["cliffs_delta"].high <= 1
    assert tests["mannwhitneyu_pvalue"].value < 0.06
    assert tests["mannwhitneyu_pvalue"].note == "exact"
    turned = found(compare_ranks(RECORD, [1, 2, 3, 4], counts[::-1]))
    assert turned["cliffs_delta"].value == -tests["cliffs_delta"].value
    assert turned["mannwhitneyu_pvalue"].value == tests["mannwhitneyu_pvalue"].value


def test_cliffs_interval_is_by_the_pairs_of_people():
    first, second = [1, 2, 2, 3, 5, 5, 6], [2, 4, 5, 5, 7, 8]
    values = sorted({*first, *second})
    counts = np.array([[one.count(value) for value in values] for one in (first, second)])
    interval = found(compare_ranks(RECORD, values, counts))["cliffs_delta"]
    signs = np.sign(np.subtract.outer(second, first)).T
    d, (n, m) = signs.mean(), signs.shape
    variance = (
        m**2 * ((signs.mean(axis=1) - d) ** 2).sum() + n**2 * ((signs.mean(axis=0) - d) ** 2).sum()
        - ((signs - d) ** 2).sum()
    ) / (n * m * (n - 1) * (m - 1))  # fmt: skip
    z = stats.norm.ppf(0.975)
    root = z * variance**0.5 * ((1 - d**2) ** 2 + z**2 * variance) ** 0.5
    below = 1 - d**2 + z**2 * variance
    assert (interval.low, interval.high) == pytest.approx(
        ((d - d**3 - root) / below, (d - d**3 + root) / below)
    )


def test_equal_decimals_tie():
    counts = np.array([[1, 0], [0, 1]])
    assert not found(compare_ranks(RECORD, [0.1 + 0.2, 0.3], counts)).get("cliffs_delta") or (
        found(compare_ranks(RECORD, [0.1 + 0.2, 0.3], counts))["cliffs_delta"].value == 0
    )


def test_three_samples_have_kruskal_wallis_and_welchs_analysis():
    # Hollander and Wolfe (1973, p. 116), in R's help of kruskal.test: chi-squared = 0.77143.
    samples = [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]]
    values = sorted({value for one in samples for value in one})
    counts = np.array([[one.count(value) for value in values] for one in samples])
    tests = found(compare_ranks(RECORD, values, counts))
    assert tests["kruskal_pvalue"].value == pytest.approx(0.68, abs=5e-5)
    assert tests["epsilon_squared"].value == pytest.approx(0.77143 / 13, abs=1e-5)
    means = [np.mean(one) for one in samples]
    stds = [np.std(one, ddof=1) for one in samples]
    moments = found(compare_moments(RECORD, means, stds, [5, 4, 5]))
    flat = np.concatenate(samples)
    between = sum(len(one) * (np.mean(one) - flat.mean()) ** 2 for one in samples)
    assert moments["eta_squared"].value == pytest.approx(
        between / ((flat - flat.mean()) ** 2).sum()
    )
    assert 0 < moments["anova_pvalue"].value < 1
    assert not found(compare_moments(RECORD, means, [0, 1, 1], [5, 4, 5]))


def test_two_samples_welchs_analysis_is_welchs_t():
    test = stats.ttest_ind_from_stats(3, 1, 8, 4, 2, 12, equal_var=False)
    moments = found(compare_moments(RECORD, [3, 4], [1, 2], [8, 12]))
    assert moments["anova_pvalue"].value == pytest.approx(test.pvalue)


def test_hedges_g_is_corrected_for_small_samples():
    size, low, high = hedges_g(3.0, (4.0, 5.0), (16, 25))
    pooled = ((15 * 16 + 24 * 25) / 39) ** 0.5
    assert size == pytest.approx(3 / pooled * (1 - 3 / 155))
    # The ends are where 3 / pooled would be as far out as 2.5 of a hundred samples.
    t, scale = 3 / pooled / (1 / 16 + 1 / 25) ** 0.5, (1 / 16 + 1 / 25) ** 0.5 * (1 - 3 / 155)
    assert stats.nct.cdf(t, 39, low / scale) == pytest.approx(0.975, abs=1e-6)
    assert stats.nct.cdf(t, 39, high / scale) == pytest.approx(0.025, abs=1e-6)
