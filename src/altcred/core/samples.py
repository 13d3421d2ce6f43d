"""Compares answers of different people: two surveys, or the groups of a condition.

Samples come as counts, a row a sample and a column an answer; scipy and statsmodels do the
arithmetic. What cannot be tested, as where all gave the same answer, yields nothing.
"""

from collections.abc import Iterator, Sequence
from math import comb

import numpy as np

from altcred.core.distribution import LEVEL
from altcred.core.means import bound_noncentrality
from altcred.core.ranks import compare_rank_sums, drop_noise
from altcred.core.records import NAN, Estimate, Recorder

# Cochran (1954): with fewer expected in a cell, tables are tested exactly.
FEWEST_EXPECTED = 5
# Above so many people, or ways to fill the table, the exact test is drawn, or is none.
MOST_PEOPLE, MOST_WAYS = 1000, 2_000_000
DRAWN = 9_999


def compare_distributions(record: Recorder, counts: np.ndarray) -> Iterator[Estimate]:
    """Yield whether samples give their answers in the same shares, with Cramér's V.

    Pearson's chi-squared test without correction, and where fewer than five people are expected in
    a cell Fisher's exact test, as Freeman and Halton (1951) have it for tables of any size.
    """
    from scipy import stats

    table = _drop_empty(counts)
    if min(table.shape) < 2:
        return
    n = float(table.sum())
    pvalue, note = test_table(table)
    statistic = float(stats.chi2_contingency(table, correction=False).statistic)
    yield record.number("chi2_pvalue", pvalue, n=n, note=note)
    size = (statistic / n / (min(table.shape) - 1)) ** 0.5
    yield record.number("cramers_v", size, n=n)


def test_table(table: np.ndarray) -> tuple[float, str]:
    """Return the p value of samples that answer alike, and the name of the test."""
    from scipy import stats

    n = int(table.sum())
    found = stats.chi2_contingency(table, correction=False)
    has_few = found.expected_freq.min() < FEWEST_EXPECTED
    if has_few and table.shape == (2, 2):
        return float(stats.fisher_exact(table).pvalue), "Fisher's exact test"
    if not has_few or n > MOST_PEOPLE:
        return float(found.pvalue), "chi-squared test"
    for one in (table, table.T):
        ways = np.prod(one.sum(axis=0) + 1.0)
        if len(one) == 2 and ways <= MOST_WAYS:
            return _enumerate_two_rows(one), "Fisher's exact test"
    drawing = stats.MonteCarloMethod(n_resamples=DRAWN, rng=np.random.default_rng(DRAWN))
    pvalue = stats.fisher_exact(table, method=drawing).pvalue
    return float(pvalue), f"Fisher's exact test, from {DRAWN:,} tables drawn"


def compare_shares(
    counts: Sequence[float] | np.ndarray, sizes: Sequence[float] | np.ndarray
) -> tuple[float, str]:
    """Return the p value of no difference between shares of samples, and the test's name.

    Of nobody or of all in every sample nothing differs: 1.
    """
    table = _drop_empty(np.column_stack([counts, np.subtract(sizes, counts)]))
    return test_table(table) if table.shape[1] == 2 else (1.0, "Fisher's exact test")


def compare_ranks(
    record: Recorder, values: Sequence[float] | np.ndarray, counts: np.ndarray
) -> Iterator[Estimate]:
    """Yield whether one sample's answers rank higher, with how far they do.

    Two samples: Mann and Whitney's test, and Cliff's delta, the share of pairs of one person of
    either sample of whom the second's answer is the higher, less the share in which it is the
    lower, with the interval of Cliff (1996, Ordinal Methods, chapter 5). More samples: the test
    of Kruskal and Wallis, and epsilon squared (Tomczak and Tomczak 2014). `values` rise or not.
    """
    from scipy import stats

    counts = np.rint(counts).astype(int)
    n = float(counts.sum())
    samples = [np.repeat(np.asarray(values, dtype=float), one) for one in counts]
    if any(not len(one) for one in samples) or np.ptp(np.concatenate(samples)) == 0:
        return
    if len(samples) == 2:
        _, pvalue, method = compare_rank_sums(samples[1], samples[0])
        yield record.number("mannwhitneyu_pvalue", pvalue, n=n, note=method)
        delta, low, high = _bound_delta(np.asarray(values, dtype=float), counts)
        yield record.number("cliffs_delta", delta, low, high, n=n)
    else:
        test = stats.kruskal(*samples)
        yield record.number("kruskal_pvalue", test.pvalue, n=n)
        yield record.number("epsilon_squared", test.statistic / (n - 1), n=n)


def compare_moments(
    record: Recorder, means: Sequence[float], stds: Sequence[float], sizes: Sequence[float]
) -> Iterator[Estimate]:
    """Yield whether the means of three or more samples differ: Welch's analysis of variance.

    With eta squared, the share of the variance that lies between the samples.
    """
    from statsmodels.stats.oneway import anova_generic

    mean, std, n = (np.asarray(one, dtype=float) for one in (means, stds, sizes))
    if not (std > 0).all() or not (n > 1).all():
        return
    found = anova_generic(mean, std**2, n, use_var="unequal")
    between = (n * (mean - np.average(mean, weights=n)) ** 2).sum()
    yield record.number("anova_pvalue", found.pvalue, n=n.sum())
    yield record.number("eta_squared", between / (between + ((n - 1) * std**2).sum()), n=n.sum())


def hedges_g(
    difference: float, stds: Sequence[float], sizes: Sequence[float]
) -> tuple[float, float, float]:
    """Return a difference of two means over the pooled standard deviation, with its interval.

    Corrected for small samples (Hedges 1981), with the interval of the noncentral t distribution,
    as R's effectsize has it.
    """
    (std_1, std_2), (n_1, n_2) = stds, sizes
    df = n_1 + n_2 - 2
    pooled = (((n_1 - 1) * std_1**2 + (n_2 - 1) * std_2**2) / df) ** 0.5
    error, corrected = (1 / n_1 + 1 / n_2) ** 0.5, 1 - 3 / (4 * df - 1)
    ends = bound_noncentrality(difference / pooled / error, df, 1 - LEVEL)
    low, high = (end * error * corrected for end in ends)
    return difference / pooled * corrected, low, high


def _bound_delta(values: np.ndarray, counts: np.ndarray) -> tuple[float, float, float]:
    """Return Cliff's delta of the second sample over the first, with its interval."""
    from scipy import stats

    first, second = counts.astype(float)
    n_first, n_second = first.sum(), second.sum()
    _, place = np.unique(drop_noise(values), return_inverse=True)
    first, second = (np.bincount(place, weights=one) for one in (first, second))

    def dominate(others: np.ndarray) -> np.ndarray:
        """Return for each value the share of others below it less the share above it."""
        return np.asarray((2 * np.cumsum(others) - others) / others.sum() - 1)

    of_second, of_first = dominate(first), -dominate(second)
    delta = float((second * of_second).sum() / n_second)
    if n_first < 2 or n_second < 2 or abs(delta) == 1:
        return delta, NAN, NAN
    pairs = n_first * n_second
    rows = float((first * (of_first - delta) ** 2).sum())
    columns = float((second * (of_second - delta) ** 2).sum())
    # The squared sign of a pair is one, and of a tied one nought.
    cells = pairs * (1 - delta**2) - float((first * second).sum())
    variance = (n_second**2 * rows + n_first**2 * columns - cells) / (
        pairs * (n_first - 1) * (n_second - 1)
    )
    variance = max(variance, (1 - delta**2) / (pairs - 1))
    z = float(stats.norm.ppf((1 + LEVEL) / 2))
    # Cliff's asymmetric interval, which stays within -1 and 1.
    middle, width = delta - delta**3, z * variance**0.5
    root = ((1 - delta**2) ** 2 + width**2) ** 0.5
    below = 1 - delta**2 + width**2
    return delta, (middle - width * root) / below, (middle + width * root) / below


def _drop_empty(counts: np.ndarray) -> np.ndarray:
    table = np.rint(counts).astype(int)
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def _enumerate_two_rows(table: np.ndarray) -> float:
    """Return Fisher's exact p value of a table of two rows, over all with the same margins."""
    columns = table.sum(axis=0)
    rest, first = int(columns[-1]), int(table[0].sum())
    ways = [np.array([float(comb(int(c), k)) for k in range(int(c) + 1)]) for c in columns]
    sums, chances = np.zeros(1, dtype=int), np.ones(1)
    for one in ways[:-1]:
        sums = np.add.outer(sums, np.arange(len(one))).ravel()
        chances = np.multiply.outer(chances, one).ravel()
    left = first - sums
    possible = (left >= 0) & (left <= rest)
    chances = chances[possible] * ways[-1][left[possible]]
    found = float(np.prod([one[k] for one, k in zip(ways, table[0], strict=True)]))
    return float(chances[chances <= found * (1 + 1e-7)].sum() / chances.sum())
