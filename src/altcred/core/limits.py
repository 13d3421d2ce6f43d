"""Tells a full disk, a closed folder, too little memory and a step left out from mistakes."""

import errno
import re

from altcred.core.errors import Problem

# A file that would be larger than the user may write has met a limit as well.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
# What Spark says of workers' memory; 52 and 137 are how a process ends for want of it.
_OUT_OF_JAVA = re.compile(
    r"java\.lang\.OutOfMemoryError|Unable to acquire \d+ bytes|exited with code (52|137)\b"
)
_LOST_WORKER = re.compile(r"Checkpoint block \S+ not found|ExecutorLostFailure")
# How an error is written where only its text is left, as of a cell of a notebook.
_WRITTEN = re.compile(r"\[Errno (\d+)\] [^:]*(?:: '([^']*)')?")

_LACKING = re.compile(
    r"""(?:No such file or directory: |match the pattern )["'](data/processed/[^"']+)"""
)


def read_error(name: str, text: str) -> BaseException | None:
    """Return an error of the machine by its name and text; None of any other error."""
    if name == "MemoryError":
        return MemoryError(text)
    found = _WRITTEN.match(text)
    return OSError(int(found[1]), text, found[2]) if found else None


def find_limit(error: BaseException | None) -> Problem | None:
    """Return what is to be done where a limit of the machine was met; None of any other error.

    DuckDB's errors are known by name, so that it need not be loaded to show one.
    """
    text = str(error)
    is_full = isinstance(error, OSError) and error.errno in _FULL
    if is_full or "No space left on device" in text or "max_temp_directory_size" in text:
        remedy = (
            "Make room where the project lies, where it writes to and in the folder for temporary "
            "files (TMPDIR), and run the step again: it has left nothing half written."
        )
        return Problem("disk", "", "is full.", remedy)
    is_closed = isinstance(error, OSError) and error.errno in _CLOSED
    is_of_engine = type(error).__name__ == "IOException"
    if is_closed or (is_of_engine and re.search("Permission denied|Read-only file", text)):
        quoted = re.search(r'"([^"]+)"', text)
        place = getattr(error, "filename", None) or (quoted[1] if quoted else "the project")
        remedy = (
            "Let the user who builds write in its folder (it may belong to another user, or lie on "
            "a disk that is read-only), and run the step again."
        )
        return Problem(str(place), "", "may not be opened or written.", remedy)
    if _OUT_OF_JAVA.search(text):
        remedy = (
            "Raise ALTCRED_MEMORY, such as to 4GB, or for workers spark.executor.memory, and run "
            "the step again: it has left nothing half written."
        )
        return Problem("memory", "", "that Java may have does not suffice for this step.", remedy)
    if _LOST_WORKER.search(text):
        remedy = (
            "Run the step again; with spark.checkpoint.dir on a disk that all workers share it "
            "goes on without them."
        )
        return Problem("engine: spark", "", "lost a worker, and what it kept.", remedy)
    lacking = _LACKING.search(text)
    if lacking and (is_of_engine or isinstance(error, FileNotFoundError)):
        return Problem(
            lacking[1], "", "is not there yet.", "Run the steps that make it: dvc repro."
        )
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        remedy = (
            "Raise ALTCRED_MEMORY if it is set, such as to 4GB, or lower ALTCRED_THREADS, and run "
            "the step again: it has left nothing half written."
        )
        return Problem("memory", "", "does not suffice for this step.", remedy)
    return None
