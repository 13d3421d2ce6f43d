"""Everybody of one wave while it is decided who they are, and addresses that are nobody's.

E-mail addresses lie on domains reserved for examples, network addresses in blocks not in use.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any

from altcred.core.errors import InvalidInput, Problem
from altcred.describe.codebook import Codebook
from altcred.describe.study import Duplicates
from altcred.kinds import kind_of
from altcred.kinds.variable import column_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Supply:
    """Chance, and the addresses that it gives out, none of them twice."""

    random: Random

    def __post_init__(self) -> None:
        self.emails: Iterator[str] = draw_emails(self.random)
        self.addresses: Iterator[str] = draw_addresses(self.random, set())


@dataclass(frozen=True)
class Sketch:
    """What the procedure for repeats compares of one row."""

    program: str
    demographics: tuple[Any, ...]
    circumstances: tuple[Any, ...]

    def is_distinct(self, other: "Sketch", rules: Duplicates) -> bool:
        """Tell whether the procedure would take two rows for different people's."""
        if self.program != other.program:
            return True
        disagreements, compared = compare(self.demographics, other.demographics)
        if compared >= rules.minimum_demographics:
            return disagreements >= 2
        return disagreements >= 1 or compare(self.circumstances, other.circumstances)[0] >= 1


def compare(one: Sequence[Any], two: Sequence[Any]) -> tuple[int, int]:
    """Count how many answers differ, and how many both gave."""
    both = [(a, b) for a, b in zip(one, two, strict=True) if a is not None and b is not None]
    return sum(a != b for a, b in both), len(both)


@dataclass
class Roster:
    """One wave's rows, and their identities as far as they are decided: an entry a row.

    `shows` says whether a row gives its e-mail address. `linked` are rows of people of another
    wave; `repeats` holds the row repeated, the answers that differ, and whether an e-mail is given.
    """

    wave: str
    frame: "pd.DataFrame"
    codebook: Codebook
    rules: Duplicates

    persons: list[int] = field(init=False)
    shows: list[bool | None] = field(init=False)
    addresses: list[str | None] = field(init=False)
    emails: list[str | None] = field(init=False)
    linked: set[int] = field(default_factory=set)
    repeats: list[tuple[int, dict[str, Any], bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        import pandas as pd

        self.times: list[pd.Timestamp] = list(pd.to_datetime(self.frame["submitted"]))
        self.frame = blank_missing(self.frame)
        self.persons = [int(one) for one in self.frame["person"]]
        self.programs: list[str] = self.frame["program"].tolist()
        self.shows = [None] * len(self.frame)
        self.addresses, self.emails = [None] * len(self.frame), [None] * len(self.frame)
        self._answers: dict[str, list[Any]] = {}

    def answers(self, variable: str) -> list[Any]:
        """Return a variable's answers row by row, None where there is none; ticks as a tuple."""
        if variable not in self._answers:
            self._answers[variable] = values_of(self.frame, self.codebook, variable)
        return self._answers[variable]

    def keys(self, variables: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return program and the variables' answers, row by row."""
        return list(zip(self.programs, *map(self.answers, variables), strict=True))

    def asked(self, names: Sequence[str]) -> list[str]:
        """Return those of some variables that the wave asked."""
        return [name for name in names if self.wave in self.codebook.variables[name].question]

    @cached_property
    def sketches(self) -> list[Sketch]:
        """What the procedure for repeats compares of each row."""
        demographics = self.keys(self.asked(self.rules.demographics))
        circumstances = self.keys(self.asked(self.rules.circumstances))
        return [
            Sketch(known[0], known[1:], told[1:])
            for known, told in zip(demographics, circumstances, strict=True)
        ]


def values_of(frame: "pd.DataFrame", codebook: Codebook, variable: str) -> list[Any]:
    """Return a variable's answers row by row, None where there is none; ticks as a tuple."""
    described = codebook.variables[variable]
    if not kind_of(described).has_ticks:
        return [None if value is None or value != value else value for value in frame[variable]]
    offered = [c for c in described.categories if column_of(variable, c) in frame]
    cells = [frame[column_of(variable, category)].tolist() for category in offered]
    return [
        tuple(c for c, cell in zip(offered, row, strict=True) if cell in (True, 1)) or None
        for row in zip(*cells, strict=True)
    ]


def blank_missing(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return a frame of plain Python values with None where there is no answer."""
    plain = frame.reset_index(drop=True).astype(object)
    return plain.where(plain.notna(), None)


def refuse(key: str, message: str, remedy: str) -> InvalidInput:
    """Return the refusal of an assumption on identities that the people drawn cannot meet."""
    return InvalidInput([Problem("reconstruction.yaml", f"identities.{key}", message, remedy)])


DOMAINS = ("example.com", "example.org", "example.net")
# Benchmarking, shared address space, private use and documentation: nobody's addresses.
BLOCKS = (
    *("198.18.0.0/15", "100.64.0.0/10", "10.0.0.0/8", "172.16.0.0/12"),
    *("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"),
)
_GIVEN_NAMES = """
ada ali amara ana andrei anita arjun aya bela bruno carla chen chidi dana daniel deepa diego
elena emeka emil eva farah felix fatima gita grace hana hugo ines ivan jamal jana javier jin
joao jonas julia kai kofi lars laura leila lena li lucia luis maria marta mei mia milan mona
nadia neha nikos nina noor olga omar pablo paula petra priya rahul ravi rosa sam sara sofia
suresh tara tariq tom uma vera victor wei yara yuki zane zoe
"""
_FAMILY_NAMES = """
abebe adams ahmed almeida andersson baker banerjee becker bello brown castro chan chavez
costa cruz das diaz dubois eze fernandes fischer garcia gomez gupta haddad hansen huang
hussain ibrahim ivanov jansen jones kamau kaur khan kim kovacs kumar lee lima lopez mehta
mensah miller molina moreau nair nguyen novak nunez okafor oliveira park patel pereira
petrov popov quispe rao reyes rossi ruiz sato schmidt sharma silva singh smith suzuki tan
torres tran vargas walker wang weber wong yadav yilmaz zhang
"""
GIVEN, FAMILY = _GIVEN_NAMES.split(), _FAMILY_NAMES.split()


def draw_addresses(random: Random, taken: set[str]) -> Iterator[str]:
    """Yield IPv4 addresses that belong to nobody, none of them twice and none of the taken."""
    blocks = [ipaddress.ip_network(block) for block in BLOCKS]
    weights = list(accumulate(min(block.num_addresses, 2**18) for block in blocks))
    given = set(taken)
    while True:
        (block,) = random.choices(blocks, cum_weights=weights)
        number = int(block.network_address) + random.randrange(block.num_addresses)
        address = str(ipaddress.IPv4Address(number))
        # An address that ends in 0 or 255 looks like a network's own.
        if number % 256 not in (0, 255) and address not in given:
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
