"""What becomes of a panel under other ways of matching its people.

Estimates have the wave of the panel's folder and the subgroup `all`. Of each other way of matching,
`linkage:WAY` counts the pairs: category '' statistic `nobs` (found by the rules or this way),
`both`, `added` (not by the rules), `lost` (by the rules alone), `pairs` (by this way) and `rules`,
statistic `count`. `linkage:WAY:NUMBER` has `nobs` and `mean_difference` of those who told the
panel's headline number in both surveys. `linkage`, statistic `nunique`, is the number of other
ways, where any.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from altcred.core.distribution import LEVEL
from altcred.core.engine import open_side_by_side
from altcred.core.paired import compare_means
from altcred.core.paths import wave_dir
from altcred.core.records import ALL, NAN, Estimate, Recorder
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.folders import panel_folder
from altcred.disclose.relations import Question
from altcred.estimate.panel import estimate_panel
from altcred.estimate.protection import protect
from altcred.estimate.store import compose_frame, read_estimates, write_estimates
from altcred.kinds import kind_of
from altcred.link.linkage import RULES, Linkage, Pair, link_otherwise

# What of the pairs made in one way, and of the rules', is made of what.
PARTS = {"pairs": ["both", "added"], "rules": ["both", "lost"]}


def estimate_linked(cohort: str, first: str, second: str) -> tuple[pd.DataFrame, Linkage]:
    """Return what estimate_panel and link_otherwise return of the people found in two surveys."""
    study = open_cohort(cohort).study
    folder = panel_folder(study, first, second).name
    works = [
        partial(estimate_panel, cohort, first, second),
        partial(link_otherwise, cohort, first, second, folder=folder),
    ]
    files = (wave_dir(cohort, wave) / "responses.parquet" for wave in (first, second))
    estimates, linkage = open_side_by_side(works, study.engine, *files)
    return estimates, linkage


def estimate_linkage(cohort: str, first: str, second: str, linkage: Linkage) -> pd.DataFrame:
    """Estimate how many pairs each way of matching finds, and what the headline number becomes.

    Returns the columns of estimates.csv; the keys are described above. Small cells go as the
    study's disclosure says, and so does a mean that differs from another way's by the answers of
    too few people, since these could be worked out from the two.
    """
    opened = open_cohort(cohort)
    rules = linkage.ways[RULES]
    others = {way: pairs for way, pairs in linkage.ways.items() if way != RULES}
    records: list[Estimate] = []
    for way, pairs in others.items():
        n = float(len(pairs | rules))
        record = Recorder(ALL, name_way(way))
        records.append(record.number("nobs", n, n=n))
        counts = {"both": pairs & rules, "added": pairs - rules, "lost": rules - pairs}
        for category, held in {**counts, "pairs": pairs, "rules": rules}.items():
            records.append(record.number("count", len(held), n=n, category=category))
    if others:
        records.append(Recorder(ALL, "linkage").number("nunique", len(others), n=NAN))
    records += _estimate_headline(opened, first, second, linkage)
    folder = panel_folder(opened.study, first, second)
    frame = compose_frame(records, folder.name)
    questions = describe_ways(frame["variable"])
    return protect(frame, opened, questions, beside=[folder / "estimates.csv"])


def describe_ways(variables: Iterable[str]) -> dict[str, Question]:
    """Return what anybody knows of the pairs that ways of matching find, of some variables."""
    described = Question(True, groups=PARTS, counts={"rules": ("pairs", [""])})
    return {name: described for name in variables if name.startswith(f"{name_way('')}:")}


def add_estimates(frame: pd.DataFrame, path: Path) -> None:
    """Write estimates among those that a file has; earlier ones of the same variables go."""
    there = read_estimates(path).frame
    kept = there[~there["variable"].isin(set(frame["variable"]))]
    write_estimates(pd.concat([kept, frame], ignore_index=True), path)


def name_way(way: str, variable: str = "") -> str:
    """Return the name under which a way of matching, or a number of its people, is estimated."""
    return ":".join(filter(None, ["linkage", way, variable]))


def _find_headline(cohort: Cohort, first: str, second: str) -> str:
    """Return the number that a panel is most asked about; an empty text where there is none.

    The first one with an equivalence margin, else the first amount of money, else the first number
    that has a zero, of those that both surveys asked.
    """
    kinds = {one: kind_of(cohort.codebook.variables[one]) for one in cohort.compared(first, second)}
    numbers = {name: kind for name, kind in kinds.items() if kind.is_numeric}
    margins = cohort.study.panel_of(first, second).equivalence_margin
    for chosen in (
        (name for name in numbers if name in margins),
        (name for name, kind in numbers.items() if kind.is_money),
        (name for name, kind in numbers.items() if kind.has_zero),
    ):
        if found := next(chosen, ""):
            return found
    return ""


def _estimate_headline(
    cohort: Cohort, first: str, second: str, linkage: Linkage
) -> Iterator[Estimate]:
    name = _find_headline(cohort, first, second)
    if not name:
        return
    minimum = cohort.study.disclosure.minimum
    is_skewed = kind_of(cohort.codebook.variables[name]).is_skewed
    numbers = [
        pd.read_parquet(
            wave_dir(cohort.name, wave) / "responses.parquet", columns=["response_id", name]
        ).set_index("response_id")[name].astype(float)
        for wave in (first, second)
    ]  # fmt: skip
    told: list[frozenset[Pair]] = []
    for way, pairs in linkage.ways.items():
        ordered = sorted(pairs)
        before, after = (
            side.loc[[pair[place] for pair in ordered]].reset_index(drop=True)
            for place, side in enumerate(numbers)
        )
        given = before.notna() & after.notna()
        who = frozenset(pair for pair, is_given in zip(ordered, given, strict=True) if is_given)
        # The difference of two sums over nearly the same people is the answers of the rest.
        is_near = any(0 < len(who ^ others) < minimum for others in told)
        if not is_near:
            told.append(who)
        if way == RULES:
            continue
        record = Recorder(ALL, name_way(way, name))
        n = len(who)
        note = f"suppressed: differs from another way by fewer than {minimum} people"
        if is_near:
            yield record.number("nobs", NAN, n=NAN, note=note)
            if n:
                yield record.number("mean_difference", NAN, n=NAN, note=note)
        else:
            yield record.number("nobs", n, n=n)
            found = compare_means(record, before, after, is_skewed=is_skewed, alpha=1 - LEVEL)
            for one in found:
                if one.statistic == "mean_difference":
                    yield one
