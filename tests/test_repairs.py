"""What is proposed in place of a figure that contradicts others, on slips made on purpose."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from altcred.check.consistency import check_published
from altcred.check.published import COLUMNS
from altcred.check.relations import Relations
from altcred.check.slips import list_slips

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import slips

KEYS = ("subgroup", "variable", "category", "statistic", "printed")
RELATIONS = Relations.model_validate(
    {
        "partitions": [{"whole": "all", "parts": ["arm=a", "arm=b"]}],
        "variables": {"city": {"exclusive": True, "categories": ["north", "south", "west"]}},
    }
)


def make_table(text: str) -> pd.DataFrame:
    """Rows "subgroup, variable, category, statistic, printed" of one table, ids r0, r1 ..."""
    rows = []
    for place, line in enumerate(text.strip().splitlines()):
        parts = [part.strip() for part in line.split(",")]
        row = dict(zip(KEYS, parts, strict=True))
        rows.append(
            dict.fromkeys(COLUMNS, "")
            | {"id": f"r{place}", "document": "1", "section": "Table 1", "wave": "end"}
            | row
        )
    return pd.DataFrame(rows)


def find_repairs(text: str) -> list[tuple[str, str, str]]:
    """Return the repairs of the first finding that has any: id, what is meant, kind of slip."""
    findings = check_published(make_table(text), RELATIONS)
    found = next(finding.repairs for finding in findings if finding.repairs)
    return [(repair.id, repair.replacement, repair.kind) for repair in found]


SIZES = """
    all, responses, , count, 400
    arm=a, responses, , count, 190
    arm=b, responses, , count, 210
"""


@pytest.mark.parametrize(
    ("text", "first"),
    [
        # The percentage is printed for the count.
        (
            """
            arm=a, city, , nobs, 190
            arm=a, city, west, count, 8
            arm=a, city, west, proportion, 8.9%
            """,
            ("r1", "17", "neighbour"),
        ),
        # Two numbers of the list changed places, of other groups and other categories.
        (
            """
            all, city, , nobs, 200
            arm=a, city, , nobs, 90
            all, city, west, count, 27
            all, city, west, proportion, 44.4%
            arm=a, city, north, proportion, 13.5%
            arm=a, city, north, count, 40
            """,
            ("r3", "13.5%", "swap"),
        ),
        # The number of the row above stands in the place of one that the total tells.
        (
            """
            all, city, north, count, 61
            arm=a, city, north, count, 38
            arm=b, city, north, count, 38
            all, city, south, count, 52
            arm=a, city, south, count, 30
            arm=b, city, south, count, 22
            all, city, , nobs, 113
            arm=b, city, , nobs, 45
            """,
            ("r2", "23", "neighbour"),
        ),
        # Shares are printed without decimals there: 7%, not 6.7%.
        (
            """
            all, city, , nobs, 15
            all, city, south, proportion, 27%
            all, city, north, proportion, 67%
            all, city, west, proportion, 67%
            """,
            ("r3", "7%", "neighbour"),
        ),
    ],
)
def test_the_first_repair_is_what_was_meant(text, first):
    assert find_repairs(text)[0] == first


def test_what_stands_around_a_number_stays():
    text = "all, city, , nobs, 15\n all, city, south, proportion, 27 %\n"
    text += "all, city, north, proportion, 67 %\n all, city, west, proportion, 67 %"
    assert find_repairs(text)[0] == ("r3", "7 %", "neighbour")


def test_no_count_is_given_decimals():
    text = SIZES + "all, city, north, count, 4100\n arm=a, city, north, count, 200"
    assert not any("." in meant for _, meant, _ in find_repairs(text))


def test_a_digit_before_the_point_may_have_been_a_nought():
    assert ("transposition", "0.38") in list(list_slips("3.08"))
    assert ("transposition", "-0.38") in list(list_slips("-3.08"))
    assert ("transposition", "08") not in list(list_slips("80"))


def test_no_quartile_or_ratio_loses_its_sign_to_a_slip():
    text = "all, height, , median, 2.00\n all, height, , quantile_25, 10.0\n"
    text += "all, smoking, , odds_ratio, 0.34\n all, smoking, , odds_ratio_ci_low, 0.50"
    for finding in check_published(make_table(text), RELATIONS):
        assert not any(repair.kind == "sign" for repair in finding.repairs)


def test_a_number_that_cannot_be_is_repaired_in_a_report_that_cuts_its_numbers_off():
    relations = RELATIONS.model_copy(update={"rounding": "cut off"})
    text = "all, city, , nobs, 7\n all, city, west, proportion, 428.5%\n"
    text += "all, city, west, count, 3"
    (finding,) = check_published(make_table(text), relations)
    assert [repair.replacement for repair in finding.repairs] == ["42.85%"]


def test_of_two_prints_either_may_be_wrong():
    text = "all, height, , cohen_d, -3.08\n all, height, , cohen_d, -0.38"
    repairs = find_repairs(text)
    assert {("r0", "-0.38"), ("r1", "-3.08")} <= {(id, meant) for id, meant, _ in repairs}


def test_where_slips_only_make_roundings_touch_a_number_that_fits_well_is_told_first():
    text = "all, city, north, proportion, 10%\n all, city, north, proportion, 4%"
    assert find_repairs(text)[0] in {("r0", "4%", "value"), ("r1", "10%", "value")}


def test_numbers_far_from_the_print_are_not_looked_for():
    # Some degrees of freedom give any p, if there are millions of them.
    text = "all, city, , chi2_statistic, 6.86\n all, city, , chi2_df, 1\n"
    repairs = find_repairs(text + "all, city, , chi2_pvalue, 1.000")
    assert all(float(meant) <= 100 for _, meant, _ in repairs)


def test_each_figure_of_a_conflict_has_its_likeliest_repair_told():
    text = SIZES.replace("400", "410")
    repairs = find_repairs(text)
    assert {("r0", "400"), ("r2", "220")} <= {(id, meant) for id, meant, _ in repairs}


@pytest.mark.parametrize("kind", list(slips.KINDS))
def test_a_planted_slip_changes_what_is_said_and_can_be_taken_back(kind):
    frame = make_table(
        """
        all, city, north, count, 38
        all, city, south, count, 27
        all, city, north, proportion, 58.5%
        all, height, , difference, -0.31
        """
    )
    changes = [change for place in frame.index for change in slips.list_changes(frame, place, kind)]
    assert changes
    printed = dict(zip(frame["id"], frame["printed"], strict=True))
    assert all(printed[id] != text for change in changes for id, text in change.items())


def test_planted_slips_are_counted_by_kind(capsys):
    text = SIZES + "all, city, north, count, 61\n arm=a, city, north, count, 38\n"
    text += "arm=b, city, north, count, 23\n all, city, north, proportion, 15.3%"
    slips.measure([(make_table(text), RELATIONS)], 5)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split()[:2] == ["all", "5"]


@pytest.mark.long
def test_the_first_repair_is_mostly_right_and_one_of_three_nearly_always(capsys):
    slips.measure(slips.invented(9000, 200), 200)
    first, three = (
        int(share.rstrip("%")) for share in capsys.readouterr().out.splitlines()[-1].split()[3:5]
    )
    assert first >= 70
    assert three >= 90
