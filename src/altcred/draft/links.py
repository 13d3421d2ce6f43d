"""Finds by which columns the same people could be found in two surveys, and how many it finds.

Codes are compared here as they are when tokens are made of them, and go no further.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from altcred.draft.model import Table
from altcred.draft.role_words import list_headers
from altcred.draft.roles import Roles, is_running, list_free, share_distinct, share_filled
from altcred.draft.times import is_time
from altcred.read.export import Column
from altcred.read.identifiers import normalise_code, normalise_email

# Of the smaller survey, so many people must be found, and so many codes be of one row alone.
_LEAST_FOUND, _LEAST_SINGLE = 0.2, 0.8
# A column that nothing says to be a code must find more, and be nearly all different.
_LEAST_UNSAID = 0.5
_LONGEST_CODE = 60


@dataclass(frozen=True)
class Side:
    """A wave as people are looked for in it."""

    wave: str
    table: Table
    roles: Roles


@dataclass(frozen=True)
class Link:
    """Columns of two waves or more by which the same people could be found.

    `role` is person or email; `columns` are those of each wave, of a code of several parts all of
    them. `pairs` are made between each wave and the next; `repeated` is how many rows of each wave
    share theirs with another row, `copied` how many are alike in every cell with one above.
    """

    role: str
    columns: tuple[tuple[Column, ...], ...]
    pairs: tuple[int, ...]
    # Between which waves it finds enough to be used.
    holds: tuple[bool, ...]
    repeated: tuple[int, ...]
    copied: tuple[int, ...]
    # False where codes are the same only without zeros that a spreadsheet cut off.
    leading_zeros: bool = True
    # Why it is not used although it makes pairs; empty where it may be.
    doubt: str = ""

    @property
    def label(self) -> str:
        """What it is called in the first wave."""
        return " and ".join(repr(column.name) for column in self.columns[0])


def find_links(sides: Sequence[Side], *, of_one_file: bool = False) -> list[Link]:
    """Return by what the people of waves could be joined, the surest first.

    `of_one_file` says that the waves are rows of one file, in which a number of a row would not
    stand twice.
    """
    found: list[Link] = []
    for one in _candidates(sides, of_one_file):
        ways = [_judge(sides, *one), _judge(sides, *one, leading_zeros=False)]
        links = [link for link in ways if link]
        # Of equal ones the first, by which zeros tell people apart.
        found += [max(links, key=lambda link: sum(link.pairs))] if links else []
    return sorted(found, key=lambda one: (bool(one.doubt), -sum(one.pairs)))


def _candidates(
    sides: Sequence[Side], of_one_file: bool
) -> Iterator[tuple[str, tuple[tuple[Column, ...], ...], str, float]]:
    """Yield what could be a code in all waves: role, columns, a doubt, what it must find."""
    for role in ("person", "email", "name"):
        for columns in _pair_up([side.roles.list(role) for side in sides]):
            yield ("email" if role == "email" else "person"), columns, "", _LEAST_FOUND
    parts = [tuple(side.roles.list("code_part")) for side in sides]
    for columns in _in_one_order(parts):
        yield "person", columns, "", _LEAST_FOUND
    for columns in _pair_up([side.roles.list("response_id") for side in sides]):
        runs = all(
            is_running({code for code in _codes(side.table, own, "person") if code is not None})
            for side, own in zip(sides, columns, strict=True)
        )
        doubt = "they count rows, and say nothing of people" if runs and not of_one_file else ""
        yield "person", columns, doubt, _LEAST_FOUND
    # What counts rows in one survey may be given twice in the next, and tell of people in both.
    for columns in _pair_up([[*side.roles.list("response_id"), *_unsaid(side)] for side in sides]):
        if not all(
            own[0] in side.roles.list("response_id")
            for side, own in zip(sides, columns, strict=True)
        ):
            yield "person", columns, "", _LEAST_UNSAID


def _pair_up(columns: Sequence[Sequence[Column]]) -> Iterator[tuple[tuple[Column, ...], ...]]:
    """Yield columns of the same header in all waves; where each wave has one column, that."""
    if all(len(ones) == 1 for ones in columns):
        yield tuple((ones[0],) for ones in columns)
        return
    for one in columns[0]:
        alike = [
            [other for other in ones if set(list_headers(one)) & set(list_headers(other))]
            for ones in columns[1:]
        ]
        if all(len(ones) == 1 for ones in alike):
            yield ((one,), *((ones[0],) for ones in alike))


def _in_one_order(
    parts: Sequence[tuple[Column, ...]],
) -> Iterator[tuple[tuple[Column, ...], ...]]:
    """Yield the parts of a code, in the first wave's order, where all waves ask for them."""
    if len(parts[0]) < 2 or len({len(ones) for ones in parts}) > 1:
        return
    ordered = [parts[0]]
    for ones in parts[1:]:
        by_header = {header: column for column in ones for header in list_headers(column)}
        found = tuple(
            next((by_header[one] for one in list_headers(column) if one in by_header), None)
            for column in parts[0]
        )
        if None in found or len(set(found)) < len(found):
            return
        ordered.append(tuple(one for one in found if one))
    yield tuple(ordered)


def _unsaid(side: Side) -> Iterator[Column]:
    """Yield the columns that are nearly all different and short, as codes are."""
    for column in list_free(side.table, side.roles):
        counts = side.table.counts(column)
        if len(counts) < 5 or share_filled(side.table, column) < 0.5:
            continue
        # Some answer a survey twice, so that their codes stand in two rows.
        if share_distinct(side.table, column) < 0.9 or max(map(len, counts)) > _LONGEST_CODE:
            continue
        # Numbers of few digits are the same in two surveys by chance, and so are times.
        codes = set(counts)
        is_short_number = all(len(one) < 5 for one in codes if one.replace(".", "").isdigit())
        has_numbers = any(one.replace(".", "").isdigit() for one in codes)
        if not (
            (has_numbers and is_short_number) or is_running(codes) or is_time(side.table, column)
        ):
            yield column


def _codes(
    table: Table, columns: Sequence[Column], role: str, *, leading_zeros: bool = True
) -> list[str | None]:
    """Return the code of each row, None where it has none."""

    def read(cell: str) -> str | None:
        if role == "email":
            return normalise_email(cell)
        return normalise_code(cell, leading_zeros=leading_zeros)

    rows = zip(*(table.cells[column.position] for column in columns), strict=True)
    known: dict[tuple[str, ...], str | None] = {}
    codes: list[str | None] = []
    for cells in rows:
        if cells not in known:
            parts = [read(cell) for cell in cells]
            known[cells] = None if None in parts else "\x1f".join(one for one in parts if one)
        codes.append(known[cells])
    return codes


def choose_links(links: Sequence[Link]) -> dict[str, Link]:
    """Return the link of each role that is used: the one that finds most."""
    chosen: dict[str, Link] = {}
    for link in links:
        if not link.doubt:
            chosen.setdefault(link.role, link)
    return chosen


def count_shared(table: Table, columns: Sequence[Column], role: str) -> int:
    """Return how many rows have the code or address of another row; of addresses any counts."""
    ways = [columns] if role == "person" else [[column] for column in columns]
    found = [_count(table, _codes(table, own, role), role) for own in ways]
    return max(sum(times for times in one.values() if times > 1) for one in found)


def _count(table: Table, codes: Sequence[str | None], role: str) -> Counter[str]:
    """Return how many rows each code or address has; of codes, copies of a row are one."""
    rows: Iterable[tuple[str | None, ...]] = zip(codes, *table.cells, strict=True)
    # Of an address the first row counts in any case.
    rows = dict.fromkeys(rows) if role == "person" else rows
    return Counter(code for code, *_ in rows if code is not None)


def _judge(
    sides: Sequence[Side],
    role: str,
    columns: tuple[tuple[Column, ...], ...],
    doubt: str,
    least: float,
    *,
    leading_zeros: bool = True,
) -> Link | None:
    """Return the link that columns make, None where they join too few or are of several people."""
    read = [
        _codes(side.table, own, role, leading_zeros=leading_zeros)
        for side, own in zip(sides, columns, strict=True)
    ]
    counts = [_count(side.table, codes, role) for side, codes in zip(sides, read, strict=True)]
    singles = [{code for code, times in one.items() if times == 1} for one in counts]
    # Of an address that stands in several rows the first of these counts.
    known = [set(one) for one in counts] if role == "email" else singles
    pairs = [len(first & second) for first, second in pairwise(known)]
    smaller = [min(one.table.rows, other.table.rows) for one, other in pairwise(sides)]
    holds = tuple(n >= max(2, least * rows) for n, rows in zip(pairs, smaller, strict=True))
    if not any(holds):
        return None
    if any(
        len(own) < _LEAST_SINGLE * one.total() for own, one in zip(singles, counts, strict=True)
    ):
        return None
    repeated = tuple(one.total() - len(own) for own, one in zip(singles, counts, strict=True))
    given = [sum(code is not None for code in codes) for codes in read]
    copied = tuple(n - one.total() for n, one in zip(given, counts, strict=True))
    return Link(role, columns, tuple(pairs), holds, repeated, copied, leading_zeros, doubt)
