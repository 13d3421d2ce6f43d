"""Does what docs/tutorial.md says: runs its commands, writes its files and makes its edits."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ruamel.yaml import YAML

from altcred.core.description import read_yaml, write_yaml

ROOT = Path(__file__).resolve().parents[1]
# What builds the report in the tutorial, which a test does not wait for.
BUILD = "dvc repro"


def read_blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each block with its language, its content, and the file that the text named last."""
    file = ""
    for before, language, content in re.findall(r"(.*?)^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        for named in re.findall(r"`(cohorts/[\w./-]+)`", before):
            file = named
        yield language, content, file


def run(folder: Path, command: str, keys: Path) -> str:
    """Run a command of the tutorial with this Python's altcred, and return what it said."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
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


def follow(folder: Path, build: Callable[[Path], str]) -> tuple[Path, set[str]]:
    """Follow the tutorial in a folder; return its project and the entries that it adds.

    `build` stands for each `dvc repro` and is given the project's folder. AssertionError where a
    command fails or says otherwise than the tutorial.
    """
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    keys, told, added = folder / "keys", "", set()
    for language, content, file in read_blocks(text):
        if language == "sh":
            for command in re.split(r"(?<!\\)\n", content.strip()):
                if command.startswith("cd "):
                    folder /= command.removeprefix("cd ")
                else:
                    told = build(folder) if command == BUILD else run(folder, command, keys)
        elif language == "text":
            assert content in told
        elif language == "yaml":
            new = edit(folder / file, content)
            added |= new if "codebook" in file else set()
        else:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content, encoding="utf-8")
    return folder, added
