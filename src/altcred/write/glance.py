"""All differences at a glance: as many figures as they need for each to fit a screen."""

from collections.abc import Mapping, Sequence

from altcred.core.statistics import find_statistic
from altcred.kinds.phrases import plain_text
from altcred.write.ahead import show_ahead
from altcred.write.changes import Change, Unit, list_parts
from altcred.write.charts import find_chart
from altcred.write.tables.cells import write_gap
from altcred.write.views import View

# A text for those who cannot see a figure names so many of its differences.
MOST_NAMED = 3


def show_parts(
    chart: str, view: View, of: Sequence[str], changes: Sequence[Change], about: Mapping[str, str]
) -> None:
    """Show differences in figures that fit a screen each; `of` is what the chart is drawn of.

    `about` has the first figure's label, the caption of all, and what is said before the
    differences that a figure shows.
    """
    parts = {str(place): names for place, names in enumerate(list_parts(changes), 1)}

    def show(place: str) -> None:
        names = parts[place]
        drawing = find_chart(chart)(view, *of, only=names)
        if drawing is None:
            return
        told = _say_largest(view, [one for one in changes if one.variable in names])
        named = {"alt": f"{about['alt']} {told}".strip() if place == "1" else told}
        if place != "1":
            named["label"] = f"{about['label']}-{place}"
        if len(parts) > 1:
            named["caption"] = f"{about['caption']}, part {place} of {len(parts)}"
        drawing.show({**about, **named})

    show_one = show_ahead([*parts], show)
    for place in parts:
        show_one(place)


def _say_largest(view: View, changes: Sequence[Change]) -> str:
    """Say which of some differences are the largest: one of each unit, or three of one."""
    units: dict[Unit, list[Change]] = {}
    for one in sorted(changes, key=lambda one: -one.size):
        if one.size >= 0:
            units.setdefault(one.unit, []).append(one)
    each = MOST_NAMED if len(units) == 1 else 1
    told = []
    for one in [one for of in units.values() for one in of[:each]][:MOST_NAMED]:
        assert one.gap is not None
        points = " points" if find_statistic(one.gap.statistic).unit == "points" else ""
        told.append(f"{one.label} {write_gap(view, one.gap, one.variable, one.digits)}{points}")
    return plain_text(f"The largest here: {'; '.join(told)}.") if told else ""
