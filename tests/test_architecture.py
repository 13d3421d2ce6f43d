"""Who may import whom, who may read what, and what may be in the repository."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from list_rooms import (
    find_modules,
    imported_modules,
    imported_names,
    outdated_stages,
    read_notebook_code,
    read_pipeline,
)

# From the ground up: a room imports only from rooms that stand before it.
ROOMS = [
    "errors",
    "paths",
    "intervals",
    "numerals",
    "countries",
    "study",
    "codebook",
    "answers",
    "engine",
    "exports",
    "identifiers",
    "duplicates",
    "responses",
    "panel",
    "linkage",
    "disclosure",
    "paired",
    "estimates",
    "weighting",
    "costs",
    "published",
    "consistency",
    "evaluation",
    "reproduction",
    "headlines",
    "reconstruct",
    "tables",
    "figures",
    "prose",
    "notebooks",
    "report",
    "cli",
]
STUDY_WORDS = r"micromasters|specialization|coursera|\bedx\b|hollands|\bmm[12]\b|\bspec[1-6]\b"
READERS_OF_PUBLISHED = {
    "published",
    "consistency",
    "reproduction",
    "_reproduction_views",
    "reconstruct",
    "cli",
}
ALLOWED_IN_GIT = re.compile(
    r"data/(raw|processed)/README\.md|report/template/.+|report/metrics\.json"
)


def room_of(module: str) -> str:
    """Return the room of a dotted name: reconstruct for altcred.reconstruct.people."""
    return module.split(".")[1]


def imports_between_rooms(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each pair of rooms of which the first imports the second."""
    modules = find_modules(root)
    for module in modules:
        if module != "altcred":
            for other in imported_modules(module, modules):
                if room_of(module) != room_of(other):
                    yield room_of(module), room_of(other)


def private_places(imports: set[tuple[str, str]]) -> dict[str, int]:
    """Return the place of each private module: that of the first room which uses it."""
    places = {room: index for index, room in enumerate(ROOMS)}
    waiting = {other for _, other in imports if other.startswith("_")}
    while waiting:
        known = {
            name: min(places[user] for user, other in imports if other == name and user in places)
            for name in waiting
            if any(other == name and user in places for user, other in imports)
        }
        if not known:
            break
        places |= known
        waiting -= known.keys()
    return places


def package_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield room and text of every module."""
    for module, path in find_modules(root).items():
        if module != "altcred":
            yield room_of(module), path.read_text(encoding="utf-8")


def notebook_texts(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield path.stem, read_notebook_code(path)


def tracked_files(root: Path) -> list[str]:
    if not (root / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this copy is not a git repository")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


def test_every_module_has_its_place(root: Path) -> None:
    rooms = {room_of(module) for module in find_modules(root) if module != "altcred"}
    assert {room for room in rooms if not room.startswith("_")} <= set(ROOMS)


def test_rooms_import_only_from_rooms_above(root: Path) -> None:
    imports = set(imports_between_rooms(root))
    places = private_places(imports)
    upside_down = [
        f"{room} imports {other}"
        for room, other in sorted(imports)
        # A private module shares the place of its first user. A room without a place is the
        # finding of the test above.
        if room in places
        and other in places
        and places[other] >= places[room] + other.startswith("_")
    ]
    assert upside_down == []


def test_rooms_rule_would_notice_a_wrong_import() -> None:
    imports = {("tables", "_html"), ("_html", "report"), ("report", "_html")}
    places = private_places(imports)
    assert places["_html"] == ROOMS.index("tables") < places["report"]


def test_only_few_read_the_printed_figures(root: Path) -> None:
    pattern = re.compile(r"published\.csv|altcred\.published|altcred import (.*, *)?published\b")
    readers = {room for room, text in package_texts(root) if pattern.search(text)}
    assert readers <= READERS_OF_PUBLISHED
    chapters = {stem for stem, code in notebook_texts(root) if pattern.search(code)}
    assert all(stem.startswith("07-") for stem in chapters)
    for name, stage in read_pipeline(root)[1]["stages"].items():
        dependencies = stage.get("do", stage)["deps"]
        is_reader = any(dependency.endswith("published.csv") for dependency in dependencies)
        assert not is_reader or name in {"reconstruct", "reproduction", "trends"}, name


def test_only_reconstruction_knows_the_truth(root: Path) -> None:
    pattern = re.compile(r"data/truth|truth_dir")
    rooms = {room for room, text in package_texts(root) if pattern.search(text)}
    assert rooms <= {"paths", "reconstruct", "evaluation"}
    assert [stem for stem, code in notebook_texts(root) if pattern.search(code)] == []
    for name, stage in read_pipeline(root)[1]["stages"].items():
        # The evaluation alone measures against the truth, and nothing is estimated from it.
        if name != "evaluation":
            assert not any(pattern.search(path) for path in stage.get("do", stage)["deps"]), name


def test_package_names_nothing_of_one_study(root: Path) -> None:
    found = []
    for path in sorted((root / "src/altcred").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="ignore")
            words = re.findall(STUDY_WORDS, text, flags=re.IGNORECASE)
            found += [f"{path.name}: {word}" for word in words]
    assert found == []


def test_stages_depend_on_the_modules_they_use(root: Path) -> None:
    assert outdated_stages(root) == {}, "run `make rooms`"


def test_imports_inside_functions_and_packages_are_seen() -> None:
    code = "def f():\n    from altcred.study import load_study\nfrom ._solve import solve\n"
    names = set(imported_names(code, "altcred.reconstruct"))
    assert {"altcred.study", "altcred.reconstruct._solve"} <= names


def test_parameters_list_what_the_studies_describe(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from altcred.study import load_study, read_yaml

    monkeypatch.chdir(root)
    parameters = read_yaml(Path("params.yaml"))
    studies = {
        line["cohort"]: load_study(line["cohort"]) for line in parameters["cohorts"].values()
    }
    waves = {(line["cohort"], line["wave"]) for line in parameters["waves"].values()}
    assert waves == {(name, wave) for name, study in studies.items() for wave in study.waves}
    panels = {
        (line["cohort"], line["first"], line["second"]) for line in parameters["panels"].values()
    }
    assert panels == {
        (name, panel.first, panel.second)
        for name, study in studies.items()
        for panel in study.panels
    }
    reconstructed = {line["cohort"] for line in parameters["reconstructions"].values()}
    assert reconstructed == {name for name, study in studies.items() if study.reconstructed}


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
    from altcred.notebooks import has_outputs

    paths = sorted((root / "notebooks").glob("*.ipynb"))
    assert paths
    assert [path.name for path in paths if has_outputs(path)] == []


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
