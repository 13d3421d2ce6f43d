"""The codebook as DDI: as the standard has it, whatever the labels and the answers are."""

import datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from ddi_reduced import NAMESPACE, find_faults
from hypothesis import given, settings
from hypothesis import strategies as st
from small_view import make_cohort

from altcred.release.ddi import compose_ddi
from altcred.release.surveys import LONGEST_NAME, TICKED, Field, Survey

DAY = datetime.date(2026, 12, 1)
MISSING = {-97: "Not asked", -98: "No answer", -99: "Answer not usable"}
HARSH = "<&>\"'; ]]> <labl/> &amp; \x00\x08\x0b\x1f\ufffe\uffff\t\n\r 満足 راضٍ Ünï 𝛼 \x85"
LONG = "b" * (LONGEST_NAME - 2)


def _compose(fields: list[Field], frame: dict[str, list[Any]], **study: Any) -> bytes:
    cohort = make_cohort(**study)
    surveys = [
        Survey(wave, f"{HARSH} {wave}", fields, pd.DataFrame(frame), MISSING)
        for wave in cohort.study.waves
    ]
    return compose_ddi(cohort.study, surveys, HARSH, DAY)


@cache
def _hostile(places: int = 1) -> bytes:
    chosen = {"labels": TICKED, "variable": "a" * 60, "heading": "Why: tell"}
    fields = [
        Field("response_id", "", "text"),
        Field("submitted", HARSH, "moment"),
        Field("born", HARSH, "day"),
        Field("weight", "Weight", "number", is_weight=True),
        Field("place", HARSH * 500, "code", {n: f"{HARSH} {n}" for n in range(places)}),
        # Names that were the same after they had been cut.
        Field(f"{LONG}bb", "Why: tell: Other: say", "code", category="other", **chosen),
        Field(f"{LONG}_2", "Why: tell: ", "code", category="none", **chosen),
        Field("one", "", "code", {1: "", 2: " "}, unit="", asked_of=HARSH, note=HARSH),
        Field("big", HARSH, "number", unit=HARSH, question=HARSH),
        Field("never", "", "number"),
    ]
    frame = {one.name: [1.0, -98.0] for one in fields} | {
        "response_id": ["a", "b"], "big": [1234567890123456.0, -97.0], "never": [-97.0, -99.0],
        "weight": [0.1234567890123456, 1.5],
    }  # fmt: skip
    texts = ("title", "subtitle", "citation", "url", "license", "question", "description")
    more = {name: HARSH for name in texts} | {"authors": [HARSH, ""], "keywords": ["", HARSH]}
    return _compose(fields, frame, **more)


def test_a_hostile_codebook_is_as_ddi_has_it() -> None:
    content = _hostile(places=3000)
    assert find_faults(content) == []
    root = ET.fromstring(content)
    told = {one.attrib["name"]: one for one in root.iter(f"{NAMESPACE}var")}
    assert len(told) == 10
    assert len(told["place"].findall(f"{NAMESPACE}catgry")) == 3003
    (kept,) = (one.text for one in told["big"].iter(f"{NAMESPACE}qstnLit"))
    assert kept == "<&>\"'; ]]> <labl/> &amp; \t\n\n 満足 راضٍ Ünï 𝛼 \x85"


def test_what_ddi_says_of_columns_is_so_in_their_files() -> None:
    root = ET.fromstring(_hostile())
    told = {one.attrib["name"]: one for one in root.iter(f"{NAMESPACE}var")}
    assert [name for name, one in told.items() if one.get("wgt") == "wgt"] == ["weight"]
    ranges = {name: one.find(f".//{NAMESPACE}range") for name, one in told.items()}
    assert {name: one.attrib for name, one in ranges.items() if one is not None} == {
        "big": {"UNITS": "INT", "min": "1234567890123456", "max": "1234567890123456"},
        "weight": {"UNITS": "REAL", "min": "0.1234567890123456", "max": "1.5"},
    }
    formats = {name: one.find(f"{NAMESPACE}varFormat") for name, one in told.items()}
    written = {name: one.attrib for name, one in formats.items() if one is not None}
    assert written["big"] == {"type": "numeric"}
    assert written["born"] == {
        "type": "character", "category": "date", "formatname": "YYYY-MM-DD",
    }  # fmt: skip
    assert written["submitted"]["formatname"] == "YYYY-MM-DDThh:mm:ss"
    groups = [*root.iter(f"{NAMESPACE}varGrp")]
    assert [(one.attrib["type"], one[0].text) for one in groups] == 2 * [
        ("multipleResp", "Why: tell")
    ]


def test_only_a_study_in_english_is_told_to_be_in_english() -> None:
    for locale, is_english in (("en_GB", True), ("de_DE", False)):
        assert (b'xml:lang="en"' in _compose([], {}, locale=locale)) == is_english


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters()), min_size=4, max_size=4))
def test_any_text_can_be_told(texts: list[str]) -> None:
    label, answer, unit, note = texts
    fields = [Field("a", label, "code", {1: answer}, unit=unit, question=label, note=note)]
    assert find_faults(_compose(fields, {"a": [1.0]})) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('<location fileid="F1" />', '<location fileid="F1"> </location>', "location: has content"),
        ('<location fileid="F1" />', "", ""),
        ('files="F1"', 'files="F9"', "var: has files='F9', which names nothing"),
        ('ID="V1-1"', 'ID="V1-2"', "ID V1-2 is given twice"),
        ('ID="V1-1"', 'ID="1"', "var: has ID='1', not ID"),
        ('name="one" ', "", "var: lacks name"),
        ('intrvl="contin"', 'intrvl="continuous"', "not contin|discrete"),
        ('missing="Y"', 'missing="yes"', "not Y|N"),
        ('missing="Y"', 'missingType="Y"', "not known"),
        ("<titlStmt>", "<rspStmt /><titlStmt>", "citation: has rspStmt titlStmt"),
        ("<valrng>", "<valrng /><valrng>", "valrng: has , not (item|range)+"),
        ("<qstn>", "<qstn>words", "qstn: has text"),
        ("<fileCont>", "<fileCnt /><fileCont>", "fileCnt: is not known"),
        ("ddi:codebook:2_5", "ddi:codebook:2_6", "is the root"),
    ],
)
def test_the_reduced_standard_refuses_what_ddi_does(old: str, new: str, fault: str) -> None:
    content = _hostile().decode()
    assert old in content
    faults = find_faults(content.replace(old, new, 1).encode())
    assert any(fault in one for one in faults) if fault else faults == []
