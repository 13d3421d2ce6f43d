import ast
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.check import ranges, words
from altcred.check.consistency import Relations, check_all, check_file, check_published
from altcred.check.distributions import enclose_p_of_t
from altcred.check.figures import read_figures, reread
from altcred.check.published import COLUMNS, read_published
from altcred.check.ranges import Range
from altcred.check.relations import load_relations
from altcred.check.rules.registry import RULES, conflict, each, register
from altcred.check.sizes import find_population
from altcred.check.table import Table
from altcred.core.errors import InvalidInput

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "altcred" / "check"

RELATIONS = Relations.model_validate(
    {
        "partitions": [
            {"whole": "all", "parts": ["type=a", "type=b"]},
            {"whole": "type=a", "parts": ["program=a1", "program=a2"]},
        ],
        "ranges_over": {"by program": ["program=a1", "program=a2", "program=b1"]},
        "variables": {
            "color": {
                "exclusive": True,
                "categories": ["red", "green", "blue", "grey"],
                "groups": {"warm": ["red", "green"]},
            },
            "reasons": {
                "categories": ["work", "fun", "pay", "none"],
                "groups": {"any_gain": ["work", "pay"]},
                "everyone_ticks": True,
            },
            "age": {"exclusive": True, "intervals": {"over_40": "(40, )"}},
            "children": {"whole_numbers": True},
        },
    }
)


def make_table(*rows: tuple) -> pd.DataFrame:
    """Rows of subgroup, variable, category, statistic, printed, and any other columns."""
    records = []
    for place, (subgroup, variable, category, statistic, printed, *rest) in enumerate(rows):
        record = dict.fromkeys(COLUMNS, "")
        record |= {
            "id": f"r{place}",
            "document": "1",
            "section": f"section {place}",
            "wave": "context" if statistic in {"fact", "date"} else "begin",
            "subgroup": subgroup,
            "variable": variable,
            "category": category,
            "statistic": statistic,
            "printed": printed,
        }
        for other in rest:
            record |= other
        records.append(record)
    return pd.DataFrame(records, columns=list(COLUMNS))


def find(*rows: tuple, relations: Relations = RELATIONS) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.kind, item.ids) for item in check_published(make_table(*rows), relations)]


PLANTED = {
    "printed twice": (
        [
            ("all", "color", "red", "proportion", "38%"),
            ("all", "color", "red", "proportion", "38.2%"),
            ("all", "color", "red", "proportion", "40%"),
        ],
        "repeated",
        {"r2"},
    ),
    "printed twice, told apart by whole people only": (
        [
            ("all", "color", "red", "proportion", "9.4%", {"n": "2,256"}),
            ("all", "color", "red", "proportion", "9.5%", {"n": "2,256"}),
        ],
        "repeated",
        {"r0", "r1"},
    ),
    "more than itself": (
        [
            ("all", "land", "", "nunique", "189"),
            ("all", "land", "", "nunique", "189", {"qualifier": "over"}),
        ],
        "repeated",
        {"r0", "r1"},
    ),
    "two dates": (
        [("", "start", "", "date", "March 2018"), ("", "start", "", "date", "April 2018")],
        "repeated",
        {"r0", "r1"},
    ),
    "no count gives it": (
        [("all", "color", "red", "proportion", "21%", {"n": "25"})],
        "grim",
        {"r0"},
    ),
    "no sum of whole numbers gives it": (
        [("all", "children", "", "mean", "1.23", {"n": "10"})],
        "grim",
        {"r0"},
    ),
    "a count that is not its share": (
        [
            ("all", "color", "red", "count", "forty"),
            ("all", "color", "red", "proportion", "4.7%", {"n": "899"}),
        ],
        "count",
        {"r0", "r1"},
    ),
    "parts that do not add up": (
        [
            ("all", "color", "", "nobs", "25,891"),
            ("type=a", "color", "", "nobs", "21,423"),
            ("type=b", "color", "", "nobs", "4,490"),
        ],
        "total",
        {"r0", "r1", "r2"},
    ),
    "a share outside its parts": (
        [
            ("all", "color", "red", "proportion", "18%"),
            ("type=a", "color", "red", "proportion", "23%"),
            ("type=b", "color", "red", "proportion", "20%"),
        ],
        "subgroups",
        {"r0", "r1", "r2"},
    ),
    "a share no weights give": (
        [
            ("all", "color", "red", "proportion", "18%", {"n": "1,000"}),
            ("type=a", "color", "red", "proportion", "23%", {"n": "800"}),
            ("type=b", "color", "red", "proportion", "18%", {"n": "200"}),
        ],
        "subgroups",
        {"r0", "r1", "r2"},
    ),
    "a mean no weights give": (
        [
            ("all", "hours", "", "mean", "50", {"n": "100"}),
            ("type=a", "hours", "", "mean", "42", {"n": "90"}),
            ("type=b", "hours", "", "mean", "70", {"n": "10"}),
        ],
        "subgroups",
        {"r0", "r1", "r2"},
    ),
    "a median outside its parts": (
        [
            ("all", "age", "", "median", "35"),
            ("type=a", "age", "", "median", "27"),
            ("type=b", "age", "", "median", "33"),
        ],
        "subgroups",
        {"r0", "r1", "r2"},
    ),
    "more than everyone": (
        [
            ("all", "color", "red", "proportion", "60%"),
            ("all", "color", "green", "proportion", "30%"),
            ("all", "color", "blue", "proportion", "12%"),
        ],
        "sum",
        {"r0", "r1", "r2"},
    ),
    "less than everyone": (
        [
            ("all", "color", "red", "proportion", "40%"),
            ("all", "color", "green", "proportion", "30%"),
            ("all", "color", "blue", "proportion", "20%"),
            ("all", "color", "grey", "proportion", "5%"),
        ],
        "sum",
        {"r0", "r1", "r2", "r3"},
    ),
    "a group less than its parts": (
        [
            ("all", "color", "warm", "proportion", "50%"),
            ("all", "color", "red", "proportion", "40%"),
            ("all", "color", "green", "proportion", "20%"),
        ],
        "sum",
        {"r0", "r1", "r2"},
    ),
    "a category of more than its group": (
        [
            ("all", "reasons", "any_gain", "proportion", "30%"),
            ("all", "reasons", "work", "proportion", "41.5%"),
        ],
        "sum",
        {"r0", "r1"},
    ),
    "a union of more than its sets": (
        [
            ("all", "reasons", "any_gain", "proportion", "80%"),
            ("all", "reasons", "work", "proportion", "40%"),
            ("all", "reasons", "pay", "proportion", "30%"),
        ],
        "sum",
        {"r0", "r1", "r2"},
    ),
    "shares of all that are not the whole's": (
        [
            ("all", "responses", "a1", "proportion", "49%"),
            ("all", "responses", "a2", "proportion", "34%"),
            ("all", "responses", "a", "proportion", "73%"),
        ],
        "total",
        {"r0", "r1", "r2"},
    ),
    "more spread than its parts have": (
        [
            ("all", "age", "", "std", "21", {"n": "500"}),
            ("type=a", "age", "", "std", "11"),
            ("type=b", "age", "", "std", "12"),
            ("type=a", "age", "", "mean", "33"),
            ("type=b", "age", "", "mean", "35"),
        ],
        "subgroups",
        {"r0", "r1", "r2", "r3", "r4"},
    ),
    "less spread than its parts have": (
        [
            ("all", "age", "", "std", "9", {"n": "500"}),
            ("type=a", "age", "", "std", "11"),
            ("type=b", "age", "", "std", "12"),
        ],
        "subgroups",
        {"r0", "r1", "r2"},
    ),
    "more answers than people": (
        [("type=a", "responses", "", "count", "282"), ("type=a", "color", "", "nobs", "689")],
        "population",
        {"r0", "r1"},
    ),
    "the youngest of all": (
        [("all", "age", "", "min", "9"), ("type=a", "age", "", "min", "7")],
        "range",
        {"r0", "r1"},
    ),
    "the oldest of no part": (
        [
            ("all", "age", "", "max", "101"),
            ("type=a", "age", "", "max", "81"),
            ("type=b", "age", "", "max", "99"),
        ],
        "range",
        {"r0", "r1", "r2"},
    ),
    "a mean beyond the largest": (
        [("all", "age", "", "mean", "38"), ("all", "age", "", "max", "30")],
        "range",
        {"r0", "r1"},
    ),
    "a median where fewer than half are": (
        [("all", "age", "", "median", "45"), ("all", "age", "over_40", "proportion", "35%")],
        "range",
        {"r0", "r1"},
    ),
    "a program beyond the largest of programs": (
        [
            ("by program", "color", "red", "proportion_min", "3%"),
            ("by program", "color", "red", "proportion_max", "8%"),
            ("program=a1", "color", "red", "proportion", "9.9%"),
        ],
        "range",
        {"r1", "r2"},
    ),
    "different values": (
        [("all", "land", "", "nunique", "122"), ("type=a", "land", "", "nunique", "150")],
        "subgroups",
        {"r0", "r1"},
    ),
    "not the most frequent": (
        [
            ("all", "reasons", "work", "rank", "most frequent"),
            ("all", "reasons", "work", "proportion", "38%"),
            ("all", "reasons", "fun", "proportion", "41%"),
        ],
        "rank",
        {"r0", "r1", "r2"},
    ),
    "not the larger": (
        [
            ("type=a", "reasons", "work", "order", "higher", {"qualifier": "type=a > type=b"}),
            ("type=a", "reasons", "work", "proportion", "38%"),
            ("type=b", "reasons", "work", "proportion", "41%"),
        ],
        "order",
        {"r0", "r1", "r2"},
    ),
    "a p value that is another's": (
        [
            ("all", "income", "", "ttest_rel_statistic", "0.63"),
            ("all", "income", "", "ttest_rel_df", "59"),
            ("all", "income", "", "ttest_rel_pvalue", "0.35"),
        ],
        "p-value",
        {"r0", "r1", "r2"},
    ),
    "pairs and degrees of freedom": (
        [("all", "income", "", "nobs", "60"), ("all", "income", "", "ttest_rel_df", "60")],
        "p-value",
        {"r0", "r1"},
    ),
}


@pytest.mark.parametrize("title", PLANTED)
def test_finds_a_planted_contradiction(title):
    rows, kind, wanted = PLANTED[title]
    found = find(*rows)
    assert len(found) == 1, found
    assert found[0][0] == kind
    if title == "printed twice":
        # Either of the two agreeing prints may stand for both.
        assert len(found[0][1]) == 2
        assert wanted < set(found[0][1])
    else:
        assert set(found[0][1]) == wanted


@pytest.mark.parametrize("title", PLANTED)
def test_a_finding_needs_each_of_its_figures(title):
    rows, _, _ = PLANTED[title]
    table = make_table(*rows)
    for finding in check_published(table, RELATIONS):
        for id in finding.ids:
            rest = table[table["id"].isin(set(finding.ids) - {id})]
            assert check_published(rest, RELATIONS) == []


def test_difference_of_two_waves():
    def row(wave, statistic, printed):
        return ("all", "reasons", "work", statistic, printed, {"wave": wave})

    good = [row("begin", "proportion", "27.0%"), row("end", "proportion", "94.0%")]
    assert find(*good, row("begin-end", "difference", "+67%")) == []
    # 94.0 less 27.05, all cut off.
    assert find(*good, row("begin-end", "difference", "+66%")) == []
    found = find(*good, row("begin-end", "difference", "+65%"))
    assert found == [("difference", ("r0", "r1", "r2"))]


def test_medians_called_averages_of_two_groups():
    rows = [
        (f"type={group}", "income", "", statistic, amount)
        for group, amount in (("a", "$59,000"), ("b", "$38,000"))
        for statistic in ("median", "mean")
    ]
    assert find(*rows) == [("label", ("r0", "r1")), ("label", ("r2", "r3"))]
    # One group's mean may well be its median.
    assert find(*rows[:2], rows[2]) == []


def test_swapped_sample_sizes_are_recognised():
    table = make_table(
        ("type=a", "responses", "", "count", "282"),
        ("type=b", "responses", "", "count", "2,006"),
        ("type=a", "color", "", "nobs", "689", {"section": "one"}),
        ("type=b", "color", "", "nobs", "116", {"section": "one"}),
    )
    (finding,) = check_published(table, RELATIONS)
    assert finding.ids == ("r0", "r2")
    assert (finding.typo.kind, finding.typo.replacement) == ("swap", "116")
    assert finding.typo.exchanged_with == "r3"


def test_one_digit_repairs_a_slip():
    table = make_table(
        ("all", "color", "", "nobs", "1,000"),
        ("type=a", "color", "", "nobs", "800"),
        ("type=b", "color", "", "nobs", "290"),
    )
    (finding,) = check_published(table, RELATIONS)
    # Either the part or the whole; the other part's 800 has no single digit to blame.
    typos = {(repair.id, repair.replacement) for repair in finding.repairs if repair.is_typo}
    assert typos == {("r2", "200"), ("r0", "1,090")}


def test_a_slip_makes_two_prints_the_same_rather_than_barely_so():
    table = make_table(
        ("all", "color", "red", "proportion", "Seven percent"),
        ("all", "color", "red", "proportion", "9%"),
    )
    (finding,) = check_published(table, RELATIONS)
    # 8% and 7% could both be 7.5%, which is what neither means.
    assert (finding.typo.id, finding.typo.replacement) == ("r1", "7%")


def test_amounts_are_written_in_the_currency_that_is_printed():
    table = make_table(
        ("all", "fees", "", "mean", "€290", {"n": "100"}),
        ("type=a", "fees", "", "mean", "€200", {"n": "90"}),
        ("type=b", "fees", "", "mean", "€700", {"n": "10"}),
    )
    (finding,) = check_published(table, RELATIONS)
    assert "Together these make €250.5 at most" in finding.line
    assert finding.typo.replacement == "€250"
    assert all(repair.replacement.startswith("€") for repair in finding.repairs)


def test_no_repair_leaves_nobody():
    table = make_table(
        ("all", "income", "", "ttest_rel_statistic", "1.80"),
        ("all", "income", "", "ttest_rel_df", "28"),
        ("all", "income", "", "ttest_rel_pvalue", "0.030"),
    )
    (finding,) = check_published(table, RELATIONS)
    assert {repair.id for repair in finding.repairs} <= {"r0", "r2"}
    assert finding.repairs


def test_the_print_that_fits_the_rest_is_named():
    table = make_table(
        ("all", "responses", "", "count", "25,891"),
        ("all", "responses", "", "count", "25,913"),
        ("all", "responses", "a", "count", "21,423"),
        ("all", "responses", "b", "count", "4,490"),
    )
    (finding,) = check_published(table, RELATIONS)
    assert finding.ids == ("r0", "r1")
    assert finding.evidence.startswith("25,913 fits")


def test_a_print_that_cannot_be_by_itself_fits_less_than_another():
    table = make_table(
        ("all", "pets", "cat", "proportion", "38%"),
        ("all", "pets", "cat", "proportion", "35.0%"),
    ).assign(n="26")
    (finding,) = check_published(table)
    # 9 and 10 of 26 are 34.6% and 38.5%.
    assert finding.evidence.startswith("38% fits the other figures: 35.0% of 26 people cannot be")


def test_one_conflict_at_several_places_is_one_finding():
    table = make_table(
        ("all", "color", "red", "proportion", "7%"),
        ("all", "color", "red", "proportion", "7%"),
        ("all", "color", "red", "proportion", "12%", {"section": "Key Takeaways"}),
        ("all", "color", "red", "proportion", "12%"),
    )
    (finding,) = check_published(table, RELATIONS)
    assert finding.places == ("r0", "r1", "r2", "r3")
    assert finding.severity == "high"


def test_formulas_and_their_findings():
    relations = Relations.model_validate(
        {
            "formulas": [
                {
                    "name": "cost of {group}",
                    "each": {"group": ["a", "b"]},
                    "figures": {
                        "cost": {
                            "wave": "begin", "subgroup": "type={group}", "variable": "cost",
                            "statistic": "mean",
                        },
                        "hours": {
                            "wave": "begin", "subgroup": "type={group}", "variable": "hours",
                            "statistic": "mean",
                        },
                        "income": {
                            "wave": "begin", "subgroup": "type={group}", "variable": "income",
                            "statistic": "median",
                        },
                    },
                    "holds": "cost = hours * income / 2080",
                }
            ]
        }
    )  # fmt: skip
    rows = []
    for group, cost in (("a", "$11,700"), ("b", "$12,700")):
        rows += [
            (f"type={group}", "cost", "", "mean", cost, {"qualifier": "almost"}),
            (f"type={group}", "hours", "", "mean", "412"),
            (f"type={group}", "income", "", "median", "$59,000"),
        ]
    found = find(*rows, relations=relations)
    # 412 hours at $59,000 / 2,080 cost $11,672 to $11,701, which is almost $11,700 and almost
    # $12,700 as well; "over" is not.
    assert found == []
    rows[3] = ("type=b", "cost", "", "mean", "$11,800", {"qualifier": "over"})
    assert find(*rows, relations=relations) == [("formula", ("r3", "r4", "r5"))]


@pytest.mark.parametrize(
    ("holds", "told"),
    [
        ("part + rest = both", "20 + 30, which is 50, should be the same as 40."),
        ("both = part + rest", "20 + 30 is 50, not 40."),
        ("part + rest <= both", "20 + 30, which is 50, should be at most 40."),
        ("both >= part + rest", "40 should be at least 20 + 30, which is 50."),
        ("part = rest", "20 should be the same as 30."),
    ],
)
def test_a_formula_says_what_should_be_and_how_the_document_is_read(holds, told):
    figures = {
        name: {"wave": "begin", "subgroup": "all", "variable": name, "statistic": "count"}
        for name in ("both", "part", "rest")
    }
    formula = {"name": "boats", "figures": figures, "holds": holds, "taken_for_granted": "all sail"}
    rows = [
        ("all", name, "", "count", n) for name, n in zip(figures, ("40", "20", "30"), strict=True)
    ]
    relations = Relations.model_validate({"formulas": [formula]})
    (finding,) = check_published(make_table(*rows), relations)
    assert finding.line == f"boats: {told}"
    assert finding.premise == "all sail"


def test_premise_is_named_where_it_is_needed():
    rows = [
        ("all", "responses", "a", "count", "282"),
        ("all", "responses", "b", "count", "2,006"),
        ("all", "color", "red", "proportion", "18%"),
        ("type=a", "color", "red", "proportion", "18%"),
        ("type=b", "color", "red", "proportion", "23%"),
    ]
    assert find(*rows) == []
    premise = RELATIONS.model_copy(
        update={
            "premise": Relations.model_validate(
                {"premise": {"at_least": "1/2", "reason": "Most answered."}}
            ).premise
        }
    )
    (finding,) = check_published(make_table(*rows), premise)
    assert finding.kind == "subgroups"
    assert finding.premise == (
        "at least half of each group answered any question put to everybody (Most answered)"
    )
    assert "21.403% at least, whatever the exact numbers of people." in finding.line


def test_subgroup_sizes_are_reasoned_from_who_did_not_answer():
    # Of 900 people 850 answered, so that at least 350 of the 400 of a1 did, whose 9.6% alone
    # lift the average of 6.8% to 7.9%.
    rows = [
        ("type=a", "responses", "", "count", "900"),
        ("program=a1", "responses", "", "count", "400"),
        ("program=a2", "responses", "", "count", "500"),
        ("type=a", "color", "red", "proportion", "7.3%", {"n": "850"}),
        ("program=a1", "color", "red", "proportion", "9.6%"),
        ("program=a2", "color", "red", "proportion", "6.8%"),
    ]
    (finding,) = check_published(make_table(*rows), RELATIONS)
    assert finding.kind == "subgroups"
    assert {"r3", "r4", "r5"} < set(finding.ids)


# What rounding can explain ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        # 5 of 8 is 62.5%, printed as 62% by some software and as 63% by other.
        [("all", "color", "red", "proportion", "62%", {"n": "8"})],
        [("all", "color", "red", "proportion", "63%", {"n": "8"})],
        [
            ("all", "color", "red", "proportion", "62%", {"n": "8"}),
            ("all", "color", "red", "proportion", "63%", {"n": "8"}),
        ],
        # Three sevenths, three sevenths and one seventh: 43% + 43% + 14% = 100%; 101% is fine too.
        [
            ("all", "color", "red", "proportion", "34%"),
            ("all", "color", "green", "proportion", "34%"),
            ("all", "color", "blue", "proportion", "34%"),
        ],
        # Mean and median side by side may be the same number.
        [
            ("all", "income", "", "median", "$59,000", {"section": "one"}),
            ("all", "income", "", "mean", "$59,000", {"section": "one"}),
        ],
        [("all", "age", "", "median", "33"), ("all", "age", "", "mean", "33")],
        # Several reasons add up to more than 100%.
        [
            ("all", "reasons", "work", "proportion", "60%"),
            ("all", "reasons", "fun", "proportion", "70%"),
        ],
    ],
)
def test_rounding_is_no_finding(rows):
    if len(rows) == 3:
        # 34% three times is at least 100.5%, which is one person too many.
        assert [kind for kind, _ in find(*rows)] == ["sum"]
        rows = rows[:2]
    assert find(*rows) == []


# Exactness --------------------------------------------------------------------------------------


# Verdicts compare with estimates, which are floating-point numbers.
INEXACT = {"verdicts.py"}


def test_no_floating_point_in_the_reasoning():
    paths = [path for path in PACKAGE.rglob("*.py") if path.name not in INEXACT]
    assert {"ranges.py", "mixtures.py"} <= {path.name for path in paths}
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = [getattr(node, "module", None) or "", *(a.name for a in node.names)]
                assert not any(name.startswith(("numpy", "scipy")) for name in names), path
            if path.name != "published.py" and isinstance(node, ast.Call):
                # A printed figure is compared with an estimate in published.py alone.
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                assert called not in {"float", "isclose"}, path


def test_the_edge_itself_decides():
    # 62.5% of 1,000 exactly: 62% and 63% both stand for it, 61% does not.
    for printed, wanted in (("62%", []), ("63%", []), ("61%", ["count"])):
        rows = [
            ("all", "color", "red", "count", "625"),
            ("all", "color", "red", "proportion", printed, {"n": "1,000"}),
        ]
        assert [kind for kind, _ in find(*rows)] == wanted


fractions = st.fractions(min_value=-50, max_value=50, max_denominator=60)


@given(fractions, fractions, fractions, fractions, st.data())
def test_range_arithmetic_holds_every_result(a, b, c, d, data):
    first, second = Range(min(a, b), max(a, b)), Range(min(c, d), max(c, d))
    x = data.draw(st.fractions(min_value=first.low, max_value=first.high))
    y = data.draw(st.fractions(min_value=second.low, max_value=second.high))

    def holds(result: Range, value: Fraction) -> bool:
        return not ranges.meet([result, ranges.point(value)]).is_empty

    assert holds(ranges.add(first, second), x + y)
    assert holds(ranges.subtract(first, second), x - y)
    assert holds(ranges.multiply(first, second), x * y)
    if y > 0 and second.low > 0:
        assert holds(ranges.divide(first, second), x / y)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 10, 59, 60, 999])
@pytest.mark.parametrize("t", ["0.01", "0.63", "1.0", "2.1", "9", "40"])
def test_p_lies_between_its_bounds(t, df):
    from scipy.stats import t as student

    low, high = enclose_p_of_t(Fraction(t), df)
    assert 0 <= high - low < Fraction(1, 10**20)
    # scipy's own p is only good to some digits; that is all this comparison asks of it.
    assert float(low) == pytest.approx(2 * student.sf(float(t), df), rel=1e-9, abs=1e-18)


def test_p_of_t_in_the_tables():
    # Student's t of 2.571 with 5 and of 2.000 with 60 degrees of freedom leaves 5% in two tails.
    for t, df in (("2.571", 5), ("2.000", 60)):
        low, high = enclose_p_of_t(Fraction(t), df)
        assert Fraction("0.0499") < low <= high < Fraction("0.0501")


# Rules ------------------------------------------------------------------------------------------


def test_a_rule_from_outside_finds_and_repairs(monkeypatch):
    monkeypatch.setattr("altcred.check.rules.registry.RULES", rules := [*RULES])

    def judge(table, key):
        known = table.known(key)
        if known is None or known.limits.low <= 120:
            return None
        return conflict(f"{words.printed(table, key)} is more than 120 years.", known)

    assert find(("all", "age", "", "max", "131")) == []
    register("lifespan", each("max"))(judge)
    assert (rules[-1].kind, len(rules)) == ("lifespan", len(RULES) + 1)
    (finding,) = check_published(make_table(("all", "age", "", "max", "131")), RELATIONS)
    assert (finding.kind, finding.line) == ("lifespan", "131 is more than 120 years.")
    assert finding.typo.replacement == "113"


def test_rules_are_in_the_documentation():
    text = (ROOT / "docs" / "consistency.md").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    for rule in RULES:
        line = next(line for line in table if f"`{rule.kind}`" in line)
        holds = " ".join(rule.judge.__doc__.partition("\n\n")[0].split()).removesuffix(".")
        assert holds.casefold() in line.casefold(), rule


# Implied and odd ------------------------------------------------------------------------------


def test_implied_sizes():
    relations = RELATIONS.model_copy(
        update={
            "unprinted_sizes": Relations.model_validate(
                {"unprinted_sizes": [{"wave": "begin", "subgroup": "all", "variable": "any"}]}
            ).unprinted_sizes
        }
    )
    table = make_table(
        ("all", "color", "red", "proportion", "33%"), ("all", "color", "blue", "proportion", "67%")
    )
    (implied,) = check_all(table, relations).implied
    # A third of three people, two sixths, three ninths.
    assert implied.values[:3] == (3, 6, 9)
    assert implied.describe().startswith("people who answered (begin, all): 3, 6, 9")


def test_implied_answers_from_a_count_and_its_share():
    table = make_table(
        ("all", "color", "red", "count", "130"), ("all", "color", "red", "proportion", "6.5%")
    )
    (implied,) = check_all(table, RELATIONS).implied
    assert (implied.low, implied.high) == (1985, 2015)


def test_odd_is_apart_from_findings():
    table = make_table(
        ("all", "hours", "", "mean", "42"),
        ("all", "hours", "", "median", "18"),
        *(
            ("all", "reasons", category, "proportion", printed)
            for category, printed in (
                ("work", "50%"), ("fun", "20%"), ("pay", "20%"), ("none", "13%"),
            )
        ),
    )  # fmt: skip
    assert check_published(table, RELATIONS) == []
    lines = " ".join(odd.line for odd in check_all(table, RELATIONS).odd)
    assert "far above the median" in lines
    assert "103%" in lines


# Files -------------------------------------------------------------------------------------------


def test_a_free_standing_file_needs_no_relations(tmp_path):
    path = tmp_path / "figures.csv"
    make_table(
        ("all", "color", "red", "proportion", "38%"), ("all", "color", "red", "proportion", "40%")
    ).to_csv(path, index=False)
    result = check_file(path)
    assert [finding.kind for finding in result.findings] == ["repeated"]
    assert list(result.as_lines())[:3] == [
        "1 contradiction",
        "1 [low] repeated: color red (begin) is printed as 38% and 40%: no number is both.",
        "    figures: r0, r1",
    ]
    relations = tmp_path / "relations.yaml"
    relations.write_text("set_aside:\n  - {id: r1, reason: of other people}\n", encoding="utf-8")
    assert check_file(path, relations).findings == []


def test_faults_of_relations_are_told_at_once(tmp_path):
    path = tmp_path / "relations.yaml"
    path.write_text(
        "formulas:\n"
        "  - name: first\n"
        "    figures: {a: {variable: x}}\n"
        "    holds: a + b\n"
        "  - name: second\n"
        "    figures: {a: {variable: x}}\n"
        "    holds: a = c\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidInput) as caught:
        load_relations(path)
    assert len(caught.value.problems) == 2
    path.write_text("formula: []\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not a key"):
        load_relations(path)


def test_unread_figures_are_named():
    table = make_table(("all", "color", "red", "text", "a few"))
    assert check_all(table, RELATIONS).unread == ["r0"]


def test_every_figure_is_checked_or_says_why_not():
    table = make_table(
        ("all", "color", "red", "proportion", "40%", {"n": "20"}),
        ("all", "color", "green", "proportion", "50.0%"),
        ("all", "color", "blue", "proportion", "45%", {"n": "28"}),
        ("all", "reasons", "fun", "proportion", "45%"),
        ("all", "reasons", "fun", "text", "a few"),
        ("all", "age", "", "gini", "0.31"),
        ("all", "gifts", "", "median", "31"),
        ("all", "height", "", "mean", "31.2", {"n": "20"}),
        ("all", "children", "", "mean", "1.25", {"n": "9,000"}),
        ("type=a", "gifts", "", "mean", "1.25"),
        ("type=a", "gifts", "", "mean", "1.2"),
    )
    covered = {
        one.figure.id: (one.state, one.reason) for one in check_all(table, RELATIONS).coverage
    }
    assert set(covered) == set(table["id"])
    states = [covered[f"r{place}"] for place in range(len(table))]
    # The sum of the three is too much, and one of them is wrong by itself.
    assert states[:3] == [
        ("consistent", ""),
        ("not checked", "only with figures in a conflict"),
        ("in a conflict", ""),
    ]
    assert states[3:7] == [
        ("not checked", "no n"),
        ("not checked", "no number"),
        ("not checked", "no rule for this statistic"),
        ("not checked", "one alone"),
    ]
    assert states[8] == ("not checked", "any number fits this n")
    # What is printed twice is checked by that alone.
    assert [state for state, _ in states[9:]] == ["consistent", "consistent"]


def test_the_summary_counts_every_figure():
    share = ("all", "color", "red", "proportion", "40%", {"n": "10"})
    rows = [share, ("all", "age", "", "text", "young")]
    last = list(check_all(make_table(*rows), RELATIONS).as_lines())
    assert "2 figures: 0 in a conflict, 1 consistent, 1 not checked (1 no number)" in last


REPAIRED = [
    [("all", "color", "red", "count", "12"),
     ("all", "color", "red", "proportion", "43.3%", {"n": "35"})],
    [
        ("all", "color", "red", "proportion", "54%", {"n": "28"}),
        ("all", "color", "green", "proportion", "45%", {"n": "28"}),
        ("all", "color", "blue", "proportion", "7%", {"n": "28"}),
    ],
    [("all", "age", "", "t_statistic", "1.80"), ("all", "age", "", "t_df", "28"),
     ("all", "age", "", "t_pvalue", "0.030")],
    [("all", "children", "", "mean", "1.27", {"n": "20"}), ("all", "children", "", "max", "1")],
    [("all", "color", "", "nobs", "200"), ("type=a", "color", "", "nobs", "120"),
     ("type=b", "color", "", "nobs", "88"), ("all", "responses", "", "count", "205")],
]  # fmt: skip


@pytest.mark.parametrize("rows", REPAIRED)
def test_a_repair_leaves_no_conflict_and_makes_none(rows):
    table = make_table(*rows)
    findings = check_published(table, RELATIONS)
    before = {frozenset(finding.ids) for finding in findings}
    assert any(finding.repairs for finding in findings)
    for finding in findings:
        for repair in finding.repairs:
            changed = table.copy().set_index("id", drop=False)
            changed.loc[repair.id, "printed"] = repair.replacement
            if repair.kind == "swap":
                changed.loc[repair.exchanged_with, "printed"] = repair.printed
            left = {frozenset(one.ids) for one in check_published(changed, RELATIONS)}
            assert frozenset(finding.ids) not in left
            assert left <= before


def test_one_figure_changed_is_seen_by_every_size_made_of_it():
    subset = {"subgroup": "all", "variable": "color", "category": "red"}
    relations = RELATIONS.join(Relations.model_validate({"subsets": {"fans": subset}}))
    figures = read_figures(
        make_table(
            ("all", "responses", "", "count", "100"),
            ("all", "responses", "a", "proportion", "40%"),
            ("all", "color", "red", "count", "30"),
            ("all", "color", "blue", "count", "20"),
        )
    )
    table = Table(figures, relations)
    groups = ("all", "type=a", "fans")
    expected = {
        "100": [100, 40, 30],
        "60": [60, 24, 30],
        "50%": [100, 50, 30],
        "35": [100, 40, 35],
        "25": [100, 40, 30],
    }
    wave = figures[0].key.wave

    def list_sizes(of: Table) -> list[int | None]:
        return [find_population(of, wave, group).high for group in groups]

    assert list_sizes(table) == expected["100"]
    for figure, printed in zip(figures, ("60", "50%", "35", "25"), strict=True):
        other = reread(figure, printed)
        is_apart = not relations.counts_people(figure.key)
        assert is_apart == (printed == "25")
        changed = table.put(other)
        assert list_sizes(changed) == expected[printed]
        assert changed.known(figure.key).limits == other.limits
        assert changed.figures == {**table.figures, figure.id: other}
        # What it was made from is left as it was.
        assert table.known(figure.key).limits == figure.limits
        assert list_sizes(table) == expected["100"]


# The cohorts' own declarations --------------------------------------------------------------------

COHORTS = sorted(path.parent.name for path in (ROOT / "cohorts").glob("*/relations.yaml"))


@pytest.mark.parametrize("cohort", COHORTS)
def test_declared_relations_are_about_printed_figures(cohort, monkeypatch):
    monkeypatch.chdir(ROOT)
    relations = load_relations(f"cohorts/{cohort}/relations.yaml")
    table = Table(read_figures(read_published(f"cohorts/{cohort}/published.csv")))
    for formula in [*relations.formulas, *relations.suspicions]:
        complete = [table.all_known(keys.values()) is not None for _, keys in formula.expand()]
        assert any(complete), f"nothing is printed of {formula.name}"
    assert all(item.id in table.figures for item in relations.set_aside)
    used = {key.subgroup for key in table}
    assert set(relations.subsets) <= used


# Conflicts that a reader of the documents proved by hand; the first is of a row of Table 5 and
# what the text breaks it down into.
PROVEN = {
    "hollands-2023": [
        {"003-3.2.6-048", "003-3.2.6-051", "003-table5-002", "003-table5-026"},
        {"003-3.1.4-020", "003-3.1.4-023"},
        {"003-2.2-005", "003-key-001"},
        {"003-table5-027", "003-table7-028"},
        {"003-3.2.1-005", "003-key-002"},
    ],
    "baseline-2017": [{"001-fees-022", "001-overall-002"}],
}


@pytest.mark.parametrize("cohort", COHORTS)
def test_cohort_tables_are_checked(cohort, monkeypatch):
    monkeypatch.chdir(ROOT)
    result = check_file(ROOT / "cohorts" / cohort / "published.csv")
    found = [set(finding.ids) for finding in result.findings]
    assert [proven for proven in PROVEN.get(cohort, []) if proven not in found] == []
    for finding in result.findings:
        assert set(finding.ids) <= set(finding.places)
        assert finding.line
