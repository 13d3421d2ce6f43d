"""Profiles: chosen characteristics of people, a column a program type or a wave."""

from collections.abc import Iterable, Mapping, Sequence

from altcred.core.records import ALL
from altcred.core.statistics import is_statistic
from altcred.write.tables.cells import hidden_note, show
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import HIDDEN, NOT_OFFERED, WAS_NOT_ASKED, View

# A row of a profile: the variable, and a category, a group, a statistic, or "top 3".
RowSpec = tuple[str, str]
RANKS = ["", ": second", ": third", ": fourth", ": fifth"]


def profile_table(
    view: View,
    rows: Mapping[str, RowSpec],
    columns: Iterable[str] | None = None,
    *,
    heading: str = "Characteristic",
    waves: Sequence[str] = (),
    notes: Sequence[str] = (),
    digits: int = 0,
    total: bool = False,
    id: str = "profile",
) -> Table | None:
    """Return a table of chosen characteristics, a column a program type.

    `rows` gives each row's label what it shows: a variable with a category or group (its
    share), with a statistic ("mean", "min", "nunique"), or with "top 3" (a row for each of the
    most frequent categories; those that tie with the last, as rounded, stand beside it). Rows of
    variables that the wave lacks are left out. `columns` names program types, programs or
    subgroups; None is all program types, with everybody too where `total`. With `waves` the
    columns are those waves instead, of everybody. `digits` are those of shares.
    """
    if waves:
        sides = [(view.on(wave), ALL) for wave in waves]
        labels = [view.wave_label(wave) for wave in waves]
    else:
        subgroups = view.subgroups(columns, total=total)
        sides = [(view, subgroup) for subgroup in subgroups]
        labels = [view.subgroup_label(subgroup) for subgroup in subgroups]
    shown: list[tuple[str, list[Shown]]] = []
    for label, (variable, what) in rows.items():
        if not any(side.has(variable) for side, _ in sides):
            continue
        if what.startswith("top "):
            shown += _top_rows(sides, label, variable, int(what.split()[1]), digits)
            continue
        cells = [_cell(side, variable, what, part, digits) for side, part in sides]
        # A row that nobody could answer says nothing.
        if any(cell.estimate or cell.text not in ("", NOT_OFFERED) for cell in cells):
            shown.append((label, cells))
    if not shown:
        return None
    notes = [
        *notes,
        "Shares are of those who answered the question; n differs from row to row.",
        *hidden_note(view, shown),
    ]
    return Table(f"{id}-{slug(view.wave)}", heading, labels, shown, notes)


def _cell(view: View, variable: str, what: str, subgroup: str, digits: int) -> Shown:
    described = view.described(variable)
    is_answer = described is not None and what in {*described.categories, *described.groups}
    if is_statistic(what) and not is_answer:
        return show(view, variable, "", what, subgroup, None)
    return show(view, variable, what, "proportion", subgroup, digits)


def _top_rows(
    sides: Sequence[tuple[View, str]], label: str, variable: str, top: int, digits: int
) -> list[tuple[str, list[Shown]]]:
    """Return a row for each rank; a short text a cell, since long ones widen the column."""
    columns = [_list_top(view, variable, top, part, digits) for view, part in sides]
    return [
        (
            label + (RANKS[place] if place < len(RANKS) else f": {place + 1}"),
            [Shown(column[place] if place < len(column) else "") for column in columns],
        )
        for place in range(max(map(len, columns)))
    ]


def _list_top(view: View, variable: str, top: int, subgroup: str, digits: int) -> list[str]:
    """Write the first ranks with their shares, India (9%); the last one's holds those tied with it.

    Categories tie as rounded; at most two more are named.
    """
    rows = view.estimates.select(
        wave=view.wave, subgroup=subgroup, variable=variable, statistic="proportion"
    )
    known = set(view.categories(variable))
    rows = rows[rows["category"].isin(known) & rows["value"].gt(0)]
    if not len(rows):
        return [WAS_NOT_ASKED if view.size(variable, subgroup) is None else HIDDEN]
    rows = rows.sort_values(["value", "category"], ascending=[False, True], kind="stable")
    texts = [view.writer.percent(value, digits) for value in rows["value"]]
    named = [
        f"{view.label(variable, category)} ({text})"
        for place, (category, text) in enumerate(zip(rows["category"], texts, strict=True))
        if place < top or (place < top + 2 and text == texts[top - 1])
    ]
    return [*named[: top - 1], ", ".join(named[top - 1 :])] if len(named) >= top else named


register_table("profile", profile_table)
