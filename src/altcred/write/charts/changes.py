"""All changes of a chapter as points with intervals, sorted, an axis a unit."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import seaborn

from altcred.core.statistics import find_statistic
from altcred.kinds.phrases import begin_sentence
from altcred.write.changes import Change, Unit, has_summary, list_changes, list_gaps
from altcred.write.charts.drawing import (
    MUTED,
    PALE,
    SECOND_COLOUR,
    Drawing,
    draw_grid,
    register_chart,
    start_figure,
    tell,
    write_difference,
    write_ticks,
)
from altcred.write.charts.rows import Head, add_rows
from altcred.write.labels import ask_item
from altcred.write.tables import Shown, Table, slug
from altcred.write.tables.cells import BEHIND, write_gap
from altcred.write.views import View


def draw_changes(
    view: View, variable: str, first: str, second: str, *, only: Collection[str] | None = None
) -> Drawing | None:
    """Draw every difference between two waves with its interval, the largest at the top.

    What is measured in one unit stands on one axis, a question's answers below each other. `only`
    names the variables to draw. None where fewer than three variables are compared, or no
    difference is shown.
    """
    changes = list_changes(view, first, second)
    return _draw(view, changes, only) if has_summary(changes) else None


def draw_groups(
    view: View, by: str, *waves: str, only: Collection[str] | None = None
) -> Drawing | None:
    """Draw every difference between two groups of a wave; of more groups there are none."""
    return _draw(view, list_gaps(view, by), only)


def _draw(view: View, changes: list[Change], only: Collection[str] | None) -> Drawing | None:
    panels: dict[Unit, dict[str, list[Change]]] = {}
    reach: dict[Unit, list[float]] = {}
    for one in sorted(changes, key=lambda one: -one.size):
        if one.size >= 0:
            # All figures of a unit have one scale.
            reach.setdefault(one.unit, [0.0]).extend(_ends_of(one))
            if only is None or one.variable in only:
                panels.setdefault(one.unit, {}).setdefault(one.variable, []).append(one)
    if not panels:
        return None
    order = list(dict.fromkeys(one.unit for one in changes))
    figure, axes = start_figure(4.0)
    figure.delaxes(axes)
    grid = figure.add_gridspec(len(panels), 1)
    for place, unit in enumerate(sorted(panels, key=order.index)):
        _draw_unit(figure.add_subplot(grid[place]), view, unit, panels[unit], reach[unit])
    grid.set_height_ratios([*figure.get_layout_engine().heights.values()])
    drawn = [one for of in panels.values() for changes in of.values() for one in changes]
    return Drawing(figure, [_list_numbers(view, drawn)])


def _list_numbers(view: View, changes: Sequence[Change]) -> Table:
    """Return the differences that are drawn, each with its interval and n."""
    rows = []
    for one in changes:
        assert one.gap is not None
        interval = view.write_interval(one.gap, one.variable, one.digits)
        texts = (write_gap(view, one.gap, one.variable, one.digits), interval, one.n)
        rows.append((one.label, [*map(Shown, texts)]))
    return Table(f"{slug(view.wave)}-{slug(changes[0].variable)}-changes", "Differences",
                 BEHIND, rows)  # fmt: skip


def _ends_of(change: Change) -> tuple[float, float, float]:
    """Return the difference and the ends of its interval, in points where it is one of shares."""
    assert change.gap is not None
    times = 100 if find_statistic(change.unit.statistic).unit == "points" else 1
    value = change.gap.value * times
    low, high = (value if math.isnan(end) else end * times
                 for end in (change.gap.low, change.gap.high))  # fmt: skip
    return value, low, high


def _draw_unit(
    axes: Any,
    view: View,
    unit: Unit,
    variables: Mapping[str, Sequence[Change]],
    reach: Sequence[float],
) -> None:
    labels: list[str] = []
    for name, of in variables.items():
        if len(of) > 1:
            labels += [
                Head(ask_item(view, name) or view.label(name)),
                *(view.label(name, one.category) for one in of),
            ]
        else:
            labels.append(of[0].label)
    changes = [one for of in variables.values() for one in of]
    # Labels beside the rows of one axis would make all the others narrower.
    places = add_rows(axes, labels, above=True)
    for at, one in zip(places, changes, strict=True):
        value, low, high = _ends_of(one)
        axes.plot([low, high], [at, at], color=SECOND_COLOUR, linewidth=1.6, zorder=2,
                  solid_capstyle="round")  # fmt: skip
        point = axes.plot([value], [at], "o", color=SECOND_COLOUR, markersize=6, zorder=3,
                          markeredgecolor="white", markeredgewidth=0.6)[0]  # fmt: skip
        point.set_label(one.label)
        assert one.gap is not None
        text = write_gap(view, one.gap, one.variable, one.digits)
        interval = view.write_interval(one.gap, one.variable, one.digits)
        tell(point, f"{one.label}: {text}{f' ({interval})' if interval else ''}, n = {one.n}")
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


def name_unit(unit: Unit) -> str:
    """Return what an axis of differences is called."""
    words = {
        "difference": "Difference of shares, percentage points",
        "net_change": "Share who rose less share who fell, percentage points",
        "mean_difference": "Difference of means",
    }
    words_of = words.get(unit.statistic, find_statistic(unit.statistic).word)
    return begin_sentence(f"{words_of}, {unit.words}" if unit.words else words_of)


register_chart("changes", draw_changes)
register_chart("groups", draw_groups)
