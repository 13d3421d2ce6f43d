"""Every kind through its charts: drawn values are the estimates', and every text has room."""

import itertools
from typing import Any

import numpy as np
import pytest
from drawn import (
    bars_of,
    dots_of,
    labels_of,
    list_clashes,
    marks_of,
    rules_of,
    spans_of,
    texts_in_bars,
    texts_of,
    told_of,
)
from small_view import CATEGORIES, WAVES, make_cohort, make_view, view_of

from altcred.core.countries import country_label
from altcred.core.records import ALL, Recorder
from altcred.kinds import find_kind, list_kinds
from altcred.write import charts
from altcred.write.charts import (
    Drawing,
    bounds,
    drawing,
    find_chart,
    maps,
    marks,
    rows,
    shares,
    spread,
)
from altcred.write.paired import CELLS, list_cells
from altcred.write.views import View

USUAL, NOBODY_BUT_ONE, FEW = (40, 25, 12, 3), (57, 0, 0, 0), (2, 1, 1, 0)
SHARES = [name for name in list_kinds() if find_kind(name).chart == "shares"]
SPREADS = [name for name in list_kinds() if find_kind(name).chart == "spread"]
PAIRS = [name for name in list_kinds() if find_kind(name).change_chart == "pairs"]
TICKS = [name for name in list_kinds() if find_kind(name).has_ticks]


def intervals_of(found: list[Any]) -> list[list[float]]:
    return sorted([100 * one.low, 100 * one.high] for one in found)


def draw_kind(view: View, variable: str) -> Drawing | None:
    """Draw the chart that the kind of a variable names."""
    return find_chart(view.kind(variable).chart)(view, variable)


def shown_in(view: View, variable: str, part: str) -> dict[str, Any]:
    """Return the estimates of a subgroup that are drawn as bars."""
    found = {name: view.find(variable, name, "", part) for name in view.categories(variable)}
    return {name: one for name, one in found.items() if one is not None and one.is_shown}


# One wave -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "types"), [(USUAL, 0), (NOBODY_BUT_ONE, 2), (USUAL, 3), (USUAL, 5)]
)
@pytest.mark.parametrize("kind", [*SHARES, *SPREADS])
def test_points_lie_where_the_shares_are(kind, counts, types):
    name = f"a_{kind}"
    # A spread of which an answer is not shown is drawn as points as well.
    view = view_of(make_cohort(types), name, counts, hidden=["lime", "FRA", "passives"])
    drawing = draw_kind(view, name)
    parts, marks, expected = view.subgroups(total=False), marks_of(drawing), []
    told, are_beside = told_of(drawing), len(parts) in shares.BESIDE
    width = drawing.figure.axes[0].get_xlim()[1] / len(parts) if are_beside else 0
    for place, part in enumerate(parts):
        shown = shown_in(view, name, part)
        left = place * width
        assert {one for of, one in marks if of == part} == set(shown)
        for one, found in shown.items():
            assert marks[part, one] == pytest.approx(left + found.value * 100)
            expected.append([left + found.low * 100, left + found.high * 100])
            said = f"{view.label(name, one)}, {view.subgroup_label(part)}: "
            said += view.write(found, digits=1)
            assert any(text.startswith(said) for text in told)
    spans = spans_of(drawing)
    assert all(any(np.allclose(span, ends) for span in spans) for ends in expected)
    # Of what is not shown no mark is drawn, and it is said.
    assert sum("not shown" in text for text in texts_of(drawing)) == (
        len(parts) if are_beside else 1
    )
    assert drawing.note.startswith(f"A note on {kind}.")
    assert len(drawing.numbers[0].rows) == len(parts) * len(view.categories(name))
    assert list_clashes(drawing.figure) == []


@pytest.mark.parametrize(("counts", "types"), [(USUAL, 3), (NOBODY_BUT_ONE, 0), ((3, 4, 5, 1), 2)])
@pytest.mark.parametrize("kind", SPREADS)
def test_bars_stand_around_the_middle_of_a_scale(kind, counts, types):
    name = f"a_{kind}"
    view = view_of(make_cohort(types), name, counts)
    drawing = draw_kind(view, name)
    dots = max(counts) < 10
    for part in view.subgroups(total=False):
        shown = shown_in(view, name, part)
        n = next(iter(shown.values())).n
        if dots:
            found = dots_of(drawing)
            drawn = {one: (min(at, default=0) - 0.5, len(at) * 100 / n)
                     for (of, one), at in found.items() if of == part}  # fmt: skip
            times = 1.0
        else:
            drawn = {one: box for (of, one), box in bars_of(drawing).items() if of == part}
            times = n / 100
        assert {one: width for one, (_, width) in drawn.items()} == pytest.approx(
            {one: found.value * 100 for one, found in shown.items()}, abs=1e-3
        )
        ends = [(begin, begin + width * n / 100 / times) for begin, width in drawn.values()
                if width]  # fmt: skip
        assert all(
            one[1] == pytest.approx(two[0], abs=1e-3) for one, two in itertools.pairwise(ends)
        )
        low, middle, _ = spread.sides_of(view, name, list(shown))
        below = sum(shown[one].value for one in low) + sum(shown[one].value for one in middle) / 2
        assert ends[0][0] == pytest.approx(-below * n / times, abs=1e-3)
        if low:
            share = sum(shown[one].value for one in low)
            text = f"{share * n:.0f}" if dots else view.writer.percent(share)
            assert text in texts_of(drawing)
    assert list_clashes(drawing.figure) == []


def test_the_middle_of_ordered_answers_is_the_one_called_so():
    cohort = make_cohort()
    described = cohort.codebook.variables["a_ordered"]
    assert spread.sides_of(view_of(cohort, "a_ordered", USUAL), "a_ordered", ["oak"])[0] == []
    described.categories["lime"].label = "Neither agree nor disagree"
    sides = spread.sides_of(view_of(cohort, "a_ordered", USUAL), "a_ordered", list(CATEGORIES))
    assert sides == [["oak"], ["lime"], ["yew", "other"]]


@pytest.mark.parametrize("types", [0, 2])
@pytest.mark.parametrize("kind", SHARES)
def test_a_person_is_a_dot_where_they_are_few(kind, types):
    name = f"a_{kind}"
    hidden = ["lime", "FRA"]
    view = view_of(make_cohort(types), name, FEW, hidden=hidden)
    drawing = draw_kind(view, name)
    counts = {(part, one): round(found.value * found.n) for part in view.subgroups(total=False)
              for one, found in shown_in(view, name, part).items()}  # fmt: skip
    assert {key: len(at) for key, at in dots_of(drawing).items()} == counts
    assert "2 of 4" in texts_of(drawing)
    assert texts_of(drawing).count("not shown") == max(types, 1)
    assert list_clashes(drawing.figure) == []
    # Where the study wants none, or people count unequally, they are shares.
    view = view_of(make_cohort(types, dots_below=4), name, FEW)
    assert dots_of(draw_kind(view, name)) == {}


@pytest.mark.parametrize("kind", [*SHARES, *SPREADS])
def test_printed_bars_are_as_long_as_the_shares(kind):
    name = f"a_{kind}"
    view = view_of(make_cohort(), name, USUAL, hidden=["lime", "FRA", "passives"])
    drawing = find_chart(view.kind(name).printed_chart)(view, name)
    expected = []
    for part in view.subgroups(total=False):
        shown = shown_in(view, name, part)
        bars = {one: width for (of, one), (_, width) in bars_of(drawing).items() if of == part}
        assert bars == pytest.approx({one: found.value * 100 for one, found in shown.items()})
        expected += shown.values()
    assert np.allclose(rules_of(drawing), intervals_of(expected))
    assert texts_of(drawing).count("not shown") == 2
    assert list_clashes(drawing.figure) == []


@pytest.mark.parametrize("types", [0, 2, 5])
def test_points_lie_at_the_mean_places(types):
    view = view_of(make_cohort(types), "a_rank", USUAL)
    drawing = draw_kind(view, "a_rank")
    marks = marks_of(drawing)
    places = {(part, one): view.find(f"a_rank:{one}", "", "mean", part).value
              for part in view.subgroups(total=False) for one in CATEGORIES}  # fmt: skip
    assert {key: marks[key] for key in places} == places
    assert list_clashes(drawing.figure) == []


@pytest.mark.parametrize("kind", [*SHARES, *SPREADS])
def test_nobody_asked_nothing_drawn(kind):
    view = view_of(make_cohort(), f"a_{kind}", (0, 0, 0, 0), pairs=0)
    assert draw_kind(view, f"a_{kind}") is None
    assert find_chart("shares")(view, "nothing") is None


def test_rows_are_chosen_ordered_and_written():
    view = view_of(make_cohort(), "a_single", USUAL)
    drawing = find_chart("shares")(view, "a_single", columns=["course"], only=["yew", "oak"],
                                   digits=1)  # fmt: skip
    assert {part for part, _ in marks_of(drawing)} == {"program_type=course"}
    assert {"15.0%", "50.0%"} <= set(texts_of(drawing))
    assert labels_of(drawing) == [CATEGORIES["yew"], "Oak"]
    falling = find_chart("shares")(view, "a_single", falling=True, top=2)
    assert list(dict.fromkeys(name for _, name in marks_of(falling))) == ["oak", "lime"]


# Maps ---------------------------------------------------------------------------------------------


def test_countries_have_the_shade_of_their_class():
    from matplotlib.colors import to_hex

    view = view_of(make_cohort(), "a_country", (530, 3, 60, 7), hidden=["ZWE"])
    for part in view.subgroups():
        one = find_chart("map")(view, "a_country", subgroup=part)
        shades = maps.shades_of(drawing.colour_of(view, part))
        drawn = [shape for shape in one.figure.axes[0].collections if "|" in shape.get_label()]
        seen = {shape.get_label().partition("|")[2]: to_hex(shape.get_facecolors()[0])
                for shape in drawn}  # fmt: skip
        assert seen["DEU"] == shades[4]
        # 3 of 600 are half a percent, with which the third class begins.
        assert seen["FRA"] == shades[2]
        assert seen["ZWE"] == "#d9d9d9"
        assert "USA" not in seen
        assert any(text.startswith("Singapore: 10.0% (") for text in told_of(one))
        assert "Singapore 10.0%" in one.note
        assert list_clashes(one.figure) == []
    assert find_chart("map")(view, "nothing") is None


def test_map_shades_darken_with_the_share():
    from matplotlib.colors import to_rgb

    for colour in (*drawing.TYPE_COLOURS[:2], drawing.ALL_COLOUR):
        lights = [drawing.luminance(to_rgb(one)) for one in maps.shades_of(colour)]
        assert len(lights) == len(maps.CLASSES) + 1
        assert all(pale > dark for pale, dark in itertools.pairwise(lights))


def test_the_outlines_are_of_known_countries():
    world = maps.read_world()
    codes = [code for code, _ in world if code]
    assert len(codes) == len(set(codes)) > 200
    assert all(country_label(code) != code for code in codes)
    assert {"USA", "IND", "SGP", "XKX", "NOR", "FRA"} <= set(codes)
    assert all(len(ring) >= 3 for _, rings in world for ring in rings)


# Two waves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wave", ["panel", WAVES[0]])
@pytest.mark.parametrize("counts", [USUAL, NOBODY_BUT_ONE, FEW])
@pytest.mark.parametrize("kind", PAIRS)
def test_points_lie_where_the_shares_of_both_surveys_are(kind, counts, wave):
    cohort = make_cohort()
    view = view_of(cohort, f"a_{kind}", counts, hidden=["lime", "FRA"]).on(wave)
    drawing = find_chart("pairs")(view, f"a_{kind}", *WAVES)
    prefix = "panel:" if wave == "panel" else ""
    expected = []
    for side, name in zip(("first", "second"), WAVES, strict=True):
        shown = shown_in(view.on(prefix + name), f"a_{kind}", ALL)
        assert {one: at for (of, one), at in marks_of(drawing).items() if of == side} == (
            pytest.approx({one: found.value * 100 for one, found in shown.items()})
        )
        expected += shown.values()
    assert all(
        any(np.allclose(span, ends) for span in spans_of(drawing))
        for ends in intervals_of(expected)
    )
    told = [text.partition(" again\n") for text in texts_of(drawing) if " again\n" in text]
    known = {one.name: one for one in list_cells(view, f"a_{kind}") if one.is_shown}
    assert bool(told) == (wave == "panel" and bool(known))
    for text, _, newly in told:
        kept, _, named = text.partition(" of ")
        assert (float(kept), float(named)) in {
            (one.count("both"), one.count("both", "only_first")) for one in known.values()
        }
        taken, _, rest = newly.removesuffix(" newly").partition(" of ")
        assert (float(taken), float(rest)) in {
            (one.count("only_second"), one.count("only_second", "neither"))
            for one in known.values()
        }
    assert list_clashes(drawing.figure) == []


def test_too_few_pairs_are_not_drawn():
    view = view_of(make_cohort(), "a_multiple", USUAL, pairs=4).on("panel")
    for name in ("pairs", "cells"):
        assert find_chart(name)(view, "a_multiple", *WAVES) is None


def test_changes_add_up_to_all_pairs():
    view = view_of(make_cohort(), "a_ordered", USUAL).on("panel")
    drawing = find_chart("change")(view, "a_ordered")
    bars = bars_of(drawing)
    for part in view.subgroups():
        assert sum(bars[part, one][1] for one in ("decreased", "unchanged", "increased")) == (
            pytest.approx(100)
        )
        found = view.find("a_ordered", "", "increased", part)
        assert bars[part, "increased"][1] == pytest.approx(found.value * 100)
    assert list_clashes(drawing.figure) == []


def cells_view(*counts: tuple[int, int, int, int]) -> View:
    """Return a view of pairs by who named a category in which survey, a category each."""
    n = sum(counts[0])
    records = [Recorder(ALL, "a_multiple").number("nobs", n, n=n)]
    for name, cells in zip(CATEGORIES, counts, strict=False):
        record = Recorder(ALL, f"a_multiple:{name}")
        for cell, count in zip(CELLS, cells, strict=True):
            records += record.counted(cell, count, n)
    return make_view(make_cohort(), {"panel": records})


@pytest.mark.parametrize(
    "counts",
    [
        # only_first, both, only_second, neither: of one category, then of another.
        ((1, 0, 0, 136), (137, 0, 0, 0)),
        ((0, 1, 0, 136), (0, 137, 0, 0)),
        ((0, 0, 1, 136), (0, 0, 137, 0)),
        ((136, 0, 1, 0), (0, 0, 0, 137)),
        ((1, 1, 1, 134), (8, 8, 9, 112)),
        ((110, 9, 9, 9), (1, 0, 0, 136)),
    ],
)
def test_parts_of_a_bar_are_as_wide_as_the_shares_of_pairs(counts):
    view = cells_view(*counts)
    drawing = find_chart("cells")(view, "a_multiple", *WAVES)
    bars, texts = bars_of(drawing), texts_of(drawing)
    for name, cells in zip(CATEGORIES, counts, strict=False):
        begin = 0.0
        for cell, count in zip(CELLS, cells, strict=True):
            # Each part begins where the one before it ended; a sliver is drawn too.
            assert bars[cell, name] == pytest.approx((begin, 100 * count / 137), abs=1e-3)
            begin += bars[cell, name][1]
        assert f"{cells[1]} of {cells[0] + cells[1]}" in texts
    for text, box, bar in texts_in_bars(drawing.figure.axes[0]):
        assert bar.x0 <= box.x0 < box.x1 <= bar.x1, text.get_text()
    assert list_clashes(drawing.figure) == []
    assert drawing.note.startswith("Asked were: The spring: “Asked in spring?” The autumn:")


def test_cells_have_the_words_they_are_given():
    drawing = find_chart("cells")(cells_view((3, 3, 2, 2)), "a_multiple", *WAVES,
                                  words={"both": "Hoped for and got"})  # fmt: skip
    assert {"Hoped for and got", "First survey only", "3 of 6"} <= set(texts_of(drawing))
    assert drawing.numbers[0].cell("Oak · Hoped for and got", "People") == "3"


@pytest.mark.parametrize(
    "gaps",
    [
        # Difference, interval and bounds in points: of one category, then of another.
        ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0)),
        ((100, 97, 100, 100, 100), (-100, -100, -97, -100, -100)),
        ((100, 97, 100, 90, 100), (99, 96, 100, 90, 100)),
        ((-100, -100, -97, -100, -90), (-0.7, -4, 2.5, -0.7, -0.7)),
        ((0.7, -2, 4, -1, 1), (0.1, -3, 3.4, -60, 60)),
    ],
)
def test_bounds_and_differences_are_those_estimated(gaps):
    from matplotlib.colors import to_rgba

    records = []
    for name, (gap, low, high, least, most) in zip(CATEGORIES, gaps, strict=False):
        record = Recorder(ALL, "a_multiple")
        ends = {"difference": (low, high), "difference_bounds": (least, most)}
        records += [record.number(one, gap / 100, low / 100, high / 100, n=137, category=name)
                    for one, (low, high) in ends.items()]  # fmt: skip
    view = make_view(make_cohort(), {"-".join(WAVES): records})
    drawing = find_chart("bounds")(view, "a_multiple", *WAVES)
    bars, shades = bars_of(drawing), {True: set(), False: set()}
    for name, (gap, _, _, least, most) in zip(CATEGORIES, gaps, strict=False):
        assert marks_of(drawing)["difference", name] == pytest.approx(gap)
        assert bars["bounds", name] == pytest.approx((least, most - least))
    for container in drawing.figure.axes[0].containers:
        low, width = bars["bounds", container.get_label().partition("|")[2]]
        shades[low <= 0 <= low + width].add(container.patches[0].get_facecolor())
    # Bounds that hold zero, if only at their end, are of one colour, the others of another.
    assert shades[True] <= {to_rgba(bounds.OPEN)}
    assert len(shades[False]) <= 1
    assert not shades[True] & shades[False]
    left, right = drawing.figure.axes[0].get_xlim()
    assert left < min(map(min, gaps)) <= max(map(max, gaps)) < right
    assert list_clashes(drawing.figure) == []


def flow_of(cohort: Any, read: float, **dropped: float) -> list[Any]:
    """Return the records of a wave's rows: read, dropped by reason, kept, and by program type."""
    kept = read - sum(dropped.values())
    records = [Recorder(ALL, "raw_rows").number("count", read, n=read),
               Recorder(ALL, "responses").number("count", kept, n=kept)]  # fmt: skip
    for reason, count in dropped.items():
        one = Recorder(ALL, "dropped").number("count", count, n=read, category=reason)
        records.append(one)
    for name in cohort.study.program_types:
        records += Recorder(ALL, "responses").counted(name, 400, kept)
        records.append(Recorder(f"program_type={name}", "responses").number("count", 400, n=400))
    return records


@pytest.mark.parametrize("types", [0, 1, 3, 5])
def test_the_flow_says_the_counts(types):
    cohort = make_cohort(types)
    records = flow_of(cohort, 1300, no_answer=60, repeat=40, spam=0)
    view = make_view(cohort, {WAVES[0]: records})
    drawing = find_chart("flow")(view, reasons={"repeat": "again, and again " * 6})
    told = told_of(drawing)
    assert told[0] == "1,300 rows in the export"
    assert told[1].startswith("100 excluded; 60: no answer; 40: again, and again")
    assert told[2] == "1,200 responses analysed"
    assert sum(text.endswith(": 400 (33%)") for text in told) == types
    assert list_clashes(drawing.figure) == []
    whole = find_chart("flow")(make_view(cohort, {WAVES[0]: flow_of(cohort, 1300)}))
    assert told_of(whole)[:2] == ["1,300 rows in the export", "1,300 responses analysed"]


def test_the_flow_of_a_panel_joins_two_surveys():
    cohort = make_cohort()
    flows = {wave: flow_of(cohort, read, no_answer=60)
             for wave, read in zip(WAVES, (1300, 900), strict=True)}  # fmt: skip
    pairs = [Recorder(ALL, "pairs").number("count", 137, n=137)]
    view = make_view(cohort, {"panel": pairs, **flows})
    drawing = find_chart("panel_flow")(view, "", *WAVES)
    assert told_of(drawing) == [
        "1,300 rows in the export", "60 excluded; 60: no answer", "1,240 responses analysed",
        "900 rows in the export", "60 excluded; 60: no answer", "840 responses analysed",
        "137 found in both surveys",
    ]  # fmt: skip
    assert {"The spring", "The autumn"} <= set(texts_of(drawing))
    assert list_clashes(drawing.figure) == []
    one_sided = make_view(cohort, {"panel": pairs, WAVES[0]: flows[WAVES[0]]})
    assert find_chart("panel_flow")(one_sided, "", *WAVES) is None


# What all charts share ----------------------------------------------------------------------------


def test_clashes_are_found():
    """The check itself must be able to fail."""
    figure, axes = drawing.start_figure(2.0)
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


def test_a_chart_from_outside_is_drawn_for_its_kind(monkeypatch):
    def draw(view: View, variable: str, **options: Any) -> Drawing:
        figure, axes = drawing.start_figure(2.0)
        axes.set_title(f"{view.label(variable)}: {view.writer.number(view.size(variable))}")
        return Drawing(figure)

    charts.register_chart("title", draw)
    monkeypatch.setattr(type(find_kind("single")), "chart", "title")
    drawn = draw_kind(view_of(make_cohort(), "a_single", USUAL), "a_single")
    assert "What is of the kind single: 240" in texts_of(drawn)
    charts.forget_chart("title")
    with pytest.raises(KeyError, match="'title' is not a chart; use one of shares"):
        find_chart("title")


def test_marks_say_what_they_are():
    from altcred.core.records import Estimate

    view = view_of(make_cohort(), "a_single", USUAL)
    figure, axes = drawing.start_figure(2.0)
    drawing.tell(axes.plot([1], [1], "o")[0], 'A "mark" <of> A & B')
    drawing.tell(axes.scatter([1], [2]), "Two")
    found = Estimate(0.5, 0.4, 0.6, 2240, variable="a_single", statistic="proportion")
    drawing.tell_estimate(axes.barh([1], [2]), view, "Oak, Walks", found)
    svg = Drawing(figure).as_svg("none")
    assert told_of(Drawing(figure)) == [
        "Two", "Oak, Walks: 50.0% (40.0% to 60.0%), n = 2,240", 'A "mark" <of> A & B'
    ]  # fmt: skip
    assert "<text" in svg
    assert drawing.TOLD not in svg


def test_the_printed_form_goes_with_the_figure(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *what, **_: shown.extend(what))
    figures = [drawing.start_figure(height)[0] for height in (2.0, 3.0)]
    printed = Drawing(figures[1])
    Drawing(figures[0], printed=printed).show({"label": "fig-one"})
    assert shown[0][drawing.PRINTED] == printed.as_svg() != shown[0]["image/svg+xml"]


@pytest.mark.parametrize("labels", [["Short"] * 3, ["Short", "long " * 40, "Short"] * 9])
def test_rows_have_the_height_they_need(labels):
    figure, axes, places = rows.start_rows(labels)
    figure.draw_without_rendering()
    (low, high), height = sorted(axes.get_ylim()), axes.get_window_extent().height / figure.dpi
    assert height == pytest.approx(high - low, abs=0.011)
    assert low < places[0] < places[-1] < high
    assert list_clashes(figure) == []


def test_the_svg_is_the_same_each_time():
    view = view_of(make_cohort(), "a_single", USUAL)
    first, second = (find_chart("shares")(view, "a_single").as_svg() for _ in range(2))
    assert first == second
    assert first.startswith("<?xml")
    assert "<dc:date>" not in first


def test_what_the_codebook_notes_is_shown_with_the_figure(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *what, **_: shown.extend(what))
    view = view_of(make_cohort(), "a_single", USUAL)
    view.codebook.variables["a_single"].note = "Of hats {{ not shoes }}."
    find_chart("shares")(view, "a_single").show()
    assert shown[-1].data == "*Note.* Of hats \\{\\{ not shoes \\}\\}."


def lightness(colour: str) -> float:
    """Return CIE L* of a colour, 0 for black and 100 for white."""
    from matplotlib.colors import to_rgb

    return 116 * drawing.luminance(to_rgb(colour)) ** (1 / 3) - 16


def test_neighbouring_colours_are_apart_in_grey():
    for count in range(2, 5):
        lights = [lightness(colour) for colour in drawing.TYPE_COLOURS[:count]]
        assert min(abs(one - other) for one, other in itertools.combinations(lights, 2)) > 12
    for one, other in itertools.pairwise(drawing.TYPE_COLOURS):
        assert abs(lightness(one) - lightness(other)) > 12
    assert lightness(drawing.FIRST_COLOUR) - lightness(drawing.SECOND_COLOUR) > 25


# How people see colours who lack the cones for long, middle or short waves: the matrices that
# Machado, Oliveira and Fernandes (2009) give for linear RGB.
EYES = {
    "all cones": np.eye(3),
    "no long": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                         [-0.003882, -0.048116, 1.051998]]),
    "no middle": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                           [-0.011820, 0.042940, 0.968881]]),
    "no short": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                          [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip


def as_seen(colour: str, eyes: str) -> np.ndarray:
    """Return the place of a colour in CIELAB as some eyes see it."""
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    white = np.array([0.95047, 1, 1.08883])
    x, y, z = np.cbrt(TO_XYZ @ np.clip(EYES[eyes] @ linear, 0, 1) / white)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_letters_on_answers_can_be_read():
    from matplotlib.colors import to_rgb

    sides = [list("abcde"), ["f"], list("ghijk")]
    for colour in [*spread.colours_of_sides(sides), *spread.colours_of_sides([[], [], sides[0]])]:
        both = (colour, marks.letters_on(colour))
        lights = sorted(drawing.luminance(to_rgb(one)) for one in both)
        assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


@pytest.mark.parametrize("eyes", EYES)
def test_colours_are_told_apart_by_all_eyes(eyes):
    low, high = drawing.LOW_SIDE, drawing.HIGH_SIDE
    kinds = [
        drawing.TYPE_COLOURS,
        (*low, drawing.MIDDLE),
        (*high, drawing.MIDDLE),
        (low[0], high[0]),
        (low[1], high[1]),
        (drawing.FIRST_COLOUR, drawing.SECOND_COLOUR),
    ]
    for colours in kinds:
        for one, other in itertools.combinations(colours, 2):
            # A difference of 2.3 is just seen; neighbours of a scale have a white line between.
            assert np.linalg.norm(as_seen(one, eyes) - as_seen(other, eyes)) > 10, (one, other)


def test_every_group_has_a_shape_and_a_colour_of_its_own():
    view = view_of(make_cohort(5), "a_single", USUAL)
    for parts in (view.subgroups(), view.subgroups(total=False), ["arm=a", "arm=b", ALL]):
        looks = drawing.looks_of(view, parts)
        assert list(looks) == parts
        assert len({one.shape for one in looks.values()}) == len(parts)
        assert len({one.colour for one in looks.values()}) == len(parts)
    own = drawing.looks_of(view, ["program_type=visit"])["program_type=visit"]
    assert own == drawing.looks_of(view, view.subgroups())["program_type=visit"]


def test_letters_in_a_colour_can_be_read_on_white():
    from matplotlib.colors import to_rgb

    for colour in (*drawing.TYPE_COLOURS, drawing.FIRST_COLOUR, drawing.SECOND_COLOUR):
        ink = drawing.ink_of(colour)
        assert 1.05 / (drawing.luminance(to_rgb(ink)) + 0.05) >= 4.49
    assert drawing.ink_of(drawing.TYPE_COLOURS[0]) == drawing.TYPE_COLOURS[0]


def test_no_other_meaning_has_the_colour_of_a_program_type():
    others = {drawing.FIRST_COLOUR, drawing.SECOND_COLOUR, drawing.ALL_COLOUR}
    assert not others & set(drawing.TYPE_COLOURS)
    view = view_of(make_cohort(), "a_single", USUAL)
    colours = [drawing.colour_of(view, part) for part in view.subgroups()]
    assert colours == [*drawing.TYPE_COLOURS[:2], drawing.ALL_COLOUR]


def test_a_drawing_is_the_same_text_where_only_the_last_digits_of_its_places_differ():
    from matplotlib.figure import Figure

    def draw(left: float) -> str:
        figure = Figure()
        figure.add_axes((left, 0.1, 0.8, 0.8)).plot([0, 1, 3], [1, 0, 2])
        return Drawing(figure).as_svg()

    assert "clip-path" in draw(0.1)
    assert draw(0.1) == draw(0.1 + 1e-13)
    assert draw(0.1) != draw(0.11)
