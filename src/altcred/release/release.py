"""Puts a release together aside, looks through it, and moves it into place as a whole."""

import contextlib
import csv
import datetime
import json
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from altcred.core.errors import Problem, refuse, refuse_problems
from altcred.core.paths import processed_dir, project_root, report_dir
from altcred.core.processes import hold_folder
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.plan import write_plan
from altcred.describe.series import earlier_cohorts
from altcred.estimate.audit import audit_cohort
from altcred.release.ddi import compose_ddi
from altcred.release.described import (
    CHECKSUMS,
    CITATION,
    CRATE,
    PACKAGE,
    describe_all,
    hash_file,
    list_files,
    write_checksums,
    write_citation,
    write_crate,
    write_package,
)
from altcred.release.guard import check_release, list_hidden
from altcred.release.labelled import write_labelled
from altcred.release.numbers import write_csv, write_dictionary, write_estimates, write_sheet
from altcred.release.pipeline import write_project
from altcred.release.secrets import gather_secrets
from altcred.release.stand_in import make_stand_in
from altcred.release.surveys import read_surveys

log = logging.getLogger(__name__)

DDI = "codebook.xml"
# What each part is, by the beginning of its path.
ABOUT = {
    "README.md": "what is here, and how the report is built again",
    CITATION: "how to cite it",
    CHECKSUMS: "the checksum of every file (`sha256sum --check SHA256SUMS`)",
    CRATE: "every file described for machines, as an RO-Crate",
    "report/": "the report: web page, PDF (`report.pdf`), Word (`report.docx`) and slides",
    "tables/": "each table, as CSV and as a workbook",
    "figures/": "each figure, as SVG and PNG, with its numbers as CSV",
    "estimates/": "every number behind the report, with a data dictionary (`dictionary.csv`)",
    "data/": "the stand-in, a row a made-up respondent: CSV, SPSS (`.sav`) and Stata (`.dta`)",
    DDI: "the codebook, as DDI Codebook 2.5",
    PACKAGE: "the columns of each CSV file, as a Frictionless Data Package with Table Schemas",
    "pipeline/": "the project that builds the report from the stand-in: steps, chapters, "
    "descriptions, the lock of all packages, and altcred itself",
    "pipeline/data/raw/": "the stand-in as the surveys' exports look",
    "stand-in/": "what the stand-in is good for, and how near it comes to each estimate and test",
    "pipeline/requirements.lock": "the lock: each package with its version and hash",
}
_ASIDE = ".releasing-"
# Folders of a project in which no release may lie.
_OWN = ("cohorts", "data", "notebooks", "report/template", ".dvc", ".git")
NOTE = (
    "The files of answers are a stand-in: nobody in them is real. They were made from the "
    "disclosed estimates alone, so that the report can be built from them; relations that no "
    "estimate tells are not in them."
)


def release_cohort(name: str, out: Path, seed: int, day: datetime.date | None) -> list[str]:
    """Write everything that may be shared of a cohort to a folder; return what was done, in lines.

    The report must be built. The folder is new, empty, or a release that this command wrote; what
    was in it is replaced as a whole. InvalidInput where something that may not leave is in a file.
    """
    cohort = open_cohort(name)
    if cohort.study.stand_in:
        path = cohort.folder / "study.yaml"
        refuse(path, "stand_in", "is a stand-in, which comes from a release.", "Hand that on.")
    if (dated := day or cohort.study.released) is None:
        # The day it is made would give other bytes tomorrow.
        remedy = "Write the day that the release bears, as 2026-12-01, or give it by --date."
        refuse(cohort.folder / "study.yaml", "released", "is missing.", remedy)
    _refuse_folder(out, name)
    _refuse_old_report(cohort)
    audit_cohort(name)
    out.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        stack.enter_context(hold_folder(out.parent))
        for left in out.parent.glob(f"{_ASIDE}*"):
            # Of one that was killed: another at work would hold the folder.
            shutil.rmtree(left, ignore_errors=True)
        aside = stack.enter_context(tempfile.TemporaryDirectory(prefix=_ASIDE, dir=out.parent))
        folder = Path(aside, "release").resolve()
        folder.mkdir()
        lines = _write_all(cohort, folder, seed, dated)
        log.info("%s: looking through %s files", name, f"{len(list_files(folder)):,}")
        # Chapters show earlier cohorts of its series too.
        cohorts = [cohort, *map(open_cohort, earlier_cohorts(cohort.study))]
        hidden = list_hidden(_estimates_of(name))
        check_release(folder, gather_secrets(cohorts), hidden)
        if out.exists():
            out.rename(Path(aside, "former"))
        folder.rename(out.resolve())
    return [f"{out.as_posix()}: {len(list_files(out)):,} files, dated {dated}", *lines]


def _refuse_folder(out: Path, cohort: str) -> None:
    """Refuse a folder that has files which this command did not write."""
    inside = [one.resolve() for one in (*map(project_root().joinpath, _OWN), report_dir(cohort))]
    if any(out.resolve().is_relative_to(one) for one in inside):
        refuse(out, "", "lies where the project has files of its own.", "Name one outside of it.")
    remedy = "Name a new folder, or empty this one."
    if not out.exists():
        return
    if not out.is_dir():
        refuse(out, "", "is a file.", remedy)
    files = set(list_files(out))
    if not files:
        return
    if not {CHECKSUMS, CRATE} <= files:
        refuse(out, "", "has files, and is no release that altcred wrote.", remedy)
    listed = (out / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    known = {path: sum for sum, _, path in (line.partition("  ") for line in listed)}
    message = "is not as a release wrote it, and would be lost."
    refuse_problems(
        Problem(str(out / one), "", message, remedy)
        for one in sorted(files - {CHECKSUMS})
        if known.get(one) != hash_file(out / one)
    )


def _refuse_old_report(cohort: Cohort) -> None:
    """Refuse a report that is not there, or that shows other estimates than there are now."""
    report = report_dir(cohort.name)
    remedy = "Run `dvc repro`, then release."
    if not (report / "index.html").is_file():
        refuse(report, "", "holds no report.", remedy)
    now = {path.name: path.read_bytes() for path in _estimates_of(cohort.name)}
    shown = {path.name: path.read_bytes() for path in (report / "estimates").glob("*.csv")}
    if now != shown:
        refuse(report, "", "shows other estimates than there are now.", remedy)


def _estimates_of(name: str) -> list[Path]:
    return sorted((processed_dir(name) / "estimates").glob("*.csv"))


def _write_all(cohort: Cohort, folder: Path, seed: int, day: datetime.date) -> list[str]:
    study = cohort.study
    note = _say_note(cohort)
    shutil.copytree(report_dir(cohort.name), folder / "report")
    for path in sorted((folder / "report").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        # Printed figures are told as they were printed, which may begin as a formula does.
        write_csv(path, rows)
    titles = _write_pictures(cohort, folder, note, day)
    (folder / "estimates").mkdir()
    estimates = write_estimates(_estimates_of(cohort.name), folder / "estimates")
    dictionary = write_dictionary(cohort, _estimates_of(cohort.name), folder / "estimates")
    titles |= {
        path.relative_to(folder).as_posix(): f"Disclosed estimates, {path.stem}"
        for path in estimates
    }
    titles[dictionary.relative_to(folder).as_posix()] = "What the columns and names mean"
    log.info("%s: making a stand-in", cohort.name)
    pipeline = folder / "pipeline"
    write_project(pipeline)
    lines = list(make_stand_in(cohort.name, folder, seed))
    for path in sorted((folder / "stand-in").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            write_csv(path, list(csv.reader(file)))
    data = folder / "data"
    data.mkdir()
    with contextlib.chdir(pipeline):
        write_plan()
        surveys = read_surveys(open_cohort(cohort.name))
    for survey in surveys:
        write_labelled(survey, data, day)
    (folder / DDI).write_bytes(compose_ddi(study, surveys, note, day))
    write_package(study, surveys, titles, folder, note)
    write_citation(study, folder, day)
    readme = _compose_readme(cohort, note)
    (folder / "README.md").write_text(readme, encoding="utf-8", newline="\n")
    about = ABOUT | {path: title for path, title in titles.items()}
    write_crate(study, about, folder, note, day)
    write_checksums(folder)
    return lines


def _say_note(cohort: Cohort) -> str:
    """Return what whoever takes a file of the release must know."""
    study = cohort.study
    made = f"Reconstructed data. {study.reconstruction_note} " if study.reconstructed else ""
    return f"{made}{NOTE}"


def _write_pictures(cohort: Cohort, folder: Path, note: str, day: datetime.date) -> dict[str, str]:
    """Write tables and figures apart, and return what each file of numbers holds."""
    report = report_dir(cohort.name)
    titles: dict[str, str] = {}
    for place in ("tables", "figures"):
        (folder / place).mkdir()
    for path in sorted((report / "figures").glob("*")):
        if path.suffix in (".svg", ".png"):
            shutil.copyfile(path, folder / "figures" / path.name)
    drawn = {path.stem for path in (report / "figures").glob("*.svg")}
    for label, title in _read_titles(report):
        for path in sorted((report / "tables").glob(f"{label}*.csv")):
            if path.stem != label and not path.stem.removeprefix(f"{label}-").isdigit():
                continue
            place = "figures" if label in drawn else "tables"
            target = folder / place / path.name
            shutil.copyfile(path, target)
            titles[f"{place}/{path.name}"] = title
            if place == "tables":
                said = note if cohort.study.reconstructed else ""
                write_sheet(path, target.with_suffix(".xlsx"), title, said, day)
    return titles


def _read_titles(report: Path) -> Iterator[tuple[str, str]]:
    """Yield the label of each figure and table of a report, and its title."""
    for path in sorted((report / "files").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            yield path.stem, str(json.loads(archive.read("datapackage.json"))["title"])


def _compose_readme(cohort: Cohort, note: str) -> str:
    study = cohort.study
    wheel = f"altcred-{version('altcred')}-py3-none-any.whl"
    by = f"{', '.join(study.authors)}. " if study.authors else ""
    cited = f"\nPlease cite: {study.citation}\n" if study.citation else ""
    licence = f"\nLicence: {study.license}\n" if study.license else ""
    return f"""# {study.title}

{by}What journals and archives take of the study, in one folder. Its real answers are not here.

> {note}
{cited}{licence}
## What is here

{describe_all(_list_parts(ABOUT))}

In the files of numbers an empty cell has no number, and the column beside it says why: what is
hidden because it is of too few people is never written as nought. In the data a code tells why an
answer is missing; the codebook has all codes. A text that would begin a formula in a spreadsheet
has an apostrophe before it.

## The report again, from the stand-in

On a machine with Python 3.11, 3.12 or 3.13 and nothing else:

```sh
cd pipeline
python -m venv .venv
. .venv/bin/activate                        # on Windows: .venv\\Scripts\\activate
pip install --require-hashes -r requirements.lock
pip install --no-deps {wheel}
dvc repro
```

builds `report/{study.name}/index.html` and `report.pdf`, which say on every page that they are of
a stand-in. Their numbers are `data/processed/{study.name}/estimates/`; those of the real answers
are `../estimates/`. Change a chapter in `notebooks/`, a description in `cohorts/{study.name}/`, and
run `dvc repro` again.

`sha256sum --check SHA256SUMS` tells whether a file was changed since.
"""


def _list_parts(about: dict[str, str]) -> Sequence[tuple[str, str]]:
    return [(path, text[0].upper() + text[1:]) for path, text in about.items()]
