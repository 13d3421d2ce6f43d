"""Printed figures of earlier collections beside what was rebuilt."""

import dataclasses
import math
from pathlib import Path

import pandas as pd
import pytest
from test_estimates import write_cohort

from altcred.check.published import COLUMNS
from altcred.check.verdicts import earlier_figures
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.write import trends
from altcred.write.views import open_view

PRINTED = [
    ("begin-2018", "all", "responses", "", "count", "1,000", ""),
    ("begin-2018", "all", "colour", "green", "proportion", "Half", "over"),
    ("begin-2018", "all", "colour", "green", "proportion", "99%", ""),
    ("begin-2018", "all", "colour", "red", "proportion", "20%", ""),
    ("begin-2018", "program_type=short", "pay", "", "median", "$1", ""),
    ("begin-2018", "all", "colour", "purple", "proportion", "3%", ""),
    ("begin-2018", "all", "colour", "red", "rank", "last", "3"),
    ("begin", "all", "colour", "red", "proportion", "20%", ""),
    ("context-2018", "all", "colour", "red", "proportion", "20%", ""),
    ("panel", "all", "colour", "red", "proportion", "20%", ""),
]


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    write_cohort(tmp_path)
    monkeypatch.chdir(tmp_path)
    write_estimates(estimate_wave("tiny", "begin"), Path("data/processed/tiny/estimates/begin.csv"))
    rows = [
        {**dict.fromkeys(COLUMNS, ""), "id": str(number), "document": "d", "section": "4.1",
         **dict(zip(("wave", "subgroup", "variable", "category", "statistic", "printed",
                     "qualifier"), row, strict=True))}
        for number, row in enumerate(PRINTED)
    ]  # fmt: skip
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv("cohorts/tiny/published.csv", index=False)
    return "tiny"


def test_earlier_figures_are_those_of_a_wave_and_a_year(cohort):
    found = earlier_figures(cohort)
    keys = list(zip(found["subgroup"], found["variable"], found["category"], strict=True))
    # "Over half" says less than the 99% of the same key, and words are no numbers.
    assert keys == [
        ("all", "responses", ""),
        ("all", "colour", "green"),
        ("all", "colour", "red"),
        ("program_type=short", "pay", ""),
        ("all", "colour", "purple"),
    ]
    assert set(found["year"]) == {2018}
    assert found["words"].tolist() == ["1,000", "99%", "20%", "$1", "3%"]
    own = dict(zip(found["category"], found["value"], strict=True))
    assert own["green"] == pytest.approx(0.4)
    assert math.isnan(own["purple"])


def test_a_cohort_that_printed_nothing_has_none(cohort):
    Path("cohorts/tiny/published.csv").unlink()
    assert earlier_figures(cohort).empty


def printed(rows):
    return trends.list_printed(rows, open_view("tiny"))


@pytest.mark.parametrize(
    ("low", "high", "judged"),
    [
        (0.985, 0.995, "lower"),
        (0.2, 0.21, "about the same"),
        (math.nan, 0.01, "higher"),
        (0.98, math.nan, "lower"),
    ],
)
def test_direction_needs_the_interval(cohort, low, high, judged):
    (green,) = [one for one in printed(earlier_figures(cohort)) if one.answer == "Green"]
    assert dataclasses.replace(green, range=(low, high)).judge() == judged


def test_words_table_and_figure_say_the_same(cohort):
    view, found = open_view(cohort), printed(earlier_figures(cohort))
    text = trends.describe_printed(found, view, 2018)
    assert "Lower now:\n\n- “Colour”: “Green” (99% printed, 40% now)" in text
    assert "About the same:\n\n- “Colour”: “Red” (20% printed, 20% now)" in text
    table = trends.printed_table(found, view, 2018, "x")
    assert table.cell("Colour: Green", "Printed of 2018") == "99%"
    assert table.cell("Colour: Green", "Now") == "40%"
    assert table.cell("Colour: Purple", "Now") == "–"
    lines = trends.printed_figure(found, view, 2018, "x").figure.axes[0].lines
    marks = {line.get_label(): line.get_xdata()[0] for line in lines}
    assert marks["then|Green"] == pytest.approx(99)
    assert marks["now|Green"] == pytest.approx(40)


def test_words_have_no_mark_and_two_printings_are_told_apart(cohort):
    rows = earlier_figures(cohort)
    green = rows["category"] == "green"
    rows.loc[green, ["printed_low", "printed_high", "words"]] = [0.5, 1.0, "Most"]
    again = rows[rows["category"] == "red"].assign(
        section="1.2", words="Nine percent", printed_low=0.085, printed_high=0.095
    )
    found = printed(pd.concat([rows, again], ignore_index=True))
    view = open_view(cohort)
    drawing = trends.printed_figure(found, view, 2018, "x")
    marks = {line.get_label() for line in drawing.figure.axes[0].lines}
    assert "then|Green" not in marks
    assert {"now|Green", "then|Red, section 4.1", "then|Red, section 1.2"} <= marks
    assert drawing.numbers[0].cell("Colour: Green", "Then") == "Most"
    text = trends.describe_printed(found, view, 2018)
    assert "; “Red”, section 1.2 (nine percent printed, 20% now)" in text


def test_everything_shown_describes_itself(cohort, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *what, **words: shown.append((what, words))
    )
    trends.show_earlier(earlier_figures(cohort), open_view(cohort))
    about = [words["metadata"]["report"] for _, words in shown if words]
    assert [one["label"] for one in about] == ["fig-trend-begin-2018", "tbl-trend-begin-2018"]
    assert "Green from 99% to 40%" in about[0]["alt"]
    assert shown[0][0][0].data.startswith("## ")
    assert "@tbl-trend-begin-2018" in shown[0][0][0].data
    assert "{" not in about[0]["caption"]
