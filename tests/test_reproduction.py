"""Verdicts on printed figures, against estimates small enough to check by eye."""

import pandas as pd
import pytest

from altcred.check.consistency import check_published
from altcred.check.published import COLUMNS
from altcred.check.relations import Relations, VariableRelation
from altcred.check.verdicts import count_verdicts, judge_figures
from altcred.core.errors import InvalidInput
from altcred.describe.codebook import CodebookFile
from altcred.describe.cohort import Cohort
from altcred.describe.study import StudyFile
from altcred.estimate.store import COLUMNS as ESTIMATE_COLUMNS
from altcred.estimate.store import Estimates

STUDY = StudyFile.model_validate(
    {
        "name": "meals",
        "title": "Meals",
        "program_types": {"a": {"label": "A"}, "b": {"label": "B"}},
        "programs": {name: {"label": name, "type": name[0]} for name in ("a1", "a2", "b1")},
        "waves": {"begin": {"label": "Begin", "exports": ["begin.csv"], "program": "P"}},
    }
)
CODEBOOK = CodebookFile.model_validate(
    {
        "variables": {
            "meal": {
                "label": "Meal",
                "kind": "single",
                "question": {"begin": "Q1"},
                "categories": {"rice": "Rice", "bread": "Bread", "soup": "Soup"},
                "groups": {"grain": {"label": "Grain", "of": ["rice", "bread"]}},
            },
            "age": {"label": "Age", "kind": "number", "question": {"begin": "Q2"}},
        }
    }
)
COHORT = Cohort(STUDY, CODEBOOK)
MADE = Cohort(STUDY.model_copy(update={"reconstructed": True}), CODEBOOK)
RELATIONS = Relations(variables={"meal": VariableRelation(exclusive=True)})
ROWS = [
    ("begin", "all", "meal", "rice", "proportion", 0.5, 100),
    ("begin", "all", "meal", "bread", "proportion", 0.3, 100),
    ("begin", "all", "meal", "grain", "proportion", 0.8, 100),
    ("begin", "all", "meal", "soup", "proportion", 0.2, 100),
    ("end", "all", "meal", "soup", "proportion", 0.4, 50),
    ("begin", "program=a1", "meal", "soup", "proportion", 0.1, 40),
    ("begin", "program=a2", "meal", "soup", "proportion", 0.27, 60),
    ("begin", "program=b1", "meal", "soup", "proportion", 0.35, 60),
    ("begin", "all", "age", "", "median", 34.0, 90),
]


def make_estimates() -> Estimates:
    frame = pd.DataFrame(
        [(*row[:6], float("nan"), float("nan"), row[6], "") for row in ROWS],
        columns=ESTIMATE_COLUMNS,
    )
    return Estimates(frame)


def judge(**figure: str) -> pd.Series:
    return judge_all([figure]).iloc[0]


def judge_all(figures: list[dict[str, str]], cohort: Cohort = COHORT) -> pd.DataFrame:
    usual = {
        **dict.fromkeys(COLUMNS, ""),
        "id": "f1", "wave": "begin", "subgroup": "all", "variable": "meal", "category": "rice",
        "statistic": "proportion", "printed": "50%",
    }  # fmt: skip
    published = pd.DataFrame([usual | figure for figure in figures])
    findings = check_published(published, RELATIONS)
    return judge_figures(published, make_estimates(), cohort, ["begin", "end"], findings)


def test_a_figure_that_the_estimate_rounds_to_is_reproduced():
    assert judge().verdict == "reproduced"
    assert judge(printed="49%").verdict == "differs"
    assert judge(printed="1/2", qualifier="about").verdict == "reproduced"
    assert judge(printed="50%", qualifier="over").verdict == "differs"


def list_verdicts(figures: list[dict[str, str]], cohort: Cohort = COHORT) -> list[str]:
    return list(judge_all(figures, cohort)["verdict"])


TWO_PRINTS = [{"id": "f1"}, {"id": "f2", "printed": "48%"}, {"id": "f3", "qualifier": "about"}]


def test_own_rows_vouch_for_one_of_two_prints_and_made_ones_for_neither():
    judged = judge_all(TWO_PRINTS).set_index("id")
    assert list(judged["verdict"]) == ["reproduced", "contradicted", "reproduced"]
    assert list(judged["finding"]) == ["C1", "C1", "C1"]
    assert judged.loc["f2", "value"] == 0.5
    # The wider print is called in question by neither.
    assert list_verdicts(TWO_PRINTS, MADE) == ["contradicted", "contradicted", "reproduced"]


def test_every_contradiction_marks_figures_whatever_the_rows_give():
    facts = {"wave": "context", "variable": "courses", "category": "", "statistic": "fact"}
    programs = [{"id": "f1", "printed": "two", **facts}, {"id": "f2", "printed": "three", **facts}]
    assert list_verdicts(programs) == ["contradicted", "contradicted"]
    # Rows that give back all figures of a set do not know that they cannot all be true.
    shares = [{"id": "f1"}, {"id": "f2", "category": "soup", "printed": "60%"}]
    full = {**shares[1], "category": "bread", "printed": "30%"}
    assert list_verdicts([shares[0], full]) == ["reproduced", "reproduced"]
    assert list_verdicts(shares, MADE) == ["contradicted", "contradicted"]


def test_sizes_that_only_weigh_others_are_not_called_in_question():
    blank = {**dict.fromkeys(COLUMNS, ""), "wave": "begin", "subgroup": "all"}
    people = {
        **blank,
        "id": "people",
        "variable": "responses",
        "statistic": "count",
        "printed": "50",
    }
    meal = {**blank, "variable": "meal"}
    answered = {**meal, "id": "answered", "statistic": "nobs", "printed": "60"}
    share = {**meal, "id": "share", "category": "rice", "statistic": "proportion", "printed": "3%"}
    (finding,) = check_published(pd.DataFrame([people, answered]), RELATIONS)
    assert finding.ids == ("answered", "people")
    assert finding.accused == ("answered",)
    few = {**answered, "printed": "20"}
    (finding,) = check_published(pd.DataFrame([people, few, share]), RELATIONS)
    assert finding.ids == ("answered", "share")
    assert finding.accused == ("share",)


def test_sums_and_extremes_of_parts_are_found():
    assert judge(category="rice+bread", printed="80%").verdict == "reproduced"
    least = {"category": "soup", "statistic": "proportion_min"}
    assert judge(subgroup="by program", printed="10%", **least).verdict == "reproduced"
    most = {"category": "soup", "statistic": "proportion_max"}
    assert judge(subgroup="by program", printed="35%", **most).verdict == "reproduced"
    either = judge(subgroup="by program", printed="10%", **{**least, "category": "soup|rice"})
    assert either.verdict == "reproduced"
    limited = judge(subgroup="by program, program_type=a", printed="27%", **most)
    assert limited.verdict == "reproduced"


def test_the_n_of_a_category_is_what_its_share_is_of():
    assert judge(statistic="nobs", printed="100").verdict == "reproduced"
    assert judge(statistic="nobs", printed="99").verdict == "differs"


def test_orders_and_ranks_are_judged_by_the_estimates():
    order = {"category": "soup", "statistic": "order", "printed": "higher"}
    assert judge(qualifier="end > begin", **order).verdict == "reproduced"
    assert judge(qualifier="end < begin", **order).verdict == "differs"
    assert judge(qualifier="program=a1 < program=a2", **order).verdict == "reproduced"
    rank = {"statistic": "rank", "printed": "second"}
    assert judge(category="bread", qualifier="2", **rank).verdict == "reproduced"
    assert judge(category="soup", qualifier="2", **rank).verdict == "differs"


def test_facts_are_context_and_questions_not_asked_have_no_estimates():
    assert judge(wave="context").verdict == "context"
    assert judge(statistic="text", printed="a few").verdict == "context"
    assert judge(statistic="text", printed="Not asked").verdict == "differs"
    other = judge(wave="end", category="rice", statistic="text", printed="Not asked")
    assert other.verdict == "reproduced"


def test_every_unknown_key_is_named():
    with pytest.raises(InvalidInput) as caught:
        judge(category="rise")
    assert "f1" in str(caught.value)
    assert "rice" in str(caught.value)


def test_verdicts_are_counted():
    published = pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), "id": "x", "wave": "context"}])
    judged = judge_figures(published, make_estimates(), COHORT, ["begin"])
    assert count_verdicts(judged) == {
        "reproduced": 0, "contradicted": 0, "differs": 0, "context": 1,
    }  # fmt: skip
