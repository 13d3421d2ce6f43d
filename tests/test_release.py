"""What `altcred release` writes: every file, in the formats of archives, and nothing private."""

import csv
import datetime
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
import yaml
from canaries import CANARIES
from click.testing import CliRunner
from ddi_reduced import NAMESPACE, find_faults
from python_calamine import load_workbook
from released import draw_stand_in, write_project
from rocrate.rocrate import ROCrate
from small_view import make_cohort

from altcred.cli import main
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates
from altcred.release import release
from altcred.release.described import find_licence, list_files
from altcred.release.guard import check_release
from altcred.release.labelled import write_labelled
from altcred.release.secrets import Secrets, gather_secrets
from altcred.release.surveys import Field, Survey
from altcred.release.texts import read_texts
from altcred.write.texts import LEFT_OUT, bind_text
from altcred.write.views import View

DAY = datetime.date(2026, 11, 28)
MISSING = {-97: "Not asked", -98: "No answer", -99: "Answer not usable"}


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "project"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ALTCRED_KEYS", str(folder.parent / "keys"))
        write_project(root)
    return folder


@pytest.fixture(autouse=True)
def in_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("ALTCRED_KEYS", str(project.parent / "keys"))
    monkeypatch.setattr(release, "make_stand_in", draw_stand_in)


@pytest.fixture(scope="module")
def out(project: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.setenv("ALTCRED_KEYS", str(project.parent / "keys"))
        patch.setattr(release, "make_stand_in", draw_stand_in)
        said = CliRunner().invoke(
            main, ["--quiet", "release", "small", "--out", "../out", "--date", f"{DAY}"]
        )
        assert said.exit_code == 0, said.output
    return project.parent / "out"


def test_every_file_is_there_checked_and_described(out: Path) -> None:
    files = list_files(out)
    lines = (out / "SHA256SUMS").read_text().splitlines()
    listed = {path: sum for sum, _, path in (line.partition("  ") for line in lines)}
    assert [*listed] == [one for one in files if one != "SHA256SUMS"]
    assert all(
        hashlib.sha256((out / path).read_bytes()).hexdigest() == sum for path, sum in listed.items()
    )
    crate = ROCrate(out)
    described = {one.id for one in crate.data_entities}
    assert described == {*files} - {"SHA256SUMS", "ro-crate-metadata.json"}
    assert crate.root_dataset["datePublished"].startswith("2026-11-28")
    assert crate.root_dataset["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    cited = yaml.safe_load((out / "CITATION.cff").read_text())
    assert cited["authors"] == [
        {"family-names": "Berg", "given-names": "Ann"}, {"name": "Bo Dahl"},
    ]  # fmt: skip
    assert (cited["license"], cited["date-released"]) == ("CC-BY-4.0", DAY)
    for name in (
        "README.md", "report/index.html", "report/report.pdf", "report/report.docx",
        "tables/tbl-a.csv", "tables/tbl-a.xlsx", "figures/fig-a.svg", "figures/fig-a.png",
        "figures/fig-a.csv", "estimates/dictionary.csv", "data/begin.csv", "data/begin.sav",
        "data/end.dta", "pipeline/dvc.yaml", "pipeline/requirements.lock",
        "pipeline/data/raw/small/end.csv", "pipeline/notebooks/02-survey.ipynb",
    ):  # fmt: skip
        assert name in files, name
    parameters = yaml.safe_load((out / "pipeline/params.yaml").read_text())
    assert [*parameters["waves"]] == ["small-begin", "small-end"]


def test_a_hidden_number_is_empty_and_says_why(out: Path) -> None:
    frame = pd.read_csv(out / "estimates/begin.csv", dtype=str, keep_default_na=False)
    hidden = frame[frame["note"].str.startswith("suppressed")]
    assert len(hidden) > 5
    assert (hidden[["value", "low", "high"]] == "").all(axis=None)
    assert (hidden["reason"] == hidden["note"]).all()
    assert (frame.loc[frame["value"] != "", "reason"] == "").all()
    explained = pd.read_csv(out / "estimates/dictionary.csv", keep_default_na=False)
    for column in ("wave", "variable", "statistic", "subgroup"):
        named = explained.loc[explained["what"] == column, "name"]
        assert {*frame[column]} <= {*named}, column
    assert (explained["label"] != "").all()


def test_a_workbook_has_the_cells_of_the_csv_and_no_formula(out: Path) -> None:
    rows = load_workbook(out / "tables/tbl-a.xlsx").get_sheet_by_index(0).to_python()
    assert rows == [
        ["Part", "Value", "Value, note"], ["'-5 to 0", -0.125, ""], ["Few", "", "not shown"],
    ]  # fmt: skip
    with zipfile.ZipFile(out / "tables/tbl-a.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert b"2026-11-28T00:00:00Z" in book.read("docProps/core.xml")


def test_labelled_files_hold_codes_labels_and_why_answers_are_missing(out: Path) -> None:
    data = pd.read_csv(out / "data/begin.csv")
    frame, meta = pyreadstat.read_sav(out / "data/begin.sav", user_missing=True)
    assert meta.column_names_to_labels["benefits__learn"] == "Benefits: Learn something"
    labels = meta.variable_value_labels["gender"]
    assert labels == {1.0: "Male", 2.0: "Female", **{float(k): v for k, v in MISSING.items()}}
    assert frame["gender"].tolist() == data["gender"].tolist()
    assert {*frame["hours"]} == {2, 3, -98, -99}
    assert {*frame["income"]} == {10000, -97, -98}
    assert meta.missing_ranges["hours"] == [{"lo": one, "hi": one} for one in (-97, -98, -99)]
    stata = pd.read_stata(
        out / "data/begin.dta", convert_missing=True, convert_categoricals=False,
        convert_dates=False,
    )  # fmt: skip
    told = dict(zip(MISSING, (".a", ".b", ".c"), strict=True))
    assert [str(one) for one in stata["hours"]] == [
        told.get(one, str(int(one))) for one in data["hours"]
    ]
    # Nobody's clock is in them.
    assert meta.creation_time == datetime.datetime(2026, 11, 28)
    assert b"28 Nov 2600:00:00" in (out / "data/begin.sav").read_bytes()[:200]
    assert b"28 Nov 2026 00:00" in (out / "data/begin.dta").read_bytes()[:200]


def test_the_data_package_names_the_columns_of_its_files(out: Path) -> None:
    package = json.loads((out / "datapackage.json").read_text())
    assert package["keywords"] == ["knots", "stars"]
    for resource in package["resources"]:
        with (out / resource["path"]).open(encoding="utf-8", newline="") as file:
            heads = next(csv.reader(file))
        assert [one["name"] for one in resource["schema"]["fields"]] == heads
    (begin,) = (one for one in package["resources"] if one["name"] == "data-begin")
    assert begin["schema"]["missingValues"] == ["", "-97", "-98", "-99"]
    fields = {one["name"]: one for one in begin["schema"]["fields"]}
    assert fields["gender"]["categories"][0] == {"value": 2, "label": "Female"}
    assert fields["submitted"]["type"] == "datetime"


def test_the_codebook_is_as_ddi_has_it(out: Path) -> None:
    content = (out / "codebook.xml").read_bytes()
    assert find_faults(content) == []
    root = ET.fromstring(content)
    (gender,) = (one for one in root.iter(f"{NAMESPACE}var") if one.attrib["ID"] == "V1-4")
    assert [(one[0].text, one[1].text) for one in gender.iter(f"{NAMESPACE}catgry")][:2] == [
        ("2", "Female"), ("1", "Male"),
    ]  # fmt: skip


def test_a_release_is_replaced_by_the_same_bytes(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []

    def draw(name: str, folder: Path, seed: int) -> Iterator[str]:
        seeds.append(seed)
        yield from draw_stand_in(name, folder, 0)

    monkeypatch.setattr(release, "make_stand_in", draw)
    again = shutil.copytree(out, tmp_path / "again")
    release.release_cohort("small", again, 7, DAY)
    assert seeds == [7]
    files = list_files(out)
    assert list_files(again) == files
    assert [one for one in files if (out / one).read_bytes() != (again / one).read_bytes()] == []
    times = [(folder / "README.md").stat().st_mtime_ns for folder in (out, again)]
    assert times[0] < times[1]


def test_no_release_is_dated_by_the_day_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"study.yaml: released: is missing. .* --date"
    ) as caught:
        release.release_cohort("small", tmp_path / "out", 0, None)
    assert len(caught.value.problems) == 1
    assert not (tmp_path / "out").exists()


def test_what_a_killed_release_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".releasing-left/release").mkdir(parents=True)
    seen = list[str]()

    def write(*_: object) -> list[str]:
        seen.extend(one.name for one in tmp_path.iterdir())
        return []

    monkeypatch.setattr(release, "_write_all", write)
    release.release_cohort("small", tmp_path / "out", 0, DAY)
    assert len(seen) == 1
    assert seen != [".releasing-left"]
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_the_wheel_can_be_installed(out: Path) -> None:
    (path,) = (out / "pipeline").glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        (record,) = (one for one in wheel.namelist() if one.endswith("/RECORD"))
        listed = [line.split(",")[0] for line in wheel.read(record).decode().splitlines()]
        assert listed == wheel.namelist()
        assert "altcred/project/dvc.yaml" in listed
        assert b"altcred.start:main" in wheel.read(record.replace("RECORD", "entry_points.txt"))


# Where it goes, and what stops it ----------------------------------------------------------------


def test_only_a_release_is_replaced(out: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.md").write_text("Mine")
    with pytest.raises(InvalidInput, match="is no release that altcred wrote"):
        release.release_cohort("small", mine, 0, DAY)
    again = tmp_path / "again"
    shutil.copytree(out, again)
    (again / "data/notes.md").write_text("Mine")
    (again / "README.md").write_text("Edited")
    with pytest.raises(InvalidInput) as caught:
        release.release_cohort("small", again, 0, DAY)
    assert [Path(one.file).name for one in caught.value.problems] == ["README.md", "notes.md"]


@pytest.mark.parametrize("place", ["report/small/mine", "data/out", "cohorts/small"])
def test_no_release_lies_within_what_it_is_made_of(place: str) -> None:
    with pytest.raises(InvalidInput, match="lies where the project has files of its own"):
        release.release_cohort("small", Path(place), 0, DAY)


def test_a_report_of_other_estimates_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shutil.copytree(".", tmp_path / "project"))
    Path("report/small/estimates/end.csv").write_text("wave\n")
    with pytest.raises(InvalidInput, match="shows other estimates than there are now"):
        release.release_cohort("small", tmp_path / "out", 0, DAY)
    shutil.rmtree("report/small")
    with pytest.raises(InvalidInput, match="holds no report"):
        release.release_cohort("small", tmp_path / "out", 0, DAY)
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def secrets(project: Path) -> Secrets:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.setenv("ALTCRED_KEYS", str(project.parent / "keys"))
        return gather_secrets([open_cohort("small")])


def pack(name: str, text: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def write_png(text: str) -> bytes:
    import zlib

    from released import PIXEL

    said = b"Comment\x00" + text.encode()
    chunk = len(said).to_bytes(4, "big") + b"tEXt" + said
    return PIXEL[:33] + chunk + zlib.crc32(chunk[4:]).to_bytes(4, "big") + PIXEL[33:]


def write_pdf(text: str) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Subject": text})
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def read_secret(what: str) -> str:
    """Return something of the author's alone, as it is in the project."""
    if what == "token":
        table = pq.read_table("data/processed/small/begin/identifiers.parquet")
        return next(filter(None, table["email_token"].to_pylist()))
    if what == "key":
        return next(Path("../keys").glob("*.key")).read_text().strip()
    if what == "row":
        with Path("data/raw/small/begin.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = list(csv.reader(file))[7]
        text = BytesIO()
        text.write((",".join(f'"{one}"' for one in cells)).encode())
        return text.getvalue().decode()
    return {
        "email": "see P3@example.org.",
        "network": "from 198.51.100.7, at noon",
        "id": "R_3nGq000000004",
        "parted": "<?xml?><w:t>p3@</w:t><w:t>example.org</w:t>",
        "escaped": "p3&#64;example.org",
        "quoted": r'"p3\u0040example.org"',
        "place": f"in {Path.cwd()}/data/raw",
    }[what]


@pytest.mark.parametrize(
    ("name", "what", "told"),
    [
        ("report/index.html", "email", "an e-mail address"),
        ("figures/fig-a.svg", "network", "a network address"),
        ("tables/tbl-a.csv", "row", "a row of the exports"),
        ("report/report.docx", "id", "a participant code, a name or an id"),
        ("report/files/fig-a.zip", "token", "a keyed token"),
        ("report/report.pdf", "key", "the key of the tokens"),
        ("figures/fig-a.png", "place", "a path of this machine"),
        ("tables/tbl-a.xlsx", "email", "an e-mail address"),
        ("pipeline/notebooks/x.ipynb", "token", "a keyed token"),
        ("report/report.docx", "parted", "an e-mail address"),
        ("report/notebooks/a.html", "escaped", "an e-mail address"),
        ("report/assets/search.json", "quoted", "an e-mail address"),
    ],
)
def test_what_may_not_leave_is_found_in_any_file(
    name: str, what: str, told: str, tmp_path: Path, secrets: Secrets
) -> None:
    secret = read_secret(what)
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    writers = {
        ".png": write_png, ".pdf": write_pdf, ".docx": lambda text: pack("word/a.xml", text),
        ".zip": lambda text: pack("a.txt", text),
        ".xlsx": lambda text: pack("xl/a.xml", text),
    }  # fmt: skip
    path.write_bytes(writers.get(path.suffix, str.encode)(secret))
    with pytest.raises(InvalidInput) as caught:
        check_release(tmp_path, secrets, set())
    assert any(told in one.message for one in caught.value.problems)
    for problem in caught.value.problems:
        assert problem.file.startswith(name)
        assert secret not in str(problem)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tables/a.csv", "Part\n=1+1\n", "a cell that a spreadsheet would run"),
        ("estimates/a.csv", "wave,subgroup,variable,category,statistic,value\nw,all,v,c,count,0\n",
         "a number that is hidden"),
        ("data/a.parquet", "PAR1", "what is for the author alone"),
        ("tables/a.xlsx", pack("xl/workbook.xml", '<sheet state="hidden"/>'), "that are not seen"),
        ("report/a.docx", pack("word/a.xml", "<w:vanish/>"), "that are not seen"),
        ("report/a.pdf", "no pdf", "what cannot be looked through"),
        ("report/a.gz", b"\x1f\x8b\x08\x00\xff\xfa", "what cannot be looked through"),
    ],
)  # fmt: skip
def test_hidden_cells_and_formulas_are_found(
    name: str, content: str | bytes, told: str, tmp_path: Path, secrets: Secrets
) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    hidden = {("w", "all", "v", "c", "count")}
    with pytest.raises(InvalidInput, match=told):
        check_release(tmp_path, secrets, hidden)


def test_what_the_author_writes_passes(tmp_path: Path, secrets: Secrets) -> None:
    (tmp_path / "a.html").write_text("Learn something, or a better job, or a first one: Female")
    check_release(tmp_path, secrets, set())


def test_nobody_of_the_exports_is_in_a_release(out: Path) -> None:
    for name in list_files(out):
        if "altcred-" not in name:
            for place, text in read_texts(name, (out / name).read_bytes()):
                assert not any(one.lower() in text.lower() for one in CANARIES), place
                assert "R_3nGq" not in text, place
                assert "198.51.100." not in text, place


def test_a_text_that_a_stand_in_has_no_number_for_does_not_stop_its_report() -> None:
    for is_stand_in in (False, True):
        cohort = make_cohort(stand_in=is_stand_in)
        view = View(cohort, read_estimates(), "spring")
        if is_stand_in:
            text = bind_text("Of them {{ nobody.n }}.", Path("a.md"), view).body
            assert text == LEFT_OUT
        else:
            with pytest.raises(InvalidInput, match="looks up what is not there"):
                bind_text("Of them {{ nobody.n }}.", Path("a.md"), view)


# Labelled files ---------------------------------------------------------------------------------


def test_long_names_and_labels_are_told_apart_and_all_kinds_of_missing_kept(tmp_path: Path) -> None:
    rows = 300
    frame = pd.DataFrame(
        {
            "id": [f"r{n}" for n in range(rows)],
            "late": [-98.0] * 200 + [1.0] * 100,
            "none": [-99.0] * rows,
            "half": [-97.0] * 150 + [1.5] * 150,
            "day": [-98.0] * 200 + [18000.0] * 100,
        }
    )
    fields = [
        Field("id", "Id", "text"),
        Field("late", "é" * 400, "code", {1: "one", 2: "x" * 130 + "1", 3: "x" * 130 + "2"}),
        Field("none", "=1+1", "number"),
        Field("half", "Half", "number"),
        Field("day", "é" * 400, "day"),
    ]
    write_labelled(Survey("w", "W" * 200, fields, frame, MISSING), tmp_path, DAY)
    stata = pd.read_stata(
        tmp_path / "w.dta", convert_missing=True, convert_categoricals=False, convert_dates=False
    )
    assert [str(stata[one][0]) for one in ("late", "none", "half", "day")] == [
        ".b", ".c", ".a", ".b",
    ]  # fmt: skip
    assert stata["day"][299] == 18000 + 3653
    frame, meta = pyreadstat.read_sav(tmp_path / "w.sav")
    labels = meta.variable_value_labels["late"]
    assert len({*labels.values()}) == len(labels)
    assert len({*meta.column_labels}) == 5
    assert str(meta.column_names_to_labels["day"]).endswith("… (day)")
    assert frame["day"][299] == datetime.date(2019, 4, 14)


def test_a_file_that_does_not_give_back_what_was_written_stops_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = pyreadstat.write_sav

    def forget(frame: pd.DataFrame, path: Path, **more: object) -> None:
        write(frame, path, **{**more, "missing_ranges": {}})  # type: ignore[arg-type]

    monkeypatch.setattr(pyreadstat, "write_sav", forget)
    survey = Survey("w", "W", [Field("a", "A", "number")], pd.DataFrame({"a": [1.0]}), MISSING)
    with pytest.raises(InvalidInput, match=r"w\.sav: a: does not give back which values are"):
        write_labelled(survey, tmp_path, DAY)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CC BY 4.0", "CC-BY-4.0"), ("CC0", "CC0-1.0"), ("cc-by-nc-4.0", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution 4.0 International", "CC-BY-4.0"), ("MIT", "MIT"),
        ("All rights reserved", ""), ("", ""),
    ],
)  # fmt: skip
def test_known_licences_are_named_for_machines(text: str, name: str) -> None:
    assert find_licence(text)[0] == name
