"""Who may import whom, who may read what, and what may be in the repository."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from altcred.build.rooms import (
    LISTS,
    ROOM_OF_COMMAND,
    find_imports,
    find_modules,
    imported_modules,
    imported_names,
    read_notebook_code,
    used_files,
    write_rooms,
)

SOURCE = Path("src/altcred")
# From the ground up: a room imports only from rooms that stand before it.
ROOMS = [
    "core",
    "kinds",
    "describe",
    "read",
    "clean",
    "link",
    "draft",
    "disclose",
    "estimate",
    "check",
    "reconstruct",
    "write",
    "build",
    "standin",
    "release",
    "cli",
    "start",
]
STUDY_WORDS = r"micromasters|specialization|coursera|\bedx\b|hollands|\bmm[12]\b|\bspec[1-6]\b"
# The plan of the pipeline, in `describe`, only looks whether the file is there.
READERS_OF_PUBLISHED = {"describe", "check", "reconstruct", "write", "cli"}
# The lists of a cohort's own words, of which each chapter may show those of its name.
TEXTS = (LISTS / "text-${item.cohort}-").as_posix()
PRINTED = (LISTS / "figures-${item.cohort}.txt").as_posix()
SHOWN = f"{TEXTS}02-survey.txt"
ALLOWED_IN_GIT = re.compile(
    r"data/(raw|processed)/README\.md|report/template/.+|report/[\w.-]+\.json"
)


def room_of(module: str) -> str:
    """Return the room of a dotted name: reconstruct for altcred.reconstruct.people."""
    return module.split(".")[1]


def imports_between_rooms(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each pair of rooms of which the first imports the second."""
    modules = find_modules(root / SOURCE)
    for module in modules:
        if module != "altcred":
            for other in imported_modules(module, modules):
                if room_of(module) != room_of(other):
                    yield room_of(module), room_of(other)


def upward_imports(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Say which imports lead to the same place of ROOMS or to one after it."""
    places = {room: index for index, room in enumerate(ROOMS)}
    return [
        f"{room} imports {other}"
        for room, other in sorted(set(imports))
        if places[other] >= places[room]
    ]


def private_crossings(root: Path) -> list[str]:
    """Say which names that begin with an underscore are imported from another room."""
    found = []
    for module, path in find_modules(root / SOURCE).items():
        if module == "altcred":
            continue
        for name in imported_names(path.read_text(encoding="utf-8"), module.rpartition(".")[0]):
            parts = name.split(".")
            is_private = any(part.startswith("_") and part != "__future__" for part in parts)
            if parts[0] == "altcred" and is_private and parts[1] != room_of(module):
                found.append(f"{module} imports {name}")
    return found


def package_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield room and text of every module."""
    for module, path in find_modules(root / SOURCE).items():
        if module != "altcred":
            yield room_of(module), path.read_text(encoding="utf-8")


def notebook_texts(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield path.stem, read_notebook_code(path)


def read_stages(root: Path) -> dict[str, dict[str, Any]]:
    """Return what is said of each stage, of one done for several lines what it says once."""
    files = (root / "notebooks/dvc.yaml", root / "dvc.yaml")
    stages = {name: one for path in files for name, one in _load(path)["stages"].items()}
    return {name: {"deps": [], **stage.get("do", stage)} for name, stage in stages.items()}


def _load(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def misplaced_stages(stages: dict[str, dict[str, Any]], listed: Iterable[str]) -> list[str]:
    """Say of each stage whose deps miss the list of its own modules, or have another, what to do.

    `listed` are the chapters and commands of which the first stage lists the modules.
    """
    problems = []
    for name, stage in stages.items():
        if name == "rooms":
            continue
        words = stage["cmd"].split()
        if words[0] != "altcred":
            problems.append(f"{name}: not a command of altcred, so nothing lists what it uses")
            continue
        room = words[2] if words[1] == "run" else words[1]
        own = (LISTS / f"{room}.txt").as_posix()
        listing = [path for path in stage["deps"] if path.startswith((str(LISTS), str(SOURCE)))]
        texts = f"{TEXTS}{room}.txt"
        found = [path for path in listing if path not in (texts, PRINTED)]
        if room not in listed:
            problems.append(
                f"{name}: {own} is never made; write notebooks/{room}.ipynb, or add the command "
                "to ROOM_OF_COMMAND in src/altcred/build/rooms.py"
            )
        elif words[1] == "run" and texts not in listing:
            problems.append(f"{name}: {texts} is missing in its deps")
        elif found != [own]:
            has = ", ".join(found) or "none"
            problems.append(
                f"{name}: list {own} in its deps as the only file of its kind, not {has}"
            )
    return problems


def tracked_files(root: Path) -> list[str]:
    if not (root / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this copy is not a git repository")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


def test_every_module_has_its_place(root: Path) -> None:
    rooms = {room_of(module) for module in find_modules(root / SOURCE) if module != "altcred"}
    assert rooms <= set(ROOMS)


def test_rooms_import_only_from_rooms_above(root: Path) -> None:
    assert upward_imports(imports_between_rooms(root)) == []


def test_rooms_rule_would_notice_a_wrong_import() -> None:
    imports = [("write", "estimate"), ("estimate", "write"), ("kinds", "read")]
    assert upward_imports(imports) == ["estimate imports write", "kinds imports read"]


def test_no_private_name_crosses_rooms(root: Path) -> None:
    assert private_crossings(root) == []


def test_only_few_read_the_printed_figures(root: Path) -> None:
    pattern = re.compile(r"published\.csv|altcred\.check(\.| import (.*, *)?)published\b")
    readers = {room for room, text in package_texts(root) if pattern.search(text)}
    assert readers <= READERS_OF_PUBLISHED
    chapters = {stem for stem, code in notebook_texts(root) if pattern.search(code)}
    assert all(stem.startswith("07-") for stem in chapters)
    for name, stage in read_stages(root).items():
        is_reader = any(path.endswith("published.csv") or path == PRINTED for path in stage["deps"])
        assert not is_reader or name in {"reconstruct", "reproduction", "trends"}, name


def test_only_estimates_pass_the_door(root: Path) -> None:
    callers = {room for room, text in package_texts(root) if "suppress_small_cells(" in text}
    assert callers == {"disclose", "estimate"}
    files = [path.name for path in root.glob("src/altcred/estimate/*.py")
             if "suppress_small_cells(" in path.read_text(encoding="utf-8")]  # fmt: skip
    assert files == ["protection.py"]


def test_only_reconstruction_knows_the_truth(root: Path) -> None:
    pattern = re.compile(r"data/truth|truth_dir")
    rooms = {room for room, text in package_texts(root) if pattern.search(text)}
    assert rooms <= {"core", "reconstruct", "link"}
    assert [stem for stem, code in notebook_texts(root) if pattern.search(code)] == []
    for name, stage in read_stages(root).items():
        # The evaluation alone measures against the truth, and nothing is estimated from it.
        if name != "evaluation":
            assert not any(pattern.search(path) for path in stage["deps"]), name


def test_package_names_nothing_of_one_study(root: Path) -> None:
    found = []
    for path in sorted((root / "src/altcred").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="ignore")
            words = re.findall(STUDY_WORDS, text, flags=re.IGNORECASE)
            found += [f"{path.name}: {word}" for word in words]
    assert found == []


def test_stages_depend_on_the_list_of_their_modules(root: Path) -> None:
    stages = read_stages(root)
    assert misplaced_stages(stages, used_files(root, root / SOURCE)) == []
    rooms = stages["rooms"]
    # Before anything is built the parameters are compared with the studies, and the package, which
    # may lie outside of the project, is looked at.
    assert rooms["cmd"] == "altcred rooms"
    assert rooms["always_changed"]
    # Only the first steps depend on it in DVC's eyes; the others come after those.
    first = {path for path in rooms["outs"] if path.startswith(LISTS.as_posix())}
    for name, stage in stages.items():
        is_first = not any("processed/${item.cohort}" in path for path in stage["deps"])
        assert name == "rooms" or is_first == bool(first & {*stage["deps"]}), name


@pytest.mark.parametrize(
    ("command", "deps", "told"),
    [
        ("altcred run 10-new c", ["data/processed/rooms/10-new.txt"], "notebooks/10-new.ipynb"),
        ("altcred run 02-survey c", ["data/processed/rooms/02-survey.txt"], "text-${item.cohort}"),
        ("altcred run 02-survey c", [SHOWN], "rooms/02-survey.txt in its deps"),
        ("altcred run 02-survey c", [SHOWN, "data/processed/rooms/report.txt"], "not data/process"),
        (
            "altcred run 02-survey c",
            [SHOWN, "data/processed/rooms/02-survey.txt", "src/altcred/describe/study.py"],
            "src/altcred/describe/study.py",
        ),
        ("altcred audit c", ["data/processed/rooms/audit.txt"], "ROOM_OF_COMMAND"),
        ("python scripts/audit.py", ["data/processed/rooms/report.txt"], "not a command"),
    ],
)
def test_a_stage_without_its_list_would_be_noticed(
    command: str, deps: list[str], told: str
) -> None:
    (problem,) = misplaced_stages({"new": {"cmd": command, "deps": deps}}, {"02-survey", "report"})
    assert problem.startswith("new: ")
    assert told in problem


def test_lists_begin_at_the_rooms_that_commands_call(root: Path) -> None:
    tree = ast.parse((root / "src/altcred/cli.py").read_text(encoding="utf-8"))
    called = {}
    for function in tree.body:
        for decorator in getattr(function, "decorator_list", []):
            if ast.unparse(decorator).startswith("main.command("):
                named = [argument.value for argument in decorator.args]
                called[named[0] if named else function.name] = set(
                    imported_names(ast.unparse(function))
                )
    assert {name for name, room in ROOM_OF_COMMAND.items() if room not in called[name]} == set()


@pytest.fixture
def tiny_package(tmp_path: Path) -> Path:
    """Return a project of which one chapter uses tables and its data, and the other panel."""
    codes = {
        "__init__": "",
        "cli": "from altcred.build import report\n",
        "describe/__init__": "",
        "describe/study": "",
        "estimate/__init__": "",
        "estimate/series": "",
        "link/__init__": "",
        "link/panel": "from altcred.describe.study import load\n",
        "write/__init__": "",
        "write/tables": "def show():\n    from altcred.describe.study import load\n"
        "    open('names.json')\n",
        "build/__init__": "",
        "build/notebooks": "",
        "build/report": "import altcred.describe.study\n",
        "build/gather": "",
        "reconstruct/__init__": "",
        "core/__init__": "",
        "core/measures": "",
    }
    for name, code in codes.items():
        path = tmp_path / SOURCE / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
    (tmp_path / SOURCE / "write/names.json").write_text("{}")
    write_chapter(tmp_path, "01-first", "from altcred.write.tables import show")
    write_chapter(tmp_path, "02-second", "%matplotlib inline\nfrom altcred.link import panel")
    return tmp_path


def write_chapter(project: Path, name: str, code: str, prose: str = "") -> None:
    (project / "notebooks").mkdir(exist_ok=True)
    cells = [
        {"cell_type": "markdown", "source": [prose]},
        {"cell_type": "code", "source": code.splitlines(keepends=True)},
    ]
    (project / f"notebooks/{name}.ipynb").write_text(json.dumps({"cells": cells}))


def read_lists(project: Path) -> dict[str, bytes]:
    write_rooms(project, project / SOURCE)
    return {path.stem: path.read_bytes() for path in sorted((project / LISTS).iterdir())}


def test_a_list_has_hash_and_path_of_each_file_in_order(tiny_package: Path) -> None:
    lists = read_lists(tiny_package)
    assert list(lists) == [
        *("01-first", "02-second", "gather", "metrics", "reconstruct", "report", "series"),
    ]
    used = [
        *("build/__init__.py", "build/notebooks.py", "describe/__init__.py", "describe/study.py"),
        *("write/__init__.py", "write/names.json", "write/tables.py"),
    ]
    assert lists["01-first"].decode().splitlines() == [
        f"{hashlib.sha256((tiny_package / SOURCE / name).read_bytes()).hexdigest()}  altcred/{name}"
        for name in used
    ]
    assert lists["01-first"].endswith(b"tables.py\n")
    assert all(b"\r" not in content for content in lists.values())


@pytest.mark.parametrize(
    ("edited", "rebuilt"),
    [
        ("write/tables.py", {"01-first"}),
        ("write/names.json", {"01-first"}),
        ("link/panel.py", {"02-second"}),
        ("describe/study.py", {"01-first", "02-second", "report"}),
        ("build/notebooks.py", {"01-first", "02-second"}),
        ("core/measures.py", {"metrics"}),
        ("cli.py", set()),
        ("unused.py", set()),
        ("__pycache__/study.cpython-311.pyc", set()),
    ],
)
def test_an_edit_changes_the_lists_of_what_used_it(
    tiny_package: Path, edited: str, rebuilt: set[str]
) -> None:
    before = read_lists(tiny_package)
    path = tiny_package / SOURCE / edited
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write("\n")
    after = read_lists(tiny_package)
    assert {name for name in before if after[name] != before[name]} == rebuilt


def test_a_chapter_changes_its_list_by_imports_alone(tiny_package: Path) -> None:
    before = read_lists(tiny_package)
    write_chapter(
        tiny_package, "01-first", "from altcred.write.tables import show", prose="More words."
    )
    assert read_lists(tiny_package) == before
    write_chapter(tiny_package, "01-first", "import altcred.write.tables, altcred.link.panel")
    after = read_lists(tiny_package)
    assert {name for name in before if after[name] != before[name]} == {"01-first"}
    (tiny_package / "notebooks/02-second.ipynb").unlink()
    assert "02-second" not in read_lists(tiny_package)


def test_words_of_a_cohort_have_a_list_of_their_own(tiny_package: Path) -> None:
    cohort = tiny_package / "cohorts/one"
    (cohort / "text/02-second").mkdir(parents=True)
    for name in ("study.yaml", "codebook.yaml", "text/02-second/age.md", "chapters.yaml"):
        (cohort / name).touch()
    before = read_lists(tiny_package)
    assert re.findall(r"cohorts/\S+", before["text-one-02-second"].decode()) == [
        "cohorts/one/chapters.yaml",
        "cohorts/one/text/02-second/age.md",
    ]
    assert b"age.md" not in before["text-one-01-first"]
    (cohort / "text/02-second/age.md").write_text("Words.")
    after = read_lists(tiny_package)
    assert {name for name in before if after[name] != before[name]} == {"text-one-02-second"}


def test_fonts_of_a_project_are_used_by_chapters_and_the_report(tiny_package: Path) -> None:
    for name in ("cohorts/one", "fonts"):
        (tiny_package / name).mkdir(parents=True)
    (tiny_package / "cohorts/one/study.yaml").touch()
    before = read_lists(tiny_package)
    (tiny_package / "fonts/Letters.ttf").touch()
    after = read_lists(tiny_package)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"report", "text-one-01-first", "text-one-02-second"}
    assert after["report"].endswith(b"  fonts/Letters.ttf\n")


def test_a_package_that_loads_all_of_its_modules_uses_them(tiny_package: Path) -> None:
    before = read_lists(tiny_package)
    (tiny_package / SOURCE / "write/__init__.py").write_text("pkgutil.iter_modules(__path__)\n")
    (tiny_package / SOURCE / "write/charts.py").write_text("")
    after = read_lists(tiny_package)
    assert b"altcred/write/charts.py" in after["01-first"]
    assert {name for name in before if after[name] != before[name]} == {"01-first"}


def test_code_that_cannot_be_read_may_use_anything(tiny_package: Path) -> None:
    before = read_lists(tiny_package)
    write_chapter(tiny_package, "02-second", "names = !ls")
    write_chapter(tiny_package, "scratch", "for")
    after = read_lists(tiny_package)
    for name in ("02-second", "scratch"):
        assert {b"altcred/write/tables.py", b"altcred/link/panel.py"} <= set(after[name].split())
    # The other steps are built all the same.
    assert {name for name in before if after[name] != before[name]} == {"02-second"}
    write_chapter(tiny_package, "02-second", "import altcred.link.panel")
    (tiny_package / SOURCE / "link/panel.py").write_text("for")
    broken = read_lists(tiny_package)
    # Whoever mends it changes its hash, by which the chapter is run again.
    assert b"altcred/link/panel.py" in broken["02-second"]
    assert broken["01-first"] == before["01-first"]


def test_imports_are_found_in_lines_as_in_the_tree(root: Path) -> None:
    modules = find_modules(root / SOURCE)
    for name, path in modules.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        code = path.read_text(encoding="utf-8")
        there, found = ({*find(code, package)} for find in (imported_names, find_imports))
        assert there <= found, name
        assert there & modules.keys() == found & modules.keys(), name


@pytest.mark.parametrize(
    "code",
    [
        "import a.b as c, d  # e\nfrom a import (\n    b as f,  # g, h\n    i,\n)",
        "if True: import a",
        "b = 1; from c import d",
        "from a import b, \\\n    c",
        "def f():\n    from ..a import b\n    from . import c",
    ],
)
def test_no_import_is_written_so_that_lines_do_not_show_it(code: str) -> None:
    assert {*imported_names(code, "p.q.r")} <= {*find_imports(code, "p.q.r")}


def test_imports_inside_functions_and_packages_are_seen() -> None:
    code = (
        "def f():\n    from altcred.describe.study import load_study\nfrom ._solve import solve\n"
    )
    names = set(imported_names(code, "altcred.reconstruct"))
    assert {"altcred.describe.study", "altcred.reconstruct._solve"} <= names


def test_repository_holds_no_data(root: Path) -> None:
    inside = [name for name in tracked_files(root) if re.match(r"(data|report)/", name)]
    assert [name for name in inside if not ALLOWED_IN_GIT.fullmatch(name)] == []


def test_git_ignores_data_and_reports(root: Path) -> None:
    tracked_files(root)
    private = [
        "data/raw/some-study/begin.csv",
        "data/raw/begin.csv",
        "data/truth/some-study/links.csv",
        "data/processed/some-study/begin/identifiers.parquet",
        "report/some-study/index.html",
        ".dvc/cache/files/md5/00/0",
        ".dvc/config.local",
    ]
    public = ["data/raw/README.md", "data/processed/README.md", "report/template/style.css"]
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", *private, *public],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert ignored.stdout.splitlines() == private


def test_notebooks_hold_no_outputs(root: Path) -> None:
    paths = [*root.glob("notebooks/*.ipynb"), *root.glob("tests/fixtures/notebooks/*.ipynb")]
    assert len(paths) > 9
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        ran = [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
        assert ran == [], path.name


def test_command_line_loads_nothing_heavy(root: Path) -> None:
    tree = ast.parse((root / "src/altcred/cli.py").read_text(encoding="utf-8"))
    top = {
        name.partition(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported_names(ast.unparse(node))
    }
    assert top <= sys.stdlib_module_names | {"click", "altcred"}
    heavy = "numpy pandas scipy duckdb pydantic matplotlib papermill nbformat ruamel.yaml"
    code = f"import sys, altcred.cli; print(*(set({heavy.split()!r}) & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_a_cohort_of_its_own_finds_what_the_last_stages_need(root: Path) -> None:
    """What is done for every cohort needs nothing that only some cohorts have."""
    stages = YAML(typ="safe").load(root / "dvc.yaml")["stages"]
    done = {name: one["do"] for name, one in stages.items() if one.get("foreach") == "${cohorts}"}
    always = [*done.values(), stages["responses"]["do"], stages["survey"]["do"]]
    made = [str(out) for stage in always for out in stage.get("outs", [])]
    needed = {dep for stage in done.values() for dep in stage["deps"] if "processed/${" in dep}
    assert len(needed) > 5
    assert [dep for dep in needed if not any(out.startswith(dep) for out in made)] == []


def test_no_file_is_longer_than_a_reader_holds(root: Path) -> None:
    lines = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (root / "src/altcred").rglob("*.py")
    }
    assert {name: count for name, count in lines.items() if count > 400} == {}
