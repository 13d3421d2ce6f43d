"""Sentences about answers: true for any numbers, whatever is hidden, tied, missing or small."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from altcred.core.numbers import Writer
from altcred.core.records import ALL, Estimate
from altcred.core.weights import WEIGHTED
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

    def shown(
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


# What ends a sentence, so that no full stop and no comma follows it.
ENDS = (".", "?", "!", "…", ":", "؟", "。", "？")
# What begins an item of a list: 1. and (1), a) and a dash.
_ITEM = re.compile(r"\s*(?:\(?(?:\d+|[A-Za-z]|[ivxlcdm]+)(?=[.)]\s)|(?=[-+]\s))")


def escape_markdown(text: str) -> str:
    """Return a text in which nothing is read as Markdown, mathematics or HTML."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#$|~^@])", r"\\\1", text)
    item = _ITEM.match(escaped)
    return f"{item[0]}\\{escaped[item.end() :]}" if item else escaped


def plain_text(text: str) -> str:
    """Return Markdown as the text it stands for."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text).strip()


def quote(label: str) -> str:
    """Return a label in quotation marks as it is written, with single marks for its own.

    A mark after a blank, a bracket or another mark opens, any other closes.
    """
    inner = re.sub(r'(?<![^\s("\[])"', "‘", label).replace('"', "’")
    return f"“{escape_markdown(inner)}”"


def join_words(items: Iterable[str], last: str = "and") -> str:
    """Write things one after the other: a, b and c."""
    texts = list(items)
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def carry_on(label: str, words: str) -> str:
    """Return a label and what follows: behind a comma, or as a sentence where the label is one."""
    return f"{label} {begin_sentence(words)}" if label.endswith(ENDS) else f"{label}, {words}"


def name_answer(label: str, answer: str) -> str:
    """Return an answer behind what it answers: Pets: dogs, Which pets? dogs, I feel … good."""
    bare = label.rstrip(".:。… ")
    if answer.startswith(f"{bare} "):
        return answer
    if label.rstrip().endswith(("...", "…")):
        return f"{bare} … {answer}"
    return f"{bare} {answer}" if bare.endswith(ENDS) else f"{bare}: {answer}"


def end_sentence(text: str) -> str:
    """Return a text that ends with what ends a sentence."""
    return text if text.endswith(ENDS) else f"{text}."


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
    shown = {group: found for group in groups if (found := view.shown(name, group))}
    texts = [
        f"{quote(view.label(name, one))} {say_share(view, found)}" for one, found in shown.items()
    ]
    return say_weighted(f"Taken together: {', '.join(texts)}.", shown.values()) if texts else ""
