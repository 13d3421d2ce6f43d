"""Tables and the figure of the chapter that compares two surveys: views of its estimates."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from altcred.core.records import Estimate
from altcred.describe.study import ALL
from altcred.write.figures import Drawing
from altcred.write.tables import RowSpec, Shown, Table, comparison_table, profile_table
from altcred.write.views import (
    HIDDEN,
    View,
    write_number,
    write_percent,
    write_points,
    write_pvalue,
)

P_HOLM = "p (Holm)"
NOISE = (
    "Differences of shares are in percentage points. p: whether chance alone, between two random "
    "samples, would set the shares so far apart; adjusted for the number of shares compared "
    "within each question. It says nothing of who answered."
)
WEIGHTED = ("weighted", "weighted_program")
SIZES = {
    "n_effective": ("Effective number of people", 0),
    "design_effect": ("Design effect", 1),
    "largest": ("Largest weight (mean 1)", 1),
}


def shares_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    without: Iterable[str] = (),
    notes: Sequence[str] = (),
) -> Table | None:
    """Return comparison_table with the p value of each difference, adjusted by Holm's method."""
    table = comparison_table(view, variable, first, second, without=without, notes=notes)
    if table is None:
        return None
    between = view.on(f"{first}-{second}")
    names = {
        view.label(variable, name): name for name in view.codebook.variables[variable].categories
    }
    rows = []
    for label, cells in table.rows:
        name = names[label.removesuffix(" *")]
        rows.append((label, [*cells, _show_pvalue(between, variable, name)]))
    columns = [*table.columns[:2], "Difference", P_HOLM]
    return replace(table, columns=columns, rows=rows, notes=[*table.notes, NOISE])


def people_table(
    view: View,
    rows: Mapping[str, RowSpec],
    first: str,
    second: str,
    *,
    notes: Sequence[str] = (),
) -> Table | None:
    """Return profile_table of two waves with each difference and its adjusted p value.

    Rows of variables that only one of them asked are left out. Shares differ by percentage
    points, means by their unit; what has no test has neither.
    """
    shared = {
        label: spec
        for label, spec in rows.items()
        if all(view.on(wave).has(spec[0]) for wave in (first, second))
    }
    table = profile_table(view, shared, waves=[first, second], notes=notes)
    if table is None:
        return None
    between = view.on(f"{first}-{second}")
    tested = []
    for label, cells in table.rows:
        variable, what = rows.get(label, ("", ""))
        gap = between.find(variable, what, "difference")
        if gap is not None:
            shown = Shown(_write_gap(gap), gap, "proportion")
        else:
            gap = between.find(variable, "", "mean_difference") if what == "mean" else None
            shown = Shown("") if gap is None else Shown(_write_signed(gap.value), gap, "mean")
        pvalue = _show_pvalue(between, variable, what) if gap is not None else Shown("")
        tested.append((label, [*cells, shown, pvalue]))
    columns = [*table.columns, "Difference", P_HOLM]
    means = [f"{NOISE} Of means: Welch's t test."]
    return replace(table, columns=columns, rows=tested, notes=[*table.notes, *means])


def means_table(
    view: View,
    variables: Iterable[str],
    first: str,
    second: str,
    *,
    id: str = "means",
) -> Table | None:
    """Return the means of numbers in two waves, a row a number and program type, with tests."""
    before, after, between = (view.on(one) for one in (first, second, f"{first}-{second}"))
    rows = []
    for variable in variables:
        for part in view.on(first).subgroups(total=False):
            gap = between.find(variable, "", "mean_difference", part)
            ends = [side.find(variable, "", "mean", part) for side in (before, after)]
            if gap is None or None in ends:
                continue
            is_money = view.is_money(variable)
            cells = [
                Shown(write_number(one.value, 1), one, "mean", is_money) for one in ends if one
            ]
            test = between.find(variable, "", "ttest_ind_pvalue", part)
            p = Shown(HIDDEN) if test is None else Shown(write_pvalue(test.value))
            label = view.label(variable)
            if part != ALL:
                label = f"{label}: {view.subgroup_label(part)}"
            rows.append((label, [*cells, Shown(_write_signed(gap.value), gap, "mean"), p]))
    if not rows:
        return None
    notes = [
        "p: Welch's t test, not adjusted. The two surveys are different samples, taken as "
        "independent."
    ]
    labels = [view.wave_label(wave) for wave in (first, second)]
    return Table(f"{id}-{first}-{second}", "Mean", [*labels, "Difference", "p"], rows, notes)


def bounds_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return each difference with its interval and its bounds over the empty answers."""
    between = view.on(f"{first}-{second}")
    rows = []
    for name in _bounded(between, variable):
        gap, bounds = (
            between.find(variable, name, statistic)
            for statistic in ("difference", "difference_bounds")
        )
        assert gap is not None
        assert bounds is not None
        cells = [
            Shown(_write_gap(gap)),
            Shown(f"{write_points(gap.low)} to {write_points(gap.high)}"),
            Shown(f"{write_points(bounds.low)} to {write_points(bounds.high)}"),
        ]
        rows.append((view.label(variable, name), cells))
    if not rows:
        return None
    notes = [
        "Second survey minus first, in percentage points. Bounds: of all who were asked, whatever "
        "those who left the question empty would have answered; without sampling error."
    ]
    return Table(
        f"bounds-{variable}-{first}-{second}", view.label(variable),
        ["Difference", "95% interval", "Bounds"], rows, notes,
    )  # fmt: skip


def bounds_figure(view: View, variable: str, first: str, second: str) -> Drawing | None:
    """Draw each difference with its interval, over a bar of how far empty answers could move it.

    Bars that hold no difference at all (zero) are pale.
    """
    from matplotlib.colors import to_hex, to_rgb

    from altcred.write.figures import (
        FONT_SIZE,
        INK,
        PALE,
        SECOND_COLOUR,
        _row_height,
        _start,
        _wrap,
        _write_heads,
    )

    between = view.on(f"{first}-{second}")
    names = _bounded(between, variable)
    if not names:
        return None
    labels = [_wrap(view.label(variable, name)) for name in names]
    height = max(1.6, sum(_row_height(label, 1) * 1.15 for label in labels) + 1.1)
    figure, axes = _start(height)
    reach = [0.0, 0.0]
    keeps, turns = to_hex([0.65 + 0.35 * one for one in to_rgb(SECOND_COLOUR)]), "#dcdfe2"
    for row, name in enumerate(names):
        gap, bounds = (
            between.find(variable, name, statistic)
            for statistic in ("difference", "difference_bounds")
        )
        assert gap is not None
        assert bounds is not None
        is_kept = bounds.low > 0 or bounds.high < 0
        bar = axes.barh(
            [row], [(bounds.high - bounds.low) * 100], left=[bounds.low * 100], height=0.55,
            color=keeps if is_kept else turns,
        )  # fmt: skip
        bar.set_label(f"bounds|{name}")
        axes.plot([gap.low * 100, gap.high * 100], [row, row], color=INK, linewidth=1.1, zorder=2)
        point = axes.plot([gap.value * 100], [row], "o", color=SECOND_COLOUR, markersize=5.5,
                          markeredgecolor="white", markeredgewidth=0.6, zorder=3)  # fmt: skip
        point[0].set_label(f"difference|{name}")
        ends = (bounds.low * 100, bounds.high * 100, gap.low * 100, gap.high * 100)
        reach = [min(reach[0], *ends), max(reach[1], *ends)]
        # Beside the end that is farther from zero, so that no label lies on the line of zero.
        is_below = gap.value < 0
        axes.annotate(
            _write_gap(gap), (min(ends) if is_below else max(ends), row),
            (-5 if is_below else 5, 0), textcoords="offset points", va="center",
            ha="right" if is_below else "left", fontsize=FONT_SIZE - 1, color=INK,
        )  # fmt: skip
    axes.axvline(0, color=PALE, linewidth=1.0, zorder=1)
    # Where nothing differs there is still an axis.
    room = (reach[1] - reach[0] or 1.0) * 0.09
    axes.set_xlim(reach[0] - 1.5 * room, reach[1] + room)
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(
        f"{view.wave_label(second)} minus {view.wave_label(first).lower()} (percentage points)"
    )
    entries = [("● Difference, with its 95% interval", SECOND_COLOUR)]
    if any(_keeps_sign(between, variable, name) for name in names):
        entries.append(("■ Bounds that keep its direction", keeps))
    if not all(_keeps_sign(between, variable, name) for name in names):
        entries.append(("■ Bounds that leave it open", turns))
    _write_heads(figure, axes, entries)
    numbers = bounds_table(view, variable, first, second)
    return Drawing(figure, [numbers] if numbers else [])


def weighted_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return the shares of both waves beside those of the second wave's people as weighted."""
    between = f"{first}-{second}"
    variants = [name for name in WEIGHTED if view.estimates.has(f"{between}:{name}", variable)]
    if not variants:
        return None
    before, after = view.on(first), view.on(second)
    rows = []
    left_out = set(view.codebook.variables[variable].groups)
    for name in after.categories(variable, falling=True):
        weighted = [view.on(f"{between}:{one}").find(variable, name) for one in variants]
        if name in left_out or None in weighted:
            continue
        found = [before.find(variable, name), after.find(variable, name), *weighted]
        cells = [
            Shown("Not asked")
            if one is None
            else Shown(
                HIDDEN if math.isnan(one.value) else write_percent(one.value), one, "proportion"
            )
            for one in found
        ]
        rows.append((view.label(variable, name), cells))
    if not rows:
        return None
    program = "program type" if view.study.weighting.with_program == "program_type" else "program"
    labels = {"weighted": "Weighted", "weighted_program": f"Weighted, {program} too"}
    columns = [
        view.wave_label(first), view.wave_label(second), *(labels[one] for one in variants)
    ]  # fmt: skip
    notes = [
        f"Weighted: {view.study.waves[second].people} who answered, weighted to resemble the "
        f"{view.study.waves[first].people}. Intervals of weighted shares take the weights as known."
    ]
    return Table(f"weighted-{variable}-{between}", view.label(variable), columns, rows, notes)


def balance_table(view: View, first: str, second: str) -> Table | None:
    """Return how far apart two waves' people are, variable by variable, before and after weights.

    The last rows say what the weights cost.
    """
    between = f"{first}-{second}"
    variants = [
        name for name in WEIGHTED
        if view.estimates.has(f"{between}:{name}", "weights", "", "n_effective")
    ]  # fmt: skip
    if not variants:
        return None
    sides = [view.on(between), *(view.on(f"{between}:{name}") for name in variants)]
    known = view.estimates.select(wave=between, statistic="largest_smd", subgroup=ALL)["variable"]
    order = [*view.codebook.variables, "program_type", "program"]
    rows = []
    for variable in sorted(known, key=order.index):
        found = [side.find(variable, "", "largest_smd") for side in sides]
        label = {"program_type": "Program type", "program": "Program"}.get(variable)
        rows.append((label or view.label(variable), [_show_plain(one, 2) for one in found]))
    for statistic, (label, digits) in SIZES.items():
        found = [side.find("weights", "", statistic) for side in sides[1:]]
        rows.append((label, [Shown(""), *(_show_plain(one, digits) for one in found)]))
    program = "program type" if view.study.weighting.with_program == "program_type" else "program"
    labels = {"weighted": "Weighted", "weighted_program": f"Weighted, {program} too"}
    notes = [
        "Standardised difference: between the two surveys' shares of a category, over the root of "
        "the mean of their variances; of each question the category in which it is largest. "
        "Below 0.1 is commonly called balanced."
    ]
    return Table(
        f"balance-{between}", "Largest standardised difference",
        ["Unweighted", *(labels[one] for one in variants)], rows, notes, nets=len(SIZES),
    )  # fmt: skip


def _bounded(between: View, variable: str) -> list[str]:
    """Return the categories with bounds of their difference, by falling difference; no groups."""
    described = between.codebook.variables.get(variable)
    if described is None:
        return []
    found = {
        name: gap.value
        for name in described.categories
        if between.find(variable, name, "difference_bounds") is not None
        and (gap := between.find(variable, name, "difference")) is not None
        and not math.isnan(gap.value)
    }
    return sorted(found, key=lambda name: -found[name])


def _keeps_sign(between: View, variable: str, name: str) -> bool:
    bounds = between.find(variable, name, "difference_bounds")
    return bounds is not None and (bounds.low > 0 or bounds.high < 0)


def _show_pvalue(between: View, variable: str, what: str) -> Shown:
    if what == "mean":
        found = between.find(variable, "", "ttest_ind_pvalue")
    else:
        found = between.find(variable, what, "proportions_pvalue_holm")
    return Shown(HIDDEN) if found is None else Shown(write_pvalue(found.value))


def _show_plain(found: Estimate | None, digits: int) -> Shown:
    return Shown(HIDDEN) if found is None else Shown(write_number(found.value, digits))


def _write_gap(gap: Estimate) -> str:
    return HIDDEN if math.isnan(gap.value) else write_points(gap.value)


def _write_signed(value: float) -> str:
    text = write_number(value, 1)
    return f"+{text}" if value > 0 and text != "0.0" else text
