"""What an export holds that its codebook does not name, said with the rows that hold it."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from altcred.clean.codes import code_of
from altcred.clean.exclusions import is_set_aside
from altcred.clean.interpret import list_unsaid
from altcred.clean.roles import program_names
from altcred.clean.rows import Rows, count_folded
from altcred.core.engine import quoted
from altcred.core.errors import Problem
from altcred.kinds import kind_of
from altcred.kinds.choices import SEPARATORS, list_left_over
from altcred.kinds.reading import (
    ANOTHER_CURRENCY,
    JOINED,
    NOT_APPLICABLE,
    UNCLEAR_DATE,
    UNLISTED,
    closest,
    fold_text,
    plain_code,
    tidy_text,
)

_SHOWN = 5
# Of so many answers one that cannot be used is worth a word.
_FEW_READ = 20
# What stands for no answer in many questions alike: -9, 77, 999, 9999.
_CODE = re.compile(r"-\d+|[789]{2,}|99\d")
# The raw column that tells how long the parts of a code are that may run together.
LENGTHS = "@person_lengths"


def list_unknown(rows: Rows) -> Iterator[Problem]:
    """Yield the programs that the study lacks and the answers that are no category's."""
    study = rows.cohort.study
    if rows.settings.program:
        names = program_names(study)
        answers = rows.codes.answers("@program")
        yield from list_row_problems(
            rows,
            "@program",
            [one for one in answers if fold_text(one) and fold_text(one) not in names],
            "holds a program that study.yaml does not name",
            "Add it to programs:, or to answers: of one of them.",
            known=[program.label for program in study.programs.values()],
        )
    for source in rows.sources:
        readings = rows.readings.get(source.column, {})
        held: dict[str, list[str]] = defaultdict(list)
        for answer, reading in readings.items():
            held[reading.reason].append(answer)
        tell = partial(list_row_problems, rows, source.column)
        if not rows.asked[source.variable].currency:
            yield from tell(
                held[ANOTHER_CURRENCY],
                "names a currency, and the study has none",
                "Write currency: in study.yaml, such as USD or EUR.",
            )
        doubtful, doubt = rows.doubtful.get(source.column, ([], None))
        if doubt is not None:
            message, remedy = (one.format(source.variable) for one in doubt)
            yield from tell(doubtful, message, remedy, together=True)
        yield from tell(
            held[UNCLEAR_DATE],
            f"holds {UNCLEAR_DATE}",
            "Say date_order: dmy or mdy of the wave in study.yaml.",
        )
        categories = rows.asked[source.variable].categories_in(rows.wave).values()
        if not categories and kind_of(rows.asked[source.variable]).needs_categories:
            continue  # A mistake of the codebook, which every answer would only repeat.
        if source.option is not None:
            yield from tell(
                held[UNLISTED],
                f"holds a value that is neither a tick of {source.option!r} nor none",
                f"Write it under ticked: or not_ticked: of {source.variable}, or under missing:; "
                "where people type a text of their own, say typed: true of the category.",
                shown={one: readings[one].shown for one in held[UNLISTED]},
            )
            continue
        for mark in SEPARATORS:
            yield from tell(
                held[f"{JOINED} {mark!r}"],
                f"holds answers of {source.variable} that look joined by {mark!r}",
                f'Write separator: "{mark if mark != chr(10) else chr(92) + "n"}" of it; what is '
                "then in no category is named, or is what unlisted: says.",
                together=True,
            )
        variable = rows.asked[source.variable]
        kind = kind_of(variable)
        pieces = None
        if kind.has_ticks and held[UNLISTED]:
            suited = kind.suit(variable, rows.wave, list(readings))
            pieces = partial(list_left_over, suited, rows.wave)
        yield from tell(
            held[UNLISTED],
            f"holds an answer that is not among the choices of {source.variable}",
            "Add it to answers: of a category in the codebook, or to missing: where it means that "
            "there is none, or say under unlisted: what such answers are.",
            known=[answer for category in categories for answer in category.answers_in(rows.wave)],
            pieces=pieces,
        )


def list_clashing_codes(rows: Rows) -> Iterator[Problem]:
    """Yield rows whose participant codes are one, though they are made of different parts.

    Note also that this could be where more than one part is of several lengths.
    """
    identity = rows.identities.get("person")
    if identity is None or not identity.may_run_together:
        return
    token, lengths = quoted(identity.token), quoted(LENGTHS)
    told = rows.engine.rows(
        f"SELECT DISTINCT {lengths} AS told FROM interpreted "
        f"WHERE {lengths} IS NOT NULL ORDER BY told"
    )
    varying = [
        part
        for part in zip(*(one.split(",") for (one,) in told), strict=True)
        if len(set(part)) > 1
    ]
    if len(varying) > 1:
        rows.notes.append(
            "person: joins parts of several lengths without anything between them, since another "
            "wave has the code in other columns; 1 and 23 are then the same code as 12 and 3."
        )
    counted = _is_counted(rows)
    found = rows.engine.rows(
        f'SELECT {token}, {lengths}, file, "row" FROM interpreted WHERE {counted} AND {token} IN '
        f"(SELECT {token} FROM interpreted WHERE {counted} GROUP BY {token} "
        f"HAVING count(DISTINCT {lengths}) > 1) ORDER BY number"
    )
    places: dict[str, dict[str, tuple[str, int]]] = {}
    for code, parts, file, row in found:
        places.setdefault(code, {}).setdefault(parts, (file, row))
    paths = {export.file: str(export.path) for export, _ in rows.exports}
    for (file, row), *others in [list(one.values()) for one in places.values()][:_SHOWN]:
        named = ", ".join(f"row {row} of {file}" for file, row in others)
        yield Problem(
            paths[file],
            f"row {row}",
            f"has the participant code of {named}, though its parts differ: another wave has it in "
            "other columns, so that nothing stands between them.",
            "Ask for the same columns under person: in all waves, or exclude one of the rows.",
        )


def list_doubts(rows: Rows) -> Iterator[str]:
    """Yield what a codebook may have forgotten to say, of rows that can be built as they are."""
    yield from _list_codes_elsewhere(rows)
    yield from _list_unread(rows)
    for name, variable in rows.asked.items():
        kind = kind_of(variable)
        if kind.is_money and not variable.currency:
            yield (
                f"{name}: is an amount of money without a currency, and is written as a plain "
                "number. Write currency: in study.yaml, such as USD or EUR."
            )
        if count := _count_unsaid(rows, name):
            yield (
                f"{name}: rows that leave some options blank in a column that says no of others, "
                f"and count in no share of these: {count:,}. If a blank means that one is not "
                "chosen, write base: ticked or base: asked."
            )
        for category, test in kind.doubts(name, variable, rows.wave).items():
            # Spam and repeats may be among them: what matters is that it occurs.
            if count := rows.engine.value(f"SELECT count(*) FROM interpreted WHERE {test}"):
                where = "1 row has" if count == 1 else f"{count} rows have"
                label = variable.categories[category].label
                yield (
                    f"{name}: {where} {label!r} beside other answers. If it excludes them, write "
                    f"exclusive: true under categories.{category}."
                )


def _list_codes_elsewhere(rows: Rows) -> Iterator[str]:
    """Yield the numbers that are read as amounts, and missing in other questions of the wave."""
    codes = {
        code: name for name, variable in rows.asked.items() for code in variable.missing
        if _CODE.fullmatch(code)
    }  # fmt: skip
    for source in rows.sources if codes else ():
        if not kind_of(rows.asked[source.variable]).is_numeric:
            continue
        readings = rows.readings.get(source.column, {}).items()
        held = {
            code: answer for answer, reading in readings
            if reading.value is not None and (code := plain_code(fold_text(answer))) in codes
        }  # fmt: skip
        for code, answer in sorted(held.items()):
            places = _find_places(rows, source.column, [answer])
            if count := sum(map(len, places.values())):
                yield (
                    f"{source.variable}: rows with {code}, which {codes[code]} has as no answer: "
                    f"{count:,}. If it is none here too, write it under missing:."
                )


def _list_unread(rows: Rows) -> Iterator[str]:
    """Yield the questions of whose answers many cannot be read, or are outside of bounds."""
    for source in rows.sources:
        readings = rows.readings.get(source.column, {})
        reasons = {
            answer: reading.reason for answer, reading in readings.items()
            if reading.value is None and not reading.is_blank and not reading.is_missing
            and reading.reason not in (NOT_APPLICABLE, UNLISTED)
        }  # fmt: skip
        if source.option is not None or not reasons:
            continue
        times: Counter[str] = Counter()
        first: dict[str, str] = {}
        for (answer, file), numbers in _find_places(rows, source.column, list(reasons)).items():
            times[reasons[answer]] += len(numbers)
            of_file = f" of {file}" if len(rows.exports) > 1 else ""
            first.setdefault(reasons[answer], f"row {numbers[0]}{of_file}")
        column = quoted(code_of(source.column))
        given = rows.engine.value(
            f"SELECT count({column}) FROM interpreted WHERE {_is_counted(rows)}"
        )
        if times.total() * _FEW_READ >= given:
            why = ", ".join(
                f"{reason}: {n:,}, as in {first[reason]}" for reason, n in times.most_common(3)
            )
            yield (
                f"{source.variable}: {times.total():,} of {given:,} answers are not used ({why}). "
                "See how they are written: kind, unit, currency, decimal and bounds say how to "
                "read them."
            )


def _count_unsaid(rows: Rows, name: str) -> int:
    """Count the rows that answer some options of a question and say nothing of others."""
    unsaid = list_unsaid(rows, name) if rows.asked[name].base == "answered" else {}
    if not unsaid:
        return 0
    conditions = rows.cohort.conditions(rows.wave)
    left = (f"(({conditions.offered(name, one)}) AND {test})" for one, test in unsaid.items())
    where = f"NOT ({conditions.is_missing(name)}) AND ({' OR '.join(left)})"
    return int(rows.engine.value(f"SELECT count(*) FROM interpreted WHERE {where}"))


def list_row_problems(
    rows: Rows,
    column: str,
    answers: Sequence[str],
    message: str,
    remedy: str,
    known: Sequence[str] = (),
    shown: Mapping[str, str] | None = None,
    together: bool = False,
    pieces: Callable[[str], list[str]] | None = None,
) -> list[Problem]:
    """Return a problem for each of the answers, with the rows that hold it.

    An answer is quoted only where so many rows hold it that it cannot be one person's; `shown`
    says how it may be shown elsewhere. One problem a file is enough of answers taken `together`;
    of several answers in a cell the `pieces` that are wrong have one each.
    """
    if not answers:
        return []
    places = _find_places(rows, column, answers)
    if together:
        files = dict.fromkeys(file for _, file in places)
        places = {
            ("", one): sorted(
                row for (_, file), found in places.items() if file == one for row in found
            )
            for one in files
        }
    elif pieces is not None:
        places = _part_places(places, pieces)
    counts: Counter[str] = Counter()
    for (answer, _), numbers in places.items():
        counts[answer] += len(numbers)
    times = count_folded(counts)
    named = {
        export.file: (str(export.path), columns[column].label)
        for export, columns in rows.exports
        if column in columns
    }
    problems: list[Problem] = []
    for (answer, file), numbers in places.items():
        path, label = named[file]
        if len(problems) == 2 * _SHOWN:
            rest = len(places) - len(problems)
            problems.append(Problem(path, f"column {label}", f"has {rest:,} more such answers."))
            break
        said = message
        if not together and rows.may_quote(answer, times):
            said = f"{message}: {tidy_text(answer)[:100]!r}"
        elif shown:
            said = f"{message}: {shown[answer]!r}"
        near = "" if together else closest(tidy_text(answer), known)
        said = f"{said}; the nearest is {near!r}." if near else f"{said}."
        problems.append(Problem(path, f"column {label}, {_name_rows(numbers)}", said, remedy))
    return problems


def _part_places(
    places: Mapping[tuple[str, str], list[int]], pieces: Callable[[str], list[str]]
) -> dict[tuple[str, str], list[int]]:
    """Return the rows of each piece of the answers, those that most rows hold first."""
    spelled: dict[str, str] = {}
    parted: dict[tuple[str, str], set[int]] = {}
    for (answer, file), numbers in places.items():
        for piece in pieces(answer) or [answer]:
            known = spelled.setdefault(fold_text(piece), piece)
            parted.setdefault((known, file), set()).update(numbers)
    falling = sorted(parted.items(), key=lambda one: -len(one[1]))
    return {place: sorted(numbers) for place, numbers in falling}


def _find_places(
    rows: Rows, column: str, answers: Sequence[str]
) -> dict[tuple[str, str], list[int]]:
    """Return the rows of each answer and file, in the order of the exports."""
    import pyarrow as pa

    texts, wanted = [text for _, text in rows.codes.by_number(column)], set(answers)
    codes = [code for code, text in enumerate(texts) if text in wanted]
    rows.engine.add("unknown", pa.table({"code": pa.array(codes, pa.int32())}))
    found = rows.engine.rows(
        'SELECT unknown.code, interpreted.file, interpreted."row" FROM interpreted JOIN unknown '
        f"ON interpreted.{quoted(code_of(column))} = unknown.code WHERE {_is_counted(rows)} "
        "ORDER BY interpreted.number"
    )
    places: dict[tuple[str, str], list[int]] = {}
    for code, file, row in found:
        places.setdefault((texts[code], file), []).append(row)
    return places


def _is_counted(rows: Rows) -> str:
    """Return in SQL that a raw row is not dropped anyway, so that it must be understood."""
    return f'"@status" IS NULL AND "@answered" AND NOT ({is_set_aside(rows)})'


def _name_rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(row) for row in numbers[:_SHOWN])
    if len(numbers) > _SHOWN:
        return f"rows {shown} and {len(numbers) - _SHOWN:,} more"
    return f"row{'s' if len(numbers) > 1 else ''} {shown}"
