"""The layout of a table of an article: what its columns and rows are, where its words do not say.

TABLE.layout.yaml beside a table says it. All of it is optional: what is left out is read from the
table itself, and `altcred check-published TABLE --draft` writes what was read.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from altcred.check.cells import read_forms
from altcred.core.description import Described, read_yaml, validate
from altcred.core.errors import Problem, refuse_problems


class ColumnLayout(Described):
    """A column: whose figures it has, of when, of how many, and what is in a cell of it."""

    group: str = ""
    wave: str = ""
    n: int | None = Field(default=None, ge=0)
    cell: str = ""
    skip: bool = False


class RowLayout(Described):
    """A row: the variable it is of, its category, and what is in a cell of it.

    Of a variable with categories in rows of their own: `categories` are their labels,
    `exclusive` tells that each person has one of them, and `percent_of` whose share it is.
    `breakdown` tells whether they together are what stands in this row. With `whole_numbers` each
    answer is one.
    """

    variable: str = ""
    category: str = ""
    cell: str = ""
    categories: list[str] = Field(default_factory=list)
    exclusive: bool | None = None
    breakdown: bool | None = None
    percent_of: Literal["", "column", "row", "answered", "unknown"] = ""
    whole_numbers: bool = False
    skip: bool = False


class TableLayout(Described):
    """A table: columns by their letter or heading, rows by their number or label.

    Of a workbook `sheet` names the sheet. `wave` is when it was asked, `decimal` the sign before
    decimals, `cell` what a cell is where neither its row nor its column says. `partitions` tells
    whether the column of all is made of the others.
    """

    section: str = ""
    sheet: str = ""
    wave: str = ""
    decimal: Literal["", ".", ","] = ""
    header_rows: int | None = Field(default=None, ge=1)
    label_columns: int | None = Field(default=None, ge=1)
    cell: str = ""
    columns: dict[str, ColumnLayout] = Field(default_factory=dict)
    rows: dict[str, RowLayout] = Field(default_factory=dict)
    partitions: bool | None = None

    def list_problems(self, file: str) -> list[Problem]:
        """Return what of the words for cells is not understood."""
        cells = {"cell": self.cell}
        cells |= {f"columns.{key}.cell": one.cell for key, one in self.columns.items()}
        cells |= {f"rows.{key}.cell": one.cell for key, one in self.rows.items()}
        remedy = "Write it as in 'n (%)', 'mean (sd)', 'median (iqr)', 'or (ci)', 'p'."
        return [
            Problem(file, where, f"'{cell}' does not name statistics.", remedy)
            for where, cell in cells.items()
            if cell and not read_forms(cell)
        ]


def layout_path(table: Path) -> Path:
    """Return where the layout of a table stands."""
    return table.with_suffix(".layout.yaml")


def load_layout(table: Path) -> TableLayout:
    """Return the layout beside a table, an empty one where there is none.

    InvalidInput with all that is wrong with it.
    """
    path = layout_path(table)
    if not path.is_file():
        return TableLayout()
    layout = validate(path, read_yaml(path) or {}, TableLayout)
    refuse_problems(layout.list_problems(path.name))
    return layout
