"""Fills in the expressions of chapters whose prose is not yet bound when it is put out.

A chapter's outputs are to carry bound prose and finished captions. Chapters written before that
hold Jinja in Markdown cells and captions and `{wave}` in labels; this room alone knows of it, and
goes with the last of them.
"""

import re
from collections.abc import Mapping
from typing import Any

from nbconvert.preprocessors import Preprocessor

from altcred.build.notebooks import parameters_of
from altcred.core.paths import processed_dir
from altcred.write.prose import AllEstimates, Prose

# A label or a reference in which {wave} stands for the notebook's own wave.
_OPEN = re.compile(r"\{\{|\{%|\{\*\*|\{(?:wave|first|second|cohort)\}")
_OPEN_LABEL = re.compile(r"(?:\{#|@)(?:fig|tbl|eq|sec)-[\w-]*(?:\{\w+\}[\w-]*)+")


class BindProse(Preprocessor):
    """Binds a chapter's expressions in place; what is wrong goes to resources["problems"]."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.read: dict[str, Any] = {}

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        self.parameters = parameters_of(nb)
        if "cohort" not in self.parameters or not _is_open(nb):
            return nb, resources
        self.prose = self._open_prose(nb)
        self.problems = resources.setdefault("problems", [])
        file = f"{resources.get('metadata', {}).get('name', 'notebook')}.ipynb"
        for number, cell in enumerate(nb.cells, start=1):
            self.place = (file, f"cell {number}")
            if cell.cell_type == "markdown":
                cell.source = self._bind(cell.source)
            for output in cell.get("outputs", []):
                if text := output.get("data", {}).get("text/markdown"):
                    output.data["text/markdown"] = self._bind(text)
            self._describe_outputs(cell)
        return nb, resources

    def _bind(self, text: str) -> str:
        bound = self.prose.bind(text, *self.place, self.problems)
        return _OPEN_LABEL.sub(lambda match: self._fill(match[0]), bound)

    def _fill(self, text: str) -> str:
        for name, value in self.parameters.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def _describe_outputs(self, cell: Any) -> None:
        """Bind what outputs say of themselves; what the cell says is of its figure or table."""
        outputs = cell.get("outputs", [])
        own = cell.metadata.pop("report", None)
        pictures = [one for one in outputs if any("image/" in kind for kind in one.get("data", {}))]
        tables = [one for one in outputs if "<table" in one.get("data", {}).get("text/html", "")]
        if own and (first := next(iter(pictures or tables), None)) and not _about(first):
            first.metadata["report"] = own
        for output in outputs:
            if about := _about(output):
                output.metadata["report"] = {
                    "label": self._fill(str(about.get("label", ""))),
                    "caption": self._bind(str(about.get("caption", ""))).strip(),
                    "alt": self.prose.bind_plain(
                        str(about.get("alt", "")), *self.place, self.problems
                    ).strip(),
                    "published": self._published_as(about.get("published", "")),
                }

    def _published_as(self, named: Any) -> str:
        """Return a name, or of names by COHORT/WAVE or COHORT/FIRST-SECOND that of this run."""
        if not isinstance(named, Mapping):
            return str(named)
        waves = [str(value) for name, value in self.parameters.items() if name != "cohort"]
        key = "/".join(filter(None, [self.parameters["cohort"], "-".join(waves)]))
        return str(named.get(key, ""))

    def _open_prose(self, nb: Any) -> Prose:
        from altcred.describe.codebook import load_codebook
        from altcred.describe.folders import panel_folder
        from altcred.describe.study import load_study

        parameters = self.parameters
        cohort = str(parameters["cohort"])
        study = load_study(cohort)
        wave = nb.metadata.get("altcred", {}).get("wave") or parameters.get("wave")
        if wave == "panel" and "second" in parameters:
            # The panel of the chapter's own two waves, which need not be the study's first pair.
            wave = panel_folder(study, parameters["first"], parameters["second"]).name
        return Prose(
            estimates=self._estimates_of(cohort),
            codebook=load_codebook(cohort, study),
            study=study,
            cohort=cohort,
            wave=self._fill(wave) if wave else None,
            parameters=parameters,
            elsewhere=self._estimates_of,
        )

    def _estimates_of(self, cohort: str) -> AllEstimates:
        from altcred.estimate.store import read_estimates

        if cohort not in self.read:
            folder = processed_dir(cohort) / "estimates"
            self.read[cohort] = read_estimates(*sorted(folder.glob("*.csv")))
        return self.read[cohort]


def _is_open(nb: Any) -> bool:
    """Tell whether anything of a chapter is left to be bound."""
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    texts = [cell.source for cell in nb.cells if cell.cell_type == "markdown"]
    texts += [output.get("data", {}).get("text/markdown", "") for output in outputs]
    texts += [str(_about(output) or "") for output in outputs]
    return any("report" in c.metadata for c in nb.cells) or any(map(_OPEN.search, texts))


def _about(output: Any) -> Any:
    return output.get("metadata", {}).get("report")
