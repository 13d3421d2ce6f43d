"""Verdicts follow the answers and the prints: one altered, exactly what it concerns changes.

A small cohort goes the whole way, from exports to verdicts, without notebooks.
"""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from small_cohort import person, write_cohort

from altcred.check.published import COLUMNS, read_published
from altcred.check.verdicts import (
    Reproduction,
    count_verdicts,
    judge_cohort,
    judge_figures,
    write_reproduction,
)
from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.paths import processed_dir, wave_dir
from altcred.describe.cohort import open_cohort
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.link.panel import match_panel

JOB, LEARN, RAISE = "A better job, or a first one", "Learn something", "A raise"
LATER = {"at": "2021-05-01 09:00:00"}
People = list[dict[str, str]]


def make_begin() -> People:
    """Return eight people: five of Knots, of whom three are women, and three of Stars."""
    return [
        person(email="a@x.org", hours=5, benefits=f"{JOB},{LEARN}"),
        person(email="b@x.org", hours=6, benefits=LEARN),
        person(email="c@x.org", hours=7, benefits=LEARN),
        person(email="d@x.org", hours=8, benefits=JOB, gender="Male"),
        person(email="e@x.org", hours=9, gender="Male"),
        person(email="f@x.org", hours=10, benefits=f"{LEARN},{RAISE}", program="Stars"),
        person(email="g@x.org", hours=11, benefits=LEARN, program="Stars"),
        person(email="h@x.org", hours=16, benefits=RAISE, program="Stars", gender="Male"),
    ]


def make_end() -> People:
    """Return three people, two of whom were there at the beginning."""
    return [
        person(**LATER, email="a@x.org", hours=8),
        person(**LATER, email="b@x.org", hours=10),
        person(**LATER, email="z@x.org", hours=20, gender="Male"),
    ]


# id: wave, subgroup, variable, category, statistic, printed, qualifier
SHORT, LONG = "program_type=short", "program_type=long"
FIGURES = {
    "people": ("begin", "all", "responses", "", "count", "8", ""),
    "people-short": ("begin", "all", "responses", "short", "count", "five", ""),
    "women": ("begin", "all", "gender", "female", "proportion", "62.5%", ""),
    "women-again": ("begin", "all", "gender", "female", "proportion", "3/5", "approximately"),
    "women-short": ("begin", SHORT, "gender", "female", "proportion", "60%", ""),
    "women-long": ("begin", LONG, "gender", "female", "proportion", "67%", ""),
    "men-long": ("begin", LONG, "gender", "male", "proportion", "one third", ""),
    "women-order": ("begin", "all", "gender", "female", "order", "more", f"{SHORT} < {LONG}"),
    "hours-mean": ("begin", "all", "hours", "", "mean", "9.0", ""),
    "hours-median": ("begin", "all", "hours", "", "median", "8.5", ""),
    "hours-most": ("begin", "all", "hours", "", "max", "16", "as many as"),
    "hours-short": ("begin", SHORT, "hours", "", "mean", "7.0", ""),
    "hours-long": ("begin", LONG, "hours", "", "median", "11", ""),
    "learn": ("begin", "all", "benefits", "learn", "proportion", "2/3", "over"),
    "learn-rank": ("begin", "all", "benefits", "learn", "rank", "most often", "1"),
    "job": ("begin", "all", "benefits", "job", "proportion", "29%", ""),
    "job-long": ("begin", LONG, "benefits", "job", "proportion", "none", ""),
    "end-people": ("end", "all", "responses", "", "count", "3", ""),
    "end-hours": ("end", "all", "hours", "", "median", "10", ""),
    "pairs": ("panel", "all", "pairs", "", "count", "two", ""),
    "pair-hours": ("panel:begin", "all", "hours", "", "mean", "5.5", ""),
    "pair-change": ("panel", "all", "hours", "", "mean_difference", "3.5", ""),
    "women-change": ("begin-end", "all", "gender", "female", "difference", "4%", ""),
    "before": ("begin-2018", "all", "gender", "female", "proportion", "10%", ""),
    "price": ("context", "all", "price", "", "fact", "$5", ""),
}
NOT_JUDGED = {"before", "price"}


def write_published(figures: dict[str, tuple[str, ...]]) -> None:
    names = ("wave", "subgroup", "variable", "category", "statistic", "printed", "qualifier")
    rows = [
        {**dict.fromkeys(COLUMNS, ""), "id": id, "document": "d", "section": "1",
         "locator": f"line {line}", **dict(zip(names, figure, strict=True))}
        for line, (id, figure) in enumerate(figures.items())
    ]  # fmt: skip
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(
        "cohorts/small/published.csv", index=False, lineterminator="\n"
    )


def build_estimates(begin: People, end: People, built: Path | None = None) -> None:
    """Take the exports as far as the estimates, as the chapters do.

    A survey in which nobody is altered stays as it was built.
    """
    if built:
        shutil.copytree(built, ".", dirs_exist_ok=True)
    write_cohort(begin, end)
    gathered = processed_dir("small") / "estimates"
    for wave, people, unaltered in (("begin", begin, make_begin()), ("end", end, make_end())):
        if built and people == unaltered:
            continue
        build_responses("small", wave)
        estimates = estimate_wave("small", wave)
        write_estimates(estimates, wave_dir("small", wave) / "estimates.csv")
        write_estimates(estimates, gathered / f"{wave}.csv")
    match_panel("small", "begin", "end")
    write_estimates(estimate_panel("small", "begin", "end"), gathered / "panel.csv")
    write_estimates(estimate_comparison("small", "begin", "end"), gathered / "comparison.csv")


def verdicts_of(reproduction: Reproduction) -> dict[str, str]:
    return reproduction.judged.set_index("id")["verdict"].to_dict()


def replace_figure(id: str, printed: str, figures: dict = FIGURES) -> dict[str, tuple[str, ...]]:
    changed = dict(figures)
    changed[id] = (*figures[id][:5], printed, *figures[id][6:])
    return changed


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the unaltered cohort is built."""
    folder = tmp_path_factory.mktemp("unaltered")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build_estimates(make_begin(), make_end())
    return folder


@pytest.fixture
def cohort(built: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the unaltered cohort, in its folder, with its own printed figures."""
    monkeypatch.chdir(built)
    write_published(FIGURES)
    return "small"


def test_all_figures_of_the_unaltered_exports_are_reproduced(cohort: str) -> None:
    reproduction = judge_cohort(open_cohort(cohort))
    assert verdicts_of(reproduction) == {
        id: "context" if id in NOT_JUDGED else "reproduced" for id in FIGURES
    }
    assert reproduction.findings.findings == []
    judged = reproduction.judged.set_index("id")
    assert judged.loc["women", ["value", "n_rebuilt"]].tolist() == [0.625, 8]
    assert judged.loc["pair-change", "value"] == 3.5
    assert count_verdicts(reproduction.judged) == {
        "reproduced": len(FIGURES) - 2,
        "contradicted": 0,
        "differs": 0,
        "context": 2,
    }


ALTERATIONS: dict[str, tuple[Callable[[People, People], None], set[str]]] = {
    "a woman of Knots says that she is a man": (
        lambda begin, end: begin[2].update({"QID1": "Male"}),
        {"women", "women-again", "women-short", "women-change"},
    ),
    "a woman of Stars says that she is a man": (
        lambda begin, end: begin[6].update({"QID1": "Male"}),
        {"women", "women-again", "women-long", "men-long", "women-order", "women-change"},
    ),
    "the longest hours are longer": (
        lambda begin, end: begin[7].update({"QID6_TEXT": "17"}),
        {"hours-mean", "hours-most"},
    ),
    "hours in the middle are fewer": (
        lambda begin, end: begin[3].update({"QID6_TEXT": "7.5"}),
        {"hours-mean", "hours-median", "hours-short"},
    ),
    "a job is no longer hoped for": (
        lambda begin, end: begin[3].update({"QID8": LEARN}),
        {"job"},
    ),
    "someone found in both surveys says other hours at first": (
        lambda begin, end: begin[0].update({"QID6_TEXT": "4"}),
        {"hours-mean", "hours-short", "pair-hours", "pair-change"},
    ),
    "someone found in both surveys says other hours at the end": (
        lambda begin, end: end[0].update({"QID6_TEXT": "9"}),
        {"pair-change"},
    ),
    "someone who came back is someone else": (
        lambda begin, end: end[1].update({"QID90_TEXT": "y@x.org"}),
        {"pairs", "pair-hours", "pair-change"},
    ),
    "someone is of the other program": (
        lambda begin, end: begin[4].update({"Program": "Stars"}),
        # The median of Stars becomes 10.5, which 11 may still stand for.
        {"people-short", "women-short", "women-long", "men-long", "women-order", "hours-short"},
    ),
    "one person fewer answers at the end": (
        lambda begin, end: end.pop(),
        {"end-people", "end-hours", "women-change"},
    ),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_altered_answer_changes_the_verdicts_of_the_figures_concerned(
    alteration: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    change, concerned = ALTERATIONS[alteration]
    begin, end = copy.deepcopy((make_begin(), make_end()))
    change(begin, end)
    build_estimates(begin, end, built)
    write_published(FIGURES)
    verdicts = verdicts_of(judge_cohort(open_cohort("small")))
    assert {id for id, verdict in verdicts.items() if verdict == "differs"} == concerned
    assert {id for id, verdict in verdicts.items() if verdict == "reproduced"} == (
        set(FIGURES) - NOT_JUDGED - concerned
    )


WRONG = {
    "people": "9", "people-short": "six", "women": "62.6%", "women-again": "4/5",
    "women-short": "61%", "women-long": "66%", "men-long": "one quarter", "hours-mean": "9.1",
    "hours-median": "8.4", "hours-most": "15", "hours-short": "7.1", "hours-long": "12",
    "learn": "3/4", "job": "28%", "job-long": "5%", "end-people": "4", "end-hours": "11",
    "pairs": "three", "pair-hours": "5.6", "pair-change": "-3.5", "women-change": "5%",
}  # fmt: skip


@pytest.mark.parametrize("id", WRONG)
def test_a_wrong_figure_is_found_and_no_other(id: str, cohort: str) -> None:
    write_published(replace_figure(id, WRONG[id]))
    estimates = read_estimates(*sorted((processed_dir(cohort) / "estimates").glob("*.csv")))
    judged = judge_figures(
        read_published("cohorts/small/published.csv"),
        estimates,
        open_cohort(cohort),
        set(estimates.frame["wave"]),
    )
    assert judged.loc[judged["verdict"] == "differs", "id"].tolist() == [id]


@pytest.mark.parametrize(("id", "wrong"), [("women-order", f"{SHORT} > {LONG}"),
                                           ("learn-rank", "2")])  # fmt: skip
def test_a_wrong_comparison_is_found(id: str, wrong: str, cohort: str) -> None:
    write_published({**FIGURES, id: (*FIGURES[id][:6], wrong)})
    verdicts = verdicts_of(judge_cohort(open_cohort(cohort)))
    assert verdicts[id] != "reproduced"
    assert [other for other in verdicts if verdicts[other] == "differs"] in ([], [id])


def test_a_wrong_figure_that_no_other_contradicts_differs(cohort: str) -> None:
    write_published(replace_figure("end-hours", "11"))
    row = judge_cohort(open_cohort(cohort)).judged.set_index("id").loc["end-hours"]
    assert (row["verdict"], row["value"], row["finding"]) == ("differs", 10, "")


def test_two_prints_of_one_quantity_are_a_finding_that_names_both(cohort: str) -> None:
    write_published({**FIGURES, "end-hours-again": (*FIGURES["end-hours"][:5], "12", "")})
    reproduction = judge_cohort(open_cohort(cohort))
    judged = reproduction.judged.set_index("id")
    (finding,) = reproduction.findings.findings
    assert finding.kind == "repeated"
    assert set(finding.ids) == {"end-hours", "end-hours-again"}
    assert judged.loc["end-hours-again", ["verdict", "finding"]].tolist() == ["contradicted", "C1"]
    # The rows of this cohort are made, so that the one they rebuild may as well be the wrong one.
    assert judged.loc["end-hours", ["verdict", "finding"]].tolist() == ["contradicted", "C1"]
    assert "differs" not in set(judged["verdict"])


def test_a_whole_that_no_parts_give_is_a_finding_that_names_them(cohort: str) -> None:
    figures = {**FIGURES, "women-short": (*FIGURES["women-short"][:5], "90%", "")}
    write_published(figures)
    reproduction = judge_cohort(open_cohort(cohort))
    judged = reproduction.judged.set_index("id")
    named = {id for finding in reproduction.findings.findings for id in finding.ids}
    assert {"women", "women-short", "women-long"} & named >= {"women", "women-short"}
    assert judged.loc["women-short", "verdict"] == "contradicted"
    assert judged.loc["women-short", "finding"] != ""
    assert "differs" not in set(judged["verdict"])


def test_a_key_without_an_estimate_stops_the_verdicts(cohort: str) -> None:
    unknown = ("begin", "all", "gender", "other", "proportion", "1%", "")
    write_published({**FIGURES, "unknown": unknown})
    with pytest.raises(InvalidInput, match=rf"line {len(FIGURES) + 2} \(unknown\)"):
        judge_cohort(open_cohort(cohort))


def test_verdicts_and_counts_are_written(cohort: str) -> None:
    write_published(replace_figure("end-hours", "11"))
    write_reproduction(judge_cohort(open_cohort(cohort)))
    written = pd.read_csv(
        processed_dir(cohort) / "reproduction.csv", dtype=str, keep_default_na=False
    )
    assert written["id"].tolist() == list(FIGURES)
    assert written.set_index("id").loc["end-hours", ["verdict", "value"]].tolist() == [
        "differs",
        "10",
    ]
