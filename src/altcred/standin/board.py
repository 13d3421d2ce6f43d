"""The sums that estimates tell of a survey's people, and how far each is from what is told."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from altcred.core.description import Condition
from altcred.describe.dependence import source_names
from altcred.kinds import kind_of
from altcred.standin.goals import Goals, Measure, stay
from altcred.standin.moves import Groups
from altcred.standin.people import People, list_named

# What a sum that is missed at all costs, beside what it is missed by; how much more what is told of
# the moved answers themselves counts than what follows from them.
_MISSED, _OWN = 0.3, 2.0
# How many people's goals are worked out at once.
_PIECE = 4000
Kept = tuple[dict[str, np.ndarray], list[np.ndarray]]


class Block(NamedTuple):
    """What numbers add to the counts of some people, and what one more and one less costs there.

    `slopes` are what each number brings to sums that are no counts.
    """

    whom: np.ndarray
    weights: np.ndarray
    more: np.ndarray
    less: np.ndarray
    slopes: np.ndarray


class Board:
    """The measures of a survey's people, and how far each sum is from what is told.

    `steep` is how much the distance itself costs beside its logarithm: while it is large, what is
    missed by much comes nearer whatever else is missed by a little for it.
    """

    def __init__(self, people: People, measures: list[Measure]) -> None:
        self.people = people
        self.measures = measures
        # The answers of each column by number, and what measures are of answers that were seen.
        self.index: dict[str, dict[object, int]] = {}
        self.named: dict[int, list[str]] = {}
        self.known: dict[int, dict[bytes, float]] = {}
        self.owners = self._find_owners()
        inputs = {column for one in measures for column in one.inputs}
        self.columns = [one for one in people.columns if one in inputs and one in self.owners]
        self.own = {column for one in measures if one.is_own for column in one.inputs}
        self._guard()
        self.goals = [goals for one in self.measures for goals in one.goals]
        sums = people.work_out({one.sql: one.sql for one in self.measures if one.take is None})
        for one in self.measures:
            one.values = one.take(people.columns) if one.take is not None else sums[one.sql]
        self.ends = np.cumsum([0, *(len(one.low) for one in self.goals)])
        self.low, self.high, unit = (
            np.concatenate([np.zeros(0), *(getattr(one, name) for one in self.goals)])
            for name in ("low", "high", "unit")
        )
        weight = np.concatenate([np.zeros(0), *(
            np.full(len(goals.low), _OWN if one.is_own else 1.0)
            for one in self.measures for goals in one.goals
        )])  # fmt: skip
        self.unit, self.weight = unit, weight
        self.steep = 0.0
        self.sums = self.add_up()
        marks = [inside for _, _, inside in people.told_parts()]
        self.groups = Groups(marks, people.size)

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
            found = people.work_out({sql: sql})[sql]
            one.goals.append(stay(np.ones(people.size, dtype=bool), found))
            self.measures.append(one)

    def names_of(self, one: Measure) -> list[str]:
        """Return all columns that a measure rests on, those that may be moved and others."""
        if id(one) not in self.named:
            named = list_named(self.people.columns, one.sql) if one.sql else []
            self.named[id(one)] = sorted({*one.inputs, *named})
        return self.named[id(one)]

    def values_of(self, one: Measure, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return a measure of some people, worked out once for all who answered alike."""
        if one.take is not None:
            return one.take(columns)
        # In one order, by which answers that were seen are known again.
        named = [name for name in self.names_of(one) if name in columns]
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

    def add_up(self) -> np.ndarray:
        """Return all sums over everybody."""
        rows = np.arange(self.people.size)
        pieces = np.array_split(rows, max(-(-len(rows) // _PIECE), 1))
        parts = [np.zeros(0)]
        for one in self.measures:
            for goals in one.goals:
                if goals.renew is not None:
                    goals.renew(one.values)
                parts.append(sum(goals.weigh(one.values[p], p).sum(axis=1) for p in pieces))
        return np.concatenate(parts)

    def cost(self, sums: np.ndarray, at: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return what each of some sums costs."""
        away = np.maximum(self.low[at] - sums, sums - self.high[at])
        away = np.where(away > 1e-7, away, 0.0)
        far = away / self.unit[at]
        far = self.steep * far + np.log1p(far)
        return self.weight[at] * (far + _MISSED * (away > 0))

    def renew(self) -> None:
        """Add up anew where what one person adds depends on the others."""
        rows = np.arange(self.people.size)
        for one, goals, places in self.list_goals():
            if goals.renew is not None:
                goals.renew(one.values)
                self.sums[places] = goals.weigh(one.values, rows).sum(axis=1)

    def list_goals(self) -> Iterator[tuple[Measure, Goals, slice]]:
        """Yield all goals, each with its measure and the places of its sums."""
        at = 0
        for one in self.measures:
            for goals in one.goals:
                yield one, goals, slice(self.ends[at], self.ends[at + 1])
                at += 1

    def look(self) -> Kept:
        """Return how everything is now, to come back to."""
        columns = {name: self.people.columns[name].copy() for name in self.columns}
        return columns, [one.values.copy() for one in self.measures]

    def come_back(self, kept: Kept) -> None:
        self.people.columns.update(kept[0])
        for one, values in zip(self.measures, kept[1], strict=True):
            one.values = values
        self.sums = self.add_up()

    def list_costs_of(self, one: Measure, seen: np.ndarray) -> Iterator[Block]:
        """Yield what numbers of a measure add, and what it costs, by the people of its goals."""
        for each, goals, places in self.list_goals():
            if each is not one:
                continue
            span = np.arange(places.start, places.stop)
            member = np.flatnonzero(goals.whom)[:1]
            if not goals.by_value or not len(member):
                continue
            weights = goals.weigh(seen, np.repeat(member, len(seen)))
            sums = self.sums[span]
            now = self.cost(sums, span)
            slopes = np.zeros(len(seen))
            for place in goals.moments:
                unit = self.unit[span[place]] * np.sign(self.low[span[place]] - sums[place])
                gained = now[place] - self.cost(sums[place] + unit, span[place])
                slopes += weights[place] * (gained / unit if now[place] else 0.0)
            counts = np.delete(np.arange(len(span)), list(goals.moments))
            more = self.cost(sums + 1, span) - now
            less = self.cost(sums - 1, span) - now
            yield Block(goals.whom, weights[counts], more[counts], less[counts], slopes)
