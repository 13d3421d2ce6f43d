"""How many people of which program there are, how many of them twice, and when they answered."""

import datetime
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from altcred.describe.study import Study
from altcred.reconstruct.amounts import weigh_values
from altcred.reconstruct.assumptions import Collection, Curve, Reconstruction
from altcred.reconstruct.figures import DAYS, PAIRS, RESPONSES, NotUnderstood, Printed
from altcred.reconstruct.limits import (
    ONE,
    Terms,
    Values,
    add_values,
    bound_extreme,
    limit_values,
    tighten,
    write_figure,
    write_share,
)
from altcred.reconstruct.people import People, Test
from altcred.reconstruct.solve import Figure, Linear, Problem, solve_counts

Writer = Callable[[Problem, Printed], Figure]


class Sizes:
    """The sizes drawn, and which printed figures could not all be met or were not understood."""

    def __init__(self, study: Study, reconstruction: Reconstruction, rows: list[Printed]) -> None:
        self.study, self.reconstruction, self.rows = study, reconstruction, rows
        self.gave_up: list[str] = []
        self.unexplained: list[str] = []

    def draw_sizes(self) -> dict[str, dict[str, int]]:
        """Return the people of each wave by program."""
        assumed = self.reconstruction
        sizes = {}
        for wave in self.study.waves:
            rows = [row for row in self.rows if row.variable == RESPONSES and row.wave == wave]
            weights = assumed.programs.get(wave, {})
            sizes[wave] = self._solve_programs(rows, weights, assumed.size.get(wave), {})
        return sizes

    def draw_pairs(self, sizes: dict[str, dict[str, int]]) -> dict[str, int]:
        """Return the people of both waves of the first panel by program."""
        programs = self.study.programs
        rows = [row for row in self.rows if row.variable == PAIRS]
        if not self.study.panels or not rows:
            return dict.fromkeys(programs, 0)
        panel = self.study.panels[0]
        most = {one: min(sizes[panel.first][one], sizes[panel.second][one]) for one in programs}
        return self._solve_programs(rows, self.reconstruction.panel.programs, None, most)

    def _solve_programs(
        self, rows: list[Printed], weights: dict[str, float], size: int | None, most: dict[str, int]
    ) -> dict[str, int]:
        totals = [
            int(row.middle)
            for row in rows
            if row.statistic == "count"
            and not (row.category or row.is_narrow)
            and row.middle is not None
        ]
        total = size if size is not None else max(totals, key=totals.count) if totals else 0
        programs = list(self.study.programs)
        weight = np.array([weights.get(program, 1.0) for program in programs])
        problem = Problem()
        for program, target in zip(programs, weight / weight.sum() * total, strict=True):
            problem.add_unknown(most.get(program, max(total, 1) * 2), float(target))
        if size is not None:
            problem.nature.append(Linear(dict.fromkeys(range(len(programs)), 1), size, size))
        counts = self._solve(problem, rows, self._write_size).tolist()
        return dict(zip(programs, counts, strict=False))

    def _solve(self, problem: Problem, rows: list[Printed], write: Writer) -> np.ndarray:
        """Add rows to a problem and solve it; keep what is lost."""
        for row in rows:
            try:
                problem.figures.append(write(problem, row))
            except NotUnderstood:
                self.unexplained.append(row.id)
        solution = solve_counts(problem)
        self.gave_up += solution.gave_up
        return solution.counts

    def _write_size(self, problem: Problem, row: Printed) -> Figure:
        """Write a figure on how many people there are, over unknowns that are programs."""
        whole = self._count(row.tests)
        if row.by:
            if row.by.partition(":")[0] != "program" or row.statistic != "proportion":
                raise NotUnderstood(row.by)
            everybody = self._count(())
            shares = (({place: ONE}, everybody) for place in whole)
            return write_figure([row], bound_extreme(problem, row, shares))
        part = whole
        if row.category:
            name = "program" if row.category in self.study.programs else "program_type"
            if name == "program_type" and row.category not in self.study.program_types:
                raise NotUnderstood(row.category)
            part = self._count([*row.tests, Test(name, "in", (row.category,))])
        low, high = tighten(row.interval)
        if row.statistic in {"count", "nobs"}:
            return write_figure([row], [Linear(part, low, high)])
        if row.statistic != "proportion" or not row.category:
            raise NotUnderstood(row.statistic)
        return write_share([row], part, whole, low, high)

    def _count(self, tests: Iterable[Test]) -> Terms:
        programs = enumerate(self.study.programs.items())
        return {
            place: ONE
            for place, (name, program) in programs
            if _holds(tests, {"program": name, "program_type": program.type})
        }

    def draw_days(self, types: list[str], rng: np.random.Generator) -> np.ndarray:
        """Return the days between the two waves of each pair, drawn a program type at a time."""
        days = np.zeros(len(types))
        rows = [row for row in self.rows if row.variable == DAYS]
        ends = [row for row in rows if row.statistic in {"min", "max"}]
        needed = [row.number for row in ends if row.interval.low is not None]
        values = [float(day) for day in range(1, max([*needed, 365]) + 1)]
        problem = Problem()
        unknown: dict[str, list[int]] = {}
        for name in self.study.program_types if types else ():
            size = types.count(name)
            curve = self.reconstruction.panel.days.get(name, Curve(median=180, spread=0.6))
            shares = weigh_values(values, curve, [])
            targets = np.diff(np.round(np.cumsum(shares * size)), prepend=0.0)
            unknown[name] = [problem.add_unknown(size, float(target)) for target in targets]
            problem.nature.append(Linear(dict.fromkeys(unknown[name], 1), size, size))

        def write(problem: Problem, row: Printed) -> Figure:
            given: Values = {}
            for kind, places in unknown.items():
                if _holds(row.tests, {"program_type": kind}):
                    for value, place in zip(values, places, strict=True):
                        given.setdefault(value, {})[place] = ONE
            low, high = tighten(row.interval)
            if row.statistic == "mean":
                return write_share([row], *add_values(given), low, high)
            return write_figure([row], limit_values(row, given, low, high))

        counts: np.ndarray = self._solve(problem, rows, write) if types else np.empty(0, dtype=int)
        for name, places in unknown.items():
            drawn: np.ndarray = np.repeat(np.array(values), counts[places])
            days[[i for i, kind in enumerate(types) if kind == name]] = rng.permutation(drawn)
        return days


def _holds(tests: Iterable[Test], values: dict[str, str]) -> bool:
    return all(test.kind == "pair" or values.get(test.name) in test.wanted for test in tests)


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
            if since is None:
                continue
            for kind in people.study.program_types:
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
