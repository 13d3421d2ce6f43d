"""Ranges of a number that cut each other give no hidden count away."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from test_disclosure import _describe, _frame, _shown

from altcred.clean.responses import build_responses
from altcred.core.intervals import Interval, bin_intervals, parse_interval
from altcred.core.statistics import ZEROS
from altcred.disclose.door import suppress_small_cells
from altcred.disclose.ranges import cut_ranges
from altcred.disclose.relations import Question
from altcred.estimate.audit import audit_cohort
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave

MINIMUM = 5


def protect_ranges(counts, groups, n, *, is_whole=False):
    ranges = {name: parse_interval(text) for name, text in groups.items()}
    question = Question(
        is_exclusive=True, groups=dict.fromkeys(ranges, ()), ranges=ranges, is_whole=is_whole
    )
    return suppress_small_cells(
        _frame(_describe(counts, variable="pay", nobs=n)),
        minimum=MINIMUM,
        exclusive=["pay"],
        groups={"pay": dict.fromkeys(ranges, ())},
        questions={"pay": question},
    )


def test_a_group_less_a_range_in_it_is_no_hidden_range():
    counts = {"[0, 500)": 2, "[500, 1000)": 46, "[1000, 1500)": 70, "[1500, )": 62, "low": 48}
    shown = _shown(protect_ranges(counts, {"low": "[0, 1000]"}, 180))
    assert shown["[0, 500)"] is None
    assert None in (shown["low"], shown["[500, 1000)"])


def test_a_mean_tells_no_hidden_range_where_the_open_one_is_empty():
    counts = {"[0, 1)": 10, "[1, 2)": 6, "[2, 3)": 4, "[3, )": 0}
    rows = _describe(counts, variable="pay", nobs=20)
    rows.append(("begin", "all", "pay", "", "mean", 0.7, None, None, 20, ""))
    result = suppress_small_cells(
        _frame(rows), minimum=MINIMUM, exclusive=["pay"], questions={"pay": Question(True)}
    )
    shown = {one.category: one.value for one in result.itertuples() if one.statistic == "count"}
    mean = result.loc[result["statistic"].eq("mean"), "value"].item()
    # Ten are at one or two, and fourteen in all: six and four.
    assert np.isnan(shown["[2, 3)"])
    assert np.isnan([shown["[0, 1)"], shown["[3, )"], mean]).any()


def test_a_mean_bounds_a_group_within_an_open_range():
    counts = {"[0, 1)": 17, "[1, 2)": 13, "[2, )": 13, "many": 2}
    rows = _describe(counts, variable="kids", nobs=43)
    rows.append(("begin", "all", "kids", "", "mean", 41 / 43, None, None, 43, ""))
    ranges = {"many": parse_interval("[3, )")}
    question = Question(True, groups={"many": ()}, ranges=ranges, is_whole=True)
    result = suppress_small_cells(
        _frame(rows), minimum=MINIMUM, exclusive=["kids"], groups={"kids": {"many": ()}},
        questions={"kids": question},
    )  # fmt: skip
    shown = {one.category: one.value for one in result.itertuples() if one.statistic == "count"}
    mean = result.loc[result["statistic"].eq("mean"), "value"].item()
    # Thirteen have two or more, and two more than two each in all.
    assert np.isnan(shown["many"])
    assert np.isnan([shown["[1, 2)"], shown["[2, )"], mean]).any()


def test_groups_that_part_everybody_are_a_sum():
    counts = {"young": 40, "mid": 57, "old": 3}
    groups = {"young": "[0, 30)", "mid": "[30, 59]", "old": "[60, )"}
    shown = _shown(protect_ranges(counts, groups, 100, is_whole=True))
    assert shown["old"] is None
    assert None in (shown["young"], shown["mid"])
    # Between 59 and 60 may be the age of somebody, where ages need not be whole.
    assert _shown(protect_ranges(counts, groups, 100))["old"] is None


@pytest.mark.parametrize("is_whole", [True, False])
def test_stretches_are_named_once_and_add_up(is_whole):
    counts = {"": 10, "[0, 2)": 4, "[2, )": 6, "some": 5, ZEROS: 3}
    ranges = {"some": parse_interval("(0, 3]")}
    stretches, sums = cut_ranges(counts, ranges, is_whole=is_whole, is_divided=True)
    assert sums["some"][-1] in stretches
    known = {**counts, **stretches}
    assert all(sum(known[part] for part in inside) == counts[one] for one, inside in sums.items())
    hidden, _ = cut_ranges({**counts, "some": None}, ranges, is_whole=is_whole, is_divided=True)
    assert hidden == dict.fromkeys(stretches)
    # Numbers of people that no answers can have tell nothing.
    assert cut_ranges({**counts, ZEROS: 5}, ranges, is_whole=is_whole, is_divided=True) == ({}, {})


def reach(points, told, aim, n):
    """Return the fewest and the most people that a range can hold, by a program of the test's."""
    rows = [[float(one.holds(point)) for point in points] for one, _ in told] + [
        [1.0] * len(points)
    ]
    ends = [count for _, count in told] + [n]
    aims = np.array([float(aim.holds(point)) for point in points])
    found = [
        milp(sign * aims, integrality=np.ones(len(points)),
             constraints=LinearConstraint(np.array(rows), ends, ends))
        for sign in (1, -1)
    ]  # fmt: skip
    return round(found[0].fun), -round(found[1].fun)


spans = st.tuples(st.integers(0, 6), st.integers(1, 4), st.booleans(), st.booleans()).map(
    lambda one: Interval(one[0], one[0] + one[1], one[2], one[3])
)


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 16).map(lambda one: one / 2), min_size=12, max_size=60),
    st.sampled_from([[], [0, 2, 4, 6], [0, 3], [0, 1, 2, 3, 4, 5]]),
    st.lists(spans, min_size=1, max_size=3, unique_by=str),
)
def test_no_hidden_range_is_narrowed_by_those_shown(answers, edges, groups):
    bins = {str(one): one for one in bin_intervals(edges)}
    ranges = bins | {f"group {at}": one for at, one in enumerate(groups)}
    counts = {name: sum(map(one.holds, answers)) for name, one in ranges.items()}
    named = {name: str(one) for name, one in ranges.items() if name not in bins}
    result = protect_ranges(counts, named, len(answers))
    shown = _shown(result)
    told = [(ranges[name], count) for name, count in shown.items() if count is not None]
    points = sorted({one / 4 for one in range(48)})
    for name, count in shown.items():
        if count is None and 0 < counts[name] < MINIMUM:
            low, high = reach(points, told, ranges[name], len(answers))
            assert high - low + 1 >= MINIMUM, (name, counts, shown)
    assert all(count is None or count == counts[name] for name, count in shown.items())
    assert not any(0 < one < MINIMUM for one in shown.values() if one is not None)
    assert pd.notna(result["n"]).all()


@pytest.mark.parametrize(
    ("category", "statistic", "mode", "is_whole", "is_shown"),
    [
        ("[2, 3)", "count", 2, True, True),
        ("[2, 3)", "count", 2, False, False),
        ("[2, 4)", "count", 2, True, False),
        ("[2, 2]", "count", 2, False, True),
        ("", "zeros_count", 0, False, True),
        ("", "zeros_count", 3, False, False),
    ],
)
def test_a_mode_is_shown_where_a_count_tells_that_enough_gave_it(
    category, statistic, mode, is_whole, is_shown
):
    rows = [
        ("begin", "all", "pay", "", "nobs", 90, None, None, 90, ""),
        ("begin", "all", "pay", category, statistic, 40, None, None, 90, ""),
        ("begin", "all", "pay", "", "mode", mode, None, None, 90, ""),
    ]
    questions = {"pay": Question(is_whole=is_whole)}
    for keeps, expected in ((True, is_shown), (False, True)):
        result = suppress_small_cells(
            _frame(rows), minimum=MINIMUM, questions=questions, suppress_extremes=keeps
        )
        assert result["value"].notna().tolist() == [True, True, expected]


GROUPED = """
name: g
title: G
waves: {{w: {{label: W, exports: [w.csv], submitted: null, status: null}}}}
{more}
disclosure: {{minimum: 5}}
"""
ASKED = """
variables:
  age: {label: Age, kind: count, question: A, groups: {young: {label: Young, of: "[0, 30)"},
    mid: {label: Mid, of: "[30, 60)"}, old: {label: Old, of: "[60, )"}}}
  like: {label: Like, kind: single, question: L, categories: {y: "Yes", n: "No"}}
"""


@pytest.mark.parametrize(
    "more",
    [
        "groups: [{by: age}]",
        'subgroups: {a: {label: A, where: {age: "[0, 30)"}},\n'
        '  b: {label: B, where: {age: "[30, 60)"}}}',
        'subgroups: {a: {label: A, where: {age: "[0, 58)"}}}',
    ],
)
def test_sizes_of_groups_by_a_number_tell_no_hidden_range_of_it(tmp_path, monkeypatch, more):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path / "keys"))
    for folder in ("cohorts/g", "data/raw/g", "data/processed/g/estimates"):
        Path(folder).mkdir(parents=True)
    Path("cohorts/g/study.yaml").write_text(GROUPED.format(more=more), "utf-8")
    Path("cohorts/g/codebook.yaml").write_text(ASKED, "utf-8")
    # Three are old, and twelve do not tell their age.
    ages = [*(20 + n % 37 for n in range(138)), 75, 78, 81, *([""] * 12)]
    rows = "".join(f"{age},{'Yes' if n % 2 else 'No'}\n" for n, age in enumerate(ages))
    Path("data/raw/g/w.csv").write_text(f"A,L\n{rows}", "utf-8")
    build_responses("g", "w")
    shown = estimate_wave("g", "w")
    write_estimates(shown, Path("data/processed/g/estimates/w.csv"))
    counts = shown[shown["statistic"].isin(["count", "nobs"])].set_index(
        ["subgroup", "variable", "category"]
    )["value"]
    assert np.isnan(counts["all", "age", "old"])
    sizes = [
        one for (_, variable, category), one in counts.items()
        if variable == "responses" and not category and one not in (153, np.nan)
    ]  # fmt: skip
    # Whoever knows how many told their age and how many are in each group knows the rest.
    told = counts["all", "age", ""]
    assert np.isnan(told) or np.nansum(sizes) not in (told - 3, told)
    audit_cohort("g")
