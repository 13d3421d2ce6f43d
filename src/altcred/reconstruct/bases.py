"""Of whom a printed figure speaks: the tests of those it is based on and of those it counts."""

from dataclasses import replace
from itertools import combinations

from altcred.core.intervals import parse_interval
from altcred.core.records import NOT_REPORTED
from altcred.describe.codebook import Codebook
from altcred.kinds import kind_of
from altcred.reconstruct.figures import LEVELS, NotUnderstood, Printed, list_categories
from altcred.reconstruct.people import NEVER, People, Test, asked_tests, make_tests, offered_tests


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
    categories = list_categories(people.codebook, name, row.category)
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
    return variable is not None and variable.derive is not None and bool(variable.derive.any_of)


def _parts_of(codebook: Codebook, name: str) -> list[Test]:
    return make_tests(codebook, codebook.variables[name].derive.any_of)


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
