"""The shares of a number's bins as bars, one colour a program type, medians marked."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import seaborn

from altcred.core.intervals import Interval, parse_interval
from altcred.core.records import Estimate
from altcred.write.charts.drawing import (
    BLANK,
    FONT_SIZE,
    INK,
    MUTED,
    WIDTH,
    Drawing,
    colour_of,
    draw_bars,
    draw_grid,
    halo,
    ink_of,
    name_subgroups,
    register_chart,
    start_figure,
    subgroups_with,
    write_ticks,
)
from altcred.write.tables import numbers_behind
from altcred.write.views import HIDDEN, View

# More bars than these have no room for their numbers.
MOST_NUMBERED = 26
# A median: its place on the axis, the estimate, and the subgroup it is of.
Median = tuple[float, Estimate, str]


def draw_histogram(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the shares of a number's bins, one colour a program type, medians marked.

    Of bins that are not equally wide this is the form of printed reports alone: the bars show
    shares, not densities. A median is marked at its place within its bin. None where all answers
    are in one bin, or the share of none is shown.
    """
    subgroups = subgroups_with(view, variable, columns)
    names = view.categories(variable)
    # One bin for everybody is no distribution.
    if not subgroups or len(names) < 2:
        return None
    figure, axes = start_figure(3.1)
    tallest, is_hidden = _draw_bins(axes, view, variable, names, subgroups)
    if not tallest:
        return None
    bins = [parse_interval(name) for name in names]
    kind = view.kind(variable)
    half = 0.5 if kind is not None and kind.is_whole else 0.0
    medians = [
        (_place_in_bins(found.value + half, bins), found, part)
        for part in subgroups
        if (found := view.shown(variable, "", "median", part))
    ]
    ceiling = tallest * 1.1 + 0.5
    _draw_medians(axes, view, medians, len(names), ceiling)
    write_ranges(axes, [view.range_label(variable, name) for name in names])
    axes.set_xlim(-0.6, len(names) - 0.4)
    highest = ceiling * (1.08 + 0.1 * max(len(medians) - 1, 0))
    axes.set_ylim(0, highest)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= highest])
    write_ticks(axes.yaxis, view.writer.number)
    unit = view.unit(variable)
    axes.set_xlabel(view.label(variable) + (f" ({unit})" if unit else ""))
    axes.set_ylabel("Percent")
    axes.tick_params(axis="x", length=0)
    seaborn.despine(ax=axes)
    draw_grid(axes, "y")
    name_subgroups(axes, view, variable, subgroups)
    numbers = numbers_behind(view, variable, names, subgroups)
    hidden = f"{HIDDEN} Not shown, to protect small numbers." if is_hidden else ""
    return Drawing(figure, [numbers], " ".join(filter(None, [view.note(variable), hidden])))


def _draw_bins(
    axes: Any, view: View, variable: str, names: Sequence[str], subgroups: Sequence[str]
) -> tuple[float, bool]:
    """Draw the bars; return where the tallest ends, and whether any is hidden."""
    thickness = 0.84 / len(subgroups)
    is_numbered = len(names) * len(subgroups) <= MOST_NUMBERED
    words = {"textcoords": "offset points", "ha": "center", "fontsize": FONT_SIZE - 2.5,
             "bbox": BLANK}  # fmt: skip
    tallest, is_hidden = 0.0, False
    for place, part in enumerate(subgroups):
        offset = (place - (len(subgroups) - 1) / 2) * thickness
        drawn = {}
        for position, name in enumerate(names):
            found = view.find(variable, name, "", part)
            if found is not None and found.is_shown:
                drawn[name] = (position + offset, found)
            elif found is not None:
                is_hidden = True
                axes.annotate(HIDDEN, (position + offset, 0), (0, 1.5), color=MUTED, **words)
        colour = colour_of(view, part)
        for at, share, end in draw_bars(axes, part, drawn, thickness * 0.94, colour, across=False):
            tallest = max(tallest, end)
            if is_numbered:
                text = view.writer.number(share)
                axes.annotate(text, (at, end), (0, 1.5), color=INK, **words)
    return tallest, is_hidden


def _draw_medians(
    axes: Any, view: View, medians: Sequence[Median], bins: int, ceiling: float
) -> None:
    for line, ((at, found, part), side) in enumerate(order_medians(medians, bins)):
        height = ceiling * (1 + 0.1 * line)
        colour = colour_of(view, part)
        axes.plot([at, at], [0, height], color=colour, linewidth=1.2, linestyle=(0, (4, 2)),
                  zorder=1.5, path_effects=halo()).pop().set_label(f"median|{part}")  # fmt: skip
        axes.annotate(
            f"median {view.write(found)}", (at, height), (3 * side, 0),
            textcoords="offset points", ha="left" if side > 0 else "right", va="center",
            fontsize=FONT_SIZE - 1, color=ink_of(colour), bbox=BLANK,
        )  # fmt: skip


def order_medians(medians: Iterable[Median], bins: int) -> list[tuple[Median, int]]:
    """Return medians, the lowest line first, each with the side its words stand on: 1 or -1.

    Words stand over lines that are lower than theirs, so that no line crosses them: all to the
    right while there is room, with the leftmost line the highest, or else all to the left.
    """
    known = sorted(medians, key=lambda one: (one[0], one[2]))
    room = bins * 0.2
    if all(at <= bins - 1 - room for at, *_ in known):
        return [(one, 1) for one in reversed(known)]
    if all(at >= room for at, *_ in known):
        return [(one, -1) for one in known]
    left = [(one, 1) for one in reversed(known) if one[0] < bins / 2]
    return [*((one, -1) for one in known if one[0] >= bins / 2), *left]


def write_ranges(axes: Any, labels: Sequence[str]) -> None:
    """Write the names of bins under their bars: in one line, in two, or aslant."""
    places = range(len(labels))
    slot = 72 * (WIDTH - 0.75) / (len(labels) + 0.2)

    def width(text: str) -> float:
        # A digit is nearly two thirds as wide as its type is high.
        return 0.63 * FONT_SIZE * max(len(line) for line in text.split("\n"))

    shorter = [re.sub(r" (or more)$", r"\n\1", label) for label in labels]
    shortest = [text if width(text) < slot - 3 else text.replace("–", "–\n") for text in shorter]
    for texts in (labels, shorter, shortest):
        if all((width(one) + width(other)) / 2 + 3 <= slot for one, other in pairwise(texts)):
            axes.set_xticks(places, texts)
            return
    axes.set_xticks(places, labels, rotation=35, ha="right", rotation_mode="anchor")


def _place_in_bins(value: float, bins: Sequence[Interval]) -> float:
    """Return where a number lies on an axis of bins: within its bin in proportion.

    Of whole numbers `value` is the middle of the one, as which it has room in a bin.
    """
    for position, one in enumerate(bins):
        if one.holds(value):
            if one.low is None or one.high is None:
                return float(position)
            return position - 0.5 + (value - one.low) / (one.high - one.low)
    return -0.5 if value < (bins[0].low or 0) else len(bins) - 0.5


register_chart("histogram", draw_histogram)
