"""Exports of LimeSurvey in each of its forms of headers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.kinds.reading import tidy_text
from altcred.read import Layout, open_export
from altcred.read.export import Column, Export, Known
from altcred.read.limesurvey import LimeSurvey
from altcred.read.platforms import find_finished, find_response_id, list_questions
from altcred.read.redcap import REDCap

OWN = '"id","submitdate","lastpage","startlanguage","seed"'
OWN_BOTH = (
    '"id. Response ID","submitdate. Date submitted","lastpage. Last page",'
    '"startlanguage. Start language","seed. Seed"'
)
OWN_TEXT = '"Response ID","Date submitted","Last page","Start language","Seed"'
OWN_GERMAN = '"Antwort ID","Datum Abgeschickt","Letzte Seite","Start-Sprache","Zufallsstartwert"'


def opened(tmp_path, *names, own=OWN, layout=None):
    path = tmp_path / "results.csv"
    head = ",".join([own, *(f'"{name}"' for name in names)])
    path.write_text(f"\ufeff{head}\n" + ",".join(["1"] * (5 + len(names))) + "\n", encoding="utf-8")
    return open_export(path, layout or Layout())


def asked(export):
    return [
        (column.known.question, column.known.stem, column.known.part, column.known.kind)
        for column in export.columns[5:]
    ]


@pytest.mark.parametrize("own", [OWN, OWN_BOTH, OWN_TEXT, OWN_GERMAN])
def test_its_own_columns_are_known_by_code_text_or_both(tmp_path, own):
    export = opened(tmp_path, "Age. How old are you?" if own == OWN_BOTH else "Age", own=own)
    assert (export.format, export.tool) == ("csv", "limesurvey")
    roles = [column.known.role for column in export.columns]
    assert roles == ["response_id", "submitted", "other", "other", "other", ""]
    assert find_response_id(export) is export.columns[0]
    assert find_finished(export) is export.columns[1]
    assert list_questions(export) == export.columns[5:]


def test_codes_of_parts_are_gathered_and_typed_texts_told_apart(tmp_path):
    names = (
        "G",
        "Pet[SQ001]",
        "Pet[SQ002]",
        "Pet[SQ002comment]",
        "Pet[other]",
        "Why",
        "Why[other]",
    )
    assert asked(opened(tmp_path, *names)) == [
        ("G", "G", "", ""),
        ("Pet", "Pet", "SQ001", ""),
        ("Pet", "Pet", "SQ002", ""),
        ("Pet[SQ002comment]", "Pet", "SQ002comment", "text"),
        ("Pet", "Pet", "other", "text"),
        ("Why", "Why", "", ""),
        ("Why", "Why", "other", "text"),
    ]
    names = (
        "Hours[SQ001_SQ002]",
        "Hours[SQ002_SQ002]",
        "Two[SQ001][1]",
        "Two[SQ001][2]",
        "Grid[1_2]",
        "Grid[2_2]",
        "nocomment",
    )
    assert asked(opened(tmp_path, *names)) == [
        ("Hours", "Hours", "SQ001 / SQ002", ""),
        ("Hours", "Hours", "SQ002 / SQ002", ""),
        ("Two[1]", "Two (1)", "SQ001", ""),
        ("Two[2]", "Two (2)", "SQ001", ""),
        ("Grid", "Grid", "1 / 2", ""),
        ("Grid", "Grid", "2 / 2", ""),
        ("nocomment", "nocomment", "", ""),
    ]
    names = (
        "Pet_SQ001",
        "Pet_SQ002",
        "Hours_SQ001_SQ002",
        "Hours_SQ002_SQ002",
        "Two_SQ001_0",
        "Age",
    )
    assert asked(opened(tmp_path, *names)) == [
        ("Pet", "Pet", "SQ001", ""),
        ("Pet", "Pet", "SQ002", ""),
        ("Hours", "Hours", "SQ001 / SQ002", ""),
        ("Hours", "Hours", "SQ002 / SQ002", ""),
        ("Two[0]", "Two (0)", "SQ001", ""),
        ("Age", "Age", "", ""),
    ]


def test_the_label_of_a_part_stands_in_the_last_brackets(tmp_path):
    names = (
        "Pet[SQ001]. Which [live] pets? [Cat [any]]",
        "Pet[other]. Which [live] pets? [Other]",
        "Age[SQ001]. Your age: []",
        "Pay[SQ001]. Pay [EUR] [a month]",
        "Hours[SQ001_SQ002]. When? [Monday][Morning]",
        "Two[SQ001][1]. Rate [Bread][Taste]",
        "Two[SQ001][2]. Rate [Bread][Price]",
    )
    assert asked(opened(tmp_path, *names, own=OWN_BOTH)) == [
        ("Pet", "Which [live] pets?", "Cat [any]", ""),
        ("Pet", "Which [live] pets?", "Other", "text"),
        ("Age", "Your age:", "", ""),
        ("Pay", "Pay [EUR]", "a month", ""),
        ("Hours", "When?", "Monday / Morning", ""),
        ("Two[1]", "Rate (Taste)", "Bread", ""),
        ("Two[2]", "Rate (Price)", "Bread", ""),
    ]


def test_of_texts_alone_neighbours_with_one_stem_are_one_question(tmp_path):
    names = (
        "Which pets? [Cat]",
        "Which pets? [Dog]",
        "Your age [years]",
        "What brings you?",
        "What brings you? [Other]",
        "Which pets? [Cat]",
        "Which pets? [Dog]",
        "Your work?",
        "Your work? [Comment]",
        "When? [Monday][Morning]",
        "Why? [Work]",
        "Why? [comment]",
        "Why? [Fun]",
        "Why? [comment]",
    )
    assert asked(opened(tmp_path, *names, own=OWN_TEXT)) == [
        ("Which pets?", "Which pets?", "Cat", ""),
        ("Which pets?", "Which pets?", "Dog", ""),
        ("Your age [years]", "Your age [years]", "", ""),
        ("What brings you?", "What brings you?", "", ""),
        ("What brings you?", "What brings you?", "Other", ""),
        ("Which pets?#2", "Which pets?", "Cat", ""),
        ("Which pets?#2", "Which pets?", "Dog", ""),
        ("Your work?", "Your work?", "", ""),
        ("Your work?[1comment]", "Your work?", "Comment", "text"),
        ("When?", "When?", "Monday / Morning", ""),
        ("Why?", "Why?", "Work", ""),
        ("Why?[1comment]", "Why?", "comment", "text"),
        ("Why?", "Why?", "Fun", ""),
        ("Why?[2comment]", "Why?", "comment", "text"),
    ]


def test_times_and_people_s_data_are_no_questions(tmp_path):
    names = ("token", "firstname", "email", "attribute_1", "Time", "interviewtime", "groupTime3",
             "TimeTime", "Doc", "Doc[filecount]")  # fmt: skip
    export = opened(tmp_path, *names)
    assert [column.known.role for column in export.columns[5:]] == [
        *("person", "other", "email", "other", "", "timing", "timing", "timing", "other"),
        "other",
    ]
    for names, own in (
        (("Doc. Your file", "Doc[filecount]. filecount - Your file"), OWN_BOTH),
        (("Your file", "filecount - Your file"), OWN_TEXT),
    ):
        export = opened(tmp_path, *names, own=own)
        assert [column.known.role for column in export.columns[5:]] == ["other", "other"]


def test_a_plain_table_is_not_taken_for_limesurvey_s_unless_it_is_said(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text("id,Mood [now],Q1_1\n1,Good,2\n", encoding="utf-8")
    export = open_export(path)
    assert export.tool == ""
    assert all(column.known == Known() for column in export.columns)
    export = open_export(path, Layout(format="limesurvey"))
    assert export.tool == "limesurvey"
    assert export.columns[0].known.role == "response_id"


def test_codes_before_every_text_tell_where_its_own_columns_were_left_out(tmp_path):
    path = tmp_path / "public.csv"
    names = [f"work{place}. How is work, part {place}?" for place in range(5)]
    path.write_text(",".join(["", *(f'"{one}"' for one in names)]) + "\n0,1,2,3,4,5\n", "utf-8")
    export = open_export(path)
    assert export.tool == "limesurvey"
    assert export.columns[1].known == Known(question="work0", stem="How is work, part 0?")
    path.write_text(",".join(["When", *(f'"{one}"' for one in names)]) + "\n0,1,2,3,4,5\n", "utf-8")
    assert open_export(path).tool == ""


HEADS = st.lists(
    st.text(st.sampled_from("Aq1_[]. #?(choice=)-\u00e9"), max_size=14)
    | st.sampled_from(["submitdate", "lastpage", "Q1[other]", "Q1[a][1]", "x___1", "x_complete"]),
    min_size=1,
    max_size=12,
)


@given(HEADS)
def test_any_headers_are_known_without_fault_and_no_column_is_lost(names):
    columns = [Column(place, "", tidy_text(one), tidy_text(one)) for place, one in enumerate(names)]
    cells = ["0"] * len(names)
    for tool in (LimeSurvey(), REDCap()):
        tool.recognises(columns)
        export = tool.complete(Export(Path("x.csv"), columns, lambda: iter([(2, cells)])))
        assert export.columns == columns
        assert all(not one.known.part or one.known.question for one in export.columns)
        if tool.name == "limesurvey":
            assert [row for _, row in export.rows()] == [cells]
