"""Draws a chapter's pictures as part of the page: text as text, in colours that a theme may change.

A drawing may come from a cell that anybody wrote. It becomes part of the page only where it holds
nothing but shapes and letters, else it is an image, which runs and loads nothing.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from altcred.build.lines import set_label
from altcred.build.settle import PICTURES
from altcred.core.fonts import (
    FAMILY,
    chart_fonts,
    family_of,
    project_fonts,
    read_characters,
    register_fonts,
)
from altcred.write.charts.drawing import INK, PRINTED, luminance

_SHAPES = {"circle", "clipPath", "defs", "ellipse", "g", "line", "path", "polygon", "polyline",
    "rect", "svg", "text", "title", "tspan", "use"}  # fmt: skip
# What says how a shape looks; as attributes, since the page lets no style stand in its elements.
_LOOKS = {"fill", "fill-opacity", "fill-rule", "font-size", "font-style", "font-weight", "opacity",
    "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-anchor"}  # fmt: skip
_PLACES = {"clip-path", "cx", "cy", "d", "dx", "dy", "height", "href", "id", "points", "r", "rx",
    "ry", "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2"}  # fmt: skip
_USUAL = {("text-anchor", "start"), ("stroke-dashoffset", "0"), ("font-weight", "400"),
    ("font-style", "normal")}  # fmt: skip
# What the style sheet says of all letters.
_OF_TEXT = _USUAL | {("fill", INK), ("font-size", "9px")}
_SIDES = ("x", "y", "width", "height")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
# Points of a long path that are nearer than this, in tenths of a point, are taken for one.
NEAREST = 8
# The paper of the page at night; its ink has the contrast to it that day's has to white, up to 14.
NIGHT = "#14181c"
_MOST = 14.0


@dataclass
class Pictures:
    """The pictures of a report as they stand in its pages, and what they need to look as drawn."""

    # All that stands on the pages, for fonts of the project's own.
    written: set[str] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)
    colours: set[str] = field(default_factory=lambda: {INK})
    count: int = 0

    def dress(self, cells: Iterable[Any]) -> None:
        """Leave each picture that cells put out, as it stands in a page, in its metadata."""
        for cell in cells:
            for output in cell.get("outputs", []):
                about = cell.metadata.get("report") or output.get("metadata", {}).get("report", {})
                data, alt = output.get("data", {}), str(about.get("alt", ""))
                if kind := next((one for one in PICTURES if one in data), ""):
                    output.metadata["shown"] = self._draw(kind, data[kind], alt)
                if printed := data.get(PRINTED):
                    output.metadata["printed"] = self._draw(PICTURES[0], printed, alt)

    def _draw(self, kind: str, content: str, alt: str) -> str:
        self.count += 1
        drawn = None
        if kind == "image/svg+xml":
            drawn = _Drawn(f"d{self.count}-").write(content, alt)
        if drawn is None:
            return f'<img src="{picture_address(kind, content)}" alt="{escape(alt)}">'
        self.colours.update(_COLOUR.findall(drawn))
        self.letters.update(*re.findall(r"<text[^>]*>(.*?)</text>", drawn))
        return drawn

    @cached_property
    def fonts(self) -> str:
        """What embeds the letters of the pictures, as rules of a style sheet."""
        letters = "".join(sorted(self.letters))
        rules = [
            _font_face(FAMILY, path, letters, weight)
            for path, weight in zip(chart_fonts(), ("400", "700"), strict=True)
        ]
        if others := project_fonts():
            own = register_fonts()[1:]
            known = read_characters(tuple(chart_fonts()[:1]))
            rest = "".join(sorted(one for one in self.written if ord(one) not in known))
            rules += [_font_face(family_of(path), path, rest, "400") for path in others]
            rules.append(f":root{{--own:{','.join(json.dumps(name) for name in own)}}}")
        return "\n".join(rules)

    def style(self) -> str:
        """Return the style sheet of the pictures: their fonts, and their colours by night."""
        colours = sorted(self.colours)
        both = "".join(f"--c{one[1:]}:light-dark({one},{at_night(one)});" for one in colours)
        rules = [
            f'.picture [{name}="{one}"]{{{name}:var(--c{one[1:]})}}'
            for name in ("fill", "stroke")
            for one in colours
        ]
        # Where a browser knows no two themes, pictures keep the colours they were drawn in.
        themes = ["@supports (color: light-dark(red, red)) {", f":root{{{both}}}", *rules, "}"]
        return "\n".join([self.fonts, *themes, ""])

    def carry_fonts(self, svg: str) -> str:
        """Return a drawing as a file of its own, which shows its letters wherever it is opened."""
        return re.sub(r"(<svg[^>]*>)", rf"\1<style>{self.fonts}</style>", svg, count=1)


def picture_address(kind: str, content: str) -> str:
    """Return the address of a picture that holds all of it."""
    if kind == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode()
    return f"data:{kind};base64,{content.replace(chr(10), '')}"


def at_night(colour: str) -> str:
    """Return the colour of the same hue that is as far from dark paper as this is from white.

    Distances are contrasts by WCAG 2.2, so that what can be read and told apart by day can be at
    night.
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    paper = [int(NIGHT[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = luminance(parts)
    contrast = min(1.05 / (light + 0.05), _MOST)
    wanted = contrast * (luminance(paper) + 0.05) - 0.05
    if contrast < 1.005:
        return NIGHT
    # Mixed with white or black until it is as light as wanted, which is found by halving.
    low, high = 0.0, 1.0
    for _ in range(30):
        share = (low + high) / 2
        end = 1.0 if wanted > light else 0.0
        mixed = [part + (end - part) * share for part in parts]
        if (luminance(mixed) < wanted) == (end == 1.0):
            low = share
        else:
            high = share
    return "#" + "".join(f"{round(part * 255):02x}" for part in mixed)


class _Drawn:
    """Writes one drawing shortly, with names of its own."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.names: dict[str, str] = {}
        # The areas that clip what is drawn: left, top, right and bottom.
        self.areas: dict[str, tuple[float, ...]] = {}

    def write(self, svg: str, alt: str) -> str | None:
        """Return a drawing as a part of a page; None where it holds more than shapes."""
        try:
            # A declaration before it may name what is to be put in, and is not needed.
            root = ElementTree.fromstring(svg[max(svg.find("<svg"), 0) :])
        except ElementTree.ParseError:
            return None
        for above in list(root.iter()):
            for one in [child for child in above if _name(child) in {"metadata", "style"}]:
                if _name(one) == "style" and not (one.text or "").startswith("*{"):
                    return None
                above.remove(one)
            # What is put in elsewhere looks as it is said there; the page's rules reach only that.
            for one in above if _name(above) == "defs" else ():
                one.attrib.pop("style", None)
        if any(_name(one) not in _SHAPES for one in root.iter()):
            return None
        for one in root.iter():
            if _name(one) == "clipPath" and len(one) == 1 and _name(one[0]) == "rect":
                x, y, width, height = (float(one[0].get(key, 0)) for key in _SIDES)
                self.areas[one.get("id", "")] = (x, y, x + width, y + height)
            for name, value in one.attrib.items():
                found = re.findall(r"url\(#([^)]+)\)", value)
                found += [value[1:]] if name.endswith("href") and value[:1] == "#" else []
                for id in found:
                    self.names.setdefault(id, f"{self.prefix}{len(self.names)}")
        size = [re.sub(r"[a-z]+$", "", root.get(name, "")) for name in ("width", "height")]
        view = root.get("viewBox") or f"0 0 {' '.join(size)}"
        across, down = view.split()[2:]
        inner = _join_paths("".join(self._write(child) for child in root))
        for area in re.findall(r'<clipPath id="[^"]+">.*?</clipPath>', inner):
            if f"url(#{area.split(chr(34))[1]})" not in inner:
                inner = inner.replace(area, "").replace("<defs></defs>", "")
        return (
            f'<svg viewBox="{view}" width="{across}" height="{down}" role="img" '
            f'aria-label="{escape(alt)}">{inner}</svg>'
        )

    def _write(self, element: ElementTree.Element) -> str:
        name = _name(element)
        inner = "".join(self._write(child) for child in element)
        if name in {"text", "title", "tspan"}:
            inner = set_label(escape(element.text or "", quote=False)) + inner
        attributes = "".join(f' {key}="{value}"' for key, value in self._attributes(element))
        if (name == "g" and not attributes) or (name in {"g", "defs"} and not inner):
            return inner
        return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"

    def _attributes(self, element: ElementTree.Element) -> Iterator[tuple[str, str]]:
        given = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        for rule in given.pop("style", "").split(";"):
            key, _, value = rule.partition(":")
            given[key.strip()] = value.strip()
        usual = _OF_TEXT if _name(element) == "text" else _USUAL
        if given.get("class") == "mark":
            yield "class", "mark"
        for key, value in given.items():
            if key == "id":
                if value in self.names:
                    yield "id", self.names[value]
            elif key == "href":
                if value[1:] in self.names:
                    yield "href", f"#{self.names[value[1:]]}"
            elif key == "clip-path":
                found = re.fullmatch(r"url\(#([^)]+)\)", value)
                if found and not _lies_in(self.areas.get(found[1]), given):
                    yield "clip-path", f"url(#{self.names[found[1]]})"
            elif key in _LOOKS | _PLACES and (key, value) not in usual:
                value = escape(_shorten(key, value))
                if value and "url" not in value and "\\" not in value:
                    yield key, value


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).removeprefix("{http://www.w3.org/2000/svg}")


def _lies_in(area: tuple[float, ...] | None, given: Mapping[str, str]) -> bool:
    """Whether a path of points needs no clipping by an area."""
    path = given.get("d", "")
    if area is None or not path or "transform" in given or re.search(r"[^MLQCz\d\s.e-]", path):
        return False
    numbers = [float(one) for one in re.findall(r"-?[\d.]+(?:e-?\d+)?", path)]
    across, along = numbers[::2], numbers[1::2]
    return (
        min(across) >= area[0] - 1
        and max(across) <= area[2] + 1
        and min(along) >= area[1] - 1
        and max(along) <= area[3] + 1
    )


def _join_paths(inner: str) -> str:
    """Draw what follows each other in the same ink as one path."""
    written: list[str] = []
    last = ("", " ")
    for piece in re.split(r"(?<=>)(?=<)", inner):
        # A long one, such as a country, may be drawn again in another picture.
        found = re.fullmatch(r'<path d="([^"]{,199})"((?: (?!opacity|id)[^>]*?)?)/>', piece)
        if found and found[2] == last[1] and "opacity" not in found[2]:
            last = (last[0] + found[1], last[1])
            written[-1] = f'<path d="{last[0]}"{last[1]}/>'
        else:
            written.append(piece)
            last = (found[1], found[2]) if found else ("", " ")
    return "".join(written)


def _shorten(key: str, value: str) -> str:
    if key == "d":
        return _shorten_path(value)
    if key == "transform" and value.startswith("rotate(-0 "):
        return ""
    return re.sub(r"(\.\d\d)\d+", r"\1", value.removesuffix("px"))


def _shorten_path(path: str) -> str:
    """Return a path of straight lines with each point from the one before, in tenths of a point.

    Points less than a pixel apart look like one. A map is a third as long so; other paths
    keep their points.
    """
    words = re.findall(r"[A-Za-z]|[-+.\d][-+.\de]*", path)
    if set(filter(str.isalpha, words)) - {"M", "L", "z"} or len(words) < 60:
        return re.sub(r" ?([A-Za-z]) ?", r"\1", re.sub(r"\s+", " ", path)).strip()
    written: list[str] = []
    numbers = iter(words)
    at = start = (0, 0)
    for word in numbers:
        if word == "z":
            at = start
            written.append("z")
            continue
        if word.isalpha():
            command, word = word, next(numbers)
        point = (round(float(word) * 10), round(float(next(numbers)) * 10))
        if command == "M":
            written.append(f"M{point[0] / 10:g} {point[1] / 10:g}l")
            start = at = point
        elif abs(point[0] - at[0]) + abs(point[1] - at[1]) >= NEAREST:
            written.append(
                "".join(f"{(one - old) / 10:+g}" for one, old in zip(point, at, strict=True))
            )
            at = point
    return (
        "".join(written)
        .replace("+0.", "+.")
        .replace("-0.", "-.")
        .replace("+", " ")
        .replace("l ", "l")
    )


def _font_face(family: str, path: Path, letters: str, weight: str) -> str:
    code = base64.b64encode(subset_font(path, letters)).decode()
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};'
        f"src:url(data:font/woff;base64,{code})}}"
    )


def subset_font(path: Path, letters: str) -> bytes:
    """Return as much of a font as writes these letters, the same bytes each time."""
    from fontTools import subset

    options = subset.Options(flavor="woff", recalc_timestamp=False, hinting=False, name_IDs=[1, 2])
    options.drop_tables += ["FFTM"]
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=f" {letters}")
    subsetter.subset(font)
    buffer = BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()
