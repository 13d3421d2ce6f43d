"""Figures of the report: drawn from estimates alone, in ink that survives grey printing.

Every function returns a Drawing, or None where the wave has nothing to show. Jupyter shows a
drawing as SVG, and under it the table of the numbers it is drawn from. One colour stands for one
program type everywhere.
"""

import io
import json
import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import seaborn

from altcred.core.intervals import parse_interval
from altcred.core.records import NOT_REPORTED
from altcred.describe.study import ALL, as_list
from altcred.write.tables import Table, dropped_reasons, numbers_behind
from altcred.write.views import (
    HIDDEN,
    View,
    open_view,
    write_money,
    write_number,
    write_percent,
)

__all__ = [
    "Drawing",
    "category_figure",
    "change_figure",
    "comparison_figure",
    "default_figure",
    "distribution_figure",
    "flow_figure",
    "map_figure",
    "open_view",
    "paired_figure",
    "show_maps",
    "show_others",
]

# Told apart by people who see no red or no green, and by their darkness in grey: neighbours are
# far apart in it. No colour of a program type stands for anything else.
TYPE_COLOURS = ("#14507a", "#e08a00", "#a3d3ec", "#c4527f", "#1d1d1d", "#6a7fd1")
ALL_COLOUR = "#4d4d4d"
FIRST_COLOUR, SECOND_COLOUR = "#84909a", "#5b2a86"
INK, MUTED, PALE = "#222222", "#5f6a72", "#8a9299"
WIDTH = 7.2
FONT_SIZE = 9.0
WRAP = 36


@dataclass
class Drawing:
    """A finished figure, the tables of the numbers in it, and what to know when reading it."""

    figure: Any
    numbers: list[Table] = field(default_factory=list)
    note: str = ""

    def as_svg(self) -> str:
        """Return the figure as SVG, the same text each time."""
        import matplotlib

        text = io.StringIO()
        with matplotlib.rc_context({"svg.hashsalt": "altcred", "svg.fonttype": "path"}):
            self.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        # A hundredth of a point is finer than any printer; the rest is only length.
        return re.sub(r' d="[^"]+"', _shorten_path, text.getvalue())

    def _repr_svg_(self) -> str:
        return self.as_svg()

    def show(self, about: Mapping[str, str] | None = None) -> None:
        """Show the figure, its numbers and its note; `about` describes it for the report."""
        from IPython.display import Markdown, display

        # IPython's own SVG would parse and write each drawing once more.
        svg = self.as_svg()
        data = {"image/svg+xml": svg[svg.index("<svg") :], "text/plain": "<figure>"}
        display(data, raw=True, metadata={"report": about} if about else {})
        display(*self.numbers)
        if self.note:
            display(Markdown(f"*Note.* {_escape(self.note)}"))

    def _ipython_display_(self) -> None:
        self.show()


def _shorten_path(path: re.Match[str]) -> str:
    return re.sub(r"(\.\d\d)\d+", r"\1", path[0])


def colour_of(view: View, subgroup: str) -> str:
    """Return the colour that stands for a subgroup: that of its program type, grey for all."""
    for place, name in enumerate(view.study.program_types):
        if subgroup.endswith(f"program_type={name}"):
            return TYPE_COLOURS[place % len(TYPE_COLOURS)]
    return ALL_COLOUR


def ink_of(colour: str) -> str:
    """Return a colour, darkened as far as letters in it need to be read on white.

    That is a contrast of 4.5 to 1, by the relative luminance of WCAG 2.2.
    """
    from matplotlib.colors import to_hex, to_rgb

    parts = to_rgb(colour)
    while 1.05 / (_luminance(parts) + 0.05) < 4.5:
        parts = tuple(part * 0.97 for part in parts)
    return to_hex(parts)


def _luminance(parts: Sequence[float]) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def category_figure(
    view: View,
    variable: str,
    *,
    columns: Iterable[str] | None = None,
    top: int | None = None,
    falling: bool = False,
    only: Iterable[str] | None = None,
    digits: int = 0,
) -> Drawing | None:
    """Draw the shares of a variable's categories as bars, one a program type, with intervals.

    Ordered categories keep their order; `falling` or `top` put the most frequent first. None
    where nobody was asked.
    """
    subgroups = _subgroups_with(view, variable, columns)
    names = list(only) if only is not None else view.categories(variable, top=top, falling=falling)
    names = [
        name for name in names
        if any(view.find(variable, name, "", part) is not None for part in subgroups)
    ]  # fmt: skip
    if not subgroups or not names:
        return None
    labels = [_wrap(view.label(variable, name)) for name in names]
    thickness = 0.8 / len(subgroups)
    height = max(1.3, sum(_row_height(label, len(subgroups)) for label in labels) + 0.6)
    figure, axes = _start(height)
    reach = 0.0
    for place, part in enumerate(subgroups):
        offset = (place - (len(subgroups) - 1) / 2) * thickness
        drawn = {}
        for row, name in enumerate(names):
            found = view.find(variable, name, "", part)
            if found is not None and math.isnan(found.value):
                axes.text(0.2, row + offset, "not shown", va="center", fontsize=FONT_SIZE - 2,
                          color=MUTED)  # fmt: skip
            elif found is not None:
                drawn[name] = (row + offset, found)
        colour = colour_of(view, part)
        for place, share, end in _draw_bars(axes, part, drawn, thickness * 0.9, colour):
            axes.annotate(
                write_percent(share / 100, digits), (end, place), (3, 0),
                textcoords="offset points", va="center", fontsize=FONT_SIZE - 1, color=INK,
            )  # fmt: skip
            reach = max(reach, end)
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.45, -0.55)
    _finish_shares(axes, reach)
    _name_subgroups(figure, axes, view, variable, subgroups)
    numbers = numbers_behind(view, variable, names, subgroups)
    return Drawing(figure, [numbers], _note_on(view, variable))


def distribution_figure(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the binned distribution of a number, one colour a program type, medians marked.

    The bins are the codebook's; they need not be equally wide, so bars show shares, not
    densities. A median is marked at its place within its bin.
    """
    subgroups = _subgroups_with(view, variable, columns)
    names = view.categories(variable)
    if not subgroups or not names:
        return None
    bins = [parse_interval(name) for name in names]
    figure, axes = _start(3.1)
    thickness = 0.84 / len(subgroups)
    tallest = 0.0
    labelled = len(names) * len(subgroups) <= 26
    # White behind a number keeps the lines of medians from crossing it.
    blank = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    hidden = False
    for place, part in enumerate(subgroups):
        offset = (place - (len(subgroups) - 1) / 2) * thickness
        drawn = {}
        for position, name in enumerate(names):
            found = view.find(variable, name, "", part)
            if found is not None and math.isnan(found.value):
                hidden = True
                axes.annotate(
                    HIDDEN, (position + offset, 0), (0, 1.5), textcoords="offset points",
                    ha="center", fontsize=FONT_SIZE - 2.5, color=MUTED, bbox=blank,
                )  # fmt: skip
            elif found is not None:
                drawn[name] = (position + offset, found)
        colour = colour_of(view, part)
        bars = _draw_bars(axes, part, drawn, thickness * 0.94, colour, across=False)
        tallest = max([tallest, *(end for *_, end in bars)])
        for place, share, end in bars:
            if labelled:
                axes.annotate(
                    write_number(share), (place, end), (0, 1.5), textcoords="offset points",
                    ha="center", fontsize=FONT_SIZE - 2.5, color=INK, bbox=blank,
                )  # fmt: skip
    medians = []
    for part in subgroups:
        found = view.find(variable, "", "median", part)
        if found is not None and not math.isnan(found.value):
            medians.append((_place_in_bins(found.value, bins), found.value, part))
    ceiling = tallest * 1.1 + 0.5
    write = write_money if view.is_money(variable) else write_number
    for line, ((at, value, part), side) in enumerate(_order_medians(medians, len(names))):
        height = ceiling * (1 + 0.1 * line)
        axes.plot([at, at], [0, height], color=colour_of(view, part), linewidth=1.2,
                  linestyle=(0, (4, 2)), zorder=1.5, path_effects=_halo()).pop().set_label(
                      f"median|{part}")  # fmt: skip
        digits = 0 if float(value).is_integer() or view.is_money(variable) else 1
        axes.annotate(
            f"median {write(value, digits)}", (at, height), (3 * side, 0),
            textcoords="offset points", ha="left" if side > 0 else "right", va="center",
            fontsize=FONT_SIZE - 1, color=ink_of(colour_of(view, part)), bbox=blank,
        )  # fmt: skip
    _write_ranges(axes, [view.range_label(variable, name) for name in names])
    axes.set_xlim(-0.6, len(names) - 0.4)
    highest = ceiling * (1.08 + 0.1 * max(len(medians) - 1, 0))
    axes.set_ylim(0, highest)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= highest])
    unit = view.unit(variable)
    axes.set_xlabel(view.label(variable) + (f" ({unit})" if unit else ""))
    axes.set_ylabel("Percent")
    axes.tick_params(axis="x", length=0)
    seaborn.despine(ax=axes)
    axes.grid(axis="y", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    _name_subgroups(figure, axes, view, variable, subgroups)
    numbers = numbers_behind(view, variable, names, subgroups)
    notes = [_note_on(view, variable)]
    if hidden:
        notes.append(f"{HIDDEN} Not shown, because too few people are in it.")
    return Drawing(figure, [numbers], " ".join(note for note in notes if note))


def _order_medians(
    medians: Iterable[tuple[float, float, str]], bins: int
) -> list[tuple[tuple[float, float, str], int]]:
    """Return medians, the lowest line first, each with the side its words stand on: 1 or -1.

    Words stand over lines that are lower than theirs, so that no line crosses them: all to the
    right while there is room, with the leftmost line the highest, or else all to the left.
    """
    known = sorted(medians)
    room = bins * 0.2
    if all(at <= bins - 1 - room for at, *_ in known):
        return [(one, 1) for one in reversed(known)]
    if all(at >= room for at, *_ in known):
        return [(one, -1) for one in known]
    left = [(one, 1) for one in reversed(known) if one[0] < bins / 2]
    return [*((one, -1) for one in known if one[0] >= bins / 2), *left]


def _write_ranges(axes: Any, labels: Sequence[str]) -> None:
    """Write the names of bins under their bars: in one line, in two, or aslant."""
    places = range(len(labels))
    slot = 72 * (WIDTH - 0.75) / (len(labels) + 0.2)

    def width(text: str) -> float:
        # A digit is nearly two thirds as wide as its type is high.
        return 0.63 * FONT_SIZE * max(len(line) for line in text.split("\n"))

    shorter = [re.sub(r" (or more)$", r"\n\1", label) for label in labels]
    shortest = [text if width(text) < slot - 3 else text.replace("–", "–\n") for text in shorter]
    for texts in (labels, shorter, shortest):
        if all((width(one) + width(other)) / 2 + 3 <= slot for one, other in pairwise(texts)):
            axes.set_xticks(places, texts)
            return
    axes.set_xticks(places, labels, rotation=35, ha="right", rotation_mode="anchor")


# The shares at which a map's shade changes, and how much of its colour is in each shade.
MAP_CLASSES = (0.001, 0.005, 0.02, 0.1)
MAP_SHADES = (0.16, 0.4, 0.68, 1.0)
# A country smaller than so many square units of the outlines (ten kilometres) gets a dot.
SMALLEST_SHAPE = 60.0


def map_figure(view: View, variable: str, subgroup: str = ALL) -> Drawing | None:
    """Draw a world map of where a subgroup's people live, shaded by share in classes.

    `variable` is of the kind country; categories are ISO 3166 alpha-3 codes. The classes are the
    same on every map, so that maps can be compared, and are told apart in grey. Countries too
    small to see are drawn as dots; what has no outline is named in the note. None where nobody
    of the subgroup named a country.
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_hex
    from matplotlib.patches import Patch

    if not view.size(variable, subgroup):
        return None
    found = {name: view.find(variable, name, "", subgroup) for name in view.categories(variable)}
    shares = {name: one.value for name, one in found.items() if one is not None and one.value != 0}
    if not any(share > 0 for share in shares.values()):
        return None
    shades = [to_hex(colour) for colour in _shades_of(colour_of(view, subgroup))]
    nobody, hidden = "#ffffff", "#d9d9d9"

    def colour(code: str) -> str:
        share = shares.get(code, 0.0)
        if math.isnan(share):
            return hidden
        return shades[sum(share >= edge for edge in MAP_CLASSES)] if share > 0 else nobody

    figure, axes = _start(3.6)
    rings, fills, dots, drawn = [], [], [], set()
    for country in _read_world():
        code = country["id"]
        drawn.add(code)
        outlines = [list(zip(ring[::2], ring[1::2], strict=True)) for ring in country["rings"]]
        rings += outlines
        fills += [colour(code)] * len(outlines)
        if code in shares and max(_area(ring) for ring in outlines) < SMALLEST_SHAPE:
            dots.append((code, *_middle(max(outlines, key=_area))))
    shapes = PolyCollection(rings, facecolors=fills, edgecolors="#8a9299", linewidths=0.3)
    shapes.set_label(f"map|{subgroup}")
    axes.add_collection(shapes)
    axes.scatter([x for _, x, _ in dots], [y for _, _, y in dots], s=7,
                 c=[colour(code) for code, _, _ in dots], edgecolors="#4d4d4d",
                 linewidths=0.35, zorder=3)  # fmt: skip
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    edges = [write_percent(edge, 1 if edge < 0.01 else 0) for edge in MAP_CLASSES]
    names = [f"under {edges[0]}", *(f"{low} to {high}" for low, high in pairwise(edges)),
             f"{edges[-1]} or more"]  # fmt: skip
    keys = [(nobody, "nobody"), *zip(shades, names, strict=True)]
    if any(math.isnan(share) for share in shares.values()):
        keys.append((hidden, "not shown"))
    figure.legend(
        handles=[Patch(facecolor=shade, edgecolor="#8a9299", linewidth=0.5, label=name)
                 for shade, name in keys],
        loc="outside lower center", ncols=len(keys), frameon=False, fontsize=FONT_SIZE - 1.5,
        handlelength=1.1, handletextpad=0.4, columnspacing=1.1,
    )  # fmt: skip
    _name_subgroups(figure, axes, view, variable, [subgroup])
    notes = [_note_on(view, variable)] if _note_on(view, variable) else []
    known = {code: share for code, share in shares.items() if share > 0}
    small = sorted((code for code, _, _ in dots if code in known), key=lambda c: -known[c])
    if small:
        largest = ", ".join(
            f"{view.label(variable, code)} {_write_share(known[code])}" for code in small[:4]
        )
        notes.append(f"Places too small to see are dots; the largest of these: {largest}.")
    missing = sorted((code for code in known if code not in drawn), key=lambda c: -known[c])
    if missing:
        named = ", ".join(
            f"{view.label(variable, code)} {_write_share(known[code])}" for code in missing
        )
        notes.append(f"Not on the map: {named}.")
    order = sorted(shares, key=lambda code: (math.isnan(shares[code]), -known.get(code, 0.0)))
    return Drawing(figure, [numbers_behind(view, variable, order, [subgroup])], " ".join(notes))


def _write_share(share: float) -> str:
    edge = MAP_CLASSES[0]
    return f"under {write_percent(edge, 1)}" if share < edge else write_percent(share, 1)


def _read_world() -> list[dict[str, Any]]:
    """Read the outlines of the countries, the largest first, from the package's own data."""
    from importlib.resources import files

    outlines: list[dict[str, Any]] = json.loads(
        files("altcred.write").joinpath("world.json").read_text("utf-8")
    )
    return outlines


def _shades_of(colour: str) -> list[tuple[float, ...]]:
    """Return a colour's shades from pale to dark: mixed with white, the last one with black."""
    from matplotlib.colors import to_rgb

    parts = to_rgb(colour)
    mixed = [tuple(1 - (1 - part) * depth for part in parts) for depth in MAP_SHADES]
    return [*mixed, tuple(part * 0.5 for part in parts)]


def _area(ring: Sequence[tuple[float, float]]) -> float:
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise([*ring, ring[0]]))) / 2


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def _place_in_bins(value: float, bins: Sequence[Any]) -> float:
    """Return where a number lies on an axis of bins: within its bin in proportion."""
    for position, one in enumerate(bins):
        if one.holds(value):
            if one.low is None or one.high is None:
                return float(position)
            return position - 0.5 + (value - one.low) / (one.high - one.low)
    return -0.5 if value < (bins[0].low or 0) else len(bins) - 0.5


def flow_figure(view: View, reasons: dict[str, str] | None = None) -> Drawing | None:
    """Draw how raw rows became responses: dropped by reason, and kept by program type.

    `reasons` gives a reason of decisions.csv the words for it.
    """
    raw = view.find("raw_rows", "", "count")
    kept = view.find("responses", "", "count")
    if raw is None or kept is None:
        return None
    dropped = dropped_reasons(view)
    types = view.types()
    steps = max(len(dropped), 1)
    height = 1.5 + 0.42 * steps + (0.75 if types else 0)
    figure, axes = _start(height)
    axes.set_axis_off()
    axes.set_xlim(0, 10)
    axes.set_ylim(0, height)

    def box(x: float, y: float, width: float, text: str, colour: str, **words: Any) -> None:
        axes.text(x + width / 2, y, text, ha="center", va="center", fontsize=FONT_SIZE,
                  color=words.get("ink", INK), bbox={"boxstyle": "round,pad=0.45",
                  "facecolor": words.get("face", "white"), "edgecolor": colour,
                  "linewidth": 1.1})  # fmt: skip

    trunk = 2.4
    top = height - 0.35
    bottom = top - 0.55 - 0.42 * steps
    arrow = {"arrowstyle": "-|>", "color": PALE, "linewidth": 1.1}
    axes.annotate("", (trunk, bottom + 0.25), (trunk, top - 0.2), arrowprops=arrow)
    box(0, top, 2 * trunk, f"{write_number(raw.value)} rows in the export", INK)
    for line, (reason, count) in enumerate(dropped):
        y = top - 0.55 - 0.42 * line
        words = (reasons or {}).get(reason, reason.replace("_", " "))
        axes.annotate("", (4.3, y), (trunk, y), arrowprops=arrow)
        axes.text(4.45, y, f"{write_number(count)} dropped: {words}", va="center",
                  fontsize=FONT_SIZE, color=INK)  # fmt: skip
    box(0, bottom, 2 * trunk, f"{write_number(kept.value)} responses analysed", INK, face="#eef1f3")
    for place, part in enumerate(types):
        size = view.find("responses", part.partition("=")[2], "count")
        share = view.find("responses", part.partition("=")[2], "proportion")
        if size is None or share is None:
            continue
        width = 9.6 / len(types)
        x = 0.2 + place * width
        axes.annotate("", (x + width / 2, bottom - 0.5), (trunk, bottom - 0.24), arrowprops=arrow)
        box(x, bottom - 0.72, width,
            f"{view.subgroup_label(part)}: {write_number(size.value)} "
            f"({write_percent(share.value)})", colour_of(view, part))  # fmt: skip
    from altcred.write.tables import flow_table

    numbers = flow_table(view, reasons)
    return Drawing(figure, [numbers] if numbers else [])


def paired_figure(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    only: Iterable[str] | None = None,
) -> Drawing | None:
    """Draw how the same people answered in two surveys: a line from share to share."""
    before, after = view.on(f"{view.wave}:{first}"), view.on(f"{view.wave}:{second}")
    return _draw_pairs(view, before, after, variable, subgroup, only)


def comparison_figure(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    only: Iterable[str] | None = None,
) -> Drawing | None:
    """Draw the shares of two surveys' respondents, who are different people, with intervals."""
    return _draw_pairs(view, view.on(first), view.on(second), variable, subgroup, only)


def _draw_pairs(
    view: View,
    before: View,
    after: View,
    variable: str,
    subgroup: str,
    only: Iterable[str] | None,
) -> Drawing | None:
    if not (before.has(variable) and after.has(variable)):
        return None
    described = view.codebook.variables.get(variable)
    names = (
        list(only)
        if only is not None
        else [
            name
            for name in before.categories(variable)
            if after.find(variable, name, "", subgroup) is not None
        ]
    )
    pairs = {
        name: (before.find(variable, name, "", subgroup), after.find(variable, name, "", subgroup))
        for name in names
    }
    pairs = {
        name: pair
        for name, pair in pairs.items()
        if all(one is not None and not math.isnan(one.value) for one in pair)
    }
    if not pairs:
        return None
    names = list(pairs)
    if described is not None and described.kind != "ordered" and only is None:
        names.sort(key=lambda name: -max(one.value for one in pairs[name] if one))
    labels = [_wrap(view.label(variable, name)) for name in names]
    height = max(1.4, sum(_row_height(label, 1) * 1.15 for label in labels) + 0.65)
    figure, axes = _start(height)
    reach = 0.0
    for row, name in enumerate(names):
        ends = [one for one in pairs[name] if one is not None]
        axes.plot([one.value * 100 for one in ends], [row, row], color="#c9d0d5", linewidth=2.4,
                  zorder=1, solid_capstyle="round")  # fmt: skip
        shifts = (-0.16, 0.16)
        for one, colour, shift, which in zip(
            ends, (FIRST_COLOUR, SECOND_COLOUR), shifts, ("first", "second"), strict=True
        ):
            if not math.isnan(one.low):
                axes.plot([one.low * 100, one.high * 100], [row + shift] * 2, color=colour,
                          linewidth=0.9, zorder=2)  # fmt: skip
                reach = max(reach, one.high * 100)
            point = axes.plot([one.value * 100], [row], "o", color=colour, markersize=6,
                              markeredgecolor="white", markeredgewidth=0.6, zorder=3)  # fmt: skip
            point[0].set_label(f"{which}|{name}")
            reach = max(reach, one.value * 100)
        low, high = sorted(ends, key=lambda one: one.value)
        # Beyond both intervals, so that no line crosses a number.
        outer = [end for pair in _ends(ends) for end in pair]
        for one, at, side in ((low, min(outer), -6), (high, max(outer), 6)):
            axes.annotate(
                write_percent(one.value), (at, row), (side, 0), textcoords="offset points",
                va="center", ha="left" if side > 0 else "right", fontsize=FONT_SIZE - 1,
                color=MUTED if one is ends[0] else SECOND_COLOUR, zorder=4,
            )  # fmt: skip
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.4, -0.6)
    _finish_shares(axes, reach, low=-max(reach * 0.08, 2))
    entries = []
    for side, colour in ((before, FIRST_COLOUR), (after, SECOND_COLOUR)):
        n = side.size(variable, subgroup)
        size = "" if n is None else f" (n = {write_number(n)})"
        entries.append((f"● {view.wave_label(side.wave)}{size}", colour))
    _write_heads(figure, axes, entries)
    numbers = []
    for side in (before, after):
        table = numbers_behind(side, variable, names, [subgroup])
        table.heading = f"{table.heading}: {view.wave_label(side.wave)}"
        numbers.append(table)
    return Drawing(figure, numbers, _note_on(view, variable))


def change_figure(view: View, variable: str) -> Drawing | None:
    """Draw the shares of pairs whose ordered answer rose, stayed and fell, by program type."""
    panel = view
    subgroups = [
        part
        for part in panel.subgroups()
        if (found := panel.find(variable, "", "increased", part)) and found.value == found.value
    ]
    if not subgroups:
        return None
    parts = (("decreased", "Lower", FIRST_COLOUR), ("unchanged", "The same", "#dde2e5"),
             ("increased", "Higher", SECOND_COLOUR))  # fmt: skip
    figure, axes = _start(0.75 + 0.45 * len(subgroups))
    for row, subgroup in enumerate(subgroups):
        left = 0.0
        for statistic, word, colour in parts:
            found = panel.find(variable, "", statistic, subgroup)
            share = found.value * 100 if found is not None else 0.0
            bar = axes.barh(row, share, left=left, height=0.62, color=colour)
            bar.set_label(f"{subgroup}|{statistic}")
            if share >= 4:
                ink = "white" if statistic == "increased" else INK
                text = (
                    f"{word} {write_percent(share / 100)}"
                    if share > 19
                    else write_percent(share / 100)
                )
                axes.text(left + share / 2, row, text, ha="center", va="center", color=ink,
                          fontsize=FONT_SIZE - 1)  # fmt: skip
            left += share
    labels = []
    for part in subgroups:
        n = panel.size(variable, part)
        labels.append(_wrap(f"{panel.subgroup_label(part)} (n = {write_number(n or 0)})"))
    axes.set_yticks(range(len(subgroups)), labels)
    axes.set_ylim(len(subgroups) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel("Percent of pairs")
    seaborn.despine(ax=axes, left=True)
    axes.tick_params(axis="y", length=0)
    _write_heads(figure, axes, [(f"■ {word}", colour) for _, word, colour in parts])
    from altcred.write.tables import change_table

    numbers = change_table(view, variable)
    return Drawing(figure, [numbers] if numbers else [], _note_on(view, variable))


def default_figure(view: View, variable: str) -> Drawing | None:
    """Return the figure that fits a variable's kind; None for typed texts."""
    described = view.codebook.variables.get(variable)
    if described is None or described.kind in ("text", "identifier") or not view.has(variable):
        return None
    if described.is_numeric:
        # One bin for everybody is no distribution.
        return distribution_figure(view, variable) if len(view.categories(variable)) > 1 else None
    if described.kind == "country":
        return category_figure(view, variable, top=10)
    return category_figure(view, variable, falling=described.kind == "single" and len(
        described.categories) > 4)  # fmt: skip


def show_others(view: View, known: Iterable[str], heading: str = "") -> None:
    """Show a default figure, or else a default table, of each variable that is not `known`.

    `heading` goes before the first of them. Each gets a heading, a label, a caption and, a
    figure, a text that stands for it; the words hold expressions that are looked up when the
    report is assembled.
    """
    from IPython.display import Markdown, display

    from altcred.write.tables import default_table

    known = set(known)
    for name in view.codebook.in_wave(view.wave):
        if name in known:
            continue
        figure = default_figure(view, name)
        result = figure or default_table(view, name)
        if result is None:
            continue
        if heading:
            display(Markdown(heading))
            heading = ""
        text = _describe_answers(view, name)
        display(Markdown(f"### {{{{ label({name!r}) }}}}" + (f"\n\n{text}" if text else "")))
        slug = f"{name.replace('_', '-')}-{view.wave.replace('_', '-')}"
        about = {
            "label": f"{'fig' if figure else 'tbl'}-{slug}",
            "caption": f"{{{{ label({name!r}) }}}}, {{{{ study.waves[wave].people }}}}",
        }
        if figure is None:
            display(result, metadata={"report": about})
            continue
        about["caption"] += f"; n = {{{{ n({name!r}) }}}}"
        about["alt"] = _describe_default(view, name)
        figure.show(about)


def _escape(text: str) -> str:
    """Return a text in which nothing is read as Markdown, mathematics or an expression."""
    return re.sub(r"([\\`*_{}\[\]<>#$|~^@])", r"\\\1", text)


def _note_on(view: View, variable: str) -> str:
    """Return what the codebook wants readers of a variable to know, if anything."""
    described = view.codebook.variables.get(variable)
    return described.note if described is not None else ""


def show_maps(view: View, variable: str, *, published: Mapping[str, str] | None = None) -> None:
    """Show a map of each program type, or of everybody where there is but one type.

    `published` names by program type the printed figure that a map rebuilds; those come first,
    in its order.
    """
    printed = list(published or {})
    parts = [(part.partition("=")[2], part) for part in view.subgroups(total=False)]
    parts.sort(key=lambda named: printed.index(named[0]) if named[0] in printed else len(printed))
    for name, part in parts:
        drawing = map_figure(view, variable, part)
        if drawing is None:
            continue
        slug = "-".join(text for text in (variable, "map", name, view.wave) if text)
        whose = "{{ study.waves[wave].people }}"
        if name:
            whose = f"{{{{ label('program_type', {name!r}) }}}} {whose}"
        of = f"of={part!r}"
        about = {
            "label": f"fig-{slug.replace('_', '-')}",
            "caption": f"Where in the world {whose} live; n = {{{{ n({variable!r}, {of}) }}}}",
            "alt": (
                f"World map: the share of {whose} in each country, in classes. The largest: "
                f"{{% for one in ranked({variable!r}, top=5, {of}) %}}{{{{ one.label }}}} "
                "{{ one.pct }}{{ ', ' if not loop.last }}{% endfor %}; "
                f"{{{{ num({variable!r}, 'nunique', {of}) }}}} countries and regions; "
                f"n = {{{{ n({variable!r}, {of}) }}}}."
            ),
        }
        if (published or {}).get(name):
            about["published"] = (published or {})[name]
        drawing.show(about)


def _describe_answers(view: View, name: str) -> str:
    """Return a sentence or two on a variable no text foresees, with expressions for numbers."""
    described = view.codebook.variables[name]
    size = view.size(name)
    is_told = described.kind != "text" and described.derive is None
    if not is_told or not size or math.isnan(size):
        return ""
    asked = ""
    if described.condition_in(view.wave):
        parts = []
        for other, wanted in described.condition_in(view.wave).items():
            asked_before = view.codebook.variables.get(other)
            if asked_before is not None and not asked_before.is_numeric:
                labels = [
                    "nothing" if one == NOT_REPORTED else f"“{{{{ label({other!r}, {one!r}) }}}}”"
                    for one in as_list(wanted)
                ]
                parts.append(f"{' or '.join(labels)} to “{{{{ label({other!r}) }}}}”")
        if parts:
            asked = f"It was asked of those who answered {' and '.join(parts)}. "
    if described.is_numeric:
        write = "usd" if described.kind == "money" else "num"
        return (
            f"{asked}{{{{ n({name!r}) }}}} people gave a number. The median is "
            f"{{{{ {write}({name!r}, 'median') }}}}, the mean {{{{ {write}({name!r}, 'mean') }}}}."
        )
    did = "were asked" if described.base == "asked" else "answered"
    several = " Several answers could be chosen." if described.kind == "multiple" else ""
    nets = "".join(
        f" {{% if has({name!r}, {group!r}) %}}{{{{ label({name!r}, {group!r}) }}}}: "
        f"{{{{ pct({name!r}, {group!r}) }}}} ({{{{ n({name!r}, {group!r}) }}}}).{{% endif %}}"
        for group in described.groups
    )
    return (
        f"{{% set told = [] %}}{{% for one in ranked({name!r}, top=3) %}}"
        "{% set _ = told.append(one.pct ~ ' chose “' ~ one.label ~ '”') %}{% endfor %}"
        f"{asked}{{% if told %}}Of {{{{ n({name!r}) }}}} who {did}, {{{{ listing(told) }}}}."
        f"{{% endif %}}{several}{nets}"
    )


def _describe_default(view: View, name: str) -> str:
    """Return the words that stand for a default figure, with expressions for its numbers."""
    described = view.codebook.variables[name]
    if described.is_numeric:
        write = f"usd({name!r})" if described.kind == "money" else f"num({name!r}, 'median')"
        return (
            f"Distribution in bins: {{{{ label({name!r}) }}}}. The median is "
            f"{{{{ {write} }}}}; n = {{{{ n({name!r}) }}}}."
        )
    return (
        f"Bars: {{{{ label({name!r}) }}}}. {{% for one in ranked({name!r}, top=4) %}}"
        "{{ one.label }} {{ one.pct }}{{ ', ' if not loop.last }}{% endfor %}; "
        f"n = {{{{ n({name!r}) }}}}."
    )


# Drawing ---------------------------------------------------------------------------------------


def _subgroups_with(view: View, variable: str, columns: Iterable[str] | None) -> list[str]:
    """Return the subgroups of which there are estimates; program types, or everybody."""
    chosen = view.subgroups(columns, total=False)
    return [part for part in chosen if view.size(variable, part)]


def _start(height: float) -> tuple[Any, Any]:
    # A figure of its own, not pyplot's, which would keep it open.
    from matplotlib.figure import Figure

    seaborn.set_theme(
        context="paper",
        style="ticks",
        font="DejaVu Sans",
        rc={
            "font.size": FONT_SIZE,
            "axes.edgecolor": PALE,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "xtick.labelsize": FONT_SIZE,
            "ytick.labelsize": FONT_SIZE,
            "axes.labelsize": FONT_SIZE,
            "axes.linewidth": 0.8,
        },
    )
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _finish_shares(axes: Any, reach: float, *, low: float = 0.0) -> None:
    axes.set_xlim(low, min(max(reach * 1.14, 5), 112))
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= 100]
    axes.set_xticks(ticks, [f"{tick:g}%" for tick in ticks])
    axes.grid(axis="x", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    seaborn.despine(ax=axes, bottom=True, left=low < 0)


def _name_subgroups(
    figure: Any, axes: Any, view: View, variable: str, subgroups: Sequence[str]
) -> None:
    entries = []
    for part in subgroups:
        n = view.size(variable, part)
        mark = "■ " if len(subgroups) > 1 else ""
        entries.append(
            (
                f"{mark}{view.subgroup_label(part)} (n = {write_number(n or 0)})",
                colour_of(view, part),
            )
        )
    _write_heads(figure, axes, entries)


def _write_heads(figure: Any, axes: Any, entries: Sequence[tuple[str, str]]) -> None:
    """Write the names of what the colours stand for above the axes, each after its mark.

    A mark, such as a square, is a text's first letter and followed by a space. It has the very
    colour, the words one that is dark enough to be read.
    """
    from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea, VPacker

    def write(text: str, colour: str) -> Any:
        words = {"color": colour, "fontsize": FONT_SIZE, "fontweight": "bold"}
        return TextArea(text, textprops=words)

    areas = []
    for text, colour in entries:
        mark, _, words = text.partition(" ") if text[0] in "■●○" else ("", "", text)
        name = write(words, ink_of(colour))
        parts = [write(mark, colour), name] if mark else [name]
        areas.append(HPacker(children=parts, pad=0, sep=3, align="baseline"))
    # Long names go below each other, since nothing may be cut off: a letter of this size is at
    # most 0.09 inches wide when bold, and 0.075 when not.
    labels = [line for label in axes.get_yticklabels() for line in label.get_text().split("\n")]
    room = WIDTH - 0.4 - 0.075 * max((len(line) for line in labels), default=0)
    is_long = sum(0.09 * len(text) + 0.25 for text, _ in entries) > room
    packer = VPacker if is_long else HPacker
    row = packer(children=areas, pad=0, sep=4 if is_long else 18, align="left" if is_long else
                 "baseline")  # fmt: skip
    axes.add_artist(
        AnchoredOffsetbox(
            loc="lower left", child=row, pad=0, borderpad=0.35, frameon=False,
            bbox_to_anchor=(0, 1), bbox_transform=axes.transAxes,
        )
    )  # fmt: skip


def _draw_bars(
    axes: Any,
    subgroup: str,
    drawn: Mapping[str, tuple[float, Any]],
    width: float,
    colour: str,
    *,
    across: bool = True,
) -> list[tuple[float, float, float]]:
    """Draw a subgroup's shares as bars with their intervals, lying (`across`) or standing.

    `drawn` gives each category its place and its estimate. Returns for each its place, its share
    in percent, and where the bar and its interval end.
    """
    if not drawn:
        return []
    at = [place for place, _ in drawn.values()]
    shares = [found.value * 100 for _, found in drawn.values()]
    ends = _ends(found for _, found in drawn.values())
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    draw, rule = (axes.barh, axes.hlines) if across else (axes.bar, axes.vlines)
    draw(at, shares, width, color=colour).set_label("|".join([subgroup, *drawn]))
    rule(at, lows, highs, color=INK, linewidth=0.9, path_effects=_halo())
    return list(zip(at, shares, map(max, shares, highs), strict=True))


def _ends(found: Iterable[Any]) -> list[tuple[float, float]]:
    """Return the ends of shares' intervals in percent; both the share itself where it has none."""
    return [
        (one.value * 100, one.value * 100)
        if math.isnan(one.low)
        else (one.low * 100, one.high * 100)
        for one in found
    ]


def _halo() -> list[Any]:
    """Return the white rim that keeps a line visible on a dark bar."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white", alpha=0.7)]


def _wrap(label: str) -> str:
    return "\n".join(textwrap.wrap(label, WRAP)) or label


def _row_height(label: str, bars: int) -> float:
    return max(0.17 * (label.count("\n") + 1) + 0.06, 0.2 * bars + 0.06)
