"""What a mean and a standard deviation tell of the counts they were worked out from."""

from collections.abc import Collection, Mapping

import numpy as np

from altcred.disclose.cells import Cell, Sum, Sums
from altcred.disclose.choosing import hide_further


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
