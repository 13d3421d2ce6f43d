"""Attacks stand-ins of one half of a survey's respondents, and tells how well that goes.

    python benchmarks/attacks.py
    python benchmarks/attacks.py --draws 5 --minimum 5 baseline-2017/begin hollands-2023/followup

From the root of a project that is built, with its environment's Python. Of each survey half of the
responses, chosen by chance, are estimated as those of real people and with `disclosure.minimum`;
a stand-in is made from these estimates, and somebody who knows everybody's answers asks of it

- who was among the half: whoever is more like the nearest row of the stand-in, or, by the
  estimates alone, whose answers are more common. How often a member is before one who is none;
  a half is chance.
- what a member answered to one question: what the nearest row by all others answered, or, by the
  estimates alone, what is most common. Each question in turn; the part that is right. The same is
  asked of those who are no members: what is right of them too, such as that somebody was not asked,
  gives no member away.

The halves and the stand-ins follow from the number of the draw. Works in a copy, removed at last.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from altcred.core.paths import wave_dir
from altcred.describe.cohort import Cohort, open_cohort
from altcred.estimate.store import read_estimates, write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.kinds import kind_of
from altcred.standin.form import read_form
from altcred.standin.make import make_stand_in

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from stand_in_attacks import attack_answer, attack_members

SHIPPED = ("baseline-2017/begin", "hollands-2023/followup")


def copy_as_real(cohort: str, minimum: int, target: Path) -> None:
    """Copy a cohort's description, exports and responses, marked as those of real people."""
    for part in ("cohorts", "data/raw", "data/processed"):
        shutil.copytree(Path(part, cohort), target / part / cohort)
    (target / "params.yaml").touch()
    described = target / "cohorts" / cohort / "study.yaml"
    text = described.read_text(encoding="utf-8")
    text = re.sub(r"^reconstructed: true", "reconstructed: false", text, flags=re.M)
    text = re.sub(r"^disclosure: .*", f"disclosure: {{minimum: {minimum}}}", text, flags=re.M)
    described.write_text(text, encoding="utf-8")
    (target / "cohorts" / cohort / "reconstruction.yaml").unlink(missing_ok=True)


def of_one_wave(cohort: Cohort, wave: str) -> Cohort:
    """Return a cohort as if it had one survey."""
    waves = {wave: cohort.study.waves[wave]}
    return replace(cohort, study=cohort.study.model_copy(update={"waves": waves, "panels": []}))


def list_columns(cohort: Cohort, wave: str) -> list[str]:
    """Return the columns of answers that are chosen, one after the other."""
    found = []
    for name, variable in cohort.codebook.in_wave(wave).items():
        kind = kind_of(variable)
        if variable.derive is None and variable.categories and kind.stand_in:
            found += kind.columns(name, variable, wave)
    return found


def attack(cohort: str, wave: str, draw: int) -> Iterator[float]:
    """Yield how many were in the half, how many columns there are, and what the attacks reached."""
    opened = of_one_wave(open_cohort(cohort), wave)
    path = wave_dir(cohort, wave) / "responses.parquet"
    responses = pd.read_parquet(path)
    order = np.random.default_rng(draw).permutation(len(responses))
    inside, outside = (responses.iloc[np.sort(places)] for places in np.array_split(order, 2))
    inside.to_parquet(path)
    told = wave_dir(cohort, wave) / "estimates.csv"
    write_estimates(estimate_wave(cohort, wave), told)
    responses.to_parquet(path)
    form = read_form(opened)
    made = make_stand_in(opened, read_estimates(told), form, Path("made"), draw).people[wave]
    names = [name for name in list_columns(opened, wave) if name in made and name in responses]
    yield len(inside)
    yield len(names)
    yield from attack_members(inside, outside, made, names)
    for some in (inside, outside):
        yield from np.mean([attack_answer(some, made, names, name) for name in names], axis=0)
    shutil.rmtree("made")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("surveys", nargs="*", default=SHIPPED, metavar="COHORT/WAVE")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--minimum", type=int, default=5)
    given = parser.parse_args()
    heads = ("members", "columns", "who: rows", "shares", "what: rows", "shares", "others: rows",
             "shares")  # fmt: skip
    print(" " * 24 + "".join(f"{head:>13}" for head in heads))
    root = Path.cwd()
    for survey in given.surveys:
        cohort, wave = survey.split("/")
        with tempfile.TemporaryDirectory() as folder:
            copy_as_real(cohort, given.minimum, Path(folder))
            os.chdir(folder)
            found = [[*attack(cohort, wave, n)] for n in range(given.draws)]
            os.chdir(root)
        members, columns, *rest = np.mean(found, axis=0)
        counts = f"{members:13.0f}{columns:13.0f}"
        print(f"{survey:24}{counts}" + "".join(f"{one:13.3f}" for one in rest))


if __name__ == "__main__":
    main()
