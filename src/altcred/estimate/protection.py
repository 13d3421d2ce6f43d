"""Estimates through the door: the one place that calls disclosure control."""

from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd

from altcred.core.description import as_list
from altcred.core.intervals import Interval, parse_interval
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import Cohort
from altcred.describe.folders import panel_folder
from altcred.disclose.cells import partition_subgroups
from altcred.disclose.changes import bound_by_moves, tell_differences
from altcred.disclose.door import Beside, suppress_small_cells
from altcred.disclose.places import MOVED, PEOPLE, Place, name_people
from altcred.disclose.relations import Question
from altcred.disclose.rounding import round_estimates
from altcred.estimate.hidden import hide_same, read_hidden
from altcred.estimate.store import read_estimates, sort_estimates
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable


def protect(
    frame: pd.DataFrame,
    cohort: Cohort,
    questions: Mapping[str, Question] | None = None,
    *,
    beside: Iterable[Path] = (),
    of_shown: bool = False,
) -> pd.DataFrame:
    """Return estimates with small cells suppressed, as the study's disclosure says, and sorted.

    Every estimate that is written has been here. `questions` describes variables that the codebook
    does not know, `beside` are files of estimates that tell of the same people, so far as they are
    there. Where the study rounds, all but estimates `of_shown` ones, which follow from what is
    rounded, are. A stand-in hides what the original hides.
    """
    study, variables = cohort.study, cohort.codebook.variables
    own = questions or {}
    coded = {
        name: numbers
        for name, one in variables.items()
        if (numbers := kind_of(one).cell_numbers(one))
    }
    hidden = read_hidden(cohort)
    if hidden is not None:
        same = bound_by_moves(hide_same(frame, hidden))
        return sort_estimates(same if of_shown else _round(same, cohort, coded))
    shown = suppress_small_cells(
        frame,
        minimum=study.disclosure.minimum,
        partitions=divide_subgroups(cohort, frame["subgroup"]),
        groups={name: _list_nets(variable) for name, variable in variables.items()}
        | {name: one.groups for name, one in own.items()},
        exclusive=[
            *(n for n, one in variables.items() if kind_of(one).is_exclusive),
            *(n for n, one in own.items() if one.is_exclusive),
        ],
        coded=coded,
        shares_first=_list_shares_first(cohort),
        questions={**describe_questions(cohort), **own},
        same_as={name: f"program_type={name}" for name in study.program_types}
        | {name: f"program={name}" for name in study.programs},
        suppress_extremes=not study.disclosure.show_extremes,
        base=study.disclosure.rounds_to,
        beside=_read_beside(frame, cohort, own, beside),
    )
    _hide_tests(shown)
    if not study.disclosure.rounds_to:
        shown = bound_by_moves(tell_differences(shown, nest_people(cohort, shown)))
    return sort_estimates(shown if of_shown else _round(shown, cohort, coded))


def round_tests(tests: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Return tests as they are shown where the study rounds, since some are of answers."""
    return _round(tests, cohort, {})


def _round(
    frame: pd.DataFrame, cohort: Cohort, coded: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    base = cohort.study.disclosure.rounds_to
    return round_estimates(frame, base, coded) if base else frame


def _read_beside(
    frame: pd.DataFrame, cohort: Cohort, questions: Mapping[str, Question], files: Iterable[Path]
) -> Beside:
    """Return what files show of the variables of a frame, and of those that they rest on."""
    there = (
        [file for file in files if file.is_file()] if cohort.study.disclosure.minimum > 1 else []
    )
    shown = read_estimates(*there).frame
    names = {*frame["variable"].astype(str)}
    wanted = {PEOPLE, *names, *(name.partition(":")[0] for name in names)}
    for one in questions.values():
        wanted |= {one.parts_of, *(other for other, _ in one.counts.values())}
    shown = shown[shown["variable"].isin(wanted)]
    return Beside(shown, nest_people(cohort, pd.concat([frame, shown])))


def nest_people(cohort: Cohort, estimates: pd.DataFrame) -> dict[str, list[str]]:
    """Return among whom the people of panels are, as list_relations takes them.

    Weights leave some of a wave out, so that nothing is known there.
    """
    study, within = cohort.study, dict[str, list[str]]()
    subgroups = sorted({*estimates["subgroup"].astype(str)})
    for one in study.panels:
        panel, waves = panel_folder(study, one.first, one.second).name, (one.first, one.second)
        for name in subgroups:
            sides = [name_people(f"{panel}:{wave}", name) for wave in waves]
            within[name_people(panel, name)] = sides
            for wave, side in zip(waves, sides, strict=True):
                if not study.waves[wave].weight:
                    within[side] = [name_people(wave, name)]
    return within


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
    named = {name: one for name, one in study.subgroups.items() if name in found}
    for wave in study.waves:
        for of_it in cohort.groups(wave).values():
            named |= {name: one for name, one in of_it.items() if name in found}
    taken = {name: _list_answers(cohort, one.where) for name, one in sorted(named.items())}
    for whole, part in permutations(taken, 2):
        inside = taken[part]
        if all(key in inside and inside[key] <= held for key, held in taken[whole].items()):
            partitions.setdefault(whole, []).append([part])
    for name in taken:
        # Those who gave other answers to the same question are others.
        apart, seen = [name], dict(taken[name])
        for other, held in taken.items():
            if len(seen) == 1 and seen.keys() == held.keys():
                ((key, answers),) = held.items()
                if not answers & seen[key]:
                    apart.append(other)
                    seen[key] = seen[key] | answers
        if len(apart) > 1:
            partitions["all"].append(sorted(apart))
    partitions["all"] = [list(one) for one in dict.fromkeys(map(tuple, partitions["all"]))]
    return partitions


def _list_answers(cohort: Cohort, where: Mapping[str, Any]) -> dict[str, set[Any]]:
    """Return which answers a condition takes, by their questions, each of a group by itself.

    A range of a number is taken for an answer; of several answers at once none excludes another.
    """
    found: dict[str, set[Any]] = {}
    for name, wanted in where.items():
        variable = cohort.codebook.variables.get(name)
        groups = {} if variable is None or variable.is_numeric else _list_nets(variable)
        taken = {str(part) for one in as_list(wanted) for part in groups.get(str(one), [one])}
        is_apart = variable is None or kind_of(variable).is_exclusive
        found[name] = taken if is_apart else {", ".join(sorted(taken)), None}
    return found


def describe_questions(cohort: Cohort) -> dict[str, Question]:
    """Return what anybody knows of how many gave the answers to each question."""
    sizes, ranges = _list_sizes(cohort)
    found = {
        name: _describe(one, ranges.get(name, {}))
        for name, one in cohort.codebook.variables.items()
    }
    return {**found, PEOPLE: Question(sizes=sizes)}


def _list_sizes(cohort: Cohort) -> tuple[dict[Place, list[Place]], dict[str, dict[str, Interval]]]:
    """Return of the people of a subgroup whose answers they are, where it is of one question.

    Also returned are the ranges of numbers that only subgroups have, by the variable.
    """
    found: dict[Place, list[Place]] = {}
    more: dict[str, dict[str, Interval]] = {}
    for wave in cohort.study.waves:
        named = dict(cohort.study.subgroups)
        for of_it in cohort.groups(wave).values():
            named |= of_it
        for name, one in named.items():
            variable, wanted = next(iter(one.where.items()))
            described = cohort.codebook.variables.get(variable)
            answers = [str(answer) for answer in as_list(wanted)]
            if described is None or len(one.where) > 1:
                continue
            if described.is_numeric:
                held = [parse_interval(answer) for answer in answers]
                known = {span: group for group, span in described.number_groups().items()}
                answers = [known.get(span, f"people of {name}") for span in held]
                more.setdefault(variable, {}).update(
                    (answer, span) for answer, span in zip(answers, held, strict=True)
                    if span not in known
                )  # fmt: skip
            is_sum = kind_of(described).is_exclusive and {*answers} <= {*described.categories}
            if len(answers) == 1 or is_sum:
                people = name_people(wave, "all")
                size = (PEOPLE, name_people(wave, name), "")
                found[size] = [(variable, people, answer) for answer in answers]
    return found, more


def _hide_tests(shown: pd.DataFrame) -> None:
    """Hide a test of how all answers to a question changed where it is hidden how one did."""
    names = shown["variable"].astype(str)
    asked, is_part = names.str.split(":", n=1).str[0], names.str.contains(":", regex=False)
    hidden = is_part & shown["category"].isin(MOVED)
    hidden &= shown["note"].astype(str).str.startswith("suppressed")
    if not hidden.any():
        return
    key = list(zip(shown["wave"], shown["subgroup"], asked, strict=True))
    partly = {one for one, is_hidden in zip(key, hidden, strict=True) if is_hidden}
    told = shown["statistic"].map(lambda name: find_statistic(name).is_test) & ~is_part
    told &= pd.Series([one in partly for one in key], index=shown.index)
    shown.loc[told, ["value", "low", "high"]] = float("nan")
    shown.loc[told, "note"] = shown.loc[hidden, "note"].iloc[0]


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


def _describe(variable: Variable, more: Mapping[str, Interval]) -> Question:
    """Return what anybody knows of how many gave the answers; `more` are ranges of subgroups."""
    kind = kind_of(variable)
    ranges = {**variable.number_groups(), **more} if variable.is_numeric else {}
    asked_of = None
    if len(variable.asked_if) == 1:
        ((name, wanted),) = variable.asked_if.items()
        asked_of = (name, as_list(wanted))
    return Question(
        is_exclusive=kind.is_exclusive or variable.is_numeric,
        is_ticked=kind.has_ticks and variable.everyone_ticks,
        groups=dict.fromkeys(ranges, ()) if ranges else _list_nets(variable),
        ranges=ranges,
        is_whole=kind.is_whole,
        asked_of=asked_of,
    )
