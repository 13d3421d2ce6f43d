"""The registry of rules: what each looks at, what must hold there, and how it is judged.

A rule is evaluated on any table, so that the same rule serves to find a conflict, to leave out
the figures it does not need, and to try what a figure would have to be.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from altcred.check.beside import list_places
from altcred.check.figures import COUNTED, Key
from altcred.check.relations import Partition
from altcred.check.table import Known, Table


class HasIds(Protocol):
    """Whatever rests on printed figures."""

    @property
    def ids(self) -> frozenset[str]: ...


class Outcome(NamedTuple):
    """What a rule found: the arithmetic in a line, its figures, and what it takes for granted."""

    line: str
    ids: frozenset[str]
    premise: str = ""


# Yields the places of a table at which a rule could say something.
Places = Callable[[Table], Iterable[Any]]
# Judges one place: what is wrong there, None where nothing is.
Judge = Callable[[Table, Any], Outcome | None]


@dataclass(frozen=True)
class Rule:
    """What must hold between printed figures, and the kind that its findings are called by.

    The docstring of `judge` says it in words. `compares_numbers` is False for a rule about how
    numbers are called: no other number would satisfy it.
    """

    kind: str
    places: Places
    judge: Judge
    compares_numbers: bool = True


@dataclass(frozen=True)
class Check:
    """One rule at one place."""

    rule: Rule
    place: Any

    @property
    def kind(self) -> str:
        return self.rule.kind

    @property
    def needs_premise(self) -> bool:
        return getattr(self.place, "premise", False)

    def evaluate(self, table: Table) -> Outcome | None:
        return self.rule.judge(table, self.place)


RULES: list[Rule] = []


def register(kind: str, places: Places, compares_numbers: bool = True) -> Callable[[Judge], Judge]:
    """Return a decorator that enters a function into the registry as a rule of a kind."""

    def enter(judge: Judge) -> Judge:
        RULES.append(Rule(kind, places, judge, compares_numbers))
        return judge

    return enter


def list_checks(table: Table) -> Iterator[Check]:
    """Yield every rule at every place of a table of which it could say something."""
    for rule in RULES:
        for place in rule.places(table):
            yield Check(rule, place)


def conflict(line: str, *used: "HasIds | None", premise: str = "") -> Outcome:
    """Return what a rule found, with all figures behind what it used."""
    ids = frozenset().union(*(item.ids for item in used if item is not None))
    return Outcome(line, ids, premise)


# Places -----------------------------------------------------------------------------------------


def each(*statistics: str, where: Callable[[Key], bool] = lambda key: True) -> Places:
    """Return the places of a rule about single quantities: of some statistics, or of any."""
    return lambda table: [
        key for key in table if (not statistics or key.statistic in statistics) and where(key)
    ]


def each_of(*statistics: str) -> Places:
    """Return the places of a rule about single quantities of some statistics, facts apart."""
    return lambda table: list_places(table, statistics)


@dataclass(frozen=True)
class Split:
    """One quantity of a group, and of the parts that together are the group.

    With `premise` it is judged under what is declared of how many answered.
    """

    wave: str
    partition: Partition
    variable: str
    category: str
    statistic: str
    premise: bool = False

    @property
    def whole(self) -> Key:
        rest = self.variable, self.category, self.statistic
        return Key(self.wave, self.partition.whole, *rest)

    @property
    def parts(self) -> list[Key]:
        rest = self.variable, self.category, self.statistic
        return [Key(self.wave, part, *rest) for part in self.partition.parts]

    def read(self, table: Table) -> tuple[Known | None, list[Known | None]]:
        """Return what is printed of the whole and of each part."""
        return table.known(self.whole), [table.known(part) for part in self.parts]


def each_split(*statistics: str, premise: bool = False) -> Places:
    """Return the places of a rule about wholes and parts; with `premise`, under it as well."""

    def list_each(table: Table) -> Iterator[Split]:
        for split in _list_splits(table):
            if split.statistic in statistics:
                yield split
                if premise and table.relations.allows_premise(split.wave, split.variable):
                    yield replace(split, premise=True)

    return list_each


def _list_splits(table: Table) -> list[Split]:
    """Return the quantities printed of enough of a group and its parts to be compared."""
    if ("splits",) not in table.cache:
        subgroups: dict[tuple[str, str, str, str], set[str]] = {}
        for key in table:
            if not key.subgroup.startswith("by ") and table.numbers(key):
                subgroups.setdefault((key.wave, *key[2:]), set()).add(key.subgroup)
        table.cache["splits",] = [
            Split(wave, partition, variable, category, statistic)
            for (wave, variable, category, statistic), known in sorted(subgroups.items())
            for partition in table.relations.partitions_in(wave)
            # Counts of parts say something of a whole that only a population tells.
            if len(known & {partition.whole, *partition.parts})
            >= (1 if statistic in COUNTED else 2)
        ]
    return table.cache["splits",]  # type: ignore[return-value]
