"""Matching rules: the pairs that each made, and what it left."""

from collections.abc import Sequence

from altcred.core.records import Estimate
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import View

# What a rule left, by what rules.csv calls it, and what the head of a column says of it.
LEFT = {
    "without_first": "Without it, first",
    "without_second": "Without it, second",
    "tied_first": "Alike several, first",
    "tied_second": "Alike several, second",
    "disagreeing": "Disagreeing",
    "earlier": "Earlier",
}
NOTES = {
    "without": "Without it: rows of the first or second survey that lack what the rule compares.",
    "tied": "Alike several: rows not yet found that are like rows of the other survey, but not "
    "one to one; they are matched with nobody.",
    "disagreeing": "Disagreeing: pairs that were not made, since they differ in what must agree.",
    "earlier": "Earlier: pairs that were not made, since the second answer came before the first.",
}


def rules_table(view: View, variable: str = "", *, rules: Sequence[str] = ()) -> Table | None:
    """Return the pairs of each rule in their order, and what it left where any left something."""
    left = {
        name: [view.find(name, rule, "count") for rule in rules]
        for name in LEFT
    }  # fmt: skip
    left = {name: found for name, found in left.items() if any(one and one.value for one in found)}
    if not rules:
        return None
    columns = {"Pairs": [view.find("pairs", rule, "count") for rule in rules]}
    columns |= {LEFT[name]: found for name, found in left.items()}
    rows = [
        (rule, [_show(view, found[place]) for found in columns.values()])
        for place, rule in enumerate(rules)
    ]
    notes = [note for name, note in NOTES.items() if any(one.startswith(name) for one in left)]
    return Table(f"rules-{slug(view.wave)}", "Rule", list(columns), rows, notes)


def _show(view: View, found: Estimate | None) -> Shown:
    # A rule that made no pair has no estimate.
    return Shown(view.writer.number(0) if found is None else view.write(found))


register_table("rules", rules_table)
