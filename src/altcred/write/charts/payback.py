"""The figure of the chapter on costs: the raise that pays a program back."""

from typing import Any

import seaborn

from altcred.core.records import ALL, Estimate
from altcred.estimate.amounts import name_payback
from altcred.write.charts.distribution import SPAN
from altcred.write.charts.drawing import (
    BLANK,
    FONT_SIZE,
    INK,
    MUTED,
    PALE,
    Drawing,
    colour_of,
    draw_grid,
    tell,
)
from altcred.write.charts.rows import Head, start_rows
from altcred.write.costs import CostView, write_years


def draw_payback(costs: CostView) -> Drawing | None:
    """Draw the raise that pays back the cost, a row a number of years, from time worth nothing.

    A row reaches from the raise that pays back the fees alone to the one that pays back every hour
    at the most assumed, with a mark for each worth of time. Dashed are the raises of prices.yaml,
    so that a reader can look up for which worth of time and how many years each is enough. Marks
    carry the label `SUBGROUP|CATEGORY` of their estimate.
    """
    subgroups = costs.payback_parts("breakeven_share", "median")
    if not subgroups:
        return None
    assumed = costs.prices.payback
    rows = [(part, years) for part in subgroups for years in assumed.years]
    labels: list[str] = []
    for part, years in rows:
        labels += [Head(_say_cost(costs, part))] if years == assumed.years[0] else []
        labels.append(f"within {write_years(years)}")
    figure, axes, places = start_rows(labels)
    reach = max(assumed.raises) * 100
    for at, (part, years) in zip(places, rows, strict=True):
        reach = max(reach, _draw_row(axes, costs, part, years, at))
    every = [line.get_xdata()[0] for line in axes.lines if "|" in str(line.get_label())]
    least = min(every, default=0.0)
    if 0 < least * SPAN < max(every):
        axes.set_xscale("log")
        axes.set_xlim(least / 1.5, reach * (reach / least) ** 0.3)
        axes.minorticks_off()
    else:
        axes.set_xlim(0, reach * 1.3)
    for share in assumed.raises:
        axes.axvline(share * 100, color=PALE, linewidth=0.9, linestyle=(0, (3, 3)), zorder=0)
    axes.set_xticks([tick for tick in axes.get_xticks() if least / 2 <= tick <= reach * 1.02])
    axes.xaxis.set_major_formatter(lambda tick, _: _write(costs, tick / 100))
    _label_raises(axes, costs)
    least, most = (costs.writer.percent(of(assumed.time_values)) for of in (min, max))
    axes.set_xlabel(
        "Median raise that pays the cost back, of income\n"
        f"○ an hour of study worth {least} of an hour's pay   ● {most}"
    )
    draw_grid(axes, "x")
    axes.tick_params(length=0)
    seaborn.despine(ax=axes, left=True, bottom=True)
    numbers = costs.payback_table("payback-numbers")
    return Drawing(figure, [numbers] if numbers else [])


def _say_cost(costs: CostView, part: str) -> str:
    """Return of whom rows are, what fees came to and with time, and who reported the benefit."""
    assumed, view = costs.prices.payback, costs.view
    values = sorted(assumed.time_values)
    name = name_payback(assumed.years[0], values[-1])
    n = costs.shown(f"breakeven_share.{name}", "nobs", part)
    title = view.subgroup_label(part) if part != ALL else "All"
    title += f" (n = {costs.writer.number(n.value)})" if n is not None else ""
    told = []
    least, most = (costs.shown(f"payback_cost.time_{one * 100:g}", "median", part)
                   for one in (values[0], values[-1]))  # fmt: skip
    if least is not None and most is not None:
        told.append(f"median cost {costs.write(least)} to {costs.write(most)}")
    share = costs.shown(f"benefit_groups.{assumed.benefit}", "proportion", part)
    if assumed.benefit is not None and share is not None:
        label = costs.prices.benefit_groups[assumed.benefit].label
        told.append(f"{costs.write(share)} reported: {label}")
    return "\n".join(filter(None, [title, "; ".join(told)]))


def _draw_row(axes: Any, costs: CostView, part: str, years: int, at: float) -> float:
    """Draw a mark for each worth of time, and write between which raises they lie."""
    values = sorted(costs.prices.payback.time_values)
    names = [name_payback(years, value) for value in values]
    found: list[tuple[float, str, Estimate]] = [
        (value, name, one)
        for value, name in zip(values, names, strict=True)
        if (one := costs.shown(f"breakeven_share.{name}", "median", part)) is not None
    ]
    if not found:
        return 0.0
    colour, label = colour_of(costs.view, part), costs.view.subgroup_label(part)
    drawn = [one.value * 100 for *_, one in found]
    axes.plot([drawn[0], drawn[-1]], [at, at], color=colour, linewidth=1.6, zorder=2)
    ends = [end * 100 for *_, one in (found[0], found[-1]) for end in (one.low, one.high)]
    reach = max([*drawn, *(end for end in ends if end == end)])
    if ends == [end for end in ends if end == end]:
        axes.plot([min(ends), max(ends)], [at, at], color=colour, linewidth=0.7, zorder=1)
    for value, name, one in found:
        is_end = value in (values[0], values[-1])
        face = "white" if value == values[0] else colour
        mark = axes.plot([one.value * 100], [at], "o" if is_end else "|", color=colour, zorder=3,
                         markersize=6 if is_end else 7, markerfacecolor=face,
                         markeredgewidth=1.4)[0]  # fmt: skip
        mark.set_label(f"{part}|{name}")
        interval = costs.writer.interval(one.low, one.high, "proportion")
        hour = f"an hour of study worth {costs.writer.percent(value)} of an hour's earnings"
        tell(mark, f"{label}, paid back within {write_years(years)}, {hour}: "
                   f"{_write(costs, one.value)} of income{f' ({interval})' if interval else ''}, "
                   f"n = {costs.writer.number(one.n)}")  # fmt: skip
    low, high = (_write(costs, one.value) for *_, one in (found[0], found[-1]))
    axes.annotate(f"{low} to {high}", (reach, at), (6, 0), textcoords="offset points",
                  va="center", fontsize=FONT_SIZE - 1, color=INK, bbox=BLANK)  # fmt: skip
    return reach


def _write(costs: CostView, share: float) -> str:
    """Write a share of income with the decimals that tell it from nothing."""
    digits = 2 if 0 < share < 0.001 else 1 if share % 0.01 > 1e-9 and share < 0.1 else 0
    return costs.writer.percent(share, digits)


def _label_raises(axes: Any, costs: CostView) -> None:
    """Write above each dashed line which raise it is, where there is room for it."""
    figure = axes.figure
    taken: list[Any] = []
    figure.draw_without_rendering()
    for share in sorted(costs.prices.payback.raises, reverse=True):
        text = axes.annotate(
            f"a raise of {costs.percent(share)}" if not taken else costs.percent(share),
            (share * 100, 1), (0, 2), xycoords=axes.get_xaxis_transform(),
            textcoords="offset points", ha="center" if taken else "left", va="bottom",
            fontsize=FONT_SIZE - 1, color=MUTED,
        )  # fmt: skip
        box = text.get_window_extent()
        if any(box.padded(4).overlaps(other) for other in taken):
            text.remove()
        else:
            taken.append(box)
