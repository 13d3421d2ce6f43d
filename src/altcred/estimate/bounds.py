"""Worst-case bounds: what shares could be, whatever the empty answers would have been.

They hold without any assumption (Manski 1989, Journal of Human Resources 24, 343-360); sampling
error comes on top.
"""

from collections.abc import Iterator, Mapping, Sequence

from altcred.core.engine import open_engine
from altcred.core.paths import wave_dir
from altcred.core.records import ALL, NOT_REPORTED, Estimate
from altcred.describe.cohort import Cohort
from altcred.estimate.aggregate import open_source
from altcred.estimate.store import Estimates, UnknownEstimate, read_estimates
from altcred.kinds import kind_of

NOTE = "bounds, whatever the empty answers would have been"
# How many people of a subgroup a category of a variable was offered to.
Offered = Mapping[tuple[str, str, str], float]


def bound_share(count: float, answered: float, asked: float) -> tuple[float, float]:
    """Return the least and the greatest share of `asked` people that can have given an answer.

    `count` of the `answered` gave it; of the others nobody or everybody would have.
    """
    return count / asked, (count + asked - answered) / asked


def bound_differences(cohort: Cohort, first: str, second: str) -> Iterator[Estimate]:
    """Bound the shares of two surveys, and second minus first, over the empty answers.

    For every closed question of both surveys, of everybody and by program type. `bounds`, in the
    waves `FIRST-SECOND:FIRST` and `FIRST-SECOND:SECOND`, has the share of those who answered with
    the bounds of the share of those asked as low and high; its n is those asked.
    `difference_bounds` has the difference of those who answered, with the bounds of the difference
    of those asked. Of a question whose shares are of all asked, ticked or not, nothing is empty
    and nothing is bounded.
    """
    waves = (first, second)
    between = f"{first}-{second}"
    shown = read_estimates(*(wave_dir(cohort.name, wave) / "estimates.csv" for wave in waves))
    names = _list_closed(cohort, first, second)
    offered = {wave: _count_offered(cohort, wave, names) for wave in waves}
    subgroups = [ALL, *(f"program_type={name}" for name in cohort.study.program_types)]
    for name in names:
        described = cohort.codebook.variables[name]
        for category in [*described.categories, *described.groups]:
            for subgroup in subgroups:
                key = (subgroup, name, category)
                sides = []
                for wave in waves:
                    side = _bound_side(shown, wave, *key, offered[wave])
                    if side is not None:
                        sides.append(side)
                        yield Estimate(*side, NOTE, f"{between}:{wave}", *key, "bounds")
                if len(sides) == 2:
                    (value_1, low_1, high_1, n_1), (value_2, low_2, high_2, n_2) = sides
                    gap = (value_2 - value_1, low_2 - high_1, high_2 - low_1, n_1 + n_2)
                    yield Estimate(*gap, NOTE, between, *key, "difference_bounds")


def _bound_side(
    shown: Estimates, wave: str, subgroup: str, name: str, category: str, offered: Offered
) -> tuple[float, float, float, float] | None:
    """Return a share of those who answered, its bounds and those asked; None where unknown."""
    try:
        share = shown.find(wave, name, category, subgroup=subgroup)
        answered = shown.find(wave, name, "", "nobs", subgroup)
        empty = shown.find(wave, name, NOT_REPORTED, subgroup=subgroup)
    except UnknownEstimate:
        return None
    if not (share.is_shown and answered.is_shown and empty.n == empty.n):
        return None
    asked = empty.n if share.n == answered.value else offered.get((name, category, subgroup))
    if asked is None:
        return None
    return share.value, *bound_share(round(share.value * share.n), share.n, asked), asked


def _list_closed(cohort: Cohort, first: str, second: str) -> list[str]:
    """Return the closed questions of both waves that can be left empty."""
    after = cohort.codebook.in_wave(second)
    return [
        name
        for name, variable in cohort.codebook.in_wave(first).items()
        if name in after
        and variable.is_categorical
        and not (kind_of(variable).has_ticks and variable.base == "asked")
    ]


def _count_offered(cohort: Cohort, wave: str, names: Sequence[str]) -> Offered:
    """Return to how many people each category was offered that not all who were asked saw."""
    counts: dict[tuple[str, str, str], float] = {}
    with open_engine(cohort.study.engine) as engine:
        engine.read_parquet("responses", wave_dir(cohort.name, wave) / "responses.parquet")
        source = open_source(
            engine, "responses", cohort, wave, with_subgroups=False, with_weights=False
        )
        parts = source.parts(with_programs=False)
        for name in names:
            offered = cohort.codebook.variables[name].categories_in(wave)
            some = [one for one, it in offered.items() if it.asked_if or it.since(wave) is not None]
            saw = [
                f'sum(CASE WHEN {source.offered(name, one)} THEN 1 ELSE 0 END) AS "{one}"'
                for one in some
            ]
            if saw:
                cells = source.count(name, *saw)
                for part in parts:
                    for one in some:
                        counts[name, one, part.name] = float(
                            cells.loc[part.holds(cells), one].sum()
                        )
    return counts
