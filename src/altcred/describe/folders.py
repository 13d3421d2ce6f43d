"""Which cohorts are built, and where the results of two waves lie."""

from pathlib import Path

from altcred.core.errors import InvalidInput, Problem
from altcred.core.paths import processed_dir, project_root
from altcred.describe.study import Study, read_yaml


def first_cohort() -> str:
    """Return the first cohort of params.yaml, which a notebook opened without one is about."""
    path = project_root() / "params.yaml"
    lines = (read_yaml(path) or {}).get("cohorts") or {}
    if not lines:
        message = "lists no cohort."
        raise InvalidInput([Problem(str(path), "cohorts", message, "Run `altcred plan`.")])
    return str(next(iter(lines.values()))["cohort"])


def panel_folder(study: Study, first: str, second: str) -> Path:
    """Return the folder of a pair of waves: `panel` for the study's first, else `panel-SECOND`.

    The folder's name is also what the waves of the panel's estimates begin with.
    """
    panel = study.panel_of(first, second)
    name = "panel" if panel is study.panels[0] else f"panel-{second}"
    return processed_dir(study.name) / name


def comparison_folder(study: Study, first: str, second: str) -> Path:
    """Return the folder of two compared waves, named as panel_folder names that of a panel."""
    pairs = [(panel.first, panel.second) for panel in study.panels]
    is_first = not pairs or (first, second) == pairs[0]
    return processed_dir(study.name) / ("comparison" if is_first else f"comparison-{second}")
