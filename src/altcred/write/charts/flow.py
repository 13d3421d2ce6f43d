"""From exports to the people analysed, in the form of the CONSORT statement.

Boxes from the top to the bottom say how many there are; to their right, or between them, stands
who was excluded and why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from altcred.write.charts.drawing import (
    FONT_SIZE,
    GRID,
    INK,
    PALE,
    WIDTH,
    Drawing,
    colour_of,
    register_chart,
    start_figure,
    tell,
)
from altcred.write.charts.rows import LINE, wrap
from altcred.write.tables import Table, find_table
from altcred.write.tables.counts import count_kept, dropped_reasons, reason_words
from altcred.write.views import View

# In inches: how wide the figure is, what stands between boxes, and how wide a letter is.
ACROSS, GAP, LETTER = WIDTH - 0.2, 0.24, 0.075
# More boxes of parts than these stand below each other.
BESIDE = 3
ARROW = {"arrowstyle": "-|>", "color": PALE, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}


def draw_flow(
    view: View, variable: str = "", *, reasons: Mapping[str, str] | None = None
) -> Drawing | None:
    """Draw how raw rows became responses: excluded by reason, and kept by program type.

    `reasons` gives a reason of decisions.csv the words for it.
    """
    if not _is_counted(view):
        return None
    figure, axes = start_figure(4.0)
    trunk = 0.42 * ACROSS
    y = _draw_exclusions(axes, view, reasons, (0, trunk), (trunk + 0.3, ACROSS), 0.0)
    parts = view.types()
    for start in range(0, len(parts), BESIDE):
        row = parts[start : start + BESIDE]
        width = (ACROSS - 0.15 * (len(row) - 1)) / len(row)
        ends = []
        for place, part in enumerate(row):
            name = part.partition("=")[2]
            size, share = (view.find("responses", name, one) for one in ("count", "proportion"))
            left = place * (width + 0.15)
            if start == 0:
                middle, bend = left + width / 2, y + GAP / 2
                axes.plot(
                    [trunk / 2, trunk / 2, middle], [y, bend, bend], color=PALE, linewidth=1.1
                )
                axes.annotate("", (middle, y + GAP), (middle, bend), arrowprops=ARROW)
            text = f"{view.subgroup_label(part)}: {view.write(size)} ({view.write(share)})"
            ends.append(_draw_box(axes, text, (left, left + width), y + GAP, colour_of(view, part)))
        y = max(ends)
    return _finish(figure, axes, y, [find_table("flow")(view, reasons=reasons)])


def draw_panel_flow(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    reasons: Sequence[Mapping[str, str]] = ({}, {}),
) -> Drawing | None:
    """Draw how the rows of two surveys became the people found in both.

    `reasons` gives those of either survey their words. None where a survey's rows are not counted.
    """
    sides, pairs = [view.on(wave) for wave in (first, second)], view.find("pairs", "", "count")
    if pairs is None or not all(map(_is_counted, sides)):
        return None
    figure, axes = start_figure(4.0)
    width = (ACROSS - 0.2) / 2
    starts = (0.0, width + 0.2)
    heads = [_draw_text(axes, view.wave_label(one.wave), (left, left + width), 0.0, bold=True)
             for one, left in zip(sides, starts, strict=True)]  # fmt: skip
    ends = [
        _draw_exclusions(
            axes, side, words, (left, left + width), None, max(heads) + 0.05, of_panel=True
        )
        for side, words, left in zip(sides, reasons, starts, strict=True)
    ]
    top = max(ends) + GAP
    for left, end in zip(starts, ends, strict=True):
        axes.annotate("", (left + width / 2, top), (left + width / 2, end), arrowprops=ARROW)
    text = f"{view.write(pairs)} found in both surveys"
    end = _draw_box(axes, text, (0.0, ACROSS), top, INK, GRID)
    tables = [find_table("flow")(side, reasons=words, of_panel=True)
              for side, words in zip(sides, reasons, strict=True)]  # fmt: skip
    return _finish(figure, axes, end, tables)


def _is_counted(view: View) -> bool:
    return all(view.find(one, "", "count") is not None for one in ("raw_rows", "responses"))


def _draw_exclusions(
    axes: Any,
    view: View,
    reasons: Mapping[str, str] | None,
    trunk: tuple[float, float],
    aside: tuple[float, float] | None,
    top: float,
    *,
    of_panel: bool = False,
) -> float:
    """Draw the boxes of rows read and of responses; return where they end.

    Who was excluded stands `aside`, or between the two.
    """
    raw, kept = view.find("raw_rows", "", "count"), count_kept(view, of_panel=of_panel)
    wave = view.study.waves.get(view.wave)
    exports = "export" if wave is None or len(wave.exports) == 1 else "exports"
    dropped = [
        (reason, count) for reason, count in dropped_reasons(view, of_panel=of_panel) if count
    ]
    write = view.writer.number
    y = _draw_box(axes, f"{view.write(raw)} rows in the {exports}", trunk, top, INK)
    middle = sum(trunk) / 2
    if dropped:
        lines = [f"{write(sum(count for _, count in dropped))} excluded"]
        lines += [f"{write(count)}: {reason_words(reason, reasons)}" for reason, count in dropped]
        at = aside or (trunk[0] + 0.12, trunk[1] - 0.12)
        end = _draw_box(axes, "\n".join(lines), at, y + GAP, PALE)
        if aside:
            across = (y + GAP + end) / 2
            axes.annotate("", (at[0], across), (middle, across), arrowprops=ARROW)
            axes.annotate("", (middle, end + GAP), (middle, y), arrowprops=ARROW)
        else:
            for start, stop in ((y, y + GAP), (end, end + GAP)):
                axes.annotate("", (middle, stop), (middle, start), arrowprops=ARROW)
        y = end
    else:
        axes.annotate("", (middle, y + GAP), (middle, y), arrowprops=ARROW)
    text = f"{write(kept or 0)} responses analysed"
    return _draw_box(axes, text, trunk, y + GAP, INK, GRID)


def _draw_box(
    axes: Any, text: str, across: tuple[float, float], top: float, colour: str, face: str = "white"
) -> float:
    """Draw a box with a text, a line a line of it; return where it ends."""
    from matplotlib.patches import Rectangle

    end = _draw_text(axes, text, (across[0] + 0.07, across[1] - 0.07), top + 0.05) + 0.05
    box = Rectangle((across[0], top), across[1] - across[0], end - top, facecolor=face,
                    edgecolor=colour, linewidth=1.1, zorder=0)  # fmt: skip
    axes.add_patch(box)
    tell(box, "; ".join(text.split("\n")))
    return end


def _draw_text(
    axes: Any, text: str, across: tuple[float, float], top: float, *, bold: bool = False
) -> float:
    letters = int((across[1] - across[0]) / (LETTER * (1.15 if bold else 1)))
    lines = "\n".join(wrap(line, letters) for line in text.split("\n"))
    axes.text(across[0], top, lines, va="top", fontsize=FONT_SIZE, color=INK, linespacing=1.25,
              fontweight="bold" if bold else "normal")  # fmt: skip
    return top + LINE * (lines.count("\n") + 1)


def _finish(figure: Any, axes: Any, end: float, numbers: Sequence[Table | None]) -> Drawing:
    axes.set_axis_off()
    axes.set_xlim(-0.02, ACROSS + 0.02)
    axes.set_ylim(end + 0.03, -0.03)
    figure.get_layout_engine().heights[axes] = end + 0.06
    return Drawing(figure, [one for one in numbers if one is not None])


register_chart("flow", draw_flow)
register_chart("panel_flow", draw_panel_flow)
