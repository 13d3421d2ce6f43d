"""Addresses and names planted in exports are in nothing that the pipeline makes or says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from canaries import CANARIES, EMAIL, NAME, find_canaries, plant
from small_cohort import small_people, write_cohort

from altcred.clean.codes import Waiting
from altcred.clean.responses import build_responses
from altcred.core.engine import Engine


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "altcred.cli", *words],
        cwd=folder,
        env={**os.environ, "ALTCRED_KEYS": str(folder.parent / "keys"), "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(root / "notebooks", folder / "notebooks")
    shutil.copytree(root / "report/template", folder / "report/template")
    monkeypatch.chdir(folder)
    begin, end = small_people("begin"), small_people("end")
    write_cohort([*begin, plant("2020-05-05 10:00:00")], [*end, plant("2021-05-05 10:00:00")])
    study = folder / "cohorts/small/study.yaml"
    # A real cohort: its key is made on first use, outside the project.
    text = re.sub(r"^reconstruct(ed|ion_note):.*\n", "", study.read_text("utf-8"), flags=re.M)
    study.write_text(text, "utf-8")
    return folder


def test_an_error_says_nothing_of_the_person(project: Path) -> None:
    export = project / "data/raw/small/begin.csv"
    rows = export.read_bytes().decode("utf-8-sig").replace(f"{NAME} here", "here")
    spoiled = rows.replace("Female", f"{NAME} {EMAIL}", 1)
    assert spoiled != rows
    export.write_bytes(spoiled.encode("utf-8"))
    done = run(project, "run", "01-responses", "small", "--wave", "begin")
    assert done.returncode == 2
    assert "begin.csv" in done.stderr
    assert "row" in done.stderr
    assert find_canaries(project / "data/processed", done.stdout + done.stderr) == []
    assert not (project / "data/processed/small/begin/responses.parquet").exists()


def test_neither_rows_that_wait_nor_the_engine_hold_what_a_person_wrote(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path / "keys"))
    held = []
    add, create = Waiting.add, Engine.create

    def look(rows):
        held.append(rows.to_pandas().to_csv().lower())
        return rows

    monkeypatch.setattr(Waiting, "add", lambda self, table: add(self, look(table)))
    monkeypatch.setattr(
        Engine,
        "create",
        lambda self, name, query, source, batches: create(
            self, name, query, source, map(look, batches)
        ),
    )
    assert build_responses("small", "begin").kept > 20
    assert len(held) == 2
    assert [one for one in CANARIES for text in held if one.lower() in text] == []
