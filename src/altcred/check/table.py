"""A table of printed figures, found by what they measure."""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass

from altcred.check.figures import Figure, Key
from altcred.check.ranges import Range, hull, meet
from altcred.check.relations import Relations


@dataclass(frozen=True)
class Known:
    """What printed figures say of one quantity, and which figures say it.

    `disputed` tells that the figures exclude each other; the range then holds all of them.
    """

    limits: Range
    ids: frozenset[str]
    disputed: bool = False


def _hull_of_readings(limits: list[Range]) -> Range:
    """Return the hull of what figures can say where they exclude each other.

    Each figure is read with the narrowest others that agree with it, so that "almost 26,000"
    does not widen the choice between 25,891 and 25,913.
    """
    order = sorted(
        limits, key=lambda item: (not item.is_bounded, (item.high or 0) - (item.low or 0))
    )
    readings = []
    for reading in order:
        for other in order:
            joined = meet([reading, other])
            reading = reading if joined.is_empty else joined
        readings.append(reading)
    return hull(readings)


def _join(figures: list[Figure], limits: list[Range]) -> Known | None:
    if not figures:
        return None
    common = limits[0] if len(limits) == 1 else meet(limits)
    disputed = common.is_empty
    if disputed:
        common = _hull_of_readings(limits)
    return Known(common, frozenset(figure.id for figure in figures), disputed)


class Table:
    """Printed figures by what they measure, and how they relate."""

    def __init__(
        self,
        figures: Iterable[Figure],
        relations: Relations | None = None,
        printed: frozenset[Key] | None = None,
    ) -> None:
        self.relations = relations or Relations()
        self.figures = {figure.id: figure for figure in figures}
        self._by_key: dict[Key, list[Figure]] = {}
        self._by_variable: dict[tuple[str, str, str], list[Key]] = {}
        for figure in self.figures.values():
            if figure.key not in self._by_key:
                place = figure.key[:3]
                self._by_variable.setdefault(place, []).append(figure.key)
            self._by_key.setdefault(figure.key, []).append(figure)
        self._known: dict[Key, Known | None] = {}
        self._knows_all = False
        # A part of a table remembers what the whole prints, so that leaving a figure out never
        # makes another one stand for something else.
        self.printed = frozenset(self._by_key) if printed is None else printed
        self.cache: dict[tuple[object, ...], object] = {}

    def __iter__(self) -> Iterator[Key]:
        yield from self._by_key

    def keys_of(self, wave: str, subgroup: str, variable: str) -> list[Key]:
        return self._by_variable.get((wave, subgroup, variable), [])

    def rows(self, key: Key) -> list[Figure]:
        return self._by_key.get(key, [])

    def numbers(self, key: Key) -> list[Figure]:
        return [figure for figure in self.rows(key) if figure.is_number]

    def known(self, key: Key) -> Known | None:
        """Return what is printed of a quantity: what its figures agree on, else their hull."""
        if key not in self._known:
            figures = self.numbers(key)
            self._known[key] = _join(figures, [figure.limits for figure in figures])
        return self._known[key]

    def roughly(self, key: Key) -> Known | None:
        """Return what is printed of a quantity, if figures may have been cut off, not rounded."""
        figures = self.numbers(key)
        return _join(figures, [figure.rough for figure in figures])

    def all_known(self, keys: Iterable[Key]) -> list[Known] | None:
        """Return what is printed of several quantities; None where nothing is of one of them."""
        keys = list(keys)
        found = [known for known in map(self.known, keys) if known is not None]
        return found if len(found) == len(keys) else None

    def only(self, ids: Iterable[str]) -> "Table":
        """Return the part of the table that these figures make."""
        kept = set(ids)
        rows = (row for id, row in self.figures.items() if id in kept)
        return Table(rows, self.relations, self.printed)

    def put(self, figure: Figure) -> "Table":
        """Return the table with a figure in the place of the one that has its id and key.

        What is known of other quantities is kept; so is the cache, which holds sizes of groups,
        where none was made of this quantity.
        """
        if not self._knows_all:
            # Once, and not again in each table in which one figure is another.
            for key in self:
                self.known(key)
            self._knows_all = True
        changed = copy(self)
        changed.figures = {**self.figures, figure.id: figure}
        rows = [figure if row.id == figure.id else row for row in self.rows(figure.key)]
        changed._by_key = {**self._by_key, figure.key: rows}
        changed._known = {**self._known}
        changed._known.pop(figure.key, None)
        changed.cache = {} if self.relations.counts_people(figure.key) else self.cache
        return changed

    def replace(self, figures: dict[str, Figure]) -> "Table":
        """Return the table with other figures in the places of some."""
        rows = (figures.get(id, row) for id, row in self.figures.items())
        return Table(rows, self.relations, self.printed)
