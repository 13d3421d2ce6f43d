"""The package knows no study: no name of a cohort's description stands in its code."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from altcred.core.description import read_yaml

# Names of the shipped cohorts that are the field's own words or plain English as well, and why.
ALLOWED = {
    # Everybody, nobody and in between; parts of sentences and settings.
    **dict.fromkeys(
        ["all", "any", "both", "later", "neither", "no", "none", "nothing", "some", "yes"], "a word"
    ),
    **dict.fromkeys(["zero", "two"], "words of numbers"),
    "other": "what surveys call an answer that is not listed",
    "country": "a kind of variable",
    "survey": "what a wave is called that is the only one",
    "us": "how people write a country, and its dollars",
    "weeks": "a unit of time",
    # Settings of matplotlib, pandoc, Jupyter, Python and data packages, and a severity.
    **dict.fromkeys(["data", "resources", "stem", "white", "medium"], "a library's word"),
    "student": "for whom a chapter of costs is",
    "income": "a role",
    # Economic evaluation: roles of prices.yaml, and what its method calls its results.
    **dict.fromkeys(
        ["benefits", "courses", "employer", "fee_outliers", "fees", "paid_time", "raise"],
        "a word of the method of costs and benefits",
    ),
}


def names_of_cohorts(root: Path) -> dict[str, str]:
    """Return every name in the descriptions under cohorts/, with what it names."""
    names: dict[str, str] = {}
    for path in sorted((root / "cohorts").rglob("study.yaml")):
        cohort = path.parent.name
        study = read_yaml(path)
        names[cohort] = "a cohort"
        for key in ("waves", "programs", "program_types", "subgroups"):
            names |= dict.fromkeys(study.get(key) or {}, f"{key} of {cohort}")
        for variable, described in read_yaml(path.with_name("codebook.yaml"))["variables"].items():
            names[variable] = f"a variable of {cohort}"
            for key in ("categories", "groups"):
                names |= dict.fromkeys(described.get(key) or {}, f"{key} of {variable}")
    return {str(name): what for name, what in names.items()}


def find_names(code: str, names: set[str]) -> Iterator[str]:
    """Yield names that stand as a text of their own, and those of several words anywhere."""
    tree = ast.parse(code)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings and node.value in names:
            yield node.value
    yield from find_long_names(code, names)


def find_long_names(text: str, names: set[str]) -> set[str]:
    """Return the names of several words that stand anywhere in a text."""
    return {name for name in names & set(re.findall(r"[\w-]+", text)) if re.search(r"[_-]", name)}


def code_of(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the code of every module, and of every notebook's cells."""
    for path in sorted((root / "src").rglob("*.py")):
        yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        yield path.name, "\n".join(code)


@pytest.fixture(scope="module")
def found(root: Path) -> dict[str, str]:
    """Return what the code names of what the cohorts do, with a place."""
    names = set(names_of_cohorts(root))
    return {name: place for place, code in code_of(root) for name in find_names(code, names)}


def test_no_name_of_a_cohort_is_in_the_code(root: Path, found: dict[str, str]) -> None:
    names = names_of_cohorts(root)
    assert len(names) > 300
    told = [f"{place} names {name!r}, {names[name]}" for name, place in found.items()
            if name not in ALLOWED]  # fmt: skip
    assert sorted(told) == []


def test_no_long_name_of_a_cohort_is_in_the_lists_of_words(root: Path) -> None:
    names = set(names_of_cohorts(root))
    lists = sorted((root / "src/altcred").rglob("*.yaml"))
    assert lists
    assert [find_long_names(path.read_text(encoding="utf-8"), names) for path in lists] == [
        set() for _ in lists
    ]


def test_no_exception_is_left_over(found: dict[str, str]) -> None:
    assert sorted(ALLOWED.keys() - found) == []


def test_the_guard_would_find_a_name() -> None:
    names = {"begin", "fee_payer"}
    assert list(find_names('"""Begin."""\nx = view.on("begin")', names)) == ["begin"]
    assert list(find_names("# fee_payer\nx = 1", names)) == ["fee_payer"]
    assert list(find_names('"""How to begin."""\nx = "beginning"', names)) == []
