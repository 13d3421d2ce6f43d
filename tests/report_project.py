"""A project of one cohort whose example chapters were run, for tests of the report."""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATE = HERE.parent / "report" / "template"
CHAPTERS = Path("data/processed/example/notebooks")

STUDY = """
name: example
title: A study of "alternative" credentials & `more`
subtitle: Who enrols, and what it costs
authors: [A. First, B. Second]
citation: First, A. (2023). *A report*. https://example.org/report
license: CC BY 4.0
description: What this is.
reconstructed: true
reconstruction_note: Made from printed figures; *not* the original answers.
currency: USD
program_types: {long: {label: Long}}
programs: {one: {label: One, type: long}}
waves:
  begin: {label: Begin survey, collected: 2020 to 2021, exports: [begin.csv], program: Program}
"""
CODEBOOK = """
variables:
  gender:
    label: Gender
    kind: single
    question: {begin: {id: QID1, name: Q1, text: What is your gender?}}
    categories: {female: Female, male: Male, other: "Other *"}
"""


def write_project(executed: Path) -> None:
    """Write the project into the current folder."""
    shutil.copytree(executed, CHAPTERS)
    shutil.copytree(TEMPLATE, "report/template")
    Path("cohorts/example").mkdir(parents=True)
    Path("cohorts/example/study.yaml").write_text(STUDY)
    Path("cohorts/example/codebook.yaml").write_text(CODEBOOK)
