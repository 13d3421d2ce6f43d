"""Shares, means and tables of people who count unequally, by their survey weights.

Variances are linearised, as of a sample drawn with replacement: that of a mean is n / (n - 1)
times the sum of the squares of weight times distance from the mean, over the squared sum of the
weights (Lumley 2010, Complex Surveys, chapter 2). That is the HC1 variance of a weighted regression
on a constant. Where all weights are equal it is the variance that everybody knows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from altcred.core.records import NAN, Estimate, Recorder

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
WEIGHTED, NOT_WEIGHTED = "weighted", "not weighted"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people each of several cells holds, and the sums of their weights and squares.

    Where `is_weighted` is not set everybody counts once, and all three are the same.
    """

    people: np.ndarray
    weight: np.ndarray
    squares: np.ndarray
    is_weighted: bool = False

    @classmethod
    def of(cls, cells: "pd.DataFrame", name: str = "people") -> "Tally":
        """Return the tally in a column of counted cells, with the weights told beside it."""
        people = cells[name].to_numpy(dtype=float)
        if f"{name}|weight" not in cells:
            return cls.once(people)
        weight, squares = (
            cells[f"{name}|{one}"].to_numpy(dtype=float) for one in ("weight", "squares")
        )
        return cls(people, weight, squares, is_weighted=True)

    @classmethod
    def of_columns(cls, cells: "pd.DataFrame", names: Sequence[str]) -> "Tally":
        """Return the tally in several columns, a cell each."""
        columns = [cls.of(cells, name) for name in names]
        return cls.stack([one.each(lambda cells: cells.sum()) for one in columns])

    @classmethod
    def once(cls, people: np.ndarray) -> "Tally":
        """Return the tally of people who count once each."""
        return cls(people, people, people)

    @classmethod
    def stack(cls, rows: Sequence["Tally"]) -> "Tally":
        """Return tallies as the rows of one; it is weighted where any of them is."""
        people, weight, squares = (
            np.array([getattr(row, part) for row in rows])
            for part in ("people", "weight", "squares")
        )
        return cls(people, weight, squares, any(row.is_weighted for row in rows))

    def __getitem__(self, inside: Any) -> "Tally":
        """Return the tally of some cells."""
        return self.each(lambda cells: cells[inside])

    def group(self, places: np.ndarray, count: int) -> "Tally":
        """Return the tally of cells put together by their places, of which there are so many."""
        return self.each(lambda cells: np.bincount(places, weights=cells, minlength=count))

    def each(self, change: Callable[[np.ndarray], Any]) -> "Tally":
        """Return the tally with its people and weights changed alike."""
        return Tally(
            change(self.people), change(self.weight), change(self.squares), self.is_weighted
        )

    @property
    def n(self) -> float:
        """How many people all cells hold."""
        return float(self.people.sum())


def count_share(record: Recorder, category: str, part: Tally, whole: Tally) -> Iterator[Estimate]:
    """Yield how many of all people a category holds, and their share, weighted if they are."""
    if whole.is_weighted:
        yield record.number("count", part.n, n=whole.n, category=category)
        yield from describe_share(record, category, part, whole)
    else:
        yield from record.counted(category, part.n, whole.n)


def note_unweighted(records: Iterable[Estimate]) -> Iterator[Estimate]:
    """Yield estimates of a weighted survey with the note that weights play no part in them."""
    for one in records:
        yield replace(one, note="; ".join(filter(None, (one.note, NOT_WEIGHTED))))


def find_mean(values: np.ndarray, weight: np.ndarray) -> float:
    """Return a weighted mean; of equal values that value, so that they spread by nought."""
    return float(values[0] + (weight * (values - values[0])).sum() / weight.sum())


def find_error(values: np.ndarray, tally: Tally, mean: float) -> float:
    """Return the standard error of a weighted mean; NaN of a single person."""
    n = tally.n
    if n < 2:
        return NAN
    squares = float((tally.squares * (values - mean) ** 2).sum())
    return float((n / (n - 1) * squares) ** 0.5 / tally.weight.sum())


def describe_weighted(
    record: Recorder, statistic: str, values: np.ndarray, tally: Tally, limits: tuple[float, float]
) -> Iterator[Estimate]:
    """Yield a weighted mean with Student's interval of its linearised error, and that error."""
    mean = find_mean(values, tally.weight)
    n, error = tally.n, find_error(values, tally, mean)
    low, high = mean - _quantile(n) * error, mean + _quantile(n) * error
    if not error > 0:
        low = high = NAN
    yield record.number(
        statistic, mean, max(low, limits[0]) if low == low else NAN,
        min(high, limits[1]) if high == high else NAN, n=n, note=WEIGHTED,
    )  # fmt: skip
    if error == error:
        yield record.number("std_error", error, n=n, note=WEIGHTED)


def describe_share(
    record: Recorder, category: str, part: Tally, whole: Tally
) -> Iterator[Estimate]:
    """Yield the weighted share that a part has in a whole, and its standard error.

    The interval is Student's on the scale of logits; none and all have that of Wilson (1927) with
    the effective number of people.
    """
    from statsmodels.stats.proportion import proportion_confint

    n = whole.n
    is_all = part.n == n
    share = 1.0 if is_all else float(part.weight.sum() / whole.weight.sum())
    squares = np.array([part.squares.sum(), whole.squares.sum() - part.squares.sum()])
    both = Tally(np.array([n, 0.0]), np.array([whole.weight.sum(), 0.0]), squares, True)
    error = 0.0 if is_all or share == 0 else find_error(np.array([1.0, 0.0]), both, share)
    low = high = NAN
    if is_all or share == 0:
        size = find_effective(whole)
        low, high = proportion_confint(share * size, size, alpha=1 - LEVEL, method="wilson")
        low, high = (0.0, high) if share == 0 else (low, 1.0)
    elif error == error:
        logit = np.log(share / (1 - share))
        reach = _quantile(n) * error / (share * (1 - share))
        low, high = (float(1 / (1 + np.exp(-one))) for one in (logit - reach, logit + reach))
    yield record.number("proportion", share, low, high, n=n, category=category, note=WEIGHTED)
    if error == error:
        yield record.number("std_error", error, n=n, category=category, note=WEIGHTED)


def find_effective(tally: Tally) -> float:
    """Return how many people of equal weights would tell as much (Kish 1965, section 11.7)."""
    return float(tally.weight.sum() ** 2 / tally.squares.sum())


def bound_median(values: np.ndarray, tally: Tally) -> tuple[float, float, float]:
    """Return the weighted median of rising values, with its interval.

    Woodruff's interval (1952) holds the values at which the shares that do not differ from a half
    are reached; it is none where one of them is beyond the sample.
    """
    n, median = tally.n, find_quantile(values, tally, 0.5)
    if n < 2:
        return median, NAN, NAN
    # Everybody is half away from a half.
    reach = _quantile(n) * (n / (n - 1) / find_effective(tally)) ** 0.5 / 2
    if reach >= 0.5:
        return median, NAN, NAN
    low, high = (_reach(values, tally, 0.5 + one, "left") for one in (-reach, reach))
    return median, low, high


def find_quantile(values: np.ndarray, tally: Tally, share: float) -> float:
    """Return the number among rising ones at which a share of the weight is reached.

    Where it is reached exactly, the middle between that number and the next (Hyndman and Fan 1996,
    definition 2).
    """
    return sum(_reach(values, tally, share, side) for side in ("left", "right")) / 2


def _reach(values: np.ndarray, tally: Tally, share: float, side: Literal["left", "right"]) -> float:
    # Sums of weights that only differ by binary noise are the same.
    reached = np.round(np.cumsum(tally.weight) / tally.weight.sum(), 12)
    place = int(np.searchsorted(reached, round(share, 12), side=side))
    return float(values[min(place, len(values) - 1)])


def compare_weighted(record: Recorder, table: Tally) -> Iterator[Estimate]:
    """Yield whether samples give their answers in the same weighted shares, with Cramér's V.

    A row of the table is a sample, whose weights are taken to have the mean one. Pearson's
    statistic of the weighted table, corrected for the weights by the second order of Rao and
    Scott (1984, Annals of Statistics 12, 46-60) and taken as F (Thomas and Rao 1987).
    """
    from scipy import stats

    rows = table.people.sum(axis=1) > 0
    columns = table.people.sum(axis=0) > 0
    people, weight, squares = (
        one[rows][:, columns] for one in (table.people, table.weight, table.squares)
    )
    if min(people.shape) < 2:
        return
    n = float(people.sum())
    scale = people.sum(axis=1) / weight.sum(axis=1)
    shares = (weight * scale[:, None]) / n
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    statistic = n * float(((shares - expected) ** 2 / expected).sum())
    spread = (squares * scale[:, None] ** 2).ravel() / n**2 * n / (n - 1)
    p = shares.ravel()
    variance = np.diag(spread) - np.outer(spread, p) - np.outer(p, spread)
    variance += spread.sum() * np.outer(p, p)
    # How much more the weights let each distance from independence vary than equal ones would.
    contrasts = np.kron(*(_contrasts(size) for size in people.shape))
    scaled = contrasts * np.divide(1, p, out=np.zeros_like(p), where=p > 0)[:, None]
    plain = contrasts.T @ scaled / n
    effects = np.linalg.pinv(plain) @ (scaled.T @ variance @ scaled)
    # Empty cells may leave nothing to tell some distances by; these are taken to be as the others.
    rank = int(np.linalg.matrix_rank(plain))
    trace, trace_2 = (
        float(np.trace(one)) * len(plain) / rank for one in (effects, effects @ effects)
    )
    if not trace > 0:
        return
    df = trace**2 / trace_2
    pvalue = float(stats.f.sf(statistic / trace, df, df * (n - 1)))
    yield record.number("chi2_pvalue", pvalue, n=n, note="Rao and Scott's test, weighted")
    size = (statistic / n / (min(people.shape) - 1)) ** 0.5
    yield record.number("cramers_v", size, n=n, note=WEIGHTED)


def compare_weighted_shares(
    shares: np.ndarray, errors: np.ndarray, sizes: np.ndarray
) -> tuple[float, str] | None:
    """Return the p value of weighted shares of samples that are the same, and the test's name.

    Wald's test, taken as F with as many degrees of freedom as there are people less samples.
    None where one has no spread.
    """
    from scipy import stats

    if not (errors > 0).all():
        return None
    precision = errors**-2
    middle = float((precision * shares).sum() / precision.sum())
    df = len(shares) - 1
    statistic = float((precision * (shares - middle) ** 2).sum()) / df
    pvalue = float(stats.f.sf(statistic, df, sizes.sum() - len(sizes)))
    return pvalue, "the Wald test, weighted"


def _contrasts(size: int) -> np.ndarray:
    """Return columns of so many numbers that add up to nought."""
    return np.vstack([np.eye(size - 1), -np.ones(size - 1)])


def _quantile(n: float) -> float:
    from scipy import stats

    return float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) if n > 1 else NAN
