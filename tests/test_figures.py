"""Figures draw what their estimates say: plotted values are read back from the artists."""

import itertools

import pandas as pd
import pytest
from test_estimates import write_cohort

from altcred.estimate.comparison import compare_waves
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates
from altcred.estimate.wave import estimate_wave
from altcred.write import figures, tables
from altcred.write.tables import open_view


@pytest.fixture
def view(tmp_path, monkeypatch):
    write_cohort(tmp_path)
    monkeypatch.chdir(tmp_path)
    return open_view("tiny", "begin", frame=estimate_wave("tiny", "begin"))


@pytest.fixture
def both(view):
    frame = pd.concat([view.estimates.frame, estimate_wave("tiny", "end")], ignore_index=True)
    gaps = compare_waves(Estimates(frame), "begin", "end")
    return open_view(
        "tiny", "begin", frame=pd.concat([frame, gaps, estimate_panel("tiny", "begin", "end")])
    )


def bars_of(drawing, *, across: bool = True) -> dict[tuple[str, str], float]:
    found = {}
    for container in drawing.figure.axes[0].containers:
        subgroup, *categories = container.get_label().split("|")
        for category, patch in zip(categories, container.patches, strict=True):
            found[subgroup, category] = patch.get_width() if across else patch.get_height()
    return found


def texts_of(drawing) -> list[str]:
    return [text.get_text() for text in drawing.figure.findobj(lambda a: hasattr(a, "get_text"))]


def test_bars_are_as_long_as_the_shares(view):
    drawing = figures.category_figure(view, "colour")
    bars = bars_of(drawing)
    assert set(bars) == {
        (part, name)
        for part in ("program_type=short", "program_type=long")
        for name in ("red", "green", "blue")
    }
    for (part, name), length in bars.items():
        assert length == pytest.approx(view.find("colour", name, "", part).value * 100)
    assert "Shorts (n = 4)" in " ".join(texts_of(drawing))
    assert "25%" in texts_of(drawing)


def test_a_question_for_some_shows_those_alone(view):
    assert {part for part, _ in bars_of(figures.category_figure(view, "level"))} == {
        "program_type=short"
    }
    assert figures.category_figure(view, "nothing") is None


def test_one_colour_stands_for_one_program_type(view):
    colours = {}
    for drawing in (figures.category_figure(view, "colour"), figures.category_figure(view, "land")):
        for container in drawing.figure.axes[0].containers:
            part = container.get_label().partition("|")[0]
            colours.setdefault(part, set()).add(container.patches[0].get_facecolor())
    assert [len(found) for found in colours.values()] == [1, 1]
    assert len({next(iter(found)) for found in colours.values()}) == 2


def test_a_distribution_marks_its_medians(view):
    drawing = figures.distribution_figure(view, "pay")
    for (part, name), height in bars_of(drawing, across=False).items():
        assert height == pytest.approx(view.find("pay", name, "", part).value * 100)
    medians = {
        line.get_label(): line.get_xdata()[0]
        for line in drawing.figure.axes[0].lines
        if line.get_label().startswith("median|")
    }
    # A hundred lies at the beginning of the second of the bins 0-99, 100-199, 200 or more.
    assert medians["median|program_type=short"] == pytest.approx(0.5)
    assert medians["median|program_type=long"] == pytest.approx(2)
    assert "median $250" in texts_of(drawing)


def test_days_between_need_no_codebook(both):
    drawing = figures.distribution_figure(both.on("panel"), "days_between", columns=["all"])
    heights = bars_of(drawing, across=False)
    assert heights["all", "[30, 60)"] == pytest.approx(60)


@pytest.mark.parametrize(("wave", "draw"), [
    ("panel", figures.paired_figure), ("begin", figures.comparison_figure)
])  # fmt: skip
def test_points_lie_where_the_shares_are(both, wave, draw):
    drawing = draw(both.on(wave), "wishes", "begin", "end")
    points = {
        line.get_label(): line.get_xdata()[0]
        for line in drawing.figure.axes[0].lines
        if "|" in line.get_label()
    }
    prefix = "panel:" if wave == "panel" else ""
    for side, name in (("first", "begin"), ("second", "end")):
        share = both.on(f"{prefix}{name}").find("wishes", "money").value
        assert points[f"{side}|money"] == pytest.approx(share * 100)


def test_change_adds_up_to_all_pairs(both):
    drawing = figures.change_figure(both.on("panel"), "level")
    lengths = bars_of(drawing)
    assert lengths["all", "increased"] == pytest.approx(100 / 3, rel=1e-4)
    assert sum(length for (part, _), length in lengths.items() if part == "all") == pytest.approx(
        100, rel=1e-4
    )


def test_the_flow_names_every_row(view):
    texts = texts_of(figures.flow_figure(view))
    for text in ("9 rows in the export", "2 dropped: repeat", "6 responses analysed",
                 "Shorts: 4 (67%)"):  # fmt: skip
        assert text in texts


@pytest.mark.parametrize("variable", ["colour", "level", "pay", "wishes", "applied", "land"])
def test_every_kind_has_a_figure_and_its_numbers(view, variable):
    drawing = figures.default_figure(view, variable)
    assert drawing.numbers[0].rows


def test_a_typed_text_has_no_figure(view):
    assert figures.default_figure(view, "why") is None


def test_the_svg_is_the_same_each_time(view):
    first = figures.category_figure(view, "colour").as_svg()
    assert first == figures.category_figure(view, "colour").as_svg()
    assert first.startswith("<?xml")
    assert "<dc:date>" not in first


def test_no_text_lies_over_another_or_outside(view):
    for drawing in (
        figures.category_figure(view, "wishes"),
        figures.distribution_figure(view, "pay"),
        figures.category_figure(view, "land"),
    ):
        figure = drawing.figure
        figure.draw_without_rendering()
        renderer = figure._get_renderer()
        boxes = [
            text.get_window_extent(renderer)
            for text in figure.findobj(lambda one: one.__class__.__name__ in ("Text", "Annotation"))
            if text.get_text().strip() and text.get_visible()
        ]
        width, height = figure.bbox.size
        for box in boxes:
            assert box.x0 >= -1
            assert box.x1 <= width + 1
            assert box.y0 >= -1
            assert box.y1 <= height + 1
        for place, one in enumerate(boxes):
            for other in boxes[place + 1 :]:
                overlap = min(one.x1, other.x1) - max(one.x0, other.x0)
                above = min(one.y1, other.y1) - max(one.y0, other.y0)
                assert overlap < 1.5 or above < 1.5


def test_unforeseen_questions_are_shown_by_their_kind(view, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *what, **words: shown.append((what, words))
    )
    figures.show_others(view, known=["colour", "level", "pay", "wishes", "applied"], heading="## X")
    assert shown[0][0][0].data == "## X"
    labels = [words["metadata"]["report"]["label"] for _, words in shown if words]
    assert labels == ["fig-land-begin", "tbl-why-begin"]
    assert isinstance(shown[-1][0][0], tables.Table)


def test_a_map_shades_countries_by_their_share(view):
    from matplotlib.colors import to_hex

    drawing = figures.map_figure(view, "land", "program_type=short")
    (shapes,) = drawing.figure.axes[0].collections[:1]
    shades = {to_hex(colour) for colour in shapes.get_facecolors()}
    # One land is named by most, and most lands by nobody.
    assert "#ffffff" in shades
    assert len(shades) > 1
    labels = [label for label, _ in drawing.numbers[0].rows]
    assert labels[0].startswith("United States")
    for label, cells in drawing.numbers[0].rows:
        found = view.find("land", {"United States": "USA"}.get(label.split(" · ")[0], "NAM"), "",
                          "program_type=short")  # fmt: skip
        assert cells[0].text == f"{found.value * 100:.1f}%"
    assert figures.map_figure(view, "nothing") is None


def test_map_shades_darken_with_the_share(view):
    for part in ("program_type=short", "program_type=long", "all"):
        shades = figures._shades_of(figures.colour_of(view, part))
        greys = [0.299 * red + 0.587 * green + 0.114 * blue for red, green, blue in shades]
        assert len(shades) == len(figures.MAP_CLASSES) + 1
        assert all(pale - dark > 0.05 for pale, dark in itertools.pairwise(greys))


def test_the_outlines_are_of_known_countries():
    from altcred.core.countries import country_label

    world = figures._read_world()
    codes = [country["id"] for country in world if country["id"]]
    assert len(codes) == len(set(codes)) > 200
    assert all(country_label(code) != code for code in codes)
    assert {"USA", "IND", "SGP", "XKX", "NOR", "FRA"} <= set(codes)
    assert all(len(ring) % 2 == 0 and len(ring) >= 6 for one in world for ring in one["rings"])


def test_each_program_type_has_a_map_that_describes_itself(view, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *what, **words: shown.append((what, words))
    )
    figures.show_maps(view, "land", published={"long": "Figure 6"})
    about = [words["metadata"]["report"] for _, words in shown if words]
    assert [one["label"] for one in about] == [
        "fig-land-map-long-begin",
        "fig-land-map-short-begin",
    ]
    assert [one.get("published") for one in about] == ["Figure 6", None]
    assert all("n = {{" in one["alt"] for one in about)


def test_what_the_codebook_notes_is_shown_with_the_figure(view, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *what, **_: shown.extend(what))
    view.codebook.variables["colour"].note = "Of hats {{ not shoes }}."
    figures.category_figure(view, "colour").show()
    assert shown[-1].data == "*Note.* Of hats \\{\\{ not shoes \\}\\}."
