"""What is left of printed figures when one of them is taken to be wrong.

A contradiction has as many ways out as it has quantities: each of them may be the wrong one.
What the wrong one can be instead follows from the figures that remain, by the same rules that
found the contradiction: a number is possible unless a rule refuses it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from altcred.check.figures import COUNTED, PEOPLE, SHARES, Figure, Key
from altcred.check.formulas import names_in, split_formula
from altcred.check.ranges import ANY, COUNT, SHARE, Range, meet, negate, whole
from altcred.check.rules.registry import Check, list_checks
from altcred.check.table import Known, Table

# Statistics of answers that lie where the answers lie.
LOCATIONS = frozenset({"mean", "median", "mode", "min", "max", "std", "fact"})
# An end is searched for until it is known to one part in so many.
PARTS = 10**5
# Beyond so many times what is printed, nothing is taken to bound a number.
FAR = 2**30


@dataclass(frozen=True)
class Alternative:
    """One way out of a contradiction: these figures, all of one quantity, are wrong.

    `among` holds the smallest set of figures that contradict each other.
    """

    key: Key
    ids: frozenset[str]
    among: frozenset[str]


class _Watched(Table):
    """A table that tells whether anything was asked about one quantity."""

    def __init__(self, figures: Iterable[Figure], whole: Table, key: Key) -> None:
        super().__init__(figures, whole.relations, whole.printed)
        self.key = key
        self.was_asked = False

    def __iter__(self) -> Iterator[Key]:
        self.was_asked = True
        return super().__iter__()

    def keys_of(self, wave: str, subgroup: str, variable: str) -> list[Key]:
        self.was_asked |= (wave, subgroup, variable) == self.key[:3]
        return super().keys_of(wave, subgroup, variable)

    def rows(self, key: Key) -> list[Figure]:
        self.was_asked |= key == self.key
        return super().rows(key)

    def known(self, key: Key) -> Known | None:
        self.was_asked |= key == self.key
        return super().known(key)


def list_alternatives(table: Table, check: Check, ids: Iterable[str]) -> list[Alternative]:
    """Return the ways out of a contradiction: the prints that may be wrong, one quantity a way.

    Of two prints of a quantity that exclude each other there is a way for each that is kept.
    Otherwise a quantity's prints are wrong that break the rule by themselves; vaguer ones
    ("less than 1/4") may stand. A quantity without which the rule is broken still is no way out.
    """
    ids = sorted(ids)
    found = []
    for key in sorted({table.figures[id].key for id in ids}):
        own = [id for id in ids if table.figures[id].key == key]
        others = [id for id in ids if table.figures[id].key != key]
        if check.kind == "repeated" and len(own) > 1:
            for kept in own:
                wrong = frozenset(
                    row.id
                    for row in table.rows(key)
                    if row.id != kept
                    and check.evaluate(table.only([kept, row.id, *others])) is not None
                )
                found.append(Alternative(key, wrong, frozenset(ids)))
            continue
        rows = frozenset(row.id for row in table.rows(key))
        rest = frozenset(table.figures) - rows
        if check.evaluate(table.only(rest)) is not None:
            continue
        wrong = frozenset(
            row for row in rows if check.evaluate(table.only({*rest, row})) is not None
        )
        wrong = next(
            (
                some
                for some in (wrong, rows)
                if some and check.evaluate(table.only({*rest, *(rows - some)})) is None
            ),
            frozenset(),
        )
        if wrong:
            found.append(Alternative(key, wrong, frozenset(ids)))
    return list(dict.fromkeys(found))


def list_ways(table: Table, check: Check, ids: Iterable[str]) -> list[Alternative]:
    """Return the ways out of a contradiction that lead somewhere, or all if none does.

    A way leads nowhere where the figures that remain refuse every number, or every print that is
    kept, of the quantity taken to be wrong: more would have to be changed than that.
    """
    ways = list_alternatives(table, check, ids)
    return [
        way for way in ways if find_remaining(table, way.key, list_silent(table, way)) is not None
    ] or ways


def list_silent(table: Table, way: Alternative, others: Iterable[str] = ()) -> frozenset[str]:
    """Return the figures that tell nothing of what a wrong one should have been.

    They are the wrong ones themselves, what is computed from them, and `others`; but a figure of
    the contradiction is heard, since it is not wrong if the quantity of this way is.
    """
    computed = list_computed(table, way.key)
    return way.ids | (computed.union(others) - way.among)


def list_computed(table: Table, key: Key) -> frozenset[str]:
    """Return the figures that authors compute from a quantity, and that are no witness of it.

    They are what a formula gives from it (the left side, if that is one figure) and, of two
    surveys, the difference.
    """
    keys = {
        other
        for other in table
        if other.statistic == "difference"
        and "-" in other.wave
        and key.wave in other.wave.split("-", 1)
        and other[1:4] == key[1:4]
    }
    for formula in table.relations.formulas:
        left, sign, right = split_formula(formula.holds)
        if sign != "=" or left not in formula.figures:
            continue
        for _, known in formula.expand():
            if key in {known[name] for name in names_in(right)}:
                keys.add(known[left])
    return frozenset(row.id for other in keys for row in table.rows(other))


def find_remaining(
    table: Table,
    key: Key,
    without: frozenset[str],
    checks: tuple[Check, ...] = (),
    within: Range = ANY,
) -> Range | None:
    """Return the numbers that the figures other than `without` leave for a quantity.

    Every number outside the range is refused by one of the rules; None if all numbers are. Ends
    are a simple fraction where one fits, else outside by less than a part in 100,000. A
    quantity with an end None is not bounded there. What is printed of it and not in `without`
    counts as well. `checks` are the rules that say something of it, where they are known;
    numbers beyond `within` are not looked at.
    """
    near = find_near(table, key)
    without = frozenset(id for id in without if table.figures[id].key in near)
    place = ("remaining", key, without, within)
    if place not in table.cache:
        table.cache[place] = _find_remaining(table, key, without, checks, within)
    return table.cache[place]  # type: ignore[return-value]


def _find_remaining(
    table: Table, key: Key, without: frozenset[str], checks: Iterable[Check], within: Range
) -> Range | None:
    template = next(iter(table.numbers(key)), None)
    if template is None:
        # A place or a comparison is no number: without it nothing is said.
        return ANY
    kept = meet(row.limits for row in table.rows(key) if row.id not in without)
    every = find_domain(table, key)
    domain = meet([every, kept, within])
    if domain.is_empty:
        return None
    near = find_near(table, key)
    others = (
        row
        for row in table.figures.values()
        if row.key in near and row.key != key and row.id not in without
    )
    trial = replace(template, id=f"trial of {template.id}", qualifier="").stand_for(every)
    watched = _Watched([*others, trial], table, key)
    concerned = _list_concerned(watched, checks)
    tried = Table(watched.figures.values(), table.relations, table.printed)

    def refuses(limits: Range) -> bool:
        if limits.is_empty:
            return True
        changed = tried.put(trial.stand_for(limits))
        for place, check in enumerate(concerned):
            if check.evaluate(changed) is not None:
                # A rule that refused once is asked first the next time.
                concerned.insert(0, concerned.pop(place))
                return True
        return False

    if refuses(domain):
        return None
    start = _find_start(template, domain)
    low = _find_end(domain, start, refuses)
    upper = negate(_find_end(negate(domain), -start, lambda limits: refuses(negate(limits))))
    result = Range(low.low, upper.high, low.low_open, upper.high_open)
    if key.statistic in COUNTED:
        result = whole(result)
    return None if result.is_empty or refuses(result) else result


def _list_concerned(table: _Watched, checks: Iterable[Check]) -> list[Check]:
    """Return the rules that say something of the quantity watched, and do not refuse all of it.

    What is broken however the quantity turns out is another contradiction. A rule that never asks
    about it says the same whatever it is.
    """
    found = []
    is_apart = not table.relations.counts_people(table.key)
    for check in checks or list_checks(table):
        table.was_asked = False
        if not is_apart:
            # What is cached would not be asked for again.
            table.cache.clear()
        # A rule on how numbers are called refuses none.
        if check.rule.compares_numbers and check.evaluate(table) is None and table.was_asked:
            found.append(check)
    return found


def find_domain(table: Table, key: Key) -> Range:
    """Return the numbers that a quantity can be whatever is printed of it."""
    if key.statistic in SHARES:
        return SHARE
    if key.statistic in COUNTED:
        return COUNT
    if key.statistic == "difference" and all(row.unit == "share" for row in table.numbers(key)):
        return Range(Fraction(-1), Fraction(1))
    if key.statistic in LOCATIONS:
        # A question no answer to which is printed below zero is taken to have none there.
        printed = [
            row.limits.low
            for row in table.figures.values()
            if row.key.variable == key.variable
            and row.key.statistic in LOCATIONS
            and row.limits.low is not None
        ]
        return COUNT if all(low >= 0 for low in printed) else ANY
    return ANY


def find_near(table: Table, key: Key) -> set[Key]:
    """Return the quantities with which a rule may compare one: its question's, and people."""
    place = ("near", key)
    if place in table.cache:
        return table.cache[place]  # type: ignore[return-value]
    near = {other for other in table if other.variable in {key.variable, *PEOPLE}}
    for subset in table.relations.subsets.values():
        near |= {other for other in table if other[2:] == subset.key[2:]}
    for formula in table.relations.formulas:
        for _, keys in formula.expand():
            if key in keys.values():
                near.update(keys.values())
    table.cache[place] = near
    return near


def _find_start(figure: Figure, domain: Range) -> Fraction:
    limits = meet([domain, figure.limits])
    ends = [end for end in (limits.low, limits.high) if end is not None]
    return sum(ends, Fraction(0)) / len(ends) if ends else Fraction(1)


def _find_end(domain: Range, start: Fraction, refuses: Callable[[Range], bool]) -> Range:
    """Return a range whose lower end is the least number of the domain that is not refused."""

    def refused_below(value: Fraction, is_open: bool = False) -> bool:
        return refuses(Range(domain.low, value, domain.low_open, is_open))

    step = max(abs(start), Fraction(1))
    low = start - step * FAR if domain.low is None else domain.low
    if not refused_below(low):
        return domain
    # From the start the search goes up until something is possible, then halves what is between.
    high = max(start, low)
    distance = step / 2**8
    while refused_below(high):
        low, high = high, high + distance
        distance *= 2
        if domain.high is not None and high >= domain.high:
            high = domain.high
            if refused_below(high):
                return Range(high, high, True, True)
            break
        if distance > step * FAR:
            return domain
    else:
        if domain.low is None:
            # Coming from far below, the steps down from the start are doubled likewise.
            near, distance = high, step / 2**8
            while near - distance > low and not refused_below(near - distance):
                high, distance = near - distance, distance * 2
            low = max(low, near - distance)
    while high - low > max(abs(high), Fraction(1, 100)) / PARTS:
        middle = (low + high) / 2
        if refused_below(middle):
            low = middle
        else:
            high = middle
    # Every number up to `low` is refused. A simple fraction is taken for the end if numbers below
    # it are refused as near to it as can matter: some rules do not tell an open end from a closed.
    simple = find_simplest(low, high)
    if refused_below(simple, is_open=True):
        return Range(simple, None, refused_below(simple))
    if refused_below(simple - max(abs(simple), Fraction(1, 100)) / PARTS**2):
        return Range(simple)
    return Range(low, None, True)


def find_simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction between two others, ends included, with the smallest denominator."""
    if low > high:
        raise ValueError("the first must not be above the second")
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -find_simplest(-high, -low)
    whole = low.numerator // low.denominator
    if whole == low:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / find_simplest(1 / (high - whole), 1 / (low - whole))
