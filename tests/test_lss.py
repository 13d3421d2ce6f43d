"""Questionnaires of LimeSurvey beside its exports, by codes and by texts."""

from xml.sax.saxutils import escape

import pytest

from altcred.core.errors import InvalidInput
from altcred.read import open_export
from altcred.read.lss import Lss
from altcred.read.questionnaires import apply_questionnaire

OWN = "id,submitdate,lastpage,startlanguage"
OWN_TEXT = "Response ID,Date submitted,Last page,Start language"
# Number, type, code, text, condition, whether people may type an answer of their own.
QUESTIONS = [
    ("1", "L", "Job", "<p>Your <b>work</b>?</p><script>x()</script>", "1", "Y"),
    ("2", "M", "Pet", "Which pets?", '((99X1X1.NAOK == "A1" or Job == "-oth-"))', "N"),
    ("3", "F", "Sky", "How is", 'Pet_SQ2.NAOK == "Y" && Job.NAOK=="A1"', "N"),
    ("4", "Y", "Sure", "Are you sure?", 'Sky_b.NAOK == "A1"', "N"),
    ("5", "N", "Age", "Your age", '99X1X2SQ1.NAOK == "Y"', "N"),
    ("6", "K", "Rate", "Where between?", "Age.NAOK > 18", "N"),
    ("7", "R", "Best", "What comes first?", "!is_empty(Job)", "N"),
    ("8", "1", "Two", "Rate", "1", "N"),
    ("9", ":", "Hours", "When?", "1", "N"),
    ("10", "O", "Why", "Why not?", "1", "N"),
    ("11", "P", "Trip", "Where to?", "1", "N"),
    ("12", "X", "End", "Thank you", "1", "N"),
    ("13", "|", "File", "Your file", "1", "N"),
    ("14", "S", "Say", "Anything?", "1", "N"),
    ("15", "D", "Day", "Which day?", "1", "N"),
    ("16", "5", "Five", "How much?", "1", "N"),
]
# The question, code, text and scale of a part.
PARTS = [
    ("2", "SQ2", "Dog", "0"), ("2", "SQ1", "Cat", "0"),
    ("3", "a", "the blue", "0"), ("3", "b", "the grey", "0"),
    ("6", "x", "Now|0%|100%", "0"),
    ("8", "i", "Bread", "0"),
    ("9", "m", "Monday", "0"), ("9", "am", "Morning", "1"),
    ("11", "s", "Sea", "0"),
]  # fmt: skip
# The question, code, text and scale of an answer.
ANSWERS = [
    ("1", "A2", "Smith", "0"), ("1", "A1", "Baker", "0"),
    ("3", "A1", "Dark", "0"), ("3", "A2", "Light", "0"),
    ("7", "A1", "Pay", "0"), ("7", "A2", "Time", "0"),
    ("8", "A1", "Bad", "0"), ("8", "A2", "Good", "0"), ("8", "B1", "Cheap", "1"),
    ("10", "A1", "No time", "0"),
]  # fmt: skip


def table(name, rows):
    lines = [
        "<row>" + "".join(f"<{key}>{escape(str(text))}</{key}>" for key, text in row.items())
        + "</row>"
        for row in rows
    ]  # fmt: skip
    return f"<{name}><rows>{''.join(lines)}</rows></{name}>"


def write_survey(folder, *, has_l10n):
    """Write a survey as earlier versions do, with a row a language, or as later ones do."""

    def rows(name, key, field, numbered):
        base, texts = [], []
        for number, row in numbered:
            text = row.pop(field)
            words = [(text, "en"), (f"{text} auf Deutsch", "de")]
            if has_l10n:
                base.append({key: number, **row})
                texts += [{key: number, field: one, "language": two} for one, two in words]
            else:
                base += [{key: number, **row, field: one, "language": two} for one, two in words]
        return base, texts

    asked, asked_texts = rows("questions", "qid", "question", [
        (number, {"parent_qid": "0", "gid": "1", "type": kind, "title": code, "question": text,
                  "relevance": condition, "other": other})
        for number, kind, code, text, condition, other in QUESTIONS
    ])  # fmt: skip
    parts, parts_texts = rows("subquestions", "qid", "question", [
        (str(100 + place), {"parent_qid": number, "title": code, "question": text,
                            "scale_id": scale, "question_order": 9 - place})
        for place, (number, code, text, scale) in enumerate(PARTS)
    ])  # fmt: skip
    answers, answers_texts = rows("answers", "aid", "answer", [
        (str(place), {"qid": number, "code": code, "answer": text, "scale_id": scale,
                      "sortorder": 99 - place})
        for place, (number, code, text, scale) in enumerate(ANSWERS)
    ])  # fmt: skip
    groups, groups_texts = rows("groups", "gid", "group_name", [
        ("1", {"group_name": "You &amp; yours", "grelevance": ""})
    ])  # fmt: skip
    settings = [
        {"qid": "6", "attribute": "slider_layout", "value": "1"},
        {"qid": "8", "attribute": "dualscale_headerA", "value": "Taste", "language": "en"},
        {"qid": "8", "attribute": "dualscale_headerA", "value": "Geschmack", "language": "de"},
    ]
    tables = [
        table("groups", groups), table("questions", asked), table("subquestions", parts),
        table("answers", answers), table("question_attributes", settings),
        table("surveys", [{"sid": "99", "language": "en"}]),
    ]  # fmt: skip
    if has_l10n:
        tables += [
            table("group_l10ns", groups_texts), table("answer_l10ns", answers_texts),
            table("question_l10ns", asked_texts + parts_texts),
        ]  # fmt: skip
    path = folder / "survey.lss"
    head = "<LimeSurveyDocType>Survey</LimeSurveyDocType><languages><language>de</language>"
    text = f"<document>{head}</languages>{''.join(tables)}</document>"
    path.write_text(text, encoding="utf-8")
    return path


def opened(folder, head, *rows):
    path = folder / "results.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return open_export(path)


@pytest.mark.parametrize("has_l10n", [False, True])
def test_each_type_of_question_is_known_by_its_columns(tmp_path, has_l10n):
    described = Lss().describe(write_survey(tmp_path, has_l10n=has_l10n))
    job = described["Job"]
    assert (job.stem, job.kind, job.section) == ("Your work?", "single", "You & yours")
    assert job.labels == {"A1": "Baker", "A2": "Smith", "-oth-": "Other"}
    assert list(job.labels) == ["A1", "A2", "-oth-"]
    found = {
        name: (known.question, known.kind, known.part, list(known.labels.values()))
        for name, known in described.items()
        if "[" in name
    }
    assert found == {
        "Job[other]": ("Job", "text", "Other", []),
        "Pet[SQ1]": ("Pet", "multiple", "Cat", []),
        "Pet[SQ2]": ("Pet", "multiple", "Dog", []),
        "Sky[a]": ("Sky", "single", "the blue", ["Light", "Dark"]),
        "Sky[b]": ("Sky", "single", "the grey", ["Light", "Dark"]),
        "Rate[x]": ("Rate", "number", "Now", []),
        "Best[1]": ("Best", "single", "1", ["Time", "Pay"]),
        "Best[2]": ("Best", "single", "2", ["Time", "Pay"]),
        "Two[i][1]": ("Two[1]", "single", "Bread", ["Good", "Bad"]),
        "Two[i][2]": ("Two[2]", "single", "Bread", ["Cheap"]),
        "Hours[m_am]": ("Hours", "number", "Monday / Morning", []),
        "Why[comment]": ("Why[comment]", "text", "comment", []),
        "Trip[s]": ("Trip", "multiple", "Sea", []),
        "Trip[scomment]": ("Trip[scomment]", "text", "comment", []),
    }
    assert described["Two[i][1]"].stem == "Rate (Taste)"
    assert described["Two_i_1"] == described["Two[i][2]"]
    assert "End" not in described
    assert described["File"].role == "other"
    kinds = [described[name].kind for name in ("Say", "Day", "Five", "Age", "Sure")]
    assert kinds == ["text", "date", "scale", "number", "single"]


def test_conditions_name_questions_by_code_or_by_number(tmp_path):
    described = Lss().describe(write_survey(tmp_path, has_l10n=True))
    assert described["Pet[SQ1]"].asked_if == {"Job": ["A1", "-oth-"]}
    assert described["Sky[a]"].asked_if == {"Pet": ["Dog"], "Job": ["A1"]}
    assert described["Sure"].asked_if == {"Sky[b]": ["A1"]}
    assert described["Age"].asked_if == {"Pet": ["Cat"]}
    # More than a codebook can say.
    assert described["Rate[x]"].asked_if == {}
    assert described["Best[1]"].asked_if == {}


def test_columns_are_found_by_code_or_text_and_labels_written_as_there(tmp_path):
    survey = write_survey(tmp_path, has_l10n=False)
    export = opened(tmp_path, f"{OWN},Job,Pet[SQ1],Sky_a", "1,,1,en,A1,Y,A2", "2,,1,en,A2,,A1")
    job, pet, sky = (one.known for one in apply_questionnaire(export, survey).columns[4:])
    assert job.labels["A1"] == "Baker"
    assert (pet.question, pet.part, pet.asked_if) == ("Pet", "Cat", {"Job": ["A1", "-oth-"]})
    assert sky.part == "the blue"
    head = f"{OWN_TEXT},Your work?,Which pets? [Cat],How is [the blue],Other things?"
    export = opened(tmp_path, head, "1,,1,en,Baker,Yes,Light,x", "2,,1,en,Other,No,Dark,y")
    job, pet, sky, more = (one.known for one in apply_questionnaire(export, survey).columns[4:])
    assert job.labels == {"Baker": "Baker", "Smith": "Smith", "Other": "Other"}
    assert (pet.question, pet.part, pet.asked_if) == ("Pet", "Cat", {"Job": ["Baker", "Other"]})
    assert (sky.question, list(sky.labels)) == ("Sky", ["Light", "Dark"])
    assert (more.stem, more.kind) == ("Other things?", "")
    export = opened(
        tmp_path, f"{OWN_TEXT},Why not?,Why not? [Comment],Where to? [Sea]", "1,,1,en,,,"
    )
    why, comment, trip = (one.known for one in apply_questionnaire(export, survey).columns[4:])
    assert (why.question, why.labels) == ("Why", {"A1": "No time"})
    assert (comment.question, comment.kind) == ("Why[comment]", "text")
    assert (trip.question, trip.kind) == ("Trip", "multiple")


@pytest.mark.parametrize("text", ["", "<document/>", "<document><questions><rows><row/></rows>"])
def test_what_is_no_survey_is_refused(tmp_path, text):
    export = opened(tmp_path, OWN, "1,,1,en")
    path = tmp_path / "survey.lss"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"survey\.lss: is no LimeSurvey survey"):
        apply_questionnaire(export, path)


@pytest.mark.parametrize("has_l10n", [False, True])
def test_an_export_in_another_language_of_the_survey_is_found_by_it(tmp_path, has_l10n):
    survey = write_survey(tmp_path, has_l10n=has_l10n)
    rows = ["1,,1,de,Baker auf Deutsch,Dark auf Deutsch", "2,,1,de,Sonstiges,Light auf Deutsch"]
    export = opened(tmp_path, f"{OWN},Job,Sky[a]", *rows)
    job, sky = (one.known for one in apply_questionnaire(export, survey).columns[4:])
    assert list(job.labels) == ["Baker auf Deutsch", "Smith auf Deutsch", "Sonstiges"]
    assert (sky.part, sky.asked_if) == (
        "the blue auf Deutsch",
        {"Pet": ["Dog auf Deutsch"], "Job": ["Baker auf Deutsch"]},
    )
