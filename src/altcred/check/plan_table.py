"""Finds out how a table of an article is laid out: its header, groups, variables and categories."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from altcred.check.cells import guess_decimal, is_of_means, read_cell, read_form, read_forms
from altcred.check.columns import (
    ESTIMATES,
    SIZE_BESIDE,
    Column,
    Forms,
    cut_words,
    plan_columns,
)
from altcred.check.grid import Grid
from altcred.check.layouts import RowLayout, TableLayout
from altcred.check.stacked import (
    form_in_brackets,
    is_note,
    join_rows,
    join_shares,
    numbers_models,
    read_stars,
)
from altcred.check.totals import find_totals

_SIZE = re.compile(
    r"n|samples?|sample size"
    r"|(?:total )?(?:no\.?|number) of (?:patients|participants|subjects|respondents"
    r"|people|students|children|women|men|cases|observations)|participants|respondents"
    r"|observations",
    re.I,
)
_NAMED_FORMS = re.compile(
    r"\b(?:mean|median|n|no\.|number) ?[(\[±] ?(?:S\.?D\.?|S\.?E\.?M?\.?|IQR|%|range|standard "
    r"(?:deviation|error)|interquartile range) ?[)\]]?",
    re.I,
)
# Rows below the coefficients of a model, and what they are; `none` is held against nothing.
_OF_MODELS = {
    "r2": "r_squared", "rsquared": "r_squared", "adjustedr2": "adjusted_r_squared",
    "adjr2": "adjusted_r_squared", "f": "f_statistic", "fstatistic": "f_statistic",
    **dict.fromkeys(
        ("aic", "bic", "loglikelihood", "2loglikelihood", "2ll", "deviance",
         "coxsnellr2", "δr2", "deltar2", "r2change", "pseudor2",
         "nagelkerker2", "icc", "rmse", "df"), "none"
    ),
}  # fmt: skip
_INDENT = re.compile(r"^(?:[\s\u00a0\u2003•·*]|-(?!\d)|&nbsp;)+")


@dataclass
class Line:
    """A row with figures: its number, and what its words say.

    `said` is what a layout says of the row, and of the row that heads it. Of a row that `is_own`
    no column says what its cells are: it is of a model, and without forms left out. One that
    `is_heading` has figures of its own, and rows under it. `note` is what was found out of them.
    """

    number: int
    label: str
    variable: str
    category: str
    forms: Forms
    cells: dict[int, str]
    said: tuple[RowLayout, ...] = ()
    is_size: bool = False
    is_own: bool = False
    is_heading: bool = False
    note: str = ""


@dataclass
class TablePlan:
    """A table as it was understood.

    `counted` are variables of which no word says that their cells are counts and percents.
    """

    title: str
    decimal: str
    header_rows: int
    label_columns: int
    forms: Forms
    columns: list[Column]
    lines: list[Line]
    unused: list[str]
    counted: frozenset[str] = frozenset()
    stars: dict[str, str] = field(default_factory=dict)
    joined: set[int] = field(default_factory=set)
    notes: str = ""


def plan_table(grid: Grid, said: TableLayout) -> TablePlan:
    """Return how a table is laid out, by its own words and by what a layout says of it."""
    title, body, notes = _cut_words(grid)
    decimal = said.decimal or guess_decimal(cell for _, row in body for cell in row[1:])
    used: set[str] = set()
    unused = []
    count = said.header_rows or _count_headers(body, decimal)
    if said.header_rows and count >= len(body):
        unused, count = ["header_rows"], 1
    head, (rows, joined) = (
        [cells for _, cells in body[:count]],
        join_rows(join_shares(body[count:])),
    )
    labels = said.label_columns or _count_labels(head, rows, decimal)
    if said.label_columns and labels >= len(head[0]):
        unused, labels = [*unused, "label_columns"], 1
    named = [found[0] for found in _NAMED_FORMS.finditer(f"{title} {notes}")]
    forms = read_forms(said.cell) or tuple(dict.fromkeys(filter(None, map(read_form, named))))
    columns = [_leave_words(one, rows, decimal) for one in plan_columns(head, labels, said, used)]
    words = f"{title}. {notes}"
    stars: dict[str, str] = {}
    if joined:
        forms = read_forms(said.cell) or form_in_brackets(words) or forms
        stars = read_stars(words, [cell for _, cells in rows for cell in cells[labels:]])
        rows = [_cut_brackets(row, columns) if row[0] in joined else row for row in rows]
    lines = list(_plan_lines(rows, labels, columns, said, used))
    if forms and joined and forms[0][0] == "coefficient":
        lines = [line if line.number in joined else _leave_out(line, columns) for line in lines]
    else:
        lines = find_totals(lines, columns, _name_rows(head, labels), decimal)
    columns = _take_sizes(columns, lines, decimal)
    unused += [f"columns.{key}" for key in said.columns if key not in used]
    unused += [f"rows.{key}" for key in said.rows if f"row {key}" not in used]
    # What is said of the rows, as "Party (weighted)", holds for their figures.
    label_words = " ".join(
        text for cells in head for cell in cells[:labels] if (text := cell.strip())
    )
    return TablePlan(
        title,
        decimal,
        count,
        labels,
        forms,
        columns,
        lines,
        unused,
        stars=stars,
        joined=joined,
        notes=f"{label_words} {notes}".strip(),
    )


def _cut_brackets(row: tuple[int, list[str]], columns: list[Column]) -> tuple[int, list[str]]:
    """Return a row without what stands in brackets below a difference or a test."""
    cells = list(row[1])
    for column in columns:
        if column.is_comparing:
            cells[column.index] = re.sub(r"(?<=\S) [(\[].*", "", cells[column.index])
    return row[0], cells


def _leave_out(line: Line, columns: list[Column]) -> Line:
    """Return a row as one of a model, where brackets stand below the others and not below it."""
    if line.is_own and None in map(read_cell, line.cells.values()):
        # An F with its degrees of freedom, or Yes and No.
        return replace(line, forms=())
    if line.is_size or line.is_own or line.forms or any(one.is_comparing for one in columns):
        return line
    return replace(line, variable="model", category="", is_own=True)


def _leave_words(column: Column, rows: Grid, decimal: str) -> Column:
    """Return a column as left out where it holds words alone."""
    cells = [cell for _, row in rows if (cell := row[column.index].strip())]
    is_words = len(cells) > 1 and all(
        re.search(r"[^\W\d_]{2}", cell)
        and not re.search(r"\d", cell)
        and not read_cell(cell, decimal)
        for cell in cells
    )
    return replace(column, skip=column.skip or (is_words and not column.forms))


def _name_rows(head: list[list[str]], labels: int) -> str:
    """Return what the rows of a table are, by the head of the column of their labels."""
    return next((text for cells in reversed(head) if (text := cells[labels - 1].strip())), "")


def _cut_words(grid: Grid) -> tuple[str, Grid, str]:
    """Return the title of a table, its rows, and the notes below them."""
    lone = [sum(bool(cell.strip()) for cell in cells) == 1 for _, cells in grid]
    first = 0
    while first < len(grid) - 2 and lone[first]:
        first += 1
    last = len(grid)
    while last > first + 1 and (lone[last - 1] or is_note(grid[last - 1][1])):
        last -= 1

    def join(rows: Grid) -> str:
        return " ".join(" ".join(filter(None, map(str.strip, cells))) for _, cells in rows)

    return join(grid[:first]), grid[first:last], join(grid[last:])


def _is_number(text: str, decimal: str) -> bool:
    cell = read_cell(text, decimal)
    return cell is not None and bool(cell.numbers)


def _count_headers(rows: Grid, decimal: str) -> int:
    count = 1
    for _, cells in rows[1:-1]:
        filled = [cell.strip() for cell in cells[1:] if cell.strip()]
        if filled and numbers_models(cells):
            count += 1
            continue
        words = [cell for cell in filled if not SIZE_BESIDE.fullmatch(cell)]
        if not filled or any(_is_number(cell, decimal) for cell in words):
            break
        if cells[0].strip() and any(map(_is_misprint, words)):
            break
        count += 1
    return count


def _is_misprint(cell: str) -> bool:
    """Tell whether a cell is meant as a figure, and no heading, though it cannot be read."""
    return (
        bool(re.search(r"\d", cell))
        and not re.search(r"[^\W\d_]{3}", cell)
        and not read_forms(cell)
    )


def _count_labels(head: list[list[str]], rows: Grid, decimal: str) -> int:
    count = 1
    for column in range(1, len(head[0]) - 1):
        if any(
            read_forms(cells[column].strip()) or SIZE_BESIDE.search(cells[column]) for cells in head
        ):
            break
        filled = [cells[column] for _, cells in rows if cells[column].strip()]
        readable = sum(read_cell(cell, decimal) is not None for cell in filled)
        if not filled or 2 * readable > len(filled):
            break
        count += 1
    return count


def _take_sizes(columns: list[Column], lines: list[Line], decimal: str) -> list[Column]:
    """Return columns with the sizes of their groups: of any column of a group, or of a row."""
    sizes = {(one.group, one.wave): one.n for one in columns if one.n is not None}
    answered: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line in lines:
        for column in columns:
            cell = read_cell(line.cells.get(column.index, ""), decimal)
            if line.is_size and cell and len(cell.numbers) == 1 and not column.is_comparing:
                n = cell.numbers[0].replace(",", "")
                if n.isdigit() and line.variable == "responses":
                    sizes.setdefault((column.group, column.wave), int(n))
                elif n.isdigit():
                    answered[column.group, column.wave].add(int(n))
    variables = {line.variable for line in lines if not line.is_own}
    for place, found in answered.items():
        # The total of one question of several is of those who answered it.
        if len(found) == 1 and len(variables) == 1:
            sizes.setdefault(place, *found)
    return [
        one if one.is_comparing else replace(one, n=sizes.get((one.group, one.wave), one.n))
        for one in columns
    ]


# Rows -------------------------------------------------------------------------------------------


def _plan_lines(
    rows: Grid, labels: int, columns: list[Column], said: TableLayout, used: set[str]
) -> Iterator[Line]:
    """Yield the rows that have figures, each with the variable and the category that it is of."""
    values = [one.index for one in columns if not one.skip]
    own = {one.index for one in columns if not one.skip and not one.is_comparing}
    # An interval beside a ratio says nothing of what the groups have in their cells.
    described = {one.index for one in columns if not one.forms or one.forms[0][0] not in ESTIMATES}
    # What each row says alike, as a year does, heads nothing.
    leading = [at for at in range(labels - 1) if len({cells[at].strip() for _, cells in rows}) > 1]
    items = []
    for number, cells in rows:
        label = " ".join(cells[labels - 1].split()) if labels > 1 else cells[0]
        depth = len(found[0]) if (found := _INDENT.match(label)) else 0
        first = ", ".join(filter(None, (" ".join(cells[at].split()) for at in leading)))
        text = " ".join(_INDENT.sub("", label).strip("* ").split())
        filled = {index: cells[index] for index in values if cells[index].strip()}
        items.append((number, depth, first, text, filled))
    taken: set[str] = set()
    heading: tuple[int, str, Forms, RowLayout] | None = None
    indents, children, was_of_means = False, 0, False
    before, said_before = "", set[tuple[str, str]]()
    for place, (number, depth, first, text, filled) in enumerate(items):
        told = _told(said, number, text, used)
        if told.skip:
            continue
        following = items[place + 1] if place + 1 < len(items) else None
        name, forms = cut_words(text or first, of_row=True)
        name = told.variable or name or text
        forms = read_forms(told.cell) or forms
        deeper = following is not None and following[1] > depth
        is_heading = following is not None and not set(filled) & own and (bool(text) or bool(first))
        # A sheet without merged cells says the heading again in each row.
        goes_on = first == before and (first, text) not in said_before
        before = first
        said_before.add((first, text))
        if first and first != text and not goes_on:
            title, title_forms = cut_words(first, of_row=True)
            heading = (-1, _unique(title, taken), title_forms, _told(said, number, first, used))
        if is_heading or told.categories or (deeper and filled):
            heading = (depth, told.variable or _unique(name, taken), forms, told)
            indents, children = deeper, 0
            if filled:
                category = "" if not set(filled) & own else name
                is_head = bool(category)
                yield Line(
                    number, text, heading[1], category, forms, filled, (told,), is_heading=is_head
                )
            continue
        if heading is not None and _ends(heading, depth, indents, text, forms):
            heading = None
        of_means = is_of_means(cell for index, cell in filled.items() if index in described)
        is_other = of_means != was_of_means and not indents and not told.variable
        if heading is not None and heading[0] >= 0 and is_other and children:
            heading = None
        children, was_of_means = children + 1, of_means
        if (
            _SIZE.fullmatch(text)
            and not told.variable
            and all(re.fullmatch(r"[\d,. ]+", cell) for cell in filled.values())
            and filled
        ):
            yield Line(number, text, "responses", "", (("count",),), filled, (told,), is_size=True)
        elif (whole := _OF_MODELS.get(_fold(text))) and not told.variable and not told.cell:
            forms = ((whole,),) if whole != "none" else ()
            yield Line(number, text, "model", "", forms, filled, (told,), is_own=True)
        elif heading is not None and told.variable in {"", heading[1]}:
            category, own_forms = told.category or name, forms or heading[2]
            if told.variable:
                category = told.category or text
            elif forms and not cut_words(text, of_row=True)[0]:
                # "Mean (SD)" below "Age": a row that says what it is, and of nobody less.
                category = told.category
            about = (told, heading[3])
            yield Line(number, text, heading[1], category, own_forms, filled, about)
        else:
            variable = told.variable or _unique(name, taken)
            yield Line(number, text, variable, told.category, forms, filled, (told,))


def _told(said: TableLayout, number: int, text: str, used: set[str]) -> RowLayout:
    names = (str(number), text, cut_words(text, of_row=True)[0])
    key = next((key for key in names if key in said.rows), None)
    if key is None:
        return RowLayout()
    used.add(f"row {key}")
    return said.rows[key]


def _ends(
    heading: tuple[int, str, Forms, RowLayout], depth: int, indents: bool, text: str, forms: Forms
) -> bool:
    """Tell whether a row is no category of the heading above it."""
    if heading[0] < 0:
        return False
    if heading[3].categories:
        return text not in heading[3].categories
    return depth <= heading[0] if indents else bool(forms) and forms != heading[2]


def _fold(text: str) -> str:
    return re.sub(r"[^\w]", "", text.replace("²", "2")).casefold()


def _unique(name: str, taken: set[str]) -> str:
    place, chosen = 2, name
    while chosen in taken:
        chosen, place = f"{name} ({place})", place + 1
    taken.add(chosen)
    return chosen
