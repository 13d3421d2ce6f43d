"""Numbers that follow from others: differences and declared formulas."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from altcred.check.figures import Key
from altcred.check.formulas import NAME, compute, is_true, names_in, split_formula
from altcred.check.ranges import are_apart, subtract
from altcred.check.relations import Formula
from altcred.check.rules.registry import Outcome, conflict, each, register
from altcred.check.table import Table
from altcred.check.words import name, printed, show_range, wording


@register("difference", each("difference", where=lambda key: "-" in key.wave))
def check_difference(table: Table, key: Key) -> Outcome | None:
    """Second minus first is the difference printed."""
    waves = key.wave.split("-", 1)
    outcome = None
    for statistic in ("proportion", "mean", "median"):
        sides = [key._replace(wave=wave, statistic=statistic) for wave in waves]
        known = [item for one in (key, *sides) if (item := table.known(one)) is not None]
        if len(known) < 3:
            continue
        result = subtract(known[2].limits, known[1].limits)
        if not are_apart(result, known[0].limits):
            # Of means and medians, either may be what the difference is of.
            return None
        unit = "share" if statistic == "proportion" else "number"
        outcome = outcome or conflict(
            f"{printed(table, sides[1])} - {printed(table, sides[0])} is "
            f"{show_range(result, unit)}, not {printed(table, key)}; {name(key)}.",
            *known,
        )
    return outcome


# What a side of a formula should be, beside the other.
SIGNS = {"=": "the same as", "<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


class Declared(NamedTuple):
    """A declared formula and its figures for one meaning of its words in braces."""

    formula: Formula
    chosen: dict[str, str]
    keys: dict[str, Key]

    @property
    def title(self) -> str:
        called = {word: wording().word(meaning) for word, meaning in self.chosen.items()}
        return self.formula.name.format(**called)

    def write(self, table: Table, part: str) -> str:
        """Write a part of the formula with what is printed in the place of its names."""
        written = {word: printed(table, key) for word, key in self.keys.items()}
        return re.sub(NAME, lambda found: written.get(found[0], found[0]), part).replace("*", "x")


def list_declared(formulas: list[Formula]) -> Iterator[Declared]:
    """Yield each formula for each meaning of its words in braces."""
    for formula in formulas:
        for chosen, keys in formula.expand():
            yield Declared(formula, chosen, keys)


@register("formula", lambda table: list_declared(table.relations.formulas))
def check_formula(table: Table, place: Declared) -> Outcome | None:
    """What `relations.yaml` declares."""
    left, sign, right = split_formula(place.formula.holds)
    own = names_in(left)
    words = list(dict.fromkeys([*own, *names_in(right)]))
    known = table.all_known(place.keys[word] for word in words)
    if known is None:
        return None
    values = {word: item.limits for word, item in zip(words, known, strict=True)}
    sides = [compute(side, values) for side in (left, right)]
    if is_true(sides[0], sign, sides[1]) is not False:
        return None
    unit = table.numbers(place.keys[own[0]])[0].unit if len(own) == 1 else "number"
    shown, worked = [], []
    for side, limits in zip((left, right), sides, strict=True):
        shown.append(place.write(table, side))
        given = show_range(limits, unit)
        worked.append(shown[-1] if side.isidentifier() else f"{shown[-1]}, which is {given},")
    if sign == "=" and left.isidentifier() and not right.isidentifier():
        line = f"{shown[1]} is {show_range(sides[1], unit)}, not {shown[0]}"
    else:
        line = f"{worked[0]} should be {SIGNS[sign]} {worked[1].rstrip(',')}"
    premise = place.formula.taken_for_granted
    return conflict(f"{place.title}: {line}.", *known, premise=premise)
