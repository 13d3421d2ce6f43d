"""Tests: their statistic, degrees of freedom, p and number of people."""

from fractions import Fraction

from altcred.check.beside import (
    TESTS,
    Part,
    find_adjustments,
    find_sides,
    head_of,
    is_one_sided,
    list_places,
    people_of,
    read,
    read_part,
    test_of,
)
from altcred.check.figures import Key
from altcred.check.ranges import (
    Range,
    add,
    are_apart,
    is_above,
    magnitude,
    meet,
    multiply,
    point,
    scale,
    subtract,
    whole,
)
from altcred.check.recomputed import enclose_p_within, is_adjusted, show_p
from altcred.check.reported import DEGREES, F, R, T, Z
from altcred.check.rules.registry import Outcome, Places, conflict, register
from altcred.check.sizes import Size
from altcred.check.table import Table
from altcred.check.words import name, show_range, show_size

HALF = Fraction(1, 2)
ABOVE_NONE = Range(Fraction(0), None, low_open=True)
TWO_TAILED = {T, Z, R}


def of_tests(*names: str) -> Places:
    """Return the places of a rule about tests, or about some: the statistics they rest on.

    A test is known by its degrees of freedom too, where its statistic is not printed.
    """
    heads = {
        statistic: head_of(test)
        for test in names or TESTS
        for statistic in (head_of(test), f"{test}_df", f"{test}_df2")
    }

    def list_tests(table: Table) -> list[Key]:
        found = (key._replace(statistic=heads[key.statistic]) for key in list_places(table, heads))
        return list(dict.fromkeys(found))

    return list_tests


def read_degrees(table: Table, key: Key) -> list[Part] | None:
    """Return the degrees of freedom that are printed of a test; None where one is not."""
    test = test_of(key)
    names = {0: (), 1: ("df",), 2: ("df1", "df2")}[DEGREES[TESTS[test]]]
    found = [part for name in names if (part := read_part(table, key, test, name)) is not None]
    return found if len(found) == len(names) else None


def _is_whole(table: Table, part: Part) -> bool:
    """Tell whether degrees of freedom are printed without decimals."""
    return all(row.digits == 0 for row in table.numbers(part.key))


def limits_of_degrees(table: Table, key: Key, parts: list[Part]) -> list[Range]:
    """Return the degrees of freedom that are printed, as numbers above zero.

    Those of two groups may be Welch's, rounded to a whole number; all others printed without
    decimals are whole.
    """
    may_round = test_of(key) in {"t", "ttest_ind", "f", "anova"}
    found = []
    for place, part in enumerate(parts):
        exact = table.known(part.key).limits  # type: ignore[union-attr]
        # What F compares is counted; what it is compared with may be Welch's.
        is_counted = _is_whole(table, part) and not (may_round and place == len(parts) - 1)
        limits = part.limits
        if is_counted:
            limits = whole(exact) if exact.has_integer else exact
        found.append(meet([limits, ABOVE_NONE]))
    return found


def name_test(table: Table, key: Key) -> str:
    """Write a test as articles do: "t(28) = 2.20"."""
    kind = TESTS[test_of(key)]
    inside = ", ".join(part.show(table) for part in read_degrees(table, key) or ())
    shown = {"chi2": "chi-square"}.get(kind, kind)
    statistic = read(table, key)
    value = statistic.show(table) if statistic is not None else ""
    return f"{shown}{f'({inside})' if inside else ''} = {value}"


def enclose(table: Table, key: Key) -> tuple[Range, list[Part | Size]] | None:
    """Return the two-sided p values that a printed test can give, and what it is read from."""
    kind, statistic, degrees = TESTS[test_of(key)], read(table, key), read_degrees(table, key)
    size = people_of(table, key) if degrees is None and kind == R else None
    if statistic is None or (degrees is None and size is None and test_of(key) != "wald"):
        return None
    if degrees is not None:
        limits = limits_of_degrees(table, key, degrees)
    else:
        limits = [subtract(size.limits, point(2)) if size is not None else point(1)]
    value = magnitude(statistic.limits)
    if kind not in TWO_TAILED:
        value = meet([statistic.limits, Range(Fraction(0), None)])
    if kind == R:
        value = meet([value, Range(Fraction(0), Fraction(1))])
    if value.is_empty or any(are_apart(one, ABOVE_NONE) for one in limits):
        # Impossible alone, which is another finding.
        return None
    used = [statistic, *(degrees or ()), *([size] if size is not None else ())]
    return enclose_p_within(kind, value, limits), used


def fits_one_side(table: Table, key: Key, two_sided: Range, p: Range) -> bool:
    """Tell whether a p is half of what a test with two tails gives."""
    return has_tails(table, key) and not are_apart(scale(two_sided, HALF), p)


def has_tails(table: Table, key: Key) -> bool:
    """Tell whether a test has two tails, or stands for one that has."""
    if TESTS[test_of(key)] in TWO_TAILED:
        return True
    first = read_part(table, key, test_of(key), "df1" if TESTS[test_of(key)] == F else "df")
    return first is not None and Fraction(1) in first.limits


@register("p-value", of_tests())
def check_p(table: Table, key: Key) -> Outcome | None:
    """T, F, chi-square, z or r and their degrees of freedom give the p printed: half of it where
    one side is said, a larger one where a correction for several tests is.
    """
    p = read_part(table, key, test_of(key), "pvalue")
    found = enclose(table, key) if p is not None else None
    if p is None or found is None:
        return None
    two_sided, used = found
    # What is half of it is odd where nothing says so, and no contradiction.
    if not are_apart(two_sided, p.limits) or fits_one_side(table, key, two_sided, p.limits):
        return None
    ids = p.ids.union(*(item.ids for item in used))
    is_half = has_tails(table, key) and is_one_sided(table, ids)
    if is_half and not are_apart(subtract(point(1), scale(two_sided, HALF)), p.limits):
        return None  # A test with one side, of a difference to the other.
    if any(is_adjusted(two_sided, p.limits, by) for by in find_adjustments(table, ids)):
        return None
    half = ", or half of that with one side" if is_half else ""
    return conflict(
        f"{name_test(table, key)} gives p {show_p(two_sided)}{half}, not {p.show(table)}; "
        f"{name(key)}.",
        *(p, *used),
    )


@register("p-value", of_tests("t", "ttest_rel", "ttest_ind", "r", "f", "anova"))
def check_df(table: Table, key: Key) -> Outcome | None:
    """N pairs have n - 1 degrees of freedom; two groups n - 2, or with Welch's t at least those of
    the smaller one; a correlation n - 2 at most; F of n people n - 1 in all, or that many times
    those of what it compares.
    """
    test, parts, size = test_of(key), read_degrees(table, key), people_of(table, key)
    if not parts or size is None:
        return None
    degrees = limits_of_degrees(table, key, parts)
    most = subtract(size.limits, point(2 if test in {"ttest_ind", "r"} else 1))
    said = "people give at most"
    if test == "ttest_rel":
        is_wrong, said = are_apart(degrees[0], most), "pairs give"
    elif TESTS[test] == F:
        is_wrong = is_above(add(*degrees), most) and is_above(
            degrees[1], multiply(degrees[0], most)
        )
    else:
        is_wrong = is_above(degrees[0], most)
    if not is_wrong:
        return None
    shown = " and ".join(part.show(table) for part in parts)
    return conflict(
        f"{show_size(size)} {said} {show_range(most)} degrees of freedom, not {shown}; "
        f"{name(key)}.",
        *parts,
        size,
    )


@register("p-value", of_tests("t", "ttest_ind"))
def check_df_of_groups(table: Table, key: Key) -> Outcome | None:
    """Degrees of freedom of two groups are n - 2, or lie with Welch's t between those of the
    smaller group and n - 2.
    """
    sides, parts = find_sides(table, key), read_degrees(table, key)
    if sides is None or sides.paired or not parts:
        return None
    sizes = [people_of(table, side) for side in sides.keys("mean")]
    first, second = sizes
    if first is None or second is None:
        return None
    possible = Range(
        Fraction(min(first.low, second.low) - 1),
        Fraction(first.high + second.high - 2),  # type: ignore[operator]
    )
    if not are_apart(possible, limits_of_degrees(table, key, parts)[0]):
        return None
    return conflict(
        f"Groups of {show_size(first)} and {show_size(second)} give {show_range(possible)} degrees "
        f"of freedom, not {parts[0].show(table)}; {name(key)}.",
        *parts,
        first,
        second,
        premise=sides.premise,
    )
