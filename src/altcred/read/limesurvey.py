"""Knows LimeSurvey's exports: by codes (`Q1[SQ001]`), by texts, or by both (`Q1[SQ001]. Text`).

LimeSurvey writes a column for each option, item and place of a question, headed by the code or the
text of the question with the part in brackets; what is typed beside options is `[other]`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from altcred.core.description import read_yaml
from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column, Export, Known, register_tool

_CODE = r"(?P<code>[A-Za-z][A-Za-z0-9]*)"
_CODED = re.compile(rf"{_CODE}(?P<parts>(?:\[[^\[\]]*\])+|(?:_\w+)?)")
_BOTH = re.compile(rf"(?P<head>{_CODED.pattern})\. (?P<text>.*)")
# The codes of its own columns, what each is for, and how it heads them in words.
_OWN: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_name("limesurvey.yaml"))
_CODES = {word: code for code, own in _OWN.items() for word in own.get("headers", ())}
# Of these a table has two at least, or two columns of subquestions with the usual codes.
_TELLING = {"submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"}
_USUAL = re.compile(r"[A-Za-z][A-Za-z0-9]*\[SQ\d{3}.*\].*")
_TIMES = re.compile(
    r"(groupTime\d+|[A-Za-z0-9]+Time)(\. .*)?|"
    r"(group time|question time|gruppenzeit|fragenzeit|frage-zeit): .*",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"comment|kommentar|commentaire|comentario|commento|opmerking", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """A header taken apart: the code of the question and of its part, and the texts of both."""

    code: str
    parts: tuple[str, ...]
    stem: str
    labels: tuple[str, ...]
    # Which of two scales beside the same items; empty of any other.
    scale: str = ""


class LimeSurvey:
    """Knows an export by the columns that LimeSurvey writes itself."""

    name: ClassVar[str] = "limesurvey"

    def recognises(self, columns: Sequence[Column]) -> bool:
        """Tell by its own columns, or by codes before every text where these were left out."""
        own = {code for column in columns if (code := _own_code(column))}
        names = [column.name for column in columns if column.name]
        usual = sum(bool(_USUAL.fullmatch(name)) for name in names)
        has_codes = len(names) > 4 and all(map(_BOTH.fullmatch, names))
        return len(own & _TELLING) > 1 or usual > 1 or has_codes

    def complete(self, export: Export) -> Export:
        """Say of each column what it is for, or which question and part it is."""
        roles = _find_roles(export.columns)
        asked = [column for column in export.columns if column.position not in roles]
        heads = {fold_text(column.name.replace("_", " ")) for column in export.columns}
        in_words = heads & (_CODES.keys() - _OWN)
        places = [column.position for column in asked]
        known = dict(zip(places, _know(asked, has_codes=not in_words), strict=True))
        known |= {place: Known(role=role) for place, role in roles.items()}
        columns = [replace(one, known=known[one.position]) for one in export.columns]
        return replace(export, columns=columns)


register_tool(LimeSurvey())


def list_headers(code: str) -> set[str]:
    """Return how one of LimeSurvey's own columns is headed, folded."""
    return {code, *(word for word, one in _CODES.items() if one == code)}


def _own_code(column: Column) -> str:
    """Return the code of one of LimeSurvey's own columns; nothing of any other."""
    # One of its settings writes underscores for blanks.
    name = fold_text(column.name.replace("_", " "))
    for code in (name, name.split(". ")[0], _CODES.get(name, "")):
        if code in _OWN:
            return code
    return ""


def _find_roles(columns: Sequence[Column]) -> dict[int, str]:
    """Return what columns are for that hold no answers; of two alike the first.

    Times that questions took stand last, from the time of the whole interview on.
    """
    roles: dict[int, str] = {}
    seen: set[str] = set()
    for column in columns:
        code = _own_code(column)
        if code and code not in seen:
            seen.add(code)
            roles[column.position] = _OWN[code]["role"]
        elif "interviewtime" in seen and _TIMES.fullmatch(column.name):
            roles[column.position] = "timing"
        elif re.match(r"attribute_\d+(\.|$)", column.name):
            roles[column.position] = "other"
    # What is uploaded is told by the names of files.
    counted = [_counted_file(column.name) for column in columns]
    files = {fold_text(one) for one in counted if one}
    for column, of in zip(columns, counted, strict=True):
        if of or fold_text(column.name) in files:
            roles[column.position] = "other"
    return roles


def _counted_file(name: str) -> str:
    """Return what the column of uploaded files is called whose number a column holds, if any."""
    code, _, text = name.partition("[filecount]")
    if code != name:
        text = re.sub(r"filecount - ", "", text, count=1)
        return f"{code}{text}"
    return name.removeprefix("filecount - ") if name.startswith("filecount - ") else ""


def _know(columns: Sequence[Column], *, has_codes: bool) -> Iterator[Known]:
    """Yield which question and part each column is."""
    names = [column.name for column in columns]
    headings = [_read_code(name) for name in names] if has_codes else list(_read_texts(names))
    codes = Counter(one.code for one in headings if one)
    beside = {(one.code, *one.parts) for one in headings if one}
    for column, heading in zip(columns, headings, strict=True):
        if heading is None:
            yield Known(stem=column.text)
        else:
            yield _know_one(heading, beside, is_alone=codes[heading.code] == 1)


def _know_one(heading: Heading, beside: Set[tuple[str, ...]], *, is_alone: bool) -> Known:
    code, stem = heading.code, heading.stem or heading.code
    part = " / ".join(heading.labels or heading.parts)
    last = heading.parts[-1] if heading.parts else ""
    if last == "other":
        return Known(question=code, stem=stem, part=part, kind="text")
    if last.endswith("comment"):
        of = last.removesuffix("comment")
        if not of or of.isdigit() or (code, of) in beside:
            # What people say beside an option or an answer is a question of its own.
            return Known(question=f"{code}[{last}]", stem=stem, part=part, kind="text")
    if heading.scale:
        scale = heading.labels[-1] if len(heading.labels) == 2 else heading.scale
        first = (heading.labels or heading.parts)[0]
        stem = f"{stem} ({scale})".strip()
        return Known(question=f"{code}[{heading.scale}]", stem=stem, part=first)
    if is_alone and not heading.labels:
        return Known(question=code, stem=stem)
    return Known(question=code, stem=stem, part=part)


def _read_code(name: str) -> Heading | None:
    """Take apart a header that begins with a code; None where it has none."""
    found = _BOTH.fullmatch(name) or _CODED.fullmatch(name)
    if found is None:
        return None
    text = found.groupdict().get("text", "")
    inside = found["parts"]
    brackets = re.findall(r"\[([^\[\]]*)\]", inside)
    written = brackets if len(brackets) > 1 else (brackets[0] if brackets else inside).split("_")
    parts = [one for one in written if one]
    # `[1]` and `[2]`, or `_0` and `_1` where nothing is in brackets.
    is_scale = len(brackets) == 2 or (not brackets and parts[-1:] in (["0"], ["1"]))
    scale = parts[-1] if is_scale and len(parts) == 2 and not parts[0].isdigit() else ""
    stem = text
    labels: list[str] = []
    while len(labels) < len(parts) and (cut := _cut_last(stem)):
        stem, label = cut
        labels.insert(0, label)
    return Heading(found["code"], tuple(parts), stem, tuple(one for one in labels if one), scale)


def _read_texts(names: Sequence[str]) -> Iterator[Heading]:
    """Take apart headers of texts alone: what neighbours have before brackets is one question."""
    cuts = [_cut_last(name) or (name, "") for name in names]
    shared = Counter(stem for stem, label in cuts if label)
    alike = Counter(names)
    runs: Counter[str] = Counter()
    comments: Counter[str] = Counter()
    before = ""
    for name, (stem, label) in zip(names, cuts, strict=True):
        labels: tuple[str, ...] = (label,)
        if name.endswith(f"][{label}]") and (double := _cut_last(stem)):
            stem, labels = double[0], (double[1], label)
        if not label or (shared[stem] == 1 and stem != before and len(labels) == 1):
            stem, labels = name, ()
        if stem != before or not labels:
            runs[stem] += 1
        before = stem
        code = stem if runs[stem] == 1 else f"{stem}#{runs[stem]}"
        parts = labels
        # Comments beside several options are headed alike; an option of that name stands once.
        may_be = len(labels) > 1 or shared[stem] == 1 or alike[name] > 1
        if labels and may_be and _COMMENT.fullmatch(label):
            comments[code] += 1
            parts = (f"{comments[code]}comment",)
        yield Heading(code, parts, stem, tuple(one for one in labels if one))


def _cut_last(text: str) -> tuple[str, str] | None:
    """Cut off what stands in the last brackets, brackets inside them included; None without."""
    text = text.rstrip()
    if not text.endswith("]"):
        return None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] == "]") - (text[place] == "[")
        if depth == 0:
            return text[:place].rstrip(), tidy_text(text[place + 1 : -1])
    place = text.rindex("[") if "[" in text else 0
    return text[:place].rstrip(), tidy_text(text[place + 1 : -1])
