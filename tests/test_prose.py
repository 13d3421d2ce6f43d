"""Numbers in sentences: looked up, written as readers expect, and never typed by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.core.errors import Problem
from altcred.estimate.store import Estimates
from altcred.write.prose import (
    Prose,
    bare_numbers,
    difference_interval,
    escape_markdown,
    lowered,
    share_in_words,
)

NAN = float("nan")
COLUMNS = "wave subgroup variable category statistic value low high n"
ROWS = [
    ("begin", "all", "responses", "", "count", 25913, NAN, NAN, 25913),
    ("begin", "all", "gender", "", "nobs", 23416, NAN, NAN, 23416),
    ("begin", "all", "gender", "female", "proportion", 0.3846, 0.378, 0.3908, 23416),
    ("begin", "all", "gender", "female", "count", 9006, NAN, NAN, 23416),
    ("begin", "all", "gender", "male", "proportion", 0.605, 0.599, 0.611, 23416),
    ("begin", "all", "gender", "other", "proportion", 0.0104, 0.009, 0.012, 23416),
    ("begin", "all", "gender", "not_reported", "proportion", 0.9, 0.8, 0.95, 25913),
    ("begin", "all", "gender", "a_net", "proportion", 0.7, 0.6, 0.8, 23416),
    ("begin", "program_type=long", "gender", "female", "proportion", 0.35, 0.34, 0.36, 20000),
    ("begin", "program_type=short", "gender", "female", "proportion", 0.3850, 0.37, 0.40, 3416),
    ("begin", "all", "income", "", "median", 36000, 35000, 37000, 9000),
    ("begin", "all", "income", "", "mean", 50123.5, 49000.4, 51200.6, 9000),
    ("begin", "all", "secret", "few", "proportion", NAN, NAN, NAN, 12),
    ("panel", "all", "income", "", "ttest_rel_pvalue", 0.529, NAN, NAN, 60),
    ("panel", "all", "english", "", "stuart_maxwell_pvalue", 0.0000123, NAN, NAN, 60),
    ("panel", "all", "income", "", "mean_difference", -4473, -18700, 9750, 60),
    ("panel", "all", "pairs", "", "count", 137, NAN, NAN, 137),
]


def make_prose(**changes: Any) -> Prose:
    frame = pd.DataFrame(ROWS, columns=COLUMNS.split()).assign(note="")
    codebook = SimpleNamespace(
        variables={"gender": SimpleNamespace(categories=["female", "male", "other"])},
        label=lambda variable, category="": {"female": "Female", "male": "Male"}.get(
            category, f"<{variable}|{category}>"
        ),
    )
    study = SimpleNamespace(
        program_types={
            "long": SimpleNamespace(label="Long program"),
            "short": SimpleNamespace(label="Short program"),
        },
        programs={},
        waves={},
        subgroups={},
    )
    settings = {"codebook": codebook, "study": study, "cohort": "one", "wave": "begin"}
    return Prose(Estimates(frame), **settings | changes)


def bind(text: str, **changes: Any) -> str:
    problems: list[Problem] = []
    bound = make_prose(**changes).bind(text, "a.ipynb", "cell 1", problems)
    assert problems == []
    return bound


def problems_of(text: str, **changes: Any) -> list[str]:
    problems: list[Problem] = []
    make_prose(**changes).bind(text, "a.ipynb", "cell 7", problems)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ("pct('gender', 'female')", "38%"),
        ("pct('gender', 'female', digits=1)", "38.5%"),
        ("pct('gender', 'female', of='program_type=long')", "35%"),
        ("pct('gender', 'female', of='program_type=short', digits=0)", "39%"),
        ("usd('income')", r"\$36,000"),
        ("usd('income', 'mean', digits=2)", r"\$50,123.50"),
        ("usd('income', 'mean_difference', wave='panel')", r"−\$4,473"),
        ("num('income')", "50,124"),
        ("num('income', digits=1)", "50,123.5"),
        ("n()", "25,913"),
        ("n('gender')", "23,416"),
        ("n('gender', 'female')", "9,006"),
        ("n('pairs', wave='panel')", "137"),
        ("ci('gender', 'female')", "38% to 39%"),
        ("ci('income', stat='mean', unit='usd')", r"\$49,000 to \$51,201"),
        ("pvalue('income', wave='panel')", "p = 0.53"),
        ("pvalue('english', 'stuart_maxwell_pvalue', wave='panel')", r"p \< 0.001"),
        ("words('gender', 'female')", "just under two fifths"),
        ("words(est('gender', 'male'))", "about three fifths"),
        ("pct('secret', 'few')", "a share not shown"),
        ("words('secret', 'few')", "a share not shown"),
        ("ci('secret', 'few')", "not shown"),
        ("pct('secret', 'few') | sentence", "A share not shown"),
        ("label('gender', 'female')", "Female"),
        ("label('program_type', 'long')", "Long program"),
        ("label('gender', 'x*')", r"\<gender\|x\*\>"),
        ("listing([])", ""),
        ("listing(['a'])", "a"),
        ("listing(['a', 'b'])", "a and b"),
        ("listing(['a', 'b', 'c'], 'or')", "a, b or c"),
        ("listing(ranked('gender', top=2))", "Male and Female"),
        ("ranked('gender') | map(attribute='pct') | join(', ')", "61%, 38%, 1%"),
        ("spelled(3)", "three"),
        ("spelled(12)", "12"),
        ("'yes' if has('gender', 'female') else 'no'", "yes"),
        ("'yes' if has('employment') else 'no'", "no"),
        ("'a b' | sentence", "A b"),
        ("points(est('gender', 'male'), est('gender', 'female'))", "22 percentage points"),
        ("more(est('gender', 'female'), est('gender', 'male'), 'more', 'fewer')", "fewer"),
        ("more(2, 1)", "higher"),
        ("program_types | join(' ')", "long short"),
        ("'gender' in variables", "True"),
    ],
)
def test_an_expression_is_written_as_a_reader_expects(expression: str, written: str) -> None:
    assert bind(f"{{{{ {expression} }}}}") == written


def test_the_notebooks_own_parameters_are_known() -> None:
    assert bind("{{ cohort }} {{ wave }} {{ plan }}", parameters={"plan": "x"}) == "one begin x"


def test_text_without_expressions_is_left_alone() -> None:
    text = "100% {as it} is {#sec-a} $x$"
    assert bind(text) == text


def test_loops_write_a_sentence_for_each() -> None:
    text = (
        "{% for t in program_types %}{{ label('program_type', t) }}: "
        "{{ pct('gender', 'female', of='program_type=' ~ t) }}. {% endfor %}"
    )
    assert bind(text) == "Long program: 35%. Short program: 39%. "


def test_all_errors_are_told_at_once_with_the_nearest_keys() -> None:
    found = problems_of("{{ pct('gender', 'femal') }} {{ usd('incom') }} {{ n('gender') }}")
    assert len(found) == 2
    assert found[0].startswith("a.ipynb: cell 7: {{ 'gender', 'femal'")
    assert "female" in found[0]
    assert "'incom'" in found[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ percent('gender') }}", "'percent' is undefined"),
        ("{{ pct('gender' }}", "line 1"),
        ("{% if has('gender') %}open", "Unexpected end of template"),
        ("{{ label('nothing', 'x') }}", "is not in the codebook"),
        ("{{ ranked('nothing') }}", "there are no such estimates"),
        ("{{ pct('gender') }}", "There is no estimate"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_mistakes_are_reported_and_not_written(text: str, message: str) -> None:
    changes = {}
    if "label" in text:
        changes["codebook"] = SimpleNamespace(variables={}, label=lambda v, c="": {}[v])
    assert any(message in line for line in problems_of(text, **changes))


def test_a_lookup_without_a_wave_is_refused_where_the_notebook_has_none() -> None:
    assert "names no wave" in problems_of("{{ pct('gender', 'female') }}", wave=None)[0]
    assert bind("{{ pct('gender', 'female', wave='begin') }}", wave=None) == "38%"


def test_another_cohorts_estimates_are_read_by_its_name() -> None:
    frame = pd.DataFrame(ROWS[2:3], columns=COLUMNS.split()).assign(note="", value=0.5)
    read: list[str] = []

    def elsewhere(name: str) -> Estimates:
        read.append(name)
        return Estimates(frame)

    text = "{{ pct('gender', 'female', cohort='two') }} {{ has('income', cohort='two') }}"
    assert bind(text, elsewhere=elsewhere) == "50% False"
    assert read == ["two"]


def test_alternative_text_is_plain() -> None:
    problems: list[Problem] = []
    text = make_prose().bind_plain(
        "{{ usd('income') }}, {{ label('gender', 'x') }}", "", "", problems
    )
    assert text == "$36,000, <gender|x>"


# Words and comparisons -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "none"),
        (1.0, "all"),
        (0.02, "very few"),
        (0.98, "nearly all"),
        (0.5, "about half"),
        (0.52, "just over half"),
        (0.73, "just under three quarters"),
        (1 / 3, "about a third"),
        (0.165, "about a sixth"),
        (0.195, "about a fifth"),
    ],
)
def test_shares_in_words(share: float, words: str) -> None:
    assert share_in_words(share) == words


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("Learn something new", "learn something new"),
        ("A raise in pay", "a raise in pay"),
        ("A U.S. university", "a U.S. university"),
        ("I am a student", "I am a student"),
        ("Black or African American", "Black or African American"),
        ("Asian", "Asian"),
        ("Spanish-speaking", "Spanish-speaking"),
        ("English, as a second language", "English, as a second language"),
        ("White", "White"),
        ("India", "India"),
        ("United States", "United States"),
        ("Native Hawaiian or other Pacific Islander", "Native Hawaiian or other Pacific Islander"),
        ("Improve English language skills", "improve English language skills"),
        ("Live in India", "live in India"),
        ("Free Code Camp", "Free Code Camp"),
        ("MicroMasters", "MicroMasters"),
        ("STEM", "STEM"),
        ("U.S. citizen", "U.S. citizen"),
        ("COVID-19", "COVID-19"),
        ("Master's degree", "master's degree"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_label_within_a_sentence_keeps_the_capital_of_a_name(label: str, written: str) -> None:
    assert lowered(label) == written
    assert bind(f"{{{{ {label!r} | lowered }}}}") == written


@given(st.floats(0, 1))
def test_every_share_has_words(share: float) -> None:
    assert share_in_words(share)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """Newcombe (1998), table II, example (a): 56/70 and 48/80, method 10: 0.0524 to 0.3339."""
    first = SimpleNamespace(value=56 / 70, low=0.6918, high=0.8772)
    second = SimpleNamespace(value=48 / 80, low=0.4904, high=0.7003)
    low, high = difference_interval(first, second)
    assert low == pytest.approx(0.0524, abs=2e-4)
    assert high == pytest.approx(0.3339, abs=2e-4)


def test_differences_within_chance_are_not_called_differences() -> None:
    a = SimpleNamespace(value=0.40, low=0.35, high=0.45)
    b = SimpleNamespace(value=0.42, low=0.37, high=0.47)
    c = SimpleNamespace(value=0.60, low=0.55, high=0.65)
    prose = make_prose()
    assert prose.more(a, b) == "about the same"
    assert prose.more(a, c) == "lower"
    assert prose.more(c, a) == "higher"


def test_escaped_text_holds_no_bare_sign() -> None:
    assert escape_markdown("a*b_[c]<d>$") == r"a\*b\_\[c\]\<d\>\$"


# Numbers typed by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("Women were 38% of all.", ["38%"]),
        ("An income of $36,000 was usual.", ["$36,000"]),
        (r"An income of \$36,000.", [r"\$36,000"]),
        ("A mean of 5.7 hours and 137 pairs.", ["5.7", "137"]),
        ("{{ n() }} of 25,913", ["25,913"]),
        ("{{ 38 }}% and {{ '$36,000' }}", ["38", "$36,000"]),
        ("about 12 percent", ["12 percent"]),
        ("In 2020, 38 percent", ["38 percent"]),
        ("a sum of 2021%", ["2021%"]),
        ("a 95% majority", ["95%"]),
    ],
)
def test_numbers_typed_by_hand_are_found(markdown: str, found: list[str]) -> None:
    assert bare_numbers(markdown) == found


@pytest.mark.parametrize(
    "markdown",
    [
        "{{ pct('gender', 'female', digits=1) }} were women",
        "{% if size('gender') > 30 %}enough{% endif %}",
        "## 3.1 Findings",
        "1. first\n2. second",
        "Collected from 2020 to 2021, in the 1990s",
        "as @fig-1 and @tbl-2-begin show",
        "a 95% interval, its 95% confidence interval",
        "`x = 38` and ```\n38%\n```",
        "[a link](https://example.org/2/38) and https://doi.org/10.1000/182",
        "$C = h y / 2080$",
        "COVID-19 and H2",
        "31 October 2020",
        "Table 3 and Figures 12 to 14 of the printed report, Section 3.1.2",
        "a note[^1]\n\n[^1]: The note.",
        "## Income {#sec-2}",
    ],
)
def test_numbers_that_may_stand(markdown: str) -> None:
    assert bare_numbers(markdown) == []


def test_no_chapter_states_a_number_that_was_typed_by_hand() -> None:
    root = Path(__file__).parents[1]
    found: list[str] = []
    for path in sorted(root.glob("notebooks/*.ipynb")):
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
            texts = [cell.source] if cell.cell_type == "markdown" else []
            about = cell.metadata.get("report", {})
            texts += [about.get("caption", ""), about.get("alt", "")]
            for text in texts:
                found += [f"{path.name}, cell {number}: {bare}" for bare in bare_numbers(text)]
    assert found == []
