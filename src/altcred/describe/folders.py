"""Which cohorts are built, and where the results of two waves lie."""

from pathlib import Path

from altcred.core.description import read_yaml
from altcred.core.errors import InvalidInput, Problem
from altcred.core.paths import processed_dir, project_root
from altcred.describe.study import Study, load_study


def first_cohort() -> str:
    """Return the first cohort of params.yaml, which a notebook opened without one is about."""
    path = project_root() / "params.yaml"
    lines = (read_yaml(path) or {}).get("cohorts") or {}
    if not lines:
        message = "lists no cohort."
        remedy = "Describe one (`altcred new NAME`), or run `altcred plan`."
        raise InvalidInput([Problem(str(path), "cohorts", message, remedy)])
    return str(next(iter(lines.values()))["cohort"])


def compared_pairs(study: Study) -> list[tuple[str, str]]:
    """Return the pairs of waves that are set side by side: the panels', if none are named.

    Without those of which every row is of one person in both: they are no independent samples.
    """
    if study.comparisons is not None:
        return [(one.first, one.second) for one in study.comparisons]
    waves, pairs = study.waves, [(one.first, one.second) for one in study.panels]
    return [(one, other) for one, other in pairs if not waves[one].shares_people(waves[other])]


def list_pairs(study: Study) -> list[tuple[str, str]]:
    """Return the pairs of waves that a report has a chapter on, of the same people or others."""
    panels = [(one.first, one.second) for one in study.panels]
    return list(dict.fromkeys([*panels, *compared_pairs(study)]))


def costed_waves(study: Study) -> list[str]:
    """Return the waves whose respondents' costs are worked out: all, if none are named."""
    return list(study.waves if study.costs is None else study.costs)


def resolve_costs(cohort: str, wave: str) -> tuple[str, str]:
    """Return a cohort and a wave with costs; of empty names the first there is."""
    cohort = cohort or first_cohort()
    waves = costed_waves(load_study(cohort))
    if not (wave or waves):
        message = "names no wave, so this chapter has nothing to show."
        problem = Problem(f"cohorts/{cohort}/study.yaml", "costs", message, "Name a wave.")
        raise InvalidInput([problem])
    return cohort, wave or waves[0]


def panel_folder(study: Study, first: str, second: str) -> Path:
    """Return the folder of a panel; its name is also the wave of the panel's estimates.

    The study's first panel has `panel`, a further one `panel-SECOND`, and one of which the second
    wave ends an earlier one too `panel-FIRST-SECOND`. KeyError where there is no such panel.
    """
    study.panel_of(first, second)
    pairs = [(panel.first, panel.second) for panel in study.panels]
    return processed_dir(study.name) / _name_pair("panel", pairs, (first, second))


def comparison_folder(study: Study, first: str, second: str) -> Path:
    """Return the folder of two compared waves, named as panel_folder names that of a panel."""
    return processed_dir(study.name) / _name_pair(
        "comparison", compared_pairs(study), (first, second)
    )


def _name_pair(step: str, pairs: list[tuple[str, str]], pair: tuple[str, str]) -> str:
    names: dict[tuple[str, str], str] = {}
    for first, second in dict.fromkeys([*pairs, pair]):
        name = f"{step}-{second}" if names else step
        names[first, second] = f"{step}-{first}-{second}" if name in names.values() else name
    return names[pair]


# What a notebook is about when its parameters are left empty -------------------------------------


def resolve_cohort(cohort: str) -> str:
    """Return a cohort by its name; of an empty one the first of params.yaml."""
    return cohort or first_cohort()


def resolve_wave(cohort: str, wave: str) -> tuple[str, str]:
    """Return a cohort and one of its waves; of empty names the first there is."""
    cohort = resolve_cohort(cohort)
    return cohort, wave or next(iter(load_study(cohort).waves))


def resolve_panel(cohort: str, first: str, second: str) -> tuple[str, str, str, Path]:
    """Return a cohort, the two waves of a panel, and its folder; of empty names the first panel."""
    cohort = resolve_cohort(cohort)
    study = load_study(cohort)
    if not (first and second):
        if not study.panels:
            raise _no_pair(cohort, "panels")
        first, second = study.panels[0].first, study.panels[0].second
    return cohort, first, second, panel_folder(study, first, second)


def resolve_comparison(cohort: str, first: str, second: str) -> tuple[str, str, str, Path]:
    """Return a cohort, two waves that are compared, and their folder; of empty names the first."""
    cohort = resolve_cohort(cohort)
    study = load_study(cohort)
    if not (first and second):
        pairs = compared_pairs(study)
        if not pairs:
            raise _no_pair(cohort, "comparisons")
        first, second = pairs[0]
    return cohort, first, second, comparison_folder(study, first, second)


def _no_pair(cohort: str, key: str) -> InvalidInput:
    message = "names no pair of waves, so this chapter has nothing to show."
    return InvalidInput(
        [Problem(f"cohorts/{cohort}/study.yaml", key, message, "Name a first and a second wave.")]
    )
