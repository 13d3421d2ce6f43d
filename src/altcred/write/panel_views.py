"""Names by which the panel's chapter, not yet rewritten, calls charts and tables."""

import math
from collections.abc import Iterable
from typing import Any

from altcred.write.charts import Drawing
from altcred.write.charts.cells import draw_cells
from altcred.write.charts.drawing import escape_text
from altcred.write.charts.pairs import draw_pairs as shares_figure
from altcred.write.paired import FEWEST, list_cells
from altcred.write.paired import tell_questions as _tell_questions
from altcred.write.tables import Table, default_change_table
from altcred.write.tables import paired as _paired
from altcred.write.views import View

__all__ = ["answers_table", "cells_figure", "cells_table", "given_table", "numbers_table",
           "shares_figure", "show_others"]  # fmt: skip

MOST_COUNTRIES = 10
WITHHELD = "Who answered how both times is not shown, since too few people stand behind it."
numbers_table = _paired.paired_numbers_table
answers_table = default_change_table
EXPECTED = {
    "only_first": "Expected, not reported",
    "both": "Expected and reported",
    "only_second": "Reported, not expected",
    "of_first": "Of those who expected it",
    "again": "Reported it",
    "of_second": "Of those who reported it",
    "before": "Had expected it",
}


def _words(variable: str, first: str) -> dict[str, str]:
    return EXPECTED if (variable, first) == ("benefits", "begin") else {}


def cells_figure(view: View, variable: str, first: str, second: str, **how: Any) -> Drawing | None:
    """Draw who named each answer in which survey, in this study's words."""
    return draw_cells(view, variable, first, second, words=_words(variable, first), **how)


def cells_table(view: View, variable: str, first: str, second: str, **how: Any) -> Table | None:
    """Return who named each answer in which survey, in this study's words."""
    words = _words(variable, first)
    return _paired.cells_table(view, variable, first, second, words=words, **how)


def given_table(view: View, variable: str, first: str, second: str, **how: Any) -> Table | None:
    """Return who named an answer again, in this study's words."""
    words = _words(variable, first)
    return _paired.given_table(view, variable, first, second, words=words, **how)


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
        asked = escape_text(_tell_questions(view, name, first, second))
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
    is_money = bool(view.currency(name))

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
