"""Rows of a chart, each as high as what it holds, with its label beside or above it."""

import textwrap
from collections.abc import Iterable
from typing import Any
from unicodedata import east_asian_width

from altcred.write.charts.drawing import BLANK, FONT_SIZE, INK, start_figure

# A line of letters, a bar, and what is left free below a row.
LINE, BAR, GAP = 0.155, 0.19, 0.07
# Where all labels have at most so many letters they stand beside their rows, else above them,
# in lines of at most so many.
LONGEST_BESIDE, LONGEST_ABOVE, LONGEST_BOLD = 18, 64, 54


class Head(str):
    """A label of no row, but of all rows that follow up to the next.

    Its first line is bold, and any others say more.
    """

    __slots__ = ()


def start_rows(
    labels: Iterable[str], *, bars: int = 1, stretch: float = 1.0
) -> tuple[Any, Any, list[float]]:
    """Return a figure with a row for each label, the first at the top, and the rows' places.

    Rows are measured in inches from the top. A row has room for so many `bars` of the height
    BAR, times `stretch`. A Head stands above the rows after it, and is no row.
    """
    figure, axes = start_figure(4.0)
    return figure, axes, add_rows(axes, labels, bars=bars, stretch=stretch)


def add_rows(
    axes: Any,
    labels: Iterable[str],
    *,
    bars: int = 1,
    stretch: float = 1.0,
    above: bool = False,
) -> list[float]:
    """Give axes a row for each label, as start_rows does, and return the rows' places.

    Labels stand `above` their rows where one of them is long, or where that is asked.
    """
    texts, band = list(labels), BAR * bars * stretch
    longest = max((len(one) for one in texts if not isinstance(one, Head)), default=0)
    is_beside = longest <= LONGEST_BESIDE and not above
    # What stands above rows begins where they do.
    taken = longest + 2 if is_beside else 0
    places, names, top = [], [], GAP / 2
    for text in texts:
        is_head = isinstance(text, Head)
        for place, part in enumerate(text.split("\n") if is_head or not is_beside else ()):
            is_bold = is_head and not place
            lines = wrap(part, (LONGEST_BOLD if is_bold else LONGEST_ABOVE) - taken)
            height = LINE * (lines.count("\n") + 1)
            axes.text(
                0, top + height / 2, lines, transform=axes.get_yaxis_transform(), va="center",
                fontsize=FONT_SIZE, fontweight="bold" if is_bold else "normal", color=INK,
                linespacing=1.1, bbox=BLANK, zorder=5,
            ).set_label(part)  # fmt: skip
            top += height + 0.02
        top += GAP - 0.02 if is_head else 0
        if not is_head:
            places.append(top + band / 2)
            names.append(text if is_beside else "")
            top += band + GAP
    axes.set_yticks(places if is_beside else [], names if is_beside else [])
    axes.set_ylim(top - GAP / 2, 0)
    axes.tick_params(axis="y", length=0)
    axes.figure.get_layout_engine().heights[axes] = top - GAP / 2
    return places


def wrap(label: str, letters: int = LONGEST_ABOVE) -> str:
    """Break a label into lines of so many letters, if left out as many as the figure holds.

    A letter that is as wide as it is high, such as a Chinese one, counts twice.
    """
    places = len(label) + sum(east_asian_width(one) in "WF" for one in label)
    return "\n".join(textwrap.wrap(label, letters * len(label) // max(places, 1) or 1)) or label
