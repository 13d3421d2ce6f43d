"""What is told of numbers that rest on several answers of a person."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from altcred.core.engine import quoted
from altcred.describe.dependence import source_names
from altcred.kinds import kind_of
from altcred.kinds.score import ALPHA, item_in_sql
from altcred.kinds.variable import Variable, column_of
from altcred.standin.changes import compare_ranks, list_paired, measure_changes, tell_twice
from altcred.standin.costs import write_costs
from altcred.standin.fit import Told, tell
from altcred.standin.goals import Goals, Measure, list_goals, stay
from altcred.standin.numbers import list_told
from altcred.standin.people import People, list_named
from altcred.standin.shown import find_room


def list_measures(people: People) -> Iterator[Measure]:
    """Yield what is told of numbers, and of what follows from several answers, all being drawn."""
    for name, variable in people.variables.items():
        if not people.is_drawn(name):
            continue
        kind = kind_of(variable)
        if kind.has_ticks:
            yield from _measure_ticks(people, name, variable)
        elif kind.is_numeric:
            yield from _measure_numbers(people, name, variable)
        elif kind.ends_of(variable) is not None:
            yield from measure_changes(people, name)
    yield from _measure_costs(people)


def _measure_costs(people: People) -> Iterator[Measure]:
    """Yield what is told of costs, of each person, as one measure of many numbers."""
    columns, amounts, numbers = write_costs(people)
    if not numbers:
        return
    named = " ".join([*columns.values(), *numbers.values()])
    inputs = frozenset(list_named(people.columns, named))

    last: list[tuple[Mapping[str, np.ndarray], dict[int, np.ndarray]]] = []

    def take(there: Mapping[str, np.ndarray], at: int) -> np.ndarray:
        # All are worked out together, and asked for one after the other.
        if not last or last[0][0] is not there:
            last[:] = [(there, people.work_out(numbers, there, columns))]
        return last[0][1][at]

    for at, one in enumerate(amounts):
        told = []
        for scope, part, inside in people.told_parts():
            known = people.shown.of_part(people.wave, part.name, one.variable)
            own = {key[1]: value for key, value in known.items() if key[0] == one.category}
            if scope != people.wave or part.variables is not None or not own:
                continue
            if one.is_share and "count" in own:
                count, n = own["count"]
                own = {"sum": (count, n), "mean": (count / n, n), "nobs": (n, n)}
            told.append(Told(inside, {("", key): value for key, value in own.items()}, {}))
        if goals := list(list_goals(told, None)):
            yield Measure(inputs, goals, take=partial(take, at=at))


def write_number(people: People, name: str) -> tuple[str, frozenset[str]]:
    """Return in SQL what a number is, and the columns that it rests on."""
    variable = people.variables[name]
    if variable.derive is None:
        return quoted(name), frozenset([name])
    sql = people.write_derived(name)
    inputs = [
        column
        for source in source_names(variable)
        for column in kind_of(people.variables[source]).columns(
            source, people.variables[source], people.wave
        )
        if quoted(column) in sql
    ]
    return sql, frozenset(inputs)


def _measure_numbers(people: People, name: str, variable: Variable) -> Iterator[Measure]:
    sql, inputs = write_number(people, name)
    everybody = np.ones(people.size, dtype=bool)
    asked = people.asked(name) if variable.derive is None else everybody
    if variable.derive is None:
        told = list_told(people, name, variable, asked)
    else:
        told = [
            tell(people.shown, scope, part.name, name, inside, variable, of_given=True)
            for scope, part, inside in people.told_parts()
            if scope == people.wave and part.tells(name)
        ]
        for pairs in people.later:
            told += tell_twice(people, pairs, name, variable)
    goals = list(list_goals(told, variable))
    for pairs in people.pairs:
        if pairs.has(name):
            goals += list_paired(people, pairs, name, variable)
    goals += compare_ranks(people, name, asked)
    if variable.derive is not None and variable.derive.items:
        yield from _measure_alpha(people, name, variable, inputs)
    if goals and variable.derive is None:
        yield Measure(inputs, goals, take=lambda there: there[name], is_own=True)
    elif goals:
        yield Measure(inputs, goals, sql)


def _measure_alpha(
    people: People, name: str, variable: Variable, inputs: frozenset[str]
) -> Iterator[Measure]:
    """Yield the spread of the sum of a score's items that Cronbach's alpha tells."""
    assert variable.derive is not None
    items = variable.derive.items
    numbers = [f"({item_in_sql(one, people.variables[one], variable.derive)})" for one in items]
    k = len(items)
    found = people.work_out(dict(enumerate(numbers)))
    held = np.array([found[at] for at in range(k)])
    for scope, part, inside in people.told_parts():
        alpha = people.shown.of_part(scope, part.name, name).get(("", ALPHA))
        complete = inside & ~np.isnan(held.sum(axis=0))
        if alpha is None or not part.tells(name) or complete.sum() < 2 or k < 2:
            continue
        # Alpha says how the spread of the sum is to those of the items: a sum of squares less
        # others, which is nought.
        means = held[:, complete].mean(axis=1)
        share = 1 - alpha[0] * (k - 1) / k
        squares = [
            f"power({one} - {mean!r}, 2)" for one, mean in zip(numbers, means.tolist(), strict=True)
        ]
        sql = (f"{share!r} * power({' + '.join(numbers)} - {float(means.sum())!r}, 2)"
               f" - ({' + '.join(squares)})")  # fmt: skip
        total = float(held[:, complete].sum(axis=0).var())
        room = np.array([0.8 * find_room(ALPHA, alpha[0]) * complete.sum() * total * (k - 1) / k])

        def weigh(values: np.ndarray, rows: np.ndarray, inside: np.ndarray = inside) -> np.ndarray:
            return np.where(inside[rows] & ~np.isnan(values), values, 0.0)[None, :]

        goals = Goals(inside, weigh, -room, room, np.array([max(total, 1e-6)]))
        yield Measure(inputs, [goals], sql)


def _measure_ticks(people: People, name: str, variable: Variable) -> Iterator[Measure]:
    """Yield who ticked any of several options, so that ticks may be exchanged between people."""
    drawn = people.ticked.get(name)
    if drawn is None:
        return
    table, targets, exclusive = drawn
    columns = [column_of(name, one) for one in table.options]
    everybody = np.ones(people.size, dtype=bool)

    def count(there: Mapping[str, np.ndarray], of: Sequence[str]) -> np.ndarray:
        return np.sum([(there[one] == True).astype(float) for one in of], axis=0)  # noqa: E712

    def weigh(values: np.ndarray, rows: np.ndarray, who: np.ndarray) -> np.ndarray:
        return np.where(who[rows], values > 0, 0.0)[None, :]

    for at, members in enumerate(table.groups.values(), start=len(table.options)):
        goals = [
            Goals(one.who, partial(weigh, who=one.who), *np.array([[one.low], [one.high], [1.0]]))
            for column, one in targets
            if column == at
        ]
        inside = [columns[one] for one in members]
        if goals:
            yield Measure(frozenset(inside), goals, take=partial(count, of=inside))

    # Nobody who ticked something is left without, and what excludes others stands alone.
    def break_rules(there: Mapping[str, np.ndarray]) -> np.ndarray:
        total = count(there, columns)
        alone = count(there, [columns[one] for one in exclusive]) if exclusive else 0 * total
        return np.where(total == 0, 1.0, np.where((alone > 0) & (total > 1), 2.0, 0.0))

    found = break_rules(people.columns)
    yield Measure(frozenset(columns), [stay(everybody, found)], take=break_rules)
