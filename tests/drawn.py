"""What is drawn, read back from the artists; and what a reader of a figure would stumble on."""

import itertools
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import numpy as np


def bars_of(drawing: Any, *, across: bool = True) -> dict[tuple[str, str], tuple[float, float]]:
    """Return where each bar begins and how long it is, by what it is of and its category."""
    found = {}
    for container in drawing.figure.axes[0].containers:
        part, *names = container.get_label().split("|")
        for name, bar in zip(names, container.patches, strict=True):
            box = (bar.get_x(), bar.get_width()) if across else (bar.get_y(), bar.get_height())
            found[part, name] = box
    return found


def marks_of(drawing: Any) -> dict[tuple[str, str], float]:
    """Return where each mark stands across the axes, by what its label says."""
    labels = [(line, line.get_label().partition("|")) for line in drawing.figure.axes[0].lines]
    return {(side, what): line.get_xdata()[0] for line, (side, bar, what) in labels if bar}


def dots_of(drawing: Any) -> dict[tuple[str, str], list[float]]:
    """Return where the dots stand that are a person each, by what they are of."""
    labels = [(one, one.get_label().partition("|")) for one in drawing.figure.axes[0].collections]
    return {(part, name): [x for x, _ in one.get_offsets()] for one, (part, bar, name) in labels
            if bar}  # fmt: skip


def labels_of(drawing: Any) -> list[str]:
    """Return the labels of rows, whether they stand beside or above them."""
    axes = drawing.figure.axes[0]
    beside = [label.get_text() for label in axes.get_yticklabels()]
    return beside or [text.get_label() for text in axes.texts if text.get_label()]


def told_of(drawing: Any) -> list[str]:
    """Return what marks say when they are pointed at, in the order in which they are drawn."""
    marks = re.findall(r'<g class="mark"><title>([^<]*)', drawing.as_svg())
    return [unescape(text) for text in marks]


def rules_of(drawing: Any, *, across: bool = True) -> list[list[float]]:
    """Return the ends of the lines drawn over bars."""
    return sorted(
        [point[0 if across else 1] for point in segment]
        for lines in drawing.figure.axes[0].collections
        for segment in lines.get_segments()
    )


def spans_of(drawing: Any) -> list[list[float]]:
    """Return the ends of the lines that have two, the lower first; none that are upright."""
    return sorted(
        sorted(float(end) for end in line.get_xdata())
        for line in drawing.figure.axes[0].lines
        if len(line.get_xdata()) == 2 and line.get_xdata()[0] != line.get_xdata()[1]
    )


def texts_of(drawing: Any) -> list[str]:
    """Return all texts of a figure."""
    return [text.get_text() for text in drawing.figure.findobj(lambda a: hasattr(a, "get_text"))]


def texts_in_bars(axes: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each text whose middle lies in a bar, its box, and the bar's box."""
    axes.figure.draw_without_rendering()
    renderer = axes.figure._get_renderer()
    bars = [bar.get_window_extent() for group in axes.containers for bar in group.patches]
    for text in axes.texts:
        # The words alone, without the ground they stand on.
        box = type(text).get_window_extent(text, renderer)
        middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        for bar in bars:
            if bar.contains(*middle) and bar.width > 0:
                yield text, box, bar


# Room for every text ----------------------------------------------------------------------------


def list_texts(figure: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the texts that are drawn, each with its box; turned ones are looked at elsewhere."""
    from matplotlib.text import Annotation, Text

    figure.draw_without_rendering()
    renderer = figure._get_renderer()
    without = {label for axes in figure.axes if not axes.axison
               for axis in (axes.xaxis, axes.yaxis) for label in axis.findobj(Text)}  # fmt: skip
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        # Ticks beyond the ends of an axis are there, and not drawn.
        drawn = axis._update_ticks()
        without |= {tick.label1 for tick in axis.get_major_ticks() if tick not in drawn}
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and text not in without:
            measure = Text.get_window_extent if isinstance(text, Annotation) else (
                type(text).get_window_extent)  # fmt: skip
            yield text, measure(text, renderer)


def overlap(one: Any, other: Any) -> bool:
    """Tell whether two boxes lie over each other."""
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > 1.5
        and min(one.y1, other.y1) - max(one.y0, other.y0) > 1.5
    )


def crosses(line: Any, box: Any) -> bool:
    """Tell whether a line, straight from point to point, runs through a box."""
    points = line.get_transform().transform(np.column_stack([line.get_xdata(), line.get_ydata()]))
    for ends in itertools.pairwise(points):
        along = np.linspace(*ends, 300)
        inside = (along > [box.x0 + 1, box.y0 + 1]) & (along < [box.x1 - 1, box.y1 - 1])
        if inside.all(axis=1).any():
            return True
    return False


def list_clashes(figure: Any) -> list[str]:
    """Return what a reader of a figure would stumble on, in words."""
    texts = list(list_texts(figure))
    width, height = figure.bbox.size
    clashes = [
        f"{text.get_text()!r} is cut off"
        for text, box in texts
        if min(box.x0, box.y0) < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    for (one, box), (other, around) in itertools.combinations(texts, 2):
        aslant = one.get_rotation() % 90 and other.get_rotation() % 90
        if not aslant and overlap(box, around):
            clashes.append(f"{one.get_text()!r} lies over {other.get_text()!r}")
    for axes in figure.axes:
        for line, (text, box) in itertools.product(axes.lines, texts):
            # White behind a text hides a line that is drawn before it.
            blank = text.get_bbox_patch()
            hidden = blank is not None and blank.get_facecolor() == (1, 1, 1, 1) and (
                text.get_zorder() > line.get_zorder())  # fmt: skip
            if len(line.get_xdata()) and not hidden and crosses(line, box):
                clashes.append(f"a line crosses {text.get_text()!r}")
    return clashes
