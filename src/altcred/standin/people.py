"""The people of one survey of a stand-in, as far as their answers are drawn."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from altcred.clean.interpret import is_outside, write_derived
from altcred.core.engine import Engine, quoted
from altcred.describe.cohort import Cohort
from altcred.describe.conditions import Conditions, tell_rows
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.standin.shown import Part, Shown, list_parts
from altcred.standin.solve import Sums, choose_table, gather_alike, round_table, spread

# How often bounds that are overstepped are looked for.
_BOUNDS = 4
_TYPES = {"program": "string", "program_type": "string", "submitted": "datetime64[us]"}


@dataclass(frozen=True)
class Target:
    """A sum over some of the people that an estimate tells.

    `who` marks the people, `weights` says what each answer adds. What is no count, such as a sum
    of squares, guides the draw, and is not kept to the last.
    """

    who: np.ndarray
    weights: np.ndarray
    low: float
    high: float
    is_count: bool = True
    # More of the people, to whose answers other weights belong.
    more: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    # By how much what is no count may be missed without being printed otherwise.
    slack: float = 0.0
    # Whether an estimate tells it; else it has to be so, however counts are rounded.
    is_told: bool = True

    @classmethod
    def of_terms(
        cls,
        terms: Sequence[tuple[np.ndarray, np.ndarray]],
        low: float,
        high: float,
        is_count: bool = True,
    ) -> "Target":
        """Return a sum to which people with other earlier answers add otherwise."""
        (who, weights), *more = terms or [(np.zeros(0, dtype=bool), np.zeros(0))]
        return cls(who, weights, low, high, is_count, tuple(more))

    def without(
        self, places: np.ndarray, terms: Sequence[tuple[np.ndarray, np.ndarray]]
    ) -> "Target":
        """Return the sum over the others, where it is known what some people answer.

        `places` are the places of their answers in the weights of `terms`, -1 of others.
        """
        known = places >= 0
        held = sum(float(weights[places[who & known]].sum()) for who, weights in terms)
        rest = [(who & ~known, weights) for who, weights in self.terms]
        return replace(self, who=rest[0][0], more=tuple(rest[1:]),
                       low=self.low - held, high=self.high - held)  # fmt: skip

    def reweigh(self, change: Callable[[np.ndarray], np.ndarray]) -> "Target":
        """Return the sum with the weights of its answers changed."""
        more = tuple((who, change(weights)) for who, weights in self.more)
        return replace(self, weights=change(self.weights), more=more)

    @property
    def terms(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Who adds what."""
        return [(self.who, self.weights), *self.more]


@dataclass
class People:
    """A wave's people: a column for each answer that is drawn, and which estimates tell of them.

    `scopes` are the waves of estimates that describe them, each with the people it is of: the
    survey itself, and the people of each panel.
    """

    cohort: Cohort
    wave: str
    size: int
    shown: Shown
    rng: np.random.Generator
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    scopes: dict[str, np.ndarray] = field(default_factory=dict)
    # Of each panel of which this is the second survey, who is who.
    pairs: list[Any] = field(default_factory=list)
    # Whose time is that of a panel, so that it stays.
    is_timed: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    # Of a panel and a number, who of this survey gives it in both.
    both: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    # The panels of which this is the first survey.
    later: list[Any] = field(default_factory=list)
    covers: set[str] = field(default_factory=set)
    # What is told of costs, and the days since which other prices hold.
    costs: Any = None
    turns: list[datetime.date] = field(default_factory=list)
    # The people of the surveys that were drawn before.
    earlier: dict[str, "People"] = field(default_factory=dict)
    # Who leaves out one number leaves out others too: the larger, the more of them.
    reluctance: np.ndarray = field(default_factory=lambda: np.zeros(0))
    # Of a question of several answers, the groups of its options and what is told of them.
    ticked: dict[str, Any] = field(default_factory=dict)
    # How much each person weighs, once all answers are drawn.
    weights: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def parts(self) -> list[Part]:
        return list_parts(self.cohort, self.wave)

    @cached_property
    def conditions(self) -> Conditions:
        return self.cohort.conditions(self.wave)

    @property
    def variables(self) -> dict[str, Variable]:
        return self.cohort.codebook.in_wave(self.wave)

    def tell(self, tests: Mapping[str, str]) -> dict[str, np.ndarray]:
        """Tell of each test in SQL for whom it holds."""
        cache = self._told
        new = {test: test for test in tests.values() if test not in cache}
        if new:
            found = tell_rows(self.frame_for(" ".join(new)), new)
            cache.update({test: np.array(one, dtype=bool) for test, one in found.items()})
        return {name: cache[test] for name, test in tests.items()}

    @cached_property
    def _told(self) -> dict[str, np.ndarray]:
        # An answer that is drawn is never drawn again.
        return {one: np.full(self.size, one == "TRUE") for one in ("TRUE", "FALSE")}

    def forget(self) -> None:
        """Forget of whom tests hold, since answers were moved, and close the engine."""
        self.engine.close()
        for name in ("_told", "engine"):
            vars(self).pop(name, None)

    def frame_for(
        self, tests: str, columns: Mapping[str, np.ndarray] | None = None
    ) -> pd.DataFrame:
        """Return what SQL names of the columns, those of everybody or others of the same form."""
        columns = self.columns if columns is None else columns
        types = dict(_TYPES)
        for name, variable in self.variables.items():
            kind = kind_of(variable)
            own = "boolean" if kind.has_ticks else "Float64" if kind.is_numeric else "string"
            types |= dict.fromkeys(kind.columns(name, variable, self.wave), own)
        used = {name: columns[name] for name in list_named(columns, tests)}
        size = len(next(iter(columns.values()), ()))
        frame = pd.DataFrame(used, index=range(size))
        return frame.astype({name: types.get(name, "string") for name in used})

    def work_out(
        self,
        numbers: Mapping[Any, str],
        columns: Mapping[str, np.ndarray] | None = None,
        before: Mapping[str, str] | None = None,
    ) -> dict[Any, np.ndarray]:
        """Work out numbers in SQL from the columns of everybody, or from others like them.

        `before` are columns that are worked out first, by name.
        """
        if not numbers:
            return {}
        listed = ", ".join(
            f"CAST({sql} AS DOUBLE) AS n{at}" for at, sql in enumerate(numbers.values())
        )
        more = "".join(f", {sql} AS {quoted(name)}" for name, sql in (before or {}).items())
        frame = self.frame_for(listed + more, columns)
        engine = self.engine
        engine.add("people", frame.assign(**{"@place": range(len(frame))}))
        found = engine.run(
            f'SELECT {listed} FROM (SELECT *{more} FROM people) ORDER BY "@place"'
        ).fetchnumpy()
        return {
            key: np.ma.filled(one.astype(float), np.nan)
            for key, one in zip(numbers, found.values(), strict=True)
        }

    @cached_property
    def engine(self) -> Engine:
        """The engine in which numbers are worked out, until answers are forgotten."""
        return Engine(threads=1)

    def write_derived(self, name: str) -> str:
        """Return the SQL of a derived number, missing where it is outside its bounds."""
        variable = self.variables[name]
        assert variable.derive is not None
        value = f"CAST({write_derived(self.conditions, variable.derive)} AS DOUBLE)"
        told = f"coalesce({self.conditions.asked(name)}, FALSE)"
        if variable.bounds.outside != "keep":
            told = f"{told} AND NOT ({is_outside(variable.bounds, value)})"
        return f"CASE WHEN {told} THEN {value} END"

    def numbers(self, name: str) -> np.ndarray:
        """Return the number behind each person's answer."""
        variable = self.variables[name]
        if variable.derive is not None or kind_of(variable).is_numeric:
            return self.columns[name]
        return self.work_out({name: kind_of(variable).number_in_sql(name, variable)})[name]

    def is_drawn(self, name: str) -> bool:
        """Tell whether a variable, or the program, is known of everybody."""
        if name in _TYPES:
            return True
        variable = self.variables.get(name)
        if variable is None:
            return False
        columns = kind_of(variable).columns(name, variable, self.wave)
        return all(column in self.columns for column in columns)

    def asked(self, name: str) -> np.ndarray:
        """Tell who was asked a variable."""
        return self.tell({"asked": self.conditions.asked(name)})["asked"]

    @cached_property
    def _known(self) -> dict[str, np.ndarray]:
        return {}

    def told_parts(self) -> list[tuple[str, Part, np.ndarray]]:
        """Return the subgroups whose people are known, by wave of estimates, with who they are."""
        tests = {
            part.name: self.conditions.holds(part.where)
            for part in self.parts
            if part.name not in self._known and all(map(self.is_drawn, part.where))
        }
        self._known.update(self.tell(tests))
        return [
            (scope, part, inside & self._known[part.name])
            for scope, inside in self.scopes.items()
            for part in self.parts
            if part.name in self._known
        ]

    def draw(
        self,
        who: np.ndarray,
        prior: np.ndarray,
        targets: Sequence[Target],
        marks: Sequence[np.ndarray] = (),
        *,
        few: np.ndarray | None = None,
        order: np.ndarray | None = None,
    ) -> np.ndarray:
        """Draw one of several answers for each of those in `who`, so that the targets come out.

        `prior` says how likely each answer is. Where answers are many, as numbers are, the people
        of panels have only those that `few` marks. People alike get answers by chance, or in the
        order of a number of each person. Returns the places of the answers, one for each of `who`.
        """
        targets = [self.widen(one) for one in targets]
        places = np.flatnonzero(who)
        if not len(places):
            return np.zeros(0, dtype=int)
        there = [one for one in targets if len(one.who)]
        used = [one for one in there if any(who[places].any() for who, _ in one.terms)]
        marked = {id(who): who for one in used for who, _ in one.terms}
        alike = [who[places] for who in marked.values()]
        alike += [one[places] for one in marks]
        if few is not None:
            paired = self.is_paired[places]
            alike.append(paired)
        groups, first = gather_alike(alike, len(places))
        sizes = np.bincount(groups, minlength=len(first)).astype(float)
        sums = _compose_sums(used, places, first, len(prior))
        table = np.tile(prior, (len(first), 1))
        if few is not None:
            table[paired[first]] *= few
        table = _forbid(table, sums)
        if few is not None:
            whole = choose_table(table, sizes, sums, self.rng)
        else:
            width = 2 * (self.cohort.study.disclosure.rounds_to or 0)
            guides = (sums.high - sums.low <= width + 1e-9) | ~sums.is_count
            real = _spread_within(sizes, table, sums, guides)
            whole = round_table(real, sizes, sums, self.rng)
        drawn = np.zeros(len(places), dtype=int)
        turn = self.rng.random(len(places)) if order is None else order[places]
        ends = np.cumsum(sizes.astype(int))
        for row, people in enumerate(np.split(np.lexsort((turn, groups)), ends[:-1])):
            given = np.repeat(np.arange(len(prior)), whole[row])
            drawn[people] = np.resize(given, len(people)) if len(given) else 0
        return drawn

    def widen(self, target: Target) -> Target:
        """Return a count as wide as it is where the study rounds it, halves up."""
        base = self.cohort.study.disclosure.rounds_to
        if not base or not target.is_count or target.low != target.high or not target.is_told:
            return target
        low = max(target.low - base // 2, min(target.low, 0.0))
        return replace(target, low=low, high=target.high + (base - 1) // 2)

    @property
    def is_paired(self) -> np.ndarray:
        """Tell who is in any panel."""
        marked = [inside for scope, inside in self.scopes.items() if scope != self.wave]
        return np.any(marked, axis=0) if marked else np.zeros(self.size, dtype=bool)


def _spread_within(
    sizes: np.ndarray, prior: np.ndarray, sums: Sums, guides: np.ndarray
) -> np.ndarray:
    """Return the table that has the sums which guide, and oversteps no bounds of the others."""
    real = spread(sizes, prior, sums.only(guides))
    for _ in range(_BOUNDS):
        there = sums.weights @ real.ravel()
        ends = np.clip(there, sums.low, sums.high)
        beyond = ~guides & (np.abs(there - ends) > 0.5)
        if not beyond.any():
            break
        # What would be overstepped guides as well: to where it ends.
        guides = guides | beyond
        low, high = (np.where(beyond, ends, one) for one in (sums.low, sums.high))
        sums = replace(sums, low=low, high=high)
        real = spread(sizes, prior, sums.only(guides))
    return real


def _compose_sums(
    targets: Sequence[Target], places: np.ndarray, first: np.ndarray, answers: int
) -> Sums:
    """Return the targets as sums over cells: people alike, and answers."""
    rows, columns, values = [], [], []
    at_first = places[first]
    for at, target in enumerate(targets):
        for who, weights in target.terms:
            alike = np.flatnonzero(who[at_first])
            there = np.flatnonzero(weights)
            rows.append(np.full(len(alike) * len(there), at))
            columns.append(np.add.outer(alike * answers, there).ravel())
            values.append(np.tile(weights[there], len(alike)))
    shape = (len(targets), len(first) * answers)
    parts = (
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        if rows
        else (np.zeros(0), (np.zeros(0, int), np.zeros(0, int)))
    )
    return Sums(
        sp.csr_matrix(parts, shape=shape, dtype=float),
        np.array([one.low for one in targets], dtype=float),
        np.array([one.high for one in targets], dtype=float),
        np.array([one.is_count for one in targets], dtype=bool),
    )


def _forbid(table: np.ndarray, sums: Sums) -> np.ndarray:
    """Set to nought the cells of sums that are nought; a row without any stays as it was."""
    flat = table.ravel().copy()
    for at in np.flatnonzero((sums.high <= 0) & sums.is_count):
        one = sums.weights[at]
        if (one.data > 0).all():
            flat[one.indices] = 0
    cut = flat.reshape(table.shape)
    empty = cut.sum(axis=1) == 0
    cut[empty] = table[empty]
    return cut


def numbers_of(people: People, name: str, answers: Sequence[object]) -> list[float | None]:
    """Return the number behind each answer."""
    variable = people.variables[name]
    sql = kind_of(variable).number_in_sql(name, variable)
    found = people.work_out({name: sql}, {name: np.array(answers, dtype=object)})[name]
    return [None if one != one else one for one in found.tolist()]


def list_named(columns: Iterable[str], sql: str) -> list[str]:
    """Return the columns that SQL names."""
    return [one for one in columns if quoted(one) in sql or (one in _TYPES and one in sql)]
