"""The other engine: Apache Spark, for a study that is too large for one machine.

It runs the statements that DuckDB runs, carried by SQLGlot. What a function does differently in
Spark is written out here (`carry`), once and with a test, so that both give the same rows. What a
statement returns passes through a DuckDB in this process, so that files, frames and tuples are
made by the same code from both.

One session a process, on the usual master. pyspark and SQLGlot are loaded here and nowhere else.
"""

import atexit
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from altcred.core.engine import Engine
from altcred.core.errors import InvalidInput, Problem

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
# What is only quicker or quieter so, unless spark-defaults.conf says otherwise.
_USUAL = {
    "spark.app.name": "altcred",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.maxResultSize": "0",
    "spark.sql.adaptive.enabled": "true",
}
# On one machine, where the usual two hundred parts of a table would each cost a start.
_ALONE = {
    # Half the work of compiling and of collecting garbage, on few processors.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.pyspark.python": sys.executable,
    "spark.pyspark.driver.python": sys.executable,
    "spark.sql.shuffle.partitions": "4",
}
_JAVA_FROM = 17
# Rows that are handed over again with each statement, in place of being kept once.
_FEW = 10_000
# By the process that started it, since a fork cannot use it.
sessions: dict[int, Any] = {}


class SparkEngine(Engine):
    """A Spark session of its own with the face of `Engine`; its tables are gone when closed.

    `threads` and `memory` bound what Spark takes on this machine, where it runs on no other.
    """

    def __init__(self, threads: int | None = None, memory: str | None = None) -> None:
        session = _open_session(threads, memory)
        super().__init__(threads=1)
        self._spark = session.newSession()
        for key, value in _FIXED.items():
            self._spark.conf.set(key, value)
        self._tables: dict[str, Any] = {}

    def close(self) -> None:
        """Forget the tables."""
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
        return self._connection.from_arrow(_plain(self._query(tree).toArrow()))

    def _create(self, tree: Any) -> None:
        from sqlglot import exp

        if isinstance(tree.this, exp.Schema):
            columns = ", ".join(one.sql("spark") for one in tree.this.expressions)
            return self._set(tree.this.this.name, self._spark.createDataFrame([], columns))
        found = self._query(tree.expression)
        return self._set(tree.this.name, found if tree.kind == "VIEW" else self._keep(found))

    def _query(self, tree: Any) -> Any:
        return self._spark.sql(carry(tree))

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


def _open_session(threads: int | None, memory: str | None) -> Any:
    """Return the session of this process, which is started where there is none."""
    if os.getpid() in sessions:
        return sessions[os.getpid()]
    _check_java()
    # Nothing of what it may not fully support passes through pandas; a notebook would show it.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        import sqlglot  # noqa: F401
        from pyspark import java_gateway
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise _lacking(f"the package {error.name}", "Install altcred[spark].") from None
    # A kernel is killed with all its group when its chapter is done. Java ends by itself then, as
    # what it listens to is closed, and only by itself does it remove what it put on the disk.
    java_gateway.Popen = partial(subprocess.Popen, start_new_session=True)
    given = read_defaults()
    master = os.environ.get("SPARK_MASTER") or given.get("spark.master") or ""
    threads = threads or int(os.environ.get("ALTCRED_THREADS", "0")) or None
    memory = memory or os.environ.get("ALTCRED_MEMORY") or None
    settings = dict(_USUAL)
    if not master:
        master = f"local[{threads or '*'}]"
    if master.startswith("local"):
        settings |= _ALONE
    if memory:
        settings["spark.driver.memory"] = memory.upper().removesuffix("B").lower()
    builder = SparkSession.builder.master(master)
    for key, value in settings.items():
        if key not in given:
            builder = builder.config(key, value)
    with _apart() as said:
        try:
            session = builder.getOrCreate()
        except Exception as error:
            said.seek(0)
            lines = said.read().decode(errors="replace").splitlines() or str(error).splitlines()
            remedy = (
                f"Look whether Java is {_JAVA_FROM} or newer, and whether the master "
                f"{master} can be reached; Spark's last word was: {lines[-1][:200]}"
            )
            raise _lacking("a Spark that starts", remedy) from None
    sessions[os.getpid()] = session
    atexit.register(_close_session, os.getpid())
    return session


def _close_session(process: int) -> None:
    if os.getpid() == process:
        sessions.pop(process).stop()


def _lacking(what: str, remedy: str) -> InvalidInput:
    return InvalidInput([Problem("engine: spark", "", f"needs {what}.", remedy)])


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which(os.path.join(home, "bin", "java") if home else "java") is None:
        remedy = f"Install Java {_JAVA_FROM} or newer, and let JAVA_HOME or PATH lead to it."
        raise _lacking(f"Java {_JAVA_FROM} or newer, and there is none", remedy)


def read_defaults() -> dict[str, str]:
    """Return what spark-defaults.conf says."""
    home = os.environ.get("SPARK_HOME")
    folder = os.environ.get("SPARK_CONF_DIR") or (home and os.path.join(home, "conf"))
    path = Path(folder or ".", "spark-defaults.conf")
    if not folder or not path.is_file():
        return {}
    told = re.findall(r"^\s*([^\s#=]+)[ \t]*[=\s][ \t]*(.*?)\s*$", path.read_text("utf-8"), re.M)
    return dict(told)


class StoredBytes(io.RawIOBase):
    """The bytes of a file that Spark can reach, read as they are asked for."""

    def __init__(self, address: str) -> None:
        system, path = _find_stored(address)
        self._size, self._at = system.getFileStatus(path).getLen(), 0
        self._stream = system.open(path)

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that one may go back in it."""
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + place
        self._stream.seek(self._at)
        return self._at

    def readinto(self, room: Any) -> int:
        """Fill what there is room for, and return how much that was."""
        content = self._stream.readNBytes(len(room))
        room[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        """Close it where it lies."""
        if not self.closed:
            self._stream.close()
        super().close()


def list_stored(address: str) -> list[str]:
    """Return the addresses of the files in a folder that Spark can reach, or the file's own."""
    from py4j.protocol import Py4JJavaError

    try:
        system, path = _find_stored(address)
        return sorted(str(one.getPath()) for one in system.listStatus(path) if one.isFile())
    except Py4JJavaError as error:
        told = str(error.java_exception.getMessage()).splitlines() or [""]
        remedy = f"Correct it, or what Spark knows of it; it says: {told[0][:200]}"
        raise InvalidInput([Problem(address, "", "cannot be read.", remedy)]) from None


def _find_stored(address: str) -> tuple[Any, Any]:
    session = _open_session(None, None)
    path = session._jvm.org.apache.hadoop.fs.Path(address)
    return path.getFileSystem(session._jsc.hadoopConfiguration()), path


@contextmanager
def _apart() -> Iterator[Any]:
    """Give what is started here a file without a name to write its messages to.

    What Java says of itself would else stand in a notebook's outputs, and differ from run to run.
    """
    sys.stderr.flush()
    before = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(before, 2)
            os.close(before)
