"""Decodes each distinct answer once; what it was read as is put beside its number in the rows.

Addresses become tokens and typed texts become marks that only tell equal ones apart while the
export is read: the engine never holds them.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from altcred.clean.codes import code_of, mark_of
from altcred.clean.decimals import Decimal, find_decimal, list_doubtful
from altcred.clean.exclusions import (
    choose_tests,
    decode_exclusions,
    mark_same_responses,
    rule_column,
    told_as,
    told_in_sql,
)
from altcred.clean.readers import make_reader
from altcred.clean.refuse import LENGTHS
from altcred.clean.roles import program_names, read_status
from altcred.clean.rows import Rows
from altcred.clean.times import choose_splits, decode_times, time_in_sql, times_passed
from altcred.clean.weights import COLUMN as WEIGHT
from altcred.clean.weights import read_weights
from altcred.core.engine import literal, quoted
from altcred.kinds import kind_of
from altcred.kinds.reading import (
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
from altcred.read.join import joined_as
from altcred.read.load import First, Join, Split, Transform, read_tables
from altcred.read.overlaps import IdHashes
from altcred.read.platforms import is_answer

log = logging.getLogger(__name__)


def load_exports(rows: Rows) -> int:
    """Read all exports of the wave, whose rows then wait; return how many there are."""
    transforms, joins = _choose_transforms(rows) | choose_tests(rows), _choose_joins(rows)
    roles = dict.fromkeys(role for _, columns in rows.exports for role in columns)
    # Of what the codebook does not name counts only whether there is any.
    names = [one for one in roles if not one.startswith("@other_")]
    hashes = IdHashes()
    coded: dict[str, Split] = {one: partial(rows.codes.take, one) for one in _list_coded(rows)}
    before, rows.notes = rows.notes, []
    for export, columns in rows.exports:
        others = [role for role in columns if role.startswith("@other_")]
        firsts: dict[str, First] = {"@other": (others, _mark_answer)}
        splits = {**coded, **choose_splits(rows, export), "@response_id": hashes.take}
        rows.codes.begin(export.file)
        for table in read_tables(
            export, columns, transforms, joins, firsts, splits, names=names, start=rows.size
        ):
            rows.waiting.add(table)
            rows.size += table.num_rows
        known = [f"known as an export of {export.tool} (format:)."] if export.tool else []
        rows.notes += [f"{export.file}: {note}" for note in [*known, *export.notes]]
        lacking = [one for one in names if one not in columns and one != "@response_id"]
        _note_lacking(rows, export, lacking)
        log.info("%s: %s rows read", export.file, f"{rows.size:,}")
    told, rows.notes = rows.notes, before
    mark_same_responses(rows, hashes)
    rows.notes += told
    # All exports of a wave were joined to the same further files.
    rows.notes += filter(None, (tell() for tell in rows.exports[-1][0].partners))
    return rows.size


def _list_coded(rows: Rows) -> list[str]:
    """Return the columns of which each distinct answer is read once."""
    typed = (kind_of(rows.asked[source.variable]).is_typed for source in rows.sources)
    answers = [
        one.column for one, is_typed in zip(rows.sources, typed, strict=True) if not is_typed
    ]
    days = [rule_column(rule) for rule in rows.exclusions if rule.column and rule.is_of_day]
    return [*answers, *days, "@status", "@program", "@submitted", "@finished", WEIGHT]


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
    """Read each distinct answer, and tell what the rows' cells were read as by it."""
    answers = {
        source: rows.codes.answers(source.column)
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
    _decode_roles(rows)
    rows.decoded = _select_decoded(rows)


def _add_readings(rows: Rows, source: Source) -> None:
    """Keep the readings of one column's answers by their numbers.

    A category may have any name of letters and digits: what is said of an answer has others.
    """
    import pyarrow as pa

    variable = rows.asked[source.variable]
    held = rows.readings[source.column]
    readings = [held[answer] for _, answer in rows.codes.by_number(source.column)]
    values = kind_of(variable).arrays(variable, rows.wave, [one.value for one in readings])
    more = {"@blank": pa.array([one.is_blank for one in readings], pa.bool_())}
    if source.option is not None:
        more["@denied"] = pa.array([one.value == () for one in readings], pa.bool_())
    rows.known[source.column] = {**more, **values}


def _decode_roles(rows: Rows) -> None:
    """Read response types, programs and times of submission, each where there is a column of it."""
    import pyarrow as pa

    study, settings = rows.cohort.study, rows.settings
    if settings.status:
        answers = [one for _, one in rows.codes.by_number("@status")]
        rows.known["@status"] = {"value": pa.array(map(read_status, answers), pa.string())}
    if settings.program:
        names = program_names(study)
        found = [names.get(fold_text(one)) for _, one in rows.codes.by_number("@program")]
        types = [name and study.programs[name].type for name in found]
        columns = {"value": pa.array(found, pa.string()), "type": pa.array(types, pa.string())}
        rows.known["@program"] = columns
    if settings.weight:
        weights = read_weights(rows)
        usable = [
            one if (one := weights[text]) and one > 0 else None
            for _, text in rows.codes.by_number(WEIGHT)
        ]
        rows.known[WEIGHT] = {"value": pa.array(usable, pa.float64())}
    if settings.submitted:
        decode_times(rows)


def _select_decoded(rows: Rows) -> str:
    """Return in SQL what the cells of a row were read as."""
    columns = ["raw.number", "raw.file", 'raw."row"', *_role_columns(rows)]
    answered: list[str] = []
    passed: dict[str, str] = {}
    flags: dict[str, list[str]] = {}
    denied: dict[str, str] = {}
    for source in rows.sources:
        variable = rows.asked[source.variable]
        kind, name = kind_of(variable), quoted(source.column)
        if kind.is_typed:
            columns.append(f"raw.{name} IS NOT NULL AS {name}")
            passed[mark_of(source.column)] = f"raw.{name}"
            answered.append(f"raw.{name} IS NOT NULL")
            continue
        answered.append(f"NOT coalesce({rows.read_as(source.column, '@blank')}, TRUE)")
        if source.option is not None:
            denied[source.column] = rows.read_as(source.column, "@denied")
        if kind.has_ticks:
            for category in _categories_read(rows, source):
                flag = f"coalesce({rows.read_as(source.column, category)}, FALSE)"
                flags.setdefault(column_of(source.variable, category), []).append(flag)
        else:
            is_whole = source.option is None
            parts = kind.parts_of_column(variable, rows.wave) if is_whole else ()
            columns += [
                f"{rows.read_as(source.column, part)} AS {quoted(column_of(source.variable, part))}"
                for part in parts
            ] or [f"{rows.read_as(source.column)} AS {name}"]
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
    columns += decode_exclusions(rows)
    passed |= _list_passed(rows)
    rows.passed = list(map(quoted, passed))
    return ", ".join([*columns, *(f"{sql} AS {quoted(one)}" for one, sql in passed.items())])


def _list_passed(rows: Rows) -> dict[str, str]:
    """Return in SQL what else is told later of a raw row, by its column."""
    there = {column for _, columns in rows.exports for column in columns}
    person = rows.identities.get("person")
    passed = [code_of(column) for column in _list_coded(rows) if column in there]
    passed += [LENGTHS] if person and person.may_run_together else []
    passed += [joined_as(place) for place in range(1, len(rows.settings.join) + 1)]
    told = {one: f"raw.{quoted(one)}" for one in passed}
    for rule in rows.exclusions:
        if rule.column:
            told[told_as(rule)] = told_in_sql(rows, rule)
    if rows.settings.submitted:
        told |= times_passed()
    return told


def _role_columns(rows: Rows) -> list[str]:
    """Return program, type, time, response type, weight and tokens as SQL; NULL where none is."""
    study, settings = rows.cohort.study, rows.settings
    nothing = "CAST(NULL AS VARCHAR)"
    program, program_type = nothing, nothing
    if settings.program:
        program, program_type = rows.read_as("@program"), rows.read_as("@program", "type")
    elif study.programs:
        name, only = next(iter(study.programs.items()))
        program, program_type = literal(name), literal(only.type)
    time = "CAST(NULL AS TIMESTAMP)"
    if settings.submitted:
        time = time_in_sql(rows)
    status = rows.read_as("@status") if settings.status else nothing
    columns = [
        f"{program} AS program",
        f"{program_type} AS program_type",
        f"{time} AS submitted",
        f'{status} AS "@status"',
    ]
    if settings.weight:
        columns.append(f'{rows.read_as(WEIGHT)} AS "{WEIGHT}"')
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
