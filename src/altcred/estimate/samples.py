"""Tests of different people's answers, from estimates that have passed the door.

A sample is what a subgroup of a wave answered. Whatever a test is worked out from is shown itself,
so that no test can tell of a hidden answer. Ranks of numbers alone need the answers: they are read
as counts, and told only where the numbers' means are shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from altcred.core.records import NOT_REPORTED, Estimate, Recorder
from altcred.core.samples import compare_ranks
from altcred.core.weights import Tally, note_unweighted
from altcred.estimate.aggregate import Part, Source
from altcred.estimate.offered import note_shared
from altcred.estimate.store import Estimates, UnknownEstimate
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable


@dataclass(frozen=True)
class Sample:
    """What a subgroup answered: its wave, its subgroup, and where its answers can be counted."""

    wave: str
    part: Part
    source: Source | None = None
    counted: dict[str, pd.DataFrame] = field(default_factory=dict, compare=False)

    @property
    def is_weighted(self) -> bool:
        """Whether its people count by their weights."""
        return self.source is not None and self.source.is_weighted

    def values(self, name: str) -> pd.DataFrame:
        """Return the distinct answers of the subgroup to a variable, and how many gave each."""
        assert self.source is not None
        if name not in self.counted:
            self.counted[name] = self.source.count_by(name)
        cells = self.counted[name]
        inside = cells[self.part.holds(cells) & cells["value"].notna().to_numpy()]
        counted = [column for column in cells if column.partition("|")[0] == "people"]
        return inside.groupby("value", as_index=False)[counted].sum()


def find_counts(
    estimates: Estimates,
    name: str,
    categories: Sequence[str],
    samples: Sequence[Sample],
    *,
    positive: bool = True,
) -> np.ndarray | None:
    """Return how many of each sample gave each category; None where a number is hidden.

    None too, where it is to be `positive`, if nobody of a sample gave any of them.
    """
    rows = []
    for one in samples:
        found = [find_in(estimates, one, name, "count", category) for category in categories]
        if not found or any(count is not None and not count.is_shown for count in found):
            return None
        rows.append([0.0 if count is None else count.value for count in found])
    counts = np.array(rows)
    return counts if not positive or (counts.sum(axis=1) > 0).all() else None


def test_samples(
    estimates: Estimates, record: Recorder, variable: Variable, samples: Sequence[Sample]
) -> Iterator[Estimate]:
    """Yield the tests of one variable between samples that its kind has beside those of shares.

    Of one answer a person: whether the spread is the same, and of ordered ones who is higher, over
    the answers that all waves offered. Of numbers: who is higher.
    """
    kind, name = kind_of(variable), record.variable
    if kind.is_exclusive:
        found = [
            category
            for one in samples
            for category in estimates.categories(one.wave, name, "count", one.part.name)
        ]
        waves = [one.wave for one in samples]
        shared = variable.shared_categories(waves)
        left_out = {NOT_REPORTED, *variable.groups, *variable.categories}
        categories = [*shared, *(one for one in dict.fromkeys(found) if one not in left_out)]
        counts = find_counts(estimates, name, categories, samples)
        if counts is not None:
            tally = _weigh_counts(name, categories, samples) or Tally.once(counts)
            tests = kind.test_samples(record, variable, categories, tally)
            yield from note_shared(tests) if kind.is_uneven(variable, waves) else tests
    elif kind.is_numeric and all(
        (mean := find_in(estimates, one, name, "mean")) is not None and mean.is_shown
        for one in samples
    ):
        values = [one.values(name).set_index("value")["people"] for one in samples]
        together = pd.concat(values, axis=1).fillna(0).sort_index()
        ranked = compare_ranks(record, together.index.to_numpy(float), together.to_numpy().T)
        is_weighted = any(one.is_weighted for one in samples)
        yield from note_unweighted(ranked) if is_weighted else ranked


def _weigh_counts(name: str, categories: Sequence[str], samples: Sequence[Sample]) -> Tally | None:
    """Return how many of each sample gave each category, with weights; None where nobody has one.

    It is asked for only where all these counts are shown.
    """
    if not any(one.is_weighted for one in samples):
        return None
    rows = []
    for one in samples:
        cells = one.values(name).set_index("value").reindex(categories, fill_value=0)
        rows.append(Tally.of(cells))
    return Tally.stack(rows)


def find_in(
    estimates: Estimates, sample: Sample, name: str, statistic: str, category: str = ""
) -> Estimate | None:
    """Return an estimate of one sample, or None."""
    try:
        return estimates.find(sample.wave, name, category, statistic, sample.part.name)
    except UnknownEstimate:
        return None
