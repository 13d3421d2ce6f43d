"""What findings call printed figures: by the words of codebook and study."""

import re
from functools import cache

import pandas as pd

from altcred.check.figures import CONTEXT, Key
from altcred.check.words import Names
from altcred.core.records import ALL
from altcred.core.statistics import find_statistic, is_statistic
from altcred.describe.cohort import Cohort
from altcred.estimate.store import COLUMNS
from altcred.write.views import open_view

# Statistics that go without saying after what they are of.
PLAIN = frozenset({"proportion", "fact", "count"})


class CohortNames(Names):
    """The words for what figures measure, of whom and in which wave, as a cohort has them."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.parts = cache(self._parts)
        nothing = pd.DataFrame(columns=COLUMNS)
        self._view = cache(lambda wave: open_view(cohort, wave, frame=nothing))

    def key(self, key: Key) -> str:
        what, *of = self.parts(key)
        return f"{what} ({', '.join(of)})" if of else what

    def category(self, key: Key) -> str:
        if key.variable not in self.cohort.codebook.variables:
            return self._fact(key.category)
        view = self._view(key.wave)
        words = {"+": " or ", "|": " and "}
        try:
            return "".join(
                words.get(one) or view.label(key.variable, one)
                for one in re.split(r"([+|])", key.category)
            )
        except KeyError:
            return key.category

    def variable(self, wave: str, variable: str) -> str:
        if variable in self.cohort.codebook.variables:
            return self._view(wave).label(variable)
        return self._fact(variable)

    def group(self, wave: str, subgroup: str) -> str:
        try:
            return self._view(wave).subgroup_label(subgroup)
        except KeyError:
            return subgroup

    def word(self, word: str) -> str:
        """Name a group, who answered in a wave, an earlier collection of it or two, or a fact."""
        waves = self.cohort.study.waves
        if "=" in word:
            return self.group(next(iter(waves)), word)
        if (own := word.rpartition(":")[2]) in waves:
            return waves[own].people
        for first, described in waves.items():
            rest = word.removeprefix(f"{first}-")
            if rest in waves:
                return f"{described.people} and {waves[rest].people}"
            if rest != word:
                return f"{described.people} of {rest}"
        return self._fact(word)

    def whom(self, wave: str, subgroup: str) -> str:
        return ", ".join(self._list_people(wave, subgroup))

    def _parts(self, key: Key) -> list[str]:
        """Return what a figure is of: the question and its answer, the statistic, the people."""
        what = self.variable(key.wave, key.variable)
        parts = [f"{what}: {self.category(key)}" if key.category else what]
        if key.statistic not in PLAIN and is_statistic(key.statistic):
            parts.append(find_statistic(key.statistic).word.lower())
        return [*parts, *self._list_people(key.wave, key.subgroup)]

    def _list_people(self, wave: str, subgroup: str) -> list[str]:
        groups = [] if subgroup in {"", ALL} else [self.group(wave, subgroup)]
        return groups if wave == CONTEXT else [*groups, self.word(wave)]

    def _fact(self, word: str) -> str:
        """Return the words for what no question asks: programs and their types as called."""
        study = self.cohort.study
        if word in study.waves:
            return study.waves[word].label
        known = {one: program.label for one, program in study.programs.items()}
        known |= {one: kind.plural for one, kind in study.program_types.items()}
        return " ".join(known.get(part, part) for part in word.split("_"))
