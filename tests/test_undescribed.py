"""What an export holds that no codebook names is told before a build leaves it out."""

from pathlib import Path

import pytest
import yaml

from altcred.build.checkup import check_cohort

STUDY = """
name: bees
title: Bees
waves:
  may: {label: May, exports: [may.csv], submitted: null, status: null}
  june: {label: June, exports: [june.csv], submitted: null, status: null}
  july: {label: July, exports: [july.csv], submitted: null, status: null}
"""
CODEBOOK = """
variables:
  hives: {label: Hives, kind: count, question: {may: H, june: H}}
  honey: {label: Honey, kind: number, question: {may: "How much honey?", june: Honey}}
"""
FILES = {
    "may.csv": "H,How much honey?,Room\n3,12,A\n",
    "june.csv": "H,Honey,Notes\n3,12,none of it\n",
    "july.csv": "H,HOW MUCH HONEY?,Weather\n4,2,bad\n",
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path / "keys"))

    def write_files(study=STUDY, codebook=CODEBOOK, files=FILES):
        for folder in ("cohorts/bees", "data/raw/bees"):
            Path(folder).mkdir(parents=True, exist_ok=True)
        Path("cohorts/bees/study.yaml").write_text(study, "utf-8")
        Path("cohorts/bees/codebook.yaml").write_text(codebook, "utf-8")
        for name, text in files.items():
            Path("data/raw/bees", name).write_text(text, "utf-8")
        notes, problems = check_cohort("bees")
        assert not problems
        return [one for one in notes if "describes" in one]

    return write_files


def test_columns_that_nothing_describes_are_a_line_a_file_and_a_forgotten_wave_one(write):
    told = write()
    begin = [one.split(". Describe")[0].split(". If")[0] for one in told]
    assert begin == [
        "may.csv: nothing describes a column, so no report tells of them: Room",
        "june.csv: nothing describes a column, so no report tells of them: Notes",
        "july.csv: nothing describes 3 columns, so no report tells of them: "
        "H, HOW MUCH HONEY?, Weather",
        "july: columns that nothing describes here ask what other waves asked: "
        "H (hives), HOW MUCH HONEY? (honey)",
    ]
    assert all("administrative:" in one for one in told[:3])


def test_what_is_left_out_on_purpose_is_not_told(write):
    study = yaml.safe_load(STUDY)
    for wave, left in {"may": "Room", "june": "Notes", "july": "Weather"}.items():
        study["waves"][wave]["administrative"] = [left]
    every = CODEBOOK.replace("may: H, june: H", "may: H, june: H, july: H")
    every = every.replace("june: Honey", "june: Honey, july: How much honey?")
    assert write(yaml.safe_dump(study), every) == []


def test_a_file_of_several_waves_lacks_only_what_none_of_them_describes(write):
    study = STUDY.replace("june.csv", "may.csv").replace("july.csv", "may.csv")
    codebook = """
variables:
  hives: {label: Hives, kind: count, question: {may: H1}}
  honey: {label: Honey, kind: number, question: {june: H2, july: H3}}
"""
    files = {"may.csv": "H1,H2,H3,H4\n1,2,3,4\n"}
    told = write(study, codebook, files)
    assert len(told) == 1
    assert "a column" in told[0]
    assert "H4" in told[0]


def test_a_name_that_means_another_question_is_no_forgotten_wave(write):
    files = {
        **FILES,
        "may.csv": 'H,Q5,Room\nHives,"How much honey?",Room\n3,12,A\n',
        "july.csv": 'H,Q5,Weather\nHives,"How old are you?",Weather\n4,40,bad\n',
    }
    study = STUDY.replace("status: null", "status: null, header_rows: 2")
    study = study.replace("june.csv], submitted: null, status: null, header_rows: 2",
                          "june.csv], submitted: null, status: null")  # fmt: skip
    told = write(study, CODEBOOK, files)
    assert told[-1].startswith("july: columns")
    assert "H (hives)" in told[-1]
    assert "honey" not in told[-1]
