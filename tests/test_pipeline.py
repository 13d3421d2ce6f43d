"""The whole pipeline of the shipped cohorts, built twice: counts, and the same bytes.

The two builds differ in everything that must not matter: the folder, the seed of Python's
hashes, the time zone, the language, and whether git is there.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

pytestmark = pytest.mark.pipeline

BUILT = ("data/raw", "data/truth", "data/processed", "report")
NOT_COPIED = ("data", ".git", ".venv", ".venv-lab", ".build", ".dvc/cache", ".dvc/tmp")
DIFFERENCES = [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8"},
]


def list_project_files(root: Path) -> list[Path]:
    """Return what a clone would hold: tracked files, and new ones that git does not ignore."""
    if (root / ".git").exists() and shutil.which("git"):
        words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True)
        paths = [Path(name) for name in listed.stdout.split("\0") if name]
        return [path for path in paths if (root / path).is_file()]
    return [
        path.relative_to(root)
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.relative_to(root).as_posix().startswith(NOT_COPIED)
        and "__pycache__" not in path.parts
    ]


def copy_project(root: Path, target: Path, with_git: bool) -> Path:
    """Copy the project as a clone would be, in a git repository of its own or in none."""
    for path in list_project_files(root):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / path, target / path)
    # The records of a former build would let a step be skipped; both builds begin at nothing.
    (target / "dvc.lock").unlink(missing_ok=True)
    if with_git and shutil.which("git"):
        subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)
    else:
        # What `make report` does where it finds no repository.
        (target / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
    return target


def start_build(project: Path, changed: dict[str, str]) -> subprocess.Popen[str]:
    """Start `dvc repro` in a copy, with the copy's own package before the installed one."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project / "src"),
        "CI": "true",
        # An outer repository must not be taken for the copy's own.
        "GIT_CEILING_DIRECTORIES": str(project.parent),
        **changed,
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [scripts / "dvc", "repro"],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def read_built_files(project: Path) -> dict[str, bytes]:
    """Return the bytes of everything a build made, by path."""
    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for folder in BUILT
        for path in sorted((project / folder).rglob("*"))
        if path.is_file() and "template" not in path.relative_to(project).parts
    }
    files["dvc.lock"] = (project / "dvc.lock").read_bytes()
    return files


@pytest.fixture(scope="module")
def projects(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two copies of the project in which the whole pipeline has run."""
    folder = tmp_path_factory.mktemp("builds")
    copies = [
        copy_project(root, folder / "one", with_git=True),
        copy_project(root, folder / "elsewhere/another place", with_git=False),
    ]
    builds = [start_build(copy, changed) for copy, changed in zip(copies, DIFFERENCES, strict=True)]
    outputs = [build.communicate()[0] for build in builds]
    for build, output in zip(builds, outputs, strict=True):
        assert build.returncode == 0, output[-4000:]
    return copies


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


def test_two_builds_give_the_same_bytes(projects: list[Path]) -> None:
    one, other = (read_built_files(project) for project in projects)
    assert sorted(one) == sorted(other)
    assert [path for path in one if one[path] != other[path]] == []


def test_the_builds_made_what_is_promised(projects: list[Path]) -> None:
    built = read_built_files(projects[0])
    parameters = YAML(typ="safe").load(projects[0] / "params.yaml")
    promised = [
        f"data/processed/{wave}/{name}"
        for wave in waves_built(projects[0])
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
    assert [path for path in promised if not built.get(path)] == []
    # Files that git is to ignore are named once, at the root.
    assert [path for path in built if path.endswith(".gitignore")] == []


def test_a_second_run_has_nothing_to_do(projects: list[Path]) -> None:
    builds = [
        start_build(project, changed)
        for project, changed in zip(projects, DIFFERENCES, strict=True)
    ]
    for build in builds:
        output = build.communicate()[0]
        assert build.returncode == 0, output[-4000:]
        assert "Data and pipelines are up to date." in output
        assert "Running stage" not in output


@pytest.mark.parametrize(("wave", "kept", "shared"), [("begin", 25_913, 540), ("end", 2_288, 77)])
def test_printed_counts_of_a_wave_come_out(
    projects: list[Path], wave: str, kept: int, shared: int
) -> None:
    path = f"hollands-2023/{wave}/estimates.csv"
    assert value_of(projects[0], path, "responses") == kept
    assert value_of(projects[0], path, "shared_addresses") == shared


@pytest.mark.parametrize(("wave", "repeats"), [("begin", 315), ("end", 106)])
def test_printed_counts_of_repeats_come_out(projects: list[Path], wave: str, repeats: int) -> None:
    decisions = read_rows(projects[0], f"hollands-2023/{wave}/decisions.csv")
    dropped = [row for row in decisions if row["decision"] == "dropped"]
    assert sum("repeat" in row["reason"] for row in dropped) == repeats


def test_printed_count_of_pairs_comes_out(projects: list[Path]) -> None:
    assert len(read_rows(projects[0], "hollands-2023/panel/matches.csv")) == 137
    assert value_of(projects[0], "hollands-2023/panel/estimates.csv", "pairs") == 137


def test_no_row_is_lost(projects: list[Path]) -> None:
    for wave in waves_built(projects[0]):
        path = f"{wave}/estimates.csv"
        dropped = sum(
            float(row["value"])
            for row in read_rows(projects[0], path)
            if row["variable"] == "dropped"
            and row["category"]
            and row["subgroup"] == "all"
            and row["statistic"] == "count"
        )
        raw = value_of(projects[0], path, "raw_rows")
        assert raw == value_of(projects[0], path, "responses") + dropped
        assert raw == len(read_rows(projects[0], f"{wave}/decisions.csv"))
