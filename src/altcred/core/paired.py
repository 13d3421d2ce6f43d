"""Compares two answers of the same people; statsmodels and scipy do the arithmetic.

Every comparison takes two series of the same people in the same order, leaves out the pairs of
which an answer is missing, and yields its estimates. Differences are *second minus first*. The test
statistics of a difference (t, Wilcoxon) are those of *first minus second*, as
scipy.stats.ttest_rel(first, second) gives them and as reports print them: a mean that fell has a
positive t.

What cannot be computed (no pairs, one pair, no variation) is left out, with a note that says why.
"""

import gc
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import scipy

from altcred.core.means import (
    T,
    bound_mean_difference,
    bound_noncentrality,
    join_intervals,
)
from altcred.core.ranks import (
    approximate_signed_ranks,
    compare_signed_ranks,
    rank_biserial,
    subtract_answers,
)
from altcred.core.records import NAN, Estimate, Recorder

# With what probability a change of the smallest detectable size is found.
POWER = 0.8
# Shares of the pairs that gave an answer in one survey: of those, who gave it in the other.
CONDITIONAL = ("second_given_first", "first_given_second")
IN_BOTH = "answered in both surveys"


def compare_means(
    record: Recorder,
    first: pd.Series,
    second: pd.Series,
    *,
    margin: float | None = None,
    has_zero: bool = True,
    is_skewed: bool | None = False,
    alpha: float = 0.05,
) -> Iterator[Estimate]:
    """Compare two numbers of the same people: paired t, d_z, Wilcoxon and equivalence.

    The interval of the mean difference has level 1 - `alpha`: that of the t test, or, of amounts
    where `is_skewed` or the numbers say so, bound_mean_difference's, which is then noted. Cohen's
    d_z is the mean difference over the standard deviation of the differences. The equivalence
    test (two one-sided t tests) asks whether the mean difference lies within plus or minus
    `margin`, in the unit of the numbers, and is left out where no margin is given. Wilcoxon's
    statistic is the sum of the ranks of the positive differences first minus second (R's V), over
    the pairs that differ; see compare_signed_ranks for when it is exact.
    `minimum_detectable_difference` is how large a true mean difference had to be for the t test to
    find it with probability POWER, had the differences the spread that they have here. Of numbers
    that have a zero the mean difference and the smallest detectable one are told as shares of the
    first mean too.
    """
    if margin is not None and not margin > 0:
        raise ValueError("The margin of equivalence must be greater than zero.")
    before, after = (side.to_numpy(dtype=float) for side in _pair_answers(first, second))
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        raise ValueError("An infinite number cannot be compared.")
    n = len(before)
    yield record.number("nobs", n, n=n, note="gave a number in both surveys")
    if n == 0:
        return
    difference = subtract_answers(after, before)
    mean = float(difference.mean())
    if abs(mean) < 1e-12 * np.abs(before).max():
        mean = 0.0
    found = {
        "mean_first": before.mean(),
        "mean_second": after.mean(),
        "median_first": np.median(before),
        "median_second": np.median(after),
    }
    low = high = NAN
    ends: dict[str, tuple[float, float]] = {}
    note = ""
    if n == 1:
        note = "one pair only"
    elif np.ptp(difference) == 0:
        found |= {"std_difference": 0.0, "ttest_rel_df": n - 1}
        note = f"every difference is {'the same' if difference.any() else 'zero'}"
    else:
        std = float(difference.std(ddof=1))
        test = scipy.stats.ttest_rel(before, after)
        low, high, name = bound_mean_difference(before, after, is_skewed=is_skewed, alpha=alpha)
        note = "" if name == T else name
        root = float(np.sqrt(n))
        below, above = bound_noncentrality(mean / std * root, n - 1, alpha)
        ends["cohen_dz"] = below / root, above / root
        found |= {
            "std_difference": std,
            "ttest_rel_statistic": test.statistic,
            "ttest_rel_df": n - 1,
            "ttest_rel_pvalue": test.pvalue,
            "cohen_dz": mean / std,
            "minimum_detectable_difference": minimum_detectable_difference(n, std, alpha),
        }
        if margin is not None:
            from statsmodels.stats.weightstats import ttost_paired

            found["tost_pvalue"] = ttost_paired(after, before, -margin, margin)[0]
    ranks, pvalue, method = compare_signed_ranks(-difference)
    found |= {
        "wilcoxon_statistic": ranks,
        "wilcoxon_pvalue": pvalue,
        "wilcoxon_normal_pvalue": approximate_signed_ranks(difference),
        "rank_biserial": rank_biserial(difference),
    }
    if has_zero and before.mean() > 0:
        least = found.get("minimum_detectable_difference", NAN)
        found["mean_difference_share"] = mean / before.mean()
        found["minimum_detectable_share"] = least / before.mean()
    notes = {
        "wilcoxon_pvalue": method,
        "tost_pvalue": f"margin {margin or NAN:g}",
        "minimum_detectable_difference": f"power {POWER:g}, alpha {alpha:g}, two-sided; "
        "standard deviation of the differences as observed",
    }
    yield record.number("mean_difference", mean, low, high, n=n, note=note)
    for statistic, value in found.items():
        if not np.isnan(value):
            note = notes.get(statistic, "")
            yield record.number(statistic, value, *ends.get(statistic, ()), n=n, note=note)


def minimum_detectable_difference(
    n: float, std_difference: float, alpha: float = 0.05, power: float = POWER
) -> float:
    """Return the smallest mean difference that a two-sided paired t test would find.

    With `n` pairs whose differences have the standard deviation `std_difference`, a true mean
    difference of this size is found significant at `alpha` with probability `power` (from the
    noncentral t distribution). NaN with fewer than two pairs.
    """
    from statsmodels.stats.power import TTestPower

    if n < 2 or not std_difference >= 0:
        return NAN
    with _quiet_arithmetic():
        effect = TTestPower().solve_power(
            effect_size=None, nobs=n, alpha=alpha, power=power, alternative="two-sided"
        )
    return float(np.asarray(effect).item()) * std_difference


def compare_proportions(
    record: Recorder, first: pd.Series, second: pd.Series, *, alpha: float = 0.05
) -> Iterator[Estimate]:
    """Compare two yes-or-no answers of the same people: the four cells and exact McNemar.

    The difference is the second proportion minus the first. Its interval is Newcombe's score
    interval for paired proportions (method 10 of Newcombe 1998, Statistics in Medicine 17,
    2635-2650), built from the Wilson intervals of the two proportions. McNemar's p value is the
    exact binomial one on the pairs that changed; it is 1 where nobody did. Of those who gave the
    answer in one survey, the share that gave it in the other stands under CONDITIONAL. Nothing
    without pairs.
    """
    from statsmodels.stats.contingency_tables import mcnemar

    before, after = (
        side.astype("boolean").to_numpy(dtype=bool) for side in _pair_answers(first, second)
    )
    n = len(before)
    if n == 0:
        return
    cells = {
        "both": int((before & after).sum()),
        "only_first": int((before & ~after).sum()),
        "only_second": int((~before & after).sum()),
        "neither": int((~before & ~after).sum()),
    }
    both, only_first, only_second, neither = cells.values()
    has_changed = only_first + only_second > 0
    yield record.number("nobs", n, n=n, note=IN_BOTH)
    for cell, count in cells.items():
        yield from record.counted(cell, count, n)
    low, high = _bound_paired_difference(both, only_first, only_second, neither, alpha)
    yield record.number(
        "difference", (only_second - only_first) / n, low, high, n=n,
        note="" if has_changed else "nobody changed",
    )  # fmt: skip
    for statistic, people in zip(CONDITIONAL, (both + only_first, both + only_second), strict=True):
        if people:
            yield record.share(both, people, statistic=statistic)
    table = np.array([[both, only_first], [only_second, cells["neither"]]])
    pvalue = mcnemar(table, exact=True).pvalue if has_changed else 1.0
    yield record.number("mcnemar_pvalue", pvalue, n=n)


def compare_categories(
    record: Recorder,
    first: pd.Series,
    second: pd.Series,
    categories: Sequence[str],
    *,
    ordered: bool = False,
    alpha: float = 0.05,
) -> Iterator[Estimate]:
    """Compare two single answers of the same people by Stuart and Maxwell's test.

    The test asks whether the two margins are the same. A category that nobody moved into or out
    of says nothing about it and is left out; where the moves fall into groups of categories that
    exchange nobody, each group is tested and statistics and degrees of freedom are added, which
    is the test with the generalised inverse of its singular covariance. For `ordered` categories
    the shares that increased (gave a later category the second time), stayed and decreased, the
    exact sign test on those who moved, Wilcoxon's test on the categories' places in the order, and
    `net_change`, the share that increased less the one that decreased.
    Raises ValueError for an answer that is none of the categories.
    """
    places = {name: place for place, name in enumerate(categories)}
    if len(places) < len(categories):
        raise ValueError("A category is listed twice.")
    sides = [
        side.map(places) for side in _pair_answers(first.astype(object), second.astype(object))
    ]
    if any(side.isna().any() for side in sides):
        raise ValueError("An answer is none of the categories.")
    before, after = (side.to_numpy(dtype=int) for side in sides)
    n = len(before)
    yield record.number("nobs", n, n=n, note=IN_BOTH)
    if n == 0:
        return
    counts = np.zeros((len(places), len(places)), dtype=int)
    np.add.at(counts, (before, after), 1)
    statistic, df, pvalue = _test_margins(counts)
    note = "" if df else "nobody changed"
    found = {
        "stuart_maxwell_statistic": statistic,
        "stuart_maxwell_df": df,
        "stuart_maxwell_pvalue": pvalue,
    }
    if ordered:
        up, down = int((after > before).sum()), int((after < before).sum())
        moves = {"increased": up, "unchanged": n - up - down, "decreased": down}
        for name, count in moves.items():
            yield record.share(count, n, statistic=name, note=note)
        ranks, ranks_pvalue, _ = compare_signed_ranks(before - after)
        found |= {
            "sign_pvalue": scipy.stats.binomtest(up, up + down).pvalue if up + down else 1.0,
            "wilcoxon_statistic": ranks,
            "wilcoxon_pvalue": ranks_pvalue,
            "wilcoxon_normal_pvalue": approximate_signed_ranks(after - before),
            "rank_biserial": rank_biserial(after - before),
        }
        yield record.number(
            "net_change", (up - down) / n, *bound_net_change(up, down, n, alpha), n=n, note=note
        )
    for name, value in found.items():
        if not np.isnan(value):
            yield record.number(name, value, n=n, note=note)


def adjust_pvalues(pvalues: pd.Series | Sequence[float]) -> pd.Series:
    """Adjust a family of p values for their number as Holm (1979) does.

    A missing p value stays missing and does not count as a test. The index of a series is kept.
    """
    family = pd.Series(pvalues, dtype=float, copy=True)
    known = family.notna()
    if known.any():
        from statsmodels.stats.multitest import multipletests

        # multipletests looks through the whole process for garbage, every time; nothing that is
        # frozen is looked at.
        gc.freeze()
        try:
            family[known] = multipletests(family[known], method="holm")[1]
        finally:
            gc.unfreeze()
    return family


def _pair_answers(first: pd.Series, second: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the answers of those of whom neither is missing."""
    if not first.index.equals(second.index):
        raise ValueError("The two answers must be of the same people in the same order.")
    complete = first.notna() & second.notna()
    return first[complete], second[complete]


def _bound_paired_difference(
    both: int, only_first: int, only_second: int, neither: int, alpha: float
) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint

    n = both + only_first + only_second + neither
    p1, p2 = (both + only_first) / n, (both + only_second) / n
    low1, high1 = proportion_confint(both + only_first, n, alpha=alpha, method="wilson")
    low2, high2 = proportion_confint(both + only_second, n, alpha=alpha, method="wilson")
    margins = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    product = float(both * neither - only_first * only_second)
    if product > 0:
        product = max(product - n / 2, 0)
    phi = product / margins**0.5 if margins else 0.0
    return join_intervals((p1, low1, high1), (p2, low2, high2), phi)


def bound_net_change(up: int, down: int, n: int, alpha: float) -> tuple[float, float]:
    """Return the interval of a difference of two shares of the same people that exclude each other.

    Wald's after half a person is added to each cell of four (Agresti and Min 2005, Statistics in
    Medicine 24, 729-740), cut at -1 and 1.
    """
    more, size = (up - down) / (n + 2), n + 2
    error = ((up + down + 1) / size - more**2) ** 0.5 / size**0.5
    margin = float(scipy.stats.norm.ppf(1 - alpha / 2)) * error
    return max(more - margin, -1.0), min(more + margin, 1.0)


def _test_margins(counts: np.ndarray) -> tuple[float, float, float]:
    from statsmodels.stats.contingency_tables import SquareTable

    moves = counts - np.diag(np.diag(counts))
    _, groups = scipy.sparse.csgraph.connected_components(moves, directed=False)
    statistic, df = 0.0, 0
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        if len(members) > 1:
            test = SquareTable(
                counts[np.ix_(members, members)].astype(float), shift_zeros=False
            ).homogeneity()
            statistic += float(test.statistic)
            df += int(test.df)
    if df == 0:
        return NAN, 0.0, NAN
    return statistic, float(df), float(scipy.stats.chi2.sf(statistic, df))


@contextmanager
def _quiet_arithmetic() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
