"""Work in forks of this process, on systems that can fork, for processors that would idle."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """See to it that this process is killed when the one that forked it ends, in whatever way."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def count_processors() -> int:
    """Return how many processors may be used: ALTCRED_THREADS, if there are as many; at least 1."""
    if sys.platform != "linux":
        return 1
    there = len(os.sched_getaffinity(0))
    return max(min(there, int(os.environ.get("ALTCRED_THREADS") or there)), 1)


def is_alone() -> bool:
    """Tell whether this process has no thread but one, those of libraries included.

    A fork has only the thread that forked. A library that waits for another one waits for ever.
    """
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1


def begin_beside(work: Callable[[], None]) -> Callable[[], None]:
    """Begin work that leaves nothing but files in a fork, and return what waits for its end.

    Where it fails there, or nothing can be forked, it is done when it is waited for.
    """
    if count_processors() == 1 or not is_alone():
        return work
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            end_with(parent)
            work()
            code = 0
        finally:
            os._exit(code)

    def finish() -> None:
        if os.waitpid(process, 0)[1]:
            work()

    return finish


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Hold a folder until the end; another process that would hold it waits, and says so.

    Where a system or a disk knows no such locks nothing is held.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            logger.info("%s: waits for another build that writes here", folder)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            logger.debug("%s cannot be held: %s", folder, error)
        yield
    finally:
        os.close(handle)
