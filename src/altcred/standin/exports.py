"""From the people of a stand-in to the rows of its exports, dropped rows among them."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from altcred.clean.interpret import NO_ANSWER, NO_PROGRAM, REPEAT
from altcred.clean.roles import PREVIEW, SPAM, TEST
from altcred.core.records import ALL
from altcred.describe.rows import Exclusion
from altcred.read.columns import list_sources
from altcred.read.export import Column
from altcred.standin.cells import write_cells
from altcred.standin.people import People

_STATUS = {PREVIEW: "Survey Preview", TEST: "Survey Test", SPAM: "Spam"}
# What is read as an answer in words that gives none.
_NO_ANSWER = "N/A"
_CODES = {PREVIEW: "1", TEST: "2", SPAM: "8"}
_UNFINISHED = {"true": "False", "1": "0", "yes": "No", "100": "40", "2": "0", "y": "N"}


@dataclass
class Identities:
    """Who the people of a survey are: an address and a code each, and a network."""

    emails: list[str]
    addresses: list[str]
    codes: list[str]


@dataclass
class Sheet:
    """The rows of one survey: cells by column, a list for each row that is written."""

    width: int
    rows: list[list[str]] = field(default_factory=list)


def compose_rows(
    people: People,
    who: Identities,
    columns: Mapping[str, Column],
    width: int,
    styles: dict[str, str],
    supply: Iterator[tuple[str, str, str]],
    random: Random,
) -> list[list[str]]:
    """Return the rows of one survey's exports: of everybody who is kept, and of what is dropped."""
    sheet = np.full((people.size, width), "", dtype=object)
    settings = people.cohort.study.waves[people.wave]

    def put(role: str, cells: Any) -> None:
        if role in columns and columns[role].position >= 0:
            sheet[:, columns[role].position] = cells

    for rule in people.cohort.study.exclusions(people.wave):
        put(f"@exclude_{rule.name}", pass_rule(rule))
    for source in list_sources(people.cohort.codebook, people.wave):
        if source.column in columns:
            found = columns[source.column]
            cells = write_cells(people, source, [found], styles, settings.decimal)
            sheet[:, found.position] = cells
    programs = people.cohort.study.programs
    if settings.program:
        written = {name: (one.answers or [one.label])[0] for name, one in programs.items()}
        put("@program", [written.get(one, "") for one in people.columns["program"]])
    times = people.columns["submitted"].astype("datetime64[s]").tolist()
    put("@submitted", [_write_time(one) for one in times])
    status, finished = styles.get("@status", ""), styles.get("@finished", "")
    put("@status", status)
    by_time = "@finished" in columns and columns["@finished"] == columns.get("@submitted")
    if not by_time:
        put("@finished", finished)
    put("@weight", "1")
    put("@response_id", [f"S_{random.getrandbits(60):015x}" for _ in range(people.size)])
    put("@email_1", who.emails)
    put("@ip_1", who.addresses)
    parts = sorted(role for role in columns if role.startswith("@person_"))
    for role in parts:
        put(role, who.codes)
    for role in columns:
        if role.startswith("@") and role.endswith("_1") and role not in (
            "@email_1", "@ip_1", "@person_1"
        ) and not role.startswith(("@other", "@joined", "@exclude")):  # fmt: skip
            put(role, who.codes)
    _mark_unfinished(people, sheet, columns, finished)
    _fill_blank(people, sheet, columns)
    rows = [list(row) for row in sheet]
    dropped = _compose_dropped(people, rows, columns, styles, supply, random)
    return [*rows, *dropped]


def _mark_unfinished(
    people: People, sheet: np.ndarray, columns: Mapping[str, Column], finished: str
) -> None:
    """Let as many kept rows be unfinished as are told."""
    count = int(people.shown.find(people.wave, ALL, "unfinished") or 0)
    if count and "@finished" in columns and columns["@finished"] != columns.get("@submitted"):
        chosen = people.rng.permutation(people.size)[:count]
        sheet[chosen, columns["@finished"].position] = _UNFINISHED.get(finished.casefold(), "False")


def _fill_blank(people: People, sheet: np.ndarray, columns: Mapping[str, Column]) -> None:
    """Let whoever gave no usable answer write that there is none, as a response has an answer."""
    sources = [one for one in list_sources(people.cohort.codebook, people.wave)
               if one.column in columns]  # fmt: skip
    used = [columns[one.column].position for one in sources]
    blank = np.flatnonzero((sheet[:, used] == "").all(axis=1)) if used else np.zeros(0, dtype=int)
    plain = [one for one in sources if one.option is None]
    for source in sorted(plain, key=lambda one: not people.variables[one.variable].is_numeric):
        asked = people.asked(source.variable)
        able = blank[asked[blank]]
        sheet[able, columns[source.column].position] = _NO_ANSWER
        blank = blank[~asked[blank]]


def pass_rule(rule: Exclusion, *, is_dropped: bool = False) -> str:
    """Return a cell that a rule keeps, or one that it drops."""
    wanted, other = (rule.wanted or [""])[0], "(other)"
    if rule.equals is not None:
        return wanted if is_dropped else other if rule.missing == "exclude" else ""
    if rule.differs is not None:
        return other if is_dropped else wanted
    if rule.below is not None or rule.above is not None:
        edge = rule.below if rule.below is not None else rule.above
        assert edge is not None
        step = -1 if rule.below is not None else 1
        return f"{edge + step:g}" if is_dropped else f"{edge - step:g}"
    if rule.is_of_day:
        day = rule.before or rule.after
        assert day is not None
        step = -1 if rule.before else 1
        moved = datetime.timedelta(step if is_dropped else -step)
        return (day + moved).isoformat()
    return "" if rule.blank is is_dropped else "x"


def _write_time(time: datetime.datetime | None) -> str:
    return "" if time is None else time.isoformat(" ", "seconds")


def _compose_dropped(
    people: People,
    rows: list[list[str]],
    columns: Mapping[str, Column],
    styles: dict[str, str],
    supply: Iterator[tuple[str, str, str]],
    random: Random,
) -> list[list[str]]:
    """Return the rows that are no responses, as many for each reason as estimates tell."""
    shown, wave = people.shown, people.wave
    known = shown.of_part(wave, ALL, "dropped")
    rules = {rule.name: rule for rule in people.cohort.study.exclusions(wave)}
    made: list[list[str]] = []

    def at(role: str) -> int:
        return columns[role].position if role in columns else -1

    def copy(row: list[str]) -> list[str]:
        new = list(row)
        email, address, code = next(supply)
        for role, text in (("@email_1", email), ("@ip_1", address), ("@person_1", code)):
            if at(role) >= 0:
                new[at(role)] = text
        if at("@response_id") >= 0:
            new[at("@response_id")] = f"S_{random.getrandbits(60):015x}"
        return new

    for (reason, statistic), (count, _) in sorted(known.items()):
        if statistic != "count" or not reason or reason == REPEAT:
            continue
        for _ in range(int(count)):
            row = copy(rows[random.randrange(len(rows))])
            if reason in _STATUS and at("@status") >= 0:
                is_code = styles.get("@status", "") == "0"
                row[at("@status")] = (_CODES if is_code else _STATUS)[reason]
            elif reason == NO_ANSWER:
                row = _leave_blank(row, columns)
            elif reason == NO_PROGRAM and at("@program") >= 0:
                row[at("@program")] = "(another program)"
            elif reason == "unfinished" and at("@finished") >= 0:
                if at("@finished") == at("@submitted"):
                    row[at("@finished")] = ""
                else:
                    done = styles.get("@finished", "")
                    row[at("@finished")] = _UNFINISHED.get(done.casefold(), "False")
            elif reason in rules and at(f"@exclude_{reason}") >= 0:
                row[at(f"@exclude_{reason}")] = pass_rule(rules[reason], is_dropped=True)
            elif reason in rules and at("@submitted") >= 0:
                row[at("@submitted")] = pass_rule(rules[reason], is_dropped=True)
            else:
                continue
            made.append(row)
    made += _compose_repeats(people, rows, columns, copy, random)
    return made


def _leave_blank(row: list[str], columns: Mapping[str, Column]) -> list[str]:
    kept = {
        column.position
        for role, column in columns.items()
        if role.startswith("@") and not role.startswith("@other") and column.position >= 0
    }
    return [cell if place in kept else "" for place, cell in enumerate(row)]


def _compose_repeats(
    people: People, rows: list[list[str]], columns: Mapping[str, Column], copy: Any, random: Random
) -> list[list[str]]:
    """Return rows that are somebody's again, told by whatever the survey has to tell it by."""
    count = people.shown.find(people.wave, ALL, "dropped", REPEAT)
    shared = people.shown.find(people.wave, ALL, "shared_addresses") or 0
    by = next((one for one in ("@email_1", "@person_1") if one in columns), None)
    if not count or by is None:
        return []
    made = []
    has_address = "@ip_1" in columns and columns["@ip_1"].position >= 0
    for number, place in enumerate(random.sample(range(len(rows)), min(int(count), len(rows)))):
        row, again = rows[place], copy(rows[place])
        again[columns[by].position] = row[columns[by].position]
        if has_address and number < shared:
            again[columns["@ip_1"].position] = row[columns["@ip_1"].position]
        made.append(again)
    if has_address:
        _share_networks(rows, columns["@ip_1"].position, int(shared) - len(made), made, random)
    return made


def _share_networks(
    rows: list[list[str]], at: int, count: int, made: list[list[str]], random: Random
) -> None:
    """Let some people answer from one network, as a household does."""
    taken = {row[at] for row in made}
    free = [place for place, row in enumerate(rows) if row[at] not in taken]
    random.shuffle(free)
    for one, other in zip(free[0 : 2 * max(count, 0) : 2], free[1 : 2 * max(count, 0) : 2],
                          strict=False):  # fmt: skip
        rows[other][at] = rows[one][at]
