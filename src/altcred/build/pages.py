"""Divides a settled report into its pages: the first screen, and a page a chapter beside it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import groupby, pairwise
from typing import Any

from altcred.build.assemble import plain_text
from altcred.build.settle import FIRST_PAGE, Heading

# The label of the chart beside the answer.
ANSWER = "fig-answer"
# An outline of so many letters is worth drawing from another.
LONG = 200
# So many letters of a section are shown where it is found.
SHOWN = 180
_HEADING = re.compile(r'<h([1-6]) id="([^"]+)"(.*?)</h\1>', re.DOTALL)
_NOTE = re.compile(r'<li id="fn(\d+)">.*?</li>(?=\s*(?:<li id="fn|</ol>))', re.DOTALL)


@dataclass
class Page:
    """One page of the report: its cells, its headings, and what stands before and after it."""

    stem: str
    title: str
    cells: list[Any]
    headings: list[Heading] = field(default_factory=list)
    before: "Page | None" = None
    after: "Page | None" = None

    @property
    def address(self) -> str:
        return f"{self.stem}.html"

    @property
    def is_first(self) -> bool:
        return self.stem == FIRST_PAGE

    @property
    def entries(self) -> list[tuple[Heading, list[Heading]]]:
        """The page's chapters in the contents, each with its sections."""
        found: list[tuple[Heading, list[Heading]]] = []
        for heading in self.headings:
            if heading.level == 1 or not found:
                found.append((heading, []))
            elif heading.level == 2:
                found[-1][1].append(heading)
        return found

    @property
    def opening(self) -> int:
        """How many cells, up to the chart that shows the answer, make the first screen."""
        labels = [cell.metadata.get("report", {}).get("label") for cell in self.cells]
        return labels.index(ANSWER) + 1 if ANSWER in labels else 0

    @property
    def has_title(self) -> bool:
        """Whether a heading of its own says what the page is."""
        return any(heading.level == 1 for heading in self.headings)


def divide_pages(nb: Any, headings: Iterable[Heading], title: str) -> list[Page]:
    """Return the pages of a settled report in reading order; the first has the report's title."""
    chapters = {one["stem"]: one["title"] for one in nb.metadata["altcred"]["chapters"]}
    pages = {FIRST_PAGE: Page(FIRST_PAGE, title, [])}
    for cell in nb.cells:
        about = cell.metadata["altcred"]
        page = Page(about["page"], chapters[about["stem"]], [])
        pages.setdefault(page.stem, page).cells.append(cell)
    for stem, own in groupby(headings, key=lambda heading: heading.page):
        page = pages[stem]
        page.headings += own
        titles = [plain_text(one.text) for one in page.headings if one.level == 1]
        if titles and not page.is_first:
            page.title = " and ".join(titles[:2])
    found = list(pages.values())
    for one, other in pairwise(found):
        one.after, other.before = other, one
    return found


def settle_page(html: str, page: Page, places: Mapping[str, str], notes: str) -> str:
    """Return what a page shows, with its footnotes, and with links that lead to other pages.

    Each heading gets a link to itself. A chapter's title is the first heading of its own page.
    """
    html = re.sub(
        r'(?<=<a )href="#([^"]+)"',
        lambda link: f'href="{address_of(link[1], places, page.stem)}"',
        html,
    )
    if not page.is_first:
        html = re.sub(r"<(/?)h([2-6])\b", lambda tag: f"<{tag[1]}h{int(tag[2]) - 1}", html)
    html = _HEADING.sub(_add_anchor, _share_outlines(html))
    # What a browser takes for closed where the next begins; in all tables that is a tenth.
    html = re.sub(r"</t[dhr]>\s*(?=<t[dhr]\b|</t(?:r|head|body)>)", "", html)
    wanted = set(re.findall(r'href="#fn(\d+)"', html))
    own = [
        note[0].replace("<li ", f'<li value="{note[1]}" ', 1)
        for note in _NOTE.finditer(notes)
        if note[1] in wanted
    ]
    if own:
        html += f'<section class="footnotes" role="doc-endnotes"><ol>{"".join(own)}</ol></section>'
    return html


def _share_outlines(html: str) -> str:
    """Draw outlines that several pictures of a page have, those of countries, from one of them."""
    outlines = re.compile(rf'<path d="([^"]{{{LONG},}})"([^>]*)/>')
    again = Counter(outline for outline, _ in outlines.findall(html))
    names: dict[str, str] = {}

    def draw(found: re.Match[str]) -> str:
        outline, looks = found.groups()
        if again[outline] < 2 or " id=" in looks or " transform=" in looks:
            return found[0]
        known = outline in names
        name = names.setdefault(outline, f"outline-{len(names)}")
        first = "" if known else f'<defs><path id="{name}" d="{outline}"/></defs>'
        return f'{first}<use href="#{name}"{looks}/>'

    return outlines.sub(draw, html)


def list_sections(html: str, page: Page) -> Iterator[tuple[str, ...]]:
    """Yield what can be found on a written page: page, id, title, beginning and words of each part.

    A figure or table is a section too; what follows it belongs to the heading above.
    """
    main = html[html.index("<main") : html.index("</main>")]
    left_out = r'<details class="(?:code|save)">.*?</details>|<summary.*?</summary>|<nav.*?</nav>'
    main = re.sub(left_out, " ", main, flags=re.DOTALL)
    main = re.sub(r'<svg[^>]*aria-label="([^"]*)".*?</svg>', r" \1 ", main, flags=re.DOTALL)
    # A number is looked for by what it is of.
    unwanted = (
        r'<td class="num[^>]*>[^<]*|<a class="anchor".*?</a>|<span class="data-note.*?</span>'
        r"|<annotation.*?</annotation>"
    )
    main = re.sub(unwanted, " ", main)
    words: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    above = id = ""
    for piece in re.split(r'(?=<h[1-6] [^>]*id="|<figure |</figure>)', main):
        start = re.match(r'<(h\d|figure) [^>]*?id="([^"]+)"', piece)
        if piece.startswith("</figure>"):
            id = above
        elif start:
            id = start[2]
            above = id if start[1] != "figure" else above
            named = "figcaption" if start[1] == "figure" else start[1]
            before, title, piece = re.split(rf"<{named}\b|</{named}>", piece, maxsplit=2)
            printed = re.search(r'<figure [^>]*?data-published="([^"]+)"', before)
            as_printed = f" (Printed as {unescape(printed[1])})" if printed else ""
            titles.setdefault(id, _bare(f"<b{title}") + as_printed)
            piece = f"{before} {piece}"
        words.setdefault(id, []).append(_bare(piece))
    for id, title in titles.items():
        # What is shown of a section is its beginning; of the rest each word is enough.
        text = " ".join(words[id])
        shown = text[:SHOWN].rpartition(" ")[0] if len(text) > SHOWN else text
        rest = dict.fromkeys(re.findall(r"[^\W\d]\w{2,}", text[len(shown) :].lower()))
        yield page.stem, id, title, shown, " ".join(rest)


def _bare(html: str) -> str:
    """Return the words of a piece of a page, blanks between what stood in different places."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def address_of(label: str, places: Mapping[str, str], stem: str) -> str:
    """Return where a label leads from a page."""
    place = places.get(label, stem)
    return f"#{label}" if place == stem else f"{place}.html#{label}"


def _add_anchor(heading: re.Match[str]) -> str:
    level, id, rest = heading.groups()
    text = re.sub(r"<[^>]+>", "", rest.partition(">")[2])
    link = f'<a class="anchor" href="#{id}" aria-label="Link to {text}">#</a>'
    return f'<h{level} id="{id}"{rest}{link}</h{level}>'
