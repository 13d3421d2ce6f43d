"""Weights of a stand-in's people, and what is told of weighted answers."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from altcred.clean.responses import build_responses
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.standin.compare import compare
from altcred.standin.form import Form, read_form
from altcred.standin.make import make_stand_in

STUDY = """
name: shop
title: A shop
waves: {one: {label: One, exports: [one.csv], submitted: null, status: null, weight: W}}
subgroups:
  women: {label: Women, where: {sex: [woman]}}
  men: {label: Men, where: {sex: [man]}}
disclosure: {minimum: 0}
"""
CODEBOOK = """
scales:
  often:
    no: {label: Never, code: 1}
    some: {label: At times, code: 2}
    much: {label: Often, code: 3}
variables:
  sex: {label: Sex, kind: single, question: Sex, categories: {woman: Woman, man: Man}}
  comes: {label: Comes, scale: often, question: Comes}
  buys: {label: Buys, scale: often, question: Buys}
  loyal: {label: Loyal, kind: score, derive: {mean: [comes, buys]}}
  goods:
    label: Goods
    kind: multiple
    question: Goods
    separator: ";"
    categories: {bread: Bread, milk: Milk, tea: Tea}
  spent: {label: Spent, kind: number, question: Spent, bounds: {low: 0, high: 90}}
"""
WORDS = ("Never", "At times", "Often")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Each estimate of 300 weighted people beside that of the stand-in."""
    chance = random.Random(8)
    rows = []
    for _ in range(300):
        sex, weight = chance.choice(["Woman", "Man"]), chance.choice([0.4, 0.9, 1.3, 2.2])
        level = chance.random() + 0.4 * (sex == "Man") + 0.3 * weight
        goods = [one for one in ("Bread", "Milk", "Tea") if chance.random() < level / 2]
        comes, buys = (WORDS[int(min(level * chance.uniform(0.5, 2), 2.9))] for _ in range(2))
        spent = round(12 * level + chance.gauss(20, 6))
        rows.append({"W": weight, "Sex": sex, "Comes": comes, "Buys": buys,
                     "Goods": ";".join(goods), "Spent": spent})  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("shop"))
        for folder in ("cohorts/shop", "data/raw/shop"):
            Path(folder).mkdir(parents=True)
        Path("cohorts/shop/study.yaml").write_text(STUDY, encoding="utf-8")
        Path("cohorts/shop/codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
        pd.DataFrame(rows).to_csv("data/raw/shop/one.csv", index=False)
        real = estimate()
        form = Form.read(read_form(open_cohort("shop")).write())
        make_stand_in(open_cohort("shop"), read_estimates(Path("one.csv")), form, Path("out"))
        patch.chdir("out")
        return compare(real, estimate())


def estimate() -> pd.DataFrame:
    build_responses("shop", "one")
    write_estimates(estimate_wave("shop", "one"), "one.csv")
    return read_estimates(Path("one.csv")).frame


@pytest.mark.parametrize("name", ["sex", "comes", "buys", "goods"])
def test_weighted_shares_come_out_of_all_and_of_subgroups(found, name) -> None:
    shares = found[found["variable"].eq(name) & found["statistic"].eq("proportion")]
    assert shares["subgroup"].nunique() == 3
    assert (shares["value"] - shares["value_made"]).abs().max() < 0.002


def test_hardly_any_weighted_share_is_printed_otherwise(found) -> None:
    assert found.loc[found["statistic"].eq("proportion"), "met"].mean() > 0.97


def test_weighted_means_and_quantiles_of_a_number_come_out(found) -> None:
    number = found[found["variable"].eq("spent") & found["subgroup"].eq("all")]
    means = number[number["statistic"].isin(["mean", "std", "sum", "nobs"])]
    assert means["met"].all()
    quantiles = number[number["statistic"].str.startswith(("quantile", "median"))]
    assert np.abs(quantiles["value"] - quantiles["value_made"]).max() <= 1


def test_weights_vary_in_each_subgroup_as_its_design_effect_tells(found) -> None:
    effects = found[found["statistic"].eq("design_effect")]
    assert len(effects) == 3
    assert (effects["value"] - effects["value_made"]).abs().max() < 0.05


def test_most_of_a_weighted_survey_comes_out(found) -> None:
    assert found["met"].mean() > 0.9
