"""Survey weights: from a column of the export to estimates, tests and what is said of them."""

import kinds_cohort
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds_cohort import estimate_kinds, shown_of, write_kinds
from scipy import stats

from altcred.clean.responses import build_responses, check_rows
from altcred.core.distribution import describe_numbers
from altcred.core.records import Recorder
from altcred.core.samples import compare_distributions
from altcred.core.weights import Tally, compare_weighted, count_share
from altcred.describe.cohort import open_cohort
from altcred.estimate.wave import estimate_flow, estimate_wave
from altcred.write.flow import describe_flow
from altcred.write.pairs import open_comparison, open_panel
from altcred.write.survey import open_survey
from altcred.write.tables.counts import dropped_reasons
from altcred.write.views import open_view

RECORD = Recorder("all", "x")
CODEBOOK = """
variables:
  owns: {label: Owns a plot, kind: single, categories: {"yes": "Yes", "no": "No"}}
  age: {label: Age, kind: number, bins: [0, 40, 60]}
  grows:
    label: What grows
    kind: multiple
    separator: ";"
    categories: {peas: Peas, kale: Kale, leeks: Leeks}
  likes: {label: Likes it, kind: scale, categories: {1: No, 2: Somewhat, 3: Much}}
  tells: {label: Would tell a friend, kind: nps}
  best: {label: What is best, kind: rank, separator: ">", categories: {sun: Sun, rain: Rain}}
"""
ROWS = [
    {"owns": o, "age": a, "grows": g, "likes": k, "tells": t, "best": b, "W": w}
    for o, a, g, k, t, b, w in (
        ("Yes", 30, "Peas;Kale", 1, 10, "Sun>Rain", 0.5),
        ("Yes", 40, "Kale", 2, 9, "Rain>Sun", 0.5),
        ("No", 70, "Leeks", 3, 3, "Rain>Sun", 3),
        ("No", 50, "Peas", 3, 7, "Sun>Rain", 1),
    )
]
WEIGHTS = np.array([row["W"] for row in ROWS], dtype=float)


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


@pytest.fixture
def weighted(monkeypatch):
    study = kinds_cohort.STUDY.replace("email: Mail", "email: Mail, weight: W")
    monkeypatch.setattr(kinds_cohort, "STUDY", study)


def with_weights(*weights, **more):
    return [{"owns": "Yes" if at else "No", **more, "W": one} for at, one in enumerate(weights)]


def fit(values, weights):
    """Return mean and standard error of a weighted regression on a constant."""
    values = np.asarray(values, dtype=float)
    found = sm.WLS(values, np.ones_like(values), weights=weights).fit(cov_type="HC1")
    return found.params[0], found.bse[0]


# Estimates ---------------------------------------------------------------------------------------


def test_every_kind_is_weighted(weighted):
    view = estimate_kinds(CODEBOOK, ROWS)

    def values(name, category="", statistic=""):
        found = view.find(name, category, statistic)
        return found.value, view.find(name, category, "std_error").value, found.n

    answers = pd.DataFrame(ROWS)
    for found, given_ in (
        (values("owns", "yes"), answers["owns"] == "Yes"),
        (values("age"), answers["age"]),
        (values("age", "[60, )"), answers["age"] >= 60),
        (values("grows", "kale"), answers["grows"].str.contains("Kale")),
        (values("likes"), answers["likes"]),
        (values("likes", "3"), answers["likes"] == 3),
        (values("tells", "promoters"), answers["tells"] >= 9),
        (values("tells"), answers["tells"]),
        (values("best:sun"), np.where(answers["best"] == "Sun>Rain", 1, 2)),
        (values("best", "sun"), answers["best"] == "Sun>Rain"),
    ):
        assert found == pytest.approx([*fit(given_, WEIGHTS), 4], rel=1e-5)
    assert view.find("owns", "yes", "count").value == 2
    assert view.find("owns", "yes").value == pytest.approx(0.2)
    assert view.find("tells", "", "nps").value == pytest.approx(100 * (0.2 - 0.6))
    assert view.find("age", "", "sum").note == "not weighted"
    assert view.find("age", "", "median").value == 70
    assert view.find("weights", "", "n_effective").value == pytest.approx(25 / 10.5, rel=1e-5)
    assert view.find("weights", "", "design_effect").value == pytest.approx(4 * 10.5 / 25, rel=1e-5)


def test_two_halves_and_a_three_make_a_quarter(weighted):
    write_kinds(
        'variables: {owns: {label: Owns, kind: single, categories: {"yes": "Yes", "no": "No"}}}',
        with_weights(3, 0.5, 0.5),
    )
    build_responses("kinds", "before")
    view = open_view("kinds", "before", frame=estimate_wave("kinds", "before"))
    share = view.find("owns", "yes")
    assert (share.value, share.n, share.note) == (0.25, 3, "weighted")
    assert view.find("owns", "yes", "count").value == 2


def test_a_share_has_the_interval_of_its_logit():
    weights = np.array([1.0, 2, 2, 3, 1, 4])
    part, whole = (Tally(one * 0 + 1, one, one**2, True) for one in (weights[:2], weights))
    share = next(one for one in count_share(RECORD, "a", part, whole) if one.low == one.low)
    mean, error = fit([1, 1, 0, 0, 0, 0], weights)
    reach = stats.t.ppf(0.975, 5) * error / (mean * (1 - mean))
    ends = [stats.logistic.cdf(stats.logistic.ppf(mean) + side * reach) for side in (-1, 1)]
    assert (share.value, share.low, share.high) == pytest.approx((mean, *ends))


def test_none_and_all_have_an_end_within():
    weights = np.array([1.0, 2, 3])
    whole = Tally(np.ones(3), weights, weights**2, True)
    none, all_ = (
        next(one for one in count_share(RECORD, "a", part, whole) if one.statistic == "proportion")
        for part in (whole[:0], whole)
    )
    assert (none.value, none.low, all_.value, all_.high) == (0, 0, 1, 1)
    assert none.high == pytest.approx(1 - all_.low)
    assert 0.5 < none.high < 0.7


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=30))
def test_equal_weights_change_nothing_and_scale_does_not_matter(cells):
    values, people = (np.array(one, dtype=float) for one in zip(*cells, strict=True))
    plain, equal, other = (
        {one.statistic: one for one in describe_numbers(RECORD, values, tally, {}, is_skewed=False)}
        for tally in (
            people,
            Tally(people, people * 0.7, people * 0.49, True),
            Tally(people, people * 7, people * 49, True),
        )
    )
    for statistic in ("mean", "std", "median", "mode", "sum"):
        assert equal[statistic].value == pytest.approx(plain[statistic].value)
    assert equal["mean"].value == pytest.approx(other["mean"].value)
    assert equal["std_error"].value == pytest.approx(other["std_error"].value)
    if plain["std"].value > 0:
        assert equal["mean"].high == pytest.approx(plain["mean"].high)


def test_a_weighted_mode_says_that_it_is():
    people = np.array([3.0, 1.0])
    tally = Tally(people, np.array([3.0, 4.0]), np.array([3.0, 16.0]), True)
    found = {
        one.statistic: one for one in describe_numbers(RECORD, np.array([5.0, 7.0]), tally, {})
    }
    assert (found["mode"].value, found["mode"].note) == (7, "weighted")


def test_the_median_is_where_half_of_the_weight_lies():
    values, weights = np.arange(1.0, 21), np.array([1.0] * 10 + [3.0] * 10)
    tally = Tally(np.ones(20), weights, weights**2, True)
    found = {one.statistic: one for one in describe_numbers(RECORD, values, tally, {})}
    reach = stats.t.ppf(0.975, 19) * (20 / 19 * (weights**2).sum() / 4) ** 0.5 / 40
    shares = np.cumsum(weights) / 40
    ends = [values[np.argmax(shares >= 0.5 + side * reach)] for side in (-1, 1)]
    assert (found["median"].value, found["median"].low, found["median"].high) == (14, *ends)


# Tests of different people -----------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.1, 55.5])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_equal_numbers_do_not_spread_whatever_their_weights(value, is_weighted):
    weight = np.array([0.142307692307692, 0.384615384615385, 0.730769230769231])
    tally = Tally(np.ones(3), weight, weight**2, is_weighted=True) if is_weighted else np.ones(3)
    found = describe_numbers(Recorder("all", "x"), np.full(3, value), tally, {})
    told = {one.statistic: one.value for one in found}
    assert (told["mean"], told["std"], told.get("std_error", 0.0)) == (value, 0.0, 0.0)


def test_equal_weights_give_the_test_of_pearson():
    counts = np.array([[30.0, 20, 10], [15, 25, 20]])
    plain = next(compare_distributions(RECORD, counts))
    table = Tally(counts, counts * 2.5, counts * 6.25, True)
    found, size = compare_weighted(RECORD, table)
    statistic = stats.chi2_contingency(counts, correction=False).statistic * 119 / 120
    assert found.value == pytest.approx(stats.f.sf(statistic / 2, 2, 2 * 119))
    assert found.value == pytest.approx(plain.value, rel=0.15)
    assert size.statistic == "cramers_v"


def test_a_table_with_empty_cells_is_tested():
    counts = np.diag([8.0, 5, 9]) + np.array([[0, 0, 1], [0, 0, 0], [0, 1, 0]])
    pvalue, _ = compare_weighted(RECORD, Tally(counts, counts * 2, counts * 5, True))
    assert 0 < pvalue.value < 0.001


def test_unequal_weights_do_not_reject_too_often():
    rng = np.random.default_rng(11)
    pvalues = []
    for _ in range(400):
        weights = rng.lognormal(0, 0.8, 300)
        group, answer = rng.integers(0, 2, 300), rng.choice(3, 300, p=[0.5, 0.3, 0.2])
        cells = [np.zeros((2, 3)) for _ in range(3)]
        for power, cell in enumerate(cells):
            np.add.at(cell, (group, answer), weights**power)
        pvalues.append(next(compare_weighted(RECORD, Tally(*cells, True))).value)
    # Pearson's test of the weighted table would reject every seventh time or so.
    assert 0.03 < np.mean(np.array(pvalues) < 0.05) < 0.08


def test_waves_are_compared_by_their_standard_errors(weighted):
    rng = np.random.default_rng(3)
    rows = [
        [
            {**ROWS[int(place)], "W": round(float(one), 3), "age": int(age)}
            for place, one, age in zip(
                rng.integers(0, 4, 40), rng.gamma(2, 1, 40) + 0.1, rng.integers(20, 70, 40),
                strict=True,
            )
        ]
        for _ in range(2)
    ]  # fmt: skip
    view = estimate_kinds(CODEBOOK, *rows)
    both = view.on("before-after")
    first, second = (pd.DataFrame(one) for one in rows)
    for name, category, change in (
        ("age", "", lambda one: one["age"]),
        ("owns", "yes", lambda one: one["owns"] == "Yes"),
    ):
        sides = [fit(change(one), one["W"]) for one in (first, second)]
        gap, error = sides[1][0] - sides[0][0], np.hypot(sides[0][1], sides[1][1])
        statistic = "difference" if category else "mean_difference"
        found = both.find(name, category, statistic)
        assert found.value == pytest.approx(gap, abs=2e-6, rel=1e-4)
        test = "proportions_pvalue" if category else "ttest_ind_pvalue"
        pvalue = both.find(name, category, test)
        assert pvalue.note.endswith(", weighted")
        assert pvalue.value == pytest.approx(2 * stats.t.sf(abs(gap) / error, 78), rel=0.02)
        assert found.low < gap < found.high
    assert both.find("owns", "", "chi2_pvalue").note == "Rao and Scott's test, weighted"
    assert both.find("likes", "", "mannwhitneyu_pvalue").note.endswith("; not weighted")


def test_groups_of_a_weighted_wave_are_tested_with_weights(weighted, monkeypatch):
    rng = np.random.default_rng(5)
    rows = [
        {**ROWS[int(rng.integers(0, 4))], "likes": int(one), "age": int(rng.integers(20, 70)),
         "W": round(float(rng.gamma(2, 1)) + 0.1, 2)}
        for one in rng.integers(1, 4, 90)
    ]  # fmt: skip
    study = "groups: [{{by: likes}}, {{by: owns}}]\ndisclosure"
    monkeypatch.setattr(kinds_cohort, "STUDY", kinds_cohort.STUDY.replace("disclosure", study))
    view = estimate_kinds(CODEBOOK, rows)
    of_three, of_two = view.on("before:likes"), view.on("before:owns")
    assert of_three.find("age", "", "anova_pvalue").note == "weighted"
    assert of_three.find("grows", "kale", "proportions_pvalue").note == "the Wald test, weighted"
    assert of_two.find("age", "", "ttest_ind_pvalue").note == "Welch's test, weighted"
    assert of_two.find("grows", "peas", "proportions_pvalue").note == "the Wald test, weighted"
    # Everybody who owns one grows kale, so that nothing tells how far others would spread.
    assert of_two.find("grows", "kale", "proportions_pvalue") is None
    assert of_two.find("likes", "", "chi2_pvalue").note == "Rao and Scott's test, weighted"


# What a column of weights may hold ---------------------------------------------------------------

OWNS = 'variables: {owns: {label: Owns, kind: single, categories: {"yes": "Yes", "no": "No"}}}'


def problems_of(*weights):
    write_kinds(OWNS, with_weights(*weights), with_weights(1, 1))
    return [str(one) for one in check_rows(open_cohort("kinds"))]


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        (("3,0", "0,5", "0,5"), 0.25),
        (("3", ".5", "5e-1"), 0.25),
        (("1,500", "500", "1,000"), None),
        (("1.500,5", "500,1", "1.000,4"), 0.5),
        (("0,750", "0,125", "0,125"), 0.25),
        (("1.5", "0.25", "0.250"), 0.25),
        (("1.5", "0,5", "1"), None),
        ((3, 1, "", 0, "N/A"), 0.25),
        ((3e9, 1e9), 0.25),
        ((3e-9, 1e-9), 0.25),
    ],
)
def test_weights_are_read_as_numbers(weighted, weights, share):
    problems = problems_of(*weights)
    assert bool(problems) == (share is None)
    if share is not None:
        build_responses("kinds", "before")
        view = open_view("kinds", "before", frame=estimate_wave("kinds", "before"))
        assert view.find("owns", "yes").value == pytest.approx(share)


@pytest.mark.parametrize("mark", ["comma", "point"])
def test_the_wave_says_what_stands_before_decimals(weighted, monkeypatch, mark):
    study = kinds_cohort.STUDY.replace("weight: W", f"weight: W, decimal: {mark}")
    monkeypatch.setattr(kinds_cohort, "STUDY", study)
    texts = ("1,500", "0,500", "2") if mark == "comma" else ("1,500", "500", "1000.0")
    assert not problems_of(*texts)
    build_responses("kinds", "before")
    view = open_view("kinds", "before", frame=estimate_wave("kinds", "before"))
    share = 2.5 / 4 if mark == "comma" else 0.5
    assert view.find("owns", "yes").value == pytest.approx(share)


def test_negative_and_unreadable_weights_stop_the_check_with_their_rows(weighted):
    told = problems_of(1, -2, "much", "1,234")
    assert len(told) == 3
    assert all("above nought" in one and "column W, row" in one for one in told)
    assert not any("much" in one or "1,234" in one for one in told)


def test_a_column_without_any_weight_stops_the_check(weighted):
    assert "holds no weight above nought" in problems_of("", 0)[0]


def test_rows_without_a_weight_are_told_and_count_nowhere(weighted):
    write_kinds(OWNS, with_weights(3, 1, "", 0))
    build_responses("kinds", "before")
    for found in (estimate_wave("kinds", "before"), estimate_flow("kinds", "before")):
        view = open_view("kinds", "before", frame=found)
        assert view.find("responses", "", "count").value == 2
        assert view.find("without_weight", "", "count").value == 2
        assert "Of these, 2 are analysed and none was dropped." in describe_flow(view)
        assert dropped_reasons(view) == [("without_weight", 2)]
        assert "Two more have no weight" in describe_flow(view)


def test_weighted_shares_hide_what_counts_hide(weighted):
    rows = with_weights(*[9] * 3, *[1] * 30)
    for at, row in enumerate(rows):
        row["owns"] = "No" if at < 3 else "Yes"
    write_kinds(OWNS, rows, minimum=10)
    build_responses("kinds", "before")
    found = estimate_wave("kinds", "before")
    hidden = found[(found["variable"] == "owns") & found["category"].isin(["yes", "no"])]
    assert set(hidden["statistic"]) == {"count", "proportion", "std_error"}
    assert hidden["value"].isna().all()
    assert hidden["low"].isna().all()


def test_without_weights_there_is_no_word_of_them(monkeypatch):
    view = estimate_kinds(CODEBOOK, ROWS)
    frame = view.estimates.frame
    assert not frame["statistic"].isin(["std_error", "design_effect"]).any()
    assert not frame["note"].str.contains("weighted").any()
    assert not any("eighted" in text for text in shown_of("owns", monkeypatch).values())


# What is said ------------------------------------------------------------------------------------


def test_chapters_say_what_is_weighted(weighted, monkeypatch):
    estimate_kinds(CODEBOOK, ROWS * 6, [*ROWS[1:], *ROWS] * 4)
    for name in ("owns", "age", "grows", "likes", "tells", "best"):
        texts = shown_of(name, monkeypatch)
        assert "Weighted, " in texts["survey"]
        assert "weighted, n is not" in texts["survey"]
        assert "Not weighted." in texts["panel"]
        assert "; not weighted" in texts["panel"]
        assert "Weighted in both surveys." in texts["comparison"]
        if name == "likes":
            assert "Mann-Whitney test (not weighted)" in texts["comparison"]
        if name == "age":
            assert "Welch's test, weighted" in texts["comparison"]
        assert "weighted, n is not" in texts["comparison"]
    assert (
        "Weighted, of the 24 gardeners who answered, 80% chose “No” and 20% “Yes”"
        in shown_of("owns", monkeypatch)["survey"]
    )
    told = []
    monkeypatch.setattr(
        "IPython.display.display", lambda one, **about: told.append(getattr(one, "data", ""))
    )
    open_survey("02-survey", "kinds", "before").open()
    assert (
        "24 responses tell as much as 14 of equal weights would (a design effect of 1.68" in told[0]
    )
    open_comparison("04-comparison", "kinds", "before", "after").open()
    open_panel("03-panel", "kinds", "before", "after").open()
    assert "tests of ranks and numbers of people do not" in told[-2]
    assert "of the same people nothing is weighted" in told[-1]
