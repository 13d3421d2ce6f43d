"""Two builds of a small cohort in which one person says who they are wherever one can.

They differ in everything that must not matter: the folder, the seed of Python's hashes, the time
zone, the language, whether git is there, whether other cohorts are built beside it, and whether
steps are forks of one process.
"""

import os
import re
import shutil
from pathlib import Path

from builds import DIFFERENCES, copy_project, finish_builds, start_build
from canaries import plant
from small_cohort import STUDY, small_people, write_cohort

from altcred.describe.plan import write_plan

EXAMPLES = ("choir", "soil-lab")
# What is built beside it in the second alone.
BESIDE = ("allotments", *EXAMPLES)


def place_others(root: Path) -> None:
    """Place a cohort without programs, times and dollars, and the examples, in the folder here."""
    for name in BESIDE:
        folder = "examples" if name in EXAMPLES else "../tests/fixtures/cohorts"
        source = root / "cohorts" / folder / name
        shutil.copytree(source, f"cohorts/{name}", ignore=shutil.ignore_patterns("raw", "*.md"))
        shutil.copytree(source / "raw", f"data/raw/{name}")


def build_twice(root: Path, folder: Path) -> list[Path]:
    """Return two copies of the project in which the small cohort was built, in one alone."""
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
                place_others(root)
            write_plan()
        finally:
            os.chdir(here)
    pairs = zip(copies, DIFFERENCES, strict=True)
    said = finish_builds([start_build(copy, changed | keys) for copy, changed in pairs])
    for copy, words in zip(copies, said, strict=True):
        (copy / "said.txt").write_text(words)
    return copies
