"""What `altcred check` passes, the build builds: descriptions and exports drawn at random."""

import os
import re
import tempfile
from pathlib import Path

import pytest
from any_cohort import cohorts, write_files
from hypothesis import HealthCheck, given, settings
from small_cohort import STUDY as SMALL_STUDY
from small_cohort import small_people, write_cohort
from whole_build import build_cohort

from altcred.build.checkup import check_cohort

# Seams where a number or a name was lacking.
SEAM = re.compile(r"\bnan\b|\binf\b|undefined|\(\)")
SLOW = list(HealthCheck)


def check_and_build(files: dict[str, str]) -> None:
    """Check a cohort in a folder of its own; build it where nothing is wrong."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALTCRED_KEYS", os.path.join(folder, "keys"))
        write_files(files, Path(folder))
        os.chdir(folder)
        try:
            _, problems = check_cohort("any")
            if not problems:
                shown = build_cohort("any")
                assert not [text for text in shown.texts if SEAM.search(text)]
                text = "\n".join(shown.texts)
                referred = re.findall(r"(?<![\w\\`])@(sec-[\w-]*\w)", text)
                assert {*referred} <= {*re.findall(r"\{#([\w-]+)", text)}
                labels = [about["label"] for about in shown.about]
                assert len(labels) == len(set(labels))
        finally:
            os.chdir(before)
    for problem in problems:
        assert problem.message
        assert not re.search(r"\^\[|Input should|pydantic|Traceback", str(problem))


@settings(max_examples=10, suppress_health_check=SLOW)
@given(cohorts())
def test_what_check_passes_is_built(files: dict[str, str]) -> None:
    check_and_build(files)


@pytest.mark.long
@settings(max_examples=600, suppress_health_check=SLOW, derandomize=False)
@given(cohorts())
def test_what_check_passes_is_built_of_many(files: dict[str, str]) -> None:
    check_and_build(files)


CODEBOOK = """
variables:
  town: {label: Town, kind: single, categories: {old: Old town, new: New town}}
  rooms: {label: Rooms, kind: count}
  likes: {label: Likes, kind: multiple, separator: ";", categories: {sea: Sea, hill: Hills}}
"""
STUDY = """
name: any
title: Any
waves:
  one: {label: One, exports: [one.csv], submitted: null, status: null}
  two: {label: Two, exports: [two.csv], submitted: null, status: null}
panels: [{first: one, second: two, rules: [{name: code, keys: [rooms]}]}]
groups: [{by: town}]
disclosure: {minimum: MINIMUM}
"""
HEAD = "town,rooms,likes\n"
MANY = HEAD + "".join(f"{('Old', 'New')[at % 2]} town,{at},Sea;Hills\n" for at in range(20))


@pytest.mark.parametrize(
    ("one", "two", "minimum"),
    [
        (HEAD + "Old town,1,Sea\n", MANY, 0),  # one respondent, one pair
        (HEAD + "Old town,99,Sea\n", HEAD + "Old town,98,\n", 0),  # one row each, no pair
        (HEAD + "Old town,1,\nOld town,2,\n", HEAD + "Old town,1,\nOld town,2,\n", 0),  # two pairs
        (
            HEAD + "Old town,4,\n" * 30,
            MANY,
            1000,
        ),  # one category, the same number, and nobody likes any
        (HEAD + ",,Sea\n" * 30, HEAD + ",3,\n" * 30, 3),  # questions that nobody answered
    ],
)
def test_few_and_equal_answers_are_built(one: str, two: str, minimum: int) -> None:
    check_and_build(
        {
            "cohorts/any/study.yaml": STUDY.replace("MINIMUM", str(minimum)),
            "cohorts/any/codebook.yaml": CODEBOOK,
            "data/raw/any/one.csv": one,
            "data/raw/any/two.csv": two,
        }
    )


@pytest.mark.parametrize(
    ("export", "told"),
    [
        ("", "is empty"),
        (HEAD, "no responses"),
        (HEAD + ",,\n" * 3, "no response that can be kept"),
        ("town,rooms\nOld town,1\n", "'likes / Likes': is not in the export"),
        ("\x00\x01\x02", "one.csv"),
    ],
)
def test_exports_without_answers_are_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    study = STUDY.replace("MINIMUM", "0")
    write_files(
        {"cohorts/any/study.yaml": study, "cohorts/any/codebook.yaml": CODEBOOK,
         "data/raw/any/one.csv": export, "data/raw/any/two.csv": MANY}, tmp_path
    )  # fmt: skip
    problems = check_cohort("any")[1]
    assert any(told in str(one) for one in problems), problems


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / "keys"))
    study = SMALL_STUDY.replace("reconstructed: true", "reconstructed: false")
    write_cohort(small_people("begin"), small_people("end"), study=study)
    return tmp_path


def problems_of_small() -> list[str]:
    return [str(one).partition("small/")[2] for one in check_cohort("small")[1]]


def test_lacking_columns_and_unlisted_answers_are_told_at_once(small: Path) -> None:
    path = small / "data/raw/small/begin.csv"
    text = path.read_text(encoding="utf-8-sig")
    text = text.replace("QID6_TEXT", "QID66_TEXT").replace("Female", "Fem")
    path.write_text(text.replace("2020-01-01", "yesterday"), encoding="utf-8-sig")
    told = "\n".join(problems_of_small())
    assert "column 'QID6_TEXT': is not in the export" in told
    assert "holds an answer that is not among the choices of gender" in told
    assert "holds a time that cannot be read" in told


def test_a_description_with_a_mistake_does_not_keep_back_what_else_is_wrong(small: Path) -> None:
    path = small / "data/raw/small/end.csv"
    text = path.read_text(encoding="utf-8-sig").replace("Male", "Man")
    path.write_text(text, encoding="utf-8-sig")
    codebook = small / "cohorts/small/codebook.yaml"
    text = codebook.read_text(encoding="utf-8").replace(
        "ticks: {benefits: [job", "ticks: {benefits: [jb"
    )
    codebook.write_text(text, encoding="utf-8")
    told = problems_of_small()
    assert any("Write job." in one for one in told)
    assert any("not among the choices of gender" in one for one in told)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("chapters.yaml", "2-survey: [{section: a, items: [gender]}]", "Write 02-survey."),
        ("chapters.yaml", "02-survey: [{section: a, items: [{variable: gender, chart: share}]}]",
         "'share' is no chart. Write shares."),
        ("chapters.yaml", "02-survey: [{section: a, items: [{variable: gender, chart: shares, "
         "options: {fallling: true}}]}]", "Write falling."),
        ("chapters.yaml", "02-survey: [{section: a, items: [{variable: gender, chart: pairs}]}]",
         "'pairs' is of two surveys"),
        ("text/02-survey/age.md", "{{ age.meadian }}", "Write median."),
        ("text/02-survey/age.md", "{{ agee.median }}", "Write age."),
        ("text/02-survey/age.md", "{{ age.median", "line 1: holds a lookup or condition that"),
        ("text/02-survey/age.md", "{% wenn x %}", "line 1: holds a lookup or condition that"),
        ("text/02-survey/age.md", "x\n\n{{ begin.gender.share('femal') }}", "line 3: 'femal'"),
        ("prices.yaml", "plans: {a: {}}", "prices.yaml"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_two_files_is_checked(
    small: Path, file: str, text: str, told: str
) -> None:
    write_files({f"cohorts/small/{file}": text}, small)
    problems = problems_of_small()
    assert any(told in one for one in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "here: Here, elsewhere",
            "here: Here, HERE: Nowhere, elsewhere",
            "is here as well, but for",
        ),
        ("  comment:\n", "  benefits__job:\n", "uses itself, for job of benefits"),
        ("  comment:\n", "  row:\n", "uses itself"),
    ],
)
def test_names_that_the_engine_cannot_tell_apart_are_refused(
    small: Path, old: str, new: str, told: str
) -> None:
    path = small / "cohorts/small/codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    problems = problems_of_small()
    assert any(told in one for one in problems), problems


def test_a_check_tells_how_much_there_is(small: Path) -> None:
    path = small / "cohorts/small/codebook.yaml"
    text = path.read_text(encoding="utf-8")
    condition = "    asked_if: {country: [Chad]}\n    question: {end: {id: QID9}}"
    path.write_text(text.replace("    question: {end: {id: QID9}}", condition), encoding="utf-8")
    notes, problems = check_cohort("small")
    assert problems == []
    assert "begin: begin.csv (qualtrics): 30 rows, 30 kept." in [one.lower() for one in notes]
    assert "end: nobody was asked applied: look at asked_if: and asked_since:." in notes


def test_a_check_tells_of_a_part_that_nobody_is_in(small: Path) -> None:
    path = small / "cohorts/small/study.yaml"
    said = "subgroups:\n  far: {label: From afar, where: {country: [Chad]}}\n"
    path.write_text(path.read_text(encoding="utf-8") + said, encoding="utf-8")
    notes, problems = check_cohort("small")
    assert problems == []
    assert "begin: nobody is in the subgroup far: look at where: of it." in notes


def test_a_mistake_is_told_without_what_follows_from_it(small: Path) -> None:
    path = small / "cohorts/small/study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name: small", "name: smal"), encoding="utf-8")
    assert [one.partition(": ")[2] for one in problems_of_small()] == [
        "name: 'smal' is not the folder's name. Write small."
    ]
    written = re.search(r"exports: \[.*\]", text)[0]
    path.write_text(text.replace(written, "exports: [../x.csv]"), encoding="utf-8")
    assert any("lies outside" in one for one in problems_of_small())
    assert not any("is not in the export" in one for one in problems_of_small())
    path.write_text(text.replace(written, "exports: [.]"), encoding="utf-8")
    told = [str(one) for one in check_cohort("small")[1]]
    assert any("is a folder, not a file" in one for one in told)
