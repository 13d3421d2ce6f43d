"""Cells as articles print them: which numbers stand in one, and what each of them is."""

import pytest

from altcred.check.cells import Cell, assign, read_cell, read_forms, split_printed
from altcred.check.consistency import check_file
from altcred.check.published import COLUMNS, read_published
from altcred.core.errors import InvalidInput

CELLS = [
    ("17 (40.5%)", ("17", "40.5%"), "#(#)"),
    ("6.25 ± 1.50", ("6.25", "1.50"), "#±#"),
    ("6.25 (1.50)b", ("6.25", "1.50"), "#(#)"),
    ("9 [3, 14]", ("9", "3", "14"), "#[#,#]"),
    ("9 (3–14)", ("9", "3", "14"), "#(#-#)"),
    ("2.4 (1.1 to 5.2)", ("2.4", "1.1", "5.2"), "#(#to#)"),
    ("–0.5 (–0.9, –0.1)", ("-0.5", "-0.9", "-0.1"), "#(#,#)"),
    ("17/42 (40.5%)", ("17", "42", "40.5%"), "#/#(#)"),
    ("17 of 42", ("17", "42"), "#of#"),
    ("p < 0.001***", ("< 0.001",), "#"),
    ("n.s.", ("> .05",), "#"),
    ("−0.3", ("-0.3",), "#"),
    ("12 345", ("12,345",), "#"),
    ("1,550,925.75", ("1,550,925.75",), "#"),
    ("1.00 (ref)", (), ""),
    ("–", (), ""),
]


@pytest.mark.parametrize(("text", "numbers", "shape"), CELLS)
def test_the_numbers_of_a_cell_are_told_apart(text, numbers, shape):
    assert read_cell(text) == Cell(numbers, shape)


@pytest.mark.parametrize("text", ["lots", "3 and a half", "12 (34.3%", "5 6 7"])
def test_what_is_no_form_of_a_cell_is_not_guessed(text):
    assert read_cell(text) is None


def test_a_decimal_comma_is_read_where_a_table_has_it():
    assert read_cell("1.234 (34,3 %)", ",") == Cell(("1234", "34.3%"), "#(#)")
    assert read_cell("<0,001", ",") == Cell(("<0.001",), "#")


@pytest.mark.parametrize(
    ("heading", "forms"),
    [
        ("No. of patients (%)", [("count", "percent")]),
        ("M ± SD", [("mean", "std")]),
        ("Median [Q1–Q3]", [("median", "quantile_25", "quantile_75")]),
        ("Median (min–max)", [("median", "min", "max")]),
        ("Adjusted OR (95% CI)", [("odds_ratio", "ci_low", "ci_high")]),
        ("n (%) or mean (SE)", [("count", "percent"), ("mean", "std_error")]),
        ("F", [("f_statistic",)]),
        ("P value", [("pvalue",)]),
        ("Control", []),
        ("Mean arterial pressure", []),
    ],
)
def test_the_words_of_a_heading_say_what_a_cell_is(heading, forms):
    assert list(read_forms(heading)) == forms


def test_a_share_and_a_count_are_told_by_the_sign():
    prints = assign(read_cell("40.5% (17)"), ("count", "percent"))
    assert [(one.statistic, one.printed) for one in prints] == [
        ("proportion", "40.5%"),
        ("count", "17"),
    ]
    assert assign(read_cell("17.5 (40)"), ("count", "percent")) is None


def test_what_stands_around_tells_an_error_from_a_deviation():
    statistics = [one.statistic for one in split_printed("mean", "6.25 ± 0.15", "values are SE")]
    assert statistics == ["mean", "std_error"]
    assert [one.statistic for one in split_printed("mean (sd)", "6.25 (1.5)")] == ["mean", "std"]
    assert list(split_printed("proportion", "4%-10%")) == []


def _write(path, rows, delimiter=","):
    quoted = (
        [f'"{cell}"' if delimiter in cell else cell for cell in row] for row in [COLUMNS, *rows]
    )
    path.write_text("\n".join(map(delimiter.join, quoted)) + "\n", encoding="utf-8")
    return path


def _row(id, statistic, printed, n="", category="yes"):
    where = ("paper", "Table 1", "", "base", "all", "smoker", category)
    return (id, *where, statistic, printed, "", n, "")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_cell_of_two_figures_becomes_two_rows(tmp_path, delimiter):
    rows = [_row("a", "count", "17 (40.5%)", "42"), _row("b", "mean", "6.25 ± 1.50", "42", "")]
    frame = read_published(_write(tmp_path / "f.csv", rows, delimiter))
    assert frame[["id", "statistic", "printed"]].to_numpy().tolist() == [
        ["a", "count", "17"],
        ["a:proportion", "proportion", "40.5%"],
        ["b", "mean", "6.25"],
        ["b:std", "std", "1.50"],
    ]


def test_a_share_that_its_count_does_not_give_is_found(tmp_path):
    rows = [_row("a", "count", "17 (45.0%)", "42")]
    (finding,) = check_file(_write(tmp_path / "f.csv", rows)).findings
    assert set(finding.ids) & {"a", "a:proportion"}


def test_a_cell_of_unknown_figures_is_refused_with_the_remedy(tmp_path):
    rows = [_row("a", "mode", "4 [2, 7]")]
    with pytest.raises(InvalidInput, match=r"line 2 \(a\).*a row for each of its figures"):
        read_published(_write(tmp_path / "f.csv", rows))
