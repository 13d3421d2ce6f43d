"""Finds by itself which printed figures cannot all be true.

Printed figures are compared with each other and with nothing else. Every figure is a range of
exact numbers (`published.parse_printed`); a finding says that no numbers in the ranges of a few
figures satisfy a relation that must hold between them. What rounding can explain is no finding.
docs/consistency.md lists the relations.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from altcred.consistency._checks import list_checks
from altcred.consistency._figures import CONTEXT, Table, read_figures
from altcred.consistency._implied import Implied, describe, list_implied
from altcred.consistency._odd import Odd, list_odd
from altcred.consistency._relations import Relations, derive_relations, load_relations
from altcred.consistency._search import Repair, find_repairs, minimize, weigh_alternatives

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Finding",
    "Findings",
    "Implied",
    "Odd",
    "Relations",
    "Repair",
    "check_all",
    "check_cohort",
    "check_file",
    "check_published",
    "derive_relations",
    "describe",
    "find_implied",
    "find_odd",
    "load_relations",
    "relations_of_cohort",
]

SEVERITIES = ("high", "medium", "low")
# Of two findings about the same figures, the one with the plainer rule is kept.
PLAINNESS = (
    "repeated", "label", "population", "total", "grim", "count", "p-value", "difference", "formula",
    "sum", "subgroups", "range", "rank",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Printed figures that cannot all be true.

    `ids` is a smallest set of conflicting figures: without any one of them there is no
    conflict left. `places` holds these and every other row that prints the same quantities.
    `line` is the arithmetic. `repairs` are changes of one figure that would do, typos first.
    `evidence` says which of several prints fits the rest, where that can be told. `premise` is
    what the finding takes for granted besides, '' for nothing.
    """

    kind: str
    line: str
    ids: tuple[str, ...]
    places: tuple[str, ...]
    severity: str
    repairs: tuple[Repair, ...] = ()
    evidence: str = ""
    premise: str = ""

    @property
    def typo(self) -> Repair | None:
        """The change of one figure, no more than a slip, that repairs the finding."""
        return next((repair for repair in self.repairs if repair.is_typo), None)


@dataclass(frozen=True)
class Findings:
    """What a table of printed figures says of itself: contradictions, implied sizes, oddities.

    `unread` holds the ids of figures that are no numbers and were not compared.
    """

    findings: list[Finding] = field(default_factory=list)
    implied: list[Implied] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def check_published(figures: "pd.DataFrame", relations: Relations | None = None) -> list[Finding]:
    """Return every contradiction among printed figures, gravest first.

    `figures` has the columns of published.csv (see `published.read_published`); `relations`
    says what keys alone do not tell: which subgroups are parts of which, which categories
    exclude each other, formulas. Without it only the rules that need none are applied.
    """
    relations = relations or Relations()
    return _find(_make_table(figures, relations), relations)


def find_implied(figures: "pd.DataFrame", relations: Relations | None = None) -> list[Implied]:
    """Return sample sizes that are not printed but follow from what is."""
    relations = relations or Relations()
    return list(list_implied(_make_table(figures, relations), relations))


def find_odd(figures: "pd.DataFrame", relations: Relations | None = None) -> list[Odd]:
    """Return figures that can all be true but look strange."""
    relations = relations or Relations()
    return list(list_odd(_make_table(figures, relations), relations))


def check_all(figures: "pd.DataFrame", relations: Relations | None = None) -> Findings:
    """Return contradictions, implied sizes and oddities of one table."""
    relations = relations or Relations()
    table = _make_table(figures, relations)
    return Findings(
        findings=_find(table, relations),
        implied=list(list_implied(table, relations)),
        odd=list(list_odd(table, relations)),
        unread=sorted(
            figure.id
            for figure in table.figures.values()
            if figure.limits is None and not figure.text and figure.key.statistic != "rank"
        ),
    )


def check_file(path: Path | str, relations_path: Path | str | None = None) -> Findings:
    """Check a table of printed figures in a file; InvalidInput where either file is not readable.

    Without a relations file the rules that need none are applied, besides what names tell.
    """
    from altcred.published import read_published

    relations = load_relations(relations_path) if relations_path is not None else Relations()
    return check_all(read_published(path), relations)


def check_cohort(cohort: str) -> Findings:
    """Check cohorts/COHORT/published.csv with all that the cohort's files tell of relations."""
    from altcred.paths import cohort_dir
    from altcred.published import read_published

    return check_all(
        read_published(cohort_dir(cohort) / "published.csv"), relations_of_cohort(cohort)
    )


def relations_of_cohort(cohort: str) -> Relations:
    """Return the relations of a cohort: from study and codebook, and from its relations.yaml."""
    from altcred.codebook import load_codebook
    from altcred.paths import cohort_dir
    from altcred.study import load_study

    study = load_study(cohort)
    relations = derive_relations(study, load_codebook(cohort, study))
    path = cohort_dir(cohort) / "relations.yaml"
    return relations.join(load_relations(path)) if path.is_file() else relations


def _make_table(figures: "pd.DataFrame", relations: Relations) -> Table:
    aside = {item.id for item in relations.set_aside}
    return Table(figure for figure in read_figures(figures) if figure.id not in aside)


def _find(table: Table, relations: Relations) -> list[Finding]:
    found: dict[frozenset, Finding] = {}
    checks = {}
    for check in list_checks(table, relations):
        outcome = check.evaluate(table)
        if outcome is None:
            continue
        ids, smallest = minimize(table, check, outcome)
        keys = frozenset(table.figures[id].key for id in ids)
        known = found.get(keys)
        if known is not None and PLAINNESS.index(known.kind) <= PLAINNESS.index(check.kind):
            continue
        found[keys] = Finding(check.kind, smallest.line, tuple(sorted(ids)), (), "")
        checks[keys] = check
    # A conflict that holds a smaller one adds nothing to it.
    smallest_only = {
        keys: finding
        for keys, finding in found.items()
        if not any(other < keys for other in found)
    }
    results = []
    for keys, finding in smallest_only.items():
        check = checks[keys]
        repairs: Iterable[Repair] = find_repairs(table, relations, check, list(finding.ids))
        evidence = ""
        if finding.kind == "repeated":
            evidence, _ = weigh_alternatives(table, relations, list(finding.ids))
        places = sorted(row.id for key in keys for row in table.rows(key))
        repairs = tuple(repairs)
        results.append(
            Finding(
                finding.kind,
                finding.line,
                finding.ids,
                tuple(places),
                _judge_severity(table, relations, finding, places, repairs),
                repairs,
                evidence,
                relations.premise.reason if check.premise and relations.premise else "",
            )
        )
    return sorted(
        results,
        key=lambda item: (SEVERITIES.index(item.severity), PLAINNESS.index(item.kind), item.ids),
    )


def _judge_severity(
    table: Table,
    relations: Relations,
    finding: Finding,
    places: list[str],
    repairs: tuple[Repair, ...],
) -> str:
    """High where a headline figure is in it; low where a unit of the last digit repairs it."""
    figures = [table.figures[id] for id in finding.ids]
    headline = any(
        table.figures[id].section.startswith(tuple(relations.headline_sections)) for id in places
    )
    context = all(figure.key.wave == CONTEXT for figure in figures)
    worded = any(figure.qualifier for figure in figures)
    slight = worded and finding.kind == "repeated"
    for repair in repairs:
        figure = table.figures[repair.id]
        if figure.limits is None or figure.limits.low is None or figure.limits.high is None:
            continue
        unit = figure.limits.high - figure.limits.low
        from altcred.consistency._figures import reread

        changed = reread(figure, repair.replacement)
        if changed is None or changed.limits is None or changed.limits.low is None:
            continue
        slight = slight or (
            Fraction(0) < unit and abs(changed.limits.low - figure.limits.low) <= unit
        )
    if slight or context:
        return "low"
    return "high" if headline else "medium"
