"""Measures of the build as JSON: each stage leaves its own, and one file gathers them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from altcred.core.paths import project_root


def write_measures(path: Path, measures: Mapping[str, Any]) -> None:
    """Write measures as JSON that the same measures always write alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measures, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def gather_measures(paths: Iterable[Path]) -> dict[str, Any]:
    """Join the measures of several cohorts, `COHORT-WHAT.json` each, by cohort and kind."""
    gathered: dict[str, Any] = {}
    for path in sorted(paths):
        cohort, _, what = path.stem.rpartition("-")
        content = json.loads(path.read_text(encoding="utf-8"))
        gathered.setdefault(cohort, {})[what] = content
    return gathered


def measures_dir() -> Path:
    """Return the folder where each stage leaves its measures."""
    return project_root() / "data/processed/measures"
