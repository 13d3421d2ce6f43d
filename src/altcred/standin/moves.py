"""Moves of answers that may be made: exchanges between people alike, and other numbers."""

from dataclasses import dataclass

import numpy as np

from altcred.kinds import kind_of
from altcred.standin.people import People

# By how many units a number is moved at most.
_NUDGE = 4


@dataclass
class Moves:
    """Moves of one column: the rows that change, what they get, and how many move together.

    Where two do, the second half of the rows are the others of the first.
    """

    rows: np.ndarray
    given: np.ndarray
    together: int


def propose_moves(
    people: People, name: str, column: str, groups: np.ndarray, able: np.ndarray, many: int,
    *, is_own: bool,
) -> Moves | None:  # fmt: skip
    """Return moves of a column among those who are `able`, by chance; None where there are none.

    People of one of the `groups` exchange their answers. Where `is_own`, somebody may get another's
    answer or another number, and one may give another what that one takes.
    """
    rng, held, rows = people.rng, people.columns[column], np.flatnonzero(able)
    if not len(rows):
        return None
    is_numeric = kind_of(people.variables[name]).is_numeric
    how = int(rng.integers((4 if is_numeric else 2) if is_own else 1))
    if how == 0:
        first, second = _choose_pairs(groups, rows, many, rng)
        new, old = held[first], held[second]
        apart = np.array([not _is_same(a, b) for a, b in zip(new, old, strict=True)], dtype=bool)
        first, second = first[apart], second[apart]
        given = np.r_[held[second], held[first]]
        return Moves(np.r_[first, second], given, 2) if len(first) else None
    if how == 1:
        chosen, others = rng.choice(rows, (2, many))
        return Moves(chosen, held[others], 1)
    rows = rows[~np.isnan(held[rows])]
    if not len(rows):
        return None
    chosen = rng.choice(rows, (how - 1, many))
    chosen = chosen[:, chosen[0] != chosen[1]] if how == 3 else chosen
    shift = _step_of(held) * rng.integers(-_NUDGE, _NUDGE + 1, chosen.shape[1])
    # What one gives another takes, so that the sum stays.
    moved = (held[chosen] + np.array([[1], [-1]])[: how - 1] * shift).ravel()
    low, high = people.variables[name].bounds.limits
    if low is not None or high is not None:
        moved = np.clip(moved, low, high)
    return Moves(chosen.ravel(), moved, how - 1)


def _choose_pairs(
    groups: np.ndarray, rows: np.ndarray, many: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of people of the same group, the first of each among `rows`."""
    order = np.argsort(groups, kind="stable")
    held = groups[order]
    first = rng.choice(rows, many)
    start = np.searchsorted(held, groups[first], side="left")
    size = np.searchsorted(held, groups[first], side="right") - start
    return first, order[start + (rng.random(many) * size).astype(int)]


def _step_of(held: np.ndarray) -> float:
    """Return the unit in which most of the numbers are."""
    given = held[~np.isnan(held)]
    for step in (1.0, 0.5, 0.25, 0.1, 0.05):
        if (np.abs(given / step - np.round(given / step)) < 1e-6).mean() > 0.8:
            return step
    return 0.01


def _is_same(one: object, other: object) -> bool:
    return one == other or (one != one and other != other)
