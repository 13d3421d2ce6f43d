"""Whole builds for the tests: copies of the project as clones would be, and what they made."""

import fcntl
import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML

from altcred.start import AHEAD

BUILT = ("data/raw", "data/truth", "data/processed", "report")
NOT_COPIED = (
    *("data", ".git", ".venv", ".venv-lab", ".venv-spark", ".build"),
    *(".dvc/cache", ".dvc/tmp"),
)
# What must not matter: the seed of Python's hashes, the time zone, the language, and whether steps
# are forks of a process that has everything loaded.
DIFFERENCES = [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "ALTCRED_WARM": "0"},
    {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8"},
]

T = TypeVar("T")


def make_once(folder: Path, make: Callable[[Path], T]) -> T:
    """Return what `make` makes in a folder, here or in another process that was given the same."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_bytes(pickle.dumps(make(folder)))
        return pickle.loads(made.read_bytes())


def list_project_files(root: Path) -> list[Path]:
    """Return what a clone would hold: tracked files, and new ones that git does not ignore."""
    if (root / ".git").exists() and shutil.which("git"):
        words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True)
        paths = [Path(name) for name in listed.stdout.split("\0") if name]
        return [path for path in paths if (root / path).is_file()]
    return [
        path.relative_to(root)
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.relative_to(root).as_posix().startswith(NOT_COPIED)
        and "__pycache__" not in path.parts
    ]


def copy_project(root: Path, target: Path, with_git: bool) -> Path:
    """Copy the project as a clone would be, in a git repository of its own or in none."""
    for path in list_project_files(root):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / path, target / path)
    if with_git and shutil.which("git"):
        subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    else:
        # What `make report` does where it finds no repository.
        (target / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
    return target


def start_build(project: Path, changed: dict[str, str]) -> subprocess.Popen[str]:
    """Start `dvc repro` in a copy, with the copy's own package before the installed one."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project / "src"),
        "CI": "true",
        # An outer repository must not be taken for the copy's own.
        "GIT_CEILING_DIRECTORIES": str(project.parent),
        **changed,
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [scripts / "dvc", "repro"],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def list_servers(project: Path) -> list[int]:
    """Return the processes that loaded everything for the steps of a project."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if b"altcred.start.server" in words and str(project).encode() in words:
            found.append(int(path.parent.name))
    return found


def wait_until_left(project: Path) -> None:
    """Wait until what ran ahead of a build is gone, which is a moment after the build has ended."""
    until = time.monotonic() + 30
    while (project / AHEAD).exists():
        assert time.monotonic() < until
        time.sleep(0.02)


def read_built_files(project: Path) -> dict[str, bytes]:
    """Return the bytes of everything a build made, by path."""
    wait_until_left(project)
    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for folder in BUILT
        for path in sorted((project / folder).rglob("*"))
        if path.is_file() and "template" not in path.relative_to(project).parts
    }
    files["dvc.lock"] = (project / "dvc.lock").read_bytes()
    return files


def read_outputs(lock: Path) -> dict[str, dict[str, str]]:
    """Return the hash of every output by its stage."""
    stages = YAML(typ="safe").load(lock)["stages"]
    return {
        name: {out["path"]: out["md5"] for out in stage.get("outs", [])}
        for name, stage in stages.items()
    }


def finish_builds(builds: list[subprocess.Popen[str]]) -> list[str]:
    """Wait for builds and return what they said; fail where one did."""
    outputs = [build.communicate()[0] for build in builds]
    for build, output in zip(builds, outputs, strict=True):
        assert build.returncode == 0, output[-4000:]
    return outputs
