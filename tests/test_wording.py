"""Questions and answers that two waves worded differently: shown apart, and not tested."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from altcred.build.checkup import check_cohort
from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.records import Estimate
from altcred.describe.cohort import open_cohort
from altcred.draft.cohort import draft_cohort
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds.rewording import may_mean_other
from altcred.kinds.variable import Variable
from altcred.link.panel import match_panel
from altcred.write.apart import say_untested
from altcred.write.changes import list_changes
from altcred.write.charts import find_chart
from altcred.write.nonresponse import describe_bounds
from altcred.write.pairs import open_comparison, open_panel
from altcred.write.tables import find_table
from altcred.write.views import View

STUDY = """
name: kiln
title: Kiln
waves:
  before: {label: Before, exports: [before.csv], submitted: null, status: null, person: who}
  after: {label: After, exports: [after.csv], submitted: null, status: null, person: who}
panels: [{first: before, second: after, rules: [{name: code, keys: [person]}]}]
"""
CODEBOOK = """
variables:
  gains:
    label: Gains
    kind: multiple
    separator: ";"
    question:
      before: {name: gains, text: What do you hope for?}
      after: {name: gains, text: What did you get?}
    categories:
      clay:
        label: Know clay
        answers: {before: "To know clay, for no purpose", after: Knew clay}
        comparable: {because: The first asks for a purpose.MORE}
      pots: {label: Sell pots}
      friends: {label: Make friends}
    groups: {any: {label: Clay or pots, of: [clay, pots]}}
  glaze:
    label: Glaze
    kind: single
    question: glaze
    categories: {ash: {label: Ash, comparable: false}, salt: Salt, lead: Lead}
  sure:
    label: Sure
    kind: scale
    comparable: false
    question:
      before: {name: sure, text: How sure do you feel today?}
      after: {name: sure, text: How sure did this course make you?}
    categories: {1: Not, 2: Fairly, 3: Very}
  land: {label: Land, kind: country, comparable: false}
  hours: {label: Hours, kind: number, comparable: false}
  days: {label: Days, kind: number}
  load: {label: Load, kind: number, derive: {product: [hours, days]}}
"""
ANSWERS = {
    "before": {
        "gains": ["To know clay, for no purpose"] * 20 + ["Sell pots;Make friends"] * 40,
        "glaze": ["Ash"] * 30 + ["Salt"] * 20 + ["Lead"] * 10,
        "sure": [1, 2, 3] * 20,
        "hours": [1, 2, 3, 4] * 15,
        "land": ["Norway", "Chile"] * 30,
    },
    "after": {
        "gains": ["Knew clay;Sell pots"] * 30 + ["Knew clay;Make friends"] * 30,
        "glaze": ["Salt"] * 20 + ["Ash"] * 10 + ["Lead"] * 20 + ["Salt"] * 10,
        "sure": [2, 3, 3] * 20,
        "hours": [6, 7, 8, 9] * 15,
        "land": ["Norway", "Peru"] * 30,
    },
}
PANEL_TESTS = {"mcnemar_pvalue", "mcnemar_pvalue_holm"}
TESTS = {"proportions_pvalue", "proportions_pvalue_holm"}


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def describe(codebook=CODEBOOK, more="") -> None:
    for folder in ("cohorts/kiln", "data/raw/kiln"):
        Path(folder).mkdir(parents=True)
    Path("cohorts/kiln/study.yaml").write_text(STUDY, encoding="utf-8")
    codebook = codebook.replace("MORE", more)
    Path("cohorts/kiln/codebook.yaml").write_text(codebook, encoding="utf-8")


def write_exports() -> None:
    for wave, answers in ANSWERS.items():
        rows = pd.DataFrame(answers).assign(days=[2, 5] * 30, who=[f"w{one}" for one in range(60)])
        rows.to_csv(f"data/raw/kiln/{wave}.csv", index=False)


def build(more="") -> tuple[Estimates, Estimates]:
    describe(more=more)
    write_exports()
    for wave in ANSWERS:
        build_responses("kiln", wave)
        path = Path(f"data/processed/kiln/{wave}/estimates.csv")
        write_estimates(estimate_wave("kiln", wave), path)
    match_panel("kiln", "before", "after")
    compared = estimate_comparison("kiln", "before", "after")
    panel = estimate_panel("kiln", "before", "after")
    for folder, frame in (("comparison", compared), ("panel", panel)):
        write_estimates(frame, Path(f"data/processed/kiln/{folder}/estimates.csv"))
    return Estimates(compared), Estimates(panel)


def statistics(estimates: Estimates, wave: str, variable: str, category: str = "") -> set[str]:
    found = estimates.select(wave=wave, variable=variable, category=category)
    return set(found["statistic"])


def test_answers_worded_differently_are_counted_and_not_tested():
    compared, panel = build()
    # The numbers of each wave, and how they go together in the same people, stay.
    assert compared.find("before-after", "gains", "clay", "difference").value > 0.6
    assert panel.find("panel", "gains:clay", "both", "proportion").value == pytest.approx(1 / 3)
    assert not statistics(compared, "before-after", "gains", "clay") & TESTS
    assert not statistics(panel, "panel", "gains:clay") & PANEL_TESTS
    # Nor are groups that hold one; the other answers are the whole family.
    assert not statistics(compared, "before-after", "gains", "any") & TESTS
    for name in ("pots", "friends"):
        assert statistics(compared, "before-after", "gains", name) >= TESTS
        adjusted = panel.find("panel", f"gains:{name}", "", "mcnemar_pvalue_holm")
        assert adjusted.note == "adjusted for 3 tests"


def test_of_one_answer_a_person_the_rest_is_compared():
    compared, panel = build()
    assert compared.find("before-after", "glaze", "", "chi2_pvalue").n == 80
    assert not statistics(compared, "before-after", "glaze", "salt") & TESTS
    assert panel.find("panel", "glaze", "", "nobs").value == 30
    assert not panel.has("panel", "glaze:ash")


def test_a_question_worded_differently_has_no_difference():
    compared, panel = build()
    for name in ("sure", "hours", "load"):
        assert not panel.has("panel", name)
        assert not statistics(compared, "before-after", name)
        assert panel.find("panel:after", name, "", "mean").n == 60
    assert statistics(panel, "panel", "days") >= {"mean_difference", "nobs"}
    # Their shares stand side by side.
    assert statistics(compared, "before-after", "sure", "1") == {"difference"}


def test_a_study_may_ask_for_the_tests():
    compared, panel = build(", tested: true")
    assert statistics(compared, "before-after", "gains", "clay") >= TESTS
    assert panel.find("panel", "gains:clay", "", "mcnemar_pvalue_holm").note.endswith("4 tests")


def test_waves_are_compared_as_the_codebook_says():
    asked = {wave: {"name": "Q1", "text": f"Why, {wave} now?"} for wave in ("one", "two", "three")}
    described = {
        "label": "Why", "kind": "multiple", "question": asked,
        "categories": {
            "pay": {"label": "Pay", "answers": {"one": "For pay"}, "comparable": ["two", "three"]},
            "fun": {"label": "Fun", "comparable": True},
            "rest": "Rest",
        },
        "groups": {"all": {"label": "All", "of": ["pay", "fun"]}},
    }  # fmt: skip
    why = Variable.model_validate(described)
    assert why.is_comparable("one", "two")
    assert not why.is_comparable("one", "two", "pay")
    assert why.is_comparable("two", "three", "pay")
    assert not why.is_comparable("one", "three", "all")
    assert why.set_apart("one", "two") == ["pay"]
    assert why.set_apart("two", "three") == []
    assert [why.wording("one", one) for one in ("pay", "fun", "all")] == ["For pay", "Fun", ""]
    assert why.wording("two") == "Why, two now?"
    closed = Variable.model_validate(described | {"comparable": {"because": "So."}})
    # An answer that somebody looked at is comparable though its question is not.
    assert closed.set_apart("one", "two") == ["pay", "rest"]
    assert closed.why_apart("one", "two", "rest") == "So."
    assert closed.why_apart("one", "two", "fun") == ""


# What is hoped for and what came of it are usual; the rest somebody has to look at.
ALIKE = (
    ("I hope to get a raise in pay as a result of the course", "Offered a raise in pay"),
    ("I am paying", "I paid"),
    ("I am preparing to apply for my first job, and expect this to help", "Got my first job"),
    ("My employer is contributing, and I am paying the rest", "My employer paid, I paid the rest"),
    ("Å lære noe nytt", "Lærte noe nytt"),
    ("昇進したい", "昇進した"),
    ("Full-time", "Working full-time for somebody else"),
)
UNLIKE = (
    ("I hope to learn something new, but for no purpose", "Learned something new"),
    ("Lære noe nytt uten et bestemt mål", "Lærte noe nytt"),
    ("Earn more money", "Higher pay"),
    ("18-24", "18-25"),
    ("Make friends", "Made friends among teachers of adult learners in the evening"),
    ("Small", "Little"),
)


@pytest.mark.parametrize(
    ("first", "second", "is_other"),
    [(*pair, False) for pair in ALIKE] + [(*pair, True) for pair in UNLIKE],
)
def test_wordings_that_may_mean_something_else_are_told(first, second, is_other):
    assert may_mean_other(first, second) == is_other
    assert may_mean_other(second, first) == is_other
    assert not may_mean_other(first.upper(), first)


def test_of_grids_the_stems_are_compared():
    stems = ("How well can you do this today?", "How much did you gain from this course in it?")
    texts = [f"{stem} - Analyse a table of results and present it" for stem in stems]
    assert may_mean_other(*texts, is_question=True)
    assert not may_mean_other(texts[0], texts[0].replace("today", "now"), is_question=True)
    # Numbers in a question may be those of a year.
    assert not may_mean_other("Hours in 2021?", "Hours in 2022?", is_question=True)


def test_a_check_tells_what_somebody_should_look_at():
    unmarked = re.sub(r", comparable: false|\n +comparable: .*", "", CODEBOOK)
    unmarked = unmarked.replace('before: "To know', 'other: "To know').replace(
        'answers: {other: "To know clay, for no purpose", after: Knew clay}',
        'answers: ["To know clay, for no purpose", Knew clay]',
    )
    describe(unmarked)
    write_exports()
    notes, problems = check_cohort("kiln")
    assert not problems
    told = [one for one in notes if "may not be the same" in one]
    # An answer is worded as a wave's export has it.
    assert told == [
        "gains: clay: “To know clay, for no purpose” in before and “Knew clay” in after may not be "
        "the same. Write comparable: true or comparable: false under it, and the words under "
        "answers: {WAVE: ...}.",
        "sure: “How sure do you feel today?” in before and “How sure did this course make you?” in "
        "after may not be the same. Write comparable: true or comparable: false under it.",
    ]
    # What both waves write, one of them in another language too, is the same.
    after = Path("data/raw/kiln/after.csv")
    text = after.read_text(encoding="utf-8")
    after.write_text(text.replace("Knew clay", "To know clay, for no purpose", 1), encoding="utf-8")
    assert not [one for one in check_cohort("kiln")[0] if one.startswith("gains: clay")]
    # Whoever has looked is not asked again.
    shutil.rmtree("cohorts/kiln")
    describe_again = CODEBOOK.replace("MORE", "")
    Path("cohorts/kiln").mkdir()
    Path("cohorts/kiln/study.yaml").write_text(STUDY, encoding="utf-8")
    Path("cohorts/kiln/codebook.yaml").write_text(describe_again, encoding="utf-8")
    assert not [one for one in check_cohort("kiln")[0] if "may not be" in one]


def test_a_draft_asks_to_decide_of_grids_with_other_stems():
    items = (
        "Throw a bowl on the wheel alone",
        "Mix a glaze from its parts",
        "Fire a kiln at night",
    )
    stems = {"pre": "How well can you do this today?", "post": "How much did you gain in it here?"}
    asked = {
        f"K{place}_{wave}": f"{stem} - {item}"
        for wave, stem in stems.items()
        for place, item in enumerate(items)
    }
    answers = ["Little", "Some", "Much", "Some"] * 5
    pd.DataFrame({name: answers for name in asked}).to_csv("kiln.csv", index=False)
    pd.Series(asked).to_csv("asked.csv", index_label="name", header=["question"])
    draft_cohort("kiln", [Path("kiln.csv")], questionnaires=[Path("asked.csv")])
    text = " ".join(Path("cohorts/kiln/codebook.yaml").read_text(encoding="utf-8").split())
    assert text.replace("# ", "").count("may not be the same. Write comparable: true or") == 1
    assert not [one for one in check_cohort("kiln")[1]]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", (False, "")),
        ("yes", (True, "")),
        ("The first asks for more.", (False, "The first asks for more.")),
        (["one", "two"], (["one", "two"], "")),
        ({"because": "So.", "waves": ["one", "two"]}, (["one", "two"], "So.")),
    ],
)
def test_what_is_comparable_is_said_in_short(written, read):
    variable = Variable.model_validate({"label": "Why", "kind": "text", "comparable": written})
    assert (variable.comparable.waves, variable.comparable.because) == read


def test_waves_that_there_are_not_are_named():
    describe(CODEBOOK.replace("comparable: false}, salt", "comparable: [before, later]}, salt"))
    with pytest.raises(InvalidInput) as error:
        open_cohort("kiln")
    assert [one.where for one in error.value.problems] == [
        "variables.glaze.categories.ash.comparable"
    ]


@pytest.fixture(scope="module")
def chapters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kiln")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ALTCRED_KEYS", str(folder.parent / "kiln-keys"))
        build()
        return (
            open_comparison("04-comparison", "kiln", "before", "after"),
            open_panel("03-panel", "kiln", "before", "after"),
        )


def test_the_chapters_show_both_wordings_apart(chapters):
    for chapter in chapters:
        view, waves = chapter.view, chapter.waves
        told = {name: chapter.say(view.kind(name), name) for name in view.codebook.variables}
        assert (
            "“Know clay” was worded differently: “To know clay, for no purpose” in “Before” (33%) "
            "and “Knew clay” in “After” (100%). The two shares cannot be compared, and are not "
            "tested. The first asks for a purpose."
        ) in told["gains"]
        assert "“Know clay” (" not in told["gains"]
        assert "“What" not in told["gains"]
        assert "“How sure do you feel today?” in “Before”" in told["sure"]
        assert "mean" not in told["sure"]
        assert "is made of answers" in told["load"]
        assert "did not word all answers alike" in told["glaze"]
        table = find_table("apart")(view, "gains", *waves)
        assert [[label, cells[0].text] for label, cells in table.rows] == [
            ["Know clay. Before: “To know clay, for no purpose”", "33%"],
            ["Know clay. After: “Knew clay”", "100%"],
        ]
        assert find_table("apart")(view, "sure", *waves).cell("Mean", "After (n = 60)") == "2.67"
        assert find_table("apart")(view, "land", *waves).cell("Peru", "After (n = 60)") == "50%"
        assert find_table("apart")(view, "hours", *waves).cell("Mean", "Before (n = 60)") == "2.50"


def test_nothing_else_shows_them_as_changes(chapters):
    for chapter in chapters:
        view, waves = chapter.view, chapter.waves
        changes = list_changes(view, *waves)
        assert not {one.category for one in changes} & {"clay", "ash"}
        assert {one.variable for one in changes} == {"gains", "glaze", "days"}
        assert say_untested(view).count("“") == 6
        pairs = find_chart("pairs")(view, "gains", *waves)
        assert not [row for row in pairs.numbers[0].rows if row[0].startswith("Know")]
        kinds = {name: view.kind(name) for name in ("gains", "glaze")}
        for name, kind in kinds.items():
            for table in (kind.contrast_table, kind.change_table):
                shown = find_table(table)(view, name, *waves)
                labels = [] if shown is None else [label for label, _ in shown.rows]
                assert not {*labels} & {"Know clay", "Ash"}
        displays = {name: chapter._displays(chapter.pieces[name].item) for name in chapter.sections}
        assert [one.table for one in displays["sure"]] == ["apart"]
        assert [one.table for one in displays["gains"]][-1] == "apart"
        assert "apart" not in [one.table for one in displays["days"]]
    rows = {"Clay": ("gains", "clay"), "Pots": ("gains", "pots")}
    people = find_table("people")(chapters[0].view, rows, "before", "after")
    assert people.cell("Clay", "Difference") == ""
    assert "Worded differently in the two surveys, and not compared: Clay." in people.notes
    assert people.cell("Pots", "Difference") == "−16.7"


def test_bounds_are_told_of_what_is_compared(chapters, monkeypatch):
    found = {
        "clay": Estimate(0.6, 0.5, 0.7),
        "pots": Estimate(0.2, 0.1, 0.3),
        "friends": Estimate(0.1, -0.1, 0.3),
    }
    monkeypatch.setattr(
        View, "find", lambda _, name, one="", of="", part="": found[one] if of else None
    )
    assert (
        "For “Sell pots” the direction stays the same even then; for “Make friends” it could turn."
    ) in describe_bounds(chapters[0], "gains")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("What did it bring? [Advice was better]", "Advice was better"),
        ("What did it bring? / Advice was better", "Advice was better"),
        ("Q7[SQ001]", "Advice"),
        ("Q7_1", "Advice"),
    ],
)
def test_the_column_of_an_option_tells_how_it_was_worded(header, said):
    described = {"label": "Use", "kind": "multiple", "categories": {"advice": "Advice"},
                 "question": {"one": {"options": {"advice": header}}}}  # fmt: skip
    assert Variable.model_validate(described).wording("one", "advice") == said
