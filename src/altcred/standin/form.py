"""The form of a cohort's exports: what a stand-in may know of the files, and no respondent's cell.

It is read beside the estimates and handed to whoever makes the stand-in: header rows, formats, and
of each column in which way most of its cells are written.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from altcred.core.errors import refuse_problems
from altcred.core.paths import raw_dir
from altcred.describe.cohort import Cohort
from altcred.describe.wave import Wave
from altcred.read.columns import open_wave
from altcred.read.delimited import find_form
from altcred.read.export import Column, Export, Layout, open_export
from altcred.read.lines import read_lines
from altcred.read.workbook import count_sheet_titles, read_sheet
from altcred.standin.dirt import count_unusable
from altcred.standin.labelled import describe_labelled
from altcred.standin.moments import find_span
from altcred.standin.quoting import find_quoting
from altcred.standin.sheets import describe_sheet
from altcred.standin.styles import Styles, fewest_of, list_fills


@dataclass(frozen=True)
class FileForm:
    """One file: its name and format, and the rows above its answers.

    `quoting` and `line_end` are how a text is written, `types` what the cells of a workbook are,
    `labelled` what a file of labelled values says of each column. `fills` tells how each column
    is filled that no description names.
    """

    name: str
    format: str
    head: list[list[str]]
    titles: list[list[str]] = field(default_factory=list)
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    has_sep_row: bool = False
    quoting: str = ""
    line_end: str = "\r\n"
    sheet: str = ""
    types: list[str] = field(default_factory=list)
    labelled: list[dict[str, Any]] = field(default_factory=list)
    fills: list[str] = field(default_factory=list)
    time_zone: str = ""


@dataclass(frozen=True)
class Form:
    """The files of each survey, and how the cells of their columns are mostly written.

    `joined` are the further files of each survey, those of one key of `join:` together, and
    `spans` the days between which enough people answered, and `unusable` the answers that could
    not be used, with the reason, as far as the report tells of them.
    """

    files: dict[str, list[FileForm]]
    styles: dict[str, dict[str, str]]
    joined: dict[str, list[list[FileForm]]] = field(default_factory=dict)
    spans: dict[str, tuple[str, str]] = field(default_factory=dict)
    unusable: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def write(self) -> str:
        """Return the form as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def read(cls, text: str) -> "Form":
        """Return the form that `write` wrote."""
        given = json.loads(text)
        files = {wave: [FileForm(**one) for one in ones] for wave, ones in given["files"].items()}
        joined = {
            wave: [[FileForm(**one) for one in ones] for ones in several]
            for wave, several in given["joined"].items()
        }
        spans = {wave: (first, last) for wave, (first, last) in given["spans"].items()}
        return cls(files, given["styles"], joined, spans, given["unusable"])


def read_form(cohort: Cohort) -> Form:
    """Read the form of a cohort's exports; InvalidInput where they are not as described."""
    form = Form({}, {})
    fewest = fewest_of(cohort)
    for wave, settings in cohort.study.waves.items():
        opened, problems = open_wave(cohort.study, cohort.codebook, wave)
        refuse_problems(problems)
        styles = Styles(cohort, wave, opened)
        form.styles[wave] = styles.find()
        form.files[wave] = []
        for (export, columns), name, counts in zip(
            opened, settings.exports, styles.counts, strict=True
        ):
            taken = {place for one in columns.values() for place in one.positions}
            fills = list(list_fills(export, taken, counts, fewest, settings.date_order))
            form.files[wave].append(replace(_read_file(export.path, name, settings), fills=fills))
        form.joined[wave] = [
            [_read_file(raw_dir(cohort.name) / name, name, settings) for name in joined.exports]
            for joined in settings.join
        ]
        form.unusable[wave] = count_unusable(cohort, wave)
        if span := _find_span(opened, styles.counts, fewest, settings):
            form.spans[wave] = span
    return form


def _find_span(
    opened: Sequence[tuple[Export, Mapping[str, Column]]],
    counts: Sequence[Sequence[Counter[str]]],
    fewest: int,
    settings: Wave,
) -> tuple[str, str] | None:
    """Return between which days enough people answered; of several files from first to last."""
    found = [
        find_span(
            cells[columns["@submitted"].position], fewest, settings.date_order,
            settings.timezone or export.time_zone,
        )
        for (export, columns), cells in zip(opened, counts, strict=True)
        if "@submitted" in columns
    ]  # fmt: skip
    spans = [one for one in found if one is not None]
    return (min(one for one, _ in spans), max(other for _, other in spans)) if spans else None


def _read_file(path: Path, name: str, settings: Wave) -> FileForm:
    layout = Layout(settings.header_rows, settings.sheet, settings.encoding, settings.format)
    export = open_export(path, layout)
    zone = export.time_zone
    if export.format in ("sav", "dta", "por"):
        names = [column.name for column in export.columns]
        told = describe_labelled(path, layout.encoding)
        return FileForm(name, export.format, [names], labelled=told, time_zone=zone)
    first = next(iter(export.rows()), (10**9, []))[0]
    if export.format == "workbook":
        rows, _ = read_sheet(path, layout.sheet)
        titles = count_sheet_titles(path, layout.sheet)
        above = [cells for at, cells in rows if at < first]
        sheet, types = describe_sheet(path, layout.sheet, first)
        return FileForm(
            name, "workbook", above[titles:], above[:titles], sheet=sheet, types=types,
            time_zone=zone,
        )  # fmt: skip
    form = find_form(path, layout.encoding)
    lines = read_lines(path, replace(form, title_rows=0))
    above = [cells for at, cells in islice(lines, 8 + form.title_rows) if at < first]
    lines.close()
    titles = form.title_rows
    encoding, quoting, line_end = find_quoting(path, form)
    return FileForm(
        name, "csv", above[titles:], above[:titles], form.delimiter, encoding, form.has_sep_row,
        quoting, line_end, time_zone=zone,
    )  # fmt: skip
