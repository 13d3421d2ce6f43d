"""Cells, which are numbers of people, and the sums of them that a reader can make."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from altcred.core.intervals import read_interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import ZEROS, find_statistic

# A cell is named by its subgroup and category; category '' is all who answered.
Cell = tuple[str, str]


@dataclass(frozen=True)
class Sum:
    """A number of people and the cells that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


@dataclass
class Sums:
    """The cells of one variable, the sums of them, and the cells added for what sums leave over."""

    cells: dict[Cell, int]
    sums: list[Sum] = field(default_factory=list)
    left_over: set[Cell] = field(default_factory=set)

    def add(self, total: Cell, parts: Sequence[Cell]) -> None:
        """Add a sum; what its parts leave over of the total is a cell of its own."""
        if total not in self.cells or not parts:
            return
        rest = self.cells[total] - sum(self.cells[part] for part in parts)
        # Parts that exceed the whole overlap, so that nothing can be subtracted.
        if rest < 0:
            return
        if rest > 0:
            rest_cell = (f"rest of sum {len(self.sums)}", total[1])
            self.cells[rest_cell] = rest
            self.left_over.add(rest_cell)
            parts = [*parts, rest_cell]
        self.sums.append(Sum(total, tuple(parts)))


def partition_subgroups(
    types: Mapping[str, Sequence[str]], named: Iterable[str] = ()
) -> dict[str, list[list[str]]]:
    """Return which subgroups divide which, for the program types and their programs.

    `types` maps each program type to its programs, `named` are the named subgroups of the study.
    A named subgroup divides `all` in those inside and those outside, and is itself divided by
    program type, and by program, in its crossed subgroups.
    """
    by_type = [f"program_type={name}" for name in types]
    partitions: dict[str, list[list[str]]] = {"all": [by_type]}
    for name, programs in types.items():
        partitions[f"program_type={name}"] = [[f"program={program}" for program in programs]]
    for name in named:
        partitions["all"].append([name])
        partitions[name] = [[f"{name} & {subgroup}" for subgroup in by_type]]
        for programs in types.values():
            partitions[name].append([f"{name} & program={one}" for one in programs])
        for subgroup in by_type:
            partitions[subgroup].append([f"{name} & {subgroup}"])
            partitions[f"{name} & {subgroup}"] = [
                [f"{name} & {part}" for part in partitions[subgroup][0]]
            ]
        for program in (one for programs in types.values() for one in programs):
            partitions.setdefault(f"program={program}", []).append([f"{name} & program={program}"])
    return partitions


def name_cell(subgroup: str, category: str, statistic: str) -> Cell:
    """Return the cell that an estimate is of."""
    # The shares of an ordered variable's pairs, for one, have no category of their own.
    return (subgroup, find_statistic(statistic).cell or category)


def count_cells(rows: pd.DataFrame) -> dict[Cell, int]:
    """Return how many people each cell of one variable holds, as its estimates say."""
    cells: dict[Cell, int] = {}
    columns = ("subgroup", "category", "statistic", "value", "n")
    for subgroup, category, statistic, value, n in zip(
        *(rows[column].tolist() for column in columns), strict=True
    ):
        if category == NOT_REPORTED:
            continue
        known = find_statistic(statistic)
        cell = (subgroup, known.cell or category)
        is_own = bool(known.cell)
        is_told, has_n = value == value and value is not None, n == n and n is not None
        if is_told and (statistic in ("count", "nobs") or (is_own and known.unit == "count")):
            cells[cell] = round(value)
        elif is_told and has_n and (is_own or statistic == "proportion"):
            cells.setdefault(cell, round(value * n))
        if has_n:
            cells.setdefault((subgroup, ""), round(n))
    return cells


def find_sums(
    cells: dict[Cell, int],
    divisions: Mapping[str, Collection[Collection[str]]],
    nets: Mapping[str, Collection[str]],
    is_exclusive: bool,
    same_as: Mapping[str, str],
) -> Sums:
    """List the sums a reader can make of one variable's cells.

    `divisions` maps a subgroup to the lists of subgroups that each divide it, `nets` a net to its
    categories, `same_as` a category that counts the people of a subgroup to that subgroup.
    Categories add up to those who answered where `is_exclusive`, or where they happen to.
    """
    by_subgroup: dict[str, list[str]] = defaultdict(list)
    for subgroup, category in cells:
        by_subgroup[subgroup].append(category)
    found = Sums(cells)
    for subgroup, categories in by_subgroup.items():
        twins = {c: _cross(subgroup, same_as[c]) for c in categories if c in same_as}
        twins = {c: part for c, part in twins.items() if (part, "") in cells}
        for category, part in twins.items():
            found.add((subgroup, category), [(part, "")])
        single = [c for c in categories if c and c not in nets and c not in twins]
        pairs = [c for c in single if c.endswith(" pairs")]
        single = [c for c in single if c not in pairs and c != ZEROS]
        whole = (subgroup, "")
        adds_up = sum(cells[subgroup, c] for c in single) == cells.get(whole)
        if is_exclusive or adds_up:
            found.add(whole, [(subgroup, c) for c in single])
            for net, members in nets.items():
                found.add((subgroup, net), [(subgroup, c) for c in members if c in single])
        found.add(whole, [(subgroup, c) for c in pairs])
        if ZEROS in categories:
            # Those who gave nought are among those of the range that holds it.
            for category in (c for c in single if (held := read_interval(c)) and held.holds(0)):
                found.add((subgroup, category), [(subgroup, ZEROS)])
    for parent, partitions in divisions.items():
        for category in by_subgroup.get(parent, ()):
            for parts in partitions:
                inside = [(part, category) for part in parts if (part, category) in cells]
                found.add((parent, category), inside)
    return found


def _cross(subgroup: str, part: str) -> str:
    """Return the name of a part within a subgroup."""
    return part if subgroup == "all" else f"{subgroup} & {part}"
