"""Every cohort is described as its exports are, and its report builds."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COHORTS = list(yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["cohorts"])


def run(*words: str) -> str:
    """Run a module of this Python in the project; return what it said, and fail where it did."""
    # The steps of dvc.yaml call altcred by its name.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("cohort", COHORTS)
def test_description_and_exports_fit(cohort: str) -> None:
    assert "fine" in run("altcred.cli", "check", cohort)


@pytest.mark.skipif(not COHORTS, reason="no cohort is described yet: altcred new NAME --from FILE")
def test_reports_build() -> None:
    run("dvc", "repro")
    for cohort in COHORTS:
        for name in ("index.html", "report.pdf"):
            assert (ROOT / "report" / cohort / name).stat().st_size > 0


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_no_data_are_in_the_repository() -> None:
    words = ["git", "ls-files", "data", "report"]
    tracked = subprocess.run(words, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    allowed = r"data/(raw|processed)/README\.md|report/template/.+|report/[\w.-]+\.json"
    assert [name for name in tracked if not re.fullmatch(allowed, name)] == []
