"""Every figure of the chapters, drawn for answers at random: values, and room for every text."""

import itertools
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from random_cohort import write_pairs, write_wave

from altcred.core.intervals import parse_interval
from altcred.describe.codebook import load_codebook
from altcred.describe.study import load_study
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.write import figures
from altcred.write.tables import open_view

COHORT = "hollands-2023"
DRAWN_BY = ("category_figure", "distribution_figure", "map_figure", "paired_figure",
            "comparison_figure", "change_figure")  # fmt: skip


class Made:
    """A drawing, and what it was asked to draw."""

    def __init__(self, name: str, words: tuple, options: dict, drawing: Any) -> None:
        self.name, self.options, self.drawing = name, options, drawing
        self.view, self.variable, *self.rest = words
        self.axes = drawing.figure.axes[0]

    def __repr__(self) -> str:
        return f"{self.name}({self.view.wave}, {self.variable})"


@pytest.fixture(scope="module")
def drawings(tmp_path_factory) -> list[Made]:
    """Draw the figures of the chapters for few people, so that intervals are wide."""
    project = Path(__file__).resolve().parents[1]
    folder = tmp_path_factory.mktemp("drawings")
    for name in ("cohorts", "notebooks"):
        shutil.copytree(project / name, folder / name)
    made: list[Made] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("IPython.display.display", lambda *_, **__: None)
        patch.setattr(figures.Drawing, "as_svg", lambda _: "<svg/>")
        for name in DRAWN_BY:
            patch.setattr(figures, name, recording(name, getattr(figures, name), made))
        study = load_study(COHORT)
        panel = study.panels[0]
        pair = {"first": panel.first, "second": panel.second}
        waves = {wave: write_wave(COHORT, wave, 300, 5) for wave in pair.values()}
        write_pairs(COHORT, *waves.values(), load_codebook(COHORT, study), study)
        for name, estimate in (
            *((wave, partial(estimate_wave, COHORT, wave)) for wave in waves),
            ("panel", partial(estimate_panel, COHORT, **pair)),
            ("comparison", partial(estimate_comparison, COHORT, **pair)),
        ):
            path = Path("data/processed") / COHORT / name / "estimates.csv"
            write_estimates(estimate(), path)
        for wave in waves:
            run_figures("02-survey", {"wave": wave})
        for stem, name in (("03-panel", "panel"), ("04-comparison", "comparison")):
            run_figures(stem, {**pair, "estimates": name})
        view = open_view(COHORT, "panel", list_estimated())
        for variable in view.codebook.in_wave(panel.first):
            if variable in view.codebook.in_wave(panel.second):
                figures.paired_figure(view, variable, *pair.values())
    return made


def list_estimated() -> list[str]:
    return sorted(path.parent.name for path in Path("data/processed").glob("*/*/estimates.csv"))


def recording(name: str, draw: Any, made: list[Made]) -> Any:
    def drawing(*words: Any, **options: Any) -> Any:
        result = draw(*words, **options)
        if result is not None:
            made.append(Made(name, words, options, result))
        return result

    return drawing


def run_figures(stem: str, parameters: dict[str, str]) -> None:
    """Run the cells of a chapter that make figures, with a view of what was estimated."""
    wave = parameters.get("wave", "panel" if stem == "03-panel" else parameters.get("second"))
    names = {"cohort": COHORT, **parameters, "view": open_view(COHORT, wave, list_estimated()),
             "figures": figures, "printed": {}}  # fmt: skip
    for cell in nbformat.read(f"notebooks/{stem}.ipynb", as_version=4).cells:
        is_drawing = re.search(r"(?<!\w)figures\.", cell.source) and cell.cell_type == "code"
        if cell.id == "known" or is_drawing:
            exec(cell.source, names)


def of_kind(drawings: list[Made], *names: str) -> list[Made]:
    found = [made for made in drawings if made.name in names]
    assert found
    return found


def share(view: Any, variable: str, category: str, part: str) -> Any:
    return view.find(variable, category, "", part)


def test_there_are_the_figures_of_the_chapters(drawings):
    kinds = {name: sum(made.name == name for made in drawings) for name in DRAWN_BY}
    assert all(kinds.values()), kinds
    assert len(drawings) > 50


def test_bars_are_as_long_as_the_shares_and_lines_as_the_intervals(drawings):
    for made in of_kind(drawings, "category_figure", "distribution_figure"):
        across = made.name == "category_figure"
        expected = []
        for container in made.axes.containers:
            part, *categories = container.get_label().split("|")
            for category, bar in zip(categories, container.patches, strict=True):
                found = share(made.view, made.variable, category, part)
                length = bar.get_width() if across else bar.get_height()
                assert length == pytest.approx(found.value * 100), (made, part, category)
                ends = (
                    (found.value, found.value) if np.isnan(found.low) else (found.low, found.high)
                )
                expected.append([100 * end for end in ends])
        drawn = [
            [point[0 if across else 1] for point in segment]
            for lines in made.axes.collections
            for segment in lines.get_segments()
        ]
        assert np.allclose(sorted(drawn), sorted(expected)), made


def test_medians_stand_in_their_bins(drawings):
    seen = 0
    for made in of_kind(drawings, "distribution_figure"):
        bins = [parse_interval(name) for name in made.view.categories(made.variable)]
        for line in made.axes.lines:
            part = line.get_label().removeprefix("median|")
            value = made.view.find(made.variable, "", "median", part).value
            (place,) = set(line.get_xdata())
            nearest = min(max(round(place), 0), len(bins) - 1)
            known = {nearest, max(nearest - 1, 0), min(nearest + 1, len(bins) - 1)}
            holding = [index for index in known if bins[index].holds(value)]
            assert holding, (made, part, value)
            assert abs(holding[0] - place) <= 0.5 + 1e-9, (made, part, value)
            seen += 1
    assert seen > 10


def test_points_lie_where_the_shares_of_both_surveys_are(drawings):
    for made in of_kind(drawings, "paired_figure", "comparison_figure"):
        first, second = made.rest
        prefix = f"{made.view.wave}:" if made.name == "paired_figure" else ""
        sides = {"first": made.view.on(prefix + first), "second": made.view.on(prefix + second)}
        points = 0
        for line in made.axes.lines:
            side, _, category = line.get_label().partition("|")
            if side in sides:
                found = share(
                    sides[side], made.variable, category, made.options.get("subgroup", "all")
                )
                assert line.get_xdata()[0] == pytest.approx(found.value * 100), (made, category)
                points += 1
        assert points >= 2


def test_changes_are_as_wide_as_their_shares(drawings):
    for made in of_kind(drawings, "change_figure"):
        for container in made.axes.containers:
            part, statistic = container.get_label().split("|")
            found = made.view.find(made.variable, "", statistic, part)
            assert container.patches[0].get_width() == pytest.approx(found.value * 100)


def test_countries_have_the_shade_of_their_class(drawings):
    from matplotlib.colors import to_hex

    rings = [country["id"] for country in figures._read_world() for _ in country["rings"]]
    for made in of_kind(drawings, "map_figure"):
        shapes = made.axes.collections[0]
        part = shapes.get_label().removeprefix("map|")
        shades = [to_hex(one) for one in figures._shades_of(figures.colour_of(made.view, part))]
        for code, colour in zip(rings, shapes.get_facecolors(), strict=True):
            found = share(made.view, made.variable, code, part)
            if found is None or found.value == 0:
                expected = "#ffffff"
            elif np.isnan(found.value):
                expected = "#d9d9d9"
            else:
                expected = shades[sum(found.value >= edge for edge in figures.MAP_CLASSES)]
            assert to_hex(colour) == expected, (made, code)


# Room for every text ------------------------------------------------------------------------------


def list_texts(figure: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the texts that are drawn, each with its box; turned ones are looked at elsewhere."""
    from matplotlib.text import Annotation, Text

    figure.draw_without_rendering()
    renderer = figure._get_renderer()
    without = {label for axes in figure.axes if not axes.axison
               for axis in (axes.xaxis, axes.yaxis) for label in axis.findobj(Text)}  # fmt: skip
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        # Ticks beyond the ends of an axis are there, and not drawn.
        drawn = axis._update_ticks()
        without |= {tick.label1 for tick in axis.get_major_ticks() if tick not in drawn}
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and text not in without:
            measure = Text.get_window_extent if isinstance(text, Annotation) else (
                type(text).get_window_extent)  # fmt: skip
            yield text, measure(text, renderer)


def overlap(one: Any, other: Any) -> bool:
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > 1.5
        and min(one.y1, other.y1) - max(one.y0, other.y0) > 1.5
    )


def crosses(line: Any, box: Any) -> bool:
    """Tell whether a line, straight from point to point, runs through a box."""
    points = line.get_transform().transform(np.column_stack([line.get_xdata(), line.get_ydata()]))
    for ends in itertools.pairwise(points):
        along = np.linspace(*ends, 300)
        inside = (along > [box.x0 + 1, box.y0 + 1]) & (along < [box.x1 - 1, box.y1 - 1])
        if inside.all(axis=1).any():
            return True
    return False


def list_clashes(figure: Any) -> list[str]:
    """Return what a reader of a figure would stumble on, in words."""
    texts = list(list_texts(figure))
    width, height = figure.bbox.size
    clashes = [
        f"{text.get_text()!r} is cut off"
        for text, box in texts
        if min(box.x0, box.y0) < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    for (one, box), (other, around) in itertools.combinations(texts, 2):
        aslant = one.get_rotation() % 90 and other.get_rotation() % 90
        if not aslant and overlap(box, around):
            clashes.append(f"{one.get_text()!r} lies over {other.get_text()!r}")
    for axes in figure.axes:
        for line, (text, box) in itertools.product(axes.lines, texts):
            # White behind a text hides a line that is drawn before it.
            blank = text.get_bbox_patch()
            hidden = blank is not None and blank.get_facecolor() == (1, 1, 1, 1) and (
                text.get_zorder() > line.get_zorder())  # fmt: skip
            if len(line.get_xdata()) and not hidden and crosses(line, box):
                clashes.append(f"a line crosses {text.get_text()!r}")
    return clashes


def test_no_text_is_cut_off_covered_or_crossed(drawings):
    clashes = {str(made): list_clashes(made.drawing.figure) for made in drawings}
    assert {name: found for name, found in clashes.items() if found} == {}


def test_clashes_are_found():
    """The check itself must be able to fail."""
    figure, axes = figures._start(2.0)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.text(0.5, 0.5, "one text")
    axes.text(0.52, 0.5, "another")
    axes.plot([0.55, 0.55], [0, 1])
    axes.annotate("far away", (0.5, 0.2), (400, 0), textcoords="offset points")
    found = list_clashes(figure)
    assert "'one text' lies over 'another'" in found
    assert "a line crosses 'one text'" in found
    assert "'far away' is cut off" in found


# What is told apart without colour ----------------------------------------------------------------


def test_neighbouring_colours_are_apart_in_grey():
    from matplotlib.colors import to_rgb

    def lightness(colour: str) -> float:
        """Return CIE L* of a colour, 0 for black and 100 for white."""
        return 116 * figures._luminance(to_rgb(colour)) ** (1 / 3) - 16

    for count in range(2, 5):
        lights = [lightness(colour) for colour in figures.TYPE_COLOURS[:count]]
        gaps = [abs(one - other) for one, other in itertools.combinations(lights, 2)]
        assert min(gaps) > 12
    for one, other in itertools.pairwise(figures.TYPE_COLOURS):
        assert abs(lightness(one) - lightness(other)) > 12
    assert lightness(figures.FIRST_COLOUR) - lightness(figures.SECOND_COLOUR) > 25


def test_letters_in_a_colour_can_be_read_on_white():
    from matplotlib.colors import to_rgb

    for colour in (*figures.TYPE_COLOURS, figures.FIRST_COLOUR, figures.SECOND_COLOUR):
        ink = figures.ink_of(colour)
        assert 1.05 / (figures._luminance(to_rgb(ink)) + 0.05) >= 4.49
    assert figures.ink_of(figures.TYPE_COLOURS[0]) == figures.TYPE_COLOURS[0]


def test_no_other_meaning_has_the_colour_of_a_program_type():
    others = {figures.FIRST_COLOUR, figures.SECOND_COLOUR, figures.ALL_COLOUR}
    assert not others & set(figures.TYPE_COLOURS)


@pytest.mark.parametrize(
    ("places", "ordered"),
    [
        # Room to the right: the leftmost is the highest, so that its words pass over the others.
        ([2.0, 5.0], [(5.0, 1), (2.0, 1)]),
        # No room there, but to the left.
        ([5.0, 9.0], [(5.0, -1), (9.0, -1)]),
        # Words to both sides where a line stands at each end.
        ([0.5, 9.0], [(9.0, -1), (0.5, 1)]),
    ],
)
def test_words_of_medians_stand_over_lower_lines(places, ordered):
    medians = [(at, at, "all") for at in places]
    found = figures._order_medians(medians, 10)
    assert [(at, side) for (at, *_), side in found] == ordered


@pytest.mark.parametrize(
    ("labels", "written", "turned"),
    [
        (["0–4", "5–9", "10 or more"], ["0–4", "5–9", "10 or more"], 0),
        ([*(f"{n}–{n + 4}" for n in range(10, 65, 5)), "65 or more"], "65\nor more", 0),
        ([f"${n},000–{n + 9},999" for n in range(10, 100, 10)], "$90,000–\n99,999", 0),
        ([f"${n},000–{n + 99},999" for n in range(100, 1200, 100)], "$1100,000–1199,999", 35),
    ],
)
def test_ranges_stand_in_one_line_in_two_or_aslant(labels, written, turned):
    _, axes = figures._start(3.0)
    figures._write_ranges(axes, labels)
    texts = [label.get_text() for label in axes.get_xticklabels()]
    assert texts == written if isinstance(written, list) else texts[-1] == written
    assert {label.get_rotation() for label in axes.get_xticklabels()} == {turned}


def test_bins_of_few_people_are_marked_as_not_shown(tmp_path, monkeypatch):
    from test_estimates import write_cohort

    write_cohort(tmp_path, minimum=3)
    monkeypatch.chdir(tmp_path)
    view = open_view("tiny", "begin", frame=estimate_wave("tiny", "begin"))
    drawing = figures.distribution_figure(view, "pay")
    hidden = [
        (part, name)
        for part in ("program_type=short", "program_type=long")
        for name in view.categories("pay")
        if (found := share(view, "pay", name, part)) is not None and np.isnan(found.value)
    ]
    dashes = [text for text in drawing.figure.axes[0].texts if text.get_text() == "–"]
    assert len(dashes) == len(hidden) > 0
    assert "Not shown" in drawing.note
