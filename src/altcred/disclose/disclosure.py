"""The door: suppresses small cells, and what would reveal them, before an estimate is written.

A cell is a number of people: those of one subgroup who gave one answer, or (category '') who
answered at all. What stays and what goes:

- A cell of fewer than `minimum` people goes, with its share, interval and note. A cell of nobody
  stays: it is about nobody, and a table of answers nobody gave hides no one.
- Where fewer than `minimum` people of a subgroup answered, everything about that variable and
  subgroup goes, the n too: means and quartiles of so few are nearly their answers.
- Further cells go until no suppressed small cell follows from sums and differences of what is
  left: categories and the number who answered, nets and their categories, a subgroup and its
  parts. In every such sum the suppressed parts together hold at least `minimum` people, because
  their total can be worked out by anyone.
- What a sum leaves over (people of no listed category or part) counts as a suppressed cell.
- Paired tables and tests of a variable go together: from a p value a cell can be computed.
- Smallest and largest values go, since each is one person's answer.
- `not_reported` says only that somebody gave no answer; it is never small by itself, and goes
  with the number who answered, which it would give away.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

# Counts of rows in the flow from export to respondents, not of people who gave an answer.
FLOW_VARIABLES = frozenset({"raw_rows", "dropped", "shared_addresses"})

# Statistics that describe answers; all others are tests, from which cells can be computed.
DESCRIPTIVE = frozenset(
    {"nobs", "count", "proportion", "mean", "std", "median", "mode", "min", "max", "sum", "nunique"}
)
# Shares of the pairs of an ordered variable; each is a cell as a category is.
SHARES = frozenset({"increased", "unchanged", "decreased"})
EXTREMES = frozenset({"min", "max"})
NOT_REPORTED = "not_reported"
EXTREME_NOTE = "suppressed: one person's value"

# A cell is named by its subgroup and category.
Cell = tuple[str, str]


@dataclass(frozen=True)
class _Sum:
    """A number of people and the cells that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]


def partition_subgroups(
    types: Mapping[str, Sequence[str]], named: Iterable[str] = ()
) -> dict[str, list[list[str]]]:
    """Return which subgroups divide which, for the program types and their programs.

    `types` maps each program type to its programs, `named` are the named subgroups of the study
    ("us"). A named subgroup divides `all` in those inside and those outside, and is itself
    divided by program type in its crossed subgroups.
    """
    by_type = [f"program_type={name}" for name in types]
    partitions: dict[str, list[list[str]]] = {"all": [by_type]}
    for name, programs in types.items():
        partitions[f"program_type={name}"] = [[f"program={program}" for program in programs]]
    for name in named:
        partitions["all"].append([name])
        partitions[name] = [[f"{name} & {subgroup}" for subgroup in by_type]]
        for subgroup in by_type:
            partitions[subgroup].append([f"{name} & {subgroup}"])
    return partitions


def suppress_small_cells(
    estimates: pd.DataFrame,
    *,
    minimum: int,
    partitions: Mapping[str, Collection[Collection[str]]] | None = None,
    groups: Mapping[str, Mapping[str, Collection[str]]] | None = None,
    exclusive: Collection[str] = (),
    same_as: Mapping[str, str] | None = None,
    suppress_extremes: bool = True,
) -> pd.DataFrame:
    """Return the estimates with small cells, and what would reveal them, missing.

    `estimates` has the columns wave, subgroup, variable, category, statistic, value, low, high,
    n, note. `minimum` is the fewest people a shown cell may hold; with 0 (or 1) the door is
    open and everything stays. `partitions` maps a subgroup to the lists of subgroups that each
    divide it (see partition_subgroups); without it, `all` is divided by the program types and
    by the programs found. `groups` maps a variable to its nets, and each net to its categories.
    `exclusive` names the variables of which a person gives one answer, so that the categories
    add up to those who answered; variables whose counts add up are treated so anyway. `same_as`
    maps a category that counts the people of a subgroup to that subgroup. Smallest and largest
    values go too unless `suppress_extremes` is False.

    What is suppressed has a missing value, low and high, and a note beginning "suppressed".
    """
    shown = estimates.copy()
    if minimum <= 1:
        return shown
    divisions = _find_partitions(shown["subgroup"]) if partitions is None else partitions
    hidden_note = f"suppressed: fewer than {minimum} people, or would reveal so few"
    shown["note"] = shown["note"].fillna("").astype(str)
    hidden_rows: list[int] = []
    without_n: list[int] = []
    positions = pd.Series(range(len(shown)), index=shown.index)
    for (_, variable), rows in shown.groupby(["wave", "variable"], sort=False):
        if variable in FLOW_VARIABLES:
            continue
        cells = _count_cells(rows)
        nets = (groups or {}).get(str(variable), {})
        # A question may have a category of the same name; only counts of people have twins.
        twins = {} if variable in (groups or {}) else same_as or {}
        sums, left_over = _find_sums(cells, divisions, nets, str(variable) in exclusive, twins)
        tested = {
            subgroup
            for subgroup, statistics in rows.groupby("subgroup")["statistic"]
            if not set(statistics) <= DESCRIPTIVE
        }
        hidden = _choose_cells(cells, sums, left_over, minimum, tested)
        places = positions[rows.index]
        for place, row in zip(places, rows.itertuples(index=False), strict=True):
            cell = _name_cell(row.subgroup, row.category, row.statistic)
            whole = (row.subgroup, "") in hidden
            test_of_hidden = row.statistic not in DESCRIPTIVE and any(
                subgroup == row.subgroup for subgroup, _ in hidden
            )
            if whole or cell in hidden or test_of_hidden:
                hidden_rows.append(place)
            if whole:
                without_n.append(place)
    extremes = shown["statistic"].isin(EXTREMES) & shown["value"].notna()
    if suppress_extremes:
        _blank(shown, np.flatnonzero(extremes.to_numpy()), EXTREME_NOTE)
    _blank(shown, hidden_rows, hidden_note)
    if without_n:
        shown["n"] = shown["n"].astype("Int64")
        shown.iloc[without_n, shown.columns.get_loc("n")] = pd.NA
    return shown


def choose_hidden_counts(counts: Mapping[str, int], minimum: int) -> set[str]:
    """Choose which counts to hide of some that add up to a total which is shown beside them.

    `counts` are numbers of people by name. Those of 1 to `minimum` - 1 people go, and with them
    the smallest others, until what is hidden holds `minimum` people at least and none of it
    follows from the total. If the total is itself so small, all go that are of anybody.
    """
    whole: Cell = ("", "")
    # The total has a name of its own, since a count may be named ''.
    cells = {whole: sum(counts.values())} | {(name, "of it"): n for name, n in counts.items()}
    parts = tuple(cell for cell in cells if cell != whole)
    hidden = _choose_cells(cells, [_Sum(whole, parts)], set(), minimum, set())
    if whole in hidden:
        return {name for name, n in counts.items() if n}
    return {name for name, _ in hidden}


def _blank(estimates: pd.DataFrame, places: Sequence[int] | np.ndarray, note: str) -> None:
    for column in ("value", "low", "high"):
        estimates[column] = estimates[column].astype(float)
        estimates.iloc[places, estimates.columns.get_loc(column)] = np.nan
    estimates.iloc[places, estimates.columns.get_loc("note")] = note


def _find_partitions(subgroups: pd.Series) -> dict[str, list[list[str]]]:
    names = sorted(set(subgroups))
    divisions: dict[str, list[list[str]]] = {}
    for prefix in ("program_type=", "program="):
        for name in names:
            outer, _, last = name.rpartition(" & ")
            if last.startswith(prefix):
                parts = [
                    other
                    for other in names
                    if other.rpartition(" & ")[0] == outer
                    and other.rpartition(" & ")[2].startswith(prefix)
                ]
                parents = divisions.setdefault(outer or "all", [])
                if parts not in parents:
                    parents.append(parts)
    return divisions


def _name_cell(subgroup: str, category: str, statistic: str) -> Cell:
    # The shares of an ordered variable's pairs have no category of their own.
    return (subgroup, f"{statistic} pairs" if statistic in SHARES else category)


def _count_cells(rows: pd.DataFrame) -> dict[Cell, int]:
    cells: dict[Cell, int] = {}
    for row in rows.itertuples(index=False):
        if row.category == NOT_REPORTED:
            continue
        cell = _name_cell(row.subgroup, row.category, row.statistic)
        if row.statistic in ("count", "nobs") and pd.notna(row.value):
            cells[cell] = round(row.value)
        elif row.statistic in ("proportion", *SHARES) and pd.notna(row.value * row.n):
            cells.setdefault(cell, round(row.value * row.n))
        if pd.notna(row.n):
            cells.setdefault((row.subgroup, ""), round(row.n))
    return cells


def _find_sums(
    cells: dict[Cell, int],
    divisions: Mapping[str, Collection[Collection[str]]],
    nets: Mapping[str, Collection[str]],
    is_exclusive: bool,
    same_as: Mapping[str, str],
) -> tuple[list[_Sum], set[Cell]]:
    """List the sums a reader can make, and the cells added for what those sums leave over."""
    by_subgroup: dict[str, list[str]] = defaultdict(list)
    for subgroup, category in cells:
        by_subgroup[subgroup].append(category)
    sums: list[_Sum] = []
    left_over: set[Cell] = set()

    def add(total: Cell, parts: list[Cell]) -> None:
        if total not in cells or not parts:
            return
        rest = cells[total] - sum(cells[part] for part in parts)
        # Parts that exceed the whole overlap, so that nothing can be subtracted.
        if rest < 0:
            return
        if rest > 0:
            rest_cell = (f"rest of sum {len(sums)}", total[1])
            cells[rest_cell] = rest
            left_over.add(rest_cell)
            parts = [*parts, rest_cell]
        sums.append(_Sum(total, tuple(parts)))

    for subgroup, categories in by_subgroup.items():
        twins = {c: _cross(subgroup, same_as[c]) for c in categories if c in same_as}
        twins = {c: part for c, part in twins.items() if (part, "") in cells}
        for category, part in twins.items():
            add((subgroup, category), [(part, "")])
        single = [c for c in categories if c and c not in nets and c not in twins]
        pairs = [c for c in single if c.endswith(" pairs")]
        single = [c for c in single if c not in pairs]
        whole = (subgroup, "")
        adds_up = sum(cells[subgroup, c] for c in single) == cells.get(whole)
        if is_exclusive or adds_up:
            add(whole, [(subgroup, c) for c in single])
            for net, members in nets.items():
                add((subgroup, net), [(subgroup, c) for c in members if c in single])
        add(whole, [(subgroup, c) for c in pairs])
    for parent, partitions in divisions.items():
        for category in by_subgroup.get(parent, ()):
            for parts in partitions:
                add((parent, category), [(p, category) for p in parts if (p, category) in cells])
    return sums, left_over


def _cross(subgroup: str, part: str) -> str:
    """Return the name of a part within a subgroup."""
    return part if subgroup == "all" else f"{subgroup} & {part}"


def _choose_cells(
    cells: Mapping[Cell, int],
    sums: Sequence[_Sum],
    left_over: set[Cell],
    minimum: int,
    tested: set[str],
) -> set[Cell]:
    small = {cell for cell, count in cells.items() if 0 < count < minimum}
    if not small:
        return set()
    hidden = small | left_over
    while True:
        _spread_to_subgroups(hidden, cells, tested)
        grown = False
        for one_sum in sums:
            if not _is_safe(one_sum, cells, hidden, small, left_over, minimum):
                grown |= _hide_one([one_sum], cells, hidden)
        if grown:
            continue
        revealed = _find_determined(sums, hidden) & small
        if not revealed:
            return hidden
        near = [one_sum for one_sum in sums if revealed & {one_sum.total, *one_sum.parts}]
        if not _hide_one(near, cells, hidden) and not _hide_one(sums, cells, hidden):
            return set(cells)


def _is_safe(
    one_sum: _Sum,
    cells: Mapping[Cell, int],
    hidden: set[Cell],
    small: set[Cell],
    left_over: set[Cell],
    minimum: int,
) -> bool:
    gone = {cell for cell in (one_sum.total, *one_sum.parts) if cell in hidden}
    # A large rest is no secret; a cell hidden for the sake of another one is, for its sake.
    if gone <= left_over - small:
        return True
    if len(gone) == 1:
        return False
    if one_sum.total in hidden or not gone & small:
        return True
    # As many people as cells would mean one in each, since no empty cell is hidden for being
    # small; so the suppressed cells must hold more people than that.
    return sum(cells[cell] for cell in gone) >= max(minimum, len(gone) + 1)


def _spread_to_subgroups(hidden: set[Cell], cells: Mapping[Cell, int], tested: set[str]) -> None:
    """Hide all of a subgroup whose n is hidden, and all paired cells where one is."""
    for subgroup in {subgroup for subgroup, category in hidden if category == ""}:
        hidden.update(cell for cell in cells if cell[0] == subgroup)
    for subgroup in tested & {subgroup for subgroup, _ in hidden}:
        hidden.update(cell for cell in cells if cell[0] == subgroup and cell[1])


def _hide_one(sums: Sequence[_Sum], cells: Mapping[Cell, int], hidden: set[Cell]) -> bool:
    """Hide the smallest cell left in some sums, and say whether there was one.

    Parts go before totals, people before nobody, and the number who answered last, since
    everything about a subgroup goes with it.
    """
    totals = {one_sum.total for one_sum in sums}
    left = {cell for s in sums for cell in (s.total, *s.parts)} - hidden
    if not left:
        return False
    hidden.add(min(left, key=lambda c: (c[1] == "", c in totals, cells[c] == 0, cells[c], c)))
    return True


def _find_determined(sums: Sequence[_Sum], hidden: set[Cell]) -> set[Cell]:
    """List the hidden cells that follow from the others by solving all sums together.

    With what is shown moved to the other side, each sum is an equation in the hidden cells. One
    of them is determined exactly when no solution of the homogeneous equations moves it.
    """
    equations = [
        {
            cell: sign
            for cell, sign in ((one_sum.total, -1.0), *((part, 1.0) for part in one_sum.parts))
            if cell in hidden
        }
        for one_sum in sums
    ]
    unknown = sorted({cell for equation in equations for cell in equation})
    if not unknown:
        return set()
    column = {cell: index for index, cell in enumerate(unknown)}
    matrix = np.zeros((len(equations), len(unknown)))
    for row, equation in enumerate(equations):
        for cell, sign in equation.items():
            matrix[row, column[cell]] = sign
    _, singular, right = np.linalg.svd(matrix, full_matrices=True)
    moves = right[int((singular > 1e-9).sum()) :]
    moved = np.abs(moves).max(axis=0, initial=0.0)
    return {cell for cell, move in zip(unknown, moved, strict=True) if move < 1e-9}
