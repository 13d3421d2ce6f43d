"""Draws a chapter's pictures as part of the page: text as text, in colours that a theme may change.

A drawing may come from a cell that anybody wrote. It becomes part of the page only where it holds
nothing but shapes and letters, else it is an image, which runs and loads nothing.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from altcred.build.settle import PICTURES
from altcred.build.shapes import Drawn
from altcred.build.store import Store
from altcred.core.fonts import (
    FAMILY,
    chart_fonts,
    family_of,
    project_fonts,
    read_characters,
    register_fonts,
)
from altcred.write.charts.drawing import INK, PRINTED, luminance

# Marks in a drawing that is yet to get its names: signs that stand for nothing in any writing.
_PREFIX, _FIRST_LOOK = "\U000f0000", 0xF0001
_MARKED = re.compile("[ko][\U000f0001-\U0010ffff]")
_MAY_BE_MARKED = re.compile("[\U000f0000-\U0010ffff]|&#")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
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
    # How shapes look, as rules, with the class that says so; None where rules are not added to.
    looks: dict[str, str] = field(default_factory=dict)
    are_looks_fixed: bool = False
    store: Store | None = None
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
        drawn = self._draw_shapes(content, alt) if kind == "image/svg+xml" else None
        if drawn is None:
            return f'<img src="{picture_address(kind, content)}" alt="{escape(alt)}">'
        self.letters.update(*re.findall(r"<text[^>]*>(.*?)</text>", drawn))
        return drawn

    def _draw_shapes(self, content: str, alt: str) -> str | None:
        """Return a drawing as shapes of the page, None where it may be none.

        What it is but for names is the same wherever it stands, so it is drawn once.
        """
        prefix = f"d{self.count}-"
        if not _MAY_BE_MARKED.search(content):
            drawn, rules = self._recall(content, alt)
            if drawn is None:
                return None
            if not self.are_looks_fixed or self.looks.keys() >= {*rules}:
                names = [self._name_rule(rule) for rule in rules]
                drawn = drawn.replace(_PREFIX, prefix)
                return _MARKED.sub(lambda mark: names[ord(mark[0][1]) - _FIRST_LOOK], drawn)
        return Drawn(prefix, lambda look: self._name_rule(_rule_of(look))).write(content, alt)

    def _recall(self, content: str, alt: str) -> tuple[str | None, Sequence[str]]:
        if self.store is None:
            return _draw_marked(content, alt)
        kept = self.store.keep(
            lambda: json.dumps(_draw_marked(content, alt)).encode(), "drawing", content, alt
        )
        drawn, rules = json.loads(kept)
        return drawn, rules

    def _name_rule(self, rule: str) -> str:
        """Return the class of what looks so; nothing where the style sheet knows no such look."""
        if rule not in self.looks and not self.are_looks_fixed:
            self.colours.update(_COLOUR.findall(rule))
            self.looks[rule] = f"{_kind_of(rule)}{len(self.looks)}"
        return self.looks.get(rule, "")

    @cached_property
    def fonts(self) -> str:
        """What embeds the letters of the pictures, as rules of a style sheet."""
        letters = "".join(sorted(self.letters))
        rules = [
            self._embed(FAMILY, path, letters, weight)
            for path, weight in zip(chart_fonts(), ("400", "700"), strict=True)
        ]
        if others := project_fonts():
            own = register_fonts()[1:]
            known = read_characters(tuple(chart_fonts()[:1]))
            rest = "".join(sorted(one for one in self.written if ord(one) not in known))
            rules += [self._embed(family_of(path), path, rest, "400") for path in others]
            rules.append(f":root{{--own:{','.join(json.dumps(name) for name in own)}}}")
        return "\n".join(rules)

    def _embed(self, family: str, path: Path, letters: str, weight: str) -> str:
        def subset() -> bytes:
            return subset_font(path, letters)

        store = self.store
        font = store.keep(subset, "font", path.read_bytes(), letters) if store else subset()
        return (
            f'@font-face{{font-family:"{family}";font-weight:{weight};'
            f"src:url(data:font/woff;base64,{base64.b64encode(font).decode()})}}"
        )

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
        looks = [
            f".{name}{{{_COLOUR.sub(lambda one: f'var(--c{one[0][1:]},{one[0]})', rule)}}}"
            for rule, name in self.looks.items()
        ]
        return "\n".join([self.fonts, *themes, *looks, ""])

    def carry_fonts(self, svg: str) -> str:
        """Return a drawing as a file of its own, which shows its letters wherever it is opened."""
        return re.sub(r"(<svg[^>]*>)", rf"\1<style>{self.fonts}</style>", svg, count=1)


@lru_cache(1024)
def _draw_marked(content: str, alt: str) -> tuple[str | None, tuple[str, ...]]:
    """Return a drawing with marks for its names and looks, and its looks as rules, in order."""
    rules: list[str] = []

    def mark_look(look: Mapping[str, str]) -> str:
        rule = _rule_of(look)
        if rule not in rules:
            rules.append(rule)
        return f"{_kind_of(rule)}{chr(_FIRST_LOOK + rules.index(rule))}"

    return Drawn(_PREFIX, mark_look).write(content, alt), tuple(rules)


def _rule_of(look: Mapping[str, str]) -> str:
    return ";".join(f"{key}:{value}{'px' * (key == 'font-size')}" for key, value in look.items())


def _kind_of(rule: str) -> str:
    # What can be seen through is told from the rest, see `_join_paths`.
    return "o" if "opacity" in rule else "k"


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
