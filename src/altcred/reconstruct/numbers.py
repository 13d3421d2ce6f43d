"""Numbers as people give them: round values with heaps, and paired amounts with a printed t."""

import math
from fractions import Fraction

import numpy as np

from altcred.check.published import PrintedInterval
from altcred.reconstruct.assumptions import Curve, VariableAssumption


def list_values(
    assumption: VariableAssumption, needed: list[float], low: float | None, high: float | None
) -> list[float]:
    """Return the values that people give to a number, rising, with those that figures need."""
    values = {Fraction(str(value)) for value in [*needed, *assumption.extra]}
    for start, stop, step in assumption.values:
        count = math.floor((stop - start) / step + 1e-9)
        values |= {Fraction(str(start)) + Fraction(str(step)) * i for i in range(count + 1)}
    return sorted(
        float(value)
        for value in values
        if (low is None or value >= low) and (high is None or value <= high)
    )


def weigh_values(
    values: list[float], curve: Curve | None, heaps: list[tuple[float, float]]
) -> np.ndarray:
    """Return the likely share of each value: a smooth curve, and heaps at round values."""
    grid = np.array(values, dtype=float)
    if len(grid) == 1:
        return np.ones(1)
    edges = np.concatenate([[grid[0]], (grid[1:] + grid[:-1]) / 2, [grid[-1]]])
    if curve is None:
        weights = np.ones(len(grid))
        zero = 0.0
    else:
        from scipy.stats import norm

        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(edges, 1e-9)) - np.log(curve.median)) / curve.spread
        weights = np.diff(norm.cdf(z))
        zero = curve.zero
        if curve.low is not None:
            weights[grid < curve.low] = 0
        if curve.high is not None:
            weights[grid > curve.high] = 0
    if heaps:
        preferred = np.ones(len(grid))
        for multiple, weight in heaps:
            fits = np.isclose(np.remainder(grid + multiple * 1e-9, multiple), 0, atol=1e-5)
            preferred[fits] = np.maximum(preferred[fits], weight)
        weights = weights * preferred
    positive = grid > 0
    weights = np.where(positive, weights, 0.0)
    total = weights.sum()
    weights = weights / total if total > 0 else np.where(positive, 1 / max(positive.sum(), 1), 0)
    weights = weights * (1 - zero)
    weights[grid == 0] = zero
    return weights


def draw_paired_amounts(
    count: int,
    medians: tuple[PrintedInterval | None, PrintedInterval | None],
    means: tuple[PrintedInterval | None, PrintedInterval | None],
    statistic: PrintedInterval | None,
    curves: tuple[Curve, Curve],
    step: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return amounts of the same people at two times that print given medians, means and t.

    `statistic` is the paired t of first minus second: mean of differences over their standard
    deviation divided by the root of the number of pairs. Raises ValueError where no pairing of
    the drawn amounts gives it.
    """
    sides = [
        _draw_amounts(count, median, mean, curve, step)
        for median, mean, curve in zip(medians, means, curves, strict=True)
    ]
    first, second = np.sort(sides[0]), np.sort(sides[1])
    if statistic is None or statistic.low is None or statistic.high is None:
        return first, second
    wanted = float(statistic.low + statistic.high) / 2
    margin = float(statistic.high - statistic.low) / 2 * 0.6

    def t_of(other: np.ndarray) -> float:
        difference = first - other
        return float(difference.mean() / (difference.std(ddof=1) / math.sqrt(count)))

    current = t_of(second)
    for _ in range(200_000):
        if abs(current - wanted) <= margin:
            break
        one, two = rng.integers(0, count, size=2)
        second[[one, two]] = second[[two, one]]
        changed = t_of(second)
        if abs(changed - wanted) < abs(current - wanted):
            current = changed
        else:
            second[[one, two]] = second[[two, one]]
    else:
        raise ValueError("No pairing of the amounts gives the printed t.")
    order = rng.permutation(count)
    return first[order], second[order]


def _draw_amounts(
    count: int,
    median: PrintedInterval | None,
    mean: PrintedInterval | None,
    curve: Curve,
    step: float,
) -> np.ndarray:
    from scipy.stats import norm

    middle = _centre(median, curve.median)
    target = _centre(mean, None)
    # The curve is stretched above its median until its mean is a little under the printed one;
    # the largest amount then takes up the rest, so that the mean is exact.
    quantiles = norm.ppf((np.arange(count) + 0.5) / count)
    low, high = 0.01, 4.0
    amounts = np.zeros(count)
    for _ in range(60):
        spread = (low + high) / 2
        scale = np.where(quantiles > 0, spread, curve.spread)
        amounts = np.round(middle * np.exp(quantiles * scale) / step) * step
        half = count // 2
        if count % 2:
            amounts[half] = middle
        else:
            amounts[half - 1 : half + 1] = middle
        amounts[: (count - 1) // 2] = np.minimum(amounts[: (count - 1) // 2], middle)
        amounts[count // 2 + 1 :] = np.maximum(amounts[count // 2 + 1 :], middle)
        if target is None:
            break
        low, high = (spread, high) if amounts.mean() < target else (low, spread)
    if target is not None:
        amounts[-1] += round(target * count - amounts.sum())
        if amounts[-1] < middle:
            raise ValueError("The printed mean lies too far below the printed median.")
    return amounts


def _centre(interval: PrintedInterval | None, default: float | None) -> float | None:
    if interval is None or interval.low is None or interval.high is None:
        return default
    return float((interval.low + interval.high) / 2)
