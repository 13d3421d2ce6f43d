"""P values of the usual tests, between bounds that no rounding of a machine reaches.

Student's t, F, chi-square and the normal distribution are incomplete beta and gamma functions
(Abramowitz and Stegun, *Handbook of Mathematical Functions*, 6.5, 6.6 and 26). Each is summed as a
series of positive terms whose rest is known, in decimal numbers of sixty digits; the gamma function
is Stirling's series, whose rest is less than the first term left out (6.1.40 to 6.1.42). What is
returned is wider than all of these errors together. Degrees of freedom need not be whole.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

Bounds = tuple[Fraction, Fraction]

# Numbers of so many digits lose at most about ten of them on the way.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN, Emin=-(10**9), Emax=10**9)
_MARGIN = Fraction(1, 10**40)
_ONE = Decimal(1)
# Stirling's series is used from here on: its rest is then below 1e-57 of so many terms.
_FAR = 40
_BERNOULLI = (
    Fraction(1, 6), Fraction(-1, 30), Fraction(1, 42), Fraction(-1, 30), Fraction(5, 66),
    Fraction(-691, 2730), Fraction(7, 6), Fraction(-3617, 510), Fraction(43867, 798),
    Fraction(-174611, 330), Fraction(854513, 138), Fraction(-236364091, 2730),
    Fraction(8553103, 6), Fraction(-23749461029, 870), Fraction(8615841276005, 14322),
    Fraction(-7709321041217, 510), Fraction(2577687858367, 6),
    Fraction(-26315271553053477373, 1919190), Fraction(2929993913841559, 6),
    Fraction(-261082718496449122051, 13530), Fraction(1520097643918070802691, 1806),
    Fraction(-27833269579301024235023, 690), Fraction(596451111593912163277961, 282),
    Fraction(-5609403368997817686249127547, 46410),
)  # fmt: skip


def enclose_p_of_t(t: Fraction, df: Fraction) -> Bounds:
    """Return bounds of the two-sided p of Student's t with degrees of freedom above zero."""
    return _enclose_beta(Fraction(df) / (df + t * t), Fraction(df) / 2, Fraction(1, 2))


def enclose_p_of_r(r: Fraction, df: Fraction) -> Bounds:
    """Return bounds of the two-sided p of a correlation; there are two more pairs than `df`."""
    return _enclose_beta(1 - r * r, Fraction(df) / 2, Fraction(1, 2))


def enclose_p_of_f(f: Fraction, first: Fraction, second: Fraction) -> Bounds:
    """Return bounds of the p of F, not below zero, with two degrees of freedom above zero."""
    first, second = Fraction(first), Fraction(second)
    return _enclose_beta(second / (second + first * f), second / 2, first / 2)


def enclose_p_of_chi2(chi2: Fraction, df: Fraction) -> Bounds:
    """Return bounds of the p of chi-square, not below zero, with degrees of freedom above zero."""
    return _enclose_gamma(Fraction(df) / 2, Fraction(chi2) / 2)


def enclose_p_of_z(z: Fraction) -> Bounds:
    """Return bounds of the two-sided p of a standard normal."""
    return _enclose_gamma(Fraction(1, 2), Fraction(z) * z / 2)


# Incomplete beta and gamma ---------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _enclose_beta(x: Fraction, a: Fraction, b: Fraction) -> Bounds:
    """Return bounds of the regularized incomplete beta function of x from 0 to 1."""
    if x <= 0 or x >= 1:
        return (Fraction(0), Fraction(0)) if x <= 0 else (Fraction(1), Fraction(1))
    # The terms of the series fall by x in the end.
    if x > Fraction(1, 2):
        low, high = _enclose_beta(1 - x, b, a)
        return 1 - high, 1 - low
    with localcontext(_CONTEXT):
        whole, part, rest = (_decimal(one) for one in (x, a, 1 - x))
        other = _decimal(b)
        log = part * whole.ln() + other * rest.ln() - part.ln()
        log += _log_gamma(a + b) - _log_gamma(a) - _log_gamma(b)
        total = _sum(
            lambda place: whole * (part + other + place) / (part + 1 + place),
            # The factors fall or rise towards x.
            lambda factor: max(factor, whole),
        )
        return _widen(log.exp() * total)


@lru_cache(maxsize=4096)
def _enclose_gamma(a: Fraction, x: Fraction) -> Bounds:
    """Return bounds of the regularized upper incomplete gamma function of x, not below zero."""
    if x <= 0:
        return Fraction(1), Fraction(1)
    with localcontext(_CONTEXT):
        part, end = _decimal(a), _decimal(x)
        log = part * end.ln() - end - _log_gamma(a)
        if x > a + 1:
            # Beyond here it is less than its integrand times this, by 6.5.32.
            most = (log - end.ln()).exp() / (1 - (part - 1) / end)
            if most < Decimal(10) ** -35:
                return Fraction(0), Fraction(most)
        total = _sum(lambda place: end / (part + 1 + place), lambda factor: factor)
        low, high = _widen((log - part.ln()).exp() * total)
        return max(Fraction(0), 1 - high), min(Fraction(1), 1 - low)


def _sum(ratio: Callable[[int], Decimal], bound: Callable[[Decimal], Decimal]) -> Decimal:
    """Return 1 + r0 + r0 r1 + ...; `bound` is no less than any ratio after the one given."""
    total, term, place = _ONE, _ONE, 0
    while True:
        factor = ratio(place)
        term *= factor
        total += term
        most = bound(factor)
        if most < 1 and term * most / (1 - most) < total * Decimal(10) ** -50:
            return total
        place += 1


def _widen(value: Decimal) -> Bounds:
    exact = Fraction(value)
    off = exact * _MARGIN + _MARGIN
    return max(Fraction(0), exact - off), min(Fraction(1), exact + off)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


@lru_cache(maxsize=1024)
def _log_gamma(value: Fraction) -> Decimal:
    """Return the logarithm of the gamma function of a number above zero."""
    with localcontext(_CONTEXT):
        product, at = _ONE, value
        while at < _FAR:
            product *= _decimal(at)
            at += 1
        far = _decimal(at)
        half = Decimal(1) / 2
        log = (far - half) * far.ln() - far + half * (2 * _pi()).ln()
        power = far
        for place, number in enumerate(_BERNOULLI, start=1):
            log += _decimal(number) / (2 * place * (2 * place - 1) * power)
            power *= far * far
        return log - product.ln()


@lru_cache(maxsize=1)
def _pi() -> Decimal:
    """Return pi by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239)."""
    unit = 10**70

    def arctan(inverse: int) -> int:
        term, total, place = unit // inverse, 0, 0
        while term:
            total += (-1) ** place * (term // (2 * place + 1))
            term //= inverse * inverse
            place += 1
        return total

    return Decimal(16 * arctan(5) - 4 * arctan(239)) / Decimal(unit)
