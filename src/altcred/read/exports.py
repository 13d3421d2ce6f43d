"""Opens raw exports as they come: Qualtrics CSV and TSV, plain CSV, SPSS .sav. Never writes one.

A column is found by Qualtrics' ImportId, else by its name, else by its question text; `NAME#2`
is the second column of that name. Problems name the file, the column and the row as a
spreadsheet shows it, and never quote what a respondent wrote.
"""

import csv
import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from altcred.core.engine import BATCH, Engine
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import raw_dir
from altcred.describe.codebook import Codebook
from altcred.describe.study import Study
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import tidy_text
from altcred.kinds.variable import column_of

csv.field_size_limit(1 << 28)

LocatorKind = Literal["id", "name", "text", "any"]
# A way to find a column: by what, and what is looked for.
Locator = tuple[LocatorKind, str]
# Turns the text of one cell into what the engine may hold of it.
Transform = Callable[[str], str | None]

_PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class Column:
    """A column of an export: its position, Qualtrics' ImportId, its header, its question."""

    position: int
    import_id: str
    name: str
    text: str

    @property
    def label(self) -> str:
        """What a problem calls the column."""
        return self.import_id or self.name


@dataclass(frozen=True)
class Export:
    """A raw export that has been opened: its columns, and how to read its rows."""

    path: Path
    format: Literal["qualtrics", "csv", "sav"]
    columns: list[Column]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    header_rows: int = 1
    time_zone: str = ""
    _frame: Any = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> str:
        return self.path.name


def open_export(path: Path) -> Export:
    """Read the header of an export; InvalidInput where it is missing, empty or no export."""
    path = Path(path)
    if not path.is_file():
        raise InvalidInput(
            [
                Problem(
                    str(path),
                    "",
                    "there is no such file.",
                    "Put the export there, or correct its name under exports: in study.yaml.",
                )
            ]
        )
    if path.suffix.lower() in {".sav", ".zsav"}:
        return _open_sav(path)
    return _open_text(path)


# ---------------------------------------------------------------------------------------------
# CSV and TSV


def _open_text(path: Path) -> Export:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise InvalidInput([_empty(path)])
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    delimiter = _delimiter_of(path, encoding)
    lines = _read_lines(path, encoding, delimiter)
    head: list[list[str]] = []
    for _, cells in lines:
        head.append(cells)
        if len(head) == 3:
            break
    lines.close()
    if not head or not any(cell.strip() for cell in head[0]):
        raise InvalidInput([_empty(path)])
    names = head[0]
    if any("\0" in name for name in names):
        raise InvalidInput(
            [Problem(str(path), "row 1", "holds NUL bytes.", "Save the export as CSV UTF-8.")]
        )
    ids = [_import_id(cell) for cell in head[2]] if len(head) == 3 else []
    if ids and sum(bool(each) for each, _ in ids) > len(ids) / 2:
        texts = head[1]
        problems = [
            _wrong_width(path, row + 1, len(cells), len(names))
            for row, cells in enumerate(head)
            if len(cells) != len(names)
        ]
        refuse_problems(problems)
        columns = [
            Column(position, ids[position][0], tidy_text(name), tidy_text(texts[position]))
            for position, name in enumerate(names)
        ]
        zones = [zone for _, zone in ids if zone]
        return Export(path, "qualtrics", columns, encoding, delimiter, 3, zones[0] if zones else "")
    columns = [
        Column(position, "", tidy_text(name), tidy_text(name))
        for position, name in enumerate(names)
    ]
    return Export(path, "csv", columns, encoding, delimiter, 1)


def _empty(path: Path) -> Problem:
    return Problem(str(path), "", "is empty.", "Export the survey again, with its responses.")


def _delimiter_of(path: Path, encoding: str) -> str:
    if path.suffix.lower() in {".tsv", ".tab"}:
        return "\t"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline()
    counts = {mark: first.count(mark) for mark in (",", "\t", ";")}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","


def _read_lines(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row, counted as a spreadsheet counts them.

    Raises InvalidInput where the text is not of the encoding, or a quotation mark is not closed.
    """
    row = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for cells in csv.reader(file, delimiter=delimiter, strict=True):
                row += 1
                if cells:
                    yield row, cells
    except UnicodeError:
        raise InvalidInput(
            [
                Problem(
                    str(path),
                    f"after row {row}" if row else "",
                    f"is not {'UTF-16' if encoding == 'utf-16' else 'UTF-8'} text.",
                    "Export it again, or save it as CSV UTF-8.",
                )
            ]
        ) from None
    except csv.Error as error:
        # The library's message can quote the file's content, so only its kind is passed on.
        message, remedy = "is not a CSV row.", "Export the survey again."
        if "unexpected end" in str(error):
            message = "begins a quotation that never ends: the file is cut off, or a mark missing."
        raise InvalidInput([Problem(str(path), f"row {row + 1}", message, remedy)]) from None


def _wrong_width(path: Path, row: int, found: int, expected: int) -> Problem:
    return Problem(
        str(path),
        f"row {row}",
        f"has {found} fields, and the header {expected}.",
        "The file is cut off, or a quotation mark is missing; export the survey again.",
    )


def _import_id(cell: str) -> tuple[str, str]:
    """Return the ImportId and the time zone in a cell of Qualtrics' third header row."""
    try:
        content = json.loads(cell)
    except ValueError:
        return "", ""
    if not isinstance(content, dict) or "ImportId" not in content:
        return "", ""
    import_id = str(content["ImportId"])
    if content.get("choiceId"):
        import_id = f"{import_id}_{content['choiceId']}"
    return import_id, str(content.get("timeZone", ""))


# ---------------------------------------------------------------------------------------------
# SPSS


def _open_sav(path: Path) -> Export:
    import pyreadstat

    try:
        # Codes first, labels by hand: pyreadstat's own categories cannot hold missing values.
        frame, meta = pyreadstat.read_sav(path, apply_value_formats=False, user_missing=True)
    except (pyreadstat.ReadstatError, UnicodeError, ValueError):
        raise InvalidInput(
            [Problem(str(path), "", "is not an SPSS file.", "Export the survey again.")]
        ) from None
    columns = [
        Column(position, "", name, tidy_text(label or name))
        for position, (name, label) in enumerate(
            zip(meta.column_names, meta.column_labels, strict=True)
        )
    ]
    texts = {
        name: [
            _sav_text(
                value,
                meta.variable_value_labels.get(name, {}),
                meta.missing_ranges.get(name, []),
            )
            for value in frame[name].tolist()
        ]
        for name in meta.column_names
    }
    return Export(path, "sav", columns, header_rows=0, _frame=texts)


def _sav_text(value: Any, labels: Mapping[Any, str], missing: Sequence[Mapping[str, Any]]) -> str:
    """Write one SPSS value as text: its label where it has one, nothing where it is missing."""
    if value is None or value != value:
        return ""
    if value in labels:
        return str(labels[value])
    for declared in missing:
        try:
            if declared["lo"] <= value <= declared["hi"]:
                return ""
        except TypeError:
            continue
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ---------------------------------------------------------------------------------------------
# Finding columns


def find_column(export: Export, locators: Sequence[Locator]) -> Column | Problem:
    """Return the column that the first fitting locator names, or the problem where none does.

    A locator that several columns fit is a problem, since either could be meant.
    """
    for kind, wanted in locators:
        for attempt in ("import_id", "name", "text") if kind == "any" else (_ATTRIBUTES[kind],):
            found = _fitting(export, attempt, wanted)
            if len(found) > 1:
                places = ", ".join(_column_letter(column.position) for column in found)
                return Problem(
                    str(export.path),
                    f"column {tidy_text(wanted)!r}",
                    f"stands {len(found)} times, in columns {places}.",
                    f"Write {tidy_text(wanted)}#2 for the second of them, or use an ImportId.",
                )
            if found:
                return found[0]
    return _not_found(export, locators)


_ATTRIBUTES = {"id": "import_id", "name": "name", "text": "text"}


def _fitting(export: Export, attribute: str, wanted: str) -> list[Column]:
    exact = _all_with(export, attribute, wanted)
    if exact:
        return exact
    numbered = re.fullmatch(r"(.*)#(\d+)", wanted, re.DOTALL)
    if numbered and int(numbered[2]) > 0:
        return _all_with(export, attribute, numbered[1])[int(numbered[2]) - 1 :][:1]
    return []


def _all_with(export: Export, attribute: str, wanted: str) -> list[Column]:
    key = tidy_text(wanted).casefold()
    found = [
        column for column in export.columns if getattr(column, attribute).casefold() == key and key
    ]
    # Spelling that differs in capitals only is accepted where nothing fits better.
    exact = [column for column in found if getattr(column, attribute) == tidy_text(wanted)]
    return exact or found


def _column_letter(position: int) -> str:
    """Return a column's letters as spreadsheets show them: A, B, ..., Z, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _not_found(export: Export, locators: Sequence[Locator]) -> Problem:
    wanted = [tidy_text(text) for _, text in locators]
    known = {
        text.casefold(): text
        for column in export.columns
        for text in (column.import_id, column.name, column.text)
        if text and not may_identify(text)
    }
    near: list[str] = []
    for text in wanted:
        near += difflib.get_close_matches(text.casefold(), known, n=2, cutoff=0.75)
    remedy = "Correct it in the codebook or study.yaml."
    if near:
        names = ", ".join(repr(known[text]) for text in dict.fromkeys(near[:3]))
        remedy = f"Nearest there: {names}."
    return Problem(
        str(export.path), f"column {' / '.join(wanted)!r}", "is not in the export.", remedy
    )


# ---------------------------------------------------------------------------------------------
# What a wave needs of its exports


@dataclass(frozen=True)
class Source:
    """A raw column that holds answers: of a variable, or of one option of a multiple one."""

    column: str
    variable: str
    option: str | None = None


def list_sources(codebook: Codebook, wave: str) -> list[Source]:
    """Return the columns of answers that a wave's exports must have; identifiers are not read."""
    sources: list[Source] = []
    for name, variable in codebook.in_wave(wave).items():
        if variable.derive is not None or variable.kind == "identifier":
            continue
        options = variable.question[wave].options
        if options:
            sources += [Source(column_of(name, option), name, option) for option in options]
        else:
            sources.append(Source(name, name))
    return sources


def list_locators(study: Study, codebook: Codebook, wave: str) -> dict[str, list[Locator]]:
    """Return how each column that a wave needs is found.

    Columns of answers have the names of `list_sources`; the others are `@program`, `@submitted`,
    `@status`, `@email_1` and so on, `@ip_1` and so on.
    """
    settings = study.waves[wave]
    roles = {
        "@program": settings.program,
        "@submitted": settings.submitted,
        "@status": settings.status,
    }
    for role, locators in (("email", settings.email_locators), ("ip", settings.ip_locators)):
        roles |= {f"@{role}_{place}": each for place, each in enumerate(locators, start=1)}
    wanted: dict[str, list[Locator]] = {
        role: [("any", locator)] for role, locator in roles.items() if locator
    }
    for source in list_sources(codebook, wave):
        question = codebook.variables[source.variable].question[wave]
        if source.option is not None:
            wanted[source.column] = [("any", question.options[source.option])]
            continue
        given: list[tuple[LocatorKind, str | None]] = [
            ("id", question.id),
            ("name", question.name),
            ("any", question.locator),
            ("text", question.text),
        ]
        wanted[source.column] = [(kind, text) for kind, text in given if text]
    return wanted


def open_wave(
    study: Study, codebook: Codebook, wave: str
) -> tuple[list[tuple[Export, dict[str, Column]]], list[Problem]]:
    """Open the exports of a wave and find every column it needs; return them and all problems."""
    wanted = list_locators(study, codebook, wave)
    opened: list[tuple[Export, dict[str, Column]]] = []
    problems: list[Problem] = []
    for name in study.waves[wave].exports:
        try:
            export = open_export(raw_dir(study.name) / name)
        except InvalidInput as error:
            problems += error.problems
            continue
        columns: dict[str, Column] = {}
        for role, locators in wanted.items():
            found = find_column(export, locators)
            if isinstance(found, Column):
                columns[role] = found
            else:
                problems.append(found)
        problems += _taken_twice(export, columns)
        opened.append((export, columns))
    return opened, problems


def check_exports(cohort: str, study: Study, codebook: Codebook) -> Iterator[Problem]:
    """Yield what is wrong with the headers of a cohort's exports, without reading their rows."""
    for wave in study.waves:
        _, problems = open_wave(study, codebook, wave)
        yield from problems


def _taken_twice(export: Export, columns: Mapping[str, Column]) -> Iterator[Problem]:
    """Yield where two questions name one column: one of them would repeat the other."""
    users: dict[int, list[str]] = {}
    for role, column in columns.items():
        if not role.startswith("@"):
            users.setdefault(column.position, []).append(role)
    for position, roles in users.items():
        if len(roles) > 1:
            yield Problem(
                str(export.path),
                f"column {export.columns[position].label}",
                f"is taken for {' and '.join(roles)} alike.",
                "Correct the questions in the codebook.",
            )


# ---------------------------------------------------------------------------------------------
# Rows


def read_rows(export: Export) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row, as a spreadsheet shows it, and its cells.

    Raises InvalidInput, once, where rows have more or fewer fields than the header, where the
    file is cut off or not of its encoding, or where it has no rows.
    """
    if export.format == "sav":
        yield from enumerate(map(list, zip(*export._frame.values(), strict=True)), start=1)
        return
    expected = len(export.columns)
    problems: list[Problem] = []
    more = 0
    count = 0
    for row, cells in _read_lines(export.path, export.encoding, export.delimiter):
        if count < export.header_rows:
            count += 1
            continue
        count += 1
        if len(cells) != expected:
            if len(problems) < _PROBLEMS_SHOWN:
                problems.append(_wrong_width(export.path, row, len(cells), expected))
            else:
                more += 1
        elif not problems:
            yield row, cells
    if more:
        problems.append(Problem(str(export.path), "", f"has {more:,} more such rows."))
    refuse_problems(problems)


def load_rows(
    engine: Engine,
    table: str,
    export: Export,
    columns: Mapping[str, Column],
    transforms: Mapping[str, Transform],
    *,
    start: int = 0,
) -> int:
    """Read an export's rows into the engine's table and return how many there are.

    The table has `number` (counted over all exports of a wave, from `start`), `file`, `row` (as
    a spreadsheet shows it) and a text column for each name in `columns`; empty cells are
    missing. `transforms` say what the engine is given in place of a column's text: tokens of
    addresses, and of typed texts only that there is one.
    """
    import pyarrow as pa

    names = list(columns)
    schema = pa.schema(
        [("number", pa.int64()), ("file", pa.string()), ("row", pa.int64())]
        + [(name, pa.string()) for name in names]
    )
    number = start

    def batch_of(numbers: list[int], rows: list[list[str]]) -> "pa.Table":
        by_position = list(zip(*rows, strict=True))
        arrays = [
            pa.array(range(number, number + len(rows)), pa.int64()),
            pa.array([export.file] * len(rows), pa.string()),
            pa.array(numbers, pa.int64()),
        ]
        for name in names:
            cells = by_position[columns[name].position]
            transform = transforms.get(name)
            if transform is None:
                arrays.append(pa.array([cell or None for cell in cells], pa.string()))
            else:
                arrays.append(
                    pa.array([transform(cell) if cell else None for cell in cells], pa.string())
                )
        return pa.Table.from_arrays(arrays, schema=schema)

    numbers: list[int] = []
    rows: list[list[str]] = []
    for row, cells in read_rows(export):
        numbers.append(row)
        rows.append(cells)
        if len(rows) == BATCH // 4:
            engine.append(table, batch_of(numbers, rows))
            number += len(rows)
            numbers, rows = [], []
    if rows:
        engine.append(table, batch_of(numbers, rows))
        number += len(rows)
    if number == start:
        raise InvalidInput(
            [
                Problem(
                    str(export.path),
                    "",
                    "has a header and no responses.",
                    "Export the survey again, with its responses.",
                )
            ]
        )
    return number - start
