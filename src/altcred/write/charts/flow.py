"""How raw rows became responses: dropped by reason, and kept by program type."""

from collections.abc import Mapping
from typing import Any

from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    PALE,
    Drawing,
    colour_of,
    register_chart,
    start_figure,
)
from altcred.write.tables import find_table
from altcred.write.tables.counts import dropped_reasons, reason_words
from altcred.write.views import View

# Where the trunk of the flow stands on an axis of ten, and how far lines are apart, in inches.
TRUNK, STEP = 2.4, 0.42
ARROW = {"arrowstyle": "-|>", "color": PALE, "linewidth": 1.1}


def draw_flow(
    view: View, variable: str = "", *, reasons: Mapping[str, str] | None = None
) -> Drawing | None:
    """Draw how raw rows became responses: dropped by reason, and kept by program type.

    `reasons` gives a reason of decisions.csv the words for it.
    """
    raw, kept = view.find("raw_rows", "", "count"), view.find("responses", "", "count")
    if raw is None or kept is None:
        return None
    write = view.writer.number
    dropped, types = dropped_reasons(view), view.types()
    steps = max(len(dropped), 1)
    height = 1.5 + STEP * steps + (0.75 if types else 0)
    figure, axes = start_figure(height)
    axes.set_axis_off()
    axes.set_xlim(0, 10)
    axes.set_ylim(0, height)
    top = height - 0.35
    bottom = top - 0.55 - STEP * steps
    axes.annotate("", (TRUNK, bottom + 0.25), (TRUNK, top - 0.2), arrowprops=ARROW)
    _draw_box(axes, TRUNK, top, f"{write(raw.value)} rows in the export", INK)
    for line, (reason, count) in enumerate(dropped):
        y = top - 0.55 - STEP * line
        axes.annotate("", (4.3, y), (TRUNK, y), arrowprops=ARROW)
        text = f"{write(count)} dropped: {reason_words(reason, reasons)}"
        axes.text(4.45, y, text, va="center", fontsize=FONT_SIZE, color=INK)
    _draw_box(axes, TRUNK, bottom, f"{write(kept.value)} responses analysed", INK, "#eef1f3")
    width = 9.6 / max(len(types), 1)
    for place, part in enumerate(types):
        name = part.partition("=")[2]
        size, share = (view.find("responses", name, one) for one in ("count", "proportion"))
        x = 0.2 + (place + 0.5) * width
        axes.annotate("", (x, bottom - 0.5), (TRUNK, bottom - 0.24), arrowprops=ARROW)
        text = f"{view.subgroup_label(part)}:\n{view.write(size)} ({view.write(share)})"
        _draw_box(axes, x, bottom - 0.72, text, colour_of(view, part))
    numbers = find_table("flow")(view, reasons=reasons)
    return Drawing(figure, [numbers] if numbers else [])


def _draw_box(axes: Any, x: float, y: float, text: str, colour: str, face: str = "white") -> None:
    axes.text(x, y, text, ha="center", va="center", fontsize=FONT_SIZE, color=INK,
              bbox={"boxstyle": "round,pad=0.45", "facecolor": face, "edgecolor": colour,
                    "linewidth": 1.1})  # fmt: skip


register_chart("flow", draw_flow)
