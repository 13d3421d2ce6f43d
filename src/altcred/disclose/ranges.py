"""The stretches into which ranges and groups of a number cut each other.

Ranges that overlap, such as [500, 1000) and a group [0, 1000], tell of each other what neither
tells alone: how many are in the one less the other. Each is the sum of the stretches between all
ends, which hold nobody twice.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from altcred.core.intervals import Interval, read_interval
from altcred.core.statistics import ZEROS

# Begins the category of a stretch that is no range of its own.
STRETCH = "stretch "
# A question, people, and an answer (see relations.py).
_Place = tuple[str, str, str]
# A place on the line of numbers: before a number, or just behind it.
_Cut = tuple[float, bool]
_ZERO, _EVERYTHING = Interval(0, 0, closed_high=True), Interval(None, None)


def cut_ranges(
    counts: Mapping[str, object],
    groups: Mapping[str, Interval],
    *,
    is_whole: bool,
    is_divided: bool,
) -> tuple[dict[str, int | None], dict[str, list[str]]]:
    """Return stretches that are no range themselves, and of what stretches each range consists.

    `counts` has the numbers of people by the names of ranges and of other categories, '' among them
    for all who answered; where all are known, numbers that fit are returned of the stretches.
    `groups` are the ranges with names of their own; without one, and without a share of zeros,
    nothing is returned, nor where no numbers fit. Of a number that `is_whole` none lies between two
    that follow each other. Where all answers are in a range without a name if there is one
    (`is_divided`), none lies outside of these.
    """
    spans = _find_spans(counts, groups, is_whole=is_whole, is_divided=is_divided)
    if not spans:
        return {}, {}
    names = _name_stretches(spans)
    sums = {
        one: [name for span, name in names.items() if first <= span[0] and span[1] <= last]
        for one, (first, last) in spans.items()
    }
    known = {one: n for one in sums if isinstance(n := counts[one], int)}
    fitting = _fit([*names.values()], sums, known) if len(known) == len(sums) else {}
    if fitting is None:
        return {}, {}
    stretches = {one: fitting.get(one) for one in names.values() if one not in spans}
    return stretches, {one: inside for one, inside in sums.items() if inside != [one]}


def list_parts(
    categories: Collection[str],
    groups: Mapping[str, Interval],
    *,
    is_whole: bool,
    is_divided: bool,
) -> dict[str, Interval]:
    """Return the ranges that hold nobody twice: those without names, or what all are cut into."""
    bins = {one: held for one in categories if (held := read_interval(one)) is not None}
    if not any(one.startswith(STRETCH) for one in categories):
        return bins
    spans = _find_spans(categories, groups, is_whole=is_whole, is_divided=is_divided)
    found = {}
    for (low, high), name in _name_stretches(spans).items():
        first, last = (None if math.isinf(end) else end for end, _ in (low, high))
        found[name] = Interval(first, last)
    return found


def _find_spans(
    categories: Collection[str],
    groups: Mapping[str, Interval],
    *,
    is_whole: bool,
    is_divided: bool,
) -> dict[str, tuple[_Cut, _Cut]]:
    """Return from where to where each range reaches; nothing where none cuts another."""
    bins = {one: held for one in categories if (held := read_interval(one)) is not None}
    named = {one: groups[one] for one in categories if one in groups}
    named |= {one: _ZERO for one in categories if one == ZEROS}
    if not named:
        return {}
    spans = {one: _find_span(held, is_whole) for one, held in {**bins, **named}.items()}
    if bins and is_divided:
        low, high = min(spans[one][0] for one in bins), max(spans[one][1] for one in bins)
        spans = {one: (max(first, low), min(last, high)) for one, (first, last) in spans.items()}
    spans = {one: span for one, span in spans.items() if span[0] < span[1]}
    if "" in categories and (is_divided or not bins):
        ends = spans.values() if bins else [*spans.values(), _find_span(_EVERYTHING, is_whole)]
        spans[""] = min(first for first, _ in ends), max(last for _, last in ends)
    return spans


def _name_stretches(spans: Mapping[str, tuple[_Cut, _Cut]]) -> dict[tuple[_Cut, _Cut], str]:
    """Return the stretches between all ends, in their order, with their names."""
    cuts = sorted({cut for span in spans.values() for cut in span})
    own = {span: one for one, span in [*spans.items()][::-1] if one}
    return {span: own.get(span, f"{STRETCH}{span[0]} {span[1]}") for span in pairwise(cuts)}


def list_sizes(
    sizes: Mapping[_Place, Sequence[_Place]],
    named: Mapping[str, Mapping[str, Interval]],
    cells: Mapping[_Place, object],
) -> dict[_Place, int | None]:
    """Return the ranges of numbers that nothing tells but the sizes of subgroups, with these.

    `sizes` says of which answers subgroups are, `named` which ranges each question has.
    """
    found: dict[_Place, int | None] = {}
    for size, answers in sizes.items():
        for one in answers:
            if size in cells and one not in cells and one[2] in named.get(one[0], ()):
                found[one] = n if isinstance(n := cells[size], int) else None
    return found


def _find_span(held: Interval, is_whole: bool) -> tuple[_Cut, _Cut]:
    low = -math.inf if held.low is None else held.low
    high = math.inf if held.high is None else held.high
    first, last = (low, not held.closed_low), (high, held.closed_high)
    if not is_whole:
        return first, last
    return _next_whole(first), _next_whole(last)


def _next_whole(cut: _Cut) -> _Cut:
    """Return the place before the first whole number that is not before a place."""
    number, is_behind = cut
    if math.isinf(number):
        return number, False
    return float(math.floor(number) + 1 if is_behind else math.ceil(number)), False


def _fit(
    order: Sequence[str], sums: Mapping[str, Sequence[str]], counts: Mapping[str, int]
) -> dict[str, int] | None:
    """Return numbers of people of stretches that fit those of ranges; None where there are none.

    A range from one cut to another holds the difference of how many are below these, so that the
    shortest paths between cuts are numbers that fit.
    """
    place = {name: at for at, name in enumerate(order)}
    paths = [(at + 1, at, 0) for at in range(len(order))]
    for one, inside in sums.items():
        first, last = place[inside[0]], place[inside[-1]] + 1
        paths += [(first, last, counts[one]), (last, first, -counts[one])]
    below = [0] * (len(order) + 1)
    for _ in range(len(below) + 1):
        before = list(below)
        for start, end, most in paths:
            below[end] = min(below[end], below[start] + most)
        if below == before:
            return {name: below[at + 1] - below[at] for name, at in place.items()}
    return None
