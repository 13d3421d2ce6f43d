"""What a tool and a questionnaire given beside an export say of its columns."""

from pathlib import Path
from typing import ClassVar

import pytest

from altcred.core.errors import InvalidInput
from altcred.read import Layout, open_export, questionnaires
from altcred.read.export import Known
from altcred.read.questionnaires import apply_questionnaire


def write(folder, text, name="export.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def known_of(export):
    return {column.name: column.known for column in export.columns}


class Lines:
    """A questionnaire of one line: column, question, code, label, and so on."""

    name: ClassVar[str] = "lines"

    def recognises(self, path, start):
        return path.suffix == ".lines"

    def describe(self, path):
        described = {}
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            name, needs, *pairs = line.split("|")
            labels = dict(zip(pairs[::2], pairs[1::2], strict=True))
            asked_if = {needs.split("=")[0]: (needs.split("=")[1],)} if needs else {}
            described[name] = Known(question=name, stem="?", labels=labels, asked_if=asked_if)
        return described


@pytest.fixture
def lines(tmp_path, monkeypatch):
    monkeypatch.setitem(questionnaires._QUESTIONNAIRES, "lines", Lines())
    return write(tmp_path, "job||1|Baker|2|Smith\nloaf|job=1|1|White|2|Rye\n", "x.lines")


def test_labels_and_conditions_are_written_as_the_export_writes(tmp_path, lines):
    codes = open_export(write(tmp_path, "job,loaf,age\n1,2,30\n2,,40\n"))
    known = known_of(apply_questionnaire(codes, lines))
    assert known["job"].labels == {"1": "Baker", "2": "Smith"}
    assert known["loaf"].asked_if == {"job": ("1",)}
    assert known["age"] == Known()
    labels = open_export(write(tmp_path, "JOB. Work?,loaf\nBaker,Rye\nSmith,\n"))
    known = known_of(apply_questionnaire(labels, lines))
    assert known["JOB. Work?"].labels == {"Baker": "Baker", "Smith": "Smith"}
    assert known["loaf"].asked_if == {"job": ["Baker"]}


def test_what_is_no_questionnaire_of_the_survey_is_refused(tmp_path, lines):
    export = open_export(write(tmp_path, "age\n30\n"))
    with pytest.raises(InvalidInput, match=r"x\.lines: says nothing of any column of export\.csv"):
        apply_questionnaire(export, lines)
    with pytest.raises(InvalidInput, match=r"export\.csv: is of no form of questionnaire"):
        apply_questionnaire(export, export.path)
    with pytest.raises(InvalidInput, match="there is no such file"):
        apply_questionnaire(export, tmp_path / "none.lines")


def test_a_format_that_is_said_is_taken(tmp_path):
    path = write(tmp_path, "a;b\n1;2\n", "x.xlsx")
    export = open_export(path, Layout(format="csv"))
    assert (export.format, export.tool) == ("csv", "")
    assert [column.name for column in export.columns] == ["a", "b"]
    with pytest.raises(InvalidInput, match="'excel' is no format that altcred reads"):
        open_export(path, Layout(format="excel"))
