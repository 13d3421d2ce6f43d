"""All changes of a chapter in one table: by how much, how sure, and with what p value."""

from altcred.core.numbers import Written
from altcred.disclose.changes import BARE
from altcred.write.changes import (
    Change,
    compared_variables,
    has_summary,
    list_changes,
    list_gaps,
    parts_of,
)
from altcred.write.tables.cells import say_tests, show_found, write_gap
from altcred.write.tables.table import Shown, Table, register_table
from altcred.write.views import HIDDEN, View

# What an effect size is called in a cell, and what it is.
EFFECTS = {
    "cohen_dz": ("d_z", "mean difference over the standard deviation of the differences"),
    "hedges_g": ("g", "mean difference over the pooled standard deviation (Hedges)"),
    "rank_biserial": ("r", "matched-pairs rank-biserial correlation"),
    "cliffs_delta": ("δ", "Cliff's delta, how much more often the second is the higher"),
    "cramers_v": ("V", "Cramér's V"),
    "eta_squared": ("η²", "share of the variance that lies between the groups"),
    "epsilon_squared": ("ε²", "epsilon squared, of ranks"),
}


def changes_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return all changes between two waves, the largest of each unit first.

    None where fewer than three variables are compared.
    """
    changes = list_changes(view, first, second)
    if not has_summary(changes):
        return None
    is_panel = view.side(first).wave != first
    heads = ["Pairs" if is_panel else "n", *(view.wave_label(wave) for wave in (first, second))]
    notes = ["Second minus first; shares in percentage points. The largest of each unit first."]
    return _set(view, f"changes-{view.wave}", changes, heads, notes)


def groups_table(view: View, by: str, *waves: str) -> Table | None:
    """Return how the groups of a wave answered, side by side, with the test of each question."""
    changes, parts = list_gaps(view, by), parts_of(view, by)
    if not compared_variables(changes):
        return None
    heads = ["n", *(view.subgroup_label(part) for part in parts)]
    notes = ["Shares and means of each group."]
    if len(parts) == 2:
        notes = ["Differences: the second group minus the first; shares in percentage points."]
    return _set(view, f"groups-{by}-{view.wave}", changes, heads, notes)


def _set(view: View, id: str, changes: list[Change], heads: list[str], notes: list[str]) -> Table:
    columns = [*heads, "Difference (95% interval)", "Effect size", "p", "p (Holm)"]
    rows = [(one.label, _show(view, one, len(heads) - 1)) for one in changes]
    # A column in which nothing stands is left out.
    kept = [
        place
        for place in range(len(columns))
        if place < len(heads) or any(cells[place].text for _, cells in rows)
    ]
    return Table(
        id, "Answers", [columns[place] for place in kept],
        [(label, [cells[place] for place in kept]) for label, cells in rows],
        [*notes, *_list_notes(changes)],
    )  # fmt: skip


def _show(view: View, change: Change, sides: int) -> list[Shown]:
    gap, effect = change.gap, change.effect
    cells = [Shown(change.n), *map(Shown, change.ends or [""] * sides)]
    if gap is None:
        cells.append(Shown(""))
    else:
        interval = view.write_interval(gap, change.variable, change.digits)
        told = write_gap(view, gap, change.variable, change.digits)
        text = told
        if interval:
            numbers = {"": gap.value, "low": gap.low, "high": gap.high}
            # The interval goes to a line of its own where both are too long for one.
            whole = interval.replace(" ", "\u00a0")
            text = Written(f"{told} ({whole})", numbers)
        cells.append(Shown(text, gap, show_found(view, gap).behind))
    if effect is None or not effect.is_shown:
        cells.append(Shown(HIDDEN if effect is not None else ""))
    else:
        text, (sign, _) = view.write(effect, digits=2), EFFECTS.get(effect.statistic, ("", ""))
        cells.append(Shown(Written(f"{sign} = {text}", {sign: effect.value}) if sign else text))
    return [*cells, *(Shown("" if one is None else view.write(one)) for one in
                      (change.test, change.adjusted))]  # fmt: skip


def _list_notes(changes: list[Change]) -> list[str]:
    notes = []
    units = {one.unit.statistic for one in changes if one.gap is not None}
    if "net_change" in units:
        notes.append(
            "Of answers in order, the difference is the share of pairs who gave a higher answer "
            "less the share who gave a lower one."
        )
    if any(one.gap is not None and one.gap.note == BARE for one in changes):
        notes.append(
            "A difference without an interval is that of two shares which are shown; its interval "
            "and its test would tell how few moved, or stayed."
        )
    notes += say_tests(test for one in changes for test in (one.test, one.adjusted))
    used = {one.effect.statistic for one in changes if one.effect is not None}
    told = [f"{sign}: {words}" for name, (sign, words) in EFFECTS.items() if name in used]
    return [*notes, *([f"Effect sizes: {'; '.join(told)}."] if told else [])]


register_table("changes", changes_table)
register_table("groups", groups_table)
