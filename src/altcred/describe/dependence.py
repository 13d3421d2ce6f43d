"""Which answers decide who was asked what, and where they cannot."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from altcred.core.description import as_list
from altcred.core.records import NOT_REPORTED
from altcred.describe.study import Said, Study
from altcred.kinds.variable import Variable

if TYPE_CHECKING:
    from altcred.describe.codebook import Codebook

PROGRAM_COLUMNS = ("program", "program_type")


def source_names(variable: Variable) -> list[str]:
    """Return the variables that a derived variable is computed from."""
    derive = variable.derive
    if derive is None:
        return []
    if derive.years_since:
        return [derive.years_since]
    if derive.product:
        return list(derive.product)
    return derive.items or list(derive.ticks or derive.any_of or {})


def check_dependence(codebook: "Codebook", study: Study) -> Iterator[Said]:
    """Yield who was asked by an answer that the wave lacks, or by their own answer."""
    for wave in study.waves:
        there = codebook.in_wave(wave)
        needs = {name: dependence_of(variable, wave) for name, variable in there.items()}
        for name, needed in needs.items():
            for other in needed:
                if other in codebook.variables and other not in there:
                    message = f"depends on {other!r}, which wave {wave} did not ask."
                    remedy = "Put the condition under the question of the waves that did."
                    yield f"variables.{name}", message, remedy
            for other, wanted in there[name].condition_in(wave).items():
                if other in there and _is_held_back(there[other], wave, as_list(wanted)):
                    message = f"is asked by answers to {other!r} that wave {wave} did not offer."
                    remedy = "Name one that it did, or put the condition under the other waves."
                    yield f"variables.{name}", message, remedy
            if _reaches(needs, name):
                message = f"depends on its own answer in wave {wave}."
                remedy = "Remove one of the conditions that lead back to it."
                yield f"variables.{name}", message, remedy


def dependence_of(variable: Variable, wave: str) -> list[str]:
    """Return the variables whose answers decide who was asked a variable, or that it derives from.

    The program and its type are left out: every row has them.
    """
    conditions = [variable.condition_in(wave)]
    conditions += [category.asked_if for category in variable.categories_in(wave).values()]
    named = [name for condition in conditions for name in condition]
    named += source_names(variable)
    return [name for name in dict.fromkeys(named) if name not in PROGRAM_COLUMNS]


def _reaches(needs: dict[str, list[str]], name: str) -> bool:
    """Tell whether following what a variable needs leads back to it."""
    waiting, seen = list(needs[name]), set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += needs.get(one, [])
    return name in seen


def _is_held_back(variable: Variable, wave: str, wanted: Sequence[str]) -> bool:
    """Tell whether all that is wanted of a variable are categories that a wave did not offer."""
    members = variable.expand_groups(wanted)
    offered = variable.categories_in(wave)
    return NOT_REPORTED not in wanted and all(
        one in variable.categories and one not in offered for one in members
    )
