"""Reads a plain table of questions: the name of each column of the export, and what it asks.

It may say as well what the codes of answers stand for: a row a code, or all in one cell, as in
`a = Never; b = Often`.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import ClassVar

from altcred.core.errors import InvalidInput
from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column, Export, Known, open_export
from altcred.read.questionnaires import Questionnaire, register_questionnaire

# How the two columns of such a table are headed; the first that is there is taken.
_NAMES: tuple[str, ...] = (
    "variable name",
    "variable",
    "column name",
    "column",
    "field name",
    "field",
    "name",
)
_NAMES += ("question code", "question id", "code", "item", "id", "value", "key", "var")
_TEXTS: tuple[str, ...] = (
    "question text",
    "question",
    "wording",
    "text",
    "item text",
    "statement",
    "label",
)
_TEXTS += ("question wording", "variable label", "description", "frage", "fragetext", "pregunta")
# How columns are headed of which one has a code and the other says what it stands for, a row each.
_CODES: tuple[str, ...] = ("answer code", "option code", "response code", "value", "code", "level")
_LABELS: tuple[str, ...] = ("value label", "answer label", "option", "answer", "response")
_LABELS += ("meaning", "label", "description", "text")
# How a column is headed that has all codes of a question in a cell.
_CHOICES: tuple[str, ...] = ("choices", "value labels", "answer options", "response options")
_CHOICES += ("answers", "options", "values", "responses", "categories", "levels", "codes", "coding")
# What stands where a column asks nothing.
_NO_TEXT = {"", "na", "n/a", "-"}
_CHOICE = re.compile(r"\s*(-?\w{1,8})\s*[=:,]\s*(\S.*?)\s*", re.DOTALL)


class Wordings(Questionnaire):
    """Reads a table in whatever file an export may be."""

    name: ClassVar[str] = "a table of column names and questions"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the headers whether names and texts of questions stand in a table."""
        try:
            return "name" in (found := _find(open_export(path))) and len(found) > 1
        except InvalidInput:
            return False

    def describe(self, path: Path) -> dict[str, Known]:
        """Return what each column asks, and what its codes are; of a text the first."""
        export = open_export(path)
        found = _find(export)
        wordings: dict[str, str] = {}
        labels: dict[str, dict[str, str]] = defaultdict(dict)
        name = ""
        for _, cells in export.rows():
            row = {key: cells[column.position] for key, column in found.items()}
            told = {key: tidy_text(cell) for key, cell in row.items()}
            # Further codes of a question may stand below it without its name.
            name = told["name"] or (name if told.get("code") else "")
            if name and fold_text(told.get("text", "")) not in _NO_TEXT:
                wordings.setdefault(name, told["text"])
            if name and told.get("code") and told.get("label"):
                labels[name].setdefault(told["code"], told["label"])
            if name:
                labels[name] |= _read_choices(row.get("choices", ""))
        return {
            one: Known(wording=wordings.get(one, ""), labels=labels[one])
            for one in dict.fromkeys([*wordings, *labels])
        }


def _find(export: Export) -> dict[str, Column]:
    """Return the columns of names, of texts, of a code with its label, and of all codes."""
    headers = {fold_text(column.name).replace("_", " "): column for column in export.columns}
    found: dict[str, Column] = {}

    def take(key: str, names: tuple[str, ...]) -> bool:
        free = (headers[one] for one in names if one in headers)
        column = next((one for one in free if one not in found.values()), None)
        if column is not None:
            found[key] = column
        return column is not None

    take("name", _NAMES)
    names = [cells[found["name"].position] for _, cells in export.rows()] if found else []
    # A question of several rows has a code in each.
    if len(set(names)) < len(names) and take("code", _CODES) and not take("label", _LABELS):
        del found["code"]
    take("choices", _CHOICES)
    take("text", _TEXTS)
    return found


def _read_choices(cell: str) -> dict[str, str]:
    """Return what the codes in a cell stand for; nothing where some part of it says no code."""
    for cut in (r"[|;\n]", r",(?=\s*-?\w{1,8}\s*[=:])"):
        parts = [one for one in re.split(cut, cell) if one.strip()]
        read = [_CHOICE.fullmatch(one) for one in parts]
        if len(parts) > 1 and all(read):
            return {found[1]: tidy_text(found[2]) for found in read if found}
    return {}


register_questionnaire(Wordings())
