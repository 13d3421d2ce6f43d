"""Wilcoxon's two tests on ranks, with the exact null distribution where samples are small.

Ties do not stand in the way: given the midranks that the data have, every sign of a difference (or
every way to deal the ranks to two groups) is as likely as any other where nothing differs, and so
the distribution is counted out, rank by rank, on doubled midranks, which are whole. R's wilcox.test
does the same from version 4.6 on, and before did it only without ties.
"""

from collections.abc import Sequence

import numpy as np
import scipy

from altcred.core.records import NAN

# Samples of fewer answers are tested exactly, and larger ones by the normal distribution, as R's
# wilcox.test does.
EXACT_BELOW = 50
# Of decimal answers so many leading digits are compared; behind them is binary noise.
DIGITS = 12


def drop_noise(values: Sequence[float] | np.ndarray, scale: float | None = None) -> np.ndarray:
    """Round numbers to DIGITS digits of the largest, so that what is equal on paper is equal.

    In binary, 0.3 - 0.1 is not 0.2. `scale` is the largest number that the values were worked out
    from, where that is not among them: differences have the noise of the numbers subtracted.
    """
    values = np.asarray(values, dtype=float)
    largest = max(float(np.abs(values).max(initial=0)), scale or 0)
    if largest == 0:
        return values
    return np.round(values, DIGITS - 1 - int(np.floor(np.log10(largest))))


def subtract_answers(answers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return answers minus others, without the binary noise of decimal fractions."""
    scale = float(max(np.abs(side).max(initial=0) for side in (answers, others)))
    return drop_noise(answers - others, scale)


def compare_signed_ranks(differences: Sequence[float] | np.ndarray) -> tuple[float, float, str]:
    """Return Wilcoxon's signed-rank statistic, its two-sided p value and how that was found.

    The statistic is the sum of the midranks of the positive differences (R's V). Zero differences
    are left out before ranks are given (Wilcoxon 1945). The p value is `exact` for fewer than
    fifty differences, tied or not: twice the probability, over all signs of the midranks, of a
    statistic as far out, and at most 1. Otherwise it is `normal`: the normal approximation,
    corrected for ties and continuity. Without a difference other than zero, NaN and an empty
    method.
    """
    values = drop_noise(differences)
    values = values[values != 0]
    n = len(values)
    if n == 0:
        return NAN, NAN, ""
    ranks = scipy.stats.rankdata(np.abs(values))
    statistic = float(ranks[values > 0].sum())
    if n < EXACT_BELOW:
        doubled = np.rint(2 * ranks).astype(int)
        ways = np.zeros(n * (n + 1) + 1)
        ways[0] = 1
        for rank in doubled:
            ways[rank:] += ways[:-rank]
        # The distribution is the same from either end.
        nearer = round(2 * min(statistic, ranks.sum() - statistic))
        return statistic, min(1.0, 2 * float(ways[: nearer + 1].sum()) / 2**n), "exact"
    return statistic, approximate_signed_ranks(values), "normal"


def approximate_signed_ranks(differences: Sequence[float] | np.ndarray) -> float:
    """Return the p value of Wilcoxon's signed-rank test by the normal distribution, at any size.

    Corrected for ties and continuity, as R's wilcox.test(paired = TRUE, exact = FALSE) has it, and
    as R before 4.6 had it wherever there are ties or zeros. NaN without a difference but zero.
    """
    values = drop_noise(differences)
    values = values[values != 0]
    if len(values) == 0:
        return NAN
    ranks = scipy.stats.rankdata(np.abs(values))
    # The sum of the squared midranks carries the correction for ties.
    error = float(np.sqrt((ranks**2).sum() / 4))
    return _normal_pvalue(float(ranks[values > 0].sum() - ranks.sum() / 2), error)


def rank_biserial(differences: Sequence[float] | np.ndarray) -> float:
    """Return the matched-pairs rank-biserial correlation (Kerby 2014), from -1 to 1.

    The ranks of the positive differences less those of the negative ones, as a share of all.
    NaN without a difference other than zero.
    """
    values = drop_noise(differences)
    values = values[values != 0]
    if len(values) == 0:
        return NAN
    ranks = scipy.stats.rankdata(np.abs(values))
    return float((ranks * np.sign(values)).sum() / ranks.sum())


def compare_rank_sums(
    first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray
) -> tuple[float, float, str]:
    """Return Wilcoxon's rank-sum statistic of two samples, its p value and how that was found.

    The test is Mann and Whitney's too: the statistic is in how many pairs of one answer of each
    sample that of the `first` is the larger, ties counting a half (R's W). The p value is `exact`
    where both samples have fewer than fifty answers, tied or not: twice the probability, over all
    ways to deal out the midranks, of a statistic as far from the middle on the same side, and at
    most 1. Otherwise it is `normal`: the normal approximation, corrected for ties and continuity.
    Without answers on a side, NaN and an empty method.
    """
    n_first, n_second = len(first), len(second)
    if not n_first or not n_second:
        return NAN, NAN, ""
    n = n_first + n_second
    ranks = scipy.stats.rankdata(
        drop_noise(np.concatenate([np.asarray(first), np.asarray(second)]))
    )
    statistic = float(ranks[:n_first].sum()) - n_first * (n_first + 1) / 2
    distance = statistic - n_first * n_second / 2
    if max(n_first, n_second) < EXACT_BELOW:
        doubled = np.rint(2 * ranks).astype(int)
        chosen = doubled[:n_first] if n_first <= n_second else doubled[n_first:]
        ways = np.zeros((len(chosen) + 1, int(doubled.sum()) + 1))
        ways[0, 0] = 1
        for rank in doubled:
            ways[1:, rank:] += ways[:-1, :-rank]
        found, place = ways[-1], int(chosen.sum())
        is_high = place > len(chosen) * (n + 1)
        tail = found[place:].sum() if is_high else found[: place + 1].sum()
        return statistic, min(1.0, 2 * float(tail / found.sum())), "exact"
    error = float(np.sqrt(n_first * n_second / n * ranks.var(ddof=1)))
    return statistic, _normal_pvalue(distance, error), "normal"


def _normal_pvalue(distance: float, error: float) -> float:
    """Return a two-sided p value of a distance moved by half a rank (the continuity correction)."""
    if distance == 0 or error == 0:
        return 1.0
    return 2 * float(scipy.stats.norm.sf(abs(abs(distance) - 0.5) / error))
