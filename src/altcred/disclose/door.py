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
- Of a scale either some shares or the mean and spread are shown, since together they tell the
  hidden ones. Where shares of at least half of a subgroup can be shown, and the mean is told
  nowhere else (`shares_first`), they stay and its mean goes; elsewhere all shares of the subgroup
  go, and the mean stays, unless a small cell could be worked out from it. Where a mean goes,
  further means go until it does not follow from those of the whole and of its other parts.
- Smallest and largest values go, since each is one person's answer. Quantiles stay where between
  two of them, and beyond the outermost, lie at least `minimum` people; and where ranges of answers
  are hidden only as far as these all lie on one side of the quantile's own range. What a quantile
  says of the people below it is then what the shown ranges below, or above it, say too.
- `not_reported` says only that somebody gave no answer; it is never small by itself, and goes
  with the number who answered, which it would give away, and where its n, the size of a subgroup,
  is small.

Which statistic is a test, and which is one person's value, the registry of statistics says.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from altcred.core.intervals import Interval, read_interval
from altcred.core.statistics import ZEROS, find_statistic
from altcred.disclose.cells import Cell, Sums, count_cells, find_sums, name_cell
from altcred.disclose.choosing import choose_cells
from altcred.disclose.moments import spread_means, tells_cells

# Counts of rows in the flow from export to respondents, not of people who gave an answer.
FLOW_VARIABLES = frozenset(
    {
        *("raw_rows", "dropped", "shared_addresses", "without_code", "unfinished", "unjoined"),
        "without_weight",
        *("without_first", "without_second", "tied_first", "tied_second"),
        *("disagreeing", "earlier"),
    }
)
ZERO = Interval(0, 0, closed_high=True)
EXTREME_NOTE = "suppressed: one person's value"


def suppress_small_cells(
    estimates: pd.DataFrame,
    *,
    minimum: int,
    partitions: Mapping[str, Collection[Collection[str]]] | None = None,
    groups: Mapping[str, Mapping[str, Collection[str]]] | None = None,
    exclusive: Collection[str] = (),
    same_as: Mapping[str, str] | None = None,
    coded: Mapping[str, Mapping[str, float]] | None = None,
    shares_first: Collection[str] = (),
    suppress_extremes: bool = True,
) -> pd.DataFrame:
    """Return the estimates with small cells, and what would reveal them, missing.

    `estimates` has the columns of estimates.csv. `minimum` is the fewest people a shown cell may
    hold; with 0 (or 1) the door is open and everything stays. `partitions` maps a subgroup to
    the lists of subgroups that each divide it (see partition_subgroups). `groups` maps a variable
    to its nets, and each net to its categories. `exclusive` names the variables of which a person
    gives one answer, so that the categories add up to those who answered; variables whose counts
    add up are treated so anyway. `same_as` maps a category that counts the people of a subgroup
    to that subgroup. `coded` maps a variable of which a mean is told to the number behind each
    of its categories, and `shares_first` those of them whose mean no other estimate gives away, as
    a score or a change would. Smallest and largest values go too unless `suppress_extremes` is
    False.

    What is suppressed has a missing value, low and high, and a note beginning "suppressed".
    UnknownStatistic where a statistic is not registered.
    """
    kinds = {name: find_statistic(name) for name in estimates["statistic"].unique()}
    shown = estimates.copy()
    if minimum <= 1:
        return shown
    shown["note"] = shown["note"].fillna("").astype(str)
    hidden_rows: list[int] = []
    without_n: list[int] = []
    positions = pd.Series(range(len(shown)), index=shown.index)
    for (_, variable), rows in shown.groupby(["wave", "variable"], sort=False):
        if variable in FLOW_VARIABLES:
            continue
        # A question may have a category of the same name; only counts of people have twins.
        twins = {} if variable in (groups or {}) else same_as or {}
        nets = (groups or {}).get(str(variable), {})
        found = find_sums(
            count_cells(rows), partitions or {}, nets, str(variable) in exclusive, twins
        )
        is_test = rows["statistic"].map(lambda name: kinds[name].is_test)
        numbers = (coded or {}).get(str(variable), {})
        tested, kept = set(rows["subgroup"][is_test | bool(numbers)]), set[str]()
        if numbers and variable in shares_first:
            kept = _find_mostly_shown(found, minimum, set(rows["subgroup"][is_test]))
        hidden = choose_cells(found, minimum, tested - kept)
        partly_hidden = {subgroup for subgroup, _ in hidden}
        telling = {
            subgroup
            for subgroup in partly_hidden & set(rows["subgroup"])
            if numbers
            and (subgroup in kept or tells_cells(found.cells, subgroup, numbers, minimum))
        }
        whole = {subgroup for subgroup, category in hidden if not category}
        ranges = _list_ranges(found.cells, hidden)
        telling = spread_means(found.cells, telling, whole, partitions or {}, minimum)
        for place, row in zip(positions[rows.index], rows.itertuples(index=False), strict=True):
            kind = kinds[row.statistic]
            is_whole = row.subgroup in whole
            is_cell = name_cell(row.subgroup, row.category, row.statistic) in hidden
            is_of_few = 0 < row.n < minimum
            is_told = (kind.is_test and row.subgroup in partly_hidden) or (
                row.subgroup in telling and not row.category and row.statistic != "nobs"
            )
            if kind.steps:
                is_told = row.n < minimum * kind.steps or (
                    row.subgroup in partly_hidden and _tells_hidden(row.value, ranges[row.subgroup])
                )
            if is_whole or is_cell or is_of_few or is_told:
                hidden_rows.append(place)
                if is_whole or is_of_few or kind.has_cells_as_n:
                    without_n.append(place)
    is_extreme = shown["statistic"].map(lambda name: kinds[name].is_extreme).astype(bool)
    if suppress_extremes:
        _blank(shown, np.flatnonzero(is_extreme & shown["value"].notna()), EXTREME_NOTE)
    _blank(shown, hidden_rows, f"suppressed: fewer than {minimum} people, or would reveal so few")
    if without_n:
        shown["n"] = shown["n"].astype(float)
        shown.iloc[without_n, shown.columns.get_loc("n")] = np.nan
    return shown


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
        held = ZERO if category == ZEROS else read_interval(category)
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


def _blank(estimates: pd.DataFrame, places: Sequence[int] | np.ndarray, note: str) -> None:
    for column in ("value", "low", "high"):
        estimates[column] = estimates[column].astype(float)
        estimates.iloc[places, estimates.columns.get_loc(column)] = np.nan
    estimates.iloc[places, estimates.columns.get_loc("note")] = note
