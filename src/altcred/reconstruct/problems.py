"""The counting problem of a block of questions: who can give which answers, and what is likely."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from altcred.reconstruct.assumptions import Part
from altcred.reconstruct.blocks import Block, Sort, find_shares
from altcred.reconstruct.counted import Counted, add_figures, add_sizes, group_people
from altcred.reconstruct.figures import CHANGES, Printed, needed_tests
from altcred.reconstruct.limits import ONE, Terms, write_figure
from altcred.reconstruct.people import PAIR, People, Test, asked_tests, make_tests, offered_tests
from altcred.reconstruct.solve import Figure, Linear


@dataclass(frozen=True)
class Ties:
    """What is decided of people's answers to a block before it is drawn, an entry a person.

    `fixed` is the cell that somebody must give, -1 where none is decided. `other` is the rank of
    the answer in the other wave, where figures are about changes. Who is `bound` must meet `must`.
    `barred` are the cells that nobody whose answer lasts can give, by program type.
    """

    fixed: np.ndarray
    bound: np.ndarray
    must: Test | None
    other: np.ndarray | None
    barred: dict[str, set[int]]


def find_ties(people: People, block: Block, rows: list[Printed], every: list[Printed]) -> Ties:
    """Find what the other wave and paired amounts decide of a block's answers."""
    must, bound = people.musts.get(block.lead, (None, np.zeros(len(people), dtype=bool)))
    lasts = block.lead in people.lasting
    elsewhere, other = people.elsewhere(block.lead), None
    are_compared = not people.is_follow_up and any(row.statistic in CHANGES for row in rows)
    if are_compared and elsewhere is not None:
        ranks = {one: rank for rank, one in enumerate(block.variable.categories)}
        other = np.array([ranks.get(answer, -1) for answer in elsewhere], dtype=np.int64)
    barred = _find_barred(people, block, every) if lasts else {}
    return Ties(_fix_cells(people, block, lasts), bound, must, other, barred)


def _fix_cells(people: People, block: Block, lasts: bool) -> np.ndarray:
    """Return of everybody the cell that is decided already, -1 where none is."""
    fixed = np.full(len(people), -1, dtype=np.int64)
    places = {answer: place for place, answer in enumerate(block.answers)}
    answers = people.elsewhere(block.lead) if lasts else people.amounts.get(block.lead)
    if answers is None:
        return fixed
    if block.named != block.lead:
        answers = people.years - answers
    for person in np.flatnonzero(people.match >= 0):
        answer = answers[person]
        is_number = isinstance(answer, float)
        is_missing = answer is None or (is_number and np.isnan(answer))
        fixed[person] = places.get(None if is_missing else answer, -1)
    return fixed


def _find_barred(people: People, block: Block, every: list[Printed]) -> dict[str, set[int]]:
    """Return cells that a pair cannot have, as the other wave's extremes exclude them."""
    barred: dict[str, set[int]] = {}
    for kind in people.study.program_types:
        for row in every:
            is_here = row.variable == block.named and row.wave != people.wave and not row.by
            tests = (test.name == "program_type" and kind in test.wanted for test in row.tests)
            if row.statistic not in {"min", "max"} or not is_here or not all(tests):
                continue
            low, high = row.interval.low or 0, row.interval.high
            # Up to two birthdays lie between the waves.
            for place, answer in enumerate(block.answers):
                if answer is None:
                    continue
                is_low = row.statistic == "min" and answer - 2 < low
                is_high = row.statistic == "max" and high is not None and answer > high - 2
                if is_low or is_high:
                    barred.setdefault(kind, set()).add(place)
    return barred


def pose_problem(
    people: People, block: Block, rows: list[Printed], ties: Ties
) -> tuple[Counted, list[str], list[str]]:
    """Pose a block's problem; return it, the ids of figures that cannot be put so, and excluded."""
    counted = _count_people(people, block, rows, ties)
    _bound_answered(counted)
    unexplained = add_figures(counted, [row for row in rows if row.statistic != "nunique"])
    excluded = _add_seen(counted, [row for row in rows if row.statistic == "nunique"])
    add_sizes(counted, rows, people.reconstruction.size_weight)
    return counted, unexplained, excluded


def _count_people(people: People, block: Block, rows: list[Printed], ties: Ties) -> Counted:
    """Group the people, and add an unknown for each group and answer that it can give."""
    asked = asked_tests(people, block.lead)
    needed = [test for row in rows for test in needed_tests(people, row)]
    parts = list(_list_parts(people, block))
    offered = _list_offered(people, block)
    tests = [PAIR, *asked, *(test for test in needed if test.name not in block.cells[0])]
    tests += [test for part, _ in parts for test in part]
    tests += [test for category in offered.values() for test in category]
    fixed, among = ties.fixed, people.meet(asked)
    if block.can_skip:
        # Those who were not asked are counted too, all as missing: a figure on several
        # questions may be about them.
        fixed = np.where(among, fixed, len(block.cells) - 1)
        among = np.ones(len(people), dtype=bool)
    keys = [fixed, ties.bound, *([] if ties.other is None else [ties.other])]
    counted = Counted(block, group_people(people, among, tests, keys))
    if ties.other is not None:
        counted.other = np.array([ties.other[m[0]] for m in counted.strata.members], dtype=np.int64)
        counted.later = people.wave == people.study.panels[0].first
    categories = list(block.variable.categories)

    @cache
    def shares(part: int, absent: frozenset[str], rank: int) -> np.ndarray:
        own = Sort(parts[part][1] if part >= 0 else None, absent)
        return find_shares(block, people, own, categories[rank] if rank >= 0 else None)

    marks = counted.strata.marks
    forbidden = {
        cell
        for cell, answer in enumerate(block.cells)
        if ties.must is not None and not block.holds(ties.must, answer)
    }
    for stratum, members in enumerate(counted.strata.members):
        one = members[0]
        fitting = (i for i, (part, _) in enumerate(parts) if all(marks[t][stratum] for t in part))
        part = next(fitting, -1)
        absent = frozenset(
            category
            for category, needs in offered.items()
            if not all(marks[test][stratum] for test in needs)
        )
        rank = -1 if counted.other is None else int(counted.other[stratum])
        barred = forbidden if ties.bound[one] else set()
        if fixed[one] < 0 and people.columns["pair"][one]:
            barred = barred | ties.barred.get(people.columns["program_type"][one], set())
        sort = Sort(parts[part][1] if part >= 0 else None, absent)
        _add_stratum(counted, stratum, sort, shares(part, absent, rank), int(fixed[one]), barred)
    return counted


def _list_parts(people: People, block: Block) -> Iterator[tuple[list[Test], Part]]:
    """Yield the parts of the people for which something is assumed, with their tests."""
    named = block.lead if block.is_multiple else block.named
    for name in dict.fromkeys([block.lead, named]):
        for part in people.reconstruction.assumption(name).by:
            tests = make_tests(people.codebook, part.where)
            is_known = people.knows(tests) and not any(t.name in block.cells[0] for t in tests)
            if part.wave in {None, people.wave} and is_known:
                yield tests, part


def _list_offered(people: People, block: Block) -> dict[str, list[Test]]:
    """Return the tests of being offered an option, of those that not all were offered."""
    if not block.is_multiple:
        return {}
    categories = block.variable.categories_in(people.wave)
    tests = {one: offered_tests(people, block.lead, one) for one in categories}
    return {category: needs for category, needs in tests.items() if needs}


def _add_stratum(
    counted: Counted, stratum: int, sort: Sort, shares: np.ndarray, fixed: int, barred: set[int]
) -> None:
    """Add the unknowns of a group, and what holds of them by nature."""
    block, problem, people = counted.block, counted.problem, counted.people
    size = len(counted.strata.members[stratum])
    answered = sort.answered(people, block.lead)
    rate = answered if block.can_skip else 1.0
    places: list[int] = []
    empty: list[int] = []
    given: list[int] = []
    for c, answer in enumerate(block.answers):
        is_ticks = isinstance(answer, frozenset)
        is_out = c in barred or (is_ticks and bool(answer & sort.absent))
        if is_out or (fixed >= 0 and c != fixed):
            continue
        if fixed >= 0:
            place = problem.add_unknown(size, lower=size)
        else:
            likely = size * (1 - rate) if answer is None else size * rate * shares[c]
            place = problem.add_unknown(size, likely)
        counted.add_cell(stratum, c, place)
        places.append(place)
        given += [] if answer is None else [place]
        empty += [place] if is_ticks and not answer else []
    problem.nature.append(Linear(dict.fromkeys(places, 1), size, size))
    if fixed < 0:
        # Whole likely counts that add up: a solution near them is then whole nearly by itself.
        sums = np.round(np.cumsum([problem.target[place] for place in places]))
        for place, target in zip(places, np.diff(sums, prepend=0.0), strict=True):
            problem.target[place] = float(target)
    if not block.ticks:
        if empty and block.can_skip:
            # Somebody who ticked nothing has not answered.
            problem.nature.append(Linear(dict.fromkeys(empty, 1), None, 0))
        return
    ticked: list[int] = []
    for category in block.ticks:
        if category not in sort.absent:
            share = sort.tick_share(people, block.lead, category)
            place = problem.add_unknown(size, float(round(size * answered * share)))
            counted.ticks[stratum, category] = place
            ticked.append(place)
            problem.nature.append(Linear({place: 1, **dict.fromkeys(given, -1)}, None, 0))
    if block.can_skip:
        terms = {**dict.fromkeys(ticked, 1), **dict.fromkeys(empty, -1)}
        problem.nature.append(Linear(terms, 0, None))


def _bound_answered(counted: Counted) -> None:
    """Keep the number who answered near the assumed one, unless printed figures forbid it.

    Else a conflict between figures could be hidden by having hardly anybody answer.
    """
    block, problem = counted.block, counted.problem
    if not block.can_skip:
        return
    by_program = any(test.name == "program" for test in counted.strata.marks)
    level = counted.people.columns["program" if by_program else "program_type"]
    answers = block.answers
    terms: dict[str, Terms] = {}
    likely: dict[str, float] = {}
    for (stratum, cell), place in counted.cells.items():
        if answers[cell] is not None:
            name = level[counted.strata.members[stratum][0]]
            terms.setdefault(name, {})[place] = ONE
            target = problem.target[place]
            likely[name] = likely.get(name, 0) + (
                problem.lower[place] if target is None else target
            )
    for name in terms:
        least = Linear(terms[name], int(0.75 * likely[name]), None)
        problem.figures.append(Figure((), (least,), 10.0))


def _add_seen(counted: Counted, rows: list[Printed]) -> list[str]:
    """Add numbers of countries: which ones are seen is chosen by their weights.

    Return the ids of those that other numbers of the same people exclude.
    """
    by_tests: dict[tuple[Test, ...], list[Printed]] = {}
    for row in rows:
        by_tests.setdefault(row.tests, []).append(row)
    codes = [answer for answer in counted.block.answers if answer is not None]
    wanted = {tests: _most_likely(group, len(codes)) for tests, group in by_tests.items()}
    left: list[str] = []
    sets = _choose_seen(codes, wanted)
    for tests, group in by_tests.items():
        # Being seen or not is a condition on the number who live there.
        constraints = []
        for code in codes:
            terms = counted.count([*tests, Test(group[0].variable, "in", (code,))])
            bounds = (1, None) if code in sets[tests] else (None, 0)
            constraints.append(Linear(terms, *bounds))
        kept = [row for row in group if Fraction(wanted[tests]) in row.interval]
        left += [row.id for row in group if row not in kept]
        if kept:
            counted.problem.figures.append(write_figure(kept, constraints))
    return left


def _most_likely(rows: list[Printed], most: int) -> int:
    """Return the number up to the most that the heaviest of some figures allow."""

    def weigh(number: int) -> float:
        return sum(row.weight for row in rows if Fraction(number) in row.interval)

    return max(range(most + 1), key=weigh)


def _choose_seen(
    codes: list[str], wanted: dict[tuple[Test, ...], int]
) -> dict[tuple[Test, ...], set[str]]:
    """Choose so many countries of each part of the people, which together make those of all."""
    universe = codes[: wanted.get((), len(codes))]
    uncovered = set(universe) if () in wanted else set()
    sets: dict[tuple[Test, ...], set[str]] = {(): set(universe)}
    parts = sorted((tests for tests in wanted if tests), key=lambda tests: -wanted[tests])
    for place, tests in enumerate(parts):
        first = [code for code in universe if code in uncovered] if place else []
        chosen = (first + [code for code in universe if code not in first])[: wanted[tests]]
        uncovered -= set(chosen)
        sets[tests] = set(chosen)
    return sets
