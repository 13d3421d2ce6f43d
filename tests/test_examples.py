"""The examples under cohorts/examples go from file to report, and say what their files hold.

What is right is worked out here from the raw files with pandas, scipy and statsmodels alone.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_builds import EXAMPLES

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def built(projects: list[Path]) -> Path:
    """Return a copy of the project in which the examples were built."""
    return projects[1]


def estimates_of(built: Path, cohort: str, folder: str, wave: str) -> pd.DataFrame:
    found = pd.read_csv(
        built / f"data/processed/{cohort}/{folder}/estimates.csv", dtype={"note": str}
    )
    found = found[(found["wave"] == wave) & (found["subgroup"] == "all")].fillna({"category": ""})
    return found.set_index(["variable", "category", "statistic"])


def read_raw(built: Path, cohort: str, file: str, **how: str) -> pd.DataFrame:
    raw = pd.read_csv(
        built / f"data/raw/{cohort}/{file}", dtype=str, keep_default_na=False,
        encoding="utf-8-sig", **how,
    )  # fmt: skip
    code = "code" if "code" in raw else "Code"
    raw[code] = raw[code].str.casefold().str.replace(r"[\s-]", "", regex=True)
    return raw.rename(columns={code: "code"})


@pytest.fixture(scope="module")
def singers(built: Path) -> pd.DataFrame:
    """Return who answered both surveys of the choir, a row a person."""
    before, after = (read_raw(built, "choir", name) for name in ("before.csv", "after.csv"))
    before = before[before["submitdate"].str.startswith("2025")]
    both = before.merge(after, on="code", suffixes=("_1", "_2"))
    return both[both["code"] != ""]


@pytest.fixture(scope="module")
def students(built: Path) -> pd.DataFrame:
    """Return who answered both surveys of the laboratory, the last row of each."""
    sides = []
    for name in ("first.csv", "second.csv"):
        side = read_raw(built, "soil-lab", name, sep=";")
        side = side[(side["Consent"] == "I agree") & (side["code"] != "")]
        side["When"] = pd.to_datetime(side["When"], format="%d.%m.%Y %H:%M")
        sides.append(side.sort_values("When").drop_duplicates("code", keep="last"))
    return sides[0].merge(sides[1], on="code", suffixes=("_1", "_2"))


def test_pairs_are_those_whose_codes_are_equal(built, singers, students):
    for cohort, both in (("choir", singers), ("soil-lab", students)):
        panel = estimates_of(built, cohort, "panel", "panel")
        assert panel.loc[("pairs", "", "count"), "value"] == len(both) > 30


def signed_rank_pvalue(moved: pd.Series) -> float:
    """Return the two-sided p of the rank sum, each of the signs as likely: all sums counted."""
    ranks = (moved.abs().rank() * 2).astype(int)
    ways = np.ones(1)
    for rank in ranks:
        ways = np.convolve(ways, np.r_[1, np.zeros(rank - 1), 1])
    less = min(ranks[moved > 0].sum(), ranks[moved < 0].sum())
    return min(1.0, 2 * ways[: less + 1].sum() / ways.sum())


def test_items_of_a_scale_change_as_the_raw_files_say(built, singers):
    from scipy import stats

    panel = estimates_of(built, "choir", "panel", "panel")
    for item in range(1, 7):
        sides = [
            pd.to_numeric(singers[f"feel[SQ00{item}]_{side}"].str.removeprefix("A"))
            for side in (1, 2)
        ]
        given = sides[0].notna() & sides[1].notna()
        first, second = (side[given] for side in sides)
        found = panel.loc[f"sq00{item}"].droplevel(0)["value"]
        assert found["nobs"] == given.sum()
        assert found["mean_difference"] == pytest.approx((second - first).mean(), rel=1e-4)
        test = stats.ttest_rel(second, first)
        assert found["ttest_rel_pvalue"] == pytest.approx(test.pvalue, rel=1e-3)
        exact = signed_rank_pvalue((second - first)[second != first])
        assert found["wilcoxon_pvalue"] == pytest.approx(exact, rel=1e-4)


def test_p_values_are_adjusted_over_the_whole_chapter(built):
    from statsmodels.stats.multitest import multipletests

    panel = estimates_of(built, "choir", "panel", "panel").reset_index()
    primary = {"scale": "wilcoxon", "number": "ttest_rel", "answer": "mcnemar"}
    items = panel["variable"].str.startswith("sq00")
    score = panel["variable"].eq("singing_confidence")
    points = panel["variable"].eq("recommend_choir")
    answer = panel["variable"].str.startswith("reasons_to_sing:")
    chosen = panel[
        ((items | points) & panel["statistic"].eq(f"{primary['scale']}_pvalue"))
        | (score & panel["statistic"].eq(f"{primary['number']}_pvalue"))
        | (answer & panel["statistic"].eq(f"{primary['answer']}_pvalue"))
    ]
    adjusted = multipletests(chosen["value"], method="holm")[1]
    for (_, one), value in zip(chosen.iterrows(), adjusted, strict=True):
        found = panel[
            panel["variable"].eq(one["variable"])
            & panel["statistic"].eq(f"{one['statistic']}_holm")
        ]
        assert found["value"].item() == pytest.approx(value, rel=1e-4)
        assert f"adjusted for {len(chosen)} tests" in found["note"].item()


def test_answers_joined_by_semicolons_and_the_one_that_excludes_others(built):
    raw = read_raw(built, "soil-lab", "first.csv", sep=";")
    decisions = pd.read_csv(built / "data/processed/soil-lab/week_one/decisions.csv", dtype=str)
    kept = raw[(decisions["decision"] == "kept").to_numpy()]["Tools used"]
    found = estimates_of(built, "soil-lab", "week_one", "week_one")
    for category, label in (("auger", "Auger"), ("sieve", "Sieve, fine")):
        ticked = kept.map(lambda text, label=label: label in text.split("; ")).sum()
        assert found.loc[("lab_tools", category, "count"), "value"] == ticked > 5
    alone = kept.eq("None of these").sum()
    assert found.loc[("lab_tools", "no_tool", "count"), "value"] == alone
    log = pd.read_csv(built / "data/processed/soil-lab/week_one/answers.csv", dtype=str)
    assert "ticked with answers it excludes" in set(log["reason"])


def test_rows_are_dropped_with_their_reasons(built):
    for cohort, wave, reason in (
        ("choir", "term_start", "unfinished"),
        ("soil-lab", "week_one", "no_consent"),
        ("soil-lab", "week_one", "repeat"),
    ):
        folder = built / f"data/processed/{cohort}/{wave}"
        decisions = pd.read_csv(folder / "decisions.csv", dtype=str)
        assert reason in set(decisions["reason"])


def read_pages(folder):
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html")))


def test_reports_read_and_name_nobody(built, singers, students):
    for cohort, both in (("choir", singers), ("soil-lab", students)):
        page = read_pages(built / f"report/{cohort}")
        assert (built / f"report/{cohort}/report.pdf").is_file()
        assert "(not shown)" not in page
        text = re.sub(r"<[^>]+>|data:[^\"]+", " ", page).casefold()
        assert [code for code in both["code"] if re.search(rf"\b{code}\b", text)] == []
    assert "I dare to sing alone" in read_pages(built / "report/choir")


def test_an_example_is_described_in_few_lines(root):
    for name in EXAMPLES:
        folder = root / "cohorts/examples" / name
        lines = sum(
            len((folder / f"{file}.yaml").read_text().splitlines())
            for file in ("study", "codebook")
        )
        assert lines <= 120
