"""Attacks what is shown: how far each hidden count can be narrowed by all relations together.

Whoever wants to know a hidden count has what is shown, and the relations that hold among counts
whatever the answers are. The least and the greatest number that a hidden count can be under all
of them is an integer program. What single relations settle, one after the other, is settled by
them; the rest is solved with HiGHS.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set

import numpy as np

from altcred.core.records import NOT_REPORTED
from altcred.disclose.places import ASKED, INFINITE, PEOPLE, Ends, Place, Relation

# The categories that count all who answered, or were asked.
WHOLE = ("", ASKED, NOT_REPORTED)
# How many places are tried one by one before one is hidden that is not enough.
_TRIED = 8

# What a solver may take for one bound; a count of which nothing is found in time is taken as told.
_SECONDS = 20.0
# The ends of a count that is hidden, and those of one that is nowhere told of.
_ANY: Ends = (0, INFINITE)
_NONE: Ends = (float("nan"), float("nan"))
# How often ends are brought nearer by each other, and what a sum may be off.
_ROUNDS = 30
_NEAR = 1e-6
# What SciPy's solver says where relations cannot all be true.
_IMPOSSIBLE = 2


class Ranges:
    """How far hidden counts have been found to reach.

    `seen` has the least and greatest number that each has in some counts which all relations
    allow. Where more is hidden these stay possible, so that what was found stays true. `enough`
    has of some places how many numbers they need be at most.
    """

    def __init__(self, cells: Mapping[Place, float] | None = None) -> None:
        self.cells = cells
        self.enough: dict[Place, int] = {}
        self.seen: dict[Place, tuple[float, float]] = {}
        # Parts in which nothing is narrow, by their places and the ends of their relations.
        self.safe: set[tuple[object, ...]] = set()

    def is_wide(self, place: Place, width: int) -> bool:
        """Tell whether a count was found to be any of so many numbers at least."""
        low, high = self.seen.get(place, (0.0, -1.0))
        return high - low + 1 >= self.needed(place, width)

    def needed(self, place: Place, width: int) -> int:
        """Return how many numbers a count has to be of so many at least."""
        return min(width, self.enough.get(place, width))

    def note(self, places: Sequence[Place], counts: Sequence[float]) -> None:
        """Note counts that all relations allow."""
        for place, count in zip(places, np.round(counts), strict=True):
            low, high = self.seen.get(place, (count, count))
            self.seen[place] = min(low, count), max(high, count)


def find_narrow(
    relations: Collection[Relation],
    known: Mapping[Place, Ends],
    hidden: Collection[Place],
    secret: Set[Place],
    width: int,
    ranges: Ranges,
    *,
    is_whole: bool = True,
    own: Set[Place] | None = None,
) -> dict[Place, Place | None]:
    """Return the secret places that can be fewer than `width` numbers, some of them below it.

    A count of nobody is no secret.

    All of them, or unless the list is to be whole (`is_whole`) one of each question, with a shown
    place that keeps its count so low, or so high, and that might be hidden for it (None where there
    is none): what is hidden for one may help the others.

    `known` are the ends of the counts that are shown, which are apart where these are rounded,
    `hidden` the places whose counts are not. `ranges` holds how far each was found to reach, and is
    filled in. Of a place in no relation nothing can be told. Unless all can be hidden, those that
    can are `own`; what has nothing to do with them is not attacked.

    Where counts are rounded all hang together. What is wide though numbers of people were known, as
    they may be, is so without; these are tried first, since questions then hang together no more.
    Where the counts themselves are known (`ranges.cells`) what is left counts as narrow.
    """
    sizes = {
        place: ends
        for place, ends in known.items()
        if ends[0] < ends[1] and (place[0] == PEOPLE or place[2] == ASKED)
    }
    if sizes:
        if ranges.cells is None:
            for places, rows in _split(relations, known, hidden):
                if secret & {*places}:
                    ends = [known.get(place, _ANY) for place in places]
                    _Program(places, rows, ends).has_any(ranges)
            points = {place: ranges.seen[place][0] for place in sizes if place in ranges.seen}
        else:
            points = {place: float(ranges.cells[place]) for place in sizes}
        supposed = {**known, **{place: (one, one) for place, one in points.items()}}
        narrow = _search(relations, supposed, hidden, secret, width, ranges, is_whole, own)
        if ranges.cells is not None or not narrow:
            return narrow
    return _search(relations, known, hidden, secret, width, ranges, is_whole, own)


def _search(
    relations: Collection[Relation],
    known: Mapping[Place, Ends],
    hidden: Collection[Place],
    secret: Collection[Place],
    width: int,
    ranges: Ranges,
    is_whole: bool,
    own: Set[Place] | None,
) -> dict[Place, Place | None]:
    narrow: dict[Place, Place | None] = {}
    for places, rows in _split(relations, known, hidden):
        if own is not None and not any(one.weights.keys() & own for *_, one in rows):
            continue
        aimed = [one for one in places if one in secret and not ranges.is_wide(one, width)]
        ends = [known.get(place, _ANY) for place in places]
        part = (*places, *ends, *((low, high) for _, low, high, _ in rows))
        if aimed and part not in ranges.safe:
            program = _Program(places, rows, ends)
            if ranges.cells is not None:
                ranges.note(places, [ranges.cells[one] for one in places])
            elif not program.has_any(ranges):
                # Relations that cannot all be true tell nobody anything.
                continue
            program.reach_together(aimed, width, ranges)
            told = set[str]()
            before = len(narrow)
            for one in aimed:
                if (is_whole or one[0] not in told) and not program.reaches(one, width, ranges):
                    enough = ranges.needed(one, width)
                    binding = None if is_whole else program.find_binding(one, known, enough, own)
                    narrow[one] = binding
                    # Where nothing can be hidden for one, it can for another of the question.
                    if binding is not None:
                        told.add(one[0])
            if len(narrow) == before:
                ranges.safe.add(part)
    return narrow


# A relation with what is shown moved to its ends: weights of hidden places, the two ends, itself.
_Row = tuple[dict[Place, float], float, float, Relation]


def _split(
    relations: Iterable[Relation], known: Mapping[Place, Ends], hidden: Collection[Place]
) -> list[tuple[list[Place], list[_Row]]]:
    """Return the places that are not known exactly, and the relations among them, in parts.

    No two parts share a place.
    """
    rows: list[_Row] = []
    for one in relations:
        weights, moved = dict[Place, float](), 0.0
        for place, weight in one.weights.items():
            low, high = known.get(place, _ANY if place in hidden else _NONE)
            if low < high:
                weights[place] = weight
            else:
                # Nothing is known of a place without numbers for ends; the row has none then.
                moved += weight * low
        if weights and moved == moved:
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

    def __init__(self, places: list[Place], rows: list[_Row], ends: Sequence[Ends]) -> None:
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
        self.ends = ends
        self.least, self.most = (np.array(side, dtype=float) for side in zip(*ends, strict=True))
        self.low = np.array([low for _, low, _, _ in rows])
        self.high = np.array([high for _, _, high, _ in rows])
        self.matrix, self.relations = matrix, [one for *_, one in rows]
        self.constraint = LinearConstraint(matrix, self.low, self.high)
        self._propagate()

    def _propagate(self) -> None:
        """Bring the ends of each count as near as single relations do, one after the other.

        What a relation leaves for one of its places follows from the ends of the others.
        """
        entries = self.matrix.tocoo()
        kept = entries.data != 0
        row, column, weight = entries.row[kept], entries.col[kept], entries.data[kept]
        for _ in range(_ROUNDS):
            before, ends = (self.least.copy(), self.most.copy()), []
            for signed, limit in ((weight, self.high), (-weight, -self.low)):
                # The least that each term can be, and that all others of its row can be together.
                term = signed * np.where(signed > 0, self.least[column], self.most[column])
                is_open = np.isinf(term)
                told = np.where(is_open, 0.0, term)
                others = np.bincount(row, told, len(limit))[row] - told
                is_free = np.bincount(row, is_open, len(limit))[row] > is_open
                ends.append(np.where(is_free, np.inf, limit[row] - others) / np.abs(weight))
            above, below = (np.where(weight > 0, *one) for one in (ends, ends[::-1]))
            np.minimum.at(self.most, column, np.floor(above + _NEAR))
            np.maximum.at(self.least, column, np.ceil(-below - _NEAR))
            if all(map(np.array_equal, before, (self.least, self.most))):
                return

    def is_told(self, place: Place, width: int) -> bool | None:
        """Tell whether a count is certainly narrow, or certainly not; None where it is open."""
        low, high = (side[self.column[place]] for side in (self.least, self.most))
        if low >= width or high == 0:
            return False
        return True if high - low + 1 < width else None

    def has_any(self, ranges: Ranges) -> bool:
        """Note counts that the relations allow, and tell whether there can be any."""
        return bool((self.least <= self.most).all()) and self._push({}, 1, ranges)

    def reach_together(self, places: Sequence[Place], width: int, ranges: Ranges) -> None:
        """Note how far several counts reach, as long as one solution widens one of them at least.

        Each is pushed up until it is wide, so that one solution leaves room for the others.
        """
        open_ones = [one for one in places if self.is_told(one, ranges.needed(one, width)) is None]
        while left := [one for one in open_ones if not ranges.is_wide(one, width)]:
            before = [ranges.seen.get(one) for one in left]
            self._push(dict.fromkeys(left, 1.0), width, ranges)
            if before == [ranges.seen.get(one) for one in left]:
                return

    def reaches(self, place: Place, width: int, ranges: Ranges) -> bool:
        """Tell whether a count is wide, cannot be below `width`, or is of nobody; note how far."""
        if (is_told := self.is_told(place, ranges.needed(place, width))) is not None:
            return not is_told
        low = high = 0.0
        for direction in (-1.0, 1.0):
            if not ranges.is_wide(place, width):
                self._push({place: direction}, width, ranges)
            low, high = ranges.seen.get(place, (0.0, 1.0))
            if ranges.is_wide(place, width) or low >= width:
                return True
        return high == 0

    def _push(self, places: Mapping[Place, float], width: int, ranges: Ranges) -> bool:
        """Note the counts in which some are greatest together, or least; False if there are none.

        Without a count that was seen before, one may have no greatest.
        """
        from scipy.optimize import Bounds, milp

        aim, top = np.zeros(len(self.places)), self.most.copy()
        for place, direction in places.items():
            aim[self.column[place]] = -direction
            if place in ranges.seen:
                # From the greatest that was seen, `width` more numbers are enough.
                low, high = ranges.seen[place]
                top[self.column[place]] = min(
                    max(high, low + width - 1), self.most[self.column[place]]
                )
        found = milp(
            aim,
            integrality=np.ones(len(self.places)),
            bounds=Bounds(self.least, top),
            constraints=self.constraint,
            options={"time_limit": _SECONDS},
        )
        if found.x is not None:
            ranges.note(self.places, found.x)
        return bool(found.status != _IMPOSSIBLE)

    def find_binding(
        self, place: Place, known: Mapping[Place, Ends], width: int, own: Set[Place] | None
    ) -> Place | None:
        """Return a shown place that keeps a count narrow, best one whose hiding would be enough.

        Tried are those in relations with a price (dual value) where the count is least, or
        greatest, when it need not be whole: answers before numbers of people, since everything of
        a question goes with these, those of the same question and subgroup before others, and of
        these the smallest.
        """
        _, priced = self._reach(place)
        left = {one for row in priced for one in self.relations[row].weights} & known.keys()
        if own is not None:
            left &= own

        def rank(one: Place) -> tuple[object, ...]:
            count = known[one][1]
            return one[2] in WHOLE, one[:2] != place[:2], count == 0, count, one

        ranked = sorted((one for one in left if one[0] != PEOPLE), key=rank)
        tried = (one for one in ranked[:_TRIED] if self._reach(place, one, known)[0] >= width)
        return next(tried, ranked[0] if ranked else None)

    def _reach(
        self, place: Place, freed: Place | None = None, known: Mapping[Place, Ends] | None = None
    ) -> tuple[float, set[int]]:
        """Return how many numbers a count can be, and the rows with a price at either end.

        `freed` is a shown place that is taken as hidden.
        """
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, hstack, vstack

        # With nearer ends it would be these that keep a count narrow, and no relation.
        matrix, (low, high) = self.matrix, np.array(self.ends, dtype=float).T.copy()
        if freed in self.column:
            low[self.column[freed]], high[self.column[freed]] = _ANY
        elif freed is not None and known is not None:
            more = [[one.weights.get(freed, 0.0)] for one in self.relations]
            matrix = hstack([matrix, csr_array(np.array(more))], format="csr")
            low, high = np.append(low, -known[freed][0]), np.append(high, np.inf)
        above, below = np.isfinite(self.high), np.isfinite(self.low)
        numbers = np.concatenate([np.flatnonzero(above), np.flatnonzero(below)])
        sides = vstack([matrix[above], -matrix[below]])
        ends = np.concatenate([self.high[above], -self.low[below]])
        bounds = np.column_stack([low, high])
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
