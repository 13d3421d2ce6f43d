"""Knows REDCap's exports, raw and labelled, and its data dictionary.

A form's columns stand together and end with the status of the form. A checkbox question has a
column for each choice, which holds 0 also where nobody has come to it: what is 0 is no answer in
a form that is not complete, unless something later in the form is answered.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from altcred.core.errors import refuse
from altcred.kinds.reading import fold_text
from altcred.read.export import Column, Export, Known, Row, list_roles, register_tool

_BOX = re.compile(r"(?P<field>[a-z]\w*?)___(?P<code>\w+)")
_CHOICE = re.compile(r"(?P<stem>.*?)\s*\(choice=(?P<part>.*)\)")
_STATUS = re.compile(r"(?P<form>[a-z]\w*)_complete")
# Of names that REDCap gives, raw and in words, what the columns are for.
_ROLES = list_roles("redcap")
_REPEATS = {"redcap_repeat_instrument", "repeat instrument"}
_REPEATS |= {"redcap_repeat_instance", "repeat instance"}
_INCOMPLETE = {"", "0", "incomplete"}
_UNTICKED = {"0", "unchecked"}
_NO_TIME = "[not completed]"


@dataclass(frozen=True)
class Form:
    """The columns of one form: what people fill in, checkbox questions, and the status."""

    fields: Sequence[int]
    questions: Sequence[Sequence[int]]
    status: int


class REDCap:
    """Knows an export by the names of its columns, or by what their labels say."""

    name: ClassVar[str] = "redcap"

    def recognises(self, columns: Sequence[Column]) -> bool:
        """Tell by REDCap's own columns, or by checkboxes in forms that have a status."""
        names = [fold_text(column.name) for column in columns]
        if any(name.startswith("redcap_") for name in names):
            return True
        has_status = any(map(_is_status, names))
        has_boxes = any(_BOX.fullmatch(name) for name in names)
        choices = sum("(choice=" in fold_text(column.text) for column in columns)
        is_record = names[:1] in (["record_id"], ["record id"])
        return choices > 1 or (has_status and (has_boxes or choices > 0 or is_record))

    def complete(self, export: Export) -> Export:
        """Say of each column what it is, and read what nobody came to as blank."""
        roles = _find_roles(export.columns)
        columns = list(_know(export.columns, roles))
        export = replace(export, columns=columns)
        forms = list(_find_forms(columns))
        repeats = [one.position for one in columns if fold_text(one.name) in _REPEATS]
        times = [
            one.position for one in columns if one.known.role in ("submitted", "timing")
        ]  # fmt: skip
        return replace(export, rows=_blank_rows(export, forms, repeats, times))


register_tool(REDCap())


def _is_status(name: str) -> bool:
    return bool(_STATUS.fullmatch(name)) or re.fullmatch(r"complete\?(\.\d+)?", name) is not None


def _find_roles(columns: Sequence[Column]) -> dict[int, str]:
    """Return what columns are for that hold no answers.

    The first column names the record, which is a person where the project has several events. A
    form that is filled in as a survey has its time before it; that of the first is the response's.
    """
    names = [fold_text(column.name) for column in columns]
    roles = {place: _ROLES[name] for place, name in enumerate(names) if name in _ROLES}
    statuses = [place for place, name in enumerate(names) if _is_status(name)]
    if columns and not roles.get(0) and 0 not in statuses and not _box_of(columns[0]):
        roles[0] = "person" if "wave" in roles.values() else "response_id"
    # With several forms none of them says whether the response is finished.
    roles |= dict.fromkeys(statuses, "finished" if len(statuses) == 1 else "other")
    forms = {_STATUS.sub(r"\g<form>", names[place]) for place in statuses}
    times = [
        place
        for place, name in enumerate(names)
        if re.fullmatch(r"survey timestamp(\.\d+)?", name)
        or (name.endswith("_timestamp") and name.removesuffix("_timestamp") in forms)
    ]
    return roles | {place: "timing" if place in times[1:] else "submitted" for place in times}


def _box_of(column: Column) -> tuple[str, str, str] | None:
    """Return question, text and choice of a column of a checkbox question; None of any other."""
    choice = _CHOICE.fullmatch(column.text) or _CHOICE.fullmatch(column.name)
    box = _BOX.fullmatch(column.name)
    if not choice and not box:
        return None
    if box and not choice:
        return box["field"], box["field"], box["code"]
    assert choice is not None
    return box["field"] if box else choice["stem"], choice["stem"], choice["part"]


def _know(columns: Sequence[Column], roles: Mapping[int, str]) -> Iterator[Column]:
    """Yield columns with what is known of them; two questions of one text are told apart."""
    runs: Counter[str] = Counter()
    before: tuple[str, set[str]] = ("", set())
    for place, column in enumerate(columns):
        if place in roles:
            yield replace(column, known=Known(role=roles[place]))
            continue
        box = _box_of(column)
        if box is None:
            stem = "" if re.fullmatch(r"[a-z]\w*", column.text) else column.text
            before = ("", set())
            yield replace(column, known=Known(question=column.name, stem=stem))
            continue
        question, stem, part = box
        if question != before[0] or part in before[1]:
            runs[question] += 1
            before = (question, set())
        before[1].add(part)
        number = f"#{runs[question]}" if runs[question] > 1 else ""
        known = Known(question=f"{question}{number}", stem=stem, part=part, kind="multiple")
        yield replace(column, known=known)


def _find_forms(columns: Sequence[Column]) -> Iterator[Form]:
    """Yield the forms that have a status and checkbox questions."""
    fields: list[int] = []
    questions: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        if _is_status(fold_text(column.name)):
            if questions:
                yield Form(fields, list(questions.values()), place)
            fields, questions = [], {}
        elif not column.known.role:
            fields.append(place)
            if column.known.kind == "multiple":
                questions.setdefault(column.known.question, []).append(place)


def _blank_rows(
    export: Export, forms: Sequence[Form], repeats: Sequence[int], times: Sequence[int]
) -> Callable[[], Iterator[Row]]:
    """Return what yields the rows, blank where nobody came to; repeats of a form are refused."""

    def rows() -> Iterator[Row]:
        for row, cells in export.rows():
            if any(cells[place].strip() for place in repeats):
                _refuse_repeat(export, row)
            cells = list(cells)
            for place in times:
                if fold_text(cells[place]) == _NO_TIME:
                    cells[place] = ""
            for form in forms:
                _blank_form(cells, form)
            yield row, cells

    return rows


def _blank_form(cells: list[str], form: Form) -> None:
    """Blank the checkbox questions of a form behind its last answer, if it is not complete."""
    if fold_text(cells[form.status]) not in _INCOMPLETE:
        return
    boxes = {place for question in form.questions for place in question}
    answered = [
        place
        for place in form.fields
        if (text := fold_text(cells[place])) and not (place in boxes and text in _UNTICKED)
    ]
    last = max(answered, default=-1)
    for question in form.questions:
        if question[0] > last:
            for place in question:
                cells[place] = ""


def _refuse_repeat(export: Export, row: int) -> None:
    message = "is a repeat of an instrument or event, so that one person has several rows."
    remedy = (
        "Export what does not repeat by itself; or write format: csv of the wave, by which each "
        "row is a response, and drop what is none by a rule under exclude: with column: "
        "redcap_repeat_instrument."
    )
    refuse(export.path, f"row {row}", message, remedy)
