"""Single rules of consistency. Each looks at a few figures and says what is wrong, or nothing.

A rule is evaluated on any table, so that the same rule serves to find a conflict, to leave out
the figures it does not need, and to try what a figure would have to be.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from altcred.check.consistency import ranges
from altcred.check.consistency.figures import (
    ALL,
    CONTEXT,
    COUNTED,
    SHARES,
    Figure,
    Key,
    Known,
    Table,
)
from altcred.check.consistency.formulas import compute, expand_formula, names_in, split_formula
from altcred.check.consistency.ranges import Range
from altcred.check.consistency.relations import (
    FigureKey,
    Formula,
    Partition,
    Relations,
    VariableRelation,
)
from altcred.check.consistency.sizes import (
    NOT_REPORTED,
    Size,
    allows_premise,
    find_population,
    find_printed_size,
    find_size,
    partitions_in,
)
from altcred.check.consistency.student import enclose_p
from altcred.check.consistency.words import name, printed, show, show_range
from altcred.core.intervals import parse_interval

EVERYONE = Fraction(1)
# Pseudo-variables that count people, whether or not they answered anything.
PEOPLE = ("responses", "pairs")


class Outcome(NamedTuple):
    """What a rule found: the arithmetic in one line, and the figures it used."""

    line: str
    ids: frozenset[str]


@dataclass(frozen=True)
class Check:
    """One rule applied to one place."""

    kind: str
    evaluate: Callable[[Table], Outcome | None]
    premise: bool = False


def list_checks(table: Table, relations: Relations) -> Iterator[Check]:
    """Yield every rule that could say something of the table's figures."""
    for key in table:
        if len(table.rows(key)) > 1:
            yield Check("repeated", partial(check_repeated, relations=relations, key=key))
        if key.statistic in SHARES:
            yield Check("grim", partial(check_grim, relations=relations, key=key))
            if key.variable in PEOPLE and key.subgroup == ALL and key.category:
                yield Check("count", partial(check_share_of_people, relations=relations, key=key))
        if key.statistic == "count" and key.category:
            yield Check("count", partial(check_counted, relations=relations, key=key))
        if key.statistic == "mean":
            yield Check("grim", partial(check_whole_mean, relations=relations, key=key))
            yield Check("label", partial(check_label, key=key))
        if key.statistic in {"count", "nobs"}:
            yield Check("population", partial(check_population, relations=relations, key=key))
        if key.statistic in {"mean", "median", "mode"}:
            yield Check("range", partial(check_location, relations=relations, key=key))
        if key.statistic == "difference" and "-" in key.wave:
            yield Check("difference", partial(check_difference, key=key))
        if key.statistic.endswith("_pvalue"):
            yield Check("p-value", partial(check_p, key=key))
        if key.statistic.endswith("_df"):
            yield Check("p-value", partial(check_df, key=key))
        if key.statistic == "order":
            yield Check("order", partial(check_order, key=key))
        if key.statistic == "rank":
            yield Check("rank", partial(check_rank, relations=relations, key=key))
        if key.subgroup in relations.ranges_over and key.statistic.endswith("_min"):
            yield Check("range", partial(check_printed_range, relations=relations, key=key))
    yield from _list_set_checks(table, relations)
    yield from _list_partition_checks(table, relations)
    for formula in relations.formulas:
        for title, figures in expand_formula(formula):
            yield Check(
                "formula",
                partial(check_formula, formula=formula, title=title, figures=figures),
            )


def _list_set_checks(table: Table, relations: Relations) -> Iterator[Check]:
    places = {key[:3] for key in table if key.statistic in {"proportion", "count"}}
    for wave, subgroup, variable in sorted(places):
        for counts in (False, True):
            yield Check(
                "sum",
                partial(
                    check_sets,
                    relations=relations,
                    place=(wave, subgroup, variable),
                    counts=counts,
                ),
            )


def _list_partition_checks(table: Table, relations: Relations) -> Iterator[Check]:
    places = sorted(
        {
            (key.wave, key.variable, key.category, key.statistic)
            for key in table
            if not key.subgroup.startswith("by ")
        }
    )
    for wave, variable in sorted({(key.wave, key.variable) for key in table}):
        if variable in PEOPLE:
            for partition in partitions_in(relations, wave):
                yield Check(
                    "total",
                    partial(check_people_shares, wave=wave, variable=variable, partition=partition),
                )
    subgroups: dict[tuple[str, ...], set[str]] = {}
    for key in table:
        if table.numbers(key):
            subgroups.setdefault((key.wave, *key[2:]), set()).add(key.subgroup)
    partitions = {wave: partitions_in(relations, wave) for wave in {place[0] for place in places}}
    for wave, variable, category, statistic in places:
        known = subgroups.get((wave, variable, category, statistic), set())
        for partition in partitions[wave] if known else []:
            place = (variable, category, statistic)
            present = sum(part in known for part in (partition.whole, *partition.parts))
            if present == 0 or (statistic not in COUNTED and present < 2):
                continue
            common = {"relations": relations, "wave": wave, "partition": partition, "place": place}
            if statistic in {"count", "nobs"}:
                yield Check("total", partial(check_total, **common))
            elif statistic == "nunique":
                yield Check("subgroups", partial(check_distinct, **common))
            elif statistic in {"min", "max"}:
                yield Check("range", partial(check_extremes, **common))
            elif statistic == "median":
                yield Check("subgroups", partial(check_medians, **common))
            elif statistic == "std":
                yield Check("subgroups", partial(check_spread, **common))
                if relations.premise is not None and allows_premise(relations, wave, variable):
                    yield Check(
                        "subgroups", partial(check_spread, **common, premise=True), premise=True
                    )
            elif statistic in SHARES | {"mean"}:
                yield Check("subgroups", partial(check_mixture, **common))
                if relations.premise is not None and allows_premise(relations, wave, variable):
                    yield Check(
                        "subgroups", partial(check_mixture, **common, premise=True), premise=True
                    )


# The same quantity, printed more than once -----------------------------------------------------


def check_repeated(table: Table, relations: Relations, key: Key) -> Outcome | None:
    if key.wave == CONTEXT:
        # Facts are compared within a document: prices and dates of others are of other years.
        return _check_facts(table, key)
    figures = table.numbers(key)
    ids = frozenset(figure.id for figure in figures)
    shown = " and ".join(dict.fromkeys(figure.shown for figure in figures))
    if len(figures) > 1:
        common = ranges.meet(figure.limits for figure in figures)
        if common.is_empty:
            return Outcome(f"{name(key)} is printed as {shown}: no number is both.", ids)
        if key.statistic in SHARES:
            size = find_printed_size(table, key.wave, key.subgroup, key.variable, key.category)
            if size is not None and size.exact:
                # Each print alone has a count; only the two together have none.
                n = ranges.point(size.exact)
                if all(ranges.multiply(f.limits, n).has_integer for f in figures) and not (
                    ranges.multiply(common, n).has_integer
                ):
                    return Outcome(
                        f"{name(key)} is printed as {shown}: no count of {size.exact:,} people "
                        "is both.",
                        ids | size.ids,
                    )
    return None


def _check_facts(table: Table, key: Key) -> Outcome | None:
    for document in sorted({figure.document for figure in table.rows(key)}):
        figures = [row for row in table.rows(key) if row.document == document]
        numbers = [row for row in figures if row.limits is not None]
        texts = [row for row in figures if row.text]
        common = ranges.meet(row.limits for row in numbers)
        # "two" and "three" programs are whole numbers, though a fact may be any number.
        are_whole = all(row.unit == "number" and row.digits == 0 for row in numbers)
        clash = common.is_empty or (are_whole and not common.has_integer)
        if not (numbers and clash):
            numbers = texts if len({row.text for row in texts}) > 1 else []
        if numbers:
            shown = " and ".join(dict.fromkeys(row.shown for row in numbers))
            return Outcome(
                f"{name(key)} is printed as {shown}: no {'number' if clash else 'date'} is both.",
                frozenset(row.id for row in numbers),
            )
    return None


def check_label(table: Table, key: Key) -> Outcome | None:
    means = table.numbers(key)
    medians = table.numbers(key._replace(statistic="median"))
    for mean in means:
        if mean.unit != "amount" or sum(letter.isdigit() for letter in mean.printed) < 4:
            # Ages, hours and small amounts agree by chance often enough.
            continue
        same = [
            median
            for median in medians
            if median.printed == mean.printed and not median.qualifier and not mean.qualifier
        ]
        # Printed side by side, mean and median may well be the same number.
        beside = {median.section for median in medians} & {row.section for row in means}
        if same and not beside:
            ids = frozenset(row.id for row in [*means, *medians] if row.printed == mean.printed)
            return Outcome(
                f"{mean.printed} is called the mean of {name(key).replace(' mean', '')} in one "
                "place and its median in another.",
                ids,
            )
    return None


# Whole people ----------------------------------------------------------------------------------


def check_grim(table: Table, relations: Relations, key: Key) -> Outcome | None:
    for figure in table.numbers(key):
        size = find_printed_size(table, key.wave, key.subgroup, key.variable, key.category)
        if figure.n is not None:
            size = Size(figure.n, figure.n)
        if size is None or not size.exact:
            continue
        counts = ranges.multiply(figure.limits, ranges.point(size.exact))
        if not counts.has_integer:
            below = counts.integers()[1] or 0
            return Outcome(
                f"{figure.shown} of {size.exact:,} people: {below:,} of them are "
                f"{show(Fraction(below, size.exact), 'share')} and {below + 1:,} are "
                f"{show(Fraction(below + 1, size.exact), 'share')}; {name(key)}.",
                frozenset({figure.id}) | size.ids,
            )
    return None


def check_whole_mean(table: Table, relations: Relations, key: Key) -> Outcome | None:
    described = relations.variables.get(key.variable)
    if described is None or not described.whole_numbers:
        return None
    for figure in table.numbers(key):
        size = find_printed_size(table, key.wave, key.subgroup, key.variable, key.category)
        if figure.n is not None:
            size = Size(figure.n, figure.n)
        if size is None or not size.exact:
            continue
        total = ranges.multiply(figure.limits, ranges.point(size.exact))
        if not total.has_integer:
            return Outcome(
                f"A mean of {figure.shown} over {size.exact:,} whole numbers needs a sum of "
                f"{show_range(total)}, and none of these is whole; {name(key)}.",
                frozenset({figure.id}) | size.ids,
            )
    return None


def check_counted(table: Table, relations: Relations, key: Key) -> Outcome | None:
    """A count and a share of one category, and the people they are of."""
    counted = table.known(key)
    shared = table.known(key._replace(statistic="proportion"))
    if counted is None or shared is None:
        return None
    size = _size_beside(table, relations, key)
    if size.high is None:
        return None
    people = Range(Fraction(size.low), Fraction(size.high))
    counts = ranges.whole(ranges.multiply(shared.limits, people))
    if ranges.meet([counts, counted.limits]).is_empty:
        other = key._replace(statistic="proportion")
        return Outcome(
            f"{printed(table, other)} of {_show_size(size)} people is {show_range(counts)}, not "
            f"{printed(table, key)}; {name(other)}.",
            counted.ids | shared.ids | size.ids,
        )
    return None


def _size_beside(table: Table, relations: Relations, key: Key) -> Size:
    """The people that both a count and a share of the same key are of."""
    if key._replace(statistic="nobs") in table.printed:
        return find_size(table, relations, key.wave, key.subgroup, key.variable, key.category)
    shares = table.rows(key._replace(statistic="proportion"))
    cells = {figure.n for figure in shares if figure.n is not None}
    if len(cells) == 1:
        n = next(iter(cells))
        return Size(n, n, frozenset(figure.id for figure in shares))
    if key.variable in PEOPLE:
        return find_population(table, relations, key.wave, key.subgroup)
    return find_size(table, relations, key.wave, key.subgroup, key.variable, key.category)


def check_population(table: Table, relations: Relations, key: Key) -> Outcome | None:
    declared = relations.populations.get(key.wave)
    own = declared.variable if declared else "responses"
    people_counts = {own, "responses", "pairs", "raw_rows", "dropped", "shared_addresses"}
    if key.variable in people_counts and (not key.category or key.variable != own):
        return None
    counted = table.known(key)
    if counted is None or counted.limits.low is None or counted.disputed:
        return None
    people = find_population(table, relations, key.wave, key.subgroup)
    if key.statistic == "count" and key.category not in {"", NOT_REPORTED}:
        answered = find_printed_size(table, key.wave, key.subgroup, key.variable, key.category)
        if (
            answered is not None
            and answered.high is not None
            and not counted.ids <= answered.ids
            and (people.high is None or answered.high < people.high)
        ):
            people = answered
    low, _ = counted.limits.integers()
    if (
        people.high is not None
        and low is not None
        and low > people.high
        and (not counted.ids <= people.ids)
    ):
        line = (
            f"{printed(table, key)} {'answers' if key.statistic == 'nobs' else 'people'} of "
            f"{_show_size(people)}: {name(key)} is more than there are."
        )
        return Outcome(line, counted.ids | people.ids)
    return None


def _show_size(size: Size) -> str:
    if size.exact is not None:
        return f"{size.exact:,}"
    if size.high is None:
        return f"{size.low:,} or more"
    return f"{size.low:,} to {size.high:,}" if size.low else f"at most {size.high:,}"


# A whole and its parts --------------------------------------------------------------------------

Place = tuple[str, str, str]


def _split(
    table: Table, wave: str, partition: Partition, place: Place
) -> tuple[Key, list[Key], Known | None, list[Known | None]]:
    whole = Key(wave, partition.whole, *place)
    parts = [Key(wave, part, *place) for part in partition.parts]
    return whole, parts, table.known(whole), [table.known(part) for part in parts]


def _join_ids(items: Iterable[Known | Size | None]) -> frozenset[str]:
    return frozenset().union(*(item.ids for item in items if item is not None))


def check_total(
    table: Table, relations: Relations, wave: str, partition: Partition, place: Place
) -> Outcome | None:
    """Counts of parts add up to the whole's, or at most to it where a part is not printed."""
    whole, parts, total, known = _split(table, wave, partition, place)
    variable, category, _ = place
    if variable in PEOPLE and not category:
        pairs = [_find_people(table, relations, wave, part, variable) for part in partition.parts]
        known = [
            Known(_as_range(size), size.ids) if size.high is not None else None for size in pairs
        ]
    if total is None or not any(known):
        return None
    if category and variable in PEOPLE:
        return None
    low = sum((item.limits.low or Fraction(0)) for item in known if item is not None)
    high: Fraction | None = None
    if all(item is not None and item.limits.high is not None for item in known):
        high = sum((item.limits.high for item in known if item is not None), Fraction(0))
    sums = ranges.whole(Range(Fraction(low), high))
    # Both sides are whole numbers, so that rounding is no matter unless a figure is rounded.
    if ranges.meet([sums, ranges.whole(total.limits)]).is_empty or (
        high is None and total.limits.high is not None and low > total.limits.high
    ):
        terms = " + ".join(
            printed(table, key) if table.known(key) else show_range(item.limits)
            for key, item in zip(parts, known, strict=True)
            if item is not None
        )
        return Outcome(
            f"{terms} = {show_range(sums)}, not {printed(table, whole)}; {name(whole)}.",
            total.ids | _join_ids(known),
        )
    return None


def _find_people(
    table: Table, relations: Relations, wave: str, subgroup: str, variable: str
) -> Size:
    """Return the people of a part as counted, programs of a type added up; never from shares."""
    keys = [Key(wave, subgroup, variable, "", "count")]
    if "=" in subgroup and "&" not in subgroup:
        keys.append(Key(wave, ALL, variable, subgroup.split("=")[1], "count"))
    for key in keys:
        counted = table.known(key)
        if counted is not None:
            low, high = counted.limits.integers()
            return Size(low or 0, high, counted.ids)
    for partition in partitions_in(relations, wave):
        if partition.whole == subgroup and subgroup != ALL:
            parts = [
                _find_people(table, relations, wave, part, variable) for part in partition.parts
            ]
            if all(part.high is not None for part in parts):
                return Size(
                    sum(part.low for part in parts),
                    sum(part.high or 0 for part in parts),
                    _join_ids(parts),
                )
    return Size()


def check_share_of_people(table: Table, relations: Relations, key: Key) -> Outcome | None:
    """A program's share of all respondents, and the people counted of each."""
    share = table.known(key)
    everyone = table.known(Key(key.wave, ALL, key.variable, "", "count"))
    if share is None or everyone is None:
        return None
    subgroups = {
        part
        for partition in partitions_in(relations, key.wave)
        for part in partition.parts
        if part.endswith(f"={key.category}") and "&" not in part
    }
    for subgroup in sorted(subgroups):
        people = _find_people(table, relations, key.wave, subgroup, key.variable)
        if people.high is None:
            continue
        counts = ranges.whole(ranges.multiply(share.limits, everyone.limits))
        if ranges.meet([counts, _as_range(people)]).is_empty:
            return Outcome(
                f"{printed(table, key)} of {show_range(ranges.whole(everyone.limits))} people is "
                f"{show_range(counts)}, not {_show_size(people)}; {name(key)}.",
                share.ids | everyone.ids | people.ids,
            )
    return None


def check_people_shares(
    table: Table, wave: str, variable: str, partition: Partition
) -> Outcome | None:
    """Parts' shares of all respondents add up to the whole's share, or to 100%."""
    if any("&" in part or "=" not in part for part in partition.parts):
        return None
    parts = [Key(wave, ALL, variable, part.split("=")[1], "proportion") for part in partition.parts]
    known = [table.known(key) for key in parts]
    whole = Key(wave, ALL, variable, partition.whole.split("=")[-1], "proportion")
    total = (
        Known(ranges.point(EVERYONE), frozenset()) if partition.whole == ALL else table.known(whole)
    )
    if total is None or not any(known):
        return None
    result = ranges.point(0)
    for item in known:
        result = ranges.add(result, item.limits if item is not None else ranges.SHARE)
    if ranges.meet([result, total.limits]).is_empty:
        shown = " + ".join(printed(table, key) for key in parts if table.known(key) is not None)
        return Outcome(
            f"{shown} is {show_range(result, 'share')}, not "
            f"{'100%' if partition.whole == ALL else printed(table, whole)}; shares of "
            f"{partition.whole} ({wave}).",
            total.ids | _join_ids(known),
        )
    return None


def _as_range(size: Size) -> Range:
    return Range(Fraction(size.low), None if size.high is None else Fraction(size.high))


def check_distinct(
    table: Table, relations: Relations, wave: str, partition: Partition, place: Place
) -> Outcome | None:
    """Different values in the whole: no fewer than in any part, no more than in all together."""
    whole, parts, total, known = _split(table, wave, partition, place)
    if total is None:
        return None
    for key, item in zip(parts, known, strict=True):
        if item is not None and _exceeds(item.limits, total.limits):
            return Outcome(
                f"{printed(table, key)} in a part, {printed(table, whole)} in the whole; "
                f"{name(key)}.",
                total.ids | item.ids,
            )
    if all(item is not None and item.limits.high is not None for item in known):
        most = sum((item.limits.high for item in known if item is not None), Fraction(0))
        if total.limits.low is not None and total.limits.low > most:
            return Outcome(
                f"{' + '.join(printed(table, key) for key in parts)} is less than "
                f"{printed(table, whole)}; {name(whole)}.",
                total.ids | _join_ids(known),
            )
    return None


def _exceeds(first: Range, second: Range) -> bool:
    """Tell whether every number of the first is above every number of the second."""
    if first.low is None or second.high is None:
        return False
    return first.low > second.high or (
        first.low == second.high and (first.low_open or second.high_open)
    )


def check_extremes(
    table: Table, relations: Relations, wave: str, partition: Partition, place: Place
) -> Outcome | None:
    """The smallest of all is the smallest of a part; likewise the largest."""
    whole, parts, total, known = _split(table, wave, partition, place)
    if total is None:
        return None
    smallest = place[2] == "min"
    for key, item in zip(parts, known, strict=True):
        if item is None:
            continue
        beyond = (
            _exceeds(total.limits, item.limits) if smallest else _exceeds(item.limits, total.limits)
        )
        if beyond:
            return Outcome(
                f"{name(whole)} is {printed(table, whole)}, but {name(key)} is "
                f"{printed(table, key)}.",
                total.ids | item.ids,
            )
    if all(item is not None for item in known):
        reached = any(
            not ranges.meet([item.limits, total.limits]).is_empty
            for item in known
            if item is not None
        )
        if not reached:
            shown = " and ".join(printed(table, key) for key in parts)
            return Outcome(
                f"{name(whole)} is {printed(table, whole)}, but the parts' are {shown}.",
                total.ids | _join_ids(known),
            )
    return None


def check_medians(
    table: Table, relations: Relations, wave: str, partition: Partition, place: Place
) -> Outcome | None:
    """A median of all lies between the smallest and the largest median of its parts."""
    whole, parts, total, known = _split(table, wave, partition, place)
    if total is None or any(item is None for item in known):
        return None
    span = ranges.hull(item.limits for item in known if item is not None)
    if ranges.meet([span, total.limits]).is_empty:
        shown = " and ".join(printed(table, key) for key in parts)
        return Outcome(
            f"The median of all, {printed(table, whole)}, is not between the parts' medians, "
            f"{shown}; {name(whole)}.",
            total.ids | _join_ids(known),
        )
    return None


def check_mixture(
    table: Table,
    relations: Relations,
    wave: str,
    partition: Partition,
    place: Place,
    premise: bool = False,
) -> Outcome | None:
    """A share or mean of all is its parts' average, weighted by how many answered in each."""
    whole, parts, total, known = _split(table, wave, partition, place)
    if total is None or not any(known):
        return None
    _, category, statistic = place
    share = statistic in SHARES
    unknown = ranges.SHARE if share else ranges.ANY
    values = [item.limits if item is not None else unknown for item in known]
    sizes = [_size_of_part(table, relations, key, category, premise) for key in (whole, *parts)]
    if share:
        outcome = _check_whole_people(table, whole, parts, total, known, sizes)
        if outcome is not None:
            return outcome
    for above in (False, True):
        bound = _find_extreme_average(values, sizes, total.limits, above)
        if bound is None:
            continue
        unit = "share" if share else next(row.unit for row in table.numbers(whole))
        terms = "; ".join(
            f"{printed(table, key)} {_describe_size(size)}".strip()
            for key, size in zip(parts, sizes[1:], strict=True)
            if table.known(key) is not None
        )
        assumed = _describe_premise(relations, premise)
        return Outcome(
            f"{name(whole)} can be {'at most' if above else 'at least'} {show(bound, unit)} "
            f"by its parts ({terms}){assumed}, not {printed(table, whole)}.",
            total.ids | _join_ids(known) | _join_ids(sizes),
        )
    return None


def check_spread(
    table: Table,
    relations: Relations,
    wave: str,
    partition: Partition,
    place: Place,
    premise: bool = False,
) -> Outcome | None:
    """The squares of all are those within parts and those between the parts' means.

    With G parts and N people the variance of all is at least (N - G) / (N - 1) times the least
    variance of a part, and at most N / (N - 1) times the greatest plus a quarter of the squared
    distance of the farthest means. Both hold whether sums are divided by n or by n - 1.
    """
    whole, parts, total, known = _split(table, wave, partition, place)
    if total is None or any(item is None for item in known):
        return None
    size = find_size(table, relations, wave, whole.subgroup, whole.variable, "", premise)
    if size.low <= len(parts):
        return None
    spreads = [item.limits for item in known if item is not None]
    assumed = _describe_premise(relations, premise)
    shown = " and ".join(printed(table, key) for key in parts)
    least = min((item.low or Fraction(0)) for item in spreads)
    lowest = least**2 * Fraction(size.low - len(parts), size.low - 1)
    if total.limits.high is not None and total.limits.high**2 < lowest:
        return Outcome(
            f"{name(whole)} is {printed(table, whole)}, less than its parts' {shown} "
            f"allow{assumed}.",
            total.ids | _join_ids(known) | size.ids,
        )
    means = [table.known(key._replace(statistic="mean")) for key in parts]
    if any(mean is None or None in (mean.limits.low, mean.limits.high) for mean in means):
        return None
    if any(item.high is None for item in spreads) or total.limits.low is None:
        return None
    span = ranges.hull(mean.limits for mean in means if mean is not None)
    distance = span.high - span.low  # type: ignore[operator]
    greatest = max(item.high**2 for item in spreads if item.high is not None)
    highest = (greatest + distance**2 / 4) * Fraction(size.low, size.low - 1)
    if total.limits.low > 0 and total.limits.low**2 > highest:
        return Outcome(
            f"{name(whole)} is {printed(table, whole)}, more than its parts' {shown} and the "
            f"distance of their means allow{assumed}.",
            total.ids | _join_ids(known) | _join_ids(means) | size.ids,
        )
    return None


def _describe_premise(relations: Relations, premise: bool) -> str:
    if not premise or relations.premise is None:
        return ""
    return f" if at least {relations.premise.at_least} of each group answered"


def _size_of_part(
    table: Table, relations: Relations, key: Key, category: str, premise: bool
) -> Size:
    if key.variable in PEOPLE:
        return find_population(table, relations, key.wave, key.subgroup)
    return find_size(table, relations, key.wave, key.subgroup, key.variable, category, premise)


def _describe_size(size: Size) -> str:
    return "" if not size.low and size.high is None else f"of {_show_size(size)}"


def _check_whole_people(
    table: Table,
    whole: Key,
    parts: list[Key],
    total: Known,
    known: list[Known | None],
    sizes: list[Size],
) -> Outcome | None:
    """With every sample size printed, count people: whole numbers leave less room."""
    if any(size.exact is None for size in sizes):
        return None
    if sum(size.low for size in sizes[1:]) != sizes[0].low:
        return None
    counts = [
        ranges.whole(ranges.multiply(item.limits, ranges.point(size.low)))
        if item is not None
        else _as_range(Size(0, size.low))
        for item, size in zip(known, sizes[1:], strict=True)
    ]
    overall = ranges.whole(ranges.multiply(total.limits, ranges.point(sizes[0].low)))
    if overall.is_empty or any(count.is_empty for count in counts):
        return None
    low = sum((count.low or Fraction(0) for count in counts), Fraction(0))
    high = sum((count.high or Fraction(0) for count in counts), Fraction(0))
    if ranges.meet([Range(low, high), overall]).is_empty:
        terms = " + ".join(
            f"{show_range(count)} ({printed(table, key)} of {size.low:,})"
            for key, count, size in zip(parts, counts, sizes[1:], strict=True)
        )
        return Outcome(
            f"{terms} = {show_range(Range(low, high))} people, but {printed(table, whole)} of "
            f"{sizes[0].low:,} is {show_range(overall)}; {name(whole)}.",
            total.ids | _join_ids(known) | _join_ids(sizes),
        )
    return None


def _find_extreme_average(
    values: list[Range], sizes: list[Size], target: Range, above: bool
) -> Fraction | None:
    """Return the largest (above) or smallest weighted average, if the target is out of its reach.

    Weights are people, each part's between its own bounds and all together between the whole's.
    The average is out of reach when sum((value - target) * people) cannot be brought to zero.
    """
    sign = -1 if above else 1
    ends = [(value.high if above else value.low) for value in values]
    limit = target.low if above else target.high
    if limit is None:
        return None
    filled = [Fraction(0) if end is None else end for end in ends]
    # Over a common denominator the distances are whole numbers, which are added up faster.
    common = math.lcm(limit.denominator, *(end.denominator for end in filled))
    goal = limit.numerator * (common // limit.denominator)
    costs = [sign * (end.numerator * (common // end.denominator) - goal) for end in filled]
    if None not in ends and min(costs) > 0:
        # Every part lies beyond the whole, whatever their sizes are.
        return _refine(filled, sizes, sign, limit)
    # A part with an end unknown can take the average anywhere, unless it has no people.
    if any(end is None and size.high != 0 for end, size in zip(ends, sizes[1:], strict=True)):
        return None
    people = _minimize(costs, sizes[1:], sizes[0])
    if people is None or not sum(people):
        return None
    if sum(cost * count for cost, count in zip(costs, people, strict=True)) > 0:
        return _refine(filled, sizes, sign, limit)
    return None


def _refine(ends: list[Fraction], sizes: list[Size], sign: int, limit: Fraction) -> Fraction:
    """Return the extreme average itself by Dinkelbach's iteration, which ends after few steps."""
    current = limit
    for _ in range(50):
        people = _minimize([sign * (end - current) for end in ends], sizes[1:], sizes[0])
        if people is None or not sum(people):
            return sign * min(sign * end for end in ends)
        average = sum(
            (end * count for end, count in zip(ends, people, strict=True)), Fraction(0)
        ) / sum(people)
        if average == current:
            break
        current = average
    return current


def _minimize(costs: Sequence[Fraction | int], sizes: list[Size], total: Size) -> list[int] | None:
    """Return the people a part that make sum(costs * people) least; None if it has no least.

    People beyond each part's least are taken in the order of their cost: those with negative
    cost gladly, others only as far as the total needs them.
    """
    people = [size.low for size in sizes]
    order = sorted(range(len(costs)), key=lambda place: costs[place])
    needed = max(total.low, 1)
    for place in order:
        size = sizes[place]
        room = None if size.high is None else max(size.high - size.low, 0)
        if total.high is not None:
            left = max(total.high - sum(people), 0)
            room = left if room is None else min(room, left)
        if costs[place] < 0:
            if room is None:
                return None
            people[place] += room
        else:
            missing = max(needed - sum(people), 0)
            people[place] += missing if room is None else min(room, missing)
    return people


# Categories of one question ---------------------------------------------------------------------


def check_sets(
    table: Table, relations: Relations, place: tuple[str, str, str], counts: bool
) -> Outcome | None:
    """Categories that exclude each other, groups of categories, and 100%."""
    wave, subgroup, variable = place
    described = relations.variables.get(variable) or VariableRelation()
    items = _list_items(table, described, place, counts)
    if not items:
        return None
    universe = _find_universe(described, wave, items)
    size = find_printed_size(table, wave, subgroup, variable)
    exact = size.exact if size is not None else None
    everyone: Known | None = None
    if counts:
        if size is not None and size.high is not None:
            everyone = Known(_as_range(size), size.ids)
    else:
        everyone = Known(ranges.point(EVERYONE), frozenset())
    targets: list[tuple[frozenset[str], Known, Key | None]] = [
        (members, known, key) for members, known, key in items
    ]
    if everyone is not None:
        targets.append((universe, everyone, None))
    for members, known, key in targets:
        if key is None and not described.exclusive and not described.everyone_ticks:
            continue
        inside = [item for item in items if item[0] <= members and item[2] != key]
        outcome = None
        if described.exclusive:
            outcome = _check_packing(table, inside, known, key, counts, exact)
        elif key is not None:
            outcome = _check_nested(table, inside, known, key)
        is_closed = key is not None or (
            bool(described.categories or described.intervals) and _is_complete(described, wave)
        )
        if outcome is None and is_closed:
            touching = [item for item in items if item[0] & members and item[2] != key]
            outcome = _check_cover(table, touching, members, known, key, counts, exact)
        if outcome is not None:
            return outcome
    return None


Item = tuple[frozenset[str], Known, Key]


def _list_items(
    table: Table, described: VariableRelation, place: tuple[str, str, str], counts: bool
) -> list[Item]:
    statistic = "count" if counts else "proportion"
    wave, subgroup, variable = place
    cells = _list_cells(described, [key.category for key in table.keys_of(*place)])
    items = []
    for key in table.keys_of(*place):
        if key.statistic != statistic or key.category in {"", NOT_REPORTED}:
            continue
        if Key(wave, subgroup, variable, key.category, "nobs") in table.printed:
            # The category was put to others than the rest of the question.
            continue
        known = table.known(key)
        members = _members(described, cells, key.category)
        if known is not None and members:
            items.append((members, known, key))
    return items


def _members(
    described: VariableRelation, cells: dict[str, frozenset[str]], category: str
) -> frozenset[str]:
    if category in cells:
        return cells[category]
    if category in described.groups:
        return frozenset(described.groups[category])
    return frozenset(category.split("+"))


def _list_cells(described: VariableRelation, categories: list[str]) -> dict[str, frozenset[str]]:
    """Cut the number line at every end of the intervals, so that each is a set of pieces."""
    found = {}
    for category in {*categories, *described.intervals}:
        text = described.intervals.get(category, category)
        try:
            found[category] = parse_interval(text)
        except ValueError:
            continue
    if not found:
        return {}
    ends = sorted(
        {end for item in found.values() for end in (item.low, item.high) if end is not None}
    )
    # Each end is a piece of its own, so that [0, 50] and [0, 50) differ by the number 50.
    pieces: list[tuple[str, float | None, float | None]] = [("below", None, ends[0])]
    for place, end in enumerate(ends):
        pieces.append((f"={end:g}", end, end))
        after = ends[place + 1] if place + 1 < len(ends) else None
        pieces.append((f">{end:g}", end, after))
    result = {}
    for category, item in found.items():
        inside = set()
        for label, low, high in pieces:
            if label.startswith("="):
                if item.holds(low):  # type: ignore[arg-type]
                    inside.add(label)
            else:
                starts = item.low is None or (low is not None and low >= item.low)
                stops = item.high is None or (high is not None and high <= item.high)
                if starts and stops:
                    inside.add(label)
        result[category] = frozenset(inside)
    return result


def _find_universe(described: VariableRelation, wave: str, items: list[Item]) -> frozenset[str]:
    named = described.offered.get(wave, described.categories)
    # Answers outside the codebook's list ("other, as typed") may still be printed.
    return frozenset(named).union(*(item[0] for item in items))


def _is_complete(described: VariableRelation, wave: str) -> bool:
    return bool(described.offered.get(wave, described.categories))


def _check_packing(
    table: Table,
    inside: list[Item],
    target: Known,
    key: Key | None,
    counts: bool,
    exact: int | None,
) -> Outcome | None:
    """Disjoint sets inside another hold no more than it does."""
    if target.limits.high is None:
        return None
    base = None if counts else exact
    best = _pack(inside, base)
    if not best:
        return None
    limit = _in_people(target.limits, base)
    low = sum((_in_people(item[1].limits, base).low or Fraction(0) for item in best), Fraction(0))
    if limit.high is None or low < limit.high or (low == limit.high and not limit.high_open):
        return None
    unit = "number" if counts else "share"
    return Outcome(
        f"{_sum_of(table, best)} is at least {show(low, unit)}, more than "
        f"{_show_target(table, key, target, counts)}; "
        f"{_describe_items(best)}.",
        _join_ids(item[1] for item in best) | target.ids,
    )


def _in_people(limits: Range, base: int | None) -> Range:
    """Return a share's range narrowed to what whole people of the base can be."""
    if base is None:
        return limits
    counts = ranges.whole(ranges.multiply(limits, ranges.point(base)))
    if counts.is_empty:
        return limits
    return ranges.multiply(counts, ranges.point(Fraction(1, base)))


def _pack(items: list[Item], exact: int | None) -> list[Item]:
    """Return disjoint sets whose least shares add up to the most."""
    best: dict[frozenset[str], tuple[Fraction, list[Item]]] = {frozenset(): (Fraction(0), [])}
    for item in sorted(items, key=lambda item: len(item[0])):
        gain = _in_people(item[1].limits, exact).low
        if not gain:
            continue
        for used, (total, chosen) in list(best.items()):
            if used & item[0]:
                continue
            joined = used | item[0]
            if joined not in best or best[joined][0] < total + gain:
                best[joined] = (total + gain, [*chosen, item])
        if len(best) > 4096:
            # Many overlapping sets: keep the heaviest, which can only miss a conflict.
            heaviest = sorted(best.items(), key=lambda entry: -entry[1][0])[:1024]
            best = dict(heaviest)
    return max(best.values(), key=lambda entry: entry[0])[1]


def _check_cover(
    table: Table,
    touching: list[Item],
    members: frozenset[str],
    target: Known,
    key: Key | None,
    counts: bool,
    exact: int | None,
) -> Outcome | None:
    """Sets that cover another together hold no fewer than it does."""
    base = None if counts else exact
    limit = _in_people(target.limits, base)
    if not limit.low:
        return None
    cover = _cover(touching, members)
    if cover is None:
        return None
    highs = [_in_people(item[1].limits, base) for item in cover]
    high = sum((item.high or Fraction(0) for item in highs), Fraction(0))
    if high > limit.low or (high == limit.low and not limit.low_open):
        return None
    unit = "number" if counts else "share"
    return Outcome(
        f"{_sum_of(table, cover)} is at most {show(high, unit)}, less than "
        f"{_show_target(table, key, target, counts)}; {_describe_items(cover)}.",
        _join_ids(item[1] for item in cover) | target.ids,
    )


def _cover(items: list[Item], members: frozenset[str]) -> list[Item] | None:
    """Return sets that cover all members and whose greatest shares add up to the least."""
    usable = [item for item in items if item[1].limits.high is not None]
    if not members <= frozenset().union(*(item[0] for item in usable)):
        return None
    order = sorted(members)
    best: dict[frozenset[str], tuple[Fraction, list[Item]]] = {frozenset(): (Fraction(0), [])}
    # The first member not yet covered is covered next, so that each choice is tried once.
    for member in order:
        reached: dict[frozenset[str], tuple[Fraction, list[Item]]] = {}
        for covered, (total, chosen) in best.items():
            steps = (
                [(covered, total, chosen)]
                if member in covered
                else [
                    (covered | (item[0] & members), total + item[1].limits.high, [*chosen, item])
                    for item in usable
                    if member in item[0]
                ]
            )
            for joined, cost, taken in steps:
                if joined not in reached or reached[joined][0] > cost:
                    reached[joined] = (cost, taken)
        best = reached
    return best[members][1] if members in best else None


def _check_nested(table: Table, inside: list[Item], target: Known, key: Key) -> Outcome | None:
    """People of a category are of every group that holds it."""
    for _, known, other in inside:
        if _exceeds(known.limits, target.limits):
            return Outcome(
                f"{name(other)} is {printed(table, other)}, more than {name(key)}, which "
                f"includes it, with {printed(table, key)}.",
                known.ids | target.ids,
            )
    return None


def _sum_of(table: Table, items: list[Item]) -> str:
    return " + ".join(printed(table, item[2]) for item in items)


def _describe_items(items: list[Item]) -> str:
    first = items[0][2]
    categories = ", ".join(item[2].category for item in items)
    return name(first._replace(category=f"{categories}:")).replace(":", "")


def _show_target(table: Table, key: Key | None, target: Known, counts: bool) -> str:
    if key is not None:
        return f"{printed(table, key)} for {key.category}"
    return f"{show_range(target.limits)} people" if counts else "100%"


# Numbers that follow from others ------------------------------------------------------------------


def check_difference(table: Table, key: Key) -> Outcome | None:
    """A difference of two waves: second minus first."""
    first_wave, second_wave = key.wave.split("-", 1)
    known = table.known(key)
    for statistic in ("proportion", "mean", "median"):
        first_key = key._replace(wave=first_wave, statistic=statistic)
        second_key = key._replace(wave=second_wave, statistic=statistic)
        first, second = table.known(first_key), table.known(second_key)
        if known is None or first is None or second is None:
            continue
        result = ranges.subtract(second.limits, first.limits)
        if ranges.meet([result, known.limits]).is_empty:
            unit = "share" if statistic == "proportion" else "number"
            return Outcome(
                f"{printed(table, second_key)} - {printed(table, first_key)} is "
                f"{show_range(result, unit)}, not {printed(table, key)}; {name(key)}.",
                known.ids | first.ids | second.ids,
            )
    return None


def check_formula(
    table: Table, formula: Formula, title: str, figures: dict[str, FigureKey]
) -> Outcome | None:
    keys = {
        word: Key(item.wave, item.subgroup, item.variable, item.category, item.statistic)
        for word, item in figures.items()
    }
    left, relation, right = split_formula(formula.holds)
    used = {word: table.known(keys[word]) for word in {*names_in(left), *names_in(right)}}
    if any(item is None for item in used.values()):
        return None
    values = {word: item.limits for word, item in used.items() if item is not None}
    first, second = compute(left, values), compute(right, values)
    holds = {
        "=": lambda: not ranges.meet([first, second]).is_empty,
        "<=": lambda: not _exceeds(first, second),
        ">=": lambda: not _exceeds(second, first),
        "<": lambda: not _reaches(first, second),
        ">": lambda: not _reaches(second, first),
    }[relation]
    if holds():
        return None
    unit = next(
        (
            figure.unit
            for word in names_in(left)
            for figure in table.numbers(keys[word])
            if len(names_in(left)) == 1
        ),
        "number",
    )
    written = {word: printed(table, keys[word]) for word in used}
    return Outcome(
        f"{title}: {_write(left, written)} {relation} {_write(right, written)} does not hold: "
        f"the right side is {show_range(second, unit)}.",
        frozenset().union(*(item.ids for item in used.values() if item is not None)),
    )


def _reaches(first: Range, second: Range) -> bool:
    """Tell whether every number of the first is the second's or above it."""
    return first.low is not None and second.high is not None and first.low >= second.high


def write_formula(holds: str, table: Table, keys: dict[str, Key]) -> str:
    """Write a formula with what is printed in the place of its words."""
    return _write(holds, {word: printed(table, key) for word, key in keys.items()})


def _write(expression: str, written: dict[str, str]) -> str:
    return re.sub(
        r"[a-z][a-z0-9_]*", lambda found: written.get(found[0], found[0]), expression
    ).replace("*", "x")


def check_p(table: Table, key: Key) -> Outcome | None:
    """The p value that t and its degrees of freedom give, between proven bounds."""
    stem = key.statistic.removesuffix("_pvalue")
    t_key, df_key = (
        key._replace(statistic=f"{stem}_statistic"),
        key._replace(statistic=f"{stem}_df"),
    )
    p, t, df = table.known(key), table.known(t_key), table.known(df_key)
    if p is None or t is None or df is None or not stem.startswith("ttest"):
        return None
    low_df, high_df = df.limits.integers()
    if low_df is None or low_df != high_df or low_df < 1:
        return None
    if t.limits.low is None or t.limits.high is None:
        return None
    # p falls as t moves away from zero, so that the ends of t give the ends of p.
    sizes = sorted((abs(t.limits.low), abs(t.limits.high)))
    if t.limits.low <= 0 <= t.limits.high:
        sizes[0] = Fraction(0)
    two_sided = Range(enclose_p(sizes[1], low_df)[0], enclose_p(sizes[0], low_df)[1])
    if not ranges.meet([two_sided, p.limits]).is_empty:
        return None
    one_sided = Range(two_sided.low / 2, two_sided.high / 2)  # type: ignore[operator]
    hint = "; it is the one-sided p" if not ranges.meet([one_sided, p.limits]).is_empty else ""
    return Outcome(
        f"t = {printed(table, t_key)} with {printed(table, df_key)} degrees of freedom gives "
        f"p = {_show_p(two_sided)}, not {printed(table, key)}{hint}; {name(key)}.",
        p.ids | t.ids | df.ids,
    )


def _show_p(limits: Range) -> str:
    return " to ".join(
        f"{math.floor(end * 10000 + Fraction(1, 2))}".zfill(5)[:-4]
        + "."
        + f"{math.floor(end * 10000 + Fraction(1, 2))}".zfill(5)[-4:]
        for end in (limits.low, limits.high)
        if end is not None
    )


def check_df(table: Table, key: Key) -> Outcome | None:
    """A paired t test has one degree of freedom fewer than pairs."""
    if not key.statistic.startswith("ttest_rel"):
        return None
    df = table.known(key)
    size = find_printed_size(table, key.wave, key.subgroup, key.variable)
    if df is None or size is None or size.exact is None:
        return None
    if ranges.meet([df.limits, ranges.point(size.exact - 1)]).is_empty:
        return Outcome(
            f"{size.exact:,} pairs give {size.exact - 1:,} degrees of freedom, not "
            f"{printed(table, key)}; {name(key)}.",
            df.ids | size.ids,
        )
    return None


# Ranges, places, ranks ----------------------------------------------------------------------------


def check_location(table: Table, relations: Relations, key: Key) -> Outcome | None:
    """A mean, median or mode lies between minimum and maximum; a median where half are."""
    known = table.known(key)
    if known is None:
        return None
    least = key._replace(statistic="min")
    most = key._replace(statistic="max")
    smallest, largest = table.known(least), table.known(most)
    if smallest is not None and _exceeds(smallest.limits, known.limits):
        return Outcome(
            f"{name(key)} is {printed(table, key)}, below the minimum {printed(table, least)}.",
            known.ids | smallest.ids,
        )
    if largest is not None and _exceeds(known.limits, largest.limits):
        return Outcome(
            f"{name(key)} is {printed(table, key)}, above the maximum {printed(table, most)}.",
            known.ids | largest.ids,
        )
    if key.statistic != "median":
        return None
    described = relations.variables.get(key.variable) or VariableRelation()
    for other in table.keys_of(key.wave, key.subgroup, key.variable):
        text = described.intervals.get(other.category, other.category)
        share = table.known(other)
        if other.statistic != "proportion" or share is None:
            continue
        try:
            interval = parse_interval(text)
        except ValueError:
            continue
        inside = Range(
            None if interval.low is None else Fraction(repr(interval.low)),
            None if interval.high is None else Fraction(repr(interval.high)),
        )
        half = Fraction(1, 2)
        if (
            share.limits.low is not None
            and share.limits.low > half
            and ranges.meet([inside, known.limits]).is_empty
        ):
            return Outcome(
                f"More than half, {printed(table, other)}, are in {text}, but the median is "
                f"{printed(table, key)}; {name(key)}.",
                known.ids | share.ids,
            )
        if share.limits.high is not None and share.limits.high < half:
            rest = None
            if interval.high is None and interval.low is not None:
                rest = Range(None, inside.low)
            elif interval.low is None and interval.high is not None:
                rest = Range(inside.high, None)
            if rest is not None and ranges.meet([rest, known.limits]).is_empty:
                return Outcome(
                    f"Less than half, {printed(table, other)}, are in {text}, but the median is "
                    f"{printed(table, key)}; {name(key)}.",
                    known.ids | share.ids,
                )
    return None


def check_printed_range(table: Table, relations: Relations, key: Key) -> Outcome | None:
    """A smallest and a largest figure over subgroups, against each subgroup's and the whole's."""
    statistic = key.statistic.removesuffix("_min")
    top = key._replace(statistic=f"{statistic}_max")
    least, most = table.known(key), table.known(top)
    if least is None and most is None:
        return None
    subgroups = relations.ranges_over[key.subgroup]
    found: list[tuple[Key, Known]] = []
    for subgroup in subgroups:
        part = Key(key.wave, subgroup, key.variable, key.category, statistic)
        if key.variable in PEOPLE and not key.category:
            part = Key(key.wave, ALL, key.variable, subgroup.split("=")[1], statistic)
        known = table.known(part)
        if known is not None:
            found.append((part, known))
    wholes = [
        Key(key.wave, partition.whole, key.variable, key.category, statistic)
        for partition in partitions_in(relations, key.wave)
        if set(partition.parts) <= set(subgroups) or partition.whole in subgroups
    ]
    checked = list(found)
    if key.category or key.variable not in PEOPLE:
        checked += [(item, table.known(item)) for item in wholes if table.known(item)]  # type: ignore[misc]
    for part, known in checked:
        if least is not None and _exceeds(least.limits, known.limits):
            return Outcome(
                f"{name(part)} is {printed(table, part)}, below the smallest "
                f"{key.subgroup}, {printed(table, key)}.",
                least.ids | known.ids,
            )
        if most is not None and _exceeds(known.limits, most.limits):
            return Outcome(
                f"{name(part)} is {printed(table, part)}, above the largest "
                f"{key.subgroup}, {printed(table, top)}.",
                most.ids | known.ids,
            )
    if len(found) == len(subgroups):
        for end, end_key, word in ((least, key, "smallest"), (most, top, "largest")):
            if end is None:
                continue
            if all(ranges.meet([known.limits, end.limits]).is_empty for _, known in found):
                shown = ", ".join(printed(table, part) for part, _ in found)
                return Outcome(
                    f"The {word} {key.subgroup} is printed as {printed(table, end_key)}, but "
                    f"they are {shown}; {name(key)}.",
                    end.ids | _join_ids(known for _, known in found),
                )
    described = relations.variables.get(key.variable)
    if least is not None and described is not None and key.category in described.groups:
        return _check_group_range(table, relations, key, described, least)
    return None


def _check_group_range(
    table: Table, relations: Relations, key: Key, described: VariableRelation, least: Known
) -> Outcome | None:
    """A group of categories has in each subgroup at least what any of its categories has."""
    used = []
    for subgroup in relations.ranges_over[key.subgroup]:
        best: tuple[Fraction, Key, Known] | None = None
        for part in table.keys_of(key.wave, subgroup, key.variable):
            known = table.known(part)
            inside = set(described.groups.get(part.category, [part.category]))
            if (
                part.statistic == "proportion"
                and known is not None
                and known.limits.low is not None
                and inside <= set(described.groups[key.category])
                and (best is None or known.limits.low > best[0])
            ):
                best = (known.limits.low, part, known)
        if best is None:
            return None
        used.append(best)
    lowest = min(used, key=lambda item: item[0])
    if least.limits.high is not None and lowest[0] > least.limits.high:
        shown = ", ".join(printed(table, part) for _, part, _ in used)
        return Outcome(
            f"{name(key)} is printed as {printed(table, key)}, but one of its categories alone "
            f"reaches {shown}.",
            least.ids | _join_ids(known for _, _, known in used),
        )
    return None


def check_order(table: Table, key: Key) -> Outcome | None:
    """A statement such as "end > begin": neither waves nor subgroups may be the other way."""
    for row in table.rows(key):
        found = re.fullmatch(r"(\S.*?) ([<>]) (\S.*)", row.qualifier)
        if not found:
            continue
        lower, upper = (found[1], found[3]) if found[2] == "<" else (found[3], found[1])
        for statistic in ("proportion", "count", "median", "mean"):
            less, more = (_find_side(table, key, side, statistic) for side in (lower, upper))
            below, above = table.known(less), table.known(more)
            if below is None or above is None:
                continue
            if _reaches(below.limits, above.limits):
                return Outcome(
                    f"{name(more)}, {printed(table, more)}, is called {row.printed} against "
                    f"{name(less)}, {printed(table, less)}.",
                    below.ids | above.ids | {row.id},
                )
            break
    return None


def _find_side(table: Table, key: Key, side: str, statistic: str) -> Key:
    """Return the key of one side, which is a wave or a subgroup."""
    if "=" in side or side == ALL:
        return key._replace(subgroup=side, statistic=statistic)
    return key._replace(wave=side, statistic=statistic)


def _read_place(row: Figure) -> int:
    """Return the place in the order, from the qualifier or else from the words; 0 for none."""
    if row.qualifier.isdigit():
        return int(row.qualifier)
    words = row.printed.lower()
    return (
        3 if words.startswith(THIRD) else 2 if words.startswith(SECOND)
        else 1 if words.startswith(FIRST) else 0
    )  # fmt: skip


FIRST = ("most", "largest", "biggest", "highest", "first")
SECOND = ("second", "followed")
THIRD = ("third",)


def check_rank(table: Table, relations: Relations, key: Key) -> Outcome | None:
    """A category called the most frequent has no other above it, the second one at most."""
    rows = table.rows(key)
    if not rows:
        return None
    words = rows[0].printed.lower()
    place = _read_place(rows[0])
    if not place:
        return None
    statistic = "difference" if "difference" in words else "proportion"
    own_key = key._replace(statistic=statistic)
    own = table.known(own_key)
    described = relations.variables.get(key.variable) or VariableRelation()
    if own is None:
        return None
    above = []
    for other in table.keys_of(key.wave, key.subgroup, key.variable):
        if other.statistic != statistic or other.category in {key.category, "", NOT_REPORTED}:
            continue
        if other.category in described.groups or "+" in other.category:
            continue
        known = table.known(other)
        if known is not None and _exceeds(known.limits, own.limits):
            above.append((other, known))
    if len(above) >= place:
        shown = ", ".join(f"{other.category} {printed(table, other)}" for other, _ in above)
        return Outcome(
            f"{name(own_key)}, {printed(table, own_key)}, is called {rows[0].printed}, but "
            f"{len(above)} are above it: {shown}.",
            own.ids | frozenset(row.id for row in rows) | _join_ids(known for _, known in above),
        )
    return None
