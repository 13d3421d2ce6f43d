"""Intervals of means: what they are of numbers with and without skew, and that they cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from altcred.core.distribution import describe_numbers
from altcred.core.means import (
    CORRECTED,
    LOG_T,
    T,
    bound_mean,
    bound_mean_difference,
    bound_noncentrality,
)
from altcred.core.records import Recorder
from altcred.kinds import find_kind


def bound(values, **options):
    distinct, people = np.unique(np.asarray(values, dtype=float), return_counts=True)
    return bound_mean(distinct, people.astype(float), **options)


def test_numbers_without_skew_have_the_interval_of_the_t_distribution():
    # Student (1908), R's data set sleep, group 2: t.test(extra) has mean 2.33 and the 95 percent
    # interval 0.898 to 3.762, here by scipy.
    values = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    reference = stats.ttest_1samp(values, 0).confidence_interval()
    low, high, name = bound(values)
    assert (low, high) == pytest.approx((reference.low, reference.high))
    assert name == T
    assert bound(range(20, 60))[2] == T


def test_a_log_t_interval_by_hand():
    # Logarithms -1, 0, 1: v = 1, and with it (e - 1) / 3 the variance of the relative mean; that
    # of the amounts themselves is smaller.
    low, high, name = bound(np.exp([-1, 0, 1]), is_skewed=True)
    mean = np.exp([-1, 0, 1]).mean()
    width = stats.t.ppf(0.975, 2) * ((np.e - 1) / 3) ** 0.5
    assert name == CORRECTED  # It would reach to a twentieth.
    low, high, name = bound(np.exp([-1, 0, 0, 1]), is_skewed=True)
    mean = np.exp([-1, 0, 0, 1]).mean()
    width = stats.t.ppf(0.975, 3) * (np.expm1(2 / 3) / 4) ** 0.5
    assert (low, high) == pytest.approx((mean * np.exp(-width), mean * np.exp(width)))
    assert name == LOG_T


def test_zeros_among_amounts_lead_to_halls_transformation():
    values = [0, 0, 0, 0, 0, 100, 150, 200, 600, 2500, 0, 50]
    low, high, name = bound(values, is_skewed=True)
    assert name == CORRECTED
    n, mean, error = 12, np.mean(values), stats.sem(values)
    lean = stats.skew(values, bias=False) * (1 + 8.5 / n) / n**0.5
    for end, quantile in ((low, 0.975), (high, 0.025)):
        t = (mean - end) / error
        transformed = t + lean * t**2 / 3 + lean**2 * t**3 / 27 + lean / 6
        assert transformed == pytest.approx(stats.t.ppf(quantile, n - 1))
    assert low > 0
    assert high - mean > mean - low


def test_an_interval_stays_within_what_can_be_answered():
    assert bound([0, 0, 3], limits=(0, np.inf))[0] == 0
    assert bound([5, 5, 5, 4], limits=(1, 5))[1] == 5
    (mean,) = (
        one for one in describe_numbers(
            Recorder("all", "courses"), np.array([0.0, 1, 2]), np.array([1.0, 1, 1]), {}
        ) if one.statistic == "mean"
    )  # fmt: skip
    assert (mean.low, mean.high) == (0, pytest.approx(1 + stats.t.ppf(0.975, 2) / 3**0.5))
    # Of numbers below nought the interval may be too.
    assert bound([-1, 0, 1])[0] < 0


def test_few_and_equal_numbers():
    assert np.isnan(bound([7])[0])
    assert bound([7, 7, 7], is_skewed=True) == (7, 7, T)
    low, high, name = bound([7, 9], is_skewed=True)
    assert name == T
    assert low < 7 < 9 < high


@given(st.lists(st.integers(1, 10**6), min_size=3, max_size=40), st.sampled_from([True, None]))
def test_an_interval_holds_the_mean_and_does_not_depend_on_the_unit(values, is_skewed):
    low, high, name = bound(values, is_skewed=is_skewed)
    assert low <= np.mean(values) + 1e-6
    assert high >= np.mean(values) - 1e-6
    scaled = bound(np.array(values) * 100.0, is_skewed=is_skewed)
    assert scaled[2] == name
    assert scaled[:2] == pytest.approx((low * 100, high * 100))


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=30))
def test_a_change_told_backwards_is_the_same_change(pairs):
    before, after = np.array(pairs, dtype=float).T
    for is_skewed in (True, None, False):
        low, high, name = bound_mean_difference(before, after, is_skewed=is_skewed)
        assert low <= (after - before).mean() + 1e-9
        assert high >= (after - before).mean() - 1e-9
        turned = bound_mean_difference(after, before, is_skewed=is_skewed)
        assert turned == (pytest.approx(-high), pytest.approx(-low), name)


def test_amounts_that_all_rose_are_bounded_as_amounts():
    before = np.array([20, 25, 30, 35, 40.0])
    rise = np.array([1, 2, 3, 5, 14.0])
    found = bound_mean_difference(before, before + rise, is_skewed=True)
    assert found == pytest.approx(bound(rise, is_skewed=True))
    assert found[2] == LOG_T
    even = np.array([1, 2, 3, 4, 5.0])
    assert bound_mean_difference(before, before + even, is_skewed=True)[2] == LOG_T
    assert bound_mean_difference(before, before + even)[2] == T


def test_kinds_say_whether_their_numbers_are_amounts():
    assert find_kind("money").is_skewed
    assert find_kind("count").is_skewed is None
    assert find_kind("year").is_skewed is False


@pytest.mark.parametrize("df", [1, 4, 20, 100, 3000, 10**6])
def test_noncentrality_is_bounded_whatever_the_statistic(df):
    exact, near = (bound_noncentrality(t, df) for t in (49.999, 50.001))
    assert exact == pytest.approx(near, rel=0.01)
    for t in (1e3, 1e6, 1e12):
        low, high = bound_noncentrality(t, df)
        assert 0 < low < t < high
        assert bound_noncentrality(-t, df) == (-high, -low)


LONG = [20, 137, 2000]
DRAWS = {20: 6000, 137: 4000, 2000: 2000}


def lognormal(draw, n, spread=1.0):
    return np.exp(draw.normal(0, spread, n))


def count_covered(n, truth, sample, test):
    draw = np.random.default_rng(n)
    ends = [test(sample(draw, n))[:2] for _ in range(DRAWS[n])]
    return np.mean([low <= truth <= high for low, high in ends])


def same_interval(values):
    return bound_mean(values, np.ones(len(values)), is_skewed=True)


def whatever_interval(values):
    return bound_mean(values, np.ones(len(values)))


SAMPLES = {
    "lognormal": (np.exp(0.5), lognormal, 0.94, 0.96),
    "lognormal, less spread": (np.exp(0.125), lambda d, n: lognormal(d, n, 0.5), 0.94, 0.96),
    "lognormal, more spread": (np.exp(1.125), lambda d, n: lognormal(d, n, 1.5), 0.93, 0.97),
    "rounded": (
        np.exp(10.5 + 0.32), lambda d, n: np.round(np.exp(d.normal(10.5, 0.8, n)), -3), 0.94, 0.96
    ),
    "normal": (10, lambda d, n: d.normal(10, 2, n), 0.94, 0.96),
    "exponential": (1, lambda d, n: d.exponential(1, n), 0.94, 0.98),
    "four in ten nought": (
        0.6 * np.exp(0.5), lambda d, n: lognormal(d, n) * (d.random(n) < 0.6), 0.93, 0.96
    ),
    "Poisson": (1, lambda d, n: d.poisson(1, n).astype(float), 0.94, 0.97),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("n", LONG)
@pytest.mark.parametrize("name", SAMPLES)
def test_intervals_of_amounts_cover(name, n, record_property):
    truth, sample, least, most = SAMPLES[name]
    covered = count_covered(n, truth, sample, same_interval)
    record_property("covered", covered)
    assert least <= covered <= most


@pytest.mark.long
@pytest.mark.parametrize("n", LONG)
@pytest.mark.parametrize("name", ["lognormal", "normal", "Poisson", "four in ten nought"])
def test_intervals_of_numbers_that_nobody_calls_amounts_cover(name, n):
    truth, sample, _, _ = SAMPLES[name]
    assert 0.93 <= count_covered(n, truth, sample, whatever_interval) <= 0.97


def multiply(draw, n):
    before = lognormal(draw, n)
    return before, before * np.exp(draw.normal(0.1, 0.5, n))


def add(draw, n):
    before = lognormal(draw, n, 0.5) * 8
    return before, before + lognormal(draw, n)


PAIRS = {
    "multiplied": (np.exp(0.5) * np.expm1(0.225), multiply),
    "added": (np.exp(0.5), add),
    "independent": (
        np.exp(0.7) - np.exp(0.125),
        lambda d, n: (lognormal(d, n, 0.5), lognormal(d, n) * np.exp(0.2)),
    ),
    "normal": (0.5, lambda d, n: (d.normal(20, 3, n), d.normal(20.5, 3, n))),
    "stopped": (
        -0.4 * np.exp(0.5), lambda d, n: (b := lognormal(d, n), b * (d.random(n) < 0.6))
    ),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("n", LONG)
@pytest.mark.parametrize("name", PAIRS)
def test_intervals_of_changes_of_amounts_cover(name, n):
    truth, sample = PAIRS[name]
    covered = count_covered(
        n, truth, sample, lambda pair: bound_mean_difference(*pair, is_skewed=True)
    )
    assert 0.935 <= covered <= 0.965
