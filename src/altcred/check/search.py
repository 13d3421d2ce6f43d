"""From a rule that failed to a finding: the fewest figures, and what would repair it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from altcred.check.domains import domain_of
from altcred.check.figures import COUNTED, Figure, is_size, reread
from altcred.check.ranges import Range
from altcred.check.remaining import find_remaining
from altcred.check.rules.registry import Check, Outcome
from altcred.check.slips import list_slips
from altcred.check.table import Table
from altcred.check.witnesses import Witnesses

# The middle part of all roundings that a repair may fit, the best first: an eighth of each, a
# quarter, a half, nearly all. What fits no such part only makes two roundings touch.
FITS = (Fraction(8), Fraction(4), Fraction(2), Fraction(64, 63))
BARELY = Fraction(1, 8)
# So many values of what the other figures leave are tried, from its middle or from its end.
NEAR = 6
# A number is looked for as far from the print as so many times that, or its last unit.
FARTHEST = 10
# So many repairs of a conflict are told at most, and so many of one figure.
TOLD, TOLD_OF_ONE = 6, 3
# Statistics that are below zero only where the answers are, or never.
UNSIGNED = re.compile(
    r"(?:mean|median|mode|min|max|fact|iqr|range|quantile_\w+|(?:odds|risk|hazard)_ratio)"
    r"(?:_ci_low|_ci_high|_std_error)?"
)
# How often a slip of each kind is made, against the others.
OFTEN = {"digit": 6, "transposition": 3, "swap": 2, "neighbour": 3, "shift": 1, "sign": 1}
# Of what may have been meant where the number of a neighbour is printed, so many values are
# thought of as equally likely.
COPIED = 4


@dataclass(frozen=True)
class Repair:
    """One printed figure changed so that a conflict is gone and none arises anywhere.

    `kind` is `digit` (one digit differs), `transposition` (two neighbouring digits change
    places), `shift` (the decimal point moves), `sign`, `swap` (two figures change places),
    `neighbour` (what stands beside was printed in its place) or `value` (the nearest value that
    fits, which is no slip of what is printed).
    """

    id: str
    printed: str
    replacement: str
    kind: str
    exchanged_with: str = ""

    @property
    def is_typo(self) -> bool:
        return self.kind != "value"

    def describe(self) -> str:
        """Write what would be changed, in one line."""
        if self.kind == "swap":
            return (
                f"exchanging {self.printed} ({self.id}) with {self.replacement} "
                f"({self.exchanged_with}) would repair it"
            )
        slip = "one slip, " if self.is_typo else ""
        how = (
            f", where {self.printed} stands beside ({self.exchanged_with})"
            if self.kind == "neighbour"
            else ""
        )
        return f"{slip}{self.replacement} for {self.printed} ({self.id}) would repair it{how}"


@dataclass(frozen=True)
class _Way:
    """A repair with the number of conflicts that it ends, and how likely it is what happened."""

    repair: Repair
    mended: int
    fit: Fraction
    likely: Fraction
    distance: Fraction = Fraction(0)

    @property
    def is_sound(self) -> bool:
        """Tell whether it is a slip, and does more than bring two roundings to touch."""
        return self.repair.is_typo and self.fit > BARELY

    @property
    def order(self) -> tuple[bool, int, Fraction, Fraction, str, str]:
        repair = self.repair
        return (
            not self.is_sound, -self.mended, -self.likely, self.distance, repair.id,
            repair.replacement,
        )  # fmt: skip


def minimize(table: Table, check: Check, outcome: Outcome) -> tuple[list[str], Outcome]:
    """Return figures of which none can be left out without the conflict going away.

    Figures are left out one at a time. Which are left depends on the order, so that three
    orders are tried and the fewest figures taken: vague figures first, and sample sizes before
    or after all others.
    """
    figures = table.figures

    def vagueness(id: str) -> tuple[bool, Fraction, str]:
        limits = figures[id].limits
        return limits.is_bounded, -limits.width, id

    small = table.only(outcome.ids)
    plain = sorted(outcome.ids, key=vagueness)
    sizes = [id for id in plain if is_size(figures[id].key)]
    others = [id for id in plain if id not in sizes]
    orders = (plain, sizes + others, others + sizes)
    found = [_leave_out(small, check, outcome, order) for order in orders]
    return min(found, key=lambda result: len(result[0]))


def _leave_out(
    table: Table, check: Check, outcome: Outcome, order: list[str]
) -> tuple[list[str], Outcome]:
    kept, current = order, outcome
    if check.evaluate(table) is None:
        return kept, outcome
    for id in order:
        fewer = [other for other in kept if other != id]
        found = check.evaluate(table.only(fewer))
        if found is not None:
            kept, current = fewer, found
    return kept, current


def find_repairs(
    witnesses: Witnesses, check: Check, ids: list[str], failed: frozenset[int]
) -> list[Repair]:
    """Return single changes that repair a conflict, the likeliest first.

    `failed` are the rules that these figures break, alone or with others. With a repair in its
    place none of them is broken, and no other that was not before. Of two repairs the one that
    ends more conflicts is the likelier; then the one that slips made more often lead to, in a
    print that allows fewer of them, to a number printed like those beside it.
    """
    if not check.rule.compares_numbers:
        # The figure is right in one of the two places: the word beside it is to be changed.
        return []
    trial = _Trial(witnesses, check, ids, failed)
    figures = [
        figure
        for figure in map(witnesses.table.figures.__getitem__, ids)
        if figure.is_number or figure.fault
    ]
    swaps = [way for figure in figures for way in trial.find_swaps(figure)]
    ways = [
        way
        for figure in figures
        for way in sorted(trial.find_slips(figure), key=lambda way: way.order)[:TOLD_OF_ONE]
    ]
    if not any(way.is_sound for way in (*ways, *swaps)):
        values = [way for figure in figures for way in trial.find_value(figure)]
        ways += [way for way in values if way.fit > BARELY or not (ways or swaps)]
    # The exchange of two figures is found from either.
    pairs = {frozenset({way.repair.id, way.repair.exchanged_with}): way for way in swaps[::-1]}
    ways = sorted([*pairs.values(), *ways], key=lambda way: way.order)
    # The likeliest of each figure is told before a second one of another.
    best = {way.repair.id: way for way in reversed(ways)}
    told = sorted(ways, key=lambda way: best[way.repair.id] is not way)[:TOLD]
    return [way.repair for way in sorted(told, key=lambda way: way.order)]


@dataclass(frozen=True)
class _Trial:
    """A conflict, and what becomes of it where a figure is changed."""

    witnesses: Witnesses
    check: Check
    ids: list[str]
    failed: frozenset[int]

    @cached_property
    def small(self) -> Table:
        return self.witnesses.table.only(self.ids)

    def ends(self, *figures: Figure) -> bool:
        """Tell whether figures that can be end the conflict, whatever they do elsewhere."""
        if any(not figure.is_number or _is_nobody(figure) for figure in figures):
            return False
        changed = self.small
        for figure in figures:
            changed = changed.put(figure) if figure.id in changed.figures else changed
        return self.check.evaluate(changed) is None

    def try_out(self, *figures: Figure) -> int:
        """Return how many conflicts are gone with figures changed; 0 if one is left or arises."""
        if not self.ends(*figures):
            return 0
        mended = self.witnesses.judge({figure.id: figure for figure in figures}, self.failed)
        return len(mended) if mended is not None else 0

    def weigh_fit(self, *changed: Figure) -> Fraction:
        """Return how far from the edge of all roundings a change ends the conflict."""
        figures = {**self.small.figures, **{figure.id: figure for figure in changed}}
        for weight in FITS:
            inner = {id: _narrow(figure, weight) for id, figure in figures.items()}
            if self.check.evaluate(self.small.replace(inner)) is None:
                return weight
        return BARELY

    def find_slips(self, figure: Figure) -> Iterator[_Way]:
        """Yield what else may have been meant by one figure, where that repairs the conflict.

        A print that slips of several kinds can come from is as likely as they are together.
        """
        domain, _ = domain_of(figure.key.statistic)
        is_signed = domain.low is None and not UNSIGNED.fullmatch(figure.key.statistic)
        shares: dict[str, dict[str, Fraction]] = {}
        changes: dict[str, Figure] = {}
        for kind, slips in groupby(list_slips(figure.printed, is_signed), key=itemgetter(0)):
            read = self._reread(figure, (text for _, text in slips))
            changes |= read
            for text in read:
                shares.setdefault(text, {})[kind] = Fraction(OFTEN[kind], len(read))
        source = self.witnesses.find_source(figure)
        if source is not None:
            beside = len(self.witnesses.find_neighbours(figure))
            changes |= self._reread(figure, self.list_left(figure))
            often = Fraction(OFTEN["neighbour"], COPIED * beside)
            for text in changes:
                shares.setdefault(text, {})["neighbour"] = often
        for text, kinds in shares.items():
            changed = changes[text]
            going = self.witnesses.weigh_digits(figure, changed)
            mended = self.try_out(changed) if going else 0
            if not mended:
                continue
            kind = max(kinds, key=kinds.__getitem__)
            beside_id = source.id if source is not None and kind == "neighbour" else ""
            repair = Repair(figure.id, figure.printed, text, kind, beside_id)
            fit, often = self.weigh_fit(changed), sum(kinds.values(), Fraction(0))
            yield _Way(repair, mended, fit, often * fit * going, _distance(figure, changed))

    @staticmethod
    def _reread(figure: Figure, texts: Iterable[str]) -> dict[str, Figure]:
        read = {text: reread(figure, text) for text in texts}
        return {text: changed for text, changed in read.items() if changed is not None}

    def list_left(self, figure: Figure, is_near: bool = False) -> list[str]:
        """Return some prints that the other figures leave: the middle ones, or the nearest."""
        has_digits = figure.digits is not None and any(map(str.isdigit, figure.printed))
        if figure.qualifier or not has_digits or not figure.limits.is_bounded:
            return []
        unit, middle = find_unit(figure), _printed(figure)
        span = FARTHEST * (abs(middle) + unit)
        checks = tuple(map(self.witnesses.checks.__getitem__, self.witnesses.readers(figure.key)))
        left = find_remaining(
            self.witnesses.table,
            figure.key,
            frozenset({figure.id}),
            checks,
            within=Range(middle - span, middle + span),
        )
        if left is None or left.low is None or left.high is None:
            return []
        if is_near:
            end = min(max(middle, left.low), left.high)
            away = [step if end > middle else -step for step in range(-1, NEAR)]
        elif left.width < span:
            end, away = _middle(left), sorted(range(-NEAR, NEAR + 1), key=abs)
        else:
            return []
        start = middle + unit * round((end - middle) / unit)
        values = [start + unit * step for step in away]
        return [_write(value, figure) for value in values if value >= 0 or middle < 0]

    def find_swaps(self, figure: Figure) -> Iterator[_Way]:
        """Yield exchanges of a figure with one that stands beside it."""
        beside = self.witnesses.find_neighbours(figure)
        for other in beside:
            first, second = reread(figure, other.printed), reread(other, figure.printed)
            if other.printed == figure.printed or first is None or second is None:
                continue
            going = self.witnesses.weigh_digits(figure, first)
            going *= self.witnesses.weigh_digits(other, second)
            if going and (mended := self.try_out(first, second)):
                repair = Repair(figure.id, figure.printed, other.printed, "swap", other.id)
                fit, often = self.weigh_fit(first, second), Fraction(OFTEN["swap"], len(beside))
                yield _Way(repair, mended, fit, often * fit * going)

    def find_value(self, figure: Figure) -> list[_Way]:
        """Return a value of the same precision, among the nearest that fit."""
        found = []
        for text, changed in self._reread(figure, self.list_left(figure, is_near=True)).items():
            if mended := self.try_out(changed):
                repair = Repair(figure.id, figure.printed, text, "value")
                fit, far = self.weigh_fit(changed), _distance(figure, changed)
                found.append(_Way(repair, mended, fit, fit, far))
        # Of a figure the one that fits best; of several figures the one that changes least.
        best = min(found, key=lambda way: way.order, default=None)
        return [replace(best, likely=Fraction(max(OFTEN.values())))] if best else []


def _is_nobody(figure: Figure) -> bool:
    """Tell whether a figure says that there is nobody of whom the others can be."""
    is_sample = figure.key.statistic.endswith(("df", "df1", "df2")) or (
        is_size(figure.key) and figure.key.statistic in COUNTED
    )
    return is_sample and figure.limits.high is not None and figure.limits.high < 1


def _narrow(figure: Figure, by: Fraction) -> Figure:
    """Return a figure with the middle part of the numbers that it can stand for."""
    limits = figure.limits
    if limits.low is None or limits.high is None or figure.key.statistic in COUNTED:
        return figure
    middle, half = (limits.low + limits.high) / 2, limits.width / 2 / by
    return figure.stand_for(Range(middle - half, middle + half))


def _middle(limits: Range) -> Fraction:
    return ((limits.low or Fraction(0)) + (limits.high or Fraction(0))) / 2


def _printed(figure: Figure) -> Fraction:
    """Return the number that is printed, of all that it can stand for."""
    limits = figure.limits
    if figure.is_cut and limits.low is not None and limits.high is not None:
        return min(limits.low, limits.high, key=abs)
    return _middle(limits)


def _distance(first: Figure, second: Figure) -> Fraction:
    old, new = first.limits, second.limits
    for one, other in ((old.low, new.low), (old.high, new.high)):
        if one is not None and other is not None:
            return abs(one - other)
    return Fraction(0)


def find_unit(figure: Figure) -> Fraction:
    """Return one unit of a figure's last digit; 1 for a count."""
    limits = figure.limits
    if limits.low is None or limits.high is None:
        return Fraction(0)
    return limits.high - limits.low or Fraction(1)


def _write(value: Fraction, figure: Figure) -> str:
    digits = figure.digits or 0
    is_percent = figure.unit == "share" and "%" in figure.printed
    number = round(value * (100 if is_percent else 1) * 10**digits)
    before, after = divmod(abs(number), 10**digits)
    text = f"{before:,}" + (f".{after:0{digits}d}" if digits else "")
    # What stands around the number stays: a currency, a space before the sign of percent.
    around = re.sub(r"[-−–]?([^\d]*?)[\d,]*\.?\d+", rf"\g<1>{text}", figure.printed, count=1)
    return f"-{around}" if number < 0 else around
