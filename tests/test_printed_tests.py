"""What printed tests, intervals, effect sizes and coefficients say of each other."""

import pandas as pd
import pytest

from altcred.check.consistency import check_all, check_published
from altcred.check.consistency import make_table as tabulate
from altcred.check.published import COLUMNS
from altcred.check.relations import Relations
from altcred.check.rules.registry import list_checks


def make_table(rows: str, note: str = "") -> pd.DataFrame:
    """Return a table of figures, of lines "[subgroup:] statistic = printed" of one variable.

    A wave stands before a subgroup, as in "after/women: mean = 3.1", and a category behind
    it, as in "women yes: count = 4".
    """
    records = []
    for place, line in enumerate(row.strip() for row in rows.strip().split(";") if row.strip()):
        left, printed = line.split(" = ", 1)
        who, _, statistic = left.rpartition(": ")
        wave, _, who = who.rpartition("/")
        subgroup, _, category = who.partition("@")
        records.append(
            dict.fromkeys(COLUMNS, "")
            | {
                "id": f"r{place}", "document": "1", "section": "Results", "wave": wave or "w",
                "subgroup": subgroup or "all", "variable": "score", "category": category,
                "statistic": statistic, "printed": printed, "note": note,
            }
        )  # fmt: skip
    return pd.DataFrame(records, columns=list(COLUMNS))


def find(rows: str, note: str = "", **relations) -> list[str]:
    """Return the kinds of rules that some figures break."""
    table = tabulate(make_table(rows, note), Relations.model_validate(relations))
    return sorted({check.kind for check in list_checks(table) if check.evaluate(table)})


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        # t = 2.50 with 18 gives .0223; .0218 to .0227 by rounding of t.
        ("t_statistic = 2.50; t_df = 18; t_pvalue = .022", []),
        ("t_statistic = 2.50; t_df = 18; t_pvalue = .032", ["p-value"]),
        ("t_statistic = -2.50; t_df = 18; t_pvalue = < .05", []),
        ("t_statistic = -2.50; t_df = 18; t_pvalue = < .01", ["p-value"]),
        ("t_statistic = 2.50; t_df = 18; t_pvalue = > .05", ["p-value"]),
        # Half of it is odd and no contradiction.
        ("t_statistic = 2.50; t_df = 18; t_pvalue = .011", []),
        # Bare names of the parts, where one test alone is printed.
        ("t = 2.50; df = 18; p = .032", ["p-value"]),
        # Welch's degrees of freedom.
        ("ttest_ind_statistic = 3.00; ttest_ind_df = 27.43; ttest_ind_pvalue = .006", []),
        ("ttest_ind_statistic = 3.00; ttest_ind_df = 27.43; ttest_ind_pvalue = .70", ["p-value"]),
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; f_pvalue = .021", []),
        # 0.0213 cut off.
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; f_pvalue = .02", []),
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; f_pvalue = .04", ["p-value"]),
        # F with two degrees of freedom has no sides, so that half of its p is none.
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; f_pvalue = .0107", ["p-value"]),
        # Corrected degrees of freedom.
        ("anova_statistic = 5.10; anova_df1 = 1.63; anova_df2 = 48.9; anova_pvalue = .014", []),
        ("chi2_statistic = 12.0; chi2_df = 1; chi2_pvalue = < .001", []),
        ("chi2_statistic = 12.0; chi2_df = 1; chi2_pvalue = .06", ["p-value"]),
        ("z_statistic = 1.96; z_pvalue = .05", []),
        ("z_statistic = 1.96; z_pvalue = .10", ["p-value"]),
        # r = .50 of 18 people: t = 2.309 with 16 gives .0346.
        ("r = .50; nobs = 18; r_pvalue = .035", []),
        ("r = .50; r_df = 16; r_pvalue = .044", ["p-value"]),
        ("r = .50; nobs = 18; r_pvalue = .35", ["p-value"]),
        # A p without a name belongs to nothing where two tests are printed.
        ("t_statistic = 2.50; t_df = 18; z_statistic = 1.0; p = .9", []),
        # Nothing to compare.
        ("t_statistic = 2.50; t_pvalue = .9", []),
        ("f_statistic = 2.50; f_df1 = 1; f_pvalue = .9", []),
        # Impossible alone.
        ("r = 1.2; r_df = 16; r_pvalue = .5", []),
        ("t_statistic = 2.5; t_df = 0; t_pvalue = .5", []),
        # People behind degrees of freedom.
        ("ttest_rel_statistic = 1; ttest_rel_df = 29; nobs = 30", []),
        ("ttest_rel_statistic = 1; ttest_rel_df = 30; nobs = 30", ["p-value"]),
        ("ttest_ind_statistic = 1; ttest_ind_df = 58; nobs = 60", []),
        ("ttest_ind_statistic = 1; ttest_ind_df = 41.2; nobs = 60", []),
        ("ttest_ind_statistic = 1; ttest_ind_df = 59; nobs = 60", ["p-value"]),
        ("r = .1; r_df = 58; nobs = 60", []),
        ("r = .1; r_df = 59; nobs = 60", ["p-value"]),
        ("anova_statistic = 1; anova_df1 = 2; anova_df2 = 57; nobs = 60", []),
        ("anova_statistic = 1; anova_df1 = 2; anova_df2 = 130; nobs = 60", ["p-value"]),
        # Three moments of 60 people.
        ("anova_statistic = 1; anova_df1 = 2; anova_df2 = 118; nobs = 60", []),
        ("ttest_ind_statistic = 1; ttest_ind_df = 45; a: nobs = 20; b: nobs = 27; a: mean = 1; "
         "b: mean = 1", []),
        ("ttest_ind_statistic = 1; ttest_ind_df = 18; a: nobs = 20; b: nobs = 27; a: mean = 1; "
         "b: mean = 1", ["p-value"]),
        ("a vs b: ttest_ind_statistic = 1; a vs b: ttest_ind_df = 46; a: nobs = 20; b: nobs = 27; "
         "a: mean = 1; b: mean = 1; c: mean = 4", ["p-value"]),
    ],
)  # fmt: skip
def test_tests(rows, kinds):
    assert find(rows) == kinds


def test_what_is_said_of_a_test_explains_its_p():
    half = "ttest_rel_statistic = 1.80; ttest_rel_df = 40; ttest_rel_pvalue = .040"
    assert find(half, "one-sided test") == []
    assert check_all(make_table(half, "one-sided test")).odd == []
    (odd,) = check_all(make_table(half)).odd
    assert "is the p of a test with one side" in odd.line
    assert check_all(make_table(half), Relations(one_sided=True)).odd == []
    larger = "t_statistic = 2.50; t_df = 18; t_pvalue = .067"
    assert find(larger) == ["p-value"]
    # Three times .0223.
    assert find(larger, "p after Bonferroni") == []
    assert find(larger, adjusted=["Holm"]) == []
    # No correction makes a p smaller.
    assert find(larger.replace(".067", ".001"), "p after Bonferroni") == ["p-value"]


def test_degrees_of_freedom_are_at_least_one_in_a_repair():
    rows = "f_statistic = 4.10; f_df1 = 2; f_df2 = 60; f_pvalue = .50"
    (finding,) = check_published(make_table(rows))
    assert finding.line.startswith("F(2, 60) = 4.10 gives p = .0211 to .0216, not .50")
    assert "0" not in {repair.replacement for repair in finding.repairs}
