"""Which moves of answers bring sums nearer, told roughly and of many at once."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from altcred.standin.board import Board
from altcred.standin.goals import Measure
from altcred.standin.moves import Groups, Moves

# Of so many moves one is kept; and how many pairs of numbers of two columns are worked out at most.
MORE = 10
_LARGEST = 40_000
# How many changes of a number are told of at most, in all groups, and to how many digits.
_CELLS, _DIGITS = 20_000_000, 3


class _Table(NamedTuple):
    """A measure of a column and another: its numbers, its cells, and what their change costs."""

    known: np.ndarray
    other: np.ndarray | None
    second: np.ndarray
    place: np.ndarray
    cell: np.ndarray
    costs: np.ndarray
    slopes: np.ndarray


@dataclass
class Screen:
    """What tells roughly by how much moves of a column bring sums nearer.

    Each change is looked at by itself, whatever other people do.
    """

    groups: Groups
    held: np.ndarray
    tables: list[_Table] = field(default_factory=list)

    def add(self, board: Board, one: Measure, column: str) -> None:
        """Add what a measure of a column or two tells."""
        people = board.people
        known = np.unique(self.held)
        [other] = [name for name in one.inputs if name != column] or [""]
        second = np.unique(people.columns[other]) if other else np.zeros(1)
        pairs = {
            name: np.repeat(known, len(second)) if name == column else np.tile(second, len(known))
            for name in people.columns if name in one.inputs
        }  # fmt: skip
        values = board.values_of(one, pairs)
        seen, place = np.unique(values, return_inverse=True)
        blocks = list(board.list_costs_of(one, seen))
        # Numbers that add the same to every count are one cell.
        rng = np.random.default_rng(0)
        keys = sum((rng.random(len(block.weights)) @ block.weights for block in blocks),
                   np.zeros(len(seen)))  # fmt: skip
        _, first, cell = np.unique(np.round(keys, 7), return_index=True, return_inverse=True)
        many = len(self.groups.first)
        if many * max(len(first) ** 2, len(seen)) > _CELLS:
            return
        costs = np.zeros((many, len(first), len(first)), dtype=np.float32)
        slopes = np.zeros((many, len(seen)))
        for block in blocks:
            inside = block.whom[self.groups.first]
            costs[inside] += cost_changes(block.weights[:, first], block.more, block.less)
            slopes[inside] += block.slopes
        self.tables.append(_Table(
            known, people.columns[other] if other else None, second,
            place.reshape(len(known), len(second)), cell, costs, slopes,
        ))  # fmt: skip

    def choose(self, moves: Moves) -> Moves:
        """Return the best of some moves, one of each person at most."""
        score = np.zeros(len(moves.rows))
        rows = moves.rows
        groups = self.groups.of[rows]
        for one in self.tables:
            there = np.zeros(len(rows), int)
            if one.other is not None:
                there = np.searchsorted(one.second, one.other[rows])
            new = np.minimum(np.searchsorted(one.known, moves.given), len(one.known) - 1)
            old = np.searchsorted(one.known, self.held[rows])
            new, old = one.place[new, there], one.place[old, there]
            score += one.slopes[groups, new] - one.slopes[groups, old]
            score -= one.costs[groups, one.cell[old], one.cell[new]]
        many = len(score) // moves.together
        total = score.reshape(moves.together, many).sum(axis=0)
        # Rounded, so that those which bring the same stay in order however sums are worked out.
        order = np.argsort(-np.round(total, _DIGITS), kind="stable")
        _, first = np.unique(moves.rows[:many][order], return_index=True)
        wanted = max(many // MORE // 2, 1)
        kept = np.union1d(order[np.sort(first)][:wanted], np.arange(min(wanted, many)))
        at = (kept[None, :] + many * np.arange(moves.together)[:, None]).ravel()
        return Moves(moves.rows[at], moves.given[at], moves.together)


def cost_changes(weights: np.ndarray, more: np.ndarray, less: np.ndarray) -> np.ndarray:
    """Return what changing each number into each other costs, by what they add to some counts.

    `more` and `less` are the costs of one more and of one less of each count. What is left of large
    costs that differ by little is right in double precision alone.
    """
    costs = np.zeros((weights.shape[1], weights.shape[1]))
    for sign, gained, lost in ((1, more, less), (-1, less, more)):
        held = np.maximum(sign * weights, 0)
        # Most counts have room for one more or less, and most add nothing on one side.
        used = (gained + lost != 0) & held.any(axis=1)
        held, gained, lost = held[used], gained[used], lost[used]
        costs += (gained @ held)[None, :] + (lost @ held)[:, None]
        costs -= (held * (gained + lost)[:, None]).T @ held
    return costs


def screen_column(board: Board, column: str) -> Screen | None:
    """Return what tells roughly which moves of a column bring sums nearer; None where nothing."""
    columns = board.people.columns
    screen = Screen(board.groups, columns[column])
    for one in board.measures:
        names = board.names_of(one)
        if column not in names or len(names) > 2:
            continue
        sizes = [len(np.unique(columns[name])) if columns[name].dtype == float else _LARGEST
                 for name in names]  # fmt: skip
        if math.prod(sizes) < _LARGEST:
            screen.add(board, one, column)
    return screen if screen.tables else None
