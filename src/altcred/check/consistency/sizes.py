"""How many people stand behind a figure, as far as printed figures tell."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.consistency.figures import ALL, Key, Known, Table
from altcred.check.consistency.ranges import Range, multiply
from altcred.check.consistency.relations import Partition, Relations

NOT_REPORTED = "not_reported"


@dataclass(frozen=True)
class Size:
    """The number of people of a group who count, between two whole numbers."""

    low: int = 0
    high: int | None = None
    ids: frozenset[str] = frozenset()

    @property
    def exact(self) -> int | None:
        return self.low if self.low == self.high else None


def narrow(sizes: Iterable[Size]) -> Size:
    """Return the size that all agree on; where they do not, the first that is exact."""
    items = list(sizes)
    low = max((item.low for item in items), default=0)
    highs = [item.high for item in items if item.high is not None]
    high = min(highs, default=None)
    if high is not None and low > high:
        return next((item for item in items if item.exact is not None), items[0])
    used = [
        item for item in items if item.low == low > 0 or (high is not None and item.high == high)
    ]
    return Size(low, high, frozenset().union(*(item.ids for item in used)))


def size_of(known: Known) -> Size:
    low, high = known.limits.integers()
    return Size(max(low or 0, 0), high, known.ids)


def partitions_in(relations: Relations, wave: str) -> list[Partition]:
    return [
        partition
        for partition in relations.partitions
        if partition.waves is None or wave in partition.waves
    ]


def find_population(table: Table, relations: Relations, wave: str, subgroup: str) -> Size:
    """Return how many people a subgroup of a wave has, whether or not they answered."""
    place = ("population", wave, subgroup)
    if place not in table.cache:
        found = _list_populations(table, relations, wave, subgroup, set())
        table.cache[place] = narrow(found or [Size()])
    return table.cache[place]  # type: ignore[return-value]


def counts_people(relations: Relations, key: Key) -> bool:
    """Tell whether `find_population` could ask for a figure; any other leaves its answers alone."""
    variables = {"responses", *(declared.variable for declared in relations.populations.values())}
    return key.variable in variables or any(
        key[1:] == (subset.subgroup, subset.variable, subset.category, "count")
        for subset in relations.subsets.values()
    )


def _list_populations(
    table: Table, relations: Relations, wave: str, subgroup: str, seen: set[str]
) -> list[Size]:
    if subgroup in seen:
        return []
    seen = seen | {subgroup}
    declared = relations.populations.get(wave)
    source, variable = (declared.wave, declared.variable) if declared else (wave, "responses")
    direct = table.known(Key(source, subgroup, variable, "", "count"))
    if direct is None and "=" in subgroup and "&" not in subgroup:
        direct = table.known(Key(source, ALL, variable, subgroup.split("=")[1], "count"))
    if direct is not None:
        return [size_of(direct)]
    found = []
    for partition in partitions_in(relations, wave):
        if partition.whole == subgroup:
            parts = [
                narrow(_list_populations(table, relations, wave, part, seen) or [Size()])
                for part in partition.parts
            ]
            if all(part.exact is not None for part in parts):
                found.append(_add(parts))
        if subgroup in partition.parts:
            whole = narrow(
                _list_populations(table, relations, wave, partition.whole, seen) or [Size()]
            )
            if whole.high is not None:
                found.append(Size(0, whole.high, whole.ids))
    if "=" in subgroup and "&" not in subgroup:
        share = table.known(Key(source, ALL, variable, subgroup.split("=")[1], "proportion"))
        everyone = narrow(_list_populations(table, relations, wave, ALL, seen) or [Size()])
        if share is not None and everyone.high is not None:
            limits = multiply(share.limits, Range(Fraction(everyone.low), Fraction(everyone.high)))
            low, high = limits.integers()
            found.append(Size(max(low or 0, 0), high, share.ids | everyone.ids))
    subset = relations.subsets.get(subgroup)
    if subset is not None:
        counted = table.known(Key(wave, subset.subgroup, subset.variable, subset.category, "count"))
        if counted is not None:
            found.append(size_of(counted))
    if "&" in subgroup:
        for part in subgroup.split(" & "):
            outer = narrow(_list_populations(table, relations, wave, part, seen) or [Size()])
            if outer.high is not None:
                found.append(Size(0, outer.high, outer.ids))
    elif subgroup != ALL and not found:
        everyone = narrow(_list_populations(table, relations, wave, ALL, seen) or [Size()])
        if everyone.high is not None:
            found.append(Size(0, everyone.high, everyone.ids))
    return found


def _add(sizes: list[Size]) -> Size:
    return Size(
        sum(size.low for size in sizes),
        None if any(size.high is None for size in sizes) else sum(size.high or 0 for size in sizes),
        frozenset().union(*(size.ids for size in sizes)),
    )


def find_size(
    table: Table,
    relations: Relations,
    wave: str,
    subgroup: str,
    variable: str,
    category: str = "",
    premise: bool = False,
) -> Size:
    """Return how many people of a subgroup answered a question, as far as figures tell.

    Printed sample sizes come first. Where there is none, the number lies below the subgroup's
    people, and it misses no more people than the whole group's number misses. With `premise`
    the declared least share of answers holds as well.
    """
    printed = find_printed_size(table, wave, subgroup, variable, category)
    if printed is not None:
        return printed
    found = []
    population = find_population(table, relations, wave, subgroup)
    if population.high is not None:
        found.append(Size(0, population.high, population.ids))
    if category != NOT_REPORTED:
        found.extend(_find_from_relatives(table, relations, wave, subgroup, variable, category))
    if premise and allows_premise(relations, wave, variable) and population.low:
        least = math.ceil(relations.premise.share * population.low)  # type: ignore[union-attr]
        found.append(Size(least, None, population.ids))
    return narrow(found or [Size()])


def allows_premise(relations: Relations, wave: str, variable: str) -> bool:
    """Tell whether a least share of answers is declared for a question of a wave."""
    described = relations.variables.get(variable)
    return (
        relations.premise is not None
        and described is not None
        and wave not in described.conditional
        and variable not in relations.premise.leave_out
    )


def find_printed_size(
    table: Table, wave: str, subgroup: str, variable: str, category: str = ""
) -> Size | None:
    """Return the sample size printed for a figure: of the category, else of the question."""
    if category:
        of_category = Key(wave, subgroup, variable, category, "nobs")
        if of_category in table.printed or category == NOT_REPORTED:
            own = table.known(of_category)
            return None if own is None else size_of(own)
        cells = {
            figure.n: figure.id
            for key in table.keys_of(wave, subgroup, variable)
            if key.category == category
            for figure in table.rows(key)
            if figure.n is not None
        }
        if len(cells) == 1:
            n, where = next(iter(cells.items()))
            return Size(n, n, frozenset({where}))
    question = table.known(Key(wave, subgroup, variable, "", "nobs"))
    if question is not None:
        return size_of(question)
    if not category:
        cells = {
            figure.n: figure.id
            for key in table.keys_of(wave, subgroup, variable)
            if key.category == ""
            for figure in table.rows(key)
            if figure.n is not None
        }
        if len(cells) == 1:
            n, where = next(iter(cells.items()))
            return Size(n, n, frozenset({where}))
    return None


def _find_from_relatives(
    table: Table, relations: Relations, wave: str, subgroup: str, variable: str, category: str
) -> list[Size]:
    found = []
    for partition in partitions_in(relations, wave):
        if partition.whole == subgroup:
            parts = [
                find_printed_size(table, wave, part, variable, category) for part in partition.parts
            ]
            if all(part is not None for part in parts):
                found.append(_add([part for part in parts if part is not None]))
        if subgroup not in partition.parts:
            continue
        whole = find_printed_size(table, wave, partition.whole, variable, category)
        if whole is None or whole.high is None:
            continue
        found.append(Size(0, whole.high, whole.ids))
        people = find_population(table, relations, wave, subgroup)
        everyone = find_population(table, relations, wave, partition.whole)
        if everyone.high is not None and everyone.high >= whole.low:
            # Those of the part who did not answer are among those of the whole who did not.
            least = people.low - (everyone.high - whole.low)
            if least > 0:
                found.append(Size(least, None, people.ids | everyone.ids | whole.ids))
        others = [
            find_printed_size(table, wave, part, variable, category)
            or _as_upper(find_population(table, relations, wave, part))
            for part in partition.parts
            if part != subgroup
        ]
        if all(other.high is not None for other in others):
            least = whole.low - sum(other.high or 0 for other in others)
            most = whole.high - sum(other.low for other in others)
            ids = whole.ids.union(*(other.ids for other in others))
            found.append(Size(max(least, 0), most if most >= 0 else None, ids))
    return found


def _as_upper(size: Size) -> Size:
    return Size(0, size.high, size.ids)
