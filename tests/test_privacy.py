"""Addresses and names planted in exports are in nothing that the pipeline makes or says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_cohort import person, write_cohort
from test_chapters import small_people

EMAIL, NETWORK, NAME, PHONE = "zebedee@canary.example", "203.0.113.77", "Zebedee", "55501234567"
CANARIES = (EMAIL, "canary.example", NETWORK, NAME, PHONE)


def plant(at: str) -> dict[str, str]:
    """Return a person who writes who they are wherever one can write."""
    return person(
        at=at,
        email=EMAIL,
        ip=NETWORK,
        comment=f"{NAME} here, {EMAIL}, {PHONE}",
        income=f"ask {NAME}",
        hours=NETWORK,
        weeks=PHONE,
    )


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "altcred.cli", *words],
        cwd=folder,
        env={**os.environ, "ALTCRED_KEYS": str(folder.parent / "keys"), "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def find_canaries(folder: Path, said: str) -> list[str]:
    """Return where a canary can be read, in files (packed ones too) and in what was said."""
    import pyarrow.parquet

    found = [f"said: {canary}" for canary in CANARIES if canary.lower() in said.lower()]
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if path.suffix == ".parquet":
            text += pyarrow.parquet.read_table(path).to_pandas().to_csv()
        found += [f"{path}: {canary}" for canary in CANARIES if canary.lower() in text.lower()]
    return found


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


@pytest.mark.pipeline
def test_no_canary_is_in_any_output(project: Path) -> None:
    said = ""
    for words in (
        ("run", "01-responses", "small", "--wave", "begin"),
        ("run", "01-responses", "small", "--wave", "end"),
        ("run", "02-survey", "small", "--wave", "begin", "--estimates", "begin"),
        ("run", "02-survey", "small", "--wave", "end", "--estimates", "end"),
        ("run", "03-panel", "small", "--first", "begin", "--second", "end",
         "--estimates", "panel"),
        ("report", "small"),
    ):  # fmt: skip
        done = run(project, *words)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    made = [project / "data/processed", project / "report/small"]
    assert all(any(folder.rglob("*.html")) or any(folder.rglob("*.parquet")) for folder in made)
    assert [place for folder in made for place in find_canaries(folder, said)] == []
    # The planted person is among the responses, so their answers were really read.
    decisions = (project / "data/processed/small/begin/decisions.csv").read_text("utf-8")
    assert decisions.count("kept") == len(small_people("begin")) + 1


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
