"""From the people of a stand-in to the rows of its exports, dropped rows among them."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from altcred.clean.exclusions import SAME_RESPONSE, UNFINISHED
from altcred.clean.interpret import NO_ANSWER, NO_PROGRAM, REPEAT
from altcred.clean.roles import PREVIEW, SPAM, TEST
from altcred.core.records import ALL
from altcred.describe.rows import Exclusion
from altcred.kinds import kind_of
from altcred.read.columns import list_sources
from altcred.read.export import Column
from altcred.standin.cells import spoil_cells, write_answer, write_cells
from altcred.standin.moments import write_times
from altcred.standin.people import People
from altcred.standin.rules import pass_rule
from altcred.standin.shapes import RUNNING, draw_code, number_code
from altcred.standin.weigh import write_weights

# What is read as an answer in words that gives none.
_NO_ANSWER = "N/A"
_STATUS = {PREVIEW: "Survey Preview", TEST: "Survey Test", SPAM: "Spam"}
_CODES = {PREVIEW: "1", TEST: "2", SPAM: "8"}
_UNFINISHED = {"true": "False", "1": "0", "yes": "No", "100": "40", "2": "0", "y": "N",
               "complete": "Incomplete", "completed": "Partial", "finished": "Started"}  # fmt: skip
_BY_PERSON = ("@email_1", "@ip_1", "@person_1")


@dataclass
class Identities:
    """Who the people of a survey are: an address, a network and a code each."""

    emails: list[str]
    addresses: list[str]
    codes: list[str]


@dataclass
class Table:
    """The rows of one survey: cells by the role of their column, and when each was submitted.

    `same` are rows that are a response of another file again, with the row they are alike.
    """

    cells: dict[str, np.ndarray]
    times: list[datetime.datetime | None]
    same: dict[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.times)

    def put(self, role: str, cells: Any) -> None:
        if role in self.cells:
            self.cells[role][:] = cells

    def add(self, rows: Sequence[int], changes: Sequence[Mapping[str, str]]) -> None:
        """Add rows that are like others but for some cells."""
        for role, held in self.cells.items():
            more = held[list(rows)]
            for at, change in enumerate(changes):
                more[at] = change.get(role, more[at])
            self.cells[role] = np.concatenate([held, more])
        self.times += [self.times[row] for row in rows]


@dataclass
class Composer:
    """Composes the rows of one survey of which the columns are known."""

    people: People
    columns: Mapping[str, Sequence[Column]]
    styles: dict[str, str]
    supply: Iterator[tuple[str, str, str]]
    random: Random
    zone: str = ""
    # Which rows are of people of another survey as well, so that they need a code.
    linked: np.ndarray | None = None
    # How many rows of other surveys in the same files each rule drops already.
    dropped_already: Mapping[str, int] = field(default_factory=dict)
    # How many answers to each question could not be used, and why.
    unusable: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def rules(self) -> dict[str, Exclusion]:
        return {one.name: one for one in self.people.cohort.study.exclusions(self.people.wave)}

    def compose(self, who: Identities) -> Table:
        """Return the rows of everybody who is kept, and of what is dropped."""
        people, settings = self.people, self.people.cohort.study.waves[self.people.wave]
        times = people.columns["submitted"].astype("datetime64[s]").tolist()
        written = [role for role in self.columns if role not in self._written_as_other()]
        table = Table({role: np.full(people.size, "", dtype=object) for role in written}, times)
        for rule in self.rules.values():
            table.put(f"@exclude_{rule.name}", pass_rule(rule))
        for source in list_sources(people.cohort.codebook, people.wave):
            if source.column in self.columns:
                columns = self.columns[source.column]
                cells = write_cells(people, source, columns, self.styles, settings.decimal)
                if source.option is None and (counts := self.unusable.get(source.variable)):
                    spoil_cells(people, source, columns, self.styles, cells, counts, self.random)
                table.put(source.column, cells)
        self._fill_blank(table)
        self._put_roles(table, who)
        self._mark_unfinished(table)
        self._take_codes(table)
        self._add_dropped(table)
        self._add_repeats(table)
        self._number(table)
        return table

    def _place_of(self, role: str) -> int:
        return self.columns[role][0].position

    def _written_as_other(self) -> set[str]:
        """Return the roles of columns that are written for another role of theirs.

        A rule may look at a question, a response be finished by its time, an id be a code.
        """
        taken: dict[int, str] = {}
        ranks = ("@exclude", "@response_id", "@finished", "@other")
        for role in sorted(self.columns, key=lambda one: one.startswith(ranks)):
            if self._place_of(role) >= 0:
                taken.setdefault(self._place_of(role), role)
        return {role for role in self.columns if taken.get(self._place_of(role), role) != role}

    def _spread(self, change: Mapping[str, str]) -> dict[str, str]:
        """Return a change of cells by every role that their columns have."""
        places = {self._place_of(role): text for role, text in change.items()
                  if role in self.columns}  # fmt: skip
        return {
            role: places[self._place_of(role)] for role in self.columns
            if self._place_of(role) in places
        }  # fmt: skip

    # Kept rows -----------------------------------------------------------------------------

    def _put_roles(self, table: Table, who: Identities) -> None:
        people, styles = self.people, self.styles
        programs = people.cohort.study.programs
        written = {
            name: styles.get(f"@program={name}", (one.answers or [one.label])[0])
            for name, one in programs.items()
        }
        table.put("@program", [written.get(one, "") for one in people.columns["program"]])
        pattern = styles.get("@submitted", "")
        table.put("@submitted", write_times(pattern, table.times, self.zone))
        table.put("@status", styles.get("@status", ""))
        if not self.tells_by_time:
            table.put("@finished", styles.get("@finished", ""))
        if "@weight" in self.columns:
            table.put("@weight", write_weights(people))
        table.put("@email_1", who.emails)
        table.put("@ip_1", who.addresses)
        taken = ("@email", "@ip_", "@other", "@joined", "@exclude", "@response_id")
        for role in self.columns:
            ending = role.rpartition("_")[2]
            if role.startswith("@") and ending.isdigit() and not role.startswith(taken):
                table.put(role, [self._write_code(role, one) for one in who.codes])

    def _write_code(self, role: str, code: str) -> str:
        """Write a code in the shape that those of its column have."""
        shape = self.styles.get(role, "")
        if not shape or not code:
            return code
        number = int(code.strip("S"))
        return str(number) if shape == RUNNING else number_code(shape, number) or code

    @property
    def tells_by_time(self) -> bool:
        finished, submitted = self.columns.get("@finished"), self.columns.get("@submitted")
        return bool(finished and submitted and finished[0].position == submitted[0].position)

    def _left_unfinished(self) -> dict[str, str]:
        """Return what says of a row that it is not finished."""
        if self.tells_by_time:
            return {"@finished": "", "@submitted": ""}
        done = self.styles.get("@finished", "")
        short = _UNFINISHED.get(done.casefold(), "False")
        return {"@finished": short.upper() if done.isupper() else short}

    def _fill_blank(self, table: Table) -> None:
        """Let whoever gave no usable answer write that there is none: a response has an answer."""
        people = self.people
        sources = [one for one in list_sources(people.cohort.codebook, people.wave)
                   if one.column in table.cells]  # fmt: skip
        held = [table.cells[one.column] == "" for one in sources]
        blank = np.flatnonzero(np.all(held, axis=0)) if held else np.zeros(0, dtype=int)
        plain = [one for one in sources if one.option is None]
        for source in sorted(plain, key=lambda one: not people.variables[one.variable].is_numeric):
            asked = people.asked(source.variable)
            table.cells[source.column][blank[asked[blank]]] = _NO_ANSWER
            blank = blank[~asked[blank]]

    def _mark_unfinished(self, table: Table) -> None:
        count = self.people.shown.find(self.people.wave, ALL, UNFINISHED) or 0
        for row in self.random.sample(range(table.size), min(int(count), table.size)):
            for role, text in self._spread(self._left_unfinished()).items():
                if role in table.cells:
                    table.cells[role][row] = text

    def _take_codes(self, table: Table) -> None:
        """Leave out the codes of as many as gave none, of people of this survey alone."""
        count = self.people.shown.find(self.people.wave, ALL, "without_code") or 0
        roles = [role for role in table.cells if role.startswith("@person_")]
        free = [at for at in range(table.size) if self.linked is None or not self.linked[at]]
        if roles and count:
            for row in self.random.sample(free, min(int(count), len(free))):
                for role in roles:
                    table.cells[role][row] = ""

    # Dropped rows --------------------------------------------------------------------------

    def _new_person(self) -> dict[str, str]:
        email, address, code = next(self.supply)
        made = dict(zip(_BY_PERSON, (email, address, code), strict=True))
        made |= {
            role: self._write_code(role, code)
            for role in self.columns
            if role.startswith("@person_")
        }
        return made

    def _add_dropped(self, table: Table) -> None:
        """Add the rows that are no responses, as many for each reason as estimates tell."""
        known = self.people.shown.of_part(self.people.wave, ALL, "dropped")
        rows: list[int] = []
        changes: list[dict[str, str]] = []
        size = table.size
        for (reason, statistic), (count, _) in sorted(known.items()):
            if statistic != "count" or not reason or reason == REPEAT or not size:
                continue
            change = self._change_for(reason)
            if change is None or (change and not set(change) & set(self.columns)):
                continue
            for _ in range(max(int(count) - self.dropped_already.get(reason, 0), 0)):
                row = self.random.randrange(size)
                if reason == SAME_RESPONSE:
                    table.same[size + len(rows)] = row
                    changes.append({})
                else:
                    changes.append(self._spread(self._new_person() | change))
                rows.append(row)
        table.add(rows, changes)

    def _change_for(self, reason: str) -> dict[str, str] | None:
        """Return the cells that let a row drop out for a reason; None where none can."""
        if reason in _STATUS:
            is_code = self.styles.get("@status", "") == "0"
            return {"@status": (_CODES if is_code else _STATUS)[reason]}
        if reason == NO_ANSWER:
            return {
                role: "" for role in self.columns
                if not role.startswith("@") or role.startswith("@other")
            }  # fmt: skip
        if reason == NO_PROGRAM:
            return {"@program": "(another program)"}
        if reason == UNFINISHED:
            return self._left_unfinished()
        if reason == SAME_RESPONSE:
            # In one file alone an id that stands twice is none.
            return {} if any(len(ones) > 1 for ones in self.columns.values()) else None
        if reason == "without_weight":
            return {"@weight": ""}
        rule = self.rules.get(reason)
        if rule is None:
            return None
        if rule.variable is not None:
            return self._change_answer(rule)
        role = f"@exclude_{reason}" if rule.column else "@submitted"
        text = pass_rule(rule, is_dropped=True)
        if rule.is_of_day and rule.blank is None:
            day = datetime.datetime.fromisoformat(text)
            pattern = self.styles.get("@submitted", "") if not rule.column else ""
            text = write_times(pattern, [day], "")[0] if pattern else text
        return {role: text}

    def _change_answer(self, rule: Exclusion) -> dict[str, str] | None:
        """Return the answer that a rule drops, as its column writes it."""
        name, people = rule.variable or "", self.people
        columns = self.columns.get(name)
        if columns is None:
            return None
        variable = people.variables[name]
        if rule.blank is not None or not variable.categories:
            return {name: pass_rule(rule, is_dropped=True)}
        wanted = variable.expand_groups(rule.wanted)
        options = [one for one in variable.categories_in(people.wave)
                   if (one in wanted) == (rule.equals is not None)]  # fmt: skip
        if not options or kind_of(variable).has_ticks:
            return None
        decimal = people.cohort.study.waves[people.wave].decimal
        source = next(one for one in list_sources(people.cohort.codebook, people.wave)
                      if one.column == name)  # fmt: skip
        return {name: write_answer(people, source, columns, self.styles, decimal, options[0])}

    def _add_repeats(self, table: Table) -> None:
        """Add rows that are somebody's again, told by whatever the survey has to tell it by."""
        people, kept = self.people, self.people.size
        count = int(people.shown.find(people.wave, ALL, "dropped", REPEAT) or 0)
        shared = int(people.shown.find(people.wave, ALL, "shared_addresses") or 0)
        # Who has a code is told by it alone, others by an address.
        roles = [one for one in self.columns if one == "@email_1" or one.startswith("@person_")]
        able = [at for at in range(kept) if any(table.cells[one][at] for one in roles)]
        rows = self.random.sample(able, min(count, len(able)))
        changes = []
        for number in range(len(rows)):
            change = self._new_person()
            own = [*roles, *(["@ip_1"] if number < shared else [])]
            changes.append({role: text for role, text in change.items() if role not in own})
        table.add(rows, changes)
        if "@ip_1" in self.columns:
            self._share_networks(table, shared - min(len(rows), shared), set(rows))

    def _share_networks(self, table: Table, count: int, taken: set[int]) -> None:
        """Let some people answer from one network, as a household does."""
        free = [row for row in range(self.people.size) if row not in taken]
        self.random.shuffle(free)
        for one, other in zip(free[0 : 2 * count : 2], free[1 : 2 * count : 2], strict=False):
            table.cells["@ip_1"][other] = table.cells["@ip_1"][one]

    def _number(self, table: Table) -> None:
        """Write what tells responses apart, those that are the same alike."""
        if "@response_id" not in table.cells:
            return
        shape = self.styles.get("@response_id", "")
        order = {row: at for at, row in enumerate(order_rows(table), start=1)}
        ids: list[str] = []
        for row in range(table.size):
            if row in table.same:
                ids.append(ids[table.same[row]])
            elif shape == RUNNING:
                ids.append(str(order[row]))
            else:
                drawn = draw_code(shape, self.random) if shape else ""
                ids.append(drawn or f"S_{self.random.getrandbits(60):015x}")
        table.put("@response_id", ids)


def order_rows(table: Table) -> list[int]:
    """Return the rows by when they were submitted, by chance where that is not known."""
    chance = Random(f"{table.size}")
    order = list(range(table.size))
    chance.shuffle(order)
    none = datetime.datetime.min
    return sorted(order, key=lambda row: table.times[row] or none)
