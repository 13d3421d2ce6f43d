"""Reads when responses were submitted, of each export in its own zone.

Plainly written times are read with the export, and only what else there is, distinct text by text.
"""

import datetime
from collections import defaultdict
from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING, Any

from altcred.clean.codes import code_of
from altcred.clean.refuse import list_row_problems
from altcred.clean.rows import Rows
from altcred.core.engine import literal, quoted
from altcred.core.errors import Problem
from altcred.kinds.times import is_utc, is_zone, read_times, split_times
from altcred.read.export import Export
from altcred.read.load import Split

if TYPE_CHECKING:
    import pyarrow as pa

# The texts of times, the times that were plainly written, and the minutes of those.
_COLUMN, _TIME, _MINUTE = "@submitted", "@time", "@minute"
_MESSAGE = "holds a time that cannot be read, or whose day and month cannot be told apart"
_REMEDY = (
    "Say date_order: dmy or mdy of the wave; else write times as 2021-07-14 03:29:02, or leave "
    "them out with submitted: null."
)


def choose_splits(rows: Rows, export: Export) -> dict[str, Split]:
    """Return how an export's column of times is parted while it is read."""
    zone = rows.settings.timezone or export.time_zone
    return {_COLUMN: partial(_split, rows, zone)} if rows.settings.submitted else {}


def _split(rows: Rows, zone: str, cells: "pa.Array") -> dict[str, "pa.Array"]:
    """Return plainly written times, and the numbers of the other texts and of what moves them.

    Where a time is in another zone than UTC, what moves it is known of its minute. A time of day
    by which a column is told from one of days stands among the texts.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    times, texts = split_times(cells)
    minutes = pa.nulls(len(times), pa.timestamp("us"))
    if _moves(zone):
        minutes = pc.floor_temporal(times, unit="minute")
        is_of_day = pc.greater(times, pc.floor_temporal(times, unit="day"))
        one = pa.array([pc.max(times.filter(is_of_day)).as_py()], pa.timestamp("us"))
        rows.codes.take(_MINUTE, one, zone)
    numbers = rows.codes.take(_COLUMN, texts, zone) | rows.codes.take(_MINUTE, minutes, zone)
    return {_TIME: times, **numbers}


def _moves(zone: str) -> bool:
    return is_zone(zone) and not is_utc(zone)


def decode_times(rows: Rows) -> None:
    """Read each distinct text and minute of times."""
    import pyarrow as pa

    settings, files = rows.settings, defaultdict(list)
    for export, _ in rows.exports:
        files[settings.timezone or export.time_zone].append(export.file)
    read: dict[tuple[Hashable, Any], datetime.datetime | None] = {}
    for zone, names in files.items():
        if zone and not is_zone(zone):
            rows.notes.append(
                f"the zone {zone} of {', '.join(names)} is not known here; its times are taken as "
                "they stand. Say timezone: of the wave."
            )
        held = [*rows.codes.answers(_COLUMN, zone), *rows.codes.answers(_MINUTE, zone)]
        times, unread = read_times(list(map(str, held)), order=settings.date_order, zone=zone)
        read |= zip(((zone, one) for one in held), times, strict=True)
        rows.unread_times += unread
    for column in (_COLUMN, _MINUTE):
        values = [read[one] for one in rows.codes.by_number(column)]
        rows.known[column] = {"value": pa.array(values, pa.timestamp("us"))}


def list_unread_times(rows: Rows) -> list[Problem]:
    """Return the rows whose time cannot be read."""
    return list_row_problems(rows, _COLUMN, rows.unread_times, _MESSAGE, _REMEDY)


def times_passed() -> dict[str, str]:
    """Return in SQL, of raw rows, whether a time is plainly written, by its column."""
    return {_TIME: f"raw.{quoted(_TIME)} IS NOT NULL"}


def time_in_sql(rows: Rows) -> str:
    """Return in SQL when a raw row was submitted."""
    told = f"raw.{quoted(_TIME)}"
    time = f"coalesce({rows.read_as(_COLUMN)}, {rows.read_as(_MINUTE)} + "
    time += f"({told} - date_trunc('minute', {told})), {told})"
    if rows.settings.opened is None:
        return time
    opened = f"CAST({literal(str(rows.settings.opened))} AS TIMESTAMP)"
    return f"(CASE WHEN {time} >= {opened} THEN {time} END)"


def note_timeless(rows: Rows) -> None:
    """Note how many rows have a time that is none."""
    given = f"{quoted(_TIME)} OR {quoted(code_of(_COLUMN))} IS NOT NULL"
    none = rows.engine.value(
        f"SELECT count(*) FROM interpreted WHERE ({given}) AND submitted IS NULL"
    )
    if none:
        rows.notes.append(
            "rows with a time that is none, since nobody submitted them or the survey had not "
            f"opened: {none:,}."
        )
