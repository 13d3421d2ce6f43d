"""An earlier cohort of the same study beside this one, from the estimates of both, never rows."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from altcred.core.errors import refuse_problems
from altcred.core.means import join_intervals
from altcred.core.paths import processed_dir
from altcred.core.records import ALL, NAN, NOT_REPORTED
from altcred.core.statistics import list_statistics
from altcred.describe.cohort import open_cohort
from altcred.describe.correspondence import (
    CHANGE_COLUMNS,
    Change,
    Correspondence,
    check_series,
    correspond,
)
from altcred.describe.series import earlier_cohorts
from altcred.estimate.comparison import compare_waves
from altcred.estimate.protection import protect
from altcred.estimate.store import (
    Estimates,
    compose_frame,
    read_estimates,
    round_number,
    write_estimates,
)
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
        before = _hide_means(protect(translated.assign(wave=label), own), found)
        now = here.select(wave=wave, subgroup=ALL)
        both = Estimates(pd.concat([now, before], ignore_index=True))
        gaps = _add_intervals(compare_waves(both, label, wave, tested=()), both, (label, wave))
        # What was asked in words that mean something else stands side by side, and no more.
        gaps = gaps[~gaps["variable"].isin(list(found.apart))]
        frames += [before, *([protect(gaps, own, of_shown=True)] if len(gaps) else [])]
    return pd.concat(frames, ignore_index=True), changes


def _hide_means(before: pd.DataFrame, found: Correspondence) -> pd.DataFrame:
    """Return estimates without means of answers of which this cohort hides more than the earlier.

    The door cannot tell what these means say of the answers it hides, since it does not know how
    many gave those that were hidden before.
    """
    own, other = (one.study.disclosure.minimum for one in (found.own, found.other))
    variables = found.own.codebook.variables
    coded = {name for name, one in variables.items() if kind_of(one).cell_numbers(one)}
    is_hidden = before["note"].str.startswith("suppressed")
    partly = set(before["variable"][is_hidden & before["variable"].isin(coded)])
    is_mean = (before["category"] == "") & ~before["statistic"].isin(OF_PEOPLE)
    if own > other:
        before.loc[is_mean & before["variable"].isin(partly), ["value", "low", "high"]] = NAN
    return before


def _add_intervals(gaps: pd.DataFrame, both: Estimates, waves: tuple[str, str]) -> pd.DataFrame:
    """Give a difference without an interval the one that follows from those of its two numbers."""
    of = {one.difference: one.name for one in list_statistics() if one.difference}
    places = gaps.index[gaps["low"].isna() & gaps["value"].notna() & gaps["statistic"].isin(of)]
    for place in places:
        variable, category, statistic = gaps.loc[place, ["variable", "category", "statistic"]]
        then, now = (both.find(wave, variable, category, of[statistic]) for wave in waves)
        before, after = ((one.value, one.low, one.high) for one in (then, now))
        low, high = join_intervals(before, after)
        if low == low and high == high:
            gaps.loc[place, ["low", "high"]] = round_number(low), round_number(high)
    return gaps


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
    if not found.has_same_numbers(name, wave):
        rows = rows[(rows["category"] != "") | rows["statistic"].isin(OF_PEOPLE)]
    return rows.assign(category=rows["category"].map(names))
