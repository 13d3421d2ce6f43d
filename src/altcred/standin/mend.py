"""Moves single answers until numbers that rest on several of them come out as told.

Answers are drawn one question after the other, and numbers that follow from several, or from those
of both surveys, as chance has it. Here people exchange an answer, or a number is changed, wherever
that brings more of what is told about. Thousands of such moves are looked at together, most of
people of whom something is missed, and what each changes in every sum is a row of a sparse matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from altcred.standin.board import Board
from altcred.standin.measures import list_measures
from altcred.standin.moves import Moves, Rests, propose_moves
from altcred.standin.people import People
from altcred.standin.screen import MORE, screen_column

# How many moves are looked at together, at most and for each person, and how often anew: the fewer
# people there are, the more often.
_MOVES, _EACH, _POOLS, _WORK = 12_000, 30, (6, 60), 20_000
# How often the moves of one pool are looked at again, when the best of them are made, and after how
# many pools without any the rest is left as it is.
_PASSES, _IDLE = 6, 6
# Of more people than these the work ends before as much comes out as their draw had given.
_MOST = 10_000
# How much the distance of what is missed costs at first, and how much of it is left after a pool.
_STEEP, _COOL = 1.0, 0.6
# How much worse may be what is moved, so that others may follow.
_WARM = 0.15


@dataclass
class _Pool:
    """Moves that are looked at together: whom each changes, in which column, and to what.

    A move changes one row of a column or two; `move` is the number of each row's move.
    """

    columns: list[str]
    moves: list[Moves]
    starts: np.ndarray

    def __len__(self) -> int:
        return int(self.starts[-1])

    def rows_of(self, at: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that the moves of a column change, and the move of each."""
        one = self.moves[at]
        many = len(one.rows) // one.together
        return one.rows, self.starts[at] + np.tile(np.arange(many), one.together)


def mend(people: People) -> bool:
    """Move answers until what is told of numbers comes out; tell whether any was moved."""
    if not 0 < people.size <= _MOST:
        return False
    board = Board(people, list(list_measures(people)))
    moved = _move(board) if board.columns else False
    if moved:
        for name, variable in people.variables.items():
            if variable.derive is not None:
                people.columns.pop(name, None)
    people.forget()
    return moved


def _move(board: Board) -> bool:
    """Move answers until no sum is missed or none comes nearer; tell whether any was moved."""
    start = best = float(board.cost(board.sums).sum())
    kept, idle = board.look(), 0
    many = int(np.clip(_WORK // board.people.size, *_POOLS))
    for number in range(many):
        # At last what is missed by little comes first, and nothing worse is let by.
        left = max(1 - number / (many - 2), 0.0)
        board.steep = _STEEP * _COOL ** (number * _POOLS[0] / many) if left else 0.0
        pool = _propose(board) if best > 0 and idle < _IDLE else None
        if pool is None:
            break
        made = _make(board, pool, _WARM * left)
        board.renew()
        board.steep = 0.0
        cost = float(board.cost(board.sums).sum())
        idle = 0 if made else idle + 1
        if cost < best - 1e-9:
            best, kept = cost, board.look()
    board.steep = 0.0
    board.come_back(kept)
    return best < start - 1e-9


def _propose(board: Board) -> _Pool | None:
    """Return moves by chance, most of columns and people of whom sums are missed."""
    people, costs = board.people, board.cost(board.sums)
    by_inputs = {one.inputs: np.zeros(people.size) for one in board.measures}
    for one, goals, places in board.list_goals():
        if (cost := costs[places].sum()) > 0:
            by_inputs[one.inputs][goals.whom] += cost
    need = {
        column: sum((one / len(names) ** 0.5 for names, one in by_inputs.items()
                     if column in names), np.zeros(people.size))
        for column in board.columns
    }  # fmt: skip
    shares = np.array([float(np.sqrt(one.max(initial=0))) for one in need.values()])
    if not shares.any():
        return None
    many = np.rint(min(_MOVES, _EACH * people.size) * shares / shares.sum()).astype(int)
    columns: list[str] = []
    found: list[Moves] = []
    for (column, weights), size in zip(need.items(), many.tolist(), strict=True):
        if not size:
            continue
        screen, rests = screen_column(board, column), _list_rests(board, column)
        for moves in propose_moves(
            people, board.owners[column], column, board.groups, weights,
            size * (MORE if screen else 1), rests, is_own=column in board.own,
        ):  # fmt: skip
            columns.append(column)
            found.append(screen.choose(moves) if screen else moves)
    sizes = [len(moves.rows) // moves.together for moves in found]
    return _Pool(columns, found, np.cumsum([0, *sizes])) if sum(sizes) else None


def _list_rests(board: Board, column: str) -> Rests:
    """Return what is missing in the sums of a column's own numbers and of their squares."""
    marks, rests = [], []
    for one, goals, span in board.list_goals():
        if one.is_own and column in one.inputs and goals.moments and goals.by_value:
            places = span.start + np.array(goals.moments)
            sums, low, high = board.sums[places], board.low[places], board.high[places]
            is_missed = np.abs(np.clip(sums, low, high) - sums) > 1e-7
            if is_missed.any():
                marks.append(goals.whom[board.groups.first])
                rests.append(np.r_[np.where(is_missed, (low + high) / 2 - sums, 0.0), 0.0][:2])
    return np.array(marks, bool), np.array(rests, float)


def _weigh(board: Board, pool: _Pool) -> tuple[sp.csr_matrix, list[tuple[np.ndarray, ...]]]:
    """Return what each move changes in each sum, and what measures its rows get."""
    cells: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    given: list[tuple[np.ndarray, ...]] = []
    # Several measures of the same answers are worked out together.
    answers: dict[frozenset[str], dict[str, np.ndarray]] = {}
    every = board.list_goals()
    for one in board.measures:
        places = [at for at, name in enumerate(pool.columns) if name in one.inputs]
        blank = np.zeros(0, dtype=int)
        told = [pool.rows_of(place) for place in places]
        rows = np.concatenate([blank, *(each[0] for each in told)])
        moves = np.concatenate([blank, *(each[1] for each in told)])
        values = np.zeros(0)
        if len(rows):
            if one.inputs not in answers:
                answers[one.inputs] = _give(board, one.inputs, pool, places, rows)
            values = board.values_of(one, answers[one.inputs])
            old = one.values[rows]
            moved = np.flatnonzero((values != old) & ~(np.isnan(values) & np.isnan(old)))
            rows, moves, values, old = rows[moved], moves[moved], values[moved], old[moved]
        given.append((rows, moves, values))
        for _ in one.goals:
            _, goals, span = next(every)
            there = np.flatnonzero(goals.whom[rows]) if len(rows) else blank
            if len(there):
                both = np.r_[values[there], old[there]]
                new, before = np.hsplit(goals.weigh(both, np.tile(rows[there], 2)), 2)
                change = new - before
                sums, people = np.nonzero(change)
                cells.append((moves[there[people]], span.start + sums, change[sums, people]))
    if not cells:
        return sp.csr_matrix((len(pool), len(board.low))), given
    rows, columns, data = (np.concatenate(one) for one in zip(*cells, strict=True))
    return sp.csr_matrix((data, (rows, columns)), shape=(len(pool), len(board.low))), given


def _give(
    board: Board, inputs: frozenset[str], pool: _Pool, places: Sequence[int], rows: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the answers of rows as the moves of some columns would have them."""
    columns = board.people.columns
    named = {name for one in board.measures if one.inputs == inputs
             for name in board.names_of(one)}  # fmt: skip
    there = {name: columns[name][rows] for name in columns if name in named}
    at = 0
    for place in places:
        moves = pool.moves[place]
        there[pool.columns[place]][at : at + len(moves.rows)] = moves.given
        at += len(moves.rows)
    return there


def _make(board: Board, pool: _Pool, warm: float) -> int:
    """Make the moves that bring sums nearer, the best first, and tell how many.

    At first some may make it worse, by `warm` on average, so that others may follow.
    """
    changes, given = _weigh(board, pool)
    whom = np.full((len(pool), 2), -1)
    for at in range(len(pool.moves)):
        rows, moves = pool.rows_of(at)
        for side, part in enumerate(np.split(rows, pool.moves[at].together)):
            whom[moves[: len(part)], side] = part
    whom[:, 1] = np.where(whom[:, 1] < 0, whom[:, 0], whom[:, 1])
    moved = np.zeros(board.people.size, dtype=bool)
    made: list[int] = []
    sums, ends, columns, data = board.sums, changes.indptr, changes.indices, changes.data
    rng = board.people.rng

    def gain(move: int) -> float:
        span = slice(ends[move], ends[move + 1])
        held = sums[columns[span]]
        own = columns[span]
        return float((board.cost(held + data[span], own) - board.cost(held, own)).sum())

    size = np.diff(ends)
    heat = warm * rng.exponential(size=len(size))
    for number in range(_PASSES):
        heat = heat if number == 0 else np.zeros(len(size))
        each = board.cost(sums[columns] + data, columns) - board.cost(sums)[columns]
        gains = np.bincount(np.repeat(np.arange(len(size)), size), each, len(size))
        gains[moved[whom].any(axis=1) | (size == 0)] = np.inf
        order = np.argsort(gains - heat, kind="stable")
        order = order[gains[order] < heat[order] - 1e-9]
        before = len(made)
        for move in order.tolist():
            if not moved[whom[move]].any() and gain(move) < heat[move] - 1e-9:
                span = slice(ends[move], ends[move + 1])
                sums[columns[span]] += data[span]
                moved[whom[move]] = True
                made.append(move)
        if len(made) < before + 10:
            break
    chosen = np.zeros(len(pool), dtype=bool)
    chosen[made] = True
    for one, (rows, moves, values) in zip(board.measures, given, strict=True):
        one.values[rows[chosen[moves]]] = values[chosen[moves]]
    for at, (column, own) in enumerate(zip(pool.columns, pool.moves, strict=True)):
        rows, numbers = pool.rows_of(at)
        board.people.columns[column][rows[chosen[numbers]]] = own.given[chosen[numbers]]
    return len(made)
