"""How far up options were put in an order: a point for each mean place, with its interval."""

from collections.abc import Iterable

import seaborn

from altcred.kinds.rank import mean_places
from altcred.write.charts.drawing import (
    Drawing,
    draw_grid,
    looks_of,
    name_subgroups,
    register_chart,
    subgroups_with,
)
from altcred.write.charts.rows import start_rows
from altcred.write.charts.shares import Rows, draw_lines
from altcred.write.tables import find_table
from altcred.write.views import View


def draw_ranks(
    view: View, variable: str, *, columns: Iterable[str] | None = None
) -> Drawing | None:
    """Draw the mean place of each option, the best at the top, one colour a program type."""
    subgroups = subgroups_with(view, variable, columns)
    names = [*mean_places(view, variable)]
    names += [one for one in view.categories(variable) if one not in names]
    if not subgroups or not names:
        return None
    cells = {
        name: {
            part: found
            for part in subgroups
            if (found := view.find(f"{variable}:{name}", "", "mean", part)) is not None
        }
        for name in names
    }
    figure, axes, places = start_rows([view.label(variable, name) for name in names])
    rows = Rows(view, variable, cells, looks_of(view, subgroups), places)
    draw_lines(axes, rows, lambda found: view.write(found, digits=2), times=1)
    axes.set_xlim(0.6, len(names) + 0.6)
    axes.set_xticks(range(1, len(names) + 1))
    axes.set_xlabel("Mean place (1 is the best)")
    seaborn.despine(ax=axes, left=True)
    draw_grid(axes, "x")
    name_subgroups(axes, view, variable, subgroups, "")
    numbers = find_table("ranks")(view, variable, columns)
    return Drawing(figure, [numbers] if numbers else [], view.note(variable))


register_chart("ranks", draw_ranks)
