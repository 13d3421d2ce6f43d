"""List the modules that each chapter and command uses, and each cohort's texts, with their hashes.

A step that does not depend on the code it runs goes stale silently. The stage of
notebooks/dvc.yaml runs this; every other stage depends on the one file of data/processed/rooms
that lists its own modules, so it runs again when one of these changed and when it uses others than
before. The files are as `sha256sum --check` reads them. The modules are those of the altcred that
runs: of this folder, or of an installed version, whose successor thereby builds anew what it does
otherwise.
"""

import ast
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from altcred.core.fonts import FOLDER as FONTS

PACKAGE = "altcred"
LISTS = Path("data/processed/rooms")
# Where a wheel carries what `altcred init` lays out, which no step uses from there.
CARRIED = "project"
# The room that carries out each command; `altcred run` executes the notebook named after it.
# The command line itself is left out: it only passes on what the stage's own cmd says.
ROOM_OF_COMMAND = {
    "reconstruct": "altcred.reconstruct",
    "run": "altcred.build.notebooks",
    "gather": "altcred.build.gather",
    "series": "altcred.build.gather",
    "report": "altcred.build.report",
    "metrics": "altcred.core.measures",
}
# What stands in a package that imports each of its modules, whatever they are called.
LOADS_ALL = "iter_modules(__path__)"
# A statement that imports, as one that begins a line is written.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)|import[ \t]+([^\n]+))",
    re.MULTILINE,
)
# One that begins no line, or goes on in the next one.
_HARD_TO_SEE = re.compile(r"[:;][ \t]*(?:from[ \t][^\n]*)?import[ \t]|import[^\n]*\\\n")
# Where a statement holds further ones.
BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


def package_folder() -> Path:
    """Return the folder of the altcred that runs."""
    return Path(__file__).resolve().parents[1]


def find_modules(package: Path) -> dict[str, Path]:
    """Return the path of each module of the package in a folder, by dotted name."""
    modules = {}
    for path in _list_files(package):
        if path.suffix != ".py":
            continue
        parts = path.relative_to(package.parent).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


def _list_files(package: Path) -> list[Path]:
    carried = package / CARRIED
    return [path for path in sorted(package.rglob("*")) if carried not in path.parents]


def imported_names(code: str, package: str = PACKAGE) -> Iterator[str]:
    """Yield every dotted name that code imports, also inside functions.

    `package` is the package that relative imports start from. `from a import b` yields both
    `a` and `a.b`, since b may be a module.
    """
    waiting: list[ast.AST] = [ast.parse(code)]
    while waiting:
        node = waiting.pop()
        # An import is a statement, so expressions need not be looked into.
        waiting += [inner for block in BLOCKS for inner in getattr(node, block, ())]
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], base]).rstrip(".")
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)


def find_imports(code: str, package: str) -> Iterator[str]:
    """Yield what `imported_names` does, read from lines: some more, of texts, but no fewer.

    Taking apart the package takes twenty times as long, and each build begins with this.
    """
    if _HARD_TO_SEE.search(code):
        yield from imported_names(code, package)
        return
    for dots, base, names, modules in _IMPORT.findall(code):
        words = re.sub(r"#[^\n]*", "", names or modules).strip("() \t\n").split(",")
        firsts = [word.split()[0] for word in words if word.strip()]
        if modules:
            yield from firsts
            continue
        if dots:
            parents = package.split(".")
            base = ".".join([*parents[: len(parents) - len(dots) + 1], base]).rstrip(".")
        yield base
        yield from (f"{base}.{name}" for name in firsts)


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
    try:
        code = path.read_text(encoding="utf-8")
        names = set(find_imports(code, package))
        if LOADS_ALL in code:
            names |= {other for other in modules if other.rpartition(".")[0] == name}
    except (SyntaxError, ValueError):
        # What cannot be read may use anything. Those who run it are told what is wrong with it;
        # the others are built all the same.
        names = set(modules)
    return {other for other in names if other in modules and other not in (name, PACKAGE)}


def modules_of_chapter(path: Path, modules: dict[str, Path]) -> set[str]:
    """Return the modules of the package that a notebook imports directly."""
    try:
        return set(imported_names(read_notebook_code(path))) & modules.keys()
    except (SyntaxError, ValueError):
        return set(modules)


def used_modules(starts: set[str], imports: dict[str, set[str]]) -> set[str]:
    """Return the starting modules and all that they import, directly or through others.

    `imports` has, by the name of each module, what it imports directly.
    """
    found: set[str] = set()
    waiting = [name for name in starts if name != PACKAGE]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        # Importing a.b.c also runs a.b.
        parent = name.rpartition(".")[0]
        waiting += [*imports[name], *([parent] if parent != PACKAGE else [])]
    return found


def starting_modules(root: Path, modules: dict[str, Path]) -> dict[str, set[str]]:
    """Return the modules from which each chapter and each other command starts, by its name."""
    starts = {name: {room} for name, room in ROOM_OF_COMMAND.items() if name != "run"}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        starts[path.stem] = {ROOM_OF_COMMAND["run"], *modules_of_chapter(path, modules)}
    return starts


def used_files(root: Path, package: Path) -> dict[str, list[str]]:
    """Return the files that each chapter of a project and each command uses of the package.

    They are given by their path beside the package's folder. Next to modules these are the data
    files whose name a used module mentions.
    """
    modules = find_modules(package)
    imports = {name: imported_modules(name, modules) for name in modules}
    data = [
        path
        for path in _list_files(package)
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    needed = {name: {path, *_named_in(path, data)} for name, path in modules.items()}
    return {
        name: sorted(
            {
                path.relative_to(package.parent).as_posix()
                for module in used_modules(starts, imports)
                for path in needed[module]
            }
        )
        for name, starts in sorted(starting_modules(root, modules).items())
    }


def _named_in(module: Path, data: Iterable[Path]) -> Iterator[Path]:
    """Yield the data files that a module names."""
    code = module.read_text(encoding="utf-8")
    for path in data:
        # Most are not even part of a word; to look for whole words takes a hundred times as long.
        if path.name in code and re.search(rf"\b{re.escape(path.name)}\b", code):
            yield path


def figure_files(root: Path) -> dict[str, list[str]]:
    """Return the figures that each cohort brings along, as `figures-COHORT`; not all bring any."""
    return {
        f"figures-{study.parent.name}": [
            path.relative_to(root).as_posix() for path in sorted(study.parent.glob("*.csv"))
        ]
        for study in sorted(root.glob("cohorts/*/study.yaml"))
    }


def text_files(root: Path) -> dict[str, list[str]]:
    """Return each cohort's own order and words of each chapter, as `text-COHORT-CHAPTER`.

    Not every cohort has any. A chapter shows no words but those in the folder of its name.
    """
    return {
        f"text-{study.parent.name}-{chapter.stem}": [
            path.relative_to(root).as_posix()
            for path in [
                study.with_name("chapters.yaml"),
                *sorted((study.with_name("text") / chapter.stem).rglob("*")),
            ]
            if path.is_file()
        ]
        for study in sorted(root.glob("cohorts/*/study.yaml"))
        for chapter in sorted((root / "notebooks").glob("*.ipynb"))
    }


def write_rooms(root: Path, package: Path) -> None:
    """Write for each chapter, command and cohort a file of what it uses: hash, then path.

    The hash is of the bytes as they are, as DVC's own of every other input; .gitattributes sees
    to the same line ends everywhere.
    """
    folder = root / LISTS
    folder.mkdir(parents=True, exist_ok=True)
    fonts = {
        path.relative_to(root).as_posix(): path
        for path in sorted((root / FONTS).glob("*"))
        if path.is_file()
    }
    lists = {
        name: {file: package.parent / file for file in files}
        for name, files in used_files(root, package).items()
    }
    # The locked packages, of which any may be used.
    locked = {path.name: path for path in [root / "requirements.lock"] if path.is_file()}
    lists = {name: paths | locked for name, paths in lists.items()}
    # A project's own letters are in the drawings of chapters, and in the pages and the PDF.
    lists["report"] |= fonts
    for name, files in text_files(root).items():
        lists[name] = {file: root / file for file in files} | fonts
    for name, files in figure_files(root).items():
        lists[name] = {file: root / file for file in files}
    for former in {*folder.glob("*.txt")} - {folder / f"{name}.txt" for name in lists}:
        former.unlink()
    hash_once = cache(_hash)
    for name, paths in lists.items():
        write_list(folder / f"{name}.txt", paths, hash_once)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_list(
    path: Path, files: Mapping[str, Path], hash_of: Callable[[Path], str] = _hash
) -> None:
    """Write the hash of each file and what it is called, as `sha256sum --check` reads them."""
    lines = [f"{hash_of(file)}  {name}\n" for name, file in files.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    # DVC warns of an empty file.
    path.write_text("".join(lines) or "# none\n", encoding="utf-8", newline="\n")
