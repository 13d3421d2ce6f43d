"""What non-response could do to the comparison of two surveys: bounds, and weights.

Two things are missing in a survey: answers of people who left a question empty, and people who
never answered it. For the first there are worst-case bounds (estimate/bounds). For the second
nothing in the data gives bounds; what can be done is to weight the respondents of the second survey
to resemble those of the first in what both told of themselves, and to see how far the shares move.

The waves of the estimates: `FIRST-SECOND` holds differences, `FIRST-SECOND:FIRST` and
`FIRST-SECOND:SECOND` the bounds of each survey, `FIRST-SECOND:weighted` and
`FIRST-SECOND:weighted_program` what the weighted respondents of the second survey say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from altcred.core.description import as_list
from altcred.core.distribution import LEVEL
from altcred.core.engine import open_engine, open_side_by_side, quoted
from altcred.core.paths import wave_dir
from altcred.core.records import ALL, Estimate, Recorder
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort, open_cohort
from altcred.estimate.aggregate import PROGRAM_KEYS
from altcred.estimate.balance import Block, balance, describe_blocks, describe_levels
from altcred.estimate.bounds import bound_differences
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.protection import protect, round_tests
from altcred.estimate.store import Estimates, compose_frame, read_estimates
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable, column_of

# Weights above this quantile of all are set to it, so that no few people decide a share.
TRIM = 0.99


def compare_samples(cohort: str, first: str, second: str) -> pd.DataFrame:
    """Estimate how two surveys differ, and what non-response could do to the differences.

    The rows of estimate_comparison, bound_differences and weigh_second together, with the
    columns of estimates.csv.
    """
    opened = open_cohort(cohort)
    told: list[Callable[[], pd.DataFrame]] = [lambda: estimate_comparison(cohort, first, second)]
    # What has weights of its own is not weighted to another survey.
    if not any(opened.study.waves[wave].weight for wave in (first, second)):
        told += [
            lambda: round_tests(compose_frame(bound_differences(opened, first, second)), opened),
            lambda: round_tests(compose_frame(weigh_second(opened, first, second)), opened),
        ]
    files = (wave_dir(cohort, wave) / "responses.parquet" for wave in (first, second))
    frames = open_side_by_side(told, opened.study.engine, *files)
    filled = [one for one in frames if len(one)] or frames[:1]
    return protect(pd.concat(filled, ignore_index=True), opened, of_shown=True)


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


def weigh_second(cohort: Cohort, first: str, second: str) -> Iterator[Estimate]:
    """Weight the second survey's respondents to the first one's, as study.yaml's weighting says.

    Two sets of weights: `weighted` balances the variables named; `weighted_program` does so
    within each program type (or program), and balances that too. Of each set: the shares of the
    outcomes with intervals, and `shift`, weighted minus unweighted; of `weights` the effective
    number of people, the design effect, the largest weight (their mean is one) and the share
    that was trimmed; of each balanced variable the largest standardised difference between the
    surveys over its categories, whose unweighted one stands in `FIRST-SECOND`. Nothing where
    the surveys share too little. A share that the second survey's own estimates suppress is
    missing here.
    """
    study, codebook = cohort.study, cohort.codebook
    settings, after = study.weighting, codebook.in_wave(second)
    outcomes = {n: one for n, one in after.items() if n in settings.outcomes and one.is_categorical}
    compared = cohort.compared(first, second)
    shared = [
        name
        for name in settings.variables
        if name in compared
        and name not in outcomes
        # Nobody can resemble others in what these were asked in words that mean something else.
        and (
            kind_of(codebook.variables[name]).has_ticks
            or not codebook.variables[name].set_apart(first, second)
        )
    ]
    names = [*shared, *outcomes]
    people = {wave: _read_people(cohort, wave, names) for wave in (first, second)}
    least = max(settings.minimum, study.disclosure.minimum)
    blocks = describe_blocks(codebook, shared, people, least)
    if not blocks:
        return
    between = f"{first}-{second}"
    variants = {f"{between}:weighted": _weigh_to(blocks)}
    if settings.with_program != "no" and study.programs:
        programs = {wave: one[settings.with_program] for wave, one in people.items()}
        groups, block = describe_levels(programs, least, is_ordered=False)
        if block is not None:
            variants[f"{between}:weighted_program"] = _weigh_within(
                codebook, shared, people, groups, least
            )
            blocks[settings.with_program] = block
    n = len(people[second])
    for wave, weights in {between: Weights(np.ones(n)), **variants}.items():
        note = "unweighted" if wave == between else "weighted"
        for name, smd in balance(blocks, weights.values).items():
            yield Estimate(smd, n=n, note=note, wave=wave, variable=name, statistic="largest_smd")
    shown = read_estimates(wave_dir(study.name, second) / "estimates.csv")
    for wave, weights in variants.items():
        told = {
            "n_effective": weights.n_effective,
            "design_effect": weights.design_effect,
            "largest": float(weights.values.max()),
            "trimmed": weights.trimmed,
        }
        for statistic, value in told.items():
            yield Estimate(value, n=n, wave=wave, variable="weights", statistic=statistic)
        for name, variable in outcomes.items():
            for one in _weigh_outcome(people[second], variable, name, second, weights, shown):
                yield replace(one, wave=wave)


def _read_people(cohort: Cohort, wave: str, names: Iterable[str]) -> pd.DataFrame:
    """Return what people of a wave answered to some questions, a row a person."""
    columns = ["response_id", *PROGRAM_KEYS]
    for name in names:
        variable = cohort.codebook.variables[name]
        columns += kind_of(variable).columns(name, variable, wave)
    with open_engine(cohort.study.engine) as engine:
        engine.read_parquet("responses", wave_dir(cohort.name, wave) / "responses.parquet")
        listed = ", ".join(quoted(name) for name in dict.fromkeys(columns))
        return engine.frame(f"SELECT {listed} FROM responses ORDER BY response_id")


def _weigh_to(blocks: Mapping[str, Block]) -> Weights:
    first, second = (
        np.hstack([block[side].to_numpy(dtype=float) for block in blocks.values()])
        for side in (0, 1)
    )
    return odds_weights(first, second)


def _weigh_within(
    codebook: Codebook,
    shared: Sequence[str],
    people: Mapping[str, pd.DataFrame],
    groups: Sequence[np.ndarray],
    least: int,
) -> Weights:
    """Weight the second survey's people of each group to the first one's of that group.

    `groups` holds each person's group, in both surveys. Together the groups' weights have the
    proportions of the first survey. People of a group that only one survey has get none.
    """
    values = np.zeros(len(groups[1]))
    trimmed = 0.0
    for group in sorted(set(groups[0]) & set(groups[1])):
        inside = [members == group for members in groups]
        chosen = {
            wave: one[mask].reset_index(drop=True)
            for (wave, one), mask in zip(people.items(), inside, strict=True)
        }
        blocks = describe_blocks(codebook, shared, chosen, least)
        size = int(inside[1].sum())
        own = _weigh_to(blocks) if blocks else Weights(np.ones(size))
        values[inside[1]] = own.values * inside[0].mean() / inside[1].mean()
        trimmed += own.trimmed * size / len(values)
    return Weights(values / values.mean(), trimmed)


def odds_weights(first: np.ndarray, second: np.ndarray) -> Weights:
    """Return weights with which the rows of `second` resemble those of `first`.

    Both are matrices of the same indicators, a row a person. A logistic regression of being in
    `first` gives each row of `second` its odds, which are its weight (Hirano, Imbens and Ridder
    2003, Econometrica 71, 1161-1189): where the indicators tell all cells apart, a cell's
    weight is the ratio of its people. Weights above the quantile TRIM are set to it; their
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
    limit = float(np.quantile(odds, TRIM, method="higher"))
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

    The variance is the linearised one of a ratio. It sets the effective number of people for
    Wilson's interval (after Korn and Graubard 1998, Survey Methodology 24, 193-201); of a
    share of none or all that is Kish's. Weights count as known.
    """
    from statsmodels.stats.proportion import proportion_confint

    share = min(max(float(np.average(ticked, weights=weights)), 0.0), 1.0)
    variance = float(((weights * (ticked - share)) ** 2).sum() / weights.sum() ** 2)
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
) -> Iterator[Estimate]:
    """Yield the weighted shares of a question's categories and groups, and how far they moved."""
    has_ticks = kind_of(variable).has_ticks
    if has_ticks and variable.base == "asked":
        return
    offered = list(variable.categories_in(wave))
    groups = {group: as_list(described.of) for group, described in variable.groups.items()}
    for category, members in ({one: [one] for one in offered} | groups).items():
        ones = [one for one in members if one in offered]
        if not ones or not shown.has(wave, name, category, "proportion"):
            continue
        if has_ticks:
            columns = people[[column_of(name, one) for one in ones]]
            answered = columns.notna().any(axis="columns").to_numpy()
            ticked = columns.fillna(False).astype(bool).any(axis="columns").to_numpy()
        else:
            answered = people[name].notna().to_numpy()
            ticked = people[name].isin(ones).to_numpy()
        own = shown.find(wave, name, category)
        if not own.is_shown or not answered.any():
            continue
        share, low, high = weighted_share(ticked[answered].astype(float), weights.values[answered])
        record, n = Recorder(ALL, name), int(answered.sum())
        yield record.number("proportion", share, low, high, n=n, category=category, note="weighted")
        yield record.number(
            "shift", round(share - own.value, 9), n=n, category=category,
            note="weighted minus unweighted",
        )  # fmt: skip
