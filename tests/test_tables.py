"""Tables show their estimates, and say where there is none."""

import pandas as pd
import pytest
from test_estimates import write_cohort

from altcred.estimate.comparison import compare_waves
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates
from altcred.estimate.wave import estimate_wave
from altcred.write import tables


@pytest.fixture
def view(tmp_path, monkeypatch):
    write_cohort(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tables.open_view("tiny", "begin", frame=estimate_wave("tiny", "begin"))


@pytest.fixture
def both(view):
    frame = pd.concat([view.estimates.frame, estimate_wave("tiny", "end")], ignore_index=True)
    gaps = compare_waves(Estimates(frame), "begin", "end")
    return tables.open_view(
        "tiny", "begin", frame=pd.concat([frame, gaps, estimate_panel("tiny", "begin", "end")])
    )


def test_categories_are_shown_by_program_type_with_n(view):
    table = tables.category_table(view, "colour")
    assert table.columns == ["Shorts (n = 4)", "Longs (n = 1)", "All (n = 5)"]
    assert table.cell("Green", "All (n = 5)") == "40.0%"
    assert table.cell("Red", "Longs (n = 1)") == "0.0%"
    assert [label for label, _ in table.rows] == ["Red", "Green", "Blue"]


def test_columns_rows_and_digits_are_chosen(view):
    table = tables.category_table(
        view, "colour", ["long", "s2", "rich"], reverse=True, digits=0, with_groups=True
    )
    assert table.columns[1:] == ["Short two (n = 2)", "Rich (n = 3)"]
    assert [label for label, _ in table.rows] == ["Blue", "Green", "Red", "Cold"]
    assert table.cell("Blue", "Short two (n = 2)") == "100%"
    assert table.nets == 1


def test_falling_shares_put_a_later_question_last_with_its_own_n(view):
    table = tables.category_table(view, "wishes", falling=True)
    assert [label for label, _ in table.rows] == ["Fun", "Money", "Late *"]
    assert any(note.startswith("* Late: n = Shorts 2, Longs 2, All 4") for note in table.notes)


def test_what_was_not_asked_or_not_offered_is_said(view):
    assert tables.category_table(view, "level").cell("High", "Longs") == "Not asked"
    applied = tables.category_table(view, "applied", ["s1", "s2"])
    assert applied.cell("Here", "Short two (n = 2)") == "N/A"
    assert tables.category_table(view, "nothing") is None


def test_a_profile_mixes_shares_and_statistics(view):
    table = tables.profile_table(
        view,
        {
            "Green": ("colour", "green"),
            "Average pay": ("pay", "mean"),
            "Highest pay": ("pay", "max"),
            "Countries": ("land", "nunique"),
            "Most common": ("land", "top 1"),
            "Shoe size": ("shoe", "mean"),
        },
        total=True,
    )
    assert [label for label, _ in table.rows] == [
        *("Green", "Average pay", "Highest pay", "Countries", "Most common"),
    ]
    assert table.cell("Average pay", "Shorts") == "$67"
    assert table.cell("Highest pay", "All") == "$250"
    assert table.cell("Countries", "All") == "2"
    assert table.cell("Most common", "All") == "United States (60%)"


def test_each_rank_of_a_profile_is_a_row(view):
    table = tables.profile_table(view, {"Countries": ("land", "top 2")}, total=True)
    assert [label for label, _ in table.rows] == ["Countries", "Countries: second"]
    assert table.cell("Countries", "All") == "United States (60%)"
    texts = tables.write_top(view, "land", 2).split(", ")
    assert table.cell("Countries: second", "All") == ", ".join(texts[1:])


def test_a_tie_as_rounded_is_named_too(view):
    assert (
        tables.write_top(view, "land", 1, "program_type=long") == "Namibia (50%), "
        "United States (50%)"
    )


def test_waves_stand_side_by_side(both):
    table = tables.profile_table(both, {"Pay": ("pay", "mean")}, waves=["begin", "end"])
    assert table.columns == ["Begin", "End"]
    assert [cell.text for cell in table.rows[0][1]] == ["$113", "$103"]


def test_numbers(view):
    table = tables.numbers_table(view, "pay", labels={"min": "Low"})
    assert table.cell("Median", "All (n = 4)") == "$100"
    assert table.cell("Low", "Longs (n = 1)") == "$250"


def test_programs_are_rows(view):
    table = tables.program_table(view, "colour", ["cold", "red"])
    assert table.cell("Short one", "Red") == "50.0%"
    assert table.cell("Long one", "Cold") == "100.0%"


def test_intervals_and_n_stand_behind_the_table(view):
    behind = tables.category_table(view, "colour").behind()
    line = dict(behind.rows)["Green · All (n = 5)"]
    assert [cell.text for cell in line] == ["40.0%", "11.8% to 76.9%", "5"]


def test_the_html_is_accessible_and_the_same_each_time(view):
    table = tables.category_table(view, "colour")
    html = table.as_html()
    assert html == tables.category_table(view, "colour").as_html()
    assert 'scope="row"' in html
    assert html.count("<table") == 2


def test_labels_are_never_markup(view):
    view.codebook.variables["colour"].categories["red"].label = "<b>Red</b> & bold"
    html = tables.category_table(view, "colour").as_html()
    assert "<b>Red" not in html
    assert "&lt;b&gt;Red" in html


def test_two_waves_are_compared(both):
    table = tables.comparison_table(both, "wishes", "begin", "end")
    assert table.columns == ["Begin (n = 5)", "End (n = 6)", "Difference (percentage points)"]
    assert table.cell("Money", "Difference (percentage points)") == tables.write_points(
        both.on("begin-end").find("wishes", "money", "difference").value
    )


def test_pairs_are_compared_by_kind(both):
    panel = both.on("panel")
    ticks = tables.paired_table(panel, "wishes", "begin", "end")
    money = dict(ticks.rows)["Money"]
    assert [cell.text for cell in money[2:4]] == ["2", "1"]
    numbers = tables.paired_table(panel, "pay", "begin", "end")
    assert dict(numbers.rows)["Pairs"][0].text == "4"
    assert dict(numbers.rows)["Degrees of freedom"][0].text == "3"
    assert "p of the equivalence test, margin $10" in dict(numbers.rows)
    levels = tables.paired_table(panel, "level", "begin", "end")
    assert "Stuart-Maxwell" in levels.notes[0]
    change = tables.change_table(panel, "level")
    assert change.cell("Higher", "All (n = 3)") == "33.3%"


def test_rows_flow_from_the_export_to_the_responses(view):
    table = tables.flow_table(view, {"repeat": "answered again"})
    assert [cells[0].text for _, cells in table.rows] == ["9", "−2", "−1", "6"]
    assert table.rows[1][0] == "Dropped: answered again"
    repeats = tables.counts_table(view, "repeats", "Comparison")
    assert repeats.cell("same e-mail", "Rows") == "2"


def test_answers_are_counted_by_how_they_were_read(view, tmp_path):
    (tmp_path / "data/processed/tiny/begin/answers.csv").write_text(
        "variable,answer,value,reason,times\n"
        "pay,100,100,,5\npay,a lot,,not a number,2\npay,,,blank,3\npay,,,not asked,4\n"
        "applied__here,yes,here,,1\nwhy,(typed),,answered,2\n"
    )
    table = tables.answers_table(view)
    assert [cell.text for cell in dict(table.rows)["Pay"]] == ["2", "5", "3", "2"]
    assert [cell.text for cell in dict(table.rows)["Why"]] == ["1", "2", "0", "0"]
    assert tables.unread_table(view).rows[0][0] == "Pay: not a number"
    assert len(tables.unread_table(view).rows) == 1


def test_answers_of_few_people_are_not_counted_out(tmp_path, monkeypatch):
    write_cohort(tmp_path, minimum=5)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/processed/tiny/begin/answers.csv").write_text(
        "variable,answer,value,reason,times\n"
        "pay,100,100,,5\npay,a lot,,not a number,2\npay,,,blank,4\n"
        "applied__here,yes,here,,7\napplied__here,,,blank,90\n"
    )
    view = tables.open_view("tiny", "begin", frame=estimate_wave("tiny", "begin"))
    table = tables.answers_table(view)
    texts = {label: [cell.text for cell in cells] for label, cells in table.rows}
    assert texts["Pay"] == ["2", "5", "fewer than 5", "fewer than 5"]
    # A column an option: an empty one says nothing of who left the question out.
    name = next(label for label in texts if label.endswith(" *"))
    assert texts[name] == ["1", "7", "–", "0"]
    assert "a column for each option" in table.notes[0]
    assert tables.unread_table(view).rows[0][1][0].text == "fewer than 5"


def test_a_reason_of_few_people_does_not_follow_from_the_others(tmp_path, monkeypatch):
    write_cohort(tmp_path, minimum=5)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/processed/tiny/begin/answers.csv").write_text(
        "variable,answer,value,reason,times\n"
        "pay,100,100,,5\npay,a lot,,not a number,20\npay,1e9,,not plausible,2\npay,,,blank,9\n"
        "applied__here,yes,here,,7\n"
    )
    view = tables.open_view("tiny", "begin", frame=estimate_wave("tiny", "begin"))
    # 22 less 20 would be the two.
    assert dict(tables.answers_table(view).rows)["Pay"][3].text == "22"
    assert [cells[0].text for _, cells in tables.unread_table(view).rows] == ["–", "fewer than 5"]
    # Who gave no usable answer is known, so that those who left it blank would tell the others.
    path = tmp_path / "data/processed/tiny/begin/answers.csv"
    path.write_text(path.read_text().replace("pay,a lot,,not a number,20\n", ""))
    texts = [cell.text for cell in dict(tables.answers_table(view).rows)["Pay"]]
    assert texts[2:] == ["–", "fewer than 5"]


def test_what_the_codebook_notes_stands_under_tables(both):
    both.codebook.variables["wishes"].note = "Asked of all."
    assert "Asked of all." in tables.category_table(both, "wishes").notes
    assert "Asked of all." in tables.comparison_table(both, "wishes", "begin", "end").notes
    assert "Asked of all." in tables.paired_table(both.on("panel"), "wishes", "begin", "end").notes


def test_labels_keep_their_capitals(both):
    both.study.waves["begin"].label = "New Coder Survey"
    numbers = tables.paired_table(both.on("panel"), "pay", "begin", "end")
    assert "Mean: New Coder Survey" in dict(numbers.rows)


@pytest.mark.parametrize("variable", ["colour", "level", "pay", "wishes", "applied", "land", "why"])
def test_every_kind_has_a_table(view, variable):
    assert tables.default_table(view, variable).rows


def test_hidden_numbers_are_not_shown(tmp_path, monkeypatch):
    write_cohort(tmp_path, minimum=3)
    monkeypatch.chdir(tmp_path)
    view = tables.open_view("tiny", "begin", frame=estimate_wave("tiny", "begin"))
    table = tables.category_table(view, "colour")
    assert {cell.text for _, cells in table.rows for cell in cells} <= {"–", "0.0%", "Not asked"}
    assert "fewer than 3 people" in table.notes[-1]
