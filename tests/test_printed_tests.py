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
    it, as in "women@yes: count = 4".
    """
    records = []
    for place, line in enumerate(row.strip() for row in rows.strip().split(";") if row.strip()):
        left, printed = line.split(" = ", 1)
        who, _, statistic = left.rpartition(": ")
        who, _, category = who.partition("@")
        wave, _, subgroup = who.rpartition("/")
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
        ("r = 1.2; r_df = 16; r_pvalue = .5", ["impossible"]),
        ("t_statistic = 2.5; t_df = 0; t_pvalue = .5", ["impossible"]),
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


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        # 4.2 / sqrt(25) = 0.84.
        ("mean = 10.0; std = 4.2; nobs = 25; std_error = 0.84", []),
        # By numpy's default, 4.2 / sqrt(24) = 0.857.
        ("mean = 10.0; std = 4.2; nobs = 25; std_error = 0.86", []),
        ("mean = 10.0; std = 4.2; nobs = 25; std_error = 0.48", ["standard-error"]),
        ("mean = 10.0; std = 4.2; std_error = 0.48", []),
        # t of 2.0639 with 24 degrees of freedom: 10 -+ 1.73.
        ("mean = 10.0; std = 4.2; nobs = 25; ci_low = 8.27; ci_high = 11.73", []),
        # 1.96: 10 -+ 1.65; 99%: 10 -+ 2.35.
        ("mean = 10.0; std = 4.2; nobs = 25; ci_low = 8.35; ci_high = 11.65", []),
        ("mean = 10.0; std = 4.2; nobs = 25; ci_low = 7.65; ci_high = 12.35", []),
        ("mean = 10.0; std = 4.2; nobs = 25; ci_low = 9.16; ci_high = 10.84", ["interval"]),
        ("mean = 10.0; std_error = 0.84; ci_low = 9.3; ci_high = 10.7", ["interval"]),
        # 1.645 standard errors are 90%, where nothing says the level: p is below .10 then.
        ("difference = 2.0; difference_std_error = 1.10; ci_low = 0.19; ci_high = 3.81; "
         "z_pvalue = .069", []),
        ("difference = 2.0; ci_low = 0.19; ci_high = 3.81; z_pvalue = .069", ["interval"]),
        # t of two groups, one of them nine tenths, and d over the average of both variances.
        ("ttest_ind_statistic = 2.00; cohen_d = 0.45; nobs = 50", []),
        ("ttest_ind_statistic = 2.00; ttest_ind_df = 12.3; cohen_d = 0.28; nobs = 50", []),
        ("mean = 10.0; ci_low = 8.3; ci_high = 12.7", ["interval"]),
        ("mean = 10.0; ci_low = 10.2; ci_high = 11.7", ["interval"]),
        ("median = 10.0; ci_low = 8.3; ci_high = 12.7", []),
        ("median = 10.0; ci_low = 10.2; ci_high = 12.7", ["interval"]),
        ("odds_ratio = 2.0; ci_low = 1.0; ci_high = 4.0", []),
        ("odds_ratio = 2.0; ci_low = 1.0; ci_high = 3.0", ["interval"]),
        ("hazard_ratio = 2.0; hazard_ratio_ci_low = 2.1; hazard_ratio_ci_high = 4.0",
         ["interval"]),
        # Fisher's z of .50 is .5493; -+ 1.96 / sqrt(47).
        ("r = .50; r_ci_low = .26; r_ci_high = .68", []),
        ("r = .50; r_ci_low = .36; r_ci_high = .78", ["interval"]),
        ("difference = 1.5; difference_ci_low = 0.2; difference_ci_high = 2.8; pvalue = .03", []),
        ("difference = 1.5; difference_ci_low = 0.2; difference_ci_high = 2.8; pvalue = .08",
         ["interval"]),
        ("difference = 1.5; difference_ci_low = -0.2; difference_ci_high = 3.2; p = < .05",
         ["interval"]),
        # The edge itself: 0.0 is any number about nought.
        ("difference = 1.5; difference_ci_low = 0.0; difference_ci_high = 3.0; p = .06", []),
        ("odds_ratio = 2.0; ci_low = 1.1; ci_high = 3.6; odds_ratio_pvalue = .20", ["interval"]),
        # Another test of the ratio can come to another side of .05.
        ("odds_ratio = 2.0; ci_low = 1.1; ci_high = 3.6; odds_ratio_pvalue = .06", []),
        ("odds_ratio = 2.0; ci_low = 1.1; ci_high = 3.6; chi2_statistic = 1; p = .40", []),
        # Two groups: t of 5.0 and 4.0, SD 2.0 and 2.0, of 30 and 30 is 1.94.
        ("a: mean = 5.0; a: std = 2.0; a: nobs = 30; b: mean = 4.0; b: std = 2.0; b: nobs = 30; "
         "t_statistic = 1.94; cohen_d = 0.50; difference = 1.0", []),
        ("a: mean = 5.0; a: std = 2.0; a: nobs = 30; b: mean = 4.0; b: std = 2.0; b: nobs = 30; "
         "t_statistic = 2.49", ["t"]),
        ("a: mean = 5.0; a: std = 2.0; a: nobs = 30; b: mean = 4.0; b: std = 2.0; b: nobs = 30; "
         "cohen_d = 0.80", ["effect-size"]),
        ("a: mean = 5.0; a: std = 2.0; a: nobs = 30; b: mean = 4.0; b: std = 2.0; b: nobs = 30; "
         "difference = 1.5", ["change"]),
        # F of two groups is the square of t.
        ("a: mean = 5.0; a: std = 2.0; a: nobs = 30; b: mean = 4.0; b: std = 2.0; b: nobs = 30; "
         "f_statistic = 3.75; f_df1 = 1; f_df2 = 58", []),
        ("a: mean = 5.0; a: std = 2.0; a: nobs = 30; b: mean = 4.0; b: std = 2.0; b: nobs = 30; "
         "f_statistic = 7.75; f_df1 = 1; f_df2 = 58", ["t"]),
        # Welch's degrees of freedom of SD 1.0 and 4.0 are 32.6.
        ("a: mean = 5.0; a: std = 1.0; a: nobs = 30; b: mean = 4.0; b: std = 4.0; b: nobs = 30; "
         "t_df = 32.6", []),
        ("a: mean = 5.0; a: std = 1.0; a: nobs = 30; b: mean = 4.0; b: std = 4.0; b: nobs = 30; "
         "t_df = 42.6", ["t"]),
        # Pairs: with SD 2.0 and 1.5, t of 30 lies between 1.56 and 10.95 for a change of 1.0.
        ("x/all: mean = 4.0; x/all: std = 2.0; y/all: mean = 5.0; y/all: std = 1.5; "
         "x/all: nobs = 30; y/all: nobs = 30; x-y/all: ttest_rel_statistic = 3.3", []),
        ("x/all: mean = 4.0; x/all: std = 2.0; y/all: mean = 5.0; y/all: std = 1.5; "
         "x/all: nobs = 30; y/all: nobs = 30; x-y/all: ttest_rel_statistic = 1.0", ["t"]),
        ("x/all: std = 2.0; y/all: std = 1.5; x-y/all: difference = 1; "
         "x-y/all: difference_std = 0.2", ["change"]),
        ("x/all: mean = 1; y/all: mean = 2; x/all: std = 2.0; y/all: std = 1.5; "
         "x-y/all: difference = 1; x-y/all: difference_std = 3.5", []),
        ("x/all: mean = 1; y/all: mean = 2; x/all: std = 2.0; y/all: std = 1.5; "
         "x-y/all: difference = 1; x-y/all: difference_std = 4.0", ["change"]),
        # Of fewer people the change may be another.
        ("x/all: mean = 4.0; x/all: nobs = 90; y/all: mean = 5.0; y/all: nobs = 60; "
         "x-y/all: mean_difference = 0.4; x-y/all: nobs = 50", []),
        # d of pairs: 2.0 / sqrt(25) = 0.40.
        ("ttest_rel_statistic = 2.00; cohen_dz = 0.40; nobs = 25", []),
        ("ttest_rel_statistic = 2.00; cohen_dz = 0.80; nobs = 25", ["effect-size"]),
        ("ttest_rel_statistic = 2.00; cohen_d = 0.80; nobs = 25", []),
        ("ttest_rel_statistic = 2.00; cohen_d = 0.90; nobs = 25", ["effect-size"]),
        ("ttest_ind_statistic = 2.00; cohen_d = 0.57; nobs = 50", []),
        ("ttest_ind_statistic = 2.00; cohen_d = 0.28; nobs = 50", ["effect-size"]),
        # Coefficients: 1.20 / 0.40 = 3.
        ("coefficient = 1.20; std_error = 0.40; t_statistic = 3.00", []),
        ("coefficient = 1.20; std_error = 0.40; t_statistic = 2.00", ["t"]),
        ("coefficient = -1.20; std_error = 0.40; t_statistic = 3.00", ["t"]),
        ("coefficient = 1.20; std_error = 0.40; wald_statistic = 9.0", []),
        ("coefficient = 1.20; std_error = 0.40; wald_statistic = 3.0", ["t"]),
        ("coefficient = 1.20; std_error = 0.40; p = .003", []),
        ("coefficient = 1.20; std_error = 0.40; p = < .001", ["p-value"]),
        ("coefficient = 0.69; odds_ratio = 1.99", []),
        ("coefficient = 0.69; odds_ratio = 2.69", ["coefficient"]),
        ("coefficient = 0.69; beta = -.10", ["coefficient"]),
        # F(2, 60) = 4.10 explains 8.2 / 68.2 = .120.
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; r_squared = .12", []),
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; r_squared = .21", ["effect-size"]),
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; adjusted_r_squared = .091", []),
        ("f_statistic = 4.10; f_df1 = 2; f_df2 = 60; adjusted_r_squared = .12", ["effect-size"]),
        ("anova_statistic = 4.10; anova_df1 = 2; anova_df2 = 60; partial_eta_squared = .07",
         ["effect-size"]),
        # Of several effects eta squared is less; of one alone it is not.
        ("anova_statistic = 4.10; anova_df1 = 2; anova_df2 = 60; eta_squared = .07", []),
        ("anova_statistic = 4.10; anova_df1 = 2; anova_df2 = 60; eta_squared = .07; nobs = 63",
         ["effect-size"]),
        ("r = .50; r_squared = .25", []),
        ("r = .50; r_squared = .20", ["effect-size"]),
        ("chi2_statistic = 12.0; chi2_df = 1; nobs = 100; phi = .35", []),
        ("chi2_statistic = 12.0; chi2_df = 1; nobs = 100; phi = .25", ["effect-size"]),
        ("chi2_statistic = 12.0; chi2_df = 4; nobs = 100; cramers_v = .24", []),
        ("chi2_statistic = 12.0; chi2_df = 4; nobs = 100; cramers_v = .35", []),
        ("chi2_statistic = 12.0; chi2_df = 4; nobs = 100; cramers_v = .50", ["effect-size"]),
        # (20 / 30) / (10 / 40) = 2.67 of odds, (20 / 50) / (10 / 50) = 2 of risks.
        ("a@yes: count = 20; a: nobs = 50; b@yes: count = 10; b: nobs = 50; "
         "odds_ratio = 2.67; risk_ratio = 2.0", []),
        ("a@yes: count = 20; a: nobs = 50; b@yes: count = 10; b: nobs = 50; "
         "odds_ratio = 0.38", []),
        ("a@yes: count = 20; a: nobs = 50; b@yes: count = 10; b: nobs = 50; "
         "odds_ratio = 2.00", ["ratio"]),
        ("a@yes: proportion = 40%; b@yes: proportion = 20%; all@yes: risk_ratio = 1.50", ["ratio"]),
        # Pearson's 4.76, corrected for continuity 3.86, by likelihood 4.83.
        ("a@y: count = 20; a@n: count = 30; b@y: count = 10; b@n: count = 40; "
         "chi2_statistic = 4.76; chi2_df = 1", []),
        ("a@y: count = 20; a@n: count = 30; b@y: count = 10; b@n: count = 40; "
         "chi2_statistic = 3.86; chi2_df = 1", []),
        ("a@y: count = 20; a@n: count = 30; b@y: count = 10; b@n: count = 40; "
         "chi2_statistic = 4.83; chi2_df = 1", []),
        ("a@y: count = 20; a@n: count = 30; b@y: count = 10; b@n: count = 40; "
         "chi2_statistic = 6.74; chi2_df = 1", ["p-value"]),
        ("a@y: count = 20; a@n: count = 30; b@y: count = 10; b@n: count = 40; "
         "chi2_statistic = 4.76; chi2_df = 2", ["p-value"]),
        # Of one category alone the rest is the other.
        ("a@y: count = 20; a: nobs = 50; b@y: count = 10; b: nobs = 50; chi2_statistic = 6.74",
         ["p-value"]),
        ("a@y: count = 20; a: nobs = 10; b@y: count = 10; b: nobs = 50; chi2_statistic = 6.74",
         ["population"]),
        ("a@y: count = 0; a: nobs = 10; b@y: count = 0; b: nobs = 50; chi2_statistic = 6.74", []),
        # Several answers could be chosen.
        ("a@y: count = 20; a@n: count = 30; b@y: count = 10; b@n: count = 40; "
         "a: nobs = 45; chi2_statistic = 6.74; b: nobs = 40", []),
        # Chi-square is 0.42, which a machine takes for a little less and cuts off.
        ("a@y: count = 2; a: nobs = 6; b@y: count = 3; b: nobs = 15; chi2_statistic = 0.419", []),
        ("a@y: count = 2; a: nobs = 6; b@y: count = 3; b: nobs = 15; chi2_statistic = 0.418",
         ["p-value"]),
        # po = .70, pe = .50: kappa = .40.
        ("all@y / y: count = 35; all@y / n: count = 15; all@n / y: count = 15; "
         "all@n / n: count = 35; kappa = .40", []),
        ("all@y / y: count = 35; all@y / n: count = 15; all@n / y: count = 15; "
         "all@n / n: count = 35; kappa = .60", ["agreement"]),
        ("observed_agreement = 70%; expected_agreement = 50%; kappa = .40", []),
        ("observed_agreement = 70%; expected_agreement = 50%; kappa = .70", ["agreement"]),
    ],
)  # fmt: skip
def test_estimates(rows, kinds):
    assert find(rows) == kinds


def test_what_is_said_of_an_interval():
    narrow = "mean = 10.0; std = 4.2; nobs = 25; ci_low = 8.56; ci_high = 11.44"
    assert find(narrow, "90% CI") == []
    assert find(narrow) == []
    assert find(narrow, "95% CI") == ["interval"]
    assert find(narrow, level=95) == ["interval"]
    uneven = "odds_ratio = 2.0; ci_low = 1.0; ci_high = 3.0"
    assert find(uneven, "profile likelihood") == []
    ratio = "a@yes: proportion = 40%; b@yes: proportion = 20%; all@yes: odds_ratio = 1.50"
    assert find(ratio, "adjusted for age") == []


def test_a_premise_and_a_hint_stand_with_the_finding():
    rows = (
        "a: mean = 5.0; a: std = 0.5; a: nobs = 30; b: mean = 4.0; b: std = 0.4; b: nobs = 30; "
        "t_statistic = 1.56"
    )
    (finding,) = check_published(make_table(rows))
    assert "(it would if these were standard errors)" in finding.line
    assert finding.premise == "a and b are the two groups compared"
    assert "taken for granted: a and b are" in "\n".join(check_all(make_table(rows)).as_lines())
