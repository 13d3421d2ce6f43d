"""Tests and intervals against what R printed: the call, the data and the source stand beside each.

Where R prints a p value to so many digits, ours agree to as many.
"""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from altcred.core import ranks
from altcred.core.distribution import describe_numbers
from altcred.core.paired import compare_means
from altcred.core.ranks import compare_rank_sums, compare_signed_ranks, subtract_answers
from altcred.core.records import ALL, Recorder
from altcred.core.samples import compare_moments, compare_ranks, hedges_g, test_table
from altcred.estimate.comparison import compare_waves
from altcred.estimate.store import Estimates, compose_frame

FIGURES = list(csv.DictReader((Path(__file__).parent / "fixtures" / "r_figures.csv").open()))
RECORD = Recorder(ALL, "answer")


def agree(found: dict[str, float], printed: str, finest: float = 0) -> None:
    """Compare numbers with those printed, each to the digits it was printed with."""
    for name, text in re.findall(r"(\w+)=(\S+)", printed):
        mantissa, _, exponent = text.partition("e")
        step = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
        assert found[name] == pytest.approx(float(text), abs=0.5000001 * max(step, finest)), name


def record(records, statistic: str, sign: int = 1) -> dict[str, float]:
    (one,) = (one for one in records if one.statistic == statistic)
    ends = sorted((sign * one.low, sign * one.high))
    return {"value": sign * one.value, "low": ends[0], "high": ends[1]}


def count_answers(samples):
    values = np.unique(np.concatenate(samples))
    return values, np.array([[(one == value).sum() for value in values] for one in samples])


def compare_as_waves(samples):
    rows = []
    for wave, sample in zip(("first", "second"), samples, strict=True):
        values, people = np.unique(sample, return_counts=True)
        each = [RECORD.number("nobs", len(sample), n=len(sample))]
        each += describe_numbers(RECORD, values, people.astype(float), {}, is_skewed=False)
        rows.append(compose_frame(each, wave))
    found = compare_waves(Estimates(pd.concat(rows, ignore_index=True)), "first", "second")
    return found.set_index("statistic")


@pytest.mark.parametrize("figure", FIGURES, ids=[one["call"] for one in FIGURES])
def test_it_agrees_with_r(figure, monkeypatch):
    samples = [np.array(one.split(), dtype=float) for one in figure["samples"].split("/")]
    test, printed = figure["test"], figure["figures"]
    if test.endswith("normal"):
        monkeypatch.setattr(ranks, "EXACT_BELOW", 0)
    if test.startswith("wilcoxon"):
        statistic, pvalue, _ = compare_signed_ranks(subtract_answers(*samples))
        agree({"statistic": statistic, "pvalue": pvalue}, printed)
    elif test.startswith("mann-whitney"):
        statistic, pvalue, _ = compare_rank_sums(*samples)
        # R's help asks of one side; without ties the distribution is the same on both.
        pvalue /= 2 if test.endswith("greater") else 1
        agree({"statistic": statistic, "pvalue": pvalue}, printed)
    elif test in ("paired t", "d_z"):
        # R's differences are first minus second, ours second minus first.
        records = list(compare_means(RECORD, *map(pd.Series, samples)))
        if test == "d_z":
            agree(record(records, "cohen_dz", -1), printed)
        else:
            told = {
                name: record(records, f"ttest_rel_{name}")["value"]
                for name in ("statistic", "pvalue")
            }
            agree(told | record(records, "mean_difference", -1), printed)
    elif test == "welch t":
        found = compare_as_waves(samples)
        low, high = found.loc["mean_difference", ["low", "high"]]
        pvalue = found.loc["ttest_ind_pvalue", "value"]
        # The table of estimates keeps six digits.
        agree({"pvalue": pvalue, "low": -high, "high": -low}, printed, 1e-5)
    elif test == "hedges g":
        stds, sizes = [one.std(ddof=1) for one in samples], [len(one) for one in samples]
        value, low, high = hedges_g(samples[0].mean() - samples[1].mean(), stds, sizes)
        agree({"value": value, "low": low, "high": high}, printed)
    elif test == "kruskal":
        records = list(compare_ranks(RECORD, *count_answers(samples)))
        n = sum(map(len, samples))
        agree(
            {
                "statistic": record(records, "epsilon_squared")["value"] * (n - 1),
                "pvalue": record(records, "kruskal_pvalue")["value"],
            },
            printed,
        )
    elif test == "welch anova":
        columns = ([f(one) for one in samples] for f in (np.mean, lambda x: x.std(ddof=1), len))
        found = record(compare_moments(RECORD, *columns), "anova_pvalue")
        agree({"pvalue": found["value"]}, printed)
    else:
        assert test == "table"
        agree({"pvalue": test_table(np.array(samples))[0]}, printed)


test_table.__test__ = False  # A function of the package, named for what it does.
