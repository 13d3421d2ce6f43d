"""Runs the pipeline over a stand-in and sets its estimates beside the disclosed ones."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import (
    compared_pairs,
    comparison_folder,
    costed_waves,
    panel_folder,
)
from altcred.estimate.costs import costs_folder, estimate_costs
from altcred.estimate.linkage import add_estimates, estimate_linkage
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import KEY, read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.estimate.weighting import compare_samples
from altcred.link.linkage import link_otherwise
from altcred.link.panel import match_panel
from altcred.standin.shown import find_room

_TABLE = [*KEY, "value", "value_made", "n", "met", "reason"]


def estimate_there(folder: Path, name: str) -> pd.DataFrame:
    """Estimate everything of the cohort in a folder, from its exports on."""
    with contextlib.chdir(folder):
        paths = list(_write_estimates(name))
        return read_estimates(*paths).frame


def _write_estimates(name: str) -> Iterator[Path]:
    cohort = open_cohort(name)
    study, processed = cohort.study, cohort.processed
    for wave in study.waves:
        build_responses(name, wave)
        write_estimates(estimate_wave(name, wave), processed / wave / "estimates.csv")
        yield processed / wave / "estimates.csv"
    for panel in study.panels:
        pair = panel.first, panel.second
        folder = panel_folder(study, *pair)
        match_panel(name, *pair, folder=folder.name)
        write_estimates(estimate_panel(name, *pair), folder / "estimates.csv")
        with contextlib.suppress(InvalidInput):
            linkage = link_otherwise(name, *pair, folder=folder.name)
            add_estimates(estimate_linkage(name, *pair, linkage), folder / "estimates.csv")
        yield folder / "estimates.csv"
    for pair in compared_pairs(study):
        path = comparison_folder(study, *pair) / "estimates.csv"
        write_estimates(compare_samples(name, *pair), path)
        yield path
    if (cohort.folder / "prices.yaml").is_file():
        for wave in costed_waves(study):
            path = costs_folder(name, wave) / "estimates.csv"
            write_estimates(estimate_costs(name, wave), path)
            yield path


def compare(real: pd.DataFrame, made: pd.DataFrame, base: int = 0) -> pd.DataFrame:
    """Return each shown estimate with that of the stand-in, whether it is met, and why it is not.

    It is where both are the same as printed: within half of the last digit that tables give. Where
    counts are rounded to a `base`, they and their shares are met within that base.
    """
    shown = real[real["value"].notna()]
    both = shown.merge(made[[*KEY, "value"]], on=KEY, how="left", suffixes=("", "_made"))
    near = [
        max(find_room(statistic, value), _round_room(statistic, base, n))
        for statistic, value, n in zip(both["statistic"], both["value"], both["n"], strict=True)
    ]
    both["met"] = (both["value"] - both["value_made"]).abs() <= pd.Series(near, index=both.index)
    both["reason"] = [
        "" if met else _tell_reason(wave, statistic, made)
        for met, wave, statistic, made in zip(
            both["met"], both["wave"], both["statistic"], both["value_made"], strict=True
        )
    ]
    return both


def _round_room(statistic: str, base: int, n: float) -> float:
    unit = find_statistic(statistic).unit
    return base if unit == "count" else base / n if unit == "share" and n > 0 else 0.0


def _tell_reason(wave: str, statistic: str, made: float) -> str:
    if made != made:
        return "hidden or not there in the stand-in"
    if find_statistic(statistic).is_test:
        return "rests on relations between answers that no other estimate tells"
    return "not all estimates could be fitted at once"


def tell_tests(found: pd.DataFrame) -> pd.DataFrame:
    """Return the tests of the report, real beside stand-in."""
    is_test = [find_statistic(one).unit == "p value" for one in found["statistic"]]
    return found[is_test]


def write_table(found: pd.DataFrame, path: Path) -> None:
    """Write estimates beside those of the stand-in as CSV."""
    found[_TABLE].to_csv(path, index=False, lineterminator="\n", float_format="%.10g")
