"""The tutorial does what it says: its commands run, its edits fit the draft, its answers come."""

from pathlib import Path

import pytest
from follow_tutorial import follow, run

# In place of a whole build a step of it; the second time a chapter that needs the edits.
STEPS = ("dvc repro --quiet responses@choir-before", "dvc repro --quiet survey@choir-before")
# The entry that the tutorial adds to those that were drafted.
ADDED = {"confidence"}


@pytest.mark.pipeline
def test_every_step_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    steps, keys = iter(STEPS), tmp_path / "keys"
    folder, added = follow(tmp_path, lambda folder: run(folder, next(steps), keys))
    assert added == ADDED
    assert "choir: fine" in run(folder, "altcred check choir", keys)
    ran = folder / "data/processed/choir/notebooks/02-survey-before.ipynb"
    assert "Confidence in singing" in ran.read_text(encoding="utf-8")
