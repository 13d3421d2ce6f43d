"""How a number is distributed, as dots that are one twentieth of the people each.

Where the bins are equally wide the chart is their bars. Else a dot stands where a quantile is, so
that dots lie as close as the answers do, whatever the codebook's bins. Quartiles lie under them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import seaborn

from altcred.core.intervals import read_interval
from altcred.core.records import Estimate
from altcred.core.statistics import QUANTILES, ZEROS, find_statistic
from altcred.write.charts.drawing import (
    FONT_SIZE,
    GRID,
    INK,
    WIDTH,
    Drawing,
    colour_of,
    find_chart,
    ink_of,
    register_chart,
    start_figure,
    subgroups_with,
    tell,
    tell_estimate,
)
from altcred.write.charts.histogram import draw_histogram
from altcred.write.charts.points import STEP, list_points, list_told, place_dots
from altcred.write.charts.rows import GAP, LINE, LONGEST_BOLD, wrap
from altcred.write.tables import Shown, Table, numbers_behind, slug
from altcred.write.tables.cells import BEHIND, behind, with_n
from altcred.write.views import View

# A dot's width in inches, and how many lie upon each other before they move together.
DOT, HIGHEST = 0.15, 7
# An axis on which a number is so many times another one is of their logarithms.
SPAN = 40
# How far zeros stand before the axis, in inches.
ASIDE = 0.45
# Of so many of the dots it must be told where they stand.
ENOUGH = 0.6


def draw_distribution(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw how a number is distributed in each program type, with its median and quartiles.

    Bars where the bins are equally wide, else dots of a twentieth of the people each, or of a
    person each where they are few. None where too little of it is told to draw.
    """
    subgroups = subgroups_with(view, variable, columns)
    names = view.categories(variable)
    bars = draw_histogram(view, variable, columns=columns)
    if bars is not None and is_even(view, variable, names, subgroups):
        return bars
    sizes = {part: view.size(variable, part) or 0 for part in subgroups}
    known = {part: list_points(view, variable, part, names) for part in subgroups}
    bins = {part: list_told(view, variable, part, names) for part in subgroups}
    few = view.study.dots_below
    dots = {part: place_dots(known[part], sizes[part], bins[part], few=few) for part in subgroups}
    most = {part: n if n < few else 1 / STEP - 1 for part, n in sizes.items()}
    if any(len(dots[part]) < ENOUGH * most[part] for part in subgroups):
        # Too much is hidden: rows say of each bin what may be said.
        rows = find_chart("shares")(view, variable, columns=columns) if len(names) > 1 else None
        if rows is not None:
            rows.printed = bars
        return rows
    figure = _draw_dots(view, variable, known, dots)
    numbers = [_list_numbers(view, variable, subgroups)]
    if len(names) > 1:
        numbers.append(numbers_behind(view, variable, names, subgroups))
    return Drawing(figure, numbers, view.note(variable), bars)


def is_even(view: View, variable: str, names: Sequence[str], subgroups: Sequence[str]) -> bool:
    """Tell whether bars of the bins are as high as the answers are frequent.

    The bins are equally wide, months or years are taken to be, and the last one, where it is open,
    holds no more people than the one before it. Zeros are apart, so that no bin mixes them.
    """
    bins = [found for name in names if (found := read_interval(name)) is not None]
    if view.kind(variable) is not None and view.kind(variable).is_day:  # type: ignore[union-attr]
        return len(bins) > 1
    closed = [one for one in bins if one.low is not None and one.high is not None]
    widths = [one.high - one.low for one in closed]  # type: ignore[operator]
    if not widths or not np.allclose(widths, widths[0]) or len(closed) < len(bins) - 1:
        return False
    mixes = widths[0] > 1 and any(view.find(variable, "", ZEROS, part) for part in subgroups)
    return not mixes and not any(_rises_at_end(view, variable, names, part) for part in subgroups)


def _rises_at_end(view: View, variable: str, names: Sequence[str], part: str) -> bool:
    last, before = (view.find(variable, name, "", part) for name in (names[-1], names[-2]))
    is_open = (found := read_interval(names[-1])) is None or found.high is None
    return is_open and last is not None and before is not None and last.value > before.value


# Drawing -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Where numbers lie across the figure, in inches, with zeros apart before them."""

    low: float
    high: float
    is_log: bool
    starts: float
    ends: float

    @classmethod
    def of(cls, dots: Iterable[float], told: Iterable[float], *, has_zeros: bool) -> "Scale":
        """Return the scale on which dots have room, with a place for zeros before them.

        It is one of logarithms where the numbers `told` are of very different size.
        """
        inside = [one for one in dots if not (has_zeros and one == 0)]
        low, high = min(inside, default=0.0), max(inside, default=1.0)
        sizes = [one for one in told if one > 0]
        is_log = low > 0 and max(sizes, default=0) > SPAN * min(sizes, default=1)
        starts = DOT + (ASIDE if has_zeros else 0)
        return cls(low, high if high > low else low + 1, is_log, starts, WIDTH - 0.3 - DOT)

    def place(self, number: float) -> float:
        """Return where a number lies; zero too, where it has no place among the others."""
        if number == 0 and self.low > 0 and self.starts > DOT:
            return DOT
        ends = (self.low, self.high, number)
        low, high, at = map(math.log, ends) if self.is_log else ends
        return self.starts + (at - low) / (high - low) * (self.ends - self.starts)

    def ticks(self, *, is_whole: bool = False) -> list[float]:
        """Return round numbers inside, the fewest first that may be left out."""
        from matplotlib.ticker import LogLocator, MaxNLocator

        locator = LogLocator(subs=(1, 2, 5)) if self.is_log else MaxNLocator(6, integer=is_whole)
        return [one for one in locator.tick_values(self.low, self.high)
                if self.low <= one <= self.high]  # fmt: skip


def _draw_dots(
    view: View,
    variable: str,
    known: Mapping[str, Sequence[tuple[float, float]]],
    dots: Mapping[str, Sequence[float]],
) -> Any:
    kind = view.kind(variable)
    sizes = {part: view.size(variable, part) or 0 for part in known}
    every = [one for found in dots.values() for one in found]
    has_zeros = 0 in every and min(every) >= 0
    told = [number for points in known.values() for share, number in points if STEP <= share < 1]
    is_calendar = kind is not None and kind.is_calendar
    scale = Scale.of(every, [] if is_calendar else told, has_zeros=has_zeros)
    stacks = {part: _stack([scale.place(one) for one in found]) for part, found in dots.items()}
    tallest = max(level for found in stacks.values() for _, level in found) + 1
    rise = DOT * min(1, HIGHEST / tallest)
    figure, axes = start_figure(4.0)
    top = 0.0
    for part, found in stacks.items():
        top = _write_head(axes, view, variable, part, known[part], top)
        highest = max(level for _, level in found)
        base = top + DOT + rise * highest
        marks = axes.scatter(
            [at for at, _ in found], [base - rise * level - DOT / 2 for _, level in found],
            s=(DOT * 72) ** 2, color=colour_of(view, part), edgecolor="white", linewidth=0.5,
        )  # fmt: skip
        marks.set_label(f"{part}|dots")
        tell(marks, f"{view.subgroup_label(part)}: {_say_dot(view, sizes[part])}")
        _draw_quartiles(axes, view, variable, part, scale, base)
        top = base + 0.14 + GAP
    axes.set_xlim(0, WIDTH - 0.3)
    axes.set_ylim(top, 0)
    figure.get_layout_engine().heights[axes] = top
    _write_ticks(axes, view, variable, scale, every)
    unit = view.unit(variable)
    label = view.label(variable)
    label = wrap(f"{label} ({unit})" if unit and unit.lower() not in label.lower() else label)
    axes.set_xlabel(f"{label}\n{wrap(_say_marks(view, axes, sizes.values()))}")
    seaborn.despine(ax=axes, left=True)
    axes.spines["bottom"].set_bounds(scale.starts, scale.ends)
    return figure


def _say_dot(view: View, n: float) -> str:
    if n < view.study.dots_below:
        return "one person, placed within a range"
    return f"{view.writer.percent(STEP)} of the people"


def _say_marks(view: View, axes: Any, sizes: Iterable[float]) -> str:
    """Return what the marks are that are drawn."""
    # The dots of a small group beside large ones are said where its name stands.
    large = [n for n in sizes if n >= view.study.dots_below]
    dot = _say_dot(view, max(sizes))
    if 0 < len(large) < len([*sizes]):
        dot = f"{dot}, unless it is said to be one person"
    marks = {one for line in axes.lines for one in line.get_label().split("|")}
    named = {"median": "◆ median", "quartiles": "▬ middle half"}
    drawn = [text for one, text in named.items() if one in marks]
    return "   ".join([f"● {dot}", *drawn])


def _stack(places: Sequence[float]) -> list[tuple[float, int]]:
    """Return where dots stand, in columns as wide as a dot, and how many are below each."""
    columns: list[list[float]] = []
    for place in sorted(places):
        if columns and place - columns[-1][0] < DOT:
            columns[-1].append(place)
        else:
            columns.append([place])
    return [(sum(one) / len(one), level) for one in columns for level in range(len(one))]


def _write_head(
    axes: Any,
    view: View,
    variable: str,
    part: str,
    points: Sequence[tuple[float, float]],
    top: float,
) -> float:
    """Write the name of a subgroup and its median, quartiles and zeros; return where they end."""
    names = ("median", "quantile_25", "quantile_75", ZEROS)
    told = {one: view.write(est) for one in names if (est := view.shown(variable, "", one, part))}
    words = [f"median {told['median']}"] if "median" in told else []
    if "quantile_25" in told and "quantile_75" in told:
        words.append(f"middle half {told['quantile_25']} to {told['quantile_75']}")
    if ZEROS in told:
        nought = view.write(Estimate(0.0, variable=variable, statistic="median"))
        words.append(f"{told[ZEROS]} gave {nought}")
    kind, n = view.kind(variable), view.size(variable, part) or 0
    less, more = ["earlier", "later"] if kind and kind.is_calendar else ["less", "more"]
    for share, number, word in ((points[0][0], points[0][1], less),
                                (1 - points[-1][0], points[-1][1], more)):  # fmt: skip
        if share >= 0.005:
            written = view.write(Estimate(number, variable=variable, statistic="median"))
            words.append(f"{view.writer.share(share)} gave {written} or {word}")
    words += ["a dot is one person"] if n < view.study.dots_below else []
    name = wrap(with_n(view, view.subgroup_label(part), n), LONGEST_BOLD)
    for text, words_of in ((name, {"fontweight": "bold", "color": ink_of(colour_of(view, part))}),
                           (wrap("; ".join(words)), {"color": INK})):  # fmt: skip
        if text:
            axes.text(0, top, text, va="top", fontsize=FONT_SIZE, linespacing=1.1, **words_of)
            top += LINE * (text.count("\n") + 1) + 0.02
    return top


def _draw_quartiles(
    axes: Any, view: View, variable: str, part: str, scale: Scale, base: float
) -> None:
    names = ("quantile_25", "quantile_75", "median")
    found = {one: est for one in names if (est := view.shown(variable, "", one, part))}
    at = {one: scale.place(est.value) for one, est in found.items()}
    y, name = base + 0.07, view.subgroup_label(part)
    axes.plot([0, WIDTH - 0.3], [base + 0.005] * 2, color=GRID, linewidth=0.8, zorder=0)
    if len(at) == 3:
        band = axes.plot([at["quantile_25"], at["quantile_75"]], [y, y], linewidth=3.2,
                         color=colour_of(view, part), solid_capstyle="butt")[0]  # fmt: skip
        band.set_label(f"{part}|quartiles")
        ends = " to ".join(view.write(found[one]) for one in ("quantile_25", "quantile_75"))
        tell(band, f"{name}: the middle half gave {ends}")
    if median := found.get("median"):
        mark = axes.plot([at["median"]], [y], "D", color=INK, markersize=5.2,
                         markeredgecolor="white", markeredgewidth=0.8)[0]  # fmt: skip
        mark.set_label(f"median|{part}")
        tell_estimate(mark, view, f"{name}, median", median)


def _write_ticks(axes: Any, view: View, variable: str, scale: Scale, dots: Sequence[float]) -> None:
    def write(number: float) -> str:
        return view.write(Estimate(number, variable=variable, statistic="median"))

    aside = [(0.0, write(0.0))] if 0 in dots and scale.low > 0 and scale.starts > DOT else []
    kind = view.kind(variable)
    ticks = scale.ticks(is_whole=kind is not None and kind.is_whole)
    while len(ticks) > 2 and _is_tight([(scale.place(one), write(one)) for one in ticks]):
        ticks = ticks[::2]
    shown = [*aside, *((one, write(one)) for one in ticks)]
    axes.set_xticks([scale.place(one) for one, _ in shown], [text for _, text in shown])
    axes.set_yticks([])


def _is_tight(ticks: Sequence[tuple[float, str]]) -> bool:
    """Tell whether labels of an axis would touch; a letter is at most 0.085 inches wide."""
    return any(
        0.0425 * (len(one) + len(other)) + 0.08 > end - start
        for (start, one), (end, other) in pairwise(ticks)
    )


# Numbers -----------------------------------------------------------------------------------------


def _list_numbers(view: View, variable: str, subgroups: Sequence[str]) -> Table:
    """Return the quantiles that are drawn, and the share of zeros, a line each."""
    names = sorted(QUANTILES | {0.5: "median"})
    rows = [
        (
            view.label_row(find_statistic(name).word, part, subgroups),
            map(Shown, behind(view, found)),
        )
        for name in [*(QUANTILES.get(one, "median") for one in names), ZEROS]
        for part in subgroups
        if (found := view.find(variable, "", name, part)) is not None
    ]
    id = f"{slug(variable)}-{slug(view.wave)}-quantiles"
    lines = [(label, list(cells)) for label, cells in rows]
    return Table(id, view.label(variable), list(BEHIND), lines)


register_chart("distribution", draw_distribution)
