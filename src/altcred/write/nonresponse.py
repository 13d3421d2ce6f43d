"""What those who left a question empty, or answered no second survey, could change."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from altcred.core.records import NOT_REPORTED
from altcred.kinds.phrases import escape_markdown, join_words, plain_text, quote, say_share
from altcred.write.charts import find_chart
from altcred.write.markdown import show_markdown, to_anchor
from altcred.write.tables import find_table
from altcred.write.views import View

if TYPE_CHECKING:
    from altcred.write.pairs import ComparisonChapter

# So many answers are named, of more the others are counted.
MOST_NAMED = 6


def show_nonresponse(chapter: "ComparisonChapter") -> None:
    """Show bounds over empty answers, and weights, for the study's outcomes.

    Nothing is shown where the study names no outcomes that both surveys asked.
    """
    view = chapter.view
    outcomes = [
        name
        for name in view.study.weighting.outcomes
        if view.estimates.has(view.wave, name, statistic="difference_bounds")
    ]
    weighted = view.on(f"{view.wave}:weighted")
    if not outcomes and not weighted.has("weights"):
        return
    show_markdown(
        f"## What non-response could do {{#sec-comparison-nonresponse-{chapter.suffix}}}",
        "Two kinds of answers are missing: those of people who left a question empty, and those of "
        "people who never answered a survey.",
    )
    for name in outcomes:
        _show_bounds(chapter, name)
    show_markdown(
        f"### People who did not answer {{#sec-comparison-unit-{chapter.suffix}}}",
        *chapter.texts("unit", describe_unit(chapter)),
    )
    if weighted.has("weights"):
        _show_weights(chapter, [name for name in outcomes if weighted.has(name)])


def _show_bounds(chapter: "ComparisonChapter", name: str) -> None:
    view = chapter.view
    label = escape_markdown(view.label(name))
    text = describe_bounds(chapter, name)
    show_markdown(f"### Left empty: {label}", *chapter.texts(f"{name}_bounds", text))
    drawing = find_chart("bounds")(view, name, *chapter.waves)
    if drawing is not None:
        drawing.show(
            {
                "label": f"fig-comparison-bounds-{to_anchor(name)}-{chapter.suffix}",
                "caption": f"{label}: how far those who left it empty could move the differences "
                "between the two surveys, with the difference of those who answered and its 95% "
                "interval",
                "alt": plain_text(text),
            }
        )


def describe_bounds(chapter: "ComparisonChapter", name: str) -> str:
    """Say how many left a question empty, and which differences keep their direction at worst."""
    view = chapter.view
    kept: list[Any] = []
    turning: list[Any] = []
    for one in list(view.codebook.variables[name].categories):
        bounds = view.shown(name, one, "difference_bounds")
        if bounds is not None and view.compares(name, one):
            (kept if bounds.low > 0 or bounds.high < 0 else turning).append(one)
    told = [
        f"{view.writer.share(found.value)} of the {escape_markdown(side.people)} asked"
        for side in (chapter.first, chapter.second)
        if (found := side.shown(name, NOT_REPORTED))
    ]
    start = f"No answer was given by {' and by '.join(told)}. " if told else ""
    start += (
        "The shares leave them out. At worst all of them in one survey would have given an answer, "
        "and none of them in the other."
    )
    if kept and not turning:
        end = "The direction of every difference stays the same whatever they would have said."
    elif turning and not kept:
        end = "The direction of each of the differences could turn."
    elif kept:
        end = (
            f"For {_list_labels(view, name, kept)} the direction stays the same even then; for "
            f"{_list_labels(view, name, turning)} it could turn."
        )
    else:
        end = ""
    return f"{start} {end} What chance adds to these bounds is not in them.".replace("  ", " ")


def describe_unit(chapter: "ComparisonChapter") -> str:
    """Say what cannot be known of people who answered no second survey."""
    people = escape_markdown(chapter.second.people)
    return (
        "People who never answered have no such bounds: how many could have answered is not in the "
        "data. With every share from none to all possible among those who are missing, the width "
        "of the bounds would be their share. Without assumptions the second survey speaks for the "
        f"{people} who answered it and for nobody else."
    )


def _show_weights(chapter: "ComparisonChapter", outcomes: list[str]) -> None:
    view = chapter.view
    anchor = f"sec-comparison-weighted-{chapter.suffix}"
    show_markdown(
        f"### Weighted to resemble those who answered before {{#{anchor}}}",
        *chapter.texts("weighted", describe_weights(chapter, outcomes)),
    )
    people = f"{chapter.second.people} and {chapter.first.people}"
    balance = find_table("balance")(view, *chapter.waves)
    if balance is not None:
        caption = f"How far {people} differ before and after weighting, and what it costs"
        balance.show(f"tbl-comparison-balance-{chapter.suffix}", caption)
    for name in outcomes:
        table = find_table("weighted")(view, name, *chapter.waves)
        if table is not None:
            table.show(
                f"tbl-comparison-weighted-{to_anchor(name)}-{chapter.suffix}",
                f"{escape_markdown(view.label(name))} of {people}, and of the former when "
                "weighted to resemble the latter",
            )


def describe_weights(chapter: "ComparisonChapter", outcomes: list[str]) -> str:
    """Say how the weights are made, what they cost, and how far they move the outcomes."""
    view = chapter.view
    plain, by_program = (
        view.on(f"{view.wave}:{name}") for name in ("weighted", "weighted_program")
    )
    first, second = (escape_markdown(side.people) for side in (chapter.first, chapter.second))
    within = "program" if view.study.weighting.with_program == "program" else "program type"
    has_programs = by_program.has("weights")
    texts = [
        f"One thing can be tried: to give the {second} who answered the characteristics of the "
        f"{first}, and to see how far the shares move. A logistic regression on what both surveys "
        f"asked gives each of the {second} the odds of standing among the {first}; these odds are "
        "the weights."
    ]
    if has_programs:
        texts.append(
            f"A second set is made within each {within}, and has these in the proportions of the "
            f"{first}."
        )
    texts.append(
        "The largest weights are trimmed. Who did not answer a question counts as a category of "
        "its own, and rare categories are joined."
    )
    effective = [
        found for side in (plain, by_program) if (found := side.shown("weights", "", "n_effective"))
    ]
    if effective:
        also = (
            f", and by the second set as {view.writer.number(effective[1].value)}"
            if (len(effective) > 1)
            else ""
        )
        texts.append(
            f"Weighted, the {second} tell as much as "
            f"{view.writer.number(effective[0].value)} unweighted ones would{also}."
        )
    for name in outcomes:
        for side, which in ((plain, "first"), (by_program, "second")):
            moved = _largest_shift(side, name)
            if moved is not None:
                one, shift = moved
                now, before = side.find(name, one), chapter.second.find(name, one)
                if now is not None and before is not None:
                    sets = f"The {which} set moves" if has_programs else "The weights move"
                    texts.append(
                        f"{sets} no share of {quote(view.label(name))} by more than "
                        f"{view.writer.number(abs(shift) * 100, 1)} percentage points "
                        f"({quote(view.label(name, one))}, from {say_share(view, before)} to "
                        f"{say_share(view, now)})."
                    )
    texts.append(
        "Weights balance only what both surveys asked, and let those who answered stand for those "
        "who did not."
    )
    return " ".join(texts)


def _largest_shift(view: View, name: str) -> tuple[str, float] | None:
    shifts = {
        one: found.value
        for one in list(view.codebook.variables[name].categories)
        if (found := view.shown(name, one, "shift"))
    }
    if not shifts:
        return None
    one = max(shifts, key=lambda key: abs(shifts[key]))
    return one, shifts[one]


def _list_labels(view: View, name: str, categories: Sequence[str]) -> str:
    """Write the labels of some answers, of many only the first and how many more there are."""
    labels = [quote(view.label(name, one)) for one in categories]
    if len(labels) > MOST_NAMED:
        rest = len(labels) - MOST_NAMED + 1
        labels = [*labels[: MOST_NAMED - 1], f"{view.writer.spell(rest)} more"]
    return join_words(labels)
