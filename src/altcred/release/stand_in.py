"""The stand-in of a release: exports that nobody gave, in the place of the real ones."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from altcred.standin.build import build_stand_in

# What is told of a stand-in beside its exports and descriptions.
TOLD = ("README.md", "estimates.csv", "tests.csv", "not-met.csv", "form.json")


def make_stand_in(name: str, folder: Path, seed: int) -> Iterator[str]:
    """Write the stand-in of a cohort into a release; yield what is to be known of it.

    Exports and marked descriptions go into the project under `pipeline`, and how near it comes to
    the estimates under `stand-in`.
    """
    with tempfile.TemporaryDirectory(prefix="altcred-") as aside:
        made = Path(aside, "made")
        # Its first line names the folder.
        _, *told = build_stand_in(name, made, seed)
        for part in ("data/raw", "cohorts"):
            shutil.copytree(made / part / name, folder / "pipeline" / part / name)
        (folder / "stand-in").mkdir()
        for part in TOLD:
            shutil.copyfile(made / part, folder / "stand-in" / part)
    yield from told
