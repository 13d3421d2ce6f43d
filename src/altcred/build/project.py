"""A project of one's own: the files that it begins with, and what a newer version brings to them.

This repository is such a project too. pyproject.toml lists which of its files every project has,
and starter/ holds those that are otherwise here; a wheel carries both in the package's folder.
"""

import difflib
import hashlib
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from altcred.build.rooms import CARRIED, PACKAGE, package_folder
from altcred.core.errors import Problem, refuse, refuse_problems

# The files as they were laid out, as `sha256sum` writes them: what is otherwise was edited since.
RECORD = "altcred.lock"
# Written once. What was surveyed and what the project is are the author's to say.
WRITTEN_ONCE = {"README.md", "params.yaml"}
# What work in the folders of such files leaves there.
UNSHIPPED = {"__pycache__", ".ipynb_checkpoints", "dvc.lock"}
# Of a difference more lines than these are left to the file beside.
SHOWN = 30


def list_shipped() -> dict[str, Path]:
    """Return the files that every project has: where each lies in it, and where it is here."""
    carried = package_folder() / CARRIED
    places = {"": carried}
    if not carried.is_dir():
        root = package_folder().parents[1]
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
        places = {
            target.removeprefix(f"{PACKAGE}/{CARRIED}").lstrip("/"): root / source
            for source, target in wheel["force-include"].items()
        }
    return dict(sorted(_list_files(places)))


def _list_files(places: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for target, source in places.items():
        for path in [source] if source.is_file() else sorted(source.rglob("*")):
            if path.is_file() and not UNSHIPPED & {*path.parts}:
                yield (Path(target) / path.relative_to(source)).as_posix(), path


def lay_out(folder: Path) -> int:
    """Write a project into a new folder, or one that has none of its files; return how many.

    InvalidInput names the files that are there already.
    """
    if (folder / RECORD).is_file():
        refuse(folder, "", "is a project already.", "Bring it to this version with --upgrade.")
    shipped = list_shipped()
    taken = [name for name in shipped if (folder / name).exists()]
    message, remedy = "is there already.", "Move it, or choose another folder."
    refuse_problems(Problem((folder / name).as_posix(), "", message, remedy) for name in taken)
    for name, source in shipped.items():
        _write(folder / name, source.read_bytes())
    _write_record(folder, shipped)
    _begin_repository(folder)
    return len(shipped)


def upgrade(folder: Path) -> Iterator[str]:
    """Bring a project to this version; yield what was done to each file that is otherwise in it.

    A file that its author edited or removed stays so. The new version of an edited one is written
    beside it, and the difference is told.
    """
    if not (folder / RECORD).is_file():
        message = "is not there, so altcred laid out no project here."
        refuse(folder / RECORD, "", message, "Begin one with `altcred init FOLDER`.")
    recorded = _read_record(folder)
    shipped = list_shipped()
    for name, source in shipped.items():
        path, new = folder / name, source.read_bytes()
        former, given = recorded.get(name, ""), _hash(new)
        if name in WRITTEN_ONCE and former:
            continue
        if not path.is_file():
            if former:
                yield f"{name}: removed here, and left so."
            else:
                _write(path, new)
                yield f"{name}: new."
        elif (here := _hash(path.read_bytes())) == given or (here != former == given):
            continue
        elif here == former:
            _write(path, new)
            yield f"{name}: now as in this version."
        else:
            _write(path.with_name(f"{path.name}.new"), new)
            yield f"{name}: edited here, and left so. What this version has is in {name}.new:"
            yield from _tell_difference(name, path.read_bytes(), new)
    yield from (f"{name}: no part of this version." for name in recorded if name not in shipped)
    _write_record(folder, shipped)


def _tell_difference(name: str, here: bytes, new: bytes) -> Iterator[str]:
    mine, theirs = (text.decode("utf-8", "replace").splitlines() for text in (here, new))
    lines = list(difflib.unified_diff(mine, theirs, name, f"{name}.new", lineterm="", n=1))
    yield from (f"    {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"    and {len(lines) - SHOWN} lines more"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _write_record(folder: Path, shipped: Mapping[str, Path]) -> None:
    lines = [
        f"# The files that altcred {version('altcred')} laid out, as they were, for an upgrade to",
        "# know which of them were edited. `altcred init --upgrade` writes it.",
        *(f"{_hash(path.read_bytes())}  {name}" for name, path in shipped.items()),
    ]
    (folder / RECORD).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _read_record(folder: Path) -> dict[str, str]:
    lines = (folder / RECORD).read_text(encoding="utf-8").splitlines()
    parts = [line.partition("  ") for line in lines if not line.startswith("#")]
    return {name: former for former, _, name in parts if name}


def _begin_repository(folder: Path) -> None:
    """Make the folder a git repository, unless it lies in one; without git DVC does without."""
    if shutil.which("git"):
        words = ["git", "rev-parse", "--is-inside-work-tree"]
        if subprocess.run(words, cwd=folder, capture_output=True).returncode != 0:
            subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    else:
        (folder / ".dvc/config.local").write_text("[core]\n    no_scm = true\n", encoding="utf-8")
