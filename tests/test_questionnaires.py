"""What a tool and a questionnaire given beside an export say of its columns."""

import re
from pathlib import Path
from typing import ClassVar

import pytest

from altcred.core.errors import InvalidInput
from altcred.read import Layout, open_export, questionnaires
from altcred.read.conditions import read_condition
from altcred.read.export import Known
from altcred.read.questionnaires import Questionnaire, apply_questionnaire


def write(folder, text, name="export.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def known_of(export):
    return {column.name: column.known for column in export.columns}


class Lines(Questionnaire):
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


HEAD = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note",'
    '"Text Validation Type OR Show Slider Number","Text Validation Min","Text Validation Max",'
    '"Identifier?","Branching Logic (Show field only if...)","Required Field?","Custom Alignment",'
    '"Question Number (surveys only)","Matrix Group Name","Matrix Ranking?","Field Annotation"\n'
)
FIELDS = """\
record_id,start,,text,Record ID,,,,,,,,,,,,,
name,start,About you,text,Your name,,,,,,y,,,,,,,
mail,start,,text,Your mail,,,email,,,y,,,,,,,
age,start,,text,<b>Your</b> age,,,integer,1,99,,,,,,,,
job,start,,radio,Your work,"1, Baker | 2, Smith, and such | 3, None",,,,,,,,,,,,
day,start,,text,First day,,,date_dmy,,,,[job] <> '3',,,,,,
pets,start,,checkbox,Which pets?,"1, Cat | 2, Dog | -99, None",,,,,,,,,,,,
cat,start,,yesno,Is it old?,,,,,,,[pets(1)] = '1',,,,,,
loaf,start,Bread,dropdown,Which loaf?,"a, White | b, Rye",,,,,,"[job]='1' or [job] = ""2"" ",,,,,,
note,start,,notes,Anything else?,,,,,,,,,,,,,
text,start,,descriptive,Thank you,,,,,,,,,,,,,
taste_1,end,How do you like,radio,Taste,"1, Not | 2, Much",,,,,,,,,,taste,,
taste_2,end,,radio,Smell,"1, Not | 2, Much",,,,,,"([cat] = '1') and [job] = 1",,,,taste,,
sure,end,,slider,How sure?,,,,,,,,,,,,,
"""


@pytest.fixture
def dictionary(tmp_path):
    return write(tmp_path, HEAD + FIELDS, "dictionary.csv")


RAW = (
    "record_id,name,mail,age,job,day,pets___1,pets___2,pets____99,cat,loaf,note,start_complete,"
    "taste_1,taste_2,sure,end_complete\n"
    "1,Ann,a@example.org,30,1,2024-03-01,1,0,0,1,a,x,2,1,2,50,2\n"
    "2,Bo,b@example.org,31,2,2024-03-01,0,1,0,,b,,2,2,2,50,2\n"
)


def test_a_data_dictionary_says_kinds_labels_conditions_and_who_is_known(tmp_path, dictionary):
    known = known_of(apply_questionnaire(open_export(write(tmp_path, RAW)), dictionary))
    about, bread = {"section": "About you"}, {"section": "Bread"}
    assert known["record_id"].role == "response_id"
    assert (known["name"].role, known["mail"].role) == ("other", "email")
    assert known["age"] == Known(question="age", stem="Your age", kind="number", **about)
    job = {"1": "Baker", "2": "Smith, and such", "3": "None"}
    work = {"question": "job", "stem": "Your work", "kind": "single"}
    assert known["job"] == Known(labels=job, **work, **about)
    assert known["day"] == Known(question="day", stem="First day", kind="date", **about)
    pets = {"question": "pets", "stem": "Which pets?", "kind": "multiple"}
    assert known["pets___2"] == Known(part="Dog", **pets, **about)
    assert known["pets____99"] == Known(part="None", **pets, **about)
    assert known["cat"].labels == {"1": "Yes", "0": "No"}
    assert known["cat"].asked_if == {"pets": ["Cat"]}
    assert known["loaf"].asked_if == {"job": ["1", "2"]}
    assert known["loaf"].section == "Bread"
    assert known["note"] == Known(question="note", stem="Anything else?", kind="text", **bread)
    taste = {"question": "taste", "stem": "How do you like", "kind": "single"}
    taste["labels"] = {"1": "Not", "2": "Much"}
    assert known["taste_1"] == Known(part="Taste", **taste)
    assert known["taste_2"].asked_if == {"cat": ["1"], "job": ["1"]}
    assert known["sure"].kind == "number"
    assert known["end_complete"] == Known(role="other")


def test_a_dictionary_finds_the_columns_of_a_labelled_export(tmp_path, dictionary):
    text = (
        "Record ID,Your age,Your work,Which pets? (choice=Cat),Which pets? (choice=Dog),"
        "Which loaf?,Complete?\n1,30,Baker,Checked,Unchecked,White,Complete\n"
    )
    known = known_of(apply_questionnaire(open_export(write(tmp_path, text)), dictionary))
    assert known["Your work"].labels == {
        one: one for one in ("Baker", "Smith, and such", "None")
    }  # fmt: skip
    assert known["Which pets? (choice=Dog)"].question == "pets"
    assert known["Which pets? (choice=Dog)"].part == "Dog"
    assert known["Which loaf?"].asked_if == {"job": ["Baker", "Smith, and such"]}


def test_a_dictionary_without_its_columns_is_refused(tmp_path):
    export = open_export(write(tmp_path, RAW))
    path = write(tmp_path, "Variable / Field Name,Form Name\nage,start\n", "dictionary.csv")
    with pytest.raises(InvalidInput, match=r"dictionary\.csv: row 1: has no columns of field"):
        apply_questionnaire(export, path)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("a=1", {"a": ["1"]}),
        ("a=1 or a=2 || a=1", {"a": ["1", "2"]}),
        ("(a=1 or a=2) and b=3", {"a": ["1", "2"], "b": ["3"]}),
        ("((a=1)) && ((b=3) AND c=1)", {"a": ["1"], "b": ["3"], "c": ["1"]}),
        # More than a codebook can say.
        ("a=1 or b=1", {}),
        ("a=1 and a=2", {}),
        ("a=1 and (b=1 or c=1)", {}),
        ("a=1 and x=9", {}),
        ("a=1 or x=9", {}),
        # No conditions.
        ("", {}),
        ("1", {}),
        ("a=1 and", {}),
        ("(a=1", {}),
        ("a=1)", {}),
        ("a=1 b=1", {}),
        ("or a=1", {}),
        ("android", {}),
    ],
)
def test_conditions_are_read_so_far_as_a_codebook_can_say_them(text, asked):
    def compare(text, place):
        found = re.compile(r"(\w)=(\d)").match(text, place)
        return found and (found.end(), found.groups() if found[1] != "x" else None)

    assert read_condition(text, compare) == asked


def test_a_plain_table_gives_the_texts_of_columns(tmp_path: Path) -> None:
    export = tmp_path / "answers.csv"
    export.write_text("Q1,Q2,Age\n1,2,30\n", encoding="utf-8")
    table = tmp_path / "questions.tsv"
    table.write_text("value\tQuestion\nQ1\tDo you sing?\nQ2\tNA\nQ9\tGone\n", encoding="utf-8")
    told = apply_questionnaire(open_export(export), table)
    assert [one.text for one in told.columns] == ["Do you sing?", "Q2", "Age"]


@pytest.mark.parametrize(
    ("table", "wording"),
    [
        ("variable,value,label\nswim,a,Never\nswim,b,Often\nsmoke,y,Yes\n,n,No\n", ""),
        ("Column,Question text,Code,Answer\nswim,How often?,a,Never\nswim,,b,Often\n"
         "smoke,,y,Yes\nsmoke,,n,No\n", "How often?"),
        ("name;question;choices\nswim;How often?;a = Never | b = Often\nsmoke;;y: Yes, n: No\n",
         "How often?"),
        ('name,label,values\nswim,How often?,"a, Never\nb, Often"\nsmoke,,y=Yes; n=No\n',
         "How often?"),
    ],
)  # fmt: skip
def test_a_table_of_questions_says_what_codes_stand_for(tmp_path, table, wording):
    export = open_export(write(tmp_path, "swim,smoke,age\na,y,4\nb,n,5\n"))
    found = apply_questionnaire(export, write(tmp_path, table, "codes.csv"))
    known = known_of(found)
    assert known["swim"].labels == {"a": "Never", "b": "Often"}
    assert known["smoke"].labels == {"y": "Yes", "n": "No"}
    assert known["age"] == Known()
    assert found.columns[0].text == (wording or "swim")


def test_a_cell_of_words_is_no_list_of_codes(tmp_path):
    export = open_export(write(tmp_path, "swim,smoke\na,y\n"))
    table = "name,question,values\nswim,How often?,1-5\nsmoke,Note: any; or none,free text; any\n"
    found = apply_questionnaire(export, write(tmp_path, table, "codes.csv"))
    assert not any(known.labels for known in known_of(found).values())
    assert found.columns[1].text == "Note: any; or none"
