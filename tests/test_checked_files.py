"""Several files checked at once: what is told and written of each figure, and of a bad file."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from test_layouts import write_workbook

from altcred.cli import main

PATIENTS = """Characteristic;Usual care (n = 45);Coaching (n = 48);Total (n = 93)
Smoker, n (%);11 (42.4);9 (18.8);20 (21.5)
Children, mean (SD);1.3 (0.9);1.2 (0.8);
Score;7;8;
"""


def _run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.csv").write_text(PATIENTS.replace("Score", "Score, median"), "utf-8")
    (tmp_path / "bad.csv").write_text(PATIENTS, "utf-8")
    (tmp_path / "two.csv").write_text(
        "Group;N;Yes, n (%)\nWomen;20;5 (25)\nMen <b>;30;6 (20)\n", "utf-8"
    )
    return tmp_path


def test_files_are_told_in_their_order_and_a_bad_one_stops_no_other(folder):
    files = [folder / f"{name}.csv" for name in ("two", "bad", "one")]
    done = _run("check-published", *files)
    assert done.exit_code == 2
    assert done.stderr.startswith("bad.csv: row 4 (Score), column B")
    lines = done.stdout.splitlines()
    places = [lines.index(f"{file.as_posix()}:") for file in (files[0], files[2])]
    assert places == sorted(places)
    assert lines[places[1] + 1] == "1 contradiction"
    assert lines[-1].startswith("3 files, 1 not read: 1 contradiction; ")
    alone = _run("check-published", files[2])
    assert alone.exit_code == 0
    assert alone.stdout.splitlines() == lines[places[1] + 1 : -1]


def test_every_figure_is_written_with_its_state(folder):
    page, table = folder / "deep" / "page.html", folder / "deep" / "table.csv"
    files = [folder / "one.csv", folder / "two.csv"]
    done = _run("check-published", *files, "--html", page, "--csv", table)
    assert done.exit_code == 0, done.output
    first = page.read_bytes(), table.read_bytes()
    rows = pd.read_csv(table, dtype=str, keep_default_na=False).set_index(["file", "id"])
    one = rows.loc[files[0].as_posix()]
    smokers = one.loc["B2:proportion"]
    assert (smokers["state"], smokers["findings"]) == ("in a conflict", "1")
    assert "count" in smokers["rules"].split()
    assert one.loc["C2", "state"] == "consistent"
    assert tuple(one.loc["B4", ["state", "reason"]]) == ("not checked", "one alone")
    assert one.loc["B2", "n"] == "45"
    text = page.read_text("utf-8")
    assert "Men &lt;b&gt;" in text
    assert "<b>" not in text
    assert text.count("<h1>") == 1
    assert text.count("<h2 ") == 2
    assert "src=" not in text
    assert "http" not in text
    for anchor in ("B2%3Aproportion", "1"):
        assert f'href="#{_quote(files[0])}%3A{anchor}"' in text
        assert f'id="{_quote(files[0])}%3A{anchor}"' in text
    _run("check-published", *files, "--html", page, "--csv", table)
    assert (page.read_bytes(), table.read_bytes()) == first


def _quote(path: Path) -> str:
    return path.as_posix()


def test_articles_are_checked_together(folder):
    (folder / "a.txt").write_text("We found t(31) = 2.41, p = .22.", "utf-8")
    (folder / "b.txt").write_text("And z = 1.96, p = .05.", "utf-8")
    page = folder / "page.html"
    done = _run(
        "check-article", folder / "a.txt", folder / "c.txt", folder / "b.txt", "--html", page
    )
    assert done.exit_code == 2
    assert "c.txt: the file is not there." in done.stderr
    assert done.stdout.splitlines()[-1] == (
        "3 files, 1 not read: 2 tests, 1 decision error, 1 consistent"
    )
    text = page.read_text("utf-8")
    assert text.count("<section>") == 3
    assert "Not checked. c.txt: the file is not there." in text


def test_what_cannot_be_asked_for_is_said(folder):
    one = folder / "one.csv"
    for words, message in (
        (("--layout", "--csv", "x.csv"), "leave --html and --csv out"),
        (("--draft", one), "one file"),
        (("--csv", folder), "is a folder"),
    ):
        done = _run("check-published", one, *words)
        assert done.exit_code == 2
        assert message in done.stderr
    told = _run("check-published", one, folder / "two.csv", "--layout").stdout
    assert f"{one.as_posix()}:\ncolumn B (Usual care (n = 45))" in told


# Bad input --------------------------------------------------------------------------------------

LONG = (
    "id,document,section,locator,wave,subgroup,variable,category,statistic,printed,qualifier,n,note"
)
FIGURE = "a1,r,1,,begin,all,color,red,proportion,46%,,,"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"Only words", "holds no figures"),
        (b"Age\n12\n13\n", "holds no figures"),
        (b"Variable;A;B\n", "holds no figures"),
        (LONG.encode(), "holds no figures"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is no table"),
        (b'a,b\n"1,2\n3,4\n', "quotation marks do not match"),
        (f"{LONG}\n{FIGURE.replace('46%', '9' * 5000)}".encode(), "'99999999999999999999…' is too"),
        (f"{LONG}\n{FIGURE[:-1]}{'9' * 5000},".encode(), "not a whole number"),
        (f"Group;Mean\nAge;{'9' * 5000}\nHeight;1.7\n".encode(), "not understood as figures"),
        (f"{LONG.replace('locator', 'section')}\n{FIGURE}".encode(), "locator: is missing"),
    ],
)
def test_what_cannot_be_read_is_one_message(tmp_path, content, message):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    for option in ((), ("--layout",), ("--draft",)):
        done = _run("check-published", path, *option)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        if not option:
            assert done.exit_code == 2
            assert message in done.stderr
            assert len(done.stderr) < 500


def test_a_folder_is_no_file(tmp_path):
    for command in ("check-published", "check-article"):
        done = _run(command, tmp_path)
        assert done.exit_code == 2
        assert f"{tmp_path.name}: is a folder." in done.stderr


def test_a_layout_beyond_the_table_is_refused(folder):
    (folder / "one.layout.yaml").write_text("header_rows: 9\nlabel_columns: 9\n", "utf-8")
    stderr = _run("check-published", folder / "one.csv").stderr
    assert "one.layout.yaml: header_rows: is not in the table." in stderr
    assert "one.layout.yaml: label_columns: is not in the table." in stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_encodings_of_a_table(folder, encoding):
    text = PATIENTS.replace("Score;7;8;\n", "").replace("Children", "Größe")
    (folder / "one.csv").write_bytes(text.encode(encoding))
    done = _run("check-published", folder / "one.csv", "--layout")
    assert "row 3 (Größe, mean (SD))" in done.stdout


def test_decimal_commas_of_a_list_of_figures(tmp_path):
    rows = "\n".join((LONG, FIGURE, FIGURE.replace("a1", "a2").replace("46%", "46Q1%")))
    path = tmp_path / "list.csv"
    path.write_text(rows.replace(",", ";").replace("Q", ","), "utf-8")
    done = _run("check-published", path)
    assert "46% and 46.1%: no number is both" not in done.stdout
    path.write_text(rows.replace(",", ";").replace("Q", ",").replace("46%", "44,9%"), "utf-8")
    assert "44.9% and 46.1%: no number is both" in _run("check-published", path).stdout


def test_of_several_sheets_one_is_read_and_the_others_are_named(tmp_path):
    head = ["Measure", "Before (n = 20)", "After (n = 20)"]
    path = write_workbook(
        tmp_path / "book.xlsx",
        {
            "One": [head, ["Mood, mean (SD)", "3.10 (0.80)", "3.40 (0.90)"]],
            "Two": [head, ["Calm, n (%)", "n:12", "15 (75)"], ["Sleep, n (%)", "9 (45)", "8 (40)"]],
        },
    )
    told = _run("check-published", path).stdout
    assert "read from its sheet Two, which has most rows (One 1 in others)." in told
    assert "Calm" in _run("check-published", path, "--layout").stdout
    path.with_suffix(".layout.yaml").write_text("sheet: One\n", "utf-8")
    layout = _run("check-published", path, "--layout").stdout
    assert "3.10 (0.80) is mean 3.10, std 0.80" in layout
    assert "in others" not in layout
    assert _run("check-published", path, "--draft").stdout.startswith("sheet: One\n")


@pytest.mark.parametrize(
    ("heads", "groups"),
    [
        (("A (n = 4)", "B (n = 5)"), ("of A", "of B")),
        (("A", "B"), ("of A", "of B")),
        (("M", "F"), ("of M", "of F")),
        (("M", "SD"), ("of all: mean", "of all: std")),
        (("B", "t"), ("of all: coefficient", "of all: t_statistic")),
    ],
)
def test_letters_are_groups_where_others_are(tmp_path, heads, groups):
    path = tmp_path / "table.csv"
    path.write_text(f"Item;{';'.join(heads)}\nN;4;5\nMood;1.25;1.80\n", "utf-8")
    path.with_suffix(".layout.yaml").write_text("cell: mean\nrows: {N: {skip: true}}\n", "utf-8")
    lines = _run("check-published", path, "--layout").stdout.splitlines()
    for line, group in zip(lines, groups, strict=False):
        assert group in line
