"""What the contradictions among printed figures do to the claims that readers take away.

A cohort's `relations.yaml` lists its headline claims, each with the printed figures it rests on.
A contradiction has several ways out, since any of its quantities may be the wrong one. It touches a
claim if one of these ways changes a figure of the claim. For each way out the claim's number is
computed anew from what the figures that remain leave possible.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from altcred.check.consistency import Finding, Findings, read_table
from altcred.check.derived import relations_of_cohort
from altcred.check.figures import Figure, Key, is_amount
from altcred.check.formulas import compute, is_true, names_in, split_formula
from altcred.check.published import AMOUNT, read_published
from altcred.check.ranges import ANY, Range, are_apart, hull, is_within, whole
from altcred.check.relations import Headline, Relations
from altcred.check.remaining import (
    Alternative,
    find_domain,
    find_remaining,
    list_silent,
    list_ways,
)
from altcred.check.table import Table
from altcred.core.errors import Problem, refuse_problems
from altcred.core.measures import measures_dir, write_measures
from altcred.describe.cohort import Cohort

if TYPE_CHECKING:
    import pandas as pd

YES, NO, OPEN = "yes", "no", "open"
# What becomes of a claim over all ways out of the contradictions that touch it.
UNTOUCHED = "untouched"
SURVIVES, FALLS, DEPENDS = "survives", "falls", "depends on the repair"
UNSETTLED = "not settled"
OUTCOMES = (UNTOUCHED, SURVIVES, DEPENDS, UNSETTLED, FALLS)


@dataclass(frozen=True)
class Repaired:
    """A headline claim under one way out of the contradictions that touch it.

    `wrong` holds those of the claim's own figures that are taken to be wrong, none where the
    fault lies elsewhere; `limits` the numbers that the claim's can then be; `verdict` whether
    the claim holds: yes, no, or open where the remaining figures leave both possible.
    """

    wrong: tuple[Figure, ...]
    limits: Range
    verdict: str


@dataclass(frozen=True)
class Assessed:
    """A headline claim, as printed and under every repair.

    `printed` are the figures that readers see: the one that prints the claim's number, or those
    it is made of. `as_printed` is the range these allow and `verdict` whether the claim then
    holds. `limits` reaches from the lowest to the highest number under any repair. `findings`
    are the numbers of the contradictions that touch the claim (C1 is 1), `unit` is how the number
    is written: `share`, `points` (of percent), `number` or a currency sign.
    """

    claim: str
    printed: tuple[Figure, ...]
    as_printed: Range
    verdict: str
    limits: Range
    unit: str
    findings: tuple[int, ...] = ()
    repairs: tuple[Repaired, ...] = ()

    @property
    def outcome(self) -> str:
        """What becomes of the claim: one of OUTCOMES."""
        if not self.findings:
            return UNTOUCHED
        verdicts = {repaired.verdict for repaired in self.repairs}
        if verdicts <= {YES}:
            return SURVIVES
        if verdicts == {NO}:
            return FALLS
        return DEPENDS if NO in verdicts else UNSETTLED


def assess_headlines(
    published: "pd.DataFrame", relations: Relations, findings: Sequence[Finding]
) -> list[Assessed]:
    """Return every headline of the relations under the contradictions found, in their order.

    `published` has the columns of published.csv and `findings` are those of its figures (see
    `consistency.check_published`). Raises InvalidInput for a headline that rests on a figure that
    is not printed.
    """
    table = read_table(published, relations)[0].table
    refuse_problems(list(_list_missing(table)))
    keys = [set(headline.keys.values()) for headline in table.relations.headlines]
    named = frozenset().union(*keys)
    concerned = {
        number: finding
        for number, finding in enumerate(findings, start=1)
        if named & {table.figures[id].key for id in finding.ids}
    }
    ways_of = {
        number: list_ways(table, finding.check, finding.ids)
        for number, finding in concerned.items()
    }
    return [
        _assess(
            headline,
            table,
            {n: ways for n, ways in ways_of.items() if own & {way.key for way in ways}},
        )
        for headline, own in zip(table.relations.headlines, keys, strict=True)
    ]


def assess_cohort(cohort: Cohort, findings: Findings) -> list[Assessed]:
    """Return a cohort's headline claims under the contradictions among its printed figures."""
    published = read_published(cohort.folder / "published.csv")
    return assess_headlines(published, relations_of_cohort(cohort), findings.findings)


def write_headlines(assessed: Sequence[Assessed], cohort: str) -> None:
    """Add the counts of headline claims to the measures of the cohort's reproduction."""
    path = measures_dir(cohort) / "reproduction.json"
    measures = json.loads(path.read_text(encoding="utf-8"))
    write_measures(path, measures | {"headlines": count_headlines(assessed)})


def count_headlines(assessed: Sequence[Assessed]) -> dict[str, int]:
    """Return how many headline claims there are, how many are touched, and what becomes of them."""
    outcomes = [item.outcome for item in assessed]
    return {
        "total": len(outcomes),
        "touched": sum(outcome != UNTOUCHED for outcome in outcomes),
        **{
            outcome.replace(" ", "_"): outcomes.count(outcome)
            for outcome in OUTCOMES
            if outcome != UNTOUCHED
        },
    }


def _list_missing(table: Table) -> Iterator[Problem]:
    for place, headline in enumerate(table.relations.headlines):
        for name, key in headline.keys.items():
            if table.known(key) is None:
                yield Problem(
                    "relations.yaml",
                    f"headlines.{place}.figures.{name}",
                    "no printed figure that is a number has this key.",
                    "Correct the key, or leave the headline out.",
                )


def _assess(
    headline: Headline,
    table: Table,
    ways_of: dict[int, list[Alternative]],
) -> Assessed:
    keys = headline.keys
    parts = list(dict.fromkeys(names_in(headline.expression)))
    own = headline.printed or (parts[0] if headline.expression == parts[0] else "")
    shown = tuple(_choose_print(table, keys[name]) for name in ([own] if own else parts))
    values = {name: _read_values(table, key) for name, key in keys.items()}
    as_printed = compute(headline.expression, values)
    said = None
    if own and not headline.holds:
        said = shown[0].limits
        known = [table.known(key) for key in keys.values()]
        # What a factor's rounding allows is not held against the number printed beside it.
        if headline.printed and not any(item is not None and item.disputed for item in known):
            said = said if are_apart(said, as_printed) else hull([said, as_printed])
    repairs = []
    for wrong, given in _list_values(headline, table, ways_of):
        limits = compute(headline.expression, given)
        ids = {id for way in wrong if way.key in keys.values() for id in way.ids}
        figures = tuple(table.figures[id] for id in sorted(ids))
        repairs.append(Repaired(figures, limits, _judge(headline, given, said)))
    return Assessed(
        claim=headline.claim,
        printed=shown,
        as_printed=as_printed,
        verdict=_judge(headline, values, said),
        limits=hull(item.limits for item in repairs),
        unit=_find_unit(headline, table, shown, bool(own)),
        findings=tuple(ways_of),
        repairs=tuple(dict.fromkeys(repairs)) if ways_of else (),
    )


def _list_values(
    headline: Headline, table: Table, ways_of: dict[int, list[Alternative]]
) -> list[tuple[tuple[Alternative, ...], dict[str, Range]]]:
    """Return each combination of ways out with the numbers that it leaves for the claim's figures.

    Where the other figures refuse every number for a wrong one, that way leads nowhere; if all
    ways do, more than one change is needed, and nothing bounds what is wrong.
    """
    combined = [
        (
            wrong,
            {name: _find_values(headline, table, name, wrong) for name in headline.figures},
        )
        for wrong in itertools.product(*ways_of.values())
    ]
    possible = [item for item in combined if None not in item[1].values()] or combined
    return [
        (
            wrong,
            {
                name: find_domain(table, headline.keys[name]) if limits is None else limits
                for name, limits in given.items()
            },
        )
        for wrong, given in possible
    ]


def _read_values(table: Table, key: Key) -> Range:
    known = table.known(key)
    return _as_whole(table, key, known.limits if known is not None else ANY)


def _as_whole(table: Table, key: Key, limits: Range) -> Range:
    # "six programs" are no five and a half, though a fact may be any number.
    is_whole = all(row.unit == "number" and row.digits == 0 for row in table.numbers(key))
    return whole(limits) if key.statistic == "fact" and is_whole else limits


def _find_values(
    headline: Headline,
    table: Table,
    name: str,
    wrong: tuple[Alternative, ...],
) -> Range | None:
    """Return the numbers that one figure of a headline can stand for if others are wrong."""
    keys = headline.keys
    key = keys[name]
    own = [way for way in wrong if way.key == key]
    if not own:
        return _read_values(table, key)
    # The headline's own number was computed from the wrong figure, and tells nothing of it.
    printed = [row.id for row in table.rows(keys[headline.printed])] if headline.printed else []
    silent = [list_silent(table, way, printed) for way in own]
    without = frozenset().union(*silent, *(way.ids for way in wrong))
    left = find_remaining(table, key, without)
    return None if left is None else _as_whole(table, key, left)


def _choose_print(table: Table, key: Key) -> Figure:
    """Return the print that readers see: in a headline section, and the most precise there."""
    sections = tuple(table.relations.headline_sections)

    def vagueness(figure: Figure) -> tuple[bool, bool, Fraction, str]:
        limits = figure.limits
        is_apart = not figure.section.startswith(sections)
        return is_apart, not limits.is_bounded, limits.width, figure.id

    return min(table.numbers(key), key=vagueness)


def _judge(headline: Headline, values: dict[str, Range], said: Range | None) -> str:
    """Tell whether a claim holds for all numbers of its figures, for none, or for some."""
    if headline.holds:
        left, sign, right = split_formula(headline.holds)
        is_so = is_true(compute(left, values), sign, compute(right, values))
        return OPEN if is_so is None else YES if is_so else NO
    computed = compute(headline.expression, values)
    if said is None or are_apart(computed, said):
        return NO
    return YES if is_within(computed, said) else OPEN


def _find_unit(headline: Headline, table: Table, shown: Sequence[Figure], is_print: bool) -> str:
    if headline.unit == AMOUNT:
        prints = (row for key in headline.keys.values() for row in table.numbers(key))
        return next((row.unit for row in prints if is_amount(row.unit)), "number")
    if headline.unit:
        return headline.unit
    units = {figure.unit for figure in shown}
    is_sum = not set(headline.expression) & {"*", "/"}
    if is_print or (len(units) == 1 and is_sum):
        unit = shown[0].unit
        return "points" if unit == "share" and "-" in headline.expression else unit
    return "number"
