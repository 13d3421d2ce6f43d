"""What a codebook says in short, written out: shared scales, entries of several items, questions.

A codebook may name a scale once, declare several variables in one entry, and leave out a question
that every wave asked under the variable's name or label. Here each of these becomes what it stands
for, so that whatever reads a codebook meets variables only. What is of no known shape is left as it
is: the model says what is wrong with it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from altcred.kinds.parts import Question

_QUESTION_KEYS = set(Question.model_fields)
# Rules that compute a variable from several others, which an entry of items may stand for.
_OF_ITEMS = ("mean", "sum")
_POINTS = re.compile(r"\s*(-?\d+)\s*(?:to|\.\.|-)\s*(-?\d+)\s*")
_MOST_POINTS = 101


def write_out(content: Any, waves: Sequence[str]) -> Any:
    """Return the content of a codebook with all that it says in short written out.

    Raises ValueError where two entries name one variable.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("variables"), Mapping):
        return content
    scales = content.get("scales") or {}
    if not isinstance(scales, Mapping):
        return content
    scales = {name: _write_categories(one) for name, one in scales.items()}
    variables: dict[Any, Any] = {}
    entries: dict[str, list[str]] = {}
    for written_name, entry in content["variables"].items():
        # A number, or true, is no name; the model says so.
        name = written_name if isinstance(written_name, str) else str(written_name).lower()
        if not isinstance(entry, Mapping):
            variables[name] = entry
            continue
        written = list(_list_items(name, entry))
        if "items" in entry:
            entries[name] = [item for item, _ in written]
        for item, described in written:
            if item in variables:
                raise ValueError(f"{item!r} is declared twice; name a variable once only")
            variables[item] = _write_variable(item, described, scales, waves)
    for one in variables.values():
        if isinstance(one, dict) and isinstance(one.get("derive"), Mapping):
            one["derive"] = _write_rule(one["derive"], entries, variables)
    return {**content, "scales": scales, "variables": variables}


def _list_items(name: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the variables that an entry declares: itself, or each of its items."""
    items = entry.get("items")
    if ends := _ends_of(items) if isinstance(items, str) else None:
        items = {
            place: f"{entry.get('label', name)} {place}" for place in range(ends[0], ends[1] + 1)
        }
    if isinstance(items, list):
        items = {str(one): {"label": str(one)} for one in items}
    if not isinstance(items, Mapping):
        yield name, dict(entry)
        return
    shared = {key: one for key, one in entry.items() if key not in {"items", "label"}}
    shared["item_of"] = name
    if "section" not in shared and "label" in entry:
        shared["section"] = entry["label"]
    for written, own in items.items():
        own = own if isinstance(own, Mapping) else {"label": own}
        item = re.sub(r"\W+", "_", str(written).casefold(), flags=re.ASCII).strip("_")
        # A number is no name by itself: item 3 of `attitude` is the variable attitude_3.
        item = f"{name}_{item}" if item[:1].isdigit() else item
        described = {**shared, **own}
        # The name as it is written may be a header that no variable could be called.
        question = described.get("question") or _in_every_wave(str(written), described.get("label"))
        described["question"] = _fill(question, {"item": str(written)})
        yield item, described


def _write_variable(
    name: str, entry: dict[str, Any], scales: Mapping[str, Any], waves: Sequence[str]
) -> dict[str, Any]:
    points = entry.get("points")
    if points is not None or "scale" in entry:
        entry.setdefault("kind", "scale")
    if _ends_of(points):
        entry["points"] = None
    own = _write_categories(entry.get("categories"), points)
    shared = scales.get(str(entry.get("scale")))
    if isinstance(shared, Mapping) and (own is None or isinstance(own, Mapping)):
        own = {**shared, **(own or {})}
    if own is not None:
        entry["categories"] = own
    if "derive" in entry and "question" not in entry:
        return entry
    question = entry.get("question") or _in_every_wave(name, entry.get("label"))
    is_of_all = isinstance(question, str) or (
        isinstance(question, Mapping)
        and set(question) <= _QUESTION_KEYS
        and not set(question) & set(waves)
    )
    if is_of_all:
        asked = entry.get("waves") or waves
        question = dict.fromkeys(asked, question) if isinstance(asked, Sequence) else question
    if isinstance(question, Mapping):
        question = {
            wave: _fill(one, {"name": name, "wave": str(wave)}) for wave, one in question.items()
        }
    return {**entry, "question": question}


def _in_every_wave(name: str, label: Any) -> dict[str, str]:
    """Return that a question is found by a column's name, else by its text."""
    return {"locator": name} | ({"text": label} if isinstance(label, str) else {})


def _fill(question: Any, names: Mapping[str, str]) -> Any:
    """Put names where a question says {name}, {wave} or {item}."""
    if isinstance(question, str):
        for key, name in names.items():
            question = question.replace(f"{{{key}}}", name)
        return question
    if isinstance(question, Mapping):
        return {key: _fill(one, names) for key, one in question.items()}
    return [_fill(one, names) for one in question] if isinstance(question, list) else question


def _write_categories(categories: Any, points: Any = None) -> Any:
    """Return categories by name: those of a list, of whole numbers, and points without a label."""
    if isinstance(categories, list):
        # Of labels the order is known and the numbers are not: no code is made up for an export.
        categories = {
            one if type(one) is int else str(place): one
            for place, one in enumerate(categories, start=1)
        }
    if categories is not None and not isinstance(categories, Mapping):
        return categories
    categories = dict(categories or {})
    if points is None and _ends_of(categories.get("points")):
        points = categories.pop("points")
    written: dict[str, Any] = {}
    for key, one in categories.items():
        is_number = isinstance(key, int) and not isinstance(key, bool)
        if is_number or (isinstance(key, str) and re.fullmatch(r"0\d+", key)):
            own = one if isinstance(one, Mapping) else {"label": str(one)}
            written[_name_of(key)] = {"code": key, **own}
        else:
            written[key] = one
    ends = _ends_of(points)
    if ends is None:
        return written or None
    coded = {one.get("code"): name for name, one in written.items() if isinstance(one, Mapping)}
    every: dict[str, Any] = {}
    for number in range(ends[0], ends[1] + 1):
        name = coded.get(number, _name_of(number))
        every[name] = written.get(name, {"label": str(number), "code": number})
    return every | {name: one for name, one in written.items() if name not in every}


def _ends_of(points: Any) -> tuple[int, int] | None:
    """Return the lowest and the highest of `1 to 7`, or of how many points there are from 1."""
    ends = None
    if isinstance(points, int) and not isinstance(points, bool):
        ends = (1, points)
    elif isinstance(points, list) and len(points) == 2 and all(type(one) is int for one in points):
        ends = (points[0], points[1])
    elif isinstance(points, str) and (found := _POINTS.fullmatch(points)):
        ends = (int(found[1]), int(found[2]))
    return ends if ends and 0 < ends[1] - ends[0] < _MOST_POINTS else None


def _name_of(number: int | str) -> str:
    """Return what the category of a number is called; a sign is no part of a name."""
    return str(number) if isinstance(number, str) or number >= 0 else f"minus_{-number}"


def _write_rule(
    rule: Mapping[str, Any], entries: Mapping[str, list[str]], variables: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a rule that names each item, and those of them that count the other way round."""
    written = dict(rule)
    for key in (*_OF_ITEMS, "reversed"):
        named = written.get(key)
        if isinstance(named, str):
            named = [named]
        if isinstance(named, list):
            written[key] = [item for one in named for item in entries.get(str(one), [one])]
    items = [item for key in _OF_ITEMS for item in written.get(key) or []]
    marked = [
        item
        for item in dict.fromkeys(items)
        if isinstance(described := variables.get(item), dict) and described.get("reversed")
    ]
    if marked:
        written["reversed"] = list(dict.fromkeys([*(written.get("reversed") or []), *marked]))
    return written
