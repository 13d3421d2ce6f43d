"""Says how long printed figures take to check, in seconds and against reading their files.

    python benchmarks/published.py --files 100

From the root of the project. Tables of articles are made of random people, three groups side by
side and about a thousand figures each, with one digit changed in some; they are checked one after
the other in this process, and all at once by `altcred check-published`. The shipped tables of
printed figures are checked too. Seconds are those of the processor, for the command also those
that passed. Reading is what pandas needs for the same files, so that the ratios do not depend on
the machine. Needs Linux or macOS.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from altcred.check.consistency import Findings, check_file

GROUPS, ROWS = ("Usual care", "Coaching"), 99
SLIP = 0.3


def write_table(path: Path, seed: int) -> None:
    """Write a table as articles print it: means and shares of two groups and of all."""
    draw = random.Random(seed)
    people = [draw.choice((0, 1)) for _ in range(draw.randint(60, 400))]
    sizes = [people.count(0), people.count(1), len(people)]
    names = (*GROUPS, "Total")
    lines = [
        ["Characteristic"] + [f"{name} (n = {n})" for name, n in zip(names, sizes, strict=True)]
    ]
    for row in range(ROWS):
        if row % 3 == 0:
            answers = [draw.randint(1, 7) for _ in people]
            lines.append([f"Item {row}, mean (SD)", *_each(people, answers, _show_mean)])
        elif row % 3 == 1:
            kinds = [draw.choice("ABC") for _ in people]
            lines.append([f"Question {row}, n (%)", "", "", ""])
            for kind in "ABC":
                shown = [int(one == kind) for one in kinds]
                lines.append([f"  Kind {kind}", *_each(people, shown, _show_share)])
        else:
            ticks = [int(draw.random() < 0.3) for _ in people]
            lines.append([f"Tick {row}, n (%)", *_each(people, ticks, _show_share)])
    if draw.random() < SLIP:
        line = draw.choice([line for line in lines[1:] if line[1]])
        place = draw.choice([place for place, sign in enumerate(line[1]) if sign.isdigit()])
        line[1] = line[1][:place] + str((int(line[1][place]) + 3) % 10) + line[1][place + 1 :]
    path.write_text("\n".join(";".join(line) for line in lines) + "\n", "utf-8")


def _each(
    people: Sequence[int], answers: Sequence[int], show: Callable[[list[int]], str]
) -> list[str]:
    pairs = list(zip(people, answers, strict=True))
    parts = [[answer for group, answer in pairs if group == one] for one in (0, 1)]
    return [show(part) for part in (*parts, list(answers))]


def _show_mean(answers: list[int]) -> str:
    series = pd.Series(answers)
    return f"{series.mean():.2f} ({series.std():.2f})"


def _show_share(answers: list[int]) -> str:
    return f"{sum(answers)} ({100 * sum(answers) / len(answers):.1f})"


def check_all(files: Sequence[Path]) -> tuple[float, float, list[Findings]]:
    """Return the seconds that reading and that checking took, and what was found."""
    start = time.process_time()
    for file in files:
        pd.read_csv(file, sep=None, engine="python", dtype=str)
    read = time.process_time() - start
    start = time.process_time()
    found = [check_file(file) for file in files]
    return read, time.process_time() - start, found


def tell(name: str, seconds: float, read: float, figures: int, found: int) -> None:
    """Write a line of what one run took."""
    print(
        f"{name}: {figures:,} figures, {found} contradictions, {seconds:.1f} s, "
        f"{seconds / read:.0f} times reading, {1000 * seconds / figures:.2f} ms a figure"
    )


def main() -> None:
    """Check the shipped tables and made ones, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100, help="How many tables are made.")
    count = parser.parse_args().files
    for path in sorted(Path("cohorts").glob("*/published.csv")):
        read, seconds, (told,) = check_all([path])
        tell(path.parent.name, seconds, read, len(told.coverage), len(told.findings))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"table-{seed:03}.csv" for seed in range(count)]
        for seed, file in enumerate(files):
            write_table(file, seed)
        read, seconds, told_of = check_all(files)
        figures = sum(len(one.coverage) for one in told_of)
        contradictions = sum(len(one.findings) for one in told_of)
        tell(f"{count} tables, one process", seconds, read, figures, contradictions)
        start = time.perf_counter()
        command = [sys.executable, "-m", "altcred.cli", "check-published", *map(str, files)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = used.ru_utime + used.ru_stime
        tell(f"{count} tables, the command", processor, read, figures, contradictions)
        print(f"    {taken:.1f} s passed, {figures / taken:,.0f} figures a second")


if __name__ == "__main__":
    main()
