import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from small_cohort import STUDY, write_cohort

from altcred.core.description import read_yaml
from altcred.core.errors import InvalidInput
from altcred.describe.folders import first_cohort
from altcred.describe.study import load_study


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
    assert problems["waves.begin.labl"].remedy == "Write label."


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(
        st.sampled_from(
            ["NO", "no", "on", "y", "~", "", "null", "true", "True", "0o17", "0x1F", "010", "0b11",
             "1_000", "-0", "+12", "1e3", ".5", "-.inf", "2020-10-01", "12:30", "<", "1.", "1.0"]
        ),
        st.integers().map(str),
        st.floats(allow_nan=False).map(str),
        st.text(st.characters(categories=["L", "N"], max_codepoint=0x24F), max_size=12),
    )
)  # fmt: skip
def test_a_plain_word_means_what_ruamel_takes_it_for(tmp_path_factory, word):
    path = tmp_path_factory.mktemp("yaml") / "x.yaml"
    text = f"key: {word}\nothers: [{word}]\n"
    path.write_text(text, encoding="utf-8")
    expected = YAML(typ="safe", pure=True).load(text)
    found = read_yaml(path)
    if re.fullmatch(r"0[0-9_]*[0-9]", word):
        # What an export has with noughts before it is a code, in which they count.
        expected = {"key": word, "others": [word]}
    assert found == expected
    assert type(found["key"]) is type(expected["key"])


def test_the_shipped_descriptions_are_read_as_ruamel_reads_them(root):
    paths = sorted((root / "cohorts").rglob("*.yaml"))
    assert len(paths) > 8
    for path in paths:
        expected = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        assert read_yaml(path) == expected, path


def test_the_first_cohort_is_that_of_the_parameters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("cohorts:\n  b: {cohort: b}\n  a: {cohort: a}\n")
    assert first_cohort() == "b"
    (tmp_path / "params.yaml").write_text("cohorts: {}\n")
    with pytest.raises(InvalidInput, match="lists no cohort"):
        first_cohort()
