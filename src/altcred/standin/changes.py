"""What is told of how the same people's answers changed, and of ranks between two surveys."""

import math
from collections.abc import Iterator

import numpy as np
import scipy.stats

from altcred.describe.folders import compared_pairs, comparison_folder
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.standin.closed import target_counts
from altcred.standin.fit import Told, tell
from altcred.standin.goals import Goals, Measure, goal_of, leave_out, list_goals
from altcred.standin.numbers import list_told
from altcred.standin.panel import Pairs, choose_both, list_scopes, target_changes
from altcred.standin.people import People
from altcred.standin.shown import Values

_RANKS = ("rank_biserial", "wilcoxon_statistic")


def tell_twice(people: People, pairs: Pairs, name: str, variable: Variable) -> Iterator[Told]:
    """Yield what is told of a derived number of those who will give it in the second survey too."""
    if name not in people.cohort.asked_twice(pairs.panel.first, pairs.panel.second):
        return
    there = pairs.mark(0, people.size)
    choose_both(people, pairs, 0, name, there & ~np.isnan(people.columns[name]))
    both = people.both[pairs.name, name]
    for part, inside in list_scopes(people, pairs, there):
        scope = f"{pairs.name}:{people.wave}"
        yield tell(people.shown, scope, part, name, inside & both, variable, of_given=True)


def _old_numbers(people: People, pairs: Pairs, name: str) -> np.ndarray:
    """Return the number that each person of a panel gave in the first survey."""
    assert pairs.first is not None
    old = np.full(people.size, np.nan)
    old[pairs.places[1]] = pairs.first.numbers(name)[pairs.places[0]]
    return old


def list_paired(people: People, pairs: Pairs, name: str, variable: Variable) -> Iterator[Goals]:
    """Yield what is told of a number of those who gave it in both surveys, and of its change."""
    old = _old_numbers(people, pairs, name)
    if (both := pairs.chosen(name, people.size)) is not None:
        yield leave_out(pairs.mark(1, people.size) & ~both & ~np.isnan(old))
    if variable.derive is not None:
        first, second = (f"{pairs.name}:{one}" for one in (pairs.panel.first, pairs.panel.second))
        for scope, turn in (
            (second, lambda values, rows: np.where(np.isnan(old[rows]), np.nan, values)),
            (first, lambda values, rows: np.where(np.isnan(values), np.nan, old[rows])),
        ):
            told = [
                tell(people.shown, scope, part, name, inside, variable, of_given=True)
                for part, inside in list_scopes(people, pairs, np.ones(people.size, dtype=bool))
            ]
            yield from list_goals(told, variable, turn)
    yield from _list_changes(people, pairs, name, old)


def _list_changes(people: People, pairs: Pairs, name: str, old: np.ndarray) -> Iterator[Goals]:
    """Yield what is told of the differences of a number between both surveys, and their ranks."""
    there = pairs.mark(1, people.size)
    for part, inside in list_scopes(people, pairs, there):
        known = people.shown.of_part(pairs.name, part, name)
        if ("", "mean_difference") not in known:
            continue
        moves: dict[tuple[str, str], tuple[float, float]] = {
            ("", "mean"): known["", "mean_difference"],
        }
        for key, other in (("nobs", "nobs"), ("std", "std_difference")):
            if ("", other) in known:
                moves["", key] = known["", other]
        yield from list_goals(
            [Told(inside, moves, {})], None, lambda values, rows: values - old[rows]
        )
        if all(("", one) in known for one in _RANKS):
            yield _rank_changes(inside, old, known)


def _rank_changes(inside: np.ndarray, old: np.ndarray, known: Values) -> Goals:
    """Return the sums of the ranks of falls and rises that both statistics of Wilcoxon tell."""
    share, fallen = (known["", one][0] for one in _RANKS)
    # All ranks together tell how many numbers changed.
    total = 2 * fallen / (1 - share) if share < 1 else np.inf
    many = round((math.sqrt(1 + 8 * total) - 1) / 2) if share < 1 else np.inf
    # Where nobody's number fell nothing is told of the ranks of those that rose.
    low = np.array([fallen, total - fallen, many]) if share < 1 else np.array([fallen, 0, 0])
    high = np.array([fallen, total - fallen, many])
    held = np.zeros(0)
    ranks = np.zeros(0)

    def renew(values: np.ndarray) -> None:
        nonlocal held, ranks
        away = np.round(np.abs((values - old)[inside]), 9)
        away = away[away > 0]
        held = np.unique(away)
        ranks = np.array([0.0])
        if len(away):
            ranks = scipy.stats.rankdata(away)[np.unique(away, return_index=True)[1]]

    def weigh(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        moved = values - old[rows]
        away = np.round(np.abs(moved), 9)
        rank = np.interp(away, held, ranks) if len(held) else np.zeros(len(rows))
        rank = np.where(inside[rows] & (away > 0), rank, 0.0)
        return np.array([np.where(moved < 0, rank, 0.0), np.where(moved > 0, rank, 0.0), rank > 0])

    unit = np.array([*[max(fallen / 10, 1.0)] * 2, 1.0])
    return Goals(inside, weigh, low - 0.01, high + 0.01, unit, renew)


def compare_ranks(people: People, name: str, asked: np.ndarray) -> Iterator[Goals]:
    """Yield how often a number is larger than one of the survey that it is compared with."""
    study = people.cohort.study
    for first, second in compared_pairs(study):
        there = people.earlier.get(first)
        if second != people.wave or there is None or not there.is_drawn(name):
            continue
        folder = comparison_folder(study, first, second).name
        numbers = there.numbers(name)
        parts = {part.name: inside for scope, part, inside in there.told_parts() if scope == first}
        for scope, part, inside in people.told_parts():
            delta = people.shown.of_part(folder, part.name, name).get(("", "cliffs_delta"))
            if scope != people.wave or delta is None or part.name not in parts:
                continue
            others = np.sort(numbers[parts[part.name] & ~np.isnan(numbers)])
            n = people.shown.of_part(people.wave, part.name, name).get(("", "nobs"))
            if not len(others) or n is None:
                continue

            def weigh(
                values: np.ndarray, rows: np.ndarray, inside: np.ndarray = inside,
                others: np.ndarray = others, aim: float = delta[0],
            ) -> np.ndarray:  # fmt: skip
                below = np.searchsorted(others, values, side="left")
                upto = np.searchsorted(others, values, side="right")
                above = (below + upto - len(others)) / len(others) - aim
                return np.where(inside[rows] & ~np.isnan(values), above, 0.0)[None, :]

            room = np.array([0.0003 * n[0]])
            yield Goals(inside & asked, weigh, -room, room, np.ones(1))


def measure_changes(people: People, name: str) -> Iterator[Measure]:
    """Yield how the same people's one answer changed, with the ranks of its change.

    And the mean and the spread where not every answer's share is told.
    """
    variable = people.variables[name]
    number = f"CAST({kind_of(variable).number_in_sql(name, variable)} AS DOUBLE)"
    answers: list[str | None] = [*variable.categories_in(people.wave), None]
    codes = people.work_out({"": number}, {name: np.array(answers, dtype=object)})[""]
    told = [
        one for one in list_told(people, name, variable, people.asked(name))
        if ("", "mean") in one.known
        and any((answer, "count") not in one.known for answer in variable.categories)
        and np.isnan(codes).sum() == 1
    ]  # fmt: skip
    inputs = frozenset([name])
    if goals := list(list_goals(told, None)):
        counts = target_counts(people, name, variable, answers, people.asked(name))
        goals += [goal_of(one, codes) for one in counts if one.is_count and one.who.any()]
        yield Measure(inputs, goals, number, is_own=True)
    for pairs in people.pairs:
        if not pairs.has(name):
            continue
        who = pairs.mark(1, people.size) & people.asked(name)
        targets = list(target_changes(people, pairs, name, answers, who))
        goals = [goal_of(one, codes) for one in targets if one.is_count and one.who.any()]
        goals += _list_changes(people, pairs, name, _old_numbers(people, pairs, name))
        if goals:
            yield Measure(inputs, goals, number)
