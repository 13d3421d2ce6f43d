"""Where the people of a number lie, as far as its quantiles and the shares of its bins tell."""

import math
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from altcred.core.intervals import Interval, read_interval
from altcred.core.statistics import QUANTILES, ZEROS
from altcred.write.views import View

# A dot is such a share of the people, where they are not so few that each has one.
STEP = 0.05
# How close two points are that tell where those between them lie.
CLOSE = 0.15
# Within one bin, the share of the people times the share of the axis that they are spread over.
CLOSE_IN_BIN = 0.3


def list_points(
    view: View, variable: str, part: str, names: Sequence[str]
) -> list[tuple[float, float]]:
    """Return rising shares of the people with the number up to which they lie, as far as told.

    These are quantiles, and between them the ends of bins.
    """
    told = {
        share: found.value
        for share, name in (QUANTILES | {0.5: "median"}).items()
        if (found := view.shown(variable, "", name, part))
    }
    if zeros := view.shown(variable, "", ZEROS, part):
        told |= {0.0: 0.0, zeros.value: 0.0}

    def is_between(share: float) -> bool:
        """Tell whether quantiles on both sides are near, so that an end of a bin adds nothing."""
        near = [one for one in told if abs(one - share) <= STEP + 1e-9]
        return min(near, default=share) < share < max(near, default=share)

    ends = [(share, end) for share, end in _list_ends(view, variable, part, names)
            if not is_between(share) and share not in told]  # fmt: skip
    return sorted([*told.items(), *ends])


def _list_ends(
    view: View, variable: str, part: str, names: Sequence[str]
) -> list[tuple[float, float]]:
    """Return the shares of people below the ends of bins, from either side up to a hidden bin."""
    found = [view.find(variable, name, "", part) for name in names]
    bins = [(read_interval(name) or Interval(None, None),
             math.nan if one is None else one.value)
            for name, one in zip(names, found, strict=True)]  # fmt: skip
    whole = sum(share for _, share in bins)
    below = 1 - whole
    if math.isnan(whole) and bins and _holds_least(view, variable, bins[0][0]):
        below = 0.0
    above, ends = 1.0, {}
    for one, share in bins:
        if one.low is not None:
            ends[one.low] = below
        below += share
        if one.high is not None:
            ends[one.high] = below
    for one, share in reversed(bins):
        above -= share
        if one.low is not None and math.isnan(ends[one.low]):
            ends[one.low] = above
    return [(min(max(share, 0.0), 1.0), end) for end, share in ends.items() if share == share]


def _holds_least(view: View, variable: str, first: Interval) -> bool:
    """Tell whether nobody is below the first bin, of chosen bins or by what can be answered."""
    described, kind = view.described(variable), view.kind(variable)
    if described is None or kind is None or not described.bins or first.low is None:
        return True
    least = described.bounds.low
    if least is None:
        least = 0 if kind.is_money or kind.is_whole else -math.inf
    return first.low <= least


def list_told(
    view: View, variable: str, part: str, names: Sequence[str]
) -> list[tuple[float, float]]:
    """Return the ends of the bins of which the share of people is told."""
    return [
        (one.low, one.high)
        for name in names
        if (one := read_interval(name)) is not None and one.low is not None and one.high is not None
        and view.shown(variable, name, "", part)
    ]  # fmt: skip


def place_dots(
    points: Sequence[tuple[float, float]],
    n: float,
    bins: Sequence[tuple[float, float]],
    *,
    few: int,
) -> list[float]:
    """Return the number at which each dot stands, of those that may be told.

    Of fewer than `few` people each has a dot, somewhere in the range of the answer.

    Between two points a dot is told of where they are close, or less close and in one bin: many
    people spread over most of the axis would be seen where none of them is.
    """
    shares = [round(share, 9) for share, _ in points]
    dots = (np.arange(n) + 0.5) / n if n < few else np.arange(1, 20) * STEP
    placed = []
    span = max(points[-1][1] - points[0][1], 1e-9) if points else 1.0
    for dot in dots.round(9).tolist():
        at = bisect_left(shares, dot)
        if at == len(shares) or (at == 0 and shares[0] > dot):
            continue
        below, above = points[max(at - 1, 0)][1], points[at][1]
        wide = shares[at] - shares[max(at - 1, 0)]
        if shares[at] == dot or wide == 0:
            placed.append(above)
        elif wide <= CLOSE or (
            any(low <= below and above <= high for low, high in bins)
            and wide * (above - below) / span <= CLOSE_IN_BIN
        ):
            placed.append(below + (above - below) * (dot - shares[at - 1]) / wide)
    return placed
