"""Shares printed of an earlier collection and those of the present one, a line each."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from typing import Any

from altcred.core.records import Estimate
from altcred.write.charts.drawing import (
    BLANK,
    FONT_SIZE,
    INK,
    MUTED,
    SECOND_COLOUR,
    Drawing,
    finish_shares,
    register_chart,
    start_figure,
    wrap,
    write_heads,
)
from altcred.write.tables import Shown, Table
from altcred.write.views import View

# A printed figure that can stand for more than so much has no place of its own to be marked at.
WIDEST_MARK = 0.1
# Letters of a question above its lines.
LONGEST_GROUP = 90


@dataclass(frozen=True)
class Point:
    """One line: the range a printed share can stand for, and the present estimate.

    The range is drawn at its middle or its one bound. Lines of one `group` stand under its name.
    """

    label: str
    range: tuple[float, float]
    now: Estimate
    group: str = ""
    printed: str = ""

    def earlier(self) -> float:
        """Return where the earlier mark stands; nan where words were printed, such as "most"."""
        known = [end for end in self.range if not math.isnan(end)]
        if not known or max(known) - min(known) > WIDEST_MARK:
            return math.nan
        return sum(known) / len(known)


def draw_collections(
    view: View, points: Sequence[Point], heads: tuple[str, str], id: str
) -> Drawing | None:
    """Draw the earlier share of each line as an open mark and the present one as a full one.

    Marks carry the labels `then|LABEL` and `now|LABEL`. None where there is no line.
    """
    if not points:
        return None
    rows: list[tuple[str, Point | None]] = []
    for group, members in groupby(points, key=lambda point: point.group):
        rows += [(group, None)] if group else []
        rows += [(point.label, point) for point in members]
    texts = [wrap(label) if point else "" for label, point in rows]
    # Rows are as high as their labels, so that long ones do not meet.
    ends = list(accumulate((0.14 * (text.count("\n") + 1) + 0.08 for text in texts), initial=0.0))
    places = [sum(pair) / 2 for pair in pairwise(ends)]
    figure, axes = start_figure(max(1.6, ends[-1] + 0.75))
    axes.set_yticks(places, texts, fontsize=FONT_SIZE - 1.5)
    axes.set_ylim(ends[-1] + 0.04, -0.1)
    reach = 0.0
    for place, (label, point) in zip(places, rows, strict=True):
        if point is not None:
            reach = max(reach, _draw_point(axes, place, point))
        else:
            name = textwrap.shorten(label, LONGEST_GROUP, placeholder="…")
            axes.text(0.3, place, name, fontsize=FONT_SIZE - 1.5, fontweight="bold", color=INK,
                      va="center", bbox=BLANK, zorder=5)  # fmt: skip
    finish_shares(axes, view, reach)
    write_heads(axes, [(heads[0], MUTED), (heads[1], SECOND_COLOUR)])
    return Drawing(figure, [_list_numbers(view, points, id)])


def _draw_point(axes: Any, row: float, point: Point) -> float:
    """Draw one line, and return how far to the right it reaches, in percent."""
    then, now = point.earlier() * 100, point.now.value * 100
    ends = [now]
    if not math.isnan(then):
        ends.append(then)
        axes.plot([then, now], [row, row], color="#c9d0d5", linewidth=2, zorder=1)
        early = axes.plot([then], [row], "o", markerfacecolor="white", markeredgecolor=MUTED,
                          markersize=5.5, zorder=3)  # fmt: skip
        early[0].set_label(f"then|{point.label}")
    for span, colour, shift in (
        (point.range, MUTED, -0.05),
        ((point.now.low, point.now.high), SECOND_COLOUR, 0.05),
    ):
        if not any(map(math.isnan, span)):
            across = [end * 100 for end in span]
            axes.plot(across, [row + shift] * 2, color=colour, linewidth=0.9, zorder=2)
            ends += across
    late = axes.plot([now], [row], "o", color=SECOND_COLOUR, markersize=5.5, zorder=4)
    late[0].set_label(f"now|{point.label}")
    return max(ends)


def _list_numbers(view: View, points: Sequence[Point], id: str) -> Table:
    write = view.writer
    rows = [
        (
            ": ".join(filter(None, [point.group, point.label])),
            [
                Shown(point.printed or write.percent(point.earlier(), 1)),
                Shown(write.percent(point.now.value, 1)),
                Shown(write.interval(point.now.low, point.now.high, "proportion")),
                Shown(write.number(point.now.n)),
            ],
        )
        for point in points
    ]
    columns = ["Then", "Now", "95% interval now", "n now"]
    return Table(f"{id}-numbers", "Share", columns, rows, is_behind=True)


register_chart("collections", draw_collections)
