"""Printed figures that are impossible alone, and what spreads, means and totals allow."""

import pandas as pd
import pytest

from altcred.check.consistency import check_all, check_published
from altcred.check.published import COLUMNS
from altcred.check.relations import Relations


def make_rows(*rows: tuple, **columns: str) -> pd.DataFrame:
    """Rows of variable, category, statistic and printed, and any other columns of one table."""
    records = [
        dict.fromkeys(COLUMNS, "")
        | {"id": f"r{place}", "document": "1", "section": "Table 1", "wave": "once"}
        | {"subgroup": "all", "variable": variable, "category": category}
        | {"statistic": statistic, "printed": printed}
        | columns
        | (rest[0] if rest else {})
        for place, (variable, category, statistic, printed, *rest) in enumerate(rows)
    ]
    return pd.DataFrame(records, columns=list(COLUMNS))


def find(*rows: tuple, relations: dict | None = None, **columns: str) -> list[tuple[str, str]]:
    found = check_published(make_rows(*rows, **columns), Relations.model_validate(relations or {}))
    return [(item.kind, " ".join(item.ids)) for item in found]


# Impossible alone -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statistic", "printed"),
    [
        ("proportion", "101%"),
        ("proportion", "-5%"),
        ("proportion", "130"),
        ("count", "-3"),
        ("nobs", "-1"),
        ("std", "-0.4"),
        ("std_error", "−2"),
        ("t_pvalue", "1.2"),
        ("t_pvalue", "-0.02"),
        ("t_df", "0"),
        ("f_df1", "-1"),
        ("f_statistic", "-2.0"),
        ("chi2_statistic", "-0.7"),
        ("r_statistic", "1.04"),
        ("correlation", "-1.2"),
        ("kappa", "1.1"),
        ("odds_ratio", "-0.5"),
    ],
)
def test_a_value_that_no_data_give_is_a_finding_of_its_own(statistic, printed):
    table = make_rows(("mood", "good", statistic, printed), ("mood", "bad", "proportion", "40%"))
    result = check_all(table)
    (finding,) = result.findings
    assert (finding.kind, finding.ids) == ("impossible", ("r0",))
    assert result.unread == []


@pytest.mark.parametrize(
    ("statistic", "printed"),
    [
        ("proportion", "100%"),
        ("proportion", "100.0"),
        ("proportion", "0%"),
        ("proportion", "1.0"),
        ("count", "0"),
        ("std", "0.0"),
        ("t_pvalue", "1.00"),
        ("t_pvalue", "0.000"),
        ("t_df", "1"),
        ("t_statistic", "-4.1"),
        ("r_statistic", "-1.00"),
        ("mean", "-3"),
        ("difference", "-12%"),
    ],
)
def test_a_value_on_the_edge_is_none(statistic, printed):
    assert find(("mood", "good", statistic, printed)) == []


def test_an_impossible_value_bears_on_no_other():
    rows = [("sex", "f", "proportion", "130%"), ("sex", "m", "proportion", "40%")]
    relations = {"variables": {"sex": {"exclusive": True, "categories": ["f", "m"]}}}
    assert find(*rows, relations=relations) == [("impossible", "r0")]


@pytest.mark.parametrize(
    ("printed", "beside", "found"),
    [
        ("40%", {}, [("impossible", "r0 r1")]),
        ("40%", {"n": "0"}, [("impossible", "r0")]),
        ("0%", {}, []),
    ],
)
def test_there_is_no_share_of_nobody(printed, beside, found):
    rows = [("sex", "f", "proportion", printed, beside), ("sex", "", "nobs", "0")]
    assert find(*rows) == found


# Shares without a sign --------------------------------------------------------------------------


def test_shares_are_in_percent_by_the_rest_of_their_section():
    relations = {"variables": {"sex": {"exclusive": True, "categories": ["f", "m"]}}}
    rows = [("sex", "f", "proportion", "45.0"), ("sex", "m", "proportion", "58.6")]
    assert find(*rows, relations=relations) == [("sum", "r0 r1")]
    # 99.5 and 0.5 add up, as do 0.995 and 0.005.
    rows = [("sex", "f", "proportion", "99.5"), ("sex", "m", "proportion", "0.5")]
    assert find(*rows, relations=relations) == []
    rows = [("sex", "f", "proportion", "0.995"), ("sex", "m", "proportion", "0.005")]
    assert find(*rows, relations=relations) == []
    rows = [("sex", "f", "proportion", "0.62"), ("sex", "m", "proportion", "0.48")]
    assert find(*rows, relations=relations) == [("sum", "r0 r1")]


def test_a_share_as_a_decimal_is_one_of_whole_people():
    assert find(("sex", "f", "proportion", "0.45", {"n": "28"})) == [("grim", "r0")]
    table = make_rows(("sex", "f", "proportion", "0.45", {"n": "28"}))
    (finding,) = check_published(table)
    assert finding.repairs[0].replacement in {"0.43", "0.46"}


@pytest.mark.parametrize("printed", ["3", "+3", "3 percentage points", "3 pp", "3%", "3.4", "0.03"])
def test_a_difference_of_shares_is_in_percentage_points(printed):
    rows = [
        ("job", "yes", "proportion", "58%", {"wave": "end"}),
        ("job", "yes", "proportion", "55%", {"wave": "begin"}),
        ("job", "yes", "difference", printed, {"wave": "begin-end"}),
    ]
    assert find(*rows) == []
    rows[0] = ("job", "yes", "proportion", "68%", {"wave": "end"})
    assert find(*rows) == [("difference", "r0 r1 r2")]
    # As decimals.
    rows[0] = ("job", "yes", "proportion", "0.58", {"wave": "end"})
    rows[1] = ("job", "yes", "proportion", "0.55", {"wave": "begin"})
    assert find(*rows) == []


def test_a_difference_is_of_means_or_of_medians():
    rows = [
        ("pay", "", "mean", "90", {"wave": "begin"}),
        ("pay", "", "mean", "97", {"wave": "end"}),
        ("pay", "", "median", "80", {"wave": "begin"}),
        ("pay", "", "median", "84", {"wave": "end"}),
        ("pay", "", "difference", "4", {"wave": "begin-end"}),
    ]
    assert find(*rows) == []
    rows[4] = ("pay", "", "difference", "12", {"wave": "begin-end"})
    assert [kind for kind, _ in find(*rows)] == ["difference"]
