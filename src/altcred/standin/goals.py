"""Sums over people that estimates tell, and what each person's number adds to them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from altcred.kinds.variable import Variable
from altcred.standin.fit import Told
from altcred.standin.numbers import choose_grid, find_step, list_targets
from altcred.standin.people import Target

# What each of several goals gets of numbers of some people: a row a goal, a column a person.
Weigh = Callable[[np.ndarray, np.ndarray], np.ndarray]
Turn = Callable[[np.ndarray, np.ndarray], np.ndarray]
# Of numbers that are more than so many what they add is worked out anew each time.
_MOST_KNOWN = 3000
# How much a person counts where nothing may change.
_FIXED = 1e-3


@dataclass
class Goals:
    """Sums over some of the people, and between which numbers each is to lie.

    `weigh` gives what each of some people adds to each sum, from their numbers and places. `unit`
    is how much one person usually adds. `renew` looks at everybody's numbers again, where what one
    adds depends on the others.
    """

    whom: np.ndarray
    weigh: Weigh
    low: np.ndarray
    high: np.ndarray
    unit: np.ndarray
    renew: Callable[[np.ndarray], None] | None = None
    # Whether what a person adds follows from the number alone.
    by_value: bool = False
    # Which of the sums are those of the numbers and of their squares, where they are.
    moments: tuple[int, ...] = ()


@dataclass(eq=False)
class Measure:
    """A number of each person, worked out of the columns of `inputs`: in SQL, or by `take`."""

    inputs: frozenset[str]
    goals: list[Goals]
    sql: str = ""
    take: Callable[[Mapping[str, np.ndarray]], np.ndarray] | None = None
    # Whether all is in it that is told of its one column, which may be given other answers then.
    is_own: bool = False
    values: np.ndarray = field(default_factory=lambda: np.zeros(0))


def list_goals(
    told: Sequence[Told],
    variable: Variable | None,
    turn: Turn | None = None,
) -> Iterator[Goals]:
    """Yield the goals of what is told of a number; `turn` makes it of the number that is held."""
    told = [one for one in told if one.known and one.who.any()]
    if not told:
        return
    step = find_step(told, variable)
    grid, is_fixed = choose_grid(told, variable, step)
    modes = np.array(sorted({
        one.known["", "mode"][0] for one in told if ("", "mode") in one.known
    }))  # fmt: skip
    rivals = modes if len(told) > 3 else grid[is_fixed]
    for one in told:
        targets = list(list_targets(one, np.zeros(1), rivals, step))
        if not targets:
            continue
        middle = one.known.get(("", "mean"), (0.0, 0.0))[0]
        spread = max(one.known.get(("", "std"), (abs(middle), 0.0))[0], step)
        slack = np.array([target.slack for target in targets])
        unit = np.array([
            1.0 if target.is_count else max(spread, 1e-6) ** (2 if target.high > 0 else 1)
            for target in targets
        ])  # fmt: skip

        weigh = _Looked(one, turn, partial(list_targets, one, rivals=rivals, step=step))
        yield Goals(
            one.who, weigh,
            np.array([target.low for target in targets]) - slack,
            np.array([target.high for target in targets]) + slack,
            unit, by_value=turn is None,
            moments=tuple(at for at, target in enumerate(targets) if not target.is_count),
        )  # fmt: skip


@dataclass
class _Looked:
    """What numbers add to the goals of one subgroup, kept for every number that was seen."""

    one: Told
    turn: Turn | None
    list_targets: Callable[[np.ndarray], Iterator[Target]]
    known: np.ndarray = field(default_factory=lambda: np.zeros(0))
    weights: np.ndarray | None = None

    def __call__(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        seen = values if self.turn is None else self.turn(values, rows)
        if len(self.known) > _MOST_KNOWN:
            targets = self.list_targets(seen)
            none = np.isnan(seen)
            each = [np.where(none, one.weights[-1], one.weights[:-1]) for one in targets]
            return np.where(self.one.who[rows], np.array(each), 0.0)
        weights = self._look_up(seen)
        place = np.searchsorted(self.known, seen)
        # A missing number sorts behind all others.
        return np.where(self.one.who[rows], weights[:, place], 0.0)

    def _look_up(self, seen: np.ndarray) -> np.ndarray:
        given = np.unique(seen[~np.isnan(seen)])
        place = np.minimum(np.searchsorted(self.known, given), max(len(self.known) - 1, 0))
        new = given if not len(self.known) else given[self.known[place] != given]
        if len(new) or self.weights is None:
            weights = np.array([one.weights for one in self.list_targets(new)])
            if self.weights is not None:
                weights = np.c_[self.weights[:, :-1], weights]
            order = np.argsort(both := np.r_[self.known, new])
            self.known, self.weights = both[order], weights[:, [*order, -1]]
        return self.weights


def goal_of(target: Target, numbers: np.ndarray) -> Goals:
    """Return a sum over answers as one over the numbers behind them."""
    order = np.argsort(numbers)
    held = numbers[order]

    def weigh(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        place = np.where(np.isnan(values), len(held) - 1, np.searchsorted(held, values))
        each = [np.where(who[rows], weights[order][place], 0.0) for who, weights in target.terms]
        return np.sum(each, axis=0)[None, :]

    whom = np.any([who for who, _ in target.terms], axis=0)
    most = max(float(np.abs(weights).max()) for _, weights in target.terms)
    unit = np.array([1.0 if target.is_count else max(most, 1e-6)])
    slack = 0.0 if target.is_count else 1e-6
    return Goals(whom, weigh, np.array([target.low - slack]), np.array([target.high + slack]), unit)


def stay(whom: np.ndarray, found: np.ndarray) -> Goals:
    """Return that nobody's number changes."""
    zero = np.zeros(1)
    return Goals(
        whom, lambda values, rows: (values != found[rows]).astype(float)[None, :], zero, zero,
        np.full(1, _FIXED),
    )  # fmt: skip


def leave_out(whom: np.ndarray) -> Goals:
    """Return that none of some people gives a number."""
    zero = np.zeros(1)
    return Goals(
        whom, lambda values, rows: (whom[rows] & ~np.isnan(values)).astype(float)[None, :], zero,
        zero, np.full(1, _FIXED),
    )  # fmt: skip
