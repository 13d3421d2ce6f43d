"""Counts that are shown rounded: to a base, with all else worked out from them or as coarse."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from small_view import compare_kind, estimate_kind, make_cohort

from altcred.core.distribution import describe_numbers
from altcred.core.paths import processed_dir
from altcred.core.records import Recorder
from altcred.core.weights import WEIGHTED
from altcred.describe.disclosure import Disclosure
from altcred.disclose.rounding import round_counts, round_ends, round_estimates
from altcred.estimate.audit import audit_estimates
from altcred.estimate.protection import protect
from altcred.estimate.store import compose_frame, write_estimates

ROUND = {"minimum": 5, "method": "round", "base": 5}


def describe(counts, variable="a_single", subgroup="all"):
    record, n = Recorder(subgroup, variable), float(sum(counts.values()))
    yield record.number("nobs", n, n=n)
    for category, count in counts.items():
        yield from record.counted(category, float(count), n)


def look_up(frame, statistic="count", **where):
    rows = frame[frame["statistic"] == statistic]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return dict(zip(rows["category"], rows["value"], strict=True))


def test_counts_go_to_the_nearest_multiple_halves_up():
    rounded = [round_counts(count, 5) for count in range(14)]
    assert rounded == [0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 15]
    assert [round_counts(count, 10) for count in (4, 5, 14, 15)] == [0, 10, 10, 20]
    assert round_counts(7, 0) == 7
    place = ("a", "all", "oak")
    for base in (2, 3, 5, 10):
        for count in (0, *range(5, 60)):
            low, high = round_ends({place: count}, base, 5)[place]
            alike = [
                one
                for one in (0, *range(5, 90))
                if round_counts(one, base) == round_counts(count, base)
            ]
            assert (low, high) == (alike[0], alike[-1])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=4, max_size=4),
    st.lists(st.integers(0, 40), min_size=4, max_size=4),
)
def test_no_small_count_can_be_narrowed(first, second):
    # Two programs of one type, whose people are all.
    cohort = make_cohort(types=2, disclosure=ROUND)
    names = ["oak", "lime", "yew", "other"]
    parts = ["program_type=walk", "program_type=course"]
    counts = {
        (part, name): count
        for part, given in zip(parts, (first, second), strict=True)
        for name, count in zip(names, given, strict=True)
    } | {("all", name): a + b for name, a, b in zip(names, first, second, strict=True)}
    counts |= {(part, ""): sum(counts[part, name] for name in names) for part in ("all", *parts)}
    records = [
        one
        for part in ("all", *parts)
        if counts[part, ""]
        for one in describe({name: counts[part, name] for name in names}, subgroup=part)
    ]
    records += [
        Recorder(part, "responses").number("count", counts[part, ""], n=counts[part, ""])
        for part in ("all", *parts)
    ]
    frame = protect(compose_frame(records, "begin"), cohort)
    told = frame[frame["value"].notna() & frame["variable"].eq("a_single")]
    shown = {
        (row.subgroup, row.category): row.value
        for row in told.itertuples()
        if row.statistic in ("count", "nobs")
    }
    assert all(one % 5 == 0 for one in (*shown.values(), *frame["n"].dropna()))
    assert all(abs(count - counts[place]) <= 2 for place, count in shown.items())
    for row in told[told["statistic"].eq("proportion")].itertuples():
        assert row.value * row.n == pytest.approx(shown[row.subgroup, row.category], abs=0.01)
    # An attack of the test's own, on what is shown.
    places = list(counts)
    rows = [
        [(one == (part, "")) * -1 + (one[0] == part and one[1] != "") for one in places]
        for part in ("all", *parts)
    ] + [
        [(one == ("all", name)) * -1 + (one[0] in parts and one[1] == name) for one in places]
        for name in ("", *names)
    ]
    low = [max(shown[one] - 2, 5) if shown.get(one) else 0 for one in places]
    high = [shown[one] + 2 * (shown[one] > 0) if one in shown else 500 for one in places]
    for place, count in counts.items():
        if 0 < count < 5 and place[1]:
            assert place not in shown
            ends = [
                milp(
                    sign * np.array([float(one == place) for one in places]),
                    constraints=LinearConstraint(rows, 0, 0),
                    bounds=Bounds(low, high),
                    integrality=np.ones(len(places)),
                ).fun
                for sign in (1, -1)
            ]
            assert round(-ends[1] - ends[0]) + 1 >= 5, (place, counts)


def test_a_mean_of_a_scale_is_that_of_the_rounded_counts_or_hidden():
    cohort = make_cohort(disclosure=ROUND)
    for counts, is_hidden in (([22, 41, 8, 13], False), ([22, 41, 3, 13], True)):
        records = list(describe(dict(zip(("oak", "lime", "yew", "other"), counts, strict=True)),
                                "a_scale"))  # fmt: skip
        records += [
            one
            for one in describe_numbers(
                Recorder("all", "a_scale"), np.arange(1.0, 5.0), np.array(counts), {},
                is_skewed=False,
            )
            if one.statistic in ("mean", "std", "median")
        ]  # fmt: skip
        frame = protect(compose_frame(records, "begin"), cohort)
        mean = look_up(frame, "mean")[""]
        shown = look_up(frame)
        if is_hidden:
            assert pd.isna(mean)
            assert pd.isna(shown["yew"])
            assert shown["oak"] == 20
        else:
            assert shown == {"oak": 20, "lime": 40, "yew": 10, "other": 15}
            assert mean == pytest.approx((20 + 80 + 30 + 60) / 85, abs=1e-5)


@pytest.mark.parametrize("people", [23, 61, 237, 1203])
def test_a_mean_of_whole_numbers_does_not_tell_how_many_there_are(people):
    draw = np.random.default_rng(people)
    values, counts = np.unique(draw.poisson(3, people), return_counts=True)
    records = describe_numbers(Recorder("all", "visits"), values.astype(float), counts, {})
    frame = round_estimates(compose_frame(list(records), "begin"), 5)
    told = frame.set_index("statistic")
    mean, n = told.loc["mean", ["value", "n"]]
    assert mean == pytest.approx((values * counts).sum() / people, abs=0.5)
    step = min(abs(one - mean) for one in np.arange(0, 9, 1e-3) if round(one, 9) != mean)
    digits = len(f"{mean:.10g}".partition(".")[2])
    reach = max(10.0**-digits / 2, step)
    for size in range(int(n) - 2, int(n) + 3):
        # Some sum of whole numbers has that mean in each size that is shown alike.
        assert np.floor((mean + reach) * size) >= np.ceil((mean - reach) * size)
    assert told.at["sum", "value"] == pytest.approx(mean * n)
    assert told.at["median", "value"] == np.median(np.repeat(values, counts))


def test_weighted_shares_tests_and_sums_tell_no_number_of_people():
    record = Recorder("all", "trees")
    rows = [
        record.number("proportion", 0.123456, 0.1111, 0.1444, n=81, category="a", note=WEIGHTED),
        record.number("std_error", 0.034567, n=81, category="a", note=WEIGHTED),
        record.number("ttest_rel_df", 80, n=81),
        record.number("ttest_rel_pvalue", 0.034567, n=81),
        record.number("wilcoxon_pvalue", 0.00034567, n=81),
        record.number("wilcoxon_statistic", 1237, n=81),
        record.number("nunique", 7, n=81),
    ]
    told = round_estimates(compose_frame(rows, "begin"), 5).set_index("statistic")
    assert told["n"].eq(80).all()
    assert told["value"].to_dict() == {
        "proportion": 0.12, "std_error": 0.035, "ttest_rel_df": 79, "ttest_rel_pvalue": 0.03,
        "wilcoxon_pvalue": 0.0003, "wilcoxon_statistic": 1200, "nunique": 7,
    }  # fmt: skip
    assert told.loc["proportion", ["low", "high"]].tolist() == [0.11, 0.14]


def test_every_kind_has_its_counts_rounded_and_the_rest_beside_them():
    cohort = make_cohort(disclosure=ROUND)
    variables = list(cohort.codebook.variables)
    records = [
        one for name in variables for one in estimate_kind(cohort, name, ["all"], [22, 9, 7, 13])
    ]
    pairs = [one for name in variables for one in compare_kind(cohort, name, 83, ["all"])]
    frame = protect(
        pd.concat(
            [compose_frame(records, "spring"), compose_frame(pairs, "panel")], ignore_index=True
        ),
        cohort,
    )
    is_count = frame["statistic"].isin(["count", "nobs", "zeros_count"]) & frame["value"].notna()
    assert (frame.loc[is_count, "value"] % 5 == 0).all()
    assert (frame["n"].dropna() % 5 == 0).all()
    # The difference of a paired answer is that of its rounded cells.
    paired = frame[frame["variable"].eq("a_multiple:oak")]
    cells = look_up(paired)
    gap = (cells["only_second"] - cells["only_first"]) / sum(cells.values())
    assert look_up(paired, "difference")[""] == pytest.approx(gap, abs=1e-6)
    again = protect(frame, cohort, of_shown=True)
    pd.testing.assert_frame_equal(again, frame)


def test_the_audit_knows_that_counts_are_rounded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cohort = make_cohort(disclosure=ROUND)
    monkeypatch.setattr("altcred.estimate.audit.open_cohort", lambda _: cohort)
    # Of 10, which are 8 to 12, two answers of 5 leave 2 at most.
    given = compose_frame(list(describe({"oak": 5, "lime": 5, "yew": 2})), "begin")
    path = processed_dir(cohort.name) / "estimates/begin.csv"
    shown = protect(given, cohort)
    assert pd.Series(look_up(shown)).isna().sum() > 1
    write_estimates(shown, path)
    assert [one.narrow for one in audit_estimates(cohort.name)] == [[]]
    told = shown.copy()
    told.loc[told["category"].isin(["oak", "lime"]) & told["statistic"].eq("count"),
             ["value", "note"]] = [5.0, ""]  # fmt: skip
    write_estimates(told, path)
    (found,) = audit_estimates(cohort.name)
    assert [place[2] for place in found.narrow] == ["yew"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"minimum": 2, "method": "round"}, "2 or more would be shown as 0.* minimum of 3"),
        ({"minimum": 0, "method": "round", "base": 10}, "minimum of 5"),
        ({"base": 5}, "without `method: round`"),
        ({"method": "round", "base": 1}, "greater than or equal to 2"),
        ({"method": "rounding"}, "suppress"),
    ],
)
def test_settings_that_would_hide_nothing_are_refused(written, message):
    with pytest.raises(ValueError, match=message):
        Disclosure.model_validate(written)
