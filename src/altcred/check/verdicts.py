"""The verdict on each printed figure: rebuilt from rows, or proven impossible, or different.

A verdict joins two tables by their key: the printed figures of `published.csv` and the
estimates. `contradicted`: the figure is one of a set of printed figures that cannot all be true,
and nothing vouches for it. `reproduced`: it is not, and the estimate rounds to what is printed, or
satisfies the words. `differs`: it does not, and nothing explains why. `context`: a fact about
programs, prices or other collections, or words without a number, which no row could rebuild.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from altcred.check.consistency import Finding, Findings, check_all
from altcred.check.derived import list_ranges, relations_of_cohort
from altcred.check.published import (
    SHARE,
    TEXT_STATISTICS,
    WORDS,
    is_reproduced,
    parse_printed,
    read_published,
)
from altcred.check.words import Names, use_names
from altcred.core.errors import Problem, refuse_problems
from altcred.core.measures import measures_dir, write_measures
from altcred.core.paths import cohort_dir, processed_dir
from altcred.core.records import Estimate
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort
from altcred.describe.study import Study, load_study
from altcred.estimate.store import Estimates, UnknownEstimate, read_estimates

if TYPE_CHECKING:
    import pandas as pd

REPRODUCED, CONTRADICTED, DIFFERS, CONTEXT = "reproduced", "contradicted", "differs", "context"
VERDICTS = (REPRODUCED, CONTRADICTED, DIFFERS, CONTEXT)
# Cells of a printed table that say that a question was not put to those people.
NOT_ASKED = {"not asked", "n/a", "-", "did not include", "not included"}
# "More or less the same" is a difference of less than this, in shares.
SAME = 0.05
EXTREMES = {"_min": min, "_max": max}


@dataclass(frozen=True)
class Judgement:
    """What became of one printed figure: its verdict, the number rebuilt, and a remark."""

    verdict: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n_rebuilt: float = math.nan
    remark: str = ""


def judge_figures(
    published: "pd.DataFrame",
    estimates: Estimates,
    cohort: Cohort,
    waves: Iterable[str],
    findings: Sequence[Finding] = (),
    file: str = "published.csv",
) -> "pd.DataFrame":
    """Return the printed figures with verdict, value, low, high, n_rebuilt, finding and remark.

    `waves` are those of the estimates (`first`, `panel:first`, `first-second` ...); figures of
    other waves are context. `findings` are the contradictions among the figures, C1 first; each
    marks every print that it calls in question as contradicted, rebuilt or not, save those that
    answers vouch for: where a cohort's rows are its own, and rebuild some of these prints and not
    others, only the others. Raises InvalidInput with every figure of these waves whose key no
    estimate has.
    """
    own = set(waves)
    judged, problems = [], []
    for line, row in enumerate(published.to_dict("records"), start=2):
        try:
            judgement = _judge(row, estimates, cohort, own)
        except UnknownEstimate as error:
            where, fault = f"line {line} ({row['id']})", f"no estimate has its key. {error}"
            remedy = "Correct the key, or describe what is missing in the codebook or the study."
            problems.append(Problem(file, where, fault, remedy))
            continue
        judged.append({"id": row["id"], **asdict(judgement), "finding": ""})
    refuse_problems(problems)
    _mark_contradicted({row["id"]: row for row in judged}, findings, cohort.study)
    columns = ("verdict", "value", "low", "high", "n_rebuilt", "finding", "remark")
    return published.assign(**{column: [row[column] for row in judged] for column in columns})


def _mark_contradicted(
    judged: Mapping[str, dict[str, Any]], findings: Sequence[Finding], study: Study
) -> None:
    """Enter the findings that each figure stands in, and which figures they contradict."""
    marked: set[str] = set()
    for number, finding in enumerate(findings, start=1):
        accused = set(finding.accused)
        rebuilt = {id for id in accused if judged[id]["verdict"] == REPRODUCED}
        # Rows that were made from the prints vouch for none of them.
        if not study.reconstructed and rebuilt != accused:
            accused -= rebuilt
        marked |= accused
        for id in finding.places:
            names = (judged[id]["finding"], f"C{number}")
            judged[id]["finding"] = ", ".join(filter(None, names))
            if judged[id]["verdict"] == DIFFERS:
                marked.add(id)
    for id in marked:
        judged[id]["verdict"] = CONTRADICTED


def _judge(
    row: Mapping[str, str], estimates: Estimates, cohort: Cohort, waves: set[str]
) -> Judgement:
    if row["wave"] not in waves:
        return Judgement(CONTEXT)
    if row["statistic"] == "order":
        return _judge_order(row, estimates)
    if row["statistic"] == "rank":
        return _judge_rank(row, estimates, cohort.codebook)
    if row["statistic"] in TEXT_STATISTICS:
        if row["printed"].lower() in NOT_ASKED:
            return _judge_not_asked(row, estimates)
        return Judgement(CONTEXT, remark="words without a number")
    interval = parse_printed(row["printed"], row["qualifier"])
    found = find_printed(row, estimates, cohort.study)
    described = cohort.codebook.variables.get(row["variable"])
    # A number asked for in percent and printed as a share ("one third") is divided by 100.
    is_percent = described is not None and described.unit == "percent"
    by = 100 if interval.unit == SHARE and is_percent else 1
    value, low, high = (number / by for number in (found.value, found.low, found.high))
    verdict = REPRODUCED if is_reproduced(value, interval) else DIFFERS
    return Judgement(verdict, value, low, high, found.n, found.note)


def find_printed(row: Mapping[str, str], estimates: Estimates, study: Study) -> Estimate:
    """Return the estimate that a printed figure is about; UnknownEstimate where there is none.

    Beyond one key: `a+b` as category adds the categories' shares or counts, a subgroup
    `by program` or `by program_type` with a statistic `..._min` or `..._max` is the least or
    the greatest of the parts, of `a|b` as category of each of these categories in each part;
    a subgroup `by program, program_type=x` is limited to a type.
    The `nobs` of a category is the n its share is of.
    """
    for ending, choose in EXTREMES.items():
        if row["statistic"].endswith(ending) and row["subgroup"].startswith("by "):
            statistic = row["statistic"].removesuffix(ending)
            found = _find_parts({**row, "statistic": statistic}, estimates, study)
            return choose(found, key=lambda estimate: estimate.value)
    categories = row["category"].split("+")
    if len(categories) > 1:
        parts = [_find({**row, "category": category}, estimates) for category in categories]
        return Estimate(sum(part.value for part in parts), n=parts[0].n)
    return _find(row, estimates)


def _find(row: Mapping[str, str], estimates: Estimates) -> Estimate:
    if row["statistic"] == "nobs" and row["category"]:
        share = _find({**row, "statistic": "proportion"}, estimates)
        return Estimate(share.n, n=share.n)
    return estimates.find(
        row["wave"], row["variable"], row["category"], row["statistic"], row["subgroup"]
    )


def _find_parts(row: Mapping[str, str], estimates: Estimates, study: Study) -> list[Estimate]:
    """Return the estimates of each part of those people who are printed as `by ...`."""
    names = list_ranges(study).get(row["subgroup"], [])
    wave, variable, category, statistic = (
        row[column] for column in ("wave", "variable", "category", "statistic")
    )
    if variable == "responses" and not category:
        # How many people a part has is printed of everyone, as a category.
        parts = [name.partition("=")[2] for name in names]
        found = [estimates.find(wave, variable, part, statistic) for part in parts]
    else:
        found = [
            _find({**row, "subgroup": name, "category": one}, estimates)
            for name in names
            for one in category.split("|")
            if estimates.has(wave, variable, one, statistic, name)
        ]
    if not found:
        raise UnknownEstimate(f"No part {row['subgroup']!r} has {variable} {category} {statistic}.")
    return found


def _judge_order(row: Mapping[str, str], estimates: Estimates) -> Judgement:
    found = re.fullmatch(r"(\S+) ([<>=]) (\S+)", row["qualifier"])
    if found is None:
        return Judgement(CONTEXT, remark="words without two sides")
    left, sign, right = found.groups()
    statistic = "proportion" if row["category"] else "median"
    if row["wave"].partition("-")[0] == "panel":
        # Of the same people, more or fewer is said of their number.
        statistic = "count"
    one, other = (
        _find({**row, **_side(side), "statistic": statistic}, estimates) for side in (left, right)
    )
    holds = {
        ">": one.value > other.value,
        "<": one.value < other.value,
        "=": abs(one.value - other.value) < SAME,
    }[sign]
    return Judgement(
        REPRODUCED if holds else DIFFERS, one.value, remark=f"compared with {other.value:.4g}"
    )


def _side(side: str) -> dict[str, str]:
    return {"subgroup": side} if "=" in side else {"wave": side}


def _judge_rank(row: Mapping[str, str], estimates: Estimates, codebook: Codebook) -> Judgement:
    statistic = "difference" if "-" in row["wave"] else "proportion"
    found = _find({**row, "statistic": statistic}, estimates)
    among = estimates.select(
        wave=row["wave"], subgroup=row["subgroup"], variable=row["variable"], statistic=statistic
    )
    # Groups gather categories and would count twice.
    gathered = {"not_reported", *codebook.variables[row["variable"]].groups}
    others = among[~among["category"].isin(gathered)]["value"].abs()
    rank = int((others > abs(found.value)).sum()) + 1
    wanted = int(row["qualifier"])
    return Judgement(
        REPRODUCED if rank == wanted else DIFFERS, found.value, remark=f"its rank is {rank}"
    )


def _judge_not_asked(row: Mapping[str, str], estimates: Estimates) -> Judgement:
    statistic = "difference" if "-" in row["wave"] else "proportion"
    keyed = estimates.select(wave=row["wave"], subgroup=row["subgroup"], variable=row["variable"])
    if row["category"]:
        keyed = keyed[(keyed["category"] == row["category"]) & (keyed["statistic"] == statistic)]
    answered = keyed[keyed["n"].fillna(0) > 0]
    return Judgement(REPRODUCED if answered.empty else DIFFERS, remark="not asked")


def earlier_figures(cohort: str) -> "pd.DataFrame":
    """Return what was printed of a cohort's earlier collections, beside its own estimates.

    An earlier collection is a wave named WAVE-YEAR in published.csv, WAVE being one of the
    study's. A row a printed number, each key and number once: the columns of published.csv;
    `own_wave` and `year`; `words`, the figure as printed with the word that bounds it;
    `printed_low` and `printed_high`, the numbers it can stand for (NaN without a bound); and
    `value`, `low`, `high`, `n` of this cohort's estimate with the same key (NaN where there is
    none). Empty for a cohort with no published.csv or no earlier collection.
    """
    import pandas as pd

    path = cohort_dir(cohort) / "published.csv"
    columns = ["own_wave", "year", "words", "printed_low", "printed_high", "value", "low",
               "high", "n_rebuilt"]  # fmt: skip
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    study = load_study(cohort)
    estimates = read_estimates(*sorted((processed_dir(cohort) / "estimates").glob("*.csv")))
    published = read_published(path)
    key = ["wave", "subgroup", "variable", "category", "statistic"]
    rows = []
    for row in published.to_dict("records"):
        wave, _, year = row["wave"].partition("-")
        is_earlier = wave in study.waves and re.fullmatch(r"\d{4}", year)
        if not is_earlier or row["statistic"] in TEXT_STATISTICS:
            continue
        interval = parse_printed(row["printed"], row["qualifier"])
        try:
            own = find_printed({**row, "wave": wave}, estimates, study)
        except UnknownEstimate:
            own = Estimate(math.nan)
        words = "" if WORDS.get(row["qualifier"], "rounded") == "rounded" else row["qualifier"]
        ends = (math.nan if end is None else float(end) for end in (interval.low, interval.high))
        values = [wave, int(year), f"{words} {row['printed']}".strip(), *ends]
        values += [own.value, own.low, own.high, own.n]
        rows.append(row | dict(zip(columns, values, strict=True)))
    frame = pd.DataFrame(rows, columns=[*published.columns, *columns])
    # What is printed twice is read once, the closer of the two.
    width = (frame["printed_high"] - frame["printed_low"]).astype(float).fillna(math.inf)
    order = frame.assign(width=width).sort_values("width", kind="stable").index
    nearest = frame.loc[order].drop_duplicates([*key, "printed_low", "printed_high"])
    inside = _holding_another(nearest, key)
    return nearest[~inside].sort_index().reset_index(drop=True)


def _holding_another(figures: "pd.DataFrame", key: list[str]) -> "pd.Series":
    """Tell which figures are looser than another figure of their key that they agree with."""
    import pandas as pd

    low = figures["printed_low"].astype(float).fillna(-math.inf)
    high = figures["printed_high"].astype(float).fillna(math.inf)
    loose = pd.Series(False, index=figures.index)
    for _, group in figures.groupby(key):
        for place in group.index:
            others = group.drop(index=place)
            within = others["printed_low"].ge(low[place]) & others["printed_high"].le(high[place])
            loose[place] = bool(within.any())
    return loose


def count_verdicts(judged: "pd.DataFrame") -> dict[str, int]:
    """Return how many printed figures have each verdict."""
    counts = judged["verdict"].value_counts()
    return {verdict: int(counts.get(verdict, 0)) for verdict in VERDICTS}


@dataclass(frozen=True)
class Reproduction:
    """The verdicts on a cohort's printed figures, and what the figures say of each other."""

    cohort: Cohort
    judged: "pd.DataFrame"
    findings: Findings


def judge_cohort(cohort: Cohort, names: Names | None = None) -> Reproduction:
    """Judge every figure printed about a cohort, against all of its estimates.

    `names` are what findings call the figures, by their keys if left out.
    Findings are numbered from C1, gravest first; a figure may stand in several. Raises
    InvalidInput where a figure's key has no estimate.
    """
    path = cohort.folder / "published.csv"
    published = read_published(path)
    estimates = read_estimates(*sorted((cohort.processed / "estimates").glob("*.csv")))
    with use_names(names):
        findings = check_all(published, relations_of_cohort(cohort))
    waves = set(estimates.frame["wave"])
    judged = judge_figures(published, estimates, cohort, waves, findings.findings, str(path))
    return Reproduction(cohort, judged, findings)


def write_reproduction(reproduction: Reproduction) -> None:
    """Write reproduction.csv, a row a printed figure, and the counts that metrics.json gathers."""
    judged, cohort = reproduction.judged, reproduction.cohort
    columns = ["id", "wave", "verdict", "printed", "qualifier", "value", "low", "high",
               "n_rebuilt", "finding", "remark"]  # fmt: skip
    path = cohort.processed / "reproduction.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    judged[columns].to_csv(path, index=False, lineterminator="\n", float_format="%.6g")
    severities = [finding.severity for finding in reproduction.findings.findings]
    measures = {
        "figures": count_verdicts(judged),
        "by_wave": {
            str(wave): {verdict: n for verdict, n in count_verdicts(part).items() if n}
            for wave, part in judged.groupby("wave")
        },
        "findings": {"total": len(severities), **Counter(severities)},
    }
    write_measures(measures_dir(cohort.name) / "reproduction.json", measures)
