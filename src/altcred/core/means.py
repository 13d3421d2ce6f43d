"""Intervals of a mean, and of the mean difference of the same people, that cover skewed amounts.

Of amounts such as incomes the interval of the t distribution holds the mean less often than it
says, and nearly always errs downwards: a sample of twenty rarely has the few large amounts in it.
Three intervals are used:

- `t`: Student's, for numbers without skew;
- `log-t`: the mean times and over a factor, for amounts whose logarithms are not skewed, so that
  they may be lognormal. The factor comes from the spread of the logarithms, which tells of large
  amounts that this sample happens to lack, or from that of the amounts where it is wider;
- `skew-corrected t`: Hall's (1992, Journal of the Royal Statistical Society B 54, 221-228)
  transformation of t by the sample's skewness, for what has zeros or skewed logarithms. A sample's
  skewness is too small, and is corrected by Hazen's factor, 1 + 8.5/n.

The mean difference of two series of amounts that both may be lognormal has their two log-t
intervals added in squares, as Newcombe does those of shares, with the correlation of the two means
(Zou and Donner 2008, Statistics in Medicine 27, 1693-1702).
"""

import numpy as np
import scipy

from altcred.core.records import NAN
from altcred.core.weights import find_mean

T, LOG_T, CORRECTED = "t", "log-t", "skew-corrected t"
# Standard errors from which skewness is taken to be there: of logarithms, which may then not be
# lognormal, and of numbers that nobody calls amounts.
SKEWED = 1.96
# The same of one series of numbers that spread as amounts do: a standard deviation of half the
# mean or more.
SEEMS_SKEWED = 1.0
# A log-t interval that reached to a twentieth and to twenty times the mean would say nothing.
WIDEST = float(np.log(20))
# Below so many numbers Hazen's factor is larger than what it corrects.
FEWEST_TO_CORRECT = 10

# Up to this t the noncentral t distribution is inverted exactly.
LARGE_T = 50

Bounds = tuple[float, float, str]


def bound_mean(
    values: np.ndarray,
    people: np.ndarray,
    *,
    is_skewed: bool | None = None,
    limits: tuple[float, float] = (-np.inf, np.inf),
    alpha: float = 0.05,
) -> Bounds:
    """Return the interval of a mean of distinct values and how many gave each, and its name.

    `is_skewed` says whether the values are amounts; None leaves it to them: numbers of which none
    is negative, whose standard deviation is half their mean or more and which lean to the right.
    The ends are not beyond the `limits` of what can be answered. NaN of a single number.
    """
    n = float(people.sum())
    if n <= 1:
        return NAN, NAN, ""
    mean, std, skewness, z = _describe(values, people)
    if is_skewed is None:
        is_skewed = values.min() >= 0 and std >= mean / 2 and z > SEEMS_SKEWED
    error, t = std / np.sqrt(n), float(scipy.special.stdtrit(n - 1, 1 - alpha / 2))
    if not is_skewed or n < 3 or std == 0:
        low, high, name = mean - t * error, mean + t * error, T
    elif np.isfinite(width := _find_log_width(values, people, alpha)):
        low, high, name = mean * np.exp(-width), mean * np.exp(width), LOG_T
    else:
        factor = 1 + 8.5 / n if n >= FEWEST_TO_CORRECT else 1
        lean = skewness * factor / np.sqrt(n)
        low, high = (mean - error * _untransform(end, lean) for end in (t, -t))
        name = CORRECTED
    return float(max(low, limits[0])), float(min(high, limits[1])), name


def bound_mean_difference(
    before: np.ndarray, after: np.ndarray, *, is_skewed: bool | None = None, alpha: float = 0.05
) -> Bounds:
    """Return the interval of the mean of after minus before, of the same people, and its name.

    `is_skewed` says whether these are amounts; None leaves it to the numbers, which then have to
    be skewed beyond doubt. Differences that all have one sign are amounts themselves. Where
    neither holds the interval is Student's, which errs little where differences of both signs
    are about as large.
    """
    difference = after - before
    each = np.ones(len(difference))
    if is_skewed is not False and min(before.min(), after.min()) >= 0:
        has_one_sign = (difference >= 0).all() or (difference <= 0).all()
        if has_one_sign and (is_skewed or _is_plainly_skewed(np.abs(difference))):
            low, high, name = bound_mean(np.abs(difference), each, is_skewed=True, alpha=alpha)
            return (low, high, name) if difference.sum() > 0 else (-high, -low, name)
        if is_skewed or _is_plainly_skewed(before) or _is_plainly_skewed(after):
            found = _add_squares(before, after, alpha)
            if found is not None:
                return *found, LOG_T
    return bound_mean(difference, each, is_skewed=False, alpha=alpha)


def join_intervals(
    first: tuple[float, float, float],
    second: tuple[float, float, float],
    correlation: float = 0.0,
) -> tuple[float, float]:
    """Return the interval of second less first from their own: value, low and high of each.

    By recovery of variances (Zou and Donner 2008), of which Newcombe's interval of two shares is a
    case; `correlation` is that of the two estimates.
    """
    (one, low_1, high_1), (two, low_2, high_2) = first, second
    down_1, up_1, down_2, up_2 = one - low_1, high_1 - one, two - low_2, high_2 - two
    below = down_2**2 - 2 * correlation * down_2 * up_1 + up_1**2
    above = up_2**2 - 2 * correlation * up_2 * down_1 + down_1**2
    change = two - one
    # Unlike max(), np.maximum keeps what is not known.
    return (
        float(change - np.sqrt(np.maximum(below, 0))),
        float(change + np.sqrt(np.maximum(above, 0))),
    )


def bound_noncentrality(t: float, df: float, alpha: float = 0.05) -> tuple[float, float]:
    """Return the interval of the noncentrality of a t statistic (Steiger and Fouladi 1997).

    Times the standard error over the standard deviation it is that of a standardised difference
    such as d_z, as R's effectsize and MBESS give it.
    """
    if abs(t) <= LARGE_T:
        low, high = (
            float(scipy.special.nctdtrinc(df, one, t)) for one in (1 - alpha / 2, alpha / 2)
        )
        return low, high
    # There the inverse may search for ever. A statistic so large varies as its standard deviation
    # does; what else it varies by is added in squares.
    shares = (2 * scipy.special.gammaincinv(df / 2, one) / df for one in (alpha / 2, 1 - alpha / 2))
    less, more = (abs(t) * abs(float(share) ** 0.5 - 1) for share in shares)
    z = float(scipy.special.ndtri(1 - alpha / 2))
    low, high = abs(t) - np.hypot(less, z), abs(t) + np.hypot(more, z)
    return (float(low), float(high)) if t > 0 else (-float(high), -float(low))


def _describe(values: np.ndarray, people: np.ndarray) -> tuple[float, float, float, float]:
    """Return mean, standard deviation, skewness, and skewness in its standard errors."""
    n = float(people.sum())
    mean = find_mean(values, people)
    off = values - mean
    squares = float((people * off**2).sum())
    std = (squares / (n - 1)) ** 0.5
    if n < 3 or squares == 0:
        return mean, std, 0.0, 0.0
    skewness = float((people * off**3).sum()) / n / (squares / n) ** 1.5
    skewness *= (n * (n - 1)) ** 0.5 / (n - 2)
    error = (6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3))) ** 0.5
    return mean, std, skewness, skewness / error


def _is_plainly_skewed(values: np.ndarray) -> bool:
    mean, std, _, z = _describe(values, np.ones(len(values)))
    return std >= mean / 2 and z > SKEWED


def _find_log_width(
    values: np.ndarray, people: np.ndarray, alpha: float, *, at_least: bool = True
) -> float:
    """Return how far a log-t interval reaches on the scale of logarithms; NaN where none fits.

    A lognormal mean has, relative to itself, the variance exp(v) - 1 over n, v that of the
    logarithms. `at_least` takes that of the amounts where it is larger.
    """
    if values.min() <= 0:
        return NAN
    n = float(people.sum())
    _, std, _, z = _describe(np.log(values), people)
    if n < 3 or std == 0 or abs(z) > SKEWED or std > 10:
        return NAN
    variance = float(np.expm1(std**2))
    if at_least:
        mean, spread, *_ = _describe(values, people)
        variance = max(variance, (spread / mean) ** 2)
    width = float(scipy.special.stdtrit(n - 1, 1 - alpha / 2)) * (variance / n) ** 0.5
    return width if width <= WIDEST else NAN


def _untransform(quantile: float, lean: float) -> float:
    """Return the t of which Hall's transformation is the quantile."""
    if abs(lean) < 1e-6:
        return quantile
    return 3 / lean * float(np.cbrt(1 + lean * (quantile - lean / 6)) - 1)


def _add_squares(before: np.ndarray, after: np.ndarray, alpha: float) -> tuple[float, float] | None:
    """Return the interval of the difference of two lognormal means of the same people."""
    each = np.ones(len(before))
    widths = [_find_log_width(one, each, alpha, at_least=False) for one in (before, after)]
    if not np.isfinite(widths).all():
        return None
    together = np.cov(np.log(before), np.log(after))
    share = np.expm1(together[0, 1]) / np.sqrt(np.expm1(np.diag(together))).prod()
    share = float(np.clip(share, -1, 1))
    ends = [
        (mean, mean * float(np.exp(-width)), mean * float(np.exp(width)))
        for mean, width in zip((float(before.mean()), float(after.mean())), widths, strict=True)
    ]
    return join_intervals(ends[0], ends[1], share)
