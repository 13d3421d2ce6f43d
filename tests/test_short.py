"""What a codebook says in short: shared scales, entries of several items, questions left out."""

import csv
from pathlib import Path

import pytest

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort
from altcred.describe.short import write_out
from altcred.read.columns import open_wave

STUDY = """
name: short
title: Two rounds
waves:
  before: {label: Before, exports: [before.csv], submitted: null, status: null, email: Mail}
  after: {label: After, exports: [after.csv], submitted: null, status: null, email: Mail}
panels:
  - {first: before, second: after, rules: [{name: mail, keys: [email]}]}
disclosure: {minimum: 0}
"""
CODEBOOK = """
scales:
  agree: {1: Strongly disagree, 2: Disagree, 3: Neither, 4: Agree, 5: Strongly agree}
  often: [Never, Sometimes, Often]
variables:
  role: {label: Role, kind: single, categories: [Farmer, Miller], waves: [before]}
  keen: {label: I am keen, kind: ordered, scale: often}
  sure:
    label: How sure people are
    kind: ordered
    scale: agree
    items:
"""
COUNT = 25
ITEMS = "".join(f"      s_{place}: I can do thing {place}\n" for place in range(1, COUNT + 1))


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_short(study=STUDY, codebook=CODEBOOK + ITEMS, **columns):
    for folder in ("cohorts/short", "data/raw/short"):
        Path(folder).mkdir(parents=True)
    Path("cohorts/short/study.yaml").write_text(study, encoding="utf-8")
    Path("cohorts/short/codebook.yaml").write_text(codebook, encoding="utf-8")
    for wave in ("before", "after"):
        row = {"Mail": "a@example.org", "I am keen": "Often"}
        row |= {f"S_{place}": str(1 + place % 5) for place in range(1, COUNT + 1)}
        row |= {"role": "Miller"} if wave == "before" else {}
        row |= columns
        with Path(f"data/raw/short/{wave}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([row, row.values()])


def variables_of(codebook):
    return write_out(codebook, ["before", "after"])["variables"]


def test_twenty_five_items_of_two_waves_take_few_lines():
    assert len((STUDY + CODEBOOK + ITEMS).splitlines()) < 50
    write_short()
    cohort = open_cohort("short")
    for wave in ("before", "after"):
        assert open_wave(cohort.study, cohort.codebook, wave)[1] == []
    variables = cohort.codebook.variables
    assert cohort.codebook.items_of("sure") == [f"s_{place}" for place in range(1, COUNT + 1)]
    assert list(variables["s_1"].question) == ["before", "after"]
    assert list(variables["role"].question) == ["before"]
    assert variables["s_25"].section == "How sure people are"
    build_responses("short", "after")
    import pandas as pd

    rows = pd.read_parquet("data/processed/short/after/responses.parquet")
    # Found by its name in other capitals; by its label; read by the code of the shared scale.
    assert rows["s_1"].tolist() == ["2"]
    assert rows["keen"].tolist() == ["3"]


def test_a_study_may_name_an_entry_for_its_items():
    named = """
family: {sureness: [sure], other: [keen]}
subgroups: {often: {label: Often, where: {keen: ["3"]}, variables: [sure, keen]}}
groups: [{by: role, variables: [sure]}]
"""
    write_short(study=STUDY + named)
    study = open_cohort("short").study
    items = [f"s_{place}" for place in range(1, COUNT + 1)]
    assert study.family == {"sureness": items, "other": ["keen"]}
    assert study.subgroups["often"].variables == [*items, "keen"]
    assert study.groups[0].variables == items


def test_a_wave_that_lacks_the_column_is_named_with_the_remedy():
    codebook = CODEBOOK.replace(", waves: [before]", "") + ITEMS
    write_short(codebook=codebook)
    cohort = open_cohort("short")
    (problem,) = open_wave(cohort.study, cohort.codebook, "after")[1]
    assert "after.csv" in problem.file
    assert "waves:" in problem.remedy


@pytest.mark.parametrize(
    ("entry", "before", "after"),
    [
        ({"question": "Q5"}, "Q5", "Q5"),
        ({"question": "{wave}_{name}"}, "before_x", "after_x"),
        ({"question": {"before": "A", "after": "{name}"}}, "A", "x"),
        ({"question": {"name": "Q5"}}, {"name": "Q5"}, {"name": "Q5"}),
        ({}, {"locator": "x", "text": "X"}, {"locator": "x", "text": "X"}),
    ],
)
def test_a_question_of_all_waves_is_said_once(entry, before, after):
    found = variables_of({"variables": {"x": {"label": "X", "kind": "count", **entry}}})
    assert found["x"]["question"] == {"before": before, "after": after}


def test_items_may_be_a_list_of_columns_and_say_more_than_a_label():
    entry = {"kind": "count", "items": ["Hours [week]", "Q2"], "unit": "hours"}
    found = variables_of({"variables": {"time": entry}})
    assert list(found) == ["hours_week", "q2"]
    assert found["hours_week"]["question"]["before"]["locator"] == "Hours [week]"
    entry["items"] = {"a": "First", "b": {"label": "Second", "question": "Z", "unit": "weeks"}}
    found = variables_of({"variables": {"time": entry}})
    assert [one["unit"] for one in found.values()] == ["hours", "weeks"]
    assert found["b"]["question"]["after"] == "Z"


@pytest.mark.parametrize("items", [{1: "First", 2: "Second"}, "1 to 2"])
def test_numbered_items_are_found_under_other_names_in_each_wave(items):
    entry = {"label": "Mood", "kind": "count", "items": items}
    entry["question"] = {"before": "Q11_{item}_pre", "after": "Q13_{item}_{wave}"}
    found = variables_of({"variables": {"mood": entry}})
    assert list(found) == ["mood_1", "mood_2"]
    assert found["mood_2"]["question"] == {"before": "Q11_2_pre", "after": "Q13_2_after"}
    assert found["mood_2"]["label"] == ("Second" if isinstance(items, dict) else "Mood 2")


@pytest.mark.parametrize("points", ["1 to 5", "1-5", "1..5", 5, [1, 5]])
def test_points_without_a_label_are_kept(points):
    entry = {"label": "X", "kind": "ordered", "points": points, "categories": {1: "Low", 5: "Top"}}
    found = variables_of({"variables": {"x": entry}})["x"]["categories"]
    assert [one["label"] for one in found.values()] == ["Low", "2", "3", "4", "Top"]
    assert [one["code"] for one in found.values()] == [1, 2, 3, 4, 5]
    shared = {"scales": {"s": {"points": points, 1: "Low"}}, "variables": {"x": {"scale": "s"}}}
    assert len(variables_of(shared)["x"]["categories"]) == 5


def test_numbers_below_zero_name_a_category():
    entry = {"label": "X", "kind": "ordered", "points": "-2 to 1", "categories": {"high": "High"}}
    entry["categories"] = {"top": {"label": "Top", "code": 1}}
    found = variables_of({"variables": {"x": entry}})["x"]["categories"]
    assert list(found) == ["minus_2", "minus_1", "0", "top"]


def test_a_score_may_name_an_entry_for_its_items():
    codebook = {
        "variables": {
            "sure": {"kind": "count", "items": {"a": "A", "b": {"label": "B", "reversed": True}}},
            "score": {"label": "Score", "kind": "score", "derive": {"mean": ["sure"]}},
        }
    }
    assert variables_of(codebook)["score"]["derive"] == {"mean": ["a", "b"], "reversed": ["b"]}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scale: often", "scale: seldom", "not one of scales"),
        ("waves: [before]", "waves: [before], question: {after: R}", "says otherwise"),
        ("waves: [before]", "waves: [spring]", "not one of the study's waves"),
        ("waves: [before]", "points: many", "as in 1 to 7"),
        ("  keen:", "  s_1:", "declared twice"),
        ("    items:\n", "    items: all\n", "list columns"),
    ],
)
def test_a_mistake_is_named(old, new, said):
    items = "" if "items" in old else ITEMS
    write_short(codebook=CODEBOOK.replace(old, new) + items)
    with pytest.raises(InvalidInput) as caught:
        open_cohort("short")
    assert any(said in problem.message for problem in caught.value.problems)
