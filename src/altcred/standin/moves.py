"""Moves of answers that may be made: exchanges between people alike, and other numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from altcred.kinds import kind_of
from altcred.standin.people import People
from altcred.standin.solve import gather_alike


@dataclass
class Moves:
    """Moves of one column: the rows that change, what they get, and how many move together.

    Where two do, the second half of the rows are the others of the first.
    """

    rows: np.ndarray
    given: np.ndarray
    together: int


# How many groups' distances from each other are worked out at most.
_MOST_GROUPS = 1000
# Sums of numbers and of their squares that are missed: in which groups, and what is missing.
Rests = tuple[np.ndarray, np.ndarray]


class Groups:
    """People alike in all subgroups, and which groups of them are near each other."""

    def __init__(self, marks: Sequence[np.ndarray], size: int) -> None:
        self.of, self.first = gather_alike(marks, size)
        self.order = np.argsort(self.of, kind="stable")
        self.sizes = np.bincount(self.of, minlength=len(self.first))
        self.starts = np.cumsum(self.sizes) - self.sizes
        # Of very many groups each is as near as any other.
        self.reach = np.cumsum(self.sizes / max(size, 1))[None, :]
        if len(self.first) <= _MOST_GROUPS and marks:
            inside = np.array([one[self.first] for one in marks], float)
            held = inside.sum(axis=0)
            away = held[:, None] + held[None, :] - 2 * inside.T @ inside
            shares = self.sizes * np.exp(-away)
            self.reach = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)

    def find_alike(self, first: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return for each of some people somebody of the same group."""
        return self._pick(self.of[first], rng)

    def find_near(self, first: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return for each of some people somebody of a group that is near."""
        drawn, chosen = rng.random(len(first)), np.zeros(len(first), int)
        rows = np.minimum(self.of[first], len(self.reach) - 1)
        for row in np.unique(rows):
            at = rows == row
            chosen[at] = np.searchsorted(self.reach[row], drawn[at])
        return self._pick(np.minimum(chosen, len(self.sizes) - 1), rng)

    def _pick(self, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        place = (rng.random(len(groups)) * self.sizes[groups]).astype(int)
        return self.order[self.starts[groups] + place]


def propose_moves(
    people: People, name: str, column: str, groups: Groups, weights: np.ndarray, many: int,
    rests: Rests, *, is_own: bool,
) -> Iterator[Moves]:  # fmt: skip
    """Yield moves of a column by chance, of people as often as `weights` says.

    People of one of the `groups` exchange their answers. Where `is_own` anybody does, mostly with
    somebody who is in almost the same groups; somebody may get another's answer or another number,
    and one may give another what that one takes.
    """
    rng, held = people.rng, people.columns[column]
    variable = people.variables[name]
    kind = kind_of(variable)
    asked = people.asked(name)
    if kind.has_ticks:
        asked = asked & np.array([one is not None for one in held])
    weights = np.where(asked, weights, 0.0)
    if not weights.any():
        return
    first = rng.choice(people.size, many, p=weights / weights.sum())
    ways = (3 if kind.is_numeric else 1) if is_own else 0
    how = np.maximum(rng.integers(4 + ways, size=many) - 3, 0)
    ones = first[how == 0]
    second = groups.find_near(ones, rng) if is_own else groups.find_alike(ones, rng)
    apart = asked[second] & (held[ones] != held[second])
    if held.dtype == float:
        apart &= ~(np.isnan(held[ones]) & np.isnan(held[second]))
    ones, second = ones[apart], second[apart]
    if len(ones):
        yield Moves(np.r_[ones, second], np.r_[held[second], held[ones]], 2)
    if not is_own:
        return
    ones = first[how == 1]
    if len(ones):
        yield Moves(ones, held[rng.choice(np.flatnonzero(asked), len(ones))], 1)
    low, high = variable.bounds.limits
    for together in (1, 2) if kind.is_numeric else ():
        ones = first[how == together + 1]
        ones = ones[~np.isnan(held[ones])]
        others = groups.find_near(ones, rng)
        if together == 2:
            free = ~np.isnan(held[others]) & (ones != others)
            ones, others = ones[free], others[free]
        if not len(ones):
            continue
        shift = _draw_shifts(held, len(ones), rng)
        if len(rests[0]):
            step = _step_of(held)
            told = rests[0][:, groups.of[ones]]
            chosen = (told * rng.random(told.shape)).argmax(axis=0)
            rest = rests[1][chosen]
            rest[~told.any(axis=0)] = 0
            if together == 1:
                exact = rest[:, 0] / rng.integers(1, 4, len(ones))
            else:
                half = (held[ones] - held[others]) / 2
                exact = -half + np.sign(half) * np.sqrt(np.maximum(half**2 + rest[:, 1] / 2, 0))
            exact = np.round(exact / step) * step
            use = (rng.random(len(ones)) < 0.7) & (exact != 0)
            shift = np.where(use, exact, shift)
        # What one gives another takes, so that the sum stays.
        moved = np.r_[held[ones] + shift, held[others] - shift][: together * len(ones)]
        if low is not None or high is not None:
            moved = np.clip(moved, low, high)
        yield Moves(np.r_[ones, others][: together * len(ones)], moved, together)


def _draw_shifts(held: np.ndarray, many: int, rng: np.random.Generator) -> np.ndarray:
    """Draw by how much numbers are moved: by units of any size that their spread has room for."""
    step = _step_of(held)
    room = max(float(np.nanstd(held)) / step, 1.0)
    digits = int(np.log10(room)) + 1
    size = rng.integers(1, 10, many) * 10.0 ** rng.integers(0, digits, many)
    return step * size * rng.choice([-1.0, 1.0], many)


def _step_of(held: np.ndarray) -> float:
    """Return the unit in which most of the numbers are."""
    given = held[~np.isnan(held)]
    for step in (1.0, 0.5, 0.25, 0.1, 0.05):
        if (np.abs(given / step - np.round(given / step)) < 1e-6).mean() > 0.8:
            return step
    return 0.01
