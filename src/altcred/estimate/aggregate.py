"""Counts answers in SQL: the step between rows of people and the arithmetic of estimates.

Every statement returns a row for each distinct answer in each smallest part of the respondents
(program crossed with the named subgroups), never a row a person, so that what follows does not
grow with the number of respondents.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from altcred.core.engine import Engine, literal, quoted
from altcred.core.intervals import Interval, parse_interval
from altcred.describe.codebook import NOT_REPORTED, Codebook, Variable, column_of, source_names
from altcred.describe.study import ALL, Condition, Study, as_list

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
    columns = [
        f"coalesce({write_condition(study.subgroups[name].where, codebook)}, FALSE)"
        f" AS {quoted(_flag_of(name))}"
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


def write_condition(condition: Condition, codebook: Codebook) -> str:
    """Return a condition of the study or the codebook in SQL; empty conditions are true."""
    clauses = [_write_clause(name, wanted, codebook) for name, wanted in condition.items()]
    return " AND ".join(f"({clause})" for clause in clauses) or "TRUE"


def _write_clause(name: str, wanted: list[str] | str, codebook: Codebook) -> str:
    column = quoted(name)
    if name in PROGRAM_KEYS:
        return f"{column} IN ({', '.join(literal(one) for one in as_list(wanted))})"
    variable = codebook.variables[name]
    if variable.is_numeric:
        return write_interval(column, parse_interval(str(wanted)))
    if NOT_REPORTED in as_list(wanted):
        columns = [name]
        if variable.kind == "multiple":
            columns = [column_of(name, one) for one in variable.categories]
        missing = " AND ".join(f"{quoted(one)} IS NULL" for one in columns)
        rest = [one for one in as_list(wanted) if one != NOT_REPORTED]
        return f"({missing}) OR ({_write_clause(name, rest, codebook)})" if rest else missing
    categories = expand_groups(variable, as_list(wanted))
    if variable.kind == "multiple":
        return " OR ".join(f"coalesce({quoted(column_of(name, one))}, FALSE)" for one in categories)
    return f"{column} IN ({', '.join(literal(one) for one in categories)})"


def write_interval(column: str, interval: Interval) -> str:
    """Return in SQL that a number lies in an interval."""
    ends = []
    if interval.low is not None:
        ends.append(f"{column} {'>=' if interval.closed_low else '>'} {interval.low!r}")
    if interval.high is not None:
        ends.append(f"{column} {'<=' if interval.closed_high else '<'} {interval.high!r}")
    return " AND ".join(ends) or f"{column} IS NOT NULL"


def expand_groups(variable: Variable, names: Iterable[str]) -> list[str]:
    """Return names of categories and groups as categories only."""
    expanded: list[str] = []
    for name in names:
        expanded += as_list(variable.groups[name].of) if name in variable.groups else [name]
    return list(dict.fromkeys(expanded))


def write_asked(codebook: Codebook, name: str, wave: str) -> str:
    """Return in SQL who was asked a variable; of a derived one, who was asked all its sources."""
    variable = codebook.variables[name]
    if variable.derive is not None:
        clauses = [f"({write_asked(codebook, source, wave)})" for source in source_names(variable)]
        # Of a rule that any of its conditions fulfils, who was asked one of them was asked.
        return (" OR " if variable.derive.any_of else " AND ").join(clauses) or "TRUE"
    clauses = [f"({write_condition(variable.condition_in(wave), codebook)})"]
    since = variable.since(wave)
    if since is not None:
        clauses.append(f"(submitted >= CAST({literal(since.isoformat())} AS TIMESTAMP))")
    return " AND ".join(clauses)


def write_offered(codebook: Codebook, name: str, category: str, wave: str) -> str:
    """Return in SQL to whom a category was offered, of those who were asked the variable."""
    described = codebook.variables[name].categories[category]
    clauses = [f"({write_condition(described.asked_if, codebook)})"]
    since = described.since(wave)
    if since is not None:
        clauses.append(f"(submitted >= CAST({literal(since.isoformat())} AS TIMESTAMP))")
    return " AND ".join(clauses)


def count_values(source: Source, name: str) -> pd.DataFrame:
    """Count the people asked by their answer: the keys, `value` (null for none), `people`."""
    return source.engine.frame(
        f"SELECT {source.keys}, {quoted(name)} AS value, count(*) AS people"
        f" FROM {source.table}"
        f" WHERE {write_asked(source.codebook, name, source.wave)}"
        f" GROUP BY {source.keys}, {quoted(name)}"
    )


def count_texts(source: Source, name: str) -> pd.DataFrame:
    """Count the people asked (`asked`) and those of them who wrote something (`wrote`)."""
    column = quoted(name)
    return source.engine.frame(
        f"SELECT {source.keys}, count(*) AS asked,"
        f" sum(CASE WHEN {column} THEN 1 ELSE 0 END) AS wrote"
        f" FROM {source.table}"
        f" WHERE {write_asked(source.codebook, name, source.wave)} GROUP BY {source.keys}"
    )


def count_ticks(source: Source, name: str) -> pd.DataFrame:
    """Count the ticks of a multiple question.

    The keys, `asked`, `answered` (ticked at least one), and for each category and group two
    columns: `n:NAME`, the people its share is of, and `ticked:NAME`. Whose share a question
    gives, those who ticked an option or all asked, is its `base` in the codebook.
    """
    codebook, wave = source.codebook, source.wave
    variable = codebook.variables[name]
    categories = list(variable.categories_in(wave))
    column = {one: quoted(column_of(name, one)) for one in categories}
    if variable.base == "asked":
        base = {one: write_offered(codebook, name, one, wave) for one in categories}
    else:
        base = {one: f"{column[one]} IS NOT NULL" for one in categories}
    members = {one: [one] for one in categories}
    for group, described in variable.groups.items():
        inside = [one for one in as_list(described.of) if one in column]
        if inside:
            members[group] = inside
    answered = " OR ".join(f"{column[one]} IS NOT NULL" for one in categories)
    columns = [
        "count(*) AS asked",
        f"sum(CASE WHEN {answered} THEN 1 ELSE 0 END) AS answered",
    ]
    for label, ones in members.items():
        in_base = " OR ".join(f"({base[one]})" for one in ones)
        ticked = " OR ".join(f"(({base[one]}) AND coalesce({column[one]}, FALSE))" for one in ones)
        columns += [
            f"sum(CASE WHEN {in_base} THEN 1 ELSE 0 END) AS {quoted(f'n:{label}')}",
            f"sum(CASE WHEN {ticked} THEN 1 ELSE 0 END) AS {quoted(f'ticked:{label}')}",
        ]
    return source.engine.frame(
        f"SELECT {source.keys}, {', '.join(columns)} FROM {source.table}"
        f" WHERE {write_asked(codebook, name, wave)} GROUP BY {source.keys}"
    )
