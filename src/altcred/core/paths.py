"""Where things lie in the project, whose root holds params.yaml."""

from pathlib import Path


def project_root() -> Path:
    """Return the project's root: this folder, or the one above when a notebook is opened there."""
    here = Path()
    above = Path("..")
    is_above = not (here / "params.yaml").is_file() and (above / "params.yaml").is_file()
    return above if is_above else here


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
    """Return the folder of a cohort's executed notebooks."""
    return processed_dir(cohort) / "notebooks"


def report_dir(cohort: str) -> Path:
    """Return the folder of a cohort's finished report."""
    return project_root() / "report" / cohort
