"""The chapter on how raw rows became responses, in sentences that hold for any export."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from altcred.kinds.phrases import (
    begin_sentence,
    escape_markdown,
    join_words,
    plain_text,
)
from altcred.write.charts import find_chart
from altcred.write.markdown import show_markdown, to_anchor
from altcred.write.repeats import describe_repeats
from altcred.write.tables import Table, find_table
from altcred.write.tables.counts import count_kept, dropped_reasons
from altcred.write.views import View

# The words for each reason of decisions.csv for which a row is dropped.
REASONS = {
    "preview": "a preview of the survey",
    "test": "a test of the survey",
    "spam": "marked as spam",
    "no answer": "no question answered",
    "no program": "no known program",
    "same response": "the same response in another download",
    "unfinished": "not finished",
    "without_weight": "no survey weight",
}


def word_reasons(view: View) -> dict[str, str]:
    """Return the words for each reason, with those of the study for its own rules."""
    rules = view.study.exclusions(view.wave.rpartition(":")[2])
    # Whoever takes part in two programs is no repeat.
    what = "person and program" if len(view.study.programs) > 1 else "person"
    return (
        REASONS | {"repeat": f"the same {what} again"} | {rule.name: rule.words for rule in rules}
    )


def describe_flow(view: View) -> str:
    """Say how many rows the export holds, and how many were dropped and kept."""
    raw, kept, dropped = (
        view.find(name, "", "count") for name in ("raw_rows", "responses", "dropped")
    )
    if raw is None or kept is None or dropped is None:
        return ""
    rows = "one row" if raw.value == 1 else f"{view.writer.number(raw.value)} rows"
    text = f"The export holds {rows}."
    if view.rounds_to:
        text = f"{text[:-1]}; numbers of rows are told to the nearest {view.rounds_to}."
    # Whoever has no weight is neither analysed nor dropped.
    if dropped.value == 0 and kept.value == raw.value:
        are = "It is" if raw.value == 1 else "All of them are"
        all_kept = f"{text} {are} analysed; none was dropped."
        return f"{all_kept}{_say_unfinished(view)}"
    few = {0: "none was", 1: "one was"}
    gone = few.get(int(dropped.value), f"{view.writer.number(dropped.value)} were")
    are = "is" if kept.value == 1 else "are"
    each = ", each for one reason" if dropped.value > 1 else ""
    analysed = f"{view.writer.number(kept.value)} {are} analysed"
    return (
        f"{text} Of these, {analysed} and {gone} dropped{each}."
        f"{_say_types(view)}{_say_unfinished(view)}"
    )


def _say_unfinished(view: View) -> str:
    """Say how many of those kept are unfinished, and of how many a further file has nothing."""
    text = ""

    def spell(number: float) -> str:
        return begin_sentence(view.writer.spell(number))

    if (found := view.find("unfinished", "", "count")) is not None:
        if found.value == 0:
            text = " All of those analysed finished the survey."
        else:
            text = f" {spell(found.value)} of those analysed did not finish the survey."
    if (found := view.find("unjoined", "", "count")) is not None and found.value:
        number, are = spell(found.value), "is" if found.value == 1 else "are"
        text += (
            f" {number} of them {are} in no further file of the same people; what it asks is "
            "missing there."
        )
    if (found := view.find("without_weight", "", "count")) is not None and found.value:
        number, have = spell(found.value), "has" if found.value == 1 else "have"
        text += f" {number} more {have} no weight, and count in no estimate of this survey."
    return text


def _say_types(view: View) -> str:
    parts = []
    for part in view.types():
        name = part.partition("=")[2]
        share, size = view.shown("responses", name), view.find("responses", name, "count")
        if share is not None and size is not None:
            parts.append(
                f"{view.writer.share(share.value)} ({view.writer.number(size.value)}) are of "
                f"{escape_markdown(view.subgroup_label(part))}"
            )
    return f" Of those kept, {join_words(parts)}." if len(parts) > 1 else ""


def say_rows(view: View) -> str:
    """Say what was done to the rows of one wave, and where all of it is told."""
    anchor = to_anchor(view.wave)
    words = word_reasons(view)
    dropped = [
        f"{words.get(reason, reason.replace('_', ' '))} ({view.writer.number(count)})"
        for reason, count in dropped_reasons(view)
        # Rows without a weight are set aside, and told of apart.
        if reason != "without_weight"
    ]
    raw, kept = view.find("raw_rows", "", "count"), view.find("responses", "", "count")
    text = describe_flow(view)
    if dropped and raw is not None and kept is not None:
        rows = "one row" if raw.value == 1 else f"{view.writer.number(raw.value)} rows"
        is_one = raw.value - kept.value == 1 and len(dropped) == 1
        others = "The others were dropped, each for one reason"
        if is_one:
            others, dropped = "One was dropped", [dropped[0].rpartition(" (")[0]]
        text = (
            f"The export holds {rows}; {view.writer.number(kept.value)} "
            f"{'is' if kept.value == 1 else 'are'} analysed. {others}: "
            f"{escape_markdown(join_words(dropped))}.{_say_unfinished(view)}"
        )
    return (
        f"{text} No answer was changed: each was read as one of the categories of its question, as "
        "a number, or as missing with a reason. @sec-responses-"
        f"{anchor} accounts for every row."
    )


def refer_to_rows(waves: Iterable[str]) -> str:
    """Say where it is told what was done to the rows of some waves."""
    places = join_words(f"@sec-responses-{to_anchor(wave)}" for wave in waves)
    return f"How the rows of the exports were cleaned is told in {places}."


def show_panel_flow(view: View, waves: Sequence[str]) -> None:
    """Show how the rows of two waves' exports became the people found in both."""
    sides = [view.on(wave) for wave in waves]
    reasons = [word_reasons(side) for side in sides]
    drawing = find_chart("panel_flow")(view, "", *waves, reasons=reasons)
    if drawing is None:
        return
    read = join_words(view.write(side.find("raw_rows", "", "count")) for side in sides)
    kept = join_words(view.writer.number(count_kept(side, of_panel=True) or 0) for side in sides)
    found = view.write(view.find("pairs", "", "count"))
    alt = (
        f"Of {read} rows in the exports {kept} responses were analysed; {found} people were "
        "found in both."
    )
    caption = "From the rows of the exports to the people found in both surveys"
    label = f"fig-panel-flow-{to_anchor('-'.join(waves))}"
    drawing.show({"label": label, "caption": caption, "alt": alt})


def describe_reading(view: View) -> str:
    """Say how answers were read."""
    return (
        "Each different answer to a question was read once: as one of its categories, as a number, "
        "or as missing with a reason. What was written but could not be used, such as an amount "
        "with no clear meaning or a number outside the plausible range, is treated as missing; it "
        "is never replaced by a guess. Typed texts are not kept, only whether somebody wrote one."
    )


@dataclass(frozen=True)
class FlowChapter:
    """How the rows of one wave's exports became responses."""

    view: View

    def open(self) -> None:
        """Show the chapter's heading and what it accounts for."""
        label = escape_markdown(self.view.wave_label(self.view.wave))
        show_markdown(
            f"# From raw rows to responses: {label} {{#{self._anchor('sec-responses')}}}",
            "This chapter tells which rows of the export became responses, which did not and why, "
            "and how the answers were read. Every row of the export is accounted for.",
        )

    def show_flow(self) -> None:
        """Show which rows were kept and which were dropped."""
        text = describe_flow(self.view)
        show_markdown(f"## Rows kept and dropped {{#{self._anchor('sec-flow')}}}", text)
        drawing = find_chart("flow")(self.view, reasons=word_reasons(self.view))
        if drawing is not None:
            caption = f"From the rows of the export to the responses analysed, {self.view.people}"
            about = {"label": self._anchor("fig-flow"), "caption": caption}
            drawing.show(about | {"alt": plain_text(text)})

    def show_repeats(self) -> None:
        """Show how rows of the same person were found."""
        show_markdown(
            f"## Rows of the same person {{#{self._anchor('sec-repeats')}}}",
            describe_repeats(self.view),
        )
        self._show_table(
            find_table("counts")(
                self.view, "repeats", heading="What showed the row to be a repeat"
            ),
            "tbl-repeats",
            "Rows dropped as repeats, by the comparison that decided",
        )

    def show_answers(self) -> None:
        """Show how answers were read, and why some could not be used."""
        show_markdown(
            f"## How answers were read {{#{self._anchor('sec-answers')}}}",
            describe_reading(self.view),
        )
        self._show_table(
            find_table("answers")(self.view),
            "tbl-answers",
            "Answers by question: how many different ones there were, and how often they were "
            "read, blank or not usable",
        )
        self._show_table(
            find_table("unread")(self.view), "tbl-unread", "Why answers could not be used"
        )

    def _anchor(self, name: str) -> str:
        return f"{name}-{to_anchor(self.view.wave)}"

    def _show_table(self, table: Table | None, label: str, caption: str) -> None:
        if table is not None:
            table.show(self._anchor(label), escape_markdown(f"{caption}, {self.view.people}"))
