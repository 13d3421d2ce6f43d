"""Settles the joined chapters once for all that write them: HTML, PDF, Word and slides."""

from typing import Any

import nbformat
from nbconvert.preprocessors import ExtractOutputPreprocessor, Preprocessor, TagRemovePreprocessor

from altcred.build.downloads import table_files, tables_of
from altcred.build.pandoc import show_raw
from altcred.build.settle import PICTURES, count_contents, settle_report
from altcred.build.tables import table_csv
from altcred.core.errors import Problem, refuse_problems


class Settled(nbformat.NotebookNode):
    """Settled chapters: one notebook for all that write them, which only add to it.

    `left` is what a writing is given beside it, as nbconvert's resources.
    """

    left: dict[str, Any]

    def __init__(self, nb: Any, left: dict[str, Any]) -> None:
        super().__init__(nb)
        vars(self)["left"] = left

    def __deepcopy__(self, memo: Any) -> "Settled":
        return self


class ShowRaw(Preprocessor):
    """Makes code that authors wrote for HTML, typst or Word text: only templates have code."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = show_raw(cell.source)
            if caption := cell.metadata.get("report", {}).get("caption"):
                cell.metadata["report"]["caption"] = show_raw(caption)
            for output in cell.get("outputs", []):
                about = output.get("metadata", {}).get("report", {})
                for place, key in ((output.get("data", {}), "text/markdown"), (about, "caption")):
                    if text := place.get(key):
                        place[key] = show_raw(text)
        return nb, resources


class SettleReport(Preprocessor):
    """Leaves joined chapters settled, and beside them files of their pictures and tables."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        if not isinstance(nb, Settled):
            nb = settle_chapters(nb, resources["study"], resources.get("elsewhere", {}))
        left = nb.left
        return nb, resources | left | {"outputs": dict(left["outputs"])}


def settle_chapters(nb: Any, study: Any, elsewhere: dict[str, str] | None = None) -> Settled:
    """Number, in place, what joined chapters show, and resolve what refers to it.

    Raises InvalidInput with all that is wrong with labels and references.
    """
    from altcred.describe.codebook import load_codebook

    for first in (ShowRaw(), TagRemovePreprocessor(remove_cell_tags={"notebook-only"})):
        nb, _ = first.preprocess(nb, {})
    problems: list[Problem] = []
    variables = load_codebook(study.name, study).variables
    headings = settle_report(nb, variables, problems, elsewhere=elsewhere)
    refuse_problems(problems)
    tables = {
        name: table_csv(table).encode()
        for cell in nb.cells
        for name, table in zip(table_files(cell), tables_of(cell), strict=True)
    }
    # Pictures become files there; the tables of numbers lie beside that folder.
    left = {"output_files_dir": "figures", "outputs": tables}
    extract = ExtractOutputPreprocessor(extract_output_types=set(PICTURES))
    nb, left = extract.preprocess(nb, left)
    nbformat.validate(nb, relax_add_props=True)
    about = {"headings": headings, "counts": count_contents(nb), **nb.metadata["altcred"]}
    return Settled(nb, left | about)
