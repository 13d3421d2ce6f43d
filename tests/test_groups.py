"""Groups of one survey's people: side by side, and tested."""

from pathlib import Path

import pytest
from scipy import stats

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.intervals import parse_interval
from altcred.core.paired import adjust_pvalues
from altcred.describe.cohort import open_cohort
from altcred.estimate.store import Estimates
from altcred.estimate.wave import estimate_wave
from altcred.write.changes import describe_gaps, list_gaps
from altcred.write.charts import find_chart
from altcred.write.tables import find_table
from altcred.write.views import View

STUDY = """
name: beds
title: Beds
waves:
  summer:
    label: Summer
    exports: [summer.csv]
    submitted: null
    status: null
groups:
  - {by: arm}
  - {by: site, only: [north, south, west]}
disclosure: {minimum: %d}
"""
CODEBOOK = """
variables:
  arm:
    label: Arm
    kind: single
    question: {summer: arm}
    categories: {plain: Plain, compost: Compost}
  site:
    label: Site
    kind: single
    question: {summer: site}
    categories: {north: North, south: South, west: West, east: East}
  weight:
    label: Harvest
    kind: number
    unit: kilos
    question: {summer: weight}
  liked:
    label: Liked it
    kind: ordered
    question: {summer: liked}
    categories: {no: "No", partly: Partly, "yes": "Yes"}
  tools:
    label: Tools
    kind: multiple
    base: asked
    question: {summer: tools}
    categories: {fork: Fork, spade: Spade}
  name: {label: Name, kind: text, question: {summer: name}}
"""
WEIGHTS = {"Plain": [1, 2.5, 2, 4, 3, 2], "Compost": [3.5, 4, 6, 5, 4.5, 2]}
LIKED = {"Plain": "No No Partly Partly Yes No", "Compost": "Yes Yes Partly Yes Yes No"}
TOOLS = {"Plain": ["Fork", "Fork", "", "", "Fork", ""], "Compost": ["Fork, Spade", "Fork"] * 3}


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_beds(study=STUDY, minimum=0):
    for folder in ("cohorts/beds", "data/raw/beds"):
        Path(folder).mkdir(parents=True)
    Path("cohorts/beds/study.yaml").write_text(study % minimum, encoding="utf-8")
    Path("cohorts/beds/codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    rows = [
        f'{arm},{site},{weight},{liked},"{tools}",someone'
        for arm in WEIGHTS
        for site, weight, liked, tools in zip(
            ("North", "South", "West") * 2, WEIGHTS[arm], LIKED[arm].split(), TOOLS[arm],
            strict=True,
        )
    ]  # fmt: skip
    text = "\n".join(["arm,site,weight,liked,tools,name", *rows]) + "\n"
    Path("data/raw/beds/summer.csv").write_text(text, encoding="utf-8")


def estimate(minimum=0) -> Estimates:
    write_beds(minimum=minimum)
    build_responses("beds", "summer")
    return Estimates(estimate_wave("beds", "summer"))


def test_two_groups_are_set_side_by_side_and_tested():
    found = estimate()
    assert found.find("summer", "weight", "", "mean", "arm=plain").value == pytest.approx(
        14.5 / 6, rel=1e-5
    )
    plain, compost = WEIGHTS.values()
    welch = stats.ttest_ind(compost, plain, equal_var=False)
    assert found.find("summer:arm", "weight", "", "ttest_ind_pvalue").value == pytest.approx(
        welch.pvalue, rel=1e-4
    )
    ranks = stats.mannwhitneyu(compost, plain, method="exact")
    cliff = 2 * ranks.statistic / 36 - 1
    assert found.find("summer:arm", "weight", "", "cliffs_delta").value == pytest.approx(
        cliff, rel=1e-4
    )
    assert found.find("summer:arm", "liked", "", "mannwhitneyu_pvalue").note == "exact"
    fork = found.find("summer:arm", "tools", "fork", "proportions_pvalue")
    assert fork.value == pytest.approx(stats.fisher_exact([[3, 3], [6, 0]]).pvalue, rel=1e-4)
    # In the family: site, harvest, liked, and each tool.
    tests = [("site", "", "chi2"), ("weight", "", "ttest_ind"), ("liked", "", "mannwhitneyu"),
             ("tools", "fork", "proportions"), ("tools", "spade", "proportions")]  # fmt: skip
    raw, holm = (
        [found.find("summer:arm", *key, f"{test}_pvalue{of}").value for *key, test in tests]
        for of in ("", "_holm")
    )
    assert holm == pytest.approx(list(adjust_pvalues(raw)), rel=1e-4)
    assert not found.has("summer:arm", "arm")
    assert not found.has("summer:arm", "name")


def test_three_groups_have_tests_and_no_differences():
    found = estimate()
    by_site = [[w[place] for w in WEIGHTS.values() for place in (one, one + 3)] for one in range(3)]
    assert found.find("summer:site", "weight", "", "kruskal_pvalue").value == pytest.approx(
        stats.kruskal(*by_site).pvalue, rel=1e-4
    )
    assert found.has("summer:site", "weight", "", "anova_pvalue_holm")
    assert found.has("summer:site", "tools", "fork", "proportions_pvalue")
    assert not found.has("summer:site", "weight", "", "mean_difference")


def test_groups_are_told_without_a_cause():
    found = estimate()
    view = View(open_cohort("beds"), found, "summer")
    table = find_table("groups")(view, "arm")
    assert table.columns[:3] == ["n", "Plain", "Compost"]
    assert table.cell("Harvest", "Plain") == "2.42"
    assert table.cell("Liked it: Yes", "Compost") == "67%"
    assert find_chart("groups")(view, "arm") is not None
    assert find_chart("groups")(view, "site") is None
    assert find_table("groups")(view, "site").columns[1:4] == ["North", "South", "West"]
    for by in ("arm", "site"):
        told = describe_gaps(view, by)
        assert "does not say what it comes from" in told
        assert "because" not in told


def test_small_groups_are_hidden_and_then_not_tested():
    found = estimate(minimum=5)
    view = View(open_cohort("beds"), found, "summer")
    # Four people a site are too few. Six an arm are not, but the mean and the spread of six would
    # tell how many of them are in each hidden range.
    assert list_gaps(view, "site") == []
    assert not found.has("summer:site", "weight")
    assert not found.has("summer:arm", "weight", "", "ttest_ind_pvalue")
    assert describe_gaps(view, "site") == "Too few groups may be shown for them to be compared."


def test_groups_of_which_few_gave_each_answer_are_tested_by_their_means_alone():
    found = estimate(minimum=3)
    assert found.has("summer:arm", "weight", "", "ttest_ind_pvalue")
    assert not found.has("summer:arm", "liked", "", "mannwhitneyu_pvalue")


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("{by: colour}", "groups.0.by"),
        ("{by: tools}", "groups.0.by"),
        ("{by: weight}", "groups.0.by"),
        ("{by: arm, only: [plain]}", "groups.0.only"),
        ("{by: arm, only: [plain, red]}", "groups.0.only"),
        ("{by: arm, variables: [nothing]}", "groups.0.variables"),
        ("{by: arm, waves: [winter]}", "groups.0.waves"),
        ("{by: site}", "groups.1.by"),
    ],
)
def test_what_parts_nobody_is_named(line, where):
    write_beds(STUDY.replace("{by: arm}", line))
    with pytest.raises(InvalidInput) as caught:
        open_cohort("beds")
    assert where in {problem.where for problem in caught.value.problems}


def test_a_wave_that_did_not_ask_parts_nobody():
    winter = (
        "  winter: {label: Winter, exports: [summer.csv], submitted: null, status: null}\ngroups:"
    )
    write_beds(
        STUDY.replace("{by: arm}", "{by: arm, waves: [winter]}").replace("groups:", winter, 1)
    )
    with pytest.raises(InvalidInput, match="winter did not ask 'arm'"):
        open_cohort("beds")


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("[0, 5)", "[5, )", False), ("[0, 5]", "[5, )", True), ("[0, )", "[9, )", True),
        ("[, 3)", "[2, 4)", True), ("(5, 6)", "[0, 5]", False),
    ],
)  # fmt: skip
def test_intervals_overlap(one, other, overlap):
    assert parse_interval(one).overlaps(parse_interval(other)) is overlap
    assert parse_interval(other).overlaps(parse_interval(one)) is overlap
