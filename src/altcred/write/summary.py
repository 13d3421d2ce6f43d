"""The first and the last pages: the answer, its chart, takeaways, and limits.

A cohort may write its own answer, takeaways, discussion and conclusion. Without them the first page
states the largest shares and changes, and nothing that the estimates cannot answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from altcred.describe.chapters import Item, read_chapters
from altcred.describe.folders import list_pairs, panel_folder
from altcred.kinds import kind_of
from altcred.kinds.phrases import (
    begin_sentence,
    escape_markdown,
    join_words,
    plain_text,
    quote,
    say_everybody,
    say_whose,
)
from altcred.write.changes import choose_variables, list_changes
from altcred.write.chapters import SUMMARY
from altcred.write.charts import find_chart
from altcred.write.findings import Finding, find_count, list_findings, open_chapter
from altcred.write.labels import shorten
from altcred.write.markdown import show_markdown
from altcred.write.pairs import PairChapter
from altcred.write.prose import MOST_IN_ANSWER, MOST_TAKEAWAYS, count_words, is_readable
from altcred.write.survey import say_responses
from altcred.write.tables import Table, find_table
from altcred.write.tables.counts import count_kept
from altcred.write.texts import read_text
from altcred.write.views import View, open_view

# So many findings are told in the answer, before the takeaways.
IN_ANSWER = 2
# The label of the one chart of the first page.
ANSWER_FIGURE = "fig-answer"
# Of more surveys the answer tells only how many responses there are in all.
MOST_NAMED = 3


@dataclass(frozen=True)
class Summary:
    """What all chapters of a cohort come to."""

    name: str
    view: View

    def show_answer(self) -> None:
        """Show the question, its answer, and one chart that shows it."""
        question, text = self.view.study.question, read_text(self.view, self.name, "answer")
        told = text.body if text is not None else say_answer(self.view, self.leading)
        asked = f"**{escape_markdown(question)}**\n\n" if question else ""
        show_markdown(
            "# In short {#sec-answer .unnumbered}", f"::: {{.answer}}\n{asked}{told}\n:::"
        )
        self._show_figure()

    def show_takeaways(self) -> None:
        """Show the key takeaways: the cohort's own, else those that the estimates give."""
        self._show("takeaways", "# Key takeaways {#sec-takeaways .unnumbered}", self._takeaways())

    def show_discussion(self) -> None:
        """Show the cohort's discussion, or what the numbers cannot show."""
        self._show("discussion", "# Discussion {#sec-discussion}", describe_limits(self.view))

    def show_conclusion(self) -> None:
        """Show the cohort's conclusion, if it has one."""
        self._show("conclusion", "# Conclusion {#sec-conclusion}", "")

    @property
    def contents(self) -> Table | None:
        """How many estimates of how many variables were read, a line a wave."""
        return find_table("contents")(self.view)

    @cached_property
    def findings(self) -> list[Finding]:
        """What stands out, that which can be read in one breath."""
        found = list_findings(self.view, 2 * (IN_ANSWER + MOST_TAKEAWAYS))
        return [one for one in found if is_readable(one.text)]

    @property
    def leading(self) -> list[Finding]:
        """The findings that the answer states: none where the cohort wrote its own."""
        if read_text(self.view, self.name, "answer") is not None:
            return []
        return list_told(self.view, [one for one in self.findings if one.variable][:IN_ANSWER])

    def _show(self, section: str, heading: str, generated: str) -> None:
        text = read_text(self.view, self.name, section)
        own = text.body if text is not None else ""
        shown = [generated if text is None or not text.replaces else "", own]
        if any(shown):
            show_markdown(heading, *shown)

    def _takeaways(self) -> str:
        left = [one for one in self.findings if one not in self.leading][:MOST_TAKEAWAYS]
        return "\n".join(f"- {one.text} See @{one.label}." for one in left)

    def _show_figure(self) -> None:
        """Show the chart that chapters.yaml names, else that of the first finding that has one."""
        sections = read_chapters(self.view.cohort).get(SUMMARY, [])
        for item in (item for section in sections for item in section.items):
            chapter = open_chapter(self.view, waves_of(self.view, item))
            if chapter.show_figure(item, ANSWER_FIGURE):
                return
        for finding in self.findings:
            if finding.variable and self._show_finding(finding):
                return

    def _show_finding(self, finding: Finding) -> bool:
        """Show the chart of a finding; of two surveys without one, their differences at a glance.

        Where these do not fit a screen, those that stand out do, and those least due to chance.
        """
        chapter, name = finding.chapter, finding.variable
        chart = ""
        if isinstance(chapter, PairChapter):
            chart = kind_of(chapter.view.codebook.variables[name]).change_chart
        has_own = chart or not isinstance(chapter, PairChapter)
        if has_own and chapter.show_figure(Item(variable=name, chart=chart), ANSWER_FIGURE):
            return True
        if not isinstance(chapter, PairChapter):
            return False
        changes = list_changes(chapter.view, *chapter.waves)
        found = [
            one.variable for one in self.findings
            if isinstance(one.chapter, PairChapter) and one.chapter.waves == chapter.waves
        ]  # fmt: skip
        names = choose_variables(changes, found)
        drawing = find_chart("changes")(chapter.view, "", *chapter.waves, only=names)
        if drawing is not None:
            asked, spell = "all", self.view.writer.spell
            if rest := {one.variable for one in changes if one.size >= 0} - {*names}:
                asked = f"{spell(len(names))} of the {spell(len(rest) + len(names))} questions"
            drawing.show({"label": ANSWER_FIGURE, "alt": plain_text(finding.text),
                          "caption": chapter.caption_of(asked)})  # fmt: skip
        return drawing is not None


def waves_of(view: View, item: Item) -> tuple[str, ...]:
    """Return the waves that an item of the first page is of: those it names, else the first."""
    if item.waves:
        return tuple(item.waves[0].split("-"))
    return tuple(view.study.waves)[:1]


def say_answer(view: View, findings: Sequence[Finding]) -> str:
    """Say in few words who answered, what stands out, and what cannot be said."""
    told = [say_basis(view), *(one.text for one in findings), " ".join(_say_limits(view))]
    return "\n\n".join(filter(None, told))


def list_told(view: View, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings for which the answer has room."""
    told: list[Finding] = []
    for finding in findings:
        texts = [say_basis(view), *(one.text for one in [*told, finding]), *_say_limits(view)]
        if count_words(" ".join(texts)) <= MOST_IN_ANSWER:
            told.append(finding)
    return told


def _say_limits(view: View) -> list[str]:
    texts = ["Those who did not answer may differ from those who did."]
    if list_pairs(view.study):
        texts.append("What brought a difference about, the surveys alone cannot tell.")
    elif not view.study.groups:
        texts.append("Nobody else was asked.")
    return texts


def say_basis(view: View) -> str:
    """Say how many responses stand behind the report, and how many people answered twice."""
    waves = view.study.waves
    is_told_apart = len({view.on(wave).people for wave in waves}) == len(waves)
    sizes = [
        (
            found,
            say_whose(side.people) if is_told_apart else f" to {quote(shorten(waves[wave].label))}",
        )
        for wave in waves
        if (found := (side := view.on(wave)).shown("responses", "", "count"))
    ]
    if not sizes:
        return ""
    number = view.writer.number
    if len(sizes) > MOST_NAMED:
        total = number(sum(found.value for found, _ in sizes))
        surveys = view.writer.spell(len(sizes))
        return f"{total} responses to {surveys} surveys stand behind this report."
    first, people = sizes[0]
    told = [f"{say_responses(view, first)}{people}"]
    told += [f"{number(found.value)}{people}" for found, people in sizes[1:]]
    is_one = len(sizes) == 1 and first.value == 1
    text = f"{join_words(told)} {'stands' if is_one else 'stand'} behind this report"
    # Of more panels than these each finding says how many people it is of.
    panels = view.study.panels if len(view.study.panels) < MOST_NAMED else []
    pairs = [_say_pairs(view, (one.first, one.second)) for one in panels]
    # Each is a sentence of its own.
    *others, last = [*filter(None, pairs)] or [""]
    twice = f"{', '.join(others)}, and {last}" if others else last
    return f"{text}.{f' {begin_sentence(twice)}.' if twice else ''}"


def _say_pairs(view: View, waves: tuple[str, str]) -> str:
    pairs = find_count(view.on(panel_folder(view.study, *waves).name), "pairs")
    if pairs is None:
        return ""
    first, second = (quote(shorten(view.study.waves[wave].label)) for wave in waves)
    labels = f"{first} and {second}"
    if pairs == 0:
        return f"nobody could be followed from one to the other of {labels}"
    if pairs == count_kept(view.on(waves[1]), of_panel=True) and pairs > 1:
        everybody = say_everybody(view, pairs, escape_markdown(view.on(waves[1]).people))
        return f"{everybody[:1].lower()}{everybody[1:]} of {second} answered {first} as well"
    who = "person" if pairs == 1 else "people"
    both = "both surveys" if len(view.study.waves) == 2 else f"both {labels}"
    return f"{view.writer.spell(pairs)} {who} could be found in {both}"


def describe_limits(view: View) -> str:
    """Say what shares of those who answered cannot show."""
    texts = [
        "The numbers describe those who answered; who did not may differ from them.",
        "Where many numbers are looked at, some will look large by chance; intervals are for one "
        "number at a time.",
    ]
    if len(view.study.waves) > 1:
        texts.insert(
            1,
            "Two surveys are answered by different people unless somebody was found in both, and "
            "shares of them differ by who answers as well as by what changed.",
        )
    if len(view.study.panels) > 1:
        surveys = view.writer.spell(len(view.study.waves))
        texts.insert(
            2,
            "Each time people are followed, they are those found in two surveys, and so partly "
            f"others than the next time; nobody is followed over all {surveys} surveys.",
        )
    return f"## What these numbers cannot show {{#sec-discussion-limits}}\n\n{' '.join(texts)}"


def open_summary(name: str, cohort: str) -> Summary:
    """Return the summary of a cohort, over the estimates of all its chapters."""
    return Summary(name, open_view(cohort))
