"""The people of one wave while their answers are drawn, and who among them gets which answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook
from altcred.describe.study import Condition, Study, as_list
from altcred.kinds.variable import Variable, column_of
from altcred.reconstruct.assumptions import Reconstruction


@dataclass(frozen=True)
class Test:
    """Something that is true of a person or not: an answer, being asked, being in the panel."""

    name: str
    kind: str
    wanted: tuple[str, ...] = ()

    # pytest collects classes by this name otherwise.
    __test__ = False


@dataclass
class People:
    """Everybody of one wave: an array a variable, in the order in which they are numbered.

    A single answer is text or None, a number is NaN where it is missing. A multiple answer is a
    truth value a category, and under the variable's own name whether anything was ticked.
    """

    wave: str
    study: Study
    codebook: Codebook
    reconstruction: Reconstruction
    columns: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["program"])

    def variable(self, name: str) -> Variable | None:
        return self.codebook.variables.get(name)

    def knows(self, name: str) -> bool:
        """Tell whether a variable, or one of the columns everybody has, is drawn already."""
        return name in self.columns or name in {"region", "submitted", "everybody"}

    def answered(self, name: str) -> np.ndarray:
        """Tell of everybody whether the variable is answered."""
        column = self.columns[name]
        if column.dtype == bool:
            return column
        if column.dtype == float:
            return ~np.isnan(column)
        return np.array([value is not None for value in column], dtype=bool)

    def holds(self, test: Test) -> np.ndarray:
        """Tell of everybody whether a test holds."""
        if test.kind == "answered":
            return self.answered(test.name)
        if test.kind == "unanswered":
            return ~self.answered(test.name)
        if test.kind == "out":
            return self.answered(test.name) & ~self.holds(Test(test.name, "in", test.wanted))
        if test.kind == "since":
            return self.columns["submitted"] >= np.datetime64(test.wanted[0])
        if test.kind == "pair":
            return self.columns["pair"]
        if test.kind == "never":
            return np.zeros(len(self), dtype=bool)
        if test.name == "region":
            codes = [
                code
                for region in test.wanted
                for code in self.reconstruction.countries.regions.get(region, [])
            ]
            return _is_in(self.columns["country"], codes)
        variable = self.variable(test.name)
        if variable is not None and variable.is_numeric:
            column = self.columns[test.name]
            intervals = [parse_interval(text) for text in test.wanted]
            values = np.unique(column[~np.isnan(column)]).tolist()
            return np.isin(column, [v for v in values if any(one.holds(v) for one in intervals)])
        if variable is not None and variable.kind == "multiple":
            result = np.zeros(len(self), dtype=bool)
            for category in test.wanted:
                result |= self.columns[column_of(test.name, category)]
            return result
        return _is_in(self.columns[test.name], test.wanted)

    def meet(self, tests: list[Test] | tuple[Test, ...]) -> np.ndarray:
        """Tell of everybody whether all tests hold."""
        result = np.ones(len(self), dtype=bool)
        for test in tests:
            result &= self.holds(test)
        return result


def _is_in(column: np.ndarray, wanted: Iterable[str]) -> np.ndarray:
    texts = set(wanted)
    return np.array([value in texts for value in column.tolist()], dtype=bool)


def make_tests(codebook: Codebook, condition: Condition) -> list[Test]:
    """Return a condition of study.yaml or codebook.yaml as tests, groups written out."""
    tests = []
    for name, wanted in condition.items():
        variable = codebook.variables.get(name)
        categories: list[str] = []
        for category in as_list(wanted):
            if variable is not None and category in variable.groups:
                categories.extend(as_list(variable.groups[category].of))
            else:
                categories.append(str(category))
        tests.append(Test(name, "in", tuple(categories)))
    return tests


def asked_tests(people: People, name: str, category: str = "") -> list[Test]:
    """Return the tests of having been asked a variable, or offered one of its categories."""
    variable = people.codebook.variables[name]
    tests = make_tests(people.codebook, variable.condition_in(people.wave))
    since = variable.since(people.wave)
    if since is not None:
        tests.append(Test("submitted", "since", (str(since),)))
    if category:
        described = variable.categories[category]
        tests += make_tests(people.codebook, described.asked_if)
        since = described.since(people.wave)
        if since is not None:
            tests.append(Test("submitted", "since", (str(since),)))
        if not described.is_offered_in(people.wave):
            tests.append(Test("everybody", "never"))
    return tests


def find_feature(people: People, name: str) -> np.ndarray:
    """Return a trait, factor or variable as a number a person, 0 on average or where unknown.

    `variable.category` is whether that answer was given; a variable alone is its rank.
    """
    if name in people.reconstruction.traits:
        tests = make_tests(people.codebook, people.reconstruction.traits[name])
        if not all(people.knows(test.name) for test in tests):
            return np.zeros(len(people))
        return people.meet(tests).astype(float)
    variable_name, _, category = name.partition(".")
    if not people.knows(variable_name):
        return np.zeros(len(people))
    if category:
        return people.holds(Test(variable_name, "in", (category,))).astype(float)
    column = people.columns[variable_name]
    if column.dtype == object:
        variable = people.codebook.variables[variable_name]
        ranks = {category: place for place, category in enumerate(variable.categories)}
        column = np.array([ranks.get(value, np.nan) for value in column], dtype=float)
    return _standardise(column.astype(float))


def _standardise(column: np.ndarray) -> np.ndarray:
    # Ranks, so that a single huge income does not outweigh everybody else.
    from scipy.stats import norm, rankdata

    known = ~np.isnan(column)
    result = np.zeros(len(column))
    if known.sum() > 1:
        result[known] = norm.ppf(rankdata(column[known]) / (known.sum() + 1))
    return result


def score_people(people: People, weights: dict[str, float]) -> np.ndarray:
    """Return the weighted sum of features, a number a person."""
    total = np.zeros(len(people))
    for name, weight in weights.items():
        total += weight * find_feature(people, name)
    return total


def choose_unanswered(
    people: People, members: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the members who skip a question: mostly those who skip others as well."""
    patience = people.columns.get("patience", np.zeros(len(people)))[members]
    order = np.argsort(patience + rng.normal(size=len(members)), kind="stable")
    return members[order[:count]]


def spread_by_rank(members: np.ndarray, scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give cells in rising order to members by rising score; return a cell a member."""
    result = np.empty(len(members), dtype=np.int64)
    result[np.argsort(scores, kind="stable")] = np.repeat(np.arange(len(counts)), counts)
    return result


def spread_by_affinity(members: np.ndarray, affinity: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give cells to the members they go with best, rare cells first; return a cell a member."""
    result = np.full(len(members), -1, dtype=np.int64)
    # How much better a cell suits a member than the best other one does.
    if affinity.shape[1] > 1:
        second, best = np.partition(affinity, -2, axis=1)[:, -2:].T
    else:
        best, second = affinity[:, 0], affinity[:, 0] * 0
    for place in np.argsort(counts, kind="stable"):
        if not counts[place]:
            continue
        free = np.flatnonzero(result < 0)
        own = affinity[free, place]
        score = own - np.where(own == best[free], second[free], best[free])
        result[free[_find_highest(score, counts[place])]] = place
    return result


def _find_highest(scores: np.ndarray, count: int) -> np.ndarray:
    """Return the places of so many highest scores, in no order; of equal ones the first."""
    if count == 0 or count >= len(scores):
        return np.arange(min(count, len(scores)))
    # Nothing but the least of them has to be found, which is faster than sorting all.
    least = np.partition(scores, -count)[-count]
    above, equal = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
    return np.concatenate([above, equal[: count - len(above)]])


def tick_options(
    scores: np.ndarray,
    counts: np.ndarray,
    eligible: np.ndarray,
    ticked: np.ndarray,
    exclusive: list[set[int]],
    exclusion: float,
    cover: bool,
) -> np.ndarray:
    """Tick options for the members of one stratum, each option exactly as often as counted.

    `scores` and `eligible` are members by options; `ticked` tells who ticked something already.
    With `cover`, everybody ends with at least one tick, which the counts must allow.
    """
    members, options = scores.shape
    result = np.zeros((members, options), dtype=bool)
    for option in np.argsort(-counts, kind="stable"):
        score = scores[:, option].copy()
        for group in exclusive:
            if option in group:
                score -= exclusion * result[:, sorted(group)].any(axis=1)
        if cover:
            score += 1.0 * ~(ticked | result.any(axis=1))
        score[~eligible[:, option]] = -np.inf
        result[_find_highest(score, counts[option]), option] = True
    if not cover:
        return result
    number = result.sum(axis=1)
    for member in np.flatnonzero(~ticked & (number == 0)):
        # Somebody with a tick to spare hands it over; the counts stay.
        for option in np.argsort(-scores[member], kind="stable"):
            if not eligible[member, option]:
                continue
            spare = np.flatnonzero(result[:, option] & (number + ticked > 1))
            if len(spare) == 0:
                continue
            donor = spare[np.argmin(scores[spare, option])]
            result[donor, option], result[member, option] = False, True
            number[donor] -= 1
            number[member] += 1
            break
    return result
