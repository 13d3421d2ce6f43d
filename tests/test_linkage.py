"""How many repeats and pairs are found, measured against the truth of a reconstructed cohort.

It is drawn anew, everybody's answers and their identities: nothing but the printed figures is the
same as in the one that is shipped, of which `test_pipeline` looks at the same. The truth says which
rows are one person's.
Different people are made so that the procedure can tell them apart, as far as the printed counts
demand it, so this measures whether the procedure does what it says, not how it fares in life.
"""

import csv
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest
from linkage_runs import COHORT, PAIRS, UNFINDABLE, FindsPeople, Linked

from altcred.clean.responses import build_responses
from altcred.core.paths import raw_dir
from altcred.describe.cohort import open_cohort
from altcred.link.evaluation import evaluate_cohort, measure_agreement
from altcred.link.panel import match_panel


@pytest.fixture(scope="module")
def linked(another_draw: Linked) -> Linked:
    return another_draw


class TestAnotherDraw(FindsPeople):
    """At another seed than the shipped one."""


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------------------------------------
# The measures notice what is wrong


@pytest.fixture
def tampered(linked: Linked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the run's processed files that a test may falsify."""
    for kind in ("raw", "truth"):
        (tmp_path / "data" / kind).mkdir(parents=True)
        (tmp_path / "data" / kind / COHORT).symlink_to(linked.file(kind))
    shutil.copytree(linked.folder / "cohorts", tmp_path / "cohorts")
    folder = tmp_path / "data" / "processed" / COHORT
    processed = linked.file("processed")
    for name in ("decisions.csv", "matches.csv", "linkage.csv"):
        for path in processed.glob(f"*/{name}"):
            (folder / path.relative_to(processed)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.relative_to(processed))
    monkeypatch.chdir(tmp_path)
    return folder


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def measure() -> dict[str, Any]:
    return evaluate_cohort(open_cohort(COHORT))


def test_the_measures_repeat(tampered: Path, linked: Linked) -> None:
    assert tampered.is_dir()
    assert measure() == linked.measures


def test_wrong_pairs_lower_precision_and_recall(tampered: Path) -> None:
    path = tampered / "panel" / "matches.csv"
    rows = read_rows(path)
    # Two people exchange their second answers.
    rows[0]["second_id"], rows[1]["second_id"] = rows[1]["second_id"], rows[0]["second_id"]
    write_rows(path, rows)
    pairs = measure()["panel"]["pairs"]
    assert pairs["precision"] == round((PAIRS - 2) / PAIRS, 6)
    assert pairs["recall"] == round((PAIRS - 2) / (PAIRS + UNFINDABLE), 6)


def test_a_missed_pair_lowers_recall_alone(tampered: Path) -> None:
    path = tampered / "panel" / "matches.csv"
    write_rows(path, read_rows(path)[1:])
    findable = measure()["panel"]["findable"]
    assert findable["precision"] == 1.0
    assert findable["recall"] == round((PAIRS - 1) / PAIRS, 6)


def test_a_wrong_probable_pair_lowers_precision_and_is_counted(
    tampered: Path, linked: Linked
) -> None:
    path = tampered / "panel" / "linkage.csv"
    rows = read_rows(path)
    paired = {row["second_id"] for row in read_rows(tampered / "panel" / "matches.csv")}
    taken = {row["second_id"] for row in rows if row["chosen"] == "true"} | paired
    free = next(row for row in rows if row["second_id"] not in taken)
    free |= {"probability": "0.9000", "chosen": "true", "agree": "country"}
    write_rows(path, rows)
    before, after = (each["panel"]["probability_50"] for each in (linked.measures, measure()))
    assert after["found"] == before["found"] + 1
    assert after["added_false"] == before["added_false"] + 1
    assert after["added_false_without_address"] == before["added_false_without_address"] + 1
    assert after["precision"] < before["precision"]
    sure = [each["panel"]["probability_95"] for each in (linked.measures, measure())]
    assert sure[0] == sure[1]


def test_without_probabilities_there_are_no_measures_of_them(tampered: Path) -> None:
    path = tampered / "panel" / "linkage.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert set(measure()["panel"]) == {"pairs", "findable"}


def test_a_person_dropped_as_a_repeat_lowers_precision(tampered: Path) -> None:
    path = tampered / "end" / "decisions.csv"
    rows = read_rows(path)
    wrong = next(row for row in rows if row["decision"] == "kept")
    wrong |= {"decision": "dropped", "reason": "repeat"}
    write_rows(path, rows)
    repeats = measure()["end"]["repeats"]
    assert repeats["precision"] == round(106 / 107, 6)
    assert repeats["recall"] == 1.0


def test_agreement_of_sets() -> None:
    assert measure_agreement({1, 2, 3, 4}, {3, 4, 5}) == {
        "found": 4,
        "true": 3,
        "precision": 0.5,
        "recall": 0.666667,
    }
    assert measure_agreement(set(), {1})["precision"] == 1.0
    assert measure_agreement({1}, set())["recall"] == 1.0


# ---------------------------------------------------------------------------------------------
# The same rules, written plainly in pandas for the benchmark, come to the same people


def test_plain_pandas_comes_to_the_same_people(
    linked: Linked, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(linked.folder / "cohorts", "cohorts")
    raw_dir(COHORT).mkdir(parents=True)
    for wave in ("begin", "end"):
        lines = linked.file("raw", f"{wave}.csv").read_bytes().split(b"\r\n")
        # A part of the rows is enough, and takes a fraction of the time.
        part = lines[:3] + lines[3:][-3001:]
        (raw_dir(COHORT) / f"{wave}.csv").write_bytes(b"\r\n".join(part))
    kept = [build_responses(COHORT, wave).kept for wave in ("begin", "end")]
    pairs = match_panel(COHORT, "begin", "end").pairs
    monkeypatch.setattr("sys.argv", ["plain_pandas.py", COHORT, "begin", "end"])
    runpy.run_path(str(root / "benchmarks" / "plain_pandas.py"), run_name="__main__")
    assert (tmp_path / "plain.txt").read_text().split() == [str(n) for n in (*kept, pairs)]
    assert kept[0] > 2000
    assert pairs > 5
