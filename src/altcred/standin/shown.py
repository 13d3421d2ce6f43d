"""What the disclosed estimates say, looked up by survey, subgroup and variable."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from altcred.core.description import Condition, as_list
from altcred.core.intervals import bin_intervals, read_interval
from altcred.core.records import ALL, NOT_REPORTED
from altcred.core.statistics import find_statistic
from altcred.describe.cohort import Cohort
from altcred.estimate.store import Estimates

# A category with a statistic, and a value with the number of people it is of.
Values = Mapping[tuple[str, str], tuple[float, float]]


@dataclass(frozen=True)
class Shown:
    """The numbers that estimates show; what is hidden is not among them."""

    values: Mapping[tuple[str, str, str], dict[tuple[str, str], tuple[float, float]]]
    # Categories of which there is an estimate, hidden or not.
    categories: Mapping[tuple[str, str], list[str]]

    @classmethod
    def of(cls, estimates: Estimates) -> "Shown":
        """Return what a store of estimates shows."""
        values: dict[tuple[str, str, str], dict[tuple[str, str], tuple[float, float]]]
        named: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        values = defaultdict(dict)
        columns = ["wave", "subgroup", "variable", "category", "statistic", "value", "n"]
        for row in estimates.frame[columns].itertuples(index=False):
            wave, subgroup, variable, category, statistic, value, n = row
            if category:
                named[str(wave), str(variable)][str(category)] = None
            if value == value:
                key = (str(wave), str(subgroup), str(variable))
                values[key][str(category), str(statistic)] = float(value), float(n)
        return cls(dict(values), {key: list(one) for key, one in named.items()})

    def of_part(self, wave: str, part: str, variable: str) -> Values:
        """Return all that is shown of a variable in a subgroup."""
        return self.values.get((wave, part, variable), {})

    def find(
        self, wave: str, part: str, variable: str, category: str = "", statistic: str = "count"
    ) -> float | None:
        """Return one number; None where it is hidden or was never estimated."""
        found = self.of_part(wave, part, variable).get((category, statistic))
        return None if found is None else found[0]

    def count(self, wave: str, part: str, variable: str, category: str) -> float | None:
        """Return how many people gave an answer, also where only their share is shown."""
        known = self.of_part(wave, part, variable)
        if (found := known.get((category, "count"))) is not None:
            return found[0]
        share = known.get((category, "proportion"))
        return None if share is None or share[1] != share[1] else round(share[0] * share[1])

    def bins_of(self, variable: str, groups: Collection[str]) -> list[float]:
        """Return the edges of a number's bins, where those of all surveys are the same."""
        found = set()
        for (_, name), categories in self.categories.items():
            named = [one for one in categories if one not in groups]
            bins = [one for one in map(read_interval, named) if one is not None]
            if name != variable or not bins:
                continue
            bins.sort(key=lambda one: -math.inf if one.low is None else one.low)
            edges = [one.low for one in bins if one.low is not None]
            found.add(tuple(edges) if bins == bin_intervals(edges) else ())
        return list(found.pop()) if len(found) == 1 else []

    def asked(self, wave: str, part: str, variable: str) -> float | None:
        """Return how many people were asked."""
        known = self.of_part(wave, part, variable)
        found = known.get((NOT_REPORTED, "count")) or known.get((NOT_REPORTED, "proportion"))
        return None if found is None or found[1] != found[1] else found[1]


@dataclass(frozen=True)
class Part:
    """A subgroup of a survey: the answers that its people gave, and the variables told of it."""

    name: str
    where: dict[str, list[str] | str] = field(default_factory=dict)
    variables: frozenset[str] | None = None

    def tells(self, variable: str) -> bool:
        return self.variables is None or variable in self.variables


def list_parts(cohort: Cohort, wave: str) -> list[Part]:
    """Return everybody, types and programs, and the subgroups and groups that a wave can tell."""
    study = cohort.study
    types: dict[str, Condition] = {
        f"program_type={one}": {"program_type": [one]} for one in study.program_types
    }
    programs: dict[str, Condition] = {
        f"program={one}": {"program": [one]} for one in study.programs
    }
    parts = [Part(ALL), *(Part(name, where) for name, where in {**types, **programs}.items())]
    known = {*cohort.codebook.in_wave(wave), "program", "program_type"}
    named = {
        name: one
        for name, one in study.subgroups.items()
        if (one.waves is None or wave in one.waves) and set(one.where) <= known
    }
    for name, one in named.items():
        where: Condition = {key: as_list(wanted) for key, wanted in one.where.items()}
        told = None if one.variables is None else frozenset(one.variables)
        parts.append(Part(name, where, told))
        for key, crossed in (("program_type", types), ("program", programs)):
            for label, more in crossed.items() if key in one.cross else ():
                parts.append(Part(f"{name} & {label}", {**where, **more}, told))
    for groups in cohort.groups(wave).values():
        for name, one in groups.items():
            where = {key: as_list(wanted) for key, wanted in one.where.items()}
            parts.append(Part(name, where, frozenset(one.variables or ())))
    return parts


def order_variables(cohort: Cohort, wave: str, parts: list[Part]) -> Iterator[str]:
    """Yield the variables that a wave asked: those that make subgroups first, none before what
    decides who was asked it."""
    from altcred.describe.dependence import dependence_of

    there = cohort.codebook.in_wave(wave)
    makers = [name for part in sorted(parts, key=lambda one: one.variables is not None)
              for name in part.where]  # fmt: skip
    seen: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in there and name not in seen:
            seen.add(name)
            for other in dependence_of(there[name], wave):
                yield from visit(other)
            if there[name].derive is None:
                yield name

    for name in [*makers, *there]:
        yield from visit(name)


def find_room(statistic: str, value: float) -> float:
    """Return by how much an estimate may be missed without being printed otherwise."""
    unit = find_statistic(statistic).unit
    if unit in ("share", "points"):
        return 0.0005 + 1e-9
    if unit in ("count", "score"):
        return 0.5 - 1e-9
    if unit == "p value":
        return 0.005 if value >= 0.1 else 0.0005
    digits = 2 if unit == "number" else max(3 - len(str(int(abs(value)))), 0)
    return 0.5 * 10.0**-digits + 1e-9
