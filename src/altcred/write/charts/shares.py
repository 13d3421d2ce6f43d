"""Shares of answers as points with intervals, one a program type; of few people, a dot each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from altcred.core.records import Estimate
from altcred.write.charts.drawing import (
    FONT_SIZE,
    GRID,
    INK,
    MUTED,
    PALE,
    Drawing,
    Look,
    draw_grid,
    finish_shares,
    ink_of,
    looks_of,
    name_subgroups,
    register_chart,
    subgroups_with,
    tell_estimate,
)
from altcred.write.charts.marks import MOST_DOTS, Part, are_few, draw_parts, draw_point
from altcred.write.charts.rows import BAR, start_rows, wrap
from altcred.write.tables import numbers_behind
from altcred.write.views import View

# So many groups stand beside each other; fewer on one line, and more too, without numbers.
BESIDE = (3, 4)


@dataclass(frozen=True)
class Rows:
    """What is drawn of a variable, a row an answer: estimates by answer and group.

    `looks` says how each group is drawn, and `places` at which height each row stands.
    """

    view: View
    variable: str
    cells: Mapping[str, Mapping[str, Estimate]]
    looks: Mapping[str, Look]
    places: Sequence[float]

    def __iter__(self) -> Iterator[tuple[float, tuple[str, Mapping[str, Estimate]]]]:
        """Yield the place of each row, with its answer and the estimates of it."""
        return zip(self.places, self.cells.items(), strict=True)


def draw_shares(
    view: View,
    variable: str,
    *,
    columns: Iterable[str] | None = None,
    top: int | None = None,
    falling: bool | None = None,
    only: Iterable[str] | None = None,
    digits: int = 0,
) -> Drawing | None:
    """Draw the shares of a variable's categories as points with intervals, all groups on one line.

    `falling` or `top` put the most frequent first; where neither they nor `only` are given, the
    kind says it: ordered categories keep their order. None where nobody was asked.
    """
    subgroups = subgroups_with(view, variable, columns)
    cells = find_cells(view, variable, subgroups, top, falling, only)
    if not cells:
        return None
    found = [one for row in cells.values() for one in row.values()]
    labels = [view.label(variable, name) for name in cells]
    # A group to which none of the answers was offered is left out.
    looks = looks_of(view, [one for one in subgroups if any(one in row for row in cells.values())])
    if are_few(view, [one for one in found if one.is_shown]):
        figure, axes, places = start_rows(labels, bars=len(looks))
        _draw_people(axes, Rows(view, variable, cells, looks, places))
    else:
        figure, axes, places = start_rows(labels)
        rows = Rows(view, variable, cells, looks, places)
        if len(looks) in BESIDE:
            _draw_beside(axes, rows, digits)
        else:
            reach = draw_lines(axes, rows, lambda one: view.writer.percent(one.value, digits))
            low = -max(reach * 0.1, 2) if len(looks) > 1 else 0.0
            finish_shares(axes, view, reach, low=low)
            name_subgroups(axes, view, variable, list(looks), "")
    numbers = numbers_behind(view, variable, list(cells), subgroups)
    return Drawing(figure, [numbers], view.note(variable))


def find_cells(
    view: View,
    variable: str,
    subgroups: Sequence[str],
    top: int | None = None,
    falling: bool | None = None,
    only: Iterable[str] | None = None,
) -> dict[str, dict[str, Estimate]]:
    """Return the shares to draw, by answer and subgroup, in the order of draw_shares."""
    if top is None and falling is None and only is None:
        options = view.draw_options(variable)
        top, falling = options.get("top"), options.get("falling")
    names = view.categories(variable, top=top, falling=bool(falling)) if only is None else only
    cells = {
        name: {
            part: found
            for part in subgroups
            if (found := view.find(variable, name, "", part)) is not None
        }
        for name in names
    }
    return {name: found for name, found in cells.items() if found}


def draw_lines(
    axes: Any, rows: Rows, write: Callable[[Estimate], str], *, times: float = 100
) -> float:
    """Draw a row's points on one line, their numbers beside the outermost; return how far."""
    looks = rows.looks
    apart = min(0.05, 0.16 / len(looks))
    reach = 0.0
    for at, (name, row) in rows:
        ends: dict[str, tuple[float, float]] = {}
        for place, part in enumerate(looks):
            if part in row and row[part].is_shown:
                spot = (0.0, at + (place - (len(looks) - 1) / 2) * apart)
                ends[part] = _draw_share(axes, rows, spot, name, part, times)
        hidden = [part for part in row if part not in ends]
        if hidden:
            who = [looks[part].letter for part in hidden] if ends else []
            text = " ".join([*who, "not shown"])
            left = max([0.0, *(high for _, high in ends.values())])
            _write(axes, left, at, text, MUTED, 36 if ends else 5)
        if not ends:
            continue
        reach = max(reach, *(high for _, high in ends.values()))
        low, high = (choose(ends, key=lambda part: row[part].value) for choose in (min, max))
        outer = (min(one for one, _ in ends.values()), max(one for _, one in ends.values()))
        texts = {part: write(row[part]) for part in (low, high)}
        if len(ends) > 1 and texts[low] != texts[high]:
            _write(axes, outer[0], at, texts[low], looks[low].colour, -5)
        is_same = len(ends) > 1 and texts[low] == texts[high]
        _write(axes, outer[1], at, texts[high], INK if is_same else looks[high].colour, 5)
    axes.hlines(rows.places, 0, 1, color=GRID, linewidth=0.8, zorder=0,
                transform=axes.get_yaxis_transform()).set_label("guides")  # fmt: skip
    return reach


def _draw_share(
    axes: Any, rows: Rows, spot: tuple[float, float], name: str, part: str, times: float = 100
) -> tuple[float, float]:
    found, view = rows.cells[name][part], rows.view
    ends = draw_point(axes, spot, found, rows.looks[part], f"{part}|{name}", times=times)
    words = f"{view.label(rows.variable, name)}, {view.subgroup_label(part)}"
    tell_estimate(axes.lines[-1], view, words, found)
    return ends


def _write(axes: Any, left: float, at: float, text: str, colour: str, shift: float) -> None:
    axes.annotate(
        text, (left, at), (shift, 0), textcoords="offset points", va="center",
        ha="left" if shift > 0 else "right", fontsize=FONT_SIZE - 1, color=ink_of(colour),
    )  # fmt: skip


def _draw_beside(axes: Any, rows: Rows, digits: int) -> None:
    """Draw each group's points beside those of the others, on an axis of its own."""
    view, looks = rows.view, rows.looks
    ends = [one.value if one.low != one.low else one.high
            for row in rows.cells.values() for one in row.values() if one.is_shown]  # fmt: skip
    reach = max(100 * max(ends, default=0.0), 5.0)
    # Room for a number at the right of what reaches farthest.
    width = reach * (1.3 + 0.13 * len(looks))
    letters = int(4.7 / len(looks) / 0.09)
    ticks = [tick for tick in _choose_ticks(reach) if tick <= reach]
    for panel, (part, look) in enumerate(looks.items()):
        left = panel * width
        for at, (name, row) in rows:
            found = row.get(part)
            if found is None or not found.is_shown:
                if found is not None:
                    _write(axes, left, at, "not shown", MUTED, 5)
                continue
            _, end = _draw_share(axes, rows, (left, at), name, part)
            _write(axes, end, at, view.writer.percent(found.value, digits), look.colour, 5)
        axes.axvline(left, color=PALE, linewidth=0.8, zorder=1)
        words = wrap(view.subgroup_label(part), letters)
        n = view.writer.number(view.size(rows.variable, part) or 0)
        axes.text(left, 0, f"{words}\n(n = {n})", va="bottom", fontsize=FONT_SIZE,
                  fontweight="bold", color=ink_of(look.colour))  # fmt: skip
    axes.set_xlim(0, width * len(looks))
    axes.set_xticks([panel * width + tick for panel in range(len(looks)) for tick in ticks])
    axes.set_xticklabels([view.writer.percent(tick / 100) for _ in looks for tick in ticks])
    draw_grid(axes, "x")
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)


def _choose_ticks(reach: float) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    return list(MaxNLocator(nbins=2, integer=True).tick_values(0, reach))


def _draw_people(axes: Any, rows: Rows) -> None:
    """Draw for each answer and group as many dots as people gave it, in rows of their own."""
    view, variable, looks = rows.view, rows.variable, rows.looks
    for at, (name, row) in rows:
        for place, (part, look) in enumerate(looks.items()):
            line = at + (place - (len(looks) - 1) / 2) * BAR
            found = row.get(part)
            if found is None or not found.is_shown:
                if found is not None:
                    _write(axes, 0.0, line, "not shown", MUTED, 5)
                continue
            words = f"{view.label(variable, name)}, {view.subgroup_label(part)}"
            parts = [Part(f"{part}|{name}", words, found, look.colour)]
            draw_parts(axes, view, line, parts, 0.0, dots=True)
            count = found.value * found.n
            text = f"{view.writer.number(count)} of {view.writer.number(found.n)}"
            _write(axes, round(count), line, text, look.colour, 5)
    axes.set_xlim(-0.3, MOST_DOTS + 4)
    axes.set_xticks([])
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    name_subgroups(axes, view, variable, list(looks), "●")


register_chart("shares", draw_shares)
