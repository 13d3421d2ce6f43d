"""Runs the pipeline over a stand-in and sets its estimates beside the disclosed ones."""

import pandas as pd

from altcred.clean.responses import build_responses
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import Cohort
from altcred.describe.folders import comparison_folder, panel_folder
from altcred.describe.plan import compared_pairs, costed_waves
from altcred.estimate.costs import estimate_costs
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import KEY
from altcred.estimate.wave import estimate_wave
from altcred.estimate.weighting import compare_samples
from altcred.link.panel import match_panel


def estimate_all(cohort: Cohort) -> pd.DataFrame:
    """Estimate everything of a cohort in this project, from its exports on."""
    study, name = cohort.study, cohort.name
    frames = []
    for wave in study.waves:
        build_responses(name, wave)
        frames.append(estimate_wave(name, wave))
    return pd.concat(frames, ignore_index=True)


def compare(real: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Return each shown estimate with that of the stand-in, and whether it is met.

    It is where both are the same as printed: within half of the last digit that tables give.
    """
    shown = real[real["value"].notna()]
    both = shown.merge(made[[*KEY, "value"]], on=KEY, how="left", suffixes=("", "_made"))
    near = [_tolerance(*one) for one in zip(both["statistic"], both["value"], strict=True)]
    both["met"] = (both["value"] - both["value_made"]).abs() <= pd.Series(near, index=both.index)
    return both


def _tolerance(statistic: str, value: float) -> float:
    unit = find_statistic(statistic).unit
    if unit in ("share", "points"):
        return 0.0005 + 1e-9
    if unit in ("count", "score"):
        return 0.5 - 1e-9
    if unit == "p value":
        return 0.005 if value >= 0.1 else 0.0005
    digits = 2 if unit == "number" else max(2 - len(str(int(abs(value)))) + 1, 0)
    return 0.5 * 10.0**-digits + 1e-9
