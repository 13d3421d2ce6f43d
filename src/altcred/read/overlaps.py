"""Finds the same response in several downloads of one survey, by the id that its platform gave it.

An id that was drawn anew for each response tells one from every other. A running number tells it
only within one survey: two rows that share one are the same response where nothing that both say
differs.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from altcred.kinds.times import NEVER
from altcred.read.export import Column, Export
from altcred.read.join import call_columns

SAME_ANSWERS, FEWER_ANSWERS = "the same answers", "fewer answers, or an earlier download"

# What a cell is called in any file, and its text.
_Cells = dict[tuple[str, str, str, int], str]


@dataclass(frozen=True)
class IdColumn:
    """The column of an export that holds response ids, and whether study.yaml names it."""

    column: Column
    is_named: bool


@dataclass
class Overlaps:
    """Rows that are another row again: the number of each, of the one that stays, and how alike.

    `repeated` are the rows of each file that share an id with another row of it, so that it is
    none; `apart` counts the rows whose running number another row of other answers has as well.
    """

    same: list[tuple[int, int, str]] = field(default_factory=list)
    repeated: dict[str, list[int]] = field(default_factory=dict)
    apart: int = 0


def find_overlaps(exports: Sequence[tuple[Export, IdColumn | None]]) -> Overlaps:
    """Find the rows of a wave's exports that are one response; rows are numbered over all files."""
    found = Overlaps()
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for _, place, number, row, cells, ids in _read(exports):
        if ids is not None and (key := cells[ids.column.position].strip()):
            places[key].append((place, number))
            if sum(one == place for one, _ in places[key][-2:]) > 1:
                found.repeated.setdefault(exports[place][0].file, []).append(row)
    if found.repeated:
        return found
    wanted = {number: key for key, ones in places.items() if len(ones) > 1 for _, number in ones}
    groups: dict[str, list[tuple[int, _Cells, bool]]] = defaultdict(list)
    for export, _, number, _, cells, ids in _read(exports) if wanted else ():
        if number in wanted and ids is not None:
            named = zip(call_columns(export.columns), cells, strict=True)
            told = {name: text.strip() for name, text in named if text.strip() not in {"", *NEVER}}
            is_sure = ids.is_named or not wanted[number].isdigit()
            groups[wanted[number]].append((number, told, is_sure))
    for group in groups.values():
        for alike in _gather(group):
            found.same += _choose(alike)
            found.apart += len(alike) < len(group)
    return found


def _read(
    exports: Sequence[tuple[Export, IdColumn | None]],
) -> Iterator[tuple[Export, int, int, int, list[str], IdColumn | None]]:
    number = 0
    for place, (export, ids) in enumerate(exports):
        for row, cells in export.rows():
            yield export, place, number, row, cells, ids
            number += 1


def _gather(group: Sequence[tuple[int, _Cells, bool]]) -> list[list[tuple[int, _Cells]]]:
    """Part rows that share an id into those that are one response."""
    parts: list[list[tuple[int, _Cells]]] = []
    for number, cells, is_sure in group:
        for part in parts:
            if is_sure or all(_agree(cells, other) for _, other in part):
                part.append((number, cells))
                break
        else:
            parts.append([(number, cells)])
    return parts


def _agree(one: _Cells, other: _Cells) -> bool:
    """Tell whether one row says what the other does, as far as it goes, and maybe more."""
    shorter, longer = sorted((one, other), key=len)
    # How far somebody had come is what changes while they answer.
    moving = {"lastpage", "progress", "finished", "last page", "duration (in seconds)", "seed"}
    return all(
        longer.get(name) == text for name, text in shorter.items() if name[1].lower() not in moving
    )


def _choose(alike: Sequence[tuple[int, _Cells]]) -> Iterator[tuple[int, int, str]]:
    """Yield the rows of one response that go: what says most stays, of equals the first."""
    most = max(len(cells) for _, cells in alike)
    fullest = [(number, cells) for number, cells in alike if len(cells) == most]
    # Of rows that say as much but not the same, the later download has the last word.
    kept = fullest[0] if all(one == fullest[0][1] for _, one in fullest) else fullest[-1]
    for number, cells in alike:
        if number != kept[0]:
            yield number, kept[0], SAME_ANSWERS if cells == kept[1] else FEWER_ANSWERS


def count_alike(exports: Sequence[tuple[Export, Mapping[str, Column]]]) -> int:
    """Count the rows with a time of submission that an earlier export has just as they are."""
    seen: set[bytes] = set()
    alike = 0
    for export, columns in exports if len(exports) > 1 else ():
        here = set()
        time = columns.get("@submitted")
        for _, cells in export.rows():
            if time is not None and cells[time.position].strip():
                named = sorted(zip(call_columns(export.columns), cells, strict=True))
                here.add(hashlib.blake2b(repr(named).encode(), digest_size=16).digest())
        alike += len(seen & here)
        seen |= here
    return alike
