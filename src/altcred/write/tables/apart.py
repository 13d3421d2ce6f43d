"""What two waves asked or offered in other words: their numbers side by side, and no difference."""

from altcred.core.records import ALL
from altcred.write.tables.cells import hidden_note, show, show_found, with_n
from altcred.write.tables.table import Shown, Table, register_table
from altcred.write.views import View

# What is told of numbers.
NUMBERS = {"median": "Median", "mean": "Mean", "nps": "Net promoter score"}


def apart_table(view: View, variable: str, first: str, second: str) -> Table | None:
    """Return the answers that the waves worded differently, a row a wording with its share.

    Of a question asked differently: all answers, and the middle of numbers, a column a wave.
    """
    described = view.described(variable)
    if described is None:
        return None
    sides = [view.side(wave) for wave in (first, second)]
    if described.is_comparable(first, second):
        return _list_wordings(view, variable, sides)
    top = view.draw_options(variable).get("top")
    names = dict.fromkeys(one for side in sides for one in side.categories(variable, top=top))
    keys = [(one, "proportion", view.label(variable, one)) for one in names]
    keys = [] if described.is_numeric else keys
    keys += [("", statistic, label) for statistic, label in NUMBERS.items()]
    rows = [
        (label, [show(side, variable, category, statistic, ALL, None) for side in sides])
        for category, statistic, label in keys
        if any(side.find(variable, category, statistic) for side in sides)
    ]
    columns = [with_n(view, view.wave_label(side.wave), side.size(variable)) for side in sides]
    words = {wave: described.wording(wave) for wave in (first, second)}
    notes = [f"{view.wave_label(wave)}: “{text}”" for wave, text in words.items()]
    notes = notes if all(words.values()) and words[first] != words[second] else []
    id = f"{variable}-apart"
    notes += hidden_note(view, rows)
    return Table(id, view.label(variable), columns, rows, notes) if rows else None


def _list_wordings(view: View, variable: str, sides: list[View]) -> Table | None:
    """Return a row for each wording of each answer: its share, with the interval."""
    described = view.codebook.variables[variable]
    waves = [side.wave.rpartition(":")[2] for side in sides]
    rows, notes = [], []
    for category in described.set_apart(waves[0], waves[1]):
        label = view.label(variable, category)
        for wave, side in zip(waves, sides, strict=True):
            found = side.find(variable, category)
            words = described.wording(wave, category)
            cells = [show_found(view, found), Shown(view.write_interval(found))]
            rows.append((f"{label}. {view.wave_label(wave)}: “{words}”", cells))
        if why := described.why_apart(waves[0], waves[1], category):
            notes.append(f"{label}: {why}")
    notes += hidden_note(view, rows)
    columns, id = ["Share", "95% interval"], f"{variable}-apart"
    return Table(id, view.label(variable), columns, rows, notes) if rows else None


register_table("apart", apart_table)
