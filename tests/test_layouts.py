"""How the files that survey tools write are laid out: delimiters, header rows, workbooks, codes."""

import datetime
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.core.errors import InvalidInput
from altcred.read import Layout, open_export
from altcred.read.columns import find_column
from altcred.read.export import Column


def opened(tmp_path, text, name="x.csv", layout=None, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return open_export(path, layout or Layout())


def cells_of(export):
    return [cells for _, cells in export.rows()]


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        # The header holds more commas than semicolons, the rows none.
        ("a;Well, then, what?;c\n1;2;3\n", ["a", "Well, then, what?", "c"], ["1", "2", "3"]),
        # Decimal commas in the rows.
        ("a;b;c\n1,5;2,5;3,5\n1,0;2,0;3,0\n", ["a", "b", "c"], ["1,5", "2,5", "3,5"]),
        ("a|b\n1,2|3,4\n", ["a", "b"], ["1,2", "3,4"]),
        ("a\tb, c, d\n1\t2\n", ["a", "b, c, d"], ["1", "2"]),
        ('a,"b;c;d;e"\n1,"2;3"\n', ["a", "b;c;d;e"], ["1", "2;3"]),
        ("sep=;\na;b\n1;2\n", ["a", "b"], ["1", "2"]),
        # A delimiter at the end: of every row, of the header alone, of both.
        ("a;b\n1;2;\n", ["a", "b"], ["1", "2"]),
        ("a;b;\n1;2\n", ["a", "b", ""], ["1", "2", ""]),
        ("a;b;\n1;2;\n", ["a", "b", ""], ["1", "2", ""]),
        # One column, whose header reads as if it were several.
        ("Well, then?\nyes\nno\n", ["Well, then?"], ["yes"]),
        ("Comment\nnice, really\nfine\n", ["Comment"], ["nice, really"]),
        ("a,b\n", ["a", "b"], None),
    ],
)  # fmt: skip
def test_the_rows_decide_what_separates_cells(tmp_path, text, names, rows):
    export = opened(tmp_path, text)
    assert [column.name for column in export.columns] == names
    assert [*cells_of(export), None][0] == rows


def test_a_field_too_many_that_holds_something_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="row 3: has 3 fields, and the header 2"):
        list(opened(tmp_path, "a;b\n1;2;\n1;2;3\n").rows())


@given(
    mark=st.sampled_from(",;\t|"),
    rows=st.lists(
        st.lists(st.text("ab1 ", min_size=1, max_size=3), min_size=3, max_size=3), min_size=2
    ),
)
def test_whatever_separates_cells_is_found(tmp_path_factory, mark, rows):
    export = opened(tmp_path_factory.mktemp("x"), "\n".join(map(mark.join, [list("xyz"), *rows])))
    assert cells_of(export) == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_western_encodings_are_told_apart(tmp_path, encoding):
    export = opened(tmp_path, "Größe;Größer als?\nmäßig – 5 €;à côté\n", encoding=encoding)
    assert [column.name for column in export.columns] == ["Größe", "Größer als?"]
    assert cells_of(export) == [["mäßig – 5 €", "à côté"]]


@pytest.mark.parametrize(
    "text", ["Płeć;Wykształcenie\nMężczyzna;wyższe\n", "Wiek;Ile złotych?\n30;około 5\n"]
)
def test_the_encoding_of_central_europe_is_known_where_words_are_whole_in_it(tmp_path, text):
    export = opened(tmp_path, text, encoding="cp1250")
    assert ";".join(column.name for column in export.columns) == text.partition("\n")[0]
    assert "read as Windows-1250" in export.notes[0]


@pytest.mark.parametrize(("text", "encoding"), [("Żółta łąka,b\n1,2\n", "cp1250"),
                                                ("Привет,b\n1,2\n", "cp1251")])  # fmt: skip
def test_another_encoding_must_be_named(tmp_path, text, encoding):
    with pytest.raises(InvalidInput, match="write encoding: of the wave"):
        opened(tmp_path, text, encoding=encoding)
    export = opened(tmp_path, text, encoding=encoding, layout=Layout(encoding=encoding))
    assert export.columns[0].name == text.partition(",")[0]


SHARED = """ID,Ended,How large?,Which pets?,,,Anything else?
,,Response,Cat,Dog,Other (please specify),Open-Ended Response
7,2024-03-14,Small,Cat,,a hen,no
"""


def test_questions_may_stand_above_their_options(tmp_path):
    export = opened(tmp_path, SHARED)
    assert [column.name for column in export.columns] == [
        *("ID", "Ended", "How large?", "Cat", "Dog", "Other (please specify)", "Anything else?")
    ]
    assert cells_of(export) == [["7", "2024-03-14", "Small", "Cat", "", "a hen", "no"]]
    assert [row for row, _ in export.rows()] == [3]
    for locator in ("Dog", "Which pets? / Dog"):
        found = find_column(export, [("any", locator)])
        assert isinstance(found, Column)
        assert found.position == 4


def test_a_second_header_is_known_by_what_it_says_or_by_study_yaml(tmp_path):
    export = opened(tmp_path, SHARED.replace("\n", ",\n"))
    assert [column.name for column in export.columns][4:] == [
        *("Dog", "Other (please specify)", "Anything else?", "")
    ]
    plain = "ID,A,B\n,Response,Response\n7,1,2\n"
    assert cells_of(opened(tmp_path, plain)) == [["7", "1", "2"]]
    blank = "Respondent ID,Collector ID,A\n,,\n7,1,2\n"
    assert cells_of(opened(tmp_path, blank)) == [["7", "1", "2"]]
    # A first respondent who left much empty is one.
    answers = "ID,A,B\n,1,2\n7,1,2\n"
    assert len(cells_of(opened(tmp_path, answers))) == 2
    # So is one who filled a column without a name.
    assert len(cells_of(opened(tmp_path, "ID,A,B,\n,1,2,a note\n7,1,2,\n"))) == 2
    assert len(cells_of(opened(tmp_path, plain, layout=Layout(header_rows=1)))) == 2
    longer = opened(tmp_path, "ID,A,B\n,Response,Response,Response\n7,1,2\n")
    assert [column.name for column in longer.columns] == ["ID", "A", "B"]
    # Codes above, questions below.
    export = opened(tmp_path, "id,q1\nRespondent,How old?\n7,30\n", layout=Layout(header_rows=2))
    assert (export.columns[1].name, export.columns[1].text) == ("q1", "How old?")


def write_workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """Write the smallest workbook: of cells `n:1.5`, `d:45292.5` (a date) and plain texts."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def write_cell(cell: str) -> str:
        kind, _, value = cell.partition(":")
        if kind in {"n", "d"}:
            style = ' s="1"' if kind == "d" else ""
            return f"<c{style}><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{cell}</t></is></c>'

    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{one}" r:id="rId{one}"/>'
        for one, name in zip(numbers, sheets, strict=True)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        f'ContentType="{kinds}.sheet.main+xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="rId{one}" Type="{office}/worksheet" '
            f'Target="worksheets/s{one}.xml"/>'
            for one in numbers
        )
        + f'<Relationship Id="rId0" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/>'
        "</cellXfs></styleSheet>",
    }
    for one, rows in zip(numbers, sheets.values(), strict=True):
        lines = "".join(f"<row>{''.join(map(write_cell, row))}</row>" for row in rows)
        files[f"xl/worksheets/s{one}.xml"] = (
            f"<worksheet {main}><sheetData>{lines}</sheetData></worksheet>"
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_workbook_is_read_as_text(tmp_path):
    path = write_workbook(
        tmp_path / "x.xlsx",
        {
            "Form": [["When", "Rooms", "Said"], ["d:45292.5", "n:3", "007"], ["d:45293", "n:2.5"]],
            "More": [["Question", ""], ["", "Option"], ["1", "2"]],
        },
    )
    export = open_export(path)
    assert [column.name for column in export.columns] == ["When", "Rooms", "Said"]
    assert list(export.rows()) == [
        (2, ["2024-01-01 12:00:00", "3", "007"]),
        (3, ["2024-01-02", "2.5", ""]),
    ]
    other = open_export(path, Layout(sheet="More"))
    assert [column.name for column in other.columns] == ["Question", "Option"]
    with pytest.raises(InvalidInput, match="It has Form, More"):
        open_export(path, Layout(sheet="Nothing"))


def test_what_is_no_workbook_is_named(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"Canary,1\n")
    with pytest.raises(InvalidInput, match="is no workbook that can be read") as caught:
        open_export(path)
    assert "Canary" not in str(caught.value)


def test_missing_values_of_stata_keep_their_label_as_reason(tmp_path):
    path = tmp_path / "x.dta"
    frame = pd.DataFrame({"mood": [1.0, "a", "b", None], "at": [datetime.date(2024, 3, 1)] * 4})
    pyreadstat.write_dta(
        frame, path, missing_user_values={"mood": ["a", "b"]},
        variable_value_labels={"mood": {1: "Good", "a": "Refused"}},
    )  # fmt: skip
    export = open_export(path)
    assert export.format == "dta"
    assert [cells[0] for cells in cells_of(export)] == ["Good", "Refused", "b", ""]
    assert export.columns[0].missing == {
        "Refused": "missing in Stata: Refused", "b": "missing in Stata: b",
    }  # fmt: skip
    assert cells_of(export)[0][1] == "2024-03-01"


def test_a_whole_number_missing_in_stata_beside_a_named_missing_value_is_blank(tmp_path):
    path = tmp_path / "x.dta"
    times = 150
    column = pd.Series(["a", 41, None, 57] * times, dtype=object)
    pyreadstat.write_dta(pd.DataFrame({"hens": column}), path, missing_user_values={"hens": ["a"]})
    export = open_export(path)
    assert [cells[0] for cells in cells_of(export)] == ["a", "41", "", "57"] * times
    assert export.columns[0].missing == {"a": "missing in Stata: a"}


def test_a_label_of_a_missing_code_and_of_an_answer_are_kept_apart(tmp_path):
    path = tmp_path / "x.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"q": [1.0, 9.0, None]}), path,
        variable_value_labels={"q": {1: "Other", 9: "Other"}}, missing_ranges={"q": [9]},
    )  # fmt: skip
    export = open_export(path)
    assert cells_of(export) == [["Other"], ["Other (9)"], [""]]
    assert export.columns[0].missing == {"Other (9)": "missing in SPSS: Other (9)"}
