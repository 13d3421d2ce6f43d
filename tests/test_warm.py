"""Steps of a build in forks of a process that loaded everything: as new ones, and none left."""

import os
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
from builds import list_servers

if sys.platform != "linux":
    pytest.skip("steps are forked on Linux alone", allow_module_level=True)

from altcred.start import client, server

FIXTURES = Path(__file__).parent / "fixtures/notebooks"
# What a chapter can leave behind, and what a later one looks for.
PLANT = """
import builtins, os, random, sys
import numpy, pandas
builtins.left = pandas.left = sys.left = 1
os.environ["LEFT"] = "1"
os.umask(0o077)
pandas.options.display.precision = 1
random.seed(1)
numpy.random.seed(1)
"""
LOOK = """
import builtins, os, random, sys
import numpy, pandas
found = [hasattr(one, "left") for one in (builtins, pandas, sys)]
print("seen", any(found), "LEFT" in os.environ, os.umask(0o022), pandas.options.display.precision)
print("drawn", random.random(), numpy.random.random())
print("pid", os.getpid(), os.listdir("cohorts"), os.environ["DVC_STAGE"])
"""
SLEEP = """
import os, time
from pathlib import Path
again = Path("pids").exists()
Path("pids").write_text(f"{os.getpid()} {os.getppid()}")
time.sleep(0 if again else 60)
"""


class Project:
    """A folder with chapters, in which steps are run as a shell runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "bin/altcred"
        for name in ("bin", "notebooks", "cohorts/small", "run"):
            (folder / name).mkdir(parents=True)
        (folder / "run").chmod(0o700)
        (folder / "params.yaml").touch()
        (folder / "cohorts/small/study.yaml").touch()
        self.script.write_text("import sys\nfrom altcred.start import main\nsys.exit(main())\n")
        shutil.copy(FIXTURES / "untidy.ipynb", folder / "notebooks/untidy.ipynb")
        for name, code in (("plant", PLANT), ("look", LOOK), ("sleep", SLEEP)):
            cells = [
                nbformat.v4.new_code_cell('cohort = ""', metadata={"tags": ["parameters"]}),
                nbformat.v4.new_code_cell(code),
            ]
            notebook = nbformat.v4.new_notebook(cells=cells)
            nbformat.write(notebook, folder / f"notebooks/{name}.ipynb")

    def start(self, *words: str, **changed: str) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        told = {
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "DVC_STAGE": "one",
            "ALTCRED_WARM": "1",
        }
        return subprocess.Popen(
            [sys.executable, str(self.script), *words],
            cwd=self.folder,
            env={**kept, "CI": "true", **told, **changed},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Whoever runs the tests in the background may ignore it, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *words: str, **changed: str) -> tuple[int, str]:
        """Run a step, and return its exit code and what it said."""
        started = self.start(*words, **changed)
        out, err = started.communicate(timeout=60)
        return started.returncode, out + err

    def shown(self, stem: str, **changed: str) -> str:
        """Run a chapter, and return what its last cell printed."""
        code, said = self.run("run", stem, "small", **changed)
        assert (code, said) == (0, "")
        path = self.folder / f"data/processed/small/overall/{stem}.ipynb"
        return "".join(one.text for one in nbformat.read(path, 4).cells[-1].outputs)

    def wait_for_sleep(self) -> list[int]:
        """Return the processes of the chapter that sleeps, as soon as it does: kernel and step."""
        pids = self.folder / "pids"
        while not (pids.exists() and pids.read_text()):
            time.sleep(0.05)
        return [int(pid) for pid in pids.read_text().split()]

    def end(self) -> None:
        for pid in list_servers(self.folder):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    # The path of a socket may have no more than a hundred characters.
    with tempfile.TemporaryDirectory(prefix="warm-") as name:
        project = Project(Path(name))
        yield project
        project.end()


@pytest.fixture(autouse=True)
def nothing_slept(project: Project) -> None:
    (project.folder / "pids").unlink(missing_ok=True)


def wait_until_gone(pids: list[int]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return
        time.sleep(0.02)
    raise AssertionError(f"still there: {pids}")


def test_a_chapter_has_the_same_bytes_and_sees_nothing_of_another(project: Project) -> None:
    made = project.folder / "data/processed/small/notebooks/untidy-begin.ipynb"
    words = ("run", "untidy", "small", "--wave", "begin")
    assert project.run(*words, ALTCRED_WARM="0") == (0, "")
    plain = made.read_bytes()
    assert list_servers(project.folder) == []
    assert project.run(*words) == (0, "")
    assert made.read_bytes() == plain

    umask = os.umask(0)
    os.umask(umask)
    first = project.shown("look").splitlines()
    assert first[0].split() == ["seen", "False", "False", str(umask), "6"]
    project.shown("plant")
    second = project.shown("look", DVC_STAGE="two").splitlines()
    assert second[0] == first[0]
    assert second[1] != first[1]
    assert second[2].split()[1] != first[2].split()[1]
    assert second[2].split()[2:] == ["['small']", "two"]

    # All in one process, which is nothing but loaded: it has one thread.
    (server,) = list_servers(project.folder)
    assert len(os.listdir(f"/proc/{server}/task")) == 1


def test_what_a_step_says_and_how_it_ends_come_back(project: Project) -> None:
    code, said = project.run("run", "look", "none")
    assert code == 2
    assert said.startswith("cohorts/none/study.yaml: there is no such cohort.")
    assert project.run("run", "nowhere", "small")[0] == 2
    assert project.run("run")[0] == 2
    assert project.run("run", "--help")[1].startswith("Usage: altcred run")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, -15)])
def test_a_signal_reaches_the_step_and_ends_its_kernel(
    project: Project, number: signal.Signals, code: int
) -> None:
    started = project.start("run", "sleep", "small")
    pids = project.wait_for_sleep()
    started.send_signal(number)
    started.communicate(timeout=20)
    assert started.returncode == code
    wait_until_gone(pids)


def test_nothing_is_left_of_a_step_whose_caller_is_killed(project: Project) -> None:
    started = project.start("run", "sleep", "small")
    pids = project.wait_for_sleep()
    started.kill()
    started.communicate()
    wait_until_gone(pids)


def test_a_step_is_run_again_when_what_forked_it_is_killed(project: Project) -> None:
    started = project.start("run", "sleep", "small")
    pids = project.wait_for_sleep()
    former = list_servers(project.folder)
    project.end()
    out, err = started.communicate(timeout=60)
    assert (started.returncode, out, err) == (0, "", "")
    wait_until_gone(pids)
    assert not set(former) & set(list_servers(project.folder))


def test_two_steps_at_once_do_not_meet(project: Project) -> None:
    slow = project.start("run", "sleep", "small")
    pids = project.wait_for_sleep()
    assert str(pids[0]) not in project.shown("look").splitlines()[2].split()
    slow.kill()
    slow.communicate()


def test_a_folder_that_others_can_enter_is_not_used(project: Project) -> None:
    folder = project.folder / "open"
    (folder / f"altcred-{os.getuid()}").mkdir(parents=True)
    (folder / f"altcred-{os.getuid()}").chmod(0o777)
    code, said = project.run("run", "nowhere", "small", XDG_RUNTIME_DIR=str(folder))
    assert code == 2
    assert "not started warm" in said
    assert "is open to others" in said
    assert "no such notebook" in said


def test_a_runtime_folder_that_is_not_there_only_costs_time(project: Project) -> None:
    code, said = project.run("run", "nowhere", "small", XDG_RUNTIME_DIR="/proc/none")
    assert code == 2
    assert "not started warm" in said
    silent = project.run("run", "nowhere", "small", XDG_RUNTIME_DIR="/proc/none", ALTCRED_WARM="")
    assert "warm" not in silent[1]


def test_callers_that_differ_in_what_a_process_inherits_do_not_share_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [client.name_caller("code")]
    names.append(client.name_caller("other code"))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    names.append(client.name_caller("code"))
    (tmp_path / "requirements.lock").write_text("package==1")
    names.append(client.name_caller("code"))
    before = os.umask(0o077)
    names.append(client.name_caller("code"))
    os.umask(before)
    assert len(set(names)) == len(names)
    monkeypatch.setenv("DVC_STAGE", "responses@one")
    assert client.name_caller("code") == names[3]


def test_a_process_that_nobody_asks_ends(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{tmp_path}"[:100])
        listener.listen()
        server.Server(listener, 0.01, 0.05, lambda: False).serve()


def test_a_process_that_nobody_asks_ends_sooner_where_another_was_started(tmp_path: Path) -> None:
    place = tmp_path / f"one{client.SOCKET}"
    asked = 0

    def outdone() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:
            (tmp_path / f"two{client.SOCKET}").touch()
        return server._is_outdone(str(tmp_path / "one"))

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        server.Server(listener, 0.05, 60, outdone).serve()
        assert asked == 2
        place.unlink()
        assert server._is_outdone(str(tmp_path / "one"))


def test_a_first_step_does_not_wait_until_everything_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        caller = client.name_caller(client.hash_package())
        place = Path(client._private_folder()) / f"{caller}{client.SOCKET}"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(place))
            listener.listen()
            for step in client.FIRST:
                assert client.run_warm(["altcred", step]) is None
