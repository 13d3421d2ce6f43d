"""What the pages of documentation promise of themselves: links lead somewhere, lines are short."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click import Context
from ruamel.yaml import YAML

from altcred.cli import main

PAGES = sorted(
    path.relative_to(Path(__file__).parents[1]).as_posix()
    for pattern in ("*.md", "docs/**/*.md")
    for path in Path(__file__).parents[1].glob(pattern)
)
WRAPPED = (
    *("docs/adapting.md", "docs/reference.md", "docs/tutorial.md", "docs/tools/"),
    *("docs/index.md", "docs/workflow.md"),
)


def anchors_of(text: str) -> set[str]:
    """Return the anchors that a code host gives the headings of a page."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", one).strip().lower() for one in headings]
    return {re.sub(r"[^\w\- ]", "", one).replace(" ", "-") for one in plain}


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(root: Path, page: str) -> None:
    path = root / page
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    missing = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if re.match(r"\w+:", target):
            continue
        file = path.parent / target if target else path
        if not file.exists() or (anchor and anchor not in anchors_of(file.read_text("utf-8"))):
            missing.append(link)
    assert missing == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith(WRAPPED)])
def test_lines_are_short(root: Path, page: str) -> None:
    lines = (root / page).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 100 and not line.startswith("|")] == []


def pages_in(nav: list[dict[str, Any]] | str) -> list[str]:
    """Return the pages that a site's contents lead to."""
    if isinstance(nav, str):
        return [nav]
    return [page for entry in nav for inner in entry.values() for page in pages_in(inner)]


def test_the_site_has_every_page_and_no_broken_link(root: Path, tmp_path: Path) -> None:
    settings = YAML(typ="safe").load(root / "mkdocs.yml")
    there = {path.relative_to(root / "docs").as_posix() for path in root.glob("docs/**/*.md")}
    assert sorted(pages_in(settings["nav"])) == sorted(there)
    shutil.copytree(root / "docs", tmp_path / "docs")
    shutil.copy(root / "mkdocs.yml", tmp_path)
    words = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    made = (tmp_path / settings["site_dir"]).rglob("*.html")
    texts = {path.name: path.read_text(encoding="utf-8") for path in made}
    assert len(texts) > 20
    # Letters and scripts are its own: it is read without a network.
    asked = r'<(?:script|img|iframe|link)[^>]+(?:src|href)="?https?://[^" >]+'
    assert {name: found for name, text in texts.items() if (found := re.findall(asked, text))} == {}


def commands_in(page: str) -> set[tuple[str, ...]]:
    """Return the words of each command that a page shows, in a block of shell or in a line."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"`((?:altcred|dvc|make) [^`]+)`", page)
    lines = re.sub(r"\\\n", " ", "\n".join(blocks)).splitlines()
    parts = [part for line in lines for part in line.split(" # ")[0].split("&&")]
    return {tuple(shlex.split(part)) for part in parts if part.strip()}


def test_commands_that_pages_show_are_there_with_their_options(root: Path) -> None:
    """They are read as they would be run; those of the tutorial are run by a test of its own."""
    from dvc.cli.parser import get_main_parser

    now = [page for page in PAGES if page != "CHANGELOG.md"]
    shown = {page: commands_in((root / page).read_text("utf-8")) for page in now}
    targets = re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    count = 0
    for page, commands in shown.items():
        for tool, *words in commands:
            count += tool in {"altcred", "dvc", "make"}
            if tool == "altcred":
                is_main = words[0].startswith("-")
                command = main if is_main else main.get_command(Context(main), words.pop(0))
                command.make_parser(Context(command)).parse_args(words)
            elif tool == "dvc":
                get_main_parser().parse_args(words)
            elif tool == "make":
                assert {*words} <= {*targets}, f"{page}: make {words}"
    assert count > 60
