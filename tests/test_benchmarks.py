"""The rules written plainly in pandas, for comparison, come to the same people as the package."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from linkage_runs import COHORT, Linked

from altcred.panel import match_panel
from altcred.paths import raw_dir
from altcred.responses import build_responses

ROWS = 6000


def test_plain_pandas_comes_to_the_same_people(
    shipped: Linked, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(shipped.folder / "cohorts", "cohorts")
    raw_dir(COHORT).mkdir(parents=True)
    for wave in ("begin", "end"):
        lines = shipped.file("raw", f"{wave}.csv").read_bytes().split(b"\r\n")
        # A part of the rows is enough, and takes a fraction of the time.
        part = lines[:3] + lines[3:][-ROWS - 1 :]
        (raw_dir(COHORT) / f"{wave}.csv").write_bytes(b"\r\n".join(part))
    kept = [build_responses(COHORT, wave).kept for wave in ("begin", "end")]
    pairs = match_panel(COHORT, "begin", "end").pairs
    subprocess.run(
        [sys.executable, root / "benchmarks" / "plain_pandas.py", COHORT, "begin", "end"],
        check=True,
    )
    assert (tmp_path / "plain.txt").read_text().split() == [str(n) for n in (*kept, pairs)]
    assert kept[0] > 5000
    assert pairs > 5
