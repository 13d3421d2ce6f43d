"""Printed figures as exact linear constraints on how many people gave which answers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from altcred.check.published import SHARE, PrintedInterval, parse_printed
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook
from altcred.describe.study import ALL, Study, as_list
from altcred.reconstruct.assumptions import Reconstruction
from altcred.reconstruct.counts import Figure, Linear, Problem
from altcred.reconstruct.people import People, Test, asked_tests, make_tests

if TYPE_CHECKING:
    import pandas as pd

PLAIN = {"count", "proportion", "nobs", "mean", "std", "median", "mode", "min", "max", "nunique"}
CHANGES = {"increased", "decreased", "unchanged"}
LEVELS = ("program", "program_type")
# Estimates are written with six significant digits: a figure must hold after that rounding too.
MARGIN = Fraction(2, 10**6)
ONE, TWO = Fraction(1), Fraction(2)


@dataclass(frozen=True)
class Printed:
    """One row of published.csv that says something about the answers of a wave."""

    id: str
    wave: str
    pairs_only: bool
    tests: tuple[Test, ...]
    by: str
    variable: str
    category: str
    statistic: str
    interval: PrintedInterval
    n: int | None
    weight: float
    # "lower" or "upper" for `proportion_min` of one category: a bound, not a smallest level.
    end: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        return (
            self.wave,
            self.pairs_only,
            self.tests,
            self.by,
            self.variable,
            self.category,
            self.statistic,
            self.end,
        )


class NotUnderstood(ValueError):
    """Raised for a printed row that is no statement about answers this room can count."""


def read_rows(
    published: "pd.DataFrame", study: Study, codebook: Codebook, reconstruction: Reconstruction
) -> tuple[list[Printed], list[str]]:
    """Return the survey figures of published.csv, and the ids of those not understood.

    Facts, differences between waves and figures of other waves are neither.
    """
    rows, unexplained = [], []
    for row in published.to_dict("records"):
        if not concerns_answers(row, study):
            continue
        try:
            rows.append(read_row(row, study, codebook, reconstruction))
        except ValueError:
            unexplained.append(row["id"])
    return rows, unexplained


def concerns_answers(row: dict[str, str], study: Study) -> bool:
    """Tell whether a row of published.csv is a figure of a wave or a panel of the study."""
    wave = row["wave"].partition(":")
    known = row["wave"] in study.waves or (wave[0] == "panel" and wave[2] in {"", *study.waves})
    return known and row["statistic"] not in {"fact", "rank", "order", "date", "text"}


def read_row(
    row: dict[str, str], study: Study, codebook: Codebook, reconstruction: Reconstruction
) -> Printed:
    """Read one row; NotUnderstood (a ValueError) where it is none this room can count."""
    side, _, wave = row["wave"].partition(":")
    pairs_only = side == "panel"
    if pairs_only and not wave:
        wave = study.panels[0].first
    elif not pairs_only:
        wave = side
    tests, by = read_subgroup(row["subgroup"], study, codebook)
    statistic, interval, end = row["statistic"], None, ""
    if found := re.fullmatch(r"(\w+)_(min|max)", statistic):
        statistic, extreme = found.groups()
        end = "lower" if extreme == "min" else "upper"
    elif by:
        raise NotUnderstood("a statistic by program without an end")
    interval = _read_interval(row, end)
    if end and by:
        by = f"{by}:{end}"
    if pairs_only:
        tests = [*tests, Test("pair", "pair")]
    if statistic not in PLAIN | CHANGES and not statistic.startswith("ttest_rel"):
        raise NotUnderstood(f"statistic {statistic}")
    name, category = row["variable"], row["category"]
    variable = codebook.variables.get(name)
    if variable is None and name not in {"responses", "pairs", "days_between"}:
        raise NotUnderstood(f"variable {name}")
    if variable is not None and variable.unit == "percent" and interval.unit == SHARE:
        interval = _times(interval, 100)
    if statistic in {"count", "proportion"} and variable is not None:
        _check_category(name, category, codebook, wave)
    n = int(parse_printed(row["n"]).low + Fraction(1, 2)) if row["n"] else None
    table = row["locator"].casefold().startswith("table")
    trust = next(
        (w for start, w in reconstruction.trust.items() if row["section"].startswith(start)), 1
    )
    return Printed(
        id=row["id"],
        wave=wave,
        pairs_only=pairs_only,
        tests=tuple(tests),
        by=by,
        variable=name,
        category=category,
        statistic=statistic,
        interval=interval,
        n=n,
        weight=trust * (reconstruction.table_weight if table else 1),
        end="" if by else end,
    )


def _read_interval(row: dict[str, str], end: str) -> PrintedInterval:
    # A range "4%-10%" stands in two rows, one for each of its ends.
    note = row["note"].casefold()
    lower, upper = "lower end" in note, "upper end" in note
    if lower or upper:
        parts = re.split(r"(?<=[\d%k]) ?[-–—] ?(?=[$\d])", row["printed"])
        if len(parts) == 2:
            unit = "%" if row["printed"].rstrip().endswith("%") else ""
            text = parts[0] if lower else parts[1]
            if unit and not text.endswith("%"):
                text += unit
            qualifier = row["qualifier"]
            return parse_printed(text, qualifier)
    return parse_printed(row["printed"], row["qualifier"])


def _times(interval: PrintedInterval, factor: int) -> PrintedInterval:
    return replace(
        interval,
        low=None if interval.low is None else interval.low * factor,
        high=None if interval.high is None else interval.high * factor,
    )


def read_subgroup(text: str, study: Study, codebook: Codebook) -> tuple[list[Test], str]:
    """Return a subgroup's tests, and `program` or `program_type` where a figure is by those."""
    tests: list[Test] = []
    by = ""
    for part in re.split(r"[&,]", text):
        part = part.strip()
        if part in {ALL, ""}:
            continue
        if part.startswith("by "):
            by = part.removeprefix("by ").strip()
            if by not in LEVELS:
                raise NotUnderstood(f"by {by}")
        elif "=" in part:
            name, _, wanted = part.partition("=")
            name = name.strip()
            if name not in LEVELS and name not in codebook.variables:
                raise NotUnderstood(f"subgroup {part}")
            tests += make_tests(codebook, {name: [wanted.strip()]})
        elif part in study.subgroups:
            tests += make_tests(codebook, study.subgroups[part].where)
        else:
            raise NotUnderstood(f"subgroup {part}")
    return tests, by


def _check_category(name: str, category: str, codebook: Codebook, wave: str) -> None:
    variable = codebook.variables[name]
    if category == "not_reported" or variable.kind == "text":
        return
    if not category:
        raise NotUnderstood("a share without a category")
    for part in category.split("+"):
        if variable.is_numeric:
            if part not in variable.groups:
                parse_interval(part)
        elif variable.kind == "country":
            if not re.fullmatch(r"[A-Z]{3}", part):
                raise NotUnderstood(f"country {part}")
        elif part not in variable.categories and part not in variable.groups:
            raise NotUnderstood(f"category {name} {part}")


def list_categories(codebook: Codebook, name: str, category: str) -> tuple[str, ...]:
    """Return what a category, a group, or several joined by + stand for, written out."""
    variable = codebook.variables[name]
    found: list[str] = []
    for part in category.split("+"):
        if part in variable.groups:
            found.extend(as_list(variable.groups[part].of))
        else:
            found.append(part)
    return tuple(dict.fromkeys(found))


@dataclass
class Block:
    """Variables whose answers are drawn together, a cell for each joint answer.

    A cell is a dict of variable to answer, None where it is not answered; of a multiple variable
    it holds the options ticked among `joint`. The other options, `ticks`, are counted one by one.
    """

    cells: list[dict[str, Any]]
    multiple: str = ""
    joint: list[str] = field(default_factory=list)
    ticks: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return set(self.cells[0])

    def holds(self, test: Test, cell: dict[str, Any], codebook: Codebook) -> bool:
        """Tell whether a test holds of a cell."""
        answer = cell[test.name]
        if test.kind == "answered":
            return answer is not None
        if test.kind == "unanswered":
            return answer is None
        if answer is None:
            return False
        if test.kind == "out":
            return not self.holds(Test(test.name, "in", test.wanted), cell, codebook)
        variable = codebook.variables[test.name]
        if test.name == self.multiple:
            return bool(set(test.wanted) & answer)
        if variable.is_numeric:
            return any(parse_interval(text).holds(answer) for text in test.wanted)
        return answer in test.wanted


@dataclass
class Strata:
    """People of one wave who were asked, grouped by all that matters for a block."""

    people: People
    members: list[np.ndarray]
    marks: dict[Test, np.ndarray]

    def __len__(self) -> int:
        return len(self.members)

    def meet(self, tests: Iterable[Test]) -> np.ndarray:
        """Tell of each stratum whether all tests hold of its people."""
        result = np.ones(len(self.members), dtype=bool)
        for test in tests:
            result &= self.marks[test]
        return result


def group_people(
    people: People, asked: np.ndarray, tests: Iterable[Test], keys: list[np.ndarray]
) -> Strata:
    """Group the people asked by tests and by further keys (an integer a person)."""
    tests = list(dict.fromkeys(tests))
    columns = [people.holds(test)[asked] for test in tests]
    matrix = np.column_stack(
        [*columns, *[key[asked] for key in keys], np.zeros(int(asked.sum()))]
    ).astype(np.int64)
    # Sorted by one column after the other, those of a group stand together, in their own order.
    order = np.lexsort(matrix.T[::-1])
    ordered = matrix[order]
    is_new = np.any(ordered[1:] != ordered[:-1], axis=1)
    groups = np.concatenate([ordered[:1], ordered[1:][is_new]])
    members = np.split(np.flatnonzero(asked)[order], np.flatnonzero(is_new) + 1)
    if not len(groups):
        members = []
    marks = {test: groups[:, i].astype(bool) for i, test in enumerate(tests)}
    return Strata(people, members, marks)


@dataclass
class Counted:
    """A block's problem: the unknown of each stratum and cell, of each stratum and tick."""

    block: Block
    strata: Strata
    problem: Problem
    cells: dict[tuple[int, int], int]
    ticks: dict[tuple[int, str], int]
    codebook: Codebook
    other: np.ndarray | None = None  # the answer in the other wave, by stratum
    later: bool = False  # whether the other wave is the later one

    def count(self, tests: Iterable[Test]) -> dict[int, Fraction]:
        """Return the number of people of whom all tests hold, as terms of the unknowns."""
        tests = list(tests)
        decided = {test.name for test in tests if test.kind == "in"}
        tests = [
            test
            for test in tests
            if not (
                test.kind == "answered"
                and test.name in decided
                and is_any_of(self.codebook, test.name)
            )
        ]
        for place, test in enumerate(tests):
            rest = [*tests[:place], *tests[place + 1 :]]
            if is_any_of(self.codebook, test.name):
                return _add(
                    (factor, self.count([*rest, *parts]))
                    for factor, parts in split_any_of(self.codebook, test)
                )
            if test.kind == "out" and set(test.wanted) & set(self.block.ticks):
                answered, ticked = Test(test.name, "answered"), Test(test.name, "in", test.wanted)
                return _add([(1, self.count([*rest, answered])), (-1, self.count([*rest, ticked]))])
        outside, inside, tick = [], [], None
        for test in tests:
            if test.name not in self.block.names:
                outside.append(test)
            elif (
                test.name == self.block.multiple
                and test.kind == "in"
                and not set(test.wanted) <= set(self.block.joint)
            ):
                if len(test.wanted) != 1 or tick is not None:
                    raise NotUnderstood("several options that are counted one by one")
                tick = test.wanted[0]
            else:
                inside.append(test)
        strata = self.strata.meet(outside).tolist()
        if tick is not None:
            if any(test.kind != "answered" for test in inside):
                raise NotUnderstood("an option within another")
            return {
                place: ONE for (s, name), place in self.ticks.items() if name == tick and strata[s]
            }
        fits = self._meet_cells(inside)
        return {place: ONE for (s, c), place in self.cells.items() if strata[s] and fits[c]}

    def _meet_cells(self, tests: list[Test]) -> list[bool]:
        """Tell of each cell whether all tests hold of it; each test is tried once and kept."""
        result = np.ones(len(self.block.cells), dtype=bool)
        for test in tests:
            if test not in self._fits:
                self._fits[test] = np.array(
                    [self.block.holds(test, cell, self.codebook) for cell in self.block.cells]
                )
            result &= self._fits[test]
        return result.tolist()

    def values(self, tests: Iterable[Test], name: str) -> dict[float, dict[int, Fraction]]:
        """Return of a number, for each value, the people of whom the tests hold as terms."""
        result: dict[float, dict[int, Fraction]] = {}
        for place in self.count([*tests, Test(name, "answered")]):
            value = self.block.cells[self._cell_of[place]][name]
            result.setdefault(float(value), {})[place] = ONE
        return result

    def __post_init__(self) -> None:
        self._cell_of = {place: c for (_, c), place in self.cells.items()}
        self._stratum_of = {place: s for (s, _), place in self.cells.items()}
        self._fits: dict[Test, np.ndarray] = {}

    def changes(self, tests: Iterable[Test], name: str, kind: str) -> dict[int, Fraction]:
        """Return the people whose ordered answer rose, fell or stayed between the waves."""
        if self.other is None:
            raise NotUnderstood("no other wave")
        ranks = {c: i for i, c in enumerate(self.codebook.variables[name].categories)}
        result = {}
        for place in self.count([*tests, Test(name, "answered")]):
            other = self.other[self._stratum_of[place]]
            if other < 0:
                continue
            here = ranks[self.block.cells[self._cell_of[place]][name]]
            step = (other - here) if self.later else (here - other)
            if {"increased": step > 0, "decreased": step < 0, "unchanged": step == 0}[kind]:
                result[place] = ONE
        return result

    def both_answered(self, tests: Iterable[Test], name: str) -> dict[int, Fraction]:
        """Return the people who answered in both waves."""
        return {
            place: factor
            for place, factor in self.count([*tests, Test(name, "answered")]).items()
            if self.other is not None and self.other[self._stratum_of[place]] >= 0
        }


def is_any_of(codebook: Codebook, name: str) -> bool:
    """Tell whether a variable is 1 where any of some conditions holds, and 0 where none does."""
    variable = codebook.variables.get(name)
    return variable is not None and variable.derive is not None and bool(variable.derive.any_of)


def split_any_of(codebook: Codebook, test: Test) -> list[tuple[int, list[Test]]]:
    """Return such a variable's test as sums and differences of tests of its conditions."""
    conditions = make_tests(codebook, codebook.variables[test.name].derive.any_of)
    neither = [Test(c.name, "out", c.wanted) for c in conditions]
    some = [
        (-1 if len(parts) % 2 == 0 else 1, list(parts))
        for size in range(1, len(conditions) + 1)
        for parts in combinations(conditions, size)
    ]
    if test.kind == "answered":
        return [*some, (1, neither)]
    if test.kind != "in":
        raise NotUnderstood(f"{test.kind} {test.name}")
    intervals = [parse_interval(text) for text in test.wanted]
    return [
        *(some if any(interval.holds(1) for interval in intervals) else []),
        *([(1, neither)] if any(interval.holds(0) for interval in intervals) else []),
    ]


def _add(parts: Iterable[tuple[int, dict[int, Fraction]]]) -> dict[int, Fraction]:
    total: dict[int, Fraction] = {}
    for factor, terms in parts:
        for place, value in terms.items():
            total[place] = total.get(place, Fraction(0)) + factor * value
    return {place: value for place, value in total.items() if value}


def base_tests(people: People, row: Printed) -> tuple[list[Test], list[Test]]:
    """Return the tests of the people a share is of, and of those it counts."""
    codebook = people.codebook
    variable = codebook.variables[row.variable]
    base = list(row.tests)
    if row.category == "not_reported":
        return (
            [*base, *asked_tests(people, row.variable)],
            [Test(row.variable, "unanswered")],
        )
    if variable.kind == "multiple" and variable.base == "asked":
        base += asked_tests(people, row.variable)
    else:
        base.append(Test(row.variable, "answered"))
    event: list[Test] = []
    if row.category:
        categories = list_categories(codebook, row.variable, row.category)
        event = [Test(row.variable, "in", categories)]
        if variable.kind == "multiple":
            base += _offered(people, row.variable, categories)
    return base, event


def _offered(people: People, name: str, categories: tuple[str, ...]) -> list[Test]:
    """Return the tests of being offered one of some options, where not everybody was."""
    conditions = [
        tuple(t for t in asked_tests(people, name, c) if t not in asked_tests(people, name))
        for c in categories
    ]
    conditions = [c for c in conditions if Test("everybody", "never") not in c]
    if not conditions or () in conditions:
        return []
    if len(set(conditions)) == 1:
        return list(conditions[0])
    # Offered to different programs: those of any of them.
    if all(len(c) == 1 and c[0].name in LEVELS for c in conditions):
        programs = dict.fromkeys(
            program
            for (test,) in conditions
            for program, described in people.study.programs.items()
            if program in test.wanted or described.type in test.wanted
        )
        if len(programs) == len(people.study.programs):
            return []
        return [Test("program", "in", tuple(programs))]
    return []


def tests_of(people: People, row: Printed) -> list[Test]:
    """Return all tests a row needs, whichever block they fall in."""
    tests = list(row.tests)
    if row.variable in people.codebook.variables:
        base, event = base_tests(people, row)
        tests = [*base, *event]
    if row.by:
        tests += level_tests(people, row)
    return expand_tests(people.codebook, tests)


def expand_tests(codebook: Codebook, tests: list[Test]) -> list[Test]:
    """Return tests with those of any-of variables replaced by what they are made of."""
    result: list[Test] = []
    for test in tests:
        if is_any_of(codebook, test.name):
            for part in make_tests(codebook, codebook.variables[test.name].derive.any_of):
                result += [part, replace(part, kind="out"), Test(part.name, "answered")]
        else:
            result.append(test)
    return result


def level_tests(people: People, row: Printed) -> list[Test]:
    """Return a test for each program (type) that a figure by those is about."""
    by = row.by.partition(":")[0]
    study = people.study
    names = list(study.programs) if by == "program" else list(study.program_types)
    for test in row.tests:
        if test.name == "program_type" and by == "program":
            names = [n for n in names if study.programs[n].type in test.wanted]
        elif test.name == by:
            names = [n for n in names if n in test.wanted]
    asked: set[str] = set(names)
    if row.variable in people.codebook.variables:
        for test in base_tests(people, row)[0]:
            if test.name == "program_type" and by == "program":
                asked &= {n for n in names if study.programs[n].type in test.wanted}
            elif test.name == by:
                asked &= set(test.wanted)
    return [Test(by, "in", (name,)) for name in names if name in asked]


def add_figures(counted: Counted, rows: list[Printed]) -> list[str]:
    """Add rows of published.csv to a problem; return the ids of those that cannot be put so."""
    left: list[str] = []
    merged: dict[tuple[Any, ...], list[Printed]] = {}
    for row in rows:
        merged.setdefault((*row.key, row.interval), []).append(row)
    means = {
        (row.wave, row.tests, row.variable): row.interval
        for row in rows
        if row.statistic == "mean" and not row.by
    }
    for group in merged.values():
        row = group[0]
        try:
            constraints, centre = write_figure(counted, row, means)
        except NotUnderstood:
            left += [other.id for other in group]
            continue
        counted.problem.figures.append(
            Figure(
                tuple(other.id for other in group),
                tuple(constraints),
                sum(other.weight for other in group),
                centre,
            )
        )
    return left


def add_sizes(counted: Counted, rows: list[Printed], weight: float) -> None:
    """Add the sample sizes printed beside figures, as figures named `ID#n`."""
    sizes: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        if row.n is None or row.by or row.variable not in counted.codebook.variables:
            continue
        base, _ = base_tests(counted.strata.people, row)
        sizes.setdefault((tuple(base), row.n), []).append(f"{row.id}#n")
    for (base, n), ids in sizes.items():
        try:
            terms = counted.count(base)
        except NotUnderstood:
            continue
        counted.problem.figures.append(Figure(tuple(ids), (Linear(terms, n, n),), weight))


def write_figure(
    counted: Counted, row: Printed, means: dict[Any, PrintedInterval]
) -> tuple[list[Linear], tuple[dict[int, Fraction], Fraction] | None]:
    """Return a row's constraints, and its centre; NotUnderstood where it has no linear form."""
    people = counted.strata.people
    base, event = base_tests(people, row)
    low, high = tighten(row.interval)
    if row.by:
        return _by_levels(counted, row, base, event), None
    if row.end:
        low, high = (low, None) if row.end == "lower" else (None, high)
    if row.statistic in CHANGES:
        whole = counted.both_answered(row.tests, row.variable)
        part = counted.changes(row.tests, row.variable, row.statistic)
        return _share(part, whole, low, high), find_centre(part, whole, low, high)
    if row.statistic == "nobs" or (row.statistic == "count" and not row.category):
        return [Linear(counted.count(base), low, high)], None
    if row.statistic == "count":
        return [Linear(counted.count([*base, *event]), low, high)], None
    if row.statistic == "proportion":
        part, whole = counted.count([*base, *event]), counted.count(base)
        return _share(part, whole, low, high), find_centre(part, whole, low, high)
    if row.statistic == "nunique":
        raise NotUnderstood("a number of countries is chosen, not solved")
    values = counted.values(base, row.variable)
    if row.statistic == "mean":
        total, whole = add_values(values)
        constraints = [*_share(total, whole, low, high), Linear(whole, 1)]
        return constraints, find_centre(total, whole, low, high)
    return list(limit_values(row, values, low, high, means)), None


def add_values(
    values: dict[float, dict[int, Fraction]],
) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    """Return the sum of a number over people, and how many they are, as terms."""
    total: dict[int, Fraction] = {}
    people: dict[int, Fraction] = {}
    for value, terms in values.items():
        amount = Fraction(str(value))
        people |= terms
        total |= _times_terms(terms, amount)
    return total, people


def tighten(interval: PrintedInterval) -> tuple[Fraction | None, Fraction | None]:
    """Return an interval's ends, drawn in where rounding to six digits could cross them.

    Rounding keeps the order of numbers, so that an end which itself has six digits or fewer is
    never crossed; an open end is left out by the same small step.
    """
    low, high = interval.low, interval.high
    if low is not None and high is not None and low == high:
        return low, high
    most = None if low is None or high is None else (high - low) / 4
    if low is not None and (interval.low_open or not _is_short(low)):
        step = abs(low) * MARGIN
        low += step if most is None else min(step, most)
    if high is not None and (interval.high_open or not _is_short(high)):
        step = abs(high) * MARGIN
        high -= step if most is None else min(step, most)
    return low, high


def _is_short(number: Fraction) -> bool:
    return Fraction(f"{float(number):.6g}") == number


def _share(
    part: dict[int, Fraction],
    whole: dict[int, Fraction],
    low: Fraction | None,
    high: Fraction | None,
) -> list[Linear]:
    if low is not None and low == high:
        return [Linear(subtract(part, whole, low), 0, 0)]
    return list(bound_share(part, whole, low, high))


def bound_share(
    part: dict[int, Fraction],
    whole: dict[int, Fraction],
    low: Fraction | None,
    high: Fraction | None,
) -> Iterator[Linear]:
    if low is not None:
        yield Linear(subtract(part, whole, low), 0, None)
    if high is not None:
        yield Linear(subtract(part, whole, high), None, 0)


def subtract(
    part: dict[int, Fraction], whole: dict[int, Fraction], factor: Fraction
) -> dict[int, Fraction]:
    terms = dict(part)
    # Few coefficients occur, most of them ONE: a difference is worked out once, and shared.
    differences: dict[tuple[int, int], Fraction] = {}
    for place, value in whole.items():
        own = part.get(place, 0)
        both = id(own), id(value)
        if both not in differences:
            differences[both] = own - factor * value
        terms[place] = differences[both]
    return terms


def _times_terms(terms: dict[int, Fraction], factor: Fraction) -> dict[int, Fraction]:
    return {place: factor if value is ONE else factor * value for place, value in terms.items()}


def find_centre(
    part: dict[int, Fraction],
    whole: dict[int, Fraction],
    low: Fraction | None,
    high: Fraction | None,
) -> tuple[dict[int, Fraction], Fraction] | None:
    if low is None or high is None or low == high:
        return None
    return subtract(part, whole, (low + high) / 2), Fraction(0)


def limit_values(
    row: Printed,
    values: dict[float, dict[int, Fraction]],
    low: Fraction | None,
    high: Fraction | None,
    means: dict[Any, PrintedInterval],
) -> Iterator[Linear]:
    everybody = {p: f for terms in values.values() for p, f in terms.items()}
    if row.statistic == "median":
        # The median lies in [low, high] when fewer than half lie below and fewer than half lie
        # above it, whether the number of people is odd or even. A printed value that people
        # give is aimed at itself, not at all that rounds to it.
        exact = (low + high) / 2 if low is not None and high is not None else None
        if exact is not None and float(exact) in values:
            low = high = exact
        for beyond in (
            [v for v in values if low is not None and v < low],
            [v for v in values if high is not None and v > high],
        ):
            terms: dict[int, Fraction] = {}
            for value in beyond:
                terms |= _times_terms(values[value], TWO)
            yield Linear(subtract(terms, everybody, Fraction(1)), None, -1)
    elif row.statistic == "mode":
        inside = [v for v in values if v in row.interval]
        if len(inside) != 1:
            raise NotUnderstood("a mode that is no single value")
        for value in values:
            if value != inside[0]:
                yield Linear(subtract(values[inside[0]], values[value], Fraction(1)), 1, None)
    elif row.statistic in {"min", "max"}:
        lowest = row.statistic == "min"
        edge, beyond = (low, high) if lowest else (high, low)
        for value, terms in values.items():
            if edge is not None and (value < edge if lowest else value > edge):
                yield Linear(terms, None, 0)
        yield Linear(
            {
                p: f
                for value, terms in values.items()
                if beyond is None or (value <= beyond if lowest else value >= beyond)
                for p, f in terms.items()
                if edge is None or (value >= edge if lowest else value <= edge)
            },
            1,
            None,
        )
    elif row.statistic == "std":
        mean = means.get((row.wave, row.tests, row.variable))
        if mean is None or mean.low is None or mean.high is None or low is None or high is None:
            raise NotUnderstood("a standard deviation without its mean")
        # Around any centre c, the squares sum to (N - 1) s^2 + N (m - c)^2. With the mean known
        # to lie within d of c, these two linear bounds are enough for s.
        centre = (mean.low + mean.high) / 2
        off = (mean.high - mean.low) / 2
        squares = {}
        for value, terms in values.items():
            square = (Fraction(str(value)) - centre) ** 2
            squares |= _times_terms(terms, square)
        yield Linear(subtract(squares, everybody, low**2 + off**2), -(low**2), None)
        yield Linear(subtract(squares, everybody, high**2), None, -(high**2))
    else:
        raise NotUnderstood(row.statistic)


def _by_levels(counted: Counted, row: Printed, base: list[Test], event: list[Test]) -> list[Linear]:
    """Smallest or largest level of a figure: none beyond it, and at least one there."""
    low, high = tighten(row.interval)
    smallest = row.by.endswith(":lower")
    edge = low if smallest else high
    beyond = high if smallest else low
    constraints: list[Linear] = []
    chosen: dict[int, Fraction] = {}
    for level in level_tests(counted.strata.people, row):
        if row.statistic == "proportion":
            part = counted.count([*base, *event, level])
            whole = counted.count([*base, level])
        elif row.statistic == "mean":
            values = counted.values([*base, level], row.variable)
            part, whole = add_values(values)
        else:
            raise NotUnderstood(f"{row.statistic} by program")
        if edge is not None:
            constraints += bound_share(part, whole, *((edge, None) if smallest else (None, edge)))
        if beyond is not None:
            reach = counted.problem.add_unknown(1)
            chosen[reach] = Fraction(1)
            terms = subtract(part, whole, beyond)
            most = sum(
                f * (counted.problem.upper[p] if (f > 0) == smallest else counted.problem.lower[p])
                for p, f in terms.items()
            )
            if smallest:
                constraints.append(Linear({**terms, reach: most}, None, most))
            else:
                constraints.append(Linear({**terms, reach: most}, most, None))
    if chosen:
        constraints.append(Linear(chosen, 1, None))
    return constraints
