"""Chapters of two surveys: the same people in both, and different people side by side."""

from dataclasses import dataclass
from typing import ClassVar

from altcred.core.records import ALL
from altcred.describe.chapters import Display, Item, find_item
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import comparison_folder, panel_folder
from altcred.describe.study import MatchRule
from altcred.kinds import Kind
from altcred.kinds.changes import FEWEST_PAIRS
from altcred.kinds.phrases import (
    begin_sentence,
    carry_on,
    escape_markdown,
    join_words,
    plain_text,
    quote,
    say_everybody,
)
from altcred.kinds.variable import Variable
from altcred.write.apart import describe_apart, list_displays, say_offered, say_untested
from altcred.write.changes import describe_changes, list_changes
from altcred.write.chapters import Chapter, printed_in, say_n
from altcred.write.charts import find_chart
from altcred.write.flow import refer_to_rows, show_panel_flow
from altcred.write.glance import show_parts
from altcred.write.markdown import show_markdown, to_anchor
from altcred.write.tables import find_table
from altcred.write.tables.counts import count_kept
from altcred.write.views import View, open_view


@dataclass(frozen=True)
class PairChapter(Chapter):
    """A chapter of two waves; `first` and `second` are the views of either."""

    # What is told of each variable.
    noun: ClassVar[str] = "changes"
    # What is compared of a question whose answers on offer were not the same.
    shared: ClassVar[str] = (
        "the test is of the people who both times gave an answer that both offered"
    )

    @property
    def first(self) -> View:
        return self.view.side(self.waves[0])

    @property
    def second(self) -> View:
        return self.view.side(self.waves[1])

    def has(self, variable: str) -> bool:
        """Tell whether both waves have answers to a variable."""
        return self.first.has(variable) and self.second.has(variable)

    @property
    def compared(self) -> tuple[str, ...]:
        """The two waves."""
        return self.waves

    def say(self, kind: Kind, variable: str) -> str:
        """Return how the answers changed or differ, and what the surveys worded differently."""
        told = ""
        if kind.has_ticks or self.view.compares(variable):
            told = self.say_change(kind, variable)
            told = say_offered(self.view, kind, variable, told, self.shared)
        return f"{told} {describe_apart(self.view, variable)}".strip()

    def say_change(self, kind: Kind, variable: str) -> str:
        """Return how the answers changed, or differ."""
        raise NotImplementedError

    def _displays(self, item: Item) -> list[Display]:
        return list_displays(self.view, item, super()._displays(item))

    def caption_of(self, asked: str = "all", told: str = "95% intervals") -> str:
        """Return what differences at a glance are called, and what is told beside them."""
        noun = begin_sentence(self.noun)
        return f"{noun} of {asked} that both surveys asked, with {told}{self.say_weights()}"

    def show_changes(self) -> None:
        """Show all that the waves are compared in, in a chart and a table; of a few nothing."""
        view, name = self.view, "all-changes"
        table = find_table("changes")(view, "", *self.waves)
        if table is None:
            return
        told = describe_changes(view, *self.waves)
        told = f"{told} {say_untested(view)}".strip()
        heading = f"## All {self.noun} at a glance {{#{self.anchor('sec', name)}}}"
        show_markdown(heading, *self.texts("all-changes", told))
        about = {"label": self.anchor("fig", name), "alt": plain_text(told),
                 "caption": self.caption_of()}  # fmt: skip
        changes = list_changes(view, *self.waves)
        show_parts("changes", view, ("", *self.waves), changes, about)
        table.show(self.anchor("tbl", name), self.caption_of(told="their tests"))


# The same people -------------------------------------------------------------------------------


@dataclass(frozen=True)
class PanelChapter(PairChapter):
    """What the people found in both surveys say in each, and how it changed."""

    prefix: ClassVar[str] = "panel-"

    def say_change(self, kind: Kind, variable: str) -> str:
        """Return how the answers of the same people changed."""
        return kind.change(self.view, variable, self.first, self.second)

    def defaults(self, kind: Kind, variable: Variable) -> list[Display]:
        """Return the chart and the table of change."""
        shown = [Display(chart=kind.change_chart)] if kind.change_chart else []
        return [*shown, *([Display(table=kind.change_table)] if kind.change_table else [])]

    def say_weights(self) -> str:
        """Return that weights play no part, where either survey has some."""
        return "; not weighted" if any(map(self.view.estimates.is_weighted, self.waves)) else ""

    def say_use(self) -> str:
        """Return that weights play no part, where either survey has some."""
        return "Not weighted." if self.say_weights() else ""

    def say_size(self, variable: str, part: str) -> str:
        """Return how many answered both times."""
        return say_n(self.view, variable, part).replace("n =", "pairs:")

    def _caption(self, item: Item, display: Display, part: str = ALL) -> str:
        """Add of how many people shares are where some answered one time alone."""
        caption = super()._caption(item, display, part)
        sizes = [one.size(item.variable, part) for one in (self.first, self.second)]
        is_known = all(one is not None and one == one for one in sizes)
        of_sides = display.chart == "pairs" or display.table == "paired_categories"
        if not (of_sides and is_known) or {*sizes} == {self.view.size(item.variable, part)}:
            return caption
        told = " and ".join(self.view.writer.number(one or 0.0) for one in sizes)
        return f"{caption}; shares of the {told} of those found who answered each time"

    def say_alt(self, kind: Kind, variable: str, part: str) -> str:
        """Return how the answers changed."""
        told = self.say(kind, variable)
        return plain_text(f"{carry_on(self.view.label(variable), 'the same people twice.')} {told}")

    def open(self) -> None:
        """Show the heading, how many were found, and what that says of others."""
        study = self.view.study
        title = "The same people in both surveys"
        if len(study.panels) > 1:
            labels = [quote(study.waves[wave].label) for wave in self.waves]
            title += f": {join_words(labels)}"
        show_markdown(
            f"# {title} {{#sec-panel-{self.suffix}}}",
            *self.texts("opening", describe_pairs(self.view, self.waves)),
            "The surveys' weights play no part in what follows: of the same people nothing is "
            "weighted."
            if self.say_weights()
            else "",
            escape_markdown(study.panel_of(*self.waves).note),
            refer_to_rows(self.waves),
        )

    def show_rules(self) -> None:
        """Show by which rules people were found, and how many each found."""
        view = self.view
        show_markdown(
            f"## How they were found {{#sec-panel-rules-{self.suffix}}}",
            *self.texts("rules", describe_rules(view, self.waves)),
        )
        show_panel_flow(view, self.waves)
        rules = [rule.name for rule in view.study.panel_of(*self.waves).rules]
        table = find_table("rules")(view, "pairs", rules=rules)
        if table is not None:
            table.show(f"tbl-pairs-{self.suffix}", "Pairs by the rule that found them")

    def show_days(self) -> None:
        """Show how much time lay between the two answers of a person, where that is known."""
        view = self.view
        median = view.shown("days_between", "", "median")
        if median is None:
            return
        show_markdown(
            f"## Time between the two surveys {{#sec-panel-days-{self.suffix}}}",
            *self.texts("days_between", describe_days(view)),
        )
        item = find_item(view.cohort, self.name, "days_between") or Item(variable="days_between")
        for display in item.shows or [item]:
            drawing = find_chart("distribution")(view, "days_between", **display.options)
            if drawing is not None:
                about = {
                    "label": f"fig-{to_anchor(display.label or 'days')}-{self.suffix}",
                    "caption": f"{display.caption or 'Days between the two responses of a person'}"
                    f"; n = {view.writer.number(median.n)}",
                    "alt": plain_text(describe_days(view)),
                }
                published = printed_in(display.published, ALL, self.key)
                drawing.printed = drawing.printed if published else None
                drawing.show(about | ({"published": published} if published else {}))


def describe_pairs(view: View, waves: tuple[str, ...]) -> str:
    """Say how many people were found in both surveys, and that they speak for themselves."""
    pairs = view.shown("pairs", "", "count")
    if pairs is None:
        return "Too few people were found in both surveys for their number to be shown."
    study = view.study
    first, second = (quote(study.waves[wave].label) for wave in waves)
    people = escape_markdown(study.waves[waves[1]].people)
    if pairs.value == 0:
        return (
            f"Nobody could be followed from {first} to {second}: no rule of the study finds "
            "anybody in both."
        )
    number = view.writer.spell(pairs.value)
    is_shown = view.on(waves[1]).shown("responses", "", "count") is not None
    later = count_kept(view.on(waves[1]), of_panel=True) if is_shown else None
    if later is not None and later == pairs.value:
        found = (
            f"{say_everybody(view, later, people)} of the later survey ({second}, here the "
            f"second) were found in the earlier one ({first}, the first)."
        )
    elif later is not None:
        found = (
            f"Of the {view.writer.number(later)} {people} of the later survey ({second}, "
            f"here the second), {number} could be found in the earlier one ({first}, the first)."
        )
    else:
        noun = "person" if pairs.value == 1 else "people"
        found = (
            f"{begin_sentence(number)} {noun} could be found in both surveys: {first} (here the "
            f"first) and {second} (the second)."
        )
    return (
        f"{found} Whoever no rule can find is missing here, and so is everybody who did not answer "
        "twice. What follows describes the people found and should not be carried over to others."
    )


def describe_rules(view: View, waves: tuple[str, ...]) -> str:
    """Say by how many rules people were found, within what, and what each of them compares."""
    first, second = (view.study.waves[wave] for wave in waves)
    if first.shares_people(second):
        return "Both surveys stand side by side in one file, a row for each person."
    rules = view.study.panel_of(*waves).rules
    within = "always within a program, " if len(view.study.programs) > 1 else ""
    start = "One rule was used" if len(rules) == 1 else "Rules were tried one after the other"
    told = "".join(f"\n- {escape_markdown(rule.name)}: {_say_rule(view, rule)}" for rule in rules)
    return (
        f"{start}, {within}one to one, never on an empty answer and never on one that several "
        f"people share.{_say_types(view)}\n{told}"
    )


def _say_rule(view: View, rule: MatchRule) -> str:
    """Say what a rule compares."""
    parts = (
        [f"equal {join_words(_name_key(view, name) for name in rule.keys)}"] if rule.keys else []
    )
    parts += [
        f"{_name_key(view, name)} that differs by at most {view.writer.number(most)}"
        for name, most in rule.within.items()
    ]
    parts += [f"{_name_key(view, name)} spelled nearly alike" for name in rule.fuzzy]
    agree = [_name_key(view, name) for name in rule.agree]
    but = f", unless {join_words(agree, 'or')} differs" if agree else ""
    return f"{join_words(parts)}{but}."


def _name_key(view: View, name: str) -> str:
    roles = {"person": "participant code", "email": "e-mail address", "ip": "network address"}
    return quote(view.label(name)) if name in view.codebook.variables else roles[name]


def _say_types(view: View) -> str:
    parts = []
    for part in view.types():
        name = part.partition("=")[2]
        found, share = view.shown("pairs", name, "count"), view.shown("pairs", name)
        if found is not None:
            told = "" if share is None else f" ({view.writer.share(share.value)})"
            label = escape_markdown(view.subgroup_label(part))
            parts.append(f"{view.writer.number(found.value)} are of {label}{told}")
    return f" Of the pairs, {join_words(parts)}." if len(parts) > 1 else ""


def describe_days(view: View) -> str:
    """Say how many days lay between the two answers of a person."""
    median, low, high = (view.shown("days_between", "", one) for one in ("median", "min", "max"))
    mean = view.find("days_between", "", "mean")
    if median is None or mean is None:
        return ""
    days = view.writer.number(median.value)
    half = f"At least half of the pairs answered again within {days} days"
    if median.n < FEWEST_PAIRS:
        return f"{half}."
    text = f"{half}; the mean is {view.writer.number(mean.value)} days."
    if low is None or high is None:
        return text
    ends = f"{view.writer.number(low.value)} and {view.writer.number(high.value)}"
    return f"{text} It was between {ends} days."


# Different people ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparisonChapter(PairChapter):
    """Two surveys side by side, as samples of different people."""

    prefix: ClassVar[str] = "comparison-"
    noun: ClassVar[str] = "differences"
    shared: ClassVar[str] = (
        "the test is of those who gave an answer that both offered, and single shares and means "
        "are not tested"
    )
    rows_table: ClassVar[str] = "people"

    def say_change(self, kind: Kind, variable: str) -> str:
        """Return how the answers of the two surveys differ."""
        return kind.contrast(self.view, variable, self.first, self.second)

    def defaults(self, kind: Kind, variable: Variable) -> list[Display]:
        """Return the table of differences, and the chart of both where there is one."""
        shown = [Display(table=kind.contrast_table)] if kind.contrast_table else []
        return [*shown, *([Display(chart=kind.change_chart)] if kind.change_chart else [])]

    def say_use(self) -> str:
        """Return which surveys' shares and means are weighted."""
        weighted = [wave for wave in self.waves if self.view.estimates.is_weighted(wave)]
        named = join_words(quote(self.view.wave_label(wave)) for wave in weighted)
        if len(weighted) == len(self.waves):
            return "Weighted in both surveys."
        return f"Weighted in {named} alone." if weighted else ""

    def say_size(self, variable: str, part: str) -> str:
        """Return how many answered either."""
        sizes = [say_n(side, variable, part) for side in (self.first, self.second)]
        return f"{sizes[0]} and {sizes[1].partition('= ')[2]}" if all(sizes) else ""

    def say_alt(self, kind: Kind, variable: str, part: str) -> str:
        """Return how the answers of the two surveys differ."""
        told = self.say(kind, variable)
        return plain_text(f"{self.view.label(variable)} in two surveys of different people. {told}")

    def open(self) -> None:
        """Show the heading and that these are not the same people."""
        study = self.view.study
        labels = [quote(study.waves[wave].label) for wave in self.waves]
        people = [escape_markdown(study.waves[wave].people) for wave in self.waves]
        in_both = ""
        if any({panel.first, panel.second} == {*self.waves} for panel in study.panels):
            in_both = (
                " Whoever answered both counts in either; how many were found in both, and how "
                "they changed, the chapter on the same people says."
            )
        show_markdown(
            f"# Two surveys side by side: {join_words(labels)} {{#sec-comparison-{self.suffix}}}",
            *self.texts(
                "opening",
                f"The {people[1]} of the second survey are set beside the {people[0]} of the "
                "first. They are taken as different people: a share that is larger in one survey "
                "does not say that anybody changed. Intervals and tests suppose independent "
                f"samples.{in_both}",
            ),
            *(
                [
                    f"{self.say_use()} Shares and means, their differences and the tests that say "
                    "so use the weights; tests of ranks and numbers of people do not. What "
                    "non-response could do is not worked out of weighted surveys."
                ]
                if self.say_use()
                else []
            ),
            refer_to_rows(self.waves),
        )

    def show_nonresponse(self) -> None:
        """Show what those who left a question empty, or did not answer, could change."""
        from altcred.write.nonresponse import show_nonresponse

        show_nonresponse(self)


def open_panel(name: str, cohort: str, first: str, second: str) -> PanelChapter:
    """Return the chapter on the people found in two surveys, over the panel's estimates."""
    folder = panel_folder(open_cohort(cohort).study, first, second).name
    view = open_view(cohort, folder, read=[first, second, folder])
    return PanelChapter(name, view, (first, second))


def open_comparison(name: str, cohort: str, first: str, second: str) -> ComparisonChapter:
    """Return the chapter that sets two surveys side by side, over their estimates."""
    folder = comparison_folder(open_cohort(cohort).study, first, second).name
    view = open_view(cohort, f"{first}-{second}", read=[first, second, folder])
    return ComparisonChapter(name, view, (first, second))
