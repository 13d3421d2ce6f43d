"""What rounding or skewed answers can explain, but a reader would ask about."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.consistency.checks import check_formula, write_formula
from altcred.check.consistency.figures import CONTEXT, Key, Table
from altcred.check.consistency.formulas import expand_formula
from altcred.check.consistency.ranges import meet
from altcred.check.consistency.relations import Relations, VariableRelation
from altcred.check.consistency.sizes import NOT_REPORTED, find_population, partitions_in
from altcred.check.consistency.words import name, printed, show


@dataclass(frozen=True)
class Odd:
    """Figures that can all be true and still look strange."""

    line: str
    ids: tuple[str, ...]


def list_odd(table: Table, relations: Relations) -> Iterator[Odd]:
    """Yield everything odd."""
    yield from _list_sums(table, relations)
    yield from _list_skewed(table)
    yield from _list_gaps(table, relations)
    yield from _list_sample_sizes(table, relations)
    yield from _list_barely(table)
    for formula in relations.suspicions:
        for title, figures in expand_formula(formula):
            keys = {word: Key(**figure.model_dump()) for word, figure in figures.items()}
            if all(table.known(key) is not None for key in keys.values()) and (
                check_formula(table, formula, title, figures) is None
            ):
                shown = write_formula(formula.holds, table, keys)
                yield Odd(f"{title}: {shown}.", _ids(table, *keys.values()))


def _ids(table: Table, *keys: Key) -> tuple[str, ...]:
    return tuple(sorted(figure.id for key in keys for figure in table.numbers(key)))


def _list_sums(table: Table, relations: Relations) -> Iterator[Odd]:
    for place in sorted({key[:3] for key in table if key.statistic == "proportion"}):
        described = relations.variables.get(place[2]) or VariableRelation()
        named = described.offered.get(place[0], described.categories)
        keys = [Key(*place, category, "proportion") for category in named]
        known = [table.known(key) for key in keys]
        if len(named) < 2 or any(item is None for item in known):
            continue
        middles = [
            (item.limits.low + item.limits.high) / 2
            for item in known
            if item is not None and item.limits.low is not None and item.limits.high is not None
        ]
        worded = any(row.qualifier for key in keys for row in table.numbers(key))
        disputed = any(item.disputed for item in known if item is not None)
        if len(middles) < len(keys) or worded or disputed:
            continue
        total = sum(middles, Fraction(0))
        many = not described.exclusive and Fraction(1) < total <= Fraction(11, 10)
        far = described.exclusive and abs(total - 1) >= Fraction(1, 50)
        if many or far:
            yield Odd(
                f"The categories of {place[2]} ({place[0]}, {place[1]}) add up to "
                f"{show(total, 'share')}"
                + (
                    ": few people can have ticked more than one, though they could."
                    if many
                    else ", as far from 100% as rounding allows."
                ),
                _ids(table, *keys),
            )


def _list_skewed(table: Table) -> Iterator[Odd]:
    for key in sorted(key for key in table if key.statistic == "mean"):
        other = key._replace(statistic="median")
        mean, median = table.known(key), table.known(other)
        if mean is None or median is None or not median.limits.high or mean.limits.low is None:
            continue
        if mean.limits.low > median.limits.high * Fraction(3, 2):
            yield Odd(
                f"{name(key)}, {printed(table, key)}, is far above the median, "
                f"{printed(table, other)}: a few large answers make the mean.",
                _ids(table, key, other),
            )


def _list_gaps(table: Table, relations: Relations) -> Iterator[Odd]:
    """A median of all that leaves a part hardly anyone between its own median and that."""
    for key in sorted(key for key in table if key.statistic == "median"):
        for partition in partitions_in(relations, key.wave):
            total = table.known(key)
            if partition.whole != key.subgroup or total is None:
                continue
            everyone = find_population(table, relations, key.wave, key.subgroup)
            for part in partition.parts:
                inner = key._replace(subgroup=part)
                known = table.known(inner)
                people = find_population(table, relations, key.wave, part)
                if known is None or not everyone.high or not people.low or total.limits.low is None:
                    continue
                if known.limits.high is None or total.limits.high is None:
                    continue
                below = known.limits.high < total.limits.low
                above = known.limits.low is not None and known.limits.low > total.limits.high
                room = Fraction(everyone.high - people.low, 2 * people.low)
                if (below or above) and room < Fraction(1, 10):
                    yield Odd(
                        f"{name(inner)} is {printed(table, inner)} and that of everyone "
                        f"{printed(table, key)}, though {part} is "
                        f"{show(Fraction(people.low, everyone.high), 'share')} of all: at most "
                        f"{show(room, 'share')} of {part} can lie between the two.",
                        _ids(table, key, inner),
                    )


def _list_sample_sizes(table: Table, relations: Relations) -> Iterator[Odd]:
    groups: dict[tuple[str, str], list[Key]] = {}
    for key in table:
        known = table.known(key)
        described = relations.variables.get(key.variable)
        asked_all = described is not None and key.wave not in described.conditional
        if relations.premise is not None and key.variable in relations.premise.leave_out:
            asked_all = False
        if key.statistic == "nobs" and not key.category and known is not None and asked_all:
            groups.setdefault((key.wave, key.subgroup), []).append(key)
    for (wave, subgroup), keys in sorted(groups.items()):
        if len(keys) < 3:
            continue
        sizes = {key: table.known(key).limits.integers()[0] or 0 for key in keys}  # type: ignore[union-attr]
        usual = statistics.median(sizes.values())
        people = find_population(table, relations, wave, subgroup)
        for key in sorted(keys):
            others = [size for other, size in sizes.items() if other != key]
            if people.exact == sizes[key] > max(others):
                yield Odd(
                    f"All {people.exact:,} people of {subgroup} ({wave}) count as having answered "
                    f"{key.variable}, while no other question has more than {max(others):,}.",
                    _ids(table, key),
                )
            elif sizes[key] * 5 < usual * 4:
                yield Odd(
                    f"{printed(table, key)} answered {key.variable} ({wave}, {subgroup}), far "
                    f"fewer than the {show(Fraction(usual))} of its other questions.",
                    _ids(table, key),
                )


def _list_barely(table: Table) -> Iterator[Odd]:
    """Prints of one quantity that only agree on the very edge of both roundings."""
    for key in sorted(table):
        figures = [figure for figure in table.numbers(key) if figure.digits is not None]
        sizes = sorted({figure.n for figure in figures if figure.n is not None})
        if len(sizes) > 1:
            shown = " and ".join(f"{size:,}" for size in sizes)
            yield Odd(
                f"{name(key)}, {printed(table, key)}, is printed as of {shown} people.",
                tuple(sorted(figure.id for figure in figures)),
            )
        if key.category == NOT_REPORTED or len({figure.printed for figure in figures}) < 2:
            continue
        common = meet(figure.limits for figure in figures)  # type: ignore[misc]
        whole = figures[0].unit == "number" and key.wave == CONTEXT
        if (
            not whole
            and not common.is_empty
            and common.exact is not None
            and all(
                figure.limits.exact is None
                for figure in figures  # type: ignore[union-attr]
            )
        ):
            shown = " and ".join(dict.fromkeys(figure.shown for figure in figures))
            unit = figures[0].unit
            yield Odd(
                f"{name(key)} is printed as {shown}, which is true of all only at exactly "
                f"{show(common.exact, unit)}.",
                tuple(sorted(figure.id for figure in figures)),
            )
