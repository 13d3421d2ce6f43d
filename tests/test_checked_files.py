"""Several files checked at once: what is told and written of each figure, and of a bad file."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

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
