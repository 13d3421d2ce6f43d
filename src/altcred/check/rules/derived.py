"""Numbers that follow from others: differences, declared formulas, p values."""

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from altcred.check.distributions import enclose_p_of_t
from altcred.check.figures import Key
from altcred.check.formulas import NAME, compute, is_true, names_in, split_formula
from altcred.check.ranges import Range, are_apart, point, scale, subtract
from altcred.check.relations import Formula
from altcred.check.rules.registry import Outcome, conflict, each, is_test, register
from altcred.check.sizes import find_printed_size
from altcred.check.table import Table
from altcred.check.words import name, printed, show_range


@register(
    "difference",
    "second minus first is the difference printed",
    each("difference", where=lambda key: "-" in key.wave),
)
def check_difference(table: Table, key: Key) -> Outcome | None:
    """Subtract what is printed of the first wave from what is printed of the second."""
    waves = key.wave.split("-", 1)
    for statistic in ("proportion", "mean", "median"):
        sides = [key._replace(wave=wave, statistic=statistic) for wave in waves]
        known = table.all_known([key, *sides])
        if known is None:
            continue
        result = subtract(known[2].limits, known[1].limits)
        if are_apart(result, known[0].limits):
            unit = "share" if statistic == "proportion" else "number"
            return conflict(
                f"{printed(table, sides[1])} - {printed(table, sides[0])} is "
                f"{show_range(result, unit)}, not {printed(table, key)}; {name(key)}.",
                *known,
            )
    return None


class Declared(NamedTuple):
    """A declared formula, its title and its figures for one meaning of its words in braces."""

    formula: Formula
    title: str
    keys: dict[str, Key]

    def write(self, table: Table, part: str) -> str:
        """Write a part of the formula with what is printed in the place of its names."""
        written = {word: printed(table, key) for word, key in self.keys.items()}
        return re.sub(NAME, lambda found: written.get(found[0], found[0]), part).replace("*", "x")


def list_declared(formulas: list[Formula]) -> Iterator[Declared]:
    """Yield each formula for each meaning of its words in braces."""
    for formula in formulas:
        for title, keys in formula.expand():
            yield Declared(formula, title, keys)


@register(
    "formula",
    "what `relations.yaml` declares",
    lambda table: list_declared(table.relations.formulas),
)
def check_formula(table: Table, place: Declared) -> Outcome | None:
    """Compute both sides of a formula from what is printed."""
    left, sign, right = split_formula(place.formula.holds)
    own = names_in(left)
    names = list(dict.fromkeys([*own, *names_in(right)]))
    known = table.all_known(place.keys[word] for word in names)
    if known is None:
        return None
    values = {word: item.limits for word, item in zip(names, known, strict=True)}
    second = compute(right, values)
    if is_true(compute(left, values), sign, second) is not False:
        return None
    unit = table.numbers(place.keys[own[0]])[0].unit if len(own) == 1 else "number"
    return conflict(
        f"{place.title}: {place.write(table, left)} {sign} {place.write(table, right)} does not "
        f"hold: the right side is {show_range(second, unit)}.",
        *known,
    )


@register(
    "p-value",
    "t and its degrees of freedom give the p printed",
    each(where=lambda key: is_test(key, "ttest", "pvalue")),
)
def check_p(table: Table, key: Key) -> Outcome | None:
    """Compute the p value that t and its degrees of freedom give, between proven bounds."""
    test = key.statistic.removesuffix("_pvalue")
    others = [key._replace(statistic=f"{test}_{part}") for part in ("statistic", "df")]
    known = table.all_known([key, *others])
    if known is None:
        return None
    p, t, df = (item.limits for item in known)
    degrees, most = df.integers()
    if degrees is None or degrees != most or degrees < 1 or t.low is None or t.high is None:
        return None
    whole = Fraction(degrees)
    # p falls as t moves away from zero, so that the ends of t give the ends of p.
    near, far = sorted((abs(t.low), abs(t.high)))
    if t.low <= 0 <= t.high:
        near = Fraction(0)
    two_sided = Range(enclose_p_of_t(far, whole)[0], enclose_p_of_t(near, whole)[1])
    if not are_apart(two_sided, p):
        return None
    is_half = not are_apart(scale(two_sided, Fraction(1, 2)), p)
    shown = " to ".join(_show_p(end) for end in (two_sided.low, two_sided.high) if end is not None)
    return conflict(
        f"t = {printed(table, others[0])} with {printed(table, others[1])} degrees of freedom "
        f"gives p = {shown}, not {printed(table, key)}"
        f"{'; it is the one-sided p' if is_half else ''}; {name(key)}.",
        *known,
    )


def _show_p(p: Fraction) -> str:
    whole, rest = divmod(math.floor(p * 10000 + Fraction(1, 2)), 10000)
    return f"{whole}.{rest:04d}"


@register(
    "p-value",
    "n pairs have n - 1 degrees of freedom",
    each(where=lambda key: is_test(key, "ttest_rel", "df")),
)
def check_df(table: Table, key: Key) -> Outcome | None:
    """Compare the degrees of freedom of a paired t test with its pairs."""
    df = table.known(key)
    size = find_printed_size(table, key._replace(category="", statistic="nobs"))
    if df is None or size is None or size.exact is None:
        return None
    if not are_apart(df.limits, point(size.exact - 1)):
        return None
    return conflict(
        f"{size.exact:,} pairs give {size.exact - 1:,} degrees of freedom, not "
        f"{printed(table, key)}; {name(key)}.",
        *(df, size),
    )
