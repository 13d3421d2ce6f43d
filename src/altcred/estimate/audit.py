"""Attacks the estimates that a cohort has written, from what they show alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from altcred.core.errors import Problem, refuse_problems
from altcred.core.paths import processed_dir
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import Cohort, open_cohort
from altcred.disclose.attack import Ranges, find_narrow
from altcred.disclose.block import FLOW_VARIABLES
from altcred.disclose.cells import name_cell
from altcred.disclose.door import find_places
from altcred.disclose.relations import ASKED, Place, list_relations
from altcred.disclose.rounding import round_ends
from altcred.estimate.protection import describe_questions, divide_subgroups
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

    A hidden count is given away where everything the file shows, and what the codebook says of
    how counts hang together, leave it fewer different numbers than the study's minimum, and one
    of them is below it. Nothing else is used: neither responses, nor how the file was made.
    Nothing is yielded of a study that hides nothing.
    """
    opened = open_cohort(cohort)
    if opened.study.disclosure.minimum > 1:
        for file in sorted((processed_dir(cohort) / "estimates").glob("*.csv")):
            yield _attack(file, opened)


def audit_cohort(cohort: str) -> list[str]:
    """Attack a cohort's estimates and return what was tried of each file, a line each.

    Raises InvalidInput with every hidden count that is given away; by how much is not told.
    """
    lines, problems = [], []
    for one in audit_estimates(cohort):
        lines.append(f"{one.file.name}: {one.hidden:,} hidden counts, {len(one.narrow)} given away")
        for variable, subgroup, category in one.narrow:
            where = ", ".join(filter(None, (variable, category, subgroup)))
            message = "is hidden, and what is shown leaves it too few numbers."
            problems.append(Problem(str(one.file), where, message, _REMEDY))
    refuse_problems(problems)
    return lines or [f"{cohort}: hides nothing, since its disclosure has no minimum"]


def _attack(file: Path, cohort: Cohort) -> Attacked:
    minimum = cohort.study.disclosure.minimum
    questions = describe_questions(cohort)
    narrow: list[Place] = []
    hidden = 0
    for _, rows in read_estimates(file).frame.groupby("wave", sort=True):
        divisions = divide_subgroups(cohort, rows["subgroup"])
        counts: dict[Place, float | None] = {}
        for variable, of_one in rows.groupby("variable", sort=True):
            if variable not in FLOW_VARIABLES:
                counts |= dict.fromkeys(_list_hidden(str(variable), of_one))
                counts |= find_places(str(variable), of_one)
        secret = {place for place, count in counts.items() if count is None}
        hidden += len(secret)
        told = {place: count for place, count in counts.items() if count is not None}
        known = round_ends(told, cohort.study.disclosure.rounds_to, minimum)
        # Rounded counts need not add up, though those behind them do.
        ranges = known if cohort.study.disclosure.rounds_to else {}
        relations, _ = list_relations({**counts, **ranges}, questions, divisions)
        # How many did not answer is no secret of itself.
        aimed = {place for place in secret if place[2] not in (ASKED, NOT_REPORTED)}
        narrow += find_narrow(relations, known, secret, aimed, minimum, Ranges())
    return Attacked(file, hidden, narrow)


def _list_hidden(variable: str, rows: pd.DataFrame) -> Iterator[Place]:
    """Yield the places of which an estimate is hidden."""
    for row in rows[rows["note"].str.startswith("suppressed")].itertuples(index=False):
        if row.category == NOT_REPORTED:
            yield from ((variable, row.subgroup, one) for one in (ASKED, NOT_REPORTED))
        elif row.statistic in ("count", "proportion", "nobs") or find_statistic(row.statistic).cell:
            yield (variable, *name_cell(row.subgroup, row.category, row.statistic))
