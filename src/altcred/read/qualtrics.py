"""Knows Qualtrics' exports: a row of names, one of questions, and one of ImportIds.

Any of the last two rows may be missing: older exports have no ImportIds, and some people delete a
row. What a question is a part of stands in its ImportId, and in its text after a hyphen.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import ClassVar

from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column, Export, Known, list_roles, register_tool

# What each of its own columns is for, by its header without blanks.
_ROLES = list_roles("qualtrics")
# Of these an export without ImportIds has several.
_TELLING = {
    "startdate",
    "enddate",
    "recordeddate",
    "responseid",
    "ipaddress",
    "distributionchannel",
}
_TELLING |= {"userlanguage", "duration(inseconds)", "responseset", "externaldatareference"}
# And one of these, which no other tool writes beside them.
_OWN = {"recordeddate", "responseid", "responseset", "distributionchannel", "userlanguage"}
_ID = re.compile(
    r"(?P<loop>\d+_)?(?P<question>QID\d+(?:#\d+)?)"
    r"(?P<parts>(?:_x?\d+)*)(?P<text>_TEXT)?(?P<more>_\w+)?"
)
_NAME = re.compile(r"(?P<question>.*?[A-Za-z].*?)(?P<parts>(?:_\d+)+)(?P<text>_TEXT)?")
_TYPED = " - Text"
_SELECTED = re.compile(r" - Selected Choice(?:(?: -)? (?=\S)|$)")
_NPS_GROUP = re.compile(r"(.+)_NPS_GROUP")


def find_import_ids(head: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the header row in which most cells are ImportIds; None without one."""
    for place, row in enumerate(head[1:3], start=1):
        if sum(bool(_import_id(cell)[0]) for cell in row) > len(row) / 2:
            return place
    return None


def name_by_import_ids(head: Sequence[Sequence[str]]) -> tuple[list[Column], str]:
    """Return the columns that header rows name of which the last has ImportIds, and the zone."""
    ids = [_import_id(cell) for cell in head[-1]]
    columns = [
        Column(position, import_id, tidy_text(name), tidy_text(text))
        for position, ((import_id, _), name, text) in enumerate(
            zip(ids, head[0], head[-2], strict=True)
        )
    ]
    return columns, next((zone for _, zone in ids if zone), "")


def _import_id(cell: str) -> tuple[str, str]:
    """Return the ImportId and the time zone in a cell of the third header row."""
    try:
        content = json.loads(cell)
    except ValueError:
        return "", ""
    if not isinstance(content, dict) or "ImportId" not in content:
        return "", ""
    import_id = str(content["ImportId"])
    if content.get("choiceId"):
        import_id = f"{import_id}_{content['choiceId']}"
    return import_id, str(content.get("timeZone", ""))


def names_and_texts(head: Sequence[Sequence[str]]) -> bool:
    """Tell whether two rows are Qualtrics' names and what its columns are called in words."""
    if len(head) < 2:
        return False
    pairs = [(_plain(one), _plain(two)) for one, two in zip(*head[:2], strict=False)]
    own = _ROLES.keys() | {"name"}
    told = sum(
        two in own and (one == two or bool(re.fullmatch(r"v\d+", one)) or two == "responsetype")
        for one, two in pairs
    )
    return told > 1


@dataclass(frozen=True)
class _Place:
    """Which question a column is of, the numbers of its part, and whether people typed in it."""

    question: str = ""
    parts: tuple[str, ...] = ()
    is_typed: bool = False
    role: str = ""


class Qualtrics:
    """Knows an export by its ImportIds, or by the columns that Qualtrics writes itself."""

    name: ClassVar[str] = "qualtrics"

    def recognises(self, columns: Sequence[Column]) -> bool:
        """Tell by the ids of its questions, or by its own columns."""
        if any(re.match(r"QID\d|_recordId$", column.import_id) for column in columns):
            return True
        own = {_plain(text) for column in columns for text in (column.name, column.text)}
        return len(own & _TELLING) > 2 and bool(own & _OWN)

    def complete(self, export: Export) -> Export:
        """Say of each column what it is for, or which question and part it is."""
        places = [_find_place(column) for column in export.columns]
        counts = Counter(one.question for one in places if not one.is_typed)
        texts: dict[str, list[str]] = {}
        for column, place in zip(export.columns, places, strict=True):
            if place.question:
                texts.setdefault(place.question, []).append(_plain_text(column.text))
        stems = {question: _find_stem(said) for question, said in texts.items()}
        names = (one.import_id or one.name for one in export.columns)
        of_groups = {found[1] for name in names if (found := _NPS_GROUP.fullmatch(name))}
        columns = []
        for column, place in zip(export.columns, places, strict=True):
            stem = stems.get(place.question, "")
            part = _plain_text(column.text).removeprefix(stem).removeprefix(" - ").strip()
            if place.role or not place.question:
                known = Known(role=place.role)
            elif place.is_typed and len(texts[place.question]) > 1:
                label = part or " ".join(place.parts)
                known = Known(question=place.question, stem=stem, part=label, kind="text")
            elif counts[place.question] == 1:
                kind = "nps" if place.question in of_groups else ""
                known = Known(question=place.question, stem=_plain_text(column.text), kind=kind)
            else:
                known = Known(question=place.question, stem=stem, part=part)
            columns.append(replace(column, known=known))
        return replace(export, columns=columns)


register_tool(Qualtrics())


def _plain(text: str) -> str:
    return re.sub(r"\s", "", fold_text(text))


def _plain_text(text: str) -> str:
    # What stands behind is the option, in SPSS without a hyphen before it.
    return _SELECTED.sub(" - ", text.removesuffix(_TYPED)).strip().removesuffix(" -")


def _find_place(column: Column) -> _Place:
    for text in (column.import_id, column.name, column.text):
        if role := _ROLES.get(_plain(text)):
            return _Place(role=role)
    if re.fullmatch(r"V\d+", column.name) and _plain(column.text) == "name":
        return _Place(role="other")
    found = _ID.fullmatch(column.import_id)
    if found is None and not column.import_id:
        if re.search(r"_NPS_GROUP|_DO(_\w+)?$", column.name):
            return _Place(role="other")
        # Without ImportIds names tell the parts, as long as nobody renamed them.
        found = _NAME.fullmatch(column.name)
        if found is None:
            return _Place(question=column.name)
        parts = tuple(found["parts"].strip("_").split("_"))
        return _Place(found["question"], parts, bool(found["text"]))
    if found is None:
        return _Place()
    if found["more"]:
        is_time = re.search(r"CLICK|SUBMIT|COUNT", found["more"])
        return _Place(role="timing" if is_time else "other")
    parts = tuple(one for one in found["parts"].strip("_").split("_") if one)
    # Of several numbers the last is the option, and those before it the item.
    question = "_".join(filter(None, [(found["loop"] or "").strip("_"), found["question"]]))
    question = "_".join([question, *parts[:-1]])
    return _Place(question, parts[-1:], bool(found["text"]) and bool(parts))


def _find_stem(texts: Sequence[str]) -> str:
    """Return what the texts of a question's columns have in common before a hyphen."""
    if len(texts) == 1:
        return texts[0]
    ends = [f"{text} - " for text in (min(texts), max(texts))]
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(*ends, strict=False))
    shared = "".join(one for one, _ in alike)
    return shared.rpartition(" - ")[0].strip()
