"""The people of two surveys, and how what they answered in the first bears on the second."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from altcred.core.description import as_list
from altcred.core.records import ALL, NOT_REPORTED
from altcred.describe.cohort import Cohort
from altcred.describe.folders import panel_folder
from altcred.describe.study import Panel
from altcred.kinds import kind_of
from altcred.kinds.variable import column_of
from altcred.standin.fit import Told, tell
from altcred.standin.people import People, Target, numbers_of
from altcred.standin.shown import Part, Shown, Values

# Into so many classes those are put at most who gave a number before.
_MOST_OLD = 12
# How often a number is given in both surveys where that is not told.
_USUALLY_BOTH = np.array([0.8, 0.2])


@dataclass
class Pairs:
    """Who of one survey is who of another: places of the same people in both."""

    name: str
    panel: Panel
    places: tuple[np.ndarray, np.ndarray]
    first: People | None = None

    def has(self, name: str) -> bool:
        """Tell whether the first survey asked a variable too."""
        return self.first is not None and self.first.is_drawn(name)

    def mark(self, side: int, size: int) -> np.ndarray:
        """Tell of each person of a survey whether somebody of the other is the same."""
        marked = np.zeros(size, dtype=bool)
        marked[self.places[side]] = True
        return marked

    def chosen(self, name: str, size: int) -> np.ndarray | None:
        """Tell who of the second survey gives a number in both; None where nobody was chosen."""
        known = None if self.first is None else self.first.both.get((self.name, name))
        if known is None:
            return None
        chosen = np.zeros(size, dtype=bool)
        chosen[self.places[1]] = known[self.places[0]]
        return chosen

    def carry(self, column: str, size: int) -> np.ndarray:
        """Return what each person of the second survey answered in the first; None of others."""
        assert self.first is not None
        carried = np.full(size, None, dtype=object)
        carried[self.places[1]] = self.first.columns[column][self.places[0]]
        return carried


def choose_pairs(
    cohort: Cohort, shown: Shown, programs: dict[str, np.ndarray], rng: np.random.Generator
) -> list[Pairs]:
    """Choose the same people of each panel's surveys, as many of each type as are told.

    They are others in each panel as far as there are others: nothing tells who was in several, and
    what is told of two panels then need not come out of the same answers.
    """
    found = []
    taken = {wave: np.zeros(len(places), dtype=bool) for wave, places in programs.items()}
    for panel in cohort.study.panels:
        name = panel_folder(cohort.study, panel.first, panel.second).name
        total = int(shown.find(name, ALL, "pairs") or 0)
        first, second = programs[panel.first], programs[panel.second]
        types = cohort.study.program_types if len(cohort.study.program_types) > 1 else {}
        counts = {kind: shown.count(name, ALL, "pairs", kind) for kind in types}
        hidden = [kind for kind, count in counts.items() if count is None]
        rest = max(total - sum(int(one or 0) for one in counts.values()), 0)
        for at, kind in enumerate(hidden):
            counts[kind] = rest // len(hidden) + (at < rest % len(hidden))
        wanted: list[tuple[list[str] | None, int]] = [
            (cohort.study.programs_of(kind), int(count or 0)) for kind, count in counts.items()
        ]
        chosen: list[tuple[int, int]] = []
        free = [_shuffle(taken[one], rng) for one in (panel.first, panel.second)]
        for inside, count in wanted or [(None, total)]:
            chosen += _pair(first, second, inside, count, free)
        places = np.array(chosen, dtype=int).reshape(-1, 2)
        taken[panel.first][places[:, 0]] = taken[panel.second][places[:, 1]] = True
        found.append(Pairs(name, panel, (places[:, 0], places[:, 1])))
    return found


def _shuffle(taken: np.ndarray, rng: np.random.Generator) -> list[int]:
    """Return all places by chance, those of people who are in a panel already last."""
    order = rng.permutation(len(taken))
    return order[np.argsort(taken[order], kind="stable")].tolist()


def _pair(
    first: np.ndarray,
    second: np.ndarray,
    inside: Sequence[str] | None,
    count: int,
    order: Sequence[Sequence[int]],
) -> Iterator[tuple[int, int]]:
    """Yield so many places of people of one program in both surveys, in a given order."""
    free: dict[object, list[int]] = {}
    for place in reversed(order[0]):
        free.setdefault(first[place], []).append(place)
    for place in order[1]:
        if count and (inside is None or second[place] in inside) and free.get(second[place]):
            count -= 1
            yield free[second[place]].pop(), place


def target_changes(
    people: People, pairs: Pairs, name: str, answers: Sequence[object], who: np.ndarray
) -> Iterator[Target]:
    """Yield what is told of how the same people's one answer changed."""
    variable = people.variables[name]
    kind = kind_of(variable)
    before = pairs.carry(name, people.size)
    gave = np.array([one is not None for one in before])
    given = np.array([one is not None for one in answers], dtype=float)
    numbers = {one: float(at) for at, one in enumerate(variable.categories)}
    for part, inside in list_scopes(people, pairs, who):
        known = people.shown.of_part(pairs.name, part, name)
        if (both := known.get(("", "nobs"))) is not None:
            yield Target(inside & gave, given, both[0], both[0])
        if ("", "increased") in known or ("", "decreased") in known:
            moves: dict[str, Callable[[float, float], bool]] = {
                "increased": lambda old, new: new > old,
                "unchanged": lambda old, new: new == old,
                "decreased": lambda old, new: new < old,
            }
            for move, test in moves.items():
                if (share := known.get(("", move))) is None:
                    continue
                terms = [
                    (inside & (before == old), np.array([
                        one is not None and test(at, numbers.get(str(one), -1.0)) for one in answers
                    ], dtype=float))
                    for old, at in numbers.items()
                ]  # fmt: skip
                moved = round(share[0] * share[1])
                yield Target.of_terms(terms, moved, moved)
        for one in variable.categories:
            cells = people.shown.of_part(pairs.name, part, f"{name}:{one}")
            is_one = np.array([answer == one for answer in answers], dtype=float)
            for cell, of_whom in (("both", before == one), ("only_second", before != one)):
                if (count := cells.get((cell, "count"))) is not None:
                    yield Target(inside & gave & of_whom, is_one, count[0], count[0])
            if (again := _sum_cells(cells)) is not None:
                yield Target(inside & (before == one), given, again, again)
    if kind.ends_of(variable) is not None:
        values = numbers_of(people, name, answers)
        old = dict(zip(answers, values, strict=True))
        codes = [old.get(one) for one in before]
        shifted = np.array([np.nan if one is None else one for one in codes])
        yield from _target_difference(
            people, pairs, name, np.array([np.nan if one is None else one for one in values]),
            shifted, who,
        )  # fmt: skip


def _sum_cells(cells: Values) -> float | None:
    """Return how many who gave an answer the first time answered again."""
    found = [cells.get((cell, "count")) for cell in ("both", "only_first")]
    return None if None in found else sum(one[0] for one in found if one is not None)


def list_scopes(people: People, pairs: Pairs, who: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield everybody of the pairs and each type of program, with who they are."""
    scope = f"{pairs.name}:{people.wave}"
    for told, part, inside in people.told_parts():
        if told == scope:
            yield part.name, inside & who


def _target_difference(
    people: People,
    pairs: Pairs,
    name: str,
    values: np.ndarray,
    before: np.ndarray,
    who: np.ndarray,
) -> Iterator[Target]:
    """Yield the sums behind the mean difference, and its standard deviation.

    People whose first numbers are many are taken together with those of nearly the same.
    """
    olds, classes = np.unique(before, return_inverse=True)
    if len(olds) > _MOST_OLD:
        edges = np.nanquantile(before, np.arange(1, _MOST_OLD) / _MOST_OLD)
        classes = np.searchsorted(np.unique(edges), before)
    classes = np.where(np.isnan(before), -1, classes)
    for part, inside in list_scopes(people, pairs, who):
        known = people.shown.of_part(pairs.name, part, name)
        mean, std = known.get(("", "mean_difference")), known.get(("", "std_difference"))
        if mean is None:
            continue
        alike = [inside & (classes == one) for one in range(int(classes.max(initial=-1)) + 1)]
        alike = [one for one in alike if one.any()]
        for power in (1, 2) if std is not None else (1,):
            terms = [
                (of, np.nan_to_num((values - before[of].mean() - mean[0]) ** power
                                   + (before[of].var() if power == 2 else 0.0), nan=0.0))
                for of in alike
            ]  # fmt: skip
            aim = 0.0 if power == 1 or std is None else std[0] ** 2 * (mean[1] - 1)
            yield Target.of_terms(terms, aim, aim, is_count=False)


def find_kept(people: People, name: str) -> np.ndarray:
    """Return the number of each who gives one again and changed it as everybody did; else none."""
    kept = np.full(people.size, np.nan)
    for pairs in people.pairs:
        known = people.shown.of_part(pairs.name, ALL, name)
        both = people.both.get((pairs.name, name))
        if both is not None and known.get(("", "std_difference"), (1.0, 0.0))[0] == 0:
            kept[both] = pairs.carry(name, people.size)[both].astype(float)
            kept[both] += known["", "mean_difference"][0]
    return kept


def target_numbers(
    people: People, pairs: Pairs, name: str, grid: np.ndarray, who: np.ndarray
) -> Iterator[Target]:
    """Yield who of the pairs gave a number again, and how far it moved."""
    before = pairs.carry(name, people.size)
    old = np.array([np.nan if one is None else float(one) for one in before])
    given = np.r_[np.ones(len(grid)), 0.0]
    both = people.both[pairs.name, name] & who
    alone = pairs.mark(1, people.size) & who & ~np.isnan(old) & ~both
    yield Target(alone, given, 0.0, 0.0, is_told=False)
    everybody = float(both.sum())
    yield Target(both, given, everybody, everybody, is_told=False)
    values = np.r_[grid, np.nan]
    yield from _target_difference(people, pairs, name, values, old, who)


def target_ticks(
    people: People, pairs: Pairs, name: str, who: np.ndarray
) -> Iterator[tuple[str, Target]]:
    """Yield how many ticked an option again, and how many only now; "" of who answered."""
    variable = people.variables[name]
    assert pairs.first is not None
    there = pairs.first.variables.get(name)
    offered = [] if there is None else list(there.categories_in(pairs.panel.first))
    one = np.ones(1)
    for option in variable.categories_in(people.wave):
        if option not in offered:
            continue
        before = pairs.carry(column_of(name, option), people.size)
        for part, inside in list_scopes(people, pairs, who):
            cells = people.shown.of_part(pairs.name, part, f"{name}:{option}")
            if (n := cells.get(("", "nobs"))) is not None:
                gave = np.array([tick is not None for tick in before])
                yield f"?{option}", Target(inside & gave, np.array([1.0, 0.0]), n[0], n[0])
            if (again := _sum_cells(cells)) is not None:
                ticked = inside & (before == True)  # noqa: E712
                yield f"?{option}", Target(ticked, np.array([1.0, 0.0]), again, again)
            for cell, old in (("both", True), ("only_second", False)):
                if (count := cells.get((cell, "count"))) is not None:
                    yield option, Target(inside & (before == old), one, count[0], count[0])


def bound_asked(people: People, name: str) -> Iterator[tuple[np.ndarray, float, float]]:
    """Yield who answered a question before, and how many of them must and may be asked it again.

    As many as answered twice, and so many that others are left who answer for the first time. Of a
    number it is chosen already who gives it twice: all of these are asked.
    """
    for pairs in people.pairs:
        columns = kind_of(people.variables[name]).columns(name, people.variables[name], people.wave)
        if not pairs.has(name) or columns != [name]:
            continue
        if (both := pairs.chosen(name, people.size)) is not None:
            yield both, float(both.sum()), float(both.sum())
        before = pairs.carry(name, people.size)
        gave = np.array([one is not None and one == one for one in before])
        for part, inside in list_scopes(people, pairs, gave):
            for one in people.variables[name].categories:
                cells = people.shown.of_part(pairs.name, part, f"{name}:{one}")
                if (again := _sum_cells(cells)) is not None:
                    same = inside & (before == one)
                    yield same, again, float(same.sum())
            again = people.shown.find(pairs.name, part, name, "", "nobs")
            scope = f"{pairs.name}:{people.wave}"
            given = people.shown.find(scope, part, name, "", "nobs")
            asked = people.shown.asked(scope, part, name)
            if again is not None and given is not None and asked is not None:
                yield inside, again, asked - given + again


def bound_alone(people: People, name: str) -> Iterator[tuple[Part, np.ndarray, float]]:
    """Yield who gave a number before and does not again, of whom a subgroup has so many at most.

    Of each subgroup that answers to `name` complete: as many as leave the number out there.
    """
    for part in people.parts:
        for other in people.variables if name in part.where else ():
            most = people.shown.count(people.wave, part.name, other, NOT_REPORTED)
            if most is None or not part.tells(other):
                continue
            for pairs in people.pairs:
                if (both := pairs.chosen(other, people.size)) is not None and pairs.has(other):
                    gave = np.array([one is not None and one == one
                                     for one in pairs.carry(other, people.size)])  # fmt: skip
                    yield part, gave & ~both, most


def choose_both(people: People, pairs: Pairs, side: int, name: str, who: np.ndarray) -> None:
    """Choose who of the pairs gives a number in both surveys: of them alone it is told."""
    marked = pairs.mark(side, people.size) & who
    if side == 1:
        both = pairs.chosen(name, people.size)
        people.both[pairs.name, name] = marked & (False if both is None else both)
        return
    # Of a number that others follow from, as many as give these in both.
    counted = {name: marked}
    for derived, variable in people.variables.items():
        rule = variable.derive
        sources = [*(rule.product or ()), *as_list(rule.years_since or [])] if rule else []
        others = [people.both.get((pairs.name, one)) for one in {*sources} - {name, derived}]
        if name in (derived, *sources) and all(one is not None for one in others):
            counted[derived] = np.all([marked, *others], axis=0)
    marked = counted[name]
    scope = f"{pairs.name}:{people.wave}"
    targets = []
    for told, part, inside in people.told_parts():
        for one, among in counted.items() if told == scope else ():
            count = people.shown.find(scope, part.name, one, "", "nobs")
            if count is not None:
                targets.append(Target(inside & among, np.array([1.0, 0.0]), count, count))
    drawn = people.draw(marked, _USUALLY_BOTH, targets, order=people.reluctance)
    both = np.zeros(people.size, dtype=bool)
    both[np.flatnonzero(marked)[drawn == 0]] = True
    people.both[pairs.name, name] = both


def told_days(people: People, pairs: Pairs) -> list[Told]:
    """Return what is told of the days between both surveys."""
    everybody = np.ones(people.size, dtype=bool)
    return [
        tell(people.shown, pairs.name, part, "days_between", inside)
        for part, inside in list_scopes(people, pairs, everybody)
        if people.shown.of_part(pairs.name, part, "days_between")
    ]
