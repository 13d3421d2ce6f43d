"""A group and the parts that together are the group: totals, extremes and middles."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from altcred.check.figures import PEOPLE, Key
from altcred.check.ranges import SHARE, Range, add, are_apart, hull, is_above, point, scale, whole
from altcred.check.rules.people import find_counted
from altcred.check.rules.registry import Outcome, Split, conflict, each_split, register
from altcred.check.sizes import Size, category_of, find_printed_size
from altcred.check.table import Known, Table
from altcred.check.words import name, printed, show_range, wording
from altcred.core.records import ALL


@register("total", each_split("count", "nobs"))
def check_total(table: Table, split: Split) -> Outcome | None:
    """Counts and sample sizes of parts add up to the whole's, or to no more where a part is not
    printed.
    """
    total = table.known(split.whole)
    known = [find_sum(table, key) for key in split.parts]
    if split.variable in PEOPLE:
        if split.category:
            return None
        sizes = [
            find_counted(table, split.wave, part, split.variable) for part in split.partition.parts
        ]
        known = [None if size.high is None else Known(size.limits, size.ids) for size in sizes]
    if total is None or not any(known):
        return None
    unknown = Range(Fraction(0))
    sums = whole(add(*(item.limits if item is not None else unknown for item in known)))
    # Both sides are whole numbers, so that rounding is no matter unless a figure is rounded.
    if not are_apart(sums, whole(total.limits)):
        return None
    terms = " + ".join(
        printed(table, key) if table.known(key) else show_range(whole(item.limits))
        for key, item in zip(split.parts, known, strict=True)
        if item is not None
    )
    return conflict(
        f"{terms} = {show_range(sums)}, not {printed(table, split.whole)}; {name(split.whole)}.",
        *(total, *known),
    )


def find_sum(table: Table, key: Key) -> Known | None:
    """Return what is printed of a group, else what its parts add up to, at any depth."""
    known = table.known(key)
    if known is not None:
        return known
    for partition in table.relations.partitions_in(key.wave):
        if partition.whole == key.subgroup and key.subgroup not in partition.parts:
            parts = [find_sum(table, key._replace(subgroup=part)) for part in partition.parts]
            if None not in parts:
                return join_sum(parts)  # type: ignore[arg-type]
    return None


def join_sum(parts: list[Known]) -> Known:
    """Return what several quantities add up to."""
    ids = frozenset[str]().union(*(part.ids for part in parts))
    return Known(add(*(part.limits for part in parts)), ids)


class Breakdown(NamedTuple):
    """A heading among the categories of a question, of which other categories are the parts."""

    key: Key
    parts: tuple[Key, ...]


def _list_breakdowns(table: Table) -> Iterator[Breakdown]:
    for key in table:
        if key.statistic in {"count", "proportion"}:
            parts = table.relations.describe(key.variable).breakdowns.get(key.category)
            if parts:
                yield Breakdown(key, tuple(key._replace(category=part) for part in parts))


@register("total", _list_breakdowns)
def check_breakdown(table: Table, place: Breakdown) -> Outcome | None:
    """A heading is what its breakdown adds up to, or no less where a row of it is not printed."""
    total = table.known(place.key)
    known = [_find_broken_down(table, key) for key in place.parts]
    own = {key._replace(statistic="nobs") for key in place.parts} & table.printed
    is_share = place.key.statistic == "proportion"
    if total is None or not any(known) or own:
        return None
    if is_share and place.parts[0].category in shares_of_headings(table, *place.key[:3]):
        return None
    size = find_printed_size(table, place.key) if is_share else Size(1, 1)
    n = size.exact if size is not None else None
    unknown = Known(Range(Fraction(0)), frozenset())
    parts = [item or unknown for item in known]
    sums, limits = join_sum(parts).limits, total.limits
    if n:
        # Whole numbers of people leave less room.
        counts = [whole(scale(item.limits, n)) for item in (total, *parts)]
        if any(count.is_empty for count in counts):
            return None
        limits, sums = counts[0], add(*counts[1:])
    if not are_apart(sums, limits):
        return None
    unit = "share" if is_share else "number"
    terms = " + ".join(
        printed(table, key) if table.known(key) else show_range(item.limits, unit)
        for key, item in zip(place.parts, known, strict=True)
        if item is not None
    )
    found, against = show_range(sums, unit), printed(table, place.key)
    if is_share and n:
        found, against = f"{show_range(sums)} people", f"{against} or {show_range(limits)}"
    return conflict(
        f"{terms} is {found}, not {against}, of which it is the breakdown; {name(place.key)}.",
        *(total, *known),
        size if n and is_share else None,
    )


def shares_of_headings(table: Table, wave: str, subgroup: str, variable: str) -> set[str]:
    """Return the categories whose shares are of the people of their heading.

    That is so where the shares under a heading that is not everyone add up to 100%.
    """
    found: set[str] = set()
    for heading, names in table.relations.describe(variable).breakdowns.items():
        total, *keys = (
            Key(wave, subgroup, variable, name, "proportion") for name in (heading, *names)
        )
        known, parts = table.known(total), [_find_broken_down(table, key) for key in keys]
        if known is None or None in parts or Fraction(1) in known.limits:
            continue
        if Fraction(1) in join_sum(parts).limits:  # type: ignore[arg-type]
            found.update(names)
    return found


def _find_broken_down(table: Table, key: Key) -> Known | None:
    """Return what is printed of a category, else what its own breakdown adds up to."""
    known = table.known(key)
    names = table.relations.describe(key.variable).breakdowns.get(key.category)
    if known is not None or not names:
        return known
    parts = [_find_broken_down(table, key._replace(category=part)) for part in names]
    return None if None in parts else join_sum(parts)  # type: ignore[arg-type]


def _list_people(table: Table) -> Iterator[Split]:
    for wave, variable in sorted({(key.wave, key.variable) for key in table}):
        for partition in table.relations.partitions_in(wave) if variable in PEOPLE else ():
            if all(map(category_of, partition.parts)):
                yield Split(wave, partition, variable, "", "proportion")


@register("total", _list_people)
def check_people_shares(table: Table, split: Split) -> Outcome | None:
    """Parts' shares of all respondents add up to the whole's share."""
    parts = [key._replace(subgroup=ALL, category=category_of(key.subgroup)) for key in split.parts]
    known = [table.known(key) for key in parts]
    total: Known | None = Known(point(1), frozenset())
    shown = "100%"
    if split.partition.whole != ALL:
        key = parts[0]._replace(category=split.partition.whole.split("=")[-1])
        total, shown = table.known(key), printed(table, key)
    result = add(*(item.limits if item is not None else SHARE for item in known))
    if total is None or not any(known) or not are_apart(result, total.limits):
        return None
    terms = " + ".join(printed(table, key) for key in parts if table.known(key) is not None)
    return conflict(
        f"{terms} is {show_range(result, 'share')}, not {shown}; shares of "
        f"{wording().whom(split.wave, split.partition.whole)}.",
        *(total, *known),
    )


@register("subgroups", each_split("nunique"))
def check_distinct(table: Table, split: Split) -> Outcome | None:
    """The whole has no fewer different values than a part, and no more than all parts together."""
    total, known = split.read(table)
    if total is None:
        return None
    for key, item in zip(split.parts, known, strict=True):
        if item is not None and is_above(item.limits, total.limits):
            return conflict(
                f"{printed(table, key)} are in a part, and in the whole "
                f"{printed(table, split.whole)}; "
                f"{name(key)}.",
                *(total, item),
            )
    most = add(*(item.limits if item is not None else Range() for item in known)).high
    if most is None or total.limits.low is None or total.limits.low <= most:
        return None
    return conflict(
        f"{' + '.join(printed(table, key) for key in split.parts)} is less than "
        f"{printed(table, split.whole)}; {name(split.whole)}.",
        *(total, *known),
    )


@register("range", each_split("min", "max"))
def check_extremes(table: Table, split: Split) -> Outcome | None:
    """The smallest of all is the smallest of a part; likewise the largest."""
    total, known = split.read(table)
    if total is None:
        return None
    line = f"{name(split.whole)} is {printed(table, split.whole)}, but"
    for key, item in zip(split.parts, known, strict=True):
        if item is None:
            continue
        ends = (item.limits, total.limits)
        if is_above(*ends) if split.statistic == "max" else is_above(*reversed(ends)):
            return conflict(f"{line} {name(key)} is {printed(table, key)}.", total, item)
    if any(item is None or not are_apart(item.limits, total.limits) for item in known):
        return None
    shown = " and ".join(printed(table, key) for key in split.parts)
    return conflict(f"{line} the parts' are {shown}.", total, *known)


@register("subgroups", each_split("median"))
def check_medians(table: Table, split: Split) -> Outcome | None:
    """A median of all lies between the least and the greatest of its parts' medians."""
    total, parts = table.known(split.whole), table.all_known(split.parts)
    if total is None or parts is None:
        return None
    if not are_apart(hull(item.limits for item in parts), total.limits):
        return None
    shown = " and ".join(printed(table, key) for key in split.parts)
    return conflict(
        f"The median of all, {printed(table, split.whole)}, is not between the parts' medians, "
        f"{shown}; {name(split.whole)}.",
        *(total, *parts),
    )
