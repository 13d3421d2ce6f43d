"""Joins a cohort's executed notebooks into one notebook, in reading order."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from altcred.build.notebooks import parameters_of
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import executed_dir, overall_dir
from altcred.write.tables.table import TABLE_TYPE, Table

# More than any chapter's number, less than the summary's order.
LATER = 20
PARTS = ("front", "body", "back", "appendix")
HEADING = re.compile(r"^(#{1,5})[ \t]+(.+?)[ \t]*#*[ \t]*$")
ATTRIBUTES = re.compile(r"[ \t]*\{((?:[#.][\w-]+\s*)+)\}$")


class SharedTables(NotebookNode):
    """Tables that nothing changes: one for all the copies that nbconvert makes of a notebook."""

    def __deepcopy__(self, memo: Any) -> "SharedTables":
        return self

    @cached_property
    def read(self) -> list[Table]:
        """The tables, which all that writes a report asks for again and again."""
        return [Table.from_data(one) for one in self["tables"]]


@dataclass
class Chapter:
    """One executed notebook, and where in the report it belongs."""

    stem: str
    notebook: Any

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.notebook.metadata.get("altcred", {}))

    @property
    def parameters(self) -> dict[str, Any]:
        return parameters_of(self.notebook)

    @property
    def part(self) -> str:
        return str(self.settings.get("part", "body"))

    @property
    def wave(self) -> str:
        return str(self.parameters.get("wave") or self.parameters.get("first") or "")

    @property
    def title(self) -> str:
        # What introduces the notebook alone says less than what the chapter says of this run.
        for text in [*_texts_of(self.notebook, shown=True), *_texts_of(self.notebook)]:
            for line in text.splitlines():
                if match := HEADING.match(line):
                    return plain_text(ATTRIBUTES.sub("", match[2]))
        return self.stem

    def place(self, waves: Sequence[str]) -> tuple[Any, ...]:
        """Return what the chapter is sorted by, in a study of these waves.

        The part, then `order` of the notebook's metadata or else the number its name begins with,
        then the wave. Chapters of the body on a third or later wave come after those on the first
        two, which tell a story of their own, and wave by wave: what a survey adds stands behind it.
        """
        number = re.match(r"\d+", self.stem)
        order = float(self.settings.get("order", number[0] if number else 99))
        latest = self.parameters.get("second", self.wave)
        if self.part == "body" and latest in waves[2:]:
            order = LATER + waves.index(latest) + order / 100
        wave = waves.index(self.wave) if self.wave in waves else len(waves)
        return PARTS.index(self.part), order, wave, self.stem


def read_chapters(cohort: str, waves: Iterable[str]) -> list[Chapter]:
    """Return a cohort's executed notebooks in reading order; InvalidInput where there are none."""
    import nbformat

    folder = executed_dir(cohort)
    chapters = [
        Chapter(path.stem, nbformat.read(path, as_version=4))
        for path in list_executed([folder, overall_dir(cohort)])
    ]
    if not chapters:
        message = "holds no executed notebook."
        raise InvalidInput([Problem(str(folder), "", message, "Run the notebooks first.")])
    refuse_problems(
        Problem(
            str(folder / f"{chapter.stem}.ipynb"),
            "altcred.part",
            f"{chapter.part!r} is no part of a report.",
            f"Parts are {', '.join(PARTS)}.",
        )
        for chapter in chapters
        if chapter.part not in PARTS
    )
    known = list(waves)
    return sorted(chapters, key=lambda chapter: chapter.place(known))


def list_executed(folders: Iterable[Path]) -> list[Path]:
    """Return the executed chapters in some folders, without those that failed or still run."""
    paths = {
        path.name: path
        for folder in folders
        for path in sorted(folder.glob("*.ipynb"))
        if not path.name.startswith(".") and not path.name.endswith(".failed.ipynb")
    }
    return list(paths.values())


def join_chapters(cohort: str, chapters: Sequence[Chapter]) -> Any:
    """Return one notebook of all chapters' cells; each cell knows its chapter, number and part.

    What is tagged `front` goes before everything, what is tagged `appendix` behind it.
    """
    import nbformat

    cells = []
    for place, chapter in enumerate(chapters):
        for number, cell in enumerate(chapter.notebook.cells, start=1):
            joined = nbformat.from_dict(dict(cell))
            tags = cell.metadata.get("tags", [])
            joined.metadata = nbformat.from_dict(dict(cell.metadata))
            joined.metadata["altcred"] = {
                "chapter": place,
                "stem": chapter.stem,
                "cell": str(cell.get("id", f"cell-{number}")),
                "number": number,
                "part": next((tag for tag in PARTS if tag in tags), chapter.part),
            }
            joined["id"] = f"{place}-{number}"
            for output in joined.get("outputs", []):
                if TABLE_TYPE in output.get("data", {}):
                    output.data[TABLE_TYPE] = SharedTables(output.data[TABLE_TYPE])
            cells.append(joined)
    cells.sort(key=lambda cell: PARTS.index(cell.metadata["altcred"]["part"]))
    about = {
        "cohort": cohort,
        "chapters": [
            {"stem": one.stem, "title": one.title, "wave": one.wave, "parameters": one.parameters}
            for one in chapters
        ],
        "verdicts": dict(_find_verdicts(chapters)),
    }
    # What nbformat would make copies all of it, and makes other tables of those that are shared.
    about = nbformat.from_dict({"altcred": about})
    return NotebookNode(cells=cells, metadata=about, nbformat=4, nbformat_minor=5)


def plain_text(markdown: str) -> str:
    """Return a line of Markdown without its marks."""
    return re.sub(r"[*`_\\]|\[([^\]]*)\]\([^)]*\)", r"\1", markdown).strip()


def _find_verdicts(chapters: Iterable[Chapter]) -> Iterator[tuple[str, str]]:
    """Yield the id and the address of each list of printed figures.

    The chapter that judges printed figures lists them under headings with the ids
    `printed-table-3` and `printed-WAVE-VARIABLE`.
    """
    for chapter in chapters:
        for text in _texts_of(chapter.notebook):
            for id in re.findall(r"\{#(printed-[\w-]+)\}", text):
                yield id, f"notebooks/{chapter.stem}.html#{id}"


def _texts_of(notebook: Any, *, shown: bool = False) -> Iterator[str]:
    """Yield the Markdown of a notebook, or of what the report shows: cells, and their outputs."""
    for cell in notebook.cells:
        if shown and "notebook-only" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            yield cell.source
        for output in cell.get("outputs", []):
            yield output.get("data", {}).get("text/markdown", "")
