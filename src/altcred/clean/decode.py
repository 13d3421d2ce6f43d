"""Decodes each distinct answer once; the readings are joined to the rows in SQL.

Addresses become tokens and typed texts become marks that only tell equal ones apart while the
export is read: the engine never holds them.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from altcred.clean.decimals import Decimal, find_decimal, list_doubtful
from altcred.clean.exclusions import choose_tests, decode_exclusions, mark_same_responses
from altcred.clean.readers import make_reader
from altcred.clean.refuse import LENGTHS
from altcred.clean.roles import program_names, read_status
from altcred.clean.rows import Rows
from altcred.clean.times import choose_splits, decode_times, time_in_sql
from altcred.clean.weights import COLUMN as WEIGHT
from altcred.clean.weights import read_weights
from altcred.core.engine import literal, quoted, unique_values
from altcred.kinds import kind_of
from altcred.kinds.reading import (
    AMBIGUOUS_SEPARATOR,
    Reader,
    Reading,
    fold_text,
)
from altcred.kinds.variable import column_of
from altcred.read.columns import Source
from altcred.read.export import Export
from altcred.read.identifiers import (
    code_token,
    email_tokens,
    ip_tokens,
    load_key,
    spell_likeness,
    tell_lengths,
)
from altcred.read.identities import likeness_column, list_outputs
from altcred.read.load import First, Join, Transform, load_rows
from altcred.read.overlaps import IdHashes
from altcred.read.platforms import is_answer

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

# How many columns are joined with their readings in one statement.
_MOST_JOINS = 12
# A column of a table of readings, as SQL names it.
_USED = re.compile(r'("read:[^"]+")\.("[^"]+"|\w+)')


def load_exports(rows: Rows) -> int:
    """Make the table `raw` of all exports of the wave; return how many rows there are."""
    transforms, joins = _choose_transforms(rows) | choose_tests(rows), _choose_joins(rows)
    roles = dict.fromkeys(role for _, columns in rows.exports for role in columns)
    # Of what the codebook does not name counts only whether there is any.
    names = [one for one in roles if not one.startswith("@other_")]
    hashes = IdHashes()
    splits = {**choose_splits(rows), "@response_id": hashes.take}
    before, rows.notes = rows.notes, []
    count = 0
    for export, columns in rows.exports:
        others = [role for role in columns if role.startswith("@other_")]
        firsts: dict[str, First] = {"@other": (others, _mark_answer)}
        count += load_rows(
            rows.engine, "raw", export, columns, transforms, joins, firsts, splits,
            names=names, start=count,
        )  # fmt: skip
        known = [f"known as an export of {export.tool} (format:)."] if export.tool else []
        rows.notes += [f"{export.file}: {note}" for note in [*known, *export.notes]]
        lacking = [one for one in names if one not in columns and one != "@response_id"]
        _note_lacking(rows, export, lacking)
        log.info("%s: %s rows read", export.file, f"{count:,}")
    rows.size = count
    told, rows.notes = rows.notes, before
    mark_same_responses(rows, hashes)
    rows.notes += told
    # All exports of a wave were joined to the same further files.
    rows.notes += filter(None, (tell() for tell in rows.exports[-1][0].partners))
    return count


def _mark_answer(text: str) -> str | None:
    """Return a mark where a cell that the codebook does not name answers anything."""
    return "1" if is_answer(text) else None


def _note_lacking(rows: Rows, export: Export, roles: Sequence[str]) -> None:
    if roles:
        lacking = ", ".join(role.removeprefix("@").replace("_", " ") for role in roles)
        rows.notes.append(f"{export.file} has no column of {lacking}: not asked there.")


def _choose_transforms(rows: Rows) -> dict[str, Transform]:
    """Return what the engine is given in the place of addresses and of typed texts."""
    transforms: dict[str, Transform] = {}
    for identity in rows.identities.values():
        if identity.is_address:
            make = email_tokens if identity.name == "email" else ip_tokens
            transforms |= dict.fromkeys(identity.columns, make(load_key(rows.cohort.study)))
    for source in rows.sources:
        kind = kind_of(rows.asked[source.variable])
        if kind.is_typed:
            transforms[source.column] = _mark_typed(_make_reader(rows, source, {}))
    return transforms


def _choose_joins(rows: Rows) -> dict[str, Join]:
    """Return the columns that are made of codes and names, and what the engine is given of them."""
    joins: dict[str, Join] = {}
    for identity in rows.identities.values():
        if identity.is_address:
            continue
        key, columns = load_key(rows.cohort.study), identity.columns
        joins[f"@{identity.token}"] = columns, partial(code_token, key, identity)
        if identity.may_run_together:
            joins[LENGTHS] = columns, partial(tell_lengths, identity)
        if identity.fuzzy:
            name = likeness_column(identity.name)
            joins[f"@{name}"] = columns, partial(spell_likeness, key, identity)
    return joins


def _make_reader(
    rows: Rows,
    source: Source,
    answers: Mapping[Source, Sequence[str]],
    decimal: Decimal | None = None,
) -> Reader:
    """Return the function that reads the answers of one column."""
    columns = [found[source.column] for _, found in rows.exports if source.column in found]
    variable = rows.asked[source.variable]
    order, decimal = rows.settings.date_order, decimal or rows.decimal
    return make_reader(variable, rows.wave, source, columns, answers, decimal, order)


def _mark_typed(read: Callable[[str], Reading]) -> Transform:
    """Return what the engine may hold of a typed text: a mark that equal texts share.

    The marks' key is thrown away with the process, so that nobody can try texts against them.
    """
    key = secrets.token_bytes(32)

    def mark(text: str) -> str | None:
        if read(text).value is None:
            return None
        return hashlib.blake2b(fold_text(text).encode(), key=key, digest_size=16).hexdigest()

    return mark


def decode_answers(rows: Rows) -> None:
    """Read each distinct answer, and tell how rows are joined with what theirs were read as."""
    answers = {
        source: unique_values(rows.engine, "raw", source.column)
        for source in rows.sources
        if not kind_of(rows.asked[source.variable]).is_typed
    }
    numbers = {
        source: held for source, held in answers.items()
        if (kind := kind_of(rows.asked[source.variable])).is_numeric and not kind.is_calendar
    }  # fmt: skip
    rows.decimal = rows.settings.decimal
    is_cut = all(export.delimiter == ";" for export, _ in rows.exports)
    if rows.decimal is None and is_cut:
        found = find_decimal(
            answer
            for source, held in numbers.items() if rows.asked[source.variable].decimal is None
            for answer in held
        )  # fmt: skip
        rows.decimal = "comma" if found == "comma" else None
    for source, held in answers.items():
        read = _make_reader(rows, source, answers)
        rows.readings[source.column] = {answer: read(answer) for answer in held}
        _add_readings(rows, source)
        if source in numbers:
            variable = rows.asked[source.variable]
            said = variable.model_copy(update={"decimal": variable.decimal or rows.decimal})
            make = partial(_make_reader, rows, source, answers)
            doubt = list_doubtful(said, held, make, is_cut_at_semicolons=is_cut)
            if doubt[1] is not None:
                rows.doubtful[source.column] = doubt
            _note_unsure(rows, source)
    _decode_roles(rows)
    _join_readings(rows)


def _note_unsure(rows: Rows, source: Source) -> None:
    """Note how many numbers are missing since nobody can tell what their comma or point is."""
    readings = rows.readings[source.column].values()
    unsure = sum(one.reason == AMBIGUOUS_SEPARATOR for one in readings)
    if unsure and rows.asked[source.variable].decimal != "unclear":
        rows.notes.append(
            f"{source.variable}: {unsure} different answers hold a comma or a point that may stand "
            "for decimals or for thousands; they are missing."
        )


def _add_readings(rows: Rows, source: Source) -> None:
    """Give the engine the readings of one column's answers.

    A category may have any name of letters and digits: what is said of an answer has others.
    """
    import pyarrow as pa

    variable = rows.asked[source.variable]
    readings = rows.readings[source.column].values()
    values = kind_of(variable).arrays(variable, rows.wave, [one.value for one in readings])
    more = {"@blank": pa.array([one.is_blank for one in readings], pa.bool_())}
    if source.option is not None:
        more["@denied"] = pa.array([one.value == () for one in readings], pa.bool_())
    _add_table(rows, source.column, list(rows.readings[source.column]), **more, **values)


def _add_table(rows: Rows, column: str, answers: Sequence[str], **columns: "pa.Array") -> None:
    import pyarrow as pa

    table = pa.table({"@answer": pa.array(answers, pa.string()), **columns})
    rows.engine.append(f"read:{column}", table)


def _decode_roles(rows: Rows) -> None:
    """Read response types, programs and times of submission, each where there is a column of it."""
    import pyarrow as pa

    study, settings, engine = rows.cohort.study, rows.settings, rows.engine
    if settings.status:
        answers = unique_values(engine, "raw", "@status")
        status = pa.array(map(read_status, answers), pa.string())
        _add_table(rows, "@status", answers, value=status)
    if settings.program:
        answers, names = unique_values(engine, "raw", "@program"), program_names(study)
        found = [names.get(fold_text(answer)) for answer in answers]
        types = [name and study.programs[name].type for name in found]
        columns = {"value": pa.array(found, pa.string()), "type": pa.array(types, pa.string())}
        _add_table(rows, "@program", answers, **columns)
    if settings.weight:
        weights = read_weights(rows)
        values = [one if one and one > 0 else None for one in weights.values()]
        _add_table(rows, WEIGHT, list(weights), value=pa.array(values, pa.float64()))
    if settings.submitted:
        decode_times(rows)


def _join_readings(rows: Rows) -> None:
    joins: dict[str, str] = {}

    def join(column: str, more: str = "") -> str:
        table = quoted(f"read:{column}")
        also = more.format(table)
        joins[table] = f'LEFT JOIN {table} ON raw.{quoted(column)} = {table}."@answer"{also}'
        return table

    columns = ["raw.number", "raw.file", 'raw."row"', *_role_columns(rows, join)]
    answered: list[str] = []
    flags: dict[str, list[str]] = {}
    denied: dict[str, str] = {}
    for source in rows.sources:
        kind = kind_of(rows.asked[source.variable])
        if kind.is_typed:
            name = quoted(source.column)
            columns.append(f"raw.{name} IS NOT NULL AS {name}")
            answered.append(f"raw.{name} IS NOT NULL")
            continue
        table = join(source.column)
        answered.append(f'NOT coalesce({table}."@blank", TRUE)')
        if source.option is not None:
            denied[source.column] = f'{table}."@denied"'
        if kind.has_ticks:
            for category in _categories_read(rows, source):
                flag = f"coalesce({table}.{quoted(category)}, FALSE)"
                flags.setdefault(column_of(source.variable, category), []).append(flag)
        else:
            is_whole = source.option is None
            parts = kind.parts_of_column(rows.asked[source.variable], rows.wave) if is_whole else ()
            columns += [
                f"{table}.{quoted(part)} AS {quoted(column_of(source.variable, part))}"
                for part in parts
            ] or [f"{table}.value AS {quoted(source.column)}"]
    for name, variable in rows.asked.items():
        if kind_of(variable).has_ticks:
            columns += [
                f"CASE WHEN {' OR '.join(flags.get(column, ['FALSE']))} THEN TRUE "
                f"WHEN {denied.get(column, 'FALSE')} THEN FALSE END AS {quoted(column)}"
                for column in rows.columns(name)
            ]
    # Whoever answered another question of the export than those of the codebook did answer.
    answered.append('raw."@other" IS NOT NULL')
    columns.append(f'({" OR ".join(answered)}) AS "@answered"')
    columns += decode_exclusions(rows, _add_table, join)
    selected = ", ".join(columns)
    rows.write_decoded = lambda piece: _write_joined(selected, joins, piece)


def _write_joined(selected: str, joins: Mapping[str, str], piece: str) -> str:
    """Return the query of what is selected of `raw` and of the readings of all columns.

    Many are joined in parts first: the engine carries all columns through each join of a query,
    so that many take as many times longer. A part has only the columns that are selected.
    """
    if len(joins) <= _MOST_JOINS:
        return f"SELECT {selected} FROM raw {' '.join(joins.values())} WHERE {piece}"
    used = dict.fromkeys(_USED.findall(selected))
    parts: list[str] = []
    for place in range(0, len(joins), _MOST_JOINS):
        some = dict(list(joins.items())[place : place + _MOST_JOINS])
        part = f"joined_{place}"
        columns = [
            f"{table}.{column} AS {_name_used(table, column)}"
            for table, column in used
            if table in some
        ]
        query = (
            f"SELECT {', '.join(['raw.number', *columns])} FROM raw {' '.join(some.values())} "
            f"WHERE {piece}"
        )
        parts.append(f"JOIN ({query}) AS {part} ON raw.number = {part}.number")
    told = _USED.sub(lambda found: _name_used(*found.groups()), selected)
    return f"SELECT {told} FROM raw {' '.join(parts)} WHERE {piece}"


def _name_used(table: str, column: str) -> str:
    return quoted(f"{table.strip(chr(34))}.{column.strip(chr(34))}")


def _role_columns(rows: Rows, join: Callable[..., str]) -> list[str]:
    """Return program, type, time, response type, weight and tokens as SQL; NULL where none is."""
    study, settings = rows.cohort.study, rows.settings
    nothing = "CAST(NULL AS VARCHAR)"
    program, program_type = nothing, nothing
    if settings.program:
        table = join("@program")
        program, program_type = f"{table}.value", f"{table}.type"
    elif study.programs:
        name, only = next(iter(study.programs.items()))
        program, program_type = literal(name), literal(only.type)
    time = "CAST(NULL AS TIMESTAMP)"
    if settings.submitted:
        time = time_in_sql(rows, join)
    status = f"{join('@status')}.value" if settings.status else nothing
    columns = [
        f"{program} AS program",
        f"{program_type} AS program_type",
        f"{time} AS submitted",
        f'{status} AS "@status"',
    ]
    if settings.weight:
        columns.append(f'{join(WEIGHT)}.value AS "{WEIGHT}"')
    made = {column: one for one in rows.identities.values() for column in one.outputs}
    for column in list_outputs(rows.identities):
        value = nothing
        if (identity := made.get(column)) is not None:
            # Of addresses the first that is given counts.
            raw = identity.columns if identity.is_address else [f"@{column}"]
            value = f"coalesce({', '.join(f'raw.{quoted(one)}' for one in raw)}, NULL)"
        columns.append(f"{value} AS {quoted(column)}")
    return columns


def _categories_read(rows: Rows, source: Source) -> list[str]:
    """Return the categories that a column of a multiple variable ticks in any row."""
    values = [reading.value for reading in rows.readings[source.column].values()]
    ticked = {category for value in values if isinstance(value, tuple) for category in value}
    offered = rows.asked[source.variable].categories_in(rows.wave)
    return [category for category in offered if category in ticked]
