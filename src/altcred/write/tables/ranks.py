"""Options put in order: how far up each stands, once and in two surveys."""

from collections.abc import Iterable

from altcred.core.records import ALL
from altcred.kinds.rank import mean_places
from altcred.write.paired import FEWEST
from altcred.write.tables.cells import (
    base_notes,
    hidden_note,
    name_parts,
    own_note,
    show,
    show_found,
    with_n,
)
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import View

PLACES = "Mean place: 1 is the best; of those who gave the option a place."


def ranks_table(view: View, variable: str, columns: Iterable[str] | None = None) -> Table | None:
    """Return the mean place of each option, the best first, a column a program type."""
    if not view.has(variable):
        return None
    subgroups = view.subgroups(columns)
    names = [*mean_places(view, variable)]
    names += [one for one in view.categories(variable) if one not in names]
    rows = [
        (
            view.label(variable, name),
            [show(view, f"{variable}:{name}", "", "mean", part, None) for part in subgroups],
        )
        for name in names
    ]
    if not rows:
        return None
    headers = name_parts(view, variable, subgroups)
    notes = [*base_notes(view, variable), PLACES, *hidden_note(view, rows)]
    return Table(f"{variable}-{slug(view.wave)}", view.label(variable), headers, rows, notes)


def paired_ranks_table(
    view: View, variable: str, first: str, second: str, *, subgroup: str = ALL
) -> Table | None:
    """Return the mean places that the same people gave in two surveys, with Wilcoxon's test."""
    if not (view.size(variable, subgroup) or 0) >= FEWEST:
        return None
    rows = []
    for name in _options(view, variable):
        found = {
            one: view.find(f"{variable}:{name}", "", one, subgroup)
            for one in ("mean_first", "mean_second", "mean_difference", "wilcoxon_pvalue", "nobs")
        }
        if found["mean_difference"] is not None:
            cells = [show_found(view, one) for one in found.values()]
            rows.append((view.label(variable, name), cells))
    if not rows:
        return None
    labels = [view.wave_label(wave) for wave in (first, second)]
    notes = [*own_note(view, variable), PLACES, "p: Wilcoxon's signed-rank test, not adjusted.",
             *hidden_note(view, rows)]  # fmt: skip
    columns = [*labels, "Difference", "p", "Pairs"]
    return Table(f"{variable}-paired-{slug(subgroup)}", view.label(variable), columns, rows, notes)


def compared_ranks_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return the mean places in two surveys of different people, with Welch's test."""
    sides, between = [view.on(wave) for wave in (first, second)], view.on(f"{first}-{second}")
    rows = []
    for name in _options(view, variable):
        option = f"{variable}:{name}"
        ends = [side.find(option, "", "mean") for side in sides]
        gap = between.find(option, "", "mean_difference")
        if gap is not None and None not in ends:
            pvalue = between.find(option, "", "ttest_ind_pvalue")
            cells = [*(show_found(view, one) for one in ends), show_found(view, gap)]
            rows.append((view.label(variable, name), [*cells, Shown(view.write(pvalue))]))
    if not rows:
        return None
    labels = [with_n(view, view.wave_label(one.wave), one.size(variable)) for one in sides]
    notes = [*own_note(view, variable), PLACES, "p: Welch's test, not adjusted."]
    id = f"{variable}-{first}-{second}"
    return Table(id, view.label(variable), [*labels, "Difference", "p"], rows, notes)


def _options(view: View, variable: str) -> list[str]:
    described = view.described(variable)
    return list(described.categories) if described is not None else []


register_table("ranks", ranks_table)
register_table("paired_ranks", paired_ranks_table)
register_table("compared_ranks", compared_ranks_table)
