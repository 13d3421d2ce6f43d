"""Finds in the exports of a wave the columns that its questions and roles name.

A column is found by the platform's id, else by its name, else by its question text; `NAME#2` is
the second column of that name, and `#C` the third column, whatever it is called. Problems name the
file, the column and the row as a spreadsheet shows it, and never quote what a respondent wrote.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from altcred.core.description import as_list
from altcred.core.errors import InvalidInput, Problem, refuse
from altcred.core.paths import raw_dir
from altcred.describe.codebook import Codebook
from altcred.describe.rows import Joined
from altcred.describe.study import Study
from altcred.describe.wave import ROW, Wave, lies_outside
from altcred.kinds import kind_of
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import tidy_text
from altcred.kinds.variable import column_of
from altcred.read.export import Column, Export, Layout, open_export
from altcred.read.identities import Locator, list_identities, locate_question
from altcred.read.join import join_partner, joined_as, read_partner
from altcred.read.platforms import (
    check_one_survey,
    find_finished,
    find_response_id,
    list_questions,
)
from altcred.read.stored import list_files

_NOT_THERE = "is not in the export."
_ATTRIBUTES = {"id": "import_id", "name": "name", "text": "text"}


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
        if variable.derive is not None or not kind_of(variable).is_read:
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
    `@status`, `@weight`, `@response_id`, `@finished`, `@exclude_NAME` of a rule, and those of
    identities: `@email_1`, `@ip_1`, `@person_1` and so on.
    """
    settings = study.waves[wave]
    roles = {
        "@program": settings.program,
        "@submitted": settings.submitted,
        "@status": settings.status,
        "@weight": settings.weight,
        "@response_id": settings.response_id,
        "@finished": settings.finished,
    }
    wanted: dict[str, list[Locator]] = {
        role: [("any", locator)] for role, locator in roles.items() if locator
    }
    wanted |= {
        f"@exclude_{rule.name}": [("any", rule.column)]
        for rule in study.exclusions(wave)
        if rule.column
    }
    for identity in list_identities(study, codebook, wave).values():
        wanted |= dict(zip(identity.columns, identity.locators, strict=True))
    for source in list_sources(codebook, wave):
        question = codebook.variables[source.variable].question[wave]
        if source.option is not None:
            wanted[source.column] = [("any", question.options[source.option])]
            continue
        wanted[source.column] = locate_question(question)
    return wanted


def open_wave(
    study: Study, codebook: Codebook, wave: str, given: Sequence[Path] = ()
) -> tuple[list[tuple[Export, dict[str, Column]]], list[Problem]]:
    """Open the exports of a wave and find every column it needs; return them and all problems.

    Files that are `given` are opened in the place of the wave's own.
    """
    wanted = list_locators(study, codebook, wave)
    settings = study.waves[wave]
    layout = Layout(settings.header_rows, settings.sheet, settings.encoding, settings.format)
    files, problems = _open_files(given or _list_paths(study, settings.exports), layout)
    told: dict[str, dict[str, Column]] = {export.file: {} for export in files}
    for place, joined in enumerate(settings.join, start=1):
        others, more = _open_files(_list_paths(study, joined.exports), layout)
        files, wrong = _join_files(files, others, joined, joined_as(place), told)
        problems += [*more, *wrong]
    opened: list[tuple[Export, dict[str, Column]]] = []
    lacking: dict[str, list[Problem]] = {}
    for export in files:
        columns = dict(told[export.file])
        for role, locators in wanted.items():
            if role.startswith("@person_") and locators == [("any", ROW)]:
                columns[role] = Column(-1, "", ROW, ROW)
                continue
            found = find_column(export, locators, is_role=role.startswith("@"))
            if isinstance(found, Column):
                columns[role] = found
            elif found.message == _NOT_THERE and role != "@program":
                if role in ("@submitted", "@status"):
                    none = f"Where there is none, write {role[1:]}: null."
                    found = replace(found, remedy=f"{found.remedy} {none}")
                lacking.setdefault(role, []).append(found)
            else:
                problems.append(found)
        problems += _taken_twice(export, columns)
        columns |= _find_by_itself(settings, export)
        if settings.unfinished == "drop" and "@finished" not in columns:
            message = "has no column that altcred knows to tell finished responses."
            remedy = "Name it under finished: of the wave, or remove unfinished: drop."
            problems.append(Problem(str(export.path), "", message, remedy))
        problems += check_one_survey(export, _list_named(study, codebook, wave, export, columns))
        opened.append((export, columns | _list_others(study, codebook, wave, export, columns)))
    # What one of several files lacks was not asked there.
    problems += [one for ones in lacking.values() if len(ones) == len(files) for one in ones]
    return opened, problems


def _list_paths(study: Study, names: Sequence[str]) -> list[Path]:
    """Return the paths of exports; of one that is named outside their folder there is none."""
    folder = raw_dir(study.name)
    found = [one for name in names if not lies_outside(name) for one in list_files(folder, name)]
    called = [one.name for one in found]
    for path in found:
        if called.count(path.name) > 1:
            message = "is called as another file of the wave, so rows could not be told apart."
            refuse(path, "", message, "Give one of them another name.")
    return found


def _open_files(paths: Sequence[Path], layout: Layout) -> tuple[list[Export], list[Problem]]:
    opened: list[Export] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            opened.append(open_export(path, layout))
        except InvalidInput as error:
            problems += error.problems
    return opened, problems


def _join_files(
    files: Sequence[Export],
    others: Sequence[Export],
    joined: Joined,
    name: str,
    told: Mapping[str, dict[str, Column]],
) -> tuple[list[Export], list[Problem]]:
    """Join further files to each of a wave's own; note in `told` the column that tells how it went.

    The further files are read here, so that a key which stands twice is found by a check.
    """
    problems: list[Problem] = []

    def find_keys(export: Export, locators: Sequence[str]) -> list[Column]:
        found = [find_column(export, [("any", one)], is_role=True) for one in locators]
        problems.extend(one for one in found if isinstance(one, Problem))
        return [one for one in found if isinstance(one, Column)]

    on = as_list(joined.on)
    theirs = [(export, find_keys(export, as_list(joined.their) or on)) for export in others]
    own = [(export, find_keys(export, on)) for export in files]
    if problems or not theirs:
        return list(files), problems
    try:
        partner, problems = read_partner(theirs)
    except InvalidInput as error:
        return list(files), error.problems
    widened = []
    for export, keys in own:
        both, column = join_partner(export, keys, partner)
        told[export.file][name] = column
        widened.append(both)
    return widened, problems


def _find_by_itself(settings: Wave, export: Export) -> dict[str, Column]:
    """Return the columns that a platform is known to write and study.yaml does not name."""
    found = {
        "@response_id": find_response_id(export) if settings.response_id == "" else None,
        "@finished": find_finished(export) if settings.finished == "" else None,
    }
    return {role: column for role, column in found.items() if column is not None}


def _list_named(
    study: Study, codebook: Codebook, wave: str, export: Export, there: Mapping[str, Column]
) -> set[int]:
    """Return the positions of columns that the codebook or a key of the wave names."""
    settings = study.waves[wave]
    keys = [one for joined in settings.join for one in as_list(joined.on)]
    locators: list[list[Locator]] = [[("any", one)] for one in [*settings.administrative, *keys]]
    locators += [
        locate_question(variable.question[wave])
        for variable in codebook.in_wave(wave).values()
        if variable.derive is None and not kind_of(variable).is_read
    ]
    found = [find_column(export, one, is_role=True) for one in locators]
    found += [one for role, one in there.items() if not role.startswith("@other_")]
    return {
        part.position for one in found if isinstance(one, Column) for part in (one, *one.others)
    }


def list_undescribed(
    study: Study, codebook: Codebook, wave: str, export: Export, there: Mapping[str, Column]
) -> list[Column]:
    """Return the columns that may hold answers and that nothing names; `there` are the found."""
    named = _list_named(study, codebook, wave, export, there)
    return [one for one in list_questions(export) if one.position not in named]


def _list_others(
    study: Study, codebook: Codebook, wave: str, export: Export, there: Mapping[str, Column]
) -> dict[str, Column]:
    """Return by a name the columns that nothing names, in which there may be answers.

    Of a file that another wave reads as well there are none: its answers may be that wave's.
    """
    files = set(study.waves[wave].exports)
    if any(files & set(other.exports) for name, other in study.waves.items() if name != wave):
        return {}
    found = list_undescribed(study, codebook, wave, export, there)
    return {f"@other_{column.position}": column for column in found}


def _taken_twice(export: Export, columns: Mapping[str, Column]) -> Iterator[Problem]:
    """Yield where two questions name one column: one of them would repeat the other."""
    users: dict[int, list[str]] = {}
    for role, column in columns.items():
        if not role.startswith("@"):
            for part in (column, *column.others):
                users.setdefault(part.position, []).append(role)
    for position, roles in users.items():
        if len(roles) > 1:
            yield Problem(
                str(export.path),
                f"column {export.columns[position].label}",
                f"is taken for {' and '.join(roles)} alike.",
                "Correct the questions in the codebook.",
            )


def find_column(
    export: Export, locators: Sequence[Locator], *, is_role: bool = False
) -> Column | Problem:
    """Return the column that the first fitting locator names, or the problem where none does.

    A locator that several columns fit is a problem, since either could be meant; of a role it is
    that of the file itself where another file was joined to it. Where each of several columns is
    named, they are found as one.
    """
    if locators and locators[0][0] in {"each", "place"}:
        each = [find_column(export, [("any", one)], is_role=is_role) for _, one in locators]
        return _coalesce(export, each, of_places=locators[0][0] == "place")
    for kind, wanted in locators:
        for attribute in _ATTRIBUTES.values() if kind == "any" else [_ATTRIBUTES[kind]]:
            found = _fitting(export, attribute, wanted)
            own = [column for column in found if column.part == 0]
            found = own if is_role and own else found
            if len(found) > 1:
                places = ", ".join(column_letters(column.position) for column in found)
                return Problem(
                    str(export.path),
                    f"column {tidy_text(wanted)!r}",
                    f"stands {len(found)} times, in columns {places}.",
                    f"Write {tidy_text(wanted)}#2 for the second of them, or use an ImportId.",
                )
            if found:
                return found[0]
    return _not_found(export, locators)


def _coalesce(
    export: Export, found: Sequence[Column | Problem], *, of_places: bool
) -> Column | Problem:
    """Return several columns as one; the problem where some of them are not there."""
    columns = [one for one in found if isinstance(one, Column)]
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        # A file that lacks all of them did not ask the question, one that lacks some is another.
        message = "is not there, though other columns of the question are."
        is_part = columns and problems[0].message == _NOT_THERE
        return replace(problems[0], message=message) if is_part else problems[0]
    if len({one.position for one in columns}) < len(columns):
        remedy = f"Name each column once under {'places' if of_places else 'coalesce'}:."
        return Problem(str(export.path), f"column {columns[0].label}", "is named twice.", remedy)
    codes: dict[str, str | None] = {}
    for one in columns:
        for label, code in one.codes.items():
            codes[label] = code if codes.get(label, code) == code else None
    return replace(
        columns[0],
        missing={answer: why for one in reversed(columns) for answer, why in one.missing.items()},
        codes={label: code for label, code in codes.items() if code is not None},
        others=tuple(columns[1:]),
        of_places=of_places,
    )


def _fitting(export: Export, attribute: str, wanted: str) -> list[Column]:
    exact = _all_with(export, attribute, wanted)
    if exact:
        return exact
    numbered = re.fullmatch(r"(.*)#(\d+)", wanted, re.DOTALL)
    if numbered and int(numbered[2]) > 0:
        return _all_with(export, attribute, numbered[1])[int(numbered[2]) - 1 :][:1]
    if attribute == "text" and re.fullmatch(r"#[A-Z]{1,3}", wanted):
        return [one for one in export.columns if f"#{column_letters(one.position)}" == wanted]
    return []


def _all_with(export: Export, attribute: str, wanted: str) -> list[Column]:
    key = tidy_text(wanted).casefold()
    found = [
        column for column in export.columns if getattr(column, attribute).casefold() == key and key
    ]
    # Spelling that differs in capitals only is accepted where nothing fits better.
    exact = [column for column in found if getattr(column, attribute) == tidy_text(wanted)]
    return exact or found


def column_letters(position: int) -> str:
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
    for text in map(str.casefold, wanted):
        near += difflib.get_close_matches(text, known, n=2, cutoff=0.75)
        # A question may have been cut, or written out.
        near += [
            one for one in known if min(len(one), len(text)) > 3 and (one in text or text in one)
        ]
    near = near or difflib.get_close_matches(wanted[0].casefold(), known, n=2, cutoff=0.5)
    remedy = (
        "Correct it in the codebook or study.yaml, or name under waves: of the variable those that "
        "asked it."
    )
    if near:
        names = ", ".join(repr(known[text]) for text in dict.fromkeys(near[:3]))
        remedy = f"Nearest there: {names}."
    return Problem(str(export.path), f"column {' / '.join(wanted)!r}", _NOT_THERE, remedy)
