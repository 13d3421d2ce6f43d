"""Disclosed numbers as others take them: estimates with what each word in them means, tables.

What is hidden is an empty cell with its reason beside it, never nought.
"""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from altcred.build.tables import make_inert
from altcred.core.records import ALL, NOT_REPORTED
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import Cohort
from altcred.estimate.store import read_estimates
from altcred.kinds import kind_of
from altcred.write.views import View

REASON = "reason"
FIELDS = {
    "wave": "The survey, or the two surveys that are compared",
    "subgroup": "The part of the respondents; all of them where it is `all`",
    "variable": "The question, or what else is counted; VARIABLE:CATEGORY is one answer of it",
    "category": "The answer or the range of numbers; empty where the number is of all answers",
    "statistic": "What the number is",
    "value": "The number; empty where it is hidden or there is none",
    "low": "The lower end of its 95% interval",
    "high": "The upper end of its 95% interval",
    "n": "How many people it is of",
    "note": "What is to be known of it",
    REASON: "Why there is no value",
}
NO_SUCH = "there is no such number"
_DICTIONARY = ["what", "name", "of", "label", "unit", "note"]
_UNITS = {
    "share": "share of 1", "own": "the variable's own", "count": "people", "points": "share of 1",
    "score": "points of 100", "p value": "probability", "number": "",
}  # fmt: skip


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write rows of texts as CSV of which no cell is a formula."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(make_inert, row) for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def write_estimates(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Write files of estimates with the reason of each value that is not there."""
    made = []
    for path in paths:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        is_hidden = frame["note"].str.startswith("suppressed")
        reasons = frame["note"].where(is_hidden, NO_SUCH).where(frame["value"] == "", "")
        written = frame.assign(**{REASON: reasons})
        made.append(folder / path.name)
        write_csv(made[-1], [[*FIELDS], *written[[*FIELDS]].to_numpy().tolist()])
    return made


def write_dictionary(cohort: Cohort, paths: Sequence[Path], folder: Path) -> Path:
    """Write dictionary.csv: what each column of the estimates holds, and what each name means."""
    frame = read_estimates(*paths).frame
    path = folder / "dictionary.csv"
    write_csv(path, [_DICTIONARY, *_explain(View(cohort, read_estimates(), ""), frame)])
    return path


def _explain(view: View, frame: pd.DataFrame) -> Iterator[list[str]]:
    for name, meaning in FIELDS.items():
        yield ["column", name, "", meaning, "", ""]
    waves = view.study.waves
    for wave in sorted(frame["wave"].unique()):
        label = waves[wave].label if wave in waves else _join_waves(view, wave)
        yield ["wave", wave, "", label, "", waves[wave].collected if wave in waves else ""]
    for part in sorted(frame["subgroup"].unique()):
        yield ["subgroup", part, "", _label_part(view, part), "", ""]
    pairs = frame[["variable", "category"]].drop_duplicates().sort_values(["variable", "category"])
    for variable in pairs["variable"].unique():
        yield ["variable", variable, "", *_explain_variable(view, variable)]
        for category in pairs.loc[pairs["variable"] == variable, "category"]:
            if category:
                yield ["category", category, variable, _label(view, variable, category), "", ""]
    for name in sorted(frame["statistic"].unique()):
        known = find_statistic(name)
        yield ["statistic", name, "", known.word, _UNITS[known.unit], ""]


def _join_waves(view: View, wave: str) -> str:
    labels = {one.label for name, one in view.study.waves.items() if name in wave.split("-")}
    return f"Of several surveys: {', '.join(sorted(labels))}" if labels else "Of several surveys"


def _label_part(view: View, part: str) -> str:
    if part == ALL:
        return "Everybody"
    try:
        return view.subgroup_label(part)
    except KeyError:
        return part


def _label(view: View, variable: str, category: str) -> str:
    if category == NOT_REPORTED:
        return "Gave no answer"
    try:
        return view.label(variable, category)
    except KeyError:
        return category


def _explain_variable(view: View, name: str) -> list[str]:
    """Return the label, the unit and the note of a variable, or of a test of one of its answers."""
    described = view.described(name)
    if described is None:
        return [view.label(name), view.unit(name) or view.currency(name), ""]
    _, _, answer = name.partition(":")
    label = described.label + (
        f": {_label(view, name.partition(':')[0], answer)}" if answer else ""
    )
    unit = described.unit or (described.currency if kind_of(described).is_money else "")
    return [label, unit, described.note]


# Tables ----------------------------------------------------------------------------------------


def write_sheet(source: Path, target: Path, title: str, note: str, day: datetime.date) -> None:
    """Write a CSV file as a workbook of one sheet: texts as texts, numbers as numbers.

    Texts are never taken for formulas or links, and none begins as a formula would.
    """
    import xlsxwriter

    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        made = datetime.datetime(day.year, day.month, day.day)
        book.set_properties({"title": title, "comments": note, "created": made})
        sheet = book.add_worksheet("Table")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, max(map(len, rows), default=1), 14)
        sheet.freeze_panes(1, 1)
        for place, row in enumerate(rows):
            for at, text in enumerate(row):
                number = read_number(text) if place and at else None
                if number is not None:
                    sheet.write_number(place, at, number)
                elif text:
                    sheet.write_string(place, at, text, bold if place == 0 else None)


def read_number(text: str) -> float | None:
    """Return the number that a cell of a file holds; None for any other text."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
