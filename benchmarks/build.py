"""Builds every cohort from nothing and says how much of it is start-up and how much is work.

    python benchmarks/build.py

From the root of the project, with its environment's Python. The build runs in a copy that is
removed afterwards. Of each stage it tells the seconds, the seconds of all processors together,
and what part was start-up: starting Python and a kernel, loading modules, writing the executed
notebook, everything but the stage's own work. Own work is what cells took without the modules
they load, or, of a command without a notebook, everything but loading modules. Stages that ran
ahead of the build ran beside others, so their seconds are more than the build's. Then the same
cells and commands are run one after the other in one plain process (`plain_process.py`). All are
of one run, so the ratios do not depend on the machine. Needs Linux or macOS.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMING = Path(__file__).with_name("timing")
PLAIN = Path(__file__).with_name("plain_process.py")
# What a build reads, and what it would find of an earlier one.
INPUTS = (".dvc", "cohorts", "notebooks", "report/template", "src", ".dvcignore",
          "dvc.yaml", "params.yaml", "requirements.lock")  # fmt: skip
FORMER = shutil.ignore_patterns("cache", "tmp", "config.local", "__pycache__")
# What stages run; it starts processes of its own.
COMMAND = "altcred"


@dataclass
class Stage:
    """What one command took: seconds, those of processors, and the part that was its own work."""

    name: str
    seconds: float
    processors: float
    work: float

    @property
    def start_up(self) -> float:
        return self.seconds - self.work


def copy_project(target: Path) -> None:
    """Copy what a build reads into an empty folder, without git and without earlier results."""
    for name in INPUTS:
        source = Path(name)
        if source.is_dir():
            shutil.copytree(source, target / source, ignore=FORMER)
        else:
            shutil.copy(source, target / source)
    (target / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")


def run_build(project: Path, times: Path) -> None:
    """Run the whole pipeline in a copy of the project with its own package."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{TIMING.resolve()}{os.pathsep}{project / 'src'}",
        "ALTCRED_BUILD_TIMES": str(times),
        "CI": "true",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # As in an installed package; the build itself should not have to.
    compiling = [sys.executable, "-m", "compileall", "-q", str(project / "src")]
    subprocess.run(compiling, env=environment, check=True)
    times.unlink(missing_ok=True)
    done = subprocess.run(
        [str(scripts / "dvc"), "repro"],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout)


def time_again(project: Path) -> list[tuple[str, float]]:
    """Return what a built project takes once more: where nothing changed, and after edits.

    An edit is a sentence in a cohort's own words of its summary. The seconds are those until the
    new pages are there, and until all is done. For the first edit the process that loaded
    everything has just been started, since that of the build was told other things, and has set no
    report; for the second one it has.
    """
    dvc = str(Path(sys.executable).parent / "dvc")
    path = f"{Path(dvc).parent}{os.pathsep}{os.environ['PATH']}"
    # The modules' folders are those of the build, by which is told what it kept for its reports.
    folders = f"{TIMING.resolve()}{os.pathsep}{project / 'src'}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": folders, "CI": "true"}

    def run(*words: str) -> float:
        started = time.perf_counter()
        subprocess.run([dvc, *words], cwd=project, env=environment, check=True, capture_output=True)
        return time.perf_counter() - started

    run("repro")
    found = [("dvc version", run("version")), ("nothing changed", run("repro"))]
    for edit in ("a first edited sentence", "a second one"):
        for words in sorted(project.glob("cohorts/*/text/08-*/*.md"))[-1:]:
            words.write_text(f"{words.read_text()}\nThis is {edit}.\n")
            page = project / "report" / words.relative_to(project).parts[1] / "index.html"
            began = time.time()
            whole = run("repro")
            found += [
                (f"{edit}, to the pages", page.stat().st_mtime - began),
                (f"{edit}, to PDF, Word and slides too", whole),
            ]
    return found


def read_stages(lines: list[dict[str, Any]]) -> tuple[list[Stage], Stage]:
    """Return the stages in the order in which DVC asked for them, and the whole build.

    What a stage does it does itself, or a fork of a process that loaded everything does, which is
    no child of it and may have begun before it was asked for; then a second one took its files.
    """
    starts = {line["process"]: line for line in lines if line["kind"] == "start"}
    ends = {line["process"]: line for line in lines if line["kind"] == "end"}
    loaded = {line["process"]: line["processor"] for line in lines if line["kind"] == "loaded"}
    forks = [line for line in lines if line.get("forked")]
    apart = [*forks, *(line for line in lines if line["kind"] == "drawn")]
    cells: dict[int, float] = defaultdict(float)
    for line in lines:
        if line["kind"] == "cell":
            cells[line["parent"]] += line["seconds"] - line["imports"]
    stages = []
    whole = None
    for process, start in starts.items():
        words = start["words"]
        if process not in ends or not words:
            continue
        end = ends[process]
        if words[0] == COMMAND:
            inner = [one for one in apart if one["stage"] == start["stage"]]
            did = [(_seconds(one, starts), one) for one in forks if one["stage"] == start["stage"]]
            seconds, main = max(did or [(_seconds(end, starts), end)], key=lambda one: one[0])
            work = cells.get(main["process"], seconds - main["imports"])
            processors = end["processors"] + sum(one["processors"] for one in inner)
            stages.append(Stage(_name(words[1:]), seconds, processors, work))
        elif words == ["dvc", "repro"]:
            whole = Stage("the build", _seconds(end, starts), end["processors"], 0.0)
    if whole is None:
        sys.exit("the build wrote no times of itself")
    whole.processors += sum(loaded.values()) + sum(one["processors"] for one in apart)
    return stages, whole


def _seconds(end: dict[str, Any], starts: dict[int, dict[str, Any]]) -> float:
    return end["at"] - starts[end["process"]]["at"]


def run_plainly(project: Path, commands: list[list[str]]) -> tuple[float, float]:
    """Run what the stages do in one process, and return its seconds and those of processors."""
    named = [sys.executable, str(PLAIN.resolve()), json.dumps(commands)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "CI": "true",
    }
    started, before = time.perf_counter(), os.times()
    subprocess.run(named, cwd=project, env=environment, check=True)
    after = os.times()
    used = after.children_user + after.children_system
    return (
        time.perf_counter() - started,
        used - before.children_user - before.children_system,
    )


def _name(words: list[str]) -> str:
    """Return a command as short words, without what it repeats."""
    if "--estimates" in words:
        place = words.index("--estimates")
        words = words[:place] + words[place + 2 :]
    return " ".join(word for word in words if word != "run" and not word.startswith("--"))


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    with tempfile.TemporaryDirectory(prefix="altcred-build-") as name:
        project, times = Path(name) / "project", Path(name) / "times"
        project.mkdir()
        (project / "report").mkdir()
        copy_project(project)
        run_build(project, times)
        lines = [json.loads(line) for line in times.read_text().splitlines()]
        commands = [line["words"][1:] for line in lines if line.get("words", [])[:1] == [COMMAND]]
        again = time_again(project)
        seconds, processors = run_plainly(project, commands)
    stages, whole = read_stages(lines)
    print(f"{'':44} {'seconds':>8} {'start-up':>9} {'own work':>9} {'processors':>11}")
    for stage in stages:
        print(
            f"{stage.name:44} {stage.seconds:8.1f} {stage.start_up:9.1f} {stage.work:9.1f} "
            f"{stage.processors:11.1f}"
        )
    total = sum(stage.processors for stage in stages)
    sums = [sum(getattr(stage, name) for stage in stages) for name in ("start_up", "work")]
    print(f"{'all stages':44} {'':8} {sums[0]:9.1f} {sums[1]:9.1f} {total:11.1f}")
    left = whole.processors - total
    print(f"{'loading for all of them, and DVC itself':44} {'':28} {left:11.1f}")
    print(f"{whole.name:44} {whole.seconds:8.1f} {'':19} {whole.processors:11.1f}")
    print(f"{'the same in one plain process':44} {seconds:8.1f} {'':>19} {processors:11.1f}")
    for name, seconds_again in again:
        print(f"{name:60} {seconds_again:8.1f}")
    print(
        f"the build took {whole.processors / processors:.2f} times its seconds of processors and "
        f"{whole.seconds / seconds:.2f} times its seconds"
    )


if __name__ == "__main__":
    main()
