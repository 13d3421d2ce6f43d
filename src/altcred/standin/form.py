"""The form of a cohort's exports: what a stand-in may know of the files, and no respondent's cell.

It is read beside the estimates and handed to whoever makes the stand-in: header rows, formats, and
of each column which of the ways known to the package most of its cells are written in.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from altcred.core.errors import refuse_problems
from altcred.describe.cohort import Cohort
from altcred.kinds import kind_of
from altcred.kinds.reading import fold_text, plain_code
from altcred.kinds.vocabulary import NOT_TICKED, TICKED
from altcred.read.columns import list_sources, open_wave
from altcred.read.delimited import find_form
from altcred.read.export import Export, Layout, open_export
from altcred.read.lines import read_lines
from altcred.read.workbook import read_sheet

# How many rows are looked at for how most cells of a column are written.
_LOOKED_AT = 500
# Words for who is a respondent, and that a response is finished, as tools write them.
STATUS = ("IP Address", "0", "Survey", "Anonymous", "Email")
FINISHED = ("True", "TRUE", "1", "Yes", "Complete", "Completed", "100", "2", "Finished", "Y")
_SEPARATORS = (",", ";", "|", "\n", ", ", "; ", ">")


@dataclass(frozen=True)
class FileForm:
    """One file: its name and format, and the rows above its answers.

    `labels` are those of a file of labelled values: of each column its own and those of its codes.
    """

    name: str
    format: str
    head: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    labels: list[tuple[str, list[tuple[Any, str]]]] = field(default_factory=list)


@dataclass(frozen=True)
class Form:
    """The files of each survey, and how the cells of their columns are mostly written."""

    files: dict[str, list[FileForm]]
    styles: dict[str, dict[str, str]]

    def write(self) -> str:
        """Return the form as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def read(cls, text: str) -> "Form":
        """Return the form that `write` wrote."""
        given = json.loads(text)
        files = {
            wave: [
                FileForm(**{
                    **one,
                    "labels": [
                        (label, [(code, text) for code, text in codes])
                        for label, codes in one["labels"]
                    ],
                })
                for one in ones
            ]
            for wave, ones in given["files"].items()
        }  # fmt: skip
        return cls(files, given["styles"])


def read_form(cohort: Cohort) -> Form:
    """Read the form of a cohort's exports; InvalidInput where they are not as described."""
    files: dict[str, list[FileForm]] = {}
    styles: dict[str, dict[str, str]] = {}
    for wave, settings in cohort.study.waves.items():
        opened, problems = open_wave(cohort.study, cohort.codebook, wave)
        refuse_problems(problems)
        layout = Layout(settings.header_rows, settings.sheet, settings.encoding, settings.format)
        files[wave] = [
            _read_file(export.path, name, layout)
            for (export, _), name in zip(opened, settings.exports, strict=True)
        ]
        styles[wave] = {}
        for export, columns in opened:
            found = _find_styles(cohort, wave, export, columns)
            styles[wave] |= {name: one for name, one in found.items() if name not in styles[wave]}
    return Form(files, styles)


def _read_file(path: Path, name: str, layout: Layout) -> FileForm:
    export = open_export(path, layout)
    if export.format in ("sav", "dta", "por"):
        names = [column.name for column in export.columns]
        labels = [
            (column.text, [(code, label) for label, code in column.codes.items()])
            for column in export.columns
        ]
        return FileForm(name, export.format, [names], labels=labels)
    first = next(iter(export.rows()), (10**9, []))[0]
    if export.format == "workbook":
        rows, _ = read_sheet(path, layout.sheet)
        return FileForm(name, "workbook", [cells for at, cells in rows if at < first])
    form = find_form(path, layout.encoding)
    lines = read_lines(path, form)
    head = [cells for at, cells in islice(lines, 8) if at < first]
    lines.close()
    with path.open("rb") as file:
        has_mark = file.read(3) == b"\xef\xbb\xbf"
    encoding = "utf-8" if form.encoding == "utf-8-sig" and not has_mark else form.encoding
    return FileForm(name, "csv", head, form.delimiter, encoding)


def _find_styles(
    cohort: Cohort, wave: str, export: Export, columns: Mapping[str, Any]
) -> dict[str, str]:
    """Return how most cells of each column are written, of the ways that are known beforehand."""
    rows = [cells for _, cells in islice(export.rows(), _LOOKED_AT)]

    def cells(role: str) -> Counter[str]:
        places = columns[role].positions
        return Counter(row[place] for row in rows for place in places if row[place].strip())

    found: dict[str, str] = {}
    for source in list_sources(cohort.codebook, wave):
        if source.column not in columns:
            continue
        variable, held = cohort.codebook.variables[source.variable], cells(source.column)
        if source.option is not None:
            category = variable.categories[source.option]
            own = [*category.answers_in(wave), str(category.code), columns[source.column].name]
            known = [*own, *sorted(TICKED), *variable.ticked]
            found[source.column] = _most(held, known, "")
            denied = [*sorted(NOT_TICKED), *variable.not_ticked, "2"]
            found[f"not {source.column}"] = _most(held, [one for one in denied if one], "")
        elif kind_of(variable).has_ticks or kind_of(variable).name == "rank":
            joined = Counter({one: n for one, n in held.items() for mark in [one] if mark})
            marks = list(dict.fromkeys([*variable.separator, *_SEPARATORS]))
            scores = {mark: sum(n for one, n in joined.items() if mark in one) for mark in marks}
            found[source.column] = max(marks, key=lambda mark: scores[mark]) if held else ","
        elif kind_of(variable).known_answers(variable) is None and not variable.is_numeric:
            short = sum(n for one, n in held.items() if one.strip().isupper() and len(one) < 4)
            found[source.column] = "code" if 2 * short > sum(held.values()) else "label"
        elif variable.categories:
            codes = {str(one.code) for one in variable.categories.values()}
            labels = {
                fold_text(text)
                for one in variable.categories.values()
                for text in one.answers_in(wave)
            }
            coded = sum(n for one, n in held.items() if plain_code(fold_text(one)) in codes)
            named = sum(n for one, n in held.items() if fold_text(one) in labels)
            found[source.column] = "code" if coded > named else "label"
    for role, words in (("@status", STATUS), ("@finished", FINISHED)):
        if role in columns:
            found[role] = _most(cells(role), words, words[0])
    return found


def _most(held: Counter[str], known: Iterable[str], otherwise: str) -> str:
    """Return the one of some known texts that most cells hold."""
    folded = Counter[str]()
    for text, n in held.items():
        folded[fold_text(text)] += n
    scores = {one: folded[fold_text(one)] for one in known}
    best = max(scores, key=lambda one: scores[one], default=otherwise)
    return best if scores.get(best) else otherwise
