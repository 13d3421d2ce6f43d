"""A small cohort of two surveys, built twice: the same bytes.

The two builds differ in everything that must not matter: the folder, the seed of Python's
hashes, the time zone, the language, and whether git is there.
"""

import os
import random
import shutil
from pathlib import Path

import pytest
from builds import DIFFERENCES, copy_project, finish_builds, read_built_files, start_build
from small_cohort import STUDY, person, write_cohort

from altcred.describe.plan import write_plan

pytestmark = pytest.mark.pipeline

CHOICES = {
    "program": ["Knots", "Knot tying", "Stars"],
    "gender": ["Female", "Male", ""],
    "country": ["India", "Kenya", "USA", "Chile", ""],
    "work": ["Employed", "Unemployed, looking for a job", "Unemployed", ""],
    "income": ["30000", "45,000", "$52000", "a lot", ""],
    "hours": ["3", "5-6", "8", "many"],
    "weeks": ["4", "10", "20"],
    "benefits": ["Learn something", "Learn something,A better job, or a first one", ""],
}


def draw_people(wave: str, number: int) -> list[dict[str, str]]:
    """Return answers drawn at random; the first people of both surveys are the same."""
    rows = []
    for place in range(number):
        chance = random.Random(f"{wave} {place}")
        answers = {name: chance.choice(choices) for name, choices in CHOICES.items()}
        answers |= {"born": str(1950 + place % 50), "program": ["Knots", "Stars"][place % 2]}
        day = f"{1 + place % 27:02d}"
        answers["at"] = f"{'2020-05' if wave == 'begin' else '2021-06'}-{day} 10:00:00"
        answers |= {"email": f"p{place}@example.org", "ip": f"10.0.{place}.1"}
        answers["applied"] = chance.choice(["Here", "Elsewhere", ""]) if wave == "end" else ""
        rows.append(person(**answers))
    return rows


@pytest.fixture(scope="module")
def projects(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two copies of the project in which the small cohort alone was built."""
    folder = tmp_path_factory.mktemp("builds")
    copies = [
        copy_project(root, folder / "one", with_git=True),
        copy_project(root, folder / "elsewhere/another place", with_git=False),
    ]
    study = STUDY.replace("reconstructed: true", "reconstructed: false")
    here = Path.cwd()
    for copy in copies:
        shutil.rmtree(copy / "cohorts")
        (copy / "dvc.lock").unlink()
        os.chdir(copy)
        try:
            write_cohort(draw_people("begin", 90), draw_people("end", 60), study=study)
            write_plan()
        finally:
            os.chdir(here)
    pairs = zip(copies, DIFFERENCES, strict=True)
    finish_builds([start_build(copy, changed) for copy, changed in pairs])
    return copies


def test_two_builds_give_the_same_bytes(projects: list[Path]) -> None:
    one, other = (read_built_files(project) for project in projects)
    assert sorted(one) == sorted(other)
    assert [path for path in one if one[path] != other[path]] == []
    made = {"report/small/index.html", "report/small/report.pdf", "report/metrics.json"}
    panel = {
        "data/processed/small/panel/matches.csv",
        "data/processed/small/comparison/estimates.csv",
    }
    assert made | panel <= one.keys()


def test_no_address_of_a_person_is_in_what_was_built(projects: list[Path]) -> None:
    for path, content in read_built_files(projects[0]).items():
        if not path.startswith("data/raw"):
            assert b"@example.org" not in content, path
            assert b"10.0.1.1" not in content, path
