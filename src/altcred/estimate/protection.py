"""Estimates through the door: the one place that calls disclosure control."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from altcred.core.description import as_list
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import Cohort
from altcred.disclose.cells import partition_subgroups
from altcred.disclose.door import suppress_small_cells
from altcred.disclose.relations import Question
from altcred.disclose.rounding import round_estimates
from altcred.estimate.store import sort_estimates
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable

# What each net of a variable holds.
Nets = Mapping[str, Collection[str]]


def protect(
    frame: pd.DataFrame,
    cohort: Cohort,
    nets: Mapping[str, Nets] | None = None,
    *,
    of_shown: bool = False,
) -> pd.DataFrame:
    """Return estimates with small cells suppressed, as the study's disclosure says, and sorted.

    Every estimate that is written has been here. `nets` describes variables that the codebook
    does not know and whose categories, nets apart, add up: what each of their nets holds. Where
    the study rounds, all but estimates `of_shown` ones, which follow from what is rounded, are.
    """
    study, variables = cohort.study, cohort.codebook.variables
    own = nets or {}
    coded = {
        name: numbers
        for name, one in variables.items()
        if (numbers := kind_of(one).cell_numbers(one))
    }
    shown = suppress_small_cells(
        frame,
        minimum=study.disclosure.minimum,
        partitions=divide_subgroups(cohort, frame["subgroup"]),
        groups={**{name: _list_nets(variable) for name, variable in variables.items()}, **own},
        exclusive=[*(n for n, one in variables.items() if kind_of(one).is_exclusive), *own],
        coded=coded,
        shares_first=_list_shares_first(cohort),
        questions=describe_questions(cohort)
        | {name: Question(True, groups=held) for name, held in own.items()},
        same_as={name: f"program_type={name}" for name in study.program_types}
        | {name: f"program={name}" for name in study.programs},
        suppress_extremes=not study.disclosure.show_extremes,
        base=study.disclosure.rounds_to,
    )
    _hide_together(shown, {n for n, one in variables.items() if kind_of(one).is_exclusive})
    return sort_estimates(shown if of_shown else _round(shown, cohort, coded))


def round_tests(tests: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return tests as they are shown where the study rounds, since some are of answers."""
    return _round(tests, cohort, {})


def _round(
    frame: pd.DataFrame, cohort: Cohort, coded: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    base = cohort.study.disclosure.rounds_to
    return round_estimates(frame, base, coded) if base else frame


def divide_subgroups(cohort: Cohort, subgroups: Iterable[str]) -> dict[str, list[list[str]]]:
    """Return which of some subgroups divide which others, as suppress_small_cells takes them."""
    study, found = cohort.study, {*subgroups}
    partitions = partition_subgroups(
        {name: study.programs_of(name) for name in study.program_types},
        [name for name in study.subgroups if name in found],
    )
    for groups in study.groups:
        # Those of one variable together divide everybody who answered it.
        partitions["all"].append([one for one in sorted(found) if one.startswith(f"{groups.by}=")])
    return partitions


def describe_questions(cohort: Cohort) -> dict[str, Question]:
    """Return what anybody knows of how many gave the answers to each question."""
    return {name: _describe(one) for name, one in cohort.codebook.variables.items()}


def _hide_together(shown: pd.DataFrame, exclusive: Collection[str]) -> None:
    """Hide how any answer changed where that of another answer to the same question is hidden.

    Who gives one answer gives no other, so that one table follows from the rest.
    """
    names = shown["variable"].astype(str)
    is_part = names.str.contains(":", regex=False)
    base = names.str.split(":", n=1).str[0]
    hidden = is_part & base.isin(exclusive) & shown["note"].astype(str).str.startswith("suppressed")
    if not hidden.any():
        return
    key = list(zip(shown["wave"], shown["subgroup"], base, strict=True))
    together = {one for one, is_hidden in zip(key, hidden, strict=True) if is_hidden}
    is_test = shown["statistic"].map(lambda name: find_statistic(name).is_test)
    linked = pd.Series([one in together for one in key], index=shown.index) & (is_part | is_test)
    note = shown.loc[hidden, "note"].iloc[0]
    shown.loc[linked, ["value", "low", "high"]] = float("nan")
    shown.loc[linked, "note"] = note


def _list_shares_first(cohort: Cohort) -> set[str]:
    """Return the variables whose mean nothing else tells: asked once, and in no score."""
    variables = cohort.codebook.variables
    told = {item for one in variables.values() if one.derive for item in one.derive.items}
    waves = [set(cohort.codebook.in_wave(wave)) for wave in cohort.study.waves]
    return {
        name
        for name, one in variables.items()
        if kind_of(one).shares_first and name not in told and sum(name in w for w in waves) < 2
    }


def _list_nets(variable: Variable) -> dict[str, list[str]]:
    """Return what each group of a variable holds; a group of a number holds whole bins."""
    if not variable.is_numeric:
        return {name: group.members for name, group in variable.groups.items()}
    return {
        name: [str(one) for one in variable.bin_intervals() if one in interval]
        for name, interval in variable.number_groups().items()
    }


def _describe(variable: Variable) -> Question:
    """Return what anybody knows of how many gave the answers to a question."""
    kind, reach = kind_of(variable), {}
    if variable.is_numeric:
        reach = {
            name: [str(one) for one in variable.bin_intervals() if one.overlaps(interval)]
            for name, interval in variable.number_groups().items()
        }
    asked_of = None
    if len(variable.asked_if) == 1:
        ((name, wanted),) = variable.asked_if.items()
        asked_of = (name, as_list(wanted))
    return Question(
        is_exclusive=kind.is_exclusive or variable.is_numeric,
        is_ticked=kind.has_ticks and variable.everyone_ticks,
        groups=_list_nets(variable),
        reach=reach,
        asked_of=asked_of,
    )
