"""Who named each answer in which of two surveys: one bar of all pairs each."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import seaborn

from altcred.core.records import ALL
from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    MUTED,
    PALE,
    SECOND_COLOUR,
    Drawing,
    register_chart,
    tell_estimate,
    write_percents,
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.paired import CELLS, Cells, has_enough, list_cells, name_cells, tell_questions
from altcred.write.tables import Shown, Table
from altcred.write.views import View

# Grey for the first survey and purple for the second, as in pairs; what both hold is dark.
# Neighbours differ in their darkness, and the two pale ones in their hatching.
FILLS: dict[str, dict[str, Any]] = {
    "only_first": {"facecolor": "#d3d9dd", "hatch": "////", "edgecolor": PALE,
                   "hatch_linewidth": 0.6},
    "both": {"facecolor": SECOND_COLOUR, "edgecolor": "white"},
    "only_second": {"facecolor": "#cdb8e0", "edgecolor": "white"},
    "neither": {"facecolor": "white", "edgecolor": "#b9c1c7"},
}  # fmt: skip
INKS = {"both": "white", "neither": MUTED}
# A part of a bar narrower than so many percent has no room for its number.
NARROWEST = 6.0


def draw_cells(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    words: Mapping[str, str] | None = None,
) -> Drawing | None:
    """Draw for each answer who gave it in which of two surveys: one bar of all pairs each.

    The first two parts of a bar are those who named it first, the second and third those who
    named it the second time. At its right stands how many of the former did both. `words` give
    the parts other names (see paired.WORDS). None where the waves share no category, too few
    people answered both times, or nothing of it may be shown.
    """
    rows = list_cells(view, variable, subgroup)
    if not rows or not has_enough(view, variable, subgroup):
        return None
    names = name_cells(words)
    usual = max((one.n for one in rows if not math.isnan(one.n)), default=math.nan)
    labels = []
    for one in rows:
        size = f" (n = {view.writer.number(one.n)})" if one.n < usual else ""
        labels.append(view.label(variable, one.name) + size)
    figure, axes, places = start_rows(labels)
    drawn = [(at, one) for at, one in zip(places, rows, strict=True) if one.is_shown]
    _draw_parts(axes, view, variable, drawn, names)
    for row, one in zip(places, rows, strict=True):
        if one.is_shown:
            named = one.count("both", "only_first")
            text = f"{view.writer.number(one.count('both'))} of {view.writer.number(named)}"
            axes.text(102, row, text, va="center", fontsize=FONT_SIZE - 1, color=INK)
        else:
            axes.text(1, row, "not shown", va="center", fontsize=FONT_SIZE - 2, color=MUTED)
    head = f"{names['of_first']},\n{names['again'].lower()}".replace(" who ", " who\n")
    axes.text(102, 0, head, va="bottom", fontsize=FONT_SIZE - 1.5, color=INK,
              linespacing=1.1)  # fmt: skip
    axes.set_xlim(0, 122)
    axes.set_xticks(range(0, 101, 25))
    write_percents(axes.xaxis, view.writer)
    axes.set_xlabel("Share of the people who answered in both surveys", x=50 / 122)
    seaborn.despine(ax=axes, bottom=True, left=True)
    _draw_legend(figure, names)
    numbers = _numbers_behind(view, variable, rows, names)
    return Drawing(figure, [numbers], tell_questions(view, variable, first, second))


def _draw_parts(
    axes: Any,
    view: View,
    variable: str,
    drawn: Sequence[tuple[float, Cells]],
    names: Mapping[str, str],
) -> None:
    left = [0.0] * len(drawn)
    for cell in CELLS:
        widths = [one.share(cell) * 100 for _, one in drawn]
        places = [row for row, _ in drawn]
        bars = axes.barh(places, widths, left=left, height=BAR, linewidth=0.7, **FILLS[cell])
        bars.set_label("|".join([cell, *(one.name for _, one in drawn)]))
        for bar, (_, one) in zip(bars.patches, drawn, strict=True):
            if (share := one.shares[cell]) is not None:
                words = f"{view.label(variable, one.name)}, {names[cell]}"
                tell_estimate(bar, view, words, share)
        # A plain ground, where the part is hatched.
        ground = FILLS[cell]["facecolor"] if FILLS[cell].get("hatch") else "none"
        for row, width, start in zip(places, widths, left, strict=True):
            if width >= NARROWEST:
                axes.text(
                    start + width / 2, row, view.writer.percent(width / 100), ha="center",
                    va="center", fontsize=FONT_SIZE - 1.5, color=INKS.get(cell, INK),
                    bbox={"facecolor": ground, "edgecolor": "none", "pad": 0.6},
                )  # fmt: skip
        left = [start + width for start, width in zip(left, widths, strict=True)]


def _draw_legend(figure: Any, names: Mapping[str, str]) -> None:
    from matplotlib.patches import Patch

    figure.legend(
        handles=[Patch(label=names[cell], linewidth=0.7, **FILLS[cell]) for cell in CELLS],
        loc="outside upper left", ncols=2, frameon=False, fontsize=FONT_SIZE - 0.5,
        handlelength=1.3, handletextpad=0.5, columnspacing=1.4, borderaxespad=0.2,
    )  # fmt: skip


def _numbers_behind(
    view: View, variable: str, rows: Sequence[Cells], names: Mapping[str, str]
) -> Table:
    lines = []
    for one in rows:
        for cell in CELLS:
            share, count = one.shares[cell], one.counts[cell]
            if share is None or count is None:
                continue
            texts = [
                view.write(count),
                view.write(share, digits=1),
                view.write_interval(share),
                view.writer.number(share.n),
            ]
            label = f"{view.label(variable, one.name)} · {names[cell]}"
            lines.append((label, [Shown(text) for text in texts]))
    columns = ["People", "Share", "95% interval", "n"]
    id = f"{variable}-cells-numbers"
    return Table(id, view.label(variable), columns, lines)


register_chart("cells", draw_cells)
