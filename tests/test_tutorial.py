"""The tutorial does what it says: its commands run, its edits fit the draft, its answers come."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from altcred.core.description import read_yaml, write_yaml

# In place of a whole build a step of it; the second time a chapter that needs the edits.
STEPS = ("dvc repro --quiet responses@choir-before", "dvc repro --quiet survey@choir-before")
# The entry that the tutorial adds to those that were drafted.
ADDED = {"confidence"}


def read_blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each block with its language, its content, and the file that the text named last."""
    file = ""
    for before, language, content in re.findall(r"(.*?)^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        file = re.findall(r"`(cohorts/[\w./-]+)`", before)[-1:] or file
        yield language, content, "".join(file)


def run(folder: Path, command: str, keys: Path) -> str:
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
        "ALTCRED_KEYS": str(keys),
        "CI": "true",
    }
    done = subprocess.run(
        ["bash", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def edit(path: Path, content: str) -> set[str]:
    """Put keys, or entries under variables, in the place of those of the same name."""
    described, said = read_yaml(path), YAML(typ="safe").load(content)
    place, new = (described, said)
    if "variables" in said:
        place, new = described["variables"], said["variables"]
    added = new.keys() - place.keys()
    place.update(new)
    path.write_text(write_yaml(described), encoding="utf-8")
    return added


@pytest.mark.pipeline
def test_every_step_of_the_tutorial_does_what_it_says(root: Path, tmp_path: Path) -> None:
    text = (root / "docs/tutorial.md").read_text(encoding="utf-8")
    folder, told, added = tmp_path, "", set()
    steps = iter(STEPS)
    for language, content, file in read_blocks(text):
        if language == "sh":
            for command in re.split(r"(?<!\\)\n", content.strip()):
                if command.startswith("cd "):
                    folder /= command.removeprefix("cd ")
                else:
                    command = next(steps) if command == "dvc repro" else command
                    told = run(folder, command, tmp_path / "keys")
        elif language == "text":
            assert content in told
        elif language == "yaml":
            added |= edit(folder / file, content) if "codebook" in file else set()
            if "study" in file:
                edit(folder / file, content)
        else:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content, encoding="utf-8")
    assert added == ADDED
    assert "choir: fine" in run(folder, "altcred check choir", tmp_path / "keys")
    ran = folder / "data/processed/choir/notebooks/02-survey-before.ipynb"
    assert "Confidence in singing" in ran.read_text(encoding="utf-8")
