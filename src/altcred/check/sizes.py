"""How many people stand behind a figure, as far as printed figures tell."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.figures import Key
from altcred.check.ranges import Range, multiply
from altcred.check.table import Known, Table
from altcred.core.records import ALL, NOT_REPORTED


@dataclass(frozen=True)
class Size:
    """The number of people of a group who count, between two whole numbers."""

    low: int = 0
    high: int | None = None
    ids: frozenset[str] = frozenset()

    @property
    def exact(self) -> int | None:
        return self.low if self.low == self.high else None

    @property
    def limits(self) -> Range:
        return Range(Fraction(self.low), None if self.high is None else Fraction(self.high))

    @property
    def at_most(self) -> "Size":
        """The size of some of these people: none, or all of them."""
        return Size(0, self.high, self.ids)


def narrow(sizes: Iterable[Size]) -> Size:
    """Return the size that all agree on; where they do not, the first that is exact."""
    items = list(sizes) or [Size()]
    low = max(item.low for item in items)
    high = min((item.high for item in items if item.high is not None), default=None)
    if high is not None and low > high:
        return next((item for item in items if item.exact is not None), items[0])
    used = [
        item for item in items if item.low == low > 0 or (high is not None and item.high == high)
    ]
    return Size(low, high, frozenset().union(*(item.ids for item in used)))


def add_sizes(sizes: list[Size]) -> Size:
    """Return the size of several groups together, each person in one."""
    highs = [size.high for size in sizes if size.high is not None]
    return Size(
        sum(size.low for size in sizes),
        sum(highs) if len(highs) == len(sizes) else None,
        frozenset().union(*(size.ids for size in sizes)),
    )


def size_of(known: Known) -> Size:
    low, high = known.limits.integers()
    return Size(max(low or 0, 0), high, known.ids)


def category_of(subgroup: str) -> str:
    """Return the category that makes a person one of a subgroup `variable=category`; else ''."""
    return subgroup.partition("=")[2] if "&" not in subgroup else ""


def find_population(table: Table, wave: str, subgroup: str) -> Size:
    """Return how many people a subgroup of a wave has, whether or not they answered."""
    place = ("population", wave, subgroup)
    if place not in table.cache:
        table.cache[place] = _find_population(table, wave, subgroup, frozenset())
    return table.cache[place]  # type: ignore[return-value]


def _find_population(table: Table, wave: str, subgroup: str, seen: frozenset[str]) -> Size:
    if subgroup in seen:
        return Size()

    def find(other: str) -> Size:
        return _find_population(table, wave, other, seen | {subgroup})

    source, variable = table.relations.population_of(wave)
    category = category_of(subgroup)
    direct = table.known(Key(source, subgroup, variable, "", "count"))
    if direct is None and category:
        direct = table.known(Key(source, ALL, variable, category, "count"))
    if direct is not None:
        return size_of(direct)
    found = []
    for partition in table.relations.partitions_in(wave):
        if partition.whole == subgroup:
            parts = [find(part) for part in partition.parts]
            if all(part.exact is not None for part in parts):
                found.append(add_sizes(parts))
        if subgroup in partition.parts:
            found.append(find(partition.whole).at_most)
    if category:
        share = table.known(Key(source, ALL, variable, category, "proportion"))
        everyone = find(ALL)
        if share is not None and everyone.high is not None:
            people = size_of(Known(multiply(share.limits, everyone.limits), share.ids))
            found.append(Size(people.low, people.high, people.ids | everyone.ids))
    if subgroup in table.relations.subsets:
        counted = table.relations.subsets[subgroup].key._replace(wave=wave, statistic="count")
        known = table.known(counted)
        if known is not None:
            found.append(size_of(known))
    found = [size for size in found if size.low or size.high is not None]
    if "&" in subgroup:
        found.extend(find(part).at_most for part in subgroup.split(" & "))
    elif subgroup != ALL and not found:
        found.append(find(ALL).at_most)
    return narrow(size for size in found if size.low or size.high is not None)


def find_size(table: Table, key: Key, premise: bool = False) -> Size:
    """Return how many people of a subgroup answered a question, as far as figures tell.

    Printed sample sizes come first. Where there is none, the number lies below the subgroup's
    people, and it misses no more people than the whole group's number misses. With `premise`
    the declared least share of answers holds as well.
    """
    printed = find_printed_size(table, key)
    if printed is not None:
        return printed
    population = find_population(table, key.wave, key.subgroup)
    found = [population.at_most] if population.high is not None else []
    if key.category != NOT_REPORTED:
        found.extend(_find_from_relatives(table, key))
    if premise and table.relations.allows_premise(key.wave, key.variable) and population.low:
        least = math.ceil(table.relations.premise.share * population.low)  # type: ignore[union-attr]
        found.append(Size(least, None, population.ids))
    return narrow(found)


def find_printed_size(table: Table, key: Key) -> Size | None:
    """Return the sample size printed for a figure: of the category, else of the question."""
    if key.category:
        own = key._replace(statistic="nobs")
        if own in table.printed or key.category == NOT_REPORTED:
            known = table.known(own)
            return None if known is None else size_of(known)
        cell = _find_cell(table, key)
        if cell is not None:
            return cell
    question = key._replace(category="", statistic="nobs")
    known = table.known(question)
    if known is not None:
        return size_of(known)
    return None if key.category else _find_cell(table, question)


def _find_cell(table: Table, key: Key) -> Size | None:
    """Return the one n that is printed beside the figures of a category; None if n's differ."""
    cells = {
        figure.n: figure.ids
        for other in table.keys_of(*key[:3])
        if other.category == key.category
        for figure in table.rows(other)
        if figure.n is not None
    }
    if len(cells) != 1:
        return None
    n, ids = next(iter(cells.items()))
    return Size(n, n, ids)


def _find_from_relatives(table: Table, key: Key) -> list[Size]:
    found = []
    for partition in table.relations.partitions_in(key.wave):
        if partition.whole == key.subgroup:
            parts = [
                find_printed_size(table, key._replace(subgroup=part)) for part in partition.parts
            ]
            if None not in parts:
                found.append(add_sizes(parts))  # type: ignore[arg-type]
        if key.subgroup not in partition.parts:
            continue
        whole = find_printed_size(table, key._replace(subgroup=partition.whole))
        if whole is None or whole.high is None:
            continue
        found.append(whole.at_most)
        people = find_population(table, key.wave, key.subgroup)
        everyone = find_population(table, key.wave, partition.whole)
        if everyone.high is not None and everyone.high >= whole.low:
            # Those of the part who did not answer are among those of the whole who did not.
            least = people.low - (everyone.high - whole.low)
            if least > 0:
                found.append(Size(least, None, people.ids | everyone.ids | whole.ids))
        others = add_sizes(
            [
                find_printed_size(table, key._replace(subgroup=part))
                or find_population(table, key.wave, part).at_most
                for part in partition.parts
                if part != key.subgroup
            ]
        )
        if others.high is not None:
            most = whole.high - others.low
            ids = whole.ids | others.ids
            found.append(Size(max(whole.low - others.high, 0), most if most >= 0 else None, ids))
    return found
