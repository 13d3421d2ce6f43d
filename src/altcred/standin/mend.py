"""Moves single answers until numbers that rest on several of them come out as told.

Answers are drawn one question after the other, and numbers that follow from several, or from those
of both surveys, as chance has it. Here people alike in all subgroups exchange an answer, or a
number is changed, wherever that brings more of what is told about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from altcred.core.description import Condition
from altcred.describe.dependence import source_names
from altcred.kinds import kind_of
from altcred.standin.goals import Measure, stay
from altcred.standin.measures import list_measures
from altcred.standin.moves import Moves, propose_moves
from altcred.standin.people import People, list_named
from altcred.standin.solve import gather_alike

# How many moves are looked at together, at least and of many people; how often for one column, and
# how often for nothing, before another's turn.
_MOVES, _MOST_MOVES, _ROUNDS, _IDLE, _PASSES = 1500, 4000, 40, 10, 8
# How many moves times sums are looked at for a small survey, and for a large one; never a time,
# which machines do not share.
_WORK, _LEAST_WORK = 300_000_000, 60_000_000
# What a sum that is missed at all costs, beside what it is missed by; how much more what is told of
# the moved answers themselves counts than what follows from them.
_MISSED, _OWN = 0.3, 20.0
# How much worse may be what is moved where nothing is better.
_HEAT = 0.15
# How many people's goals are worked out at once.
_PIECE = 4000
# How often people are looked at of whom one sum is missed.
_FOCUS = 0.6
# How often answers are changed of which all comes out that is told of them.
_ANEW = 0.2
# Sums, the moves that change them, and what each changes.
_Change = tuple[slice, np.ndarray, np.ndarray]


def mend(people: People) -> bool:
    """Move answers until what is told of numbers comes out; tell whether any was moved."""
    mender = _Mender(people, list(list_measures(people)))
    moved = False
    for _ in range(_PASSES):
        again = [mender.mend(column) for column in mender.order()]
        moved |= any(again)
        if not any(again):
            break
    if moved:
        for name, variable in people.variables.items():
            if variable.derive is not None:
                people.columns.pop(name, None)
    people.forget()
    return moved


class _Mender:
    """The measures of a survey's people, and how far each sum is from what is told."""

    def __init__(self, people: People, measures: list[Measure]) -> None:
        self.people = people
        self.measures = measures
        self.sums: list[np.ndarray] = []
        # The answers of each column by number, and what measures are of answers that were seen.
        self.index: dict[str, dict[object, int]] = {}
        self.known: dict[int, dict[bytes, float]] = {}
        self.work = max(_WORK * 1000 // (1000 + people.size), _LEAST_WORK)
        self.many = min(max(people.size // 6, _MOVES), _MOST_MOVES)
        self.owners = self._find_owners()
        inputs = {column for one in measures for column in one.inputs}
        self.columns = [one for one in people.columns if one in inputs and one in self.owners]
        self.own = {column for one in measures if one.is_own for column in one.inputs}
        self._guard()
        for one in self.measures:
            one.values = self._values_of(one, people.columns)
            self.sums.append(self._add_up(one))

    def _find_owners(self) -> dict[str, str]:
        """Return the variable of each column that may be moved."""
        people = self.people
        used = {name for one in people.parts for name in one.where}
        for variable in people.variables.values():
            used |= {*variable.condition_in(people.wave)}
        fixed = {
            source for name in used if name in people.variables
            for source in source_names(people.variables[name])
        }  # fmt: skip
        return {
            column: name
            for name, variable in people.variables.items()
            if variable.derive is None and name not in fixed
            for column in kind_of(variable).columns(name, variable, people.wave)
            if column in people.columns
        }

    def _guard(self) -> None:
        """Hold who is in which subgroup, and who is asked what, by the answers that may move."""
        people, write = self.people, self.people.conditions.write
        conditions: list[Condition] = [one.where for one in people.parts]
        conditions += [one.condition_in(people.wave) for one in people.variables.values()
                       if one.derive is None]  # fmt: skip
        for number, condition in enumerate(conditions):
            names = [name for name in condition if name in people.variables]
            inputs = frozenset(
                column for name in names for column in self.owners if self.owners[column] == name
            ) & frozenset(self.columns)
            if not inputs or condition in conditions[:number]:
                continue
            others = [name for name in names if people.variables[name].derive is not None]
            if others or not all(map(people.is_drawn, names)):
                continue
            sql = f"CASE WHEN coalesce({write(condition)}, FALSE) THEN 1 ELSE 0 END"
            one = Measure(inputs, [], sql)
            found = self._values_of(one, people.columns)
            one.goals.append(stay(np.ones(people.size, dtype=bool), found))
            self.measures.append(one)

    def _values_of(self, one: Measure, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return a measure of some people, worked out once for all who answered alike."""
        if one.take is not None:
            return one.take(columns)
        named = list_named(columns, one.sql)
        codes = np.column_stack([self._encode(name, columns[name]) for name in named])
        rows, place = np.unique(codes, axis=0, return_inverse=True)
        first = np.zeros(len(rows), dtype=int)
        first[place.ravel()] = np.arange(len(codes))
        keys = [row.tobytes() for row in rows]
        known = self.known.setdefault(id(one), {})
        new = [at for at, key in enumerate(keys) if key not in known]
        if new:
            there = {name: columns[name][first[new]] for name in named}
            found = self.people.work_out({"": one.sql}, there)[""]
            known.update(zip([keys[at] for at in new], found.tolist(), strict=True))
        return np.array([known[key] for key in keys])[place.ravel()]

    def _encode(self, name: str, values: np.ndarray) -> np.ndarray:
        """Return a number for each answer of a column, the same for the same."""
        index = self.index.setdefault(name, {})
        texts = values
        if values.dtype != object:
            texts = values.astype(object)
            texts[values != values] = None
        return np.array([index.setdefault(one, len(index)) for one in texts.tolist()])

    def _add_up(self, one: Measure) -> np.ndarray:
        for goals in one.goals:
            if goals.renew is not None:
                goals.renew(one.values)
        rows = np.arange(self.people.size)
        pieces = np.array_split(rows, max(-(-len(rows) // _PIECE), 1))
        parts = [
            sum(goals.weigh(one.values[piece], piece).sum(axis=1) for piece in pieces)
            for goals in one.goals
        ]
        return np.concatenate(parts)

    def order(self) -> list[str]:
        """Return the columns, those first whose sums are missed by most."""
        costs = [
            float(_Bounds.of([one]).cost(sums[:, None])[0])
            for one, sums in zip(self.measures, self.sums, strict=True)
        ]
        by_column = {
            column: sum(cost for cost, one in zip(costs, self.measures, strict=True)
                        if column in one.inputs)
            for column in self.columns
        }  # fmt: skip
        return sorted(by_column, key=lambda one: -by_column[one])

    # One column ----------------------------------------------------------------------------

    def mend(self, column: str) -> bool:
        """Move the answers of one column; tell whether any was moved."""
        places = [at for at, one in enumerate(self.measures) if column in one.inputs]
        bounds = _Bounds.of([self.measures[at] for at in places])
        groups = self._gather(column)
        best, idle = self._look(column, places, bounds), 0
        start = best.cost
        resting: set[int] = set()
        for _ in range(_ROUNDS):
            if self.work < 0:
                break
            for at in places:
                if any(goals.renew is not None for goals in self.measures[at].goals):
                    self.sums[at] = self._add_up(self.measures[at])
            sums = np.concatenate([self.sums[at] for at in places])
            missed = np.flatnonzero(bounds.miss(sums[:, None])[:, 0] > 0)
            if not len(missed) or idle >= _IDLE:
                break
            able, rng = groups >= 0, self.people.rng
            if rng.random() < _FOCUS:
                focused = able & bounds.whom[int(rng.choice(missed))]
                able = focused if focused.any() else able
            # Where all that is told of the answers themselves comes out they are exchanged mostly.
            is_own = column in self.own
            if is_own and (bounds.weight[missed] == 1).all():
                is_own = rng.random() < _ANEW
            moves = propose_moves(
                self.people, self.owners[column], column, groups, able, self.many, is_own=is_own
            )
            if moves is None:
                idle += 1
                continue
            self.work -= self.many * len(sums)
            resting = self._make(column, places, bounds, sums, moves, resting)
            cost = self._cost(places, bounds)
            if cost < best.cost - 1e-9:
                best, idle = self._look(column, places, bounds), 0
            else:
                # Where no move changes any sum none ever will.
                idle += 1 if resting else _IDLE // 3
        if self._cost(places, bounds) > best.cost:
            self.people.columns[column] = best.column
            for at, values, sums in zip(places, best.values, best.sums, strict=True):
                self.measures[at].values, self.sums[at] = values, sums
        return best.cost < start - 1e-9

    def _cost(self, places: Sequence[int], bounds: "_Bounds") -> float:
        sums = np.concatenate([self.sums[at] for at in places])
        return float(bounds.cost(sums[:, None])[0])

    def _look(self, column: str, places: Sequence[int], bounds: "_Bounds") -> "_State":
        """Return how a column is now, to come back to."""
        return _State(
            self._cost(places, bounds), self.people.columns[column].copy(),
            [self.measures[at].values.copy() for at in places], [self.sums[at] for at in places],
        )  # fmt: skip

    def _gather(self, column: str) -> np.ndarray:
        """Return the group of people alike in all that is told, who may exchange an answer."""
        people, name = self.people, self.owners[column]
        variable = people.variables[name]
        marks = [inside for _, _, inside in people.told_parts()]
        asked = people.asked(name)
        held = people.columns[column]
        if kind_of(variable).has_ticks:
            asked = asked & np.array([one is not None for one in held])
        groups, _ = gather_alike([*marks, asked], people.size)
        return np.where(asked, groups, -1)

    def _make(
        self, column: str, places: Sequence[int], bounds: "_Bounds", sums: np.ndarray,
        moves: Moves, resting: set[int],
    ) -> set[int]:  # fmt: skip
        """Make the moves that bring sums nearer, the best first.

        Where there are none, one that costs little is made, so that others may follow; whom it
        moves is returned, to rest for a while.
        """
        people, rows = self.people, moves.rows
        several = [self.measures[at] for at in places]
        named = {*list_named(people.columns, " ".join(one.sql for one in several))}
        named = named.union(*(one.inputs for one in several))
        there = {name: people.columns[name][rows] for name in people.columns if name in named}
        there[column] = moves.given
        new = [self._values_of(one, there) for one in several]
        pairs = rows.reshape(moves.together, -1)
        gain = np.zeros(pairs.shape[1])
        changes: list[_Change] = []
        at = 0
        for measure, values in zip(several, new, strict=True):
            old = measure.values[rows]
            is_changed = (values != old) & ~(np.isnan(values) & np.isnan(old))
            changed = np.flatnonzero(is_changed.reshape(moves.together, -1).any(axis=0))
            for goals in measure.goals:
                span = slice(at, at + len(goals.low))
                at = span.stop
                held = changed[goals.whom[pairs[:, changed]].any(axis=0)]
                if not len(held):
                    continue
                change = np.zeros((len(goals.low), len(held)))
                for side in range(moves.together):
                    one = held + side * pairs.shape[1]
                    change += goals.weigh(values[one], rows[one])
                    change -= goals.weigh(old[one], rows[one])
                own = bounds.part(span)
                before = sums[span, None]
                gain[held] += own.cost(before + change) - own.cost(before)
                changes.append((span, held, change))
        moved = set(resting)
        order = np.argsort(gain, kind="stable")
        order = order[gain[order] < -1e-9][: self.many // 3]
        whole = _gather_changes(changes, order, pairs.shape[1], len(sums))
        made = []
        cost = float(bounds.cost(sums[:, None])[0])
        for at, change in zip(order.tolist(), whole.T, strict=True):
            if not moved.isdisjoint(pairs[:, at].tolist()):
                continue
            after = sums + change
            its = float(bounds.cost(after[:, None])[0])
            if its < cost - 1e-9:
                sums, cost = after, its
                made.append(at)
                moved.update(pairs[:, at].tolist())
        kicked: set[int] = set()
        if not made:
            order = np.argsort(gain + _HEAT * people.rng.gumbel(size=len(gain)), kind="stable")[:50]
            whole = _gather_changes(changes, order, pairs.shape[1], len(sums))
            free = [(at, change) for at, change in zip(order.tolist(), whole.T, strict=True)
                    if moved.isdisjoint(pairs[:, at].tolist()) and change.any()]  # fmt: skip
            if not free:
                return set()
            made, kicked = [free[0][0]], {*pairs[:, free[0][0]].tolist()}
            sums = sums + free[0][1]
        chosen = np.array(made)
        if moves.together == 2:
            chosen = np.r_[chosen, chosen + len(rows) // 2]
        people.columns[column][rows[chosen]] = moves.given[chosen]
        ends = np.cumsum([len(self.sums[at]) for at in places])[:-1]
        for at, measure, values, part in zip(
            places, several, new, np.split(sums, ends), strict=True
        ):
            measure.values[rows[chosen]] = values[chosen]
            self.sums[at] = part
        return kicked


@dataclass(frozen=True)
class _State:
    cost: float
    column: np.ndarray
    values: list[np.ndarray]
    sums: list[np.ndarray]


@dataclass(frozen=True)
class _Bounds:
    low: np.ndarray
    high: np.ndarray
    unit: np.ndarray
    weight: np.ndarray
    whom: list[np.ndarray]

    @classmethod
    def of(cls, measures: Sequence[Measure]) -> "_Bounds":
        goals = [one for measure in measures for one in measure.goals]
        low, high, unit = (
            np.concatenate([getattr(one, name) for one in goals])[:, None]
            for name in ("low", "high", "unit")
        )
        weight = np.concatenate([
            np.full(len(one.low), _OWN if measure.is_own else 1.0)
            for measure in measures for one in measure.goals
        ])  # fmt: skip
        return cls(low, high, unit, weight[:, None], [one.whom for one in goals for _ in one.low])

    def part(self, span: slice) -> "_Bounds":
        """Return the bounds of some of the sums."""
        low, high = self.low[span], self.high[span]
        return _Bounds(low, high, self.unit[span], self.weight[span], [])

    def miss(self, sums: np.ndarray) -> np.ndarray:
        """Return by how much sums are missed."""
        away = np.maximum(self.low - sums, sums - self.high)
        return np.where(away > 1e-7, away, 0.0)

    def cost(self, sums: np.ndarray) -> np.ndarray:
        """Return what the sums of each column cost."""
        away = self.miss(sums)
        return ((away / self.unit + _MISSED * (away > 0)) * self.weight).sum(axis=0)


def _gather_changes(
    changes: Sequence[_Change], chosen: np.ndarray, many: int, size: int
) -> np.ndarray:
    """Return what some moves change in all sums: a row a sum, a column a move."""
    found = np.zeros((size, len(chosen)))
    place = np.full(many, -1)
    place[chosen] = np.arange(len(chosen))
    for span, held, change in changes:
        there = place[held] >= 0
        found[span, place[held[there]]] = change[:, there]
    return found
