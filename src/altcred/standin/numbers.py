"""Draws numbers that have the quantiles, shares, means and spreads that estimates tell."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise

import numpy as np

from altcred.core.intervals import Interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import QUANTILES
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.standin.fit import Told, fit, interval_of, tell
from altcred.standin.people import People, Target
from altcred.standin.shown import find_room
from altcred.standin.sizes import forbid_years, move_years, sides_of, years_of

_ORDERED = {0.5: "median", **QUANTILES}
_SHARES = {name: share for share, name in _ORDERED.items()}
# How many numbers lie between two that are told.
_BETWEEN = 4
# How many others than those told people of panels choose from.
_FEW = 24
_USUALLY_MISSING = 0.05
# By how large a share of people a share of their weight may differ from what ranges tell.
_ROOM = 0.01
# How far the mean and the spread of people may be from what is weighted, in parts of the spread.
_LOOSE = 0.1


def list_told(
    people: People, name: str, variable: Variable, who: np.ndarray, *, is_age: bool = False
) -> list[Told]:
    """Return what is told of a number in each subgroup that is known."""
    found = []
    source = variable.derive.years_since if is_age and variable.derive else name
    both = {f"{panel}:{people.wave}": mark for (panel, other), mark in people.both.items()
            if other == source}  # fmt: skip
    for scope, part, inside in people.told_parts():
        of_whom = inside & who & both.get(scope, inside)
        one = tell(people.shown, scope, part.name, name, of_whom, variable,
                   is_age=is_age, of_given=scope in both)  # fmt: skip
        if part.tells(name) and one.known:
            found.append(one)
    return found


def draw_numbers(
    people: People,
    name: str,
    more: Sequence[Told] = (),
    joint: Callable[[np.ndarray], Sequence[Target]] = lambda grid: (),
    kept: np.ndarray | None = None,
) -> None:
    """Draw a number for everybody who was asked and gave one.

    `more` tells of numbers that follow from this one, `joint` of sums with other answers.
    """
    variable = people.variables[name]
    who = people.asked(name)
    told = list_told(people, name, variable, who)
    people.columns[name] = draw_told(people, told, variable, who, more, joint, kept)


def draw_told(
    people: People,
    told: Sequence[Told],
    variable: Variable | None,
    who: np.ndarray,
    more: Sequence[Told] = (),
    joint: Callable[[np.ndarray], Sequence[Target]] = lambda grid: (),
    kept: np.ndarray | None = None,
) -> np.ndarray:
    """Return a number for everybody in `who`, missing where none was given.

    First it is drawn who gives one, by what is told of that alone, then which. `kept` are the
    numbers of those of whom it is known.
    """
    marks: list[np.ndarray] = []
    step = find_step([*told, *more], variable)
    grid, is_fixed = choose_grid(told, variable, step)
    years = np.unique(years_of(people)) if more else np.zeros(1)
    # Of a year of birth it is drawn as well in which year somebody answered.
    values, spans = np.repeat(grid, len(years)), np.tile(years, len(grid))
    fixed, rivals = np.repeat(is_fixed, len(years)), grid[is_fixed]

    def list_all(values: np.ndarray, spans: np.ndarray) -> Iterator[Target]:
        for one in [*told, *more]:
            yield from list_targets(one, spans - values if one.is_age else values, rivals, step)
        yield from joint(values)
        if more:
            yield from forbid_years(people, np.r_[spans, np.nan])

    targets = list(list_all(values, spans))
    if more:
        own = np.where(people.is_timed, years_of(people), 0)
        marks = [sides_of(people), own]
    prior = _guess(told, grid, is_fixed)
    column = np.full(people.size, np.nan)
    if kept is not None and (known := who & ~np.isnan(kept)).any():
        column[known] = kept[known]
        own = years_of(people) if more else np.zeros(people.size)
        seen, place = np.unique(np.array([kept, own])[:, known], axis=1, return_inverse=True)
        there = np.full(people.size, -1)
        there[known] = place
        targets = [one.without(there, other.terms)
                   for one, other in zip(targets, list_all(*seen), strict=True)]  # fmt: skip
        who = who & ~known
    gives, targets = _draw_given(people, who, prior, targets)
    prior = np.repeat(prior[:-1], len(years))
    few = np.repeat(_choose_few(people, told, grid, is_fixed, step), len(years))
    drawn = people.draw(gives, prior / prior.sum(), targets, marks, few=few)
    places = np.flatnonzero(gives)
    column[places] = values[drawn]
    stays = np.ones(people.size, dtype=bool)
    stays[places] = fixed[drawn]
    if more:
        move_years(people, places, spans[drawn])
    return fit(
        column, stays, [*told, *more], rivals, step, people.rng, years_of(people) if more else spans
    )


def _draw_given(
    people: People, who: np.ndarray, prior: np.ndarray, targets: Sequence[Target]
) -> tuple[np.ndarray, list[Target]]:
    """Return who gives a number, and what is told of the numbers of those who do."""
    of_given, of_numbers = [], []
    for one in targets:
        if all(np.ptp(weights[:-1]) == 0 for _, weights in one.terms):
            of_given.append(one.reweigh(lambda weights: weights[[0, -1]]))
        else:
            of_numbers.append(one.reweigh(lambda weights: weights[:-1]))
    shares = np.array([1 - prior[-1], prior[-1]])
    drawn = people.draw(who, shares, of_given, order=people.reluctance)
    gives = who.copy()
    gives[who] = drawn == 0
    people.reluctance[who & ~gives] += 1
    return gives, of_numbers


def _choose_few(
    people: People, told: Sequence[Told], grid: np.ndarray, is_fixed: np.ndarray, step: float
) -> np.ndarray:
    """Mark the numbers that people of panels may give: what is told of them, and some others."""
    paired = people.is_paired
    own = [one for one in told if not (one.who & ~paired).any()]
    few = np.zeros(len(grid), dtype=bool)
    few[:: max(len(grid) // _FEW, 1)] = True
    if own:
        known = choose_grid(own, None, step)
        few |= np.isin(np.round(grid, 6), np.round(known[0][known[1]], 6))
    return few


def find_step(told: Sequence[Told], variable: Variable | None = None) -> float:
    """Return the unit in which the numbers are given: 1, or a part of it.

    Of a kind whose answers are whole quantiles may lie between two of them, as 47.5 does.
    """
    if variable is not None and kind_of(variable).is_whole:
        return 1.0
    given = [
        value
        for one in told
        for (category, statistic), (value, _) in one.known.items()
        if not category and statistic in {*QUANTILES.values(), "mode", "min", "max", "sum"}
    ]
    given += [
        2 * value
        for one in told
        for (category, statistic), (value, _) in one.known.items()
        if not category and statistic == "median"
    ]
    for step in (1.0, 0.5, 0.25, 0.1, 0.05):
        if all(abs(value * 2 / step - round(value * 2 / step)) < 1e-6 for value in given):
            whole = [abs(value / step - round(value / step)) < 1e-6 for value in given]
            if np.mean(whole or [True]) > 0.8:
                return step
    return 0.01


def choose_grid(
    told: Sequence[Told], variable: Variable | None, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers that can be given, and which of them are told and so stay as they are."""
    critical: set[float] = set()
    edges: set[float] = set()
    means, spreads = [], []
    for one in told:
        for (category, statistic), (value, _) in one.known.items():
            if category and category != NOT_REPORTED:
                if (interval := interval_of(one, category)) is not None:
                    edges |= {end for end in (interval.low, interval.high) if end is not None}
            elif not category and statistic in {"mode", "min", "max"}:
                critical.add(value)
            elif not category and statistic in _SHARES:
                critical |= {*_ends_of(one, value, _SHARES[statistic], step)}
            elif not category and statistic == "mean":
                means.append(value)
            elif not category and statistic == "std":
                spreads.append(value)
        if ("", "zeros_count") in one.known:
            critical.add(0.0)
        edges |= {one.ends.low[0]} if one.ends is not None else set()
    low, high = variable.bounds.limits if variable is not None else (None, None)
    middle, spread = sum(means) / max(len(means), 1), max([*spreads, step])
    lowest = min([*critical, *edges, middle - 2 * spread])
    if low is not None:
        lowest = max(lowest, low)
    elif min([*critical, *edges, 0.0]) >= 0:
        lowest = max(lowest, 0.0)
    highest = max([*critical, *edges, middle + 4 * spread])
    highest = min(highest, high) if high is not None else highest
    extremes = [one.known for one in told if ("", "min") in one.known and ("", "max") in one.known]
    if extremes:
        lowest = min(known["", "min"][0] for known in extremes)
        highest = max(known["", "max"][0] for known in extremes)
    ends = sorted({lowest, highest, *critical, *(e for e in edges if lowest <= e <= highest)})
    points = set(critical)
    for left, right in pairwise(ends):
        for at in np.linspace(left, right, _BETWEEN + 2)[1:-1]:
            points.add(round(float(np.round(at / step) * step), 6))
        points |= {round(math.ceil(left / step - 1e-9) * step, 6)}
        points |= {round(math.floor(right / step - 1e-9) * step, 6)}
    points |= {round(math.ceil(lowest / step - 1e-9) * step, 6)}
    points |= {round(math.floor(highest / step + 1e-9) * step, 6)}
    points = {one for one in points if lowest - 1e-9 <= one <= highest + 1e-9} or {0.0}
    grid = np.array(sorted(points))
    known = {round(one, 6) for one in critical}
    return grid, np.array([round(float(one), 6) in known for one in grid])


def _guess(told: Sequence[Told], grid: np.ndarray, is_fixed: np.ndarray) -> np.ndarray:
    """Return how likely each number, and none, is: heaped where people's numbers are told."""
    weights = np.where(is_fixed, 3.0, 1.0) * np.gradient(np.r_[grid, grid[-1] + 1])[:-1] ** 0.5
    known = told[0].known if told else {}
    if ("", "mean") in known and ("", "std") in known and known["", "std"][0] > 0:
        z = (grid - known["", "mean"][0]) / known["", "std"][0]
        weights = weights * np.exp(-np.minimum(np.abs(z), 8.0))
    missing = _USUALLY_MISSING
    if (NOT_REPORTED, "proportion") in known:
        missing = min(max(known[NOT_REPORTED, "proportion"][0], 1e-9), 1 - 1e-9)
    weights = np.maximum(weights / weights.sum(), 1e-7)
    return np.r_[(1 - missing) * weights, missing]


def list_targets(one: Told, grid: np.ndarray, rivals: np.ndarray, step: float) -> Iterator[Target]:
    """Yield what is told as sums over the numbers of the grid, and none."""
    seen, known = grid, one.known

    def target(weights: np.ndarray, low: float, high: float, slack: float | None = None) -> Target:
        whole = np.append(weights.astype(float), 0.0)
        return Target(one.who, whole, low, high, slack is None, slack=slack or 0.0)

    if (nobs := known.get(("", "nobs"))) is not None:
        yield target(np.ones(seen.shape), nobs[0], nobs[0])
    if (missing := known.get((NOT_REPORTED, "count"))) is not None and not one.is_age:
        weights = np.zeros(len(grid) + 1)
        weights[-1] = 1
        yield Target(one.who, weights, missing[0], missing[0])
    n = one.n
    if not n:
        return
    for category in dict.fromkeys(category for category, _ in known if category):
        interval = interval_of(one, category)
        count = known.get((category, "count"))
        if interval is not None and count is not None:
            inside = np.ones(seen.shape, dtype=bool)
            if interval.low is not None:
                inside &= seen >= interval.low if interval.closed_low else seen > interval.low
            if interval.high is not None:
                inside &= seen <= interval.high if interval.closed_high else seen < interval.high
            yield target(inside, count[0], count[0])
    if one.ends is not None:
        lowest, below = one.ends.low
        yield target(seen < lowest - 1e-9, 0, 0)
        yield target(seen <= below - step if below > lowest else seen <= lowest, 1, n)
        above, upto = one.ends.top
        least = math.ceil(0.95 * n - 1e-9)
        yield target(seen <= upto + 1e-9, least, n)
        yield target(seen <= above + 1e-9, 0, least - 1)
    # What is weighted only guides who gives which: weights make up for the rest.
    loose = partial(target, slack=0.0) if one.is_weighted else target
    if (zeros := known.get(("", "zeros_count"))) is not None:
        yield target(np.abs(seen) < 1e-9, zeros[0], zeros[0])
    for share, name in _ORDERED.items():
        if (told := known.get(("", name))) is None:
            continue
        if not one.is_weighted:
            ends = _ends_of(one, told[0], share, step)
            yield from _target_quantile(target, seen, ends, n, share)
            continue
        # As many people as have so much of the weight, as far as ranges tell of both.
        reached, room = _count_share(one, share) * n, 1 + _ROOM * n
        yield target(seen < told[0] - 1e-9, 0, min(reached + room, n))
        yield target(seen <= told[0] + 1e-9, max(reached - room, 0), n)
        yield target(np.abs(seen - told[0]) < 1e-9, math.ceil(_ROOM * n), n)
    if ("", "max") in known:
        yield target(seen > known["", "max"][0] + 1e-9, 0, 0)
        yield target(np.abs(seen - known["", "max"][0]) < 1e-9, 1, n)
    if ("", "min") in known:
        yield target(seen < known["", "min"][0] - 1e-9, 0, 0)
        yield target(np.abs(seen - known["", "min"][0]) < 1e-9, 1, n)
    if (mode := known.get(("", "mode"))) is not None and not one.is_age:
        at_mode = (np.abs(seen - mode[0]) < 1e-9).astype(float)
        for other in rivals:
            if other != mode[0]:
                rival = (np.abs(seen - other) < 1e-9).astype(float)
                yield loose(at_mode - rival, 0 if other > mode[0] else 1, n)
    if (mean := known.get(("", "mean"))) is not None:
        room, middle = n * find_room("mean", mean[0]), mean[0]
        if (total := known.get(("", "sum"))) is not None:
            room, middle = find_room("sum", total[0]), total[0] / n
        spread = known.get(("", "std"), (0.0, 0.0))[0]
        # The people themselves are only near what is weighted.
        apart = _LOOSE * spread if one.is_weighted else 0.0
        yield target(seen - middle, 0.0, 0.0, room + n * apart * (("", "sum") not in known))
        if ("", "std") in known and n > 1:
            squares = spread**2 * (n - 1)
            room = 2 * spread * (n - 1) * (find_room("std", spread) + apart)
            yield target((seen - middle) ** 2, squares, squares, room)


def _count_share(one: Told, share: float) -> float:
    """Return the share of people that a share of their weight is of, by what ranges tell."""
    ranges = sorted(
        (interval.high, one.known[category, "count"][0], one.known[category, "proportion"][0])
        for category in dict.fromkeys(category for category, _ in one.known if category)
        if {(category, "count"), (category, "proportion")} <= one.known.keys()
        and category not in one.groups
        and (interval := interval_of(one, category)) is not None and interval.high is not None
    )  # fmt: skip
    counts = np.cumsum([0.0, *(count for _, count, _ in ranges)]) / one.n
    shares = np.cumsum([0.0, *(part for _, _, part in ranges)])
    return float(np.interp(share, [*shares, 1.0], [*counts, 1.0]))


def _target_quantile(
    target: Callable[..., Target],
    seen: np.ndarray,
    ends: tuple[float, float],
    n: float,
    share: float,
) -> Iterator[Target]:
    """Yield between which people a quantile lies: as the middle of two where that is so."""
    low, high = ends
    reached = share * n
    is_whole = abs(reached - round(reached)) < 1e-9
    if high - low > 1e-9:
        yield target(seen <= low + 1e-9, round(reached), round(reached))
        yield target(seen < high - 1e-9, round(reached), round(reached))
        yield target(np.abs(seen - low) < 1e-9, 1, n)
        yield target(np.abs(seen - high) < 1e-9, 1, n)
        return
    below, upto = seen < low - 1e-9, seen <= low + 1e-9
    if is_whole:
        yield target(below, 0, round(reached) - 1)
        yield target(upto, round(reached) + 1, n)
    else:
        yield target(below, 0, math.floor(reached))
        yield target(upto, math.ceil(reached), n)


@cache
def _ends_of(one: Told, value: float, share: float, step: float) -> tuple[float, float]:
    """Return the two numbers in whose middle a quantile lies, or the one that it is twice.

    One alone where nothing speaks against it: it is of the step, and its range holds somebody.
    """
    reached = share * one.n
    if one.n == 2 and {("", "min"), ("", "max")} <= one.known.keys():
        return one.known["", "min"][0], one.known["", "max"][0]
    unit = round(value / step) * step
    is_between = abs(reached - round(reached)) < 1e-9
    if not is_between or (abs(value - unit) < 1e-9 and _may_be(one, value)):
        return value, value
    away = step / 2 if abs(value - unit) > 1e-9 else step
    for times in range(2000):
        low, high = value - away - times * step, value + away + times * step
        if _may_be(one, low) and _may_be(one, high):
            return round(low, 6), round(high, 6)
    return value, value


def _may_be(one: Told, value: float) -> bool:
    """Tell whether anything that is told says that nobody gave a number."""
    known = one.known
    if ("", "min") in known and value < known["", "min"][0] - 1e-9:
        return False
    if ("", "max") in known and value > known["", "max"][0] + 1e-9:
        return False
    for (category, statistic), (count, _) in known.items():
        if statistic == "count" and count == 0 and category and category != NOT_REPORTED:
            interval = interval_of(one, category)
            if interval is not None and Interval(value, value, True, True) in interval:
                return False
    return True
