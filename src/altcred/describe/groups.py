"""Parts of a wave's respondents: subgroups by a condition, and groups that are compared."""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from altcred.core.description import Condition, Described, Name, about
from altcred.core.mistakes import name_known
from altcred.kinds import kind_of

if TYPE_CHECKING:
    from altcred.describe.codebook import Codebook
    from altcred.describe.study import Said, StudyFile


class Subgroup(Described):
    """A part of a wave's respondents that gets estimates of its own."""

    label: str = about("What readers call it")
    where: Condition = about(
        "Who belongs to it: variables with the answers, groups or intervals that all must hold",
        min_length=1,
        example={"arm": ["control"], "years": "[18, 25)"},
    )
    cross: list[Literal["program_type", "program"]] = about("Also split by these", [])
    waves: list[Name] | None = about("All waves if left out", None)
    variables: list[Name] | None = about("All variables if left out", None)


class Groups(Described):
    """Respondents parted by one answer, set side by side and tested for a difference."""

    by: Name = about("The variable whose answers part them")
    only: list[Name] = about("Which of its answers, in their order; all if left out", [])
    waves: list[Name] | None = about("All that asked it if left out", None)
    variables: list[Name] | None = about("All others if left out", None)


def subgroups_of(codebook: "Codebook", groups: Groups, wave: str) -> dict[str, Subgroup]:
    """Return the groups of one wave as subgroups, by their names: `BY=CATEGORY`.

    None where the wave did not ask by what they are parted. A number parts people by the groups
    that the codebook gives it.
    """
    asked = codebook.in_wave(wave)
    variable = asked.get(groups.by)
    if variable is None or (groups.waves is not None and wave not in groups.waves):
        return {}
    offered = variable.groups if variable.is_numeric else variable.categories_in(wave)
    wanted = {
        name: str(variable.groups[name].of) if variable.is_numeric else [name]
        for name in groups.only or offered
        if name in offered
    }
    chosen = groups.variables or [name for name in asked if name != groups.by]
    return {
        f"{groups.by}={name}": Subgroup(
            label=codebook.label(groups.by, name), where={groups.by: where}, variables=chosen
        )
        for name, where in wanted.items()
    }


def check_groups(codebook: "Codebook", study: "StudyFile") -> Iterator["Said"]:
    """Yield groups by what parts nobody, or puts somebody in two of them."""
    seen: set[str] = set()
    for place, groups in enumerate(study.groups):
        where, variable = f"groups.{place}", codebook.variables.get(groups.by)
        for name in groups.variables or []:
            if name not in codebook.variables:
                remedy = name_known(name, codebook.variables)
                yield f"{where}.variables", f"{name!r} is not in the codebook.", remedy
        if variable is None:
            remedy = name_known(groups.by, codebook.variables)
            yield f"{where}.by", f"{groups.by!r} is not in the codebook.", remedy
            continue
        asked_in = [wave for wave in study.waves if groups.by in codebook.in_wave(wave)]
        for wave in groups.waves or []:
            if wave in study.waves and wave not in asked_in:
                remedy = f"Use {', '.join(asked_in)}." if asked_in else "Ask it in a wave."
                yield f"{where}.waves", f"wave {wave} did not ask {groups.by!r}.", remedy
        if groups.by in seen:
            message = f"{groups.by!r} parts people twice."
            yield f"{where}.by", message, "Keep one of the two, or derive another variable."
        seen.add(groups.by)
        offered = [*variable.groups] if variable.is_numeric else [*variable.categories]
        if not (variable.is_numeric or kind_of(variable).is_exclusive) or not offered:
            message = f"{groups.by!r} does not part people into groups."
            remedy = "Name a question of one answer with categories, or a number with groups."
            yield f"{where}.by", message, remedy
            continue
        for name in groups.only:
            if name not in offered:
                yield (
                    f"{where}.only",
                    f"{name!r} is none of its answers.",
                    name_known(name, offered),
                )
        chosen = [name for name in groups.only or offered if name in offered]
        if len(chosen) < 2:
            remedy = f"Use some of {', '.join(offered)}."
            yield f"{where}.only", "leaves fewer than two groups.", remedy
        if variable.is_numeric:
            intervals = variable.number_groups()
            for one, other in combinations(chosen, 2):
                if intervals[one].overlaps(intervals[other]):
                    message = f"{one!r} and {other!r} overlap, so that some would be in both."
                    yield f"{where}.only", message, "Name groups that exclude each other."
