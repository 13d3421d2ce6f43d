"""Which rules look at which printed figures, and what they say where a figure is changed."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from altcred.check.figures import Figure, Key
from altcred.check.rules.registry import Check, Outcome, list_checks
from altcred.check.table import Known, Table


class _Traced(Table):
    """A table that notes which quantities are asked for."""

    asked: set[Key]

    def rows(self, key: Key) -> list[Figure]:
        self.asked.add(key)
        return super().rows(key)

    def known(self, key: Key) -> Known | None:
        self.asked.add(key)
        return super().known(key)


class Witnesses:
    """Every rule at every place of a table, what it found there, and the quantities it read.

    What a rule says can only change where one of the quantities that it read does. To judge a
    change it is enough to ask those rules again.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        traced = _Traced(table.figures.values(), table.relations, table.printed)
        traced.asked = set()
        self.checks: list[Check] = list(list_checks(traced))
        self.outcomes: list[Outcome | None] = []
        self._asked: list[set[Key]] = []
        self._readers: dict[Key, list[int]] = {}
        self._refused: Counter[int] = Counter()
        for place, check in enumerate(self.checks):
            # What is cached would not be asked for again.
            traced.cache = {}
            traced.asked = set()
            self.outcomes.append(check.evaluate(traced))
            self._asked.append(traced.asked)
            for key in traced.asked:
                self._readers.setdefault(key, []).append(place)

    @cached_property
    def failed(self) -> list[int]:
        """The places in `checks` of the rules that found a conflict."""
        return [place for place, outcome in enumerate(self.outcomes) if outcome is not None]

    def readers(self, key: Key) -> list[int]:
        """Return the places in `checks` of the rules that read a quantity."""
        return self._readers.get(key, [])

    def reads_numbers(self, place: int) -> bool:
        """Tell whether a rule read two quantities at least of which numbers are printed."""
        return sum(bool(self.table.numbers(key)) for key in self._asked[place]) > 1

    def find_neighbours(self, figure: Figure) -> list[Figure]:
        """Return the figures that stand beside one: in its section, of another row or column."""
        return [
            other
            for other in self._sections[figure.document, figure.section]
            if sum(own != its for own, its in zip(figure.key, other.key, strict=True)) == 1
        ]

    @cached_property
    def _sections(self) -> dict[tuple[str, str], list[Figure]]:
        found: dict[tuple[str, str], list[Figure]] = {}
        for figure in self.table.figures.values():
            found.setdefault((figure.document, figure.section), []).append(figure)
        return found

    def judge(self, changes: Mapping[str, Figure], failed: frozenset[int]) -> frozenset[int] | None:
        """Return which conflicts are gone where figures are changed.

        None where one of `failed` is left, or one arises that was not there before.
        """
        changed = self.table
        for figure in changes.values():
            changed = changed.put(figure)
        places = dict.fromkeys(place for row in changes.values() for place in self.readers(row.key))
        if not places.keys() >= failed:
            return None
        mended = set()
        # What has to be mended, and what refused a change before, mostly refuses the next one.
        order = sorted(places, key=lambda place: (place not in failed, -self._refused[place]))
        for place in order:
            is_broken = self.checks[place].evaluate(changed) is not None
            if is_broken and (self.outcomes[place] is None or place in failed):
                self._refused[place] += 1
                return None
            if not is_broken and self.outcomes[place] is not None:
                mended.add(place)
        return frozenset(mended)
