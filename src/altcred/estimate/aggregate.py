"""Counts answers in SQL: the step between rows of people and the arithmetic of estimates.

Every statement returns a row for each distinct answer in each smallest part of the respondents
(program crossed with the named subgroups), never a row a person, so that what follows does not
grow with the number of respondents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from altcred.core.engine import Engine, quoted
from altcred.core.records import ALL
from altcred.describe.cohort import Cohort
from altcred.describe.conditions import Conditions, join_all
from altcred.describe.dependence import source_names
from altcred.describe.groups import Subgroup
from altcred.kinds.variable import Variable

PROGRAM_KEYS = ["program", "program_type"]
# Where responses hold a survey weight, in a column that no variable can be called.
WEIGHT = "role:weight"
_SCALED, _SQUARED = "scaled:weight", "squared:weight"


@dataclass(frozen=True)
class Part:
    """A subgroup of a wave's respondents, as it is found in the counted cells.

    `flag` is the column that is true for those in the named subgroup; None is everybody.
    `variables` are those it gets estimates of; None is all.
    """

    name: str
    flag: str | None = None
    program_type: str | None = None
    program: str | None = None
    variables: frozenset[str] | None = None

    def holds(self, cells: pd.DataFrame) -> np.ndarray:
        """Tell for each counted cell whether its people are in the subgroup."""
        mask = np.ones(len(cells), dtype=bool)
        if self.flag is not None:
            mask &= cells[self.flag].to_numpy(dtype=bool)
        for column in PROGRAM_KEYS:
            if (wanted := getattr(self, column)) is not None:
                mask &= (cells[column] == wanted).to_numpy(dtype=bool)
        return mask


@dataclass(frozen=True)
class Source:
    """Where the responses of one wave are: an engine and the name of a table or view.

    `named` are the study's subgroups that have a column in it, true for those inside. Of weighted
    responses `rows` is the table of all, of which `table` holds those that have a weight.
    """

    engine: Engine
    table: str
    cohort: Cohort
    wave: str
    named: tuple[str, ...] = ()
    groups: Mapping[str, Mapping[str, Subgroup]] = field(default_factory=dict)
    is_weighted: bool = False
    rows: str = ""

    @property
    def keys(self) -> str:
        """The columns that tell the smallest parts apart, as a list in SQL."""
        flags = [*self.named, *(name for groups in self.groups.values() for name in groups)]
        return ", ".join(quoted(name) for name in [*PROGRAM_KEYS, *map(_flag_of, flags)])

    @property
    def conditions(self) -> Conditions:
        """Who was asked what in the wave."""
        return self.cohort.conditions(self.wave)

    @property
    def variables(self) -> dict[str, Variable]:
        """The variables of the wave."""
        return self.cohort.codebook.in_wave(self.wave)

    def variable(self, name: str) -> Variable:
        """Return the description of a variable."""
        return self.cohort.codebook.variables[name]

    def asked(self, name: str) -> str:
        """Return in SQL who was asked a variable: not those whose export had no column of it."""
        sources = {name, *source_names(self.variable(name))}
        told = [f"asked:{one}" for one in sorted(sources)]
        there = set(self.engine.columns(self.table))
        tests = [self.conditions.asked(name), *(quoted(one) for one in told if one in there)]
        return join_all(tests)

    def offered(self, name: str, category: str) -> str:
        """Return in SQL to whom a category was offered, of those who were asked."""
        return self.conditions.offered(name, category)

    def group(self, *columns: str, where: str = "TRUE", value: str = "") -> pd.DataFrame:
        """Return aggregates of a row a smallest part, or of each of its answers as `value`.

        They stand in one order, since the sum of decimal fractions depends on it in the last digit.
        """
        keys, shown = f"{self.keys}, {value}".rstrip(", "), f"{value} AS value" if value else ""
        return self.engine.frame(
            f"SELECT {', '.join(filter(None, [self.keys, shown, *columns]))} FROM {self.table}"
            f" WHERE {where} GROUP BY {keys} ORDER BY {self.keys}{', value' if value else ''}"
        )

    def count(self, name: str, *columns: str) -> pd.DataFrame:
        """Return aggregates of the people `asked` a variable, a row a smallest part."""
        return self.group("count(*) AS asked", *columns, where=self.asked(name))

    def tally(self, tests: Mapping[str, str]) -> list[str]:
        """Return the columns in SQL that count those for whom a test is true, each by its name.

        Of weighted people `NAME|weight` and `NAME|squares` stand beside: sums of decimals, which
        are the same in any order.
        """
        adds = {"": "1"} | (
            {"|weight": quoted(_SCALED), "|squares": quoted(_SQUARED)} if self.is_weighted else {}
        )
        return [
            f"sum(CASE WHEN {test} THEN {adds[more]} ELSE 0 END) AS {quoted(name + more)}"
            for name, test in tests.items()
            for more in adds
        ]

    def count_weightless(self) -> tuple[int, int]:
        """Return how many rows there are, with and without a weight, and how many have none."""
        rows = self.engine.rows(f"SELECT count(*), count({quoted(WEIGHT)}) FROM {self.rows}")
        return rows[0][0], rows[0][0] - rows[0][1]

    def count_by(self, name: str) -> pd.DataFrame:
        """Count the people asked by their answer: the keys, `value` (null for none), `people`.

        Of weighted people there are `people|weight` and `people|squares` as well.
        """
        counted = ["count(*) AS people"]
        if self.is_weighted:
            counted += self.tally({"people": "TRUE"})[1:]
        return self.group(*counted, where=self.asked(name), value=quoted(name))

    def parts(
        self, named: Iterable[str] | None = None, *, with_programs: bool = True
    ) -> list[Part]:
        """Return the subgroups to estimate: all, program types, programs, and the named ones.

        Program types and programs are listed where the study has two or more and someone is in
        them; of the named subgroups all that the source tells, or only some.
        """
        study = self.cohort.study
        found = self.engine.frame(
            f"SELECT DISTINCT program, program_type FROM {self.table} ORDER BY program"
        )
        by_type = [
            Part(f"program_type={name}", program_type=name)
            for name in study.program_types
            if name in set(found["program_type"]) and len(study.program_types) > 1
        ]
        by_program = [
            Part(f"program={name}", program=name)
            for name in study.programs
            if name in set(found["program"]) and len(study.programs) > 1
        ]
        parts = [Part(ALL), *by_type, *(by_program if with_programs else [])]
        for name in self.named if named is None else named:
            subgroup, flag = study.subgroups[name], _flag_of(name)
            variables = None if subgroup.variables is None else frozenset(subgroup.variables)
            parts.append(Part(name, flag, variables=variables))
            for key, crossed in (("program_type", by_type), ("program", by_program)):
                for part in crossed if key in subgroup.cross else ():
                    label = f"{name} & {part.name}"
                    parts.append(Part(label, flag, part.program_type, part.program, variables))
        return parts if named is not None else [*parts, *self.compared()]

    def compared(self, by: str | None = None) -> list[Part]:
        """Return the groups that the study compares, of one variable or of all."""
        return [
            Part(name, _flag_of(name), variables=frozenset(group.variables or ()))
            for one, groups in self.groups.items()
            if by in (None, one)
            for name, group in groups.items()
        ]


def open_source(
    engine: Engine,
    table: str,
    cohort: Cohort,
    wave: str,
    *,
    with_subgroups: bool = True,
    with_weights: bool = True,
) -> Source:
    """Return the responses of a wave with a truth column for each named subgroup they can tell.

    Of a wave with weights, unless they are to be left aside, they are those who have one.
    """
    known = {*cohort.codebook.in_wave(wave), *PROGRAM_KEYS}
    subgroups = cohort.study.subgroups if with_subgroups else {}
    named = {
        name: one
        for name, one in subgroups.items()
        if (one.waves is None or wave in one.waves) and set(one.where) <= known
    }
    groups = cohort.groups(wave) if with_subgroups else {}
    conditions = cohort.conditions(wave)
    flagged = {**named, **{name: one for of in groups.values() for name, one in of.items()}}
    flags = [
        f"{conditions.holds(one.where)} AS {quoted(_flag_of(name))}"
        for name, one in flagged.items()
    ]
    is_weighted = with_weights and WEIGHT in engine.columns(table)
    there, view = table, f"{table}_parts"
    if is_weighted:
        there = f"({_scale_weights(engine, table)})"
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {', '.join(['*', *flags])} FROM {there}"
    )
    return Source(engine, view, cohort, wave, tuple(named), groups, is_weighted, table)


def _scale_weights(engine: Engine, table: str) -> str:
    """Return in SQL the rows that have a weight, as a decimal beside the largest, which is one."""
    largest = engine.value(f"SELECT max({quoted(WEIGHT)}) FROM {table}")
    scaled = f"CAST({quoted(WEIGHT)} / {float(largest or 1)!r} AS DECIMAL(18, 15))"
    squared = f"CAST({scaled} * {scaled} AS DECIMAL(18, 15))"
    return (
        f"SELECT *, {scaled} AS {quoted(_SCALED)}, {squared} AS {quoted(_SQUARED)} "
        f"FROM {table} WHERE {quoted(WEIGHT)} > 0"
    )


def _flag_of(subgroup: str) -> str:
    return f"part__{subgroup}"
