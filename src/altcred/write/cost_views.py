"""Tables and the figure of the chapter on costs: views of prices and of cost estimates."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from altcred.describe.prices import CREDIT, Period, Plan, Prices
from altcred.describe.study import ALL, Study
from altcred.estimate.costs import name_payback, name_raise
from altcred.estimate.plans import CostRange, cost_of_program, list_options, list_plans
from altcred.write.charts.drawing import (
    FONT_SIZE,
    INK,
    PALE,
    WIDTH,
    Drawing,
    colour_of,
    ink_of,
    wrap,
)
from altcred.write.tables import Shown, Table
from altcred.write.views import (
    HIDDEN,
    NOT_OFFERED,
    View,
    write_behind,
    write_money,
    write_number,
    write_percent,
    write_value,
)

# Estimates in money that the codebook does not know.
MONEY = {
    "opportunity_cost", "opportunity_cost_each", "total_fees", "learner_cost", "total_cost",
    "fees_by_period", "payback_cost", "breakeven_raise", "price",
}  # fmt: skip
SHARES = {"fees_borne", "breakeven_share"}
UNITS = {"monthly": "a month", "annual": "a year", "course": "a course"}
ENDS = "Ends first"
CLOSED = "Closed"
# A row of a table of statistics: variable, category, statistic.
StatisticSpec = tuple[str, str, str]


# Prices ----------------------------------------------------------------------------------------


def plans_table(prices: Prices, study: Study, *, id: str = "plans") -> Table:
    """Return the table of price plans: what each asks, of whom, when, and who prints it."""
    rows = []
    for plan in prices.plans.values():
        dates = write_span(plan.enrolment)
        if plan.enrolment.basis == "assumed":
            dates = f"({dates})"
        if plan.access.end is not None:
            dates += f"; access until {_write_day(plan.access.end)}"
        types = ", ".join(_type_label(prices, study, name) for name in plan.program_types)
        sources = {f"{source.document}, {source.locator}": None for source in plan.sources}
        cells = [_write_price(plan), types, dates, "; ".join(sources)]
        rows.append((plan.label, [Shown(text) for text in cells]))
    cited = {source.document for plan in prices.plans.values() for source in plan.sources}
    notes = [
        "Dates on which one can begin, first and last day included. In parentheses: assumed, "
        "because no document prints them.",
        *(f"{name}: {title}." for name, title in prices.documents.items() if name in cited),
        *(f"{plan.label}: {plan.eligible}." for plan in prices.plans.values() if plan.eligible),
        *(f"{plan.label}: {plan.note}" for plan in prices.plans.values() if plan.note),
        *_describe_afterwards(prices),
    ]
    return Table(id, "Plan", ["Price", "Programs", "Can be begun", "Source"], rows, notes)


def _describe_afterwards(prices: Prices) -> Iterator[str]:
    """Yield how those who began under a plan could go on once its access had ended."""
    for name, plan in prices.plans.items():
        last, end = plan.enrolment.end, plan.access.end
        if last is None or end is None:
            continue
        after = end + timedelta(days=1)
        options = [prices.plans[each].label for each in list_options(prices, name, last, after)]
        if options:
            listed = "; ".join(options)
            yield f"{plan.label}: who had begun by {_write_day(last)} could go on from " + (
                f"{_write_day(after)} under: {listed}."
            )


def student_table(
    prices: Prices,
    study: Study,
    program_type: str,
    weeks: Sequence[float] | None = None,
    *,
    id: str = "student",
) -> Table:
    """Return what a program costs in so many weeks under each plan, whenever it was open.

    Weeks are those of prices.yaml if left out. A plan whose access ends on a fixed day is begun
    on its first day. Where no plan depends on the weeks, one column stands for all.
    """
    chosen = list(weeks or prices.comparison.weeks)
    rows = []
    for plan in list_plans(prices, program_type).values():
        cells = [Shown(write_span(plan.enrolment))]
        for number in chosen:
            cost = cost_of_program(plan, number, begun=plan.enrolment.start)
            cells.append(Shown(_write_cost(plan, cost)))
        rows.append((plan.label, cells))
    columns = ["Can be begun", *(f"{number:g} week{'s' * (number != 1)}" for number in chosen)]
    notes = _cost_notes(rows, list_plans(prices, program_type).values())
    if all(len({cell.text for cell in cells[1:]}) == 1 for _, cells in rows):
        # No need to say the same for each number of weeks.
        columns = [columns[0], "Any number of weeks"]
        rows = [(label, cells[:2]) for label, cells in rows]
    return Table(id, _type_label(prices, study, program_type), columns, rows, notes)


def dates_table(
    prices: Prices,
    study: Study,
    program_type: str,
    weeks: float,
    on: Sequence[date] | None = None,
    *,
    id: str = "dates",
) -> Table:
    """Return what a program of so many weeks costs under each plan, begun on each of some days.

    Days are those of prices.yaml if left out.
    """
    days = list(on or prices.comparison.on)
    rows = []
    for plan in list_plans(prices, program_type).values():
        costs = [cost_of_program(plan, weeks, begun=day) for day in days]
        cells = [Shown(_write_cost(plan, cost) if cost.is_open else CLOSED) for cost in costs]
        rows.append((plan.label, cells))
    heading = f"{_type_label(prices, study, program_type)}, {weeks:g} weeks"
    columns = [f"Begun {_write_day(day)}" for day in days]
    notes = _cost_notes(rows, list_plans(prices, program_type).values())
    return Table(id, heading, columns, rows, notes)


def _cost_notes(rows: Iterable[tuple[str, list[Shown]]], plans: Iterable[Plan]) -> list[str]:
    texts = {cell.text for _, cells in rows for cell in cells}
    notes = []
    if any(plan.kind in ("monthly", "annual") for plan in plans):
        notes.append("Months and years of a subscription that are begun are counted in full.")
    if ENDS in texts:
        notes.append(f"{ENDS}: the plan ends before so many weeks are over.")
    if any("no credential" in text for text in texts):
        notes.append("No credential: the materials alone, without graded work or a certificate.")
    return notes


def _type_label(prices: Prices, study: Study, name: str) -> str:
    known = {**study.program_types, **prices.other_program_types}
    return known[name].label


def _write_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def write_span(span: Period) -> str:
    """Write from which to which day something held: 1 Jan 2017 to 31 Aug 2020."""
    if span.start is None and span.end is None:
        return "any time"
    if span.start is None:
        return f"until {_write_day(span.end)}" if span.end else "any time"
    if span.end is None:
        return f"from {_write_day(span.start)}"
    return f"{_write_day(span.start)} to {_write_day(span.end)}"


def _write_money(amount: float) -> str:
    return write_money(amount, 0 if float(amount).is_integer() else 2)


def _write_range(low: float, high: float, average: float) -> str:
    if math.isnan(low):
        return "not printed" if math.isnan(average) else f"{_write_money(average)} on average"
    text = _write_money(low) if low == high else f"{_write_money(low)} to {_write_money(high)}"
    return (
        text
        if math.isnan(average) or low == high
        else (f"{text}, {_write_money(average)} on average")
    )


def _write_price(plan: Plan) -> str:
    if plan.kind == "trial":
        return f"Free for {plan.days} days"
    if plan.kind in ("audit", "initiative"):
        return "Free" if plan.certificate else "Free, no credential"
    if plan.credits is not None:
        return _write_credits(plan)
    price = plan.price
    if price is None:
        return "Not printed"
    given = [math.nan if one is None else one for one in (price.low, price.high, price.average)]
    return f"{_write_range(*given)} {UNITS.get(plan.kind, 'for the program')}"


def _write_credits(plan: Plan) -> str:
    assert plan.credits is not None
    credits = plan.credits
    return f"{credits.low:g} to {credits.high:g} of {credits.of:g} credits"


def _write_cost(plan: Plan, cost: CostRange) -> str:
    if plan.credits is not None and cost.completes:
        return _write_credits(plan)
    if plan.kind in CREDIT and math.isnan(cost.low):
        return "Fee not printed"
    if not cost.completes:
        return f"{_write_money(cost.low)}, no credential" if cost.low == 0 else ENDS
    return _write_range(cost.low, cost.high, cost.average)


# Estimates -------------------------------------------------------------------------------------


def statistics_table(
    view: View,
    rows: Mapping[str, StatisticSpec],
    columns: Iterable[str] | None = None,
    *,
    heading: str = "Cost",
    notes: Sequence[str] = (),
    id: str = "costs",
) -> Table | None:
    """Return a table of chosen statistics: a row each, a column a program type and all.

    `rows` gives each row's label its variable, category and statistic. Rows that the wave has
    no estimate of are left out.
    """
    subgroups = view.subgroups(columns)
    shown = []
    for label, (variable, category, statistic) in rows.items():
        cells = [_show(view, variable, category, statistic, part) for part in subgroups]
        if any(cell.estimate is not None for cell in cells):
            shown.append((label, cells))
    if not shown:
        return None
    labels = [view.subgroup_label(part) for part in subgroups]
    return Table(id, heading, labels, shown, list(notes))


def _show(
    view: View, variable: str, category: str, statistic: str, subgroup: str, digits: int = 0
) -> Shown:
    found = view.find(variable, category, statistic, subgroup)
    if found is None:
        return Shown(NOT_OFFERED)
    is_share = statistic == "proportion" or variable in SHARES
    is_money = (variable in MONEY or view.is_money(variable)) and not is_share
    is_money &= statistic not in ("nobs", "count")
    kind = "proportion" if is_share else statistic
    if found.is_suppressed or math.isnan(found.value):
        return Shown(HIDDEN, found, write_behind(found, kind))
    if variable == "breakeven_share" and found.value < 0.1:
        digits = 1
    text = write_value(found, kind, is_money=is_money, digits=digits)
    return Shown(text, found, write_behind(found, kind, is_money=is_money))


def payback_table(
    view: View,
    prices: Prices,
    columns: Iterable[str] | None = None,
    *,
    id: str = "payback",
) -> Table | None:
    """Return the raise a year that pays back the median cost, by years and value of time.

    A column in money and one as a share of income for each program type.
    """
    subgroups = _payback_subgroups(view, columns)
    if not subgroups:
        return None
    rows = []
    for years in prices.payback.years:
        for time_value in prices.payback.time_values:
            name = name_payback(years, time_value)
            cells = []
            for part in subgroups:
                cells.append(_show(view, "breakeven_raise", name, "median", part))
                cells.append(_show(view, "breakeven_share", name, "median", part))
            rows.append((f"{_write_years(years)}, time at {write_percent(time_value)}", cells))
    labels = ["Dollars a year", "Share of income"] * len(subgroups)
    spanners = [
        (view.subgroup_label(part), 2 * place, 2 * place + 2)
        for place, part in enumerate(subgroups)
    ]
    notes = [
        "Half of those who told fees, hours and income need no more than this. Time at: what an "
        "hour of study is worth, of an hour's earnings. Pay received for the study time is taken "
        "off. The share is of those with an income above zero."
    ]
    return Table(id, "Paid back within", labels, rows, notes, spanners=spanners)


def raises_table(
    view: View,
    prices: Prices,
    variable: str = "outweighs",
    columns: Iterable[str] | None = None,
    *,
    id: str = "raises",
) -> Table | None:
    """Return for whom a raise would cover the cost, with time worth least and most.

    `variable` is `pays_back` (were everybody given the raise) or `outweighs` (only those who
    reported the benefit).
    """
    values = sorted({min(prices.payback.time_values), max(prices.payback.time_values)})
    subgroups = [
        part
        for part in view.subgroups(columns, total=False)
        if view.estimates.has(view.wave, variable, None, "proportion", part)
    ]
    if not subgroups:
        return None
    rows = []
    for share in prices.payback.raises:
        for years in prices.payback.years:
            cells = [
                _show(view, variable, name_raise(share, years, value), "proportion", part)
                for part in subgroups
                for value in values
            ]
            rows.append((f"{share * 100:g}% for {_write_years(years)}", cells))
    labels = [f"Time at {write_percent(value)}" for value in values] * len(subgroups)
    width = len(values)
    spanners = [
        (view.subgroup_label(part), width * place, width * place + width)
        for place, part in enumerate(subgroups)
    ]
    notes = ["Of those who told fees, hours and an income above zero."]
    return Table(id, "Raise in annual income", labels, rows, notes, spanners=spanners)


def _write_years(years: int) -> str:
    return f"{write_number(years)} year{'s' * (years != 1)}"


def _payback_subgroups(view: View, columns: Iterable[str] | None) -> list[str]:
    return [
        part
        for part in view.subgroups(columns, total=False)
        if view.estimates.has(view.wave, "breakeven_share", None, "median", part)
    ]


def payback_figure(
    view: View, prices: Prices, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the raise that pays back the cost, against what an hour of study is worth.

    A panel a program type, two in a row, a line a number of years; dashed, the raises of
    prices.yaml, so that a reader can look up the worth of time at which each is enough. Lines
    carry the label `SUBGROUP|CATEGORY` of their last point.
    """
    subgroups = _payback_subgroups(view, columns)
    if not subgroups:
        return None
    from matplotlib.figure import Figure

    assumed = prices.payback
    values = sorted(assumed.time_values)
    # More than two beside each other would be too narrow for their words.
    across = min(len(subgroups), 2)
    down = math.ceil(len(subgroups) / across)
    figure = Figure(figsize=(WIDTH, 0.4 + 3.2 * down), layout="constrained")
    places = figure.subplots(down, across, sharey=True, squeeze=False)
    panels = list(places.flat)[: len(subgroups)]
    for axes in list(places.flat)[len(subgroups) :]:
        axes.remove()
    styles = ["-", (0, (5, 1.5)), (0, (2, 1.5)), (0, (1, 1))]
    reach = max(assumed.raises) * 100
    ends: dict[str, list[tuple[float, str]]] = {part: [] for part in subgroups}
    for axes, part in zip(panels, subgroups, strict=True):
        for place, years in enumerate(assumed.years):
            names = [name_payback(years, value) for value in values]
            found = [view.find("breakeven_share", name, "median", part) for name in names]
            heights = [math.nan if one is None else one.value * 100 for one in found]
            line = axes.plot(
                [value * 100 for value in values], heights, color=colour_of(view, part),
                linewidth=1.8, linestyle=styles[place % len(styles)], marker="o", markersize=3,
            )  # fmt: skip
            line[0].set_label(f"{part}|{names[-1]}")
            shown = [one for one in heights if not math.isnan(one)]
            reach = max([reach, *shown])
            if shown:
                ends[part].append((shown[-1], f"{_write_years(years)}: {shown[-1]:.1f}%"))
        axes.set_xlim(0, 100)
        axes.set_title(
            _panel_title(view, prices, part), loc="left", fontsize=FONT_SIZE, fontweight="bold",
            color=ink_of(colour_of(view, part)),
        )  # fmt: skip
        for share in assumed.raises:
            axes.axhline(share * 100, color=PALE, linewidth=0.8, linestyle=(0, (3, 3)), zorder=0)
        axes.set_xticks([0, 50, 100], ["nothing", "half", "all"])
        # Its middle under the corner would touch the lowest number of the other axis.
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0, labelsize=FONT_SIZE)
    for axes, part in zip(panels, subgroups, strict=True):
        axes.set_ylim(0, reach * 1.06)
        _label_ends(axes, ends[part], colour_of(view, part), reach)
    ticks = [tick for tick in panels[0].get_yticks() if 0 <= tick <= reach * 1.06]
    panels[0].set_yticks(ticks, [f"{tick:g}%" for tick in ticks])
    for axes in panels[::across]:
        axes.set_ylabel("Raise needed, of annual income", fontsize=FONT_SIZE)
    figure.supxlabel("What an hour of study is worth, of an hour's earnings", fontsize=FONT_SIZE)
    # The layout is settled once, so that the figure is the same each time it is written.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    _label_raises(panels, assumed.raises)
    numbers = payback_table(view, prices, columns, id=f"payback-numbers-{view.wave}")
    return Drawing(figure, [numbers] if numbers else [])


def _panel_title(view: View, prices: Prices, subgroup: str) -> str:
    name = name_payback(prices.payback.years[0], max(prices.payback.time_values))
    n = view.find("breakeven_share", name, "nobs", subgroup)
    title = view.subgroup_label(subgroup) if subgroup != ALL else "All"
    if n is not None and not math.isnan(n.value):
        title += f" (n = {write_number(n.value)})"
    title = wrap(title)
    benefit = prices.payback.benefit
    share = view.find("benefit_groups", benefit or "", "proportion", subgroup)
    if benefit is None or share is None or math.isnan(share.value):
        return title
    label = prices.benefit_groups[benefit].label
    return f"{title}\n{wrap(label)}:\nreported by {write_percent(share.value)}"


def _label_ends(axes: Any, ends: list[tuple[float, str]], colour: str, top: float) -> None:
    """Write beside each line's right end what it stands for, so far apart that all can be read."""

    gap = top * 0.075
    ordered = sorted(ends)
    heights: list[float] = []
    for height, _ in ordered:
        heights.append(max([height, *(one + gap for one in heights[-1:])]))
    # What was pushed over the top goes down again, and pushes what is below it.
    for place in reversed(range(len(heights))):
        above = heights[place + 1] - gap if place + 1 < len(heights) else top
        heights[place] = min(heights[place], above)
    for (height, text), at in zip(ordered, heights, strict=True):
        axes.annotate(
            text, (100, height), xytext=(106, at), textcoords="data", ha="left", va="center",
            fontsize=FONT_SIZE - 1, color=ink_of(colour), annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.6, "shrinkA": 0,
                        "shrinkB": 2},
        )  # fmt: skip


def _label_raises(panels: Sequence[Any], raises: Iterable[float]) -> None:
    """Write over each dashed line which raise it is, at the first place where nothing crosses it.

    A raise that has no such place has no label; where it lies can be read from the axis.
    """

    places = [(axes, at, side) for axes in panels
              for at, side in ((1, "left"), (50, "center"), (99, "right"))]  # fmt: skip
    taken: list[Any] = []
    for share in raises:
        for axes, at, side in places:
            label = axes.annotate(
                f"a raise of {share * 100:g}%", (at, share * 100), (0, 2),
                textcoords="offset points", ha=side, fontsize=FONT_SIZE - 2, color=INK,
            )  # fmt: skip
            box = label.get_window_extent()
            lines = (line.get_path().transformed(line.get_transform()) for line in axes.lines)
            if not (
                any(path.intersects_bbox(box, filled=False) for path in lines)
                or any(box.overlaps(other) for other in taken)
            ):
                taken.append(box)
                break
            label.remove()


def typical_weeks(view: View, prices: Prices, program_type: str) -> float:
    """Return the median weeks of a program type's respondents.

    Where the wave does not tell, the first number of weeks in prices.yaml.
    """
    parts = [f"program_type={program_type}", ALL]
    found = [view.find(prices.roles.weeks or "", "", "median", part) for part in parts]
    known = [one.value for one in found if one is not None and not math.isnan(one.value)]
    return known[0] if known else prices.comparison.weeks[0]
