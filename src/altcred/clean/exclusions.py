"""Rows that are no responses: the same response again, unfinished ones, and those a rule drops.

A rule's test of a raw column is made while the export is read, so that the engine is given only
how it came out; one of days is made once all days of the column are known.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from altcred.clean.codes import code_of
from altcred.clean.rows import Rows, in_files
from altcred.core.engine import literal, quoted
from altcred.core.errors import Problem
from altcred.core.records import NOT_REPORTED
from altcred.describe.rows import Exclusion, list_wanted
from altcred.kinds import kind_of
from altcred.kinds.parts import day_number
from altcred.kinds.quantities import SWAPPED, read_separated
from altcred.kinds.reading import fold_text, plain_code
from altcred.kinds.times import NEVER, read_times
from altcred.read.load import Transform
from altcred.read.overlaps import IdColumn, IdHashes, count_alike, find_overlaps
from altcred.read.platforms import tells_by_time

SAME_RESPONSE, UNFINISHED = "same response", "unfinished"
_TRUE, _FALSE, _UNREADABLE = "true", "false", "unreadable"
_FINISHED = {"true", "yes", "y", "finished", "complete", "completed", "done", "submitted", "ja"}
_NOT_FINISHED = {
    *("false", "no", "n", "partial", "incomplete", "unfinished", "started", "nein", "unverified"),
    *("not finished", "in progress", "not completed", "partially completed"),
}


def rule_column(rule: Exclusion) -> str:
    """Return the raw column that a rule looks at."""
    return f"@exclude_{rule.name}"


def choose_tests(rows: Rows) -> dict[str, Transform]:
    """Return how the cells of the columns that rules name come out."""
    tests: dict[str, Transform] = {}
    decimal = rows.settings.decimal
    for rule in rows.exclusions:
        if rule.column and not rule.is_of_day:
            tests[rule_column(rule)] = lru_cache(maxsize=4096)(_make_test(rule, decimal or ""))
    return tests


def _make_test(rule: Exclusion, decimal: str) -> Transform:
    """Return the test of one cell that is not empty."""
    wanted = {plain_code(fold_text(one)) for one in rule.wanted}

    def test(text: str) -> str | None:
        folded = plain_code(fold_text(text))
        if not folded:
            return None
        if rule.is_of_number:
            number = _read_number(folded, decimal)
            if number is None:
                return _UNREADABLE
            low = rule.below is not None and number < rule.below
            return _told(low or (rule.above is not None and number > rule.above))
        if rule.blank is not None:
            return _told(not rule.blank)
        return _told((folded in wanted) == (rule.equals is not None))

    return test


def _told(is_so: bool) -> str:
    return _TRUE if is_so else _FALSE


def _read_number(folded: str, decimal: str) -> float | None:
    """Read a number that may have a sign and a percent sign; clocks are told in seconds."""
    if clock := re.fullmatch(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?", folded):
        return 3600 * int(clock[1] or 0) + 60 * int(clock[2]) + int(clock[3])
    found = re.fullmatch(r"([+-]?) ?(.+?) ?(?:%|s|sec|secs|seconds|min|mins|minutes)?", folded)
    if found is None:
        return None
    written = found[2]
    if decimal == "comma":
        written = written.translate(SWAPPED)
    number = read_separated(written, points_group=False)
    return None if number is None else -number if found[1] == "-" else number


def mark_same_responses(rows: Rows, hashes: IdHashes) -> None:
    """Make the table `same_responses` of rows that are a response of another download again."""
    import pyarrow as pa

    settings = rows.settings
    exports = []
    for export, columns in rows.exports:
        column = columns.get("@response_id")
        ids = IdColumn(column, bool(settings.response_id)) if column else None
        exports.append((export, ids))
    found = find_overlaps(exports, hashes) if any(ids for _, ids in exports) else None
    if found is None and settings.submitted and (alike := count_alike(rows.exports)):
        rows.notes.append(
            f"rows that stand alike in two files, time and all: {alike:,}. If the files are "
            "downloads of one survey, name what tells responses apart under response_id:."
        )
    for export, ids in exports:
        if found is None or ids is None or export.file not in found.repeated:
            continue
        numbers = ", ".join(map(str, found.repeated[export.file]))
        message = f"holds an id again that stands above, at row {numbers}; so it is none."
        if settings.response_id:
            remedy = "Name under response_id: what differs in every row, or write null."
            where = f"column {ids.column.label}"
            rows.problems.append(Problem(str(export.path), where, message, remedy))
            continue
        rows.notes.append(f"{export.file}: column {ids.column.label} {message}")
    if found and found.apart:
        rows.notes.append(
            f"ids that stand in two files with other answers, taken for other people: "
            f"{found.apart:,}. Say response_id: where they are the same responses."
        )
    same = found.same if found and not found.repeated else []
    rows.engine.append(
        "same_responses",
        pa.table(
            {
                "number": pa.array([one[0] for one in same], pa.int64()),
                "stays": pa.array([one[1] for one in same], pa.int64()),
                "comparison": pa.array([one[2] for one in same], pa.string()),
            }
        ),
    )


def decode_exclusions(rows: Rows) -> list[str]:
    """Return in SQL what is known of each row: whether it is the same response, and unfinished.

    `@unfinished` is missing where nothing tells it. There is a column for each rule that looks at
    a raw one, with the rule's name.
    """
    numbers = "(SELECT number FROM same_responses)"
    columns = [
        f'raw.number IN {numbers} AS "@same"',
        f'{_tell_unfinished(rows)} AS "@unfinished"',
    ]
    for rule in rows.exclusions:
        if not rule.column:
            continue
        if rule.is_of_day:
            _read_days(rows, rule)
        column = rule_column(rule)
        value = f"nullif({told_in_sql(rows, rule)}, {literal(_UNREADABLE)})"
        known = f"{value} = {literal(_TRUE)}"
        test = _with_missing(rule, known, f"{value} IS NULL")
        here = in_files(rows.files_with(column), "raw.file")
        columns.append(f"({here} AND {test}) AS {quoted(column)}")
    return columns


def told_as(rule: Exclusion) -> str:
    """Return the name of the column with how a rule's test of its column came out."""
    return f"{rule_column(rule)}=told"


def told_in_sql(rows: Rows, rule: Exclusion) -> str:
    """Return in SQL, of raw rows, how a rule's test of its column came out."""
    column = rule_column(rule)
    return rows.read_as(column) if rule.is_of_day else f"raw.{quoted(column)}"


def _with_missing(rule: Exclusion, test: str, is_missing: str) -> str:
    """Return in SQL that a rule drops a row, a missing value as the rule has it."""
    missing = rule.missing == "exclude" or rule.blank is True
    return f"(CASE WHEN {is_missing} THEN {missing} ELSE coalesce({test}, FALSE) END)"


def _read_days(rows: Rows, rule: Exclusion) -> None:
    import pyarrow as pa

    column = rule_column(rule)
    answers = [one for _, one in rows.codes.by_number(column)]
    times, unreadable = read_times(answers, order=rows.settings.date_order)
    told = [None if one is None else _told(_is_outside(rule, one)) for one in times]
    pairs = zip(answers, told, strict=True)
    told = [_UNREADABLE if one in set(unreadable) else outcome for one, outcome in pairs]
    rows.known[column] = {"value": pa.array(told, pa.string())}


def _is_outside(rule: Exclusion, time: datetime.datetime) -> bool:
    day = time.date()
    early = rule.before is not None and day < rule.before
    return early or (rule.after is not None and day > rule.after)


def list_unread_tests(rows: Rows) -> Iterator[Problem]:
    """Yield the rules that can read no value of their column; note those that cannot read some."""
    for rule in rows.exclusions:
        if rule.column:
            yield from _find_unreadable(rows, rule)


def _find_unreadable(rows: Rows, rule: Exclusion) -> list[Problem]:
    told = quoted(told_as(rule))
    given, unreadable = rows.engine.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {told} = {literal(_UNREADABLE)}) "
        f"FROM interpreted WHERE {told} IS NOT NULL"
    )[0]
    what = "day" if rule.is_of_day else "number"
    if unreadable and unreadable == given:
        export, columns = next(one for one in rows.exports if rule_column(rule) in one[1])
        where = f"column {columns[rule_column(rule)].label}"
        message = f"holds no value that exclude {rule.name} could read as a {what}."
        remedy = "Correct the rule; where day and month are unclear, say date_order:."
        return [Problem(str(export.path), where, message, remedy)]
    if unreadable:
        rows.notes.append(f"exclude {rule.name}: values that are no {what}: {unreadable:,}.")
    return []


def _tell_unfinished(rows: Rows) -> str:
    """Return in SQL whether a row is unfinished."""
    import pyarrow as pa

    finders = [columns["@finished"] for _, columns in rows.exports if "@finished" in columns]
    if not finders:
        return "CAST(NULL AS BOOLEAN)"
    answers = [one for _, one in rows.codes.by_number("@finished")]
    told, unclear = read_finished(answers)
    if unclear:
        export, columns = next(one for one in rows.exports if "@finished" in one[1])
        message = "holds values that do not say whether a response is finished."
        remedy = "Name another column under finished:, or null; or write a rule under exclude:."
        if rows.settings.finished:
            where = f"column {columns['@finished'].label}"
            rows.problems.append(Problem(str(export.path), where, message, remedy))
        return "CAST(NULL AS BOOLEAN)"
    rows.known["@finished"] = {"value": pa.array(told, pa.bool_())}
    by_time = any(map(tells_by_time, finders))
    # Who was never submitted has no time of submission; of anything else a blank says nothing.
    blank = "TRUE" if by_time else "CAST(NULL AS BOOLEAN)"
    here = in_files(rows.files_with("@finished"), "raw.file")
    return (
        f"(CASE WHEN raw.{quoted(code_of('@finished'))} IS NULL AND {here} THEN {blank} "
        f"ELSE NOT {rows.read_as('@finished')} END)"
    )


def drops_unfinished(rows: Rows) -> bool:
    """Tell whether unfinished rows are dropped."""
    settings = rows.settings
    if settings.unfinished is not None:
        return settings.unfinished == "drop"
    finders = [columns["@finished"] for _, columns in rows.exports if "@finished" in columns]
    return bool(settings.finished) or any(map(tells_by_time, finders))


def read_finished(answers: Sequence[str]) -> tuple[list[bool | None], list[str]]:
    """Read whether responses are finished; return it, and the answers that do not tell.

    An answer is a word, a truth value, a percentage, or the time of submission. LimeSurvey writes
    1980 where nobody submitted, and for all who did where it keeps no times.
    """
    folded = {answer: plain_code(fold_text(answer)) for answer in answers}
    numbers = {
        answer: float(found[1].replace(",", "."))
        for answer, one in folded.items()
        if (found := re.fullmatch(r"(\d+(?:[.,]\d+)?) ?%?", one))
    }
    # Nought, one and two are incomplete, unverified and complete; more are hundredths.
    most = max(numbers.values(), default=0)
    is_percent = most > 2 or any("%" in answer for answer in numbers)
    full = 100.0 if is_percent else 1.0 if most <= 1 else 2.0
    # In which order a day has its parts tells nothing here.
    dated = {
        answer
        for times, _ in (read_times(answers, order="mdy"), read_times(answers, order="dmy"))
        for answer, time in zip(answers, times, strict=True)
        if time is not None and answer not in numbers
    }
    told: list[bool | None] = []
    unclear: list[str] = []
    for answer, one in folded.items():
        if answer in numbers:
            told.append(numbers[answer] >= full)
        elif answer.strip() in NEVER:
            told.append(not dated)
        elif one in _FINISHED | _NOT_FINISHED:
            told.append(one in _FINISHED)
        elif answer in dated:
            told.append(True)
        else:
            told.append(None)
            unclear.append(answer)
    return told, unclear


def is_set_aside(rows: Rows) -> str:
    """Return in SQL that a decoded row is dropped whatever its answers count as."""
    tests = [test for _, test in list_reasons(rows, raw_only=True)]
    return " OR ".join(tests)


def list_reasons(rows: Rows, *, raw_only: bool = False) -> list[tuple[str, str]]:
    """Return the reasons of this file in their order, each with its test in SQL.

    With `raw_only` those are left out that look at what answers count as.
    """
    reasons = [(SAME_RESPONSE, '"@same"')]
    if drops_unfinished(rows):
        reasons.append((UNFINISHED, 'coalesce("@unfinished", FALSE)'))
    rules = [rule for rule in rows.exclusions if rule.column or not raw_only]
    return reasons + [(rule.name, _test_rule(rows, rule)) for rule in rules]


def _test_rule(rows: Rows, rule: Exclusion) -> str:
    """Return in SQL that a rule drops a row of what counts."""
    if rule.column:
        return quoted(rule_column(rule))
    if rule.variable is None:
        return _with_missing(rule, _test_day(rule, "submitted"), "submitted IS NULL")
    conditions = rows.cohort.conditions(rows.wave)
    is_missing = f"({conditions.is_missing(rule.variable)})"
    if rule.wanted:
        ways = list_wanted(rule, rows.variables[rule.variable])
        test = " OR ".join(f"({conditions.write({rule.variable: one})})" for one in ways)
        test = f"({test})" if rule.equals else f"NOT ({test})"
        if NOT_REPORTED in rule.wanted:
            return f"coalesce({test}, FALSE)"
    elif rule.blank is not None:
        test = str(not rule.blank)
    elif rule.is_of_day:
        sign, day = _edge(rule.before, rule.after)
        test = f"{quoted(rule.variable)} {sign} {literal(day_number(day))}"
    else:
        variable = rows.variables[rule.variable]
        number = kind_of(variable).number_in_sql(rule.variable, variable)
        sign, edge = _edge(rule.below, rule.above)
        test = f"({number}) {sign} {literal(edge)}"
    return _with_missing(rule, test, is_missing)


def _test_day(rule: Exclusion, value: str) -> str:
    if rule.blank is not None:
        return str(not rule.blank)
    sign, day = _edge(rule.before, rule.after)
    return f"CAST({value} AS DATE) {sign} CAST({literal(str(day))} AS DATE)"


def _edge(low: Any, high: Any) -> tuple[str, Any]:
    """Return the sign of a test and what it compares with, of the end that is given."""
    return (">", high) if low is None else ("<", low)
