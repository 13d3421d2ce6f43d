"""Places, which are numbers of people among estimates, and what relations among these say.

A place is a number of people: those of a subgroup of a wave who gave one answer to a question, who
answered it at all (category ''), or who were asked (ASKED). A relation says of a weighted sum of
places between which two numbers it lies, whatever the answers are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

# Variable, whose answers are counted (see name_people), and category.
Place = tuple[str, str, str]
# The least and the greatest that a count can be.
Ends = tuple[float, float]
# Places and how many people they hold, or the ends of it; None where that is hidden.
Counts = Mapping[Place, float | Ends | None]
# The category of all who were asked a question.
ASKED = "asked"
# The variable that counts people themselves.
PEOPLE = "responses"
INFINITE = float("inf")
# Into what pairs fall by one answer, as core/paired.py counts them: who moved, and all.
MOVED, STAYED = ("only_first", "only_second"), ("both", "neither")
PAIRED = {*MOVED, *STAYED}
# What mean and standard deviation tell: the sums of the answers and of their squares.
SUM, SQUARES = "sum", "sum of squares"

_OF = " | "


def name_people(wave: str, subgroup: str) -> str:
    """Return the name of the people of a subgroup in a wave, which may be a panel's side."""
    return f"{wave}{_OF}{subgroup}"


def split_people(people: str) -> tuple[str, str]:
    """Return the wave and the subgroup of some people by their name."""
    wave, _, subgroup = people.partition(_OF)
    return wave, subgroup


def name_rest(people: str, *parts: str) -> str:
    """Return the name of those of some people who are in none of some parts, or gave no answer."""
    return f"{people} besides {', '.join(sorted({*parts}))}"


@dataclass(frozen=True)
class Relation:
    """A weighted sum of places, and the two numbers that it lies between."""

    weights: Mapping[Place, float]
    low: float = 0.0
    high: float = 0.0

    def holds(self, cells: Counts) -> bool:
        """Tell whether it is true of these counts, or can be where some of them are not known.

        It is not where one of its places is not among them.
        """
        if not self.weights.keys() <= cells.keys():
            return False
        least = most = 0.0
        for place, weight in self.weights.items():
            low, high = ends_of(cells[place]) if weight else (0, 0)
            least += weight * (low if weight > 0 else high)
            most += weight * (high if weight > 0 else low)
        return least <= self.high and self.low <= most


def ends_of(count: float | Ends | None) -> Ends:
    """Return the least and the greatest that a count can be."""
    if count is None:
        return 0, INFINITE
    return count if isinstance(count, tuple) else (count, count)


def equate(whole: Place, parts: Iterable[Place]) -> Relation:
    """Return that parts add up to a whole."""
    return Relation({**dict.fromkeys(parts, 1.0), whole: -1.0})


def cap(some: Collection[Place], *others: Place) -> Relation:
    """Return that some places together hold no more people than others together."""
    weights = {**dict.fromkeys(some, 1.0)}
    for one in others:
        weights[one] = weights.get(one, 0.0) - 1.0
    return Relation(weights, low=-INFINITE)
