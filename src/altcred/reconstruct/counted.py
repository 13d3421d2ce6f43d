"""How many people of which groups gave which answers: unknowns, and figures put in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from altcred.check.published import PrintedInterval
from altcred.describe.codebook import Codebook
from altcred.reconstruct.blocks import Block
from altcred.reconstruct.figures import (
    CHANGES,
    NotUnderstood,
    Printed,
    base_tests,
    is_any_of,
    level_tests,
    split_any_of,
)
from altcred.reconstruct.limits import (
    ONE,
    Terms,
    Values,
    add_values,
    bound_extreme,
    limit_values,
    tighten,
    write_figure,
    write_share,
)
from altcred.reconstruct.people import People, Test
from altcred.reconstruct.solve import Figure, Linear, Problem


@dataclass
class Strata:
    """People of one wave grouped by all that matters for a block; `marks` tells what holds."""

    people: People
    members: list[np.ndarray]
    marks: dict[Test, np.ndarray]

    def meet(self, tests: Iterable[Test]) -> np.ndarray:
        """Tell of each stratum whether all tests hold of its people."""
        result = np.ones(len(self.members), dtype=bool)
        for test in tests:
            result &= self.marks[test]
        return result


def group_people(
    people: People, among: np.ndarray, tests: Iterable[Test], keys: list[np.ndarray]
) -> Strata:
    """Group some people by tests and by further keys (an integer a person)."""
    tests = list(dict.fromkeys(tests))
    columns = [people.holds(test)[among] for test in tests]
    matrix = np.column_stack(
        [*columns, *[key[among] for key in keys], np.zeros(int(among.sum()))]
    ).astype(np.int64)
    # Sorted by one column after the other, those of a group stand together, in their own order.
    order = np.lexsort(matrix.T[::-1])
    ordered = matrix[order]
    is_new = np.any(ordered[1:] != ordered[:-1], axis=1)
    groups = np.concatenate([ordered[:1], ordered[1:][is_new]])
    members = np.split(np.flatnonzero(among)[order], np.flatnonzero(is_new) + 1)
    marks = {test: groups[:, i].astype(bool) for i, test in enumerate(tests)}
    return Strata(people, members if len(groups) else [], marks)


@dataclass
class Counted:
    """A block's problem: the unknown of each stratum and cell, of each stratum and tick.

    `other` is the rank of the answer in the other wave, by stratum, and `later` whether that wave
    is the later one.
    """

    block: Block
    strata: Strata
    problem: Problem = field(default_factory=Problem)
    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    ticks: dict[tuple[int, str], int] = field(default_factory=dict)
    other: np.ndarray | None = None
    later: bool = False
    key_of: dict[int, tuple[int, int]] = field(default_factory=dict)
    fits: dict[Test, np.ndarray] = field(default_factory=dict)

    @property
    def codebook(self) -> Codebook:
        return self.block.codebook

    @property
    def people(self) -> People:
        return self.strata.people

    def add_cell(self, stratum: int, cell: int, place: int) -> None:
        """Note the unknown of a stratum and a cell."""
        self.cells[stratum, cell] = place
        self.key_of[place] = stratum, cell

    def count(self, tests: Iterable[Test]) -> Terms:
        """Return the number of people of whom all tests hold, as terms of the unknowns."""
        tests = list(tests)
        decided = {test.name for test in tests if test.kind == "in"}

        def is_implied(test: Test) -> bool:
            is_answered = test.kind == "answered" and test.name in decided
            return is_answered and is_any_of(self.codebook, test.name)

        tests = [test for test in tests if not is_implied(test)]
        for place, test in enumerate(tests):
            rest = [*tests[:place], *tests[place + 1 :]]
            if is_any_of(self.codebook, test.name):
                parts = split_any_of(self.codebook, test)
                return self._add((factor, [*rest, *more]) for factor, more in parts)
            if test.kind == "out" and set(test.wanted) & set(self.block.ticks):
                answered, ticked = Test(test.name, "answered"), Test(test.name, "in", test.wanted)
                return self._add([(1, [*rest, answered]), (-1, [*rest, ticked])])
        return self._count_plain(tests)

    def _add(self, parts: Iterable[tuple[int, list[Test]]]) -> Terms:
        total: Terms = {}
        for factor, tests in parts:
            for place, value in self.count(tests).items():
                total[place] = total.get(place, 0) + factor * value
        return {place: value for place, value in total.items() if value}

    def _count_plain(self, tests: list[Test]) -> Terms:
        block = self.block
        inside = [test for test in tests if test.name in block.cells[0]]
        strata = self.strata.meet(test for test in tests if test not in inside).tolist()
        alone = [test for test in inside if self._is_alone(test)]
        if not alone:
            fits = self._meet_cells(inside)
            return {place: ONE for (s, c), place in self.cells.items() if strata[s] and fits[c]}
        if len(alone) > 1 or len(alone[0].wanted) != 1:
            raise NotUnderstood("several options that are counted one by one")
        if any(test.kind != "answered" for test in inside if test not in alone):
            raise NotUnderstood("an option within another")
        tick = alone[0].wanted[0]
        return {p: ONE for (s, name), p in self.ticks.items() if name == tick and strata[s]}

    def _is_alone(self, test: Test) -> bool:
        """Tell whether a test speaks of options that are counted one by one."""
        block = self.block
        is_lead = block.is_multiple and test.name == block.lead and test.kind == "in"
        return is_lead and not set(test.wanted) <= set(block.joint)

    def _meet_cells(self, tests: list[Test]) -> list[bool]:
        """Tell of each cell whether all tests hold of it; each test is tried once and kept."""
        cells = self.block.cells
        result = np.ones(len(cells), dtype=bool)
        for test in tests:
            if test not in self.fits:
                self.fits[test] = np.array([self.block.holds(test, cell) for cell in cells])
            result &= self.fits[test]
        return result.tolist()

    def _answered(self, tests: Iterable[Test], name: str) -> Iterator[tuple[int, int, Any]]:
        """Yield the unknowns of those who answered, each with its stratum and its answer."""
        for place in self.count([*tests, Test(name, "answered")]):
            stratum, cell = self.key_of[place]
            yield place, stratum, self.block.cells[cell][name]

    def values(self, tests: Iterable[Test], name: str) -> Values:
        """Return of a number, for each value, the people of whom the tests hold as terms."""
        result: Values = {}
        for place, _, value in self._answered(tests, name):
            result.setdefault(float(value), {})[place] = ONE
        return result

    def changes(self, tests: Iterable[Test], name: str, kind: str) -> tuple[Terms, Terms]:
        """Return whose ordered answer rose, fell or stayed, and who answered both times."""
        if self.other is None:
            raise NotUnderstood("no other wave")
        ranks = {one: rank for rank, one in enumerate(self.codebook.variables[name].categories)}
        meant = {"increased": 1, "decreased": -1, "unchanged": 0}[kind]
        changed: Terms = {}
        both: Terms = {}
        for place, stratum, answer in self._answered(tests, name):
            if self.other[stratum] >= 0:
                both[place] = ONE
                step = (self.other[stratum] - ranks[answer]) * (1 if self.later else -1)
                if np.sign(step) == meant:
                    changed[place] = ONE
        return changed, both


def add_figures(counted: Counted, rows: list[Printed]) -> list[str]:
    """Add printed figures to a problem; return the ids of those that cannot be put so."""
    left: list[str] = []
    merged: dict[Printed, list[Printed]] = {}
    for row in rows:
        merged.setdefault(row.statement, []).append(row)
    means = {
        (row.wave, row.tests, row.variable): row.interval
        for row in rows
        if row.statistic == "mean" and not row.by
    }
    for group in merged.values():
        mean = means.get((group[0].wave, group[0].tests, group[0].variable))
        try:
            counted.problem.figures.append(_write(counted, group, mean))
        except NotUnderstood:
            left += [row.id for row in group]
    return left


def add_sizes(counted: Counted, rows: list[Printed], weight: float) -> None:
    """Add the sample sizes printed beside figures, as figures named `ID#n`."""
    sizes: dict[tuple[tuple[Test, ...], int], list[str]] = {}
    for row in rows:
        if row.n is not None and not row.by:
            base = tuple(base_tests(counted.people, row)[0])
            sizes.setdefault((base, row.n), []).append(f"{row.id}#n")
    for (base, n), ids in sizes.items():
        try:
            terms = counted.count(base)
        except NotUnderstood:
            continue
        counted.problem.figures.append(Figure(tuple(ids), (Linear(terms, n, n),), weight))


def _write(counted: Counted, rows: list[Printed], mean: PrintedInterval | None) -> Figure:
    """Write rows that say the same as a figure; NotUnderstood where it has no linear form."""
    row = rows[0]
    base, event = base_tests(counted.people, row)
    low, high = tighten(row.interval)
    if row.by:
        levels = level_tests(counted.people, row)
        shares = (_share_of(counted, row, [*base, level], event) for level in levels)
        return write_figure(rows, bound_extreme(counted.problem, row, shares))
    if row.limit:
        low, high = (low, None) if row.limit == "lower" else (None, high)
    if row.statistic in CHANGES:
        changed, both = counted.changes(row.tests, row.variable, row.statistic)
        return write_share(rows, changed, both, low, high)
    if row.statistic in {"nobs", "count"}:
        counts = base if row.statistic == "nobs" else [*base, *event]
        return write_figure(rows, [Linear(counted.count(counts), low, high)])
    if row.statistic in {"proportion", "mean"}:
        part, whole = _share_of(counted, row, base, event)
        somebody = [Linear(whole, 1)] if row.statistic == "mean" else []
        return write_share(rows, part, whole, low, high, *somebody)
    values = counted.values(base, row.variable)
    return write_figure(rows, limit_values(row, values, low, high, mean))


def _share_of(
    counted: Counted, row: Printed, base: list[Test], event: list[Test]
) -> tuple[Terms, Terms]:
    """Return what a share or mean divides by what."""
    if row.statistic == "mean":
        return add_values(counted.values(base, row.variable))
    if row.statistic != "proportion":
        raise NotUnderstood(f"{row.statistic} by program")
    return counted.count([*base, *event]), counted.count(base)
