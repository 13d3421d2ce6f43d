"""Broken and hostile input ends in one message, soon: descriptions, cells, machines."""

import json
from pathlib import Path

import pytest
from any_cohort import write_files

from altcred.build.checkup import check_cohort
from altcred.clean.responses import build_responses
from altcred.core.description import read_model, read_yaml
from altcred.core.errors import InvalidInput
from altcred.describe.study import StudyFile

STUDY = {
    "name": "any",
    "title": "Any",
    "waves": {
        "one": {
            "label": "One", "exports": ["one.csv"], "submitted": "When", "status": "Status",
            "email": "Mail", "ip": "Net", "person": "Code",
        }
    },
    "disclosure": {"minimum": 3},
}  # fmt: skip
CODEBOOK = {
    "variables": {
        "town": {"label": "Town", "kind": "single", "categories": {"a": "Old", "b": "New"}},
        "land": {"label": "Land", "kind": "country"},
        "rooms": {"label": "Rooms", "kind": "count"},
        "rent": {"label": "Rent", "kind": "money", "currency": "USD"},
        "born": {"label": "Born", "kind": "year"},
        "day": {"label": "Day", "kind": "date"},
        "nps": {"label": "Nps", "kind": "nps"},
        "likes": {"label": "Likes", "kind": "multiple", "separator": ";",
                  "categories": {"a": "Sea", "b": "Hills"}},
        "said": {"label": "Said", "kind": "text"},
    }
}  # fmt: skip
ROW = {
    "When": "2024-01-02 10:00:00", "Status": "IP Address", "Mail": "a@b.org",
    "Net": "198.51.100.7", "Code": "abc", "town": "Old", "land": "Norway", "rooms": "3",
    "rent": "$500", "born": "1980", "day": "2020-01-01", "nps": "9", "likes": "Sea;Hills",
    "said": "some words",
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_any(export, **more):
    write_files(
        {
            "cohorts/any/study.yaml": json.dumps(STUDY | more),
            "cohorts/any/codebook.yaml": json.dumps(CODEBOOK),
            "data/raw/any/one.csv": export,
        },
        Path(),
    )


def with_cell(column, text):
    rows = [ROW | {"Code": f"abc{at}", "Mail": f"a{at}@b.org"} for at in range(5)]
    rows[3][column] = text
    quoted = [[f'"{cell}"'.replace("\n", " ") for cell in row.values()] for row in rows]
    return "\n".join(map(",".join, [list(ROW), *quoted])) + "\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 100_000, "brackets or levels"),
        ("{a: " * 3_000 + "}" * 3_000, "brackets or levels"),
        ("- " * 5_000, "brackets or levels"),
        ("".join(" " * at + "a:\n" for at in range(3_000)), "brackets or levels"),
        ("a: &a [*a]\n", "aliases"),
        (
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "b: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n"
            + "d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\n"
            + "f: &f [*e, *e, *e, *e, *e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f]\n"
            + "h: &h [*g, *g, *g, *g, *g, *g, *g, *g]\n",
            "aliases",
        ),
    ],
)
def test_yaml_that_is_too_deep_or_too_much_is_one_message(tmp_path, text, told):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=told) as caught:
        read_yaml(path)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].where.startswith("line ")


@pytest.mark.parametrize(
    "text", ["2024-99-99", "!!int x", "!!float x", "!!bool x", "!!timestamp 2001-99-99", "7" * 5000]
)
def test_what_only_looks_like_a_number_or_a_day_is_a_text(tmp_path, text):
    path = tmp_path / "x.yaml"
    path.write_text(f"a: {text}")
    assert read_yaml(path) == {"a": text.split(" ")[-1]}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (True, "is a truth value to YAML. Write a number."),
        (-1, "at least 0"),
        (10**9, "at most 100000"),
        (2.5, "a whole number"),
        (float("inf"), "a number"),
        ("five", "a whole number"),
    ],
)
def test_a_limit_of_disclosure_is_a_number_that_can_be_one(tmp_path, written, told):
    path = tmp_path / "study.yaml"
    text = json.dumps(STUDY | {"disclosure": {"minimum": written}}).replace("Infinity", ".inf")
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_model(path, StudyFile)
    (problem,) = caught.value.problems
    assert problem.where == "disclosure.minimum"
    assert told in str(problem)


@pytest.mark.parametrize("column", ["Status", "town", "land", "rooms", "likes"])
def test_a_cell_that_no_answer_fills_is_refused_with_its_place(column):
    write_any(with_cell(column, "7" * 20_000))
    _, problems = check_cohort("any")
    assert [one.where for one in problems] == [f"column {column}, row 5"]
    assert "20,000 characters" in problems[0].message
    assert len(str(problems[0])) < 400


@pytest.mark.parametrize("column", ["Status", "land", "rooms", "rent", "born", "said"])
def test_five_thousand_digits_are_read_as_none_or_as_a_text(column):
    write_any(with_cell(column, "7" * 5_000))
    assert check_cohort("any")[1] == []
    summary = build_responses("any", "one")
    assert summary.raw_rows == summary.kept + sum(summary.dropped.values()) == 5
