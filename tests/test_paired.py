"""Paired comparisons against published results and at the edges."""

import math
import warnings
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from altcred.core import paired
from altcred.core.paired import adjust_pvalues, minimum_detectable_difference
from altcred.core.records import Estimate, Recorder


@pytest.fixture(autouse=True)
def _refuse_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Of files that drawings of earlier tests left to whoever looks for garbage next.
        warnings.simplefilter("ignore", ResourceWarning)
        yield


class Result:
    """What a comparison yielded: its numbers as attributes, and the records by statistic."""

    def __init__(self, records: Iterable[Estimate]) -> None:
        records = list(records)
        self.records = {one.statistic: one for one in records if not one.category}
        self.cells = {one.category: one.value for one in records if one.statistic == "count"}

    def __getattr__(self, statistic: str) -> float:
        return self.records[statistic].value if statistic in self.records else math.nan

    def note(self, statistic: str) -> str:
        return self.records[statistic].note

    def interval(self, statistic: str) -> tuple[float, float]:
        return self.records[statistic].low, self.records[statistic].high


RECORD = Recorder("all", "answer")


def compare_means(first, second, **options) -> Result:
    return Result(paired.compare_means(RECORD, first, second, **options))


def compare_proportions(first, second) -> Result:
    return Result(paired.compare_proportions(RECORD, first, second))


def compare_categories(first, second, categories, **options) -> Result:
    return Result(paired.compare_categories(RECORD, first, second, categories, **options))


# Student (1908), the extra hours of sleep under two drugs; R's data set `sleep`.
SLEEP_FIRST = pd.Series([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_SECOND = pd.Series([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def test_paired_t_agrees_with_r_on_the_sleep_data():
    # R: t.test(Pair(extra.1, extra.2) ~ 1): t = -4.0621, df = 9, p-value = 0.002833,
    # 95 percent interval -2.4598858 -0.7001142 of first minus second, mean -1.58.
    result = compare_means(SLEEP_FIRST, SLEEP_SECOND)
    assert result.nobs == 10
    assert result.ttest_rel_statistic == pytest.approx(-4.0621, abs=5e-5)
    assert result.ttest_rel_df == 9
    assert result.ttest_rel_pvalue == pytest.approx(0.002833, abs=5e-7)
    assert result.mean_difference == pytest.approx(1.58)
    assert result.interval("mean_difference") == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert result.cohen_dz == pytest.approx(4.0621 / math.sqrt(10), abs=5e-5)
    assert result.cohen_dz == pytest.approx(result.mean_difference / result.std_difference)
    assert math.isnan(result.tost_pvalue)


def test_a_mean_that_fell_has_a_positive_t_and_a_negative_difference():
    result = compare_means(pd.Series([10.0, 20, 30, 41]), pd.Series([8.0, 19, 27, 35]))
    assert result.ttest_rel_statistic > 0
    assert result.mean_difference == -3
    low, high = result.interval("mean_difference")
    assert low < -3 < high


def test_five_pairs_that_all_rise_by_one_have_the_smallest_p_value_of_five_pairs():
    result = compare_means(pd.Series([0.0, 1, 2, 3, 4]), pd.Series([1.0, 2, 3, 4, 5]))
    assert result.wilcoxon_pvalue == 0.0625
    assert result.note("wilcoxon_pvalue") == "exact"
    assert result.note("mean_difference") == "every difference is the same"


def test_decimal_differences_that_are_equal_on_paper_are_tied():
    # In binary 0.3 - 0.1, 0.5 - 0.3 and 1000.4 - 1000.2 are three numbers.
    first = pd.Series([0.1, 0.3, 1000.2, 0.0])
    second = pd.Series([0.3, 0.5, 1000.4, -0.2])
    result = compare_means(first, second)
    assert result.wilcoxon_statistic == 2.5
    assert result.wilcoxon_pvalue == 10 / 16
    assert compare_means(first[:3], second[:3]).note("mean_difference") == (
        "every difference is the same"
    )


def test_equivalence_is_two_one_sided_t_tests():
    # By Schuirmann (1987): the larger of the two one-sided p values. With mean difference 1.58
    # and its standard error 1.58/4.0621, at a margin of 3 the upper one is the larger.
    from scipy.stats import t

    result = compare_means(SLEEP_FIRST, SLEEP_SECOND, margin=3.0)
    error = 1.58 / 4.062127683
    assert result.tost_pvalue == pytest.approx(t.cdf((1.58 - 3) / error, 9), rel=1e-6)
    assert result.note("tost_pvalue") == "margin 3"
    # The mean difference itself as margin leaves it at a half.
    at_margin = compare_means(SLEEP_FIRST, SLEEP_SECOND, margin=1.58)
    assert at_margin.tost_pvalue == pytest.approx(0.5)
    # Direction does not matter.
    turned = compare_means(SLEEP_SECOND, SLEEP_FIRST, margin=3.0)
    assert turned.tost_pvalue == pytest.approx(result.tost_pvalue)


def test_a_margin_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="greater than zero"):
        compare_means(SLEEP_FIRST, SLEEP_SECOND, margin=0)


def test_missing_pairs_are_dropped_and_counted():
    first = pd.Series([1.0, None, 3, 5, 8])
    second = pd.Series([2.0, 2, None, 7, 9])
    result = compare_means(first, second)
    assert result.nobs == 3
    assert (result.mean_first, result.median_second) == (pytest.approx(14 / 3), 7)


def test_series_of_different_people_are_refused():
    with pytest.raises(ValueError, match="same people"):
        compare_means(pd.Series([1.0, 2]), pd.Series([1.0, 2], index=[1, 2]))


def test_infinite_numbers_are_refused():
    with pytest.raises(ValueError, match="infinite"):
        compare_means(pd.Series([1.0, math.inf]), pd.Series([1.0, 2]))


@pytest.mark.parametrize(
    ("first", "second", "note"),
    [
        ([5.0], [7.0], "one pair only"),
        ([5.0, 6.0, 9.0], [5.0, 6.0, 9.0], "every difference is zero"),
        ([0.1, 0.2, 0.3], [0.3, 0.4, 0.5], "every difference is the same"),
    ],
)
def test_what_cannot_be_tested_is_missing_with_a_note(first, second, note):
    result = compare_means(pd.Series(first, dtype=float), pd.Series(second, dtype=float), margin=1)
    assert result.note("mean_difference") == note
    assert math.isnan(result.interval("mean_difference")[0])
    assert not {"ttest_rel_statistic", "ttest_rel_pvalue", "tost_pvalue"} & set(result.records)


@pytest.mark.parametrize(("first", "second"), [([], []), ([None, 1.0], [1.0, None])])
def test_without_pairs_there_is_only_their_number(first, second):
    sides = (pd.Series(side, dtype=float) for side in (first, second))
    assert set(compare_means(*sides).records) == {"nobs"}


def test_minimum_detectable_difference_agrees_with_published_sample_size():
    # R's pwr: pwr.t.test(d = 0.5, power = 0.8, type = "paired") gives n = 33.36713.
    assert minimum_detectable_difference(33.36713, 1, 0.05, 0.8) == pytest.approx(0.5, abs=1e-5)
    assert minimum_detectable_difference(33.36713, 200, 0.05, 0.8) == pytest.approx(100, abs=1e-3)
    assert minimum_detectable_difference(60, 1) < minimum_detectable_difference(34, 1)
    assert math.isnan(minimum_detectable_difference(1, 1))


def test_compared_means_say_how_small_a_change_they_could_have_shown():
    result = compare_means(SLEEP_FIRST, SLEEP_SECOND)
    least = result.minimum_detectable_difference
    assert least == pytest.approx(minimum_detectable_difference(10, result.std_difference))
    # By the noncentral t distribution, found with probability 0.8 in ten such pairs.
    limit, shift = stats.t.ppf(0.975, 9), least / result.std_difference * math.sqrt(10)
    power = stats.nct.sf(limit, 9, shift) + stats.nct.cdf(-limit, 9, shift)
    assert power == pytest.approx(0.8, abs=1e-6)
    # A smaller risk of a false alarm asks for a larger change.
    strict = compare_means(SLEEP_FIRST, SLEEP_SECOND, alpha=0.01)
    assert strict.minimum_detectable_difference > least
    # Differences without spread say nothing of what could have been found.
    flat = compare_means(pd.Series([1.0, 2]), pd.Series([2.0, 3]))
    assert math.isnan(flat.minimum_detectable_difference)


def _spread(both, only_first, only_second, neither):
    cells = [(True, True)] * both + [(True, False)] * only_first
    cells += [(False, True)] * only_second + [(False, False)] * neither
    frame = pd.DataFrame(cells, columns=["first", "second"], dtype="boolean")
    return frame["first"], frame["second"]


def test_approval_ratings_agree_with_agresti():
    # Agresti, Categorical Data Analysis: 1,600 people asked twice, 794/150/86/570. The exact
    # p value is that of 86 of 236 under a fair coin, here summed in integers.
    result = compare_proportions(*_spread(794, 150, 86, 570))
    exact = Fraction(2 * sum(math.comb(236, k) for k in range(87)), 2**236)
    assert result.cells == {
        "both": 794,
        "only_first": 150,
        "only_second": 86,
        "neither": 570,
    }
    assert result.mcnemar_pvalue == pytest.approx(float(exact), rel=1e-9)
    assert result.difference == pytest.approx(-0.04)
    # Agresti's Wald interval is (-0.059, -0.021); with 1,600 people the score interval is near.
    assert result.interval("difference") == pytest.approx((-0.059, -0.021), abs=1e-3)


def test_newcombe_interval_agrees_with_fagerland():
    # Fagerland, Lydersen & Laake (2014), BMC Medical Research Methodology 13:
    # Bentur's airway data 1/1/7/12, first minus second, square-and-add: -0.507 to -0.026.
    result = compare_proportions(*_spread(1, 1, 7, 12))
    assert result.interval("difference") == pytest.approx((0.026, 0.507), abs=5e-4)


@pytest.mark.parametrize("cells", [(5, 0, 0, 0), (0, 0, 0, 5), (0, 5, 0, 0), (3, 0, 0, 2)])
def test_one_sided_tables_have_an_interval_that_holds_the_difference(cells):
    result = compare_proportions(*_spread(*cells))
    low, high = result.interval("difference")
    assert -1 <= low <= result.difference <= high <= 1
    assert 0 < result.mcnemar_pvalue <= 1


def test_proportions_without_pairs_and_with_missing_answers():
    assert compare_proportions(*_spread(0, 0, 0, 0)).records == {}
    first = pd.Series([True, None, False, True], dtype=object)
    second = pd.Series([True, True, None, False], dtype=object)
    result = compare_proportions(first, second)
    assert result.nobs == 2
    assert result.cells == {"both": 1, "only_first": 1, "only_second": 0, "neither": 0}
    assert (result.second_given_first, result.first_given_second) == (0.5, 1)


# Stuart (1953), Biometrika 40: unaided distance vision of 7,477 women, right eye by left eye.
VISION = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]
GRADES = ["highest", "second", "third", "lowest"]


def _spread_table(table, names):
    pairs = [
        (names[row], names[column])
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    return (
        pd.Series([a for a, _ in pairs], dtype=object),
        pd.Series([b for _, b in pairs], dtype=object),
    )


def test_stuart_maxwell_agrees_with_stuart_on_the_vision_data():
    result = compare_categories(*_spread_table(VISION, GRADES), GRADES, ordered=True)
    assert result.nobs == 7477
    assert result.stuart_maxwell_statistic == pytest.approx(11.96, abs=5e-3)
    assert result.stuart_maxwell_df == 3
    assert result.stuart_maxwell_pvalue == pytest.approx(0.0075, abs=5e-5)
    assert result.increased * 7477 == pytest.approx(266 + 124 + 66 + 432 + 78 + 205)
    assert result.increased + result.unchanged + result.decreased == pytest.approx(1)


def test_stuart_maxwell_of_two_categories_is_mcnemar_without_correction():
    result = compare_categories(
        *_spread_table([[794, 150], [86, 570]], ["yes", "no"]), ["yes", "no"]
    )
    # (150 - 86)^2 / (150 + 86) = 17.36, as in Agresti.
    assert result.stuart_maxwell_statistic == pytest.approx(64**2 / 236)
    assert math.isnan(result.increased)


def test_categories_that_nobody_moved_through_change_nothing():
    plain = compare_categories(*_spread_table(VISION, GRADES), GRADES)
    wider = [[*row, 0, 0] for row in VISION] + [[0] * 6, [0, 0, 0, 0, 0, 9]]
    names = [*GRADES, "never used", "never left"]
    result = compare_categories(*_spread_table(wider, names), names)
    assert result.stuart_maxwell_statistic == pytest.approx(plain.stuart_maxwell_statistic)
    assert result.stuart_maxwell_df == 3


def test_separate_exchanges_agree_with_the_generalised_inverse():
    table = np.array([[4, 5, 0, 0], [1, 3, 0, 0], [0, 0, 2, 1], [0, 0, 7, 6]])
    result = compare_categories(*_spread_table(table.tolist(), GRADES), GRADES)
    moved = table.sum(1) - table.sum(0)
    covariance = np.diag(table.sum(1) + table.sum(0)) - table - table.T
    assert result.stuart_maxwell_statistic == pytest.approx(
        moved @ np.linalg.pinv(covariance) @ moved
    )
    assert result.stuart_maxwell_df == 2


def test_everybody_moving_one_way_gives_a_result():
    result = compare_categories(
        pd.Series(["low"] * 6), pd.Series(["high"] * 6), ["low", "middle", "high"], ordered=True
    )
    assert result.stuart_maxwell_statistic == pytest.approx(6)
    assert result.increased == 1
    assert result.sign_pvalue == pytest.approx(2 / 2**6)


def test_nobody_changing_and_nobody_there():
    same = pd.Series(["a", "b", "a"])
    result = compare_categories(same, same, ["a", "b", "c"], ordered=True)
    assert result.note("unchanged") == "nobody changed"
    assert math.isnan(result.stuart_maxwell_pvalue)
    assert (result.unchanged, result.sign_pvalue) == (1, 1)
    none = compare_categories(same.where(same == "z"), same, ["a", "b", "c"], ordered=True)
    assert (none.nobs, set(none.records)) == (0, {"nobs"})


def test_an_answer_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="none of the categories"):
        compare_categories(pd.Series(["a"]), pd.Series(["x"]), ["a", "b"])


def test_holm_agrees_with_hand_arithmetic_and_leaves_missing_out():
    # Holm (1979): 0.01 * 3, 0.02 * 2, 0.04 * 1, made monotone.
    adjusted = adjust_pvalues(pd.Series([0.02, float("nan"), 0.04, 0.01], index=list("abcd")))
    assert adjusted["d"] == pytest.approx(0.03)
    assert adjusted["a"] == pytest.approx(0.04)
    assert adjusted["c"] == pytest.approx(0.04)
    assert math.isnan(adjusted["b"])
    assert adjust_pvalues([]).empty


def test_net_change_and_rank_biserial_of_ordered_answers():
    first = pd.Series(["low", "low", "mid", "mid", "high"])
    second = pd.Series(["mid", "high", "high", "low", "high"])
    result = compare_categories(first, second, ["low", "mid", "high"], ordered=True)
    # Three rose, one fell, one stayed; the steps 1, 2, 1 and -1 have the ranks 2, 4, 2 and 2.
    assert result.net_change == pytest.approx(0.4)
    assert result.rank_biserial == pytest.approx((2 + 4 + 2 - 2) / 10)
    more, size = 2 / 7, 7
    error = ((5 / size - more**2) / size) ** 0.5
    assert result.interval("net_change") == pytest.approx(
        (more - 1.959964 * error, more + 1.959964 * error), abs=1e-6
    )
    assert compare_means(pd.Series([1.0, 2, 3]), pd.Series([2.0, 3, 4])).rank_biserial == 1


def test_nobody_changing_has_no_rank_biserial():
    same = pd.Series(["low", "high"])
    result = compare_categories(same, same, ["low", "high"], ordered=True)
    assert result.net_change == 0
    assert "rank_biserial" not in result.records


def test_adjusted_p_values_are_those_of_statsmodels():
    rng = np.random.default_rng(5)
    for size in range(12):
        drawn = rng.choice([0.001, 0.01, 0.2, 0.7, np.nan], size)
        pvalues = pd.Series(drawn, range(3, size + 3), float)
        known = pvalues.dropna()
        expected = pd.Series(np.nan, pvalues.index)
        if len(known):
            expected[known.index] = multipletests(known, method="holm")[1]
        assert adjust_pvalues(pvalues).equals(expected)
