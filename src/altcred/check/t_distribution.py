"""Two-sided p values of Student's t for whole degrees of freedom, between proven bounds.

For whole degrees of freedom the distribution has a closed form (Abramowitz and Stegun,
26.7.3 and 26.7.4) in square roots and one arc tangent. Each is enclosed between two fractions
whose distance is known, so that no rounding of a machine decides whether a printed p can be
true: a p lies between the bounds, and they are less than 1e-20 apart.
"""

import math
from collections.abc import Callable
from fractions import Fraction

_SCALE = 10**30


def _enclose_root(value: Fraction) -> tuple[Fraction, Fraction]:
    scaled = value.numerator * _SCALE * _SCALE // value.denominator
    root = math.isqrt(scaled)
    return Fraction(root, _SCALE), Fraction(root + 1, _SCALE)


def _enclose_arctan(value: Fraction) -> tuple[Fraction, Fraction]:
    """Enclose the arc tangent of a number from 0 to 1 by Euler's series.

    Its terms are positive, and each is less than r = x^2 / (1 + x^2) <= 1/2 of the one before,
    so that the rest is less than the last term times r / (1 - r).
    """
    ratio = value * value / (1 + value * value)
    term_low = term_high = value / (1 + value * value)
    low, high = Fraction(0), Fraction(0)
    for place in range(1, 120):
        low += term_low
        high += term_high
        factor = ratio * Fraction(2 * place, 2 * place + 1)
        term_low = _round(term_low * factor, math.floor)
        term_high = _round(term_high * factor, math.ceil)
    return low, high + term_high / (1 - ratio)


def _round(value: Fraction, towards: Callable[[Fraction], int]) -> Fraction:
    return Fraction(towards(value * _SCALE), _SCALE)


def _enclose_pi() -> tuple[Fraction, Fraction]:
    # Machin's formula.
    fifth, rest = _enclose_arctan(Fraction(1, 5)), _enclose_arctan(Fraction(1, 239))
    return 16 * fifth[0] - 4 * rest[1], 16 * fifth[1] - 4 * rest[0]


def _enclose_angle(t: Fraction, df: int) -> tuple[Fraction, Fraction]:
    """Enclose the arc tangent of t / sqrt(df)."""
    root_low, root_high = _enclose_root(Fraction(df))
    low, high = _round(t / root_high, math.floor), _round(t / root_low, math.ceil)
    if high <= 1:
        return _enclose_arctan(low)[0], _enclose_arctan(high)[1]
    if low < 1:
        return _enclose_arctan(low)[0], _enclose_pi()[1] / 4 + (high - 1)
    pi_low, pi_high = _enclose_pi()
    return (
        pi_low / 2 - _enclose_arctan(1 / low)[1],
        pi_high / 2 - _enclose_arctan(1 / high)[0],
    )


def enclose_p(t: Fraction, df: int) -> tuple[Fraction, Fraction]:
    """Return a lower and an upper bound of the two-sided p of a t with df degrees of freedom."""
    t = abs(t)
    if t == 0:
        return Fraction(1), Fraction(1)
    cosine_squared = Fraction(df) / (df + t * t)
    low_terms, high_terms = _enclose_terms(cosine_squared, df)
    if df % 2:
        root_low, root_high = _enclose_root(Fraction(df))
        angle_low, angle_high = _enclose_angle(t, df)
        pi_low, pi_high = _enclose_pi()
        slope = t / (df + t * t)
        inside_low = 2 * (angle_low + slope * low_terms * root_low) / pi_high
        inside_high = 2 * (angle_high + slope * high_terms * root_high) / pi_low
    else:
        root_low, root_high = _enclose_root(df + t * t)
        inside_low, inside_high = t * low_terms / root_high, t * high_terms / root_low
    return max(Fraction(0), 1 - inside_high), min(Fraction(1), 1 - inside_low)


def _enclose_terms(cosine_squared: Fraction, df: int) -> tuple[Fraction, Fraction]:
    """Enclose the sum over even powers of the cosine that both closed forms share."""
    low = high = Fraction(0)
    term_low = term_high = Fraction(1)
    for power in range(1 if df % 2 else 0, df - 1, 2):
        low += term_low
        high += term_high
        factor = cosine_squared * Fraction(power + 1, power + 2)
        term_low = _round(term_low * factor, math.floor)
        term_high = _round(term_high * factor, math.ceil)
    return low, high
