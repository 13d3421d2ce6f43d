"""Tables of the report: views of estimates, set by great_tables.

Every function returns a Table, or None where the wave has nothing to show, so that a chapter's
section disappears with its questions. Behind each table stands a second one with the n and the
interval of each of its numbers, which the report unfolds on a click.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from altcred.core.paths import wave_dir
from altcred.core.records import Estimate
from altcred.core.statistics import find_statistic, is_statistic
from altcred.describe.study import ALL
from altcred.disclose.choosing import choose_hidden_counts
from altcred.kinds.reading import BLANK, NOT_ASKED
from altcred.write.views import (
    HIDDEN,
    NOT_OFFERED,
    WAS_NOT_ASKED,
    View,
    open_view,
    write_interval,
    write_money,
    write_number,
    write_percent,
    write_points,
    write_pvalue,
    write_value,
)

__all__ = [
    "Shown",
    "Table",
    "answers_table",
    "category_table",
    "change_table",
    "comparison_table",
    "contents_table",
    "counts_table",
    "default_table",
    "flow_table",
    "frame_table",
    "numbers_behind",
    "numbers_table",
    "open_view",
    "paired_table",
    "profile_table",
    "program_table",
    "sizes_table",
    "unread_table",
    "write_top",
]

# A row of a profile: the variable, and a category, a group, a statistic, or "top 3".
RowSpec = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """One cell of a table: its text, and the estimate it shows (None for texts without one)."""

    text: str
    estimate: Estimate | None = None
    statistic: str = ""
    is_money: bool = False

    @property
    def is_note(self) -> bool:
        return self.estimate is None


@dataclass
class Table:
    """A finished table: rows of shown estimates under labelled columns.

    `rows` holds a label and the cells; `nets` counts the last rows that sum up others;
    `notes` stand under the table. Jupyter shows it as great_tables writes it.
    """

    id: str
    heading: str
    columns: list[str]
    rows: list[tuple[str, list[Shown]]]
    notes: list[str] = field(default_factory=list)
    nets: int = 0
    spanners: list[tuple[str, int, int]] = field(default_factory=list)
    is_behind: bool = False

    def cell(self, row: str, column: str) -> str:
        """Return the text of a cell by its row's and its column's label."""
        cells = dict(self.rows)[row]
        return cells[self.columns.index(column)].text

    def set(self) -> Any:
        """Return the table set by great_tables, which escapes every text."""
        import pyarrow as pa
        from great_tables import GT, loc, style

        names = [f"c{i}" for i in range(len(self.columns))]
        lines = [[label, *(cell.text for cell in cells)] for label, cells in self.rows]
        # An Arrow table of texts is set four times as fast as a DataFrame of them.
        frame = pa.table(
            [pa.array([line[place] for line in lines], pa.string()) for place in
             range(len(names) + 1)],
            names=["row", *names],
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PyArrow Table support is currently experimental")
            table = GT(frame, rowname_col="row", id=self.id)
        table = (
            table.tab_stubhead(self.heading)
            .cols_label(dict(zip(names, self.columns, strict=True)))
            .cols_align("left", columns=["row"])
        )
        for position, name in enumerate(names):
            texts = [cells[position].text for _, cells in self.rows]
            table = table.cols_align("left" if _is_wordy(texts) else "right", columns=[name])
        for label, start, end in self.spanners:
            table = table.tab_spanner(label, columns=names[start:end])
        if self.nets:
            last = list(range(len(self.rows) - self.nets, len(self.rows)))
            table = table.tab_style(
                style=style.text(style="italic"),
                locations=[loc.body(rows=last), loc.stub(rows=last)],
            )
        for note in self.notes:
            table = table.tab_source_note(note)
        return table

    def behind(self) -> "Table | None":
        """Return the table of what stands behind the numbers: n, count and interval of each."""
        lines = []
        for label, cells in self.rows:
            for column, shown in zip(self.columns, cells, strict=True):
                if shown.estimate is not None:
                    lines.append((f"{label} · {column}", _cells_behind(shown)))
        if not lines:
            return None
        return Table(
            f"{self.id}-behind", self.heading, ["Value", "95% interval", "n"], lines,
            is_behind=True,
        )  # fmt: skip

    def as_html(self) -> str:
        """Return the table, and the one behind it, as HTML."""
        behind = self.behind()
        return self.set().as_raw_html() + ("\n" + behind.as_plain_html() if behind else "")

    def as_plain_html(self) -> str:
        """Return the table as HTML without a style of its own, as numbers behind others need."""
        heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in self.columns)
        lines = [
            f'<table id="{escape(self.id)}">',
            f'<thead><tr><th scope="col">{escape(self.heading)}</th>{heads}</tr></thead>',
            "<tbody>",
        ]
        for label, cells in self.rows:
            texts = "".join(f'<td style="text-align: right">{escape(c.text)}</td>' for c in cells)
            lines.append(f'<tr><th scope="row">{escape(label)}</th>{texts}</tr>')
        return "\n".join([*lines, "</tbody>", "</table>"])

    def _repr_html_(self) -> str:
        return self.as_plain_html() if self.is_behind else self.as_html()


def _is_wordy(texts: Sequence[str]) -> bool:
    words = sum(any(part.isalpha() and len(part) > 3 for part in text.split()) for text in texts)
    known = sum(text in (WAS_NOT_ASKED, NOT_OFFERED) for text in texts)
    return (words - known) * 2 > len(texts)


def _cells_behind(shown: Shown) -> list[Shown]:
    assert shown.estimate is not None
    if shown.estimate.is_suppressed:
        return [Shown(HIDDEN), Shown(""), Shown(HIDDEN)]
    statistic = shown.statistic or shown.estimate.statistic
    # One decimal more than people read, so that rounding can be followed.
    digits = 1 if find_statistic(statistic).unit == "share" else None
    whole = float(shown.estimate.value).is_integer()
    value = write_value(
        shown.estimate,
        statistic,
        is_money=shown.is_money,
        digits=digits if digits or whole or shown.is_money else 1,
    )
    interval = write_interval(shown.estimate, statistic, is_money=shown.is_money)
    return [Shown(value), Shown(interval), Shown(write_number(shown.estimate.n))]


def _show(
    view: View,
    variable: str,
    category: str,
    statistic: str,
    subgroup: str,
    digits: int,
) -> Shown:
    """Return the cell of one estimate; a word where the question or the option was not there."""
    found = view.find(variable, category, statistic, subgroup)
    if found is None:
        answered = view.size(variable, subgroup)
        return Shown(WAS_NOT_ASKED if answered is None else NOT_OFFERED if answered else HIDDEN)
    is_money = view.is_money(variable) and find_statistic(statistic).unit == "own"
    text = (
        HIDDEN
        if found.is_suppressed
        else write_value(found, statistic, is_money=is_money, digits=digits)
    )
    return Shown(text, found, statistic, is_money)


def _with_n(label: str, n: float | None) -> str:
    return label if n is None else f"{label} (n = {write_number(n)})"


def _hidden_note(view: View, rows: Iterable[tuple[str, list[Shown]]]) -> list[str]:
    hidden = any(
        cell.estimate is not None and cell.estimate.is_suppressed
        for _, cells in rows
        for cell in cells
    )
    if not hidden:
        return []
    return [
        f"{HIDDEN} Not shown: fewer than {view.study.disclosure.minimum} people, or a number from "
        "which so few could be worked out."
    ]


# One wave --------------------------------------------------------------------------------------


def profile_table(
    view: View,
    rows: Mapping[str, RowSpec],
    columns: Iterable[str] | None = None,
    *,
    heading: str = "Characteristic",
    waves: Sequence[str] = (),
    notes: Sequence[str] = (),
    digits: int = 0,
    total: bool = False,
    id: str = "profile",
) -> Table | None:
    """Return a table of chosen characteristics, a column a program type.

    `rows` gives each row's label what it shows: a variable with a category or group (its
    share), with a statistic ("mean", "min", "nunique"), or with "top 3" (a row for each of the
    most frequent categories; those that tie with the last, as rounded, stand beside it). Rows of
    variables that the wave lacks are left out. `columns` names program types, programs or
    subgroups; None is all program types, with everybody too where `total`. With `waves` the
    columns are those waves instead, of everybody.
    """
    if waves:
        sides = [(view.on(wave), ALL) for wave in waves]
        labels = [view.wave_label(wave) for wave in waves]
    else:
        subgroups = view.subgroups(columns, total=total)
        sides = [(view, subgroup) for subgroup in subgroups]
        labels = [view.subgroup_label(subgroup) for subgroup in subgroups]
    shown: list[tuple[str, list[Shown]]] = []
    for label, (variable, what) in rows.items():
        if not any(side.has(variable) for side, _ in sides):
            continue
        if what.startswith("top "):
            shown += _top_rows(sides, label, variable, int(what.split()[1]), digits)
        else:
            cells = [_profile_cell(side, variable, what, part, digits) for side, part in sides]
            # A row that nobody could answer says nothing.
            if any(not cell.is_note or cell.text not in ("", NOT_OFFERED) for cell in cells):
                shown.append((label, cells))
    if not shown:
        return None
    notes = [
        *notes,
        "Shares are of those who answered the question; n differs from row to row.",
        *_hidden_note(view, shown),
    ]
    return Table(f"{id}-{_slug(view.wave)}", heading, labels, shown, notes)


def _profile_cell(view: View, variable: str, what: str, subgroup: str, digits: int) -> Shown:
    described = view.codebook.variables.get(variable)
    is_answer = described is not None and what in {*described.categories, *described.groups}
    if is_statistic(what) and not is_answer:
        return _show(view, variable, "", what, subgroup, digits)
    return _show(view, variable, what, "proportion", subgroup, digits)


def _top_rows(
    sides: Sequence[tuple[View, str]], label: str, variable: str, top: int, digits: int
) -> list[tuple[str, list[Shown]]]:
    """Return a row for each rank; a short text a cell, since long ones widen the column."""
    columns = [_list_top(view, variable, top, part, digits) for view, part in sides]
    words = ["", ": second", ": third", ": fourth", ": fifth"]
    return [
        (
            f"{label}{words[place] if place < len(words) else f': {place + 1}'}",
            [Shown(column[place] if place < len(column) else "") for column in columns],
        )
        for place in range(max(map(len, columns)))
    ]


def write_top(view: View, variable: str, top: int, subgroup: str = ALL, digits: int = 0) -> str:
    """Write the most frequent categories with their shares: India (9%), Canada (4%).

    Categories that tie with the last one, as rounded, are named too, but at most two more.
    """
    return ", ".join(_list_top(view, variable, top, subgroup, digits))


def _list_top(view: View, variable: str, top: int, subgroup: str, digits: int) -> list[str]:
    """Return the texts of the first ranks; the last one's holds those that tie with it."""
    rows = view.estimates.select(
        wave=view.wave, subgroup=subgroup, variable=variable, statistic="proportion"
    )
    known = set(view.categories(variable))
    rows = rows[rows["category"].isin(known) & rows["value"].gt(0)]
    if not len(rows):
        return [WAS_NOT_ASKED if view.size(variable, subgroup) is None else HIDDEN]
    rows = rows.sort_values(["value", "category"], ascending=[False, True], kind="stable")
    texts = [write_percent(value, digits) for value in rows["value"]]
    named = [
        f"{view.label(variable, category)} ({text})"
        for place, (category, text) in enumerate(zip(rows["category"], texts, strict=True))
        if place < top or (place < top + 2 and text == texts[top - 1])
    ]
    return [*named[: top - 1], ", ".join(named[top - 1 :])] if len(named) >= top else named


def category_table(
    view: View,
    variable: str,
    columns: Iterable[str] | None = None,
    *,
    heading: str = "",
    falling: bool = False,
    reverse: bool = False,
    top: int | None = None,
    digits: int = 1,
    total: bool = True,
    with_groups: bool = False,
    only: Iterable[str] | None = None,
    notes: Sequence[str] = (),
) -> Table | None:
    """Return the shares of a variable's categories, a column a program type and one for all.

    Rows are in the order of the codebook, its `reverse`, or of falling share; `top` keeps the
    most frequent; `only` names the rows itself. The n of each column is in its header; a
    category of fewer people (asked later, or of some) says its own in a note. `with_groups`
    adds the codebook's groups below.
    """
    if not view.has(variable):
        return None
    subgroups = view.subgroups(columns, total=total)
    names = list(only) if only is not None else view.categories(variable, top=top, falling=falling)
    if reverse:
        names.reverse()
    described = view.codebook.variables.get(variable)
    groups = list(described.groups) if with_groups and described else []
    rows: list[tuple[str, list[Shown]]] = []
    own_n: list[str] = []
    for name in [*names, *groups]:
        cells = [_show(view, variable, name, "proportion", part, digits) for part in subgroups]
        label = view.label(variable, name)
        if name in names and _has_own_n(view, variable, cells, subgroups):
            label += " *"
            parts = [
                f"{view.subgroup_label(part)} {write_number(cell.estimate.n)}"
                for part, cell in zip(subgroups, cells, strict=True)
                if cell.estimate is not None and not cell.estimate.is_suppressed
            ]
            own_n.append(f"* {view.label(variable, name)}: n = {', '.join(parts)}.")
        rows.append((label, cells))
    if not rows:
        return None
    notes = [*own_n, *notes, *_base_notes(view, variable), *_hidden_note(view, rows)]
    labels = [_with_n(view.subgroup_label(part), view.size(variable, part)) for part in subgroups]
    return Table(
        f"{variable}-{_slug(view.wave)}",
        heading or view.label(variable),
        labels,
        rows,
        notes,
        nets=len(groups),
    )


def _has_own_n(view: View, variable: str, cells: Sequence[Shown], subgroups: Sequence[str]) -> bool:
    for cell, part in zip(cells, subgroups, strict=True):
        size = view.size(variable, part)
        if cell.estimate is not None and size is not None and cell.estimate.n < size:
            return True
    return False


def _own_note(view: View, variable: str) -> list[str]:
    """Return what the codebook wants readers of a variable to know, if anything."""
    described = view.codebook.variables.get(variable)
    return [described.note] if described is not None and described.note else []


def _base_notes(view: View, variable: str) -> list[str]:
    described = view.codebook.variables.get(variable)
    notes = _own_note(view, variable)
    if described is not None and described.kind == "multiple":
        if described.base == "ticked":
            notes.append("Shares of those who chose at least one answer; several could be chosen.")
        else:
            notes.append("Shares of all who were asked; several answers could be chosen.")
    return notes


def program_table(
    view: View,
    variable: str,
    categories: Sequence[str],
    *,
    heading: str = "Program",
    digits: int = 1,
) -> Table | None:
    """Return the shares of chosen categories or groups, a row a program."""
    if not view.has(variable):
        return None
    described = view.codebook.variables[variable]
    known = [name for name in categories if name in described.categories or
             name in described.groups]  # fmt: skip
    programs = view.programs()
    if not programs or not known:
        return None
    rows = [
        (
            view.subgroup_label(part),
            [_show(view, variable, name, "proportion", part, digits) for name in known],
        )
        for part in programs
    ]
    sizes = [
        f"{view.subgroup_label(part)} {write_number(view.size(variable, part) or 0)}"
        for part in programs
    ]
    return Table(
        f"{variable}-programs-{_slug(view.wave)}",
        heading,
        [view.label(variable, name) for name in known],
        rows,
        [f"n: {', '.join(sizes)}.", *_base_notes(view, variable), *_hidden_note(view, rows)],
    )


def numbers_table(
    view: View,
    variables: str | Sequence[str],
    columns: Iterable[str] | None = None,
    *,
    statistics: Sequence[str] = ("mean", "std", "median", "mode", "min", "max"),
    labels: Mapping[str, str] | None = None,
    digits: int = 0,
    total: bool = True,
    heading: str = "",
) -> Table | None:
    """Return the statistics of one number or of several, a column a program type.

    `labels` gives other names to statistics, such as Low for the minimum. The mean's and the
    median's intervals stand behind the table.
    """
    names = [variables] if isinstance(variables, str) else list(variables)
    names = [name for name in names if view.has(name)]
    if not names:
        return None
    subgroups = view.subgroups(columns, total=total)
    words = {**{one: find_statistic(one).word for one in statistics}, **(labels or {})}
    rows: list[tuple[str, list[Shown]]] = []
    for name in names:
        for statistic in statistics:
            cells = [_show(view, name, "", statistic, part, digits) for part in subgroups]
            word = words[statistic]
            rows.append(
                (
                    word if len(names) == 1 else f"{view.label(name)}: {word.lower()}",
                    cells,
                )
            )
    one = names[0]
    headers = [
        _with_n(view.subgroup_label(part), view.size(one, part) if len(names) == 1 else None)
        for part in subgroups
    ]
    unit = view.unit(one)
    title = heading or (view.label(one) + (f" ({unit})" if unit else ""))
    notes = [*_base_notes(view, one), *_hidden_note(view, rows)]
    return Table(f"{one}-{_slug(view.wave)}", title, headers, rows, notes)


def sizes_table(view: View) -> Table | None:
    """Return how many people there are in each program and program type."""
    parts = [*view.types(), *view.programs()]
    if not parts:
        return None
    rows = []
    for part in parts:
        name = part.partition("=")[2]
        rows.append(
            (
                view.subgroup_label(part),
                [
                    _show(view, "responses", name, "count", ALL, 0),
                    _show(view, "responses", name, "proportion", ALL, 1),
                ],
            )
        )
    whole = view.find("responses", "", "count")
    if whole is not None:
        rows.append(("All", [Shown(write_number(whole.value), whole, "count"), Shown("100.0%")]))
    people = view.study.waves[view.wave].people
    people = people[:1].upper() + people[1:]
    return Table(f"sizes-{_slug(view.wave)}", "Program", [people, "Share"], rows)


def default_table(view: View, variable: str) -> Table | None:
    """Return the table that fits a variable's kind."""
    described = view.codebook.variables.get(variable)
    if described is None or not view.has(variable):
        return None
    if described.kind == "text":
        return _text_table(view, variable)
    if described.is_numeric and described.groups and len(view.categories(variable)) < 2:
        return category_table(view, variable, only=described.groups)
    if described.is_numeric:
        return numbers_table(view, variable, digits=0 if described.kind in ("money", "year") else 1)
    if described.kind == "country":
        return category_table(view, variable, top=10)
    return category_table(view, variable, with_groups=True)


def _text_table(view: View, variable: str) -> Table:
    subgroups = view.subgroups()
    cells = [_show(view, variable, "", "count", part, 0) for part in subgroups]
    cells = [cell if cell.estimate else Shown(WAS_NOT_ASKED) for cell in cells]
    return Table(
        f"{variable}-{_slug(view.wave)}",
        view.label(variable),
        [view.subgroup_label(part) for part in subgroups],
        [("Wrote an answer", cells)],
        [*_own_note(view, variable), "What was written is not kept: it could name people."],
    )


def numbers_behind(
    view: View,
    variable: str,
    categories: Iterable[str],
    subgroups: Iterable[str],
    *,
    statistic: str = "proportion",
) -> Table:
    """Return the numbers a figure is drawn from: value, interval and n, a line each."""
    rows = []
    for category in categories:
        for part in subgroups:
            found = view.find(variable, category, statistic, part)
            if found is not None:
                shown = Shown("", found, statistic, view.is_money(variable) and not category)
                word = find_statistic(statistic).word
                label = view.label(variable, category) if category else word
                rows.append((f"{label} · {view.subgroup_label(part)}", _cells_behind(shown)))
    return Table(
        f"{_slug(variable)}-{_slug(view.wave)}-numbers",
        view.label(variable),
        ["Value", "95% interval", "n"],
        rows,
        is_behind=True,
    )


def contents_table(view: View) -> Table:
    """Return how many estimates of how many variables there are, a line a wave."""
    counts = view.estimates.frame.groupby("wave")["variable"].agg(["size", "nunique"])
    lines = [
        (str(wave), [Shown(write_number(float(n))) for n in row])
        for wave, row in zip(counts.index, counts.to_numpy(), strict=True)
    ]
    return Table("contents", "Wave", ["Estimates", "Variables"], lines)


# From raw rows to people -----------------------------------------------------------------------


def flow_table(view: View, reasons: Mapping[str, str] | None = None) -> Table | None:
    """Return how many raw rows there were, how many were dropped and why, and who is left.

    `reasons` gives a reason of decisions.csv the words for it.
    """
    raw = view.find("raw_rows", "", "count")
    kept = view.find("responses", "", "count")
    if raw is None or kept is None:
        return None
    rows = [("Rows in the export", [Shown(write_number(raw.value))])]
    for reason, count in dropped_reasons(view):
        words = (reasons or {}).get(reason, reason.replace("_", " "))
        rows.append((f"Dropped: {words}", [Shown(write_number(-count))]))
    rows.append(("Responses analysed", [Shown(write_number(kept.value))]))
    return Table(f"flow-{_slug(view.wave)}", "Step", ["Rows"], rows)


def dropped_reasons(view: View) -> list[tuple[str, float]]:
    """Return each reason rows were dropped for, with how many, the most frequent first."""
    rows = view.estimates.select(
        wave=view.wave, subgroup=ALL, variable="dropped", statistic="count"
    )
    found = [
        (str(category), float(count))
        for category, count in zip(rows["category"], rows["value"], strict=True)
        if category and count > 0
    ]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def counts_table(
    view: View,
    variable: str,
    heading: str,
    *,
    words: Mapping[str, str] | None = None,
    column: str = "Rows",
) -> Table | None:
    """Return the counts of a variable's categories, the most frequent first."""
    rows = view.estimates.select(wave=view.wave, subgroup=ALL, variable=variable, statistic="count")
    rows = rows[rows["category"] != ""]
    if not len(rows):
        return None
    rows = rows.sort_values(["value", "category"], ascending=[False, True], kind="stable")
    lines = []
    for category, value in zip(rows["category"], rows["value"], strict=True):
        label = (words or {}).get(category, view.label(variable, category))
        lines.append((label, [Shown(write_number(value))]))
    return Table(f"{variable}-{_slug(view.wave)}", heading, [column], lines)


def answers_table(view: View) -> Table | None:
    """Return how the answers to each question were read, from answers.csv.

    A line a question: how many different answers were written, how often one was read, left
    blank by somebody who was asked, and written but not usable. A question with a column an
    option counts its ticks, and no blanks: a column left empty is an option not chosen as well
    as a question not answered. Counts that the study's disclosure rules hide are not shown.
    """
    answers = _read_answers(view)
    minimum = view.study.disclosure.minimum
    lines = []
    by_option = False
    for name, variable in view.codebook.in_wave(view.wave).items():
        own = answers[answers["variable"] == name]
        if not len(own) or variable.derive is not None:
            continue
        given = own[~own["reason"].isin({BLANK, NOT_ASKED})]
        is_read = given["value"].ne("") | (variable.kind == "text")
        read = given.loc[is_read, "times"].sum()
        blank = own.loc[own["reason"] == BLANK, "times"].sum()
        has_options = own["is_option"].any()
        by_option = by_option or has_options
        unusable = given.loc[~is_read, "times"].sum()
        # Together they are who gave no answer, which the estimates tell.
        hidden = choose_hidden_counts(
            {"unusable": int(unusable)} | ({} if has_options else {"blank": int(blank)}), minimum
        )
        cells = [
            write_number(float(len(given))),
            _write_count(view, "read", choose_hidden_counts({"read": int(read)}, minimum), read),
            HIDDEN if has_options else _write_count(view, "blank", hidden, blank),
            _write_count(view, "unusable", hidden, unusable),
        ]
        label = view.label(name) + (" *" if has_options else "")
        lines.append((label, [Shown(text) for text in cells]))
    if not lines:
        return None
    notes = []
    if by_option:
        notes.append(
            "* The export has a column for each option, so that what is read are ticks, several "
            "a person; who chose no option cannot be told from who gave no answer."
        )
    columns = ["Different answers", "Read", "Left blank", "Not usable"]
    return Table(f"answers-{_slug(view.wave)}", "Question", columns, lines, notes)


def unread_table(view: View) -> Table | None:
    """Return why answers could not be used: a line a question and reason, from answers.csv."""
    answers = _read_answers(view)
    # Of a text nothing is read; what is derived nobody wrote.
    others = [
        name
        for name, one in view.codebook.variables.items()
        if one.kind == "text" or one.derive is not None
    ]
    unread = answers[
        answers["value"].eq("")
        & ~answers["reason"].isin({"", BLANK, NOT_ASKED})
        & ~answers["variable"].isin(others)
    ]
    counts = unread.groupby(["variable", "reason"], sort=False)["times"].sum()
    lines = []
    for name in view.codebook.in_wave(view.wave):
        if name not in counts.index.get_level_values(0):
            continue
        reasons = counts.loc[name].sort_index()
        # The reasons add up to the answers that are not usable, which stand in answers_table.
        hidden = choose_hidden_counts(
            {reason: int(times) for reason, times in reasons.items()},
            view.study.disclosure.minimum,
        )
        for reason, times in reasons.items():
            text = _write_count(view, reason, hidden, times)
            lines.append((f"{view.label(name)}: {reason}", [Shown(text)]))
    if not lines:
        return None
    return Table(f"unread-{_slug(view.wave)}", "Question and reason", ["Answers"], lines)


def _write_count(view: View, name: str, hidden: Mapping[str, str], times: float) -> str:
    """Write how often something was written; too few people as such, what tells of them not."""
    if hidden.get(name) == "few":
        return f"fewer than {view.study.disclosure.minimum}"
    return HIDDEN if name in hidden else write_number(float(times))


def _read_answers(view: View) -> pd.DataFrame:
    path = wave_dir(view.study.name, view.wave) / "answers.csv"
    answers = pd.read_csv(path, dtype=str, keep_default_na=False)
    answers["times"] = answers["times"].astype(int)
    # A question with a column an option is logged by its columns.
    answers["is_option"] = answers["variable"].str.contains("__", regex=False)
    answers["variable"] = answers["variable"].str.partition("__")[0]
    return answers


# Two waves -------------------------------------------------------------------------------------


def comparison_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    heading: str = "",
    subgroup: str = ALL,
    digits: int = 1,
    without: Iterable[str] = (),
    notes: Sequence[str] = (),
) -> Table | None:
    """Return the shares of a variable's categories in two waves, and how far apart they are.

    Rows fall by the share in the second wave; a category that it did not offer stands before
    the one that follows it in the codebook. A difference is second minus first, in percentage
    points; its interval takes the two waves as independent samples.
    """
    before, after = view.on(first), view.on(second)
    described = view.codebook.variables.get(variable)
    if described is None or not (before.has(variable) and after.has(variable)):
        return None
    left_out = {*without, *described.groups}
    names = [name for name in described.categories if name not in left_out]
    names = [
        name for name in names
        if before.find(variable, name, "", subgroup) or after.find(variable, name, "", subgroup)
    ]  # fmt: skip
    shares: dict[str, float] = {}
    following = 0.0
    for name in reversed(names):
        found = after.find(variable, name, "", subgroup)
        if found is not None:
            following = found.value
        # A little more than the next one's, to stand before it.
        shares[name] = following if found is not None else following + 1e-9
    later = {name for name in names if described.categories[name].since(second) is not None}
    names.sort(key=lambda name: (name == "other", name in later, -shares[name]))
    between = view.on(f"{first}-{second}")
    rows = []
    own_n = []
    for name in names:
        cells = [
            _show(side, variable, name, "proportion", subgroup, digits) for side in (before, after)
        ]
        cells = [cell if cell.estimate is not None else Shown(WAS_NOT_ASKED) for cell in cells]
        gap = between.find(variable, name, "difference", subgroup)
        if gap is None:
            cells.append(Shown(HIDDEN))
        else:
            text = HIDDEN if gap.value != gap.value else write_points(gap.value, digits)
            cells.append(Shown(text, gap, "proportion"))
        label = view.label(variable, name)
        sizes = [cell.estimate.n for cell in cells[:2] if cell.estimate is not None]
        usual = [side.size(variable, subgroup) for side in (before, after)]
        if name in later and len(sizes) == 2 and sizes[0] < (usual[0] or 0):
            label += " *"
            own_n.append(
                f"* {view.label(variable, name)}: n = {write_number(sizes[0])} and "
                f"{write_number(sizes[1])}."
            )
        rows.append((label, cells))
    labels = [
        _with_n(view.wave_label(side.wave), side.size(variable, subgroup))
        for side in (before, after)
    ]
    return Table(
        f"{variable}-{first}-{second}",
        heading or view.label(variable),
        [*labels, "Difference (percentage points)"],
        rows,
        [
            *own_n,
            *notes,
            *_own_note(view, variable),
            "The two surveys are different samples, taken as independent.",
        ],
    )


def paired_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    digits: int = 1,
    heading: str = "",
) -> Table | None:
    """Return how the same people answered a variable in two surveys, with the paired test.

    For a multiple question a row a category: who chose it in one survey only, the difference,
    and the exact McNemar test, adjusted by Holm's method. For a number its means, medians and
    tests. For a single question the shares in both, with the Stuart-Maxwell test in a note.
    """
    described = view.codebook.variables.get(variable)
    if described is None:
        return None
    panel = view
    if described.kind == "multiple":
        return _paired_ticks(panel, variable, first, second, subgroup, digits, heading)
    if described.is_numeric:
        return _paired_numbers(panel, variable, first, second, subgroup, heading)
    return _paired_categories(panel, variable, first, second, subgroup, digits, heading)


def _paired_ticks(
    panel: View,
    variable: str,
    first: str,
    second: str,
    subgroup: str,
    digits: int,
    heading: str,
) -> Table | None:
    rows = []
    n = 0.0
    for name in panel.codebook.variables[variable].categories:
        test = f"{variable}:{name}"
        difference = panel.find(test, "", "difference", subgroup)
        if difference is None:
            continue
        n = max(n, difference.n)
        cells = []
        for side in (first, second):
            cell = "only_first" if side == first else "only_second"
            only = panel.find(test, cell, "count", subgroup)
            both = panel.find(test, "both", "count", subgroup)
            share = HIDDEN
            if only is not None and both is not None:
                share = write_percent((only.value + both.value) / only.n, digits)
            cells.append(Shown(share))
        for cell in ("only_first", "only_second"):
            found = panel.find(test, cell, "count", subgroup)
            cells.append(Shown(HIDDEN if found is None else write_number(found.value)))
        cells.append(Shown(write_points(difference.value, digits), difference, "proportion"))
        for statistic in ("mcnemar_pvalue", "mcnemar_pvalue_holm"):
            found = panel.find(test, "", statistic, subgroup)
            cells.append(Shown(HIDDEN if found is None else write_pvalue(found.value)))
        rows.append((panel.label(variable, name), cells))
    if not rows:
        return None
    return Table(
        f"{variable}-paired-{_slug(subgroup)}",
        heading or panel.label(variable),
        [
            panel.wave_label(first),
            panel.wave_label(second),
            "Only at first",
            "Only at second",
            "Difference (points)",
            "p",
            "p (Holm)",
        ],
        rows,
        [
            f"n = {write_number(n)} people who answered in both surveys. Only at first and only "
            "at second are numbers of people. p: exact McNemar test; p (Holm): adjusted for all "
            "rows together.",
            *_own_note(panel, variable),
        ],
    )


def _paired_numbers(
    panel: View, variable: str, first: str, second: str, subgroup: str, heading: str
) -> Table | None:
    difference = panel.find(variable, "", "mean_difference", subgroup)
    if difference is None:
        return None
    is_money = panel.is_money(variable)
    write = write_money if is_money else write_number
    rows: list[tuple[str, list[Shown]]] = []

    def add(label: str, statistic: str, how: str = "number", digits: int = 2) -> None:
        found = panel.find(variable, "", statistic, subgroup)
        if found is None:
            return
        if found.is_suppressed:
            text = HIDDEN
        elif how == "p":
            text = write_pvalue(found.value)
        elif how == "own":
            text = write(found.value)
        else:
            text = write_number(found.value, digits)
        rows.append((label, [Shown(text)]))

    add("Pairs", "nobs", digits=0)
    for wave, side in ((first, "first"), (second, "second")):
        add(f"Mean: {panel.wave_label(wave)}", f"mean_{side}", "own")
    for wave, side in ((first, "first"), (second, "second")):
        add(f"Median: {panel.wave_label(wave)}", f"median_{side}", "own")
    add("Mean difference, second minus first", "mean_difference", "own")
    interval = write_interval(difference, "mean_difference", is_money=is_money)
    if interval:
        rows.append(("95% interval of the mean difference", [Shown(interval)]))
    add("Standard deviation of the differences", "std_difference", "own")
    add("Standardised difference, d_z", "cohen_dz")
    add("Paired t", "ttest_rel_statistic")
    add("Degrees of freedom", "ttest_rel_df", digits=0)
    add("p of the paired t-test", "ttest_rel_pvalue", "p")
    add("p of Wilcoxon's signed-rank test", "wilcoxon_pvalue", "p")
    margin = panel.find(variable, "", "tost_pvalue", subgroup)
    if margin is not None:
        size = float(margin.note.removeprefix("margin ") or "nan")
        add(f"p of the equivalence test, margin {write(size)}", "tost_pvalue", "p")
    return Table(
        f"{variable}-paired-{_slug(subgroup)}",
        heading or panel.label(variable),
        [panel.subgroup_label(subgroup)],
        rows,
        ["Only people who gave a number in both surveys.", *_own_note(panel, variable)],
    )


def _paired_categories(
    panel: View,
    variable: str,
    first: str,
    second: str,
    subgroup: str,
    digits: int,
    heading: str,
) -> Table | None:
    before, after = panel.on(f"{panel.wave}:{first}"), panel.on(f"{panel.wave}:{second}")
    if not (before.has(variable) and after.has(variable)):
        return None
    names = list(dict.fromkeys([*before.categories(variable), *after.categories(variable)]))
    rows = [
        (
            panel.label(variable, name),
            [
                _show(side, variable, name, "proportion", subgroup, digits)
                for side in (before, after)
            ],
        )
        for name in names
    ]
    notes = []
    nobs = panel.find(variable, "", "nobs", subgroup)
    test = panel.find(variable, "", "stuart_maxwell_pvalue", subgroup)
    statistic = panel.find(variable, "", "stuart_maxwell_statistic", subgroup)
    df = panel.find(variable, "", "stuart_maxwell_df", subgroup)
    if nobs is not None and test is not None and statistic is not None and df is not None:
        notes.append(
            f"Of the {write_number(nobs.value)} who answered in both surveys: Stuart-Maxwell "
            f"chi-squared {write_number(statistic.value, 2)}, {write_number(df.value)} degrees of "
            f"freedom, p {_equal(write_pvalue(test.value))}."
        )
    moved = [panel.find(variable, "", name, subgroup) for name in ("increased", "decreased")]
    if moved[0] is not None and moved[1] is not None:
        notes.append(
            f"{write_percent(moved[0].value)} gave a higher answer the second time, "
            f"{write_percent(moved[1].value)} a lower one."
        )
    return Table(
        f"{variable}-paired-{_slug(subgroup)}",
        heading or panel.label(variable),
        [
            _with_n(panel.wave_label(wave), side.size(variable, subgroup))
            for wave, side in ((first, before), (second, after))
        ],
        rows,
        [*notes, *_own_note(panel, variable), *_hidden_note(panel, rows)],
    )


def change_table(view: View, variable: str) -> Table | None:
    """Return the shares of pairs whose ordered answer rose, stayed and fell, by program type."""
    panel = view
    subgroups = [part for part in panel.subgroups() if panel.find(variable, "", "increased", part)]
    if not subgroups:
        return None
    words = {"increased": "Higher", "unchanged": "The same", "decreased": "Lower"}
    rows = []
    for statistic, word in words.items():
        cells = []
        for part in subgroups:
            found = panel.find(variable, "", statistic, part)
            text = HIDDEN if found is None else write_percent(found.value, 1)
            cells.append(Shown(text, found, "proportion"))
        rows.append((word, cells))
    return Table(
        f"{variable}-change",
        panel.label(variable),
        [_with_n(panel.subgroup_label(part), panel.size(variable, part)) for part in subgroups],
        rows,
    )


def _equal(pvalue: str) -> str:
    return pvalue if pvalue.startswith("<") else f"= {pvalue}"


# Other frames ----------------------------------------------------------------------------------


def frame_table(frame: pd.DataFrame, id: str, *, notes: Sequence[str] = ()) -> Table | None:
    """Return a small frame as a table: its first column names the rows."""
    if not len(frame):
        return None
    rows = []
    for line in frame.itertuples(index=False):
        cells = []
        for value in line[1:]:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            whole = is_number and float(value).is_integer()
            cells.append(
                Shown(write_number(float(value), 0 if whole else 2) if is_number else str(value))
            )
        rows.append((str(line[0]), cells))
    heading, *columns = [str(name) for name in frame.columns]
    return Table(id, heading, columns, rows, list(notes))


def _slug(text: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in text.lower()).strip("-")
