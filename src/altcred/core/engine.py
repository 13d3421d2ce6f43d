"""The one seam to the SQL engine: DuckDB, in the process, or Spark where a study asks for it.

Every statement about rows goes through `Engine.run`, in the SQL that SQLGlot can carry to Spark
(core/spark.py), so that a study too large for one machine can move. Nothing here depends on the
number of threads.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from altcred.core.ahead import ahead
from altcred.core.errors import InvalidInput, refuse
from altcred.core.limits import find_limit
from altcred.core.mistakes import name_known
from altcred.core.processes import side_by_side

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# The engines by name; the first is taken where none is asked for.
ENGINES = ("duckdb", "spark")
# The environment's word on it, before that of study.yaml.
CHOSEN = "ALTCRED_ENGINE"
# Rows that are in memory at once on the way in and out of the engine. They are also the row
# groups of the Parquet files, so that a file's bytes do not depend on threads.
BATCH = 100_000
# Files of so many bytes in all may be read twice at once.
SMALL = 50_000_000


class Engine:
    """A DuckDB of its own, in memory, gone when closed.

    `threads` and `memory` ("2GB") bound what it takes; by default the environment's
    ALTCRED_THREADS and ALTCRED_MEMORY, or what DuckDB finds. What does not fit in memory is
    spilled to a private folder that is removed on closing.
    """

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="altcred-")
        threads = threads or int(os.environ.get("ALTCRED_THREADS", "0")) or None
        memory = memory or os.environ.get("ALTCRED_MEMORY") or None
        config: dict[str, Any] = {
            "temp_directory": self._folder.name,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads:
            config["threads"] = threads
        if memory:
            config["memory_limit"] = memory
        self._connection = duckdb.connect(":memory:", config=config)
        # Tables are compressed as they fill: answers of a survey take a tenth of the room so.
        self._connection.execute("ATTACH ':memory:' AS altcred (COMPRESS)")
        self._connection.execute("USE altcred")
        # A bar in a notebook's output would differ from run to run. Where there is none to switch
        # off, DuckDB refuses even to be told so.
        bar = "SELECT current_setting('enable_progress_bar')"
        if self._connection.execute(bar).fetchall()[0][0]:
            self._connection.execute("SET enable_progress_bar = false")
        self.statements: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the engine; InvalidInput in place of an error that says that a limit was met."""
        self.close()
        if (limit := find_limit(error)) is not None:
            raise InvalidInput([limit]) from None

    def close(self) -> None:
        """Close the engine and remove what it spilled."""
        self._connection.close()
        self._folder.cleanup()

    def open_splink(self) -> Any:
        """Return what splink runs its own statements with, among the tables of this engine."""
        from splink import DuckDBAPI

        return DuckDBAPI(self._connection)

    def run(self, statement: str) -> Any:
        """Run one statement; what it returns has `fetchall`, `df` and `to_arrow_reader`."""
        self.statements.append(statement)
        return self._connection.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query as tuples."""
        return self.run(query).fetchall()

    def value(self, query: str) -> Any:
        """Return the only value of a query of one row and one column."""
        return self.rows(query)[0][0]

    def frame(self, query: str) -> "pd.DataFrame":
        """Return the rows of a query as a DataFrame."""
        return self.run(query).df()

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return list(self._connection.table(table).columns)

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of a name."""
        query = "SELECT 1 FROM duckdb_tables() WHERE table_name = ?"
        return bool(self._connection.execute(query, [name]).fetchall())

    def read_parquet(self, name: str, path: Path) -> None:
        """Make the rows of a Parquet file known as `name`."""
        self._connection.read_parquet(str(path)).create_view(name, replace=True)

    def read_csv(self, name: str, path: Path) -> None:
        """Make the rows of a CSV file that altcred wrote known as `name`, every column as text."""
        self._connection.read_csv(str(path), header=True, all_varchar=True).create_view(
            name, replace=True
        )

    def add(self, name: str, data: "pa.Table | pd.DataFrame") -> None:
        """Make a frame known as `name`."""
        self._connection.register(name, data)

    def append(self, name: str, batch: "pa.Table") -> None:
        """Add rows to the table `name`, which is made with the first of them."""
        self._connection.register("altcred_batch", batch)
        if self.has_table(name):
            self._connection.execute(f"INSERT INTO {quoted(name)} SELECT * FROM altcred_batch")
        else:
            self._connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT * FROM altcred_batch")
        self._connection.unregister("altcred_batch")

    def create(
        self, name: str, query: str, source: str, batches: Iterator["pa.RecordBatch"]
    ) -> None:
        """Make a table of what a query gives of rows that come bit by bit.

        The query names them once, as `source`. Few of them are in memory at once.
        """
        import pyarrow as pa

        first = next(batches)
        reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))
        self._connection.register(source, reader)
        self.run(f"CREATE TABLE {quoted(name)} AS {query}")
        self._connection.unregister(source)

    def batches(self, query: str) -> Iterator["pa.RecordBatch"]:
        """Yield the rows of a query in batches of one size."""
        yield from self.run(query).to_arrow_reader(BATCH)

    def write_parquet(self, queries: str | Iterable[str], path: Path) -> int:
        """Write the rows of an ordered query to a Parquet file and return how many there are.

        Of several queries the rows of one follow those of the other. The same rows give the same
        bytes, whatever the number of threads and of queries.
        """
        import pyarrow.parquet as pq

        several = iter([queries] if isinstance(queries, str) else queries)
        first = self.run(next(several)).to_arrow_reader(BATCH)
        schema, written = first.schema, 0

        def batches() -> Iterator["pa.RecordBatch"]:
            yield from first
            for query in several:
                yield from self.batches(query)

        with pq.ParquetWriter(
            path, schema, compression="zstd", write_statistics=False, store_schema=True
        ) as writer:
            for table in ahead(_equal_tables(schema, batches())):
                writer.write_table(table, row_group_size=BATCH)
                written += table.num_rows
            if not written:
                writer.write_table(schema.empty_table())
        return written

    def write_csv(self, query: str, path: Path) -> int:
        """Write the rows of an ordered query to a CSV file and return how many there are.

        Truth values are written true and false, missing values as nothing, lines end in LF.
        """
        self.statements.append(query)
        return self._write_csv(query, path)

    def _write_csv(self, query: str, path: Path) -> int:
        options = "FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''"
        copied = self._connection.execute(f"COPY ({query}) TO {literal(str(path))} ({options})")
        return int(copied.fetchall()[0][0])


def _equal_tables(schema: "pa.Schema", batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.Table"]:
    """Cut batches into tables of BATCH rows, whatever sizes they come in."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        while count >= BATCH:
            table = pa.Table.from_batches(waiting, schema=schema)
            yield table.slice(0, BATCH).combine_chunks()
            waiting = table.slice(BATCH).to_batches()
            count -= BATCH
    if count:
        yield pa.Table.from_batches(waiting, schema=schema).combine_chunks()


def open_engine(asked: str = "", threads: int | None = None) -> Engine:
    """Return the engine that the environment's ALTCRED_ENGINE names, else the one `asked` for.

    `altcred run --engine` sets that variable; `asked` is what study.yaml says.
    """
    name = os.environ.get(CHOSEN) or asked or ENGINES[0]
    if name not in ENGINES:
        refuse("ALTCRED_ENGINE", "", f"names no engine: {name!r}.", name_known(name, ENGINES))
    if name == ENGINES[0]:
        return Engine(threads)
    from altcred.core.spark import SparkEngine

    return SparkEngine(threads)


def open_side_by_side(works: Sequence[Callable[[], Any]], asked: str, *files: Path) -> list[Any]:
    """Return what works that open an engine each return, side by side where they may.

    `asked` is what study.yaml says. Spark is a process of its own, which answers one caller; and
    large files, of those that the works read, take memory twice. Then they are done one by one.
    """
    name = os.environ.get(CHOSEN) or asked or ENGINES[0]
    is_small = sum(path.stat().st_size for path in files) < SMALL
    return side_by_side(works) if name == ENGINES[0] and is_small else [one() for one in works]


def quoted(name: str) -> str:
    """Return a column's or table's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | float | int) -> str:
    """Return a text or number as SQL writes it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(float(value))
