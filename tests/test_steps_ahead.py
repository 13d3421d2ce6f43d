"""Steps that run before their build asks for them: the same files, or as if none had run."""

import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from builds import list_servers, wait_until_left

if sys.platform != "linux":
    pytest.skip("steps are forked on Linux alone", allow_module_level=True)

from altcred.core.engine import CHOSEN
from altcred.start import AHEAD, ahead
from altcred.start.ahead import Ahead
from altcred.start.server import Server
from altcred.start.trees import Tree

# Where a chapter is run, and as what, is added to a file outside; it shows what it reads.
CHAPTER = """
import os, time
from pathlib import Path
with Path(os.environ["RUNS"]).open("a") as file:
    file.write(f"{os.environ['DVC_STAGE']} {Path.cwd().parent.name}\\n")
time.sleep(float(Path(os.environ["RUNS"]).with_name("sleep").read_text()))
print([path.read_text() for path in sorted(Path("cohorts/small").glob("*.txt"))])
if os.environ["DVC_STAGE"] == "third":
    print([path.name for path in sorted(Path("data/processed/small/overall").glob("*"))])
print(Path("there").read_text() if "fails" in Path("cohorts/small/words.txt").read_text() else "")
"""
# Asks for one step after the other as `dvc repro` does.
ASKING = """
import os, subprocess, sys, yaml
from pathlib import Path
for name, step in yaml.safe_load(Path("dvc.yaml").read_text())["stages"].items():
    for out in step["outs"]:
        Path(out).unlink(missing_ok=True)
    done = subprocess.run(step["cmd"], shell=True, env={**os.environ, "DVC_STAGE": name})
    if done.returncode:
        sys.exit(done.returncode)
    change = Path("change")
    if change.exists():
        change.replace("cohorts/small/words.txt")
"""
NAMES = ("first", "second", "third")


class Project:
    """A project of three chapters; the second one needs nothing of the first, the third both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = folder / "run/runs"
        for name in ("bin", "notebooks", "cohorts/small", "run", "report"):
            (folder / name).mkdir(parents=True)
        (folder / "run").chmod(0o700)
        (folder / "run/sleep").write_text("0.3")
        (folder / "params.yaml").touch()
        (folder / "cohorts/small/study.yaml").touch()
        (folder / "cohorts/small/words.txt").write_text("words")
        script = (
            f"#!{sys.executable}\nimport sys\nfrom altcred.start import main\nsys.exit(main())\n"
        )
        (folder / "bin/altcred").write_text(script)
        (folder / "bin/altcred").chmod(0o700)
        (folder / "bin/dvc").write_text(ASKING)
        made = {name: f"data/processed/small/overall/{name}.ipynb" for name in NAMES}
        deps = {"first": [], "second": [], "third": [made["first"], made["second"]]}
        stages = {}
        for name in NAMES:
            cell = nbformat.v4.new_code_cell('cohort = ""', metadata={"tags": ["parameters"]})
            notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell(CHAPTER)])
            nbformat.write(notebook, folder / f"notebooks/{name}.ipynb")
            stages[name] = {
                "cmd": f"altcred run {name} small",
                "deps": [f"notebooks/{name}.ipynb", "cohorts/small/words.txt", *deps[name]],
                "outs": [made[name]],
            }
        (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}, sort_keys=False))

    def start(self, *words: str) -> subprocess.Popen[str]:
        kept = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        told = {"XDG_RUNTIME_DIR": str(self.folder / "run"), "RUNS": str(self.runs)}
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.Popen(
            [sys.executable, str(self.folder / "bin/dvc"), *(words or ["repro"])],
            cwd=self.folder,
            env={**kept, "PATH": path, "CI": "true", "ALTCRED_WARM": "1", **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def build(self, *words: str) -> tuple[int, str]:
        """Ask for all steps, and return how that ended and what was said."""
        self.runs.write_text("")
        asked = self.start(*words)
        said, _ = asked.communicate(timeout=120)
        return asked.returncode, said

    def ran(self) -> list[str]:
        return self.runs.read_text().splitlines()

    def made(self) -> dict[str, bytes]:
        folder = self.folder / "data/processed/small/overall"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("no processor is idle")
    # The path of a socket may have no more than a hundred characters.
    with tempfile.TemporaryDirectory(prefix="ahead-") as name:
        project = Project(Path(name))
        yield project
        for process in list_servers(project.folder):
            os.kill(process, signal.SIGKILL)


def test_what_ran_ahead_is_what_would_have_been_built(project: Project) -> None:
    # With an option that may leave out steps.
    assert project.build("repro", "--dry") == (0, "")
    one_by_one = project.made()
    assert project.ran() == [f"{name} {project.folder.parent.name}" for name in NAMES]
    assert project.build() == (0, "")
    assert project.made() == one_by_one
    assert sorted(one.split()[0] for one in project.ran()) == sorted(NAMES)
    assert f"first {project.folder.parent.name}" in project.ran()
    # The third one too if the files of the second one were not moved sooner.
    assert "second second" in project.ran()
    # What was asked for leaves nothing, even before the build has ended.
    assert not (project.folder / AHEAD).exists()


@pytest.mark.parametrize("words", [("repro", "second"), ("status",)])
def test_a_build_that_may_leave_out_steps_is_not_run_ahead_of(
    project: Project, words: tuple[str, ...]
) -> None:
    assert project.build(*words)[0] == 0
    assert project.ran() == [f"{name} {project.folder.parent.name}" for name in NAMES]


def test_what_was_made_of_something_else_is_made_again(project: Project) -> None:
    (project.folder / "change").write_text("other words")
    assert project.build() == (0, "")
    assert project.ran().count(f"second {project.folder.parent.name}") == 1
    assert "second second" in project.ran()
    assert b"other words" in project.made()["second.ipynb"]
    assert b"other words" in project.made()["third.ipynb"]


def test_what_fails_ahead_fails_when_it_is_asked_for(project: Project) -> None:
    words = project.folder / "cohorts/small/words.txt"
    (project.folder / "there").write_text("")
    words.write_text("fails")
    assert project.build()[0] == 0
    (project.folder / "there").unlink()
    code, said = project.build()
    assert code == 1
    # Only the first one was asked for, and only its message is seen.
    assert said.count("No such file or directory: 'there'") == 1
    assert "second second" in project.ran()
    words.write_text("words")


def test_where_no_tree_can_be_laid_out_steps_go_one_by_one(project: Project) -> None:
    wait_until_left(project.folder)
    write(project.folder / AHEAD, "in the way")
    loaded = list_servers(project.folder)
    assert project.build() == (0, "")
    assert project.ran() == [f"{name} {project.folder.parent.name}" for name in NAMES]
    # What forks steps is still there, and its next build has trees again.
    assert list_servers(project.folder) == loaded
    (project.folder / AHEAD).unlink()
    assert project.build() == (0, "")
    assert "second second" in project.ran()


def test_what_is_left_of_a_build_that_was_cut_off_goes_when_the_next_one_begins(
    project: Project,
) -> None:
    wait_until_left(project.folder)
    write(project.folder / AHEAD / "second/data/processed/small/begin/identifiers.parquet", "token")
    words = [str(project.folder / "bin/altcred"), "rooms"]
    subprocess.run(words, cwd=project.folder, capture_output=True, check=False)
    assert not (project.folder / AHEAD).exists()


def test_nothing_is_left_of_a_build_that_is_killed(project: Project) -> None:
    project.runs.write_text("")
    (project.folder / "run/sleep").write_text("30")
    asked = project.start()
    until = time.monotonic() + 60
    while len(project.ran()) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    asked.kill()
    wait_until_left(project.folder)
    # The step that it asked for goes on, as without this, until its caller is killed too.
    os.killpg(asked.pid, signal.SIGKILL)
    asked.communicate()
    (project.folder / "run/sleep").write_text("0")
    assert project.build() == (0, "")


def test_a_build_that_ends_when_the_next_one_begins_ends_nothing_else(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", ""]) as former,
        socket.socket(socket.AF_UNIX) as listener,
        socket.socket(socket.AF_UNIX) as caller,
    ):
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        forking = Server(listener, 0.05, 0.05, lambda: False)
        forking.build = former.pid, os.pidfd_open(former.pid)
        forking.selector.register(forking.build[1], selectors.EVENT_READ, forking.build)
        # The step of the next build is asked for before the end of the former one is seen.
        caller.connect(str(tmp_path / "s"))
        former.wait()
        began = []

        def begin(asking: socket.socket) -> None:
            forking._end_build()
            forking.build = os.getpid(), os.pidfd_open(os.getpid())
            forking.selector.register(forking.build[1], selectors.EVENT_READ, forking.build)
            began.append(forking.build)

        ended = []
        forking._begin = begin  # type: ignore[method-assign]
        end = forking._end_build
        forking._end_build = lambda: (ended.append(forking.build), end())  # type: ignore
        forking.serve()
    # The former one when the next one began, and that one with the process that forks.
    assert len(began) == 1
    assert ended[1:] == began


def small_project(folder: Path, **of_second: object) -> Path:
    """Lay out a project of two steps that need nothing of each other, and a third that does."""
    (folder / "cohorts/a").mkdir(parents=True)
    (folder / "cohorts/a/study.yaml").write_text("title: A\n")
    (folder / "cohorts/a/words.txt").write_text("words")
    (folder / "params.yaml").write_text("cohorts:\n  a: {cohort: a}\n")
    stages = {
        "first": {
            "cmd": "altcred run first a",
            "deps": ["cohorts/a/study.yaml"],
            "outs": ["data/f"],
        },
        "second": {
            "foreach": "${cohorts}",
            "do": {
                "cmd": "altcred run second ${item.cohort}",
                "deps": ["cohorts/${item.cohort}/study.yaml", "cohorts/a"],
                "outs": ["data/${item.cohort}"],
                **of_second,
            },
        },
        "third": {"cmd": "altcred run third a", "deps": ["data/f", "data/a"], "outs": ["report/a"]},
    }
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}, sort_keys=False))
    return folder


def name_of(chosen: ahead.Stage | None) -> str:
    return chosen.name if chosen else ""


def test_a_step_is_chosen_when_all_it_needs_is_there(tmp_path: Path) -> None:
    build = Ahead(small_project(tmp_path), forced=False)
    build.begun.add("first")
    chosen = build.choose()
    assert chosen is not None
    assert (chosen.name, chosen.words) == ("second@a", ["altcred", "run", "second", "a"])
    build.tried.add("second@a")
    assert build.choose() is None
    build.made.add("second@a")
    assert build.choose() is None
    build.ended.add("first")
    assert name_of(build.choose()) == "third"


def test_what_dvc_will_not_run_is_not_chosen(tmp_path: Path) -> None:
    """By the lock that DVC itself wrote, with a hash of a folder among its hashes."""
    small_project(tmp_path)
    script = tmp_path / "bin/altcred"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nmkdir -p data report; echo $2 $3 > " + "$(cat bin/$2)\n")
    script.chmod(0o700)
    for name, out in (("first", "data/f"), ("second", "data/a"), ("third", "report/a")):
        (tmp_path / "bin" / name).write_text(out)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for words in (("init", "--no-scm", "-q"), ("repro", "-q")):
        called = [sys.executable, "-m", "dvc", *words]
        subprocess.run(called, cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)
    assert Ahead(tmp_path, forced=False).choose() is None
    assert name_of(Ahead(tmp_path, forced=True).choose()) == "first"
    # Of the folder; then of a file, on which another step depends too.
    (tmp_path / "cohorts/a/words.txt").write_text("others")
    assert name_of(Ahead(tmp_path, forced=False).choose()) == "second@a"
    (tmp_path / "cohorts/a/study.yaml").write_text("title: B\n")
    assert name_of(Ahead(tmp_path, forced=False).choose()) == "first"
    (tmp_path / "cohorts/a/study.yaml").write_text("title: A\n")
    (tmp_path / "cohorts/a/words.txt").write_text("words")
    shutil.rmtree(tmp_path / "report")
    assert name_of(Ahead(tmp_path, forced=False).choose()) == "third"


def test_what_would_take_much_memory_twice_goes_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_project(tmp_path)
    with (tmp_path / "cohorts/a/large.csv").open("wb") as file:
        file.truncate(ahead.SMALL)
    # Of the first step's inputs it is none.
    assert name_of(Ahead(tmp_path, forced=False).choose()) == "first"
    build = Ahead(tmp_path, forced=False)
    build.begun.add("first")
    assert build.choose() is None
    (tmp_path / "cohorts/a/large.csv").unlink()
    assert name_of(build.choose()) == "second@a"
    monkeypatch.setenv(CHOSEN, "spark")
    assert build.choose() is None
    monkeypatch.delenv(CHOSEN)
    monkeypatch.setenv("ALTCRED_MEMORY", "1GB")
    assert build.choose() is None
    monkeypatch.delenv("ALTCRED_MEMORY")
    (tmp_path / "cohorts/a/study.yaml").write_text("engine: spark\n")
    assert Ahead(tmp_path, forced=False).choose() is None


def test_a_step_of_the_authors_own_is_left_to_the_build(tmp_path: Path) -> None:
    root = small_project(tmp_path, cmd="Rscript run second")
    build = Ahead(root, forced=False)
    build.begun.add("first")
    assert build.choose() is None
    # It may read what its line does not name.
    with pytest.raises(ValueError, match="second"):
        Ahead(small_project(tmp_path / "other", wdir="elsewhere"), forced=False)


def test_what_is_kept_may_be_somebody_elses(tmp_path: Path) -> None:
    root = small_project(tmp_path, outs=[{"data/a": {"persist": True}}])
    build = Ahead(root, forced=False)
    build.begun.add("first")
    stage = build.choose()
    assert stage is not None
    tree = laid_out(build, stage)
    write(tree.place / "data/a", "made")
    tree.close(build.tops)
    # Put there meanwhile, as an author's own exports.
    write(root / "data/a", "given")
    assert not Tree(root, stage.name).take(stage.kept)
    assert (root / "data/a").read_text() == "given"
    assert build.choose() is None


def laid_out(build: Ahead, stage: ahead.Stage, *made: str) -> Tree:
    tree = Tree(build.root, stage.name)
    for file in tree.open_files():
        os.close(file)
    tree.lay_out(stage.deps, stage.outs, build.tops, made)
    return tree


def write(path: Path, text: str) -> None:
    """Write a file as steps do, aside and then in place of what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name("aside")
    aside.write_text(text)
    aside.replace(path)


def test_a_tree_has_the_project_but_what_its_step_makes(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    for name in ("data/f", "data/a", "data/truth/t", "report/a"):
        write(root / name, f"former {name}")
    build = Ahead(root, forced=True)
    first, third = build.stages["first"], build.stages["third"]
    tree = laid_out(build, first)
    assert not (tree.place / "data/f").exists()
    assert (tree.place / "data/a").read_text() == "former data/a"
    # One file that it declares, one that it does not, and one that it writes over.
    for name in ("data/f", "data/new/n", "data/truth/t"):
        write(tree.place / name, f"made {name}")
    tree.close(build.tops)
    assert (root / "data/truth/t").read_text() == "former data/truth/t"
    # What follows is made of that, while it lies in the other tree.
    following = laid_out(build, third, "first")
    assert (following.place / "data/f").read_text() == "made data/f"
    assert (following.place / "data/truth/t").read_text() == "made data/truth/t"
    (root / "data/f").unlink()
    assert Tree(root, "first").take([])
    for name in ("data/f", "data/new/n", "data/truth/t"):
        assert (root / name).read_text() == f"made {name}"
    assert (root / "data/a").read_text() == "former data/a"
    # It was moved, and is still there for what follows.
    assert (following.place / "data/f").read_text() == "made data/f"
    write(following.place / "report/a", "made of it")
    following.close(build.tops)
    assert Tree(root, "third").take([])
    assert (root / "report/a").read_text() == "made of it"
    ahead.clear(root)
    assert not (root / AHEAD).exists()
    assert (root / "cohorts/a/words.txt").read_text() == "words"


def test_a_folder_on_another_disk_gets_what_was_made(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == root.stat().st_dev:
        pytest.skip("there is no other disk")
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        (root / "report").symlink_to(elsewhere)
        build = Ahead(root, forced=True)
        tree = laid_out(build, build.stages["third"])
        write(tree.place / "report/a", "made")
        tree.close(build.tops)
        assert Tree(root, "third").take([])
        assert Path(elsewhere, "a").read_text() == "made"


def test_what_a_step_said_ahead_is_said_when_its_files_are_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = Ahead(small_project(tmp_path), forced=True)
    stage = build.stages["first"]
    tree = Tree(tmp_path, "first")
    _, out, err = tree.open_files()
    os.write(out, b"said\n")
    os.write(err, b"warned\n")
    tree.lay_out(stage.deps, stage.outs, build.tops, [])
    assert not Tree(tmp_path, "first").take([])
    tree.close(build.tops)
    assert json.loads((tmp_path / AHEAD / "first/made.json").read_text())["files"] == []
    assert Tree(tmp_path, "first").take([])
    assert capsys.readouterr() == ("said\n", "warned\n")
