"""Counts answers in SQL: the step between rows of people and the arithmetic of estimates.

Every statement returns a row for each distinct answer in each smallest part of the respondents
(program crossed with the named subgroups), never a row a person, so that what follows does not
grow with the number of respondents.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from altcred.core.engine import Engine, quoted
from altcred.describe.codebook import Codebook
from altcred.describe.conditions import Conditions
from altcred.describe.study import ALL, Study
from altcred.kinds.variable import Variable

PROGRAM_KEYS = ["program", "program_type"]


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
        if self.program_type is not None:
            mask &= (cells["program_type"] == self.program_type).to_numpy(dtype=bool)
        if self.program is not None:
            mask &= (cells["program"] == self.program).to_numpy(dtype=bool)
        return mask


@dataclass(frozen=True)
class Source:
    """Where the responses of one wave are: an engine and the name of a table or view.

    `flags` are the named subgroups' columns in it.
    """

    engine: Engine
    table: str
    codebook: Codebook
    wave: str
    flags: tuple[str, ...] = ()

    @property
    def keys(self) -> str:
        """The columns that tell the smallest parts apart, as a list in SQL."""
        return ", ".join(quoted(name) for name in [*PROGRAM_KEYS, *self.flags])

    @property
    def conditions(self) -> Conditions:
        """Who was asked what in the wave."""
        return Conditions(self.codebook, self.wave)

    def variable(self, name: str) -> Variable:
        """Return the description of a variable."""
        return self.codebook.variables[name]

    def offered(self, name: str, category: str) -> str:
        """Return in SQL to whom a category was offered, of those who were asked."""
        return self.conditions.offered(name, category)

    def count(self, name: str, *columns: str) -> pd.DataFrame:
        """Return aggregates of the people `asked` a variable, a row a smallest part."""
        counted = ", ".join(["count(*) AS asked", *columns])
        return self.engine.frame(
            f"SELECT {self.keys}, {counted} FROM {self.table}"
            f" WHERE {self.conditions.asked(name)} GROUP BY {self.keys}"
        )

    def count_by(self, name: str) -> pd.DataFrame:
        """Count the people asked by their answer: the keys, `value` (null for none), `people`."""
        return self.engine.frame(
            f"SELECT {self.keys}, {quoted(name)} AS value, count(*) AS people"
            f" FROM {self.table} WHERE {self.conditions.asked(name)}"
            f" GROUP BY {self.keys}, {quoted(name)}"
        )


def open_source(
    engine: Engine,
    table: str,
    study: Study,
    codebook: Codebook,
    wave: str,
    *,
    with_subgroups: bool = True,
) -> Source:
    """Return the responses of a wave with a truth column for each named subgroup that applies."""
    named = list_named_subgroups(study, codebook, wave) if with_subgroups else []
    conditions = Conditions(codebook, wave)
    columns = [
        f"{conditions.holds(study.subgroups[name].where)} AS {quoted(_flag_of(name))}"
        for name in named
    ]
    view = f"{table}_parts"
    engine.run(
        f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {', '.join(['*', *columns])} FROM {table}"
    )
    return Source(engine, view, codebook, wave, tuple(_flag_of(name) for name in named))


def list_named_subgroups(study: Study, codebook: Codebook, wave: str) -> list[str]:
    """Return the study's subgroups that a wave's answers can tell."""
    known = {*codebook.in_wave(wave), *PROGRAM_KEYS}
    return [
        name
        for name, subgroup in study.subgroups.items()
        if (subgroup.waves is None or wave in subgroup.waves) and set(subgroup.where) <= known
    ]


def list_parts(
    source: Source, study: Study, named: Iterable[str], *, with_programs: bool = True
) -> list[Part]:
    """Return the subgroups to estimate: all, program types, programs, and the named ones.

    Program types and programs are listed where the study has two or more and someone is in them.
    """
    found = source.engine.frame(f"SELECT DISTINCT program, program_type FROM {source.table}")
    programs, types = set(found["program"]), set(found["program_type"])
    parts = [Part(ALL)]
    by_type = [
        Part(f"program_type={name}", program_type=name)
        for name in study.program_types
        if name in types and len(study.program_types) > 1
    ]
    by_program = [
        Part(f"program={name}", program=name)
        for name in study.programs
        if name in programs and len(study.programs) > 1
    ]
    parts += by_type
    if with_programs:
        parts += by_program
    for name in named:
        subgroup = study.subgroups[name]
        variables = None if subgroup.variables is None else frozenset(subgroup.variables)
        flag = _flag_of(name)
        parts.append(Part(name, flag=flag, variables=variables))
        crossed = (by_type if "program_type" in subgroup.cross else []) + (
            by_program if "program" in subgroup.cross else []
        )
        parts += [
            Part(f"{name} & {part.name}", flag, part.program_type, part.program, variables)
            for part in crossed
        ]
    return parts


def _flag_of(subgroup: str) -> str:
    return f"part__{subgroup}"
