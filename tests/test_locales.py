"""Sentences, tables and drawings write all their numbers as readers of one locale expect them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from drawn import texts_of
from small_view import WAVES, make_cohort, view_of

from altcred.kinds import kind_of, list_kinds
from altcred.write.charts import find_chart
from altcred.write.tables import Table, find_table
from altcred.write.views import View

# A decimal point, or a percentage without the space before its sign; "95%" names an interval.
FOREIGN = re.compile(r"\d\.\d(?!\d\d)|\d(?<!95)%")


def say_all(view: View, name: str) -> Iterator[str]:
    """Yield the sentences on a variable: of a wave, of a panel, of two surveys' people."""
    variable = view.codebook.variables[name]
    kind = kind_of(variable)
    first, second = (view.on(wave) for wave in WAVES)
    panel = view.on("panel")
    yield kind.sentence(view, name)
    yield kind.alt(view, name)
    yield kind.change(panel, name, *(panel.side(wave) for wave in WAVES))
    yield kind.contrast(view.on("-".join(WAVES)), name, first, second)


def show_all(view: View, name: str) -> Iterator[Any]:
    """Yield the tables and drawings of a variable."""
    kind = kind_of(view.codebook.variables[name])
    panel = view.on("panel")
    if kind.table:
        yield find_table(kind.table)(view, name)
    if kind.change_table:
        yield find_table(kind.change_table)(panel, name, *WAVES)
    if kind.contrast_table:
        yield find_table(kind.contrast_table)(view.on("-".join(WAVES)), name, *WAVES)
    if kind.chart:
        yield find_chart(kind.chart)(view, name)
    if kind.change_chart:
        yield find_chart(kind.change_chart)(panel, name, *WAVES)


def texts_in(shown: Any) -> list[str]:
    if not isinstance(shown, Table):
        # What an axis writes is known once it is drawn.
        shown.figure.draw_without_rendering()
        return texts_of(shown)
    cells = [cell for _, cells in shown.rows for cell in cells]
    return [*shown.columns, *(text for one in cells for text in (one.text, *one.behind))]


@pytest.mark.parametrize("kind", list_kinds())
def test_no_number_is_written_as_in_another_locale(kind: str) -> None:
    view = view_of(make_cohort(locale="de_DE"), f"a_{kind}", (51, 30, 15, 4))
    texts = [*say_all(view, f"a_{kind}")]
    for shown in show_all(view, f"a_{kind}"):
        if shown is not None:
            texts += texts_in(shown)
    assert [text for text in texts if FOREIGN.search(text)] == []
