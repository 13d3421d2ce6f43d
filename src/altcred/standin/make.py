"""Makes a stand-in: people whose answers give a cohort's disclosed estimates, and their exports."""

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from altcred.describe.cohort import Cohort
from altcred.describe.dependence import source_names
from altcred.estimate.hidden import write_hidden
from altcred.estimate.store import Estimates
from altcred.kinds import kind_of
from altcred.reconstruct.build import STAND_IN as MANIFEST
from altcred.standin.answered import let_all_answer
from altcred.standin.describe import write_description
from altcred.standin.draw import draw_days, draw_variable
from altcred.standin.files import name_file
from altcred.standin.form import Form
from altcred.standin.mend import mend
from altcred.standin.panel import Pairs, choose_pairs
from altcred.standin.people import People
from altcred.standin.shown import Shown, order_variables
from altcred.standin.sizes import deal_programs, draw_times, size_of
from altcred.standin.weigh import weigh
from altcred.standin.writing import write_exports

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
    drawn, panels = draw_people(cohort, shown, form, seed)
    raw = folder / "data/raw" / cohort.name
    sums = write_exports(drawn, panels, form, raw, seed)
    made = {"cohort": cohort.name, "seed": seed, "files": dict(sorted(sums.items()))}
    (raw / MANIFEST).write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8", newline="\n")
    several = [*form.files.values(), *(ones for each in form.joined.values() for ones in each)]
    renamed = {one.name: name_file(one) for forms in several for one in forms}
    bins = {
        name: edges for name, variable in cohort.codebook.variables.items()
        if kind_of(variable).is_numeric and not kind_of(variable).is_day and not variable.bins
        and (edges := shown.bins_of(name, variable.groups))
    }  # fmt: skip
    described = folder / "cohorts" / cohort.name
    write_description(cohort, described, renamed, bins)
    write_hidden(estimates.frame, described)
    (folder / "params.yaml").touch()
    frames = {wave: pd.DataFrame(people.columns) for wave, people in drawn.items()}
    return StandIn(folder, frames)


def draw_people(
    cohort: Cohort, shown: Shown, form: Form, seed: int
) -> tuple[dict[str, People], list[Pairs]]:
    """Draw the people of every survey, one question after the other, and who is who."""
    drawn: dict[str, People] = {}
    study = cohort.study
    for number, wave in enumerate(study.waves):
        rng = np.random.default_rng([seed, number])
        people = People(cohort, wave, size_of(shown, wave), shown, rng)
        dealt = np.full(people.size, None, dtype=object)
        if study.programs:
            dealt[:] = rng.permutation(deal_programs(cohort, shown, wave, people.size))
        people.columns["program"] = dealt
        types = [one and study.programs[one].type for one in dealt]
        people.columns["program_type"] = np.array(types, dtype=object)
        drawn[wave] = people
    programs = {wave: people.columns["program"] for wave, people in drawn.items()}
    rng = np.random.default_rng([seed, len(drawn)])
    panels = choose_pairs(cohort, shown, programs, rng)
    for number, (wave, people) in enumerate(drawn.items()):
        people.reluctance = people.rng.random(people.size)
        people.scopes[wave] = np.ones(people.size, dtype=bool)
        for pairs in panels:
            for side, one in enumerate((pairs.panel.first, pairs.panel.second)):
                if one == wave:
                    people.scopes[f"{pairs.name}:{wave}"] = pairs.mark(side, people.size)
            if pairs.panel.first == wave:
                people.later.append(pairs)
            if pairs.panel.second == wave:
                pairs.first = drawn[pairs.panel.first]
                first, second = pairs.places
                people.reluctance[second] = pairs.first.reluctance[first] % 1
                people.pairs.append(pairs)
        draw_days(people)
        draw_times(people, form.spans.get(wave))
        people.covers = {
            name for name, style in form.styles.get(wave, {}).items()
            if name.startswith("not ") and not style
        }  # fmt: skip
        log.info("%s, %s: %d people", cohort.name, wave, people.size)
        for name in order_variables(cohort, wave, people.parts):
            draw_variable(people, name)
            derive_all(people)
        people.earlier = {one: drawn[one] for one in list(drawn)[:number]}
        let_all_answer(people)
        if mend(people):
            derive_all(people)
        weigh(people)
    return drawn, panels


def derive_all(people: People) -> None:
    """Work out what is derived from answers that are all drawn."""
    for name, variable in people.variables.items():
        if variable.derive is None or name in people.columns:
            continue
        if not all(map(people.is_drawn, source_names(variable))):
            continue
        people.columns[name] = people.work_out({name: people.write_derived(name)})[name]
