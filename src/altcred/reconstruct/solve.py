"""Whole numbers that satisfy printed figures: exact constraints, solved with HiGHS.

A `Problem` has unknown counts, constraints that hold by nature, and figures: printed numbers,
each a set of linear constraints that is satisfied or given up as one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix

Terms = Mapping[int, Fraction | int]


class NoCounts(Exception):
    """Raised where even the constraints that hold by nature have no solution."""


def add_up(terms: Terms, counts: Sequence[int] | np.ndarray) -> Fraction:
    """Return the exact sum of coefficient times count."""
    # Adding fractions one by one is slow. Few denominators occur, and whole numbers of each are
    # added fast.
    by_denominator: dict[int, int] = {}
    for place, factor in terms.items():
        if count := int(counts[place]):
            denominator = factor.denominator
            by_denominator[denominator] = (
                by_denominator.get(denominator, 0) + factor.numerator * count
            )
    return sum((Fraction(total, d) for d, total in by_denominator.items()), Fraction(0))


@dataclass(frozen=True)
class Linear:
    """low <= sum of coefficient times unknown <= high; None where there is no bound."""

    terms: Terms
    low: Fraction | int | None = None
    high: Fraction | int | None = None

    def holds(self, counts: Sequence[int] | np.ndarray) -> bool:
        """Tell exactly whether whole counts satisfy it."""
        total = add_up(self.terms, counts)
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


@dataclass(frozen=True)
class Figure:
    """A printed figure, or several that say the same, as constraints on counts."""

    ids: tuple[str, ...]
    constraints: tuple[Linear, ...]
    weight: float = 1.0
    # The figure's centre as an equation, terms = centre: among the counts that a printed figure
    # allows, those near its centre are preferred to those at the edge of its rounding.
    centre: tuple[Terms, Fraction] | None = None


@dataclass
class Problem:
    """Unknown whole numbers, what must hold of them, what is printed of them, what is likely."""

    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    target: list[float | None] = field(default_factory=list)
    nature: list[Linear] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def add_unknown(self, upper: int, target: float | None = None, lower: int = 0) -> int:
        """Add an unknown and return its place; `target` is its likely value, None for any."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.target.append(target)
        return len(self.lower) - 1


@dataclass(frozen=True)
class Solution:
    """Counts, and the ids of the figures that could not be satisfied with the others."""

    counts: np.ndarray
    gave_up: tuple[str, ...]


def check_constraints(problem: Problem, counts: np.ndarray) -> list[str]:
    """Return the ids of figures that counts do not satisfy, in exact arithmetic.

    Raises NoCounts where a constraint by nature is not satisfied.
    """
    # Plain whole numbers are read one by one faster than an array's.
    whole = np.asarray(counts).tolist()
    for constraint in problem.nature:
        if not constraint.holds(whole):
            raise NoCounts("The counts break a constraint that holds by nature.")
    return [
        name
        for figure in problem.figures
        if not all(constraint.holds(whole) for constraint in figure.constraints)
        for name in figure.ids
    ]


def find_consistent(problem: Problem) -> list[int]:
    """Return the places of the figures to give up: the lightest set without which all fit."""
    solution = _solve_elastic(problem)
    count = len(problem.lower)
    return [place for place in range(len(problem.figures)) if solution[count + place] > 0.5]


def solve_counts(problem: Problem) -> Solution:
    """Find counts that satisfy the largest consistent set of figures, near their targets.

    Raises NoCounts where the constraints by nature have no solution.
    """
    given_up: list[int] = []
    counts = _solve_nearest(problem, problem.figures)
    if counts is None:
        given_up = find_consistent(problem)
        kept = [f for place, f in enumerate(problem.figures) if place not in set(given_up)]
        counts = _solve_nearest(problem, kept)
        if counts is None:
            # The elastic solution satisfies the kept figures; only the likely values are lost.
            counts = np.rint(_solve_elastic(problem)[: len(problem.lower)]).astype(np.int64)
    return Solution(counts, tuple(check_constraints(problem, counts)))


def _matrix(rows: Iterable[Linear], width: int) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    # Each row is divided by its largest coefficient, so that the solver's absolute tolerance
    # means the same in a sum of people and in a sum of dollars. Many terms share one coefficient,
    # and whole numbers over a row's common denominator are divided faster than fractions; the
    # quotient of two whole numbers is the float nearest to the exact one.
    values, row_places, columns, low, high = [], [], [], [], []
    for place, row in enumerate(rows):
        distinct = {id(factor): factor for factor in row.terms.values()}
        common = math.lcm(*(factor.denominator for factor in distinct.values()))
        whole = {
            key: factor.numerator * (common // factor.denominator)
            for key, factor in distinct.items()
        }
        scale = max(map(abs, whole.values()), default=common) or common
        scaled = {key: number / scale for key, number in whole.items()}
        values += [scaled[id(factor)] for factor in row.terms.values()]
        row_places += [place] * len(row.terms)
        columns += row.terms
        low.append(-np.inf if row.low is None else _divide(row.low, scale, common))
        high.append(np.inf if row.high is None else _divide(row.high, scale, common))
    matrix = coo_matrix((values, (row_places, columns)), shape=(len(low), width)).tocsr()
    return matrix, np.array(low), np.array(high)


def _divide(end: Fraction | int, scale: int, common: int) -> float:
    return end.numerator * common / (end.denominator * scale)


def _solve_elastic(problem: Problem) -> np.ndarray:
    count, figures = len(problem.lower), len(problem.figures)
    rows = list(problem.nature)
    for place, figure in enumerate(problem.figures):
        slack = count + place
        for row in figure.constraints:
            rising = {i: f for i, f in row.terms.items() if f.numerator > 0}
            falling = {i: f for i, f in row.terms.items() if f.numerator <= 0}
            least = add_up(rising, problem.lower) + add_up(falling, problem.upper)
            most = add_up(rising, problem.upper) + add_up(falling, problem.lower)
            if row.low is not None and least < row.low:
                rows.append(Linear({**row.terms, slack: row.low - least}, row.low, None))
            if row.high is not None and most > row.high:
                rows.append(Linear({**row.terms, slack: row.high - most}, None, row.high))
    matrix, low, high = _matrix(rows, count + figures)
    result = milp(
        np.concatenate([np.zeros(count), [figure.weight for figure in problem.figures]]),
        constraints=LinearConstraint(matrix, low, high) if rows else None,
        bounds=Bounds(
            np.concatenate([problem.lower, np.zeros(figures)]),
            np.concatenate([problem.upper, np.ones(figures)]),
        ),
        integrality=np.ones(count + figures),
        options={"mip_rel_gap": 0.0, "time_limit": 60},
    )
    if result.x is None:
        raise NoCounts("No counts satisfy the constraints that hold by nature.")
    return result.x


def _solve_nearest(problem: Problem, figures: list[Figure]) -> np.ndarray | None:
    """Solve with all given figures held; None where they have no common solution.

    The nearest solution in fractions is found first. Few of its values are not whole; whole
    numbers are then sought close to it, and farther away only where there are none close by.
    """
    rows = [*problem.nature, *(row for figure in figures for row in figure.constraints)]
    near = _solve_fractions(problem, rows, figures)
    if near is None:
        return None
    lower, upper = np.array(problem.lower, float), np.array(problem.upper, float)
    whole = np.abs(near - np.rint(near)) < 1e-6
    for reach in (0, 2, 6, None):
        low, high = lower, upper
        if reach is not None:
            low = np.maximum(lower, np.where(whole, np.rint(near) - reach, np.floor(near) - 2))
            high = np.minimum(upper, np.where(whole, np.rint(near) + reach, np.ceil(near) + 2))
        counts = _find_whole(problem, rows, low, high, reach is None)
        if counts is not None:
            return counts
    return None


def _find_whole(
    problem: Problem,
    rows: list[Linear],
    low: np.ndarray,
    high: np.ndarray,
    thorough: bool,
) -> np.ndarray | None:
    free = np.flatnonzero(high > low)
    fixed = np.rint(np.where(high > low, 0, low))
    place = {int(old): new for new, old in enumerate(free)}
    counts = fixed.astype(np.int64)
    # Zero where an unknown is free: only what is fixed adds to a row's constant.
    known = counts.tolist()
    left = []
    for row in rows:
        constant = add_up(row.terms, known)
        terms = {place[i]: f for i, f in row.terms.items() if i in place}
        bounds = [None if end is None else end - constant for end in (row.low, row.high)]
        if terms:
            left.append(Linear(terms, *bounds))
        elif (bounds[0] is not None and bounds[0] > 0) or (bounds[1] is not None and bounds[1] < 0):
            return None
    if len(free):
        matrix, least, most = _matrix(left, len(free))
        result = milp(
            np.zeros(len(free)),
            constraints=LinearConstraint(matrix, least, most),
            bounds=Bounds(low[free], high[free]),
            integrality=np.ones(len(free)),
            options={"node_limit": 20000 if thorough else 500, "time_limit": 60},
        )
        if result.x is None:
            return None
        counts[free] = np.rint(result.x).astype(np.int64)
    # The solver works within a tolerance; whole numbers are checked exactly.
    found = counts.tolist()
    return counts if all(row.holds(found) for row in rows) else None


def _solve_fractions(
    problem: Problem, rows: list[Linear], figures: list[Figure]
) -> np.ndarray | None:
    """Return the solution in fractions that is nearest to the targets; None where none exists."""
    count = len(problem.lower)
    rows = list(rows)
    lower, upper = list(map(float, problem.lower)), list(map(float, problem.upper))
    cost = [0.0] * count

    def add(price: float, most: float) -> int:
        cost.append(price)
        lower.append(0.0)
        upper.append(most)
        return len(cost) - 1

    for place, target in enumerate(problem.target):
        if target is None or problem.lower[place] == problem.upper[place]:
            continue
        # Distance in units of the count's own chance, and dearer when it grows, so that a
        # correction spreads over cells in proportion and does not pile up in one.
        price = 1 / np.sqrt(target + 1)
        near = max(1.0, 0.1 * target)
        parts = {
            add(price, near): -1,
            add(3 * price, near * 3): -1,
            add(9 * price, np.inf): -1,
            add(price, near): 1,
            add(3 * price, near * 3): 1,
            add(9 * price, np.inf): 1,
        }
        value = Fraction(round(target * 64), 64)
        rows.append(Linear({place: 1, **parts}, value, value))
    for figure in figures:
        if figure.centre is None:
            continue
        terms, centre = figure.centre
        # A distance counts in units of the largest coefficient.
        distinct = {id(factor): abs(factor) for factor in terms.values()}
        scale = max(distinct.values(), default=Fraction(1))
        away = {add(0.5, np.inf): scale, add(0.5, np.inf): -scale}
        rows.append(Linear({**terms, **away}, centre, centre))
    matrix, low, high = _matrix(rows, len(cost))
    result = milp(
        np.array(cost),
        constraints=LinearConstraint(matrix, low, high) if rows else None,
        bounds=Bounds(np.array(lower), np.array(upper)),
    )
    return None if result.x is None else result.x[:count]
