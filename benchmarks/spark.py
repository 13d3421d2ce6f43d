"""Runs a cohort many times its size on DuckDB and on Spark, and says what each took.

    python benchmarks/spark.py --times 4 40

From the root of the project, in an environment with pyspark (`make test-spark` makes one) and
after `make report` or `altcred reconstruct COHORT`. Every file that a step writes must have the
same bytes from both. Spark runs on this machine unless SPARK_MASTER names another. Needs Linux.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from scale import STEPS, multiply

# In this order of a line of /proc/PID/stat, after the name: parent, session, ticks of processors.
# Java, which has a session of its own, is known by its parent.
_PARENT, _SESSION, _TICKS = 1, 3, slice(11, 13)
# How often processes are looked at, in seconds.
_EVERY = 0.2


def measure(
    command: list[str], folder: Path, engine: str, memory: str
) -> tuple[float, Counter[str], float]:
    """Run a command; return seconds, seconds of processors, and GB of its processes together.

    Processors' seconds are those of Python and of Java, and of workers on this machine.
    """
    environment = os.environ | {"ALTCRED_ENGINE": engine, "ALTCRED_MEMORY": memory}
    before = set(Path("/proc").glob("[0-9]*"))
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    # Java is no child that is waited for, so that the system adds up nothing of it.
    ticks: dict[tuple[str, str], int] = {}
    largest = 0
    while process.poll() is None:
        resident = 0
        for place in set(Path("/proc").glob("[0-9]*")) - before:
            try:
                name, _, told = (place / "stat").read_text().rpartition(")")
                parts = told.split()
                if b"CoarseGrainedExecutorBackend" in (place / "cmdline").read_bytes():
                    kind = "workers"
                elif str(process.pid) in (parts[_PARENT], parts[_SESSION]):
                    kind = "Java" if name.endswith("(java") else "Python"
                else:
                    continue
                ticks[kind, place.name] = sum(map(int, parts[_TICKS]))
                resident += int((place / "statm").read_text().split()[1])
            except OSError:
                continue
        largest = max(largest, resident)
        time.sleep(_EVERY)
    if process.returncode:
        sys.exit(f"{command[-1]} failed on {engine}")
    seconds = time.perf_counter() - began
    processors: Counter[str] = Counter()
    for (kind, _), of_one in ticks.items():
        processors[kind] += of_one / os.sysconf("SC_CLK_TCK")
    return seconds, processors, largest * os.sysconf("SC_PAGE_SIZE") / 1e9


def hash_results(folder: Path) -> dict[str, str]:
    """Return the hash of every file that the steps wrote."""
    paths = sorted(one for one in (folder / "data/processed").rglob("*") if one.is_file())
    return {str(one): hashlib.sha256(one.read_bytes()).hexdigest() for one in paths}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohort", default="hollands-2023")
    parser.add_argument("--first", default="begin")
    parser.add_argument("--second", default="end")
    parser.add_argument("--times", type=int, nargs="+", default=[4, 40])
    parser.add_argument("--memory", default="4GB", help="what each engine may take")
    parser.add_argument("--steps", nargs="+", default=[""], help="how their names begin")
    chosen = parser.parse_args()
    names = {"cohort": chosen.cohort, "first": chosen.first, "second": chosen.second}
    for times in chosen.times:
        with tempfile.TemporaryDirectory(prefix="altcred-spark-") as name:
            folder = Path(name)
            multiply(chosen.cohort, times, folder)
            print(f"{times} times the cohort", flush=True)
            for step, code in STEPS.items():
                if not step.format(**names).startswith(tuple(chosen.steps)):
                    continue
                command = [sys.executable, "-c", code.format(**names)]
                found = []
                for engine in ("duckdb", "spark"):
                    seconds, processors, memory = measure(command, folder, engine, chosen.memory)
                    found.append(hash_results(folder))
                    each = ", ".join(f"{one:.1f} {kind}" for kind, one in processors.items())
                    said = f"{seconds:8.1f} s, of processors {each} s, {memory:.2f} GB"
                    print(f"  {step.format(**names):18} {engine:7} {said}", flush=True)
                if found[0] != found[1]:
                    sys.exit("files differ")


if __name__ == "__main__":
    main()
