"""The Spark session of a process, on the usual master, and the files that it can reach.

What Spark needs is looked for before it is started, since that takes seconds and its own messages
fill pages.
"""

import atexit
import importlib.util
import io
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from altcred.core.errors import InvalidInput, Problem

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
# Seconds in which a master must answer.
_PATIENCE = 10
# By the process that started it, since a fork cannot use it.
sessions: dict[int, Any] = {}


def open_session(threads: int | None = None, memory: str | None = None) -> Any:
    """Return the session of this process, which is started where there is none.

    InvalidInput where Java, a package or the master is missing.
    """
    if os.getpid() in sessions:
        return sessions[os.getpid()]
    check_spark()
    # Nothing of what it may not fully support passes through pandas; a notebook would show it.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    # Of a Java that has ended it would show how it was talked to; altcred says so in a line.
    logging.getLogger().addFilter(lambda record: "py4j" not in record.pathname)
    from pyspark import java_gateway
    from pyspark.sql import SparkSession

    # A kernel is killed with all its group when its chapter is done. Java ends by itself then, as
    # what it listens to is closed, and only by itself does it remove what it put on the disk.
    java_gateway.Popen = partial(subprocess.Popen, start_new_session=True)
    given = read_defaults()
    threads = threads or int(os.environ.get("ALTCRED_THREADS", "0")) or None
    memory = memory or os.environ.get("ALTCRED_MEMORY") or None
    settings = dict(_USUAL)
    master = _find_master() or f"local[{threads or '*'}]"
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
                f"Look at its settings, and whether the master {master} takes applications; "
                f"its last word was: {lines[-1][:200]}"
            )
            raise _lacking("a Spark that starts", remedy) from None
    sessions[os.getpid()] = session
    atexit.register(_close_session, os.getpid())
    return session


def has_ended(session: Any) -> bool:
    """Tell whether the Java of a session has ended, or ends within a moment."""
    java = session.sparkContext._gateway.proc
    with suppress(subprocess.TimeoutExpired):
        # Its line is cut off before it is gone.
        java.wait(timeout=2)
    return java.poll() is not None


def _close_session(process: int) -> None:
    if os.getpid() == process:
        # Java may have ended before.
        with suppress(Exception):
            sessions.pop(process).stop()


def _lacking(what: str, remedy: str) -> InvalidInput:
    return InvalidInput([Problem("engine: spark", "", f"needs {what}.", remedy)])


def check_spark() -> None:
    """Refuse Spark where what it needs is missing: Java, its packages, or a master that answers."""
    _check_java()
    for package in ("pyspark", "sqlglot"):
        if importlib.util.find_spec(package) is None:
            raise _lacking(f"the package {package}", "Install altcred[spark].")
    master = _find_master()
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        with suppress(OSError, ValueError), socket.create_connection((host, int(port)), _PATIENCE):
            return
    remedy = "Start it, or correct SPARK_MASTER or spark.master of spark-defaults.conf."
    raise _lacking(f"the master {master}, which does not answer", remedy)


def _find_master() -> str:
    return os.environ.get("SPARK_MASTER") or read_defaults().get("spark.master") or ""


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(os.path.join(home, "bin", "java") if home else "java")
    what = f"Java {_JAVA_FROM} or newer"
    remedy = f"Install {what}, and let JAVA_HOME or PATH lead to it."
    if java is None:
        raise _lacking(f"{what}, and there is none", remedy)
    told = ""
    with suppress(OSError):
        told = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) < _JAVA_FROM:
        there = version[1] if version else f"none that starts at {java}"
        raise _lacking(f"{what}, and there is {there}", remedy)


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
    session = open_session()
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
