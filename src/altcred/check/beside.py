"""What stands beside a figure: the parts of its test or interval, and the groups it compares."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from altcred.check.figures import CONTEXT, Key
from altcred.check.ranges import Range
from altcred.check.reported import CHI2, ONE_SIDED, F, Q, R, T, Z, list_adjustments
from altcred.check.sizes import Size, find_printed_size
from altcred.check.table import Known, Table
from altcred.check.words import printed
from altcred.core.records import ALL, NOT_REPORTED

# Tests by the name that their statistics begin with, and the distribution that gives their p.
TESTS = {
    "t": T, "ttest_rel": T, "ttest_ind": T, "f": F, "anova": F, "chi2": CHI2, "wald": CHI2,
    "z": Z, "r": R, "q": Q,
}  # fmt: skip
# What an interval or a standard error can be of.
DIFFERENCES = ("difference", "mean_difference")
ESTIMATES = ("mean", *DIFFERENCES, "coefficient", "proportion", "median")
RATIOS = ("odds_ratio", "risk_ratio", "hazard_ratio")
EFFECTS = ("cohen_d", "cohen_dz", "hedges_g", "r", "kappa")
OWNERS = (*ESTIMATES, *RATIOS, *EFFECTS, "estimate", "auc")
# Intervals by these methods need not lie evenly about what they are of.
UNEVEN = re.compile(
    r"\bboot|\bBCa\b|\bpercentile|\bprofile|\bexact\b|\bcredible|\bHDI\b|\bHPD|\bBayes|\bposterior"
    r"|\bWilson\b|\bClopper|\bFisher|\bnoncentral|\bpermut|\brobust|\bcluster|\bweight",
    re.I,
)
_LEVEL = re.compile(
    r"(\d\d(?:\.\d+)?) ?(?:%|per ?cent) ?(?:-? ?(?:CI|C\.I\.|conf|interval|level))", re.I
)
LEVELS = (Fraction(95), Fraction(90), Fraction(99))


@dataclass(frozen=True)
class Part:
    """A quantity with what is printed of it, read as rounded or as cut off."""

    key: Key
    known: Known

    @property
    def limits(self) -> Range:
        return self.known.limits

    @property
    def ids(self) -> frozenset[str]:
        return self.known.ids

    def show(self, table: Table) -> str:
        return printed(table, self.key)


def head_of(test: str) -> str:
    """Return the statistic that a test rests on: `t_statistic`, but `r`."""
    return test if test == "r" else f"{test}_statistic"


def test_of(key: Key) -> str:
    """Return the test that a quantity is the statistic of; '' for none."""
    return next((test for test in TESTS if key.statistic == head_of(test)), "")


def read(table: Table, key: Key, *statistics: str) -> Part | None:
    """Return the first of some statistics that is printed of the same thing as a quantity."""
    for statistic in statistics or (key.statistic,):
        other = key._replace(statistic=statistic)
        known = table.roughly(other)
        if known is not None:
            return Part(other, known)
    return None


def read_part(table: Table, key: Key, owner: str, part: str) -> Part | None:
    """Return a part of a test or an estimate: its own, or the one without a name.

    A `std_error` without a name could be of anything, and is taken for an owner's only where
    nothing else that has one is printed beside it; so is a `pvalue`.
    """
    own = read(table, key, f"{owner}_{part}")
    if own is not None:
        return own
    rivals = [head_of(test) for test in TESTS] if owner in TESTS else OWNERS
    name = head_of(owner) if owner in TESTS else owner
    if any(key._replace(statistic=other) in table.printed for other in rivals if other != name):
        return None
    return read(table, key, part)


def people_of(table: Table, key: Key) -> Size | None:
    """Return how many people a quantity is of, None where no number of them is printed."""
    size = find_printed_size(table, key)
    return size if size is not None and size.high else None


# What is said around figures --------------------------------------------------------------------


def _words(table: Table, ids: Iterable[str]) -> str:
    return " ".join(table.figures[id].said for id in sorted(ids) if id in table.figures)


def is_one_sided(table: Table, ids: Iterable[str]) -> bool:
    """Tell whether a test is said to have one side: beside its figures, or of the whole table."""
    return table.relations.one_sided or bool(ONE_SIDED.search(_words(table, ids)))


def find_adjustments(table: Table, ids: Iterable[str]) -> list[str]:
    """Return the corrections for multiplicity that are named beside figures or of the table."""
    return [*table.relations.adjusted, *list_adjustments(_words(table, ids))]


def is_uneven(table: Table, ids: Iterable[str]) -> bool:
    """Tell whether an interval is said to be of a kind that need not lie evenly."""
    return bool(UNEVEN.search(_words(table, ids)))


def list_levels(table: Table, ids: Iterable[str]) -> list[Fraction]:
    """Return the levels that an interval can have, as shares left outside it."""
    said = [Fraction(level) for level in _LEVEL.findall(_words(table, ids))]
    if not said and table.relations.level:
        said = [Fraction(table.relations.level)]
    return [1 - level / 100 for level in said or LEVELS]


def say_level(table: Table, ids: Iterable[str], percent: str) -> str:
    """Return the level that is taken for granted where nothing says it, as the end of a premise."""
    is_said = table.relations.level or _LEVEL.search(_words(table, ids))
    return "" if is_said else f", and its level is {percent}"


# What is compared -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sides:
    """The two groups or moments that a quantity compares; `paired` if the people are the same.

    `premise` says what is taken for granted where nothing declares the two.
    """

    first: Key
    second: Key
    paired: bool
    premise: str = ""

    def keys(self, statistic: str) -> tuple[Key, Key]:
        return self.first._replace(statistic=statistic), self.second._replace(statistic=statistic)


@lru_cache(maxsize=8)
def _index(keys: frozenset[Key]) -> dict[tuple[str, str, str], frozenset[str]]:
    """Return, of each question in a wave and in any subgroup, who or when it is printed of."""
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for key in keys:
        if key.statistic in {"mean", "count", "proportion", "std"}:
            found["group", key.wave, key.variable].add(key.subgroup)
            found["wave", key.subgroup, key.variable].add(key.wave)
            if key.category:
                found[f"in {key.subgroup}", key.wave, key.variable].add(key.category)
    return {place: frozenset(names) for place, names in found.items()}


def find_sides(table: Table, key: Key) -> Sides | None:
    """Return the two groups or moments that a test or a difference is between, if it can be told.

    Two waves: of a wave written "first-second", or "panel:first" and "panel:second" of a panel.
    Two groups: of a subgroup written "a vs b", the two parts that a partition declares, or the
    only two of which the question is printed.
    """
    index = _index(table.printed)
    waves = index.get(("wave", key.subgroup, key.variable), frozenset())
    pair = _split(key.wave, "-", waves)
    panel = sorted(wave for wave in waves if wave.startswith(f"{key.wave}:"))
    if pair is None and len(panel) == 2:
        pair = panel[0], panel[1]
    if pair is not None:
        return Sides(key._replace(wave=pair[0]), key._replace(wave=pair[1]), True)
    groups = index.get(("group", key.wave, key.variable), frozenset())
    pair, premise = _split(key.subgroup, " vs ", groups) or _split(key.subgroup, "-", groups), ""
    if pair is None:
        wholes = [
            item.parts
            for item in table.relations.partitions_in(key.wave)
            if item.whole == key.subgroup and set(item.parts) <= groups
        ]
        others = sorted(group for group in groups - {key.subgroup, ALL} if "&" not in group)
        if len(wholes) == 1 and len(wholes[0]) == 2:
            pair = wholes[0][0], wholes[0][1]
        elif not wholes and len(others) == 2 and key.subgroup in {ALL, ""}:
            pair = others[0], others[1]
            premise = f"{others[0]} and {others[1]} are the two groups compared"
    if pair is None:
        return None
    first, second = (key._replace(subgroup=group) for group in pair)
    return Sides(first, second, False, premise)


def categories_of(table: Table, keys: Iterable[Key]) -> frozenset[str]:
    """Return the categories that are printed of each of several groups."""
    index = _index(table.printed)
    found = (index.get((f"in {key.subgroup}", *key[:3:2]), frozenset()) for key in keys)
    return frozenset.intersection(*found)


def _split(text: str, by: str, known: frozenset[str]) -> tuple[str, str] | None:
    """Return the two known names that a text is made of."""
    for cut in re.finditer(re.escape(by), text):
        first, second = text[: cut.start()].strip(), text[cut.end() :].strip()
        if first in known and second in known:
            return first, second
    return None


def list_places(table: Table, statistics: Iterable[str]) -> Iterator[Key]:
    """Yield the quantities of some statistics, facts apart."""
    wanted = frozenset(statistics)
    for key in table:
        if key.statistic in wanted and key.wave != CONTEXT and key.category != NOT_REPORTED:
            yield key
