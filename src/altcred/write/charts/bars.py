"""Shares of categories as bars, one a program type: the form in which reports print them."""

from collections.abc import Iterable

from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    MUTED,
    Drawing,
    colour_of,
    draw_bars,
    finish_shares,
    name_subgroups,
    register_chart,
    subgroups_with,
    tell_estimate,
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.charts.shares import find_cells
from altcred.write.views import View


def draw_printed_bars(
    view: View,
    variable: str,
    *,
    columns: Iterable[str] | None = None,
    top: int | None = None,
    falling: bool | None = False,
    only: Iterable[str] | None = None,
    digits: int = 0,
) -> Drawing | None:
    """Draw the shares of a variable's categories as bars with intervals, one a program type.

    In the order of the codebook unless `falling` or `top` put the most frequent first. It stands
    beside a printed figure of this form, under the figure that has the numbers.
    """
    subgroups = subgroups_with(view, variable, columns)
    cells = find_cells(view, variable, subgroups, top, falling, only)
    if not cells:
        return None
    labels = [view.label(variable, name) for name in cells]
    figure, axes, places = start_rows(labels, bars=len(subgroups))
    reach = 0.0
    for place, part in enumerate(subgroups):
        drawn = {}
        for row, (name, found) in zip(places, cells.items(), strict=True):
            at = row + (place - (len(subgroups) - 1) / 2) * BAR
            if part in found and found[part].is_shown:
                drawn[name] = (at, found[part])
            elif part in found:
                axes.text(0.2, at, "not shown", va="center", fontsize=FONT_SIZE - 2, color=MUTED)
        for at, share, end in draw_bars(axes, part, drawn, BAR * 0.9, colour_of(view, part)):
            axes.annotate(
                view.writer.percent(share / 100, digits), (end, at), (3, 0),
                textcoords="offset points", va="center", fontsize=FONT_SIZE - 1, color=INK,
            )  # fmt: skip
            reach = max(reach, end)
        if drawn:
            for name, bar in zip(drawn, axes.containers[-1].patches, strict=True):
                words = f"{view.label(variable, name)}, {view.subgroup_label(part)}"
                tell_estimate(bar, view, words, drawn[name][1])
    finish_shares(axes, view, reach)
    name_subgroups(axes, view, variable, subgroups)
    return Drawing(figure, [], view.note(variable))


register_chart("printed_bars", draw_printed_bars)
