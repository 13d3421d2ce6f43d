"""Shares of categories: a column a program type, or a row a program."""

from collections.abc import Iterable, Sequence

from altcred.write.tables.cells import base_notes, hidden_note, name_parts, show
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import View


def shares_table(
    view: View,
    variable: str,
    columns: Iterable[str] | None = None,
    *,
    heading: str = "",
    falling: bool = False,
    reverse: bool = False,
    top: int | None = None,
    digits: int = 1,
    total: bool = True,
    with_groups: bool = False,
    only: Iterable[str] | None = None,
    notes: Sequence[str] = (),
) -> Table | None:
    """Return the shares of a variable's categories, a column a program type and one for all.

    Rows are in the order of the codebook, its `reverse`, or of falling share; `top` keeps the
    most frequent, as many as the kind says where nothing else does; `only` names the rows itself.
    The n of each column is in its header; a category of fewer people (asked later, or of some)
    says its own in a note. `with_groups` adds the codebook's groups below.
    """
    if not view.has(variable):
        return None
    subgroups = view.subgroups(columns, total=total)
    described = view.described(variable)
    if top is None and only is None:
        top = view.draw_options(variable).get("top")
    names = list(only) if only is not None else view.categories(variable, top=top, falling=falling)
    if reverse:
        names.reverse()
    nets = described.groups if with_groups and only is None and described is not None else ()
    groups = [one for one in nets if view.find(variable, one) is not None]
    rows: list[tuple[str, list[Shown]]] = []
    own_n: list[str] = []
    for name in [*names, *groups]:
        cells = [show(view, variable, name, "proportion", part, digits) for part in subgroups]
        label = view.label(variable, name)
        if name in names and _has_own_n(view, variable, cells, subgroups):
            sizes = [
                f"{view.subgroup_label(part)} {view.writer.number(cell.estimate.n)}"
                for part, cell in zip(subgroups, cells, strict=True)
                if cell.estimate is not None and not cell.estimate.is_suppressed
            ]
            own_n.append(f"* {label}: n = {', '.join(sizes)}.")
            label += " *"
        rows.append((label, cells))
    if not rows:
        return None
    labels = name_parts(view, variable, subgroups)
    notes = [*own_n, *notes, *base_notes(view, variable), *hidden_note(view, rows)]
    id = f"{variable}-{slug(view.wave)}"
    return Table(id, heading or view.label(variable), labels, rows, notes, nets=len(groups))


def _has_own_n(view: View, variable: str, cells: Sequence[Shown], subgroups: Sequence[str]) -> bool:
    for cell, part in zip(cells, subgroups, strict=True):
        size = view.size(variable, part)
        if cell.estimate is not None and size is not None and cell.estimate.n < size:
            return True
    return False


def programs_table(
    view: View,
    variable: str,
    categories: Sequence[str] | None = None,
    *,
    heading: str = "Program",
    digits: int = 1,
) -> Table | None:
    """Return the shares of chosen categories or groups, a row a program; of all if none."""
    if not view.has(variable):
        return None
    names = view.categories(variable) if categories is None else categories
    known = [name for name in names if view.find(variable, name) is not None]
    programs = view.programs()
    if not programs or not known:
        return None
    rows = [
        (
            view.subgroup_label(part),
            [show(view, variable, name, "proportion", part, digits) for name in known],
        )
        for part in programs
    ]
    sizes = [
        f"{view.subgroup_label(part)} {view.writer.number(view.size(variable, part) or 0)}"
        for part in programs
    ]
    notes = [f"n: {', '.join(sizes)}.", *base_notes(view, variable), *hidden_note(view, rows)]
    id = f"{variable}-programs-{slug(view.wave)}"
    return Table(id, heading, [view.label(variable, name) for name in known], rows, notes)


register_table("shares", shares_table)
register_table("programs", programs_table)
