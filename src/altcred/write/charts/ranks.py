"""How far up options were put in an order: a point for each mean place, with its interval."""

from collections.abc import Iterable

import seaborn

from altcred.kinds.rank import mean_places
from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    MUTED,
    Drawing,
    colour_of,
    draw_grid,
    name_subgroups,
    register_chart,
    subgroups_with,
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.tables import find_table
from altcred.write.views import View


def draw_ranks(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the mean place of each option, the best at the top, one colour a program type."""
    subgroups = subgroups_with(view, variable, columns)
    names = [*mean_places(view, variable)]
    names += [one for one in view.categories(variable) if one not in names]
    if not subgroups or not names:
        return None
    labels = [view.label(variable, name) for name in names]
    figure, axes, places = start_rows(labels, bars=len(subgroups))
    for place, part in enumerate(subgroups):
        offset, colour = (place - (len(subgroups) - 1) / 2) * BAR, colour_of(view, part)
        for row, name in zip(places, names, strict=True):
            found = view.find(f"{variable}:{name}", "", "mean", part)
            if found is None or not found.is_shown:
                if found is not None:
                    axes.text(1, row + offset, "not shown", va="center", fontsize=FONT_SIZE - 2,
                              color=MUTED)  # fmt: skip
                continue
            if found.low == found.low:
                axes.plot([found.low, found.high], [row + offset] * 2, color=colour, linewidth=1)
            point = axes.plot([found.value], [row + offset], "o", color=colour, markersize=6)
            point[0].set_label(f"{part}|{name}")
            end = found.high if found.high == found.high else found.value
            axes.annotate(
                view.write(found), (end, row + offset), (6, 0), textcoords="offset points",
                va="center", fontsize=FONT_SIZE - 1, color=INK,
            )  # fmt: skip
    axes.set_xlim(0.7, len(names) + 0.6)
    axes.set_xticks(range(1, len(names) + 1))
    axes.set_xlabel("Mean place (1 is the best)")
    seaborn.despine(ax=axes, left=True)
    draw_grid(axes, "x")
    name_subgroups(axes, view, variable, subgroups)
    numbers = find_table("ranks")(view, variable, columns)
    return Drawing(figure, [numbers] if numbers else [], view.note(variable))


register_chart("ranks", draw_ranks)
