"""What non-response could do to the comparison of two surveys: bounds, and weights.

Two things are missing in a survey: answers of people who left a question empty, and people who
never answered it. For the first, worst-case bounds hold whatever the empty answers would have
been (Manski 1989, Journal of Human Resources 24, 343-360). For the second nothing in the data
gives bounds; what can be done is to weight the respondents of the second survey to resemble
those of the first in what both told of themselves, and to see how far the shares move.

The waves of the estimates: `FIRST-SECOND` holds differences, `FIRST-SECOND:FIRST` and
`FIRST-SECOND:SECOND` the bounds of each survey, `FIRST-SECOND:weighted` and
`FIRST-SECOND:weighted_program` what the weighted respondents of the second survey say.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from altcred.core.distribution import LEVEL, choose_bins
from altcred.core.engine import Engine, quoted
from altcred.core.paths import wave_dir
from altcred.core.records import NAN, NOT_REPORTED, Estimate
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import open_cohort
from altcred.describe.study import ALL, Study, as_list
from altcred.estimate.aggregate import list_parts, open_source
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.protection import protect
from altcred.estimate.store import (
    COLUMNS,
    KEY,
    Estimates,
    UnknownEstimate,
    read_estimates,
    round_number,
)
from altcred.kinds.variable import Variable, column_of

# Weights above this quantile of all are set to it, so that no few people decide a share.
TRIM = 0.99
OTHERS = "others"
RESPONSES = "responses.parquet"
CLOSED = {"single", "ordered", "multiple"}
# The indicators of a variable in the first and in the second survey, a column a level.
Block = tuple[pd.DataFrame, pd.DataFrame]
BOUNDS_NOTE = "bounds, whatever the empty answers would have been"


def compare_samples(cohort: str, first: str, second: str) -> pd.DataFrame:
    """Estimate how two surveys differ, and what non-response could do to the differences.

    The rows of estimate_comparison, bound_differences and weigh_second together, with the
    columns of estimates.csv.
    """
    opened = open_cohort(cohort)
    study, codebook = opened.study, opened.codebook
    frames = [
        estimate_comparison(cohort, first, second),
        bound_differences(study, codebook, first, second),
        weigh_second(study, codebook, first, second),
    ]
    return protect(pd.concat(frames, ignore_index=True), opened)


# Bounds ----------------------------------------------------------------------------------------


def bound_share(count: float, answered: float, asked: float) -> tuple[float, float]:
    """Return the least and the greatest share of `asked` people that can have given an answer.

    `count` of the `answered` gave it; of the others nobody or everybody would have.
    """
    return count / asked, (count + asked - answered) / asked


def bound_differences(study: Study, codebook: Codebook, first: str, second: str) -> pd.DataFrame:
    """Bound the shares of two surveys, and second minus first, over the empty answers.

    For every closed question of both surveys, of everybody and by program type. `bounds` has
    the share of those who answered with the bounds of the share of those asked as low and high;
    its n is those asked. `difference_bounds` has the difference of those who answered, with the
    bounds of the difference of those asked. Sampling error comes on top. Of a question whose
    shares are of all asked, ticked or not, nothing is empty and nothing is bounded.
    """
    estimates = read_estimates(
        *(wave_dir(study.name, wave) / "estimates.csv" for wave in (first, second))
    )
    names = _list_closed(codebook, first, second)
    offered = {wave: _count_offered(study, codebook, wave, names) for wave in (first, second)}
    subgroups = [ALL, *(f"program_type={name}" for name in study.program_types)]
    rows = []
    for name in names:
        described = codebook.variables[name]
        for category in [*described.categories, *described.groups]:
            for subgroup in subgroups:
                sides = [
                    _bound_side(estimates, wave, name, category, subgroup, offered[wave])
                    for wave in (first, second)
                ]
                for wave, side in zip((first, second), sides, strict=True):
                    if side is not None:
                        rows.append(
                            (f"{first}-{second}:{wave}", subgroup, name, category, "bounds",
                             side.value, side.low, side.high, side.n, BOUNDS_NOTE)
                        )  # fmt: skip
                before, after = sides
                if before is not None and after is not None:
                    rows.append(
                        (f"{first}-{second}", subgroup, name, category, "difference_bounds",
                         after.value - before.value, after.low - before.high,
                         after.high - before.low, before.n + after.n, BOUNDS_NOTE)
                    )  # fmt: skip
    return _frame(rows)


def _bound_side(
    estimates: Estimates,
    wave: str,
    name: str,
    category: str,
    subgroup: str,
    offered: Mapping[tuple[str, str, str], float],
) -> Estimate | None:
    try:
        share = estimates.find(wave, name, category, subgroup=subgroup)
        answered = estimates.find(wave, name, "", "nobs", subgroup)
        empty = estimates.find(wave, name, NOT_REPORTED, subgroup=subgroup)
    except UnknownEstimate:
        return None
    if np.isnan([share.value, answered.value, empty.n]).any():
        return None
    if share.n == answered.value:
        asked = empty.n
    elif (name, category, subgroup) in offered:
        asked = offered[name, category, subgroup]
    else:
        return None
    low, high = bound_share(round(share.value * share.n), share.n, asked)
    return Estimate(share.value, low, high, asked)


def _list_closed(codebook: Codebook, first: str, second: str) -> list[str]:
    """Return the closed questions of both waves that can be left empty."""
    return [
        name
        for name, variable in codebook.in_wave(first).items()
        if name in codebook.in_wave(second)
        and variable.kind in CLOSED
        and not (variable.kind == "multiple" and variable.base == "asked")
    ]


def _count_offered(
    study: Study, codebook: Codebook, wave: str, names: Iterable[str]
) -> dict[tuple[str, str, str], float]:
    """Return to how many people each category was offered that not all who were asked saw."""
    counts: dict[tuple[str, str, str], float] = {}
    with Engine() as engine:
        engine.read_parquet("responses", wave_dir(study.name, wave) / RESPONSES)
        source = open_source(engine, "responses", study, codebook, wave, with_subgroups=False)
        parts = list_parts(source, study, [], with_programs=False)
        for name in names:
            variable = codebook.variables[name]
            if variable.kind != "multiple":
                continue
            for category, described in variable.categories_in(wave).items():
                if not described.asked_if and described.since(wave) is None:
                    continue
                cells = engine.frame(
                    f"SELECT {source.keys}, count(*) AS people FROM {source.table}"
                    f" WHERE ({source.conditions.asked(name)})"
                    f" AND ({source.offered(name, category)})"
                    f" GROUP BY {source.keys}"
                )
                for part in parts:
                    people = float(cells.loc[part.holds(cells), "people"].sum())
                    counts[name, category, part.name] = people
    return counts


# Weights ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """A weight for each respondent of the second survey, with mean one.

    `trimmed` is the share of them whose weight was cut.
    """

    values: np.ndarray
    trimmed: float = 0.0

    @property
    def n_effective(self) -> float:
        """How many unweighted people would tell as much (Kish 1965, section 11.7)."""
        return float(self.values.sum() ** 2 / (self.values**2).sum())

    @property
    def design_effect(self) -> float:
        """How many times larger than of unweighted people the variance of a share is."""
        return len(self.values) / self.n_effective


def weigh_second(study: Study, codebook: Codebook, first: str, second: str) -> pd.DataFrame:
    """Weight the second survey's respondents to the first one's, as study.yaml's weighting says.

    Two sets of weights: `weighted` balances the variables named; `weighted_program` does so
    within each program type (or program), and balances that too. Of each set: the shares of the
    outcomes with intervals, and `shift`, weighted minus unweighted; of `weights` the effective
    number of people, the design effect, the largest weight (their mean is one) and the share
    that was trimmed; of each balanced variable the largest standardised difference between the
    surveys over its categories, whose unweighted one stands in `FIRST-SECOND`. No rows where
    the surveys share too little. A share that the second survey's own estimates suppress is
    missing here.
    """
    settings = study.weighting
    outcomes = [
        name
        for name, variable in codebook.in_wave(second).items()
        if name in settings.outcomes and variable.kind in CLOSED
    ]
    shared = [
        name
        for name in settings.variables
        if name in codebook.in_wave(first)
        and name in codebook.in_wave(second)
        and name not in outcomes
        and codebook.variables[name].kind not in {"text", "identifier"}
    ]
    people = {
        wave: _read_people(study, codebook, wave, shared, outcomes) for wave in (first, second)
    }
    least = max(settings.minimum, study.disclosure.minimum)
    blocks = _describe_blocks(codebook, shared, people, least)
    if not blocks:
        return _frame([])
    between = f"{first}-{second}"
    variants = {f"{between}:weighted": _weigh_to(blocks)}
    if settings.with_program != "no" and study.programs:
        programs = {wave: one[settings.with_program] for wave, one in people.items()}
        groups, block = _describe_levels(programs, least, is_ordered=False)
        if block is not None:
            variants[f"{between}:weighted_program"] = _weigh_within(
                codebook, shared, people, groups, least
            )
            blocks[settings.with_program] = block
    everybody = Weights(np.ones(len(people[second])))
    n = float(len(people[second]))
    shown = read_estimates(wave_dir(study.name, second) / "estimates.csv")
    rows = []
    for wave, weights in {between: everybody, **variants}.items():
        note = "unweighted" if wave == between else "weighted"
        for name, smd in balance(blocks, weights.values).items():
            rows.append((wave, ALL, name, "", "largest_smd", smd, NAN, NAN, n, note))
    for wave, weights in variants.items():
        for statistic, value in {
            "n_effective": weights.n_effective,
            "design_effect": weights.design_effect,
            "largest": float(weights.values.max()),
            "trimmed": weights.trimmed,
        }.items():
            rows.append((wave, ALL, "weights", "", statistic, value, NAN, NAN, n, ""))
        for name in outcomes:
            weighed = _weigh_outcome(
                people[second], codebook.variables[name], name, second, weights, shown
            )
            rows += [(wave, *row) for row in weighed]
    return _frame(rows)


def _weigh_to(blocks: Mapping[str, Block]) -> Weights:
    first, second = (
        np.hstack([block[side].to_numpy(dtype=float) for block in blocks.values()])
        for side in (0, 1)
    )
    return odds_weights(first, second)


def _weigh_within(
    codebook: Codebook,
    shared: Iterable[str],
    people: Mapping[str, pd.DataFrame],
    groups: Sequence[np.ndarray],
    least: int,
) -> Weights:
    """Weight the second survey's people of each group to the first one's of that group.

    `groups` holds each person's group, in both surveys. Together the groups' weights have the
    proportions of the first survey. People of a group that only one survey has get none.
    """
    shared = list(shared)
    values = np.zeros(len(groups[1]))
    trimmed = 0.0
    for group in sorted(set(groups[0]) & set(groups[1])):
        inside = [members == group for members in groups]
        chosen = {
            wave: one[mask].reset_index(drop=True)
            for (wave, one), mask in zip(people.items(), inside, strict=True)
        }
        blocks = _describe_blocks(codebook, shared, chosen, least)
        size = int(inside[1].sum())
        own = _weigh_to(blocks) if blocks else Weights(np.ones(size))
        values[inside[1]] = own.values * inside[0].mean() / inside[1].mean()
        trimmed += own.trimmed * size / len(values)
    return Weights(values / values.mean(), trimmed)


def odds_weights(first: np.ndarray, second: np.ndarray, trim: float = TRIM) -> Weights:
    """Return weights with which the rows of `second` resemble those of `first`.

    Both are matrices of the same indicators, a row a person. A logistic regression of being in
    `first` gives each row of `second` its odds, which are its weight (Hirano, Imbens and Ridder
    2003, Econometrica 71, 1161-1189): where the indicators tell all cells apart, a cell's
    weight is the ratio of its people. Weights above the quantile `trim` are set to it; their
    mean is made one.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    stacked = np.vstack([first, second])
    design = _independent(np.column_stack([np.ones(len(stacked)), stacked]))
    is_first = np.repeat([1.0, 0.0], [len(first), len(second)])
    # Newton's method takes a few small systems of equations instead of long ones.
    fitted = GLM(is_first, design, family=Binomial()).fit(
        method="newton", tol=1e-12, disp=False, skip_hessian=True
    )
    odds = np.exp(design[len(first) :] @ fitted.params)
    limit = float(np.quantile(odds, trim, method="higher"))
    # A hair's breadth above the limit is the same odds computed in another order.
    is_cut = odds > limit * (1 + 1e-9)
    odds = np.minimum(odds, limit)
    return Weights(odds / odds.mean(), float(is_cut.mean()))


def _independent(design: np.ndarray) -> np.ndarray:
    """Return the columns that are left without those that follow from others."""
    from scipy.linalg import qr

    triangle, order = qr(design.T @ design, mode="r", pivoting=True)
    sizes = np.abs(np.diag(triangle))
    return design[:, np.sort(order[: int((sizes > 1e-9 * sizes[0]).sum())])]


def weighted_share(ticked: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    """Return a weighted share of 0s and 1s, and the ends of its 95% interval.

    The variance is the linearised one of a ratio, as weighted least squares with
    heteroscedasticity-robust covariance gives it. It sets the effective number of people for
    Wilson's interval (after Korn and Graubard 1998, Survey Methodology 24, 193-201); of a
    share of none or all that is Kish's. Weights count as known.
    """
    from statsmodels.regression.linear_model import WLS
    from statsmodels.stats.proportion import proportion_confint

    fitted = WLS(ticked, np.ones(len(ticked)), weights=weights).fit(cov_type="HC0")
    share = min(max(float(fitted.params[0]), 0.0), 1.0)
    variance = float(fitted.cov_params()[0, 0])
    if variance > 1e-15:
        n_effective = share * (1 - share) / variance
    else:
        n_effective, share = Weights(weights).n_effective, float(round(share))
    low, high = proportion_confint(
        share * n_effective, n_effective, alpha=1 - LEVEL, method="wilson"
    )
    return share, 0.0 if share == 0 else float(low), 1.0 if share == 1 else float(high)


def _weigh_outcome(
    people: pd.DataFrame,
    variable: Variable,
    name: str,
    wave: str,
    weights: Weights,
    shown: Estimates,
) -> Iterator[tuple]:
    offered = list(variable.categories_in(wave))
    members = {one: [one] for one in offered} | {
        group: [one for one in as_list(described.of) if one in offered]
        for group, described in variable.groups.items()
    }
    for category, ones in members.items():
        if not ones:
            continue
        if variable.kind == "multiple":
            columns = people[[column_of(name, one) for one in ones]]
            if variable.base == "asked":
                continue
            answered = columns.notna().any(axis="columns").to_numpy()
            ticked = columns.fillna(False).astype(bool).any(axis="columns").to_numpy()
        else:
            answered = people[name].notna().to_numpy()
            ticked = people[name].isin(ones).to_numpy()
        try:
            own = shown.find(wave, name, category)
        except UnknownEstimate:
            continue
        if own.is_suppressed or np.isnan(own.value) or not answered.any():
            continue
        share, low, high = weighted_share(ticked[answered].astype(float), weights.values[answered])
        n = float(answered.sum())
        yield ALL, name, category, "proportion", share, low, high, n, "weighted"
        shift = round(share - own.value, 9)
        yield ALL, name, category, "shift", shift, NAN, NAN, n, "weighted minus unweighted"


# What is balanced ------------------------------------------------------------------------------


def _read_people(
    study: Study, codebook: Codebook, wave: str, shared: Iterable[str], outcomes: Iterable[str]
) -> pd.DataFrame:
    columns = ["response_id", "program", "program_type"]
    for name in [*shared, *outcomes]:
        variable = codebook.variables[name]
        if variable.kind == "multiple":
            columns += [column_of(name, one) for one in variable.categories_in(wave)]
        else:
            columns.append(name)
    with Engine() as engine:
        engine.read_parquet("responses", wave_dir(study.name, wave) / RESPONSES)
        names = ", ".join(quoted(name) for name in dict.fromkeys(columns))
        return engine.frame(f"SELECT {names} FROM responses ORDER BY response_id")


def _describe_blocks(
    codebook: Codebook, names: Iterable[str], people: Mapping[str, pd.DataFrame], least: int
) -> dict[str, Block]:
    blocks = {
        name: _describe_block(codebook.variables[name], name, people, least) for name in names
    }
    return {name: block for name, block in blocks.items() if block is not None}


def _describe_block(
    variable: Variable, name: str, people: Mapping[str, pd.DataFrame], least: int
) -> Block | None:
    """Return a variable's indicators in both waves; None where there is nothing to balance."""
    if variable.kind == "multiple":
        return _describe_ticks(variable, name, people, least)
    if variable.is_numeric:
        edges = variable.bins
        if not edges:
            given = np.concatenate([one[name].dropna().to_numpy(float) for one in people.values()])
            edges = choose_bins(given, np.ones(len(given)))
        if not edges:
            return None
        places = {
            wave: pd.Series(np.searchsorted(edges, one[name].astype(float), side="right"))
            .astype(object)
            .where(one[name].notna().to_numpy(), None)
            for wave, one in people.items()
        }
        return _describe_levels(places, least, is_ordered=True)[1]
    answers = {wave: one[name] for wave, one in people.items()}
    if variable.kind == "ordered":
        order = {category: place for place, category in enumerate(variable.categories)}
        answers = {wave: one.map(order).astype(object) for wave, one in answers.items()}
        return _describe_levels(answers, least, is_ordered=True)[1]
    return _describe_levels(answers, least, is_ordered=False)[1]


def _describe_levels(
    answers: Mapping[str, pd.Series], least: int, *, is_ordered: bool
) -> tuple[list[np.ndarray], Block | None]:
    """Return each person's level in both waves, rare ones joined, and the indicators of them."""
    given = [one.astype(object).where(one.notna(), NOT_REPORTED) for one in answers.values()]
    counts = [Counter(one) for one in given]
    fewest = {level: min(count[level] for count in counts) for level in set().union(*counts)}
    joined = join_rare_levels(fewest, least, is_ordered=is_ordered)
    levels = sorted(set(joined.values()))
    sides = [one.map(joined).to_numpy(dtype=object) for one in given]
    if len(levels) < 2:
        return sides, None
    first, second = (pd.DataFrame({name: side == name for name in levels[1:]}) for side in sides)
    return sides, (first, second)


def join_rare_levels(counts: Mapping[Any, int], least: int, *, is_ordered: bool) -> dict[Any, Any]:
    """Return to which level each level goes, so that none is of fewer than `least` people.

    Of ordered levels (numbers) the rarest joins the rarer of its neighbours, again and again.
    Others that are rare are joined into one; where it is still rare, those without an answer
    join it, and then the next rarest. Those without an answer are otherwise a level of their
    own.
    """
    missing = counts.get(NOT_REPORTED, 0)
    groups = [[level] for level in sorted(set(counts) - {NOT_REPORTED}, key=_order_of)]

    def size(group: list[Any]) -> int:
        return sum(counts[level] for level in group)

    if is_ordered:
        while len(groups) > 1 and min(map(size, groups)) < least:
            place = min(range(len(groups)), key=lambda at: (size(groups[at]), at))
            near = [at for at in (place - 1, place + 1) if 0 <= at < len(groups)]
            other = min(near, key=lambda at: (size(groups[at]), at))
            low, high = sorted((place, other))
            groups[low : high + 1] = [groups[low] + groups[high]]
        joined = {level: str(group[0]) for group in groups for level in group}
        if NOT_REPORTED in counts:
            # Too few to stand alone, they stand with the most frequent.
            usual = str(max(groups, key=size)[0]) if groups else NOT_REPORTED
            joined[NOT_REPORTED] = NOT_REPORTED if missing >= least else usual
        return joined
    rare = [group[0] for group in groups if size(group) < least]
    others = sorted(
        (group[0] for group in groups if size(group) >= least),
        key=lambda level: (counts[level], str(level)),
    )
    if NOT_REPORTED in counts:
        if missing < least:
            rare.append(NOT_REPORTED)
        else:
            others.insert(0, NOT_REPORTED)
    while rare and others and sum(counts[level] for level in rare) < least:
        rare.append(others.pop(0))
    return {level: str(level) for level in others} | dict.fromkeys(rare, OTHERS)


def _order_of(level: Any) -> tuple[int, float, str]:
    return (0, float(level), "") if isinstance(level, int | float) else (1, 0.0, str(level))


def _describe_ticks(
    variable: Variable, name: str, people: Mapping[str, pd.DataFrame], least: int
) -> Block | None:
    """Return an indicator for each option that enough ticked in both waves, and for no answer."""
    first, second = people
    both = [one for one in variable.categories_in(first) if one in variable.categories_in(second)]
    sides = []
    for one in people.values():
        columns = one[[column_of(name, category) for category in both]]
        ticked = columns.fillna(False).astype(bool)
        ticked.columns = both
        ticked[NOT_REPORTED] = columns.isna().all(axis="columns")
        sides.append(ticked.reset_index(drop=True))
    kept = [
        column
        for column in sides[0]
        if all(least <= side[column].sum() <= len(side) - least for side in sides)
    ]
    return (sides[0][kept], sides[1][kept]) if kept else None


def balance(blocks: Mapping[str, Block], weights: np.ndarray) -> dict[str, float]:
    """Return of each variable the largest standardised difference over its levels.

    Difference of the shares over the root of the mean of their unweighted variances (Austin
    2009, Statistics in Medicine 28, 3083-3107); the level that has no column of its own counts.
    """
    largest = {}
    for name, (first, second) in blocks.items():
        sides = [side.to_numpy(dtype=float) for side in (first, second)]
        # The level without a column is whoever is in none of the others.
        sides = [np.column_stack([side, 1 - side.max(axis=1)]) for side in sides]
        shares = [side.mean(axis=0) for side in sides]
        weighted = np.average(sides[1], axis=0, weights=weights)
        spread = np.sqrt(sum(share * (1 - share) for share in shares) / 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            smd = np.where(spread > 0, np.abs(weighted - shares[0]) / spread, 0.0)
        # What is left of an exact balance is rounding.
        largest[name] = round(float(smd.max()), 9)
    return largest


def _frame(rows: Iterable[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=COLUMNS)
    for column in ("value", "low", "high", "n"):
        frame[column] = frame[column].astype(float)
    for column in ("value", "low", "high"):
        frame[column] = [round_number(one) if one == one else NAN for one in frame[column]]
    return frame.sort_values(KEY, kind="stable").reset_index(drop=True)
