"""How far empty answers could move each difference of two surveys."""

from typing import Any

from altcred.write.charts.drawing import (
    INK,
    PALE,
    SECOND_COLOUR,
    Drawing,
    draw_grid,
    register_chart,
    tell_estimate,
    write_difference,
    write_heads,
    write_ticks,
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.tables import find_table
from altcred.write.tables.comparison import bounded_categories
from altcred.write.views import View

# Bounds that leave the direction of a difference open; those that keep it have its colour, paler.
OPEN = "#dcdfe2"


def draw_bounds(view: View, variable: str, first: str, second: str) -> Drawing | None:
    """Draw each difference with its interval, over a bar of how far empty answers could move it.

    Bars that hold no difference at all (zero) are pale.
    """
    from matplotlib.colors import to_hex, to_rgb

    between = view.on(f"{first}-{second}")
    found = [
        (name, gap, bounds)
        for name in bounded_categories(view, variable, first, second)
        if (gap := between.find(variable, name, "difference")) is not None
        and (bounds := between.find(variable, name, "difference_bounds")) is not None
    ]
    if not found:
        return None
    labels = [view.label(variable, name) for name, *_ in found]
    figure, axes, places = start_rows(labels)
    pale: Any = [0.65 + 0.35 * one for one in to_rgb(SECOND_COLOUR)]
    kept = to_hex(pale)
    left = right = 0.0
    shades = []
    for row, (name, gap, bounds) in zip(places, found, strict=True):
        low, high = bounds.low * 100, bounds.high * 100
        shades.append(kept if low > 0 or high < 0 else OPEN)
        bar = axes.barh([row], [high - low], left=[low], height=BAR, color=shades[-1])
        bar.set_label(f"bounds|{name}")
        axes.plot([gap.low * 100, gap.high * 100], [row, row], color=INK, linewidth=1.1, zorder=2)
        point = axes.plot([gap.value * 100], [row], "o", color=SECOND_COLOUR, markersize=5.5,
                          markeredgecolor="white", markeredgewidth=0.6, zorder=3)  # fmt: skip
        point[0].set_label(f"difference|{name}")
        tell_estimate(point[0], view, view.label(variable, name), gap)
        tell_estimate(bar, view, f"{view.label(variable, name)}, bounds", bounds)
        ends = (low, high, gap.low * 100, gap.high * 100)
        left, right = min(left, *ends), max(right, *ends)
        write_difference(axes, view.write(gap), ends, row, up=gap.value >= 0)
    axes.axvline(0, color=PALE, linewidth=1.0, zorder=1)
    # Where nothing differs there is still an axis.
    room = (right - left or 1.0) * 0.09
    axes.set_xlim(left - 1.5 * room, right + room)
    draw_grid(axes, "x")
    write_ticks(axes.xaxis, view.writer.number)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(f"{view.wave_label(second)} minus {view.wave_label(first)} (percentage points)")
    heads = [("● Difference, with its 95% interval", SECOND_COLOUR)]
    if kept in shades:
        heads.append(("■ Bounds that keep its direction", kept))
    if OPEN in shades:
        heads.append(("■ Bounds that leave it open", OPEN))
    write_heads(axes, heads)
    numbers = find_table("bounds")(view, variable, first, second)
    return Drawing(figure, [numbers] if numbers else [], view.note(variable))


register_chart("bounds", draw_bounds)
