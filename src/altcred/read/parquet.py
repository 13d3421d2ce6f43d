"""Reads Parquet: a column's name, and its values as text."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from altcred.core.engine import BATCH
from altcred.core.errors import refuse
from altcred.read.export import Block, Column, Export, Layout, Row, register_reader

if TYPE_CHECKING:
    import pyarrow as pa

_MARK = b"PAR1"


class Parquet:
    """Reads a Parquet file whose columns are texts, numbers, truth values, days and times."""

    name: ClassVar[str] = "parquet"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the mark that such a file begins with."""
        return start.startswith(_MARK)

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the schema; InvalidInput where a column holds lists or the file is damaged."""
        import pyarrow as pa

        schema = ParquetRows(path).schema()
        for one in schema:
            if pa.types.is_nested(one.type) or pa.types.is_binary(one.type):
                message = f"holds {one.type}, not one value a row."
                refuse(path, f"column {one.name}", message, "Leave it out, or write it as text.")
        columns = [Column(at, "", name, name) for at, name in enumerate(schema.names)]
        # A time that knows its zone is stored as that of Greenwich.
        has_zone = any(pa.types.is_timestamp(one.type) and one.type.tz for one in schema)
        zone = "UTC" if has_zone else ""
        return Export(path, columns, ParquetRows(path), self.name, time_zone=zone)


register_reader(Parquet())


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a Parquet file, one by one or in blocks; the first has the number one."""

    path: Path

    def schema(self) -> "pa.Schema":
        """Return the columns of the file; InvalidInput where it is damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        with self.path.open("rb") as file:
            try:
                return pq.read_schema(file)
            except (pa.ArrowInvalid, OSError):
                refuse(self.path, "", "is no whole Parquet file.", "Write it again.")

    def __call__(self) -> Iterator[Row]:
        """Yield the number of each row and its cells."""
        width = len(self.schema())
        for block in self.blocks(range(width)):
            cells = [block.cells(at).to_pylist() for at in range(width)]
            yield from zip(block.numbers, map(list, zip(*cells, strict=True)), strict=True)

    def blocks(self, positions: Collection[int]) -> Iterator[Block]:
        """Yield the same rows in blocks that hold the columns at some positions."""
        import pyarrow.parquet as pq

        wanted = sorted(positions)
        with self.path.open("rb") as file:
            names = self.schema().names
            first = 1
            batches = pq.ParquetFile(file).iter_batches(BATCH, columns=[names[at] for at in wanted])
            for batch in batches:
                texts = {at: _write(batch.column(names[at])) for at in wanted}
                yield Block(range(first, first + len(batch)), texts.__getitem__)
                first += len(batch)


def _write(values: Any) -> "pa.Array":
    """Return values as the text that a spreadsheet would show, nothing where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_floating(kind):
        # Whole numbers have no decimals, as where a column of them lacks some.
        texts = pa.array([None if one is None else f"{one:.15g}" for one in values.to_pylist()])
        values = pc.if_else(pc.is_nan(values), None, texts.cast(pa.string()))
    elif pa.types.is_timestamp(kind):
        values = pc.strftime(values.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    return pc.fill_null(values.cast(pa.string()), "")
