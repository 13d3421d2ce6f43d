"""The whole pipeline of the shipped cohorts: what dvc.lock says, and the printed counts."""

import csv
import re
from pathlib import Path

import pytest
from builds import (
    DIFFERENCES,
    copy_project,
    finish_builds,
    read_built_files,
    read_outputs,
    start_build,
)
from linkage_runs import COHORT, KEPT, PAIRS, SHARED, FindsPeople, Linked
from ruamel.yaml import YAML

from altcred.describe.cohort import open_cohort
from altcred.link.evaluation import evaluate_cohort

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which the whole pipeline has run."""
    project = copy_project(root, tmp_path_factory.mktemp("build") / "one", with_git=True)
    finish_builds([start_build(project, DIFFERENCES[1])])
    return project


def read_rows(project: Path, path: str) -> list[dict[str, str]]:
    with (project / "data/processed" / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def value_of(project: Path, path: str, variable: str, category: str = "") -> float:
    """Return one count of an estimates file, of all people."""
    (value,) = (
        float(row["value"])
        for row in read_rows(project, path)
        if row["variable"] == variable
        and row["category"] == category
        and row["statistic"] == "count"
        and row["subgroup"] == "all"
    )
    return value


def waves_built(project: Path) -> list[str]:
    parameters = YAML(typ="safe").load(project / "params.yaml")
    return [f"{line['cohort']}/{line['wave']}" for line in parameters["waves"].values()]


def test_the_build_made_what_is_promised(built: Path) -> None:
    files = read_built_files(built)
    parameters = YAML(typ="safe").load(built / "params.yaml")
    promised = [
        f"data/processed/{wave}/{name}"
        for wave in waves_built(built)
        for name in (
            "responses.parquet",
            "identifiers.parquet",
            "answers.csv",
            "decisions.csv",
            "estimates.csv",
        )
    ]
    promised += [
        f"data/processed/{line['cohort']}/{line['folder']}/{name}"
        for line in parameters["panels"].values()
        for name in ("panel.parquet", "matches.csv", "estimates.csv")
    ]
    promised += [
        f"report/{line['cohort']}/{name}"
        for line in parameters["cohorts"].values()
        for name in ("index.html", "report.pdf")
    ]
    assert [path for path in promised if not files.get(path)] == []
    # Files that git is to ignore are named once, at the root.
    assert [path for path in files if path.endswith(".gitignore")] == []


def test_a_build_makes_what_the_committed_lock_says(built: Path, root: Path) -> None:
    committed, made = read_outputs(root / "dvc.lock"), read_outputs(built / "dvc.lock")
    assert sorted(made) == sorted(committed)
    differing = [name for name in made if made[name] != committed[name]]
    assert differing == [], "run `dvc repro` and commit dvc.lock, if that is meant"


def test_a_second_run_has_nothing_to_do(built: Path) -> None:
    (output,) = finish_builds([start_build(built, DIFFERENCES[1])])
    # The step that looks what has changed runs each time, and finds nothing.
    assert re.findall(r"Running stage '(.+)'", output) == ["notebooks/dvc.yaml:rooms"]


@pytest.mark.parametrize("wave", ["begin", "end"])
def test_printed_counts_of_a_wave_come_out(built: Path, wave: str) -> None:
    path = f"{COHORT}/{wave}/estimates.csv"
    assert value_of(built, path, "responses") == KEPT[wave]
    assert value_of(built, path, "shared_addresses") == SHARED[wave]


def test_printed_count_of_pairs_comes_out(built: Path) -> None:
    assert len(read_rows(built, f"{COHORT}/panel/matches.csv")) == PAIRS
    assert value_of(built, f"{COHORT}/panel/estimates.csv", "pairs") == PAIRS


@pytest.fixture(scope="module")
def linked(built: Path) -> Linked:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(built)
        return Linked(built, evaluate_cohort(open_cohort(COHORT)))


class TestShippedDraw(FindsPeople):
    """Its repeats and pairs, at the seed with which it is shipped."""


def test_no_row_is_lost(built: Path) -> None:
    for wave in waves_built(built):
        path = f"{wave}/estimates.csv"
        dropped = sum(
            float(row["value"])
            for row in read_rows(built, path)
            if row["variable"] == "dropped"
            and row["category"]
            and row["subgroup"] == "all"
            and row["statistic"] == "count"
        )
        raw = value_of(built, path, "raw_rows")
        assert raw == value_of(built, path, "responses") + dropped
        assert raw == len(read_rows(built, f"{wave}/decisions.csv"))
