"""What a reader sees of headline claims and of what contradictions do to them."""

import math
from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from altcred.check.consistency import Finding
from altcred.check.figures import Figure, is_amount
from altcred.check.headlines import (
    DEPENDS,
    FALLS,
    OUTCOMES,
    SURVIVES,
    UNSETTLED,
    UNTOUCHED,
    Assessed,
)
from altcred.check.ranges import Range
from altcred.check.words import show, show_range
from altcred.core.numbers import MINUS
from altcred.core.numerals import ONES
from altcred.kinds.phrases import escape_markdown, join_words
from altcred.write.tables import Table, frame_table

NOT_BOUNDED = "not bounded"
POINTS = "points"
SURVIVAL = {
    SURVIVES: "yes",
    DEPENDS: "depends on the repair",
    UNSETTLED: "not settled",
    FALLS: "no",
    UNTOUCHED: "not touched",
}
# What is said of the claims with each outcome: of one, of several, and of what.
SAID = (
    (SURVIVES, "survives", "survive", "every repair"),
    (FALLS, "does", "do", "not hold as printed under any repair"),
    (DEPENDS, "holds", "hold", "under some repairs and not under others"),
    (UNSETTLED, "is", "are", "not settled, since the figures that remain leave it open"),
)
METHOD = (
    "Every quantity of a contradiction is taken to be the wrong one in turn. What it can be "
    "instead is what the rules above leave it, given all other printed figures but those "
    "computed from it. If they leave it nothing, it cannot be the only wrong one, and that way "
    "out is not counted. The number of the claim is then computed anew; the table gives the "
    "lowest and the highest over all ways out, rounded outwards."
)


def headline_table(headlines: Sequence[Assessed]) -> Table | None:
    """Return the headline claims, those that contradictions touch first; None without claims."""
    rows = [
        {
            "Claim": item.claim,
            "Printed": " and ".join(figure.shown for figure in item.printed),
            "Under the repairs": _write_limits(item.limits, item) if item.findings else "",
            "Contradictions": _list_numbers(item),
            "Does it survive?": SURVIVAL[item.outcome],
        }
        for item in sorted(headlines, key=lambda item: not item.findings)
    ]
    return frame_table(pd.DataFrame(rows), "headlines") if rows else None


def describe_headlines(
    headlines: Sequence[Assessed], findings: Sequence[Finding], label: str
) -> str:
    """Return what becomes of the headline claims as Markdown; '' where a cohort lists none.

    `label` is that of the table of claims, for the reference to it.
    """
    if not headlines:
        return ""
    is_one = len(headlines) == 1
    touched = [item for item in headlines if item.findings]
    claims = "the claim" if is_one else f"the {_spell(len(headlines))} claims"
    opening = (
        f"@{label} lists {claims} that most readers take away. A contradiction touches a claim if "
        "one of the figures that the claim rests on may be the wrong one."
    )
    if not touched:
        return f"{opening} {'It is not' if is_one else 'None is'} touched."
    be = "is" if len(touched) == 1 else "are"
    how_many = "It is touched." if is_one else f"Of them, {_spell(len(touched))} {be} touched."
    numbers = {number for item in touched for number in item.findings}
    premise = " What a contradiction takes for granted is taken so here too."
    needs_premise = any(findings[number - 1].premise for number in numbers)
    return (
        f"{opening} {how_many} {_count_outcomes(touched)}\n\n{METHOD}"
        f"{premise if needs_premise else ''}"
    )


def _count_outcomes(touched: Sequence[Assessed]) -> str:
    counts = {outcome: sum(item.outcome == outcome for item in touched) for outcome in OUTCOMES}
    parts = [
        f"{'it' if len(touched) == 1 else _spell(counts[outcome])} "
        f"{singular if counts[outcome] == 1 else plural} {rest}"
        for outcome, singular, plural, rest in SAID
        if counts[outcome]
    ]
    return f"{'; '.join(parts).capitalize()}."


def list_headlines(headlines: Sequence[Assessed]) -> str:
    """Return a Markdown list of the claims that do not survive every repair, and why."""
    weak = [item for item in headlines if item.outcome not in {UNTOUCHED, SURVIVES}]
    if not weak:
        return ""
    claims = "claim that does" if len(weak) == 1 else "claims that do"
    come = "comes" if len(weak) == 1 else "come"
    opening = f"What the {claims} not survive every repair {come} down to:"
    return "\n".join([opening, "", *map(_describe_headline, weak)])


def _describe_headline(item: Assessed) -> str:
    ways: dict[str, list[str]] = {}
    for repaired in sorted(item.repairs, key=lambda way: not way.wrong):
        wrong = list(dict.fromkeys(_name_print(figure) for figure in repaired.wrong))
        condition = f"if {join_words(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong"
        if not wrong:
            condition = "if another figure is wrong" if ways else "whichever other figure is wrong"
        ways.setdefault(condition, []).append(_write_outcome(repaired.limits, item))
    parts = "; ".join(
        f"{condition}, {' or '.join(outcomes)}" for condition, outcomes in ways.items()
    )
    return f"- **{escape_markdown(item.claim)}** ({_list_numbers(item)}): {escape_markdown(parts)}."


def _name_print(figure: Figure) -> str:
    # A number may be wrong as one statistic and right as another.
    is_middle = figure.key.statistic in {"mean", "median"}
    return f"{figure.shown} as the {figure.key.statistic}" if is_middle else figure.shown


def _write_outcome(limits: Range, item: Assessed) -> str:
    if limits == item.as_printed:
        return "nothing changes"
    written = _write_limits(limits, item)
    return "nothing that is printed bounds it" if written == NOT_BOUNDED else f"it is {written}"


def _write_limits(limits: Range, item: Assessed) -> str:
    """Write a range a digit finer than the claim is printed, rounded outwards; whole amounts."""
    if limits.high is None and limits.low in {None, 0}:
        return NOT_BOUNDED
    # Words are no coarser than the figures they stand for: a digit more than percents have.
    digits = max(1 if figure.digits is None else figure.digits for figure in item.printed)
    is_whole = all(end is None or end.denominator == 1 for end in (limits.low, limits.high))
    if not is_whole and not is_amount(item.unit):
        digits += 1
    scale = 10**digits * (100 if item.unit in {"share", POINTS} else 1)
    low = None if limits.low is None else Fraction(math.floor(limits.low * scale), scale)
    high = None if limits.high is None else Fraction(math.ceil(limits.high * scale), scale)
    if item.unit != POINTS:
        rounded = Range(low, high, limits.low_open, limits.high_open)
        return show_range(rounded, item.unit).replace("-", MINUS)
    ends = [show(100 * end).replace("-", MINUS) for end in (low, high) if end is not None]
    return f"{' to '.join(ends)} points" if len(ends) == 2 else NOT_BOUNDED


def _list_numbers(item: Assessed) -> str:
    return ", ".join(f"C{number}" for number in item.findings)


def _spell(number: int) -> str:
    return ONES[number] if number <= 10 else f"{number:,}"
