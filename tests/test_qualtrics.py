"""What Qualtrics' headers and questionnaires say of columns."""

import json

import pandas as pd
import pyreadstat
import pytest

from altcred.core.errors import InvalidInput
from altcred.read import open_export
from altcred.read.export import Known
from altcred.read.platforms import list_questions
from altcred.read.questionnaires import apply_questionnaire

COLUMNS = [
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("ResponseId", "Response ID", "_recordId"),
    ("job", "Your work? - Selected Choice", "QID1"),
    ("job_3_TEXT", "Your work? - Other work - Text", "QID1_3_TEXT"),
    ("Q2_1", "Which tools - old or new - have you? - Saw", "QID2_1"),
    ("Q2_4", "Which tools - old or new - have you? - File - flat", "QID2_4"),
    ("Q3_1", "How good is - The bench", "QID3_1"),
    ("Q3_2", "How good is - The vice", "QID3_2"),
    ("Q4_1_1", "Where? - Saw - Home", "QID4_1_1"),
    ("Q4_1_2", "Where? - Saw - Work", "QID4_1_2"),
    ("Q5", "Years?", "QID5_TEXT"),
    ("Q6_Page Submit", "Timing - Page Submit", "QID6_PAGE_SUBMIT"),
    ("Course", "Course", "Course"),
]


def write(tmp_path, columns, rows=(), name="x.csv", order=(0, 1, 2)):
    lines = [
        [name for name, _, _ in columns],
        [text for _, text, _ in columns],
        [json.dumps({"ImportId": key, "timeZone": "Europe/Oslo"}) for _, _, key in columns],
    ]
    path = tmp_path / name
    cells = [*(lines[one] for one in order), *rows]
    quoted = (",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in cells)
    path.write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return path


def known_of(export):
    return {column.import_id or column.name: column.known for column in export.columns}


def test_headers_tell_questions_parts_and_what_is_none(tmp_path):
    export = open_export(write(tmp_path, COLUMNS))
    assert (export.tool, export.time_zone) == ("qualtrics", "Europe/Oslo")
    known = known_of(export)
    assert [known[one].role for one in ("startDate", "endDate", "status", "_recordId")] == [
        *("opened", "submitted", "status", "response_id")
    ]
    assert known["QID1"] == Known(question="QID1", stem="Your work?")
    assert known["QID1_3_TEXT"] == Known(
        question="QID1", stem="Your work?", part="Other work", kind="text"
    )
    tools = "Which tools - old or new - have you?"
    assert known["QID2_4"] == Known(question="QID2", stem=tools, part="File - flat")
    assert known["QID3_2"] == Known(question="QID3", stem="How good is", part="The vice")
    assert known["QID4_1_2"] == Known(question="QID4_1", stem="Where? - Saw", part="Work")
    assert known["QID5_TEXT"] == Known(question="QID5", stem="Years?")
    assert known["QID6_PAGE_SUBMIT"].role == "timing"
    assert known["Course"] == Known()


def test_questions_asked_again_of_each_of_several_things_are_questions(tmp_path):
    columns = [
        ("ResponseId", "Response ID", "_recordId"),
        ("Q1", "How many children?", "QID1"),
        ("1_Q2", "Class of the first child?", "1_QID2"),
        ("2_Q2", "Class of the second child?", "2_QID2"),
        ("1_Q3_Page Submit", "Timing - Page Submit", "1_QID3_PAGE_SUBMIT"),
        ("Course", "Course", "Course"),
    ]
    export = open_export(write(tmp_path, columns))
    assert [one.name for one in list_questions(export)] == ["Q1", "1_Q2", "2_Q2"]


def test_spss_labels_name_options_without_a_hyphen(tmp_path):
    asked = "Which tools? (Several)"
    labels = {
        "Q1_1": f"{asked} - Selected Choice Saw",
        "Q1_2": f"{asked} - Selected Choice Other",
        "Q1_2_TEXT": f"{asked} - Other - Text",
        "Duration__in_seconds_": "Duration (in seconds)",
        "ResponseId": "Response ID",
        "DistributionChannel": "Distribution Channel",
        "UserLanguage": "User Language",
    }
    path = tmp_path / "x.sav"
    frame = pd.DataFrame({name: [1.0] for name in labels})
    pyreadstat.write_sav(frame, path, column_labels=list(labels.values()))
    known = known_of(open_export(path))
    assert known["Q1_1"] == Known(question="Q1", stem=asked, part="Saw")
    assert known["Q1_2"] == Known(question="Q1", stem=asked, part="Other")
    assert known["Q1_2_TEXT"] == Known(question="Q1", stem=asked, part="Other", kind="text")
    assert known["Duration__in_seconds_"].role == "timing"


def test_a_group_of_promoters_beside_a_question_says_what_it_asks(tmp_path):
    columns = [
        ("Q1_NPS_GROUP", "Would you recommend us? - Group", "QID1_NPS_GROUP"),
        ("Q1", "Would you recommend us?", "QID1"),
        ("Q2", "Years?", "QID2"),
    ]
    known = known_of(open_export(write(tmp_path, columns)))
    assert known["QID1"] == Known(question="QID1", stem="Would you recommend us?", kind="nps")
    assert (known["QID1_NPS_GROUP"].role, known["QID2"].kind) == ("other", "")


@pytest.mark.parametrize("order", [(0, 1), (0, 2), (0, 1, 2)])
def test_a_header_row_that_somebody_deleted_is_not_missed(tmp_path, order):
    rows = [["2024-03-01 10:00:00"] * 2 + ["IP Address", "R_1"] + ["1"] * 11]
    export = open_export(write(tmp_path, COLUMNS, rows, order=order))
    assert export.tool == "qualtrics"
    assert [cells for _, cells in export.rows()] == rows
    assert export.columns[6].known.question in ("QID2", "Q2")
    assert export.columns[1].known.role == "submitted"


def test_older_exports_number_their_own_columns(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "V1,V3,V5,V8,V9,V10,Q1,Q2_1,Q2_2,Q3_NPS_GROUP\n"
        "ResponseID,Name,EmailAddress,StartDate,EndDate,Finished,Age?,Tools-Saw,Tools-File,Group\n"
        "R_1,Anonymous,,2014-03-01 10:00:00,2014-03-01 10:05:00,1,30,1,,Promoter\n",
        encoding="utf-8",
    )
    export = open_export(path)
    assert (export.tool, len(list(export.rows()))) == ("qualtrics", 1)
    assert [column.known.role for column in export.columns[:6]] == [
        *("response_id", "other", "email", "opened", "submitted", "finished")
    ]
    assert [column.known.question for column in export.columns[6:]] == ["Q1", "Q2", "Q2", ""]


def element(number, kind, selector, text, **more):
    payload = {"QuestionID": number, "QuestionType": kind, "Selector": selector}
    payload |= {"QuestionText": text, "DataExportTag": number.replace("QID", "Q"), **more}
    return {"Element": "SQ", "PrimaryAttribute": number, "Payload": payload}


def offered(*labels):
    return {str(place): {"Display": label} for place, label in enumerate(labels, start=1)}


def when(*chosen, joined="Or", operator="Selected"):
    ones = {
        str(place): {"LogicType": "Question", "Operator": operator, "Conjuction": joined,
                     "ChoiceLocator": f"q://{number}/SelectableChoice/{choice}"}
        for place, (number, choice) in enumerate(chosen)
    }  # fmt: skip
    return {"0": {**ones, "Type": "If"}, "Type": "BooleanExpression"}


QSF = {
    "SurveyEntry": {"SurveyID": "SV_1"},
    "SurveyElements": [
        {"Element": "BL", "Payload": [
            {"ID": "BL_1", "Description": "Default Question Block",
             "BlockElements": [{"Type": "Question", "QuestionID": "QID1"}]},
            {"ID": "BL_2", "Description": "The shop", "BlockElements": [
                {"Type": "Question", "QuestionID": one} for one in ("QID2", "QID3", "QID5")]},
        ]},
        {"Element": "FL", "Payload": {"Flow": [
            {"Type": "Standard", "ID": "BL_1"},
            {"Type": "Branch", "BranchLogic": when(("QID1", 1), ("QID1", 2)),
             "Flow": [{"Type": "Standard", "ID": "BL_2"}]}]}},
        element("QID1", "MC", "SAVR", "Your <b>work</b>?", DataExportTag="job",
                Choices={**offered("Smith", "Baker"), "3": {"Display": "Other", "TextEntry": "on"}},
                ChoiceOrder=[2, 1, 3], RecodeValues={"1": "10", "2": "20", "3": "99"}),
        element("QID2", "MC", "MAVR", "Tools?", Choices=offered("Saw", "", "", "File"),
                ChoiceOrder=["1", "4"]),
        element("QID3", "Matrix", "Likert", "How good?", SubSelector="SingleAnswer",
                Choices=offered("Bench", "Vice"), Answers=offered("Poor", "Fine"),
                DisplayLogic=when(("QID2", 4))),
        element("QID5", "TE", "SL", "Years?",
                DisplayLogic=when(("QID1", 1), operator="NotSelected"),
                Validation={"Settings": {"Type": "ContentType", "ContentType": "ValidNumber"}}),
        element("QID7", "RO", "DND", "Rank them", Choices=offered("Saw", "File")),
        element("QID8", "TE", "SL", "Mail?",
                Validation={"Settings": {"Type": "ContentType", "ContentType": "ValidEmail"}}),
    ],
}  # fmt: skip


def write_qsf(tmp_path):
    path = tmp_path / "x.qsf"
    path.write_text(json.dumps(QSF), encoding="utf-8")
    return path


def test_a_questionnaire_tells_kinds_codes_and_who_was_asked(tmp_path):
    columns = [*COLUMNS, ("Q7_1", "Rank them - Saw", "QID7_1"), ("Q8", "Mail?", "QID8_TEXT")]
    row = ["2024-03-01 10:00:00"] * 2 + ["0", "R_1", "10", "", "1", "1", "2", "1"]
    export = open_export(write(tmp_path, columns, [row + ["1"] * 7]))
    known = known_of(apply_questionnaire(export, write_qsf(tmp_path)))
    job = known["QID1"]
    assert (job.kind, job.stem, job.section) == ("single", "Your work?", "")
    assert list(job.labels.items()) == [("20", "Baker"), ("10", "Smith"), ("99", "Other")]
    assert known["QID1_3_TEXT"].part == "Other"
    tool = known["QID2_4"]
    assert (tool.question, tool.kind, tool.part, tool.section) == (
        *("QID2", "multiple", "File", "The shop"),
    )
    assert tool.asked_if == {"QID1": ["10", "20"]}
    vice = known["QID3_2"]
    assert (vice.kind, vice.part, vice.labels) == ("single", "Vice", {"1": "Poor", "2": "Fine"})
    # Of a block that a branch leads to, and of what was ticked.
    assert vice.asked_if == {"QID1": ["10", "20"], "QID2": ["File"]}
    assert (known["QID5_TEXT"].kind, known["QID5_TEXT"].asked_if) == ("number", {})
    assert known["QID7_1"].kind == "rank"
    assert known["QID8_TEXT"].role == "email"


def test_an_export_of_texts_gets_labels_of_texts(tmp_path):
    row = ["2024-03-01 10:00:00"] * 2 + ["IP Address", "R_1", "Smith", "", "Saw", "", "Fine"]
    export = open_export(write(tmp_path, COLUMNS, [row + [""] * 6]))
    known = known_of(apply_questionnaire(export, write_qsf(tmp_path)))
    assert list(known["QID1"].labels) == ["Baker", "Smith", "Other"]
    assert known["QID3_1"].asked_if == {"QID1": ["Smith", "Baker"], "QID2": ["File"]}


def test_what_is_no_questionnaire_is_refused(tmp_path):
    path = tmp_path / "x.qsf"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is no Qualtrics questionnaire"):
        apply_questionnaire(open_export(write(tmp_path, COLUMNS)), path)
