"""Shares of categories as bars, one a program type, with intervals."""

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
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.tables import numbers_behind
from altcred.write.views import View


def draw_shares(
    view: View,
    variable: str,
    *,
    columns: Iterable[str] | None = None,
    top: int | None = None,
    falling: bool | None = None,
    only: Iterable[str] | None = None,
    digits: int = 0,
) -> Drawing | None:
    """Draw the shares of a variable's categories as bars, one a program type, with intervals.

    `falling` or `top` put the most frequent first; where neither they nor `only` are given, the
    kind says it: ordered categories keep their order. None where nobody was asked.
    """
    kind, described = view.kind(variable), view.described(variable)
    if top is None and falling is None and only is None and kind is not None:
        options = kind.draw_options(described) if described is not None else {}
        top, falling = options.get("top"), options.get("falling")
    subgroups = subgroups_with(view, variable, columns)
    names = (
        list(only)
        if only is not None
        else view.categories(variable, top=top, falling=bool(falling))
    )
    names = [
        name
        for name in names
        if any(view.find(variable, name, "", part) is not None for part in subgroups)
    ]
    if not subgroups or not names:
        return None
    labels = [view.label(variable, name) for name in names]
    figure, axes, places = start_rows(labels, bars=len(subgroups))
    reach = 0.0
    for place, part in enumerate(subgroups):
        offset = (place - (len(subgroups) - 1) / 2) * BAR
        drawn = {}
        for row, name in zip(places, names, strict=True):
            found = view.find(variable, name, "", part)
            if found is not None and found.is_shown:
                drawn[name] = (row + offset, found)
            elif found is not None:
                axes.text(0.2, row + offset, "not shown", va="center", fontsize=FONT_SIZE - 2,
                          color=MUTED)  # fmt: skip
        colour = colour_of(view, part)
        for at, share, end in draw_bars(axes, part, drawn, BAR * 0.9, colour):
            axes.annotate(
                view.writer.percent(share / 100, digits), (end, at), (3, 0),
                textcoords="offset points", va="center", fontsize=FONT_SIZE - 1, color=INK,
            )  # fmt: skip
            reach = max(reach, end)
    finish_shares(axes, view, reach)
    name_subgroups(axes, view, variable, subgroups)
    numbers = numbers_behind(view, variable, names, subgroups)
    return Drawing(figure, [numbers], view.note(variable))


register_chart("shares", draw_shares)
