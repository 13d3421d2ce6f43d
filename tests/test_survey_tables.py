"""Tables of surveys and of regressions: rows of totals, and errors below coefficients."""

import pytest

from altcred.check.consistency import check_file
from altcred.check.wide import read_wide
from altcred.core.errors import InvalidInput

CROSSED = """\
Table 3. Pets by housing
Pet;Flat;House;Total
Cat;30 (46.9%);21 (25.0%);51 (34.5%)
Dog;14 (21.9%);45 (53.6%);59 (39.9%)
None;20 (31.3%);18 (21.4%);38 (25.7%)
Total;64 (100.0%);84 (100.0%);148 (100.0%)
Note. χ²(2, N = 148) = 15.61, p < .001
"""
VALID = """\
Income;Frequency;Percent;Valid percent;Cumulative percent
Low;88;21.4;22.3;22.3
Middle;137;33.3;34.8;57.1
High;169;41.0;42.9;100.0
Total;394;95.6;100.0;
Missing;18;4.4;;
Total;412;100.0;;
"""
TWO_LABELS = """\
Variable;Category;n;%
Pet;Cat;48;40.0
;Dog;72;60.0
;Total;120;100.0
Home;Flat;30;25.0
;Farm;57;47.5
;Boat;33;27.5
;Total;120;100.0
"""
BELOW = """\
;;Flat;House;Total
Cat;Count;30;21;51
;% within home;46.9%;25.0%;34.5%
Dog;Count;34;63;97
;% within home;53.1%;75.0%;65.5%
Total;Count;64;84;148
;% within home;100.0%;100.0%;100.0%
"""
ABOVE = """\
Year;Theme;Statement;Measure;Disagree;Neither;Agree
2021;Streets;The pavements are in good repair;Percentage;36.2%;45.2%;18.6%
2021;Streets;The pavements are in good repair;Count;140;175;72
2021;Streets;The roads are clean;Percentage;37.9%;45.2%;16.9%
2021;Streets;The roads are clean;Count;222;265;99
2021;Parks;There are enough benches;Percentage;50.8%;37.9%;11.3%
2021;Parks;There are enough benches;Count;225;168;50
2021;Parks;The paths are safe at night;Percentage;18.7%;40.1%;41.2%
2021;Parks;The paths are safe at night;Count;133;286;294
"""
SUBTOTALS = """\
Faculty;Bachelor;Master;Total
Sciences;;;
  Physics;21;54;75
  Biology;52;45;97
  Subtotal;73;99;172
Humanities;;;
  History;44;24;68
  Music;56;19;75
  Subtotal;100;43;143
Total;173;142;315
"""
YES_NO = """\
Answer;Year 1;Year 2;Total
Yes;12;15;27
No;30;22;52
Total;42;37;79
"""
MODELS = """\
Table 2. Determinants of log wage
;Dependent variable: log wage;;
;OLS;OLS;OLS
;(1);(2);(3)
Education;0.092***;0.091***;0.089***
;(0.007);(0.007);(0.007)
Female;;;-0.286***
;;;(0.040)
Region FE;No;Yes;Yes
Mean of wage;1.54;1.54;1.54
F statistic;158.26*** (df = 1; 524);66.10*** (df = 2; 523);66.89*** (df = 3; 522)
Observations;526;526;526
R-squared;0.232;0.275;0.339
Standard errors in parentheses. *** p<0.01; ** p<0.05; * p<0.1
"""
BALANCE = """\
;Control;Treatment;Difference;p-value
Years of education;12.306;12.461;0.155;0.549
;(3.007);(2.928);(0.259);
Observations;255;271;526;
Standard deviations in parentheses
"""
INTERVALS = """\
Variable;Model 1;Model 2
Education;0.092;0.089
;[0.078, 0.106];[0.075, 0.103]
N;526;526
95% confidence intervals in brackets
"""
TABLES = [CROSSED, VALID, TWO_LABELS, BELOW, ABOVE, SUBTOTALS, YES_NO, MODELS, BALANCE, INTERVALS]


def _write(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", TABLES)
def test_a_consistent_table_has_no_contradiction(tmp_path, text):
    assert check_file(_write(tmp_path, text)).findings == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cell"),
    [
        (CROSSED, "45 (53.6%)", "45 (56.3%)", "C4:proportion"),
        (CROSSED, "59 (39.9%)", "95 (39.9%)", "D4"),
        (VALID, "137", "173", "B3"),
        (VALID, "34.8", "38.4", "D3"),
        (TWO_LABELS, "57;47.5", "75;47.5", "C6"),
        (TWO_LABELS, "Boat;33;27.5\n;Total;120", "Boat;33;27.5\n;Total;102", "C8"),
        (BELOW, "34;63;97", "43;63;97", "C4"),
        (BELOW, "75.0%", "57.0%", "D4:proportion"),
        (ABOVE, "45.2%;16.9%", "45.2%;19.6%", "G4:proportion"),
        # Its row has no other size than the sum of its counts.
        (ABOVE, "225;168;50", "225;186;50", "F6:proportion"),
        (SUBTOTALS, "52;45;97", "25;45;97", "B4"),
        (SUBTOTALS, "100;43;143", "100;34;143", "C9"),
        (YES_NO, "No;30", "No;33", "B3"),
        (MODELS, "-0.286***", "-0.0286***", "D7"),
        (MODELS, "(0.040)", "(0.400)", "D7:std_error"),
        (BALANCE, "0.155", "0.515", "D2"),
        (INTERVALS, "[0.078, 0.106]", "[0.087, 0.106]", "B2:coefficient_ci_low"),
    ],
)
def test_a_slip_is_found_in_its_cell(tmp_path, text, right, wrong, cell):
    assert text.count(right) == 1
    findings = check_file(_write(tmp_path, text.replace(right, wrong))).findings
    assert cell in {id for finding in findings for id in finding.ids}


def test_models_keep_their_coefficients_and_leave_out_the_rest(tmp_path):
    wide = read_wide(_write(tmp_path, MODELS))
    figures = {row["id"]: (row["subgroup"], row["statistic"], row["printed"]) for row in wide.rows}
    assert figures["D7"] == ("OLS (3)", "coefficient", "-0.286")
    assert figures["D7:coefficient_pvalue"] == ("OLS (3)", "coefficient_pvalue", "0.01")
    assert {key[1:] for key in figures} & {"9", "10", "11"} == set()
    assert any("Yes is of a model, and left out" in line for line in wide.cells)


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("Odds ratios of turnout", "Standard errors in parentheses. * p<0.05"),
        ("Logit models of turnout", "Standard errors in parentheses. * p<0.05"),
        ("Turnout", "Standard errors in parentheses. * p<0.05 by wild bootstrap"),
        ("Turnout", "Standard errors in parentheses."),
        ("Turnout", "t statistics in parentheses. * p<0.05"),
    ],
)
def test_stars_that_may_be_of_another_test_are_left_alone(tmp_path, title, note):
    text = f"{title}\n;(1);(2)\nEducation;0.10*;0.12*\n;(0.09);(0.08)\nN;526;526\n{note}\n"
    assert check_file(_write(tmp_path, text)).findings == []


def test_brackets_of_which_nothing_says_what_they_are_are_refused_once_a_column(tmp_path):
    rows = "".join(f"X{place};0.2*;0.3*\n;(0.1);(0.1)\n" for place in range(4))
    with pytest.raises(InvalidInput) as refused:
        read_wide(_write(tmp_path, f";(1);(2)\n{rows}N;526;526\n* p<0.1\n"))
    assert len(refused.value.problems) == 2
    assert "Standard errors in parentheses" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        # Weighted shares are not those of the counts beside them.
        "Party;n;%\nRed;310;35.2\nBlue;280;33.9\nGrey;210;30.9\nTotal;800;100.0\n",
        # Several answers make more than all people.
        "Reason;n;%\nCareer;120;60.0\nInterest;90;45.0\nPaper;50;25.0\nTotal;260;130.0\n",
        # The total of means is no sum.
        "Group;n;Mean;SD\nTeachers;30;3.50;0.80\nHeads;20;3.90;0.70\nTotal;50;3.66;0.78\n",
    ],
)
def test_totals_of_other_kinds_raise_no_alarm(tmp_path, text):
    assert check_file(_write(tmp_path, text)).findings == []


def test_columns_of_words_and_ranks_are_left_out(tmp_path):
    text = "Item,M,SD,Rank,Meaning\nJoy,3.51,1.16,1,Agree\nEase,3.40,1.05,2,Agree\n"
    wide = read_wide(_write(tmp_path, text))
    assert [one.letter for one in wide.plan.columns if one.skip] == ["D", "E"]
    assert [row["statistic"] for row in wide.rows] == ["mean", "std", "mean", "std"]


WEIGHTED = """\
Vote;Men (n = 90), n (%);Women (n = 102), n (%);Total (n = 192), n (%)
Red;30 (13.5);40 (22.0);70 (12.9)
Blue;12 (40.3);20 (30.1);32 (41.0)
Grey;48 (46.2);42 (47.9);90 (46.1)
Note. Percentages are weighted to the census.
"""
CORRECTED = """\
Scale;t(80);p
Worry;2.19;.093
Care;2.60;.033
Note. p values are Bonferroni-adjusted for three tests.
"""
ONE_TAILED = "Scale;t(80);p\nWorry;2.19;.016\nCare;1.70;.047\nAll tests are one-tailed.\n"


@pytest.mark.parametrize("text", [WEIGHTED, CORRECTED, ONE_TAILED])
def test_what_a_note_says_of_the_table_holds_for_its_figures(tmp_path, text):
    path = _write(tmp_path, text)
    report = check_file(path)
    assert (report.findings, report.odd) == ([], [])
    rows = text.splitlines()
    findings = check_file(_write(tmp_path, "\n".join(rows[:-1]))).findings
    assert bool(findings) == (text is not ONE_TAILED)


def test_a_heading_of_the_rows_says_that_shares_are_weighted(tmp_path):
    rows = WEIGHTED.replace("Vote;", "Vote (weighted);").splitlines()
    assert check_file(_write(tmp_path, "\n".join(rows[:-1]))).findings == []


def test_shares_that_are_of_no_one_number_are_taken_for_weighted(tmp_path):
    # 9 of 90 are 10.0%, and none of the printed shares is that of its count.
    rows = [
        "Vote;n;%",
        "Green;9;12.4",
        "Blue;31;28.8",
        "Red;40;47.7",
        "None;10;11.1",
        "Total;90;100",
    ]
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    assert check_file(path).findings == []
    # One that is wrong among right ones is found.
    rows[1:4] = ["Green;9;10.0", "Blue;31;43.4", "Red;40;44.4"]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert any("B3" in one.ids or "C3" in one.ids for one in check_file(path).findings)
