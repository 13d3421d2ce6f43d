"""A small study of two programs and two waves, written into a folder for a test."""

import csv
import json
from pathlib import Path
from typing import Any

STUDY = """
name: small
title: A small study
reconstructed: true
reconstruction_note: Nobody in it is real.
currency: USD
program_types:
  short: {label: Short}
  long: {label: Long}
programs:
  knots: {label: Knots, type: short, answers: [Knot tying]}
  stars: {label: Stars, type: long}
waves:
  begin:
    label: Begin
    exports: [begin.csv]
    program: Program
    email: [QID90_TEXT, recipientEmail]
    ip: ipAddress
  end:
    label: End
    exports: [end.csv]
    program: Program
    email: [QID90_TEXT, recipientEmail]
    ip: ipAddress
duplicates:
  demographics: [gender, birth_year, country, employment]
  minimum_demographics: 3
  circumstances: [hours, weeks]
  minimum_circumstances: 2
  keep: first
panels:
  - first: begin
    second: end
    rules:
      - {name: email, keys: [email]}
      - {name: ip, keys: [ip], agree: [birth_year, gender]}
      - {name: demographics, keys: [gender, birth_year, country, employment]}
disclosure: {minimum: 0}
"""

CODEBOOK = """
variables:
  gender:
    label: Gender
    kind: single
    question: {begin: {id: QID1}, end: {id: QID1}}
    categories: {female: {label: Female, code: 2}, male: {label: Male, code: 1}}
  birth_year:
    label: Year of birth
    kind: year
    question: {begin: {id: QID2_TEXT}, end: {id: QID2_TEXT}}
    bounds: {low: 1900, high: 2020}
  age:
    label: Age
    kind: number
    derive: {years_since: birth_year}
    bounds: {low: 7, high: 101}
  country:
    label: Country
    kind: country
    question: {begin: {id: QID3}, end: {id: QID3}}
  employment:
    label: Employment
    kind: multiple
    question: {begin: {id: QID4}, end: {id: QID4}}
    categories:
      employed: {label: Employed}
      looking: {label: "Unemployed, looking for a job"}
      resting: {label: Unemployed}
    groups:
      unemployed: {label: Unemployed, of: [looking, resting]}
  income:
    label: Income
    kind: money
    decimal: unclear
    unit: U.S. dollars a year
    asked_if: {employment: [employed]}
    question: {begin: {id: QID5_TEXT}, end: {id: QID5_TEXT}}
    bounds: {low: 0, high: 1000000}
  hours:
    label: Hours a week
    kind: number
    unit: hours a week
    question: {begin: {id: QID6_TEXT}, end: {id: QID6_TEXT}}
    bounds: {low: 1, high: 100}
  weeks:
    label: Weeks
    kind: number
    unit: weeks
    question: {begin: {id: QID7_TEXT}, end: {id: QID7_TEXT}}
  total_hours:
    label: Total hours
    kind: number
    derive: {product: [hours, weeks]}
  benefits:
    label: Benefits
    kind: multiple
    question: {begin: {id: QID8}, end: {id: QID8}}
    categories:
      job: {label: "A better job, or a first one"}
      learn: {label: Learn something}
      raise: {label: A raise, asked_if: {program: [stars]}}
      covid: {label: Recover from the pandemic, asked_since: {begin: 2020-10-01}}
      other: {label: "Other (please specify)"}
  benefit_count:
    label: Number of benefits
    kind: count
    derive: {ticks: {benefits: [job, learn]}}
  applied:
    label: Applied
    kind: multiple
    base: asked
    question: {end: {id: QID9}}
    categories: {here: Here, elsewhere: Elsewhere}
  comment:
    label: Comment
    kind: text
    question: {begin: {id: QID10_TEXT}, end: {id: QID10_TEXT}}
"""

COLUMNS = [
    ("StartDate", "Start Date", "startDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("Q1", "What is your gender?", "QID1"),
    ("Q2", "In what year\nwere you <b>born</b>?", "QID2_TEXT"),
    ("Q3", "Where do you live?", "QID3"),
    ("Q4", "What do you do?", "QID4"),
    ("Q5", "What is your income?", "QID5_TEXT"),
    ("Q6", "How many hours a week?", "QID6_TEXT"),
    ("Q7", "How many weeks?", "QID7_TEXT"),
    ("Q8", "Which benefits?", "QID8"),
    ("Q9", "Where have you applied?", "QID9"),
    ("Q10", "Anything to add?", "QID10_TEXT"),
    ("Q90", "What is your e-mail address?", "QID90_TEXT"),
    ("Program", "Program", "Program"),
]
SHORT = {
    "at": "recordedDate",
    "ip": "ipAddress",
    "email": "QID90_TEXT",
    "gender": "QID1",
    "born": "QID2_TEXT",
    "country": "QID3",
    "work": "QID4",
    "income": "QID5_TEXT",
    "hours": "QID6_TEXT",
    "weeks": "QID7_TEXT",
    "benefits": "QID8",
    "applied": "QID9",
    "comment": "QID10_TEXT",
    "program": "Program",
    "status": "status",
}


def person(**answers: Any) -> dict[str, str]:
    """Return a row by the short names of its columns; unnamed columns get what most have."""
    row = {
        "status": "IP Address",
        "at": "2020-05-01 10:00:00",
        "program": "Knots",
        "gender": "Female",
    }
    row |= {name: str(value) for name, value in answers.items()}
    return {SHORT[name]: value for name, value in row.items()}


def write_qualtrics(
    path: Path,
    rows: list[dict[str, str]],
    columns: list[tuple[str, str, str]] = COLUMNS,
    *,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    zone: str = "UTC",
) -> Path:
    """Write rows, keyed by ImportId, as Qualtrics exports them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow([name for name, _, _ in columns])
        writer.writerow([text for _, text, _ in columns])
        writer.writerow(
            [
                json.dumps({"ImportId": key, "timeZone": zone}, separators=(",", ":"))
                for _, _, key in columns
            ]
        )
        for row in rows:
            writer.writerow([row.get(key, "") for _, _, key in columns])
    return path


def write_cohort(
    begin: list[dict[str, str]] | None = None,
    end: list[dict[str, str]] | None = None,
    *,
    study: str = STUDY,
    codebook: str = CODEBOOK,
) -> None:
    """Write the small study and its exports into the current folder."""
    folder = Path("cohorts/small")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    (folder / "codebook.yaml").write_text(codebook, encoding="utf-8")
    for name, rows in (("begin", begin), ("end", end)):
        if rows is not None:
            write_qualtrics(Path(f"data/raw/small/{name}.csv"), rows)


def small_people(wave: str) -> list[dict[str, str]]:
    """Return thirty people of the small study, of whom every other answers both surveys."""
    rows = []
    years = {"begin": 2020, "end": 2021}
    for number in range(30):
        month = 1 + number % 9
        rows.append(
            person(
                at=f"{years[wave]}-{month:02d}-{1 + number % 27:02d} 10:00:00",
                program="Stars" if number % 3 else "Knots",
                ip=f"198.51.100.{number}",
                email=f"p{number if number % 2 or wave == 'begin' else 100 + number}@example.org",
                gender="Male" if number % 2 else "Female",
                born=1960 + number,
                country="India" if number % 4 else "Brazil",
                work="Employed" if number % 5 else "Unemployed, looking for a job",
                income=f"{(number % 7) * 10},000" if number % 6 else "24,00",
                hours=2 + number % 9,
                weeks=4 + number % 5,
                benefits="Learn something,A raise"
                if number % 3
                else "A better job, or a first one",
                applied="Here" if number % 4 else "",
                comment="Thank you" if number % 8 == 0 else "",
            )
        )
    return rows
