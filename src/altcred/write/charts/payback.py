"""The figure of the chapter on costs: the raise that pays a program back."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from altcred.core.records import ALL
from altcred.estimate.costs import name_payback
from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    PALE,
    WIDTH,
    Drawing,
    colour_of,
    ink_of,
    write_percents,
)
from altcred.write.charts.rows import wrap
from altcred.write.costs import CostView, write_years

# Letters of a line above one of two panels.
LONGEST_TITLE = 25


def draw_payback(costs: CostView) -> Drawing | None:
    """Draw the raise that pays back the cost, against what an hour of study is worth.

    A panel a program type, two in a row, a line a number of years; dashed, the raises of
    prices.yaml, so that a reader can look up the worth of time at which each is enough. Lines
    carry the label `SUBGROUP|CATEGORY` of their last point.
    """
    subgroups = costs.payback_parts("breakeven_share", "median")
    if not subgroups:
        return None
    from matplotlib.figure import Figure

    view, assumed = costs.view, costs.prices.payback
    values = sorted(assumed.time_values)
    # More than two beside each other would be too narrow for their words.
    across = min(len(subgroups), 2)
    down = math.ceil(len(subgroups) / across)
    figure = Figure(figsize=(WIDTH, 0.4 + 3.2 * down), layout="constrained")
    places = figure.subplots(down, across, sharey=True, squeeze=False)
    panels = list(places.flat)[: len(subgroups)]
    for axes in list(places.flat)[len(subgroups) :]:
        axes.remove()
    styles = ["-", (0, (5, 1.5)), (0, (2, 1.5)), (0, (1, 1))]
    reach = max(assumed.raises) * 100
    ends: dict[str, list[tuple[float, str]]] = {part: [] for part in subgroups}
    for axes, part in zip(panels, subgroups, strict=True):
        for place, years in enumerate(assumed.years):
            names = [name_payback(years, value) for value in values]
            found = [view.find("breakeven_share", name, "median", part) for name in names]
            heights = [math.nan if one is None else one.value * 100 for one in found]
            line = axes.plot(
                [value * 100 for value in values], heights, color=colour_of(view, part),
                linewidth=1.8, linestyle=styles[place % len(styles)], marker="o", markersize=3,
            )  # fmt: skip
            line[0].set_label(f"{part}|{names[-1]}")
            shown = [one for one in heights if not math.isnan(one)]
            reach = max([reach, *shown])
            if shown:
                raised = costs.writer.percent(shown[-1] / 100, 1)
                ends[part].append((shown[-1], f"{write_years(years)}: {raised}"))
        axes.set_xlim(0, 100)
        axes.set_title(
            _panel_title(costs, part), loc="left", fontsize=FONT_SIZE, fontweight="bold",
            color=ink_of(colour_of(view, part)),
        )  # fmt: skip
        for share in assumed.raises:
            axes.axhline(share * 100, color=PALE, linewidth=0.8, linestyle=(0, (3, 3)), zorder=0)
        axes.set_xticks([0, 50, 100], ["nothing", "half", "all"])
        # Its middle under the corner would touch the lowest number of the other axis.
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0, labelsize=FONT_SIZE)
    for axes, part in zip(panels, subgroups, strict=True):
        axes.set_ylim(0, reach * 1.06)
        _label_ends(axes, ends[part], colour_of(view, part), reach)
    ticks = [tick for tick in panels[0].get_yticks() if 0 <= tick <= reach * 1.06]
    panels[0].set_yticks(ticks)
    write_percents(panels[0].yaxis, view.writer)
    for axes in panels[::across]:
        axes.set_ylabel("Raise needed, of annual income", fontsize=FONT_SIZE)
    figure.supxlabel("What an hour of study is worth, of an hour's earnings", fontsize=FONT_SIZE)
    # The layout is settled once, so that the figure is the same each time it is written.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    _label_raises(panels, {share: costs.percent(share) for share in assumed.raises})
    numbers = costs.payback_table("payback-numbers")
    return Drawing(figure, [numbers] if numbers else [])


def _panel_title(costs: CostView, subgroup: str) -> str:
    assumed = costs.prices.payback
    name = name_payback(assumed.years[0], max(assumed.time_values))
    title = costs.view.subgroup_label(subgroup) if subgroup != ALL else "All"
    n = costs.shown(f"breakeven_share.{name}", "nobs", subgroup)
    if n is not None:
        title += f" (n = {costs.writer.number(n.value)})"
    title = wrap(title, LONGEST_TITLE)
    share = costs.shown(f"benefit_groups.{assumed.benefit}", "proportion", subgroup)
    if assumed.benefit is None or share is None:
        return title
    label = costs.prices.benefit_groups[assumed.benefit].label
    return f"{title}\n{wrap(label, LONGEST_TITLE)}:\nreported by {costs.write(share)}"


def _label_ends(axes: Any, ends: list[tuple[float, str]], colour: str, top: float) -> None:
    """Write beside each line's right end what it stands for, so far apart that all can be read."""
    gap = top * 0.075
    ordered = sorted(ends)
    heights: list[float] = []
    for height, _ in ordered:
        heights.append(max([height, *(one + gap for one in heights[-1:])]))
    # What was pushed over the top goes down again, and pushes what is below it.
    for place in reversed(range(len(heights))):
        above = heights[place + 1] - gap if place + 1 < len(heights) else top
        heights[place] = min(heights[place], above)
    for (height, text), at in zip(ordered, heights, strict=True):
        axes.annotate(
            text, (100, height), xytext=(106, at), textcoords="data", ha="left", va="center",
            fontsize=FONT_SIZE - 1, color=ink_of(colour), annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.6, "shrinkA": 0,
                        "shrinkB": 2},
        )  # fmt: skip


def _label_raises(panels: Sequence[Any], raises: Mapping[float, str]) -> None:
    """Write over each dashed line which raise it is, at the first place where nothing crosses it.

    A raise that has no such place has no label; where it lies can be read from the axis.
    """
    places = [(axes, at, side) for axes in panels
              for at, side in ((1, "left"), (50, "center"), (99, "right"))]  # fmt: skip
    taken: list[Any] = []
    for share, written in raises.items():
        for axes, at, side in places:
            label = axes.annotate(
                f"a raise of {written}", (at, share * 100), (0, 2),
                textcoords="offset points", ha=side, fontsize=FONT_SIZE - 2, color=INK,
            )  # fmt: skip
            box = label.get_window_extent()
            lines = (line.get_path().transformed(line.get_transform()) for line in axes.lines)
            if not (
                any(path.intersects_bbox(box, filled=False) for path in lines)
                or any(box.overlaps(other) for other in taken)
            ):
                taken.append(box)
                break
            label.remove()
