"""What is hidden cannot be narrowed by everything that is shown together."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from small_view import make_cohort

from altcred.core.errors import InvalidInput
from altcred.core.paths import processed_dir
from altcred.disclose.attack import Ranges, find_narrow
from altcred.disclose.cells import partition_subgroups
from altcred.disclose.door import suppress_small_cells
from altcred.disclose.places import Relation
from altcred.disclose.relations import Question, list_relations
from altcred.estimate.audit import audit_cohort, audit_estimates
from altcred.estimate.protection import protect
from altcred.estimate.store import COLUMNS, write_estimates


def _count(subgroup, variable, counts, nobs, missing=None):
    rows = [(subgroup, variable, "", "nobs", nobs, nobs)]
    rows += [(subgroup, variable, one, "count", count, nobs) for one, count in counts.items()]
    if missing is not None:
        rows.append((subgroup, variable, "not_reported", "count", missing, nobs + missing))
    return rows


def _frame(*blocks):
    rows = [("begin", *row[:5], None, None, row[5], "") for block in blocks for row in block]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"value": float, "low": float, "high": float, "n": float})


def _shown(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return {row.category: row.value for row in frame.itertuples() if row.value == row.value}


def _reach(relations, known, aim):
    """Return the least and greatest that a count can be, by an integer program of the test's."""
    names = sorted({name for weights, _, _ in relations for name in weights})
    rows = [[weights.get(name, 0) for name in names] for weights, _, _ in relations]
    limits = LinearConstraint(
        rows, [low for _, low, _ in relations], [high for *_, high in relations]
    )
    ends = [(known.get(name, 0), known.get(name, 500)) for name in names]
    bounds = Bounds([low for low, _ in ends], [high for _, high in ends])
    sign = np.array([float(name == aim) for name in names])
    found = [
        milp(one * sign, constraints=limits, bounds=bounds, integrality=np.ones(len(names)))
        for one in (1, -1)
    ]
    return round(found[0].fun), round(-found[1].fun)


def test_a_group_of_ticked_boxes_does_not_tell_its_small_part():
    # Whoever has either, less those who have the first, is at least so many of the second.
    counts = {"pay": 50, "job": 3, "fun": 20, "either": 53}
    frame = _frame(_count("all", "benefits", counts, 90))
    groups = {"either": ["pay", "job"]}
    result = suppress_small_cells(
        frame,
        minimum=5,
        groups={"benefits": groups},
        questions={"benefits": Question(groups=groups)},
    )
    shown = _shown(result)
    assert "job" not in shown
    inf = np.inf
    relations = [
        ({"pay": 1, "either": -1}, -inf, 0),
        ({"job": 1, "either": -1}, -inf, 0),
        ({"either": 1, "pay": -1, "job": -1}, -inf, 0),
        ({"either": 1, "": -1}, -inf, 0),
    ]
    low, high = _reach(relations, shown, "job")
    assert high - low >= 4
    # All else that is safe to show is shown.
    assert shown["fun"] == 20


def test_how_many_were_asked_does_not_tell_a_hidden_answer():
    # Only who works weekly was asked the second question, so that it tells how many these are.
    works = {"daily": 3, "weekly": 20, "never": 40, "once": 30}
    frame = _frame(
        _count("all", "works", works, 93),
        _count("all", "tools", {"saw": 9, "file": 9}, 18, missing=2),
    )
    result = suppress_small_cells(
        frame,
        minimum=5,
        exclusive=["works", "tools"],
        questions={
            "works": Question(is_exclusive=True),
            "tools": Question(is_exclusive=True, asked_of=("works", ["weekly"])),
        },
    )
    shown = _shown(result, variable="works")
    assert "daily" not in shown
    asked = result[(result["variable"] == "tools") & (result["category"] == "not_reported")]["n"]
    told = shown | ({"weekly": 20} if asked.notna().any() else {})
    relations = [({"daily": 1, "weekly": 1, "never": 1, "once": 1, "": -1}, 0, 0)]
    low, high = _reach(relations, told, "daily")
    assert high - low >= 4


def test_parts_of_programs_are_not_told_by_what_their_groups_leave_room_for():
    types = {"short": ["s1", "s2"]}
    counts = {
        "program=s1": {"a": 10, "b": 2, "any": 12},
        "program=s2": {"a": 20, "b": 3, "any": 23},
        "program_type=short": {"a": 30, "b": 5, "any": 35},
        "all": {"a": 30, "b": 5, "any": 35},
    }
    n = {"program=s1": 30, "program=s2": 40, "program_type=short": 70, "all": 70}
    frame = _frame(
        *(_count(one, "given", parts, n[one]) for one, parts in counts.items()),
        *([(one, "responses", "", "count", size, size)] for one, size in n.items()),
    )
    groups = {"any": ["a", "b"]}
    result = suppress_small_cells(
        frame,
        minimum=5,
        groups={"given": groups},
        partitions=partition_subgroups(types),
        questions={"given": Question(is_ticked=True, groups=groups)},
    )
    inf, told = np.inf, {}
    for one in n:
        shown = _shown(result, variable="given", subgroup=one)
        told |= {(one, category): value for category, value in shown.items()}
    relations = []
    for one in n:
        relations += [({(one, c): 1, (one, "any"): -1}, -inf, 0) for c in "ab"]
        relations.append(({(one, "any"): 1, (one, "a"): -1, (one, "b"): -1}, -inf, 0))
    for category in ("a", "b", "any"):
        s1, s2, short, everyone = ((one, category) for one in n)
        relations += [({s1: 1, s2: 1, short: -1}, 0, 0), ({short: 1, everyone: -1}, 0, 0)]
    for one in ("program=s1", "program=s2"):
        low, high = _reach(relations, told, (one, "b"))
        assert high - low >= 4, (one, low, high)


def test_a_relation_of_a_count_that_nothing_is_known_of_says_nothing():
    one, other, both = (("given", "all", name) for name in ("one", "other", "both"))
    relation = Relation({one: 1.0, other: 1.0, both: -1.0})
    for known, narrow in (({both: (3, 3)}, False), ({both: (3, 3), other: (0, 0)}, True)):
        found = find_narrow([relation], known, {one}, {one}, 5, Ranges())
        assert bool(found) == narrow


def test_a_count_that_nothing_can_be_hidden_for_does_not_stand_before_others():
    given, size, other, rest = (
        ("given", "all", name) for name in ("given", "size", "other", "rest")
    )
    relations = [Relation({given: 1.0}, 1, 1), Relation({given: 1.0, rest: -1.0}, -9.0, 9.0),
                 Relation({rest: 1.0, other: 1.0, size: -1.0})]  # fmt: skip
    known = {size: (21, 21), other: (20, 20)}
    found = find_narrow(
        relations, known, {given, rest}, {given, rest}, 5, Ranges(), is_whole=False,
        own={given, rest, other},
    )  # fmt: skip
    assert found == {given: None, rest: other}


def test_a_median_is_shown_only_where_enough_lie_on_either_side():
    rows = [
        (one, "income", "", name, n if name == "nobs" else 100.0, n)
        for one, n in (("program=a", 9), ("program=b", 10))
        for name in ("nobs", "mean", "median")
    ]
    result = suppress_small_cells(_frame(rows), minimum=5)
    medians = result[result["statistic"] == "median"].set_index("subgroup")["value"]
    assert medians.isna().to_dict() == {"program=a": True, "program=b": False}


@pytest.mark.parametrize("seed", range(6))
def test_relations_are_true_of_any_people(seed):
    draw = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "program": draw.choice(["s1", "s2", "l1"], 60),
            "a": draw.random(60) < 0.3,
            "b": draw.random(60) < 0.2,
            "us": draw.random(60) < 0.5,
        }
    )
    divisions = partition_subgroups({"short": ["s1", "s2"], "long": ["l1"]}, named=["us"])
    subgroups = {
        "all": people.index >= 0,
        "program_type=short": people["program"].str.startswith("s"),
        "program_type=long": people["program"].str.startswith("l"),
        **{f"program={one}": people["program"] == one for one in ("s1", "s2", "l1")},
        "us": people["us"],
    }
    cells = {}
    for name, inside in subgroups.items():
        of_it = people[inside]
        ticked = of_it["a"] | of_it["b"]
        cells[("responses", name, "")] = len(of_it)
        counts = {"": ticked.sum(), "a": of_it["a"].sum(), "b": of_it["b"].sum(),
                  "either": ticked.sum()}  # fmt: skip
        cells |= {("given", name, one): int(count) for one, count in counts.items()}
    given = Question(is_ticked=True, groups={"either": ["a", "b"]})
    relations, rests = list_relations(cells, {"given": given}, divisions)
    unfiltered, _ = list_relations(dict.fromkeys(cells), {"given": given}, divisions)
    assert all(one.holds({**cells, **rests}) for one in (*relations, *unfiltered))
    assert len(unfiltered) > 40


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Estimates of a cohort in which one answer of four is hidden with another."""
    monkeypatch.chdir(tmp_path)
    cohort = make_cohort(disclosure={"minimum": 5})
    monkeypatch.setattr("altcred.estimate.audit.open_cohort", lambda _: cohort)
    counts = {"oak": 40, "lime": 30, "yew": 3, "other": 50}
    shown = protect(_frame(_count("all", "a_single", counts, 123)), cohort)
    path = processed_dir(cohort.name) / "estimates/begin.csv"
    write_estimates(shown, path)
    return cohort.name, path, shown


def test_estimates_that_hide_enough_pass_the_audit(written):
    name, _, shown = written
    (found,) = audit_estimates(name)
    assert found.hidden == shown["value"].isna().sum() > 1
    assert not found.narrow
    assert audit_cohort(name) == [f"begin.csv: {found.hidden} hidden counts, 0 given away"]


def test_a_cohort_that_is_not_built_hides_nothing_yet(written):
    name, path, _ = written
    path.unlink()
    with pytest.raises(InvalidInput, match=r"holds no estimates\. Build the cohort first"):
        audit_cohort(name)


def test_estimates_that_give_a_count_away_are_refused_without_telling_it(written):
    name, path, shown = written
    told = shown.copy()
    (secondary,) = told.index[told["value"].isna() & told["category"].ne("yew")]
    told.loc[secondary, ["value", "note"]] = [30.0, ""]
    write_estimates(told, path)
    with pytest.raises(InvalidInput, match="a_single, yew, all, begin: is hidden") as error:
        audit_cohort(name)
    assert " 3" not in str(error.value).replace(str(path), "")


def test_relations_that_cannot_all_be_true_give_nothing_away(written):
    name, path, shown = written
    # As many chose one answer as answered at all, and as many another.
    told = shown.copy()
    told.loc[told["category"].isin(["oak", "lime"]), ["value", "note"]] = [123.0, ""]
    write_estimates(told, path)
    (found,) = audit_estimates(name)
    assert found.hidden > 0
    assert found.narrow == []


def test_a_mean_of_whole_numbers_does_not_tell_how_many_are_in_a_hidden_range():
    # Two ranges are hidden of which one small; how many answered and the mean are two equations.
    counts = {0: 40, 1: 30, 2: 3, 3: 12}
    n = sum(counts.values())
    values, people = np.array(list(counts)), np.array(list(counts.values()))
    mean = (values * people).sum() / n
    std = ((people * (values - mean) ** 2).sum() / (n - 1)) ** 0.5
    rows = _count("all", "visits", {f"[{one}, {one + 1})": k for one, k in counts.items()}, n)
    rows += [
        ("all", "visits", "", name, float(f"{value:.6g}"), n)
        for name, value in (("mean", mean), ("std", std), ("sum", mean * n))
    ]
    result = suppress_small_cells(
        _frame(rows), minimum=5, questions={"visits": Question(is_exclusive=True)}
    )
    shown = _shown(result, statistic="count")
    assert "[2, 3)" not in shown
    told = {row.statistic: row.value for row in result.itertuples() if row.value == row.value}
    relations = [({one: 1 for one in counts} | {"": -1}, 0, 0)]
    if "mean" in told or "sum" in told:
        relations.append(({one: float(one) for one in counts}, mean * n - 1e-3, mean * n + 1e-3))
    known = {int(one[1]): count for one, count in shown.items() if one} | {"": n}
    names = [*counts, ""]
    low, high = (
        round(sign * milp(
            sign * np.array([float(one == 2) for one in names]),
            constraints=LinearConstraint(
                [[weights.get(one, 0) for one in names] for weights, _, _ in relations],
                [low for _, low, _ in relations], [high for *_, high in relations],
            ),
            bounds=Bounds([known.get(one, 0) for one in names],
                          [known.get(one, 500) for one in names]),
            integrality=np.ones(len(names)),
        ).fun)
        for sign in (1, -1)
    )  # fmt: skip
    assert high - low >= 4


@pytest.mark.parametrize("seed", range(4))
def test_what_single_relations_settle_is_what_a_program_of_all_finds(seed):
    draw = np.random.default_rng(seed)
    counts = draw.integers(0, 20, 6)
    places = [("a", "all", str(one)) for one in range(6)]
    relations = []
    for _ in range(7):
        inside = draw.choice(6, 3, replace=False)
        weights = draw.choice([-1.0, 1.0, 2.0], 3)
        total = float(weights @ counts[inside])
        room = float(draw.integers(0, 3))
        relations.append(
            Relation({places[at]: weight for at, weight in zip(inside, weights, strict=True)},
                     total - room, total + room)
        )  # fmt: skip
    narrow = find_narrow(relations, {}, places, set(places), 4, Ranges())
    rows = [({one[2]: w for one, w in r.weights.items()}, r.low, r.high) for r in relations]
    for place in places:
        low, high = _reach(rows, {}, place[2])
        assert (place in narrow) == (high - low + 1 < 4 and low < 4 and high > 0)
