"""A cohort's check and its build in one process: the cells of the notebooks, without a kernel."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat

from altcred.build.notebooks import repeat_sections
from altcred.core.paths import processed_dir
from altcred.describe.plan import plan_pipeline
from altcred.write.chapters import section_names

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
# The block of params.yaml, its notebook, its parameters, and the folder of its estimates.
STEPS = (
    ("waves", "01-responses", ("wave",), ""),
    ("waves", "02-survey", ("wave",), "{wave}"),
    ("panels", "03-panel", ("first", "second"), "{folder}"),
    ("comparisons", "04-comparison", ("first", "second"), "{folder}"),
    ("costs", "05-costs", ("wave",), "costs-{wave}"),
    ("cohorts", "08-summary", (), ""),
)


class Shown:
    """What cells displayed: texts, and what figures and tables say of themselves."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.about: list[dict[str, Any]] = []

    def display(self, *shown: Any, metadata: Any = None, **_: Any) -> None:
        for one in shown:
            text = getattr(one, "data", None)
            if isinstance(text, str):
                self.texts.append(text)
        if metadata and "report" in metadata:
            self.about.append(metadata["report"])


@contextmanager
def screen() -> Iterator[Shown]:
    """Gather what is displayed meanwhile."""
    shown = Shown()
    with patch("IPython.display.display", shown.display):
        yield shown


def build_cohort(cohort: str) -> Shown:
    """Run every chapter of a cohort in the current folder, and return what they show."""
    plan = plan_pipeline()
    with screen() as shown:
        for block, notebook, names, folder in STEPS:
            for line in plan[block].values():
                if line["cohort"] == cohort:
                    run_cells(notebook, {"cohort": cohort, **{name: line[name] for name in names}})
                    if folder:
                        _gather(cohort, folder.format(**line))
    return shown


def run_cells(notebook: str, parameters: Mapping[str, Any]) -> None:
    """Run the code of a notebook, a cell for each of its sections as the build does."""
    source = NOTEBOOKS / f"{notebook}.ipynb"
    cells = nbformat.read(source, as_version=4)
    repeat_sections(cells, source, parameters, section_names)
    names: dict[str, Any] = {}
    for cell in cells.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{notebook}:{cell.id}", "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(parameters)


def _gather(cohort: str, folder: str) -> None:
    gathered = processed_dir(cohort) / "estimates" / f"{folder}.csv"
    gathered.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(processed_dir(cohort) / folder / "estimates.csv", gathered)
