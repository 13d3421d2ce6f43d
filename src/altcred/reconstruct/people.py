"""The people of one wave while their answers are drawn, and what is true of each of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from altcred.core.description import Condition, as_list
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook
from altcred.describe.study import Study
from altcred.kinds import kind_of
from altcred.kinds.parts import Derive
from altcred.kinds.variable import Variable, column_of
from altcred.reconstruct.assumptions import Reconstruction


@dataclass(frozen=True)
class Test:
    """Something that is true of a person or not: an answer, being asked, being in the panel.

    Kinds are in, out (answered otherwise), answered, unanswered, since, pair and never.
    """

    name: str
    kind: str
    wanted: tuple[str, ...] = ()

    # pytest collects classes by this name otherwise.
    __test__ = False


PAIR, NEVER = Test("pair", "pair"), Test("everybody", "never")


@dataclass
class People:
    """Everybody of one wave: an array a variable, in the order in which they are numbered.

    A single answer is text or None, a number is NaN where it is missing. A multiple answer is a
    truth value a category, and under the variable's own name whether anything was ticked.
    `match` is the place of the same person in the wave that they are drawn with, `there`, or -1;
    `lasting` are the variables that a person answers alike in both. `amounts` of a number whose
    paired t is printed are drawn first; `musts` tell who then must answer what, to be asked it.
    """

    wave: str
    study: Study
    codebook: Codebook
    reconstruction: Reconstruction
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    there: "People | None" = None
    match: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    is_follow_up: bool = False
    lasting: list[str] = field(default_factory=list)
    amounts: dict[str, np.ndarray] = field(default_factory=dict)
    musts: dict[str, tuple[Test, np.ndarray]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["program"])

    @property
    def years(self) -> np.ndarray:
        """The year in which each of them submitted."""
        return self.columns["submitted"].astype("datetime64[Y]").astype(int) + 1970

    def knows(self, tests: Iterable[Test]) -> bool:
        """Tell whether all that tests speak of is drawn already."""
        always = {"region", "submitted", "everybody"}
        return all(test.name in self.columns or test.name in always for test in tests)

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
        return self._is_in(test.name, test.wanted)

    def _is_in(self, name: str, wanted: tuple[str, ...]) -> np.ndarray:
        variables = self.codebook.variables
        if name == "region":
            regions = self.reconstruction.countries.regions
            home = find_countries(self.codebook)
            codes = [code for region in wanted for code in regions.get(region, [])]
            return _are_among(self.columns[home] if home else np.full(len(self), None), codes)
        variable = variables.get(name)
        if variable is not None and kind_of(variable).has_ticks:
            ticks = [self.columns[column_of(name, category)] for category in wanted]
            return np.any(ticks, axis=0) if ticks else np.zeros(len(self), dtype=bool)
        column = self.columns[name]
        if variable is None or not variable.is_numeric:
            return _are_among(column, wanted)
        intervals = [parse_interval(text) for text in wanted]
        values = np.unique(column[~np.isnan(column)]).tolist()
        return np.isin(column, [v for v in values if any(one.holds(v) for one in intervals)])

    def meet(self, tests: Iterable[Test]) -> np.ndarray:
        """Tell of everybody whether all tests hold."""
        result = np.ones(len(self), dtype=bool)
        for test in tests:
            result &= self.holds(test)
        return result

    def elsewhere(self, name: str) -> np.ndarray | None:
        """Return the answers of the same people in the wave that this one is drawn with.

        All others have None, NaN or False; None at all where nothing is drawn there yet.
        """
        if self.there is None or name not in self.there.columns:
            return None
        column = self.there.columns[name]
        missing: Any = np.nan if column.dtype == float else False if column.dtype == bool else None
        answers = np.full(len(self), missing, dtype=column.dtype)
        known = self.match >= 0
        answers[known] = column[self.match[known]]
        return answers


def rule_of(variable: Variable) -> Derive:
    """Return how a variable is derived; an empty rule where it was asked."""
    return variable.derive or Derive()


def find_countries(codebook: Codebook) -> str | None:
    """Return the variable that tells where people live; None where there is none."""
    variables = codebook.variables.items()
    return next((n for n, one in variables if kind_of(one).stand_in == "countries"), None)


def _are_among(column: np.ndarray, wanted: Iterable[str]) -> np.ndarray:
    texts = set(wanted)
    return np.array([value in texts for value in column.tolist()], dtype=bool)


def make_tests(codebook: Codebook, condition: Condition) -> list[Test]:
    """Return a condition of study.yaml or codebook.yaml as tests, groups written out."""
    tests = []
    for name, wanted in condition.items():
        names, variable = as_list(wanted), codebook.variables.get(name)
        written = names if variable is None else variable.expand_groups(names)
        tests.append(Test(name, "in", tuple(map(str, written))))
    return tests


def asked_tests(people: People, name: str, category: str = "") -> list[Test]:
    """Return the tests of having been asked a variable, or offered one of its categories."""
    codebook, wave = people.codebook, people.wave
    variable = codebook.variables[name]
    conditions = [(variable.condition_in(wave), variable.since(wave))]
    if category:
        described = variable.categories[category]
        conditions.append((described.asked_if, described.since(wave)))
    tests = []
    for condition, since in conditions:
        tests += make_tests(codebook, condition)
        tests += [] if since is None else [Test("submitted", "since", (str(since),))]
    if category and not described.is_offered_in(wave):
        tests.append(NEVER)
    return tests


def offered_tests(people: People, name: str, category: str) -> list[Test]:
    """Return the tests of being offered a category, of those who were asked the variable."""
    asked = asked_tests(people, name)
    return [test for test in asked_tests(people, name, category) if test not in asked]
