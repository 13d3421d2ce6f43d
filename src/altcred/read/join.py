"""Joins a second file of the same people to an export, row by row, by a key that both have.

The key may be an address or a code. It is compared here and goes no further.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from altcred.core.errors import Problem
from altcred.kinds.reading import fold_text, plain_code
from altcred.read.export import Column, Export, Row
from altcred.read.identities import SEPARATOR

_SHOWN = 5


def joined_as(place: int) -> str:
    """Return the name of the column that tells whether a further file has something of a row."""
    return f"@joined_{place}"


@dataclass
class Partner:
    """The rows of a further file by their folded key, and which of them somebody asked for."""

    files: str
    columns: list[Column]
    rows: dict[str, list[str]]
    found: set[str] = field(default_factory=set)

    def tell_unused(self) -> str:
        """Return how many rows nobody asked for, once all have been read; nothing where none."""
        unused = len(self.rows) - len(self.found)
        return f"{self.files}: rows that no response has the key of: {unused:,}." if unused else ""


def read_partner(
    exports: Sequence[tuple[Export, Sequence[Column]]],
) -> tuple[Partner, list[Problem]]:
    """Read further files of one kind, each with the columns of its key."""
    names: dict[tuple[str, str, str, int], int] = {}
    rows: dict[str, list[str]] = {}
    places: dict[str, list[tuple[Export, int]]] = {}
    for export, keys in exports:
        taken = {column.position for column in keys}
        others = [column for column in export.columns if column.position not in taken]
        # Of several files each may lack what another has.
        here = [names.setdefault(one, len(names)) for one in call_columns(others)]
        for row, cells in export.rows():
            if key := _key(cells, keys):
                places.setdefault(key, []).append((export, row))
                rows[key] = [""] * len(names)
                for place, column in zip(here, others, strict=True):
                    rows[key][place] = cells[column.position]
    problems = [
        Problem(
            str(export.path),
            f"row {row}",
            f"has the key of {others}: which of them belongs to a response cannot be told.",
            "Leave one row a key in the file.",
        )
        for found in places.values()
        if len(found) > 1
        for export, row in found[:1]
        for others in [", ".join(f"row {one} of {file.file}" for file, one in found[1:_SHOWN])]
    ]
    columns = [Column(-2, one, name, text, part=1) for one, name, text, _ in names]
    files = ", ".join(export.file for export, _ in exports)
    return Partner(files, columns, rows), problems[:_SHOWN]


def join_partner(export: Export, keys: Sequence[Column], partner: Partner) -> tuple[Export, Column]:
    """Return an export with the columns of its partner beside its own, blank where it has none.

    The last column, which is returned as well, tells of each row whether it found its partner.
    """
    places = count(len(export.columns))
    columns = [replace(column, position=next(places)) for column in partner.columns]
    told = Column(next(places), "", "", "", part=1)

    def rows() -> Iterator[Row]:
        for row, cells in export.rows():
            key = _key(cells, keys)
            beside = partner.rows.get(key, [])
            if key in partner.rows:
                partner.found.add(key)
            blank = [""] * (len(columns) - len(beside))
            yield row, [*cells, *beside, *blank, "1" if key in partner.rows else ""]

    partners = (*export.partners, partner.tell_unused)
    all_columns = [*export.columns, *columns, told]
    return replace(export, columns=all_columns, rows=rows, partners=partners), told


def call_columns(columns: Sequence[Column]) -> Iterator[tuple[str, str, str, int]]:
    """Yield what a column is called in any file, and the how manieth it is of several alike."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for column in columns:
        called = column.import_id, column.name, column.text
        seen[called] += 1
        yield *called, seen[called]


def _key(cells: Sequence[str], keys: Sequence[Column]) -> str:
    """Return the key of a row as it is compared; empty where a part of it is blank."""
    parts = [plain_code(fold_text(cells[column.position])) for column in keys]
    return SEPARATOR.join(parts) if all(parts) else ""
