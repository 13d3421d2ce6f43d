"""How ordered answers spread: a bar a group, around the middle of the scale where it has one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import seaborn

from altcred.core.records import Estimate
from altcred.kinds.categorical import Categorical
from altcred.write.charts.drawing import (
    FONT_SIZE,
    HIGH_SIDE,
    INK,
    LOW_SIDE,
    MIDDLE,
    PALE,
    WIDTH,
    Drawing,
    register_chart,
    subgroups_with,
    write_heads,
)
from altcred.write.charts.marks import MOST_DOTS, Part, are_few, count_people, draw_parts
from altcred.write.charts.rows import start_rows
from altcred.write.charts.shares import draw_shares
from altcred.write.tables import numbers_behind
from altcred.write.tables.cells import name_parts
from altcred.write.views import View

# Answers without a middle that can be told apart by the shades of one colour.
MOST_SHADES = 5


def draw_spread(
    view: View, variable: str, *, columns: Iterable[str] | None = None, **options: Any
) -> Drawing | None:
    """Draw how ordered answers spread, as one bar a group; of few people, a dot each.

    Bars stand around the middle of a scale. Answers without a middle stand one after the other,
    and where there are many, or some are not shown, as points in their order. `options` are those
    of draw_shares, which draws these points.
    """
    subgroups = subgroups_with(view, variable, columns)
    names = view.categories(variable)
    sides = sides_of(view, variable, names)
    rows = {
        part: [found for one in names if (found := view.shown(variable, one, "", part))]
        for part in subgroups
    }
    is_whole = all(len(row) == len(names) for row in rows.values())
    has_shades = any(sides[:2]) or len(names) <= MOST_SHADES
    if options or not (rows and names and is_whole and has_shades):
        return draw_shares(view, variable, columns=columns, **options)
    labels = name_parts(view, variable, rows)
    figure, axes, places = start_rows(labels)
    labelled = [(variable, name, view.label(variable, name)) for name in names]
    draw_bars_around(axes, view, places, rows, labelled, sides)
    numbers = numbers_behind(view, variable, names, subgroups)
    return Drawing(figure, [numbers], view.note(variable))


def sides_of(view: View, variable: str, names: Sequence[str]) -> list[list[str]]:
    """Return the answers below the middle of a scale, in it and above it; all are, without one."""
    kind, described = view.kind(variable), view.described(variable)
    low: list[str] = []
    middle: list[str] = []
    if isinstance(kind, Categorical) and described is not None:
        low, middle = kind.below(described)
    rest = [one for one in names if one not in low and one not in middle]
    return [[one for one in names if one in side] for side in (low, middle, rest)]


def colours_of_sides(sides: Sequence[Sequence[str]]) -> list[str]:
    """Return a colour for each answer, of which the strongest are farthest from the middle."""
    from matplotlib.colors import to_hex

    low, middle, high = map(len, sides)
    # The shade nearest the middle is left out where one is enough.
    lows = seaborn.blend_palette(LOW_SIDE[::-1], max(low, 2))[:low]
    highs = seaborn.blend_palette(HIGH_SIDE, max(high, 2))[-high:] if high else []
    return [str(to_hex(one)) for one in (*lows, *[MIDDLE] * middle, *highs)]


def draw_bars_around(
    axes: Any,
    view: View,
    places: Sequence[float],
    rows: Mapping[str, Sequence[Estimate]],
    answers: Sequence[tuple[str, str, str]],
    sides: Sequence[Sequence[str]],
    *,
    margin: float = 0.0,
) -> float:
    """Draw a bar of answers for each row around the middle, and what each side adds up to.

    Returns where the axis begins; so much of it as `margin` says is left free at its end. Where
    all rows are of few people a dot stands for each.
    """
    low, middle = len(sides[0]), len(sides[1])
    colours = colours_of_sides(sides)
    dots = are_few(view, [one for row in rows.values() for one in row])
    ends = [0.0]
    for at, (row, found) in zip(places, rows.items(), strict=True):
        sizes = [count_people(one) if dots else one.value * 100 for one in found]
        start = -sum(sizes[:low]) - sum(sizes[low : low + middle]) / 2
        parts = [
            Part(f"{row}|{name}", f"{label}, {row_label(view, row)}", one, colour)
            for (_, name, label), one, colour in zip(answers, found, colours, strict=True)
        ]
        draw_parts(axes, view, at, parts, start, dots=dots)
        ends += [start, start + sum(sizes)]
        if low:
            for side, of in ((start, found[:low]), (start + sum(sizes), found[low + middle :])):
                total = replace(found[0], value=sum(one.value for one in of))
                text = view.writer.number(count_people(total)) if dots else (
                    view.writer.percent(min(total.value, 1)))  # fmt: skip
                axes.annotate(
                    text, (side, at), (-4 if side == start else 4, 0), textcoords="offset points",
                    ha="right" if side == start else "left", va="center", color=INK,
                    fontsize=FONT_SIZE - 0.5, fontweight="bold",
                )  # fmt: skip
    if low and not middle:
        axes.axvline(0, color=PALE, linewidth=0.8, zorder=0)
    # As wide as "100 %" and a gap before what the row is called.
    room = (max(ends) - min(ends)) * 0.14 if low else 0
    left, right = min(ends) - room, max(ends) + room
    if dots and right - left < MOST_DOTS:
        # Dots have the same size and stand as near each other however few they are.
        more = (MOST_DOTS - right + left) / 2
        left, right = (left - more, right + more) if low else (left, left + MOST_DOTS)
    right += (right - left) * margin
    axes.set_xlim(left, right)
    if dots:
        # A little less than the room that one has, in points.
        width = 0.95 * 72 * (WIDTH - 0.4) / (right - left)
        for mark in axes.collections:
            mark.set_sizes([min(mark.get_sizes()[0], width**2)])
    axes.set_xticks([])
    for side_of in ("top", "right", "bottom", "left"):
        axes.spines[side_of].set_visible(False)
    letter = "●" if dots else "■"
    heads = [(f"{letter} {label}", colour)
             for (*_, label), colour in zip(answers, colours, strict=True)]  # fmt: skip
    write_heads(axes, heads, is_bold=False)
    return left


def row_label(view: View, row: str) -> str:
    """Return what a row is called: an item of a score, else a subgroup."""
    return view.label(row) if row in view.codebook.variables else view.subgroup_label(row)


register_chart("spread", draw_spread)
