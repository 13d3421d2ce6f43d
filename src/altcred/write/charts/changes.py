"""All changes of a chapter as points with intervals, sorted, an axis a unit."""

import math
from typing import Any

import seaborn

from altcred.core.statistics import find_statistic
from altcred.kinds.phrases import begin_sentence
from altcred.write.changes import Change, has_summary, list_changes, list_gaps
from altcred.write.charts.drawing import (
    MUTED,
    PALE,
    SECOND_COLOUR,
    Drawing,
    draw_grid,
    register_chart,
    start_figure,
    write_difference,
    write_ticks,
)
from altcred.write.charts.rows import add_rows
from altcred.write.tables.cells import write_gap
from altcred.write.views import View


def draw_changes(view: View, variable: str, first: str, second: str) -> Drawing | None:
    """Draw every difference between two waves with its interval, the largest at the top.

    What is measured in one unit stands on one axis. None where fewer than three variables are
    compared, or no difference is shown.
    """
    changes = list_changes(view, first, second)
    return _draw(view, changes) if has_summary(changes) else None


def draw_groups(view: View, by: str, *waves: str) -> Drawing | None:
    """Draw every difference between two groups of a wave; of more groups there are none."""
    return _draw(view, list_gaps(view, by))


def _draw(view: View, changes: list[Change]) -> Drawing | None:
    shown = [one for one in changes if one.size >= 0]
    if not shown:
        return None
    panels: dict[tuple[str, str], list[Change]] = {}
    for one in shown:
        panels.setdefault(one.unit, []).append(one)
    for of in panels.values():
        of.sort(key=lambda one: -one.size)
    figure, axes = start_figure(4.0)
    figure.delaxes(axes)
    grid = figure.add_gridspec(len(panels), 1)
    for place, (unit, of) in enumerate(panels.items()):
        _draw_unit(figure.add_subplot(grid[place]), view, unit, of)
    grid.set_height_ratios([*figure.get_layout_engine().heights.values()])
    return Drawing(figure)


def _draw_unit(axes: Any, view: View, unit: tuple[str, str], changes: list[Change]) -> None:
    times = 100 if find_statistic(unit[0]).unit == "points" else 1
    places = add_rows(axes, [one.label for one in changes])
    reach = [0.0]
    for at, one in zip(places, changes, strict=True):
        gap = one.gap
        assert gap is not None
        value = gap.value * times
        low, high = (value if math.isnan(end) else end * times for end in (gap.low, gap.high))
        reach += [low, high]
        axes.plot([low, high], [at, at], color=SECOND_COLOUR, linewidth=1.6, zorder=2,
                  solid_capstyle="round")  # fmt: skip
        axes.plot([value], [at], "o", color=SECOND_COLOUR, markersize=6, zorder=3,
                  markeredgecolor="white", markeredgewidth=0.6)[0].set_label(one.label)  # fmt: skip
        text = write_gap(view, gap, one.variable, one.digits)
        write_difference(axes, text, (low, high), at, up=value >= 0)
    span = max(reach) - min(reach) or 1.0
    axes.set_xlim(min(reach) - span * 0.18, max(reach) + span * 0.18)
    axes.axvline(0, color=PALE, linewidth=0.9, zorder=1)
    axes.tick_params(length=0)
    # Amounts of money are long; more of them would lie over each other.
    axes.locator_params(axis="x", nbins=6)
    write_ticks(axes.xaxis, view.writer.number)
    axes.set_xlabel(name_unit(unit), color=MUTED)
    draw_grid(axes, "x")
    seaborn.despine(ax=axes, left=True, bottom=True)


def name_unit(unit: tuple[str, str]) -> str:
    """Return what an axis of differences is called."""
    statistic, of = unit
    words = {
        "difference": "Difference of shares, percentage points",
        "net_change": "Share who rose less share who fell, percentage points",
        "mean_difference": "Difference of means",
    }
    words_of = words.get(statistic, find_statistic(statistic).word)
    return begin_sentence(f"{words_of}, {of}" if of else words_of)


register_chart("changes", draw_changes)
register_chart("groups", draw_groups)
