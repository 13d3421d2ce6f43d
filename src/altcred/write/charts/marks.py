"""Marks of charts: a point with its interval, and bars or dots that stand for people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from matplotlib.colors import to_rgb

from altcred.core.records import Estimate
from altcred.core.weights import WEIGHTED
from altcred.write.charts.drawing import (
    FONT_SIZE,
    MUTED,
    ON_DARK,
    ON_PALE,
    Look,
    ink_of,
    luminance,
    tell_estimate,
)
from altcred.write.charts.rows import BAR
from altcred.write.views import View

# A part of a bar narrower than so many percent has no room for its number.
NARROWEST = 8.0
# The luminance above which a colour is hard to see on white.
PALEST = 0.45
# So many people, a dot each, fill the width of a figure.
MOST_DOTS = 40


def draw_point(
    axes: Any,
    spot: tuple[float, float],
    found: Estimate,
    look: Look,
    label: str,
    *,
    times: float = 100,
) -> tuple[float, float]:
    """Draw a number as a point with its interval; return where both end.

    It stands `spot` from the left and the top, is drawn `times` as far as its value, and has the
    label that tests and other programs find it by.
    """
    left, at = spot
    # A pale colour has a rim, so that it is seen on white.
    rim = ink_of(look.colour) if luminance(to_rgb(look.colour)) > PALEST else ""
    place = left + found.value * times
    ends = (place, place)
    if not math.isnan(found.low + found.high):
        low, high = left + found.low * times, left + found.high * times
        axes.plot([low, high], [at, at], color=rim or look.colour, linewidth=1.5, alpha=0.6,
                  zorder=2, solid_capstyle="butt")  # fmt: skip
        ends = (min(place, low), max(place, high))
    point = axes.plot([place], [at], look.shape, color=look.colour, markersize=6.5, zorder=3,
                      markeredgecolor=rim or "white", markeredgewidth=0.7)  # fmt: skip
    point[0].set_label(label)
    return ends


@dataclass(frozen=True)
class Part:
    """A part of a bar: its label and words, how many or how much it holds, and its colour."""

    label: str
    words: str
    found: Estimate
    colour: str


def draw_parts(
    axes: Any, view: View, at: float, parts: Sequence[Part], start: float, *, dots: bool
) -> None:
    """Draw parts one after the other: as a bar, or with `dots` as one dot for each person."""
    sizes = [count_people(one.found) if dots else one.found.value * 100 for one in parts]
    for part, (left, right) in zip(parts, pairwise(accumulate(sizes, initial=start)), strict=True):
        if dots:
            places = [left + 0.5 + one for one in range(round(right - left))]
            mark = axes.scatter(places, [at] * len(places), s=38, color=part.colour, zorder=3,
                                edgecolors=MUTED, linewidths=0.5)  # fmt: skip
        else:
            mark = axes.barh(at, right - left, left=left, height=BAR * 0.92, color=part.colour,
                             edgecolor="white", linewidth=0.7)  # fmt: skip
            if right - left >= NARROWEST:
                axes.text(
                    (left + right) / 2, at, view.writer.percent(part.found.value), ha="center",
                    va="center", fontsize=FONT_SIZE - 1.5, color=letters_on(part.colour),
                )  # fmt: skip
        mark.set_label(part.label)
        tell_estimate(mark, view, part.words, part.found)


def count_people(found: Estimate) -> int:
    """Return how many people a share is of."""
    return round(found.value * found.n)


def are_few(view: View, found: Sequence[Estimate]) -> bool:
    """Tell whether shares are of so few people that each can be drawn as a dot."""
    few = view.study.dots_below
    return all(one.is_shown and one.n < few and one.note != WEIGHTED for one in found)


def letters_on(colour: str) -> str:
    """Return the colour of letters that can be read on a colour."""
    # Of black and white, that with more contrast has 4.5 to 1 or more (WCAG 2.2).
    return ON_DARK if luminance(to_rgb(colour)) < 0.179 else ON_PALE
