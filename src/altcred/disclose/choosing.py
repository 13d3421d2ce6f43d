"""Chooses which cells to hide, so that no small one follows from what is left."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from altcred.disclose.cells import Cell, Sum, Sums

# Why a count is hidden: it is of few people, or it would tell how many are in one that is.
Reason = Literal["few", "tells"]


def choose_hidden_counts(counts: Mapping[str, int], minimum: int) -> dict[str, Reason]:
    """Choose which counts to hide of some that add up to a total which is shown beside them.

    `counts` are numbers of people by name. Those of 1 to `minimum` - 1 people go, and with them
    the smallest others, until what is hidden holds `minimum` people at least and none of it
    follows from the total. If the total is itself so small all go, since one that is shown as
    nobody's would leave the total to the others.
    """
    whole: Cell = ("", "")
    # The total has a name of its own, since a count may be named ''.
    found = Sums({whole: sum(counts.values())} | {(name, "of it"): n for name, n in counts.items()})
    found.add(whole, [cell for cell in found.cells if cell != whole])
    hidden = choose_cells(found, minimum, set())
    if whole in hidden:
        return dict.fromkeys(counts, "few")
    return {name: "few" if 0 < counts[name] < minimum else "tells" for name, _ in hidden}


def choose_cells(
    found: Sums, minimum: int, tested: set[str], *, is_rounded: bool = False
) -> set[Cell]:
    """Return the cells to hide: the small ones, and others until none follows from one sum.

    `tested` are the subgroups with tests, from which their cells can be worked out. Where counts
    are rounded none follows from one sum.
    """
    small = {cell for cell, count in found.cells.items() if 0 < count < minimum}
    if is_rounded:
        hidden = small - found.left_over
        spread_to_subgroups(hidden, found.cells, tested)
        return hidden
    hidden = small | found.left_over
    return _hide_by_sums(found, small, hidden, minimum, tested) if small else set()


def hide_further(found: Sums, secret: set[Cell], hidden: set[Cell], minimum: int) -> set[Cell]:
    """Return the hidden cells, and others until no secret one follows from all sums together."""
    cells, sums = found.cells, found.sums
    if not secret:
        return set()
    while True:
        hidden = _hide_by_sums(found, secret, hidden, minimum, set())
        revealed = _find_determined(sums, hidden) & secret
        if not revealed:
            return hidden
        near = [one_sum for one_sum in sums if revealed & set(one_sum.cells)]
        if not _hide_one(near, cells, hidden) and not _hide_one(sums, cells, hidden):
            return set(cells)


def _hide_by_sums(
    found: Sums, secret: set[Cell], hidden: set[Cell], minimum: int, tested: set[str]
) -> set[Cell]:
    hidden, grown = set(hidden), True
    while grown:
        spread_to_subgroups(hidden, found.cells, tested)
        grown = False
        for one_sum in found.sums:
            if not _is_safe(one_sum, found, hidden, secret, minimum):
                grown |= _hide_one([one_sum], found.cells, hidden)
    return hidden


def _is_safe(one_sum: Sum, found: Sums, hidden: set[Cell], small: set[Cell], minimum: int) -> bool:
    """Tell whether what is hidden of a sum holds enough people, so that none can be made out."""
    gone = hidden.intersection(one_sum.cells)
    # A large rest is no secret; a cell hidden for the sake of another one is, for its sake.
    if gone <= found.left_over - small:
        return True
    if len(gone) == 1:
        return False
    if one_sum.total in hidden or not gone & small:
        return True
    # As many people as cells would mean one in each, since no empty cell is hidden for being
    # small; so the suppressed cells must hold more people than that.
    return sum(found.cells[cell] for cell in gone) >= max(minimum, len(gone) + 1)


def spread_to_subgroups(hidden: set[Cell], cells: Mapping[Cell, int], tested: set[str]) -> None:
    """Hide all of a subgroup whose n is hidden, and all paired cells where one is."""
    for subgroup in {subgroup for subgroup, category in hidden if category == ""}:
        hidden.update(cell for cell in cells if cell[0] == subgroup)
    for subgroup in tested & {subgroup for subgroup, _ in hidden}:
        hidden.update(cell for cell in cells if cell[0] == subgroup and cell[1])


def _hide_one(sums: Sequence[Sum], cells: Mapping[Cell, int], hidden: set[Cell]) -> bool:
    """Hide the smallest cell left in some sums, and say whether there was one.

    Parts go before totals, people before nobody, and the number who answered last, since
    everything about a subgroup goes with it.
    """
    totals = {one_sum.total for one_sum in sums}
    left = {cell for one_sum in sums for cell in one_sum.cells} - hidden
    if not left:
        return False
    hidden.add(min(left, key=lambda c: (c[1] == "", c in totals, cells[c] == 0, cells[c], c)))
    return True


def _find_determined(sums: Sequence[Sum], hidden: set[Cell]) -> set[Cell]:
    """List the hidden cells that follow from the others by solving all sums together.

    With what is shown moved to the other side, each sum is an equation in the hidden cells. One
    of them is determined exactly when no solution of the homogeneous equations moves it.
    """
    unknown = sorted({cell for one_sum in sums for cell in one_sum.cells if cell in hidden})
    if not unknown:
        return set()
    column = {cell: index for index, cell in enumerate(unknown)}
    matrix = np.zeros((len(sums), len(unknown)))
    for row, one_sum in enumerate(sums):
        for cell in one_sum.cells:
            if cell in hidden:
                matrix[row, column[cell]] = -1.0 if cell == one_sum.total else 1.0
    _, singular, right = np.linalg.svd(matrix, full_matrices=True)
    moves = right[int((singular > 1e-9).sum()) :]
    moved = np.abs(moves).max(axis=0, initial=0.0)
    return {cell for cell, move in zip(unknown, moved, strict=True) if move < 1e-9}
