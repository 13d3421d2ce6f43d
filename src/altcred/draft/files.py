"""Puts the files of a study together to waves, and the waves in an order."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

from altcred.core.errors import refuse
from altcred.draft.marks import find_marks
from altcred.draft.model import Table
from altcred.draft.people import find_roles
from altcred.draft.roles import is_running
from altcred.kinds.times import read_times
from altcred.read.export import Column
from altcred.read.platforms import find_response_id

# Two downloads share so many of the responses of the smaller.
_LEAST_SHARED, _SHORTEST_ID = 0.2, 8


def refuse_names(count: int, why: str) -> NoReturn:
    """Refuse names of waves that do not fit."""
    message = f"names {count} waves, but {why}."
    refuse("--waves", "", message, "Give a name for each file, in their order, or leave it out.")


def group_files(tables: Sequence[Table], names: Sequence[str]) -> list[list[Table]]:
    """Return the files of each wave: as they are named, else by what they share.

    That is responses, or where several files are of each stage by their names, the word for it.
    """
    if len(names) == len(tables):
        return [
            [table for table, own in zip(tables, names, strict=True) if own == name]
            for name in dict.fromkeys(names)
        ]
    if len(names) == 1 or len(tables) == 1:
        return [list(tables)]
    if names:
        refuse_names(len(names), f"there are {len(tables)} files")
    stages = [find_marks(table.export.path.stem) for table in tables]
    if all(len(ones) == 1 for ones in stages) and 1 < len({one for (one,) in stages}) < len(tables):
        return [
            [table for table, own in zip(tables, stages, strict=True) if own == stage]
            for stage in [[one] for one in dict.fromkeys(one for (one,) in stages)]
        ]
    groups: list[list[Table]] = []
    for table in tables:
        same = next((group for group in groups if _share_responses(group[0], table)), None)
        if same is None:
            groups.append([table])
        else:
            same.append(table)
    return groups


def join_files(tables: Sequence[Table]) -> tuple[list[Table], Table]:
    """Return the files of a wave with the columns that any of them has, and all their rows."""
    if len(tables) == 1:
        return list(tables), tables[0]
    calls = [_call_columns(table) for table in tables]
    union = {key: column for call in reversed(calls) for key, column in call.items()}
    order = list(dict.fromkeys(key for call in calls for key in call))
    columns = [replace(union[key], position=at) for at, key in enumerate(order)]
    files = []
    for table, call in zip(tables, calls, strict=True):
        blank = [""] * table.rows
        cells = [table.cells[call[key].position] if key in call else blank for key in order]
        files.append(Table(replace(table.export, columns=columns), cells))
    rows = [[cell for one in files for cell in one.cells[at]] for at in range(len(columns))]
    return files, Table(files[0].export, rows)


def sort_waves(joined: list[tuple[list[Table], Table]]) -> list[tuple[list[Table], Table]]:
    """Return waves by the words for their stages in the names of their files, if all have one.

    Where none has, they are sorted by their times if these do not overlap.
    """
    marks = [find_marks(files[0].export.path.stem) for files, _ in joined]
    if all(len(ones) == 1 for ones in marks) and len({one.is_number for (one,) in marks}) == 1:
        places = [one.place for (one,) in marks]
        return [joined[at] for at in sorted(range(len(places)), key=lambda at: places[at])]
    if any(marks):
        return joined
    spans: list[tuple[datetime.datetime, datetime.datetime]] = []
    for _, table in joined:
        roles = find_roles(table)
        times = [
            time
            for column in roles.list("submitted")
            for time in read_times(table.cells[column.position], order=roles.date_order)[0]
            if time is not None
        ]
        if not times:
            return joined
        spans.append((min(times), max(times)))
    order = sorted(range(len(spans)), key=lambda place: spans[place])
    apart = all(spans[one][1] < spans[other][0] for one, other in pairwise(order))
    return [joined[place] for place in order] if apart else joined


def _share_responses(one: Table, other: Table) -> bool:
    """Tell whether two files hold the same responses, by ids that a platform drew for each."""
    ids = []
    for table in (one, other):
        column = find_response_id(table.export)
        found = set(table.counts(column)) if column else set()
        # What a platform draws is long; short ids may be people's, who answered both surveys.
        if not found or is_running(found) or min(map(len, found)) < _SHORTEST_ID:
            return False
        ids.append(found)
    return len(ids[0] & ids[1]) >= max(1, _LEAST_SHARED * min(map(len, ids)))


def _call_columns(table: Table) -> dict[tuple[str, str, int], Column]:
    """Return the columns of a file by what each is called in any file."""
    found: dict[tuple[str, str, int], Column] = {}
    for column in table.export.columns:
        key, times = (column.import_id or column.name, column.text), 1
        while (*key, times) in found:
            times += 1
        found[(*key, times)] = column
    return found
