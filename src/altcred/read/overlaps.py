"""Finds the same response in several downloads of one survey, by the id that its platform gave it.

An id that was drawn anew for each response tells one from every other. A running number tells it
only within one survey: two rows that share one are the same response where nothing that both say
differs.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from altcred.kinds.times import NEVER
from altcred.read.export import Column, Export
from altcred.read.join import call_columns

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SAME_ANSWERS, FEWER_ANSWERS = "the same answers", "fewer answers, or an earlier download"

# So many rows that share an id are enough to tell that it is none.
_SHOWN = 5
# How often a download may have been pasted below itself, and of how many rows that is looked at.
_PASTED, _MOST_COMPARED = 3, 200_000
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

    `repeated` are the first rows of each file that share an id with another row of it and differ,
    so that it is none; `apart` counts the rows whose running number another row of other answers
    has as well.
    """

    same: list[tuple[int, int, str]] = field(default_factory=list)
    repeated: dict[str, list[int]] = field(default_factory=dict)
    apart: int = 0


class IdHashes:
    """Gathers what the ids of a wave's rows hash to, while its exports are read."""

    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []

    def take(self, cells: "pa.Array") -> dict[str, "pa.Array"]:
        """Hash the ids of the next rows; the engine is given nothing of them."""
        import numpy as np

        texts = ((one or "").strip() for one in cells.to_pylist())
        self.parts.append(np.fromiter(map(hash, texts), np.int64, len(cells)))
        return {}

    def find_alike(self) -> "np.ndarray":
        """Tell of each row whether it may share an id with another."""
        import numpy as np

        hashes = np.concatenate([np.empty(0, np.int64), *self.parts])
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        # An empty text hashes to nought.
        is_next = (ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)
        alike = np.zeros(len(hashes), bool)
        alike[order[1:][is_next]] = alike[order[:-1][is_next]] = True
        return alike


def find_overlaps(exports: Sequence[tuple[Export, IdColumn | None]], hashes: IdHashes) -> Overlaps:
    """Find the rows of a wave's exports that are one response; rows are numbered over all files."""
    found = Overlaps()
    alike = hashes.find_alike()
    if not alike.any():
        return found
    files: dict[str, int] = {}
    several: set[str] = set()
    again: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for place, number, row, key in _read_ids(exports, alike):
        if files.get(key) == place:
            again[key].append((exports[place][0].file, row, number))
        if key in files:
            several.add(key)
        files[key] = place
    times = [len(rows) for rows in again.values()]
    if max(times, default=0) > _PASTED or sum(times) > _MOST_COMPARED:
        return _refuse_ids(found, again.values())
    wanted = {number: key for _, number, _, key in _read_ids(exports, alike) if key in several}
    groups: dict[str, list[tuple[int, _Cells, bool]]] = defaultdict(list)
    number = 0
    for export, ids in exports if wanted else ():
        for _, cells in export.rows():
            if number in wanted and ids is not None:
                named = zip(call_columns(export.columns), cells, strict=True)
                told = {name: text.strip() for name, text in named}
                told = {name: text for name, text in told.items() if text not in {"", *NEVER}}
                is_sure = ids.is_named or not wanted[number].isdigit()
                groups[wanted[number]].append((number, told, is_sure))
            number += 1
    other = [
        rows
        for key, rows in again.items()
        if any(told != groups[key][0][1] for _, told, _ in groups[key])
    ]
    if other:
        return _refuse_ids(found, other)
    for group in groups.values():
        for same in _gather(group):
            found.same += _choose(same)
            found.apart += len(same) < len(group)
    return found


def _refuse_ids(found: Overlaps, again: Iterable[Sequence[tuple[str, int, int]]]) -> Overlaps:
    """Return that ids are none: rows of one file that differ share them."""
    for file, row, _ in sorted((one for rows in again for one in rows), key=lambda one: one[2]):
        rows = found.repeated.setdefault(file, [])
        rows += [row] * (len(rows) < _SHOWN)
    return found


def _read_ids(
    exports: Sequence[tuple[Export, IdColumn | None]], alike: "np.ndarray"
) -> Iterator[tuple[int, int, int, str]]:
    """Yield of some rows the place of the file, the number, the row in the file, and the id."""
    number = 0
    for place, (export, ids) in enumerate(exports):
        for block in export.blocks([ids.column] if ids else []):
            some = alike[number : number + len(block)].nonzero()[0].tolist()
            if ids is not None and some:
                texts = ids.column.read(export.file, block)
                for at in some:
                    yield place, number + at, block.numbers[at], texts[at].as_py().strip()
            number += len(block)


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
