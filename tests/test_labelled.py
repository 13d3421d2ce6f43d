"""What SPSS and Stata know of their columns beside the answers."""

import datetime
import struct

import pandas as pd
import pyreadstat
import pytest

from altcred.core.errors import InvalidInput
from altcred.read import open_export
from altcred.read.export import Known


def write(tmp_path, columns, name="x.sav", **more):
    path = tmp_path / name
    pyreadstat.write_sav(pd.DataFrame(columns), path, **more)
    return path


@pytest.mark.parametrize("name", ["x.sav", "x.zsav"])
def test_labels_measures_and_formats_are_known(tmp_path, name):
    columns = {
        "hens": [1.0, 2.0, 9.0],
        "often": [2.0, 3.0, 1.0],
        "eggs": [0.1 + 0.2, 7.0, 12.5],
        "day": [datetime.date(2024, 3, 1)] * 3,
        "said": ["a", "", "b"],
    }
    path = write(
        tmp_path,
        columns,
        name,
        compress=name == "x.zsav",
        variable_value_labels={
            "hens": {2: "No", 1: "Yes", 3: "Nobody's answer", 9: "Refused"},
            "often": {1: "Never", 2: "Often", 3: ""},
        },
        missing_ranges={"hens": [9]},
        variable_measure={"often": "ordinal", "eggs": "scale", "hens": "nominal"},
    )
    export = open_export(path)
    hens, often, eggs, day, said = (column.known for column in export.columns)
    # Labels that nobody gave are there, in the order of the codes; what is missing is none.
    assert list(hens.labels) == ["Yes", "No", "Nobody's answer"]
    assert export.columns[0].codes == {
        **{"Yes": "1", "No": "2", "Nobody's answer": "3", "Refused": "9"}
    }
    assert hens.ordered is None
    assert (often.ordered, list(often.labels)) == (True, ["Never", "Often"])
    assert (eggs.kind, day.kind, said) == ("number", "date", Known())
    assert [cells for _, cells in export.rows()] == [
        ["Yes", "Often", "0.3", "2024-03-01", "a"],
        ["No", "3", "7", "2024-03-01", ""],
        ["Refused", "Never", "12.5", "2024-03-01", "b"],
    ]


def test_two_codes_with_one_label_are_two_answers(tmp_path):
    path = write(
        tmp_path,
        {"q": [1.0, 2.0, 7.0, 8.0]},
        variable_value_labels={"q": {1: "Other", 2: "A hen", 7: "other ", 8: "A hen"}},
        missing_ranges={"q": [8]},
    )
    export = open_export(path)
    assert [cells[0] for _, cells in export.rows()] == [
        *("Other (1)", "A hen", "other (7)", "A hen (8)")
    ]
    assert export.columns[0].codes["other (7)"] == "7"
    assert export.columns[0].missing == {"A hen (8)": "missing in SPSS: A hen (8)"}


def test_sets_of_options_are_one_question(tmp_path, monkeypatch):
    path = write(
        tmp_path,
        {"P1": [1.0, 0.0], "P2": [0.0, 1.0], "Q": [1.0, 2.0]},
        column_labels=["A cat", "A dog", "Else"],
        variable_value_labels={"P1": {0: "No", 1: "Yes"}, "P2": {0: "No", 1: "Yes"}},
    )
    read = pyreadstat.read_sav

    def read_with_sets(*args, **more):
        frame, meta = read(*args, **more)
        one = {"type": "D", "is_dichotomy": True, "counted_value": 1}
        meta.mr_sets = {"$pets": {**one, "label": "Pets?", "variable_list": ["p1", "p2"]}}
        return frame, meta

    monkeypatch.setattr(pyreadstat, "read_sav", read_with_sets)
    known = [column.known for column in open_export(path).columns]
    assert known == [
        Known(question="$pets", stem="Pets?", part="A cat", kind="multiple"),
        Known(question="$pets", stem="Pets?", part="A dog", kind="multiple"),
        Known(),
    ]


def test_what_a_tool_says_is_added_to_what_the_file_says(tmp_path):
    names = ["StartDate", "EndDate", "ResponseId", "Q1_1", "Q1_2"]
    path = write(
        tmp_path,
        {name: [1.0, 2.0] for name in names},
        column_labels=["Start Date", "End Date", "Response ID", "How good? - A", "How good? - B"],
        variable_value_labels={name: {1: "Poor", 2: "Fine"} for name in names[3:]},
        variable_measure=dict.fromkeys(names, "ordinal"),
    )
    export = open_export(path)
    assert export.tool == "qualtrics"
    assert export.columns[3].known == Known(
        question="Q1",
        stem="How good?",
        part="A",
        ordered=True,
        labels={"Poor": "Poor", "Fine": "Fine"},
    )
    assert export.columns[1].known.role == "submitted"


def test_portable_files_are_read(tmp_path):
    path = tmp_path / "x.por"
    pyreadstat.write_por(pd.DataFrame({"A": [1.0, 2.0], "B": ["x", "y"]}), path)
    export = open_export(path)
    assert export.format == "por"
    assert [cells for _, cells in export.rows()] == [["1", "x"], ["2", "y"]]


def test_text_of_another_encoding_is_said_to_be(tmp_path):
    path = write(tmp_path, {"q": ["Xx", "b"]})
    path.write_bytes(path.read_bytes().replace(b"Xx", b"\xe9x"))
    with pytest.raises(InvalidInput, match="another encoding") as caught:
        open_export(path)
    assert "encoding:" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "mark", "skipped"), [("x.sav", b"", 80), ("x.zsav", b"", 80), ("x.dta", b"<N>", 3)]
)
def test_a_file_that_says_it_has_more_rows_than_its_bytes_hold_is_refused(
    tmp_path, name, mark, skipped
):
    frame = pd.DataFrame({"hens": [1.0, 2.0, 3.0] * 400, "said": ["a", "bb", ""] * 400})
    path = tmp_path / name
    if name == "x.dta":
        pyreadstat.write_dta(frame, path)
    else:
        pyreadstat.write_sav(frame, path, compress=name == "x.zsav")
    assert len(list(open_export(path).rows())) == len(frame)
    content = bytearray(path.read_bytes())
    place = content.index(mark) + skipped
    content[place : place + 4] = struct.pack("<i", 500_000_000)
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="says it has 500,000,000 rows, which"):
        open_export(path)
