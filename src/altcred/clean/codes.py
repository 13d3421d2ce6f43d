"""Numbers the distinct answers of columns while exports are read, and holds the rows meanwhile.

What an answer means can depend on all others of its column. So rows wait, each with the number of
its answer, until each distinct answer has been read once.
"""

import tempfile
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

# So many bytes wait in memory; more wait in a file that has no name.
_HELD = 64_000_000


def code_of(column: str) -> str:
    """Return the name of the column with the numbers of another's answers."""
    return f"{column}=code"


def mark_of(column: str) -> str:
    """Return the name of the column with the marks of a question's typed texts."""
    return f"{column}=mark"


class Codes:
    """The number of each distinct answer of some columns, from nought, in the order they come.

    Answers of different groups, such as times of two zones, are told apart.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[tuple[Hashable, Any], int]] = defaultdict(dict)
        self._files: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._file = ""

    def begin(self, file: str) -> None:
        """Take the next answers for those of a file."""
        self._file = file

    def take(self, column: str, cells: "pa.Array", group: Hashable = None) -> dict[str, "pa.Array"]:
        """Return a column with the number of each cell's answer; empty ones stay missing."""
        import pyarrow as pa

        distinct, known = cells.dictionary_encode(), self._known[column]
        found = [
            known.setdefault((group, one), len(known)) for one in distinct.dictionary.to_pylist()
        ]
        self._files[column][self._file].update(found)
        return {code_of(column): pa.array(found, pa.int32()).take(distinct.indices)}

    def files_with(self, column: str, answers: Collection[Any]) -> list[str]:
        """Return the files in which some answers of a column stand."""
        numbers = {at for at, (_, one) in enumerate(self._known[column]) if one in answers}
        return [file for file, held in self._files[column].items() if numbers & held]

    def answers(self, column: str, group: Hashable = None) -> list[Any]:
        """Return the distinct answers of a column, in a fixed order."""
        return sorted(one for of, one in self._known[column] if of == group)

    def by_number(self, column: str) -> list[tuple[Hashable, Any]]:
        """Return all answers of a column by their numbers, each with its group."""
        return list(self._known[column])


class Waiting:
    """Tables of rows with the same columns that wait in their order, to be taken once."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_HELD)  # noqa: SIM115, closed when taken
        self._writer: Any = None

    def add(self, table: "pa.Table") -> None:
        """Add the next rows."""
        import pyarrow as pa

        if self._writer is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._writer = pa.ipc.new_stream(self._file, table.schema, options=options)
        self._writer.write_table(table)

    def take(self) -> Iterator["pa.RecordBatch"]:
        """Yield the rows in their order, and let go of them at the end."""
        import pyarrow as pa

        with self._file:
            if self._writer is not None:
                self._writer.close()
                self._file.seek(0)
                yield from pa.ipc.open_stream(self._file)
