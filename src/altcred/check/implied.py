"""Sample sizes that are not printed but follow from what is."""

from collections.abc import Iterator
from dataclasses import dataclass

from altcred.check.figures import CONTEXT, PEOPLE, SHARES, Figure, Key
from altcred.check.ranges import Range, add, are_apart, divide, meet, scale, whole
from altcred.check.relations import Partition
from altcred.check.sizes import category_of, find_population, find_printed_size
from altcred.check.table import Known, Table
from altcred.check.words import printed, wording
from altcred.core.records import ALL

LARGEST = 1000
# So many values are listed; of more, the first ones or the ends.
LISTED = 12


@dataclass(frozen=True)
class Implied:
    """A number that is not printed: what it is, the values it can have, and how it follows."""

    what: str
    low: int
    high: int | None
    line: str
    ids: tuple[str, ...]
    values: tuple[int, ...] = ()

    def describe(self) -> str:
        """Write the size in one line."""
        if self.values:
            shown = ", ".join(f"{value:,}" for value in self.values)
        elif self.high == self.low:
            shown = f"{self.low:,}"
        else:
            shown = f"{self.low:,} " + (f"to {self.high:,}" if self.high is not None else "or more")
        return f"{self.what}: {shown}. {self.line}"


def list_implied(table: Table) -> Iterator[Implied]:
    """Yield every implied size."""
    yield from _list_group_sizes(table)
    yield from _list_answers(table)
    for group in table.relations.unprinted_sizes:
        yield from _search_group(table, group.wave, group.subgroup or ALL)
    for wave in sorted({key.wave for key in table}):
        for partition in table.relations.partitions_in(wave):
            if len(partition.parts) == 2 and partition.whole == ALL:
                yield from _search_split(table, wave, partition)


def _list_group_sizes(table: Table) -> Iterator[Implied]:
    waves = sorted({key.wave for key in table if key.wave != CONTEXT and ":" not in key.wave})
    groups = (
        (wave, part)
        for wave in waves
        for partition in table.relations.partitions_in(wave)
        for part in partition.parts
        if "&" not in part
    )
    for wave, subgroup in groups:
        _, variable = table.relations.population_of(wave)
        category = category_of(subgroup) or subgroup
        is_printed = any(
            table.known(Key(wave, *place, "count"))
            for place in ((subgroup, variable, ""), (ALL, variable, category))
        )
        size = find_population(table, wave, subgroup)
        everyone = find_population(table, wave, ALL)
        if is_printed or not size.low or size.high in {None, everyone.high}:
            continue
        shown = sorted({table.figures[id].shown for id in size.ids if id in table.figures})
        yield Implied(
            f"people of {wording().group(wave, subgroup)} ({wording().word(wave)})",
            size.low,
            size.high,
            f"From {', '.join(shown)}.",
            tuple(sorted(size.ids)),
        )


def _list_answers(table: Table) -> Iterator[Implied]:
    """The people that a count and a share of one category are both of."""
    found: dict[tuple[str, str, str], list[tuple[Range, Key]]] = {}
    for key, counted in _list_counted(table):
        share = key._replace(statistic="proportion")
        shared = table.known(share)
        if any(row.is_modelled for row in table.rows(share)):
            continue
        if shared is not None and shared.limits.low and not find_printed_size(table, key):
            people = divide(whole(counted), shared.limits)
            found.setdefault(key[:3], []).append((people, key))
    for (wave, subgroup, variable), items in sorted(found.items()):
        low, high = meet(people for people, _ in items).integers()
        if low is None or (high is not None and low > high):
            continue
        keys = [key for _, key in items]
        shares = [key._replace(statistic="proportion") for key in keys]
        counts = [key._replace(statistic="count") for key in keys]
        shown = "; ".join(f"{wording().category(key)}: {printed(table, key)}" for key in shares)
        yield Implied(
            f"answers to {wording().variable(wave, variable)} ({wording().whom(wave, subgroup)})",
            low,
            high,
            f"The counts are these shares of them: {shown}.",
            tuple(sorted({row.id for key in [*counts, *shares] for row in table.numbers(key)})),
        )


def _list_counted(table: Table) -> Iterator[tuple[Key, Range]]:
    """Yield how many are of a category: as counted, or as counted in the parts of a group."""
    for key in table:
        if key.statistic == "count" and key.category and key.variable not in PEOPLE:
            counted = table.known(key)
            if counted is not None:
                yield key, counted.limits
    for key in table:
        if key.statistic == "proportion" and key.category:
            for partition in table.relations.partitions_in(key.wave):
                if partition.whole == key.subgroup:
                    counts = key._replace(statistic="count")
                    parts = table.all_known(
                        counts._replace(subgroup=part) for part in partition.parts
                    )
                    total = add(*(whole(part.limits) for part in parts or ()))
                    if total.low:
                        yield key, total


def fits(figures: list[Figure], n: int) -> bool:
    """Tell whether some count of n people is the share that is printed, for every figure."""
    return all(scale(row.limits, n).has_integer for row in figures)


def _shares_of(table: Table, wave: str, subgroup: str) -> list[Figure]:
    return [
        figure
        for key in table
        if key[:2] == (wave, subgroup) and key.statistic in SHARES and key.variable not in PEOPLE
        for figure in table.numbers(key)
        if figure.n is None
    ]


def _search_group(table: Table, wave: str, subgroup: str) -> Iterator[Implied]:
    """Search the sizes of a group of which all its shares, and those of its parts, are people."""
    figures = _shares_of(table, wave, subgroup)
    nested: list[tuple[Known, list[Figure]]] = []
    for part, subset in table.relations.subsets.items():
        inside = _shares_of(table, wave, part)
        share = table.known(subset.key._replace(wave=wave, statistic="proportion"))
        if inside and subset.subgroup == subgroup and share is not None:
            nested.append((share, inside))

    def is_possible(n: int) -> bool:
        counts = [scale(share.limits, n).integers() for share, _ in nested]
        return fits(figures, n) and all(
            any(
                fits(inside, count)
                for count in range(max(low or 0, 0), min(n if high is None else high, n) + 1)
            )
            for (low, high), (_, inside) in zip(counts, nested, strict=True)
        )

    population = find_population(table, wave, subgroup)
    sizes = range(max(population.low, 1), min(population.high or LARGEST, LARGEST) + 1)
    values = [n for n in sizes if is_possible(n)] if figures else []
    if values:
        shown = ", ".join(dict.fromkeys(figure.shown for figure in figures))
        inner = ", ".join(dict.fromkeys(figure.shown for _, inside in nested for figure in inside))
        yield Implied(
            f"people who answered ({wording().whom(wave, subgroup)})",
            values[0],
            None,
            f"The smallest number of which {shown} are whole people"
            + (f", and {inner} of a part of them" if inner else "")
            + ", if all answered every question.",
            tuple(sorted(figure.id for figure in figures)),
            tuple(values[:LISTED]),
        )


def _search_split(table: Table, wave: str, partition: Partition) -> Iterator[Implied]:
    """Search the sizes of two parts, neither of them printed, of a whole whose size is."""
    everyone = find_population(table, wave, ALL)
    total, (first, second) = everyone.exact, partition.parts
    sizes = [find_population(table, wave, part) for part in partition.parts]
    shares = [_shares_of(table, wave, part) for part in partition.parts]
    if total is None or total > 2 * LARGEST or not all(shares):
        return
    if any(size.low or (size.high is not None and size.high < total) for size in sizes):
        return
    compared = [
        known
        for key in table
        if key[:2] == (wave, ALL) and key.statistic == "proportion"
        and (known := table.all_known(key._replace(subgroup=part) for part in (ALL, first, second)))
    ]  # fmt: skip
    least = [_least_people(table, wave, part) for part in partition.parts]
    values = [
        n
        for n in range(least[0], total - least[1] + 1)
        if fits(shares[0], n)
        and fits(shares[1], total - n)
        and all(_fits_together(known, n, total) for known in compared)
    ]
    if values:
        called, other = (wording().group(wave, part) for part in partition.parts)
        yield Implied(
            f"people of {called} among the {total:,} ({wording().word(wave)})",
            values[0],
            values[-1],
            f"{len(values):,} sizes between them give whole people for every share printed of "
            f"{called} and of {other}, and leave room for the different values counted in each, "
            "if all answered every question.",
            tuple(sorted(everyone.ids)),
            tuple(values) if len(values) <= LISTED else (),
        )


def _least_people(table: Table, wave: str, subgroup: str) -> int:
    """Return how many different values are counted in a group: so many people it has at least."""
    found = [
        known.limits.integers()[0] or 0
        for key in table
        if key[:2] == (wave, subgroup) and key.statistic == "nunique"
        if (known := table.known(key)) is not None
    ]
    return max([1, *found])


def _fits_together(known: list[Known], n: int, total: int) -> bool:
    overall, first, second = (item.limits for item in known)
    counts = whole(scale(first, n)), whole(scale(second, total - n))
    return not are_apart(add(*counts), scale(overall, total))
