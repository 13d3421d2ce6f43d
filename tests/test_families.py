"""Families of tests: which p values Holm's method adjusts together."""

import pandas as pd
import pytest

from altcred.core.paired import adjust_pvalues
from altcred.core.records import ALL, Recorder
from altcred.estimate.families import adjust_tests
from altcred.estimate.store import Estimates, compose_frame

PRIMARY = {
    "a": "wilcoxon_pvalue",
    "b": "wilcoxon_pvalue",
    "pay": "ttest_rel_pvalue",
    "job": "stuart_maxwell_pvalue",
    "wish": "mcnemar_pvalue",
}
TESTS = [
    ("a", "wilcoxon_pvalue", 0.01),
    ("a", "ttest_rel_pvalue", 0.02),
    ("b", "wilcoxon_pvalue", 0.04),
    ("b", "ttest_rel_pvalue", 0.001),
    ("pay", "ttest_rel_pvalue", 0.03),
    ("pay", "wilcoxon_pvalue", 0.5),
    ("job", "stuart_maxwell_pvalue", 0.2),
    ("job:full", "mcnemar_pvalue", 0.01),
    ("job:none", "mcnemar_pvalue", 0.03),
    ("wish:money", "mcnemar_pvalue", 0.002),
    ("wish:fun", "mcnemar_pvalue", 0.6),
]


def adjust(family_of=lambda name: "", tests=TESTS) -> Estimates:
    rows = [Recorder(ALL, name).number(test, p, n=31) for name, test, p in tests]
    frame = compose_frame(rows, "panel")
    return Estimates(adjust_tests(frame, lambda name: PRIMARY[name], family_of))


def holm(found: Estimates, variable: str, test: str) -> float:
    return found.find("panel", variable, "", f"{test}_holm").value


def test_each_variable_enters_by_its_primary_test_and_each_option_by_its_own():
    found = adjust()
    family = adjust_pvalues([0.01, 0.04, 0.03, 0.2, 0.002, 0.6])
    members = ["a", "b", "pay", "job", "wish:money", "wish:fun"]
    tests = [PRIMARY[name.partition(":")[0]] for name in members]
    assert [holm(found, *one) for one in zip(members, tests, strict=True)] == pytest.approx(
        list(family)
    )
    note = found.find("panel", "a", "", "wilcoxon_pvalue_holm").note
    assert note == "adjusted for 6 tests"
    assert found.find("panel", "a", "", "wilcoxon_pvalue_holm").n == 31


def test_another_test_is_adjusted_in_the_place_of_the_primary_one():
    found = adjust()
    # t tests of those that have one; the others by what stands for them.
    family = adjust_pvalues([0.02, 0.001, 0.03, 0.2, 0.002, 0.6])
    assert holm(found, "a", "ttest_rel_pvalue") == pytest.approx(family[0])
    assert holm(found, "b", "ttest_rel_pvalue") == pytest.approx(family[1])
    ranks = adjust_pvalues([0.01, 0.04, 0.5, 0.2, 0.002, 0.6])
    assert holm(found, "pay", "wilcoxon_pvalue") == pytest.approx(ranks[2])


def test_categories_beside_a_test_of_the_whole_are_adjusted_among_themselves():
    found = adjust()
    assert holm(found, "job:full", "mcnemar_pvalue") == pytest.approx(0.02)
    assert holm(found, "job:none", "mcnemar_pvalue") == pytest.approx(0.03)


def test_the_family_may_be_the_question_or_none():
    found = adjust(lambda name: name)
    assert holm(found, "wish:money", "mcnemar_pvalue") == pytest.approx(0.004)
    # One test alone needs no adjusting.
    assert not found.has("panel", "a", "", "wilcoxon_pvalue_holm")
    assert not adjust(lambda name: None).frame["statistic"].str.endswith("_holm").any()


def test_what_is_hidden_is_no_part_of_a_family_and_subgroups_are_apart():
    rows = [
        Recorder(part, name).number("wilcoxon_pvalue", p, n=31)
        for part, name, p in [(ALL, "a", 0.01), (ALL, "b", 0.02), ("young", "a", 0.01)]
    ]
    frame = compose_frame(rows, "panel")
    frame.loc[frame["variable"].eq("b"), "value"] = float("nan")
    found = adjust_tests(frame, lambda name: "wilcoxon_pvalue", lambda name: "")
    assert not found["statistic"].str.endswith("_holm").any()
    assert isinstance(found, pd.DataFrame)
