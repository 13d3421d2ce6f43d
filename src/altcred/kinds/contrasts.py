"""Sentences about two surveys' people, and about two numbers that differ, of whomever.

Nothing here says what caused a difference, and a test that finds none is never called none.
"""

import math
from collections.abc import Sequence

from altcred.core.records import Estimate
from altcred.kinds.changes import INDEPENDENT, is_unlikely, judge, say_test, say_tests
from altcred.kinds.phrases import PROTECT, View, escape_markdown

OPPOSITES = {"higher": "lower", "larger": "smaller", "later": "earlier"}


def compare_shares(view: View, name: str, categories: Sequence[str]) -> str:
    """Say which answers the people of a second survey gave more and less often than the first's.

    `view` is of the comparison. Groups of answers are told as answers are, and p values are
    adjusted for both.
    """
    described = view.described(name)
    groups = described.groups if described is not None else {}
    cells = {one: (name, one) for one in [*categories, *groups]}
    told = say_tests(view, name, cells, "proportions_pvalue", INDEPENDENT)
    # Of one answer a person the test of the whole is the one that the chapter adjusts.
    yardstick = view.yardstick(name, paired=False)
    test = "" if yardstick is None or yardstick.each else say_test(view, name, paired=False)
    if not test or yardstick is None or yardstick.test != "chi2_pvalue":
        return told
    if is_unlikely(view, name, paired=False):
        clear = "Chance alone would hardly explain that the answers are spread differently"
    else:
        clear = "Whether the answers are spread differently is left open"
    return f"{clear}{test}. {told}".strip()


def compare_means(view: View, name: str, first: View, second: View) -> str:
    """Say how the means of two surveys' people differ."""
    return say_apart(view, name, "The mean", (first, second), "which is larger", paired=False)


def say_apart(
    view: View,
    name: str,
    who: str,
    sides: tuple[View, View],
    question: str,
    *,
    paired: bool,
    unit: str = "",
) -> str:
    """Say what `who`, a mean or a score, is in each survey, and what their difference tells.

    `question` is what is open where the interval of the difference holds nought: "which is larger".
    Of the same people the difference alone is told where the numbers may not be shown; of others
    nothing.
    """
    yardstick = view.yardstick(name, paired=paired)
    if yardstick is None:
        return ""
    gap = view.shown(name, "", yardstick.gap)
    ends = zip(sides, yardstick.ends, strict=True)
    known = [found for side, end in ends if (found := side.shown(name, "", end))]
    is_told = len(known) == len(sides)
    if gap is None or not (is_told or paired):
        return ""
    texts = [escape_markdown(view.write(one, name, one.statistic)) for one in known]
    # Of the same people there is one number.
    sizes = [] if paired else [view.writer.number(one.n) for one in known]
    of = [f" (n = {size})" for size in sizes] or ["", ""]
    if not is_told:
        more = question.removeprefix("which is ")
        size = escape_markdown(view.write(Estimate(abs(gap.value), n=gap.n), name, gap.statistic))
        moved = f"{size}{unit} {more if gap.value > 0 else OPPOSITES[more]} in the second survey"
        told = f"{who} is {moved if gap.value else 'the same in both surveys'}"
        question = "whether it rose or fell"
    elif texts[0] != texts[1]:
        told = f"{who} is {texts[0]} in the first survey{of[0]} and {texts[1]} in the second{of[1]}"
    else:
        both = f" (n = {' and '.join(sizes)})" if sizes else ""
        told, question = f"{who} is {texts[0]} in both surveys{both}", "whether they differ"
    if math.isnan(gap.low):
        return f"{told}."
    interval = escape_markdown(view.write_interval(gap, name))
    test = say_test(view, name, paired=paired)
    pvalue = f"; {test[2:-1]}" if test else ""
    clear = f"the interval leaves open {question}"
    if not gap.low <= 0 <= gap.high and not test:
        # Nothing that is shown allows for how many questions were compared.
        clear = f"the interval leaves little doubt {question.replace('whether they', 'that they')}"
    elif not gap.low <= 0 <= gap.high:
        judged = judge(view, name, paired=paired)
        clear = judged[:1].lower() + judged[1:]
    hidden = "" if is_told else f" What it is in each is not shown, {PROTECT}."
    return f"{told}; {clear} (95% interval of the difference {interval}{unit}{pvalue}).{hidden}"
