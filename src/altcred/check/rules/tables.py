"""Two by two: ratios of odds and of shares, and what two raters agree on."""

import re
from fractions import Fraction

from altcred.check.beside import (
    Part,
    find_sides,
    is_uneven,
    list_places,
    people_of,
    read,
    shared_categories,
)
from altcred.check.figures import Key
from altcred.check.ranges import (
    ANY,
    Range,
    add,
    are_apart,
    divide,
    point,
    subtract,
)
from altcred.check.rules.registry import Outcome, conflict, register
from altcred.check.sizes import Size
from altcred.check.table import Table
from altcred.check.words import name, show_range

_ADJUSTED = re.compile(r"adjust|multivaria|\baOR\b|\baRR\b|controll|weighted", re.I)
HALF = Fraction(1, 2)
# What is the one side of the other: all of the odds, the risks or their kind.
BETWEEN = Range(Fraction(0), Fraction(1), True, True)


def _read_share(table: Table, key: Key) -> tuple[Range, Range, list[Part | Size]] | None:
    """Return the share of a category in a group, that with half a person more, and the figures."""
    count, size = read(table, key._replace(statistic="count")), people_of(table, key)
    if count is not None and size is not None and size.low:
        n, c = size.limits, count.limits
        more = divide(add(c, point(HALF)), add(n, point(1)))
        return divide(c, n), more, [count, size]
    share = read(table, key._replace(statistic="proportion"))
    return None if share is None else (share.limits, share.limits, [share])


@register(
    "ratio",
    "an odds ratio or a risk ratio is that of the shares of two groups, or its inverse",
    lambda table: list_places(table, ("odds_ratio", "risk_ratio")),
)
def check_ratio(table: Table, key: Key) -> Outcome | None:
    """Compute a ratio from the counts, or the shares, of two groups."""
    own, sides = read(table, key), find_sides(table, key)
    if own is None or sides is None or sides.paired or is_uneven(table, own.ids):
        return None
    # Of two categories either gives the ratio or its inverse.
    found = sorted(shared_categories(table, sides))
    category = key.category or (found[0] if 1 <= len(found) <= 2 else None)
    is_adjusted = any(_ADJUSTED.search(table.figures[id].said) for id in own.ids)
    if category is None or is_adjusted:
        return None
    first, second = (
        _read_share(table, side._replace(category=category)) for side in (sides.first, sides.second)
    )
    if first is None or second is None:
        return None
    ways = []
    for one, other in ((first[0], second[0]), (first[1], second[1])):
        if key.statistic == "odds_ratio":
            one, other = _odds(one), _odds(other)
        ways += [divide(one, other), divide(other, one)]
    # Machines take 77.4 for a little less, and cut it off to 77.3.
    closed = Range(own.limits.low, own.limits.high)
    if any(way == ANY or not are_apart(way, closed) for way in ways):
        return None
    shown = " and ".join(
        part.show(table) for part in (first[2][0], second[2][0]) if isinstance(part, Part)
    )
    return conflict(
        f"{category}: {shown} in {sides.first.subgroup} and {sides.second.subgroup} give "
        f"{'an odds' if key.statistic == 'odds_ratio' else 'a risk'} ratio of "
        f"{show_range(ways[0])} or {show_range(ways[1])}, not {own.show(table)}; {name(key)}.",
        *(own, *first[2], *second[2]),
        premise=sides.premise or "the ratio is not adjusted for anything",
    )


def _odds(share: Range) -> Range:
    """Return the odds of a share; anything where it can be all."""
    return divide(share, subtract(point(1), share)) if share.high is not None else ANY


@register(
    "agreement",
    "Cohen's kappa is (po - pe) / (1 - pe) of the observed and the expected agreement, printed or "
    "of the table of both raters",
    lambda table: list_places(table, ("kappa",)),
)
def check_kappa(table: Table, key: Key) -> Outcome | None:
    """Compute kappa from the agreement observed and expected, or from the table of two raters."""
    own = read(table, key)
    if own is None or any(_ADJUSTED.search(table.figures[id].said) for id in own.ids):
        return None
    observed = read(table, key, "observed_agreement")
    expected = read(table, key, "expected_agreement")
    if observed is not None and expected is not None:
        # (po - pe) / (1 - pe) is 1 - (1 - po) / (1 - pe), which has each of them once.
        left = divide(subtract(point(1), observed.limits), subtract(point(1), expected.limits))
        if _differs(left, own):
            return conflict(
                f"Observed agreement of {observed.show(table)} and expected of "
                f"{expected.show(table)} give kappa {show_range(subtract(point(1), left))}, not "
                f"{own.show(table)}; {name(key)}.",
                *(own, observed, expected),
            )
    return _check_raters(table, key, own)


def _differs(left: Range, own: Part) -> bool:
    return left != ANY and are_apart(subtract(point(1), left), own.limits)


def _check_raters(table: Table, key: Key, own: Part) -> Outcome | None:
    """Compute kappa from counts whose categories are written "first / second"."""
    cells: dict[tuple[str, str], Part] = {}
    for other in table.keys_of(*key[:3]):
        names = tuple(part.strip() for part in other.category.split("/"))
        count = read(table, other) if other.statistic == "count" and len(names) == 2 else None
        if count is not None and count.limits.exact is not None:
            cells[names[0], names[1]] = count
    kinds = sorted({name for names in cells for name in names})
    if len(kinds) < 2 or len(cells) != len(kinds) ** 2:
        return None
    counts = {names: count.limits.exact or Fraction(0) for names, count in cells.items()}
    total = sum(counts.values())
    if not total:
        return None
    agreed = sum(counts[one, one] for one in kinds) / total
    by_chance = sum(
        sum(counts[one, other] for other in kinds) * sum(counts[other, one] for other in kinds)
        for one in kinds
    ) / (total * total)
    if by_chance == 1:
        return None
    kappa = (agreed - by_chance) / (1 - by_chance)
    if kappa in Range(own.limits.low, own.limits.high):
        return None
    return conflict(
        f"The table of both raters gives kappa {show_range(point(kappa))}, not {own.show(table)}; "
        f"{name(key)}.",
        *(own, *cells.values()),
        premise="kappa is not weighted",
    )
