"""How numbers are distributed: bars of equal bins, dots of all others, medians and quartiles."""

from dataclasses import replace

import numpy as np
import pytest
from drawn import bars_of, list_clashes, marks_of, rules_of, texts_of, told_of
from small_view import BINS, make_cohort, make_view, view_of

from altcred.core.intervals import bin_intervals
from altcred.core.records import ALL, Recorder
from altcred.core.statistics import QUANTILES
from altcred.kinds import find_kind, list_kinds
from altcred.write.charts import drawing, find_chart, histogram
from altcred.write.charts.points import place_dots

USUAL, NOBODY_BUT_ONE, FEW = (40, 25, 12, 3), (57, 0, 0, 0), (2, 1, 1, 0)
NUMBERS = [name for name in list_kinds() if find_kind(name).chart == "distribution"]


def dots_of(drawing):
    """Return the numbers at which dots stand, by their subgroup, read from the ticks.

    What stands before the first or behind the last number of the axis is infinite; zero stands
    apart, where an axis has a tick of it.
    """
    (axes,) = drawing.figure.axes
    ticks = {
        at: label.get_text()
        for at, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    }
    left, _ = axes.spines["bottom"].get_bounds()
    apart = {at: 0.0 for at in ticks if at < left - 0.01}
    inside = {at: float(text.strip("€").replace(",", "")) for at, text in ticks.items()
              if at not in apart}  # fmt: skip
    (one, first), *_, (other, last) = inside.items()
    found = {}
    for dots in axes.collections:
        places = dots.get_offsets()[:, 0]
        numbers = first + (places - one) * (last - first) / (other - one)
        for at, number in apart.items():
            numbers[np.abs(places - at) < 0.2] = number
        found[dots.get_label().partition("|")[0]] = np.array(numbers)
    return found


def quantiles_of(values, part=ALL, name="a_money", zeros=0.0):
    """Return the records of 400 people's quantiles, and a range of all of them."""
    record = Recorder(part, name)
    records = [record.number("nobs", 400, n=400)]
    for share, of in (QUANTILES | {0.5: "median"}).items():
        records.append(record.number(of, values(share), n=400))
    if zeros:
        records.append(record.share(zeros * 400, 400, statistic="zeros"))
    return records


def view_of_bins(kind, counts, hidden=()):
    """Return a view of a number of which only the shares of its bins are told."""
    record, n = Recorder(ALL, f"a_{kind}"), sum(counts)
    records = [record.number("nobs", n, n=n)]
    for one, count in zip(bin_intervals(BINS), counts, strict=True):
        records += record.counted(str(one), count, n)
    return make_view(make_cohort(), {"spring": records}, hidden=hidden)


@pytest.mark.parametrize(
    ("types", "counts"), [(0, USUAL), (2, NOBODY_BUT_ONE), (5, FEW), (5, USUAL)]
)
@pytest.mark.parametrize("kind", NUMBERS)
def test_every_number_has_its_bars_in_the_printed_form(kind, counts, types):
    view = view_of(make_cohort(types), f"a_{kind}", counts, hidden=["[10, 20)"])
    drawing = find_chart("histogram")(view, f"a_{kind}")
    parts, shown = view.subgroups(total=False), []
    for part in parts:
        for name in view.categories(f"a_{kind}"):
            found = view.find(f"a_{kind}", name, "", part)
            bar = bars_of(drawing, across=False).get((part, name))
            assert (bar is not None) == found.is_shown
            if bar:
                assert bar[1] == pytest.approx(found.value * 100)
                shown.append([100 * found.low, 100 * found.high])
    assert np.allclose(rules_of(drawing, across=False), sorted(shown))
    assert texts_of(drawing).count("–") == len(parts)
    assert drawing.note.startswith(f"A note on {kind}.")
    assert len(drawing.numbers[0].rows) == len(parts) * len(view.categories(f"a_{kind}"))
    assert list_clashes(drawing.figure) == []
    drawn = find_chart("distribution")(view, f"a_{kind}")
    assert list_clashes(drawn.figure) == []
    assert drawn.note.startswith(f"A note on {kind}.")


@pytest.mark.parametrize("kind", [one for one in NUMBERS if one != "date"])
def test_dots_thin_out_where_answers_do_whatever_the_bins(kind):
    view = view_of_bins(kind, (*USUAL, 0))
    drawing = find_chart("distribution")(view, f"a_{kind}", columns=["all"])
    # Of 80 people 40 are below 10, 25 more below 20, 12 more below 50, which is thirty wide.
    dots = dots_of(drawing)[ALL]
    for share, end in ((0.5, 10), (0.8125, 20), (0.9625, 50)):
        assert np.mean(dots < end + 0.5) == pytest.approx(share, abs=0.05)
    assert bars_of(drawing.printed, across=False)


def test_dots_stand_at_the_quantiles_with_zeros_apart():
    view = make_view(make_cohort(), {"spring": quantiles_of(
        lambda share: 0.0 if share <= 0.2 else 100 + 100 * share, zeros=0.21)})  # fmt: skip
    drawing = find_chart("distribution")(view, "a_money", columns=["all"])
    shares = [place / 20 for place in range(1, 20)]
    expected = [0.0 if share <= 0.2 else 100 + 100 * share for share in shares]
    # Dots closer than they are wide stand upon each other.
    assert np.allclose(dots_of(drawing)[ALL], expected, atol=2.5)
    assert "median €150; middle half €125 to €175; 21% gave €0; 5% gave €195\nor more" in (
        texts_of(drawing)
    )
    assert "All: the middle half gave €125 to €175" in told_of(drawing)
    assert "All, median: €150, n = 400" in told_of(drawing)
    marks = marks_of(drawing)
    assert marks[ALL, "quartiles"] < marks["median", ALL]
    assert len(drawing.numbers[0].rows) == 20
    assert list_clashes(drawing.figure) == []


def test_what_is_mostly_hidden_is_told_by_bins():
    view = view_of_bins("money", (90, 3, 60, 4, 80), hidden=["[10, 20)", "[50, 100)", "[100, )"])
    drawing = find_chart("distribution")(view, "a_money", columns=["all"])
    assert texts_of(drawing).count("not shown") == 3
    assert {"€0–9", "38%", "25%"} <= set(texts_of(drawing))
    assert bars_of(drawing.printed, across=False)
    # Nothing tells where the people of a gap lie.
    points = [(0.0, 0.0), (0.3, 10.0), (0.9, 50.0), (1.0, 60.0)]
    placed = place_dots(points, 200, [(0.0, 10.0)], few=40)
    assert placed[:6] == pytest.approx(
        [10 * share / 0.3 for share in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)]
    )
    assert placed[6:] == pytest.approx([50.0, 55.0])


def test_zeros_and_the_middle_half_are_said():
    records = quantiles_of(lambda share: 100 + 100 * share, zeros=0.21)
    records.append(Recorder(ALL, "a_money").number("mean", 149, n=400))
    view = make_view(make_cohort(), {"spring": records})
    kind = find_kind("money")
    assert kind.finding(view, "a_money").endswith("149. 21% gave €0.")
    assert kind.alt(view, "a_money").endswith("The middle half lies from €125 to €175.")
    hidden = make_view(make_cohort(), {"spring": records[:1]})
    assert "€0" not in kind.finding(hidden, "a_money")


def test_amounts_of_many_sizes_lie_on_an_axis_of_their_logarithms():
    view = make_view(make_cohort(), {"spring": quantiles_of(lambda share: 10 ** (1 + 4 * share))})
    drawing = find_chart("distribution")(view, "a_money", columns=["all"])
    (dots,) = drawing.figure.axes[0].collections
    gaps = np.diff(dots.get_offsets()[:, 0])
    assert np.allclose(gaps, gaps[0], atol=1e-3)
    assert {"€100", "€10,000"} <= set(texts_of(drawing))
    assert list_clashes(drawing.figure) == []


def test_years_without_bins_are_drawn_and_not_by_their_logarithms():
    records = quantiles_of(lambda share: 1950 + round(50 * share), name="a_year")
    drawing = find_chart("distribution")(make_view(make_cohort(), {"spring": records}), "a_year",
                                         columns=["all"])  # fmt: skip
    assert (
        "median 1975; middle half 1962 to 1988; 5% gave 1952 or earlier;\n5% gave 1998 or later"
        in (texts_of(drawing))
    )
    assert dots_of(drawing)[ALL][0] == pytest.approx(1952, abs=1)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e9])
@pytest.mark.parametrize("spread", [0.1, 5.0])
def test_numbers_of_any_size_and_groups_of_long_names_have_room(size, spread):
    long = "A group of a name that goes on and on and on and never seems to end "
    kinds = {f"kind{place}": {"label": f"{long * place}{place}"} for place in range(5)}
    programs = {f"{kind}_one": {"label": "One", "type": kind} for kind in kinds}
    cohort = make_cohort(5, program_types=kinds, programs=programs)
    parts = [f"program_type={one}" for one in cohort.study.program_types]
    records = [Recorder(part, "responses").number("count", 400, n=400) for part in parts]
    records += [one for place, part in enumerate(parts) for one in quantiles_of(
        lambda share, place=place: size * np.exp(spread * share + place), part)]  # fmt: skip
    drawing = find_chart("distribution")(make_view(cohort, {"spring": records}), "a_money")
    assert list_clashes(drawing.figure) == []
    assert len(drawing.as_svg("none")) < 60_000


def test_few_people_are_a_dot_each_where_bins_tell_where():
    view = view_of_bins("money", (9, 6, 3, 1, 1), hidden=["[20, 50)", "[50, 100)", "[100, )"])
    drawing = find_chart("distribution")(view, "a_money", columns=["all"])
    assert len(dots_of(drawing)[ALL]) == 15
    # Of the five beyond 20 nobody may know more.
    assert any("25% gave €20 or more" in text for text in texts_of(drawing))
    assert any("a dot is one person" in text for text in texts_of(drawing))
    view.study.dots_below = 0
    drawing = find_chart("distribution")(view, "a_money", columns=["all"])
    assert not any("one person" in text for text in texts_of(drawing))


def test_the_legend_is_true_of_a_small_group_beside_a_large_one():
    cohort = make_cohort()
    parts = [f"program_type={one}" for one in cohort.study.program_types]
    records = []
    for part, n in zip(parts, (400, 12), strict=True):
        records.append(Recorder(part, "responses").number("count", n, n=n))
        found = quantiles_of(lambda share: 10 + 90 * share, part)
        records += [replace(one, n=n, value=n if one.statistic == "nobs" else one.value)
                    for one in found]  # fmt: skip
    view = make_view(cohort, {"spring": records})
    texts = texts_of(find_chart("distribution")(view, "a_money"))
    assert any("5% of the people, unless it is said to be one person" in one for one in texts)


# Bars ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NUMBERS)
def test_medians_stand_in_their_bins(kind):
    view = view_of(make_cohort(), f"a_{kind}", USUAL)
    drawing = find_chart("histogram")(view, f"a_{kind}")
    # 25.5 lies at 5.5 of the thirty from 20 to 50, which is the third bin.
    assert marks_of(drawing)["median", "program_type=walk"] == pytest.approx(
        # A whole number stands in the middle of its own place.
        2 - 0.5 + (6 if find_kind(kind).is_whole else 5.5) / 30
    )
    words = {"money": "median €25.50", "date": "median 27 January 1970"}
    assert words.get(kind, "median 25.5") in texts_of(drawing)
    assert list_clashes(drawing.figure) == []


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
    found = histogram.order_medians([(at, None, "all") for at in places], 10)
    assert [(at, side) for (at, *_), side in found] == ordered


@pytest.mark.parametrize(
    ("labels", "written", "turned"),
    [
        (["0–4", "5–9", "10 or more"], ["0–4", "5–9", "10 or more"], 0),
        ([*(f"{n}–{n + 4}" for n in range(30, 65, 5)), "65 or more"], "65\nor more", 0),
        ([f"${n},000–{n + 9},999" for n in range(40, 100, 10)], "$90,000–\n99,999", 0),
        ([f"${n},000–{n + 99},999" for n in range(100, 1200, 100)], "$1100,000–1199,999", 35),
    ],
)
def test_ranges_stand_in_one_line_in_two_or_aslant(labels, written, turned):
    _, axes = drawing.start_figure(3.0)
    histogram.write_ranges(axes, labels)
    texts = [label.get_text() for label in axes.get_xticklabels()]
    assert texts == written if isinstance(written, list) else texts[-1] == written
    assert {label.get_rotation() for label in axes.get_xticklabels()} == {turned}


def test_a_number_without_a_codebook_is_drawn():
    record = Recorder(ALL, "days_between")
    counts = {"[0, 30)": 12.0, "[30, 60)": 30.0, "[60, )": 8.0}
    records = [record.number("nobs", 50, n=50), record.number("median", 41, n=50)]
    records += [one for name, count in counts.items() for one in record.counted(name, count, 50)]
    view = make_view(make_cohort(), {"panel": records})
    drawing = find_chart("distribution")(view, "days_between")
    assert bars_of(drawing, across=False)[ALL, "[30, 60)"][1] == pytest.approx(60)
    # Where the last, open bin holds most, a bar of it would be a peak that nobody can know of.
    records[1] = record.number("median", 70, n=50)
    counts = {"[0, 30)": 12.0, "[30, 60)": 8.0, "[60, )": 30.0}
    records[2:] = [one for name, count in counts.items() for one in record.counted(name, count, 50)]
    drawing = find_chart("distribution")(make_view(make_cohort(), {"panel": records}),
                                         "days_between")  # fmt: skip
    assert bars_of(drawing, across=False) == {}
    assert {"24%", "16%", "60%"} <= set(texts_of(drawing))


def test_people_are_not_spread_over_a_bin_that_holds_them_all():
    # All answered within some days of the quarter, of which the median alone is told.
    points = [(0.0, 90.0), (0.5, 99.0), (1.0, 180.0)]
    placed = place_dots(points, 34, [(90.0, 180.0)], few=40)
    assert max(placed) < 99


def test_a_histogram_of_hidden_bins_is_none():
    bins = ["[0, 10)", "[10, 20)", "[20, 50)", "[50, 100)", "[100, )"]
    view = view_of_bins("count", (9, 6, 3, 1, 1), hidden=bins)
    drawing = find_chart("distribution")(view, "a_count", columns=["all"])
    assert texts_of(drawing).count("not shown") == len(bins)
    assert not drawing.is_telling
