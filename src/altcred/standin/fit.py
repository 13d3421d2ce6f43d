"""Moves numbers that are drawn until means and spreads are as told, and no count changes."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from altcred.core.distribution import MOST_WHOLE
from altcred.core.intervals import Interval, parse_interval
from altcred.core.records import ALL, NOT_REPORTED
from altcred.kinds.variable import Variable
from altcred.standin.shown import Shown, Values
from altcred.standin.solve import gather_alike

# How often all numbers are tried to be moved together.
_ROUNDS = 40


class Ends(NamedTuple):
    """Of numbers for which bins were chosen: between which numbers the lowest of them lies, and
    between which that lies which 95 in 100 do not exceed."""

    low: tuple[float, float]
    top: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Told:
    """A subgroup in which something is told of a number: who it is, and what is told.

    `is_age` where the number is a year of birth and what is told is of the age that follows.
    """

    who: np.ndarray
    known: Values
    groups: dict[str, Interval]
    is_age: bool = False
    ends: Ends | None = None

    @property
    def is_weighted(self) -> bool:
        """Tell whether means, spreads and quantiles are those of weighted people."""
        return ("", "std_error") in self.known

    @property
    def mean(self) -> float:
        """The mean of the people themselves, where their sum tells it."""
        total = self.known.get(("", "sum"))
        return self.known["", "mean"][0] if total is None or not self.n else total[0] / self.n

    @property
    def n(self) -> float:
        found = self.known.get(("", "nobs")) or self.known.get(("", "mean"))
        return 0.0 if found is None else found[1] if found[1] == found[1] else found[0]


@cache
def interval_of(one: Told, category: str) -> Interval | None:
    """Return the numbers that a category stands for; None where it is none of numbers."""
    if category in one.groups:
        return one.groups[category]
    try:
        return parse_interval(category)
    except ValueError:
        return None


def tell(
    shown: Shown,
    scope: str,
    part: str,
    name: str,
    who: np.ndarray,
    variable: Variable | None = None,
    *,
    is_age: bool = False,
    of_given: bool = False,
) -> Told:
    """Return what is told of a number in a subgroup of the people of one scope of estimates.

    `of_given` where it is of those alone who give the number, as in both surveys, or who give all
    that it is worked out of.
    """
    known = shown.of_part(scope, part, name)
    if of_given:
        known = {key: one for key, one in known.items() if key[0] != NOT_REPORTED}
    # Of a scale groups are of answers, not of numbers.
    groups = {} if variable is None or variable.categories else variable.number_groups()
    is_binned = part == ALL and not (variable and variable.bins)
    names = [one for one in shown.categories.get((scope, name), []) if one not in groups]
    return Told(who, known, groups, is_age, find_ends(known, names) if is_binned else None)


def find_ends(known: Values, names: Sequence[str]) -> Ends | None:
    """Return where numbers that were put into bins begin, and where 95 in 100 people end.

    Such bins are alike but for the last, which is open; none are told where they are not.
    """
    bins = []
    for category in names:
        with contextlib.suppress(ValueError):
            bins.append(parse_interval(category))
    starts = sorted(one.low for one in bins if one.low is not None)
    widths = {round(one.high - one.low, 6) for one in bins
              if one.low is not None and one.high is not None}  # fmt: skip
    if len(widths) != 1 or len(starts) != len(bins) or sum(one.high is None for one in bins) != 1:
        return None
    first, last, width = starts[0], starts[-1], widths.pop()
    if width == 1 and len(bins) <= MOST_WHOLE and all(one % 1 == 0 for one in starts):
        return Ends((first, first), (last - 1e-6, last))
    # The next smaller width, or a bin each, would do for numbers nearer to each other than these.
    needed = 8 * next(width / one for one in (2.0, 2.5) if _is_round(width / one))
    given = [value for (_, name), (value, _) in known.items() if name in ("min", "max", "mode")]
    if width > 1 and given and not any(value % 1 for value in given):
        needed = max(needed, MOST_WHOLE - 1e-6)
    upto = known.get(("", "quantile_95"), (last, 0.0))[0]
    above = max(last, known.get(("", "min"), (first, 0.0))[0] + needed)
    low = first, min(first + width, upto - needed)
    return Ends(low, (above if above < last + width else last, last + width))


def _is_round(width: float) -> bool:
    """Tell whether a width is 1, 2, 2.5 or 5 times a power of ten."""
    return any(abs(width / 10.0 ** np.floor(np.log10(width) + 1e-9) - one) < 1e-6
               for one in (1.0, 2.0, 2.5, 5.0))  # fmt: skip


def fit(
    column: np.ndarray,
    fixed: np.ndarray,
    told: Sequence[Told],
    critical: np.ndarray,
    step: float,
    rng: np.random.Generator,
    years: np.ndarray,
) -> np.ndarray:
    """Move numbers between those that are told until means and spreads are as told.

    `fixed` are those that are told themselves, as a median is; in `years` ages are told.
    """
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
        signs.append(1.0 if not one.is_age else -1.0)
        marks.append(inside[places])
    mask = np.array(marks, dtype=float)
    value = np.clip(value + rng.uniform(-1, 1, len(value)) * np.minimum(value - low, high - value),
                    low, high)  # fmt: skip
    for _ in range(_ROUNDS):
        column[places] = value
        rows, residual, weight = [], [], []
        for (one, inside), sign, own in zip(aims, signs, mask, strict=True):
            seen = column[inside] if not one.is_age else years[inside] - column[inside]
            mean, n = one.mean, inside.sum()
            rows.append(own * sign)
            residual.append((mean - seen.mean()) * n)
            weight.append(1.0)
            if ("", "std") in one.known and n > 1:
                at = value if not one.is_age else years[places] - value
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
        if one.is_age:
            continue
        for category, _ in one.known:
            interval = interval_of(one, category) if category else None
            for end in (interval.low, interval.high) if interval is not None else ():
                if end is not None:
                    closed_above.add(float(end))
    at = column[free]
    if not ends:
        # Where all is hidden but the mean, any number that somebody has will do.
        return np.full(len(at), at.min()), np.full(len(at), at.max())
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
        if not one.is_age:
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
        if one.is_age:
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
        options={"node_limit": 1000},
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
