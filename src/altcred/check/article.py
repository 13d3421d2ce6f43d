"""Reads an article and checks the tests that it reports.

Pandoc reads what it can (Word, HTML, Markdown, JATS XML and others), pypdf the text layer of a
PDF. The arithmetic is `check.recomputed`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from altcred.check.recomputed import ALPHA, VERDICTS, Recomputed, recompute
from altcred.check.reported import ONE_SIDED, find_tests, list_adjustments, simplify
from altcred.core.errors import refuse

# What pandoc calls the format of a file.
FORMATS = {
    ".docx": "docx", ".odt": "odt", ".rtf": "rtf", ".epub": "epub", ".html": "html",
    ".htm": "html", ".xhtml": "html", ".md": "markdown-citations",
    ".markdown": "markdown-citations", ".rst": "rst", ".tex": "latex", ".xml": "jats",
    ".nxml": "jats", ".ipynb": "ipynb",
}  # fmt: skip
TEXTS = {".txt", ""}
# Columns of a table that hold tests, by what stands at their head.
_HEADS = {
    "t": r"t(?:[- ]?(?:value|test|statistic|ratio))?(?:\s?\(.*\))?",
    "F": r"F(?:[- ]?(?:value|test|statistic|ratio))?(?:\s?\(.*\))?",
    "χ2": r"(?:χ|chi|x)\s?[-^]?\s?(?:2|squared?)(?:\s?\(.*\))?",
    "z": r"[zZ](?:[- ]?(?:value|test|statistic|score))?",
    "r": r"r(?:\s?\(.*\))?",
}
_HEAD_OF = {name: re.compile(pattern) for name, pattern in _HEADS.items()}
_P_HEAD = re.compile(r"[pP](?:[- ]?values?)?(?:\s?\(.*\))?|Sig\.?(?:\s?\(.*\))?|Pr\(>.*\)")
_DF_HEAD = re.compile(r"d\.?f\.?s?\s?\d?(?:\s?\(.*\))?|degrees of freedom", re.I)


@dataclass(frozen=True)
class Passage:
    """A paragraph, a page or a row of a table, and where it stands."""

    place: str
    text: str


@dataclass(frozen=True)
class Checked:
    """The tests of an article, recomputed, and what it says that bears on them."""

    file: str
    tests: list[Recomputed]
    one_sided: bool = False
    adjusted: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many tests have each verdict, in the order of their gravity."""
        counts = Counter(one.verdict for one in self.tests)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def as_lines(self) -> Iterator[str]:
        """Yield everything as text, for a terminal."""
        if not self.tests:
            yield f"{self.file}: no test was found that could be recomputed."
            return
        parts = [f"{n} {verdict}" for verdict, n in self.counts.items() if n]
        found = "1 test" if len(self.tests) == 1 else f"{len(self.tests)} tests"
        yield f"{self.file}: {found}: {', '.join(parts)}."
        yield from self.say_premises()
        for one in sorted(self.tests, key=lambda one: VERDICTS.index(one.verdict)):
            yield f"[{one.verdict}] {one.test.place}: {one.test.raw}"
            yield f"    {one.say()}"

    def say_premises(self) -> Iterator[str]:
        """Yield what the article names that explains a p which is as far off as that puts it."""
        if self.one_sided:
            yield "The article names one-sided tests: half of a p is taken for right."
        if self.adjusted:
            names = ", ".join(self.adjusted)
            yield f"The article names corrections for multiplicity ({names}): see those below."


def check_article(path: Path, *, alpha: Fraction = ALPHA, one_sided: bool = False) -> Checked:
    """Return the tests of an article, recomputed; InvalidInput for a file that cannot be read.

    `one_sided` takes all tests for one-sided where that explains them, whatever the text says.
    """
    passages = read_article(path)
    text = simplify(" ".join(passage.text for passage in passages))
    is_named = one_sided or bool(ONE_SIDED.search(text))
    adjusted = list(list_adjustments(text))
    tests = [test for one in passages for test in find_tests(one.text, one.place)]
    found = list(recompute(tests, alpha=alpha, one_sided=is_named, adjusted=adjusted))
    return Checked(path.name, found, is_named, adjusted)


def read_article(path: Path) -> list[Passage]:
    """Return the paragraphs, notes and table rows of an article, or the pages of a PDF.

    InvalidInput for a file that is not there, of an unknown kind, or without text.
    """
    if path.is_dir():
        refuse(path.name, "", "is a folder.", f"Name the files in it, as in {path.name}/*.docx.")
    if not path.is_file():
        refuse(path.name, "", "the file is not there.", "Correct its name.")
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        passages = list(_read_pdf(path))
    elif suffix in TEXTS:
        passages = list(_number("paragraph", re.split(r"\n\s*\n", _decode(path))))
    elif suffix in FORMATS:
        passages = list(_read_pandoc(path, FORMATS[suffix]))
    else:
        known = ", ".join(sorted({*FORMATS, ".pdf", ".txt"}))
        refuse(path.name, "", "is no article that can be read.", f"Known endings are {known}.")
    if not any(passage.text.strip() for passage in passages):
        remedy = "A scanned PDF has no text; recognise its letters first."
        refuse(path.name, "", "holds no text.", remedy if suffix == ".pdf" else "")
    return passages


def _number(what: str, texts: Iterable[str]) -> Iterator[Passage]:
    for number, text in enumerate(texts, start=1):
        yield Passage(f"{what} {number}", text)


def _decode(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _read_pdf(path: Path) -> Iterator[Passage]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        texts = [page.extract_text() for page in PdfReader(path).pages]
    except (PyPdfError, ValueError, KeyError, OSError) as error:
        refuse(path.name, "", f"is no PDF that can be read ({type(error).__name__}).")
    yield from _number("page", (re.sub(r"(?<=\w)-\n(?=[a-z])", "", text) for text in texts))


def _read_pandoc(path: Path, form: str) -> Iterator[Passage]:
    import subprocess

    import pypandoc

    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from", form, "--to", "json", str(path)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        first = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[0]
        refuse(path.name, "", f"cannot be read: {first.replace(str(path), path.name)}")
    counts: Counter[str] = Counter()
    yield from _walk(json.loads(done.stdout)["blocks"], counts)


def _walk(blocks: Iterable[Any], counts: Counter[str]) -> Iterator[Passage]:
    """Yield the passages of pandoc's blocks."""
    for block in blocks:
        kind, content = block["t"], block.get("c")
        if kind == "Table":
            counts["table"] += 1
            yield from _read_table(content, f"table {counts['table']}")
        elif kind in {"Para", "Plain", "Header", "LineBlock", "CodeBlock"}:
            notes: list[Any] = []
            text = _text_of(content[-1] if kind in {"Header", "CodeBlock"} else content, notes)
            if text.strip():
                counts["paragraph"] += 1
                yield Passage(f"paragraph {counts['paragraph']}", text)
            yield from _walk(notes, counts)
        elif content is not None:
            yield from _walk(_blocks_in(content), counts)


def _blocks_in(content: Any) -> Iterator[Any]:
    """Yield the blocks within lists, quotations and divisions."""
    if isinstance(content, dict) and "t" in content:
        yield content
    elif isinstance(content, list):
        for part in content:
            yield from _blocks_in(part)


def _text_of(content: Any, notes: list[Any]) -> str:
    """Return the text of pandoc's inline elements; footnotes go to `notes`."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text_of(part, notes) for part in content)
    kind, inner = content.get("t"), content.get("c")
    match kind:
        case "Str":
            return str(inner)
        case "Space" | "SoftBreak" | "LineBreak":
            return " "
        case "Math":
            return _plain_tex(inner[1])
        case "Note":
            notes.extend(inner)
            return ""
        case "Code" | "RawInline":
            return str(inner[1])
        case "Quoted" | "Cite" | "Span" | "Link":
            # Their text comes after their attributes, and before a link's address.
            return _text_of(inner[1], notes)
        case "Image":
            return ""
    return _text_of(inner, notes) if isinstance(inner, list) else ""


def _plain_tex(tex: str) -> str:
    """Return a formula as its letters: `\\\\chi^{2}(1) = 6.9` as `χ^2(1) = 6.9`."""
    tex = re.sub(r"\\(?:chi|upchi)\b", "χ", tex)
    tex = re.sub(r"\\(?:leq?|leqslant)\b", "≤", re.sub(r"\\(?:geq?|geqslant)\b", "≥", tex))
    tex = re.sub(r"\\(?:lt)\b", "<", re.sub(r"\\gt\b", ">", tex))
    tex = re.sub(r"\\(?:times|cdot)\b", "×", tex)
    tex = re.sub(r"\\[a-zA-Z]+\*?|\\[,;:! ]", " ", tex)
    return re.sub(r"[{}$]|~", "", tex).replace("_", "")


def _read_table(content: Any, name: str) -> Iterator[Passage]:
    """Yield the rows of a table, a test in several columns written as in a sentence."""
    caption, head, bodies, foot = content[1], content[3], content[4], content[5]
    notes: list[Any] = []
    yield Passage(f"{name}, caption", " ".join(_cell(one, notes) for one in _blocks_in(caption)))
    rows = [[_cell(cell[4], notes) for cell in row[1]] for row in head[1]]
    titles = rows[-1] if rows else []
    lines = [row for body in bodies for part in body[2:] for row in part] + list(foot[1])
    for number, row in enumerate(lines, start=1):
        cells = [_cell(cell[4], notes) for cell in row[1]]
        if not titles and number == 1:
            titles = cells
        written = "; ".join(write_tests(titles, cells))
        yield Passage(f"{name}, row {number}", written or ", ".join(cells))


def _cell(content: Any, notes: list[Any]) -> str:
    if isinstance(content, dict):
        content = [content]
    return " ".join(_text_of(block.get("c", ""), notes) for block in content).strip()


def write_tests(titles: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    """Yield the tests of a table's row as a sentence would report them.

    A column headed t, F, χ2, z or r is a test's statistic; its p stands in the next column headed
    p, its degrees of freedom in the nearest headed df or in its own head, `t(28)`.
    """
    if len(titles) != len(cells):
        return
    heads = [simplify(title).strip(" *") for title in titles]
    values = [simplify(cell).strip(" *†‡§") for cell in cells]
    places = [place for place, head in enumerate(heads) if _find_head(head)]
    for place in places:
        called = _find_head(heads[place])
        later = [p for p in range(place + 1, len(heads)) if _P_HEAD.fullmatch(heads[p])]
        between = [p for p in places if p > place]
        if not values[place] or not later or (between and between[0] < later[0]):
            continue
        inside = re.search(r"\(([\d.,; ]+)\)", heads[place])
        own = re.match(r"[\[(]([\d.,; ]+)[\])]\s?=?\s?(.+)", values[place])
        found = [p for p, head in enumerate(heads) if _DF_HEAD.fullmatch(head)]
        nearest = sorted(found, key=lambda p: abs(p - place))
        df = own[1] if own else inside[1] if inside else values[nearest[0]] if nearest else ""
        value = own[2] if own else values[place]
        if called == "F" and len(found) == 2:
            df = ", ".join(values[p] for p in found)
        p = values[later[0]]
        if not re.match(r"[<>=≤≥]", p):
            p = f"= {p}"
        yield f"{called}({df}) = {value}, p {p}" if df else f"{called} = {value}, p {p}"


def _find_head(head: str) -> str:
    return next((name for name, pattern in _HEAD_OF.items() if pattern.fullmatch(head)), "")
