"""A reader and a kind that a test registers, taken from the raw file to the estimates."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.records import Recorder
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds import Kind, forget_kind, register_kind
from altcred.kinds.reading import NOT_A_CHOICE, READ, Reading
from altcred.kinds.variable import column_of
from altcred.read import (
    Export,
    Layout,
    forget_reader,
    list_readers,
    open_export,
    register_reader,
)
from altcred.read.export import Column, Row
from altcred.write.survey import open_survey

STUDY = """
name: meals
title: Meals
waves:
  spring: {label: Spring, exports: [spring.txt], submitted: when, status: null}
disclosure: {minimum: 0}
"""
CODEBOOK = """
variables:
  hungry:
    label: Hungry
    kind: single
    question: {spring: hungry}
    categories: {"yes": "Yes", "no": "No"}
  meals:
    label: Meals by preference
    kind: places
    question: {spring: meals}
    asked_if: {hungry: ["yes"]}
    categories: {rice: Rice, soup: Soup}
"""
ANSWERS = [
    {"when": "2024-05-01", "hungry": "Yes", "meals": "Soup > Rice"},
    {"when": "2024-05-02", "hungry": "No", "meals": "Rice"},
    {"when": "2024-05-03", "hungry": "Yes", "meals": "Soup"},
    {"when": "2024-05-04", "hungry": "Yes", "meals": "Stones"},
]


class JsonLines:
    """Reads a JSON object a line; its keys are the columns."""

    name: ClassVar[str] = "json-lines"

    def recognises(self, path: Path, start: bytes) -> bool:
        return start.startswith(b"{")

    def open(self, path: Path, layout: Layout) -> Export:
        names = list(self._read(path)[0])
        columns = [Column(place, "", name, name) for place, name in enumerate(names)]

        def rows() -> Iterator[Row]:
            for row, answers in enumerate(self._read(path), start=1):
                yield row, [answers[name] for name in names]

        return Export(path, columns, rows, self.name)

    def _read(self, path: Path) -> list[dict[str, str]]:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Places(Kind):
    """Answers put in order, such as Soup > Rice: the place of each in a column of its own."""

    name: ClassVar[str] = "places"
    needs_categories: ClassVar[bool] = True
    chart: ClassVar[str] = "shares"

    def sentence(self, view, name):
        first = max(view.categories(name), key=lambda one: view.find(name, one).value)
        return f"Put first most often: {view.label(name, first)}."

    def read_given(self, variable, wave):
        names = {one.label: name for name, one in variable.categories_in(wave).items()}

        def read(text):
            given = [names.get(part.strip()) for part in text.split(">")]
            if None in given:
                return Reading(None, NOT_A_CHOICE, "")
            return Reading(tuple(given), READ, text)

        return read

    def columns(self, name, variable, wave):
        return [column_of(name, one) for one in variable.categories_in(wave)]

    def parts_of_column(self, variable, wave):
        return list(variable.categories_in(wave))

    def arrays(self, variable, wave, values):
        import pyarrow as pa

        return {
            one: pa.array(
                [value.index(one) + 1.0 if value and one in value else None for value in values],
                pa.float64(),
            )
            for one in variable.categories_in(wave)
        }

    def estimate(self, source, name, parts):
        columns = self.columns(name, source.variable(name), source.wave)
        firsts = [f"sum(CASE WHEN {one} = 1 THEN 1 ELSE 0 END) AS {one}" for one in columns]
        cells = source.count(name, *firsts)
        for part in parts:
            inside = cells[part.holds(cells)]
            n = float(inside["asked"].sum())
            record = Recorder(part.name, name)
            yield from record.response(n, n)
            for one in columns:
                category = one.removeprefix(f"{name}__")
                yield from record.counted(category, float(inside[one].sum()), n)


@pytest.fixture
def meals(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("cohorts/meals", "data/raw/meals"):
        Path(folder).mkdir(parents=True)
    Path("cohorts/meals/study.yaml").write_text(STUDY, encoding="utf-8")
    Path("cohorts/meals/codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    export = Path("data/raw/meals/spring.txt")
    export.write_text("\n".join(map(json.dumps, ANSWERS)), encoding="utf-8")
    register_reader(JsonLines())
    register_kind(Places())
    yield export
    forget_reader("json-lines")
    forget_kind("places")


def test_a_reader_and_a_kind_go_all_the_way(meals):
    assert open_export(meals).format == "json-lines"
    build_responses("meals", "spring")
    rows = pd.read_parquet("data/processed/meals/spring/responses.parquet")
    assert rows["meals__soup"].fillna(0).tolist() == [1, 0, 1, 0]
    assert rows["meals__rice"].fillna(0).tolist() == [2, 0, 0, 0]
    answers = pd.read_csv("data/processed/meals/spring/answers.csv", keep_default_na=False)
    told = answers[answers["variable"].eq("meals")]
    assert set(zip(told["answer"], told["value"], told["reason"], strict=True)) == {
        ("Soup > Rice", "soup; rice", "read"),
        ("Soup", "soup", "read"),
        ("Rice", "", "not asked, though answered"),
        ("", "", NOT_A_CHOICE),
    }
    found = estimate_wave("meals", "spring").query("variable == 'meals' and statistic == 'count'")
    assert dict(zip(found["category"], found["value"], strict=True)) == {
        "not_reported": 0, "rice": 0, "soup": 2,
    }  # fmt: skip


def test_a_kind_is_worded_and_drawn_in_the_chapter(meals, monkeypatch):
    build_responses("meals", "spring")
    path = Path("data/processed/meals/spring/estimates.csv")
    write_estimates(estimate_wave("meals", "spring"), path)
    assert "spring,all,meals,soup,proportion,0.666667," in path.read_text()
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *one, **more: shown.append((one, more)))
    open_survey("02-survey", "meals", "spring").show("meals")
    (text, _), (figure, about), *_ = shown
    assert (
        text[0].data
        == "## Meals by preference {#sec-of-meals-spring}\n\nPut first most often: Soup."
    )
    assert "image/svg+xml" in figure[0]
    assert about["metadata"]["report"]["caption"] == "Meals by preference, respondents; n = 3"


def test_readers_are_asked_in_turn(tmp_path):
    assert list_readers()[-1] == "csv"
    path = tmp_path / "x.txt"
    path.write_text('{"a": "1"}\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="is JSON"):
        open_export(path)
    register_reader(JsonLines())
    try:
        assert open_export(path).format == "json-lines"
    finally:
        forget_reader("json-lines")
    with pytest.raises(InvalidInput, match="is JSON"):
        open_export(path)


def test_what_no_reader_recognises_is_named_with_those_there_are(tmp_path, monkeypatch):
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\x01")
    monkeypatch.setattr("altcred.read.export._READERS", {"json-lines": JsonLines()})
    with pytest.raises(InvalidInput, match="json-lines"):
        open_export(path)
