"""Shares printed of an earlier collection and those of the present one, a line each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from altcred.core.numbers import Writer, Written
from altcred.core.records import Estimate
from altcred.write.charts.drawing import (
    FONT_SIZE,
    MUTED,
    SECOND_COLOUR,
    Drawing,
    finish_shares,
    register_chart,
    tell,
    tell_estimate,
    write_heads,
)
from altcred.write.charts.rows import Head, start_rows
from altcred.write.tables import Shown, Table
from altcred.write.views import View

# A printed figure that can stand for more than so much has no place of its own to be marked at.
WIDEST_MARK = 0.1


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
    labels: list[str] = []
    for group, members in groupby(points, key=lambda point: point.group):
        labels += [Head(group)] if group else []
        labels += [point.label for point in members]
    figure, axes, places = start_rows(labels)
    reach = max(
        _draw_point(axes, view, place, point) for place, point in zip(places, points, strict=True)
    )
    finish_shares(axes, view, reach, low=-max(reach * 0.1, 2))
    write_heads(axes, [(heads[0], MUTED), (heads[1], SECOND_COLOUR)])
    return Drawing(figure, [_list_numbers(view, points, id)])


def _draw_point(axes: Any, view: View, row: float, point: Point) -> float:
    """Draw one line, and return how far to the right it reaches, in percent."""
    then, now = point.earlier() * 100, point.now.value * 100
    ends = [now]
    if not math.isnan(then):
        ends.append(then)
        axes.plot([then, now], [row, row], color="#c9d0d5", linewidth=2, zorder=1)
        early = axes.plot([then], [row], "o", markerfacecolor="white", markeredgecolor=MUTED,
                          markersize=5.5, zorder=3)  # fmt: skip
        early[0].set_label(f"then|{point.label}")
        printed = point.printed or view.writer.percent(point.earlier(), 1)
        tell(early[0], f"{point.label}, then: {printed}")
    for span, colour, shift in (
        (point.range, MUTED, -0.02),
        ((point.now.low, point.now.high), SECOND_COLOUR, 0.02),
    ):
        if not any(map(math.isnan, span)):
            across = [end * 100 for end in span]
            axes.plot(across, [row + shift] * 2, color=colour, linewidth=0.9, zorder=2)
            ends += across
    late = axes.plot([now], [row], "o", color=SECOND_COLOUR, markersize=5.5, zorder=4)
    late[0].set_label(f"now|{point.label}")
    tell_estimate(late[0], view, f"{point.label}, now", replace(point.now, statistic="proportion"))
    write = view.writer.percent
    known = sorted([(now, SECOND_COLOUR)] if math.isnan(then) else [(now, SECOND_COLOUR),
                                                                     (then, MUTED)])  # fmt: skip
    texts = [(write(share / 100), colour) for share, colour in known]
    # Beyond what is drawn, so that no line crosses a number; once where both are the same.
    for (text, colour), at, shift in zip(reversed(texts), (max(ends), min(ends)), (5, -5),
                                         strict=False):  # fmt: skip
        if shift > 0 or text != texts[1][0]:
            axes.annotate(text, (at, row), (shift, 0), textcoords="offset points", color=colour,
                          ha="left" if shift > 0 else "right", va="center",
                          fontsize=FONT_SIZE - 1)  # fmt: skip
    return max(ends)


def _list_numbers(view: View, points: Sequence[Point], id: str) -> Table:
    write = view.writer
    rows = [
        (
            ": ".join(filter(None, [point.group, point.label])),
            [
                Shown(_write_earlier(point, write)),
                Shown(write.percent(point.now.value, 1)),
                Shown(write.interval(point.now.low, point.now.high, "proportion")),
                Shown(write.number(point.now.n)),
            ],
        )
        for point in points
    ]
    columns = ["Then", "Now", "95% interval now", "n now"]
    return Table(f"{id}-numbers", "Share", columns, rows)


def _write_earlier(point: Point, write: Writer) -> str:
    """Write an earlier share as it was printed, and where its mark stands."""
    value = point.earlier()
    if point.printed and not math.isnan(value):
        return Written(point.printed, value)
    return point.printed or write.percent(value, 1)


register_chart("collections", draw_collections)
