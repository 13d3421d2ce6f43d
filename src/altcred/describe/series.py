"""Several cohorts of one study: which came before, and what of them corresponds to this one.

A series is named by its latest cohort, from which it leads back: each cohort says after which it
comes, and which of its waves and variables had another name there.
"""

from typing import TYPE_CHECKING, Any

from altcred.core.description import Described, Name, Texts, about, as_list
from altcred.core.errors import InvalidInput, Problem
from altcred.core.paths import cohort_dir

if TYPE_CHECKING:
    from altcred.describe.study import Study

# A name in the earlier cohort, or one for each earlier cohort.
Renamed = str | dict[str, str]


class Series(Described):
    """The earlier cohorts of the same study, and what had another name there."""

    after: Texts = about(
        "The cohort before this one, or several, the oldest first; what these come "
        "after is part of the series too",
        [],
    )
    same: dict[Name, Renamed] = about(
        "A variable of this cohort to its name in the earlier one, or in each", {}
    )
    apart: list[str] = about(
        "What the earlier cohorts were asked in words that mean something else: variables of this "
        "cohort, or VARIABLE.ANSWER",
        [],
        example=["hours", "reasons.learn"],
    )
    waves: dict[Name, Renamed] = about(
        "A wave of this cohort to its name in the earlier one, or in each; the same "
        "name if left out",
        {},
    )
    labels: dict[str, str] = about(
        "What readers are told a cohort is called; its folder's name if left out", {}
    )

    @property
    def cohorts(self) -> list[str]:
        """The cohorts this one comes after, as they are named here."""
        return as_list(self.after)

    def label(self, cohort: str) -> str:
        """Return what readers are told a cohort is called."""
        return self.labels.get(cohort, cohort)


def expand_series(value: Any) -> Any:
    """Return a cohort's name, or several, as the settings of a series."""
    return {"after": value} if isinstance(value, str | list) else value


def earlier_cohorts(study: "Study") -> list[str]:
    """Return the earlier cohorts of a study, oldest first, those that they come after included.

    InvalidInput where one of them is not described, or comes after itself.
    """
    found: dict[str, None] = {}
    _gather(study, found, (study.name,))
    return list(found)


def _gather(study: "Study", found: dict[str, None], path: tuple[str, ...]) -> None:
    from altcred.describe.study import load_study

    for name in study.series.cohorts:
        file = str(cohort_dir(study.name) / "study.yaml")
        if name in path:
            message = f"leads from {' to '.join((*path, name))}: no cohort comes after itself."
            remedy = "Name in each cohort only those that were surveyed before it."
            raise InvalidInput([Problem(file, "series", message, remedy)])
        if not (cohort_dir(name) / "study.yaml").is_file():
            known = sorted(
                one.parent.name
                for one in cohort_dir("").glob("*/study.yaml")
                if one.parent.name not in path
            )
            remedy = f"Use one of {', '.join(known)}." if known else "Describe it, or remove it."
            raise InvalidInput([Problem(file, "series", f"{name!r} is no cohort.", remedy)])
        if name not in found:
            _gather(load_study(name), found, (*path, name))
            found[name] = None


def path_to(study: "Study", earlier: str) -> list[str]:
    """Return the cohorts through which a series leads back to an earlier one, that one last."""
    from altcred.describe.study import load_study

    if earlier in study.series.cohorts:
        return [earlier]
    for name in reversed(study.series.cohorts):
        further = path_to(load_study(name), earlier)
        if further:
            return [name, *further]
    return []
