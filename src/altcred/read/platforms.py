"""What survey platforms write beside the answers, known by the headers they give it."""

import re
from collections.abc import Collection, Iterator

from altcred.core.errors import InvalidInput, Problem
from altcred.kinds.reading import fold_text
from altcred.kinds.vocabulary import NOT_SHOWN, NOT_TICKED
from altcred.read.export import ROLES, Column, Export
from altcred.read.limesurvey import list_headers

# Ids that are letters and digits drawn anew for each response, wherever it is answered.
_DRAWN_IDS = {"_recordid", "responseid", "response_id", "_uuid", "meta/instanceid", "instanceid"}
# Running numbers, of one survey only; they stand beside what else the platform writes.
_NUMBERED_IDS = {
    "id": {"submitdate", "start time"},
    "response id": {"date submitted", "submitdate", "time started"},
    "respondent id": {"collector id", "start date"},
    "respondent_id": {"collector_id", "date_created"},
    "#": {"network id", "submit date (utc)", "submitted at"},
    "case": {"questnnr", "started"},
}
_NEVER_SUBMITTED = list_headers("submitdate")
# Headers and ImportIds of columns that hold no answers, without blanks.
_ADMINISTRATIVE = set(ROLES["administrative"].split())
# What a platform writes, and people are asked as well.
_ALSO_ASKED = set(ROLES["also asked"].split())
_NO_ANSWERS = NOT_TICKED | NOT_SHOWN | {"", "n/a", "na", "-", "--", ".", "-9", "-99", "-999"}


def find_response_id(export: Export) -> Column | None:
    """Return the column that tells responses apart."""
    names = _names(export)
    for name in names:
        if name in _DRAWN_IDS:
            return names[name]
    for name, beside in _NUMBERED_IDS.items():
        if name in names and beside & names.keys():
            return names[name]
    return _with_role(export, "response_id")


def find_finished(export: Export) -> Column | None:
    """Return the column by which the platform tells finished responses."""
    names = _names(export)
    return names.get("finished") or next(
        (column for name, column in names.items() if name in _NEVER_SUBMITTED),
        _with_role(export, "finished"),
    )


def tells_by_time(column: Column) -> bool:
    """Tell whether a column says that a response is finished by when it was submitted."""
    return bool(set(_called(column)) & _NEVER_SUBMITTED)


def check_one_survey(export: Export, named: Collection[int]) -> Iterator[Problem]:
    """Yield where rows are of several surveys, which the tool says in a column that nothing names.

    `named` are the positions of columns that a key of the wave or the codebook names.
    """
    column = _with_role(export, "wave")
    if column is None or column.position in named:
        return
    try:
        found = sorted({cells[column.position].strip() for _, cells in export.rows()} - {""})
    except InvalidInput as error:
        yield from error.problems
        return
    if len(found) > 1:
        rule = f"{{name: others, column: {column.name}, is_not: {found[0]}}}"
        yield Problem(
            str(export.path),
            f"column {column.label}",
            f"tells {len(found)} surveys apart, and nothing says which of them the wave is.",
            f"Write a rule under exclude: of the wave, such as {rule}, and describe each survey as "
            "a wave of the same file; or list the column under administrative: where all are one.",
        )


def list_questions(export: Export) -> list[Column]:
    """Return the columns that may hold an answer: all that no platform is known to write itself."""
    own = _own_columns(export)
    # Of a question that was asked again for each of several things the id has a number before it.
    of_questions = [column for column in own if re.match(r"(?:\d+_)?QID", column.import_id)]
    if of_questions:
        # Page timers and orders of display have the ids of questions; embedded data have none.
        other = re.compile(r"(_DO\b|_DO_|(FIRST|LAST)_CLICK|PAGE_SUBMIT|CLICK_COUNT)")
        return [column for column in of_questions if not other.search(column.import_id)]
    # What the tool itself is known to write has a role.
    rest = [
        (column, {re.sub(r"\s", "", one) for one in _called(column)})
        for column in own
        if not column.known.role
    ]
    found = [column for column, names in rest if not names & _ADMINISTRATIVE]
    is_platform = find_response_id(export) is not None or find_finished(export) is not None
    if not is_platform or not export.tool:
        return found
    sure = [column for column, names in rest if column in found and not names & _ALSO_ASKED]
    # Where nothing else was asked, these were.
    return sure or found


def is_answer(text: str) -> bool:
    """Tell whether a cell says something, as an option that is not ticked does not."""
    return fold_text(text) not in _NO_ANSWERS


def _own_columns(export: Export) -> list[Column]:
    """Return the columns that are not of a joined file, which says nothing of the response."""
    return [column for column in export.columns if column.part == 0]


def _with_role(export: Export, role: str) -> Column | None:
    """Return the first column of which the tool that wrote the export says what it is for."""
    return next((column for column in _own_columns(export) if column.known.role == role), None)


def _names(export: Export) -> dict[str, Column]:
    """Return the columns by what each is called, folded; the first of several that are alike."""
    names: dict[str, Column] = {}
    for column in _own_columns(export):
        for name in _called(column):
            names.setdefault(name, column)
    return names


def _called(column: Column) -> list[str]:
    """Return the names of a column, folded, also by LimeSurvey's code alone: `id. Response ID`."""
    names = [fold_text(one) for one in (column.import_id, column.name, column.text) if one]
    return list(dict.fromkeys([*names, *(name.split(". ")[0] for name in names)]))
