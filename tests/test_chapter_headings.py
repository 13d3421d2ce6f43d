"""What a chapter says at its head, and of which level the headings of its items are."""

from typing import Any

import pytest
from small_view import WAVES, make_cohort, make_view, view_of

from altcred.write import chapters
from altcred.write.survey import SurveyChapter, say_base


@pytest.mark.parametrize(("section", "marks"), [("", "##"), ("Trees", "###")])
def test_an_item_in_no_section_is_a_section_of_its_chapter(
    root: Any, monkeypatch: pytest.MonkeyPatch, section: str, marks: str
) -> None:
    monkeypatch.chdir(root)
    shown: list[str] = []
    monkeypatch.setattr(chapters, "show_markdown", lambda *texts: shown.extend(texts))
    cohort = make_cohort()
    cohort.codebook.variables["a_single"].section = section
    chapter = SurveyChapter("02-survey", view_of(cohort, "a_single", (50, 30), pairs=0), WAVES[:1])
    monkeypatch.setattr(SurveyChapter, "_displays", lambda *_: [])
    chapter.show("a_single")
    assert f"{marks} What is of the kind single {{#sec-of-a-single-spring}}" in shown
    assert chapter.anchor_of("a_single") == "sec-of-a-single-spring"
    assert ("## Trees {#sec-trees-spring}" in shown) == bool(section)


def test_a_question_that_nobody_answered_is_said_to_be_one(
    root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    shown: list[str] = []
    monkeypatch.setattr(chapters, "show_markdown", lambda *texts: shown.extend(texts))
    view = view_of(make_cohort(), "a_single", (50, 30), pairs=0)
    chapter = SurveyChapter("02-survey", view, WAVES[:1])
    chapter.show("a_multiple")
    heading, told = (one for one in shown if one)
    assert heading == "## What is of the kind multiple {#sec-of-a-multiple-spring}"
    assert told == "Nobody answered."


@pytest.mark.parametrize(("bases", "told"), [
    (["ticked"], "of those who chose at least one"), (["asked"], "of everybody who was asked"),
    (["asked", "ticked"], "of those who chose at least one or of everybody who was asked"),
    ([], ""), (["answered"], ""),
    (["answered", "ticked"], "of those who chose at least one or of those who answered"),
])  # fmt: skip
def test_the_head_says_whom_shares_of_several_answers_are_of(bases: list[Any], told: str) -> None:
    cohort = make_cohort()
    variables = cohort.codebook.variables
    multiple = variables.pop("a_multiple")
    for base in bases:
        # What was not chosen is known where each option has a column.
        update: dict[str, Any] = {"options": {"x": "X"}} if base == "answered" else {}
        question = {wave: one.model_copy(update=update)
                    for wave, one in multiple.question.items()}  # fmt: skip
        update = {"base": base, "question": question}
        variables[f"of_{base}"] = multiple.model_copy(update=update)
    said = say_base(make_view(cohort, {WAVES[0]: []}))
    assert said == (f", and where several answers could be chosen, {told}" if told else "")
