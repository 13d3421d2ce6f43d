import csv
import logging
from pathlib import Path

import pandas as pd
import pytest
from small_cohort import CODEBOOK, COLUMNS, STUDY, person, write_cohort, write_qualtrics

from altcred.clean.responses import build_responses
from altcred.clean.roles import read_status
from altcred.core.engine import Engine
from altcred.core.errors import InvalidInput
from altcred.estimate.wave import estimate_wave

OUT = Path("data/processed/small/begin")
IP = "198.51.100.7"


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def build(begin, **files):
    write_cohort(begin, **files)
    summary = build_responses("small", "begin")
    return summary, pd.read_parquet(OUT / "responses.parquet")


def build_plain(codebook: str, export: str) -> None:
    """Build the responses of a plain export with a codebook of its own, nothing suppressed."""
    study = STUDY.split("waves:")[0] + (
        "waves:\n  begin: {label: Begin, exports: [begin.csv], program: Program, "
        "status: null, submitted: Submitted}\ndisclosure: {minimum: 0}\n"
    )
    write_cohort(study=study, codebook=codebook)
    path = Path("data/raw/small/begin.csv")
    path.parent.mkdir(parents=True)
    path.write_text(export, encoding="utf-8")
    build_responses("small", "begin")


def decisions():
    return pd.read_csv(OUT / "decisions.csv", keep_default_na=False)


def answers(variable):
    with (OUT / "answers.csv").open(encoding="utf-8", newline="") as file:
        return [
            (line["answer"], line["value"], line["reason"], int(line["times"]))
            for line in csv.DictReader(file)
            if line["variable"] == variable
        ]


def problems_of(begin, **files):
    with pytest.raises(InvalidInput) as caught:
        build(begin, **files)
    assert not Path("data/processed/small/begin").exists()
    assert not list(Path("data").rglob(".begin-*"))
    return caught.value.problems


def test_each_answer_is_decoded_and_stands_in_the_order_of_the_codebook():
    _, rows = build(
        [
            person(
                born=1990,
                country="Holland",
                work="Unemployed, looking for a job,Employed",
                income="$50,000",
                hours="9-10 hours",
                weeks=4,
                benefits="A better job, or a first one,Learn something",
                comment="Thank you, Zebedee",
            )
        ]
    )
    row = rows.iloc[0]
    assert list(rows.columns[:8]) == [
        "response_id",
        "program",
        "program_type",
        "submitted",
        "gender",
        "birth_year",
        "age",
        "country",
    ]
    assert row["response_id"] == "begin-000001"
    assert (row["program"], row["program_type"]) == ("knots", "short")
    assert row["submitted"] == pd.Timestamp("2020-05-01 10:00:00")
    assert (row["gender"], row["birth_year"], row["age"]) == ("female", 1990.0, 30.0)
    assert row["country"] == "NLD"
    assert row["employment__employed"]
    assert row["employment__looking"]
    assert not row["employment__resting"]
    assert row["income"] == 50000.0
    assert (row["hours"], row["weeks"], row["total_hours"]) == (9.5, 4.0, 38.0)
    assert row["benefit_count"] == 2.0
    assert row["comment"]
    assert "applied__here" not in rows.columns


def test_a_question_counts_only_where_it_was_asked():
    _, rows = build(
        [
            person(work="Employed", income="10"),
            person(work="Unemployed", income="20"),
            person(income="30"),
        ]
    )
    assert rows["income"].tolist()[0] == 10.0
    assert rows["income"].isna().tolist() == [False, True, True]
    assert ("20", "", "not asked, though answered", 1) in answers("income")


def test_a_category_counts_only_where_and_since_it_was_offered():
    ticks = "A raise,Recover from the pandemic"
    _, rows = build(
        [
            person(program="Stars", at="2020-09-30 23:59:59", benefits=ticks),
            person(program="Stars", at="2020-10-01 00:00:00", benefits=ticks),
            person(program="Knots", at="2020-11-01 00:00:00", benefits=ticks),
            person(program="Knots", at="2020-05-01 00:00:00", benefits=ticks),
            person(program="Stars", at="2020-11-01 00:00:00", benefits=""),
        ]
    )
    raises = [None if pd.isna(value) else bool(value) for value in rows["benefits__raise"]]
    covid = [None if pd.isna(value) else bool(value) for value in rows["benefits__covid"]]
    learn = [None if pd.isna(value) else bool(value) for value in rows["benefits__learn"]]
    assert raises == [True, True, None, None, None]
    assert covid == [None, True, True, None, None]
    # Whose only ticks were not offered to them has ticked nothing.
    assert learn == [False, False, False, None, None]
    assert ("A raise", "", "not asked, though answered", 2) in answers("benefits__raise")


def test_conditions_may_follow_from_numbers_groups_countries_and_each_other():
    codebook = (
        CODEBOOK.replace("kind: text\n", 'kind: text\n    asked_if: {age: "[18, 65)"}\n')
        .replace("unit: hours a week\n", "unit: hours a week\n    asked_if: {income: '[0, 10]'}\n")
        .replace("unit: weeks\n", "unit: weeks\n    asked_if: {country: [CHL, PER]}\n")
        .replace(
            "    label: Benefits\n",
            "    label: Benefits\n    asked_if: {employment: [unemployed]}\n",
        )
    )
    both = "Employed,Unemployed"
    _, rows = build(
        [
            person(born=2002, work=both, income=10, hours=1, weeks=1, comment="x", country="Chile",
                   benefits="Learn something"),
            person(born=2003, work=both, income=11, hours=1, weeks=1, comment="x", country="India",
                   benefits="Learn something"),
            person(born=1955, work="Employed", income="", hours=1, weeks=1, comment="x",
                   benefits="Learn something"),
        ],
        codebook=codebook,
    )  # fmt: skip
    assert rows["hours"].notna().tolist() == [True, False, False]
    assert rows["weeks"].notna().tolist() == [True, False, False]
    assert [None if pd.isna(each) else bool(each) for each in rows["comment"]] == [True, None, None]
    assert rows["benefits__learn"].notna().tolist() == [True, True, False]
    assert rows["benefit_count"].notna().tolist() == [True, True, False]


def test_a_multiple_question_of_all_asked_is_false_where_nothing_was_ticked():
    write_cohort([person()], [person(applied="Here"), person(applied="")])
    build_responses("small", "end")
    rows = pd.read_parquet("data/processed/small/end/responses.parquet")
    assert rows["applied__here"].tolist() == [True, False]
    assert rows["applied__elsewhere"].tolist() == [False, False]


def test_a_derived_number_outside_its_bounds_is_missing_with_that_reason():
    _, rows = build([person(born=born) for born in (1919, 1918, "", 2013, 2014)])
    # The bounds themselves are inside.
    assert [None if pd.isna(age) else age for age in rows["age"]] == [101, None, None, 7, None]
    assert rows["birth_year"].tolist()[1] == 1918.0
    assert ("", "", "outside 7 to 101", 2) in answers("age")


def test_every_raw_row_is_kept_or_dropped_with_one_reason():
    summary, rows = build(
        [
            person(status="Survey Preview"),
            person(status="Survey Test"),
            person(status="Spam"),
            person(gender=""),
            person(program=""),
            person(ip=IP, email="a@x.org"),
            person(ip=IP, email="A@x.org "),
            person(),
        ]
    )
    assert summary.raw_rows == 8
    assert summary.kept == len(rows) == 2
    assert summary.dropped == {
        "preview": 1,
        "test": 1,
        "spam": 1,
        "no answer": 1,
        "no program": 1,
        "repeat": 1,
    }
    table = decisions()
    # Three header rows come before the first response, as a spreadsheet shows it.
    assert table["row"].tolist() == list(range(4, 12))
    assert table["decision"].tolist() == ["dropped"] * 5 + ["kept", "dropped", "kept"]
    repeat = table.iloc[6]
    assert (repeat["repeats"], repeat["comparison"]) == ("begin-000001", "same e-mail")
    assert table["response_id"].tolist() == [""] * 5 + ["begin-000001", "", "begin-000002"]


def test_shared_addresses_are_counted_over_programs_and_people():
    summary, _ = build(
        [
            person(ip=IP, email="a@x.org"),
            person(ip=IP, email="a@x.org", program="Stars"),
            person(ip="198.51.100.8", email="b@x.org"),
            person(ip="198.51.100.8", email="c@x.org"),
            person(ip="198.51.100.9"),
            person(ip="198.51.100.9", status="Survey Preview"),
            person(ip=""),
            person(ip=""),
        ]
    )
    assert summary.shared_addresses == 2
    assert summary.kept == 7
    table = decisions()
    shares = [str(value).lower() for value in table["shares_address"]]
    assert shares == ["true"] * 4 + ["false"] * 4
    groups = [str(value).removesuffix(".0") for value in table["address_group"]]
    assert groups[:4] == ["1", "1", "2", "2"]
    assert table["comparison"].tolist()[:4] == [
        "another program at this address",
        "another program at this address",
        "first at this address",
        "different e-mail",
    ]


def test_the_log_of_answers_adds_up_to_the_kept_rows():
    summary, _ = build(
        [
            person(income="24,00", work="Employed"),
            person(income="none", work="Employed"),
            person(income="5", work="Unemployed"),
            person(status="Survey Test", income="9"),
            person(),
        ]
    )
    for variable in ("gender", "age", "country", "income", "benefits", "comment"):
        assert sum(times for *_, times in answers(variable)) == summary.kept, variable
    assert ("24,00", "", "ambiguous separator", 1) in answers("income")


def test_numeric_and_choice_text_exports_give_the_same_responses():
    by_code = CODEBOOK.replace("job: {label:", "job: {code: 1, label:").replace(
        "learn: {label:", "learn: {code: 4, label:"
    )
    write_cohort(codebook=by_code)
    rows = [person(gender="Male", benefits="A better job, or a first one,Learn something")]
    codes = [person(gender="1", benefits="1,4", status="0")]
    tables = []
    for export in (rows, codes):
        write_qualtrics(Path("data/raw/small/begin.csv"), export)
        build_responses("small", "begin")
        tables.append(pd.read_parquet(OUT / "responses.parquet"))
    assert tables[0].equals(tables[1])


def test_who_skipped_a_question_can_count_as_asked_the_next():
    codebook = """
variables:
  employed:
    label: Employed
    kind: single
    question: {begin: Employed}
    categories: {"yes": Yes, "no": No}
  wish:
    label: Wish
    kind: multiple
    asked_if: {employed: ["no", not_reported]}
    question: {begin: {options: {firm: Firm, own: Own}}}
    categories: {firm: Firm, own: Own business}
  pay:
    label: Pay
    kind: money
    asked_if: {wish: [firm, not_reported]}
    question: {begin: Pay}
"""
    build_plain(
        codebook,
        "Employed,Firm,Own,Pay,Program,Submitted\n"
        "No,x,,10,Knots,2016-03-29\n"
        "No,,x,20,Knots,2016-03-29\n"
        ",,,30,Knots,2016-03-29\n"
        "Yes,,x,40,Knots,2016-03-29\n",
    )
    rows = pd.read_parquet(OUT / "responses.parquet")
    # The second wants a business of their own; the third gave no wish, and of the fourth none
    # was asked, so both count as asked for their pay.
    assert rows["pay"].tolist()[0] == 10
    assert pd.isna(rows["pay"][1])
    assert rows["pay"].tolist()[2:] == [30, 40]
    estimates = estimate_wave("small", "begin")
    asked = estimates[estimates["category"].eq("not_reported") & estimates["subgroup"].eq("all")]
    assert asked.groupby("variable")["n"].first().to_dict() == {"employed": 4, "pay": 3, "wish": 3}


def test_one_column_an_option_is_read_as_one_question():
    codebook = """
variables:
  resources:
    label: Resources
    kind: multiple
    question:
      begin: {options: {edx: EdX, other: Other#2}}
    categories: {edx: {label: EdX}, other: {label: Other, typed: true}}
"""
    study = STUDY.split("waves:")[0] + (
        "waves:\n  begin: {label: Begin, exports: [begin.csv], program: Program, "
        'status: null, submitted: "Submit Date (UTC)"}\n'
    )
    write_cohort(study=study, codebook=codebook)
    path = Path("data/raw/small/begin.csv")
    path.parent.mkdir(parents=True)
    path.write_text(
        '\ufeffOther,"Ed\nX",EdX,Other,Program,Submit Date (UTC)\r\n'
        "a book,,EdX,,Knots,2016-03-29 21:21:23\r\n"
        ",,,Zebedee's course,Knots,2016-03-29 21:21:23\r\n"
        ",,EdX,0,Stars,2016-03-29 21:21:23\r\n"
        ",,,,Stars,2016-03-29 21:21:23\r\n",
        encoding="utf-8",
    )
    summary = build_responses("small", "begin")
    rows = pd.read_parquet(OUT / "responses.parquet")
    assert rows["resources__edx"].tolist() == [True, False, True]
    assert rows["resources__other"].tolist() == [False, True, False]
    assert summary.dropped == {"no answer": 1}
    assert decisions()["row"].tolist() == [2, 3, 4, 5]
    assert "Zebedee" not in (OUT / "answers.csv").read_text()


def test_several_exports_of_a_wave_are_read_one_after_the_other():
    study = STUDY.replace("exports: [begin.csv]", "exports: [begin.csv, later.tsv]")
    write_cohort([person(born=1990)], study=study)
    write_qualtrics(
        Path("data/raw/small/later.tsv"),
        [person(born=1980)],
        list(reversed(COLUMNS)),
        encoding="utf-16",
        delimiter="\t",
    )
    build_responses("small", "begin")
    assert pd.read_parquet(OUT / "responses.parquet")["birth_year"].tolist() == [1990.0, 1980.0]
    assert decisions()["file"].tolist() == ["begin.csv", "later.tsv"]


def test_files_are_the_same_bytes_whatever_the_number_of_threads():
    people = [
        person(ip=f"198.51.100.{i % 50}", born=1950 + i % 60, work="Employed", income=i * 100)
        for i in range(400)
    ]
    write_cohort(people)
    contents = []
    for threads in (1, 4):
        with Engine(threads=threads) as engine:
            build_responses("small", "begin", engine=engine)
        contents.append([path.read_bytes() for path in sorted(OUT.iterdir())])
    assert len(contents[0]) == 4
    assert contents[0] == contents[1]


def test_a_rebuild_replaces_the_files_and_a_failing_one_leaves_them():
    build([person(), person()])
    before = (OUT / "responses.parquet").read_bytes()
    write_cohort([person(gender="Robot")])
    with pytest.raises(InvalidInput):
        build_responses("small", "begin")
    assert (OUT / "responses.parquet").read_bytes() == before


# -- input that cannot be read


def test_a_missing_export_is_named():
    write_cohort()
    (problem,) = problems_of(None)
    assert problem.file.endswith("begin.csv")
    assert "no such file" in problem.message


def test_all_missing_columns_are_named_at_once_with_the_nearest():
    write_cohort()
    columns = [column for column in COLUMNS if column[2] not in {"QID1", "QID5_TEXT"}]
    write_qualtrics(
        Path("data/raw/small/begin.csv"), [person()], [*columns, ("Q51", "Income", "QID51_TEXT")]
    )
    problems = problems_of(None)
    assert [problem.where for problem in problems] == ["column 'QID1'", "column 'QID5_TEXT'"]
    assert "'QID51_TEXT'" in problems[1].remedy


def test_a_column_that_stands_twice_is_ambiguous():
    write_cohort()
    write_qualtrics(Path("data/raw/small/begin.csv"), [person()], [*COLUMNS, COLUMNS[5]])
    (problem,) = problems_of(None)
    assert "stands 2 times, in columns F, R" in problem.message


def test_a_column_taken_for_two_questions_is_refused():
    codebook = CODEBOOK.replace("begin: {id: QID7_TEXT}", "begin: {id: QID6_TEXT}")
    (problem,) = problems_of([person()], codebook=codebook)
    assert "hours and weeks" in problem.message


def test_an_unknown_label_names_its_rows_and_not_the_answer():
    people = [person(), *[person(gender="Femalle")] * 2]
    (problem,) = problems_of(people)
    assert problem.where == "column QID1, rows 5, 6"
    assert "Femalle" not in str(problem)
    assert "'Female'" in problem.message
    assert "answers:" in problem.remedy


def test_an_unknown_label_of_many_rows_is_quoted():
    (problem,) = problems_of([person(gender="Woman")] * 12)
    assert "'Woman'" in problem.message
    assert "and 7 more" in problem.where


def test_an_unknown_label_of_many_rows_that_is_an_address_is_not_quoted():
    (problem,) = problems_of([person(gender="canary@example.org")] * 12)
    assert "canary" not in str(problem)


def test_a_wrong_program_is_named_by_its_rows():
    (problem,) = problems_of([person(), person(program="Knits")])
    assert problem.where == "column Program, row 5"
    assert "'Knots'" in problem.message


def test_unknown_labels_in_dropped_rows_do_not_matter():
    summary, _ = build([person(), person(status="Survey Preview", gender="x", program="test")])
    assert summary.kept == 1


def test_an_export_without_responses_is_empty():
    (problem,) = problems_of([])
    assert "no responses" in problem.message
    Path("data/raw/small/begin.csv").write_text("")
    (problem,) = problems_of(None)
    assert "is empty" in problem.message


def test_an_export_of_which_nothing_is_left_says_why():
    (problem,) = problems_of([person(status="Survey Preview")] * 3)
    assert "3 preview" in problem.message


def test_a_truncated_export_names_the_row():
    write_cohort([person(comment="a"), person(comment="b")])
    path = Path("data/raw/small/begin.csv")
    content = path.read_bytes()
    path.write_bytes(content[:-15])
    (problem,) = problems_of(None)
    assert problem.where == "row 5"
    assert "fields" in problem.message
    path.write_bytes(content[:-3] + b',"Canary')
    (problem,) = problems_of(None)
    assert "never ends" in problem.message
    assert "Canary" not in str(problem)


def test_a_wrong_encoding_is_named():
    write_cohort([person(comment="a")])
    path = Path("data/raw/small/begin.csv")
    path.write_bytes(path.read_bytes() + "Zoë\r\n".encode("latin-1"))
    (problem,) = problems_of(None)
    assert "is not UTF-8" in problem.message


def test_an_unreadable_time_names_its_rows():
    (problem,) = problems_of([person(), person(at="sometime")])
    assert problem.where == "column recordedDate, row 5"


def test_no_identifier_leaves(caplog, capfd):
    canaries = ["zebedee@canary.example", "203.0.113.77", "Zebedee Canary", "55501234567"]
    caplog.set_level(logging.DEBUG)
    build(
        [
            person(
                email=canaries[0],
                ip=canaries[1],
                comment=f"{canaries[2]} {canaries[0]}",
                country=canaries[2],
                work="Employed",
                income=f"ask {canaries[2]}",
                hours=canaries[1],
                weeks=canaries[3],
                born=canaries[2],
                benefits=f"Other (please specify),{canaries[2]}",
            ),
            person(email="other@example.org", ip="203.0.113.78", country=canaries[0]),
        ]
    )
    printed = capfd.readouterr()
    everything = b"".join(path.read_bytes() for path in OUT.iterdir())
    everything += "".join([caplog.text, printed.out, printed.err]).encode()
    for table in ("responses", "identifiers"):
        everything += pd.read_parquet(OUT / f"{table}.parquet").to_csv().encode()
    for canary in [*canaries, "Zebedee", "Canary"]:
        assert canary.casefold().encode() not in everything.lower(), canary


def test_no_identifier_is_in_an_error_message():
    problems = problems_of(
        [
            person(gender="Zebedee Canary", program="zebedee@canary.example"),
            person(work="203.0.113.77", at="Canary"),
        ]
    )
    text = "\n".join(map(str, problems)).casefold()
    for canary in ("zebedee", "canary", "203.0.113"):
        assert canary not in text


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("IP Address", None),
        ("0", None),
        ("Imported", None),
        ("4", None),
        ("Survey Preview", "preview"),
        ("1", "preview"),
        ("1.0", "preview"),
        ("Offline Survey Preview", "preview"),
        ("17", "preview"),
        ("Survey Test", "test"),
        ("2", "test"),
        ("Spam", "spam"),
        ("Possible Spam", "spam"),
        ("8", "spam"),
    ],
)
def test_response_types_of_qualtrics(status, reason):
    assert read_status(status) == reason


def test_a_rule_of_any_condition_and_the_commonest_text():
    codebook = """
variables:
  meal:
    label: Meal
    kind: single
    question: {begin: Meal}
    categories: {rice: Rice, soup: Soup}
  pay:
    label: Pay
    kind: money
    question: {begin: Pay}
  treat:
    label: Rice or well paid
    kind: count
    derive: {any_of: {meal: [rice], pay: "(100, )"}}
  remark:
    label: Remark
    kind: text
    question: {begin: Remark}
"""
    build_plain(
        codebook,
        "Meal,Pay,Remark,Program,Submitted\n"
        "Rice,,Good Stuff,Knots,2016-03-29\n"
        "Soup,200,good  stuff,Knots,2016-03-29\n"
        "Soup,50,,Knots,2016-03-29\n"
        "Soup,,Quite another,Knots,2016-03-29\n",
    )
    treats = pd.read_parquet(OUT / "responses.parquet")["treat"]
    # Of the fourth nobody knows, since the pay is missing.
    assert treats.tolist()[:3] == [1, 1, 0]
    assert pd.isna(treats[3])
    answers = pd.read_csv(OUT / "answers.csv", keep_default_na=False)
    remarks = answers[answers["variable"].eq("remark")].set_index("reason")["times"].to_dict()
    assert remarks == {"blank": 1, "answered": 1, "answered, the most frequent text": 2}
    assert "good" not in (OUT / "answers.csv").read_text(encoding="utf-8").lower()
    estimates = estimate_wave("small", "begin")
    alike = estimates[estimates["category"].eq("most_frequent")]
    assert alike["value"].tolist() == [2]


def test_a_category_may_be_called_as_what_is_noted_of_an_answer():
    names = ["answer", "blank", "denied", "value", "file"]
    listed = "".join(f"      {one}: {{label: {one.upper()}}}\n" for one in names)
    codebook = (
        "variables:\n  said:\n    label: Said\n    kind: multiple\n    question: Said\n"
        f'    separator: ";"\n    categories:\n{listed}'
    )
    cells = ["ANSWER;BLANK", "DENIED;VALUE;FILE", "ANSWER", ""]
    rows = "".join(f"Knots,2021-03-0{n},{cell}\n" for n, cell in enumerate(cells, start=1))
    build_plain(codebook, f"Program,Submitted,Said\n{rows}")
    found = pd.read_parquet(OUT / "responses.parquet")
    assert [int(found[f"said__{one}"].sum()) for one in names] == [2, 1, 1, 1, 1]
