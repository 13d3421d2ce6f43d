"""Who there is: how many people of each program, when they answered, who answered twice."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from altcred.core.records import ALL, NOT_REPORTED
from altcred.describe.cohort import Cohort
from altcred.standin.costs import list_timed, list_turns
from altcred.standin.people import People, Target
from altcred.standin.shown import Shown

Span = tuple[datetime.date, datetime.date]
# How many people a survey has of which no estimate tells, and years about the one it was in.
_NOBODY_TELLS, _YEARS = 30, 2
# The seconds of a day between which people answer.
_BY_DAY = 8 * 3600, 22 * 3600


def size_of(shown: Shown, wave: str) -> int:
    """Return how many people answered a survey."""
    size = shown.find(wave, ALL, "responses")
    return _NOBODY_TELLS if size is None else int(size)


def deal_programs(cohort: Cohort, shown: Shown, wave: str, size: int) -> list[str]:
    """Return the program of each person of a survey; what is hidden shares what is left."""
    programs = list(cohort.study.programs)
    counts: dict[str, float | None] = {
        name: shown.count(wave, ALL, "responses", name)
        or shown.find(wave, f"program={name}", "responses")
        for name in programs
    }
    told = {(wave, one) for scope, one, _ in shown.values if scope == wave}
    for name in programs:
        # Of a program that nobody took part in there is no estimate at all.
        if counts[name] is None and not _is_named(shown, wave, name) and len(programs) > 1 and told:
            counts[name] = 0
    for kind in cohort.study.program_types:
        inside = cohort.study.programs_of(kind)
        hidden = [name for name in inside if counts[name] is None]
        total = shown.count(wave, ALL, "responses", kind)
        if hidden and total is not None:
            rest = max(total - sum(counts[name] or 0 for name in inside), 0)
            counts |= _share_out(hidden, int(rest))
    hidden = [name for name in programs if counts[name] is None]
    rest = max(size - sum(one or 0 for one in counts.values()), 0)
    counts |= _share_out(hidden, int(rest))
    dealt = [name for name in programs for _ in range(int(counts[name] or 0))]
    return (dealt + programs[:1] * size)[:size] if programs else []


def _share_out(names: Sequence[str], count: int) -> dict[str, float]:
    parts = np.array_split(np.arange(count), max(len(names), 1))
    return {name: len(part) for name, part in zip(names, parts, strict=False)}


def _is_named(shown: Shown, wave: str, program: str) -> bool:
    named = shown.categories.get((wave, "responses"), [])
    return program in named


def draw_times(people: People, span: tuple[str, str] | None = None) -> None:
    """Draw when each person answered, so that who was asked since a day comes out.

    `span` are the first day and the day behind the last, where the form of the exports tells them.
    """
    settings = people.cohort.study.waves[people.wave]
    nobody = np.full(people.size, np.datetime64("NaT"), dtype="datetime64[us]")
    times = people.columns.setdefault("submitted", nobody)
    if settings.submitted is None:
        return
    people.turns = list_turns(people)
    days = list_days(people)
    if span is None:
        years = _list_years(people, settings.collected, days)
        first, last = datetime.date(years[0], 1, 1), datetime.date(years[-1] + 1, 1, 1)
    else:
        first, last = map(datetime.date.fromisoformat, span)
    begun = (datetime.date(one, 1, 1) for one in range(first.year + 1, last.year + 1))
    edges = sorted(one for one in {first, last, *days, *begun} if first <= one <= last)
    spans = list(pairwise(edges))
    weights = np.array([(other - one).days for one, other in spans], dtype=float)
    targets = [*_target_days(people, spans, days), *_target_years(people, spans)]
    targets += _target_prices(people, spans)
    who = np.isnat(times)
    people.is_timed = ~who
    drawn = people.draw(who, weights / weights.sum(), targets)
    starts = np.array([np.datetime64(one) for one, _ in spans], dtype="datetime64[s]")
    days_on = (people.rng.random(len(drawn)) * weights[drawn]).astype("timedelta64[D]")
    # Nobody's hour is told, and by day is when most people answer.
    seconds = people.rng.integers(*_BY_DAY, len(drawn)).astype("timedelta64[s]")
    times[who] = (starts[drawn] + days_on + seconds).astype("datetime64[us]")


def list_days(people: People) -> dict[datetime.date, list[tuple[str, str]]]:
    """Return the days since which something was asked, each with its questions and options.

    And those since which other prices hold, of which nothing was asked.
    """
    found: dict[datetime.date, list[tuple[str, str]]] = {day: [] for day in people.turns}
    for name, variable in people.variables.items():
        if day := variable.since(people.wave):
            found.setdefault(day, []).append((name, ""))
        for option, category in variable.categories_in(people.wave).items():
            if day := category.since(people.wave):
                found.setdefault(day, []).append((name, option))
    return dict(sorted(found.items()))


def years_of(people: People) -> np.ndarray:
    """Return the year in which each person answered."""
    return people.columns["submitted"].astype("datetime64[Y]").astype(float) + 1970


def sides_of(people: People) -> np.ndarray:
    """Return how many of the days since which something was asked each person answered after."""
    days = [np.datetime64(day) for day in list_days(people)]
    return np.searchsorted(np.array(days, dtype="datetime64[us]"), people.columns["submitted"],
                           side="right")  # fmt: skip


def forbid_years(people: People, years: np.ndarray) -> Iterator[Target]:
    """Yield that nobody answers in a year that lies on the other side of such a day."""
    ends = [datetime.date(1, 1, 1), *list_days(people), datetime.date(9999, 1, 1)]
    sides = sides_of(people)
    for side, (first, behind) in enumerate(pairwise(ends)):
        last = behind - datetime.timedelta(days=1)
        wrong = ((years < first.year) | (years > last.year)).astype(float)
        yield Target(sides == side, wrong, 0.0, 0.0, is_told=False)
    own = years_of(people)
    for year in np.unique(own[people.is_timed]):
        wrong = ((years != year) & ~np.isnan(years)).astype(float)
        yield Target(people.is_timed & (own == year), wrong, 0.0, 0.0, is_told=False)


def move_years(people: People, places: np.ndarray, years: np.ndarray) -> None:
    """Let people answer in a year, on a day of it drawn by chance."""
    free = ~people.is_timed[places]
    places, years = places[free], years[free]
    days = [np.datetime64(day, "s") for day in list_days(people)]
    edges = np.array([np.datetime64("0001-01-01", "s"), *days, np.datetime64("9999-01-01", "s")])
    sides = sides_of(people)[places]
    first = (years - 1970).astype(int).astype("datetime64[Y]")
    start = np.maximum(first.astype("datetime64[s]"), edges[sides])
    end = np.minimum((first + 1).astype("datetime64[s]"), edges[sides + 1])
    room = np.maximum((end - start).astype(float), 1)
    moved = start + (people.rng.random(len(places)) * room).astype("timedelta64[s]")
    people.columns["submitted"][places] = moved.astype("datetime64[us]")


def _list_years(people: People, collected: str, days: Mapping[datetime.date, object]) -> list[int]:
    middles = []
    for name, variable in people.variables.items():
        derive = variable.derive
        if derive is not None and derive.years_since:
            means = [
                people.shown.find(people.wave, ALL, one, "", "mean")
                for one in (name, derive.years_since)
            ]
            if None not in means:
                middles.append(sum(one for one in means if one is not None))
    if middles:
        middle = round(float(np.mean(middles)))
        return list(range(middle - _YEARS, middle + _YEARS + 1))
    named = [int(one) for one in re.findall(r"\b(?:19|20)\d\d\b", collected)]
    named += [day.year for day in days]
    return list(range(min(named), max(named) + 1)) if named else [2020]


def _target_days(
    people: People, spans: Sequence[Span], days: Mapping[datetime.date, Sequence[tuple[str, str]]]
) -> Iterator[Target]:
    """Yield about how many answered since a day."""
    for day, asked in days.items():
        weights = np.array([float(start >= day) for start, _ in spans])
        for _, part, inside in people.told_parts():
            for name, option in asked:
                known = people.shown.of_part(people.wave, part.name, name)
                whole = known.get(("", "nobs"), (0.0, 0.0))[0]
                told = (
                    known.get((option, "count")) if option else known.get((NOT_REPORTED, "count"))
                )
                if told is None or not whole:
                    continue
                late = inside & (people.columns["submitted"] >= np.datetime64(day))
                share = told[1] / whole if option else told[1] / max(float(inside.sum()), 1.0)
                count = max(float(inside.sum()) * min(share, 1.0) - float(late.sum()), 0.0)
                if not option:
                    yield Target(inside, weights, round(count), round(count))
                    continue
                yield Target(inside, weights, count, count, is_count=False)


def _target_prices(people: People, spans: Sequence[Span]) -> Iterator[Target]:
    """Yield how many answered while each price held, and each plan could be begun."""
    starts = np.array([start for start, _ in spans], dtype="datetime64[us]")
    timed = ~np.isnat(people.columns["submitted"])
    for one in list_timed(people):
        weights = people.work_out({"": one.value}, {"submitted": starts})[""]
        of_whom = people.tell({"": one.where})[""]
        held = people.work_out({"": f"coalesce({one.value}, FALSE)"})[""] > 0
        for scope, part, inside in people.told_parts():
            count = people.shown.count(scope, part.name, one.variable, one.category)
            if scope == people.wave and count is not None:
                whom = inside & of_whom
                count = max(count - float((whom & timed & held).sum()), 0.0)
                yield Target(whom, weights, count, count)


def _target_years(people: People, spans: Sequence[Span]) -> Iterator[Target]:
    """Yield the mean year in which people answered, of an age and the year of birth behind it."""
    year = np.array([one.year for one, _ in spans], dtype=float)
    for name, variable in people.variables.items():
        derive = variable.derive
        if derive is None or not derive.years_since:
            continue
        for scope, part, inside in people.told_parts():
            age = people.shown.of_part(scope, part.name, name).get(("", "mean"))
            born = people.shown.of_part(scope, part.name, derive.years_since).get(("", "mean"))
            if age is not None and born is not None:
                yield Target(inside, year - (age[0] + born[0]), 0.0, 0.0, is_count=False)
