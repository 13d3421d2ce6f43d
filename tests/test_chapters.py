"""The chapters: what their cells are, and that what they show reads for any numbers."""

import ast
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from random_cohort import write_pairs, write_wave
from whole_build import Shown

from altcred.build.pandoc import markdown_to_html
from altcred.core.description import read_yaml
from altcred.core.errors import InvalidInput
from altcred.describe.chapters import ChaptersFile, Display
from altcred.describe.codebook import load_codebook
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import comparison_folder, panel_folder
from altcred.describe.study import load_study
from altcred.estimate.costs import costs_folder, estimate_costs
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.estimate.weighting import compare_samples
from altcred.kinds.phrases import carry_on, escape_markdown, name_answer, plain_text
from altcred.write.chapters import section_names
from altcred.write.charts import find_chart
from altcred.write.findings import name_fully
from altcred.write.pairs import open_comparison, open_panel
from altcred.write.summary import open_summary
from altcred.write.survey import open_survey
from altcred.write.texts import bind_text
from altcred.write.views import open_view

BRIEF = {
    "Basic demographics",
    "Highest level of education",
    "Employment status",
    "Total annual income",
    "Reasons for taking the courses in the series",
    "Who is paying course fees",
    "Plans for earning the alternative credential",
}
COHORTS = ("hollands-2023", "baseline-2017")
SIZES = {"begin": 900, "end": 500, "followup": 120}
# Seams where a lookup gave nothing, and sentences that run into each other.
SEAM = re.compile(
    r"\bnan\b|(?<!“)\bNone\b(?! of)|undefined|\{\{|\{%| [.,;](?=\s)|(?<!\.)\.\.(?!\.)|\(\)|: ?[.;]"
    r"|[a-z%)]\.[A-Z]|  "
)
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def chapter(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def test_a_chapter_is_a_dozen_cells_of_fixed_names(chapter: Any) -> None:
    ids = [cell.id for cell in chapter.cells]
    assert len(ids) == len(set(ids)) <= 12
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in chapter.cells) == 1


def test_a_chapter_opens_with_what_it_answers(chapter: Any) -> None:
    first = chapter.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "notebook-only" in first.metadata["tags"]


def test_no_chapter_holds_an_expression_in_its_prose(chapter: Any) -> None:
    assert [cell.id for cell in chapter.cells if re.search(r"\{\{|\{%", cell.source)] == []


def test_chapters_call_the_package_and_nothing_else(chapter: Any) -> None:
    for cell in chapter.cells:
        if cell.cell_type == "code":
            nodes = list(ast.walk(ast.parse(cell.source)))
            made = ast.FunctionDef | ast.Lambda | ast.ClassDef
            assert not any(isinstance(node, made) for node in nodes)
            assert "pandas" not in cell.source


def test_all_chapters_together_are_short() -> None:
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in NOTEBOOKS)
    assert lines < 1_200


# What may stand in a cohort's text as it is: lookups, years and days, the 95% of an interval, and
# names such as COVID-19.
MAY_STAND = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|@[\w-]+|\b95%\s(?=interval)|\d{1,2} (?=[A-Z][a-z]+ (?:19|20)\d\d\b)"
    r"|\b(?:19|20)\d\d\b(?![\d.,]*[\d%])|\b[A-Za-z]+-?\d+\b|\bMicroMasters \d\b",
    re.S,
)


def typed_numbers(text: str) -> list[str]:
    """Return the numbers in a text that no estimate gave."""
    return re.findall(r"[$€£]?\d(?:[\d.,]*\d)?%?", MAY_STAND.sub(" ", text))


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("{{ pay.share('full', 1) }} in 2020, on 31 October 2020, by the 95% interval", []),
        ("Of 25,913, 38% earned $36,000 and worked 5.7 hours", ["25,913", "38%", "$36,000", "5.7"]),
        ("a 95% majority of 2021%", ["95%", "2021%"]),
        ("COVID-19 and H2; @tbl-pay-2", []),
    ],
)
def test_typed_numbers_are_told_from_those_that_may_stand(text: str, typed: list[str]) -> None:
    assert typed_numbers(text) == typed


def test_no_text_of_a_cohort_holds_a_number_typed_by_hand(root: Path) -> None:
    texts = sorted(root.glob("cohorts/*/text/**/*.md"))
    found = {path: typed_numbers(path.read_text(encoding="utf-8")) for path in texts}
    assert texts
    assert {path: typed for path, typed in found.items() if typed} == {}


# Printed tables and figures --------------------------------------------------------------------


def list_printed(cohort: str) -> list[str]:
    """Return what the cohort's chapters rebuild of its printed report, by wave, in their order."""
    study = load_study(cohort)
    chapters = ChaptersFile.model_validate(read_yaml(Path("cohorts") / cohort / "chapters.yaml"))
    pairs = [f"{panel.first}-{panel.second}" for panel in study.panels]
    runs = [("02-survey", wave) for wave in study.waves]
    runs += [(stem, pair) for stem in ("04-comparison", "03-panel") for pair in pairs]
    names = []
    for stem, waves in runs:
        for section in chapters.root.get(stem, []):
            for item in section.items:
                for shown in item.shows or [item]:
                    names += printed_as(shown, waves)
    return names


def printed_as(shown: Display, waves: str) -> list[str]:
    printed = shown.published
    if isinstance(printed, str):
        return [printed] if printed else []
    return [name for key, name in printed.items() if key.partition("/")[0] == waves]


def test_every_figure_and_table_of_the_report_is_there_once_and_in_order(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    names = list_printed("hollands-2023")
    figures = [name for name in names if name.startswith("Figure ")]
    assert figures == [f"Figure {number}" for number in range(1, 48)]
    assert sorted(set(names) - set(figures)) == [f"Table {number}" for number in range(1, 8)]
    assert len(names) == 54


def test_every_table_of_the_brief_is_there_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    names = list_printed("baseline-2017")
    assert set(names) == BRIEF
    assert len(names) == len(BRIEF)


# What they show --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[object, ...], Any]:
    return {}


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, drawn: dict[tuple[object, ...], Any]) -> Shown:
    shown = Shown()

    def find_once(name: str) -> Any:
        """Return a chart that is drawn once of the same estimates, whatever is said of it."""

        def draw(view: Any, *what: Any, **how: Any) -> Any:
            key = (view.study.name, view.wave, name, repr(what), repr(how))
            if key not in drawn:
                drawn[key] = find_chart(name)(view, *what, **how)
            return drawn[key]

        return draw

    for module in ("chapters", "flow", "glance", "nonresponse", "pairs", "summary"):
        monkeypatch.setattr(f"altcred.write.{module}.find_chart", find_once)
    monkeypatch.setattr("IPython.display.display", shown.display)
    # What is said is looked at here; how charts come out is looked at where they are drawn.
    monkeypatch.setattr("altcred.write.charts.drawing.Drawing.as_svg", lambda _: "<svg/>")
    return shown


@pytest.fixture(scope="module")
def estimated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped cohorts' descriptions with answers drawn at random."""
    project = Path(__file__).resolve().parents[1]
    folder = tmp_path_factory.mktemp("cohorts")
    shutil.copytree(project / "cohorts", folder / "cohorts")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for seed, cohort in enumerate(COHORTS, 1):
            study = load_study(cohort)
            drawn = {}
            made = {}
            for wave in study.waves:
                drawn[wave] = write_wave(cohort, wave, SIZES[wave], seed)
                made[Path("data/processed") / cohort / wave] = estimate_wave(cohort, wave)
                write_estimates(
                    made[Path("data/processed") / cohort / wave],
                    Path("data/processed") / cohort / wave / "estimates.csv",
                )
            for panel in study.panels:
                first, second = panel.first, panel.second
                pairs = panel_folder(study, first, second)
                codebook = load_codebook(cohort, study)
                write_pairs(cohort, drawn[first], drawn[second], codebook, study, pairs.name)
                made[pairs] = estimate_panel(cohort, first, second)
                made[comparison_folder(study, first, second)] = compare_samples(
                    cohort, first, second
                )
            for wave in study.costs or []:
                made[costs_folder(cohort, wave)] = estimate_costs(cohort, wave)
            for place, frame in made.items():
                write_estimates(frame, place / "estimates.csv")
                gathered = Path("data/processed") / cohort / "estimates" / f"{place.name}.csv"
                write_estimates(frame, gathered)
    return folder


def show_all(cohort: str) -> None:
    """Show every cell of every chapter that needs no raw export."""
    study = load_study(cohort)
    for wave in study.waves:
        survey = open_survey("02-survey", cohort, wave)
        survey.open()
        for section in survey.sections:
            survey.show(section)
    for panel in study.panels:
        pair = open_panel("03-panel", cohort, panel.first, panel.second)
        pair.open()
        pair.show_rules()
        pair.show_days()
        both = open_comparison("04-comparison", cohort, panel.first, panel.second)
        both.open()
        both.show_nonresponse()
        for chapter in (pair, both):
            for section in chapter.sections:
                chapter.show(section)
    summary = open_summary("08-summary", cohort)
    summary.show_answer()
    summary.show_takeaways()
    summary.show_discussion()
    summary.show_conclusion()


@pytest.mark.parametrize("with_texts", [True, False])
@pytest.mark.parametrize("cohort", COHORTS)
def test_chapters_read_for_any_numbers(
    estimated: Path,
    monkeypatch: pytest.MonkeyPatch,
    screen: Shown,
    cohort: str,
    with_texts: bool,
) -> None:
    monkeypatch.chdir(estimated)
    if not with_texts:
        # What the package says of itself, beside which a cohort may say more.
        for module in ("chapters", "summary"):
            monkeypatch.setattr(f"altcred.write.{module}.read_text", lambda *_: None)
    show_all(cohort)
    wrong = [(seam[0], text) for text in screen.texts if (seam := SEAM.search(text))]
    assert wrong == []
    for about in screen.about:
        assert about["caption"].strip(), about
        if about["label"].startswith("fig-"):
            assert about["alt"].strip(), about
            assert SEAM.search(about["alt"]) is None, about
    labels = [about["label"] for about in screen.about]
    assert len(labels) == len(set(labels))
    assert all(re.fullmatch(r"(fig|tbl)-[a-z0-9-]*[a-z0-9]", label) for label in labels)


def test_the_cells_of_a_chapter_are_known_before_it_runs(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    names = section_names("02-survey", "baseline-2017", {"wave": "begin"})
    assert names[:3] == ["profile", "gender", "age"]
    assert "birth_year" not in names


# Texts -----------------------------------------------------------------------------------------


@pytest.fixture
def view(root: Path, monkeypatch: pytest.MonkeyPatch, estimated: Path) -> Any:
    monkeypatch.chdir(estimated)
    return open_view("baseline-2017", "begin")


def test_a_text_gets_its_numbers_and_may_replace_the_sentence(view: Any) -> None:
    text = bind_text(
        "---\nreplace: true\n---\nHalf of the {{ people }} were {{ age.median }} or younger.\n"
        "{% if benefits.asked and benefits.n > 3 %}Several told why.{% endif %}\n",
        Path("age.md"),
        view,
    )
    assert text.replaces
    assert re.fullmatch(
        r"Half of the learners were [\d.]+ or younger\. Several told why\.", text.body
    )


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        ("One.\n\n{{ age.shoesize }}", "line 3", "shoesize"),
        ("{{ nothing.median }}", "line 1", "nothing"),
        ("---\nreplace: true\n---\n\n{{ gender.share('unheard') }}", "line 5", "unheard"),
        ("{% for a in b %}{% endfor %}", "line 1", "for"),
        ("{{ age.median | round }}", "line 1", "filter"),
        ("{{ age.view.cohort }}", "line 1", "view"),
    ],
)
def test_what_a_text_cannot_look_up_is_named_with_its_line(
    view: Any, written: str, line: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        bind_text(written, Path("cohorts/x/text/02-survey/age.md"), view)
    (problem,) = refused.value.problems
    assert problem.where == line
    assert told in str(problem)


def test_every_text_of_the_shipped_cohorts_belongs_to_a_cell(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    extra = {"opening", "rules", "days_between", "unit", "weighted"}
    extra |= {"answer", "takeaways", "discussion", "conclusion"}
    texts = sorted(Path("cohorts").glob("*/text/0[1-48]*/*.md"))
    names = {path.parts[1] for path in texts}
    known = {name: {*open_cohort(name).codebook.variables, "profile", *extra} for name in names}
    assert names
    for path in texts:
        assert path.name.split(".")[0].removesuffix("_bounds") in known[path.parts[1]], path


@pytest.mark.parametrize(
    ("label", "caption"),
    [
        ("Hours", "Hours, singers; n = 3"),
        ("How are you?", "How are you? Singers; n = 3"),
        ("Would you prefer to…", "Would you prefer to… Singers; n = 3"),
        ("Please tell us.", "Please tell us. Singers; n = 3"),
    ],
)
def test_no_sign_follows_another(label: str, caption: str) -> None:
    assert carry_on(label, "singers") + "; n = 3" == caption


@pytest.mark.parametrize(
    ("label", "named"),
    [
        ("Pets", "Pets: dog"),
        ("Which pets have you?", "Which pets have you? dog"),
        ("Put them in order.", "Put them in order: dog"),
        ("Pets:", "Pets: dog"),
        ("How often do you feed the ...", "How often do you feed the … dog"),
        ("I would like a…", "I would like a … dog"),
        ("A", "A: dog"),
    ],
)
def test_an_answer_is_named_behind_its_question_without_two_signs(label: str, named: str) -> None:
    assert name_answer(label, "dog") == named
    assert name_answer("Time", "Time 1") == "Time 1"


TEMPLATE = Path(__file__).parent.parent / "report" / "template"


@pytest.mark.parametrize("label", ["1. child: class?", "(2) child", "a) age", "iv. end", "- none"])
def test_a_label_that_begins_like_an_item_of_a_list_is_no_list(label: str) -> None:
    html = markdown_to_html([escape_markdown(label)], TEMPLATE)[escape_markdown(label)]
    assert html == f"<p>{label}</p>"
    assert plain_text(escape_markdown(label)) == label


@pytest.mark.parametrize(
    ("people", "item_of", "told"),
    [
        ("pupils", "", "I sing"),
        ("teachers", "", "Spring: I sing"),
        ("pupils", "singing", "How you sing: I sing"),
    ],
)
def test_what_is_told_alone_says_of_what_it_is(people: str, item_of: str, told: str) -> None:
    variable = SimpleNamespace(item_of=item_of, section="How you sing.")
    waves = {
        "spring": SimpleNamespace(people=people, label="Spring"),
        "autumn": SimpleNamespace(people="teachers", label="Autumn"),
    }
    view = SimpleNamespace(
        codebook=SimpleNamespace(variables={"sing": variable}),
        study=SimpleNamespace(waves=waves),
        wave="spring",
        label=lambda name: "I sing",
    )
    assert name_fully(view, "sing") == told
