"""What is wrong with what a study says of one person's rows: its matching rules and its repeats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from altcred.core.mistakes import name_known
from altcred.describe.study import ROLES, MatchRule, Said, Study
from altcred.kinds import kind_of

if TYPE_CHECKING:
    from altcred.describe.codebook import Codebook

# What repeats go by beside a variable.
ORDERS = ("submitted", "file")


def check_matching(codebook: "Codebook", study: Study) -> Iterator[Said]:
    """Yield what rules of matching and of repeats name that cannot be compared."""
    repeats = study.duplicates
    named = {"demographics": repeats.demographics, "circumstances": repeats.circumstances}
    named["by"] = [] if repeats.by in ORDERS else [repeats.by]
    for key, names in named.items():
        for name in names:
            yield from _check_name(codebook, f"duplicates.{key}", name)
            if name in codebook.variables and kind_of(codebook.variables[name]).is_identifier:
                message = f"{name!r} is an identifier, which is compared between waves alone."
                remedy = "Rows of one participant code are named by person: of the wave."
                yield f"duplicates.{key}", message, remedy
    for position, panel in enumerate(study.panels):
        for rule in panel.rules:
            where = f"panels.{position}.rules.{rule.name}"
            waves = [wave for wave in (panel.first, panel.second) if wave in study.waves]
            for message, remedy in _check_rule(codebook, study, rule, waves):
                yield where, message, remedy
            for name in rule.names:
                if name not in ROLES or name in codebook.variables:
                    yield from _check_name(codebook, where, name)


def _check_rule(
    codebook: "Codebook", study: Study, rule: MatchRule, waves: list[str]
) -> Iterator[tuple[str, str]]:
    if not (rule.keys or rule.within or rule.fuzzy):
        yield "compares nothing.", "Name what must be equal under keys:."
    for name in rule.names:
        variable = codebook.variables.get(name)
        for wave in waves:
            has_role = name in ROLES and bool(getattr(study.waves[wave], name))
            if variable is None and name in ROLES and not has_role and name not in rule.agree:
                yield f"{name!r} is no column of wave {wave}.", f"Name it under {name}: there."
            elif variable is not None and not has_role and name not in codebook.in_wave(wave):
                yield f"{name!r} was not asked in wave {wave}.", "Match by what both waves asked."
        if variable is not None and name in rule.within and not kind_of(variable).is_numeric:
            yield f"within names {name!r}, which is no number.", "Name it under keys:."
        if name in rule.fuzzy and not (variable and kind_of(variable).is_identifier):
            message = f"fuzzy names {name!r}, which is no variable of kind identifier."
            yield message, "Give a name or the like that kind."


def _check_name(codebook: "Codebook", where: str, name: str) -> Iterator[Said]:
    """Yield that a name is no variable's, or that of a text of which nothing can be compared."""
    variable = codebook.variables.get(name)
    if variable is None:
        known = [*(ROLES if where.startswith("panels") else ORDERS), *codebook.variables]
        yield where, f"{name!r} is not in the codebook.", name_known(name, known)
    elif kind_of(variable).is_typed and not kind_of(variable).is_identifier:
        message = f"{name!r} is a text respondents typed, which the data never hold."
        remedy = (
            "Where it tells who somebody is, make it kind identifier, or name its column under "
            "person: of each wave; of either only keyed tokens are kept."
        )
        yield where, message, remedy
