"""Printed shares, means, medians and extremes as exact linear constraints on whole numbers."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from altcred.check.published import PrintedInterval
from altcred.reconstruct.figures import NotUnderstood, Printed
from altcred.reconstruct.solve import Figure, Linear, Problem

# Estimates are written with six significant digits: a figure must hold after that rounding too.
MARGIN = Fraction(2, 10**6)
ONE, TWO = Fraction(1), Fraction(2)
Terms = dict[int, Fraction]
# Of a number: for each value, the people who gave it.
Values = dict[float, Terms]
Bound = Fraction | None


def write_figure(
    rows: list[Printed], constraints: Iterable[Linear], centre: tuple[Terms, Fraction] | None = None
) -> Figure:
    """Return rows that say the same as one figure."""
    weight = sum(row.weight for row in rows)
    return Figure(tuple(row.id for row in rows), tuple(constraints), weight, centre)


def write_share(
    rows: list[Printed], part: Terms, whole: Terms, low: Bound, high: Bound, *others: Linear
) -> Figure:
    """Return a share, or a mean, as a figure whose middle is preferred to its ends."""
    centre = None
    if low is not None and high is not None and low != high:
        centre = subtract(part, whole, (low + high) / 2), Fraction(0)
    return write_figure(rows, [*bound_share(part, whole, low, high), *others], centre)


def tighten(interval: PrintedInterval) -> tuple[Bound, Bound]:
    """Return an interval's ends, drawn in where rounding to six digits could cross them.

    Rounding keeps the order of numbers, so that an end which itself has six digits or fewer is
    never crossed; an open end is left out by the same small step.
    """
    low, high = interval.low, interval.high
    if low is not None and low == high:
        return low, high
    most = None if low is None or high is None else (high - low) / 4

    def step(edge: Fraction, is_open: bool) -> Fraction:
        if not is_open and Fraction(f"{float(edge):.6g}") == edge:
            return Fraction(0)
        return abs(edge) * MARGIN if most is None else min(abs(edge) * MARGIN, most)

    return (
        None if low is None else low + step(low, interval.low_open),
        None if high is None else high - step(high, interval.high_open),
    )


def bound_share(part: Terms, whole: Terms, low: Bound, high: Bound) -> Iterator[Linear]:
    """Yield that a part is at least and at most such shares of a whole."""
    if low is not None and low == high:
        yield Linear(subtract(part, whole, low), 0, 0)
        return
    if low is not None:
        yield Linear(subtract(part, whole, low), 0, None)
    if high is not None:
        yield Linear(subtract(part, whole, high), None, 0)


def subtract(part: Mapping[int, Fraction], whole: Terms, factor: Fraction) -> Terms:
    """Return the terms of a part less so many times a whole."""
    terms = dict(part)
    # Few coefficients occur, most of them ONE: a difference is worked out once, and shared.
    differences: dict[tuple[int, int], Fraction] = {}
    for place, value in whole.items():
        own = part.get(place, 0)
        both = id(own), id(value)
        if both not in differences:
            differences[both] = own - factor * value
        terms[place] = differences[both]
    return terms


def _times(terms: Terms, factor: Fraction) -> Terms:
    return {place: factor if value is ONE else factor * value for place, value in terms.items()}


def add_values(values: Values) -> tuple[Terms, Terms]:
    """Return the sum of a number over people, and how many they are, as terms."""
    total: Terms = {}
    people: Terms = {}
    for value, terms in values.items():
        people |= terms
        total |= _times(terms, Fraction(str(value)))
    return total, people


def bound_extreme(
    problem: Problem, row: Printed, shares: Iterable[tuple[Terms, Terms]]
) -> list[Linear]:
    """Return that none of some shares lies beyond the smallest or largest, and one is there."""
    low, high = tighten(row.interval)
    smallest = row.by.endswith(":lower")
    edge, beyond = (low, high) if smallest else (high, low)
    constraints: list[Linear] = []
    chosen: Terms = {}
    for part, whole in shares:
        constraints += bound_share(part, whole, *((edge, None) if smallest else (None, edge)))
        if beyond is None:
            continue
        reach = problem.add_unknown(1)
        chosen[reach] = ONE
        terms = subtract(part, whole, beyond)
        most = sum(
            factor * (problem.upper if (factor > 0) == smallest else problem.lower)[place]
            for place, factor in terms.items()
        )
        bounds = (None, most) if smallest else (most, None)
        constraints.append(Linear({**terms, reach: most}, *bounds))
    return [*constraints, *([Linear(chosen, 1, None)] if chosen else [])]


def limit_values(
    row: Printed, values: Values, low: Bound, high: Bound, mean: PrintedInterval | None = None
) -> Iterator[Linear]:
    """Yield a statistic of a number as constraints; `mean` is printed of the same people."""
    if row.statistic == "median":
        yield from _limit_median(values, low, high)
    elif row.statistic == "mode":
        inside = [value for value in values if Fraction(value) in row.interval]
        if len(inside) != 1:
            raise NotUnderstood("a mode that is no single value")
        for value in values:
            if value != inside[0]:
                yield Linear(subtract(values[inside[0]], values[value], ONE), 1, None)
    elif row.statistic in {"min", "max"}:
        yield from _limit_extreme(values, low, high, row.statistic == "min")
    elif row.statistic == "std":
        yield from _limit_deviation(values, low, high, mean)
    else:
        raise NotUnderstood(row.statistic)


def _limit_median(values: Values, low: Bound, high: Bound) -> Iterator[Linear]:
    """Yield that fewer than half lie below the median and fewer than half above it.

    That holds whether the number of people is odd or even. A printed value that people give is
    aimed at itself, not at all that rounds to it.
    """
    exact = (low + high) / 2 if low is not None and high is not None else None
    if exact is not None and float(exact) in values:
        low = high = exact
    everybody = add_values(values)[1]
    for beyond in (
        [value for value in values if low is not None and value < low],
        [value for value in values if high is not None and value > high],
    ):
        terms: Terms = {}
        for value in beyond:
            terms |= _times(values[value], TWO)
        yield Linear(subtract(terms, everybody, ONE), None, -1)


def _limit_extreme(values: Values, low: Bound, high: Bound, lowest: bool) -> Iterator[Linear]:
    edge, beyond = (low, high) if lowest else (high, low)

    def is_past(value: float, bound: Bound) -> bool:
        return bound is not None and (value < bound if lowest else value > bound)

    there: Terms = {}
    for value, terms in values.items():
        if is_past(value, edge):
            yield Linear(terms, None, 0)
        elif beyond is None or value == beyond or is_past(value, beyond):
            there |= terms
    yield Linear(there, 1, None)


def _limit_deviation(
    values: Values, low: Bound, high: Bound, mean: PrintedInterval | None
) -> Iterator[Linear]:
    """Yield bounds on the sum of squares around the middle of the printed mean.

    Around any centre c, the squares sum to (N - 1) s^2 + N (m - c)^2. With the mean known to lie
    within d of c, two linear bounds are enough for s.
    """
    if mean is None or mean.low is None or mean.high is None or low is None or high is None:
        raise NotUnderstood("a standard deviation without its mean")
    centre, off = (mean.low + mean.high) / 2, (mean.high - mean.low) / 2
    everybody = add_values(values)[1]
    squares: Terms = {}
    for value, terms in values.items():
        squares |= _times(terms, (Fraction(str(value)) - centre) ** 2)
    yield Linear(subtract(squares, everybody, low**2 + off**2), -(low**2), None)
    yield Linear(subtract(squares, everybody, high**2), None, -(high**2))
