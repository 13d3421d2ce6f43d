"""Tables as articles print them, groups side by side, read and checked without rewriting."""

import pytest

from altcred.check.consistency import check_file, explain_file
from altcred.check.grid import letter_of, read_grid
from altcred.check.wide import read_wide
from altcred.core.errors import InvalidInput

PATIENTS = """\
Table 1. Patients
Characteristic;Usual care (n = 45);Coaching (n = 48);Total (n = 93);p
Age, mean (SD);51,2 (8,4);50,3 (7,9);50,7 (8,1);0,59
Sex, n (%);;;;0,71
  Women;25 (55,6);28 (58,3);53 (57,0);
  Men;20 (44,4);20 (41,7);40 (43,0);
Smoker, n (%);11 (24,4);9 (18,8);20 (21,5);n.s.
Income, median [IQR];1.250 [900; 1.800];1.300 [950; 1.900];1.280 [920; 1.850];
Data are as stated.
"""
SCALES = """\
Scale,Control (n = 40),,Training (n = 42),,,
,M,SD,M,SD,t(80),p
Worry,3.51,0.82,3.12,0.79,2.19,.031*
Low mood,2.40,0.71,2.35,0.69,0.32,.75
"""
MODEL = """\
Predictor,B,SE,t,p,95% CI
Intercept,1.20,0.40,3.00,.003,"[0.41, 1.99]"
Age,0.03,0.01,3.00,.003,"[0.01, 0.05]"
"""
TIMES = """\
Measure,Pre-test,,Post-test,,t,df,p
,M,SD,M,SD,,,
Knowledge,5.2,1.1,6.3,1.0,-6.10,29,<.001
"""
ROW_SHARES = """\
School,Walks n (%),Rides n (%),Total n
Hill,30 (60.0),20 (40.0),50
Lake,25 (31.3),55 (68.8),80
Dale,10 (14.3),60 (85.7),70
"""
FREQUENCIES = """\
,Frequency,Percent
Pet,,
Cat,48,48.0
Dog,52,52.0
House,,
Flat,20,20.0
Farm,50,50.0
Boat,30,30.0
"""
TABLES = [PATIENTS, SCALES, MODEL, TIMES, ROW_SHARES, FREQUENCIES]


def _write(tmp_path, text, layout=""):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    if layout:
        (tmp_path / "table.layout.yaml").write_text(layout, encoding="utf-8")
    return path


def _figures(path):
    return {row["id"]: row for row in read_wide(path).rows}


@pytest.mark.parametrize("text", TABLES)
def test_a_consistent_table_has_no_contradiction(tmp_path, text):
    assert check_file(_write(tmp_path, text)).findings == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cell"),
    [
        (PATIENTS, "11 (24,4)", "11 (42,4)", "B7"),
        (PATIENTS, "53 (57,0)", "58 (57,0)", "D5"),
        (PATIENTS, "20 (41,7)", "30 (41,7)", "C6"),
        (SCALES, ".031*", ".31", "G3"),
        (TIMES, "<.001", ".61", "H3"),
        (ROW_SHARES, "25 (31.3)", "25 (33.3)", "B3"),
        (FREQUENCIES, "50,50.0", "50,55.0", "C7"),
    ],
)
def test_a_slip_is_found_in_its_cell(tmp_path, text, right, wrong, cell):
    findings = check_file(_write(tmp_path, text.replace(right, wrong))).findings
    assert any(id.partition(":")[0] == cell for finding in findings for id in finding.ids)


def test_each_cell_becomes_figures_of_its_group(tmp_path):
    figures = _figures(_write(tmp_path, PATIENTS))

    def show(id):
        row = figures[id]
        return tuple(
            row[part] for part in ("subgroup", "variable", "category", "statistic", "printed", "n")
        )

    assert show("B3:std") == ("Usual care", "Age", "", "std", "8.4", "45")
    assert show("C5") == ("Coaching", "Sex", "Women", "count", "28", "48")
    assert show("D7:proportion") == ("all", "Smoker", "yes", "proportion", "21.5%", "93")
    assert show("B8:quantile_75") == ("Usual care", "Income", "", "quantile_75", "1800", "45")
    assert show("E7") == ("Usual care vs Coaching", "Smoker", "", "pvalue", ".05", "")
    assert figures["E7"]["qualifier"] == ">"


def test_relations_follow_from_the_table(tmp_path):
    wide = read_wide(_write(tmp_path, PATIENTS))
    assert wide.relations.partitions[0].parts == ["Usual care", "Coaching"]
    assert wide.relations.variables["Sex"].exclusive
    assert "Smoker" not in wide.relations.variables


def test_moments_are_compared_in_pairs_and_models_by_row(tmp_path):
    assert _figures(_write(tmp_path, TIMES))["F3"]["wave"] == "Pre-test-Post-test"
    figures = _figures(_write(tmp_path, MODEL))
    assert [figures[f"{letter}3"]["statistic"] for letter in "BCDE"] == [
        "coefficient", "coefficient_std_error", "t_statistic", "pvalue",
    ]  # fmt: skip
    assert figures["F3:ci_high"]["printed"] == "0.05"


def test_degrees_of_freedom_may_stand_in_the_heading(tmp_path):
    assert _figures(_write(tmp_path, SCALES))["F3:df"]["printed"] == "80"


UNCLEAR = """\
Measure,Old (n = 30),New (n = 31)
Days in hospital,5 (3–8),9 (5–14)
Pain,lots,2.5 ± 0.4
"""


def test_a_cell_that_could_be_several_things_is_refused_with_place_and_remedy(tmp_path):
    with pytest.raises(InvalidInput) as raised:
        check_file(_write(tmp_path, UNCLEAR))
    first, _, third = map(str, raised.value.problems)
    assert "row 2 (Days in hospital), column B (Old (n = 30)): nothing says what '5 (3–8)'" in first
    assert "rows: {2: {cell: ...}}" in first
    assert "row 3 (Pain), column B (Old (n = 30)): 'lots' is not understood" in third


def test_a_layout_says_what_the_words_do_not(tmp_path):
    layout = """\
columns:
  B: {group: before}
rows:
  Days in hospital: {cell: median (iqr)}
  Pain: {skip: true}
"""
    figures = _figures(_write(tmp_path, UNCLEAR, layout))
    assert figures["B2:quantile_25"]["subgroup"] == "before"
    assert "B3" not in figures


def test_a_layout_that_fits_nothing_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match=r"table\.layout\.yaml: rows\.Weight: is not in"):
        read_wide(_write(tmp_path, SCALES, "rows: {Weight: {skip: true}}"))
    with pytest.raises(InvalidInput, match="'size of it' does not name statistics"):
        read_wide(_write(tmp_path, SCALES, "columns: {B: {cell: size of it}}"))


@pytest.mark.parametrize("text", TABLES)
def test_a_draft_reads_as_the_table_itself(tmp_path, text):
    path = _write(tmp_path, text)
    before = _figures(path)
    draft = "\n".join(explain_file(path, draft=True))
    assert _figures(_write(tmp_path, text, draft)) == before


def test_a_row_with_too_many_cells_is_refused(tmp_path):
    text = "Item,n,%\nRice,1,234,40.0\nOats,900,30.0\nCorn,900,30.0\n"
    with pytest.raises(InvalidInput, match="row 2: has 4 cells, and most rows 3"):
        check_file(_write(tmp_path, text))


def test_the_same_quantity_in_two_columns_is_refused(tmp_path):
    text = "Item,M,SD\nTrust,3.5,0.8\nTrust 2,3.4,0.7\n"
    layout = "rows: {Trust 2: {variable: Trust}}"
    with pytest.raises(InvalidInput, match="is the same quantity as row 2"):
        read_wide(_write(tmp_path, text, layout))


def test_every_digit_of_a_large_number_is_kept(tmp_path):
    text = 'Item,Mean\nSales,"1,550,925.75"\n'
    assert _figures(_write(tmp_path, text))["B2"]["printed"] == "1,550,925.75"


def test_a_bracket_keeps_its_delimiter_and_columns_have_letters(tmp_path):
    path = _write(tmp_path, "Item,Median (IQR)\nRooms,4 [2, 7]\nDoors,5 [3, 8]\n")
    assert read_grid(path)[1] == (2, ["Rooms", "4 [2, 7]"])
    assert [letter_of(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_quoted_cells_may_hold_other_delimiters(tmp_path):
    path = _write(tmp_path, 'Item,Mean\n"Rooms; ""large"", all",4.5\nDoors,5.1\n')
    assert read_grid(path)[1] == (2, ['Rooms; "large", all', "4.5"])


def test_each_cell_is_explained(tmp_path):
    lines = list(explain_file(_write(tmp_path, PATIENTS)))
    assert "column B (Usual care (n = 45)): of Usual care, n = 45: as its rows say" in lines
    assert any(line.endswith("28 (58,3) is count 28, proportion 58.3%") for line in lines)
    assert "all (93) are made of Usual care, Coaching (93)." in lines


AGES = """\
Characteristic;Women (n = 45);Men (n = 48)
Age
  Mean (SD);51.2a (8.4);50.3 b (7.9)*
  Range;18-65;20–71
  Median (range);50¹ (18-65);51 (20-73)
Smokers, %;34%b;
Mood, mean;3.3ab;2.2†
"""


def test_marks_are_left_out_and_a_range_is_one_cell(tmp_path):
    lines = read_wide(_write(tmp_path, AGES)).cells
    told = {line.partition(": ")[2] for line in lines}
    assert told >= {
        "51.2a (8.4) is mean 51.2, std 8.4, without its mark a",
        "20–71 is min 20, max 71",
        "50¹ (18-65) is median 50, min 18, max 65, without its mark ¹",
        "34%b is proportion 34%, without its mark b",
        "3.3ab is mean 3.3, without its mark ab",
        "2.2† is mean 2.2, without its mark †",
    }
    findings = check_file(_write(tmp_path, AGES)).findings
    # The range of men stands in two rows, and not alike.
    assert [(one.kind, one.ids) for one in findings] == [("repeated", ("C4:max", "C5:max"))]


ODDS = """\
Risk;OR (95% CI);aOR (95% CI);p
Young;1.00;1.00;
Middle;1.52 (1.01–2.28);1.40 (0.92–2.13);1.2e-1
Old;2.10 (1.30, 3.39);1.95 (1.18, 3.22);9 × 10⁻³
"""


def test_a_p_goes_with_the_ratio_before_it(tmp_path):
    found = check_file(_write(tmp_path, ODDS))
    assert found.findings == []
    rows = {row["id"]: row for row in read_wide(_write(tmp_path, ODDS)).rows}
    assert rows["D3"]["subgroup"] == rows["C3"]["subgroup"] != rows["B3"]["subgroup"]
    assert (rows["D3"]["printed"], rows["D4"]["printed"]) == ("0.12", "0.009")
    wrong = ODDS.replace("1.2e-1", "1.2e-2")
    assert [one.kind for one in check_file(_write(tmp_path, wrong)).findings] == ["interval"]


def test_rows_of_a_model_are_no_coefficients(tmp_path):
    text = (
        "Predictor;Model 1;;;Model 2;;\n;B;SE;p;B;SE;p\nAge;0.12**;0.04;.003;0.10;0.05;.046\n"
        "R²;.14;;;.17;;\nAIC;310.2;;;305.1;;\nN;240;;;238;;\n"
    )
    wide = read_wide(_write(tmp_path, text))
    rows = {row["id"]: row for row in wide.rows}
    assert (rows["B4"]["statistic"], rows["B4"]["variable"]) == ("r_squared", "model")
    assert "B5" not in rows
    assert any(line.endswith("310.2 is of a model, and left out") for line in wide.cells)
    assert rows["D3"]["subgroup"] == "Model 1"
    assert rows["G3"]["subgroup"] == "Model 2"


def test_a_letter_after_a_word_is_the_name_of_a_group(tmp_path):
    text = "Task;Group A (n = 20) M (SD);Group B (n = 20) M (SD);F(1, 38);p;η2p\n"
    path = _write(tmp_path, text + "Recall;10.1 (2.2);11.5 (2.0);4.43;.042;.10\n")
    wide = read_wide(path)
    assert [column.group for column in wide.plan.columns[:2]] == ["Group A", "Group B"]
    assert wide.plan.columns[4].forms == (("partial_eta_squared",),)
    assert check_file(path).findings == []


JOBS = """\
Characteristic;Women (n = 100);Men (n = 100);All (n = 200)
Employed, n (%);60 (60.0);60 (60.0);120 (60.0)
  Full-time;30 (30.0);45 (45.0);75 (37.5)
  Part-time;30 (30.0);15 (15.0);45 (22.5)
Ill, n (%);30 (30.0);20 (20.0);50 (25.0)
  Diabetes;10 (10.0);15 (15.0);25 (12.5)
  Asthma;5 (5.0);15 (15.0);20 (10.0)
"""


def test_rows_below_one_with_figures_are_its_breakdown_where_they_make_it(tmp_path):
    wide = read_wide(_write(tmp_path, JOBS))
    assert "Employed is made of Full-time, Part-time." in wide.said
    assert not wide.relations.describe("Ill").breakdowns
    assert check_file(_write(tmp_path, JOBS)).findings == []
    wrong = JOBS.replace("15 (15.0);45 (22.5)", "19 (19.0);45 (22.5)")
    found = check_file(_write(tmp_path, wrong)).findings
    assert ("C2", "C3", "C4") in {one.ids for one in found}
    draft = "\n".join(explain_file(_write(tmp_path, JOBS), draft=True))
    assert "breakdown: true" in draft
    assert "breakdown: false" in draft
    again = read_wide(_write(tmp_path, JOBS, draft))
    assert (again.rows, again.said) == (wide.rows, wide.said)
    told = _write(tmp_path, wrong, "rows: {Employed: {breakdown: false}}")
    assert not [one for one in check_file(told).findings if one.ids == ("C2", "C3", "C4")]


def test_a_number_of_another_kind_is_no_mean(tmp_path):
    text = "Item;Ill (n = 60);Well (n = 40);SMD\nSamples;60;40;\n"
    text += "Age, mean (SD);57.6 (17.0);44.8 (19.4);0.70\n"
    rows = {row["id"]: row for row in read_wide(_write(tmp_path, text)).rows}
    assert (rows["B2"]["variable"], rows["D3"]["statistic"]) == ("responses", "smd")
    with pytest.raises(InvalidInput, match="'12' is no mean"):
        read_wide(_write(tmp_path, text.replace("44.8 (19.4)", "12")))
