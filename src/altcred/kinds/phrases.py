"""Sentences about answers: true for any numbers, whatever is hidden, tied, missing or small."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from altcred.core.numbers import Writer
from altcred.core.records import ALL, Estimate
from altcred.core.weights import WEIGHTED
from altcred.kinds.registry import kind_of
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick

# Below so many people a share is told as a number of people.
SMALL = 20
# Shares that lie no further apart are called about equal.
ABOUT_EQUAL = 0.03
OTHER = "other"
NOT_SHOWN = "a number not shown"
PROTECT = "to protect small numbers"


class View(Protocol):
    """What sentences need of a wave's estimates, and of the words for them."""

    @property
    def wave(self) -> str: ...

    @property
    def writer(self) -> Writer: ...

    @property
    def people(self) -> str: ...

    @property
    def rounds_to(self) -> int: ...

    def find(
        self, variable: str, category: str = "", statistic: str = "", subgroup: str = ALL
    ) -> Estimate | None: ...

    def size(self, variable: str, subgroup: str = ALL) -> float | None: ...

    def label(self, variable: str, category: str = "") -> str: ...
    def categories(
        self, variable: str, *, top: int | None = None, falling: bool = False
    ) -> list[str]: ...

    def types(self) -> list[str]: ...

    def subgroup_label(self, subgroup: str) -> str: ...

    def write(self, estimate: Estimate, variable: str, statistic: str) -> str: ...

    def described(self, variable: str) -> Variable | None: ...

    def unit(self, variable: str) -> str: ...

    def yardstick(self, variable: str, *, paired: bool) -> Yardstick | None: ...

    def write_interval(self, estimate: Estimate, variable: str) -> str: ...


def escape_markdown(text: str) -> str:
    """Return a text in which nothing is read as Markdown, mathematics or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#$|~^@])", r"\\\1", text)


def plain_text(text: str) -> str:
    """Return Markdown as the text it stands for."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text).strip()


def quote(label: str) -> str:
    """Return a label in quotation marks, as it is written."""
    return f"“{escape_markdown(label)}”"


def join_words(items: Iterable[str], last: str = "and") -> str:
    """Write things one after the other: a, b and c."""
    texts = list(items)
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def begin_sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def say_share(view: View, found: Estimate) -> str:
    """Write a share: as a percentage, or of few people as their number."""
    if not found.is_shown:
        return NOT_SHOWN
    # Of people who count unequally a share is of no number of them.
    if found.n < SMALL and found.note != WEIGHTED:
        return view.writer.spell(found.value * found.n)
    return view.writer.share(found.value)


def say_weighted(text: str, found: Iterable[Estimate | None]) -> str:
    """Return a sentence that says so where one of its numbers is weighted."""
    if not text or not any(one is not None and one.note == WEIGHTED for one in found):
        return text
    return f"Weighted, {text[0].lower()}{text[1:]}"


def say_unanswered(n: float, what: str, nobody: str = "Nobody answered.") -> str:
    """Say that nobody answered, or too few to show `what`; nothing where that can be shown."""
    if math.isnan(n):
        return f"Too few answered to show {what}."
    return "" if n else nobody


def say_everybody(view: View, n: float, people: str) -> str:
    """Write that all of so many did something: Both learners, All 12 learners."""
    whole = "All or nearly all of" if view.rounds_to else "All"
    return f"Both {people}" if n == 2 else f"{whole} {view.writer.number(n)} {people}"


def say_whose(people: str) -> str:
    """Write whose responses they are: of learners; nothing of respondents, whose all are."""
    return "" if people == "respondents" else f" of {escape_markdown(people)}"


# Shares ----------------------------------------------------------------------------------------


def describe_shares(
    view: View,
    name: str,
    *,
    did: str = "who answered",
    several: bool = False,
    each: bool = False,
    subgroup: str = ALL,
) -> str:
    """Say which answers were given most often, of those `did` tells.

    `several`: a person could give more than one; `each`: each may be answered by itself.
    """
    n = view.size(name, subgroup)
    if n is None:
        return ""
    if untold := say_unanswered(n, "how they spread"):
        return untold
    found = {
        one: estimate
        for one in view.categories(name)
        if (estimate := view.find(name, one, "", subgroup)) is not None
    }
    hidden = sum(not one.is_shown for one in found.values())
    # "None of these" is no answer among the others, however many chose it.
    exclusive = one.exclusive if (one := view.described(name)) is not None else []
    apart = {one: found.pop(one) for one in exclusive if one in found}
    few = [one for one in found if found[one].is_shown and found[one].n < n / 2]
    ranked = [one for one in found if found[one].is_shown and one not in few]
    ranked.sort(key=lambda one: -found[one].value)
    text = _rank(view, name, ranked, found, n, did=did, several=several, hidden=hidden)
    whom = "who answered it" if each else "to whom it was offered"
    found |= apart
    more = [
        f"{quote(view.label(name, one))} was chosen by {say_share(view, found[one])} of the "
        f"{view.writer.number(found[one].n)} {did if one in apart else whom}."
        for one in [*few, *apart]
        if found[one].is_shown and found[one].value > 0
    ]
    if each and any(found[one].n < n for one in ranked):
        more.insert(0, "Each share is of those who answered that option.")
    return say_weighted(" ".join([text, *more]), found.values())


def _rank(
    view: View,
    name: str,
    ranked: Sequence[str],
    found: dict[str, Estimate],
    n: float,
    *,
    did: str,
    several: bool,
    hidden: int,
) -> str:
    given = [one for one in ranked if found[one].value > 0]
    people = f"the {view.writer.number(n)} {view.people} {did}"
    if not given:
        if hidden:
            return f"What {people} chose is not shown, {PROTECT}."
        return f"None of {people} chose any of the answers."

    def named(one: str) -> str:
        return f"{quote(view.label(name, one))} ({say_share(view, found[one])})"

    everybody = [one for one in given if found[one].value == 1 and found[one].n == n]
    if everybody:
        labels = join_words(quote(view.label(name, one)) for one in everybody)
        who = f"The one person {did}" if n == 1 else f"{say_everybody(view, n, view.people)} {did}"
        rest = [one for one in given if one not in everybody][:2]
        also = f"; {join_words(named(one) for one in rest)} came next" if several and rest else ""
        return f"{who} chose {labels}{also}."
    if hidden:
        left = 1 - sum(found[one].value for one in ranked)
        may_lead = several or left > found[given[0]].value
        answers = "answer is" if hidden == 1 else "answers are"
        return (
            f"Of the answers shown, {_lead(view, name, given, found, named)}; "
            f"{view.writer.spell(hidden)} {answers} not shown, {PROTECT}"
            + (", and may have been chosen more often." if may_lead else ".")
        )
    of = f"Of {people}, "
    if len(given) == 2 and len(found) == 2 and not several:
        first, second = given
        return (
            f"{of}{say_share(view, found[first])} chose {quote(view.label(name, first))} and "
            f"{say_share(view, found[second])} {quote(view.label(name, second))}."
        )
    if given[0] == OTHER and len(given) > 1:
        lead = _lead(view, name, given[1:], found, named)
        share = say_share(view, found[OTHER])
        other = quote(view.label(name, OTHER))
        return f"{of}{share} gave an answer counted as {other}; of the answers listed, {lead}."
    if not several and found[given[0]].value > 0.5:
        rest = [named(one) for one in _next(view, given[1:], found)]
        after = f", followed by {join_words(rest)}" if rest else ""
        return f"{of}most chose {named(given[0])}{after}."
    return f"{of}{_lead(view, name, given, found, named)}."


def _lead(
    view: View,
    name: str,
    given: Sequence[str],
    found: dict[str, Estimate],
    named: Callable[[str], str],
) -> str:
    """Say which answer leads, or which lead together, and what follows."""
    best = say_share(view, found[given[0]])
    leaders = [one for one in given if say_share(view, found[one]) == best]
    # Shares that only look the same as they are written are not the same.
    is_same = math.isclose(found[leaders[0]].value, found[leaders[-1]].value, abs_tol=1e-9)
    same = "the same share" if is_same else "about the same share"
    if len(leaders) == len(found) and len(found) > 1:
        count = view.writer.spell(len(found))
        every = "both answers" if len(found) == 2 else f"all {count} answers"
        return f"{every} were chosen by {same} ({best} each)"
    if len(leaders) > 4:
        return f"{view.writer.spell(len(leaders))} answers were chosen most often ({best} each)"
    if len(leaders) > 1:
        labels = join_words(quote(view.label(name, one)) for one in leaders)
        return f"{labels} were chosen most often, by {same} ({best} each)"
    first, *rest = given
    close = [one for one in rest if found[first].value - found[one].value <= ABOUT_EQUAL]
    if close:
        together = join_words(named(one) for one in [first, *close[:2]])
        if len(close) <= 2:
            return f"{together} were chosen about equally often"
    after = [named(one) for one in _next(view, rest, found)]
    follow = f", followed by {join_words(after)}" if after else ""
    return f"{named(first)} was chosen most often{follow}"


def _next(view: View, rest: Sequence[str], found: dict[str, Estimate]) -> list[str]:
    """Return the next two answers; those that tie for a place are named together or not at all."""
    texts = [say_share(view, found[one]) for one in rest]
    for count in (2, 3, 1):
        if len(rest) <= count or texts[count] != texts[count - 1]:
            return list(rest[:count])
    return []


def say_size(view: View, n: float) -> str:
    """Write a number of people: one person, 12 people."""
    return "one person" if n == 1 else f"{view.writer.number(n)} people"


def describe_groups(view: View, name: str) -> str:
    """Say what share groups of answers have together."""
    described = view.described(name)
    groups = described.groups if described is not None else {}
    shown = {
        group: found
        for group in groups
        if (found := view.find(name, group)) is not None and found.is_shown
    }
    texts = [
        f"{quote(view.label(name, one))} {say_share(view, found)}" for one, found in shown.items()
    ]
    return say_weighted(f"Taken together: {', '.join(texts)}.", shown.values()) if texts else ""


# Numbers ---------------------------------------------------------------------------------------


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
        told += [f"a mean of {escape_markdown(average + interval)}"] if mean.is_shown else []
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
    mean, std = (view.find(name, "", one, subgroup) for one in ("mean", "std"))
    if mean is None or std is None or not mean.is_shown or std.value == 0:
        return ""
    told = [
        f"{plain} ({quote(label)})" if label != plain else plain
        for number, label in ends
        for plain in [view.writer.number(number, None)]
    ]
    interval = view.write_interval(mean, name)
    sure = f"; 95% interval {escape_markdown(interval)}" if interval else ""
    return say_weighted(
        f"On a scale from {told[0]} to {told[1]} the mean is "
        f"{escape_markdown(view.write(mean, name, 'mean'))} (standard deviation "
        f"{escape_markdown(view.write(std, name, 'std'))}{sure}).",
        [mean],
    )


def _floor_year(view: View, name: str, median: Estimate) -> Estimate:
    """Return the median; of two middle years the earlier, which half gave or an earlier one."""
    described = view.described(name)
    if described is None or kind_of(described).less == "or less" or not median.is_shown:
        return median
    return replace(median, value=math.floor(median.value))


def _say_ends(view: View, name: str, subgroup: str) -> str:
    ends = [view.find(name, "", one, subgroup) for one in ("min", "max")]
    if any(one is None or not one.is_shown for one in ends):
        return ""
    low, high = (view.write(one, name, "min") for one in ends if one is not None)
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
