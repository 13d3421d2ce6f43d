"""What of an answer counts: only of who was asked it, and what is derived from it.

Variables are taken in the order of their dependence, each after those that its conditions name:
what these count as then stands in plain columns, so that the conditions of describe/conditions.py
serve as they are.
"""

from collections.abc import Iterable

from altcred.clean.exclusions import list_reasons, rule_column
from altcred.clean.roles import PREVIEW, SPAM, TEST
from altcred.clean.rows import Rows, in_files, marked
from altcred.core.ahead import ahead
from altcred.core.engine import literal, quoted
from altcred.describe.conditions import Conditions, join_all
from altcred.describe.dependence import dependence_of
from altcred.kinds import kind_of
from altcred.kinds.parts import Bounds, Derive
from altcred.kinds.score import score_in_sql
from altcred.kinds.variable import column_of
from altcred.read.identities import list_outputs

NO_ANSWER, NO_PROGRAM, REPEAT = "no answer", "no program", "repeat"

_ROLES = ("number", "file", '"row"', "program", "program_type", "submitted")


def interpret_answers(rows: Rows) -> None:
    """Make the table `interpreted`: `@dropped`, the reason why a row is, and what counts.

    Beside the columns of responses it has what the log of answers tells: `@asked:NAME`,
    `@withheld:COLUMN` where a category was ticked that was not offered, and `@derived:NAME`, a
    derived number before its bounds.
    """
    kept = {name: name for name in (*_ROLES, *map(quoted, list_outputs(rows.identities)))}
    known = ["@status", "@answered", "@same", "@unfinished"]
    known += ["@weight"] * (rows.settings.weight is not None)
    known += [rule_column(rule) for rule in rows.exclusions if rule.column]
    columns = kept | {one: one for one in [*map(quoted, known), *rows.passed]}
    columns |= {
        quoted(column): quoted(column) for name in rows.asked for column in rows.columns(name)
    }
    steps = [f"level_0 AS (SELECT {_list(columns)} FROM (SELECT {rows.decoded} FROM raw) AS raw)"]
    columns = {name: name for name in columns}
    for level, names in enumerate(_order(rows), start=1):
        notes = {note: sql for name in names for note, sql in _note(rows, name).items()}
        columns |= {note: note for note in notes}
        counted = {one: sql for name in names for one, sql in _count_as(rows, name).items()}
        steps += [
            f"noted_{level} AS (SELECT {_list({'*': '*', **notes})} FROM level_{level - 1})",
            f"level_{level} AS (SELECT {_list({**columns, **counted})} FROM noted_{level})",
        ]
        columns |= {one: one for one in counted}
    # Rules look at what counts, so that it is known of all rows before any is dropped.
    reasons = [*list_reasons(rows), (NO_ANSWER, 'NOT "@answered"')]
    if rows.cohort.study.programs:
        reasons.append((NO_PROGRAM, "program IS NULL"))
    tests = " ".join(f"WHEN {test} THEN {literal(reason)}" for reason, test in reasons)
    dropped = f'CASE WHEN "@status" IS NOT NULL THEN "@status" {tests} END AS "@dropped"'

    query = f"WITH {', '.join(steps)} SELECT *, {dropped} FROM level_{len(steps) // 2}"
    rows.engine.create("interpreted", query, "raw", ahead(rows.taken()))


def drop_reasons(rows: Rows) -> list[str]:
    """Return the reasons for which rows are dropped, in their order."""
    own = [reason for reason, _ in list_reasons(rows)]
    return [PREVIEW, TEST, SPAM, *own, NO_ANSWER, NO_PROGRAM, REPEAT]


def _list(columns: dict[str, str]) -> str:
    return ", ".join(name if name == sql else f"{sql} AS {name}" for name, sql in columns.items())


def _order(rows: Rows) -> Iterable[list[str]]:
    """Yield the variables in levels: each depends on those of earlier ones alone."""
    waiting = {
        name: {one for one in dependence_of(variable, rows.wave) if one in rows.variables}
        for name, variable in rows.variables.items()
    }
    while waiting:
        level = [name for name, needed in waiting.items() if not needed & set(waiting)]
        yield level
        waiting = {name: needed for name, needed in waiting.items() if name not in level}


def _note(rows: Rows, name: str) -> dict[str, str]:
    """Return what is noted of a variable before it counts, by its column."""
    conditions = rows.cohort.conditions(rows.wave)
    variable = rows.variables[name]
    if variable.derive is not None:
        return {marked("derived", name): write_derived(conditions, variable.derive)}
    asked = _asked(rows, name)
    notes = {} if asked == "TRUE" else {marked("asked", name): f"coalesce({asked}, FALSE)"}
    for category, test in kind_of(variable).contradictions(name, variable, rows.wave).items():
        notes[marked("contradicted", column_of(name, category))] = test
    for category in kind_of(variable).parts_of_column(variable, rows.wave):
        offered = conditions.offered(name, category)
        if offered != "TRUE":
            column = column_of(name, category)
            ticked = f"coalesce({quoted(column)}, FALSE)"
            notes[marked("withheld", column)] = (
                f"{ticked} AND coalesce({asked}, FALSE) AND NOT coalesce({offered}, FALSE)"
            )
    return notes


def list_lacking(rows: Rows) -> list[str]:
    """Return the variables of which some of several exports have no column."""
    return [name for name in rows.asked if len(_files_of(rows, name)) < len(rows.exports)]


def _files_of(rows: Rows, name: str) -> list[str]:
    sources = {source.column for source in rows.sources if source.variable == name}
    return [export.file for export, columns in rows.exports if sources & columns.keys()]


def _asked(rows: Rows, name: str) -> str:
    """Return in SQL who was asked a variable: nobody where a file has no column of it."""
    files = _files_of(rows, name)
    tests = [rows.cohort.conditions(rows.wave).asked(name)]
    if len(files) < len(rows.exports):
        tests.append(in_files(files))
    return join_all(tests)


def write_asked(rows: Rows, name: str) -> str:
    """Return in SQL, of interpreted rows, who was asked a variable that the wave asked."""
    return "TRUE" if _asked(rows, name) == "TRUE" else marked("asked", name)


def _count_as(rows: Rows, name: str) -> dict[str, str]:
    """Return what the answer to a variable counts as, by its columns."""
    conditions = rows.cohort.conditions(rows.wave)
    variable = rows.variables[name]
    if variable.derive is not None:
        value = marked("derived", name)
        inside = f"NOT ({is_outside(variable.bounds, value)})"
        is_kept = variable.bounds.outside == "keep"
        return {quoted(name): value if is_kept else f"CASE WHEN {inside} THEN {value} END"}
    asked = write_asked(rows, name)
    offered = {
        category: conditions.offered(name, category)
        for category in kind_of(variable).parts_of_column(variable, rows.wave)
    }
    for source in rows.sources:
        files = rows.files_with(source.column)
        if source.variable == name and source.option and len(files) < len(rows.exports):
            offered[source.option] = join_all([offered[source.option], in_files(files)])
    unsaid = list_unsaid(rows, name)
    found = kind_of(variable).count_as(name, variable, rows.wave, asked, offered, unsaid)
    return {quoted(column): sql for column, sql in found.items()}


def list_unsaid(rows: Rows, name: str) -> dict[str, str]:
    """Return in SQL of each option that it is blank in a file where others say no of it."""
    unsaid = {}
    for source in rows.sources:
        if source.variable == name and source.option is not None:
            readings = rows.readings[source.column]
            denials = {answer for answer, reading in readings.items() if reading.value == ()}
            if files := rows.codes.files_with(source.column, denials):
                here = in_files(files)
                unsaid[source.option] = f"({here} AND {quoted(source.column)} IS NULL)"
    return unsaid


def is_outside(bounds: Bounds, value: str) -> str:
    """Return in SQL that a number is outside its bounds; FALSE where it has none."""
    tests = []
    if bounds.low is not None:
        tests.append(f"{value} < {literal(bounds.low)}")
    if bounds.high is not None:
        tests.append(f"{value} > {literal(bounds.high)}")
    return " OR ".join(tests) or "FALSE"


def write_derived(conditions: Conditions, derive: Derive) -> str:
    """Return the SQL of a derived number, before its bounds; its sources stand in plain columns."""
    if derive.year_of_submission:
        return "CAST(year(submitted) AS DOUBLE)"
    if derive.years_since:
        kind = kind_of(conditions.codebook.variables[derive.years_since])
        return kind.years_since(derive.years_since, "submitted")
    if derive.product:
        return " * ".join(map(quoted, derive.product))
    if derive.items:
        return score_in_sql(derive, conditions.codebook.variables)
    if derive.any_of:
        tests = [f"({conditions.write({name: one})})" for name, one in derive.any_of.items()]
        missing = [f"({conditions.is_missing(name)})" for name in derive.any_of]
        # That none holds is known only of those who answered all of them.
        return (
            f"CASE WHEN {' OR '.join(tests)} THEN 1.0 "
            f"WHEN NOT ({' OR '.join(missing)}) THEN 0.0 END"
        )
    (source, wanted), *_ = (derive.ticks or {}).items()
    ticks = " + ".join(
        f"CASE WHEN {conditions.write({source: [one]})} THEN 1.0 ELSE 0.0 END" for one in wanted
    )
    answered = f"NOT ({conditions.is_missing(source)})"
    return f"CASE WHEN {answered} THEN CAST({ticks} AS DOUBLE) END"
