"""From a rule that failed to a finding: the fewest figures, and what would repair it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from altcred.check.domains import domain_of
from altcred.check.figures import COUNTED, Figure, is_amount, is_size, reread
from altcred.check.ranges import Range, are_apart
from altcred.check.remaining import find_remaining
from altcred.check.rules.registry import Check, Outcome, list_checks
from altcred.check.slips import list_slips
from altcred.check.table import Table
from altcred.check.witnesses import Witnesses
from altcred.check.words import join_prints

# So many units of the last digit a figure is moved when looking for a value that fits: each of
# the first, then twice as many each time, and back from there.
NEAR = 6
STEPS = (*range(1, NEAR), *(NEAR * 2**power for power in range(8)))
# So many repairs of a conflict are told at most, and so many of one figure.
TOLD, TOLD_OF_ONE = 6, 2
# Statistics that are below zero only where the answers are.
UNSIGNED = ("mean", "median", "mode", "min", "max", "fact")
# How often a slip of each kind is made, against the others.
OFTEN = {"digit": 6, "transposition": 3, "swap": 2, "neighbour": 3, "shift": 1, "sign": 1}
# Kinds of contradictions that tell which of two prints is the wrong one.
WITNESSES = ("total", "subgroups", "sum", "count", "formula", "difference")


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
    likely: Fraction = Fraction(0)
    distance: Fraction = Fraction(0)

    @property
    def order(self) -> tuple[bool, int, Fraction, Fraction, str, str]:
        repair = self.repair
        return (
            not repair.is_typo, -self.mended, -self.likely, self.distance, repair.id,
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
    ends more conflicts is the likelier; then the one of a slip that is made more often, among
    fewer slips that the print allows and that fit as well.
    """
    if not check.rule.compares_numbers:
        # The figure is right in one of the two places: the word beside it is to be changed.
        return []
    trial = _Trial(witnesses, check, ids, failed)
    ways = []
    for id in ids:
        figure = witnesses.table.figures[id]
        if figure.is_number or figure.fault:
            own = [*trial.find_swaps(figure), *trial.find_slips(figure)]
            ways += sorted(own, key=lambda way: way.order)[:TOLD_OF_ONE]
    if not ways:
        ways = [way for id in ids for way in trial.find_value(witnesses.table.figures[id])]
    # The exchange of two figures is found from either.
    pairs: dict[frozenset[str], Repair] = {}
    for way in sorted(ways, key=lambda way: way.order):
        repair = way.repair
        both = frozenset({repair.id, repair.exchanged_with if repair.kind == "swap" else ""})
        pairs.setdefault(both | {repair.replacement} if repair.kind != "swap" else both, repair)
    return list(pairs.values())[:TOLD]


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

    def weigh_fit(self, *changed: Figure) -> int:
        """Return how far from the edge of all roundings a change ends the conflict."""
        figures = {**self.small.figures, **{figure.id: figure for figure in changed}}
        for weight in (8, 4, 2):
            inner = {id: _narrow(figure, weight) for id, figure in figures.items()}
            if self.check.evaluate(self.small.replace(inner)) is None:
                return weight
        return 1

    def find_slips(self, figure: Figure) -> list[_Way]:
        """Return the slips of one figure that repair the conflict."""
        domain, _ = domain_of(figure.key.statistic)
        is_signed = domain.low is None and not figure.key.statistic.startswith(UNSIGNED)
        slips = list(dict.fromkeys(list_slips(figure.printed, is_signed)))
        changed = {slip: reread(figure, slip[1]) for slip in slips}
        kinds = [kind for (kind, _), read in changed.items() if read is not None]
        fitting = {
            (Repair(figure.id, figure.printed, text, kind), read): mended
            for (kind, text), read in changed.items()
            if read is not None and (mended := self.try_out(read))
        }
        found = [
            _Way(
                repair,
                mended,
                Fraction(OFTEN[repair.kind], kinds.count(repair.kind) * len(fitting))
                * self.weigh_fit(read),
                _distance(figure, read),
            )
            for (repair, read), mended in fitting.items()
        ]
        return found + self._find_copied(figure)

    def _find_copied(self, figure: Figure) -> list[_Way]:
        """Return what may have been meant where the number of a neighbour is printed."""
        number = figure.printed.strip("% ")
        beside = self.witnesses.find_neighbours(figure)
        source = next((row for row in beside if row.printed.strip("% ") == number), None)
        if source is None or figure.qualifier or figure.digits is None:
            return []
        left = find_remaining(self.witnesses.table, figure.key, frozenset({figure.id}))
        if left is None or left.low is None or left.high is None:
            return []
        unit, middle = find_unit(figure), (left.low + left.high) / 2
        values = int((left.high - left.low) / unit) + 1
        for step in range(8):
            for value in {middle + step * unit, middle - step * unit}:
                changed = reread(figure, _write(value, figure))
                mended = self.try_out(changed) if changed is not None else 0
                if changed is not None and mended:
                    repair = Repair(
                        figure.id, figure.printed, changed.printed, "neighbour", source.id
                    )
                    likely = Fraction(OFTEN["neighbour"] * self.weigh_fit(changed), 4 * values)
                    return [_Way(repair, mended, likely)]
        return []

    def find_swaps(self, figure: Figure) -> Iterator[_Way]:
        """Yield exchanges of a figure with one that stands beside it."""
        beside = self.witnesses.find_neighbours(figure)
        for other in beside:
            first, second = reread(figure, other.printed), reread(other, figure.printed)
            if other.printed == figure.printed or first is None or second is None:
                continue
            mended = self.try_out(first, second)
            if mended:
                repair = Repair(figure.id, figure.printed, other.printed, "swap", other.id)
                likely = Fraction(OFTEN["swap"] * self.weigh_fit(first, second), len(beside))
                yield _Way(repair, mended, likely)

    def find_value(self, figure: Figure) -> list[_Way]:
        """Return the nearest value of the same precision that fits."""
        limits = figure.limits
        has_digits = figure.digits is not None and any(map(str.isdigit, figure.printed))
        if figure.qualifier or not has_digits or limits.low is None or limits.high is None:
            return []
        unit, middle = find_unit(figure), (limits.low + limits.high) / 2

        def move(step: int) -> Figure | None:
            value = middle + step * unit
            return None if value < 0 <= middle else reread(figure, _write(value, figure))

        def ends(step: int) -> bool:
            return (changed := move(step)) is not None and self.ends(changed)

        found = []
        for side in (-1, 1):
            far = next((step for step in STEPS if ends(side * step)), None)
            if far is None:
                continue
            near = far if far in range(NEAR) else far // 2
            while far - near > 1:
                middle_step = (near + far) // 2
                near, far = (near, middle_step) if ends(side * middle_step) else (middle_step, far)
            found += [(step, side) for step in range(far, far + NEAR)]
        for step, side in sorted(found):
            changed = move(side * step)
            if changed is not None and (mended := self.try_out(changed)):
                repair = Repair(figure.id, figure.printed, changed.printed, "value")
                return [_Way(repair, mended, distance=step * unit)]
        return []


def _is_nobody(figure: Figure) -> bool:
    """Tell whether a figure says that there is nobody of whom the others can be."""
    is_sample = figure.key.statistic.endswith(("df", "df1", "df2")) or (
        is_size(figure.key) and figure.key.statistic in COUNTED
    )
    return is_sample and figure.limits.high is not None and figure.limits.high < 1


def _narrow(figure: Figure, by: int) -> Figure:
    """Return a figure with the middle part of the numbers that it can stand for."""
    limits = figure.limits
    if limits.low is None or limits.high is None or figure.key.statistic in COUNTED:
        return figure
    middle, half = (limits.low + limits.high) / 2, limits.width / 2 / by
    return figure.stand_for(Range(middle - half, middle + half))


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
    text = f"{'-' if number < 0 else ''}{before:,}" + (f".{after:0{digits}d}" if digits else "")
    if is_percent:
        return f"{text}%"
    return f"{figure.unit}{text}" if is_amount(figure.unit) else text


def weigh_alternatives(table: Table, ids: list[str]) -> tuple[str, frozenset[str]]:
    """Say which of several prints of one quantity fits the other figures, with its ids.

    '' and none if that is open.
    """
    figures = [table.figures[id] for id in ids if table.figures[id].is_number]
    if len({figure.key for figure in figures}) != 1 or len(figures) < 2:
        return "", frozenset()
    key = figures[0].key
    related = {
        row.id
        for row in table.figures.values()
        if row.key.variable in {key.variable, "responses"} or key.variable == "responses"
    }
    fitting, lines = [], []
    for figure in figures:
        others = {
            row.id
            for row in table.numbers(key)
            if are_apart(row.limits, figure.limits) or (row.id in ids and row.id != figure.id)
        }
        line = _find_witness(table, table.only(related - others), figure)
        if line:
            lines.append(line)
        else:
            fitting.append(figure)
    if not fitting or not lines:
        return "", frozenset()
    text = f"{join_prints(fitting)} fits the other figures: {' '.join(lines)}"
    return text, frozenset(figure.id for figure in fitting)


def _find_witness(whole: Table, chosen: Table, figure: Figure) -> str:
    """Return the arithmetic that speaks against a figure where it alone is kept; '' if none."""
    for check in list_checks(chosen):
        if check.kind in WITNESSES:
            outcome = check.evaluate(chosen)
            if outcome is not None and figure.id in outcome.ids and check.evaluate(whole) is None:
                return outcome.line
    return ""
