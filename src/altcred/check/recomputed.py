"""Recomputes the p of reported tests, and tells which cannot be right.

A printed statistic and a printed p stand for all numbers that round to them, or that are cut off
to them. A test is consistent if any of its statistics gives any of its p's; only what no reading
explains is an error. An error that would change what is called significant is a decision error.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from altcred.check.distributions import (
    Bounds,
    enclose_p_of_chi2,
    enclose_p_of_f,
    enclose_p_of_r,
    enclose_p_of_t,
    enclose_p_of_z,
)
from altcred.check.ranges import Range, are_apart, point, scale
from altcred.check.reported import CHI2, F, Printed, Q, R, Reported, T, Z

CONSISTENT, ERROR, DECISION = "consistent", "error", "decision error"
IMPOSSIBLE, UNCHECKED = "impossible", "not checked"
VERDICTS = (DECISION, IMPOSSIBLE, ERROR, CONSISTENT, UNCHECKED)
ALPHA = Fraction(1, 20)
# Bonferroni's and Holm's p are whole multiples, of so many tests at most.
MOST_TESTS = 1000
MULTIPLES = frozenset({"Bonferroni", "Holm"})
# Tests with two tails, and those with one that stand for them where one group is compared.
TWO_TAILED = frozenset({T, Z, R})


@dataclass(frozen=True)
class Recomputed:
    """A reported test with what it gives.

    `p` is the range of p that its statistic can give, None where there is none. `only` says under
    which reading alone it is consistent ("" where plain rounding does), or would be.
    """

    test: Reported
    verdict: str
    p: Range | None = None
    only: str = ""

    @property
    def is_wrong(self) -> bool:
        return self.verdict not in {CONSISTENT, UNCHECKED}

    def say(self) -> str:
        """Return what was found, as a sentence."""
        if self.p is None:
            return f"{self.only[:1].upper()}{self.only[1:]}."
        text = f"The statistic gives p {show_p(self.p)}."
        if self.verdict == CONSISTENT:
            return f"{text} Consistent only {self.only}." if self.only else text
        if self.only:
            text += f" It would be consistent {self.only}."
        if self.verdict == DECISION:
            text += " What is called significant changes with it."
        return text


def recompute(
    tests: Iterable[Reported],
    *,
    alpha: Fraction = ALPHA,
    one_sided: bool = False,
    adjusted: Sequence[str] = (),
) -> Iterator[Recomputed]:
    """Yield each test with its verdict.

    `one_sided` says that the article tells of one-sided tests; `adjusted` are the corrections for
    multiplicity that it names. Either explains a p that is as far off as they put it.
    """
    for test in tests:
        yield _judge(test, alpha, one_sided or test.one_sided, adjusted)


def show_p(p: Range) -> str:
    """Write a range of p values: "= .036", "= .0358 to .0366", "< .0001"."""
    low, high = p.low or Fraction(0), p.high if p.high is not None else Fraction(1)
    if high < Fraction(1, 10_000):
        return "< .0001"
    # No p is told as ".000".
    digits, few = (5, 5) if high < Fraction(1, 2000) else (4, 3)
    while digits < 8 and round(low, digits) == round(high, digits) and low != high:
        digits += 1
    ends = [_decimal(low, digits, floor), _decimal(high, digits, ceil)]
    near = [_decimal(one, few, lambda value: floor(value + Fraction(1, 2))) for one in (low, high)]
    if near[0] == near[1]:
        return f"= {near[0]}"
    return f"= {ends[0]} to {ends[1]}"


def _decimal(value: Fraction, digits: int, rounded: Callable[[Fraction], int]) -> str:
    whole = rounded(value * 10**digits)
    text = f"{whole:0{digits + 1}d}"
    front, back = text[:-digits], text[-digits:]
    return f"{'' if front == '0' else front}.{back}"


def _judge(test: Reported, alpha: Fraction, one_sided: bool, adjusted: Sequence[str]) -> Recomputed:
    if fault := _find_fault(test):
        return Recomputed(test, IMPOSSIBLE, None, fault)
    if test.p is None:
        return Recomputed(test, UNCHECKED, None, "no p stands beside it")
    p = enclose_p(test)
    printed = _read_p(test.p, alpha)
    if not are_apart(p, printed):
        return Recomputed(test, CONSISTENT, p)
    cut = _read_p(test.p, alpha, is_cut=True)
    wide = enclose_p(test, is_cut=True)
    half = scale(p, Fraction(1, 2))
    readings = [
        ("if p was cut off and not rounded", not are_apart(p, cut), True),
        ("if the statistic was cut off and not rounded", not are_apart(wide, cut), True),
        ("as a one-sided test",
         _has_tails(test) and not are_apart(scale(wide, Fraction(1, 2)), cut), one_sided),
        *((f"if adjusted ({name})", is_adjusted(wide, cut, name), True) for name in adjusted),
        ("if p is adjusted", test.adjusted and is_adjusted(wide, cut, ""), True),
    ]  # fmt: skip
    for only, fits, is_said in readings:
        if fits and is_said:
            return Recomputed(test, CONSISTENT, half if "one-sided" in only else p, only)
    only = next((only for only, fits, _ in readings if fits), "")
    verdict = DECISION if _changes_decision(test.p, p, alpha) else ERROR
    return Recomputed(test, verdict, p, only)


def enclose_p(test: Reported, *, is_cut: bool = False) -> Range:
    """Return the p values that a printed statistic can give; `is_cut`: also if it was cut off."""
    degrees = [point(one) for one in test.degrees]
    return enclose_p_within(test.kind, _read_value(test.value, is_cut=is_cut), degrees)


def enclose_p_within(kind: str, value: Range, degrees: Sequence[Range]) -> Range:
    """Return the p values that a test can give: two-sided ones where it has two tails.

    `value` is how far from zero its statistic can lie, `degrees` the degrees of freedom it can
    have.
    """
    ends = [[end for end in (one.low, one.high) if end is not None] for one in degrees]
    if any(not one or min(one) <= 0 for one in ends):
        return Range(Fraction(0), Fraction(1))
    near, far = max(value.low or Fraction(0), Fraction(0)), value.high
    # p falls as the statistic moves away from zero. In one number of degrees of freedom it rises
    # or falls throughout; in the two of F the little that they are rounded by is taken to as well.
    choices = list(itertools.product(*(dict.fromkeys(one) for one in ends)))
    high = max(_enclose(kind, near, choice)[1] for choice in choices)
    low = Fraction(0)
    if far is not None:
        low = min(_enclose(kind, far, choice)[0] for choice in choices)
    return Range(low, high)


def _enclose(kind: str, value: Fraction, degrees: Sequence[Fraction]) -> Bounds:
    match kind:
        case "t":
            return enclose_p_of_t(value, *degrees)
        case "F":
            return enclose_p_of_f(value, *degrees)
        case "r":
            return enclose_p_of_r(min(value, Fraction(1)), *degrees)
        case "z":
            return enclose_p_of_z(value)
    return enclose_p_of_chi2(value, *degrees)


def _read_value(printed: Printed, *, is_cut: bool) -> Range:
    """Return how far from zero a printed statistic can lie."""
    size = abs(printed.value)
    half = printed.step / 2
    low, high = max(size - half, Fraction(0)), size + (printed.step if is_cut else half)
    if printed.comparison.startswith("<"):
        return Range(Fraction(0), size)
    if printed.comparison.startswith(">"):
        return Range(size, None)
    return Range(low, high)


def _read_p(printed: Printed, alpha: Fraction, *, is_cut: bool = False) -> Range:
    """Return the p values that a printed p can stand for."""
    value = printed.value
    match printed.comparison:
        case "ns":
            return Range(alpha, Fraction(1), low_open=True)
        case "<":
            return Range(Fraction(0), value, high_open=True)
        case "<=":
            return Range(Fraction(0), value)
        case ">":
            return Range(value, Fraction(1), low_open=True)
        case ">=":
            return Range(value, Fraction(1))
    half = printed.step / 2
    if is_cut:
        return Range(max(value - half, Fraction(0)), value + printed.step, high_open=True)
    return Range(max(value - half, Fraction(0)), value + half)


def _has_tails(test: Reported) -> bool:
    is_square = test.kind in {F, CHI2, Q} and test.degrees[0] == 1
    return test.kind in TWO_TAILED or is_square


def is_adjusted(p: Range, printed: Range, name: str) -> bool:
    """Tell whether a printed p can be a larger one, as a correction for multiplicity makes it."""
    low, high = p.low or Fraction(0), p.high or Fraction(1)
    least = printed.low or Fraction(0)
    most = printed.high if printed.high is not None else Fraction(1)
    if most <= low:
        return False
    if name not in MULTIPLES or low == 0:
        return True
    if most >= 1:
        # What would be above one is printed as one.
        return True
    # Some whole number of tests times some p of the range is some printed p.
    first = max(2, ceil(least / high)) if high else 2
    return any(
        number * low <= most and number * high >= least
        for number in range(first, min(floor(most / low), MOST_TESTS) + 1)
    )


def _changes_decision(printed: Printed, p: Range, alpha: Fraction) -> bool:
    """Tell whether the printed p is on one side of alpha and all computed on the other."""
    match printed.comparison:
        case "ns":
            is_significant = False
        case "<" | "<=":
            if printed.value > alpha:
                return False
            is_significant = True
        case ">" | ">=":
            if printed.value < alpha:
                return False
            is_significant = False
        case _:
            is_significant = printed.value <= alpha
    low, high = p.low or Fraction(0), p.high if p.high is not None else Fraction(1)
    return low > alpha if is_significant else high <= alpha


def _find_fault(test: Reported) -> str:
    """Return what is impossible by itself in a reported test; '' for nothing."""
    value, p = test.value.value, Fraction(0) if test.p is None else test.p.value
    if any(degrees <= 0 for degrees in test.degrees):
        return "degrees of freedom are above zero"
    if test.kind in {F, CHI2, Q} and value < 0:
        return f"{'F' if test.kind == F else 'this statistic'} is never below zero"
    if test.kind == R and abs(value) - test.value.step / 2 > 1:
        return "a correlation lies between -1 and 1"
    if p > 1 or p < 0:
        return "a p lies between 0 and 1"
    if p == 0 and test.p is not None and test.p.comparison == "<":
        return "no p is below zero"
    return ""
