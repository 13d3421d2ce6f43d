"""Two surveys of different people set side by side, with how far they are apart.

`first` and `second` name two waves; their differences are estimates of the wave FIRST-SECOND.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from altcred.core.numbers import digits_needed
from altcred.core.records import ALL, Estimate
from altcred.write.tables.cells import (
    own_note,
    say_families,
    say_tests,
    show_found,
    with_n,
    write_gap,
)
from altcred.write.tables.profile import RowSpec, profile_table
from altcred.write.tables.table import Shown, Table, register_table
from altcred.write.views import WAS_NOT_ASKED, View

P_HOLM = "p (Holm)"
INDEPENDENT = "The two surveys are different samples, taken as independent."
POINTS = "Differences of shares are in percentage points."
NOISE = (
    f"{POINTS} p: whether chance alone, between two random "
    "samples, would set the shares so far apart{}. It says nothing of who answered."
)
WELCH = "ttest_ind_pvalue"
WEIGHTED = ("weighted", "weighted_program")
SIZES = {
    "n_effective": ("Effective number of people", 0),
    "design_effect": ("Design effect", 1),
    "largest": ("Largest weight (mean 1)", 1),
}


def comparison_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    without: Iterable[str] = (),
    notes: Sequence[str] = (),
) -> Table | None:
    """Return the shares of a variable's categories in two waves, and how far apart they are.

    Rows fall by the share in the second wave; a category that it did not offer stands before
    the one that follows it in the codebook. A difference is second minus first, in percentage
    points; its interval takes the two waves as independent samples. Where differences were
    tested, their p values are adjusted by Holm's method.
    """
    before, after, between = (view.on(wave) for wave in (first, second, f"{first}-{second}"))
    if not (before.has(variable) and after.has(variable)):
        return None
    is_tested = bool(
        len(between.estimates.select(
            wave=between.wave, variable=variable, statistic="proportions_pvalue_holm"
        ))
    )  # fmt: skip
    rows, own_n = [], []
    for name in _order_names(before, after, between, variable, without):
        found = [side.find(variable, name) for side in (before, after)]
        cells = [show_found(view, one, 1) if one else Shown(WAS_NOT_ASKED) for one in found]
        cells.append(show_found(view, between.find(variable, name, "difference")))
        if is_tested:
            cells.append(_show_pvalue(between, variable, name))
        label = view.label(variable, name)
        sizes = [one.n for one in found if one is not None]
        usual = before.size(variable) or 0
        if after.is_later(variable, name) and len(sizes) == 2 and sizes[0] < usual:
            own_n.append(f"* {label}: n = {' and '.join(map(view.writer.number, sizes))}.")
            label += " *"
        rows.append((label, cells))
    labels = [
        with_n(view, view.wave_label(side.wave), side.size(variable)) for side in (before, after)
    ]
    tests = ["Difference", P_HOLM] if is_tested else ["Difference"]
    noise = _say_noise(rows) or [POINTS]
    return Table(
        f"{variable}-{first}-{second}",
        view.label(variable),
        [*labels, *tests],
        rows,
        [*own_n, *notes, *own_note(view, variable), INDEPENDENT, *noise],
    )


def _order_names(
    before: View, after: View, between: View, variable: str, without: Iterable[str]
) -> list[str]:
    """Return the categories of two waves by their share in the second; as many as the kind says.

    Those that the waves worded differently stand in a table of their own.
    """
    described, top = before.described(variable), before.draw_options(variable).get("top")
    known = [*before.categories(variable), *after.categories(variable)]
    listed = [one for one in (described.categories if described else ()) if one in known]
    left_out, shares, following = set(without), {}, 0.0
    for name in reversed(list(dict.fromkeys([*listed, *known]))):
        if name in left_out or not between.compares(variable, name):
            continue
        found = after.find(variable, name)
        if found is not None:
            following = found.value if found.is_shown else 0.0
        # A little more than the next one's, to stand before it.
        shares[name] = following if found is not None else following + 1e-9

    def place(name: str) -> tuple[bool, bool, float]:
        return name == "other", after.is_later(variable, name), -shares[name]

    return sorted(reversed(shares), key=place)[:top]


def people_table(
    view: View,
    rows: Mapping[str, RowSpec],
    first: str,
    second: str,
    *,
    notes: Sequence[str] = (),
) -> Table | None:
    """Return a profile of two waves with each difference and its adjusted p value.

    Rows of variables that only one of them asked are left out. Shares differ by percentage
    points, means by their unit; what has no test has neither.
    """
    sides = [view.on(wave) for wave in (first, second)]
    shared = {
        label: spec for label, spec in rows.items() if all(side.has(spec[0]) for side in sides)
    }
    table = profile_table(view, shared, waves=[first, second], notes=notes)
    if table is None:
        return None
    between = view.on(f"{first}-{second}")
    tested, apart = [], []
    for label, cells in table.rows:
        variable, what = rows.get(label, ("", ""))
        name, statistic = ("", "mean_difference") if what == "mean" else (what, "difference")
        gap = between.find(variable, name, statistic)
        more = [Shown(""), Shown("")]
        if gap is not None and not between.compares(variable, name):
            apart.append(label)
        elif gap is not None:
            more = [_show_gap(view, gap, cells), _show_pvalue(between, variable, what)]
        tested.append((label, [*cells, *more]))
    columns = [*table.columns, "Difference", P_HOLM]
    return replace(
        table,
        columns=columns,
        rows=tested,
        notes=[*table.notes, *_say_apart(apart), *_say_noise(tested), "Of means: Welch's t test."],
    )


def means_table(
    view: View, variables: str | Iterable[str], first: str, second: str
) -> Table | None:
    """Return the means of numbers in two waves, a row a number and program type, with tests."""
    before, after, between = (view.on(one) for one in (first, second, f"{first}-{second}"))
    rows: list[tuple[str, list[Shown]]] = []
    used: list[Estimate] = []
    for variable in [variables] if isinstance(variables, str) else variables:
        for part in before.subgroups(total=False):
            gap = between.find(variable, "", "mean_difference", part)
            ends = [side.find(variable, "", "mean", part) for side in (before, after)]
            if gap is None or None in ends:
                continue
            yardstick = between.yardstick(variable, paired=False)
            primary = yardstick.test if yardstick is not None else WELCH
            names = (primary, f"{primary}_holm", WELCH if primary != WELCH else "")
            told = [between.find(variable, "", name, part) if name else None for name in names]
            label = view.label(variable)
            if part != ALL:
                label = f"{label}: {view.subgroup_label(part)}"
            cells = [show_found(view, one) for one in ends]
            tests = [
                _show_gap(view, gap, cells),
                *(Shown(view.write(one) if one else "") for one in told),
            ]
            rows.append((label, [*cells, *tests]))
            used += [one for one in told[:2] if one is not None]
    if not rows:
        return None
    columns = [*(view.wave_label(wave) for wave in (first, second)), "Difference"]
    # A column of p values in which nothing stands is left out.
    for place, column in reversed(list(enumerate(["p", P_HOLM, "p (Welch's t)"], start=3))):
        if any(cells[place].text for _, cells in rows):
            columns.insert(3, column)
        else:
            rows = [(label, cells[:place] + cells[place + 1 :]) for label, cells in rows]
    notes = [*say_tests(used), INDEPENDENT]
    return Table(f"means-{first}-{second}", "Mean", columns, rows, notes)


# How far what is not known could move a difference ---------------------------------------------


def bounded_categories(view: View, variable: str, first: str, second: str) -> list[str]:
    """Return the categories with bounds of their difference, by falling difference; no groups."""
    between, described = view.on(f"{first}-{second}"), view.described(variable)
    found = {
        name: gap.value
        for name in (described.categories if described is not None else ())
        if between.compares(variable, name)
        and between.find(variable, name, "difference_bounds") is not None
        and (gap := between.shown(variable, name, "difference"))
    }
    return sorted(found, key=lambda name: -found[name])


def bounds_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return each difference with its interval and its bounds over the empty answers."""
    between = view.on(f"{first}-{second}")
    rows = []
    for name in bounded_categories(view, variable, first, second):
        gap = between.find(variable, name, "difference")
        bounds = between.find(variable, name, "difference_bounds")
        texts = [view.write(gap), view.write_interval(gap), view.write_interval(bounds)]
        rows.append((view.label(variable, name), [Shown(text) for text in texts]))
    if not rows:
        return None
    notes = [
        "Second survey minus first, in percentage points. Bounds: of all who were asked, whatever "
        "those who left the question empty would have answered; without sampling error."
    ]
    columns = ["Difference", "95% interval", "Bounds"]
    id = f"bounds-{variable}-{first}-{second}"
    return Table(id, view.label(variable), columns, rows, notes)


def weighted_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return the shares of both waves beside those of the second wave's people as weighted."""
    between = f"{first}-{second}"
    variants = [name for name in WEIGHTED if view.estimates.has(f"{between}:{name}", variable)]
    if not variants:
        return None
    before, after = view.on(first), view.on(second)
    rows = []
    for name in after.categories(variable, falling=True):
        if not view.on(between).compares(variable, name):
            continue
        weighted = [view.on(f"{between}:{one}").find(variable, name) for one in variants]
        if None in weighted:
            continue
        found = [before.find(variable, name), after.find(variable, name), *weighted]
        cells = [Shown(WAS_NOT_ASKED) if one is None else show_found(view, one) for one in found]
        rows.append((view.label(variable, name), cells))
    if not rows:
        return None
    people = [view.on(wave).people for wave in (first, second)]
    notes = [
        f"Weighted: {people[1]} who answered, weighted to resemble the {people[0]}. Intervals of "
        "weighted shares take the weights as known."
    ]
    waves = [view.wave_label(wave) for wave in (first, second)]
    columns = [*waves, *_weight_labels(view, variants)]
    return Table(f"weighted-{variable}-{between}", view.label(variable), columns, rows, notes)


def balance_table(view: View, first: str, second: str) -> Table | None:
    """Return how far apart two waves' people are, variable by variable, before and after weights.

    The last rows say what the weights cost.
    """
    between = f"{first}-{second}"
    variants = [
        name
        for name in WEIGHTED
        if view.estimates.has(f"{between}:{name}", "weights", "", "n_effective")
    ]
    if not variants:
        return None
    sides = [view.on(between), *(view.on(f"{between}:{name}") for name in variants)]
    known = view.estimates.select(wave=between, statistic="largest_smd", subgroup=ALL)["variable"]
    order = [*view.codebook.variables, "program_type", "program"]
    rows = [
        (
            view.label(variable),
            [Shown(view.write(side.find(variable, "", "largest_smd"), digits=2)) for side in sides],
        )
        for variable in sorted(known, key=order.index)
    ]
    for statistic, (label, digits) in SIZES.items():
        found = [side.find("weights", "", statistic) for side in sides[1:]]
        rows.append((label, [Shown(""), *(Shown(view.write(o, digits=digits)) for o in found)]))
    notes = [
        "Standardised difference: between the two surveys' shares of a category, over the root of "
        "the mean of their variances; of each question the category in which it is largest. "
        "Below 0.1 is commonly called balanced."
    ]
    columns = ["Unweighted", *_weight_labels(view, variants)]
    heading = "Largest standardised difference"
    return Table(f"balance-{between}", heading, columns, rows, notes, nets=len(SIZES))


def _weight_labels(view: View, variants: Iterable[str]) -> list[str]:
    program = view.label(str(view.study.weighting.with_program)).lower()
    labels = {"weighted": "Weighted", "weighted_program": f"Weighted, {program} too"}
    return [labels[one] for one in variants]


def _show_gap(view: View, gap: Estimate, ends: Iterable[Shown]) -> Shown:
    """Return the cell of a difference with its sign: of shares in points, of means in its unit.

    A difference of means has the decimals of the means.
    """
    is_mean = gap.statistic == "mean_difference" and not view.currency(gap.variable)
    known = [one.estimate.value for one in ends if one.estimate and one.estimate.is_shown]
    digits = max(map(digits_needed, known)) if is_mean and known else None
    return replace(show_found(view, gap), text=write_gap(view, gap, digits=digits))


def _show_pvalue(between: View, variable: str, what: str) -> Shown:
    if what == "mean":
        test = f"{WELCH}_holm"
        return Shown(between.write(between.find(variable, "", test)))
    found = between.find(variable, what, "proportions_pvalue_holm")
    return Shown(between.write(found), found)


def _say_apart(labels: Sequence[str]) -> list[str]:
    told = f"Worded differently in the two surveys, and not compared: {', '.join(labels)}."
    return [told] if labels else []


def _say_noise(rows: Iterable[tuple[str, Sequence[Shown]]]) -> list[str]:
    """Say what the p values of shares are, and for which tests they are adjusted."""
    shown = [one.estimate for _, cells in rows for one in cells if one.estimate is not None]
    tests = [one for one in shown if one.statistic == "proportions_pvalue_holm"]
    families = say_families(tests)
    return [NOISE.format(f"; {families}" if families else "")] if tests else []


register_table("comparison", comparison_table)
register_table("people", people_table)
register_table("means", means_table)
register_table("bounds", bounds_table)
register_table("weighted", weighted_table)
register_table("balance", balance_table)
