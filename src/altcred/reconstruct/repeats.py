"""People who answer a survey twice, and people who share an address within a wave."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from altcred.kinds import kind_of
from altcred.kinds.variable import column_of
from altcred.reconstruct.assumptions import Identities
from altcred.reconstruct.people import find_countries
from altcred.reconstruct.roster import Roster, Sketch, Supply, compare, refuse

Member = tuple[int, Sketch]


@dataclass(frozen=True)
class Counts:
    """How many addresses of a wave are shared, and how many rows are repeats."""

    shared_addresses: int
    repeats: int


class Sharing:
    """The shared addresses of one wave: who is at each, and who answers twice from there."""

    def __init__(self, roster: Roster, settings: Identities, supply: Supply) -> None:
        self.roster, self.settings, self.supply = roster, settings, supply
        self.random, self.rules = supply.random, roster.rules
        self.free = [place for place in range(len(roster.frame)) if place not in roster.linked]
        self.random.shuffle(self.free)
        self.used: set[int] = set()
        self.last_moment: Any = max(roster.times, default=None)
        country = find_countries(roster.codebook)
        self.home: list[Any] = [None] * len(roster.frame)
        if country is not None and country in roster.frame:
            self.home = roster.answers(country)
        self.near: dict[Any, list[int]] = defaultdict(list)
        for place in self.free:
            self.near[self.home[place]].append(place)

    def share_addresses(self, wanted: Counts) -> list[list[int]]:
        """Put people at shared addresses and make the repeats; return the kept rows by address."""
        wave = self.roster.wave
        couples = self._choose_couples(self.settings.two_programs.get(wave, 0))
        groups = []
        for repeats in self._plan_repeats(wanted):
            group: list[Member] = []
            for times in repeats:
                self._add_repeater(group, times)
            if not repeats and couples:
                group += [(place, self.roster.sketches[place]) for place in couples.pop()]
            for _ in range(self._draw_company(bool(group))):
                self._add_company(group)
            if len(group) < 2:
                raise refuse(
                    f"shared_addresses.{wave}",
                    "there are too few people who could share an address.",
                    "Ask for fewer shared addresses.",
                )
            address = next(self.supply.addresses)
            kept = sorted({place for place, _ in group})
            for place in kept:
                self.roster.addresses[place] = address
            groups.append(kept)
        return groups

    def _plan_repeats(self, wanted: Counts) -> list[list[int]]:
        """Plan for each shared address how many repeats each of its repeating people has."""
        likely = max(1, round(self.settings.repeat_addresses * wanted.shared_addresses))
        holding = min(wanted.repeats, wanted.shared_addresses, likely)
        if wanted.repeats and not holding:
            raise refuse(
                "repeats", "repeats need shared addresses.", "Give shared_addresses as well."
            )
        counts = [1] * holding
        for _ in range(wanted.repeats - holding):
            counts[self.random.randrange(holding)] += 1
        plans: list[list[int]] = [[] for _ in range(wanted.shared_addresses)]
        for plan, count in zip(plans, counts, strict=False):
            while sum(plan) < count:
                plan.append(min(count - sum(plan), self.random.choice([1, 1, 1, 2, 2, 3])))
        return plans

    def _draw_company(self, is_begun: bool) -> int:
        if is_begun:
            return self.random.choice([0, 0, 0, 0, 0, 0, 1, 1, 2])
        # A few addresses are those of a school or a large company.
        if self.random.random() < 0.02:
            return self.random.randrange(8, 25)
        return 2 + int(self.random.expovariate(1.2))

    def _choose_couples(self, wanted: int) -> list[tuple[int, int]]:
        """Choose pairs of rows in different programs that are one person's, or could well be."""
        persons, sketches = self.roster.persons, self.roster.sketches
        rows: dict[int, list[int]] = defaultdict(list)
        for place in self.free:
            rows[persons[place]].append(place)
        couples = [(places[0], places[1]) for places in rows.values() if len(places) == 2][:wanted]
        alike: dict[Any, list[int]] = defaultdict(list)
        for place in self.free if len(couples) < wanted else []:
            known = sketches[place].demographics[:5]
            if len(rows[persons[place]]) == 1 and None not in known:
                alike[known].append(place)
        # Degrees and jobs change, so some of a person's answers to two programs may differ.
        likely = sorted(
            (compare(sketches[one].demographics, sketches[two].demographics)[0], one, two)
            for places in alike.values()
            for one, two in pairwise(places)
            if self.roster.programs[one] != self.roster.programs[two]
        )
        chosen: set[int] = set()
        for _, one, two in likely:
            if len(couples) < wanted and not chosen & {one, two}:
                chosen |= {one, two}
                couples.append((one, two))
                persons[two] = persons[one]
        for one, two in couples:
            self.used |= {one, two}
            self.roster.emails[one] = self.roster.emails[two] = next(self.supply.emails)
        self.random.shuffle(couples)
        return couples

    def _add_company(self, group: list[Member]) -> None:
        for place in self._candidates(group):
            sketch = self.roster.sketches[place]
            if self._is_apart(group, place, sketch):
                self.used.add(place)
                group.append((place, sketch))
                return

    def _candidates(self, group: list[Member]) -> Iterator[int]:
        """Yield people who are free, those of the address's country first."""
        for _ in range(60 if group else 0):
            place = self.random.choice(self.near[self.home[group[0][0]]])
            if place not in self.used:
                yield place
        for _ in range(400):
            place = self.random.choice(self.free)
            if place not in self.used:
                yield place
        for place in self.free:
            if place not in self.used:
                yield place

    def _is_apart(self, group: list[Member], place: int, sketch: Sketch) -> bool:
        """Tell whether the procedure would never take a row for another person at the address."""
        return all(
            other == place or sketch.is_distinct(known, self.rules) for other, known in group
        )

    def _add_repeater(self, group: list[Member], times: int) -> None:
        """Add a person and so many repeats of theirs to an address."""
        shares = self.settings.repeat_by.model_dump()
        (drawn,) = self.random.choices(list(shares), list(shares.values()))
        for way in [drawn, *(other for other in shares if other != drawn)]:
            for place in self._candidates(group):
                drafts = self._draft_repeats(group, place, times, way)
                if drafts:
                    self.used.add(place)
                    group.append((place, self.roster.sketches[place]))
                    for changes, draft, is_shown in drafts:
                        self.roster.repeats.append((place, changes, is_shown))
                        group.append((place, draft))
                    return
        raise refuse(
            f"repeats.{self.roster.wave}",
            "there are too few people who could have answered twice.",
            "Ask for fewer repeats.",
        )

    def _draft_repeats(
        self, group: list[Member], place: int, times: int, way: str
    ) -> list[tuple[dict[str, Any], Sketch, bool]]:
        """Draft a person's repeats that a way gives away; none where the person does not suit."""
        sketch = self.roster.sketches[place]
        answered = sum(value is not None for value in sketch.demographics)
        told = sum(value is not None for value in sketch.circumstances)
        suits = {
            "email": bool(self.roster.shows[place]),
            "demographics": True,
            "circumstances": told >= self.rules.minimum_circumstances,
        }
        if (
            not suits[way]
            or answered < self.rules.minimum_demographics
            or self.roster.times[place] > self.last_moment - timedelta(days=2)
            or not self._is_apart(group, place, sketch)
        ):
            return []
        drafts = [self._draft_repeat(place, way) for _ in range(times)]
        is_apart = all(self._is_apart(group, place, draft) for _, draft, _ in drafts)
        return drafts if is_apart else []

    def _draft_repeat(self, place: int, way: str) -> tuple[dict[str, Any], Sketch, bool]:
        """Draft what a repeat answers otherwise than its original, and whether it gives an e-mail.

        Nothing that is compared is changed, but some of it is left unanswered.
        """
        sketch = self.roster.sketches[place]
        names = self.roster.asked(self.rules.demographics)
        answers = dict(zip(names, sketch.demographics, strict=True))
        given = [name for name in names if answers[name] is not None]
        keep = len(given)
        if way == "circumstances":
            keep = self.random.randrange(1, self.rules.minimum_demographics)
        elif way == "demographics":
            keep = self.random.randrange(self.rules.minimum_demographics, len(given) + 1)
        elif self.random.random() < 0.3:
            keep = self.random.randrange(0, len(given) + 1)
        kept = set(self.random.sample(given, keep))
        known = tuple(answers[name] if name in kept else None for name in names)
        # Where the original gave no e-mail, that of a repeat has nothing to be compared with.
        is_shown = way == "email" or (not self.roster.shows[place] and self.random.random() < 0.3)
        changes = {name: None for name in given if name not in kept}
        return changes, Sketch(sketch.program, known, sketch.circumstances), is_shown


def list_repeats(roster: Roster, supply: Supply) -> Iterator[dict[str, Any]]:
    """Yield the rows of a wave's repeats: later, and other in what nothing compares."""
    last = max(roster.times, default=None)
    fixed = _compared_or_needed(roster)
    for place, changes, _ in roster.repeats:
        row = roster.frame.iloc[place].to_dict() | changes
        row |= _vary(roster, row, fixed, supply)
        yield row | {"submitted": _draw_later(roster.times[place], last, supply)}


def _draw_later(moment: Any, last: Any, supply: Supply) -> Any:
    """Draw when somebody answers again: within the hour, in the next course, or months on."""
    hours = supply.random.choice([0.3, 2, 30, 24 * 20, 24 * 60, 24 * 120])
    later = moment + timedelta(seconds=int(hours * 3600 * (0.5 + supply.random.random())) + 60)
    if later < last:
        return later
    room = int((last - moment).total_seconds())
    return moment + timedelta(seconds=supply.random.randrange(60, room))


def _compared_or_needed(roster: Roster) -> set[str]:
    """Return the variables that rules compare or that decide who was asked another one."""
    fixed = {*roster.rules.demographics, *roster.rules.circumstances}
    for variable in roster.codebook.variables.values():
        fixed |= {*variable.condition_in(roster.wave), *variable.asked_if}
        fixed |= {name for one in variable.categories.values() for name in one.asked_if}
    return fixed


def _vary(roster: Roster, row: dict[str, Any], fixed: set[str], supply: Supply) -> dict[str, Any]:
    """Change some of a repeat's answers that nothing compares and nothing depends on."""
    wave, random = roster.wave, supply.random
    changed: dict[str, Any] = {}
    for name, variable in roster.codebook.variables.items():
        if wave not in variable.question or name in fixed or random.random() < 0.6:
            continue
        if kind_of(variable).has_ticks:
            columns = [column_of(name, one) for one in variable.categories_in(wave)]
            columns = [column for column in columns if row.get(column) is not None]
            if columns:
                column = random.choice(columns)
                changed[column] = not row[column]
        elif row.get(name) is None:
            continue
        elif kind_of(variable).is_ordered:
            offered = list(variable.categories_in(wave))
            near = offered.index(row[name]) + random.choice([-1, 0, 1])
            changed[name] = offered[min(max(near, 0), len(offered) - 1)]
        elif kind_of(variable).is_typed or random.random() < 0.3:
            changed[name] = None
    return changed
