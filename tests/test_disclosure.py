"""The door: what is small goes, and nothing that is left gives it away."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_numbers import contains_small_numbers
from small_view import make_cohort

from altcred.core.statistics import UnknownStatistic
from altcred.disclose.cells import partition_subgroups
from altcred.disclose.choosing import choose_hidden_counts
from altcred.disclose.door import suppress_small_cells
from altcred.estimate.protection import protect
from altcred.estimate.store import COLUMNS


def _row(subgroup, variable, category, statistic, value, n, wave="begin", low=None, high=None):
    return (wave, subgroup, variable, category, statistic, value, low, high, n, "")


def _describe(counts, *, variable="education", nobs=None, subgroup="all", wave="begin"):
    n = sum(counts.values()) if nobs is None else nobs
    rows = [_row(subgroup, variable, "", "nobs", n, n, wave)]
    for category, count in counts.items():
        share = float(f"{count / n:.6g}") if n else np.nan
        ends = max(share - 0.1, 0), min(share + 0.1, 1)
        rows.append(_row(subgroup, variable, category, "count", count, n, wave))
        rows.append(_row(subgroup, variable, category, "proportion", share, n, wave, *ends))
    return rows


def _frame(*blocks):
    frame = pd.DataFrame([row for block in blocks for row in block], columns=COLUMNS)
    return frame.astype({"value": float, "low": float, "high": float})


def _shown(frame, statistic="count", **where):
    rows = frame[frame["statistic"] == statistic]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return {row.category: (None if pd.isna(row.value) else row.value) for row in rows.itertuples()}


def test_a_small_cell_takes_the_smallest_other_with_it():
    frame = _frame(_describe({"low": 3, "middle": 20, "high": 40, "none": 0}))
    result = suppress_small_cells(frame, minimum=5, exclusive=["education"])
    assert _shown(result) == {"low": None, "middle": None, "high": 40, "none": 0}
    assert _shown(result, "proportion")["low"] is None
    gone = result[result["value"].isna()]
    assert gone["note"].str.startswith("suppressed: fewer than 5 people").all()
    assert gone[["low", "high"]].isna().all().all()
    # The n of the answers is no small number and stays.
    assert (result["n"] == 63).all()
    assert frame["value"].notna().all()


def test_two_small_cells_that_hold_too_few_together_take_a_third():
    result = suppress_small_cells(_frame(_describe({"a": 1, "b": 1, "c": 9, "d": 30})), minimum=5)
    assert _shown(result) == {"a": None, "b": None, "c": None, "d": 30}


def test_boxes_ticked_by_choice_do_not_add_up_and_need_no_second_cell():
    frame = _frame(_describe({"job": 3, "pay": 50, "fun": 55}, variable="benefits", nobs=60))
    result = suppress_small_cells(frame, minimum=5)
    assert _shown(result) == {"job": None, "pay": 50, "fun": 55}


def test_a_net_does_not_give_its_category_away():
    frame = _frame(_describe({"ba": 30, "ma": 3, "school": 25, "none": 12, "degree": 33}, nobs=70))
    result = suppress_small_cells(
        frame,
        minimum=5,
        exclusive=["education"],
        groups={"education": {"degree": ["ba", "ma"]}},
    )
    shown = _shown(result)
    assert shown["ma"] is None
    # Within the net either the other category or the net itself must be gone.
    assert shown["ba"] is None or shown["degree"] is None


def test_what_the_listed_categories_leave_over_is_protected():
    # Of 50 people 48 live in the two countries shown, so two live elsewhere.
    frame = _frame(_describe({"India": 28, "Kenya": 20}, variable="country", nobs=50))
    result = suppress_small_cells(frame, minimum=5, exclusive=["country"])
    assert _shown(result) == {"India": 28, "Kenya": None}


def test_a_subgroup_is_not_found_by_subtraction():
    types = {"short": ["s1", "s2"], "long": ["l1"]}
    frame = _frame(
        _describe({"yes": 40, "no": 60}),
        _describe({"yes": 12, "no": 30}, subgroup="program_type=short"),
        _describe({"yes": 28, "no": 30}, subgroup="program_type=long"),
        _describe({"yes": 2, "no": 16}, subgroup="program=s1"),
        _describe({"yes": 10, "no": 14}, subgroup="program=s2"),
        _describe({"yes": 28, "no": 30}, subgroup="program=l1"),
    )
    result = suppress_small_cells(frame, minimum=5, partitions=partition_subgroups(types))
    for program in ("s1", "s2"):
        assert _shown(result, subgroup=f"program={program}") == {"yes": None, "no": None}
    assert _shown(result, subgroup="program_type=short") == {"yes": 12, "no": 30}
    assert _shown(result, subgroup="program=l1") == {"yes": 28, "no": 30}


def test_people_outside_a_named_subgroup_are_not_found_by_subtraction():
    frame = _frame(
        _describe({"yes": 40, "no": 60}),
        _describe({"yes": 38, "no": 30}, subgroup="us"),
    )
    result = suppress_small_cells(
        frame, minimum=5, partitions=partition_subgroups({}, named=["us"])
    )
    all_yes, us_yes = (_shown(result, subgroup=s)["yes"] for s in ("all", "us"))
    assert all_yes is None or us_yes is None


def test_so_few_answers_that_everything_goes_with_the_n():
    frame = _frame(
        _describe({"yes": 2, "no": 0}, subgroup="program=a"),
        _describe({"yes": 30, "no": 20}, subgroup="program=b"),
        _describe({"yes": 35, "no": 26}, subgroup="program=c"),
        _describe({"yes": 67, "no": 46}),
    )
    partitions = {"all": [["program=a", "program=b", "program=c"]]}
    result = suppress_small_cells(frame, minimum=5, partitions=partitions)
    for program in ("a", "b"):
        rows = result[result["subgroup"] == f"program={program}"]
        assert rows["value"].isna().all()
        assert rows["n"].isna().all()
    assert result[result["subgroup"] == "program=c"]["value"].notna().all()


def _numbers(n, subgroup="all"):
    names = ["nobs", "mean", "median", "min", "max"]
    return [_row(subgroup, "income", "", name, n if name == "nobs" else 100.5, n) for name in names]


def test_numbers_of_few_people_go_and_extremes_go_always():
    frame = _frame(_numbers(4), _numbers(80, "us"))
    result = suppress_small_cells(frame, minimum=5, partitions={})
    assert result[result["subgroup"] == "all"]["value"].isna().all()
    us = result[result["subgroup"] == "us"].set_index("statistic")
    assert us["value"].notna().to_dict() == {
        "nobs": True,
        "mean": True,
        "median": True,
        "min": False,
        "max": False,
    }
    assert us.loc["min", "note"] == "suppressed: one person's value"
    kept = suppress_small_cells(frame, minimum=5, partitions={}, suppress_extremes=False)
    assert kept[(kept["subgroup"] == "us")]["value"].notna().all()


def test_a_paired_table_goes_with_its_tests():
    cells = _describe(
        {"both": 20, "only_first": 3, "only_second": 12, "neither": 25},
        variable="benefits:job",
        wave="panel",
    )
    test = _row("all", "benefits:job", "", "mcnemar_pvalue", 0.0352, 60, "panel")
    result = suppress_small_cells(_frame([*cells, test]), minimum=5)
    assert set(_shown(result).values()) == {None}
    assert result[result["statistic"] == "mcnemar_pvalue"]["value"].isna().all()
    assert _shown(result, "nobs") == {"": 60}


def test_shares_of_an_ordered_variables_pairs_are_cells():
    shares = {"increased": 0.9, "unchanged": 0.04, "decreased": 0.06}
    rows = [_row("all", "knowledge", "", name, one, 50, "panel") for name, one in shares.items()]
    assert contains_small_numbers(_frame(rows), 5)
    result = suppress_small_cells(_frame(rows), minimum=5)
    assert result["value"].isna().all()
    assert not contains_small_numbers(result, 5)


def test_pairs_of_a_program_type_are_not_found_from_all_pairs():
    def count(subgroup, category, n):
        return _row(subgroup, "pairs", category, "count", n, 40, "panel")

    rows = [
        count("all", "", 40),
        count("all", "email", 28),
        count("all", "ip", 12),
        count("all", "short", 34),
        count("all", "long", 6),
        count("program_type=short", "", 34),
        count("program_type=long", "", 6),
    ]
    same_as = {"short": "program_type=short", "long": "program_type=long"}
    partitions = {"all": [["program_type=short", "program_type=long"]]}
    result = suppress_small_cells(_frame(rows), minimum=10, partitions=partitions, same_as=same_as)
    kept = result[result["value"].notna()]
    assert list(zip(kept["subgroup"], kept["category"], strict=True)) == [
        ("all", ""), ("all", "email"), ("all", "ip")
    ]  # fmt: skip


def test_rows_dropped_on_the_way_and_people_who_gave_no_answer_stay():
    rows = [
        _row("all", "dropped", "preview", "count", 2, 100),
        # The same rows, by what showed them, in the table beside the flow.
        _row("all", "dropped", "repeat", "count", 3, 100),
        _row("all", "repeats", "same e-mail", "count", 3, 3),
        _row("all", "gender", "not_reported", "count", 1, 100),
    ]
    frame = _frame(rows)
    assert suppress_small_cells(frame, minimum=5)["value"].notna().all()
    assert not contains_small_numbers(frame, 5)


@pytest.mark.parametrize("minimum", [0, 1])
def test_a_minimum_of_zero_leaves_everything(minimum):
    frame = _frame(_describe({"a": 1, "b": 2}), _numbers(1))
    pd.testing.assert_frame_equal(suppress_small_cells(frame, minimum=minimum), frame)


def test_nothing_small_means_nothing_gone():
    frame = _frame(_describe({"a": 5, "b": 6}))
    assert not contains_small_numbers(frame, 5)
    assert contains_small_numbers(frame, 6)
    pd.testing.assert_frame_equal(suppress_small_cells(frame, minimum=5), frame)


def test_waves_and_variables_are_apart():
    frame = _frame(_describe({"a": 2, "b": 9, "c": 20}), _describe({"a": 9, "b": 9}, wave="end"))
    result = suppress_small_cells(frame, minimum=5)
    assert _shown(result, wave="end") == {"a": 9, "b": 9}


# Everyone of the property tests is in one program, gave one answer or none, and is inside or
# outside the named subgroup; every shown number is a sum of those elementary counts.
TYPES = {"short": ["s1", "s2"], "long": ["l1", "l2"]}
PROGRAMS = ["s1", "s2", "l1", "l2"]
ANSWERS = ["a", "b", "c", "not_reported"]
NETS = {"ab": ["a", "b"]}
BASE = [(p, c, inside) for p in PROGRAMS for c in ANSWERS for inside in (True, False)]
SUBGROUPS = {
    "all": lambda p, us: True,
    "program_type=short": lambda p, us: p in TYPES["short"],
    "program_type=long": lambda p, us: p in TYPES["long"],
    **{f"program={q}": (lambda p, us, q=q: p == q) for q in PROGRAMS},
    "us": lambda p, us: us,
    "us & program_type=short": lambda p, us: us and p in TYPES["short"],
    "us & program_type=long": lambda p, us: us and p in TYPES["long"],
}


def _select(subgroup, answers):
    return np.array([SUBGROUPS[subgroup](p, us) and c in answers for p, c, us in BASE], dtype=int)


def _build_population(base):
    blocks = []
    for subgroup in SUBGROUPS:

        def count(answers, subgroup=subgroup):
            return int(_select(subgroup, answers) @ base)

        counts = {c: count([c]) for c in "abc"} | {"ab": count(["a", "b"])}
        blocks.append(_describe(counts, nobs=count(["a", "b", "c"]), subgroup=subgroup))
        people = count(["not_reported"]), count(ANSWERS)
        blocks.append([_row(subgroup, "education", "not_reported", "count", *people)])
    return _frame(*blocks)


@settings(max_examples=60, deadline=None)
@given(
    base=st.lists(
        st.one_of(st.integers(0, 6), st.integers(5, 60)), min_size=len(BASE), max_size=len(BASE)
    ),
    minimum=st.sampled_from([3, 5, 10]),
)
def test_no_suppressed_small_count_follows_from_what_is_left(base, minimum):
    base = np.array(base)
    frame = _build_population(base)
    result = suppress_small_cells(
        frame,
        minimum=minimum,
        exclusive=["education"],
        groups={"education": NETS},
        partitions=partition_subgroups(TYPES, named=["us"]),
    )
    assert not contains_small_numbers(result, minimum)
    known, secret = [], []
    for row, before in zip(result.itertuples(), frame.itertuples(), strict=True):
        answers = {"": ["a", "b", "c"], "ab": ["a", "b"]}.get(row.category, [row.category])
        cell = _select(row.subgroup, answers)
        asked = ANSWERS if row.category == "not_reported" else ["a", "b", "c"]
        if pd.notna(row.n):
            known.append(_select(row.subgroup, asked))
        if pd.notna(row.value):
            known.append(cell)
        elif (
            row.statistic == "count"
            and row.category != "not_reported"
            and 0 < before.value < minimum
        ):
            secret.append(cell)
    shown = np.unique(np.array(known).reshape(-1, len(BASE)), axis=0)
    rank = np.linalg.matrix_rank(shown) if len(shown) else 0
    for cell in np.unique(np.array(secret).reshape(-1, len(BASE)), axis=0):
        assert np.linalg.matrix_rank(np.vstack([shown, cell])) > rank


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 20, "b": 7}, set()),
        # 27 less 25 would tell the two: the next smallest goes with them.
        ({"a": 25, "b": 2}, {"a", "b"}),
        ({"a": 25, "b": 9, "c": 2}, {"b", "c"}),
        # Two and four are six people together: enough to keep either.
        ({"a": 25, "b": 2, "c": 4}, {"b", "c"}),
        ({"a": 25, "b": 1, "c": 1}, {"a", "b", "c"}),
        ({"a": 25, "b": 0, "c": 2}, {"a", "c"}),
        # The total may be known: were nobody shown in b, all of it would be in a.
        ({"a": 3, "b": 0}, {"a", "b"}),
        ({}, set()),
    ],
)
def test_counts_beside_their_total_do_not_give_a_small_one_away(counts, hidden):
    chosen = choose_hidden_counts(counts, 5)
    assert set(chosen) == hidden
    few = sum(counts.values()) < 5
    assert all(
        (reason == "few") == (few or 0 < counts[name] < 5) for name, reason in chosen.items()
    )
    assert choose_hidden_counts(counts, 0) == {}


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        # Two people in two hidden cells would be one in each; the next goes with them.
        ({"a": 1, "b": 1, "c": 2, "d": 5}, {"a", "b", "c"}),
        # Three people in two cells are one and two, and which is which stays open.
        ({"a": 1, "b": 2, "c": 5}, {"a", "b"}),
    ],
)
def test_hidden_cells_hold_one_person_more_than_they_are(counts, hidden):
    assert set(choose_hidden_counts(counts, 2)) == hidden


def test_a_statistic_that_nobody_registered_is_not_passed_over():
    frame = _frame([_row("all", "income", "", "gini", 0.4, 60)])
    with pytest.raises(UnknownStatistic, match="'gini' is not a registered statistic"):
        suppress_small_cells(frame, minimum=5)


def test_a_share_of_the_people_of_cells_takes_its_n_along():
    rows = _describe({"both": 3, "only_first": 20, "neither": 25}, variable="a:b", wave="panel")
    rows.append(_row("all", "a:b", "", "second_given_first", 0.13, 23, "panel"))
    result = suppress_small_cells(_frame(rows), minimum=5)
    assert result[result["statistic"] == "second_given_first"]["n"].isna().all()
    assert result[result["statistic"] == "nobs"]["n"].notna().all()


@given(
    st.lists(st.integers(min_value=0, max_value=12), min_size=1, max_size=6),
    st.integers(min_value=2, max_value=8),
)
def test_no_reader_finds_a_small_count_from_the_total(numbers, minimum):
    counts = {str(place): n for place, n in enumerate(numbers)}
    hidden = choose_hidden_counts(counts, minimum)
    total = sum(numbers)
    shown = {name: n for name, n in counts.items() if name not in hidden}
    assert not any(0 < n < minimum for n in shown.values())
    if total >= minimum and hidden:
        rest = total - sum(shown.values())
        assert len(hidden) > 1
        assert rest >= minimum


def test_how_many_a_small_subgroup_has_does_not_follow_from_its_missing_answers():
    frame = _frame(
        _describe({"yes": 20, "no": 30}),
        [
            _row("few", "education", "", "nobs", 0.0, 0),
            _row("few", "education", "not_reported", "count", 2.0, 2),
        ],
    )
    shown = suppress_small_cells(frame, minimum=5)
    row = shown[(shown["subgroup"] == "few") & (shown["category"] == "not_reported")].iloc[0]
    assert np.isnan(row["value"])
    assert np.isnan(row["n"])


def test_nothing_to_protect_passes():
    frame = pd.DataFrame(columns=COLUMNS)
    assert list(protect(frame, make_cohort())) == COLUMNS


def _describe_scale(subgroup, counts):
    counts = np.array(counts)
    n, values = counts.sum(), np.arange(1, len(counts) + 1)
    mean = values @ counts / n
    std = (counts @ (values - mean) ** 2 / (n - 1)) ** 0.5
    rows = _describe(dict(zip("abcd", counts, strict=True)), variable="mood", subgroup=subgroup)
    told = {"mean": mean, "std": std}
    return [*rows, *(_row(subgroup, "mood", "", name, one, n) for name, one in told.items())]


@settings(max_examples=25, deadline=None)
@given(
    groups=st.lists(
        st.lists(st.one_of(st.integers(0, 12), st.integers(8, 40)), min_size=4, max_size=4).filter(
            lambda counts: sum(counts) > 1
        ),
        min_size=2,
        max_size=3,
    ),
    no_group=st.integers(0, 4),
)
def test_no_hidden_mean_follows_from_those_of_other_groups(groups, no_group):
    minimum, names = 10, [f"arm={place}" for place in range(len(groups))]
    everybody = np.sum([*groups, [no_group, 0, 0, 0]], axis=0)
    blocks = [_describe_scale(*one) for one in zip(["all", *names], [everybody, *groups],
                                                   strict=True)]  # fmt: skip
    shown = suppress_small_cells(
        _frame(*blocks), minimum=minimum, partitions={"all": [names]}, exclusive=["mood"],
        coded={"mood": dict(zip("abcd", range(1, 5), strict=True))},
    )  # fmt: skip
    shown_means, shown_sizes = (
        {
            row.subgroup
            for row in shown.query(f"statistic == '{one}'").dropna(subset="value").itertuples()
        }
        for one in ("mean", "nobs")
    )
    # Each shown mean is an equation in the sums of the groups; so few without a group hide none.
    told = {"all": np.ones(len(groups))} | dict(zip(names, np.eye(len(groups)), strict=True))
    known = np.array([row for name, row in told.items() if name in shown_means])
    known = known.reshape(-1, len(groups))
    for name in shown_sizes - shown_means - {"all"}:
        both = np.vstack([known, told[name]])
        assert np.linalg.matrix_rank(both) > np.linalg.matrix_rank(known)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=4).filter(lambda one: sum(one) > 9))
def test_of_a_scale_most_shares_stay_and_the_mean_goes_that_would_tell_the_rest(women):
    men = [2, 30, 60, 50]
    blocks = [
        _describe_scale("all", np.add(women, men)),
        _describe_scale("sex=f", women),
        _describe_scale("sex=m", men),
    ]
    settings = {
        "minimum": 5,
        "partitions": {"all": [["sex=f", "sex=m"]]},
        "exclusive": ["mood"],
        "coded": {"mood": dict(zip("abcd", range(1, 5), strict=True))},
    }
    shown = suppress_small_cells(_frame(*blocks), **settings, shares_first=["mood"])
    for subgroup in ("all", "sex=f", "sex=m"):
        shares = _shown(shown, subgroup=subgroup)
        hidden = [one for one in shares.values() if one is None]
        mean = _shown(shown, "mean", subgroup=subgroup)[""]
        # Beside a mean all shares are shown, or none that says who gave the hidden answers.
        assert not hidden or mean is None or len(hidden) == len(shares)
        assert len(hidden) != 1


def test_a_large_scale_keeps_its_shares_unless_its_mean_is_told_elsewhere():
    frame = _frame(_describe_scale("all", [3, 30, 60, 50]))
    coded = {"mood": dict(zip("abcd", range(1, 5), strict=True))}
    settings = {"minimum": 5, "exclusive": ["mood"], "coded": coded}
    shares_first = suppress_small_cells(frame, **settings, shares_first=["mood"])
    assert _shown(shares_first) == {"a": None, "b": None, "c": 60, "d": 50}
    assert _shown(shares_first, "mean") == {"": None} == _shown(shares_first, "std")
    mean_first = suppress_small_cells(frame, **settings)
    assert set(_shown(mean_first).values()) == {None}
    few = suppress_small_cells(
        _frame(_describe_scale("all", [4, 6, 4, 4])), **settings, shares_first=["mood"]
    )
    assert set(_shown(few).values()) == {None}
