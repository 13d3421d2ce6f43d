"""One question whose answers stand in several columns, of which each row fills at most one."""

from pathlib import Path

import pandas as pd
import pytest

from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput, Problem
from altcred.describe.cohort import open_cohort

STUDY = """
name: degrees
title: Degrees
waves:
  w: {label: W, exports: [a.csv], submitted: null, status: null}
"""
CODEBOOK = """
variables:
  degree:
    label: Degree
    kind: single
    question: {text: What is your degree?, coalesce: [DE, UK]}
    categories: {school: {label: School, answers: [Abitur, A levels]}, none: No degree}
  age: {label: Age, kind: count, question: Age}
"""


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write(*texts, codebook=CODEBOOK):
    for folder in ("cohorts/degrees", "data/raw/degrees"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    names = ["a.csv", "b.csv"][: len(texts)]
    study = STUDY.replace("[a.csv]", f"[{', '.join(names)}]")
    Path("cohorts/degrees/study.yaml").write_text(study, encoding="utf-8")
    Path("cohorts/degrees/codebook.yaml").write_text(codebook, encoding="utf-8")
    for name, text in zip(names, texts, strict=True):
        Path("data/raw/degrees", name).write_text(text, encoding="utf-8")


def problems():
    return [one for one in check_rows(open_cohort("degrees")) if isinstance(one, Problem)]


def degrees():
    assert problems() == []
    build_responses("degrees", "w")
    rows = pd.read_parquet("data/processed/degrees/w/responses.parquet")
    return rows["degree"].astype(object).where(rows["degree"].notna(), None).tolist()


def test_the_answer_of_a_row_is_whichever_column_has_one():
    write("DE,UK,Age\nAbitur,,30\n,A levels,40\nN/A,No degree,50\n,,60\nAbitur,abitur,70\n")
    assert degrees() == ["school", "school", "none", None, "school"]


def test_each_column_counts_as_described():
    # What stands there is no answer to a question outside the codebook.
    write("DE,UK,Age\nAbitur,,30\n,A levels,\n")
    assert degrees() == ["school", "school"]


def test_two_answers_in_one_row_stop_the_check_and_the_build():
    write("DE,UK,Age\nAbitur,,30\nAbitur,No degree,40\n")
    message = "row 3: holds different answers in columns DE, UK"
    assert [message in str(one) for one in problems()] == [True]
    with pytest.raises(InvalidInput, match=message):
        build_responses("degrees", "w")


def test_a_column_that_is_not_there_stops_the_check():
    write("DE,Age\nAbitur,30\n")
    assert any("UK" in str(one) and "is not there" in str(one) for one in problems())


def test_a_file_that_lacks_all_of_them_did_not_ask():
    write("DE,UK,Age\nAbitur,,30\n", "Age\n40\n")
    assert degrees() == ["school", None]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("{name: Age, coalesce: [DE, UK]}", "beside those to coalesce"),
        ("{coalesce: [DE, DE]}", "is named twice"),
        ("{coalesce: [DE, Age]}", "is taken for degree and age alike"),
    ],
)
def test_columns_are_named_once(question, message):
    written = CODEBOOK.replace("{text: What is your degree?, coalesce: [DE, UK]}", question)
    write("DE,UK,Age\nAbitur,,30\n", codebook=written)
    try:
        found = problems()
    except InvalidInput as error:
        found = error.problems
    assert any(message in str(one) for one in found)


def test_columns_are_named_by_wave():
    written = CODEBOOK.replace("coalesce: [DE, UK]", "coalesce: ['{name}_{wave}', UK]")
    write("degree_w,UK,Age\nAbitur,,30\n,No degree,40\n", codebook=written)
    assert degrees() == ["school", "none"]


ORDER = """
variables:
  wants:
    label: What matters
    kind: rank
    question: {places: [First, Second, Third]}
    categories: {pay: Pay, time: {label: Time, code: 2}, team: A team}
  age: {label: Age, kind: count, question: Age}
"""
HEAD = "First,Second,Third,Age\n"


def places():
    assert problems() == []
    build_responses("degrees", "w")
    rows = pd.read_parquet("data/processed/degrees/w/responses.parquet")
    wanted = rows[[f"wants__{one}" for one in ("pay", "time", "team")]]
    return [[None if cell != cell else cell for cell in row] for row in wanted.to_numpy()]


def test_options_in_the_columns_of_their_places_are_an_order():
    rows = "Pay,Time,A team,30\nA team,,,40\n,2,Pay,50\n,,,60\nTime,N/A,N/A,70\n"
    write(HEAD + rows, codebook=ORDER)
    assert places() == [
        [1, 2, 3],
        [None, None, 1],
        # Nobody is moved up to a place that was left empty.
        [3, 2, None],
        [None, None, None],
        [None, 1, None],
    ]
    answers = pd.read_csv("data/processed/degrees/w/answers.csv")
    assert "Pay > Time > A team" in answers["answer"].tolist()


def test_an_option_in_two_places_and_one_that_is_none_are_told():
    write(HEAD + "Pay,Pay,Time,30\nPay,Time,,40\n", codebook=ORDER)
    assert places() == [[None, None, None], [1, 2, None]]
    write(HEAD + "Pay,Fame,Time,30\n", codebook=ORDER)
    (problem,) = problems()
    assert "not among the choices of wants" in problem.message
    write("First,Second,Age\nPay,Time,30\n", codebook=ORDER)
    (problem,) = problems()
    assert "is not there, though other columns of the question are" in problem.message


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("{places: [First, First]}", "is named twice"),
        ("{name: First, places: [Second]}", "names a column beside places"),
        ("{coalesce: [First], places: [Second]}", "stands beside coalesce"),
    ],
)
def test_columns_of_places_are_named_once(question, message):
    codebook = ORDER.replace("{places: [First, Second, Third]}", question)
    write(HEAD + "Pay,Time,A team,30\n", codebook=codebook)
    with pytest.raises(InvalidInput, match=message):
        build_responses("degrees", "w")


def test_places_are_of_an_order():
    write(HEAD + "Pay,Time,A team,30\n", codebook=ORDER.replace("kind: rank", "kind: single"))
    with pytest.raises(InvalidInput, match="is for kind rank"):
        build_responses("degrees", "w")
