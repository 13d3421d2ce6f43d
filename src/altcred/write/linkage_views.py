"""Views of a panel under other ways of matching, whose estimates estimate/linkage makes.

Also the chapter that sets repeats and pairs beside the truth of a reconstructed cohort.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from altcred.core.records import Estimate
from altcred.describe.folders import panel_folder
from altcred.describe.study import Study
from altcred.estimate.linkage import PARTS, name_way
from altcred.link.linkage import RULES, THRESHOLDS, name_threshold, vary_rules
from altcred.write.prose import escape_markdown, lowered
from altcred.write.tables import Shown, Table
from altcred.write.views import HIDDEN, View, write_interval, write_money, write_number

if TYPE_CHECKING:
    from altcred.write.charts import Drawing

ZERO_COLOUR = "#8a9299"


# The panel's chapter ---------------------------------------------------------------------------


def list_ways(view: View, first: str, second: str) -> list[str]:
    """Return the other ways of matching that there are estimates of, in reading order."""
    rules = view.study.panel_of(first, second).rules
    names = [*vary_rules(rules), *(name_threshold(one) for one in THRESHOLDS)]
    return [way for way in names if view.find(name_way(way), "", "nobs") is not None]


def label_way(way: str) -> str:
    """Return a way of matching in words."""
    kind, _, rest = way.partition("_")
    if kind == "without":
        return f"All rules but {rest}"
    if kind == "only":
        return f"Only the rule {rest}"
    if kind == "probability":
        return f"Probability of {int(rest) / 100:g} or more"
    return "The rules as they are"


def ways_table(view: View, first: str, second: str) -> Table | None:
    """Return the pairs under each way of matching, beside the rules' own, and the mean change.

    None where there is no other way.
    """
    name = _name_headline(view, first, second)
    with_money = view.find(name, "", "mean_difference") is not None
    columns = ["Pairs", "Also by the rules", "Only here", "Only by the rules"]
    if with_money:
        columns += [f"Mean difference, {lowered(view.label(name))}", "95% interval", "n"]
    ways = list_ways(view, first, second)
    if not ways:
        return None
    rows = [(label_way(RULES), [_show_count(view, "pairs", ""), *[Shown("")] * 3])]
    for way in ways:
        cells = [
            _show_count(view, name_way(way), part) for part in ("pairs", "both", "added", "lost")
        ]
        rows.append((label_way(way), cells))
    if with_money:
        for (_, cells), way in zip(rows, ["", *ways], strict=True):
            cells += _show_headline(view, name, way or RULES)
    hidden = any(cell.text == HIDDEN for _, cells in rows for cell in cells)
    minimum = view.study.disclosure.minimum
    notes = [
        f"{HIDDEN} Not shown, so that nothing can be worked out of fewer than {minimum} people."
    ]
    return Table(f"linkage-{view.wave}", "Way of matching", columns, rows, notes if hidden else [])


def _show_count(view: View, variable: str, category: str) -> Shown:
    found = view.find(variable, category, "count")
    # Nothing stands behind a count but itself.
    return Shown(HIDDEN if found is None else write_number(found.value))


def _name_headline(view: View, first: str, second: str) -> str:
    """Return the number whose change was estimated under each way; an empty text for none."""
    ways = list_ways(view, first, second)
    names = view.codebook.variables
    return next((name for name in names for way in ways if view.has(name_way(way, name))), "")


def _find_headline(view: View, name: str, way: str) -> Estimate | None:
    return view.find(name if way == RULES else name_way(way, name), "", "mean_difference")


def _show_headline(view: View, name: str, way: str) -> list[Shown]:
    found = _find_headline(view, name, way)
    if found is None or found.is_suppressed:
        return [Shown(HIDDEN), Shown(""), Shown(HIDDEN)]
    is_money = view.is_money(name)
    write = write_money if is_money else write_number
    return [
        Shown(write(found.value)),
        Shown(write_interval(found, "mean_difference", is_money=is_money)),
        Shown(write_number(found.n)),
    ]


def describe_ways(view: View, first: str, second: str, reason: str = "") -> str:
    """Say in Markdown how the pairs and the mean change move with the way of matching.

    `reason` says why nothing was matched by probability, where so.
    """
    ways = list_ways(view, first, second)
    text = []
    by_rules = [way for way in ways if not way.startswith("probability")]
    sizes = {way: view.find(name_way(way), "pairs", "count") for way in by_rules}
    known = {
        way: found.value
        for way, found in sizes.items()
        if found is not None and not found.is_suppressed
    }
    if known:
        fewest = min(known, key=lambda way: known[way])
        text.append(
            f"The rules as they are find {{{{ num('pairs', 'count', {_place(view)}) }}}} pairs. Of "
            f"the other choices of rules the one that finds fewest ({lowered(label_way(fewest))}) "
            f"finds {_number(view, fewest, 'pairs')}."
        )
    for way in ways:
        if way.startswith("probability"):
            lost = view.find(name_way(way), "lost", "count")
            is_one = lost is not None and lost.value == 1
            parts = [view.find(name_way(way), part, "count") for part in ("pairs", *PARTS["pairs"])]
            if any(part is None or part.is_suppressed for part in [*parts, lost]):
                text.append(
                    f"How the pairs made at a {lowered(label_way(way))} differ from the rules' is "
                    "not shown, since it is a matter of few people."
                )
                continue
            text.append(
                f"At a {lowered(label_way(way))} there are {_number(view, way, 'pairs')} pairs: "
                f"{_number(view, way, 'both')} that the rules make too and "
                f"{_number(view, way, 'added')} that they do not. Of the rules' pairs, "
                f"{_number(view, way, 'lost')} {'is' if is_one else 'are'} missing then."
            )
    if reason:
        text.append(f"Nothing was matched by probability: {reason}.")
    elif ways:
        text.append(
            "A pair that the rules do not make is not yet a person they missed: in a large "
            "program two people can agree by chance in all that was asked."
        )
    name = _name_headline(view, first, second)
    headline = _describe_headline(view, name, ways, f"@fig-panel-linkage-{first}-{second}")
    return "\n\n".join(filter(None, [" ".join(text), headline]))


def _place(view: View) -> str:
    return f"wave={view.wave!r}"


def _number(view: View, way: str, part: str) -> str:
    found = view.find(name_way(way), part, "count")
    if found is not None and found.value == 0:
        return "none"
    return f"{{{{ num({name_way(way)!r}, 'count', {part!r}, {_place(view)}) }}}}"


def _list_headlines(view: View, name: str, ways: list[str]) -> dict[str, Estimate]:
    found = {way: _find_headline(view, name, way) for way in [RULES, *ways]}
    return {way: one for way, one in found.items() if one is not None and not math.isnan(one.low)}


def _describe_headline(view: View, name: str, ways: list[str], figure: str) -> str:
    means = _list_headlines(view, name, ways)
    if len(means) < 2 or RULES not in means:
        return ""
    low, high = (pick(means, key=lambda way: means[way].value) for pick in (min, max))

    def write(way: str) -> str:
        variable = name if way == RULES else name_way(way, name)
        unit = "usd" if view.is_money(name) else "num"
        return f"{{{{ {unit}({variable!r}, 'mean_difference', {_place(view)}) }}}}"

    label = lowered(view.label(name))
    text = [
        f"The mean difference in {label} lies between {write(low)} ({lowered(label_way(low))}) and "
        f"{write(high)} ({lowered(label_way(high))}; {figure})."
    ]
    outside = [way for way, one in means.items() if not one.low <= 0 <= one.high]
    if not outside:
        text.append("In each way of matching its interval holds losses as well as gains.")
    elif len(outside) == len(means):
        signs = {means[way].value > 0 for way in outside}
        text.append(
            "In no way of matching does its interval hold zero"
            + (", and the sign is the same in all." if len(signs) == 1 else "; the sign changes.")
        )
    else:
        names = ", ".join(lowered(label_way(way)) for way in outside)
        text.append(
            f"Whether its interval holds zero depends on the way of matching: it does not with "
            f"{escape_markdown(names)}, and does with the others."
        )
    return " ".join(text)


def headline_figure(view: View, first: str, second: str) -> "Drawing | None":
    """Draw the mean change with its interval under each way of matching, a line each."""
    # Here, since drawing takes seconds to load and the chapter on the truth draws nothing.
    from altcred.write.charts.drawing import INK, SECOND_COLOUR, Drawing, start_figure, wrap

    name = _name_headline(view, first, second)
    means = _list_headlines(view, name, list_ways(view, first, second))
    if len(means) < 2:
        return None
    figure, axes = start_figure(0.75 + 0.3 * len(means))
    for row, (way, found) in enumerate(means.items()):
        colour = INK if way == RULES else SECOND_COLOUR
        axes.plot([found.low, found.high], [row, row], color=colour, linewidth=1.4)
        mark = axes.plot([found.value], [row], "o", color=colour, markersize=5)
        mark[0].set_label(f"{way}|{name}")
    axes.axvline(0, color=ZERO_COLOUR, linewidth=0.8, linestyle="--", zorder=0)
    labels = [wrap(f"{label_way(way)} (n = {write_number(one.n)})") for way, one in means.items()]
    axes.set_yticks(range(len(means)), labels)
    axes.set_ylim(len(means) - 0.5, -0.5)
    write = write_money if view.is_money(name) else write_number
    # Amounts of money are long; more of them would lie over each other.
    axes.locator_params(axis="x", nbins=5, steps=[1, 1.5, 2, 2.5, 3, 5, 10])
    axes.xaxis.set_major_formatter(lambda value, _: write(value))
    axes.set_xlabel(f"Mean difference, {lowered(view.label(name))}, and its 95% interval")
    axes.grid(axis="x", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    numbers = Table(
        f"linkage-{view.wave}-numbers",
        "Way of matching",
        ["Mean difference", "95% interval", "n"],
        [(label_way(way), _show_headline(view, name, way)) for way in means],
        is_behind=True,
    )
    return Drawing(figure, [numbers])


def show_headline_figure(view: View, first: str, second: str) -> None:
    """Show headline_figure with its caption and the words for who cannot see it."""
    drawing = headline_figure(view, first, second)
    if drawing is None:
        return
    name = _name_headline(view, first, second)
    means = _list_headlines(view, name, list_ways(view, first, second))
    write = write_money if view.is_money(name) else write_number
    said = "; ".join(
        f"{lowered(label_way(way))} {write(one.value)} (from {write(one.low)} to {write(one.high)})"
        for way, one in means.items()
    )
    label = lowered(view.label(name))
    drawing.show(
        {
            "label": f"fig-panel-linkage-{first}-{second}",
            "caption": f"Mean difference in {label} of the people matched in each way, with its "
            "95% interval; n beside each",
            "alt": f"A point and a line for each way of matching: {said}.",
        }
    )


# The chapter on the truth ----------------------------------------------------------------------

AGREEMENT = ["Found", "True", "Precision", "Recall"]


def repeats_table(measures: Mapping[str, Any], study: Study) -> Table:
    """Return how many repeats of each survey were found and are true, with precision and recall.

    Of a survey without repeats the shares are left out.
    """
    rows = [
        (wave.label, _show_agreement(measures[name]["repeats"]))
        for name, wave in study.waves.items()
    ]
    return Table("repeats", "Survey", AGREEMENT, rows)


def pairs_table(measures: Mapping[str, Any], study: Study) -> Table | None:
    """Return the same of the pairs of each panel, a line a way of matching; None without panels."""
    rows = []
    for name, label in _name_panels(study):
        before = f"{label}: " if len(study.panels) > 1 else ""
        own = measures[name]
        rows.append((f"{before}the rules", _show_agreement(own["pairs"])))
        rows.append(
            (f"{before}the rules, of people some rule can find", _show_agreement(own["findable"]))
        )
        for way in _list_measured(own):
            rows.append((f"{before}{lowered(label_way(way))}", _show_agreement(own[way])))
    rows = [(label[0].upper() + label[1:], cells) for label, cells in rows]
    return Table("pairs-found", "Way of matching", AGREEMENT, rows) if rows else None


def describe_repeats(measures: Mapping[str, Any], study: Study) -> str:
    """Say in Markdown what of the repeats was missed, and who was wrongly taken for one."""
    text = []
    for name, wave in study.waves.items():
        own = measures[name]["repeats"]
        wrong, missed = _count_errors(own)
        label = escape_markdown(wave.label)
        if not own["true"] and not own["found"]:
            text.append(f"{label}: no row repeats another, and none was dropped as a repeat.")
        else:
            text.append(
                f"{label}: of {_count(own['true'], 'repeat')} among the rows, {_none(missed)} "
                f"{'was' if missed in (0, 1) else 'were'} missed; of "
                f"{_count(own['found'], 'row')} dropped as such, {_none(wrong)} "
                f"{'was' if wrong in (0, 1) else 'were'} somebody else's."
            )
    return "\n\n".join(text)


def describe_pairs(measures: Mapping[str, Any], study: Study) -> str:
    """Say in Markdown what probabilities add to the rules and what they get wrong, by panel."""
    paragraphs = []
    for name, label in _name_panels(study):
        own = measures[name]
        wrong, missed = _count_errors(own["pairs"])
        unfindable = own["pairs"]["true"] - own["findable"]["true"]
        text = [
            f"{escape_markdown(label)}: {_count(own['pairs']['true'], 'person', 'people')} "
            f"answered both surveys, {_none(unfindable)} of them in such a way that no rule can "
            f"find them. The rules make {_count(own['pairs']['found'], 'pair')}, {_none(wrong)} of "
            f"them wrong, and miss {_none(missed)} of the people."
        ]
        for way in _list_measured(own):
            one = own[way]
            text.append(
                f"At a {lowered(label_way(way))}, pairs number {write_number(one['found'])}. "
                f"Beside the rules this adds {_count(one['added_true'], 'right pair')} and "
                f"{_count(one['added_false'], 'wrong pair')}, and loses "
                f"{_count(one['lost_true'], 'right pair')} that the rules make."
            )
        ways = _list_measured(own)
        if ways:
            text.append(_weigh_up([own[way] for way in ways]))
        else:
            text.append("Nothing was matched by probability.")
        paragraphs.append(" ".join(text))
    return "\n\n".join(paragraphs)


def _weigh_up(ways: list[Mapping[str, Any]]) -> str:
    """Say what the way that finds most is good for; the ways are of one panel."""
    most = max(ways, key=lambda one: one["found"])
    text = []
    if most["added_true"] > most["added_false"]:
        text.append("So the weighing of all keys finds more people than it confuses.")
    elif most["added_false"]:
        text.append("So what the weighing of all keys adds is no more often right than wrong.")
    elif not most["added_true"]:
        text.append("So the weighing of all keys finds nobody whom the rules miss.")
    if most["added_false"]:
        apart = most["added_false_without_address"]
        which = "all" if apart == most["added_false"] else "some" if apart else "none"
        text.append(
            {
                "all": "The wrong pairs share no address: they are people of one program who are "
                "alike in what was asked.",
                "some": "Some of the wrong pairs share no address: they are people of one program "
                "who are alike in what was asked.",
                "none": "The wrong pairs share an address.",
            }[which]
        )
    return " ".join(text)


def _name_panels(study: Study) -> list[tuple[str, str]]:
    """Return the folder of each panel and the words for its two surveys."""
    return [
        (
            panel_folder(study, panel.first, panel.second).name,
            f"{study.waves[panel.first].label} and {lowered(study.waves[panel.second].label)}",
        )
        for panel in study.panels
    ]


def _list_measured(measures: Mapping[str, Any]) -> list[str]:
    return [name for name in map(name_threshold, THRESHOLDS) if name in measures]


def _count_errors(agreement: Mapping[str, float]) -> tuple[int, int]:
    """Return how many were found wrongly, and how many were missed."""
    right = round(agreement["recall"] * agreement["true"])
    return int(agreement["found"]) - right, int(agreement["true"]) - right


def _count(number: float, one: str, many: str = "") -> str:
    noun = one if number == 1 else many or f"{one}s"
    return f"{'no' if number == 0 else write_number(number)} {noun}"


def _none(number: float) -> str:
    return "none" if number == 0 else write_number(number)


def _show_agreement(agreement: Mapping[str, float]) -> list[Shown]:
    # Of nothing there is no share.
    shares = (("precision", agreement["found"]), ("recall", agreement["true"]))
    return [
        Shown(write_number(agreement["found"])),
        Shown(write_number(agreement["true"])),
        *(Shown(write_number(agreement[name], 3) if of else HIDDEN) for name, of in shares),
    ]
