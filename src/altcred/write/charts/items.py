"""The items of a score or a grid, one bar each: how their answers spread, and their means."""

from collections.abc import Iterable

from altcred.core.records import ALL
from altcred.kinds import kind_of
from altcred.write.charts.drawing import FONT_SIZE, MUTED, Drawing, register_chart
from altcred.write.charts.rows import start_rows
from altcred.write.charts.spread import draw_bars_around, sides_of
from altcred.write.tables import numbers_behind
from altcred.write.views import View


def draw_items(
    view: View, variables: str | Iterable[str], *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the answers to a score's items, or to several variables, as one bar each.

    The highest mean stands at the top, with the means beside as answered; of answers without
    numbers the largest share above the middle. None where they have no answers in common.
    """
    items = items_of(view, variables)
    scales = [_points_of(view, one) for one in items]
    if len(items) < 2 or not scales[0] or any(one != scales[0] for one in scales):
        return None
    points = scales[0]
    means = {one: view.shown(one, "", "mean") for one in items}
    has_means = any(view.find(one, "", "mean") for one in items)

    def height(item: str) -> float:
        above = [view.shown(item, one) for one in sides_of(view, item, points)[2]]
        known = [one.value for one in ([means[item]] if has_means else above) if one is not None]
        return -sum(known) if known else 99.0

    items.sort(key=height)
    figure, axes, places = start_rows([view.label(one) for one in items])
    rows, at, hidden = {}, [], []
    for place, item in zip(places, items, strict=True):
        shown = [found for one in points if (found := view.shown(item, one))]
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
        if mean := means[item]:
            axes.text(
                1, place, f"mean {view.write(mean, item, 'mean')}", ha="right", va="center",
                fontsize=FONT_SIZE - 1, color=MUTED, transform=axes.get_yaxis_transform(),
            )  # fmt: skip
    numbers = [numbers_behind(view, item, points, [ALL]) for item in items]
    note = view.note(variables) if isinstance(variables, str) else ""
    return Drawing(figure, numbers, note)


def items_of(view: View, variables: str | Iterable[str]) -> list[str]:
    """Return the items of a score of which the wave has answers, or those of the variables."""
    if isinstance(variables, str):
        described = view.described(variables)
        variables = [] if described is None or described.derive is None else described.derive.items
    return [one for one in variables if view.has(one)]


def _points_of(view: View, item: str) -> list[str]:
    """Return the answers of an item, the lowest first; none where they have no order."""
    described = view.codebook.variables[item]
    kind = kind_of(described)
    numbers = kind.cell_numbers(described)
    if numbers or not kind.is_ordered:
        return sorted(numbers, key=lambda one: numbers[one])
    return view.categories(item)


def say_items(view: View, variables: str | Iterable[str]) -> str:
    """Return which of the items that draw_items draws have the highest and the lowest mean."""
    items = items_of(view, variables)
    means = {one: found for one in items if (found := view.shown(one, "", "mean"))}
    if len(means) < 2:
        return "How each item was answered."
    first, last = (choose(means, key=lambda one: means[one].value) for choose in (max, min))
    told = (f"“{view.label(one)}” ({view.write(means[one], one, 'mean')})" for one in (first, last))
    return "Of {} items {} has the highest mean and {} the lowest.".format(
        view.writer.number(len(means)), *told
    )


register_chart("items", draw_items)
