"""Settles the joined chapters: what is shown, how it is numbered, and what refers to what.

The cells of a settled notebook are texts (Markdown cells), and figures and tables (code cells with
the code that made them, whose first output is the picture or table, and whose further outputs are
its numbers). The metadata `report` of the latter says all that stands around them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from altcred.build.assemble import ATTRIBUTES, HEADING, plain_text
from altcred.build.lines import set_line
from altcred.build.tables import has_tables
from altcred.core.errors import Problem

KINDS = {"fig": "Figure", "tbl": "Table", "eq": "Equation", "sec": "Section"}
REFERENCE = re.compile(r"(?<![\w\\`])@((?:fig|tbl|eq|sec)-[\w-]*\w)")
EQUATION = re.compile(r"\$\$(.+?)\$\$[ \t]*\{#(eq-[\w-]+)\}", re.S)
_LABEL = re.compile(r"(fig|tbl)-[a-z0-9][a-z0-9_-]*")
_FENCE = re.compile(r"\s*(```|~~~)")
FIRST_PAGE = "index"
PICTURES = ("image/svg+xml", "image/png")


@dataclass
class Heading:
    """An entry of the contents."""

    level: int
    number: str
    text: str
    id: str
    page: str


def settle_report(
    nb: Any,
    variables: Iterable[str],
    problems: list[Problem],
    *,
    elsewhere: Mapping[str, str] | None = None,
) -> list[Heading]:
    """Turn the joined chapters into what the report shows, in place; return its headings.

    Afterwards the notebook's metadata hold the name of each label under `references`, and the page
    it is on under `places`; names of chapters that are not joined may be given as `elsewhere`.
    Whatever is wrong is added to `problems`.
    """
    chapters = nb.metadata["altcred"]["chapters"]
    verdicts = nb.metadata["altcred"]["verdicts"]
    nb.cells = _drop_empty_sections(list(_unfold(nb.cells, problems)))
    for number, cell in enumerate(nb.cells):
        cell["id"] = f"{cell['id']}-{number}"
    _name_pages(nb.cells)
    objects = [cell for cell in nb.cells if cell.cell_type == "code"]
    _check_labels(objects, problems)
    for cell in objects:
        chapter = chapters[cell.metadata["altcred"]["chapter"]]
        cell.metadata["report"]["verdicts"] = _verdicts_of(cell, chapter, set(variables), verdicts)
    headings = _number_headings(nb.cells)
    references = {h.id: f"Section {h.number}" if h.number else h.text for h in headings}
    places = {heading.id: heading.page for heading in headings}
    references |= _number_objects(nb.cells, places)
    nb.metadata["altcred"] |= {"references": references, "places": places}
    for cell in nb.cells:
        for holder, key in _texts_of(cell):
            linked = link_references(holder[key], references)
            holder[key] = _name_others(linked, elsewhere or {}, references, cell, problems)
    return headings


def link_references(
    text: str, references: Mapping[str, str], pages: Mapping[str, str] | None = None
) -> str:
    """Return a Markdown text whose references are links, into this page or into those given.

    Its lines are set as they are to break and turn.
    """

    def link(match: re.Match[str]) -> str:
        name, page = references.get(match[1]), (pages or {}).get(match[1], "")
        return f"[{name}]({page}#{match[1]}){{.reference}}" if name else match[0]

    return _outside_code(text, lambda piece: set_line(REFERENCE.sub(link, piece)))


def count_contents(nb: Any) -> dict[str, int]:
    """Return how many chapters, figures and tables a settled report has."""
    kinds = [cell.metadata["report"]["kind"] for cell in nb.cells if cell.cell_type == "code"]
    chapters = len(nb.metadata["altcred"]["chapters"])
    return {"chapters": chapters, "figures": kinds.count("fig"), "tables": kinds.count("tbl")}


# What is shown ---------------------------------------------------------------------------------


def _unfold(cells: Iterable[Any], problems: list[Problem]) -> Iterator[Any]:
    """Yield the texts, figures and tables of cells, each as a cell of its own."""
    import nbformat

    def text_cell(text: str) -> Any:
        problems.extend(_check_fences(text, about))
        own = _own_footnotes(text, about["stem"])
        cell = {"cell_type": "markdown", "id": "text", "metadata": {"altcred": about}}
        return nbformat.from_dict({**cell, "source": own})

    for cell in cells:
        about = cell.metadata["altcred"]
        if cell.cell_type == "markdown" and cell.source.strip():
            yield text_cell(cell.source)
        found: list[Any] = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            described = output.get("metadata", {}).get("report")
            picture = next((kind for kind in PICTURES if kind in data), "")
            is_table = has_tables(data)
            above = found[-1].metadata.get("report", {}) if found else {}
            if "text/markdown" in data and data["text/markdown"].strip():
                found.append(text_cell(data["text/markdown"]))
            elif described and (picture or is_table):
                # What shows many figures and tables is printed under the first of them.
                code = "" if any(one.cell_type == "code" for one in found) else cell.source
                found.append(_object_cell(code, output, described, picture, about))
            elif is_table and above.get("kind") == "fig":
                found[-1].outputs.append(output)
        yield from found


def _object_cell(code: str, output: Any, described: Any, picture: str, about: Any) -> Any:
    import nbformat

    label = str(described.get("label", ""))
    caption = _own_footnotes(str(described.get("caption", "")).strip(), about["stem"])
    report = {
        "kind": "fig" if picture else "tbl",
        "label": label,
        "caption": f"{caption}." if re.search(r"[\w)%]$", caption) else caption,
        "alt": str(described.get("alt", "")).strip(),
        "published": str(described.get("published", "")),
    }
    # A picture is written as a file of its label's name.
    own = nbformat.NotebookNode({**output})
    own.metadata = {"filename": label} if picture else {}
    metadata = {"altcred": about, "report": report}
    cell = {"cell_type": "code", "execution_count": None, "id": "object", "metadata": metadata}
    made = nbformat.from_dict({**cell, "source": code})
    # Put in by itself, since nodes made from it would be copies.
    made.outputs = [own]
    return made


def _own_footnotes(text: str, stem: str) -> str:
    """Keep a chapter's footnotes apart from those of the chapters it is joined with."""
    return _outside_code(text, lambda piece: re.sub(r"\[\^([^\]\s]+)\]", rf"[^{stem}-\1]", piece))


def _name_pages(cells: Iterable[Any]) -> None:
    """Say of each cell on which page it is: the first, its chapter's, or that of an appendix."""
    parts: dict[str, str] = {}
    for cell in cells:
        about = cell.metadata["altcred"]
        part, stem = about["part"], about["stem"]
        if part == "front":
            about["page"] = FIRST_PAGE
        else:
            about["page"] = stem if parts.setdefault(stem, part) == part else f"{stem}-{part}"


def _drop_empty_sections(cells: Sequence[Any]) -> list[Any]:
    """Leave out headings, of any level, that have nothing below them but such headings."""
    found: set[tuple[int, int]] = set()  # headings, by their cell and line
    full: set[tuple[int, int]] = set()
    above: list[tuple[int, tuple[int, int]]] = []  # the open sections' levels and headings
    place = None
    for index, cell in enumerate(cells):
        about = cell.metadata["altcred"]
        if place != (about["part"], about["chapter"]):
            place, above = (about["part"], about["chapter"]), []
        for number, (line, heading) in enumerate(_lines_of(cell)):
            if heading:
                above = [one for one in above if one[0] < len(heading[1])]
                above.append((len(heading[1]), (index, number)))
                found.add((index, number))
            elif line.strip():
                full.update(section for _, section in above)
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            lines = enumerate(cell.source.splitlines())
            cell.source = "\n".join(t for n, t in lines if (index, n) not in found - full)
    return [cell for cell in cells if cell.cell_type == "code" or cell.source.strip()]


def _lines_of(cell: Any) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield the lines of a text, and what makes a heading of one; of an object a mark."""
    fenced = False
    for line in cell.source.splitlines() if cell.cell_type == "markdown" else ["·"]:
        fenced ^= bool(_FENCE.match(line))
        yield line, None if fenced else HEADING.match(line)


# What is wrong ---------------------------------------------------------------------------------


def _problem(about: Any, message: str, remedy: str = "") -> Problem:
    return Problem(f"{about['stem']}.ipynb", f"cell {about['number']}", message, remedy)


def _check_fences(text: str, about: Any) -> Iterator[Problem]:
    # An open block would swallow the cells that follow.
    if len(re.findall(r"^ {0,3}(?:```|~~~)", text, re.M)) % 2:
        yield _problem(about, "opens a block of code and does not close it.")
    opened = len(re.findall(r"^:::+[ \t]*[{\w]", text, re.M))
    if opened != len(re.findall(r"^:::+[ \t]*$", text, re.M)):
        yield _problem(about, "opens a `:::` block and does not close it, or the reverse.")


def _check_labels(objects: Iterable[Any], problems: list[Problem]) -> None:
    seen: dict[str, Any] = {}
    for cell in objects:
        report, about = cell.metadata["report"], cell.metadata["altcred"]
        label, kind = report["label"], report["kind"]
        found = []
        if not _LABEL.fullmatch(label):
            found.append((f"{label!r} is no label.", "Write fig-… or tbl-… in lower case."))
        elif not label.startswith(f"{kind}-"):
            what = "an image" if kind == "fig" else "a table"
            found.append((f"{label} labels {what}.", f"Begin its label with {kind}-."))
        elif label in seen:
            first = f"cell {seen[label]['number']} of {seen[label]['stem']}.ipynb"
            message = f"{label} is also the label of {first}."
            found.append((message, "Labels are unique in a report."))
        seen.setdefault(label, about)
        if not report["caption"]:
            found.append((f"{label} has no caption.", "Add `caption` to its metadata."))
        if kind == "fig" and not report["alt"]:
            message = f"{label} has no alternative text."
            found.append((message, "Say in `alt` what the chart shows."))
        problems += [_problem(about, *one) for one in found]


# Numbers and references ------------------------------------------------------------------------


def _number_headings(cells: Iterable[Any]) -> list[Heading]:
    """Number the sections in the texts, give each an id, and return the contents."""
    headings: list[Heading] = []
    counters = [0] * 5
    used: set[str] = set()
    appendix = False
    for cell in cells:
        if cell.cell_type != "markdown":
            continue
        about = cell.metadata["altcred"]
        if about["part"] == "appendix" and not appendix:
            counters, appendix = [0] * 5, True
        lines = []
        for line, match in _lines_of(cell):
            if not match:
                lines.append(line)
                continue
            level, title = len(match[1]), match[2]
            words = found[1].split() if (found := ATTRIBUTES.search(title)) else []
            title = ATTRIBUTES.sub("", title)
            given = next((word[1:] for word in words if word.startswith("#")), "")
            id = given or _unused(f"{about['stem']}-{_slug(title)}", used)
            used.add(id)
            number = ""
            if about["part"] != "front" and ".unnumbered" not in words:
                counters[level - 1] += 1
                counters[level:] = [0] * (len(counters) - level)
                first = chr(64 + counters[0]) if appendix else str(counters[0])
                number = ".".join([first, *map(str, counters[1:level])])
            headings.append(Heading(level, number, title, id, about["page"]))
            shown = f"[{number}]{{.number}} " if number else ""
            lines.append(f"{match[1]} {shown}{title} {{#{id}}}")
        cell.source = "\n".join(lines)
    return headings


def _number_objects(cells: Iterable[Any], places: dict[str, str]) -> dict[str, str]:
    """Number figures, tables and equations in reading order; return the name of each label.

    The page of each is added to `places`.
    """
    counters = {"fig": 0, "tbl": 0, "eq": 0}
    names: dict[str, str] = {}

    def give_name(kind: str, label: str) -> str:
        places[label] = page
        counters[kind] += 1
        names[label] = f"{KINDS[kind]} {counters[kind]}"
        return names[label]

    def number_equation(match: re.Match[str]) -> str:
        give_name("eq", match[2])
        number = f"({counters['eq']})"
        return f'\n\n::: {{#{match[2]} .equation number="{number}"}}\n$${match[1]}$$\n:::\n\n'

    for cell in cells:
        page = cell.metadata["altcred"]["page"]
        if cell.cell_type == "markdown":
            cell.source = EQUATION.sub(number_equation, cell.source)
        else:
            report = cell.metadata["report"]
            report["number"] = give_name(report["kind"], report["label"])
    return names


def _texts_of(cell: Any) -> Iterator[tuple[Any, str]]:
    """Yield where a cell's Markdown stands, as a mapping and a key of it."""
    if cell.cell_type == "markdown":
        yield cell, "source"
    else:
        yield cell.metadata["report"], "caption"


def _name_others(
    text: str,
    elsewhere: Mapping[str, str],
    known: Iterable[str],
    cell: Any,
    problems: list[Problem],
) -> str:
    """Return a text with the names of what other chapters hold; add what nothing holds."""

    def name(match: re.Match[str]) -> str:
        if match[1] in elsewhere:
            return f"{elsewhere[match[1]]} of the report"
        near = ", ".join(get_close_matches(match[1], known, 3, 0.4))
        message = f"@{match[1]} refers to nothing in the report."
        remedy = f"Near it: {near}." if near else ""
        problems.append(_problem(cell.metadata["altcred"], message, remedy))
        return match[0]

    return _outside_code(text, lambda piece: REFERENCE.sub(name, piece))


def _verdicts_of(cell: Any, chapter: Any, variables: set[str], verdicts: Mapping[str, str]) -> str:
    """Return where the printed figures that a figure or table is about are judged, or ''."""
    published = cell.metadata["report"]["published"]
    wave, second = chapter["wave"], str(chapter["parameters"].get("second", ""))
    waves = [f"panel-{second}", f"{wave}-{second}", second] if second else [wave]
    named = [name for name in re.findall(r"""["'](\w+)["']""", cell.source) if name in variables]
    wanted = [f"printed-{_slug(published)}"] if published else []
    wanted += [f"printed-{one}-{_slug(name)}" for name in named for one in waves]
    return next((verdicts[id] for id in wanted if id in verdicts), "")


def _outside_code(text: str, change: Any) -> str:
    pieces = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.S)
    return "".join(p if i % 2 else change(p) for i, p in enumerate(pieces))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", plain_text(text).lower()).strip("-") or "section"


def _unused(id: str, used: set[str]) -> str:
    candidate, number = id, 2
    while candidate in used:
        candidate, number = f"{id}-{number}", number + 1
    return candidate
