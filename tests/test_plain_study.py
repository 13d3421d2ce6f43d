"""A study without programs, times of submission and dollars, whose waves have other names."""

from pathlib import Path

import pandas as pd
import pytest

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.link.linkage import link_otherwise
from altcred.link.panel import match_panel
from altcred.write.chapters import list_pieces

STUDY = """
name: plain
title: Two rounds of questions
currency: EUR
locale: de_DE
waves:
  spring: {label: Spring, exports: [spring.csv], submitted: null, status: null, email: Mail, ip: Net}
  summer: {label: Summer, exports: [summer.csv], submitted: null, status: null, email: Mail, ip: Net}
duplicates: {demographics: [town, rent], minimum_demographics: 2, keep: first}
panels:
  - first: summer
    second: spring
    rules: [{name: mail, keys: [email]}, {name: answers, keys: [town, rooms]}]
disclosure: {minimum: 0}
"""  # noqa: E501
CODEBOOK = """
variables:
  town:
    label: Town
    kind: single
    question: {spring: Town, summer: Town}
    categories: {old: Old town, new: New town}
  rent:
    label: Rent
    kind: money
    unit: euros a month
    question: {spring: Rent, summer: Rent}
  rooms:
    label: Rooms
    kind: count
    question: {spring: Rooms, summer: Rooms}
"""
SPRING = """Town,Rent,Rooms,Mail,Net
Old town,"€ 500",2,a@x.org,198.51.100.1
Old town,"€ 500",2,,198.51.100.1
New town,700,3,,
New town,$900,4,b@x.org,
"""
SUMMER = """Town,Rent,Rooms,Mail,Net
New town,550,1,a@x.org,
New town,710,3,,
Old town,,,,
"""


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_plain(study=STUDY, codebook=CODEBOOK):
    for folder in ("cohorts/plain", "data/raw/plain"):
        Path(folder).mkdir(parents=True)
    Path("cohorts/plain/study.yaml").write_text(study, encoding="utf-8")
    Path("cohorts/plain/codebook.yaml").write_text(codebook, encoding="utf-8")
    Path("data/raw/plain/spring.csv").write_text(SPRING, encoding="utf-8")
    Path("data/raw/plain/summer.csv").write_text(SUMMER, encoding="utf-8")


def problems_of(study=STUDY, codebook=CODEBOOK):
    write_plain(study, codebook)
    with pytest.raises(InvalidInput) as caught:
        open_cohort("plain")
    return {problem.where: problem.message for problem in caught.value.problems}


def test_it_is_read_matched_and_estimated():
    write_plain()
    summary = build_responses("plain", "spring")
    assert summary.dropped == {"repeat": 1}
    rows = pd.read_parquet("data/processed/plain/spring/responses.parquet")
    assert rows["rent"].tolist()[:2] == [500, 700]
    # Dollars are not euros.
    assert rows["rent"].isna().tolist() == [False, False, True]
    assert rows[["program", "program_type", "submitted"]].isna().all(axis=None)
    build_responses("plain", "summer")

    assert match_panel("plain", "summer", "spring").by_rule == {"mail": 1, "answers": 1}
    pairs = pd.read_parquet("data/processed/plain/panel/panel.parquet")
    assert pairs["days_between"].isna().all()
    assert link_otherwise("plain", "summer", "spring").ways["without_answers"] == {
        ("summer-000001", "spring-000001")
    }

    for wave in ("spring", "summer"):
        found = estimate_wave("plain", wave)
        write_estimates(found, Path(f"data/processed/plain/{wave}/estimates.csv"))
        assert found["subgroup"].unique().tolist() == ["all"]
        assert not found["variable"].isin(["program", "program_type"]).any()
    assert len(estimate_comparison("plain", "spring", "summer"))
    panel = estimate_panel("plain", "summer", "spring")
    change = panel.query("variable == 'rent' and statistic == 'mean_difference'")
    assert change["value"].tolist() == [-30]
    assert not panel["variable"].isin(["days_between", "years_between"]).any()


def test_what_needs_a_time_is_refused_where_there_is_none():
    codebook = CODEBOOK + (
        "  moved:\n    label: Moved in\n    kind: year\n    question: {spring: Moved}\n"
        "  years:\n    label: Years here\n    kind: number\n    derive: {years_since: moved}\n"
        "  pets:\n    label: Pets\n    kind: count\n    asked_since: 2024-01-01\n"
        "    question: {summer: Pets}\n"
        "  park:\n    label: Park\n    kind: single\n    question: {summer: Park}\n"
        "    categories: {good: {label: Good, asked_since: 2024-01-01}}\n"
    )
    problems = problems_of(codebook=codebook)
    assert sorted(problems) == [
        "variables.park.categories.good.asked_since",
        "variables.pets.asked_since",
        "variables.years.derive",
    ]
    assert all("has none" in message for message in problems.values())


def test_money_is_of_the_study_s_currency():
    write_plain()
    cohort = open_cohort("plain")
    assert cohort.codebook.variables["rent"].currency == "EUR"
    assert cohort.codebook.variables["rooms"].currency == ""


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("currency: EUR", "currency: EUX", "currency"),
        ("locale: de_DE", "locale: xx_YY", "locale"),
        ("label: Spring,", "label: Spring, program: Town,", "waves.spring.program"),
        ("title: Two", "programs: {a: {label: A, type: b}}\ntitle: Two", "programs.a.type"),
    ],
)
def test_what_does_not_fit_is_named(old, new, where):
    assert list(problems_of(STUDY.replace(old, new))) == [where]


def test_items_of_one_entry_are_drawn_together_unless_a_score_does_it():
    grid = (
        "  view:\n    label: Views\n    kind: scale\n"
        "    categories: {bad: Bad, fair: Fair, good: Good}\n"
        "    items:\n      park: {label: Park, question: {spring: P}}\n"
        "      lake: {label: Lake, question: {spring: L}}\n"
    )
    score = "  all_views: {label: All, kind: score, derive: {mean: view}}\n"
    write_plain(codebook=CODEBOOK + grid)
    pieces = list_pieces(open_cohort("plain"), "02-survey", ["spring"])
    assert [*pieces][-3:] == ["view_items", "park", "lake"]
    assert pieces["view_items"].item.variables == ["park", "lake"]
    Path("cohorts/plain/codebook.yaml").write_text(CODEBOOK + grid + score, encoding="utf-8")
    assert "view_items" not in list_pieces(open_cohort("plain"), "02-survey", ["spring"])
