"""Who was asked, in a draft: what a questionnaire says, if nobody else answered."""

from pathlib import Path

import pytest

from altcred.core.description import read_yaml
from altcred.draft.cohort import draft_cohort

DICTIONARY = """\
Variable / Field Name,Form Name,Field Type,Field Label,Choices,Branching Logic
record_id,s,text,Record,,
job,s,radio,Your work,"1, Baker | 2, Smith",
pets,s,checkbox,Which pets?,"1, Cat | 2, Dog",[job] = '1'
old,s,yesno,Is the dog old?,,[pets(2)] = '1' and [job] = '1'
late,s,yesno,Are you late?,,[old] = '1' or [old] = '0'
mood,s,radio,Your mood,"1, Bad | 2, Good",[job] = '2'
far,s,radio,How far?,"1, Near | 2, Far",[elsewhere] = '1'
"""
HEAD = "record_id,job,pets___1,pets___2,old,late,mood,far,s_complete"


@pytest.fixture
def draft(tmp_path, monkeypatch):
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path / "keys"))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    (tmp_path / "dictionary.csv").write_text(DICTIONARY, encoding="utf-8")

    def draft(*rows):
        lines = [HEAD, *(f"{place},{row}" for place, row in enumerate(rows, start=1))]
        (tmp_path / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        drafted = draft_cohort("bakery", [tmp_path / "data.csv"], (), [tmp_path / "dictionary.csv"])
        variables = read_yaml(Path("cohorts/bakery/codebook.yaml"))["variables"]
        return drafted, {
            variable["label"]: variable.get("asked_if") for variable in variables.values()
        }

    return draft


ROWS = [
    *["1,1,0,,,,1,2", "1,0,1,1,1,,2,2", "1,1,1,0,0,,1,2", "1,0,0,,,,2,2"],
    *["2,0,0,,,1,1,2", "2,0,0,,,2,2,2", "2,0,0,,,1,1,2", ",0,0,,,,2,2"],
]


def test_conditions_of_a_questionnaire_are_drafted_where_nobody_else_answered(draft):
    drafted, asked = draft(*ROWS * 3)
    assert drafted.problems == []
    assert asked == {
        "Your work": None,
        "Which pets?": {"job": ["baker"]},
        "Is the dog old?": {"which_pets": ["dog"], "job": ["baker"]},
        "Are you late?": {"old": ["yes", "no"]},
        "Your mood": {"job": ["smith"]},
        # What decides is in no column.
        "How far?": None,
    }


def test_a_question_that_others_answered_too_is_taken_as_asked_of_all(draft):
    drafted, asked = draft(*ROWS * 3, "1,1,0,,,2,1,2")
    assert asked["Your mood"] is None
    assert asked["Which pets?"] == {"job": ["baker"]}
    told = [one for entry, _ in drafted.entries for one in entry.decide]
    assert any(
        "by the answer to job, and others answered it too, in 1 of the rows" in one for one in told
    )


def test_what_a_dictionary_describes_is_not_gathered_by_the_numbers_of_its_names(draft, tmp_path):
    path = tmp_path / "dictionary.csv"
    words = 'How many?,"0, None | 1, Few | 2, Many"', 'Why?,"0, Work | 1, Fun | 2, Love"'
    fields = [f"ask_{place},s,radio,{one}," for place, one in enumerate(words, start=1)]
    path.write_text("\n".join([DICTIONARY + fields[0], fields[1]]) + "\n", encoding="utf-8")
    (tmp_path / "more.csv").write_text(
        "record_id,ask_1,ask_2,s_complete\n"
        + "".join(f"{one},{one % 3},{one % 2 * 2},2\n" for one in range(1, 31)),
        encoding="utf-8",
    )
    drafted = draft_cohort("more", [tmp_path / "more.csv"], (), [path])
    assert [entry.keys["label"] for entry, _ in drafted.entries] == ["How many?", "Why?"]
    categories = [list(entry.keys["categories"]) for entry, _ in drafted.entries]
    assert categories == [["none", "few", "many"], ["work", "fun", "love"]]
