"""Views of a panel under other ways of matching, whose estimates estimate/linkage makes."""

import math
from typing import TYPE_CHECKING

from altcred.core.records import Estimate
from altcred.estimate.linkage import PARTS, name_way
from altcred.kinds.phrases import begin_sentence, escape_markdown, join_words, quote
from altcred.link.linkage import RULES, THRESHOLDS, name_threshold, vary_rules
from altcred.write.markdown import show_markdown
from altcred.write.tables import Shown, Table
from altcred.write.views import HIDDEN, View

if TYPE_CHECKING:
    from altcred.write.charts import Drawing

ZERO_COLOUR = "#8a9299"

OPENING = """How much rests on the rules? @tbl-{key} matches the two surveys again in other
ways{varied}. Each way {within}gives nobody two partners, and takes no second response that is
earlier than the first. The rest of this chapter is about the pairs that the rules make."""
VARIED = ": with one of the rules left out, and with the first rule alone"
PROBABILITY = """Pairs are also made by probability, by weighing everything that the rules compare
at once (the model of Fellegi and Sunter, fitted with the library splink). An answer or address that
agrees speaks for one person, the more so the rarer it agrees by chance; one that disagrees speaks
against; an empty one says nothing. So one disagreement need not part a pair, and an address alone,
which a household shares, does not make one. The probabilities suppose that answers agree
independently of each other, which is not quite so, and can make them surer than they should be."""
NO_OTHER = """The pairs of this chapter rest on one rule, and there is no other choice of rules to
set beside it."""


def show_ways(view: View, first: str, second: str, reason: str = "") -> None:
    """Show the section on other ways of matching: its words, its table and its figure."""
    key = f"panel-linkage-{first}-{second}"
    ways = list_ways(view, first, second)
    paragraphs = [f"## Other ways of matching {{#sec-{key}}}"]
    if ways:
        rules = view.study.panel_of(first, second).rules
        within = "stays within a program, " if view.study.programs else ""
        varied = VARIED if len(rules) > 1 else ""
        paragraphs.append(OPENING.format(key=key, varied=varied, within=within))
        if any(way.startswith("probability") for way in ways):
            paragraphs.append(PROBABILITY)
    else:
        paragraphs.append(NO_OTHER)
    paragraphs.append(describe_ways(view, first, second, reason))
    show_markdown(*paragraphs)
    table = ways_table(view, first, second)
    if table is not None:
        caption = "Pairs under each way of matching the two surveys, beside the pairs of the rules"
        table.show(f"tbl-{key}", caption)
    show_headline_figure(view, first, second)


def list_ways(view: View, first: str, second: str) -> list[str]:
    """Return the other ways of matching that there are estimates of, in reading order."""
    rules = view.study.panel_of(first, second).rules
    names = [*vary_rules(rules), *(name_threshold(one) for one in THRESHOLDS)]
    return [way for way in names if view.find(name_way(way), "", "nobs") is not None]


def name_matching(way: str) -> str:
    """Return a way of matching in words, as they stand within a sentence."""
    kind, _, rest = way.partition("_")
    if kind == "without":
        return f"all rules but {rest}"
    if kind == "only":
        return f"only the rule {rest}"
    if kind == "probability":
        return f"probability of {int(rest) / 100:g} or more"
    return "the rules as they are"


def _label(way: str) -> str:
    return begin_sentence(name_matching(way))


def _say_way(way: str) -> str:
    return escape_markdown(name_matching(way))


def ways_table(view: View, first: str, second: str) -> Table | None:
    """Return the pairs under each way of matching, beside the rules' own, and the mean change.

    None where there is no other way.
    """
    ways = list_ways(view, first, second)
    if not ways:
        return None
    columns = ["Pairs", "Also by the rules", "Only here", "Only by the rules"]
    pairs = view.find("pairs", "", "count")
    rows = [(_label(RULES), [Shown(view.write(pairs)), *[Shown("")] * 3])]
    for way in ways:
        parts = ("pairs", *PARTS["pairs"], "lost")
        counts = [view.find(name_way(way), part, "count") for part in parts]
        rows.append((_label(way), [Shown(view.write(count)) for count in counts]))
    name = _name_headline(view, first, second)
    if view.find(name, "", "mean_difference") is not None:
        columns += [f"Mean difference: {view.label(name)}", "95% interval", "n"]
        for (_, cells), way in zip(rows, [RULES, *ways], strict=True):
            cells += _show_headline(view, name, way)
    hidden = any(cell.text == HIDDEN for _, cells in rows for cell in cells)
    minimum = view.study.disclosure.minimum
    note = f"{HIDDEN} Not shown, so that nothing can be worked out of fewer than {minimum} people."
    table_id = f"linkage-{view.wave}"
    return Table(table_id, "Way of matching", columns, rows, [note] if hidden else [])


def _name_headline(view: View, first: str, second: str) -> str:
    """Return the number whose change was estimated under each way; an empty text for none."""
    ways = list_ways(view, first, second)
    names = view.codebook.variables
    return next((name for name in names for way in ways if view.has(name_way(way, name))), "")


def _find_headline(view: View, name: str, way: str) -> Estimate | None:
    return view.find(name if way == RULES else name_way(way, name), "", "mean_difference")


def _find_headlines(view: View, first: str, second: str) -> tuple[str, dict[str, Estimate]]:
    """Return the headline number, and its change under each way that it is shown of."""
    name = _name_headline(view, first, second)
    found = {
        way: _find_headline(view, name, way) for way in [RULES, *list_ways(view, first, second)]
    }
    shown = {way: one for way, one in found.items() if one is not None and not math.isnan(one.low)}
    return name, shown


def _show_headline(view: View, name: str, way: str) -> list[Shown]:
    found = _find_headline(view, name, way)
    if found is None or found.is_suppressed:
        return [Shown(HIDDEN), Shown(""), Shown(HIDDEN)]
    interval = view.write_interval(found, name)
    return [Shown(view.write(found, name)), Shown(interval), Shown(view.writer.number(found.n))]


def describe_ways(view: View, first: str, second: str, reason: str = "") -> str:
    """Say in Markdown how the pairs and the mean change move with the way of matching.

    `reason` says why nothing was matched by probability, where so.
    """
    ways = list_ways(view, first, second)
    text = [_describe_fewest(view, [way for way in ways if not way.startswith("probability")])]
    text += [_describe_way(view, way) for way in ways if way.startswith("probability")]
    if reason:
        text.append(f"Nothing was matched by probability: {reason}.")
    elif ways:
        within = "in a large program" if view.study.programs else "among many people"
        text.append(
            f"A pair that the rules do not make is not yet a person they missed: {within} two "
            "people can agree by chance in all that was asked."
        )
    headline = _describe_headline(view, first, second)
    return "\n\n".join(filter(None, [" ".join(filter(None, text)), headline]))


def _describe_fewest(view: View, ways: list[str]) -> str:
    sizes = {way: view.find(name_way(way), "pairs", "count") for way in ways}
    known = {way: one for way, one in sizes.items() if one is not None and not one.is_suppressed}
    if not known:
        return ""
    least = min(one.value for one in known.values())
    fewest = join_words([_say_way(way) for way, one in known.items() if one.value == least])
    return (
        f"The rules as they are find {_count_pairs(view, view.find('pairs', '', 'count'))}. Of the "
        f"other choices of rules, fewest are found with {fewest}: "
        f"{_count_pairs(view, next(one for one in known.values() if one.value == least))}."
    )


def _describe_way(view: View, way: str) -> str:
    """Say how the pairs made by probability differ from the rules' own."""
    parts = ("pairs", *PARTS["pairs"], "lost")
    found = [one for part in parts if (one := view.shown(name_way(way), part, "count"))]
    if len(found) < len(parts):
        return (
            f"How the pairs made at a {_say_way(way)} differ from the rules' is not "
            "shown, since it is a matter of few people."
        )
    pairs, both, added, lost = found
    text = f"At a {_say_way(way)} there {_is(pairs)} {_count_pairs(view, pairs)}"
    if pairs.value:
        text += (
            f": {_write_count(view, both)} that the rules make too and "
            f"{_write_count(view, added)} that they do not"
        )
    return f"{text}. Of the rules' pairs, {_write_count(view, lost)} {_is(lost)} missing then."


def _is(found: Estimate) -> str:
    return "is" if found.value == 1 else "are"


def _count_pairs(view: View, found: Estimate | None) -> str:
    noun = "pair" if found is not None and found.value == 1 else "pairs"
    return f"no {noun}" if found is not None and not found.value else f"{view.write(found)} {noun}"


def _write_count(view: View, found: Estimate | None) -> str:
    return "none" if found is not None and found.value == 0 else view.write(found)


def _describe_headline(view: View, first: str, second: str) -> str:
    name, means = _find_headlines(view, first, second)
    if len(means) < 2 or RULES not in means:
        return ""
    low, high = (pick(means, key=lambda way: means[way].value) for pick in (min, max))
    said = [escape_markdown(view.write(means[way], name)) for way in (low, high)]
    text = f"The mean difference in {quote(view.label(name))}"
    figure = f"@fig-panel-linkage-{first}-{second}"
    if said[0] == said[1]:
        text += f" is {said[0]} in each way of matching ({figure})."
    else:
        text += (
            f" lies between {said[0]} ({_say_way(low)}) and {said[1]} ({_say_way(high)}; {figure})."
        )
    outside = [way for way, one in means.items() if not one.low <= 0 <= one.high]
    if not outside:
        crosses = all(one.low < 0 < one.high for one in means.values())
        held = "losses as well as gains" if crosses else "zero"
        return f"{text} In each way of matching its interval holds {held}."
    if len(outside) == len(means):
        signs = {means[way].value > 0 for way in outside}
        rest = ", and the sign is the same in all" if len(signs) == 1 else "; the sign changes"
        return f"{text} In no way of matching does its interval hold zero{rest}."
    names = join_words(list(map(_say_way, outside)))
    return (
        f"{text} Whether its interval holds zero depends on the way of matching: it does not with "
        f"{names}, and does with the others."
    )


def headline_figure(view: View, first: str, second: str) -> "Drawing | None":
    """Draw the mean change with its interval under each way of matching, a line each."""
    from altcred.write.charts.drawing import INK, SECOND_COLOUR, Drawing
    from altcred.write.charts.rows import start_rows

    name, means = _find_headlines(view, first, second)
    if len(means) < 2:
        return None
    labels = [f"{_label(way)} (n = {view.writer.number(one.n)})" for way, one in means.items()]
    figure, axes, places = start_rows(labels)
    for row, (way, found) in zip(places, means.items(), strict=True):
        colour = INK if way == RULES else SECOND_COLOUR
        axes.plot([found.low, found.high], [row, row], color=colour, linewidth=1.4)
        mark = axes.plot([found.value], [row], "o", color=colour, markersize=5)
        mark[0].set_label(f"{way}|{name}")
    axes.axvline(0, color=ZERO_COLOUR, linewidth=0.8, linestyle="--", zorder=0)
    # Amounts of money are long; more of them would lie over each other.
    axes.locator_params(axis="x", nbins=5, steps=[1, 1.5, 2, 2.5, 3, 5, 10])
    currency = view.currency(name)
    axes.xaxis.set_major_formatter(
        lambda value, _: view.writer.value(value, "mean_difference", currency)
    )
    axes.set_xlabel(f"Mean difference and its 95% interval: {view.label(name)}")
    axes.grid(axis="x", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    numbers = Table(
        f"linkage-{view.wave}-numbers",
        "Way of matching",
        ["Mean difference", "95% interval", "n"],
        [(_label(way), _show_headline(view, name, way)) for way in means],
    )
    return Drawing(figure, [numbers])


def show_headline_figure(view: View, first: str, second: str) -> None:
    """Show headline_figure with its caption and the words for who cannot see it."""
    drawing = headline_figure(view, first, second)
    if drawing is None:
        return
    name, means = _find_headlines(view, first, second)
    said = "; ".join(
        f"{name_matching(way)} {view.write(one, name)} ({view.write_interval(one, name)})"
        for way, one in means.items()
    )
    drawing.show(
        {
            "label": f"fig-panel-linkage-{first}-{second}",
            "caption": f"Mean difference in {quote(view.label(name))} of the "
            "people matched in "
            "each way, with its 95% interval; n beside each",
            "alt": f"A point and a line for each way of matching: {said}.",
        }
    )
