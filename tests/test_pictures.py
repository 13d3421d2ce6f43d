"""Pictures in pages: shapes and letters as they were drawn, and nothing else."""

import base64
import re
from io import BytesIO

import nbformat
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from altcred.build.pages import Page, settle_page
from altcred.build.pictures import NIGHT, Pictures, at_night, subset_font
from altcred.core.fonts import chart_fonts, find_missing
from altcred.write.charts.drawing import Drawing, luminance, tell

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


def dress(*drawings: str) -> tuple[list[str], Pictures]:
    """Return drawings as they stand in a page."""
    outputs = [
        nbformat.v4.new_output(
            "display_data", {"image/svg+xml": one}, metadata={"report": {"alt": "Most & more."}}
        )
        for one in drawings
    ]
    pictures = Pictures()
    pictures.dress([nbformat.v4.new_code_cell("", outputs=outputs)])
    return [one.metadata["shown"] for one in outputs], pictures


def draw() -> str:
    figure = Figure(figsize=(3, 2))
    axes = figure.add_subplot()
    tell(axes.bar([0, 1], [3, 4], color="#14507a"), "Oak & ash: 3")
    axes.set_title("Über 50 % früher", fontweight="bold")
    return Drawing(figure).as_svg()


def test_a_drawing_keeps_its_letters_as_text_and_its_marks_as_titles() -> None:
    (shown,), pictures = dress(draw())
    assert re.match(r'<svg [^>]*role="img" aria-label="Most &amp; more.">', shown)
    assert ">Über 50\N{NO-BREAK SPACE}% früher</text>" in shown
    assert shown.count('<g class="mark"><title>Oak &amp; ash: 3</title>') == 2
    assert "style=" not in shown
    assert {"#14507a", "#ffffff"} <= pictures.colours
    assert set("Über50%") <= pictures.letters


def test_a_shape_that_is_used_has_its_colours_where_it_is_used() -> None:
    figure = Figure(figsize=(3, 2))
    figure.add_subplot().plot([1, 2], [3, 4], "o", color="#14507a", markeredgecolor="white")
    (shown,), pictures = dress(Drawing(figure).as_svg())
    # The page's rules for the night do not reach what stands in definitions.
    assert not re.search(r"<defs><path[^>]*(?:stroke|fill|class)", shown)
    looks = re.findall(r'<use[^>]* class="(\w+)"', shown)
    rules = [re.findall(rf"^\.{look}{{(.*)}}$", pictures.style(), re.MULTILINE) for look in looks]
    assert any(
        "fill:var(--c14507a,#14507a);stroke:var(--cffffff,#ffffff)" in one for (one,) in rules
    )


def test_names_of_two_drawings_do_not_meet() -> None:
    (one, other), _ = dress(draw(), draw())
    names = [re.findall(r' id="([^"]+)"', shown) for shown in (one, other)]
    assert names[0]
    assert not set(names[0]) & set(names[1])
    for shown, own in zip((one, other), names, strict=True):
        assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', shown)) == set(own)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<a href="https://example.org"><path d="M0 0"/></a>',
        "<foreignObject/>",
        '<image href="https://example.org/x.png"/>',
        "<style>@import 'x'</style>",
        "<animate/>",
        "<b>",
    ],
)
def test_a_drawing_that_holds_more_than_shapes_is_an_image(inside: str) -> None:
    (shown,), _ = dress(SVG.format(inside))
    assert shown.startswith('<img src="data:image/svg+xml;base64,')
    assert 'alt="Most &amp; more."' in shown


def test_what_a_shape_may_not_say_is_left_out() -> None:
    path = '<path d="M0 0" onclick="x()" fill="url(https://example.org)" class="x"/>'
    (shown,), _ = dress(SVG.format(f'{path}<use href="y.svg#z"/>'))
    assert "<svg" in shown
    assert not re.search(r"onclick|example|class|y\.svg|url", shown)


def test_a_map_is_the_same_with_points_from_one_to_the_next() -> None:
    points = [(n * 1.37 % 9, n * 0.73 % 7) for n in range(80)]
    path = "M" + "L".join(f" {x:.2f} {y:.2f} " for x, y in points) + "z"
    (shown,), _ = dress(SVG.format(f'<path d="{path}"/>'))
    found = re.search(r' d="M([^l]+)l([^z]+)z"', shown)
    assert found is not None
    x, y = (float(one) for one in found[1].split())
    steps = iter(re.findall(r"-?[\d.]+", found[2]))
    for wanted in points[1:]:
        x, y = x + float(next(steps)), y + float(next(steps))
        assert (x, y) == pytest.approx(wanted, abs=0.06)


def test_only_what_reaches_out_of_its_area_is_clipped() -> None:
    area = '<clipPath id="a"><rect x="2" y="2" width="5" height="5"/></clipPath>'
    paths = ("M3 3L6 6", "M3 3L9 6", "M3 3L3 9", "M0 3Q4 4 5 5")
    drawn = "".join(f'<path d="{one}" clip-path="url(#a)"/>' for one in paths)
    (shown,), _ = dress(SVG.format(f"<defs>{area}</defs>{drawn}"))
    clipped = "M3 3L9 6M3 3V9M0 3Q4 4 5 5"
    assert f'<path d="{paths[0]}"/><path d="{clipped}" clip-path="url(#d1-0)"/>' in shown
    (shown,), _ = dress(SVG.format(f'<defs>{area}</defs><path d="M3 3L6 6" clip-path="url(#a)"/>'))
    assert "clip" not in shown


def test_a_shape_put_in_once_is_drawn_where_it_is_put() -> None:
    area = '<clipPath id="a"><rect x="0" y="0" width="9" height="9"/></clipPath>'
    shapes = '<path id="s" d="M0 -1C.5 -1 1 0 0 1z"/><path id="t" d="M0 0L1 0"/>'
    uses = ('<use href="#s" x="4" y="5.5"/>', '<use href="#t" x="1" y="2"/><use href="#t" x="3"/>')
    drawn = "".join(f'<g clip-path="url(#a)">{one}</g>' for one in uses)
    (shown,), _ = dress(SVG.format(f"<defs>{area}{shapes}</defs>{drawn}"))
    assert '<path d="M4.00 4.50C4.50 4.50 5.00 5.50 4.00 6.50z"/>' in shown
    assert '<path id="d1-1" d="M0 0H1"/>' in shown
    assert '<use href="#d1-1" x="1" y="2"/><use href="#d1-1" x="3"/>' in shown
    assert "clip" not in shown


def test_lines_of_an_axis_are_one_path_below_its_letters() -> None:
    ticks = "".join(
        f'<g><path d="M{n} 9.04L{n} 0.06" style="stroke: #14507a"/></g><text x="{n}">{n}</text>'
        for n in (1, 2)
    )
    (shown,), pictures = dress(SVG.format(f'<g id="matplotlib.axis_1">{ticks}</g>'))
    assert '<path d="M1 9V.1M2 9V.1" class="k0"/><text x="1">1</text><text x="2">2</text>' in shown
    assert ".k0{stroke:var(--c14507a,#14507a)}" in pictures.style()


def test_looks_that_a_style_sheet_does_not_know_stand_at_their_shapes() -> None:
    pictures = Pictures(are_looks_fixed=True)
    output = nbformat.v4.new_output(
        "display_data", {"image/svg+xml": SVG.format('<path d="M0 0L1 1" stroke="#14507a"/>')}
    )
    pictures.dress([nbformat.v4.new_code_cell("", outputs=[output])])
    assert '<path d="M0 0L1 1" stroke="#14507a"/>' in output.metadata["shown"]


@pytest.mark.parametrize("letter", ["", "\U000f0001", "&#xf0000;"])
def test_a_drawing_is_the_same_wherever_it_stands_but_for_names(letter: str) -> None:
    shapes = '<path id="a" d="M0 0L9 1" fill="{}" opacity=".5"/><use href="#a"/><use href="#a"/>'
    other, mine = (
        SVG.format(shapes.format(one) + f"<text>{letter}</text>") for one in ("#ffffff", "#14507a")
    )
    (alone,), _ = dress(mine)
    (_, second, third), pictures = dress(other, mine, mine)
    assert third == second.replace("d2-", "d3-")
    assert alone == second.replace("d2-", "d1-").replace('"o1"', '"o0"')
    assert [*pictures.looks] == ["fill:#ffffff;opacity:.5", "fill:#14507a;opacity:.5"]


def test_pictures_of_a_page_share_the_outlines_that_they_have_in_common() -> None:
    outline = "M0 0l" + "1 1 " * 60
    drawn = [f'<path d="{outline}" fill="{colour}"/>' for colour in ("#14507a", "#ffffff")]
    page = Page("index", "", [])
    html = settle_page(f"<svg>{drawn[0]}</svg><svg>{drawn[1]}</svg>", page, {}, "")
    assert html == (
        f'<svg><defs><path id="outline-0" d="{outline}"/></defs><use href="#outline-0" '
        'fill="#14507a"/></svg><svg><use href="#outline-0" fill="#ffffff"/></svg>'
    )
    assert settle_page(drawn[0], page, {}, "") == drawn[0]


@given(st.integers(0, 0xFFFFFF))
def test_contrast_by_night_is_that_by_day(number: int) -> None:
    def light(colour: str) -> float:
        return luminance([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]) + 0.05

    colour = f"#{number:06x}"
    by_day = min(1.05 / light(colour), 14)
    by_night = light(at_night(colour)) / light(NIGHT)
    assert by_night == pytest.approx(by_day, rel=0.05)


def test_fonts_hold_the_letters_and_are_the_same_each_time() -> None:
    one, other = (subset_font(chart_fonts()[0], "Aä٪א") for _ in range(2))
    assert one == other
    assert {ord(letter) for letter in "Aä٪א"} <= TTFont(BytesIO(one)).getBestCmap().keys()
    _, pictures = dress(draw())
    codes = re.findall(r"base64,([^)]+)", pictures.style())
    assert [base64.b64decode(code)[:4] for code in codes] == [b"wOFF", b"wOFF"]
    assert sum(map(len, codes)) < 30_000


def test_letters_that_no_font_has_are_found() -> None:
    assert find_missing("Größe, العربية, עברית, Ωδή, Ελλάδα, кино") == ""
    assert find_missing("a日本日") == "日本"
