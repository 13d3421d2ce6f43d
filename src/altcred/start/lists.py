"""Keeps the lists that each build begins with (`altcred rooms`), and what they were made from.

Where nothing that they are made from has changed they are brought back, and where nothing that
decides what is built has, they are made without comparing that; both without most of the package,
which to load takes longer than a build that has nothing to do. Standard library only.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from altcred.core.code import hash_code

FOLDER = Path("data/processed/rooms")
KEPT = Path(".build/lists.json")
# What a person writes, of which the first decide what is built, and all are listed.
DECIDING = ("params.yaml", "cohorts/*/*")
WRITTEN = ("params.yaml", "requirements.lock", "cohorts/**/*", "notebooks/*.ipynb", "fonts/*")


class Lists:
    """The lists of this project, as they were kept and as they are to be."""

    def __init__(self) -> None:
        self.code = hash_code()
        self.inputs = self._hash(WRITTEN)
        self.kept = _read_kept()

    def _hash(self, patterns: Iterable[str]) -> str:
        found = hashlib.sha256(self.code.encode())
        paths = (path for name in patterns for path in Path().glob(name) if path.is_file())
        for path in sorted(paths):
            with open(path, "rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            found.update(f"{path}\0{content}\0".encode())
        return found.hexdigest()

    def are_restored(self) -> bool:
        """Bring the lists back, where they were made from what is there now; tell whether."""
        if self.kept.get("inputs") != self.inputs:
            return False
        lists = self.kept["lists"]
        for path in {*FOLDER.glob("*.txt")} - {FOLDER / name for name in lists}:
            path.unlink()
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in lists.items():
            # DVC hashes anew what was written, and removes before a step what that puts out.
            if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != text:
                (FOLDER / name).write_text(text, "utf-8", newline="\n")
        return True

    def is_decided(self) -> bool:
        """Tell whether what is built was found to be what is described, as that is now."""
        return self.kept.get("decided") == self._hash(DECIDING)

    def keep(self) -> None:
        """Keep the lists as they are now, unless something was edited meanwhile."""
        if (hash_code(), self._hash(WRITTEN)) != (self.code, self.inputs):
            return
        lists = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.txt"))}
        kept = {"inputs": self.inputs, "decided": self._hash(DECIDING), "lists": lists}
        aside = KEPT.with_suffix(".new")
        # Without them the next build takes a second more.
        with suppress(OSError):
            KEPT.parent.mkdir(exist_ok=True)
            aside.write_text(json.dumps(kept), "utf-8")
            aside.replace(KEPT)


def _read_kept() -> dict:
    try:
        kept = json.loads(KEPT.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
