"""Whole numbers that satisfy printed figures: exact constraints, solved with HiGHS.

A `Problem` has unknown counts, constraints that hold by nature, and figures: printed numbers,
each a set of linear constraints that is satisfied or given up as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_matrix

Terms = Mapping[int, Fraction | int]


class NoCounts(Exception):
    """Raised where even the constraints that hold by nature have no solution."""


def add_up(terms: Terms, counts: Sequence[int]) -> Fraction:
    """Return the exact sum of coefficient times count."""
    # Adding fractions one by one is slow. Few denominators occur, and whole numbers of each are
    # added fast.
    totals: dict[int, int] = {}
    for place, factor in terms.items():
        if count := counts[place]:
            below = factor.denominator
            totals[below] = totals.get(below, 0) + factor.numerator * count
    return sum((Fraction(total, below) for below, total in totals.items()), Fraction(0))


@dataclass(frozen=True)
class Linear:
    """low <= sum of coefficient times unknown <= high; None where there is no bound."""

    terms: Terms
    low: Fraction | int | None = None
    high: Fraction | int | None = None

    def holds(self, counts: Sequence[int]) -> bool:
        """Tell exactly whether whole counts satisfy it."""
        total = add_up(self.terms, counts)
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)

    def within(self, lower: Sequence[int], upper: Sequence[int]) -> tuple[Fraction, Fraction]:
        """Return the least and the most that the sum can be."""
        rising = {place: factor for place, factor in self.terms.items() if factor.numerator > 0}
        falling = {place: factor for place, factor in self.terms.items() if factor.numerator <= 0}
        least = add_up(rising, lower) + add_up(falling, upper)
        return least, add_up(rising, upper) + add_up(falling, lower)


@dataclass(frozen=True)
class Figure:
    """A printed figure, or several that say the same, as constraints on counts.

    `centre` is the figure's middle as an equation, terms = centre: among the counts that it
    allows, those near its middle are preferred to those at the edge of its rounding.
    """

    ids: tuple[str, ...]
    constraints: tuple[Linear, ...]
    weight: float = 1.0
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


def solve_counts(problem: Problem) -> Solution:
    """Find counts that satisfy the heaviest consistent set of figures, near their targets.

    Raises NoCounts where the constraints by nature have no solution.
    """
    counts = _solve_nearest(problem, problem.figures)
    if counts is None:
        elastic = _solve_elastic(problem)
        slack = elastic[len(problem.lower) :]
        kept = [one for one, given in zip(problem.figures, slack, strict=True) if given <= 0.5]
        counts = _solve_nearest(problem, kept)
        if counts is None:
            # The elastic solution satisfies the kept figures; only the likely values are lost.
            counts = np.rint(elastic[: len(problem.lower)]).astype(np.int64)
    return Solution(counts, tuple(check_constraints(problem, counts)))


def check_constraints(problem: Problem, counts: np.ndarray) -> list[str]:
    """Return the ids of figures that counts do not satisfy, in exact arithmetic.

    Raises NoCounts where a constraint by nature is not satisfied.
    """
    # Plain whole numbers are read one by one faster than an array's.
    whole = counts.tolist()
    if not all(constraint.holds(whole) for constraint in problem.nature):
        raise NoCounts("The counts break a constraint that holds by nature.")
    return [
        name
        for figure in problem.figures
        if not all(constraint.holds(whole) for constraint in figure.constraints)
        for name in figure.ids
    ]


def _solve(
    rows: Sequence[Linear],
    cost: Sequence[float] | np.ndarray,
    lower: Sequence[float] | np.ndarray,
    upper: Sequence[float] | np.ndarray,
    whole: bool = True,
    **options: float,
) -> np.ndarray | None:
    """Return the cheapest numbers within bounds that satisfy all rows; None where none do."""
    # Each row is divided by its largest coefficient, so that the solver's absolute tolerance
    # means the same in a sum of people and in a sum of money. Many terms share one coefficient.
    values: list[float] = []
    places: list[int] = []
    columns: list[int] = []
    low: list[float] = []
    high: list[float] = []
    for place, row in enumerate(rows):
        distinct = {id(factor): Fraction(factor) for factor in row.terms.values()}
        scale = max(map(abs, distinct.values()), default=0) or Fraction(1)
        scaled = {key: float(factor / scale) for key, factor in distinct.items()}
        values += [scaled[id(factor)] for factor in row.terms.values()]
        places += [place] * len(row.terms)
        columns += row.terms
        low.append(-np.inf if row.low is None else float(row.low / scale))
        high.append(np.inf if row.high is None else float(row.high / scale))
    matrix = coo_matrix((values, (places, columns)), shape=(len(low), len(cost))).tocsr()
    result: OptimizeResult = milp(
        np.asarray(cost, dtype=float),
        constraints=LinearConstraint(matrix, low, high) if rows else None,
        bounds=Bounds(np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)),
        integrality=np.full(len(cost), int(whole)),
        options=options,
    )
    return result.x


def _solve_elastic(problem: Problem) -> np.ndarray:
    """Return counts, and of each figure whether it is given up: the lightest set that suffices."""
    count, figures = len(problem.lower), len(problem.figures)
    rows = list(problem.nature)
    for slack, figure in enumerate(problem.figures, start=count):
        for row in figure.constraints:
            least, most = row.within(problem.lower, problem.upper)
            if row.low is not None and least < row.low:
                rows.append(Linear({**row.terms, slack: row.low - least}, row.low, None))
            if row.high is not None and most > row.high:
                rows.append(Linear({**row.terms, slack: row.high - most}, None, row.high))
    found = _solve(
        rows,
        [0.0] * count + [figure.weight for figure in problem.figures],
        [*problem.lower, *[0] * figures],
        [*problem.upper, *[1] * figures],
        mip_rel_gap=0.0,
        time_limit=60,
    )
    if found is None:
        raise NoCounts("No counts satisfy the constraints that hold by nature.")
    return found


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
    for reach in (0, 2, 6):
        low = np.maximum(lower, np.where(whole, np.rint(near) - reach, np.floor(near) - 2))
        high = np.minimum(upper, np.where(whole, np.rint(near) + reach, np.ceil(near) + 2))
        counts = _find_whole(rows, low, high, node_limit=500)
        if counts is not None:
            return counts
    return _find_whole(rows, lower, upper, node_limit=20000)


def _find_whole(
    rows: list[Linear], low: np.ndarray, high: np.ndarray, node_limit: int
) -> np.ndarray | None:
    """Find whole numbers within bounds; those that are fixed are taken out of the problem."""
    free = np.flatnonzero(high > low)
    counts = np.rint(np.where(high > low, 0, low)).astype(np.int64)
    place = {int(old): new for new, old in enumerate(free)}
    # Zero where an unknown is free: only what is fixed adds to a row's constant.
    known = counts.tolist()
    left = []
    for row in rows:
        constant = add_up(row.terms, known)
        terms = {place[i]: factor for i, factor in row.terms.items() if i in place}
        bounds = [None if end is None else end - constant for end in (row.low, row.high)]
        rest = Linear(terms, *bounds)
        if terms:
            left.append(rest)
        elif not rest.holds(()):
            return None
    if len(free):
        zero = np.zeros(len(free))
        found = _solve(left, zero, low[free], high[free], node_limit=node_limit, time_limit=60)
        if found is None:
            return None
        counts[free] = np.rint(found).astype(np.int64)
    # The solver works within a tolerance; whole numbers are checked exactly.
    exact = counts.tolist()
    return counts if all(row.holds(exact) for row in rows) else None


def _solve_fractions(
    problem: Problem, rows: Iterable[Linear], figures: list[Figure]
) -> np.ndarray | None:
    """Return the solution in fractions that is nearest to the targets; None where none exists."""
    rows = list(rows)
    lower, upper = list(map(float, problem.lower)), list(map(float, problem.upper))
    cost = [0.0] * len(lower)

    def add(price: float, most: float = np.inf) -> int:
        cost.append(price)
        lower.append(0.0)
        upper.append(most)
        return len(cost) - 1

    for place, target in enumerate(problem.target):
        if target is None or problem.lower[place] == problem.upper[place]:
            continue
        # Distance in units of the count's own chance, and dearer when it grows, so that a
        # correction spreads over cells in proportion and does not pile up in one.
        price, near = 1 / np.sqrt(target + 1), max(1.0, 0.1 * target)
        steps = ((price, near), (3 * price, near * 3), (9 * price, np.inf))
        away = {add(*step): sign for sign in (-1, 1) for step in steps}
        value = Fraction(round(target * 64), 64)
        rows.append(Linear({place: 1, **away}, value, value))
    for figure in figures:
        if figure.centre is not None:
            terms, centre = figure.centre
            # A distance counts in units of the largest coefficient.
            distinct = {id(factor): abs(Fraction(factor)) for factor in terms.values()}
            scale = max(distinct.values(), default=Fraction(1))
            rows.append(Linear({**terms, add(0.5): scale, add(0.5): -scale}, centre, centre))
    found = _solve(rows, cost, lower, upper, whole=False)
    return None if found is None else found[: len(problem.lower)]
