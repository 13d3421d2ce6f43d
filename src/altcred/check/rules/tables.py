"""Two by two: ratios of odds and of shares, and what two raters agree on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from altcred.check.beside import (
    Part,
    categories_of,
    find_sides,
    is_uneven,
    people_of,
    read,
    read_part,
)
from altcred.check.figures import Key
from altcred.check.ranges import (
    ANY,
    Range,
    add,
    are_apart,
    divide,
    multiply,
    point,
    subtract,
)
from altcred.check.rules.registry import Outcome, conflict, each_of, register
from altcred.check.sizes import Size
from altcred.check.table import Table
from altcred.check.words import name, show_range, wording
from altcred.core.records import NOT_REPORTED

_ADJUSTED = re.compile(r"adjust|multivaria|\baOR\b|\baRR\b|controll|weighted", re.I)
# Chi-square of a trend, of pairs or of strata is of other numbers than the counts alone.
_OTHER = re.compile(r"trend|linear|McNemar|stratif|Cochran|Friedman|Kruskal", re.I)
HALF = Fraction(1, 2)
_MARGIN = Fraction(1, 10**30)


def _read_share(table: Table, key: Key) -> tuple[Range, Range, list[Part | Size]] | None:
    """Return the share of a category in a group, that with half a person more, and the figures."""
    count, size = read(table, key._replace(statistic="count")), people_of(table, key)
    if count is not None and size is not None and size.low:
        n, c = size.limits, count.limits
        more = divide(add(c, point(HALF)), add(n, point(1)))
        return divide(c, n), more, [count, size]
    share = read(table, key._replace(statistic="proportion"))
    return None if share is None else (share.limits, share.limits, [share])


@register("ratio", each_of("odds_ratio", "risk_ratio"))
def check_ratio(table: Table, key: Key) -> Outcome | None:
    """An odds ratio or a risk ratio is that of the shares of two groups, or its inverse; of a
    category also against the one that has no ratio, or 1; a risk ratio also that of being in one of
    the groups.
    """
    own, sides = read(table, key), find_sides(table, key)
    if own is None or sides is None or sides.paired or is_uneven(table, own.ids):
        return None
    # Of two categories either gives the ratio or its inverse.
    found = sorted(categories_of(table, [sides.first, sides.second]))
    category = key.category or (found[0] if 1 <= len(found) <= 2 else None)
    is_adjusted = any(_ADJUSTED.search(table.figures[id].said) for id in own.ids)
    if category is None or is_adjusted:
        return None
    groups = [side._replace(category=category) for side in (sides.first, sides.second)]
    first, second = (_read_share(table, group) for group in groups)
    if first is None or second is None:
        return None
    ways = []
    for one, other in ((first[0], second[0]), (first[1], second[1])):
        if key.statistic == "odds_ratio":
            one, other = _odds(one), _odds(other)
        ways += [divide(one, other), divide(other, one)]
    references = _list_references(table, key, [one for one in found if one != category])
    against = [_read_counts(table, groups, one) for one in references]
    counted = all(group._replace(statistic="count") in table.printed for group in groups)
    if key.statistic == "risk_ratio" and counted and len(found) < 3:
        against.append(_read_counts(table, groups))
    if not all(against):
        # What could explain the ratio is printed, and left out here.
        return None
    used = [part for parts in against[: len(references)] for part in parts[2:]]
    more = [way for parts in against for way in _list_ways(key, parts)]
    ways = more + ways if used else ways + more
    if any(way == ANY or not are_apart(way, _close(own.limits)) for way in ways):
        return None
    shown = " and ".join(
        part.show(table) for part in (first[2][0], second[2][0]) if isinstance(part, Part)
    )
    if used:
        others = " and ".join(part.show(table) for part in used[:2] if isinstance(part, Part))
        shown = f"{shown}, against {others} of {references[0]},"
    called = wording().category(key._replace(category=category))
    called = "" if category == "yes" else f"{called}: "
    both = " and ".join(wording().group(key.wave, side.subgroup) for side in groups)
    return conflict(
        f"{called}{shown} in {both} give "
        f"{'an odds' if key.statistic == 'odds_ratio' else 'a risk'} ratio of "
        f"{show_range(ways[0])} or {show_range(ways[1])}, not {own.show(table)}; {name(key)}.",
        *(own, *first[2], *second[2], *used),
        premise=sides.premise or "the ratio is not adjusted for anything",
    )


def _list_references(table: Table, key: Key, others: list[str]) -> list[str]:
    """Return the categories that the ratio of a category may be against, besides all others.

    They are those of which no ratio is printed, or 1.
    """
    if not key.category:
        return []
    printed = {one: table.roughly(key._replace(category=one)) for one in others}
    return [one for one, known in printed.items() if known is None or Fraction(1) in known.limits]


def _read_counts(table: Table, groups: list[Key], reference: str = "") -> list[Part | Size]:
    """Return the counts of a category in two groups, and those of another one or their sizes."""
    found: list[Part | Size | None] = [
        read(table, group._replace(statistic="count")) for group in groups
    ]
    for group in groups:
        other = group._replace(category=reference, statistic="count")
        found.append(read(table, other) if reference else people_of(table, group))
    parts = [one for one in found if one is not None]
    return parts if len(parts) == len(found) else []


def _list_ways(key: Key, parts: list[Part | Size]) -> list[Range]:
    """Return the ratios of one category against another, in either group, and their inverses.

    A risk is that of being in the first group, or in the second, as of the dead and the living.
    """
    if not parts:
        return []
    a, c, b, d = (part.limits for part in parts)
    if any(isinstance(part, Size) for part in parts):
        b, d = subtract(b, a), subtract(d, c)
    if key.statistic == "odds_ratio":
        pairs = [(multiply(a, d), multiply(b, c))]
    else:
        one, other = add(a, c), add(b, d)
        pairs = [(multiply(a, other), multiply(b, one)), (multiply(c, other), multiply(d, one))]
    return [divide(*pair) for top, low in pairs for pair in ((top, low), (low, top))]


def _close(limits: Range) -> Range:
    """Leave the ends in: machines take 77.4 for a little less, and cut it off to 77.3."""
    return Range(limits.low, limits.high)


def _odds(share: Range) -> Range:
    """Return the odds of a share; anything where it can be all."""
    return divide(share, subtract(point(1), share)) if share.high is not None else ANY


@register("agreement", each_of("kappa"))
def check_kappa(table: Table, key: Key) -> Outcome | None:
    """Cohen's kappa is (po - pe) / (1 - pe) of the observed and the expected agreement, printed or
    of the table of both raters.
    """
    own = read(table, key)
    if own is None or any(_ADJUSTED.search(table.figures[id].said) for id in own.ids):
        return None
    observed = read(table, key, "observed_agreement")
    expected = read(table, key, "expected_agreement")
    if observed is not None and expected is not None:
        # (po - pe) / (1 - pe) is 1 - (1 - po) / (1 - pe), which has each of them once.
        left = divide(subtract(point(1), observed.limits), subtract(point(1), expected.limits))
        if _differs(left, own):
            return conflict(
                f"Observed agreement of {observed.show(table)} and expected of "
                f"{expected.show(table)} give kappa {show_range(subtract(point(1), left))}, not "
                f"{own.show(table)}; {name(key)}.",
                *(own, observed, expected),
            )
    return _check_raters(table, key, own)


def _differs(left: Range, own: Part) -> bool:
    return left != ANY and are_apart(subtract(point(1), left), own.limits)


def _check_raters(table: Table, key: Key, own: Part) -> Outcome | None:
    """Compute kappa from counts whose categories are written "first / second"."""
    cells: dict[tuple[str, str], Part] = {}
    for other in table.keys_of(*key[:3]):
        names = tuple(part.strip() for part in other.category.split("/"))
        count = read(table, other) if other.statistic == "count" and len(names) == 2 else None
        if count is not None and count.limits.exact is not None:
            cells[names[0], names[1]] = count
    kinds = sorted({name for names in cells for name in names})
    if len(kinds) < 2 or len(cells) != len(kinds) ** 2:
        return None
    counts = {names: count.limits.exact or Fraction(0) for names, count in cells.items()}
    total = sum(counts.values())
    if not total:
        return None
    agreed = sum(counts[one, one] for one in kinds) / total
    by_chance = sum(
        sum(counts[one, other] for other in kinds) * sum(counts[other, one] for other in kinds)
        for one in kinds
    ) / (total * total)
    if by_chance == 1:
        return None
    kappa = (agreed - by_chance) / (1 - by_chance)
    if kappa in Range(own.limits.low, own.limits.high):
        return None
    return conflict(
        f"The table of both raters gives kappa {show_range(point(kappa))}, not {own.show(table)}; "
        f"{name(key)}.",
        *(own, *cells.values()),
        premise="kappa is not weighted",
    )


@dataclass(frozen=True)
class Crossed:
    """The counts of a table that a chi-square is of: a row a group, a column a category."""

    rows: tuple[tuple[Fraction, ...], ...]
    used: tuple[Part | Size, ...]
    premise: str

    @property
    def degrees(self) -> int:
        return (len(self.rows) - 1) * (len(self.rows[0]) - 1)

    def list_statistics(self) -> Iterator[Range]:
        """Yield chi-square: Pearson's, of Mantel and Haenszel, for continuity, by likelihood."""
        total = sum(map(sum, self.rows))
        columns = [sum(column) for column in zip(*self.rows, strict=True)]
        cells = [
            (count, sum(row) * column / total)
            for row in self.rows
            for count, column in zip(row, columns, strict=True)
        ]
        pearson = sum((count - by) ** 2 / by for count, by in cells)
        yield point(pearson)
        yield point(pearson * (total - 1) / total)
        if self.degrees == 1:
            yield point(
                sum(max(abs(count - by) - HALF, Fraction(0)) ** 2 / by for count, by in cells)
            )
        with localcontext(Context(prec=50)):
            likely = 2 * sum(
                (_decimal(count) * _decimal(count / by).ln() for count, by in cells if count),
                Decimal(0),
            )
        yield Range(Fraction(likely) - _MARGIN, Fraction(likely) + _MARGIN)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _list_crossed(table: Table, key: Key) -> Iterator[Crossed]:
    """Yield the tables of groups by categories that a chi-square can be of."""
    sides = find_sides(table, key)
    groups = [
        ([key._replace(subgroup=part) for part in item.parts], "")
        for item in table.relations.partitions_in(key.wave)
        if item.whole == key.subgroup
    ]
    if sides is not None and not sides.paired:
        groups.append(([sides.first, sides.second], sides.premise))
    for keys, premise in groups:
        categories = sorted(categories_of(table, keys) - {NOT_REPORTED})
        counts = [
            [read(table, one._replace(category=category, statistic="count")) for one in keys]
            for category in categories
        ]
        columns = [column for column in counts if None not in column]
        if not columns or len(columns) < len(categories):
            continue
        used: list[Part | Size] = [part for column in columns for part in column if part]
        exact = [[part.limits.exact for part in column if part] for column in columns]
        if any(None in column for column in exact):
            continue
        sizes = [people_of(table, one) for one in keys]
        known = [size.exact for size in sizes if size is not None and size.exact]
        if len(columns) == 1:
            # The others of each group are those who did not choose the only category.
            if len(known) < len(keys):
                continue
            used += [size for size in sizes if size is not None]
            exact.append([n - count for n, count in zip(known, exact[0], strict=True)])  # type: ignore[operator,misc]
        elif len(known) == len(keys) and known != [sum(row) for row in zip(*exact, strict=True)]:
            # Several answers could be chosen, or not all are printed.
            continue
        filled = [column for column in exact if sum(column)]  # type: ignore[arg-type]
        rows = tuple(zip(*filled, strict=True))
        # More in a category than there are is another finding.
        is_possible = all(count >= 0 for row in rows for count in row)
        if is_possible and len(filled) > 1 and all(sum(row) for row in rows):
            yield Crossed(rows, tuple(used), premise)


@register("p-value", each_of("chi2_statistic"))
def check_chi2(table: Table, key: Key) -> Outcome | None:
    """Chi-square of groups by categories, its degrees of freedom too, is that of the counts:
    Pearson's, corrected for continuity, of Mantel and Haenszel or by likelihood.
    """
    own, df = read(table, key), read_part(table, key, "chi2", "df")
    if own is None or key.category or read(table, key, "coefficient") is not None:
        return None
    ids = own.ids | (df.ids if df is not None else frozenset())
    said = " ".join(table.figures[id].said for id in ids)
    if _OTHER.search(said) or is_uneven(table, ids):
        return None
    found = list(_list_crossed(table, key))
    for crossed in found:
        if df is None or Fraction(crossed.degrees) in df.limits:
            ways = list(crossed.list_statistics())
            if any(not are_apart(way, _close(own.limits)) for way in ways):
                return None
    if not found:
        return None
    crossed = found[0]
    ways = list(crossed.list_statistics())
    is_of_degrees = df is not None and Fraction(crossed.degrees) not in df.limits
    shown = f"{show_range(ways[0])} with {crossed.degrees} degrees of freedom"
    other = f"{own.show(table)}" + (f" with {df.show(table)}" if is_of_degrees and df else "")
    return conflict(
        f"The counts of {len(crossed.rows)} groups in {len(crossed.rows[0])} categories give "
        f"chi-square {shown}, not {other}; {name(key)}.",
        *(own, *crossed.used, *([df] if is_of_degrees and df else [])),
        premise=crossed.premise or "chi-square is of these groups and categories",
    )
