"""Steps of a build before DVC asks for them, on a processor that would idle.

DVC runs one step after the other, and between two it reads, hashes and writes. Meanwhile
`altcred.start.server` runs those that will follow and whose inputs are there, each in a tree of
its own: the project's files are linked there, but for what the step makes. When DVC comes to that
step and its inputs are still the ones the tree had, byte for byte, what was made is moved to its
place; in every other case the step runs as if nothing had been done. So DVC alone decides what is
built, and what fails here fails there, with its message. A build with targets or other options
than those named here, a large cohort and Spark go one by one.
"""

import json
import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from altcred.core.engine import CHOSEN, ENGINES, SMALL
from altcred.start import STEPS
from altcred.start.trees import clear, hash_path

# Options of `dvc repro` that leave out no step, and those of them by which every step is run.
_QUIET = {"-q", "--quiet", "-v", "--verbose"}
_FORCED = {"-f", "--force"}
_STUDY = "/study.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Stage:
    """A step of dvc.yaml: its command, the paths that it reads, and those that it makes.

    `kept` are those of the latter that DVC does not remove before.
    """

    name: str
    words: list[str]
    deps: list[str]
    outs: list[str]
    kept: list[str]


def find_build(process: int) -> tuple[int, bool]:
    """Return the `dvc repro` of all steps that a process belongs to, and whether it was forced.

    Raises LookupError where it belongs to none.
    """
    # A shell may lie between.
    for _ in range(3):
        status = Path(f"/proc/{process}/stat").read_text()
        process = int(status.rpartition(")")[2].split()[1])
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")[:-1]
        place = next((n for n, word in enumerate(words) if Path(word).name == "dvc"), None)
        if place is not None:
            options = {*words[place + 2 :]}
            if words[place + 1 : place + 2] != ["repro"] or not options <= _QUIET | _FORCED:
                break
            return process, not options.isdisjoint(_FORCED)
    raise LookupError(process)


def read_stages(root: Path) -> dict[str, Stage]:
    """Return each step that the pipeline of a project has, by DVC's name, in the file's order.

    Raises ValueError where a step has more than commands of altcred have.
    """
    listed = _read(root / "params.yaml")
    stages = {}
    for name, step in _read(root / "dvc.yaml")["stages"].items():
        if not {"wdir", "params", "frozen"}.isdisjoint(step.get("do", step)):
            raise ValueError(name)
        one = json.dumps(step.get("do", step))
        for key, item in (listed[step["foreach"][2:-1]] if "do" in step else {"": {}}).items():
            told = one
            for part, value in (item or {}).items():
                told = told.replace(f"${{item.{part}}}", json.dumps(value)[1:-1])
            if "${" in told:
                raise ValueError(told)
            full = f"{name}@{key}" if key else name
            stages[full] = _read_stage(full, json.loads(told))
    return stages


def _read(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), _LOADER) or {}


def _read_stage(name: str, step: dict[str, Any]) -> Stage:
    made = [one for kind in ("outs", "metrics", "plots") for one in step.get(kind, [])]
    options = {
        path: about
        for one in made
        for path, about in (one if isinstance(one, dict) else {one: {}}).items()
    }
    kept = [path for path, about in options.items() if about.get("persist")]
    return Stage(name, shlex.split(step["cmd"]), step["deps"], [*options], kept)


def _is_within(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}/")


@dataclass
class Ahead:
    """What may be run before one build asks for it, and what has been.

    `begun` are the steps that the build has asked for, `ended` those of them that ended well;
    `tried` those run ahead, `made` those of them that ended well.
    """

    root: Path
    forced: bool
    begun: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        clear(self.root)
        self.stages = read_stages(self.root)
        self.tops = {Path(out).parts[0] for one in self.stages.values() for out in one.outs}
        lock = self.root / "dvc.lock"
        self._locked = _read(lock).get("stages", {}) if lock.is_file() else {}
        self._before = {
            name: [
                other.name
                for other in self.stages.values()
                if any(_is_within(a, b) or _is_within(b, a) for a in one.deps for b in other.outs)
            ]
            for name, one in self.stages.items()
        }
        studies = {dep for one in self.stages.values() for dep in one.deps if _STUDY in dep}
        asked = {path: _read(self.root / path).get("engine", ENGINES[0]) for path in studies}
        self._apart = {path for path, engine in asked.items() if engine != ENGINES[0]}
        self._hashes: dict[str, tuple[list[int], str]] = {}

    def choose(self) -> Stage | None:
        """Return a step that the build will ask for, and that has all it needs; None if none is."""
        # What memory a step may take it would take beside another one.
        if os.environ.get(CHOSEN, ENGINES[0]) != ENGINES[0] or "ALTCRED_MEMORY" in os.environ:
            return None
        settled: dict[str, bool] = {}

        def is_settled(name: str) -> bool:
            """Tell whether a step will change nothing more."""
            if name not in settled:
                if name in self.begun | self.tried:
                    settled[name] = name in self.ended | self.made
                else:
                    stage = self.stages[name]
                    settled[name] = is_ready(stage) and not self._is_due(stage)
            return settled[name]

        def is_ready(stage: Stage) -> bool:
            return all(map(is_settled, self._before[stage.name])) and self._is_light(stage)

        for name, stage in self.stages.items():
            # What is there and is kept may be no work of the step, which says so itself.
            if (
                name not in self.begun | self.tried
                and stage.words[0] == "altcred"
                and stage.words[1] in STEPS
                and is_ready(stage)
                and self._is_due(stage)
                and not any((self.root / out).exists() for out in stage.kept)
            ):
                return stage
        return None

    def _is_light(self, stage: Stage) -> bool:
        """Tell whether a step may run beside another one, which takes the memory of both."""
        sizes = [one.st_size for path in stage.deps for one in self._files(path)]
        return sum(sizes) < SMALL and self._apart.isdisjoint(stage.deps)

    def _is_due(self, stage: Stage) -> bool:
        """Tell whether DVC will run a step, all before which are settled."""
        known = self._locked.get(stage.name)
        return (
            self.forced
            or known is None
            or not (self.made - self.ended).isdisjoint(self._before[stage.name])
            or shlex.split(known["cmd"]) != stage.words
            or not all((self.root / out).exists() for out in stage.outs)
            or any(self._hash(one["path"]) != one.get("md5") for one in known["deps"])
        )

    def _hash(self, path: str) -> str:
        """Return a path's hash, made anew where a file was written since."""
        about = [part for one in self._files(path) for part in (one.st_ino, one.st_mtime_ns)]
        if path not in self._hashes or self._hashes[path][0] != about:
            self._hashes[path] = about, hash_path(self.root / path)
        return self._hashes[path][1]

    def _files(self, path: str) -> list[os.stat_result]:
        top = self.root / path
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        return [one.stat() for one in files if one.is_file()]
