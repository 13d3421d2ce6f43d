"""The registry of statistics: what each number among the estimates is, said by itself.

Kinds, the door, tables and sentences ask here; an estimate of a statistic that nobody registered
stops the build.
"""

from dataclasses import dataclass
from typing import Literal

# A share of 0 to 1; the variable's own unit; how many people or things there are; a difference of
# two shares, shown in percentage points; a score out of a hundred, shown whole; a p value; a number
# without a unit.
Unit = Literal["share", "own", "count", "points", "score", "p value", "number"]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic: its name among the estimates, the word for it, and its unit.

    `is_test` says that the cells behind it can be worked out from it, as from a p value;
    `is_extreme` that it is one person's value; `cell` names the cell that it is the share or the
    number of, as a category is; `steps` says that it is a quantile, and that between it and the
    next lies one of so many parts of all people; `has_cells_as_n` that its n counts people of some
    cells, and goes with them; `is_given` that people gave it, or that it lies halfway between two
    of their answers; `is_change` that it says by how much the same people moved, and not from or to
    what. `difference` names the statistic that compares it between two surveys, and is empty where
    none does; `joins` that the intervals of the two make its own.
    """

    name: str
    word: str
    unit: Unit = "own"
    is_test: bool = False
    is_extreme: bool = False
    cell: str = ""
    steps: int = 0
    has_cells_as_n: bool = False
    is_given: bool = False
    is_change: bool = False
    difference: str = ""
    joins: bool = False


class UnknownStatistic(KeyError):
    """Raised for a statistic that nobody registered."""

    def __str__(self) -> str:
        return (
            f"{self.args[0]!r} is not a registered statistic: say in core/statistics.py, or with "
            "register_statistic, what its unit is and whether it may reveal a person."
        )


# The cell of those who gave nought.
ZEROS = "zeros"
# The quantiles that are told beside the median, by the share of people up to them.
QUANTILES = {one / 100: f"quantile_{one:02d}" for one in range(5, 100, 5) if one != 50}

_STATISTICS: dict[str, Statistic] = {}


def register_statistic(statistic: Statistic) -> None:
    """Make a statistic known under its name; a later one of the same name replaces it."""
    _STATISTICS[statistic.name] = statistic


def forget_statistic(name: str) -> None:
    """Remove a statistic, as a test does with one of its own."""
    _STATISTICS.pop(name, None)


def find_statistic(name: str) -> Statistic:
    """Return the statistic of that name; UnknownStatistic where there is none."""
    try:
        return _STATISTICS[name]
    except KeyError:
        raise UnknownStatistic(name) from None


def is_statistic(name: str) -> bool:
    """Tell whether a statistic of that name is registered."""
    return name in _STATISTICS


def list_statistics() -> list[Statistic]:
    """Return all statistics in the order of their registration."""
    return list(_STATISTICS.values())


def _change(name: str, word: str, unit: Unit = "own") -> Statistic:
    return Statistic(name, word, unit, is_test=True, is_change=True)


for _one in (
    # What describes the answers of one survey.
    Statistic("nobs", "Answered", "count"),
    Statistic("count", "People", "count"),
    Statistic("proportion", "Share", "share", difference="difference"),
    Statistic("mean", "Mean", difference="mean_difference"),
    Statistic("std", "Standard deviation"),
    Statistic("std_error", "Standard error"),
    Statistic("median", "Median", is_given=True, steps=2, difference="median_difference"),
    *(
        Statistic(f"quantile_{one:02d}", f"{one}% at or below", is_given=True,
                  steps=20 if one % 25 else 4)
        for one in range(5, 100, 5) if one != 50
    ),
    Statistic("zeros", "Share of zeros", "share", cell=ZEROS),
    Statistic("zeros_count", "Number of zeros", "count", cell=ZEROS),
    Statistic("mode", "Mode", is_given=True),
    Statistic("min", "Lowest", is_extreme=True, is_given=True),
    Statistic("max", "Highest", is_extreme=True, is_given=True),
    Statistic("sum", "Sum"),
    Statistic(
        "nunique", "Number of different answers", "count", difference="nunique_difference"
    ),
    Statistic("cronbach_alpha", "Cronbach's alpha", "number"),
    Statistic(
        "nps", "Net promoter score", "score", is_test=True, difference="nps_difference", joins=True
    ),
    # Two surveys as independent samples.
    _change("difference", "Difference of shares", "points"),
    _change("mean_difference", "Mean difference"),
    Statistic("median_difference", "Difference of medians", is_test=True),
    _change("nps_difference", "Difference of net promoter scores", "score"),
    Statistic("nunique_difference", "Difference", "number", is_test=True),
    Statistic("proportions_pvalue", "p of two shares", "p value", is_test=True),
    Statistic("proportions_pvalue_holm", "p of two shares (Holm)", "p value", is_test=True),
    Statistic("ttest_ind_pvalue", "p of Welch's t-test", "p value", is_test=True),
    # The same people in two surveys.
    Statistic("mean_first", "Mean in the first survey", is_test=True),
    Statistic("mean_second", "Mean in the second survey", is_test=True),
    Statistic("nps_first", "Net promoter score in the first survey", "score", is_test=True),
    Statistic("nps_second", "Net promoter score in the second survey", "score", is_test=True),
    Statistic("median_first", "Median in the first survey", is_test=True, is_given=True),
    Statistic("median_second", "Median in the second survey", is_test=True, is_given=True),
    _change("std_difference", "Standard deviation of the differences"),
    Statistic("mean_difference_share", "Mean difference as a share", "share", is_test=True),
    _change("cohen_dz", "Standardised difference, d_z", "number"),
    _change("ttest_rel_statistic", "Paired t", "number"),
    _change("ttest_rel_df", "Degrees of freedom", "number"),
    _change("ttest_rel_pvalue", "p of the paired t-test", "p value"),
    _change("wilcoxon_statistic", "Wilcoxon's V", "number"),
    _change("wilcoxon_pvalue", "p of Wilcoxon's signed-rank test", "p value"),
    _change(
        "wilcoxon_normal_pvalue", "p of Wilcoxon's signed-rank test, by the normal distribution",
        "p value",
    ),
    _change("tost_pvalue", "p of the equivalence test", "p value"),
    _change("minimum_detectable_difference", "Smallest detectable difference"),
    Statistic(
        "minimum_detectable_share", "Smallest detectable difference as a share", "share",
        is_test=True,
    ),
    _change("mcnemar_pvalue", "p of McNemar's test", "p value"),
    _change("mcnemar_pvalue_holm", "p of McNemar's test (Holm)", "p value"),
    Statistic(
        "second_given_first", "Gave it again", "share", is_test=True, has_cells_as_n=True
    ),
    Statistic(
        "first_given_second", "Had given it before", "share", is_test=True, has_cells_as_n=True
    ),
    Statistic("increased", "Higher", "share", is_test=True, cell="increased pairs"),
    Statistic("unchanged", "The same", "share", is_test=True, cell="unchanged pairs"),
    Statistic("decreased", "Lower", "share", is_test=True, cell="decreased pairs"),
    Statistic("sign_pvalue", "p of the sign test", "p value", is_test=True),
    _change("stuart_maxwell_statistic", "Stuart-Maxwell chi-squared", "number"),
    _change("stuart_maxwell_df", "Degrees of freedom", "number"),
    _change("stuart_maxwell_pvalue", "p of the Stuart-Maxwell test", "p value"),
    Statistic("net_change", "Higher less lower", "points", is_test=True),
    _change("rank_biserial", "Rank-biserial correlation", "number"),
    # Several samples: two surveys, or groups of one.
    Statistic("mannwhitneyu_pvalue", "p of the Mann-Whitney test", "p value", is_test=True),
    Statistic("cliffs_delta", "Cliff's delta", "number", is_test=True),
    Statistic("hedges_g", "Standardised difference, g", "number", is_test=True),
    Statistic("chi2_pvalue", "p of equal distributions", "p value", is_test=True),
    Statistic("cramers_v", "Cramér's V", "number", is_test=True),
    Statistic("kruskal_pvalue", "p of the Kruskal-Wallis test", "p value", is_test=True),
    Statistic("epsilon_squared", "Epsilon squared", "number", is_test=True),
    Statistic("anova_pvalue", "p of Welch's analysis of variance", "p value", is_test=True),
    Statistic("eta_squared", "Eta squared", "number", is_test=True),
    # Adjusted for a family of tests.
    *(
        Statistic(
            f"{name}_pvalue_holm", f"p of {of} (Holm)", "p value", is_test=True,
            is_change=name in ("wilcoxon", "wilcoxon_normal", "ttest_rel", "stuart_maxwell"),
        )
        for name, of in (
            ("wilcoxon", "Wilcoxon's signed-rank test"),
            ("wilcoxon_normal", "Wilcoxon's signed-rank test, by the normal distribution"),
            ("ttest_rel", "the paired t-test"),
            ("stuart_maxwell", "the Stuart-Maxwell test"),
            ("ttest_ind", "Welch's t-test"),
            ("mannwhitneyu", "the Mann-Whitney test"),
            ("chi2", "equal distributions"),
            ("kruskal", "the Kruskal-Wallis test"),
            ("anova", "Welch's analysis of variance"),
        )
    ),
    # Non-response: bounds and weights.
    Statistic("bounds", "Share, with its bounds", "share", is_test=True),
    Statistic("difference_bounds", "Difference, with its bounds", "points", is_test=True),
    Statistic("shift", "Weighted minus unweighted", "points", is_test=True),
    Statistic("largest_smd", "Largest standardised difference", "number", is_test=True),
    Statistic("n_effective", "Effective number of people", "number", is_test=True),
    Statistic("design_effect", "Design effect", "number", is_test=True),
    Statistic("largest", "Largest weight", "number", is_test=True),
    Statistic("trimmed", "Share of weights cut", "share", is_test=True),
    # Costs and prices.
    Statistic("share", "Share of the sum", "share", is_test=True),
    Statistic("low", "From"),
    Statistic("high", "To"),
    Statistic("average", "On average"),
    Statistic("days", "Days", "number"),
    Statistic("courses", "Courses", "number"),
    Statistic("credits_low", "Credits from", "number"),
    Statistic("credits_high", "Credits to", "number"),
    Statistic("credits_of", "Credits of", "number"),
    Statistic("value", "Assumed", "number"),
):  # fmt: skip
    register_statistic(_one)
