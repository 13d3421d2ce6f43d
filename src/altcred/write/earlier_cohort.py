"""The cohort that began a study beside this one: both have rows, and their estimates intervals."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from altcred.core.paths import processed_dir
from altcred.core.records import ALL, Estimate
from altcred.describe.cohort import open_cohort
from altcred.estimate.comparison import compare_waves
from altcred.estimate.store import Estimates, read_estimates
from altcred.kinds import kind_of
from altcred.kinds.phrases import escape_markdown, quote, say_percent, spell
from altcred.write.chapters import show_markdown
from altcred.write.charts import find_chart
from altcred.write.charts.collections import Point
from altcred.write.charts.drawing import Drawing
from altcred.write.tables import Shown, Table, show_found
from altcred.write.trends import HIGHER, LOWER, SAME, list_by_question, write_responses
from altcred.write.views import View, open_view

# What the estimates of the earlier cohort are told apart by.
EARLIER = "earlier"
# Shares under this in both collections say little and are left out.
SMALLEST_SHARE = 0.01
# A sentence that lists more than so many answers is no longer read.
MOST_NAMED = 8
# So many shares are told to whoever cannot see a chart; the table beside it has all.
MOST_TOLD = 12


@dataclass(frozen=True)
class Pair:
    """One share, or one number's median, in both cohorts, and the difference of two shares."""

    variable: str
    category: str
    then: Estimate
    now: Estimate
    gap: Estimate | None = None

    def judge(self) -> str:
        """Return how the later share stands to the earlier, by the difference's interval."""
        gap = self.gap
        if gap is None or math.isnan(gap.low) or gap.low <= 0 <= gap.high:
            return SAME
        return HIGHER if gap.value > 0 else LOWER


@dataclass(frozen=True)
class Cohorts:
    """An earlier cohort's first survey (`EARLIER` among the view's waves) and this one's."""

    view: View
    title: str

    @property
    def columns(self) -> tuple[str, str]:
        """What the two are called, each with how many answered at most."""
        earlier, own = (write_responses(side) for side in (self.view.on(EARLIER), self.view))
        label = self.view.wave_label(self.view.wave)
        return f"First cohort (n ≤ {earlier})", f"{label} (n ≤ {own})"

    def pairs(self, *, several: bool) -> Iterator[Pair]:
        """Yield what both have, of questions with one answer or with `several`."""
        view = self.view
        then, between = view.on(EARLIER), view.on(f"{EARLIER}-{view.wave}")
        for name, variable in view.codebook.in_wave(view.wave).items():
            if kind_of(variable).has_ticks != several:
                continue
            answers = [*variable.categories] if variable.is_categorical else []
            # Of a number that only others are derived from, those say more.
            answers += [""] if variable.is_numeric and variable.show else []
            for answer in answers:
                statistic = "" if answer else "median"
                ends = [side.find(name, answer, statistic) for side in (then, view)]
                if ends[0] is None or ends[1] is None:
                    continue
                gap = between.find(name, answer, "difference") if answer else None
                is_rare = gap is not None and not any(
                    one.value >= SMALLEST_SHARE for one in (ends[0], ends[1])
                )
                if not is_rare:
                    yield Pair(name, answer, ends[0], ends[1], gap)


def compare_cohorts(cohort: str) -> Cohorts | None:
    """Return the first survey of the cohort that began the study, beside the first of this one.

    Works from the estimates of both; the two are taken as independent samples. None where
    study.yaml names no earlier cohort, or that has not been estimated.
    """
    own = open_cohort(cohort)
    earlier = own.study.earlier
    paths = sorted((processed_dir(earlier) / "estimates").glob("*.csv")) if earlier else []
    if not paths:
        return None
    other = open_cohort(earlier)
    first, theirs = next(iter(own.study.waves)), next(iter(other.study.waves))
    now = open_view(own).estimates.select(wave=first)
    then = read_estimates(*paths).select(
        wave=theirs, variable=[*other.codebook.variables, "responses"]
    )
    both = pd.concat([now, then.assign(wave=EARLIER)], ignore_index=True)
    gaps = compare_waves(Estimates(both), EARLIER, first, subgroups=[ALL])
    both = pd.concat([both, gaps], ignore_index=True)
    return Cohorts(open_view(own, first, frame=both), other.study.title)


def show_cohorts(cohorts: Cohorts | None) -> None:
    """Show how an earlier cohort and this one differ: a text, a figure and two tables."""
    from IPython.display import display

    if cohorts is None:
        return
    people = escape_markdown(cohorts.view.people)
    shown = []
    for several, name, questions in (
        (False, "people", "one answer"),
        (True, "answers", "several answers"),
    ):
        pairs = list(cohorts.pairs(several=several))
        table = cohorts_table(cohorts, pairs, f"trend-cohorts-{name}")
        if pairs:
            caption = f"The first {people} and those of this cohort: questions with {questions}"
            shown.append((table, pairs if several else [], caption))
    places = " and ".join(f"@tbl-{table.id}" for table, *_ in shown)
    show_markdown(
        f"## The first {people} and those of this cohort {{#sec-trend-cohorts}}",
        describe_cohorts(cohorts),
        f"What both were asked is in {places}." if places else "",
    )
    for table, drawn, caption in shown:
        if (drawing := cohorts_figure(cohorts, drawn)) is not None:
            heads = "; ".join(cohorts.columns)
            told = "; ".join(
                f"{_name_pair(cohorts.view, one)} {_say_both(one)}"
                for one in drawn[:MOST_TOLD]
                if one.gap is not None and one.gap.is_shown
            )
            about = {
                "label": "fig-trend-cohorts",
                "caption": f"{caption}, with 95% intervals; {escape_markdown(heads)}",
                "alt": f"Points for the earlier share and the later one. {told}. {heads}.",
            }
            drawing.show(about)
        display(table, metadata={"report": {"label": f"tbl-{table.id}", "caption": caption}})


def _name_pair(view: View, pair: Pair) -> str:
    if not pair.category:
        return f"{view.label(pair.variable)}, median"
    return f"{view.label(pair.variable)}: {view.label(pair.variable, pair.category)}"


def _say_both(pair: Pair) -> str:
    return f"{say_percent(pair.then.value)} and {say_percent(pair.now.value)}"


def cohorts_table(cohorts: Cohorts, pairs: Iterable[Pair], id: str) -> Table:
    """Return what both cohorts have, with the difference of shares and its 95% interval."""
    view = cohorts.view
    lines = []
    for pair in pairs:
        digits = 1 if pair.category else None
        cells = [show_found(view, one, digits) for one in (pair.then, pair.now)]
        gap = "" if pair.gap is None else view.write(pair.gap)
        cells += [Shown(gap), Shown(view.write_interval(pair.gap))]
        lines.append((_name_pair(view, pair), cells))
    note = (
        "The difference is the later share minus the earlier; its interval takes the two as "
        "independent samples. Answers given by under one in a hundred of both are left out."
    )
    columns = [*cohorts.columns, "Difference (points)", "95% interval"]
    return Table(id, "Question and answer", columns, lines, [note])


def cohorts_figure(cohorts: Cohorts, pairs: Iterable[Pair]) -> Drawing | None:
    """Draw the shares of both cohorts."""
    view = cohorts.view
    points = [
        Point(
            view.label(one.variable, one.category), (one.then.low, one.then.high), one.now,
            one.then.value, view.label(one.variable),
        )
        for one in pairs
        if one.category and one.then.is_shown and one.now.is_shown
    ]  # fmt: skip
    first, second = cohorts.columns
    return find_chart("collections")(view, points, (f"○ {first}", f"● {second}"), "trend-cohorts")


def describe_cohorts(cohorts: Cohorts) -> str:
    """Say in Markdown which shares rose and fell, as far as the differences' intervals tell."""
    view = cohorts.view
    found: dict[str, list[Pair]] = {HIGHER: [], LOWER: [], SAME: []}
    for several in (False, True):
        for pair in cohorts.pairs(several=several):
            if pair.gap is not None and pair.gap.is_shown:
                found[pair.judge()].append(pair)
    text = [
        "The study began with an earlier cohort, which has a report of its own "
        f"(*{escape_markdown(cohorts.title)}*) and rows too. It may have been asked in other years"
        f"{' and programs' if view.study.programs else ''}, and some of its "
        f"{escape_markdown(view.people)} may be counted among those of this cohort."
    ]
    for how, word in ((HIGHER, "Larger"), (LOWER, "Smaller")):
        pairs = sorted(found[how], key=lambda one: -abs(one.gap.value if one.gap else 0))
        if pairs:
            rest = f" (the {MOST_NAMED} largest differences of {len(pairs)})"
            named = (
                (
                    view.label(one.variable),
                    f"{quote(view.label(one.variable, one.category))} ({_say_both(one)})",
                )
                for one in pairs[:MOST_NAMED]
            )
            head = f"{word} shares later{rest if len(pairs) > MOST_NAMED else ''}"
            text.append(f"{head}:\n\n{list_by_question(named)}")
    if same := len(found[SAME]):
        more = "" if same == sum(map(len, found.values())) else " more"
        answers = f"one{more} answer" if same == 1 else f"{spell(same)}{more} answers"
        text.append(f"For {answers} the interval of the difference leaves the direction open.")
    return "\n\n".join(text)
