"""An earlier cohort of the same study beside this one, from the estimates of both, never rows."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from altcred.core.errors import refuse_problems
from altcred.core.paths import processed_dir
from altcred.core.records import ALL, NOT_REPORTED
from altcred.describe.cohort import open_cohort
from altcred.describe.series import (
    CHANGE_COLUMNS,
    Change,
    Correspondence,
    check_series,
    correspond,
    earlier_cohorts,
)
from altcred.estimate.comparison import compare_waves
from altcred.estimate.protection import protect
from altcred.estimate.store import Estimates, compose_frame, read_estimates, write_estimates
from altcred.kinds import kind_of

# Statistics that count people, whatever numbers stand behind answers.
OF_PEOPLE = frozenset({"nobs", "count", "proportion", "nunique"})


def name_wave(earlier: str, wave: str) -> str:
    """Return the wave under which an earlier cohort's estimates stand beside those of `wave`."""
    return f"{earlier}:{wave}"


def write_series(cohort: str, earlier: str) -> None:
    """Write an earlier cohort's estimates in this one's names, the differences, and what changed.

    They lie under data/processed/COHORT/series/EARLIER, in estimates.csv and changes.csv.
    """
    refuse_problems(check_series(open_cohort(cohort)))
    frame, changes = estimate_series(cohort, earlier)
    folder = processed_dir(cohort) / "series" / earlier
    write_estimates(frame, folder / "estimates.csv")
    rows = [[getattr(one, column) for column in CHANGE_COLUMNS] for one in changes]
    pd.DataFrame(rows, columns=CHANGE_COLUMNS).to_csv(
        folder / "changes.csv", index=False, lineterminator="\n"
    )


def estimate_series(cohort: str, earlier: str) -> tuple[pd.DataFrame, list[Change]]:
    """Return an earlier cohort's estimates as this one names them, with differences, and changes.

    For each wave that both have: the earlier estimates of everybody, as the wave EARLIER:WAVE, and
    this cohort minus the earlier one, as EARLIER:WAVE-WAVE, with the two as independent samples
    (see compare_waves). What either cohort hides stays hidden, and what this cohort would hide is
    hidden of the earlier one too. What cannot be compared, as amounts in two currencies, is left
    out.
    """
    own = open_cohort(cohort)
    found = correspond(own, earlier)
    changes = list(found.changes())
    barred = {(one.wave, one.variable) for one in changes if one.is_barrier}
    here, there = (
        read_estimates(*sorted((processed_dir(name) / "estimates").glob("*.csv")))
        for name in (cohort, earlier)
    )
    frames = [compose_frame([])]
    for wave, theirs in found.waves.items():
        then = there.select(wave=theirs, subgroup=ALL)
        names = [name for name in found.variables_in(wave) if (wave, name) not in barred]
        parts = [_translate(then, found, name, wave) for name in names]
        sizes = then[(then["variable"] == "responses") & (then["category"] == "")]
        label = name_wave(earlier, wave)
        translated = pd.concat([sizes, *parts], ignore_index=True)
        before = protect(translated.assign(wave=label), own)
        now = here.select(wave=wave, subgroup=ALL)
        both = Estimates(pd.concat([now, before], ignore_index=True))
        gaps = compare_waves(both, label, wave, tested=())
        frames += [before, *([protect(gaps, own)] if len(gaps) else [])]
    return pd.concat(frames, ignore_index=True), changes


def read_series(cohort: str) -> tuple[pd.DataFrame, list[Change]]:
    """Return what write_series wrote of all earlier cohorts, the oldest first."""
    folder = processed_dir(cohort) / "series"
    earlier = earlier_cohorts(open_cohort(cohort).study)
    frame = read_estimates(*(folder / name / "estimates.csv" for name in earlier)).frame
    return frame, [change for name in earlier for change in _read_changes(folder / name)]


def _read_changes(folder: Path) -> Iterator[Change]:
    rows = pd.read_csv(folder / "changes.csv", dtype=str, keep_default_na=False)
    yield from (Change(**row) for row in rows.to_dict("records"))


def _translate(then: pd.DataFrame, found: Correspondence, name: str, wave: str) -> pd.DataFrame:
    """Return a variable's earlier estimates under its name and its answers' names here.

    Answers and groups that are not the same here are left out, and so are means of answers that
    had other numbers.
    """
    here, there = found.variables_in(wave)[name]
    rows = then[then["variable"] == found.variables[name]].assign(variable=name)
    answers = found.answers(name, wave)
    names = {theirs: ours for ours, theirs in answers.items()} | {
        "": "",
        NOT_REPORTED: NOT_REPORTED,
    }
    for group, described in here.groups.items():
        other = there.groups.get(group)
        members = [answers.get(one, one) for one in described.members]
        if other is not None and set(members) == set(other.members):
            names[group] = group
    if not (kind_of(here).needs_categories or here.is_numeric):
        # Answers that no codebook lists, as countries, have one name everywhere.
        listed = {*there.categories, *there.groups}
        names |= {one: one for one in rows["category"] if one not in listed}
    rows = rows[rows["category"].isin(names)]
    offered = [here.categories_in(wave), there.categories_in(found.waves[wave])]
    codes = [
        [str(ours.code), str(offered[1][answers[key]].code)]
        for key, ours in offered[0].items()
        if key in answers
    ]
    is_same = len(answers) == len(offered[0]) == len(offered[1]) and all(a == b for a, b in codes)
    if not (is_same or here.is_numeric):
        rows = rows[(rows["category"] != "") | rows["statistic"].isin(OF_PEOPLE)]
    return rows.assign(category=rows["category"].map(names))
