"""A finished drawing, the registry of charts, and the ink that all of them share.

Charts are drawn from estimates alone, in ink that survives grey printing. Every chart returns a
Drawing, or None where the wave has nothing to show. Jupyter shows a drawing as SVG, and under it
the table of the numbers it is drawn from. One colour stands for one program type everywhere.
"""

import hashlib
import io
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import seaborn
from matplotlib.layout_engine import ConstrainedLayoutEngine

from altcred.core.fonts import register_fonts
from altcred.core.numbers import Writer
from altcred.core.records import ALL, Estimate
from altcred.kinds.phrases import escape_markdown
from altcred.write.registry import Registry
from altcred.write.tables import Table
from altcred.write.tables.cells import behind
from altcred.write.views import View

# Told apart by people who see no red or no green, and by their darkness in grey: neighbours are
# far apart in it. No colour of a program type stands for anything else.
TYPE_COLOURS = ("#14507a", "#e08a00", "#a3d3ec", "#c4527f", "#1d1d1d", "#6a7fd1")
ALL_COLOUR = "#4d4d4d"
# Answers below the middle of a scale and above it, each from pale to strong; letters on them.
LOW_SIDE, MIDDLE, HIGH_SIDE = ("#dfb87d", "#8c510a"), "#dfe3e5", ("#80c3b9", "#01665e")
ON_PALE, ON_DARK = "#000000", "#ffffff"
FIRST_COLOUR, SECOND_COLOUR = "#84909a", "#5b2a86"
INK, MUTED, PALE, GRID = "#222222", "#5f6a72", "#8a9299", "#e3e6e8"
# In inches, as are heights. A phone shows it at 390 pixels, with letters of eight or more.
WIDTH = 5.2
FONT_SIZE = 9.0
# White behind a text keeps lines that are drawn before it from crossing it.
BLANK = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}

# How the names of marks begin of which something is told.
TOLD = "told: "
# The MIME type of a figure in the form of the printed original, beside the figure's own.
PRINTED = "application/vnd.altcred.printed-svg"


@dataclass
class Drawing:
    """A finished figure, the tables of the numbers in it, and what to know when reading it.

    `printed` is the same in the form of the printed original, for whoever lays them side by side.
    """

    figure: Any
    numbers: list[Table] = field(default_factory=list)
    note: str = ""
    printed: "Drawing | None" = None

    @property
    def is_telling(self) -> bool:
        """Whether any mark says a number, rather than that all of them are hidden."""
        return bool(self.figure.findobj(lambda one: (one.get_gid() or "").startswith(TOLD)))

    def as_svg(self, letters: str = "none") -> str:
        """Return the figure as SVG, the same text each time.

        `letters` are text with "none", or drawn as a "path" each. A mark of which something
        is told is a group of the class mark that has it as its title.
        """
        import matplotlib

        text = io.StringIO()
        with matplotlib.rc_context({"svg.hashsalt": "altcred", "svg.fonttype": letters}):
            self.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
        # A hundredth of a point is finer than any printer; the rest is only length.
        svg = _name_clips(re.sub(r' d="[^"]+"', _shorten_path, text.getvalue()))
        told = rf"""<g id=(["']){TOLD}(.*?)\1>"""
        return re.sub(told, r'<g class="mark"><title>\2</title>', svg)

    def _repr_svg_(self) -> str:
        return self.as_svg()

    def show(self, about: Mapping[str, str] | None = None) -> None:
        """Show the figure, its numbers and its note; `about` describes it for the report."""
        from IPython.display import Markdown, display

        # IPython's own SVG would parse and write each drawing once more.
        svg = self.as_svg()
        data = {"image/svg+xml": svg[svg.index("<svg") :], "text/plain": "<figure>"}
        if self.printed is not None:
            data[PRINTED] = self.printed.as_svg()
        display(data, raw=True, metadata={"report": about} if about else {})
        display(*self.numbers)
        if self.note:
            display(Markdown(f"*Note.* {escape_markdown(self.note)}"))

    def _ipython_display_(self) -> None:
        self.show()


def _shorten_path(path: re.Match[str]) -> str:
    return re.sub(r"(\.\d\d)\d+", r"\1", path[0])


def _name_clips(svg: str) -> str:
    """Name clipping areas by their text: the digits in matplotlib's names differ between runs."""
    areas = re.findall(r'<clipPath id="(\w+)">(.*?)</clipPath>', svg, re.DOTALL)
    names = {old: f"p{hashlib.sha256(area.encode()).hexdigest()[:10]}" for old, area in areas}
    return re.sub(r"\bp[0-9a-f]{10}\b", lambda found: names.get(found[0], found[0]), svg)


def tell(artist: Any, text: str) -> None:
    """Have a mark say something when it is pointed at: an artist, or each of a container."""
    for one in getattr(artist, "patches", [artist]):
        one.set_gid(f"{TOLD}{text}")


def tell_estimate(artist: Any, view: View, words: str, found: Estimate) -> None:
    """Have a mark say what is drawn: "Oak, Walks: 38.1% (36.0% to 40.2%), n = 2,240"."""
    value, interval, n = behind(view, found)
    tell(artist, f"{words}: {value}{f' ({interval})' if interval else ''}, n = {n}")


@dataclass(frozen=True)
class Look:
    """The colour and the shape that stand for something, and the letter that is that shape."""

    colour: str
    shape: str
    letter: str


LETTERS = "●▲■◆▼✚○"
LOOKS = [Look(*one) for one in zip(TYPE_COLOURS, "o^sDvP", LETTERS, strict=False)]


CHARTS: Registry[Callable[..., Drawing | None]] = Registry("chart")
register_chart, find_chart, forget_chart = CHARTS.register, CHARTS.find, CHARTS.forget


# Colours ---------------------------------------------------------------------------------------


def colour_of(view: View, subgroup: str) -> str:
    """Return the colour that stands for a subgroup: that of its program type, grey for all."""
    for place, name in enumerate(view.study.program_types):
        if subgroup.endswith(f"program_type={name}"):
            return TYPE_COLOURS[place % len(TYPE_COLOURS)]
    return ALL_COLOUR


def looks_of(view: View, subgroups: Iterable[str]) -> dict[str, Look]:
    """Return the looks of subgroups, each with one of its own; a program type has its own ever."""
    parts = list(subgroups)
    looks: dict[str, Look] = {}
    for part in parts:
        for place, name in enumerate(view.study.program_types):
            if part.endswith(f"program_type={name}") and LOOKS[place % 6] not in looks.values():
                looks[part] = LOOKS[place % 6]
    free = [one for one in LOOKS if one not in looks.values()]
    for part in parts:
        if part == ALL:
            looks[part] = Look(ALL_COLOUR, *("o", "●") if len(parts) == 1 else ("P", "✚"))
        elif part not in looks:
            looks[part] = free.pop(0) if free else LOOKS[len(looks) % 6]
    return {part: looks[part] for part in parts}


def ink_of(colour: str) -> str:
    """Return a colour, darkened as far as letters in it need to be read on white.

    That is a contrast of 4.5 to 1, by the relative luminance of WCAG 2.2.
    """
    from matplotlib.colors import to_hex, to_rgb

    parts: Any = to_rgb(colour)
    while 1.05 / (luminance(parts) + 0.05) < 4.5:
        parts = [part * 0.97 for part in parts]
    return str(to_hex(parts))


def luminance(parts: Sequence[float]) -> float:
    """Return the relative luminance of a colour, 0 for black and 1 for white (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def halo() -> list[Any]:
    """Return the white rim that keeps a line visible on a dark bar."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white", alpha=0.7)]


# Axes ------------------------------------------------------------------------------------------


def start_figure(height: float) -> tuple[Any, Any]:
    """Return an empty figure of the report's width, and its axes."""
    # A figure of its own, not pyplot's, which would keep it open.
    from matplotlib.figure import Figure

    seaborn.set_theme(
        context="paper",
        style="ticks",
        font=register_fonts(),
        rc={
            "font.size": FONT_SIZE,
            # Amounts in dollars are no formulas.
            "text.parse_math": False,
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
    figure = Figure(figsize=(WIDTH, height), layout=RowLayout())
    return figure, figure.add_subplot()


class RowLayout(ConstrainedLayoutEngine):
    """Gives axes the height that their rows need, whatever stands above and below them."""

    def __init__(self) -> None:
        super().__init__()
        self.heights: dict[Any, float] = {}

    def execute(self, fig: Any) -> None:
        """Lay a figure out, and make it as much higher or lower as its rows need."""
        super().execute(fig)
        for _ in range(3):
            height = fig.get_figheight()
            has = [height * axes.get_position(original=True).height for axes in self.heights]
            missing = round(sum(self.heights.values()) - sum(has), 2)
            if not missing:
                break
            fig.set_figheight(height + missing)
            super().execute(fig)


def finish_shares(axes: Any, view: View, reach: float, *, low: float = 0.0) -> None:
    """Set an axis of shares that reaches a little beyond what is drawn."""
    axes.set_xlim(low, min(max(reach * 1.14, 5), 112))
    axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= 100])
    write_percents(axes.xaxis, view.writer)
    draw_grid(axes, "x")
    axes.tick_params(length=0)
    seaborn.despine(ax=axes, bottom=True, left=low < 0)


def write_ticks(axis: Any, write: Callable[[float, int], str]) -> None:
    """Write the numbers of an axis by a writer of the study's locale, all with equal decimals."""

    def write_tick(tick: float, place: int | None) -> str:
        return write(tick, max(len(f"{one:.6g}".partition(".")[2]) for one in axis.get_ticklocs()))

    axis.set_major_formatter(write_tick)


def write_percents(axis: Any, writer: Writer) -> None:
    """Write the numbers of an axis, from 0 to 100, as percentages."""
    write_ticks(axis, lambda tick, digits: writer.percent(tick / 100, digits))


def write_difference(axes: Any, text: str, ends: Sequence[float], at: float, *, up: bool) -> None:
    """Write a difference beside the end of its interval that is farther from zero.

    So that no label lies on the line of zero; `up` says that the difference is above it.
    """
    axes.annotate(
        text, (max(ends) if up else min(ends), at), (5 if up else -5, 0),
        textcoords="offset points", va="center", ha="left" if up else "right",
        fontsize=FONT_SIZE - 1, color=INK,
    )  # fmt: skip


def draw_grid(axes: Any, axis: str) -> None:
    """Draw pale lines behind what is drawn, across an axis."""
    axes.grid(axis=axis, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


# Names of colours ------------------------------------------------------------------------------


def name_subgroups(
    axes: Any, view: View, variable: str, subgroups: Sequence[str], letter: str = "■"
) -> None:
    """Write above the axes which colour stands for which subgroup, and how many answered.

    Without a `letter` each has that of its shape.
    """
    entries = []
    for part, look in looks_of(view, subgroups).items():
        mark = f"{letter or look.letter} " if len(subgroups) > 1 else ""
        n = view.writer.number(view.size(variable, part) or 0)
        entries.append((f"{mark}{view.subgroup_label(part)} (n = {n})", look.colour))
    write_heads(axes, entries)


def write_heads(axes: Any, entries: Sequence[tuple[str, str]], *, is_bold: bool = True) -> None:
    """Write the names of what the colours stand for above the axes, each after its mark.

    A mark, such as a square, is a text's first letter and followed by a space. It has the very
    colour, the words one that is dark enough to be read, or ink where they are not bold.
    """
    from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea, VPacker
    from matplotlib.transforms import ScaledTranslation

    def write(text: str, colour: str, weight: str) -> Any:
        words = {"color": colour, "fontsize": FONT_SIZE, "fontweight": weight}
        return TextArea(text, textprops=words)

    # A letter is at most so many inches wide.
    letter, weight = (0.09, "bold") if is_bold else (0.075, "normal")
    # They begin where the labels beside the axes do.
    beside = [label.get_window_extent().width for label in axes.get_yticklabels()]
    shift = (max(beside) / axes.figure.dpi + 0.05) if any(beside) else 0.0
    origin = axes.transAxes + ScaledTranslation(-shift, 0, axes.figure.dpi_scale_trans)
    room = WIDTH - 0.3
    lines: list[list[Any]] = [[]]
    left = room
    for text, colour in entries:
        mark, _, words = text.partition(" ") if text[0] in LETTERS else ("", "", text)
        words = "\n".join(textwrap.wrap(words, int(room / letter)))
        name = write(words, ink_of(colour) if is_bold else INK, weight)
        parts = [write(mark, colour, "bold"), name] if mark else [name]
        # What has no room in a line begins the next, since nothing may be cut off.
        width = letter * len(text) + 0.2
        if width > left and lines[-1]:
            lines.append([])
            left = room
        left -= width
        lines[-1].append(HPacker(children=parts, pad=0, sep=3, align="baseline"))
    packed: list[Any] = [HPacker(children=line, pad=0, sep=14, align="baseline") for line in lines]
    axes.add_artist(
        AnchoredOffsetbox(
            loc="lower left", child=VPacker(children=packed, pad=0, sep=4, align="left"), pad=0,
            borderpad=0.35, frameon=False, bbox_to_anchor=(0, 1), bbox_transform=origin,
        )
    )  # fmt: skip


# Bars ------------------------------------------------------------------------------------------


def subgroups_with(view: View, variable: str, columns: Iterable[str] | None) -> list[str]:
    """Return the subgroups of which there are estimates; program types, or everybody."""
    chosen = view.subgroups(columns, total=False)
    found = [part for part in chosen if view.size(variable, part)]
    # Pairs of a variable may be too few by type, and enough together.
    return found or ([ALL] if columns is None and view.size(variable) else [])


def draw_bars(
    axes: Any,
    subgroup: str,
    drawn: Mapping[str, tuple[float, Estimate]],
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
    ends = ends_of(found for _, found in drawn.values())
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    draw, rule = (axes.barh, axes.hlines) if across else (axes.bar, axes.vlines)
    draw(at, shares, width, color=colour).set_label("|".join([subgroup, *drawn]))
    rule(at, lows, highs, color=INK, linewidth=0.9, path_effects=halo())
    return list(zip(at, shares, map(max, shares, highs), strict=True))


def ends_of(found: Iterable[Estimate]) -> list[tuple[float, float]]:
    """Return the ends of shares' intervals in percent; both the share itself where it has none."""
    return [
        (one.value * 100, one.value * 100)
        if math.isnan(one.low)
        else (one.low * 100, one.high * 100)
        for one in found
    ]
