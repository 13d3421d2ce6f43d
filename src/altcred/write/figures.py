"""Names by which chapters that have not yet been rewritten call charts; they go with these."""

import math
from collections.abc import Iterable, Mapping

from altcred.core.description import as_list
from altcred.core.records import ALL, NOT_REPORTED
from altcred.write.charts import Drawing, default_chart
from altcred.write.charts.change import draw_change as change_figure
from altcred.write.charts.distribution import draw_distribution as distribution_figure
from altcred.write.charts.flow import draw_flow as flow_figure
from altcred.write.charts.maps import draw_map as map_figure
from altcred.write.charts.pairs import draw_pairs as comparison_figure
from altcred.write.charts.shares import draw_shares as category_figure
from altcred.write.tables import default_table
from altcred.write.views import View, open_view

__all__ = [
    "ALL",
    "Drawing",
    "category_figure",
    "change_figure",
    "comparison_figure",
    "distribution_figure",
    "flow_figure",
    "map_figure",
    "open_view",
    "show_maps",
    "show_others",
]


def _default_figure(view: View, variable: str) -> Drawing | None:
    return default_chart(view, variable) if view.has(variable) else None


def show_others(view: View, known: Iterable[str], heading: str = "") -> None:
    """Show a default figure, or else a default table, of each variable that is not `known`.

    `heading` goes before the first of them. Each gets a heading, a label, a caption and, a
    figure, a text that stands for it; the words hold expressions that are looked up when the
    report is assembled.
    """
    from IPython.display import Markdown, display

    known = set(known)
    for name in view.codebook.in_wave(view.wave):
        if name in known:
            continue
        figure = _default_figure(view, name)
        result = figure or default_table(view, name)
        if result is None:
            continue
        if heading:
            display(Markdown(heading))
            heading = ""
        text = _describe_answers(view, name)
        display(Markdown(f"### {{{{ label({name!r}) }}}}" + (f"\n\n{text}" if text else "")))
        slug = f"{name.replace('_', '-')}-{view.wave.replace('_', '-')}"
        about = {
            "label": f"{'fig' if figure else 'tbl'}-{slug}",
            "caption": f"{{{{ label({name!r}) }}}}, {{{{ study.waves[wave].people }}}}",
        }
        if figure is None:
            display(result, metadata={"report": about})
            continue
        about["caption"] += f"; n = {{{{ n({name!r}) }}}}"
        about["alt"] = _describe_default(view, name)
        figure.show(about)


def show_maps(view: View, variable: str, *, published: Mapping[str, str] | None = None) -> None:
    """Show a map of each program type, or of everybody where there is but one type.

    `published` names by program type the printed figure that a map rebuilds; those come first,
    in its order.
    """
    printed = list(published or {})
    parts = [(part.partition("=")[2], part) for part in view.subgroups(total=False)]
    parts.sort(key=lambda named: printed.index(named[0]) if named[0] in printed else len(printed))
    for name, part in parts:
        drawing = map_figure(view, variable, part)
        if drawing is None:
            continue
        slug = "-".join(text for text in (variable, "map", name, view.wave) if text)
        whose = "{{ study.waves[wave].people }}"
        if name:
            whose = f"{{{{ label('program_type', {name!r}) }}}} {whose}"
        of = f"of={part!r}"
        about = {
            "label": f"fig-{slug.replace('_', '-')}",
            "caption": f"Where in the world {whose} live; n = {{{{ n({variable!r}, {of}) }}}}",
            "alt": (
                f"World map: the share of {whose} in each country, in classes. The largest: "
                f"{{% for one in ranked({variable!r}, top=5, {of}) %}}{{{{ one.label }}}} "
                "{{ one.pct }}{{ ', ' if not loop.last }}{% endfor %}; "
                f"{{{{ num({variable!r}, 'nunique', {of}) }}}} countries and regions; "
                f"n = {{{{ n({variable!r}, {of}) }}}}."
            ),
        }
        if (published or {}).get(name):
            about["published"] = (published or {})[name]
        drawing.show(about)


def _describe_answers(view: View, name: str) -> str:
    """Return a sentence or two on a variable no text foresees, with expressions for numbers."""
    described = view.codebook.variables[name]
    size = view.size(name)
    is_told = described.kind != "text" and described.derive is None
    if not is_told or not size or math.isnan(size):
        return ""
    asked = ""
    if described.condition_in(view.wave):
        parts = []
        for other, wanted in described.condition_in(view.wave).items():
            asked_before = view.codebook.variables.get(other)
            if asked_before is not None and not asked_before.is_numeric:
                labels = [
                    "nothing" if one == NOT_REPORTED else f"“{{{{ label({other!r}, {one!r}) }}}}”"
                    for one in as_list(wanted)
                ]
                parts.append(f"{' or '.join(labels)} to “{{{{ label({other!r}) }}}}”")
        if parts:
            asked = f"It was asked of those who answered {' and '.join(parts)}. "
    if described.is_numeric:
        write = "usd" if described.kind == "money" else "num"
        return (
            f"{asked}{{{{ n({name!r}) }}}} people gave a number. The median is "
            f"{{{{ {write}({name!r}, 'median') }}}}, the mean {{{{ {write}({name!r}, 'mean') }}}}."
        )
    did = "were asked" if described.base == "asked" else "answered"
    several = " Several answers could be chosen." if described.kind == "multiple" else ""
    nets = "".join(
        f" {{% if has({name!r}, {group!r}) %}}{{{{ label({name!r}, {group!r}) }}}}: "
        f"{{{{ pct({name!r}, {group!r}) }}}} ({{{{ n({name!r}, {group!r}) }}}}).{{% endif %}}"
        for group in described.groups
    )
    return (
        f"{{% set told = [] %}}{{% for one in ranked({name!r}, top=3) %}}"
        "{% set _ = told.append(one.pct ~ ' chose “' ~ one.label ~ '”') %}{% endfor %}"
        f"{asked}{{% if told %}}Of {{{{ n({name!r}) }}}} who {did}, {{{{ listing(told) }}}}."
        f"{{% endif %}}{several}{nets}"
    )


def _describe_default(view: View, name: str) -> str:
    """Return the words that stand for a default figure, with expressions for its numbers."""
    described = view.codebook.variables[name]
    if described.is_numeric:
        write = f"usd({name!r})" if described.kind == "money" else f"num({name!r}, 'median')"
        return (
            f"Distribution in bins: {{{{ label({name!r}) }}}}. The median is "
            f"{{{{ {write} }}}}; n = {{{{ n({name!r}) }}}}."
        )
    return (
        f"Bars: {{{{ label({name!r}) }}}}. {{% for one in ranked({name!r}, top=4) %}}"
        "{{ one.label }} {{ one.pct }}{{ ', ' if not loop.last }}{% endfor %}; "
        f"n = {{{{ n({name!r}) }}}}."
    )
