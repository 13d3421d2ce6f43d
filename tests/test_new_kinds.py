"""Scales, scores, dates, ranks and promoter scores, from the export to what is shown of them."""

import math
from datetime import date
from pathlib import Path

import kinds_cohort
import numpy as np
import pandas as pd
import pytest
from drawn import dots_of, list_clashes
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds_cohort import estimate_kinds, shown_of, write_kinds
from scipy import stats

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.records import ALL
from altcred.describe.cohort import open_cohort
from altcred.disclose.moments import tells_cells
from altcred.kinds import find_kind
from altcred.kinds.parts import day_number
from altcred.kinds.reading import (
    NOT_A_DATE,
    NOT_APPLICABLE,
    READ,
    TWO_DIGIT_YEAR,
    UNLISTED,
)
from altcred.kinds.variable import Variable
from altcred.write.changes import list_changes
from altcred.write.charts import find_chart


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def values_of(view, wave, name, *statistics, category=""):
    found = [view.on(wave).find(name, category, one) for one in statistics]
    return [None if one is None else one.value for one in found]


# Scales -------------------------------------------------------------------------------------------

AGREE = """
scales:
  agree: {1: Strongly disagree, 2: Disagree, 3: Neither, 4: Agree, 5: Strongly agree}
variables:
  sure: {label: I am sure, scale: agree, groups: {agreed: {label: Agreed, of: ["4", "5"]}}}
"""
BEFORE = [1, 2, 2, 3, 3, 3, 2, 4, 5, 1]
AFTER = [2, 4, 3, 3, 4, 5, 4, 5, 5, 2]


def test_a_scale_has_shares_and_a_mean_and_both_tests(monkeypatch):
    labels = ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"]
    written = [str(one) if at % 2 else labels[one - 1] for at, one in enumerate(BEFORE)]
    both = [f"{one} - {labels[one - 1]}" for one in AFTER]
    view = estimate_kinds(AGREE, [{"sure": one} for one in written], [{"sure": b} for b in both])
    first, second = np.array(BEFORE), np.array(AFTER)
    assert view.find("sure", "2").value == 0.3
    assert view.find("sure", "agreed").value == 0.2
    found = values_of(view, "before", "sure", "mean", "median", "std", "nobs", "min", "max")
    assert found == pytest.approx([2.6, 2.5, first.std(ddof=1), 10, None, None], abs=1e-5)
    paired = stats.ttest_rel(first, second)
    found = values_of(view, "panel", "sure", "mean_difference", "ttest_rel_pvalue", "nobs")
    assert found == pytest.approx([1.1, paired.pvalue, 10], rel=1e-4)
    # Eight differ, all upwards: 2 of 256 ways.
    assert values_of(view, "panel", "sure", "wilcoxon_pvalue") == pytest.approx([2 / 256], rel=1e-4)
    welch = stats.ttest_ind(second, first, equal_var=False)
    found = values_of(view, "before-after", "sure", "mean_difference", "ttest_ind_pvalue")
    assert found == pytest.approx([1.1, welch.pvalue], rel=1e-4)
    assert values_of(view, "before-after", "sure", "mannwhitneyu_pvalue")[0] is not None
    texts = shown_of("sure", monkeypatch)
    assert (
        "from 1 (“Strongly disagree”) to 5 (“Strongly agree”) the mean is 2.60" in texts["survey"]
    )
    assert "“Agreed” two" in texts["survey"]
    assert "who answered both times rose by 1.10, from 2.60 to 3.70" in texts["panel"]
    assert "2.60 in the first survey (n = 10) and 3.70 in the second" in texts["comparison"]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Never", "1"), ("2", "2"), ("2.0", "2"), ("3", "3"), ("1 - Never", "1"), ("3=Always", "3"),
        ("3. always", "3"), ("Never (1)", "1"), ("1 - Always", None), ("4", None), ("Often", None),
    ],
)  # fmt: skip
def test_a_point_is_read_by_label_code_or_both(text, category):
    described = {"1": {"label": "Never", "code": 1}, "2": {"label": "2", "code": 2},
                 "3": {"label": "Always", "code": 3}}  # fmt: skip
    variable = Variable(label="X", kind="scale", question={"w": "q"}, categories=described)
    found = find_kind("scale").make_reader(variable, "w")(text)
    assert (found.value, found.reason) == (category, READ if category else UNLISTED)


def test_places_stand_for_numbers_only_where_no_category_has_one():
    kind = find_kind("scale")
    variable = Variable(label="X", kind="scale", categories={"a": "Low", "b": "High"})
    assert kind.numbers_of(variable) == {"a": 1, "b": 2}
    # What a bare number stands for in the export nobody said.
    assert kind.make_reader(variable, "w")("2").reason == UNLISTED
    assert kind.make_reader(variable, "w")("2 - High").value == "b"
    variable.categories["a"].code = 0
    assert [key for key, *_ in kind.problems(variable)] == ["categories"]


def test_a_mean_does_not_tell_a_hidden_share():
    view = estimate_kinds(
        AGREE, [{"sure": one} for one in [1] * 3 + [4] * 40 + [5] * 30], minimum=5
    )
    assert not any(view.find("sure", str(one)).is_shown for one in (1, 4, 5))
    # Three unknown numbers, and three sums of them.
    assert not view.find("sure", "", "mean").is_shown
    answers = [1] * 4 + [2] * 50 + [3] * 60 + [4] * 50 + [5] * 30
    view = estimate_kinds(AGREE, [{"sure": one} for one in answers], minimum=5)
    assert not view.find("sure", "3").is_shown
    assert view.find("sure", "", "mean").is_shown


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=3, max_size=4), st.integers(2, 8))
def test_whoever_solves_for_a_small_share_finds_several(counts, minimum):
    """What is shown of mean and spread leaves at least `minimum` values for a small count."""
    n = sum(counts)
    cells = {(ALL, str(at)): count for at, count in enumerate(counts)}
    numbers = {str(at): float(at) for at in range(len(counts))}
    if tells_cells(cells, ALL, numbers, minimum) or n < minimum:
        return
    for at in [at for at, count in enumerate(counts) if 0 < count < minimum]:
        # Three sums leave nothing open of three counts, and of four one number.
        assert len(counts) == 4
        moves = np.outer(np.arange(-n, n + 1), [1, -3, 3, -1])
        found = [left[at] for left in moves + np.array(counts) if min(left) >= 0]
        assert max(found) - min(found) >= minimum


# Scores -------------------------------------------------------------------------------------------

# Eight people, four items from 1 to 5; the last is worded the other way round.
ITEMS = [(1, 2, 1, 5), (2, 2, 3, 4), (3, 3, 3, 3), (4, 3, 4, 2), (5, 5, 4, 1), (2, 1, 2, 4),
         (4, 4, 5, 3), (3, 4, 3, 2)]  # fmt: skip
SCORES = """
scales:
  agree: {points: 1 to 5, 1: Not at all, 5: Completely}
variables:
  sure: {label: How sure people are, scale: agree,
         items: {a: A, b: B, c: C, d: {label: D, reversed: true}}}
  mean: {label: Mean, kind: score, derive: {mean: sure}}
  total: {label: Total, kind: score, derive: {sum: [a, b, c, d], at_least: 3}}
"""


def alpha_of(answers):
    table = np.array(answers, dtype=float)
    k = table.shape[1]
    return k / (k - 1) * (1 - table.var(axis=0, ddof=1).sum() / table.sum(axis=1).var(ddof=1))


def test_a_score_is_of_its_items_with_their_alpha(monkeypatch):
    rows = [dict(zip("abcd", row, strict=True)) for row in ITEMS]
    # One left an item out, and one left out two.
    rows += [{"a": 3, "b": 3, "c": "", "d": 1}, {"a": 3, "b": "", "c": "", "d": 1}]
    after = [row | {"a": 5} for row in rows]
    view = estimate_kinds(SCORES, rows, after)
    answers = pd.read_parquet("data/processed/kinds/before/responses.parquet")
    assert answers["mean"].tolist()[:3] == [1.25, 2.25, 3]
    assert answers["mean"].isna().tolist() == [False] * 8 + [True] * 2
    # Eleven of three items are 44 thirds of four.
    assert answers["total"][8] == pytest.approx(11 * 4 / 3)
    assert math.isnan(answers["total"][9])
    scored = [(a, b, c, 6 - d) for a, b, c, d in ITEMS]
    alpha = view.find("mean", "", "cronbach_alpha")
    assert alpha.value == pytest.approx(alpha_of(scored), abs=1e-5)
    ends = [1 - (1 - alpha_of(scored)) * stats.f.ppf(p, 7, 21) for p in (0.975, 0.025)]
    assert [alpha.low, alpha.high] == pytest.approx(ends, abs=1e-5)
    assert (alpha.n, view.find("total", "", "nobs").value) == (8, 9)
    changes = [(5 - a) / 4 for a, *_ in ITEMS]
    assert view.on("panel").find("mean", "", "mean_difference").value == np.mean(changes)
    drawing = find_chart("items")(view, "mean")
    assert list_clashes(drawing.figure) == []
    # Of ten people each is a dot.
    dots = dots_of(drawing)
    assert [len(dots["a", "3"]), len(dots["d", "1"])] == [4, 3]
    # Variables that share their answers are drawn together without a score as well.
    both = find_chart("items")(view, ["d", "a"])
    assert {item for item, _ in dots_of(both)} == {"a", "d"}
    assert find_chart("items")(view, ["a"]) is None
    texts = shown_of("mean", monkeypatch)
    assert texts["survey"].count("'label': 'fig-") == 2
    assert "Cronbach's alpha of its four items is 0.94" in texts["survey"]
    assert "rose by 0.50" in texts["panel"]
    assert "The mean is" in texts["comparison"]


@pytest.mark.parametrize(
    ("derive", "key"),
    [
        ("{mean: sure, at_least: 5}", "derive.at_least"),
        ("{mean: [a, b], reversed: [c]}", "derive.reversed"),
        ("{mean: [a, free], reversed: [free]}", "derive.reversed"),
        ("{mean: [a, town]}", "derive"),
        ("{product: [a, b]}", "derive"),
        ("{mean: [a], sum: [b]}", "derive"),
    ],
)
def test_a_score_that_cannot_be_worked_out_is_named(derive, key):
    codebook = SCORES.replace("{mean: sure}", derive) + (
        "  free: {label: Free, kind: number}\n"
        "  town: {label: Town, kind: single, categories: [A, B]}\n"
    )
    write_kinds(codebook, [dict.fromkeys("abcd", 1)])
    with pytest.raises(InvalidInput) as caught:
        open_cohort("kinds")
    assert f"variables.mean.{key}" in [problem.where for problem in caught.value.problems]


# Net promoter score -------------------------------------------------------------------------------

RECOMMEND = """
variables:
  recommend: {label: Would recommend, kind: nps, categories: {0: Never, 10: Surely}}
"""


def test_a_promoter_score_has_its_groups_and_the_interval_of_three_shares(monkeypatch):
    first = [10, 9, "Surely", 8, 7, 7, 6, 3, "Never", 10]
    second = [10, 10, 9, 9, 8, 9, 7, 6, 5, 10]
    view = estimate_kinds(RECOMMEND, *([{"recommend": one} for one in w] for w in (first, second)))
    shares = [view.find("recommend", one).value for one in ("promoters", "passives", "detractors")]
    assert shares == [0.4, 0.3, 0.3]
    score = view.find("recommend", "", "nps")
    margin = 1.959964 * math.sqrt((0.4 + 0.3 - 0.1**2) / 10) * 100
    assert [score.value, score.low, score.high] == pytest.approx(
        [10, 10 - margin, 10 + margin], abs=1e-3
    )
    assert values_of(view, "before", "recommend", "mean", "median") == [7, 7.5]
    scores = [[100 if p > 8 else 0 if p > 6 else -100 for p in side]
              for side in ([10, 9, 10, 8, 7, 7, 6, 3, 0, 10], second)]  # fmt: skip
    change = view.on("panel").find("recommend", "", "nps_difference")
    interval = stats.ttest_rel(scores[1], scores[0]).confidence_interval()
    assert [change.value, change.low, change.high] == pytest.approx([30, *interval], abs=1e-3)
    gap = view.on("before-after").find("recommend", "", "nps_difference")
    after = view.on("after").find("recommend", "", "nps")
    # Two symmetric intervals join as two standard errors do.
    joined = math.hypot(margin, after.value - after.low)
    assert [gap.value, gap.low] == pytest.approx([30, 30 - joined], abs=1e-3)
    texts = shown_of("recommend", monkeypatch)
    told = "Four were promoters (9 or 10), three were passives (7 or 8) and three were detractors"
    assert told in texts["survey"]
    assert "is 10 in the first survey and 40 in the second" in texts["panel"]
    assert "the interval leaves open which is higher" in texts["comparison"]


def test_a_gap_of_scores_is_judged_by_the_test_that_the_chapter_adjusts():
    others = [f"plot_{one}" for one in range(5)]
    codebook = RECOMMEND + "".join(f"  {one}: {{label: {one}, kind: number}}\n" for one in others)
    rows = [
        [{"recommend": point, **{other: at % 7 for other in others}} for at, point in enumerate(w)]
        for w in ([6] * 14 + [8] * 8 + [9] * 8, [6] * 6 + [8] * 10 + [9] * 14)
    ]
    view = estimate_kinds(codebook, *rows).on("before-after")
    assert view.find("recommend", "", "nps_difference").low > 0
    p, adjusted = (
        view.find("recommend", "", f"mannwhitneyu_pvalue{one}").value for one in ("", "_holm")
    )
    assert p < 0.05 < adjusted
    told = find_kind("nps").contrast(view, "recommend", view.on("before"), view.on("after"))
    assert "whether chance alone explains that is left open (95% interval" in told
    assert "Mann-Whitney test, p = " in told


def test_a_promoter_score_is_told_as_a_whole_number():
    rows = [{"recommend": one} for one in [10] * 3 + [8] * 4 + [2] * 4]
    view = estimate_kinds(RECOMMEND, rows, rows)
    assert view.find("recommend", "", "nps").value == pytest.approx(-9.0909, abs=1e-4)
    kind = find_kind("nps")
    told = kind.sentence(view, "recommend")
    assert told.startswith(
        "The net promoter score of the 11 gardeners who answered is −9 (95% interval −56 to 38). "
    )
    sides = (view.on("before"), view.on("after"))
    told = kind.contrast(view.on("before-after"), "recommend", *sides)
    assert told.startswith("The net promoter score is −9 in both surveys (n = 11 and 11); ")
    assert "the interval leaves open whether they differ" in told
    # The difference is of scores, not on the scale of the points.
    (change,) = list_changes(view.on("before-after"), "before", "after")
    assert change.unit == ("nps_difference", "", "")


def test_a_promoter_score_does_not_tell_a_hidden_group():
    answers = [10] * 40 + [7] * 20 + [2] * 3
    view = estimate_kinds(RECOMMEND, [{"recommend": one} for one in answers], minimum=5)
    assert not view.find("recommend", "", "nps").is_shown
    assert not view.find("recommend", "promoters").is_shown
    assert "is not shown" in find_kind("nps").sentence(view, "recommend")


def test_all_in_one_group_have_a_score_without_an_interval():
    view = estimate_kinds(RECOMMEND, [{"recommend": 10}] * 6)
    score = view.find("recommend", "", "nps")
    assert (score.value, math.isnan(score.low)) == (100, True)
    told = find_kind("nps").sentence(view, "recommend")
    assert told == (
        "The net promoter score of the 6 gardeners who answered is 100. Six were promoters (9 or "
        "10), none were passives (7 or 8) and none were detractors (0 to 6)."
    )
    assert "in both surveys." in find_kind("nps").change(view.on("panel"), "recommend", view, view)


# Dates --------------------------------------------------------------------------------------------

MOVED = """
variables:
  moved: {label: Moved in, kind: date, bounds: {low: 2000-01-01},
          groups: {early: {label: Early, of: "[2020-01-01, 2020-03-01)"}}}
"""


def test_a_date_has_its_median_and_its_ends(monkeypatch):
    days = ["2020-01-15", "31/01/2020", "14 March 2020", "Feb 2, 2020", "1999-05-05", "soon"]
    later = [{"moved": one} for one in ("2020-02-15", *days[1:])]
    view = estimate_kinds(MOVED, [{"moved": one} for one in days], later)
    found = [view.write(view.find("moved", "", one)) for one in ("min", "median", "max")]
    assert found == ["15 January 2020", "1 February 2020", "14 March 2020"]
    assert view.find("moved", "early").value == 0.75
    labels = [view.label("moved", one) for one in view.categories("moved")]
    assert labels == ["Jan 2020", "Feb 2020", "Mar 2020"]
    assert view.on("panel").find("moved", "", "mean_difference").value == 31 / 4
    answers = pd.read_csv("data/processed/kinds/before/answers.csv", keep_default_na=False)
    assert answers["value"].eq("").all()
    assert {"2020-##-##", "##/##/2020", "1999-##-##"} <= set(answers["answer"])
    assert {"before 1 January 2000", "not a date"} <= set(answers["reason"])
    texts = shown_of("moved", monkeypatch)
    assert "gave 1 February 2020 or an earlier one" in texts["survey"]
    assert "15 January 2020 to 14 March 2020" in texts["survey"]
    assert "The mean date of the 4" not in texts["panel"]
    assert "leaves open which is later" in texts["comparison"]


def test_dates_that_could_be_two_stop_the_build_unless_the_order_is_said():
    rows = [{"moved": one} for one in ("03/04/2020", "05/06/2020")]
    with pytest.raises(InvalidInput) as caught:
        estimate_kinds(MOVED, rows)
    assert "date_order" in caught.value.problems[0].remedy
    write_kinds(MOVED, rows)
    study = Path("cohorts/kinds/study.yaml")
    study.write_text(study.read_text().replace("{label: Before", "{date_order: dmy, label: Before"))
    build_responses("kinds", "before")
    answers = pd.read_parquet("data/processed/kinds/before/responses.parquet")
    assert answers["moved"].tolist() == [day_number(date(2020, 4, 3)), day_number(date(2020, 6, 5))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("14.03.85", TWO_DIGIT_YEAR), ("14.03.21", READ), ("n/a", NOT_APPLICABLE),
     ("2021-02-30", NOT_A_DATE), ("30/30/2021", NOT_A_DATE),
     ("tomorrow", NOT_A_DATE), ("44270", READ)],
)  # fmt: skip
def test_what_is_no_date_says_why(text, reason):
    variable = Variable(label="X", kind="date")
    read = find_kind("date").make_column_reader(variable, "w", [text], "dmy")
    assert read(text).reason == reason


@pytest.mark.parametrize(
    ("interval", "label"),
    [
        ("[2021-01-01, 2022-01-01)", "2021"), ("[2020-01-01, 2022-01-01)", "2020–2021"),
        ("[2021-02-01, 2021-03-01)", "Feb 2021"),
        ("[2021-02-01, )", "1 Feb 2021 or later"),
        ("[2021-02-03, 2021-03-05)", "3 Feb–4 Mar 2021"),
        ("[, 2021-02-01)", "before 1 Feb 2021"),
    ],
)  # fmt: skip
def test_days_together_have_a_name(interval, label):
    described = {"label": "X", "kind": "date", "groups": {"g": {"label": "G", "of": interval}}}
    group = Variable(**described).number_groups()["g"]
    assert find_kind("date").label_range(group) == label


def test_an_age_is_counted_from_a_date_of_birth():
    codebook = (
        "variables:\n  born: {label: Born, kind: date, show: false}\n"
        "  age: {label: Age, kind: number, derive: {years_since: born}}\n"
    )
    born = ("2000-06-15", "2000-06-16")
    write_kinds(codebook, [{"born": one, "When": "2021-06-15"} for one in born])
    study = Path("cohorts/kinds/study.yaml")
    study.write_text(study.read_text().replace("submitted: null", "submitted: When"))
    build_responses("kinds", "before")
    answers = pd.read_parquet("data/processed/kinds/before/responses.parquet")
    assert answers["age"].tolist() == [21, 20]


# Orders of options --------------------------------------------------------------------------------

ORDER = """
variables:
  order:
    label: What matters
    kind: rank
    categories: {pay: "Pay, and more", time: Time, place: Place}
    question: {%s}
"""
IN_ONE = ORDER % "text: Order"
IN_COLUMNS = ORDER % "options: {pay: P, time: T, place: L}"
ORDERS = ["ptl", "plt", "tpl", "pt", "", "ltp"]
NAMES = {"p": "Pay, and more", "t": "Time", "l": "Place"}


def rows_of(codebook, orders, mark="; "):
    if codebook is IN_ONE:
        return [{"Order": mark.join(NAMES[one] for one in order)} for order in orders]
    return [{name.upper(): str(order.index(name) + 1) if name in order else "" for name in NAMES}
            for order in orders]  # fmt: skip


@pytest.mark.parametrize(
    ("codebook", "mark"), [(IN_ONE, "; "), (IN_ONE, " > "), (IN_ONE, ","), (IN_COLUMNS, "")]
)
def test_an_order_has_mean_places_and_first_choices(codebook, mark, monkeypatch):
    later = ["tpl", "tlp", "tpl", "tp", "", "tlp"]
    view = estimate_kinds(codebook, rows_of(codebook, ORDERS, mark), rows_of(codebook, later, mark))
    assert values_of(view, "before", "order", "nobs") == [5]
    shares = [view.find("order", one).value for one in ("pay", "time", "place")]
    assert shares == [0.6, 0.2, 0.2]
    means = {one: view.find(f"order:{one}", "", "mean") for one in ("pay", "time", "place")}
    assert means["pay"].value == pytest.approx(np.mean([1, 1, 2, 1, 3]))
    # One left the place out.
    assert (means["place"].value, means["place"].n) == (2.25, 4)
    gap = view.on("panel").find("order:time", "", "mean_difference")
    assert gap.value == pytest.approx(1 - np.mean([2, 3, 1, 2, 2]))
    assert view.on("before-after").find("order:time", "", "mean_difference").value == gap.value
    texts = shown_of("order", monkeypatch)
    assert (
        "“Pay, and more” has the best mean place (1.60), and three of the 5 gardeners"
        in texts["survey"]
    )
    assert "Of no option can it be told from chance" in texts["panel"]
    assert "Mean place: 1 is the best" in texts["panel"]
    assert "Mean place: 1 is the best" in texts["comparison"]


def test_places_are_judged_by_the_test_that_the_study_prefers(monkeypatch):
    monkeypatch.setattr(kinds_cohort, "STUDY", f"{kinds_cohort.STUDY}primary: mean\n")
    sides = (["ptl", "plt", "lpt", "ltp", "plt"], ["tpl", "tlp", "tlp", "tlp", "tpl"])
    view = estimate_kinds(IN_COLUMNS, *(rows_of(IN_COLUMNS, side) for side in sides)).on("panel")
    t, rank = (view.find("order:time", "", f"{test}_pvalue").value
               for test in ("ttest_rel", "wilcoxon"))  # fmt: skip
    assert t < 0.05 < rank
    assert "“Time” (p = 0.0" in find_kind("rank").change(view, "order", view, view)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1. Time; 2. Place", ("time", "place")), ("Time", ("time",)),
        ("2>1>3", ("time", "pay", "place")),
        ("Time\nPay, and more", ("time", "pay")), ("Time; Time", None), ("Time; Rest", None),
    ],
)  # fmt: skip
def test_options_in_order_are_read_by_any_sign(text, value):
    options = (("pay", "Pay, and more", 1), ("time", "Time", 2), ("place", "Place", 3))
    described = {name: {"label": label, "code": code} for name, label, code in options}
    variable = Variable(label="X", kind="rank", categories=described, question={"w": "q"})
    assert find_kind("rank").make_reader(variable, "w")(text).value == value


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("2.0", 2), ("3rd", 3), ("Rank 1", 1), ("4", None), ("0", None)]
)
def test_a_place_is_read_as_people_write_it(text, value):
    variable = Variable(label="X", kind="rank", categories=dict(zip("abc", "ABC", strict=True)))
    found = find_kind("rank").make_option_reader(variable, "w", "a")(text)
    assert (found.value, found.reason) == (value, READ if value else UNLISTED)


def test_every_option_of_an_order_needs_its_column():
    write_kinds(IN_COLUMNS.replace(", place: L", ""), [{"P": 1}])
    with pytest.raises(InvalidInput) as caught:
        open_cohort("kinds")
    assert "no column for place" in str(caught.value.problems)


# Names --------------------------------------------------------------------------------------------


def test_no_kind_depends_on_a_name(monkeypatch):
    names = ["age", "income", "hours_per_week", "weeks", "fees_paid", "total_hours", "order"]
    entries = "".join(
        f"  {name}: {{label: Q {name}, kind: ordered, categories: [18-24, 25-34, 65+]}}\n"
        for name in names
    )
    answers = ["18-24", "18-24", "25-34", "65+"] * 2
    rows = [dict.fromkeys(names, one) for one in answers]
    view = estimate_kinds(f"variables:\n{entries}", rows)
    for name in names:
        assert [view.find(name, str(one)).value for one in (1, 2, 3)] == [0.5, 0.25, 0.25]
        assert all("18-24" in text for text in shown_of(name, monkeypatch).values())


@pytest.mark.parametrize("name", ["dropped", "email_token", "number", "pairs"])
def test_a_name_that_altcred_uses_is_refused(name):
    write_kinds(f"variables:\n  {name}: {{label: X, kind: count}}\n", [{name: 1}])
    with pytest.raises(InvalidInput, match="uses itself"):
        open_cohort("kinds")
