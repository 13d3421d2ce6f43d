"""What the chapter on printed figures shows, on a table small enough to check by eye."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from test_reproduction import COHORT, make_estimates

from altcred.check.consistency import check_all
from altcred.check.figures import Key
from altcred.check.headlines import (
    DEPENDS,
    FALLS,
    NO,
    SURVIVES,
    YES,
    Assessed,
    Repaired,
)
from altcred.check.published import COLUMNS
from altcred.check.ranges import ANY
from altcred.check.search import Repair
from altcred.check.verdicts import Reproduction, judge_figures
from altcred.check.words import use_names, wording
from altcred.write import reproduction as views
from altcred.write.contradictions import Contradictions
from altcred.write.naming import CohortNames

ROWS = [
    ("a1", "Table 1, row 1", "rice", "proportion", "50%", ""),
    ("a2", "paragraph 1", "rice", "proportion", "40%", ""),
    ("a3", "paragraph 2", "soup", "proportion", "fifth", "about a"),
]


def make_reproduction(rows: list[tuple] = ROWS) -> Reproduction:
    published = pd.DataFrame(
        [
            {
                **dict.fromkeys(COLUMNS, ""), "id": id, "document": "d1", "section": "2",
                "locator": locator, "wave": "begin", "subgroup": "all", "variable": "meal",
                "category": category, "statistic": statistic, "printed": printed,
                "qualifier": qualifier.removesuffix(" a"),
            }
            for id, locator, category, statistic, printed, qualifier in rows
        ]
    )  # fmt: skip
    with use_names(CohortNames(COHORT)):
        findings = check_all(published)
    judged = judge_figures(published, make_estimates(), COHORT, ["begin", "end"], findings.findings)
    return Reproduction(COHORT, judged, findings)


def test_verdicts_are_counted_by_document():
    table = views.verdict_table(make_reproduction())
    assert table is not None
    assert table.cell("d1", "Reproduced") == "2"
    assert table.cell("d1", "Contradicted") == "1"
    assert table.cell("All", "Printed figures") == "3"


def test_a_contradiction_is_told_with_its_places_its_reason_and_its_repair():
    # One category printed as a half and as four in ten, in two places.
    text = Contradictions(make_reproduction()).tell()
    assert text.startswith("### C1. Meal: Rice, ")
    assert "{#sec-c1 .unnumbered}" in text
    assert "- 50%: d1, 2, Table 1, row 1" in text
    assert "- 40%: d1, 2, paragraph 1" in text
    assert "is printed as 50% and 40%: no number is both." in text
    # Words stand for the names of variables and categories.
    assert "meal rice" not in text
    assert "**What would mend it.**" in text


def test_words_in_place_of_numbers_are_quoted():
    text = Contradictions(
        make_reproduction([ROWS[0], ("a4", "x", "rice", "proportion", "fifth", "")])
    ).tell()
    assert "Rice, respondents: 50% and “fifth”" in text
    assert "- “fifth”: d1, 2, x" in text
    assert "is printed as “fifth” and 50%" in text or "is printed as 50% and “fifth”" in text


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("begin", "all", "meal", "rice", "proportion"), "Meal: Rice (respondents)"),
        (("begin", "program_type=a", "age", "", "median"), "Age (median, As, respondents)"),
        (("begin", "all", "meal", "rice+bread", "proportion"), "Meal: Rice or Bread (respondents)"),
        (("context", "all", "price_of", "a", "fact"), "price of: As"),
        (("begin-2018", "all", "meal", "", "nobs"), "Meal (answered, respondents of 2018)"),
    ],
)
def test_findings_call_figures_by_the_words_of_the_codebook(key, told):
    assert CohortNames(COHORT).key(Key(*key)) == told


def test_names_are_in_use_for_a_while():
    assert wording().word("program_type=a") == "program_type=a"
    with use_names(CohortNames(COHORT)):
        assert wording().word("program_type=a") == "As"
        assert wording().word("begin-2018") == "respondents of 2018"
        assert wording().whom("begin", "program_type=a") == "As, respondents"
        assert wording().category(Key("begin", "all", "meal", "grain", "count")) == "Grain"
    assert wording().whom("begin", "all") == "begin, all"


def test_documents_are_named_by_their_titles(monkeypatch):
    monkeypatch.setitem(COHORT.study.documents, "d1", "Berg (2023), Singing")
    assert views.list_documents(make_reproduction()) == "- d1: Berg (2023), Singing"


def make_claim(outcome: str, finding: int) -> Assessed:
    verdicts = {SURVIVES: [YES], FALLS: [NO], DEPENDS: [YES, NO]}[outcome]
    ways = tuple(Repaired((), ANY, verdict) for verdict in verdicts)
    return Assessed(f"Claim that {outcome}", (), ANY, YES, ANY, "share", (finding,), ways)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("swap", "45% in place of 40% (the two changed places), d1"),
        ("neighbour", "45% in place of 40% (40% stands beside it), d1"),
        ("digit", "45% in place of 40%, d1"),
    ],
)
def test_a_repair_says_what_slip_it_is(kind, told):
    made = make_reproduction()
    slip = Repair("a2", "40%", "45%", kind, "" if kind == "digit" else "a3")
    finding = replace(made.findings.findings[0], repairs=(slip,))
    changed = replace(made, findings=replace(made.findings, findings=[finding]))
    assert told in Contradictions(changed).tell()


def test_a_reader_is_told_first_of_claims_that_fall_and_last_of_what_touches_none():
    rows = [
        *ROWS,
        ("b1", "x", "soup", "proportion", "30%", ""),
        ("b2", "y", "tea", "mean", "1", ""),
    ]
    told = Contradictions(
        make_reproduction(rows[:4]), [make_claim(SURVIVES, 1), make_claim(FALLS, 1)]
    ).tell_order()
    lines = told.splitlines()
    assert lines[-2].endswith(
        "A claim that holds whichever figure is wrong: Claim that survives ([C1](#sec-c1))."
    )
    assert "A claim that does not hold as printed: Claim that falls ([C1](#sec-c1))." in lines[-3]
    assert lines[-1].endswith("The other contradiction touches no headline claim: [C2](#sec-c2).")


def test_order_of_looking_is_told_without_claims_too():
    told = Contradictions(make_reproduction()).tell_order()
    assert told == "1. Contradiction among printed figures: [C1](#sec-c1)."
    assert Contradictions(make_reproduction(ROWS[:1])).tell_order() == ""


def test_what_a_contradiction_touches_is_told_with_it():
    told = Contradictions(make_reproduction(), [make_claim(DEPENDS, 1)]).tell()
    assert "**What hangs on it.** Claim that depends on the repair: holds or not" in told


def test_every_figure_is_listed_under_its_table_or_its_variable():
    listed = dict(views.figure_tables(make_reproduction()))
    assert list(listed) == ["Table 1 {#printed-table-1}", "begin: Meal {#printed-begin-meal}"]
    assert "40.0%" not in str(listed["begin: Meal {#printed-begin-meal}"].rows)
    assert "50.0%" in str(listed["begin: Meal {#printed-begin-meal}"].rows)


def test_what_is_not_rebuilt_is_listed_with_what_was_rebuilt_instead():
    table = views.list_unreproduced(make_reproduction())
    assert table is not None
    assert len(table.rows) == 1
    assert "contradicted (C1)" in str(table.rows)


@pytest.fixture
def show_sections(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[tuple]], tuple]:
    """Return what shows all sections of some rows: their prose, and the labels of their tables."""
    shown: list[tuple] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda what, **words: shown.append((what, words))
    )

    def show(rows: list[tuple]) -> tuple[str, list[str]]:
        reproduction = make_reproduction(rows)
        for section in ("opening", "verdicts", "unreproduced", "findings", "implied", "odd"):
            getattr(views, f"show_{section}")(reproduction)
        views.show_headlines([], reproduction)
        prose = "\n\n".join(what.data for what, words in shown if not words)
        return prose, [words["metadata"]["report"]["label"] for _, words in shown if words]

    return show


def test_sections_say_what_was_found(show_sections):
    text, labels = show_sections(ROWS)
    assert labels == ["tbl-verdicts", "tbl-unreproduced"]
    assert "### C1. " in text
    assert "The figures below contradict each other, or are not what rows give" in text
    assert "{#sec-implied}" not in text
    assert "{#sec-headlines}" not in text
    assert "{{" not in text


def test_sections_say_that_nothing_was_found(show_sections):
    text, labels = show_sections(ROWS[:1])
    assert labels == ["tbl-verdicts"]
    assert "Rows give back every figure that they could." in text
    assert "No contradiction was found that rounding cannot explain." in text
