"""Attacks what is shown: how far each hidden count can be narrowed by all relations together.

Whoever wants to know a hidden count has what is shown, and the relations that hold among counts
whatever the answers are. The least and the greatest number that a hidden count can be under all
of them is an integer program, solved with HiGHS.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from altcred.core.records import NOT_REPORTED
from altcred.disclose.relations import ASKED, PEOPLE, Place, Relation

# The categories that count all who answered, or were asked.
WHOLE = ("", ASKED, NOT_REPORTED)
# How many places are tried one by one before one is hidden that is not enough.
_TRIED = 25

# What a solver may take for one bound; a count of which nothing is found in time is taken as told.
_SECONDS = 20.0
# What SciPy's solver says where relations cannot all be true.
_IMPOSSIBLE = 2


class Ranges:
    """How far hidden counts have been found to reach.

    `seen` has the least and greatest number that each has in some counts which all relations
    allow. Where more is hidden these stay possible, so that what was found stays true.
    """

    def __init__(self, cells: Mapping[Place, int] | None = None) -> None:
        self.cells = cells
        self.seen: dict[Place, tuple[float, float]] = {}
        # Parts in which nothing is narrow, by their places and the ends of their relations.
        self.safe: set[tuple[object, ...]] = set()

    def is_wide(self, place: Place, width: int) -> bool:
        """Tell whether a count was found to be any of so many numbers at least."""
        low, high = self.seen.get(place, (0.0, -1.0))
        return high - low + 1 >= width

    def note(self, places: Sequence[Place], counts: Sequence[float]) -> None:
        """Note counts that all relations allow."""
        for place, count in zip(places, np.round(counts), strict=True):
            low, high = self.seen.get(place, (count, count))
            self.seen[place] = min(low, count), max(high, count)


def find_narrow(
    relations: Iterable[Relation],
    known: Mapping[Place, int],
    hidden: Collection[Place],
    secret: Collection[Place],
    width: int,
    ranges: Ranges,
    *,
    is_whole: bool = True,
) -> dict[Place, Place | None]:
    """Return the secret places that can be fewer than `width` numbers, some of them below it.

    A count of nobody is no secret.

    Each with a shown place that keeps its count so low, or so high, and that might be hidden for
    it; None where there is none. Unless the list is to be whole (`is_whole`) there is one of each
    question, since what is hidden for it may help the others.

    `known` are the counts that are shown, `hidden` the places whose counts are not. `ranges`
    holds how far each was found to reach, and is filled in. Of a place in no relation nothing can
    be told.
    """
    narrow: dict[Place, Place | None] = {}
    for places, rows in _split(relations, known, hidden):
        aimed = [one for one in places if one in secret and not ranges.is_wide(one, width)]
        part = (*places, *((low, high) for _, low, high, _ in rows))
        if aimed and part not in ranges.safe:
            program = _Program(places, rows)
            if ranges.cells is not None:
                ranges.note(places, [ranges.cells[one] for one in places])
            elif not program.has_any(ranges):
                # Relations that cannot all be true tell nobody anything.
                continue
            program.reach_together(aimed, width, ranges)
            told = set[str]()
            for one in aimed:
                if (is_whole or one[0] not in told) and not program.reaches(one, width, ranges):
                    told.add(one[0])
                    narrow[one] = program.find_binding(one, known, width)
            if not told:
                ranges.safe.add(part)
    return narrow


# A relation with what is shown moved to its ends: weights of hidden places, the two ends, itself.
_Row = tuple[dict[Place, float], float, float, Relation]


def _split(
    relations: Iterable[Relation], known: Mapping[Place, int], hidden: Collection[Place]
) -> list[tuple[list[Place], list[_Row]]]:
    """Return the hidden places, and the relations among them, in parts that share no place."""
    rows: list[_Row] = []
    for one in relations:
        weights = {place: weight for place, weight in one.weights.items() if place in hidden}
        shown = [place for place in one.weights if place not in hidden]
        if weights and all(place in known for place in shown):
            moved = sum(one.weights[place] * known[place] for place in shown)
            rows.append((weights, one.low - moved, one.high - moved, one))
    parent: dict[Place, Place] = {}

    def find(place: Place) -> Place:
        while parent.setdefault(place, place) != place:
            parent[place] = place = parent[parent[place]]
        return place

    for weights, *_ in rows:
        first, *others = weights
        for other in others:
            parent[find(other)] = find(first)
        find(first)
    places: dict[Place, list[Place]] = defaultdict(list)
    for place in sorted(parent):
        places[find(place)].append(place)
    within: dict[Place, list[_Row]] = defaultdict(list)
    for row in rows:
        within[find(next(iter(row[0])))].append(row)
    return [(inside, within[root]) for root, inside in places.items()]


class _Program:
    """The counts of some hidden places that relations among them allow."""

    def __init__(self, places: list[Place], rows: list[_Row]) -> None:
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array

        self.places = places
        self.column = {place: at for at, place in enumerate(places)}
        at, columns = list[int](), list[int]()
        weights = list[float]()
        for number, (row, *_) in enumerate(rows):
            at += [number] * len(row)
            columns += [self.column[place] for place in row]
            weights += row.values()
        matrix = csr_array((weights, (at, columns)), shape=(len(rows), len(places)))
        self.low = np.array([low for _, low, _, _ in rows])
        self.high = np.array([high for _, _, high, _ in rows])
        self.matrix, self.relations = matrix, [one for *_, one in rows]
        self.constraint = LinearConstraint(matrix, self.low, self.high)

    def has_any(self, ranges: Ranges) -> bool:
        """Note counts that the relations allow, and tell whether there can be any."""
        return self._push({}, 1, ranges)

    def reach_together(self, places: Sequence[Place], width: int, ranges: Ranges) -> None:
        """Note how far several counts reach, as long as one solution widens one of them at least.

        Each is pushed up until it is wide, so that one solution leaves room for the others.
        """
        while left := [one for one in places if not ranges.is_wide(one, width)]:
            before = [ranges.seen.get(one) for one in left]
            self._push(dict.fromkeys(left, 1.0), width, ranges)
            if before == [ranges.seen.get(one) for one in left]:
                return

    def reaches(self, place: Place, width: int, ranges: Ranges) -> bool:
        """Tell whether a count is wide, cannot be below `width`, or is of nobody; note how far."""
        for direction in (1.0, -1.0):
            if not ranges.is_wide(place, width):
                self._push({place: direction}, width, ranges)
        low, high = ranges.seen.get(place, (0.0, 1.0))
        return ranges.is_wide(place, width) or low >= width or high == 0

    def _push(self, places: Mapping[Place, float], width: int, ranges: Ranges) -> bool:
        """Note the counts in which some are greatest together, or least; False if there are none.

        Without a count that was seen before, one may have no greatest.
        """
        from scipy.optimize import Bounds, milp

        aim, top = np.zeros(len(self.places)), np.full(len(self.places), np.inf)
        for place, direction in places.items():
            aim[self.column[place]] = -direction
            if place in ranges.seen:
                # From the greatest that was seen, `width` more numbers are enough.
                low, high = ranges.seen[place]
                top[self.column[place]] = max(high, low + width - 1)
        found = milp(
            aim,
            integrality=np.ones(len(self.places)),
            bounds=Bounds(0, top),
            constraints=self.constraint,
            options={"time_limit": _SECONDS},
        )
        if found.x is not None:
            ranges.note(self.places, found.x)
        return bool(found.status != _IMPOSSIBLE)

    def find_binding(self, place: Place, known: Mapping[Place, int], width: int) -> Place | None:
        """Return a shown place that keeps a count narrow, best one whose hiding would be enough.

        Tried are those in relations with a price (dual value) where the count is least, or
        greatest, when it need not be whole: answers before numbers of people, since everything of
        a question goes with these, those of the same question and subgroup before others, and of
        these the smallest.
        """
        _, priced = self._reach(place)
        left = {one for row in priced for one in self.relations[row].weights} & known.keys()

        def rank(one: Place) -> tuple[object, ...]:
            return one[2] in WHOLE, one[:2] != place[:2], known[one] == 0, known[one], one

        ranked = sorted((one for one in left if one[0] != PEOPLE), key=rank)
        tried = (one for one in ranked[:_TRIED] if self._reach(place, one, known)[0] >= width)
        return next(tried, ranked[0] if ranked else None)

    def _reach(
        self, place: Place, freed: Place | None = None, known: Mapping[Place, int] | None = None
    ) -> tuple[float, set[int]]:
        """Return how many numbers a count can be, and the rows with a price at either end.

        `freed` is a shown place that is taken as hidden.
        """
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, hstack, vstack

        matrix, low = self.matrix, np.zeros(len(self.places))
        if freed is not None and known is not None:
            more = [[one.weights.get(freed, 0.0)] for one in self.relations]
            matrix = hstack([matrix, csr_array(np.array(more))], format="csr")
            low = np.append(low, -known[freed])
        above, below = np.isfinite(self.high), np.isfinite(self.low)
        numbers = np.concatenate([np.flatnonzero(above), np.flatnonzero(below)])
        sides = vstack([matrix[above], -matrix[below]])
        ends = np.concatenate([self.high[above], -self.low[below]])
        bounds = [(least, None) for least in low]
        reach, priced = [], set[int]()
        for sign in (-1.0, 1.0):
            aim = np.zeros(len(low))
            aim[self.column[place]] = sign
            found = linprog(aim, A_ub=sides, b_ub=ends, bounds=bounds, method="highs")
            if found.status != 0:
                return np.inf, set()
            reach.append(sign * found.fun)
            priced.update(numbers[np.abs(found.ineqlin.marginals) > 1e-9].tolist())
        return np.floor(reach[0] + 1e-6) - np.ceil(reach[1] - 1e-6) + 1, priced
