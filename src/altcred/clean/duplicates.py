"""Finds people who answered one survey of one program more than once.

Rows that share a network address are compared by e-mail, then by demographics, then by further
circumstances, as study.yaml says. A shared address alone is never enough, since a school or an
office has one too, and another program is never a repeat. Each decision carries the comparison
that made it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from altcred.describe.study import Duplicates

if TYPE_CHECKING:
    import pandas as pd

SAME_EMAIL = "same e-mail"
OTHER_EMAIL = "different e-mail"
SAME_DEMOGRAPHICS = "same demographics"
OTHER_DEMOGRAPHICS = "different demographics"
SAME_CIRCUMSTANCES = "same program and circumstances"
OTHER_CIRCUMSTANCES = "different circumstances"
TOO_LITTLE = "too little to compare"
FIRST_THERE = "first at this address"
OTHER_PROGRAM = "another program at this address"
NO_EMAIL_MATCH = "no equal e-mail at a crowded address"

Verdict = Literal["same", "different", "unclear"]
Row = dict[str, Any]


def mark_duplicates(
    rows: "pd.DataFrame",
    settings: Duplicates,
    *,
    demographics: Sequence[str] | None = None,
    circumstances: Sequence[str] | None = None,
) -> "pd.DataFrame":
    """Mark the rows that repeat another row's person and program.

    Needs the columns `number` (unique), `program`, `submitted`, `email_token`, `ip_token` and
    the compared variables, those of `settings` unless given. Returns the rows in their order
    with three more columns: `is_repeat`; `repeats`, the number of the row that is kept in its
    place (missing where none is kept); and `comparison`, how a row that shares its address was
    judged, empty for the others.

    Rows of an address are taken in the order of submission. One that is the same person as an
    earlier row, and different from none of that person's rows, joins that person; of each
    person the first row, the last or none is kept. Each row is compared only within its address,
    so the work grows with the rows; an address with more than `settings.largest_address` rows of
    a program is compared by e-mail alone.
    """
    import pandas as pd

    names = list(settings.demographics if demographics is None else demographics)
    others = list(settings.circumstances if circumstances is None else circumstances)
    outcomes: dict[int, _Outcome] = {}
    for programs in _group_by_address(rows, [*names, *others]).values():
        if sum(map(len, programs.values())) < 2:
            continue
        for group in programs.values():
            if len(group) == 1:
                outcomes[group[0]["number"]] = _Outcome(OTHER_PROGRAM)
                continue
            for person in _gather_people(group, settings, names, others):
                outcomes |= _decide(person, settings)
    found = [outcomes.get(number, _Outcome()) for number in rows["number"]]
    repeats = [pd.NA if one.repeats is None else one.repeats for one in found]
    return rows.assign(
        is_repeat=[one.is_repeat for one in found],
        repeats=pd.array(repeats, dtype="Int64"),
        comparison=[one.comparison for one in found],
    )


@dataclass(frozen=True)
class _Outcome:
    comparison: str = ""
    is_repeat: bool = False
    repeats: int | None = None


@dataclass
class _Person:
    """Rows judged to be one person's, and the comparison by which each one joined."""

    rows: list[Row]
    comparisons: list[str] = field(default_factory=list)


def _group_by_address(
    rows: "pd.DataFrame", variables: Sequence[str]
) -> dict[str, dict[str, list[Row]]]:
    """Return the rows of each address by program, in the order of submission."""
    import pandas as pd

    needed = ["number", "program", "submitted", "email_token", "ip_token", *variables]
    there = rows.loc[rows["ip_token"].notna(), list(dict.fromkeys(needed))]
    there = there.sort_values(["submitted", "number"], na_position="last", kind="stable")
    columns = {
        name: [None if missing else value for value, missing in zip(column, gone, strict=True)]
        for name in there.columns
        for column, gone in [(there[name].tolist(), pd.isna(there[name]).tolist())]
    }
    grouped: dict[str, dict[str, list[Row]]] = {}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        grouped.setdefault(row["ip_token"], {}).setdefault(row["program"], []).append(row)
    return grouped


def _gather_people(
    group: Sequence[Row], settings: Duplicates, names: Sequence[str], others: Sequence[str]
) -> list[_Person]:
    """Put each row of an address and program with the person it is judged to be."""
    if len(group) > settings.largest_address:
        return _gather_by_email(group)
    people: list[_Person] = []
    for row in group:
        first = ""
        for person in people:
            verdicts = [judge_rows(row, other, settings, names, others) for other in person.rows]
            first = first or verdicts[0][1]
            same = [reason for verdict, reason in verdicts if verdict == "same"]
            if same and all(verdict != "different" for verdict, _ in verdicts):
                person.rows.append(row)
                # An equal e-mail says more than an equal anything else.
                person.comparisons.append(SAME_EMAIL if SAME_EMAIL in same else same[0])
                break
        else:
            people.append(_Person([row], [first or FIRST_THERE]))
    return people


def _gather_by_email(group: Sequence[Row]) -> list[_Person]:
    people: list[_Person] = []
    by_email: dict[str, _Person] = {}
    for row in group:
        email = row["email_token"]
        if email is not None and email in by_email:
            by_email[email].rows.append(row)
            by_email[email].comparisons.append(SAME_EMAIL)
            continue
        people.append(_Person([row], [NO_EMAIL_MATCH if people else FIRST_THERE]))
        if email is not None:
            by_email[email] = people[-1]
    return people


def judge_rows(
    one: Row,
    other: Row,
    settings: Duplicates,
    demographics: Sequence[str],
    circumstances: Sequence[str],
) -> tuple[Verdict, str]:
    """Judge whether two rows of one address and program are the same person's, and by what."""
    emails = one["email_token"], other["email_token"]
    if None not in emails:
        return ("same", SAME_EMAIL) if emails[0] == emails[1] else ("different", OTHER_EMAIL)
    agreeing = count_agreeing(one, other, demographics)
    if agreeing is None:
        return "different", OTHER_DEMOGRAPHICS
    if agreeing >= settings.minimum_demographics:
        return "same", SAME_DEMOGRAPHICS
    agreeing = count_agreeing(one, other, circumstances)
    if agreeing is None:
        return "different", OTHER_CIRCUMSTANCES
    if agreeing >= settings.minimum_circumstances:
        return "same", SAME_CIRCUMSTANCES
    return "unclear", TOO_LITTLE


def count_agreeing(one: Row, other: Row, variables: Sequence[str]) -> int | None:
    """Count the variables that both rows answered alike; None where both answered one unlike."""
    agreeing = 0
    for name in variables:
        first, second = one[name], other[name]
        if first is None or second is None:
            continue
        if first != second:
            return None
        agreeing += 1
    return agreeing


def _decide(person: _Person, settings: Duplicates) -> dict[int, _Outcome]:
    """Say of each row of a person whether it is kept."""
    rows, comparisons = person.rows, person.comparisons
    if len(rows) == 1:
        return {rows[0]["number"]: _Outcome(comparisons[0])}
    # The first row joined nobody; what made it a repeat is the comparison with the second.
    joined = [comparisons[1], *comparisons[1:]]
    kept = {"first": 0, "last": len(rows) - 1, "none": None}[settings.keep]
    if kept == 0:
        joined[0] = comparisons[0]
    elif kept is not None:
        # A row is a repeat by the comparison with which the next one joined.
        joined = [*joined[1:], joined[-1]]
    return {
        row["number"]: _Outcome(comparison)
        if index == kept
        else _Outcome(comparison, True, None if kept is None else rows[kept]["number"])
        for index, (row, comparison) in enumerate(zip(rows, joined, strict=True))
    }
