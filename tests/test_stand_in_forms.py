"""Exports of a stand-in in the form of the originals: of each tool and format, and of no one."""

import csv
import datetime
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from canaries import CANARIES, EMAIL, NAME, NETWORK, PHONE

from altcred.clean.responses import build_responses
from altcred.describe.cohort import Cohort, open_cohort
from altcred.estimate.store import read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds.times import read_times
from altcred.read.columns import open_wave
from altcred.standin.compare import compare
from altcred.standin.files import name_file
from altcred.standin.form import FileForm, Form, read_form
from altcred.standin.make import make_stand_in
from altcred.standin.moments import find_pattern, write_times
from altcred.standin.quoting import write_lines
from altcred.standin.shapes import find_shape, number_code

Rows = list[list[str]]
COUNTS = ("count", "proportion", "nobs")
CODEBOOK = """
variables:
  colour:
    label: Colour
    kind: single
    question: {colour}
    categories: {{red: {{label: Red, code: 1}}, blue: {{label: Blue, code: 2}}}}
  herbs:
    label: Herbs
    kind: multiple
    question: {herbs}
    categories: {{dill: {{label: Dill, code: 1}}, mint: {{label: Mint, code: 2}}}}
  hours: {{label: Hours, kind: number, question: {hours}, unit: h, bounds: {{low: 0, high: 90}}}}
"""


def describe(codebook: str, wave: str, **more: str) -> None:
    """Write the description of a study of one survey."""
    Path("cohorts/forms").mkdir(parents=True, exist_ok=True)
    Path("data/raw/forms").mkdir(parents=True, exist_ok=True)
    study = f"name: forms\ntitle: Forms\nwaves:\n  one: {wave}\ndisclosure: {{minimum: 0}}\n"
    Path("cohorts/forms/study.yaml").write_text(study, encoding="utf-8")
    Path("cohorts/forms/codebook.yaml").write_text(codebook.format(**more), encoding="utf-8")


def put(name: str, text: str | bytes) -> None:
    path = Path("data/raw/forms", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def remake(waves: Sequence[str] = ("one",)) -> tuple[Cohort, pd.DataFrame, Path]:
    """Make the stand-in of the study; return the cohort, how its estimates compare, its folder."""
    frames = []
    out = Path("out").resolve()
    for wave in waves:
        build_responses("forms", wave)
        write_estimates(estimate_wave("forms", wave), f"{wave}.csv")
    cohort = open_cohort("forms")
    estimates = read_estimates(*(Path(f"{wave}.csv") for wave in waves))
    make_stand_in(cohort, estimates, Form.read(read_form(cohort).write()), out)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(out)
        for wave in waves:
            _, problems = open_wave(open_cohort("forms").study, cohort.codebook, wave)
            assert not problems
            build_responses("forms", wave)
            write_estimates(estimate_wave("forms", wave), f"{wave}.csv")
            frames.append(Path(f"{wave}.csv").resolve())
    return cohort, compare(estimates.frame, read_estimates(*frames).frame), out / "data/raw/forms"


def is_met(found: pd.DataFrame) -> bool:
    """Tell whether all counts and shares come out; tell of those that do not."""
    counts = found[found["statistic"].isin(COUNTS)]
    missed = counts[~counts["met"]]
    assert missed.empty, missed[
        ["wave", "variable", "category", "statistic", "value", "value_made"]
    ]
    return len(counts) > 10


def draw(chance: random.Random) -> dict[str, Any]:
    return {
        "colour": chance.choice([1, 1, 2, ""]),
        "dill": chance.random() < 0.6,
        "mint": chance.random() < 0.5,
        "hours": chance.choice([0.5, 2.0, 2.25, 7.0, 12.0]),
        "at": f"{chance.randrange(1, 29):02}",
        "minute": f"{chance.randrange(60):02}",
    }


PEOPLE = [draw(random.Random(number)) for number in range(60)]
WORDS = {1: "Red", 2: "Blue", "": ""}


def as_text(
    rows: Rows, mark: str = ",", *, quoting: int = csv.QUOTE_MINIMAL, end: str = "\n"
) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def qualtrics() -> None:
    ids = ["startDate", "endDate", "status", "progress", "_recordId", "recordedDate", "finished"]
    head = [
        ["StartDate", "EndDate", "Status", "Progress", "ResponseId", "RecordedDate", "Finished",
         "Q1", "Q2_1", "Q2_2", "Q3"],
        ["Start Date", "End Date", "Response Type", "Progress", "Response ID", "Recorded Date",
         "Finished", "Which colour?", "Which herbs? - Dill", "Which herbs? - Mint", "Hours, all"],
        [f'{{"ImportId":"{one}"{zone}}}' for one, zone in zip(
            [*ids, "QID1", "QID2_1", "QID2_2", "QID3_TEXT"],
            [',"timeZone":"Europe/Oslo"' * (one in ("startDate", "endDate", "recordedDate"))
             for one in ids] + [""] * 4, strict=True)],
    ]  # fmt: skip
    rows = [
        [f"2024-03-{one['at']} 10:{one['minute']}:00", f"2024-03-{one['at']} 10:{one['minute']}:40",
         "IP Address" if at else "Survey Preview", "100", f"R_{at:04}AbCdEf{at * 7919 % 9973:04}x",
         f"2024-03-{one['at']} 10:{one['minute']}:41", "True", WORDS[one["colour"]],
         "Dill" * one["dill"], "Mint" * one["mint"], f"{one['hours']:g}"]
        for at, one in enumerate(PEOPLE)
    ]  # fmt: skip
    describe(CODEBOOK, "{label: One, exports: [forms.csv]}", colour="QID1",
             herbs="{options: {dill: QID2_1, mint: QID2_2}}", hours="QID3_TEXT")  # fmt: skip
    put("forms.csv", as_text([*head, *rows]))


def lime_codes() -> None:
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", "colour", "herbs[dill]",
            "herbs[mint]", "hours"]  # fmt: skip
    rows = [
        [str(at + 11), f"2024-03-{one['at']} 10:{one['minute']}:00", "3", "en",
         str(10**8 + at * 7919), str(one["colour"]), "Y" * one["dill"], "Y" * one["mint"],
         f"{one['hours']:g}"]
        for at, one in enumerate(PEOPLE)
    ]  # fmt: skip
    describe(CODEBOOK, "{label: One, exports: [forms.csv], submitted: submitdate, status: null}",
             colour="colour", herbs='{options: {dill: "herbs[dill]", mint: "herbs[mint]"}}',
             hours="hours")  # fmt: skip
    put("forms.csv", "\ufeff" + as_text([head, *rows], quoting=csv.QUOTE_ALL))


def lime_texts() -> None:
    head = ["Response ID", "Date submitted", "Last page", "Start language", "Seed",
            "Which colour?", "Which herbs? [Dill]", "Which herbs? [Mint]", "Hours"]  # fmt: skip
    rows = [
        [str(at + 11), f"2024-03-{one['at']} 10:{one['minute']}:00", "3", "en",
         str(10**8 + at * 7919), WORDS[one["colour"]], ("No", "Yes")[one["dill"]],
         ("No", "Yes")[one["mint"]], f"{one['hours']:g}"]
        for at, one in enumerate(PEOPLE)
    ]  # fmt: skip
    describe(
        CODEBOOK, "{label: One, exports: [forms.csv], submitted: Date submitted, status: null}",
        colour="Which colour?",
        herbs='{options: {dill: "Which herbs? [Dill]", mint: "Which herbs? [Mint]"}}',
        hours="Hours",
    )  # fmt: skip
    put("forms.csv", as_text([head, *rows], ";", quoting=csv.QUOTE_ALL))


def redcap(words: tuple[str, str], colours: dict[Any, str], status: str, heads: list[str]) -> None:
    rows = [
        [str(at + 1), f"2024-03-{one['at']} 10:{one['minute']}", colours[one["colour"]],
         words[one["dill"]], words[one["mint"]], f"{one['hours']:g}", status]
        for at, one in enumerate(PEOPLE)
    ]  # fmt: skip
    wave = "{{label: One, exports: [forms.csv], submitted: '{}', status: null, finished: '{}'}}"
    describe(CODEBOOK, wave.format(heads[1], heads[6]), colour=f'"{heads[2]}"', hours=heads[5],
             herbs=f'{{options: {{dill: "{heads[3]}", mint: "{heads[4]}"}}}}')  # fmt: skip
    put("forms.csv", as_text([heads, *rows]))


def redcap_raw() -> None:
    heads = ["record_id", "garden_timestamp", "colour", "herbs___1", "herbs___2", "hours",
             "garden_complete"]  # fmt: skip
    redcap(("0", "1"), {1: "1", 2: "2", "": ""}, "2", heads)


def redcap_labels() -> None:
    heads = ["Record ID", "Survey Timestamp", "Which colour?", "Which herbs? (choice=Dill)",
             "Which herbs? (choice=Mint)", "Hours", "Complete?"]  # fmt: skip
    redcap(("Unchecked", "Checked"), WORDS, "Complete", heads)


def google() -> None:
    head = ["Timestamp", "Which colour?", "Which herbs?", "Hours"]
    rows = [
        [f"3/{int(one['at'])}/2024 9:{one['minute']}:05", WORDS[one["colour"]],
         ", ".join(name for name in ("Dill", "Mint") if one[name.lower()]), f"{one['hours']:g}"]
        for one in PEOPLE
    ]  # fmt: skip
    describe(CODEBOOK, "{label: One, exports: [forms.csv], submitted: Timestamp, status: null}",
             colour="Which colour?", herbs="Which herbs?", hours="Hours")  # fmt: skip
    put("forms.csv", as_text([head, *rows], end="\r\n"))


def microsoft() -> None:
    head = ["Id", "Start time", "Completion time", "Email", "Name", "Which colour?",
            "Which herbs?", "Hours"]  # fmt: skip
    rows: list[list[Any]] = [
        [at + 1, pd.Timestamp(f"2024-03-{one['at']} 10:{one['minute']}:05"),
         pd.Timestamp(f"2024-03-{one['at']} 10:{one['minute']}:45"), "anonymous", "",
         WORDS[one["colour"]],
         "".join(f"{name};" for name in ("Dill", "Mint") if one[name.lower()]), one["hours"]]
        for at, one in enumerate(PEOPLE)
    ]  # fmt: skip
    wave = "{label: One, exports: [forms.xlsx], submitted: Completion time, status: null}"
    describe(CODEBOOK, wave, colour="Which colour?", herbs="Which herbs?", hours="Hours")
    Path("data/raw/forms").mkdir(parents=True, exist_ok=True)
    write_workbook("forms.xlsx", [head, *rows])


def write_workbook(name: str, rows: Sequence[Sequence[Any]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(f"data/raw/forms/{name}") as book:
        sheet = book.add_worksheet("Answers")
        form = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, pd.Timestamp):
                    sheet.write_datetime(at, place, cell.to_pydatetime(), form)
                elif cell != "":
                    sheet.write(at, place, cell)


def semicolons() -> None:
    head = ["When", "Colour", "Herbs", "Hours"]
    colours = {1: "1 - Red", 2: "2 - Blue", "": ""}
    rows = [
        [f"{one['at']}.03.2024 10:{one['minute']}", colours[one["colour"]],
         "; ".join(name for name in ("Dill", "Mint") if one[name.lower()]),
         f"{one['hours']:g}".replace(".", ",")]
        for one in PEOPLE
    ]  # fmt: skip
    codebook = CODEBOOK.replace("code: 1}}, blue", "answers: 1 - Red, code: 1}}, blue")
    codebook = codebook.replace("Blue, code", "Blue, answers: 2 - Blue, code")
    describe(codebook, "{label: One, exports: [forms.csv], submitted: When, status: null, "
             "date_order: dmy}", colour="Colour", herbs="Herbs", hours="Hours")  # fmt: skip
    put("forms.csv", as_text([head, *rows], ";").encode("cp1252"))


def labelled(ending: str) -> None:
    import pyreadstat

    frame = pd.DataFrame({
        "colour": [one["colour"] or None for one in PEOPLE],
        "dill": [float(one["dill"]) for one in PEOPLE],
        "mint": [float(one["mint"]) for one in PEOPLE],
        "hours": [one["hours"] for one in PEOPLE],
        "at": pd.to_datetime([f"2024-03-{one['at']} 10:{one['minute']}:00" for one in PEOPLE]),
    }).astype({"colour": float})  # fmt: skip
    labels = {"colour": {1: "Red", 2: "Blue"}, "dill": {0: "No", 1: "Yes"}}
    write = pyreadstat.write_sav if ending == "sav" else pyreadstat.write_dta
    wave = f"{{label: One, exports: [forms.{ending}], submitted: at, status: null}}"
    options = "{options: {dill: dill, mint: mint}}"
    describe(CODEBOOK, wave, colour="colour", herbs=options, hours="hours")
    more: dict[str, Any] = {"missing_ranges": {"colour": [9]}} if ending == "sav" else {}
    labels["colour"] |= {9: "No answer"} if ending == "sav" else {}
    write(frame, f"data/raw/forms/forms.{ending}", variable_value_labels=labels,
          column_labels=["Which colour?", "Dill", "Mint", "Hours a week", ""], **more)  # fmt: skip


FORMATS: dict[str, Callable[[], None]] = {
    "qualtrics": qualtrics, "limesurvey-codes": lime_codes, "limesurvey-texts": lime_texts,
    "redcap-raw": redcap_raw, "redcap-labels": redcap_labels, "google": google,
    "microsoft": microsoft, "semicolons": semicolons, "spss": lambda: labelled("sav"),
    "stata": lambda: labelled("dta"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_written_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    FORMATS[name]()
    cohort, found, raw = remake()
    assert is_met(found)
    [real], _ = open_wave(cohort.study, cohort.codebook, "one")
    [made], problems = open_wave(cohort.study, cohort.codebook, "one", [raw / real[0].file])
    assert not problems
    same = ("tool", "format", "time_zone", "delimiter", "columns")
    assert [getattr(real[0], one) for one in same] == [getattr(made[0], one) for one in same]
    assert [(one.codes, one.missing) for one in real[0].columns] == [
        (one.codes, one.missing) for one in made[0].columns
    ]
    for role, column in real[1].items():
        own = [{spell(cells[column.position], role) for _, cells in export.rows()}
               for export in (real[0], made[0])]  # fmt: skip
        assert own[1] <= own[0] | {""}, role
    if real[0].format == "csv":
        texts = [one.path.read_bytes() for one in (real[0], made[0])]
        heads = [text.splitlines(keepends=True)[: 3 if name == "qualtrics" else 1]
                 for text in texts]  # fmt: skip
        assert heads[0] == heads[1]


def spell(cell: str, role: str) -> str:
    """Return a cell; of times, codes and numbers how digits and letters stand in it."""
    if role in ("colour", "herbs", "herbs__dill", "herbs__mint", "@status"):
        return cell
    digits = r"\d+" if role in ("@response_id", "@submitted") else r"\d"
    return re.sub(r"[A-Za-z]", "a", re.sub(digits, "0", cell))


def test_text_is_quoted_as_it_was() -> None:
    assert list(write_lines([["a", "b"]], [["", "2"], ["x", 'y"z']], ",", "hnt")) == [
        '"a","b"', ',"2"', '"x","y""z"',
    ]  # fmt: skip


def test_several_files_of_a_wave_keep_their_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wave = "{label: One, exports: [a.csv, b/c.csv], submitted: null, status: null}"
    describe(CODEBOOK, wave, colour="Colour", herbs="Herbs", hours="Hours")
    cells = [(WORDS[one["colour"]], "Dill" * one["dill"], f"{one['hours']:g}") for one in PEOPLE]
    put("a.csv", as_text([["Colour", "Herbs", "Hours"], *map(list, cells[:30])]))
    put("b/c.csv", as_text([["Hours", "Colour"], *([one[2], one[0]] for one in cells[30:])], ";"))
    _, found, raw = remake()
    counts = found[found["statistic"].isin(COUNTS) & (found["variable"] != "herbs")]
    assert counts["met"].all()
    assert (raw / "a.csv").read_text(encoding="utf-8").startswith("Colour,Herbs,Hours\n")
    assert (raw / "b/c.csv").read_text(encoding="utf-8").startswith("Hours;Colour\n")


def test_a_further_file_has_the_rest_under_the_same_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wave = ("{label: One, exports: [a.csv], submitted: null, status: null, "
            "join: [{exports: [people.csv], on: Key}]}")  # fmt: skip
    describe(CODEBOOK, wave, colour="Colour", herbs="Herbs", hours="Hours")
    keys = [f"k{at * 37 % 101:03}" for at in range(60)]
    put("a.csv", as_text([["Key", "Hours"], *(
        [key, f"{one['hours']:g}"] for key, one in zip(keys, PEOPLE, strict=True))]))  # fmt: skip
    put("people.csv", as_text([["Key", "Colour", "Herbs"], *(
        [key, WORDS[one["colour"]], "Dill" * one["dill"]]
        for key, one in zip(keys, PEOPLE, strict=True))]))  # fmt: skip
    _, found, raw = remake()
    assert is_met(found)
    own, other = pd.read_csv(raw / "a.csv"), pd.read_csv(raw / "people.csv")
    assert own["Key"].is_unique
    assert set(other["Key"]) <= set(own["Key"])
    assert own["Key"].str.fullmatch(r"k\d{3}|[a-z]\d{3}").all()


@pytest.mark.parametrize("rule", ["is_not: {own}", "is: {other}"])
def test_surveys_of_one_file_stay_apart(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    waves = {"one": ("pre", "post"), "two": ("post", "pre")}
    described = "\n".join(
        f"  {name}: {{label: {name}, exports: [a.csv], submitted: null, status: null, exclude: "
        f"[{{name: not_{name}, column: When, {rule.format(own=own, other=other)}}}]}}"
        for name, (own, other) in waves.items()
    )
    describe(CODEBOOK, "", colour="Colour", herbs="Herbs", hours="Hours")
    study = f"name: forms\ntitle: Forms\nwaves:\n{described}\ndisclosure: {{minimum: 0}}\n"
    Path("cohorts/forms/study.yaml").write_text(study, encoding="utf-8")
    put("a.csv", as_text([["When", "Colour", "Herbs", "Hours"], *(
        ["pre" if at < 40 else "post", WORDS[one["colour"]], "Dill" * one["dill"],
         f"{one['hours']:g}"] for at, one in enumerate(PEOPLE))]))  # fmt: skip
    _, found, raw = remake(["one", "two"])
    assert is_met(found)
    assert pd.read_csv(raw / "a.csv")["When"].value_counts().to_dict() == {"pre": 40, "post": 20}


def test_surveys_of_one_row_stand_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = "{label: L, exports: [a.csv], submitted: null, status: null, person: '#row'}"
    study = f"name: forms\ntitle: Forms\nwaves:\n  one: {one}\n  two: {one}\n"
    describe("variables: {{}}", one)
    Path("cohorts/forms/study.yaml").write_text(
        f"{study}disclosure: {{minimum: 0}}\n", encoding="utf-8"
    )
    Path("cohorts/forms/codebook.yaml").write_text(
        "variables:\n  pots: {label: Pots, kind: count, question: {one: Pots1, two: Pots2}}\n",
        encoding="utf-8",
    )
    put("a.csv", as_text([["Pots1", "Pots2"], *([str(at % 4), str(at % 3)] for at in range(50))]))
    _, found, raw = remake(["one", "two"])
    assert found[found["statistic"].isin(COUNTS)]["met"].all()
    assert pd.read_csv(raw / "a.csv").notna().all().all()
    assert len(pd.read_csv(raw / "a.csv")) == 50


def test_a_form_holds_no_cell_of_a_respondent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wave = ("{label: One, exports: [a.csv], submitted: At, status: null, person: Code, "
            "email: Mail, ip: Net}")  # fmt: skip
    codebook = CODEBOOK + "  words: {{label: Words, kind: text, question: Words}}\n"
    describe(codebook, wave, colour="Colour", herbs="Herbs", hours="Hours")
    head = ["At", "Mail", "Net", "Code", "Colour", "Herbs", "Hours", "Words", "Ward", "Phone"]
    rows = [
        [f"2024-03-{one['at']} 10:{one['minute']}:00", f"p{at}@example.org", f"198.51.100.{at}",
         f"q{at:03}", "Red" if at else "RED  ", "Dill", "7", "fine", "A" * (at > 9) or "B",
         f"5551{at:06}"]
        for at, one in enumerate(PEOPLE)
    ]  # fmt: skip
    # Nine are too few to share anything, whatever it is.
    canary = ["2031-07-09 23:59:58", EMAIL, NETWORK, NAME, "rEd", "dILL", "88", f"{NAME} here",
              NAME, PHONE]  # fmt: skip
    put("a.csv", as_text([head, *rows, *([canary] * 9)]))
    said = read_form(open_cohort("forms")).write()
    assert not [one for one in (*CANARIES, "2031", "rEd", "dILL", "88") if one in said]
    assert not [one for row in rows for one in (*row[:4], row[9]) if one in said]
    # Ward is a question that nothing names: what most answered to it is nobody's to know.
    assert json.loads(said)["files"]["one"][0]["fills"][8:] == ["", ""]


def test_a_form_lists_columns_in_an_order_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    parts = "abcdefgh"
    wave = ("{label: One, exports: [a.csv], submitted: null, status: null, response_id: Id, "
            f"person: [{', '.join(parts)}]}}")  # fmt: skip
    describe(CODEBOOK, wave, colour="Colour", herbs="Herbs", hours="Hours")
    rows = [[str(100 + at), "Red", "Dill", "7", *(f"{part}{at:02}" for part in parts)]
            for at in range(30)]  # fmt: skip
    put("a.csv", as_text([["Id", "Colour", "Herbs", "Hours", *parts], *rows]))
    said = json.loads(read_form(open_cohort("forms")).write())["styles"]["one"]
    roles = [one for one in said if one.startswith(("@person", "@response"))]
    # Nothing of it hangs on the hash of a name, which differs from one process to the next.
    assert roles == sorted(roles)
    assert len(roles) == 9


def test_dirt_is_as_frequent_as_the_report_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wave = "{label: One, exports: [a.csv], submitted: null, status: null}"
    describe(CODEBOOK, wave, colour="Colour", herbs="Herbs", hours="Hours")
    dirty = {0: "lots", 1: "-4", 2: ""}
    put("a.csv", as_text([["Colour", "Herbs", "Hours"], *(
        [("RED", "Red", "Red ", "Blue")[at % 4], "Dill", dirty.get(at % 5, "7")]
        for at in range(60))]))  # fmt: skip
    _, found, raw = remake()
    assert is_met(found)
    logs = [pd.read_csv(folder / "data/processed/forms/one/answers.csv")
            for folder in (Path(), Path("out"))]  # fmt: skip
    unread = [log[log["variable"].eq("hours") & log["value"].isna()] for log in logs]
    real, own = (one.groupby("reason")["times"].sum().to_dict() for one in unread)
    assert real == own
    made = pd.read_csv(raw / "a.csv")["Colour"].value_counts()
    assert {"Red", "RED", "Blue"} <= set(made.index)
    assert any(one != one.strip() for one in made.index)


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("%Y-%m-%d %H:%M:%S", ""), ("%d.%m.%Y %H:%M", "Europe/Oslo"), ("%m/%d/%Y %H:%M:%S", ""),
        ("%Y/%m/%d %I:%M:%S %p GMT+2", ""), ("%Y-%m-%dT%H:%M:%SZ", ""), ("%d-%m-%y", ""),
        ("%m/%d/%Y, %I:%M %p", "America/Lima"), ("%Y-%m-%dT%H:%M:%S+05:30", ""), ("%Y-%m-%d", ""),
    ],
)  # fmt: skip
def test_times_are_written_in_their_pattern_and_zone(written: str, zone: str) -> None:
    moments = [datetime.datetime(2024, 3, 1 + at, 5 + at % 14, 3 * at % 60) for at in range(30)]
    texts = [one.strftime(written) for one in moments]
    pattern = find_pattern(Counter(texts), 10)
    times, unreadable = read_times(texts, zone=zone)
    assert not unreadable
    assert write_times(pattern, times, zone) == texts


def test_codes_have_the_shape_of_most_and_are_each_anothers() -> None:
    shape = find_shape(Counter(f"ab{at:03}X" for at in range(20)), 10)
    codes = [number_code(shape, at) for at in range(2000)]
    assert len(set(codes)) == 2000
    assert all(re.fullmatch("[a-z]{2}[0-9]{3}[A-Z]", one) for one in codes)
    assert not find_shape(Counter(f"ab{at}" for at in range(9)), 10)
    assert find_shape(Counter(str(at) for at in range(7, 40)), 10) == "running"


def test_a_format_that_cannot_be_written_has_another_ending() -> None:
    named = {
        ("b/a.xls", "workbook"): "b/a.xlsx", ("a.ods", "workbook"): "a.xlsx",
        ("a.xlsx", "workbook"): "a.xlsx", ("a.por", "por"): "a.sav", ("a.zsav", "sav"): "a.zsav",
        ("a.tsv", "csv"): "a.tsv",
    }  # fmt: skip
    assert {key: name_file(FileForm(*key, [["x"]])) for key in named} == named


def test_weights_and_repeats_come_out_where_there_are_codes_and_addresses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    by = "person: Code, email: Mail, weight: W, status: null, submitted: null"
    wave = f"{{label: One, exports: [a.csv], {by}}}"
    # Somebody who ticks none of the herbs ticks no other answer, whatever a group of them asks for.
    none = "}}, none: {{label: None, exclusive: true}}}}\n    groups: "
    none += "{{any: {{label: Any, of: [dill, mint]}}}}"
    book = CODEBOOK.replace("code: 2}}}}\n  hours", f"code: 2{none}\n  hours")
    describe(book, f"{wave}\ngroups: [{{by: colour}}]", colour="C", hours="T",
             herbs="{options: {dill: H1, mint: H2, none: H3}}")  # fmt: skip
    herbs = ["1,1,0", *["1,0,0"] * 3, *["0,1,0"] * 3, *["0,0,1"] * 2, "0,0,0"]
    rows = [
        f"{3 if at % 4 else 1},AB{at:02},p{at}@mail.example,{'Red' if at % 4 else 'Blue'},"
        f"{herbs[at // 4]},{at}"
        for at in range(40)
    ]
    # The same people once more, three by their codes from elsewhere.
    again = [rows[at].replace(f"p{at}@", f"q{at}@") for at in (3, 8, 21)]
    put("a.csv", "\n".join(["W,Code,Mail,C,H1,H2,H3,T", *rows, *again]))
    _, found, _ = remake()
    red = found[found["category"].eq("red") & found["statistic"].eq("proportion")]
    assert red[red["subgroup"].eq("all")]["value"].round(3).tolist() == [0.9]
    told = found[found["variable"].isin(["colour", "herbs", "dropped", "responses"])]
    told = told[~(told["variable"].eq("herbs") & told["statistic"].eq("proportion"))]
    assert told[told["statistic"].isin(COUNTS)]["met"].all()
    effects = found[found["statistic"].eq("design_effect") & found["subgroup"].eq("all")]
    assert effects["met"].all()


def test_weighted_shares_of_every_question_come_out_and_weights_vary_as_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    by = "person: Code, weight: W, status: null, submitted: null"
    describe(CODEBOOK, f"{{label: One, exports: [a.csv], {by}}}", colour="C", hours="T",
             herbs="{options: {dill: H1, mint: H2}}")  # fmt: skip
    # No question makes subgroups, and who is weighted up answers otherwise.
    rows = [
        f"{1 + 2 * (at * 7 % 10 < 4)},AB{at:02},{'Red' if at % 8 else 'Blue'},"
        f"{int(at % 7 < 4)},{int(at % 5 < 2)},{at}"
        for at in range(120)
    ]
    put("a.csv", "\n".join(["W,Code,C,H1,H2,T", *rows]))
    _, found, _ = remake()
    shares = found[found["variable"].isin(["colour", "herbs"])]
    shares = shares[shares["statistic"].eq("proportion") & shares["value"].between(0.01, 0.99)]
    assert len(shares) == 4
    assert (shares["value"] - shares["value_made"]).abs().max() < 0.003
    [effect] = found[found["statistic"].eq("design_effect")][["value", "value_made"]].to_numpy()
    assert effect[0] > 1.2
    assert abs(effect[1] - effect[0]) < 0.05
