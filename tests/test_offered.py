"""Questions of which two waves offered other answers: only what both offered is compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from altcred.clean.responses import build_responses
from altcred.core.paired import compare_categories, compare_proportions
from altcred.core.records import ALL, Recorder
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds.yardstick import SHARED
from altcred.link.panel import match_panel
from altcred.write.pairs import open_comparison, open_panel

STUDY = """
name: ferry
title: Ferry
waves:
  early: {label: Early, exports: [early.csv], submitted: null, status: null, person: who}
  late: {label: Late, exports: [late.csv], submitted: null, status: null, person: who}
panels: [{first: early, second: late, rules: [{name: code, keys: [person]}]}]
disclosure: {minimum: MINIMUM}
"""
CODEBOOK = """
variables:
  seat:
    label: Seat
    kind: single
    question: seat
    categories: {deck: Deck, cabin: Cabin, bar: Bar, bridge: {label: Bridge, waves: [late]}}
  mood:
    label: Mood
    kind: scale
    question: mood
    categories: {low: Low, fair: Fair, high: High, top: {label: Top, waves: [late]}}
  order:
    label: Order
    kind: rank
    question: order
    categories: {food: Food, view: View, shop: {label: Shop, waves: [late]}}
"""
SEATS = {"early": ["Deck"] * 40 + ["Cabin"] * 35 + ["Bar"] * 25, "late": []}
# Of the later answers 30 are of a seat that was not to be had before; the others fell alike.
SEATS["late"] = (["Deck"] * 14 + ["Bridge"] * 14 + ["Cabin"] * 12) + (
    ["Cabin"] * 14 + ["Bridge"] * 10 + ["Deck"] * 11 + ["Bar"] * 15 + ["Bridge"] * 6 + ["Cabin"] * 4
)
MOODS = {
    "early": ["Low", "Fair", "High", "Fair"] * 25,
    "late": ["Fair", "Fair", "Top", "High"] * 25,
}
ORDER = {"early": ["Food > View"] * 100, "late": ["Shop > Food > View"] * 100}


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def build(minimum=0, seats=SEATS) -> tuple[Estimates, Estimates]:
    for folder in ("cohorts/ferry", "data/raw/ferry"):
        Path(folder).mkdir(parents=True)
    study = STUDY.replace("MINIMUM", str(minimum))
    Path("cohorts/ferry/study.yaml").write_text(study, encoding="utf-8")
    Path("cohorts/ferry/codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    for wave in ("early", "late"):
        columns = {"seat": seats[wave], "mood": MOODS[wave], "order": ORDER[wave]}
        rows = pd.DataFrame(columns).assign(who=[f"w{one}" for one in range(100)])
        rows.to_csv(f"data/raw/ferry/{wave}.csv", index=False)
        build_responses("ferry", wave)
        path = Path(f"data/processed/ferry/{wave}/estimates.csv")
        write_estimates(estimate_wave("ferry", wave), path)
    match_panel("ferry", "early", "late")
    compared = estimate_comparison("ferry", "early", "late")
    panel = estimate_panel("ferry", "early", "late")
    for folder, frame in (("comparison", compared), ("panel", panel)):
        write_estimates(frame, Path(f"data/processed/ferry/{folder}/estimates.csv"))
    return Estimates(compared), Estimates(panel)


def kept(wave, seats=SEATS) -> pd.Series:
    answers = pd.Series(seats[wave])
    return answers.where(answers != "Bridge")


def test_different_people_are_tested_over_the_answers_that_both_offered():
    found, _ = build()
    counts = [kept(wave).value_counts()[["Deck", "Cabin", "Bar"]] for wave in ("early", "late")]
    test = found.find("early-late", "seat", "", "chi2_pvalue")
    expected = stats.chi2_contingency(np.array(counts), correction=False).pvalue
    assert test.value == pytest.approx(expected, rel=1e-4)
    assert test.value > 0.05
    assert test.n == 170
    assert test.note.endswith(SHARED)
    # A share falls because another answer was offered, which no test is to call a difference.
    assert found.find("early-late", "seat", "deck", "difference").value == pytest.approx(-0.15)
    assert not found.has("early-late", "seat", "deck", "proportions_pvalue")
    # The mean of another scale is another number; ranks are of the people of both.
    assert found.find("early-late", "mood", "", "mannwhitneyu_pvalue").n == 175
    assert not found.has("early-late", "mood", "", "mean_difference")
    assert not found.has("early-late", "order:food")


def test_the_same_people_are_tested_over_the_answers_that_both_offered():
    _, found = build()
    first, second = kept("early"), kept("late")
    names = {"Deck": "deck", "Cabin": "cabin", "Bar": "bar"}
    sides = first.map(names), second.map(names)
    expected = {
        one.statistic: one.value
        for one in compare_categories(Recorder(ALL, "seat"), *sides, list(names.values()))
    }
    for statistic in ("nobs", "stuart_maxwell_pvalue"):
        one = found.find("panel", "seat", "", statistic)
        assert one.value == pytest.approx(expected[statistic], rel=1e-4)
        assert one.note.endswith(SHARED)
    deck = [side.eq("deck").where(side.notna()) for side in sides]
    mcnemar = {one.statistic: one.value for one in compare_proportions(Recorder("", ""), *deck)}
    found_one = found.find("panel", "seat:deck", "", "mcnemar_pvalue")
    assert found_one.value == pytest.approx(mcnemar["mcnemar_pvalue"], rel=1e-4)
    assert found.find("panel", "mood", "", "mean_difference").n == 75
    assert not found.has("panel", "order:food")


def test_the_chapters_say_that_other_answers_were_offered():
    build()
    for chapter in (open_comparison("04", "ferry", "early", "late"),
                    open_panel("05", "ferry", "early", "late")):  # fmt: skip
        told = {
            name: chapter.say(chapter.view.kind(name), name) for name in ("seat", "mood", "order")
        }
        assert all("did not offer the same answers" in one for one in told.values())
        assert "nothing of them is compared" in told["order"]
        assert SHARED in told["seat"]
    # The number is of those whom the test follows.
    assert f"of the 70 who answered both times, {SHARED}, p" in told["seat"]


@pytest.mark.parametrize(("alone", "is_told"), [(4, False), (30, True)])
def test_the_number_of_pairs_does_not_tell_how_few_gave_an_answer_of_one_wave(alone, is_told):
    late = ["Bridge"] * alone + ["Deck"] * (40 - alone) + ["Cabin"] * 35 + ["Bar"] * 25
    _, found = build(10, SEATS | {"late": late})
    assert found.find("panel", "seat", "", "nobs").is_shown == is_told
    assert found.has("panel", "seat", "", "stuart_maxwell_df") == is_told
    assert found.find("panel:late", "seat", "bridge", "count").is_shown == is_told
