"""Reads a plain table of questions: the name of each column of the export, and what it asks."""

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
# What stands where a column asks nothing.
_NO_TEXT = {"", "na", "n/a", "-"}


class Wordings(Questionnaire):
    """Reads a table in whatever file an export may be."""

    name: ClassVar[str] = "a table of column names and questions"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the headers whether names and texts of questions stand in a table."""
        try:
            return _find(open_export(path)) is not None
        except InvalidInput:
            return False

    def describe(self, path: Path) -> dict[str, Known]:
        """Return what each column asks; of a name that stands twice the first."""
        export = open_export(path)
        found = _find(export)
        described: dict[str, Known] = {}
        for _, cells in export.rows() if found else ():
            name, text = (tidy_text(cells[column.position]) for column in found or ())
            if name and fold_text(text) not in _NO_TEXT:
                described.setdefault(name, Known(wording=text))
        return described


def _find(export: Export) -> tuple[Column, Column] | None:
    """Return the columns of names and of texts."""
    headers = {fold_text(column.name).replace("_", " "): column for column in export.columns}
    name = next((headers[one] for one in _NAMES if one in headers), None)
    text = next((headers[one] for one in _TEXTS if one in headers and headers[one] != name), None)
    return (name, text) if name and text else None


register_questionnaire(Wordings())
