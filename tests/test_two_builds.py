"""Small cohorts of other fields: one is built twice, of another the report is read by sentences.

One person of the first says who they are wherever one can. Its two builds differ in everything
that must not matter: the folder, the seed of Python's hashes, the time zone, the language, whether
git is there, whether another cohort is built beside it, and whether steps are forks of one process.
"""

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from builds import (
    DIFFERENCES,
    copy_project,
    finish_builds,
    read_built_files,
    read_outputs,
    start_build,
)
from canaries import find_canaries, plant
from small_cohort import STUDY, small_people, write_cohort

from altcred.describe.plan import write_plan

pytestmark = pytest.mark.pipeline


def place_allotments(root: Path) -> None:
    """Place a cohort without programs, times and dollars in the project that is the folder here."""
    source = root / "tests/fixtures/cohorts/allotments"
    shutil.copytree(source, "cohorts/allotments", ignore=shutil.ignore_patterns("raw", "*.md"))
    shutil.copytree(source / "raw", "data/raw/allotments")


def read_report(folder: Path) -> str:
    """Return what a cohort's executed chapters say: texts, captions and what stands for figures."""
    lines = []
    paths = [*folder.glob("notebooks/*.ipynb"), *folder.glob("overall/*.ipynb")]
    for path in sorted(paths, key=lambda path: path.name):
        lines.append(f"<!-- {path.stem} -->")
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                about = output.get("metadata", {}).get("report")
                text = output.get("data", {}).get("text/markdown", "")
                lines += [text.strip()] if text else []
                if about:
                    said = [about["label"], about["caption"], about.get("alt", "")]
                    lines.append(f"[{' | '.join(one for one in said if one)}]")
    return "\n\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def projects(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two copies of the project in which the small cohort was built, in one alone."""
    folder = tmp_path_factory.mktemp("builds")
    copies = [
        copy_project(root, folder / "one", with_git=True),
        copy_project(root, folder / "elsewhere/another place", with_git=False),
    ]
    # A real cohort: its key is made on first use, outside the project.
    study = re.sub(r"^reconstruct(ed|ion_note):.*\n", "", STUDY, flags=re.MULTILINE)
    keys = {"ALTCRED_KEYS": str(folder / "keys")}
    here = Path.cwd()
    for copy in copies:
        shutil.rmtree(copy / "cohorts")
        (copy / "dvc.lock").unlink()
        os.chdir(copy)
        try:
            write_cohort(
                [*small_people("begin"), plant("2020-05-05 10:00:00")],
                [*small_people("end"), plant("2021-05-05 10:00:00")],
                study=study,
            )
            if copy == copies[1]:
                place_allotments(root)
            write_plan()
        finally:
            os.chdir(here)
    pairs = zip(copies, DIFFERENCES, strict=True)
    said = finish_builds([start_build(copy, changed | keys) for copy, changed in pairs])
    for copy, words in zip(copies, said, strict=True):
        (copy / "said.txt").write_text(words)
    return copies


def test_two_builds_give_the_same_bytes(projects: list[Path]) -> None:
    one, other = (
        {path: content for path, content in files.items() if "allotments" not in path}
        for files in map(read_built_files, projects)
    )
    locks = [read_outputs(project / "dvc.lock") for project in projects]
    assert locks[0].items() <= locks[1].items()
    del one["dvc.lock"], other["dvc.lock"]
    assert sorted(one) == sorted(other)
    assert [path for path in one if one[path] != other[path]] == []
    made = {"report/small/index.html", "report/small/report.pdf", "report/small.json"}
    panel = {
        "data/processed/small/panel/matches.csv",
        "data/processed/small/comparison/estimates.csv",
    }
    assert made | panel <= one.keys()


def test_no_canary_is_in_anything_that_was_built_or_said(projects: list[Path]) -> None:
    made = [projects[0] / "data/processed/small", projects[0] / "report/small"]
    assert all(any(folder.rglob("*.html")) or any(folder.rglob("*.parquet")) for folder in made)
    said = "".join((project / "said.txt").read_text() for project in projects)
    assert [place for folder in made for place in find_canaries(folder, said)] == []
    # The planted person is among the responses, so their answers were really read.
    decisions = (made[0] / "begin/decisions.csv").read_text("utf-8")
    assert decisions.count("kept") == len(small_people("begin")) + 1


def test_the_report_shows_what_this_study_asked_and_nothing_else(projects: list[Path]) -> None:
    pages = (projects[0] / "report/small").glob("*.html")
    page = "".join(path.read_text() for path in pages)
    labels = set(re.findall(r'<figure class="\w+" id="([^"]+)"', page))
    assert {"fig-age-begin", "fig-income-end", "fig-hours-begin", "fig-flow-begin"} <= labels
    assert {"tbl-comment-end", "tbl-pairs-begin-end", "tbl-unread-begin"} <= labels
    assert "fig-race-begin" not in labels
    pairs = (projects[0] / "data/processed/small/panel/matches.csv").read_text()
    assert len(pairs.splitlines()) > 10


def test_the_report_of_another_field_reads_as_it_was_read(projects: list[Path], root: Path) -> None:
    """Each sentence of the file was read by a person; after a change it is to be read again."""
    golden = root / "tests/fixtures/cohorts/allotments/report.md"
    said = read_report(projects[1] / "data/processed/allotments")
    if os.environ.get("ALTCRED_WRITE_GOLDEN"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
    assert "$" not in said
    assert (projects[1] / "report/allotments/report.pdf").is_file()
