"""Write environment.yml, for conda and Binder, from pyproject.toml and the locks.

One is for this folder, and one for projects that `altcred init` lays out.

Run by `make lock`. conda gives Python and pip; every package comes from the lock, so that
conda and Binder users have the versions that the pipeline was built with.
"""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "3.11"
HEAD = """\
{about}
name: altcred
channels:
  - conda-forge
dependencies:
  - python={python}
  - pip
  - pip:
"""
OWN = (
    "# The same versions as requirements.lock and requirements-lab.lock, for conda and Binder.\n"
    "# Written by `make lock`: edit pyproject.toml, not this file."
)
STARTER = (
    "# The packages with which this version of altcred was tried, for conda: those of\n"
    "# requirements.lock, and JupyterLab. altcred itself is then installed from its wheel, with\n"
    "# `pip install --no-deps altcred-*.whl`."
)


def read_pins(lock: Path) -> list[Requirement]:
    """Return the pins of a lock in its order, with their markers and without their hashes."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]


def read_direct_dependencies(pyproject: Path) -> dict[str, list[Requirement]]:
    """Return the requirements that pyproject.toml names, by group: package, test, docs and lab."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    groups = {"package": project["dependencies"], **project["optional-dependencies"]}
    return {group: [Requirement(line) for line in lines] for group, lines in groups.items()}


def format_pins(pins: list[Requirement]) -> list[str]:
    return [f"      - '{pin}'" for pin in sorted(pins, key=lambda pin: (pin.name, str(pin)))]


def compose_environment(root: Path, is_starter: bool = False) -> str:
    """Return the text of environment.yml: direct dependencies by group, then the rest.

    `is_starter` leaves out altcred itself, which a project of one's own has as a wheel.
    """
    # The lab lock holds everything of the other lock, at the same versions.
    left = read_pins(root / "requirements-lab.lock")
    lines = []
    groups = read_direct_dependencies(root / "pyproject.toml")
    # Spark is no part of it, since it needs Java and has an environment of its own.
    del groups["spark"]
    for group, requirements in groups.items():
        names = {canonicalize_name(requirement.name) for requirement in requirements}
        chosen = [pin for pin in left if canonicalize_name(pin.name) in names]
        left = [pin for pin in left if pin not in chosen]
        lines += [f"      # named in pyproject.toml: {group}", *format_pins(chosen)]
    lines += ["      # what those need", *format_pins(left)]
    if not is_starter:
        lines += ["      # altcred itself", "      - -e ."]
    head = HEAD.format(about=STARTER if is_starter else OWN, python=PYTHON)
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    for folder in (ROOT, ROOT / "starter"):
        text = compose_environment(ROOT, is_starter=folder != ROOT)
        (folder / "environment.yml").write_text(text, encoding="utf-8", newline="\n")
