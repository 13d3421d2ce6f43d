from pathlib import Path

import pytest
from small_cohort import STUDY, write_cohort

from altcred.errors import InvalidInput
from altcred.study import load_study


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def problems_of(study):
    write_cohort(study=study)
    with pytest.raises(InvalidInput) as caught:
        load_study("small")
    assert all(
        problem.file == str(Path("cohorts/small/study.yaml")) for problem in caught.value.problems
    )
    return {problem.where: problem for problem in caught.value.problems}


def test_the_small_study_is_valid():
    write_cohort()
    study = load_study("small")
    assert study.programs_of("short") == ["knots"]
    assert study.panel_of("begin", "end").rules[0].keys == ["email"]
    assert study.waves["begin"].email_locators == ["QID90_TEXT", "recipientEmail"]
    with pytest.raises(KeyError):
        study.panel_of("end", "begin")


def test_a_missing_study_is_named():
    with pytest.raises(InvalidInput, match="no such file"):
        load_study("small")


def test_all_problems_are_reported_at_once():
    study = (
        STUDY.replace("title: A small study\n", "")
        .replace("keep: first", "keep: best")
        .replace("minimum: 0", "minimum: -1")
        .replace("label: Begin", "labl: Begin")
    )
    problems = problems_of(study)
    assert {"title", "duplicates.keep", "disclosure.minimum", "waves.begin.labl"} <= set(problems)
    assert "spelling" in problems["waves.begin.labl"].remedy


def test_names_that_nothing_defines_are_named():
    study = (
        STUDY.replace("type: long}", "type: longer}")
        .replace("second: end", "second: final")
        .replace("name: small", "name: other")
    )
    problems = problems_of(study)
    assert "name" in problems
    assert "programs.stars.type" in problems
    assert any(where.startswith("panels") for where in problems)


def test_several_programs_need_a_column_that_tells_them_apart():
    problems = problems_of(STUDY.replace("    program: Program\n", "", 1))
    assert "waves.begin.program" in problems


def test_a_key_written_twice_and_broken_yaml_are_refused():
    assert "not valid YAML" in next(iter(problems_of(STUDY + "title: Again\n").values())).message
    assert "not valid YAML" in next(iter(problems_of("a: [b\n").values())).message
    assert problems_of("- a\n")


def test_no_is_a_text_and_not_the_truth_value_false():
    study = STUDY.replace("answers: [Knot tying]", "answers: [no, off, 'y']")
    write_cohort(study=study)
    assert load_study("small").programs["knots"].answers == ["no", "off", "y"]
