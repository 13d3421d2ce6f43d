"""Sentences about the middle of numbers and the mean of scales."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from altcred.core.records import ALL, Estimate
from altcred.kinds.phrases import (
    View,
    escape_markdown,
    join_words,
    quote,
    say_everybody,
    say_size,
    say_unanswered,
    say_weighted,
)
from altcred.kinds.registry import kind_of


def describe_number(
    view: View,
    name: str,
    *,
    did: str = "who gave a number",
    gave: str = "gave",
    less: str = "or less",
    subgroup: str = ALL,
) -> str:
    """Say where the middle of a number lies, and its mean."""
    n = view.size(name, subgroup)
    if n is None:
        return ""
    if untold := say_unanswered(n, "what they gave", "Nobody gave a number."):
        return untold
    median, mean, std = (view.find(name, "", one, subgroup) for one in ("median", "mean", "std"))
    if median is None or mean is None or not (median.is_shown or mean.is_shown):
        return f"What they gave is not shown, to protect small numbers ({say_size(view, n)})."
    least = view.find(name, "", "min", subgroup)
    middle = say_amount(view, _floor_year(view, name, median), name, "median")
    if n == 1:
        return f"The one person {did} {gave} {middle}."
    if std is not None and std.value == 0:
        return f"{say_everybody(view, n, view.people)} {did} {gave} {middle}."
    weighted = partial(say_weighted, found=[mean])
    average = view.write(mean, name, "mean")
    interval = ""
    if not math.isnan(mean.low):
        interval = f" (95% interval {view.write_interval(mean, name)})"
    most = view.find(name, "", "max", subgroup)
    people = f"{view.writer.number(n)} {view.people}"
    ends = [one for one in (least, most) if one is not None and one.is_shown]
    if least is None or most is None or len(ends) < 2 or not (median.is_shown and mean.is_shown):
        # Whether half lie below the median or at it, nobody may be told.
        told = [f"a median of {middle}"] if median.is_shown else []
        if mean.is_shown:
            first = escape_markdown(average) if told else say_amount(view, mean, name, "mean")
            told.append(f"a mean of {first}{escape_markdown(interval)}")
        return weighted(f"The {people} {did} {gave} {join_words(told)}.")
    if n == 2:
        two = join_words(say_amount(view, one, name, "min") for one in ends)
        return weighted(
            f"The two {view.people} {did} {gave} {two}; the mean is {escape_markdown(average)}."
        )
    # More than half may have given the median or less, unless it lies between two whole numbers.
    described = view.described(name)
    is_between = described is not None and kind_of(described).is_whole and median.value % 1
    half = "Half" if is_between else "At least half"
    if least.value == median.value:
        less = "each, the lowest number given"
    elif most.value == median.value:
        less = "each, the highest number given"
    return weighted(
        f"{half} of the {people} {did} {gave} {middle} {less}; the mean is "
        f"{escape_markdown(average)}{escape_markdown(interval)}."
        f"{_say_ends(view, name, subgroup)}"
    )


def describe_mean(
    view: View, name: str, ends: Sequence[tuple[float, str]], subgroup: str = ALL
) -> str:
    """Say where the mean of a scale lies between its `ends`; nothing where all gave one answer."""
    mean, std = view.shown(name, "", "mean", subgroup), view.find(name, "", "std", subgroup)
    if mean is None or std is None or std.value == 0:
        return ""
    interval = view.write_interval(mean, name)
    sure = f"; 95% interval {escape_markdown(interval)}" if interval else ""
    return say_weighted(
        f"On a {say_scale(view, ends)} the mean is "
        f"{escape_markdown(view.write(mean, name, 'mean'))} (standard deviation "
        f"{escape_markdown(view.write(std, name, 'std'))}{sure}).",
        [mean],
    )


def say_scale(view: View, ends: Sequence[tuple[float, str]]) -> str:
    """Name the ends of a scale, each by its number and its label."""
    low, high = (
        f"{plain} ({quote(label)})" if label != plain else plain
        for number, label in ends
        for plain in [view.writer.number(number, None)]
    )
    return f"scale from {low} to {high}"


def _floor_year(view: View, name: str, median: Estimate) -> Estimate:
    """Return the median; of two middle years the earlier, which half gave or an earlier one."""
    described = view.described(name)
    if described is None or kind_of(described).less == "or less" or not median.is_shown:
        return median
    return replace(median, value=math.floor(median.value))


def _say_ends(view: View, name: str, subgroup: str) -> str:
    ends = [found for one in ("min", "max") if (found := view.shown(name, "", one, subgroup))]
    if len(ends) < 2:
        return ""
    low, high = (view.write(one, name, "min") for one in ends)
    return f" The answers run from {escape_markdown(low)} to {escape_markdown(high)}."


def say_amount(view: View, found: Estimate, name: str, statistic: str) -> str:
    """Write a number with its unit: 33 years, 1 hour a week, $36,000."""
    text = view.write(found, name, statistic)
    unit = view.unit(name)
    described = view.described(name)
    if not unit or (described is not None and kind_of(described).is_money):
        return escape_markdown(text)
    if found.value == 1:
        unit = re.sub(r"s\b", "", unit, count=1)
    return escape_markdown(f"{text} {unit}")
