"""Estimates of a few people whose answers can be counted by eye."""

from pathlib import Path

import pandas as pd
import pytest

from altcred.core.samples import compare_shares
from altcred.estimate.comparison import compare_waves
from altcred.estimate.families import adjust_tests
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import (
    Estimates,
    UnknownEstimate,
    read_estimates,
    round_number,
    write_estimates,
)
from altcred.estimate.wave import estimate_flow, estimate_wave

STUDY = """
name: tiny
title: Tiny
currency: USD
program_types: {short: {label: Short}, long: {label: Long}}
programs:
  s1: {label: Short one, type: short}
  s2: {label: Short two, type: short}
  l1: {label: Long one, type: long}
waves:
  begin: {label: Begin, exports: [b.csv], program: Program, email: Mail}
  end: {label: End, exports: [e.csv], program: Program, email: Mail}
panels:
  - first: begin
    second: end
    rules: [{name: email, keys: [email]}]
    equivalence_margin: {pay: 10}
subgroups:
  rich: {label: Rich, where: {pay: "[100, )"}, cross: [program_type], variables: [colour, level]}
disclosure: {minimum: %d, show_extremes: true}
"""
CODEBOOK = """
variables:
  colour:
    label: Colour
    kind: single
    question: {begin: Q1, end: Q1}
    categories: {red: Red, green: Green, blue: Blue}
    groups: {cold: {label: Cold, of: [green, blue]}}
  level:
    label: Level
    kind: ordered
    question: {begin: {locator: Q2, asked_if: {program_type: [short]}}, end: Q2}
    categories: {low: Low, high: High}
  pay:
    label: Pay
    kind: money
    question: {begin: {locator: Q3, asked_if: {colour: [cold]}}, end: Q3}
    bins: [0, 100, 200]
    groups: {none: {label: None, of: "[0, 0]"}}
  wishes:
    label: Wishes
    kind: multiple
    question: {begin: Q4, end: Q4}
    categories:
      money: Money
      fun: Fun
      late: {label: Late, asked_since: {begin: 2020-01-01}}
    groups: {any: {label: Money or fun, of: [money, fun]}}
  applied:
    label: Applied
    kind: multiple
    base: asked
    question: {begin: Q5}
    categories: {here: {label: Here, asked_if: {program: [s1]}}, there: There}
  land: {label: Land, kind: country, question: {begin: Q6}}
  why: {label: Why, kind: text, question: {begin: Q7}}
"""
NO = None
#        program type  submitted colour  level  pay  money fun late  here  there land  why
PEOPLE = [
    ("s1", "short", "2019-05-01", "red", "low", NO, True, False, NO, True, False, "USA", True),
    (
        "s1",
        "short",
        "2020-05-01",
        "green",
        "high",
        0.0,
        True,
        True,
        False,
        False,
        False,
        "USA",
        False,
    ),
    ("s2", "short", "2020-06-01", "blue", "high", 100.0, NO, NO, NO, NO, False, "NAM", False),
    ("s2", "short", "2020-07-01", "blue", NO, 100.0, False, False, True, NO, True, NO, True),
    ("l1", "long", "2020-08-01", "green", NO, 250.0, False, True, False, NO, False, "USA", False),
    ("l1", "long", "2020-09-01", NO, NO, NO, False, True, True, NO, False, "NAM", False),
]
COLUMNS = [
    *("program", "program_type", "submitted", "colour", "level", "pay", "wishes__money"),
    *("wishes__fun", "wishes__late", "applied__here", "applied__there", "land", "why"),
]


def write_cohort(root: Path, minimum: int = 0) -> None:
    (root / "cohorts/tiny").mkdir(parents=True)
    (root / "cohorts/tiny/study.yaml").write_text(STUDY % minimum)
    (root / "cohorts/tiny/codebook.yaml").write_text(CODEBOOK)
    begin = pd.DataFrame(PEOPLE, columns=COLUMNS)
    begin["submitted"] = pd.to_datetime(begin["submitted"])
    for column in begin.columns[begin.columns.str.contains("__|why")]:
        begin[column] = begin[column].astype("boolean")
    begin.insert(0, "response_id", [f"begin-{number}" for number in range(1, 7)])
    end = begin.drop(columns=["applied__here", "applied__there", "land", "why"])
    end["response_id"] = [f"end-{number}" for number in range(1, 7)]
    end["submitted"] = end["submitted"] + pd.to_timedelta([10, 20, 30, 40, 50, 60], unit="D")
    end["level"] = ["high", "high", "low", "high", "low", "low"]
    end["pay"] = [50.0, 10.0, 110.0, 130.0, 250.0, 70.0]
    end["wishes__money"] = pd.array([False, False, True, True, False, False], dtype="boolean")
    for wave, frame in (("begin", begin), ("end", end)):
        folder = root / "data/processed/tiny" / wave
        folder.mkdir(parents=True)
        frame.to_parquet(folder / "responses.parquet")
        pd.DataFrame(
            {
                "decision": ["kept"] * 6 + ["dropped"] * 3,
                "reason": [""] * 6 + ["repeat", "repeat", "preview"],
                "comparison": ["", "first here", *[""] * 4, "same e-mail", "same e-mail", ""],
                "has_code": "",
                "address_group": ["", "1", "2", "2", "", "", "1", "1", ""],
            }
        ).to_csv(folder / "decisions.csv", index=False)
        (folder / "answers.csv").write_text("variable,answer,value,reason,times\n")
    panel = root / "data/processed/tiny/panel"
    panel.mkdir(parents=True)
    sides = [
        frame.head(5).drop(columns=["program", "program_type"]).add_suffix(f"__{side}")
        for side, frame in (("first", begin), ("second", end))
    ]
    pairs = pd.concat([begin[["program", "program_type"]].head(5), *sides], axis="columns")
    for side in ("first", "second"):
        pairs = pairs.rename(
            columns={
                f"response_id__{side}": f"{side}_id",
                f"submitted__{side}": f"{side}_submitted",
            }
        )
    pairs["rule"] = ["email", "email", "ip", "email", "ip"]
    pairs["days_between"] = [10, 20, 30, 40, 50]
    pairs.to_parquet(panel / "panel.parquet")
    (panel / "rules.csv").write_text(
        "rule,pairs,without_first,without_second,tied_first,tied_second,disagreeing,earlier\n"
        "email,3,1,2,0,0,0,0\nip,2,0,0,2,1,1,0\n"
    )


@pytest.fixture
def estimates(tmp_path, monkeypatch) -> Estimates:
    write_cohort(tmp_path)
    monkeypatch.chdir(tmp_path)
    return Estimates(estimate_wave("tiny", "begin"))


def value(estimates: Estimates, *key: str, wave: str = "begin", **named: str) -> tuple:
    found = estimates.find(wave, *key, **named)
    return found.value, found.n


def test_shares_are_of_those_who_answered(estimates):
    assert value(estimates, "colour", "green") == (0.4, 5)
    assert value(estimates, "colour", "cold") == (0.8, 5)
    assert value(estimates, "colour", "not_reported") == (pytest.approx(1 / 6, rel=1e-5), 6)
    assert value(estimates, "colour", "red", subgroup="program_type=long") == (0, 1)
    assert value(estimates, "colour", "blue", "count", subgroup="program=s2") == (2, 2)


def test_a_share_has_wilsons_interval(estimates):
    # Two of five: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    found = estimates.find("begin", "colour", "green")
    z, p, n = 1.959964, 0.4, 5
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5 / (1 + z**2 / n)
    assert (found.low, found.high) == pytest.approx((middle - margin, middle + margin), rel=1e-5)


def test_a_question_for_some_is_of_those_asked(estimates):
    assert value(estimates, "level", "high") == (pytest.approx(2 / 3, rel=1e-5), 3)
    assert value(estimates, "level", "not_reported") == (0.25, 4)
    assert not estimates.has("begin", "level", subgroup="program_type=long")


def test_numbers(estimates):
    assert value(estimates, "pay", statistic="nobs") == (4, 4)
    assert value(estimates, "pay", statistic="mean") == (112.5, 4)
    assert value(estimates, "pay", statistic="median") == (100, 4)
    assert value(estimates, "pay", statistic="mode") == (100, 4)
    assert value(estimates, "pay", statistic="sum") == (450, 4)
    assert value(estimates, "pay", statistic="std")[0] == pytest.approx(103.078, abs=1e-3)
    assert value(estimates, "pay", statistic="min") == (0, 4)
    assert value(estimates, "pay", statistic="max") == (250, 4)
    assert value(estimates, "pay", "[100, 200)") == (0.5, 4)
    assert value(estimates, "pay", "[200, )") == (0.25, 4)
    assert value(estimates, "pay", "none", "count") == (1, 4)
    # Amounts of which one is nought: Student's interval would begin at -51.5.
    mean = estimates.find("begin", "pay", statistic="mean")
    assert (mean.low, mean.note) == (0, "skew-corrected t")
    assert mean.high > 112.5 + 3.182446 * 103.07764 / 2


def test_the_smallest_of_several_modes_is_said_to_be_one(estimates):
    found = estimates.find("begin", "pay", statistic="mode", subgroup="program=s1")
    assert (found.value, found.note) == (0, "")
    assert estimates.find("begin", "pay", statistic="mode", subgroup="program_type=short").value
    from altcred.core.distribution import describe_numbers
    from altcred.core.records import Recorder

    rows = list(describe_numbers(Recorder("all", "x"), pd.array([3.0, 1.0]).to_numpy(),
                                 pd.array([2.0, 2.0]).to_numpy(), {}))  # fmt: skip
    mode = next(row for row in rows if row.statistic == "mode")
    assert mode.value == 1
    assert mode.note == "the smallest of 2 modes"


def test_a_medians_interval_is_two_order_statistics():
    # Of ten numbers the second and the ninth hold the median with 97.9% (a textbook table).
    import numpy as np

    from altcred.core.distribution import describe_numbers
    from altcred.core.records import Recorder

    rows = list(describe_numbers(Recorder("all", "x"), np.arange(1.0, 11), np.ones(10), {}))
    median = next(row for row in rows if row.statistic == "median")
    assert (median.value, median.low, median.high) == (5.5, 2, 9)


def test_multiple_answers_are_of_those_who_ticked(estimates):
    assert value(estimates, "wishes", statistic="nobs") == (5, 5)
    assert value(estimates, "wishes", "money") == (0.4, 5)
    assert value(estimates, "wishes", "any") == (0.8, 5)
    # Offered since 2020: the first person never saw it.
    assert value(estimates, "wishes", "late") == (0.5, 4)
    assert value(estimates, "wishes", "not_reported", "count") == (1, 6)


def test_a_question_of_all_asked_counts_those_who_ticked_nothing(estimates):
    assert value(estimates, "applied", "there") == (pytest.approx(1 / 6, rel=1e-5), 6)
    assert value(estimates, "applied", "here") == (0.5, 2)
    assert not estimates.has("begin", "applied", "here", subgroup="program=s2")


def test_countries_and_texts(estimates):
    assert value(estimates, "land", statistic="nunique") == (2, 5)
    assert value(estimates, "land", "NAM", "count") == (2, 5)
    assert value(estimates, "why", statistic="count") == (2, 6)


def test_named_subgroups(estimates):
    assert value(estimates, "responses", statistic="count", subgroup="rich") == (3, 3)
    assert value(estimates, "colour", "blue", subgroup="rich & program_type=short") == (1, 2)
    assert not estimates.has("begin", "pay", subgroup="rich")


def test_people_by_program(estimates):
    assert value(estimates, "responses", "s1", "proportion")[0] == pytest.approx(1 / 3, rel=1e-5)
    assert value(estimates, "responses", "long", "count") == (2, 6)


def test_rows_are_counted_from_the_export_to_the_responses(estimates):
    assert value(estimates, "raw_rows", statistic="count") == (9, 9)
    assert value(estimates, "dropped", "repeat", "count") == (2, 9)
    assert value(estimates, "dropped", statistic="count") == (3, 9)
    assert value(estimates, "repeats", "same e-mail", "count") == (2, 2)
    assert value(estimates, "shared_addresses", statistic="count") == (2, 9)
    flow = Estimates(estimate_flow("tiny", "begin"))
    assert flow.find("begin", "responses", "s2", "count").value == 2


def test_small_cells_do_not_pass_the_door(tmp_path, monkeypatch):
    write_cohort(tmp_path, minimum=3)
    monkeypatch.chdir(tmp_path)
    found = Estimates(estimate_wave("tiny", "begin")).find("begin", "colour", "green")
    assert found.is_suppressed
    assert found.value != found.value


def test_an_unknown_estimate_names_the_nearest(estimates):
    with pytest.raises(UnknownEstimate, match="category='green'"):
        estimates.find("begin", "colour", "gren")


def test_bins_are_chosen_where_the_codebook_has_none():
    import numpy as np

    from altcred.core.distribution import choose_bins

    assert choose_bins(np.arange(1.0, 21), np.ones(20)) == [0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5]
    assert choose_bins(np.array([3.0]), np.array([9])) == [3]
    # Few whole numbers have a bin each.
    assert choose_bins(np.array([0.0, 1, 2, 3]), np.array([5, 9, 4, 2])) == [0, 1, 2, 3]
    assert choose_bins(np.array([-2.0, 2]), np.array([5, 9])) == [-2, -1, 0, 1, 2]
    # One enormous number does not stretch the bins of the others.
    assert max(choose_bins(np.array([1.0, 2, 3, 1e9]), np.array([30, 40, 29, 1]))) < 4
    assert choose_bins(np.array([]), np.array([])) == []


def test_each_number_of_a_bounded_scale_has_its_own_bin():
    import numpy as np

    from altcred.kinds import find_kind
    from altcred.kinds.variable import Variable

    described = {"label": "Tired", "kind": "number", "question": {"begin": "Q"}}
    values, people = np.array([0.0, 2]), np.array([7, 5])
    scale = Variable.model_validate(described | {"bounds": {"low": 0, "high": 3}})
    kind = find_kind("number")
    assert list(kind.ranges_of(scale, values, people)) == ["[0, 1)", "[1, 2)", "[2, 3)", "[3, 4)"]
    free = Variable.model_validate(described)
    assert list(kind.ranges_of(free, values, people)) == ["[0, 1)", "[1, 2)", "[2, )"]
    # Hours told in halves are no scale.
    assert len(kind.ranges_of(scale, np.array([0.5, 2.0]), people)) == 8


def test_written_and_read_again(estimates, tmp_path):
    path = tmp_path / "estimates.csv"
    write_estimates(estimates.frame, path)
    again = read_estimates(path)
    assert again.find("begin", "land", "NAM").value == 0.4
    pd.testing.assert_frame_equal(again.frame, estimates.frame, check_dtype=False)
    first = path.read_bytes()
    write_estimates(again.frame.sample(frac=1, random_state=1), path)
    assert path.read_bytes() == first
    assert b"0.166667" in first


def test_years_between_surveys_are_binned_by_years(estimates, tmp_path):
    path = tmp_path / "data/processed/tiny/panel/panel.parquet"
    pairs = pd.read_parquet(path)
    pairs["days_between"] = [400, 729, 730, 1000, 2000]
    pairs.to_parquet(path)
    panel = Estimates(estimate_panel("tiny", "begin", "end"))
    shown = panel.select(wave="panel", subgroup="all", variable="days_between", statistic="count")
    counts = dict(zip(shown["category"], shown["value"], strict=True))
    assert counts == {
        "[0, 365)": 0,
        "[365, 545)": 1,
        "[545, 730)": 1,
        "[730, 1095)": 2,
        "[1095, 1460)": 0,
        "[1460, 1825)": 0,
        "[1825, )": 1,
    }


def test_days_of_people_who_all_answered_in_the_same_weeks_have_bins_of_their_own(
    estimates, tmp_path
):
    path = tmp_path / "data/processed/tiny/panel/panel.parquet"
    pairs = pd.read_parquet(path)
    pairs["days_between"] = [95, 97, 99, 99, 103]
    pairs.to_parquet(path)
    panel = Estimates(estimate_panel("tiny", "begin", "end"))
    shown = panel.select(wave="panel", subgroup="all", variable="days_between", statistic="count")
    counts = dict(zip(shown["category"], shown["value"], strict=True))
    assert counts["[99, 100)"] == 2
    assert "[90, 180)" not in counts


def test_the_panel_compares_people_with_themselves(estimates, tmp_path):
    panel = Estimates(estimate_panel("tiny", "begin", "end"))
    assert panel.find("panel", "pairs", "", "count").value == 5
    assert panel.find("panel", "pairs", "ip", "count").value == 2
    assert panel.find("panel", "pairs", "long", "proportion").value == 0.2
    assert panel.find("panel", "days_between", "", "mean").value == 30
    assert panel.find("panel", "days_between", "[30, 60)", "count").value == 3
    # Pay in both: 0, 100, 100, 250 and then 10, 110, 130, 250.
    assert panel.find("panel", "pay", "", "mean_difference").value == 12.5
    assert panel.find("panel", "pay", "", "ttest_rel_df").value == 3
    assert panel.find("panel", "pay", "", "ttest_rel_statistic").value < 0
    assert panel.find("panel:end", "pay", "", "mean").value == 125
    assert panel.find("panel:begin", "pay", "", "mean").value == 112.5
    # Level of the four asked at begin: low, high, high, none; then high, high, low, high.
    assert panel.find("panel", "level", "", "increased").value == pytest.approx(1 / 3, rel=1e-5)
    assert panel.find("panel", "level", "", "stuart_maxwell_pvalue").value == 1
    # Money in both surveys: yes, yes, no, no and then no, no, yes, no.
    assert panel.find("panel", "wishes:money", "only_first", "count").value == 2
    assert panel.find("panel", "wishes:money", "only_second", "count").value == 1
    assert panel.find("panel", "wishes:money", "", "mcnemar_pvalue").value == 1
    assert panel.find("panel", "wishes:money", "", "mcnemar_pvalue_holm").value == 1


def test_two_waves_are_compared_by_their_estimates(estimates):
    both = pd.concat([estimates.frame, estimate_wave("tiny", "end")])
    difference = Estimates(compare_waves(Estimates(both), "begin", "end"))
    found = difference.find("begin-end", "level", "high", "difference")
    assert found.value == pytest.approx(0.5 - 2 / 3, abs=1e-5)
    assert found.low < found.value < found.high
    assert difference.find("begin-end", "pay", "", "mean_difference").value == pytest.approx(
        620 / 6 - 112.5, rel=1e-4
    )
    assert not difference.has("begin-end", "land")


def compare_made(rows: list[tuple]) -> Estimates:
    """Compare two waves of which only these are known: wave, variable, category, statistic..."""
    made = pd.DataFrame(
        [(wave, "all", *key, value, None, None, n, "") for wave, *key, value, n in rows],
        columns=["wave", "subgroup", "variable", "category", "statistic", "value", "low", "high",
                 "n", "note"],
    )  # fmt: skip
    return Estimates(adjust_tests(compare_waves(Estimates(made), "begin", "end")))


def test_differences_of_shares_are_tested_and_adjusted_within_the_question():
    shares = {"a": (0.5, 0.6), "b": (0.3, 0.4), "c": (0.2, 0.2), "not_reported": (0.1, 0.3)}
    rows = [
        (wave, "wishes", name, "proportion", pair[side], 100)
        for name, pair in shares.items()
        for side, wave in enumerate(("begin", "end"))
    ]
    found = compare_made([*rows, ("begin", "own", "x", "proportion", 0.5, 100),
                          ("end", "own", "x", "proportion", 0.6, 100)])  # fmt: skip

    def p(variable: str, category: str, which: str) -> float:
        return found.find("begin-end", variable, category, f"proportions_pvalue{which}").value

    # Chi-square 200 (50·40 - 60·50)² / (110·90·100²) = 2.0202 and 200/91 = 2.1978.
    assert p("wishes", "a", "") == pytest.approx(0.1552, abs=1e-4)
    assert p("wishes", "b", "") == pytest.approx(0.1382, abs=1e-4)
    assert p("wishes", "c", "") == 1
    # Holm, as R's p.adjust: three times the smallest; twice the next is less, so it is raised.
    assert p("wishes", "b", "_holm") == pytest.approx(3 * 0.138208, abs=1e-5)
    assert p("wishes", "a", "_holm") == p("wishes", "b", "_holm")
    assert p("wishes", "c", "_holm") == 1
    # Another question is another family; who gave no answer is not compared.
    assert p("own", "x", "_holm") == p("own", "x", "")
    assert not found.has("begin-end", "wishes", "not_reported")


def test_small_shares_are_tested_exactly():
    # The lady tasting tea: three of four against one of four, p = 34/70.
    pvalue, name = compare_shares((3, 1), (4, 4))
    assert pvalue == pytest.approx(34 / 70)
    assert name == "Fisher's exact test"
    assert compare_shares((0, 0), (9, 4))[0] == 1
    assert compare_shares((9, 4), (9, 4))[0] == 1


def test_differences_of_means_have_welchs_test():
    rows = [
        ("begin", "hours", "", "mean", 20.0, 16), ("begin", "hours", "", "std", 4.0, 16),
        ("end", "hours", "", "mean", 23.0, 25), ("end", "hours", "", "std", 5.0, 25),
    ]  # fmt: skip
    found = compare_made(rows)
    # t = 3 / sqrt(1 + 1) = 2.1213 with 2² / (1/15 + 1/24) = 36.92 degrees of freedom.
    pvalue = found.find("begin-end", "hours", "", "ttest_ind_pvalue").value
    assert pvalue == pytest.approx(0.0407, abs=1e-4)
    gap = found.find("begin-end", "hours", "", "mean_difference")
    assert gap.low > 0
    assert gap.low == pytest.approx(3 - 2.0264 * 2**0.5, abs=1e-3)


def test_what_is_not_listed_for_tests_has_none(estimates):
    both = Estimates(pd.concat([estimates.frame, estimate_wave("tiny", "end")]))
    difference = Estimates(compare_waves(both, "begin", "end", tested=["colour"]))
    assert difference.has("begin-end", "colour", "red", "proportions_pvalue")
    assert not difference.has("begin-end", "level", "high", "proportions_pvalue")
    assert difference.has("begin-end", "level", "high", "difference")


def test_nothing_but_answers_decides_the_bytes(estimates, tmp_path):
    again = estimate_wave("tiny", "begin")
    pd.testing.assert_frame_equal(again, estimates.frame)


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (1_790_122.5, 1_790_122.5),
        (68_414.3219, 68_414.3),
        (1 / 3, 0.333333),
        (12_345_678.0, 12_345_678),
    ],
)
def test_numbers_keep_the_digits_that_six_would_lose(number: float, rounded: float) -> None:
    assert round_number(number) == rounded
