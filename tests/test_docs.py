"""What the pages of documentation promise of themselves: links lead somewhere, lines are short."""

import re
from pathlib import Path

import pytest

PAGES = sorted(
    path.relative_to(Path(__file__).parents[1]).as_posix()
    for pattern in ("*.md", "docs/**/*.md")
    for path in Path(__file__).parents[1].glob(pattern)
)
WRAPPED = ("docs/adapting.md", "docs/reference.md", "docs/tutorial.md", "docs/tools/")


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
