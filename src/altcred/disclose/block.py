"""The estimates of one variable in one wave, and which of them go."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from altcred.core.intervals import Interval, read_interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import ZEROS, find_statistic
from altcred.disclose.cells import Cell, Sums, count_cells, find_sums, name_cell
from altcred.disclose.choosing import choose_cells, spread_to_subgroups
from altcred.disclose.moments import spread_means, tells_cells
from altcred.disclose.places import ASKED, MOVED, SQUARES, STAYED, SUM

# Counts of rows in the flow from export to respondents, not of people who gave an answer.
FLOW_VARIABLES = frozenset(
    {
        *("raw_rows", "dropped", "shared_addresses", "without_code", "unfinished", "unjoined"),
        *("without_weight", "repeats"),
        *("without_first", "without_second", "tied_first", "tied_second"),
        *("disagreeing", "earlier"),
    }
)
# What goes where sums of answers tell how many are in a range of them.
_MOMENTS = {"mean", "std", "std_error", "sum"}
_ZERO = Interval(0, 0, closed_high=True)


class Block:
    """The estimates of one variable in one wave: what is hidden of them, and why.

    `rows` are the estimates, `at` their places in the whole table; the other arguments are as
    suppress_small_cells has them, of this variable. `hidden_rows` are the places of those that go,
    `without_n` of those whose n goes too.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        at: np.ndarray,
        *,
        minimum: int,
        divisions: Mapping[str, Collection[Collection[str]]],
        nets: Mapping[str, Collection[str]],
        is_exclusive: bool,
        same_as: Mapping[str, str],
        numbers: Mapping[str, float],
        shares_first: bool,
        is_rounded: bool = False,
    ) -> None:
        self.rows = rows
        self._at, self._minimum, self._divisions, self._numbers = at, minimum, divisions, numbers
        self._found = find_sums(count_cells(rows), divisions, nets, is_exclusive, same_as)
        self._kinds = {name: find_statistic(name) for name in rows["statistic"].unique()}
        is_test = rows["statistic"].map(lambda name: self._kinds[name].is_test).astype(bool)
        tested = set(rows["subgroup"][is_test | bool(numbers)])
        self._kept: set[str] = set()
        if is_rounded:
            # A mean stays where all shares do, and is worked out from these.
            self._kept = set(rows["subgroup"]) if numbers else set()
            self._divisions = {}
        elif numbers and shares_first:
            self._kept = _find_mostly_shown(self._found, minimum, set(rows["subgroup"][is_test]))
        self._tested = set() if is_rounded else tested - self._kept
        self._hidden = choose_cells(self._found, minimum, self._tested, is_rounded=is_rounded)
        # Subgroups of which not even it is told how many were asked.
        self._unasked: set[str] = set()
        self._without_moments: set[str] = set()
        # Subgroups of which it is told only how many answered, and how these changed.
        self._silent: set[str] = set()
        # Those of whose pairs it is told only who moved.
        self._moved: set[str] = set()
        self.settle()

    def hide(self, subgroup: str, category: str) -> None:
        """Hide a further cell, until `settle` without the estimates that go with it."""
        if category in (ASKED, NOT_REPORTED):
            self._unasked.add(subgroup)
        elif category in (SUM, SQUARES):
            self._without_moments.add(subgroup)
        else:
            self._hidden.add((subgroup, category))
            spread_to_subgroups(self._hidden, self._found.cells, self._tested)

    def silence(self, subgroup: str) -> None:
        """Hide what a subgroup answered, but for how many did and how it changed.

        Of pairs by one answer these are the ones who moved, unless few did.
        """
        cells = self._found.cells
        moved, stayed = ([(subgroup, one) for one in of] for of in (MOVED, STAYED))
        if not {*moved, *stayed} <= cells.keys():
            self._silent.add(subgroup)
        elif (subgroup, "") not in self._hidden and not any(
            0 < cells[one] < self._minimum for one in moved
        ):
            self._moved.add(subgroup)
            self._tested.discard(subgroup)
            self._hidden = self._hidden.difference(moved).union(stayed)
        self.settle()

    def hides(self, subgroup: str, *, counts: bool) -> bool:
        """Tell whether the mean of a subgroup is hidden, or some count, though it is not silent."""
        gone = set(self.hidden_rows) if subgroup not in self._silent else set[int]()
        return any(
            place in gone and row.value == row.value and row.subgroup == subgroup
            and ((row.statistic == "mean" and not row.category)
                 or (counts and row.statistic == "count" and row.category != NOT_REPORTED))
            for place, row in zip(self._at, self.rows.itertuples(index=False), strict=True)
        )  # fmt: skip

    def shown(self) -> pd.DataFrame:
        """Return the estimates as they are shown."""
        rows = self.rows.copy()
        rows["n"] = rows["n"].astype(float)
        values, n = (rows.columns.get_loc(one) for one in ("value", "n"))
        place = {at: number for number, at in enumerate(self._at)}
        rows.iloc[[place[at] for at in self.hidden_rows], values] = np.nan
        rows.iloc[[place[at] for at in self.without_n], n] = np.nan
        return rows

    def settle(self) -> None:
        """Find which estimates go with the cells that are hidden."""
        rows, minimum, hidden, cells = self.rows, self._minimum, self._hidden, self._found.cells
        # What tells how many moved tells no more where it is shown who did.
        partly_hidden = {
            subgroup
            for subgroup, category in hidden
            if category in MOVED or subgroup not in self._moved
        }
        telling = {
            subgroup
            for subgroup in partly_hidden & set(rows["subgroup"])
            if self._numbers
            and (subgroup in self._kept or tells_cells(cells, subgroup, self._numbers, minimum))
        }
        whole = {subgroup for subgroup, category in hidden if not category}
        ranges = _list_ranges(cells, hidden)
        telling = spread_means(cells, telling, whole, self._divisions, minimum)
        # What is hidden once stays so, since the attack goes on from what was hidden before.
        without = spread_means(cells, self._without_moments, whole, self._divisions, minimum)
        self._without_moments = without
        self.hidden_rows: list[int] = []
        self.without_n: list[int] = []
        # Of a difference of shares, where it would tell who stayed.
        self.without_interval: list[int] = []
        for place, row in zip(self._at, rows.itertuples(index=False), strict=True):
            kind = self._kinds[row.statistic]
            is_whole = row.subgroup in whole or (
                row.category == NOT_REPORTED and row.subgroup in self._unasked
            )
            is_cell = name_cell(row.subgroup, row.category, row.statistic) in hidden
            is_of_few = 0 < row.n < minimum
            is_moved = row.subgroup in self._moved
            is_told = (
                kind.is_test
                and (row.subgroup in partly_hidden or (is_moved and not kind.is_change))
            ) or (row.subgroup in telling and not row.category and row.statistic != "nobs")
            is_told |= row.subgroup in without and not row.category and row.statistic in _MOMENTS
            if kind.steps:
                is_told = row.n < minimum * kind.steps or (
                    row.subgroup in partly_hidden and _tells_hidden(row.value, ranges[row.subgroup])
                )
            is_told |= row.subgroup in self._silent and not (
                kind.is_change or row.statistic == "nobs" or row.category == NOT_REPORTED
            )
            if is_whole or is_cell or is_of_few or is_told:
                self.hidden_rows.append(place)
                if is_whole or is_of_few or kind.has_cells_as_n:
                    self.without_n.append(place)
            elif is_moved and row.low == row.low and kind.unit == "points":
                self.without_interval.append(place)


def _find_mostly_shown(found: Sums, minimum: int, tested: set[str]) -> set[str]:
    """Return the subgroups without tests of which shares of at least half can be shown."""
    cells, hidden = found.cells, choose_cells(found, minimum, tested)
    people = {
        name: n
        for (name, category), n in cells.items()
        if not category and (name, "") not in hidden
    }
    gone = {name: sum(cells[one] for one in hidden if one[0] == name) for name in people}
    return {name for name, n in people.items() if 2 * gone[name] <= n} - tested


def _list_ranges(
    cells: Collection[Cell], hidden: Collection[Cell]
) -> dict[str, list[tuple[Interval, bool]]]:
    """Return by subgroup the ranges of a number's answers, and whether each is hidden."""
    ranges: dict[str, list[tuple[Interval, bool]]] = defaultdict(list)
    for subgroup, category in cells:
        held = _ZERO if category == ZEROS else read_interval(category)
        if held is not None or (category and (subgroup, category) in hidden):
            # Of a group by its name nobody knows here where it lies.
            is_hidden = (subgroup, category) in hidden
            ranges[subgroup].append((held or Interval(None, None), is_hidden))
    return ranges


def _tells_hidden(value: float, ranges: Sequence[tuple[Interval, bool]]) -> bool:
    """Tell whether a quantile may say how many people are in a hidden range."""
    gone = [one for one, is_hidden in ranges if is_hidden]
    return not any(
        all(_ends_by(one, own.low) for one in gone)
        or all(_begins_at(one, own.high) for one in gone)
        for own, is_hidden in ranges
        if not is_hidden and own.holds(value)
    )


def _ends_by(one: Interval, low: float | None) -> bool:
    """Tell whether a range ends before a number, or just at it."""
    if one.high is None or low is None:
        return False
    return one.high < low or (one.high == low and not one.closed_high)


def _begins_at(one: Interval, high: float | None) -> bool:
    return one.low is not None and high is not None and one.low >= high
