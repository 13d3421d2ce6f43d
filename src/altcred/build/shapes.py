"""Writes a drawing shortly: its shapes and letters, without what the page says once for all."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from xml.etree import ElementTree

from altcred.build.lines import set_label
from altcred.write.charts.drawing import INK

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
# Points of a long path that are nearer than this, in tenths of a point, are taken for one.
NEAREST = 8


class Drawn:
    """Writes one drawing shortly, with names of its own."""

    def __init__(self, prefix: str, name_look: Callable[[Mapping[str, str]], str]) -> None:
        self.prefix = prefix
        self.name_look = name_look
        self.names: dict[str, str] = {}
        # The areas that clip what is drawn: left, top, right and bottom.
        self.areas: dict[str, tuple[float, ...]] = {}
        # What is put in elsewhere, by its name.
        self.shapes: dict[str, ElementTree.Element] = {}

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
        self._put_in_place(root)
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

    def _put_in_place(self, root: ElementTree.Element) -> None:
        """Draw a shape that is put in once where it is put in."""
        self.shapes = {
            shape.get("id", ""): shape
            for defs in root.iter()
            if _name(defs) == "defs"
            for shape in defs
            if _name(shape) == "path"
        }
        uses: dict[str, list[ElementTree.Element]] = {}
        for one in root.iter():
            if _name(one) == "use":
                uses.setdefault(_target(one), []).append(one)
        for id, found in uses.items():
            shape = self.shapes.get(id)
            if len(found) > 1 or shape is None or set(shape.attrib) - {"id", "d"}:
                continue
            (use,) = found
            if path := _move(shape.get("d", ""), *(float(use.get(key, 0)) for key in "xy")):
                use.tag = shape.tag
                use.set("d", path)
                for key in ("x", "y", *(one for one in use.attrib if one.endswith("href"))):
                    use.attrib.pop(key, None)
                for defs in root.iter():
                    if _name(defs) == "defs" and shape in [*defs]:
                        defs.remove(shape)

    def _write(self, element: ElementTree.Element) -> str:
        name = _name(element)
        inner = "".join(self._write(child) for child in element)
        if element.get("id", "").startswith("matplotlib.axis") and not re.search("<[gt]s?p", inner):
            # All lines of an axis, then its letters, so that the lines are one path.
            pieces = re.split(r"(?<=>)(?=<)", inner)
            inner = "".join(sorted(pieces, key=lambda piece: piece.startswith("<text")))
        if name in {"text", "title", "tspan"}:
            inner = set_label(escape(element.text or "", quote=False)) + inner
        given = dict(self._attributes(element))
        look = {key: given.pop(key) for key in [*given] if key in _LOOKS}
        if look and all(re.fullmatch(r"[\w#.,%() +-]+", one) for one in look.values()):
            kind = self.name_look(dict(sorted(look.items())))
            if kind:
                given["class"] = f"{given.get('class', '')} {kind}".strip()
                look = {}
        attributes = "".join(f' {key}="{value}"' for key, value in (given | look).items())
        if (name == "g" and not attributes) or (name in {"g", "defs"} and not inner):
            return inner
        return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"

    def _extent(self, element: ElementTree.Element) -> tuple[float, ...]:
        """Return how far a shape or group reaches: left, top, right, bottom; nothing if unknown."""
        name = _name(element)
        if "transform" in element.attrib:
            return ()
        if name == "path":
            points = _points(element.get("d", ""))
        elif name == "use" and _target(element) in self.shapes:
            x, y = (float(element.get(key, 0)) for key in "xy")
            own = _points(self.shapes[_target(element)].get("d", ""))
            points = [(across + x, down + y) for across, down in own]
        elif name == "g":
            parts = [self._extent(one) for one in element if _name(one) not in {"defs", "title"}]
            corners = [(part[:2], part[2:]) for part in parts if part]
            points = [(x, y) for pair in corners for x, y in pair] if all(parts) else []
        else:
            return ()
        if not points:
            return ()
        across, down = zip(*points, strict=True)
        return min(across), min(down), max(across), max(down)

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
                if found and not _lies_in(self.areas.get(found[1]), self._extent(element)):
                    yield "clip-path", f"url(#{self.names[found[1]]})"
            elif key in _LOOKS | _PLACES and (key, value) not in usual:
                value = escape(_shorten(key, value))
                if value and "url" not in value and "\\" not in value:
                    yield key, value


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).removeprefix("{http://www.w3.org/2000/svg}")


def _target(use: ElementTree.Element) -> str:
    href = next((value for key, value in use.items() if key.endswith("href")), "")
    return href.removeprefix("#")


def _points(path: str) -> list[tuple[float, float]]:
    """Return the points of a path; none where it says them in another way."""
    if re.search(r"[^MLQCz\d\s.e-]", path):
        return []
    numbers = iter(float(one) for one in re.findall(r"-?[\d.]+(?:e-?\d+)?", path))
    return list(zip(numbers, numbers, strict=False))


def _move(path: str, across: float, down: float) -> str:
    """Return a path elsewhere, or nothing where it says its points in another way."""
    points = iter(_points(path))
    words = re.findall(r"[A-Za-z]|[-\d.]+(?:e-?\d+)?\s+[-\d.]+(?:e-?\d+)?", path)
    moved = [
        word if word.isalpha() else f"{x + across:.2f} {y + down:.2f}"
        for word in words
        for x, y in [(0, 0) if word.isalpha() else next(points, (0, 0))]
    ]
    return " ".join(moved) if _points(path) else ""


def _lies_in(area: tuple[float, ...] | None, extent: tuple[float, ...]) -> bool:
    """Whether what reaches so far needs no clipping by an area."""
    if area is None or not extent:
        return False
    low = all(one >= edge - 1 for one, edge in zip(extent[:2], area[:2], strict=True))
    return low and all(one <= edge + 1 for one, edge in zip(extent[2:], area[2:], strict=True))


def _join_paths(inner: str) -> str:
    """Draw what follows each other in the same ink as one path."""
    written: list[str] = []
    last = ("", " ")
    for piece in re.split(r"(?<=>)(?=<)", inner):
        # A long one, such as a country, may be drawn again in another picture.
        found = re.fullmatch(r'<path d="([^"]{,199})"((?: (?!opacity|id)[^>]*?)?)/>', piece)
        if found and found[2] == last[1] and not re.search(r'opacity|class="o', found[2]):
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
    value = value.removesuffix("px")
    if key in {"x", "y"}:
        return _tenths(value)
    return re.sub(r"(\.\d\d)\d+", r"\1", value)


def _tenths(number: str) -> str:
    """Return a number in tenths, which no eye tells from the whole."""
    return re.sub(r"(?<!\d)0(?=\.)", "", f"{round(float(number), 1) + 0:g}")


def _shorten_path(path: str) -> str:
    """Return a path of straight lines with each point from the one before, in tenths of a point.

    Points less than a pixel apart look like one. A map is a third as long so; other paths
    keep their points.
    """
    words = re.findall(r"[A-Za-z]|[-+.\d][-+.\de]*", path)
    if set(filter(str.isalpha, words)) - {"M", "L", "z"}:
        return re.sub(r" ?([A-Za-z]) ?", r"\1", re.sub(r"\s+", " ", path)).strip()
    if len(words) < 60:
        return _draw_straight(words)
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


def _draw_straight(words: Iterable[str]) -> str:
    """Return a path of a few straight lines, of which those across and down say one number."""
    written: list[str] = []
    numbers = iter(words)
    command = ""
    at = ("", "")
    for word in numbers:
        if word.isalpha():
            command = word
            written += ["z"] if word == "z" else []
            continue
        point = (_tenths(word), _tenths(next(numbers)))
        if command == "M":
            written.append(f"M{point[0]} {point[1]}")
            # More points after it are lines.
            command = "L"
        elif point[1] == at[1]:
            written.append(f"H{point[0]}")
        elif point[0] == at[0]:
            written.append(f"V{point[1]}")
        else:
            written.append(f"L{point[0]} {point[1]}")
        at = point
    return "".join(written)
