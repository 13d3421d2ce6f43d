"""Reconstructed cohorts, from printed figures to pairs, each in a project of its own.

A run draws everybody's answers anew, gives them identities, writes the exports, and reads them
again as `dvc repro` would. Each run is a process of its own, two at a time at most, and is made
once for all processes that run tests side by side.
"""

import fcntl
import logging
import multiprocessing
import os
import pickle
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COHORT = "hollands-2023"
# None is the cohort's own seed, the one it is shipped with.
SEEDS: tuple[int | None, ...] = (None, 1)


@dataclass(frozen=True)
class Linked:
    """What a run came to: its project's folder, and what was measured against the truth."""

    folder: Path
    measures: dict[str, Any]
    kept: dict[str, int]
    dropped: dict[str, dict[str, int]]
    shared_addresses: dict[str, int]

    def file(self, *parts: str) -> Path:
        """Return a file of the cohort under data/: its kind, then the path below the cohort."""
        kind, *rest = parts
        return self.folder.joinpath("data", kind, COHORT, *rest)


def link_cohort_once(root: Path, folder: Path, seed: int | None) -> Linked:
    """Return what `link_cohort` came to, here or in another process that was given the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "linked.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_bytes(pickle.dumps(link_cohort(root, folder, seed)))
        return pickle.loads(made.read_bytes())


def link_cohort(root: Path, folder: Path, seed: int | None) -> Linked:
    """Reconstruct the cohort at a seed, and find its repeats and pairs."""
    from altcred.clean.responses import build_responses
    from altcred.describe.cohort import open_cohort
    from altcred.describe.folders import panel_folder
    from altcred.describe.study import load_study
    from altcred.link.evaluation import evaluate_cohort
    from altcred.link.linkage import link_otherwise
    from altcred.link.panel import match_panel
    from altcred.reconstruct import reconstruct_cohort

    shutil.copytree(root / "cohorts" / COHORT, folder / "cohorts" / COHORT)
    os.chdir(folder)
    logging.disable()
    study = load_study(COHORT)
    reconstruct_cohort(COHORT, seed)
    read = {wave: build_responses(COHORT, wave) for wave in study.waves}
    for panel in study.panels:
        made = panel_folder(study, panel.first, panel.second).name
        match_panel(COHORT, panel.first, panel.second, folder=made)
        link_otherwise(COHORT, panel.first, panel.second, folder=made)
    return Linked(
        folder,
        evaluate_cohort(open_cohort(COHORT)),
        {wave: one.kept for wave, one in read.items()},
        {wave: dict(one.dropped) for wave, one in read.items()},
        {wave: one.shared_addresses for wave, one in read.items()},
    )


@contextmanager
def start_runs(root: Path, folder: Path) -> Iterator[dict[int | None, Future[Linked]]]:
    """Start a run at each seed, the shipped one first; those not begun at the end are dropped."""
    # A fresh process has its own current directory and none of this one's threads.
    context = multiprocessing.get_context("spawn")
    workers = min(2, os.cpu_count() or 1)
    pool = ProcessPoolExecutor(workers, mp_context=context)
    runs = {}
    for seed in SEEDS:
        project = folder / ("shipped" if seed is None else f"seed-{seed}")
        runs[seed] = pool.submit(link_cohort_once, root, project, seed)
    # The processes end with their last run, and do not lie idle during the other tests.
    pool.shutdown(wait=False)
    try:
        yield runs
    finally:
        for run in runs.values():
            run.cancel()
