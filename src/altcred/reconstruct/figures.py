"""Printed figures as statements about the answers of a wave, and of whom each speaks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from altcred.check.published import SHARE, PrintedInterval, parse_printed
from altcred.core.intervals import parse_interval
from altcred.core.records import NOT_REPORTED
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort
from altcred.describe.study import ALL, Study
from altcred.kinds import kind_of
from altcred.reconstruct.assumptions import Reconstruction
from altcred.reconstruct.people import (
    NEVER,
    PAIR,
    People,
    Test,
    asked_tests,
    make_tests,
    offered_tests,
    rule_of,
)

if TYPE_CHECKING:
    import pandas as pd

PLAIN = {"count", "proportion", "nobs", "mean", "std", "median", "mode", "min", "max", "nunique"}
CHANGES = {"increased", "decreased", "unchanged"}
PAIRED = "ttest_rel"
LEVELS = ("program", "program_type")
# What is printed of people who are, and not of their answers.
RESPONSES, PAIRS, DAYS = "responses", "pairs", "days_between"
ASSUMED = "also-"


class NotUnderstood(ValueError):
    """Raised for a printed row that is no statement about answers this room can count."""


@dataclass(frozen=True)
class Printed:
    """One row of published.csv that says something about the answers of a wave.

    `by` is `program` or `program_type` with `:lower` or `:upper`, where the smallest or largest
    share of those is printed. `limit` is `lower` or `upper` where one figure is only bounded.
    """

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
    limit: str = ""

    @property
    def statement(self) -> "Printed":
        """What the row says, whoever prints it: rows that say the same have the same."""
        return replace(self, id="", n=None, weight=0)

    @property
    def number(self) -> int:
        """The whole number that is printed."""
        return int((self.interval.low or 0) + Fraction(1, 2))

    @property
    def middle(self) -> float | None:
        """The middle of what the figure can stand for; None where it has but one bound."""
        low, high = self.interval.low, self.interval.high
        return None if low is None or high is None else float((low + high) / 2)

    @property
    def is_narrow(self) -> bool:
        """Whether it is of a part of the people, the panel apart."""
        return bool(self.by) or any(test != PAIR for test in self.tests)


def read_figures(
    published: "pd.DataFrame", cohort: Cohort, reconstruction: Reconstruction
) -> tuple[list[Printed], list[str]]:
    """Return the figures to be met, assumed ones among them, and the ids of those not understood.

    Facts, differences between waves and figures of other waves are neither.
    """
    blank = dict.fromkeys(published.columns, "")
    assumed = [
        {**blank, **row, "id": f"{ASSUMED}{place}"}
        for place, row in enumerate(reconstruction.also, start=1)
    ]
    rows, unexplained = [], []
    for row in [*published.to_dict("records"), *assumed]:
        if not _concerns_answers(row, cohort.study):
            continue
        try:
            rows.append(_read_figure(row, cohort, reconstruction))
        except ValueError:
            unexplained.append(row["id"])
    return [row for row in rows if row.id not in reconstruction.set_aside], unexplained


def _concerns_answers(row: Mapping[str, str], study: Study) -> bool:
    side, _, wave = row["wave"].partition(":")
    is_known = row["wave"] in study.waves or (side == "panel" and wave in {"", *study.waves})
    return is_known and row["statistic"] not in {"fact", "rank", "order", "date", "text"}


def _read_figure(row: Mapping[str, str], cohort: Cohort, reconstruction: Reconstruction) -> Printed:
    study, codebook = cohort.study, cohort.codebook
    side, _, wave = row["wave"].partition(":")
    pairs_only = side == "panel"
    wave = (wave or study.panels[0].first) if pairs_only else side
    tests, by = _read_subgroup(row["subgroup"], study, codebook)
    statistic, _, extreme = row["statistic"].rpartition("_")
    limit = {"min": "lower", "max": "upper"}.get(extreme, "") if statistic else ""
    if not limit:
        statistic = row["statistic"]
        if by:
            raise NotUnderstood("a statistic by program without an end")
    if statistic not in PLAIN | CHANGES and not statistic.startswith(PAIRED):
        raise NotUnderstood(f"statistic {statistic}")
    name, interval = row["variable"], _read_interval(row)
    variable = codebook.variables.get(name)
    if variable is None and name not in {RESPONSES, PAIRS, DAYS}:
        raise NotUnderstood(f"variable {name}")
    if variable is not None and variable.unit == "percent" and interval.unit == SHARE:
        low, high = (None if one is None else one * 100 for one in (interval.low, interval.high))
        interval = replace(interval, low=low, high=high)
    if variable is not None and statistic in {"count", "proportion"}:
        _check_category(codebook, name, row["category"])
    trust = reconstruction.trust.items()
    weight = next((one for start, one in trust if row["section"].startswith(start)), 1)
    if row["locator"].casefold().startswith("table"):
        weight *= reconstruction.table_weight
    return Printed(
        id=row["id"],
        wave=wave,
        pairs_only=pairs_only,
        tests=tuple([*tests, *([PAIR] if pairs_only else [])]),
        by=f"{by}:{limit}" if by else "",
        variable=name,
        category=row["category"],
        statistic=statistic,
        interval=interval,
        n=int((parse_printed(row["n"]).low or 0) + Fraction(1, 2)) if row["n"] else None,
        weight=weight,
        limit="" if by else limit,
    )


def _read_interval(row: Mapping[str, str]) -> PrintedInterval:
    # A range "4%-10%" stands in two rows, one for each of its ends.
    note = row["note"].casefold()
    ends = (end for end in ("lower", "upper") if f"{end} end" in note)
    return parse_printed(row["printed"], row["qualifier"], next(ends, ""))


def _read_subgroup(text: str, study: Study, codebook: Codebook) -> tuple[list[Test], str]:
    """Return a subgroup's tests, and `program` or `program_type` where a figure is by those."""
    tests: list[Test] = []
    by = ""
    for part in map(str.strip, re.split(r"[&,]", text)):
        name, is_named, wanted = (one.strip() for one in part.partition("="))
        if part in {ALL, ""}:
            continue
        if part.startswith("by ") and part.removeprefix("by ").strip() in LEVELS:
            by = part.removeprefix("by ").strip()
        elif is_named and (name in LEVELS or name in codebook.variables):
            tests += make_tests(codebook, {name: [wanted]})
        elif part in study.subgroups:
            tests += make_tests(codebook, study.subgroups[part].where)
        else:
            raise NotUnderstood(f"subgroup {part}")
    return tests, by


def _check_category(codebook: Codebook, name: str, category: str) -> None:
    variable = codebook.variables[name]
    if category == NOT_REPORTED or kind_of(variable).is_typed:
        return
    if not category:
        raise NotUnderstood("a share without a category")
    for part in category.split("+"):
        if part in variable.groups or part in variable.categories:
            continue
        if variable.is_numeric:
            parse_interval(part)
        elif kind_of(variable).stand_in != "countries" or not re.fullmatch(r"[A-Z]{3}", part):
            raise NotUnderstood(f"category {name} {part}")


def base_tests(people: People, row: Printed) -> tuple[list[Test], list[Test]]:
    """Return the tests of the people a share is of, and of those it counts."""
    name, variable = row.variable, people.codebook.variables[row.variable]
    base = list(row.tests)
    if row.category == NOT_REPORTED:
        return [*base, *asked_tests(people, name)], [Test(name, "unanswered")]
    if kind_of(variable).has_ticks and variable.base == "asked":
        base += asked_tests(people, name)
    else:
        base.append(Test(name, "answered"))
    if not row.category:
        return base, []
    categories = tuple(variable.expand_groups(row.category.split("+")))
    if kind_of(variable).has_ticks:
        base += _offered_any(people, name, categories)
    return base, [Test(name, "in", categories)]


def _offered_any(people: People, name: str, categories: tuple[str, ...]) -> list[Test]:
    """Return the tests of being offered one of some options, where not everybody was."""
    conditions = [tuple(offered_tests(people, name, category)) for category in categories]
    conditions = [tests for tests in conditions if NEVER not in tests]
    if not conditions or () in conditions:
        return []
    if len(set(conditions)) == 1:
        return list(conditions[0])
    if any(len(tests) > 1 or tests[0].name not in LEVELS for tests in conditions):
        return []
    # Offered to different programs: those of any of them.
    programs = people.study.programs
    wanted = {one for (test,) in conditions for one in test.wanted}
    offered = [name for name, one in programs.items() if wanted & {name, one.type}]
    return [] if len(offered) == len(programs) else [Test("program", "in", tuple(offered))]


def needed_tests(people: People, row: Printed) -> list[Test]:
    """Return all tests a row needs, with those of any-of variables replaced by their parts."""
    tests = list(row.tests)
    if row.variable in people.codebook.variables:
        base, event = base_tests(people, row)
        tests = [*base, *event]
    if row.by:
        tests += level_tests(people, row)
    result: list[Test] = []
    for test in tests:
        if is_any_of(people.codebook, test.name):
            for part in _parts_of(people.codebook, test.name):
                result += [part, replace(part, kind="out"), Test(part.name, "answered")]
        else:
            result.append(test)
    return result


def level_tests(people: People, row: Printed) -> list[Test]:
    """Return a test for each program (type) that a figure by those is about."""
    by, programs = row.by.partition(":")[0], people.study.programs
    names = list(programs) if by == "program" else list(people.study.program_types)
    tests = list(row.tests)
    if row.variable in people.codebook.variables:
        tests += base_tests(people, row)[0]
    for test in tests:
        if test.name == "program_type" and by == "program":
            names = [name for name in names if programs[name].type in test.wanted]
        elif test.name == by:
            names = [name for name in names if name in test.wanted]
    return [Test(by, "in", (name,)) for name in names]


def is_any_of(codebook: Codebook, name: str) -> bool:
    """Tell whether a variable is 1 where any of some conditions holds, and 0 where none does."""
    variable = codebook.variables.get(name)
    return variable is not None and bool(rule_of(variable).any_of)


def _parts_of(codebook: Codebook, name: str) -> list[Test]:
    return make_tests(codebook, rule_of(codebook.variables[name]).any_of or {})


def split_any_of(codebook: Codebook, test: Test) -> list[tuple[int, list[Test]]]:
    """Return such a variable's test as sums and differences of tests of its conditions."""
    conditions = _parts_of(codebook, test.name)
    neither = [Test(one.name, "out", one.wanted) for one in conditions]
    some = [
        (-1 if size % 2 == 0 else 1, list(parts))
        for size in range(1, len(conditions) + 1)
        for parts in combinations(conditions, size)
    ]
    if test.kind == "answered":
        return [*some, (1, neither)]
    if test.kind != "in":
        raise NotUnderstood(f"{test.kind} {test.name}")
    holds = {n: any(parse_interval(text).holds(n) for text in test.wanted) for n in (0, 1)}
    return [*(some if holds[1] else []), *([(1, neither)] if holds[0] else [])]
