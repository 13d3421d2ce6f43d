"""Files as they come: what stands above a header, marks inside, encodings, workbooks."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_layouts import write_workbook

from altcred.core.errors import InvalidInput
from altcred.read import Layout, open_export
from altcred.read.columns import find_column
from altcred.read.totals import count_total_rows

TABLE = "When;Town;Hens\n2024-01-01;a;3\n2024-01-02;b;2\n"
READ = (["When", "Town", "Hens"], [["2024-01-01", "a", "3"], ["2024-01-02", "b", "2"]])


def read(tmp_path, content, name="x.csv", **layout):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    export = open_export(path, Layout(**layout))
    return [column.name for column in export.columns], [cells for _, cells in export.rows()]


@pytest.mark.parametrize(
    "content",
    [
        "\n\n" + TABLE,
        "Hens of our towns\n" + TABLE,
        "Hens, and who keeps them\nDownloaded 2024-03-01\n\n" + TABLE,
        "Hens;;\n" + TABLE,
        "Hens;;\n;;\nof 2024;;\n" + TABLE,
        "sep=;\n" + TABLE,
        '"sep=;"\r\n' + TABLE,
        TABLE.replace("\n", "\r"),
        TABLE.replace("\n", "\r\n"),
        "\ufeff" + TABLE,
        '\ufeff"When";Town;Hens\n' + TABLE.partition("\n")[2],
        'When; "Town"; Hens\n' + TABLE.partition("\n")[2],
        "When;\ufeff\"Town\";Hens\n" + TABLE.partition("\n")[2],
        TABLE.replace("a;3", "a\0;3"),
        *(TABLE.encode(one) for one in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")),
    ],
)  # fmt: skip
def test_a_table_is_read_whatever_surrounds_it(tmp_path, content):
    assert read(tmp_path, content) == READ


WORDS = st.sampled_from(
    [
        "",
        "yes",
        "nö, danke",
        "7",
        "3,5",
        "2024-01-01",
        'she said "x"',
        "a; b",
        "two\nlines",
        "é – à",
    ]
)


@given(
    rows=st.lists(st.lists(WORDS, min_size=3, max_size=3).filter(any), min_size=2, max_size=6),
    mark=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    above=st.sampled_from(["", "\n", "sep=", "Of our hens, 2024\n", "Hens\n\nmore of them\n"]),
    after=st.booleans(),
)
def test_whatever_surrounds_a_table_its_cells_are_read(
    tmp_path_factory, rows, mark, end, encoding, above, after
):
    text = io.StringIO()
    # A break inside a cell is written as any other.
    csv.writer(text, delimiter=mark, lineterminator="\n").writerows(
        [["When?", "Wie?", "Hens"], *rows]
    )
    table = text.getvalue().replace("\n", f"{mark}\n" if after and "two" not in str(rows) else "\n")
    above = f"sep={mark}\n" if above == "sep=" else above
    content = (above + table).replace("\n", end).encode(encoding)
    names, cells = read(tmp_path_factory.mktemp("x"), content)
    assert names == ["When?", "Wie?", "Hens", *([""] if len(names) > 3 else [])]
    tidied = [[cell.replace(end, "\n") for cell in row[:3]] for row in cells]
    assert tidied == rows


def test_files_stacked_on_one_another_have_one_header(tmp_path):
    names, rows = read(tmp_path, "\ufeff" + TABLE + "\ufeff" + TABLE)
    assert (names, rows) == (READ[0], READ[1] * 2)
    # Of a table whose options are ticked by their names, a row like the header may be a person.
    assert len(read(tmp_path, "Cat,Dog\nCat,Dog\nCat,\n")[1]) == 2


@pytest.mark.parametrize(
    "content",
    ["Said\none, two, three\nfour, five, six\nno, no, no\n", "Said\nyes\nno\n", "Said\n1,5\n2,5\n"],
)
def test_what_respondents_wrote_is_no_header(tmp_path, content):
    names, rows = read(tmp_path, content)
    assert names == ["Said"]
    assert [row[0] for row in rows] == content.split("\n")[1:-1]


def test_quotation_marks_are_read_as_they_are_written(tmp_path):
    plain = 'Town\tSaid\nA\t"hello\nB\t5" pipe\nC\ta "b" c\n'
    assert read(tmp_path, plain, "x.tsv")[1] == [
        ["A", '"hello'],
        ["B", '5" pipe'],
        ["C", 'a "b" c'],
    ]
    escaped = 'Town,Said\nA,"she said \\"yes, well\\""\nB,"no"\n'
    assert read(tmp_path, escaped)[1] == [["A", 'she said "yes, well"'], ["B", "no"]]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1251", "shift_jis", "gb18030"])
def test_an_encoding_that_is_not_certain_must_be_said(tmp_path, encoding):
    text = {"cp1251": "зелёный", "shift_jis": "二十歳", "gb18030": "二十岁"}.get(encoding, "mäßig")
    content = f"x;y\n{text};1\n".encode(encoding)
    with pytest.raises(InvalidInput, match="write encoding: of the wave"):
        read(tmp_path, content)
    assert read(tmp_path, content, encoding=encoding)[1] == [[text, "1"]]


SURVEYS = {
    "cp932": "回答日時;性別;満足度\n2024;男性;とても満足\n2024;女性;どちらともいえない\n",
    "cp949": "날짜;성별;얼마나 만족하십니까?\n2024;남자;매우 만족\n2024;여자;보통\n",
    "gb18030": "日期;性别;您有多满意？\n2024;男;非常满意\n2024;女;一般\n",
    "big5": "日期;性別;您有多滿意？\n2024;男;非常滿意\n2024;女;一般\n",
    "cp1251": "Дата;Пол;Насколько вы довольны?\n2024;мужской;Скорее согласен\n2024;;Нет\n",
    "koi8_r": "Дата;Пол;Насколько вы довольны?\n2024;мужской;Скорее согласен\n2024;;Нет\n",
    "cp1253": "Ημερομηνία;Φύλο;Πόσο ικανοποιημένος είστε;\n2024;Άνδρας;Συμφωνώ\n",
    "cp1254": "Tarih;Cinsiyet;Memnun musunuz?\n2024;Kadın;Katılıyorum\n2024;Erkek;Hiç değil\n",
}


@pytest.mark.parametrize("encoding", SURVEYS)
def test_an_older_encoding_of_another_script_is_known_by_its_words(tmp_path, encoding):
    text = SURVEYS[encoding]
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    export = open_export(path)
    rows = [line.split(";") for line in text.splitlines()]
    assert [one.name for one in export.columns][:2] == rows[0][:2]
    assert [cells[:2] for _, cells in export.rows()] == [row[:2] for row in rows[1:]]
    assert "say encoding: of the wave" in " ".join(export.notes)


@pytest.mark.parametrize("text", ["Er þetta gott? Já, mjög góð", "Ég þarf að sofa á nóttunni"])
def test_icelandic_is_not_taken_for_turkish(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_bytes(f"a;b\n{text};1\n".encode("cp1252"))
    assert next(iter(open_export(path).rows()))[1] == [text, "1"]


def test_hebrew_in_an_older_encoding_must_be_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("תאריך;מין;עד כמה\n2024;זכר;מאוד מרוצה\n".encode("cp1255"))
    with pytest.raises(InvalidInput, match="write encoding: of the wave"):
        list(open_export(path).rows())


def test_letters_far_below_tell_the_encoding(tmp_path):
    content = ("x;y\n" + f"{'a town ' * 250};1\n" * 700 + "Göteborg;1\n").encode("cp1252")
    assert read(tmp_path, content)[1][-1] == ["Göteborg", "1"]


def test_text_that_was_or_may_be_read_wrongly_is_said_to_be(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("x;y\nGöteborg;1\n", encoding="utf-8")
    assert "can be read as UTF-8" in open_export(path, Layout(encoding="cp1252")).notes[0]
    path.write_bytes("x;y\nGöteborg;1\n".encode().decode("cp1252").encode())
    assert "saved in a wrong encoding" in open_export(path).notes[0]


def test_what_is_called_a_workbook_may_be_a_text(tmp_path):
    assert read(tmp_path, "\ta\tb\n1\t2\t3\n", "x.xls")[1] == [["1", "2", "3"]]


def test_what_was_found_out_is_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("x;y\nGöteborg;1\n".encode("cp1252"))
    assert "read as Windows-1252" in open_export(path).notes[0]
    sheets = {"Notes": [["Written by hand"]], "Answers": [["a", "b"], ["1", "2"]]}
    export = open_export(write_workbook(tmp_path / "x.xlsx", sheets))
    assert [column.name for column in export.columns] == ["a", "b"]
    assert "its sheet Answers" in export.notes[0]


def test_a_title_of_a_sheet_is_none_of_its_headers(tmp_path):
    rows = [["Our hens", "", "", ""], ["Town", "Other", "", "Other"], *[["a", "b", "c", "d"]] * 3]
    export = open_export(write_workbook(tmp_path / "x.xlsx", {"A": rows}))
    assert [column.name for column in export.columns] == ["Town", "Other", "", "Other"]
    assert export.notes == ("rows of a title above its header: 1.",)


def test_cells_merged_above_others_head_them(tmp_path):
    path = write_workbook(
        tmp_path / "x.xlsx",
        {"A": [["ID", "Pets", "", "Home", ""], ["", "Cat", "Dog", "Town", "Hens"],
               ["1", "x", "", "Oslo", "n:0.30000000000000004"], ["2", "", "", "", "n:7"]]},
    )  # fmt: skip
    other = tmp_path / "y.csv"
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(other, "w") as two:
        for name in one.namelist():
            merged = '<mergeCells><mergeCell ref="B1:C1"/><mergeCell ref="D1:E1"/></mergeCells>'
            wrong = one.read(name).replace(b"<c><v>7</v></c>", b'<c t="e"><v>#N/A</v></c>')
            end = b"</sheetData>"
            two.writestr(name, wrong.replace(end, end + merged.encode()))
    # It is a workbook whatever its name says.
    export = open_export(other)
    assert [column.name for column in export.columns] == ["ID", "Cat", "Dog", "Town", "Hens"]
    assert [column.known.stem for column in export.columns] == ["", "Pets", "Pets", "Home", "Home"]
    assert [cells for _, cells in export.rows()] == [
        ["1", "x", "", "Oslo", "0.3"],
        ["2", *[""] * 4],
    ]


def test_a_title_may_stand_above_two_header_rows(tmp_path):
    rows = [
        ["Pulse of 2023", "", "", "", ""],
        ["Who you are", "", "Your work", "", ""],
        ["Number", "Team", "I know it", "I like it", "It pays"],
        *[[str(one), "Sales", "Agree", "Neutral", "Disagree"] for one in range(7, 30)],
    ]
    export = open_export(write_workbook(tmp_path / "x.xlsx", {"A": rows}))
    assert [column.name for column in export.columns] == rows[2]
    assert export.columns[3].known.stem == "Your work"
    assert len(list(export.rows())) == 23
    text = "\n".join(";".join(row) for row in rows)
    assert read(tmp_path, text)[0] == rows[2]
    assert read(tmp_path, "\n".join(text.split("\n")[1:]))[0] == rows[2]


def test_points_below_a_question_are_not_what_it_asks(tmp_path):
    rows = [
        ["Who you are", "", "", "Would you recommend us?", "Q7"],
        ["Number", "Team", "Since", "0-10", "How old are you?"],
        *[[str(one), "Sales", "2020", "7", "30"] for one in range(7, 30)],
    ]
    path = write_workbook(tmp_path / "x.xlsx", {"A": rows})
    export = open_export(path, Layout(header_rows=2))
    assert [(column.name, column.text) for column in export.columns[3:]] == [
        ("Would you recommend us?", "Would you recommend us? (0-10)"),
        ("Q7", "How old are you?"),
    ]


ANSWERS = [["Team", "Days", "Share"], *[["Sales", f"n:{one}", "n:0.5"] for one in range(9)]]


def test_a_mean_without_a_word_has_decimals_that_no_answer_has():
    rows = [(at, ["Sales", days, "1,5"]) for at, days in enumerate("233", start=1)]
    assert count_total_rows([*rows, (4, ["", "2.6667", "1,5"])]) == 1
    assert count_total_rows([*rows, (4, ["", "2.7", "1,5"])]) == 0
    assert count_total_rows([*rows, (4, ["", "3", "1,5"])]) == 0


@pytest.mark.parametrize(
    ("below", "count"),
    [
        ([["Average", "n:4", "n:0.5"]], 9),
        ([["", "", ""], ["", "Mean:", "n:0.5"], ["", "SUM", "n:4.5"]], 9),
        ([["Média", "4,00", "50%"], ["Total", "36", "#DIV/0!"]], 9),
        ([["", "", ""], ["", "n:4", "n:0.5"]], 9),
        ([["N = 9", "", ""], ["", "n =", "n:9"]], 9),
        # Sums without a word.
        ([["", "n:36", "n:4.5"]], 9),
        ([["", "n:36", ""], ["Total", "n:36", ""]], 9),
        # Somebody who left the first question out, and teams that are called so.
        ([["", "n:4", "n:0.5"]], 10),
        ([["Total", "n:4", "too much"]], 10),
        ([["Total", "", ""]], 10),
        ([["n", "n:4", "n:0.5"]], 10),
    ],
)
@pytest.mark.parametrize("encoding", ["", "utf-8-sig", "utf-16"])
def test_totals_below_the_answers_are_none(tmp_path, below, count, encoding):
    rows, path = [*ANSWERS, *below], tmp_path / "x.csv"
    if encoding:
        text = "\r\n".join(";".join(row).replace(";n:", ";") for row in rows)
        path.write_bytes(text.replace("\r\n;;\r\n", "\r\n\r\n").encode(encoding))
    else:
        write_workbook(path := tmp_path / "x.xlsx", {"A": rows})
    export = open_export(path)
    assert len(list(export.rows())) == count
    assert sum(map(len, export.blocks(export.columns))) == count
    assert bool(export.notes) == (count == 9)


def test_a_team_that_is_called_a_total_has_answers(tmp_path):
    rows = [*ANSWERS, ["Total", "n:3", "n:1"], ["Sales", "n:3", "n:1"], ["Total", "n:3", "n:1"]]
    export = open_export(write_workbook(tmp_path / "x.xlsx", {"A": rows}))
    assert len(list(export.rows())) == 12


@pytest.mark.parametrize(
    "written", ["How much do you like", "How do you like the sea? (1 to 5)", "Much like the sea"]
)
def test_of_a_column_that_is_not_there_the_nearest_is_named(tmp_path, written):
    (tmp_path / "x.csv").write_text("Town,How much do you like the sea?\nLeith,3\n")
    problem = find_column(open_export(tmp_path / "x.csv"), [("any", written)])
    assert problem.remedy == "Nearest there: 'How much do you like the sea?'."


def test_a_row_that_says_what_names_mean_is_no_respondent(tmp_path):
    names = "CASE\tA101\tA102_01\tA103\tA104"
    told = "Number of interview\tHow old are you?\tLiked: the food\tLiked: the staff\tAny remarks"
    rows = ["1\t25\t4\t5\t", "2\t31\t2\t3\tmore of it", "3\t44\t1\t3\t"]
    path = tmp_path / "x.csv"
    path.write_text("\n".join([names, told, *rows]), encoding="utf-16")
    export = open_export(path)
    assert [(one.name, one.text) for one in export.columns[1:3]] == [
        ("A101", "How old are you?"),
        ("A102_01", "Liked: the food"),
    ]
    assert len(list(export.rows())) == 3
    # What somebody wrote below names is no header.
    wrote = "me\ta long time\tgood food\tkind staff\tno more of it"
    path.write_text("\n".join([names, wrote, wrote.replace("me", "you"), *rows]))
    assert len(list(open_export(path).rows())) == 5
