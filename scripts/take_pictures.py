"""Take the pictures of docs/images anew: python scripts/take_pictures.py

The first page of the largest report is that of this folder, which `make report` builds; the others
are of the tutorial, which is followed in a folder aside. Needs Chromium.
"""

import shutil
import tempfile
from pathlib import Path

from follow_tutorial import BUILD, ROOT, follow, run
from playwright.sync_api import Page, sync_playwright

IMAGES = ROOT / "docs/images"


def picture(page: Page, report: Path, name: str, part: str = "") -> None:
    """Take the first screen of a page of a report, or one part of it that a selector finds."""
    page.goto(report.resolve().as_uri())
    shown = page.locator(part).first if part else page
    shown.screenshot(path=IMAGES / name)


def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as aside:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        wide = browser.new_page(viewport={"width": 1280, "height": 1000})
        picture(wide, ROOT / "report/hollands-2023/index.html", "report.png")
        page = browser.new_page(viewport={"width": 760, "height": 900})
        names = iter(["tutorial-draft.png", "tutorial-report.png"])

        def build(project: Path) -> str:
            told = run(project, BUILD, Path(aside) / "keys")
            picture(page, project / "report/choir/index.html", next(names))
            return told

        project, _ = follow(Path(aside), build)
        (panel,) = project.glob("report/choir/03-panel-*.html")
        changes = 'figure[id^="fig-panel-all-changes"] .picture'
        picture(page, panel, "tutorial-changes.png", changes)
        browser.close()


if __name__ == "__main__":
    main()
