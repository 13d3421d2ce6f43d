"""The figures that belong to one chapter, of estimates written by hand: values, and room."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from drawn import list_clashes, marks_of, texts_of

from altcred.core.records import Estimate
from altcred.estimate.amounts import name_payback
from altcred.write import linkage as _linkage_views
from altcred.write.charts.collections import Point, draw_collections
from altcred.write.charts.payback import draw_payback
from altcred.write.costs import CostView
from altcred.write.views import View, open_view

STUDY = """
name: eight
title: Eight people
currency: USD
program_types: {short: {label: Short}}
programs: {s1: {label: Short one, type: short}}
waves:
  begin: {label: Begin, exports: [b.csv], email: Mail, ip: Net, program: Program}
  end: {label: End, exports: [e.csv], email: Mail, ip: Net, program: Program}
  later: {label: Later, exports: [l.csv], email: Mail, ip: Net, program: Program}
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


@pytest.fixture
def by_hand(tmp_path, monkeypatch) -> Callable[..., View]:
    """Return a function that gives a view of estimates written by hand, of the eight's study."""
    (tmp_path / "cohorts/eight").mkdir(parents=True)
    (tmp_path / "cohorts/eight/study.yaml").write_text(STUDY % 0)
    (tmp_path / "cohorts/eight/codebook.yaml").write_text(CODEBOOK.replace("hours:", "income:"))
    monkeypatch.chdir(tmp_path)

    def make(wave: str, rows: list[tuple]) -> View:
        frame = pd.DataFrame(rows, columns=["variable", "category", "statistic", "value", "low",
                                            "high", "n"])  # fmt: skip
        frame = frame.assign(wave=wave, subgroup="all", note="")
        return open_view("eight", wave, frame=frame)

    return make


PAIRS = 137


@pytest.mark.parametrize("size", [0.4, 900.0, 2_500_000.0])
def test_mean_changes_of_any_size_have_room(by_hand, size):
    ways = ["rules", "without_email", "without_ip", "probability_50"]
    rows = []
    for place, way in enumerate(ways):
        name = "income" if way == "rules" else f"linkage:{way}:income"
        if way != "rules":
            rows.append((f"linkage:{way}", "", "nobs", 60, np.nan, np.nan, 60))
        rows.append((name, "", "mean_difference", -size * place, -size * (place + 2), size, 60))
    view = by_hand("panel-later", rows)
    drawing = _linkage_views.headline_figure(view, "end", "later")
    axes = drawing.figure.axes[0]
    drawn = [line.get_xdata()[0] for line in axes.lines if line.get_label().endswith("|income")]
    assert sorted(drawn) == pytest.approx([-size * place for place in reversed(range(4))])
    assert list_clashes(drawing.figure) == []
    labels = [tick.label1.get_text() for tick in axes.xaxis._update_ticks()]
    assert len(set(labels)) == len(labels) > 1


@pytest.mark.parametrize(
    ("intervals", "said"),
    [
        (((-1, 1), (-2, 3)), "holds losses as well as gains"),
        # An interval that only touches zero still holds it.
        (((-1, 1), (0, 3)), "In each way of matching its interval holds zero"),
        (((-3, 0), (0, 3)), "In each way of matching its interval holds zero"),
        (((1, 2), (1, 3)), "does its interval hold zero, and the sign is the same in all"),
        (((1, 2), (-3, -1)), "does its interval hold zero; the sign changes"),
        (((0, 2), (1, 3)), "it does not with all rules but email, and does with the others"),
    ],
)
def test_words_say_whether_intervals_hold_zero(by_hand, intervals, said):
    rows = [("linkage:without_email", "", "nobs", 60, np.nan, np.nan, 60)]
    for name, (low, high) in zip(
        ("income", "linkage:without_email:income"), intervals, strict=True
    ):
        rows.append((name, "", "mean_difference", (low + high) / 2, low, high, 60))
    view = by_hand("panel-later", rows)
    assert said in _linkage_views.describe_ways(view, "end", "later")


@pytest.mark.parametrize(("then", "now"), [(0, 0), (1, 1), (0, 1), (1, 1 / PAIRS), (1 / PAIRS, 0)])
def test_points_at_the_ends_of_the_axis(by_hand, then, now):
    estimate = Estimate(now, max(now - 0.02, 0), min(now + 0.02, 1), PAIRS)
    points = [
        Point(f"Answer {place}", (then, then), estimate, group=f"Question {place // 2}")
        for place in range(5)
    ]
    drawing = draw_collections(by_hand("begin", []), points, ("○ Then", "● Now"), "ends")
    expected = {("then", point.label): then * 100 for point in points}
    expected |= {("now", point.label): now * 100 for point in points}
    assert marks_of(drawing) == pytest.approx(expected)
    assert list_clashes(drawing.figure) == []


@pytest.mark.parametrize(
    ("kinds", "scale", "is_shared"),
    [
        # Flat on the floor, among the dashes, and so steep that these lie together.
        (1, 0.002, False),
        (2, 0.03, False),
        (3, 0.4, False),
        (2, 3.0, False),
        # Over as many years as you like, all lines are one: at the bottom, or up to the top.
        (2, 0.002, True),
        (3, 1.0, True),
    ],
)
def test_raises_of_any_size_have_room(by_hand, tmp_path, kinds, scale, is_shared):
    study = STUDY % 0
    types = [f"kind{number}" for number in range(kinds)]
    study = study.replace(
        "{short: {label: Short}}",
        "{" + ", ".join(f"{one}: {{label: Certificate of the {one}}}" for one in types) + "}",
    ).replace("type: short", f"type: {types[0]}")
    (tmp_path / "cohorts/eight/study.yaml").write_text(study)
    assumed = SimpleNamespace(years=[1, 3, 5], time_values=[0.0, 0.5, 1.0],
                              raises=[0.02, 0.05, 0.1], benefit=None)  # fmt: skip
    rows = []
    for place, part in enumerate([f"program_type={one}" for one in types]):
        rows.append(("end", part, "responses", "", "count", 137.0))
        for years in assumed.years:
            for value in assumed.time_values:
                need = scale * (value + 0.01 * place) / (1 if is_shared else years)
                name = name_payback(years, value)
                rows.append(("end", part, "breakeven_share", name, "median", need))
                rows.append(("end", part, "breakeven_share", name, "nobs", 137.0))
    columns = ["wave", "subgroup", "variable", "category", "statistic", "value"]
    frame = pd.DataFrame(rows, columns=columns).assign(low=np.nan, high=np.nan, n=137.0, note="")
    view = open_view("eight", "end", frame=frame)
    drawing = draw_payback(CostView(view, SimpleNamespace(payback=assumed)))
    marks = marks_of(drawing)
    for _, part, variable, name, statistic, value in rows:
        if (variable, statistic) == ("breakeven_share", "median"):
            assert marks[part, name] == pytest.approx(value * 100)
    assert sum("% to " in text for text in texts_of(drawing)) == 3 * kinds
    assert list_clashes(drawing.figure) == []
