"""From a rule that failed to a finding: the fewest figures, and what would repair it."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.figures import COUNTED, PEOPLE, Figure, is_amount, is_size, reread
from altcred.check.ranges import Range, are_apart, meet
from altcred.check.rules.registry import Check, Outcome, list_checks
from altcred.check.table import Table
from altcred.check.words import join_prints

# So many units of the last digit a figure is moved when looking for a value that fits.
STEPS = 150
# So many slips of one figure are tried against all figures of its question.
TRIED = 3
# Kinds of contradictions that tell which of two prints is the wrong one.
WITNESSES = ("total", "subgroups", "sum", "count", "formula", "difference")


@dataclass(frozen=True)
class Repair:
    """One printed figure changed so that the conflict is gone.

    `kind` is `digit` (one digit differs), `transposition` (two neighbouring digits change
    places), `swap` (two figures change places) or `value` (the nearest value that fits, which
    is no typo of what is printed).
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
        return f"{slip}{self.replacement} for {self.printed} ({self.id}) would repair it"


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


def find_repairs(table: Table, check: Check, ids: list[str]) -> list[Repair]:
    """Return single changes that repair a conflict, typos first, one a figure at most."""
    if not check.rule.compares_numbers:
        # The figure is right in one of the two places: the word beside it is to be changed.
        return []
    found = [*_find_swaps(table, check, ids)] if check.kind == "population" else []
    small = table.only(ids)
    for figure in (small.figures[id] for id in ids):
        if figure.is_number or figure.fault:
            repair = _find_typo(table, small, check, figure) or _find_value(small, check, figure)
            found += [repair] if repair is not None else []

    def count_places(repair: Repair) -> int:
        own = table.figures[repair.id]
        return sum(row.printed == own.printed for row in table.rows(own.key))

    # A figure that stands in several places was hardly mistyped in all of them.
    order = ("swap", "transposition", "digit", "value")
    return sorted(
        found,
        key=lambda repair: (not repair.is_typo, count_places(repair), order.index(repair.kind)),
    )


def _repairs(table: Table, check: Check, figure: Figure) -> bool:
    """Tell whether a changed figure ends a conflict, and can be: nobody is no sample."""
    is_sample = figure.key.statistic.endswith(("df", "df1", "df2")) or (
        is_size(figure.key) and figure.key.statistic in COUNTED
    )
    most = figure.limits.high
    if is_sample and most is not None and most < 1:
        return False
    return check.evaluate(table.put(figure)) is None


def _is_clean(table: Table, figure: Figure) -> bool:
    """Tell whether a change brings no other conflict with figures of its question."""
    key = table.figures[figure.id].key
    near = table.only(
        row.id
        for row in table.figures.values()
        if row.key.wave == key.wave and row.key.variable in {key.variable, *PEOPLE}
    )
    changed = near.put(figure)
    for check in list_checks(changed):
        outcome = check.evaluate(changed)
        if outcome is not None and figure.id in outcome.ids and check.evaluate(near) is None:
            return False
    return True


def _find_swaps(table: Table, check: Check, ids: list[str]) -> Iterator[Repair]:
    """Yield exchanges of a figure with that of another part, printed in the same section."""
    for figure in (table.figures[id] for id in ids):
        others = [
            other
            for partition in table.relations.partitions_in(figure.key.wave)
            if figure.key.subgroup in partition.parts
            for part in partition.parts
            if part != figure.key.subgroup
            for other in table.numbers(figure.key._replace(subgroup=part))
            if other.section == figure.section
        ]
        for other in others:
            first, second = reread(figure, other.printed), reread(other, figure.printed)
            if first is None or second is None:
                continue
            swapped = {first.id: first, second.id: second}
            changed = table.replace(swapped)
            is_clean = all(
                item.evaluate(changed) is None
                for item in list_checks(changed.only([*ids, *swapped]))
                if item.kind == check.kind
            )
            if is_clean and check.evaluate(changed) is None:
                yield Repair(figure.id, figure.printed, other.printed, "swap", other.id)


def _find_typo(whole: Table, table: Table, check: Check, figure: Figure) -> Repair | None:
    """Return the smallest slip of one digit that repairs a conflict and makes no other."""
    fitting = []
    for kind, slip in _list_slips(figure.printed):
        changed = reread(figure, slip)
        if changed is not None and _repairs(table, check, changed):
            others = [row.limits for row in table.numbers(figure.key) if row.id != figure.id]
            nearness = (_only_touches(changed.limits, others), _distance(figure, changed))
            fitting.append((nearness, kind, slip, changed))
    # Other places print the same: one slip of the pen does not change them all.
    agreeing = [
        row.limits
        for row in whole.numbers(figure.key)
        if row.id != figure.id and not are_apart(row.limits, figure.limits)
    ]
    if check.kind != "repeated":
        fitting = [
            item
            for item in fitting
            if not any(are_apart(item[3].limits, limits) for limits in agreeing)
        ]
    for _, kind, slip, changed in sorted(fitting, key=lambda item: item[:3])[:TRIED]:
        if _is_clean(whole, changed):
            return Repair(figure.id, figure.printed, slip, kind)
    return None


def _only_touches(limits: Range, others: Iterable[Range]) -> bool:
    """Whether a figure would be another print of one quantity on the edge of their roundings only.

    So is 8% beside 7%, which is as true of 7.5% as 7% itself; nobody means that by a slip.
    """
    return limits.exact is None and any(
        meet((limits, one)).exact is not None for one in others if one.exact is None
    )


def _list_slips(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is printed with two neighbouring digits exchanged, or with one digit changed."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    for first, second in itertools.pairwise(places):
        is_leading = text[second] == "0" and first == places[0]
        if text[first] != text[second] and second - first <= 2 and not is_leading:
            between = text[first + 1 : second]
            changed = f"{text[second]}{between}{text[first]}"
            yield "transposition", f"{text[:first]}{changed}{text[second + 1 :]}"
    for place in places:
        for digit in "0123456789":
            is_leading = digit == "0" and place == places[0] and len(places) > 1
            if digit != text[place] and not is_leading:
                yield "digit", text[:place] + digit + text[place + 1 :]


def _distance(first: Figure, second: Figure) -> Fraction:
    old, new = first.limits, second.limits
    for one, other in ((old.low, new.low), (old.high, new.high)):
        if one is not None and other is not None:
            return abs(one - other)
    return Fraction(0)


def _find_value(table: Table, check: Check, figure: Figure) -> Repair | None:
    """Return the nearest value of the same precision that fits."""
    limits = figure.limits
    has_digits = figure.digits is not None and any(map(str.isdigit, figure.printed))
    if figure.qualifier or not has_digits or limits.low is None or limits.high is None:
        return None
    unit, middle = find_unit(figure), (limits.low + limits.high) / 2
    for step in range(1, STEPS):
        for value in (middle - step * unit, middle + step * unit):
            if value < 0 <= middle:
                continue
            changed = reread(figure, _write(value, figure))
            if changed is not None and _repairs(table, check, changed):
                return Repair(figure.id, figure.printed, changed.printed, "value")
    return None


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


def weigh_alternatives(table: Table, ids: list[str]) -> str:
    """Say which of several prints of one quantity fits the other figures; '' if that is open."""
    figures = [table.figures[id] for id in ids if table.figures[id].is_number]
    if len({figure.key for figure in figures}) != 1 or len(figures) < 2:
        return ""
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
        return ""
    return f"{join_prints(fitting)} fits the other figures: {' '.join(lines)}"


def _find_witness(whole: Table, chosen: Table, figure: Figure) -> str:
    """Return the arithmetic that speaks against a figure where it alone is kept; '' if none."""
    for check in list_checks(chosen):
        if check.kind in WITNESSES:
            outcome = check.evaluate(chosen)
            if outcome is not None and figure.id in outcome.ids and check.evaluate(whole) is None:
                return outcome.line
    return ""
