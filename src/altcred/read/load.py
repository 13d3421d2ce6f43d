"""Reads the rows of an export into tables; what could identify a person is in none of them."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from altcred.core.ahead import ahead
from altcred.core.errors import refuse
from altcred.read.export import Block, Column, Export

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)

# Turns the text of one cell into what a table may hold of it; equal texts are turned once.
Transform = Callable[[str], str | None]
# Columns whose texts make one value together, and what a table may hold of them.
Join = tuple[Sequence[str], Callable[[Sequence[str]], str | None]]
# Columns of which the first counts that a transform leaves something of.
First = tuple[Sequence[str], Transform]
# Turns all cells of a column into columns of the table at once.
Split = Callable[["pa.Array"], Mapping[str, "pa.Array"]]
# How many characters a cell may have whose text is read, and one of which only a mark is kept.
LONGEST, LONGEST_MARKED = 10_000, 1_000_000
# Seconds between two lines about how far a long export has been read.
_EVERY = 10.0


def read_tables(
    export: Export,
    columns: Mapping[str, Column],
    transforms: Mapping[str, Transform],
    joins: Mapping[str, Join] | None = None,
    firsts: Mapping[str, First] | None = None,
    splits: Mapping[str, Split] | None = None,
    *,
    names: Sequence[str] | None = None,
    start: int = 0,
) -> Iterator["pa.Table"]:
    """Yield the rows of an export in tables.

    A table has `number` (counted over all exports of a wave, from `start`), `file`, `row` (as
    a spreadsheet shows it) and a text column for each name in `columns`; empty cells are
    missing. `transforms` say what stands in place of a column's text: tokens of
    addresses, and of typed texts only that there is one. `joins` and `firsts` make a column of
    their own of several, which then do not arrive themselves; `splits` make several of one.
    `names` are the columns that a table has where this export lacks some of them; they are
    missing in all of its rows. Raises InvalidInput where there is no row.
    """
    import pyarrow as pa

    joins, firsts, splits = joins or {}, firsts or {}, splits or {}
    parts = {part for some, _ in [*joins.values(), *firsts.values()] for part in some}
    names = [one for one in (columns if names is None else names) if one not in parts]
    number, began = start, time.monotonic()
    told = began

    def tables() -> Iterator[pa.Table]:
        first = start
        # The next part is cut into columns while tokens are made of one.
        for block in ahead(export.blocks(columns.values())):
            yield _table_of(export, columns, names, transforms, joins, firsts, splits, block, first)
            first += len(block)

    for read in ahead(tables()):
        yield read
        number += len(read)
        if time.monotonic() - told > _EVERY:
            told = time.monotonic()
            count, rate = number - start, (number - start) / (told - began)
            log.info("%s: %s rows so far, %s a second", export.file, f"{count:,}", f"{rate:,.0f}")
    if number == start:
        message, remedy = "has a header and no responses.", "Export it again, with its responses."
        refuse(export.path, "", message, remedy)


def _table_of(
    export: Export,
    columns: Mapping[str, Column],
    names: Sequence[str],
    transforms: Mapping[str, Transform],
    joins: Mapping[str, Join],
    firsts: Mapping[str, First],
    splits: Mapping[str, Split],
    block: Block,
    start: int,
) -> "pa.Table":
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    def read(name: str) -> pa.Array:
        cells = columns[name].read(export.file, block)
        is_marked = name in transforms or name.startswith("@other_")
        limit = LONGEST_MARKED if is_marked else LONGEST
        _refuse_long(export, columns[name], block, cells, limit)
        return cells

    size = len(block)
    nothing = pa.nulls(size, pa.string())
    arrays = {
        "number": pa.array(np.arange(start, start + size)),
        "file": pa.repeat(export.file, size),
        "row": pa.array(np.asarray(block.numbers, np.int64)),
    }
    for name in names:
        cells = _turn(read(name), transforms.get(name)) if name in columns else nothing
        arrays |= splits[name](cells) if name in splits else {name: cells}
    for name, (some, join) in joins.items():
        arrays[name] = nothing
        if some and all(part in columns for part in some):
            texts = zip(*(read(part).to_pylist() for part in some), strict=True)
            arrays[name] = pa.array([join(one) for one in texts], pa.string())
    for name, (some, transform) in firsts.items():
        found = [_turn(read(part), transform) for part in some]
        arrays[name] = pc.coalesce(*found) if found else nothing
    return pa.table(arrays)


def _refuse_long(
    export: Export, column: Column, block: Block, cells: "pa.Array", limit: int
) -> None:
    """Refuse a cell that no answer fills: rows may have run together in it."""
    import pyarrow.compute as pc

    if (pc.max(pc.binary_length(cells)).as_py() or 0) <= limit:
        return
    lengths = pc.utf8_length(cells).to_pylist()
    for row, length in zip(block.numbers, lengths, strict=True):
        if length and length > limit:
            message = f"holds {length:,} characters, more than the {limit:,} that are read."
            remedy = (
                "Look whether rows have run together there, as by a quotation mark that is never "
                "closed; shorten the cell, or leave its question out of the codebook."
            )
            refuse(export.path, f"column {column.label}, row {row}", message, remedy)


def _turn(cells: "pa.Array", transform: Transform | None) -> "pa.Array":
    """Return what stands in place of a column's cells; nothing in that of empty ones."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if transform is None:
        is_empty = pc.equal(pc.binary_length(cells), 0)
        return pc.if_else(is_empty, pa.scalar(None, pa.string()), cells)
    distinct = cells.dictionary_encode()
    turned = [transform(one) if one else None for one in distinct.dictionary.to_pylist()]
    return pa.array(turned, pa.string()).take(distinct.indices)
