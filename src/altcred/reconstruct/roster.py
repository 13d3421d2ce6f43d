"""Everybody of one wave while it is decided who they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from altcred.core.errors import InvalidInput, Problem
from altcred.describe.codebook import Codebook
from altcred.describe.study import Duplicates
from altcred.kinds import kind_of
from altcred.kinds.variable import column_of
from altcred.reconstruct.addresses import draw_addresses, draw_emails

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
        self.shows, self.addresses, self.emails = ([None] * len(self.frame) for _ in range(3))
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
