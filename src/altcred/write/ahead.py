"""Cells of a chapter shown ahead of their turn, by processors that would have nothing to do.

Drawing takes most of a chapter's time, and no cell needs another. So in a build forks of the
kernel show cells from the last on, while the kernel shows them from the first; a cell that was
shown ahead is displayed as it came out. Who shows a cell holds the lock on its file, so that a
fork that ends, in whatever way, leaves its cell to the kernel.
"""

import json
import os
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress

from altcred.core.processes import end_with

# How many forks a kernel may have; a build says it, on systems that can fork.
FORKS = "ALTCRED_FORKS"
# Of fewer cells none is worth a fork.
_FEWEST = 4
# A fork that takes so many seconds for a cell is not waited for.
_PATIENCE = 60.0


def show_ahead(names: Sequence[str], show: Callable[[str], None]) -> Callable[[str], None]:
    """Return what shows a chapter's cells as `show` does, some ahead where this is a build."""
    forks = int(os.environ.get(FORKS, "0"))
    return Ahead(names, show, forks).show if forks and len(names) >= _FEWEST else show


class Ahead:
    """Shows a chapter's cells, of which `show` shows each, in this process and in forks of it."""

    def __init__(self, names: Sequence[str], show: Callable[[str], None], forks: int) -> None:
        self._show = show
        self._files = {name: os.memfd_create("cell") for name in names}
        self._forks = forks

    def show(self, name: str) -> None:
        """Show a cell, or what a fork made of it."""
        file = self._files.get(name)
        if file is None or not self._take(file) or not os.fstat(file).st_size:
            self._show(name)
            # Not before, so that the forks have what the first cell found out for all of them.
            self._fork()
            return
        from IPython.display import display

        for data, metadata in json.loads(os.pread(file, os.fstat(file).st_size, 0)):
            display(data, metadata=metadata, raw=True)

    def _take(self, file: int) -> bool:
        """Take a cell, after a fork that is at it, and tell whether that could be done."""
        until = time.monotonic() + _PATIENCE
        while not _lock(file):
            if time.monotonic() > until:
                return False
            time.sleep(0.002)
        return True

    def _fork(self) -> None:
        kernel = os.getpid()
        while self._forks:
            self._forks -= 1
            with warnings.catch_warnings():
                # Python warns where there are threads. They are the kernel's, for its messages,
                # and a fork sends none.
                warnings.simplefilter("ignore", DeprecationWarning)
                process = os.fork()
            if process == 0:
                try:
                    end_with(kernel)
                    # What a cell shows in parts is not shown ahead once more.
                    os.environ[FORKS] = "0"
                    self._show_from_last()
                finally:
                    os._exit(0)

    def _show_from_last(self) -> None:
        from IPython.utils.capture import capture_output

        for name, file in reversed(self._files.items()):
            if not _lock(file):
                continue
            if not os.fstat(file).st_size:
                with capture_output() as shown:
                    self._show(name)
                # What is printed comes in between outputs, which is not known here.
                if not (shown.stdout or shown.stderr):
                    outputs = [(one.data, one.metadata) for one in shown.outputs]
                    os.pwrite(file, json.dumps(outputs).encode(), 0)
            _unlock(file)


def _lock(file: int) -> bool:
    import fcntl

    with suppress(BlockingIOError, PermissionError):
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _unlock(file: int) -> None:
    import fcntl

    fcntl.lockf(file, fcntl.LOCK_UN)
