"""What was printed of earlier collections, beside the cohort's own estimates.

Printed figures of an earlier collection have no rows behind them and no intervals; they are
always marked as printed.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from altcred.core.records import ALL, Estimate
from altcred.kinds.phrases import begin_sentence, escape_markdown, quote
from altcred.write.charts import find_chart
from altcred.write.charts.collections import Point
from altcred.write.charts.drawing import Drawing
from altcred.write.cohorts import HIGHER, LOWER, SAME
from altcred.write.markdown import show_markdown
from altcred.write.tables import Shown, Table, show_found
from altcred.write.views import HIDDEN, View


def show_opening(*, has_printed: bool, has_cohorts: bool) -> None:
    """Show the chapter's heading and what it sets side by side."""
    printed = (
        "Of some only what was printed is left; it is marked as printed wherever it stands. "
        if has_cohorts
        else "Only what was printed of them is left, and it is marked as printed. "
    )
    estimated = (
        f"Of {'others' if has_printed else 'these'} there are estimates, and what is compared has "
        "intervals. "
    )
    show_markdown(
        "# Earlier collections {#sec-trends}",
        "The same questions were asked before. This chapter sets what is known of earlier "
        f"collections beside the estimates of this one. {printed if has_printed else ''}"
        f"{estimated if has_cohorts else ''}",
        "A number is called higher or lower only where the 95% interval says so; many are "
        "compared, and a few of them will look different by chance. None of the comparisons "
        "follows the same people.",
    )


# Printed figures of earlier collections ----------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """A figure printed of an earlier collection, beside the cohort's own estimate of the same.

    `what` is the mean or the median of a number, `range` what the printed words can stand for, and
    `place` the section they stand in, where the same was printed elsewhere with other digits.
    """

    question: str
    what: str
    answer: str
    part: str
    words: str
    range: tuple[float, float]
    section: str
    place: str
    own: Estimate

    @property
    def name(self) -> str:
        """What a line of a table is called."""
        name = f"{self.question}: {self.answer}" if self.answer else self.question
        return _join(self.part, name, self.what)

    def judge(self) -> str:
        """Return how the estimate's 95% interval stands to what the printed words stand for."""
        low, high = self.range
        if self.own.low > (math.inf if math.isnan(high) else high):
            return HIGHER
        return LOWER if self.own.high < (-math.inf if math.isnan(low) else low) else SAME


def list_printed(rows: pd.DataFrame, view: View) -> list[Printed]:
    """Return the figures of one earlier collection in the order of the codebook's variables."""
    order = ["responses", *view.codebook.variables]
    key = ["subgroup", "variable", "category", "statistic"]
    rows = rows.assign(again=rows.duplicated(key, keep=False))
    ranks = rows["variable"].map(order.index)
    rows = rows.loc[ranks.sort_values(kind="stable").index]
    return [_read_printed(view, row) for row in rows.itertuples()]


def _read_printed(view: View, row) -> Printed:  # type: ignore[no-untyped-def]
    answers = row.category.split("+") if row.category else []
    own = Estimate(
        row.value, row.low, row.high, row.n_rebuilt, variable=row.variable,
        category=row.category, statistic=row.statistic,
    )  # fmt: skip
    return Printed(
        question=view.label(row.variable),
        what=row.statistic if row.statistic in ("mean", "median") else "",
        answer=" or ".join(_label_answer(view, row.variable, one) for one in answers),
        part="" if row.subgroup == ALL else view.subgroup_label(row.subgroup),
        # As the words stand within a sentence: "Two percent" as "two percent".
        words=row.words[:1].lower() + row.words[1:],
        range=(row.printed_low, row.printed_high),
        section=row.section,
        place=f"section {row.section}" if row.again else "",
        own=own,
    )


def _label_answer(view: View, variable: str, category: str) -> str:
    try:
        label = view.label(variable, category)
    except KeyError:
        label = category
    # A key of the transcription for which the codebook has no words.
    return begin_sentence(category.replace("_", " ")) if label == category else label


def show_earlier(earlier: pd.DataFrame, view: View) -> None:
    """Show, for each earlier collection, a text, a figure and a table, each described."""
    # Of a cohort without printed figures the frame has no columns to group by either.
    for wave, rows in earlier.groupby("wave", sort=False) if len(earlier) else ():
        side, year = view.on(rows["own_wave"].iloc[0]), rows["year"].iloc[0]
        printed = list_printed(rows, side)
        people = escape_markdown(side.people)
        drawing = printed_figure(printed, side, year, f"trend-{wave}")
        places = f"@tbl-trend-{wave}" + (f" and @fig-trend-{wave}" if drawing else "")
        show_markdown(
            f"## {begin_sentence(people)} of {year} and now {{#sec-trend-{wave}}}",
            f"{describe_printed(printed, side, year)} See {places}.",
        )
        if drawing is not None:
            told = "; ".join(
                f"{one.name} from {one.words} to {side.write(one.own)}" for one in _shares(printed)
            )
            about = {
                "label": f"fig-trend-{wave}",
                "caption": f"Shares of {people}: printed of {year} (open marks) and now, with 95% "
                f"intervals; n now = {write_responses(side)} or fewer",
                "alt": f"Points for the share printed of {year} and the share now, a line for "
                f"each answer. {told}.",
            }
            drawing.show(about)
        caption = f"What was printed of {people} in {year}, and the same now"
        printed_table(printed, side, year, f"trend-{wave}").show(f"tbl-trend-{wave}", caption)


def _join(*texts: str) -> str:
    return ", ".join(filter(None, texts))


def write_responses(view: View) -> str:
    """Write how many responses a wave has."""
    return view.write(view.find("responses", "", "count"))


def _shares(printed: Iterable[Printed]) -> list[Printed]:
    """Return the shares that a chart can show: those with an estimate."""
    return [one for one in printed if one.own.statistic == "proportion" and one.own.is_shown]


def printed_table(printed: Sequence[Printed], view: View, year: int, id: str) -> Table:
    """Return printed figures of one earlier collection beside the cohort's own estimates."""
    lines = []
    for one in printed:
        own = one.own
        now = show_found(view, own) if own.is_shown else Shown(HIDDEN)
        n = "" if math.isnan(own.n) else view.writer.number(own.n)
        around = [Shown(view.write_interval(own)), Shown(n), Shown(one.section)]
        lines.append((one.name, [Shown(begin_sentence(one.words)), now, *around]))
    columns = [f"Printed of {year}", "Now", "95% interval", "n", "Printed in section"]
    note = (
        "Printed figures are as the report gives them: no rows of that collection are there, "
        f"so that they have no interval. {HIDDEN} No estimate of the same key."
    )
    return Table(id, view.wave_label(view.wave), columns, lines, [note])


def printed_figure(printed: Sequence[Printed], view: View, year: int, id: str) -> Drawing | None:
    """Draw the shares printed of an earlier collection and the cohort's own."""
    points = [
        Point(
            _join(one.part, one.answer, one.place),
            one.range,
            one.own,
            group=one.question,
            printed=begin_sentence(one.words),
        )
        for one in _shares(printed)
    ]
    heads = (f"○ Printed of {year}", f"● {view.wave_label(view.wave)}")
    return find_chart("collections")(view, points, heads, id)


def describe_printed(printed: Sequence[Printed], view: View, year: int) -> str:
    """Say in Markdown what rose, fell and stayed, as far as the estimates' intervals tell.

    A printed figure that can stand for a number inside the estimate's 95% interval is about the
    same.
    """
    sizes = [one for one in printed if one.own.variable == "responses" and not one.part]
    people = escape_markdown(view.people)
    text = ""
    if sizes:
        text = (
            f"An earlier collection of {year} had {escape_markdown(sizes[0].words)} {people}, "
            f"this one {write_responses(view)}. "
        )
    text += (
        f"The rows of {year} are not at hand: what stands below is what was printed, without "
        "intervals. The words regard the interval of the present estimate alone; how far "
        "chance moved the printed figure cannot be known from it."
    )
    said: dict[str, list[tuple[str, str]]] = {HIGHER: [], LOWER: [], SAME: []}
    for one in printed:
        if not math.isnan(one.own.low):
            answer = quote(one.answer) if one.answer else ""
            part, place = escape_markdown(one.part), escape_markdown(one.place)
            name = _join(part, one.what, answer, place)
            numbers = escape_markdown(f"({one.words} printed, {view.write(one.own)} now)")
            said[one.judge()].append((one.question, f"{name} {numbers}".strip()))
    heads = {HIGHER: "Higher now than printed then", LOWER: "Lower now", SAME: "About the same"}
    lists = [f"{heads[how]}:\n\n{list_by_question(found)}" for how, found in said.items() if found]
    of = "programs" if view.study.programs else "people"
    last = (
        f"The {of} surveyed then may not be those surveyed now, so that a difference may be one of "
        f"{of} rather than of years; and some people may be in both collections."
    )
    return "\n\n".join([text, *lists, last])


def list_by_question(items: Iterable[tuple[str, str]]) -> str:
    """Return Markdown with a line a question, and on it what is said of its answers."""
    lines: dict[str, list[str]] = {}
    for question, text in items:
        lines.setdefault(question, []).append(text)
    return "\n".join(
        f"- {quote(question)}: {'; '.join(texts)}" for question, texts in lines.items()
    )
