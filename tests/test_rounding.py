"""Worked examples of GRIM, GRIMMER and DEBIT, and reports that cut their numbers off."""

import pandas as pd
import pytest

from altcred.check.consistency import check_all
from altcred.check.published import COLUMNS
from altcred.check.relations import Relations

WHOLE = {"variables": {"score": {"whole_numbers": True}}}
BINARY = {"variables": {"score": {"scale": "0-1"}}}


def check(*rows: tuple, relations: dict | None = None):
    """Check rows of variable, category, statistic and printed, with n where there is one."""
    records = [
        dict.fromkeys(COLUMNS, "")
        | {"id": f"r{place}", "document": "1", "section": "Table 1", "wave": "once"}
        | {"subgroup": "all", "variable": variable, "category": category}
        | {"statistic": statistic, "printed": printed, "n": str(rest[0]) if rest else ""}
        for place, (variable, category, statistic, printed, *rest) in enumerate(rows)
    ]
    frame = pd.DataFrame(records, columns=list(COLUMNS))
    return check_all(frame, Relations.model_validate(relations or {}))


def kinds(found) -> list[str]:
    return [finding.kind for finding in found.findings]


# Brown and Heathers (2017), and the examples of R's scrutiny, each alone.
@pytest.mark.parametrize(
    ("mean", "n", "is_found"),
    [
        ("5.19", 28, True), ("5.27", 43, True), ("5.18", 28, False),
        ("7.22", 32, False), ("4.74", 25, True), ("5.23", 29, True), ("2.57", 24, True),
        ("6.77", 27, True), ("2.68", 28, False), ("7.01", 29, True), ("7.38", 26, False),
        ("3.14", 27, True), ("6.89", 31, True), ("5.00", 25, False), ("0.24", 28, True),
        ("8.97", 28, True), ("2.61", 28, False), ("7.26", 28, True), ("3.64", 28, False),
    ],
)  # fmt: skip
def test_worked_examples_of_grim(mean, n, is_found):
    found = check(("score", "", "mean", mean, n), relations=WHOLE)
    assert kinds(found) == ["grim"] * is_found


@pytest.mark.parametrize(
    ("share", "n", "is_found"),
    [("32.5%", 438, True), ("35.6%", 455, False), ("21.7%", 501, True), ("39.3%", 516, False)],
)
def test_worked_examples_of_grim_with_shares(share, n, is_found):
    assert kinds(check(("sex", "women", "proportion", share, n))) == ["grim"] * is_found


# Anaya (2016), Allard (2018), scrutiny, and Heathers and Brown (2019) for noughts and ones. Of
# scrutiny's "GRIMMER inconsistent (test 3)" one, 8.9 with 2.81 of 25, is of whole numbers: 223 in
# all, whose squares are 2,179 or 2,178.
@pytest.mark.parametrize(
    ("relations", "mean", "std", "n", "kind"),
    [
        (WHOLE, "3.44", "2.47", 18, "spread"),
        (WHOLE, "3.44", "2.48", 18, ""),
        (WHOLE, "2.74", "0.96", 63, "grim"),
        (WHOLE, "7.3", "2.51", 12, "spread"),
        (WHOLE, "2.6", "2.05", 25, "spread"),
        (WHOLE, "8.9", "2.81", 25, ""),
        (WHOLE, "7.2", "2.89", 25, ""),
        (WHOLE, "7.22", "5.30", 38, "grim"),
        (WHOLE, "2.57", "2.57", 30, ""),
        (BINARY, "0.35", "0.18", 20, "spread"),
        (BINARY, "0.19", "0.35", 1683, "spread"),
        (BINARY, "0.77", "0.42", 1683, ""),
        (BINARY, "0.93", "0.25", 1683, ""),
    ],
)
def test_worked_examples_of_grimmer_and_debit(relations, mean, std, n, kind):
    rows = [("score", "", "mean", mean, n), ("score", "", "std", std, n)]
    assert kinds(check(*rows, relations=relations)) == [kind] * bool(kind)


# Rounded or cut off -----------------------------------------------------------------------------

# 12, 11 and 6 of 29 are 41.37..., 37.93... and 20.68...%; 5, 14 and 10 are 17.24..., 48.27... and
# 34.48...%.
CUT = [
    ("color", "red", "proportion", "41.3%", 29),
    ("color", "green", "proportion", "37.9%", 29),
    ("shape", "round", "proportion", "17.2%", 29),
    ("shape", "long", "proportion", "48.2%", 29),
]
ROUNDED_UP = ("color", "blue", "proportion", "20.7%", 29)


def list_told(found) -> list[str]:
    return [odd.line for odd in found.odd if "cut off" in odd.line]


def test_what_cutting_off_explains_is_odd_and_no_contradiction():
    found = check(*CUT)
    assert kinds(found) == []
    assert [line.split(" of ")[0] for line in list_told(found)] == ["41.3%", "48.2%"]
    assert "not rounded, all of them can be true" in list_told(found)[0]
    assert "4 consistent" in "\n".join(found.as_lines())


def test_a_report_that_rounded_one_number_up_cuts_none_off():
    found = check(*CUT, ROUNDED_UP)
    assert kinds(found) == ["grim", "grim"]
    assert list_told(found) == []
    assert {finding.premise for finding in found.findings} == {
        "its numbers are rounded, and not cut off"
    }
    # 41.5% is none of 29 however it was made.
    found = check(("color", "red", "proportion", "41.5%", 29), ROUNDED_UP)
    assert [finding.premise for finding in found.findings] == [""]


def test_what_is_declared_goes_before():
    assert kinds(check(*CUT, relations={"rounding": "round"})) == ["grim", "grim"]
    found = check(*CUT, ROUNDED_UP, relations={"rounding": "cut off"})
    assert kinds(found) == ["grim"]
    assert [finding.ids for finding in found.findings] == [("r4",)]
    assert found.findings[0].premise == "its numbers are cut off, and not rounded"
    # What is put in its place is cut off too.
    assert [repair.replacement for repair in found.findings[0].repairs][:1] == ["20.6%"]


def test_shares_alone_may_be_cut_off():
    # 100 of 29 is 3.448...: rounded to 3.45 and cut off to 3.44.
    rows = [*CUT, ("score", "", "mean", "3.45", 29)]
    found = check(*rows, relations=WHOLE)
    assert kinds(found) == []
    assert len(list_told(found)) == 2
    assert kinds(check(*CUT, ("score", "", "mean", "3.46", 29), relations=WHOLE)) != []


def test_an_error_in_a_report_that_cuts_off_is_found_alone():
    shares = {"s": "9.6%", "m": "22.5%", "l": "35.4%", "x": "45.1%"}
    more = [("size", name, "proportion", share, 31) for name, share in shares.items()]
    found = check(*CUT, *more, ("age", "old", "count", "12", 31), ("age", "old", "count", "13", 31))
    assert kinds(found) == ["repeated"]


def test_impossible_bounds_are_told():
    assert kinds(check(("size", "s", "proportion_max", "130%"))) == ["impossible"]
