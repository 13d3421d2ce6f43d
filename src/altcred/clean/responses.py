"""From the raw exports of one wave to decoded responses, one row a person and program.

Each distinct answer is decoded once, in plain Python; the readings are then joined back to the
rows in SQL, and are themselves the log of the cleaning. Addresses become tokens and typed texts
become marks that only tell equal ones apart while the export is read: the engine never holds
them.
"""

import datetime
import hashlib
import logging
import os
import re
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from altcred.clean.duplicates import mark_duplicates
from altcred.core.engine import Engine, literal, quoted, unique_values
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.intervals import parse_interval
from altcred.core.paths import wave_dir
from altcred.core.records import NOT_REPORTED
from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.study import Condition, Study, Wave, as_list, load_study
from altcred.kinds import kind_of
from altcred.kinds.choices import make_option_reader
from altcred.kinds.masking import may_identify
from altcred.kinds.quantities import bounds_reason
from altcred.kinds.reading import (
    BLANK,
    NOT_ASKED,
    UNLISTED,
    Reading,
    choices_of,
    closest,
    fold_text,
    tidy_text,
)
from altcred.kinds.variable import Variable, column_of
from altcred.read.exports import (
    Column,
    Export,
    Source,
    Transform,
    list_sources,
    load_rows,
    open_wave,
)
from altcred.read.identifiers import email_tokens, ip_tokens, load_key

log = logging.getLogger(__name__)

# Reason of the answers to an open question that most people typed alike.
COMMONEST_TEXT = "answered, the most frequent text"
PREVIEW, TEST, SPAM = "preview", "test", "spam"
NO_ANSWER, NO_PROGRAM, REPEAT = "no answer", "no program", "repeat"
DROP_REASONS = (PREVIEW, TEST, SPAM, NO_ANSWER, NO_PROGRAM, REPEAT)
THOUGH_ANSWERED = "not asked, though answered"
DERIVED, NOT_DERIVED = "derived", "a source is missing"
FILES = ("responses.parquet", "identifiers.parquet", "answers.csv", "decisions.csv")

# Below so many rows an answer that no category has is not quoted, since a person wrote it.
_QUOTED_FROM = 10
_SHOWN = 5


@dataclass(frozen=True)
class ResponsesSummary:
    """What became of the raw rows of one wave."""

    raw_rows: int
    kept: int
    dropped: dict[str, int] = field(default_factory=dict)
    shared_addresses: int = 0


def build_responses(cohort: str, wave: str, *, engine: Engine | None = None) -> ResponsesSummary:
    """Read, decode and clean the exports of one wave, and write its four files.

    Under data/processed/COHORT/WAVE: responses.parquet, identifiers.parquet (response_id,
    email_token, ip_token), answers.csv (variable, answer, value, reason, times, over the kept
    rows) and decisions.csv (each raw row, kept or dropped with one reason). The files appear
    together or not at all. Raises InvalidInput with all problems found.
    """
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    if wave not in study.waves:
        raise InvalidInput(
            [
                Problem(
                    f"cohorts/{cohort}/study.yaml",
                    f"waves.{wave}",
                    "is missing.",
                    f"The study has {', '.join(study.waves)}.",
                )
            ]
        )
    if engine is None:
        with Engine() as own:
            return _Build(study, codebook, wave, own).run()
    return _Build(study, codebook, wave, engine).run()


def response_columns(codebook: Codebook, wave: str) -> list[str]:
    """Return the columns of a wave's responses.parquet that hold answers, in their order."""
    columns: list[str] = []
    for name, variable in codebook.in_wave(wave).items():
        columns += kind_of(variable).columns(name, variable, wave)
    return columns


@contextmanager
def written_together(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Give a folder aside to write files in; move them to `folder` when all has gone well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield aside
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(aside / name, folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


# ---------------------------------------------------------------------------------------------
# Conditions in SQL


class Conditions:
    """Writes who was asked what, and what an answer counts as, as SQL over the decoded rows."""

    def __init__(self, study: Study, codebook: Codebook, wave: str) -> None:
        self.study, self.codebook, self.wave = study, codebook, wave
        self.variables = codebook.in_wave(wave)

    def asked(self, name: str) -> str:
        """Return the SQL that is true where a variable was asked."""
        variable = self.variables[name]
        return _all_of(
            [*self.holds(variable.condition_in(self.wave)), *_since(variable.since(self.wave))]
        )

    def asked_category(self, name: str, category: str) -> str:
        """Return the SQL that is true where a category of a multiple variable was offered."""
        return _all_of([*_conjuncts(self.asked(name)), *self._offered(name, category)])

    def _offered(self, name: str, category: str) -> list[str]:
        """Return the tests of a category's own conditions, apart from its question's."""
        described = self.variables[name].categories[category]
        return [*self.holds(described.asked_if), *_since(described.since(self.wave))]

    def value(self, name: str) -> str:
        """Return the SQL of what counts as the answer to a variable that is not multiple."""
        variable = self.variables[name]
        if variable.derive is not None:
            return self._bounded(variable, self.derived(name))
        return _where(self.asked(name), quoted(name))

    def tick(self, name: str, category: str) -> str:
        """Return the SQL of one category of a multiple variable: ticked, not ticked, or NULL."""
        ticked = _flag(name, category)
        if self.variables[name].base == "asked":
            return _where(self.asked_category(name, category), ticked)
        return _where(_all_of([self.any_tick(name), *self._offered(name, category)]), ticked)

    def any_tick(self, name: str) -> str:
        """Return the SQL that is true where an offered category of a multiple one was ticked."""
        # Who was asked is written once and not for each category: conditions nest.
        ticks = [
            f"({_all_of([*self._offered(name, category), _flag(name, category)])})"
            for category in self.variables[name].categories_in(self.wave)
        ]
        return _all_of([*_conjuncts(self.asked(name)), f"({' OR '.join(ticks)})"])

    def derived(self, name: str) -> str:
        """Return the SQL of a derived variable before its bounds."""
        derive = self.variables[name].derive
        assert derive is not None
        if derive.years_since:
            return f"CAST(year(submitted) AS DOUBLE) - {self.value(derive.years_since)}"
        if derive.product:
            return " * ".join(f"({self.value(factor)})" for factor in derive.product)
        if derive.year_of_submission:
            return "CAST(year(submitted) AS DOUBLE)"
        if derive.any_of:
            tests = [self._test(source, wanted) for source, wanted in derive.any_of.items()]
            missing = [self._is_missing(source) for source in derive.any_of]
            # That none holds is known only of those who answered all of them.
            return (
                f"CASE WHEN {' OR '.join(tests)} THEN 1.0 "
                f"WHEN NOT ({' OR '.join(missing)}) THEN 0.0 END"
            )
        (source, wanted), *_ = (derive.ticks or {}).items()
        ticks = []
        for each in wanted:
            members = self.expand(source, [each])
            any_of = " OR ".join(f"coalesce({self.tick(source, one)}, FALSE)" for one in members)
            ticks.append(f"CASE WHEN {any_of or 'FALSE'} THEN 1.0 ELSE 0.0 END")
        if self.variables[source].base == "asked":
            answered = self.asked(source)
        else:
            answered = self.any_tick(source)
        return f"CASE WHEN {answered} THEN CAST({' + '.join(ticks)} AS DOUBLE) END"

    def outside(self, name: str) -> str | None:
        """Return the SQL that is true where a derived number is outside its bounds."""
        variable = self.variables[name]
        value = f"({self.derived(name)})"
        tests = []
        if variable.bounds.low is not None:
            tests.append(f"{value} < {literal(variable.bounds.low)}")
        if variable.bounds.high is not None:
            tests.append(f"{value} > {literal(variable.bounds.high)}")
        return f"({' OR '.join(tests)})" if tests else None

    def _bounded(self, variable: Variable, value: str) -> str:
        tests = []
        if variable.bounds.outside == "missing":
            if variable.bounds.low is not None:
                tests.append(f"({value}) >= {literal(variable.bounds.low)}")
            if variable.bounds.high is not None:
                tests.append(f"({value}) <= {literal(variable.bounds.high)}")
        return _where(_all_of(tests), f"({value})")

    def expand(self, name: str, wanted: Iterable[str]) -> list[str]:
        """Return categories with groups in the place of their members."""
        variable = self.variables[name]
        offered = variable.categories_in(self.wave) if variable.is_categorical else None
        members: list[str] = []
        for each in wanted:
            if each in variable.groups and each not in variable.categories:
                members += as_list(variable.groups[each].of)
            else:
                members.append(each)
        unique = dict.fromkeys(members)
        return [each for each in unique if offered is None or each in offered]

    def holds(self, condition: Condition) -> list[str]:
        """Return the SQL tests of a condition; a test of a missing answer is not true."""
        return [
            f"coalesce({self._test(name, wanted)}, FALSE)" for name, wanted in condition.items()
        ]

    def _test(self, name: str, wanted: list[str] | str) -> str:
        if name in {"program", "program_type"}:
            return f"{name} IN ({', '.join(map(literal, as_list(wanted)))})"
        variable = self.variables[name]
        if variable.is_numeric:
            interval = parse_interval(str(wanted))
            value = f"({self.value(name)})"
            tests = [f"{value} IS NOT NULL"]
            if interval.low is not None:
                mark = ">=" if interval.closed_low else ">"
                tests.append(f"{value} {mark} {literal(interval.low)}")
            if interval.high is not None:
                mark = "<=" if interval.closed_high else "<"
                tests.append(f"{value} {mark} {literal(interval.high)}")
            return f"({' AND '.join(tests)})"
        if NOT_REPORTED in as_list(wanted):
            rest = [each for each in as_list(wanted) if each != NOT_REPORTED]
            return f"({self._test(name, rest)} OR {self._is_missing(name)})"
        members = self.expand(name, as_list(wanted))
        if not members:
            return "FALSE"
        if variable.kind == "multiple":
            return f"({' OR '.join(f'coalesce({self.tick(name, one)}, FALSE)' for one in members)})"
        if variable.kind == "text":
            return f"({self.value(name)})"
        return f"({self.value(name)}) IN ({', '.join(map(literal, members))})"

    def _is_missing(self, name: str) -> str:
        """Return the SQL that is true where a variable has no usable answer."""
        if self.variables[name].kind == "multiple":
            return f"(NOT coalesce({self.any_tick(name)}, FALSE))"
        return f"(({self.value(name)}) IS NULL)"


def _since(day: datetime.date | None) -> list[str]:
    if day is None:
        return []
    return [f"coalesce(CAST(submitted AS DATE) >= CAST({literal(day.isoformat())} AS DATE), FALSE)"]


def _all_of(tests: Sequence[str]) -> str:
    return " AND ".join(tests) or "TRUE"


def _flag(name: str, category: str) -> str:
    return f"coalesce({quoted(column_of(name, category))}, FALSE)"


def _conjuncts(condition: str) -> list[str]:
    return [] if condition == "TRUE" else [condition]


def _where(condition: str, value: str) -> str:
    return value if condition == "TRUE" else f"CASE WHEN {condition} THEN {value} END"


# ---------------------------------------------------------------------------------------------
# The build


class _Build:
    """One wave on its way from raw rows to responses."""

    def __init__(self, study: Study, codebook: Codebook, wave: str, engine: Engine) -> None:
        self.study, self.codebook, self.engine = study, codebook, engine
        self.wave = wave
        self.settings: Wave = study.waves[wave]
        self.variables = {
            name: variable
            for name, variable in codebook.in_wave(wave).items()
            if variable.kind != "identifier"
        }
        self.asked = {
            name: variable for name, variable in self.variables.items() if variable.derive is None
        }
        self.conditions = Conditions(study, codebook, wave)
        self.sources = list_sources(codebook, wave)
        self.readings: dict[str, dict[str, Reading]] = {}
        self.exports: list[tuple[Export, dict[str, Column]]] = []
        self.is_decoded = False

    def run(self) -> ResponsesSummary:
        self._open()
        raw_rows = self._load()
        self._decode()
        self._refuse_unknown()
        self._interpret()
        shared = self._mark_repeats()
        summary = self._decide(raw_rows, shared)
        self._write(summary)
        return summary

    # -- the exports

    def _open(self) -> None:
        self.exports, problems = open_wave(self.study, self.codebook, self.wave)
        refuse_problems(problems)

    def _load(self) -> int:
        transforms: dict[str, Transform] = {}
        if self.settings.email_locators or self.settings.ip_locators:
            key = load_key(self.study)
            for role in self.exports[0][1]:
                if role.startswith("@email_"):
                    transforms[role] = email_tokens(key)
                elif role.startswith("@ip_"):
                    transforms[role] = ip_tokens(key)
        for source in self.sources:
            variable = self.asked[source.variable]
            if variable.kind == "text":
                transforms[source.column] = _typed(
                    kind_of(variable).make_reader(variable, self.wave)
                )
        count = 0
        for export, columns in self.exports:
            count += load_rows(self.engine, "raw", export, columns, transforms, start=count)
            log.info("%s: %s rows read", export.file, f"{count:,}")
        return count

    # -- each distinct answer, once

    def _decode(self) -> None:
        for source in self.sources:
            variable = self.asked[source.variable]
            if variable.kind == "text":
                continue
            if source.option is not None:
                read = make_option_reader(variable, self.wave, source.option)
            else:
                read = kind_of(variable).make_reader(variable, self.wave)
            answers = unique_values(self.engine, "raw", source.column)
            self.readings[source.column] = {answer: read(answer) for answer in answers}
            self._add_readings(source)
        self._decode_status()
        self._decode_program()
        self._decode_submitted()
        self._join_readings()

    def _add_readings(self, source: Source) -> None:
        """Give the engine the readings of one column's answers."""
        import pyarrow as pa

        variable = self.asked[source.variable]
        readings = self.readings[source.column]
        arrays: dict[str, pa.Array] = {
            "answer": pa.array(list(readings), pa.string()),
            "blank": pa.array(
                [reading.reason == BLANK for reading in readings.values()],
                pa.bool_(),
            ),
        }
        values = [reading.value for reading in readings.values()]
        arrays |= kind_of(variable).arrays(variable, self.wave, values)
        self.engine.append(f"read:{source.column}", pa.table(arrays))

    def _decode_status(self) -> None:
        import pyarrow as pa

        answers = unique_values(self.engine, "raw", "@status") if self.settings.status else []
        reasons = [read_status(answer) for answer in answers]
        self.engine.append(
            "read:@status",
            pa.table(
                {
                    "answer": pa.array(answers, pa.string()),
                    "value": pa.array(reasons, pa.string()),
                }
            ),
        )

    def _decode_program(self) -> None:
        import pyarrow as pa

        answers = unique_values(self.engine, "raw", "@program") if self.settings.program else []
        names = program_names(self.study)
        self.programs = {answer: names.get(fold_text(answer)) for answer in answers}
        found = list(self.programs.values())
        types = [name and self.study.programs[name].type for name in found]
        self.engine.append(
            "read:@program",
            pa.table(
                {
                    "answer": pa.array(answers, pa.string()),
                    "value": pa.array(found, pa.string()),
                    "type": pa.array(types, pa.string()),
                }
            ),
        )

    def _decode_submitted(self) -> None:
        import pyarrow as pa

        answers = unique_values(self.engine, "raw", "@submitted")
        times, unreadable = read_times(answers)
        if unreadable:
            refuse_problems(self._rows_problem("@submitted", unreadable, _TIME_MESSAGE, _TIME_HELP))
        self.engine.append(
            "read:@submitted",
            pa.table(
                {
                    "answer": pa.array(answers, pa.string()),
                    "value": pa.array(times, pa.timestamp("us")),
                }
            ),
        )

    def _join_readings(self) -> None:
        """Make the table `decoded`: each raw row with what its answers were read as."""
        only = next(iter(self.study.programs))
        columns = ["raw.number", "raw.file", 'raw."row"']
        joins: list[str] = []

        def join(column: str) -> str:
            table = f"read:{column}"
            joins.append(
                f"LEFT JOIN {quoted(table)} ON raw.{quoted(column)} = {quoted(table)}.answer"
            )
            return quoted(table)

        if self.settings.program:
            table = join("@program")
            columns += [f"{table}.value AS program", f"{table}.type AS program_type"]
        else:
            columns += [
                f"{literal(only)} AS program",
                f"{literal(self.study.programs[only].type)} AS program_type",
            ]
        columns.append(f"{join('@submitted')}.value AS submitted")
        status = f"{join('@status')}.value" if self.settings.status else "CAST(NULL AS VARCHAR)"
        columns.append(f'{status} AS "@status"')
        for role, count in (
            ("email", len(self.settings.email_locators)),
            ("ip", len(self.settings.ip_locators)),
        ):
            tokens = [f"raw.{quoted(f'@{role}_{position}')}" for position in range(1, count + 1)]
            token = f"coalesce({', '.join([*tokens, 'NULL'])})" if tokens else "NULL"
            columns.append(f"CAST({token} AS VARCHAR) AS {role}_token")
        answered: list[str] = []
        flags: dict[str, list[str]] = {}
        for source in self.sources:
            variable = self.asked[source.variable]
            if variable.kind == "text":
                name = quoted(source.column)
                columns.append(f"raw.{name} IS NOT NULL AS {name}")
                answered.append(f"raw.{name} IS NOT NULL")
                continue
            table = join(source.column)
            answered.append(f"NOT coalesce({table}.blank, TRUE)")
            if variable.kind == "multiple":
                for category in self._categories_read(source):
                    flags.setdefault(column_of(source.variable, category), []).append(
                        f"coalesce({table}.{quoted(category)}, FALSE)"
                    )
            else:
                columns.append(f"{table}.value AS {quoted(source.column)}")
        for name, variable in self.asked.items():
            if variable.kind == "multiple":
                for category in variable.categories_in(self.wave):
                    column = column_of(name, category)
                    ticked = " OR ".join(flags.get(column, ["FALSE"]))
                    columns.append(f"({ticked}) AS {quoted(column)}")
        columns.append(f'({" OR ".join(answered) or "FALSE"}) AS "@answered"')
        self.engine.run(
            f"CREATE TABLE decoded AS SELECT {', '.join(columns)} FROM raw {' '.join(joins)}"
        )
        self.is_decoded = True

    def _categories_read(self, source: Source) -> list[str]:
        """Return the categories that a column of a multiple variable ticks in any row."""
        values = [reading.value for reading in self.readings[source.column].values()]
        ticked = {category for value in values if isinstance(value, tuple) for category in value}
        offered = self.asked[source.variable].categories_in(self.wave)
        return [category for category in offered if category in ticked]

    # -- what cannot be

    def _refuse_unknown(self) -> None:
        problems: list[Problem] = []
        if self.settings.program:
            unknown = [answer for answer, name in self.programs.items() if name is None]
            unknown = [answer for answer in unknown if fold_text(answer)]
            labels = [program.label for program in self.study.programs.values()]
            problems += self._rows_problem(
                "@program",
                unknown,
                "holds a program that study.yaml does not name",
                "Add it to programs:, or to answers: of one of them.",
                known=labels,
            )
        for source in self.sources:
            readings = self.readings.get(source.column, {})
            unlisted = [
                answer for answer, reading in readings.items() if reading.reason == UNLISTED
            ]
            if not unlisted:
                continue
            variable = self.asked[source.variable]
            choices = choices_of(variable, self.wave)
            problems += self._rows_problem(
                source.column,
                unlisted,
                f"holds an answer that is not among the choices of {source.variable}",
                "Add it to answers: of a category in the codebook, or say under unlisted: what "
                "such answers are.",
                known=[
                    answer
                    for category in variable.categories_in(self.wave).values()
                    for answer in category.answers_in(self.wave)
                ]
                or list(choices),
            )
        refuse_problems(problems)

    def _rows_problem(
        self,
        column: str,
        answers: Sequence[str],
        message: str,
        remedy: str,
        known: Sequence[str] = (),
    ) -> list[Problem]:
        """Return a problem for each of the answers, with the rows that hold it.

        An answer is quoted only where so many rows hold it that it cannot be one person's.
        """
        if not answers:
            return []
        import pyarrow as pa

        # Rows that are dropped anyway need not be understood.
        rows_that_count = (
            'JOIN decoded ON raw.number = decoded.number AND decoded."@status" IS NULL '
            'AND decoded."@answered"'
            if self.is_decoded
            else ""
        )
        self.engine.add("unknown", pa.table({"answer": pa.array(list(answers), pa.string())}))
        found = self.engine.rows(
            f'SELECT raw.{quoted(column)}, raw.file, raw."row" FROM raw '
            f"JOIN unknown ON raw.{quoted(column)} = unknown.answer {rows_that_count} "
            "ORDER BY raw.number"
        )
        places: dict[tuple[str, str], list[int]] = {}
        for answer, file, row in found:
            places.setdefault((answer, file), []).append(row)
        times = Counter(fold_text(answer) for answer, _, _ in found)
        named = {
            export.file: (str(export.path), columns[column].label)
            for export, columns in self.exports
        }
        problems: list[Problem] = []
        for (answer, file), rows in places.items():
            path, label = named[file]
            if len(problems) == 2 * _SHOWN:
                rest = len(places) - len(problems)
                problems.append(
                    Problem(path, f"column {label}", f"has {rest:,} more such answers.")
                )
                break
            said = message
            if self._may_quote(answer, times):
                said = f"{message}: {tidy_text(answer)[:100]!r}"
            near = closest(tidy_text(answer), known)
            said = f"{said}; the nearest is {near!r}." if near else f"{said}."
            problems.append(Problem(path, f"column {label}, {_row_list(rows)}", said, remedy))
        return problems

    # -- rows with what counts

    def _interpret(self) -> None:
        """Make the table `interpreted`: answers only where the question was asked, and derived."""
        columns = [
            "number",
            "file",
            '"row"',
            "program",
            "program_type",
            "submitted",
            "email_token",
            "ip_token",
            "CASE "
            'WHEN "@status" IS NOT NULL THEN "@status" '
            f'WHEN NOT "@answered" THEN {literal(NO_ANSWER)} '
            f'WHEN program IS NULL THEN {literal(NO_PROGRAM)} END AS "@dropped"',
        ]
        for name, variable in self.variables.items():
            if variable.kind == "multiple":
                for category in variable.categories_in(self.wave):
                    value = self.conditions.tick(name, category)
                    columns.append(f"{value} AS {quoted(column_of(name, category))}")
            else:
                columns.append(f"{self.conditions.value(name)} AS {quoted(name)}")
            if variable.derive is None and self.conditions.asked(name) != "TRUE":
                columns.append(f"{self.conditions.asked(name)} AS {quoted(f'@asked:{name}')}")
        self.engine.run(f"CREATE TABLE interpreted AS SELECT {', '.join(columns)} FROM decoded")

    # -- one row a person and program

    def _mark_repeats(self) -> int:
        """Make the tables `addresses` and `repeats`; return how many addresses are shared."""
        self.engine.run(
            "CREATE TABLE addresses AS SELECT ip_token, min(number) AS first_number "
            'FROM interpreted WHERE "@dropped" IS NULL AND ip_token IS NOT NULL '
            "GROUP BY ip_token HAVING count(*) >= 2"
        )
        compared = [
            name
            for name in dict.fromkeys(
                [*self.study.duplicates.demographics, *self.study.duplicates.circumstances]
            )
            if name in self.variables
        ]
        columns = [
            "interpreted.number",
            "program",
            "submitted",
            "email_token",
            "interpreted.ip_token",
            *(f"{self._comparable(name)} AS {quoted(name)}" for name in compared),
        ]
        rows = self.engine.frame(
            f"SELECT {', '.join(columns)} FROM interpreted "
            "JOIN addresses ON interpreted.ip_token = addresses.ip_token "
            'WHERE "@dropped" IS NULL ORDER BY interpreted.number'
        )
        settings = self.study.duplicates
        marked = mark_duplicates(
            rows,
            settings,
            demographics=[name for name in settings.demographics if name in compared],
            circumstances=[name for name in settings.circumstances if name in compared],
        )
        import pandas as pd
        import pyarrow as pa

        repeats = [None if pd.isna(number) else int(number) for number in marked["repeats"]]
        self.engine.append(
            "repeats",
            pa.table(
                {
                    "number": pa.array(marked["number"].tolist(), pa.int64()),
                    "is_repeat": pa.array(marked["is_repeat"].tolist(), pa.bool_()),
                    "repeats": pa.array(repeats, pa.int64()),
                    "comparison": pa.array(marked["comparison"].tolist(), pa.string()),
                }
            ),
        )
        return int(self.engine.value("SELECT count(*) FROM addresses"))

    def _comparable(self, name: str) -> str:
        variable = self.variables[name]
        return kind_of(variable).comparable(name, variable, self.wave)

    def _decide(self, raw_rows: int, shared: int) -> ResponsesSummary:
        """Make the table `decisions`, and check that no raw row is lost or counted twice."""
        self.engine.run(
            "CREATE TABLE verdicts AS SELECT interpreted.number, interpreted.ip_token, "
            f'CASE WHEN repeats.is_repeat THEN {literal(REPEAT)} ELSE "@dropped" END AS reason, '
            "repeats.repeats, repeats.comparison FROM interpreted "
            "LEFT JOIN repeats ON interpreted.number = repeats.number"
        )
        width = max(6, len(str(raw_rows)))
        self.engine.run(
            "CREATE TABLE kept AS SELECT number, "
            f"concat({literal(self.wave + '-')}, "
            f"lpad(CAST(row_number() OVER (ORDER BY number) AS VARCHAR), {width}, '0')) "
            "AS response_id FROM verdicts WHERE reason IS NULL"
        )
        self.engine.run(
            "CREATE TABLE address_groups AS SELECT ip_token, "
            "row_number() OVER (ORDER BY first_number) AS address_group FROM addresses"
        )
        self.engine.run(
            'CREATE TABLE decisions AS SELECT raw.number, raw.file, raw."row", '
            "CASE WHEN verdicts.reason IS NULL THEN 'kept' ELSE 'dropped' END AS decision, "
            "verdicts.reason, own.response_id, other.response_id AS repeats, verdicts.comparison, "
            "address_groups.address_group IS NOT NULL AS shares_address, "
            "address_groups.address_group FROM raw "
            "JOIN verdicts ON raw.number = verdicts.number "
            "LEFT JOIN kept AS own ON raw.number = own.number "
            "LEFT JOIN kept AS other ON verdicts.repeats = other.number "
            "LEFT JOIN address_groups ON verdicts.ip_token = address_groups.ip_token "
            f"AND coalesce(verdicts.reason, '') IN ('', {literal(REPEAT)})"
        )
        counts = self.engine.rows(
            "SELECT coalesce(reason, ''), count(*) FROM decisions GROUP BY 1 ORDER BY 1"
        )
        dropped = {reason: count for reason, count in counts if reason}
        kept = self.engine.value("SELECT count(*) FROM kept")
        if raw_rows != kept + sum(dropped.values()):
            raise AssertionError("raw rows are not the kept and the dropped ones together")
        if not kept:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(dropped.items()))
            raise InvalidInput(
                [
                    Problem(
                        str(self.exports[0][0].path),
                        "",
                        f"has no response that can be kept ({reasons}).",
                        "Check status: and the questions' columns in study.yaml and the codebook.",
                    )
                ]
            )
        ordered = {reason: dropped[reason] for reason in DROP_REASONS if reason in dropped}
        return ResponsesSummary(raw_rows, int(kept), ordered, shared)

    # -- what is written

    def _write(self, summary: ResponsesSummary) -> None:
        folder = wave_dir(self.study.name, self.wave)
        with written_together(folder, FILES) as aside:
            columns = [
                column
                for name, variable in self.variables.items()
                for column in kind_of(variable).columns(name, variable, self.wave)
            ]
            answers = "".join(f", {quoted(column)}" for column in columns)
            written = self.engine.write_parquet(
                f"SELECT response_id, program, program_type, submitted{answers} FROM interpreted "
                "JOIN kept ON interpreted.number = kept.number ORDER BY response_id",
                aside / FILES[0],
            )
            if written != summary.kept:
                raise AssertionError("not every kept row was written")
            self.engine.write_parquet(
                "SELECT response_id, email_token, ip_token FROM interpreted "
                "JOIN kept ON interpreted.number = kept.number ORDER BY response_id",
                aside / FILES[1],
            )
            self._write_answers(aside / FILES[2])
            self.engine.write_csv(
                'SELECT file, "row", decision, reason, response_id, repeats, comparison, '
                "shares_address, address_group FROM decisions ORDER BY number",
                aside / FILES[3],
            )
        log.info("%s: %s of %s rows kept", self.wave, f"{summary.kept:,}", f"{summary.raw_rows:,}")

    def _write_answers(self, path: Path) -> None:
        import csv

        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["variable", "answer", "value", "reason", "times"])
            for name, variable in self.variables.items():
                counts = (
                    self._count_derived(name)
                    if variable.derive is not None
                    else self._count_answers(name)
                )
                lines = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
                for (column, shown, value, reason), times in lines:
                    writer.writerow([column, shown, value, reason, times])

    def _count_answers(self, name: str) -> Counter[tuple[str, str, str, str]]:
        """Count the kept rows by what stands in a variable's columns and how it was read."""
        variable = self.asked[name]
        has_condition = self.conditions.asked(name) != "TRUE"
        asked = f"interpreted.{quoted(f'@asked:{name}')}" if has_condition else "TRUE"
        counts: Counter[tuple[str, str, str, str]] = Counter()
        for source in [source for source in self.sources if source.variable == name]:
            rows = self.engine.rows(
                f"SELECT raw.{quoted(source.column)} AS answer, {asked} AS asked, "
                "count(*) AS times FROM raw JOIN kept ON raw.number = kept.number "
                "JOIN interpreted ON raw.number = interpreted.number "
                f"GROUP BY raw.{quoted(source.column)}, {asked}"
            )
            given: Counter[str] = Counter()
            for answer, _, times in rows:
                given[fold_text(answer or "")] += times
            commonest = self._find_commonest(name, rows)
            for answer, was_asked, times in rows:
                shown, *rest = self._line_of(source, answer, was_asked)
                if was_asked and answer is not None and answer == commonest:
                    rest[-1] = COMMONEST_TEXT
                if answer is not None and shown != "" and self._may_quote(answer, given):
                    shown = tidy_text(answer)
                counts[(source.column, shown, *rest)] += times
        if variable.kind == "multiple":
            counts.update(self._count_not_offered(name))
        return counts

    def _find_commonest(self, name: str, rows: Sequence[tuple]) -> str | None:
        """Return the mark of the text most people typed; None where too few typed it alike."""
        if self.asked[name].kind != "text":
            return None
        typed = [(times, mark) for mark, asked, times in rows if mark is not None and asked]
        if not typed or max(typed)[0] < max(2, self.study.disclosure.minimum):
            return None
        most = max(typed)[0]
        # Of several texts typed equally often one is counted; the marks differ from run to run,
        # but which one it is changes no number.
        return next(mark for times, mark in typed if times == most)

    def _may_quote(self, answer: str, times: Counter[str]) -> bool:
        """Tell whether so many wrote an answer that it cannot be one person's."""
        least = max(_QUOTED_FROM, self.study.disclosure.minimum)
        return times[fold_text(answer)] >= least and not may_identify(answer)

    def _line_of(self, source: Source, answer: str | None, was_asked: bool) -> tuple[str, str, str]:
        """Return how an answer is shown, its value as text, and the reason."""
        if self.asked[source.variable].kind == "text":
            reading = Reading(None, BLANK) if answer is None else Reading(1.0, "answered")
            value = ""
        else:
            readings = self.readings[source.column]
            reading = Reading(None, BLANK) if answer is None else readings[answer]
            value = _value_text(reading, source)
        if was_asked:
            return reading.shown, value, reading.reason
        if reading.reason == BLANK:
            return reading.shown, "", NOT_ASKED
        return reading.shown, "", THOUGH_ANSWERED

    def _count_not_offered(self, name: str) -> Counter[tuple[str, str, str, str]]:
        """Count the ticks of categories that were not offered to the person who ticked them."""
        counts: Counter[tuple[str, str, str, str]] = Counter()
        variable = self.asked[name]
        for category, described in variable.categories_in(self.wave).items():
            if not described.asked_if and described.since(self.wave) is None:
                continue
            column = column_of(name, category)
            asked = self.conditions.asked(name)
            offered = self.conditions.asked_category(name, category)
            times = self.engine.value(
                "SELECT count(*) FROM decoded JOIN kept ON decoded.number = kept.number "
                f"WHERE {quoted(column)} AND {asked} AND NOT ({offered})"
            )
            if times:
                counts[(column, described.label, "", THOUGH_ANSWERED)] += times
        return counts

    def _count_derived(self, name: str) -> Counter[tuple[str, str, str, str]]:
        derived, outside = self.conditions.derived(name), self.conditions.outside(name)
        test = outside or "FALSE"
        rows = self.engine.rows(
            f"SELECT CASE WHEN ({derived}) IS NULL THEN 'missing' WHEN {test} THEN 'outside' "
            "ELSE 'derived' END AS outcome, count(*) AS times FROM decoded "
            "JOIN kept ON decoded.number = kept.number GROUP BY 1"
        )
        reasons = {
            "missing": NOT_DERIVED,
            "derived": DERIVED,
            "outside": bounds_reason(self.variables[name]) if outside else "",
        }
        if self.variables[name].bounds.outside == "keep":
            reasons["outside"] += ", kept"
        return Counter({(name, "", "", reasons[outcome]): times for outcome, times in rows})


def _typed(read: Callable[[str], Reading]) -> Transform:
    """Return what the engine may hold of a typed text: a mark that equal texts share.

    The marks' key is thrown away with the process, so that nobody can try texts against them.
    """
    key = secrets.token_bytes(32)

    def mark(text: str) -> str | None:
        if read(text).value is None:
            return None
        return hashlib.blake2b(fold_text(text).encode(), key=key, digest_size=16).hexdigest()

    return mark


def _value_text(reading: Reading, source: Source) -> str:
    value = reading.value
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return f"{value:.15g}" if isinstance(value, float) else value


def _row_list(rows: Sequence[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    if len(rows) > _SHOWN:
        return f"rows {shown} and {len(rows) - _SHOWN:,} more"
    return f"row{'s' if len(rows) > 1 else ''} {shown}"


# ---------------------------------------------------------------------------------------------
# Roles


def program_names(study: Study) -> dict[str, str]:
    """Return each way a program is written in the exports, folded, to its name."""
    names: dict[str, str] = {}
    for name, program in study.programs.items():
        for answer in (program.label, *program.answers):
            names.setdefault(fold_text(answer), name)
    return names


def read_status(text: str) -> str | None:
    """Return why a Qualtrics response type is not a respondent's; None where it is one.

    The numeric codes are sums: 1 is a preview, 2 a test, 8 possible spam.
    """
    folded = fold_text(text)
    if re.fullmatch(r"\d+(\.0+)?", folded):
        code = int(float(folded))
        return PREVIEW if code & 1 else TEST if code & 2 else SPAM if code & 8 else None
    for word in (PREVIEW, TEST, SPAM):
        if word in folded:
            return word
    return None


_TIME_MESSAGE = "holds a time that cannot be read, or whose day and month cannot be told apart"
_TIME_HELP = "Write times as 2021-07-14 03:29:02."
_TIME_PARTS = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap]m))?)?"
)


def read_times(answers: Sequence[str]) -> tuple[list[datetime.datetime | None], list[str]]:
    """Read submission times; returns them, and the answers that could not be read.

    ISO times are read as they stand, one with an offset as UTC. Of times such as 7/14/2021 all
    of an export must be readable in one order of day and month, and not in both.
    """
    times: dict[str, datetime.datetime | None] = {}
    parts: dict[str, tuple[int, int, int, int, int, int]] = {}
    unreadable: list[str] = []
    for answer in answers:
        text = tidy_text(answer)
        if not text:
            times[answer] = None
            continue
        try:
            time = datetime.datetime.fromisoformat(text)
        except ValueError:
            found = _TIME_PARTS.fullmatch(text.casefold())
            if found:
                parts[answer] = _time_parts(found)
            else:
                unreadable.append(answer)
            continue
        if time.tzinfo is not None:
            time = time.astimezone(datetime.UTC).replace(tzinfo=None)
        times[answer] = time
    if parts:
        orders = [
            read
            for month_first in (True, False)
            if (read := _read_in_order(parts, month_first)) is not None
        ]
        if len(orders) == 1 or (len(orders) == 2 and orders[0] == orders[1]):
            times.update(orders[0])
        else:
            unreadable += parts
    return [times.get(answer) for answer in answers], unreadable


def _time_parts(found: re.Match[str]) -> tuple[int, int, int, int, int, int]:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7] == "pm" else 0)
    year = year + 2000 if year < 100 else year
    return first, second, year, hour, int(found[5] or 0), int(found[6] or 0)


def _read_in_order(
    parts: Mapping[str, tuple[int, int, int, int, int, int]], month_first: bool
) -> dict[str, datetime.datetime] | None:
    read: dict[str, datetime.datetime] = {}
    for answer, (first, second, year, hour, minute, sec) in parts.items():
        month, day = (first, second) if month_first else (second, first)
        try:
            read[answer] = datetime.datetime(year, month, day, hour, minute, sec)
        except ValueError:
            return None
    return read
