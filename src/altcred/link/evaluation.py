"""How well repeats and pairs were found, measured against the truth of a reconstructed cohort.

Only a cohort that altcred generated has a truth to measure against. No step that makes an
estimate reads it.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from altcred.core.paths import raw_dir, truth_dir, wave_dir
from altcred.describe.cohort import Cohort
from altcred.describe.folders import panel_folder
from altcred.describe.study import ROLES, Study
from altcred.link.linkage import FILE, THRESHOLDS, name_threshold
from altcred.read import open_export

# The column in which the export that altcred generated numbers its rows.
RESPONSE_ID = "ResponseId"


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


def evaluate_cohort(cohort: Cohort) -> dict[str, Any]:
    """Return precision and recall of the repeats of each wave and of the pairs of each panel.

    By wave: `repeats`. By the panel's folder: `pairs` (the rules' pairs against everybody of both
    waves), `findable` (against those whom some rule can find), and for each probability at which
    pairs were made, `probability_50` and so on, the same as of `pairs` and what it adds to the
    rules' pairs and loses of them.
    """
    study = cohort.study
    rows = {wave: _read_kept(study, wave) for wave in study.waves}
    truth = _read_rows(truth_dir(cohort.name) / "repeats.csv")
    measured: dict[str, Any] = {}
    for wave, (dropped, _) in rows.items():
        true = {row["repeat"] for row in truth if row["wave"] == wave}
        measured[wave] = {"repeats": measure_agreement(dropped, true)}
    for panel in study.panels:
        waves = (panel.first, panel.second)
        folder = panel_folder(study, *waves)
        links = [
            row
            for row in _read_rows(truth_dir(cohort.name) / "links.csv")
            if (row["first_wave"], row["second_wave"]) == waves
        ]
        measured[folder.name] = _evaluate_panel(folder, [rows[wave][1] for wave in waves], links)
    return measured


def _evaluate_panel(
    folder: Path, kept: list[dict[str, str]], links: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the measures of one panel; `kept` gives the export's id of each side's responses."""

    def name_pair(row: Mapping[str, str]) -> tuple[str, str]:
        return kept[0][row["first_id"]], kept[1][row["second_id"]]

    true = {(row["first"], row["second"]) for row in links}
    findable = {(row["first"], row["second"]) for row in links if row["found_by"]}
    found = {name_pair(row) for row in _read_rows(folder / "matches.csv")}
    measured: dict[str, Any] = {
        "pairs": measure_agreement(found, true),
        "findable": measure_agreement(found, findable),
    }
    scored = _read_rows(folder / FILE)
    for threshold in THRESHOLDS if scored else ():
        chosen = {
            name_pair(row): row["agree"].split()
            for row in scored
            if row["chosen"] == "true" and float(row["probability"]) >= threshold
        }
        wrong = set(chosen) - found - true
        measured[name_threshold(threshold)] = {
            **measure_agreement(set(chosen), true),
            "added_true": len((set(chosen) - found) & true),
            "added_false": len(wrong),
            "added_false_without_address": sum(
                not set(ROLES).intersection(chosen[pair]) for pair in wrong
            ),
            "lost_true": len((found - set(chosen)) & true),
        }
    return measured


def _read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read_kept(study: Study, wave: str) -> tuple[set[str], dict[str, str]]:
    """Return the export's ids of the repeats that were dropped, and of each kept response."""
    ids = {
        export: _read_export_ids(raw_dir(study.name) / export)
        for export in study.waves[wave].exports
    }
    dropped: set[str] = set()
    kept: dict[str, str] = {}
    for row in _read_rows(wave_dir(study.name, wave) / "decisions.csv"):
        own = ids[row["file"]][int(row["row"])]
        if row["decision"] == "kept":
            kept[row["response_id"]] = own
        elif row["reason"] == "repeat":
            dropped.add(own)
    return dropped, kept


def _read_export_ids(path: Path) -> dict[int, str]:
    """Return the platform's id of each row of an export."""
    export = open_export(path)
    column = next(one.position for one in export.columns if one.name == RESPONSE_ID)
    return {row: cells[column] for row, cells in export.rows()}
