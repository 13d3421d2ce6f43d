"""What a mean and a standard deviation tell of the counts they were worked out from."""

import math
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from altcred.core.intervals import Interval
from altcred.disclose.cells import Cell, Sum, Sums
from altcred.disclose.choosing import hide_further
from altcred.disclose.places import (
    INFINITE,
    SQUARES,
    SUM,
    Counts,
    Relation,
    ends_of,
    equate,
)

# Sums are told to six digits, so that they are off by so much of themselves at most.
_DIGITS = 6e-6


def spread_means(
    cells: Mapping[Cell, int],
    telling: set[str],
    hidden: set[str],
    divisions: Mapping[str, Collection[Collection[str]]],
    minimum: int,
) -> set[str]:
    """Return the subgroups whose means to hide: those that tell, and others they follow from.

    A mean times its people is a sum, which parts add up to as they do in numbers of people;
    `hidden` are the subgroups of which nothing is shown. What parts leave over of a whole hides
    none of them unless it is of `minimum` people.
    """
    people = {(name, ""): n for (name, category), n in cells.items() if not category}
    sums = []
    for parent, partitions in divisions.items():
        for parts in partitions:
            inside = tuple((part, "") for part in parts if (part, "") in people)
            rest = people.get((parent, ""), -1) - sum(people[part] for part in inside)
            if inside and 0 <= rest < minimum:
                sums.append(Sum((parent, ""), inside))
    # Of those of whom not even the number is shown, enough people are hidden together.
    secret = {(name, "") for name in telling - hidden}
    gone = {(name, "") for name in hidden | telling}
    found = hide_further(Sums(people, sums), secret, gone, minimum)
    return telling | {name for name, _ in found}


def tells_cells(
    cells: Mapping[Cell, int], subgroup: str, numbers: Mapping[str, float], minimum: int
) -> bool:
    """Tell whether mean, spread and median of a subgroup pin down a count below the minimum.

    Of the counts behind `numbers` a reader knows that none is negative, how many people they hold,
    and the sums of the numbers and of their squares, which mean and standard deviation are; and
    that half lie on either side of the median. What a small count may be under these conditions
    must reach over `minimum` people.
    """
    from scipy.optimize import LinearConstraint, milp

    names = [name for name in numbers if (subgroup, name) in cells]
    counts = np.array([cells[subgroup, name] for name in names], dtype=float)
    if not len(names) or not counts.sum():
        return False
    values = np.array([numbers[name] for name in names])
    sums = np.vstack([np.ones_like(values), values, values**2])
    order = np.argsort(values)
    ranks = np.cumsum(counts[order])
    middle = values[order][np.searchsorted(ranks, ranks[-1] / 2)]
    sides = np.vstack([values < middle, values > middle]).astype(float)
    known = [
        LinearConstraint(sums, sums @ counts, sums @ counts),
        LinearConstraint(sides, -np.inf, counts.sum() / 2),
    ]
    for place in np.flatnonzero((counts > 0) & (counts < minimum)):
        aim = np.zeros_like(values)
        aim[place] = 1
        reach = [
            milp(sign * aim, integrality=np.ones_like(values), constraints=known)
            for sign in (1, -1)
        ]
        # Where none was found nothing is known of how far the count may lie.
        if any(not one.success for one in reach) or -reach[1].fun - reach[0].fun < minimum:
            return True
    return False


def bound_sums(
    variable: str,
    whole: str,
    parts: Collection[str],
    ranges: Mapping[str, Interval],
    cells: Counts,
    *,
    is_whole: bool,
) -> Iterator[Relation]:
    """Yield that all answers add up to no less than their ranges begin with, and no more than end.

    With `parts` it is those of a whole without them, whose sum is what the parts' leave of the
    whole's: no mean of these people need be shown. Parts whose sums are not are among these.

    Of a number that `is_whole` a range ends with its last one; so does, where counts show it, one
    of a single number. Where a range has no end nobody is above all ranges, and no answer is below
    nought; of other ranges both are known only where the counts are.
    """
    lows = {one: held.low for one, held in ranges.items() if held.low is not None}
    if not lows or len(lows) < len(ranges) or min(lows.values()) < 0:
        return
    first, is_open = min(lows.values()), any(one.high is None for one in ranges.values())
    if is_open and not first and not parts and (variable, whole, "") in cells:
        yield equate((variable, whole, ""), [(variable, whole, one) for one in lows])
    for category, power in ((SUM, 1), (SQUARES, 2)):
        needed = (*lows, "", category)
        inside = [one for one in parts if all((variable, one, name) in cells for name in needed)]
        people = {whole: 1.0, **dict.fromkeys(inside, -1.0)}
        totals = [cells.get((variable, who, category)) for who in people]
        sums = [total for total in totals if isinstance(total, int | float)]
        if bool(parts) > bool(inside) or len(sums) < len(totals):
            continue
        most = {one: _leave(variable, people, one, cells) for one in (*lows, "")}
        is_told = not any(
            low < high
            for low, high in (ends_of(cells[variable, who, one]) for who in people for one in lows)
        )
        # Of nobody there is nothing to tell, and parts that overlap leave no sum.
        if (parts and (not most[""] or min(most.values()) < 0)) or not (is_open or is_told):
            continue
        # In units of the greatest, so that a solver's tolerance is one of people.
        ends = [end for held in ranges.values() for end in (held.low, held.high) if end is not None]
        unit = max(ends) or 1.0
        slack = _DIGITS * power * sum(sums) / unit**power
        # Of a range without an end nobody gave more than all together.
        total = (2 * sums[0] - sum(sums)) / unit**power + slack
        tops = {one: total if held.high is None else (_end(held, is_whole) / unit) ** power
                for one, held in ranges.items()}  # fmt: skip
        if first and not is_told:
            # Who is in no range answered less than the first begins with.
            below = (first / unit) ** power
            tops = {one: top - below for one, top in tops.items()} | {"": below}
        least = {one: (low / unit) ** power for one, low in lows.items()}
        limits = [(least, -INFINITE, slack), (tops, -slack, INFINITE)]
        if is_told and all(
            held.high is None or (lows[one] % 1 == 0 and held.high - lows[one] in (0, 1))
            for one, held in ranges.items()
        ):
            tops = {one: total if ranges[one].high is None else low for one, low in least.items()}
            limits.append((tops, -slack, INFINITE))
        for of_one, low, high in limits:
            weights = {
                (variable, who, one): side * weight
                for who, side in people.items()
                for one, weight in of_one.items()
            }
            rest = {(variable, who, category): -side / unit**power for who, side in people.items()}
            yield Relation(weights | rest, low, high)


def _leave(variable: str, people: Mapping[str, float], category: str, cells: Counts) -> float:
    """Return how many of a whole without its parts can have given an answer at most."""
    ends = [(side, *ends_of(cells[variable, who, category])) for who, side in people.items()]
    return sum(high if side > 0 else -low for side, low, high in ends)


def _end(held: Interval, is_whole: bool) -> float:
    """Return the greatest number in a range, or what it ends just before."""
    high = INFINITE if held.high is None else held.high
    return math.ceil(high) - 1 if is_whole and not held.closed_high else high
