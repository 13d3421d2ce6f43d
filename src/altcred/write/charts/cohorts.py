"""Cohorts of one study: shares a line an answer, means a line a cohort, with their intervals."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import seaborn

from altcred.core.records import Estimate
from altcred.write.charts.drawing import (
    BLANK,
    FIRST_COLOUR,
    FONT_SIZE,
    INK,
    SECOND_COLOUR,
    WIDTH,
    Drawing,
    draw_grid,
    finish_shares,
    register_chart,
    tell_estimate,
    write_heads,
)
from altcred.write.charts.rows import BAR, Head, start_rows
from altcred.write.cohorts import CohortsView
from altcred.write.tables import Shown, Table
from altcred.write.tables.cells import behind, with_n
from altcred.write.tables.table import BEHIND
from altcred.write.views import HIDDEN

# From light to dark: the cohorts before the latest one, the oldest first.
_GREYS = ("#aab3ba", "#84909a", "#5f6a72", "#3f484e")


def colours_of(count: int) -> list[str]:
    """Return a colour for each of so many cohorts: greys, and the last one's own."""
    if count == 2:
        return [FIRST_COLOUR, SECOND_COLOUR]
    greys = [_GREYS[-1 - min(back, len(_GREYS) - 1)] for back in reversed(range(count - 1))]
    return [*greys, SECOND_COLOUR]


def draw_cohorts(view: CohortsView, variables: str | Iterable[str], *waves: str) -> Drawing | None:
    """Draw each answer's share in each cohort, the earlier ones as open marks above the latest.

    Marks carry the labels COHORT|ANSWER. None where no answer is shown twice.
    """
    names = [variables] if isinstance(variables, str) else list(variables)
    sides = view.sides(names)
    rows: list[tuple[str, list[Estimate | None]]] = []
    labels: list[str] = []
    for name in names:
        lines: list[tuple[str, list[Estimate | None]]] = []
        for category, statistic, _ in view.lines(name):
            if statistic == "proportion":
                shares = [side.find(name, category) for side in sides]
                if sum(one is not None and one.is_shown for one in shares) > 1:
                    lines.append((view.label(name, category), shares))
        if lines and len(names) > 1:
            labels.append(Head(view.label(name)))
        labels += [label for label, _ in lines]
        rows += lines
    if not rows:
        return None
    step = BAR / 2
    figure, axes, places = start_rows(labels, bars=len(sides), stretch=0.5)
    reach, colours = 0.0, colours_of(len(sides))
    for place, (label, found) in zip(places, rows, strict=True):
        start = place - step * (len(sides) - 1) / 2
        marks: list[tuple[float, float]] = []
        for number, (side, one) in enumerate(zip(sides, found, strict=True)):
            if one is not None and one.is_shown:
                at = start + step * number
                name = f"{side.cohort_name}|{label}"
                reach = max(reach, _draw_mark(axes, side, at, one, colours[number], name, 100))
                marks.append((one.value * 100, at))
        axes.plot(*zip(*marks, strict=True), color="#c9d0d5", linewidth=1.2, zorder=1)
    finish_shares(axes, view, reach)
    write_heads(axes, _heads(view, sides, names, colours))
    hidden = any(one is not None and not one.is_shown for _, found in rows for one in found)
    note = f"{HIDDEN} Some shares are not shown, to protect small numbers." if hidden else ""
    return Drawing(figure, [_numbers(view, rows, sides)], note)


def draw_means(view: CohortsView, variable: str, *waves: str) -> Drawing | None:
    """Draw the mean of each cohort with its interval, a line a cohort. None of a single one."""
    described, kind = view.described(variable), view.kind(variable)
    sides = [
        (side, found)
        for side in view.sides(variable)
        if (found := side.shown(variable, "", "mean"))
    ]
    if len(sides) < 2 or described is None or kind is None:
        return None
    labels = [
        with_n(view, side.cohort_label, found.n)
        + " *" * bool(view.changes_of(variable, [side.cohort_name]))
        for side, found in sides
    ]
    figure, axes, places = start_rows(labels)
    for row, (side, found), colour in zip(places, sides, colours_of(len(sides)), strict=True):
        _draw_mark(axes, side, row, found, colour, side.cohort_name)
        axes.annotate(view.write(found), (found.value, row), (0, 5), textcoords="offset points",
                      ha="center", fontsize=FONT_SIZE - 1.5, color=INK, bbox=BLANK)  # fmt: skip
    axes.margins(x=0.12)
    ticks = [tick for tick in axes.get_xticks() if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    digits = next((d for d in (0, 1) if all(round(t, d) == round(t, 6) for t in ticks)), 2)
    texts = [view.write(Estimate(float(tick)), variable, "mean", digits) for tick in ticks]
    # Of long ones, as dates are, only as many as have room.
    every = math.ceil(0.1 * sum(map(len, texts)) / (WIDTH - 2.5))
    axes.set_xticks(ticks[::every], texts[::every])
    unit = view.unit(variable)
    axes.set_xlabel(f"Mean{f' ({unit})' if unit else ''}")
    draw_grid(axes, "x")
    seaborn.despine(ax=axes, left=True)
    rows = [("Mean", [found for _, found in sides])]
    return Drawing(figure, [_numbers(view, rows, [side for side, _ in sides])])


def _draw_mark(
    axes: Any, side: CohortsView, at: float, found: Estimate, colour: str, name: str, times: int = 1
) -> float:
    """Draw a number and its interval at a height; return how far to the right they reach."""
    reach = found.value * times
    if not math.isnan(found.low):
        reach = max(reach, found.high * times)
        axes.plot([found.low * times, found.high * times], [at, at], color=colour, linewidth=0.9,
                  zorder=2)  # fmt: skip
    face = colour if colour == SECOND_COLOUR else "white"
    axes.plot([found.value * times], [at], "o", markerfacecolor=face, markeredgecolor=colour,
              markersize=5, zorder=3, label=name)  # fmt: skip
    words = ", ".join(filter(None, [name.partition("|")[2], side.cohort_label]))
    tell_estimate(axes.lines[-1], side, words, found)
    return reach


def _heads(
    view: CohortsView, sides: Sequence[CohortsView], names: Sequence[str], colours: Sequence[str]
) -> list[tuple[str, str]]:
    heads = []
    for side, colour in zip(sides, colours, strict=True):
        mark = "●" if side.wave == view.own.wave else "○"
        if len(names) == 1:
            n = with_n(view, side.cohort_label, side.size(names[0]))
            changed = " *" * bool(view.changes_of(names[0], [side.cohort_name]))
        else:
            n, changed = f"{side.cohort_label} (n ≤ {side.responses})", ""
        heads.append((f"{mark} {n}{changed}", colour))
    return heads


def _numbers(view: CohortsView, rows: Iterable[Any], sides: Sequence[CohortsView]) -> Table:
    lines = [
        (f"{label} · {side.cohort_label}", [Shown(text) for text in behind(side, one)])
        for label, found in rows
        for side, one in zip(sides, found, strict=True)
        if one is not None
    ]
    return Table(f"cohorts-{view.own.wave}-numbers", "Cohort", BEHIND, lines)


register_chart("cohorts", draw_cohorts)
register_chart("cohort_means", draw_means)
