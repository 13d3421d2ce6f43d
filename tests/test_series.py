"""Cohorts of one study side by side: what corresponds, what changed, and what is told of it."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result
from drawn import list_clashes, marks_of
from hypothesis import given, settings
from hypothesis import strategies as st

from altcred.clean.changes import list_changes, open_files
from altcred.clean.responses import build_responses
from altcred.cli import main
from altcred.core.errors import InvalidInput
from altcred.core.records import Recorder
from altcred.describe.codebook import CodebookFile
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.correspondence import check_series, correspond
from altcred.describe.series import earlier_cohorts
from altcred.describe.study import StudyFile
from altcred.estimate.comparison import compare_waves
from altcred.estimate.series import estimate_series, write_series
from altcred.estimate.store import Estimates, compose_frame, read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.write.charts import find_chart
from altcred.write.cohorts import CohortsView, open_cohorts
from altcred.write.series import describe_cohorts, open_trends, summarise_cohorts
from altcred.write.tables import find_table

SURE = {"low": "Not sure", "mid": "Fairly sure", "high": "Very sure"}
MORE = {**SURE, "none": "Cannot say"}
# Of each cohort the question, and how many gave each answer.
COUNTS = {"c22": (40, 30, 30), "c23": (60, 30, 10), "c24": (10, 30, 60)}


def describe(name: str, variables: dict[str, Any], **study: Any) -> None:
    """Write a cohort of one survey without times, of which the waves are called term."""
    folder = Path("cohorts", name)
    folder.mkdir(parents=True)
    described = {
        "name": name, "title": f"Course {name}",
        "waves": {"term": {"label": "The term", "people": "students", "exports": ["a.csv"],
                           "submitted": None, "status": None}},
        "disclosure": {"minimum": 0}, **study,
    }  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(described, sort_keys=False))
    text = yaml.safe_dump({"variables": variables}, sort_keys=False)
    (folder / "codebook.yaml").write_text(text)


def sure(text: str = "How sure are you?", **more: Any) -> dict[str, Any]:
    question = {"term": {"name": "Sure", "text": text}}
    return {"label": "Confidence", "kind": "ordered", "question": question,
            "categories": SURE, **more}  # fmt: skip


def hours(**more: Any) -> dict[str, Any]:
    return {"label": "Hours", "kind": "number", "question": {"term": "Hours"}, "unit": "hours",
            **more}  # fmt: skip


def build(name: str, columns: dict[str, list[Any]], waves: tuple[str, ...] = ("term",)) -> None:
    """Write a cohort's export, and estimate each wave from it."""
    folder = Path("data/raw", name)
    folder.mkdir(parents=True)
    pd.DataFrame(columns).to_csv(folder / "a.csv", index=False)
    for wave in waves:
        build_responses(name, wave)
        found = estimate_wave(name, wave)
        write_estimates(found, Path(f"data/processed/{name}/estimates/{wave}.csv"))


def spread(counts: tuple[int, ...], labels: dict[str, str] = SURE) -> list[str]:
    return [label for label, n in zip(labels.values(), counts, strict=True) for _ in range(n)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))
    (tmp_path / "params.yaml").touch()
    return tmp_path


def view_of(cohort: str) -> CohortsView:
    for earlier in earlier_cohorts(open_cohort(cohort).study):
        write_series(cohort, earlier)
    return open_cohorts(cohort)["term"]


@pytest.fixture
def three(project: Path) -> CohortsView:
    """Three terms; the first called the question otherwise, and the second another wave's name."""
    for name, counts in COUNTS.items():
        variable = {"c22": "certainty"}.get(name, "sure")
        after = {"c23": {"after": "c22", "same": {"sure": "certainty"}}, "c24": "c23"}.get(name)
        study = {"series": after} if after else {}
        describe(name, {variable: sure(), "hours": hours()}, **study)
        more = 3 if name == "c24" else 0
        build(name, {"Sure": spread(counts), "Hours": [2 + k % 5 + more for k in range(100)]})
    return view_of("c24")


def test_three_cohorts_stand_side_by_side(three: CohortsView) -> None:
    table = find_table("cohorts")(three, "sure", *three.earlier)
    assert table.columns == ["c22 (n = 100)", "c23 (n = 100)", "c24 (n = 100)", "Difference",
                             "95% interval"]  # fmt: skip
    rows = {label: [cell.text for cell in cells] for label, cells in table.rows}
    # Newcombe's interval of 60 and 10 in a hundred, from Wilson's 50.2 to 69.1 and 5.5 to 17.4.
    assert rows["Very sure"] == ["30.0%", "10.0%", "60.0%", "+50.0", "+37.7 to +60.1"]
    means = dict(find_table("cohorts")(three, "hours").rows)
    assert [cell.text for cell in means["Mean"]][:4] == ["4", "4", "7", "+3"]
    assert means["Mean"][4].text == "2.60 to 3.40"
    # What both c23 and c24 call so, c22 called otherwise; its numbers are there all the same.
    assert correspond(open_cohort("c24"), "c22").variables["sure"] == "certainty"


def test_sentences_name_what_the_intervals_tell(three: CohortsView) -> None:
    assert describe_cohorts(three, "sure") == (
        "Compared with c23, higher: “Very sure” (10%, now 60%); lower: “Not sure” (60%, now 10%). "
        "For one other share the interval of the difference leaves the direction open."
    )
    told = summarise_cohorts(three)
    assert "Three cohorts" in told
    assert "- “Confidence”: “Very sure” (10%, now 60%)" in told
    assert "\\*" not in told


def test_marks_stand_where_estimated(three: CohortsView) -> None:
    drawing = find_chart("cohorts")(three, "sure")
    expected = {
        (cohort, SURE[answer]): share
        for cohort, counts in COUNTS.items()
        for answer, share in zip(SURE, counts, strict=True)
    }
    assert marks_of(drawing) == pytest.approx(expected)
    assert list_clashes(drawing.figure) == []
    assert list_clashes(find_chart("cohorts")(three, ["sure", "hours"]).figure) == []
    means = find_chart("cohort_means")(three, "hours")
    assert [line.get_xdata()[0] for line in means.figure.axes[0].lines if line.get_marker() == "o"
            ] == pytest.approx([4, 4, 7])  # fmt: skip
    assert list_clashes(means.figure) == []


def test_a_chapter_shows_each_question_with_caption_and_text(
    three: CohortsView, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *what, **words: shown.append((what[:1], words))
    )
    trends = open_trends("c24")
    assert trends.sections == ["term", "term sure", "term hours"]
    for section in trends.sections:
        trends.show(section)
    about = [words["metadata"]["report"] for _, words in shown if words]
    assert [one["label"] for one in about] == [
        *("fig-trend-sure-term", "tbl-trend-sure-term"),
        *("fig-trend-hours-cohort-means-term", "tbl-trend-hours-term"),
    ]
    assert about[0]["caption"] == "Confidence, students; n = 100, 100 and 100"
    assert about[0]["alt"].startswith(
        "Confidence in several cohorts. c22, c23 and c24, in this order. Not sure: 40%, 60% and 10%"
    )
    assert "Compared with c23, higher" in about[0]["alt"]


def pair(project: Path, then: dict[str, Any], now: dict[str, Any], **more: Any) -> CohortsView:
    """Two cohorts with one question each, of the same hundred answers."""
    describe("old", {"sure": then})
    describe("new", {"sure": now}, series="old")
    for name, described in (("old", then), ("new", now)):
        labels = more.get("labels", described.get("categories"))
        answers = spread((40, 30, 30), dict(list(labels.items())[:3])) if labels else [5, 6] * 50
        build(name, {"Sure": answers, "Hours": answers})
    return view_of("new")


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ({}, {"text": "How certain are you?"},
         "In old the question read “How sure are you?”, and here “How certain are you?”."),
        ({}, {"categories": MORE}, "“Cannot say” was not offered in old."),
        ({"categories": MORE}, {}, "“Cannot say” was offered in old alone."),
        ({}, {"categories": {**SURE, "high": "Entirely sure"}},
         "In old the answer “Entirely sure” read “Very sure”."),
        ({}, {"categories": dict(reversed(SURE.items()))},
         "The answers stood in another order in old."),
    ],
)  # fmt: skip
def test_what_was_asked_otherwise_is_marked(
    project: Path, then: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    view = pair(project, sure(**then), sure(**now))
    told = describe_cohorts(view, "sure")
    assert told.startswith(f"{said} A difference may come of that alone.")
    assert view.is_changed("sure")
    table = find_table("cohorts")(view, "sure")
    assert table.columns[0] == "old (n = 100) *"
    assert "may come of that alone" in table.notes[-1]
    assert "“Confidence”." in summarise_cohorts(view)


def test_a_label_by_which_a_question_is_found_is_no_wording(project: Path) -> None:
    """One codebook gives the question's text, the other leaves it out: nothing is known."""
    describe("old", {"sure": {**sure(), "label": "How confident", "question": {"term": {
        "name": "Sure", "text": "How confident"}}}})  # fmt: skip
    describe("new", {"sure": {**sure(), "label": "How confident"}}, series="old")
    assert list(correspond(open_cohort("new"), "old").changes()) == []


def test_an_answer_is_the_same_by_its_label_before_its_name(project: Path) -> None:
    """Both call an answer `high`, and mean different ones by it."""
    swapped = {"low": "Very sure", "mid": "Fairly sure", "high": "Not sure"}
    describe("old", {"sure": sure()})
    describe("new", {"sure": sure(categories=swapped)}, series="old")
    found = correspond(open_cohort("new"), "old")
    assert found.answers("sure", "term") == {"low": "high", "mid": "mid", "high": "low"}


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (hours(kind="money", currency="USD"), hours(kind="money", currency="EUR"),
         "Amounts are in USD in old and in EUR here, so they are not compared."),
        (hours(unit="minutes"), hours(),
         "The unit is “minutes” in old and “hours” here, so the two are not compared."),
        (sure(), sure(kind="multiple"),
         "In old it was asked in another form (kind ordered, here multiple), so the two are not "
         "compared."),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_not(
    project: Path, then: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    view = pair(project, then, now)
    assert describe_cohorts(view, "sure") == said
    assert view.before("sure") is None
    assert find_chart("cohorts")(view, "sure") is None
    assert find_table("cohorts")(view, "sure") is None
    assert not view.estimates.has("old:term", "sure")


def test_what_was_asked_in_other_words_stands_side_by_side(project: Path) -> None:
    apart = {"after": "old", "apart": ["sure", "mood.high"]}
    then, now = (
        {"sure": sure(f"How {word} are you?"), "mood": sure() | {"question": {"term": "Mood"}}}
        for word in ("sure", "bold")
    )
    describe("old", then)
    describe("new", now, series=apart)
    describe("next", now, series="new")
    for name, counts in (("old", (40, 30, 30)), ("new", (10, 30, 60))):
        build(name, {"Sure": spread(counts), "Mood": spread(counts)})
    view = view_of("new")
    assert describe_cohorts(view, "sure") == (
        "In old the question read “How sure are you?”, and here “How bold are you?”, which does "
        "not mean the same. They stand side by side, and no difference is told."
    )
    assert view.before("sure") is not None
    assert view.gap("sure", "high", "difference") is None
    table = find_table("cohorts")(view, "sure")
    assert [cell.text for cell in dict(table.rows)["Very sure"]][:2] == ["30.0%", "60.0%"]
    # An answer that means something else is none that both were offered.
    assert list(correspond(open_cohort("new"), "old").answers("mood", "term")) == ["low", "mid"]
    assert view.gap("mood", "low", "difference") is not None
    # A later cohort inherits it, of those before alone.
    assert correspond(open_cohort("next"), "new").apart == set()
    assert correspond(open_cohort("next"), "old").apart == {"sure", "mood.high"}


POINTS = {name: {"label": label, "code": k} for k, (name, label) in enumerate(SURE.items())}


def test_means_of_answers_with_other_numbers_are_not_compared(project: Path) -> None:
    """One to three are not one to five, although two answers are called the same."""
    describe("old", {"sure": sure(kind="scale", categories=POINTS)})
    describe("new", {"sure": sure(kind="scale", categories=POINTS)}, series="old")
    for name in ("old", "new"):
        build(name, {"Sure": spread((40, 30, 30))})
    frame, changes = estimate_series("new", "old")
    assert frame.query("statistic == 'mean_difference'")["value"].tolist() == [0]
    assert changes == []
    described = Path("cohorts/new/codebook.yaml")
    described.write_text(described.read_text().replace("code: 2", "code: 4"))
    frame, changes = estimate_series("new", "old")
    assert [one.what for one in changes] == ["numbers of answers"]
    assert not frame["statistic"].isin(["mean", "std", "mean_difference"]).any()
    assert frame["statistic"].eq("difference").sum() == 3


def test_a_scale_and_a_list_of_the_same_answers_share_what_they_have(project: Path) -> None:
    view = pair(project, sure(), sure(kind="scale", categories=POINTS), labels=SURE)
    lines = list(view.lines("sure"))
    assert [category for category, statistic, _ in lines if statistic == "proportion"] == [*SURE]
    assert not any(statistic == "mean" for _, statistic, _ in lines)


def test_dates_differ_by_days_and_are_no_years(project: Path) -> None:
    for name, month, series in (("old", 3, None), ("new", 4, "old"), ("last", 1, "new")):
        asked = {"label": "Began", "kind": "year" if name == "last" else "date",
                 "question": {"term": "Began"}}  # fmt: skip
        describe(name, {"began": asked}, **({"series": series} if series else {}))
        days = [f"2024-0{month}-{1 + k % 20:02}" for k in range(60)]
        build(name, {"Began": [2020, 2021] * 30 if name == "last" else days})
    view = view_of("new")
    rows = dict(find_table("cohorts")(view, "began").rows)
    # From March to April there are 31 days; each is written as the kind writes days.
    assert view.gap("began", "", "mean_difference").value == 31
    assert "2024" in rows["Mean"][0].text
    drawing = find_chart("cohort_means")(view, "began")
    assert all("20" in text.get_text() for text in drawing.figure.axes[0].get_xticklabels())
    assert list_clashes(drawing.figure) == []
    told = describe_cohorts(view_of("last"), "began")
    assert told.startswith("In old and new it was asked in another form (kind date, here year)")


def test_scores_of_recommendation_differ_with_an_interval(project: Path) -> None:
    """Of 50 promoters and 50 detractors, then of 80 and 20: a score of 0 and of 60."""
    asked = {"label": "Recommend", "kind": "nps", "question": {"term": "Sure"}}
    for name, promoters in (("old", 50), ("new", 80)):
        describe(name, {"sure": asked}, **({"series": "old"} if name == "new" else {}))
        build(name, {"Sure": [10] * promoters + [3] * (100 - promoters)})
    view = view_of("new")
    gap = view.gap("sure", "", "nps_difference")
    assert gap.value == 60
    then, now = (side.find("sure", "", "nps") for side in view.sides("sure"))
    margins = (now.value - now.low, then.high - then.value), (now.high - 60, 0 - then.low)
    assert gap.low == pytest.approx(60 - math.hypot(*margins[0]), rel=1e-4)
    assert gap.high == pytest.approx(60 + math.hypot(*margins[1]), rel=1e-4)
    told = describe_cohorts(view, "sure")
    assert "“Promoters (9 or 10)” (50%, now 80%)" in told
    assert "net promoter score (0, now 60" in told
    rows = [label for label, _ in find_table("cohorts")(view, "sure").rows]
    assert "Net promoter score" in rows
    assert "Passives (7 or 8)" in rows


def test_what_either_cohort_hides_stays_hidden(project: Path) -> None:
    counts = {"old": (60, 35, 5), "new": (70, 20, 10)}
    for name, minimum in (("old", 0), ("new", 10)):
        describe(name, {"sure": sure()}, disclosure={"minimum": minimum},
                 **({"series": "old"} if name == "new" else {}))  # fmt: skip
        build(name, {"Sure": spread(counts[name])})
    view = view_of("new")
    # The earlier report may show five people; this one does not, nor what would tell of them.
    gaps = {one: view.gap("sure", one, "difference") for one in SURE}
    hidden = [one for one, gap in gaps.items() if not gap.is_shown]
    assert "high" in hidden
    assert len(hidden) == 2
    told = describe_cohorts(view, "sure")
    assert not any(SURE[one] in told for one in hidden)
    before = view.before("sure")
    assert [one for one in SURE if not before.find("sure", one).is_shown] == hidden
    assert not before.find("sure", "high", "count").is_shown


def test_means_that_would_tell_of_what_this_cohort_hides_are_hidden(project: Path) -> None:
    """The earlier report shows the mean beside a hidden answer; what it tells nobody here knows."""
    categories = {str(k): {"label": f"Point {k}", "code": k} for k in range(1, 6)}
    asked = sure(kind="scale", categories=categories)
    for name, minimum in (("old", 3), ("new", 10)):
        describe(name, {"sure": asked}, disclosure={"minimum": minimum},
                 **({"series": "old"} if name == "new" else {}))  # fmt: skip
        counts = (40, 30, 25, 15, 6) if name == "old" else (40, 30, 25, 15, 10)
        build(name, {"Sure": spread(counts, {k: f"Point {k}" for k in categories})})
    own = read_estimates("data/processed/old/estimates/term.csv")
    assert own.find("term", "sure", "", "mean").is_shown
    before = view_of("new").before("sure")
    assert not before.find("sure", "5").is_shown
    assert not before.find("sure", "", "mean").is_shown


def test_a_question_left_out_for_a_term_is_compared_with_the_one_before(project: Path) -> None:
    for name, series in (("c1", None), ("c2", "c1"), ("c3", "c2")):
        asked = {"hours": hours()} if name == "c2" else {"hours": hours(), "sure": sure()}
        describe(name, asked, **({"series": series} if series else {}))
        build(name, {"Sure": spread((40, 30, 30)), "Hours": [1, 2] * 50})
    told = describe_cohorts(view_of("c3"), "sure")
    assert told.startswith("Not asked in c2. None of the three shares compared with c1")


def test_a_cohort_that_is_never_built_is_in_no_series(project: Path) -> None:
    describe("old", {"sure": sure()}, build=False)
    describe("new", {"sure": sure()}, series="old")
    (problem,) = check_series(open_cohort("new"))
    assert "'old' says build: false" in problem.message


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.integers(0, 60)] * 3), min_size=2, max_size=2))
def test_higher_and_lower_are_said_where_the_interval_excludes_zero(
    counts: list[tuple[int, int, int]],
) -> None:
    """Whatever the numbers: each share is in one list or none, by the table's own interval."""
    sizes = [sum(one) for one in counts]
    if not all(sizes):
        return
    study = {"name": "new", "title": "T", "series": "old",
             "waves": {"term": {"label": "Term", "exports": ["a.csv"]}}}  # fmt: skip
    cohort = Cohort(StudyFile.model_validate(study),
                    CodebookFile.model_validate({"variables": {"sure": sure()}}))  # fmt: skip
    frames = []
    for wave, numbers, n in zip(("old:term", "term"), counts, sizes, strict=True):
        record = Recorder("all", "sure")
        rows = [*record.response(n, n)]
        for name, number in zip(SURE, numbers, strict=True):
            rows += record.counted(name, number, n)
        frames.append(compose_frame(rows, wave))
    frame = pd.concat(frames, ignore_index=True)
    gaps = compare_waves(Estimates(frame), "old:term", "term", tested=())
    view = CohortsView(cohort, Estimates(pd.concat([frame, gaps])), "term", ("old",))
    told = describe_cohorts(view, "sure")
    higher, _, rest = told.partition("lower: ")
    for name, label in SURE.items():
        gap = view.gap("sure", name, "difference")
        assert (f"“{label}”" in higher and "higher: " in higher) == (gap.low > 0)
        assert (f"“{label}”" in rest) == (gap.high < 0)
    assert find_table("cohorts")(view, "sure") is not None


def test_single_surveys_correspond_whatever_they_are_called(project: Path) -> None:
    waves = {"autumn": {"label": "Autumn", "exports": ["a.csv"], "submitted": None}}
    describe("old", {"sure": sure()})
    describe("new", {"sure": sure() | {"question": {"autumn": "Sure"}}}, series="old", waves=waves)
    assert correspond(open_cohort("new"), "old").waves == {"autumn": "term"}


@pytest.mark.parametrize(
    ("series", "where", "message"),
    [
        ("nowhere", "series", "'nowhere' is no cohort"),
        ("new", "series", "leads from new to new"),
        ({"after": "old", "same": {"sure": "shure"}}, "series.same.sure", "'shure' is no variable"),
        ({"after": "old", "same": {"shure": "sure"}}, "series.same.shure", "is no variable"),
        ({"after": "old", "same": {"sure": {"old": "x"}}}, "series.same.sure", "'x' is no"),
        ({"after": "old", "same": {"sure": {"x": "sure"}}}, "series.same.sure", "'x' is not"),
        ({"after": "old", "waves": {"term": "x"}}, "series.waves.term", "'x' is no wave of old"),
        ({"after": "old", "apart": ["shure"]}, "series.apart", "'shure' is no variable"),
        ({"after": "old", "apart": ["sure.x"]}, "series.apart", "'sure.x' is no answer"),
        ({"after": "old", "labels": {"x": "X"}}, "series.labels.x", "is no cohort of the series"),
    ],
)  # fmt: skip
def test_what_a_series_names_wrongly_is_told(
    project: Path, series: Any, where: str, message: str
) -> None:
    describe("old", {"sure": sure()})
    describe("new", {"sure": sure()}, series=series)
    (problem,) = check_series(open_cohort("new"))
    assert problem.where == where
    assert message in problem.message
    with pytest.raises(InvalidInput):
        write_series("new", "old")


# The next term ------------------------------------------------------------------------------------

BEFORE = """\
# A course.
name: c1
title: A course
waves:
  begin:
    label: Begin
    collected: >-
      September
      2023
    opened: 2023-09-01
    exports: [begin.csv]
    submitted: null
    status: null
  end: {label: End, collected: "January, 2024", exports: [end.csv], submitted: null, status: null}
disclosure: {minimum: 5}
"""
ASKED = """\
variables:
  sure:
    label: Confidence
    kind: ordered
    question: {begin: {name: Q1, text: How sure are you?}, end: {name: Q1}}
    categories: {low: Not sure, mid: Fairly sure, high: Very sure}
  tools:
    label: Tools
    kind: multiple
    question: {begin: Tools}
    categories: {pen: "Pen, or pencil", ruler: Ruler}
  comment: {label: Comment, kind: text, question: {begin: Comment}}
  since: {label: Since, kind: number, asked_since: 2023-09-10, question: {begin: Since}}
"""


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def before(project: Path) -> Path:
    """A cohort of two surveys, of which the first one's export is at hand."""
    folder = project / "cohorts/c1"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(BEFORE)
    (folder / "codebook.yaml").write_text(ASKED.replace("asked_since: 2023-09-10, ", ""))
    export = project / "data/raw/c1/begin.csv"
    export.parent.mkdir(parents=True)
    export.write_text("Q1,Tools,Comment,Since,Seen\nNot sure,Ruler,,1,x\n")
    return folder


def test_the_next_cohort_takes_over_the_description(before: Path) -> None:
    result = call("new", "c2", "--after", "c1")
    assert result.exit_code == 0, result.output
    assert Path("cohorts/c2/study.yaml").read_text() == (
        "# A course.\nname: c2\nseries: c1\nreconstructed: false\ntitle: A course\nwaves:\n"
        "  begin:\n    label: Begin\n    exports: [begin.csv]\n    submitted: null\n"
        "    status: null\n"
        "  end: {label: End, exports: [end.csv], submitted: null, status: null}\n"
        "disclosure: {minimum: 5}\n"
    )
    assert Path("cohorts/c2/codebook.yaml").read_bytes() == (before / "codebook.yaml").read_bytes()
    assert "c2-c1: {cohort: c2, earlier: c1}" in Path("params.yaml").read_text()


def test_days_that_may_be_of_the_former_cohort_are_named(before: Path) -> None:
    study = (before / "study.yaml").read_text().replace("submitted: null", "submitted: When")
    (before / "study.yaml").write_text(study)
    (before / "codebook.yaml").write_text(ASKED)
    result = call("new", "c2", "--after", "c1")
    assert "cohorts/c2/codebook.yaml, line 13: names a day" in result.output


def test_what_changed_in_the_export_is_listed(before: Path) -> None:
    rows = ["Entirely sure,Ruler,I am Ada Lovelace,1"] * 10 + ["Ada Lovelace,Ruler,,2"]
    rows += ['Not sure,"Pen, or pencil,Rubber",,3'] * 10
    Path("next.csv").write_text("\n".join(["Q1,Tools,Comment,Distance", *rows]) + "\n")
    result = call("new", "c2", "--after", "c1", "--from", "next.csv")
    assert result.exit_code == 0, result.output
    told = [line for line in result.output.splitlines() if line.startswith("begin: ")]
    assert told == [
        "begin: column Since (since) is gone.",
        "begin: next.csv: new columns: Distance.",
        "begin: next.csv: sure: answers not described: 'Entirely sure' and 1 more.",
        "begin: next.csv: tools: answers not described: 'Rubber'.",
        "begin: next.csv: sure: nobody gave 'Fairly sure', 'Very sure'; leave out what was not "
        "offered.",
        "begin: next.csv: tools: nobody gave 'Pen, or pencil'; leave out what was not offered.",
        "begin: study.yaml expects begin.csv, not next.csv.",
    ]
    assert "Lovelace" not in result.output


def test_a_column_of_another_name_is_known_by_its_question(before: Path) -> None:
    head = '"{""ImportId"":""%s""}"'
    for path, names, texts in (
        ("data/raw/c1/begin.csv", ["Q1", "Q2"], ["How sure are you?", "Which tools?"]),
        ("next.csv", ["Q7", "Q2"], ["How sure are you?", "Which tools do you use?"]),
    ):
        ids = ",".join(head % f"QID{name}" for name in names)
        Path(path).write_text(f"{','.join(names)}\n{','.join(texts)}\n{ids}\nNot sure,Ruler\n")
    asked = ASKED.partition("  comment")[0].replace("Q1, text: How sure are you?", "Q1")
    Path("cohorts/c1/codebook.yaml").write_text(asked.replace("begin: Tools", "begin: Q2"))
    told = call("new", "c2", "--after", "c1", "--from", "next.csv").output
    assert "column Q1 (sure) is gone; column QIDQ7 asks the same" in told
    assert (
        "column QIDQ2 (tools) asks 'Which tools do you use?', and asked 'Which tools?' before."
    ) in told
    assert "new columns" not in told


def test_a_column_of_one_of_several_files_is_not_gone(before: Path) -> None:
    call("new", "c2", "--after", "c1")
    study = Path("cohorts/c2/study.yaml")
    study.write_text(study.read_text().replace("[begin.csv]", "[first.csv, second.csv]"))
    Path("data/raw/c2").mkdir(parents=True)
    Path("data/raw/c2/first.csv").write_text("Q1,Tools,Comment\nVery sure,Ruler,\n")
    Path("data/raw/c2/second.csv").write_text("Q1,Tools,Comment,Since\nNot sure,Ruler,,2\n")
    cohort = open_cohort("c2")
    told = list(list_changes(cohort, "begin", open_files(cohort, "begin")))
    assert not any("gone" in one for one in told)


def test_check_tells_what_changed_too(before: Path) -> None:
    call("new", "c2", "--after", "c1")
    Path("data/raw/c2").mkdir(parents=True)
    for wave in ("begin", "end"):
        Path(f"data/raw/c2/{wave}.csv").write_text(
            "Q1,Tools,Comment,Since,Distance\nVery sure,Ruler,,1,2\n"
        )
    result = call("check", "c2")
    assert result.exit_code == 0, result.output
    assert "begin: begin.csv: new columns: Distance." in result.output
    assert result.output.endswith("c2: fine\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--after", "c1", "--like", "c1"], "--like goes with neither"),
        (["--like", "c1", "--from", "x.csv"], "--like goes with neither"),
        (["--after", "c1", "--from", "x.csv"], "there is no such file"),
        (["--after", "c1", *["--from", "data/raw/c1/begin.csv"] * 3], "once a wave: begin, end"),
    ],
)
def test_a_next_cohort_is_refused_before_anything_is_written(
    before: Path, words: list[str], message: str
) -> None:
    result = call("new", "c2", *words)
    assert result.exit_code == 2
    assert message in result.output
    assert not Path("cohorts/c2").exists()
