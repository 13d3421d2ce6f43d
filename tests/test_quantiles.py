"""Quantiles and zeros: what is told of a spread, and that it tells of no hidden range."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_numbers import contains_small_numbers

from altcred.core.distribution import describe_spread
from altcred.core.intervals import bin_intervals
from altcred.core.records import ALL, Recorder
from altcred.core.statistics import QUANTILES, find_statistic
from altcred.core.weights import Tally
from altcred.disclose.door import suppress_small_cells
from altcred.estimate.store import compose_frame

RECORD = Recorder(ALL, "paid")
EDGES = [0, 10, 20, 50, 100]


def spread_of(values, people=None):
    values = np.array(values, dtype=float)
    people = np.ones(len(values)) if people is None else people
    return {one.statistic: one for one in describe_spread(RECORD, values, people)}


def test_quantiles_are_those_of_the_inverse_of_the_steps():
    found = spread_of(np.arange(1, 201))
    assert [found[f"quantile_{one}"].value for one in ("05", "25", "90")] == [10.5, 50.5, 180.5]
    assert "quantile_50" not in found
    assert found["quantile_25"].n == 200


@given(st.lists(st.integers(0, 30), min_size=200, max_size=230))
def test_quantiles_are_numpys(values):
    found = spread_of(values)
    for share, name in QUANTILES.items():
        known = np.quantile(values, share, method="averaged_inverted_cdf")
        assert found[name].value == pytest.approx(known)


@pytest.mark.parametrize(("people", "told"), [(39, 0), (40, 2), (199, 2), (200, 18)])
def test_between_two_told_quantiles_lie_ten_people(people, told):
    assert sum(find_statistic(one).steps > 0 for one in spread_of(range(1, people + 1))) == told


def test_equal_weights_change_no_quantile():
    values, people = np.arange(250.0), np.ones(250)
    weighted = spread_of(values, Tally(people, people * 3, people * 9, True))
    plain = spread_of(values)
    assert {one: weighted[one].value for one in weighted} == {
        one: pytest.approx(plain[one].value) for one in plain
    }
    assert weighted["quantile_25"].note == weighted["zeros"].note == "weighted"


@pytest.mark.parametrize(("values", "share"), [([0, 0, 5, 9], 0.5), ([1, 2], None), ([0, 0], None)])
def test_zeros_are_told_where_some_gave_them(values, share):
    found = spread_of(values)
    assert (found["zeros"].value if share else found.get("zeros")) == share
    if share:
        assert found["zeros_count"].value == 2


# The door ------------------------------------------------------------------------------------


def frame_of(values):
    """Return the estimates of a number: how many answered, its ranges, quantiles and zeros."""
    n = float(len(values))
    records = [RECORD.number("nobs", n, n=n), *spread_of(values).values()]
    for one in bin_intervals(EDGES):
        held = float(sum(one.holds(value) for value in values))
        records += RECORD.counted(str(one), held, n)
    return compose_frame(records, "end")


def told_by(shown):
    shown = shown[shown["value"].notna()]
    shares = {name: share for share, name in QUANTILES.items()}
    quantiles = {shares[row.statistic]: row.value for row in shown.itertuples()
                 if row.statistic in shares}  # fmt: skip
    counts = shown[shown["statistic"] == "count"].set_index("category")["value"].to_dict()
    return quantiles, counts


def test_a_tail_of_few_hides_no_quantile_below_it():
    values = [*np.linspace(0.5, 19.5, 390), *[60] * 3, *[150] * 7]
    shown = suppress_small_cells(frame_of(values), minimum=5, exclusive=["paid"])
    quantiles, counts = told_by(shown)
    assert set(counts) == {"[0, 10)", "[10, 20)", "[20, 50)"}
    assert max(quantiles) == 0.95
    # Of a few in the middle both sides say how many they may be.
    values = [*np.linspace(0.5, 9.5, 190), *[15] * 3, *[30] * 7, *np.linspace(60, 90, 200)]
    quantiles, counts = told_by(suppress_small_cells(frame_of(values), minimum=5,
                                                     exclusive=["paid"]))  # fmt: skip
    assert set(counts) == {"[0, 10)", "[50, 100)", "[100, )"}
    assert [one for one in QUANTILES if one not in quantiles] == []


def test_quantiles_between_too_few_people_go():
    quantiles, _ = told_by(suppress_small_cells(frame_of(np.linspace(1, 9, 200)), minimum=20))
    assert sorted(quantiles) == [0.25, 0.75]
    quantiles, _ = told_by(suppress_small_cells(frame_of(np.linspace(1, 9, 200)), minimum=60))
    assert quantiles == {}


@pytest.mark.parametrize(("zeros", "above"), [(3, 60), (60, 3), (60, 60)])
def test_zeros_and_those_just_above_are_cells(zeros, above):
    values = [0] * zeros + [5] * above + [30] * 90
    shown = suppress_small_cells(frame_of(values), minimum=5, exclusive=["paid"])
    found = shown[shown["statistic"].isin({"zeros", "zeros_count"})]["value"]
    assert found.notna().all() == (min(zeros, above) >= 5)
    assert not contains_small_numbers(shown, 5)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.one_of(st.integers(0, 6), st.integers(8, 80)), min_size=5, max_size=5),
    minimum=st.sampled_from([3, 5, 8]),
)
def test_no_quantile_says_more_of_hidden_ranges_than_the_shown_ones(counts, minimum):
    starts = [1, 11, 21, 51, 101]
    values = [start + 9 * k / max(count, 1) for start, count in zip(starts, counts, strict=True)
              for k in range(count)]  # fmt: skip
    if len(values) < 40:
        return
    shown = suppress_small_cells(frame_of(values), minimum=minimum, exclusive=["paid"])
    quantiles, known = told_by(shown)
    bins = bin_intervals(EDGES)
    hidden = [place for place, one in enumerate(bins) if str(one) not in known]
    left = len(values) - int(sum(known.values()))
    for guess in product(range(left + 1), repeat=max(len(hidden) - 1, 0)):
        if not hidden or sum(guess) > left or len(hidden) > 3:
            continue
        every = [known.get(str(one), 0) for one in bins]
        for place, count in zip(hidden, [*guess, left - sum(guess)], strict=True):
            every[place] = count
        reached = np.concatenate([[0], np.cumsum(every)])
        for share, value in quantiles.items():
            place = next(k for k, one in enumerate(bins) if one.holds(value))
            if every[place]:
                at = share * len(values)
                assert reached[place] <= at + 1e-9 <= reached[place + 1] + 2e-9, (share, value)


def test_what_quantiles_are_of_days_is_written_as_days():
    from altcred.kinds import find_kind

    assert find_kind("date").write_value(0, "quantile_25") == "1 January 1970"
