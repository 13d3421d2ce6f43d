"""Coefficients and how much is explained: t, p, odds ratios and R² of one model."""

from decimal import Context, Decimal, localcontext
from fractions import Fraction

from altcred.check.beside import (
    DIFFERENCES,
    Part,
    find_adjustments,
    is_one_sided,
    is_uneven,
    people_of,
    read,
    read_part,
    test_of,
)
from altcred.check.figures import Key
from altcred.check.moments import list_errors
from altcred.check.ranges import (
    ANY,
    Range,
    are_apart,
    divide,
    is_above,
    magnitude,
    meet,
    multiply,
    point,
    scale,
    square,
    subtract,
)
from altcred.check.recomputed import enclose_p_within, show_p
from altcred.check.reported import Z
from altcred.check.rules.registry import Outcome, conflict, each_of, register
from altcred.check.rules.tests import limits_of_degrees, read_degrees
from altcred.check.table import Table
from altcred.check.words import name, show_range

NOT_BELOW = Range(Fraction(0), None)
# Powers of e are wrong by less than this part of them.
_MARGIN = Fraction(1, 10**30)
# Beyond it a power of e is no odds ratio.
_FAR = 300


@register("t", each_of(*DIFFERENCES, "coefficient"))
def check_ratio(table: Table, key: Key) -> Outcome | None:
    """A difference or a coefficient over its standard error is its t or z, and has its sign; the
    square is Wald's chi-square.
    """
    is_coefficient = key.statistic == "coefficient"
    tests = ("t", "z", "wald", "chi2") if is_coefficient else ("t", "ttest_rel", "ttest_ind", "z")
    own = read(table, key)
    statistic = read(table, key, *(f"{test}_statistic" for test in tests))
    if own is None or statistic is None:
        return None
    is_square = test_of(statistic.key) in {"wald", "chi2"}
    printed = statistic.limits if is_square else magnitude(statistic.limits)
    is_turned = is_coefficient and not is_square and _are_opposite(own.limits, statistic.limits)
    for error, used, shown in list_errors(table, key):
        size = divide(magnitude(own.limits), error)
        expected = square(size) if is_square else size
        if expected == ANY or not (is_turned or are_apart(expected, printed)):
            continue
        sign = ", with the sign of the estimate" if is_turned else ""
        return conflict(
            f"{own.show(table)} over {shown} is {show_range(expected)}{sign}"
            f"{' when squared' if is_square else ''}, not {statistic.show(table)}; "
            f"{name(statistic.key)}.",
            *(own, statistic, *used),
        )
    return None


def _are_opposite(first: Range, second: Range) -> bool:
    is_bounded = first.is_bounded and second.is_bounded
    return is_bounded and is_above(point(0), multiply(first, second))


@register("p-value", each_of("coefficient"))
def check_p_of_coefficient(table: Table, key: Key) -> Outcome | None:
    """A coefficient over its standard error has no smaller p than the normal distribution gives."""
    own, error = read(table, key), read_part(table, key, "coefficient", "std_error")
    p = read(table, key, "coefficient_pvalue", "pvalue")
    is_tested = any(
        test_of(other) for other in table.keys_of(*key[:3]) if other.category == key.category
    )
    if own is None or error is None or p is None or is_tested:
        return None
    size = divide(magnitude(own.limits), error.limits)
    ids = own.ids | error.ids | p.ids
    if size == ANY or find_adjustments(table, ids):
        return None
    least = enclose_p_within(Z, size, [])
    least = scale(least, Fraction(1, 2)) if is_one_sided(table, ids) else least
    # However few degrees of freedom there are, p can be larger; of many it is that of z.
    if not are_apart(Range(least.low, Fraction(1)), p.limits):
        return None
    return conflict(
        f"{own.show(table)} with a standard error of {error.show(table)} gives at least p "
        f"{show_p(least)}, not {p.show(table)}; {name(key)}.",
        *(own, error, p),
    )


@register("coefficient", each_of("coefficient"))
def check_power(table: Table, key: Key) -> Outcome | None:
    """An odds or hazard ratio is e to the power of its coefficient; a standardised coefficient has
    the sign of the plain one.
    """
    own = read(table, key)
    ratio = read(table, key, "odds_ratio", "hazard_ratio")
    beta = read(table, key, "beta")
    if own is None or not own.limits.is_bounded:
        return None
    if beta is not None and _are_opposite(own.limits, beta.limits):
        line = f"The coefficient is {own.show(table)}, standardised {beta.show(table)}: two signs"
        return conflict(f"{line}; {name(key)}.", own, beta)
    if ratio is None or magnitude(own.limits).high > _FAR:  # type: ignore[operator]
        return None
    expected = Range(_power(own.limits.low, -1), _power(own.limits.high, 1))  # type: ignore[arg-type]
    if not are_apart(expected, ratio.limits):
        return None
    return conflict(
        f"e to the power of {own.show(table)} is {show_range(expected)}, not {ratio.show(table)}; "
        f"{name(ratio.key)}.",
        *(own, ratio),
    )


def _power(value: Fraction, side: int) -> Fraction:
    """Return a bound of e to the power of a number: below it for a side of -1, above it for 1."""
    with localcontext(Context(prec=50)):
        exact = Fraction((Decimal(value.numerator) / Decimal(value.denominator)).exp())
    return exact * (1 + side * _MARGIN)


@register(
    "effect-size", each_of("r_squared", "adjusted_r_squared", "eta_squared", "partial_eta_squared")
)
def check_explained(table: Table, key: Key) -> Outcome | None:
    """R² and partial eta² are F df1 / (F df1 + df2), or t² / (t² + df), adjusted R² the same
    corrected; eta² is no more, and the same where all other degrees of freedom are the rest's.
    """
    own = read(table, key)
    tests = ("f", "anova", *(("t", "ttest_rel", "ttest_ind") if "eta" in key.statistic else ()))
    statistic = read(table, key, *(f"{test}_statistic" for test in tests))
    degrees = read_degrees(table, statistic.key) if statistic is not None else None
    if own is None or statistic is None or not degrees or is_uneven(table, own.ids):
        return None
    limits = limits_of_degrees(table, statistic.key, degrees)
    is_t = len(limits) == 1
    f = square(statistic.limits) if is_t else meet([statistic.limits, NOT_BELOW])
    first, second = (point(1), limits[0]) if is_t else limits
    # 1 / (1 + df2 / (F df1)) rises with F.
    rest = ANY if f.is_empty else divide(second, multiply(f, first))
    if rest == ANY:
        return None
    expected = Range(
        Fraction(0) if rest.high is None else 1 / (1 + rest.high),
        1 / (1 + (rest.low or Fraction(0))),
    )
    if key.statistic == "adjusted_r_squared":
        lost = divide(multiply(subtract(point(1), expected), _total(first, second)), second)
        expected = subtract(point(1), lost)
    size, used = people_of(table, key), []
    is_share = key.statistic == "eta_squared"
    if is_share and size is not None and size.exact is not None and not is_t:
        used = [size] if Fraction(size.exact - 1) in _total(first, second) else []
    is_less = is_share and not used
    possible = Range(None, expected.high) if is_less else expected
    if not are_apart(possible, own.limits):
        return None
    return conflict(
        f"{_name(table, statistic, degrees)} explains {show_range(possible)}, not "
        f"{own.show(table)}; {name(key)}.",
        own,
        statistic,
        *degrees,
        *used,
        premise="" if is_share else "the test is of all that is explained",
    )


def _total(first: Range, second: Range) -> Range:
    low = None if first.low is None or second.low is None else first.low + second.low
    high = None if first.high is None or second.high is None else first.high + second.high
    return Range(low, high)


def _name(table: Table, statistic: Part, degrees: list[Part]) -> str:
    letter = "F" if len(degrees) == 2 else "t"
    return f"{letter}({', '.join(one.show(table) for one in degrees)}) = {statistic.show(table)}"


@register("effect-size", each_of("r_squared"))
def check_r_squared(table: Table, key: Key) -> Outcome | None:
    """R² is no less than the square of a correlation, and the same where one number explains."""
    own, r = read(table, key), read(table, key, "r")
    if own is None or r is None:
        return None
    squared = square(r.limits)
    first = read(table, key, "f_df1")
    is_one = first is not None and first.limits.low is not None and first.limits.low > 0 and (
        first.limits.high is not None and first.limits.high < 2
    )  # fmt: skip
    if not (is_above(squared, own.limits) or (is_one and are_apart(squared, own.limits))):
        return None
    return conflict(
        f"The square of r = {r.show(table)} is {show_range(squared)}, and R² is "
        f"{own.show(table)}; {name(key)}.",
        *(own, r, *([first] if is_one else [])),
    )


@register("effect-size", each_of("phi", "cramers_v"))
def check_association(table: Table, key: Key) -> Outcome | None:
    """Phi² and Cramér's V² are chi-square over n, V also over a whole number."""
    own, chi2, size = read(table, key), read(table, key, "chi2_statistic"), people_of(table, key)
    df = read_part(table, key, "chi2", "df")
    if own is None or chi2 is None or size is None or (df is None and key.statistic != "phi"):
        return None
    whole = table.known(df.key).limits.integers()[1] or 0 if df is not None else 1  # type: ignore[union-attr]
    # With (r - 1)(c - 1) degrees of freedom the smaller side is one of these.
    smaller = [one for one in range(1, whole + 1) if whole % one == 0 and one * one <= whole]
    over = [scale(size.limits, one) for one in (smaller if key.statistic != "phi" else [1])]
    ways = [divide(meet([chi2.limits, NOT_BELOW]), one) for one in over]
    if whole <= 1:
        # A chi-square that is corrected for continuity is smaller than the one behind phi.
        ways = [Range(way.low, None) for way in ways]
    if not ways or any(not are_apart(way, square(own.limits)) for way in ways):
        return None
    shown = " or ".join(show_range(way) for way in ways)
    return conflict(
        f"Chi-square of {chi2.show(table)} makes its square {shown}, and {own.show(table)} has "
        f"another; {name(key)}.",
        own,
        chi2,
        size,
        df,
    )
