"""Shares, means and standard deviations of a group as mixtures of those of its parts."""

import math
from collections.abc import Sequence
from fractions import Fraction

from altcred.check.figures import PEOPLE, SHARES, Key
from altcred.check.ranges import ANY, SHARE, Range, add, are_apart, hull, scale, whole
from altcred.check.rules.registry import Outcome, Split, conflict, each_split, register
from altcred.check.sizes import Size, find_population, find_size
from altcred.check.table import Known, Table
from altcred.check.words import name, printed, show, show_range, show_size, wording


@register("subgroups", each_split(*sorted(SHARES), "mean", premise=True))
def check_mixture(table: Table, split: Split) -> Outcome | None:
    """A share or mean of all is its parts' average, weighted by how many answered in each."""
    total, known = split.read(table)
    if total is None or not any(known) or _is_modelled(table, split):
        return None
    is_share = split.statistic in SHARES
    sizes = [_find_answers(table, split, key) for key in (split.whole, *split.parts)]
    if is_share:
        outcome = _check_whole_people(table, split, total, known, sizes)
        if outcome is not None:
            return outcome
    unknown = SHARE if is_share else ANY
    values = [item.limits if item is not None else unknown for item in known]
    for above in (False, True):
        bound = _find_extreme_average(values, sizes, total.limits, above)
        if bound is None:
            continue
        unit = "share" if is_share else table.numbers(split.whole)[0].unit
        terms = [
            f"{printed(table, key)} of {_describe_size(size)}"
            f"{wording().group(key.wave, key.subgroup)}"
            for key, size in zip(split.parts, sizes[1:], strict=True)
            if table.known(key) is not None
        ]
        if len(terms) < len(split.parts):
            terms.append("others that are not printed")
        is_word = all(figure.digits is None for figure in table.numbers(split.whole))
        is_open = any(size.exact is None for size in sizes)
        return conflict(
            f"{name(split.whole)} is printed as {printed(table, split.whole)}"
            f"{f', which is {show_range(total.limits, unit)}' if is_word else ''}, but its parts "
            f"are {' and '.join(terms)}. Together these make {show(bound, unit)} at "
            f"{'most' if above else 'least'}"
            f"{', whatever the exact numbers of people' if is_open else ''}.",
            *(total, *known, *sizes),
        )
    return None


def _is_modelled(table: Table, split: Split) -> bool:
    """Tell whether people have weights, which their numbers do not tell."""
    return any(figure.is_modelled for figure in table.rows(split.whole))


def _find_answers(table: Table, split: Split, key: Key) -> Size:
    if key.variable in PEOPLE:
        return find_population(table, key.wave, key.subgroup)
    return find_size(table, key, split.premise)


def _describe_size(size: Size) -> str:
    return "" if not size.low and size.high is None else f"{show_size(size)} people of "


def _check_whole_people(
    table: Table, split: Split, total: Known, known: list[Known | None], sizes: list[Size]
) -> Outcome | None:
    """With every sample size printed, count people: whole numbers leave less room."""
    everyone, *parts = (size.exact for size in sizes)
    if everyone is None or None in parts or sum(parts) != everyone:  # type: ignore[arg-type]
        return None
    limits = [item.limits if item is not None else SHARE for item in known]
    counts = [whole(scale(item, n)) for item, n in zip(limits, parts, strict=True)]  # type: ignore[arg-type]
    overall = whole(scale(total.limits, everyone))
    if any(count.is_empty for count in (overall, *counts)) or not are_apart(add(*counts), overall):
        return None
    terms = " + ".join(
        f"{show_range(count)} ({printed(table, key)} of {n:,})"
        for key, count, n in zip(split.parts, counts, parts, strict=True)
    )
    return conflict(
        f"{terms} = {show_range(add(*counts))} people, but {printed(table, split.whole)} of "
        f"{everyone:,} is {show_range(overall)}; {name(split.whole)}.",
        *(total, *known, *sizes),
    )


@register("subgroups", each_split("std", premise=True))
def check_spread(table: Table, split: Split) -> Outcome | None:
    """A standard deviation of all is what its parts' and their means allow.

    The squares of all are those within parts and those between the parts' means. With G parts
    and N people the variance of all is at least (N - G) / (N - 1) times the least variance of a
    part, and at most N / (N - 1) times the greatest plus a quarter of the squared distance of
    the farthest means. Both hold whether sums are divided by n or by n - 1.
    """
    total, parts = table.known(split.whole), table.all_known(split.parts)
    if total is None or parts is None or _is_modelled(table, split):
        return None
    size = find_size(table, split.whole._replace(category=""), split.premise)
    if size.low <= len(parts):
        return None
    shown = " and ".join(printed(table, key) for key in split.parts)
    line = f"{name(split.whole)} is {printed(table, split.whole)}"
    least = min((item.limits.low or Fraction(0)) for item in parts)
    lowest = least**2 * Fraction(size.low - len(parts), size.low - 1)
    if total.limits.high is not None and total.limits.high**2 < lowest:
        return conflict(f"{line}, less than its parts, with {shown}, allow.", total, *parts, size)
    means = table.all_known(key._replace(statistic="mean") for key in split.parts)
    if means is None or not all(mean.limits.is_bounded for mean in means):
        return None
    spreads = [item.limits.high for item in parts if item.limits.high is not None]
    if len(spreads) < len(parts) or total.limits.low is None:
        return None
    span = hull(mean.limits for mean in means)
    highest = (max(spreads) ** 2 + span.width**2 / 4) * Fraction(size.low, size.low - 1)
    if total.limits.low <= 0 or total.limits.low**2 <= highest:
        return None
    return conflict(
        f"{line}, more than its parts, with {shown}, and the distance of their means allow.",
        *(total, size),
        *(*parts, *means),
    )


def _find_extreme_average(
    values: list[Range], sizes: list[Size], target: Range, above: bool
) -> Fraction | None:
    """Return the largest (above) or smallest weighted average, if the target is out of its reach.

    Weights are people, each part's between its own bounds and all together between the whole's.
    The average is out of reach when sum((value - target) * people) cannot be brought to zero.
    """
    sign = -1 if above else 1
    ends = [(value.high if above else value.low) for value in values]
    limit = target.low if above else target.high
    if limit is None:
        return None
    filled = [Fraction(0) if end is None else end for end in ends]
    # Over a common denominator the distances are whole numbers, which are added up faster.
    common = math.lcm(limit.denominator, *(end.denominator for end in filled))
    goal = limit.numerator * (common // limit.denominator)
    costs = [sign * (end.numerator * (common // end.denominator) - goal) for end in filled]
    if None not in ends and min(costs) > 0:
        # Every part lies beyond the whole, whatever their sizes are.
        return _refine(filled, sizes, sign, limit)
    # A part with an end unknown can take the average anywhere, unless it has no people.
    if any(end is None and size.high != 0 for end, size in zip(ends, sizes[1:], strict=True)):
        return None
    people = _minimize(costs, sizes[1:], sizes[0])
    if people is None or not sum(people):
        return None
    is_beyond = sum(cost * count for cost, count in zip(costs, people, strict=True)) > 0
    return _refine(filled, sizes, sign, limit) if is_beyond else None


def _refine(ends: list[Fraction], sizes: list[Size], sign: int, limit: Fraction) -> Fraction:
    """Return the extreme average itself by Dinkelbach's iteration, which ends after few steps."""
    current = limit
    for _ in range(50):
        people = _minimize([sign * (end - current) for end in ends], sizes[1:], sizes[0])
        if people is None or not sum(people):
            return sign * min(sign * end for end in ends)
        weighted = (end * count for end, count in zip(ends, people, strict=True))
        average = sum(weighted, Fraction(0)) / sum(people)
        if average == current:
            break
        current = average
    return current


def _minimize(costs: Sequence[Fraction | int], sizes: list[Size], total: Size) -> list[int] | None:
    """Return the people a part that make sum(costs * people) least; None if it has no least.

    People beyond each part's least are taken in the order of their cost: those with negative
    cost gladly, others only as far as the total needs them.
    """
    people = [size.low for size in sizes]
    for place in sorted(range(len(costs)), key=lambda place: costs[place]):
        most = sizes[place].high
        room = None if most is None else max(most - people[place], 0)
        if total.high is not None:
            left = max(total.high - sum(people), 0)
            room = left if room is None else min(room, left)
        if costs[place] >= 0:
            missing = max(max(total.low, 1) - sum(people), 0)
            room = missing if room is None else min(room, missing)
        if room is None:
            return None
        people[place] += room
    return people
