"""Keeps the lists that each build begins with (`altcred rooms`), and what they were made from.

Where nothing that they are made from has changed they are brought back without loading the
package, which takes most of a build that has nothing to do. Standard library only.
"""

import hashlib
import json
from pathlib import Path

from altcred.core.code import hash_code

FOLDER = Path("data/processed/rooms")
KEPT = Path(".build/lists.json")
# What a person writes, which decides what is built and is listed.
WRITTEN = ("params.yaml", "cohorts/**/*", "notebooks/*.ipynb", "fonts/*")


def hash_inputs() -> str:
    """Return a hash of all that the lists are made from, and of what makes and checks them."""
    found = hashlib.sha256(hash_code().encode())
    for path in sorted(path for name in WRITTEN for path in Path().glob(name) if path.is_file()):
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        found.update(f"{path}\0{content}\0".encode())
    return found.hexdigest()


def restore_lists(inputs: str) -> bool:
    """Bring back the lists that were made from these inputs, if they were; tell whether."""
    try:
        kept = json.loads(KEPT.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    if kept["inputs"] != inputs:
        return False
    for path in {*FOLDER.glob("*.txt")} - {FOLDER / name for name in kept["lists"]}:
        path.unlink()
    for name, text in kept["lists"].items():
        # DVC hashes anew what was written, and removes before a step what that puts out.
        if _read(FOLDER / name) != text:
            (FOLDER / name).write_text(text, "utf-8", newline="\n")
    return True


def keep_lists(inputs: str) -> None:
    """Keep the lists as they are now, made from these inputs."""
    lists = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.txt"))}
    KEPT.parent.mkdir(exist_ok=True)
    aside = KEPT.with_suffix(".new")
    aside.write_text(json.dumps({"inputs": inputs, "lists": lists}), "utf-8")
    aside.replace(KEPT)


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None
