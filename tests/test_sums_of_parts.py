"""What the means of a whole and of its parts together tell of hidden counts of a number's ranges.

The attack here is one of its own: it knows how many are in each range and what they add up to, of
each part and of those whom the parts leave over.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

from altcred.disclose.attack import Ranges, find_narrow
from altcred.disclose.door import list_counts, qualify_divisions, suppress_small_cells
from altcred.disclose.places import name_people
from altcred.disclose.relations import Question, list_relations
from altcred.disclose.rounding import round_ends
from altcred.estimate.store import COLUMNS

EDGES = [0, 500, 1000, 2000]
NAMES = ["[0, 500)", "[500, 1000)", "[1000, 2000)", "[2000,)"]
MINIMUM = 5


def _count(pay):
    return np.bincount(np.searchsorted(EDGES, pay, side="right") - 1, minlength=len(EDGES))


def _tell(subgroup, pay):
    rows = [("", "nobs", len(pay))]
    rows += [(one, "count", k) for one, k in zip(NAMES, _count(pay), strict=True)]
    rows += [("", "mean", float(f"{pay.mean():.6g}")), ("", "std", float(f"{pay.std(ddof=1):.6g}"))]
    return [("spring", subgroup, "pay", *row, None, None, float(len(pay)), "") for row in rows]


def _attack(shown, parts, aim):
    """Return the least and the greatest that the count of a part in a range can be."""
    told = {(row.subgroup, row.category, row.statistic): row.value
            for row in shown.itertuples() if row.value == row.value}  # fmt: skip
    people, width = [*parts, "rest"], len(EDGES)
    size = len(people) * width
    rows, lows, highs = [], [], []

    def add(some, low, high):
        row = np.zeros(2 * size)
        for at, weight in some:
            row[at] += weight
        rows.append(row), lows.append(low), highs.append(high)

    def sides(who, number):
        return [at * width + number for at, one in enumerate(people) if who in ("all", one)]

    for at in range(len(people)):
        for number, edge in enumerate(EDGES):
            # What those in a range add up to, after the counts.
            count, total = at * width + number, size + at * width + number
            add([(total, 1), (count, -edge / 1000)], 0, np.inf)
            if number + 1 < width:
                add([(total, 1), (count, -EDGES[number + 1] / 1000)], -np.inf, 0)
            else:
                # Nobody adds up to nothing.
                add([(total, 1), (count, -1e4)], -np.inf, 0)
    for who in ("all", *parts):
        everyone = [one for number in range(width) for one in sides(who, number)]
        n, mean = told.get((who, "", "nobs")), told.get((who, "", "mean"))
        if n is not None:
            add([(one, 1) for one in everyone], n, n)
        if n is not None and mean is not None:
            total, off = n * mean / 1000, n * mean / 1000 * 6e-6
            add([(size + one, 1) for one in everyone], total - off, total + off)
        for number, name in enumerate(NAMES):
            if (who, name, "count") in told:
                k = told[who, name, "count"]
                add([(one, 1) for one in sides(who, number)], k, k)
    direction = np.zeros(2 * size)
    direction[sides(*aim)] = 1
    limits = LinearConstraint(np.array(rows), lows, highs)
    found = [
        milp(sign * direction, constraints=limits, integrality=[1] * size + [0] * size)
        for sign in (1, -1)
    ]
    # Without a greatest the solver says that it is unbounded.
    return tuple(
        sign * round(one.fun) if one.success else np.inf
        for sign, one in zip((1, -1), found, strict=True)
    )


def _tell_all(groups, parts):
    pays = {"all": np.concatenate([*groups.values()]), **{one: groups[one] for one in parts}}
    rows = [row for name, pay in pays.items() for row in _tell(name, pay)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": float, "low": float, "high": float})


def _list_narrow(shown, parts, counts):
    """List the hidden small counts that the attack leaves fewer numbers than the minimum."""
    narrow = []
    for row in shown[shown["statistic"].eq("count") & shown["value"].isna()].itertuples():
        aim = row.subgroup, NAMES.index(row.category)
        count = counts[row.subgroup][aim[1]]
        if 0 < count < MINIMUM:
            low, high = _attack(shown, parts, aim)
            assert low <= count <= high
            if high - low + 1 < MINIMUM:
                narrow.append((row.subgroup, row.category, low, high))
    return narrow


def _people(counts, near):
    """Return answers of which so many lie in each range, a little below the middle of it."""
    return np.repeat(np.array([400.0, 900.0, 1500.0, 2500.0]) * near, counts)


# How many are in each range, of parts and of who is in none, and how near their answers lie.
CASES = {
    "nobody outside is in the open range": (
        {"a": (5, 5, 4, 5), "rest": (4, 1, 1, 0)},
        (1.08, 0.91),
    ),
    "two parts and few outside": (
        {"a": (1, 7, 5, 5), "b": (6, 1, 2, 4), "rest": (2, 2, 1, 1)},
        (0.949, 1.005, 1.088),
    ),
    "a sum that ranges with ends cannot hold": (
        {"a": (3, 1, 3, 4), "b": (3, 2, 0, 3), "rest": (7, 5, 0, 6)},
        (0.951, 0.933, 0.938),
    ),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request):
    counts, near = request.param
    groups = {name: _people(one, by) for (name, one), by in zip(counts.items(), near, strict=True)}
    parts = [name for name in groups if name != "rest"]
    everyone = {**counts, "all": np.sum([*counts.values()], axis=0)}
    return _tell_all(groups, parts), parts, everyone


def _protect(told, parts):
    return suppress_small_cells(
        told,
        minimum=MINIMUM,
        partitions={"all": [parts]},
        questions={"pay": Question(is_exclusive=True)},
    )


def test_sums_of_a_whole_and_its_parts_leave_hidden_counts_room(case):
    told, parts, counts = case
    shown = _protect(told, parts)
    assert shown["value"].notna().sum() > 3
    assert _list_narrow(shown, parts, counts) == []


def test_the_audit_finds_what_sums_of_a_whole_and_its_parts_give_away():
    counts, near = CASES["nobody outside is in the open range"]
    groups = {name: _people(one, by) for (name, one), by in zip(counts.items(), near, strict=True)}
    shown = _tell_all(groups, ["a"])
    # Three ranges of the part are hidden, which a sum of counts alone leaves wide.
    is_hidden = shown["subgroup"].eq("a") & shown["category"].isin(NAMES[:3])
    shown.loc[is_hidden, ["value", "note"]] = [np.nan, "suppressed: fewer than 5 people"]
    everyone = {**counts, "all": np.sum([*counts.values()], axis=0)}
    assert _list_narrow(shown, ["a"], everyone) == [("a", NAMES[2], 2, 5)]
    assert _audit(shown) == {("pay", name_people("spring", "a"), NAMES[2])}
    # Without the part's mean nothing of it is told.
    is_mean = shown["subgroup"].eq("a") & shown["statistic"].isin(["mean", "std"])
    shown.loc[is_mean, ["value", "note"]] = [np.nan, "suppressed: would reveal so few"]
    assert _list_narrow(shown, ["a"], everyone) == []
    assert _audit(shown) == set()


def _audit(shown, **question):
    """Return which small counts the door's own attack finds, from what is written alone."""
    counts = list_counts(shown)
    hidden = {place for place, count in counts.items() if count is None}
    told = {place: count for place, count in counts.items() if count is not None}
    relations, rests = list_relations(
        counts,
        {"pay": Question(is_exclusive=True, **question)},
        qualify_divisions({"all": [["a"]]}, ["spring"]),
    )
    known = round_ends(told, 0, MINIMUM)
    return {*find_narrow(relations, known, hidden | rests.keys(), hidden, MINIMUM, Ranges())}


def test_a_range_of_whole_numbers_ends_with_its_last_one():
    # Three of 4 and three of 9: fewer than three of the latter could not add up to 39.
    rows = [("", "nobs", 6), ("[0, 5)", "count", np.nan), ("[5, 10)", "count", np.nan)]
    rows += [("[10,)", "count", 0), ("", "mean", 6.5)]
    shown = pd.DataFrame(
        [("spring", "all", "pay", *row, None, None, 6.0, "") for row in rows], columns=COLUMNS
    )
    shown.loc[shown["value"].isna(), "note"] = "suppressed: fewer than 5 people"
    people = name_people("spring", "all")
    assert _audit(shown) == set()
    assert _audit(shown, is_whole=True) == {("pay", people, one) for one in ("[0, 5)", "[5, 10)")}


@pytest.mark.parametrize(
    ("mean", "is_told"),
    [
        # Six people's 39 leaves three above 10 at most; 48 leaves four, which are five numbers.
        *[(6.5, True), (8.0, False)],
        # Who is in no range has less than 5: 84 needs three above 10 at least, 78 two.
        *[(13.0, False), (14.0, True)],
    ],
)
def test_ranges_that_begin_above_nought_are_bounded_by_a_sum_too(mean, is_told):
    rows = [("", "nobs", 6), ("[5, 10)", "count", np.nan), ("[10, 20)", "count", np.nan)]
    rows += [("[20,)", "count", 0), ("", "mean", mean)]
    shown = pd.DataFrame(
        [("spring", "all", "pay", *row, None, None, 6.0, "") for row in rows], columns=COLUMNS
    )
    shown.loc[shown["value"].isna(), "note"] = "suppressed: fewer than 5 people"
    assert (("pay", name_people("spring", "all"), "[10, 20)") in _audit(shown)) == is_told
