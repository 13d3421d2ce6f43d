"""How many of the same people gave a lower, the same or a higher answer the second time."""

from collections.abc import Iterable

import seaborn

from altcred.write.charts.drawing import (
    FIRST_COLOUR,
    FONT_SIZE,
    GRID,
    INK,
    SECOND_COLOUR,
    Drawing,
    register_chart,
    tell_estimate,
    write_heads,
)
from altcred.write.charts.rows import BAR, start_rows
from altcred.write.tables import find_table
from altcred.write.tables.cells import with_n
from altcred.write.views import View

PARTS = (
    ("decreased", "Lower", FIRST_COLOUR, INK),
    ("unchanged", "The same", GRID, INK),
    ("increased", "Higher", SECOND_COLOUR, "white"),
)
# Shares in percent: a narrower part has no room for its word, or for its number.
WORDED, NUMBERED = 19, 4


def draw_change(
    view: View, variable: str, *waves: str, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the shares of pairs whose ordered answer rose, stayed and fell, by program type."""
    subgroups = [
        part for part in view.subgroups(columns) if view.shown(variable, "", "increased", part)
    ]
    if not subgroups:
        return None
    labels = [
        with_n(view, view.subgroup_label(part), view.size(variable, part) or 0)
        for part in subgroups
    ]
    figure, axes, places = start_rows(labels)
    for row, subgroup in zip(places, subgroups, strict=True):
        left = 0.0
        for statistic, word, colour, ink in PARTS:
            found = view.find(variable, "", statistic, subgroup)
            share = found.value * 100 if found is not None else 0.0
            bar = axes.barh(row, share, left=left, height=BAR, color=colour)
            bar.set_label(f"{subgroup}|{statistic}")
            if found is not None:
                tell_estimate(bar, view, f"{view.subgroup_label(subgroup)}, {word.lower()}", found)
            if share >= NUMBERED:
                text = view.writer.percent(share / 100)
                axes.text(left + share / 2, row, f"{word} {text}" if share > WORDED else text,
                          ha="center", va="center", color=ink, fontsize=FONT_SIZE - 1)  # fmt: skip
            left += share
    axes.set_xlim(0, 100)
    axes.set_xlabel("Percent of pairs")
    seaborn.despine(ax=axes, left=True)
    write_heads(axes, [(f"■ {word}", colour) for _, word, colour, _ in PARTS])
    numbers = find_table("change")(view, variable)
    return Drawing(figure, [numbers] if numbers else [], view.note(variable))


register_chart("change", draw_change)
