"""The items of a score, one bar each: how their answers spread, and their means."""

from collections.abc import Iterable

from altcred.core.records import ALL
from altcred.kinds import kind_of
from altcred.write.charts.drawing import FONT_SIZE, MUTED, Drawing, register_chart
from altcred.write.charts.rows import start_rows
from altcred.write.charts.spread import draw_bars_around, sides_of
from altcred.write.tables import numbers_behind
from altcred.write.views import View


def draw_items(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the answers to a score's items as one bar each, the highest mean at the top.

    The means stand beside them, as answered. None where the items have no scale in common.
    """
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
    figure, axes, places = start_rows([view.label(one) for one in items])
    rows, at, hidden = {}, [], []
    for place, item in zip(places, items, strict=True):
        found = [view.find(item, one) for one in points]
        shown = [one for one in found if one is not None and one.is_shown]
        if len(shown) == len(points):
            rows[item] = shown
            at.append(place)
        else:
            hidden.append(place)
    labelled = [(items[0], one, view.label(items[0], one)) for one in points]
    sides = sides_of(view, items[0], points)
    left = draw_bars_around(axes, view, at, rows, labelled, sides, margin=0.18)
    for place in hidden:
        axes.text(left, place, "not shown", va="center", fontsize=FONT_SIZE - 2, color=MUTED)
    for place, item in zip(places, items, strict=True):
        mean = means[item]
        if mean is not None and mean.is_shown:
            axes.text(
                1, place, f"mean {view.write(mean, item, 'mean')}", ha="right", va="center",
                fontsize=FONT_SIZE - 1, color=MUTED, transform=axes.get_yaxis_transform(),
            )  # fmt: skip
    numbers = [numbers_behind(view, item, points, [ALL]) for item in items]
    return Drawing(figure, numbers, view.note(variable))


def say_items(view: View, variable: str) -> str:
    """Return which of a score's items have the highest and the lowest mean."""
    described = view.described(variable)
    items = [] if described is None or described.derive is None else described.derive.items
    means = {one: found for one in items
             if (found := view.find(one, "", "mean")) is not None and found.is_shown}  # fmt: skip
    if len(means) < 2:
        return "How each item was answered."
    first, last = (choose(means, key=lambda one: means[one].value) for choose in (max, min))
    told = (f"“{view.label(one)}” ({view.write(means[one], one, 'mean')})" for one in (first, last))
    return "Of {} items {} has the highest mean and {} the lowest.".format(
        view.writer.number(len(means)), *told
    )


register_chart("items", draw_items)
