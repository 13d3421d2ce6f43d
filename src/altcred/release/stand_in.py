"""The stand-in of a release: exports that nobody gave, in the place of the real ones."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from altcred.core.paths import processed_dir
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates


def make_stand_in(name: str, pipeline: Path, seed: int) -> Iterator[str]:
    """Write the stand-in of a cohort into a project, with its descriptions marked as one's.

    It is made from the disclosed estimates and the form of the exports alone. Yields what is to be
    known of it, a line each.
    """
    form: Any = import_module("altcred.standin.form")
    make: Any = import_module("altcred.standin.make")
    cohort = open_cohort(name)
    paths = sorted((processed_dir(name) / "estimates").glob("*.csv"))
    made = make.make_stand_in(
        cohort, read_estimates(*paths), form.read_form(cohort), pipeline, seed
    )
    sizes = ", ".join(f"{len(people):,} in {wave}" for wave, people in made.people.items())
    yield f"{name}: a stand-in of {sizes}; seed {seed}"
