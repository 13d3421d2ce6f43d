"""Keeps what takes long to draw or to write under .build, for the next report to take it.

A content is found by a hash of all that it is made from: code, packages, the report's look, fonts,
and what is given. So it is never that of anything else, and losing it costs only time.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from altcred.core.code import hash_code
from altcred.core.fonts import FOLDER as FONTS
from altcred.core.paths import project_root

FOLDER = Path(".build/report")
TEMPLATE = Path("report/template")
# Of what was used last, so much stays.
MOST_BYTES = 300_000_000
_DIGEST = 32

# Something that a content is made from.
Given = str | bytes | Mapping[str, bytes] | Iterable[str]


class Store:
    """What was made for earlier reports of this project."""

    def __init__(self) -> None:
        root = project_root()
        self.folder = root / FOLDER
        looks = [path for one in (TEMPLATE, FONTS) for path in sorted((root / one).rglob("*"))]
        files = {path.relative_to(root).as_posix(): path for path in looks if path.is_file()}
        self._base = _hash(hash_code(), {name: path.read_bytes() for name, path in files.items()})

    def place(self, *given: Given) -> Path:
        """Return where the content is kept that is made from what is given."""
        return self.folder / _hash(self._base, *given).hex()

    def keep(self, make: Callable[[], bytes], *given: Given) -> bytes:
        """Return what `make` makes from what is given, made now or before."""
        place = self.place(*given)
        content = read_kept(place)
        if content is None:
            content = make()
            write_kept(place, content)
        return content

    def tidy(self, most: int = MOST_BYTES) -> None:
        """Remove what was not used for longest, but for so many bytes."""
        about = []
        for path in self.folder.glob("*"):
            # Another report may be built at the same time.
            with suppress(FileNotFoundError):
                about.append((path, path.stat()))
        for path, stat in sorted(about, key=lambda one: (-one[1].st_mtime_ns, one[0])):
            most -= stat.st_size
            if most < 0:
                path.unlink(missing_ok=True)


def read_kept(place: Path) -> bytes | None:
    """Return the content at a place, None where it is not there as it was written."""
    try:
        kept = place.read_bytes()
        os.utime(place)
    except OSError:
        return None
    content = kept[_DIGEST:]
    return content if hashlib.sha256(content).digest() == kept[:_DIGEST] else None


def write_kept(place: Path, content: bytes) -> None:
    """Keep a content with its digest before it; a report does without where that cannot be."""
    aside = place.with_name(f".{place.name}.{os.getpid()}")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(hashlib.sha256(content).digest() + content)
        aside.replace(place)


def _hash(*given: Given) -> bytes:
    """Return a hash of what something is made from, with the length of each part before it."""
    found = hashlib.sha256()
    for one in given:
        if isinstance(one, Mapping):
            parts = [part for name in sorted(one) for part in (name.encode(), one[name])]
        elif isinstance(one, str | bytes):
            parts = [one.encode() if isinstance(one, str) else one]
        else:
            parts = [part.encode() for part in one]
        found.update(f"{len(parts)};".encode())
        for part in parts:
            found.update(f"{len(part)}:".encode())
            found.update(part)
    return found.digest()
