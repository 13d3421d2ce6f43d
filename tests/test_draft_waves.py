"""Which waves the files of a study hold, what they ask alike, and who answered several."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altcred.core.errors import InvalidInput
from altcred.describe.study import StudyFile
from altcred.draft.locate import locate
from altcred.draft.marks import find_marks, name_waves, split_name, split_text
from altcred.draft.matching import match_questions
from altcred.draft.model import Table, read_table
from altcred.draft.study import draft_study
from altcred.draft.waves import draft_waves
from altcred.read.columns import find_column
from altcred.read.export import Column, Export, open_export


@pytest.fixture
def draft(tmp_path):
    """Return a function from files, each its columns of cells, to what is drafted of them."""

    def make(files: dict[str, dict[str, list[str]]], names: list[str] | None = None):
        tables = []
        for file, columns in files.items():
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
            (tmp_path / file).write_text(text.getvalue(), encoding="utf-8")
            tables.append(read_table(open_export(tmp_path / file)))
        waves = draft_waves(tables, names or [])
        study, notes = draft_study("try-it", waves)
        # Whatever is drafted is a description.
        StudyFile.model_validate(study)
        return waves, study, notes

    return make


def asked_in(waves):
    return [
        {wave: question.columns[0].name for wave, question in asked.items()}
        for asked in match_questions(waves)
    ]


LIKED = ["Yes", "No", "Yes", "Yes", "No", "Yes"]
AGREE = ["Agree", "Disagree", "Agree", "Neutral", "Agree", "Neutral"]
CODES = ["AN07", "BO11", "CY02", "DI30", "EV21", "FA19"]
TIMES = [f"2024-03-0{day} 10:00:00" for day in range(1, 7)]
LATER = [f"2024-06-0{day} 10:00:00" for day in range(1, 7)]


def test_codes_that_some_wrote_twice_are_codes_all_the_same(draft):
    codes = [f"SNT-{n * 7919 % 90000 + 10000}" for n in range(40)]
    files = {
        "pre.csv": {"Número de sócio": [*codes, *codes[:3]], "Sure": ["Yes", "No"] * 21 + ["No"]},
        "post.csv": {"Número de sócio": codes[5:], "Sure": ["Yes", "No", "No", "Yes", "No"] * 7},
    }
    _, study, notes = draft(files)
    assert study["waves"]["pre"]["person"] == "Número de sócio"
    assert any("35 pairs of pre and post" in note for note in notes[""])


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["answers_pre", "answers_post"], ["pre", "post"]),
        (["Survey Before course", "Survey After course"], ["before", "after"]),
        (["T1 data", "T2 data", "T3 data"], ["t1", "t2", "t3"]),
        (["pre-test", "post-test", "follow-up"], ["pretest", "posttest", "followup"]),
        (["survey 2019", "survey 2020"], ["wave_2019", "wave_2020"]),
        (["north", "south"], ["north", "south"]),
        (["export", "export (1)"], ["wave_1", "wave_2"]),
        (["vorher", "nachher"], ["vorher", "nachher"]),
    ],
)
def test_waves_are_called_by_what_their_files_are_called(texts, names):
    assert name_waves(texts) == names


@pytest.mark.parametrize(
    ("name", "word", "rest"),
    [
        ("Q10_1_pre", "pre", "Q10_1"),
        ("post_confidence", "post", "confidence"),
        ("Q3_post_2", "post", "Q3_2"),
        ("score.T2", "t2", "score"),
        ("score_time1", "time1", "score"),
        ("Q4pre", "pre", "Q4"),
        ("PostTotal", "post", "Total"),
        ("Pre: How sure are you?", "pre", "How sure are you?"),
        ("How sure are you? [Before]", "before", "How sure are you?"),
        ("How sure are you? (after the course)", "after", "How sure are you?"),
        ("How sure are you? - After", "after", "How sure are you?"),
        ("Rate - Before the term - Sing", "before", "Rate - Sing"),
        ("[Post] I can sing", "post", "I can sing"),
    ],
)
def test_headers_say_of_which_survey_they_are(name, word, rest):
    mark, text = split_name(name) or split_text(name)
    assert (mark.word, text) == (word, rest)


@pytest.mark.parametrize(
    "name",
    [
        "Q1_1",
        "T1_1",
        "M2_3",
        "prefer",
        "postcode",
        "How often do you post?",
        "What do you do before work?",
        "Start date: Month",
    ],
)
def test_other_headers_say_nothing_of_a_survey(name):
    assert split_name(name) is None


def test_marks_are_found_in_names_of_files():
    assert [mark.place for mark in find_marks("2020 post-survey")] == [2]
    assert find_marks("answers") == []


def test_one_file_is_one_wave(draft):
    waves, study, notes = draft({"choir.csv": {"Timestamp": TIMES, "Liked": LIKED}})
    assert study == {
        "name": "try-it",
        "title": "Try it",
        "waves": {
            "survey": {
                "label": "Survey",
                "exports": ["choir.csv"],
                "submitted": "Timestamp",
                "status": None,
            }
        },
    }
    assert notes == {}
    assert asked_in(waves) == [{"survey": "Liked"}]


def test_files_are_waves_in_the_order_of_their_stages(draft):
    waves, study, notes = draft(
        {
            "post.csv": {"When": LATER, "Code": [*CODES[1:], "GU05"], "How sure are you?": AGREE},
            "pre.csv": {"When": TIMES, "Code": CODES, "How sure are you?": AGREE, "Town": LIKED},
        }
    )
    assert [wave.name for wave in waves] == ["pre", "post"]
    assert [wave.keys["person"] for wave in waves] == ["Code", "Code"]
    rule = {"name": "code", "keys": ["person"]}
    assert study["panels"] == [{"first": "pre", "second": "post", "rules": [rule]}]
    assert "comparisons" not in study
    assert any("5 pairs" in note for note in notes[""])
    assert asked_in(waves) == [
        {"pre": "How sure are you?", "post": "How sure are you?"},
        {"pre": "Town"},
    ]


def test_names_are_taken_in_the_order_given(draft):
    files = {"b.csv": {"Liked": LIKED}, "a.csv": {"Liked": LIKED}}
    waves, _, _ = draft(files, ["Begin", "end"])
    assert [(wave.name, wave.keys["exports"]) for wave in waves] == [
        ("begin", ["b.csv"]),
        ("end", ["a.csv"]),
    ]
    waves, study, _ = draft(files, ["all_of_it"])
    assert [wave.keys["exports"] for wave in waves] == [["b.csv", "a.csv"]]
    assert "comparisons" not in study


@pytest.mark.parametrize("names", [["one", "two", "three"], ["panel", "end"], ["", "end"]])
def test_names_that_do_not_fit_are_refused(draft, names):
    files = {"b.csv": {"Liked": LIKED}, "a.csv": {"Liked": LIKED}}
    with pytest.raises(InvalidInput, match="--waves"):
        draft(files, names)


@pytest.mark.parametrize(
    "columns", [{"Liked": []}, {"Timestamp": TIMES, "E-mail": ["a@example.org"] * 6}]
)
def test_files_without_answers_are_refused(draft, columns):
    with pytest.raises(InvalidInput, match=r"answers\.csv: has "):
        draft({"answers.csv": columns})


def test_who_cannot_be_joined_is_compared(draft):
    files = {"pre.csv": {"Liked": LIKED}, "post.csv": {"Liked": LIKED}}
    _, study, notes = draft(files)
    assert "panels" not in study
    assert study["comparisons"] == [{"first": "pre", "second": "post"}]
    assert any("different people" in note for note in notes[""])


def test_a_panel_is_drafted_of_the_waves_that_share_people_alone(draft):
    later = [f"ZZ{n}" for n in range(6)]
    files = {
        "T1.csv": {"Code": CODES, "Liked": LIKED},
        "T2.csv": {"Code": [*CODES[:4], "YY1", "YY2"], "Liked": LIKED},
        "T3.csv": {"Code": later, "Liked": LIKED},
    }
    _, study, notes = draft(files)
    assert [(one["first"], one["second"]) for one in study["panels"]] == [("t1", "t2")]
    assert study["comparisons"] == [
        {"first": "t1", "second": "t2"},
        {"first": "t2", "second": "t3"},
    ]
    assert any("4 pairs of t1 and t2, 0 pairs of t2 and t3" in note for note in notes[""])


def test_addresses_join_where_there_are_no_codes(draft):
    mails = [f"p{n}@example.org" for n in range(6)]
    files = {
        "pre.csv": {"E-mail": mails, "Liked": LIKED},
        "post.csv": {"Your e-mail address": [one.upper() for one in mails], "Liked": LIKED},
    }
    waves, study, _ = draft(files)
    assert study["panels"][0]["rules"] == [{"name": "mail", "keys": ["email"]}]
    # Everybody is found, so nobody is compared as somebody else.
    assert study["comparisons"] == []
    assert waves[1].keys["email"] == "Your e-mail address"


def test_parts_of_a_code_are_joined_in_one_order(draft):
    parts = {
        "First letter of your mother's name": list("ABCDEF"),
        "Day of birth": ["1", "2", "3", "4", "5", "6"],
    }
    turned = dict(reversed(parts.items()))
    waves, study, _ = draft(
        {"a1.csv": {**parts, "Liked": LIKED}, "a2.csv": {**turned, "Liked": LIKED}}
    )
    assert [wave.keys["person"] for wave in waves] == [list(parts)] * 2
    assert study["panels"][0]["rules"] == [{"name": "code", "keys": ["person"]}]
    assert asked_in(waves) == [{wave.name: "Liked" for wave in waves}]


def test_numbers_that_count_rows_join_nobody(draft):
    numbers = [str(n) for n in range(1, 7)]
    files = {name: {"ID": numbers, "Liked": LIKED} for name in ("pre.csv", "post.csv")}
    _, study, notes = draft(files)
    assert "panels" not in study
    assert any("count rows" in note for note in notes[""])


def test_codes_under_a_header_that_says_nothing_join_and_are_no_question(draft):
    files = {
        "pre.csv": {"Choose an animal and a number": CODES, "Liked": LIKED},
        "post.csv": {"Choose an animal and a number": CODES, "Liked": LIKED},
    }
    waves, study, _ = draft(files)
    assert waves[0].keys["person"] == "Choose an animal and a number"
    assert "panels" in study
    assert asked_in(waves) == [{"pre": "Liked", "post": "Liked"}]


def test_codes_of_which_one_file_lost_the_zeros_join_and_are_said(draft):
    numbers = [f"{n * 7919 % 9000 + 17:05}" for n in range(30)]
    cut = {name: {"Employee no.": codes, "Liked": LIKED * 5}
           for name, codes in {"pre.csv": numbers, "post.csv": [one.lstrip("0") for one in numbers]}
           .items()}  # fmt: skip
    _, study, notes = draft(cut)
    person = {"columns": "Employee no.", "leading_zeros": False}
    assert [wave["person"] for wave in study["waves"].values()] == [person, person]
    assert any("if leading zeros tell nobody apart: 30 pairs" in note for note in notes[""])
    whole = {
        name: {"Employee no.": numbers, "Liked": LIKED * 5} for name in ("pre.csv", "post.csv")
    }
    assert draft(whole)[1]["waves"]["pre"]["person"] == "Employee no."


def test_repeated_codes_drop_nobody_and_are_said(draft):
    twelve = {"Liked": LIKED * 2}
    codes = [*CODES, "GU05", "HA14", "IB03", "JO09", "KA08", "KA08"]
    files = {"pre.csv": {"Code": codes, **twelve}, "post.csv": {"Code": codes, **twelve}}
    _, study, notes = draft(files)
    assert study["duplicates"] == {"person": False}
    assert any("2 rows of pre" in note for note in notes[""])


def test_a_copy_of_a_row_is_no_other_person_with_the_same_code(draft):
    twelve = {"Liked": LIKED * 2}
    codes = [*CODES, "GU05", "HA14", "IB03", "JO09", "KA08", "LU02"]
    first = {"Antwort-ID": [str(n) for n in range(31, 43)], "Code": codes, **twelve}
    first = {name: [*cells, cells[3]] for name, cells in first.items()}
    files = {"pre.csv": first, "post.csv": {"Code": codes, **twelve}}
    waves, study, notes = draft(files)
    assert "duplicates" not in study
    assert any("12 pairs" in note for note in notes[""])
    assert any("of 1 row of pre there is a copy" in note for note in notes[""])
    assert waves[0].keys["administrative"] == ["Antwort-ID"]
    # With another answer it is no copy.
    first["Liked"][-1] = "Yes" if first["Liked"][-1] == "No" else "No"
    assert draft(files)[1]["duplicates"] == {"person": False}


def test_a_repeated_code_of_a_single_wave_is_not_used(draft):
    codes = [*CODES, "GU05", "HA14", "IB03", "JO09", "KA08", "KA08"]
    waves, _, notes = draft({"answers.csv": {"Code": codes, "Liked": LIKED * 2}})
    assert "person" not in waves[0].keys
    assert waves[0].keys["administrative"] == ["Code"]
    assert "2 rows" in notes["survey"][0]


def test_two_downloads_of_one_survey_are_one_wave(draft):
    ids = [f"R_1aB2cD3eF4g{n}" for n in range(6)]
    week = {"ResponseId": ids[:4], "When": TIMES[:4], "Liked": LIKED[:4]}
    files = {"week1.csv": week, "week2.csv": {"ResponseId": ids, "When": TIMES, "Liked": LIKED}}
    waves, _, notes = draft(files)
    assert [wave.keys["exports"] for wave in waves] == [["week1.csv", "week2.csv"]]
    assert "one wave" in notes["survey"][0]


def test_files_of_several_places_are_waves_by_their_stage(draft):
    files = {
        f"{place}_{stage}.csv": {"Liked": LIKED}
        for place in ("a", "b")
        for stage in ("post", "pre")
    }
    waves, study, _ = draft(files)
    assert {wave.name: wave.keys["exports"] for wave in waves} == {
        "pre": ["a_pre.csv", "b_pre.csv"],
        "post": ["a_post.csv", "b_post.csv"],
    }
    assert study["comparisons"] == [{"first": "pre", "second": "post"}]


def test_what_is_of_a_whole_row_is_told_of_each_survey_or_none(draft):
    row = {f"q{n}_{stage}": AGREE for stage in ("pre", "post") for n in (1, 2, 3)}
    types = ["IP Address", "Survey Preview", *["IP Address"] * 4]
    waves, _, _ = draft({"year.csv": {"When": TIMES, "Status": types, **row}})
    assert [wave.keys["submitted"] for wave in waves] == [None, None]
    assert [wave.keys["status"] for wave in waves] == ["Status", "Status"]
    assert "whole row" in waves[0].decide[0]


def test_files_of_the_same_questions_may_be_one_survey_and_that_is_said(draft):
    files = {"export.csv": {"Liked": LIKED}, "export (1).csv": {"Liked": LIKED}}
    _, _, notes = draft(files)
    assert "exports:" in notes["wave_2"][0]


def test_before_and_after_side_by_side_are_two_waves_of_a_file(draft):
    row = {
        "Town": ["North", "South", "North", "North", "South", "South"],
        "Q1_pre": AGREE, "Q2_pre": AGREE, "Q3_pre": LIKED,
        "Q1_post": AGREE[::-1], "Q2_post": AGREE[::-1], "Q3_post": LIKED[::-1],
    }  # fmt: skip
    waves, study, notes = draft({"year.csv": row})
    assert [wave.name for wave in waves] == ["pre", "post"]
    assert [wave.keys["person"] for wave in waves] == ["#row", "#row"]
    assert study["panels"][0]["rules"] == [{"name": "row", "keys": ["person"]}]
    asked = [{wave: len(question.columns) for wave, question in one.items()}
             for one in match_questions(waves)]  # fmt: skip
    assert sum(one["pre"] for one in asked if "post" in one) == 3
    # What is of no survey is asked once, in the first.
    assert {"pre": "Town"} in asked_in(waves)
    assert len(notes[""]) >= 1


def test_words_before_and_after_side_by_side(draft):
    row = {}
    texts = ("I can sing", "I can read notes", "I like to sing")
    for text in texts:
        row[f"Before: {text}"] = AGREE
        row[f"After: {text}"] = AGREE[::-1]
    waves, _, _ = draft({"choir.csv": row})
    assert [wave.name for wave in waves] == ["before", "after"]
    for asked in match_questions(waves):
        assert set(asked) == {"before", "after"}
    names = [column.name for one in match_questions(waves) for column in one["after"].columns]
    assert names == [
        f"After: {text}" for text in ("I can sing", "I can read notes", "I like to sing")
    ]


def test_few_questions_before_and_after_part_no_survey_unless_it_is_wanted(draft):
    row = {f"Topic {n}": LIKED for n in range(8)}
    for text in ("I can sing", "I can read notes", "I like to sing"):
        row |= {f"{text} [Before]": AGREE, f"{text} [After]": AGREE[::-1]}
    row["Any comments?"] = ["good"] * 6
    waves, _, notes = draft({"choir.csv": row})
    assert [wave.name for wave in waves] == ["survey"]
    assert "--waves" in notes["survey"][0]
    waves, _, _ = draft({"choir.csv": row}, ["before", "after"])
    assert [wave.name for wave in waves] == ["before", "after"]
    assert {"after": "Any comments?"} in asked_in(waves)
    row = {"School": LIKED, "Sure_pre": AGREE, "Sure_post": AGREE[::-1]}
    assert [wave.name for wave in draft({"choir.csv": row})[0]] == ["survey"]
    waves, _, _ = draft({"choir.csv": row}, ["before", "after"])
    assert {"before": "Sure_pre", "after": "Sure_post"} in asked_in(waves)


def test_what_several_waves_ask_is_worded_as_of_none(draft):
    files = {
        "pre.csv": {"Before: How sure are you?": AGREE},
        "post.csv": {"After: How sure are you?": AGREE},
    }
    waves, _, _ = draft(files)
    (asked,) = match_questions(waves)
    assert [one.text for one in asked.values()] == ["How sure are you?"] * 2


def test_headers_that_only_look_like_two_surveys_are_one(draft):
    row = {"start_date": TIMES, "end_date": LATER, "post_code": ["1", "2", "3", "4", "5", "6"],
           "Liked": LIKED}  # fmt: skip
    waves, _, _ = draft({"answers.csv": row})
    assert [wave.name for wave in waves] == ["survey"]


def test_rows_that_say_which_survey_they_are_of_are_two_waves(draft):
    rows = {
        "Participant": CODES + CODES[:4],
        "Time": ["pre"] * 6 + ["post"] * 4,
        "How sure are you?": AGREE + AGREE[:4],
        "Was it good?": [""] * 6 + LIKED[:4],
    }
    waves, study, _ = draft({"long.csv": rows})
    assert [wave.name for wave in waves] == ["pre", "post"]
    assert waves[0].keys["exclude"] == [
        {
            "name": "other_wave", "reason": "of another wave", "column": "Time",
            "is_not": ["pre"], "missing": "exclude",
        }
    ]  # fmt: skip
    assert [wave.tables[0].rows for wave in waves] == [6, 4]
    assert study["panels"][0]["rules"] == [{"name": "code", "keys": ["person"]}]
    assert asked_in(waves) == [
        {"pre": "How sure are you?", "post": "How sure are you?"},
        {"post": "Was it good?"},
    ]


def test_numbers_of_surveys_count_where_people_stand_in_several(draft):
    rows = {"id": CODES * 2, "wave": ["1"] * 6 + ["2"] * 6, "Liked": LIKED * 2}
    assert [wave.name for wave in draft({"long.csv": rows})[0]] == ["wave_1", "wave_2"]
    rows["id"] = [f"P{n:03}" for n in range(12)]
    assert [wave.name for wave in draft({"long.csv": rows})[0]] == ["survey"]


def test_questions_of_one_name_and_other_answers_are_two(draft):
    files = {
        "pre.csv": {"Q1": AGREE, "Q2": LIKED, "Q3": ["1", "2", "3", "2", "1", "1"]},
        "post.csv": {"Q1": LIKED, "Q2": LIKED, "Q3": ["3", "2", "3", "3", "1", "2"]},
    }
    waves, _, notes = draft(files)
    assert asked_in(waves) == [
        {"pre": "Q1"},
        {"pre": "Q2", "post": "Q2"},
        {"pre": "Q3", "post": "Q3"},
        {"post": "Q1"},
    ]
    assert any("names of their columns alone" in note for note in notes[""])


def test_the_pairs_said_are_of_rows_that_count(draft):
    def survey(times, codes):
        return {"id": list("123456"), "submitdate": times, "code": codes, "Sure": AGREE}

    files = {
        "pre.csv": survey(["", *TIMES[1:]], CODES),
        "post.csv": survey(LATER, CODES[::-1]),
    }
    _, _, notes = draft(files)
    assert "5 pairs of pre and post" in notes[""][0]
    mails = [f"a{n}@example.org" for n in range(12)]
    files = {
        "pre.csv": {"E-mail": mails, "Sure": AGREE * 2},
        "post.csv": {"E-mail": [*mails[:11], mails[0]], "Sure": AGREE * 2},
    }
    assert any("11 pairs of pre and post" in note for note in draft(files)[2][""])


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("How often do you sing?", "How often do you sing now?", True),
        ("Com que frequência canta?", "Com que frequência canta? (marque uma opção)", True),
        ("How often do you sing (please choose one)?", "How often do you sing?", True),
        ("How often do you sing (at home)?", "How often do you sing (on a stage)?", False),
        ("How often do you sing?", "How often did you miss a rehearsal?", False),
        ("How sure are you in reading?", "How sure are you in writing?", False),
    ],
)
def test_a_question_may_be_asked_in_other_words(draft, before, after, is_same):
    waves, _, notes = draft({"pre.csv": {before: AGREE}, "post.csv": {after: AGREE}})
    assert (len(asked_in(waves)) == 1) is is_same
    assert any("in other words" in one for one in notes[""]) is is_same


def test_a_grid_of_the_same_parts_may_have_another_stem(draft):
    parts = ["I can sing from sheet music", "I am heard in the last row", "I like concerts"]
    stems = ["How far do you agree?", "To what extent do these hold?"]
    waves, _, notes = draft(
        {
            f"{name}.csv": {f"{stem} [{part}]": AGREE for part in parts}
            for name, stem in zip(["pre", "post"], stems, strict=True)
        }
    )
    assert [list(one) for one in asked_in(waves)] == [["pre", "post"]]
    assert "in other words" in notes[""][-1]


def test_before_and_after_an_event_with_items_of_other_stems(draft):
    row = {}
    for stem in ("Before the course, how would you have rated", "After the course, how good is"):
        row |= {f"{stem} your - {part}": AGREE for part in ("Singing", "Reading", "Breathing")}
    waves, _, _ = draft({"choir.csv": row})
    assert [wave.name for wave in waves] == ["before", "after"]
    row = {f"{when} lunch, do you - {part}": LIKED for when in ("Before", "After") for part in "ab"}
    assert [wave.name for wave in draft({"choir.csv": row})[0]] == ["survey"]


def test_nothing_of_a_person_is_in_a_draft(draft):
    secret = {
        "E-mail": [f"canary{n}@example.org" for n in range(6)],
        "Name": [f"Canary Person{n}" for n in range(6)],
        "Code": [f"CANARY{n}" for n in range(6)],
        "Mobile": [f"+47 900 11 00{n}" for n in range(6)],
    }
    files = {name: {**secret, "Liked": LIKED} for name in ("pre.csv", "post.csv")}
    waves, study, notes = draft(files)
    told = f"{study} {notes} {[wave.keys for wave in waves]}".casefold()
    assert "canary" not in told
    assert "900 11" not in told
    assert asked_in(waves) == [{"pre": "Liked", "post": "Liked"}]
    assert all(Path(one).name == one for wave in waves for one in wave.keys["exports"])


def test_waves_without_a_word_for_their_stage_are_in_the_order_of_their_times(draft):
    files = {
        "north.csv": {"When": LATER, "Liked": LIKED},
        "south.csv": {"When": TIMES, "Liked": LIKED},
    }
    assert [wave.name for wave in draft(files)[0]] == ["south", "north"]
    # As they are named, they are.
    assert [wave.name for wave in draft(files, ["one", "two"])[0]] == ["one", "two"]


def test_one_word_for_a_stage_changes_no_order(draft):
    files = {"final.csv": {"Liked": LIKED}, "other.csv": {"Liked": LIKED}}
    assert [wave.keys["exports"] for wave in draft(files)[0]] == [["final.csv"], ["other.csv"]]


def test_previews_are_not_counted_among_those_found(draft):
    files = {
        name: {"Status": ["Survey Preview", *["IP Address"] * 5], "Code": CODES, "Liked": LIKED}
        for name in ("pre.csv", "post.csv")
    }
    _, _, notes = draft(files)
    assert any("5 pairs" in note for note in notes[""])


def test_rows_by_which_staff_tried_a_survey_out_are_left_out_and_said(draft):
    names = [*("TEST", "test", "Asdf"), *(f"Ann Lee{chr(97 + n)}" for n in range(24))]
    wrote = ["", "test", "", *(f"More of {n} please" for n in range(24))]
    columns = {
        "Status": ["Survey Preview", *["IP Address"] * 26],
        "Name": names,
        "Team": ["preview", "test", "test", *["North", "South", "East"] * 8],
        "Anything else?": wrote,
    }
    waves, study, notes = draft({"answers.csv": columns})
    (rule,) = study["waves"]["survey"]["exclude"]
    assert (rule["column"], rule["is"]) == ("Name", ["asdf", "test"])
    assert any('2 rows have "asdf" and "test" in \'Name\'' in note for note in notes["survey"])
    # None of their answers is one of those drafted.
    (team,) = [one for one in waves[0].questions if one.text == "Team"]
    assert waves[0].tables[0].counts(team.columns[0]).keys() == {"North", "South", "East"}


@pytest.mark.parametrize(
    "columns",
    [
        # A subject that many like, and what one person liked.
        {"Liked most": ["test", "talk", "walk"] * 8, "Liked least": ["test", "talk", "walk"] * 8},
        {"Liked most": ["test", *["talk", "walk"] * 12]},
        {"Feared most": ["Test", *(f"that {n} would not do" for n in range(24))]},
    ],
)
def test_what_is_called_a_test_may_be_an_answer(draft, columns):
    _, study, _ = draft({"answers.csv": columns})
    assert "exclude" not in study["waves"]["survey"]


def test_short_ids_in_two_files_are_people_and_no_downloads(draft):
    files = {
        "pre.csv": {"response_id": CODES, "Liked": LIKED},
        "post.csv": {"response_id": CODES, "Liked": LIKED},
    }
    waves, study, _ = draft(files)
    assert [wave.name for wave in waves] == ["pre", "post"]
    assert "panels" in study


def test_addresses_given_twice_are_said(draft):
    mails = [f"p{n}@example.org" for n in range(11)]
    files = {
        name: {"E-mail": [*mails, mails[0]], "Liked": LIKED * 2} for name in ("pre.csv", "post.csv")
    }
    _, study, notes = draft(files)
    assert "duplicates" not in study
    assert any("2 rows of pre" in note and "first of each" in note for note in notes[""])


def make_events(events):
    """Return a REDCap export in which each of six people has a row of each event."""
    rows = [(str(person), event) for person in range(1, 7) for event in events]
    return {
        "record_id": [person for person, _ in rows],
        "redcap_event_name": [event for _, event in rows],
        "mood": AGREE * len(events),
        "mood_complete": ["2"] * len(rows),
    }


def test_events_of_redcap_are_waves_of_its_records(draft):
    events = ["enrolment_arm_1", "visit_2_arm_1"]
    waves, study, _ = draft({"records.csv": make_events(events)})
    assert [wave.name for wave in waves] == ["enrolment", "visit_2"]
    assert [wave.keys["exclude"][0]["is_not"] for wave in waves] == [[one] for one in events]
    assert study["panels"][0]["rules"] == [{"name": "code", "keys": ["person"]}]
    assert waves[0].keys["person"] == "record_id"


def test_each_event_has_the_time_of_its_own_form(draft):
    events = ["enrolment_arm_1", "visit_2_arm_1"]
    rows = make_events(events)
    times = {
        "mood_timestamp": [cell for one in TIMES for cell in (one, "")],
        "pain_timestamp": [cell for one in LATER for cell in ("", one)],
    }
    more = {"pain": [cell for one in AGREE for cell in ("", one)], "pain_complete": ["2"] * 12}
    waves, _, _ = draft({"records.csv": {**rows, **times, **more}})
    assert [wave.keys["submitted"] for wave in waves] == list(times)


def test_more_events_than_waves_are_one_wave_and_said(draft):
    waves, _, _ = draft({"records.csv": make_events([f"day_{n}_arm_1" for n in range(7)])})
    assert [wave.name for wave in waves] == ["survey"]
    assert "redcap_event_name" in waves[0].keys["administrative"]


def test_three_surveys_side_by_side_are_three_waves(draft):
    row = {f"q{n}_t{at}": AGREE for n in (1, 2, 3) for at in (1, 2, 3)}
    waves, study, _ = draft({"wide.csv": row})
    assert [wave.name for wave in waves] == ["t1", "t2", "t3"]
    assert [(one["first"], one["second"]) for one in study["panels"]] == [
        ("t1", "t2"),
        ("t2", "t3"),
    ]


def test_several_answers_of_a_cell_are_compared_one_by_one(draft):
    before = ["Saw; File", "File; Brush", "Saw; Brush", "Brush", "Saw; File; Brush", "File"]
    after = ["File; Saw", "Brush; File", "Brush; Saw", "Saw", "File; Saw; Brush", "Saw"]
    files = {"pre.csv": {"Tools": before}, "post.csv": {"Tools": after}}
    waves, _, _ = draft(files)
    assert asked_in(waves) == [{"pre": "Tools", "post": "Tools"}]


def test_questions_called_alike_that_are_not_the_same_say_their_wave(draft):
    files = {"pre.csv": {"Q1": AGREE, "Q2": LIKED}, "post.csv": {"Q1": LIKED, "Q2": LIKED}}
    waves, _, _ = draft(files)
    assert [[one.text for one in wave.questions] for wave in waves] == [
        ["Q1 (pre)", "Q2"],
        ["Q1 (post)", "Q2"],
    ]
    assert len(asked_in(waves)) == 3


def test_a_reference_of_one_s_own_joins_two_exports_of_qualtrics(draft):
    ids = [f"R_1aB2cD3eF4g{n}" for n in range(6)]
    files = {
        f"{name}.csv": {
            "StartDate": times, "EndDate": times, "Status": ["IP Address"] * 6,
            "ResponseId": [f"{one}{name}" for one in ids], "ExternalReference": CODES,
            "Q1": LIKED,
        }
        for name, times in (("pre", TIMES), ("post", LATER))
    }  # fmt: skip
    waves, study, _ = draft(files)
    assert [wave.keys["person"] for wave in waves] == ["ExternalReference"] * 2
    assert "panels" in study


HEADERS = [
    *("Timestamp", "End Date", "Status", "Email", "Name", "Code", "ID", "Time", "IP", "weight"),
    *("Q1", "Q2", "Q1_pre", "Q1_post", "Q2_pre", "Q2_post", "Q3_pre", "Q3_post", "wave"),
    *("How sure are you?", "Pre: I sing", "Post: I sing", "Liked [Town]", "Liked [Sea]", "x#2"),
]
CELLS = [
    *("Yes", "No", "1", "2", "3", "pre", "post", "2024-03-01 10:00", "4/5/2024 9:00", ""),
    *("canary@example.org", "CANARY7", "IP Address", "Survey Preview", "192.0.2.1", "0.5"),
]


@st.composite
def tables(draw):
    """Draw an export of any headers, known ones and others, and any cells."""
    name = draw(st.sampled_from(["pre.csv", "post.csv", "export.csv", "T1.csv"]))
    headers = draw(st.lists(st.sampled_from(HEADERS) | st.text(max_size=6), min_size=1, max_size=9))
    rows = draw(st.integers(0, 8))
    cells = [draw(st.lists(st.sampled_from(CELLS), min_size=rows, max_size=rows)) for _ in headers]
    columns = [Column(place, "", one, one) for place, one in enumerate(headers)]
    return Table(Export(Path(name), columns, lambda: iter(())), cells)


@settings(max_examples=150)
@given(st.lists(tables(), min_size=1, max_size=3))
def test_whatever_a_file_holds_the_draft_is_a_description(files):
    try:
        waves = draft_waves(files)
    except InvalidInput:
        # Of a file without questions there is nothing to draft.
        return
    study, notes = draft_study("try-it", waves)
    StudyFile.model_validate(study)
    told = f"{study} {notes}"
    assert "canary" not in told.casefold()
    for wave in waves:
        export = wave.tables[0].export
        asked = [column.position for one in wave.questions for column in one.columns]
        assert len(asked) == len(set(asked))
        for key in ("submitted", "status", "email", "ip", "person"):
            places = wave.keys.get(key) or []
            for place in [places] if isinstance(places, str) else places:
                if place == "#row":
                    continue
                column = find_column(export, [("any", place)])
                assert locate(column, export) == place
                assert column.position not in asked
    for asked in match_questions(waves):
        assert set(asked) <= {wave.name for wave in waves}


def test_a_score_beside_a_column_without_a_name_is_asked(draft):
    numbers = ["4", "6", "4", "7", "6", "4"]
    waves, _, _ = draft({"answers.csv": {"": ["1", "2", "3", "4", "5", "6"], "score": numbers}})
    assert asked_in(waves) == [{"survey": "score"}]


def test_weights_are_said_under_the_name_of_the_file_and_not_applied(draft):
    drawn = ["0.5", "1.2", "0.8", "1.5", "0.9", "1.1"]
    asked = {f"Q{one}_{wave}": AGREE for wave in ("pre", "post") for one in range(4)}
    waves, *_ = draft({"a.csv": {**asked, "weight_pre": drawn, "weight_post": drawn}})
    for one, wave in zip(waves, ("pre", "post"), strict=True):
        assert "weight" not in one.keys
        assert any(said.endswith(f"weight: weight_{wave} would apply them.") for said in one.decide)
