"""All changes of a chapter in one table: by how much, how sure, and with what p value."""

from altcred.core.statistics import find_statistic
from altcred.kinds.yardstick import TESTS
from altcred.write.changes import Change, has_summary, list_changes
from altcred.write.tables.cells import show_found
from altcred.write.tables.table import Shown, Table, register_table
from altcred.write.views import HIDDEN, View

# What an effect size is called in a cell, and what it is.
EFFECTS = {
    "cohen_dz": ("d_z", "mean difference over the standard deviation of the differences"),
    "hedges_g": ("g", "mean difference over the pooled standard deviation (Hedges)"),
    "rank_biserial": ("r", "matched-pairs rank-biserial correlation"),
    "cliffs_delta": ("δ", "Cliff's delta, how much more often the second is the higher"),
    "cramers_v": ("V", "Cramér's V"),
}


def changes_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return all changes between two waves, the largest of each unit first.

    None where fewer than three variables are compared.
    """
    changes = list_changes(view, first, second)
    if not has_summary(changes):
        return None
    is_panel = view.side(first).wave != first
    rows = [(one.label, _show(view, one)) for one in changes]
    adjusted = any(one.adjusted is not None for one in changes)
    columns = ["Pairs" if is_panel else "n", *(view.wave_label(wave) for wave in (first, second))]
    columns += ["Difference (95% interval)", "Effect size", "p", "p (Holm)"]
    if not adjusted:
        columns, rows = columns[:-1], [(label, cells[:-1]) for label, cells in rows]
    return Table(
        f"changes-{view.wave}", "Changes" if is_panel else "Differences", columns, rows,
        _list_notes(view, changes),
    )  # fmt: skip


def write_gap(view: View, change: Change) -> str:
    """Write a difference with its sign: of shares in points, of means in their unit."""
    gap = change.gap
    assert gap is not None
    text = view.write(gap, change.variable, digits=change.digits)
    has_sign = find_statistic(gap.statistic).unit == "points" or gap.value <= 0
    return text if has_sign or not gap.is_shown else f"+{text}"


def _show(view: View, change: Change) -> list[Shown]:
    gap, effect = change.gap, change.effect
    cells = [Shown(change.n), *map(Shown, change.ends or ("", ""))]
    if gap is None:
        cells.append(Shown(""))
    else:
        interval = view.write_interval(gap, change.variable, change.digits)
        text = write_gap(view, change) + (f" ({interval})" if interval else "")
        cells.append(Shown(text, gap, show_found(view, gap).behind))
    if effect is None or not effect.is_shown:
        cells.append(Shown(HIDDEN if effect is not None else ""))
    else:
        text, (sign, _) = view.write(effect, digits=2), EFFECTS.get(effect.statistic, ("", ""))
        cells.append(Shown(f"{sign} = {text}" if sign else text))
    return [*cells, *(Shown("" if one is None else view.write(one)) for one in
                      (change.test, change.adjusted))]  # fmt: skip


def _list_notes(view: View, changes: list[Change]) -> list[str]:
    tests = dict.fromkeys(
        TESTS[one.test.statistic]
        for one in changes
        if one.test is not None and one.test.statistic in TESTS
    )
    notes = [
        "Second minus first; shares in percentage points. The largest of each unit first."
        + (f" p: {', '.join(tests)}." if tests else "")
    ]
    units = {one.unit[0] for one in changes if one.gap is not None}
    if "net_change" in units:
        notes.append(
            "Of answers in order, the difference is the share of pairs who gave a higher answer "
            "less the share who gave a lower one."
        )
    if families := sorted({one.adjusted.note for one in changes if one.adjusted is not None}):
        notes.append(f"p (Holm): {' or '.join(families)}.")
    used = {one.effect.statistic for one in changes if one.effect is not None}
    told = [f"{sign}: {words}" for name, (sign, words) in EFFECTS.items() if name in used]
    return [*notes, *([f"Effect sizes: {'; '.join(told)}."] if told else [])]


register_table("changes", changes_table)
