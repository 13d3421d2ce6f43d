"""Small cohorts of other fields: one is built twice, of another the report is read by sentences."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from builds import read_built_files, read_outputs
from canaries import find_canaries
from small_builds import BESIDE
from small_cohort import small_people

pytestmark = pytest.mark.pipeline


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


def test_two_builds_give_the_same_bytes(projects: list[Path]) -> None:
    one, other = (
        {path: files[path] for path in files if not any(name in path for name in BESIDE)}
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
