"""Runs a cohort many times its size through responses, survey and panel, and says what it took.

    python benchmarks/scale.py --times 40 --memory 2GB

From the root of the project, after `make report` or `altcred reconstruct COHORT`. Every person
of the cohort becomes many, each with addresses of their own, so the numbers of kept rows and of
pairs found by address must grow by just that factor. Each step runs in a process of its own,
whose peak of memory is reported; the same rules in plain pandas run on the smaller size, in the
same run, so that the ratios do not depend on the machine. Needs Linux or macOS.
"""

import argparse
import csv
import datetime
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from plain_pandas import count_header_rows

from altcred.core.paths import cohort_dir, raw_dir
from altcred.describe.codebook import load_codebook
from altcred.describe.study import load_study
from altcred.read.columns import open_wave

_SURVEY = (
    "from altcred.core.paths import wave_dir; from altcred.estimate.store import write_estimates; "
    "from altcred.estimate.wave import estimate_wave; "
    "found = estimate_wave('{{cohort}}', '{{{wave}}}'); "
    "write_estimates(found, wave_dir('{{cohort}}', '{{{wave}}}') / 'estimates.csv'); "
    "print(len(found))"
)
STEPS = {
    "responses {first}": "from altcred.clean.responses import build_responses as b; "
    "print(b('{cohort}', '{first}').kept)",
    "responses {second}": "from altcred.clean.responses import build_responses as b; "
    "print(b('{cohort}', '{second}').kept)",
    "survey {first}": _SURVEY.format(wave="first"),
    "survey {second}": _SURVEY.format(wave="second"),
    "panel": "from altcred.link.panel import match_panel as m; "
    "print(m('{cohort}', '{first}', '{second}').pairs)",
    "panel estimates": "from altcred.estimate.panel import estimate_panel as e; "
    "print(len(e('{cohort}', '{first}', '{second}')))",
    "comparison": "from altcred.estimate.comparison import estimate_comparison as e; "
    "print(len(e('{cohort}', '{first}', '{second}')))",
}
# Only these have a counterpart in plain pandas.
COMPARED = ("responses {first}", "responses {second}", "panel")


@dataclass
class Taken:
    """What one step took: seconds, seconds of all processors together, the peak of memory in GB.

    `result` is what it printed.
    """

    seconds: float
    processor: float
    memory: float
    result: str


def multiply(cohort: str, copies: int, folder: Path) -> None:
    """Write the cohort into a folder with every person many times.

    Each has addresses, ids of responses and times of their own; a copy's times are all as much
    later, so that what came first still does.
    """
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    shutil.copytree(cohort_dir(cohort), folder / cohort_dir(cohort))
    (folder / raw_dir(cohort)).mkdir(parents=True)
    for wave in study.waves:
        for export, columns in open_wave(study, codebook, wave)[0]:
            emails = [c.position for role, c in columns.items() if role.startswith("@email")]
            ips = [c.position for role, c in columns.items() if role.startswith("@ip")]
            ids = [c.position for role, c in columns.items() if role == "@response_id"]
            times = [c.position for role, c in columns.items() if role == "@submitted"]
            target = folder / raw_dir(cohort) / export.file
            with (
                export.path.open(encoding="utf-8-sig", newline="") as source,
                target.open("w", encoding="utf-8", newline="") as file,
            ):
                rows = list(csv.reader(source))
                writer = csv.writer(file)
                head = count_header_rows(export)
                writer.writerows(rows[:head])
                for copy in range(copies):
                    later = datetime.timedelta(seconds=13 * copy)
                    for row in rows[head:]:
                        changed = list(row)
                        for position in emails:
                            if "@" in row[position]:
                                changed[position] = f"{copy}.{row[position].strip()}"
                        for position in ips:
                            if row[position].strip():
                                plain = row[position].strip().replace(".", "-").replace(":", "_")
                                changed[position] = f"net{copy:04d}-{plain}"
                        for position in ids:
                            changed[position] = f"{row[position]}-{copy}"
                        for position in times:
                            if row[position].strip():
                                time = datetime.datetime.fromisoformat(row[position].strip())
                                changed[position] = str(time + later)
                        writer.writerow(changed)


def run(command: list[str], folder: Path, memory: str) -> Taken:
    """Run a command in a folder and return what it took."""
    environment = os.environ | {"ALTCRED_MEMORY": memory, "ALTCRED_THREADS": ""}
    environment.pop("ALTCRED_THREADS")
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{command[-1]} failed")
        output.seek(0)
        result = output.read().strip()
    unit = 1e9 if sys.platform == "darwin" else 1e6
    processor = usage.ru_utime + usage.ru_stime
    return Taken(time.perf_counter() - started, processor, usage.ru_maxrss / unit, result)


def show(name: str, one: Taken) -> None:
    """Print a line about a step."""
    print(
        f"  {name:18} {one.seconds:8.1f} s {one.processor:8.1f} s of processors "
        f"{one.memory:6.2f} GB  {one.result}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohort", default="hollands-2023")
    parser.add_argument("--first", default="begin")
    parser.add_argument("--second", default="end")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--smaller", type=int, default=10)
    parser.add_argument("--memory", default="2GB", help="what the SQL engine may take")
    parser.add_argument(
        "--plain",
        choices=["none", "smaller", "both"],
        default="smaller",
        help="the sizes on which the rules in plain pandas run too",
    )
    chosen = parser.parse_args()
    names = {"cohort": chosen.cohort, "first": chosen.first, "second": chosen.second}
    taken: dict[int, dict[str, Taken]] = {}
    plain: dict[int, Taken] = {}
    for times in (chosen.smaller, chosen.times):
        with tempfile.TemporaryDirectory(prefix="altcred-scale-") as name:
            folder = Path(name)
            multiply(chosen.cohort, times, folder)
            print(f"{times} times the cohort", flush=True)
            taken[times] = {}
            for step, code in STEPS.items():
                step = step.format(**names)
                command = [sys.executable, "-c", code.format(**names)]
                one = taken[times][step] = run(command, folder, chosen.memory)
                show(step, one)
            if chosen.plain == "both" or (chosen.plain == "smaller" and times == chosen.smaller):
                script = str(Path(__file__).with_name("plain_pandas.py").resolve())
                command = [sys.executable, script, *names.values()]
                one = plain[times] = run(command, folder, chosen.memory)
                counts = (folder / "plain.txt").read_text(encoding="utf-8").split()
                one.result = " ".join(counts)
                show("plain pandas", one)
                same = [taken[times][step.format(**names)].result for step in COMPARED]
                if counts != same:
                    sys.exit(f"altcred kept {same}, plain pandas {counts}")
    small, large = taken[chosen.smaller], taken[chosen.times]
    rows = chosen.times / chosen.smaller
    print(f"growth from {chosen.smaller} to {chosen.times} times (rows grew by {rows:.1f})")
    for step in small:
        # Seconds of processors do not depend on what else the machine is doing.
        time_ratio = large[step].processor / small[step].processor
        memory_ratio = large[step].memory / small[step].memory
        exponent = math.log(time_ratio) / math.log(rows)
        print(
            f"  {step:18} time x {time_ratio:5.2f} (exponent {exponent:.2f})   "
            f"memory x {memory_ratio:5.2f}"
        )
    for times, one in plain.items():
        own = [taken[times][step.format(**names)] for step in COMPARED]
        seconds = sum(each.processor for each in own)
        memory = max(each.memory for each in own)
        print(
            f"plain pandas at {times} times: {one.processor / seconds:.1f} times the seconds of "
            f"processors, {one.memory / memory:.1f} times the memory of responses and panel"
        )


if __name__ == "__main__":
    main()
