"""What two waves read from one column of one file, and rows that are one person's in both."""

from pathlib import Path

import pytest

from altcred.clean.responses import build_responses
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import compared_pairs
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.link.panel import match_panel
from altcred.write.changes import list_changes
from altcred.write.chapters import list_pieces
from altcred.write.pairs import open_comparison, open_panel

STUDY = """
name: kiln
title: Kiln
waves:
  before: {label: Before, exports: [kiln.csv], submitted: null, status: null, person: PERSON}
  after: {label: After, exports: [kiln.csv], submitted: null, status: null, person: PERSON}
panels: [{first: before, second: after, rules: [{name: code, keys: [person]}]}]
groups: [{by: arm}]
disclosure: {minimum: 0}
"""
CODEBOOK = """
variables:
  arm: {label: Arm, kind: single, categories: {clay: Clay, glaze: Glaze}}
  born: {label: Born, kind: year}
  turns: {label: Turns, kind: score, derive: {sum: [speed]}}
  speed: {label: Speed, kind: number, question: "{name}"}
  skill: {label: Skill, kind: number, question: "skill_{wave}"}
  pride: {label: Pride, kind: number, question: "pride_{wave}"}
  care: {label: Care, kind: number, question: "care_{wave}"}
"""
ROWS = [f"p{n},{'Clay' if n % 2 else 'Glaze'},{1990 + n},{n},{n},{n + n % 3},1,{n % 5},{n},3"
        for n in range(12)]  # fmt: skip
HEADS = (
    "code,arm,born,speed,skill_before,skill_after,pride_before,pride_after,care_before,care_after"
)
ONCE = {"arm", "born", "turns", "speed"}


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_kiln(person, study=STUDY):
    for folder in ("cohorts/kiln", "data/raw/kiln"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    Path("cohorts/kiln/study.yaml").write_text(study.replace("PERSON", person), encoding="utf-8")
    Path("cohorts/kiln/codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    Path("data/raw/kiln/kiln.csv").write_text("\n".join([HEADS, *ROWS, ""]), encoding="utf-8")
    return open_cohort("kiln")


def test_what_was_asked_once_is_compared_nowhere_and_parts_groups_in_both():
    cohort = write_kiln("code")
    assert cohort.asked_once("before", "after") == ONCE
    found = {}
    for wave in ("before", "after"):
        build_responses("kiln", wave)
        found[wave] = estimate_wave("kiln", wave)
        write_estimates(found[wave], Path(f"data/processed/kiln/{wave}/estimates.csv"))
        assert Estimates(found[wave]).has(f"{wave}:arm", "skill", "", "ttest_ind_pvalue_holm")
    match_panel("kiln", "before", "after")
    for folder, frame in (
        ("comparison", estimate_comparison("kiln", "before", "after")),
        ("panel", estimate_panel("kiln", "before", "after")),
    ):
        compared = frame[frame["wave"].isin(["panel", "before-after"])]
        assert not ONCE & set(compared["variable"])
        notes = compared.loc[compared["statistic"].str.endswith("_holm"), "note"]
        # Of answers that all are the same in one survey Welch's test is none.
        assert set(notes) == {
            "adjusted for 3 tests" if folder == "panel" else "adjusted for 1 test"
        }
        write_estimates(frame, Path(f"data/processed/kiln/{folder}/estimates.csv"))
    for chapter in (open_comparison("04-comparison", "kiln", "before", "after"),
                    open_panel("03-panel", "kiln", "before", "after")):  # fmt: skip
        changes = list_changes(chapter.view, "before", "after")
        assert {one.variable for one in changes} == {"skill", "pride", "care"}
        assert not ONCE & set(list_pieces(cohort, chapter.name, ("before", "after")))


def test_rows_that_a_wave_leaves_out_are_other_rows_unless_a_row_is_a_person():
    rule = "person: PERSON, exclude: [{name: late, column: speed, above: 5}]"
    study = STUDY.replace("person: PERSON", rule, 1)
    assert write_kiln("code", study).asked_once("before", "after") == set()
    assert write_kiln('"#row"', study).asked_once("before", "after") == ONCE


def test_one_persons_answers_in_a_row_are_not_set_side_by_side_as_other_peoples():
    assert compared_pairs(write_kiln("code").study) == [("before", "after")]
    assert compared_pairs(write_kiln('"#row"').study) == []
    named = STUDY + "comparisons: [{first: before, second: after}]\n"
    assert compared_pairs(write_kiln('"#row"', named).study) == [("before", "after")]
