"""The first page: the answer, its chart, and takeaways, generated and in a cohort's own words."""

import re
from dataclasses import replace
from typing import Any

import pytest
from small_view import make_view
from whole_build import screen

from altcred.core.records import ALL, NAN, Recorder
from altcred.describe.chapters import Item
from altcred.describe.codebook import CodebookFile
from altcred.describe.cohort import Cohort
from altcred.describe.study import Panel, StudyFile
from altcred.write.chapters import SUMMARY
from altcred.write.findings import list_differences, list_shares, name_fully
from altcred.write.labels import shorten
from altcred.write.lookups import look_up
from altcred.write.names import check_words
from altcred.write.prose import (
    count_words,
    is_readable,
    judge_length,
    list_long,
    split_sentences,
)
from altcred.write.summary import Summary, describe_limits, say_answer, waves_of
from altcred.write.texts import read_longest

TREES = {
    "oak": "Oak",
    "lime": "Lime",
    "yew": "Yew",
    "none": {"label": "No tree", "exclusive": True},
}
LONG = (
    "Which of the trees that stand in this park, or that once stood in it, do you like best of all?"
)


def make_study(**variables: dict[str, Any]) -> Cohort:
    study = StudyFile.model_validate({
        "name": "park", "title": "A park", "question": "Which trees do people like?",
        "waves": {"may": {"label": "May", "people": "walkers", "exports": ["may.csv"]},
                  "june": {"label": "June", "people": "runners", "exports": ["june.csv"]}},
        "comparisons": [{"first": "may", "second": "june"}],
    })  # fmt: skip
    described = {
        name: {"label": name.capitalize(), "kind": "multiple", "categories": TREES,
               "question": {wave: {"options": {one: one for one in TREES}} for wave in study.waves},
               **variable}
        for name, variable in variables.items()
    }  # fmt: skip
    return Cohort(study, CodebookFile.model_validate({"variables": described}))


def view_of(cohort: Cohort, hidden: Any = (), second: float = 0.001, **counts: list[int]) -> Any:
    """Return a view of shares in both waves, and of a clear difference of each second variable."""
    whole = Recorder(ALL, "responses").number("count", 120, n=120)
    waves: dict[str, list[Any]] = {"may": [whole], "june": [whole], "may-june": []}
    for place, (name, of) in enumerate(counts.items()):
        record = Recorder(ALL, name)
        for wave in ("may", "june"):
            numbers = dict(zip(TREES, of if wave == "may" else reversed(of), strict=True))
            n = float(sum(of))
            waves[wave] += record.response(n, n)
            for one, count in numbers.items():
                waves[wave] += record.counted(one, float(count), n)
        pvalue = second if place else 0.2
        waves["may-june"] += [
            record.number("difference", 0.2, 0.1, 0.3, n=240, category="oak"),
            record.number("proportions_pvalue_holm", pvalue, n=240, category="oak"),
        ]
    return make_view(cohort, waves, hidden=hidden)


def test_the_first_page_has_an_answer_a_chart_and_at_most_seven_takeaways():
    names = [f"liked_{number}" for number in range(9)]
    cohort = make_study(**{name: {"label": LONG, "section": name} for name in names})
    view = view_of(cohort, **{name: [60 - 2 * at, 30, 20, 10] for at, name in enumerate(names)})
    summary = Summary(SUMMARY, view)
    with screen() as shown:
        summary.show_answer()
        summary.show_takeaways()
    answer, takeaways = shown.texts[0], shown.texts[-1]
    assert "**Which trees do people like?**" in answer
    assert "120 responses of walkers and 120 of runners stand behind this report." in answer
    assert count_words(answer) <= 120
    assert shown.about[0]["label"] == "fig-answer"
    points = takeaways.split("\n- ")[1:]
    assert 3 <= len(points) <= 7
    assert all(re.search(r"See @sec-[\w-]+\.$", point) for point in points)
    assert not [*list_long(answer), *list_long(takeaways)]


def test_what_is_told_has_its_base_its_interval_and_its_link():
    cohort = make_study(liked={})
    (finding,) = list_shares(view_of(cohort, liked=[60, 30, 20, 10]).on("may"))
    assert finding.text.startswith(
        "**Liked:** 50% of the 120 walkers who answered named “Oak” (95% interval 41% to 59%)."
    )
    assert finding.label == "sec-of-liked-may"


def test_ties_are_named_and_none_of_the_others_is_told_as_such():
    cohort = make_study(liked={})
    (finding,) = list_shares(view_of(cohort, liked=[40, 25, 15, 40]).on("may"))
    assert "“Oak” and “No tree” (none of the others) were chosen most often, each by 33%" in (
        finding.text
    )


@pytest.mark.parametrize(
    ("counts", "hidden"), [([60, 30, 20, 10], ["oak"]), ([5, 1, 1, 1], []), ([40, 0, 0, 0], [])]
)
def test_what_is_hidden_of_few_or_of_all_is_no_finding(counts, hidden):
    view = view_of(make_study(liked={}), hidden, liked=counts)
    assert list_shares(view.on("may")) == []


@pytest.mark.parametrize("counts", [[40, 36, 30, 14], [62, 58, 0, 0]])
def test_what_is_hardly_ahead_of_the_next_is_told_where_nothing_else_is(counts):
    cohort = make_study(liked={}, climbed={})
    view = view_of(cohort, liked=counts, climbed=[60, 30, 20, 10])
    assert [one.variable for one in list_shares(view.on("may"))] == ["climbed"]
    cohort = make_study(liked={}, climbed={}, cut={})
    view = view_of(cohort, liked=counts, climbed=counts, cut=counts)
    assert [one.variable for one in list_shares(view.on("may"))] == ["liked", "climbed"]


def test_differences_are_told_once_a_question_with_what_is_left_open():
    cohort = make_study(liked={}, climbed={})
    found = list_differences(view_of(cohort, liked=[60, 30, 20, 10], climbed=[60, 30, 20, 10]),
                             ("may", "june"))  # fmt: skip
    assert [one.variable for one in found] == ["climbed", ""]
    assert found[0].text == (
        "**Climbed:** “Oak” was the answer of 50% in “May” (n = 120) and 8% in “June” (n = 120). "
        "The 95% interval of the difference, between different people, is +10.0 to +30.0 points."
    )
    assert found[-1].text == (
        "One of the two comparisons of “May” and “June” shows a difference that chance alone would "
        "hardly explain; the other one is left open."
    )


def test_a_long_label_is_cut():
    assert shorten("one two") == "one two"
    assert shorten(LONG) == "Which of the trees that stand in this park…"


def test_words_and_sentences_are_counted_as_read():
    text = "## Head {#sec-x}\n\n**Half** (50%, @fig-a) paid \\$1,200.\n\n- One. Two words!\n"
    assert split_sentences(text) == ["Half (50%, paid $1,200.", "- One.", "Two words!"]
    assert count_words(text) == 7


def test_a_condition_counts_by_its_longer_way():
    text = "{% if a.asked %}one {{ a.n }}{% else %}one two three{% endif %} end"
    assert read_longest(text) == "one two three end"
    text = "{{ a.share('b') }}, {{ a.share('b').interval }}; {{ a.interval('mean') }}"
    assert read_longest(text) == "0, 0 to 0; 0 to 0"


@pytest.mark.parametrize(
    ("section", "text", "said"),
    [
        ("answer", "Word. " * 121, ["has 121 words, numbers among them."]),
        ("answer", "Word. " * 120, []),
        ("answer", "word " * 36, ["has a sentence of 36 words, which begins with"]),
        ("takeaways", "- One.\n" * 8, ["lists 8 takeaways."]),
        ("takeaways", "- One.\n" * 7, []),
        ("discussion", "word " * 200, []),
    ],
)
def test_what_is_too_long_for_the_first_page_is_told(section, text, said):
    found = [message for message, _ in judge_length(section, text)]
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_a_number_that_is_looked_up_has_its_interval_and_its_base():
    liked = look_up(view_of(make_study(liked={}), liked=[60, 30, 20, 10]), "liked")
    share = liked.share("oak")
    assert (str(share), share.n) == ("50%", "120")
    assert re.fullmatch(r"4\d% to 5\d%", share.interval)
    assert re.fullmatch(r"4\d\.\d% to 5\d\.\d%", liked.share("oak", 1).interval)


def test_the_chart_of_the_first_page_is_checked(tmp_path, monkeypatch):
    cohort = make_study(liked={})
    monkeypatch.setattr(Cohort, "folder", tmp_path)
    chapters, item = tmp_path / "chapters.yaml", "{variable: liked, chart: pairs, waves: [%s]}"
    for waves, told in (("may-june", []), ("june-may", ["'june-may' are not compared"]),
                        ("may", ["'pairs' is of two surveys"])):  # fmt: skip
        chapters.write_text(f"08-summary: [{{section: answer, items: [{item % waves}]}}]", "utf-8")
        found = [one.message for one in check_words(cohort)]
        assert [one[: len(told[0])] for one in found] == told if told else found == []
    view = view_of(cohort, liked=[60, 30, 20, 10])
    assert waves_of(view, Item(variable="liked")) == ("may",)
    assert waves_of(view, Item(variable="liked", waves=["may-june"])) == ("may", "june")


def test_an_own_answer_takes_the_place_of_the_generated_one(tmp_path, monkeypatch):
    monkeypatch.setattr(Cohort, "folder", tmp_path)
    text = tmp_path / "text" / SUMMARY / "answer.md"
    text.parent.mkdir(parents=True)
    text.write_text("Oaks: {{ liked.share('oak') }} ({{ liked.share('oak').interval }}).", "utf-8")
    with screen() as shown:
        Summary(SUMMARY, view_of(make_study(liked={}), liked=[60, 30, 20, 10])).show_answer()
    assert "stand behind" not in shown.texts[0]
    assert re.search(r"Oaks: 50% \(4\d% to 5\d%\)\.\n:::", shown.texts[0])
    text.write_text("Oaks: {{ liked.share('oak').intervall }}.", "utf-8")
    (problem,) = check_words(make_study(liked={}))
    assert "'intervall' of a number" in str(problem)


def test_what_the_answer_has_no_room_for_is_a_takeaway(monkeypatch):
    cohort = make_study(liked={}, climbed={})
    view = view_of(cohort, liked=[60, 30, 20, 10], climbed=[50, 30, 20, 20])
    summary = Summary(SUMMARY, view)
    first, second = [one for one in summary.findings if one.variable][:2]
    assert summary.leading == [first, second]
    monkeypatch.setattr("altcred.write.summary.MOST_IN_ANSWER",
                        count_words(say_answer(view, [first])))  # fmt: skip
    assert summary.leading == [first]
    with screen() as shown:
        summary.show_takeaways()
    assert second.text in shown.texts[-1]


def test_an_item_is_told_without_its_question_where_both_are_long():
    short, long = "Which trees?", "Which of all the trees in the park that you see do you like?"
    item = "Oaks that stand alone"
    cohort = make_study(liked={"section": long, "label": item, "item_of": "trees"},
                        seen={"section": short, "label": item, "item_of": "seen"})  # fmt: skip
    view = view_of(cohort, liked=[60, 30, 20, 10], seen=[60, 30, 20, 10]).on("may")
    assert name_fully(view, "liked") == item
    assert name_fully(view, "seen") == f"{short} {item}"


NUMBERS = {"kind": "number", "categories": {}, "question": {"may": "x", "june": "y"}}


def panel_of(cohort: Cohort, *names: str, **of_each: float) -> Any:
    """Return the view of 60 people found in both waves who moved by 2 from 40 in each variable."""
    study = cohort.study.model_copy(
        update={"panels": [Panel.model_validate(
            {"first": "may", "second": "june", "rules": [{"name": "code", "keys": ["person"]}]}
        )]}
    )  # fmt: skip
    rows = [Recorder(ALL, "pairs").number("count", 60, n=60)]
    sides: dict[str, list[Any]] = {"panel:may": [], "panel:june": []}
    found = {"mean_first": 40.0, "mean_second": 42.0, "cohen_dz": 0.5, "rank_biserial": 0.5,
             **dict.fromkeys(("ttest_rel_pvalue", "ttest_rel_pvalue_holm", "wilcoxon_pvalue",
                              "wilcoxon_pvalue_holm"), 0.001), **of_each}  # fmt: skip
    for name in names:
        record = Recorder(ALL, name)
        rows += [record.number("nobs", 60, n=60), record.number("mean_difference", 2, 1, 3, n=60)]
        rows += [record.number(one, value, n=60) for one, value in found.items()]
        for mean, side in zip((40, 42), sides.values(), strict=True):
            side += [record.number("nobs", 60, n=60), record.number("mean", mean, n=60)]
    whole = Recorder(ALL, "responses").number("count", 120, n=120)
    waves = {"may": [whole], "june": [whole], "panel": rows, **sides}
    return make_view(Cohort(study, cohort.codebook), waves)


def test_that_the_same_people_are_older_is_no_finding():
    cohort = make_study(
        hours={**NUMBERS, "label": "How many hours?"},
        born={**NUMBERS, "kind": "year"},
        age={**NUMBERS, "question": {}, "derive": {"years_since": "born"}},
    )
    found = list_differences(panel_of(cohort, "hours", "age"), ("may", "june"))
    assert [one.variable for one in found] == ["hours", ""]
    assert found[0].text.startswith("**How many hours?** The mean was 40 in “May” and 42 in “June”")
    # Of different people the same report may say something else.
    assert found[1].text.startswith("Both comparisons of the same people in “May” and “June” show")


def test_how_far_a_mean_moved_is_told_where_what_it_was_is_hidden():
    cohort = make_study(hours=NUMBERS)
    hidden = dict.fromkeys(("mean_first", "mean_second"), NAN)
    (found,) = list_differences(panel_of(cohort, "hours", **hidden), ("may", "june"))
    assert found.text == (
        "**Hours:** the mean was 2 higher in “June” than in “May”, of the 60 people asked twice. "
        "The 95% interval of the change is 1 to 3."
    )


def test_how_a_promoter_score_moved_is_told():
    cohort = make_study(again={**NUMBERS, "kind": "nps"})
    scores = {"nps_first": -12.0, "nps_second": -19.0, "nps_difference": -7.0}
    (found,) = list_differences(panel_of(cohort, "again", **scores), ("may", "june"))
    assert found.text == (
        "**Again:** the net promoter score was −12 in “May” and −19 in “June”, of the 60 people "
        "asked twice."
    )
    scores = {"nps_first": NAN, "nps_second": NAN, "nps_difference": -7.0}
    (found,) = list_differences(panel_of(cohort, "again", **scores), ("may", "june"))
    assert found.text == (
        "**Again:** the net promoter score was 7 lower in “June” than in “May”, of the 60 people "
        "asked twice."
    )


def test_the_mean_of_points_is_told_with_the_ends_of_its_scale():
    points = {"kind": "scale", "categories": {"1": "Sad", "2": "So", "3": "Glad"},
              "question": {"may": "x", "june": "y"}}  # fmt: skip
    names = ("mood", "rest")
    cohort = make_study(**dict.fromkeys(names, points))
    waves = {"may-june": []}
    for wave, mean in (("may", 1.5), ("june", 2.5)):
        waves[wave] = [Recorder(ALL, "responses").number("count", 60, n=60)]
        for name in names:
            record = Recorder(ALL, name)
            waves[wave] += [record.number("nobs", 60, n=60), record.number("mean", mean, n=60)]
    for name in names:
        record = Recorder(ALL, name)
        waves["may-june"] += [
            record.number("mean_difference", 1, 0.5, 1.5, n=120),
            record.number("cliffs_delta", 0.5, n=120),
            record.number("mannwhitneyu_pvalue", 0.001, n=120),
            record.number("mannwhitneyu_pvalue_holm", 0.001, n=120),
        ]
    found = list_differences(make_view(cohort, waves), ("may", "june"))
    assert found[0].text.startswith(
        "**Mood:** on a scale from 1 (“Sad”) to 3 (“Glad”) the mean was 1.50 in “May” (n = 60)"
    )
    assert found[-1].text.startswith("Both comparisons of “May” and “June” show a difference")


@pytest.mark.parametrize("mean", [1.9, 1.7])
def test_of_points_of_which_none_is_ahead_a_mean_off_the_middle_is_told(mean):
    steps = {"low": {"label": "Low", "code": 1}, "middle": {"label": "Middle", "code": 2},
             "high": {"label": "High", "code": 3}}  # fmt: skip
    cohort = make_study(mood={"kind": "scale", "categories": steps,
                              "question": {"may": "x", "june": "y"}})  # fmt: skip
    record, whole = Recorder(ALL, "mood"), Recorder(ALL, "responses").number("count", 90, n=90)
    rows = [
        whole,
        *record.response(90.0, 90.0),
        record.number("mean", mean, mean - 0.2, mean + 0.2, n=90),
    ]
    for one, count in {"low": 33.0, "middle": 30.0, "high": 27.0}.items():
        rows += record.counted(one, count, 90.0)
    found = [one.text for one in list_shares(make_view(cohort, {"may": rows}).on("may"))]
    told = "**Mood:** the mean of the 90 walkers who answered is 1.70 on a scale from 1 to 3"
    # Of points in the middle the largest share is told, where nothing else is.
    assert [one.startswith(told) for one in found] == [mean == 1.7]


def test_of_a_number_whose_middle_is_hidden_the_mean_is_told():
    numbers = {"kind": "number", "categories": {}, "question": {"may": "x", "june": "y"}}
    record, whole = Recorder(ALL, "hours"), Recorder(ALL, "responses").number("count", 30, n=30)
    rows = [whole, record.number("nobs", 30, n=30), record.number("mean", 34, 31, 37, n=30)]
    view = make_view(make_study(hours=numbers), {"may": rows}).on("may")
    (finding,) = list_shares(view)
    assert "the mean of the 30 walkers who answered is 34 (95% interval 31 to 37)" in finding.text


def test_a_score_is_told_by_itself():
    cohort = make_study(
        again={"kind": "nps", "categories": {}, "question": {"may": "x", "june": "y"}}
    )
    record, whole = Recorder(ALL, "again"), Recorder(ALL, "responses").number("count", 80, n=80)
    rows = [whole, *record.response(80.0, 80.0), record.number("nps", 10, -5, 25, n=80)]
    for one, count in {"promoters": 30.0, "passives": 28.0, "detractors": 22.0}.items():
        rows += record.counted(one, count, 80.0)
    (finding,) = list_shares(make_view(cohort, {"may": rows}).on("may"))
    told = "the net promoter score of the 80 walkers who answered is 10 (95% interval −5 to 25)."
    assert finding.text.startswith(f"**Again:** {told}")
    # With a question of eleven words the first page still has room for it.
    asked = "How likely are you to recommend us to a friend? (0-10)"
    assert is_readable(finding.text.replace("Again:", f"{asked}:"))


def test_what_was_put_first_is_not_what_was_said():
    cohort = make_study(liked={"kind": "rank"})
    counts = dict.fromkeys(TREES, 10.0) | {"oak": 50.0}
    record, n = Recorder(ALL, "liked"), sum(counts.values())
    rows = [Recorder(ALL, "responses").number("count", n, n=n), *record.response(n, n)]
    for place, (one, count) in enumerate(counts.items()):
        rows += record.counted(one, count, n)
        rows.append(Recorder(ALL, f"liked:{one}").number("mean", 1.5 + place, n=n))
    (finding,) = list_shares(make_view(cohort, {"may": rows}).on("may"))
    told = "“Oak” has the best mean place (1.50), and 63% of the 80 walkers put it first."
    assert finding.text == f"**Liked:** {told}"


def test_what_is_worked_out_nobody_answered():
    derived = {"kind": "score", "derive": {"mean": ["one", "two"]}, "question": None}
    points = {"kind": "scale", "categories": {"1": "Sad", "2": "So", "3": "Glad"},
              "question": {"may": "x", "june": "y"}}  # fmt: skip
    cohort = make_study(one=points, two=points, mood={**derived, "categories": {}})
    record, whole = Recorder(ALL, "mood"), Recorder(ALL, "responses").number("count", 30, n=30)
    rows = [whole, record.number("nobs", 30, n=30), record.number("mean", 2.5, 2.3, 2.7, n=30)]
    (finding,) = list_shares(make_view(cohort, {"may": rows}).on("may"))
    assert finding.text.startswith(
        "**Mood:** the mean of the 30 walkers for whom it is known is 2.50"
    )


def test_questions_that_begin_alike_are_told_apart():
    shops = ("Alder's", "Bloom & Co")
    long = "Thinking of your last visit to the shop called {}, what do you say of it?"
    cohort = make_study(**{
        f"q{at}": {"label": f"How satisfied were you with your last visit to {shop}?"}
        for at, shop in enumerate(shops)
    }, **{
        f"i{at}": {"label": "Prices", "section": long.format(shop), "item_of": f"rate{at}"}
        for at, shop in enumerate(shops)
    })  # fmt: skip
    view = view_of(cohort, **{one: [60, 30, 20, 10] for one in ("q0", "q1", "i0", "i1")}).on("may")
    labels = [finding.text.split(":**")[0] for finding in list_shares(view)]
    assert all(sum(shop in one for one in labels) == 2 for shop in shops)


@pytest.mark.parametrize("std", [0.0, 2.0])
def test_what_everybody_gave_is_no_finding(std):
    numbers = {"kind": "number", "categories": {}, "question": {"may": "x", "june": "y"}}
    record, whole = Recorder(ALL, "hours"), Recorder(ALL, "responses").number("count", 30, n=30)
    rows = [
        *(whole, record.number("nobs", 30, n=30)),
        *(record.number("median", 34, 34, 34, n=30), record.number("std", std, n=30)),
    ]
    cohort = make_study(hours={**numbers, "label": "How many hours?"})
    told = [one.text for one in list_shares(make_view(cohort, {"may": rows}).on("may"))]
    half = "**How many hours?** At least half of the 30 walkers gave 34 or less"
    assert told == ([f"{half} (95% interval 34 to 34)."] if std else [])


def test_nobody_is_followed_over_more_than_two_surveys():
    view = view_of(make_study(tree={}), tree=[9, 9, 9, 9])
    assert "followed" not in describe_limits(view)
    waves = {one: {"label": "A walk", "exports": ["x.csv"]} for one in ("may", "june", "july")}
    rules = [{"name": "code", "keys": ["person"]}]
    study = StudyFile.model_validate({
        "name": "park", "title": "A park", "waves": waves,
        "panels": [{"first": "may", "second": "june", "rules": rules},
                   {"first": "june", "second": "july", "rules": rules}],
    })  # fmt: skip
    view = replace(view, cohort=replace(view.cohort, study=study))
    assert "nobody is followed over all three surveys" in describe_limits(view)


def test_of_two_comparisons_neither_is_told():
    cohort = make_study(liked={}, climbed={})
    same = [60, 30, 20, 10]
    view = view_of(cohort, second=0.3, liked=same, climbed=same)
    (found,) = list_differences(view, ("may", "june"))
    assert found.text.startswith("Neither of the two comparisons of “May” and “June” shows more")
