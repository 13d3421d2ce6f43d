"""Reads Qualtrics' questionnaires (.qsf): kinds, answers with their codes, and who was asked."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from altcred.core.errors import refuse
from altcred.kinds.reading import tidy_text
from altcred.read.export import Known
from altcred.read.questionnaires import Questionnaire, register_questionnaire

_MULTIPLE = {"MAVR", "MAHR", "MACOL", "MSB"}
_CONTENT = {"ValidNumber": "number", "ValidDate": "date"}
_ROLES = {"Timing": "timing", "Meta": "other", "Captcha": "other", "FileUpload": "other"}
_NO_HEADINGS = {"default question block", "trash / unused questions", ""}
# What a Qualtrics condition asks of each question: the codes of the answers that were chosen.
_Asked = Mapping[str, Sequence[str]]


class Qsf(Questionnaire):
    """Reads questionnaires that Qualtrics exports."""

    name: ClassVar[str] = "qsf"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending, or by how such a file begins."""
        return path.suffix.lower() == ".qsf" or b'"SurveyEntry"' in start

    def describe(self, path: Path) -> Mapping[str, Known]:
        """Return what is known of each column, by its ImportId and by the name it has at first."""
        try:
            elements = json.loads(path.read_text(encoding="utf-8-sig"))["SurveyElements"]
            questions = {
                str(one["Payload"]["QuestionID"]): one["Payload"]
                for one in elements
                if one["Element"] == "SQ" and isinstance(one.get("Payload"), dict)
            }
        except (ValueError, KeyError, TypeError):
            refuse(path, "", "is no Qualtrics questionnaire.", "Export the survey as .qsf again.")
        headings, branches = _read_blocks(elements)
        described: dict[str, Known] = {}
        for number, question in questions.items():
            asked = _join([branches.get(number, {}), _read_logic(question, questions)])
            for name, known in _describe(number, question):
                described.setdefault(
                    name, replace(known, section=headings.get(number, ""), asked_if=asked or {})
                )
        return described


register_questionnaire(Qsf())


def _describe(number: str, question: Mapping[str, Any]) -> Iterator[tuple[str, Known]]:
    """Yield the columns of a question by each name, with what is known of them."""
    kind, selector = question.get("QuestionType"), str(question.get("Selector", ""))
    tag = str(question.get("DataExportTag") or number)
    stem = tidy_text(str(question.get("QuestionText", "")))
    whole = Known(question=number, stem=stem, role=_ROLES.get(str(kind), ""))
    choices, codes = _options(question, "Choice"), _codes(question)
    named = _mapping(question.get("ChoiceDataExportTags"))

    def part(choice: str, known: Known, *, end: str = "") -> Iterator[tuple[str, Known]]:
        names = [f"{number}_{choice}", f"{tag}_{choice}", f"{tag}_{codes.get(choice, choice)}"]
        names += [str(named[choice])] if choice in named else []
        for name in dict.fromkeys(names):
            yield f"{name}{end}", replace(known, part=choices[choice])

    def alone(known: Known) -> Iterator[tuple[str, Known]]:
        yield from ((number, known), (tag, known))

    labels = {codes.get(one, one): _label(question, one, choices[one]) for one in choices}
    if kind == "MC" and selector == "NPS":
        yield from alone(replace(whole, kind="nps"))
        for name in (f"{number}_NPS_GROUP", f"{tag}_NPS_GROUP"):
            yield name, Known(role="other")
    elif kind == "MC" and selector in _MULTIPLE:
        yield from alone(replace(whole, kind="multiple", labels=labels))
        for choice in choices:
            yield from part(choice, replace(whole, kind="multiple"))
    elif kind == "MC":
        yield from alone(replace(whole, kind="single", labels=labels))
    elif kind == "Matrix":
        yield from _describe_matrix(question, whole, choices, part)
    elif kind == "SBS":
        for place, more in _mapping(question.get("AdditionalQuestions")).items():
            inner = {**more, "QuestionType": "Matrix", "DataExportTag": f"{tag}#{place}"}
            own = tidy_text(str(more.get("QuestionText", "")))
            inner["QuestionText"] = f"{stem} ({own})" if own else stem
            yield from _describe(f"{number}#{place}", inner)
    elif kind in ("RO", "Slider", "CS"):
        for choice in choices:
            yield from part(choice, replace(whole, kind="rank" if kind == "RO" else "number"))
    elif kind == "TE" and selector == "FORM":
        for choice in choices:
            yield from part(choice, replace(whole, kind="text"))
    elif kind == "TE":
        known = _describe_text(question, whole)
        yield from ((number, known), (f"{number}_TEXT", known), (tag, known))
    elif whole.role:
        yield from alone(whole)
    if kind in ("MC", "Matrix"):
        for choice, offered in _mapping(question.get("Choices")).items():
            if choice in choices and isinstance(offered, dict) and offered.get("TextEntry"):
                known = Known(question=number, stem=stem, kind="text")
                yield from part(choice, known, end="_TEXT")


def _describe_matrix(
    question: Mapping[str, Any], whole: Known, items: Mapping[str, str], part: Any
) -> Iterator[tuple[str, Known]]:
    """Yield the items of a grid, and the answers of each where several may be ticked."""
    answers, codes = _options(question, "Answer"), _codes(question)
    labels = {codes.get(one, one): _label(question, one, answers[one]) for one in answers}
    selector = question.get("Selector")
    is_multiple = question.get("SubSelector") == "MultipleAnswer"
    if selector in ("TE", "CS", "RO", "MaxDiff"):
        labels = {}
    kind = {"TE": "text", "CS": "number"}.get(str(selector), "single")
    for item, text in items.items():
        if not is_multiple:
            yield from part(item, replace(whole, kind=kind if labels or kind != "single" else "",
                                          labels=labels))  # fmt: skip
            continue
        yield from part(item, replace(whole, kind="multiple", labels=labels))
        own = replace(whole, question=f"{whole.question}_{item}", stem=f"{whole.stem} - {text}")
        tag = question.get("DataExportTag") or whole.question
        for answer, label in answers.items():
            for name in dict.fromkeys((whole.question, str(tag))):
                yield f"{name}_{item}_{answer}", replace(own, kind="multiple", part=label)


def _describe_text(question: Mapping[str, Any], whole: Known) -> Known:
    settings = _mapping(_mapping(question.get("Validation")).get("Settings"))
    content = str(settings.get("ContentType") or "")
    if settings.get("Type") != "ContentType":
        return replace(whole, kind="text")
    if content == "ValidEmail":
        return replace(whole, role="email")
    if content == "ValidPhone":
        return replace(whole, role="other")
    return replace(whole, kind=_CONTENT.get(content, "text"))


def _options(question: Mapping[str, Any], what: str) -> dict[str, str]:
    """Return the choices of a question, or the answers of a grid, in the order they are shown."""
    offered = _mapping(question.get(f"{what}s"))
    order = [str(one) for one in question.get(f"{what}Order") or [] if not isinstance(one, dict)]
    places = [
        *(one for one in order if one in offered),
        *(one for one in offered if one not in order),
    ]
    return {
        place: tidy_text(str(_mapping(offered[place]).get("Display", ""))) for place in places
    }  # fmt: skip


def _codes(question: Mapping[str, Any]) -> dict[str, str]:
    """Return the code under which each choice is exported, where it is not its own number."""
    return {one: str(code) for one, code in _mapping(question.get("RecodeValues")).items()}


def _label(question: Mapping[str, Any], choice: str, display: str) -> str:
    """Return what an export of texts writes: the name of a choice where somebody gave it one."""
    return tidy_text(str(_mapping(question.get("VariableNaming")).get(choice) or display))


def _mapping(value: Any) -> dict[str, Any]:
    """Return what Qualtrics writes as a list where it is empty or its keys are numbers."""
    if isinstance(value, dict):
        return {str(key): one for key, one in value.items()}
    return {str(key): one for key, one in enumerate(value)} if isinstance(value, list) else {}


def _read_blocks(
    elements: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, str], dict[str, _Asked | None]]:
    """Return the heading of the block of each question, and who comes to it; None if unclear."""
    payloads: dict[str, list[Any]] = {}
    for one in elements:
        payloads.setdefault(str(one.get("Element")), []).append(one.get("Payload"))
    questions = {
        str(_mapping(one).get("QuestionID")): _mapping(one) for one in payloads.get("SQ", [])
    }
    headings: dict[str, str] = {}
    inside: dict[str, list[str]] = {}
    for payload in payloads.get("BL", []):
        for block in _mapping(payload).values():
            shown = tidy_text(str(_mapping(block).get("Description", "")))
            for element in _mapping(_mapping(block).get("BlockElements")).values():
                number = str(_mapping(element).get("QuestionID", ""))
                inside.setdefault(str(block.get("ID")), []).append(number)
                if shown.casefold() not in _NO_HEADINGS:
                    headings[number] = shown
    branches: dict[str, _Asked | None] = {}

    def walk(steps: Any, asked: _Asked | None) -> None:
        for step in _mapping(steps).values():
            step = _mapping(step)
            for number in inside.get(str(step.get("ID")), []):
                # A block that is reached on two ways is asked of either.
                branches[number] = None if number in branches else asked
            here = asked
            if step.get("Type") == "Branch":
                here = _join(
                    [asked, _read_logic({"DisplayLogic": step.get("BranchLogic")}, questions)]
                )
            elif step.get("Type") == "BlockRandomizer":
                shown = str(step.get("SubSet") or "0")
                here = (
                    asked
                    if shown.isdigit() and int(shown) >= len(_mapping(step.get("Flow")))
                    else None
                )
            walk(step.get("Flow"), here)

    for payload in payloads.get("FL", []):
        walk(_mapping(payload).get("Flow"), {})
    return headings, branches


def _join(conditions: Sequence[_Asked | None]) -> _Asked | None:
    """Return what all conditions ask; None where one is unclear or two ask of one question."""
    joined: dict[str, Sequence[str]] = {}
    for one in conditions:
        if one is None or joined.keys() & one.keys():
            return None
        joined |= one
    return joined


def _read_logic(question: Mapping[str, Any], questions: Mapping[str, Any]) -> _Asked | None:
    """Return which answers a question is shown for, if they are simply chosen; None otherwise."""
    logic = _mapping(question.get("DisplayLogic"))
    groups = [one for key, one in logic.items() if key.isdigit()]
    if not logic:
        return {}
    if len(groups) != 1:
        return None
    asked: dict[str, list[str]] = {}
    joins: set[str] = set()
    for key, one in sorted(_mapping(groups[0]).items()):
        if not key.isdigit():
            continue
        number, _, choice = str(one.get("ChoiceLocator", "")).removeprefix("q://").partition("/")
        place = choice.removeprefix("SelectableChoice/")
        other = _mapping(questions.get(number))
        is_simple = one.get("LogicType") == "Question" and one.get("Operator") == "Selected"
        if (
            not is_simple
            or other.get("QuestionType") != "MC"
            or place not in _options(other, "Choice")
        ):
            return None
        is_multiple = other.get("Selector") in _MULTIPLE
        answer = (
            _options(other, "Choice")[place] if is_multiple else _codes(other).get(place, place)
        )
        if asked:
            joins.add(str(one.get("Conjuction") or one.get("Conjunction") or "And").casefold())
        asked.setdefault(number, []).append(answer)
    is_any = joins <= {"or"} and len(asked) == 1
    is_all = joins <= {"and"} and all(len(answers) == 1 for answers in asked.values())
    return asked if asked and (is_any or is_all) else None
