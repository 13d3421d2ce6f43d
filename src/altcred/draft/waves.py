"""Drafts the waves of a study: which files, roles and questions each of them has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from altcred.core.errors import Problem, refuse_problems
from altcred.describe.study import TAKEN_NAMES
from altcred.describe.wave import ROW
from altcred.draft.files import group_files, join_files, refuse_names, sort_waves
from altcred.draft.gather import gather_columns
from altcred.draft.links import Link, Side, choose_links, count_shared, find_links
from altcred.draft.locate import locate
from altcred.draft.marks import name_waves
from altcred.draft.matching import tell_apart
from altcred.draft.model import Question, Table, WaveDraft
from altcred.draft.people import find_roles, find_tests, keep_responses
from altcred.draft.roles import Roles
from altcred.draft.sides import Part, share_marked, split_columns, split_rows
from altcred.kinds.reading import fold_text
from altcred.read.export import Column
from altcred.read.platforms import list_questions

ONLY_WAVE = "survey"
# A file is taken apart where so many of its questions say of which survey they are.
_LEAST_MARKED = 0.5


@dataclass
class _Survey:
    """A wave on its way: its files, all of its rows together, and what was found in them.

    `way` says how it is told from the others: by files, by columns of one file, or by rows of it.
    """

    name: str
    files: Sequence[Table]
    table: Table
    roles: Roles
    way: str = "files"
    # What cut it out of a file, and the response type that is of the whole row.
    part: Part | None = None
    row_status: str = ""
    decide: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def original(self, column: Column) -> Column:
        """Return the column of the file behind a column of the table."""
        return self.part.originals[column.position] if self.part else column

    def locate(self, column: Column) -> str:
        """Return how the description names a column; empty where it cannot."""
        return locate(self.original(column), self.files[0].export)

    def locate_all(self, columns: Sequence[Column]) -> Any:
        """Return how it names columns: one text of one, a list of several."""
        found = [one for one in map(self.locate, columns) if one]
        return found[0] if len(found) == 1 else found


def draft_waves(tables: Sequence[Table], names: Sequence[str] = ()) -> list[WaveDraft]:
    """Draft the waves of a study from its files, in their order; `names` are what they are called.

    A file is a wave, unless a name is given to several, or they hold the same responses; one file
    is several waves where its columns or its rows say so. InvalidInput where names are none, or
    more or fewer than there are waves, and where a file has no rows or no question.
    """
    refuse_problems([*_check_names(names), *_check_rows(tables)])
    surveys = _find_surveys(tables, [_slug(one) for one in names])
    for survey in surveys:
        if survey.way == "files":
            find_tests(survey.table, survey.roles)
    links = _find_people(surveys)
    _find_questions(surveys)
    refuse_problems(_check_asked(surveys))
    waves = [
        WaveDraft(
            one.name, [keep_responses(table, one.roles) for table in one.files],
            _write_keys(one, place, links), one.questions,
            [*one.roles.decide, *_say_weights(one), *one.decide],
            links if place else (), one.left_out,
        )
        for place, one in enumerate(surveys)
    ]  # fmt: skip
    tell_apart(waves)
    return waves


def _say_weights(survey: _Survey) -> Iterator[str]:
    for name in map(survey.locate, survey.roles.list("weight")):
        yield (
            f"{name!r} looks like survey weights, which are not applied; weight: {name} would "
            "apply them."
        )


def _check_names(names: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        if _slug(name) in TAKEN_NAMES | {""}:
            message = "is no name that a wave may have."
            yield Problem("--waves", name, message, "Write words such as begin,end.")


def _check_rows(tables: Sequence[Table]) -> Iterator[Problem]:
    for table in tables:
        if not table.rows:
            message, remedy = "has a header and no responses.", "Export it with its responses."
            yield Problem(str(table.export.path), "", message, remedy)


def _check_asked(surveys: Sequence[_Survey]) -> Iterator[Problem]:
    for survey in surveys:
        columns = [column for one in survey.questions for column in one.columns]
        if not any(table.counts(column) for table in survey.files for column in columns):
            message = "has no column that is a question and that somebody answered."
            remedy = "Export the survey with its answers, or leave the file out."
            yield Problem(str(survey.files[0].export.path), "", message, remedy)


def _slug(name: str) -> str:
    text = re.sub(r"[^a-z0-9]+", "_", fold_text(name)).strip("_")
    return f"wave_{text}" if text[:1].isdigit() else text


def _find_surveys(tables: Sequence[Table], names: Sequence[str]) -> list[_Survey]:
    groups = group_files(tables, names)
    joined = [join_files(group) for group in groups]
    if len(joined) == 1 and len(names) != 1:
        files, table = joined[0]
        roles = find_roles(table)
        few_marked = share_marked(table, roles) < _LEAST_MARKED and not names
        way, parts = "columns", [] if few_marked else split_columns(table, is_wanted=bool(names))
        if not parts:
            way, parts = "rows", split_rows(table)
        if parts:
            called = list(dict.fromkeys(names)) or [_slug(part.word) for part in parts]
            if len(called) != len(parts):
                refuse_names(len(called), f"its {way} show {len(parts)} waves")
            surveys = [
                _Survey(name, files, part.table, find_roles(part.table), way, part,
                        decide=list(part.decide))
                for name, part in zip(called, parts, strict=True)
            ]  # fmt: skip
            if way == "columns":
                _tell_of_rows(surveys, roles)
            return surveys
    if names:
        called = list(dict.fromkeys(names))
        if len(called) != len(groups):
            refuse_names(len(called), "nothing in the file tells one from another")
    else:
        joined = sort_waves(joined)
        stems = [files[0].export.path.stem for files, _ in joined]
        called = _name_all(stems) if len(joined) > 1 else [ONLY_WAVE]
    surveys = [
        _Survey(name, files, table, find_roles(table))
        for name, (files, table) in zip(called, joined, strict=True)
    ]
    if len(joined) == len(tables) > 1 and not names:
        _note_alike(surveys)
    if len(surveys) == 1 and not names and share_marked(surveys[0].table, surveys[0].roles):
        surveys[0].decide.append(
            "some questions were asked before and after, by their headers, and stand here as "
            "questions of one survey; --waves before,after would part them."
        )
    for survey in surveys:
        if len(survey.files) > 1 and not names:
            survey.decide.append(
                "the files share responses, or the word for their stage, and are taken as one wave."
            )
    return surveys


def _tell_of_rows(surveys: Sequence[_Survey], roles: Roles) -> None:
    """Take what is of whole rows: the response type for each wave, the time for none of them."""
    for column in roles.list("status"):
        for survey in surveys:
            survey.row_status = locate(column, survey.files[0].export)
    for column in roles.list("submitted"):
        surveys[0].decide.append(
            f"{column.name!r} is the time of a whole row, and taken for none of its surveys; "
            "name it under submitted: of the wave whose time it is."
        )


def _name_all(texts: Sequence[str]) -> list[str]:
    names = name_waves(texts)
    if set(names) & TAKEN_NAMES:
        return [f"wave_{place}" for place in range(1, len(texts) + 1)]
    return names


def _note_alike(surveys: Sequence[_Survey]) -> None:
    """Say of a wave that has the columns of the one before that it may be the same survey's."""
    for first, second in pairwise(surveys):
        headers = [[one.label for one in survey.table.export.columns] for survey in (first, second)]
        if headers[0] == headers[1] and second.name.startswith("wave_"):
            second.decide.append(
                f"it asks what {first.name} asks. If both files are downloads of one survey, list "
                "them under exports: of one wave."
            )


def _find_people(surveys: Sequence[_Survey]) -> list[Link]:
    """Return by what the same people can be found; the columns of it are no questions then."""
    if len(surveys) < 2 or surveys[0].way == "columns":
        return []
    sides = [Side(one.name, keep_responses(one.table, one.roles), one.roles) for one in surveys]
    links = find_links(sides, of_one_file=surveys[0].way == "rows")
    for link in choose_links(links).values():
        for survey, columns in zip(surveys, link.columns, strict=True):
            for column in columns:
                survey.roles.add(link.role, column)
    return links


def _find_questions(surveys: Sequence[_Survey]) -> None:
    if surveys[0].way == "rows":
        _find_in_rows(surveys)
        return
    for survey in surveys:
        gathered = gather_columns(survey.table, survey.roles.columns)
        survey.left_out = {one.label: why for one, why in gathered.left_out.items()}
        survey.questions = [
            replace(
                one,
                columns=[survey.original(column) for column in one.columns],
                typed=one.typed and survey.original(one.typed),
            )
            for one in gathered.questions
        ]


def _find_in_rows(surveys: Sequence[_Survey]) -> None:
    """Gather the questions of a file once; a wave asked those that somebody in it answered."""
    roles = {
        f"{role}_of_{survey.name}": column
        for survey in surveys
        for role, column in survey.roles.columns.items()
    }
    roles |= {f"wave_{at}": one.part.keys["column"] for at, one in enumerate(surveys) if one.part}
    unique = {column.position: role for role, column in roles.items()}
    kept = {role: roles[role] for role in unique.values()}
    gathered = gather_columns(surveys[0].files[0], kept)
    for survey in surveys:
        survey.left_out = {one.label: why for one, why in gathered.left_out.items()}
        survey.questions = [
            one
            for one in gathered.questions
            if any(survey.table.counts(column) for column in one.columns)
        ]
        # The cells of the wave alone, though a description finds columns in the whole file.
        survey.files = [survey.table]


def _write_keys(survey: _Survey, place: int, links: Sequence[Link]) -> dict[str, Any]:
    """Return what study.yaml says of a wave."""
    roles = survey.roles
    keys: dict[str, Any] = {
        "label": survey.name.replace("_", " ").capitalize(),
        "exports": [table.export.file for table in survey.files],
    }
    times = [
        one for one in roles.list("submitted") if survey.way != "columns" or _is_own(survey, one)
    ]
    keys["submitted"] = (times and survey.locate(times[0])) or None
    if keys["submitted"]:
        keys |= {"date_order": roles.date_order} if roles.date_order else {}
        keys |= {"timezone": roles.time_zone} if roles.time_zone else {}
    status = roles.list("status")
    keys["status"] = survey.row_status or (status and survey.locate(status[0])) or None
    named = [*times[:1], *status[:1]]
    if survey.way == "columns":
        return {**keys, "person": ROW}
    chosen = {role: link.columns[place] for role, link in choose_links(links).items()}
    for role in ("email", "ip", "person"):
        columns = chosen.get(role) or _list_harmless(survey, role)
        found = survey.locate_all(columns)
        if found:
            keys[role] = found
            named += columns
    link = choose_links(links).get("person")
    if link and not link.leading_zeros:
        keys["person"] = {"columns": keys["person"], "leading_zeros": False}
    if survey.part:
        survey_values = survey.part.keys["is_not"]
        column = survey.locate(survey.part.keys["column"])
        rule = {"name": "other_wave", "reason": "of another wave", "column": column}
        return {**keys, "exclude": [{**rule, "is_not": survey_values, "missing": "exclude"}]}
    tests = [
        {"name": f"tests_{at}" if at > 1 else "tests", "reason": "tests of the survey",
         "column": survey.locate(column), "is": texts}
        for at, (column, texts) in enumerate(roles.tests.items(), 1) if survey.locate(column)
    ]  # fmt: skip
    keys |= {"exclude": tests} if tests else {}
    others = _list_administrative(survey, named)
    return {**keys, "administrative": others} if others else keys


def _is_own(survey: _Survey, column: Column) -> bool:
    """Tell whether a column is of a wave by its own header, and not by where it stands."""
    return survey.original(column).name != column.name


def _list_harmless(survey: _Survey, role: str) -> Sequence[Column]:
    """Return the columns of a role that a wave may name, though nobody is joined by them.

    Rows of one code or address would be one person's; where there are such rows it is for the
    author to say so.
    """
    columns = survey.roles.list(role)
    if role == "ip":
        return columns
    if role == "person" and not columns:
        columns = survey.roles.list("code_part")
    elif role == "person":
        columns = columns[:1]
    table = keep_responses(survey.table, survey.roles)
    shared = count_shared(table, columns, role) if columns else 0
    if shared:
        where = survey.locate_all(columns)
        survey.decide.append(
            f"{shared} rows share what {where!r} holds with another row, and all of them are "
            f"counted; {role}: {where} would take the rows of each as one person's."
        )
    return [] if shared else columns


def _list_administrative(survey: _Survey, named: Sequence[Column]) -> list[str]:
    """Return the columns that hold no answers and that neither a key nor a platform tells of."""
    asked = {column.position for column in list_questions(survey.table.export)}
    known = {column.position for column in named}
    found = [
        survey.locate(column)
        for column in survey.roles.columns.values()
        if (column.position in asked - known and survey.table.counts(column))
        # Which survey a row is of must be said, even where all are one.
        or column.known.role == "wave"
    ]
    return [one for one in found if one]
