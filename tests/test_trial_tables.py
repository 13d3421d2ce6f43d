"""Tables of trials and experiments as journals print them: read, found true, found wrong."""

import pytest

from altcred.check.columns import cut_words
from altcred.check.consistency import check_file, explain_file
from altcred.check.wide import read_wide


def _write(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _find(tmp_path, text):
    findings = check_file(_write(tmp_path, text)).findings
    return {id.partition(":")[0] for finding in findings for id in finding.ids}


@pytest.mark.parametrize(
    ("label", "name", "form"),
    [
        ("Male sex — no. (%)", "Male sex", ("count", "percent")),
        ("Relapse, n/N (%)", "Relapse", ("count", "nobs", "percent")),
        ("Weight, mean (SD), kg", "Weight, kg", ("mean", "std")),
        ("Stay, median (IQR), d", "Stay, d", ("median", "quantile_25", "quantile_75")),
        ("Height, mean ± SD, cm", "Height, cm", ("mean", "std")),
    ],
)
def test_the_words_of_medical_journals(label, name, form):
    assert cut_words(label, of_row=True) == (name, (form,))


def test_no_and_n_alone_are_names():
    assert cut_words("Smoker no", of_row=True) == ("Smoker no", ())
    assert cut_words("Group N") == ("Group N", ())


# 30 * 90 / (20 * 45) = 3 against none, and 30 * 115 / (45 * 35) = 2.19 against all others.
CASES = """\
;Cases (n=75);Controls (n=155);OR (95% CI);Adjusted OR (95% CI)
Coffee;;;;
None;20 (26.7);90 (58.1);1 (Reference);1 (Reference)
Some;25 (33.3);30 (19.4);3.75 (1.82–7.73);3.10 (1.44–6.67)
Much;30 (40.0);35 (22.6);3.86 (1.94–7.67);3.20 (1.55–6.61)
"""
# A risk of death is 20 / 50 of those with it and 30 / 150 of those without.
DEATHS = """\
Characteristic;Died (n = 50);Survived (n = 150);Relative risk (95% CI)
Fever, n (%);20 (40.0);30 (20.0);2.00 (1.26–3.17)
Cough, n (%);25 (50.0);75 (50.0);1.00 (0.62–1.61)
"""


@pytest.mark.parametrize("text", [CASES, DEATHS])
def test_a_ratio_against_a_reference_or_by_row_is_true(tmp_path, text):
    assert _find(tmp_path, text) == set()


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cell"),
    [
        (CASES, "3.75 (1.82–7.73)", "1.75 (0.85–3.61)", "D4"),
        (DEATHS, "2.00 (1.26–3.17)", "3.00 (1.89–4.76)", "D2"),
    ],
)
def test_a_wrong_ratio_is_found(tmp_path, text, right, wrong, cell):
    assert cell in _find(tmp_path, text.replace(right, wrong))


def test_an_interval_beside_a_ratio_ends_no_list_of_categories(tmp_path):
    rows = read_wide(_write(tmp_path, CASES)).rows
    assert {row["variable"] for row in rows} == {"Coffee", "responses"}


@pytest.mark.parametrize("words", ["Class — no. (%)", "Class"])
def test_a_share_that_its_count_does_not_give_is_found(tmp_path, words):
    text = f"""\
Characteristic;A (N = 152);B (N = 149)
{words};;
  I;69 (44.5);73 (49.0)
  II;83 (54.6);76 (51.0)
"""
    assert _find(tmp_path, text) == {"B3"}


VARIANCE = """\
Source;SS;df;MS;F;p;ηp²
Cue;12.10;1;12.10;6.05;.016;.07
Delay;20.40;2;10.20;5.10;.008;.11
Cue × Delay;1.60;2;0.80;0.40;.67;.01
Error;168.00;84;2.00;;;
Total;202.10;89;;;;
"""
LOGISTIC = """\
Variable;B;S.E.;Wald;df;Sig.;Exp(B);95% CI for Exp(B)
Age;0.050;0.020;6.25;1;.012;1.05;1.01–1.09
Smoker;0.800;0.300;7.11;1;.008;2.23;1.24–4.01
"""
RARE = """\
Event;Drug (n=1,204);Placebo (n=1,198)
Nausea;301 (25);148 (12)
Hepatitis;7 (1);1 (<1)
Rash;5 (<1);0 (0)
"""
EFFECTS = """\
Effect;df;F;p;ηp²
Prime;1, 94;6.13;.015;.061
Block;2, 188;3.22;.042;.033
"""
SURVIVAL = """\
Endpoint;Arm A (N=210);Arm B (N=205);HR (95% CI);Log-rank P
12-month survival, % (95% CI);56.2 (49.2–62.6);47.1 (40.1–53.8);0.74 (0.58–0.94);0.013
Response, n (%);71 (33.8);45 (22.0);;0.007
"""
MATRIX = """\
Variable;M;SD;1;2;3
1. Strain;3.24;0.88;—;;
2. Freedom;2.41;0.59;.43***;—;
3. Support;4.20;0.78;−.28**;.32***;—
"""
CHANGES = """\
;Control (n = 61);;Coaching (n = 58);;Difference (95%-KI);p
Outcome;Week 12;Change;Week 12;Change;;
Mood, mean (SD);18,8 (3,0);-1,2 (2,6);16,0 (3,0);-3,5 (3,3);-2,3 (-3,4 bis -1,2);<0,001
"""
COMPARED = """\
Comparison;Mean difference;SE;t;df;p;d
A vs. B;0.46;0.20;2.30;78;.024;0.51
A vs. C;0.91;0.21;4.33;78;<.001;0.97
"""
PRINTED = [VARIANCE, LOGISTIC, RARE, EFFECTS, SURVIVAL, MATRIX, CHANGES, COMPARED]


@pytest.mark.parametrize("text", PRINTED)
def test_a_true_table_is_read_and_has_no_contradiction(tmp_path, text):
    assert _find(tmp_path, text) == set()


@pytest.mark.parametrize(
    ("text", "right", "wrong", "cell"),
    [
        (VARIANCE, ".008", ".080", "F3"),
        (VARIANCE, ".11", ".21", "G3"),
        (LOGISTIC, "0.300", "0.330", "C3"),
        (LOGISTIC, "1.24–4.01", "1.42–4.01", "H3"),
        (RARE, "301 (25)", "301 (52)", "B2"),
        (EFFECTS, ".042", ".024", "D3"),
        (SURVIVAL, "47.1 (40.1–53.8)", "74.1 (40.1–53.8)", "C2"),
        (SURVIVAL, "45 (22.0)", "54 (22.0)", "C3"),
        (MATRIX, ".43***", "4.3***", "D3"),
        (COMPARED, "0.46;0.20", "0.46;0.02", "C2"),
    ],
)
def test_a_slip_in_a_table_of_an_analysis_is_found(tmp_path, text, right, wrong, cell):
    assert right in text
    assert cell in _find(tmp_path, text.replace(right, wrong))


def test_an_unnamed_estimate_and_a_change_keep_their_parts(tmp_path):
    text = "Group;Rate per 100 person-years (95% CI)\nDrug;24.8 (19.6–30.9)\n"
    rows = read_wide(_write(tmp_path, text + "Placebo;44.5 (36.7–53.4)\n")).rows
    assert [row["statistic"] for row in rows[:3]] == [
        "estimate", "estimate_ci_low", "estimate_ci_high",
    ]  # fmt: skip
    rows = read_wide(_write(tmp_path, CHANGES)).rows
    changes = [
        row for row in rows if row["locator"].endswith("column E (Coaching (n = 58) / Change)")
    ]
    assert [(row["subgroup"], row["statistic"]) for row in changes] == [
        ("Coaching", "difference"), ("Coaching", "difference_std"),
    ]  # fmt: skip


def test_an_impossible_effect_size_stops_nothing(tmp_path):
    text = VARIANCE.replace(".07\n", ".70\n").replace(".11\n", ".70\n")
    assert {"G2", "G3"} <= _find(tmp_path, text)


def test_a_draft_tells_a_column_headed_f_from_the_column_f(tmp_path):
    path = _write(tmp_path, VARIANCE)
    before = read_wide(path).rows
    draft = "\n".join(explain_file(path, draft=True))
    (tmp_path / "table.layout.yaml").write_text(draft, encoding="utf-8")
    assert read_wide(path).rows == before
