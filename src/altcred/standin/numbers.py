"""Draws numbers that have the quantiles, shares, means and spreads that estimates tell."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import QUANTILES
from altcred.kinds.variable import Variable
from altcred.standin.fit import Told, fit, interval_of
from altcred.standin.people import People, Target

_ORDERED = {0.5: "median", **QUANTILES}
# How many numbers lie between two that are told.
_BETWEEN = 6
_USUALLY_MISSING = 0.05


def list_told(
    people: People, name: str, variable: Variable, who: np.ndarray, shift: np.ndarray | None = None
) -> list[Told]:
    """Return what is told of a number in each subgroup that is known."""
    groups = variable.number_groups()
    found = []
    for scope, part, inside in people.told_parts():
        known = people.shown.of_part(scope, part.name, name)
        if part.tells(name) and known:
            found.append(Told(inside & who, known, groups, shift))
    return found


def draw_numbers(
    people: People,
    name: str,
    more: Sequence[Told] = (),
    joint: Callable[[np.ndarray], Sequence[Target]] = lambda grid: (),
    marks: Sequence[np.ndarray] = (),
) -> None:
    """Draw a number for everybody who was asked and gave one.

    `more` tells of numbers that follow from this one, `joint` of sums with other answers.
    """
    variable = people.variables[name]
    who = people.asked(name)
    told = list_told(people, name, variable, who)
    people.columns[name] = draw_told(people, told, variable, who, more, joint, marks)


def draw_told(
    people: People,
    told: Sequence[Told],
    variable: Variable | None,
    who: np.ndarray,
    more: Sequence[Told] = (),
    joint: Callable[[np.ndarray], Sequence[Target]] = lambda grid: (),
    marks: Sequence[np.ndarray] = (),
) -> np.ndarray:
    """Return a number for everybody in `who`, missing where none was given."""
    step = _find_step([*told, *more])
    grid, is_fixed = _choose_grid(told, variable, step)
    targets = [target for one in told for target in _list_targets(one, grid, grid[is_fixed], step)]
    targets += [target for one in more for target in _list_targets(one, grid, grid[is_fixed], step)]
    targets += list(joint(grid))
    prior = _guess(told, grid, is_fixed)
    drawn = people.draw(who, prior, targets, marks)
    column = np.full(people.size, np.nan)
    places = np.flatnonzero(who)
    given = drawn < len(grid)
    column[places[given]] = grid[drawn[given]]
    fixed = np.ones(people.size, dtype=bool)
    fixed[places[given]] = is_fixed[drawn[given]]
    return fit(column, fixed, [*told, *more], grid[is_fixed], step, people.rng)


def _find_step(told: Sequence[Told]) -> float:
    """Return the unit in which the numbers are given: 1, or a part of it."""
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


def _choose_grid(
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
            elif not category and statistic in {*_ORDERED.values(), "mode", "min", "max"}:
                critical |= {math.floor(value / step + 1e-9) * step}
                critical |= {math.ceil(value / step - 1e-9) * step}
            elif not category and statistic == "mean":
                means.append(value)
            elif not category and statistic == "std":
                spreads.append(value)
        if ("", "zeros_count") in one.known:
            critical.add(0.0)
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


def _list_targets(one: Told, grid: np.ndarray, rivals: np.ndarray, step: float) -> Iterator[Target]:
    """Yield what is told as sums over the numbers of the grid, and none."""
    (seen, of), known = one.seen(grid), one.known

    def target(weights: np.ndarray, low: float, high: float, is_count: bool = True) -> Target:
        none = np.zeros((*weights.shape[:-1], 1))
        whole = np.concatenate([weights.astype(float), none], axis=-1)
        return Target(one.who, whole, low, high, is_count, of)

    if (nobs := known.get(("", "nobs"))) is not None:
        yield target(np.ones(seen.shape), nobs[0], nobs[0])
    if (missing := known.get((NOT_REPORTED, "count"))) is not None and one.shift is None:
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
    if (zeros := known.get(("", "zeros_count"))) is not None:
        yield target(np.abs(seen) < 1e-9, zeros[0], zeros[0])
    for share, name in _ORDERED.items():
        if (told := known.get(("", name))) is not None:
            yield from _target_quantile(target, seen, told[0], n, share, step)
    if ("", "max") in known:
        yield target(seen > known["", "max"][0] + 1e-9, 0, 0)
        yield target(np.abs(seen - known["", "max"][0]) < 1e-9, 1, n)
    if ("", "min") in known:
        yield target(seen < known["", "min"][0] - 1e-9, 0, 0)
        yield target(np.abs(seen - known["", "min"][0]) < 1e-9, 1, n)
    if (mode := known.get(("", "mode"))) is not None and one.shift is None:
        at_mode = (np.abs(seen - mode[0]) < 1e-9).astype(float)
        for other in rivals:
            if other != mode[0]:
                rival = (np.abs(seen - other) < 1e-9).astype(float)
                yield target(at_mode - rival, 0 if other > mode[0] else 1, n)
    if (mean := known.get(("", "mean"))) is not None:
        yield target(seen - mean[0], 0.0, 0.0, False)
        if ("", "std") in known and n > 1:
            squares = known["", "std"][0] ** 2 * (n - 1)
            yield target((seen - mean[0]) ** 2, squares, squares, False)


def _target_quantile(
    target: Callable[..., Target],
    seen: np.ndarray,
    value: float,
    n: float,
    share: float,
    step: float,
) -> Iterator[Target]:
    """Yield between which people a quantile lies: as the middle of two where that is so."""
    reached = share * n
    is_whole = abs(reached - round(reached)) < 1e-9
    unit = round(value / step) * step
    if is_whole and abs(value - unit) > 1e-9:
        # Halfway between two numbers that were given.
        low, high = math.floor(value / step) * step, math.ceil(value / step) * step
        yield target(seen <= low + 1e-9, round(reached), round(reached))
        yield target(np.abs(seen - low) < 1e-9, 1, n)
        yield target(np.abs(seen - high) < 1e-9, 1, n)
        return
    below, upto = seen < value - 1e-9, seen <= value + 1e-9
    if is_whole:
        yield target(below, 0, round(reached) - 1)
        yield target(upto, round(reached) + 1, n)
    else:
        yield target(below, 0, math.floor(reached))
        yield target(upto, math.ceil(reached), n)
    yield target((below.astype(float) + upto) / 2, reached, reached, False)
