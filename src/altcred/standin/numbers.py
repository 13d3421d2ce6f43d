"""Draws numbers that have the quantiles, shares, means and spreads that estimates tell."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from altcred.core.intervals import Interval, parse_interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import QUANTILES
from altcred.kinds.variable import Variable
from altcred.standin.people import People, Target
from altcred.standin.shown import Values
from altcred.standin.solve import gather_alike

_ORDERED = {0.5: "median", **QUANTILES}
# How many numbers lie between two that are told, and beyond the last, and how often all are tried
# to be moved together.
_BETWEEN, _ROUNDS = 6, 40
_USUALLY_MISSING = 0.05


@dataclass(frozen=True)
class Told:
    """A subgroup in which something is told of a number: who it is, and what is told.

    `shift` of a person is what is added to the number, or what it is taken from, before it is
    described: of an age the year in which a year of birth is told.
    """

    who: np.ndarray
    known: Values
    groups: dict[str, Interval]
    shift: np.ndarray | None = None

    def seen(self, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return as what each number of the grid is told: a row, or one for each shift."""
        if self.shift is None:
            return grid, None
        shifts, of = np.unique(self.shift, return_inverse=True)
        return shifts[:, None] - grid[None, :], of

    @property
    def n(self) -> float:
        found = self.known.get(("", "nobs")) or self.known.get(("", "mean"))
        return 0.0 if found is None else found[1] if found[1] == found[1] else found[0]


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
    return _fit(column, fixed, [*told, *more], grid[is_fixed], step, people.rng)


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
                if (interval := _interval_of(one, category)) is not None:
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


def _interval_of(one: Told, category: str) -> Interval | None:
    if category in one.groups:
        return one.groups[category]
    try:
        return parse_interval(category)
    except ValueError:
        return None


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
        interval = _interval_of(one, category)
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


def _fit(
    column: np.ndarray,
    fixed: np.ndarray,
    told: Sequence[Told],
    critical: np.ndarray,
    step: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Move numbers between those that are told until means and spreads are as told."""
    given = ~np.isnan(column)
    aims = [(one, one.who & given) for one in told if ("", "mean") in one.known]
    aims = [(one, inside) for one, inside in aims if inside.any()]
    free = given & ~fixed
    if not aims or not free.any():
        return column
    low, high = _list_room(column, free, told, critical, step)
    places = np.flatnonzero(free)
    value = column[places]
    # Spread evenly in the room there is, so that no number that nobody told is the commonest.
    signs, marks = [], []
    for one, inside in aims:
        signs.append(1.0 if one.shift is None else -1.0)
        marks.append(inside[places])
    mask = np.array(marks, dtype=float)
    value = np.clip(value + rng.uniform(-1, 1, len(value)) * np.minimum(value - low, high - value),
                    low, high)  # fmt: skip
    for _ in range(_ROUNDS):
        column[places] = value
        rows, residual, weight = [], [], []
        for (one, inside), sign, own in zip(aims, signs, mask, strict=True):
            seen = column[inside] if one.shift is None else one.shift[inside] - column[inside]
            mean, n = one.known["", "mean"][0], inside.sum()
            rows.append(own * sign)
            residual.append((mean - seen.mean()) * n)
            weight.append(1.0)
            if ("", "std") in one.known and n > 1:
                at = value if one.shift is None else one.shift[places] - value
                rows.append(own * 2 * (at - mean) * sign)
                residual.append(one.known["", "std"][0] ** 2 * (n - 1) - ((seen - mean) ** 2).sum())
                weight.append(1.0)
        matrix, wanted = np.array(rows), np.array(residual)
        room = np.minimum(value - low, high - value) + 0.05 * (high - low)
        gram = (matrix * room) @ matrix.T
        size = np.sqrt(np.maximum(np.diag(gram), 1e-12))
        gram = gram / size[:, None] / size[None, :]
        answer = np.linalg.lstsq(gram, wanted / size, rcond=1e-9)[0] / size
        moved = np.clip(value + room * (matrix.T @ answer), low, high)
        if np.abs(moved - value).max(initial=0) < step / 20:
            break
        value = moved
    column[places] = np.clip(np.round(value / step) * step, low, high)
    return _settle(column, places, low, high, aims, step)


def _list_room(
    column: np.ndarray,
    free: np.ndarray,
    told: Sequence[Told],
    critical: np.ndarray,
    step: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return between which numbers each free one may be moved without any count changing."""
    ends = {float(one) for one in critical}
    closed_above: set[float] = set()
    for one in told:
        if one.shift is not None:
            continue
        for category, _ in one.known:
            interval = _interval_of(one, category) if category else None
            for end in (interval.low, interval.high) if interval is not None else ():
                if end is not None:
                    closed_above.add(float(end))
    at = column[free]
    values = np.array(sorted(ends))
    below = np.searchsorted(values, at, side="left") - 1
    low = np.where(below >= 0, values[np.clip(below, 0, None)] + step, at)
    above = np.searchsorted(values, at, side="right")
    high = np.where(above < len(values), values[np.clip(above, None, len(values) - 1)] - step, at)
    for end in closed_above:
        # An edge is of the numbers above it; one that is not is told with them all the same.
        is_above = at >= end
        low = np.where(is_above, np.maximum(low, end), low)
        high = np.where(~is_above, np.minimum(high, end - step), high)
        at_edge = at == end
        low, high = np.where(at_edge, at, low), np.where(at_edge, at, high)
    for one in told:
        if one.shift is None:
            continue
        # What follows from the number keeps its own places.
        low, high = at.copy(), at.copy()
        break
    low, high = np.minimum(low, at), np.maximum(high, at)
    return low, high


def _settle(
    column: np.ndarray,
    places: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    aims: Sequence[tuple[Told, np.ndarray]],
    step: float,
) -> np.ndarray:
    """Move single numbers by a unit each until the sums are whole."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    masks = [inside[places] for _, inside in aims]
    groups, first = gather_alike(masks, len(places))
    wanted, rows = [], []
    for (one, inside), own in zip(aims, masks, strict=True):
        if one.shift is not None:
            continue
        n = float(inside.sum())
        total = one.known.get(("", "sum"))
        aim = one.known["", "mean"][0] * n if total is None or one.n != n else total[0]
        wanted.append(round((aim - column[inside].sum()) / step))
        rows.append(own[first])
    if not wanted:
        return column
    units = (
        np.rint((column[places] - low) / step).astype(int),
        np.rint((high - column[places]) / step).astype(int),
    )
    down, up = (np.bincount(groups, weights=one, minlength=len(first)) for one in units)
    many, size = len(wanted), len(first)
    matrix = np.array(rows, dtype=float)
    found = milp(
        np.concatenate([np.ones(2 * size), np.full(2 * many, 1000.0)]),
        integrality=np.concatenate([np.ones(2 * size), np.zeros(2 * many)]),
        bounds=Bounds(0, np.concatenate([up, down, np.full(2 * many, np.inf)])),
        constraints=LinearConstraint(
            np.hstack([matrix, -matrix, np.eye(many), -np.eye(many)]), wanted, wanted
        ),
        options={"time_limit": 2.0},
    )
    if found.x is None:
        return column
    change = np.rint(found.x[:size] - found.x[size : 2 * size]).astype(int)
    for group in np.flatnonzero(change):
        left, sign = abs(int(change[group])), 1 if change[group] > 0 else -1
        members = np.flatnonzero(groups == group)
        room = units[1][members] if sign > 0 else units[0][members]
        while left and (room > 0).any():
            there = members[room > 0]
            take = there[:left] if left < len(there) else there
            most = max(min(left // len(take), int(room[room > 0].min())), 1)
            column[places[take]] += sign * most * step
            room = room - np.where(np.isin(members, take), most, 0)
            left -= most * len(take)
    return column
