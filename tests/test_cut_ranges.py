"""Ranges of a number that cut each other give no hidden count away."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from test_disclosure import _describe, _frame, _shown

from altcred.core.intervals import Interval, bin_intervals, parse_interval
from altcred.core.statistics import ZEROS
from altcred.disclose.door import suppress_small_cells
from altcred.disclose.ranges import cut_ranges
from altcred.disclose.relations import Question

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
