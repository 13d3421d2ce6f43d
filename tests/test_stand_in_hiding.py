"""A stand-in of a cohort that hides small counts, or rounds all of them."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kinds_cohort import STUDY, estimate_kinds, write_kinds
from test_stand_in import CODEBOOK, draw_row

import altcred.standin.build as build
from altcred.describe.cohort import open_cohort
from altcred.estimate.audit import audit_estimates
from altcred.estimate.hidden import read_hidden
from altcred.estimate.store import KEY, read_estimates
from altcred.estimate.wave import estimate_wave
from altcred.standin.people import People, Target
from altcred.standin.shown import Shown


@dataclass(frozen=True)
class Both:
    """A cohort in a folder, with its stand-in below it, and the estimates of either."""

    folder: Path
    real: pd.DataFrame
    made: pd.DataFrame


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """Return a cohort that hides what fewer than eight gave."""
    folder = tmp_path_factory.mktemp("hiding")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(
            "kinds_cohort.STUDY", STUDY.replace("{{minimum: {minimum}}}", "{{minimum: 8}}")
        )
        chance = random.Random(5)
        before, after = ([draw_row(chance) for _ in range(60)] for _ in range(2))
        estimate_kinds(CODEBOOK, before, after)
        told = Path("data/processed/kinds/estimates")
        told.mkdir()
        for path in sorted(told.parent.glob("*/estimates.csv")):
            (told / f"{path.parent.name}.csv").write_bytes(path.read_bytes())
        made = []

        def keep(*given: object) -> pd.DataFrame:
            made.append(estimate(*given))
            return made[0]

        estimate = build.estimate_there
        patch.setattr(build, "estimate_there", keep)
        list(build.build_stand_in("kinds", Path("out"), 0))
        return Both(folder, read_estimates(*sorted(told.glob("*.csv"))).frame, made[0])


def test_it_hides_what_the_original_hides_and_nothing_else(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = both.real.merge(both.made, on=KEY, suffixes=("", "_made"))
    assert joined["value"].isna().sum() > 100
    assert (joined["value"].isna() == joined["value_made"].isna()).all()
    hidden = joined[joined["value"].isna()]
    assert (hidden["note"] == hidden["note_made"]).all()
    assert (joined["n"].isna() == joined["n_made"].isna()).all()
    monkeypatch.chdir(both.folder)
    assert read_hidden(open_cohort("kinds")) is None
    monkeypatch.chdir("out")
    # Nobody is behind what it shows, so that nothing can be attacked.
    assert not list(audit_estimates("kinds"))


def test_only_a_stand_in_is_let_by_what_is_listed(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(both.folder)
    listed = Path("out/cohorts/kinds/hidden.csv").read_text().splitlines()[0]
    given = Path("cohorts/kinds/hidden.csv")
    given.write_text(f"{listed}\n")
    again = estimate_wave("kinds", "before")
    given.unlink()
    hidden = both.real[both.real["wave"] == "before"]["value"].isna().sum()
    assert again["value"].isna().sum() == hidden > 0


@pytest.mark.parametrize(
    ("told", "base", "ends"),
    [(0, 5, (0, 2)), (10, 5, (8, 12)), (10, 10, (5, 14)), (10, 0, (10, 10))],
)
def test_a_count_is_as_wide_as_it_is_rounded(
    told: int, base: int, ends: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nought is told of up to two people too, halves are rounded up."""
    monkeypatch.chdir(tmp_path)
    rounded = f"method: round, base: {base}" if base else "method: suppress"
    study = STUDY.replace("{{minimum: {minimum}}}", f"{{{{minimum: 5, {rounded}}}}}")
    monkeypatch.setattr("kinds_cohort.STUDY", study)
    write_kinds(CODEBOOK, [{"Colour": "Red"}])
    shown = Shown({}, {})
    people = People(open_cohort("kinds"), "before", 1, shown, np.random.default_rng(0))
    target = Target(np.ones(1, dtype=bool), np.ones(1), told, told)
    found = people.widen(target)
    assert (found.low, found.high) == ends
    assert people.widen(replace(target, is_told=False)).high == told
