"""The items of a score, one bar each: how their answers spread, and their means."""

from collections.abc import Iterable

import seaborn

from altcred.core.records import ALL
from altcred.kinds import kind_of
from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    MUTED,
    SECOND_COLOUR,
    Drawing,
    luminance,
    register_chart,
    write_percents,
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.tables import numbers_behind
from altcred.write.views import View

# A part of a bar narrower than so many percent has no room for its number.
NARROWEST = 6.0


def draw_items(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the shares of a score's items as one bar each, the highest mean at the top.

    The means stand beside them, as answered. None where the items have no scale in common.
    """
    from matplotlib.patches import Patch

    described = view.described(variable)
    items = [] if described is None or described.derive is None else described.derive.items
    items = [one for one in items if view.has(one)]
    scales = []
    for one in items:
        of_item = view.codebook.variables[one]
        scales.append(kind_of(of_item).cell_numbers(of_item))
    if len(items) < 2 or not scales[0] or any(one != scales[0] for one in scales):
        return None
    means = {one: view.find(one, "", "mean") for one in items}
    items.sort(key=lambda one: -found.value if (found := means[one]) and found.is_shown else 99)
    points = sorted(scales[0], key=lambda one: scales[0][one])
    colours = seaborn.light_palette(SECOND_COLOUR, len(points) + 1)[1:]
    figure, axes, places = start_rows([view.label(one) for one in items])
    for row, item in zip(places, items, strict=True):
        found = [view.find(item, one) for one in points]
        mean = means[item]
        if mean is not None and mean.is_shown:
            text = view.write(mean, item, "mean")
            axes.text(102, row, text, va="center", fontsize=FONT_SIZE - 1, color=INK)
        if any(one is None or not one.is_shown for one in found):
            axes.text(1, row, "not shown", va="center", fontsize=FONT_SIZE - 2, color=MUTED)
            continue
        left = 0.0
        for name, share, colour in zip(points, found, colours, strict=True):
            width = share.value * 100 if share is not None else 0.0
            bar = axes.barh(row, width, left=left, height=BAR, color=colour, edgecolor="white")
            bar.set_label(f"{item}|{name}")
            if width >= NARROWEST:
                ink = "white" if luminance(colour[:3]) < 0.3 else INK
                axes.text(left + width / 2, row, view.writer.percent(width / 100), ha="center",
                          va="center", fontsize=FONT_SIZE - 1.5, color=ink)  # fmt: skip
            left += width
    axes.text(102, 0, "Mean", va="bottom", fontsize=FONT_SIZE - 1.5, color=INK)
    axes.set_xlim(0, 114)
    axes.set_xticks(range(0, 101, 25))
    write_percents(axes.xaxis, view.writer)
    seaborn.despine(ax=axes, bottom=True, left=True)
    labels = [view.label(items[0], one) for one in points]
    figure.legend(
        handles=[Patch(label=label, facecolor=colour)
                 for label, colour in zip(labels, colours, strict=True)],
        loc="outside upper left", ncols=3 if max(map(len, labels)) > 12 else 5, frameon=False,
        fontsize=FONT_SIZE - 0.5, handlelength=1.3, handletextpad=0.5, borderaxespad=0.2,
    )  # fmt: skip
    numbers = [numbers_behind(view, item, points, [ALL]) for item in items]
    return Drawing(figure, numbers, view.note(variable))


register_chart("items", draw_items)
