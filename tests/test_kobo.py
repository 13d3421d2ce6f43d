"""Exports of KoboToolbox: options with columns of their own, places, sheets of repeated parts."""

import pytest
import xlsxwriter

from altcred.draft.gather import gather_columns
from altcred.draft.model import read_table
from altcred.read.export import Layout, open_export

OWN = ["_id", "_uuid", "_submission_time", "_index"]
ASKED = "What did you grow?"
HEADERS = [ASKED, f"{ASKED}/Maize", f"{ASKED}/Beans, peas", f"{ASKED}/Tea/coffee", "Any other?"]
PLACE = ["Place", *(f"_Place_{one}" for one in ("latitude", "longitude", "altitude", "precision"))]
ROWS = [
    ["Maize Beans, peas", "1", "1", "0", "", "4.1 -74.2 1500 5", "4.1", "-74.2", "1500", "5"],
    ["Tea/coffee", "0", "0", "1", "oats", "4.2 -74.1 1400 5", "4.2", "-74.1", "1400", "5"],
    ["", "", "", "", "", "", "", "", "", ""],
]


def write_export(path, rows=ROWS):
    own = [[str(at), f"uuid-{at}", "2024-03-05T08:12:33", str(at)] for at, _ in enumerate(rows)]
    lines = [
        [*HEADERS, *PLACE, *OWN],
        *([*row, *ids] for row, ids in zip(rows, own, strict=True)),
    ]
    path.write_text("\n".join(";".join(f'"{cell}"' for cell in line) for line in lines))
    return path


def test_options_called_by_labels_are_one_question(tmp_path):
    export = open_export(write_export(tmp_path / "form.csv"), Layout())
    found = gather_columns(read_table(export), {})
    [question] = [one for one in found.questions if one.form == "options"]
    assert question.text == ASKED
    assert [*question.parts] == ["Maize", "Beans, peas", "Tea/coffee"]
    assert {one.name for one in found.left_out} == {ASKED, *PLACE[1:], *OWN}


def test_noughts_beside_nothing_ticked_make_no_second_question(tmp_path):
    nothing = ["", "0", "0", "0", "", "", "", "", "", ""]
    export = open_export(write_export(tmp_path / "form.csv", [*ROWS, nothing]), Layout())
    found = gather_columns(read_table(export), {})
    assert [one.form for one in found.questions if ASKED in one.text] == ["options"]
    assert ASKED in {one.name for one in found.left_out}


def write_book(path, **sheets):
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("mark", ["_parent_index", "_parent_table_name", "PARENT_KEY"])
def test_a_sheet_of_repeated_parts_stands_for_no_answers(tmp_path, mark):
    household = [["Age", mark], *([str(age), "1"] for age in range(20, 40))]
    answers = [["Town", "_uuid", "_submission_time", "_index"]]
    answers += [["Oslo", str(at), "2024-03-05", str(at)] for at in range(3)]
    path = write_book(tmp_path / "form.xlsx", answers=answers, household=household)
    export = open_export(path, Layout())
    assert len(list(export.rows())) == 3
    assert "household" in " ".join(export.notes)
    assert len(list(open_export(path, Layout(sheet="household")).rows())) == 20
    # Where there is nothing else it is read.
    alone = write_book(tmp_path / "parts.xlsx", household=household)
    assert len(list(open_export(alone, Layout()).rows())) == 20
