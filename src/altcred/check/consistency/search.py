"""From a rule that failed to a finding: the fewest figures, and what would repair it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.consistency.checks import Check, Outcome, list_checks
from altcred.check.consistency.figures import Figure, Table, is_size, reread
from altcred.check.consistency.ranges import meet
from altcred.check.consistency.relations import Relations
from altcred.check.consistency.sizes import counts_people, partitions_in

# So many units of the last digit a figure is moved when looking for a value that fits.
STEPS = 150
# So many slips of one figure are tried against all figures of its question.
TRIED = 3


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
    results = []
    small = table.only(outcome.ids)
    for size_first in (None, True, False):
        order = sorted(
            outcome.ids,
            key=lambda id, size_first=size_first: (
                size_first is not None and is_size(table.figures[id].key) != size_first,
                _vagueness(table.figures[id]),
            ),
        )
        results.append(_leave_out(small, check, outcome, order))
    return min(results, key=lambda result: len(result[0]))


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


def _vagueness(figure: Figure) -> tuple[int, Fraction, str]:
    limits = figure.limits
    if limits is None or limits.low is None or limits.high is None:
        return (0, Fraction(0), figure.id)
    return (1, limits.low - limits.high, figure.id)


def find_repairs(table: Table, relations: Relations, check: Check, ids: list[str]) -> list[Repair]:
    """Return single changes that repair a conflict, typos first, one a figure at most."""
    if check.kind == "label":
        # The figure is right in one of the two places: the word beside it is to be changed.
        return []
    found = [*_find_swaps(table, relations, check, ids)]
    small = table.only(ids)
    for id in ids:
        figure = small.figures[id]
        if figure.limits is None:
            continue
        repair = _find_typo(table, small, relations, check, figure) or _find_value(
            small, relations, check, figure
        )
        if repair is not None:
            found.append(repair)
    # A figure that stands in several places was hardly mistyped in all of them.
    places = {
        id: sum(
            row.printed == table.figures[id].printed for row in table.rows(table.figures[id].key)
        )
        for id in ids
    }
    order = {"swap": 0, "transposition": 1, "digit": 2, "value": 3}
    return sorted(
        found, key=lambda repair: (not repair.is_typo, places.get(repair.id, 1), order[repair.kind])
    )


def _holds(table: Table, relations: Relations, check: Check, figure: Figure) -> bool:
    changed = table.put(figure, keep_cache=not counts_people(relations, figure.key))
    return check.evaluate(changed) is None


def _is_clean(table: Table, relations: Relations, figure: Figure) -> bool:
    """Tell whether a change brings no other conflict with figures of its question."""
    key = table.figures[figure.id].key
    near = table.only(
        row.id
        for row in table.figures.values()
        if row.key.wave == key.wave and row.key.variable in {key.variable, "responses", "pairs"}
    )
    changed = near.put(figure, keep_cache=not counts_people(relations, key))
    for check in list_checks(changed, relations):
        outcome = check.evaluate(changed)
        if outcome is not None and figure.id in outcome.ids and check.evaluate(near) is None:
            return False
    return True


def _find_swaps(
    table: Table, relations: Relations, check: Check, ids: list[str]
) -> Iterator[Repair]:
    if check.kind != "population":
        return
    for id in ids:
        figure = table.figures[id]
        for partition in partitions_in(relations, figure.key.wave):
            if figure.key.subgroup not in partition.parts:
                continue
            for part in partition.parts:
                if part == figure.key.subgroup:
                    continue
                for other in table.numbers(figure.key._replace(subgroup=part)):
                    if other.section != figure.section:
                        continue
                    first, second = reread(figure, other.printed), reread(other, figure.printed)
                    if first is None or second is None:
                        continue
                    swapped = {first.id: first, second.id: second}
                    changed = table.change(lambda row, s=swapped: s.get(row.id, row))
                    clean = all(
                        item.evaluate(changed) is None
                        for item in list_checks(changed.only([*ids, other.id, *swapped]), relations)
                        if item.kind == "population"
                    )
                    if clean and check.evaluate(changed) is None:
                        yield Repair(id, figure.printed, other.printed, "swap", other.id)


def _find_typo(
    whole: Table, table: Table, relations: Relations, check: Check, figure: Figure
) -> Repair | None:
    """Return the smallest slip of one digit that repairs a conflict and makes no other."""
    text = figure.printed
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    candidates = []
    for first, second in itertools.pairwise(places):
        leading = text[second] == "0" and first == places[0]
        if text[first] != text[second] and second - first <= 2 and not leading:
            letters = list(text)
            letters[first], letters[second] = letters[second], letters[first]
            candidates.append(("transposition", "".join(letters)))
    for place in places:
        for digit in "0123456789":
            leading = digit == "0" and place == places[0] and len(places) > 1
            if digit != text[place] and not leading:
                candidates.append(("digit", text[:place] + digit + text[place + 1 :]))
    fitting = []
    for kind, candidate in candidates:
        changed = reread(figure, candidate)
        if changed is not None and _holds(table, relations, check, changed):
            fitting.append((_distance(figure, changed), kind, candidate, changed))
    # Other places print the same: one slip of the pen does not change them all.
    agreeing = [
        row.limits
        for row in whole.numbers(figure.key)
        if row.id != figure.id and not _is_apart(row, figure)
    ]
    fitting = [
        item
        for item in fitting
        if check.kind == "repeated"
        or not any(meet([item[3].limits, limits]).is_empty for limits in agreeing)
    ]
    for _, kind, candidate, changed in sorted(fitting, key=lambda item: item[:3])[:TRIED]:
        if _is_clean(whole, relations, changed):
            return Repair(figure.id, text, candidate, kind)
    return None


def _is_apart(first: Figure, second: Figure) -> bool:
    return meet([first.limits, second.limits]).is_empty  # type: ignore[list-item]


def _distance(first: Figure, second: Figure) -> Fraction:
    ends = [
        (a, b)
        for a, b in zip(
            (first.limits.low, first.limits.high),  # type: ignore[union-attr]
            (second.limits.low, second.limits.high),  # type: ignore[union-attr]
            strict=True,
        )
        if a is not None and b is not None
    ]
    return abs(ends[0][0] - ends[0][1]) if ends else Fraction(0)


def _find_value(table: Table, relations: Relations, check: Check, figure: Figure) -> Repair | None:
    """Return the nearest value of the same precision that fits."""
    limits = figure.limits
    if not any(letter.isdigit() for letter in figure.printed):
        return None
    if (
        limits is None
        or limits.low is None
        or limits.high is None
        or figure.digits is None
        or figure.qualifier
    ):
        return None
    unit = find_unit(figure)
    middle = (limits.low + limits.high) / 2
    for step in range(1, STEPS):
        for sign in (-1, 1):
            value = middle + sign * step * unit
            if value < 0 and middle >= 0:
                continue
            changed = reread(figure, _write(value, figure))
            if changed is not None and _holds(table, relations, check, changed):
                return Repair(figure.id, figure.printed, changed.printed, "value")
    return None


def find_unit(figure: Figure) -> Fraction:
    """Return one unit of a figure's last digit; 1 for a count."""
    limits = figure.limits
    if limits is None or limits.low is None or limits.high is None:
        return Fraction(0)
    return limits.high - limits.low or Fraction(1)


def _write(value: Fraction, figure: Figure) -> str:
    digits = figure.digits or 0
    scaled = value * (100 if figure.unit == "share" else 1) * 10**digits
    whole = int(scaled) if scaled.denominator == 1 else round(scaled)
    sign = "-" if whole < 0 else ""
    before, after = divmod(abs(whole), 10**digits)
    text = f"{sign}{before:,}" + (f".{after:0{digits}d}" if digits else "")
    if figure.unit == "share":
        return f"{text}%"
    return f"${text}" if figure.unit == "amount" else text


def weigh_alternatives(table: Table, relations: Relations, ids: list[str]) -> tuple[str, list[str]]:
    """Say which of several prints of one quantity fits the other figures; '' if that is open."""
    figures = [table.figures[id] for id in ids if table.figures[id].limits is not None]
    keys = {figure.key for figure in figures}
    if len(keys) != 1 or len(figures) < 2:
        return "", []
    key = figures[0].key
    related = {
        item.id
        for item in table.figures.values()
        if item.key.variable == key.variable
        or item.key.variable == "responses"
        or key.variable == "responses"
    }
    verdicts = []
    for figure in figures:
        others = {
            row.id
            for row in table.numbers(key)
            if meet([row.limits, figure.limits]).is_empty  # type: ignore[list-item]
            or (row.id in ids and row.id != figure.id)
        }
        chosen = table.only(related - others)
        broken = None
        for check in list_checks(chosen, relations):
            if check.kind not in {"total", "subgroups", "sum", "count", "formula", "difference"}:
                continue
            outcome = check.evaluate(chosen)
            if outcome is not None and figure.id in outcome.ids:
                before = check.evaluate(table)
                if before is None:
                    broken = outcome
                    break
        verdicts.append((figure, broken))
    fitting = [figure for figure, broken in verdicts if broken is None]
    broken = [(figure, outcome) for figure, outcome in verdicts if outcome is not None]
    if len(fitting) == len(figures) - len(broken) and broken and fitting:
        lines = " ".join(outcome.line for _, outcome in broken if outcome is not None)
        kept = " and ".join(dict.fromkeys(figure.shown for figure in fitting))
        return f"{kept} fits the other figures: {lines}", [
            id for _, outcome in broken if outcome is not None for id in sorted(outcome.ids)
        ]
    return "", []
