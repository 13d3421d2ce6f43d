"""Exports of REDCap, raw and labelled, and what a form's status says of checkboxes."""

from pathlib import Path

import pytest

from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput
from altcred.core.records import ALL
from altcred.describe.cohort import open_cohort
from altcred.estimate.wave import estimate_wave
from altcred.read import Layout, open_export
from altcred.read.export import Known
from altcred.read.platforms import find_finished, find_response_id, list_questions

RAW = """\
record_id,s_timestamp,age,pets___1,pets___2,pets____99,mood,food___a,food___b,s_complete
1,2024-03-01 10:00:00,30,1,0,0,2,0,0,2
2,[not completed],31,0,0,0,,0,0,0
3,[not completed],,0,1,0,,0,0,0
4,[not completed],32,0,0,0,3,0,0,0
5,2024-03-02 10:00:00,,0,0,0,,0,0,2
6,,,,,,,,,
7,2024-03-02 10:00:00,,0,0,0,,0,0,1
"""
LABELLED = """\
Record ID,Survey Timestamp,Age,Which pets?  (choice=Cat (any)),Which pets? (choice=Dog),Complete?
1,2024-03-01 10:00:00,30,Checked,Unchecked,Complete
2,[not completed],31,Unchecked,Unchecked,Incomplete
"""
EVENTS = "record_id,redcap_event_name,mood\n1,begin_arm_1,1\n1,end_arm_1,2\n"


def opened(tmp_path, text, **layout):
    path = tmp_path / "DATA.csv"
    path.write_text(text, encoding="utf-8")
    return open_export(path, Layout(**layout))


def cells_of(export):
    return [cells for _, cells in export.rows()]


def test_raw_headers_say_which_question_and_choice_a_column_is(tmp_path):
    export = opened(tmp_path, RAW)
    assert (export.format, export.tool) == ("csv", "redcap")
    assert [column.known for column in export.columns] == [
        Known(role="response_id"),
        Known(role="submitted"),
        Known(question="age"),
        Known(question="pets", stem="pets", part="1", kind="multiple"),
        Known(question="pets", stem="pets", part="2", kind="multiple"),
        Known(question="pets", stem="pets", part="_99", kind="multiple"),
        Known(question="mood"),
        Known(question="food", stem="food", part="a", kind="multiple"),
        Known(question="food", stem="food", part="b", kind="multiple"),
        Known(role="finished"),
    ]
    assert find_response_id(export) is export.columns[0]
    assert find_finished(export) is export.columns[9]
    assert list_questions(export) == export.columns[2:9]


def test_what_nobody_came_to_is_blank_and_what_was_passed_is_not_ticked(tmp_path):
    assert [cells[1:9] for cells in cells_of(opened(tmp_path, RAW))] == [
        # Complete: food was seen and nothing of it ticked.
        ["2024-03-01 10:00:00", "30", "1", "0", "0", "2", "0", "0"],
        ["", "31", "", "", "", "", "", ""],
        ["", "", "0", "1", "0", "", "", ""],
        # The question behind pets is answered, so that they were passed.
        ["", "32", "0", "0", "0", "3", "", ""],
        ["2024-03-02 10:00:00", "", "0", "0", "0", "", "0", "0"],
        [""] * 8,
        # Not verified yet, though all was entered.
        ["2024-03-02 10:00:00", "", "0", "0", "0", "", "0", "0"],
    ]
    plain = cells_of(opened(tmp_path, RAW, format="csv"))
    assert plain[1] == ["2", "[not completed]", "31", "0", "0", "0", "", "0", "0", "0"]


def test_forms_are_judged_by_their_own_status(tmp_path):
    text = (
        "record_id,one_timestamp,a___1,a___2,one_complete,two_timestamp,b___1,b___2,two_complete\n"
        "1,2024-03-01 10:00:00,0,0,2,[not completed],0,0,0\n"
    )
    export = opened(tmp_path, text)
    assert cells_of(export) == [["1", "2024-03-01 10:00:00", "0", "0", "2", "", "", "", "0"]]
    roles = ["response_id", "submitted", "", "", "other", "timing", "", "", "other"]
    assert [column.known.role for column in export.columns] == roles
    assert find_finished(export) is None


def test_labels_say_question_and_choice(tmp_path):
    export = opened(tmp_path, LABELLED)
    assert export.tool == "redcap"
    pets = {"question": "Which pets?", "stem": "Which pets?", "kind": "multiple"}
    assert [column.known for column in export.columns] == [
        Known(role="response_id"),
        Known(role="submitted"),
        Known(question="Age", stem="Age"),
        Known(part="Cat (any)", **pets),
        Known(part="Dog", **pets),
        Known(role="finished"),
    ]
    assert cells_of(export)[1] == ["2", "", "31", "", "", "Incomplete"]


def test_two_questions_of_one_text_are_two(tmp_path):
    head = [f"Which? (choice={one})" for one in ("A", "B", "A", "B")]
    export = opened(tmp_path, ",".join(["Record ID", *head, "Complete?"]) + "\n1,0,0,0,0,2\n")
    asked = [column.known.question for column in export.columns[1:5]]
    assert asked == ["Which?", "Which?", "Which?#2", "Which?#2"]


def test_the_columns_of_events_and_sites_are_no_questions(tmp_path):
    export = opened(tmp_path, EVENTS)
    assert [column.known.role for column in export.columns] == ["person", "wave", ""]
    head = "record_id,redcap_data_access_group,redcap_survey_identifier,mood,x_complete\n"
    export = opened(tmp_path, head + "1,north,,2,2\n")
    roles = [column.known.role for column in export.columns]
    assert roles == ["response_id", "other", "other", "", "finished"]


def test_repeats_of_an_instrument_are_refused_with_the_remedy(tmp_path):
    head = "record_id,redcap_repeat_instrument,redcap_repeat_instance,lab,lab_complete\n"
    fine = head + "1,,,,\n2,,,,\n"
    assert len(cells_of(opened(tmp_path, fine))) == 2
    export = opened(tmp_path, head + "1,,,,\n1,lab,1,RBC,2\n")
    with pytest.raises(InvalidInput, match=r"row 3: is a repeat of an instrument.*format: csv"):
        list(export.rows())
    assert len(cells_of(opened(tmp_path, head + "1,lab,1,RBC,2\n", format="csv"))) == 1


@pytest.mark.parametrize(
    "head",
    ["id,training_complete,mood", "a___b,c", "record_id,mood", "Record ID,mood", "x,Complete?"],
)
def test_a_plain_table_is_not_taken_for_redcap_s(tmp_path, head):
    assert opened(tmp_path, f"{head}\n{head}\n").tool == ""


STUDY = """
name: clinic
title: Clinic
disclosure: {minimum: 0}
waves:
  begin:
    {label: Begin, exports: [DATA.csv], submitted: null, status: null, person: record_id,
     RULE}
"""
CODEBOOK = """
variables:
  mood: {label: Mood, kind: number, question: mood}
  pets:
    label: Pets
    kind: multiple
    question: {options: {cat: pets___1, dog: pets___2}}
    categories: {cat: Cat, dog: Dog}
"""
CLINIC = """\
record_id,redcap_event_name,mood,pets___1,pets___2,form_complete
1,begin_arm_1,1,1,0,2
2,begin_arm_1,2,0,0,2
3,begin_arm_1,3,0,1,0
4,begin_arm_1,4,0,0,1
5,begin_arm_1,5,0,0,0
1,end_arm_1,5,0,1,2
"""


def write_clinic(tmp_path, monkeypatch, rule, form="redcap"):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))
    study = STUDY.replace("RULE", f"{rule}format: {form}")
    for name, text in (("study", study), ("codebook", CODEBOOK)):
        Path("cohorts/clinic").mkdir(parents=True, exist_ok=True)
        Path(f"cohorts/clinic/{name}.yaml").write_text(text, encoding="utf-8")
    Path("data/raw/clinic").mkdir(parents=True, exist_ok=True)
    Path("data/raw/clinic/DATA.csv").write_text(CLINIC, encoding="utf-8")


ONE_EVENT = "exclude: [{name: others, column: redcap_event_name, is_not: begin_arm_1}], "


def list_problems():
    try:
        found = list(check_rows(open_cohort("clinic")))
    except InvalidInput as error:
        found = error.problems
    return [str(one) for one in found if not isinstance(one, str)]


def test_shares_are_of_those_who_came_to_the_question(tmp_path, monkeypatch):
    write_clinic(tmp_path, monkeypatch, ONE_EVENT)
    assert list_problems() == []
    build_responses("clinic", "begin")
    found = estimate_wave("clinic", "begin")
    found = found[(found["variable"] == "pets") & (found["statistic"] == "proportion")]
    found = found[found["subgroup"] == ALL].set_index("category")
    # The last of the five left before the boxes; the form of the fourth is not verified yet.
    assert found.loc[["cat", "dog"], "value"].tolist() == [0.25, 0.25]
    assert found.loc[["cat", "dog"], "n"].tolist() == [4, 4]


def test_several_events_in_one_wave_are_refused_until_a_key_names_them(tmp_path, monkeypatch):
    write_clinic(tmp_path, monkeypatch, "")
    problems = list_problems()
    assert len(problems) == 1
    assert "column redcap_event_name: tells 2 surveys apart" in problems[0]
    assert "column: redcap_event_name, is_not: begin_arm_1" in problems[0]
    write_clinic(tmp_path, monkeypatch, "administrative: [redcap_event_name], ")
    assert list_problems() == []
