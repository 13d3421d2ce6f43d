"""One wave's rows on their way through the engine, and what each distinct answer was read as."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from altcred.clean.codes import Codes, Waiting, code_of
from altcred.clean.decimals import Decimal, Doubt
from altcred.core.engine import BATCH, Engine, literal, quoted
from altcred.core.errors import Problem
from altcred.describe.cohort import Cohort
from altcred.describe.rows import Exclusion
from altcred.describe.wave import Wave
from altcred.kinds import kind_of
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import Reading, fold_text
from altcred.kinds.variable import Variable
from altcred.read.columns import Source, list_sources
from altcred.read.export import Column, Export
from altcred.read.identities import Identity, list_identities

if TYPE_CHECKING:
    import pyarrow as pa

# Below so many rows an answer is not quoted, since a person wrote it.
_QUOTED_FROM = 10
# How many rows are decoded, counted and written at once.
_PIECE = 5 * BATCH


@dataclass
class Rows:
    """A wave's exports and readings; the rows themselves are tables of the engine.

    `raw` holds those that are just taken up, with what their cells were read as; `interpreted`
    all of them and what counts. `readings` has for each raw column of answers each distinct one.
    """

    cohort: Cohort
    wave: str
    engine: Engine
    exports: list[tuple[Export, dict[str, Column]]]
    readings: dict[str, dict[str, Reading]] = field(default_factory=dict)
    # The numbers of distinct answers, and the rows that wait until these are read.
    codes: Codes = field(default_factory=Codes)
    waiting: Waiting = field(default_factory=Waiting)
    # What is known of each answer of a column, in the order of their numbers.
    known: dict[str, dict[str, "pa.Array"]] = field(default_factory=dict)
    _used: dict[tuple[str, str], None] = field(default_factory=dict)
    # In SQL what the cells of `raw` were read as, and the columns of it that nothing changes.
    decoded: str = ""
    passed: list[str] = field(default_factory=list)
    # Of raw columns of numbers the answers that may be other numbers, and why.
    doubtful: dict[str, tuple[list[str], Doubt | None]] = field(default_factory=dict)
    # How many rows there are.
    size: int = 0
    # What its numbers have before decimals, where that is known.
    decimal: Decimal | None = None
    # What is wrong with them, gathered until all answers are read.
    problems: list[Problem] = field(default_factory=list)
    # The texts of times that cannot be read.
    unread_times: list[str] = field(default_factory=list)
    # What is worth knowing of the exports and stops nothing; `altcred check` says it.
    notes: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Wave:
        """What study.yaml says of the wave."""
        return self.cohort.study.waves[self.wave]

    @property
    def exclusions(self) -> list[Exclusion]:
        """The rules that drop rows, in their order."""
        return self.cohort.study.exclusions(self.wave)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The variables that responses hold."""
        there = self.cohort.codebook.in_wave(self.wave)
        return {name: one for name, one in there.items() if kind_of(one).is_read}

    @cached_property
    def asked(self) -> dict[str, Variable]:
        """The variables that the wave asked."""
        return {name: one for name, one in self.variables.items() if one.derive is None}

    @cached_property
    def sources(self) -> list[Source]:
        """The raw columns that hold answers."""
        return list_sources(self.cohort.codebook, self.wave)

    @cached_property
    def identities(self) -> dict[str, Identity]:
        """What the wave has to tell people apart by."""
        return list_identities(self.cohort.study, self.cohort.codebook, self.wave)

    def read_as(self, column: str, what: str = "value") -> str:
        """Return, as SQL writes it, the column of `raw` with what a column's answers are known as.

        The rows that wait are given those that were asked for before.
        """
        self._used[column, what] = None
        return f"raw.{quoted(f'{column}={what}')}"

    def taken(self) -> Iterator["pa.RecordBatch"]:
        """Yield the rows that wait, some at once, with what is known of their answers."""
        for batch in self.waiting.take():
            for column, what in self._used:
                told = self.known[column][what].take(batch[code_of(column)])
                batch = batch.append_column(f"{column}={what}", told)
            yield batch

    def pieces(self, table: str) -> list[str]:
        """Return in SQL which rows of a table are taken at once, so that few are on their way."""
        number = f"{table}.number"
        return [
            f"({number} >= {start} AND {number} < {start + _PIECE})"
            for start in range(0, self.size, _PIECE)
        ]

    def files_with(self, column: str) -> list[str]:
        """Return the exports that have a column, as `list_locators` names it."""
        return [export.file for export, found in self.exports if column in found]

    def columns(self, name: str) -> list[str]:
        """Return the columns of a variable."""
        variable = self.variables[name]
        return kind_of(variable).columns(name, variable, self.wave)

    def may_quote(self, answer: str, times: Mapping[str, int]) -> bool:
        """Tell whether so many wrote an answer that it cannot be one person's."""
        least = max(_QUOTED_FROM, self.cohort.study.disclosure.minimum)
        return times[fold_text(answer)] >= least and not may_identify(answer)


def in_files(files: Iterable[str], column: str = "file") -> str:
    """Return in SQL that a row is of one of some exports."""
    return f"{column} IN ({', '.join(map(literal, files))})"


def marked(kind: str, name: str) -> str:
    """Return the column in which the build notes something of a variable, as SQL writes it."""
    return quoted(f"@{kind}:{name}")


def count_folded(answers: Mapping[str, int]) -> Counter[str]:
    """Count answers without regard to capitals and white space."""
    times: Counter[str] = Counter()
    for answer, count in answers.items():
        times[fold_text(answer)] += count
    return times
