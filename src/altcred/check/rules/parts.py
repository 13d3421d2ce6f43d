"""A group and the parts that together are the group: totals, extremes and middles."""

from collections.abc import Iterator
from fractions import Fraction

from altcred.check.figures import PEOPLE
from altcred.check.ranges import SHARE, Range, add, are_apart, hull, is_above, point, whole
from altcred.check.rules.people import find_counted
from altcred.check.rules.registry import Outcome, Split, conflict, each_split, register
from altcred.check.sizes import category_of
from altcred.check.table import Known, Table
from altcred.check.words import name, printed, show_range
from altcred.core.records import ALL


@register(
    "total",
    "counts and sample sizes of parts add up to the whole's, or to no more where a part is not "
    "printed",
    each_split("count", "nobs"),
)
def check_total(table: Table, split: Split) -> Outcome | None:
    """Add up what is counted in the parts."""
    total, known = split.read(table)
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
        printed(table, key) if table.known(key) else show_range(item.limits)
        for key, item in zip(split.parts, known, strict=True)
        if item is not None
    )
    return conflict(
        f"{terms} = {show_range(sums)}, not {printed(table, split.whole)}; {name(split.whole)}.",
        *(total, *known),
    )


def _list_people(table: Table) -> Iterator[Split]:
    for wave, variable in sorted({(key.wave, key.variable) for key in table}):
        for partition in table.relations.partitions_in(wave) if variable in PEOPLE else ():
            if all(map(category_of, partition.parts)):
                yield Split(wave, partition, variable, "", "proportion")


@register("total", "parts' shares of all respondents add up to the whole's share", _list_people)
def check_people_shares(table: Table, split: Split) -> Outcome | None:
    """Add up the parts' shares of everyone."""
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
        f"{split.partition.whole} ({split.wave}).",
        *(total, *known),
    )


@register(
    "subgroups",
    "the whole has no fewer different values than a part, and no more than all parts together",
    each_split("nunique"),
)
def check_distinct(table: Table, split: Split) -> Outcome | None:
    """Compare how many different values there are in the whole and in its parts."""
    total, known = split.read(table)
    if total is None:
        return None
    for key, item in zip(split.parts, known, strict=True):
        if item is not None and is_above(item.limits, total.limits):
            return conflict(
                f"{printed(table, key)} in a part, {printed(table, split.whole)} in the whole; "
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


@register(
    "range",
    "the smallest of all is the smallest of a part; likewise the largest",
    each_split("min", "max"),
)
def check_extremes(table: Table, split: Split) -> Outcome | None:
    """Compare the smallest or largest of all with the parts' own."""
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


@register(
    "subgroups",
    "a median of all lies between the least and the greatest of its parts' medians",
    each_split("median"),
)
def check_medians(table: Table, split: Split) -> Outcome | None:
    """Compare the median of all with those of its parts."""
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
