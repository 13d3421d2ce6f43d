"""Tells a full disk and memory that has run out from mistakes of the program."""

import errno

from altcred.core.errors import Problem

_FULL = (errno.ENOSPC, errno.EDQUOT)


def find_limit(error: BaseException | None) -> Problem | None:
    """Return what is to be done where a limit of the machine was met; None of any other error.

    DuckDB's errors are known by name, so that it need not be loaded to show one.
    """
    text = str(error)
    is_full = isinstance(error, OSError) and error.errno in _FULL
    if is_full or "No space left on device" in text or "max_temp_directory_size" in text:
        remedy = (
            "Make room where the project lies and in the folder for temporary files (TMPDIR), and "
            "run the step again: it has left nothing half written."
        )
        return Problem("disk", "", "is full.", remedy)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        remedy = (
            "Raise ALTCRED_MEMORY if it is set, such as to 4GB, or lower ALTCRED_THREADS, and run "
            "the step again: it has left nothing half written."
        )
        return Problem("memory", "", "does not suffice for this step.", remedy)
    return None
