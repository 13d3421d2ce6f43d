"""List the modules that each stage of dvc.yaml uses, and write them into its deps.

A stage that does not depend on the code it runs goes stale silently. `make rooms` runs this
with --write; a test calls `outdated_stages` and fails when a list is not true.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

PACKAGE = "altcred"
SOURCE = Path("src") / PACKAGE
# The room that carries out each command; `altcred run` executes the notebook named after it.
# The command line itself is left out: it only passes on what the stage's own cmd says.
ROOM_OF_COMMAND = {
    "reconstruct": "altcred.reconstruct",
    "run": "altcred.notebooks",
    "report": "altcred.report",
    "evaluate": "altcred.evaluation",
    "metrics": "altcred.evaluation",
}


def find_modules(root: Path) -> dict[str, Path]:
    """Return the path of each module of the package, by dotted name."""
    modules = {}
    for path in sorted((root / SOURCE).rglob("*.py")):
        parts = path.relative_to(root / "src").with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


def imported_names(code: str, package: str = PACKAGE) -> Iterator[str]:
    """Yield every dotted name that code imports, also inside functions.

    `package` is the package that relative imports start from. `from a import b` yields both
    `a` and `a.b`, since b may be a module.
    """
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], base]).rstrip(".")
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)


def read_notebook_code(path: Path) -> str:
    """Return the code cells of a notebook as one text, without shell and magic lines."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [
        line
        for cell in cells
        if cell["cell_type"] == "code"
        for line in "".join(cell["source"]).splitlines()
    ]
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


def imported_modules(name: str, modules: dict[str, Path]) -> set[str]:
    """Return the modules of the package that one of them imports directly."""
    path = modules[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    names = set(imported_names(path.read_text(encoding="utf-8"), package))
    return {other for other in names if other in modules and other not in (name, PACKAGE)}


def used_modules(starts: set[str], modules: dict[str, Path]) -> set[str]:
    """Return the starting modules and all that they import, directly or through others."""
    found: set[str] = set()
    waiting = [name for name in starts if name in modules and name != PACKAGE]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        # Importing a.b.c also runs a.b.
        parent = name.rpartition(".")[0]
        waiting += [*imported_modules(name, modules), *([parent] if parent != PACKAGE else [])]
    return found


def used_files(root: Path, command: str) -> list[str]:
    """Return the package's files, relative to the root, that a stage's command uses.

    Next to modules these are the data files of the package whose name a used module mentions.
    """
    modules = find_modules(root)
    words = command.split()
    starts = {ROOM_OF_COMMAND[words[1]]}
    if words[1] == "run":
        starts |= set(imported_names(read_notebook_code(root / f"notebooks/{words[2]}.ipynb")))
    paths = {modules[name] for name in used_modules(starts, modules)}
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(paths))
    for path in sorted((root / SOURCE).rglob("*")):
        is_data = path.is_file() and path.suffix not in {".py", ".pyc"}
        if is_data and re.search(rf"\b{re.escape(path.name)}\b", code):
            paths.add(path)
    return sorted(path.relative_to(root).as_posix() for path in paths)


def is_room(dependency: str) -> bool:
    return dependency.startswith(SOURCE.as_posix())


def read_pipeline(root: Path) -> tuple[YAML, dict]:
    yaml = YAML()
    yaml.width = 200
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml, yaml.load(root / "dvc.yaml")


def outdated_stages(root: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Return, for each stage whose list of modules is not true, what is missing and too much."""
    outdated = {}
    for name, stage in read_pipeline(root)[1]["stages"].items():
        definition = stage.get("do", stage)
        listed = {dependency for dependency in definition["deps"] if is_room(dependency)}
        used = set(used_files(root, definition["cmd"]))
        if listed != used:
            outdated[name] = (sorted(used - listed), sorted(listed - used))
    return outdated


def write_rooms(root: Path) -> None:
    """Write the modules that each stage uses at the end of its deps."""
    yaml, pipeline = read_pipeline(root)
    for stage in pipeline["stages"].values():
        definition = stage.get("do", stage)
        dependencies = definition["deps"]
        for index in reversed(range(len(dependencies))):
            if is_room(dependencies[index]):
                del dependencies[index]
        dependencies.extend(used_files(root, definition["cmd"]))
    with (root / "dvc.yaml").open("w", encoding="utf-8", newline="\n") as file:
        yaml.dump(pipeline, file)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    if "--write" in sys.argv[1:]:
        write_rooms(here)
    for stage_name, (missing, needless) in outdated_stages(here).items():
        sys.exit(f"{stage_name}: missing {missing}, not used {needless}; run `make rooms`")
