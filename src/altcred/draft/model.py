"""What a draft is made of: a file that was read, its questions, and what is drafted of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from altcred.kinds.reading import tidy_text
from altcred.read.export import Column, Export

if TYPE_CHECKING:
    from altcred.draft.links import Link


@dataclass(frozen=True)
class Table:
    """An export with all its rows in memory, a list of cells a column."""

    export: Export
    cells: Sequence[Sequence[str]]

    @cached_property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.cells[0]) if self.cells else 0

    @cached_property
    def _counts(self) -> dict[int, Counter[str]]:
        return {}

    def counts(self, column: Column) -> Counter[str]:
        """Return each distinct answer of a column, tidied, with how often it was given."""
        known = self._counts.get(column.position)
        if known is None:
            known = Counter()
            for cell, times in Counter(self.cells[column.position]).items():
                known[tidy_text(cell)] += times
            del known[""]
            self._counts[column.position] = known
        return known


def read_table(export: Export) -> Table:
    """Read all rows of an export; InvalidInput where a row is not as it should be."""
    cells: list[list[str]] = [[] for _ in export.columns]
    for _, row in export.rows():
        for column, cell in zip(cells, row, strict=True):
            column.append(cell)
    return Table(export, cells)


@dataclass(frozen=True)
class Question:
    """One or several columns of a file that ask one thing.

    `form` is "one" of a single column, or of several of which no row fills two, "options" of a
    column an option of which several may be ticked, "rank" of a column an option that holds its
    place, "places" of a column a place that holds an option, "items" of a column an item of a grid
    that share their answers.
    """

    columns: Sequence[Column]
    form: str = "one"
    # What is asked of all columns together, as readers are to see it.
    text: str = ""
    # The option or item of each column; empty of a single one.
    parts: Sequence[str] = ()
    # A column in which people type an answer of their own, if there is one. It is one of `columns`
    # where nothing else says that they gave one; else it only repeats what the others say.
    typed: Column | None = None
    # A heading that the file gives the question.
    section: str = ""


@dataclass
class Entry:
    """An entry of codebook.yaml as it is drafted: a variable, or several items of one entry."""

    name: str
    # The keys of the entry in the order in which they are written, without `question`.
    keys: dict[str, Any]
    question: Question
    # Of each part of the question (an option, an item), the key of the category or item it is;
    # of all waves together. Whoever writes the entry finds the columns by it.
    names: dict[str, str] = field(default_factory=dict)
    # What could not be settled, each as a sentence to follow "# decide: ".
    decide: list[str] = field(default_factory=list)
    # Shares of rows without an answer, and how many distinct answers there are.
    empty: float = 0.0
    answers: int = 0


@dataclass
class WaveDraft:
    """One wave as it is drafted: its files, the keys of study.yaml, and its questions."""

    name: str
    tables: Sequence[Table]
    keys: dict[str, Any]
    questions: Sequence[Question]
    decide: list[str] = field(default_factory=list)
    # By what its people can be found in the wave before.
    links: "Sequence[Link]" = ()
    # The columns that are no questions, by their headers, with the reason of each.
    left_out: Mapping[str, str] = field(default_factory=dict)
