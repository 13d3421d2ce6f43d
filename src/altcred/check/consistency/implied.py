"""Sample sizes that are not printed but follow from what is."""

from collections.abc import Iterator
from dataclasses import dataclass

from altcred.check.consistency import ranges
from altcred.check.consistency.figures import ALL, CONTEXT, SHARES, Figure, Key, Table
from altcred.check.consistency.ranges import Range
from altcred.check.consistency.relations import Relations
from altcred.check.consistency.sizes import (
    find_population,
    find_printed_size,
    partitions_in,
)
from altcred.check.consistency.words import printed

LARGEST = 1000


@dataclass(frozen=True)
class Implied:
    """A number that is not printed: what it is, the values it can have, and how it follows."""

    what: str
    low: int
    high: int | None
    values: tuple[int, ...]
    line: str
    ids: tuple[str, ...]


def list_implied(table: Table, relations: Relations) -> Iterator[Implied]:
    """Yield every implied size."""
    yield from _list_group_sizes(table, relations)
    yield from _list_answers(table, relations)
    for group in relations.unprinted_sizes:
        found = _search_group(table, relations, group.wave, group.subgroup or ALL)
        if found is not None:
            yield found
    yield from _list_splits(table, relations)


def _list_group_sizes(table: Table, relations: Relations) -> Iterator[Implied]:
    waves = sorted({key.wave for key in table if key.wave != CONTEXT and ":" not in key.wave})
    for wave in sorted(waves):
        declared = relations.populations.get(wave)
        variable = declared.variable if declared else "responses"
        for partition in partitions_in(relations, wave):
            for subgroup in partition.parts:
                if "&" in subgroup:
                    continue
                direct = table.known(Key(wave, subgroup, variable, "", "count")) or table.known(
                    Key(wave, ALL, variable, subgroup.split("=")[-1], "count")
                )
                size = find_population(table, relations, wave, subgroup)
                everyone = find_population(table, relations, wave, ALL)
                if direct is not None or size.high is None or size.high == everyone.high:
                    continue
                if not size.low:
                    continue
                shown = ", ".join(
                    sorted({table.figures[id].shown for id in size.ids if id in table.figures})
                )
                yield Implied(
                    f"people of {subgroup} ({wave})",
                    size.low,
                    size.high,
                    (),
                    f"From {shown}.",
                    tuple(sorted(size.ids)),
                )


def _list_answers(table: Table, relations: Relations) -> Iterator[Implied]:
    """The people that a count and a share of one category are both of."""
    found: dict[tuple[str, str, str], list[tuple[Range, Key]]] = {}
    for key in table:
        if key.statistic != "count" or not key.category or key.variable in {"responses", "pairs"}:
            continue
        counted = table.known(key)
        share_key = key._replace(statistic="proportion")
        shared = table.known(share_key)
        if counted is None or shared is None or not shared.limits.low:
            continue
        if find_printed_size(table, key.wave, key.subgroup, key.variable, key.category):
            continue
        people = ranges.divide(ranges.whole(counted.limits), shared.limits)
        found.setdefault(key[:3], []).append((people, key))
    # A group's parts counted and its whole as a share give the same.
    for key in list(table):
        if key.statistic != "proportion" or not key.category:
            continue
        if find_printed_size(table, key.wave, key.subgroup, key.variable, key.category):
            continue
        for partition in partitions_in(relations, key.wave):
            if partition.whole != key.subgroup:
                continue
            parts = [
                table.known(key._replace(subgroup=part, statistic="count"))
                for part in partition.parts
            ]
            shared = table.known(key)
            if shared is None or not shared.limits.low or any(part is None for part in parts):
                continue
            total = ranges.point(0)
            for part in parts:
                total = ranges.add(total, ranges.whole(part.limits))  # type: ignore[union-attr]
            if total.low:
                found.setdefault(key[:3], []).append((ranges.divide(total, shared.limits), key))
    for (wave, subgroup, variable), items in sorted(found.items()):
        common = ranges.meet(item[0] for item in items)
        low, high = common.integers()
        if low is None or (high is not None and low > high):
            continue
        ids = sorted(
            {
                figure.id
                for _, key in items
                for statistic in ("count", "proportion")
                for figure in table.numbers(key._replace(statistic=statistic))
            }
        )
        shown = "; ".join(
            f"{key.category}: {printed(table, key._replace(statistic='proportion'))}"
            for _, key in items
        )
        yield Implied(
            f"answers to {variable} ({wave}, {subgroup})",
            low,
            high,
            (),
            f"The counts are these shares of them: {shown}.",
            tuple(ids),
        )


def fits(figure: Figure, n: int) -> bool:
    """Tell whether some count of n people is the share that is printed."""
    return figure.limits is None or ranges.multiply(figure.limits, ranges.point(n)).has_integer


def _shares_of(table: Table, wave: str, subgroup: str) -> list[Figure]:
    return [
        figure
        for key in table
        if key.wave == wave and key.subgroup == subgroup and key.statistic in SHARES
        for figure in table.numbers(key)
        if figure.n is None and key.variable not in {"responses", "pairs"}
    ]


def _search_group(table: Table, relations: Relations, wave: str, subgroup: str) -> Implied | None:
    figures = _shares_of(table, wave, subgroup)
    if not figures:
        return None
    nested = []
    for part, subset in relations.subsets.items():
        inside = _shares_of(table, wave, part)
        key = Key(wave, subset.subgroup, subset.variable, subset.category, "proportion")
        if inside and key.subgroup == subgroup and table.known(key) is not None:
            nested.append((table.known(key), inside))
    population = find_population(table, relations, wave, subgroup)
    most = min(population.high or LARGEST, LARGEST)
    values = []
    for n in range(max(population.low, 1), most + 1):
        if not all(fits(figure, n) for figure in figures):
            continue
        good = True
        for known, inside in nested:
            counts = ranges.multiply(known.limits, ranges.point(n))  # type: ignore[union-attr]
            low, high = counts.integers()
            good = good and any(
                all(fits(figure, count) for figure in inside)
                for count in range(max(low or 0, 0), min(high if high is not None else n, n) + 1)
            )
        if good:
            values.append(n)
    if not values:
        return None
    shown = ", ".join(dict.fromkeys(figure.shown for figure in figures))
    inner = ", ".join(dict.fromkeys(figure.shown for _, inside in nested for figure in inside))
    return Implied(
        f"people who answered ({wave}, {subgroup})",
        values[0],
        None,
        tuple(values[:12]),
        f"The smallest number of which {shown} are whole people"
        + (f", and {inner} of a part of them" if inner else "")
        + ", if all answered every question.",
        tuple(sorted(figure.id for figure in figures)),
    )


def _list_splits(table: Table, relations: Relations) -> Iterator[Implied]:
    """Two parts whose sizes are not printed, of a whole whose size is."""
    for wave in sorted({key.wave for key in table}):
        for partition in partitions_in(relations, wave):
            if len(partition.parts) != 2 or partition.whole != ALL:
                continue
            whole = find_population(table, relations, wave, partition.whole)
            first, second = partition.parts
            sizes = [find_population(table, relations, wave, part) for part in partition.parts]
            if whole.exact is None or any(size.low for size in sizes) or whole.exact > 2 * LARGEST:
                continue
            if any(size.high is not None and size.high < whole.exact for size in sizes):
                continue
            shares = [_shares_of(table, wave, part) for part in partition.parts]
            if not all(shares):
                continue
            least = [_least_people(table, wave, part) for part in partition.parts]
            shared = [
                (overall.limits, parts[0].limits, parts[1].limits)
                for key in table
                if key.wave == wave
                and key.subgroup == ALL
                and key.statistic == "proportion"
                and (overall := table.known(key)) is not None
                and (
                    parts := [table.known(key._replace(subgroup=part)) for part in partition.parts]
                )
                and parts[0] is not None
                and parts[1] is not None
            ]
            values = [
                n
                for n in range(max(1, least[0]), whole.exact - max(1, least[1]) + 1)
                if all(fits(figure, n) for figure in shares[0])
                and all(fits(figure, whole.exact - n) for figure in shares[1])
                and all(_fits_together(limits, n, whole.exact) for limits in shared)
            ]
            if values:
                yield Implied(
                    f"people of {first} among the {whole.exact:,} ({wave})",
                    values[0],
                    values[-1],
                    tuple(values) if len(values) <= 12 else (),
                    f"{len(values):,} sizes between them give whole people for every share "
                    f"printed of {first} and of {second}, and leave room for the different "
                    "values counted in each, if all answered every question.",
                    tuple(sorted(whole.ids)),
                )


def _least_people(table: Table, wave: str, subgroup: str) -> int:
    found = [
        known.limits.integers()[0] or 0
        for key in table
        if key.wave == wave
        and key.subgroup == subgroup
        and key.statistic == "nunique"
        and (known := table.known(key)) is not None
    ]
    return max(found, default=1)


def _fits_together(limits: tuple[Range, Range, Range], n: int, total: int) -> bool:
    overall, *parts = limits
    counts = [
        ranges.whole(ranges.multiply(part, ranges.point(size)))
        for part, size in zip(parts, (n, total - n), strict=True)
    ]
    together = ranges.multiply(overall, ranges.point(total))
    return not ranges.meet([ranges.add(*counts), together]).is_empty


def describe(implied: Implied) -> str:
    """Write an implied size in one line."""
    if implied.values:
        shown = ", ".join(f"{value:,}" for value in implied.values)
        return f"{implied.what}: {shown}. {implied.line}"
    if implied.high == implied.low:
        return f"{implied.what}: {implied.low:,}. {implied.line}"
    high = "or more" if implied.high is None else f"to {implied.high:,}"
    return f"{implied.what}: {implied.low:,} {high}. {implied.line}"
