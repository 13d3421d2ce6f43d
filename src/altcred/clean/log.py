"""The log of the cleaning: every distinct answer, what it was read as, why, and how often."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

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
        for name, variable in rows.variables.items():
            count = _count_answers if variable.derive is None else _count_derived
            lines = count(rows, name).items()
            for line, times in sorted(lines, key=lambda item: (item[0][0], -item[1], item[0])):
                writer.writerow([*line, times])


def _count_answers(rows: Rows, name: str) -> Counter[Line]:
    """Count the kept rows by what stands in a variable's columns and how it was read."""
    columns = rows.engine.columns("interpreted")
    asked = marked("asked", name) if f"@asked:{name}" in columns else "TRUE"
    counts: Counter[Line] = Counter()
    for source in [source for source in rows.sources if source.variable == name]:
        given = rows.engine.rows(
            f"SELECT raw.{quoted(source.column)} AS answer, {asked} AS asked, count(*) AS times "
            f"FROM raw JOIN interpreted ON raw.number = interpreted.number {_KEPT} "
            f"GROUP BY raw.{quoted(source.column)}, {asked}"
        )
        by_answer: Counter[str] = Counter()
        for answer, _, times in given:
            by_answer[answer or ""] += times
        by_answer = count_folded(by_answer)
        commonest = _find_commonest(rows, name, given)
        for answer, was_asked, times in given:
            shown, value, reason = _line_of(rows, source, answer, was_asked)
            if was_asked and answer is not None and answer == commonest:
                reason = COMMONEST_TEXT
            if answer is not None and shown != "" and rows.may_quote(answer, by_answer):
                shown = tidy_text(answer)
            counts[source.column, shown, value, reason] += times
    counts.update(_count_withheld(rows, name))
    return counts


def _find_commonest(rows: Rows, name: str, given: Sequence[tuple]) -> str | None:
    """Return the mark of the text most people typed; None where too few typed it alike."""
    if not kind_of(rows.asked[name]).is_typed:
        return None
    typed = [(times, mark) for mark, asked, times in given if mark is not None and asked]
    most = max(typed, default=(0, ""))[0]
    if most < max(2, rows.cohort.study.disclosure.minimum):
        return None
    # Of several texts typed equally often one is counted; the marks differ from run to run,
    # but which one it is changes no number.
    return next(mark for times, mark in typed if times == most)


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
        "GROUP BY 1"
    )
    reasons = {"missing": NOT_DERIVED, "derived": DERIVED}
    if bounds.low is not None or bounds.high is not None:
        kept = ", kept" if bounds.outside == "keep" else ""
        reasons["outside"] = f"{bounds_reason(rows.variables[name])}{kept}"
    return Counter({(name, "", "", reasons[outcome]): times for outcome, times in found})
