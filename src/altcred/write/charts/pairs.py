"""The shares of two surveys as points, with a line from one to the other."""

from collections.abc import Iterable

from altcred.core.records import ALL
from altcred.write.charts.drawing import (
    FIRST_COLOUR,
    FONT_SIZE,
    MUTED,
    SECOND_COLOUR,
    Drawing,
    ends_of,
    finish_shares,
    register_chart,
    write_heads,
)
from altcred.write.charts.rows import start_rows
from altcred.write.paired import FEWEST
from altcred.write.tables import numbers_behind
from altcred.write.tables.cells import with_n
from altcred.write.views import View


def draw_pairs(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    top: int | None = None,
    only: Iterable[str] | None = None,
) -> Drawing | None:
    """Draw how a variable was answered in two surveys: a line from share to share.

    Of a view of a panel these are the same people; of other views the waves' respondents, who
    are different people. `top` keeps so many of the first survey's commonest answers. None
    where too few of the same people answered both times.
    """
    sides = [view.side(wave) for wave in (first, second)]
    is_panel = sides[0].wave != first
    if is_panel and not (view.size(variable, subgroup) or 0) >= FEWEST:
        return None
    if not all(side.has(variable) for side in sides):
        return None
    names = list(only) if only is not None else sides[0].categories(variable, top=top)
    names = [name for name in names if view.compares(variable, name)]
    found = {name: [side.find(variable, name, "", subgroup) for side in sides] for name in names}
    pairs = {
        name: [one for one in ends if one is not None]
        for name, ends in found.items()
        if all(one is not None and one.is_shown for one in ends)
    }
    if not pairs:
        return None
    names = list(pairs)
    kind = view.kind(variable)
    if only is None and not (kind is not None and kind.is_ordered):
        names.sort(key=lambda name: -max(one.value for one in pairs[name]))
    labels = [view.label(variable, name) for name in names]
    figure, axes, places = start_rows(labels)
    reach = 0.0
    for row, name in zip(places, names, strict=True):
        ends = pairs[name]
        axes.plot([one.value * 100 for one in ends], [row, row], color="#c9d0d5", linewidth=2.4,
                  zorder=1, solid_capstyle="round")  # fmt: skip
        outer = [end for pair in ends_of(ends) for end in pair]
        reach = max(reach, *outer)
        for one, colour, shift, which in zip(
            ends, (FIRST_COLOUR, SECOND_COLOUR), (-0.04, 0.04), ("first", "second"), strict=True
        ):
            if one.low == one.low:
                axes.plot([one.low * 100, one.high * 100], [row + shift] * 2, color=colour,
                          linewidth=0.9, zorder=2)  # fmt: skip
            point = axes.plot([one.value * 100], [row], "o", color=colour, markersize=6,
                              markeredgecolor="white", markeredgewidth=0.6, zorder=3)  # fmt: skip
            point[0].set_label(f"{which}|{name}")
        low, high = sorted(ends, key=lambda one: one.value)
        # Beyond both intervals, so that no line crosses a number.
        for one, at, side in ((low, min(outer), -6), (high, max(outer), 6)):
            axes.annotate(
                view.writer.percent(one.value), (at, row), (side, 0),
                textcoords="offset points", va="center", ha="left" if side > 0 else "right",
                fontsize=FONT_SIZE - 1, color=MUTED if one is ends[0] else SECOND_COLOUR, zorder=4,
            )  # fmt: skip
    finish_shares(axes, view, reach, low=-max(reach * 0.08, 2))
    heads, numbers = [], []
    for one_side, colour in zip(sides, (FIRST_COLOUR, SECOND_COLOUR), strict=True):
        wave = view.wave_label(one_side.wave)
        heads.append((f"● {with_n(view, wave, one_side.size(variable, subgroup))}", colour))
        table = numbers_behind(one_side, variable, names, [subgroup])
        table.heading = f"{table.heading}: {wave}"
        numbers.append(table)
    write_heads(axes, heads)
    return Drawing(figure, numbers, view.note(variable))


register_chart("pairs", draw_pairs)
