"""What a reader sees of earlier collections: printed figures and an earlier cohort, set beside.

Printed figures of an earlier collection have no rows behind them and no intervals; they are
always marked as printed. An earlier cohort has rows of its own, and its estimates intervals.
"""

import math
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from altcred.core.numbers import HIDDEN, Writer, write_number, write_percent
from altcred.core.paths import processed_dir
from altcred.core.records import Estimate
from altcred.describe.codebook import load_codebook
from altcred.describe.study import ALL, load_study
from altcred.estimate.comparison import compare_waves
from altcred.estimate.store import Estimates, read_estimates
from altcred.kinds.phrases import escape_markdown
from altcred.write.charts.drawing import (
    INK,
    SECOND_COLOUR,
    Drawing,
    start_figure,
    wrap,
    write_heads,
)
from altcred.write.tables import Shown, Table, show_found
from altcred.write.views import View, open_view

EARLIER = "earlier"
PRINTED_COLOUR = "#69747c"
# Shares under this in both collections say little and are left out.
SMALLEST_SHARE = 0.01
# A printed figure that can stand for more than so much has no place of its own to be marked at.
WIDEST_MARK = 0.1
# A sentence that lists more than so many answers is no longer read.
MOST_NAMED = 8
HIGHER, LOWER, SAME = "higher", "lower", "about the same"


# Printed figures of earlier collections ----------------------------------------------------------


OPENING = """# Earlier collections {#sec-trends}

The same questions were asked before. This chapter sets what is known of earlier collections beside
the estimates of this one. Of some only what was printed is left; it is marked as printed wherever
it stands. Of another the rows may have been rebuilt, and its shares then have intervals.

A share is called higher or lower only where the 95% interval says so; many are compared, and a few
of them will look different by chance. None of the comparisons follows the same people."""


def show_opening() -> None:
    """Show the chapter's heading and what it sets side by side."""
    from IPython.display import Markdown, display

    display(Markdown(OPENING))


def show_earlier(earlier: pd.DataFrame, view: View) -> None:
    """Show, for each earlier collection, a text, a figure and a table, each described."""
    from IPython.display import Markdown, display

    for wave, rows in earlier.groupby("wave", sort=False):
        own, year = rows["own_wave"].iloc[0], rows["year"].iloc[0]
        side = view.on(own)
        people = side.study.waves[own].people
        drawing = earlier_figure(rows, side)
        places = f"@tbl-trend-{wave}" + (f" and @fig-trend-{wave}" if drawing else "")
        heading = f"{people[:1].upper()}{people[1:]} of {year} and now"
        text = f"{describe_earlier(rows, side)} See {places}."
        display(Markdown(f"## {heading} {{#sec-trend-{wave}}}\n\n{text}"))
        if drawing is not None:
            about = {
                "label": f"fig-trend-{wave}",
                "caption": f"Shares of {people}: printed of {year} (open marks) and rebuilt now, "
                f"with 95% intervals; n now = {_count_own(side)} or fewer",
                "alt": f"Points for the share printed of {year} and the share now, a line for "
                f"each answer. {_describe_points(rows, side)}",
            }
            drawing.show(about)
        table = earlier_table(rows, side)
        about = {
            "label": f"tbl-trend-{wave}",
            "caption": f"What was printed of {people} in {year}, and the same rebuilt now",
        }
        display(table, metadata={"report": about})


def _count_own(view: View) -> str:
    return view.write(view.find("responses", "", "count"))


def earlier_table(rows: pd.DataFrame, view: View) -> Table:
    """Return printed figures of one earlier collection beside the cohort's own estimates."""
    year = rows["year"].iloc[0]
    lines = []
    for row in _in_order(rows, view).to_dict("records"):
        own = _own_estimate(row)
        lines.append(
            (
                _name_row(view, row),
                [
                    Shown(row["words"]),
                    show_found(view, own) if own.is_shown else Shown(HIDDEN),
                    Shown(view.write_interval(own)),
                    Shown("" if math.isnan(own.n) else view.writer.number(own.n)),
                    Shown(row["section"]),
                ],
            )
        )
    return Table(
        f"trend-{rows['wave'].iloc[0]}",
        view.wave_label(view.wave),
        [f"Printed of {year}", "Rebuilt now", "95% interval", "n", "Printed in section"],
        lines,
        [
            "Printed figures are as the report gives them: no rows of that collection are there, "
            f"so that they have no interval. {HIDDEN} No estimate of the same key."
        ],
    )


def earlier_figure(rows: pd.DataFrame, view: View) -> Drawing | None:
    """Draw the shares printed of an earlier collection and the cohort's own."""
    shares = rows[(rows["statistic"] == "proportion") & rows["value"].notna()]
    points = [
        Point(
            _name_row(view, row, with_variable=False) + _tell_apart(rows, row),
            (row["printed_low"], row["printed_high"]),
            Estimate(row["value"], row["low"], row["high"], row["n_rebuilt"]),
            group=view.label(row["variable"]),
            printed=row["words"],
        )
        for row in shares.to_dict("records")
    ]
    order = [view.label(name) for name in view.codebook.variables]
    points.sort(key=lambda point: order.index(point.group))
    year = rows["year"].iloc[0]
    heads = (f"○ Printed of {year}", f"● {view.wave_label(view.wave)}, rebuilt")
    return draw_points(points, heads, f"trend-{rows['wave'].iloc[0]}")


def describe_earlier(rows: pd.DataFrame, view: View) -> str:
    """Say in Markdown what rose, fell and stayed, as far as the estimates' intervals tell.

    A printed figure that can stand for a number inside the estimate's 95% interval is about the
    same.
    """
    year = rows["year"].iloc[0]
    sizes = rows[(rows["variable"] == "responses") & (rows["subgroup"] == ALL)]
    people = view.study.waves[view.wave].people
    text = []
    if len(sizes):
        text.append(
            f"An earlier collection of {year} had {escape_markdown(sizes['words'].iloc[0])} "
            f"{people}; here there are {_count_own(view)}."
        )
    text.append(
        f"Its rows are not at hand: what stands below of {year} is what was printed, without "
        "intervals. The words regard the interval of the present estimate alone; how far chance "
        "moved the printed figure cannot be known from it."
    )
    items: dict[str, list[tuple[str, str]]] = {HIGHER: [], LOWER: [], SAME: []}
    known = _in_order(rows[rows["value"].notna() & rows["low"].notna()], view)
    for row in known.to_dict("records"):
        question = view.label(row["variable"])
        if not row["category"] and row["statistic"] in ("mean", "median"):
            question += f", {row['statistic']}"
        name = _name_row(view, row, with_variable=False)
        answer = "" if name == question else name.removesuffix(f", {question}")
        answer = f"{answer}{_tell_apart(rows, row)}".removeprefix(", ")
        numbers = f"({_in_sentence(row['words'])} printed, {view.write(_own_estimate(row))} now)"
        items[judge_printed(row)].append((question, f"{answer} {numbers}".strip()))
    words = {HIGHER: "Higher now than printed then", LOWER: "Lower now", SAME: "About the same"}
    text += [f"\n\n{words[how]}:\n\n{_list_by_question(found)}" for how, found in items.items()
             if found]  # fmt: skip
    text.append(
        "\n\nOther programs were surveyed then and now, so that a difference may be one of "
        "programs rather than of years; and some people may be in both collections."
    )
    return " ".join(text).replace(" \n\n", "\n\n")


def _list_by_question(items: Iterable[tuple[str, str]]) -> str:
    """Return Markdown with a line a question, and on it what is said of its answers."""
    lines: dict[str, list[str]] = {}
    for question, text in items:
        lines.setdefault(question, []).append(text)
    return "\n".join(
        f"- {escape_markdown(question)}: {escape_markdown('; '.join(texts))}"
        for question, texts in lines.items()
    )


def _in_order(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return rows in the order of the codebook's variables."""
    order = ["responses", *view.codebook.variables]
    ranks = rows["variable"].map(order.index)
    return rows.loc[ranks.sort_values(kind="stable").index]


def _tell_apart(rows: pd.DataFrame, row: Any) -> str:
    """Return where a figure was printed, if the same was printed elsewhere with other digits."""
    keys = ["subgroup", "variable", "category", "statistic"]
    same = (rows[keys] == pd.Series({key: row[key] for key in keys})).all(axis=1)
    return f", section {row['section']}" if same.sum() > 1 else ""


def _in_sentence(words: str) -> str:
    """Return a printed figure as it stands within a sentence: "Two percent" as "two percent"."""
    return words[:1].lower() + words[1:]


def judge_printed(row: Any) -> str:
    """Return how an estimate stands to the printed figure of an earlier collection."""
    low = -math.inf if math.isnan(row["printed_low"]) else row["printed_low"]
    high = math.inf if math.isnan(row["printed_high"]) else row["printed_high"]
    if row["low"] > high:
        return HIGHER
    return LOWER if row["high"] < low else SAME


def _describe_points(rows: pd.DataFrame, view: View) -> str:
    shares = rows[(rows["statistic"] == "proportion") & rows["value"].notna()]
    return "; ".join(
        f"{_name_row(view, row)}{_tell_apart(rows, row)} from {_in_sentence(row['words'])} to "
        f"{view.write(_own_estimate(row))}"
        for row in shares.to_dict("records")
    )


def _name_row(view: View, row: Any, *, with_variable: bool = True) -> str:
    variable, category = row["variable"], row["category"]
    name = view.label(variable)
    if category:
        named = " or ".join(_name_category(view, variable, one) for one in category.split("+"))
        name = f"{name}: {named}" if with_variable else named
    elif row["statistic"] in ("mean", "median"):
        name = f"{name}, {row['statistic']}"
    return name if row["subgroup"] == ALL else f"{view.subgroup_label(row['subgroup'])}, {name}"


def _name_category(view: View, variable: str, category: str) -> str:
    try:
        label = view.label(variable, category)
    except KeyError:
        label = category
    # A key of the transcription for which the codebook has no words.
    return category.replace("_", " ").capitalize() if label == category else label


def _own_estimate(row: Any) -> Estimate:
    """Return the cohort's own estimate that a printed figure is set beside."""
    return Estimate(
        row["value"], row["low"], row["high"], row["n_rebuilt"], variable=row["variable"],
        category=row["category"], statistic=row["statistic"],
    )  # fmt: skip


# An earlier cohort -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """The shares and numbers that an earlier cohort and the first survey of this one both have."""

    view: View
    earlier_title: str
    earlier_n: float
    first: str

    def rows(self, *, multiple: bool) -> Iterator[tuple[str, str, str, str]]:
        """Yield label, variable, category and statistic of what both cohorts have."""
        found = self.view.estimates.select(wave=self.wave, subgroup=ALL)
        keys = set(zip(found["variable"], found["category"], found["statistic"], strict=True))
        for name, variable in self.view.codebook.in_wave(self.first).items():
            if (variable.kind == "multiple") != multiple or variable.kind in ("country", "year"):
                continue
            label = self.view.label(name)
            if variable.is_numeric and (name, "", "median_difference") in keys:
                yield f"{label}, median", name, "", "median"
                continue
            for category in variable.categories:
                if (name, category, "difference") not in keys:
                    continue
                shares = [self.find(wave, name, category).value for wave in (EARLIER, self.first)]
                if max(shares) >= SMALLEST_SHARE:
                    yield f"{label}: {self.view.label(name, category)}", name, category, ""

    @property
    def wave(self) -> str:
        return f"{EARLIER}-{self.first}"

    def find(self, wave: str, variable: str, category: str, statistic: str = "") -> Estimate:
        statistic = statistic or "proportion"
        return self.view.estimates.find(wave, variable, category, statistic)

    def tells(self, variable: str, category: str) -> str:
        """Return how the later share stands to the earlier, by the difference's interval."""
        gap = self.find(self.wave, variable, category, "difference")
        if math.isnan(gap.low) or gap.low <= 0 <= gap.high:
            return SAME
        return HIGHER if gap.value > 0 else LOWER


def name_earlier(cohort: str) -> str:
    """Return the cohort that began the study of this one, as its study.yaml says, or nothing."""
    return load_study(cohort).earlier


def compare_cohorts(cohort: str, earlier: str) -> Comparison | None:
    """Return the first survey of an earlier cohort beside the first of this one.

    Works from the estimates of both; the two are taken as independent samples. None where the
    earlier cohort is not named or has not been estimated.
    """
    paths = sorted((processed_dir(earlier) / "estimates").glob("*.csv")) if earlier else []
    if not paths:
        return None
    study, other = load_study(cohort), load_study(earlier)
    first, theirs = next(iter(study.waves)), next(iter(other.waves))
    own = open_view(cohort).estimates.select(wave=first)
    codebook = load_codebook(earlier, other)
    then = read_estimates(*paths).select(wave=theirs, variable=[*codebook.variables, "responses"])
    both = pd.concat([own, then.assign(wave=EARLIER)], ignore_index=True)
    both = pd.concat(
        [both, compare_waves(Estimates(both), EARLIER, first, subgroups=[ALL])], ignore_index=True
    )
    view = open_view(cohort, first, frame=both)
    n = view.estimates.find(EARLIER, "responses", "", "count").value
    return Comparison(view, other.title, n, first)


def show_cohorts(compared: Comparison | None) -> None:
    """Show how an earlier cohort and this one differ: a text, a figure and two tables."""
    from IPython.display import Markdown, display

    if compared is None:
        return
    people = compared.view.study.waves[compared.first].people
    text = describe_cohorts(compared)
    display(Markdown(f"## The first {people} and all {{#sec-trend-cohorts}}\n\n{text}"))
    labels = _column_labels(compared)
    for multiple, name, caption in (
        (False, "people", f"Who the first {people} were, and who all were"),
        (True, "answers", f"What the first {people} answered, and what all did, where several "
         "answers could be chosen"),
    ):  # fmt: skip
        rows = list(compared.rows(multiple=multiple))
        table = cohorts_table(compared, rows, labels, f"trend-cohorts-{name}")
        if table is None:
            continue
        if multiple:
            cohorts_figure(compared, rows, labels).show(
                {
                    "label": "fig-trend-cohorts",
                    "caption": f"{caption}, with 95% intervals; {labels[0]}, {labels[1]}",
                    "alt": "Points for the share among the first and the share among all. "
                    + "; ".join(
                        f"{label} {write_percent(compared.find(EARLIER, v, c).value)} and "
                        f"{write_percent(compared.find(compared.first, v, c).value)}"
                        for label, v, c, _ in rows[:12]
                    )
                    + f". {labels[0]}, {labels[1]}.",
                }
            )
        about = {"label": f"tbl-trend-cohorts-{name}", "caption": caption}
        display(table, metadata={"report": about})


def _column_labels(compared: Comparison) -> tuple[str, str]:
    later = compared.find(compared.first, "responses", "", "count").value
    return (
        f"First {write_number(compared.earlier_n)} (n ≤ {write_number(compared.earlier_n)})",
        f"{compared.view.wave_label(compared.first)} (n ≤ {write_number(later)})",
    )


def cohorts_table(
    compared: Comparison,
    rows: Iterable[tuple[str, str, str, str]],
    labels: tuple[str, str],
    id: str,
) -> Table | None:
    """Return what both cohorts have, with the difference of shares and its 95% interval."""
    lines = []
    for label, variable, category, statistic in rows:
        cells = []
        view = compared.view
        for wave in (EARLIER, compared.first):
            found = compared.find(wave, variable, category, statistic)
            cells.append(show_found(view, found, 1 if category else None))
        if category:
            gap = compared.find(compared.wave, variable, category, "difference")
            cells += [Shown(view.write(gap)), Shown(view.write_interval(gap))]
        else:
            cells += [Shown(""), Shown("")]
        lines.append((label, cells))
    if not lines:
        return None
    return Table(
        id,
        "Question and answer",
        [*labels, "Difference (points)", "95% interval"],
        lines,
        [
            "The difference is the later share minus the earlier; its interval takes the two as "
            "independent samples. Answers given by under one in a hundred of both are left out."
        ],
    )


def cohorts_figure(
    compared: Comparison,
    rows: Iterable[tuple[str, str, str, str]],
    labels: tuple[str, str],
) -> Drawing:
    """Draw the shares of both cohorts."""
    points = []
    for _, variable, category, _ in rows:
        then = compared.find(EARLIER, variable, category)
        now = compared.find(compared.first, variable, category)
        name = compared.view.label(variable)
        text = compared.view.label(variable, category)
        points.append(Point(text, (then.low, then.high), now, then.value, name))
    drawing = draw_points(points, (f"○ {labels[0]}", f"● {labels[1]}"), "trend-cohorts")
    assert drawing is not None
    return drawing


def describe_cohorts(compared: Comparison) -> str:
    """Say in Markdown which shares rose and fell, as far as the differences' intervals tell."""
    people = compared.view.study.waves[compared.first].people
    found: dict[str, list[tuple[float, tuple[str, str]]]] = {HIGHER: [], LOWER: [], SAME: []}
    for multiple in (False, True):
        for _, variable, category, _ in compared.rows(multiple=multiple):
            if not category:
                continue
            then, now = (
                write_percent(compared.find(wave, variable, category).value)
                for wave in (EARLIER, compared.first)
            )
            said = f"{compared.view.label(variable, category)} ({then} and {now})"
            gap = compared.find(compared.wave, variable, category, "difference").value
            named = (compared.view.label(variable), said)
            found[compared.tells(variable, category)].append((abs(gap), named))
    text = [
        f"The first {write_number(compared.earlier_n)} {people} have a report of their own "
        f"(*{escape_markdown(compared.earlier_title)}*), rebuilt from rows too. They answered in "
        "one year and in other programs than most of those after them, and may be counted among "
        "them.",
    ]
    for how, word in ((HIGHER, "Larger"), (LOWER, "Smaller")):
        gaps = sorted(found[how], key=lambda one: -one[0])
        if gaps:
            more = len(gaps) - MOST_NAMED
            rest = f" (the {MOST_NAMED} largest differences of {len(gaps)})" if more > 0 else ""
            names = _list_by_question(named for _, named in gaps[:MOST_NAMED])
            text.append(f"\n\n{word} shares later{rest}:\n\n{names}")
    text.append(
        f"\n\nFor {write_number(len(found[SAME]))} more answers the interval of the difference "
        "leaves the direction open. All are in @tbl-trend-cohorts-people and "
        "@tbl-trend-cohorts-answers."
    )
    return " ".join(text).replace(" \n\n", "\n\n")


# Drawing -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One line of a figure of two collections: the earlier range and the later estimate.

    Without `then` the range is that of a printed figure, drawn at its middle or its one bound.
    Lines of one `group` stand under its name.
    """

    label: str
    range: tuple[float, float]
    now: Estimate
    then: float | None = None
    group: str = ""
    printed: str = ""

    def earlier(self) -> float:
        """Return where the earlier mark stands; nan where words were printed, such as "most"."""
        if self.then is not None:
            return self.then
        known = [end for end in self.range if not math.isnan(end)]
        if max(known) - min(known) > WIDEST_MARK:
            return math.nan
        return sum(known) / len(known)


def draw_points(points: list[Point], heads: tuple[str, str], id: str) -> Drawing | None:
    """Draw the earlier share of each line as an open mark and the later one as a full one."""
    if not points:
        return None
    places, texts, names = [], [], []
    top = 0.0
    group = ""
    for point in points:
        if point.group != group:
            group = point.group
            names.append((top, textwrap.shorten(group, 90, placeholder="…")))
            top += 0.2
        labels = wrap(point.label)
        height = 0.14 * (labels.count("\n") + 1) + 0.08
        texts.append(labels)
        places.append(top + height / 2)
        top += height
    figure, axes = start_figure(max(1.6, top + 0.75))
    reach = 0.0
    for row, point in zip(places, points, strict=True):
        then, now = point.earlier() * 100, point.now.value * 100
        if not math.isnan(then):
            axes.plot([then, now], [row, row], color="#c9d0d5", linewidth=2, zorder=1)
            early = axes.plot([then], [row], "o", markerfacecolor="white",
                              markeredgecolor=PRINTED_COLOUR, markersize=5.5,
                              zorder=3)  # fmt: skip
            early[0].set_label(f"then|{point.label}")
        for ends, colour, shift in (
            (point.range, PRINTED_COLOUR, -0.17),
            ((point.now.low, point.now.high), SECOND_COLOUR, 0.17),
        ):
            if not any(math.isnan(end) for end in ends):
                axes.plot([end * 100 for end in ends], [row + shift * 0.3] * 2, color=colour,
                          linewidth=0.9, zorder=2)  # fmt: skip
                reach = max(reach, *(end * 100 for end in ends))
        late = axes.plot([now], [row], "o", color=SECOND_COLOUR, markersize=5.5, zorder=4)
        late[0].set_label(f"now|{point.label}")
        reach = max(reach, now, *(() if math.isnan(then) else (then,)))
    axes.set_yticks(places, texts, fontsize=7.5)
    axes.set_ylim(top + 0.04, -0.1)
    for place, name in names:
        axes.text(0.3, place + 0.1, name, fontsize=7.5, fontweight="bold", color=INK,
                  va="center", bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                  zorder=5)  # fmt: skip
    axes.set_xlim(0, min(reach * 1.06 + 2, 102))
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= 100]
    axes.set_xticks(ticks, [f"{tick:g}%" for tick in ticks])
    axes.grid(axis="x", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    write_heads(axes, [(heads[0], PRINTED_COLOUR), (heads[1], SECOND_COLOUR)])
    numbers = Table(
        f"{id}-numbers",
        "Share",
        ["Then", "Now", "95% interval now", "n now"],
        [
            (
                f"{point.group}: {point.label}" if point.group else point.label,
                [
                    Shown(point.printed or write_percent(point.earlier(), 1)),
                    Shown(write_percent(point.now.value, 1)),
                    Shown(Writer().interval(point.now.low, point.now.high, "proportion")),
                    Shown(write_number(point.now.n)),
                ],
            )
            for point in points
        ],
        is_behind=True,
    )
    return Drawing(figure, [numbers])
