"""Several answers: how they are joined, which values of an option's column are a tick, and whose
shares are told."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput, Problem
from altcred.describe.cohort import open_cohort
from altcred.estimate.wave import estimate_wave
from altcred.kinds import kind_of
from altcred.kinds.options import make_option_reader
from altcred.kinds.variable import Variable
from altcred.write.views import open_view

STUDY = """
name: tasks
title: Tasks
currency: EUR
waves:
  w: {label: W, exports: [w.csv], submitted: null, status: null}
disclosure: {minimum: 0}
"""
TOOLS = """
variables:
  tools:
    label: Tools
    kind: multiple
    question: {w: {options: {saw: T1, file: T2}}}
    categories: {saw: Saw, file: File}
  age: {label: Age, kind: count, question: {w: Age}}
"""


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_tasks(text, codebook=TOOLS, study=STUDY, encoding="utf-8"):
    for folder in ("cohorts/tasks", "data/raw/tasks"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    Path("cohorts/tasks/study.yaml").write_text(study, encoding="utf-8")
    Path("cohorts/tasks/codebook.yaml").write_text(codebook, encoding="utf-8")
    Path("data/raw/tasks/w.csv").write_text(text, encoding=encoding)


def with_keys(keys):
    """Return the codebook with more keys of the tools."""
    return TOOLS.replace("kind: multiple", f"kind: multiple\n    {keys}")


def problems():
    return [one for one in check_rows(open_cohort("tasks")) if isinstance(one, Problem)]


def shares(variable="tools"):
    """Return count and base of each answer, and the log of how answers were read."""
    assert problems() == []
    build_responses("tasks", "w")
    return shares_in(estimate_wave("tasks", "w"), variable)


def shares_in(frame, variable):
    found = frame.query("variable == @variable and statistic == 'count' and subgroup == 'all'")
    found = found[found["category"].ne("not_reported") & found["category"].ne("")]
    return {
        one.category: (int(one.value), int(one.n)) for one in found.itertuples()
    }  # fmt: skip


def log():
    answers = pd.read_csv("data/processed/tasks/w/answers.csv", keep_default_na=False, dtype=str)
    return {(one.variable, one.answer): (one.value, one.reason) for one in answers.itertuples()}


def as_table(pairs):
    return "T1,T2,Age\n" + "".join(f"{one},{two},30\n" for one, two in pairs)


SAID = [
    ("1", "2"), ("1", "0"), ("1.0", "0.0"), ("Y", "N"), ("TRUE", "FALSE"), ("Oui", "Non"),
    ("Sí", "No"), ("Gewählt", "Nicht gewählt"), ("Quoted", "Not quoted"), ("Да", "Нет"),
    ("Checked", "Unchecked"), ("☑", "☐"),
]  # fmt: skip


def write_said(rows, keys=""):
    """Write a question for each way to say yes and no; a row tells who says it of which option."""
    codebook = "variables:\n" + "".join(
        f"  tools_{at}:\n    label: Tools\n    kind: multiple\n    {keys}\n"
        f"    question: {{w: {{options: {{saw: A{at}, file: B{at}}}}}}}\n"
        "    categories: {saw: Saw, file: File}\n"
        for at in range(len(SAID))
    )
    lines = [[word.format(yes=yes, no=no) for yes, no in SAID for word in row] for row in rows]
    head = [f"{option}{at}" for at in range(len(SAID)) for option in "AB"]
    write_tasks("".join(",".join(line) + "\n" for line in [head, *lines]), codebook)


def all_shares():
    """Return count and base of each answer, a question for each way to say yes and no."""
    assert problems() == []
    build_responses("tasks", "w")
    frame = estimate_wave("tasks", "w")
    return [shares_in(frame, f"tools_{at}") for at in range(len(SAID))]


def test_who_says_no_has_answered():
    said = [("{yes}", "{no}"), ("{no}", "{no}"), ("{no}", "{yes}"), ("{no}", "{no}")]
    write_said([*said, ("", ""), ("N/A", "-99")])
    assert all_shares() == [{"saw": (1, 4), "file": (1, 4)}] * len(SAID)
    write_said(said[:3], "base: ticked")
    assert all_shares() == [{"saw": (1, 2), "file": (1, 2)}] * len(SAID)


@pytest.mark.parametrize(
    "pairs",
    [[("Saw", ""), ("", "File"), ("", "")], [("T1", ""), ("", "T2"), ("", "")],
     [("x", ""), ("", "X"), ("", "")]],
)  # fmt: skip
def test_where_nobody_says_no_shares_are_of_those_who_ticked(pairs):
    write_tasks(as_table(pairs))
    assert shares() == {"saw": (1, 2), "file": (1, 2)}


@pytest.mark.parametrize(
    ("keys", "right"),
    [("base: answered", {"saw": (2, 3), "file": (1, 3)}),
     ("base: ticked", {"saw": (2, 3), "file": (1, 3)}),
     ("base: asked", {"saw": (2, 5), "file": (1, 5)})],
)  # fmt: skip
def test_a_blank_is_no_answer_in_a_column_that_says_no_of_others(keys, right):
    grid = [("Yes", "No"), ("Yes", ""), ("No", "Yes"), ("", "No"), ("", "")]
    write_tasks(as_table(grid), with_keys(keys))
    assert shares() == right


def test_a_sentence_says_whose_shares_it_tells():
    write_tasks(as_table([("Yes", "No"), ("Yes", ""), ("Yes", "Yes"), ("", "No"), ("", "No")]))
    build_responses("tasks", "w")
    view = open_view("tasks", "w", frame=estimate_wave("tasks", "w"))
    told = kind_of(view.described("tools")).finding(view, "tools")
    assert told == (
        "Of the 5 respondents who answered, “Saw” (three) was chosen most often, followed by "
        "“File” (one). Each share is of those who answered that option."
    )


def test_only_of_the_file_that_says_no_a_blank_is_no_answer():
    study = STUDY.replace("[w.csv]", "[w.csv, other.csv]")
    write_tasks(as_table([("1", "0"), ("0", ""), ("", "1")]), study=study)
    Path("data/raw/tasks/other.csv").write_text(as_table([("1", ""), ("", "1"), ("1", "1")]))
    assert shares() == {"saw": (3, 5), "file": (3, 5)}
    assert notices() == [
        "w: tools: rows that leave some options blank in a column that says no of others, and "
        "count in no share of these: 2. If a blank means that one is not chosen, write base: "
        "ticked or base: asked."
    ]


@pytest.mark.parametrize("base", ["answered", "ticked", "asked"])
def test_an_option_that_one_of_the_files_lacks_was_not_offered_there(base):
    study = STUDY.replace("[w.csv]", "[w.csv, other.csv]")
    write_tasks("T1,Age\nx,30\nx,31\n", with_keys(f"base: {base}"), study)
    Path("data/raw/tasks/other.csv").write_text(as_table([("", "x"), ("x", "x")]))
    assert shares() == {"saw": (3, 4), "file": (2, 2)}


def test_codes_of_options_and_a_code_for_no_are_told_apart():
    coded = TOOLS.replace("{saw: Saw, file: File}", "{saw: {label: Saw, code: 1}, "
                          "file: {label: File, code: 2}}")  # fmt: skip
    write_tasks(as_table([("1", ""), ("", "2"), ("1", "2")]), coded)
    assert shares() == {"saw": (2, 3), "file": (2, 3)}
    write_tasks(as_table([("1", "2"), ("2", "1"), ("2", "2")]), coded)
    assert shares() == {"saw": (1, 3), "file": (1, 3)}
    # Without a code, 2 may be the second option or a no.
    write_tasks(as_table([("1", ""), ("", "2"), ("1", "2")]))
    (problem,) = problems()
    assert problem.where == "column T2, rows 3, 4"
    assert "neither a tick of 'file' nor none: '2'" in problem.message
    write_tasks(as_table([("1", ""), ("", "2"), ("1", "2")]),
                with_keys("ticked: [1, 2]"))  # fmt: skip
    assert shares() == {"saw": (2, 3), "file": (2, 3)}


def test_an_unknown_value_is_an_error_that_names_its_rows_and_no_person():
    write_tasks(as_table([("often", ""), ("Zebedee", "1"), ("7", "-1")]))
    told = {problem.where: problem for problem in problems()}
    assert set(told) == {f"column T1, row {row}" for row in (2, 3, 4)} | {"column T2, row 4"}
    assert "ticked: or not_ticked: of tools" in told["column T1, row 2"].remedy
    assert "'7'" in told["column T1, row 4"].message
    assert "Zebedee" not in str(told)
    write_tasks(
        as_table([("often", ""), ("never", "1"), ("", "-1"), ("-8", "")]),
        TOOLS.replace("kind: multiple", "kind: multiple\n    ticked: often\n    not_ticked: never\n"
                      "    missing: {-1: Left out}"),
    )  # fmt: skip
    assert shares() == {"saw": (1, 2), "file": (1, 2)}
    assert log()["tools__file", "-1"] == ("", "missing by the codebook: Left out")
    assert log()["tools__saw", "-8"] == ("", "missing by its code or word")


def test_a_code_declared_missing_does_not_hide_what_two_means():
    write_tasks(as_table([("1", "2"), ("2", "1"), ("9", "9")]),
                with_keys("missing: {9: Not shown}"))  # fmt: skip
    assert shares() == {"saw": (1, 2), "file": (1, 2)}


def test_what_is_unlisted_ticks_no_option():
    write_tasks(as_table([("often", "x")]),
                with_keys("unlisted: file"))  # fmt: skip
    assert [problem.where for problem in problems()] == ["column T1, row 2"]
    write_tasks(as_table([("often", "x")]),
                with_keys("unlisted: missing"))  # fmt: skip
    assert shares() == {"saw": (0, 1), "file": (1, 1)}


def test_keys_that_a_kind_does_not_have_are_refused():
    codebook = """
variables:
  town:
    label: Town
    kind: single
    question: {w: T1}
    separator: ";"
    ticked: x
    decimal: comma
    categories: {a: {label: A, exclusive: true}, b: {label: B, typed: true}}
  tools:
    label: Tools
    kind: multiple
    question: {w: T2}
    ticked: [1, x]
    not_ticked: [1]
    categories: {a: {label: A, exclusive: true}}
"""
    write_tasks("T1,T2\nA,A\n", codebook)
    with pytest.raises(InvalidInput) as caught:
        open_cohort("tasks")
    assert {problem.where.removeprefix("variables.") for problem in caught.value.problems} == {
        *("town.separator", "town.ticked", "town.decimal", "town.categories.a.exclusive"),
        *("town.categories.b.typed", "tools.ticked", "tools.categories"),
    }


def test_typed_texts_tick_where_the_codebook_says_so():
    typed = TOOLS.replace("file: File}", "file: {label: File, typed: true}}")
    write_tasks(as_table([("Saw", "a rasp"), ("Saw", "no"), ("", "saw"), ("", "n/a")]), typed)
    assert shares() == {"saw": (3, 3), "file": (1, 3)}
    assert "rasp" not in Path("data/processed/tasks/w/answers.csv").read_text()
    write_tasks(as_table([("Saw", "a rasp")]), TOOLS.replace("File}", '"File (please specify)"}'))
    assert shares()["file"] == (1, 1)


def test_the_label_no_is_no_option_beside_yes():
    read = make_option_reader(
        Variable(label="Q", kind="multiple", categories={"a": "Yes", "b": "No"}),
        "w", "b", found={"a": ["Yes", "No"], "b": ["Yes", "No"]},
    )  # fmt: skip
    assert (read("Yes").value, read("No").value) == (("b",), ())


@given(st.text())
def test_a_column_of_an_option_is_never_ticked_by_an_unknown_text(text):
    variable = Variable(label="Q", kind="multiple", categories={"a": "Saw", "b": "File"})
    reading = make_option_reader(variable, "w", "a")(text)
    assert reading.value in {None, (), ("a",), ("b",)}
    if reading.value is None:
        assert reading.reason in {"blank", "unlisted", "missing by its code or word"}


JOINED = Variable(
    label="Wishes",
    kind="multiple",
    categories={
        "time": {"label": "Time", "code": 1},
        "read": {"label": "Reading, writing", "code": 2},
        "semi": {"label": "Tea; or coffee", "code": 3},
        "other": "Other",
    },
)


def read_joined(answers, **keys):
    kind, variable = kind_of(JOINED), JOINED.model_copy(update=keys)
    read = kind.make_reader(kind.suit(variable, "w", answers), "w")
    return [(reading.value, reading.reason) for reading in map(read, answers)]


@pytest.mark.parametrize("mark", [",", ", ", ";", "; ", "|", " | ", "\n", "\r\n"])
def test_what_joins_answers_is_found_where_they_are_listed(mark):
    labels = ["Time", "Reading, writing", "Tea; or coffee"]
    answers = [mark.join(labels), mark.join(labels[:2]), labels[1], labels[2], labels[0]]
    assert read_joined(answers) == [
        (value, "read")
        for value in (("time", "read", "semi"), ("time", "read"), ("read",), ("semi",), ("time",))
    ]
    assert read_joined([f"Time{mark}"]) == [(("time",), "read")]
    assert read_joined([mark.join("12")]) == [(("time", "read"), "read")]


@given(
    st.sampled_from([";", "|", "\n", ","]),
    st.lists(st.sampled_from(["time", "read", "semi"]), min_size=1, unique=True),
)
def test_joined_answers_come_back(mark, ticked):
    text = mark.join(JOINED.categories[name].label for name in ticked)
    keys = {"separator": [mark]}
    assert set(read_joined([text], **keys)[0][0]) == set(ticked)


def test_what_seems_joined_by_another_sign_is_no_other_answer():
    for unlisted in ("error", "missing", "other"):
        ((value, reason),) = read_joined(["Time; Fame"], unlisted=unlisted)
        assert (value, reason) == (None, "joined, it seems, by ';'")
    assert read_joined(["Time; Fame"], separator=[";"], unlisted="other") == [
        (("time", "other"), "read in part; the rest gathered under other")
    ]
    codebook = """
variables:
  wishes:
    label: Wishes
    kind: multiple
    question: {w: Wish}
    categories: {time: Time, other: Other}
    unlisted: other
"""
    write_tasks("Wish,Age\nTime|Fame,3\nTime,3\n", codebook)
    (problem,) = problems()
    assert problem.where == "column Wish, row 2"
    assert problem.remedy.startswith('Write separator: "|"')
    # Where the codebook names a sign that joins nothing, the one that does is told, once a file.
    rows = "Wish,Age\nTime|Fame,3\nFame|Time|Art,3\nTime,3\n"
    wrong = codebook.replace("unlisted: other", "unlisted: error").replace(
        "{time: Time,", "{time: Time, fame: Fame, art: Art,"
    )
    write_tasks(rows, wrong + '    separator: ";"\n')
    (problem,) = problems()
    assert problem.where == "column Wish, rows 2, 3"
    assert problem.remedy.startswith('Write separator: "|"')
    write_tasks("Wish,Age\nTime|Fame,3\nTime,3\n", codebook + '    separator: "|"\n')
    assert shares("wishes") == {"time": (2, 2), "other": (1, 2)}


EXCLUSIVE = "{saw: Saw, file: File, none: {label: None of these, exclusive: true}}"


def test_an_option_that_excludes_others_does_not_count_beside_them():
    codebook = TOOLS.replace("{saw: Saw, file: File}", EXCLUSIVE)
    joined = codebook.replace("{options: {saw: T1, file: T2}}", "T1")
    write_tasks('T1,Age\n"Saw,None of these",3\nNone of these,4\n"Saw,File",5\n', joined)
    assert shares() == {"saw": (2, 3), "file": (1, 3), "none": (1, 3)}
    assert log()["tools", "Saw, None of these"] == ("saw", "ticked with answers it excludes")
    apart = codebook.replace("file: T2}", "file: T2, none: T3}")
    write_tasks("T1,T2,T3,Age\nSaw,,None of these,3\n,,None of these,4\nSaw,File,,5\n", apart)
    assert shares() == {"saw": (2, 3), "file": (1, 3), "none": (1, 3)}
    answers = pd.read_csv("data/processed/tasks/w/answers.csv", keep_default_na=False, dtype=str)
    told = answers[answers["reason"].eq("ticked with answers it excludes")]
    assert told[["variable", "answer", "value", "times"]].to_numpy().tolist() == [
        ["tools__none", "None of these", "", "1"]
    ]


def test_declared_codes_are_missing_with_their_meaning():
    codebook = """
missing: {-9: Refused}
variables:
  mood:
    label: Mood
    kind: single
    question: {w: Mood}
    missing: [Cannot say, 99]
    categories: {good: {label: Good, code: 1}, poor: {label: Poor, code: 2}}
  rooms: {label: Rooms, kind: number, question: {w: Rooms}}
"""
    write_tasks("Mood,Rooms\n1,3\n-9,-9.0\n99,99\nCannot say,2\nPoor,\n", codebook)
    assert shares("mood") == {"good": (1, 2), "poor": (1, 2)}
    assert log()["mood", "-9"] == log()["rooms", "-9.0"] == ("", "missing by the codebook: Refused")
    assert log()["mood", "99"][1] == "missing by the codebook: 99"
    rows = pd.read_parquet("data/processed/tasks/w/responses.parquet")
    assert rows["rooms"].dropna().tolist() == [3, 99, 2]


def test_labelled_missing_values_of_spss_are_missing_and_labels_of_numbers_are_numbers():
    codebook = """
variables:
  mood:
    label: Mood
    kind: single
    question: {w: mood}
    categories: {good: Good, poor: {label: Bad, code: 2}}
  rooms: {label: Rooms, kind: count, question: {w: rooms}}
  pets:
    label: Pets
    kind: multiple
    question: {w: {options: {cat: cat, dog: dog}}}
    categories: {cat: Cat, dog: Dog}
"""
    write_tasks("", codebook, STUDY.replace("w.csv", "w.sav"))
    frame = pd.DataFrame(
        {
            "mood": [1.0, 2.0, 8.0, 9.0],
            "rooms": [0.0, 5.0, 98.0, 2.0],
            "cat": [1.0, 0.0, 9.0, None],
            "dog": [0.0, 0.0, 9.0, None],
        }
    )
    answers = {0: "Not quoted", 1: "Quoted", 9: "Not shown"}
    pyreadstat.write_sav(
        frame, Path("data/raw/tasks/w.sav"),
        variable_value_labels={
            "mood": {1: "Good", 2: "Poor", 8: "Refused", 9: "No answer"},
            "rooms": {0: "None", 5: "5 or more", 98: "Refused"}, "cat": answers, "dog": answers,
        },
        missing_ranges={
            "mood": [{"lo": 8, "hi": 9}], "rooms": [98], "cat": [9], "dog": [9],
        },
    )  # fmt: skip
    assert shares("mood") == {"good": (1, 2), "poor": (1, 2)}
    assert shares("pets") == {"cat": (1, 2), "dog": (0, 2)}
    rows = pd.read_parquet("data/processed/tasks/w/responses.parquet")
    assert rows["rooms"].dropna().tolist() == [0, 5, 2]
    assert log()["mood", "Refused"] == ("", "missing in SPSS: Refused")
    assert log()["rooms", "Refused"] == ("", "missing in SPSS: Refused")


def test_a_weight_that_spss_declares_missing_is_none():
    codebook = "variables:\n  mood: {label: Mood, kind: count, question: {w: mood}}\n"
    study = STUDY.replace("w.csv", "w.sav").replace("status: null", "status: null, weight: each")
    write_tasks("", codebook, study)
    frame = pd.DataFrame({"mood": [1.0, 2.0, 3.0], "each": [2.0, 0.5, -9.0]})
    pyreadstat.write_sav(frame, Path("data/raw/tasks/w.sav"), missing_ranges={"each": [-9]})
    assert problems() == []
    build_responses("tasks", "w")
    rows = pd.read_parquet("data/processed/tasks/w/responses.parquet")
    assert rows["role:weight"].fillna(0).tolist() == [2, 0.5, 0]


AMOUNTS = """
variables:
  hours: {label: Hours, kind: number, unit: hours, question: {w: H}}
  pay: {label: Pay, kind: money, question: {w: P}}
"""


def numbers():
    build_responses("tasks", "w")
    rows = pd.read_parquet("data/processed/tasks/w/responses.parquet")
    return [rows[name].tolist() for name in ("hours", "pay")]


def test_decimal_commas_are_known_in_files_cut_at_semicolons_or_by_the_codebook():
    text = "H;P\n2,5;1.250,00\n1,125;900,5\n0,75;20 - 30,000\n8;12 000,00\n"
    right = [[2.5, 1.125, 0.75, 8], [1250, 900.5, 25_000, 12_000]]
    write_tasks(text, AMOUNTS)
    assert numbers() == right
    cells = [line.split(";") for line in text.splitlines()]
    quoted = "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in cells)
    write_tasks(quoted, AMOUNTS)
    found = [one for one in check_rows(open_cohort("tasks")) if not isinstance(one, str)]
    assert [one.where for one in found] == ["column H, rows 2, 3", "column P, row 3"]
    assert all("decimal: comma" in one.remedy for one in found)
    write_tasks(quoted, AMOUNTS, STUDY.replace("status: null", "status: null, decimal: comma"))
    assert numbers() == right
    write_tasks(quoted, AMOUNTS.replace("kind:", "decimal: comma, kind:"))
    assert numbers() == right
    # Points for decimals, though the cells are cut at semicolons.
    write_tasks("H;P\n2.5;1,250\n8;900.50\n", AMOUNTS)
    assert numbers() == [[2.5, 8], [1250, 900.5]]


def test_a_file_of_another_layout_is_described_in_the_study():
    study = STUDY.replace("status: null", "status: null, header_rows: 2, encoding: cp1250")
    codebook = "variables:\n  town:\n    label: Town\n    kind: single\n    question: {w: Town}\n"
    codebook += "    categories: {a: Łódź, b: Kraków}\n"
    write_tasks("q1,q2\nTown,Age\nŁódź,3\nKraków,4\n", codebook, study, encoding="cp1250")
    assert shares("town") == {"a": (1, 2), "b": (1, 2)}
    write_tasks("", codebook, STUDY.replace("status: null", "status: null, encoding: klingon"))
    with pytest.raises(InvalidInput, match="'klingon' is no encoding"):
        open_cohort("tasks")


NONE = TOOLS.replace("file: T2", "file: T2, none: T3").replace(
    "file: File}", "file: File, none: {label: None of the above}}"
)


def notices():
    found = list(check_rows(open_cohort("tasks")))
    assert all(isinstance(one, str) for one in found)
    return found


def test_none_of_the_above_beside_other_answers_is_told_until_the_codebook_says_what_it_is():
    text = "T1,T2,T3,Age\n1,0,0,30\n1,0,1,31\n0,0,1,32\n"
    write_tasks(text, NONE)
    assert notices() == [
        "w: tools: 1 row has 'None of the above' beside other answers. If it excludes them, write "
        "exclusive: true under categories.none."
    ]
    write_tasks(text, NONE.replace("above}", "above, exclusive: true}"))
    assert notices() == []
    write_tasks("T1,T2,T3,Age\n1,0,0,30\n0,0,1,31\n", NONE)
    assert notices() == []
    write_tasks(text, NONE.replace("None of the above", "Nenhum problema"))
    assert "'Nenhum problema' beside other answers" in notices()[0]
    # An answer that only begins with such a word says something of its own.
    write_tasks(text, NONE.replace("None of the above", "Nothing sharper than a pencil"))
    assert notices() == []


def test_money_without_a_currency_is_told_and_an_answer_that_names_one_is_refused():
    study = STUDY.replace("currency: EUR\n", "")
    codebook = "variables:\n  pay: {label: Pay, kind: money, question: {w: P}}\n"
    write_tasks("P\n100\n1250.50\n", codebook, study)
    (told,) = notices()
    assert told.startswith("w: pay: is an amount of money without a currency")
    build_responses("tasks", "w")
    rows = pd.read_parquet("data/processed/tasks/w/responses.parquet")
    assert rows["pay"].tolist() == [100, 1250.5]
    write_tasks("P\n100\n$40\n", codebook, study)
    (problem,) = problems()
    assert "names a currency, and the study has none" in str(problem)
    assert "Write currency: in study.yaml" in str(problem)


def test_what_is_listed_nowhere_is_named_once_however_it_is_combined():
    codebook = """
variables:
  pests:
    label: Pests
    kind: multiple
    question: P
    separator: ","
    categories: {ants: Ants, mice: Mice, moths: "Moths, or beetles"}
"""
    cells = ["Ants", "Ants, Rats", "Mice, Rats", "rats, Moths, or beetles", *["Rats"] * 9]
    write_tasks("P\n" + "\n".join(f'"{one}"' for one in cells) + "\n", codebook)
    (problem,) = problems()
    assert problem.where == "column P, rows 3, 4, 5, 6, 7 and 7 more"
    assert problem.message.startswith(
        "holds an answer that is not among the choices of pests: 'Rats'"
    )


def test_a_code_that_is_missing_elsewhere_is_told_where_it_is_read_as_a_number():
    text = "H,P\n2,999\n999,900\n3,-9\n-9,12\n4,5\n"
    codes = AMOUNTS.replace("unit: hours,", "unit: hours, missing: [999, -9, 12],")
    write_tasks(text, codes)
    found = [one for one in check_rows(open_cohort("tasks")) if isinstance(one, str)]
    told = [one for one in found if "as no answer" in one]
    assert [one[: one.index(". If")] for one in told] == [
        "w: pay: rows with -9, which hours has as no answer: 1",
        "w: pay: rows with 999, which hours has as no answer: 1",
    ]
    write_tasks(text, codes.replace("kind: money,", "kind: money, missing: [999, -9],"))
    found = [one for one in check_rows(open_cohort("tasks")) if isinstance(one, str)]
    assert not [one for one in found if "as no answer" in one]


def test_many_answers_that_cannot_be_read_are_told_with_their_reasons():
    rows = ["2,5 EUR", "soon,6 USD", "many,7", *["4,8"] * 7, ",9"]
    write_tasks("H,P\n" + "\n".join(rows) + "\n", AMOUNTS)
    found = [one for one in check_rows(open_cohort("tasks")) if isinstance(one, str)]
    assert [one.partition(" See")[0] for one in found if "not used" in one] == [
        "w: hours: 2 of 10 answers are not used (not a number: 2, as in row 3).",
        "w: pay: 1 of 11 answers are not used (another currency: 1, as in row 3).",
    ]
    write_tasks("H,P\nmany,1\n" + "4,8\n" * 20, AMOUNTS)
    found = [one for one in check_rows(open_cohort("tasks")) if isinstance(one, str)]
    assert not [one for one in found if "not used" in one]
