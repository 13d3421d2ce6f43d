"""Finds out how a table of an article is laid out: its header, groups, variables and categories."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from altcred.check.cells import is_of_means, read_cell, read_form, read_forms
from altcred.check.grid import Grid, letter_of
from altcred.check.layouts import ColumnLayout, RowLayout, TableLayout
from altcred.core.records import ALL

Forms = tuple[tuple[str, ...], ...]
# Statistics that compare groups or moments, and are of none of them alone.
COMPARING = frozenset(
    {
        "pvalue", "t_statistic", "f_statistic", "chi2_statistic", "z_statistic", "wald_statistic",
        "df", "cohen_d", "hedges_g", "difference", "mean_difference",
    }
)  # fmt: skip
_N = re.compile(r"[(\[]?\s*\b[nN]\s*=\s*(\d[\d,.\s]*\d|\d)\s*[)\]]?")
# A test at the head of a column, with its degrees of freedom.
_TEST = re.compile(r"(t|F|χ ?[²2]|[zr])\s?\((\d[\d.]*)(?:,\s?(\d[\d.]*))?\)")
_SIZE = re.compile(
    r"n|sample size|(?:total )?(?:no\.?|number) of (?:patients|participants|subjects|respondents"
    r"|people|students|children|women|men|cases|observations)|participants|respondents"
    r"|observations",
    re.I,
)
_TOTAL = re.compile(
    r"(?:total|all|overall|whole|entire|full)(?: (?:sample|cohort|group|patients|participants"
    r"|subjects|respondents|students|population))?|everyone",
    re.I,
)
_TIME = re.compile(
    r"pre(?:[- ]?test|[- ]?intervention|[- ]?treatment)?|post(?:[- ]?test|[- ]?intervention"
    r"|[- ]?treatment)?|before|after|baseline|follow[- ]?up|end ?line"
    r"|(?:t|time|wave|week|month|day|year|session) ?\d+|\d+ ?(?:weeks?|months?|days?|years?)",
    re.I,
)
_NAMED_FORMS = re.compile(
    r"\b(?:mean|median|n|no\.|number) ?[(\[±] ?(?:S\.?D\.?|S\.?E\.?M?\.?|IQR|%|range|standard "
    r"(?:deviation|error)|interquartile range) ?[)\]]?",
    re.I,
)
_LABEL_FORM = re.compile(
    r"(?P<first>mean|median)\s+(?P<name>\w.*?)\s*[(\[±]\s*(?P<second>S\.?D\.?|S\.?E\.?M?\.?|IQR|range"
    r"|Q1\W+Q3|(?:95% )?CI)\s*[)\]]?(?P<rest>.*)",
    re.I,
)
# What the words of a row can name; "(g)", "(d)" and "(min)" are units there.
_OF_ROWS = frozenset(
    {"count", "percent", "mean", "std", "std_error", "median", "proportion", "quantile_25"}
)
_INDENT = re.compile(r"^(?:[\s\u00a0\u2003•·*-]|&nbsp;)+")


@dataclass(frozen=True)
class Column:
    """A column of figures: where it stands, whose it is, and what is in its cells."""

    index: int
    heading: str
    group: str = ""
    wave: str = ""
    n: int | None = None
    forms: Forms = ()
    df: tuple[str, ...] = ()
    skip: bool = False

    @property
    def letter(self) -> str:
        return letter_of(self.index)

    @property
    def is_comparing(self) -> bool:
        return bool(self.forms) and all(form[0] in COMPARING for form in self.forms)


@dataclass
class Line:
    """A row with figures: its number, and what its words say.

    `said` is what a layout says of the row, and of the row that heads it.
    """

    number: int
    label: str
    variable: str
    category: str
    forms: Forms
    cells: dict[int, str]
    said: tuple[RowLayout, ...] = ()
    is_size: bool = False


@dataclass
class TablePlan:
    """A table as it was understood."""

    title: str
    decimal: str
    header_rows: int
    label_columns: int
    forms: Forms
    columns: list[Column]
    lines: list[Line]
    unused: list[str]


def plan_table(grid: Grid, said: TableLayout) -> TablePlan:
    """Return how a table is laid out, by its own words and by what a layout says of it."""
    title, body, notes = _cut_words(grid)
    decimal = said.decimal or _guess_decimal(body)
    count = said.header_rows or _count_headers(body, decimal)
    head, rows = [cells for _, cells in body[:count]], body[count:]
    labels = said.label_columns or _count_labels(head, rows, decimal)
    named = [found[0] for found in _NAMED_FORMS.finditer(f"{title} {notes}")]
    forms = read_forms(said.cell) or tuple(dict.fromkeys(filter(None, map(read_form, named))))
    used: set[str] = set()
    columns = _plan_columns(head, labels, said, used)
    lines = list(_plan_lines(rows, labels, columns, said, decimal, used))
    columns = _take_sizes(columns, lines, decimal)
    unused = [f"columns.{key}" for key in said.columns if key not in used]
    unused += [f"rows.{key}" for key in said.rows if f"row {key}" not in used]
    return TablePlan(title, decimal, count, labels, forms, columns, lines, unused)


def _cut_words(grid: Grid) -> tuple[str, Grid, str]:
    """Return the title of a table, its rows, and the notes below them."""
    lone = [sum(bool(cell.strip()) for cell in cells) == 1 for _, cells in grid]
    first = 0
    while first < len(grid) - 2 and lone[first]:
        first += 1
    last = len(grid)
    while last > first + 1 and lone[last - 1]:
        last -= 1

    def join(rows: Grid) -> str:
        return " ".join(" ".join(filter(None, map(str.strip, cells))) for _, cells in rows)

    return join(grid[:first]), grid[first:last], join(grid[last:])


def _guess_decimal(rows: Grid) -> str:
    cells = [cell for _, row in rows for cell in row[1:]]
    texts = [re.sub(r"\s", " ", cell) for cell in cells]
    points = sum(bool(re.search(r"(?<![\d,])\d*\.\d", text)) for text in texts)
    outside = [re.sub(r"[\[(].*?[\])]", lambda f: f[0] if "%" in f[0] else "", t) for t in texts]
    number = r"(?<![\d,])(?:0,\d+|\d+,(?:\d{1,2}|\d{4,})(?![\d,])|\d{1,3}\.\d{3},\d)"
    commas = sum(bool(re.search(number, text)) for text in outside)
    mixed = sum(bool(re.search(r"\d\.\d{3},\d", text)) for text in outside)
    return "," if commas > points or mixed else "."


def _is_number(text: str, decimal: str) -> bool:
    cell = read_cell(text, decimal)
    return cell is not None and bool(cell.numbers)


def _count_headers(rows: Grid, decimal: str) -> int:
    count = 1
    for _, cells in rows[1:-1]:
        filled = [cell for cell in cells[1:] if cell.strip()]
        if not filled or any(
            _is_number(c, decimal) and not _N.fullmatch(c.strip()) for c in filled
        ):
            break
        count += 1
    return count


def _count_labels(head: list[list[str]], rows: Grid, decimal: str) -> int:
    count = 1
    for column in range(1, len(head[0]) - 1):
        if any(read_forms(cells[column].strip()) or _N.search(cells[column]) for cells in head):
            break
        filled = [cells[column] for _, cells in rows if cells[column].strip()]
        readable = sum(read_cell(cell, decimal) is not None for cell in filled)
        if not filled or 2 * readable > len(filled):
            break
        count += 1
    return count


# Columns ----------------------------------------------------------------------------------------


def cut_words(text: str, of_row: bool = False) -> tuple[str, Forms]:
    """Return a heading without the words that say what its cells are, and what these say."""
    text = re.sub(r"[*†‡§ᵃᵇᶜᵈ]+$", "", text.strip()).strip()

    def read(words: str) -> Forms:
        forms = read_forms(words.strip(" ,:;"))
        is_fit = not of_row or all(form[0] in _OF_ROWS for form in forms)
        return forms if is_fit and words.strip(" ,:;") else ()

    if forms := read(text):
        return "", forms
    if found := _LABEL_FORM.fullmatch(text):
        form = read_form(f"{found['first']} ({found['second']})")
        if form:
            return f"{found['name']} {found['rest'].strip(' ,')}".strip(), (form,)
    cuts = [found.start() for found in re.finditer(r"[,:;]\s|\s|[(\[](?=%|n\b)", text)]
    for cut in cuts:
        rest, words = text[:cut].strip(" ,:;"), text[cut:]
        forms = read(words)
        is_set_off = text[cut] in ",:;([" or words.strip().startswith(("(", "[", "%"))
        is_plain = forms and (len(forms[0]) > 1 or is_set_off or not of_row)
        if (
            rest
            and is_plain
            and not re.fullmatch(r"\W*[a-zA-Zβ]\W*", words.replace("n", "").replace("M", ""))
        ):
            return rest, forms
    for found in re.finditer(r",\s", text):
        if not of_row and (forms := read(text[: found.start()])):
            return text[found.end() :].strip(), forms
    return text, ()


def _plan_columns(
    head: list[list[str]], labels: int, said: TableLayout, used: set[str]
) -> list[Column]:
    columns: list[Column] = []
    above = [""] * len(head)
    for index in range(labels, len(head[0])):
        texts = [" ".join(cells[index].split()) for cells in head]
        comparing = any(_is_comparing(read_forms(text)) or _TEST.fullmatch(text) for text in texts)
        for level in range(len(texts) - 1):
            if texts[level]:
                above[level:] = [texts[level], *[""] * (len(head) - level - 1)]
            elif any(texts[level + 1 :]) and not comparing:
                texts[level] = above[level]
        column = _plan_column(index, texts)
        key = next((key for key in (column.heading, column.letter) if key in said.columns), "")
        if key:
            used.add(key)
            column = _say_column(column, said.columns[key])
        columns.append(column)
    return list(_tell_apart(columns))


def _is_comparing(forms: Forms) -> bool:
    return bool(forms) and all(form[0] in COMPARING for form in forms)


def _plan_column(index: int, texts: Sequence[str]) -> Column:
    names, n, wave = [], None, ""
    forms: Forms = ()
    df: tuple[str, ...] = ()
    for text in texts:
        if found := _TEST.fullmatch(text):
            df, text = tuple(filter(None, found.groups()[1:])), found[1]
        if found := _N.search(text):
            n = int(re.sub(r"\D", "", found[1]))
            text = (text[: found.start()] + " " + text[found.end() :]).strip(" ,;")
        rest, read = cut_words(text)
        forms = read or forms
        if _TIME.fullmatch(rest):
            wave = rest
        elif rest:
            names.append(ALL if _TOTAL.fullmatch(rest) else rest)
    group = ALL if set(names) <= {ALL} else " ".join(name for name in names if name != ALL)
    heading = " / ".join(filter(None, texts))
    return Column(index, heading, group, wave, n, forms, df)


def _say_column(column: Column, said: ColumnLayout) -> Column:
    return replace(
        column,
        group=said.group or column.group,
        wave=said.wave or column.wave,
        n=column.n if said.n is None else said.n,
        forms=read_forms(said.cell) or column.forms,
        skip=said.skip,
    )


def _tell_apart(columns: list[Column]) -> Iterator[Column]:
    """Yield columns; one that would be the same as an earlier one goes by its heading."""
    seen: set[tuple[str, str, Forms]] = set()
    for column in columns:
        key = column.group, column.wave, column.forms
        if key in seen and not column.skip:
            column = replace(column, group=column.heading)
        seen.add(key)
        yield column


def _take_sizes(columns: list[Column], lines: list[Line], decimal: str) -> list[Column]:
    """Return columns with the sizes of their groups: of any column of a group, or of a row."""
    sizes = {(one.group, one.wave): one.n for one in columns if one.n is not None}
    for line in lines:
        for column in columns:
            cell = read_cell(line.cells.get(column.index, ""), decimal)
            if line.is_size and cell and len(cell.numbers) == 1 and not column.is_comparing:
                n = cell.numbers[0].replace(",", "")
                if n.isdigit():
                    sizes.setdefault((column.group, column.wave), int(n))
    return [
        one if one.is_comparing else replace(one, n=sizes.get((one.group, one.wave), one.n))
        for one in columns
    ]


# Rows -------------------------------------------------------------------------------------------


def _plan_lines(
    rows: Grid, labels: int, columns: list[Column], said: TableLayout, decimal: str, used: set[str]
) -> Iterator[Line]:
    """Yield the rows that have figures, each with the variable and the category that it is of."""
    values = [one.index for one in columns if not one.skip]
    own = {one.index for one in columns if not one.skip and not one.is_comparing}
    items = []
    for number, cells in rows:
        label = " ".join(cells[labels - 1].split()) if labels > 1 else cells[0]
        depth = len(found[0]) if (found := _INDENT.match(label)) else 0
        first = " ".join(cells[0].split()) if labels > 1 else ""
        text = " ".join(_INDENT.sub("", label).strip("* ").split())
        filled = {index: cells[index] for index in values if cells[index].strip()}
        items.append((number, depth, first, text, filled))
    taken: set[str] = set()
    heading: tuple[int, str, Forms, RowLayout] | None = None
    indents, children, was_of_means = False, 0, False
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
        if first and labels > 1 and first != text:
            title, title_forms = cut_words(first, of_row=True)
            heading = (-1, _unique(title, taken), title_forms, _told(said, number, first, used))
        if is_heading or told.categories or (deeper and filled):
            heading = (depth, told.variable or _unique(name, taken), forms, told)
            indents, children = deeper, 0
            if filled:
                category = "" if not set(filled) & own else name
                yield Line(number, text, heading[1], category, forms, filled, (told,))
            continue
        if heading is not None and _ends(heading, depth, indents, text, forms):
            heading = None
        is_other = (
            is_of_means(filled.values()) != was_of_means and not indents and not told.variable
        )
        if heading is not None and heading[0] >= 0 and is_other and children:
            heading = None
        children, was_of_means = children + 1, is_of_means(filled.values())
        if (
            _SIZE.fullmatch(text)
            and not told.variable
            and all(re.fullmatch(r"[\d,. ]+", cell) for cell in filled.values())
            and filled
        ):
            yield Line(number, text, "responses", "", (("count",),), filled, (told,), is_size=True)
        elif heading is not None and told.variable in {"", heading[1]}:
            category, own_forms = told.category or name, forms or heading[2]
            if told.variable:
                category = told.category or text
            about = (told, heading[3])
            yield Line(number, text, heading[1], category, own_forms, filled, about)
        else:
            variable = told.variable or _unique(name, taken)
            yield Line(number, text, variable, told.category, forms, filled, (told,))


def _told(said: TableLayout, number: int, text: str, used: set[str]) -> RowLayout:
    key = next((key for key in (str(number), text) if key in said.rows), None)
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


def _unique(name: str, taken: set[str]) -> str:
    place, chosen = 2, name
    while chosen in taken:
        chosen, place = f"{name} ({place})", place + 1
    taken.add(chosen)
    return chosen
