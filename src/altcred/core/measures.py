"""Measures of the build as JSON: some stages leave their own, which the report's joins."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from altcred.core.paths import processed_dir, project_root

# What `dvc metrics show` has a column for, and where it stands among the measures. Few, so that
# the table fits a terminal; the rest is in the files that the stages leave.
SHOWN = {
    "responses": ("gather", "responses"),
    "shown": ("gather", "shown"),
    "reproduced": ("reproduction", "figures", "reproduced"),
    "contradicted": ("reproduction", "figures", "contradicted"),
    "differs": ("reproduction", "figures", "differs"),
    "recall": ("linkage", "panel", "pairs", "recall"),
}


def measures_dir(cohort: str) -> Path:
    """Return the folder where each stage leaves its measures of a cohort."""
    return processed_dir(cohort) / "measures"


def write_measures(path: Path, measures: Mapping[str, Any]) -> None:
    """Write measures as JSON that the same measures always write alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measures, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def join_measures(cohort: str, report: Mapping[str, Any]) -> None:
    """Write all measures of a cohort, those of its report among them, to one file."""
    left = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in measures_dir(cohort).glob("*.json")
    }
    write_measures(_joined(cohort), {**left, "report": report})


def write_metrics(cohort: str) -> None:
    """Write the few measures of a cohort that `dvc metrics` shows to report/COHORT.json."""
    joined = json.loads(_joined(cohort).read_text(encoding="utf-8"))
    shown = {name: _look_up(joined, place) for name, place in SHOWN.items()}
    known = {name: number for name, number in shown.items() if number is not None}
    write_measures(project_root() / "report" / f"{cohort}.json", known)


def _joined(cohort: str) -> Path:
    return processed_dir(cohort) / "measures.json"


def _look_up(measures: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        measures = measures.get(key) if isinstance(measures, dict) else None
    return measures
