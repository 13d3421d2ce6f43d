"""Trees of links in which steps run before DVC asks for them, and the way out of them.

A tree has all of the project but what its step makes. Where the project's steps write, each file
is linked, since these are moved and written anew; every other folder is linked as one.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import md5
from pathlib import Path
from typing import Any

from altcred.build.store import FOLDER as KEPT
from altcred.start import AHEAD


def clear(root: Path) -> None:
    """Remove all trees of a project."""
    shutil.rmtree(root / AHEAD, ignore_errors=True)


def hash_path(path: Path) -> str:
    """Return the hash that DVC writes down of a file or folder; empty where there is none."""
    if path.is_dir():
        names = sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())
        listed = [{"md5": hash_path(path / name), "relpath": name} for name in names]
        return md5(json.dumps(listed).encode(), usedforsecurity=False).hexdigest() + ".dir"
    return md5(path.read_bytes(), usedforsecurity=False).hexdigest() if path.is_file() else ""


class Tree:
    """The tree of one step of the project at `root`."""

    def __init__(self, root: Path, name: str) -> None:
        self.root = root
        self._folder = root / AHEAD / name
        self.place = self._folder / "tree"
        # What lies there after the step has ended well, and what it was made from.
        self._record = self._folder / "made.json"
        self._said = [self._folder / end for end in ("out", "err")]
        self._linked: set[int] = set()
        self._deps: dict[str, str] = {}

    def open_files(self) -> list[int]:
        """Return what a step in this tree reads and says, each as an open file."""
        os.makedirs(self.place)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        return [os.open(os.devnull, os.O_RDONLY), *(os.open(one, flags) for one in self._said)]

    def lay_out(
        self, deps: list[str], outs: list[str], tops: set[str], made: Iterable[str]
    ) -> None:
        """Link in this tree what a step may read; `made` are steps whose trees have what they made.

        The step reads `deps` and makes `outs`, which are not linked. In the folders `tops` files
        are linked one by one.
        """
        # Before the project, so that what is moved from there meanwhile is seen here or there.
        for other in (Tree(self.root, name) for name in made):
            for file in other._read()["files"]:
                if not any(file == out or file.startswith(f"{out}/") for out in outs):
                    (self.place / file).parent.mkdir(parents=True, exist_ok=True)
                    with suppress(FileNotFoundError):
                        self._link(str(other.place / file), str(self.place / file))

        def leave_out(folder: str, names: list[str]) -> set[str]:
            inside = Path(folder).relative_to(self.root)
            return {name for name in names if (inside / name).as_posix() in {AHEAD, *outs}}

        # What reports keep for later ones is kept in one place.
        (self.root / KEPT).mkdir(parents=True, exist_ok=True)
        for name in os.listdir(self.root):
            if name not in tops:
                os.symlink(self.root / name, self.place / name)
                continue
            # What is gone meanwhile may be nothing that this step reads; else it will not fit.
            with suppress(shutil.Error):
                shutil.copytree(
                    self.root / name,
                    self.place / name,
                    ignore=leave_out,
                    copy_function=self._link,
                    dirs_exist_ok=True,
                )
        self._deps = {dep: hash_path(self.place / dep) for dep in deps}

    def _link(self, source: str, target: str) -> None:
        if os.path.lexists(target):
            return
        try:
            os.link(source, target)
            self._linked.add(os.stat(target).st_ino)
        except FileNotFoundError:
            raise
        except OSError:
            # Another disk, or one that has no such links.
            os.symlink(source, target)

    def close(self, tops: set[str]) -> None:
        """Write down what the step made in this tree, and what of."""
        files = [
            one.relative_to(self.place).as_posix()
            for top in tops
            for one in sorted((self.place / top).rglob("*"))
            if one.is_file() and not one.is_symlink() and one.stat().st_ino not in self._linked
        ]
        aside = self._record.with_suffix(".part")
        aside.write_text(json.dumps({"deps": self._deps, "files": files}), "utf-8")
        aside.replace(self._record)

    def _read(self) -> dict[str, Any]:
        """Return what is written down; nothing where the step failed, or its files were taken."""
        try:
            return dict(json.loads(self._record.read_text("utf-8")))
        except FileNotFoundError:
            return {"deps": {}, "files": []}

    def remove(self) -> None:
        """Remove this tree, and the folder of all if it was the last."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            self._folder.parent.rmdir()

    def take(self, kept: list[str]) -> bool:
        """Move what was made here to its place, unless what it was made from is not the same now.

        Nor is anything put where one of the paths `kept` is, which the step itself may refuse. What
        the step said is said now.
        """
        record = self._read()
        if not record["deps"] or any(
            hash_path(self.root / dep) != known for dep, known in record["deps"].items()
        ):
            return False
        if any((self.root / path).exists() for path in kept):
            return False
        for file in record["files"]:
            (self.root / file).parent.mkdir(parents=True, exist_ok=True)
            # A folder of the project may lie on another disk.
            shutil.move(self.place / file, self.root / file)
        for stream, said in zip((sys.stdout, sys.stderr), self._said, strict=True):
            stream.write(said.read_text("utf-8"))
        return True
