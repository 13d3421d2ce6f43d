"""Responses drawn at random for a cohort's codebook: any answer, in any proportion."""

from pathlib import Path

import numpy as np
import pandas as pd

from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.study import Study, load_study
from altcred.kinds.variable import Variable, column_of

COUNTRIES = ["USA", "IND", "CAN", "BRA", "DEU", "PHL", "NGA", "GBR", "MEX", "THA"]
MIDDLE = {"money": 30_000.0, "year": 1985.0}


def draw_wave(cohort: str, wave: str, people: int, seed: int) -> pd.DataFrame:
    """Return a wave's responses, each question answered by nine in ten at random."""
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    rng = np.random.default_rng([seed, list(study.waves).index(wave)])
    programs = rng.choice(list(study.programs), size=people)
    columns: dict[str, object] = {
        "response_id": [f"{wave}-{number:06d}" for number in range(1, people + 1)],
        "program": programs,
        "program_type": [study.programs[name].type for name in programs],
        "submitted": pd.Timestamp("2020-01-01") + pd.to_timedelta(
            rng.integers(0, 700, people) + 700 * list(study.waves).index(wave), unit="D"
        ),
    }  # fmt: skip
    for name, variable in codebook.in_wave(wave).items():
        if variable.kind == "multiple":
            columns |= _draw_ticks(name, variable, wave, people, rng)
        elif variable.kind != "identifier":
            columns[name] = _draw_values(name, variable, wave, people, rng)
    return pd.DataFrame(columns)


def _draw_ticks(
    name: str, variable: Variable, wave: str, people: int, rng: np.random.Generator
) -> dict[str, object]:
    categories = list(variable.categories_in(wave))
    ticks = {one: rng.random(people) < rng.uniform(0.02, 0.6) for one in categories}
    answered = np.any(list(ticks.values()), axis=0) | (variable.base == "asked")
    columns = {}
    for one in categories:
        column = pd.array(ticks[one], dtype="boolean")
        column[~answered] = pd.NA
        columns[column_of(name, one)] = column
    return columns


def _draw_values(
    name: str, variable: Variable, wave: str, people: int, rng: np.random.Generator
) -> object:
    missing = rng.random(people) < 0.1
    if variable.kind == "text":
        return pd.array(rng.random(people) < 0.2, dtype="boolean")
    if variable.is_numeric:
        if variable.derive is not None and variable.derive.ticks:
            values = rng.integers(0, 4, people).astype(float)
        elif variable.kind == "year" or name == "age":
            values = rng.integers(18, 70, people).astype(float)
            values += 1935 if variable.kind == "year" else 0
        else:
            values = np.round(rng.lognormal(np.log(MIDDLE.get(variable.kind, 9.0)), 0.8, people))
        values[missing] = np.nan
        return values
    names = COUNTRIES if variable.kind == "country" else list(variable.categories_in(wave))
    drawn = rng.choice(names, size=people, p=rng.dirichlet(np.full(len(names), 2.0)))
    values = drawn.astype(object)
    values[missing] = None
    return values


def write_wave(cohort: str, wave: str, people: int, seed: int) -> pd.DataFrame:
    """Write responses.parquet, answers.csv and decisions.csv of a wave at the usual place."""
    frame = draw_wave(cohort, wave, people, seed)
    folder = Path("data/processed") / cohort / wave
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / "responses.parquet")
    repeats = 4
    pd.DataFrame(
        {
            "decision": ["kept"] * people + ["dropped"] * repeats,
            "reason": [""] * people + ["repeat"] * repeats,
            "comparison": [""] * people + ["same e-mail"] * repeats,
            "has_code": "",
            "address_group": ["1", "1", *[""] * (people - 2), *["1"] * repeats],
        }
    ).to_csv(folder / "decisions.csv", index=False)
    first = next(iter(load_codebook(cohort, load_study(cohort)).in_wave(wave)))
    (folder / "answers.csv").write_text(
        f"variable,answer,value,reason,times\n{first},a,a,,9\n{first},b,,not a choice,2\n"
    )
    return frame


def write_pairs(
    cohort: str,
    first: pd.DataFrame,
    second: pd.DataFrame,
    codebook: Codebook,
    study: Study,
    folder: str = "panel",
) -> None:
    """Write panel.parquet and matches.csv with pairs of each program's first people."""

    def first_dozen(frame: pd.DataFrame, program: str) -> list[str]:
        return frame.loc[frame["program"] == program, "response_id"].head(12).tolist()

    pairs = pd.DataFrame(
        [
            pair
            for program in study.programs
            for pair in zip(first_dozen(first, program), first_dozen(second, program), strict=False)
        ],
        columns=["first_id", "second_id"],
    )
    pairs["rule"] = np.where(np.arange(len(pairs)) % 3 == 0, "ip", "email")
    sides = []
    for side, frame in (("first", first), ("second", second)):
        found = frame.set_index("response_id").loc[pairs[f"{side}_id"]].reset_index(drop=True)
        if side == "first":
            pairs = pairs.join(found[["program", "program_type"]])
        answers = found.drop(columns=["program", "program_type", "submitted"])
        sides.append(answers.add_suffix(f"__{side}"))
        pairs[f"{side}_submitted"] = found["submitted"]
    pairs["days_between"] = (pairs["second_submitted"] - pairs["first_submitted"]).dt.days
    place = Path("data/processed") / cohort / folder
    place.mkdir(parents=True, exist_ok=True)
    pd.concat([pairs, *sides], axis="columns").to_parquet(place / "panel.parquet")
    pairs[["first_id", "second_id", "rule"]].to_csv(place / "matches.csv", index=False)
    (place / "rules.csv").write_text(
        "rule,pairs,without_first,without_second,tied_first,tied_second,disagreeing,earlier\n"
        "email,20,30,40,0,0,0,0\nip,10,5,5,4,3,2,1\n"
    )
