"""When people submitted their answers: within a wave, and in two waves."""

import datetime
from itertools import pairwise

import numpy as np

from altcred.reconstruct.assumptions import Collection
from altcred.reconstruct.figures import Printed
from altcred.reconstruct.people import People, Test

DAY = datetime.timedelta(days=1)


def draw_pair_starts(
    first: Collection, second: Collection, days: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the day of the first answer of each pair, so many days before the second one."""
    starts = []
    for gap in days.astype(int).tolist():
        low = max(first.first, second.first - gap * DAY)
        high = min(first.last, second.last - gap * DAY)
        span = max((high - low).days, 0)
        starts.append(np.datetime64(low) + np.timedelta64(int(rng.integers(0, span + 1)), "D"))
    return np.array(starts, dtype="datetime64[D]")


def draw_days(
    people: People, paired: np.ndarray, rows: list[Printed], rng: np.random.Generator
) -> np.ndarray:
    """Return everybody's day of submission; `paired` are the days of the pairs, in their order.

    Where options came later, as many submit after that day as their printed n needs.
    """
    days, weights = _weigh_days(people.reconstruction.collection[people.wave])
    in_pairs = people.columns["pair"]
    chosen = np.empty(len(people), dtype="datetime64[D]")
    chosen[in_pairs] = paired
    free = ~in_pairs
    since, after = _find_later_options(people, rows)
    edges = [days[0], *([] if since is None else [since]), days[-1] + 1]
    for name in people.study.program_types:
        of_type = people.columns["program_type"] == name
        for low, high in pairwise(edges):
            inside = (days >= low) & (days < high)
            places = np.flatnonzero(of_type & free)
            number = len(places)
            if high == since:
                there = chosen[of_type & in_pairs]
                quota = int(of_type.sum()) - after.get(name, int(of_type.sum()) // 4)
                number = min(max(quota - int(((there >= low) & (there < high)).sum()), 0), number)
            picked = rng.permutation(places)[:number]
            share = weights * inside
            chosen[picked] = rng.choice(days, size=number, p=share / share.sum())
            free[picked] = False
    return chosen


def _weigh_days(when: Collection) -> tuple[np.ndarray, np.ndarray]:
    days = np.arange(np.datetime64(when.first), np.datetime64(when.last) + 1)
    if not when.years:
        return days, np.ones(len(days))
    years = (days.astype("datetime64[Y]").astype(int) + 1970).tolist()
    return days, np.array([when.years.get(year, 1.0) / years.count(year) for year in years])


def _find_later_options(
    people: People, rows: list[Printed]
) -> tuple[np.datetime64 | None, dict[str, int]]:
    """Return the first day from which an option was offered, and people after it by type.

    The n of such an option and the n of its variable are printed; their ratio is the share
    of people after the day.
    """
    found: dict[datetime.date, dict[str, int]] = {}
    for name, variable in people.codebook.in_wave(people.wave).items():
        for category, described in variable.categories.items():
            since = described.since(people.wave)
            for kind in people.study.program_types if since is not None else ():
                size = int((people.columns["program_type"] == kind).sum())
                part, whole = (_find_n(people, rows, kind, name, one) for one in (category, ""))
                if part is not None:
                    found.setdefault(since, {})[kind] = round(part * size / (whole or size))
    if not found:
        return None, {}
    return np.datetime64(min(found)), found[min(found)]


def _find_n(people: People, rows: list[Printed], kind: str, name: str, category: str) -> int | None:
    """Return how many of a program type answered, where that is printed."""
    tests = (Test("program_type", "in", (kind,)),)
    for row in rows:
        where = row.wave, row.variable, row.category, row.tests, row.pairs_only
        if where == (people.wave, name, category, tests, False):
            if row.statistic == "nobs":
                return row.number
            if row.n is not None and category:
                return row.n
    return None
