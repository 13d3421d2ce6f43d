"""Finds in one file the surveys that stand side by side in its columns, or below in its rows."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from altcred.draft.links import Side, find_links
from altcred.draft.marks import Mark, find_marks, split_column
from altcred.draft.model import Table
from altcred.draft.people import find_roles
from altcred.draft.role_words import list_headers
from altcred.draft.roles import Roles, share_filled
from altcred.draft.words import any_of
from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column

# So many questions must be asked both before and after.
_LEAST_PAIRS = 3
_MOST_WAVES = 4
_NEARLY_ALL = 0.8
_WAVE_HEADERS = set(any_of("wave headers").split("|"))
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_ARM = re.compile(r"[_ ]*\(?arm[_ ]?\d+.*", re.IGNORECASE)


@dataclass
class Part:
    """One survey of a file: a table of its own, and where its columns stand in the file."""

    word: str
    table: Table
    # The column of the file behind each column of the table.
    originals: Sequence[Column]
    decide: list[str] = field(default_factory=list)
    # Keys of the wave that cut it out of the file.
    keys: Mapping[str, Any] = field(default_factory=dict)


def split_columns(table: Table, *, is_wanted: bool = False) -> list[Part]:
    """Return the surveys whose columns stand side by side; none where the headers do not say so.

    Where somebody wants them apart, one question asked before and after is enough.

    Columns that are of no survey by their headers go with what stands before them, where each
    survey's columns stand together, else with the first; what stands behind all others goes with
    the last.
    """
    chosen = _choose_marked(table, 1 if is_wanted else _LEAST_PAIRS)
    of_place = _place_all(table, {at: mark.place for at, (mark, _) in chosen.items()})
    parts = []
    for place in sorted({mark.place for mark, _ in chosen.values()}):
        originals = [one for one in table.export.columns if of_place[one.position] == place]
        columns = [
            replace(chosen[one.position][1] if one.position in chosen else one, position=at)
            for at, one in enumerate(originals)
        ]
        cells = [table.cells[one.position] for one in originals]
        words = Counter(mark.word for mark, _ in chosen.values() if mark.place == place)
        word = min(words, key=lambda one: (-words[one], one))
        export = replace(table.export, columns=columns)
        parts.append(Part(word, Table(export, cells), originals))
    return parts


def share_marked(table: Table, roles: Roles) -> float:
    """Return which share of a file's questions say by their headers of which survey they are."""
    asked = [one.position for one in table.export.columns if not roles.has(one)]
    return len(_choose_marked(table).keys() & set(asked)) / len(asked) if asked else 0.0


def _choose_marked(table: Table, least: int = _LEAST_PAIRS) -> dict[int, tuple[Mark, Column]]:
    """Return the columns that are of one of several surveys, by their places, without the mark."""
    marked = {
        column.position: found
        for column in table.export.columns
        if (found := split_column(column)) is not None
    }
    chosen: dict[int, tuple[Mark, Column]] = {}
    best = 0
    for is_number in (False, True):
        own = {at: one for at, one in marked.items() if one[0].is_number == is_number}
        count = _count_pairs(table, own)
        if count > best:
            chosen, best = own, count
    waves = len({mark.place for mark, _ in chosen.values()})
    is_plain = best > 0 and len(chosen) >= _NEARLY_ALL * len(table.export.columns)
    enough = is_plain or best >= least
    if not enough or not 2 <= waves <= _MOST_WAVES or 4 * best < len(chosen) / waves:
        return {}
    return chosen


def _count_pairs(table: Table, marked: Mapping[int, tuple[Mark, Column]]) -> int:
    """Return how many columns stand there for several surveys, with answers that are alike."""
    groups: list[dict[str, dict[int, int]]] = [{}, {}, {}]
    for at, (mark, plain) in marked.items():
        # By the name, or where names are only numbered on, by the words, or by those of an item.
        item = plain.text.rpartition(" - ")[2]
        for group, text in zip(groups, (plain.name, plain.text, item), strict=True):
            ways = group.setdefault(re.sub(r"[\W_]+", " ", fold_text(text)), {})
            # What stands twice in one survey is no pair.
            ways[mark.place] = -1 if mark.place in ways else at
    counts = []
    for group in groups:
        pairs = [
            list(ways.values())
            for ways in group.values()
            if len(ways) > 1 and -1 not in ways.values()
        ]
        alike = sum(_are_alike(table, pair) for pair in pairs)
        # Where nearly all headers say it, questions may differ from survey to survey.
        is_plain = len(marked) >= _NEARLY_ALL * len(table.export.columns)
        counts.append(len(pairs) if is_plain or 2 * alike >= len(pairs) else 0)
    return max(counts)


def _are_alike(table: Table, places: Sequence[int]) -> bool:
    by_place = {column.position: column for column in table.export.columns}
    first, second = (set(table.counts(by_place[at])) for at in places[:2])
    if not first or not second:
        return True
    numbers = [
        all(re.fullmatch(r"-?\d+([.,]\d+)?", one) for one in ones) for ones in (first, second)
    ]
    if any(numbers) or min(len(first), len(second)) > 15:
        return numbers[0] == numbers[1]
    return bool(first & second)


def _place_all(table: Table, marked: Mapping[int, int]) -> dict[int, int]:
    """Return of which survey each column is, by what stands before it."""
    if not marked:
        return {}
    row = [marked[at] for at in sorted(marked)]
    changes = sum(one != other for one, other in pairwise(row))
    stand_together = changes <= len(set(row))
    now = row[0]
    found = {}
    for column in table.export.columns:
        if column.position in marked:
            now = marked[column.position] if stand_together else now
            found[column.position] = marked[column.position]
        else:
            is_behind = column.position > max(marked)
            found[column.position] = max(row) if is_behind else now
    return found


def split_rows(table: Table) -> list[Part]:
    """Return the surveys whose rows stand below each other; none where no column says so.

    Its header must say that it tells the survey, and its answers which; numbers count only where a
    code stands once in each of the surveys.
    """
    for column in table.export.columns:
        counts = table.counts(column)
        is_known = column.known.role == "wave"
        is_called = is_known or bool(set(list_headers(column)) & _WAVE_HEADERS)
        if not is_called or share_filled(table, column) < 0.5 or len(counts) < 2:
            continue
        groups = _group_values(list(counts), is_event=is_known)
        if not groups and is_known:
            groups = _group_events(list(counts))
        if not groups or len(groups) > _MOST_WAVES:
            continue
        parts = [_cut_rows(table, column, word, values) for word, values, _ in groups]
        sure = all(is_sure for _, _, is_sure in groups)
        if sure or _share_people(parts):
            blank = table.rows - sum(part.table.rows for part in parts)
            said = f"rows are parted into waves by {column.name!r}"
            told = f"{said}; {blank} without an answer there are in none." if blank else f"{said}."
            parts[0].decide.append(told)
            return parts
    return []


def _group_values(values: Sequence[str], *, is_event: bool) -> list[tuple[str, list[str], bool]]:
    """Return a word for each survey, the values that mean it, and whether words say so."""
    found: dict[tuple[bool, int], tuple[str, list[str]]] = {}
    for value in values:
        text = _ARM.sub("", value) if is_event else value
        marks = find_marks(text)
        number = re.fullmatch(r"(\d)(?:\.0+)?", text)
        if len(marks) == 1:
            key, word = (marks[0].is_number, marks[0].place), marks[0].word
        elif number:
            key, word = (True, int(number[1])), f"wave_{number[1]}"
        else:
            return []
        found.setdefault(key, (word, []))[1].append(value)
    if len({is_number for is_number, _ in found}) > 1 or len(found) < 2:
        return []
    return [
        (word, values, not word.startswith("wave_"))
        for _, (word, values) in sorted(found.items(), key=lambda one: one[0])
    ]


def _group_events(values: Sequence[str]) -> list[tuple[str, list[str], bool]]:
    """Return the events of a tool that says which survey a row is of, in the order of the file."""
    found: dict[str, list[str]] = {}
    for value in values:
        text = re.sub(r"[^a-z0-9]+", "_", fold_text(_ARM.sub("", value))).strip("_")
        if not re.match(r"[a-z]", text):
            return []
        found.setdefault(text, []).append(value)
    return [(word, ones, True) for word, ones in found.items()] if len(found) > 1 else []


def _cut_rows(table: Table, column: Column, word: str, values: Sequence[str]) -> Part:
    wanted = {tidy_text(one) for one in values}
    rows = [at for at, cell in enumerate(table.cells[column.position]) if tidy_text(cell) in wanted]
    cells = [[own[at] for at in rows] for own in table.cells]
    keys = {"column": column, "is_not": sorted(values)}
    return Part(word, Table(table.export, cells), table.export.columns, keys=keys)


def _share_people(parts: Sequence[Part]) -> bool:
    sides = [Side(part.word, part.table, find_roles(part.table)) for part in parts]
    return bool(find_links(sides, of_one_file=True))
