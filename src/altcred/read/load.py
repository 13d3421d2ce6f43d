"""Brings the rows of an export into the engine; what could identify a person never arrives."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from altcred.core.engine import BATCH, Engine
from altcred.core.errors import refuse
from altcred.read.export import Column, Export, Row

if TYPE_CHECKING:
    import pyarrow as pa

# Turns the text of one cell into what the engine may hold of it.
Transform = Callable[[str], str | None]
# Columns whose texts make one value together, and what the engine may hold of them.
Join = tuple[Sequence[str], Callable[[Sequence[str]], str | None]]


def load_rows(
    engine: Engine,
    table: str,
    export: Export,
    columns: Mapping[str, Column],
    transforms: Mapping[str, Transform],
    joins: Mapping[str, Join] | None = None,
    *,
    names: Sequence[str] | None = None,
    start: int = 0,
) -> int:
    """Read an export's rows into the engine's table and return how many there are.

    The table has `number` (counted over all exports of a wave, from `start`), `file`, `row` (as
    a spreadsheet shows it) and a text column for each name in `columns`; empty cells are
    missing. `transforms` say what the engine is given in place of a column's text: tokens of
    addresses, and of typed texts only that there is one. `joins` make a column of their own of
    several, which then do not arrive themselves. `names` are the columns that the table has where
    this export lacks some of them; they are missing in all of its rows.
    """
    number = start
    waiting = iter(export.rows())
    while rows := list(islice(waiting, BATCH // 4)):
        engine.append(
            table, _table_of(export, columns, names, transforms, joins or {}, rows, number)
        )
        number += len(rows)
    if number == start:
        message, remedy = "has a header and no responses.", "Export it again, with its responses."
        refuse(export.path, "", message, remedy)
    return number - start


def _table_of(
    export: Export,
    columns: Mapping[str, Column],
    names: Sequence[str] | None,
    transforms: Mapping[str, Transform],
    joins: Mapping[str, Join],
    rows: Sequence[Row],
    start: int,
) -> "pa.Table":
    import pyarrow as pa

    arrays = {
        "number": pa.array(range(start, start + len(rows)), pa.int64()),
        "file": pa.array([export.file] * len(rows), pa.string()),
        "row": pa.array([row for row, _ in rows], pa.int64()),
    }
    parts = {part for columns_of, _ in joins.values() for part in columns_of}
    nothing = pa.nulls(len(rows), pa.string())
    for name in columns if names is None else names:
        if name in parts:
            continue
        if name not in columns:
            arrays[name] = nothing
            continue
        transform = transforms.get(name, str)
        cells = columns[name].read(export.file, rows)
        arrays[name] = pa.array([transform(one) if one else None for one in cells], pa.string())
    for name, (columns_of, join) in joins.items():
        arrays[name] = nothing
        if columns_of and all(part in columns for part in columns_of):
            texts = zip(
                *(columns[part].read(export.file, rows) for part in columns_of), strict=True
            )
            arrays[name] = pa.array([join(one) for one in texts], pa.string())
    return pa.table(arrays)
