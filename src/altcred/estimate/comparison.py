"""Two surveys side by side, as independent samples, from their estimates alone."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from altcred.core.distribution import LEVEL
from altcred.core.engine import Engine, open_engine
from altcred.core.means import join_intervals
from altcred.core.paths import wave_dir
from altcred.core.records import NAN, NOT_REPORTED, Estimate, Recorder
from altcred.core.samples import compare_shares, hedges_g
from altcred.core.statistics import find_statistic
from altcred.core.weights import compare_weighted_shares
from altcred.describe.cohort import Cohort, open_cohort
from altcred.disclose.door import FLOW_VARIABLES
from altcred.estimate.aggregate import open_source
from altcred.estimate.families import adjust_cohort
from altcred.estimate.protection import protect, round_tests
from altcred.estimate.samples import Sample, test_samples
from altcred.estimate.store import KEY, Estimates, compose_frame, read_estimates
from altcred.kinds import kind_of

# Of a subgroup, variable and category: the standard errors in two waves; NaN of an unweighted one.
Errors = dict[tuple[str, str, str], tuple[float, ...]]


def compare_waves(
    estimates: Estimates,
    first: str,
    second: str,
    *,
    subgroups: Iterable[str] | None = None,
    tested: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return second minus first for each share and mean that both waves have, with tests.

    Works from estimates alone. `difference` is of two shares (a share too, not percentage
    points) with Newcombe's interval (1998, Statistics in Medicine 17, 873-890, method 10);
    `mean_difference` of two means with Welch's; `median_difference`, `nunique_difference` and
    what else the registry of statistics names have none. The two samples are taken as
    independent, although a few people are in both. Weighted shares and means are compared by
    their standard errors: differences of shares have the interval that follows from those of the
    two (Zou and Donner 2008), and are tested by Wald's test; means by Welch's.
    What either wave suppresses is missing here too. `n` is of both waves together.

    Beside each share of the variables `tested` (all if left out) stand `proportions_pvalue`
    and, adjusted by Holm's method for all shares of one question and subgroup, groups of
    categories included, `proportions_pvalue_holm`; beside each mean `ttest_ind_pvalue`,
    Welch's test.
    """
    rows: list[Estimate] = []
    chosen = estimates.frame
    if subgroups is not None:
        chosen = chosen[chosen["subgroup"].isin(list(subgroups))]
    sides = [
        chosen[chosen["wave"] == wave].drop(columns="wave").set_index(KEY[1:])
        for wave in (first, second)
    ]
    both = sides[0].join(sides[1], how="inner", lsuffix="_1", rsuffix="_2").reset_index()
    both = both[~both["variable"].isin({*FLOW_VARIABLES, "responses"})]
    shares = both[(both["statistic"] == "proportion") & (both["category"] != NOT_REPORTED)]
    errors = _find_errors(*sides)
    rows += _difference_of_shares(shares, errors)
    if tested is not None:
        shares = shares[shares["variable"].isin(set(tested))]
    rows += _test_shares(shares, errors)
    stds = {
        wave: side["value"].xs("std", level="statistic")
        if "std" in side.index.get_level_values("statistic")
        else None
        for wave, side in zip((first, second), sides, strict=True)
    }
    rows += _difference_of_means(
        both[both["statistic"] == "mean"], stds[first], stds[second], errors
    )
    for one in both.itertuples(index=False):
        compared = find_statistic(one.statistic).difference
        if compared and one.statistic not in ("proportion", "mean"):
            ends = _join_intervals(one) if find_statistic(one.statistic).joins else (NAN, NAN)
            rows.append(_difference(one, compared, *ends))
    return compose_frame(rows, f"{first}-{second}")


def estimate_comparison(cohort: str, first: str, second: str) -> pd.DataFrame:
    """Estimate how two surveys' answers differ, from their estimates.csv alone.

    See compare_waves; tested are the shares of closed questions. What is suppressed in either
    survey is missing, and noted. Of a question whose answers were not the same in both, single
    shares are not tested and means not compared; see test_samples for what is. Nothing is tested
    that the codebook says was worded differently.
    """
    estimates = read_estimates(
        *(wave_dir(cohort, wave) / "estimates.csv" for wave in (first, second))
    )
    opened = open_cohort(cohort)
    variables = opened.codebook.variables
    waves = (first, second)
    uneven = {
        name
        for name, one in variables.items()
        if kind_of(one).is_uneven(one, waves)
        or not (one.is_tested(*waves) or kind_of(one).has_ticks)
    }
    tested = [name for name, one in variables.items() if one.is_categorical and name not in uneven]
    base = estimates.frame["variable"].str.partition(":")[0]
    once = opened.asked_once(*waves)
    single = {name for name in uneven - once if kind_of(variables[name]).is_exclusive}
    is_share = estimates.frame["statistic"].eq("proportion")
    is_told = ~base.isin(uneven | once) | (base.isin(single) & is_share)
    compared = compare_waves(Estimates(estimates.frame[is_told]), first, second, tested=tested)
    is_apart = [
        one.statistic == "proportions_pvalue"
        and not variables[one.variable].is_tested(*waves, one.category)
        for one in compared.itertuples(index=False)
    ]
    compared = compared[~np.array(is_apart, dtype=bool)]
    found: list[Estimate] = []
    with open_engine(opened.study.engine) as engine:
        sides = [_open_side(engine, opened, wave) for wave in (first, second)]
        for part in sorted(sides[0].keys() & sides[1].keys()):
            samples = [side[part] for side in sides]
            for name in opened.compared(*waves):
                only = samples[0].part.variables
                if only is None or name in only:
                    record = Recorder(part, name)
                    found += test_samples(estimates, record, variables[name], samples)
    tests = round_tests(compose_frame(found, f"{first}-{second}"), opened)
    shown = protect(pd.concat([compared, tests], ignore_index=True), opened, of_shown=True)
    return adjust_cohort(shown, opened, paired=False)


def _open_side(engine: Engine, cohort: Cohort, wave: str) -> dict[str, Sample]:
    """Return the subgroups of a wave's respondents by their names, each as a sample."""
    table = f"responses_{wave}"
    engine.read_parquet(table, wave_dir(cohort.name, wave) / "responses.parquet")
    source = open_source(engine, table, cohort, wave)
    counted: dict[str, pd.DataFrame] = {}
    return {part.name: Sample(wave, part, source, counted) for part in source.parts()}


def _find_errors(*sides: pd.DataFrame) -> Errors:
    """Return the standard errors of a pair of shares or means of which either is weighted."""
    told = [
        side["value"].xs("std_error", level="statistic")
        if "std_error" in side.index.get_level_values("statistic")
        else pd.Series(dtype=float)
        for side in sides
    ]
    keys = dict.fromkeys([*told[0].index, *told[1].index])
    return {key: tuple(float(one.get(key, NAN)) for one in told) for key in keys}


def _difference_of_shares(both: pd.DataFrame, errors: Errors) -> Iterator[Estimate]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    if not len(both):
        return
    shown = (both["value_1"].notna() & both["value_2"].notna()).to_numpy()
    low = np.full(len(both), NAN)
    high = np.full(len(both), NAN)
    counts = [(both[f"value_{k}"] * both[f"n_{k}"]).round().to_numpy() for k in (1, 2)]
    sizes = [both[f"n_{k}"].to_numpy() for k in (1, 2)]
    if shown.any():
        low[shown], high[shown] = confint_proportions_2indep(
            counts[1][shown], sizes[1][shown], counts[0][shown], sizes[0][shown],
            method="newcomb", compare="diff", alpha=1 - LEVEL,
        )  # fmt: skip
    for place, one in enumerate(both.itertuples(index=False)):
        ends = (low[place], high[place])
        # Newcombe's is the interval that follows from those of the two shares, weighted or not.
        is_weighted = (one.subgroup, one.variable, one.category) in errors
        yield _difference(one, "difference", *(_join_intervals(one) if is_weighted else ends))


def _test_shares(both: pd.DataFrame, errors: Errors) -> Iterator[Estimate]:
    shown = both[both["value_1"].notna() & both["value_2"].notna()]
    for (subgroup, variable), question in shown.groupby(["subgroup", "variable"], sort=False):
        tests = {
            one.category: _compare_weighted_shares(one, told)
            if (told := errors.get((subgroup, variable, one.category)))
            else compare_shares((one.value_1 * one.n_1, one.value_2 * one.n_2), (one.n_1, one.n_2))
            for one in question.itertuples(index=False)
        }
        sizes = dict(zip(question["category"], question["n_1"] + question["n_2"], strict=True))
        for category, test in tests.items():
            if test is None:
                continue
            record, n = Recorder(str(subgroup), str(variable)), sizes[category]
            pvalue, name = test
            yield record.number("proportions_pvalue", pvalue, n=n, category=category, note=name)


def _compare_weighted_shares(one: Any, told: tuple[float, ...]) -> tuple[float, str] | None:
    """Return the p value of two shares of which one is weighted, and the test's name."""
    shares, sizes = np.array([one.value_1, one.value_2]), np.array([one.n_1, one.n_2])
    errors = np.where(np.isnan(told), (shares * (1 - shares) / (sizes - 1)) ** 0.5, told)
    return compare_weighted_shares(shares, errors, sizes)


def _difference_of_means(
    both: pd.DataFrame,
    std_first: pd.Series | None,
    std_second: pd.Series | None,
    errors: Errors,
) -> Iterator[Estimate]:
    from scipy import stats

    for one in both.itertuples(index=False):
        key = (one.subgroup, one.variable, one.category)
        low = high = pvalue = NAN
        difference, sizes = one.value_2 - one.value_1, (one.n_1, one.n_2)
        if std_first is not None and std_second is not None:
            stds = [float(std.get(key, NAN)) for std in (std_first, std_second)]
            told = errors.get(key, (NAN, NAN))
            spread = [
                std**2 / n if np.isnan(known) else known**2
                for std, known, n in zip(stds, told, sizes, strict=True)
            ]
            error = sum(spread)
            # Of equal answers on one side no spread can be estimated, and no test trusted.
            if all(part > 0 for part in spread):
                df = error**2 / (spread[0] ** 2 / (one.n_1 - 1) + spread[1] ** 2 / (one.n_2 - 1))
                margin = float(stats.t.ppf((1 + LEVEL) / 2, df)) * error**0.5
                low, high = difference - margin, difference + margin
                test = stats.ttest_ind_from_stats(
                    one.value_2, (spread[1] * one.n_2) ** 0.5, one.n_2,
                    one.value_1, (spread[0] * one.n_1) ** 0.5, one.n_1, equal_var=False,
                )  # fmt: skip
                pvalue = float(test.pvalue)
        yield _difference(one, "mean_difference", low, high)
        if not np.isnan(pvalue):
            record, n = Recorder(one.subgroup, one.variable), one.n_1 + one.n_2
            name = "Welch's test, weighted" if key in errors else "Welch's test"
            yield record.number("ttest_ind_pvalue", pvalue, n=n, category=one.category, note=name)
            if key in errors:
                # So many people of equal weights would have these errors.
                sizes = (stds[0] ** 2 / spread[0], stds[1] ** 2 / spread[1])
            else:
                stds = [(part * n) ** 0.5 for part, n in zip(spread, sizes, strict=True)]
            size, *ends = hedges_g(difference, stds, sizes)
            yield record.number("hedges_g", size, *ends, n=n, category=one.category)


def _join_intervals(one: Any) -> tuple[float, float]:
    """Return the interval of a difference from those of its sides."""
    first, second = (one.value_1, one.low_1, one.high_1), (one.value_2, one.low_2, one.high_2)
    return join_intervals(first, second)


def _note_sizes(one: Any) -> str:
    if "suppressed" in f"{one.note_1}{one.note_2}":
        return "suppressed in one of the surveys"
    return f"n = {one.n_1:.0f} and {one.n_2:.0f}"


def _difference(one: Any, statistic: str, low: float = NAN, high: float = NAN) -> Estimate:
    return Recorder(one.subgroup, one.variable).number(
        statistic, one.value_2 - one.value_1, low, high, n=one.n_1 + one.n_2,
        category=one.category, note=_note_sizes(one),
    )  # fmt: skip
