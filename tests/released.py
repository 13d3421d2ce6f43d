"""A small cohort with a report, and a release of it with a stand-in drawn for the test."""

import json
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import typst
from canaries import plant
from small_cohort import COLUMNS, STUDY, person, small_people, write_cohort, write_qualtrics

from altcred.clean.responses import build_responses
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave

TABLE = 'Part,Value,"Value, note"\n\'-5 to 0,-0.125,\nFew,,not shown\n'
MORE = """keywords: [knots, stars]
license: CC BY 4.0
authors: ["Berg, Ann", Bo Dahl]
citation: Berg, A. (2026). A small study.
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080000000"
    "03a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def write_project(root: Path) -> None:
    """Write into this folder a real cohort whose chapters were run, and its report."""
    study = STUDY.replace("reconstructed: true\n", "").replace("minimum: 0", "minimum: 5")
    study = study.replace("reconstruction_note: Nobody in it is real.\n", MORE)
    write_cohort(study=study)
    columns = [*COLUMNS, ("ResponseId", "Response ID", "_recordId")]
    for wave, at in (("begin", "2020-05-05 10:00:00"), ("end", "2021-05-05 10:00:00")):
        people = [*small_people(wave), plant(at)]
        rows = [one | {"_recordId": f"R_3nGq{n:09d}"} for n, one in enumerate(people)]
        write_qualtrics(Path(f"data/raw/small/{wave}.csv"), rows, columns)
    shutil.copytree(root / "notebooks", "notebooks")
    shutil.copytree(root / "report/template", "report/template")
    for name in ("dvc.yaml", "requirements.lock"):
        shutil.copy(root / name, name)
    Path("params.yaml").write_text("waves: {}\n")
    for wave in ("begin", "end"):
        build_responses("small", wave)
        path = Path(f"data/processed/small/estimates/{wave}.csv")
        write_estimates(estimate_wave("small", wave), path)
    write_report(Path("report/small"))


def write_report(folder: Path) -> None:
    """Write what a report has, a file of each kind."""
    files = {
        "index.html": b"<p>A report</p>", "report.pdf": typst.compile(b"A report", format="pdf"),
        "figures/fig-a.svg": b"<svg/>", "figures/fig-a.png": PIXEL,
        "tables/fig-a.csv": TABLE.encode(), "tables/tbl-a.csv": TABLE.encode(),
    }  # fmt: skip
    for path in Path("data/processed/small/estimates").glob("*.csv"):
        files[f"estimates/{path.name}"] = path.read_bytes()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "files").mkdir()
    for label in ("fig-a", "tbl-a"):
        with zipfile.ZipFile(folder / f"files/{label}.zip", "w") as archive:
            archive.writestr("datapackage.json", json.dumps({"title": f"1. Of {label}"}))
    for name in ("report.docx", "report.pptx"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("word/document.xml", "<w:document><w:t>A report</w:t></w:document>")


def draw_stand_in(name: str, folder: Path, seed: int) -> Iterator[str]:
    """Write exports of people drawn for a test in the place of a stand-in."""
    rng, pipeline = random.Random(seed), folder / "pipeline"
    for wave, year in (("begin", 2020), ("end", 2021)):
        rows = [
            person(
                at=f"{year}-03-0{1 + n % 9} 08:00:00", email=f"s{n}@example.org",
                ip=f"192.0.2.{n}", gender=rng.choice(["Female", "Male", ""]),
                born=rng.randint(1950, 2000), work=rng.choice(["Employed", "Unemployed", ""]),
                country=rng.choice(["India", "Brazil"]), hours=rng.choice([2, 3, "lots", ""]),
                weeks=rng.choice([4, 5.5]), benefits=rng.choice(["Learn something", ""]),
                comment=rng.choice(["", "words"]), income=rng.choice(["10,000", ""]),
            )
            for n in range(25)
        ]  # fmt: skip
        write_qualtrics(pipeline / f"data/raw/{name}/{wave}.csv", rows)
    described = pipeline / "cohorts" / name
    shutil.copytree(Path("cohorts", name), described)
    text = (described / "study.yaml").read_text().replace("title: A", "title: Stand-in for a")
    (described / "study.yaml").write_text(text)
    (folder / "stand-in").mkdir()
    (folder / "stand-in/tests.csv").write_text("value\n-1\n")
    yield f"{name}: drawn"
