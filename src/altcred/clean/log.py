"""The log of the cleaning: every distinct answer, what it was read as, why, and how often."""

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from altcred.clean.codes import code_of, mark_of
from altcred.clean.interpret import is_outside
from altcred.clean.rows import Rows, count_folded, marked
from altcred.core.engine import quoted
from altcred.kinds import kind_of
from altcred.kinds.quantities import bounds_reason
from altcred.kinds.reading import (
    BLANK,
    COMMONEST_TEXT,
    CONTRADICTED,
    DERIVED,
    NOT_ASKED,
    NOT_DERIVED,
    THOUGH_ANSWERED,
    Reading,
    tidy_text,
)
from altcred.kinds.variable import column_of
from altcred.read.columns import Source

HEADER = ["variable", "answer", "value", "reason", "times"]
# The column, the answer as shown, its value as text, and the reason.
Line = tuple[str, str, str, str]
_KEPT = "JOIN kept ON interpreted.number = kept.number"


def write_answers(rows: Rows, path: Path) -> None:
    """Write answers.csv over the kept rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        given = _count_given(rows)
        for name, variable in rows.variables.items():
            if variable.derive is None:
                lines = _count_answers(rows, name, given).items()
            else:
                lines = _count_derived(rows, name).items()
            for line, times in sorted(lines, key=lambda item: (item[0][0], -item[1], item[0])):
                writer.writerow([*line, times])


def _count_given(rows: Rows) -> dict[str, Counter[tuple[str | None, bool]]]:
    """Count the kept rows by what stands in each raw column, and whether its variable was asked.

    Of a typed text counts only whether there is one.
    """
    engine = rows.engine
    asked = {name: _asked(rows, name) for name in rows.asked}
    columns = [_held_in(rows, source) for source in rows.sources]
    columns += [one for one in asked.values() if one != "TRUE"]
    given: dict[str, Counter[tuple[str | None, bool]]] = {one.column: Counter() for one in
                                                          rows.sources}  # fmt: skip
    for piece in rows.pieces("interpreted") if given else ():
        engine.run(
            f"CREATE OR REPLACE TEMP TABLE counted AS SELECT {', '.join(columns)} "
            f"FROM interpreted {_KEPT} WHERE {piece}"
        )
        for source in rows.sources:
            name = _held_in(rows, source)
            is_typed = kind_of(rows.asked[source.variable]).is_typed
            answer = f"CASE WHEN {name} IS NOT NULL THEN '' END" if is_typed else name
            texts = [text for _, text in rows.codes.by_number(source.column)]
            for held, was_asked, times in engine.rows(
                f"SELECT {answer} AS answer, {asked[source.variable]} AS asked, count(*) AS times "
                f"FROM counted GROUP BY {answer}, {asked[source.variable]} "
                "ORDER BY answer, asked"
            ):
                text = texts[held] if isinstance(held, int) else held
                given[source.column][text, was_asked] += times
    return given


def _held_in(rows: Rows, source: Source) -> str:
    """Return the column with what stands in a raw column: the numbers of answers, or marks."""
    is_typed = kind_of(rows.asked[source.variable]).is_typed
    return quoted(mark_of(source.column) if is_typed else code_of(source.column))


def _asked(rows: Rows, name: str) -> str:
    column = f"@asked:{name}"
    return marked("asked", name) if column in rows.engine.columns("interpreted") else "TRUE"


def _count_answers(
    rows: Rows, name: str, given: Mapping[str, Counter[tuple[str | None, bool]]]
) -> Counter[Line]:
    """Count the kept rows by what stands in a variable's columns and how it was read."""
    counts: Counter[Line] = Counter()
    for source in [source for source in rows.sources if source.variable == name]:
        by_answer: Counter[str] = Counter()
        for (answer, _), times in given[source.column].items():
            by_answer[answer or ""] += times
        by_answer = count_folded(by_answer)
        commonest = _count_commonest(rows, source)
        for (answer, was_asked), times in given[source.column].items():
            shown, value, reason = _line_of(rows, source, answer, was_asked)
            if was_asked and answer is not None and commonest:
                counts[source.column, shown, value, COMMONEST_TEXT] += commonest
                times -= commonest
            if answer is not None and shown != "" and rows.may_quote(answer, by_answer):
                shown = tidy_text(answer)
            if times:
                counts[source.column, shown, value, reason] += times
    counts.update(_count_withheld(rows, name))
    return counts


def _count_commonest(rows: Rows, source: Source) -> int:
    """Return how many typed the text that most people typed; 0 where too few typed it alike."""
    if not kind_of(rows.asked[source.variable]).is_typed:
        return 0
    answer = quoted(mark_of(source.column))
    most = rows.engine.value(
        f"SELECT max(times) FROM (SELECT count(*) AS times FROM interpreted {_KEPT} WHERE "
        f"{answer} IS NOT NULL AND {_asked(rows, source.variable)} GROUP BY {answer}) AS typed"
    )
    return most if most and most >= max(2, rows.cohort.study.disclosure.minimum) else 0


def _line_of(
    rows: Rows, source: Source, answer: str | None, was_asked: bool
) -> tuple[str, str, str]:
    """Return how an answer is shown, its value as text, and the reason."""
    reading, value = Reading(None, BLANK), ""
    if answer is not None and kind_of(rows.asked[source.variable]).is_typed:
        reading = Reading(1.0, "answered")
    elif answer is not None:
        reading = rows.readings[source.column][answer]
        is_logged = kind_of(rows.asked[source.variable]).is_logged
        value = _write_value(reading) if is_logged else ""
    if was_asked:
        return reading.shown, value, reading.reason
    return reading.shown, "", NOT_ASKED if reading.is_missing else THOUGH_ANSWERED


def _write_value(reading: Reading) -> str:
    value = reading.value
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return f"{value:.15g}" if isinstance(value, float) else value


def _count_withheld(rows: Rows, name: str) -> Counter[Line]:
    """Count the ticks that do not count: not offered to the person, or excluding others ticked."""
    counts: Counter[Line] = Counter()
    there = rows.engine.columns("interpreted")
    for category, described in rows.asked[name].categories_in(rows.wave).items():
        column = column_of(name, category)
        for mark, reason in (("withheld", THOUGH_ANSWERED), ("contradicted", CONTRADICTED)):
            if f"@{mark}:{column}" not in there:
                continue
            times = rows.engine.value(
                f"SELECT count(*) FROM interpreted {_KEPT} WHERE {marked(mark, column)}"
            )
            if times:
                counts[column, described.label, "", reason] += times
    return counts


def _count_derived(rows: Rows, name: str) -> Counter[Line]:
    """Count the kept rows by whether a number could be derived, and lay within its bounds."""
    bounds, value = rows.variables[name].bounds, marked("derived", name)
    found = rows.engine.rows(
        f"SELECT CASE WHEN {value} IS NULL THEN 'missing' WHEN {is_outside(bounds, value)} "
        f"THEN 'outside' ELSE 'derived' END AS outcome, count(*) AS times FROM interpreted {_KEPT} "
        "GROUP BY 1 ORDER BY 1"
    )
    reasons = {"missing": NOT_DERIVED, "derived": DERIVED}
    if bounds.low is not None or bounds.high is not None:
        kept = ", kept" if bounds.outside == "keep" else ""
        reasons["outside"] = f"{bounds_reason(rows.variables[name])}{kept}"
    return Counter({(name, "", "", reasons[outcome]): times for outcome, times in found})
