"""Groups of one survey's respondents set side by side: differences, and tests of them.

Everything is worked out from what the door has shown of the groups. Of two groups, as the answers
`by` are listed, a difference is second minus first; of more there are only tests.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from altcred.core.records import ALL, Estimate, Recorder
from altcred.core.samples import compare_moments, compare_shares
from altcred.core.weights import WEIGHTED, compare_weighted_shares
from altcred.estimate.aggregate import Source
from altcred.estimate.comparison import compare_waves
from altcred.estimate.families import adjust_cohort
from altcred.estimate.protection import round_tests
from altcred.estimate.samples import Sample, find_counts, find_in, test_samples
from altcred.estimate.store import COLUMNS, Estimates, compose_frame
from altcred.kinds import kind_of


def compare_groups(shown: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return how the groups that the study compares differ in one wave, with adjusted tests.

    The rows of groups by a variable are of the wave `WAVE:BY`.
    """
    frames = [_compare_by(shown, source, by) for by in source.groups]
    return pd.concat(frames, ignore_index=True) if frames else shown.iloc[:0]


def _compare_by(shown: pd.DataFrame, source: Source, by: str) -> pd.DataFrame:
    estimates, wave, cohort = Estimates(shown), f"{source.wave}:{by}", source.cohort
    counted: dict[str, pd.DataFrame] = {}
    sizes = {part.name: _size_of(shown, part.name) for part in source.compared(by)}
    samples = [
        Sample(source.wave, part, source, counted)
        for part in source.compared(by)
        if sizes[part.name] > 0
    ]
    if len(samples) < 2:
        return shown.iloc[:0]
    names = [
        name
        for name in source.variables
        if name in (samples[0].part.variables or ()) and kind_of(source.variable(name)).is_compared
    ]
    rows: list[Estimate] = []
    for name in names:
        record = Recorder(ALL, name)
        rows += test_samples(estimates, record, source.variable(name), samples)
        if len(samples) > 2:
            rows += _test_several(estimates, record, source, samples)
    frames = [round_tests(compose_frame(rows, wave), cohort)]
    if len(samples) == 2:
        frames.append(_compare_two(shown, source, samples, names).assign(wave=wave))
    return adjust_cohort(pd.concat(frames, ignore_index=True), cohort, paired=False, without=[by])


def _size_of(shown: pd.DataFrame, part: str) -> float:
    rows = shown[(shown["subgroup"] == part) & (shown["variable"] == "responses")]
    return float(rows["value"].max()) if len(rows) else 0.0


def _compare_two(
    shown: pd.DataFrame, source: Source, samples: list[Sample], names: list[str]
) -> pd.DataFrame:
    """Return the differences of two groups, each taken as a wave of its own."""
    sides = [one.part.name for one in samples]
    base = shown["variable"].astype(str).str.partition(":")[0]
    chosen = shown[shown["subgroup"].isin(sides) & base.isin(names)]
    waves = chosen.assign(wave=chosen["subgroup"], subgroup=ALL)[COLUMNS]
    tested = [name for name in names if source.variable(name).is_categorical]
    return compare_waves(Estimates(waves), *sides, tested=tested)


def _test_several(
    estimates: Estimates, record: Recorder, source: Source, samples: list[Sample]
) -> Iterator[Estimate]:
    """Yield the tests of a mean, and of each answer of several, between three groups or more."""
    variable = source.variable(record.variable)
    find = [
        [find_in(estimates, one, record.variable, what) for one in samples]
        for what in ("mean", "std")
    ]
    if all(one is not None and one.is_shown for side in find for one in side):
        means, stds = ([one.value for one in side if one] for side in find)
        people = [one.n for one in find[0] if one]
        if source.is_weighted:
            errors = [find_in(estimates, one, record.variable, "std_error") for one in samples]
            # So many people of equal weights would have these errors.
            people = [
                (std / error.value) ** 2 if error and error.value > 0 else 0.0
                for std, error in zip(stds, errors, strict=True)
            ]
        found = compare_moments(record, means, stds, people)
        yield from (replace(one, note=WEIGHTED) for one in found) if source.is_weighted else found
    if not kind_of(variable).has_ticks:
        return
    for category in variable.categories_in(source.wave):
        counts = find_counts(estimates, record.variable, [category], samples, positive=False)
        shares = [
            find_in(estimates, one, record.variable, "proportion", category) for one in samples
        ]
        if counts is None or any(one is None or not one.is_shown for one in shares):
            continue
        sizes = np.array([one.n for one in shares if one])
        if source.is_weighted:
            errors = [
                find_in(estimates, one, record.variable, "std_error", category) for one in samples
            ]
            test = compare_weighted_shares(
                np.array([one.value for one in shares if one]),
                np.array([one.value if one else 0.0 for one in errors]),
                sizes,
            )
            if test is not None:
                pvalue, note = test
                yield record.number(
                    "proportions_pvalue", pvalue, n=sizes.sum(), category=category, note=note
                )
            continue
        # Where nobody or everybody gave the answer there is nothing to test.
        if 0 < counts.sum() < sizes.sum():
            pvalue, note = compare_shares(counts[:, 0], sizes)
            yield record.number(
                "proportions_pvalue", pvalue, n=sizes.sum(), category=category, note=note
            )
