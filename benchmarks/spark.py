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
from pathlib import Path

from scale import STEPS, multiply

# In this order of a line of /proc/PID/stat, after the name: the session, and ticks of processors.
_SESSION, _TICKS = 3, slice(11, 13)
# How often processes are looked at, in seconds.
_EVERY = 0.2


def measure(command: list[str], folder: Path, engine: str, memory: str) -> tuple[float, ...]:
    """Run a command; return seconds, seconds of processors and GB of all its processes together."""
    environment = os.environ | {"ALTCRED_ENGINE": engine, "ALTCRED_MEMORY": memory}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    # Java is no child that is waited for, so that the system adds up nothing of it.
    ticks: dict[str, int] = {}
    largest = 0
    while process.poll() is None:
        resident = 0
        for place in Path("/proc").glob("[0-9]*"):
            try:
                told = (place / "stat").read_text().rpartition(")")[2].split()
                if int(told[_SESSION]) == process.pid:
                    ticks[place.name] = sum(map(int, told[_TICKS]))
                    resident += int((place / "statm").read_text().split()[1])
            except OSError:
                continue
        largest = max(largest, resident)
        time.sleep(_EVERY)
    if process.returncode:
        sys.exit(f"{command[-1]} failed on {engine}")
    seconds = time.perf_counter() - began
    processors = sum(ticks.values()) / os.sysconf("SC_CLK_TCK")
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
    chosen = parser.parse_args()
    names = {"cohort": chosen.cohort, "first": chosen.first, "second": chosen.second}
    for times in chosen.times:
        with tempfile.TemporaryDirectory(prefix="altcred-spark-") as name:
            folder = Path(name)
            multiply(chosen.cohort, times, folder)
            print(f"{times} times the cohort", flush=True)
            for step, code in STEPS.items():
                command = [sys.executable, "-c", code.format(**names)]
                found = []
                for engine in ("duckdb", "spark"):
                    taken = measure(command, folder, engine, chosen.memory)
                    found.append(hash_results(folder))
                    said = "{:8.1f} s {:8.1f} s of processors {:6.2f} GB".format(*taken)
                    print(f"  {step.format(**names):18} {engine:7} {said}", flush=True)
                if found[0] != found[1]:
                    sys.exit("files differ")


if __name__ == "__main__":
    main()
