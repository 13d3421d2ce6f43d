"""Sentences about change: of the same people in two surveys.

Nothing here says what caused a change, and a test that finds none is never called no change.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from altcred.core.numerals import ONES
from altcred.core.records import Estimate
from altcred.kinds.phrases import (
    PROTECT,
    View,
    begin_sentence,
    escape_markdown,
    join_words,
    quote,
    say_share,
)
from altcred.kinds.yardstick import SHARED, name_test

# Fewer pairs are too few for a comparison, and a p value below this is called unlikely.
FEWEST_PAIRS = 5
UNLIKELY = 0.05
# So many answers are named, the others counted.
FEW_NAMED = 3
NOT_SHOWN = f"How the answers changed is not shown, {PROTECT}."
# A change may be shown where what it led from and to may not.
MEANS_NOT_SHOWN = f"The means themselves are not shown, {PROTECT}."


def say_too_few(n: float | None) -> str:
    """Say that too few people answered twice for a comparison; nothing where enough did."""
    if not n:
        return "Nobody answered both times."
    # It may be of many, of whom few gave some answer.
    if math.isnan(n):
        return NOT_SHOWN
    if n < FEWEST_PAIRS:
        people = "One person" if n == 1 else f"{begin_sentence(ONES[round(n)])} people"
        return f"{people} answered both times, too few for a comparison."
    return ""


def say_pvalue(view: View, found: Estimate) -> str:
    """Write a p value with its sign: p = 0.012, p < 0.001."""
    text = view.writer.pvalue(found.value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def list_largest(
    view: View, name: str, categories: Sequence[str], gaps: Mapping[str, Estimate]
) -> str:
    """Write the answers with the largest differences, with these, and how many others there are."""

    def say(one: str) -> str:
        gap = gaps[one]
        told = f"{view.write(gap, name, 'difference')} points"
        if not math.isnan(gap.low):
            ends = [view.write(Estimate(end), name, "difference") for end in (gap.low, gap.high)]
            told += f", 95% interval {' to '.join(ends)}"
        return f"{quote(view.label(name, one))} ({told})"

    ranked = sorted((one for one in categories if gaps[one].is_shown),
                    key=lambda one: -abs(gaps[one].value))  # fmt: skip
    named = ranked[: FEW_NAMED if len(categories) <= FEW_NAMED else FEW_NAMED - 1]
    rest = len(categories) - len(named)
    others = "one other answer" if rest == 1 else f"{view.writer.spell(rest)} other answers"
    return join_words([*map(say, named), *([others] if rest else [])])


def describe_ticks(view: View, name: str, categories: Sequence[str]) -> str:
    """Say which answers the same people gave more and less often the second time."""
    if too_few := say_too_few(view.size(name)):
        return too_few
    cells = {one: (f"{name}:{one}", "") for one in categories}
    told = say_tests(view, name, cells, "mcnemar_pvalue", PAIRED)
    return told or NOT_SHOWN


@dataclass(frozen=True)
class Words:
    """How differences of one sort are told."""

    when: str
    test: str
    moved: str


PAIRED = Words("the second time", "exact McNemar test", "changed")
INDEPENDENT = Words("in the second survey", "tests for independent samples", "differs")


def say_tests(
    view: View, name: str, cells: Mapping[str, tuple[str, str]], test: str, words: Words
) -> str:
    """Say which answers moved, of those tested; `cells` has the variable and category of each.

    Their p values are those adjusted for the family of tests, where the study has one.
    """
    rose: list[str] = []
    fell: list[str] = []
    gaps: dict[str, Estimate] = {}
    notes = set()
    for one, (variable, category) in cells.items():
        difference = view.find(variable, category, "difference")
        holm = view.find(variable, category, f"{test}_holm")
        pvalue = holm or view.find(variable, category, test)
        if difference is None or pvalue is None or not pvalue.is_shown:
            continue
        gaps[one] = difference
        notes.add("" if holm is None else holm.note.removeprefix("adjusted for "))
        if pvalue.value < UNLIKELY:
            (rose if difference.value > 0 else fell).append(one)
    if not gaps:
        return ""
    tested, largest = len(gaps), max(gaps.values(), key=lambda one: one.n)
    adjusted = f"{words.test} of the {view.writer.number(largest.n)} who answered both times"
    if words is INDEPENDENT:
        sizes = re.sub(r"\d{4,}", lambda n: view.writer.number(float(n[0])), largest.note)
        adjusted = ", ".join(part for part in (words.test, sizes) if part)
    if family := max(notes):
        of = f"{view.writer.spell(tested)} answers" if family == f"{tested} tests" else family
        if family != "1 tests":
            adjusted += f", with Holm's adjustment for {of}"
    elif tested > 1:
        adjusted += ", not adjusted for their number"
    return _say_moved(view, name, rose, fell, gaps, words, adjusted)


def _say_moved(
    view: View,
    name: str,
    rose: Sequence[str],
    fell: Sequence[str],
    gaps: Mapping[str, Estimate],
    words: Words,
    adjusted: str,
) -> str:
    texts, tested = [], len(gaps)
    if rose:
        told = list_largest(view, name, rose, gaps)
        texts.append(f"A larger share gave {told} {words.when}.")
    if fell:
        told = list_largest(view, name, fell, gaps)
        texts.append(f"A smaller share gave {told}{'' if rose else f' {words.when}'}.")
    left = tested - len(rose) - len(fell)
    if not texts:
        none_of = {1: "The one answer compared", 2: "Neither of the two answers compared"}
        start = none_of.get(tested, f"None of the {view.writer.spell(tested)} answers compared")
        more = "by no more" if tested == 1 else "by more"
        return f"{start} {words.moved} {more} than chance alone could explain ({adjusted})."
    these = "this" if len(rose) + len(fell) == 1 else "these"
    texts.append(f"Chance alone would hardly explain {these} ({adjusted}).")
    if left:
        others = "answer compared" if left == 1 else f"{view.writer.spell(left)} answers compared"
        texts.append(f"For the other {others} it could.")
    return " ".join(texts)


def describe_answers(view: View, name: str, first: View, second: View, *, ordered: bool) -> str:
    """Say how the spread of one answer a person changed, and of ordered ones who rose and fell."""
    n = view.size(name)
    if too_few := say_too_few(n):
        return too_few
    assert n is not None
    parts = [_say_top(name, first, second, n)]
    rose, fell = (view.shown(name, "", one) for one in ("increased", "decreased"))
    if ordered and rose is not None and fell is not None:
        parts.append(
            f"Of the {view.writer.number(n)} who answered both times, {_say_some(view, rose)} gave "
            f"a higher answer the second time and {_say_some(view, fell)} a lower one."
        )
    # The shares above may be of more people than those whom the test follows.
    whose = "" if len(parts) > 1 else f" of the {view.writer.number(n)} who answered both times"
    df = view.find(name, "", "stuart_maxwell_df")
    if df is not None and df.value == 0:
        parts.append(f"Nobody{whose or ' of them'} gave another answer the second time.")
    elif told := say_test(view, name, paired=True, whose=whose):
        rank = view.shown(name, "", "rank_biserial")
        is_clear = is_unlikely(view, name, paired=True)
        if ordered and rank is not None:
            moved = "up" if rank.value > 0 else "down"
            parts.append(
                f"Chance alone would hardly explain that answers moved {moved}{told}."
                if is_clear
                else f"Whether answers moved up or down is left open{told}."
            )
        else:
            parts.append(
                f"Chance alone would hardly explain that the answers are spread differently{told}."
                if is_clear
                else f"Whether the answers are spread differently is left open{told}."
            )
    elif not ordered:
        # What tests all answers may be hidden where what tests some of them is not.
        cells = {one: (f"{name}:{one}", "") for one in second.categories(name)}
        parts.append(say_tests(view, name, cells, "mcnemar_pvalue", PAIRED))
    return " ".join(part for part in parts if part)


def _say_some(view: View, found: Estimate) -> str:
    return "none" if found.value == 0 else say_share(view, found)


def _say_top(name: str, first: View, second: View, pairs: float) -> str:
    """Say what share the most frequent answer of the second survey had in both."""
    described = second.described(name)
    waves = [side.wave.rpartition(":")[2] for side in (first, second)]
    apart = described.set_apart(*waves) if described is not None else ()
    answers = [one for one in second.categories(name) if one not in apart]
    shares = {one: found for one in answers if (found := second.shown(name, one))}
    if not shares:
        return ""
    top = max(shares, key=lambda one: shares[one].value)
    before = first.shown(name, top)
    if before is None or shares[top].value == 0:
        return ""
    label = quote(second.label(name, top))
    ends = (before, shares[top])
    # Whoever answered only once has a share too.
    is_of_all = all(one.n == pairs for one in ends)
    of = ["" if is_of_all else f" of {second.writer.number(one.n)}" for one in ends]
    then, now = (say_share(second, one) + said for one, said in zip(ends, of, strict=True))
    if then == now:
        return f"{label} was the answer of {then} in both surveys."
    return f"{label} was the answer of {then} in the first survey and of {now} in the second."


def describe_means(view: View, name: str, *, did: str = "who gave a number both times") -> str:
    """Say how the mean of the same people moved, how sure that is, and what could be seen."""
    n = view.size(name)
    if too_few := say_too_few(n):
        return too_few
    assert n is not None
    change, before, after = (
        view.find(name, "", one) for one in ("mean_difference", "mean_first", "mean_second")
    )
    if change is None or before is None or after is None or not change.is_shown:
        return NOT_SHOWN

    def write(found: Estimate, statistic: str) -> str:
        return escape_markdown(view.write(found, name, statistic))

    def size(value: float) -> str:
        return write(Estimate(abs(value), n=n), "mean_difference")

    is_told = before.is_shown and after.is_shown
    means = f"from {write(before, 'mean_first')} to {write(after, 'mean_second')}"
    beside, in_brackets = (f", {means}", f" ({means})") if is_told else ("", "")
    who = f"The mean of the {view.writer.number(n)} {did}"
    if change.value == 0:
        same = f": {write(before, 'mean_first')}" if is_told else " both times"
        return f"{who} was the same{same}."
    if math.isnan(change.low):
        moved = "rose" if change.value > 0 else "fell"
        return f"{who} {moved} by {size(change.value)}{beside}."
    interval = escape_markdown(view.write_interval(change, name))
    test = say_test(view, name, paired=True)
    if change.low <= 0 <= change.high:
        side = "higher" if change.value > 0 else "lower"
        told = (
            f"{who} was {side} by {size(change.value)} the second time{in_brackets}, but the 95% "
            f"interval of the change, {interval}, leaves rise and fall open{test}."
        )
        if is_unlikely(view, name, paired=True):
            told += " The interval allows for how skewed the numbers are, which the test does not."
    else:
        moved = "rose" if change.value > 0 else "fell"
        sure = f"(95% interval of the change {interval})"
        told = f"{who} {moved} by {size(change.value)}{beside} {sure}."
        # Without a test nothing that is shown allows for how many questions were compared.
        told += f" {judge(view, name, paired=True)}{test}." if test else ""
    told = f"{told}{_say_equivalence(view, name)}{_say_detectable(view, name, write)}"
    return told if is_told else f"{told} {MEANS_NOT_SHOWN}"


def find_tests(view: View, name: str, *, paired: bool) -> list[Estimate]:
    """Return the p value of a variable's primary test and, where there is one, the adjusted one."""
    yardstick = view.yardstick(name, paired=paired)
    if yardstick is None:
        return []
    names = (f"{yardstick.test}{of}" for of in ("", "_holm"))
    return [found for one in names if (found := view.shown(name, "", one))]


def say_test(view: View, name: str, *, paired: bool, whose: str = "") -> str:
    """Write the primary test in brackets: (paired t-test, p = 0.012; adjusted for 9 tests 0.11)."""
    yardstick, found = view.yardstick(name, paired=paired), find_tests(view, name, paired=paired)
    if yardstick is None or not found:
        return ""
    adjusted = [f"{one.note or 'adjusted'}, {say_pvalue(view, one)}" for one in found[1:]]
    words = name_test(yardstick.test, found[0].note)
    if whose and words.endswith(SHARED):
        words, whose = words.removesuffix(f" {SHARED}"), f"{whose}, {SHARED}"
    return f" ({'; '.join([f'{words}{whose}, {say_pvalue(view, found[0])}', *adjusted])})"


def is_unlikely(view: View, name: str, *, paired: bool) -> bool | None:
    """Tell whether chance alone would hardly explain a difference; None where nothing is tested."""
    found = find_tests(view, name, paired=paired)
    return found[-1].value < UNLIKELY if found else None


def judge(view: View, name: str, *, paired: bool) -> str:
    if is_unlikely(view, name, paired=paired) is False:
        return "Whether chance alone explains that is left open"
    return "Chance alone would hardly explain that"


def _say_equivalence(view: View, name: str) -> str:
    equivalence = view.shown(name, "", "tost_pvalue")
    if equivalence is None:
        return ""
    verb = "rules out" if equivalence.value < UNLIKELY else "cannot rule out"
    return (
        f" The equivalence test {verb} a change of the mean beyond the margin that the study set "
        f"({say_pvalue(view, equivalence)})."
    )


def _say_detectable(view: View, name: str, write: Callable[[Estimate, str], str]) -> str:
    least = view.shown(name, "", "minimum_detectable_difference")
    if least is None or least.value <= 0:
        return ""
    of = ""
    if share := view.shown(name, "", "minimum_detectable_share"):
        of = f", {view.writer.share(share.value)} of the first mean,"
    return (
        f" With so many pairs a change of less than {write(least, 'mean_difference')}{of} would "
        "probably have been missed."
    )
