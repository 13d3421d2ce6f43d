"""Finds tables that are not a row of names over a row a respondent."""

import re
from collections.abc import Iterator

from altcred.core.errors import Problem
from altcred.draft.model import Table
from altcred.draft.role_words import list_headers
from altcred.kinds.reading import fold_text
from altcred.read.export import Column

_PART = "id|ref|no|nr|number|name|text|code|label|title|wording|key|nummer"
_ASKED = re.compile(
    r"(?:survey )?(?:questions?|frage|pregunta|pergunta|domanda|vraag|fråga|spørsmål|spørgsmål|"
    rf"pytanie|soru|вопрос|質問|设问|问题)(?: ?(?:{_PART}))?|item ?(?:{_PART})|"
    r"variable(?: (?:name|label))?"
)
_GIVEN = re.compile(
    r"(?:question |item |survey )?(?:answers?|responses?|values?|réponse|antwort|respuesta|"
    r"resposta|risposta|antwoord|svar|odpowiedź|cevap|yanıt|ответ|回答|答案|wert|valor|valore|"
    r"waarde)(?: ?(?:text|value|label|code|id|option|choice|no|number))?"
)
# Where questions are asked again so often, and each has several answers, they are in rows.
_FEWEST_ASKED = 2


# Of so many columns, and of half of all, an answer stands for their names.
_FEWEST_ANSWERED = 2
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def find_other_shapes(table: Table) -> Iterator[Problem]:
    """Yield what is wrong with a table of which a row is no respondent, or a respondent its names.

    In silence each would be counted several times, or one not at all.
    """
    yield from filter(None, (_tell_long(table), _tell_nameless(table)))


def _tell_nameless(table: Table) -> Problem | None:
    """Return a problem where the names of columns are answers that others gave as well."""
    columns = table.export.columns
    found = [column.name for column in columns if _may_be_answer(table, column)]
    answered = len(found)
    # Questions may be called by their numbers, and be answered by such.
    in_words = any(not _NUMBER.fullmatch(one) for one in found)
    if not in_words or answered < _FEWEST_ANSWERED or 2 * answered < len(columns):
        return None
    return Problem(
        str(table.export.path),
        "row 1",
        f"does not name the columns, it seems: what stands there was answered in {answered} of "
        f"{len(columns)} columns.",
        "Put a row above it that names each column.",
    )


def _may_be_answer(table: Table, column: Column) -> bool:
    counts = table.counts(column)
    if len(counts) < 2:
        # The one answer of a box to tick may be its name.
        return False
    if _NUMBER.fullmatch(column.name):
        return all(map(_NUMBER.fullmatch, counts))
    return fold_text(column.name) in map(fold_text, counts)


def _tell_long(table: Table) -> Problem | None:
    """Return what is wrong with a table whose rows are answers; None of one of respondents.

    One column names the question and repeats it, one beside it holds what was answered, and a
    question has fewer rows than all.
    """
    asked = [one for one in table.export.columns if _is_called(one, _ASKED)]
    given = [one for one in table.export.columns if _is_called(one, _GIVEN) and one not in asked]
    for question in asked:
        counts = table.counts(question)
        is_repeated = _FEWEST_ASKED <= len(counts) <= sum(counts.values()) / 2
        if given and is_repeated and min(counts.values()) > 1:
            return Problem(
                str(table.export.path),
                f"columns '{question.label}' and '{given[0].label}'",
                f"name a question and its answer, so that a row is one of {len(counts)} questions "
                "and no respondent; counted as they are, each would count several times.",
                "Bring the file into a row a respondent with a column a question, as a pivot table "
                "of a spreadsheet does, or rename the two columns if they are questions.",
            )
    return None


def _is_called(column: Column, words: re.Pattern[str]) -> bool:
    return any(map(words.fullmatch, list_headers(column)))
