"""What the figures and the rows of a table tell where no word beside a cell does."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from altcred.check.bases import fits
from altcred.check.cells import assign, read_cell
from altcred.check.columns import Column
from altcred.check.plan_table import TablePlan

Row = dict[str, str]
# Rows of an analysis of variance whose degrees of freedom are the second of each F above.
_ERROR = re.compile(
    r"(?:error|residuals?|within(?:[- ](?:groups?|subjects?|cells?))?)(?: error)?(?: ?\(.*\))?",
    re.I,
)
_NUMBERED = re.compile(r"\(?(\d{1,2})[.)]?(?:\s.*)?")


def complete_degrees(rows: list[Row], plan: TablePlan) -> None:
    """Give each F with one number of degrees of freedom those of the row of its errors, below it.

    Of a row with F and df, df is then the first of F.
    """
    if not any(_ERROR.fullmatch(line.label) for line in plan.lines):
        return
    by_line: dict[str, dict[str, Row]] = {}
    for row in rows:
        found = re.match(r"[A-Z]+(\d+)$", row["id"])
        if found:
            by_line.setdefault(found[1], {})[row["statistic"]] = row
    error: Row | None = None
    for line in reversed(plan.lines):
        known = by_line.get(str(line.number), {})
        if "f_statistic" not in known and _ERROR.fullmatch(line.label):
            error = known.get("df", error)
        elif error is not None and {"f_statistic", "df"} <= known.keys():
            df = known["df"]
            df["statistic"] = "f_df1"
            second = {"id": f"{df['id']}:error", "statistic": "f_df2", "printed": error["printed"]}
            rows.append({**df, **second})


def find_counted(plan: TablePlan) -> frozenset[str]:
    """Return the variables with cells such as "12 (34.3)" that mostly are counts and percents."""
    right: dict[str, list[bool]] = defaultdict(list)
    for line in plan.lines:
        for column in plan.columns:
            cell = read_cell(line.cells.get(column.index, ""), plan.decimal)
            is_told = line.forms or column.forms or plan.forms
            if cell and cell.shape == "#(#)" and column.n and not is_told:
                counted = assign(cell, ("count", "percent"))
                right[line.variable].append(bool(counted) and fits(counted or (), column.n))
    cells = [one for found in right.values() for one in found]
    most = 3 * sum(cells) > 2 * len(cells)
    return frozenset(one for one, found in right.items() if 2 * sum(found) + most > len(found))


def mark_correlations(plan: TablePlan) -> None:
    """Take columns for correlations that are headed by the names or the numbers of rows."""
    columns = list(_list_crossed(plan))
    cells = [
        cell
        for line in plan.lines
        for column in columns
        if (cell := read_cell(line.cells.get(column.index, ""), plan.decimal)) and cell.numbers
    ]
    right = sum(bool(re.fullmatch(r"-?(?:0?\.\d+|1(?:\.0+)?)", " ".join(c.numbers))) for c in cells)
    if len(columns) > 1 and 2 * right > len(cells):
        crossed = {column.index for column in columns}
        plan.columns = [
            replace(one, forms=(("r",),)) if one.index in crossed else one for one in plan.columns
        ]


def _list_crossed(plan: TablePlan) -> Iterator[Column]:
    labels = {line.label.casefold() for line in plan.lines}
    numbers = {found[1] for line in plan.lines if (found := _NUMBERED.fullmatch(line.label))}
    for column in plan.columns:
        head = column.heading.strip()
        found = _NUMBERED.fullmatch(head)
        is_number = found is not None and head.strip("().").isdigit() and found[1] in numbers
        if not column.forms and column.n is None and (is_number or head.casefold() in labels):
            yield column
