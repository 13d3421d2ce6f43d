"""Reads a table as an article prints it, groups side by side, into printed figures."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from altcred.check.bases import Base, find_bases, fits
from altcred.check.beside import RATIOS
from altcred.check.cells import LONGEST, Cell, Print, assign, guess_form, list_marks, read_cell
from altcred.check.columns import Column, Forms
from altcred.check.grid import Grid, read_grid
from altcred.check.layouts import RowLayout, TableLayout, layout_path, load_layout
from altcred.check.plan_table import Line, TablePlan, plan_table
from altcred.check.published import COLUMNS
from altcred.check.relations import Partition, Relations, VariableRelation
from altcred.check.sources import complete_degrees, find_counted, mark_correlations
from altcred.check.stacked import add_stars, join_refused
from altcred.check.totals import find_breakdown
from altcred.core.description import write_yaml
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.records import ALL

if TYPE_CHECKING:
    import pandas as pd

WAVE = "table"


@dataclass
class Wide:
    """A table of an article as printed figures, and how it was read.

    `rows` has the columns of published.csv. `cells` says of each cell what it was taken for.
    """

    plan: TablePlan
    rows: list[dict[str, str]]
    cells: list[str]
    relations: Relations = field(default_factory=Relations)
    said: list[str] = field(default_factory=list)

    def as_frame(self) -> "pd.DataFrame":
        """Return the figures as a table of printed figures."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=list(COLUMNS), dtype=str)

    def as_lines(self) -> Iterator[str]:
        """Yield what columns, cells and shares were taken for, for a terminal."""
        for column in self.plan.columns:
            forms = " or ".join(map(show_form, column.forms)) or "as its rows say"
            who = "all" if column.group == ALL else column.group
            parts = [f"of {who}", column.wave, "" if column.n is None else f"n = {column.n:,}"]
            taken = "left out" if column.skip else f"{', '.join(filter(None, parts))}: {forms}"
            yield f"column {column.letter} ({column.heading or 'no heading'}): {taken}"
        yield from self.cells
        yield from self.said


def show_form(form: tuple[str, ...]) -> str:
    """Write what is in a cell, as it can be written in a layout."""
    return f"{form[0]} ({', '.join(form[1:])})" if len(form) > 1 else form[0]


def draft_layout(path: Path) -> list[str]:
    """Return the lines of the layout of a table as it was understood."""
    said = load_layout(path)
    plan = plan_table(read_grid(path, said.sheet), said)
    wide = None
    with suppress(InvalidInput):
        wide = read_wide(path)
    columns = {}
    for one in plan.columns:
        cell = " or ".join(map(show_form, one.forms))
        known = {"group": one.group, "wave": one.wave, "n": one.n, "cell": cell, "skip": one.skip}
        columns[one.letter] = {
            key: value for key, value in known.items() if value not in {"", None, False}
        }
    rows: dict[str, dict[str, object]] = {}
    for line in plan.lines:
        cell = " or ".join(map(show_form, line.forms))
        told: dict[str, object] = {
            "variable": line.variable, "category": line.category, "cell": cell
        }  # fmt: skip
        if line.is_heading and wide is not None:
            relation = wide.relations.describe(line.variable)
            told["breakdown"] = line.category in relation.breakdowns
        rows[str(line.number)] = {key: value for key, value in told.items() if value != ""}
    content = {
        **({"sheet": said.sheet} if said.sheet else {}),
        "decimal": plan.decimal,
        "header_rows": plan.header_rows,
        "label_columns": plan.label_columns,
        **({"cell": " or ".join(map(show_form, plan.forms))} if plan.forms else {}),
        "columns": columns,
        "rows": rows,
    }
    return write_yaml(content).splitlines()


def is_wide(grid: Grid) -> bool:
    """Tell whether a table is one of an article, and not one with a row for each figure."""
    return not {"statistic", "printed"} <= {cell.strip() for cell in grid[0][1]}


def read_wide(path: Path) -> Wide:
    """Read a table as an article prints it, and the layout beside it where there is one.

    InvalidInput with each cell that is not understood, and what the layout names in vain.
    """
    said = load_layout(path)
    grid = read_grid(path, said.sheet)
    plan = plan_table(grid, said)
    problems = [
        Problem(layout_path(path).name, place, "is not in the table.", "Correct it.")
        for place in plan.unused
    ]
    mark_correlations(plan)
    plan.counted = find_counted(plan)
    rows: list[Any] = []
    cells: list[Any] = []
    refused: list[tuple[str, Problem]] = []
    for line in plan.lines:
        for column in plan.columns:
            text = line.cells.get(column.index, "")
            cell = read_cell(text, plan.decimal)
            if column.skip or (cell is not None and not cell.numbers):
                continue
            place = f"row {line.number} ({line.label}), column {column.letter}"
            place += f" ({column.heading})" if column.heading else ""
            if line.is_own and not line.forms:
                cells.append(f"{place}: {text.strip()} is of a {line.variable}, and left out")
                continue
            _, prints = _read(cell, line, column, plan)
            if not prints:
                problem = Problem(path.name, place, *_refuse(text, cell, line, column, plan))
                refused.append((column.letter, problem))
                continue
            prints = add_stars(text, prints, plan.stars)
            marks = " ".join(list_marks(text))
            told = ", ".join(f"{one.statistic} {one.qualifier}{one.printed}" for one in prints)
            without = f", without its mark {marks}" if marks else ""
            cells.append(f"{place}: {text.strip()} is {told}{without}")
            rows.extend(_write(prints, line, column, plan, said, place))
    problems += join_refused(refused)
    complete_degrees(rows, plan)
    problems += _find_repeated(path.name, rows)
    refuse_problems(problems)
    wide = Wide(plan, rows, cells)
    _relate(wide, said)
    return wide


def _forms_for(line: Line, column: Column, plan: TablePlan) -> list[Forms]:
    """Return what a cell can be, by what says it most nearly."""
    is_single = bool(column.forms) and all(len(form) == 1 for form in column.forms)
    if column.is_comparing or line.is_size or line.is_own:
        forms = column.forms if column.is_comparing and not line.is_own else line.forms
        is_change = forms == (("difference",),) and ("mean", "std") in line.forms
        return [(*forms, ("difference", "difference_std")) if is_change else forms]
    own = [column.forms, line.forms] if is_single else [line.forms, column.forms]
    return [forms for forms in (*own, plan.forms) if forms]


def _read(
    cell: Cell | None, line: Line, column: Column, plan: TablePlan
) -> tuple[tuple[str, ...], tuple[Print, ...]]:
    """Return what a cell is and its figures; none where that is not known."""
    if cell is None:
        return (), ()
    for forms in _forms_for(line, column, plan):
        found = [(form, prints) for form in forms if (prints := assign(cell, form))]
        if len(found) > 1:
            told = guess_form(cell)
            found = [one for one in found if one[0] == told] or [
                one for one in found if fits(one[1], column.n)
            ]
        if found:
            return found[0] if len(found) == 1 else ((), ())
    form = guess_form(cell)
    if form and (prints := assign(cell, form)):
        return form, prints
    counted = assign(cell, ("count", "percent"))
    if counted and len(counted) == 2 and (fits(counted, column.n) or line.variable in plan.counted):
        return ("count", "percent"), counted
    if line.category and counted and len(counted) == 1 and column.n:
        return ("count",), counted
    return (), ()


def _refuse(
    text: str, cell: Cell | None, line: Line, column: Column, plan: TablePlan
) -> tuple[str, str]:
    text = text.strip()
    shown = f"'{text}'" if len(text) <= LONGEST else f"'{text[:20]}…'"
    key = f"rows: {{{line.number}: {{cell: ...}}}}"
    if cell is None:
        remedy = (
            f"Write it as printed, or leave it out: columns: {{{column.letter}: {{skip: true}}}}."
        )
        return f"{shown} is not understood as figures.", f"{remedy} '-' stands for no figure."
    forms = _forms_for(line, column, plan)
    if forms and any(forms):
        names = " or ".join(show_form(form) for form in forms[0])
        return f"{shown} is no {names}.", f"Say in the layout what it is: {key}."
    if "(" in text and line.number in plan.joined:
        return (
            f"nothing says what stands in brackets below {shown.split('(')[0].strip()}'.",
            "Add a row below the table, as 'Standard errors in parentheses', or say in the layout: "
            "cell: b (se).",
        )
    return (
        f"nothing says what {shown} is.",
        f"Say it in the heading, as in 'Mean (SD)', or in the layout: {key}.",
    )


def _write(
    prints: tuple[Print, ...], line: Line, column: Column, plan: TablePlan, said: TableLayout,
    place: str,
) -> Iterator[dict[str, str]]:  # fmt: skip
    """Yield the figures of a cell as rows of a table of printed figures."""
    wave, group = column.wave or said.wave or WAVE, column.group
    category = line.category
    if column.is_comparing or prints[0].statistic in RATIOS:
        wave, group = _compare(plan, column, wave)
    elif not category and prints[0].statistic in {"count", "proportion"} and not line.is_size:
        category = "yes"
    section = said.section or plan.title or "Table"
    for position, one in enumerate(prints):
        id = f"{column.letter}{line.number}"
        n = column.n if one.statistic != "nobs" and not column.is_comparing else None
        row = dict.fromkeys(COLUMNS, "") | {
            "id": f"{id}:{one.statistic}" if position else id,
            "document": "table",
            "section": section,
            "locator": place,
            "wave": wave,
            "subgroup": group,
            "variable": line.variable,
            "category": category,
            "statistic": one.statistic,
            "printed": one.printed,
            "qualifier": one.qualifier,
            "n": "" if n is None or line.is_size else str(n),
            "note": f"{plan.notes} {line.note}".strip(),
        }
        yield row
    test = prints[0].statistic.removesuffix("_statistic")
    parts = ("df",) if len(column.df) == 1 else ("df1", "df2")
    for part, df in zip(parts, column.df, strict=False):
        about = {"id": f"{id}:{part}", "statistic": f"{test}_{part}", "printed": df}
        yield row | about | {"qualifier": "", "n": ""}


def _compare(plan: TablePlan, column: Column, wave: str) -> tuple[str, str]:
    """Return wave and people of a figure that compares the columns of a table."""
    own = [one for one in plan.columns if not (one.skip or one.is_comparing)]
    waves = list(dict.fromkeys(one.wave for one in own if one.wave))
    groups = list(dict.fromkeys(one.group for one in own if one.group != ALL))
    if column.wave or column.group != ALL:
        return wave, column.group
    if len(waves) == 2 and len(groups) < 2:
        return f"{waves[0]}-{waves[1]}", groups[0] if groups else ALL
    return wave, f"{groups[0]} vs {groups[1]}" if len(groups) == 2 else ALL


def _find_repeated(file: str, rows: list[dict[str, str]]) -> Iterator[Problem]:
    """Yield a problem for each quantity that stands in several columns of one table."""
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        key = tuple(row[part] for part in ("wave", "subgroup", "variable", "category", "statistic"))
        first = seen.setdefault(key, row["locator"])
        # A range may stand in a row of its own and beside the median, below one heading.
        column = row["locator"].rpartition(", column ")[2]
        is_beside = row["statistic"] in {"min", "max"} and first.endswith(f", column {column}")
        if first != row["locator"] and not is_beside:
            message = f"is the same quantity as {first}: {row['variable']} {row['statistic']}."
            remedy = (
                "Give the columns different groups or the rows different variables, or skip one."
            )
            yield Problem(file, row["locator"], message, remedy)


# Relations --------------------------------------------------------------------------------------


def _relate(wide: Wide, said: TableLayout) -> None:
    """Find of whom the shares are, which categories exclude each other, and what totals hold."""
    relations = wide.relations
    told = _join_said(wide.plan.lines)
    for name, base in find_bases(wide.rows, {key: one.percent_of for key, one in told.items()}):
        for row in wide.rows:
            if row["variable"] == name and row["statistic"] in {"count", "proportion"}:
                row["n"] = base.sizes.get((row["wave"], row["subgroup"]), "")
                if base.kind == "row":
                    _turn(row, base)
        wide.said.append(f"{name}: {base.sentence}")
        exclusive = told[name].exclusive
        if base.adds_up and exclusive is None:
            wide.said.append(f"{name}: its categories add up to all, so each person has one.")
        if base.adds_up if exclusive is None else exclusive:
            complete = base.adds_up or exclusive is not None
            relations.variables[name] = VariableRelation(
                exclusive=True, categories=base.categories if complete else []
            )
    for name, one in told.items():
        known = relations.variables.get(name, VariableRelation())
        if one.exclusive and name not in relations.variables:
            names = {line.category: 0 for line in wide.plan.lines if line.variable == name}
            known = VariableRelation(exclusive=True, categories=[*filter(None, names)])
            relations.variables[name] = known
        if one.whole_numbers:
            known = relations.variables[name] = known.model_copy(update={"whole_numbers": True})
        if parts := find_breakdown(wide.rows, wide.plan.lines, name, one.breakdown):
            heading, *below = parts
            wide.said.append(f"{heading} is made of {', '.join(below)}.")
            said_of = known.model_dump(exclude_unset=True) | {"breakdowns": {heading: below}}
            relations.variables[name] = VariableRelation.model_validate(said_of)
    _count_groups(wide, said)


def _join_said(lines: list[Line]) -> dict[str, RowLayout]:
    """Return what a layout says of each variable, in whichever of its rows."""
    told: dict[str, RowLayout] = {}
    for line in lines:
        known = told.get(line.variable, RowLayout()).model_dump(exclude_unset=True)
        for one in line.said:
            known |= one.model_dump(exclude_unset=True)
        told[line.variable] = RowLayout.model_validate(known)
    return told


def _turn(row: dict[str, str], base: Base) -> None:
    """Make a share of the people of a row one of them: the groups are then its categories."""
    category = "" if row["category"] == "yes" else row["category"]
    people = " ".join(filter(None, (row["variable"], category)))
    is_whole = row["subgroup"] == ALL
    row["n"] = base.row_sizes.get((row["wave"], row["category"]), "")
    row["category"] = "" if is_whole else row["subgroup"]
    row["statistic"] = "nobs" if is_whole and row["statistic"] == "count" else row["statistic"]
    row["subgroup"], row["variable"] = people, "columns"
    if row["statistic"] == "nobs":
        row["n"] = ""


def _count_groups(wide: Wide, said: TableLayout) -> None:
    """Add the sizes of groups, and that the column of all is made of them, where it is."""
    sizes: dict[str, dict[str, Column]] = defaultdict(dict)
    for column in wide.plan.columns:
        if not (column.skip or column.is_comparing or column.n is None):
            sizes[column.wave or said.wave or WAVE].setdefault(column.group, column)
    for wave, columns in sizes.items():
        for group, column in columns.items():
            row = dict.fromkeys(COLUMNS, "") | {
                "id": f"{column.letter}:n", "document": "table", "wave": wave, "subgroup": group,
                "section": said.section or wide.plan.title or "Table",
                "locator": f"column {column.letter} ({column.heading})",
                "variable": "responses", "statistic": "count", "printed": str(column.n),
            }  # fmt: skip
            keys = ("wave", "subgroup", "variable", "statistic")
            if not any(all(row[key] == other[key] for key in keys) for other in wide.rows):
                wide.rows.append(row)
        parts = [group for group in columns if group != ALL]
        if ALL not in columns or len(parts) < 2 or said.partitions is False:
            continue
        total = columns[ALL].n or 0
        found = sum(columns[group].n or 0 for group in parts)
        if said.partitions or 20 * abs(found - total) <= total:
            wide.relations.partitions.append(Partition(whole=ALL, parts=parts, waves=[wave]))
            wide.said.append(f"all ({total:,}) are made of {', '.join(parts)} ({found:,}).")
        else:
            wide.said.append(f"all ({total:,}) are not made of {', '.join(parts)} ({found:,}).")
