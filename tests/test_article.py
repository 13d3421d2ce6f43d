"""Tests that articles report: how they are found, recomputed and told."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from click.testing import CliRunner

from altcred.check.article import check_article, read_article, write_tests
from altcred.check.recomputed import CONSISTENT, DECISION, ERROR, IMPOSSIBLE, UNCHECKED, recompute
from altcred.check.reported import find_tests, list_adjustments
from altcred.cli import main
from altcred.core.errors import InvalidInput
from altcred.write.article import article_section


def read(text: str) -> list[tuple]:
    """Return what was found: the test, its degrees of freedom, statistic and p."""
    return [
        (
            one.kind,
            *(float(df) for df in one.degrees),
            f"{one.value.comparison}{one.value.text}",
            "" if one.p is None else f"{one.p.comparison}{one.p.text}",
        )
        for one in find_tests(text)
    ]


def judge(text: str, **options) -> list[str]:
    return [one.verdict for one in recompute(find_tests(text), **options)]


# Found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "They differed, t(31) = 2.41, p = .022.",
        "t ( 31 ) = 2.41 , p = .022",
        "t(31)=2.41,p=.022",
        "t[31] = 2.41; p = .022",
        "t{31} = 2.41, p = 0.022",
        "t31 = 2.41, P = .022",
        "t_{31} = 2.41, p = .022",
        "t(df = 31) = 2.41, p-value = .022",
        "t = 2.41, df = 31, p = .022",
        "t(31) = 2.41, 95% CI [0.12, 1.30], d = 0.84, p = .022",
        "t(31) = 2.41, which was significant (p = .022)",
        "(p = .022, t(31) = 2.41)",
        "\U0001d461(31) = 2.41, \U0001d45d = .022",
        "t(31) = 2.41, p = . 022",
    ],
)
def test_one_test_in_many_styles(text):
    (found,) = find_tests(text)
    assert (found.kind, found.degrees) == ("t", (31,))
    assert found.value.value == Fraction("2.41")
    assert found.p is not None
    assert found.p.value == Fraction("0.022")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F(2, 71) = 5.30, MSE = 3.2, p < .01", ("F", 2, 71, "=5.30", "<.01")),
        ("F2,71 = 5.30; p = .007", ("F", 2, 71, "=5.30", "=.007")),
        ("F(l, 71) = 5.30, p = .024", ("F", 1, 71, "=5.30", "=.024")),
        ("F(1.62, 44.9) = 5.30, p = .013", ("F", 1.62, 44.9, "=5.30", "=.013")),
        ("F(1, 71) < 1, p = .40", ("F", 1, 71, "<1", "=.40")),
        ("χ2(3, N = 1,204) = 9.1, p = .03", ("chi2", 3, "=9.1", "=.03")),
        ("χ²(3) = 9.1, p = .03", ("chi2", 3, "=9.1", "=.03")),
        ("X^2 (3, n = 80) = 9.1, p = .03", ("chi2", 3, "=9.1", "=.03")),
        ("chi-square(3) = 9.1, p = .03", ("chi2", 3, "=9.1", "=.03")),
        ("χ2 = 9.1, df = 3, p = .03", ("chi2", 3, "=9.1", "=.03")),
        ("H(3) = 9.1, p = .03", ("chi2", 3, "=9.1", "=.03")),
        ("z = −2.05, p = .04", ("z", "=-2.05", "=.04")),
        ("r(58) = .31, p = .016", ("r", 58, "=.31", "=.016")),
        ("r = .31, n = 60, p = .016", ("r", 58, "=.31", "=.016")),
        ("Qbetween(4) = 9.9, p = .042", ("Q", 4, "=9.9", "=.042")),
        ("t(31) = 2,41; p = ,022", ("t", 31, "=2,41", "=,022")),
        ("t(1,031) = 2.41, p = .016", ("t", 1031, "=2.41", "=.016")),
        ("t(31) = 6.2, p = 7.1 × 10−7", ("t", 31, "=6.2", "=7.1×10-7")),
        ("t(31) = 1.2, n.s.", ("t", 31, "=1.2", "nsns")),
        ("t(31) = 1.2, p = ns", ("t", 31, "=1.2", "nsns")),
        ("t(31) = 1.2", ("t", 31, "=1.2", "")),
    ],
)
def test_each_kind_of_test(text, expected):
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "q(3) = 4.1, p = .02",  # a studentized range
        "rs(28) = .40, p = .03",  # Spearman's
        "Qs(2) = 2.2, p = .03",
        "z scores above z = 1.5 were left out",
        "see p. 31",
        "F(1, 37), ηp2 = .05",
    ],
)
def test_what_only_looks_like_a_test(text):
    assert read(text) == []


def test_each_test_has_its_own_p():
    text = (
        "Both did, t(31) = 2.41, p = .022, and t(29) = 0.40, p = .69; F(1, 29) = 3.0 alone did not."
    )
    assert [one[-1] for one in read(text)] == ["=.022", "=.69", ""]


def test_a_p_of_the_next_sentence_is_no_p_of_this_test():
    assert read("We found t(31) = 2.41. The p = .5 of another test is meant.")[0][-1] == ""


# Recomputed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # t(31) = 2.41 gives p = .0221.
        ("t(31) = 2.41, p = .022", CONSISTENT),
        ("t(31) = 2.41, p < .05", CONSISTENT),
        ("t(31) = 2.41, p < .01", ERROR),
        ("t(31) = 2.41, p > .05", DECISION),
        ("t(31) = 2.41, ns", DECISION),
        ("t(31) = 2.41, p = .045", ERROR),
        ("t(31) = 2.41, p = .22", DECISION),
        # Two digits of t: 2.35 to 2.45 gives .0201 to .0253.
        ("t(31) = 2.4, p = .025", CONSISTENT),
        ("t(31) = 2.40, p = .025", ERROR),
        ("F(1, 138) < 1, p = .812", CONSISTENT),
        ("F(1, 138) < 1, p = .012", DECISION),
        ("t(31) = 8.41, p = .000", CONSISTENT),
        ("t(27.43) = 3.00, p = .006", CONSISTENT),
        ("t(27.43) = 3.00, p = .60", DECISION),
        ("t(31) = 2.41, p = 1.2", IMPOSSIBLE),
        ("F(2, 31) = -2.41, p = .1", IMPOSSIBLE),
        ("r(31) = 1.41, p = .01", IMPOSSIBLE),
        ("t(0) = 2.41, p = .1", IMPOSSIBLE),
        ("t(31) = 2.41, p < 0", IMPOSSIBLE),
        ("t(31) = 2.41", UNCHECKED),
    ],
)
def test_verdicts(text, verdict):
    assert judge(text) == [verdict]


def test_a_p_that_was_cut_off_is_told_as_consistent_in_words():
    # .0269, cut off to .02: rounding would give .03.
    (one,) = recompute(find_tests("t(31) = 2.32, p = .02"))
    assert one.verdict == CONSISTENT
    assert one.say().endswith("Consistent only if p was cut off and not rounded.")


def test_a_small_p_is_not_told_as_nought():
    (one,) = recompute(find_tests("F(1, 31) = 18.60, p < .001"))
    assert one.say() == "The statistic gives p = .00015."


def test_half_of_a_p_is_right_only_where_the_article_says_one_sided():
    text = "t(31) = 1.90, p = .033"
    (plain,) = recompute(find_tests(text))
    assert plain.verdict == DECISION
    assert "It would be consistent as a one-sided test." in plain.say()
    assert judge(text, one_sided=True) == [CONSISTENT]
    assert judge(f"{text}, one-tailed") == [CONSISTENT]
    # F with two degrees of freedom has one tail only.
    assert judge("F(2, 31) = 1.90, p = .084", one_sided=True) == [ERROR]


def test_a_correction_that_the_article_names_explains_a_larger_p_only():
    # .0221 times three.
    assert judge("t(31) = 2.41, p = .066", adjusted=["Bonferroni"]) == [CONSISTENT]
    assert judge("t(31) = 2.41, p = .05", adjusted=["Bonferroni"]) == [ERROR]
    assert judge("t(31) = 2.41, p = .05", adjusted=["Tukey"]) == [CONSISTENT]
    assert judge("t(31) = 2.41, p = .002", adjusted=["Bonferroni", "Tukey"]) == [ERROR]
    assert judge("t(31) = 2.41, padj = .05") == [CONSISTENT]


def test_alpha_decides_what_is_a_decision_error():
    assert judge("t(31) = 2.41, p < .001", alpha=Fraction(1, 100)) == [DECISION]
    assert judge("t(31) = 2.41, p < .001") == [ERROR]


def test_names_of_corrections():
    text = "Holm's method and the Benjamini-Hochberg rate; we adjusted for multiple comparisons."
    assert list(list_adjustments(text)) == ["Holm", "false discovery rate", "multiple comparisons"]


# Files ---------------------------------------------------------------------------------------

MARKDOWN = """# Results

The groups differed, *t*(31) = 2.41, *p* = .022.^[Men: *r*(26) = .35, *p* = .64.]

- Of them, χ^2^(1, *N* = 226) = 6.90, *p* < .01, and $F(2, 60) = 4.10$, $p = .50$.

| Group | t    | df | p    |
|-------|------|----|------|
| North | 2.41 | 31 | .022 |
| South | 0.41 | 31 | .04* |
"""


def write_as(folder: Path, suffix: str) -> Path:
    import pypandoc

    path = folder / f"article.{suffix}"
    if suffix == "md":
        path.write_text(MARKDOWN, "utf-8")
        return path
    form = {"xml": "jats", "tex": "latex"}.get(suffix, suffix)
    pypandoc.convert_text(MARKDOWN, form, "md", outputfile=str(path), extra_args=["-s"])
    return path


@pytest.mark.parametrize("suffix", ["md", "docx", "html", "xml"])
def test_every_format_gives_the_same_tests(tmp_path, suffix):
    checked = check_article(write_as(tmp_path, suffix))
    found = {one.test.raw.replace("^", "").replace(" ", ""): one.verdict for one in checked.tests}
    assert found == {
        "t(31)=2.41,p=.022": CONSISTENT,
        "r(26)=.35,p=.64": ERROR,
        "χ2(1,N=226)=6.90,p<.01": CONSISTENT,
        "F(2,60)=4.10,p=.50": DECISION,
        "t(31)=0.41,p=.04": DECISION,
    }
    assert len(checked.tests) == 6


def test_a_pdf_is_read_page_by_page(tmp_path):
    import typst

    source = "They differed, t(31) = 2.41, p = .22.\n#pagebreak()\nAgain, t(31) = 2.41, p = .022."
    (tmp_path / "a.typ").write_text(source, "utf-8")
    typst.compile(tmp_path / "a.typ", output=tmp_path / "a.pdf")
    checked = check_article(tmp_path / "a.pdf")
    told = [(one.test.place, one.verdict) for one in checked.tests]
    assert told == [("page 1", DECISION), ("page 2", CONSISTENT)]


def test_plain_text_says_what_it_names(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("All tests were one-tailed.\n\nt(31) = 1.90, p = .033", "utf-8")
    checked = check_article(path)
    assert [one.verdict for one in checked.tests] == [CONSISTENT]
    assert "The article names one-sided tests" in "\n".join(checked.as_lines())


@pytest.mark.parametrize(
    ("titles", "cells", "expected"),
    [
        (["", "t", "df", "p"], ["A", "2.41", "31", ".022"], ["t(31) = 2.41, p = .022"]),
        (["", "F(1, 37)", "p"], ["A", "4.25", "<.001"], ["F(1, 37) = 4.25, p <.001"]),
        (["", "df1", "df2", "F", "Sig."], ["A", "1", "37", "4.25", ".046"],
         ["F(1, 37) = 4.25, p = .046"]),
        (["", "t(31)", "p", "t(29)", "p"], ["A", "2.41", ".022", "1.1", ".28"],
         ["t(31) = 2.41, p = .022", "t(29) = 1.1, p = .28"]),
        (["", "z", "p"], ["A", "", ".02"], []),
        (["", "Mean", "SD"], ["A", "3.1", "0.4"], []),
        (["", "t"], ["A", "2.41", "31"], []),
    ],
)  # fmt: skip
def test_tests_in_the_columns_of_a_table(titles, cells, expected):
    assert list(write_tests(titles, cells)) == expected


def test_files_that_cannot_be_read_are_refused_by_name(tmp_path):
    for name, content in (
        ("a.pdf", b"no pdf"),
        ("a.docx", b"no docx"),
        ("a.zip", b""),
        ("a.txt", b" "),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInput, match=name):
            read_article(tmp_path / name)
    with pytest.raises(InvalidInput, match="is not there"):
        read_article(tmp_path / "none.pdf")


def test_the_command_writes_a_page_and_a_table(tmp_path):
    (tmp_path / "a.txt").write_text("t(31) = 2.41, p = .22 <b>", "utf-8")
    page, table = tmp_path / "a.html", tmp_path / "a.csv"
    done = CliRunner().invoke(
        main, ["check-article", f"{tmp_path}/a.txt", "--html", str(page), "--csv", str(table)]
    )
    assert done.exit_code == 0, done.output
    assert "1 test: 1 decision error." in done.output
    rows = pd.read_csv(table)
    assert rows[["test", "df", "p", "verdict"]].to_numpy().tolist() == [["t", 31, 0.22, DECISION]]
    assert rows["p_low"][0] < 0.0221 < rows["p_high"][0]
    assert "<b>" not in page.read_text("utf-8")
    assert "decision error" in page.read_text("utf-8")


def test_the_page_says_that_nothing_was_found(tmp_path):
    (tmp_path / "a.txt").write_text("No test at all.", "utf-8")
    assert "No test was found." in article_section(check_article(tmp_path / "a.txt"))


# No false alarm ------------------------------------------------------------------------------


def draw_report(random: Random) -> str:
    """Return a right test as an article may print it: any rounding, any digits."""
    from scipy import stats

    rules = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
    kind, df, first = random.choice("tFcQzr"), random.randint(3, 900), random.randint(1, 8)
    value = random.gauss(0, 2)
    if kind == "t":
        head, p = f"t({df})", 2 * stats.t.sf(abs(value), df)
    elif kind == "z":
        head, p = "z", 2 * stats.norm.sf(abs(value))
    elif kind == "r":
        value = random.uniform(-0.95, 0.95)
        head, p = f"r({df})", 2 * stats.t.sf(abs(value) * (df / (1 - value**2)) ** 0.5, df)
    elif kind == "F":
        value = value**2
        head, p = f"F({first}, {df})", stats.f.sf(value, first, df)
    else:
        value = 3 * value**2
        head, p = f"{'χ2' if kind == 'c' else 'Q'}({first})", stats.chi2.sf(value, first)
    digits, places = random.choice([1, 2, 2, 3]), random.choice([2, 3, 3, 4])
    shown = round_as(value, max(digits, 2 if kind == "r" else 1), random.choice(rules))
    limits = [limit for limit in (0.001, 0.01, 0.05, 0.1) if p < limit]
    printed = round_as(float(p), places, random.choice(rules))
    if printed == 0 or (limits and random.random() < 0.3):
        return f"{head} = {shown}, p < {limits[0]}"
    return f"{head} = {shown}, p = {printed}"


def round_as(value: float, digits: int, rule: str) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=rule)


def count_alarms(reports: int, seed: int) -> int:
    random = Random(seed)
    texts = (draw_report(random) for _ in range(reports))
    return sum(one.is_wrong for text in texts for one in recompute(find_tests(text)))


def test_right_tests_raise_no_alarm():
    assert count_alarms(150, 1) == 0


@pytest.mark.long
def test_ten_thousand_right_tests_raise_at_most_one_alarm():
    assert count_alarms(10_000, 2) <= 1
