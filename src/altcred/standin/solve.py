"""Whole numbers of people that satisfy what estimates say of sums over them.

People who are alike in all that any estimate tells are one row of a table, answers its columns.
First the table of largest entropy that has the sums is found, in which nothing is related that no
estimate relates; then its cells are rounded so that the sums stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

# How far a sum may be missed for what it costs; Newton's steps, and sweeps of scaling, at most.
_LOOSE, _STEPS, _SWEEPS = 1e-6, 40, 60
# Nodes that are looked at for the rounding of one table (never a time, which another machine would
# not keep to), and how far from its real number a cell may be put.
_NODES, _REACHES = 100, (1, 3, 300)
# The last reach is for tables of which else more people than these are missed.
_MANY = 10
# Of more sums than these the first node alone, and how much more than needed may be missed then.
_MOST, _GAP, _WIDE = 400, 0.02, 0.2


# Weights of sums over cells, their bounds, and which they are.
_Bounded = tuple[sp.csr_matrix, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Sums:
    """What is known of sums over cells: a row of `weights` for each, and its lowest and highest.

    `is_count` marks sums of people, which rounding keeps; others, as of squares, only guide.
    """

    weights: sp.csr_matrix
    low: np.ndarray
    high: np.ndarray
    is_count: np.ndarray

    def only(self, chosen: np.ndarray) -> "Sums":
        """Return some of the sums."""
        return Sums(
            self.weights[chosen], self.low[chosen], self.high[chosen], self.is_count[chosen]
        )


def spread(sizes: np.ndarray, prior: np.ndarray, sums: Sums) -> np.ndarray:
    """Return the table nearest to `prior` whose rows add up to `sizes` and that has the sums.

    Cells where the prior is nought stay so. Sums that cannot all be had are missed a little.
    """
    if sums.is_count.all() and (sums.weights.data == 1).all():
        return _scale(sizes, prior, sums)
    rows, columns = prior.shape
    allowed = prior > 0
    log_prior = np.where(allowed, np.log(np.where(allowed, prior, 1.0)), -np.inf)
    weights = sums.weights
    wanted = (sums.low + sums.high) / 2
    # Each sum in units of its own size, so that one step serves all.
    scale = np.sqrt(np.maximum(np.asarray(weights.multiply(weights).sum(axis=1)).ravel(), 1.0))
    scale = scale * max(float(sizes.sum()), 1.0) / max(rows * columns, 1) ** 0.5 + 1e-12
    unit = sp.diags(1 / scale) @ weights
    unit, aim = unit.tocsr(), wanted / scale
    multipliers = np.zeros(weights.shape[0])

    def look(at: np.ndarray) -> tuple[float, np.ndarray]:
        score = log_prior + (unit.T @ at).reshape(rows, columns)
        top = np.max(score, axis=1, keepdims=True, initial=-1e300)
        part = np.exp(score - top)
        total = part.sum(axis=1, keepdims=True)
        table = np.where(total > 0, sizes[:, None] * part / np.where(total > 0, total, 1.0), 0.0)
        logs = np.where(total > 0, np.log(np.where(total > 0, total, 1.0)) + top, 0.0)
        value = float(sizes @ logs.ravel() - aim @ at + _LOOSE * (at @ at) / 2)
        return value, table

    value, table = look(multipliers)
    for _ in range(_STEPS):
        flat = table.ravel()
        gradient = unit @ flat - aim + _LOOSE * multipliers
        if np.abs(gradient * scale).max(initial=0.0) < 1e-3:
            break
        weighted = unit @ sp.diags(flat)
        means = (weighted @ sp.kron(sp.eye(rows), np.ones((columns, 1)))).toarray()
        inverse = np.where(sizes > 0, 1 / np.where(sizes > 0, sizes, 1), 0)
        hessian = (weighted @ unit.T).toarray() - (means * inverse) @ means.T
        hessian[np.diag_indices_from(hessian)] += _LOOSE
        step = np.linalg.lstsq(hessian, -gradient, rcond=1e-12)[0]
        slope = float(gradient @ step)
        length = 1.0
        for _ in range(30):
            new, there = look(multipliers + length * step)
            if new <= value + 1e-4 * length * slope + 1e-12 * abs(value):
                break
            length /= 2
        else:
            break
        multipliers, table = multipliers + length * step, there
        if abs(value - new) < 1e-13 * max(abs(value), 1.0):
            break
        value = new
    return table


def _scale(sizes: np.ndarray, prior: np.ndarray, sums: Sums) -> np.ndarray:
    """Return the same table, of counts alone: by scaling it to one sum after the other."""
    flat = prior.astype(float).ravel()
    columns = prior.shape[1]
    weights, wanted = _add_rests(sizes, sums, columns)
    parts = [(own := weights[chosen], own.T, wanted[chosen]) for chosen in _part_disjoint(weights)]
    for _ in range(_SWEEPS):
        table = flat.reshape(-1, columns)
        total = table.sum(axis=1)
        flat = (
            table * np.where(total > 0, sizes / np.where(total > 0, total, 1), 0)[:, None]
        ).ravel()
        worst = 0.0
        for own, by_cell, aims in parts:
            there = own @ flat
            worst = max(worst, float(np.abs(there - aims).max(initial=0)))
            factor = np.where(there > 1e-12, aims / np.where(there > 1e-12, there, 1), 1.0)
            power = by_cell @ np.log(np.maximum(factor, 1e-12))
            flat = flat * np.exp(power)
        if worst < 0.02:
            break
    table = flat.reshape(-1, columns)
    total = table.sum(axis=1)
    return table * _divide(sizes, total)[:, None]


def _add_rests(sizes: np.ndarray, sums: Sums, columns: int) -> tuple[sp.csr_matrix, np.ndarray]:
    """Return the sums, and of those with most of their people how many of these have none of it.

    Else the few who have not would come near their number by tiny steps.
    """
    wanted = (sums.low + sums.high) / 2
    within = sp.kron(sp.eye(len(sizes)), np.ones((1, columns))).tocsr()
    touched = (sums.weights @ within.T).sign()
    total = touched @ sizes
    most = np.flatnonzero(wanted > total / 2)
    rest = (touched[most] @ within - sums.weights[most]).tocsr()
    rest.eliminate_zeros()
    return sp.vstack([sums.weights, rest]).tocsr(), np.r_[wanted, (total - wanted)[most]]


def _divide(sizes: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.where(total > 0, sizes / np.where(total > 0, total, 1), 0)


def _part_disjoint(weights: sp.csr_matrix) -> list[np.ndarray]:
    """Part sums into families in which no cell is in two of them."""
    families: list[tuple[np.ndarray, list[int]]] = []
    for at in range(weights.shape[0]):
        cells = weights.indices[weights.indptr[at] : weights.indptr[at + 1]]
        for taken, members in families:
            if not taken[cells].any():
                taken[cells] = True
                members.append(at)
                break
        else:
            taken = np.zeros(weights.shape[1], dtype=bool)
            taken[cells] = True
            families.append((taken, [at]))
    return [np.array(members) for _, members in families]


def round_table(
    table: np.ndarray,
    sizes: np.ndarray,
    sums: Sums,
    rng: np.random.Generator,
    *,
    least: np.ndarray | None = None,
    more: Sequence[tuple[sp.csr_matrix, np.ndarray, np.ndarray]] = (),
    reaches: Sequence[int] = _REACHES,
) -> np.ndarray:
    """Return whole numbers near a table's, with the counts of `sums`.

    Each row adds up to its size; or, where `least` is given, to that at least, and no cell is above
    the size. `more` are further bounds of sums that hold whatever it costs. Where not all counts
    can be had, as few people as possible are missed.
    """
    counts = sums.only(sums.is_count)
    rows = sp.kron(sp.eye(len(sizes)), np.ones((1, table.shape[1]))).tocsr()
    low = sizes if least is None else least
    high = sizes if least is None else np.full(len(sizes), np.inf)
    hard = [(rows, low, high), *more]
    best: tuple[float, np.ndarray] | None = None
    for reach in reaches:
        found = _round_within(table, np.repeat(sizes, table.shape[1]), counts, hard, reach, rng)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
        if best is not None and best[0] < (_MANY if reach > 1 else 0.5):
            break
    return _round_rows(table, sizes) if best is None else best[1]


def _round_within(
    table: np.ndarray,
    most: np.ndarray,
    sums: Sums,
    hard: Sequence[tuple[sp.csr_matrix, np.ndarray, np.ndarray]],
    reach: int,
    rng: np.random.Generator,
) -> tuple[float, np.ndarray] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    every = table.ravel()
    is_whole = np.abs(every - np.rint(every)) < 1e-9
    whole = np.rint(every).astype(int)
    # What is nought stays so, and what is whole too where none is moved far.
    free = np.flatnonzero((every > 0) & ~(is_whole & (reach == 1)))
    kept = np.where(np.isin(np.arange(every.size), free), 0, whole)
    flat, most, is_whole = every[free], most[free], is_whole[free]

    def cut(weights: sp.csr_matrix, low: np.ndarray, high: np.ndarray) -> _Bounded:
        own = weights[:, free]
        held, rows = weights @ kept, np.flatnonzero(np.diff(own.tocsr().indptr))
        return own.tocsr()[rows], (low - held)[rows], (high - held)[rows], rows

    low = np.where(is_whole, np.rint(flat), np.floor(flat)) - (reach - 1)
    high = np.where(is_whole, np.rint(flat), np.ceil(flat)) + (reach - 1)
    low, high = np.maximum(low, 0), np.minimum(high, most)
    own, lowest, highest, rows = cut(sums.weights, sums.low, sums.high)
    held = sums.weights @ kept
    beyond = np.maximum(np.maximum(sums.low - held, held - sums.high), 0)
    fixed = float(np.delete(beyond, rows).sum())
    # Sums that come out however cells are rounded are no part of it either.
    up, down = own.maximum(0), own.minimum(0)
    is_open = (up @ low + down @ high < lowest) | (up @ high + down @ low > highest)
    rows, lowest, highest = rows[is_open], lowest[is_open], highest[is_open]
    sums = Sums(own[is_open], lowest, highest, sums.is_count[rows])
    hard = [cut(*one)[:3] for one in hard]
    cells, many = flat.size, sums.weights.shape[0]
    blank = np.zeros(2 * many)
    # What lies above the floor costs less the more of the cell lies there. Nothing is gained by
    # costs below nought, since rows add up, and the gap that is left is then a share of much.
    cost = 2 - 2 * (flat - np.floor(flat)) + rng.uniform(0, 0.05, cells)
    constraints = [
        LinearConstraint(sp.hstack([one, sp.csr_matrix((one.shape[0], 2 * many))]).tocsr(), *ends)
        for one, *ends in hard
    ]
    if many:
        eye = sp.eye(many)
        elastic = sp.hstack([sums.weights, eye, -eye]).tocsr()
        constraints.append(LinearConstraint(elastic, sums.low, sums.high))
    if not cells:
        return fixed, kept.reshape(table.shape)
    found = milp(
        np.concatenate([cost, np.full(2 * many, 100.0)]),
        integrality=np.concatenate([np.ones(cells), blank]),
        bounds=Bounds(
            np.concatenate([np.minimum(low, high), blank]),
            np.concatenate([high, np.full(2 * many, np.inf)]),
        ),
        constraints=constraints,
        options={"node_limit": 1, "mip_rel_gap": _WIDE}
        if many > _MOST
        else {"node_limit": _NODES, "mip_rel_gap": _GAP},
    )
    if found.x is None:
        return None
    whole = kept.astype(int)
    whole[free] = np.rint(found.x[:cells]).astype(int)
    return fixed + float(found.x[cells:].sum()), whole.reshape(table.shape)


def _round_rows(table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Round each row by largest remainders."""
    whole = np.floor(table).astype(int)
    for place, size in enumerate(sizes):
        rest = round(float(size)) - int(whole[place].sum())
        order = np.argsort(-(table[place] - whole[place]), kind="stable")
        whole[place][order[: max(rest, 0)]] += 1
    return whole


def choose_table(
    prior: np.ndarray, sizes: np.ndarray, sums: Sums, rng: np.random.Generator
) -> np.ndarray:
    """Return whole numbers of people for answers that are many, as numbers are.

    First the real table of few cells, the likely ones, that has the sums as nearly as can be; then
    its cells are rounded so that the counts stay.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, columns = prior.shape
    held = np.flatnonzero(prior.ravel() > 0)
    many = sums.weights.shape[0]
    largest = np.ones(many)
    if (~sums.is_count).any():
        # A sum of squares is missed by as much as one person can make it.
        most = np.abs(sums.weights[~sums.is_count]).max(axis=1).toarray().ravel()
        largest[~sums.is_count] = np.maximum(most, 1e-9)
    unit = (sp.diags(1 / largest) @ sums.weights).tocsr()[:, held]
    within = sp.kron(sp.eye(rows), np.ones((1, columns))).tocsr()[:, held]
    eye = sp.eye(many)
    whole = sp.vstack([
        sp.hstack([within, sp.csr_matrix((rows, 2 * many))]), sp.hstack([unit, eye, -eye])
    ]).tocsr()  # fmt: skip
    cost = 0.01 * (rng.random(len(held)) - np.log(prior.ravel()[held]))
    missed = np.tile(np.where(sums.is_count, 100.0, 10.0), 2)
    found = milp(
        np.concatenate([cost, missed]),
        bounds=Bounds(0, np.inf),
        constraints=LinearConstraint(
            whole,
            np.concatenate([sizes, sums.low / largest]),
            np.concatenate([sizes, sums.high / largest]),
        ),
    )
    real = np.zeros(prior.size)
    if found.x is None:
        return _round_rows(spread(sizes, prior, sums), sizes)
    real[held] = found.x[: len(held)]
    return round_table(real.reshape(prior.shape), sizes, sums, rng, reaches=(1,))


def gather_alike(marks: Sequence[np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each person the row of people alike in all marks, and one place of each row."""
    if not marks:
        return np.zeros(count, dtype=int), np.zeros(min(count, 1), dtype=int)
    groups = np.zeros(count, dtype=np.int64)
    for mark in {one.tobytes(): one for one in marks}.values():
        _, codes = np.unique(mark, return_inverse=True)
        groups = groups * (int(codes.max(initial=0)) + 1) + codes
        _, groups = np.unique(groups, return_inverse=True)
    _, first = np.unique(groups, return_index=True)
    return groups, first
