"""The other engine: Apache Spark, for a study that is too large for one machine.

It runs the statements that DuckDB runs, carried by SQLGlot. What a function does differently in
Spark is written out here (`carry`), once and with a test, so that both give the same rows. What a
statement returns passes through a DuckDB in this process, so that files, frames and tuples are
made by the same code from both.

The session is that of core/cluster.py. pyspark and SQLGlot are loaded in these two alone.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from altcred.core.cluster import has_ended, open_session
from altcred.core.engine import Engine, quoted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# What results rest on, whatever else is configured. ANSI: what cannot be read as a number, or is
# too large for one, is an error as in DuckDB, and not silently missing.
_FIXED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
# Rows that are handed over again with each statement, in place of being kept once.
_FEW = 10_000


class SparkEngine(Engine):
    """A Spark session of its own with the face of `Engine`; its tables are gone when closed.

    `threads` and `memory` bound what Spark takes on this machine, where it runs on no other.
    """

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        session = open_session(threads, memory)
        super().__init__(threads=1)
        self._spark = session.newSession()
        for key, value in _FIXED.items():
            self._spark.conf.set(key, value)
        self._tables: dict[str, Any] = {}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it; where Java has ended, as it does for want of memory, say so."""
        if error is not None and has_ended(self._spark):
            error = RuntimeError("java.lang.OutOfMemoryError")
        super().__exit__(kind, error, trace)

    def close(self) -> None:
        """Forget the tables."""
        # Of a Java that has ended there are none, and what ended it is told by another error.
        with suppress(Exception):
            for name in self._tables:
                self._spark.catalog.dropTempView(_back_quoted(name))
        self._tables.clear()
        super().close()

    def run(self, statement: str) -> Any:
        """Run one statement; of a query its rows are then in DuckDB's hands."""
        from sqlglot import exp, parse_one

        self.statements.append(statement)
        tree = parse_one(statement, read="duckdb")
        if isinstance(tree, exp.Create):
            return self._create(tree)
        if isinstance(tree, exp.Insert):
            name = tree.this.name
            # Kept before it is put together: of a union that is kept Spark may lose columns.
            more = self._keep(self._query(tree.expression))
            return self._set(name, self._tables[name].union(more))
        if isinstance(tree, exp.Drop):
            name = next(tree.find_all(exp.Table)).name
            self._tables.pop(name)
            return self._spark.catalog.dropTempView(_back_quoted(name))
        return self._collect(tree)

    def _create(self, tree: Any) -> None:
        from sqlglot import exp

        if isinstance(tree.this, exp.Schema):
            columns = ", ".join(one.sql("spark") for one in tree.this.expressions)
            return self._set(tree.this.this.name, self._spark.createDataFrame([], columns))
        found = self._query(tree.expression)
        return self._set(tree.this.name, found if tree.kind == "VIEW" else self._keep(found))

    def _query(self, tree: Any) -> Any:
        return self._spark.sql(carry(tree.copy()))

    def _collect(self, tree: Any) -> Any:
        """Return the rows of a query in DuckDB's hands, which puts them in order where it can.

        Spark would have to work them out twice for that.
        """
        from sqlglot import exp

        order, bare = tree.args.get("order"), tree.copy()
        names = [name.casefold() for name in tree.named_selects]
        is_plain = isinstance(tree, exp.Select) and not tree.args.get("distinct")
        keys, added = [], 0
        for one in order.expressions if order else ():
            key, written = one.this, one.copy()
            is_of_result = isinstance(key, exp.Column) and not key.table
            if not isinstance(key, exp.Literal) and not (
                is_of_result and key.name.casefold() in names
            ):
                # What is not among its columns goes with them, until they are in order.
                own = f"@order_{added}"
                added += 1
                written.set("this", exp.column(own, quoted=True))
                if is_plain:
                    bare = bare.select(exp.alias_(key.copy(), own, quoted=True))
            keys.append(written.sql("duckdb"))
        if not keys or (added and not is_plain) or len(set(names)) < len(names):
            return self._connection.from_arrow(_plain(self._query(tree).toArrow()))
        bare.set("order", None)
        table = _plain(self._query(bare).toArrow())
        rows = self._connection.from_arrow(table).order(", ".join(keys))
        return rows.project(", ".join(map(quoted, table.column_names[: -added or None])))

    def _keep(self, found: Any) -> Any:
        """Have a table worked out now, and once."""
        # Else the plan of each table would hold those of all before it.
        if self._spark.conf.get("spark.checkpoint.dir", ""):
            return found.checkpoint()
        return found.localCheckpoint()

    def _set(self, name: str, found: Any) -> None:
        found.createOrReplaceTempView(_back_quoted(name))
        self._tables[name] = found

    def open_splink(self) -> Any:
        """Return what splink runs its own statements with, among the tables of this engine."""
        from splink.backends.spark import SparkAPI

        # None of its own functions in Java is needed to compare for equality.
        return SparkAPI(
            spark_session=self._spark,
            break_lineage_method="persist",
            register_udfs_automatically=False,
        )

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return list(self._tables[table].columns)

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of a name."""
        return name in self._tables

    def read_parquet(self, name: str, path: Path) -> None:
        """Make the rows of a Parquet file known as `name`."""
        self._set(name, self._spark.read.parquet(_address(path)))

    def read_csv(self, name: str, path: Path) -> None:
        """Make the rows of a CSV file that altcred wrote known as `name`, every column as text."""
        options = {"header": True, "quote": '"', "escape": '"', "multiLine": True}
        self._set(name, self._spark.read.csv(_address(path), inferSchema=False, **options))

    def add(self, name: str, data: "pa.Table | pd.DataFrame") -> None:
        """Make a frame known as `name`."""
        import pyarrow as pa

        table = data if isinstance(data, pa.Table) else pa.Table.from_pandas(data)
        self._set(name, self._spark.createDataFrame(table))

    def append(self, name: str, batch: "pa.Table") -> None:
        """Add rows to the table `name`, which is made with the first of them."""
        more = self._spark.createDataFrame(batch)
        if batch.num_rows > _FEW:
            more = self._keep(more)
        self._set(name, self._tables[name].union(more) if name in self._tables else more)

    def create(
        self, name: str, query: str, source: str, batches: Iterator["pa.RecordBatch"]
    ) -> None:
        """Make a table of what a query gives of rows that come bit by bit."""
        import pyarrow as pa

        for place, batch in enumerate(batches):
            self.add(source, pa.Table.from_batches([batch]))
            begin = f"INSERT INTO {quoted(name)}" if place else f"CREATE TABLE {quoted(name)} AS"
            self.run(f"{begin} {query}")

    def write_csv(self, query: str, path: Path) -> int:
        """Write the rows of an ordered query to a CSV file and return how many there are."""
        self._connection.register("altcred_rows", self.run(query).to_arrow_table())
        try:
            return self._write_csv("SELECT * FROM altcred_rows", path)
        finally:
            self._connection.unregister("altcred_rows")


def carry(tree: Any) -> str:
    """Return a statement of DuckDB as Spark has it; `tree` is what SQLGlot read it as."""
    from sqlglot import ErrorLevel, exp, parse_one

    # From within, since what stands for a function holds what it is of.
    for node in reversed(list(tree.find_all(exp.Div, exp.Round, exp.Cast, exp.Anonymous))):
        template, more = _differs(node)
        if template:
            given = {"one": node.this, "other": node.args.get("expression"), **more}
            node.replace(exp.replace_placeholders(parse_one(template, read="spark"), **given))
    return str(tree.sql("spark", unsupported_level=ErrorLevel.RAISE))


def _differs(node: Any) -> tuple[str, dict[str, Any]]:
    """Return what to write for what is different in Spark, and what it is of; else nothing."""
    from sqlglot import exp

    if isinstance(node, exp.Div):
        # DuckDB divides doubles, and by nought as well.
        return (
            "CASE WHEN CAST(:other AS DOUBLE) = 0 THEN CAST(:one AS DOUBLE) * DOUBLE('Infinity') "
            "ELSE CAST(:one AS DOUBLE) / CAST(:other AS DOUBLE) END"
        ), {}
    if isinstance(node, exp.Round) and (digits := node.args.get("decimals")) is not None:
        # DuckDB rounds the number that a double is and keeps the sign of nought, Spark rounds the
        # one that it is written as.
        scale = exp.Literal.number(f"1e{digits.name}")
        rounded = (
            "ROUND(ABS(CAST(:one AS DOUBLE)) * :scale) / :scale * SIGNUM(CAST(:one AS DOUBLE))"
        )
        return rounded, {"scale": scale}
    if isinstance(node, exp.Cast) and node.to.is_type("decimal") and node.find(exp.Div):
        # The same of a quotient that becomes a decimal.
        digits = node.to.expressions[1].name
        return (
            "CAST(CAST(ROUND(CAST(:one AS DOUBLE) * :scale) AS DECIMAL(18, 0)) * CAST(:unit AS "
            f"DECIMAL({digits}, {digits})) AS {node.to.sql('spark')})"
        ), {"scale": exp.Literal.number(f"1e{digits}"), "unit": exp.Literal.string(f"1e-{digits}")}
    if isinstance(node, exp.Cast) and node.to.is_type("bit"):
        # Sixty at a time, since Spark knows none but the bits of a number.
        return (
            "TRANSFORM(SEQUENCE(0, LENGTH(:one) DIV 60), "
            "part -> CAST(CONV(SUBSTRING(:one, 60 * part + 1, 60), 2, 10) AS BIGINT))"
        ), {}
    if isinstance(node, exp.Anonymous) and node.name.lower() == "bit_count":
        both = node.expressions[0]
        if isinstance(both, exp.BitwiseAnd):
            bits = "ZIP_WITH(:a, :b, (a, b) -> a & b)"
            given = {"a": both.this, "b": both.expression}
        else:
            bits, given = ":a", {"a": both}
        return f"AGGREGATE({bits}, 0, (sum, part) -> sum + BIT_COUNT(part))", given
    return "", {}


def _plain(table: "pa.Table") -> "pa.Table":
    """Return a table whose columns all may be missing, as DuckDB has them."""
    import pyarrow as pa

    names = table.column_names
    if len({one.casefold() for one in names}) < len(names):
        # Of columns that nobody named several may be called alike.
        names = [f"{one}:{at}" for at, one in enumerate(names)]
    fields = zip(names, table.schema.types, strict=True)
    return table.rename_columns(names).cast(pa.schema([pa.field(*one) for one in fields]))


def _address(path: Path) -> str:
    """Return a file of this machine as Spark names it, whatever its usual file system is."""
    return Path(path).resolve().as_uri()


def _back_quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
