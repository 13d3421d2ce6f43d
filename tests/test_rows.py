"""Which rows of an export become responses, and what is known of each."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_view import make_cohort, make_view

from altcred.clean.exclusions import read_finished
from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput
from altcred.core.records import ALL, Recorder
from altcred.describe.cohort import open_cohort
from altcred.estimate.panel import estimate_panel
from altcred.estimate.wave import estimate_flow, estimate_wave
from altcred.link.panel import match_panel
from altcred.read import open_export
from altcred.read.overlaps import IdColumn, IdHashes, find_overlaps
from altcred.write.flow import describe_flow, say_rows, word_reasons
from altcred.write.tables import find_table
from altcred.write.views import open_view

HEAD = "name: rows\ntitle: Rows\ndisclosure: {minimum: 0}\nwaves:\n"
CODEBOOK = """
variables:
  mood:
    label: Mood
    kind: single
    question: {one: Mood, two: Mood}
    categories: {good: Good, bad: Bad}
  born:
    label: Year of birth
    kind: year
    question: {one: Born}
    bounds: {low: 1900, high: 2020}
  age:
    label: Age
    kind: number
    derive: {years_since: born}
"""
MOOD = CODEBOOK.partition("  born:")[0].replace(", two: Mood", "")


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write(waves, codebook=MOOD, **files):
    """Write a study of the waves, and its exports by their names."""
    for folder in ("cohorts/rows", "data/raw/rows"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    waves = waves if isinstance(waves, str) else "".join(waves)
    Path("cohorts/rows/study.yaml").write_text(HEAD + waves, encoding="utf-8")
    Path("cohorts/rows/codebook.yaml").write_text(codebook, encoding="utf-8")
    for name, content in files.items():
        Path(f"data/raw/rows/{name}.csv").write_text(content, encoding="utf-8")


def wave(settings, name="one", exports="export.csv"):
    return f"  {name}: {{label: {name.title()}, exports: [{exports}], status: null, {settings}}}\n"


def build(name="one"):
    build_responses("rows", name)
    folder = Path(f"data/processed/rows/{name}")
    decisions = pd.read_csv(folder / "decisions.csv", keep_default_na=False)
    return pd.read_parquet(folder / "responses.parquet"), decisions


def identifiers(name):
    return pd.read_parquet(f"data/processed/rows/{name}/identifiers.parquet")


def reasons():
    return build()[1]["reason"].tolist()


def checked():
    """Return the notes and the problems of `altcred check`."""
    try:
        found = list(check_rows(open_cohort("rows")))
    except InvalidInput as error:
        found = error.problems
    return [one for one in found if isinstance(one, str)], [
        str(one) for one in found if not isinstance(one, str)
    ]


def test_times_are_read_in_the_order_and_the_zone_that_the_study_says():
    export = "When,Mood\n3/4/2022 22:30,Good\n5/4/2022 8:00,Bad\n"
    write(wave("submitted: When"), export=export)
    assert "date_order" in checked()[1][0]
    write(wave("submitted: When, date_order: dmy, timezone: America/Bogota"), export=export)
    assert checked() == ([], [])
    assert build()[0]["submitted"].tolist() == [
        pd.Timestamp("2022-04-04 03:30"),
        pd.Timestamp("2022-04-05 13:00"),
    ]
    write(wave("submitted: When, timezone: Bogota"), export=export)
    assert "'Bogota' is no time zone" in checked()[1][0]


def test_a_time_before_the_survey_opened_is_no_time_of_submission():
    export = "When,Mood,Born\n1970-01-02,Good,1990\n2022-05-01,Bad,1990\n,Bad,1990\n"
    write(wave("submitted: When, opened: 2022-04-01"), CODEBOOK.replace(", two: Mood", ""),
          export=export)  # fmt: skip
    notes, problems = checked()
    assert (len(notes), problems) == (1, [])
    assert notes[0].startswith("one: rows with a time that is none")
    assert build()[0]["age"].fillna(-1).tolist() == [-1, 32, -1]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["100%", "50%", "1%"], [True, False, False]), (["100 %", "99,5 %"], [True, False]),
        (["1", "0.5", "0"], [True, False, False]), (["2", "1", "0"], [True, False, False]),
        (["25.03.2022 9:00", "04/13/2022", "1980-01-01 00:00:00"], [True, True, False]),
        (["Completed", "page 3 of 10"], [True, None]),
    ],
)  # fmt: skip
def test_what_says_that_a_response_is_finished(answers, told):
    unclear = [answer for answer, one in zip(answers, told, strict=True) if one is None]
    assert read_finished(answers) == (told, unclear)


def test_only_a_person_is_known_by_the_row():
    for key in ('response_id: "#row"', 'join: [{exports: [export.csv], on: "#row"}]'):
        write(wave(f"submitted: null, {key}"), export="Mood\nGood\n")
        assert any("'#row'" in problem for problem in checked()[1])


def test_files_that_are_called_alike_are_refused():
    write(wave("submitted: null", exports="a/x.csv, b/x.csv"))
    assert "called the same" in checked()[1][0]


def test_both_answers_of_a_person_may_stand_in_one_row():
    codebook = MOOD.replace("{one: Mood}", "{one: Mood_pre, two: Mood_post}")
    same = 'submitted: null, person: "#row"'
    export = "Mood_pre,Mood_post\nGood,Bad\nBad,\n,Good\nGood,Good\n"
    write([wave(same), wave(same, "two")], codebook, export=export)
    assert checked() == ([], [])
    one, two = (build(name)[0].merge(identifiers(name)) for name in ("one", "two"))
    pairs = one.merge(two, on="person_token")
    assert pairs[["mood_x", "mood_y"]].to_numpy().tolist() == [["good", "bad"], ["good", "good"]]
    assert pairs[["submitted_x", "submitted_y"]].isna().all(axis=None)


LIMESURVEY = (
    '"id","submitdate","lastpage","startlanguage","Mood","Born"\n'
    '"7","2023-05-01 10:00:00","4","en","Good","1993"\n'
    '"8","1980-01-01 00:00:00","2","en","Bad","1990"\n'
    '"9","","1","en","Good","1980"\n'
)


def test_what_limesurvey_never_submitted_is_dropped_or_has_no_time():
    codebook = CODEBOOK.replace(", two: Mood", "")
    write(wave("submitted: submitdate"), codebook, export=LIMESURVEY)
    rows, decisions = build()
    assert decisions["reason"].tolist() == ["", "unfinished", "unfinished"]
    assert rows["age"].tolist() == [30]
    write(wave("submitted: submitdate, unfinished: keep"), codebook, export=LIMESURVEY)
    rows, decisions = build()
    assert rows["age"].fillna(-1).tolist() == [30, -1, -1]
    assert decisions["unfinished"].astype(str).str.lower().tolist() == ["false", "true", "true"]


def test_a_survey_without_time_stamps_has_1980_for_all_who_finished():
    export = LIMESURVEY.replace("2023-05-01 10:00:00", "1980-01-01 00:00:00")
    write(wave("submitted: submitdate"), export=export)
    rows, decisions = build()
    assert decisions["reason"].tolist() == ["", "", "unfinished"]
    assert rows["submitted"].isna().all()


QUALTRICS = """When,Finished,Progress,Duration (in seconds),Mood,More
2023-05-01,True,100,340,Good,x
2023-05-02,False,12,9,Bad,
2023-05-03,True,100,40,,y
2023-05-04,True,100,,Good,
2023-05-05,True,100,200,,
"""


def test_unfinished_rows_are_counted_and_dropped_where_the_study_says_so():
    write(wave("submitted: When"), export=QUALTRICS)
    assert build()[1]["unfinished"].tolist() == [False, True, False, False, False]
    # The third answered a question that the codebook does not name, the fifth none at all.
    assert reasons() == ["", "", "", "", "no answer"]
    for key in ("finished: Finished", "finished: Progress", "unfinished: drop"):
        write(wave(f"submitted: When, {key}"), export=QUALTRICS)
        assert reasons() == ["", "unfinished", "", "", "no answer"]


@pytest.mark.parametrize("filler", ["NA", "NaN", "NULL", "#N/A"])
def test_what_programs_write_for_no_value_is_no_answer(filler):
    codebook = MOOD + "  why: {label: Why, kind: text, question: {one: Why}}\n"
    export = f"When,Mood,Why\n1,Good,x\n2,{filler},{filler}\n3,{filler},y\n4,N/A,n/a\n5,Bad,-\n"
    write(wave("submitted: null, administrative: [When]"), codebook, export=export)
    rows, decisions = build()
    # Somebody chose or typed N/A, and so was there.
    assert decisions["reason"].tolist() == ["", "no answer", "", "", ""]
    assert rows["why"].fillna(False).tolist() == [True, True, False, False]


def test_columns_that_hold_no_answers_can_be_named():
    write(wave("submitted: When, administrative: [More]"), export=QUALTRICS)
    assert reasons() == ["", "", "no answer", "", "no answer"]
    # Bookkeeping that altcred does not know is an answer until it is named.
    write(wave("submitted: When"), export=QUALTRICS.replace("Duration (in seconds)", "Room"))
    assert reasons() == [""] * 5


def rules(*given):
    return wave(f"submitted: When, exclude: [{', '.join(given)}]")


@pytest.mark.parametrize(
    ("rule", "dropped"),
    [
        ("column: Duration (in seconds), below: 100", [1, 2]),
        ("column: Duration (in seconds), below: 100, missing: exclude", [1, 2, 3]),
        ("column: Duration (in seconds), above: 340", []),
        ("column: Progress, below: 100", [1]),
        ("column: Finished, is: false", [1]),
        ("column: Finished, is: [No, FALSE]", [1]),
        ("column: Finished, is_not: true", [1]),
        ("column: Progress, is: 12", [1]),
        ("column: More, blank: true", [1, 3, 4]),
        ("column: More, blank: false", [0, 2]),
        ("variable: mood, is: bad", [1]),
        ("variable: mood, is_not: good", [1]),
        ("variable: mood, is_not: good, missing: exclude", [1, 2, 4]),
        ("variable: mood, blank: true", [2, 4]),
        ("variable: mood, is: [bad, not_reported]", [1, 2, 4]),
        ("before: 2023-05-02", [0]),
        ("after: 2023-05-04", [4]),
        ("column: When, after: 2023-05-02", [2, 3, 4]),
    ],
)
def test_a_rule_drops_the_rows_that_its_one_test_is_true_of(rule, dropped):
    write(rules(f"{{name: rule, {rule}}}"), export=QUALTRICS)
    assert checked()[1] == []
    assert [row for row, reason in enumerate(reasons()) if reason == "rule"] == dropped


def test_a_row_counts_for_the_first_rule_that_drops_it():
    seconds, progress = (
        "{name: fast, column: Duration (in seconds), below: 100}",
        "{name: half, column: Progress, below: 50}",
    )
    write(rules(seconds, progress), export=QUALTRICS)
    assert reasons() == ["", "fast", "fast", "", "no answer"]
    assert "one: exclude half: drops no row." in checked()[0]
    top = HEAD.replace("waves:", f"exclude: [{progress}]\nwaves:")
    Path("cohorts/rows/study.yaml").write_text(top + rules(seconds), encoding="utf-8")
    assert reasons() == ["", "half", "fast", "", "no answer"]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("column: Secs, below: 100", "is not in the export"),
        ("column: More, below: 100", "no value that exclude rule could read as a number"),
        ("column: Mood, after: 2023-01-01", "could read as a day"),
        ("column: Duration (in seconds)", "has no tests"),
        ("column: Duration (in seconds), below: 1, above: 9", "has 2 tests"),
        ("column: Duration (in seconds), variable: mood, is: good", "a column and a variable"),
        ("is: good", "names no column and no variable"),
        ("variable: mod, is: good", "'mod', which wave one has no answers to"),
        ("variable: mood, is: fine", "'fine' is not one of its categories"),
        ("variable: mood, below: 3", "whose kind single is no number"),
        ("variable: mood, before: 2023-01-01", "whose kind single has none"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule, message):
    write(rules(f"{{name: rule, {rule}}}"), export=QUALTRICS)
    assert any(message in problem for problem in checked()[1]), checked()


@pytest.mark.parametrize("name", ["spam", "without_weight"])
def test_rules_have_names_of_their_own(name):
    write(rules(f"{{name: {name}, column: Duration (in seconds), below: 1}}"), export=QUALTRICS)
    assert "another reason" in checked()[1][0]


FIRST = "ResponseId,When,Mood\nR_1,2023-05-01 10:00,Good\nR_2,2023-05-02 10:00,\n"
LATER = "ResponseId,When,Mood\nR_1,2023-05-01 10:00,Good\nR_2,2023-05-02 10:00,Bad\n"
NEW = "R_3,2023-05-09 10:00,Good\n"


def downloads(settings=""):
    return wave(f"submitted: When{settings}", exports="a.csv, b.csv")


def test_one_response_in_two_downloads_is_one_row_and_the_fuller_stays():
    write(downloads(), a=FIRST, b=LATER + NEW)
    rows, decisions = build()
    assert rows["mood"].tolist() == ["good", "bad", "good"]
    assert decisions["reason"].tolist() == ["", "same response", "same response", "", ""]
    assert decisions["repeats"].tolist() == ["", "one-000002", "one-000001", "", ""]
    assert decisions["comparison"].tolist()[1:3] == [
        "fewer answers, or an earlier download",
        "the same answers",
    ]
    # An answer given anew in the same response replaces the first one.
    write(downloads(), a=FIRST, b=LATER.replace("Good", "Bad") + NEW)
    assert build()[0]["mood"].tolist() == ["bad", "bad", "good"]
    write(downloads(", response_id: null"), a=FIRST, b=LATER + NEW)
    assert len(build()[0]) == 4


def test_running_numbers_of_two_surveys_are_not_one_person_s():
    head = "id,submitdate,startlanguage,Mood\n"
    first = head + "1,2023-05-01 10:00,en,Good\n2,2023-05-02 10:00,en,Good\n"
    other = head + "1,2023-06-01 10:00,en,Good\n2,2023-05-02 10:00,en,Good\n"
    write(downloads().replace("When", "submitdate"), a=first, b=other)
    assert reasons() == ["", "", "", "same response"]
    assert "ids that stand in two files with other answers" in checked()[0][0]
    write(downloads(", response_id: id").replace("When", "submitdate"), a=first, b=other)
    # Who names the id says that it tells responses apart; the later download has the last word.
    assert reasons() == ["same response", "", "", "same response"]


def test_how_far_somebody_had_come_tells_nobody_apart():
    head, never = "id,submitdate,lastpage,Mood\n", "1980-01-01 00:00:00"
    first = head + f"1,{never},1,Good\n2,{never},1,Good\n"
    later = head + f"1,2023-05-01 10:00,4,Good\n2,{never},1,Good\n"
    settings = ", opened: 2020-01-01, unfinished: keep"
    write(downloads(settings).replace("When", "submitdate"), a=first, b=later)
    assert reasons() == ["same response", "", "", "same response"]
    assert checked()[0][-1].endswith("had not opened: 3.")


def test_an_id_that_stands_twice_in_a_file_is_none():
    write(downloads(), a=FIRST.replace("R_2", "R_1"), b=NEW.join(["ResponseId,When,Mood\n", ""]))
    notes, problems = checked()
    assert problems == []
    assert "holds an id again" in notes[0]
    assert len(build()[0]) == 2
    write(downloads(", response_id: ResponseId"), a=FIRST.replace("R_2", "R_1"), b=LATER)
    assert "holds an id again that stands above, at row 3" in checked()[1][0]


def test_a_download_pasted_below_itself_is_each_response_once():
    head, *lines = FIRST.strip().split("\n")
    pasted = "\n".join([head, *lines, *lines, lines[0]]) + "\n"
    other = f"{head}\n{NEW}"
    write(downloads(), a=pasted, b=other)
    notes, problems = checked()
    assert problems == []
    assert "holds an id again" not in " ".join(notes)
    # The second respondent answered nothing.
    again = ["same response"] * 3
    assert [one for one in reasons() if one != "no answer"] == ["", *again, ""]
    # One row that says something else shows that the ids tell nothing.
    write(downloads(), a=pasted + lines[0].replace("Good", "Bad") + "\n", b=other)
    assert "holds an id again" in " ".join(checked()[0])


def test_what_one_of_several_files_lacks_was_not_asked_there():
    codebook = CODEBOOK.replace(", two: Mood", "")
    write(downloads(), codebook, a="When,Mood\n2023-05-01,Good\n", b="Born,When\n1990,2023-06-01\n")
    notes, problems = checked()
    assert problems == []
    assert notes == [
        "one: a.csv has no column of born: not asked there.",
        "one: b.csv has no column of mood: not asked there.",
    ]
    assert build()[0]["age"].fillna(-1).tolist() == [-1, 33]
    answers = pd.read_csv("data/processed/rows/one/answers.csv", keep_default_na=False)
    assert answers.query("variable == 'mood'")["reason"].tolist() == ["not asked", "read"]
    found = estimate_wave("rows", "one").query("variable == 'mood' and category == 'not_reported'")
    assert found["value"].tolist() == [0, 0]
    write(downloads(), codebook, a="When,Mood\n2023-05-01,Good\n", b="When,Mood\n2023-05-01,Bad\n")
    assert sum("'Born': is not in the export" in one for one in checked()[1]) == 2


def test_a_second_file_of_the_same_people_is_joined_on_a_key():
    codebook = CODEBOOK.replace(", two: Mood", "")
    answers = "Code,When,Mood\n007,2023-05-01,Good\n A1 ,2023-05-01,Bad\nzz,2023-05-01,Bad\n"
    people = "Who,Born\na1,1990\n007,1980\nqq,1970\n"
    join = "submitted: When, join: [{exports: [people.csv], on: Code, their: Who}]"
    write(wave(join), codebook, export=answers, people=people)
    notes, problems = checked()
    assert problems == []
    assert notes == ["one: people.csv: rows that no response has the key of: 1."]
    rows, decisions = build()
    assert rows["age"].fillna(-1).tolist() == [43, 33, -1]
    assert decisions["unjoined"].tolist() == [False, False, True]
    write(wave(join), codebook, export=answers, people=people + "A1,1991\n")
    (problem,) = checked()[1]
    assert "people.csv: row 2: has the key of row 5 of people.csv" in problem
    assert "a1" not in problem.lower().replace("data1", "")
    write(wave(join.replace("Who", "Whom")), codebook, export=answers, people=people)
    assert "'Whom': is not in the export" in checked()[1][0]


def shown_flow():
    build()
    view = open_view("rows", "one", frame=estimate_flow("rows", "one"))
    table = find_table("flow")(view, reasons=word_reasons(view))
    return describe_flow(view), {label: cells[0].text for label, cells in table.rows}


def test_the_report_has_a_line_for_each_rule_and_counts_the_unfinished():
    fast = "{name: fast, reason: under 100 seconds, column: Duration (in seconds), below: 100}"
    late = "{name: too_late, after: 2023-06-01}"
    write(rules(fast, late).replace("When,", "When, unfinished: keep,"), export=QUALTRICS)
    text, lines = shown_flow()
    assert lines == {
        "Rows in the export": "5",
        "Dropped: under 100 seconds": "−2",
        "Dropped: no question answered": "−1",
        "Dropped: too late": "0",
        "Responses analysed": "2",
    }
    assert text.endswith("All of those analysed finished the survey.")
    write(wave("submitted: When"), export=QUALTRICS)
    assert "One of those analysed did not finish the survey." in shown_flow()[0]
    write(wave("submitted: When, finished: null"), export=QUALTRICS)
    assert "finish" not in shown_flow()[0]


def test_of_one_row_dropped_is_said_why_and_not_each_for_one_reason():
    rows = "2023-05-01,Good\n2023-05-02,\n2023-05-03,Bad\n"
    write(wave("submitted: When"), export=f"When,Mood\n{rows}")
    build()
    view = open_view("rows", "one", frame=estimate_flow("rows", "one"))
    assert "Of these, 2 are analysed and one was dropped." in describe_flow(view)
    told = "The export holds 3 rows; 2 are analysed. One was dropped: no question answered."
    assert say_rows(view).startswith(told)


@given(st.lists(st.sampled_from(["Good", "Bad", ""]), min_size=2, max_size=7), st.data())
def test_downloads_may_overlap_in_any_way(tmp_path_factory, moods, data):
    head = ["ResponseId", "Mood"]
    rows = [[f"R_{number}x", mood] for number, mood in enumerate(moods)]
    until = data.draw(st.integers(1, len(rows)))
    since = data.draw(st.integers(0, until))
    folder = tmp_path_factory.mktemp("downloads")
    files = []
    for name, part in (("a", rows[:until]), ("b", data.draw(st.permutations(rows[since:])))):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *part])
        if part:
            export = open_export(folder / f"{name}.csv")
            files.append((export, IdColumn(export.columns[0], is_named=False)))
    hashes = IdHashes()
    for export, ids in files:
        for block in export.blocks([ids.column]):
            hashes.take(ids.column.read(export.file, block))
    found = find_overlaps(files, hashes)
    assert len(found.same) == until - since
    assert all(kept < again for again, kept, _ in found.same)
    assert not found.repeated


def test_what_a_joined_file_has_besides_is_neither_a_role_nor_an_answer():
    people = "Code,When,Born,Room,submitdate\n1,2020-01-01,1990,7,\n2,2020-01-01,,7,\n"
    join = "submitted: When, join: [{exports: [people.csv], on: Code}]"
    codebook = CODEBOOK.replace(", two: Mood", "")
    export = "Code,When,Mood\n1,2023-05-01,Good\n2,2023-05-01,\n"
    write(wave(join), codebook, export=export, people=people)
    assert reasons() == ["", "no answer"]
    rows, decisions = build()
    assert rows["age"].tolist() == [33]
    assert not decisions["unfinished"].any()


def test_a_key_of_two_files_goes_no_further():
    export = "Mail,When,Mood\nann@example.org,2023-05-01,Good\nbo@example.org,2023-05-01,Bad\n"
    people = "Mail,Born\nANN@example.org,1990\nann@example.org,1991\n"
    codebook = CODEBOOK.replace(", two: Mood", "")
    join = "submitted: When, join: [{exports: [people.csv], on: Mail}]"
    write(wave(join), codebook, export=export, people=people)
    (problem,) = checked()[1]
    assert "@example" not in problem
    write(wave(join), codebook, export=export, people=people.rpartition("ann")[0])
    build()
    for path in Path("data/processed").rglob("*.*"):
        assert b"example.org" not in path.read_bytes().lower()


def test_a_row_of_a_file_of_two_waves_is_an_answer_to_the_one_it_answers():
    codebook = MOOD.replace("{one: Mood}", "{one: Mood_pre, two: Mood_post}")
    export = "Mood_pre,Room_pre,Mood_post,Room_post\nGood,1,Bad,\nBad,2,,\n,,Good,3\n"
    write([wave("submitted: null"), wave("submitted: null", "two")], codebook, export=export)
    assert build("one")[1]["reason"].tolist() == ["", "", "no answer"]
    assert build("two")[1]["reason"].tolist() == ["", "no answer", ""]


def test_a_study_without_times_is_told_how_to_say_so():
    write("  one: {label: One, exports: [export.csv]}\n", export="Mood\nGood\n")
    assert [one.rpartition(". ")[2] for one in checked()[1]] == [
        "Where there is none, write submitted: null.",
        "Where there is none, write status: null.",
    ]


def test_two_files_may_head_a_question_differently():
    question = "{one: {name: Mood, text: How are you?}}"
    codebook = MOOD.replace("{one: Mood}", question)
    files = {"a": "When,Mood\n2023-05-01,Good\n", "b": "When,How are you?\n2023-05-02,Bad\n"}
    write(downloads(), codebook, **files)
    assert checked() == ([], [])
    assert build()[0]["mood"].tolist() == ["good", "bad"]


def test_rules_look_at_days_and_numbers_of_the_codebook():
    codebook = MOOD + (
        "  start: {label: Start, kind: date, question: {one: Start}}\n"
        "  age: {label: Age, kind: number, question: {one: Age}, bounds: {low: 10, high: 99}}\n"
    )
    export = "When,Mood,Start,Age\n" + "".join(
        f"2023-05-01,Good,{start},{age}\n"
        for start, age in [("2022-01-31", 17), ("2022-02-01", 18), ("", 500), ("2022-03-01", "")]
    )
    early, young = "variable: start, before: 2022-02-01", "variable: age, below: 18"
    unknown = "{name: unknown, variable: age, blank: true}"
    write(rules(f"{{name: early, {early}}}", unknown), codebook, export=export)
    # An age outside its bounds is missing, and so is unknown to a rule.
    assert reasons() == ["early", "", "unknown", "unknown"]
    write(rules(f"{{name: young, {young}, missing: exclude}}"), codebook, export=export)
    assert reasons() == ["young", "", "young", "young"]
    write(rules('{name: adult, variable: age, is: "[18, 100)"}'), codebook, export=export)
    assert reasons() == ["", "adult", "", ""]
    write(rules("{name: told, variable: age, is: [17, 18]}"), codebook, export=export)
    assert reasons() == ["told", "told", "", ""]
    write(rules("{name: told, variable: start, is_not: 2022-02-01}"), codebook, export=export)
    assert reasons() == ["told", "", "", "told"]


def test_what_nothing_tells_cannot_be_dropped():
    write(wave("submitted: When, unfinished: drop"), export="When,Mood\n2023-05-01,Good\n")
    assert "no column that altcred knows to tell finished" in checked()[1][0]


def test_limesurvey_may_head_columns_with_code_and_text():
    head = '"id. Response ID","submitdate. Date submitted","lastpage. Last page","Mood. How?"\n'
    export = head + "1,2023-05-01 10:00:00,2,Good\n2,,1,Bad\n3,2023-05-02 10:00:00,2,\n"
    write(wave('submitted: "submitdate. Date submitted"'), MOOD.replace("Mood}", '"Mood. How?"}'),
          export=export)  # fmt: skip
    assert reasons() == ["", "unfinished", "no answer"]


def test_rows_that_stand_alike_in_two_files_without_ids_are_told():
    a, b = (one.replace("ResponseId", "Who") for one in (FIRST, LATER + NEW))
    write(downloads(), a=a, b=b)
    assert [note for note in checked()[0] if "stand alike in two files, time and all: 1" in note]
    write(downloads(), a=a, b="Who,When,Mood\n" + NEW)
    assert checked() == ([], [])


def test_a_rule_compares_the_numbers_behind_a_scale():
    codebook = (
        "variables:\n  agree: {label: Agree, kind: scale, question: {one: Agree},\n"
        "    categories: {no: {label: No, code: 1}, so: {label: So, code: 2}, "
        "yes: {label: 'Yes', code: 3}}}\n"
    )
    export = "When,Agree\n" + "".join(f"2023-05-01,{one}\n" for one in ("No", "So", "Yes", ""))
    write(rules("{name: low, variable: agree, below: 2.5}"), codebook, export=export)
    assert checked() == ([], [])
    assert reasons() == ["low", "low", "", "no answer"]


def test_nothing_is_said_of_days_between_answers_of_one_day():
    codebook = MOOD.replace("{one: Mood}", "{one: Mood_pre, two: Mood_post}")
    same = 'submitted: When, person: "#row"'
    panel = "panels: [{first: one, second: two, rules: [{name: row, keys: [person]}]}]\n"
    export = "When,Mood_pre,Mood_post\n2023-05-01,Good,Bad\n2023-05-02,Good,Good\n"
    write([wave(same), wave(same, "two"), panel], codebook, export=export)
    build(), build("two")
    assert match_panel("rows", "one", "two").by_rule == {"row": 2}
    found = estimate_panel("rows", "one", "two")
    assert "days_between" not in set(found["variable"])
    assert found.query("variable == 'pairs' and category == ''")["value"].tolist() == [2]


@pytest.mark.parametrize(("types", "what"), [(0, "person"), (2, "person and program")])
def test_a_repeat_is_within_a_program_only_where_there_are_several(types: int, what: str) -> None:
    view = make_view(make_cohort(types), {"spring": [Recorder(ALL, "x").number("count", 1, n=1)]})
    assert word_reasons(view)["repeat"] == f"the same {what} again"
