"""The chapter of one survey: what each of its questions was answered."""

from dataclasses import dataclass

from altcred.core.records import Estimate
from altcred.describe.chapters import Item
from altcred.kinds import kind_of
from altcred.kinds.phrases import escape_markdown, join_words, say_share, say_whose
from altcred.write.chapters import Chapter
from altcred.write.flow import say_rows
from altcred.write.markdown import show_markdown, to_anchor
from altcred.write.tables import find_table
from altcred.write.views import View, open_view


@dataclass(frozen=True)
class SurveyChapter(Chapter):
    """What one survey says."""

    def open(self) -> None:
        """Show the chapter's heading, how many answered, what shares are of, and the programs."""
        view = self.view
        wave = view.study.waves[view.wave]
        n = view.find("responses", "", "count")
        title = f"{escape_markdown(wave.label)}: what {escape_markdown(view.people)} said"
        collected = f" (collected: {escape_markdown(wave.collected)})" if wave.collected else ""
        show_markdown(
            f"# {title} {{#sec-survey-{to_anchor(view.wave)}}}",
            f"{say_responses(view, n)}{say_whose(view.people)} "
            f"{'is' if n is not None and n.value == 1 else 'are'} analysed{collected}. Shares are "
            f"of those who answered the question{say_base(view)}; each table "
            "and figure says how many those are. The numbers behind each table and figure, with "
            "their 95% intervals, unfold below it on screen.",
            say_design(view),
            escape_markdown(wave.note),
        )
        if rows := say_rows(view):
            head = f"## What was done to these rows {{#sec-rows-{to_anchor(view.wave)}}}"
            show_markdown(head, rows)
        self._show_programs()

    def say_silence(self, item: Item) -> str:
        """Say that nobody answered a question."""
        asked = self.view.described(item.variable)
        is_told = asked is not None and asked.derive is None and kind_of(asked).is_estimated
        return "Nobody answered." if is_told else ""

    def _show_programs(self) -> None:
        view = self.view
        table = find_table("sizes")(view)
        if table is None:
            return
        wave = to_anchor(view.wave)
        show_markdown(
            f"## Who answered {{#sec-respondents-{wave}}}",
            *self.texts("opening", describe_programs(view)),
        )
        table.show(f"tbl-sizes-{wave}", f"Responses by program, {view.people}")


def say_design(view: View) -> str:
    """Say that shares are weighted, and how many people of equal weights would tell as much."""
    n, size = view.find("responses", "", "count"), view.shown("weights", "", "n_effective")
    if not view.estimates.is_weighted(view.wave):
        return ""
    text = (
        "Shares, means and medians, with their intervals and the tests that say so, are weighted "
        "by the survey's weights; numbers of people are not."
    )
    effect = view.find("weights", "", "design_effect")
    if size is not None and effect is not None and n is not None:
        text += (
            f" The {view.writer.number(n.value)} responses tell as much as "
            f"{view.writer.number(round(size.value))} of equal weights would (a design effect of "
            f"{view.writer.number(effect.value, 2)} after Kish)."
        )
    return text


def say_base(view: View) -> str:
    """Say whom the shares are of where several answers could be chosen, if that was asked."""
    asked = view.codebook.in_wave(view.wave).values()
    bases = {
        "ticked" if one.everyone_ticks else one.base for one in asked if kind_of(one).has_ticks
    }
    whom = {
        "ticked": "of those who chose at least one",
        "answered": "of those who answered",
        "asked": "of everybody who was asked",
    }
    # That shares are of those who answered is said already.
    if bases == {"answered"}:
        return ""
    named = " or ".join(words for base, words in whom.items() if base in bases)
    return f", and where several answers could be chosen, {named}" if named else ""


def describe_programs(view: View) -> str:
    """Say how the responses divide into program types, and whether one program is large."""
    shares = {
        part: found
        for part in view.types()
        if (found := view.shown("responses", part.partition("=")[2]))
    }
    texts = []
    if len(shares) > 1:
        parts = join_words(
            f"{escape_markdown(view.subgroup_label(part))} ({say_share(view, found)})"
            for part, found in shares.items()
        )
        texts.append(f"The responses are of {parts}.")
    programs = {
        part: found
        for part in view.programs()
        if (found := view.shown("responses", part.partition("=")[2]))
    }
    if programs:
        largest = max(programs, key=lambda part: programs[part].value)
        if programs[largest].value * len(programs) > 2:
            texts.append(
                f"{escape_markdown(view.subgroup_label(largest))} alone accounts for "
                f"{say_share(view, programs[largest])}, so that figures for all programs together "
                "say more of the larger programs than of the smaller ones."
            )
    return " ".join(texts)


def say_responses(view: View, n: Estimate | None) -> str:
    """Write how many responses there are."""
    if n is None or not n.is_shown:
        return "Responses"
    return "One response" if n.value == 1 else f"{view.writer.number(n.value)} responses"


def open_survey(name: str, cohort: str, wave: str) -> SurveyChapter:
    """Return the chapter of one survey, over its estimates."""
    return SurveyChapter(name, open_view(cohort, wave), (wave,))
