"""The chapters: what their cells say of themselves, and that they read for any numbers."""

import ast
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from random_cohort import write_pairs, write_wave

from altcred.core.errors import Problem
from altcred.describe.codebook import load_codebook
from altcred.describe.folders import comparison_folder, panel_folder
from altcred.describe.study import load_study
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.estimate.weighting import compare_samples
from altcred.write.prose import Prose, bare_numbers

CHAPTERS = [
    "01-responses",
    "02-survey",
    "03-panel",
    "04-comparison",
    "06-trends",
    "08-summary",
    "09-evaluation",
]
BRIEF = {
    "Basic demographics",
    "Highest level of education",
    "Employment status",
    "Total annual income",
    "Reasons for taking the courses in the series",
    "Who is paying course fees",
    "Plans for earning the alternative credential",
}
SIZES = {"begin": 900, "end": 500, "followup": 120}


@pytest.fixture(params=CHAPTERS)
def chapter(root, request):
    return nbformat.read(root / f"notebooks/{request.param}.ipynb", as_version=4)


def described_cells(chapter):
    return [cell for cell in chapter.cells if "report" in cell.metadata]


def test_cells_have_fixed_names_and_one_sets_the_parameters(chapter):
    ids = [cell.id for cell in chapter.cells]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9-]+", id) for id in ids)
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in chapter.cells) == 1


def test_figures_and_tables_describe_themselves(chapter):
    labels = []
    for cell in described_cells(chapter):
        about = cell.metadata["report"]
        labels.append(about["label"])
        assert about["caption"].strip()
        is_figure = "figures." in cell.source
        assert about["label"].startswith("fig-" if is_figure else "tbl-")
        assert bool(about.get("alt", "").strip()) == is_figure
    assert len(labels) == len(set(labels))


def test_printed_numbers_are_of_cohorts_and_waves_there_are(root, monkeypatch, chapter):
    monkeypatch.chdir(root)
    for cell in described_cells(chapter):
        for key, name in cell.metadata["report"].get("published", {}).items():
            cohort, _, waves = key.partition("/")
            study = load_study(cohort)
            assert set(waves.split("-")) <= set(study.waves)
            assert name


def list_printed(root, cohort):
    """Return which printed figures and tables the chapters rebuild, in reading order by wave."""
    names = []
    for wave in load_study(cohort).waves:
        for cell in nbformat.read(root / "notebooks/02-survey.ipynb", as_version=4).cells:
            names.append(described_as(cell, f"{cohort}/{wave}"))
            if cell.id == "printed":
                own = {"cohort": cohort, "wave": wave}
                exec(cell.source, own)
                maps = list(own["printed"].get("maps", {}).values())
            if cell.id == "maps":
                names += maps
    for stem in ("04-comparison", "03-panel"):
        for panel in load_study(cohort).panels:
            for cell in nbformat.read(root / f"notebooks/{stem}.ipynb", as_version=4).cells:
                names.append(described_as(cell, f"{cohort}/{panel.first}-{panel.second}"))
    return [name for name in names if name]


def described_as(cell, key):
    published = cell.metadata.get("report", {}).get("published", {})
    return published if isinstance(published, str) else published.get(key, "")


def test_every_figure_and_table_of_the_report_is_there_once_and_in_order(root, monkeypatch):
    monkeypatch.chdir(root)
    names = list_printed(root, "hollands-2023")
    figures = [name for name in names if name.startswith("Figure ")]
    assert figures == [f"Figure {number}" for number in range(1, 48)]
    assert sorted(set(names) - set(figures)) == [f"Table {number}" for number in range(1, 8)]
    assert len(names) == 54


def test_every_table_of_the_brief_is_there_once(root, monkeypatch):
    monkeypatch.chdir(root)
    names = list_printed(root, "baseline-2017")
    assert set(names) == BRIEF
    assert len(names) == len(BRIEF)


def test_chapters_call_the_package_and_nothing_else(chapter):
    for cell in chapter.cells:
        if cell.cell_type == "code":
            nodes = list(ast.walk(ast.parse(cell.source)))
            assert not any(
                isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef) for node in nodes
            )
            assert "pandas" not in cell.source


def test_no_result_is_typed(chapter):
    for cell in chapter.cells:
        about = cell.metadata.get("report", {})
        texts = [cell.source] if cell.cell_type == "markdown" else [
            about.get("caption", ""), about.get("alt", "")
        ]  # fmt: skip
        for text in texts:
            assert bare_numbers(text) == []


@pytest.fixture(scope="module", params=[1, 2])
def estimated(request, tmp_path_factory):
    """A copy of the shipped cohorts' descriptions with answers drawn at random."""
    project = Path(__file__).resolve().parents[1]
    folder = tmp_path_factory.mktemp(f"cohorts-{request.param}")
    shutil.copytree(project / "cohorts", folder / "cohorts")
    shutil.copytree(project / "notebooks", folder / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for cohort in ("hollands-2023", "baseline-2017"):
            study = load_study(cohort)
            drawn = {}
            for wave in study.waves:
                drawn[wave] = write_wave(cohort, wave, SIZES[wave], request.param)
                path = Path("data/processed") / cohort / wave / "estimates.csv"
                write_estimates(estimate_wave(cohort, wave), path)
            for panel in study.panels:
                first, second = panel.first, panel.second
                pairs = panel_folder(study, first, second)
                codebook = load_codebook(cohort, study)
                write_pairs(cohort, drawn[first], drawn[second], codebook, study, pairs.name)
                made = {
                    pairs: estimate_panel(cohort, first, second),
                    comparison_folder(study, first, second): compare_samples(cohort, first, second),
                }
                for place, frame in made.items():
                    write_estimates(frame, place / "estimates.csv")
    return folder


def runs_of(study):
    """Return every chapter a study has, with its parameters and its own wave."""
    for wave in study.waves:
        for chapter in ("01-responses", "02-survey"):
            yield chapter, {"wave": wave}, wave
    for panel in study.panels:
        pair = {"first": panel.first, "second": panel.second}
        yield "03-panel", pair, panel_folder(study, panel.first, panel.second).name
        yield "04-comparison", pair, f"{panel.first}-{panel.second}"
    yield "08-summary", {}, None


@pytest.mark.parametrize("cohort", ["hollands-2023", "baseline-2017"])
def test_prose_reads_for_any_numbers(estimated, monkeypatch, cohort):
    monkeypatch.chdir(estimated)
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    estimates = read_estimates(*sorted(Path("data/processed", cohort).glob("*/estimates.csv")))
    problems: list[Problem] = []
    for stem, parameters, wave in runs_of(study):
        prose = Prose(estimates, codebook, study, cohort, wave, parameters)
        for cell in nbformat.read(f"notebooks/{stem}.ipynb", as_version=4).cells:
            if cell.cell_type != "markdown":
                continue
            text = prose.bind(cell.source, stem, cell.id, problems)
            # Seams where an expression gave nothing, and sentences that run into each other.
            wrong = re.search(
                r"\bnan\b|\bNone\b(?! of)|undefined|not shown| [.,;](?=\s)|\.\.|\(\)|: ?[.;]"
                r"|[a-z%)]\.[A-Z]",
                text,
            )
            assert wrong is None, (stem, cell.id, wrong, text)
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("cohort", ["hollands-2023", "baseline-2017"])
def test_every_cell_shows_what_it_describes(estimated, monkeypatch, cohort):
    """Run the cells of the chapters that need no raw export, and look at what each gives."""
    from altcred.write import figures, tables

    monkeypatch.chdir(estimated)
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    estimates = read_estimates(*sorted(Path("data/processed", cohort).glob("*/estimates.csv")))
    problems: list[Problem] = []
    shown = set()
    monkeypatch.setattr(figures, "show_others", lambda *_, **__: None)
    monkeypatch.setattr(figures, "show_maps", lambda *_, **__: None)
    for stem, parameters, wave in runs_of(study):
        if stem in ("01-responses", "03-panel"):
            continue
        prose = Prose(estimates, codebook, study, cohort, wave, parameters)
        names = {"cohort": cohort, **parameters}
        for cell in nbformat.read(f"notebooks/{stem}.ipynb", as_version=4).cells:
            if cell.cell_type != "code" or "parameters" in cell.metadata.get("tags", []):
                continue
            about = cell.metadata.get("report")
            if about is None:
                exec(cell.source, names)
                continue
            result = eval(cell.source.strip(), names)
            if result is None:
                continue
            kind = figures.Drawing if about["label"].startswith("fig-") else tables.Table
            assert isinstance(result, kind), cell.id
            assert result.numbers if kind is figures.Drawing else result.rows
            shown.add(f"{stem}/{parameters.get('wave', '')}/{cell.id}")
            texts = [prose.bind(about["caption"], stem, cell.id, problems)]
            if kind is figures.Drawing:
                texts.append(prose.bind_plain(about["alt"], stem, cell.id, problems))
            assert all(text.strip() and "nan" not in text.split() for text in texts)
    assert [str(problem) for problem in problems] == []
    if cohort == "hollands-2023":
        for expected in ("02-survey/begin/plans-programs", "02-survey/end/degree-type",
                         "02-survey/begin/benefits", "04-comparison//people"):  # fmt: skip
            assert expected in shown
    else:
        assert "02-survey/begin/education-table" in shown


def test_reversed_differences_turn_the_words(estimated, monkeypatch):
    """Swap the two surveys' estimates: what was higher is now said to be lower."""
    monkeypatch.chdir(estimated)
    cohort = "hollands-2023"
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    paths = [Path("data/processed", cohort, wave, "estimates.csv") for wave in ("begin", "end")]
    estimates = read_estimates(*paths)
    swapped = read_estimates(*paths)
    swapped.frame["wave"] = swapped.frame["wave"].map({"begin": "end", "end": "begin"})
    swapped = type(swapped)(swapped.frame)
    cell = next(
        cell
        for cell in nbformat.read("notebooks/04-comparison.ipynb", as_version=4).cells
        if cell.id == "people-text"
    )
    texts = []
    for found in (estimates, swapped):
        prose = Prose(found, codebook, study, cohort, "begin-end",
                      {"first": "begin", "second": "end"})  # fmt: skip
        texts.append(prose.bind(cell.source, "04", cell.id, []))
    parts = [re.split(r"[Ss]maller", text.partition("About the same")[0]) for text in texts]
    named = [[re.findall(r"female|Hispanic|students|business owners", part) for part in both]
             for both in parts]  # fmt: skip
    if len(parts[0]) == 2 == len(parts[1]):
        assert named[0][0] == named[1][1]
        assert named[0][1] == named[1][0]
    else:
        assert json.dumps(parts[0]) != json.dumps(parts[1])
