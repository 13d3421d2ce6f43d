"""World maps of where people live, shaded by share in classes."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from altcred.core.records import ALL, Estimate
from altcred.write.charts.drawing import (
    ALL_COLOUR,
    FONT_SIZE,
    PALE,
    Drawing,
    colour_of,
    name_subgroups,
    register_chart,
    start_figure,
    tell_estimate,
)
from altcred.write.tables import numbers_behind
from altcred.write.views import View

# The shares at which a map's shade changes, and how much of its colour is in each shade.
CLASSES = (0.001, 0.005, 0.02, 0.1)
SHADES = (0.16, 0.4, 0.68, 1.0)
NOBODY, NOT_SHOWN = "#ffffff", "#d9d9d9"
# A country smaller than so many square units of the outlines (ten kilometres) gets a dot.
SMALLEST_SHAPE = 60.0
# How many of the countries that are dots the note names.
MOST_NAMED = 4
Point = tuple[float, float]


def draw_map(view: View, variable: str, subgroup: str = ALL) -> Drawing | None:
    """Draw a world map of where a subgroup's people live, shaded by share in classes.

    `variable` is of the kind country; categories are ISO 3166 alpha-3 codes. The classes are the
    same on every map, so that maps can be compared, and are told apart in grey. Countries too
    small to see are drawn as dots; what has no outline is named in the note. None where nobody
    of the subgroup named a country.
    """
    if not view.size(variable, subgroup):
        return None
    found = {
        name: one
        for name in view.categories(variable)
        if (one := view.find(variable, name, "", subgroup)) is not None and one.value != 0
    }
    shares = {name: one.value for name, one in found.items()}
    known = {name: share for name, share in shares.items() if share > 0}
    if not known:
        return None
    shades = shades_of(colour_of(view, subgroup))
    figure, axes = start_figure(2.9)
    drawn, dots = _draw_countries(axes, view, variable, found, shades, subgroup)
    _draw_legend(figure, view, shades, has_hidden=len(known) < len(shares))
    name_subgroups(axes, view, variable, [subgroup])

    def name(codes: Iterable[str], most: int | None = None) -> str:
        largest = sorted(codes, key=lambda code: (-known[code], code))[:most]
        return ", ".join(
            f"{view.label(variable, code)} {_write_share(view, known[code])}" for code in largest
        )

    small, missing = [code for code in dots if code in known], [*(known.keys() - drawn)]
    notes = [view.note(variable)]
    if small:
        largest = name(small, MOST_NAMED)
        notes.append(f"Places too small to see are dots; the largest of these: {largest}.")
    if missing:
        notes.append(f"Not on the map: {name(missing)}.")
    order = sorted(shares, key=lambda code: (math.isnan(shares[code]), -known.get(code, 0.0)))
    numbers = numbers_behind(view, variable, order, [subgroup])
    return Drawing(figure, [numbers], " ".join(filter(None, notes)))


def _draw_countries(
    axes: Any,
    view: View,
    variable: str,
    found: Mapping[str, Estimate],
    shades: Sequence[str],
    label: str,
) -> tuple[set[str], list[str]]:
    """Draw all countries; return which have an outline, and which of those named are dots."""
    from matplotlib.collections import PolyCollection

    def colour(code: str) -> str:
        share = found[code].value
        if math.isnan(share):
            return NOT_SHOWN
        return shades[sum(share >= edge for edge in CLASSES)] if share > 0 else NOBODY

    style: dict[str, Any] = {"edgecolors": PALE, "linewidths": 0.3}
    rest: list[list[Point]] = []
    dots: dict[str, Point] = {}
    for code, outlines in read_world():
        if code not in found:
            rest += outlines
            continue
        shapes = PolyCollection(outlines, facecolors=colour(code), label=f"{label}|{code}", **style)
        axes.add_collection(shapes)
        marks = [shapes]
        largest = max(outlines, key=_area)
        if _area(largest) < SMALLEST_SHAPE:
            dots[code] = _middle(largest)
            marks.append(axes.scatter(*dots[code], s=7, c=colour(code), edgecolors=ALL_COLOUR,
                                      linewidths=0.35, zorder=3))  # fmt: skip
        for mark in marks:
            tell_estimate(mark, view, view.label(variable, code), found[code])
    axes.add_collection(PolyCollection(rest, facecolors=NOBODY, zorder=0, **style))
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    return {code for code, _ in read_world()}, list(dots)


def _draw_legend(figure: Any, view: View, shades: Sequence[str], *, has_hidden: bool) -> None:
    from matplotlib.patches import Patch

    edges = [view.writer.percent(edge, 1 if edge < 0.01 else 0) for edge in CLASSES]
    names = [f"under {edges[0]}", *(f"{low} to {high}" for low, high in pairwise(edges)),
             f"{edges[-1]} or more"]  # fmt: skip
    keys = [(NOBODY, "nobody"), *zip(shades, names, strict=True)]
    if has_hidden:
        keys.append((NOT_SHOWN, "not shown"))
    figure.legend(
        handles=[Patch(facecolor=shade, edgecolor=PALE, linewidth=0.5, label=name)
                 for shade, name in keys],
        loc="outside lower center", ncols=(len(keys) + 1) // 2, frameon=False,
        fontsize=FONT_SIZE - 1.5, handlelength=1.1, handletextpad=0.4, columnspacing=1.1,
    )  # fmt: skip


def _write_share(view: View, share: float) -> str:
    edge = CLASSES[0]
    if share < edge:
        return f"under {view.writer.percent(edge, 1)}"
    return view.writer.percent(share, 1)


@lru_cache(maxsize=1)
def read_world() -> list[tuple[str, list[list[Point]]]]:
    """Read the codes and outlines of the countries, the largest first, from the package."""
    text = files("altcred.write.charts").joinpath("world.json").read_text("utf-8")
    return [
        (one["id"], [list(zip(ring[::2], ring[1::2], strict=True)) for ring in one["rings"]])
        for one in json.loads(text)
    ]


def shades_of(colour: str) -> list[str]:
    """Return a colour's shades from pale to dark: mixed with white, the last one with black."""
    from matplotlib.colors import to_hex, to_rgb

    parts = to_rgb(colour)
    mixed: list[Any] = [[1 - (1 - part) * depth for part in parts] for depth in SHADES]
    return [str(to_hex(one)) for one in (*mixed, [part * 0.5 for part in parts])]


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise([*ring, ring[0]]))) / 2


def _middle(ring: Sequence[Point]) -> Point:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


register_chart("map", draw_map)
