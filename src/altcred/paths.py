"""Where things lie, relative to the project's root, which is the current directory."""

from pathlib import Path


def cohort_dir(cohort: str) -> Path:
    """Return the folder of what a person writes about one cohort."""
    return Path("cohorts") / cohort


def raw_dir(cohort: str) -> Path:
    """Return the folder of a cohort's raw exports."""
    return Path("data/raw") / cohort


def truth_dir(cohort: str) -> Path:
    """Return the folder of a reconstructed cohort's true links and repeats."""
    return Path("data/truth") / cohort


def processed_dir(cohort: str) -> Path:
    """Return the folder of what the pipeline makes of a cohort."""
    return Path("data/processed") / cohort


def wave_dir(cohort: str, wave: str) -> Path:
    """Return the folder of one wave's responses and estimates."""
    return processed_dir(cohort) / wave


def executed_dir(cohort: str) -> Path:
    """Return the folder of a cohort's executed notebooks."""
    return processed_dir(cohort) / "notebooks"


def report_dir(cohort: str) -> Path:
    """Return the folder of a cohort's finished report."""
    return Path("report") / cohort
