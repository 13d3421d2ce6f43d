"""Where things lie in the project, whose root holds params.yaml."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# What a folder has that is a project of altcred, and not only of DVC.
MARKS = ("params.yaml", "dvc.yaml", "report/template")


def project_root() -> Path:
    """Return the project's root: this folder, or the one above when a notebook is opened there."""
    here = Path()
    above = Path("..")
    is_above = not (here / "params.yaml").is_file() and (above / "params.yaml").is_file()
    return above if is_above else here


def find_project(start: Path) -> Path | None:
    """Return the project that a folder lies in: the nearest one above it or itself."""
    folders = [start, *start.parents]
    return next((one for one in folders if all((one / mark).exists() for mark in MARKS)), None)


def cohort_dir(cohort: str) -> Path:
    """Return the folder of what a person writes about one cohort."""
    return project_root() / "cohorts" / cohort


def raw_dir(cohort: str) -> Path:
    """Return the folder of a cohort's raw exports."""
    return project_root() / "data/raw" / cohort


def truth_dir(cohort: str) -> Path:
    """Return the folder of a reconstructed cohort's true links and repeats."""
    return project_root() / "data/truth" / cohort


def processed_dir(cohort: str) -> Path:
    """Return the folder of what the pipeline makes of a cohort."""
    return project_root() / "data/processed" / cohort


def wave_dir(cohort: str, wave: str) -> Path:
    """Return the folder of one wave's responses and estimates."""
    return processed_dir(cohort) / wave


def executed_dir(cohort: str) -> Path:
    """Return the folder of a cohort's executed chapters on one survey or a pair."""
    return processed_dir(cohort) / "notebooks"


def overall_dir(cohort: str) -> Path:
    """Return the folder of a cohort's executed chapters on all of its surveys."""
    return processed_dir(cohort) / "overall"


def report_dir(cohort: str) -> Path:
    """Return the folder of a cohort's finished report."""
    return project_root() / "report" / cohort


@contextmanager
def written_together(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Give a folder aside to write files in; move them to `folder` when all has gone well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield aside
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(aside / name, folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
