"""Finds people who answered one survey of one program more than once.

Rows of one participant code are one person's, and so are rows of one e-mail address. Where neither
settles it, rows that share a network address are compared by demographics, then by further
circumstances, as study.yaml says. A shared network alone is never enough, since a school or an
office has one too, and another program is never a repeat. Each decision carries the comparison
that made it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from altcred.describe.study import Duplicates

if TYPE_CHECKING:
    import pandas as pd

SAME_CODE = "same participant code"
OTHER_CODE = "different participant code"
SAME_EMAIL = "same e-mail"
OTHER_EMAIL = "different e-mail"
SAME_DEMOGRAPHICS = "same demographics"
OTHER_DEMOGRAPHICS = "different demographics"
SAME_CIRCUMSTANCES = "same program and circumstances"
OTHER_CIRCUMSTANCES = "different circumstances"
TOO_LITTLE = "too little to compare"
FIRST_THERE = "first at this address"
FIRST_OF_PERSON = "one of this person's rows"
OTHER_PROGRAM = "another program at this address"
NO_EMAIL_MATCH = "no equal e-mail at a crowded address"

Verdict = Literal["same", "different", "unclear"]
Row = dict[str, Any]
# A row of a person, and the comparison by which it joined that person.
Joined = tuple[Row, str]


def mark_duplicates(
    rows: "pd.DataFrame",
    settings: Duplicates,
    *,
    demographics: Sequence[str] | None = None,
    circumstances: Sequence[str] | None = None,
) -> "pd.DataFrame":
    """Mark the rows that repeat another row's person and program.

    Needs the columns `number` (unique), `program`, `submitted`, `email_token`, `ip_token` and
    the compared variables, those of `settings` unless given; where there are, `person_token`,
    `order` (what first and last go by, else the time) and `answers` (how many were given) count
    as well. Returns the rows in their order with three more columns: `is_repeat`; `repeats`, the
    number of the row that is kept in its place (missing where none is kept); and `comparison`,
    how a row was judged, empty for those that share nothing with another.

    Rows of one code or e-mail are put together first. Such a group that is the same person as an
    earlier one at its network, and different from none of that person's rows, joins that person.
    Of a network with more than `settings.largest_address` rows of a program nothing but codes and
    e-mails is compared, so that the work grows with the rows.
    """
    import pandas as pd

    names = list(settings.demographics if demographics is None else demographics)
    others = list(settings.circumstances if circumstances is None else circumstances)
    judge = partial(judge_rows, settings=settings, demographics=names, circumstances=others)
    ordered = _order_rows(rows, settings)
    at_address = Counter(row["ip_token"] for row in ordered)
    by_program: dict[Any, list[Row]] = defaultdict(list)
    for row in ordered:
        by_program[row["program"]].append(row)
    outcomes: dict[int, _Outcome] = {}
    for group in by_program.values():
        people = _People(group, at_address, settings)
        for person in people.gather(judge):
            outcomes |= _decide(person, settings)
    found = [outcomes[number] for number in rows["number"]]
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


def _order_rows(rows: "pd.DataFrame", settings: Duplicates) -> list[Row]:
    """Return the rows by what first and last go by; one of which that is unknown is neither."""
    import pandas as pd

    order = "order" if "order" in rows else "submitted"
    unknown: Literal["first", "last"] = "first" if settings.keep == "last" else "last"
    there = rows.sort_values([order, "number"], na_position=unknown, kind="stable")
    missing = {"person_token": None, "answers": 0}
    there = there.assign(**{name: one for name, one in missing.items() if name not in there})
    columns = {
        name: [None if gone else value for value, gone in zip(column, blank, strict=True)]
        for name in there.columns
        for column, blank in [(there[name].tolist(), pd.isna(there[name]).tolist())]
    }
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


class _People:
    """The people of one program; `at_address` counts the rows of a network in all programs."""

    def __init__(
        self, rows: Sequence[Row], at_address: Counter[str | None], settings: Duplicates
    ) -> None:
        self.rows, self.settings = rows, settings
        self.at_address = at_address
        self.at_own = Counter(row["ip_token"] for row in rows)
        self.seen: dict[str, list[int]] = defaultdict(list)
        self.people: list[list[Joined]] = []

    def gather(self, judge: Any) -> list[list[Joined]]:
        """Put each row with the person it is judged to be."""
        place = {row["number"]: at for at, row in enumerate(self.rows)}
        for group in _group_by_key(self.rows, self.settings):
            first = ""
            for person in self._near(group):
                there = self.people[person]
                verdicts = [judge(row, other) for row in group for other, _ in there]
                told = [(verdict, reason) for verdict, reason in verdicts if reason]
                first = first or told[0][1]
                same = [reason for verdict, reason in told if verdict == "same"]
                if same and all(verdict != "different" for verdict, _ in told):
                    there += _tell_group(group, same[0])
                    there.sort(key=lambda one: place[one[0]["number"]])
                    break
            else:
                person = len(self.people)
                self.people.append(_tell_group(group, first or self._tell_first(group)))
            for row in group:
                known = self.seen[row["ip_token"]]
                if person not in known:
                    known.append(person)
        return self.people

    def _is_crowded(self, address: str | None) -> bool:
        return self.at_own[address] > self.settings.largest_address

    def _near(self, group: Sequence[Row]) -> Iterator[int]:
        """Yield the people who share a network with a group, in their order."""
        addresses = {row["ip_token"] for row in group} - {None}
        near = [self.seen[one] for one in addresses if not self._is_crowded(one)]
        yield from sorted({person for people in near for person in people})

    def _tell_first(self, group: Sequence[Row]) -> str:
        """Say what is known of a row that is its person's first and like nobody before."""
        address = group[0]["ip_token"]
        if address is None or self.at_address[address] < 2:
            return FIRST_OF_PERSON if len(group) > 1 else ""
        if self.at_own[address] == 1:
            return OTHER_PROGRAM
        return NO_EMAIL_MATCH if self.seen[address] else FIRST_THERE


def _group_by_key(rows: Sequence[Row], settings: Duplicates) -> list[list[Row]]:
    """Put rows of one code, and of one e-mail, together; return the groups by their first row.

    Rows of different codes are different people's even where they share an e-mail address.
    """
    codes = [row["person_token"] if settings.person else None for row in rows]
    emails = [row["email_token"] and (row["email_token"], row["ip_token"]) for row in rows]
    if settings.across_networks:
        emails = [row["email_token"] for row in rows]
    group_of = list(range(len(rows)))
    members, code_of = {at: [at] for at in group_of}, dict(enumerate(codes))
    for keys in (codes, emails):
        sharing: dict[Any, list[int]] = defaultdict(list)
        for at, key in enumerate(keys):
            if key is not None:
                sharing[key].append(at)
        for places in sharing.values():
            found = dict.fromkeys(group_of[at] for at in places)
            chosen = next((one for one in found if code_of[one] is not None), next(iter(found)))
            for other in found:
                if other != chosen and code_of[other] in (None, code_of[chosen]):
                    for at in members[other]:
                        group_of[at] = chosen
                    members[chosen] += members.pop(other)
    return [[rows[at] for at in group] for group in sorted(map(sorted, members.values()))]


def _tell_group(group: Sequence[Row], first: str) -> list[Joined]:
    """Return the rows of a group, each but the first with what it has in common with the others."""
    codes = Counter(row["person_token"] for row in group)
    alike = [
        SAME_CODE if row["person_token"] is not None and codes[row["person_token"]] > 1
        else SAME_EMAIL
        for row in group[1:]
    ]  # fmt: skip
    return list(zip(group, [first, *alike], strict=True))


def judge_rows(
    one: Row,
    other: Row,
    settings: Duplicates,
    demographics: Sequence[str],
    circumstances: Sequence[str],
) -> tuple[Verdict, str]:
    """Judge whether two rows of one program are the same person's, and by what."""
    is_near = one["ip_token"] is not None and one["ip_token"] == other["ip_token"]
    codes = one["person_token"], other["person_token"]
    if settings.person and None not in codes:
        return ("same", SAME_CODE) if codes[0] == codes[1] else ("different", OTHER_CODE)
    emails = one["email_token"], other["email_token"]
    if None not in emails and emails[0] != emails[1]:
        return "different", OTHER_EMAIL
    if None not in emails and (is_near or settings.across_networks):
        return "same", SAME_EMAIL
    if not is_near:
        return "unclear", ""
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


def _decide(person: Sequence[Joined], settings: Duplicates) -> dict[int, _Outcome]:
    """Say of each row of a person whether it is kept."""
    rows = [row for row, _ in person]
    if len(rows) == 1:
        return {rows[0]["number"]: _Outcome(person[0][1])}
    kept = {"first": 0, "last": len(rows) - 1, "none": None}.get(settings.keep)
    if settings.keep == "most_complete":
        kept = max(range(len(rows)), key=lambda at: rows[at]["answers"])
    outcomes: dict[int, _Outcome] = {}
    for at, (row, comparison) in enumerate(person):
        if at == kept:
            outcomes[row["number"]] = _Outcome(comparison)
            continue
        # The first row joined nobody; what made it a repeat is the comparison with the second.
        repeats = None if kept is None else rows[kept]["number"]
        outcomes[row["number"]] = _Outcome(comparison if at else person[1][1], True, repeats)
    return outcomes
