"""Cells of a chapter that forks of its kernel show ahead: as if the kernel had shown them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from altcred.build.notebooks import run_notebook

CELL = """
import os, signal, sys, time
from IPython.display import Markdown, display
from altcred.core.processes import FORKS
from altcred.write.ahead import show_ahead

os.environ[FORKS] = str(forks)
kernel, here = os.getpid(), []

def show_one(name):
    time.sleep(0.05)
    is_fork = os.getpid() != kernel
    here.append(name)
    display(Markdown(f"*{name}*"), metadata={"report": {"label": name}})
    display({"image/svg+xml": f"<svg>{name}</svg>", "text/plain": "<figure>"}, raw=True)
    if name == "printed":
        print("one"); print("two", file=sys.stderr)
    if name == "ended" and is_fork:
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "failed" and is_fork:
        raise ValueError

show = show_ahead(names, show_one)
"""
NAMES = ["a", "b", "c", "d", "e", "f", "ended", "g", "failed", "printed", "h", "i"]


def run(folder: Path, forks: int) -> tuple[list[Any], set[str]]:
    """Return what each cell of a chapter showed, and which the kernel itself showed."""
    cells = [
        nbformat.v4.new_code_cell("forks = 0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(f"names = {NAMES!r}\n{CELL}"),
        *(nbformat.v4.new_code_cell(f"show({name!r})") for name in [*NAMES, "a"]),
        nbformat.v4.new_code_cell("print(*here)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "source.ipynb")
    run_notebook(folder / "source.ipynb", folder / f"{forks}.ipynb", {"forks": forks})
    *shown, last = [cell.outputs for cell in nbformat.read(folder / f"{forks}.ipynb", 4).cells[3:]]
    return shown, set(last[0].text.split())


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is shown ahead elsewhere")
def test_what_is_shown_ahead_comes_out_as_in_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    alone, here = run(tmp_path, 0)
    assert here == set(NAMES)
    together, here = run(tmp_path, 2)
    assert together == alone
    # What was printed, or is without an outcome since a fork ended, was shown by the kernel.
    assert {"a", "ended", "failed", "printed"} <= here < set(NAMES)


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is shared elsewhere")
def test_shared_work_comes_back_in_its_order_and_fails_here() -> None:
    code = """
import os, time
from altcred.core.processes import FORKS, side_by_side
here = os.getpid()
def work(number):
    # Forks that start late have some left even where all processors are in use.
    time.sleep(0.25 if os.getpid() == here else 0.01)
    if number == 5 and os.getpid() != here:
        raise ValueError
    return number, os.getpid() == here
shared = [lambda number=number: work(number) for number in range(6)]
assert side_by_side(shared) == [(number, True) for number in range(6)]
os.environ[FORKS] = "2"
found = side_by_side(shared)
assert [number for number, _ in found] == [*range(6)]
assert found[0][1] and found[5][1] and not all(is_here for _, is_here in found)
try:
    side_by_side([*shared, lambda: 1 / 0])
except ZeroDivisionError:
    print("failed here")
try:
    os.wait()
except ChildProcessError:
    print("none left")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["failed here", "none left"], done.stderr


def test_work_beside_is_done_again_where_it_failed(tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from altcred.core.processes import begin_beside
here = os.getpid()
def write(path, is_done):
    if is_done or os.getpid() == here:
        Path(path).write_text(str(os.getpid()))
    else:
        raise ValueError
ends = [begin_beside(lambda: write("one", True)), begin_beside(lambda: write("two", False))]
for end in ends:
    end()
print(here)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    assert ((tmp_path / "one").read_text() != done.stdout.strip()) == (processors > 1)
    assert (tmp_path / "two").read_text() == done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is shared elsewhere")
def test_one_process_alone_opens_an_engine_that_answers_one_or_reads_large_files(tmp_path) -> None:
    """A fork would speak over the connection of this process to Spark, and read files twice."""
    (tmp_path / "small").write_bytes(b"rows")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(10**9)
    code = """
import os, time
from pathlib import Path
from altcred.core.engine import CHOSEN, open_side_by_side
from altcred.core.processes import FORKS
os.environ[FORKS] = "1"
small, large = Path("small"), Path("large")
def work():
    time.sleep(0.3)
    return os.getpid()
def count(asked, *files):
    return len(set(open_side_by_side([work, work], asked, *files)))
print(count("", small), count("", small, large), count("spark", small))
os.environ[CHOSEN] = "spark"
print(count("", small))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["2", "1", "1", "1"], done.stderr
