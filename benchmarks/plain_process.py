"""Runs what the stages of a build do, one after the other in one process, without kernels and DVC.

Given the words of the commands as JSON, in the root of a project that was built before: the
executed notebooks that the reports are made of are those of the build.
"""

import json
import sys
from pathlib import Path

import nbformat
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from altcred.build.notebooks import gather_estimates, repeat_sections
from altcred.cli import main
from altcred.write.chapters import section_names

OPTIONS = ("wave", "first", "second")


def run_chapter(words: list[str]) -> None:
    """Run the cells of a chapter in a shell of its own, as `altcred run` is told to."""
    notebook, cohort = words[:2]
    options = {
        name.lstrip("-"): value for name, value in zip(words[2::2], words[3::2], strict=True)
    }
    parameters = {"cohort": cohort} | {name: options[name] for name in OPTIONS if name in options}
    source = Path("notebooks") / f"{notebook}.ipynb"
    cells = nbformat.read(source, as_version=4)
    repeat_sections(cells, source, parameters, section_names)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.display_pub = CapturingDisplayPublisher()
    for cell in cells.cells:
        if cell.cell_type == "code":
            shell.run_cell(cell.source).raise_error()
            if "parameters" in cell.metadata.get("tags", []):
                shell.user_ns.update(parameters)
    if "estimates" in options:
        gather_estimates(cohort, options["estimates"])


if __name__ == "__main__":
    for words in json.loads(sys.argv[1]):
        if words[0] == "run":
            run_chapter(words[1:])
        else:
            main(words, standalone_mode=False)
