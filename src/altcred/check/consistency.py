"""Finds by itself which printed figures cannot all be true.

Printed figures are compared with each other and with nothing else. Every figure is a range of
exact numbers (`published.parse_printed`); a finding says that no numbers in the ranges of a few
figures satisfy a relation that must hold between them. What rounding can explain is no finding.
docs/consistency.md lists the relations, and `check/rules` holds them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from altcred.check.coverage import READ, Covered, count_states, describe_states, list_coverage
from altcred.check.derived import relations_of_cohort
from altcred.check.figures import CONTEXT, Figure, Key, leave_out_sizes, read_figures, reread
from altcred.check.grid import list_notes, read_grid
from altcred.check.implied import Implied, list_implied
from altcred.check.layouts import load_layout
from altcred.check.odd import Odd, list_odd
from altcred.check.published import read_published
from altcred.check.ranges import ANY, is_within
from altcred.check.relations import Relations, load_relations
from altcred.check.rounding import choose_reading, find_premise
from altcred.check.rules.registry import Check, Outcome
from altcred.check.search import (
    Repair,
    find_repairs,
    find_unit,
    minimize,
)
from altcred.check.table import Table
from altcred.check.wide import draft_layout, is_wide, read_wide
from altcred.check.witnesses import Witnesses, weigh_alternatives
from altcred.check.words import show_count
from altcred.core.errors import refuse
from altcred.core.paths import cohort_dir
from altcred.describe.cohort import open_cohort

if TYPE_CHECKING:
    import pandas as pd

IF_CUT_OFF = "If its numbers are cut off, and not rounded, all of them can be true."
NO_FIGURES = (
    "A table has headings in its first row, labels in its first column and figures beside them; "
    "--layout says what was read."
)
SEVERITIES = ("high", "medium", "low")
# Of two findings about the same figures, the one with the plainer rule is kept; a kind that is
# not listed comes last.
PLAINNESS = (
    "impossible", "repeated", "label", "population", "total", "grim", "spread", "count", "p-value",
    "difference", "formula", "sum", "subgroups", "range", "rank", "order",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Printed figures that cannot all be true.

    `check` is the rule behind it. `ids` is a smallest set of conflicting figures: without any one
    of them there is no conflict left. `places` holds these and every other row that prints the
    same quantities. `accused` are the prints that are called in question: those of the smallest
    set, and every other as narrow of the same quantity. Not accused are numbers of people that
    only weigh others, and of two prints of one quantity the one that fits the other figures.
    `line` is the arithmetic. `repairs` are changes of one figure that would do, typos first.
    `evidence` says which of several prints fits the rest, where that can be told. `premise` is
    what the finding takes for granted besides, '' for nothing.
    """

    check: Check
    line: str
    ids: tuple[str, ...]
    places: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    severity: str = ""
    repairs: tuple[Repair, ...] = ()
    evidence: str = ""
    premise: str = ""

    @property
    def kind(self) -> str:
        return self.check.kind

    @property
    def typo(self) -> Repair | None:
        """The change of one figure, no more than a slip, that repairs the finding."""
        return next((repair for repair in self.repairs if repair.is_typo), None)


@dataclass(frozen=True)
class Findings:
    """What a table of printed figures says of itself: contradictions, implied sizes, oddities.

    `unread` holds the ids of figures that are no numbers and were not compared, `coverage` what
    became of each figure. `notes` say what of the file was not read.
    """

    findings: list[Finding] = field(default_factory=list)
    implied: list[Implied] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    coverage: list[Covered] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_lines(self) -> Iterator[str]:
        """Yield everything as text, findings first, for a terminal."""
        yield show_count(len(self.findings), "contradiction", "contradictions")
        for number, finding in enumerate(self.findings, start=1):
            yield f"{number} [{finding.severity}] {finding.kind}: {finding.line}"
            yield f"    figures: {', '.join(finding.ids)}"
            others = [id for id in finding.places if id not in finding.ids]
            if others:
                yield f"    also printed: {', '.join(others)}"
            if finding.premise:
                yield f"    taken for granted: {finding.premise}"
            if finding.evidence:
                yield f"    {finding.evidence}"
            for repair in finding.repairs:
                yield f"    {repair.describe()}"
        yield show_count(len(self.implied), "size implied", "sizes implied")
        yield from (f"    {implied.describe()}" for implied in self.implied)
        yield f"{len(self.odd)} odd"
        yield from (f"    {odd.line}" for odd in self.odd)
        yield describe_states(count_states(self.coverage))
        if self.unread:
            yield f"not compared, as no numbers of their statistic: {', '.join(self.unread)}"
        yield from self.notes


def check_published(figures: "pd.DataFrame", relations: Relations | None = None) -> list[Finding]:
    """Return every contradiction among printed figures, gravest first.

    `figures` has the columns of published.csv (see `published.read_published`); `relations`
    says what keys alone do not tell: which subgroups are parts of which, which categories
    exclude each other, formulas. Without it only the rules that need none are applied.
    """
    return _find(read_table(figures, relations)[0])


def check_all(figures: "pd.DataFrame", relations: Relations | None = None) -> Findings:
    """Return contradictions, implied sizes and oddities of one table."""
    witnesses, explained = read_table(figures, relations)
    table = witnesses.table
    findings = _find(witnesses)
    conflicting = frozenset(id for finding in findings for id in finding.places)
    aside = {item.id for item in table.relations.set_aside}
    return Findings(
        findings=findings,
        implied=list(list_implied(table)),
        odd=[
            *list_odd(table),
            *(Odd(f"{one.line} {IF_CUT_OFF}", tuple(sorted(one.ids))) for one in explained),
        ],
        unread=sorted(
            figure.id
            for figure in table.figures.values()
            if not (figure.is_number or figure.text or figure.fault)
            and figure.key.statistic not in READ
        ),
        coverage=list_coverage(
            witnesses,
            conflicting,
            (row for row in (read_figures(figures) if aside else ()) if row.id in aside),
        ),
    )


def check_file(path: Path | str, relations_path: Path | str | None = None) -> Findings:
    """Check a table of printed figures in a file; InvalidInput where a file is not readable.

    A cohort's own table is checked with all that the cohort's files tell of relations. Any other
    is checked with `relations_path`; without it only the rules that need none are applied.
    """
    path = Path(path)
    folder = path.resolve().parent
    is_cohort = (folder / "codebook.yaml").is_file() and cohort_dir(folder.name).resolve() == folder
    if relations_path is not None:
        relations = load_relations(relations_path)
    else:
        relations = relations_of_cohort(open_cohort(folder.name)) if is_cohort else Relations()
    if path.is_file() and not is_cohort and is_wide(read_grid(path, load_layout(path).sheet)):
        wide = read_wide(path)
        found = check_all(wide.as_frame(), wide.relations.join(relations))
    else:
        found = check_all(read_published(path), relations)
    if not found.coverage:
        refuse(path.name, "", "holds no figures.", NO_FIGURES)
    return replace(found, notes=list_notes(path, load_layout(path).sheet))


def explain_file(path: Path, *, draft: bool = False) -> Iterator[str]:
    """Yield what each cell of a table was taken for; with `draft` the layout that says so.

    InvalidInput where a cell is not understood. A draft leaves such cells open.
    """
    sheet = load_layout(path).sheet
    if is_wide(read_grid(path, sheet)):
        if not draft:
            yield from list_notes(path, sheet)
        yield from draft_layout(path) if draft else read_wide(path).as_lines()
        return
    for row in read_published(path).to_dict("records"):
        place = [row[part] for part in ("wave", "subgroup", "variable", "category", "statistic")]
        shown = f"{row['qualifier']} {row['printed']}".strip()
        yield f"{row['id']}: {shown} is {', '.join(filter(None, place))}"


def load_printed(folder: Path) -> Table | None:
    """Return the printed figures of a cohort's folder; None where it has none.

    InvalidInput with what is wrong with the table, or with the relations beside it.
    """
    beside = folder / "relations.yaml"
    relations = load_relations(beside) if beside.is_file() else None
    printed = folder / "published.csv"
    return make_table(read_published(printed), relations) if printed.is_file() else None


def make_table(figures: "pd.DataFrame", relations: Relations | None = None) -> Table:
    """Return printed figures by what they measure, without those that are set aside."""
    relations = relations or Relations()
    aside = {item.id for item in relations.set_aside}
    rows = (figure for figure in read_figures(figures) if figure.id not in aside)
    return Table(rows, relations)


def read_table(
    figures: "pd.DataFrame", relations: Relations | None = None
) -> tuple[Witnesses, list[Outcome]]:
    """Return printed figures as they are to be read, and what only that reading explains."""
    return choose_reading(Witnesses(make_table(figures, relations)))


def _rank(kind: str) -> int:
    return PLAINNESS.index(kind) if kind in PLAINNESS else len(PLAINNESS)


def _find(witnesses: Witnesses) -> list[Finding]:
    table = witnesses.table
    found: dict[frozenset[Key], Finding] = {}
    broken: dict[int, frozenset[Key]] = {}
    for place in witnesses.failed:
        check, outcome = witnesses.checks[place], witnesses.outcomes[place]
        if outcome is None:
            continue
        ids, smallest = minimize(table, check, outcome)
        keys = broken[place] = frozenset(table.figures[id].key for id in ids)
        if keys not in found or _rank(check.kind) < _rank(found[keys].kind):
            found[keys] = Finding(
                check, smallest.line, tuple(sorted(ids)), premise=smallest.premise
            )
    # A conflict that holds a smaller one adds nothing to it. Two prints of one quantity are an
    # exception: other rules allow for both, so that what they find is another conflict.
    results = [
        _complete(
            witnesses,
            keys,
            finding,
            frozenset(place for place, other in broken.items() if other >= keys),
        )
        for keys, finding in found.items()
        if not any(other < keys and found[other].kind != "repeated" for other in found)
    ]
    return sorted(
        results, key=lambda item: (SEVERITIES.index(item.severity), _rank(item.kind), item.ids)
    )


def _complete(
    witnesses: Witnesses, keys: Iterable[Key], finding: Finding, failed: frozenset[int]
) -> Finding:
    """Return a finding with its places, repairs, evidence and premise, and how much it matters.

    `failed` are the rules that its quantities break, alone or with others.
    """
    check, ids, table = finding.check, list(finding.ids), witnesses.table
    premise = table.relations.premise if check.needs_premise else None
    is_repeated = check.kind == "repeated"
    evidence, fitting = weigh_alternatives(witnesses, ids) if is_repeated else ("", frozenset())
    premises = [finding.premise, find_premise(table, check, ids)]
    if premise is not None:
        premises[0] = (
            f"at least {premise.say_share()} of each group answered any question put to everybody "
            f"({premise.reason.rstrip('. ')})"
        )
    complete = replace(
        finding,
        accused=tuple(sorted(_accuse(table, set(ids) - fitting))),
        places=tuple(sorted(row.id for key in keys for row in table.rows(key))),
        repairs=tuple(find_repairs(witnesses, check, ids, failed)),
        evidence=evidence,
        premise=", and ".join(filter(None, premises)),
    )
    return replace(complete, severity=_judge_severity(table, complete))


def _accuse(table: Table, ids: Iterable[str]) -> set[str]:
    """Return which prints are called in question where figures conflict."""
    return {
        row.id
        for figure in leave_out_sizes([table.figures[id] for id in ids])
        for row in table.rows(figure.key)
        if row.shown == figure.shown
        or (row.is_number and figure.is_number and is_within(row.limits, figure.limits))
    }


def _judge_severity(table: Table, finding: Finding) -> str:
    """Return how much a finding matters.

    High where one of the figures stands in a headline section, low where only facts or words
    are concerned, and a step lower where one unit of a last digit repairs it.
    """
    figures = [table.figures[id] for id in finding.ids]
    # What a sample size is a headline for is something else.
    about = {figure.key for figure in leave_out_sizes(figures)}
    is_headline = any(
        table.figures[id].section.startswith(tuple(table.relations.headline_sections))
        for id in finding.places
        if table.figures[id].key in about
    )
    is_slight = any(_is_slight(table.figures[repair.id], repair) for repair in finding.repairs)
    is_worded = any(figure.qualifier for figure in figures) and finding.kind == "repeated"
    if is_worded or all(figure.key.wave == CONTEXT for figure in figures):
        return "low"
    if is_headline:
        return "medium" if is_slight else "high"
    return "low" if is_slight else "medium"


def _is_slight(figure: Figure, repair: Repair) -> bool:
    """Tell whether a repair changes a figure by one unit of its last digit at most."""
    changed = reread(figure, repair.replacement)
    old, new = figure.limits, changed.limits if changed is not None else ANY
    if old.low is None or old.high is None or new.low is None:
        return False
    return abs(new.low - old.low) <= find_unit(figure)
