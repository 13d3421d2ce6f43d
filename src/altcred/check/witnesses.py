"""Which rules look at which printed figures, and what they say where a figure is changed."""

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from altcred.check.figures import COUNTED, SHARES, Figure, Key
from altcred.check.ranges import are_apart
from altcred.check.rules.registry import Check, Outcome, list_checks
from altcred.check.table import Known, Table
from altcred.check.words import join_prints

# Kinds of contradictions that tell which of two prints is the wrong one.
WITNESSES = ("total", "subgroups", "sum", "count", "grim", "formula", "difference")


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

    def count_read(self, place: int) -> int:
        """Return how many quantities a rule read."""
        return len(self._asked[place])

    def reads_numbers(self, place: int) -> bool:
        """Tell whether a rule read two quantities at least of which numbers are printed."""
        return sum(bool(self.table.numbers(key)) for key in self._asked[place]) > 1

    def find_neighbours(self, figure: Figure) -> list[Figure]:
        """Return the figures that touch one: before and after it in its row, its column, the list.

        Figures of a row or a column differ in one thing that they measure; in the list of all of
        a section those count that are of the same statistic.
        """
        found = {}
        for line in _list_lines(figure):
            rows = self._lines[line]
            place = next(place for place, row in enumerate(rows) if row.id == figure.id)
            for other in (*rows[max(place - 1, 0) : place], *rows[place + 1 : place + 2]):
                is_alike = len(line) > 2 or other.key.statistic == figure.key.statistic
                if other.key != figure.key and is_alike:
                    found[other.id] = other
        return list(found.values())

    def find_source(self, figure: Figure) -> Figure | None:
        """Return the figure beside one whose number may have been printed in its place.

        For a count that may be the percentage of the same people, without its decimals.
        """
        number = figure.printed.strip("% ")
        for other in self.find_neighbours(figure):
            bare = other.printed.strip("% ")
            is_share = figure.key.statistic in COUNTED and other.key.statistic in SHARES
            if number == (bare.partition(".")[0] if is_share else bare):
                return other
        return None

    def weigh_digits(self, figure: Figure, changed: Figure) -> Fraction:
        """Return how well the decimals of a change go with the prints of its kind beside it.

        They are compared with those that are printed; 1 is no difference, and 0 never seen.
        Noughts alone are rarely printed, but of shares and counts.
        """
        if figure.key.statistic in COUNTED and changed.digits:
            return Fraction(0)
        is_nought = figure.key.statistic not in COUNTED | SHARES and not re.search(
            "[1-9]", changed.printed
        )
        rare = Fraction(1, 8) if is_nought else Fraction(1)
        if changed.digits == figure.digits:
            return rare
        peers = [
            other.digits
            for other in self._lines[figure.document, figure.section]
            if other.key.statistic == figure.key.statistic and other.id != figure.id
        ]
        return rare * Fraction(
            2 * peers.count(changed.digits) + 1, 2 * peers.count(figure.digits) + 1
        )

    @cached_property
    def _lines(self) -> dict[tuple[object, ...], list[Figure]]:
        found: dict[tuple[object, ...], list[Figure]] = {}
        for figure in self.table.figures.values():
            for line in _list_lines(figure):
                found.setdefault(line, []).append(figure)
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


def _list_lines(figure: Figure) -> list[tuple[object, ...]]:
    """Return the rows and columns that a figure stands in, and the list of its section."""
    section, key = (figure.document, figure.section), figure.key
    return [section, *((*section, part, key[:part] + key[part + 1 :]) for part in range(len(key)))]


def weigh_alternatives(witnesses: Witnesses, ids: list[str]) -> tuple[str, frozenset[str]]:
    """Say which of several prints of one quantity fits the other figures, with its ids.

    '' and none if that is open.
    """
    table = witnesses.table
    figures = [table.figures[id] for id in ids if table.figures[id].is_number]
    if len({figure.key for figure in figures}) != 1 or len(figures) < 2:
        return "", frozenset()
    key = figures[0].key
    related = {
        row.id
        for row in table.figures.values()
        if row.key.variable in {key.variable, "responses"} or key.variable == "responses"
    }
    readers = map(witnesses.checks.__getitem__, witnesses.readers(key))
    checks = [check for check in readers if check.kind in WITNESSES]
    fitting, lines = [], []
    for figure in figures:
        others = {
            row.id
            for row in table.numbers(key)
            if are_apart(row.limits, figure.limits) or (row.id in ids and row.id != figure.id)
        }
        line = _find_witness(checks, table, table.only(related - others), figure)
        if line:
            lines.append(line)
        else:
            fitting.append(figure)
    if not fitting or not lines:
        return "", frozenset()
    text = f"{join_prints(fitting)} fits the other figures: {' '.join(lines)}"
    return text, frozenset(figure.id for figure in fitting)


def _find_witness(checks: list[Check], whole: Table, chosen: Table, figure: Figure) -> str:
    """Return the arithmetic that speaks against a figure where it alone is kept; '' if none."""
    for check in checks:
        outcome = check.evaluate(chosen)
        if outcome is None or figure.id not in outcome.ids:
            continue
        # What a figure cannot be by itself speaks against it in any company.
        if outcome.ids == {figure.id} or check.evaluate(whole) is None:
            return outcome.line
    return ""
