"""Rounds what the door shows: counts to a base, and all else so that it tells no more than these.

- Counts and numbers of people go to the nearest multiple of the base, halves up.
- Shares, their intervals, and what is worked out of counts alone (differences of the same people,
  means of a scale) are worked out anew from rounded counts.
- Means, standard deviations and their intervals go to a step of 1, 2 or 5 times a power of ten, no
  less than `base` people whose answers lie a standard deviation apart add to a mean. A sum is the
  rounded mean times the rounded number of people.
- Tests, effect sizes and weighted shares keep two digits.
- Medians and quantiles stay: they are answers.
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from altcred.core.distribution import bound_shares, describe_numbers
from altcred.core.records import NOT_REPORTED, Recorder
from altcred.core.statistics import find_statistic
from altcred.core.weights import WEIGHTED
from altcred.disclose.places import ASKED, SQUARES, SUM, Ends, Place

_COUNTS = {"count", "nobs", "zeros_count"}
_ENDS = ["value", "low", "high"]
# What is told of a scale's answers and follows from their counts.
_OF_COUNTS = {"mean", "std", "median"}
_Counts = TypeVar("_Counts", int, float, pd.Series)
# Of these the numbers are none of people, or are answers.
_KEPT = {"nunique", "stuart_maxwell_df"}


def round_counts(counts: _Counts, base: int) -> _Counts:
    """Return counts to the nearest multiple of a base, halves up; as they are without one."""
    return (2 * counts + base) // (2 * base) * base if base else counts


def round_ends(counts: Mapping[Place, float], base: int, minimum: int) -> dict[Place, Ends]:
    """Return the least and the greatest counts that are shown as these are.

    A count of nobody is shown as such, and no smaller one than the minimum is shown at all, but
    of those who gave no answer. Without a base every count is shown as it is.
    """
    if not base:
        return {place: (count, count) for place, count in counts.items()}
    ends: dict[Place, Ends] = {}
    for place, count in counts.items():
        if place[2] in (SUM, SQUARES):
            # Rounded means tell too little of a sum to be told from rounded counts.
            continue
        shown = round_counts(count, base)
        low, high = -(-(2 * shown - base) // 2), -(-(2 * shown + base) // 2) - 1
        is_missing = place[2] in (ASKED, NOT_REPORTED)
        if count or is_missing:
            ends[place] = (max(low, 0 if is_missing else minimum), high)
        else:
            ends[place] = (0, 0)
    return ends


def round_estimates(
    shown: pd.DataFrame, base: int, coded: Mapping[str, Mapping[str, float]] | None = None
) -> pd.DataFrame:
    """Return estimates that the door shows with counts rounded to a base, and all else with them.

    `coded` maps a variable of which a mean is told to the number behind each of its categories.
    """
    rows = shown.reset_index(drop=True)
    rows[["n", *_ENDS]] = rows[["n", *_ENDS]].astype(float)
    kinds = rows["statistic"].map(find_statistic)
    is_weighted = rows["note"].eq(WEIGHTED)
    is_share = rows["statistic"].eq("proportion") | kinds.map(
        lambda kind: (bool(kind.cell) and kind.unit == "share") or kind.has_cells_as_n
    )
    is_share &= ~is_weighted & rows["n"].notna()
    people = round_counts((rows["value"] * rows["n"]).round(), base)
    rows["n"] = round_counts(rows["n"], base)
    is_count = rows["statistic"].isin(_COUNTS)
    rows.loc[is_count, "value"] = round_counts(rows["value"], base)
    is_share &= rows["n"] > 0
    rows.loc[is_share, "value"] = (people / rows["n"]).map(lambda one: float(f"{one:.6g}"))
    bounded = is_share & rows["low"].notna()
    rows.loc[bounded, ["low", "high"]] = bound_shares(
        rows.loc[bounded, "value"].to_numpy(), rows.loc[bounded, "n"].to_numpy()
    ).round(9)
    left = rows[~is_count & ~is_share & rows["value"].notna()]
    for (variable, subgroup, wave), group in left.groupby(["variable", "subgroup", "wave"]):
        numbers = (coded or {}).get(str(variable), {})
        counts = _count_cells(rows, wave, subgroup, variable)
        for _, one in group.groupby("category"):
            _round_numbers(rows, one, base, counts, numbers)
    return rows


def _count_cells(rows: pd.DataFrame, *key: object) -> dict[str, float]:
    """Return the rounded counts of a variable in a subgroup, by their categories."""
    inside = rows["statistic"].eq("count")
    for column, value in zip(("wave", "subgroup", "variable"), key, strict=True):
        inside &= rows[column].eq(value)
    return dict(zip(rows.loc[inside, "category"], rows.loc[inside, "value"], strict=True))


def _round_numbers(
    rows: pd.DataFrame,
    group: pd.DataFrame,
    base: int,
    counts: Mapping[str, float],
    numbers: Mapping[str, float],
) -> None:
    """Round the numbers that are told of one category, or of all of a variable's answers."""
    of_counts = _describe_anew(group, counts, numbers)
    places = {str(name): at for at, name in group["statistic"].items()}
    step = _find_step(group, base)
    for name, at in places.items():
        kind, n = find_statistic(name), rows.at[at, "n"]
        if name in of_counts:
            rows.loc[at, _ENDS] = of_counts[name]
        elif kind.is_given or name in _KEPT or n != n or name == "sum":
            continue
        elif name == "ttest_rel_df":
            rows.at[at, "value"] = n - 1
        elif kind.unit == "p value":
            rows.at[at, "value"] = _keep_digits(rows.at[at, "value"], 1, 2)
        elif kind.unit in ("share", "points", "score"):
            rows.loc[at, _ENDS] = (
                rows.loc[at, _ENDS].astype(float).round(0 if kind.unit == "score" else 2)
            )
        elif kind.unit == "own" and name != "std_error" and step == step:
            if step:
                rows.loc[at, _ENDS] = [
                    float(f"{round(one / step) * step:.12g}") if one == one else one
                    for one in rows.loc[at, _ENDS]
                ]
        else:
            digits = 3 if kind.unit == "own" and name != "std_error" else 2
            rows.loc[at, _ENDS] = [_keep_digits(one, digits) for one in rows.loc[at, _ENDS]]
    if {"sum", "mean"} <= places.keys():
        rows.at[places["sum"], "value"] = (
            rows.at[places["mean"], "value"] * rows.at[places["mean"], "n"]
        )


def _describe_anew(
    group: pd.DataFrame, counts: Mapping[str, float], numbers: Mapping[str, float]
) -> dict[str, tuple[float, float, float]]:
    """Return what follows from rounded counts, by its statistic."""
    found: dict[str, tuple[float, float, float]] = {}
    first = group.iloc[0]
    if {"only_first", "only_second"} <= counts.keys() and "difference" in set(group["statistic"]):
        row = group[group["statistic"].eq("difference")].iloc[0]
        total = sum(one for one in counts.values() if one == one)
        if total:
            gap = (counts["only_second"] - counts["only_first"]) / total
            moved = gap - row.value
            low, high = np.round(np.clip([row.low + moved, row.high + moved], -1, 1), 2)
            found["difference"] = (round(gap, 6), float(low), float(high))
    told = {name: counts.get(name, 0.0) for name in numbers}
    is_plain = not first.category and not group["note"].eq(WEIGHTED).any()
    if is_plain and sum(told.values()) > 0 and _OF_COUNTS & set(group["statistic"]):
        values = np.array([numbers[name] for name in told])
        people = np.array(list(told.values()))
        limits = (float(values.min()), float(values.max()))
        given = people > 0
        for one in describe_numbers(
            Recorder("", ""), values[given], people[given], {}, is_skewed=False, limits=limits
        ):
            if one.statistic in _OF_COUNTS:
                mean, low, high = (float(f"{end:.6g}") for end in (one.value, one.low, one.high))
                found[one.statistic] = mean, low, high
    return found


def _find_step(group: pd.DataFrame, base: int) -> float:
    """Return the step that means of a group are rounded to; NaN where no spread is known.

    It is no less than what `base` people add to the mean whose answers lie a standard deviation
    from it.
    """
    told = group.set_index("statistic")
    spread = next(
        (told.at[one, "value"] for one in ("std", "std_difference") if one in told.index), np.nan
    )
    n = group["n"].max()
    if spread != spread:
        # An interval is about four standard errors wide.
        width = (told["high"] - told["low"]).reindex(["mean", "mean_difference"]).max()
        spread = width / 4 * n**0.5
    if not spread > 0 or not n > 0:
        return float(spread)
    least = base * spread / n
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(power * one for one in (1, 2, 5, 10) if power * one >= least * (1 - 1e-9)))


def _keep_digits(number: float, digits: int, decimals: int = 0) -> float:
    """Return a number with so many significant digits, or so many decimals where these are more."""
    if number != number or number == 0:
        return float(number)
    return (
        float(f"{number:.{digits}g}")
        if not decimals or abs(number) < 10.0**-decimals
        else float(round(number, decimals))
    )
