"""Which columns of an export are no questions: times, response types, who somebody is."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.draft.leave import leave_out
from altcred.draft.model import Table, read_table
from altcred.draft.people import find_roles
from altcred.draft.role_words import list_headers
from altcred.draft.roles import is_running
from altcred.read.export import Column, Export, open_export


@pytest.fixture
def read(tmp_path):
    """Return a function from columns, a header and its cells, to the table of their export."""

    def make(columns: dict[str, list[str]]) -> Table:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        path = tmp_path / "answers.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return read_table(open_export(path))

    return make


def named(table):
    return {role: column.name for role, column in find_roles(table).columns.items()}


LIKED = ["Yes", "No", "Yes", "Yes"]
DAYS = ["2024-03-01 10:00:00", "2024-03-01 10:05:00", "2024-03-02 09:00:00", "2024-03-04 08:00:00"]


@pytest.mark.parametrize(
    "header",
    [
        "Timestamp", "Zeitstempel", "Horodateur", "Marca temporal", "Submit Date (UTC)",
        "Completion time", "submitdate", "End Date", "Date submitted", "When",
        "Data wypełnienia", "Sygnatura czasowa", "回答日時", "提交时间", "Gönderim tarihi",
    ],
)  # fmt: skip
def test_the_time_of_submission_is_known_by_its_header(read, header):
    assert named(read({header: DAYS, "Liked": LIKED})) == {"submitted": header}


def test_of_several_times_that_of_submission_counts(read):
    table = read({"Start time": DAYS, "Completion time": DAYS, "Liked": LIKED})
    assert named(table) == {"opened": "Start time", "submitted": "Completion time"}


def test_beside_the_time_that_a_tool_writes_any_other_day_is_asked(tmp_path):
    head = ["id. Response", "submitdate. Date submitted", "lastpage. Last page", "DATE. Last seen?"]
    rows = [[str(n), f"2026-03-0{n} 10:00:00", "4", f"2026-01-1{n} 00:00:00"] for n in range(1, 7)]
    path = tmp_path / "results.csv"
    with path.open("w", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    found = find_roles(read_table(open_export(path))).columns
    assert found["submitted"].name == head[1]
    assert head[3] not in [one.name for one in found.values()]


def test_a_start_of_long_ago_is_asked_and_no_start_of_the_survey(read):
    hired = ["2009-03-01", "2019-11-15", "2022-01-03", "2015-06-30"]
    days = ["2024-03-01", "2024-03-02", "2024-03-02", "2024-03-04"]
    assert named(read({"Start date": hired, "Submitted on": DAYS})) == {"submitted": "Submitted on"}
    # However they are written; without a platform either is what somebody answered.
    for dates in (hired, ["03/01/2009", "15/11/2019", "03/01/2022", "30/06/2015"]):
        table = read({"Start date": dates, "Team": ["North", "South"] * 2})
        assert named(table) == leave_out(table, find_roles(table).columns) == {}
    found = named(read({"Start date": days, "Submitted on": DAYS}))
    assert found == {"opened": "Start date", "submitted": "Submitted on"}


@pytest.mark.parametrize("header", ["What's your first name?", "What is your first name?"])
def test_a_name_that_several_have_is_a_name(read, header):
    assert named(read({header: ["Ann", "Bo", "Ann", "Bo"], "Liked": LIKED})) == {"name": header}


def test_days_with_points_are_no_moments(read):
    born = ["12.05.1980", "03.11.1994", "28.02.1971", "15.06.1988"]
    table = read({"Geboren": born, "Liked": LIKED})
    assert named(table) == {}
    moments = [f"{day} 10.3{at}" for at, day in enumerate(born)]
    assert named(read({"Noted": moments, "Liked": LIKED})) == {"submitted": "Noted"}


def test_of_two_columns_of_equal_moments_the_last_counts(read):
    assert named(read({"Seen": DAYS, "Noted": DAYS}))["submitted"] == "Noted"


def test_an_id_of_a_person_is_told_from_that_of_a_response(read):
    drawn = [f"5f1a2b3c4d5e6f7a8b9c0d1{n}" for n in range(4)]
    other = [f"6a1a2b3c4d5e6f7a8b9c0d1{n}" for n in range(4)]
    table = read({"Submission id": drawn, "Participant id": other, "Liked": LIKED})
    assert named(table) == {"response_id": "Submission id", "person": "Participant id"}


@pytest.mark.parametrize("header", ["S/N", "Sr. No.", "SL No", "Lfd. Nr.", "L.p.", "N°"])
def test_what_counts_the_rows_of_a_list_is_no_question(read, header):
    table = read({header: ["1", "2", "3", "4"], "Liked": LIKED})
    assert [one.name for one in leave_out(table, find_roles(table).columns)] == [header]


def test_a_column_of_moments_is_the_time_and_said(read):
    roles = find_roles(read({"Noted": DAYS, "Liked": LIKED}))
    assert roles.columns["submitted"].name == "Noted"
    assert len(roles.decide) == 1
    # Days without a time of day may be an answer, and so may numbers that count days.
    days = [one[:10] for one in DAYS]
    assert named(read({"Moved": days, "Income": ["35000", "41000", "28500", "30100"]})) == {}


def test_a_header_that_holds_no_times_is_no_time(read):
    assert named(read({"Date": ["soon", "never", "2024-01-01", "?"], "End": LIKED})) == {}


@pytest.mark.parametrize(
    ("cells", "order", "asks"),
    [
        (["3/14/2024 9:00", "3/15/2024 9:00", "4/1/2024 8:00"], None, False),
        # In the other order they would not follow each other.
        (["01/02/2024 9:00", "02/02/2024 9:00", "01/03/2024 8:00"], "dmy", True),
        # In the other order they would lie months apart.
        (["4/5/2024 9:00", "4/7/2024 9:00", "4/6/2024 8:00"], "mdy", True),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_dates(read, cells, order, asks):
    roles = find_roles(read({"Timestamp": cells, "Liked": LIKED[:3]}))
    assert roles.columns["submitted"].name == "Timestamp"
    assert roles.date_order == order
    assert bool(roles.decide) == asks


def test_times_that_nobody_can_tell_are_left_out_and_said(read):
    roles = find_roles(read({"Timestamp": ["3/4/2024 9:00"], "Liked": ["Yes"]}))
    assert not roles.list("submitted")
    assert "date_order" in roles.decide[0]


def test_the_zone_of_a_header_is_taken(read):
    assert find_roles(read({"Submit Date (UTC)": DAYS})).time_zone == "UTC"
    assert find_roles(read({"Submit Date (once)": DAYS})).time_zone == ""


def test_only_response_types_are_a_status(read):
    types = ["IP Address", "Survey Preview", "IP Address", "IP Address"]
    assert named(read({"Status": types, "Liked": LIKED})) == {"status": "Status"}
    jobs = ["Employed", "Student", "Employed", "Retired"]
    assert named(read({"Status": jobs, "Liked": LIKED})) == {}


def test_a_status_by_which_nobody_would_be_left_is_not_used(read):
    roles = find_roles(read({"Status": ["Survey Preview"] * 4, "Liked": LIKED}))
    assert not roles.list("status")
    assert "previews" in roles.decide[0]


MAILS = ["ann@example.org", "Bo <bo@example.org>", "cy@example.org", "di@example.org"]


@pytest.mark.parametrize(
    ("header", "cells", "role"),
    [
        ("Where can we reach you?", [f"p{n}@example.org" for n in range(4)], "email"),
        ("E-Mail-Adresse", ["a@example.org", "", "none", "-"], "email"),
        ("Email", ["anonymous"] * 4, "other"),
        ("Mail", ["", "", "", ""], "other"),
        ("Tell us", MAILS, "other"),
        ("Seen from", ["192.0.2.1", "198.51.100.7", "2001:db8::1", "192.0.2.1"], "ip"),
        ("Name", ["Ann", "Bo", "Cy", "Di"], "name"),
        ("What is your full name?", ["Ann A", "Bo B", "Cy C", "Di D"], "name"),
        ("Vor- und Nachname", ["Ann A", "Bo B", "Cy C", "Di D"], "name"),
        ("Prénom", ["Ann", "Bo", "Cy", "Di"], "name"),
        ("Nombres completos", ["Ana", "Luz", "Ana", "Luz"], "name"),
        ("Apellidos completos", ["Sol", "Mar", "Sol", "Mar"], "name"),
        ("resp_name", ["Ann A", "Bo B", "Ann A", "Bo B"], "name"),
        ("Name of enumerator", ["Ann A", "Bo B", "Ann A", "Bo B"], "name"),
        ("DNI", ["40001234", "70009876", "10005555", "20007777"], "person"),
        ("Household ID", ["1007", "1001", "1019", "1004"], "other"),
        ("hhid", ["1007", "1001", "1019", "1004"], "other"),
        ("Mobile phone", ["+47 900 00 001", "90000002", "900 00 003", ""], "other"),
        ("To call", ["0049 170 0000001", "0170-0000002", "+49 170 0000003", ""], "other"),
        ("GitHub username", ["ann-a", "bo", "", "cyc"], None),
        ("GitHub username", ["ann-a", "bob", "", "cyc"], "other"),
        ("Latitude", ["59.91273", "60.39299", "63.43049", "58.97005"], "other"),
        ("Home address", ["1 A Street", "2 B Street", "3 C Street", "4 D Street"], "other"),
        ("LinkedIn", [f"https://example.org/in/p{n}" for n in range(4)], "other"),
        ("Participant code", ["AN07", "BO11", "CY02", "DI30"], "person"),
        ("Matrikelnummer", ["100234", "100877", "100112", "100998"], "person"),
        ("Code", ["A", "A", "B", "B"], None),
        ("Student", ["Yes", "No", "Yes", "No"], None),
        ("ID", ["1", "2", "3", "4"], "response_id"),
        ("Lp.", ["1", "2", "3", "4"], "response_id"),
        ("Key", [f"R_1aB2cD3eF4g{n}" for n in range(4)], "response_id"),
        ("Do you use Facebook?", LIKED, None),
        ("Facebook", ["Facebook", "", "Facebook", ""], None),
        ("Name of your school", ["North", "South", "North", "North"], None),
        ("How many letters do you write?", ["1", "2", "3", "4"], None),
        ("Share", ["0.0603891", "0.1203334", "0.5501001", "0.2692733"], None),
    ],
)
def test_what_tells_who_somebody_is_is_no_question(read, header, cells, role):
    expected = {} if role is None else {role: header}
    assert named(read({header: cells, "Liked": LIKED})) == expected


def test_rows_that_stand_twice_take_no_number_its_name(read):
    columns = {"Antwort-Nr.": [str(n) for n in range(7, 27)], "Liked": LIKED * 5}
    twice = {name: [*cells, cells[0]] for name, cells in columns.items()}
    assert named(read(twice)) == {"response_id": "Antwort-Nr."}
    # Of other answers they are other responses, so that it tells none apart.
    twice["Liked"][-1] = "No"
    assert named(read(twice)) == {}


def test_parts_of_a_code_belong_together(read):
    parts = {
        "First letter of your mother's first name": ["A", "B", "A", "C"],
        "Day of birth": ["7", "11", "2", "30"],
        "Last two digits of your phone number": ["00", "17", "45", "17"],
    }
    assert list(named(read({**parts, "Liked": LIKED}))) == [
        "code_part", "code_part_2", "code_part_3",
    ]  # fmt: skip


def test_parts_of_a_code_are_known_by_the_word_code_before_them(read):
    parts = {
        "Code: Anfangsbuchstabe der Mutter": ["A", "B", "a", "C"],
        "Code: Geburtstag (Tag)": ["07", "11", "2", "30"],
        "code_3": ["00", "17", "45", "17"],
    }
    columns = {**parts, "Code: How do you like it?": ["very much", "not at all", "so", "so"]}
    assert named(read({**columns, "Liked": LIKED})) == dict(
        zip(["code_part", "code_part_2", "code_part_3"], parts, strict=True)
    )


@pytest.mark.parametrize(
    ("header", "cells", "is_weight"),
    [
        ("weight", ["0.5", "1.2", "0.8", "1.5"], True),
        ("weight", ["64", "81", "77", "59"], False),
        ("survey_weight", ["512,5", "101", "88", "77"], True),
        ("weight", ["0.5", "-1", "1", "1"], False),
        ("cross-sectional adult main interview weight", ["0.0", "1.2", "0.8", "1.5"], True),
        ("a_indpxuw_xw", ["0.0", "1.2", "0.8", "1.5"], True),
        ("How happy are you with your weight", ["1", "2", "1", "2"], False),
        ("Birth weight", ["2.9", "3.4", "3.1", "4.0"], False),
    ],
)
def test_weights_are_told_from_other_numbers(read, header, cells, is_weight):
    roles = find_roles(read({header: cells, "Liked": LIKED}))
    assert bool(roles.list("weight")) == is_weight


def test_numbers_that_count_rows_are_told_from_codes():
    assert is_running({"1", "2", "3", "5", "9"})
    assert not is_running({"100234", "104877", "110112"})
    assert not is_running({"A1", "A2"})


def test_who_answered_is_a_name_where_names_stand_there(read):
    people = ["Ann Lee", "Bo Jansson", "Ann Lee", "Cy O'Neil"]
    assert named(read({"Interviewer": people, "Liked": LIKED})) == {"name": "Interviewer"}
    kinds = ["Mother", "Father", "Mother", "Guardian"]
    assert named(read({"Respondent": kinds, "Liked": LIKED})) == {}


def test_where_somebody_was_is_no_question(read):
    east, north = ["29.85486", "29.85121", "29.85486", "29.74182"], ["-2.69662", "-2.67453"] * 2
    height = {"gps-Altitude": ["1100", "1100", "1204", "0"], "_geo_accuracy": ["4", "5", "4", "9"]}
    table = read({"x": east, "y": north, **height, "Altitude of the farm": ["900", "1000"] * 2})
    named_so = {column.name for column in find_roles(table).columns.values()}
    assert named_so == {"x", "y", *height}
    # A letter may head anything else.
    assert named(read({"x": ["3", "4", "5", "3"], "Liked": LIKED})) == {}


def test_headers_are_found_under_codes_and_underscores():
    assert "timestamp" in list_headers(Column(0, "", "Time_Stamp", "q1. Timestamp"))
    assert "student id" in list_headers(Column(0, "", "studentId", ""))


@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=4, unique=True),
    st.lists(st.lists(st.text(max_size=20), min_size=4, max_size=4), max_size=6),
)
def test_no_export_is_too_odd_and_no_cell_is_said(headers, rows):
    columns = [Column(place, "", name, name) for place, name in enumerate(headers)]
    cells = [[row[place] for row in rows] for place in range(len(headers))]
    table = Table(_export(columns), cells)
    roles = find_roles(table)
    assert len({column.position for column in roles.columns.values()}) == len(roles.columns)
    said = " ".join(roles.decide)
    allowed = " ".join(headers)
    for text in {cell for column in cells for cell in column if len(cell) > 6}:
        assert text not in said or text in allowed


def _export(columns):
    return Export(Path("answers.csv"), columns, lambda: iter(()))
