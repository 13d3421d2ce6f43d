"""Statistics of numbers: a column a program type; and how many typed an answer."""

from collections.abc import Iterable, Mapping, Sequence

from altcred.core.statistics import find_statistic
from altcred.write.tables.cells import base_notes, hidden_note, own_note, show, with_n
from altcred.write.tables.shares import shares_table
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import WAS_NOT_ASKED, View

USUAL = ("mean", "std", "median", "mode", "min", "max")
# What only some numbers have.
MORE = ("cronbach_alpha",)


def numbers_table(
    view: View,
    variables: str | Sequence[str],
    columns: Iterable[str] | None = None,
    *,
    statistics: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    digits: int | None = None,
    total: bool = True,
    heading: str = "",
) -> Table | None:
    """Return the statistics of one number or of several, a column a program type.

    `labels` gives other names to statistics, such as Low for the minimum. The mean's and the
    median's intervals stand behind the table. Of a number that has one bin alone and groups, the
    shares of the groups say more.
    """
    names = [variables] if isinstance(variables, str) else list(variables)
    names = [name for name in names if view.has(name)]
    if not names:
        return None
    one, is_single = names[0], len(names) == 1
    described = view.described(one)
    has_groups = described is not None and bool(described.groups)
    if is_single and not statistics and has_groups and len(view.categories(one)) < 2:
        groups = described.groups if described is not None else ()
        return shares_table(view, one, columns, only=groups, total=total)
    subgroups = view.subgroups(columns, total=total)
    rows: list[tuple[str, list[Shown]]] = []
    for name in names:
        for statistic in statistics or [*USUAL, *MORE]:
            found = (view.find(name, "", statistic, part) for part in subgroups)
            if not statistics and all(one is None for one in found):
                continue
            cells = [show(view, name, "", statistic, part, digits) for part in subgroups]
            word = (labels or {}).get(statistic) or find_statistic(statistic).word
            rows.append((word if is_single else f"{view.label(name)}: {word.lower()}", cells))
    headers = [
        with_n(view, view.subgroup_label(part), view.size(one, part) if is_single else None)
        for part in subgroups
    ]
    unit = view.unit(one)
    title = heading or (view.label(one) + (f" ({unit})" if unit else ""))
    notes = [*base_notes(view, one), *hidden_note(view, rows)]
    return Table(f"{one}-{slug(view.wave)}", title, headers, rows, notes)


def texts_table(view: View, variable: str, columns: Iterable[str] | None = None) -> Table | None:
    """Return how many people typed something, a column a program type."""
    if not view.has(variable):
        return None
    subgroups = view.subgroups(columns)
    cells = [show(view, variable, "", "count", part, 0) for part in subgroups]
    cells = [cell if cell.estimate else Shown(WAS_NOT_ASKED) for cell in cells]
    rows = [("Wrote an answer", cells)]
    return Table(
        f"{variable}-{slug(view.wave)}",
        view.label(variable),
        [view.subgroup_label(part) for part in subgroups],
        rows,
        [
            *own_note(view, variable),
            "What was written is not kept: it could name people.",
            *hidden_note(view, rows),
        ],
    )


register_table("numbers", numbers_table)
register_table("texts", texts_table)
