"""The chapter on earlier collections: cohorts of one study side by side, variable by variable."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from altcred.core.numbers import Writer
from altcred.describe.chapters import Display
from altcred.describe.correspondence import Change
from altcred.estimate.series import name_wave
from altcred.kinds import Kind
from altcred.kinds.phrases import (
    begin_sentence,
    escape_markdown,
    join_words,
    plain_text,
    quote,
)
from altcred.kinds.variable import Variable
from altcred.write.chapters import TRENDS, Chapter
from altcred.write.cohorts import HIGHER, LOWER, SAME, CohortsView, judge, open_cohorts
from altcred.write.markdown import show_markdown

# A sentence that lists more than so many answers is no longer read.
MOST_NAMED = 8
# So many numbers are told to whoever cannot see a chart; the table beside it has all.
MOST_TOLD = 12


@dataclass(frozen=True)
class WaveChapter(Chapter):
    """What one wave and the same one of earlier cohorts answered; its view is a CohortsView."""

    prefix: ClassVar[str] = "trend-"
    rows_table: ClassVar[str] = "cohorts"
    view: CohortsView

    @property
    def compared(self) -> tuple[str, ...]:
        """The wave of each cohort."""
        return tuple(side.wave for side in self.view.sides("responses"))

    def has(self, variable: str) -> bool:
        """Tell whether an earlier cohort has the variable, or why it cannot be compared."""
        return len(self.view.sides(variable)) > 1 or bool(self.view.changes_of(variable))

    def say(self, kind: Kind, variable: str) -> str:
        """Return what was asked otherwise, and how this cohort differs from the one before."""
        return describe_cohorts(self.view, variable)

    def defaults(self, kind: Kind, variable: Variable) -> list[Display]:
        """Return the charts of shares and of means, each where there are any, and the table."""
        return [Display(chart="cohorts"), Display(chart="cohort_means"), Display(table="cohorts")]

    def say_size(self, variable: str, part: str) -> str:
        """Return how many answered in each cohort."""
        sides = self.view.sides(variable) if variable else []
        sizes = [side.size(variable) for side in sides]
        known = [self.view.writer.number(one) for one in sizes if one is not None and one == one]
        return f"; n = {join_words(known)}" if known and len(known) == len(sizes) else ""

    def say_weights(self) -> str:
        """Return in which cohorts shares are weighted, as a caption ends."""
        named = [
            side.cohort_label
            for side in self.view.sides("responses")
            if side.estimates.is_weighted(side.wave)
        ]
        return f"; {join_words(named)} weighted, n is not" if named else ""

    def say_alt(self, kind: Kind, variable: str, part: str) -> str:
        """Return what was answered in each cohort, for whoever cannot see it."""
        told = f"{tell_numbers(self.view, variable)} {describe_cohorts(self.view, variable)}"
        return plain_text(f"{self.view.label(variable)} in several cohorts. {told}")

    def show_summary(self, *, is_only: bool) -> None:
        """Show which cohorts there are, and what differs most from the one before."""
        view = self.view
        people = escape_markdown(view.people)
        heading = f"Earlier {people} and those of this cohort"
        if not is_only:
            heading = f"{escape_markdown(view.wave_label(view.wave))}: {heading}"
        show_markdown(
            f"## {heading} {{#sec-trend-cohorts-{self.suffix}}}",
            *self.texts("cohorts", summarise_cohorts(view)),
        )


@dataclass(frozen=True)
class Trends:
    """The chapter's part on cohorts that have estimates: a chapter for each wave they share."""

    views: dict[str, CohortsView]

    @cached_property
    def chapters(self) -> dict[str, WaveChapter]:
        return {wave: WaveChapter(TRENDS, view, (wave,)) for wave, view in self.views.items()}

    @property
    def sections(self) -> list[str]:
        """The names of the chapter's cells: WAVE SECTION, the wave's summary among them."""
        return [
            f"{wave} {name}".strip()
            for wave, chapter in self.chapters.items()
            for name in ("", *chapter.sections)
        ]

    def show(self, section: str) -> None:
        """Show one cell."""
        wave, _, name = section.partition(" ")
        chapter = self.chapters[wave]
        if name:
            chapter.show(name)
        else:
            chapter.show_summary(is_only=len(self.chapters) == 1)


def open_trends(cohort: str) -> Trends:
    """Return the chapter's part on cohorts that have estimates."""
    return Trends(open_cohorts(cohort))


# Sentences ---------------------------------------------------------------------------------------


def summarise_cohorts(view: CohortsView) -> str:
    """Say which cohorts there are and which shares and means differ from the one before."""
    sides = view.sides("responses")
    sizes = [f"{escape_markdown(one.cohort_label)} ({one.responses})" for one in sides]
    people = escape_markdown(view.people)
    text = [
        f"{begin_sentence(view.writer.spell(len(sides)))} cohorts stand side by side, by how many "
        f"{people} answered: {join_words(sizes)}. Each earlier one has a report of its own. "
        f"They are taken as independent samples; {people} who are in two of them count in both. A "
        "difference may be one of who was asked rather than of years."
    ]
    found: dict[str, list[tuple[float, str, str]]] = {HIGHER: [], LOWER: [], SAME: []}
    for name in view.compared:
        described = view.described(name)
        if described is not None and described.show:
            mark = "\\*" if view.is_changed(name) else ""
            for how, size, told in _say_lines(view, name):
                found[how].append((size, f"{view.label(name)}", f"{told}{mark}"))
    for how, word in ((HIGHER, "Higher"), (LOWER, "Lower")):
        lines = sorted(found[how], key=lambda one: -one[0])
        if lines:
            rest = f" (the {MOST_NAMED} largest differences of {len(lines)})"
            head = f"{word} than in the cohort before{rest if len(lines) > MOST_NAMED else ''}"
            text.append(f"{head}:\n\n{_list_by_question(lines[:MOST_NAMED])}")
    if same := len(found[SAME]):
        more = "" if same == sum(map(len, found.values())) else " more"
        numbers = f"one{more} number" if same == 1 else f"{view.writer.spell(same)}{more} numbers"
        text.append(f"For {numbers} the interval of the difference leaves the direction open.")
    changed = [quote(view.label(one)) for one in view.compared if view.is_changed(one)]
    if changed:
        text.append(
            "\\* Asked otherwise than in the cohort before, or with other answers to choose, so "
            f"that a difference may come of that alone: {join_words(changed)}."
        )
    return "\n\n".join(text)


def _list_by_question(lines: Iterable[tuple[float, str, str]]) -> str:
    by_question: dict[str, list[str]] = {}
    for _, question, told in lines:
        by_question.setdefault(question, []).append(told)
    return "\n".join(f"- {quote(one)}: {'; '.join(told)}" for one, told in by_question.items())


def _say_lines(view: CohortsView, name: str) -> Iterable[tuple[str, float, str]]:
    """Yield how each answer's share, or each mean, stands to the one before, with both numbers."""
    before = view.before(name)
    if before is None:
        return
    for category, statistic, difference in view.lines(name):
        gap = view.gap(name, category, difference)
        then, now = (one.find(name, category, statistic) for one in (before, view.own))
        if gap is None or not gap.is_shown or gap.low != gap.low or then is None or now is None:
            continue
        # Where there is a mean the table alone tells of the median.
        if statistic == "median" and view.own.find(name, category, "mean") is not None:
            continue
        if statistic == "proportion":
            yield (
                judge(gap),
                abs(gap.value),
                (
                    f"{quote(view.label(name, category))} "
                    f"({view.writer.share(then.value)}, now {view.writer.share(now.value)})"
                ),
            )
        else:
            label = view.line_label(name, category, statistic)
            word = quote(label) if category else label.lower()
            interval = f"95% interval of the difference {view.write_interval(gap)}"
            numbers = escape_markdown(f"({view.write(then)}, now {view.write(now)}; {interval})")
            # Not a share; beside differences of these, by its size in units of its interval.
            size = abs(gap.value) / (gap.high - gap.low) if gap.high > gap.low else 0.0
            yield judge(gap), size, f"{word} {numbers}"


def describe_cohorts(view: CohortsView, name: str) -> str:
    """Say what earlier cohorts were asked otherwise, and how this one differs from the last."""
    texts = describe_changes(view, name)
    sides = view.sides(name)
    told = {side.cohort_name for side in sides} | {one.cohort for one in view.changes_of(name)}
    wave = view.own.wave
    lacking = [
        escape_markdown(view.on(name_wave(one, wave)).cohort_label)
        for one in view.earlier
        if one not in told
    ]
    if lacking:
        texts.append(f"Not asked in {join_words(lacking)}.")
    before = view.before(name)
    is_apart = before is not None and any(
        one.what == "apart" for one in view.changes_of(name, [before.cohort_name])
    )
    if before is not None and not is_apart:
        label = escape_markdown(before.cohort_label)
        lines = list(_say_lines(view, name))
        are_shares = view.own.find(name, "", "mean") is None
        texts.append(
            _say_compared(view.writer, lines, label, are_shares=are_shares)
            if lines
            else f"Nothing that can be shown of both tells this cohort from {label}."
        )
    return " ".join(filter(None, texts))


def tell_numbers(view: CohortsView, name: str) -> str:
    """Write each answer's share, or each mean, in all cohorts; of many answers only the first."""
    sides, texts = view.sides(name), []
    for category, statistic, _ in list(view.lines(name))[:MOST_TOLD]:
        found = [side.find(name, category, statistic) for side in sides]
        numbers = join_words(view.write(one) for one in found if one is not None)
        label = escape_markdown(view.line_label(name, category, statistic))
        texts.append(f"{label}: {escape_markdown(numbers)}")
    cohorts = join_words(escape_markdown(side.cohort_label) for side in sides)
    return f"{cohorts}, in this order. {'; '.join(texts)}." if texts else ""


def _say_compared(
    write: Writer, lines: Sequence[tuple[str, float, str]], label: str, *, are_shares: bool
) -> str:
    texts = []
    for how, word in ((HIGHER, "higher"), (LOWER, "lower")):
        named = sorted((one for one in lines if one[0] == how), key=lambda one: -one[1])
        if named:
            shown = [told for *_, told in named[:MOST_NAMED]]
            rest = len(named) - len(shown)
            shown += [f"{write.spell(rest)} more"] if rest else []
            texts.append(f"{word}: {join_words(shown)}")
    same = sum(how == SAME for how, *_ in lines)
    noun = "share" if are_shares else "number"
    if not texts:
        if same == 1:
            return (
                f"Compared with {label}: {lines[0][2]}. The interval of the difference leaves open "
                "which is higher."
            )
        of = {2: f"Neither of the two {noun}s"}
        which = of.get(same, f"None of the {write.spell(same)} {noun}s")
        return (
            f"{which} compared with {label} is clearly higher or lower: the interval of each "
            "difference leaves the direction open."
        )
    text = f"Compared with {label}, {'; '.join(texts)}."
    if same:
        others = f"one other {noun}" if same == 1 else f"the other {write.spell(same)} {noun}s"
        text += f" For {others} the interval of the difference leaves the direction open."
    return text


# What was asked otherwise -------------------------------------------------------------------------


def describe_changes(view: CohortsView, name: str) -> list[str]:
    """Say what earlier cohorts were asked otherwise of a variable, and what follows from it."""
    has_mean = view.own.find(name, "", "mean") is not None
    cohorts: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for cohort in view.earlier:
        found = [
            (one.what, one.then, one.now)
            for one in view.changes_of(name, [cohort])
            if has_mean or one.what != "numbers of answers"
        ]
        label = view.on(name_wave(cohort, view.own.wave)).cohort_label
        if found:
            cohorts.setdefault(tuple(found), []).append(escape_markdown(label))
    return [_say_changes(join_words(labels), found) for found, labels in cohorts.items()]


def _say_changes(label: str, found: Iterable[tuple[str, str, str]]) -> str:
    changes = [Change("", "", "", *one) for one in found]
    by_what = {one.what: [each for each in changes if each.what == one.what] for one in changes}
    barriers = {what: one for what, one in by_what.items() if one[0].is_barrier}
    told = " ".join(_SAID[what](label, each) for what, each in (barriers or by_what).items())
    if "apart" in by_what:
        return f"{told} They stand side by side, and no difference is told."
    return told if barriers else f"{told} A difference may come of that alone."


def _labels(changes: Iterable[Change], which: str) -> str:
    return join_words(quote(getattr(one, which)) for one in changes)


def _were(changes: Sequence[Change]) -> str:
    return "was" if len(changes) == 1 else "were"


def _say_reworded(label: str, changes: Sequence[Change]) -> str:
    pairs = join_words(f"{quote(one.now)} read {quote(one.then)}" for one in changes)
    return f"In {label} the answer {pairs}."


def _say_units(label: str, changes: Sequence[Change]) -> str:
    then, now = (quote(one) if one else "no unit" for one in (changes[0].then, changes[0].now))
    return f"The unit is {then} in {label} and {now} here, so the two are not compared."


def _say_bases(label: str, changes: Sequence[Change]) -> str:
    of = {"ticked": "those who chose at least one answer", "asked": "all who were asked"}
    then, now = of.get(changes[0].then, "others"), of.get(changes[0].now, "others")
    return f"Shares are of {then} in {label} and of {now} here, so they are not compared."


# By what changed: the sentence, from the cohort's label and the changes.
_SAID: dict[str, Callable[[str, Sequence[Change]], str]] = {
    "kind": lambda label, c: (
        f"In {label} it was asked in another form (kind {c[0].then}, here {c[0].now}), so the two "
        "are not compared."
    ),
    "currency": lambda label, c: (
        f"Amounts are in {c[0].then or 'no currency'} in {label} and in {c[0].now} here, so they "
        "are not compared."
    ),
    "apart": lambda label, c: (
        f"In {label} the question read {quote(c[0].then)}, and here {quote(c[0].now)}, which does "
        "not mean the same."
    ),
    "unit": _say_units,
    "base": _say_bases,
    "wording": lambda label, c: (
        f"In {label} the question read {quote(c[0].then)}, and here {quote(c[0].now)}."
    ),
    "label": lambda label, c: (
        f"It is called {quote(c[0].then)} in {label} and {quote(c[0].now)} here: it may have been "
        "worded otherwise."
    ),
    "asked": lambda label, c: f"In {label} it was put to others than here.",
    "derived": lambda label, c: f"In {label} it was worked out from other answers than here.",
    "bounds": lambda label, c: (
        f"Plausible were {c[0].then} in {label} and {c[0].now} here; other numbers are left out."
    ),
    "new answer": lambda label, c: f"{_labels(c, 'now')} {_were(c)} not offered in {label}.",
    "answer gone": lambda label, c: f"{_labels(c, 'then')} {_were(c)} offered in {label} alone.",
    "answer worded otherwise": _say_reworded,
    "numbers of answers": lambda label, c: (
        f"Answers have other numbers in {label}, so that means are not compared."
    ),
    "order of answers": lambda label, c: f"The answers stood in another order in {label}.",
}
