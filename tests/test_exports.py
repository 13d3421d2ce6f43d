from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_cohort import COLUMNS, person, write_cohort, write_qualtrics

from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput, Problem
from altcred.describe.cohort import open_cohort
from altcred.read import open_export
from altcred.read.columns import find_column
from altcred.read.export import Column, Export
from altcred.read.load import read_tables
from altcred.read.platforms import list_questions


def problem_of(path):
    with pytest.raises(InvalidInput) as caught:
        list(open_export(path).rows())
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("begin.csv", "utf-8-sig", ","),
        ("begin.csv", "utf-8", ","),
        ("begin.tsv", "utf-16", "\t"),
        ("begin.csv", "utf-8", ";"),
    ],
)
def test_qualtrics_exports_are_read_alike(tmp_path, name, encoding, delimiter):
    rows = [person(comment='She said "yes",\r\nthen left; Zoë'), person(gender="")]
    path = write_qualtrics(tmp_path / name, rows, encoding=encoding, delimiter=delimiter)
    before = path.read_bytes()
    export = open_export(path)
    assert export.tool == "qualtrics"
    assert export.time_zone == "UTC"
    assert [column.import_id for column in export.columns] == [key for _, _, key in COLUMNS]
    assert export.columns[6].text == "In what year were you born?"
    read = list(export.rows())
    assert [row for row, _ in read] == [4, 5]
    assert read[0][1][14] == 'She said "yes",\r\nthen left; Zoë'
    assert path.read_bytes() == before


def test_a_plain_csv_may_repeat_headers_and_break_their_lines(tmp_path):
    path = tmp_path / "typeform.csv"
    path.write_text('\ufeff#,"Which\none?",Other,,Other\n1,a,b,c,d\n\n2,,,,\n', encoding="utf-8")
    export = open_export(path)
    assert export.format == "csv"
    assert [column.name for column in export.columns] == ["#", "Which one?", "Other", "", "Other"]
    assert list(export.rows()) == [(2, ["1", "a", "b", "c", "d"]), (4, ["2", "", "", "", ""])]
    assert find_column(export, [("any", "Other#2")]).position == 4
    assert find_column(export, [("name", "Which\n one?")]).position == 1
    ambiguous = find_column(export, [("any", "Other")])
    assert isinstance(ambiguous, Problem)
    assert "stands 2 times, in columns C, E" in ambiguous.message
    assert isinstance(find_column(export, [("any", "Other#3")]), Problem)


def test_a_column_is_found_by_import_id_then_name_then_text(tmp_path):
    columns = [("Q1", "Age?", "QID7"), ("QID7", "Name?", "QID8"), ("Q3", "Q1", "QID9_TEXT")]
    export = open_export(write_qualtrics(tmp_path / "x.csv", [], columns))

    def position(*locators):
        found = find_column(export, locators)
        assert isinstance(found, Column)
        return found.position

    assert position(("any", "QID7")) == 0
    assert position(("name", "QID7")) == 1
    assert position(("any", "Q1")) == 0
    assert position(("text", "q1")) == 2
    assert position(("id", "QID99"), ("text", "name?")) == 1
    missing = find_column(export, [("id", "QID9_TEX")])
    assert isinstance(missing, Problem)
    assert "'QID9_TEXT'" in missing.remedy


def test_headers_that_are_addresses_are_not_offered_as_nearest(tmp_path):
    path = tmp_path / "no-header.csv"
    path.write_text("canary@example.org,Female\nb@example.org,Male\n", encoding="utf-8")
    missing = find_column(open_export(path), [("any", "canary@example.com")])
    assert "canary@example.org" not in missing.remedy


def test_the_engine_is_given_only_what_a_transform_leaves(tmp_path):
    export = open_export(write_qualtrics(tmp_path / "x.csv", [person(email="a@x.org"), person()]))
    columns = {
        "gender": find_column(export, [("id", "QID1")]),
        "email": find_column(export, [("id", "QID90_TEXT")]),
    }
    [table] = read_tables(export, columns, {"email": lambda text: "token"}, start=7)
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (7, "x.csv", 4, "Female", "token"),
        (8, "x.csv", 5, "Female", None),
    ]


def test_large_exports_are_read_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr("altcred.read.export.BATCH", 40)
    export = open_export(
        write_qualtrics(tmp_path / "x.csv", [person(born=1000 + i) for i in range(95)])
    )
    columns = {"born": find_column(export, [("id", "QID2_TEXT")])}
    tables = read_tables(export, columns, {})
    assert [(row["number"], row["row"], row["born"]) for table in tables for row in
            table.to_pylist()] == [(i, i + 4, str(1000 + i)) for i in range(95)]  # fmt: skip


def test_spss_values_are_read_as_their_labels(tmp_path):
    import pandas as pd
    import pyreadstat

    path = tmp_path / "x.sav"
    pyreadstat.write_sav(
        pd.DataFrame(
            {
                "gender": [1.0, 2.0, None, 9.0],
                "income": [50000.0, 12.5, -99.0, None],
                "said": ["yes", "", "no", "Zoë"],
            }
        ),
        path,
        column_labels=["Your gender", "", "Anything?"],
        variable_value_labels={"gender": {1: "Male", 2: "Female", 9: "Refused"}},
        missing_ranges={"income": [-99], "gender": [9]},
    )
    export = open_export(path)
    assert export.format == "sav"
    assert [column.text for column in export.columns] == ["Your gender", "income", "Anything?"]
    assert list(export.rows()) == [
        (1, ["Male", "50000", "yes"]),
        (2, ["Female", "12.5", ""]),
        (3, ["", "-99", "no"]),
        (4, ["Refused", "", "Zoë"]),
    ]
    # What is declared missing stays so, with its label or else its code as the reason.
    gender, income, said = export.columns
    assert gender.missing == {"Refused": "missing in SPSS: Refused"}
    assert gender.codes == {"Male": "1", "Female": "2", "Refused": "9"}
    assert (income.missing, said.missing) == ({"-99": "missing in SPSS: -99"}, {})


def test_what_is_no_spss_file_is_named(tmp_path):
    path = tmp_path / "x.sav"
    path.write_bytes(b"Canary,1\n")
    assert "no SPSS file" in problem_of(path).message


def test_all_rows_of_another_width_are_named(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "1,2\n" + "1\n" * 7, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        list(open_export(path).rows())
    problems = caught.value.problems
    assert [problem.where for problem in problems] == [f"row {row}" for row in range(3, 8)] + [""]
    assert problems[0].message == "has 1 fields, and the header 2."
    assert "2 more" in problems[-1].message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"a,b\n1,\xe9\x81\n", "is not UTF-8"),
        (b"\0" * 64, "is empty"),
        (b'{"answers": 1}', "is JSON"),
        (b"<!DOCTYPE html>Canary", "is a web page"),
        (b"PK\x03\x04Canary", "is a packed file"),
        (b"\xff\xfea", "is not UTF-16"),
        (b'a,b\n1,"Canary\n', "never ends"),
        (b'a,b\n1,"x"Canary\n', "not a CSV row"),
    ],
)
def test_what_is_no_export_is_said_without_quoting_it(tmp_path, content, message):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    problem = problem_of(path)
    assert message in problem.message
    assert problem.file == str(path)
    assert "Canary" not in str(problem)


def test_a_missing_file_is_named(tmp_path):
    assert "no such file" in problem_of(tmp_path / "x.csv").message


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=3, max_size=3
        ),
        min_size=1,
        max_size=5,
    )
)
def test_cells_come_back_as_they_were_written(tmp_path_factory, cells):
    keys = ["QID1", "QID2_TEXT", "QID3"]
    path = write_qualtrics(
        tmp_path_factory.mktemp("x") / "x.csv",
        [dict(zip(keys, row, strict=True)) for row in cells],
        [(key, "a text", key) for key in keys],
    )
    assert [row for _, row in open_export(path).rows()] == cells


def test_an_export_with_a_header_only_has_no_responses(tmp_path):
    export = open_export(write_qualtrics(tmp_path / "x.csv", []))
    with pytest.raises(InvalidInput, match="no responses"):
        list(read_tables(export, {}, {}))


def test_the_zone_in_a_qualtrics_header_is_that_of_its_times(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_cohort(end=[])
    path = Path("data/raw/small/begin.csv")
    write_qualtrics(path, [person(at="2020-12-31 20:00:00")], zone="America/Denver")
    build_responses("small", "begin")
    rows = pd.read_parquet("data/processed/small/begin/responses.parquet")
    assert str(rows["submitted"][0]) == "2021-01-01 03:00:00"


def test_the_exports_of_all_waves_are_checked_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_cohort([person()], [person()])
    found = list(check_rows(open_cohort("small")))
    assert found == [
        f"{wave}: {wave}.csv: known as an export of qualtrics (format:)."
        for wave in ("begin", "end")
    ]
    for wave in ("begin", "end"):
        lacking = [column for column in COLUMNS if column[2] not in {"QID1", "Program"}]
        write_qualtrics(Path(f"data/raw/small/{wave}.csv"), [], lacking)
    problems = list(check_rows(open_cohort("small")))
    assert [(Path(problem.file).name, problem.where) for problem in problems] == [
        ("begin.csv", "column 'Program'"),
        ("begin.csv", "column 'QID1'"),
        ("end.csv", "column 'Program'"),
        ("end.csv", "column 'QID1'"),
    ]
    # An answer that the codebook does not list would stop the build: it is found before.
    write_cohort([person(gender="Neither")], [person(at="soon")])
    problems = list(check_rows(open_cohort("small")))
    assert [problem.where for problem in problems] == [
        "column QID1, row 4",
        "column recordedDate, row 4",
    ]


def test_what_a_tool_may_write_is_asked_where_nothing_else_is() -> None:
    columns = [Column(place, "", name, name) for place, name in enumerate(["ResponseId", "Score"])]
    export = Export(Path("quiz.csv"), columns, lambda: iter(()))
    assert [one.name for one in list_questions(export)] == ["Score"]
    more = [*columns, Column(2, "", "Town", "Town")]
    asked = list_questions(Export(Path("quiz.csv"), more, lambda: iter(()), tool="qualtrics"))
    assert [one.name for one in asked] == ["Town"]
    # Of a tool that is not known nobody knows that it writes such a column.
    asked = list_questions(Export(Path("quiz.csv"), more, lambda: iter(())))
    assert [one.name for one in asked] == ["Score", "Town"]
