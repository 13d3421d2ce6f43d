"""Who named what in which of two surveys: views of eight pairs that can be counted by eye."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from scipy import stats
from small_numbers import contains_small_numbers

from altcred.core.errors import Problem
from altcred.describe.codebook import load_codebook
from altcred.describe.study import load_study
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates
from altcred.kinds.multiple import CONDITIONAL
from altcred.write import panel_views as views
from altcred.write.prose import Prose, bare_numbers
from altcred.write.tables import open_view

STUDY = """
name: eight
title: Eight people
currency: USD
program_types: {short: {label: Short}}
programs: {s1: {label: Short one, type: short}}
waves:
  begin: {label: Begin, exports: [b.csv], program: Program}
  end: {label: End, exports: [e.csv], program: Program}
  later: {label: Later, exports: [l.csv], program: Program}
panels:
  - {first: begin, second: end, rules: [{name: email, keys: [email]}]}
  - {first: end, second: later, rules: [{name: email, keys: [email]}, {name: ip, keys: [ip]}]}
disclosure: {minimum: %d}
"""
CODEBOOK = """
variables:
  benefits:
    label: Benefits
    kind: multiple
    question:
      begin: {name: Q1, text: What do you hope for?}
      end: {name: Q1, text: What did you get?}
      later: {name: Q1, text: What did you get since?}
    categories: {skill: A skill, job: A job, fun: {label: Fun, waves: [end, later]}}
  mood:
    label: Mood
    kind: ordered
    question: {begin: Q2, end: Q2, later: Q2}
    categories: {low: Low, high: High}
  hue:
    label: Hue
    kind: single
    question: {begin: Q3, end: Q3, later: Q3}
    categories: {red: Red, blue: Blue}
  pay:
    label: Pay
    kind: money
    question: {begin: Q4, end: Q4, later: Q4}
  hours: {label: Hours, kind: number, question: {begin: Q5, end: Q5, later: Q5}}
  why: {label: Why, kind: text, question: {begin: Q6, end: Q6, later: Q6}}
"""
# A skill: three hoped for it and got it, one did not get it, two got it without having hoped.
SKILL = ([1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 1, 1, 0, 0])
# A job: nobody hoped for one, one person got one.
JOB = ([0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1])
PAY = ([100.0, 200, 300, 400, 500, 600, 700, 800], [110.0, 190, 330, 400, 520, 590, 760, 800])
HOURS = ([2.0, 3, 4, 5, 6, 7, 8, 9], [2.5, 3, 4, 5, 6, 7, 8, 9])


def write_pairs(
    root: Path, first: str = "begin", second: str = "end", people: int = 8, minimum: int = 0
) -> None:
    """Write the study, and its panel of so many of the eight pairs."""
    (root / "cohorts/eight").mkdir(parents=True)
    (root / "cohorts/eight/study.yaml").write_text(STUDY % minimum)
    (root / "cohorts/eight/codebook.yaml").write_text(CODEBOOK)
    pairs = pd.DataFrame({"program": ["s1"] * 8, "program_type": ["short"] * 8})
    pairs["rule"] = "email"
    pairs["days_between"] = 30
    for side, wave, place in (("first", first, 0), ("second", second, 1)):
        pairs[f"{side}_id"] = [f"{side}-{number}" for number in range(8)]
        pairs[f"{side}_submitted"] = pd.Timestamp("2020-01-01")
        ticks = {"skill": SKILL[place], "job": JOB[place]}
        if wave != "begin":
            ticks["fun"] = [1] * 8
        for name, values in ticks.items():
            pairs[f"benefits__{name}__{side}"] = pd.array(values, dtype="boolean")
        pairs[f"mood__{side}"] = ["low"] * 4 + ["high"] * 4 if place == 0 else ["high"] * 8
        pairs[f"hue__{side}"] = ["red"] * 6 + ["blue"] * 2 if place == 0 else ["red"] * 8
        pairs[f"pay__{side}"] = PAY[place]
        pairs[f"hours__{side}"] = HOURS[place]
        pairs[f"why__{side}"] = pd.array([True] * 8, dtype="boolean")
    folder = root / "data/processed/eight" / ("panel" if first == "begin" else f"panel-{second}")
    folder.mkdir(parents=True)
    pairs.head(people).to_parquet(folder / "panel.parquet")


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Return a function that makes a panel and gives a view of its estimates."""

    def make(first="begin", second="end", **how):
        write_pairs(tmp_path, first, second, **how)
        monkeypatch.chdir(tmp_path)
        wave = "panel" if first == "begin" else f"panel-{second}"
        return open_view("eight", wave, frame=estimate_panel("eight", first, second))

    return make


def test_shares_of_those_who_named_it_are_of_them_alone(look):
    view = look()
    again = view.find("benefits:skill", "", "second_given_first")
    before = view.find("benefits:skill", "", "first_given_second")
    assert (again.value, again.n) == (0.75, 4)
    assert (before.value, before.n) == (0.6, 5)
    # Wilson's interval of 3 of 4, by its formula with z = 1.959964.
    assert (again.low, again.high) == pytest.approx((0.300642, 0.954413), abs=2e-6)
    # Nobody hoped for a job, and of nobody there is no share.
    assert view.find("benefits:job", "", "second_given_first") is None
    assert view.find("benefits:job", "", "first_given_second").value == 0
    assert view.find("benefits", "", "nobs").value == 8


def test_a_small_change_that_could_be_seen_stands_beside_the_observed(look):
    view = look()
    least = view.find("pay", "", "minimum_detectable_difference")
    std = view.find("pay", "", "std_difference").value
    # A true difference of that size is found with probability 0.8, by the noncentral t of which
    # the paired t statistic of eight pairs then is one draw.
    limit, shift = stats.t.ppf(0.975, 7), least.value / std * 8**0.5
    power = stats.nct.sf(limit, 7, shift) + stats.nct.cdf(-limit, 7, shift)
    assert power == pytest.approx(0.8, abs=1e-5)
    assert "power 0.8, alpha 0.05, two-sided" in least.note
    assert view.find("pay", "", "minimum_detectable_share").value == pytest.approx(
        least.value / 450, rel=1e-5
    )
    assert view.find("pay", "", "mean_difference_share").value == pytest.approx(
        12.5 / 450, rel=1e-5
    )
    table = views.numbers_table(view, "pay", "begin", "end")
    assert table.cell("Change found four times out of five", "All") == f"${least.value:,.2f}"
    assert table.cell("The same, as a share of the first mean", "All") == "6%"


def test_a_small_cell_takes_its_conditional_shares_and_their_n_with_it(look):
    view = look(minimum=3)
    rows = view.estimates.select(variable="benefits:skill", statistic=CONDITIONAL)
    assert len(rows) == 2
    assert rows[["value", "low", "high", "n"]].isna().all(axis=None)
    assert not contains_small_numbers(view.estimates.frame, 3)
    assert views.cells_figure(view, "benefits", "begin", "end") is None


def test_nobody_found_twice_gives_no_shares(look):
    view = look(people=0)
    assert view.find("pairs", "", "count").value == 0
    assert view.find("pairs", "short", "proportion") is None
    assert views.cells_figure(view, "benefits", "begin", "end") is None


def bind(view, text: str, first: str, second: str) -> str:
    study = load_study("eight")
    problems: list[Problem] = []
    prose = Prose(
        Estimates(view.estimates.frame), load_codebook("eight", study), study, "eight", view.wave,
        {"first": first, "second": second},
    )  # fmt: skip
    bound = prose.bind(text, "03", "cell", problems)
    assert [str(problem) for problem in problems] == []
    return bound


@pytest.mark.parametrize("variable", ["benefits", "mood", "hue", "pay", "hours"])
def test_a_question_nobody_foresaw_is_told_of(look, variable):
    view = look("end", "later")
    text = views.describe_change(view, variable, "end", "later")
    assert bare_numbers(text) == []
    assert bind(view, text, "end", "later").startswith(("8 people", "Of the 8"))


def test_what_is_told_of_unforeseen_questions(look):
    view = look("end", "later")
    tell = {
        name: bind(view, views.describe_change(view, name, "end", "later"), "end", "later")
        for name in ("mood", "hue", "hours", "benefits")
    }
    assert "50% gave a higher answer the second time and 0% a lower one" in tell["mood"]
    assert "Red: 75% in the first survey and 100% in the second" in tell["hue"]
    assert "The mean was 5.5 in the first survey and 5.6 in the second" in tell["hours"]
    assert "For no answer does the exact McNemar test" in tell["benefits"]


@pytest.mark.parametrize(("people", "told"), [(4, "Four people"), (1, "One person")])
def test_of_few_pairs_only_their_number_is_told(look, people, told):
    view = look(people=people)
    text = bind(view, views.describe_change(view, "hue", "begin", "end"), "begin", "end")
    assert text == f"{told} answered both times, too few for a comparison."


def test_unforeseen_questions_are_shown_in_the_codebooks_order(look, monkeypatch):
    view = look("end", "later")
    shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda *what, metadata=None, **_: shown.append(
            metadata["report"]["label"] if metadata else getattr(what[0], "data", "")
        ),
    )
    views.show_others(view, ["benefits", "pay"], "end", "later", heading="## Others")
    headings = [text for text in shown if str(text).startswith("#")]
    assert headings == [
        "## Others",
        *(f"### {{{{ label({n!r}) }}}}" for n in ("mood", "hue", "hours")),
    ]
    assert [text for text in shown if str(text).startswith(("fig-", "tbl-"))] == [
        "fig-panel-mood-end-later", "tbl-panel-mood-end-later",
        "fig-panel-hue-end-later", "tbl-panel-hue-end-later",
        "tbl-panel-hours-end-later",
    ]  # fmt: skip


@pytest.mark.parametrize("how", [{}, {"people": 4}, {"people": 1}, {"people": 0}, {"minimum": 3}])
@pytest.mark.parametrize(("first", "second"), [("begin", "end"), ("end", "later")])
def test_the_chapter_reads_for_any_pair_of_surveys(look, root, first, second, how):
    view = look(first, second, **how)
    cells = nbformat.read(root / "notebooks/03-panel.ipynb", as_version=4).cells
    own = [cell for cell in cells if not cell.id.startswith("linkage")]
    texts = {
        cell.id: bind(view, cell.source, first, second)
        for cell in own
        if cell.cell_type == "markdown"
    }
    assert all("nan" not in text.split() and "not shown)" not in text for text in texts.values())
    # Only the beginning asks what people expect.
    if "## " in texts["benefits-text"]:
        assert ("xpected" in texts["benefits-text"]) == (first == "begin")
    # What the prose refers to is there, and the other way round.
    figure = views.cells_figure(view, "benefits", first, second)
    assert ("@fig-panel-benefits-cells" in texts["benefits-text"]) == (figure is not None)
