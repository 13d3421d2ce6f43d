"""How numbers are written: the digits they need, in the manner of a locale."""

import pytest

from altcred.core.intervals import parse_interval
from altcred.core.numbers import Writer

NAN = float("nan")
GERMAN = Writer("de_DE")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1234.5, 0, "1,235"), (-2, 0, "−2"), (-0.2, 0, "0"), (NAN, 0, "–"), (0.125, 2, "0.13"),
        # As many digits as the size needs.
        (1.27, None, "1.27"), (12.34, None, "12.3"), (127.4, None, "127"), (3.0, None, "3"),
        (0.803, None, "0.80"), (0.0456, None, "0.046"),
    ],
)  # fmt: skip
def test_numbers(value, digits, text):
    assert Writer().number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "currency", "locale", "text"),
    [
        (36000, "USD", "en_US", "$36,000"), (-4500, "USD", "en_US", "−$4,500"),
        (12.345, "USD", "en_US", "$12.35"), (50123.57, "USD", "en_US", "$50,124"),
        (36000, "EUR", "en_US", "€36,000"), (36000, "EUR", "de_DE", "36.000\u00a0€"),
        (36000, "CHF", "en_US", "CHF\u00a036,000"), (12.5, "JPY", "en_US", "¥13"),
        (NAN, "EUR", "en_US", "–"),
    ],
)  # fmt: skip
def test_amounts_are_of_their_currency(value, currency, locale, text):
    assert Writer(locale).money(value, currency) == text


def test_a_statistic_says_how_it_is_written():
    write = Writer().value
    assert write(0.384, "proportion") == "38%"
    assert write(1790122.5, "median", "USD") == "$1,790,122.50"
    assert write(36000, "median", "USD") == "$36,000"
    assert write(1790122.5, "median") == "1,790,122.5"
    assert write(1.2699, "mean") == "1.27"
    assert write(23416, "nobs", "USD") == "23,416"
    assert write(0.0301, "ttest_rel_pvalue") == "0.030"
    assert write(NAN, "median", "USD") == "–"


def test_signs_percentages_and_p_values():
    assert Writer().percent(0.125) == "13%"
    assert GERMAN.percent(0.125, 1) == "12,5\u00a0%"
    assert Writer().points(0.05) == "+5.0"
    assert Writer().points(-0.0123) == "−1.2"
    assert Writer().points(0.0001) == "0.0"
    assert [Writer().pvalue(p) for p in (0.0004, 0.04, 0.5, 1, NAN)] == [
        *("< 0.001", "0.040", "0.50", "1.00", "–")
    ]


def test_intervals_of_estimates():
    write = Writer().interval
    assert write(0.371, 0.394, "proportion") == "37.1% to 39.4%"
    assert write(-18700, 9750, "mean_difference", "USD") == "−$18,700 to $9,750"
    assert write(NAN, 1, "mean") == ""


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ("[18, 22)", "18–21"), ("[65, )", "65 or more"), ("(65, )", "over 65"), ("[0, 0]", "0"),
        ("[50.5, 60.5)", "51–60"), ("[0, 1)", "0"), ("[0.5, 1)", "0.5 to under 1"),
        ("(, 5]", "up to 5"), ("[1000, 2001)", "1,000–2,000"),
    ],
)  # fmt: skip
def test_ranges(interval, text):
    assert Writer().range(parse_interval(interval)) == text


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ("[3.8, )", "3.8 or more"), ("[3.5, )", "3.5 or more"), ("[2.5, 5)", "2.5 to under 5"),
        ("[5, 10)", "5–9"), ("[10, )", "10 or more"), ("[0, 1)", "0 to under 1"),
        # A 3.5 is in it.
        ("[2, 4)", "2 to under 4"),
    ],
)  # fmt: skip
def test_ranges_of_numbers_that_need_not_be_whole(interval, text):
    assert Writer().range(parse_interval(interval), is_exact=True) == text


def test_ranges_of_money_and_of_years():
    cents = Writer().range(parse_interval("[2.5, 5)"), "GBP", is_exact=True)
    assert cents == "£2.50 to under £5"
    bin = parse_interval("[50000, 75000)")
    assert Writer().range(bin, "USD") == "$50,000–74,999"
    assert GERMAN.range(bin, "EUR") == "50.000–74.999\u00a0€"
    assert Writer().range(parse_interval("[1980, 1990)"), is_grouped=False) == "1980–1989"
