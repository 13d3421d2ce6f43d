"""The assembled report: the same numbers on screen and in print, and nothing from outside."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from report_project import CHAPTERS, STUDY, write_project

from altcred.build.assemble import join_chapters, read_chapters
from altcred.build.exporters import HTMLReport, PDFReport
from altcred.build.pandoc import markdown_to_typst
from altcred.build.pictures import subset_font
from altcred.build.report import build_report
from altcred.core.errors import InvalidInput
from altcred.describe.study import load_study

# The same letters give the same font, as test_pictures holds, and most reports here have the same.
SUBSET = cache(subset_font)
KEPT = ("name", "title", "program_types", "programs", "waves")


@pytest.fixture(autouse=True)
def project(example_chapters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with one cohort whose chapters were run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("altcred.build.pictures.subset_font", SUBSET)
    write_project(example_chapters)
    return tmp_path


def join() -> Any:
    """Return the joined chapters."""
    study = load_study("example")
    return join_chapters("example", read_chapters("example", study.waves))


def pages() -> dict[str, str]:
    """Return the pages of the report by their files."""
    first, resources = HTMLReport().from_notebook_node(join())
    outputs = resources["outputs"]
    others = {name: text.decode() for name, text in outputs.items() if name.endswith(".html")}
    return {"index.html": first, **others}


def screen() -> str:
    """Return all pages of the report, one after the other."""
    return "\n".join(pages().values())


def settled() -> dict[str, Any]:
    """Return what is known of the whole report: headings, references, counts."""
    return dict(HTMLReport().from_notebook_node(join())[1])


def print_out(monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """Return the typst of the report and the names of its pictures."""
    caught: list[Any] = []
    monkeypatch.setattr(
        "altcred.build.exporters.set_in_type",
        lambda text, pictures, template: caught.append((text, pictures, template)) or b"",
    )
    PDFReport().from_notebook_node(join())
    text, pictures, template = caught[0]
    return markdown_to_typst(text, template), list(pictures)


def chapter_page(stem: str = "02-survey-begin") -> str:
    return str(HTMLReport().from_filename(str(CHAPTERS / f"{stem}.ipynb"))[0])


def edit(stem: str, change: Callable[[Any], None]) -> None:
    """Change an executed chapter."""
    path = CHAPTERS / f"{stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def append(text: str, stem: str = "08-summary") -> None:
    """Add a text to the end of a chapter."""
    edit(stem, lambda notebook: notebook.cells.append(nbformat.v4.new_markdown_cell(text)))


class Reader(HTMLParser):
    """Collects a page's text, tags and addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.alts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        if given.get("role") == "img" or tag == "img":
            self.alts.append(given.get("alt", given.get("aria-label", "")))
        if tag in {"img", "script", "iframe", "source", "embed", "object", "link"}:
            self.loaded += [given[name] for name in ("src", "href", "data") if name in given]
        assert not any(name.startswith("on") for name in given), given

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


def test_screen_and_print_state_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Reader(screen()).words
    printed, pictures = print_out(monkeypatch)
    printed = re.sub(r"[\s~]+", " ", printed.replace("\\", ""))
    for stated in (
        "1,234 respondents",
        "38% were women (36% to 41%), just under two fifths",
        "$36,000 against $41,500",
        "50,123.5",
        "Male and Female",
        "women were fewer",
        "n = 1,200",
    ):
        assert stated in page
        assert stated in printed
    assert pictures == ["figures/fig-gender-begin.svg"]


def test_references_and_numbers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {name: Reader(page) for name, page in pages().items()}
    places = {f"{name}#{id}" for name, page in found.items() for id in page.ids}
    for name, page in found.items():
        inside = {f"{name}{link}" for link in page.links if link.startswith("#")}
        inside |= {link for link in page.links if re.match(r"[\w-]+\.html#", link)}
        assert inside <= places
        assert len(page.ids) == len(set(page.ids))
    chapter = pages()["02-survey-begin.html"]
    assert '<a href="#fig-gender-begin" class="reference">Figure 1</a>' in chapter
    assert '<a href="#eq-cost-begin" class="reference">Equation 1</a>' in chapter
    # From another page a reference leads to the chapter's own.
    first = pages()["index.html"]
    assert '<a href="02-survey-begin.html#sec-income-begin" class="reference">Section 1.1' in first
    printed, _ = print_out(monkeypatch)
    assert "#link(<fig-gender-begin>)[Figure 1]" in printed
    assert "#strong[Figure 1.]" in printed
    assert '#report-equation("(1)")' in printed


def test_front_comes_first_and_is_not_numbered() -> None:
    assert [(h.number, h.text) for h in settled()["headings"]] == [
        ("", "Key takeaways"),
        ("1", "Respondents at the begin"),
        ("1.1", "Income"),
        ("2", "Discussion"),
    ]


def test_the_contents_list_chapters_and_their_sections() -> None:
    for name, page in pages().items():
        contents = re.findall(r"<nav.*?</nav>", page, re.S)[0]
        found = Reader(contents)
        assert found.tags.count("ol") == contents.count("</ol>")
        assert found.tags.count("li") == contents.count("</li>")
        words = re.sub(r"\s", "", found.words.split("Contents")[1])
        section = {"index.html": "Income", "02-survey-begin.html": "1.1Income"}.get(name, "")
        assert words == f"1Respondentsatthebegin{section}2Discussion"


def test_one_page_leads_to_the_next() -> None:
    found = pages()
    assert [name for name in found if name.endswith(".html")] == (
        ["index.html", "02-survey-begin.html", "08-summary.html"]
    )
    turns = re.findall(r'<a rel="(\w+)" href="([^"]+)">', found["02-survey-begin.html"])
    assert turns == [("prev", "index.html"), ("next", "08-summary.html")]
    assert re.search(r"<main id=.report.>\s*<h1 id=", found["02-survey-begin.html"])
    heading = re.search(r'<h2 id="sec-income-begin">.*?</h2>', found["02-survey-begin.html"], re.S)
    assert heading is not None
    assert '<a class="anchor" href="#sec-income-begin"' in heading[0]


def test_nothing_is_loaded_but_what_lies_beside_the_page() -> None:
    own = {"assets/report.css", "assets/report.js"}  # which loads search.js when it is wanted
    for page in (*pages().values(), chapter_page(), chapter_page("08-summary")):
        found = Reader(page)
        assert all(one in own or one.startswith("data:image/") for one in found.loaded)
        style = "".join(re.findall(r"<style>.*?</style>", page, re.S))
        assert not re.search(r"url\((?!data:font/)|@import", style)
        assert not re.search(r"url\((?!#)|@import", page.replace(style or "none", ""))
        assert found.alts.count("Bars: 38% women; median income $36,000.") == page.count("<svg")
        assert " style=" not in page


def test_answers_are_shown_and_never_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Reader(screen()).words
    assert "<script>alert(1)</script> or <b>bold</b>" in words
    assert "<b>Utopia</b> & <script>x</script>" in words
    printed, _ = print_out(monkeypatch)
    assert '#"<b>Utopia</b> & <script>x</script>";' in printed


def test_figures_carry_what_readers_need() -> None:
    page = screen()
    figure = re.search(r'<figure class="figure" id="fig-gender-begin".*?</figure>', page, re.S)
    assert figure is not None
    assert 'data-published="Figure 12"' in figure[0]
    assert 'aria-label="Bars: 38% women; median income $36,000."' in figure[0]
    assert 'href="notebooks/02-survey-begin.html#02-4"' in figure[0]
    assert '<summary>Numbers<span class="aloud"> of Figure 1</span></summary>' in figure[0]
    assert '<summary>Code<span class="aloud"> of Figure 1</span></summary>' in figure[0]
    for name in ("figures/{}.svg", "figures/{}.png", "tables/{}.csv", "files/{}.zip"):
        assert f'href="{name.format("fig-gender-begin")}"' in figure[0]
    assert '<a class="itself" href="#fig-gender-begin">Link to Figure 1</a>' in figure[0]
    assert '<th scope="col">gender<' in figure[0]
    # A listener hears each figure's and table's own name.
    assert 'aria-labelledby="fig-gender-begin-caption"' in figure[0]
    assert '<figcaption id="fig-gender-begin-caption">' in figure[0]
    assert '<table aria-label="Numbers of Figure 1">' in figure[0]
    assert "<table>" not in page
    named = re.findall(r'aria-labelledby="([^"]+)"', page)
    assert set(named) <= set(re.findall(r' id="([^"]+)"', page))
    # No picture is a link as long as its description, and no two links sound alike.
    assert "<a" not in re.findall(r'<div class="picture">.*?</div>', page, re.S)[0]
    marks = re.findall(r'<a href="(?:notebooks|tables|figures|files)/[^"]+">(.*?)</a>', figure[0])
    spoken = [re.sub(r"<[^>]+>", "", mark) for mark in marks]
    assert len(spoken) == len(set(spoken)) > 3
    assert "sns" in figure[0]


def test_an_executed_chapter_shows_each_cell_and_leads_to_the_report() -> None:
    page = chapter_page()
    assert 'id="02-4"' in page
    assert '<a href="../02-survey-begin.html#fig-gender-begin">Figure 1 of the report</a>' in page
    assert 'aria-label="Bars: 38% women; median income $36,000."' in page
    assert "matplotlib" in page


def test_headings_skip_no_level_and_the_page_has_its_landmarks() -> None:
    for page in pages().values():
        main = page[page.index('<main id="report">') :]
        tags = Reader(page).tags
        levels = [int(tag[1]) for tag in Reader(main).tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
        assert [tags.count(name) for name in ("header", "main", "footer")] == [1, 1, 1]
        assert '<a class="skip" href="#report">' in page
        assert '<html lang="en">' in page
        # A region is a landmark, and a hundred landmarks are none.
        assert 'role="region"' not in page


def test_a_reconstructed_cohort_says_so_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    page = screen()
    assert "<strong>Reconstructed cohort:</strong> Made from printed figures" in page
    captions = re.findall(r"<figcaption[^>]*>.*?</figcaption>", page, re.S)
    assert len(captions) == 2
    assert all("Reconstructed data." in caption for caption in captions)
    printed, _ = print_out(monkeypatch)
    assert 'mark: "Reconstructed"' in printed
    assert "reconstruction: [Made from printed figures; #emph[not] the original" in printed
    assert printed.count("#data-note[Reconstructed data.]") == 2
    assert "Reconstructed cohort" in chapter_page()

    study = Path("cohorts/example/study.yaml")
    study.write_text(STUDY.replace("reconstructed: true", "reconstructed: false"))
    assert "Reconstructed" not in screen()
    assert "Reconstructed data" not in print_out(monkeypatch)[0]


def build() -> dict[str, bytes]:
    build_report("example")
    files = sorted(path for path in Path("report/example").rglob("*") if path.is_file())
    return {path.relative_to("report/example").as_posix(): path.read_bytes() for path in files}


def test_two_builds_give_the_same_files(project: Path) -> None:
    built = [build(), build()]
    assert built[0] == built[1]
    assert sorted(built[0]) == [
        "02-survey-begin.html",
        "08-summary.html",
        "assets/report.css",
        "assets/report.js",
        "assets/search.js",
        "figures/fig-gender-begin.png",
        "figures/fig-gender-begin.svg",
        "files/fig-gender-begin.zip",
        "files/tbl-gender-begin.zip",
        "index.html",
        "notebooks/02-survey-begin.html",
        "notebooks/08-summary.html",
        "report.docx",
        "report.pdf",
        "report.pptx",
        "tables/fig-gender-begin.csv",
        "tables/tbl-gender-begin.csv",
    ]
    assert built[0]["report.pdf"].startswith(b"%PDF-")
    assert str(project).encode() not in built[0]["index.html"] + built[0]["report.pdf"]
    # By hand nbconvert makes the same page of a chapter, and its part of the PDF.
    by_hand = chapter_page().encode().partition(b"</head>")[2]
    assert by_hand == built[0]["notebooks/02-survey-begin.html"].partition(b"</head>")[2]
    alone, _ = PDFReport().from_filename(str(CHAPTERS / "08-summary.ipynb"))
    assert alone.startswith(b"%PDF-")


def test_an_edit_gives_the_same_files_whatever_was_kept_of_a_report(project: Path) -> None:
    before = build()
    append("A sentence that was not there.")
    after = build()
    assert before["08-summary.html"] != after["08-summary.html"]
    shutil.rmtree(".build/report")
    assert build() == after


def test_nbconvert_knows_the_exporters_by_name() -> None:
    named = {one.name: one.load() for one in entry_points(group="nbconvert.exporters")}
    assert (named["altcred-html"], named["altcred-pdf"]) == (HTMLReport, PDFReport)


def test_nbconvert_writes_a_chapter_by_hand(project: Path) -> None:
    words = ["--to", "altcred-html", str(CHAPTERS / "02-survey-begin.ipynb"), "--output-dir", "o"]
    command = [sys.executable, "-m", "nbconvert", *words]
    subprocess.run(command, check=True, capture_output=True)
    assert "38% were women" in Path("o/02-survey-begin.html").read_text()


def change(old: str, new: str) -> None:
    """Replace a text in what the chapters put out and in what describes it."""

    def replace(notebook: Any) -> None:
        for output in (one for cell in notebook.cells for one in cell.get("outputs", [])):
            if text := output.get("data", {}).get("text/markdown"):
                output.data["text/markdown"] = text.replace(old, new)
            if about := output.get("metadata", {}).get("report"):
                output.metadata["report"] = {k: v.replace(old, new) for k, v in about.items()}

    for path in CHAPTERS.glob("*.ipynb"):
        edit(path.stem, replace)


def refusal() -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        HTMLReport().from_notebook_node(join())
    return [str(problem) for problem in refused.value.problems]


def test_unknown_references_are_all_named_with_what_is_near() -> None:
    change("@tbl-gender", "@tbl-gendr")
    found = refusal()
    assert len(found) == 2  # the text and the caption
    assert "02-survey-begin.ipynb: cell 5: @tbl-gendr-begin refers to nothing" in found[0]
    assert "tbl-gender-begin" in found[0]


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("fig-gender-begin", "Begin its label with tbl-"),
        ("Tbl 1", "is no label"),
    ],
)
def test_labels_are_well_formed(label: str, message: str) -> None:
    change("@tbl-gender-begin", "")
    change("tbl-gender-begin", label)
    assert any(message in line for line in refusal())


def figure_cell(notebook: Any) -> Any:
    return next(cell for cell in notebook.cells if cell.id == "02-4")


def test_labels_are_unique() -> None:
    def repeat(notebook: Any) -> None:
        cell = figure_cell(notebook)
        cell.outputs.append(cell.outputs[0])

    edit("02-survey-begin", repeat)
    assert any("is also the label of cell 7 of 02-survey" in line for line in refusal())


def test_a_figure_needs_alternative_text_and_caption() -> None:
    def forget(notebook: Any) -> None:
        for output in (one for cell in notebook.cells for one in cell.get("outputs", [])):
            if about := output.get("metadata", {}).get("report"):
                output.metadata["report"] = {"label": about["label"]}

    edit("02-survey-begin", forget)
    found = refusal()
    assert sum("has no caption" in line for line in found) == 2
    assert sum("has no alternative text" in line for line in found) == 1


def test_prose_figures_and_numbers_of_one_cell_come_in_their_order() -> None:
    text = "## Shown {#sec-shown}\n\nAs @fig-gender-begin shows."

    def introduce(notebook: Any) -> None:
        data = {"text/markdown": text, "text/plain": "<text>"}
        figure_cell(notebook).outputs.insert(0, nbformat.v4.new_output("display_data", data))

    edit("02-survey-begin", introduce)
    assert settled()["references"]["sec-shown"] == "Section 1.2"
    (figure,) = re.findall(r"As <a[^>]*>Figure 1</a> shows.*?(<figure.*?</figure>)", screen(), re.S)
    assert "Numbers<span" in figure
    assert "Code<span" in figure
    linked = (
        'As <a href="../02-survey-begin.html#fig-gender-begin" class="reference">Figure 1</a> shows'
    )
    assert linked in chapter_page()


def test_code_of_many_figures_is_shown_once() -> None:
    def repeat(notebook: Any) -> None:
        cell = figure_cell(notebook)
        first = cell.outputs[0]
        cell.outputs = []
        for name in ("one", "two"):
            about = {"label": f"fig-{name}", "caption": "Own.", "alt": "Own."}
            cell.outputs.append(nbformat.from_dict({**first, "metadata": {"report": about}}))

    edit("02-survey-begin", repeat)
    change("@fig-gender-begin", "@fig-one")
    figures = re.findall(r'<figure class="figure" id="(\S+)".*?</figure>', screen(), re.S)
    assert figures == ["fig-one", "fig-two"]
    codes = re.findall(r'<figure class="figure".*?</figure>', screen(), re.S)
    assert ["sns.barplot" in re.sub("<[^>]+>", "", code) for code in codes] == [True, False]


def test_a_table_of_two_is_written_as_two_files() -> None:
    def double(notebook: Any) -> None:
        (output,) = notebook.cells[7].outputs
        (table,) = output.data["application/vnd.altcred.table+json"]["tables"]
        output.data["application/vnd.altcred.table+json"]["tables"] = [table, {**table, "nets": 1}]

    edit("02-survey-begin", double)
    build_report("example")
    first, second = (Path("report/example/tables", f"tbl-gender-begin{n}.csv") for n in ("", "-2"))
    assert pd.read_csv(first)["Program type: long"].tolist() == [0.38, 0.61, 0.2]
    assert second.read_text() == first.read_text()
    page = Path("report/example/02-survey-begin.html").read_text()
    assert 'href="tables/tbl-gender-begin-2.csv">CSV 2<' in page


def test_what_is_for_the_notebook_only_stays_out_of_the_report() -> None:
    def hide(notebook: Any) -> None:
        notebook.cells[5].metadata["tags"] = ["notebook-only"]

    edit("02-survey-begin", hide)
    change("(see @sec-income-begin)", "")
    assert "median income was" not in screen()
    assert "median income was" in chapter_page()


def test_a_chapter_is_called_by_what_it_says_of_its_run() -> None:
    (footer,) = re.findall(r"<footer.*?</footer>", pages()["index.html"], re.S)
    assert "Respondents at the begin" in footer
    assert "A survey" not in footer
    assert "A survey" in chapter_page()


def test_headings_with_nothing_below_are_left_out() -> None:
    append("# Empty chapter {#sec-gone}\n\n## Gone\n\n### Gone too")
    append("# Kept chapter\n\n## Also gone\n\n## Kept\n\nA sentence.\n\n### Gone at the end")
    titles = [heading.text for heading in settled()["headings"]]
    assert titles[-2:] == ["Kept chapter", "Kept"]
    assert not {"Gone", "Gone too", "Also gone", "Empty chapter"} & set(titles)


def test_chapters_come_in_the_order_they_ask_for() -> None:
    shutil.rmtree(CHAPTERS)
    CHAPTERS.mkdir()
    for stem, settings in {
        "08-summary": {"part": "back"},
        "02-survey-end": {"parameters": {"wave": "end"}},
        "02-survey-begin": {"parameters": {"wave": "begin"}},
        "01-responses-end": {"parameters": {"wave": "end"}},
        "02-survey-later": {"parameters": {"wave": "later"}},
        "03-panel-begin-end": {"parameters": {"first": "begin", "second": "end"}},
        "03-panel-end-later": {"parameters": {"first": "end", "second": "later"}},
        "05-costs-end": {"parameters": {"wave": "end"}},
        "09-early": {"order": 0},
        "03-panel.failed": {},
    }.items():
        notebook = nbformat.v4.new_notebook(metadata={"altcred": settings})
        nbformat.write(notebook, CHAPTERS / f"{stem}.ipynb")
    assert [chapter.stem for chapter in read_chapters("example", ["begin", "end", "later"])] == [
        "09-early",
        "01-responses-end",
        "02-survey-begin",
        "02-survey-end",
        "03-panel-begin-end",
        "05-costs-end",
        # What was asked later comes after all that concerns the first two surveys.
        "02-survey-later",
        "03-panel-end-later",
        "08-summary",
    ]


def test_chapters_of_four_surveys_are_told_survey_by_survey() -> None:
    shutil.rmtree(CHAPTERS)
    CHAPTERS.mkdir()
    waves = ["one", "two", "three", "four"]
    for wave in waves:
        told = {"parameters": {"wave": wave}}
        notebook = nbformat.v4.new_notebook(metadata={"altcred": told})
        nbformat.write(notebook, CHAPTERS / f"02-survey-{wave}.ipynb")
    for stem, order in (("03-panel", 4), ("04-comparison", 3)):
        for first, second in pairwise(waves):
            told = {"parameters": {"first": first, "second": second}, "order": order}
            notebook = nbformat.v4.new_notebook(metadata={"altcred": told})
            nbformat.write(notebook, CHAPTERS / f"{stem}-{first}-{second}.ipynb")
    assert [chapter.stem for chapter in read_chapters("example", waves)] == [
        *("02-survey-one", "02-survey-two", "04-comparison-one-two", "03-panel-one-two"),
        *("02-survey-three", "04-comparison-two-three", "03-panel-two-three"),
        *("02-survey-four", "04-comparison-three-four", "03-panel-three-four"),
    ]


def test_a_part_that_no_report_has_is_refused() -> None:
    edit("08-summary", lambda notebook: notebook.metadata["altcred"].update(part="cover"))
    with pytest.raises(InvalidInput, match="'cover' is no part of a report"):
        build_report("example")


def test_a_cohort_without_executed_notebooks_is_refused() -> None:
    with pytest.raises(InvalidInput, match="holds no executed notebook"):
        read_chapters("nobody", ["begin"])


def test_footnotes_of_two_chapters_do_not_meet() -> None:
    append("Another.[^1]\n\n[^1]: Quite another note.")
    words = Reader(screen()).words
    assert "Quite another note." in words
    assert "A footnote with emphasis." in words


@pytest.mark.parametrize("text", ["```python\nx = 1", "::: {.note}\nopen", "closed\n:::"])
def test_an_open_block_is_refused(text: str) -> None:
    append(text)
    assert any("does not close it" in line for line in refusal())


def test_a_report_takes_the_place_of_the_former_when_all_of_it_is_there(project: Path) -> None:
    former = project / "report/example/old.txt"
    former.parent.mkdir(parents=True)
    former.touch()
    build_report("example")
    assert not former.exists()
    assert sorted(path.name for path in (project / "report").iterdir()) == ["example", "template"]

    change("@tbl-gender", "@tbl-gendr")
    with pytest.raises(InvalidInput, match="refers to nothing"):
        build_report("example")
    assert (project / "report/example/index.html").exists()


def test_the_template_is_never_taken_for_a_report(project: Path) -> None:
    with pytest.raises(InvalidInput, match="template"):
        build_report("template")
    assert (project / "report/template/report.css").exists()


def test_the_report_is_written_for_a_study_with_little_said() -> None:
    lines = STUDY.splitlines(keepends=True)
    bare = "".join(line for line in lines if line.strip().startswith((*KEPT, "begin")))
    Path("cohorts/example/study.yaml").write_text(bare)
    assert PDFReport().from_notebook_node(join())[0].startswith(b"%PDF-")
    assert "Cite as" not in screen()
