"""A project of one's own: what a wheel lays out, that it works there, and what an upgrade keeps."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML
from test_architecture import STUDY_WORDS

from altcred.build import project as projects
from altcred.build.project import lay_out, list_shipped, upgrade
from altcred.build.rooms import write_rooms
from altcred.check.published import COLUMNS
from altcred.cli import main
from altcred.core.errors import InvalidInput
from altcred.describe.plan import BLOCKS

# What a laid-out project has in place of the repository's own.
OTHERWISE = {
    *("README.md", "params.yaml", "environment.yml", "tests/test_build.py"),
    ".pre-commit-config.yaml",
}
NEEDED = {
    *(
        "dvc.yaml",
        ".dvc/config",
        ".dvc/plots/shares.json",
        ".gitignore",
        "requirements.lock",
        "report/template/report.css",
    ),
    *("notebooks/02-survey.ipynb", "data/raw/README.md", "cohorts/schema/study.schema.json"),
}

Run = Callable[..., str]
Ship = Callable[[dict[str, str]], None]


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which a wheel of this repository was installed, and nothing else."""
    made = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", made]
    subprocess.run(words, cwd=root, check=True, capture_output=True)
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(made / "site")
    return made / "site"


@pytest.fixture(scope="module")
def run(installed: Path) -> Run:
    """Return a function that runs the installed altcred in a folder and returns what it said."""

    def run(folder: Path, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "altcred.cli", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(installed), "CI": "true"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def project(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that the installed altcred laid out."""
    folder = tmp_path_factory.mktemp("projects")
    assert run(folder, "init", "mine").startswith("mine: a project of ")
    return folder / "mine"


def files_of(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_a_wheel_lays_out_the_files_of_this_repository(project: Path, root: Path) -> None:
    shipped = list_shipped()
    assert files_of(project) == {*shipped, "altcred.lock"}
    assert shipped.keys() >= NEEDED | OTHERWISE
    for name, path in shipped.items():
        folder = root / "starter" if name in OTHERWISE else root
        assert path == folder / name
        assert (project / name).read_bytes() == path.read_bytes(), name
    # Each chapter and template that is here, and no file with the results of one.
    for pattern in ("notebooks/*.ipynb", "report/template/*", "cohorts/schema/*"):
        assert {path.relative_to(root).as_posix() for path in root.glob(pattern)} <= shipped.keys()


def test_nothing_of_a_study_is_laid_out(project: Path) -> None:
    names = {path.parent.name for path in Path(__file__).parents[1].glob("cohorts/*/study.yaml")}
    words = rf"{STUDY_WORDS}|\b(?:{'|'.join(map(re.escape, names))})\b"
    found = {
        name: hits
        for name in files_of(project)
        if (hits := re.findall(words, (project / name).read_text("utf-8", "replace"), re.I))
    }
    assert found == {}


def test_pages_and_messages_lead_only_to_what_is_laid_out(project: Path) -> None:
    places = {
        (page.parent / link).resolve()
        for page in project.rglob("*.md")
        for link in re.findall(r"\]\(([^)#:\s]+)[^):]*\)", page.read_text("utf-8"))
    }
    for module in Path(projects.__file__).parents[1].rglob("*.py"):
        named = re.findall(r"\bdocs/[\w-]+\.md", module.read_text("utf-8"))
        places |= {project / name for name in named}
    assert len(places) > 6
    lost = [path.relative_to(project).as_posix() for path in places if not path.exists()]
    assert lost == [], "list them under force-include in pyproject.toml"


def test_a_project_begins_as_a_repository_with_empty_steps(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dvc.repo import Repo

    monkeypatch.chdir(project)
    assert YAML(typ="safe").load(project / "params.yaml") == {block: {} for block in BLOCKS}
    assert {stage.addressing for stage in Repo(".").index.stages} == {"notebooks/dvc.yaml:rooms"}
    if shutil.which("git"):
        assert (project / ".git").is_dir()
        words = ["git", "check-ignore", "data/raw/mine/export.csv", "report/mine/index.html"]
        ignored = subprocess.run(words, cwd=project, capture_output=True, text=True)
        assert ignored.stdout.splitlines() == words[2:]


def test_steps_depend_on_the_installed_package(project: Path, installed: Path) -> None:
    write_rooms(project, installed / "altcred")
    listed = (project / "data/processed/rooms/report.txt").read_text("utf-8")
    assert "  altcred/build/report.py\n" in listed
    assert "altcred/project/" not in listed


def test_an_example_is_checked_and_read_by_an_installed_altcred(project: Path, run: Run) -> None:
    """The whole build is as long as any; a chapter shows that the notebooks are found."""
    shutil.copytree(project / "cohorts/examples/choir", project / "cohorts/choir")
    (project / "cohorts/choir/raw").rename(project / "data/raw/choir")
    run(project, "plan")
    assert "choir: fine" in run(project / "notebooks", "check", "choir")
    run(project / "docs", "run", "01-responses", "choir", "--wave", "term_start")
    assert (project / "data/processed/choir/term_start/decisions.csv").stat().st_size > 0


def test_a_build_of_nothing_says_what_to_do_first(version: Ship) -> None:
    version({"dvc.yaml": "", "params.yaml": "cohorts: {}\n"})
    lay_out(Path())
    CliRunner().invoke(main, ["plan"])
    told = CliRunner().invoke(main, ["rooms"])
    assert (told.exit_code, "`altcred new NAME`" in told.stderr) == (2, True)


# Upgrades, with files of their own ---------------------------------------------------------------


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Return a function that lets a version of altcred ship these texts."""

    def ship(texts: dict[str, str]) -> None:
        paths = {name: tmp_path / "shipped" / name for name in texts}
        for name, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[name])
        monkeypatch.setattr(projects, "list_shipped", lambda: paths)

    monkeypatch.chdir(tmp_path)
    return ship


def test_an_upgrade_writes_what_nobody_edited_and_keeps_the_rest(version: Ship) -> None:
    old = {
        "same": "1\n", "changed": "1\n", "edited": "1\n", "both": "a\n1\n", "gone": "1\n",
        "dropped": "1\n", "merged": "1\n", "README.md": "1\n",
    }  # fmt: skip
    version(old)
    mine = Path("mine")
    assert lay_out(mine) == 8
    for name in ("edited", "both", "README.md"):
        (mine / name).write_text("a\nmine\n")
    (mine / "merged").write_text("2\n")
    (mine / "gone").unlink()
    new = {**dict.fromkeys(old, "2\n"), "same": "1\n", "edited": "1\n", "both": "a\n2\n"}
    version({**{name: text for name, text in new.items() if name != "dropped"}, "more/new": "2\n"})
    told = list(upgrade(mine))
    assert told == [
        "changed: now as in this version.",
        "both: edited here, and left so. What this version has is in both.new:",
        *("    --- both", "    +++ both.new", "    @@ -1,2 +1,2 @@"),
        *("     a", "    -mine", "    +2"),
        "gone: removed here, and left so.",
        "more/new: new.",
        "dropped: no part of this version.",
    ]
    assert {name: (mine / name).read_text() for name in files_of(mine) - {"altcred.lock"}} == {
        "same": "1\n", "changed": "2\n", "edited": "a\nmine\n", "both": "a\nmine\n",
        "both.new": "a\n2\n", "dropped": "1\n", "merged": "2\n", "README.md": "a\nmine\n",
        "more/new": "2\n",
    }  # fmt: skip
    # What was told once is not told again.
    assert list(upgrade(mine)) == ["gone: removed here, and left so."]


def test_a_file_that_is_there_already_is_nobodys_to_overwrite(version: Ship) -> None:
    version({"dvc.yaml": "1\n"})
    lay_out(Path("mine"))
    Path("mine/notes.md").write_text("my own\n")
    version({"dvc.yaml": "1\n", "notes.md": "2\n"})
    assert next(upgrade(Path("mine"))).startswith("notes.md: edited here")
    assert Path("mine/notes.md").read_text() == "my own\n"
    with pytest.raises(InvalidInput, match="is a project already"):
        lay_out(Path("mine"))
    Path("other").mkdir()
    Path("other/notes.md").touch()
    with pytest.raises(InvalidInput, match=r"other/notes.md: is there already"):
        lay_out(Path("other"))
    assert files_of(Path("other")) == {"notes.md"}
    with pytest.raises(InvalidInput, match="laid out no project here"):
        list(upgrade(Path("other")))


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_folder_of_a_repository_gets_none_of_its_own(version: Ship) -> None:
    version({"dvc.yaml": "1\n"})
    subprocess.run(["git", "init", "--quiet"], check=True)
    lay_out(Path("inside"))
    assert not Path("inside/.git").exists()


def test_commands_run_anywhere_in_a_project(version: Ship, monkeypatch: pytest.MonkeyPatch) -> None:
    version({"dvc.yaml": "1\n", "params.yaml": "1\n", "report/template/page": "1\n"})
    lay_out(Path("mine"))
    Path("mine/deep/er").mkdir(parents=True)
    columns = ",".join(name for name in COLUMNS if name != "id")
    Path("mine/deep/figures.csv").write_text(f"{columns}\n")
    monkeypatch.chdir("mine/deep/er")
    shown = CliRunner().invoke(main, ["check-published", "../figures.csv"])
    assert shown.exit_code == 2
    # It was found, and lacks what such a file has.
    assert shown.stderr.startswith("figures.csv: column id: is missing.")
    assert (Path.cwd() / "params.yaml").is_file()
