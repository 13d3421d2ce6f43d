"""Reads REDCap's data dictionary, a CSV with a row a field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from altcred.core.errors import refuse
from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.conditions import read_condition
from altcred.read.delimited import find_form, read_head
from altcred.read.export import Known
from altcred.read.lines import read_lines
from altcred.read.questionnaires import Questionnaire, register_questionnaire

# The columns that are read, by the beginning of their names as downloaded and as the API has them.
_COLUMNS = {
    "field": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "section": ("section header", "section_header"),
    "type": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices", "select_choices"),
    "check": ("text validation type", "text_validation_type"),
    "identifies": ("identifier",),
    "shown_if": ("branching logic", "branching_logic"),
    "matrix": ("matrix group name", "matrix_group_name"),
}
_CLOSED = {"radio", "dropdown", "yesno", "truefalse"}
_KINDS = {"slider": "number", "calc": "number", "notes": "text"} | dict.fromkeys(_CLOSED, "single")
_FIXED = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_CHECKS = {"integer": "number", "number": "number", "date": "date", "datetime": "date"}
_CHECKS |= {"time": "text"}
_PERSONAL = {"email": "email", "phone": "other", "ssn": "other", "mrn": "other", "zipcode": "other"}
_TEST = re.compile(
    r"\[(?P<field>\w+)(?:\((?P<box>[\w-]+)\))?\]\s*=\s*"
    r"(?:'(?P<one>[^']*)'|\"(?P<two>[^\"]*)\"|(?P<bare>-?[\w.]+))"
)


@dataclass(frozen=True)
class Field:
    """A row of the dictionary, its cells tidied."""

    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def choices(self) -> dict[str, str]:
        """What can be chosen, by code: `1, Red | 2, Green`."""
        if self["type"] in _FIXED:
            return _FIXED[self["type"]]
        if self["type"] not in {*_CLOSED, "checkbox"}:
            return {}
        cut = (one.partition(",") for one in self["choices"].split("|"))
        return {code.strip(): tidy_text(label) or code.strip() for code, _, label in cut if code}


class Dictionary(Questionnaire):
    """Reads the data dictionary of a project as REDCap downloads it."""

    name: ClassVar[str] = "REDCap data dictionary"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the names of its first columns."""
        head = fold_text(start.decode("utf-8", "replace").partition("\n")[0])
        return any(name in head for name in _COLUMNS["field"]) and "form" in head

    def describe(self, path: Path) -> Mapping[str, Known]:
        """Return what is known of each column, by its raw name."""
        fields = {field["field"]: field for field in _read_fields(path)}
        matrices: dict[str, str] = {}
        described: dict[str, Known] = {}
        form, section = "", ""
        for name, field in fields.items():
            if field["form"] != form:
                form, section = field["form"], ""
            section = tidy_text(field["section"]) or section
            if field["matrix"]:
                matrices.setdefault(field["matrix"], section)
            described |= _know(name, field, fields, matrices.get(field["matrix"]), section)
        return described


register_questionnaire(Dictionary())


def _read_fields(path: Path) -> Iterator[Field]:
    form = find_form(path)
    head = [fold_text(cell) for cell in read_head(path, 1, form)[0]]
    places = {
        key: place
        for key, names in _COLUMNS.items()
        for place, cell in reversed(list(enumerate(head)))
        if cell.startswith(names)
    }
    if not {"field", "type", "label"} <= places.keys():
        message = "has no columns of field names, types and labels."
        refuse(path, "row 1", message, "Download the data dictionary of the project again.")
    rows = read_lines(path, form)
    next(rows, None)
    for _, cells in rows:
        yield Field(
            {key: cells[place].strip() for key, place in places.items() if place < len(cells)}
        )


def _know(
    name: str, field: Field, fields: Mapping[str, Field], matrix: str | None, section: str
) -> Iterator[tuple[str, Known]]:
    kind, role = field["type"], ""
    check = field["check"].partition("_")[0] if kind == "text" else ""
    if kind == "descriptive":
        return
    if kind in {"file", "signature"} or field["identifies"].casefold() in {"y", "yes"}:
        role = "other"
    role = _PERSONAL.get(check, role)
    label = tidy_text(field["label"])
    asked_if = read_condition(field["shown_if"], lambda text, at: _compare(text, at, fields))
    if kind == "checkbox":
        for code, choice in field.choices.items():
            column = f"{name}___{re.sub(r'[^a-z0-9]', '_', code.lower())}"
            yield column, Known(
                question=name, stem=label, part=choice, kind="multiple", role=role,
                asked_if=asked_if, section=section,
            )  # fmt: skip
        return
    known = Known(
        question=name, stem=label, kind=_KINDS.get(kind) or _CHECKS.get(check, ""), role=role,
        labels=field.choices, asked_if=asked_if, section=section,
    )  # fmt: skip
    if matrix is not None:
        known = replace(known, question=field["matrix"], stem=matrix, part=label, section="")
    yield name, known


def _compare(
    text: str, place: int, fields: Mapping[str, Field]
) -> tuple[int, tuple[str, str] | None] | None:
    """Read `[field] = '1'` or `[field(2)] = '1'`, the second of a choice that is ticked."""
    found = _TEST.match(text, place)
    if found is None:
        return None
    value = found["one"] or found["two"] or found["bare"] or ""
    field = fields.get(found["field"])
    choices = field.choices if field else {}
    if found["box"]:
        is_ticked = value == "1" and found["box"] in choices
        return found.end(), (found["field"], choices[found["box"]]) if is_ticked else None
    is_closed = field is not None and field["type"] in _CLOSED and value in choices
    return found.end(), (found["field"], value) if is_closed else None
