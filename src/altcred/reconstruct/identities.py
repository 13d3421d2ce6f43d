"""Who the reconstructed people are: e-mail and network addresses, repeats, true links.

E-mail addresses lie on domains reserved for examples, network addresses in blocks that belong
to nobody. What the matching rules of study.yaml can find, and what they cannot, is decided here
and written down as the truth.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, pairwise
from random import Random
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from altcred.core.errors import InvalidInput, Problem
from altcred.core.paths import cohort_dir
from altcred.describe.codebook import Codebook, column_of
from altcred.describe.study import Described, Name, Panel, Study, problems_of_model, read_yaml

if TYPE_CHECKING:
    import pandas as pd

DOMAINS = ("example.com", "example.org", "example.net")
# Benchmarking, shared address space, private use and documentation: nobody's addresses.
BLOCKS = (
    "198.18.0.0/15",
    "100.64.0.0/10",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "203.0.113.0/24",
    "198.51.100.0/24",
    "192.0.2.0/24",
)
_GIVEN_NAMES = """
ada ali amara ana andrei anita arjun aya bela bruno carla chen chidi dana daniel deepa diego
elena emeka emil eva farah felix fatima gita grace hana hugo ines ivan jamal jana javier jin
joao jonas julia kai kofi lars laura leila lena li lucia luis maria marta mei mia milan mona
nadia neha nikos nina noor olga omar pablo paula petra priya rahul ravi rosa sam sara sofia
suresh tara tariq tom uma vera victor wei yara yuki zane zoe
"""
GIVEN = _GIVEN_NAMES.split()
_FAMILY_NAMES = """
abebe adams ahmed almeida andersson baker banerjee becker bello brown castro chan chavez
costa cruz das diaz dubois eze fernandes fischer garcia gomez gupta haddad hansen huang
hussain ibrahim ivanov jansen jones kamau kaur khan kim kovacs kumar lee lima lopez mehta
mensah miller molina moreau nair nguyen novak nunez okafor oliveira park patel pereira
petrov popov quispe rao reyes rossi ruiz sato schmidt sharma silva singh smith suzuki tan
torres tran vargas walker wang weber wong yadav yilmaz zhang
"""
FAMILY = _FAMILY_NAMES.split()
Share = float


class Dirt(Described):
    """How much of what a real export has besides answers is in the reconstructed one."""

    previews: dict[Name, int] = Field(
        default_factory=dict, description="Survey previews, by wave; not among the raw responses"
    )
    tests: dict[Name, int] = Field(default_factory=dict, description="Generated test responses")
    spam: dict[Name, int] = Field(default_factory=dict, description="Rows marked as spam")
    unanswered: dict[Name, int] = Field(
        default_factory=dict, description="Rows opened and left without any answer"
    )
    unreadable: dict[Name, Share] = Field(
        default_factory=dict,
        description="Of those asked a number who gave none: the share who typed something else",
    )
    unreadable_otherwise: Share = Field(
        default=0.05, ge=0, le=1, description="The same share of the numbers not named"
    )
    written_freely: Share = Field(
        default=0.2, ge=0, le=1, description="Share of numbers typed with units, signs or words"
    )


class PairWays(Described):
    """Shares of the findable pairs by the rule that finds them."""

    email: Share = Field(default=0.75, ge=0, le=1)
    ip: Share = Field(default=0.15, ge=0, le=1)
    demographics: Share = Field(default=0.10, ge=0, le=1)


class RepeatWays(Described):
    """Shares of the repeats by what gives them away."""

    email: Share = Field(default=0.55, ge=0, le=1)
    demographics: Share = Field(default=0.30, ge=0, le=1)
    circumstances: Share = Field(default=0.15, ge=0, le=1)


class Identities(Described):
    """Assumptions on identifiers that the printed figures leave open.

    `shared_addresses` and `repeats` are only needed of a wave whose figures are not printed.
    """

    email_given: dict[Name, Share] = Field(
        default_factory=dict, description="Share of people who gave an e-mail address, by wave"
    )
    shared_addresses: dict[Name, int] = Field(default_factory=dict)
    repeats: dict[Name, int] = Field(default_factory=dict)
    repeat_addresses: Share = Field(
        default=0.4, ge=0, le=1, description="Share of shared addresses that hold a repeat"
    )
    repeat_by: RepeatWays = RepeatWays()
    two_programs: dict[Name, int] = Field(
        default_factory=dict,
        description="Shared addresses of one person who answered in two programs, by wave",
    )
    pair_by: PairWays = PairWays()
    unfindable: int = Field(
        default=0, ge=0, description="People in both waves whom no rule can find"
    )
    addresses_in_both: int = Field(
        default=0, ge=0, description="Addresses that different people used in both waves"
    )
    dirt: Dirt = Dirt()


@dataclass
class Identified:
    """One wave's rows, the kept ones first and then their repeats, with their identities.

    `original` is the place of the row that a repeat repeats, -1 of a kept row. `emails` holds
    None where none was given.
    """

    rows: "pd.DataFrame"
    persons: list[int]
    emails: list[str | None]
    addresses: list[str]
    original: list[int]
    addresses_elsewhere: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Link:
    """Two rows, by their places in two waves, of one person; `found_by` is empty if none can."""

    waves: tuple[str, str]
    first: int
    second: int
    found_by: str


@dataclass(frozen=True)
class Counts:
    """How many addresses of a wave are shared, and how many rows are repeats."""

    shared_addresses: int
    repeats: int


@dataclass(frozen=True)
class _Sketch:
    """What the procedure for duplicates compares of one row."""

    program: str
    demographics: tuple[Any, ...]
    circumstances: tuple[Any, ...]


def load_identities(cohort: str) -> Identities:
    """Read and validate `identities` of cohorts/COHORT/reconstruction.yaml."""
    path = cohort_dir(cohort) / "reconstruction.yaml"
    content = read_yaml(path)
    section = (content or {}).get("identities", {}) if isinstance(content, dict) else {}
    try:
        return Identities.model_validate(section)
    except ValidationError as error:
        problems = [
            Problem(problem.file, f"identities.{problem.where}", problem.message, problem.remedy)
            for problem in problems_of_model(path, error)
        ]
        raise InvalidInput(problems) from None


def identify_people(
    frames: "dict[str, pd.DataFrame]",
    study: Study,
    codebook: Codebook,
    settings: Identities,
    counts: dict[str, Counts],
    seed: int,
) -> tuple[dict[str, Identified], list[Link]]:
    """Give everybody an identity, add the repeats, and return the true links of the panels.

    Exactly `counts` addresses of a wave are shared by two or more rows and exactly so many rows
    are repeats that the procedure of `study.duplicates` finds. InvalidInput where the frames
    have too few people for that.
    """
    return _Identifier(frames, study, codebook, settings, counts, Random(f"{seed} people")).run()


def draw_addresses(random: Random, taken: set[str]) -> Iterator[str]:
    """Yield IPv4 addresses that belong to nobody, none of them twice and none of the taken."""
    blocks = [ipaddress.ip_network(block) for block in BLOCKS]
    starts = [int(block.network_address) for block in blocks]
    sizes = [block.num_addresses for block in blocks]
    weights = list(accumulate(min(size, 2**18) for size in sizes))
    given = set(taken)
    while True:
        (place,) = random.choices(range(len(blocks)), cum_weights=weights)
        number = starts[place] + random.randrange(sizes[place])
        address = str(ipaddress.IPv4Address(number))
        # An address that ends in 0 or 255 looks like a network's own.
        if number % 256 in (0, 255) or address in given:
            continue
        given.add(address)
        yield address


def draw_emails(random: Random) -> Iterator[str]:
    """Yield invented e-mail addresses on reserved domains, none of them twice."""
    given: set[str] = set()
    while True:
        first, last = random.choice(GIVEN), random.choice(FAMILY)
        number = random.choice(
            ["", str(random.randrange(1, 99)), str(random.randrange(1950, 2009))]
        )
        local = random.choice(
            [f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first[0]}",
             f"{first}_{last}", f"{first}-{last}", f"{last}{first}", f"{first}.x.{last}"]
        )  # fmt: skip
        email = f"{local}{number}@{random.choice(DOMAINS)}"
        if email not in given:
            given.add(email)
            yield email


def values_of(frame: "pd.DataFrame", codebook: Codebook, variable: str) -> list[Any]:
    """Return a variable's answers row by row, None where there is none.

    A multiple answer is the tuple of its ticked categories.
    """
    described = codebook.variables[variable]
    if described.kind != "multiple":
        return [None if value is None or value != value else value for value in frame[variable]]
    columns = {
        category: frame[column_of(variable, category)].tolist()
        for category in described.categories
        if column_of(variable, category) in frame
    }
    answers = []
    for row in range(len(frame)):
        ticked = tuple(name for name, cells in columns.items() if cells[row] in (True, 1))
        answers.append(ticked or None)
    return answers


class _Identifier:
    """The one draw of identities; each step leaves what it decided to the next."""

    def __init__(
        self,
        frames: "dict[str, pd.DataFrame]",
        study: Study,
        codebook: Codebook,
        settings: Identities,
        counts: dict[str, Counts],
        random: Random,
    ) -> None:
        import pandas as pd

        self.study = study
        self.codebook = codebook
        self.settings = settings
        self.counts = counts
        self.random = random
        self.frames = {wave: _blank_missing(frame) for wave, frame in frames.items()}
        self.free_addresses = draw_addresses(random, set())
        self.free_emails = draw_emails(random)
        waves = list(self.frames)
        self.persons = {wave: [int(one) for one in self.frames[wave]["person"]] for wave in waves}
        self.programs = {wave: self.frames[wave]["program"].tolist() for wave in waves}
        self.times = {wave: list(pd.to_datetime(frames[wave]["submitted"])) for wave in waves}
        # Whether a row gives its e-mail address; None until it is decided.
        self.shows: dict[str, list[bool | None]] = {
            wave: [None] * len(self.frames[wave]) for wave in waves
        }
        self.address: dict[str, list[str | None]] = {
            wave: [None] * len(self.frames[wave]) for wave in waves
        }
        self.email: dict[str, list[str | None]] = {
            wave: [None] * len(self.frames[wave]) for wave in waves
        }
        self.of_both: dict[str, set[int]] = {wave: set() for wave in waves}
        # Answers as lists, which are read row by row faster than columns of a frame.
        self.answers: dict[tuple[str, str], list[Any]] = {}
        self.compared = {wave: self._read_compared(wave) for wave in waves}
        self.last_moment = {wave: max(self.times[wave], default=None) for wave in waves}
        self.repeats: dict[str, list[tuple[int, dict[str, Any], bool]]] = {
            wave: [] for wave in waves
        }

    def run(self) -> tuple[dict[str, Identified], list[Link]]:
        links = []
        for panel in self.study.panels:
            if {panel.first, panel.second} <= set(self.frames):
                links += self._link_waves(panel)
        for wave in self.frames:
            self._decide_emails(wave)
        groups = {wave: self._share_addresses(wave) for wave in self.frames}
        if self.study.panels and self.settings.addresses_in_both:
            self._use_addresses_again(self.study.panels[0], groups)
        self._give_the_rest()
        people = {wave: self._gather(wave) for wave in self.frames}
        for wave, one in people.items():
            one.addresses_elsewhere = {
                address
                for other, others in people.items()
                if other != wave
                for address in others.addresses
            }
        return people, links

    # The same people in two waves

    def _link_waves(self, panel: Panel) -> list[Link]:
        """Decide by which rule each person of both waves is found, and give what that needs."""
        first, second = panel.first, panel.second
        who = {wave: self._who(wave) for wave in (first, second)}
        begin = {key: place for place, key in enumerate(who[first])}
        findable, hidden = [], []
        for place, key in enumerate(who[second]):
            if key in begin:
                is_pair = bool(self.frames[second]["pair"].iloc[place])
                (findable if is_pair else hidden).append((begin[key], place))
        # Who of a further panel cannot be found was decided when its answers were drawn.
        is_first = panel is self.study.panels[0]
        missing = self.settings.unfindable - len(hidden) if is_first else 0
        if missing > 0:
            hidden += self._choose_unfindable(panel, missing, {*findable, *hidden})
        ways = [*self._choose_ways(panel, findable), *("" for _ in hidden)]
        links = []
        for (one, two), way in zip([*findable, *hidden], ways, strict=True):
            links.append(Link((first, second), one, two, way))
            self._identify_pair(panel, one, two, way)
        self.of_both[first] |= {link.first for link in links}
        self.of_both[second] |= {link.second for link in links}
        self._part_lookalikes(panel, links)
        return links

    def _who(self, wave: str) -> list[tuple[str, int]]:
        return list(zip(self.programs[wave], self.persons[wave], strict=True))

    def _choose_unfindable(
        self, panel: Panel, wanted: int, pairs: set[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Choose rows of the two waves that could well be one person's."""
        first, second = panel.first, panel.second
        taken = {one for one, _ in pairs}, {two for _, two in pairs}
        traits = _demographic_keys(panel)[:5]
        index = defaultdict(list)
        for place, key in enumerate(self._keys(first, traits)):
            if None not in key and place not in taken[0]:
                index[key].append(place)
        chosen = []
        candidates = [
            (place, key)
            for place, key in enumerate(self._keys(second, traits))
            if None not in key and place not in taken[1] and key in index
        ]
        self.random.shuffle(candidates)
        for place, key in candidates:
            earlier = [
                one
                for one in index[key]
                if self.times[first][one] + timedelta(days=3) < self.times[second][place]
            ]
            if earlier and len(chosen) < wanted:
                one = self.random.choice(earlier)
                index[key].remove(one)
                self._rename(self.persons[second][place], self.persons[first][one])
                chosen.append((one, place))
        return chosen

    def _rename(self, old: int, new: int) -> None:
        """Number a person otherwise, in every wave."""
        for persons in self.persons.values():
            for place, person in enumerate(persons):
                if person == old:
                    persons[place] = new

    def _keys(self, wave: str, variables: list[str]) -> list[tuple[Any, ...]]:
        """Return program and the variables' answers, row by row."""
        answers = [values_of(self.frames[wave], self.codebook, name) for name in variables]
        return list(zip(self.programs[wave], *answers, strict=True))

    def _agree(self, panel: Panel, one: int, two: int, variables: Sequence[str]) -> bool:
        """Tell whether two rows of the panel's waves disagree in none of the variables."""
        first, second = panel.first, panel.second
        for name in variables:
            if name in ("email", "ip"):
                continue
            here = self._answer(first, name, one)
            there = self._answer(second, name, two)
            if here is not None and there is not None and here != there:
                return False
        return True

    def _answer(self, wave: str, variable: str, place: int) -> Any:
        if (wave, variable) not in self.answers:
            values = self.frames[wave][variable]
            self.answers[wave, variable] = [None if v is None or v != v else v for v in values]
        return self.answers[wave, variable][place]

    def _choose_ways(self, panel: Panel, pairs: list[tuple[int, int]]) -> list[str]:
        first, second = panel.first, panel.second
        ways = ["" for _ in pairs]
        rules = {rule.keys[0]: rule for rule in panel.rules if len(rule.keys) == 1}
        keys = _demographic_keys(panel)
        if keys:
            known = {wave: self._keys(wave, keys) for wave in (first, second)}
            often = {wave: _count(known[wave]) for wave in (first, second)}
            suited = [
                place
                for place, (one, two) in enumerate(pairs)
                if None not in known[first][one]
                and known[first][one] == known[second][two]
                and often[first][known[first][one]] == often[second][known[second][two]] == 1
            ]
            self.random.shuffle(suited)
            for place in suited[: round(self.settings.pair_by.demographics * len(pairs))]:
                ways[place] = "demographics"
        if "ip" in rules:
            suited = [
                place
                for place, (one, two) in enumerate(pairs)
                if not ways[place] and self._agree(panel, one, two, rules["ip"].agree)
            ]
            self.random.shuffle(suited)
            for place in suited[: round(self.settings.pair_by.ip * len(pairs))]:
                ways[place] = "ip"
        # Somebody of an earlier panel may be one who kept the e-mail address to themselves.
        return [
            way or ("" if self.shows[first][one] is False else "email")
            for way, (one, _) in zip(ways, pairs, strict=True)
        ]

    def _identify_pair(self, panel: Panel, one: int, two: int, way: str) -> None:
        first, second = panel.first, panel.second
        email, other = next(self.free_emails), next(self.free_emails)
        address, elsewhere = next(self.free_addresses), next(self.free_addresses)
        shown = self.random.choice([(True, False), (False, True), (False, False)])
        was_shown = self.shows[first][one]
        if self.email[first][one] is not None:
            # Somebody of an earlier panel has an identity already.
            email, address = self.email[first][one], self.address[first][one]
        if way == "email":
            shown, other = (True, True), email
            if self.random.random() < 0.3:
                elsewhere = address
        elif way == "ip":
            elsewhere = address
            if self.random.random() < 0.4:
                shown = (True, True)
        elif way == "":
            shown = self.random.choice([(True, True), shown])
        for wave, place, mail, ip, is_shown in (
            (first, one, email, address, shown[0] if was_shown is None else was_shown),
            (second, two, other, elsewhere, shown[1]),
        ):
            self.email[wave][place] = mail
            self.address[wave][place] = ip
            self.shows[wave][place] = is_shown

    def _part_lookalikes(self, panel: Panel, links: list[Link]) -> None:
        """Let different people whose demographics agree in both waves show their own e-mails.

        Among so many people some agree by chance in everything that the demographic rule
        compares. Two e-mail addresses that differ are how a reader tells them apart.
        """
        keys = _demographic_keys(panel)
        if not keys:
            return
        waves = (panel.first, panel.second)
        known = {wave: self._keys(wave, keys) for wave in waves}
        both = set(known[waves[0]]) & set(known[waves[1]])
        found: dict[str, set[int]] = {
            waves[0]: {link.first for link in links if link.found_by},
            waves[1]: {link.second for link in links if link.found_by},
        }
        for wave in waves:
            for place, key in enumerate(known[wave]):
                if key in both and None not in key and place not in found[wave]:
                    self.shows[wave][place] = True

    def _decide_emails(self, wave: str) -> None:
        share = self.settings.email_given.get(wave, 0.6)
        shows = self.shows[wave]
        # What the lookalikes had to show is taken off the others, so that the share comes out.
        open_places = [place for place, shown in enumerate(shows) if shown is None]
        shown_already = sum(1 for shown in shows if shown)
        if open_places:
            share = min(1.0, max(0.0, (share * len(shows) - shown_already) / len(open_places)))
        for place in open_places:
            shows[place] = self.random.random() < share

    # People who share an address within a wave

    def _read_compared(self, wave: str) -> list[_Sketch]:
        frame, rules = self.frames[wave], self.study.duplicates
        asked = [
            [
                values_of(frame, self.codebook, name)
                for name in names
                if wave in self.codebook.variables[name].question
            ]
            for names in (rules.demographics, rules.circumstances)
        ]
        demographics, circumstances = (
            list(zip(*answers, strict=True)) if answers else [()] * len(frame) for answers in asked
        )
        return [
            _Sketch(program, known, told)
            for program, known, told in zip(
                frame["program"], demographics, circumstances, strict=True
            )
        ]

    def _share_addresses(self, wave: str) -> list[list[int]]:
        """Put people at shared addresses and make the repeats; return the kept rows by address."""
        wanted = self.counts.get(wave, Counts(0, 0))
        self.free_places = [
            place for place in range(len(self.frames[wave])) if place not in self.of_both[wave]
        ]
        self.random.shuffle(self.free_places)
        self.used: set[int] = set()
        self.countries: dict[Any, list[int]] = defaultdict(list)
        country = next(
            (name for name, one in self.codebook.variables.items() if one.kind == "country"), None
        )
        here = (
            values_of(self.frames[wave], self.codebook, country)
            if country in self.frames[wave]
            else [None] * len(self.frames[wave])
        )
        for place in self.free_places:
            self.countries[here[place]].append(place)
        self.country_of = here
        groups = []
        couples = self._choose_couples(wave, self.settings.two_programs.get(wave, 0))
        for repeats in self._plan_repeats(wanted):
            group: list[tuple[int, _Sketch]] = []
            for times in repeats:
                self._add_repeater(wave, group, times)
            if not repeats and couples:
                one, two = couples.pop()
                group += [(one, self.compared[wave][one]), (two, self.compared[wave][two])]
            size = self._draw_company(bool(group))
            for _ in range(size):
                self._add_company(wave, group)
            rows = len(group)
            if rows < 2:
                raise InvalidInput(
                    [
                        Problem(
                            "reconstruction.yaml",
                            f"identities.shared_addresses.{wave}",
                            "there are too few people who could share an address.",
                            "Ask for fewer shared addresses.",
                        )
                    ]
                )
            address = next(self.free_addresses)
            kept = sorted({place for place, _ in group})
            for place in kept:
                self.address[wave][place] = address
            groups.append(kept)
        return groups

    def _plan_repeats(self, wanted: Counts) -> list[list[int]]:
        """Plan for each shared address how many repeats each of its repeating people has."""
        holding = min(
            wanted.repeats,
            wanted.shared_addresses,
            max(1, round(self.settings.repeat_addresses * wanted.shared_addresses)),
        )
        if wanted.repeats and not holding:
            raise InvalidInput(
                [
                    Problem(
                        "reconstruction.yaml",
                        "identities.repeats",
                        "repeats need shared addresses.",
                        "Give shared_addresses as well.",
                    )
                ]
            )
        counts = [1] * holding
        for _ in range(wanted.repeats - holding):
            counts[self.random.randrange(holding)] += 1
        plans = []
        for count in counts:
            plan = []
            while count:
                times = min(count, self.random.choice([1, 1, 1, 2, 2, 3]))
                plan.append(times)
                count -= times
            plans.append(plan)
        plans += [[] for _ in range(wanted.shared_addresses - holding)]
        return plans

    def _draw_company(self, is_begun: bool) -> int:
        if is_begun:
            return self.random.choice([0, 0, 0, 0, 0, 0, 1, 1, 2])
        # A few addresses are those of a school or a large company.
        if self.random.random() < 0.02:
            return self.random.randrange(8, 25)
        return 2 + int(self.random.expovariate(1.2))

    def _choose_couples(self, wave: str, wanted: int) -> list[tuple[int, int]]:
        """Choose pairs of rows in different programs that are one person's, or could well be."""
        couples = []
        rows: dict[Any, list[int]] = defaultdict(list)
        for place in self.free_places:
            rows[self.persons[wave][place]].append(place)
        for places in rows.values():
            if len(places) == 2 and len(couples) < wanted:
                couples.append((places[0], places[1]))
        alike: dict[Any, list[int]] = defaultdict(list)
        for place in self.free_places if len(couples) < wanted else []:
            sketch = self.compared[wave][place]
            if len(rows[self.persons[wave][place]]) == 1 and None not in sketch.demographics[:5]:
                alike[sketch.demographics[:5]].append(place)
        # Degrees and jobs change, so some of a person's answers to two programs may differ.
        likely = sorted(
            (_disagreements(self.compared[wave][one], self.compared[wave][two]), one, two)
            for places in alike.values()
            for one, two in pairwise(places)
            if self.programs[wave][one] != self.programs[wave][two]
        )
        chosen: set[int] = set()
        for _, one, two in likely:
            if len(couples) < wanted and not chosen & {one, two}:
                chosen |= {one, two}
                couples.append((one, two))
                self.persons[wave][two] = self.persons[wave][one]
        for one, two in couples:
            self.used |= {one, two}
            email = next(self.free_emails)
            self.email[wave][one] = self.email[wave][two] = email
        self.random.shuffle(couples)
        return couples

    def _add_repeater(self, wave: str, group: list[tuple[int, _Sketch]], times: int) -> None:
        """Add a person and so many repeats of theirs to an address."""
        for way in self._order_ways():
            for place in self._candidates(group):
                drafts = self._draft_repeats(wave, group, place, times, way)
                if drafts:
                    self.used.add(place)
                    group.append((place, self.compared[wave][place]))
                    for changes, draft, is_shown in drafts:
                        self.repeats[wave].append((place, changes, is_shown))
                        group.append((place, draft))
                    return
        raise InvalidInput(
            [
                Problem(
                    "reconstruction.yaml",
                    f"identities.repeats.{wave}",
                    "there are too few people who could have answered twice.",
                    "Ask for fewer repeats.",
                )
            ]
        )

    def _order_ways(self) -> list[str]:
        """Draw what gives a person's repeats away; what else could follows."""
        shares = self.settings.repeat_by.model_dump()
        (way,) = self.random.choices(list(shares), list(shares.values()))
        return [way, *(other for other in shares if other != way)]

    def _draft_repeats(
        self, wave: str, group: list[tuple[int, _Sketch]], place: int, times: int, way: str
    ) -> list[tuple[dict[str, Any], _Sketch, bool]]:
        """Draft a person's repeats that a way gives away; none where the person does not suit."""
        rules = self.study.duplicates
        sketch = self.compared[wave][place]
        answered = sum(value is not None for value in sketch.demographics)
        told = sum(value is not None for value in sketch.circumstances)
        suits = {
            "email": bool(self.shows[wave][place]),
            "demographics": True,
            "circumstances": told >= rules.minimum_circumstances,
        }
        if (
            not suits[way]
            or answered < rules.minimum_demographics
            or self.times[wave][place] > self.last_moment[wave] - timedelta(days=2)
            or not self._is_apart(group, place, sketch)
        ):
            return []
        drafts = [self._draft_repeat(wave, place, way) for _ in range(times)]
        is_apart = all(self._is_apart(group, place, draft) for _, draft, _ in drafts)
        return drafts if is_apart else []

    def _draft_repeat(
        self, wave: str, place: int, way: str
    ) -> tuple[dict[str, Any], _Sketch, bool]:
        """Draft what a repeat answers otherwise than its original, and whether it gives an e-mail.

        Nothing that is compared is changed, but some of it is left unanswered.
        """
        rules = self.study.duplicates
        sketch = self.compared[wave][place]
        names = [
            name for name in rules.demographics if wave in self.codebook.variables[name].question
        ]
        answers = dict(zip(names, sketch.demographics, strict=True))
        given = [name for name in names if answers[name] is not None]
        keep = len(given)
        if way == "circumstances":
            keep = self.random.randrange(1, rules.minimum_demographics)
        elif way == "demographics":
            keep = self.random.randrange(rules.minimum_demographics, len(given) + 1)
        elif self.random.random() < 0.3:
            keep = self.random.randrange(0, len(given) + 1)
        kept = set(self.random.sample(given, keep))
        changes: dict[str, Any] = {name: None for name in given if name not in kept}
        draft = _Sketch(
            sketch.program,
            tuple(answers[name] if name in kept else None for name in names),
            sketch.circumstances,
        )
        # Where the original gave no e-mail, that of a repeat has nothing to be compared with.
        is_shown = way == "email" or (not self.shows[wave][place] and self.random.random() < 0.3)
        return changes, draft, is_shown

    def _candidates(self, group: list[tuple[int, _Sketch]]) -> Iterator[int]:
        """Yield people who are free, those of the address's country first."""
        if group:
            near = self.countries[self.country_of[group[0][0]]]
            for _ in range(60):
                place = self.random.choice(near)
                if place not in self.used:
                    yield place
        for _ in range(400):
            place = self.random.choice(self.free_places)
            if place not in self.used:
                yield place
        for place in self.free_places:
            if place not in self.used:
                yield place

    def _is_apart(self, group: list[tuple[int, _Sketch]], place: int, sketch: _Sketch) -> bool:
        """Tell whether the procedure would never take a row for another person at the address."""
        return all(other == place or self._are_distinct(sketch, known) for other, known in group)

    def _are_distinct(self, one: _Sketch, two: _Sketch) -> bool:
        if one.program != two.program:
            return True
        disagreements = _disagreements(one, two)
        answered = sum(
            here is not None and there is not None
            for here, there in zip(one.demographics, two.demographics, strict=True)
        )
        if answered >= self.study.duplicates.minimum_demographics:
            return disagreements >= 2
        differing = sum(
            here is not None and there is not None and here != there
            for here, there in zip(one.circumstances, two.circumstances, strict=True)
        )
        return disagreements >= 1 or differing >= 1

    def _add_company(self, wave: str, group: list[tuple[int, _Sketch]]) -> None:
        for place in self._candidates(group):
            sketch = self.compared[wave][place]
            if self._is_apart(group, place, sketch):
                self.used.add(place)
                group.append((place, sketch))
                return

    def _use_addresses_again(self, panel: Panel, groups: dict[str, list[list[int]]]) -> None:
        """Let some addresses of different people be the same in both waves, as a library's is."""
        first, second = panel.first, panel.second
        rule = next((rule for rule in panel.rules if rule.keys == ["ip"]), None)
        made = 0
        for later in groups[second]:
            for earlier in groups[first]:
                if made == self.settings.addresses_in_both:
                    return
                apart = all(
                    self.programs[first][one] != self.programs[second][two]
                    or (rule is not None and not self._agree(panel, one, two, rule.agree))
                    for one in earlier
                    for two in later
                )
                if apart:
                    for two in later:
                        self.address[second][two] = self.address[first][earlier[0]]
                    groups[first].remove(earlier)
                    made += 1
                    break

    # Everybody else, and the rows themselves

    def _give_the_rest(self) -> None:
        known: dict[int, str] = {}
        for wave, persons in self.persons.items():
            for place, person in enumerate(persons):
                if self.email[wave][place] is None:
                    if person not in known:
                        known[person] = next(self.free_emails)
                    self.email[wave][place] = known[person]
                if self.address[wave][place] is None:
                    self.address[wave][place] = next(self.free_addresses)

    def _gather(self, wave: str) -> Identified:
        import pandas as pd

        frame = self.frames[wave]
        emails = [
            email if shown else None
            for email, shown in zip(self.email[wave], self.shows[wave], strict=True)
        ]
        addresses = list(self.address[wave])
        persons = list(self.persons[wave])
        original = [-1] * len(frame)
        repeated = []
        moments = []
        for place, changes, is_shown in self.repeats[wave]:
            row = frame.iloc[place].to_dict() | changes
            row |= self._vary(wave, row)
            moments.append(self._draw_later(wave, place))
            row["submitted"] = moments[-1]
            repeated.append(row)
            emails.append(self.email[wave][place] if is_shown else None)
            addresses.append(self.address[wave][place])
            persons.append(persons[place])
            original.append(place)
        rows = frame
        if repeated:
            added = _blank_missing(pd.DataFrame(repeated, columns=frame.columns, dtype=object))
            rows = pd.concat([frame, added], ignore_index=True)
        rows = rows.assign(submitted=pd.to_datetime(pd.Series([*self.times[wave], *moments])))
        return Identified(rows, persons, emails, addresses, original)

    def _draw_later(self, wave: str, place: int) -> Any:
        """Draw when somebody answers again: within the hour, in the next course, or months on."""
        moment = self.times[wave][place]
        hours = self.random.choice([0.3, 2, 30, 24 * 20, 24 * 60, 24 * 120])
        later = moment + timedelta(seconds=int(hours * 3600 * (0.5 + self.random.random())) + 60)
        if later < self.last_moment[wave]:
            return later
        room = int((self.last_moment[wave] - moment).total_seconds())
        return moment + timedelta(seconds=self.random.randrange(60, room))

    def _vary(self, wave: str, row: dict[str, Any]) -> dict[str, Any]:
        """Change some of a repeat's answers that nothing compares and nothing depends on."""
        rules = self.study.duplicates
        fixed = {*rules.demographics, *rules.circumstances}
        for variable in self.codebook.variables.values():
            conditions = [variable.condition_in(wave), variable.asked_if]
            conditions += [category.asked_if for category in variable.categories.values()]
            fixed |= {name for condition in conditions for name in condition}
        changed: dict[str, Any] = {}
        for name, variable in self.codebook.variables.items():
            if wave not in variable.question or name in fixed or self.random.random() < 0.6:
                continue
            if variable.kind == "multiple":
                columns = [
                    column
                    for column in (column_of(name, one) for one in variable.categories_in(wave))
                    if row.get(column) is not None and row[column] == row[column]
                ]
                if columns:
                    column = self.random.choice(columns)
                    changed[column] = not row[column]
            elif row.get(name) is None or row[name] != row[name]:
                continue
            elif variable.kind == "ordered":
                offered = list(variable.categories_in(wave))
                near = offered.index(row[name]) + self.random.choice([-1, 0, 1])
                changed[name] = offered[min(max(near, 0), len(offered) - 1)]
            elif variable.kind == "text" or self.random.random() < 0.3:
                changed[name] = None
        return changed


def _demographic_keys(panel: Panel) -> list[str]:
    """Return what the panel's rule without an address compares; nothing where it has none."""
    for rule in panel.rules:
        if not {"email", "ip"} & set(rule.keys):
            return list(rule.keys)
    return []


def _disagreements(one: _Sketch, two: _Sketch) -> int:
    """Count the demographics that both answered differently."""
    return sum(
        here is not None and there is not None and here != there
        for here, there in zip(one.demographics, two.demographics, strict=True)
    )


def _count(keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    counted: dict[tuple[Any, ...], int] = defaultdict(int)
    for key in keys:
        counted[key] += 1
    return counted


def _blank_missing(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return a frame of plain Python values with None where there is no answer."""
    plain = frame.reset_index(drop=True).astype(object)
    return plain.where(plain.notna(), None)
