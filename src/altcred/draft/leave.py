"""Leaves out of a draft the columns that hold no answers, each for a reason that can be told."""

import re
from collections.abc import Mapping, Set

from altcred.draft.locate import locate
from altcred.draft.model import Table
from altcred.draft.times import is_time, spans_years
from altcred.kinds.reading import fold_text
from altcred.read.export import Column
from altcred.read.platforms import list_questions

# What a quiz writes beside each question.
_OF_A_QUIZ = {"points", "feedback", "score", "punkte", "punktzahl", "puntos", "punti", "poäng"}
_OF_A_QUIZ |= {"feedback score", "pontos", "punten", "poeng", "point", "commentaires"}
_TIMER = re.compile(
    r"interviewtime|(question|group)e?time\d*|\w*time\d*\. .*time.*|\w+(_| - )(first click|"
    r"last click|page submit|click count)|\w+_DO(_\w+)?|TIME\d{3}|TIME_(SUM|RSI)",
    re.IGNORECASE,
)


_EMBEDDED = "is embedded data or a score, which an entry may name, as one of groups by it"
# What is said of columns by the role that they play.
_SAID = {
    "submitted": "is the time of submission",
    "opened": "is the time at which it was opened",
    "timing": "is a time that the platform writes",
    "status": "tells tests and previews from responses",
    "finished": "tells which responses are finished",
    "response id": "is the number of the response",
    "email": "is an e-mail address",
    "ip": "is a network address",
    "person": "is the participant code",
    "code part": "is part of the participant code",
    "wave": "tells of which survey a row is",
    "other": "is what a platform writes, or tells of a person",
}


def leave_out(table: Table, roles: Mapping[str, Column]) -> dict[Column, str]:
    """Return the columns that are no questions, with the reason of each."""
    export = table.export
    asked = set(list_questions(export))
    texts = {fold_text(one.text) for one in export.columns}
    by_role = {column: role for role, column in roles.items()}
    left: dict[Column, str] = {}
    for column in export.columns:
        if column in by_role:
            role = re.sub(r"(_\d+)?(_of_.*)?$", "", by_role[column]).replace("_", " ")
            left[column] = _SAID.get(role, f"is the {role}")
        elif column.known.role:
            left[column] = _SAID.get(column.known.role.replace("_", " "), _SAID["other"])
        elif _TIMER.fullmatch(column.name):
            left[column] = "tells times or the order of display"
        elif column not in asked and not (is_time(table, column) and spans_years(table, column)):
            is_embedded = export.tool == "qualtrics" and not re.match(r"\d*_?QID", column.import_id)
            left[column] = _EMBEDDED if is_embedded else "is written by the platform"
        elif _is_of_a_quiz(column, texts):
            left[column] = "is the platform's judgement of an answer"
        elif not locate(column, export):
            left[column] = "cannot be named: its header stands elsewhere too"
        elif not column.label and not table.counts(column):
            left[column] = "is empty and has no header"
    return left


def _is_of_a_quiz(column: Column, texts: Set[str]) -> bool:
    """Tell whether a header is another one with a word for points or feedback beside it."""
    text = fold_text(column.text)
    before, _, asked = text.partition(" - ")
    stem, _, after = text.rpartition(" [")
    named = texts - {""}
    return (before in _OF_A_QUIZ and asked in named) or (
        after.removesuffix("]") in _OF_A_QUIZ and stem in named
    )
