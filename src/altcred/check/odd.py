"""What rounding or skewed answers can explain, but a reader would ask about."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.beside import is_one_sided, read_part, test_of
from altcred.check.figures import CONTEXT, Key
from altcred.check.ranges import are_apart, is_above, meet
from altcred.check.recomputed import show_p
from altcred.check.relations import Relations
from altcred.check.rules.derived import check_formula, list_declared
from altcred.check.rules.tests import enclose, fits_one_side, name_test, of_tests
from altcred.check.sizes import find_population
from altcred.check.table import Table
from altcred.check.words import join_prints, name, printed, show, wording
from altcred.core.records import NOT_REPORTED


@dataclass(frozen=True)
class Odd:
    """Figures that can all be true and still look strange."""

    line: str
    ids: tuple[str, ...]


def list_odd(table: Table) -> Iterator[Odd]:
    """Yield everything odd."""
    yield from _list_sums(table)
    yield from _list_skewed(table)
    yield from _list_gaps(table)
    yield from _list_sample_sizes(table)
    yield from _list_halves(table)
    for key in sorted(table):
        yield from _list_barely(table, key)
    for place in list_declared(table.relations.suspicions):
        is_known = table.all_known(place.keys.values()) is not None
        if is_known and check_formula(table, place) is None:
            shown = place.write(table, place.formula.holds)
            yield _odd(table, f"{place.title}: {shown}.", *place.keys.values())


def _odd(table: Table, line: str, *keys: Key) -> Odd:
    return Odd(line, tuple(sorted(figure.id for key in keys for figure in table.numbers(key))))


def _list_sums(table: Table) -> Iterator[Odd]:
    for place in sorted({key[:3] for key in table if key.statistic == "proportion"}):
        described = table.relations.describe(place[2])
        named = described.offered.get(place[0], described.categories)
        keys = [Key(*place, category, "proportion") for category in named]
        known = table.all_known(keys)
        if len(named) < 2 or known is None:
            continue
        is_worded = any(row.qualifier for key in keys for row in table.numbers(key))
        if is_worded or any(item.disputed or not item.limits.is_bounded for item in known):
            continue
        middles = [(item.limits.low + item.limits.high) / 2 for item in known]  # type: ignore[operator]
        total = sum(middles, Fraction(0))
        if described.exclusive and abs(total - 1) >= Fraction(1, 50):
            remark = ", as far from 100% as rounding allows."
        elif not described.exclusive and Fraction(1) < total <= Fraction(11, 10):
            remark = ": few people can have ticked more than one, though they could."
        else:
            continue
        wave, subgroup, variable = place
        where = f"{wording().variable(wave, variable)} ({wording().whom(wave, subgroup)})"
        line = f"The categories of {where} add up to {show(total, 'share')}{remark}"
        yield _odd(table, line, *keys)


def _list_skewed(table: Table) -> Iterator[Odd]:
    for key in sorted(key for key in table if key.statistic == "mean"):
        other = key._replace(statistic="median")
        known = table.all_known([key, other])
        if known is None:
            continue
        least, most = known[0].limits.low, known[1].limits.high
        if least is not None and most and least > most * Fraction(3, 2):
            yield _odd(
                table,
                f"{name(key)}, {printed(table, key)}, is far above the median, "
                f"{printed(table, other)}: a few large answers make the mean.",
                *(key, other),
            )


def _list_gaps(table: Table) -> Iterator[Odd]:
    """A median of all that leaves a part hardly anyone between its own median and that."""
    places = (
        (key, part)
        for key in sorted(key for key in table if key.statistic == "median")
        for partition in table.relations.partitions_in(key.wave)
        if partition.whole == key.subgroup
        for part in partition.parts
    )
    for key, part in places:
        inner = key._replace(subgroup=part)
        known = table.all_known([key, inner])
        everyone = find_population(table, key.wave, key.subgroup)
        people = find_population(table, key.wave, part)
        if known is None or not everyone.high or not people.low:
            continue
        total, own = (item.limits for item in known)
        room = Fraction(everyone.high - people.low, 2 * people.low)
        if (is_above(total, own) or is_above(own, total)) and room < Fraction(1, 10):
            called = wording().group(key.wave, part)
            yield _odd(
                table,
                f"{name(inner)} is {printed(table, inner)} and that of everyone "
                f"{printed(table, key)}, though {called} make "
                f"{show(Fraction(people.low, everyone.high), 'share')} of all: at most "
                f"{show(room, 'share')} of {called} can lie between the two.",
                *(key, inner),
            )


def _list_sample_sizes(table: Table) -> Iterator[Odd]:
    groups: dict[tuple[str, str], dict[Key, int]] = {}
    for key in sorted(key for key in table if key.statistic == "nobs" and not key.category):
        known = table.known(key)
        if known is not None and _is_asked_of_all(table.relations, key):
            sizes = groups.setdefault((key.wave, key.subgroup), {})
            sizes[key] = known.limits.integers()[0] or 0
    for (wave, subgroup), sizes in sorted(groups.items()):
        if len(sizes) < 3:
            continue
        usual = statistics.median(sizes.values())
        people = find_population(table, wave, subgroup)
        for key, size in sizes.items():
            asked = wording().variable(wave, key.variable)
            most = max(other for named, other in sizes.items() if named != key)
            if people.exact == size > most:
                yield _odd(
                    table,
                    f"All {people.exact:,} people of {wording().group(wave, subgroup)} "
                    f"({wording().word(wave)}) count as having answered {asked}, "
                    f"while no other question has more than {most:,}.",
                    key,
                )
            elif size * 5 < usual * 4:
                yield _odd(
                    table,
                    f"{printed(table, key)} answered {asked} ({wording().whom(wave, subgroup)}), "
                    f"far fewer than the {show(Fraction(usual))} of its other questions.",
                    key,
                )


def _is_asked_of_all(relations: Relations, key: Key) -> bool:
    left_out = relations.premise.leave_out if relations.premise is not None else ()
    return (
        key.variable in relations.variables
        and key.wave not in relations.variables[key.variable].conditional
        and key.variable not in left_out
    )


def _list_halves(table: Table) -> Iterator[Odd]:
    """Tests whose p is half of what they give, though nothing says that they have one side."""
    for key in of_tests()(table):
        p, found = read_part(table, key, test_of(key), "pvalue"), enclose(table, key)
        if p is None or found is None or not are_apart(found[0], p.limits):
            continue
        ids = p.ids.union(*(item.ids for item in found[1]))
        if fits_one_side(table, key, found[0], p.limits) and not is_one_sided(table, ids):
            line = (
                f"{name_test(table, key)} gives p {show_p(found[0])}, and {p.show(table)} is the "
                f"p of a test with one side, which nothing says it is; {name(key)}."
            )
            yield Odd(line, tuple(sorted(ids)))


def _list_barely(table: Table, key: Key) -> Iterator[Odd]:
    """Prints of one quantity that only agree on the very edge of both roundings."""
    figures = [figure for figure in table.numbers(key) if figure.digits is not None]
    ids = tuple(sorted(figure.id for figure in figures))
    sizes = sorted({figure.n for figure in figures if figure.n is not None})
    if len(sizes) > 1:
        shown = " and ".join(f"{size:,}" for size in sizes)
        yield Odd(f"{name(key)}, {printed(table, key)}, is printed as of {shown} people.", ids)
    if key.category == NOT_REPORTED or len({figure.printed for figure in figures}) < 2:
        return
    common = meet(figure.limits for figure in figures)
    is_whole = figures[0].unit == "number" and key.wave == CONTEXT
    is_rounded = all(figure.limits.exact is None for figure in figures)
    if common.exact is not None and not (common.is_empty or is_whole) and is_rounded:
        yield Odd(
            f"{name(key)} is printed as {join_prints(figures)}, which is true of all only at "
            f"exactly {show(common.exact, figures[0].unit)}.",
            ids,
        )
