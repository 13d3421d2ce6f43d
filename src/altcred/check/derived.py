"""How printed figures relate, as far as a cohort's study and codebook tell it already."""

from altcred.check.relations import (
    FigureKey,
    Partition,
    Population,
    Relations,
    VariableRelation,
    load_relations,
)
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook, Variable
from altcred.describe.cohort import Cohort
from altcred.describe.folders import panel_folder
from altcred.describe.study import Study
from altcred.kinds.registry import kind_of


def relations_of_cohort(cohort: Cohort) -> Relations:
    """Return the relations of a cohort: from study and codebook, and from its relations.yaml."""
    relations = derive_relations(cohort.study, cohort.codebook)
    path = cohort.folder / "relations.yaml"
    return relations.join(load_relations(path)) if path.is_file() else relations


def derive_relations(study: Study, codebook: Codebook) -> Relations:
    """Return what a study and its codebook tell of how printed figures relate.

    Program types are the parts of everyone, programs those of a type; a crossed subgroup has
    its parts likewise; categories of single and ordered questions exclude each other, and so do
    the intervals of a number.
    """
    pairs = [(panel.first, panel.second) for panel in study.panels]
    panels = [(panel_folder(study, *pair).name, pair) for pair in pairs]
    return Relations(
        partitions=_list_partitions(study),
        variables={
            name: _describe_variable(variable, list(study.waves))
            for name, variable in codebook.variables.items()
        },
        ranges_over=list_ranges(study),
        subsets=_find_subsets(study, codebook),
        populations={
            wave: Population(wave=name, variable="pairs")
            for name, pair in panels
            for wave in (name, *(f"{name}:{wave}" for wave in pair))
        },
    )


def _list_partitions(study: Study) -> list[Partition]:
    types = list(study.program_types)
    found = []
    for prefix in ("", *(f"{name} & " for name in study.subgroups)):
        splits = {prefix.removesuffix(" & ") or "all": [f"program_type={name}" for name in types]}
        for name in types:
            programs = [f"program={program}" for program in study.programs_of(name)]
            splits[f"{prefix}program_type={name}"] = programs
        found += [
            Partition(whole=whole, parts=[f"{prefix}{part}" for part in parts])
            for whole, parts in splits.items()
            if len(parts) > 1
        ]
    return found


def list_ranges(study: Study) -> dict[str, list[str]]:
    """Return the subgroups over which a smallest and a largest figure may be printed, by name."""
    return {
        "by program_type": [f"program_type={name}" for name in study.program_types],
        "by program": [f"program={name}" for name in study.programs],
        **{
            f"by program, program_type={name}": [
                f"program={program}" for program in study.programs_of(name)
            ]
            for name in study.program_types
        },
    }


def _describe_variable(variable: Variable, waves: list[str]) -> VariableRelation:
    kind = kind_of(variable)
    offered = {wave: list(variable.categories_in(wave)) for wave in waves}
    groups = {key: group.of for key, group in variable.groups.items()}
    return VariableRelation(
        exclusive=kind.is_numeric or kind.is_exclusive,
        # A list of countries is open whatever the codebook names.
        categories=[] if variable.unlisted != "error" else list(variable.categories),
        groups={key: list(of) for key, of in groups.items() if isinstance(of, list)},
        intervals={
            key: str(parse_interval(of)) for key, of in groups.items() if isinstance(of, str)
        },
        offered={
            wave: names for wave, names in offered.items() if len(names) < len(variable.categories)
        },
        everyone_ticks=kind.has_ticks and variable.everyone_ticks,
        whole_numbers=kind.is_whole,
        conditional=[wave for wave in waves if variable.condition_in(wave) or variable.since(wave)],
    )


def _find_subsets(study: Study, codebook: Codebook) -> dict[str, FigureKey]:
    """Return the category that makes a person one of a subgroup, for subgroups of one question."""
    found = {}
    for name, subgroup in study.subgroups.items():
        if len(subgroup.where) != 1:
            continue
        variable, categories = next(iter(subgroup.where.items()))
        if variable in codebook.variables and isinstance(categories, list):
            groups = codebook.variables[variable].groups
            same = [key for key, group in groups.items() if group.of == categories]
            found[name] = FigureKey(
                wave="*",
                subgroup="all",
                variable=variable,
                category=same[0] if same else "+".join(categories),
                statistic="count",
            )
    return found
