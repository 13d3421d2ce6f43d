"""Where numbers lie: between extremes, between parts, and in the order that words give."""

import re
from fractions import Fraction

from altcred.check.figures import PEOPLE, Figure, Key
from altcred.check.ranges import Range, are_apart, is_above, is_at_least
from altcred.check.relations import VariableRelation
from altcred.check.rules.registry import Outcome, conflict, each, register
from altcred.check.table import Known, Table
from altcred.check.words import name, printed, show_count, wording
from altcred.core.intervals import Interval, parse_interval
from altcred.core.records import ALL, NOT_REPORTED

HALF = Fraction(1, 2)


@register("range", each("mean", "median", "mode"))
def check_location(table: Table, key: Key) -> Outcome | None:
    """A mean, median or mode lies between minimum and maximum."""
    known = table.known(key)
    if known is None:
        return None
    for statistic, side, word in (("min", "below", "minimum"), ("max", "above", "maximum")):
        end = key._replace(statistic=statistic)
        limit = table.known(end)
        if limit is None:
            continue
        ends = (known.limits, limit.limits)
        if is_above(*ends) if side == "above" else is_above(*reversed(ends)):
            return conflict(
                f"{name(key)} is {printed(table, key)}, {side} the {word} {printed(table, end)}.",
                *(known, limit),
            )
    return None


@register("range", each("median"))
def check_median(table: Table, key: Key) -> Outcome | None:
    """A median lies where half of the answers are."""
    known = table.known(key)
    if known is None:
        return None
    described = table.relations.describe(key.variable)
    for other in table.keys_of(*key[:3]):
        text = described.intervals.get(other.category, other.category)
        share = table.known(other) if other.statistic == "proportion" else None
        try:
            interval = parse_interval(text)
        except ValueError:
            continue
        if share is None:
            continue
        is_most = share.limits.low is not None and share.limits.low > HALF
        is_few = share.limits.high is not None and share.limits.high < HALF
        where = _inside(interval) if is_most else _outside(interval) if is_few else None
        if where is not None and are_apart(where, known.limits):
            return conflict(
                f"{'More' if is_most else 'Less'} than half, {printed(table, other)}, are of "
                f"“{wording().category(other)}”, but the median is {printed(table, key)}; "
                f"{name(key)}.",
                *(known, share),
            )
    return None


def _inside(interval: Interval) -> Range:
    low, high = (
        None if end is None else Fraction(repr(end)) for end in (interval.low, interval.high)
    )
    return Range(low, high)


def _outside(interval: Interval) -> Range | None:
    """Return the numbers beyond an interval that is open to one side; None for any other."""
    inside = _inside(interval)
    if (inside.low is None) == (inside.high is None):
        return None
    return Range(inside.high, inside.low)


@register("range", each(where=lambda key: key.statistic.endswith("_min")))
def check_printed_range(table: Table, key: Key) -> Outcome | None:
    """Each part lies between the smallest and the largest figure of its kind of parts."""
    statistic = key.statistic.removesuffix("_min")
    top = key._replace(statistic=f"{statistic}_max")
    least, most = table.known(key), table.known(top)
    subgroups = table.relations.ranges_over.get(key.subgroup)
    if subgroups is None or (least is None and most is None):
        return None
    counts_people = key.variable in PEOPLE and not key.category
    parts = [key._replace(subgroup=subgroup, statistic=statistic) for subgroup in subgroups]
    wholes = [] if counts_people else [
        key._replace(subgroup=partition.whole, statistic=statistic)
        for partition in table.relations.partitions_in(key.wave)
        if set(partition.parts) <= set(subgroups) or partition.whole in subgroups
    ]  # fmt: skip
    if counts_people:
        parts = [
            part._replace(subgroup=ALL, category=part.subgroup.split("=")[1]) for part in parts
        ]
    for part in (*parts, *wholes):
        known = table.known(part)
        for end, where, word in ((least, key, "smallest"), (most, top, "largest")):
            if known is None or end is None:
                continue
            ends = (known.limits, end.limits)
            if is_above(*ends) if end is most else is_above(*reversed(ends)):
                side = "above" if end is most else "below"
                return conflict(
                    f"{name(part)} is {printed(table, part)}, {side} the {word} "
                    f"{wording().group(key.wave, key.subgroup)}, "
                    f"{printed(table, where)}.",
                    *(end, known),
                )
    found = table.all_known(parts)
    for end, where, word in ((least, key, "smallest"), (most, top, "largest")):
        if found and end and all(are_apart(known.limits, end.limits) for known in found):
            shown = ", ".join(printed(table, part) for part in parts)
            return conflict(
                f"The {word} {wording().group(key.wave, key.subgroup)} is printed as "
                f"{printed(table, where)}, but they are {shown}; {name(key)}.",
                *(end, *found),
            )
    described = table.relations.describe(key.variable)
    if least is None or key.category not in described.groups:
        return None
    return _check_group(table, subgroups, key, described, least)


def _check_group(
    table: Table, subgroups: list[str], key: Key, described: VariableRelation, least: Known
) -> Outcome | None:
    """A group of categories has in each subgroup at least what any of its categories has."""
    members = set(described.groups[key.category])
    used: list[tuple[Fraction, Key]] = []
    for subgroup in subgroups:
        lows = [
            (known.limits.low, part)
            for part in table.keys_of(key.wave, subgroup, key.variable)
            if part.statistic == "proportion"
            and set(described.groups.get(part.category, [part.category])) <= members
            and (known := table.known(part)) is not None
            and known.limits.low is not None
        ]
        if not lows:
            return None
        used.append(max(lows, key=lambda item: item[0]))
    if least.limits.high is None or min(low for low, _ in used) <= least.limits.high:
        return None
    shown = ", ".join(printed(table, part) for _, part in used)
    return conflict(
        f"{name(key)} is printed as {printed(table, key)}, but one of its categories alone "
        f"reaches {shown}.",
        *(least, *(table.known(part) for _, part in used)),
    )


@register("order", each("order"))
def check_order(table: Table, key: Key) -> Outcome | None:
    """\"higher" is not lower."""
    for row in table.rows(key):
        found = re.fullmatch(r"(\S.*?) ([<>]) (\S.*)", row.qualifier)
        if not found:
            continue
        lower, upper = (found[1], found[3]) if found[2] == "<" else (found[3], found[1])
        for statistic in ("proportion", "count", "median", "mean"):
            sides = [_find_side(key, side, statistic) for side in (lower, upper)]
            known = table.all_known(sides)
            if known is None:
                continue
            if is_at_least(known[0].limits, known[1].limits):
                return conflict(
                    f"{name(sides[1])} should be more than {name(sides[0])}, as “{row.printed}” "
                    f"says: {printed(table, sides[1])} and {printed(table, sides[0])}.",
                    row,
                    *known,
                )
            break
    return None


def _find_side(key: Key, side: str, statistic: str) -> Key:
    """Return the key of one side, which is a wave or a subgroup."""
    if "=" in side or side == ALL:
        return key._replace(subgroup=side, statistic=statistic)
    return key._replace(wave=side, statistic=statistic)


# Words that give a place in an order by themselves.
PLACES = {
    3: ("third",),
    2: ("second", "followed"),
    1: ("most", "largest", "biggest", "highest", "first"),
}


def _read_place(row: Figure) -> int:
    """Return the place in the order, from the qualifier or else from the words; 0 for none."""
    if row.qualifier.isdigit():
        return int(row.qualifier)
    words = row.printed.lower()
    return next((place for place, begins in PLACES.items() if words.startswith(begins)), 0)


@register("rank", each("rank"))
def check_rank(table: Table, key: Key) -> Outcome | None:
    """The most frequent category has none above it, the second at most one."""
    rows = table.rows(key)
    place = _read_place(rows[0]) if rows else 0
    if not place:
        return None
    is_difference = "difference" in rows[0].printed.lower()
    own_key = key._replace(statistic="difference" if is_difference else "proportion")
    own = table.known(own_key)
    if own is None:
        return None
    groups = table.relations.describe(key.variable).groups
    above = [
        (other, known)
        for other in table.keys_of(*key[:3])
        if other.statistic == own_key.statistic
        and other.category not in {key.category, "", NOT_REPORTED, *groups}
        and "+" not in other.category
        and (known := table.known(other)) is not None
        and is_above(known.limits, own.limits)
    ]
    if len(above) < place:
        return None
    shown = ", ".join(f"{wording().category(other)} {printed(table, other)}" for other, _ in above)
    return conflict(
        f"{name(own_key)}, {printed(table, own_key)}, is called {rows[0].printed}, but "
        f"{show_count(len(above), 'is', 'are')} above it: {shown}.",
        *(own, *(known for _, known in above)),
        *rows,
    )
