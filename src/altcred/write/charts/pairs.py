"""The shares of two surveys as points, with a line from one to the other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from altcred.core.records import ALL, Estimate
from altcred.write.charts.drawing import (
    FIRST_COLOUR,
    FONT_SIZE,
    INK,
    MUTED,
    PALE,
    SECOND_COLOUR,
    Drawing,
    ends_of,
    finish_shares,
    register_chart,
    tell_estimate,
    write_heads,
)
from altcred.write.charts.rows import start_rows
from altcred.write.paired import FEWEST, Cells, list_cells
from altcred.write.tables import Shown, Table, numbers_behind, slug
from altcred.write.tables.cells import with_n
from altcred.write.views import View

# The marks of the first and of the second survey.
ENDS = (("○", FIRST_COLOUR), ("●", SECOND_COLOUR))


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
    are different people. Of the same people it says how many kept an answer and how many took it
    up. `top` keeps so many of the first survey's commonest answers. None where too few of the same
    people answered both times.
    """
    sides = [view.side(wave) for wave in (first, second)]
    is_panel = sides[0].wave != first
    if is_panel and not (view.size(variable, subgroup) or 0) >= FEWEST:
        return None
    if not all(side.has(variable) for side in sides):
        return None
    names = list(only) if only is not None else sides[0].categories(variable, top=top)
    names = [name for name in names if view.compares(variable, name)]
    found = {
        name: [one for side in sides if (one := side.shown(variable, name, "", subgroup))]
        for name in names
    }
    pairs = {name: ends for name, ends in found.items() if len(ends) == len(sides)}
    if not pairs:
        return None
    names = list(pairs)
    kind = view.kind(variable)
    if only is None and not (kind is not None and kind.is_ordered):
        # From the largest rise to the largest fall.
        fallen = {name: then.value - now.value for name, (then, now) in pairs.items()}
        names.sort(key=lambda name: (name == "other", fallen[name]))
    labels = [view.label(variable, name) for name in names]
    figure, axes, places = start_rows(labels, stretch=1.3)
    reach = max(end for ends in pairs.values() for pair in ends_of(ends) for end in pair)
    waves = [view.wave_label(side.wave) for side in sides]
    for row, name in zip(places, names, strict=True):
        _draw_row(axes, view, row, name, pairs[name], [f"{view.label(variable, name)}, {wave}"
                                                       for wave in waves])  # fmt: skip
    low = -max(reach * 0.14, 2)
    finish_shares(axes, view, reach * 1.05, low=low)
    cells = {one.name: one for one in list_cells(view, variable, subgroup) if one.is_shown}
    if is_panel and cells:
        _write_flows(axes, view, {row: cells[name] for row, name in zip(places, names, strict=True)
                                  if name in cells}, low)  # fmt: skip
    heads, numbers = [], []
    for side, wave, (mark, colour) in zip(sides, waves, ENDS, strict=True):
        heads.append((f"{mark} {with_n(view, wave, side.size(variable, subgroup))}", colour))
        table = numbers_behind(side, variable, names, [subgroup])
        table.heading = f"{table.heading}: {wave}"
        numbers.append(table)
    if is_panel and cells:
        numbers.append(
            _list_flows(view, variable, [cells[name] for name in names if name in cells])
        )
    write_heads(axes, heads)
    return Drawing(figure, numbers, view.note(variable))


def _list_flows(view: View, variable: str, cells: Sequence[Cells]) -> Table:
    """Return how many of the same people kept an answer, and how many took it up, a line each."""
    lines = []
    for one in cells:
        for word, own, other in (
            ("again", "both", "only_first"),
            ("newly", "only_second", "neither"),
        ):
            counts = [view.writer.number(one.count(*of)) for of in ((own,), (own, other))]
            lines.append((f"{view.label(variable, one.name)} · {word}", [*map(Shown, counts)]))
    heading = f"{view.label(variable)}: the same people"
    id = f"{slug(variable)}-{slug(view.wave)}-flows"
    return Table(id, heading, ["People", "Of"], lines)


def _draw_row(
    axes: Any, view: View, row: float, name: str, ends: Sequence[Estimate], words: Sequence[str]
) -> None:
    """Draw an answer's two shares, first hollow and then filled, with their intervals."""
    axes.plot([one.value * 100 for one in ends], [row, row], color=PALE, linewidth=2.0, zorder=1)
    outer = [end for pair in ends_of(ends) for end in pair]
    for one, (mark, colour), shift, which, of in zip(
        ends, ENDS, (-0.055, 0.055), ("first", "second"), words, strict=True
    ):
        if one.low == one.low:
            axes.plot([one.low * 100, one.high * 100], [row + shift] * 2, color=colour,
                      linewidth=0.9, zorder=2)  # fmt: skip
        face = "white" if mark == "○" else colour
        point = axes.plot([one.value * 100], [row], "o", color=colour, markersize=6.5,
                          markerfacecolor=face, markeredgewidth=1.5, zorder=3)[0]  # fmt: skip
        point.set_label(f"{which}|{name}")
        tell_estimate(point, view, of, one)
    low, high = sorted(ends, key=lambda one: one.value)
    # Beyond both intervals, so that no line crosses a number.
    for one, at, side in ((low, min(outer), -6), (high, max(outer), 6)):
        axes.annotate(
            view.writer.percent(one.value), (at, row), (side, 0), textcoords="offset points",
            va="center", ha="left" if side > 0 else "right", fontsize=FONT_SIZE - 1,
            color=MUTED if one is ends[0] else SECOND_COLOUR, zorder=4,
        )  # fmt: skip


def _write_flows(axes: Any, view: View, rows: Mapping[float, Cells], low: float) -> None:
    """Write beside each row how many of the same people kept an answer, and how many took it up."""
    write = view.writer.number
    right = axes.get_xlim()[1]
    axes.set_xlim(low, right + (right - low) * 0.36)
    for row, one in rows.items():
        first, rest = one.count("only_first", "both"), one.count("only_second", "neither")
        text = (f"{write(one.count('both'))} of {write(first)} again\n"
                f"{write(one.count('only_second'))} of {write(rest)} newly")  # fmt: skip
        axes.text(right + (right - low) * 0.04, row, text, va="center", color=INK,
                  fontsize=FONT_SIZE - 1, linespacing=1.1)  # fmt: skip


register_chart("pairs", draw_pairs)
