"""Standard errors and intervals: what they are of, how wide they are, and the p beside them."""

from collections.abc import Iterator
from fractions import Fraction

from altcred.check.beside import (
    DIFFERENCES,
    OWNERS,
    RATIOS,
    Part,
    find_adjustments,
    is_one_sided,
    is_uneven,
    list_levels,
    people_of,
    read,
    read_part,
    say_level,
)
from altcred.check.figures import Key
from altcred.check.moments import WITH_DEVIATIONS, between, find_groups, list_errors, of_mean
from altcred.check.ranges import (
    ANY,
    Range,
    add,
    are_apart,
    divide,
    is_above,
    multiply,
    point,
    root,
    square,
    subtract,
)
from altcred.check.recomputed import enclose_p_within
from altcred.check.reported import T, Z
from altcred.check.rules.registry import Outcome, conflict, each_of, register
from altcred.check.rules.tests import limits_of_degrees, read_degrees
from altcred.check.sizes import Size
from altcred.check.table import Table
from altcred.check.words import name, show, show_range, show_size

# What intervals lie evenly about; those of ratios do on the scale of logarithms.
EVEN = ("mean", *DIFFERENCES, "coefficient")
# Tests of whether a difference or a coefficient is nought.
OF_NOUGHT = ("t", "ttest_rel", "ttest_ind", "z", "wald")
# How often the p of another test of a ratio may be that of its interval, or the other way round.
OTHER_TESTS = 2


def read_interval(table: Table, key: Key) -> tuple[Part, Part] | None:
    """Return both ends of the interval of an estimate."""
    low, high = (read_part(table, key, key.statistic, part) for part in ("ci_low", "ci_high"))
    return None if low is None or high is None else (low, high)


@register("standard-error", each_of(*WITH_DEVIATIONS))
def check_error(table: Table, key: Key) -> Outcome | None:
    """A standard error is the standard deviation over the square root of n."""
    std = read_part(table, key, key.statistic, "std")
    error, size = read_part(table, key, key.statistic, "std_error"), people_of(table, key)
    if std is None or error is None or size is None or size.low < 2:
        return None
    expected = of_mean(square(std.limits), size)
    if not are_apart(expected, square(error.limits)) or is_uneven(table, error.ids):
        return None
    return conflict(
        f"A standard deviation of {std.show(table)} among {show_size(size)} people gives a "
        f"standard error of {show_range(root(expected))}, not {error.show(table)}; {name(key)}.",
        *(std, error, size),
        premise="people were drawn one by one, without weights",
    )


@register("interval", each_of(*OWNERS))
def check_inside(table: Table, key: Key) -> Outcome | None:
    """An interval holds what it is of."""
    estimate, ends = read(table, key), read_interval(table, key)
    if estimate is None or ends is None or is_uneven(table, ends[0].ids | ends[1].ids):
        return None
    low, high = ends
    if is_above(low.limits, high.limits):
        line = f"The interval from {low.show(table)} to {high.show(table)} runs backwards"
        return conflict(f"{line}; {name(key)}.", low, high)
    for end, side in ((low, "below"), (high, "above")):
        pair = (end, estimate) if end is low else (estimate, end)
        if is_above(pair[0].limits, pair[1].limits):
            return conflict(
                f"{name(key)} is {estimate.show(table)}, {side} its interval, which "
                f"{'begins' if end is low else 'ends'} at {end.show(table)}.",
                *(estimate, end),
            )
    return None


@register("interval", each_of(*EVEN, *RATIOS, "r"))
def check_middle(table: Table, key: Key) -> Outcome | None:
    """The interval of a mean, a difference or a coefficient has it in the middle; that of an odds,
    risk or hazard ratio by logarithms, that of a correlation by Fisher's z.
    """
    estimate, ends = read(table, key), read_interval(table, key)
    if estimate is None or ends is None or is_uneven(table, ends[0].ids | ends[1].ids):
        return None
    low, high, own = ends[0].limits, ends[1].limits, estimate.limits
    if not (low.is_bounded and high.is_bounded and own.is_bounded):
        return None
    if key.statistic in EVEN:
        middle, shown = scale_down(add(low, high)), "in the middle"
        expected, printed = show_range(middle), own
    elif key.statistic in RATIOS:
        if low.low <= 0 or own.low <= 0:  # type: ignore[operator]
            return None
        middle, printed, shown = multiply(low, high), square(own), "by logarithms in the middle"
        expected = show_range(root(middle))
    else:
        if any(abs(end) >= 1 for one in (low, high, own) for end in (one.low, one.high)):  # type: ignore[arg-type]
            return None
        middle, printed = multiply(_odds(low), _odds(high)), square(_odds(own))
        ends_of = root(middle)
        back = Range(*((end - 1) / (end + 1) for end in (ends_of.low, ends_of.high)))  # type: ignore[operator,arg-type]
        expected, shown = show_range(back), "by Fisher's z in the middle"
    if not are_apart(middle, printed):
        return None
    return conflict(
        f"The interval from {ends[0].show(table)} to {ends[1].show(table)} has {expected} {shown}, "
        f"not {estimate.show(table)}; {name(key)}.",
        *(estimate, *ends),
        premise="the interval is the usual one, from a standard error",
    )


def scale_down(limits: Range) -> Range:
    low, high = (None if end is None else end / 2 for end in (limits.low, limits.high))
    return Range(low, high)


def _odds(limits: Range) -> Range:
    """Return (1 + r) / (1 - r) of correlations between -1 and 1."""
    return Range(*((1 + end) / (1 - end) for end in (limits.low, limits.high)))  # type: ignore[operator,arg-type]


@register("interval", each_of(*EVEN))
def check_width(table: Table, key: Key) -> Outcome | None:
    """The interval of a mean, a difference or a coefficient reaches as many standard errors to each
    side as Student's t or the normal distribution has at its level: 90%, 95% or 99%.
    """
    ends = read_interval(table, key)
    if ends is None or is_uneven(table, ends[0].ids | ends[1].ids):
        return None
    levels = list_levels(table, ends[0].ids | ends[1].ids)
    for errors, outside, used, shown in _list_widths(table, key, ends):
        if any(level in one for level in levels for one in outside):
            continue
        least, most = (min(one.low for one in outside), max(one.high for one in outside))  # type: ignore[type-var]
        wanted = " or ".join(dict.fromkeys(show(1 - level, "share") for level in levels))
        found = show_range(subtract(point(1), Range(least, most)), "share")
        return conflict(
            f"From {ends[0].show(table)} to {ends[1].show(table)} reaches {show_range(errors)} "
            f"standard errors to each side, by {shown}: an interval of {found}, not of {wanted}; "
            f"{name(key)}.",
            *(*ends, *used),
        )
    return None


def _list_widths(
    table: Table, key: Key, ends: tuple[Part, Part]
) -> Iterator[tuple[Range, list[Range], list[Part | Size], str]]:
    """Yield how many standard errors an interval reaches, what that leaves out, and by what."""
    half = scale_down(subtract(ends[1].limits, ends[0].limits))
    degrees, more = _degrees_of(table, key)
    for error, used, shown in list_errors(table, key):
        errors = divide(half, error)
        if errors == ANY or errors.high is None or errors.high <= 0:
            continue
        outside = [enclose_p_within(Z, errors, [])]
        if degrees is not None:
            outside.append(enclose_p_within(T, errors, [degrees]))
        else:
            # However few degrees of freedom there are, it is at least as wide.
            outside.append(Range(outside[0].low, Fraction(1)))
        yield errors, outside, [*used, *more], shown


def _degrees_of(table: Table, key: Key) -> tuple[Range | None, list[Part | Size]]:
    """Return the degrees of freedom of Student's t behind an interval, and what tells them."""
    size = people_of(table, key)
    if key.statistic == "mean":
        known = size is not None and size.low > 1
        return (subtract(size.limits, point(1)), [size]) if known and size else (None, [])
    for test in ("t", "ttest_rel", "ttest_ind"):
        head = key._replace(statistic=f"{test}_statistic")
        degrees = read_degrees(table, head) if head in table.printed else None
        if degrees:
            return limits_of_degrees(table, head, degrees)[0], [*degrees]
    groups = find_groups(table, key)
    if groups is not None:
        return between(*groups), [one.size for one in groups]
    return None, []


@register("interval", each_of(*DIFFERENCES, "coefficient", *RATIOS))
def check_p_of_interval(table: Table, key: Key) -> Outcome | None:
    """An interval of 95% leaves out 0, or 1 of a ratio, if p is below .05, and holds it if p is
    above; so at other levels.
    """
    ends, p = read_interval(table, key), _read_p_of(table, key)
    if ends is None or p is None:
        return None
    low, high = ends[0].limits, ends[1].limits
    ids = ends[0].ids | ends[1].ids | p.ids
    if is_uneven(table, ids) or is_one_sided(table, ids) or find_adjustments(table, ids):
        return None
    none = point(1 if key.statistic in RATIOS else 0)
    # The p beside a ratio can be of another test than the interval: near the edge they differ.
    slack = OTHER_TESTS if key.statistic in RATIOS else 1
    is_out = is_above(low, none) or is_above(none, high)
    is_in = is_above(none, low) and is_above(high, none)

    def is_wrong(level: Fraction) -> bool:
        return (is_out and is_above(p.limits, point(level * slack))) or (
            is_in and is_above(point(level / slack), p.limits)
        )

    levels = list_levels(table, ids)
    if not is_wrong(levels[0]):
        return None
    # Where nothing says the level, the width may.
    widths = list(_list_widths(table, key, ends)) if key.statistic in EVEN else []
    fitting = (
        level
        for level in levels
        if all(any(level in one for one in outside) for _, outside, *_ in widths)
    )
    level = next(fitting, levels[0])
    if not is_wrong(level):
        return None
    percent = show(1 - level, "share")
    return conflict(
        f"An interval of {percent} from {ends[0].show(table)} to {ends[1].show(table)} "
        f"{'leaves out' if is_out else 'holds'} {show(none.low)}, so that p is "  # type: ignore[arg-type]
        f"{'below' if is_out else 'above'} {show(level)}, not {p.show(table)}; {name(key)}.",
        *(*ends, p),
        premise=f"p and the interval are of one test{say_level(table, ids, percent)}",
    )


def _read_p_of(table: Table, key: Key) -> Part | None:
    """Return the p of an estimate: its own, that of the test of nought, or the one without name."""
    own = read(table, key, f"{key.statistic}_pvalue")
    if own is not None:
        return own
    for test in OF_NOUGHT:
        p = read(table, key, f"{test}_pvalue")
        if p is not None:
            return p
    others = ("f_statistic", "anova_statistic", "chi2_statistic")
    is_other = any(key._replace(statistic=other) in table.printed for other in others)
    return None if is_other else read(table, key, "pvalue")
