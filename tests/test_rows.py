"""Which rows of an export become responses, and what is known of each."""

from pathlib import Path

import pandas as pd
import pytest

from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort

HEAD = "name: rows\ntitle: Rows\ndisclosure: {minimum: 0}\nwaves:\n"
CODEBOOK = """
variables:
  mood:
    label: Mood
    kind: single
    question: {one: Mood, two: Mood}
    categories: {good: Good, bad: Bad}
  born:
    label: Year of birth
    kind: year
    question: {one: Born}
    bounds: {low: 1900, high: 2020}
  age:
    label: Age
    kind: number
    derive: {years_since: born}
"""
MOOD = CODEBOOK.partition("  born:")[0].replace(", two: Mood", "")


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write(waves, codebook=MOOD, **files):
    """Write a study of the waves, and its exports by their names."""
    for folder in ("cohorts/rows", "data/raw/rows"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    waves = waves if isinstance(waves, str) else "".join(waves)
    Path("cohorts/rows/study.yaml").write_text(HEAD + waves, encoding="utf-8")
    Path("cohorts/rows/codebook.yaml").write_text(codebook, encoding="utf-8")
    for name, content in files.items():
        Path(f"data/raw/rows/{name}.csv").write_text(content, encoding="utf-8")


def wave(settings, name="one", exports="export.csv"):
    return f"  {name}: {{label: {name.title()}, exports: [{exports}], status: null, {settings}}}\n"


def build(name="one"):
    build_responses("rows", name)
    folder = Path(f"data/processed/rows/{name}")
    decisions = pd.read_csv(folder / "decisions.csv", keep_default_na=False)
    return pd.read_parquet(folder / "responses.parquet"), decisions


def identifiers(name):
    return pd.read_parquet(f"data/processed/rows/{name}/identifiers.parquet")


def reasons():
    return build()[1]["reason"].tolist()


def checked():
    """Return the notes and the problems of `altcred check`."""
    try:
        found = list(check_rows(open_cohort("rows")))
    except InvalidInput as error:
        found = error.problems
    return [one for one in found if isinstance(one, str)], [
        str(one) for one in found if not isinstance(one, str)
    ]


def test_times_are_read_in_the_order_and_the_zone_that_the_study_says():
    export = "When,Mood\n3/4/2022 22:30,Good\n5/4/2022 8:00,Bad\n"
    write(wave("submitted: When"), export=export)
    assert "date_order" in checked()[1][0]
    write(wave("submitted: When, date_order: dmy, timezone: America/Bogota"), export=export)
    assert checked() == ([], [])
    assert build()[0]["submitted"].tolist() == [
        pd.Timestamp("2022-04-04 03:30"),
        pd.Timestamp("2022-04-05 13:00"),
    ]
    write(wave("submitted: When, timezone: Bogota"), export=export)
    assert "'Bogota' is no time zone" in checked()[1][0]


def test_a_time_before_the_survey_opened_is_no_time_of_submission():
    export = "When,Mood,Born\n1970-01-02,Good,1990\n2022-05-01,Bad,1990\n,Bad,1990\n"
    write(wave("submitted: When, opened: 2022-04-01"), CODEBOOK.replace(", two: Mood", ""),
          export=export)  # fmt: skip
    notes, problems = checked()
    assert (len(notes), problems) == (1, [])
    assert notes[0].startswith("one: rows with a time that is none")
    assert build()[0]["age"].fillna(-1).tolist() == [-1, 32, -1]


def test_files_that_are_called_alike_are_refused():
    write(wave("submitted: null", exports="a/x.csv, b/x.csv"))
    assert "called the same" in checked()[1][0]


def test_both_answers_of_a_person_may_stand_in_one_row():
    codebook = MOOD.replace("{one: Mood}", "{one: Mood_pre, two: Mood_post}")
    same = 'submitted: null, person: "#row"'
    export = "Mood_pre,Mood_post\nGood,Bad\nBad,\n,Good\nGood,Good\n"
    write([wave(same), wave(same, "two")], codebook, export=export)
    assert checked() == ([], [])
    one, two = (build(name)[0].merge(identifiers(name)) for name in ("one", "two"))
    pairs = one.merge(two, on="person_token")
    assert pairs[["mood_x", "mood_y"]].to_numpy().tolist() == [["good", "bad"], ["good", "good"]]
    assert pairs[["submitted_x", "submitted_y"]].isna().all(axis=None)
