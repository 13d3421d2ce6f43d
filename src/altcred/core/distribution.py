"""What is said of a distribution of numbers, from its distinct values and how many gave each."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from altcred.core.intervals import Interval
from altcred.core.means import T, bound_mean
from altcred.core.records import NAN, Estimate, Recorder
from altcred.core.statistics import QUANTILES, ZEROS, find_statistic
from altcred.core.weights import (
    LEVEL,
    NOT_WEIGHTED,
    WEIGHTED,
    Tally,
    bound_median,
    count_share,
    describe_weighted,
    find_mean,
    find_quantile,
)

# Between two quantiles that are told lie at least so many people, since each is somebody's answer.
FEWEST_BETWEEN = 10
# Up to so many whole numbers have a bin each: a scale of 0 to 10 is shown as it is.
MOST_WHOLE = 11


def choose_bins(values: np.ndarray, people: np.ndarray) -> list[float]:
    """Return round edges of about eight bins for a number whose codebook names none.

    The bins reach from the smallest number to the one that 95 in a hundred do not exceed; the
    last is open. Steps are 1, 2, 2.5 or 5 times a power of ten. A few whole numbers have a bin
    each.
    """
    if not len(values):
        return []
    order = np.argsort(values, kind="stable")
    ranks = np.cumsum(people[order])
    low = float(values[order][0])
    high = float(values[order][np.searchsorted(ranks, 0.95 * ranks[-1])])
    if not (values % 1).any() and high - low < MOST_WHOLE:
        return [low + place for place in range(int(high - low) + 1)]
    rough = max(high - low, 1e-9) / 8
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    if float(high).is_integer() and float(low).is_integer():
        step = max(step, 1.0)
    start = np.floor(low / step)
    count = int(max(np.ceil((high - start * step) / step), 1))
    return [round(float((start + place) * step), 10) for place in range(count)]


def bound_shares(shares: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return Wilson's intervals of shares of so many people, a row a share."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(
        (shares * people).round(), people, alpha=1 - LEVEL, method="wilson"
    )
    # Wilson's limits of none and of all are 0 and 1 but for the last binary digit.
    return np.column_stack([np.where(shares == 0, 0.0, low), np.where(shares == 1, 1.0, high)])


def describe_numbers(
    record: Recorder,
    values: np.ndarray,
    people: np.ndarray | Tally,
    ranges: Mapping[str, Interval],
    *,
    is_skewed: bool | None = None,
    limits: tuple[float | None, float | None] = (None, None),
) -> Iterator[Estimate]:
    """Yield the statistics of a number, from its distinct values and how many gave each.

    Of weighted people mean, standard deviation, median and mode are weighted, and the mean's
    interval is that of t with a linearised error; the sum is the people's own.

    The mean's interval, noted where it is not that of the t distribution, is bound_mean's: of
    amounts where `is_skewed` or the numbers say so, and within the `limits` of what can be
    answered. What may be amounts is not below nought where no number is.

    The median's interval is bounded by the order statistics whose ranks hold the median with
    at least 95% under the binomial distribution (Conover 1999, section 3.2); fewer than six
    numbers have none. Of several modes the smallest is given, with a note.
    """
    tally = people if isinstance(people, Tally) else Tally.once(people)
    n = tally.n
    if n == 0:
        return
    distinct, place = np.unique(values, return_inverse=True)
    tally = tally.group(place, len(distinct))
    counts = tally.people
    least = 0.0 if is_skewed is not False and distinct[0] >= 0 else -np.inf
    least = least if limits[0] is None else limits[0]
    most = np.inf if limits[1] is None else limits[1]
    total = float((distinct * counts).sum())
    sum_note = ""
    if tally.is_weighted:
        sum_note = NOT_WEIGHTED
        yield from _describe_weighted(record, distinct, tally, (least, most))
    else:
        yield from _describe_unweighted(record, distinct, counts, is_skewed, (least, most))
    modes = distinct[tally.weight == tally.weight.max()]
    note = WEIGHTED if tally.is_weighted else ""
    note = f"the smallest of {len(modes)} modes" if len(modes) > 1 else note
    yield record.number("mode", float(modes[0]), n=n, note=note)
    yield record.number("min", float(distinct[0]), n=n)
    yield record.number("max", float(distinct[-1]), n=n)
    yield record.number("sum", total, n=n, note=sum_note)
    for label, interval in ranges.items():
        held = np.ones(len(distinct), dtype=bool)
        if interval.low is not None:
            held &= distinct >= interval.low if interval.closed_low else distinct > interval.low
        if interval.high is not None:
            held &= distinct <= interval.high if interval.closed_high else distinct < interval.high
        yield from count_share(record, label, tally[held], tally)


def describe_spread(
    record: Recorder, values: np.ndarray, people: np.ndarray | Tally, *, has_zero: bool = True
) -> Iterator[Estimate]:
    """Yield the quantiles of a number, as many as its people allow, and the share of zeros.

    That share is of numbers which `has_zero`, and of which some, but not all, are nought.
    """
    tally = people if isinstance(people, Tally) else Tally.once(people)
    distinct, place = np.unique(values, return_inverse=True)
    n, tally = tally.n, tally.group(place, len(distinct))
    note = WEIGHTED if tally.is_weighted else ""
    for share, name in QUANTILES.items():
        if n >= FEWEST_BETWEEN * find_statistic(name).steps:
            yield record.number(name, find_quantile(distinct, tally, share), n=n, note=note)
    if has_zero and len(distinct) > 1 and 0 in distinct:
        for one in count_share(record, "", tally[distinct == 0], tally):
            if one.statistic != "std_error":
                name = ZEROS if one.statistic == "proportion" else f"{ZEROS}_count"
                yield replace(one, statistic=name)


def _describe_unweighted(
    record: Recorder,
    distinct: np.ndarray,
    counts: np.ndarray,
    is_skewed: bool | None,
    limits: tuple[float, float],
) -> Iterator[Estimate]:
    from scipy import stats

    n = float(counts.sum())
    mean = find_mean(distinct, counts)
    if n > 1:
        std = float(np.sqrt((counts * (distinct - mean) ** 2).sum() / (n - 1)))
        yield record.number("std", std, n=n)
    low, high, name = bound_mean(
        distinct, counts, is_skewed=is_skewed, limits=limits, alpha=1 - LEVEL
    )
    yield record.number("mean", mean, low, high, n=n, note="" if name in ("", T) else name)
    ranks = np.cumsum(counts)

    def at_rank(rank: float) -> float:
        return float(distinct[np.searchsorted(ranks, rank)])

    median = (at_rank(np.floor((n + 1) / 2)) + at_rank(np.ceil((n + 1) / 2))) / 2
    rank = float(stats.binom.ppf((1 - LEVEL) / 2, n, 0.5))
    bounds = (at_rank(rank), at_rank(n + 1 - rank)) if rank >= 1 else (NAN, NAN)
    yield record.number("median", median, *bounds, n=n)


def _describe_weighted(
    record: Recorder, distinct: np.ndarray, tally: Tally, limits: tuple[float, float]
) -> Iterator[Estimate]:
    n, total = tally.n, float(tally.weight.sum())
    mean = find_mean(distinct, tally.weight)
    if n > 1:
        squares = float((tally.weight * (distinct - mean) ** 2).sum()) / total
        std = (n / (n - 1) * squares) ** 0.5
        yield record.number("std", std, n=n, note=WEIGHTED)
    yield from describe_weighted(record, "mean", distinct, tally, limits)
    yield record.number("median", *bound_median(distinct, tally), n=n, note=WEIGHTED)
