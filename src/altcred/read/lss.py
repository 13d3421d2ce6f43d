"""Reads LimeSurvey's questionnaires (.lss): kinds, answers with their codes, and who was asked."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

from altcred.core.errors import refuse
from altcred.kinds.reading import tidy_text
from altcred.read.conditions import read_condition
from altcred.read.export import Known
from altcred.read.questionnaires import Questionnaire, register_questionnaire

Row = Mapping[str, str]

_SINGLE, _TICKED, _GRIDS, _TABLES = set("L!O5GYI"), set("MP"), set("ABCEFHKQ"), set(":;")
_ORDERED = set("5ABE")
_KINDS = dict.fromkeys("NK:", "number") | dict.fromkeys("STUQ;", "text")
_KINDS |= dict.fromkeys("L!OGYCEFH1R", "single") | dict.fromkeys("5AB", "scale")
_KINDS |= dict.fromkeys("MP", "multiple") | {"D": "date"}
# What is answered to questions whose answers the questionnaire does not list.
_YES = {
    **{"en": "Yes No Uncertain Female Male", "de": "Ja Nein Unsicher Weiblich Männlich"},
    **{"fr": "Oui Non Indécis Féminin Masculin", "es": "Sí No Dudoso Femenino Masculino"},
    **{"it": "Sì No Incerto Femmina Maschio", "nl": "Ja Nee Onzeker Vrouwelijk Mannelijk"},
    **{"pt": "Sim Não Incerto Feminino Masculino", "sv": "Ja Nej Osäker Kvinna Man"},
    **{"da": "Ja Nej Usikker Kvinde Mand", "nb": "Ja Nei Usikker Kvinne Mann"},
}
_OTHER = {"de": "Sonstiges", "fr": "Autre", "es": "Otro", "it": "Altro", "nl": "Anders"}
_OTHER |= {"pt": "Outro", "sv": "Annat", "da": "Andet", "nb": "Annet"}
_TEST = re.compile(
    r"(?P<name>\w+)(?:\.(?:NAOK|code|value|valueNAOK))?\s*(?:==|=|\beq\b)\s*"
    r"(?:'(?P<one>[^']*)'|\"(?P<two>[^\"]*)\"|(?P<bare>-?\d+))"
)


@dataclass(frozen=True)
class Asked:
    """A question of the survey with its parts and answers, each by code, of each of two scales."""

    code: str
    kind: str
    text: str
    parts: tuple[Mapping[str, str], Mapping[str, str]]
    answers: tuple[Mapping[str, str], Mapping[str, str]]
    has_other: bool
    language: str
    settings: Row

    @property
    def labels(self) -> Mapping[str, str]:
        """The answers of a question, or of each of its items."""
        yes, no, unsure, female, male = _YES.get(self.language, _YES["en"]).split()
        fixed = {
            "Y": {"Y": yes, "N": no},
            "C": {"Y": yes, "N": no, "U": unsure},
            "G": {"F": female, "M": male},
            # From decrease to increase, in the order of what they say.
            "E": {"D": "Decrease", "S": "Same", "I": "Increase"},
        }
        other = {"-oth-": self.other} if self.has_other and self.kind in "L!" else {}
        return {**fixed.get(self.kind, self.answers[0]), **other}

    @property
    def other(self) -> str:
        """What the answer is called beside which people type their own."""
        return self.settings.get("other_replace_text") or _OTHER.get(self.language, "Other")


class Lss(Questionnaire):
    """Reads the structure of a survey as LimeSurvey exports it."""

    name: ClassVar[str] = "lss"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending, or by how such a file begins."""
        return path.suffix.lower() == ".lss" or b"<LimeSurveyDocType>Survey<" in start

    def describe(self, path: Path) -> Mapping[str, Known]:
        """Return what is known of each column, by code as LimeSurvey writes it in either way."""
        return next(_describe_languages(path))

    def translate(self, path: Path) -> Iterable[Mapping[str, Known]]:
        """Return the same in the other languages of the survey."""
        return islice(_describe_languages(path), 1, None)


register_questionnaire(Lss())


def _describe_languages(path: Path) -> Iterator[Mapping[str, Known]]:
    """Yield what is known of each column in each language, that of the survey first."""
    try:
        root = ElementTree.parse(path).getroot()
        tables = {table.tag: list(_read_rows(table)) for table in root}
        first = _base_language(root, tables)
        others = [one.text or "" for one in root.iterfind("languages/language")]
        for language in dict.fromkeys([first, *others]):
            yield _describe_survey(tables, language)
    except (ElementTree.ParseError, KeyError):
        message, remedy = "is no LimeSurvey survey.", "Export its structure as .lss again."
        refuse(path, "", message, remedy)


def _describe_survey(tables: Mapping[str, Sequence[Row]], language: str) -> dict[str, Known]:
    """Return what is known of each column; KeyError where something is not there."""
    groups = {one["gid"]: one for one in _translated(tables, "groups", "gid", language)}
    asked = dict(_read_questions(tables, language))
    described: dict[str, Known] = {}
    for row in tables["questions"]:
        question = asked.get(row["qid"])
        if question is None:
            continue
        group = groups.get(row.get("gid", ""), {})
        relevances = [row.get("relevance", ""), group.get("grelevance", "")]
        told = [f"({one})" for one in relevances if one.strip() not in ("", "1")]
        asked_if = read_condition(" and ".join(told), partial(_compare, asked))
        section = _clean(group.get("group_name", ""))
        for name, known in _describe(question):
            described[name] = replace(known, asked_if=asked_if, section=section)
    return described


def _read_rows(table: ElementTree.Element) -> Iterator[Row]:
    for row in table.iterfind("rows/row"):
        yield {cell.tag: (cell.text or "").strip() for cell in row}


def _base_language(root: ElementTree.Element, tables: Mapping[str, Sequence[Row]]) -> str:
    """Return the language in which the survey was written first."""
    surveys = tables.get("surveys", [])
    said = surveys[0].get("language", "") if surveys else ""
    return said or root.findtext("languages/language") or "en"


def _translated(
    tables: Mapping[str, Sequence[Row]], name: str, key: str, language: str
) -> Iterator[Row]:
    """Yield the rows of a table with their texts, of one language.

    Earlier versions have a row a language; later ones have the texts in a table of their own.
    """
    singular = "question" if name == "subquestions" else name.removesuffix("s")
    texts: dict[str, Row] = {}
    for row in tables.get(f"{singular}_l10ns", []):
        if row.get("language", language) == language:
            texts.setdefault(row.get(key, ""), row)
    for row in tables.get(name, []):
        if row.get("language", language) == language:
            more = texts.get(row.get(key, ""), {})
            yield {**row, **{one: text for one, text in more.items() if text and one != "id"}}


def _read_questions(
    tables: Mapping[str, Sequence[Row]], language: str
) -> Iterator[tuple[str, Asked]]:
    """Yield the questions by their numbers, in which conditions name them."""
    settings: dict[str, dict[str, str]] = {}
    for row in tables.get("question_attributes", []):
        if row.get("language", "") in ("", language):
            settings.setdefault(row["qid"], {})[row["attribute"]] = row.get("value", "")
    parts = _sort(_translated(tables, "subquestions", "qid", language), "question_order")
    answers = _sort(_translated(tables, "answers", "aid", language), "sortorder")
    for row in _translated(tables, "questions", "qid", language):
        number = row["qid"]
        if row.get("parent_qid", "0") not in ("", "0") or row.get("type") == "X":
            continue
        of_it = settings.get(number, {})
        yield (
            number,
            Asked(
                row["title"],
                row["type"],
                _clean(row.get("question", "")),
                _by_scale(parts, "parent_qid", number, "title", "question", of_it),
                _by_scale(answers, "qid", number, "code", "answer", {}),
                row.get("other") == "Y",
                language.partition("-")[0],
                of_it,
            ),
        )


def _sort(rows: Iterator[Row], key: str) -> list[Row]:
    def order(row: Row) -> int:
        return int(row[key]) if row.get(key, "").isdigit() else 0

    return sorted(rows, key=order)


def _by_scale(
    rows: Sequence[Row], key: str, number: str, code: str, text: str, settings: Row
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return parts or answers of a question by code, of the first scale and of the second."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for row in rows:
        if row.get(key) == number and row.get(code):
            # What stands behind bars is written at the ends of a slider.
            label = row.get(text, "")
            label = label.partition("|")[0] if settings.get("slider_layout") else label
            found[row.get("scale_id") == "1"][row[code]] = _clean(label)
    return found


def _clean(text: str) -> str:
    """Return a text without markup and without what a browser would run."""
    return tidy_text(re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", text))


def _describe(question: Asked) -> Iterator[tuple[str, Known]]:
    """Yield the columns of a question, with what is known of them."""
    code, kind = question.code, question.kind
    is_ordered = True if kind in _ORDERED else None
    whole = Known(
        question=code, stem=question.text, kind=_KINDS.get(kind, ""), ordered=is_ordered
    )  # fmt: skip
    typed = replace(whole, kind="text", part=question.other)
    if kind in "|I*":
        yield code, replace(whole, role="other" if kind != "*" else "")
    elif kind in _TABLES:
        ticked = question.settings.get("multiflexible_checkbox") == "1"
        for row, item in question.parts[0].items():
            for column, part in question.parts[1].items():
                known = replace(whole, part=f"{item} / {part}")
                if ticked and kind == ":":
                    known = replace(known, kind="multiple", question=f"{code}[{row}]", part=part)
                    known = replace(known, stem=f"{question.text} ({item})")
                yield from _name(code, known, f"{row}_{column}")
    elif kind == "1":
        heads = [question.settings.get(f"dualscale_header{scale}", "") for scale in "AB"]
        for row, item in question.parts[0].items():
            for scale, labels in enumerate(question.answers):
                stem = f"{question.text} ({heads[scale] or scale + 1})"
                known = replace(
                    whole, question=f"{code}[{scale + 1}]", stem=stem, part=item, labels=labels
                )
                yield f"{code}[{row}][{scale + 1}]", known
                yield f"{code}_{row}_{scale}", known
    elif kind == "R":
        # A column holds which answer has a place, not which place an answer has.
        for place in range(1, len(question.answers[0]) + 1):
            yield from _name(code, replace(whole, part=str(place), labels=question.labels), place)
    elif kind in _GRIDS | _TICKED:
        labels = {} if kind in _TICKED else question.labels
        for row, item in question.parts[0].items():
            yield from _name(code, replace(whole, part=item, labels=labels), row)
            if kind == "P":
                known = replace(typed, question=f"{code}[{row}comment]", part="comment")
                yield from _name(code, known, f"{row}comment")
    else:
        yield code, replace(whole, labels=question.labels if kind in _SINGLE else {})
        if kind == "O":
            known = replace(typed, question=f"{code}[comment]", part="comment")
            yield from _name(code, known, "comment")
    if question.has_other and kind in "L!MP":
        yield from _name(code, typed, "other")


def _name(code: str, known: Known, part: object) -> Iterator[tuple[str, Known]]:
    yield f"{code}[{part}]", known
    yield f"{code}_{part}", known


def _compare(
    asked: Mapping[str, Asked], text: str, place: int
) -> tuple[int, tuple[str, str] | None] | None:
    """Read `Q1.NAOK == "A1"`, the question by its code or as `123X4X56`, with a part behind it."""
    found = _TEST.match(text, place)
    if found is None:
        return None
    value = found["one"] or found["two"] or found["bare"] or ""
    question, part = _find_asked(asked, found["name"])
    if question is None:
        return found.end(), None
    if question.kind in _TICKED:
        is_ticked = value == "Y" and part in question.parts[0]
        return found.end(), (question.code, question.parts[0][part]) if is_ticked else None
    if value not in question.labels:
        return found.end(), None
    if not part and question.kind in _SINGLE:
        return found.end(), (question.code, value)
    is_item = question.kind in _GRIDS and part in question.parts[0]
    return found.end(), (f"{question.code}[{part}]", value) if is_item else None


def _find_asked(asked: Mapping[str, Asked], name: str) -> tuple[Asked | None, str]:
    """Return the question that a condition names, and the code of its part."""
    numbered = re.fullmatch(r"\d+X\d+X(\w+)", name)
    if numbered is None:
        code, _, part = name.partition("_")
        return next((one for one in asked.values() if one.code == code), None), part
    # The number of the question and the code of its part stand without a sign between them.
    for number, question in asked.items():
        part = numbered[1].removeprefix(number)
        if numbered[1].startswith(number) and (not part or part in question.parts[0]):
            return question, part
    return None, ""
