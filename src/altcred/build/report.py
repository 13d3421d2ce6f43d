"""Assembles a cohort's executed notebooks into one report, on screen and for print.

The notebooks are joined, their expressions bound, their figures, tables and sections numbered and
their references resolved once; the HTML and the PDF are two writings of the same result.
"""

import base64
import logging
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from altcred.build.notebooks import SOURCE_DATE, parameters_of
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.measures import measures_dir, write_measures
from altcred.core.paths import executed_dir, processed_dir, report_dir
from altcred.write.prose import AllEstimates, Prose

if TYPE_CHECKING:
    from altcred.build.tables_html import Table

logger = logging.getLogger(__name__)

TEMPLATE = Path("report/template")
# More than any chapter's number, less than the summary's order.
LATER = 20
PARTS = ("front", "body", "back", "appendix")
KINDS = {"fig": "Figure", "tbl": "Table", "eq": "Equation", "sec": "Section"}
# Markdown as Jupyter reads it, with pandoc's attributes, footnotes and mathematics.
_DIALECT = "commonmark_x-raw_html-emoji+raw_attribute-gfm_auto_identifiers"
_REFERENCE = re.compile(r"(?<![\w\\`])@((?:fig|tbl|eq|sec)-[\w-]*\w)")
# A label or a reference in which {wave} stands for the notebook's own wave.
_OPEN_LABEL = re.compile(r"(?:\{#|@)(?:fig|tbl|eq|sec)-[\w-]*(?:\{\w+\}[\w-]*)+")
_HEADING = re.compile(r"^(#{1,5})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_ATTRIBUTES = re.compile(r"[ \t]*\{((?:[#.][\w-]+\s*)+)\}$")
_EQUATION = re.compile(r"\$\$(.+?)\$\$[ \t]*\{#(eq-[\w-]+)\}", re.S)
_LABEL = re.compile(r"(fig|tbl)-[a-z0-9][a-z0-9_-]*")


@dataclass
class Chapter:
    """One executed notebook, and where in the report it belongs."""

    path: Path
    notebook: Any
    part: str = "body"
    order: float = 0
    wave: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def title(self) -> str:
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                for line in cell.source.splitlines():
                    if match := _HEADING.match(line):
                        return _plain(_ATTRIBUTES.sub("", match[2]))
        return self.stem


@dataclass
class Heading:
    """An entry of the contents."""

    level: int
    number: str
    text: str
    id: str


@dataclass
class Block:
    """A piece of the report: a text, a figure, a table or an equation's text."""

    kind: str
    text: str = ""
    label: str = ""
    number: str = ""
    caption: str = ""
    alt: str = ""
    published: str = ""
    image: bytes = b""
    image_type: str = ""
    html: str = ""
    code: str = ""
    notebook: str = ""
    cell: str = ""
    cell_number: int = 0
    part: str = "body"
    chapter: int = 0
    verdicts: str = ""  # where the verdicts on its printed figures are listed


@dataclass
class Report:
    """The assembled report: blocks in order, with all numbers and references settled."""

    study: Any
    cohort: str
    blocks: list[Block]
    headings: list[Heading]
    chapters: list[Chapter]
    references: dict[str, str]


def build_report(cohort: str, *, template: Path = TEMPLATE) -> None:
    """Write report/COHORT from the cohort's executed notebooks.

    Writes index.html, report.pdf, notebooks/*.html, figures/*, tables/*.csv. Everything is made
    aside and takes the place of the former report only when all of it is there. How many
    chapters, figures and tables it has goes to data/processed/measures/COHORT-report.json.
    Raises InvalidInput with all unknown expressions, references and labels at once.
    """
    from altcred.describe.codebook import load_codebook
    from altcred.describe.study import load_study
    from altcred.estimate.store import read_estimates

    study = load_study(cohort)
    codebook = load_codebook(cohort, study)

    def estimates_of(name: str) -> AllEstimates:
        return read_estimates(*sorted((processed_dir(name) / "estimates").glob("*.csv")))

    chapters = read_chapters(cohort, list(study.waves))
    report = assemble_report(
        cohort, study, codebook, estimates_of(cohort), chapters, elsewhere=estimates_of
    )
    target = report_dir(cohort)
    if target.resolve() == template.resolve():
        raise InvalidInput(
            [Problem(str(target), "", "holds the report's template.", "Rename the cohort.")]
        )
    counts = count_contents(report)
    logger.info("%s: %s", cohort, ", ".join(f"{n} {name}" for name, n in counts.items()))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=target.parent) as aside:
        built = Path(aside) / "report"
        write_report(report, built, template=template)
        if target.exists():
            shutil.rmtree(target)
        built.rename(target)
    write_measures(measures_dir() / f"{cohort}-report.json", counts)


# Reading ---------------------------------------------------------------------------------------


def read_chapters(cohort: str, waves: Sequence[str]) -> list[Chapter]:
    """Return a cohort's executed notebooks in reading order.

    Order: the part (front, body, back, appendix), then `order` of the notebook's metadata or else
    the number its name begins with, then the waves in the order of the study. Chapters of the
    body on a third or later wave come after those on the first two, which tell a story of their
    own: LATER is added to their order.
    """
    import nbformat

    folder = executed_dir(cohort)
    paths = sorted(p for p in folder.glob("*.ipynb") if not p.name.endswith(".failed.ipynb"))
    paths = [path for path in paths if not path.name.startswith(".")]
    if not paths:
        raise InvalidInput(
            [Problem(str(folder), "", "holds no executed notebook.", "Run the notebooks first.")]
        )
    chapters = []
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        settings = notebook.metadata.get("altcred", {})
        parameters = parameters_of(notebook)
        number = re.match(r"\d+", path.stem)
        chapters.append(
            Chapter(
                path=path,
                notebook=notebook,
                part=settings.get("part", "body"),
                order=float(settings.get("order", number[0] if number else 99)),
                wave=str(parameters.get("wave") or parameters.get("first") or ""),
                parameters=parameters,
            )
        )
    refuse_problems(
        Problem(str(chapter.path), "altcred.part", f"{chapter.part!r} is no part of a report.",
                f"Parts are {', '.join(PARTS)}.")
        for chapter in chapters
        if chapter.part not in PARTS
    )  # fmt: skip
    known = list(waves)

    def place(chapter: Chapter) -> tuple[Any, ...]:
        wave = known.index(chapter.wave) if chapter.wave in known else len(known)
        last = chapter.parameters.get("second", chapter.wave)
        is_later = chapter.part == "body" and last in known[2:]
        order = chapter.order + (LATER if is_later else 0)
        return PARTS.index(chapter.part), order, wave, chapter.stem

    return sorted(chapters, key=place)


def assemble_report(
    cohort: str,
    study: Any,
    codebook: Any,
    estimates: AllEstimates,
    chapters: Sequence[Chapter],
    *,
    elsewhere: Any = None,
) -> Report:
    """Bind, join, number and cross-refer the chapters; InvalidInput with all that is wrong."""
    from altcred.describe.folders import panel_folder

    problems: list[Problem] = []
    blocks: list[Block] = []
    for index, chapter in enumerate(chapters):
        settings = chapter.notebook.metadata.get("altcred", {})
        wave = settings.get("wave") or chapter.parameters.get("wave")
        if wave == "panel" and "second" in chapter.parameters:
            # The panel of the chapter's own two waves, which need not be the study's first pair.
            wave = panel_folder(study, *(chapter.parameters[k] for k in ("first", "second"))).name
        prose = Prose(
            estimates=estimates,
            codebook=codebook,
            study=study,
            cohort=cohort,
            wave=_fill(wave, chapter.parameters) if wave else None,
            parameters=chapter.parameters,
            elsewhere=elsewhere,
        )
        blocks += _read_blocks(chapter, index, prose, problems)
    # What is tagged `front` goes before everything, what is tagged `appendix` behind it.
    blocks.sort(key=lambda block: PARTS.index(block.part))
    blocks = _drop_empty_sections(blocks)
    _check_labels(blocks, problems)
    _find_verdicts(blocks, chapters, codebook)
    headings = _number_headings(blocks)
    references = _number_objects(blocks, headings)
    _resolve_references(blocks, references, problems)
    refuse_problems(problems)
    return Report(study, cohort, blocks, headings, list(chapters), references)


def _find_verdicts(blocks: Iterable[Block], chapters: Sequence[Chapter], codebook: Any) -> None:
    """Lead each figure and table to the list of printed figures it is about, if there is one.

    The chapter that judges printed figures lists them under headings with the ids
    `printed-table-3` and `printed-WAVE-VARIABLE`.
    """
    ids: dict[str, str] = {}
    for chapter in chapters:
        for cell in chapter.notebook.cells:
            for output in cell.get("outputs", []):
                text = _joined(output.get("data", {}).get("text/markdown", ""))
                ids.update((id, chapter.stem) for id in re.findall(r"\{#(printed-[\w-]+)\}", text))
    for block in blocks:
        if block.kind == "text":
            continue
        wave = chapters[block.chapter].wave
        second = str(chapters[block.chapter].parameters.get("second", ""))
        named = [name for name in re.findall(r"""["'](\w+)["']""", block.code)
                 if name in codebook.variables]  # fmt: skip
        waves = [f"panel-{second}", f"{wave}-{second}", second] if second else [wave]
        wanted = [f"printed-{_slug(block.published)}"] if block.published else []
        wanted += [f"printed-{one}-{_slug(name)}" for name in named for one in waves]
        found = next((id for id in wanted if id in ids), "")
        if found:
            block.verdicts = f"notebooks/{ids[found]}.html#{found}"


def count_contents(report: Report) -> dict[str, int]:
    """Return how many chapters, figures and tables a report has."""
    return {
        "chapters": len(report.chapters),
        "figures": sum(block.kind == "fig" for block in report.blocks),
        "tables": sum(block.kind == "tbl" for block in report.blocks),
    }


def _fill(text: str, parameters: dict[str, Any]) -> str:
    """Replace {wave} and other names of parameters in a label or a reference."""
    for name, value in parameters.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _fill_labels(text: str, parameters: dict[str, Any]) -> str:
    return _OPEN_LABEL.sub(lambda match: _fill(match[0], parameters), text)


def _read_blocks(
    chapter: Chapter, index: int, prose: Prose, problems: list[Problem]
) -> Iterator[Block]:
    """Yield a chapter's pieces; its Markdown cells are bound in place for the reviewers' copy."""
    file = str(chapter.path)
    for number, cell in enumerate(chapter.notebook.cells, start=1):
        tags = cell.metadata.get("tags", [])
        part = next((tag for tag in PARTS if tag in tags), chapter.part)
        where = f"cell {number}"
        common = {
            "notebook": chapter.stem,
            "cell": str(cell.get("id", f"cell-{number}")),
            "cell_number": number,
            "part": part,
            "chapter": index,
        }
        if cell.cell_type == "markdown":
            bound = prose.bind(cell.source, file, where, problems)
            cell.source = _fill_labels(bound, chapter.parameters)
            if cell.source.strip() and "notebook-only" not in tags:
                text = _own_footnotes(cell.source, chapter.stem)
                problems += _check_fences(text, file, where)
                yield Block("text", text=text, **common)
        elif cell.cell_type == "code":
            yield from _read_outputs(cell, chapter, prose, problems, where, common, tags)


def _read_outputs(
    cell: Any,
    chapter: Chapter,
    prose: Prose,
    problems: list[Problem],
    where: str,
    common: dict[str, Any],
    tags: Sequence[str],
) -> list[Block]:
    file = str(chapter.path)
    described = cell.metadata.get("report", {})
    found: list[Block] = []
    for output in cell.get("outputs", []):
        data = output.get("data", {}) or {}
        own = output.get("metadata", {}).get("report", {})
        about = own or described
        # What shows many figures and tables is printed under the first of them.
        code = "" if own and any(block.code for block in found) else cell.source
        image_type = next((t for t in ("image/svg+xml", "image/png") if t in data), "")
        html = _joined(data.get("text/html", ""))
        if "text/markdown" in data and "notebook-only" not in tags:
            bound = prose.bind(_joined(data["text/markdown"]), file, where, problems)
            text = _fill_labels(bound, chapter.parameters)
            data["text/markdown"] = text
            if text.strip():
                problems += _check_fences(text, file, where)
                own_text = _own_footnotes(text, chapter.stem)
                found.append(Block("text", text=own_text, **common))
        elif image_type and about:
            found.append(
                Block(
                    "fig",
                    image=_image_bytes(data[image_type], image_type),
                    image_type=image_type,
                    code=code,
                    **_describe(about, chapter, prose, problems, where),
                    **common,
                )
            )
        elif "<table" in html:
            last = found[-1] if found else None
            if not own and last is not None and last.kind == "fig":
                # The numbers under the figure, whether the cell or the figure alone is described.
                last.html += html
                continue
            if not about:
                continue
            found.append(
                Block(
                    "tbl",
                    html=html,
                    code=code,
                    **_describe(about, chapter, prose, problems, where),
                    **common,
                )
            )
    return found


def _describe(
    about: Any, chapter: Chapter, prose: Prose, problems: list[Problem], where: str
) -> dict[str, str]:
    file = str(chapter.path)
    caption = prose.bind(str(about.get("caption", "")), file, where, problems)
    caption = _fill_labels(caption, chapter.parameters)
    return {
        "label": _fill(str(about.get("label", "")), chapter.parameters),
        "caption": _end_sentence(_own_footnotes(caption.strip(), chapter.stem)),
        "alt": prose.bind_plain(str(about.get("alt", "")), file, where, problems).strip(),
        "published": _published_as(about.get("published", ""), chapter.parameters),
    }


def _published_as(named: Any, parameters: Mapping[str, Any]) -> str:
    """Return what a table or figure is called in the printed report, '' for nothing.

    `named` is that name, or names by COHORT, COHORT/WAVE or COHORT/FIRST-SECOND.
    """
    if not isinstance(named, Mapping):
        return str(named)
    waves = [str(value) for name, value in parameters.items() if name != "cohort"]
    return str(
        named.get("/".join(filter(None, [parameters.get("cohort", ""), "-".join(waves)])), "")
    )


def _own_footnotes(text: str, stem: str) -> str:
    """Keep a chapter's footnotes apart from those of the chapters it is joined with."""
    return _outside_code(text, lambda piece: re.sub(r"\[\^([^\]\s]+)\]", rf"[^{stem}-\1]", piece))


def _end_sentence(text: str) -> str:
    return f"{text}." if re.search(r"[\w)%]$", text) else text


def _check_fences(text: str, file: str, where: str) -> Iterator[Problem]:
    # An open block would swallow the cells that follow.
    if len(re.findall(r"^ {0,3}(?:```|~~~)", text, re.M)) % 2:
        yield Problem(file, where, "opens a block of code and does not close it.")
    opened = len(re.findall(r"^:::+[ \t]*[{\w]", text, re.M))
    if opened != len(re.findall(r"^:::+[ \t]*$", text, re.M)):
        yield Problem(file, where, "opens a `:::` block and does not close it, or the reverse.")


def _check_labels(blocks: Iterable[Block], problems: list[Problem]) -> None:
    seen: dict[str, Block] = {}
    for block in blocks:
        if block.kind == "text":
            continue
        where = f"cell {block.cell_number}"

        def add(message: str, remedy: str, block: Block = block, where: str = where) -> None:
            problems.append(Problem(f"{block.notebook}.ipynb", where, message, remedy))

        if not _LABEL.fullmatch(block.label):
            add(f"{block.label!r} is no label.", "Write fig-… or tbl-… in lower case.")
        elif not block.label.startswith(f"{block.kind}-"):
            what = "an image" if block.kind == "fig" else "a table"
            add(f"{block.label} labels {what}.", f"Begin its label with {block.kind}-.")
        elif block.label in seen:
            first = seen[block.label]
            add(
                f"{block.label} is also the label of cell {first.cell_number} of "
                f"{first.notebook}.ipynb.",
                "Labels are unique in a report; {wave} in a label stands for the wave.",
            )
        seen.setdefault(block.label, block)
        if not block.caption:
            add(f"{block.label} has no caption.", "Add `caption` to the cell's report metadata.")
        if block.kind == "fig" and not block.alt:
            add(f"{block.label} has no alternative text.", "Say in `alt` what the chart shows.")


# Numbers and references ------------------------------------------------------------------------


def _drop_empty_sections(blocks: Sequence[Block]) -> list[Block]:
    """Leave out headings, of any level, that have nothing below them but such headings."""
    found: set[tuple[int, int]] = set()  # headings, by their block and line
    full: set[tuple[int, int]] = set()
    above: list[tuple[int, tuple[int, int]]] = []  # the open sections' levels and headings
    place = None
    for index, block in enumerate(blocks):
        if place != (block.part, block.chapter):
            place, above = (block.part, block.chapter), []
        fenced = False
        for number, line in enumerate(block.text.splitlines() if block.kind == "text" else ["·"]):
            fenced ^= bool(re.match(r"\s*(```|~~~)", line))
            heading = None if fenced else _HEADING.match(line)
            if heading:
                above = [one for one in above if one[0] < len(heading[1])]
                above.append((len(heading[1]), (index, number)))
                found.add((index, number))
            elif line.strip():
                full.update(section for _, section in above)
    for index, block in enumerate(blocks):
        if block.kind == "text":
            block.text = "\n".join(
                line
                for number, line in enumerate(block.text.splitlines())
                if (index, number) not in found - full
            )
    return [block for block in blocks if block.kind != "text" or block.text.strip()]


def _number_headings(blocks: Sequence[Block]) -> list[Heading]:
    """Number the sections in the texts, give each an id, and return the contents."""
    headings: list[Heading] = []
    counters = [0, 0, 0, 0, 0]
    appendix = False
    used: set[str] = set()
    for block in blocks:
        if block.kind != "text":
            continue
        if block.part == "appendix" and not appendix:
            counters, appendix = [0, 0, 0, 0, 0], True
        lines, fenced = [], False
        for line in block.text.splitlines():
            if re.match(r"\s*(```|~~~)", line):
                fenced = not fenced
            match = None if fenced else _HEADING.match(line)
            if not match:
                lines.append(line)
                continue
            level, title = len(match[1]), match[2]
            attributes = _ATTRIBUTES.search(title)
            words = attributes[1].split() if attributes else []
            title = _ATTRIBUTES.sub("", title)
            given = next((word[1:] for word in words if word.startswith("#")), "")
            id = given or _unused(f"{block.notebook}-{_slug(title)}", used)
            used.add(id)
            number = ""
            if block.part != "front" and ".unnumbered" not in words:
                counters[level - 1] += 1
                counters[level:] = [0] * (len(counters) - level)
                first = chr(64 + counters[0]) if appendix else str(counters[0])
                number = ".".join([first, *map(str, counters[1:level])])
            headings.append(Heading(level, number, title, id))
            shown = f"[{number}]{{.number}} " if number else ""
            lines.append(f"{match[1]} {shown}{title} {{#{id}}}")
        block.text = "\n".join(lines)
    return headings


def _number_objects(blocks: Sequence[Block], headings: Sequence[Heading]) -> dict[str, str]:
    """Number figures, tables and equations in reading order; return each label's name."""
    counters = {"fig": 0, "tbl": 0, "eq": 0}
    references = {h.id: f"Section {h.number}" if h.number else h.text for h in headings}

    def next_name(kind: str) -> str:
        counters[kind] += 1
        return f"{KINDS[kind]} {counters[kind]}"

    for block in blocks:
        if block.kind in ("fig", "tbl"):
            block.number = references[block.label] = next_name(block.kind)
            continue

        def numbered(match: re.Match[str]) -> str:
            references[match[2]] = next_name("eq")
            number = f"({counters['eq']})"
            return f'\n\n::: {{#{match[2]} .equation number="{number}"}}\n$${match[1]}$$\n:::\n\n'

        block.text = _EQUATION.sub(numbered, block.text)
    return references


def _resolve_references(
    blocks: Sequence[Block],
    references: dict[str, str],
    problems: list[Problem],
) -> None:
    from difflib import get_close_matches

    for block in blocks:

        def link(match: re.Match[str], block: Block = block) -> str:
            label = match[1]
            if label in references:
                return f"[{references[label]}](#{label}){{.reference}}"
            near = get_close_matches(label, references, 3, 0.4)
            problems.append(
                Problem(
                    f"{block.notebook}.ipynb",
                    f"cell {block.cell_number}",
                    f"@{label} refers to nothing in the report.",
                    f"Near it: {', '.join(near)}." if near else "",
                )
            )
            return match[0]

        block.text = _outside_code(block.text, lambda text, link=link: _REFERENCE.sub(link, text))
        block.caption = _outside_code(block.caption, lambda t, link=link: _REFERENCE.sub(link, t))


def _outside_code(text: str, change: Any) -> str:
    pieces = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.S)
    return "".join(p if i % 2 else change(p) for i, p in enumerate(pieces))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _plain(text).lower()).strip("-") or "section"


def _unused(id: str, used: set[str]) -> str:
    candidate, number = id, 2
    while candidate in used:
        candidate, number = f"{id}-{number}", number + 1
    return candidate


def _plain(text: str) -> str:
    return re.sub(r"[*`_\\]|\[([^\]]*)\]\([^)]*\)", r"\1", text).strip()


# Writing ---------------------------------------------------------------------------------------


def write_report(report: Report, target: Path, *, template: Path = TEMPLATE) -> None:
    """Write the assembled report and everything beside it into an empty folder."""
    from concurrent.futures import ThreadPoolExecutor

    from altcred.build.tables_html import table_csv

    for folder in ("notebooks", "figures", "tables"):
        (target / folder).mkdir(parents=True)
    for block in report.blocks:
        if block.kind == "fig":
            (target / "figures" / _image_name(block)).write_bytes(block.image)
        if block.html:
            text = "\n".join(table_csv(table) for table in _tables_in(block.html))
            (target / "tables" / f"{block.label}.csv").write_text(text, "utf-8", newline="")
    # Pandoc and typst, which take half of the time, work beside Python.
    with ThreadPoolExecutor(2) as pool:
        pdf = pool.submit(report_pdf, report, template=template)
        page = pool.submit(report_html, report, template=template)
        pages = [
            (chapter, pool.submit(notebook_html, report, chapter, template=template))
            for chapter in report.chapters
        ]
        (target / "index.html").write_text(page.result(), "utf-8")
        for chapter, page in pages:
            (target / "notebooks" / f"{chapter.stem}.html").write_text(page.result(), "utf-8")
        (target / "report.pdf").write_bytes(pdf.result())


def report_html(report: Report, *, template: Path = TEMPLATE) -> str:
    """Return the report as one HTML page that loads nothing from anywhere."""
    texts = {
        f"block-{index}": block.text if block.kind == "text" else block.caption
        for index, block in enumerate(report.blocks)
    }
    texts |= {f"heading-{index}": h.text for index, h in enumerate(report.headings)}
    texts |= _front_texts(report)
    html = markdown_to_html(texts, template, shift=1)
    blocks = [
        {"block": block, "html": html[f"block-{index}"], **_parts_html(block)}
        for index, block in enumerate(report.blocks)
    ]
    contents = [
        {"heading": heading, "html": _without_paragraph(html[f"heading-{index}"])}
        for index, heading in enumerate(report.headings)
        if heading.level <= 2
    ]
    return _export(
        report,
        "report.html.j2",
        template,
        blocks=_nested_fronts(blocks),
        contents=contents,
        front={name: html[name] for name in _front_texts(report)},
        footnotes=html.get("footnotes", ""),
        chapters=report.chapters,
    )


def notebook_html(report: Report, chapter: Chapter, *, template: Path = TEMPLATE) -> str:
    """Return an executed notebook for reviewers: every cell, its code and what it put out."""
    from nbconvert.filters.ansi import strip_ansi

    from altcred.build.tables_html import notes_html, table_html

    texts: dict[str, str] = {}
    cells: list[dict[str, Any]] = []

    def refer(text: str) -> str:
        def link(match: re.Match[str]) -> str:
            label = match[1]
            name = report.references.get(label)
            return f"[{name}](../index.html#{label})" if name else match[0]

        return _outside_code(_EQUATION.sub(r"$$\1$$", text), lambda t: _REFERENCE.sub(link, t))

    captions = {
        (block.cell, block.label): block
        for block in report.blocks
        if block.notebook == chapter.stem and block.kind != "text"
    }
    for number, cell in enumerate(chapter.notebook.cells):
        entry: dict[str, Any] = {"cell": cell, "outputs": [], "text": ""}
        if cell.cell_type == "markdown":
            texts[f"cell-{number}"] = refer(cell.source)
            entry["text"] = f"cell-{number}"
        for index, output in enumerate(cell.get("outputs", []) or []):
            data = output.get("data", {}) or {}
            shown: dict[str, Any] = {"kind": "text", "content": ""}
            image_type = next((t for t in ("image/svg+xml", "image/png") if t in data), "")
            markup = _joined(data.get("text/html", ""))
            if output.output_type == "stream":
                shown["content"] = strip_ansi(_joined(output.text))
            elif output.output_type == "error":
                shown["content"] = strip_ansi("\n".join(output.traceback))
            elif image_type:
                about = output.get("metadata", {}).get("report") or cell.metadata.get("report", {})
                label = _fill(str(about.get("label", "")), chapter.parameters)
                block = captions.get((cell.get("id"), label))
                source = _image_bytes(data[image_type], image_type)
                shown = {
                    "kind": "image",
                    "content": _data_address(source, image_type),
                    "alt": block.alt if block else "",
                }
            elif "<table" in markup:
                tables = _tables_in(markup)
                content = "\n".join(
                    '<div class="scroll" tabindex="0" role="group" aria-label="Table">'
                    f"{table_html(t)}</div>{notes_html(t)}"
                    for t in tables
                )
                shown = {"kind": "html", "content": content}
            elif "text/markdown" in data:
                texts[f"output-{number}-{index}"] = refer(_joined(data["text/markdown"]))
                shown = {"kind": "markdown", "content": f"output-{number}-{index}"}
            else:
                shown["content"] = _joined(data.get("text/plain", ""))
            if shown["content"]:
                entry["outputs"].append(shown)
        cells.append(entry)
    texts["reconstruction"] = report.study.reconstruction_note or " "
    html = markdown_to_html(texts, template, shift=0)
    return _export(
        report, "notebook.html.j2", template, cells=cells, html=html, chapter=chapter
    )  # fmt: skip


def report_typst(report: Report, *, template: Path = TEMPLATE) -> tuple[str, dict[str, bytes]]:
    """Return the report as a typst document, and the images it needs by their path."""
    from altcred.build.tables_html import table_typst, typst_string

    media: dict[str, bytes] = {}
    parts: list[str] = []
    note = "[Reconstructed data.]{.data-note}" if report.study.reconstructed else ""
    for block in report.blocks:
        if block.kind == "text":
            parts.append(block.text)
            continue
        caption = f"**{block.number}.** {block.caption} {note}"
        if block.kind == "fig":
            path = f"media/{_image_name(block)}"
            media[path] = block.image
            begin = f"#report-figure({typst_string(path)}, {typst_string(block.alt)})["
            parts += [_raw(begin), caption, _raw(f"] <{block.label}>")]
            continue
        tables, turned = [], False
        for table in _tables_in(block.html)[:1]:
            written, wide = table_typst(table)
            tables.append(written)
            turned = turned or wide
        body = "\n".join(tables)
        begin = f"#report-table(turned: {'true' if turned else 'false'}, [{body}])["
        parts += [_raw(begin), caption, _raw(f"] <{block.label}>")]
    body = _pandoc("\n\n".join(parts) + "\n", ["-t", "typst"], template)
    study = report.study
    front = markdown_to_typst(_front_texts(report), template)
    head = [
        '#import "report.typ": *',
        "#show: report.with(",
        f"  title: {typst_string(study.title)},",
        f"  subtitle: {typst_string(study.subtitle)},",
        f"  authors: ({''.join(f'{typst_string(author)}, ' for author in study.authors)}),",
        f"  period: {typst_string(_period(study))},",
        f"  license: {typst_string(study.license)},",
        f"  cohort: {typst_string(report.cohort)},",
        f"  reconstructed: {'true' if study.reconstructed else 'false'},",
        *(f"  {name}: [{text}]," for name, text in front.items()),
        ")",
    ]
    return "\n".join(head) + "\n\n" + body, media


def report_pdf(report: Report, *, template: Path = TEMPLATE) -> bytes:
    """Return the report as a PDF, set by typst with the fonts it carries."""
    import typst

    source, media = report_typst(report, template=template)
    with tempfile.TemporaryDirectory(prefix="altcred-") as folder:
        root = Path(folder)
        (root / "media").mkdir()
        for path, content in media.items():
            (root / path).write_bytes(content)
        shutil.copy(template / "report.typ", root)
        (root / "main.typ").write_text(source, "utf-8")
        pdf: bytes = typst.compile(
            root / "main.typ",
            root=root,
            ignore_system_fonts=True,
            timestamp=int(SOURCE_DATE),
        )
    return pdf


# Pieces ----------------------------------------------------------------------------------------


def markdown_to_html(texts: dict[str, str], template: Path, *, shift: int = 0) -> dict[str, str]:
    """Turn Markdown texts into HTML in one run of pandoc; footnotes come under `footnotes`."""
    options = ["-t", "html5", "--mathml", "--wrap=none", f"--shift-heading-level-by={shift}"]
    return _convert(texts, options, template)


def markdown_to_typst(texts: dict[str, str], template: Path) -> dict[str, str]:
    """Turn Markdown texts into typst in one run of pandoc."""
    return _convert(texts, ["-t", "typst", "--wrap=none"], template)


def _convert(texts: dict[str, str], options: list[str], template: Path) -> dict[str, str]:
    names = list(texts)
    pieces: list[str] = []
    for index, name in enumerate(names):
        pieces += [texts[name], f"⁂piece-{index}⁂"]
    written = _pandoc("\n\n".join(pieces) + "\n", options, template)
    split = re.split(r"(?:<p>)?⁂piece-\d+⁂(?:</p>)?", written)
    found = {name: split[index].strip() for index, name in enumerate(names)}
    if len(split) > len(names) and split[-1].strip():
        found["footnotes"] = split[-1].strip()
    return found


def _pandoc(text: str, options: list[str], template: Path) -> str:
    import pypandoc

    done = subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            *("--from", _DIALECT, "--lua-filter", str(template / "report.lua")),
            *options,
        ],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pandoc could not write the report: {done.stderr.decode()}")
    return done.stdout.decode()


def _export(report: Report, file: str, template: Path, **resources: Any) -> str:
    """Fill one of our own templates through nbconvert."""
    import nbformat
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters.highlight import Highlight2HTML

    notebook = nbformat.v4.new_notebook()
    highlight = Highlight2HTML(pygments_lexer="python3")
    exporter = TemplateExporter(
        template_name=template.name,
        extra_template_basedirs=[str(template.parent.resolve())],
        template_file=file,
        file_extension=".html",
        filters={"highlight_python": lambda code: highlight(code)},
    )
    style = (template / "report.css").read_text("utf-8")
    page, _ = exporter.from_notebook_node(
        notebook,
        resources={
            **resources,
            "study": report.study,
            "cohort": report.cohort,
            "period": _period(report.study),
            "style": style,
        },
    )
    return str(page)


@cache
def _tables_in(html: str) -> "tuple[Table, ...]":
    """Return the tables of a piece of HTML, which every writing of the report needs again."""
    from altcred.build.tables_html import read_tables

    return tuple(read_tables(html))


def _front_texts(report: Report) -> dict[str, str]:
    study = report.study
    return {
        "reconstruction": study.reconstruction_note or " ",
        "citation": study.citation or " ",
        "description": study.description or " ",
    }


def _parts_html(block: Block) -> dict[str, Any]:
    from altcred.build.tables_html import notes_html, table_html

    if block.kind == "text":
        return {}
    tables = [
        {"table": table_html(table), "notes": notes_html(table)} for table in _tables_in(block.html)
    ]
    parts: dict[str, Any] = {"tables": tables, "numbers": tables}
    if block.kind == "tbl":
        # A second table holds the sizes and intervals of the first.
        parts = {"tables": tables[:1], "numbers": tables[1:]}
    if block.kind == "fig":
        parts["address"] = _data_address(block.image, block.image_type)
        parts["file"] = f"figures/{_image_name(block)}"
    return parts


def _nested_fronts(blocks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Gather blocks by part, so that the front can be set apart."""
    gathered: list[list[dict[str, Any]]] = []
    for entry in blocks:
        if not gathered or gathered[-1][0]["block"].part != entry["block"].part:
            gathered.append([])
        gathered[-1].append(entry)
    return gathered


def _period(study: Any) -> str:
    return "; ".join(
        f"{wave.label}: {wave.collected}" for wave in study.waves.values() if wave.collected
    )


def _raw(text: str) -> str:
    return f"```{{=typst}}\n{text}\n```"


def _without_paragraph(html: str) -> str:
    return re.sub(r"^<p>|</p>$", "", html.strip())


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _image_bytes(content: str | list[str], image_type: str) -> bytes:
    text = _joined(content)
    return text.encode() if image_type == "image/svg+xml" else base64.b64decode(text)


def _image_name(block: Block) -> str:
    return f"{block.label}.{'svg' if block.image_type == 'image/svg+xml' else 'png'}"


def _data_address(content: bytes, image_type: str) -> str:
    # An image element runs no script that an SVG may hold, and loads nothing it refers to.
    return escape(f"data:{image_type};base64,{base64.b64encode(content).decode()}")
