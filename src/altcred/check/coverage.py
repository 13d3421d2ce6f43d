"""What became of every printed figure: consistent, in a conflict, or not checked, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from altcred.check.domains import domain_of
from altcred.check.figures import SHARES, Figure
from altcred.check.ranges import Range, are_apart, is_within
from altcred.check.sizes import find_printed_size
from altcred.check.witnesses import Witnesses

CONSISTENT, CONFLICT, UNCHECKED = "consistent", "in a conflict", "not checked"
STATES = (CONFLICT, CONSISTENT, UNCHECKED)
# Rules about figures of any statistic; what no other rule reads is of a statistic without one.
OF_ANY = frozenset({"impossible", "repeated"})
# Statements that are no numbers and are compared even so.
READ = frozenset({"rank", "order"})
NO_NUMBER, NO_RULE, NO_N = "no number", "no rule for this statistic", "no n"
NOT_WHOLE, FREE, ALONE = "not said to be of whole answers", "any number fits this n", "one alone"
SET_ASIDE, BROKEN = "set aside", "only with figures in a conflict"


@dataclass(frozen=True)
class Covered:
    """A printed figure and what became of it; `reason` is why it was not checked.

    `rules` are the kinds of the rules that read it.
    """

    figure: Figure
    state: str
    reason: str = ""
    rules: tuple[str, ...] = ()


def list_coverage(
    witnesses: Witnesses, conflicting: Iterable[str], aside: Iterable[Figure] = ()
) -> list[Covered]:
    """Return what became of each figure; `conflicting` are the ids of those in a finding.

    A figure counts as checked if another number in its place would contradict the others. That
    a rule looked at it is not enough: a mean beside no n is looked at, and nothing comes of it.
    """
    conflicting = frozenset(conflicting)
    refused: Counter[str] = Counter()
    found = []
    for figure in witnesses.table.figures.values():
        state, reason = CONFLICT, ""
        if figure.id not in conflicting:
            is_checked = _is_checked(witnesses, figure, refused)
            state = CONSISTENT if is_checked else UNCHECKED
            reason = "" if is_checked else _find_reason(witnesses, figure)
        readers = witnesses.readers(figure.key)
        rules = sorted({witnesses.checks[place].kind for place in readers})
        found.append(Covered(figure, state, reason, tuple(rules)))
    return found + [Covered(figure, UNCHECKED, SET_ASIDE) for figure in aside]


def count_states(covered: Iterable[Covered]) -> Counter[tuple[str, str]]:
    """Return how many figures are in each state, for each reason."""
    return Counter((one.state, one.reason) for one in covered)


def describe_states(counts: Mapping[tuple[str, str], int]) -> str:
    """Write in a line how many figures are in each state, and why those unchecked are."""
    states: Counter[str] = Counter()
    for (state, _), n in counts.items():
        states[state] += n
    shown = ", ".join(f"{states[state]:,} {state}" for state in STATES)
    reasons = sorted((reason, n) for (_, reason), n in counts.items() if reason)
    why = ", ".join(f"{n:,} {reason}" for reason, n in reasons)
    total = states.total()
    return f"{total:,} figure{'' if total == 1 else 's'}: {shown}" + (f" ({why})" if why else "")


def _is_checked(witnesses: Witnesses, figure: Figure, refused: Counter[str]) -> bool:
    table = witnesses.table
    readers = [
        place for place in witnesses.readers(figure.key) if witnesses.outcomes[place] is None
    ]
    if not figure.is_number:
        if figure.key.statistic in READ:
            return any(witnesses.reads_numbers(place) for place in readers)
        rows = table.rows(figure.key)
        return bool(figure.text) and any(row.text and row.id != figure.id for row in rows)
    others = (table.put(figure.stand_for(limits)) for limits in _list_others(figure))
    # What refused another figure mostly refuses this one, and what reads little is soon judged.
    readers.sort(
        key=lambda place: (not refused[witnesses.checks[place].kind], witnesses.count_read(place))
    )
    for changed in others:
        for place in readers:
            if witnesses.checks[place].evaluate(changed) is not None:
                refused[witnesses.checks[place].kind] += 1
                return True
    return False


def _list_others(figure: Figure) -> Iterator[Range]:
    """Yield numbers as exact as a figure that it could have been: far from it, and near."""
    limits = figure.limits
    ends = [end for end in (limits.low, limits.high) if end is not None]
    middle = sum(ends, Fraction(0)) / len(ends)
    half = limits.width / 2
    unit = 2 * half or Fraction(1)
    domain, _ = domain_of(figure.key.statistic)
    for value in (
        *(middle * 10 + 11 * unit, middle / 10, middle + 7 * unit, middle - 7 * unit),
        *(middle + unit, middle - unit, -middle - unit, Fraction(1), Fraction(0)),
    ):
        other = Range(value - half, value + half)
        if are_apart(other, limits) and is_within(other, domain):
            yield other


def _find_reason(witnesses: Witnesses, figure: Figure) -> str:
    key, table = figure.key, witnesses.table
    if not figure.is_number:
        return ALONE if figure.text or key.statistic in READ else NO_NUMBER
    if any(witnesses.outcomes[place] is not None for place in witnesses.readers(key)):
        return BROKEN
    kinds = {witnesses.checks[place].kind for place in witnesses.readers(key)}
    if kinds <= OF_ANY:
        return NO_RULE
    if key.statistic not in SHARES | {"mean"}:
        return ALONE
    if figure.n is None and find_printed_size(table, key) is None:
        return NO_N
    is_loose = key.statistic == "mean" and not table.relations.describe(key.variable).whole_numbers
    return NOT_WHOLE if is_loose else FREE
