"""How the benchmark of a build tells start-up from work."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def benchmark(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", root / "benchmarks/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build"] = module
    spec.loader.exec_module(module)
    return module


def test_work_is_what_cells_took_without_the_modules_they_load(benchmark: ModuleType) -> None:
    lines = [
        {"kind": "start", "process": 1, "at": 0.0, "words": ["dvc", "repro"]},
        {"kind": "start", "process": 2, "at": 1.0,
         "words": ["altcred", "run", "02-survey", "c", "--wave", "w", "--estimates", "w"]},
        {"kind": "start", "process": 3, "at": 1.2, "words": ["ipykernel_launcher"]},
        {"kind": "cell", "process": 3, "parent": 2, "at": 5.0, "seconds": 3.0, "imports": 2.0},
        {"kind": "cell", "process": 3, "parent": 2, "at": 7.0, "seconds": 2.0, "imports": 0.0},
        {"kind": "end", "process": 2, "at": 9.0, "imports": 0.5, "processors": 7.0},
        {"kind": "start", "process": 4, "at": 10.0, "words": ["altcred", "report", "c"]},
        {"kind": "end", "process": 4, "at": 14.0, "imports": 1.0, "processors": 4.0},
        {"kind": "start", "process": 5, "at": 14.0, "words": ["altcred", "rooms"]},
        {"kind": "end", "process": 5, "at": 14.5, "imports": 0.0, "processors": 0.5},
        {"kind": "end", "process": 1, "at": 16.0, "imports": 0.1, "processors": 14.0},
    ]  # fmt: skip
    stages, whole = benchmark.read_stages(lines)
    assert [(one.name, one.seconds, one.work, one.start_up) for one in stages] == [
        ("02-survey c w", 8.0, 3.0, 5.0),
        ("report c", 4.0, 3.0, 1.0),
        ("rooms", 0.5, 0.5, 0.0),
    ]
    assert (whole.seconds, whole.processors) == (16.0, 14.0)


def test_the_seconds_of_a_stage_that_ran_ahead_are_those_of_who_did_its_work(
    benchmark: ModuleType,
) -> None:
    told = {"stage": "report@c", "forked": True, "imports": 0.5}
    lines = [
        {"kind": "start", "process": 1, "at": 0.0, "words": ["dvc", "repro"]},
        {"kind": "start", "process": 7, "at": 1.0, "words": []},
        {"kind": "end", "process": 7, "at": 5.0, "processors": 3.5, **told},
        {"kind": "start", "process": 2, "at": 6.0, "words": ["altcred", "report", "c"],
         "stage": "report@c"},
        {"kind": "start", "process": 8, "at": 6.1, "words": []},
        {"kind": "end", "process": 8, "at": 6.2, "processors": 0.1, **told},
        {"kind": "end", "process": 2, "at": 6.3, "imports": 0.0, "processors": 0.2,
         "stage": "report@c"},
        {"kind": "loaded", "process": 9, "processor": 2.0},
        {"kind": "end", "process": 1, "at": 7.0, "imports": 0.1, "processors": 1.0},
    ]  # fmt: skip
    (stage,), whole = benchmark.read_stages(lines)
    assert (stage.seconds, stage.work) == (4.0, 3.5)
    assert stage.processors == pytest.approx(3.8)
    assert (whole.seconds, whole.processors) == (7.0, pytest.approx(6.6))


def test_the_seconds_of_imports_are_counted_once(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outer.py").write_text("import time, inner\ntime.sleep(0.1)\n")
    (tmp_path / "inner.py").write_text("import time\ntime.sleep(0.2)\n")
    times = tmp_path / "times"
    subprocess.run(
        [sys.executable, "-c", "import outer; import outer, inner"],
        env=os.environ
        | {
            "PYTHONPATH": f"{root / 'benchmarks/timing'}{os.pathsep}{tmp_path}",
            "ALTCRED_BUILD_TIMES": str(times),
        },
        check=True,
    )
    start, end = (json.loads(line) for line in times.read_text().splitlines())
    assert start["kind"] == "start"
    # Counting `inner` twice would come to more than the whole process took.
    assert 0.3 <= end["imports"] <= end["at"] - start["at"]
