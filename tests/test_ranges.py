"""Ranges that touch, with open ends and closed ones, and comparisons of them."""

from fractions import Fraction

import pytest

from altcred.check.formulas import is_true
from altcred.check.ranges import Range, are_apart, hull, is_above, is_at_least, is_within, whole


def make(text: str) -> Range:
    """Read a range such as "(1, 2]"; an end left out is none."""
    low, high = (part.strip(" ()[]") for part in text.split(","))
    return Range(
        Fraction(low) if low else None,
        Fraction(high) if high else None,
        text.startswith("("),
        text.endswith(")"),
    )


@pytest.mark.parametrize(
    ("first", "second", "apart", "above", "at_least"),
    [
        ("[2, 3]", "[1, 2]", False, False, True),
        ("(2, 3]", "[1, 2]", True, True, True),
        ("[2, 3]", "[1, 2)", True, True, True),
        ("[2, 3]", "[1, 5/2]", False, False, False),
        ("[3, ]", "[1, 2]", True, True, True),
        ("[, 3]", "[1, 2]", False, False, False),
        ("[1, 2]", "(2, 3]", True, False, False),
    ],
)
def test_ranges_that_touch(first, second, apart, above, at_least):
    assert are_apart(make(first), make(second)) is apart
    assert is_above(make(first), make(second)) is above
    assert is_at_least(make(first), make(second)) is at_least


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("[1, 2]", "[1, 2]", True),
        ("[1, 2]", "(1, 2]", False),
        ("(1, 2)", "[1, 2]", True),
        ("[1, 2]", "[1, 2)", False),
        ("[1, ]", "[1, 2]", False),
        ("[1, 2]", "[, ]", True),
    ],
)
def test_a_range_within_another(inner, outer, expected):
    assert is_within(make(inner), make(outer)) is expected


@pytest.mark.parametrize(
    ("left", "sign", "right", "expected"),
    [
        ("[2, 3]", ">=", "[1, 2]", True),
        ("[2, 3]", ">", "[1, 2]", None),
        ("(2, 3]", ">", "[1, 2]", True),
        ("[1, 2]", ">", "[2, 3]", False),
        ("[1, 2]", ">=", "[2, 3]", None),
        ("[1, 2)", ">=", "[2, 3]", False),
        ("[1, 2]", "<=", "[2, 3]", True),
        ("[1, 2]", "<", "[2, 3]", None),
        ("[1, 2)", "<", "[2, 3]", True),
        ("[2, 3]", "<", "[1, 2]", False),
        ("[2, 2]", "=", "[2, 2]", True),
        ("[1, 2]", "=", "[2, 3]", None),
        ("[1, 2)", "=", "[2, 3]", False),
    ],
)
def test_a_comparison_is_true_of_all_of_some_or_of_none(left, sign, right, expected):
    assert is_true(make(left), sign, make(right)) is expected


def test_the_hull_closes_an_end_that_any_range_closes():
    assert hull([make("(1, 2]"), make("[1, 3)")]) == make("[1, 3)")
    assert hull([make("[1, 3]"), make("[2, ]")]) == make("[1, ]")


def test_whole_numbers_leave_out_open_ends():
    assert whole(make("(1, 4)")) == make("[2, 3]")
    assert whole(make("[1, 4]")) == make("[1, 4]")
    assert not make("(1, 2)").has_integer
    assert make("(1, 2]").has_integer


def test_a_number_at_an_open_end_is_not_in_the_range():
    assert Fraction(1) not in make("(1, 2]")
    assert Fraction(2) in make("(1, 2]")
    assert Fraction(2) not in make("[1, 2)")
