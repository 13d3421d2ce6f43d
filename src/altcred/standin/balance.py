"""Hands answers round among people alike until weighted numbers come out as they are told.

Who weighs how much is chosen before. Two people alike in every subgroup exchange all their answers
to questions from which something follows together: no count changes, nor what is told of several
answers of one person, and what is weighted does.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from altcred.core.description import as_list
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import QUANTILES
from altcred.describe.dependence import dependence_of, source_names
from altcred.kinds import kind_of
from altcred.standin.people import People
from altcred.standin.shown import Values, find_room
from altcred.standin.solve import gather_alike

_ORDERED = {**QUANTILES, 0.5: "median"}
# How many exchanges are looked at together and made of them, how often, and what is near enough.
_LOOKED, _MADE, _TIMES, _NEAR = 3000, 200, 120, 3e-5


class Line(NamedTuple):
    """What is told of weighted people: who they are, what each adds, and between which ends the
    weighted mean of it lies."""

    who: np.ndarray
    adds: np.ndarray
    low: float = 0.0
    high: float = 0.0


def list_lines(people: People, names: Sequence[str]) -> Iterator[Line]:
    """Yield what is told of the weighted answers to some questions, of all and of subgroups."""
    for scope, part, inside in people.told_parts():
        for name in names if scope == people.wave else ():
            variable = people.variables[name]
            known = people.shown.of_part(scope, part.name, name)
            if kind_of(variable).is_typed or not part.tells(name) or not people.is_drawn(name):
                continue
            groups = variable.groups if kind_of(variable).is_numeric else {}
            shares = {
                category: share
                for (category, statistic), (share, _) in known.items()
                if statistic == "proportion" and category != NOT_REPORTED and 0 < share < 1
            }
            tests = {
                one: people.conditions.holds(
                    {name: as_list(groups[one].of if one in groups else one)}
                )
                for one in shares
            }
            asked = inside & people.asked(name)
            missing = people.tell({"": people.conditions.is_missing(name)})[""]
            for category, given in people.tell(tests).items():
                yield Line(asked, np.where(missing, 0.0, given - shares[category]))
            if ("", "mean") in known:
                yield from _list_numbers(asked, people.numbers(name), known)


def _list_numbers(who: np.ndarray, numbers: np.ndarray, known: Values) -> Iterator[Line]:
    none = np.isnan(numbers)
    if ("", "mean") in known:
        mean = known["", "mean"][0]
        size = max(abs(mean), 1e-9)
        room = 0.8 * find_room("mean", mean) / size
        yield Line(who, np.where(none, 0.0, numbers - mean) / size, -room, room)
        std, n = known.get(("", "std"), (0.0, 0.0))
        if std > 0 and n > 1:
            room = 1.6 * find_room("std", std) / std
            adds = np.where(none, 0.0, ((numbers - mean) / std) ** 2 - (n - 1) / n)
            yield Line(who, adds, -room, room)
    if ("", "zeros") in known:
        yield Line(who, np.where(none, 0.0, (numbers == 0) - known["", "zeros"][0]))
    for share, statistic in _ORDERED.items():
        if (told := known.get(("", statistic))) is not None:
            upto, below = numbers <= told[0] + 1e-9, numbers < told[0] - 1e-9
            yield Line(who, np.where(none, 0.0, upto - share), 1e-6, np.inf)
            yield Line(who, np.where(none, 0.0, below - share), -np.inf, -1e-6)


def hand_round(people: People) -> None:
    """Let people alike exchange answers until what is weighted comes out."""
    marks = [inside for _, _, inside in people.told_parts()]
    for names in _gather_related(people):
        drawn = [name for name in names if people.is_drawn(name)]
        columns = [
            column
            for name in drawn
            for column in (*kind_of(people.variables[name]).columns(
                name, people.variables[name], people.wave), f"@words:{name}", name)
            if column in people.columns
        ]  # fmt: skip
        lines = [one for one in list_lines(people, drawn) if one.who.any()]
        if not lines:
            continue
        alike = [*marks, *(people.asked(name) for name in drawn)]
        alike += [mark for (_, name), mark in people.both.items() if name in drawn]
        # Of a panel nobody's answers change who gave others before.
        alike += [
            pairs.carry(column, people.size).astype(str)
            for pairs in people.pairs
            for name in drawn if pairs.has(name)
            for column in columns if column in pairs.first.columns
        ]  # fmt: skip
        order = _exchange(people, lines, gather_alike(alike, people.size)[0])
        for column in dict.fromkeys(columns):
            people.columns[column] = people.columns[column][order]


def _gather_related(people: People) -> list[list[str]]:
    """Return the questions that may be handed round, those together from which something follows.

    None that makes subgroups or decides who is asked another of those that stay.
    """
    related = {name: {name} for name in people.variables}
    for name, variable in people.variables.items():
        for other in {*source_names(variable), *dependence_of(variable, people.wave)} - {name}:
            if other in related and related[other] is not related[name]:
                joined = related[name] | related[other]
                related |= dict.fromkeys(joined, joined)
    makers = {
        source for part in people.parts for one in part.where if one in people.variables
        for source in (one, *source_names(people.variables[one]))
    }  # fmt: skip
    found: list[list[str]] = []
    for group in {id(one): one for one in related.values()}.values():
        if not group & makers:
            found.append([name for name in people.variables if name in group])
            continue
        # Beside what makes subgroups each question is handed round alone.
        fixed = makers | {one for name in group for one in _bound_to(people, name)}
        found += [[name] for name in people.variables if name in group and name not in fixed]
    return found


def _bound_to(people: People, name: str) -> set[str]:
    """Return the questions that decide who is asked another, or from which it follows."""
    variable = people.variables[name]
    sources = {*source_names(variable)} - {name}
    return {*dependence_of(variable, people.wave), *sources} | ({name} if sources else set())


def _exchange(people: People, lines: Sequence[Line], groups: np.ndarray) -> np.ndarray:
    """Return whose answers each person gets, so that the lines come out most nearly."""
    weights, rng = people.weights, people.rng
    inside = np.array([one.who for one in lines])
    # Of a person and line: what the answers add wherever they are, in parts of all weights.
    adds = np.array([one.adds for one in lines]).T
    scale = inside / (inside @ weights)[:, None]
    low, high = (np.array([getattr(one, end) for one in lines]) for end in ("low", "high"))
    order = np.arange(people.size)
    sums = (scale.T * weights[:, None] * adds).sum(axis=0)
    sizes = np.bincount(groups)
    by_group = np.argsort(groups, kind="stable")
    starts = np.cumsum(sizes) - sizes
    able = np.flatnonzero(sizes[groups] > 1)

    def cost(held: np.ndarray) -> np.ndarray:
        return ((held - np.clip(held, low, high)) ** 2).sum(axis=-1)

    for _ in range(_TIMES if len(able) else 0):
        if np.abs(sums - np.clip(sums, low, high)).max() < _NEAR:
            break
        first = rng.choice(able, min(_LOOKED, 4 * len(able)))
        own = groups[first]
        second = by_group[starts[own] + (rng.random(len(own)) * sizes[own]).astype(int)]
        apart = weights[first] - weights[second]
        change = (adds[order[second]] - adds[order[first]]) * apart[:, None] * scale[:, first].T
        gained = cost(sums) - cost(sums + change)
        made, taken = 0, set[int]()
        for at in np.argsort(-gained, kind="stable")[:_MADE].tolist():
            one, other = int(first[at]), int(second[at])
            if one in taken or other in taken or cost(sums + change[at]) >= cost(sums) - 1e-14:
                continue
            order[[one, other]] = order[[other, one]]
            sums = sums + change[at]
            taken |= {one, other}
            made += 1
        if not made:
            break
    return order
