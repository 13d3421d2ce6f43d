"""Counts: from raw rows to responses, people by program, rows by reason, estimates by wave."""

from collections.abc import Mapping

from altcred.core.records import ALL
from altcred.write.tables.cells import show, show_found
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import View


def flow_table(
    view: View,
    variable: str = "",
    *,
    reasons: Mapping[str, str] | None = None,
    of_panel: bool = False,
) -> Table | None:
    """Return how many raw rows there were, how many were dropped and why, and who is left.

    `reasons` gives a reason of decisions.csv the words for it. In a panel, where weights play no
    part, rows without one are left as well.
    """
    raw, kept = view.find("raw_rows", "", "count"), count_kept(view, of_panel=of_panel)
    if raw is None or kept is None:
        return None
    write = view.writer.number
    rows = [("Rows in the export", [Shown(write(raw.value))])]
    for reason, count in dropped_reasons(view, of_panel=of_panel):
        rows.append((f"Dropped: {reason_words(reason, reasons)}", [Shown(write(-count))]))
    rows.append(("Responses analysed", [Shown(write(kept))]))
    return Table(f"flow-{slug(view.wave)}", "Step", ["Rows"], rows)


def reason_words(reason: str, reasons: Mapping[str, str] | None) -> str:
    """Return the words for a reason of decisions.csv: those given, or its name."""
    return (reasons or {}).get(reason, reason.replace("_", " "))


def count_kept(view: View, *, of_panel: bool) -> float | None:
    """Return how many responses a survey's numbers are of, or of which a panel finds the people.

    Those without a survey weight are in no number of their survey, but may be in a panel.
    """
    kept = view.find("responses", "", "count")
    aside = view.find("without_weight", "", "count") if of_panel else None
    if kept is None:
        return None
    return kept.value + (0 if aside is None else aside.value)


def dropped_reasons(view: View, *, of_panel: bool = False) -> list[tuple[str, float]]:
    """Return each reason rows were dropped for, with how many, the most frequent first.

    Last come the rows without a survey weight, which are set aside, but not in a panel.
    """
    found = None if of_panel else view.find("without_weight", "", "count")
    aside = [("without_weight", found.value)] if found is not None and found.value else []
    return [*_counts_of(view, "dropped"), *aside]


def _counts_of(view: View, variable: str) -> list[tuple[str, float]]:
    """Return the counts of a variable's categories, the most frequent first."""
    rows = view.estimates.select(wave=view.wave, subgroup=ALL, variable=variable, statistic="count")
    rows = rows[rows["category"] != ""]
    rows = rows.sort_values(["value", "category"], ascending=[False, True], kind="stable")
    return list(zip(rows["category"].astype(str), rows["value"].astype(float), strict=True))


def counts_table(
    view: View,
    variable: str,
    heading: str = "",
    *,
    words: Mapping[str, str] | None = None,
    column: str = "Rows",
) -> Table | None:
    """Return the counts of a variable's categories, the most frequent first."""
    lines = [
        ((words or {}).get(name, view.label(variable, name)), [Shown(view.writer.number(value))])
        for name, value in _counts_of(view, variable)
    ]
    if not lines:
        return None
    return Table(f"{variable}-{slug(view.wave)}", heading or view.label(variable), [column], lines)


def sizes_table(view: View, variable: str = "") -> Table | None:
    """Return how many people there are in each program and program type."""
    parts = [*view.types(), *view.programs()]
    if not parts:
        return None
    rows = []
    for part in parts:
        name = part.partition("=")[2]
        cells = [
            show(view, "responses", name, statistic, ALL, digits)
            for statistic, digits in (("count", 0), ("proportion", 1))
        ]
        rows.append((view.subgroup_label(part), cells))
    whole = view.find("responses", "", "count")
    if whole is not None:
        rows.append(("All", [show_found(view, whole), Shown(view.writer.percent(1.0, 1))]))
    people = view.people[:1].upper() + view.people[1:]
    return Table(f"sizes-{slug(view.wave)}", "Program", [people, "Share"], rows)


def contents_table(view: View, variable: str = "") -> Table:
    """Return how many estimates of how many variables there are, a line a wave."""
    counts = view.estimates.frame.groupby("wave")["variable"].agg(["size", "nunique"])
    lines = [
        (str(wave), [Shown(view.writer.number(float(n))) for n in row])
        for wave, row in zip(counts.index, counts.to_numpy(), strict=True)
    ]
    return Table("contents", "Wave", ["Estimates", "Variables"], lines)


register_table("flow", flow_table)
register_table("counts", counts_table)
register_table("sizes", sizes_table)
register_table("contents", contents_table)
