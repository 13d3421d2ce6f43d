"""One row a person and program: which rows repeat another, and what becomes of each raw row."""

from dataclasses import dataclass, field

from altcred.clean.duplicates import SAME_CIRCUMSTANCES, mark_duplicates
from altcred.clean.interpret import REPEAT, drop_reasons
from altcred.clean.rows import Rows
from altcred.core.engine import literal, quoted
from altcred.core.errors import refuse
from altcred.describe.study import ROLES
from altcred.kinds import kind_of
from altcred.read.identities import token_column
from altcred.read.join import joined_as


@dataclass(frozen=True)
class ResponsesSummary:
    """What became of the raw rows of one wave."""

    raw_rows: int
    kept: int
    dropped: dict[str, int] = field(default_factory=dict)
    shared_addresses: int = 0


def mark_repeats(rows: Rows) -> int:
    """Make the tables `addresses` and `repeats`; return how many addresses are shared."""
    import pandas as pd
    import pyarrow as pa

    engine, settings = rows.engine, rows.cohort.study.duplicates
    engine.run(
        "CREATE TABLE addresses AS SELECT ip_token, min(number) AS first_number "
        'FROM interpreted WHERE "@dropped" IS NULL AND ip_token IS NOT NULL '
        "GROUP BY ip_token HAVING count(*) >= 2"
    )
    demographics, circumstances = (
        [name for name in names if name in rows.variables]
        for names in (settings.demographics, settings.circumstances)
    )
    compared = "".join(
        f", {kind_of(variable).comparable(name, variable, rows.wave)} AS {quoted(name)}"
        for name in dict.fromkeys([*demographics, *circumstances])
        for variable in [rows.variables[name]]
    )
    tokens = list(map(token_column, ROLES))
    shared = " OR ".join(
        f"{one} IN (SELECT {one} FROM interpreted GROUP BY {one} HAVING count(*) > 1)"
        for one in tokens
    )
    frame = engine.frame(
        f'SELECT number, program, submitted, {", ".join(tokens)}, {_order(rows)} AS "order", '
        f"{_count_answers(rows)} AS answers{compared} FROM interpreted "
        f'WHERE "@dropped" IS NULL AND ({shared}) ORDER BY number'
    )
    marked = mark_duplicates(
        frame, settings, demographics=demographics, circumstances=circumstances
    )
    if not rows.cohort.study.programs:
        marked = marked.replace({"comparison": {SAME_CIRCUMSTANCES: "same circumstances"}})
    repeats = [None if pd.isna(number) else int(number) for number in marked["repeats"]]
    engine.append(
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
    return int(engine.value("SELECT count(*) FROM addresses"))


def _order(rows: Rows) -> str:
    """Return in SQL what the first and the last of a person's rows go by."""
    by = rows.cohort.study.duplicates.by
    if by == "file":
        return "number"
    # A wave that did not ask the variable has its times.
    variable = rows.variables.get(by)
    return kind_of(variable).sortable(by, variable, rows.wave) if variable else "submitted"


def _count_answers(rows: Rows) -> str:
    """Return in SQL how many of the wave's questions a row answers."""
    conditions = rows.cohort.conditions(rows.wave)
    given = [f"CASE WHEN {conditions.is_missing(name)} THEN 0 ELSE 1 END" for name in rows.asked]
    return " + ".join(given) or "0"


def decide_rows(rows: Rows, raw_rows: int, shared: int) -> ResponsesSummary:
    """Make the tables `kept`, `verdicts` and `decisions`; no raw row may be lost or counted twice.

    InvalidInput where no row can be kept.
    """
    _make_decisions(rows, raw_rows)
    counts = rows.engine.rows(
        "SELECT coalesce(reason, ''), count(*) FROM verdicts GROUP BY 1 ORDER BY 1"
    )
    dropped = {reason: count for reason, count in counts if reason}
    kept = int(rows.engine.value("SELECT count(*) FROM kept"))
    if raw_rows != kept + sum(dropped.values()):
        raise AssertionError("raw rows are not the kept and the dropped ones together")
    if not kept:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(dropped.items()))
        message = f"has no response that can be kept ({reasons})."
        remedy = (
            "Check status:, exclude: and the questions' columns in study.yaml and the codebook."
        )
        refuse(rows.exports[0][0].path, "", message, remedy)
    ordered = {reason: dropped[reason] for reason in drop_reasons(rows) if reason in dropped}
    for rule in rows.exclusions:
        if rule.name not in dropped:
            rows.notes.append(f"exclude {rule.name}: drops no row.")
    return ResponsesSummary(raw_rows, kept, ordered, shared)


def _unjoined(rows: Rows) -> str:
    """Return in SQL that a further file has nothing of a row; missing where none was joined."""
    tests = [
        f"{quoted(joined_as(place))} IS NULL" for place in range(1, len(rows.settings.join) + 1)
    ]
    return f"({' OR '.join(tests)})" if tests else "CAST(NULL AS BOOLEAN)"


def _make_decisions(rows: Rows, raw_rows: int) -> None:
    width = max(6, len(str(raw_rows)))
    # Of a wave without participant codes it is unknown.
    code = "person_token IS NOT NULL" if "person" in rows.identities else "CAST(NULL AS BOOLEAN)"
    unjoined = _unjoined(rows)
    rows.engine.run(
        'CREATE TABLE verdicts AS SELECT interpreted.number, interpreted.file, interpreted."row", '
        # Of what a row drops out for, only a repeat leaves its address among those shared.
        'CASE WHEN "@dropped" IS NULL THEN interpreted.ip_token END AS ip_token, '
        f'{code} AS has_code, "@unfinished" AS unfinished, {unjoined} AS unjoined, '
        f'CASE WHEN repeats.is_repeat THEN {literal(REPEAT)} ELSE "@dropped" END AS reason, '
        "coalesce(repeats.repeats, same_responses.stays) AS repeats, "
        "coalesce(repeats.comparison, same_responses.comparison) AS comparison FROM interpreted "
        "LEFT JOIN repeats ON interpreted.number = repeats.number "
        "LEFT JOIN same_responses ON interpreted.number = same_responses.number"
    )
    rows.engine.run(
        "CREATE TABLE kept AS SELECT number, "
        f"concat({literal(rows.wave + '-')}, "
        f"lpad(CAST(row_number() OVER (ORDER BY number) AS VARCHAR), {width}, '0')) "
        "AS response_id FROM verdicts WHERE reason IS NULL"
    )
    rows.engine.run(
        "CREATE TABLE address_groups AS SELECT ip_token, "
        "row_number() OVER (ORDER BY first_number) AS address_group FROM addresses"
    )
    # Few rows repeat another, so that few of those that stay have to be found again.
    rows.engine.run(
        "CREATE TABLE repeated AS SELECT number, response_id FROM kept "
        "WHERE number IN (SELECT repeats FROM verdicts WHERE repeats IS NOT NULL)"
    )
    rows.engine.run(
        'CREATE VIEW decisions AS SELECT verdicts.number, verdicts.file, verdicts."row", '
        "CASE WHEN verdicts.reason IS NULL THEN 'kept' ELSE 'dropped' END AS decision, "
        "verdicts.reason, own.response_id, repeated.response_id AS repeats, "
        "verdicts.comparison, verdicts.has_code, verdicts.unfinished, verdicts.unjoined, "
        "address_groups.address_group IS NOT NULL AS shares_address, "
        "address_groups.address_group FROM verdicts "
        "LEFT JOIN kept AS own ON verdicts.number = own.number "
        "LEFT JOIN repeated ON verdicts.repeats = repeated.number "
        "LEFT JOIN address_groups ON verdicts.ip_token = address_groups.ip_token"
    )
