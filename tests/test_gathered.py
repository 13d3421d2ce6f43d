"""What the step before the chapters on a whole cohort gathers: lists, plots and measures."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from dvc.commands.dag import _build
from dvc.dagascii import draw
from dvc.repo import Repo

from altcred.build.gather import gather_chapters, gather_series
from altcred.core.measures import join_measures, write_metrics

STUDY = """\
name: kites
title: Kites
waves:
  before: {label: Before, exports: [before.csv], submitted: null}
  after: {label: After, exports: [after.csv], submitted: null}
"""
CODEBOOK = """\
variables:
  wind:
    label: Wind
    kind: single
    comparable: {waves: true}
    categories:
      calm: {label: Calm}
      storm: {label: Storm, comparable: false}
    question: {before: {name: wind}, after: {name: wind}}
  paid:
    label: Paid
    kind: number
    bins: [0, 10, 20, 50]
    question: {before: {name: paid}}
"""
HEAD = "wave,subgroup,variable,category,statistic,value,low,high,n,note\n"
BEFORE = """\
before,all,responses,,count,40,,,40,
before,all,wind,calm,proportion,0.25,0.2,0.3,40,
before,all,wind,storm,proportion,0.75,0.7,0.8,40,
before,few,wind,calm,proportion,0.5,,,4,
before,all,paid,"[0, 10)",proportion,0.5,,,30,
before,all,paid,"[10, 20)",proportion,0.2,,,30,
before,all,paid,"[20, 50)",proportion,,,,30,suppressed: fewer than 5 people
before,all,paid,"[50, )",proportion,0.2,,,30,
"""
AFTER = """\
after,all,responses,,count,20,,,20,
after,all,responses,one,count,20,,,20,
after,all,wind,calm,proportion,0.4,0.3,0.5,20,
after,all,wind,storm,proportion,0.6,0.5,0.7,20,
"""


@pytest.fixture
def gathered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cohort, made = tmp_path / "cohorts/kites", tmp_path / "data/processed/kites"
    for folder in (cohort, made / "estimates", made / "notebooks"):
        folder.mkdir(parents=True)
    (cohort / "study.yaml").write_text(STUDY)
    (cohort / "codebook.yaml").write_text(CODEBOOK)
    (tmp_path / "params.yaml").touch()
    (made / "estimates/before.csv").write_text(HEAD + BEFORE)
    (made / "estimates/after.csv").write_text(HEAD + AFTER)
    for name in ("02-survey-before.ipynb", "02-survey-after.failed.ipynb", ".x.running.ipynb"):
        (made / "notebooks" / name).write_text("{}")
    monkeypatch.chdir(tmp_path)
    gather_chapters("kites")
    return made


def test_lists_have_the_hash_of_each_file_and_no_failed_chapter(gathered: Path) -> None:
    files = ("estimates/after.csv", "estimates/before.csv", "notebooks/02-survey-before.ipynb")
    listed = [
        line
        for name in ("estimates.txt", "notebooks.txt")
        for line in (gathered / "gathered" / name).read_text().splitlines()
    ]
    assert listed == [
        f"{hashlib.sha256((gathered / file).read_bytes()).hexdigest()}  {file}" for file in files
    ]


def test_plots_have_shares_of_all_and_no_line_through_what_is_hidden(gathered: Path) -> None:
    shares = pd.read_csv(gathered / "gathered/shares.csv")
    assert shares[["survey", "answer", "share"]].to_numpy().tolist() == [
        ["Before", "Calm", 0.25],
        ["Before", "Storm", 0.75],
        ["After", "Calm", 0.4],
        # Worded so that it cannot be compared: on a line of its own.
        ["After", "Storm (After)", 0.6],
    ]
    amounts = pd.read_csv(gathered / "gathered/amounts.csv")
    assert amounts[["amount", "share_below"]].to_numpy().tolist() == [[10, 0.5], [20, 0.7]]


def test_metrics_are_few_numbers_of_all_measures(gathered: Path) -> None:
    reproduction = {"figures": {"reproduced": 7, "differs": 0}, "findings": {"total": 1}}
    (gathered / "measures/reproduction.json").write_text(json.dumps(reproduction))
    join_measures("kites", {"tables": 3})
    write_metrics("kites")
    assert json.loads((gathered / "measures.json").read_text()) == {
        "gather": {"responses": 60, "shown": 11},
        "reproduction": reproduction,
        "report": {"tables": 3},
    }  # fmt: skip
    shown = {"differs": 0, "reproduced": 7, "responses": 60, "shown": 11}
    assert json.loads(Path("report/kites.json").read_text()) == shown


def test_what_two_cohorts_compare_is_listed_for_the_chapter_on_both(
    gathered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = Path("data/processed/earlier/gathered/estimates.txt")
    earlier.parent.mkdir(parents=True)
    earlier.write_text("0  estimates/before.csv\n")
    (gathered / "series/earlier").mkdir(parents=True)
    monkeypatch.setattr("altcred.build.gather.write_series", lambda name, earlier: None)
    gather_series("kites", "earlier")
    own = (gathered / "gathered/estimates.txt").read_text()
    assert (gathered / "series/earlier/compared.txt").read_text() == own + earlier.read_text()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_graph_of_the_steps_fits_a_screen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    graph = _build(Repo("."), collapse_foreach_matrix=True)
    # In one order; DVC draws them in whatever order a set has, some columns wider or narrower.
    drawn = draw(sorted(graph.nodes), sorted(graph.edges))
    assert max(len(line.rstrip()) for line in drawn.splitlines()) <= 100
