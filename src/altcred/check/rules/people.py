"""Shares, means and counts of whole people, and no more of them than there are."""

from fractions import Fraction

from altcred.check.figures import PEOPLE, SHARES, Key
from altcred.check.ranges import are_apart, divide, meet, multiply, scale, whole
from altcred.check.rules.registry import Outcome, conflict, each, register
from altcred.check.sizes import (
    Size,
    add_sizes,
    category_of,
    find_population,
    find_printed_size,
    find_size,
    size_of,
)
from altcred.check.table import Table
from altcred.check.words import name, printed, show, show_count, show_range, show_size
from altcred.core.records import ALL, NOT_REPORTED


@register("grim", each(*SHARES, "mean"))
def check_whole(table: Table, key: Key) -> Outcome | None:
    """Some whole number of the n people is the share printed; some whole sum of n whole answers, or
    of n times as many as there are items, is the mean printed.
    """
    items = table.relations.describe(key.variable).steps if key.statistic == "mean" else 1
    if items is None:
        return None
    for figure in table.numbers(key):
        size = find_printed_size(table, key)
        if figure.n is not None:
            size = Size(figure.n, figure.n)
        if size is None or not size.exact or figure.is_modelled:
            continue
        total = scale(figure.limits, size.exact * items)
        if total.has_integer:
            continue
        if key.statistic == "mean":
            answers = "whole numbers" if items == 1 else f"people with {items:,} whole answers each"
            line = (
                f"A mean of {figure.shown} over {size.exact:,} {answers} needs a sum of "
                f"{show_range(total)}, and none of these is whole; {name(key)}."
            )
        else:
            below = total.integers()[1] or 0
            line = (
                f"{figure.shown} of {show_count(size.exact, 'person', 'people')} cannot be: "
                f"{show_count(below, 'is', 'are')} {show(Fraction(below, size.exact), 'share')} "
                f"and {show_count(below + 1, 'is', 'are')} "
                f"{show(Fraction(below + 1, size.exact), 'share')}; {name(key)}."
            )
        return conflict(line, figure, size)
    return None


@register("count", each("count", where=lambda key: bool(key.category)))
def check_counted(table: Table, key: Key) -> Outcome | None:
    """A count and a share of one category are of the same people."""
    share = key._replace(statistic="proportion")
    counted, shared = table.known(key), table.known(share)
    if counted is None or shared is None or any(row.is_modelled for row in table.rows(share)):
        return None
    size = _size_beside(table, key)
    counts = whole(multiply(shared.limits, size.limits))
    if size.high is None or not are_apart(counts, counted.limits):
        return None
    found = "no whole number" if counts.is_empty else show_range(counts)
    return conflict(
        f"{printed(table, share)} of {show_size(size)} people is {found}, not "
        f"{printed(table, key)}; {name(share)}.",
        *(counted, shared, size),
    )


def _size_beside(table: Table, key: Key) -> Size:
    """The people that both a count and a share of the same key are of."""
    if key._replace(statistic="nobs") not in table.printed:
        shares = table.rows(key._replace(statistic="proportion"))
        cells = {figure.n for figure in shares if figure.n is not None}
        if len(cells) == 1:
            n = cells.pop()
            return Size(n, n, frozenset(figure.id for figure in shares))
        if key.variable in PEOPLE:
            return find_population(table, key.wave, key.subgroup)
    return find_size(table, key)


def _list_questions(table: Table) -> list[tuple[str, str, str]]:
    """Return the questions of which counts and shares of one group alone are printed."""
    groups: dict[tuple[str, str], set[str]] = {}
    for key in table.printed:
        if key.statistic == "proportion" and key.category and key.variable not in PEOPLE:
            groups.setdefault((key.wave, key.variable), set()).add(key.subgroup)
    # Shares of several groups may be of those with the same answer, and not of their group.
    alone = ((wave, *own, variable) for (wave, variable), own in groups.items() if len(own) == 1)
    return sorted(alone)  # type: ignore[arg-type]


@register("count", _list_questions)
def check_base(table: Table, place: tuple[str, str, str]) -> Outcome | None:
    """Counts and shares of a question with one answer are of one number of people, where no number
    is printed.

    Where a person may have several answers, each may be of others: not everyone was asked of all.
    """
    described = table.relations.describe(place[2])
    bases, used, terms = [], [], []
    for key in table.keys_of(*place):
        share = key._replace(statistic="proportion")
        counted, shared = table.known(key), table.known(share)
        if key.statistic != "count" or not key.category or counted is None or shared is None:
            continue
        is_modelled = any(row.is_modelled for row in table.rows(share))
        if not shared.limits.low or is_modelled or find_printed_size(table, key) is not None:
            continue
        base = divide(whole(counted.limits), shared.limits)
        size = show_range(whole(base)) if base.has_integer else "no whole number"
        term = f"{printed(table, key)} is {printed(table, share)} of {size}"
        if not base.has_integer:
            return conflict(f"{term} of people; {name(share)}.", counted, shared)
        if described.exclusive or described.everyone_ticks:
            bases.append(base)
            used += [counted, shared]
            terms.append(term)
    if meet(bases).has_integer:
        return None
    where = name(Key(*place, "", "proportion"))
    return conflict(f"{', and '.join(terms)}, and of no one number of people; {where}.", *used)


@register("count", each(*SHARES, where=lambda key: key.variable in PEOPLE and key.subgroup == ALL))
def check_share_of_people(table: Table, key: Key) -> Outcome | None:
    """A group's share of all people, and the people counted of it."""
    known = table.all_known([key, key._replace(category="", statistic="count")])
    if known is None or not key.category:
        return None
    share, everyone = known
    counts = whole(multiply(share.limits, everyone.limits))
    parts = {part for item in table.relations.partitions_in(key.wave) for part in item.parts}
    for subgroup in sorted(part for part in parts if category_of(part) == key.category):
        people = find_counted(table, key.wave, subgroup, key.variable)
        if people.high is not None and are_apart(counts, people.limits):
            return conflict(
                f"{printed(table, key)} of {show_range(whole(everyone.limits))} people is "
                f"{show_range(counts)}, not {show_size(people)}; {name(key)}.",
                *(share, everyone, people),
            )
    return None


def find_counted(table: Table, wave: str, subgroup: str, variable: str) -> Size:
    """Return the people of a part as counted, or as its own parts are; never from shares."""
    keys = [Key(wave, subgroup, variable, "", "count")]
    if category_of(subgroup):
        keys.append(Key(wave, ALL, variable, category_of(subgroup), "count"))
    for known in filter(None, map(table.known, keys)):
        return size_of(known)
    for partition in table.relations.partitions_in(wave):
        if partition.whole == subgroup != ALL:
            people = add_sizes(
                [find_counted(table, wave, part, variable) for part in partition.parts]
            )
            if people.high is not None:
                return people
    return Size()


@register("population", each("count", "nobs"))
def check_population(table: Table, key: Key) -> Outcome | None:
    """No more answers than people."""
    _, own = table.relations.population_of(key.wave)
    counts_rows = {*PEOPLE, own, "raw_rows", "dropped", "shared_addresses"}
    if key.variable in counts_rows and (not key.category or key.variable != own):
        return None
    counted = table.known(key)
    if counted is None or counted.disputed:
        return None
    people = find_population(table, key.wave, key.subgroup)
    if key.statistic == "count" and key.category not in {"", NOT_REPORTED}:
        answered = find_printed_size(table, key)
        if answered is not None and answered.high is not None and not counted.ids <= answered.ids:
            is_fewer = people.high is None or answered.high < people.high
            people = answered if is_fewer else people
    low, _ = counted.limits.integers()
    if people.high is None or low is None or low <= people.high or counted.ids <= people.ids:
        return None
    what = "answers" if key.statistic == "nobs" else "people"
    return conflict(
        f"{printed(table, key)} {what} are more than the {show_size(people)} people there are; "
        f"{name(key)}.",
        *(counted, people),
    )
