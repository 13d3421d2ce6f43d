"""The report in a browser: what its script adds, from a folder without a server.

Chromium is taken where the machine has it; without one these tests are passed over.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from report_project import write_project

from altcred.build.report import build_report
from altcred.core.numbers import Writer
from altcred.write.tables import Shown, Table
from altcred.write.tables.html import table_html

sync_api = pytest.importorskip("playwright.sync_api")

FOUND = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


@pytest.fixture(scope="module")
def report(example_chapters: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example's report once."""
    project = tmp_path_factory.mktemp("browsed")
    here = Path.cwd()
    os.chdir(project)
    try:
        write_project(example_chapters)
        build_report("example")
    finally:
        os.chdir(here)
    return project / "report/example"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        try:
            options = {"executable_path": FOUND} if FOUND else {}
            started = playwright.chromium.launch(args=["--no-sandbox"], **options)
        except sync_api.Error:
            if os.environ.get("ALTCRED_BROWSER"):
                raise
            pytest.skip("no Chromium here")
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any, report: Path) -> Iterator[Any]:
    """Open a page of the report; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})

    def open_one(address: str) -> Any:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{report.as_uri()}/{address}")
        return page

    yield open_one
    context.close()
    assert complaints == []


def test_an_old_address_leads_to_the_page_that_has_it_now(open_page: Any) -> None:
    page = open_page("index.html#tbl-gender-begin")
    page.wait_for_url("**/02-survey-begin.html#tbl-gender-begin")


def test_words_are_found_from_a_folder(open_page: Any) -> None:
    page = open_page("08-summary.html")
    page.keyboard.press("/")
    page.keyboard.type("what gender had respondents?")
    results = page.locator(".search li a")
    results.first.wait_for()
    assert "Gender" in results.first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/02-survey-begin.html#*gender*")


@pytest.mark.parametrize("asked", ["figure 12 of the printed report", "Figure 12", "table 1"])
def test_figures_and_tables_are_found_by_their_numbers(open_page: Any, asked: str) -> None:
    page = open_page("index.html")
    page.keyboard.press("/")
    page.keyboard.type(asked)
    result = page.locator(".search li a").first
    result.wait_for()
    assert ("(Printed as Figure 12)" if "12" in asked else "Table 1.") in result.inner_text()


def test_the_theme_is_kept_from_page_to_page(open_page: Any) -> None:
    page = open_page("index.html")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(colour) == "rgb(20, 24, 28)"
    assert open_page("02-survey-begin.html").evaluate(colour) == "rgb(20, 24, 28)"


def test_values_of_marks_are_told_to_pointer_and_keys(open_page: Any) -> None:
    page = open_page("02-survey-begin.html")
    assert page.locator(".picture .mark").count() == 0, "the example's chart is not one of ours"
    page.evaluate(
        """() => {
            const picture = document.querySelector(".picture").cloneNode();
            const mark = (name, at) => `<g class="mark"><title>${name}</title>`
                + `<rect x="${at}" width="20" height="20"/></g>`;
            picture.innerHTML = '<svg viewBox="0 0 90 40" width="90" height="40" role="img" '
                + `aria-label="x">${mark("Oak: 3", 0)}${mark("Ash: 4", 60)}</svg>`;
            document.querySelector(".picture").replaceWith(picture);
            dispatchEvent(new Event("DOMContentLoaded"));
        }"""
    )
    picture = page.locator(".picture").first
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".tip:visible").inner_text() == "Ash: 4"
    picture.locator(".mark").first.hover()
    assert page.locator(".tip:visible").inner_text() == "Oak: 3"


def test_the_report_is_whole_without_script(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{report.as_uri()}/02-survey-begin.html")
    assert page.get_by_role("img", name="Bars: 38% women").is_visible()
    assert page.get_by_role("button").count() == 0
    page.locator("summary", has_text="Numbers").first.click()
    assert page.get_by_role("table", name="Numbers of Figure 1").is_visible()
    context.close()


def test_names_of_chapters_keep_clear_of_the_next_column(open_page: Any) -> None:
    page = open_page("index.html")
    gap = page.evaluate(
        """() => {
            const list = document.querySelector(".notebooks");
            for (let more = 0; more < 12; more++)
                list.append(list.firstElementChild.cloneNode(true));
            const lines = [...list.children].flatMap((one) => {
                one.firstElementChild.textContent = "The same people ".repeat(9);
                one.lastElementChild.textContent = "a ".repeat(99);
                const range = document.createRange();
                range.selectNodeContents(one);
                return [...range.getClientRects()];
            });
            const behind = lines.filter((line) => line.left > 600).map((line) => line.left);
            const before = lines.filter((line) => line.left < 600).map((line) => line.right);
            return Math.min(...behind) - Math.max(...before.filter((right) => right < 640));
        }"""
    )
    assert 50 < gap < 640, "numbers of the list stand in between"


# Colours do not depend on the width, nor where things stand on the colours.
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_are_accessible(browser: Any, report: Path, width: int, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found = []
    for path in [*report.glob("*.html"), *report.glob("notebooks/*.html")]:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        violations = axe.run(page).response["violations"]
        found += [
            (path.name, one["id"], node["html"]) for one in violations for node in one["nodes"]
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    context.close()
    assert found == []


# Tables on a phone -----------------------------------------------------------------------------

HEADS = [
    ["n", "Share"],
    [f"Specialisations {i} (n = 1,977)" for i in range(3)],
    [f"Group {i}" for i in range(9)],
    ["95% interval", "Value"],
]
COUNT_HIDDEN = """() => [...document.querySelectorAll("tbody td")].filter(cell => {
  const box = cell.getBoundingClientRect();
  return box.width == 0 || box.right > document.documentElement.clientWidth;
}).length"""


@pytest.mark.parametrize("heads", HEADS)
def test_a_phone_shows_every_number_of_a_table(
    browser: Any, root: Path, tmp_path: Path, heads: list[str]
) -> None:
    amount = Writer().interval(-25434.2, 15391.5, "mean_difference", "USD")
    rows = [(f"A question of {n} and more words", [Shown(amount)] * len(heads)) for n in range(2)]
    spanners = [("Of those who answered", 0, 2)] if len(heads) == 2 else []
    table = table_html(Table("t", "Question", heads, rows, spanners=spanners))
    style = (root / "report/template/report.css").read_text()
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><html><meta charset="utf-8">'
        f'<style>{style}</style><body style="margin: 1rem"><div class="scroll">{table}</div></html>'
    )
    shown = browser.new_page(viewport={"width": 390, "height": 800})
    shown.goto(page.as_uri())
    assert shown.evaluate(COUNT_HIDDEN) == 0
    shown.close()
