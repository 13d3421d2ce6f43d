"""A comma or a point in a number is never taken for the other in silence."""

from functools import partial

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from altcred.clean.decimals import (
    BOTH,
    COMMAS,
    POINTS,
    SHARES,
    THREE_DIGITS,
    find_decimals,
    list_doubtful,
)
from altcred.clean.exclusions import _read_number
from altcred.clean.readers import make_reader
from altcred.kinds.variable import Bounds, Variable
from altcred.read.columns import Source

SOURCE = Source("x", "x")


def ask(kind, decimal=None):
    keys = {"currency": "EUR"} if kind == "money" else {}
    variable = Variable.model_validate({"label": "x", "kind": kind, "question": {"w": "X"}})
    return variable.model_copy(update={"decimal": decimal, **keys})


def read_all(variable, answers, sign=None, *, is_cut=False):
    """Return what each answer is read as in the build, and what the check refuses."""
    make = partial(make_reader, variable, "w", SOURCE, [], {SOURCE: answers})
    said = variable.model_copy(update={"decimal": variable.decimal or sign})
    refused, _ = list_doubtful(said, answers, make, is_cut_at_semicolons=is_cut)
    return [make(sign)(one).value for one in answers], refused


def write(number, digits, comma, group, before, behind):
    text = f"{abs(number) / 10**digits:,.{digits}f}"
    mark = "," if comma else "."
    text = text.replace(",", "_").replace(".", mark).replace("_", group)
    return f"{before}{'-' if number < 0 else ''}{text}{behind}"


@st.composite
def columns(draw):
    kind = draw(st.sampled_from(["number", "money", "count"]))
    comma = draw(st.booleans())
    digits = 0 if kind == "count" else draw(st.integers(0, 2 if kind == "money" else 4))
    group = draw(st.sampled_from(["", " ", "'", "." if comma else ","]))
    sign = (
        draw(st.sampled_from([("", ""), ("EUR ", ""), ("", " €")])) if kind == "money" else ("", "")
    )
    numbers = draw(st.lists(st.integers(0, 9_999_999), min_size=1, max_size=8))
    answers = [write(one, digits, comma, group, *sign) for one in numbers]
    return kind, comma, answers, [one / 10**digits for one in numbers]


@given(columns(), st.sampled_from([None, "said", "mixed"]), st.booleans())
def test_no_number_of_one_manner_is_read_as_another(column, how, is_cut):
    kind, comma, answers, right = column
    decimal = ("comma" if comma else "point") if how == "said" else how
    found, refused = read_all(ask(kind, decimal), answers, is_cut=is_cut)
    if how is None and comma and not is_cut and kind != "count":
        # Of thousands alone, or three decimals alone, nobody knows: they are read as in English.
        assume(find_decimals(answers)[0])
    if not refused:
        assert all(one in (None, true) for one, true in zip(found, right, strict=True))
    if how == "said" and kind != "money":
        assert (found, refused) == (right, [])


@pytest.mark.parametrize("decimal", [None, "point", "comma"])
def test_two_manners_in_one_column_stop_the_check(decimal):
    answers = ["12,50 EUR", "EUR 12.50", "9 EUR"]
    found, refused = read_all(ask("money", decimal), answers)
    assert 1250.0 not in found
    assert refused == (["12,50 EUR"] if decimal is None else [])
    found, refused = read_all(ask("money", "mixed"), [*answers, "1.250 EUR"])
    assert (found, refused) == ([12.5, 12.5, 9.0, None], [])


@pytest.mark.parametrize(
    ("kind", "answers", "is_cut", "doubt"),
    [
        ("number", ["12,5", "12.5", "1,250"], False, BOTH),
        ("number", ["0,125", "1,250"], False, COMMAS),
        ("number", ["1.250", "2"], True, POINTS),
        ("count", ["125.000", "2"], False, POINTS),
        ("money", ["1.459", "1.51", "1.6"], False, THREE_DIGITS),
        ("number", ["1.250", "2"], False, None),
        ("count", ["12.5", "125.000"], False, None),
        ("money", ["1.250", "15.000", "900.50"], False, None),
        ("number", ["1,250", "3.5"], False, None),
        ("number", ["45%", "0.45", "50"], False, SHARES),
        ("number", ["45%", "0.45%", "50"], False, None),
        ("number", ["0.45", "0.5"], False, None),
    ],
)
def test_what_is_doubtful_is_told_by_its_reason(kind, answers, is_cut, doubt):
    variable = ask(kind)
    make = partial(make_reader, variable, "w", SOURCE, [], {SOURCE: answers})
    assert list_doubtful(variable, answers, make, is_cut_at_semicolons=is_cut)[1] == doubt


def test_shares_of_a_number_in_percent_stop_the_check_unless_its_bounds_leave_them_out():
    shares, others = ["0.45", "0.5", "1"], ["0.45", "50", "97"]
    percent = ask("number").model_copy(update={"unit": "percent"})
    assert read_all(percent, shares)[1] == ["0.45", "0.5"]
    assert read_all(percent, others)[1] == []
    for low in (0, 1):
        bounded = percent.model_copy(update={"bounds": Bounds(low=low, high=100)})
        assert read_all(bounded, shares)[1] == []
    assert "bounds: {low: 0}" in SHARES[1].format("x")


def test_a_thousand_in_one_language_is_no_million():
    found, _ = read_all(ask("money"), ["2 mil euros", "2 million", "2 mio", "2k"])
    assert found == [None, 2e6, 2e6, 2000]


@given(st.integers(0, 999_999), st.sampled_from(["", "comma", "point"]), st.booleans())
def test_a_rule_for_rows_reads_no_number_as_another(cents, said, comma):
    text = write(cents, 2, comma, "", "", "")
    assert _read_number(text, said) in (None, cents / 100)
