"""What two surveys' people told of themselves, as indicators, and how far these lie apart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from altcred.core.distribution import choose_bins
from altcred.core.records import NOT_REPORTED
from altcred.describe.codebook import Codebook
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable, column_of

OTHERS = "others"
# The indicators of a variable in the first and in the second survey, a column a level.
Block = tuple[pd.DataFrame, pd.DataFrame]
# The people of the first and of the second survey, by wave.
People = Mapping[str, pd.DataFrame]


def describe_blocks(
    codebook: Codebook, names: Iterable[str], people: People, least: int
) -> dict[str, Block]:
    """Return the indicators of variables in both surveys; of those with nothing to balance none."""
    blocks = {
        name: _describe_block(codebook.variables[name], name, people, least) for name in names
    }
    return {name: block for name, block in blocks.items() if block is not None}


def _describe_block(variable: Variable, name: str, people: People, least: int) -> Block | None:
    kind = kind_of(variable)
    if kind.has_ticks:
        return _describe_ticks(variable, name, people, least)
    answers = {wave: one[name] for wave, one in people.items()}
    if kind.is_numeric:
        edges = variable.bins
        if not edges:
            given = np.concatenate([one.dropna().to_numpy(float) for one in answers.values()])
            edges = choose_bins(given, np.ones(len(given)))
        if not edges:
            return None
        answers = {wave: _find_bins(one, edges) for wave, one in answers.items()}
    elif kind.is_ordered:
        order = {category: place for place, category in enumerate(variable.categories)}
        answers = {wave: one.map(order).astype(object) for wave, one in answers.items()}
    return describe_levels(answers, least, is_ordered=kind.is_numeric or kind.is_ordered)[1]


def _find_bins(numbers: pd.Series, edges: list[float]) -> pd.Series:
    bins = pd.Series(np.searchsorted(edges, numbers.astype(float), side="right"))
    return bins.astype(object).where(numbers.notna().to_numpy(), None)


def _describe_ticks(variable: Variable, name: str, people: People, least: int) -> Block | None:
    """Return an indicator for each option that enough ticked in both waves, and for no answer."""
    both = variable.shared_categories(people)
    sides = []
    for one in people.values():
        columns = one[[column_of(name, category) for category in both]].set_axis(both, axis=1)
        ticked = columns.fillna(False).astype(bool)
        ticked[NOT_REPORTED] = columns.isna().all(axis="columns")
        sides.append(ticked.reset_index(drop=True))
    kept = [
        column
        for column in sides[0]
        if all(least <= side[column].sum() <= len(side) - least for side in sides)
    ]
    return (sides[0][kept], sides[1][kept]) if kept else None


def describe_levels(
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


def join_rare_levels(counts: Mapping[Any, int], least: int, *, is_ordered: bool) -> dict[Any, str]:
    """Return to which level each level goes, so that none is of fewer than `least` people.

    Of ordered levels (numbers) the rarest joins the rarer of its neighbours, again and again.
    Others that are rare are joined into one; where it is still rare, those without an answer
    join it, and then the next rarest. Those without an answer are otherwise a level of their
    own.
    """
    levels = sorted(set(counts) - {NOT_REPORTED}, key=lambda one: (isinstance(one, str), one))
    missing = [NOT_REPORTED] if NOT_REPORTED in counts else []
    is_rare = bool(missing) and counts[NOT_REPORTED] < least
    if is_ordered:
        groups = _join_neighbours(levels, counts, least)
        joined = {level: str(group[0]) for group in groups for level in group}
        # Too few to stand alone, they stand with the most frequent.
        usual = str(max(groups, key=lambda one: _size(one, counts))[0]) if groups else NOT_REPORTED
        return joined | dict.fromkeys(missing, usual if is_rare else NOT_REPORTED)
    rare = [level for level in levels if counts[level] < least]
    others = [level for level in levels if counts[level] >= least]
    others.sort(key=lambda level: (counts[level], str(level)))
    if is_rare:
        rare += missing
    else:
        others = missing + others
    while rare and others and _size(rare, counts) < least:
        rare.append(others.pop(0))
    return {level: str(level) for level in others} | dict.fromkeys(rare, OTHERS)


def _join_neighbours(levels: list[Any], counts: Mapping[Any, int], least: int) -> list[list[Any]]:
    groups = [[level] for level in levels]
    while len(groups) > 1 and min(_size(group, counts) for group in groups) < least:
        sizes = [_size(group, counts) for group in groups]
        place = sizes.index(min(sizes))
        near = [at for at in (place - 1, place + 1) if 0 <= at < len(groups)]
        low, high = sorted((place, min(near, key=lambda at: (sizes[at], at))))
        groups[low : high + 1] = [groups[low] + groups[high]]
    return groups


def _size(levels: Iterable[Any], counts: Mapping[Any, int]) -> int:
    return sum(counts[level] for level in levels)


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
