import csv
import io
import json
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_frames import draw_frame, draw_waves

from altcred.core.countries import list_countries, read_country
from altcred.core.errors import InvalidInput
from altcred.core.paths import raw_dir, truth_dir
from altcred.describe.codebook import CodebookFile
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.study import StudyFile
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.reconstruct import refuse_other_exports
from altcred.reconstruct.assumptions import Dirt, Identities, load_reconstruction
from altcred.reconstruct.build import (
    MANIFEST,
    check_raw_folder,
    check_reconstructed,
    compose_exports,
    write_exports,
    write_truth,
)
from altcred.reconstruct.dirt import list_readable, list_unreadable, write_email
from altcred.reconstruct.qualtrics import Export, country_choice, serialize_files
from altcred.reconstruct.repeats import Counts

STUDY = {
    "name": "small",
    "title": "A small study",
    "reconstructed": True,
    "reconstruction_note": "Nobody here is real.",
    "program_types": {"long": {"label": "Long"}},
    "programs": {"one": {"label": "One, the first", "type": "long"}},
    "waves": {
        "begin": {
            "label": "Begin",
            "exports": ["begin.csv"],
            "program": "Program",
            "email": ["QID90_TEXT", "recipientEmail"],
            "ip": "ipAddress",
        }
    },
}
CODEBOOK = {
    "variables": {
        "gender": {
            "label": "Gender",
            "kind": "single",
            "question": {"begin": {"id": "QID1", "name": "Q1", "text": "What is your gender?"}},
            "categories": {
                "female": "Female",
                "other": {"label": "Other", "answers": ["Other (please specify)"]},
            },
        },
        "reasons": {
            "label": "Reasons",
            "kind": "multiple",
            "question": {"begin": {"id": "QID2", "name": "Q2", "text": "Why?"}},
            "categories": {
                "fun": {"label": "Fun", "answers": ["For fun, mostly"]},
                "work": {"label": "Work", "answers": ["For work"]},
            },
        },
        "income": {
            "label": "Income",
            "kind": "money",
            "question": {"begin": {"id": "QID3_TEXT", "name": "Q3", "text": "Income?"}},
            "bounds": {"low": 0, "high": 1000000},
        },
        "country": {
            "label": "Country",
            "kind": "country",
            "question": {"begin": {"id": "QID4", "name": "Q4", "text": "Where?"}},
        },
    }
}


Small = tuple[Cohort, pd.DataFrame]


@pytest.fixture
def in_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)


@pytest.fixture
def small() -> Small:
    frame = pd.DataFrame(
        {
            "person": [0, 1, 2],
            "program": "one",
            "program_type": "long",
            "submitted": pd.to_datetime(
                ["2020-05-01 10:00:00", "2020-05-02 11:00:00", "2020-05-03 12:00:00"]
            ),
            "pair": False,
            "gender": ["female", "other", None],
            "reasons__fun": [True, True, None],
            "reasons__work": [False, True, None],
            "income": [50000.0, None, 12.5],
            "country": ["USA", "IRN", None],
        }
    )
    cohort = Cohort(StudyFile.model_validate(STUDY), CodebookFile.model_validate(CODEBOOK))
    return cohort, frame


def compose(small: Small, seed: int = 1, **dirt: object) -> Export:
    cohort, frame = small
    settings = Identities.model_validate(
        {"dirt": {"written_freely": 0, "unreadable_otherwise": 0, **dirt}}
    )
    exports, _ = compose_exports({"begin": frame}, cohort, settings, {}, seed)
    return exports["begin"]


def read_rows(export: Export) -> list[list[str]]:
    (content,) = serialize_files(export, ["begin.csv"]).values()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_cells(export: Export) -> dict[str, list[str]]:
    """Return the cells of each column by its ImportId."""
    columns = zip(*export.rows, strict=True)
    return {head[2]: list(cells) for head, cells in zip(export.headers, columns, strict=True)}


def questions_of(cells: dict[str, list[str]]) -> list[list[str]]:
    return [column for import_id, column in cells.items() if import_id.startswith("QID")]


def test_an_export_has_the_form_of_qualtrics(
    small: Small,
) -> None:
    export = compose(small)
    (content,) = serialize_files(export, ["begin.csv"]).values()
    assert content.startswith(b"\xef\xbb\xbfStartDate,EndDate,Status,IPAddress,Progress,")
    assert content.count(b"\r\n") == 6
    assert b"\n" not in content.replace(b"\r\n", b"")
    names, _, ids = read_rows(export)[:3]
    assert names[17:] == ["Q1", "Q1_2_TEXT", "Q2", "Q3", "Q4", "Q90", "Program"]
    described = [json.loads(cell) for cell in ids]
    assert described[0] == {"ImportId": "startDate", "timeZone": "UTC"}
    assert [one["ImportId"] for one in described[8:9]] == ["_recordId"]
    assert [one["ImportId"] for one in described[17:]] == [
        "QID1", "QID1_2_TEXT", "QID2", "QID3_TEXT", "QID4", "QID90_TEXT", "Program",
    ]  # fmt: skip


def test_answers_are_choice_text(small: Small) -> None:
    cells = read_cells(compose(small))
    assert cells["recordedDate"] == [
        "2020-05-01 10:00:00",
        "2020-05-02 11:00:00",
        "2020-05-03 12:00:00",
    ]
    assert cells["QID1"] == ["Female", "Other (please specify)", ""]
    assert cells["QID2"] == ["For fun, mostly", "For fun, mostly,For work", ""]
    assert cells["QID3_TEXT"] == ["50000", "", "12.5"]
    assert cells["QID4"] == ["United States of America", "Iran, Islamic Republic of...", ""]
    assert cells["Program"] == ["One, the first"] * 3


def test_who_gave_no_usable_answer_typed_something(
    small: Small,
) -> None:
    cohort, frame = small
    frame.loc[2, "income"] = None
    cells = read_cells(compose((cohort, frame)))
    assert cells["QID3_TEXT"][:2] == ["50000", ""]
    assert cells["QID3_TEXT"][2] != ""
    income = cohort.codebook.variables["income"]
    read = kind_of(income).make_reader(income, "begin")
    assert read(cells["QID3_TEXT"][2]).value is None


def test_only_who_chose_the_option_has_words_beside_it(
    small: Small,
) -> None:
    remarks = [read_cells(compose(small, seed))["QID1_2_TEXT"] for seed in range(20)]
    assert any(row[1] for row in remarks)
    assert not any(row[0] or row[2] for row in remarks)


def test_strays_are_marked_and_nobodys(small: Small) -> None:
    wanted = {"previews": 2, "tests": 3, "spam": 4, "unanswered": 5}
    export = compose(small, **{name: {"begin": count} for name, count in wanted.items()})
    cells = read_cells(export)
    status = pd.Series(cells["status"]).value_counts().to_dict()
    assert status == {"Survey Preview": 2, "Survey Test": 3, "Spam": 4, "IP Address": 3 + 5}
    ours = set(export.people["ResponseId"])
    for row, response_id in enumerate(cells["_recordId"]):
        if cells["status"][row] == "IP Address" and response_id not in ours:
            assert not any(column[row] for column in questions_of(cells))
            assert cells["finished"][row] == "False"
            assert cells["Program"][row] == "One, the first"
    assert len(ours) == 3


def test_rows_are_in_order_of_recording(small: Small) -> None:
    cells = read_cells(compose(small, unanswered={"begin": 9}, previews={"begin": 9}))
    assert cells["recordedDate"] == sorted(cells["recordedDate"])
    assert all(
        start <= end <= recorded
        for start, end, recorded in zip(
            cells["startDate"], cells["endDate"], cells["recordedDate"], strict=True
        )
    )


def test_several_files_share_the_rows(small: Small) -> None:
    files = serialize_files(compose(small), ["a.csv", "b.csv"])
    rows = [content.decode("utf-8-sig").count("IP Address,") for content in files.values()]
    assert [path.name for path in files] == ["a.csv", "b.csv"]
    # The header of each file names the column; the other counts are rows.
    assert [row - 1 for row in rows] == [2, 1]


# ---------------------------------------------------------------------------------------------
# Everything that is written is read back as what it was


def number_variable(kind: str, unit: str, low: float, high: float) -> Variable:
    return Variable.model_validate(
        {
            "label": "A number",
            "kind": kind,
            "unit": unit,
            "currency": "USD",
            "question": {"begin": {"id": "QID1_TEXT"}},
            "bounds": {"low": low, "high": high},
        }
    )


DIRT = Dirt(
    amounts=["${grouped}", "$ {grouped}.00", "{plain} dollars", "${thousands}k"],
    unusable_amounts=["{n}00 per month", "{n} lakhs"],
)
INCOME = number_variable("money", "U.S. dollars a year", 0, 5_000_000)
NUMBERS = [
    number_variable("number", "hours a week", 1, 100),
    number_variable("number", "weeks", 1, 104),
    number_variable("number", "percent", 0, 100),
    number_variable("count", "", 0, 50),
]
YEAR = number_variable("year", "", 1910, 2016)


@given(
    st.one_of(
        st.integers(0, 5_000_000),
        st.integers(0, 500).map(lambda thousands: thousands * 1000),
        st.integers(0, 500_000_000).map(lambda cents: cents / 100),
    )
)
def test_every_way_to_write_an_amount_reads_back(value: float) -> None:
    read = kind_of(INCOME).make_reader(INCOME, "begin")
    for form in list_readable(float(value), INCOME, DIRT):
        assert read(form).value == value, form


@given(st.sampled_from(NUMBERS), st.integers(1, 50))
def test_every_way_to_write_a_number_reads_back(variable: Variable, value: int) -> None:
    read = kind_of(variable).make_reader(variable, "begin")
    for form in list_readable(float(value), variable, DIRT):
        assert read(form).value == value, form


@given(st.sampled_from(NUMBERS[:3]), st.integers(2, 100))
def test_halves_read_back(variable: Variable, value: int) -> None:
    read = kind_of(variable).make_reader(variable, "begin")
    for form in list_readable(value / 2, variable, DIRT):
        assert read(form).value == value / 2, form


@given(st.integers(1910, 2016))
def test_every_way_to_write_a_year_reads_back(year: int) -> None:
    read = kind_of(YEAR).make_reader(YEAR, "begin")
    for form in list_readable(float(year), YEAR, DIRT):
        assert read(form).value == year, form


@given(st.sampled_from([INCOME, YEAR, *NUMBERS]), st.integers(0, 10_000))
def test_what_is_written_for_nothing_reads_as_nothing(variable: Variable, seed: int) -> None:
    read = kind_of(variable).make_reader(variable, "begin")
    for form in list_unreadable(variable, DIRT, Random(seed)):
        assert read(form).value is None, form


def test_every_country_reads_back() -> None:
    wrong = {iso3 for iso3 in list_countries() if read_country(country_choice(iso3)) != iso3}
    assert wrong == set()


@given(st.integers(0, 100_000))
def test_emails_differ_only_in_capitals_and_spaces(seed: int) -> None:
    written = write_email("ana.lima@example.org", Random(seed))
    assert written.replace("\u00a0", " ").strip().casefold() == "ana.lima@example.org"


@pytest.mark.usefixtures("in_root")
@pytest.mark.parametrize("name", ["hollands-2023", "baseline-2017"])
def test_a_cohort_reads_back_to_the_drawn_truth(name: str) -> None:
    cohort = open_cohort(name)
    frames = {wave: draw_frame(cohort, wave, 300) for wave in cohort.study.waves}
    settings = Identities.model_validate({"dirt": {"unreadable_otherwise": 0.7}})
    exports, _ = compose_exports(frames, cohort, settings, {}, seed=3)
    for wave, export in exports.items():
        cells = read_cells(export)
        places = {one: place for place, one in enumerate(export.people["ResponseId"])}
        order = [places[one] for one in cells["_recordId"]]
        for name, variable in cohort.codebook.variables.items():
            if wave not in variable.question or variable.kind == "text":
                continue
            read = kind_of(variable).make_reader(variable, wave)
            values = [read(cell).value for cell in cells[variable.question[wave].id]]
            assert values == true_values(frames[wave], name, variable, wave, order), name


def true_values(
    frame: pd.DataFrame, name: str, variable: Variable, wave: str, order: list[int]
) -> list[object]:
    if variable.kind != "multiple":
        column = frame[name].iloc[order]
        return [None if pd.isna(value) else value for value in column]
    categories = list(variable.categories_in(wave))
    ticked = [
        tuple(one for one in categories if frame[f"{name}__{one}"].iloc[row]) for row in order
    ]
    # At random some tick that nothing applies beside what does; reading leaves it out.
    told = [[one for one in row if one not in variable.exclusive] or row for row in ticked]
    return [tuple(row) or None for row in told]


@pytest.mark.usefixtures("in_root")
def test_unfinished_rows_lack_their_last_answers() -> None:
    cohort = open_cohort("baseline-2017")
    frame = draw_frame(cohort, "begin", 300)
    last = list(frame.columns)[len(frame.columns) // 2 :]
    frame.loc[:99, last] = None
    exports, _ = compose_exports({"begin": frame}, cohort, Identities(), {}, seed=3)
    export = exports["begin"]
    cells = read_cells(export)
    unfinished = [row for row, is_done in enumerate(cells["finished"]) if is_done == "False"]
    assert 20 < len(unfinished) < 140
    for row in unfinished:
        assert int(cells["progress"][row]) < 100
        assert not any(column[row] for column in questions_of(cells)[-2:])
    assert all(cells["progress"][row] == "100" for row in range(300) if row not in set(unfinished))


# ---------------------------------------------------------------------------------------------
# Nobody's files are overwritten


@pytest.fixture
def written(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_exports(small[0].study, {"begin": compose(small)}, 1)
    return raw_dir("small")


def test_what_was_generated_may_be_generated_again(written: Path, small: Small) -> None:
    before = (written / "begin.csv").read_bytes()
    assert list(check_raw_folder("small")) == []
    write_exports(small[0].study, {"begin": compose(small, seed=2)}, 2)
    assert list(check_raw_folder("small")) == []
    assert (written / "begin.csv").read_bytes() != before
    assert sorted(path.name for path in written.iterdir()) == [MANIFEST, "begin.csv"]
    assert json.loads((written / MANIFEST).read_text())["seed"] == 2


@pytest.mark.usefixtures("written")
def test_a_changed_file_is_refused() -> None:
    path = raw_dir("small") / "begin.csv"
    path.write_bytes(path.read_bytes().replace(b"Female", b"Male"))
    (problem,) = check_raw_folder("small")
    assert "changed" in problem.message
    assert problem.file.endswith("begin.csv")


@pytest.mark.usefixtures("written")
def test_a_foreign_file_is_refused() -> None:
    (raw_dir("small") / "end.csv").write_text("mine")
    (problem,) = check_raw_folder("small")
    assert problem.file.endswith("end.csv")


@pytest.mark.parametrize("said", ["true", "false"])
def test_real_exports_are_not_read_as_reconstructed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    note = "\nreconstruction_note: Nobody is real." if said == "true" else ""
    study = f"name: own\ntitle: Own\nreconstructed: {said}{note}\nwaves:\n"
    Path("cohorts/own").mkdir(parents=True)
    Path("cohorts/own/study.yaml").write_text(f"{study}  one: {{label: One, exports: [one.csv]}}\n")
    refuse_other_exports("own")
    raw_dir("own").mkdir(parents=True)
    (raw_dir("own") / "one.csv").write_text("Mail\na@example.org\n")
    if said == "false":
        refuse_other_exports("own")
        return
    with pytest.raises(InvalidInput, match=r"not generated here.*`reconstructed: false`"):
        refuse_other_exports("own")


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(check_raw_folder("small")) == []
    raw_dir("small").mkdir(parents=True)
    assert list(check_raw_folder("small")) == []
    (raw_dir("small") / "begin.csv").write_text("mine")
    (problem,) = check_raw_folder("small")
    assert "not generated" in problem.message


def test_only_a_reconstructed_cohort_is_generated(
    small: Small,
) -> None:
    assert list(check_reconstructed(small[0].study)) == []
    (problem,) = check_reconstructed(small[0].study.model_copy(update={"reconstructed": False}))
    assert problem.where == "reconstructed"


@pytest.mark.usefixtures("in_root")
def test_the_truth_names_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = open_cohort("hollands-2023")
    frames = draw_waves(cohort, 600, 200, 20)
    counts = {"begin": Counts(12, 7), "end": Counts(5, 6)}
    exports, links = compose_exports(frames, cohort, Identities(), counts, 1)
    monkeypatch.chdir(tmp_path)
    write_truth(cohort.study, exports, links)
    folder = truth_dir("hollands-2023")
    people = pd.read_csv(folder / "people.csv", dtype=str)
    assert people["wave"].value_counts().to_dict() == {"begin": 607, "end": 206}
    repeats = pd.read_csv(folder / "repeats.csv", dtype=str)
    assert repeats["wave"].value_counts().to_dict() == {"begin": 7, "end": 6}
    person = dict(zip(people["ResponseId"], people["person"], strict=True))
    assert (repeats["repeat"].map(person) == repeats["original"].map(person)).all()
    found = pd.read_csv(folder / "links.csv", dtype=str)
    assert found[["first_wave", "second_wave"]].value_counts().to_dict() == {("begin", "end"): 20}
    assert (found["first"].map(person) == found["second"].map(person)).all()


def test_an_unknown_assumption_is_named(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cohorts" / "small"
    folder.mkdir(parents=True)
    (folder / "reconstruction.yaml").write_text(
        "seed: 1\ncollection: {}\nidentities: {emails: 0.5, unfindable: -1}\n"
    )
    with pytest.raises(InvalidInput) as caught:
        load_reconstruction(small[0])
    assert [problem.where for problem in caught.value.problems] == [
        "identities.unfindable",
        "identities.emails",
    ]
