"""Tools that write a plain table, known by their own columns."""

import pytest

from altcred.read import Layout, open_export


def opened(tmp_path, *headers, rows=(), **layout):
    path = tmp_path / "x.csv"
    lines = ["\t".join(cells) for cells in (headers, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_export(path, Layout(**layout))


@pytest.mark.parametrize(
    ("tool", "headers"),
    [
        ("google_forms", {"Timestamp": "submitted", "Username": "email", "Score": "other"}),
        ("google_forms", {"Marca temporal": "submitted", "Your town?": ""}),
        ("google_forms", {"タイムスタンプ": "submitted", "Email?": ""}),
        ("google_forms", {"Zaman damgası": "submitted", "E-posta?": ""}),
        ("google_forms", {"ZAMAN DAMGASI": "submitted", "E-posta?": ""}),
        (
            "microsoft_forms",
            {"ID": "response_id", "Start time": "opened", "Completion time": "submitted",
             "Email": "email", "Name": "other", "Language": "", "Last modified time": "timing"},
        ),
        (
            "microsoft_forms",
            {"Id.": "response_id", "Hora de inicio": "opened",
             "Hora de finalización": "submitted", "Correo electrónico": "email",
             "Nombre": "other"},
        ),
        (
            "surveymonkey",
            {"Respondent ID": "response_id", "Collector ID": "other", "Start Date": "opened",
             "End Date": "submitted", "IP Address": "ip", "Email Address": "email",
             "First Name": "other", "Your town?": ""},
        ),
        (
            "surveymonkey",
            {"respondent_id": "response_id", "collector_id": "other", "date_created": "opened",
             "date_modified": "submitted", "ip_address": "ip"},
        ),
        (
            "typeform",
            {"#": "response_id", "Your town?": "", "Response Type": "finished",
             "Start Date (UTC)": "opened", "Stage Date (UTC)": "timing",
             "Submit Date (UTC)": "submitted", "Network ID": "ip", "Tags": "other"},
        ),
        ("typeform", {"Your town?": "", "Start Date (UTC)": "opened",
                      "Submit Date (UTC)": "submitted"}),
        (
            "kobotoolbox",
            {"start": "opened", "end": "timing", "town": "", "_id": "other",
             "_uuid": "response_id", "_submission_time": "submitted", "_index": "other"},
        ),
        (
            "soscisurvey",
            {"CASE": "response_id", "QUESTNNR": "other", "STARTED": "opened", "AB01": "",
             "LASTDATA": "submitted", "FINISHED": "finished", "MAXPAGE": "timing"},
        ),
        (
            "alchemer",
            {"Response ID": "response_id", "Time Started": "opened",
             "Date Submitted": "submitted", "Status": "finished", "IP Address": "ip"},
        ),
        ("indico", {"Submitter": "other", "Submitter Email": "email",
                    "Submission Date": "submitted", "Your town?": ""}),
        ("jotform", {"Submission Date": "submitted", "Your town?": "",
                     "Submission ID": "response_id"}),
        ("", {"Town": "", "ID": "", "Start time": ""}),
        ("", {"Your town?": "", "Timestamp": ""}),
    ],
)  # fmt: skip
def test_a_tool_is_known_by_its_own_columns(tmp_path, tool, headers):
    export = opened(tmp_path, *headers)
    assert export.tool == tool
    assert {column.name: column.known.role for column in export.columns} == headers


def test_a_question_headed_as_a_tool_s_own_column_stays_one(tmp_path):
    export = opened(tmp_path, "ID", "Start time", "Completion time", "Email", "Name", "Name")
    assert [column.known.role for column in export.columns][-2:] == ["other", ""]


def test_what_was_recognised_can_be_overruled(tmp_path):
    headers = ("Timestamp", "Town")
    plain = opened(tmp_path, *headers, format="csv")
    assert (plain.tool, plain.columns[0].known.role) == ("", "")
    assert opened(tmp_path, "When", "Network ID", format="typeform").tool == "typeform"
