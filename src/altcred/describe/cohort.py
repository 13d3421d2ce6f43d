"""A cohort, loaded once and handed round: its study and its codebook."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from altcred.core.paths import cohort_dir, processed_dir
from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.conditions import Conditions
from altcred.describe.groups import Subgroup, subgroups_of
from altcred.describe.study import Study, load_study


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

    def conditions(self, wave: str) -> Conditions:
        """Return the conditions of a wave's questions."""
        return Conditions(self.codebook, wave)


def open_cohort(name: str) -> Cohort:
    """Read and validate the description of a cohort; InvalidInput with all problems at once."""
    study = load_study(name)
    return Cohort(study, load_codebook(name, study))
