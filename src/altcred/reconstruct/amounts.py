"""Numbers as people give them: round values with heaps, and paired amounts with a printed t."""

import math
from fractions import Fraction

import numpy as np
from scipy.stats import norm, ttest_rel

from altcred.check.published import PrintedInterval
from altcred.reconstruct.assumptions import Curve, VariableAssumption
from altcred.reconstruct.figures import PAIRED, Printed
from altcred.reconstruct.people import People, asked_tests


def list_values(
    assumption: VariableAssumption, needed: list[float], low: float | None, high: float | None
) -> list[float]:
    """Return the values that people give to a number, rising, with those that figures need."""
    values = {Fraction(str(value)) for value in [*needed, *assumption.extra]}
    for start, stop, step in assumption.values:
        count = math.floor((stop - start) / step + 1e-9)
        values |= {Fraction(str(start)) + Fraction(str(step)) * i for i in range(count + 1)}
    least, most = -math.inf if low is None else low, math.inf if high is None else high
    return sorted(float(value) for value in values if least <= value <= most)


def weigh_values(
    values: list[float], curve: Curve | None, heaps: list[tuple[float, float]]
) -> np.ndarray:
    """Return the likely share of each value: a smooth curve, and heaps at round values."""
    grid = np.array(values, dtype=float)
    if len(grid) == 1:
        return np.ones(1)
    weights = np.ones(len(grid))
    if curve is not None:
        edges = np.concatenate([[grid[0]], (grid[1:] + grid[:-1]) / 2, [grid[-1]]])
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(edges, 1e-9)) - np.log(curve.median)) / curve.spread
        weights = np.diff(norm.cdf(z))
        weights[grid < (-np.inf if curve.low is None else curve.low)] = 0
        weights[grid > (np.inf if curve.high is None else curve.high)] = 0
    preferred = np.ones(len(grid))
    for multiple, weight in heaps:
        fits = np.isclose(np.remainder(grid + multiple * 1e-9, multiple), 0, atol=1e-5)
        preferred[fits] = np.maximum(preferred[fits], weight)
    positive = grid > 0
    weights = np.where(positive, weights * preferred, 0.0)
    total = weights.sum()
    weights = weights / total if total > 0 else np.where(positive, 1 / max(positive.sum(), 1), 0)
    zero = 0.0 if curve is None else curve.zero
    weights = weights * (1 - zero)
    weights[grid == 0] = zero
    return weights


def draw_amounts(
    count: int, median: float | None, mean: float | None, curve: Curve, step: float
) -> np.ndarray:
    """Return rising amounts that print a median and a mean; those of the curve without a median.

    Raises ValueError where the mean lies too far below the median.
    """
    # The curve is stretched above its median until its mean is a little under the printed one;
    # the largest amount then takes up the rest, so that the mean is exact.
    middle = curve.median if median is None else median
    quantiles = norm.ppf((np.arange(count) + 0.5) / count)
    below, above = (count - 1) // 2, count // 2 + 1
    low, high = 0.01, 4.0

    def stretch(spread: float) -> np.ndarray:
        scale = np.where(quantiles > 0, spread, curve.spread)
        amounts = np.round(middle * np.exp(quantiles * scale) / step) * step
        amounts[below:above] = middle
        amounts[:below] = np.minimum(amounts[:below], middle)
        amounts[above:] = np.maximum(amounts[above:], middle)
        return amounts

    amounts = stretch((low + high) / 2)
    if mean is None:
        return np.sort(amounts)
    for _ in range(60):
        spread = (low + high) / 2
        amounts = stretch(spread)
        low, high = (spread, high) if amounts.mean() < mean else (low, spread)
    amounts[-1] += round(mean * count - amounts.sum())
    if amounts[-1] < middle:
        raise ValueError("The printed mean lies too far below the printed median.")
    return np.sort(amounts)


def pair_amounts(
    first: np.ndarray, second: np.ndarray, statistic: PrintedInterval, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the amounts of the same people at two times, paired so that t is what is printed.

    t of first minus second is the mean of differences over their standard deviation divided by
    the root of the number of pairs. Raises ValueError where no pairing gives it.
    """
    if statistic.low is None or statistic.high is None:
        return first, second
    wanted = float(statistic.low + statistic.high) / 2
    margin = float(statistic.high - statistic.low) / 2 * 0.6
    count, second = len(first), second.copy()

    def measure_distance() -> float:
        difference = first - second
        return abs(float(difference.mean() / (difference.std(ddof=1) / math.sqrt(count))) - wanted)

    current = measure_distance()
    for _ in range(200_000):
        if current <= margin:
            order = rng.permutation(count)
            return first[order], second[order]
        one, two = rng.integers(0, count, size=2)
        second[[one, two]] = second[[two, one]]
        changed = measure_distance()
        if changed < current:
            current = changed
        else:
            second[[one, two]] = second[[two, one]]
    raise ValueError("No pairing of the amounts gives the printed t.")


def draw_paired(
    name: str, panel: list[People], rows: list[Printed], rng: np.random.Generator
) -> list[str]:
    """Draw a number of which a paired t is printed, for so many pairs as it has.

    Return the ids of figures that do not come out; nothing is drawn a second time.
    """
    rows = [row for row in rows if row.variable == name and row.pairs_only]
    found = {(row.wave, row.statistic): row for row in rows}
    sizes = [row.number for row in rows if row.statistic == "nobs"]
    sizes += [row.number + 1 for row in rows if row.statistic == f"{PAIRED}_df"]
    statistic = found.get((panel[0].wave, f"{PAIRED}_statistic"))
    if statistic is None or not sizes or name in panel[0].amounts:
        return []
    index = [people.columns["pair_index"] for people in panel]
    able = np.ones(index[0].max() + 1, dtype=bool)
    for people, pair in zip(panel, index, strict=True):
        tests = asked_tests(people, name)
        if people.knows(tests):
            able[pair[pair >= 0]] &= people.meet(tests)[pair >= 0]
    chosen = np.sort(rng.permutation(np.flatnonzero(able))[: sizes[0]])
    curve = people.reconstruction.assumption(name).curve or Curve(median=50_000, spread=0.8)
    sides = []
    for people in panel:
        printed = (found.get((people.wave, kind)) for kind in ("median", "mean"))
        median, mean = (None if row is None else row.middle for row in printed)
        sides.append(draw_amounts(len(chosen), median, mean, curve, 1000.0))
    drawn = pair_amounts(sides[0], sides[1], statistic.interval, rng)
    for people, pair, values in zip(panel, index, drawn, strict=True):
        # Those of no pair have the index -1, which is the last place and stays empty.
        by_pair = np.full(len(able) + 1, np.nan)
        by_pair[chosen] = values
        column = people.amounts[name] = by_pair[pair]
        for test in asked_tests(people, name):
            if not people.knows([test]):
                people.musts[test.name] = (test, ~np.isnan(column))
    result = ttest_rel(*drawn)
    missed = []
    for row in rows:
        kind = row.statistic.removeprefix(f"{PAIRED}_")
        if kind != row.statistic and Fraction(float(getattr(result, kind))) not in row.interval:
            missed.append(row.id)
    return missed
