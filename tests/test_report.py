"""The assembled report: the same numbers on screen and in print, and nothing from outside."""

import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest

from altcred.build.notebooks import run_notebook
from altcred.build.report import (
    Chapter,
    assemble_report,
    build_report,
    notebook_html,
    read_chapters,
    report_html,
    report_pdf,
    report_typst,
    write_report,
)
from altcred.build.tables_html import read_tables, table_csv, table_html, table_typst
from altcred.core.errors import InvalidInput
from altcred.estimate.store import Estimates, write_estimates

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures" / "notebooks"
TEMPLATE = HERE.parent / "report" / "template"


COLUMNS = "wave subgroup variable category statistic value low high n"
NAN = float("nan")
ROWS = [
    ("begin", "all", "responses", "", "count", 1234, NAN, NAN, 1234),
    ("begin", "all", "gender", "", "nobs", 1200, NAN, NAN, 1200),
    ("begin", "all", "gender", "female", "proportion", 0.383, 0.356, 0.411, 1200),
    ("begin", "all", "gender", "male", "proportion", 0.597, 0.569, 0.624, 1200),
    ("begin", "all", "income", "", "median", 36000, 35000, 37000, 900),
    ("begin", "all", "income", "", "mean", 50123.456, 49000, 51200, 900),
    ("begin", "program_type=long", "income", "", "median", 41500, 40000, 43000, 500),
]
ESTIMATES = Estimates(pd.DataFrame(ROWS, columns=COLUMNS.split()).assign(note=""))
LABELS = {"female": "Female", "male": "Male", "other": "Other *"}


class Codebook:
    variables = {"gender": SimpleNamespace(categories=LABELS)}  # noqa: RUF012

    def label(self, variable: str, category: str = "") -> str:
        return LABELS[category]


def make_study(**changes: Any) -> Any:
    return SimpleNamespace(
        **{
            "title": 'A study of "alternative" credentials & more',
            "subtitle": "Who enrols, and what it costs",
            "authors": ["A. First", "B. Second"],
            "citation": "First, A. (2023). *A report*. https://example.org/report",
            "license": "CC BY 4.0",
            "description": "What this is.",
            "reconstructed": True,
            "reconstruction_note": "Made from printed figures; *not* the original answers.",
            "programs": {},
            "program_types": {"long": SimpleNamespace(label="Long")},
            "waves": {"begin": SimpleNamespace(label="Begin survey", collected="2020 to 2021")},
            **changes,
        }
    )


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the example chapters once."""
    folder = tmp_path_factory.mktemp("executed")
    parameters = {"cohort": "example", "wave": "begin"}
    run_notebook(FIXTURES / "02-survey.ipynb", folder / "02-survey-begin.ipynb", parameters)
    run_notebook(FIXTURES / "08-summary.ipynb", folder / "08-summary.ipynb", {"cohort": "example"})
    return folder


@pytest.fixture
def chapters(executed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Chapter]:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(executed, tmp_path / "data/processed/example/notebooks")
    return read_chapters("example", ["begin", "end"])


@pytest.fixture
def report(chapters: list[Chapter]) -> Any:
    return assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)


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
        if tag == "img":
            self.alts.append(given.get("alt", ""))
        if tag in {"img", "script", "iframe", "source", "embed", "object", "link"}:
            self.loaded += [given[name] for name in ("src", "href", "data") if name in given]
        assert not any(name.startswith("on") for name in given), given

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


def test_screen_and_print_state_the_same_numbers(report: Any) -> None:
    page = Reader(report_html(report, template=TEMPLATE)).words
    printed, media = report_typst(report, template=TEMPLATE)
    printed = re.sub(r"\s+", " ", printed.replace("\\", ""))
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
    assert list(media) == ["media/fig-gender-begin.svg"]
    assert "{{" not in page
    assert "must not appear" not in page + printed


def test_references_and_numbers_agree(report: Any) -> None:
    page = report_html(report, template=TEMPLATE)
    found = Reader(page)
    inside = {link[1:] for link in found.links if link.startswith("#")}
    assert inside <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert '<a href="#fig-gender-begin" class="reference">Figure 1</a>' in page
    assert '<a href="#sec-income-begin" class="reference">Section 1.1</a>' in page
    assert '<a href="#eq-cost-begin" class="reference">Equation 1</a>' in page
    printed, _ = report_typst(report, template=TEMPLATE)
    assert "#link(<fig-gender-begin>)[Figure 1]" in printed
    assert "#strong[Figure 1.]" in printed
    assert '#report-equation("(1)")' in printed


def test_front_comes_first_and_is_not_numbered(report: Any) -> None:
    assert [(h.number, h.text) for h in report.headings] == [
        ("", "Key takeaways"),
        ("1", "Respondents at the begin"),
        ("1.1", "Income"),
        ("2", "Discussion"),
    ]


def test_the_page_loads_nothing_and_runs_nothing(report: Any) -> None:
    pages = [report_html(report, template=TEMPLATE)]
    pages += [notebook_html(report, chapter, template=TEMPLATE) for chapter in report.chapters]
    for page in pages:
        found = Reader(page)
        assert "script" not in found.tags
        assert "link" not in found.tags
        assert all(address.startswith("data:image/") for address in found.loaded)
        assert "url(" not in page
        assert "@import" not in page
        assert all(found.alts)


def test_answers_are_shown_and_never_obeyed(report: Any) -> None:
    page = report_html(report, template=TEMPLATE)
    words = Reader(page).words
    assert "<script>alert(1)</script> or <b>bold</b>" in words
    assert "<b>Utopia</b> & <script>x</script>" in words
    printed, _ = report_typst(report, template=TEMPLATE)
    assert '#"<b>Utopia</b> & <script>x</script>";' in printed


def test_figures_carry_what_readers_need(report: Any) -> None:
    page = report_html(report, template=TEMPLATE)
    figure = re.search(r'<figure class="figure" id="fig-gender-begin".*?</figure>', page, re.S)
    assert figure is not None
    assert 'data-published="Figure 12"' in figure[0]
    assert 'alt="Bars: 38% women; median income $36,000."' in figure[0]
    assert 'href="notebooks/02-survey-begin.html#02-4"' in figure[0]
    assert '<summary>Numbers<span class="aloud"> of Figure 1</span></summary>' in figure[0]
    assert '<summary>Code<span class="aloud"> of Figure 1</span></summary>' in figure[0]
    assert 'href="figures/fig-gender-begin.svg"' in figure[0]
    assert 'href="tables/fig-gender-begin.csv"' in figure[0]
    assert '<th scope="col">gender</th>' in figure[0]
    # A listener hears each figure's and table's own name.
    assert 'aria-labelledby="fig-gender-begin-caption"' in figure[0]
    assert '<figcaption id="fig-gender-begin-caption">' in figure[0]
    assert '<table aria-label="Numbers of Figure 1">' in figure[0]
    assert "<table>" not in page
    named = re.findall(r'aria-labelledby="([^"]+)"', page)
    assert set(named) <= set(re.findall(r' id="([^"]+)"', page))
    # No picture is a link as long as its description, and no two links sound alike.
    assert "<a" not in re.findall(r'<div class="picture">.*?</div>', page, re.S)[0]
    marks = re.findall(r'<a href="(?:notebooks|tables|figures)/[^"]+">(.*?)</a>', page)
    spoken = [re.sub(r"<[^>]+>", "", mark) for mark in marks]
    assert len(spoken) == len(set(spoken)) > 3
    assert "sns" in figure[0]
    notebook = notebook_html(report, report.chapters[0], template=TEMPLATE)
    assert 'id="02-4"' in notebook
    assert "../index.html#fig-gender-begin" in notebook


def test_headings_skip_no_level_and_the_page_has_its_landmarks(report: Any) -> None:
    page = report_html(report, template=TEMPLATE)
    tags = Reader(page).tags
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert [tags.count(name) for name in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    assert '<a class="skip" href="#report">' in page
    assert '<html lang="en">' in page
    # A region is a landmark, and a hundred landmarks are none.
    assert 'role="region"' not in page


def test_a_reconstructed_cohort_says_so_everywhere(chapters: list[Chapter], report: Any) -> None:
    page = report_html(report, template=TEMPLATE)
    assert "<strong>Reconstructed cohort:</strong> Made from printed figures" in page
    captions = re.findall(r"<figcaption[^>]*>.*?</figcaption>", page, re.S)
    assert len(captions) == 2
    assert all("Reconstructed data." in caption for caption in captions)
    printed, _ = report_typst(report, template=TEMPLATE)
    assert "reconstructed: true" in printed
    assert printed.count("#data-note[Reconstructed data.]") == 2
    assert "Reconstructed cohort" in notebook_html(report, chapters[0], template=TEMPLATE)

    original = make_study(reconstructed=False)
    plain = assemble_report("example", original, Codebook(), ESTIMATES, read_again())
    assert "Reconstructed" not in report_html(plain, template=TEMPLATE)
    assert "Reconstructed data" not in report_typst(plain, template=TEMPLATE)[0]


def read_again() -> list[Chapter]:
    return read_chapters("example", ["begin", "end"])


def test_two_builds_give_the_same_files(chapters: list[Chapter], tmp_path: Path) -> None:
    built = []
    for name in ("one", "two"):
        report = assemble_report("example", make_study(), Codebook(), ESTIMATES, read_again())
        write_report(report, tmp_path / name, template=TEMPLATE)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        built.append({str(f.relative_to(tmp_path / name)): f.read_bytes() for f in files})
    assert built[0] == built[1]
    assert sorted(built[0]) == [
        "figures/fig-gender-begin.svg",
        "index.html",
        "notebooks/02-survey-begin.html",
        "notebooks/08-summary.html",
        "report.pdf",
        "tables/fig-gender-begin.csv",
        "tables/tbl-gender-begin.csv",
    ]
    assert built[0]["report.pdf"].startswith(b"%PDF-")
    assert str(tmp_path).encode() not in built[0]["index.html"] + built[0]["report.pdf"]


def change(chapters: list[Chapter], old: str, new: str) -> None:
    """Replace a text in the chapters' Markdown and captions."""
    for chapter in chapters:
        for cell in chapter.notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(old, new)
            elif "report" in cell.metadata:
                about = cell.metadata["report"]
                cell.metadata["report"] = {k: v.replace(old, new) for k, v in about.items()}


def refusal(chapters: list[Chapter]) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)
    return [str(problem) for problem in refused.value.problems]


def test_unknown_references_are_all_named_with_what_is_near(chapters: list[Chapter]) -> None:
    change(chapters, "@tbl-gender", "@tbl-gendr")
    found = refusal(chapters)
    assert len(found) == 2  # the text and the caption
    assert "02-survey-begin.ipynb: cell 1: @tbl-gendr-begin refers to nothing" in found[0]
    assert "tbl-gender-begin" in found[0]


def test_unknown_estimates_are_all_named(chapters: list[Chapter]) -> None:
    change(chapters, '"female"', '"femle"')
    found = refusal(chapters)
    assert len(found) == 4
    assert any("cell 1" in line and "femle" in line for line in found)
    assert any("08-summary" in line for line in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tbl-gender-{wave}", "fig-gender-{wave}", "is also the label of cell"),
        ("fig-gender-{wave}", "Fig 1", "is no label"),
    ],
)
def test_labels_are_unique_and_well_formed(
    chapters: list[Chapter], old: str, new: str, message: str
) -> None:
    for chapter in chapters:
        for cell in chapter.notebook.cells:
            about = cell.metadata.get("report", {})
            if about.get("label") == old:
                about["label"] = new
    if "also" in message:
        message = "Begin its label with tbl-"
    assert any(message in line for line in refusal(chapters))


def test_a_figure_needs_alternative_text_and_caption(chapters: list[Chapter]) -> None:
    for cell in chapters[0].notebook.cells:
        if "report" in cell.metadata:
            cell.metadata["report"] = {"label": cell.metadata["report"]["label"]}
    found = refusal(chapters)
    assert sum("has no caption" in line for line in found) == 2
    assert sum("has no alternative text" in line for line in found) == 1


def test_an_output_may_describe_itself(chapters: list[Chapter]) -> None:
    """A cell that draws a figure for each variable gives each output its own label."""
    cell = next(c for c in chapters[0].notebook.cells if "report" in c.metadata)
    cell.outputs[0]["metadata"] = {
        "report": {"label": "fig-own-{wave}", "caption": "Own.", "alt": "Own."}
    }
    change(chapters, "@fig-gender", "@fig-own")
    report = assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)
    assert report.references["fig-own-begin"] == "Figure 1"


def test_code_of_many_figures_is_shown_once(chapters: list[Chapter]) -> None:
    cell = next(c for c in chapters[0].notebook.cells if "report" in c.metadata)
    first = cell.outputs[0]
    cell.outputs = []
    for name in ("one", "two"):
        about = {"label": f"fig-{name}", "caption": "Own.", "alt": "Own."}
        cell.outputs.append(nbformat.from_dict({**first, "metadata": {"report": about}}))
    change(chapters, "@fig-gender-{wave}", "@fig-one")
    change(chapters, "@fig-gender-begin", "@fig-one")
    report = assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)
    codes = {block.label: bool(block.code) for block in report.blocks if block.kind == "fig"}
    assert codes == {"fig-one": True, "fig-two": False}


def test_headings_with_nothing_below_are_left_out(chapters: list[Chapter]) -> None:
    empty = "# Empty chapter {#sec-gone}\n\n## Gone\n\n### Gone too"
    kept = "# Kept chapter\n\n## Also gone\n\n## Kept\n\nA sentence.\n\n### Gone at the end"
    for text in (empty, kept):
        cell = nbformat.v4.new_markdown_cell(text)
        chapters[-1].notebook.cells.append(cell)
    report = assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)
    titles = [heading.text for heading in report.headings]
    assert titles[-2:] == ["Kept chapter", "Kept"]
    assert not {"Gone", "Gone too", "Also gone", "Empty chapter"} & set(titles)


def test_chapters_come_in_the_order_they_ask_for(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/processed/example/notebooks"
    folder.mkdir(parents=True)
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
        nbformat.write(notebook, folder / f"{stem}.ipynb")
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


def test_a_cohort_without_executed_notebooks_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="holds no executed notebook"):
        read_chapters("nobody", ["begin"])


def great_table() -> str:
    from great_tables import GT

    rows = pd.DataFrame({"part": ["A", "A", "B"], "row": ["x", "y", "z"], "u": [1, 2, 3]})
    rows["v"] = [0.1, 0.2, 0.3]
    table = GT(rows, rowname_col="row", groupname_col="part", id="t")
    table = table.tab_spanner("Both", ["u", "v"]).tab_source_note("A note.")
    return table.tab_footnote("A footnote.", None).as_raw_html()


def test_a_table_keeps_groups_spanners_and_notes() -> None:
    (table,) = read_tables(great_table())
    html = table_html(table)
    assert html.count('scope="rowgroup" colspan="3"') == 2
    assert '<th scope="colgroup" colspan="2" class="mid spanner"><span>Both</span></th>' in html
    assert '<th scope="row">x</th><td class="num">1</td><td class="num">0.1</td>' in html
    assert {note.text for note in table.notes} == {"A note.", "A footnote."}
    assert table_csv(table) == "group,,Both u,Both v\nA,x,1,0.1\nA,y,2,0.2\nB,z,3,0.3\n"
    printed, turned = table_typst(table)
    assert "table.header(level: 2, table.cell(colspan: 3" in printed
    assert "align: (left, right, right,)" in printed
    assert "#table-note[" in printed
    assert not turned


def test_wide_tables_shrink_and_then_turn_the_page() -> None:
    def wide(columns: int) -> tuple[str, bool]:
        frame = pd.DataFrame({f"column {i}": [12345.6] for i in range(columns)})
        (table,) = read_tables(frame.to_html())
        return table_typst(table)

    assert not wide(5)[1]
    assert wide(20)[1]
    assert "size: 8.5pt" in wide(5)[0]


def test_columns_of_long_texts_get_the_room_that_is_left() -> None:
    claim = "A claim of so many words that it would take three lines"
    frame = pd.DataFrame({"Claim": [claim] * 2, "Number": [1.5, 2.5], "Holds": ["yes", "no"]})
    (table,) = read_tables(frame.to_html(index=False))
    printed, _ = table_typst(table)
    shares = re.search(r"columns: \((\d+)fr, [\d.]+pt, (\d+)fr,\)", printed)
    assert shares
    first, last = map(int, shares.groups())
    # The short words keep what they need, and all the rest is for the long ones.
    assert last == 5
    assert first > len(claim)


def test_markup_in_a_table_is_read_and_never_trusted() -> None:
    html = (
        '<table><tr onclick="x()"><td><img src=x onerror=y><a href="javascript:z">a</a>'
        '<!-- c --><em>b</em>#d [e] "f" \\</td></tr></table>'
    )
    html = html.replace("<tr", "<tbody><tr").replace("</tr>", "</tr></tbody>")
    (table,) = read_tables(html)
    assert '<td>a<em>b</em>#d [e] "f" \\</td>' in table_html(table)
    assert '#"a";#emph[#"b";];#"#d [e] \\"f\\" \\\\";' in table_typst(table)[0]


def test_footnotes_of_two_chapters_do_not_meet(chapters: list[Chapter]) -> None:
    last = chapters[-1].notebook
    last.cells.append(nbformat.v4.new_markdown_cell("Another.[^1]\n\n[^1]: Quite another note."))
    report = assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)
    words = Reader(report_html(report, template=TEMPLATE)).words
    assert "Quite another note." in words
    assert "A footnote with emphasis." in words


@pytest.mark.parametrize("text", ["```python\nx = 1", "::: {.note}\nopen", "closed\n:::"])
def test_an_open_block_is_refused(chapters: list[Chapter], text: str) -> None:
    chapters[0].notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    assert any("does not close it" in line for line in refusal(chapters))


STUDY = """
name: example
title: An example
program_types: {long: {label: Long}}
programs: {one: {label: One, type: long}}
waves: {begin: {label: Begin survey, exports: [begin.csv], program: Program}}
"""
CODEBOOK = """
variables:
  gender:
    label: Gender
    kind: single
    question: {begin: {id: QID1, name: Q1, text: What is your gender?}}
    categories: {female: Female, male: Male}
"""


def test_a_report_is_built_from_the_files_of_a_cohort(
    chapters: list[Chapter], tmp_path: Path
) -> None:
    (tmp_path / "cohorts/example").mkdir(parents=True)
    (tmp_path / "cohorts/example/study.yaml").write_text(STUDY)
    (tmp_path / "cohorts/example/codebook.yaml").write_text(CODEBOOK)
    gathered = tmp_path / "data/processed/example/estimates"
    gathered.mkdir()
    write_estimates(ESTIMATES.frame, gathered / "begin.csv")
    former = tmp_path / "report/example/old.txt"
    former.parent.mkdir(parents=True)
    former.touch()

    build_report("example", template=TEMPLATE)

    assert not former.exists()
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["example"]
    assert "38% were women" in (tmp_path / "report/example/index.html").read_text()

    write_estimates(ESTIMATES.frame.iloc[:1], gathered / "begin.csv")
    with pytest.raises(InvalidInput, match="There is no estimate"):
        build_report("example", template=TEMPLATE)
    assert (tmp_path / "report/example/index.html").exists()


def test_the_template_is_never_taken_for_a_report(chapters: list[Chapter], tmp_path: Path) -> None:
    template = tmp_path / "report/example"
    shutil.copytree(TEMPLATE, template)
    (tmp_path / "cohorts/example").mkdir(parents=True)
    (tmp_path / "cohorts/example/study.yaml").write_text(STUDY)
    (tmp_path / "cohorts/example/codebook.yaml").write_text(CODEBOOK)
    gathered = tmp_path / "data/processed/example/estimates"
    gathered.mkdir()
    write_estimates(ESTIMATES.frame, gathered / "begin.csv")
    with pytest.raises(InvalidInput, match="template"):
        build_report("example", template=template)
    assert (template / "report.css").exists()


def test_the_pdf_is_written_for_a_study_with_little_said(chapters: list[Chapter]) -> None:
    bare = make_study(
        subtitle="", authors=[], citation="", license="", description="",
        reconstructed=False, reconstruction_note="",
    )  # fmt: skip
    report = assemble_report("example", bare, Codebook(), ESTIMATES, chapters)
    assert report_pdf(report, template=TEMPLATE).startswith(b"%PDF-")
    assert "Cite as" not in report_html(report, template=TEMPLATE)


def test_numbers_unfold_under_a_figure_that_alone_describes_itself(
    chapters: list[Chapter],
) -> None:
    cell = next(c for c in chapters[0].notebook.cells if "report" in c.metadata)
    cell.outputs[0]["metadata"] = {
        "report": {"label": "fig-own-{wave}", "caption": "Own.", "alt": "Own."}
    }
    del cell.metadata["report"]
    change(chapters, "@fig-gender", "@fig-own")
    report = assemble_report("example", make_study(), Codebook(), ESTIMATES, chapters)
    (figure,) = (block for block in report.blocks if block.label == "fig-own-begin")
    assert "<table" in figure.html
