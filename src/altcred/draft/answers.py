"""Drafts the entry of codebook.yaml for one question, from what files say of it and hold.

Whatever is drafted has been read with: an entry by which an answer could not be read is given up
for a safer one, at last for kind text, of which nothing is shown.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from altcred.draft.closed import (
    draft_closed,
    draft_country,
    draft_often,
    draft_ordered,
    gather_rest,
)
from altcred.draft.model import Entry, Question, Table
from altcred.draft.numbers import draft_number
from altcred.draft.seen import Drafted, Place, Seen, as_whole, quote_few
from altcred.draft.ticks import draft_joined, draft_options, draft_rank, is_tick_word
from altcred.draft.trial import try_out
from altcred.draft.words import MARKS, any_of, place_of_yes, shorten_label, spell_name
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column, is_filled

# By wave, the files that asked a question, each with the question as it has it.
Asked = Mapping[str, Sequence[tuple[Table, Question]]]

_PERSONAL = any_of("personal")
# What people are asked for last, in their own words; the whole of a header.
_OPEN = (
    rf"^(?:(?:{any_of('before remarks')}) )*(?:{any_of('remarks')})"
    rf"(?:(?: ?[,/&] ?| \w{{1,3}} )(?:{any_of('remarks')}))*\W*$"
)
# A point on the earth, with its height and how exact it is, as applications write it.
_POINT = re.compile(r"-?\d{1,2}[.,]\d{2,}(?:[;,] ?| )-?\d{1,3}[.,]\d{2,}(?:[;, ]+-?[\d.]+)*")
# A header that names a column and says nothing.
_CODE = re.compile(r"[A-Za-z]{0,8}[._ ]?\d+(?:[._ -]\w{1,6})*")
_TEXTUAL = {"text", "identifier"}
# What options that are put in order may look like.
_ORDERED = {"single", "ordered", "scale"}


def draft_entry(name: str, asked: Asked) -> Entry:
    """Draft a question as the entry `name`; its keys are empty where nobody answered it.

    Names of items begin with the entry's. `names` of the entry says which category or item each
    part of the question is; a part that occurs twice is "PART#2" the second time. Where columns
    that were taken for options hold answers of their own, the question of the entry has items.
    """
    question = next(one for tables in asked.values() for _, one in tables)
    text = question.text or question.columns[0].text or question.columns[0].name
    label = shorten_label(spell_name(text), question.columns[0].name or name)
    # As a sheet heads what has no words of its own.
    label = label if any(map(str.isalpha, label)) else f"Question {label}"
    parts = _gather_parts(asked)
    everything = Seen([place for seen in parts.values() for place in seen.places], text)
    empty = everything.empty if question.form == "items" else _empty_rows(parts)
    entry = Entry(name, {}, question, empty=empty, answers=len(everything.answers))
    if not everything.total and not any(seen.labels for seen in parts.values()):
        entry.decide.append("left out: nobody answered.")
        return entry
    if question.form in ("options", "rank"):
        drafted = _draft_parts(question.form, parts, _find_typed(asked))
        if drafted is not None:
            entry.keys = {"label": label, **drafted[0].keys}
            entry.decide, entry.names = drafted[0].decide, drafted[1]
            return entry
    if question.form == "places":
        found = _draft_with_typed(everything, set())
        if found.keys.get("kind") in _ORDERED and found.keys.keys() == {"kind", "categories"}:
            entry.keys = {"label": label, "kind": "rank", "categories": found.keys["categories"]}
            return entry
    if question.form == "one":
        found = _draft_with_typed(everything, _find_typed(asked))
        entry.keys, entry.decide = {"label": label, **found.keys}, found.decide
        return entry
    entry.question = replace(question, form="items", typed=None)
    _draft_items(entry, label, parts, everything)
    return entry


def list_parts(question: Question) -> list[tuple[str, Column]]:
    """Return each part of a question with its column; a part that occurs again has its number."""
    found: list[tuple[str, Column]] = []
    times: dict[str, int] = {}
    for place, column in enumerate(question.columns):
        part = question.parts[place] if place < len(question.parts) else ""
        part = part or column.name
        times[part] = times.get(part, 0) + 1
        found.append((part if times[part] == 1 else f"{part}#{times[part]}", column))
    return found


def _gather_parts(asked: Asked) -> dict[str, Seen]:
    """Return what was answered to each part of a question, in all waves."""
    places: dict[str, list[Place]] = {}
    texts: dict[str, str] = {}
    for wave, tables in asked.items():
        for table, question in tables:
            is_one = question.form == "one"
            columns = [("", one) for one in question.columns] if is_one else list_parts(question)
            for part, column in columns:
                places.setdefault(part, []).append(Place(wave, table, column))
                texts.setdefault(part, question.text)
    return {part: Seen(found, texts[part]) for part, found in places.items()}


def _find_typed(asked: Asked) -> set[str]:
    """Return the columns, by what problems call them, in which people type answers of their own.

    One that stands beside its question only says again what the question's columns say.
    """
    return {
        question.typed.label
        for tables in asked.values()
        for _, question in tables if question.typed in question.columns and question.typed
    }  # fmt: skip


def _empty_rows(parts: Mapping[str, Seen]) -> float:
    """Return the share of rows that are blank in every column."""
    filled = [any(map(is_filled, cells)) for cells in _list_rows(parts)]
    return 1 - sum(filled) / len(filled) if filled else 1.0


def _list_rows(parts: Mapping[str, Seen]) -> Iterator[tuple[str, ...]]:
    """Yield what the columns of a question hold, row by row, file by file."""
    tables = {id(place.table): place.table for seen in parts.values() for place in seen.places}
    for table in tables.values():
        columns = [table.cells[place.column.position] for seen in parts.values()
                   for place in seen.places if place.table is table]  # fmt: skip
        yield from zip(*columns, strict=True)


# One column --------------------------------------------------------------------------------------


def _draft_with_typed(seen: Seen, typed: Collection[str]) -> Drafted:
    """Draft one answer, of which another column holds what people typed in its place."""
    listed = [one for one in seen.places if one.column.label not in typed]
    main = Seen(listed, seen.text)
    if not main.total or len(listed) == len(seen.places):
        return draft_answers(seen)
    found = draft_answers(main)
    if found.keys["kind"] == "text" or "categories" not in found.keys:
        return draft_answers(seen)
    keys = {**found.keys, "categories": dict(found.keys["categories"])}
    if keys["kind"] != "multiple":
        keys["kind"] = "single"
    gather_rest(keys, keys["categories"])
    again = _make_sound(Drafted(_in_order(keys), found.decide), seen)
    return again or Drafted({"kind": "text"}, [_say_open(seen)])


def draft_answers(seen: Seen) -> Drafted:
    """Draft what stands in one column: its kind, its categories and how it is written."""
    if seen.contradicted:
        told = f'"{seen.contradicted}" is said to mean different things in its columns.'
        return Drafted({"kind": "text"}, [told])
    for drafted in _list_drafts(seen):
        if drafted is None:
            continue
        if seen.forgotten:
            drafted = _leave_forgotten(drafted, seen.forgotten)
        if (sound := _make_sound(drafted, seen)) is not None:
            return sound
    return Drafted({"kind": "text"}, [] if seen.kind in _TEXTUAL else [_say_open(seen)])


def _leave_forgotten(drafted: Drafted, forgotten: Mapping[str, str]) -> Drafted:
    """Return a draft by which what one file declares missing is missing in every file."""
    kind, missing = drafted.keys["kind"], drafted.keys.get("missing", [])
    keys = {**drafted.keys, "kind": kind, "missing": list(dict.fromkeys([*forgotten, *missing]))}
    of_others = [one for one, wave in forgotten.items() if wave]
    waves = " and ".join(dict.fromkeys(filter(None, forgotten.values())))
    told = [
        f"{quote_few(of_others)} stand among the answers of {waves}, and are missing by the "
        "file of another wave: so they are in all."
    ]
    return Drafted(_in_order(keys), [*drafted.decide, *(told if of_others else [])])


def _say_open(seen: Seen) -> str:
    """Say why a column is taken for text, without a word of it."""
    often = sum(map(seen.is_often, seen.answers.values()))
    different = "answer" if len(seen.answers) == 1 else "different answers"
    return (
        f"{len(seen.answers):,} {different} of {seen.total:,} given, {often} of them often: "
        "typed, it seems, so that nothing of them is shown."
    )


def _list_drafts(seen: Seen) -> Iterator[Drafted | None]:
    """Yield what a column may be, the likeliest first."""
    personal = sum(n for one, n in seen.answers.items()
                   if (may_identify(one) and "@" in one) or _POINT.fullmatch(one))  # fmt: skip
    if seen.kind == "identifier" or personal > 0.2 * seen.total:
        return
    if (
        seen.asks(_PERSONAL)
        and not seen.labels
        and not all(seen.is_often(n) or fold_text(one) in MARKS for one, n in seen.answers.items())
    ):
        return
    if seen.labels:
        if seen.kind == "multiple":
            yield draft_joined(seen)
        yield draft_closed(seen)
    if seen.kind == "country":
        yield draft_country(seen)
    if seen.kind == "date":
        yield draft_number(seen)
    is_open = bool(re.match(_OPEN, fold_text(seen.text)))
    if not is_open or all(place_of_yes(one) is not None for one in seen.answers):
        yield draft_ordered(seen)
        yield draft_country(seen)
    if not is_open or all(as_whole(one) is not None for one in seen.answers):
        yield draft_number(seen)
    if seen.kind not in _TEXTUAL and not is_open:
        yield draft_joined(seen)
        yield draft_often(seen)


def _make_sound(drafted: Drafted, seen: Seen) -> Drafted | None:
    """Return a draft by which every answer can be read, with the rest missing; else None."""
    trial = try_out(drafted.keys, seen)
    if trial.is_sound:
        return drafted
    if trial.problem:
        return None
    keys = {**drafted.keys, "unlisted": "missing"}
    again = try_out(keys, seen)
    if not again.is_sound or again.read < 0.8:
        return None
    return Drafted(_in_order(keys), [*drafted.decide, *again.say_unread()])


def _in_order(keys: dict[str, Any]) -> dict[str, Any]:
    """Return keys with the categories last, which are long."""
    categories = keys.pop("categories", None)
    return {**keys, **({} if categories is None else {"categories": categories})}


# What is asked of all items stands before the number of one if it is no longer than this.
_SHORT_STEM = 40


# Several columns ---------------------------------------------------------------------------------


def _draft_parts(
    form: str, parts: Mapping[str, Seen], typed: Collection[str]
) -> tuple[Drafted, dict[str, str]] | None:
    """Draft options or ranks; None where the columns hold something else."""
    labels = {part: _label_part(part, seen) for part, seen in parts.items()}
    found = draft_rank(parts, labels) if form == "rank" else draft_options(parts, labels, typed)
    if found is None:
        return None
    drafted, names = found
    if forgotten := {one: wave for seen in parts.values() for one, wave in seen.forgotten.items()}:
        drafted = _leave_forgotten(drafted, forgotten)
    if form == "rank":
        given = [list(filter(is_filled, cells)) for cells in _list_rows(parts)]
        if tied := sum(len(set(one)) < len(one) for one in given):
            drafted.decide.append(f"{tied} rows give several options one place.")
    columns = {names[part]: seen for part, seen in parts.items()}
    _limit_waves(drafted, columns)
    trial = try_out(drafted.keys, options=columns)
    if trial.problem:
        return None
    if any(trial.refused.values()) and form == "options":
        for option in trial.refused:
            one = drafted.keys["categories"][option]
            entry = one if isinstance(one, dict) else {"label": one}
            entry.pop("exclusive", None)
            drafted.keys["categories"][option] = {**entry, "typed": True}
            drafted.decide.append(f"{option} holds other texts than a tick, taken as ticks.")
        trial = try_out(drafted.keys, options=columns)
    elif any(trial.refused.values()):
        drafted.keys = _in_order({**drafted.keys, "unlisted": "missing"})
        trial = try_out(drafted.keys, options=columns)
        drafted.decide += trial.say_unread()
    return (drafted, names) if trial.is_sound else None


def _label_part(part: str, seen: Seen) -> str:
    bare = part.rpartition("#")[0] if part.rpartition("#")[2].isdigit() and "#" in part else part
    said = tidy_text(bare)
    only = next(iter(seen.answers), "") if len(seen.answers) == 1 else ""
    # Under a header such as Q7_2 the one thing that a column holds is what the option is called.
    is_name = not said or (said == seen.places[0].column.name and _CODE.fullmatch(said))
    if is_name and only and seen.is_often(seen.total) and not is_tick_word(only):
        return only
    return said or seen.places[0].column.name or "option"


def _limit_waves(drafted: Drafted, columns: Mapping[str, Seen]) -> None:
    """Say of an option that not every wave has a column of which waves do."""
    waves = {place.wave for seen in columns.values() for place in seen.places}
    for name, seen in columns.items():
        there = list(dict.fromkeys(place.wave for place in seen.places))
        if len(there) < len(waves):
            one = drafted.keys["categories"][name]
            entry = one if isinstance(one, dict) else {"label": one}
            drafted.keys["categories"][name] = {**entry, "waves": there}


def _draft_items(entry: Entry, label: str, parts: Mapping[str, Seen], everything: Seen) -> None:
    """Draft columns that share their answers as items of one entry."""
    shared = draft_answers(everything)
    items: dict[str, Any] = {}
    # Where no description fits all items each has its own.
    own: dict[str, Drafted] = {}
    if not all(try_out(shared.keys, seen).is_sound for seen in parts.values()):
        shared = Drafted({"kind": "text"}, [_say_open(everything)])
    if shared.keys["kind"] == "text":
        own = {part: draft_answers(seen) for part, seen in parts.items() if seen.total}
        if all(one.keys == shared.keys for one in own.values()):
            own = {}
    for part, seen in parts.items():
        entry.names[part] = key = f"{entry.name}_{len(items) + 1}"
        title = shorten_label(_label_part(part, seen), key)
        if re.fullmatch(r"\d+[rR]?|[a-z]", title) and len(label) <= _SHORT_STEM:
            title = f"{label} {title}"
        items[key] = {"label": title, **(own[part].keys if part in own else {})}
        there = dict.fromkeys(place.wave for place in seen.places)
        if len(there) < len({place.wave for place in everything.places}):
            items[key]["waves"] = list(there)
    keys = dict(shared.keys)
    entry.decide += shared.decide if not own else []
    for one in own.values():
        entry.decide += [said for said in one.decide if said not in entry.decide]
    if own:
        keys = {"kind": "text"}
    entry.keys = {"label": label, **keys, "items": items}
