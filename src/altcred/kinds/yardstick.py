"""By which statistics a kind tells how far two waves, or two groups, are apart."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from altcred.core.weights import NOT_WEIGHTED, WEIGHTED


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The statistics of a change: its size, its effect size, and the test that is adjusted.

    `gap` tells the size of a change in the unit of the answers and has an interval; `effect` is
    free of units, and empty where the gap is so already. `test` is the p value that enters the
    family of tests which Holm's method adjusts: one a variable, or, where `each` is set, one a
    category. `ends` are the two statistics that the gap lies between.
    """

    gap: str
    effect: str
    test: str
    each: bool = False
    ends: tuple[str, str] = ("", "")


# Of a number, by the same people and by different ones.
MEANS = ("mean_first", "mean_second")
PAIRED_MEANS = Yardstick("mean_difference", "cohen_dz", "ttest_rel_pvalue", ends=MEANS)
INDEPENDENT_MEANS = Yardstick("mean_difference", "hedges_g", "ttest_ind_pvalue", ends=("mean",) * 2)
# Of ordered answers with numbers behind them: the gap of a mean, and tests of ranks.
PAIRED_SCALE = Yardstick("mean_difference", "rank_biserial", "wilcoxon_pvalue", ends=MEANS)
INDEPENDENT_SCALE = Yardstick(
    "mean_difference", "cliffs_delta", "mannwhitneyu_pvalue", ends=("mean",) * 2
)
# The tests that another choice of the study, `primary: rank` or `primary: mean`, prefers.
PREFERRED = {
    "rank": {"wilcoxon_pvalue": "rank_biserial", "mannwhitneyu_pvalue": "cliffs_delta"},
    "mean": {"ttest_rel_pvalue": "cohen_dz", "ttest_ind_pvalue": "hedges_g"},
}
# Of three samples and more.
SEVERAL = {
    "ttest_ind_pvalue": ("anova_pvalue", "eta_squared"),
    "mannwhitneyu_pvalue": ("kruskal_pvalue", "epsilon_squared"),
}
# What a test is called in a sentence and in a note.
TESTS = {
    "ttest_rel_pvalue": "paired t-test",
    "wilcoxon_pvalue": "Wilcoxon's signed-rank test",
    "mcnemar_pvalue": "exact McNemar test",
    "stuart_maxwell_pvalue": "Stuart-Maxwell test",
    "ttest_ind_pvalue": "Welch's test",
    "anova_pvalue": "Welch's analysis of variance",
    "mannwhitneyu_pvalue": "Mann-Whitney test",
    "kruskal_pvalue": "Kruskal-Wallis test",
    "proportions_pvalue": "chi-squared or Fisher's exact test",
    "chi2_pvalue": "chi-squared or Fisher's exact test",
}


# What the note of an estimate says that leaves out answers which one of two waves alone offered.
SHARED = "over answers that both surveys offered"


def name_test(statistic: str, note: str) -> str:
    """Return what a test is called, with what its note says of weights and of answers left out."""
    words = TESTS.get(statistic, "test")
    if note.endswith(SHARED):
        named = name_test(statistic, note.removesuffix(SHARED).removesuffix("; "))
        return f"{named} {SHARED}"
    if note.endswith(NOT_WEIGHTED):
        return f"{words} ({NOT_WEIGHTED})"
    if note.endswith(WEIGHTED):
        return f"{words}, {WEIGHTED}" if note == WEIGHTED else note
    return words


def prefer(yardstick: Yardstick, primary: str, is_known: Callable[[str], bool]) -> Yardstick:
    """Return a yardstick with the test that a study prefers, where there is one of that sort.

    Of three samples or more the test is that which compares so many.
    """
    preferred = PREFERRED.get(primary, {})
    options = [*preferred.items(), (yardstick.test, yardstick.effect)]
    options += [SEVERAL[test] for test, _ in options if test in SEVERAL]
    for test, effect in options:
        if is_known(test):
            return replace(yardstick, test=test, effect=effect)
    return yardstick
