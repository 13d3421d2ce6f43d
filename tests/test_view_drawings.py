"""The figures that belong to one chapter: drawn values, and room for every text, at any answers."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from random_cohort import write_pairs, write_wave
from test_drawings import list_clashes
from test_panel_views import CODEBOOK, STUDY

from altcred.check.verdicts import earlier_figures
from altcred.core.records import Estimate
from altcred.describe.codebook import load_codebook
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import panel_folder
from altcred.describe.prices import load_prices
from altcred.describe.study import load_study
from altcred.estimate import linkage as linkage_estimates
from altcred.estimate.costs import estimate_costs, name_payback
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_flow, estimate_wave
from altcred.estimate.weighting import compare_samples
from altcred.link.linkage import RULES, Linkage, name_threshold, vary_rules
from altcred.write import comparison_views as _comparison_views
from altcred.write import cost_views as _cost_views
from altcred.write import figures
from altcred.write import linkage_views as _linkage_views
from altcred.write import panel_views as _panel_views
from altcred.write import trend_views as trends
from altcred.write.tables import View, open_view

COHORT, BEFORE = "hollands-2023", "baseline-2017"
SEEDS = (5, 11)
PEOPLE = 260


class Made:
    """A drawing, the view it was drawn from, and what else it was told."""

    def __init__(self, name: str, drawing: Any, view: View, *words: Any) -> None:
        self.name, self.drawing, self.view, self.words = name, drawing, view, words
        self.axes = drawing.figure.axes[0]

    def __repr__(self) -> str:
        words = [word for word in self.words if isinstance(word, str)]
        return f"{self.name}({', '.join([self.view.wave, *words])})"


@pytest.fixture(scope="module", params=SEEDS)
def made(request, tmp_path_factory) -> list[Made]:
    """Draw the figures of answers at random; those that hardly vary, of the first seed alone."""
    project = Path(__file__).resolve().parents[1]
    folder = tmp_path_factory.mktemp("figures")
    for name in ("cohorts", "params.yaml"):
        copy = shutil.copytree if (project / name).is_dir() else shutil.copy
        copy(project / name, folder / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return list(draw_all(request.param))


def draw_all(seed: int) -> Iterator[Made]:
    study = load_study(COHORT)
    codebook = load_codebook(COHORT, study)
    responses = {}
    for wave in study.waves:
        responses[wave] = write_wave(COHORT, wave, PEOPLE, seed)
        place(COHORT, wave, estimate_wave(COHORT, wave))
    for panel in study.panels:
        pair = (panel.first, panel.second)
        name = panel_folder(study, *pair).name
        sides = [responses[wave] for wave in pair]
        write_pairs(COHORT, *sides, codebook, study, folder=name)
        linked = link_at_random(*pair, name, seed)
        frames = [estimate_panel(COHORT, *pair),
                  linkage_estimates.estimate_linkage(COHORT, *pair, linked)]  # fmt: skip
        view = place(COHORT, name, pd.concat(frames, ignore_index=True))
        for subgroup in view.subgroups():
            drawing = _panel_views.cells_figure(view, "benefits", *pair, subgroup=subgroup)
            if drawing is not None:
                yield Made("cells", drawing, view, "benefits", subgroup)
        drawing = _linkage_views.headline_figure(view, *pair)
        if drawing is not None:
            yield Made("linkage", drawing, view, *pair)
    pair = (study.panels[0].first, study.panels[0].second)
    view = place(COHORT, "comparison", compare_samples(COHORT, *pair))
    between = view.on("-".join(pair))
    for variable, described in codebook.variables.items():
        if described.kind != "multiple":
            continue
        drawing = _comparison_views.bounds_figure(view, variable, *pair)
        if drawing is not None:
            yield Made("bounds", drawing, between, variable)
    view = place(COHORT, "costs-end", estimate_costs(COHORT, "end"), "end").on("end")
    prices = load_prices(open_cohort(COHORT))
    yield Made("payback", _cost_views.payback_figure(view, prices), view, prices)
    if seed != SEEDS[0]:
        return
    for wave in study.waves:
        view = open_view(COHORT, wave, frame=estimate_flow(COHORT, wave))
        yield Made("flow", figures.flow_figure(view), view)
    write_wave(BEFORE, "begin", PEOPLE, seed)
    place(BEFORE, "begin", estimate_wave(BEFORE, "begin"))
    earlier = earlier_figures(COHORT)
    for _, rows in earlier.groupby("wave", sort=False):
        view = open_view(COHORT).on(rows["own_wave"].iloc[0])
        yield Made("earlier", trends.earlier_figure(rows, view), view, rows)
    compared = trends.compare_cohorts(COHORT, BEFORE)
    rows = [*compared.rows(multiple=True), *compared.rows(multiple=False)]
    rows = [row for row in rows if row[2]]
    labels = trends._column_labels(compared)
    drawing = trends.cohorts_figure(compared, rows, labels)
    yield Made("cohorts", drawing, compared.view, compared, rows)


def place(cohort: str, name: str, frame: pd.DataFrame, *beside: str) -> View:
    """Write a chapter's estimates, for itself and for those that read all; return a view of them.

    `beside` names chapters whose estimates are in the view too.
    """
    folder = Path("data/processed") / cohort
    write_estimates(frame, folder / name / "estimates.csv")
    (folder / "estimates").mkdir(exist_ok=True)
    shutil.copy(folder / name / "estimates.csv", folder / "estimates" / f"{name}.csv")
    return open_view(cohort, name, [name, *beside])


def link_at_random(first: str, second: str, folder: str, seed: int) -> Linkage:
    """Return pairs as other ways of matching could make them: some lost, some mistaken."""
    rng = np.random.default_rng(seed)
    matches = pd.read_csv(f"data/processed/{COHORT}/{folder}/matches.csv")
    pairs = list(zip(matches["first_id"], matches["second_id"], strict=True))
    rules = load_study(COHORT).panel_of(first, second).rules
    ways = {RULES: frozenset(pairs)}
    for way in (*vary_rules(rules), name_threshold(0.5), name_threshold(0.95)):
        some = [pair for pair in pairs if rng.random() < rng.uniform(0.3, 1)]
        kept = set(some)
        # Two people of those left out, taken for each other.
        rest = [pair for pair in pairs if pair not in kept]
        mistaken = [(one, two) for (one, _), (_, two) in itertools.pairwise(rest)]
        ways[way] = frozenset([*some, *mistaken[: rng.integers(0, 9)]])
    return Linkage(ways)


def of_kind(made: list[Made], name: str) -> list[Made]:
    found = [one for one in made if one.name == name]
    assert found, name
    return found


def marks(axes: Any, side: str) -> dict[str, float]:
    """Return where the marks of a side stand, by what their labels say after the bar."""
    labels = [line.get_label().partition("|") for line in axes.lines]
    return {
        what: line.get_xdata()[0]
        for line, (first, _, what) in zip(axes.lines, labels, strict=True)
        if first == side
    }


def spans(axes: Any) -> list[list[float]]:
    """Return the ends of the lines that have two, the lower first; none that are upright."""
    return sorted(
        sorted(float(end) for end in line.get_xdata())
        for line in axes.lines
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] != line.get_xdata()[1]
    )


def check_cells(one: Made) -> None:
    variable, subgroup = one.words
    (numbers,) = one.drawing.numbers
    ends: dict[str, float] = {}
    seen = []
    for container in one.axes.containers:
        cell, *names = container.get_label().split("|")
        seen.append(cell)
        for name, bar in zip(names, container.patches, strict=True):
            found = one.view.find(f"{variable}:{name}", cell, "proportion", subgroup)
            assert bar.get_width() == pytest.approx(found.value * 100), (one, name, cell)
            # Each part begins where the one before it ended.
            assert bar.get_x() == pytest.approx(ends.get(name, 0)), (one, name, cell)
            ends[name] = bar.get_x() + bar.get_width()
    assert seen == list(_panel_views.CELLS)
    assert ends == pytest.approx(dict.fromkeys(ends, 100), abs=0.001)
    assert len(numbers.rows) >= 4 * len(ends)


def test_parts_of_a_bar_are_as_wide_as_the_shares_of_pairs(made):
    drawn = of_kind(made, "cells")
    for one in drawn:
        check_cells(one)
    assert {one.view.wave for one in drawn} == {"panel", "panel-followup"}


def texts_in_bars(axes: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each text whose middle lies in a bar, its box, and the bar's box."""
    axes.figure.draw_without_rendering()
    renderer = axes.figure._get_renderer()
    bars = [bar.get_window_extent() for group in axes.containers for bar in group.patches]
    for text in axes.texts:
        # The words alone, without the ground they stand on.
        box = type(text).get_window_extent(text, renderer)
        middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        for bar in bars:
            if bar.contains(*middle) and bar.width > 0:
                yield text, box, bar


def test_a_share_stands_within_its_part(made):
    seen = 0
    for one in of_kind(made, "cells"):
        for text, box, bar in texts_in_bars(one.axes):
            assert bar.x0 <= box.x0 < box.x1 <= bar.x1, (one, text.get_text())
            seen += 1
    assert seen > 20


def test_bounds_and_differences_are_those_estimated(made):
    drawn = of_kind(made, "bounds")
    for one in drawn:
        (variable,) = one.words
        names = [bars.get_label().partition("|")[2] for bars in one.axes.containers]
        gaps = {name: one.view.find(variable, name, "difference") for name in names}
        for container, name in zip(one.axes.containers, names, strict=True):
            bounds = one.view.find(variable, name, "difference_bounds")
            (bar,) = container.patches
            ends = [bar.get_x(), bar.get_x() + bar.get_width()]
            assert ends == pytest.approx([bounds.low * 100, bounds.high * 100]), (one, name)
        points = marks(one.axes, "difference")
        assert points == pytest.approx({name: gap.value * 100 for name, gap in gaps.items()})
        expected = sorted([gap.low * 100, gap.high * 100] for gap in gaps.values())
        assert np.allclose(spans(one.axes), expected)
        described = one.view.codebook.variables[variable]
        known = [name for name in described.categories
                 if one.view.find(variable, name, "difference_bounds") is not None]  # fmt: skip
        assert sorted(names) == sorted(known)
    assert len(drawn) > 2


def test_bounds_that_hold_zero_are_pale(made):
    from matplotlib.colors import to_rgb
    from matplotlib.text import Text

    shades: dict[bool, set[tuple[float, ...]]] = {True: set(), False: set()}
    for one in of_kind(made, "bounds"):
        for container in one.axes.containers:
            (bar,) = container.patches
            is_open = bar.get_x() <= 0 <= bar.get_x() + bar.get_width()
            shades[is_open].add(to_rgb(bar.get_facecolor()))
    assert all(len(found) == 1 for found in shades.values())
    (pale,), (dark,) = shades[True], shades[False]
    # The squares that name them have the same.
    for one in of_kind(made, "bounds"):
        named = [to_rgb(text.get_color()) for text in one.drawing.figure.findobj(Text)
                 if text.get_text() == "■"]  # fmt: skip
        drawn = {to_rgb(bars.patches[0].get_facecolor()) for bars in one.axes.containers}
        assert set(named) == drawn
    assert figures._luminance(pale) > 1.25 * figures._luminance(dark)


def test_each_way_of_matching_has_its_mean_and_interval(made):
    for one in of_kind(made, "linkage"):
        found = {}
        for way in [RULES, *_linkage_views.list_ways(one.view, *one.words)]:
            name = "income" if way == RULES else f"linkage:{way}:income"
            mean = one.view.find(name, "", "mean_difference")
            if mean is not None and not np.isnan(mean.low):
                found[way] = mean
        drawn = {
            line.get_label().partition("|")[0]: line.get_xdata()[0]
            for line in one.axes.lines
            if line.get_label().endswith("|income")
        }
        assert drawn == pytest.approx({way: mean.value for way, mean in found.items()})
        expected = sorted([mean.low, mean.high] for mean in found.values())
        assert np.allclose(spans(one.axes), expected)
        labels = [label.get_text().replace("\n", " ") for label in one.axes.get_yticklabels()]
        sizes = [f"(n = {mean.n:.0f})" for mean in found.values()]
        assert all(label.endswith(size) for label, size in zip(labels, sizes, strict=True))


def test_raises_needed_are_those_estimated(made):
    for one in of_kind(made, "payback"):
        assumed = one.words[0].payback
        lines = 0
        for axes in one.drawing.figure.axes:
            for line in axes.lines:
                part, _, last = line.get_label().partition("|")
                if not last:
                    continue
                years = next(each for each in assumed.years if f"years_{each}_" in last)
                for value, height in zip(line.get_xdata(), line.get_ydata(), strict=True):
                    name = name_payback(years, value / 100)
                    found = one.view.find("breakeven_share", name, "median", part)
                    assert height == pytest.approx(found.value * 100, nan_ok=True), (part, name)
                lines += 1
            dashed = [line.get_ydata()[0] for line in axes.lines
                      if line.get_label().startswith("_")]  # fmt: skip
            assert dashed == pytest.approx([share * 100 for share in assumed.raises])
        types = one.view.subgroups(total=False)
        assert lines == len(types) * len(assumed.years)


@pytest.mark.parametrize("made", SEEDS[:1], indirect=True)
def test_marks_of_earlier_collections_stand_where_printed_and_estimated(made):
    drawn = of_kind(made, "earlier")
    for one in drawn:
        (rows,) = one.words
        shares = rows[(rows["statistic"] == "proportion") & rows["value"].notna()]
        now = sorted(line.get_xdata()[0] for line in one.axes.lines
                     if line.get_label().startswith("now|"))  # fmt: skip
        assert now == pytest.approx(sorted(shares["value"] * 100))
        then = sorted(line.get_xdata()[0] for line in one.axes.lines
                      if line.get_label().startswith("then|"))  # fmt: skip
        ends = shares[["printed_low", "printed_high"]]
        ends = ends[(ends["printed_high"] - ends["printed_low"]).fillna(0) <= trends.WIDEST_MARK]
        assert then == pytest.approx(sorted(ends.mean(axis=1) * 100))
        drawn_now = [
            line
            for line in one.axes.lines
            if line.get_marker() == "o" and line.get_color() == figures.SECOND_COLOUR
        ]
        assert len(drawn_now) == len(shares)
        for low, high in shares[["low", "high"]].dropna().to_numpy() * 100:
            assert any(np.allclose(span, (low, high)) for span in spans(one.axes)), one


@pytest.mark.parametrize("made", SEEDS[:1], indirect=True)
def test_marks_of_both_cohorts_stand_where_estimated(made):
    for one in of_kind(made, "cohorts"):
        compared, rows = one.words
        own = compared.view.estimates
        expected = {}
        for side, wave in (("then", trends.EARLIER), ("now", compared.first)):
            expected[side] = [
                own.find(wave, variable, category, "proportion")
                for _, variable, category, _ in rows
            ]
        for side, found in expected.items():
            drawn = [line.get_xdata()[0] for line in one.axes.lines
                     if line.get_label().startswith(f"{side}|")]  # fmt: skip
            assert drawn == pytest.approx([share.value * 100 for share in found])
        ends = [[one.low * 100, one.high * 100] for side in expected.values() for one in side]
        known = spans(one.axes)
        assert all(any(np.allclose(span, end) for span in known) for end in ends)


@pytest.mark.parametrize("made", SEEDS[:1], indirect=True)
def test_the_flow_says_the_counts(made):
    for one in of_kind(made, "flow"):
        texts = [text.get_text() for text in one.axes.texts]
        count = one.view.find("responses", "", "count").value
        raw = one.view.find("raw_rows", "", "count").value
        assert f"{raw:,.0f} rows in the export" in texts
        assert f"{count:,.0f} responses analysed" in texts
        for part in one.view.types():
            found = one.view.find("responses", part.partition("=")[2], "count")
            name = one.view.subgroup_label(part)
            assert any(text.startswith(f"{name}: {found.value:,.0f} (") for text in texts)


def test_no_text_is_cut_off_covered_or_crossed(made):
    clashes = {str(one): list_clashes(one.drawing.figure) for one in made}
    assert {name: found for name, found in clashes.items() if found} == {}


# By hand: almost nobody, and everybody ------------------------------------------------------------


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
ONE = (1, 0, 0, PAIRS - 1)


@pytest.mark.parametrize(
    "counts",
    [
        # only_first, both, only_second, neither: of a skill, then of a job.
        (ONE, (PAIRS, 0, 0, 0)),
        ((0, 1, 0, PAIRS - 1), (0, PAIRS, 0, 0)),
        ((0, 0, 1, PAIRS - 1), (0, 0, PAIRS, 0)),
        ((PAIRS - 1, 0, 1, 0), (0, 0, 0, PAIRS)),
        ((1, 1, 1, PAIRS - 3), (8, 8, 9, PAIRS - 25)),
        ((PAIRS - 27, 9, 9, 9), ONE),
    ],
)
def test_cells_of_one_person_and_of_everybody(by_hand, counts):
    rows = [("benefits", "", "nobs", PAIRS, PAIRS, PAIRS, PAIRS)]
    for name, cells in zip(("skill", "job"), counts, strict=True):
        for cell, count in zip(_panel_views.CELLS, cells, strict=True):
            share = count / PAIRS
            rows.append((f"benefits:{name}", cell, "count", count, count, count, PAIRS))
            rows.append((f"benefits:{name}", cell, "proportion", share, 0, 1, PAIRS))
    view = by_hand("panel", rows)
    drawing = _panel_views.cells_figure(view, "benefits", "begin", "end")
    check_cells(one := Made("cells", drawing, view, "benefits", "all"))
    assert list_clashes(drawing.figure) == []
    for text, box, bar in texts_in_bars(one.axes):
        assert bar.x0 <= box.x0 < box.x1 <= bar.x1, text.get_text()
    texts = [text.get_text() for text in one.axes.texts]
    for only_first, both, _, _ in counts:
        assert f"{both} of {both + only_first}" in texts
    # A sliver is drawn, and so is what fills the bar: its share stands in it.
    widths = [bar.get_width() for group in one.axes.containers for bar in group.patches]
    assert sum(abs(width - 100 / PAIRS) < 1e-6 for width in widths) == sum(
        cells.count(1) for cells in counts
    )
    assert texts.count("100%") == sum(cells.count(PAIRS) for cells in counts)


@pytest.mark.parametrize(
    "gaps",
    [
        # Difference, interval and bounds in points: of a skill, then of a job.
        ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
        ((100, 97, 100, 100, 100), (-100, -100, -97, -100, -100)),
        ((100, 97, 100, 90, 100), (99, 96, 100, 90, 100)),
        ((-100, -100, -97, -100, -90), (-0.7, -4, 2.5, -0.7, -0.7)),
        ((0.7, -2, 4, -1, 1), (0.1, -3, 3.4, -60, 60)),
    ],
)
def test_differences_of_nothing_and_of_everything(by_hand, gaps):
    rows = []
    for name, (gap, low, high, least, most) in zip(("skill", "job"), gaps, strict=True):
        ends = [end / 100 for end in (gap, low, high)]
        bounds = [end / 100 for end in (gap, least, most)]
        rows.append(("benefits", name, "difference", *ends, PAIRS))
        rows.append(("benefits", name, "difference_bounds", *bounds, PAIRS))
    view = by_hand("begin-end", rows)
    drawing = _comparison_views.bounds_figure(view, "benefits", "begin", "end")
    axes = drawing.figure.axes[0]
    named = dict(zip(("skill", "job"), gaps, strict=True))
    assert marks(axes, "difference") == pytest.approx({name: gap[0] for name, gap in named.items()})
    assert list_clashes(drawing.figure) == []
    left, right = axes.get_xlim()
    ends = [end for gap in gaps for end in gap]
    assert left < min(ends) <= max(ends) < right


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


@pytest.mark.parametrize(("then", "now"), [(0, 0), (1, 1), (0, 1), (1, 1 / PAIRS), (1 / PAIRS, 0)])
def test_points_at_the_ends_of_the_axis(then, now):
    estimate = Estimate(now, max(now - 0.02, 0), min(now + 0.02, 1), PAIRS)
    points = [
        trends.Point(f"Answer {place}", (then, then), estimate, group=f"Question {place // 2}")
        for place in range(5)
    ]
    drawing = trends.draw_points(points, ("○ Then", "● Now"), "ends")
    axes = drawing.figure.axes[0]
    names = [point.label for point in points]
    assert marks(axes, "then") == pytest.approx(dict.fromkeys(names, then * 100))
    assert marks(axes, "now") == pytest.approx(dict.fromkeys(names, now * 100))
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
    drawing = _cost_views.payback_figure(view, SimpleNamespace(payback=assumed))
    assert len(drawing.figure.axes) == kinds
    for axes in drawing.figure.axes:
        ends = [text for text in axes.texts if "year" in text.get_text()]
        assert len(ends) == 3
        assert all(0 <= text.get_position()[1] <= axes.get_ylim()[1] for text in ends)
    assert list_clashes(drawing.figure) == []
