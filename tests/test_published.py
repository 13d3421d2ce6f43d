"""Printed figures as intervals: by their digits, and by their words."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.check.published import (
    COLUMNS,
    MEANINGS,
    SHARE_WORDS,
    WORDS,
    is_reproduced,
    parse_printed,
    read_published,
)
from altcred.core.errors import InvalidInput


def _ends(printed, qualifier=""):
    interval = parse_printed(printed, qualifier)
    low = None if interval.low is None else float(interval.low)
    high = None if interval.high is None else float(interval.high)
    return ("(" if interval.low_open else "[", low, high, ")" if interval.high_open else "]")


@pytest.mark.parametrize(
    ("printed", "unit", "low", "high"),
    [
        ("38%", "share", 0.375, 0.385),
        ("0.43%", "share", 0.00425, 0.00435),
        ("3.5%", "share", 0.0345, 0.0355),
        ("0%", "share", -0.005, 0.005),
        ("38 percent", "share", 0.375, 0.385),
        ("Seventeen percent", "share", 0.165, 0.175),
        ("ninety-seven percent", "share", 0.965, 0.975),
        ("$36,000", "amount", 35999.5, 36000.5),
        ("US$500,000", "amount", 499999.5, 500000.5),
        (r"\$71,125", "amount", 71124.5, 71125.5),
        ("$48.50", "amount", 48.495, 48.505),
        ("$1 mm", "amount", 5e5, 1.5e6),
        ("$1.2 million", "amount", 1.15e6, 1.25e6),
        ("1,203", "number", 1202.5, 1203.5),
        ("3,290", "number", 3289.5, 3290.5),
        ("0.63", "number", 0.625, 0.635),
        (".53", "number", 0.525, 0.535),
        ("-4.5", "number", -4.55, -4.45),
        ("−4.5%", "share", -0.0455, -0.0445),
        ("two", "number", 1.5, 2.5),
        ("26 weeks", "number", 25.5, 26.5),
        ("13 hours per week", "number", 12.5, 13.5),
        ("287 days", "number", 286.5, 287.5),
        ("none", "share", 0, 0),
        ("64%-70%", "share", 0.635, 0.705),
        ("64% – 70%", "share", 0.635, 0.705),
        ("24% and 56%", "share", 0.235, 0.565),
        ("5-7%", "share", 0.045, 0.075),
        ("0.5% and 8%", "share", 0.0045, 0.085),
        ("5 - 7", "number", 4.5, 7.5),
        ("16-43 weeks", "number", 15.5, 43.5),
        ("$49 to $249", "amount", 48.5, 249.5),
        ("$49-249", "amount", 48.5, 249.5),
        # A simple fraction reaches half way to the next: 2/5 lies between 1/3 and 1/2.
        ("2/5", "share", 11 / 30, 9 / 20),
        ("two in five", "share", 11 / 30, 9 / 20),
        ("two fifths", "share", 11 / 30, 9 / 20),
        ("two-fifths", "share", 11 / 30, 9 / 20),
        ("a third", "share", 7 / 24, 11 / 30),
        ("one-third", "share", 7 / 24, 11 / 30),
        ("one third", "share", 7 / 24, 11 / 30),
        ("half", "share", 0.45, 0.55),
        ("½", "share", 0.45, 0.55),
        ("one in six", "share", 2 / 15, 11 / 60),
        ("half to two-thirds", "share", 0.45, 17 / 24),
        ("131 out of 137", "share", 131 / 137, 131 / 137),
    ],
)
def test_a_figure_reaches_as_far_as_its_own_digits(printed, unit, low, high):
    interval = parse_printed(printed)
    assert interval.unit == unit
    assert (float(interval.low), float(interval.high)) == pytest.approx((low, high))
    assert not interval.low_open
    assert not interval.high_open


def test_amounts_keep_the_sign_that_is_printed():
    interval = parse_printed("€49-249")
    assert (interval.unit, interval.sign) == ("amount", "€")
    assert (interval.low, interval.high) == (Fraction("48.5"), Fraction("249.5"))
    assert parse_printed("US$500,000").sign == "$"


def test_one_end_of_a_range_is_read_by_itself():
    lower, upper = (parse_printed("4%-10%", end=end) for end in ("lower", "upper"))
    assert (lower.low, lower.high) == (Fraction("0.035"), Fraction("0.045"))
    assert (upper.low, upper.high) == (Fraction("0.095"), Fraction("0.105"))
    assert parse_printed("10%", end="lower") == parse_printed("10%")


def test_bounds_are_exact():
    assert parse_printed("38%").low == Fraction(375, 1000)
    assert parse_printed("0.43%").high == Fraction(435, 100000)
    assert (parse_printed("3.50%").digits, parse_printed("38%").digits) == (2, 0)
    assert parse_printed("2/3").digits is None


@pytest.mark.parametrize(
    ("printed", "qualifier", "expected"),
    [
        ("3/4", "over", ("(", 0.75, None, "]")),
        ("3%", "less than", ("[", None, 0.03, ")")),
        ("$40,000", "more than", ("(", 40000, None, "]")),
        ("10%", "up to", ("[", None, 0.105, "]")),
        ("half", "half or more", ("[", 0.495, None, "]")),
        ("50", "no more than", ("[", None, 50.5, "]")),
        ("45", "at least", ("[", 44.5, None, "]")),
        ("$11,700", "almost", ("[", 10530, 11700, ")")),
        ("26,000", "Almost", ("[", 23400, 26000, ")")),
        ("all", "almost", ("[", 0.9, 1, ")")),
        ("half", "just over", ("(", 0.5, 0.55, "]")),
        ("60%", "approximately", ("[", 0.54, 0.66, "]")),
        # A tenth of 3% is less than its own rounding, which then holds.
        ("3%", "around", ("[", 0.025, 0.035, "]")),
        (".001", "<", ("[", None, 0.001, ")")),
        ("majority", "", ("(", 0.5, 1, "]")),
        ("24%-56%", "between", ("[", 0.235, 0.565, "]")),
        ("half to two-thirds", "approximately", ("[", 0.45, 11 / 15, "]")),
    ],
)
def test_words_have_the_meaning_of_the_table(printed, qualifier, expected):
    assert _ends(printed, qualifier) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("printed", "qualifier"),
    [
        ("", ""),
        ("many", ""),
        ("38%", "give or take"),
        ("1,20", ""),
        ("3/0", ""),
        ("70%-64%", ""),
        ("none", "over"),
        ("5-", ""),
        ("%", ""),
        ("12 % of 3", ""),
        ("5% - $7", ""),
    ],
)
def test_what_is_not_understood_is_refused(printed, qualifier):
    with pytest.raises(ValueError, match=r"understood|stated meaning|backwards"):
        parse_printed(printed, qualifier)


def test_an_estimate_reproduces_a_figure_when_it_lies_inside():
    share = parse_printed("38%")
    # Both ends are inside, and a float is the decimal it prints as.
    assert is_reproduced(0.375, share)
    assert is_reproduced(0.385, share)
    assert is_reproduced(Fraction(385, 1000), share)
    assert not is_reproduced(0.385001, share)
    assert not is_reproduced(0.374999, share)
    assert not is_reproduced(float("nan"), share)
    assert not is_reproduced(0.75, parse_printed("3/4", "over"))
    assert is_reproduced(0.750001, parse_printed("3/4", "over"))
    assert not is_reproduced(0.03, parse_printed("3%", "less than"))
    assert is_reproduced(0, parse_printed("none"))
    assert not is_reproduced(0.001, parse_printed("none"))


VALUES = st.decimals(min_value=-(10**7), max_value=10**7, allow_nan=False, places=6)
ROUNDINGS = st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP])


@given(value=VALUES, digits=st.integers(0, 4), rounding=ROUNDINGS)
def test_a_number_lies_in_the_interval_of_its_own_print(value, digits, rounding):
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=rounding)
    exact = Fraction(value)
    assert exact in parse_printed(f"{rounded:,f}")
    assert exact in parse_printed(f"{rounded:f}")
    assert exact in parse_printed(f"${rounded:,f}" if rounded >= 0 else f"-${-rounded:,f}")
    assert exact / 100 in parse_printed(f"{rounded:f}%")


@given(value=VALUES, digits=st.integers(0, 4))
def test_percent_dollar_and_comma_forms_agree(value, digits):
    rounded = abs(value.quantize(Decimal(1).scaleb(-digits)))
    plain = parse_printed(f"{rounded:f}")
    for form in (f"{rounded:,f}", f"${rounded:,f}", f"US${rounded:f}"):
        other = parse_printed(form)
        assert (other.low, other.high, other.digits) == (plain.low, plain.high, digits)
    percent = parse_printed(f"{rounded:f}%")
    assert (percent.low * 100, percent.high * 100) == (plain.low, plain.high)


@given(first=st.integers(1, 10**6), step=st.integers(1, 10**6), word=st.sampled_from([*WORDS]))
def test_a_larger_figure_has_a_larger_interval(first, step, word):
    one, other = parse_printed(f"{first:,}", word), parse_printed(f"{first + step:,}", word)
    for end in ("low", "high"):
        bounds = getattr(one, end), getattr(other, end)
        assert bounds == (None, None) or bounds[0] < bounds[1]


@given(value=st.integers(1, 10**6))
def test_meanings_fit_together(value):
    printed = str(value)
    exact = Fraction(value)
    assert exact in parse_printed(printed, "approximately")
    assert exact in parse_printed(printed, "at least")
    assert exact in parse_printed(printed, "at most")
    for word in ("over", "less than", "almost", "just over"):
        assert exact not in parse_printed(printed, word)


def test_every_word_has_a_meaning_and_stands_in_the_documentation():
    methods = (Path(__file__).parents[1] / "docs" / "methods.md").read_text(encoding="utf-8")
    rows = {
        cells[1].strip(): (cells[2], cells[3].strip())
        for cells in (line.split("|") for line in methods.splitlines() if line.startswith("|"))
        if len(cells) == 5
    }
    for name, meaning in MEANINGS.items():
        words = [word for word, group in WORDS.items() if group == name and word]
        assert rows[name][1] == meaning.sentence
        assert [word.strip(" `") for word in rows[name][0].split(",") if word.strip()] == words
    for word in SHARE_WORDS:
        assert f"`{word}`" in methods
    assert set(WORDS.values()) == set(MEANINGS)


def _write(tmp_path, *rows, header=COLUMNS):
    path = tmp_path / "published.csv"
    lines = [",".join(header), *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


GOOD = (
    "r1", "003", "3.1", "Table 1", "begin", "all", "gender", "female", "proportion", "38%", "",
    '"1,203"', "NA",
)  # fmt: skip


def test_a_table_of_printed_figures_is_read_as_text(tmp_path):
    date = (
        "r2", "003", "2", "", "context", "all", "access", "", "date", "October 2020", "", "", "",
    )  # fmt: skip
    frame = read_published(_write(tmp_path, GOOD, date))
    assert list(frame.columns) == list(COLUMNS)
    assert frame.loc[0, ["printed", "n", "note"]].tolist() == ["38%", "1,203", "NA"]
    assert frame.loc[1, "printed"] == "October 2020"


def test_all_problems_are_reported_at_once(tmp_path):
    bad = ("r 2", "003", "3.1", "", "", "all", "gender", "", "proportion", "lots", "", "some", "")
    word = (*GOOD[:10], "give or take", "", "")
    with pytest.raises(InvalidInput) as raised:
        read_published(_write(tmp_path, GOOD, bad, word))
    messages = [str(problem) for problem in raised.value.problems]
    assert len(messages) == 6
    assert all(message.startswith("published.csv: line ") for message in messages)
    text = "\n".join(messages)
    for part in (
        "line 3 (r 2): wave is empty",
        "id is malformed",
        "n 'some'",
        "'lots' is not",
        "line 4 (r1): the id is used on line 2",
        "'give or take'",
    ):
        assert part in text


def test_missing_and_unknown_columns_are_named(tmp_path):
    header = [*COLUMNS[:-1], "remark"]
    with pytest.raises(InvalidInput) as raised:
        read_published(_write(tmp_path, GOOD, header=header))
    assert [problem.where for problem in raised.value.problems] == ["column note", "column remark"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'id,"a\nb', None])
def test_unreadable_files_are_one_clear_problem(tmp_path, content):
    path = tmp_path / "published.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"published\.csv"):
        read_published(path)
