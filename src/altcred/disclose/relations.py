"""What anyone knows of the counts among estimates: which add up to others, and which hold others.

A place is a number of people: those of a subgroup of a wave who gave one answer to a question, who
answered it at all (category ''), or who were asked (ASKED). A relation says of a weighted sum of
places between which two numbers it lies, whatever the answers are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from altcred.core.intervals import Interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import ZEROS
from altcred.disclose.ranges import STRETCH, cut_ranges, list_parts, list_sizes

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
# What mean and standard deviation tell: the sums of the answers and of their squares.
SUM, SQUARES = "sum", "sum of squares"
# They are told to six digits, so that they are off by so much of themselves at most.
_DIGITS = 6e-6
# Into what pairs fall by one answer, as core/paired.py counts them.
PAIRED = {"both", "only_first", "only_second", "neither"}


_OF = " | "


def name_people(wave: str, subgroup: str) -> str:
    """Return the name of the people of a subgroup in a wave, which may be a panel's side."""
    return f"{wave}{_OF}{subgroup}"


def split_people(people: str) -> tuple[str, str]:
    """Return the wave and the subgroup of some people by their name."""
    wave, _, subgroup = people.partition(_OF)
    return wave, subgroup


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


@dataclass(frozen=True)
class Question:
    """What the description of a variable says of how many gave its answers.

    `groups` maps each group to the answers that it holds; `ranges` are those of a number, which may
    be one that `is_whole`. Who answered gave one answer if `is_exclusive`, and at least one if
    `is_ticked`. `asked_of` is the one question, and its answers, on which it depends who was asked;
    of several answers at once where that `is_exclusive` no more.

    `counts` says of answers that they are those of who gave any of some answers to another
    question, and `parts_of` names the question whose answered ones the answers part. Of the people
    themselves `sizes` says of which answers subgroups are the sum.
    """

    is_exclusive: bool = False
    is_ticked: bool = False
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    ranges: Mapping[str, Interval] = field(default_factory=dict)
    is_whole: bool = False
    asked_of: tuple[str, Collection[str]] | None = None
    counts: Mapping[str, tuple[str, Collection[str]]] = field(default_factory=dict)
    parts_of: str | None = None
    sizes: Mapping[Place, Sequence[Place]] = field(default_factory=dict)


def list_relations(
    cells: Counts,
    questions: Mapping[str, Question],
    divisions: Mapping[str, Collection[Collection[str]]],
    within: Mapping[str, Sequence[str]] | None = None,
) -> tuple[list[Relation], dict[Place, int | None]]:
    """Return the relations among counts that anybody can know, and that are true of these.

    Where counts are not known, which parts leave nobody over is not taken for granted. `divisions`
    maps people to the lists of people that each divide them, `within` those who were found in two
    waves to themselves in either, and these to all of the wave: of them fewer may count as having
    answered. Also returned are the places of those whom parts leave over of a whole, which nothing
    shows, with their counts, None where these are open.
    """
    named = {name: one.ranges for name, one in questions.items()}
    rests = list_sizes(questions.get(PEOPLE, Question()).sizes, named, cells)
    cells = {**cells, **rests}
    answers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for variable, subgroup, category in cells:
        if category not in (SUM, SQUARES):
            answers[variable, subgroup].append(category)
    found: list[Relation] = []
    for (variable, subgroup), categories in answers.items():
        question = questions.get(variable, Question())
        found += _of_ranges(variable, subgroup, categories, question, cells, rests)
    cells = {**cells, **rests}
    for (variable, subgroup), categories in answers.items():
        question = questions.get(variable, Question())
        found += _within(variable, subgroup, categories, question, cells, rests)
        found += _of_moments(variable, subgroup, categories, question, cells)
        size = (variable, subgroup, "")
        if size in question.sizes and {*question.sizes[size]} <= cells.keys():
            found.append(_equal(size, question.sizes[size]))
        found += _of_asked(variable, subgroup, categories, question, questions, answers)
        found += _of_others(variable, subgroup, question, answers, cells, rests)
        found += _of_pairs(
            variable, subgroup, (within or {}).get(subgroup, ()), answers, cells, rests
        )
        for parts in divisions.get(subgroup, ()):
            is_whole = any(
                _divide(cells, one, subgroup, parts) for one in ((PEOPLE, ""), (variable, ASKED))
            )
            for category in categories:
                inside = [
                    (variable, part, category)
                    for part in parts
                    if category in answers.get((variable, part), ())
                ]
                whole = (variable, subgroup, category)
                if is_whole and len(inside) == len(parts):
                    found.append(_equal(whole, inside))
                elif inside:
                    found.append(_leave(inside, whole, cells, rests))
    known = {**cells, **rests}
    return [one for one in found if one.holds(known)], rests


def _within(
    variable: str,
    subgroup: str,
    categories: Sequence[str],
    question: Question,
    cells: Counts,
    rests: dict[Place, int | None],
) -> Iterator[Relation]:
    """Yield the relations among the answers of a subgroup to one question."""
    places = {category: (variable, subgroup, category) for category in categories}
    whole = places.get("")
    pairs = [places[one] for one in categories if one.endswith(" pairs")]
    single = [
        one
        for one in categories
        if one not in {"", ASKED, NOT_REPORTED, ZEROS}
        and not one.startswith(STRETCH)
        and one not in question.groups
        and places[one] not in pairs
    ]
    if whole is not None:
        if pairs:
            yield _equal(whole, pairs)
        if question.is_ticked and single:
            yield _at_most([whole], *(places[one] for one in single))
        for place in places.values():
            if place[2] not in {"", ASKED, NOT_REPORTED}:
                yield _at_most([place], whole)
        # What happens to add up a reader may take for parts of a whole.
        if single and (
            question.is_exclusive or {*single} >= PAIRED or _add_up(cells, whole, single)
        ):
            yield _leave([places[one] for one in single], whole, cells, rests)
        if variable != PEOPLE:
            yield _at_most([whole], (PEOPLE, subgroup, ""))
    for group, members in question.groups.items():
        if group not in places:
            continue
        inside = [places[one] for one in members if one in places]
        if question.is_exclusive:
            yield _at_most(inside, places[group])
        else:
            yield from (_at_most([one], places[group]) for one in inside)
        if members and places.keys() >= {*members}:
            yield _at_most([places[group]], *(places[one] for one in members))


def _of_ranges(
    variable: str,
    subgroup: str,
    categories: list[str],
    question: Question,
    cells: Counts,
    rests: dict[Place, int | None],
) -> Iterator[Relation]:
    """Yield of what stretches ranges of a number consist that cut each other, and note these."""
    counts = {one: cells[variable, subgroup, one] for one in categories}
    stretches, sums = cut_ranges(
        counts, question.ranges, is_whole=question.is_whole, is_divided=question.is_exclusive
    )
    rests |= {(variable, subgroup, one): count for one, count in stretches.items()}
    categories += stretches
    for one, inside in sums.items():
        yield _equal((variable, subgroup, one), [(variable, subgroup, part) for part in inside])


def _of_moments(
    variable: str, subgroup: str, categories: Sequence[str], question: Question, cells: Counts
) -> Iterator[Relation]:
    """Yield that all answers add up to no less than their ranges begin with, and no more than end.

    Of ranges of one whole number each, or of nobody, the answers are known. Ranges from nought on
    without an end hold every answer; of others both are known only where the counts are.
    """
    whole = (variable, subgroup, "")
    parts = list_parts(
        categories, question.ranges, is_whole=question.is_whole, is_divided=question.is_exclusive
    )
    ranges = {(variable, subgroup, one): held for one, held in parts.items()}
    lows = {place: held.low for place, held in ranges.items() if held.low is not None}
    if not lows or len(lows) < len(ranges) or min(lows.values()) < 0:
        return
    highs = {place: held.high for place, held in ranges.items() if held.high is not None}
    is_open = len(highs) < len(lows)
    is_told = all(low == high for low, high in (ends_of(cells[place]) for place in lows))
    highs |= {one: lows[one] for one in lows if one not in highs and ends_of(cells[one]) == (0, 0)}
    if min(lows.values()) == 0 and is_open and whole in cells:
        yield _equal(whole, lows)
    elif not is_told:
        return
    is_whole = (question.is_whole or is_told) and all(
        lows[place] % 1 == 0 and high - lows[place] in (0, 1) for place, high in highs.items()
    )
    # In units of the greatest, so that a solver's tolerance is one of people.
    unit = max((*lows.values(), *highs.values())) or 1.0
    for category, power in ((SUM, 1), (SQUARES, 2)):
        place = (variable, subgroup, category)
        if not isinstance(total := cells.get(place), int | float):
            continue
        slack, rest = _DIGITS * power * total / unit**power, {place: -(unit**-power)}
        least = {one: (low / unit) ** power for one, low in lows.items()}
        yield Relation(least | rest, -INFINITE, slack)
        if len(highs) == len(lows):
            for tops in (highs, lows) if is_whole else (highs,):
                most = {one: (top / unit) ** power for one, top in tops.items()}
                yield Relation(most | rest, -slack, INFINITE)


def _of_asked(
    variable: str,
    subgroup: str,
    categories: Sequence[str],
    question: Question,
    questions: Mapping[str, Question],
    answers: Mapping[tuple[str, str], Sequence[str]],
) -> Iterator[Relation]:
    """Yield who of those asked answered, and by what answers to another question they were."""
    if ASKED not in categories:
        return
    asked = (variable, subgroup, ASKED)
    yield _at_most([asked], (PEOPLE, subgroup, ""))
    if NOT_REPORTED in categories and "" in categories:
        yield _equal(asked, [(variable, subgroup, ""), (variable, subgroup, NOT_REPORTED)])
    if question.asked_of is None:
        return
    other, wanted = question.asked_of
    on = [(other, subgroup, one) for one in wanted if one in answers.get((other, subgroup), ())]
    if len(on) < len(wanted):
        return
    if questions.get(other, Question()).is_exclusive:
        yield _equal(asked, on)
    else:
        yield from (_at_most([one], asked) for one in on)
        yield _at_most([asked], *on)


def _of_others(
    variable: str,
    people: str,
    question: Question,
    answers: Mapping[tuple[str, str], Sequence[str]],
    cells: Counts,
    rests: dict[Place, int | None],
) -> Iterator[Relation]:
    """Yield what the answers of some people have to do with those to another question."""
    own = answers[variable, people]
    for category, (other, wanted) in question.counts.items():
        there = answers.get((other, people), ())
        if category in own:
            inside = [(other, people, one) for one in wanted if one in there]
            yield from (_at_most([one], (variable, people, category)) for one in inside)
            if len(inside) == len(wanted):
                yield _at_most([(variable, people, category)], *inside)
    if question.parts_of is not None and "" in answers.get((question.parts_of, people), ()):
        parts = [(variable, people, one) for one in own if one]
        yield _leave(parts, (question.parts_of, people, ""), cells, rests)


def _of_pairs(
    variable: str,
    people: str,
    wholes: Sequence[str],
    answers: Mapping[tuple[str, str], Sequence[str]],
    cells: Counts,
    rests: dict[Place, int | None],
) -> Iterator[Relation]:
    """Yield that those who were found in two waves are among all, and who of them told both times.

    How many gave no answer is no such number: an answer may count only where both were given.
    """
    own = answers[variable, people]
    asked, _, answer = variable.partition(":")
    for whole, only in zip(wholes, ("only_first", "only_second"), strict=False):
        there = answers.get((variable, whole), ())
        for category in own:
            if category in there and category != NOT_REPORTED:
                place, of_all = (variable, people, category), (variable, whole, category)
                # That somebody answered once only says nothing of their answers: no secret.
                is_size = variable == PEOPLE
                yield (
                    _at_most([place], of_all) if is_size else _leave([place], of_all, cells, rests)
                )
        if answer and {*own} >= PAIRED and answer in answers.get((asked, whole), ()):
            parts = [(variable, people, one) for one in ("both", only)]
            yield _leave(parts, (asked, whole, answer), cells, rests)


def _add_up(cells: Counts, whole: Place, categories: Sequence[str]) -> bool:
    total, *ends = (ends_of(cells[(*whole[:2], one)]) for one in ("", *categories))
    return all(low == high for low, high in (total, *ends)) and total[0] == sum(
        low for low, _ in ends
    )


def _divide(cells: Counts, size: tuple[str, str], subgroup: str, parts: Collection[str]) -> bool:
    """Tell whether everyone of a subgroup is in one of the parts, as their numbers show."""
    variable, category = size
    sizes = [cells.get((variable, one, category)) for one in (subgroup, *parts)]
    if None in sizes:
        return False
    whole, *ends = (ends_of(size) for size in sizes)
    return sum(low for low, _ in ends) <= whole[1] and whole[0] <= sum(high for _, high in ends)


def _equal(whole: Place, parts: Iterable[Place]) -> Relation:
    return Relation({**dict.fromkeys(parts, 1.0), whole: -1.0})


def _leave(
    parts: Collection[Place],
    whole: Place,
    cells: Counts,
    rests: dict[Place, int | None],
) -> Relation:
    """Return that parts and a rest are a whole, and note the rest.

    Parts that overlap leave none; where nobody is left over, a reader may take it for granted.
    """
    counts = [cells[place] for place in (whole, *parts)]
    (total, _), *others = (ends_of(count) for count in counts)
    left = round(total - sum(count for count, _ in others))
    # Counts that are hidden or rounded tell not whether anybody is left over.
    if left < 0 or not all(isinstance(count, int) for count in counts):
        return _at_most(parts, whole)
    if not left:
        return _equal(whole, parts)
    variable, people, category = whole
    inside = sorted({one if one != category else who for _, who, one in parts})
    rest = (variable, f"{people} besides {', '.join(inside)}", category)
    rests[rest] = left
    return _equal(whole, [*parts, rest])


def _at_most(some: Collection[Place], *others: Place) -> Relation:
    """Return that some places together hold no more people than others together."""
    weights = {**dict.fromkeys(some, 1.0)}
    for one in others:
        weights[one] = weights.get(one, 0.0) - 1.0
    return Relation(weights, low=-INFINITE)
