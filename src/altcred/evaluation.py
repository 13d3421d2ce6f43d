"""How well repeats and pairs were found, measured against the truth of a reconstructed cohort.

Only a cohort that altcred generated has a truth to measure against. No step that makes an
estimate reads it.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from altcred.paths import processed_dir, project_root, raw_dir, truth_dir, wave_dir
from altcred.study import Study

RESPONSE_ID = "ResponseId"
HEADER_ROWS = 3


def measure_agreement(found: set[Any], true: set[Any]) -> dict[str, float | int]:
    """Return how many were found, how many are true, and precision and recall.

    Precision is the share of the found that are true, recall the share of the true that were
    found; either is 1 where there was nothing to find or nothing found.
    """
    both = len(found & true)
    return {
        "found": len(found),
        "true": len(true),
        "precision": round(both / len(found), 6) if found else 1.0,
        "recall": round(both / len(true), 6) if true else 1.0,
    }


def evaluate_cohort(cohort: str, study: Study) -> dict[str, Any]:
    """Return precision and recall of the repeats of each wave and of the pairs of each panel."""
    rows = {wave: _read_kept(cohort, study, wave) for wave in study.waves}
    truth = _read_rows(truth_dir(cohort) / "repeats.csv")
    measured: dict[str, Any] = {}
    for wave, (dropped, _) in rows.items():
        true = {row["repeat"] for row in truth if row["wave"] == wave}
        measured[wave] = {"repeats": measure_agreement(dropped, true)}
    links = truth_dir(cohort) / "links.csv"
    for panel in study.panels[:1]:
        kept = [rows[wave][1] for wave in (panel.first, panel.second)]
        matches = _read_rows(processed_dir(cohort) / "panel" / "matches.csv")
        found = {(kept[0][row["first_id"]], kept[1][row["second_id"]]) for row in matches}
        linked = _read_rows(links)
        true = {(row[panel.first], row[panel.second]) for row in linked}
        findable = {(row[panel.first], row[panel.second]) for row in linked if row["found_by"]}
        measured["panel"] = {
            "pairs": measure_agreement(found, true),
            "findable": measure_agreement(found, findable),
        }
    return measured


def _read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read_kept(cohort: str, study: Study, wave: str) -> tuple[set[str], dict[str, str]]:
    """Return the export's ids of the repeats that were dropped, and of each kept response."""
    ids = {
        export: _read_export_ids(raw_dir(cohort) / export) for export in study.waves[wave].exports
    }
    dropped: set[str] = set()
    kept: dict[str, str] = {}
    for row in _read_rows(wave_dir(cohort, wave) / "decisions.csv"):
        own = ids[row["file"]][int(row["row"]) - HEADER_ROWS - 1]
        if row["decision"] == "kept":
            kept[row["response_id"]] = own
        elif row["reason"] == "repeat":
            dropped.add(own)
    return dropped, kept


def _read_export_ids(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        column = next(reader).index(RESPONSE_ID)
        rows = list(reader)[HEADER_ROWS - 1 :]
    return [row[column] for row in rows]


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
