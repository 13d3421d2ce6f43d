"""pyproject.toml, both locks, environment.yml and the running environment say the same."""

import json
import os
import re
import shutil
import subprocess
from importlib.metadata import distribution, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML
from write_environment import compose_environment, read_direct_dependencies, read_pins

from altcred.build.rooms import imported_names

LOCKS = {
    "package": "requirements.lock",
    "test": "requirements.lock",
    "docs": "requirements.lock",
    "lab": "requirements-lab.lock",
    "spark": "requirements-spark.lock",
}


def versions_in(lock: Path) -> dict[str, set[str]]:
    """Return the versions of each package in a lock; several where they depend on a marker."""
    versions: dict[str, set[str]] = {}
    for pin in read_pins(lock):
        (specifier,) = pin.specifier
        assert specifier.operator == "==", pin
        versions.setdefault(canonicalize_name(pin.name), set()).add(specifier.version)
    return versions


@pytest.mark.parametrize("group", LOCKS)
def test_lock_holds_every_direct_dependency_within_its_range(root: Path, group: str) -> None:
    locked = versions_in(root / LOCKS[group])
    requirements = read_direct_dependencies(root / "pyproject.toml")[group]
    assert requirements
    for requirement in requirements:
        pinned = locked.get(canonicalize_name(requirement.name), set())
        assert pinned, f"{requirement.name} is not in {LOCKS[group]}; run `make lock`"
        for one in pinned:
            assert requirement.specifier.contains(one), f"{requirement} but {one} is locked"


def test_other_locks_hold_the_same_versions(root: Path) -> None:
    ours = versions_in(root / "requirements.lock")
    lab, spark = (versions_in(root / f"requirements-{name}.lock") for name in ("lab", "spark"))
    for name, versions in ours.items():
        assert lab.get(name) == versions, name
        assert spark.get(name, versions) == versions, name


@pytest.mark.parametrize("lock", sorted(set(LOCKS.values())))
def test_every_pin_has_a_hash(root: Path, lock: str) -> None:
    text = (root / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert len(entries) == len(read_pins(root / lock)) > 100
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("folder", [".", "starter"])
def test_environment_file_is_what_the_locks_give(root: Path, folder: str) -> None:
    written = (root / folder / "environment.yml").read_text(encoding="utf-8")
    assert written == compose_environment(root, folder == "starter"), "run `make lock`"


def test_environment_file_holds_the_packages_readers_look_for(root: Path) -> None:
    environment = YAML(typ="safe").load(root / "environment.yml")
    (pins,) = (entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    names = {pin.partition("==")[0] for pin in pins}
    assert {"jupyter", "papermill", "nbconvert", "seaborn", "statsmodels", "pandas"} <= names
    assert pins[-1] == "-e ."


def test_pipeline_environment_is_free_of_jupyterlab(root: Path) -> None:
    # It costs more than a second in every process that runs or renders a notebook.
    locked = versions_in(root / "requirements.lock")
    assert not {"jupyterlab", "jupyter", "notebook", "rfc3987-syntax"} & locked.keys()


@pytest.mark.parametrize(
    "name",
    [
        *("requirements.lock", "requirements-lab.lock", "environment.yml", "pyproject.toml"),
        *("Makefile", "mkdocs.yml", "postBuild", ".ci/run", ".pre-commit-config.yaml"),
        *(".devcontainer/Dockerfile", ".github/workflows/test.yaml"),
    ],
)
def test_no_registry_is_named(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://\S+|index-url|find-links", text) == []


def test_tests_run_on_the_locked_versions(root: Path) -> None:
    pins = [pin for pin in read_pins(root / "requirements.lock")]
    expected = {
        pin.name: str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }
    assert {name: version(name) for name in expected} == expected


def test_every_direct_dependency_is_explained(root: Path) -> None:
    text = (root / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)
    groups = read_direct_dependencies(root / "pyproject.toml").values()
    named = [requirement.name for requirements in groups for requirement in requirements]
    assert sorted(explained) == sorted(named)


def imported_distributions(root: Path) -> set[str]:
    """Return the distributions that the package imports, and those that these require."""
    names = {
        name.partition(".")[0]
        for path in (root / "src").rglob("*.py")
        for name in imported_names(path.read_text(encoding="utf-8"))
    }
    known = packages_distributions()
    waiting = [found for name in names for found in known.get(name, []) if found != "altcred"]
    assert len(waiting) > 20
    seen: set[str] = set()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in seen:
            seen.add(name)
            required = map(Requirement, distribution(name).requires or [])
            waiting += [
                one.name
                for one in required
                if one.marker is None or one.marker.evaluate({"extra": ""})
            ]
    return seen


def test_nothing_imported_is_under_a_licence_that_binds_the_package(root: Path) -> None:
    said = {}
    for name in imported_distributions(root):
        about = distribution(name).metadata
        classifiers = [c for c in about.get_all("Classifier", []) if c.startswith("License ::")]
        texts = [about.get("License-Expression", ""), about.get("License", "")[:80], *classifiers]
        said[name] = "; ".join(filter(None, texts))
    assert [name for name, licence in said.items() if not licence] == []
    # The package is under the MIT licence; the GPL of an imported module would reach it.
    binding = re.compile(r"\bA?GPL|(?<!Lesser )General Public License", re.IGNORECASE)
    assert [name for name, licence in said.items() if binding.search(licence)] == []


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_help_explains_every_target(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    shown = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True)
    explained = dict(re.findall(r"^  make (\S+) +(\S.*)$", shown.stdout, flags=re.MULTILINE))
    assert set(explained) == set(line.split())


def test_continuous_integration_runs_the_tests(root: Path) -> None:
    script = root / ".ci/run"
    lines = [line.strip() for line in script.read_text(encoding="utf-8").splitlines()]
    assert "make test" in lines
    assert any(re.fullmatch(r"make .*\btest test-spark", line) for line in lines)
    assert os.name == "nt" or os.access(script, os.X_OK)


@pytest.mark.parametrize("folder", [".", "starter"])
def test_a_commit_with_data_is_noticed(root: Path, folder: str) -> None:
    settings = YAML(typ="safe").load(root / folder / ".pre-commit-config.yaml")
    hooks = {hook["id"]: hook for repository in settings["repos"] for hook in repository["hooks"]}
    # Nothing is fetched: each is a command that is installed, or only looks at names.
    assert {hook["language"] for hook in hooks.values()} <= {"system", "fail"}
    refused = re.compile(hooks["data"]["files"])
    private = ["data/raw/kites/a.csv", "data/truth/kites/links.csv", "report/kites/index.html"]
    public = [
        "data/raw/README.md",
        "report/template/report.css",
        "report/kites.json",
        "docs/data.md",
    ]
    assert [name for name in [*private, *public] if refused.search(name)] == private
    checked = re.compile(hooks["cohorts"]["files"])
    described = ["cohorts/kites/study.yaml", "cohorts/kites/text/02-survey/age.md"]
    others = ["cohorts/examples/choir/study.yaml", "cohorts/schema/study.schema.json"]
    assert [name for name in [*described, *others] if checked.search(name)] == described


def test_the_container_and_the_code_host_do_what_the_makefile_does(root: Path) -> None:
    container = json.loads((root / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert (root / ".devcontainer" / container["build"]["dockerfile"]).is_file()
    workflow = YAML(typ="safe").load(root / ".github/workflows/test.yaml")
    ran = [step.get("run", "") for step in workflow["jobs"]["test"]["steps"]]
    assert [line.split()[:2] for line in ran if line.startswith("make")] == [
        ["make", "test"],
        ["make", "docs"],
    ]
