"""Reads when responses were submitted, of each export in its own zone.

Plainly written times are read with the export, and only what else there is, distinct text by text.
"""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

from altcred.clean.refuse import list_row_problems
from altcred.clean.rows import Rows, in_files
from altcred.core.engine import literal, quoted, unique_values
from altcred.kinds.times import is_utc, is_zone, read_times, split_times
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


def choose_splits(rows: Rows) -> dict[str, Split]:
    """Return how a column of times is parted while it is read."""
    return {_COLUMN: _split} if rows.settings.submitted else {}


def _split(cells: "pa.Array") -> dict[str, "pa.Array"]:
    import pyarrow.compute as pc

    times, texts = split_times(cells)
    return {_COLUMN: texts, _TIME: times, _MINUTE: pc.floor_temporal(times, unit="minute")}


def decode_times(rows: Rows) -> None:
    """Make the tables of what the texts and the minutes of times were read as."""
    import pyarrow as pa

    settings, engine = rows.settings, rows.engine
    files: dict[str, list[str]] = {}
    for export, _ in rows.exports:
        files.setdefault(settings.timezone or export.time_zone, []).append(export.file)
    for zone, names in files.items():
        if zone and not is_zone(zone):
            rows.notes.append(
                f"the zone {zone} of {', '.join(names)} is not known here; its times are taken as "
                "they stand. Say timezone: of the wave."
            )
        here = in_files(names, "raw.file")
        answers = unique_values(engine, "raw", _COLUMN, here)
        minutes = _list_minutes(rows, here) if is_zone(zone) and not is_utc(zone) else []
        plain = list(map(str, minutes))
        read, unreadable = read_times([*answers, *plain], order=settings.date_order, zone=zone)
        rows.problems += list_row_problems(rows, _COLUMN, unreadable, _MESSAGE, _REMEDY)
        for column, texts, values in (
            (_COLUMN, pa.array(answers, pa.string()), read[: len(answers)]),
            (_MINUTE, pa.array(minutes, pa.timestamp("us")), read[len(answers) :]),
        ):
            for name in names:
                columns = {
                    "@answer": texts,
                    "value": pa.array(values, pa.timestamp("us")),
                    "file": pa.repeat(name, len(values)),
                }
                engine.append(f"read:{column}", pa.table(columns))


def _list_minutes(rows: Rows, here: str) -> list[datetime.datetime]:
    """Return the minutes of plainly written times, and one time of day where there is any.

    By that a column is told from one of days.
    """
    time, minute = quoted(_TIME), quoted(_MINUTE)
    found = rows.engine.rows(
        f"SELECT DISTINCT {minute} FROM raw WHERE {here} UNION SELECT max({time}) FROM raw "
        f"WHERE {here} AND {time} > date_trunc('day', {time}) ORDER BY 1"
    )
    return [time for (time,) in found if time is not None]


def time_in_sql(rows: Rows, join: Callable[..., str]) -> str:
    """Return in SQL when a raw row was submitted."""
    same_file = " AND raw.file = {}.file"
    text, minute = join(_COLUMN, same_file), join(_MINUTE, same_file)
    time = f"coalesce({text}.value, {minute}.value + (raw.{quoted(_TIME)} - "
    time += f"raw.{quoted(_MINUTE)}), raw.{quoted(_TIME)})"
    if rows.settings.opened is None:
        return time
    opened = f"CAST({literal(str(rows.settings.opened))} AS TIMESTAMP)"
    return f"(CASE WHEN {time} >= {opened} THEN {time} END)"


def note_timeless(rows: Rows) -> None:
    """Note how many rows have a time that is none."""
    given = rows.engine.value(f"SELECT count({quoted(_COLUMN)}) + count({quoted(_TIME)}) FROM raw")
    none = given - rows.engine.value("SELECT count(submitted) FROM interpreted")
    if none:
        rows.notes.append(
            "rows with a time that is none, since nobody submitted them or the survey had not "
            f"opened: {none:,}."
        )
