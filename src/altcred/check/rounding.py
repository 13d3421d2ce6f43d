"""Whether a report rounds its numbers or cuts them off, as far as they tell.

Rounding is the rule. A report that cuts off contradicts itself where it is read as rounded, often
and in many places; read as cut off it does not. Either reading is taken for the whole table, so
that a number out by one in its last digit is found wherever another one shows how it is rounded.
"""

from altcred.check.figures import SHARES
from altcred.check.rules.registry import Check, Outcome
from altcred.check.table import Table
from altcred.check.witnesses import Witnesses

ROUND, CUT_OFF = "round", "cut off"
# So many times as many conflicts there must be of rounded numbers as of numbers that are cut off.
MOSTLY = 4
# A mean or a share with its standard deviation tells too little of how a report rounds.
OF_ONE_PLACE = frozenset({"mean", "proportion", "std"})


def choose_reading(witnesses: Witnesses) -> tuple[Witnesses, list[Outcome]]:
    """Return a table as its numbers are to be read, and what would contradict if they were rounded.

    They are taken to be cut off where that leaves no conflict, or few of many: all of them, or at
    least the shares. What is declared of the table goes before.
    """
    table = witnesses.table
    if table.relations.rounding == CUT_OFF:
        return Witnesses(_cut(table, is_all=True)), []
    broken = witnesses.failed
    if table.relations.rounding == ROUND or not broken or _is_of_one_place(table):
        return witnesses, []
    for is_all in (True, False):
        changed = _cut(table, is_all=is_all)
        left = _list_left(witnesses, changed)
        if left is not None:
            explained = (witnesses.outcomes[place] for place in broken if place not in left)
            return Witnesses(changed), [outcome for outcome in explained if outcome is not None]
    return witnesses, []


def _cut(table: Table, *, is_all: bool) -> Table:
    figures = (row for row in table.figures.values() if is_all or row.key.statistic in SHARES)
    return table.replace({row.id: row.as_cut for row in figures})


def _is_of_one_place(table: Table) -> bool:
    cut = [row.key for row in table.figures.values() if row.is_number and row.cut != row.limits]
    is_alone = len({key[:4] for key in cut}) < 2
    return is_alone and {key.statistic for key in cut} <= OF_ONE_PLACE


def _list_left(witnesses: Witnesses, changed: Table) -> set[int] | None:
    """Return the conflicts that are left in another reading; None if they are too many."""
    broken, left = witnesses.failed, set[int]()
    for place in sorted(
        range(len(witnesses.checks)), key=lambda place: witnesses.outcomes[place] is None
    ):
        if witnesses.checks[place].evaluate(changed) is not None:
            left.add(place)
            if len(left) * MOSTLY > len(broken):
                return None
    return left


def find_premise(table: Table, check: Check, ids: list[str]) -> str:
    """Return what a conflict takes for granted of rounding; '' if it does not matter."""
    figures = [table.figures[id] for id in ids]
    rough = {row.id: row.stand_for(row.rough) for row in figures if row.is_number}
    if check.evaluate(table.only(ids).replace(rough)) is not None:
        return ""
    is_cut = any(row.is_cut for row in figures)
    return "its numbers are cut off, and not rounded" if is_cut else NOT_CUT


NOT_CUT = "its numbers are rounded, and not cut off"
