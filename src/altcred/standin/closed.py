"""Draws one answer of several for everybody who was asked, and who ticked what."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pandas as pd

from altcred.core.description import Condition, as_list
from altcred.core.intervals import parse_interval
from altcred.core.records import NOT_REPORTED
from altcred.describe.conditions import tell_rows
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.standin.costs import list_timed
from altcred.standin.derived import list_any_of
from altcred.standin.panel import bound_alone, bound_asked, target_changes
from altcred.standin.people import People, Target, numbers_of
from altcred.standin.shown import Part, Values

# How often a question is left out of which nothing is shown.
_USUALLY_MISSING = 0.05
# Of so many answers to earlier questions at most is held what they are in a later subgroup.
_MOST_JOINT = 400


def draw_closed(people: People, name: str) -> None:
    """Draw a question of one answer, as all that its estimates tell has it."""
    variable = people.variables[name]
    answers: list[str | None] = [*_list_answers(people, name, variable), None]
    who = people.asked(name)
    targets = [
        *target_counts(people, name, variable, answers, who),
        *target_joint(people, name, answers, who),
        *(
            one
            for pairs in people.pairs
            if pairs.has(name)
            for one in target_changes(people, pairs, name, answers, who)
        ),
    ]
    drawn = people.draw(who, _guess(people, name, answers), targets)
    column = np.full(people.size, None, dtype=object)
    column[np.flatnonzero(who)] = np.array(answers, dtype=object)[drawn]
    people.columns[name] = column


def _list_answers(people: People, name: str, variable: Variable) -> list[str]:
    """Return the answers that can be given, with those beside them that estimates name."""
    offered = list(variable.categories_in(people.wave))
    if kind_of(variable).known_answers(variable) is not None:
        return offered
    named = people.shown.categories.get((people.wave, name), [])
    known = {*offered, *variable.groups, NOT_REPORTED}
    return [*offered, *(one for one in named if one not in known)]


def _guess(people: People, name: str, answers: Sequence[str | None]) -> np.ndarray:
    """Return how likely each answer is of everybody; what is hidden shares what is left."""
    shown, wave = people.shown, people.wave
    counts = [
        shown.count(wave, "all", name, NOT_REPORTED if one is None else one) for one in answers
    ]
    asked = shown.asked(wave, "all", name)
    known = sum(one for one in counts if one is not None)
    hidden = [one is None for one in counts]
    total = max(asked or 0, known) or 1.0
    if all(hidden):
        share = (1 - _USUALLY_MISSING) / max(len(answers) - 1, 1)
        return np.array([share] * (len(answers) - 1) + [_USUALLY_MISSING])
    rest = max(total - known, 1e-3 * total) / max(sum(hidden), 1)
    return np.array([rest if one is None else max(one, 1e-6) for one in counts]) / total


def target_counts(
    people: People, name: str, variable: Variable, answers: list[str | None], who: np.ndarray
) -> Iterator[Target]:
    """Yield what estimates tell of the answers in each subgroup that is known."""
    kind, place = kind_of(variable), {one: at for at, one in enumerate(answers)}
    ends = kind.ends_of(variable)
    numbers = numbers_of(people, name, answers) if ends is not None else []
    given = np.array([one is not None for one in answers], dtype=float)
    nets: dict[str, np.ndarray] = {}
    for scope, part, inside in people.told_parts():
        if not part.tells(name):
            continue
        of_whom = inside & who
        known = people.shown.of_part(scope, part.name, name)
        for category in dict.fromkeys(category for category, _ in known):
            count = people.shown.count(scope, part.name, name, category)
            if count is None or not category:
                continue
            if category == NOT_REPORTED:
                weights = 1 - given
            elif category in place:
                weights = np.zeros(len(answers))
                weights[place[category]] = 1
            else:
                if category not in nets:
                    nets[category] = holds_of(people, name, answers, [category])
                weights = nets[category]
            if weights.any():
                yield Target(of_whom, weights, count, count)
        if (answered := known.get(("", "nobs"))) is not None:
            yield Target(of_whom, given, answered[0], answered[0])
        # Where every share is told the mean follows.
        is_open = any(
            people.shown.count(scope, part.name, name, one) is None for one in answers if one
        )
        if numbers and ("", "mean") in known and is_open:
            yield from _target_moments(known, of_whom, numbers)


def _target_moments(
    known: Values, of_whom: np.ndarray, numbers: Sequence[float | None]
) -> Iterator[Target]:
    """Yield the sum and the sum of squares behind a mean and a standard deviation."""
    mean, n = known["", "mean"]
    values = np.array([0.0 if one is None else one - mean for one in numbers])
    is_given = np.array([one is not None for one in numbers])
    values = np.where(is_given, values, 0.0)
    yield Target(of_whom, values, 0.0, 0.0, is_count=False)
    if ("", "std") in known and n > 1:
        squares = known["", "std"][0] ** 2 * (n - 1)
        yield Target(of_whom, values**2, squares, squares, is_count=False)


def holds_of(
    people: People, name: str, answers: Sequence[object], wanted: Sequence[str]
) -> np.ndarray:
    """Tell of each answer in one column whether a condition holds of it."""
    variable = people.variables[name]
    test = kind_of(variable).test(name, variable, people.wave, list(wanted))
    own = "Float64" if kind_of(variable).is_numeric else "string"
    frame = pd.DataFrame({name: pd.array(list(answers), dtype=own)})
    return np.array(tell_rows(frame, {"holds": test})["holds"], dtype=float)


def list_joint(
    people: People, name: str, who: np.ndarray
) -> Iterator[tuple[list[str], np.ndarray, float, float, bool]]:
    """Yield what answers must come to together with earlier ones.

    The answers, the people of whom it is told, how few and how many of these give one of them, and
    whether it is of these answers or, False, of all others. It is told by the size of each subgroup
    that they complete, by numbers that count them, and by how many were asked a later question.
    """
    for part in people.parts:
        if (inside := _meet_rest(people, part.where, name, who)) is not None:
            for scope, of_scope in people.scopes.items():
                size = people.shown.find(scope, part.name, "responses")
                if size is not None:
                    yield as_list(part.where[name]), inside & of_scope, size, size, True
    for listed, whom, count, is_so in list_any_of(people, name):
        yield listed, whom & who, count, count, is_so
    for other, variable in people.variables.items():
        condition = variable.condition_in(people.wave)
        if variable.derive is not None or people.is_drawn(other):
            continue
        if (inside := _meet_rest(people, condition, name, who)) is None:
            continue
        listed = as_list(condition[name])
        for scope, part, of_part in people.told_parts():
            asked = people.shown.asked(scope, part.name, other)
            if asked is not None and part.tells(other):
                yield listed, inside & of_part, asked, asked, True
        for before, least, most in bound_asked(people, other):
            yield listed, inside & before, least, most, True


def _meet_rest(
    people: People, condition: Condition, name: str, who: np.ndarray
) -> np.ndarray | None:
    """Tell of whom a condition holds but for one question; None where it is not about that one.

    None as well where another question that it is about is not drawn yet.
    """
    rest: Condition = {key: wanted for key, wanted in condition.items() if key != name}
    if name not in condition or not all(map(people.is_drawn, rest)):
        return None
    return people.tell({"rest": people.conditions.holds(rest)})["rest"] & who


def target_joint(
    people: People, name: str, answers: Sequence[object], who: np.ndarray
) -> Iterator[Target]:
    """Yield what the answers must come to together with earlier ones.

    Also what was answered before in each subgroup that they complete.
    """
    given = np.array([one is not None and one == one for one in answers], dtype=float)

    @cache
    def weigh(*listed: str) -> np.ndarray:
        return holds_of(people, name, answers, listed)

    for listed, whom, low, high, is_so in list_joint(people, name, who):
        weights = weigh(*listed)
        yield Target(whom, weights if is_so else given * (1 - weights), low, high)
    inside = {part.name: _meet_rest(people, part.where, name, who) for part in people.parts}
    for part in people.parts:
        if (among := inside[part.name]) is not None:
            weights = weigh(*as_list(part.where[name]))
            yield from _target_before(people, part, name, weights, among)
    for part, alone, most in bound_alone(people, name):
        if (among := inside[part.name]) is not None:
            yield Target(among & alone, weigh(*as_list(part.where[name])), 0.0, most)


def _target_before(
    people: People, part: Part, name: str, weights: np.ndarray, inside: np.ndarray
) -> Iterator[Target]:
    """Yield how often earlier answers were given in a subgroup that an answer completes."""
    tests: dict[tuple[str, str], str] = {}
    for earlier, variable in people.variables.items():
        if earlier == name or not part.tells(earlier) or not people.is_drawn(earlier):
            continue
        if variable.derive is not None or earlier in part.where:
            continue
        kind = kind_of(variable)
        known = people.shown.of_part(people.wave, part.name, earlier)
        found: dict[tuple[str, str], str] = {}
        for category in dict.fromkeys(category for category, _ in known if category):
            if people.shown.count(people.wave, part.name, earlier, category) is None:
                continue
            wanted = [category]
            if kind.is_numeric and category != NOT_REPORTED:
                group = variable.groups.get(category)
                wanted = [str(group.of) if group else category]
                if not _is_interval(wanted[0]):
                    continue
            if category == NOT_REPORTED:
                asked = people.conditions.asked(earlier)
                test = f"{asked} AND {people.conditions.is_missing(earlier)}"
            else:
                test = kind.test(earlier, variable, people.wave, wanted)
            found[earlier, category] = f"coalesce({test}, FALSE)"
        if len(found) <= _MOST_JOINT:
            tests |= found
    for one in list_timed(people) if part.variables is None else ():
        if people.shown.count(people.wave, part.name, one.variable, one.category) is not None:
            tests[one.variable, one.category] = f"coalesce(({one.where}) AND ({one.value}), FALSE)"
    told = people.tell({f"{one}|{other}": test for (one, other), test in tests.items()})
    for earlier, category in tests:
        count = people.shown.count(people.wave, part.name, earlier, category)
        yield Target(inside & told[f"{earlier}|{category}"], weights, count or 0, count or 0)


def _is_interval(text: str) -> bool:
    try:
        parse_interval(text)
    except ValueError:
        return False
    return True
