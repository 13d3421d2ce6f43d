"""How many people of which program there are, how many are in both waves, and days between."""

from collections.abc import Callable, Iterable

import numpy as np

from altcred.describe.study import Study
from altcred.reconstruct.amounts import weigh_values
from altcred.reconstruct.assumptions import Curve, Reconstruction
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
from altcred.reconstruct.people import Test
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

        counts = self._solve(problem, rows, write) if types else np.empty(0)
        for name, places in unknown.items():
            drawn = np.repeat(values, counts[places])
            days[[i for i, kind in enumerate(types) if kind == name]] = rng.permutation(drawn)
        return days


def _holds(tests: Iterable[Test], values: dict[str, str]) -> bool:
    return all(test.kind == "pair" or values.get(test.name) in test.wanted for test in tests)
