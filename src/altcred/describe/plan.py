"""What the pipeline is to build, by the studies under cohorts/: the content of params.yaml."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from altcred.core.description import read_yaml
from altcred.core.errors import Problem, refuse_problems
from altcred.core.paths import cohort_dir, project_root
from altcred.describe.folders import (
    compared_pairs,
    comparison_folder,
    costed_waves,
    panel_folder,
)
from altcred.describe.series import earlier_cohorts
from altcred.describe.study import Study, load_study

# A line of params.yaml: one run of a step, as `item` of dvc.yaml has it.
Line = dict[str, str]
Blocks = dict[str, dict[str, Line]]
BLOCKS = (
    *("reconstructions", "waves", "panels", "comparisons"),
    *("costs", "reproductions", "series", "trends", "cohorts"),
)


def plan_path() -> Path:
    """Return the path of params.yaml."""
    return project_root() / "params.yaml"


def plan_pipeline() -> Blocks:
    """Return the lines of each block of params.yaml, by the studies that are to be built.

    Cohorts that params.yaml lists already keep their order, so that its author says which comes
    first; new ones follow by name. InvalidInput where a study is not as it should be, or lacks a
    file that a step of it reads.
    """
    listed = [line.get("cohort", "") for line in (_read_plan().get("cohorts") or {}).values()]
    names = [path.parent.name for path in sorted(project_root().glob("cohorts/*/study.yaml"))]
    names.sort(key=lambda name: listed.index(name) if name in listed else len(listed))
    studies = {name: study for name in names if (study := load_study(name)).build}
    refuse_problems([*check_files(studies), *_check_earlier(studies)])
    blocks: Blocks = {block: {} for block in BLOCKS}
    clashes: list[Problem] = []
    for study in studies.values():
        for block, name, line in _lines_of(study):
            if name in blocks[block]:
                clashes.append(
                    Problem(
                        str(plan_path()),
                        f"{block}.{name}",
                        f"would be a line of {blocks[block][name]['cohort']} and of {study.name}.",
                        "Rename one of the cohorts.",
                    )
                )
            blocks[block][name] = line
    refuse_problems(clashes)
    return blocks


def is_up_to_date() -> bool:
    """Tell whether params.yaml holds what the studies say, in the same order."""
    return json.dumps(_read_plan()) == json.dumps({**_read_plan(), **plan_pipeline()})


def write_plan() -> None:
    """Write the lines of params.yaml; what stands between its blocks, comments too, is kept."""
    path = plan_path()
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for block, lines in plan_pipeline().items():
        written = _write_block(block, lines)
        former = re.search(rf"^{block}:.*(?:\n[ \t]+\S.*)*(?:\n|\Z)", text, re.MULTILINE)
        if former:
            text = text[: former.start()] + written + text[former.end() :]
        else:
            text = f"{text.rstrip()}\n\n{written}".lstrip()
    path.write_text(text, encoding="utf-8", newline="\n")


def _read_plan() -> dict[str, Any]:
    return (read_yaml(plan_path()) if plan_path().is_file() else None) or {}


def _write_block(block: str, lines: Mapping[str, Line]) -> str:
    if not lines:
        return f"{block}: {{}}\n"
    rows = (
        f"  {name}: {{{', '.join(f'{key}: {_quoted(value)}' for key, value in line.items())}}}\n"
        for name, line in lines.items()
    )
    return f"{block}:\n{''.join(rows)}"


def _quoted(name: str) -> str:
    """Write a name so that YAML of any version reads it as text: no, 2024 and 1e5 are others."""
    import yaml

    return f'"{name}"' if name[0].isdigit() or yaml.safe_load(name) != name else name


def _lines_of(study: Study) -> Iterator[tuple[str, str, Line]]:
    """Yield the block, the name and the content of each line of a study."""
    name = study.name
    own = {"cohort": name}
    if study.reconstructed:
        yield "reconstructions", name, own
    for wave in study.waves:
        yield "waves", f"{name}-{wave}", {**own, "wave": wave}
    pairs = [(panel.first, panel.second) for panel in study.panels]
    for block, folder_of, listed in (
        ("panels", panel_folder, pairs),
        ("comparisons", comparison_folder, compared_pairs(study)),
    ):
        for first, second in listed:
            folder = folder_of(study, first, second).name
            # The first pair is named after the cohort alone, as its folder is after the step.
            line = {**own, "first": first, "second": second, "folder": folder}
            yield block, "-".join([name, *folder.split("-")[1:]]), line
    if _has(name, "prices.yaml"):
        for place, wave in enumerate(costed_waves(study)):
            yield "costs", f"{name}-{wave}" if place else name, {**own, "wave": wave}
    if _has(name, "published.csv"):
        yield "reproductions", name, own
    for earlier in earlier_cohorts(study):
        yield "series", f"{name}-{earlier}", {**own, "earlier": earlier}
    if study.series.cohorts:
        yield "trends", name, own
    yield "cohorts", name, own


def _has(cohort: str, file: str) -> bool:
    return (cohort_dir(cohort) / file).is_file()


def check_files(studies: Mapping[str, Study]) -> Iterator[Problem]:
    """Yield what a step of a study would read and does not find."""
    for name, study in studies.items():
        needed = {
            "reconstruction.yaml": study.reconstructed,
            "published.csv": study.reconstructed,
            "relations.yaml": _has(name, "published.csv"),
            "prices.yaml": bool(study.costs),
        }
        for file in [file for file, is_needed in needed.items() if is_needed]:
            if not _has(name, file):
                path = (cohort_dir(name) / file).as_posix()
                message = "is missing, and a step of the pipeline reads it."
                yield Problem(path, "", message, "Write it; docs/adapting.md says when.")


def _check_earlier(studies: Mapping[str, Study]) -> Iterator[Problem]:
    """Yield the cohorts that a study comes after and that are not built."""
    for name, study in studies.items():
        for earlier in earlier_cohorts(study):
            if earlier not in studies:
                path = (cohort_dir(name) / "study.yaml").as_posix()
                message = f"{earlier!r} is no cohort that is built."
                yield Problem(path, "series", message, f"Use one of {', '.join(studies)}.")
