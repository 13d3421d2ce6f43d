"""Work in forks of this process, on systems that can fork, for processors that would idle."""

import ctypes
import logging
import os
import pickle
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
# How many forks a kernel may have; a build says it, on systems that can fork.
FORKS = "ALTCRED_FORKS"
# Processes that share a piece of work; with more the first pieces are all that is left to each.
MOST_AT_ONCE = 4
# A fork that takes so many seconds for a piece is not waited for.
_PATIENCE = 60.0


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


def begin_beside(work: Callable[[], Any]) -> Callable[[], Any]:
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


def count_forks() -> int:
    """Return how many forks of this process may do some of its work: none but in a build."""
    return int(os.environ.get(FORKS, "0"))


class Pieces:
    """Pieces of work, of which forks of this process do some before it comes to them.

    `work` is told a piece's number. Forks begin with the last one. Who does a piece holds the lock
    on its file, so that a fork that ends, in whatever way, leaves its piece to this process.
    """

    def __init__(self, number: int, work: Callable[[int], bytes]) -> None:
        self._work = work
        self._files = [os.memfd_create("piece") for _ in range(number)]
        self._forks: list[int] = []
        self._is_late = False

    def begin(self, forks: int) -> None:
        """Fork this process, as it is now."""
        parent = os.getpid()
        for _ in range(forks):
            with warnings.catch_warnings():
                # Python warns where there are threads. They are a kernel's, for its messages, and
                # a fork sends none.
                warnings.simplefilter("ignore", DeprecationWarning)
                process = os.fork()
            if process == 0:
                try:
                    end_with(parent)
                    # What a piece does in pieces of its own is not shared once more.
                    os.environ[FORKS] = "0"
                    self._work_from_last()
                finally:
                    os._exit(0)
            self._forks.append(process)

    def take(self, number: int) -> bytes:
        """Return what a fork made of a piece; where that is nothing this process is to do it."""
        file = self._files[number]
        until = time.monotonic() + _PATIENCE
        while not _lock(file):
            if time.monotonic() > until:
                self._is_late = True
                return b""
            time.sleep(0.002)
        return os.pread(file, os.fstat(file).st_size, 0)

    def end(self) -> None:
        """Leave nothing behind, when every piece was taken."""
        for process in self._forks:
            if self._is_late:
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        for file in self._files:
            os.close(file)

    def _work_from_last(self) -> None:
        import fcntl

        for number, file in reversed([*enumerate(self._files)]):
            if _lock(file):
                if not os.fstat(file).st_size:
                    os.pwrite(file, self._work(number), 0)
                fcntl.lockf(file, fcntl.LOCK_UN)


def _lock(file: int) -> bool:
    import fcntl

    with suppress(BlockingIOError, PermissionError):
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def side_by_side(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Return what each of some works returns, in their order; forks do some where they may.

    None of them may need what another leaves in memory. What fails in a fork is done here again,
    so that it fails here.
    """
    forks = min(count_forks(), len(works) - 1)
    if forks < 1:
        return [work() for work in works]
    pieces = Pieces(len(works), lambda number: pickle.dumps(works[number]()))
    pieces.begin(forks)
    try:
        return [
            pickle.loads(made) if (made := pieces.take(number)) else work()
            for number, work in enumerate(works)
        ]
    finally:
        pieces.end()


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
