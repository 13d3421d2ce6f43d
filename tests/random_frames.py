"""Draws people with random answers from any codebook, in the form the exports are made from."""

from datetime import datetime, timedelta
from random import Random

import pandas as pd

from altcred.describe.cohort import Cohort
from altcred.kinds.variable import Variable, column_of
from altcred.reconstruct.asked import find_asked

COUNTRIES = ["USA", "IND", "BRA", "CAN", "KOR", "IRN", "CIV", "NGA", "HKG", "GBR", "VNM"]
WEIGHTS = [25, 15, 4, 3, 2, 2, 1, 3, 2, 4, 2]
STARTS = datetime(2018, 1, 1)


def draw_frame(
    cohort: Cohort,
    wave: str,
    people: int,
    seed: int = 0,
    answered: float = 0.85,
    first_person: int = 0,
) -> pd.DataFrame:
    """Draw so many people of a wave; each answers each question that is asked or skips it."""
    study, codebook, random = cohort.study, cohort.codebook, Random(f"{wave} {seed}")
    programs = list(study.programs)
    shares = [1 / (place + 1) for place in range(len(programs))]
    chosen = random.choices(programs, shares, k=people)
    frame = pd.DataFrame(
        {
            "person": range(first_person, first_person + people),
            "program": chosen,
            "program_type": [study.programs[name].type for name in chosen],
            "submitted": [
                STARTS + timedelta(seconds=random.randrange(1200 * 86400)) for _ in range(people)
            ],
            "pair": False,
        }
    )
    for name, variable in codebook.variables.items():
        if wave in variable.question:
            asked = find_asked(frame, codebook, wave, [name])[name]
            columns = _draw_variable(name, variable, wave, asked, answered, random)
            frame = pd.concat([frame, pd.DataFrame(columns, dtype=object)], axis=1)
    return frame


def _draw_variable(
    name: str, variable: Variable, wave: str, asked: list[bool], answered: float, random: Random
) -> dict[str, list]:
    given = [one and random.random() < answered for one in asked]
    categories = list(variable.categories_in(wave))
    if variable.kind == "multiple":
        columns: dict[str, list] = {column_of(name, category): [] for category in categories}
        for is_given in given:
            first = random.choice(categories)
            for category in categories:
                ticked = category == first or random.random() < 0.15
                columns[column_of(name, category)].append(ticked if is_given else None)
        return columns
    weights = [0.6**place for place in range(len(categories))]

    def draw() -> object:
        if variable.kind == "country":
            return random.choices(COUNTRIES, WEIGHTS)[0]
        if variable.is_categorical:
            return random.choices(categories, weights)[0]
        if variable.kind == "text":
            return random.choice(["Acme, Inc.", 'a "quoted" word', "<i>x</i>\nand more"])
        if variable.kind == "year":
            return float(round(random.triangular(1945, 2002, 1990)))
        if variable.kind == "money":
            amount = random.choice([0, 500, 2400, 24000, 49999, 50000, 61062, 80439.5, 120000])
            return float(min(amount, variable.bounds.high or amount))
        low, high = variable.bounds.low or 0, variable.bounds.high or 100
        return float(round(random.triangular(low, high, low + (high - low) / 8)))

    return {name: [draw() if is_given else None for is_given in given]}


def draw_waves(
    cohort: Cohort, begin: int, end: int, pairs: int, seed: int = 0
) -> dict[str, pd.DataFrame]:
    """Draw two waves; so many people are in both and keep their demographics."""
    panel = cohort.study.panels[0]
    first, second = panel.first, panel.second
    frames = {
        first: draw_frame(cohort, first, begin, seed),
        second: draw_frame(cohort, second, end, seed, first_person=begin),
    }
    lasting = [
        "birth_year", "gender", "race", "hispanic", "country", "english", "education", "job_area",
    ]  # fmt: skip
    columns = ["person", "program", "program_type", *lasting]
    columns += [name for name in frames[first] if name.startswith("employment__")]
    frames[second].loc[: pairs - 1, columns] = frames[first].loc[: pairs - 1, columns].to_numpy()
    for frame in frames.values():
        frame.loc[: pairs - 1, "pair"] = True
    return frames
