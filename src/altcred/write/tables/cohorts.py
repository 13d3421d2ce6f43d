"""Cohorts of one study side by side, and how far the latest is from the one before."""

from collections.abc import Iterable

from altcred.core.records import ALL, Estimate
from altcred.write.cohorts import CohortsView
from altcred.write.tables.cells import hidden_note, own_note, show, show_found, with_n, write_gap
from altcred.write.tables.table import Shown, Table, register_table

# Shares under this in all cohorts say little and are left out where a table is of many questions.
SMALLEST_SHARE = 0.01
CHANGED = (
    "* Asked otherwise, or with other answers to choose, than in the cohort before: a difference "
    "may come of that alone."
)


def cohorts_table(view: CohortsView, variables: str | Iterable[str], *waves: str) -> Table | None:
    """Return what each cohort answered, and this cohort minus the one before with its interval.

    Of one variable, or of several with the rare answers left out.
    """
    names = [variables] if isinstance(variables, str) else list(variables)
    sides, is_one = view.sides(names), isinstance(variables, str)
    rows, is_marked = [], False
    for name in names:
        mark = " *" if view.is_changed(name) else ""
        for category, statistic, difference in view.lines(name):
            digits = 1 if statistic == "proportion" else None
            cells = [show(side, name, category, statistic, ALL, digits) for side in sides]
            shares = [c.estimate.value for c in cells if c.estimate and c.estimate.is_shown]
            if not is_one and category and not any(one >= SMALLEST_SHARE for one in shares):
                continue
            gap = view.gap(name, category, difference)
            cells += [_show_gap(view, gap), Shown(view.write_interval(gap))]
            label = view.line_label(name, category, statistic)
            # Of one question the marks stand at the cohorts.
            rows.append((label if is_one else f"{view.label(name)}: {label}{mark}", cells))
            is_marked |= bool(mark)
    if not rows:
        return None
    columns = []
    for side in sides:
        n = with_n(view, side.cohort_label, side.size(names[0])) if is_one else ""
        changed = is_one and bool(view.changes_of(names[0], [side.cohort_name]))
        is_marked |= changed
        columns.append((n or f"{side.cohort_label} (n ≤ {side.responses})") + " *" * changed)
    note = (
        "The difference is that of this cohort minus the one before that was asked, of shares in "
        "percentage points; its interval takes the two as independent samples."
    )
    rare = [] if is_one else ["Answers given by under one in a hundred of each are left out."]
    notes = [*(own_note(view, names[0]) if is_one else rare), note, *hidden_note(view, rows)]
    return Table(
        f"{names[0] if is_one else 'cohorts'}-cohorts-{view.own.wave}",
        view.label(names[0]) if is_one else "Question and answer",
        [*columns, "Difference", "95% interval"],
        rows,
        [*notes, *([CHANGED] if is_marked else [])],
    )


def _show_gap(view: CohortsView, gap: Estimate | None) -> Shown:
    if gap is None:
        return Shown("")
    return Shown(write_gap(view, gap), gap, show_found(view, gap).behind)


register_table("cohorts", cohorts_table)
