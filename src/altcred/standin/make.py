"""Makes a stand-in: people whose answers give a cohort's disclosed estimates, and their exports."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

from altcred.clean.interpret import write_derived
from altcred.core.engine import Engine, quoted
from altcred.describe.cohort import Cohort
from altcred.describe.dependence import source_names
from altcred.describe.study import Study
from altcred.estimate.store import Estimates
from altcred.read.columns import open_wave
from altcred.reconstruct.build import STAND_IN as MANIFEST
from altcred.reconstruct.roster import Supply
from altcred.standin.describe import write_description
from altcred.standin.draw import draw_variable
from altcred.standin.exports import Identities, compose_rows
from altcred.standin.files import deal_rows, name_file, write_file
from altcred.standin.form import FileForm, Form
from altcred.standin.people import People
from altcred.standin.shown import Shown, order_variables
from altcred.standin.sizes import deal_programs, draw_times, size_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StandIn:
    """A stand-in that was written: where, and the answers of its people, survey by survey."""

    folder: Path
    people: dict[str, pd.DataFrame] = field(default_factory=dict)


def make_stand_in(
    cohort: Cohort, estimates: Estimates, form: Form, folder: Path, seed: int = 0
) -> StandIn:
    """Write exports in a cohort's form from its disclosed estimates, and nothing else of it.

    Into `folder`, which may be new, go `data/raw/COHORT`, with the exports, and `cohorts/COHORT`,
    with the descriptions, marked `stand_in: true`. Neither data/raw nor responses of the cohort
    are read, so that this runs where there are none. The same seed gives the same bytes.
    """
    shown = Shown.of(estimates)
    drawn = draw_people(cohort, shown, form, seed)
    raw = folder / "data/raw" / cohort.name
    sums = write_exports(drawn, form, raw, seed)
    made = {"cohort": cohort.name, "seed": seed, "files": dict(sorted(sums.items()))}
    (raw / MANIFEST).write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8", newline="\n")
    renamed = {
        wave: [name_file(one) for one in forms]
        for wave, forms in form.files.items()
        if any(name_file(one) != one.name for one in forms)
    }
    write_description(cohort, folder / "cohorts" / cohort.name, renamed)
    (folder / "params.yaml").touch()
    frames = {wave: pd.DataFrame(people.columns) for wave, people in drawn.items()}
    return StandIn(folder, frames)


def draw_people(cohort: Cohort, shown: Shown, form: Form, seed: int) -> dict[str, People]:
    """Draw the people of every survey, one question after the other."""
    drawn: dict[str, People] = {}
    for number, wave in enumerate(cohort.study.waves):
        rng = np.random.default_rng([seed, number])
        people = People(cohort, wave, size_of(shown, wave), shown, rng)
        people.scopes[wave] = np.ones(people.size, dtype=bool)
        programs = np.array(deal_programs(cohort, shown, wave, people.size), dtype=object)
        study = cohort.study
        people.columns["program"] = (
            rng.permutation(programs) if len(programs) else np.full(people.size, None, dtype=object)
        )
        types = [one and study.programs[one].type for one in people.columns["program"]]
        people.columns["program_type"] = np.array(types, dtype=object)
        people.columns["submitted"] = draw_times(people)
        people.covers = {
            name for name, style in form.styles.get(wave, {}).items()
            if name.startswith("not ") and not style
        }  # fmt: skip
        log.info("%s, %s: %d people", cohort.name, wave, people.size)
        for name in order_variables(cohort, wave, people.parts):
            draw_variable(people, name)
            derive_all(people)
        drawn[wave] = people
    return drawn


def derive_all(people: People) -> None:
    """Work out what is derived from answers that are all drawn."""
    for name, variable in people.variables.items():
        if variable.derive is None or name in people.columns:
            continue
        if not all(map(people.is_drawn, source_names(variable))):
            continue
        rule = write_derived(people.conditions, variable.derive)
        asked = people.conditions.asked(name)
        with Engine(threads=1) as engine:
            frame = people.frame_for(f"{rule} {asked}").assign(**{"@place": range(people.size)})
            engine.add("people", frame)
            value = f"CASE WHEN coalesce({asked}, FALSE) THEN CAST({rule} AS DOUBLE) END"
            found = engine.frame(f'SELECT {value} AS {quoted(name)} FROM people ORDER BY "@place"')
        people.columns[name] = found[name].to_numpy(dtype=float)


def write_exports(drawn: dict[str, People], form: Form, raw: Path, seed: int) -> dict[str, str]:
    """Write the exports of every survey; return the hash of each file by its name."""
    raw.mkdir(parents=True, exist_ok=True)
    random = Random(f"{seed} stand-in")
    supply = _supply(random)
    sums: dict[str, str] = {}
    for wave, people in drawn.items():
        forms = form.files[wave]
        paths = [raw / name_file(one) for one in forms]
        for path, one in zip(paths, forms, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_file(one, []))
        study = _with_header_rows(people.cohort, wave, forms)
        opened, problems = open_wave(study, people.cohort.codebook, wave, paths)
        if not opened:
            raise AssertionError([str(one) for one in problems])
        columns = opened[0][1]
        who = Identities(*map(list, zip(*(next(supply) for _ in range(people.size)), strict=True)))
        width = max(len(row) for row in forms[0].head)
        rows = compose_rows(people, who, columns, width, form.styles.get(wave, {}), supply, random)
        random.shuffle(rows)
        at = columns["@submitted"].position if "@submitted" in columns else -1
        if at >= 0:
            rows.sort(key=lambda row: row[at])
        for path, one, places in zip(paths, forms, deal_rows(len(rows), len(forms)), strict=True):
            content = write_file(one, [rows[place] for place in places])
            path.write_bytes(content)
            sums[path.relative_to(raw).as_posix()] = hashlib.sha256(content).hexdigest()
    return sums


def _supply(random: Random) -> Iterator[tuple[str, str, str]]:
    """Yield an e-mail address, a network and a code for one person after the other."""
    given, number = Supply(random), 0
    while True:
        number += 1
        yield next(given.emails), next(given.addresses), f"S{number:06d}"


def _with_header_rows(cohort: Cohort, wave: str, forms: Sequence[FileForm]) -> Study:
    """Return the study with as many rows of headers as the files have."""
    settings = cohort.study.waves[wave]
    rows = len(forms[0].head)
    waves = {**cohort.study.waves, wave: settings.model_copy(update={"header_rows": rows})}
    return cohort.study.model_copy(update={"waves": waves})
