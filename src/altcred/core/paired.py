"""Compares two answers of the same people; statsmodels and scipy do the arithmetic.

Every comparison takes two series of the same people in the same order, drops the pairs of which
an answer is missing, and counts them. Differences are *second minus first*. The test statistics
of a difference (t, Wilcoxon) are those of *first minus second*, as scipy.stats.ttest_rel(first,
second) gives them and as reports print them: a mean that fell has a positive t.

What cannot be computed (no pairs, one pair, no variation) is NaN, with a note that says why.
"""

import gc
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.sparse.csgraph import connected_components
from statsmodels.stats.contingency_tables import SquareTable, mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

NAN = float("nan")

# Up to this many differences the exact null distribution of the signed ranks is used, as R's
# wilcox.test does below fifty.
EXACT_WILCOXON_LIMIT = 50
# With what probability a change of the smallest detectable size is found.
POWER = 0.8
# Shares of the pairs of an ordered variable: who rose, stayed and fell.
SHARES_OF_PAIRS = frozenset({"increased", "unchanged", "decreased"})


@dataclass(frozen=True)
class MeanComparison:
    """Two numbers of the same people compared; `low` and `high` bound the mean difference.

    `detectable_difference` is how large a true mean difference had to be for the paired t test
    to find it with probability POWER, had the differences the spread that they have here.
    """

    n: int
    dropped: int
    mean_first: float
    mean_second: float
    median_first: float
    median_second: float
    mean_difference: float
    std_difference: float
    ttest_rel_statistic: float
    ttest_rel_df: float
    ttest_rel_pvalue: float
    low: float
    high: float
    cohen_dz: float
    wilcoxon_statistic: float
    wilcoxon_pvalue: float
    wilcoxon_method: str
    equivalence_margin: float
    tost_pvalue: float
    alpha: float
    note: str = ""
    detectable_difference: float = NAN

    def list_statistics(self) -> dict[str, float]:
        """Return the statistics under the names the estimates carry."""
        return {
            "mean_difference": self.mean_difference,
            "std_difference": self.std_difference,
            "ttest_rel_statistic": self.ttest_rel_statistic,
            "ttest_rel_df": self.ttest_rel_df,
            "ttest_rel_pvalue": self.ttest_rel_pvalue,
            "cohen_dz": self.cohen_dz,
            "wilcoxon_statistic": self.wilcoxon_statistic,
            "wilcoxon_pvalue": self.wilcoxon_pvalue,
            "tost_pvalue": self.tost_pvalue,
            "minimum_detectable_difference": self.detectable_difference,
        }


@dataclass(frozen=True)
class ProportionComparison:
    """Two yes-or-no answers of the same people compared; `low` and `high` bound the difference."""

    n: int
    dropped: int
    both: int
    only_first: int
    only_second: int
    neither: int
    proportion_first: float
    proportion_second: float
    difference: float
    low: float
    high: float
    mcnemar_pvalue: float
    alpha: float
    note: str = ""

    def list_cells(self) -> dict[str, int]:
        """Return the four cells of the table under the names the estimates carry."""
        return {
            "both": self.both,
            "only_first": self.only_first,
            "only_second": self.only_second,
            "neither": self.neither,
        }


@dataclass(frozen=True)
class CategoryComparison:
    """Two single answers of the same people compared.

    `table` counts the pairs, first in rows and second in columns, in the order of the categories.
    The fields from `increased` on are for ordered categories only, NaN for others; to increase
    is to give a category later in the order the second time.
    """

    n: int
    dropped: int
    table: pd.DataFrame
    stuart_maxwell_statistic: float
    stuart_maxwell_df: float
    stuart_maxwell_pvalue: float
    increased: float = NAN
    unchanged: float = NAN
    decreased: float = NAN
    sign_pvalue: float = NAN
    wilcoxon_statistic: float = NAN
    wilcoxon_pvalue: float = NAN
    wilcoxon_method: str = ""
    note: str = ""

    def list_statistics(self) -> dict[str, float]:
        """Return the statistics under the names the estimates carry; those that are NaN too."""
        return {
            "stuart_maxwell_statistic": self.stuart_maxwell_statistic,
            "stuart_maxwell_df": self.stuart_maxwell_df,
            "stuart_maxwell_pvalue": self.stuart_maxwell_pvalue,
            "increased": self.increased,
            "unchanged": self.unchanged,
            "decreased": self.decreased,
            "sign_pvalue": self.sign_pvalue,
            "wilcoxon_statistic": self.wilcoxon_statistic,
            "wilcoxon_pvalue": self.wilcoxon_pvalue,
        }


def compare_means(
    first: pd.Series,
    second: pd.Series,
    *,
    equivalence_margin: float | None = None,
    alpha: float = 0.05,
) -> MeanComparison:
    """Compare two numbers of the same people: paired t, d_z, Wilcoxon and equivalence.

    The interval of the mean difference has level 1 - `alpha`. Cohen's d_z is the mean difference
    over the standard deviation of the differences. The equivalence test (two one-sided t tests)
    asks whether the mean difference lies within plus or minus `equivalence_margin`, in the unit
    of the numbers; its p value is NaN where no margin is given. Wilcoxon's statistic is the sum
    of the ranks of the positive differences first minus second (R's V), over the pairs that
    differ; see compare_signed_ranks for when it is exact.
    """
    if equivalence_margin is not None and not equivalence_margin > 0:
        raise ValueError("equivalence_margin must be greater than zero.")
    pairs, dropped = _pair_answers(first, second)
    before = pairs["first"].to_numpy(dtype=float)
    after = pairs["second"].to_numpy(dtype=float)
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        raise ValueError("An infinite number cannot be compared.")
    n = len(before)
    difference = after - before
    notes: list[str] = []

    std_difference = t = pvalue = low = high = dz = tost_pvalue = detectable = NAN
    if n < 2:
        notes.append(_say_pairs(n))
    elif _is_constant(difference, before, after):
        std_difference = 0.0
        notes.append(
            "every difference is zero" if not difference.any() else "every difference is the same"
        )
    else:
        std_difference = float(difference.std(ddof=1))
        test = stats.ttest_rel(before, after)
        t, pvalue = float(test.statistic), float(test.pvalue)
        # The test is of first minus second, the interval of second minus first.
        interval = test.confidence_interval(1 - alpha)
        low, high = -float(interval.high), -float(interval.low)
        dz = float(difference.mean() / std_difference)
        detectable = minimum_detectable_difference(n, std_difference, alpha, POWER)
        if equivalence_margin is not None:
            tost_pvalue = float(
                ttost_paired(after, before, -equivalence_margin, equivalence_margin)[0]
            )
    ranks, ranks_pvalue, method = compare_signed_ranks(before - after)
    return MeanComparison(
        n=n,
        dropped=dropped,
        mean_first=float(before.mean()) if n else NAN,
        mean_second=float(after.mean()) if n else NAN,
        median_first=float(np.median(before)) if n else NAN,
        median_second=float(np.median(after)) if n else NAN,
        mean_difference=float(difference.mean()) if n else NAN,
        std_difference=std_difference,
        ttest_rel_statistic=t,
        ttest_rel_df=float(n - 1) if n > 1 else NAN,
        ttest_rel_pvalue=pvalue,
        low=low,
        high=high,
        cohen_dz=dz,
        wilcoxon_statistic=ranks,
        wilcoxon_pvalue=ranks_pvalue,
        wilcoxon_method=method,
        equivalence_margin=NAN if equivalence_margin is None else float(equivalence_margin),
        tost_pvalue=tost_pvalue,
        alpha=alpha,
        note="; ".join(notes),
        detectable_difference=detectable,
    )


def compare_signed_ranks(differences: Sequence[float] | np.ndarray) -> tuple[float, float, str]:
    """Return Wilcoxon's signed-rank statistic, its two-sided p value and how that was found.

    The statistic is the sum of the ranks of the positive differences; zero differences are left
    out (Wilcoxon 1945). The p value is `exact` for up to fifty differences without ties, and
    otherwise `normal`: the normal approximation with the correction for ties and for continuity,
    as R's wilcox.test chooses. Without a difference other than zero, NaN and an empty method.
    """
    values = np.asarray(differences, dtype=float)
    values = values[values != 0]
    if len(values) == 0:
        return NAN, NAN, ""
    has_ties = len(np.unique(np.abs(values))) < len(values)
    exact = len(values) <= EXACT_WILCOXON_LIMIT and not has_ties
    method = "exact" if exact else "asymptotic"
    with _quiet_arithmetic():
        pvalue = stats.wilcoxon(values, method=method, correction=not exact).pvalue
        positive = stats.wilcoxon(
            values, method=method, correction=not exact, alternative="greater"
        ).statistic
    return float(positive), float(pvalue), "exact" if exact else "normal"


def minimum_detectable_difference(
    n: float, std_difference: float, alpha: float = 0.05, power: float = POWER
) -> float:
    """Return the smallest mean difference that a two-sided paired t test would find.

    With `n` pairs whose differences have the standard deviation `std_difference`, a true mean
    difference of this size is found significant at `alpha` with probability `power` (from the
    noncentral t distribution). NaN with fewer than two pairs.
    """
    if n < 2 or not std_difference >= 0:
        return NAN
    with _quiet_arithmetic():
        effect = TTestPower().solve_power(
            effect_size=None, nobs=n, alpha=alpha, power=power, alternative="two-sided"
        )
    return float(np.asarray(effect).item()) * std_difference


def compare_proportions(
    first: pd.Series, second: pd.Series, *, alpha: float = 0.05
) -> ProportionComparison:
    """Compare two yes-or-no answers of the same people: the four cells and exact McNemar.

    The difference is the second proportion minus the first. Its interval is Newcombe's score
    interval for paired proportions (method 10 of Newcombe 1998, Statistics in Medicine 17,
    2635-2650), built from the Wilson intervals of the two proportions. McNemar's p value is the
    exact binomial one on the pairs that changed; it is 1 where nobody did.
    """
    pairs, dropped = _pair_answers(first, second)
    before = pairs["first"].astype("boolean").to_numpy(dtype=bool)
    after = pairs["second"].astype("boolean").to_numpy(dtype=bool)
    n = len(before)
    both = int((before & after).sum())
    only_first = int((before & ~after).sum())
    only_second = int((~before & after).sum())
    neither = n - both - only_first - only_second
    if n == 0:
        return ProportionComparison(
            0, dropped, 0, 0, 0, 0, NAN, NAN, NAN, NAN, NAN, NAN, alpha, _say_pairs(0)
        )
    table = pd.DataFrame([[both, only_first], [only_second, neither]]).to_numpy()
    low, high = _bound_paired_difference(both, only_first, only_second, neither, alpha)
    return ProportionComparison(
        n=n,
        dropped=dropped,
        both=both,
        only_first=only_first,
        only_second=only_second,
        neither=neither,
        proportion_first=(both + only_first) / n,
        proportion_second=(both + only_second) / n,
        difference=(only_second - only_first) / n,
        low=low,
        high=high,
        mcnemar_pvalue=(
            float(mcnemar(table, exact=True).pvalue) if only_first + only_second else 1.0
        ),
        alpha=alpha,
        note="" if only_first + only_second else "nobody changed",
    )


def compare_categories(
    first: pd.Series, second: pd.Series, categories: Sequence[str], *, ordered: bool = False
) -> CategoryComparison:
    """Compare two single answers of the same people by Stuart and Maxwell's test.

    The test asks whether the two margins are the same. A category that nobody moved into or out
    of says nothing about it and is left out; where the moves fall into groups of categories that
    exchange nobody, each group is tested and statistics and degrees of freedom are added, which
    is the test with the generalised inverse of its singular covariance. For `ordered` categories
    the shares that increased, stayed and decreased, the exact sign test on those who moved, and
    Wilcoxon's test on the categories' places in the order. Raises ValueError for an answer that
    is none of the categories.
    """
    names = list(categories)
    if len(set(names)) < len(names):
        raise ValueError("A category is listed twice.")
    pairs, dropped = _pair_answers(first.astype(object), second.astype(object))
    if not pairs.isin(names).to_numpy().all():
        raise ValueError("An answer is none of the categories.")
    places = {name: place for place, name in enumerate(names)}
    before = pairs["first"].map(places).to_numpy(dtype=int)
    after = pairs["second"].map(places).to_numpy(dtype=int)
    n = len(before)
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (before, after), 1)
    table = pd.DataFrame(counts, index=names, columns=names)
    if n == 0:
        return CategoryComparison(0, dropped, table, NAN, NAN, NAN, note=_say_pairs(0))
    statistic, df, pvalue = _test_margins(counts)
    note = "" if df else "nobody changed"
    if not ordered:
        return CategoryComparison(n, dropped, table, statistic, df, pvalue, note=note)
    up, down = int((after > before).sum()), int((after < before).sum())
    ranks, ranks_pvalue, method = compare_signed_ranks(before - after)
    return CategoryComparison(
        n=n,
        dropped=dropped,
        table=table,
        stuart_maxwell_statistic=statistic,
        stuart_maxwell_df=df,
        stuart_maxwell_pvalue=pvalue,
        increased=up / n,
        unchanged=(n - up - down) / n,
        decreased=down / n,
        sign_pvalue=float(stats.binomtest(up, up + down).pvalue) if up + down else 1.0,
        wilcoxon_statistic=ranks,
        wilcoxon_pvalue=ranks_pvalue,
        wilcoxon_method=method,
        note=note,
    )


def adjust_pvalues(pvalues: pd.Series | Sequence[float], method: str = "holm") -> pd.Series:
    """Adjust a family of p values for their number, by default as Holm (1979) does.

    `method` is one of statsmodels' multipletests. A missing p value stays missing and does not
    count as a test. The index of a series is kept.
    """
    family = pd.Series(pvalues, dtype=float)
    adjusted = pd.Series(NAN, index=family.index, dtype=float)
    known = family.notna().to_numpy()
    if known.any():
        # multipletests looks through the whole process for garbage, every time; nothing that is
        # frozen is looked at.
        gc.freeze()
        try:
            found = multipletests(family.to_numpy()[known], method=method)[1]
        finally:
            gc.unfreeze()
        adjusted.iloc[np.flatnonzero(known)] = found
    return adjusted


def _pair_answers(first: pd.Series, second: pd.Series) -> tuple[pd.DataFrame, int]:
    if not first.index.equals(second.index):
        raise ValueError("The two answers must be of the same people in the same order.")
    pairs = pd.DataFrame({"first": first, "second": second})
    complete = pairs.dropna()
    return complete, len(pairs) - len(complete)


def _say_pairs(n: int) -> str:
    return "no pairs" if n == 0 else "one pair only"


def _is_constant(difference: np.ndarray, *values: np.ndarray) -> bool:
    # Differences of decimal fractions that are equal on paper may differ in their last binary
    # digit; a t statistic made of that noise would be enormous and meaningless.
    scale = max(float(np.abs(value).max()) for value in values)
    return float(np.ptp(difference)) <= 1e-12 * scale


def _bound_paired_difference(
    both: int, only_first: int, only_second: int, neither: int, alpha: float
) -> tuple[float, float]:
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
    product = both * neither - only_first * only_second
    if product > 0:
        product = max(product - n / 2, 0)
    phi = product / margins**0.5 if margins else 0.0
    down1, up1, down2, up2 = p1 - low1, high1 - p1, p2 - low2, high2 - p2
    below = max(down2**2 - 2 * phi * down2 * up1 + up1**2, 0.0) ** 0.5
    above = max(up2**2 - 2 * phi * up2 * down1 + down1**2, 0.0) ** 0.5
    return float(p2 - p1 - below), float(p2 - p1 + above)


def _test_margins(counts: np.ndarray) -> tuple[float, float, float]:
    moves = counts - np.diag(np.diag(counts))
    _, groups = connected_components(moves, directed=False)
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
    return statistic, float(df), float(stats.chi2.sf(statistic, df))


@contextmanager
def _quiet_arithmetic() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
