"""Tables of trials and experiments as journals print them: read, found true, found wrong."""

import pytest

from altcred.check.columns import cut_words
from altcred.check.consistency import check_file
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
