"""Two groups, or two moments of one: t, degrees of freedom, effect sizes and changes."""

import re
from fractions import Fraction

from altcred.check.beside import (
    DIFFERENCES,
    TESTS,
    Part,
    Sides,
    find_sides,
    is_uneven,
    people_of,
    read,
    read_part,
    test_of,
)
from altcred.check.figures import Key
from altcred.check.moments import (
    Group,
    gap,
    list_variances,
    pool,
    read_groups,
    welch_degrees,
)
from altcred.check.ranges import (
    ANY,
    Range,
    add,
    are_apart,
    divide,
    meet,
    multiply,
    negate,
    point,
    root,
    scale,
    square,
    subtract,
)
from altcred.check.reported import F, T
from altcred.check.rules.registry import Outcome, conflict, each_of, register
from altcred.check.rules.tests import limits_of_degrees, name_test, of_tests, read_degrees
from altcred.check.sizes import Size
from altcred.check.table import Table
from altcred.check.words import name, show_range, show_size

NOT_BELOW = Range(Fraction(0), None)
# The standardised differences of two groups, and of pairs by the deviation of their differences.
EFFECTS = ("cohen_d", "hedges_g")
OF_PAIRS = "cohen_dz"
# Where a fall is what is printed, it is printed without a minus.
_FALL = re.compile(r"reduc|decreas|declin|\bloss|\blost|\bdrop|\blower|\bfall", re.I)


def squared_t(table: Table, key: Key) -> tuple[Range, list[Part]] | None:
    """Return the square of t, of an F of two groups too, and what it is read from."""
    statistic = read(table, key)
    if statistic is None:
        return None
    if TESTS[test_of(key)] == T:
        return square(statistic.limits), [statistic]
    degrees = read_degrees(table, key)
    if TESTS[test_of(key)] != F or not degrees:
        return None
    if limits_of_degrees(table, key, degrees)[0] != point(1):
        return None
    return meet([statistic.limits, NOT_BELOW]), [statistic, degrees[0]]


def _used(*groups: Group) -> list[Part | Size]:
    return [part for group in groups for part in group.used]


@register("t", of_tests("t", "ttest_ind", "ttest_rel", "f", "anova"))
def check_t(table: Table, key: Key) -> Outcome | None:
    """Means, standard deviations or errors and sizes of two groups give Student's t or Welch's;
    those of pairs lie within what a correlation from -1 to 1 leaves.
    """
    found, sides = squared_t(table, key), find_sides(table, key)
    groups = read_groups(table, sides) if sides is not None else None
    if found is None or sides is None or groups is None:
        return None
    squared, used = found
    first, second = groups
    ways: list[tuple[str, Range]] = []
    if test_of(key) != "ttest_rel" and not sides.paired:
        ways = [(way, divide(gap(*groups), of)) for way, of in list_variances(*groups)]
    elif sides.paired and test_of(key) in {"t", "ttest_rel", "f", "anova"}:
        if first.size.exact is None or first.size.exact != second.size.exact:
            return None
        ways = [("of pairs", divide(gap(*groups), _of_pairs(first, second)))]
        if test_of(key) != "ttest_rel":
            ways += [(way, divide(gap(*groups), of)) for way, of in list_variances(*groups)]
    if not ways or any(not are_apart(of, squared) for _, of in ways):
        return None
    shown = " and ".join(f"{show_range(root(of))} ({way})" for way, of in ways[:2])
    return conflict(
        f"{_describe(table, first)} and {_describe(table, second)} give a t of {shown}, not "
        f"{name_test(table, key)}{_as_errors(groups, squared)}; {name(key)}.",
        *(*used, *_used(*groups)),
        premise=sides.premise,
    )


def _of_pairs(first: Group, second: Group) -> Range:
    """Return the variances that the mean difference of pairs can have."""
    sums, least = _spread_of_pairs(root(first.variance()), root(second.variance()))
    return divide(Range(least, sums), first.n)


def _spread_of_pairs(first: Range, second: Range) -> tuple[Fraction | None, Fraction]:
    """Return the largest and the smallest variance of differences of two deviations."""
    most = square(add(first, second)).high
    least = square(subtract(first, second)).low
    return most, least or Fraction(0)


def _describe(table: Table, group: Group) -> str:
    word = "SE" if group.is_error else "SD"
    return (
        f"{group.mean.show(table)} ({word} {group.spread.show(table)}, n = {show_size(group.size)})"
    )


def _as_errors(groups: tuple[Group, Group], squared: Range) -> str:
    """Say if t would follow were what is printed as deviations errors."""
    if any(group.is_error for group in groups):
        return ""
    own = add(*(square(group.spread.limits) for group in groups))
    fits = not are_apart(divide(gap(*groups), own), squared)
    return " (it would if these were standard errors)" if fits else ""


@register("t", of_tests("t", "ttest_ind"))
def check_welch(table: Table, key: Key) -> Outcome | None:
    """Welch's degrees of freedom follow from standard deviations and sizes."""
    sides, degrees = find_sides(table, key), read_degrees(table, key)
    groups = read_groups(table, sides) if sides is not None and not sides.paired else None
    if groups is None or sides is None or not degrees:
        return None
    first, second = groups
    printed = limits_of_degrees(table, key, degrees)[0]
    student = subtract(add(first.n, second.n), point(2))
    welch = welch_degrees(first, second)
    ways = [student, welch, welch_degrees(first, second, is_whole=True)]
    if any(not are_apart(printed, way) for way in ways):
        return None
    return conflict(
        f"{_describe(table, first)} and {_describe(table, second)} give "
        f"{show_range(student)} degrees of freedom, Welch's t {show_range(welch)}, not "
        f"{degrees[0].show(table)}; {name(key)}.",
        *(*degrees, *_used(first, second)),
        premise=sides.premise,
    )


def _correct(m: Fraction) -> Fraction:
    """Return the least that a correction for few people leaves of d, of m degrees of freedom."""
    return max(1 - 3 / (4 * m - 1) - Fraction(1, 200), Fraction(0)) if m > 1 else Fraction(0)


def _band(n: int) -> Range:
    """Return by what the square of d may be off: corrected for few people, or over n, not n - 2."""
    return Range(_correct(Fraction(n - 2)) ** 2, Fraction(n, n - 2))


@register("effect-size", each_of(*EFFECTS))
def check_d(table: Table, key: Key) -> Outcome | None:
    """D is the difference of the means over a standard deviation: that within both groups, their
    average, or that of one; corrected for few people or not.
    """
    own, sides = read(table, key), find_sides(table, key)
    groups = read_groups(table, sides) if sides is not None and not sides.paired else None
    if own is None or groups is None or sides is None or is_uneven(table, own.ids):
        return None
    first, second = groups
    if first.size.exact is None or second.size.exact is None:
        return None
    n = first.size.exact + second.size.exact
    over = []
    for is_whole in (False, True):
        one, other = first.variance(is_whole=is_whole), second.variance(is_whole=is_whole)
        within = pool(first, second, is_whole=is_whole)
        over += [within, scale(add(one, other), Fraction(1, 2)), one, other]
    ways = [multiply(divide(gap(first, second), of), _band(n)) for of in over]
    if any(not are_apart(of, square(own.limits)) for of in ways):
        return None
    shown = show_range(root(divide(gap(first, second), over[0])))
    return conflict(
        f"{_describe(table, first)} and {_describe(table, second)} give d = {shown}, not "
        f"{own.show(table)}; {name(key)}.",
        *(own, *_used(first, second)),
        premise=sides.premise,
    )


@register("effect-size", each_of(*EFFECTS, OF_PAIRS))
def check_d_of_t(table: Table, key: Key) -> Outcome | None:
    """D of two groups is t times the root of 1/n1 + 1/n2; of pairs t over the root of n, and no
    more than twice that by the deviation of one moment.
    """
    own = read(table, key)
    tests = ("ttest_rel",) if key.statistic == OF_PAIRS else ("ttest_rel", "ttest_ind")
    statistic = read(table, key, *(f"{test}_statistic" for test in tests))
    if own is None or statistic is None or is_uneven(table, own.ids):
        return None
    found = (_pairs_factor if test_of(statistic.key) == "ttest_rel" else _groups_factor)(
        table, statistic.key, key.statistic
    )
    if found is None:
        return None
    factor, used, premise = found
    expected = multiply(square(statistic.limits), factor)
    if expected == ANY or not are_apart(expected, square(own.limits)):
        return None
    people = " and ".join(show_size(one) for one in used if isinstance(one, Size))
    return conflict(
        f"{name_test(table, statistic.key)} of {people} people gives d {_show_d(expected)}, not "
        f"{own.show(table)}; {name(key)}.",
        *(own, statistic, *used),
        premise=premise,
    )


def _show_d(squared: Range) -> str:
    limits = root(squared)
    return f"= {show_range(limits)}" if limits.low else f"of {show_range(Range(None, limits.high))}"


Factor = tuple[Range, list[Part | Size], str]


def _pairs_factor(table: Table, key: Key, effect: str) -> Factor | None:
    """Return what the square of t of pairs is multiplied by to give that of d."""
    size = people_of(table, key)
    n = size.exact if size is not None else None
    if n is None or n < 3 or size is None:
        return None
    if effect == OF_PAIRS:
        least = _correct(Fraction(n - 1)) ** 2
        return Range(least / n, Fraction(1, n - 1)), [size], ""
    return Range(Fraction(0), Fraction(4, n - 1)), [size], ""


def _groups_factor(table: Table, key: Key, effect: str) -> Factor | None:
    """Return what the square of t of two groups is multiplied by to give that of d."""
    sides, size = find_sides(table, key), people_of(table, key)
    sizes = [people_of(table, side) for side in sides.keys("mean")] if sides else []
    exact = [one.exact for one in sizes if one is not None and one.exact]
    if sides is not None and not sides.paired and len(exact) == 2 and min(exact) > 1:
        used: list[Part | Size] = [one for one in sizes if one is not None]
        n = sum(exact)
        inverse = sum((Fraction(1, one) for one in exact), Fraction(0))
        # Welch's t is over other variances than d, and d may be over the average of both.
        factors = [inverse, Fraction(4, n), Fraction(4, n - 2)]
        factors += [Fraction(n - 2, one * (one - 1)) for one in exact]
        factors += [Fraction(2, one) for one in exact]
        return multiply(Range(min(factors), max(factors)), _band(n)), used, sides.premise
    if size is None or size.exact is None or size.exact < 4:
        return None
    n = size.exact
    # With sizes unknown d is least where one group is as large as it can be, the other varies
    # little, and t is Welch's.
    least, most = Fraction(100 * (n - 2), 9 * n * (9 * n - 10)), None
    degrees = read_degrees(table, key)
    if degrees:
        if Fraction(n - 2) not in degrees[0].limits:
            return None
        # Student's, of a group of two people.
        most = 1 + Fraction(2, n - 2)
    factor = multiply(Range(least, most), _band(n))
    return factor, [size, *(degrees or ())], "neither group has more than nine tenths of them"


@register("change", each_of(*DIFFERENCES))
def check_change(table: Table, key: Key) -> Outcome | None:
    """The mean change is what the two means differ by."""
    own, sides = read(table, key), find_sides(table, key)
    # That of two waves by name is another rule's.
    is_other = key.statistic == "difference" and "-" in key.wave
    if own is None or sides is None or is_other:
        return None
    if sides.paired and not _has_one_size(table, key, sides):
        return None
    may_turn = not sides.paired or any(_FALL.search(table.figures[id].said) for id in own.ids)
    ways, used = [], []
    for statistic in ("mean", "median") if key.statistic == "difference" else ("mean",):
        first, second = (read(table, side) for side in sides.keys(statistic))
        if first is not None and second is not None:
            change = subtract(second.limits, first.limits)
            ways += [change, negate(change)] if may_turn else [change]
            used += [first, second]
    if not ways or any(not are_apart(way, own.limits) for way in ways):
        return None
    return conflict(
        f"From {used[0].show(table)} to {used[1].show(table)} is a change of "
        f"{show_range(ways[0])}, not {own.show(table)}; {name(key)}.",
        *(own, *used),
        premise=sides.premise or ("the change is of all who gave both" if sides.paired else ""),
    )


def _has_one_size(table: Table, key: Key, sides: Sides) -> bool:
    """Tell whether as many people gave a change as gave the means before and after."""
    sizes = [people_of(table, one) for one in (key, *sides.keys("mean"))]
    return len({(one.low, one.high) for one in sizes if one is not None}) <= 1


@register("change", each_of(*DIFFERENCES))
def check_spread_of_change(table: Table, key: Key) -> Outcome | None:
    """The standard deviation of changes lies between the difference and the sum of those before and
    after.
    """
    own, sides = read_part(table, key, key.statistic, "std"), find_sides(table, key)
    if own is None or sides is None or not sides.paired or not _has_one_size(table, key, sides):
        return None
    stds = [read(table, side) for side in sides.keys("std")]
    first, second = stds
    if first is None or second is None:
        return None
    most, least = _spread_of_pairs(first.limits, second.limits)
    possible = Range(least, most)
    if not are_apart(possible, square(own.limits)):
        return None
    return conflict(
        f"Standard deviations of {first.show(table)} and {second.show(table)} leave changes a "
        f"deviation of {show_range(root(possible))}, not {own.show(table)}; {name(key)}.",
        *(own, first, second),
        premise="the change is of all who were asked before and after",
    )
