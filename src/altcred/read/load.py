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
    start: int = 0,
) -> int:
    """Read an export's rows into the engine's table and return how many there are.

    The table has `number` (counted over all exports of a wave, from `start`), `file`, `row` (as
    a spreadsheet shows it) and a text column for each name in `columns`; empty cells are
    missing. `transforms` say what the engine is given in place of a column's text: tokens of
    addresses, and of typed texts only that there is one. `joins` make a column of their own of
    several, which then do not arrive themselves.
    """
    number = start
    waiting = iter(export.rows())
    while rows := list(islice(waiting, BATCH // 4)):
        engine.append(table, _table_of(export, columns, transforms, joins or {}, rows, number))
        number += len(rows)
    if number == start:
        message, remedy = "has a header and no responses.", "Export it again, with its responses."
        refuse(export.path, "", message, remedy)
    return number - start


def _table_of(
    export: Export,
    columns: Mapping[str, Column],
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
    parts = {part for names, _ in joins.values() for part in names}
    for name, column in columns.items():
        if name in parts:
            continue
        transform = transforms.get(name, str)
        cells = column.read(export.file, rows)
        arrays[name] = pa.array([transform(one) if one else None for one in cells], pa.string())
    for name, (names, join) in joins.items():
        texts = zip(*(columns[part].read(export.file, rows) for part in names), strict=True)
        arrays[name] = pa.array([join(one) for one in texts], pa.string())
    return pa.table(arrays)
