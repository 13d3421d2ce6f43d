"""Categories of one question: which exclude each other, which hold others, and 100%."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from altcred.check.figures import Key
from altcred.check.ranges import Range, is_above, point, scale, whole
from altcred.check.relations import VariableRelation
from altcred.check.rules.parts import shares_of_headings
from altcred.check.rules.registry import Outcome, conflict, register
from altcred.check.sizes import Size, find_printed_size
from altcred.check.table import Known, Table
from altcred.check.words import name, printed, show, show_range, wording
from altcred.core.intervals import parse_interval
from altcred.core.records import NOT_REPORTED

# Beyond so many combinations of overlapping sets the heaviest are kept.
MOST_SETS, KEPT_SETS = 4096, 1024


class Place(NamedTuple):
    """The categories of one question in one group, as counts or as shares."""

    wave: str
    subgroup: str
    variable: str
    statistic: str


class Item(NamedTuple):
    """A set of categories, what is printed of it, and under which key; None for everyone."""

    members: frozenset[str]
    known: Known
    key: Key | None


@dataclass
class Question:
    """What is printed of one question: sets of categories, and what whole people they can be."""

    table: Table
    place: Place
    items: list[Item]
    # The people who answered, where they are known exactly and shares are printed; never 0.
    base: int | None
    _narrowed: dict[Range, Range] = field(default_factory=dict)

    def narrow(self, limits: Range) -> Range:
        """Return a share's range narrowed to what whole people can be."""
        if self.base is None:
            return limits
        if limits not in self._narrowed:
            counts = whole(scale(limits, self.base))
            self._narrowed[limits] = (
                limits if counts.is_empty else scale(counts, Fraction(1, self.base))
            )
        return self._narrowed[limits]

    def clash(self, items: list[Item], bound: str, total: Fraction, target: Item) -> Outcome:
        """Say that sets together have at most or at least a total that the target has not."""
        is_share = self.place.statistic == "proportion"
        shown = show(total, "share" if is_share else "number")
        against = "100%" if is_share else f"{show_range(target.known.limits)} people"
        if target.key is not None:
            against = f"{printed(self.table, target.key)} for {wording().category(target.key)}"
        keys = [item.key for item in items if item.key is not None]
        categories = ", ".join(wording().category(key) for key in keys)
        wave, subgroup, variable, _ = self.place
        asked = f"{wording().variable(wave, variable)} ({wording().whom(wave, subgroup)})"
        return conflict(
            f"{' + '.join(printed(self.table, key) for key in keys)} make {bound} {shown}, "
            f"{'more' if bound == 'at least' else 'less'} than {against}; "
            f"{asked}: {categories}.",
            *(item.known for item in items),
            target.known,
        )


def _list_places(table: Table) -> Iterator[Place]:
    statistics = ("proportion", "count")
    for place in sorted({key[:3] for key in table if key.statistic in statistics}):
        yield from (Place(*place, statistic) for statistic in statistics)


@register("sum", _list_places)
def check_sets(table: Table, place: Place) -> Outcome | None:
    """Categories that exclude each other have 100% together at most, and 100% if all are printed; a
    category has no more than a group that holds it; a group no more than its categories together.
    """
    described = table.relations.describe(place.variable)
    items = _list_items(table, described, place)
    if not items:
        return None
    size = find_printed_size(table, Key(*place[:3], "", "nobs"))
    is_share = place.statistic == "proportion"
    base = size.exact or None if size is not None and is_share else None
    question = Question(table, place, items, base)
    targets = [*items]
    everyone = _find_everyone(size, is_share)
    named = described.offered.get(place.wave, described.categories)
    is_closed = bool(named and (described.categories or described.intervals))
    if everyone is not None and (described.exclusive or described.everyone_ticks):
        # Answers outside the codebook's list ("other, as typed") may still be printed.
        universe = frozenset(named).union(*(item.members for item in items))
        targets.append(Item(universe, everyone, None))
    for target in targets:
        others = [item for item in items if item.key != target.key]
        inside = [item for item in others if item.members <= target.members]
        outcome = None
        if described.exclusive:
            outcome = _check_packing(question, inside, target)
        elif target.key is not None:
            outcome = _check_nested(table, inside, target)
        if outcome is None and (target.key is not None or is_closed):
            touching = [item for item in others if item.members & target.members]
            outcome = _check_cover(question, touching, target)
        if outcome is not None:
            return outcome
    return None


def _find_everyone(size: Size | None, is_share: bool) -> Known | None:
    if is_share:
        return Known(point(1), frozenset())
    if size is None or size.high is None:
        return None
    return Known(size.limits, size.ids)


def _list_items(table: Table, described: VariableRelation, place: Place) -> list[Item]:
    keys = table.keys_of(*place[:3])
    cells = _cut_line(described, [key.category for key in keys])
    aside = {"", NOT_REPORTED}
    if place.statistic == "proportion" and described.breakdowns:
        aside |= shares_of_headings(table, *place[:3])
    items = []
    for key in keys:
        if key.statistic != place.statistic or key.category in aside:
            continue
        if key._replace(statistic="nobs") in table.printed:
            # The category was put to others than the rest of the question.
            continue
        known = table.known(key)
        members = cells.get(key.category)
        if members is None:
            members = frozenset(described.groups.get(key.category, key.category.split("+")))
        if known is not None and members:
            items.append(Item(members, known, key))
    return items


def _cut_line(described: VariableRelation, categories: list[str]) -> dict[str, frozenset[str]]:
    """Cut the number line at every end of the intervals, so that each is a set of pieces.

    Each end is a piece of its own, so that [0, 50] and [0, 50) differ by the number 50.
    """
    found = {}
    for category in {*categories, *described.intervals}:
        try:
            found[category] = parse_interval(described.intervals.get(category, category))
        except ValueError:
            continue
    ends = sorted(
        {end for item in found.values() for end in (item.low, item.high) if end is not None}
    )
    gaps = list(zip([None, *ends], [*ends, None], strict=True))
    return {
        category: frozenset(
            [f"={end}" for end in ends if item.holds(end)]
            + [
                f">{low}"
                for low, high in gaps
                if (item.low is None or (low is not None and low >= item.low))
                and (item.high is None or (high is not None and high <= item.high))
            ]
        )
        for category, item in found.items()
    }


# Sets chosen so far, their total, by the members they hold.
Chosen = dict[frozenset[str], tuple[Fraction, list[Item]]]


def _check_packing(question: Question, inside: list[Item], target: Item) -> Outcome | None:
    """Disjoint sets inside another hold no more than it does."""
    limit = question.narrow(target.known.limits)
    if limit.high is None:
        return None
    total, best = _pack(question, inside)
    if total < limit.high or (total == limit.high and not limit.high_open):
        return None
    return question.clash(best, "at least", total, target) if best else None


def _pack(question: Question, items: list[Item]) -> tuple[Fraction, list[Item]]:
    """Return disjoint sets whose least shares add up to the most."""
    best: Chosen = {frozenset(): (Fraction(0), [])}
    for item in sorted(items, key=lambda item: len(item.members)):
        gain = question.narrow(item.known.limits).low
        if not gain:
            continue
        for used, (total, chosen) in list(best.items()):
            joined = used | item.members
            if not used & item.members and (joined not in best or best[joined][0] < total + gain):
                best[joined] = (total + gain, [*chosen, item])
        if len(best) > MOST_SETS:
            # Keeping the heaviest can only miss a conflict.
            best = dict(sorted(best.items(), key=lambda entry: -entry[1][0])[:KEPT_SETS])
    return max(best.values(), key=lambda entry: entry[0])


def _check_cover(question: Question, touching: list[Item], target: Item) -> Outcome | None:
    """Sets that cover another together hold no fewer than it does."""
    limit = question.narrow(target.known.limits)
    if not limit.low:
        return None
    cover = _cover(touching, target.members)
    if cover is None:
        return None
    highs = [question.narrow(item.known.limits).high for item in cover]
    high = sum((end or Fraction(0) for end in highs), Fraction(0))
    if high > limit.low or (high == limit.low and not limit.low_open):
        return None
    return question.clash(cover, "at most", high, target)


def _cover(items: list[Item], members: frozenset[str]) -> list[Item] | None:
    """Return sets that cover all members and whose greatest shares add up to the least."""
    usable = [item for item in items if item.known.limits.high is not None]
    best: Chosen = {frozenset(): (Fraction(0), [])}
    # The first member not yet covered is covered next, so that each choice is tried once.
    for member in sorted(members):
        reached: Chosen = {}
        for covered, (total, chosen) in best.items():
            steps = [(covered, total, chosen)]
            if member not in covered:
                steps = [
                    (
                        covered | (item.members & members),
                        total + item.known.limits.high,  # type: ignore[operator]
                        [*chosen, item],
                    )
                    for item in usable
                    if member in item.members
                ]
            for joined, cost, taken in steps:
                if joined not in reached or reached[joined][0] > cost:
                    reached[joined] = (cost, taken)
        best = reached
    return best[members][1] if members in best else None


def _check_nested(table: Table, inside: list[Item], target: Item) -> Outcome | None:
    """People of a category are of every group that holds it."""
    for item in inside:
        if is_above(item.known.limits, target.known.limits):
            return conflict(
                f"{name(item.key)} is {printed(table, item.key)}, more than {name(target.key)}, "  # type: ignore[arg-type]
                f"which includes it, with {printed(table, target.key)}.",  # type: ignore[arg-type]
                *(item.known, target.known),
            )
    return None
