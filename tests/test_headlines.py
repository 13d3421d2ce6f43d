"""What contradictions do to headline claims, on printed tables small enough to do by hand."""

import json
from fractions import Fraction

import pandas as pd
import pytest

from altcred.check.consistency import Relations, check_file, check_published
from altcred.check.figures import Key, read_figures
from altcred.check.headlines import (
    Assessed,
    assess_cohort,
    assess_headlines,
    count_headlines,
    write_headlines,
)
from altcred.check.published import COLUMNS
from altcred.check.ranges import Range, hull
from altcred.check.relations import load_relations
from altcred.check.remaining import find_remaining, find_simplest, list_computed
from altcred.check.table import Table
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort
from altcred.write import headlines as views


def make_published(*rows: tuple) -> pd.DataFrame:
    """Rows of wave, subgroup, variable, category, statistic, printed, and any other columns."""
    records = []
    for place, (wave, subgroup, variable, category, statistic, printed, *rest) in enumerate(rows):
        record = dict.fromkeys(COLUMNS, "") | {
            "id": f"f{place}", "document": "d", "section": "1", "wave": wave,
            "subgroup": subgroup, "variable": variable, "category": category,
            "statistic": statistic, "printed": printed,
        }  # fmt: skip
        records.append(record | (rest[0] if rest else {}))
    return pd.DataFrame(records)


def make_relations(*headlines: dict, **others: object) -> Relations:
    return Relations.model_validate({"headlines": list(headlines), **others})


def share(category: str, subgroup: str = "all", wave: str = "end") -> dict[str, str]:
    return {
        "wave": wave, "subgroup": subgroup, "variable": "use", "category": category,
        "statistic": "proportion",
    }  # fmt: skip


def assess(published: pd.DataFrame, relations: Relations) -> list[Assessed]:
    return assess_headlines(published, relations, check_published(published, relations))


def percent(low: str, high: str) -> Range:
    return Range(Fraction(low) / 100, Fraction(high) / 100)


TWICE = (
    ("end", "all", "use", "daily", "proportion", "40%", {"section": "Key Takeaways"}),
    ("end", "all", "use", "daily", "proportion", "44%"),
)


def test_a_number_printed_twice_has_two_repairs():
    (claim,) = assess(
        make_published(*TWICE),
        make_relations({"claim": "Daily use", "figures": {"daily": share("daily")}}),
    )
    assert [figure.shown for figure in claim.printed] == ["40%"]
    assert claim.findings == (1,)
    assert claim.limits == percent("39.5", "44.5")
    repairs = {tuple(figure.shown for figure in way.wrong): way for way in claim.repairs}
    assert repairs[("40%",)].limits == percent("43.5", "44.5")
    assert repairs[("44%",)].limits == percent("39.5", "40.5")
    assert (repairs[("40%",)].verdict, repairs[("44%",)].verdict) == ("no", "yes")
    assert claim.outcome == "depends on the repair"


def test_a_print_that_the_other_figures_refuse_is_no_repair():
    # 30% + 40% + 30% are everyone; with 44% they would be more than that.
    rest = [
        ("end", "all", "use", category, "proportion", "30%") for category in ("weekly", "never")
    ]
    relations = make_relations(
        {"claim": "Daily use", "figures": {"daily": share("daily")}},
        variables={"use": {"exclusive": True, "categories": ["daily", "weekly", "never"]}},
    )
    (claim,) = assess(make_published(*TWICE, *rest), relations)
    assert [way.limits for way in claim.repairs] == [percent("39.5", "40.5")]
    assert claim.outcome == "survives"
    # The other way round the print of the headline is the one refused.
    swapped = make_published(*TWICE, *rest).assign(
        section=["1", "Key Takeaways", *["1"] * len(rest)]
    )
    (claim,) = assess(swapped, relations)
    assert claim.printed[0].shown == "44%"
    assert claim.outcome == "falls"


def test_ways_out_of_two_contradictions_are_combined():
    # Neither 40% nor 44% leaves room for 30% and 40%: another figure is wrong besides.
    rest = [
        ("end", "all", "use", "weekly", "proportion", "30%"),
        ("end", "all", "use", "never", "proportion", "40%"),
    ]
    relations = make_relations(
        {"claim": "Daily use", "figures": {"daily": share("daily")}},
        variables={"use": {"exclusive": True, "categories": ["daily", "weekly", "never"]}},
    )
    (claim,) = assess(make_published(*TWICE, *rest), relations)
    assert claim.findings == (1, 2)
    repairs = {tuple(figure.shown for figure in way.wrong): way.limits for way in claim.repairs}
    assert repairs == {
        # Both prints are wrong: what 29.5% to 30.5% and 39.5% to 40.5% leave of everyone.
        ("40%", "44%"): percent("29", "31"),
        ("44%",): percent("39.5", "40.5"),
        ("40%",): percent("43.5", "44.5"),
    }


SUBGROUPS = (
    ("end", "all", "responses", "", "count", "200"),
    ("end", "type=a", "responses", "", "count", "100"),
    ("end", "type=b", "responses", "", "count", "100"),
    ("end", "all", "use", "", "nobs", "200"),
    ("end", "type=a", "use", "", "nobs", "100"),
    ("end", "type=b", "use", "", "nobs", "100"),
    ("end", "all", "use", "daily", "proportion", "60%"),
    ("end", "type=a", "use", "daily", "proportion", "40%"),
    ("end", "type=b", "use", "daily", "proportion", "50%"),
    ("begin", "all", "use", "daily", "proportion", "55%"),
    ("end", "all", "use", "seldom", "proportion", "20%"),
)
PARTITIONS = [{"whole": "all", "parts": ["type=a", "type=b"]}]


def test_a_share_taken_to_be_wrong_is_what_its_parts_leave_it():
    # Halves of 40% (39.5 to 40.5) and 50% are 45%, of 200 whole people.
    claim, order, other = assess(
        make_published(*SUBGROUPS),
        make_relations(
            {"claim": "Daily use", "figures": {"daily": share("daily")}},
            {
                "claim": "More use it daily in the end",
                "figures": {"begin": share("daily", wave="begin"), "end": share("daily")},
                "value": "end - begin",
                "holds": "end > begin",
            },
            {"claim": "Seldom use", "figures": {"seldom": share("seldom")}},
            partitions=PARTITIONS,
        ),
    )
    repairs = {tuple(figure.id for figure in way.wrong): way for way in claim.repairs}
    assert repairs[("f6",)].limits == percent("45", "45")
    # With a part wrong, the share of all stays: 60% of 200 is 120 people, 70 or 80 of them in it.
    assert repairs[()].limits == percent("59.5", "60.5")
    assert claim.outcome == "depends on the repair"
    # 45% in the end is fewer than 55% at the beginning: the claim's direction is reversed.
    assert order.as_printed == percent("4", "6")
    assert order.limits == percent("-10.5", "6")
    assert order.unit == "points"
    assert (order.verdict, order.outcome) == ("yes", "depends on the repair")
    assert {way.verdict for way in order.repairs} == {"yes", "no"}
    assert (other.findings, other.repairs, other.outcome) == ((), (), "untouched")
    assert other.limits == other.as_printed == percent("19.5", "20.5")


def test_a_comparison_in_words_may_be_the_wrong_one():
    published = make_published(
        ("begin", "all", "use", "daily", "proportion", "40%"),
        ("end", "all", "use", "daily", "proportion", "30%"),
        ("begin-end", "all", "use", "daily", "order", "higher", {"qualifier": "end > begin"}),
    )
    headline = {
        "claim": "Fewer use it daily in the end",
        "figures": {"begin": share("daily", wave="begin"), "end": share("daily")},
        "value": "end - begin",
        "holds": "end < begin",
    }
    (claim,) = assess(published, make_relations(headline))
    repairs = {tuple(figure.id for figure in way.wrong): way for way in claim.repairs}
    assert repairs[()].limits == percent("-11", "-9")
    assert repairs[("f0",)].limits.high == Fraction("0.305")
    # At the ends of their rounding the two can still be one number.
    assert {way.verdict for way in claim.repairs} == {"yes", "open"}
    assert claim.outcome == "not settled"


def test_a_contradiction_elsewhere_touches_no_claim():
    published = make_published(*SUBGROUPS)
    (claim,) = assess(
        published,
        make_relations(
            {"claim": "Seldom", "figures": {"seldom": share("seldom")}, "holds": "seldom < 1 / 4"},
            partitions=PARTITIONS,
        ),
    )
    assert (claim.findings, claim.outcome, claim.verdict) == ((), "untouched", "yes")


AMOUNT = {"wave": "end", "subgroup": "all"}
COST = {
    "claim": "Cost",
    "figures": {
        "cost": {**AMOUNT, "variable": "cost", "statistic": "mean"},
        "hours": {**AMOUNT, "variable": "hours", "statistic": "mean"},
        "income": {**AMOUNT, "variable": "income", "statistic": "mean"},
    },
    "value": "hours * income / 2080",
    "printed": "cost",
}
COSTS = (
    ("end", "all", "cost", "", "mean", "$2,000"),
    ("end", "all", "hours", "", "mean", "100"),
    ("end", "all", "hours", "", "mean", "150", {"section": "2"}),
    ("end", "all", "income", "", "mean", "$41,600"),
)


def test_a_derived_number_moves_with_what_it_is_computed_from():
    formula = {
        "name": "cost",
        "figures": COST["figures"],
        "holds": "cost = hours * income / 2080",
    }
    (claim,) = assess(make_published(*COSTS), make_relations(COST, formulas=[formula]))
    assert [figure.shown for figure in claim.printed] == ["$2,000"]
    # An hour is worth $20 (41,599.50 to 41,600.50 a year): 99.5 hours $1,990, 150.5 hours $3,010.
    low = Fraction("99.5") * Fraction("41599.5") / 2080
    high = Fraction("150.5") * Fraction("41600.5") / 2080
    assert claim.limits == Range(low, high)
    assert claim.outcome == "depends on the repair"
    assert claim.unit == "$"


def test_a_factor_that_contradicts_the_product_is_what_the_product_leaves_it():
    formula = {
        "name": "cost",
        "figures": COST["figures"],
        "holds": "cost = hours * income / 2080",
    }
    published = make_published(("end", "all", "cost", "", "mean", "$3,000"), COSTS[1], COSTS[3])
    (claim,) = assess(published, make_relations(COST, formulas=[formula]))
    repairs = {tuple(figure.key.variable for figure in way.wrong): way for way in claim.repairs}
    assert set(repairs) == {("cost",), ("hours",), ("income",)}
    # $3,000 is either wrong, and the product $2,000, or right, and then so is the product.
    assert repairs[("cost",)].limits.high < 2100
    assert 2900 < repairs[("hours",)].limits.low < repairs[("hours",)].limits.high < 3100
    assert repairs[("cost",)].verdict == "no"


def test_what_nothing_bounds_is_said_to_be_unbounded():
    # Two amounts are called mean and median: if $41,600 is no mean, the mean can be any amount.
    published = make_published(
        COSTS[0], COSTS[1], COSTS[3],
        ("end", "all", "income", "", "median", "$41,600", {"section": "2"}),
        ("end", "a", "income", "", "mean", "$30,000"),
        ("end", "a", "income", "", "median", "$30,000", {"section": "2"}),
    )  # fmt: skip
    (claim,) = assess(published, make_relations(COST))
    assert (claim.limits.low, claim.limits.high) == (0, None)
    assert claim.outcome == "not settled"
    text = views.list_headlines([claim])
    assert "if \\$41,600 as the mean is wrong, nothing that is printed bounds it" in text
    assert "if another figure is wrong, nothing changes" in text


def test_what_is_computed_from_a_wrong_figure_does_not_speak_for_it():
    published = make_published(
        ("context", "all", "price", "now", "fact", "$150"),
        ("context", "all", "price", "before", "fact", "$100"),
        ("context", "all", "growth", "", "fact", "50%"),
    )
    keys = {
        "now": {"subgroup": "all", "variable": "price", "category": "now"},
        "before": {"subgroup": "all", "variable": "price", "category": "before"},
        "growth": {"subgroup": "all", "variable": "growth"},
    }
    relations = make_relations(
        formulas=[{"name": "growth", "figures": keys, "holds": "growth = now / before - 1"}]
    )
    table = Table(read_figures(published), relations)
    now = Key("context", "all", "price", "now", "fact")
    assert list_computed(table, now) == {"f2"}
    # With the growth: 1.495 times 99.50 to 1.505 times 100.50.
    bounded = find_remaining(table, now, frozenset({"f0"}))
    low, high = Fraction("99.5") * Fraction("1.495"), Fraction("100.5") * Fraction("1.505")
    assert low * (1 - Fraction(1, 10**5)) <= bounded.low <= low
    assert high <= bounded.high <= high * (1 + Fraction(1, 10**5))
    free = find_remaining(table, now, frozenset({"f0", "f2"}))
    assert (free.low, free.high) == (0, None)


def test_counts_that_remain_are_whole():
    published = make_published(
        ("end", "all", "responses", "", "count", "100"),
        ("end", "type=a", "responses", "", "count", "61"),
        ("end", "type=b", "responses", "", "count", "39"),
    )
    relations = make_relations(partitions=PARTITIONS)
    table = Table(read_figures(published), relations)
    key = Key("end", "all", "responses", "", "count")
    assert find_remaining(table, key, frozenset({"f0"})) == Range(Fraction(100), Fraction(100))
    # A print that stays is held to, and refused where it cannot be.
    other = Table(read_figures(published.assign(printed=["101", "61", "39"])), relations)
    assert find_remaining(other, key, frozenset()) is None


@pytest.mark.parametrize(
    ("low", "high", "simplest"),
    [("0.3", "0.34", "1/3"), ("1.9", "2.1", "2"), ("-0.34", "-0.3", "-1/3"), ("-1", "1", "0"),
     ("5/7", "5/7", "5/7")],
)  # fmt: skip
def test_the_simplest_fraction_between_two(low: str, high: str, simplest: str):
    assert find_simplest(Fraction(low), Fraction(high)) == Fraction(simplest)


def test_a_headline_without_its_printed_figure_is_refused():
    relations = make_relations({"claim": "Never", "figures": {"never": share("never")}})
    with pytest.raises(InvalidInput, match=r"headlines\.0\.figures\.never"):
        assess(make_published(*TWICE), relations)


@pytest.mark.parametrize(
    ("headline", "problem"),
    [
        ("figures: {a: {variable: x}, b: {variable: y}}", "nothing says how they give"),
        ("figures: {a: {variable: x}, b: {variable: y}}\n    value: a - b", "no longer be true"),
        ("figures: {a: {variable: x}}\n    value: a * b", "is not one of its figures"),
        ("figures: {a: {variable: x}}\n    value: a * a", "stands there twice"),
        ("figures: {a: {variable: x}}\n    holds: a", "two sides"),
        ("figures: {a: {variable: x}}\n    printed: b", "is not one of its figures"),
    ],
)
def test_mistakes_in_headlines_are_reported(tmp_path, headline: str, problem: str):
    path = tmp_path / "relations.yaml"
    path.write_text(f"headlines:\n  - claim: A claim\n    {headline}\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=problem):
        load_relations(path)


def describe(published: pd.DataFrame, relations: Relations) -> tuple[str, list[Assessed]]:
    findings = check_published(published, relations)
    claims = assess_headlines(published, relations, findings)
    return views.describe_headlines(claims, findings, "tbl-claims"), claims


def test_the_text_reads_for_none_one_and_many():
    daily = {"claim": "Daily use", "figures": {"daily": share("daily")}}
    vague = {**daily, "claim": "Some daily use", "holds": "daily > 1 / 4"}
    assert describe(make_published(*TWICE), make_relations())[0] == ""
    text, claims = describe(make_published(TWICE[0]), make_relations(daily))
    assert text.startswith("@tbl-claims lists the claim that most readers take away.")
    assert text.endswith("It is not touched.")
    assert views.list_headlines(claims) == ""
    text, claims = describe(make_published(*TWICE), make_relations(daily))
    assert "It is touched. It holds under some repairs and not under others." in text
    text, claims = describe(make_published(*TWICE), make_relations(daily, vague))
    assert "the two claims" in text
    assert (
        "Of them, two are touched. One survives every repair; "
        "one holds under some repairs and not under others." in text
    )
    assert views.list_headlines(claims).count("\n- ") == 1
    table = views.headline_table(claims)
    assert [name for name, _ in table.rows] == ["Daily use", "Some daily use"]
    assert [cell.text for cell in table.rows[0][1]] == [
        "40%", "39.5% to 44.5%", "C1", "depends on the repair",
    ]  # fmt: skip
    assert views.headline_table([]) is None


def test_the_counts_join_the_measures_of_the_reproduction(tmp_path, monkeypatch):
    monkeypatch.setattr("altcred.check.headlines.measures_dir", lambda cohort: tmp_path)
    path = tmp_path / "reproduction.json"
    path.write_text('{"figures": {"reproduced": 3}}', encoding="utf-8")
    claims = assess(
        make_published(*TWICE),
        make_relations({"claim": "Daily use", "figures": {"daily": share("daily")}}),
    )
    write_headlines(claims, "meals")
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "figures": {"reproduced": 3},
        "headlines": count_headlines(claims),
    }
    assert count_headlines(claims) == {
        "total": 1, "touched": 1, "survives": 0, "depends_on_the_repair": 1, "not_settled": 0,
        "falls": 0,
    }  # fmt: skip


@pytest.mark.parametrize("cohort", ["baseline-2017", "hollands-2023"])
def test_the_claims_of_the_shipped_cohorts_hold_as_printed_where_nothing_touches_them(cohort):
    findings = check_file(f"cohorts/{cohort}/published.csv")
    claims = assess_cohort(open_cohort(cohort), findings)
    assert claims
    for claim in claims:
        assert claim.outcome != "untouched" or claim.verdict == "yes", claim.claim
        assert set(claim.findings) <= set(range(1, len(findings.findings) + 1))
        assert all(hull([way.limits, claim.limits]) == claim.limits for way in claim.repairs), (
            claim.claim
        )
