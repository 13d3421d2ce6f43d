"""Stand-ins: exports that give a cohort's disclosed estimates, made without its answers."""

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kinds_cohort import estimate_kinds
from stand_in_attacks import attack_answer, attack_members

from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates
from altcred.standin.compare import compare, estimate_there
from altcred.standin.form import Form, read_form
from altcred.standin.make import make_stand_in

CODEBOOK = """
variables:
  colour:
    {label: Colour, kind: single, question: Colour, categories: {red: Red, blue: Blue, sea: Sea}}
  mood:
    label: Mood
    kind: scale
    question: Mood
    categories:
      {bad: {label: Bad, code: 1}, so: {label: So so, code: 2}, good: {label: Good, code: 3}}
  plants:
    label: Plants
    kind: multiple
    question: Plants
    separator: ";"
    categories: {rose: Rose, leek: Leek, oak: Oak}
    groups: {food: {label: Food, of: [leek, rose]}}
  hours: {label: Hours, kind: number, question: Hours, unit: hours, bounds: {low: 0, high: 90}}
  place: {label: Country, kind: country, question: Place}
  pots: {label: Pots, kind: count, question: Pots, asked_if: {colour: [red, blue]}}
"""


def draw_row(chance: random.Random) -> dict[str, Any]:
    colour = chance.choice(["Red", "Blue", "Sea", ""])
    return {
        "Colour": colour,
        "Mood": chance.choice(["Bad", "So so", "Good", "Good"]),
        "Plants": ";".join(one for one in ("Rose", "Leek", "Oak") if chance.random() < 0.4),
        "Hours": chance.choice(["", "2", "5", "7", "12", "40"]),
        "Place": chance.choice(["Norway", "Brazil", "Kenya", ""]),
        "Pots": chance.randrange(9) if colour in ("Red", "Blue") else "",
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cohort of two surveys with its estimates."""
    folder = tmp_path_factory.mktemp("project")
    chance = random.Random(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        before, after = ([draw_row(chance) for _ in range(60)] for _ in range(2))
        estimate_kinds(CODEBOOK, before, after)
        Path("form.json").write_text(read_form(open_cohort("kinds")).write(), encoding="utf-8")
        for one in ("before", "after", "panel", "comparison"):
            path = Path(f"data/processed/kinds/{one}/estimates.csv")
            shutil.copy(path, Path(f"{one}.csv"))
        yield folder


@pytest.fixture(scope="module")
def made_once(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in that was made where neither exports nor responses are."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(project / "cohorts", folder / "cohorts")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        make_there(project, Path("out"))
    return folder


@pytest.fixture
def made(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the stand-in, in which a test may do as it likes."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


def make_there(project: Path, out: Path, seed: int = 0) -> None:
    estimates = read_estimates(*sorted(project.glob("*.csv")))
    form = Form.read((project / "form.json").read_text(encoding="utf-8"))
    make_stand_in(open_cohort("kinds"), estimates, form, out, seed)


def test_it_gives_the_shares_of_each_survey(project: Path, made: Path) -> None:
    real = read_estimates(project / "before.csv", project / "after.csv").frame
    found = compare(real, estimate_there(made, "kinds"))
    shares = found[found["statistic"].isin(["count", "proportion", "nobs"])]
    assert shares["met"].mean() > 0.99
    assert found["met"].mean() > 0.97


def test_the_same_seed_gives_the_same_bytes(project: Path, made: Path) -> None:
    make_there(project, Path("again"))
    make_there(project, Path("other"), seed=1)
    names = [Path("data/raw/kinds") / one for one in ("before.csv", "after.csv")]
    assert all((made / one).read_bytes() == Path("again", one).read_bytes() for one in names)
    assert any((made / one).read_bytes() != Path("other", one).read_bytes() for one in names)


def test_its_exports_have_the_headers_of_the_originals(project: Path, made: Path) -> None:
    for one in ("before", "after"):
        path = f"data/raw/kinds/{one}.csv"
        real, own = pd.read_csv(project / path), pd.read_csv(made / path)
        assert list(real) == list(own)
        assert len(real) == len(own)


def test_it_says_what_it_is(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from altcred.reconstruct.build import check_generated

    monkeypatch.chdir(made)
    assert open_cohort("kinds").study.mark == "Stand-in"
    assert not list(check_generated("kinds"))
    with Path("data/raw/kinds/before.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert "was changed" in str(next(check_generated("kinds")))


def test_it_reveals_no_more_than_the_estimates(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who answered the first survey is told from who answered the second by chance alone."""
    monkeypatch.chdir(project)
    form = Form.read(Path("form.json").read_text(encoding="utf-8"))
    estimates = read_estimates("before.csv")
    made = make_stand_in(open_cohort("kinds"), estimates, form, tmp_path / "out", 0)
    real, others = (
        pd.read_parquet(f"data/processed/kinds/{one}/responses.parquet")
        for one in ("before", "after")
    )
    names = ["colour", "mood", "plants__rose", "plants__leek", "hours", "place", "pots"]
    by_rows, by_shares = attack_members(real, others, made.people["before"], names)
    # Of sixty people in each survey chance alone makes this 0.05.
    assert by_rows < max(by_shares, 0.5) + 0.1
    guessed, common = attack_answer(real, made.people["before"], names, "mood")
    assert guessed < common + 0.1


def test_it_is_made_in_a_process_that_has_no_answers(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "cohorts", tmp_path / "cohorts")
    for one in ("before.csv", "after.csv", "form.json"):
        shutil.copy(project / one, tmp_path / one)
    program = """
from pathlib import Path
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import read_estimates
from altcred.standin.form import Form
from altcred.standin.make import make_stand_in
form = Form.read(Path("form.json").read_text(encoding="utf-8"))
estimates = read_estimates("before.csv", "after.csv")
make_stand_in(open_cohort("kinds"), estimates, form, Path("out"))
"""
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert len(pd.read_csv(tmp_path / "out/data/raw/kinds/before.csv")) == 60


def test_its_form_holds_no_answer(project: Path) -> None:
    form = (project / "form.json").read_text(encoding="utf-8")
    assert "p7@example.org" not in form
    assert "Norway" not in form
