"""Figures that no data give, whatever else is printed."""

from fractions import Fraction

from altcred.check.figures import SHARES, Key
from altcred.check.rules.registry import Outcome, conflict, each, register
from altcred.check.sizes import Size, find_printed_size
from altcred.check.table import Table
from altcred.check.words import name

# What there is only of people, or answers.
OF_PEOPLE = (*sorted(SHARES), "mean", "median", "mode", "min", "max", "std", "std_error")


@register("impossible", each())
def check_domain(table: Table, key: Key) -> Outcome | None:
    """A figure is a number that its statistic can have."""
    for figure in table.rows(key):
        if figure.fault:
            return conflict(f"{name(key)} is printed as {figure.shown}: {figure.fault}.", figure)
    return None


@register("impossible", each(*OF_PEOPLE))
def check_nobody(table: Table, key: Key) -> Outcome | None:
    """Of nobody there is no share and no mean."""
    for figure in table.numbers(key):
        if Fraction(0) in figure.limits:
            continue
        size = find_printed_size(table, key)
        if figure.n is not None:
            size = Size(figure.n, figure.n)
        if size is not None and size.exact == 0:
            what = "share" if key.statistic in SHARES else key.statistic
            return conflict(
                f"{name(key)} is printed as {figure.shown} of 0 people: a {what} of nobody.",
                *(figure, size),
            )
    return None
