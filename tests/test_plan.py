"""What is built follows from the studies, and params.yaml says so."""

import shutil
from pathlib import Path

import pytest
from small_cohort import STUDY, write_cohort

from altcred.core.errors import InvalidInput
from altcred.describe.folders import comparison_folder, panel_folder
from altcred.describe.plan import is_up_to_date, plan_pipeline, write_plan
from altcred.describe.study import StudyFile, load_study

# A cohort with one survey of real people, and nothing else.
REAL = """
name: real
title: A survey
program_types: {one: {label: One}}
programs: {one: {label: One, type: one}}
waves: {spring: {label: Spring, exports: [a.csv]}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").touch()
    return tmp_path


def describe(name: str, text: str = REAL) -> Path:
    folder = Path("cohorts", name)
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(text.replace("name: real", f"name: {name}"))
    return folder


def make_study(waves: str, pairs: list[str], **more: object) -> StudyFile:
    return StudyFile.model_validate(
        {
            "name": "s",
            "title": "S",
            "program_types": {"one": {"label": "One"}},
            "programs": {"one": {"label": "One", "type": "one"}},
            "waves": {wave: {"label": wave, "exports": ["a.csv"]} for wave in waves},
            "panels": [
                {"first": a, "second": b, "rules": [{"name": "email", "keys": ["email"]}]}
                for a, b in pairs
            ],
            **more,
        }
    )


def test_the_parameters_are_as_the_studies_say(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert is_up_to_date(), "run `altcred plan`"
    lines = [line for lines in plan_pipeline().values() for line in lines.values()]
    cohorts = {line["cohort"] for line in lines}
    # Described, and not built: its raw export is not shipped.
    assert (root / "cohorts/freecodecamp-2016/study.yaml").is_file()
    assert cohorts == {"hollands-2023", "baseline-2017"}


def test_one_survey_of_real_people_leaves_the_other_blocks_empty() -> None:
    describe("real")
    blocks = plan_pipeline()
    assert {name: lines for name, lines in blocks.items() if lines} == {
        "waves": {"real-spring": {"cohort": "real", "wave": "spring"}},
        "cohorts": {"real": {"cohort": "real"}},
    }
    write_plan()
    assert "panels: {}\n" in Path("params.yaml").read_text()
    assert is_up_to_date()


def test_an_empty_block_is_no_error_of_the_pipeline(root: Path, project: Path) -> None:
    from dvc.repo import Repo

    for name in ("dvc.yaml", "notebooks/dvc.yaml", ".dvc/config"):
        (project / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(root / name, project / name)
    (project / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
    describe("real")
    write_plan()
    stages = {stage.addressing for stage in Repo(project).index.stages}
    assert stages == {
        *("notebooks/dvc.yaml:rooms", "responses@real-spring", "survey@real-spring"),
        *("gather@real", "summary@real", "report@real", "metrics@real"),
    }


def test_files_and_keys_of_a_cohort_decide_its_steps() -> None:
    write_cohort(study=STUDY + "series: real\ncosts: [end]\n")
    describe("real")
    describe("later", REAL + "build: false\n")
    with pytest.raises(InvalidInput) as refused:
        plan_pipeline()
    lacking = [problem.file for problem in refused.value.problems]
    assert lacking == [
        f"cohorts/small/{name}" for name in ("reconstruction.yaml", "published.csv", "prices.yaml")
    ]
    for name in ("reconstruction.yaml", "published.csv", "relations.yaml", "prices.yaml"):
        Path("cohorts/small", name).touch()
    blocks = plan_pipeline()
    pair = {"cohort": "small", "first": "begin", "second": "end"}
    assert blocks["panels"] == {"small": {**pair, "folder": "panel"}}
    assert blocks["comparisons"] == {"small": {**pair, "folder": "comparison"}}
    assert blocks["costs"] == {"small": {"cohort": "small", "wave": "end"}}
    assert blocks["series"] == {"small-real": {"cohort": "small", "earlier": "real"}}
    assert blocks["trends"] == {"small": {"cohort": "small"}}
    assert list(blocks["reproductions"]) == list(blocks["reconstructions"]) == ["small"]
    assert list(blocks["cohorts"]) == ["real", "small"]


def test_a_series_leads_back_to_cohorts_that_are_built() -> None:
    describe("real", REAL + "series: before\n")
    with pytest.raises(InvalidInput, match="'before' is no cohort"):
        plan_pipeline()
    before = describe("before", REAL + "build: false\n") / "study.yaml"
    with pytest.raises(InvalidInput, match="'before' is no cohort that is built"):
        plan_pipeline()
    before.write_text(before.read_text().replace("build: false", "series: real"))
    with pytest.raises(InvalidInput, match="no cohort comes after itself"):
        plan_pipeline()


def test_comments_and_the_order_of_cohorts_stay_the_authors_own() -> None:
    describe("a-first")
    describe("b-second")
    Path("params.yaml").write_text(
        "# Of mine.\nwaves:\n  x: {cohort: gone, wave: y}\n\n# Theirs.\nmine: 1\n"
        "cohorts:\n  b-second: {cohort: b-second}\n"
    )
    assert not is_up_to_date()
    write_plan()
    assert is_up_to_date()
    written = Path("params.yaml").read_text()
    assert written.startswith(
        "# Of mine.\nwaves:\n"
        "  b-second-spring: {cohort: b-second, wave: spring}\n"
        "  a-first-spring: {cohort: a-first, wave: spring}\n"
        "\n# Theirs.\nmine: 1\n"
        "cohorts:\n  b-second: {cohort: b-second}\n  a-first: {cohort: a-first}\n\n"
    )


def test_names_that_are_numbers_or_truth_values_stay_names() -> None:
    describe("2024", REAL.replace("name: real", 'name: "2024"').replace("spring", "no"))
    write_plan()
    assert is_up_to_date()
    assert '2024-no: {cohort: "2024", wave: "no"}' in Path("params.yaml").read_text()


def test_two_lines_of_one_name_are_told() -> None:
    panels = "panels:\n" + "".join(
        f"- {{first: {a}, second: {b}, rules: [{{name: email, keys: [email]}}]}}\n"
        for a, b in ("ab", "bc")
    )
    waves = "waves:\n" + "".join(f"  {w}: {{label: W, exports: [w.csv]}}\n" for w in "abc")
    text = REAL.partition("waves:")[0] + waves + panels
    describe("x", text)
    describe("x-c", text)
    with pytest.raises(InvalidInput, match=r"panels\.x-c: would be a line of x and of x-c"):
        plan_pipeline()


def test_any_pair_of_waves_has_folders_of_its_own() -> None:
    study = make_study("abc", ["ab", "bc", "ac"])
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    panels = [panel_folder(study, *pair).name for pair in pairs]
    assert panels == ["panel", "panel-c", "panel-a-c"]
    compared = [comparison_folder(study, *pair).name for pair in pairs]
    assert compared == ["comparison", "comparison-c", "comparison-a-c"]
    with pytest.raises(KeyError):
        panel_folder(study, "c", "a")


def test_waves_may_be_compared_without_a_panel() -> None:
    study = make_study("abc", ["ab"], comparisons=[{"first": "b", "second": "c"}])
    assert comparison_folder(study, "b", "c").name == "comparison"


def test_a_wave_may_not_be_called_as_a_folder_of_the_pipeline() -> None:
    describe("real", REAL.replace("spring", "panel"))
    with pytest.raises(InvalidInput, match="a name that the pipeline gives to something else"):
        load_study("real")
