"""A raw export that has been opened, and the registries of readers and tools that can open one.

A reader is a file of this package that registers an instance: it tells by what a file shows
whether it can read it, and gives its columns and rows as text. A tool is registered likewise: it
tells by the columns of a table, in whatever file it stands, whether a survey tool wrote it, and
adds what that tool is known to mean. Never does one write a file.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Protocol, Self, runtime_checkable

from altcred.core.description import read_yaml
from altcred.core.engine import BATCH
from altcred.core.errors import refuse
from altcred.kinds.reading import NEXT_PLACE, fold_text
from altcred.kinds.vocabulary import NOT_SHOWN

if TYPE_CHECKING:
    import pyarrow as pa

# What a reader is shown of a file before it is asked to open it.
_START = 4096
# How many bytes a file's name may have on most systems.
_LONGEST_NAME = 255
# The number of a row as a spreadsheet shows it, and its cells as text, empty where missing.
Row = tuple[int, list[str]]


# What a cell holds where another column has the answer, folded.
_UNFILLED = NOT_SHOWN | {"", "n/a"}


def is_filled(cell: str) -> bool:
    """Tell whether a cell holds an answer, rather than that the question was not shown."""
    return fold_text(cell) not in _UNFILLED


@dataclass(frozen=True)
class Known:
    """What a file, or a questionnaire given beside it, says of a column beside its answers.

    Readers fill in what they find; a draft of a description rests on it, and nothing else does.
    """

    # The question that a column is one part of, alike in all its columns, and what it asks.
    question: str = ""
    stem: str = ""
    # What the column asks, where the export has no more than a name for it.
    wording: str = ""
    # The option or item that the column is for.
    part: str = ""
    # A kind of variable, where the questionnaire says it; "multiple" and "rank" of each option.
    kind: str = ""
    # Whether labels are in an order; None where nobody says.
    ordered: bool | None = None
    # Every answer offered, in the questionnaire's order: how it is written to what it says.
    labels: Mapping[str, str] = field(default_factory=dict)
    # What the column is for beside answers: submitted, opened, status, finished, email, ip, person,
    # response_id, wave (which of several surveys a row is of), weight, timing, other.
    role: str = ""
    # The heading under which the question stands.
    section: str = ""
    # Who was asked: the questions on which it depends, an item by the name of its column, and
    # their answers as written in the export; of a multiple question the parts to be ticked.
    asked_if: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column of an export: its position, the platform's id of it, its header, its question."""

    position: int
    import_id: str
    name: str
    text: str
    # Answers that the file itself declares missing, with the reason, and the code of each label.
    missing: Mapping[str, str] = field(default_factory=dict, compare=False)
    codes: Mapping[str, str] = field(default_factory=dict, compare=False)
    # Nought of the file itself, one of a file that was joined to it.
    part: int = 0
    known: Known = field(default=Known(), compare=False)
    # Columns that hold the answer in rows where this one holds none.
    others: tuple["Column", ...] = field(default=(), compare=False)
    # Whether they hold further places of an order whose first option this one holds.
    of_places: bool = field(default=False, compare=False)

    @property
    def label(self) -> str:
        """What a problem calls the column."""
        return self.import_id or self.name

    @property
    def positions(self) -> list[int]:
        """Where its cells stand, and those of others that stand in for it."""
        return [one.position for one in (self, *self.others) if one.position >= 0]

    def read(self, file: str, block: "Block") -> "pa.Array":
        """Return its cells; InvalidInput where it and another that stands in for it differ."""
        if self.position >= 0 and not self.others:
            return block.cells(self.position)
        import pyarrow as pa

        if self.position < 0:
            return pa.array([f"{file}:{row}" for row in block.numbers], pa.string())
        found = self._read_places(block) if self.of_places else self._read_either(file, block)
        return pa.array(found, pa.string())

    def _read_places(self, block: "Block") -> list[str]:
        """Return the options of each row in their order, with nothing in a place left empty."""
        cells = [block.cells(one.position).to_pylist() for one in (self, *self.others)]
        rows = ([one if is_filled(one) else "" for one in row] for row in zip(*cells, strict=True))
        return [NEXT_PLACE.join(row).rstrip(NEXT_PLACE) for row in rows]

    def _read_either(self, file: str, block: "Block") -> list[str]:
        columns = [self, *self.others]
        found: list[str] = []
        cells = [block.cells(column.position).to_pylist() for column in columns]
        for row, given in zip(block.numbers, zip(*cells, strict=True), strict=True):
            answers = list(filter(is_filled, given))
            if len(set(map(fold_text, answers))) > 1:
                names = ", ".join(column.label for column in columns)
                message = f"holds different answers in columns {names}, which are to be one."
                remedy = "Take those that are answered together as variables of their own."
                refuse(file, f"row {row}", message, remedy)
            found.append((answers or [one for one in given if one] or [""])[0])
        return found


@dataclass(frozen=True)
class Block:
    """Rows of an export that follow each other: their numbers, and the cells of each column."""

    numbers: Sequence[int]
    cells: Callable[[int], "pa.Array"]

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def of_table(cls, numbers: Sequence[int], table: "pa.Table") -> Self:
        """Return a block of columns that are called by their positions."""
        return cls(numbers, lambda position: table[str(position)].combine_chunks())


def block_rows(rows: Iterable[Row]) -> Iterator[Block]:
    """Yield rows that are read one by one in blocks."""
    import pyarrow as pa

    def make(some: Sequence[Row]) -> Block:
        return Block(
            [row for row, _ in some],
            lambda position: pa.array([cells[position] for _, cells in some], pa.string()),
        )

    waiting = iter(rows)
    while some := list(islice(waiting, BATCH // 4)):
        yield make(some)


@runtime_checkable
class InBlocks(Protocol):
    """Rows that can be had in blocks at once, of the columns at some positions alone."""

    def blocks(self, positions: Collection[int]) -> Iterator[Block]: ...


@dataclass(frozen=True)
class Layout:
    """How study.yaml says that a file is laid out; what it leaves open the reader finds out."""

    header_rows: int | None = None
    sheet: str = ""
    encoding: str = ""
    # A reader or a tool by its name.
    format: str = ""


@dataclass(frozen=True)
class Export:
    """A raw export that has been opened: its columns, and how to read its rows."""

    path: Path
    columns: list[Column]
    # Yields the rows; raises InvalidInput once with what is wrong with them.
    rows: Callable[[], Iterator[Row]] = field(repr=False, compare=False)
    # The reader that opened the file, and the survey tool that wrote it where one is known.
    format: str = ""
    tool: str = ""
    time_zone: str = ""
    # What separates the cells of a text; empty where the format has none.
    delimiter: str = ""
    # What was found out of the file and could be otherwise, as a check says it.
    notes: tuple[str, ...] = ()
    # Reports of what files joined to this one hold of people whom it lacks.
    partners: tuple[Callable[[], str], ...] = ()

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.path.name

    def blocks(self, columns: Iterable[Column]) -> Iterator[Block]:
        """Yield the rows in blocks from which some columns can be read."""
        if isinstance(self.rows, InBlocks):
            yield from self.rows.blocks({one for column in columns for one in column.positions})
        else:
            yield from block_rows(self.rows())


class Reader(Protocol):
    """Opens the exports of one format."""

    name: ClassVar[str]

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by a file's name and first bytes whether it is of the format."""
        ...

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the header; InvalidInput where the file is not as its format has it."""
        ...


class Tool(Protocol):
    """Knows what one survey tool writes, in a text as in a workbook."""

    @property
    def name(self) -> str:
        """What `format:` calls it."""
        ...

    def recognises(self, columns: Sequence[Column]) -> bool:
        """Tell by the headers of a table whether the tool wrote it."""
        ...

    def complete(self, export: Export) -> Export:
        """Return the export with what the tool is known to mean; its rows are as they are read."""
        ...


_READERS: dict[str, Reader] = {}
_TOOLS: dict[str, Tool] = {}
# What the columns that tools write themselves are for.
ROLES: dict[str, Any] = read_yaml(Path(__file__).with_name("roles.yaml"))


def list_roles(tool: str) -> dict[str, str]:
    """Return what a tool's own columns are for, by their headers."""
    return {header: role for role, headers in ROLES[tool].items() for header in headers}


def register_reader(reader: Reader) -> None:
    """Make a reader known; of several that recognise a file the one registered last opens it."""
    _READERS.pop(reader.name, None)
    _READERS[reader.name] = reader


def register_tool(tool: Tool) -> None:
    """Make a tool known; of several that recognise a table the one registered last completes it."""
    _TOOLS.pop(tool.name, None)
    _TOOLS[tool.name] = tool


def forget_reader(name: str) -> None:
    """Remove a reader, as a test does with one of its own."""
    _READERS.pop(name, None)


def list_readers() -> list[str]:
    """Return the names of all readers, in the order in which they are asked."""
    return list(reversed(_READERS))


def list_formats() -> list[str]:
    """Return what `format:` may say: the names of all readers and tools."""
    return sorted({*_READERS, *_TOOLS})


def open_export(path: Path, layout: Layout = Layout()) -> Export:
    """Read the header of an export; InvalidInput where it is missing, empty or no export.

    `layout.format` names the reader that is to open it, and then no tool is looked for; or the
    tool that wrote it, which its headers need not show.
    """
    path = path if isinstance(path, Path) else Path(path)
    if len(path.name.encode()) > _LONGEST_NAME or not path.is_file():
        remedy = "Put the export there, or correct its name under exports: in study.yaml."
        is_folder = len(path.name.encode()) <= _LONGEST_NAME and path.is_dir()
        said = "is a folder, not a file." if is_folder else "there is no such file."
        refuse(path, "", said, remedy)
    with path.open("rb") as file:
        start = file.read(_START)
    if not start:
        refuse_empty(path)
    said = layout.format
    if said in _READERS:
        return _READERS[said].open(path, layout)
    if said and said not in _TOOLS:
        remedy = f"Write one of {', '.join(list_formats())}, or leave it out."
        refuse(path, "format", f"{said!r} is no format that altcred reads.", remedy)
    for reader in reversed(_READERS.values()):
        if reader.recognises(path, start):
            return _complete(reader.open(path, layout), said)
    remedy = f"Export the survey as one of {', '.join(list_readers())}."
    refuse(path, "", "is of no format that altcred reads.", remedy)


def _complete(export: Export, said: str) -> Export:
    """Return an export completed by the tool that is said to have written it, or that shows."""
    for tool in [_TOOLS[said]] if said else reversed(_TOOLS.values()):
        if said or tool.recognises(export.columns):
            completed = tool.complete(export)
            pairs = zip(export.columns, completed.columns, strict=True)
            # What the file itself says, such as labels of SPSS, stays where the tool says nothing.
            columns = [replace(new, known=fill_known(new.known, old.known)) for old, new in pairs]
            return replace(completed, columns=columns, tool=tool.name)
    return export


def fill_known(known: Known, other: Known) -> Known:
    """Return what is known, filled up with what else is."""
    blank = Known()
    more = {
        one.name: getattr(other, one.name)
        for one in fields(Known)
        if getattr(known, one.name) == getattr(blank, one.name)
    }
    return replace(known, **more)


def refuse_empty(path: Path) -> NoReturn:
    """Refuse a file without content."""
    refuse(path, "", "is empty.", "Export the survey again, with its responses.")
