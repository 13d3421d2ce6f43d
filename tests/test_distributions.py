"""P values between bounds, against scipy's and against the printed tables of the textbooks."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from altcred.check.distributions import (
    enclose_p_of_chi2,
    enclose_p_of_f,
    enclose_p_of_r,
    enclose_p_of_t,
    enclose_p_of_z,
)

# How far the bounds may be apart, and how good scipy's own p is.
NARROW = Fraction(1, 10**35)
values = st.fractions(0, 60, max_denominator=1000)
degrees = st.one_of(st.integers(1, 5000).map(Fraction), st.fractions(1, 300, max_denominator=100))


def check(bounds, expected):
    low, high = bounds
    assert 0 <= low <= high <= 1
    assert high - low < NARROW
    assert float(low) == pytest.approx(expected, rel=1e-9, abs=1e-15)


@settings(max_examples=40)
@given(values, degrees, degrees)
def test_all_p_agree_with_scipy(value, first, second):
    x, df, other = float(value), float(first), float(second)
    check(enclose_p_of_t(value, first), 2 * stats.t.sf(x, df))
    check(enclose_p_of_f(value, first, second), stats.f.sf(x, df, other))
    check(enclose_p_of_chi2(value, first), stats.chi2.sf(x, df))
    check(enclose_p_of_z(value), 2 * stats.norm.sf(x))


@pytest.mark.parametrize(
    ("bounds", "p"),
    [
        # The critical values that textbooks print for 5% and 1%.
        (enclose_p_of_t(Fraction("2.571"), Fraction(5)), "0.05"),
        (enclose_p_of_f(Fraction("4.10"), Fraction(2), Fraction(10)), "0.05"),
        (enclose_p_of_chi2(Fraction("11.345"), Fraction(3)), "0.01"),
        (enclose_p_of_z(Fraction("1.96")), "0.05"),
        (enclose_p_of_r(Fraction("0.576"), Fraction(10)), "0.05"),
    ],
)
def test_printed_critical_values(bounds, p):
    low, high = bounds
    assert abs((low + high) / 2 - Fraction(p)) < Fraction(2, 10_000)


def test_ends_and_far_tails():
    assert enclose_p_of_z(Fraction(0)) == (1, 1)
    assert enclose_p_of_r(Fraction(1), Fraction(5)) == (0, 0)
    low, high = enclose_p_of_chi2(Fraction(5000), Fraction(3))
    assert low == 0
    assert 0 < high < Fraction(1, 10**35)
