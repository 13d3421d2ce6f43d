"""What anyone knows of counts among estimates: which add up to others, and which hold others."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from altcred.core.intervals import Interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import ZEROS
from altcred.disclose.moments import bound_sums
from altcred.disclose.places import (
    ASKED,
    MOVED,
    PAIRED,
    PEOPLE,
    SQUARES,
    SUM,
    Counts,
    Place,
    Relation,
    cap,
    ends_of,
    equate,
    name_rest,
)
from altcred.disclose.ranges import STRETCH, cut_ranges, list_parts, list_sizes


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


class _Rests(dict[Place, int | None]):
    """Those whom parts leave over of wholes, and of which of them some may be none."""

    doubtful: Set[tuple[str, str]] = frozenset()


def list_relations(
    cells: Counts,
    questions: Mapping[str, Question],
    divisions: Mapping[str, Collection[Collection[str]]],
    within: Mapping[str, Sequence[str]] | None = None,
    doubtful: Set[tuple[str, str]] = frozenset(),
) -> tuple[list[Relation], dict[Place, int | None]]:
    """Return the relations among counts that anybody can know, and that are true of these.

    Where counts are not known, which parts leave nobody over is not taken for granted. `divisions`
    maps people to the lists of people that each divide them, `within` those who were found in two
    waves to themselves in either, and these to all of the wave: of them fewer may count as having
    answered. Of a question and a rest of people that are `doubtful` nobody can tell which answers
    none of them gave. Also returned are the places of those whom parts leave over of a whole, which
    nothing shows, with their counts, None where these are open.
    """
    named = {name: one.ranges for name, one in questions.items()}
    rests = _Rests(list_sizes(questions.get(PEOPLE, Question()).sizes, named, cells))
    rests.doubtful = doubtful
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
        ranges = list_parts(
            categories,
            question.ranges,
            is_whole=question.is_whole,
            is_divided=question.is_exclusive,
        )
        for parts in ((), *divisions.get(subgroup, ())):
            found += bound_sums(
                variable, subgroup, parts, ranges, cells, is_whole=question.is_whole
            )
        size = (variable, subgroup, "")
        if size in question.sizes and {*question.sizes[size]} <= cells.keys():
            found.append(equate(size, question.sizes[size]))
        found += _of_asked(variable, subgroup, categories, question, questions, answers)
        found += _of_others(variable, subgroup, question, answers, cells, rests)
        found += _of_pairs(variable, subgroup, within or {}, answers, cells, rests)
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
                    found.append(equate(whole, inside))
                elif inside:
                    found.append(_leave(inside, whole, cells, rests))
    found += _of_moves(answers, questions)
    known = {**cells, **rests}
    return [one for one in found if one.holds(known)], rests


def _within(
    variable: str,
    subgroup: str,
    categories: Sequence[str],
    question: Question,
    cells: Counts,
    rests: _Rests,
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
            yield equate(whole, pairs)
        if question.is_ticked and single:
            yield cap([whole], *(places[one] for one in single))
        for place in places.values():
            if place[2] not in {"", ASKED, NOT_REPORTED}:
                yield cap([place], whole)
        # What happens to add up a reader may take for parts of a whole.
        if single and (
            question.is_exclusive or {*single} >= PAIRED or _add_up(cells, whole, single)
        ):
            yield _leave([places[one] for one in single], whole, cells, rests)
        if variable != PEOPLE:
            yield cap([whole], (PEOPLE, subgroup, ""))
    for group, members in question.groups.items():
        if group not in places:
            continue
        inside = [places[one] for one in members if one in places]
        if question.is_exclusive:
            yield cap(inside, places[group])
        else:
            yield from (cap([one], places[group]) for one in inside)
        if members and places.keys() >= {*members}:
            yield cap([places[group]], *(places[one] for one in members))


def _of_ranges(
    variable: str,
    subgroup: str,
    categories: list[str],
    question: Question,
    cells: Counts,
    rests: _Rests,
) -> Iterator[Relation]:
    """Yield of what stretches ranges of a number consist that cut each other, and note these."""
    counts = {one: cells[variable, subgroup, one] for one in categories}
    stretches, sums = cut_ranges(
        counts, question.ranges, is_whole=question.is_whole, is_divided=question.is_exclusive
    )
    rests |= {(variable, subgroup, one): count for one, count in stretches.items()}
    categories += stretches
    for one, inside in sums.items():
        yield equate((variable, subgroup, one), [(variable, subgroup, part) for part in inside])


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
    yield cap([asked], (PEOPLE, subgroup, ""))
    if NOT_REPORTED in categories and "" in categories:
        yield equate(asked, [(variable, subgroup, ""), (variable, subgroup, NOT_REPORTED)])
    if question.asked_of is None:
        return
    other, wanted = question.asked_of
    on = [(other, subgroup, one) for one in wanted if one in answers.get((other, subgroup), ())]
    if len(on) < len(wanted):
        return
    if questions.get(other, Question()).is_exclusive:
        yield equate(asked, on)
    else:
        yield from (cap([one], asked) for one in on)
        yield cap([asked], *on)


def _of_others(
    variable: str,
    people: str,
    question: Question,
    answers: Mapping[tuple[str, str], Sequence[str]],
    cells: Counts,
    rests: _Rests,
) -> Iterator[Relation]:
    """Yield what the answers of some people have to do with those to another question."""
    own = answers[variable, people]
    for category, (other, wanted) in question.counts.items():
        there = answers.get((other, people), ())
        if category in own:
            inside = [(other, people, one) for one in wanted if one in there]
            yield from (cap([one], (variable, people, category)) for one in inside)
            if len(inside) == len(wanted):
                yield cap([(variable, people, category)], *inside)
    if question.parts_of is not None and "" in answers.get((question.parts_of, people), ()):
        parts = [(variable, people, one) for one in own if one]
        yield _leave(parts, (question.parts_of, people, ""), cells, rests)


def _of_pairs(
    variable: str,
    people: str,
    within: Mapping[str, Sequence[str]],
    answers: Mapping[tuple[str, str], Sequence[str]],
    cells: Counts,
    rests: _Rests,
) -> Iterator[Relation]:
    """Yield that those who were found in two waves are among all, and who of them told both times.

    How many gave no answer is no such number: an answer may count only where both were given.
    """
    own = answers[variable, people]
    asked, _, answer = variable.partition(":")
    for whole, only in zip(within.get(people, ()), MOVED, strict=False):
        there = answers.get((variable, whole), ())
        for category in own:
            if category in there and category != NOT_REPORTED:
                place, of_all = (variable, people, category), (variable, whole, category)
                # That somebody answered once only says nothing of their answers: no secret.
                is_size = variable == PEOPLE
                yield (cap([place], of_all) if is_size else _leave([place], of_all, cells, rests))
        # What a side hides of its answers, the whole survey may tell.
        for around in (whole, *within.get(whole, ())):
            if answer and {*own} >= PAIRED and answer in answers.get((asked, around), ()):
                parts = [(variable, people, one) for one in ("both", only)]
                yield _leave(parts, (asked, around, answer), cells, rests)
            elif around != whole and "" in own and "" in answers.get((variable, around), ()):
                yield _leave([(variable, people, "")], (variable, around, ""), cells, rests)


def _of_moves(
    answers: Mapping[tuple[str, str], Sequence[str]], questions: Mapping[str, Question]
) -> Iterator[Relation]:
    """Yield that whoever left one answer to a question for another came to one of the others.

    Of a question with one answer a person these are all conditions under which there is a table of
    the answers in two waves whose margins and diagonal the pairs of each answer are.
    """
    moved: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (variable, people), categories in answers.items():
        asked, _, answer = variable.partition(":")
        if answer and {*categories} >= PAIRED and questions.get(asked, Question()).is_exclusive:
            moved[asked, people].append(variable)
    for (asked, people), variables in moved.items():
        left, reached = ([(one, people, only) for one in variables] for only in MOVED)
        yield Relation({**dict.fromkeys(left, 1.0), **dict.fromkeys(reached, -1.0)})
        if "" in answers.get((asked, people), ()):
            stayed = [(one, people, "both") for one in variables]
            sums = ([*stayed, *left], *([(one, people, "")] for one in variables))
            yield from (equate((asked, people, ""), parts) for parts in sums)
        for some, others in ((left, reached), (reached, left)):
            for place in some:
                yield cap([place], *(one for one in others if one[0] != place[0]))


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


def _leave(
    parts: Collection[Place],
    whole: Place,
    cells: Counts,
    rests: _Rests,
) -> Relation:
    """Return that parts and a rest are a whole, and note the rest.

    Parts that overlap leave none; where nobody is left over, a reader may take it for granted.
    """
    counts = [cells[place] for place in (whole, *parts)]
    (total, _), *others = (ends_of(count) for count in counts)
    left = round(total - sum(count for count, _ in others))
    # Counts that are hidden or rounded tell not whether anybody is left over.
    if left < 0 or not all(isinstance(count, int) for count in counts):
        return cap(parts, whole)
    variable, people, category = whole
    inside = [one if one != category else who for _, who, one in parts]
    rest = (variable, name_rest(people, *inside), category)
    if not left and rest[:2] not in rests.doubtful:
        return equate(whole, parts)
    rests[rest] = left
    return equate(whole, [*parts, rest])
