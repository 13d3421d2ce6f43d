"""Finds tables of which a row is one answer, in place of a respondent with all of theirs."""

import re

from altcred.core.errors import Problem
from altcred.draft.model import Table
from altcred.draft.role_words import list_headers
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


def tell_long(table: Table) -> Problem | None:
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
