"""Draws the answers to one question after the other, each as its kind has answers."""

from collections.abc import Iterator

import numpy as np

from altcred.core.records import ALL, NOT_REPORTED
from altcred.kinds import kind_of
from altcred.kinds.variable import column_of
from altcred.standin.closed import draw_closed, target_joint
from altcred.standin.derived import target_given, target_products
from altcred.standin.fit import Told
from altcred.standin.numbers import draw_numbers, draw_told, list_told
from altcred.standin.panel import choose_both, find_kept, target_numbers, told_days
from altcred.standin.people import People, Target
from altcred.standin.ticks import draw_ticks


def draw_variable(people: People, name: str) -> None:
    """Draw the answers to a question, so that what estimates tell of it comes out."""
    variable = people.variables[name]
    kind = kind_of(variable)
    if not kind.is_read:
        return
    if kind.has_ticks:
        draw_ticks(people, name)
    elif kind.is_typed:
        _draw_texts(people, name)
    elif kind.is_numeric:
        _draw_numbers(people, name)
    elif kind.parts_of_column(variable, people.wave):
        _draw_ranks(people, name)
    else:
        draw_closed(people, name)


def _draw_numbers(people: People, name: str) -> None:
    """Draw a number, and with a year of birth the age that follows from it."""
    who = people.asked(name)
    for side, several in enumerate((people.later, people.pairs)):
        for pairs in several:
            if name in people.cohort.asked_twice(pairs.panel.first, pairs.panel.second):
                choose_both(people, pairs, side, name, who)
    more: list[Told] = []
    for other, derived in people.variables.items():
        rule = derived.derive
        if (
            rule is not None
            and rule.years_since == name
            and not kind_of(people.variables[name]).is_day
        ):
            more += list_told(people, other, derived, who, is_age=True)

    def joint(grid: np.ndarray) -> list[Target]:
        answers = [*grid.tolist(), None]
        again = [one for pairs in people.pairs if (pairs.name, name) in people.both
                 for one in target_numbers(people, pairs, name, grid, who)]  # fmt: skip
        products = list(target_given(people, name, np.r_[np.ones(len(grid)), 0.0], who))
        products += target_products(people, name, grid, who)
        return [*target_joint(people, name, answers, who), *again, *products]

    draw_numbers(people, name, more, joint, find_kept(people, name))


def draw_days(people: People) -> None:
    """Draw when the people of a panel answered again, by the days between both surveys."""
    if people.cohort.study.waves[people.wave].submitted is None:
        return
    for pairs in people.pairs:
        earlier = pairs.carry("submitted", people.size)
        marked = pairs.mark(1, people.size)
        if not marked.any() or np.isnat(np.array(earlier[marked], dtype="datetime64[us]")).any():
            continue
        days = draw_told(people, told_days(people, pairs), None, marked)
        places = np.flatnonzero(marked & ~np.isnan(days))
        first = np.array(earlier[places], dtype="datetime64[D]")
        moved = first + days[places].astype("timedelta64[D]")
        nobody = np.full(people.size, np.datetime64("NaT"), dtype="datetime64[us]")
        times = people.columns.setdefault("submitted", nobody)
        seconds = people.rng.integers(28800, 79200, len(places)).astype("timedelta64[s]")
        times[places] = (moved.astype("datetime64[s]") + seconds).astype("datetime64[us]")


def _draw_texts(people: People, name: str) -> None:
    """Draw who typed something, and let as many type the same as the commonest text has people."""
    who = people.asked(name)
    targets = []
    for scope, part, inside in people.told_parts():
        wrote = people.shown.of_part(scope, part.name, name).get(("", "count"))
        if part.tells(name) and wrote is not None:
            targets.append(Target(inside & who, np.array([1.0, 0.0]), wrote[0], wrote[0]))
    drawn = people.draw(who, np.array([0.2, 0.8]), targets)
    typed = np.zeros(people.size, dtype=bool)
    typed[np.flatnonzero(who)[drawn == 0]] = True
    people.columns[name] = np.array([one or None for one in typed.tolist()], dtype=object)
    alike = people.shown.find(people.wave, ALL, name, "most_frequent") or 1
    words = np.full(people.size, "", dtype=object)
    places = np.flatnonzero(typed)
    own = [f"(text {at} of a stand-in)" for at in range(1, len(places) + 1)]
    words[places] = own
    words[places[: int(alike)]] = "(the commonest text of a stand-in)"
    people.columns[f"@words:{name}"] = words


def _draw_ranks(people: People, name: str) -> None:
    """Draw an order of the options for each who gave one, by who put which first."""
    variable = people.variables[name]
    options = list(variable.categories_in(people.wave))
    who = people.asked(name)
    answers: list[str | None] = [*options, None]
    targets = list(_target_first(people, name, answers, who))
    shares = [
        people.shown.find(people.wave, ALL, name, one or NOT_REPORTED, "proportion")
        for one in answers
    ]
    prior = np.array([0.1 if one is None else max(one, 1e-6) for one in shares])
    drawn = people.draw(who, prior / prior.sum(), targets)
    places = np.full((people.size, len(options)), np.nan)
    means = np.array([
        people.shown.find(people.wave, ALL, f"{name}:{one}", "", "mean") or len(options) / 2 + 0.5
        for one in options
    ])  # fmt: skip
    for row, first in zip(np.flatnonzero(who), drawn, strict=True):
        if first == len(options):
            continue
        noise = means + people.rng.normal(0, 1.0, len(options))
        noise[first] = -np.inf
        places[row, np.argsort(noise)] = np.arange(1, len(options) + 1)
    _settle_ranks(people, name, options, places)
    for at, option in enumerate(options):
        people.columns[column_of(name, option)] = places[:, at]


def _settle_ranks(people: People, name: str, options: list[str], places: np.ndarray) -> None:
    """Exchange lower places of single people until the mean places are as told."""
    told = [people.shown.of_part(people.wave, ALL, f"{name}:{one}") for one in options]
    given = np.flatnonzero(~np.isnan(places).any(axis=1))
    if not len(given) or len(options) < 3:
        return
    aims = np.array([one["", "mean"][0] if ("", "mean") in one else np.nan for one in told])
    for _ in range(4 * len(given)):
        short = (aims - places[given].mean(axis=0)) * len(given)
        if np.isnan(short).all() or np.nanmax(np.abs(short)) < 0.5:
            return
        short = np.where(np.isnan(short), 0, short)
        up, down = int(np.argmax(short)), int(np.argmin(short))
        able = given[(places[given, up] > 1) & (places[given, down] > 1)
                     & (places[given, up] < places[given, down])]  # fmt: skip
        if up == down or not len(able):
            return
        gaps = places[able, down] - places[able, up]
        near = able[np.argmin(np.abs(gaps - min(short[up], -short[down])))]
        places[near, [up, down]] = places[near, [down, up]]


def _target_first(
    people: People, name: str, answers: list[str | None], who: np.ndarray
) -> Iterator[Target]:
    """Yield who put which option first."""
    for scope, part, inside in people.told_parts():
        if not part.tells(name):
            continue
        for at, answer in enumerate(answers):
            count = people.shown.count(scope, part.name, name, answer or NOT_REPORTED)
            if count is not None:
                weights = np.zeros(len(answers))
                weights[at] = 1
                yield Target(inside & who, weights, count, count)
