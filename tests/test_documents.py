"""The report in print, in Word and as slides: what each holds, and how its pages are filled."""

import io
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from white_space import measure_pages

from altcred.build.assemble import join_chapters, read_chapters
from altcred.build.documents import DocxReport, SlidesReport
from altcred.build.exporters import PDFReport
from altcred.build.store import Store
from altcred.describe.study import load_study

TEMPLATE = Path(__file__).parent.parent / "report" / "template"
STUDY = """
name: small
title: A small study
authors: [A. First]
license: CC BY 4.0
reconstructed: true
reconstruction_note: Made from printed figures.
currency: EUR
waves:
  begin: {label: Begin, exports: [begin.csv]}
"""
CODEBOOK = """
variables:
  mood:
    label: Mood
    kind: single
    question: {begin: {name: Q1, text: How are you?}}
    categories: {good: Good, bad: Bad}
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="374.4pt" height="{height}pt" '
    'viewBox="0 0 374.4 {height}"><rect width="374" height="{height}" fill="#1c4f72"/>'
    '<text x="20" y="40" style="font-family: \'DejaVu Sans\'; font-size: 9px">Good 75%</text></svg>'
)
ALT = 'Mood. Most said "good" (75% of 40); [few] said *bad*.'
NUMBERS = "<table><thead><tr><th>Answer</th><th>Share</th></tr></thead><tbody>{}</tbody></table>"
ROW = "<tr><th>Answer {0}</th><td>{0}%</td></tr>"


def show(data: dict[str, str], label: str, caption: str) -> Any:
    about = {"label": label, "caption": caption, "alt": ALT}
    return nbformat.v4.new_output("display_data", data, metadata={"report": about})


def figure(label: str, height: int = 200) -> list[Any]:
    picture = show({"image/svg+xml": SVG.format(height=height)}, label, "Mood; n = 40")
    return [picture, nbformat.v4.new_output("display_data", {"text/html": table(3)})]


def table(rows: int) -> str:
    return NUMBERS.format("".join(ROW.format(n) for n in range(rows)))


def chapter(cells: list[str | list[Any]], **about: str) -> Any:
    made = [
        nbformat.v4.new_markdown_cell(cell)
        if isinstance(cell, str)
        else nbformat.v4.new_code_cell("show()", outputs=cell, execution_count=1)
        for cell in cells
    ]
    return nbformat.v4.new_notebook(cells=made, metadata={"altcred": about})


@pytest.fixture
def join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what joins chapters, given by their stems, of a cohort in a project of its own."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(TEMPLATE, "report/template")
    cohort, executed = Path("cohorts/small"), Path("data/processed/small/notebooks")
    cohort.mkdir(parents=True)
    executed.mkdir(parents=True)
    (cohort / "study.yaml").write_text(STUDY)
    (cohort / "codebook.yaml").write_text(CODEBOOK)

    def join_all(**chapters: list[str | list[Any]]) -> Any:
        for stem, cells in chapters.items():
            nbformat.write(chapter(cells), executed / f"{stem}.ipynb")
        study = load_study("small")
        return join_chapters("small", read_chapters("small", study.waves))

    return join_all


@pytest.fixture
def joined(join: Any) -> Any:
    return join(
        first=[
            "# Moods",
            "## Good and bad",
            "Most were good, as @fig-mood and @tbl-mood show. With $x^2$.",
            figure("fig-mood"),
            [show({"text/html": table(3)}, "tbl-mood", "Moods *by* answer")],
        ]
    )


def parts(package: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(package)) as found:
        names = [name for name in found.namelist() if name.endswith((".xml", ".rels"))]
        # Blanks at which no line breaks are blanks.
        return {name: found.read(name).decode().replace("\xa0", " ") for name in names}


def test_word_has_headings_captions_tables_and_words_for_pictures(joined: Any) -> None:
    made = DocxReport().from_notebook_node(joined)[0]
    found = parts(made)
    for text in found.values():
        ElementTree.fromstring(text)
    document = found["word/document.xml"]
    assert '<w:pStyle w:val="Heading1"' in document
    assert '<w:pStyle w:val="Heading2"' in document
    for kind in ("Figure", "Table"):
        assert document.count(f"SEQ {kind} ") == 1
    assert '<w:pStyle w:val="TableCaption"' in document
    assert document.count("<w:tblHeader") == 1
    (alt,) = re.findall(r'<wp:docPr descr="([^"]*)"', document)
    assert alt.startswith("Mood. Most said") and alt.endswith("(75% of 40); [few] said *bad*.")  # noqa: PT018
    # References lead to a bookmark, and the label of reconstructed data is on every page.
    anchors = set(re.findall(r'w:anchor="([^"]*)"', document))
    assert anchors == {"fig-mood", "tbl-mood"}
    assert anchors <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]*)"', document))
    assert "Reconstructed data: not the original answers" in found["word/header1.xml"]
    assert "<m:oMath>" in document


def test_slides_have_a_figure_each_and_tell_its_finding(joined: Any) -> None:
    found = parts(SlidesReport().from_notebook_node(joined)[0])
    assert "Reconstructed data: not the original answers" in found["ppt/slides/slide1.xml"]
    slide = found["ppt/slides/slide2.xml"]
    assert "Figure 1. Mood; n = 40. Reconstructed data." in slide
    assert '[few] said *bad*."' in slide.replace("&quot;", '"')
    assert "figures/" not in slide
    assert "75% of 40" in found["ppt/notesSlides/notesSlide1.xml"]


@pytest.mark.parametrize("kind", [DocxReport, SlidesReport, PDFReport])
def test_the_same_chapters_give_the_same_bytes(joined: Any, kind: Any) -> None:
    assert kind().from_notebook_node(joined)[0] == kind().from_notebook_node(joined)[0]


def test_print_is_full_and_can_be_read_by_a_screen_reader(join: Any) -> None:
    words = "Some words that say what was found in this survey of moods. " * 9
    asked = [
        one
        for n, height in enumerate((90, 260, 150, 420, 120, 300, 200, 640, 180, 240, 100, 330))
        for one in (f"### Question {n}\n\n{words}", figure(f"fig-{n}", height))
    ]
    long = [show({"text/html": table(70)}, "tbl-long", "A long table")]
    short = [show({"text/html": table(9)}, "tbl-short", "A short table")]
    # A leap of levels would be refused in print for screen readers.
    made = join(chapter=["# Moods", *asked, "# More", "### Below", short, long, "The end $x/2$."])
    white = measure_pages(made)
    # After the title and the chapters come the numbers of figures and the long table.
    assert [one for one in white[1:-2] if one > 0.15] == []
    from pypdf import PdfReader

    pdf = PdfReader(io.BytesIO(PDFReport().from_notebook_node(made)[0]))
    assert len(pdf.pages) == len(white)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert pdf.metadata.title == "A small study"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    tags = list(walk(root["/StructTreeRoot"]))
    assert sum(tag["/S"] == "/Figure" and tag.get("/Alt") == ALT for tag in tags) == 12
    assert {"/H1", "/H2", "/Table", "/TH", "/Caption", "/Link"} <= {tag["/S"] for tag in tags}
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Reconstructed data: not the original answers" in text
    # What is in the last long table is on a page with its head repeated, and letters of drawings
    # are letters.
    assert "Answer 69" in text
    assert "Good 75%" in text


def test_a_sign_that_no_font_has_costs_the_standard_not_the_pdf(
    join: Any, caplog: pytest.LogCaptureFixture
) -> None:
    made = join(chapter=["# Moods", "Most were \u65e5."])
    assert PDFReport().from_notebook_node(made)[0].startswith(b"%PDF")
    assert "not PDF/UA" in caplog.text


def walk(tag: Any) -> Any:
    """Yield every element of a tree of tags."""
    tag = tag.get_object()
    if not hasattr(tag, "get"):
        return
    if "/S" in tag:
        yield tag
    kids = tag.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from walk(kid) if not isinstance(kid, int) else ()


def test_tables_kept_of_a_former_document_stand_in_the_next_as_new(
    join: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also two that are alike; one that an author typed may be like one."""
    own = "| Answer | Share |\n|--|--|\n| Answer 0 | 0% |\n| Answer 1 | 1% |\n| Answer 2 | 2% |"
    some = [table(2), table(12), table(2), table(3)]
    shown = [[show({"text/html": one}, f"tbl-{n}", "One")] for n, one in enumerate(some)]
    asked: list[str] = []
    write = DocxReport._write

    def listen(self: DocxReport, text: str, *given: Any) -> bytes:
        asked.append(text)
        return write(self, text, *given)

    monkeypatch.setattr(DocxReport, "_write", listen)
    store = Store()
    DocxReport().from_notebook_node(join(a=["# A", own, *shown]), {"store": store})
    edited = join(a=["# A", "And more.", own, *reversed(shown)])
    made = DocxReport().from_notebook_node(edited, {"store": store})[0]
    assert made == DocxReport().from_notebook_node(edited)[0]
    # What an author's table is like could be that one, so it was not kept.
    assert [text.count("{=openxml}\n<w:tbl>") for text in asked] == [0, 3, 0]
