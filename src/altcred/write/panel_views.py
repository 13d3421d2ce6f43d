"""Tables and figures of the chapter on people found in two surveys: views of paired estimates."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import seaborn

from altcred.core.records import Estimate
from altcred.describe.study import ALL
from altcred.kinds.multiple import CONDITIONAL
from altcred.write import tables
from altcred.write.figures import (
    FONT_SIZE,
    INK,
    MUTED,
    SECOND_COLOUR,
    Drawing,
    _escape,
    _row_height,
    _start,
    _wrap,
    paired_figure,
)
from altcred.write.tables import Shown, Table
from altcred.write.views import (
    HIDDEN,
    View,
    write_interval,
    write_money,
    write_number,
    write_percent,
    write_points,
    write_pvalue,
)

# The waves of the shared vocabulary that ask about benefits still to come.
EXPECTING = frozenset({"begin"})
BENEFITS = "benefits"
# With fewer pairs no test is reported and no table of tests is set.
FEWEST = 5
MOST_COUNTRIES = 10
WITHHELD = "Who answered how both times is not shown, since too few people stand behind it."
CELLS = ("only_first", "both", "only_second", "neither")
# Grey for the first survey and purple for the second, as in paired_figure; what both hold is dark.
# Neighbours differ in their darkness, and the two pale ones in their hatching.
FILLS: dict[str, dict[str, Any]] = {
    "only_first": {"facecolor": "#d3d9dd", "hatch": "////", "edgecolor": "#8a9299",
                   "hatch_linewidth": 0.6},
    "both": {"facecolor": SECOND_COLOUR, "edgecolor": "white"},
    "only_second": {"facecolor": "#cdb8e0", "edgecolor": "white"},
    "neither": {"facecolor": "white", "edgecolor": "#b9c1c7"},
}  # fmt: skip
INKS = {"both": "white", "neither": MUTED}
# A part of a bar narrower than so many percent has no room for its number.
NARROWEST = 6.0


@dataclass(frozen=True)
class Words:
    """What the four cells of two answers are called, and the shares of one in the other."""

    only_first: str
    both: str
    only_second: str
    neither: str
    of_first: str
    again: str
    of_second: str
    before: str

    def name(self, cell: str) -> str:
        """Return what a cell is called, by its name among the estimates."""
        return str(getattr(self, cell))


EXPECTED = Words(
    only_first="Expected, not reported",
    both="Expected and reported",
    only_second="Reported, not expected",
    neither="Neither",
    of_first="Of those who expected it",
    again="Reported it",
    of_second="Of those who reported it",
    before="Had expected it",
)
NAMED = Words(
    only_first="First survey only",
    both="Both surveys",
    only_second="Second survey only",
    neither="Neither",
    of_first="Of those who named it first",
    again="Named it again",
    of_second="Of those who named it second",
    before="Had named it before",
)


def choose_words(variable: str, first: str) -> Words:
    """Return the words for a variable: of benefits asked at the beginning, those of hope."""
    return EXPECTED if variable == BENEFITS and first in EXPECTING else NAMED


@dataclass(frozen=True)
class Cells:
    """How the same people answered about one category in two surveys; None for no estimate."""

    name: str
    counts: dict[str, Estimate | None]
    shares: dict[str, Estimate | None]

    @property
    def is_shown(self) -> bool:
        """Whether disclosure control left the four shares."""
        return all(one is not None and not math.isnan(one.value) for one in self.shares.values())

    @property
    def n(self) -> float:
        return next((one.n for one in self.shares.values() if one is not None), math.nan)

    def share(self, *cells: str) -> float:
        """Return the share of the pairs in some cells together, 0 to 1."""
        found = (self.shares[cell] for cell in cells)
        return sum(one.value for one in found if one is not None)

    def count(self, *cells: str) -> float:
        """Return how many pairs are in some cells together."""
        found = (self.counts[cell] for cell in cells)
        return sum(one.value for one in found if one is not None)


def list_cells(view: View, variable: str, subgroup: str = ALL) -> list[Cells]:
    """List the cells of a multiple question's categories, what most named first at the top.

    Equal ones keep the order of the codebook; what is not shown comes last.
    """
    described = view.codebook.variables.get(variable)
    found = []
    for name in described.categories if described is not None else ():
        test = f"{variable}:{name}"
        if view.find(test, "both", "count", subgroup) is None:
            continue
        counts = {cell: view.find(test, cell, "count", subgroup) for cell in CELLS}
        shares = {cell: view.find(test, cell, "proportion", subgroup) for cell in CELLS}
        found.append(Cells(name, counts, shares))
    found.sort(
        key=lambda one: (
            not one.is_shown,
            -one.share("only_first", "both") if one.is_shown else 0.0,
        )
    )
    return found


def has_enough(view: View, variable: str, subgroup: str = ALL) -> bool:
    """Tell whether at least FEWEST people answered a question in both surveys, and it is shown."""
    size = view.size(variable, subgroup)
    if size is None or not size >= FEWEST:
        return False
    rows = list_cells(view, variable, subgroup)
    return not rows or any(one.is_shown for one in rows)


def shares_figure(
    view: View, variable: str, first: str, second: str, *, top: int | None = None
) -> Drawing | None:
    """Draw how the same people answered in two surveys, as figures.paired_figure does.

    `top` keeps so many of the first survey's commonest answers. None where fewer than FEWEST
    people answered both times.
    """
    size = view.size(variable)
    if size is None or not size >= FEWEST:
        return None
    names = view.on(f"{view.wave}:{first}").categories(variable, top=top) if top else None
    return paired_figure(view, variable, first, second, only=names)


def answers_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return the paired tests of a question, as tables.paired_table does.

    None where fewer than FEWEST people answered both times, or nothing of it may be shown.
    """
    if not has_enough(view, variable):
        return None
    table = tables.paired_table(view, variable, first, second)
    if table is not None:
        # A sentence whose numbers are withheld says nothing.
        table.notes = [
            note
            for note in table.notes
            if not (note.endswith(f"p = {HIDDEN}.") or note.startswith(f"{HIDDEN} gave"))
        ]
    return table


def cells_figure(
    view: View, variable: str, first: str, second: str, *, subgroup: str = ALL
) -> Drawing | None:
    """Draw for each category who named it in which of two surveys: one bar of all pairs each.

    The first two parts of a bar are those who named it first, the second and third those who
    named it the second time. At its right stands how many of the former did both. None where
    the waves share no category, fewer than FEWEST people answered both times, or nothing of it
    may be shown.
    """
    rows = list_cells(view, variable, subgroup)
    if not rows or not has_enough(view, variable, subgroup):
        return None
    from matplotlib.patches import Patch

    words = choose_words(variable, first)
    usual = max((one.n for one in rows if not math.isnan(one.n)), default=math.nan)
    labels = []
    for one in rows:
        label = view.label(variable, one.name)
        if one.n < usual:
            label += f" (n = {write_number(one.n)})"
        labels.append(_wrap(label))
    height = max(1.6, sum(max(_row_height(label, 1), 0.3) for label in labels) + 1.15)
    figure, axes = _start(height)
    drawn = [(row, one) for row, one in enumerate(rows) if one.is_shown]
    left = [0.0] * len(drawn)
    for cell in CELLS:
        widths = [one.share(cell) * 100 for _, one in drawn]
        bars = axes.barh(
            [row for row, _ in drawn], widths, left=left, height=0.7, linewidth=0.7, **FILLS[cell]
        )
        bars.set_label("|".join([cell, *(one.name for _, one in drawn)]))
        for (row, _), width, start in zip(drawn, widths, left, strict=True):
            if width >= NARROWEST:
                _write_share(axes, cell, start + width / 2, row, width)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for row, one in enumerate(rows):
        if one.is_shown:
            text = (
                f"{write_number(one.count('both'))} of "
                f"{write_number(one.count('both', 'only_first'))}"
            )
            axes.text(102, row, text, va="center", fontsize=FONT_SIZE - 1, color=INK)
        else:
            axes.text(1, row, "not shown", va="center", fontsize=FONT_SIZE - 2, color=MUTED)
    axes.text(102, -0.62, f"{words.of_first},\n{words.again.lower()}".replace(" who ", " who\n"),
              va="bottom", fontsize=FONT_SIZE - 1.5, color=INK, linespacing=1.1)  # fmt: skip
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.5, -0.55)
    axes.set_xlim(0, 122)
    axes.set_xticks(range(0, 101, 25), [f"{tick}%" for tick in range(0, 101, 25)])
    axes.set_xlabel("Share of the people who answered in both surveys", x=50 / 122)
    axes.tick_params(length=0)
    seaborn.despine(ax=axes, bottom=True, left=True)
    figure.legend(
        handles=[Patch(label=words.name(cell), linewidth=0.7, **FILLS[cell]) for cell in CELLS],
        loc="outside upper left", ncols=4, frameon=False, fontsize=FONT_SIZE - 0.5,
        handlelength=1.3, handletextpad=0.5, columnspacing=1.4, borderaxespad=0.2,
    )  # fmt: skip
    return Drawing(figure, [_shares_behind(view, variable, rows, words)],
                   _tell_questions(view, variable, first, second))  # fmt: skip


def _write_share(axes: Any, cell: str, x: float, row: float, width: float) -> None:
    """Write a part's share into it, on a plain ground where the part is hatched."""
    ground = FILLS[cell]["facecolor"] if FILLS[cell].get("hatch") else "none"
    axes.text(
        x, row, write_percent(width / 100), ha="center", va="center", fontsize=FONT_SIZE - 1.5,
        color=INKS.get(cell, INK),
        bbox={"facecolor": ground, "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def _shares_behind(view: View, variable: str, rows: Iterable[Cells], words: Words) -> Table:
    lines = []
    for one in rows:
        for cell in CELLS:
            found, count = one.shares[cell], one.counts[cell]
            if found is None or count is None:
                continue
            texts = [
                write_number(count.value),
                write_percent(found.value, 1),
                write_interval(found, "proportion"),
                write_number(found.n),
            ]
            label = f"{view.label(variable, one.name)} · {words.name(cell)}"
            lines.append((label, [Shown(text) for text in texts]))
    return Table(
        f"{variable}-cells-numbers", view.label(variable),
        ["People", "Share", "95% interval", "n"], lines, is_behind=True,
    )  # fmt: skip


def _tell_questions(view: View, variable: str, first: str, second: str) -> str:
    """Return what each survey asked, and the codebook's own note."""
    described = view.codebook.variables[variable]
    texts = {
        wave: described.question[wave].text
        for wave in (first, second)
        if wave in described.question and described.question[wave].text
    }
    if len(set(texts.values())) < 2:
        return described.note
    asked = [f"{view.wave_label(wave)}: “{text}”" for wave, text in texts.items()]
    return " ".join(filter(None, ["Asked were:", *asked, described.note]))


def cells_table(
    view: View, variable: str, first: str, second: str, *, subgroup: str = ALL, digits: int = 1
) -> Table | None:
    """Return the four cells of each category, the difference and the exact McNemar test.

    p (Holm) is adjusted for all categories of the question together. None where cells_figure is.
    """
    if not has_enough(view, variable, subgroup):
        return None
    rows = []
    words = choose_words(variable, first)
    sizes = [0.0]
    for one in list_cells(view, variable, subgroup):
        test = f"{variable}:{one.name}"
        cells = []
        for cell in CELLS:
            count = one.counts[cell]
            text = HIDDEN if count is None else write_number(count.value)
            cells.append(Shown(text))
        difference = view.find(test, "", "difference", subgroup)
        points = HIDDEN if difference is None else write_points(difference.value, digits)
        cells.append(Shown(points, difference, "proportion"))
        for statistic in ("mcnemar_pvalue", "mcnemar_pvalue_holm"):
            found = view.find(test, "", statistic, subgroup)
            cells.append(Shown(HIDDEN if found is None else write_pvalue(found.value)))
        rows.append((view.label(variable, one.name), cells))
        sizes.append(0.0 if math.isnan(one.n) else one.n)
    if not rows:
        return None
    smaller = sorted({size for size in sizes if 0 < size < max(sizes)})
    notes = [
        f"Numbers of people; n = {write_number(max(sizes))} who answered in both surveys"
        + "".join(f"; n = {write_number(size)}" for size in smaller)
        + (" for answers that were not offered to all." if smaller else "."),
        "Difference: share in the second survey minus share in the first. p: exact McNemar test; "
        "p (Holm): adjusted for all rows together.",
    ]
    return Table(
        f"{variable}-cells",
        view.label(variable),
        [*(words.name(cell) for cell in CELLS), "Difference (points)", "p", "p (Holm)"],
        rows,
        notes,
    )


def given_table(
    view: View, variable: str, first: str, second: str, *, subgroup: str = ALL
) -> Table | None:
    """Return what share of those who named a category in one survey named it in the other.

    With 95% intervals (Wilson). None where cells_figure is.
    """
    if not has_enough(view, variable, subgroup):
        return None
    words = choose_words(variable, first)
    rows = []
    for one in list_cells(view, variable, subgroup):
        cells = []
        for statistic in CONDITIONAL:
            found = view.find(f"{variable}:{one.name}", "", statistic, subgroup)
            if found is None:
                # Of nobody there is no share.
                cells += [Shown("0" if one.is_shown else HIDDEN), Shown(HIDDEN), Shown("")]
                continue
            cells += [
                Shown(write_number(found.n)),
                Shown(write_percent(found.value)),
                Shown(write_interval(found, "proportion", digits=0)),
            ]
        rows.append((view.label(variable, one.name), cells))
    if not rows:
        return None
    return Table(
        f"{variable}-given",
        view.label(variable),
        ["n", words.again, "95% interval", "n", words.before, "95% interval"],
        rows,
        spanners=[(words.of_first, 0, 3), (words.of_second, 3, 6)],
    )


def numbers_table(
    view: View, variable: str, first: str, second: str, *, subgroup: str = ALL
) -> Table | None:
    """Return the paired tests of a number, and how small a change so many pairs could show.

    None where fewer than FEWEST people gave the number in both surveys.
    """
    size = view.size(variable, subgroup)
    if size is None or size < FEWEST:
        return None
    table = tables.paired_table(view, variable, first, second, subgroup=subgroup)
    if table is None:
        return None
    write = write_money if view.is_money(variable) else _write_short
    if not view.is_money(variable):
        _lengthen(table, view, variable, first, second, subgroup)
    least = view.find(variable, "", "minimum_detectable_difference", subgroup)
    share = view.find(variable, "", "minimum_detectable_share", subgroup)
    if least is not None:
        text = HIDDEN if math.isnan(least.value) else write(least.value)
        table.rows.append(("Change found four times out of five", [Shown(text)]))
        if share is not None:
            text = HIDDEN if math.isnan(share.value) else write_percent(share.value)
            table.rows.append(("The same, as a share of the first mean", [Shown(text)]))
        table.notes.append(
            "Change found four times out of five: how large a true mean difference has to be for "
            "the paired t-test to reach p < 0.05 with a probability of 80%, if differences "
            "spread as they do here."
        )
    return table


def _write_short(value: float) -> str:
    """Write a number with one decimal where it has any."""
    return write_number(value, 0 if float(value).is_integer() else 1)


def _lengthen(
    table: Table, view: View, variable: str, first: str, second: str, subgroup: str
) -> None:
    """Give the numbers of a paired table a decimal: hours and weeks differ by less than one."""
    statistics = {
        f"Mean: {view.wave_label(first)}": "mean_first",
        f"Mean: {view.wave_label(second)}": "mean_second",
        f"Median: {view.wave_label(first)}": "median_first",
        f"Median: {view.wave_label(second)}": "median_second",
        "Mean difference, second minus first": "mean_difference",
        "Standard deviation of the differences": "std_difference",
    }
    for place, (label, _) in enumerate(table.rows):
        found = view.find(variable, "", statistics.get(label, label), subgroup)
        if found is not None and not math.isnan(found.value):
            table.rows[place] = (label, [Shown(_write_short(found.value))])


# Questions that nobody foresaw -----------------------------------------------------------------


def show_others(
    view: View, known: Iterable[str], first: str, second: str, heading: str = ""
) -> None:
    """Show how the same people answered each question of both surveys that is not `known`.

    In the order of the codebook, under `heading`. Each gets a heading, a sentence and what fits
    its kind: a figure and a table of the paired test, of a number the table alone. The words
    hold expressions that are looked up when the report is assembled.
    """
    from IPython.display import Markdown, display

    skipped = set(known)
    asked_twice = view.codebook.in_wave(second)
    for name, described in view.codebook.in_wave(first).items():
        if name in skipped or name not in asked_twice or described.kind == "text":
            continue
        size = view.size(name)
        if size is None or size == 0:
            continue
        if heading:
            display(Markdown(heading))
            heading = ""
        display(Markdown(f"### {{{{ label({name!r}) }}}}"))
        text = describe_change(view, name, first, second)
        asked = _escape(_tell_questions(view, name, first, second))
        display(Markdown(f"{text} {asked}".strip()))
        # What is withheld is not a number, and less than nothing of it is shown.
        if not size >= FEWEST:
            continue
        slug = f"panel-{name}-{first}-{second}".replace("_", "-")
        figure = None
        if described.is_numeric:
            table = numbers_table(view, name, first, second)
        else:
            top = MOST_COUNTRIES if described.kind == "country" else None
            figure = shares_figure(view, name, first, second, top=top)
            table = answers_table(view, name, first, second)
        caption = (
            f"{{{{ label({name!r}) }}}}, the same people in both surveys; "
            f"n = {{{{ num({name!r}, 'nobs', wave={view.wave!r}) }}}}"
        )
        if figure is not None:
            figure.show(
                {
                    "label": f"fig-{slug}",
                    "caption": caption,
                    "alt": _describe_figure(view.wave, name, first, second),
                }
            )
        if table is not None:
            about = {"label": f"tbl-{slug}", "caption": caption}
            display(table, metadata={"report": about})


def describe_change(view: View, name: str, first: str, second: str) -> str:
    """Return a sentence or two on a question of both surveys, with expressions for its numbers.

    Of fewer than FEWEST pairs it says only how many they are.
    """
    described = view.codebook.variables[name]
    size = view.size(name)
    own = f"wave={view.wave!r}"
    if size is None or math.isnan(size):
        return "Too few people answered both times for their answers to be shown."
    if size < FEWEST:
        people = "person" if size == 1 else "people"
        if size == 0:
            return "Nobody answered both times."
        return (
            f"{{{{ spelled(value({name!r}, '', 'nobs', {own})) | sentence }}}} {people} answered "
            "both times, too few for a comparison."
        )
    n = f"{{{{ num({name!r}, 'nobs', {own}) }}}}"
    if described.is_numeric:
        return _describe_numbers(view, name, n, own)
    if described.kind == "multiple":
        return _describe_ticks(view, name, n)
    test = ""
    if _is_shown(view, name, "stuart_maxwell_pvalue"):
        test = (
            " The Stuart-Maxwell test of equal distributions gives "
            f"{{{{ pvalue({name!r}, 'stuart_maxwell_pvalue', {own}) }}}}."
        )
    if _is_shown(view, name, "increased"):
        return (
            f"Of the {n} who answered both times, {{{{ pct({name!r}, stat='increased', {own}) }}}} "
            "gave a higher answer the second time and "
            f"{{{{ pct({name!r}, stat='decreased', {own}) }}}} a lower one.{test}"
        )
    text = f"{n} people answered both times."
    before, after = (view.on(f"{view.wave}:{wave}") for wave in (first, second))
    top = next(iter(before.categories(name, top=1)), "")
    if all(
        side.size(name) and _is_shown(side, name, "proportion", top) for side in (before, after)
    ):
        shares = [
            f"{{{{ pct({name!r}, {top!r}, wave={side.wave!r}) }}}}" for side in (before, after)
        ]
        text += (
            f" {{{{ label({name!r}, {top!r}) }}}}: {shares[0]} in the first survey and {shares[1]} "
            "in the second."
        )
    return text + test


def _describe_numbers(view: View, name: str, n: str, own: str) -> str:
    is_money = view.is_money(name)

    def write(statistic: str) -> str:
        if is_money:
            return f"{{{{ usd({name!r}, {statistic!r}, {own}) }}}}"
        return f"{{{{ num({name!r}, {statistic!r}, digits=1, {own}) }}}}"

    unit = "'usd'" if is_money else "'num'"
    digits = "0" if is_money else "1"
    text = (
        f"{n} people gave a number both times. The mean was {write('mean_first')} in the first "
        f"survey and {write('mean_second')} in the second, the median {write('median_first')} and "
        f"{write('median_second')}."
    )
    if _is_shown(view, name, "ttest_rel_pvalue"):
        text += (
            f" The mean difference was {write('mean_difference')} (95% interval {{{{ ci({name!r}, "
            f"stat='mean_difference', unit={unit}, digits={digits}, {own}) }}}}; paired t-test "
            f"{{{{ pvalue({name!r}, {own}) }}}})."
        )
    if _is_shown(view, name, "minimum_detectable_difference"):
        text += (
            " With so many pairs, a change of "
            f"{write('minimum_detectable_difference')} would be found four times out of five; a "
            "smaller one is easily missed."
        )
    return text


def _describe_ticks(view: View, name: str, n: str) -> str:
    moved: dict[str, list[str]] = {"fewer": [], "more": []}
    for one in list_cells(view, name):
        test = f"{name}:{one.name}"
        difference = view.find(test, "", "difference")
        pvalue = view.find(test, "", "mcnemar_pvalue_holm")
        if difference is not None and pvalue is not None and pvalue.value < 0.05:
            way = "fewer" if difference.value < 0 else "more"
            moved[way].append(f"(label({name!r}, {one.name!r}) | lowered)")
    text = f"{n} people answered both times."
    if not any(one.is_shown for one in list_cells(view, name)):
        return f"{text} {WITHHELD}"
    for way, labels in moved.items():
        if labels:
            text += (
                f" Chosen by {way} in the second survey: {{{{ listing([{', '.join(labels)}]) }}}} "
                "(exact McNemar test, adjusted for the number of answers tested)."
            )
    if not any(moved.values()):
        text += (
            " For no answer does the exact McNemar test, adjusted for the number of answers "
            "tested, give a p value under the usual level; the intervals of the differences say "
            "how large a change remains possible."
        )
    return text


def _is_shown(view: View, name: str, statistic: str, category: str = "") -> bool:
    found = view.find(name, category, statistic)
    return found is not None and not math.isnan(found.value)


def _describe_figure(wave: str, name: str, first: str, second: str) -> str:
    """Return the words that stand for a default figure, with expressions for its numbers."""
    one, two = repr(f"{wave}:{first}"), repr(f"{wave}:{second}")
    return (
        f"Points for the share in each survey: {{{{ label({name!r}) }}}}. "
        f"{{% for c in ranked({name!r}, top=5, wave={one}) if has({name!r}, c.name, wave={two}) %}}"
        f"{{{{ c.label }}}} from {{{{ c.pct }}}} to {{{{ pct({name!r}, c.name, wave={two}) }}}}"
        "{{ '; ' if not loop.last }}{% endfor %}. "
        f"n = {{{{ num({name!r}, 'nobs', wave={wave!r}) }}}}."
    )
