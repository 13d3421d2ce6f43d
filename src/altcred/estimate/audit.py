"""Attacks the estimates that a cohort has written, from what they show alone."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from altcred.core.errors import Problem, refuse, refuse_problems
from altcred.core.paths import processed_dir
from altcred.core.records import NOT_REPORTED
from altcred.describe.cohort import Cohort, open_cohort
from altcred.disclose.attack import Ranges, find_narrow
from altcred.disclose.changes import limit_widths, list_alike, list_open_rests, read_told
from altcred.disclose.door import list_counts, qualify_divisions
from altcred.disclose.places import ASKED, Place, split_people
from altcred.disclose.relations import list_relations
from altcred.disclose.rounding import round_ends
from altcred.estimate.costs import describe_costs
from altcred.estimate.linkage import describe_ways
from altcred.estimate.protection import describe_questions, divide_subgroups, nest_people
from altcred.estimate.store import read_estimates

_REMEDY = "Build the estimates again; if it is still so, leave the subgroup or the question out."


@dataclass(frozen=True)
class Attacked:
    """One file of estimates: how many counts it hides, and which of them it gives away."""

    file: Path
    hidden: int
    narrow: list[Place]


def audit_estimates(cohort: str) -> Iterator[Attacked]:
    """Yield of each file of estimates which hidden counts can be narrowed below the minimum.

    A hidden count is given away where everything that all files show together, and what the
    descriptions say of how counts hang together, leave it fewer different numbers than the study's
    minimum, and one of them is below it; so is one that nobody wrote, of whom parts leave over of a
    whole. Nothing else is used: neither responses, nor how the files were made. Nothing is yielded
    of a study that hides nothing, nor of a stand-in, behind whose numbers is nobody.
    """
    opened = open_cohort(cohort)
    files = sorted((processed_dir(cohort) / "estimates").glob("*.csv"))
    if opened.study.disclosure.minimum <= 1 or opened.study.stand_in or not files:
        return
    of_files = {file: read_estimates(file).frame for file in files}
    everything = read_estimates(*files).frame
    hidden, narrow = _attack(everything, opened)
    for file, frame in of_files.items():
        there = {
            (variable, wave)
            for wave, variable in frame[["wave", "variable"]].itertuples(index=False)
        }

        def is_there(place: Place, there: Set[tuple[str, str]] = frozenset(there)) -> bool:
            return (place[0], split_people(place[1])[0]) in there

        yield Attacked(file, sum(map(is_there, hidden)), [*filter(is_there, narrow)])


def audit_cohort(cohort: str) -> list[str]:
    """Attack the estimates of a built cohort and return what was tried of each file, a line each.

    Raises InvalidInput with every hidden count that is given away, and where nothing is built.
    """
    lines = refuse_given_away(cohort)
    folder = processed_dir(cohort) / "estimates"
    if not any(folder.glob("*.csv")):
        refuse(folder, "", "holds no estimates.", "Build the cohort first: dvc repro.")
    return lines or [f"{cohort}: hides nothing of anybody"]


def refuse_given_away(cohort: str) -> list[str]:
    """Attack what estimates there are of a cohort and return a line for each file of them.

    Raises InvalidInput with every hidden count that is given away; by how much is not told.
    """
    lines, problems = [], []
    for one in audit_estimates(cohort):
        lines.append(f"{one.file.name}: {one.hidden:,} hidden counts, {len(one.narrow)} given away")
        for variable, people, category in one.narrow:
            wave, subgroup = split_people(people)
            where = ", ".join(filter(None, (variable, category, subgroup, wave)))
            message = "is hidden, and what is shown leaves it too few numbers."
            problems.append(Problem(str(one.file), where, message, _REMEDY))
    refuse_problems(problems)
    return lines


def _attack(shown: pd.DataFrame, cohort: Cohort) -> tuple[list[Place], list[Place]]:
    """Return the counts that estimates hide, and which of them and of rests they give away."""
    disclosure, minimum = cohort.study.disclosure, cohort.study.disclosure.minimum
    variables = sorted({*shown["variable"]})
    questions = describe_questions(cohort) | describe_ways(variables)
    if (cohort.folder / "prices.yaml").is_file():
        questions |= describe_costs(cohort)
    counts = list_counts(shown)
    secret = {place for place, count in counts.items() if count is None}
    told = {place: count for place, count in counts.items() if count is not None}
    known = round_ends(told, disclosure.rounds_to, minimum)
    # Rounded counts need not add up, though those behind them do.
    ranges = known if disclosure.rounds_to else {}
    divisions = divide_subgroups(cohort, shown["subgroup"])
    relations, rests = list_relations(
        {**counts, **ranges}, questions, qualify_divisions(divisions, {*shown["wave"]}),
        nest_people(cohort, shown),
    )  # fmt: skip
    # How many did not answer is no secret of itself, nor are the many that parts leave over.
    few = {place for place, count in rests.items() if 0 < (count or 0) < minimum}
    reach = Ranges()
    alike = list[Place]()
    if not disclosure.rounds_to:
        people = read_told(shown), nest_people(cohort, shown)
        alike = [(*key, "") for key in list_alike(*people)]
        is_open = list_open_rests(*people, minimum)
        few -= is_open.keys()
        reach.enough = limit_widths(is_open, rests)
    aimed = {place for place in secret | few if place[2] not in (ASKED, NOT_REPORTED)}
    hidden = secret | rests.keys()
    narrow = find_narrow(relations, known, hidden, aimed, minimum, reach)
    return sorted(secret), sorted({*narrow, *alike})
