"""A cohort, loaded once and handed round: its study and its codebook."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from altcred.core.description import read_yaml
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.mistakes import NAME, form_name
from altcred.core.paths import cohort_dir, processed_dir
from altcred.describe.codebook import (
    Codebook,
    list_codebook_problems,
    read_codebook,
)
from altcred.describe.conditions import Conditions
from altcred.describe.dependence import source_names
from altcred.describe.groups import Subgroup, subgroups_of
from altcred.describe.study import Study, list_study_problems, read_study
from altcred.kinds import kind_of


@dataclass(frozen=True)
class Cohort:
    """What is written about one cohort under cohorts/NAME."""

    study: Study
    codebook: Codebook

    @property
    def name(self) -> str:
        return self.study.name

    @cached_property
    def folder(self) -> Path:
        """The folder of the cohort's description."""
        return cohort_dir(self.name)

    @cached_property
    def processed(self) -> Path:
        """The folder of what the pipeline makes of the cohort."""
        return processed_dir(self.name)

    def groups(self, wave: str) -> dict[str, dict[str, Subgroup]]:
        """Return the groups that are compared in a wave, by the variable that parts them."""
        found = {one.by: subgroups_of(self.codebook, one, wave) for one in self.study.groups}
        return {by: groups for by, groups in found.items() if len(groups) > 1}

    def asked_once(self, first: str, second: str) -> set[str]:
        """Return the variables that two waves read from one place, so that nothing can differ."""
        one, other = self.study.waves[first], self.study.waves[second]
        if not one.shares_rows(other):
            return set()
        found: set[str] = set()
        for name, variable in self.codebook.variables.items():
            questions = [variable.question.get(wave) for wave in (first, second)]
            if None not in questions and questions[0] == questions[1]:
                found.add(name)
        for name, variable in self.codebook.variables.items():
            derive = variable.derive
            needs_time = derive is not None and (derive.years_since or derive.year_of_submission)
            is_same = not needs_time or one.submitted == other.submitted
            if derive is not None and is_same and found.issuperset(source_names(variable)):
                found.add(name)
        return found

    def compared(self, first: str, second: str) -> list[str]:
        """Return the variables in which two waves are compared: those asked in words alike."""
        variables = self.codebook.variables
        return [
            name
            for name in self.asked_twice(first, second)
            if kind_of(variables[name]).has_ticks or variables[name].is_tested(first, second)
        ]

    def asked_twice(self, first: str, second: str) -> list[str]:
        """Return the variables that each of two waves asked, in whatever words."""
        once = self.asked_once(first, second)
        there = [self.codebook.in_wave(wave) for wave in (first, second)]
        return [
            name
            for name, variable in self.codebook.variables.items()
            if all(name in one for one in there)
            and name not in once
            and kind_of(variable).is_compared
        ]

    def conditions(self, wave: str) -> Conditions:
        """Return the conditions of a wave's questions."""
        return Conditions(self.codebook, wave)


def open_cohort(name: str) -> Cohort:
    """Read and validate the description of a cohort; InvalidInput with all problems at once."""
    cohort, problems = inspect_cohort(name)
    refuse_problems(problems)
    assert cohort is not None
    return cohort


def inspect_cohort(name: str) -> tuple[Cohort | None, list[Problem]]:
    """Return the description of a cohort and all that is wrong with both of its files.

    None where one of them cannot be read as what it should be.
    """
    problems: list[Problem] = []
    study, codebook = None, None
    try:
        study = read_study(name)
    except InvalidInput as error:
        problems += error.problems
    try:
        codebook = read_codebook(name, list(study.waves) if study else _waves_named(name))
    except InvalidInput as error:
        problems += error.problems
    if study is not None:
        problems += list_study_problems(study, cohort_dir(name) / "study.yaml")
    if study is None or codebook is None:
        return None, problems
    if study.name == name:
        problems += list_codebook_problems(codebook, study)
    return Cohort(study, codebook), problems


def _waves_named(name: str) -> list[str]:
    """Return the names of waves in a study.yaml that is not as it should be otherwise."""
    try:
        content = read_yaml(cohort_dir(name) / "study.yaml")
    except InvalidInput:
        return []
    waves = content.get("waves") if isinstance(content, dict) else None
    # What is no name is told of the study alone.
    return [form_name(str(one), NAME) for one in waves] if isinstance(waves, dict) else []
