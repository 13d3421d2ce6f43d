"""Cells of a chapter shown ahead of their turn, by processors that would have nothing to do.

Drawing takes most of a chapter's time, and no cell needs another. So in a build forks of the
kernel show cells from the last on, while the kernel shows them from the first; a cell that was
shown ahead is displayed as it came out.
"""

import json
from collections.abc import Callable, Sequence

from altcred.core.processes import Pieces, count_forks

# Of fewer cells none is worth a fork.
_FEWEST = 4


def show_ahead(names: Sequence[str], show: Callable[[str], None]) -> Callable[[str], None]:
    """Return what shows a chapter's cells as `show` does, some ahead where this is a build."""
    forks = count_forks()
    return Ahead(names, show, forks).show if forks and len(names) >= _FEWEST else show


class Ahead:
    """Shows a chapter's cells, of which `show` shows each, in this process and in forks of it."""

    def __init__(self, names: Sequence[str], show: Callable[[str], None], forks: int) -> None:
        self._show = show
        self._names = [*names]
        self._pieces = Pieces(len(names), self._write)
        self._forks = forks

    def show(self, name: str) -> None:
        """Show a cell, or what a fork made of it."""
        shown = self._pieces.take(self._names.index(name)) if name in self._names else b""
        if not shown:
            self._show(name)
            # Not before, so that the forks have what the first cell found out for all of them.
            self._pieces.begin(self._forks)
            self._forks = 0
            return
        from IPython.display import display

        for data, metadata in json.loads(shown):
            display(data, metadata=metadata, raw=True)

    def _write(self, number: int) -> bytes:
        """Return what a cell puts out."""
        from IPython.utils.capture import capture_output

        with capture_output() as shown:
            self._show(self._names[number])
        # What is printed comes in between outputs, which is not known here.
        if shown.stdout or shown.stderr:
            return b""
        return json.dumps([(one.data, one.metadata) for one in shown.outputs]).encode()
