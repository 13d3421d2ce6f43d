"""Exports that are folders of files, and those that lie where Spark can read: on HDFS or S3.

Their bytes come to this process and are read by the readers of this package as any other file's
are. Spark itself is never given a cell, so that addresses and codes are in no table, temporary
file or log of it before they are tokens.
"""

import io
import re
from pathlib import Path
from typing import IO, Any

from altcred.core.errors import refuse

# hdfs://host/folder, s3a://bucket/file.csv, file:///data: what Spark calls files by.
_ADDRESS = re.compile(r"[a-z][a-z0-9+]+://")
# How much is fetched at once.
_PART = 1 << 22


class Stored(type(Path())):  # type: ignore[misc]
    """A file by its address, with as much of the face of a path as readers use."""

    def __new__(cls, address: str) -> "Stored":
        made = super().__new__(cls, address)
        made.address = address
        return made

    def __str__(self) -> str:
        return str(self.address)

    def is_file(self, **_: Any) -> bool:
        """Tell that it is one, since it was listed."""
        return True

    def open(self, mode: str = "r", buffering: int = -1, *_: Any, **__: Any) -> IO[Any]:
        """Open it for reading bytes."""
        from altcred.core.cluster import StoredBytes

        return io.BufferedReader(StoredBytes(self.address), _PART)


def list_files(folder: Path, name: str) -> list[Path]:
    """Return the files that an export names: of a folder all, by their names, else the one.

    What begins with a point or a dash below is none, as `_SUCCESS` that Spark leaves.
    """
    if _ADDRESS.match(name):
        from altcred.core.cluster import list_stored

        found: list[Path] = [Stored(one) for one in list_stored(name)]
    elif (folder / name).is_dir() and folder / name != folder:
        found = sorted(one for one in (folder / name).iterdir() if one.is_file())
    else:
        return [folder / name]
    files = [one for one in found if one.name[0] not in "._"]
    if not files:
        refuse(name, "", "is no file, and no folder with files.", "Correct it under exports:.")
    return files
