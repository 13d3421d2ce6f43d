"""Draws everybody's true answers so that the printed figures come out of them.

A block of variables is drawn at a time, in an order, each from a problem of whole counts over
strata of the people and their answers so far. A figure belongs to the block after which all that
it speaks of is known. So a later figure never moves an earlier answer: one that earlier answers
exclude is given up, which `check_draw` and another order or seed would show.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from altcred.describe.codebook import Codebook, source_names
from altcred.describe.study import Study, as_list
from altcred.kinds.variable import Variable, column_of
from altcred.reconstruct.assumptions import Curve, FollowUp, Part, Reconstruction
from altcred.reconstruct.constraints import (
    CHANGES,
    LEVELS,
    ONE,
    Block,
    Counted,
    NotUnderstood,
    Printed,
    add_figures,
    add_sizes,
    add_values,
    bound_share,
    find_centre,
    group_people,
    is_any_of,
    limit_values,
    read_rows,
    subtract,
    tests_of,
    tighten,
)
from altcred.reconstruct.counts import Figure, Linear, Problem, solve_counts
from altcred.reconstruct.numbers import draw_paired_amounts, list_values, weigh_values
from altcred.reconstruct.people import (
    People,
    Test,
    asked_tests,
    choose_unanswered,
    make_tests,
    score_people,
    spread_by_affinity,
    spread_by_rank,
    tick_options,
)

if TYPE_CHECKING:
    import pandas as pd

SIZES = {"responses", "pairs"}
DAYS = "days_between"
ASSUMED = "also-"


@dataclass
class Drawn:
    """Everybody's true answers, and which printed figures they could not all satisfy.

    `waves` holds a frame a wave, one row a person and program: person (an integer, the same in
    every wave), program, program_type, submitted, pair (in both waves of the panel), then the
    answer of every variable that was asked: category or None, a float, or one truth value a
    category in columns VARIABLE__CATEGORY, missing where nothing was ticked or not offered.
    `gave_up` are ids of printed figures that conflict with others, `unexplained` ids of figures
    of these waves that no answers are drawn for. An id ending in #n is the sample size printed
    beside that figure.
    """

    waves: dict[str, "pd.DataFrame"]
    gave_up: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


def draw_answers(
    study: Study,
    codebook: Codebook,
    published: "pd.DataFrame",
    reconstruction: Reconstruction,
    seed: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Drawn:
    """Draw everybody's true answers so that the printed figures come out of them.

    `published` has the columns of published.csv; `seed` is the reconstruction's own where it is
    left out; `tell` is told of each step. The same arguments give the same answers.
    """
    seed = reconstruction.seed if seed is None else seed
    rows, unexplained = read_rows(
        add_assumed(published, reconstruction), study, codebook, reconstruction
    )
    rows = [row for row in rows if row.id not in reconstruction.set_aside]
    set_aside = [name for name in published["id"] if name in reconstruction.set_aside]
    artist = _Artist(
        study, codebook, reconstruction, rows, np.random.default_rng(seed), tell or (lambda _: None)
    )
    artist.draw()
    return Drawn(
        {wave: artist.frame_of(artist.waves[wave]) for wave in study.waves},
        _only_printed([*artist.gave_up, *set_aside]),
        _only_printed([*unexplained, *artist.unexplained]),
    )


def _only_printed(names: list[str]) -> list[str]:
    return sorted({name for name in names if not name.startswith(ASSUMED)})


def add_assumed(published: "pd.DataFrame", reconstruction: Reconstruction) -> "pd.DataFrame":
    """Return published figures with the assumed ones of a reconstruction below, named also-N."""
    import pandas as pd

    if not reconstruction.also:
        return published
    assumed = pd.DataFrame(
        [{**row, "id": f"{ASSUMED}{i}"} for i, row in enumerate(reconstruction.also, start=1)]
    )
    return pd.concat([published, assumed], ignore_index=True).fillna("")


class _Artist:
    """The state of one drawing: what is drawn so far, and what had to be given up."""

    def __init__(
        self,
        study: Study,
        codebook: Codebook,
        reconstruction: Reconstruction,
        rows: list[Printed],
        rng: np.random.Generator,
        tell: Callable[[str], None],
    ) -> None:
        self.study, self.codebook, self.reconstruction = study, codebook, reconstruction
        self.rows, self.rng, self.tell = rows, rng, tell
        self.waves: dict[str, People] = {}
        self.gave_up: list[str] = []
        self.unexplained: list[str] = []
        self.panel = study.panels[0] if study.panels else None
        # Waves that went to people of an earlier one, and of each person the place there or -1.
        self.earlier = {panel.second: panel.first for panel in study.panels[1:]}
        self.sources: dict[str, np.ndarray] = {}
        self.named = 0
        # A number answered in both waves whose paired t is printed: amounts by wave, a pair each.
        self.amounts: dict[str, dict[str, np.ndarray]] = {}
        self.paired: dict[str, np.ndarray] = {}
        # What pairs with such amounts must answer in a wave, to be asked for them there.
        self.musts: dict[tuple[str, str], tuple[Test, np.ndarray]] = {}

    def draw(self) -> None:
        """Draw everything: who there is, then a wave after the other."""
        programs, pairs = self._draw_sizes()
        first_drawn = [wave for wave in self.study.waves if wave not in self.earlier]
        if self.panel is not None:
            # The later wave is smaller as a rule and so leaves less choice: it goes first.
            first_drawn.sort(key=lambda wave: wave == self.panel.first)
        self._draw_days(pairs)
        for wave in first_drawn:
            self.waves[wave] = self._gather(wave, programs[wave], pairs)
        for wave in first_drawn:
            self._draw_wave(wave)
        self.named = len(self.pair_programs)
        for wave in first_drawn:
            self._name_people(self.waves[wave])
        for wave in self.earlier:
            self.waves[wave] = self._follow_up(self._gather(wave, programs[wave], pairs))
            self._draw_wave(wave)

    # Who there is ------------------------------------------------------------------------

    def _draw_sizes(self) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """Return the people of each wave by program, and the pairs by program."""
        sizes = {}
        for wave in self.study.waves:
            rows = [row for row in self.rows if row.variable == "responses" and row.wave == wave]
            sizes[wave] = self._solve_sizes(
                rows,
                self.reconstruction.programs.get(wave, {}),
                self.reconstruction.size.get(wave),
                {},
            )
        pairs = {program: 0 for program in self.study.programs}
        rows = [row for row in self.rows if row.variable == "pairs"]
        if self.panel is not None and rows:
            most = {
                program: min(sizes[self.panel.first][program], sizes[self.panel.second][program])
                for program in self.study.programs
            }
            pairs = self._solve_sizes(rows, self.reconstruction.panel.programs, None, most)
        return sizes, pairs

    def _solve_sizes(
        self,
        rows: list[Printed],
        weights: dict[str, float],
        size: int | None,
        most: dict[str, int],
    ) -> dict[str, int]:
        totals = [
            int((row.interval.low + row.interval.high) / 2)
            for row in rows
            if row.statistic == "count"
            and not row.category
            and not _is_narrow(row)
            and row.interval.low is not None
            and row.interval.high is not None
        ]
        total = size if size is not None else max(totals, key=totals.count) if totals else 0
        programs = list(self.study.programs)
        weight = np.array([weights.get(program, 1.0) for program in programs])
        targets = weight / weight.sum() * total
        problem = Problem()
        for program, target in zip(programs, targets, strict=True):
            problem.add_unknown(most.get(program, max(total, 1) * 2), float(target))
        if size is not None:
            problem.nature.append(Linear({i: 1 for i in range(len(programs))}, size, size))
        counted = _Sizes(self.study, problem)
        for row in rows:
            try:
                figure = counted.figure(row)
            except NotUnderstood:
                self.unexplained.append(row.id)
                continue
            problem.figures.append(figure)
        solution = solve_counts(problem)
        self.gave_up += solution.gave_up
        return {program: int(solution.counts[i]) for i, program in enumerate(programs)}

    def _draw_days(self, pairs: dict[str, int]) -> None:
        """Draw the days between the two waves of each pair, a program type at a time."""
        self.pair_programs = [p for p, count in pairs.items() for _ in range(count)]
        self.pair_days = np.zeros(len(self.pair_programs))
        if self.panel is None or not self.pair_programs:
            return
        rows = [row for row in self.rows if row.variable == DAYS]
        types = [self.study.programs[p].type for p in self.pair_programs]
        needed = [
            float(row.interval.low + Fraction(1, 2))
            for row in rows
            if row.statistic in {"min", "max"} and row.interval.low is not None
        ]
        limit = int(max([*needed, 365]))
        values = [float(day) for day in range(1, limit + 1)]
        problem = Problem()
        unknown: dict[tuple[str, int], int] = {}
        for name in self.study.program_types:
            size = types.count(name)
            curve = self.reconstruction.panel.days.get(name, Curve(median=180, spread=0.6))
            shares = weigh_values(values, curve, [])
            targets = np.diff(np.round(np.cumsum(shares * size)), prepend=0.0)
            for i, target in enumerate(targets):
                unknown[name, i] = problem.add_unknown(size, float(target))
            problem.nature.append(
                Linear({unknown[name, i]: 1 for i in range(len(values))}, size, size)
            )
        counted = _Days(problem, unknown, values)
        for row in rows:
            try:
                problem.figures.append(counted.figure(row))
            except NotUnderstood:
                self.unexplained.append(row.id)
        solution = solve_counts(problem)
        self.gave_up += solution.gave_up
        for name in self.study.program_types:
            days = np.repeat(
                values, [solution.counts[unknown[name, i]] for i in range(len(values))]
            )
            places = [i for i, kind in enumerate(types) if kind == name]
            self.pair_days[places] = self.rng.permutation(days)

    def _gather(self, wave: str, sizes: dict[str, int], pairs: dict[str, int]) -> People:
        """Set up a wave's people: program, membership in the panel, time of submission."""
        in_panel = self.panel is not None and wave in {self.panel.first, self.panel.second}
        program, pair_index, taken = [], [], 0
        for name in self.study.programs:
            members = pairs[name] if in_panel else 0
            program += [name] * sizes[name]
            pair_index += list(range(taken, taken + members))
            pair_index += [-1] * (sizes[name] - members)
            taken += members
        order = self.rng.permutation(len(program))
        people = People(wave, self.study, self.codebook, self.reconstruction)
        columns = people.columns
        columns["program"] = np.array(program, dtype=object)[order]
        columns["program_type"] = np.array(
            [self.study.programs[name].type for name in columns["program"]], dtype=object
        )
        columns["pair_index"] = np.array(pair_index, dtype=np.int64)[order]
        columns["pair"] = columns["pair_index"] >= 0
        columns["submitted"] = self._draw_submitted(people)
        count = len(program)
        for factor in ["patience", *self.reconstruction.factors]:
            columns[factor] = self.rng.normal(size=count)
        if in_panel:
            for factor in ["patience", *self.reconstruction.factors]:
                kept = self._of_pairs(factor, lambda: self.rng.normal(size=len(self.pair_programs)))
                paired = columns["pair"]
                columns[factor][paired] = kept[columns["pair_index"][paired]]
        return people

    def _follow_up(self, people: People) -> People:
        """Choose who of the earlier wave the people of a follow-up are, and number them."""
        there = self.waves[self.earlier[people.wave]]
        assumed = self.reconstruction.follow_ups.get(people.wave, FollowUp())
        columns = people.columns
        before = there.columns["submitted"] < columns["submitted"].min()
        source = np.full(len(people), -1, dtype=np.int64)
        for name in self.study.programs:
            here = self.rng.permutation(np.flatnonzero(columns["program"] == name))
            able = np.flatnonzero((there.columns["program"] == name) & before)
            number = min(round(assumed.answered_before * len(here)), len(able))
            if number:
                # Those who answer whole surveys are likelier to answer one more.
                weights = np.exp(there.columns["patience"][able])
                chosen = self.rng.choice(able, number, replace=False, p=weights / weights.sum())
                source[here[:number]] = chosen
        known = source >= 0
        for factor in ["patience", *self.reconstruction.factors]:
            columns[factor][known] = there.columns[factor][source[known]]
        hidden = self.rng.permutation(np.flatnonzero(known))[: assumed.unfindable]
        columns["pair"] = known.copy()
        columns["pair"][hidden] = False
        self.sources[people.wave] = source
        self._name_people(people)
        columns["person"][known] = there.columns["person"][source[known]]
        return people

    def _of_pairs(self, name: str, draw: Callable[[], np.ndarray]) -> np.ndarray:
        if name not in self.paired:
            self.paired[name] = draw()
        return self.paired[name]

    def _draw_submitted(self, people: People) -> np.ndarray:
        """Draw submission times; where options came later, as many after as their n's need."""
        wave, rng = people.wave, self.rng
        when = self.reconstruction.collection[wave]
        days = np.arange(np.datetime64(when.first), np.datetime64(when.last) + 1)
        years = days.astype("datetime64[Y]").astype(int) + 1970
        weights = np.array([when.years.get(int(year), 1.0) for year in years])
        in_year = {year: (years == year).sum() for year in np.unique(years)}
        weights = weights / np.array([in_year[year] for year in years])
        if not when.years:
            weights = np.ones(len(days))
        count = len(people)
        chosen = np.empty(count, dtype="datetime64[D]")
        paired = people.columns["pair"]
        if paired.any():
            chosen[paired] = self._pair_dates(wave)[people.columns["pair_index"][paired]]
        dates, quotas = self._find_quotas(people)
        free = ~paired
        for name in self.study.program_types:
            of_type = people.columns["program_type"] == name
            edges = [None, *dates, None]
            for low, high in pairwise(edges):
                inside = np.ones(len(days), dtype=bool)
                if low is not None:
                    inside &= days >= low
                if high is not None:
                    inside &= days < high
                if not dates:
                    number = int((of_type & free).sum())
                else:
                    got = of_type & paired
                    in_pairs = chosen[got]
                    number = quotas[name][edges.index(low) if low is not None else 0] - int(
                        ((in_pairs >= (low or days[0])) & (in_pairs < (high or days[-1] + 1))).sum()
                    )
                places = np.flatnonzero(of_type & free)
                number = min(max(number, 0), len(places))
                if high is None:
                    number = len(places)
                picked = rng.permutation(places)[:number]
                share = weights * inside
                chosen[picked] = rng.choice(days, size=number, p=share / share.sum())
                free[picked] = False
        seconds = np.round(rng.normal(15 * 3600, 4 * 3600, size=count)).astype(int) % 86400
        if paired.any():
            # Both answers of a pair at nearly the same hour, so that the days between them are
            # whole whether they are counted by dates or by hours.
            hour = self._of_pairs(
                "hour", lambda: rng.integers(8 * 3600, 20 * 3600, size=len(self.pair_programs))
            )
            seconds[paired] = hour[people.columns["pair_index"][paired]] + rng.integers(
                0, 1200, size=int(paired.sum())
            )
        return chosen.astype("datetime64[s]") + seconds.astype("timedelta64[s]")

    def _find_quotas(self, people: People) -> tuple[list[np.datetime64], dict[str, list[int]]]:
        """Return the days from which options were offered, and people between them by type.

        The n of such an option and the n of its variable are printed; their ratio is the share
        of people after the day.
        """
        wave = people.wave
        found: dict[datetime.date, dict[str, int]] = {}
        for name, variable in self.codebook.in_wave(wave).items():
            for category in variable.categories:
                since = variable.categories[category].since(wave)
                if since is None:
                    continue
                for kind in self.study.program_types:
                    size = int((people.columns["program_type"] == kind).sum())
                    part = self._printed_n(wave, kind, name, category)
                    whole = self._printed_n(wave, kind, name, "")
                    if part is not None:
                        found.setdefault(since, {})[kind] = round(part * size / (whole or size))
        dates = sorted(found)[:1]
        quotas = {}
        for kind in self.study.program_types:
            size = int((people.columns["program_type"] == kind).sum())
            after = [found[date].get(kind, size // 4) for date in dates]
            quotas[kind] = [size - sum(after), *after]
        return [np.datetime64(date) for date in dates], quotas

    def _printed_n(self, wave: str, kind: str, name: str, category: str) -> int | None:
        for row in self.rows:
            if (
                row.wave == wave
                and row.variable == name
                and not row.pairs_only
                and row.tests == (Test("program_type", "in", (kind,)),)
            ):
                if row.statistic == "nobs" and row.category == category:
                    return int(row.interval.low + Fraction(1, 2))
                if row.n is not None and row.category == category and category:
                    return row.n
        return None

    def _pair_dates(self, wave: str) -> np.ndarray:
        def draw() -> np.ndarray:
            first = self.reconstruction.collection[self.panel.first]
            second = self.reconstruction.collection[self.panel.second]
            days = self.pair_days.astype(int)
            starts = []
            for gap in days:
                low = max(first.first, second.first - datetime.timedelta(days=int(gap)))
                high = min(first.last, second.last - datetime.timedelta(days=int(gap)))
                span = max((high - low).days, 0)
                starts.append(
                    np.datetime64(low) + np.timedelta64(int(self.rng.integers(0, span + 1)), "D")
                )
            return np.array(starts, dtype="datetime64[D]")

        starts = self._of_pairs("start", draw)
        if wave == self.panel.first:
            return starts
        return starts + self.pair_days.astype(int).astype("timedelta64[D]")

    # What they answered -------------------------------------------------------------------

    def _draw_wave(self, wave: str) -> None:
        people = self.waves[wave]
        blocks = self._list_blocks(wave)
        rows = [row for row in self.rows if row.wave == wave or self._is_lasting(row, wave)]
        rows = [
            row
            for row in rows
            if row.variable not in {*SIZES, DAYS}
            and not row.statistic.startswith("ttest_rel")
            and self.codebook.variables[row.variable].kind != "text"
        ]
        drawn_at: dict[str, int] = {}
        for place, names in enumerate(blocks):
            for name in names:
                drawn_at[name] = place
        by_block: dict[int, list[Printed]] = {}
        for row in rows:
            needed = {test.name for test in tests_of(people, row)}
            if not is_any_of(self.codebook, row.variable):
                needed.add(row.variable)
            places = [drawn_at[name] for name in needed if name in drawn_at]
            unknown = [
                n for n in needed if n not in drawn_at and not people.knows(n) and n != "pair"
            ]
            if unknown or not places:
                self.unexplained.append(row.id)
                continue
            by_block.setdefault(max(places), []).append(row)
        for place, names in enumerate(blocks):
            self.tell(f"{wave}: {', '.join(names)}")
            self._draw_block(people, names, by_block.get(place, []))
        self._write_texts(people)

    def _is_lasting(self, row: Printed, wave: str) -> bool:
        """Tell whether a panel's figure of one wave binds the other too: answers that last."""
        return (
            row.pairs_only
            and row.variable in self.reconstruction.panel.same
            and wave in {self.panel.first, self.panel.second}
            and all(test.kind == "pair" or test.name in LEVELS for test in row.tests)
        )

    def _list_blocks(self, wave: str) -> list[list[str]]:
        """Return the variables of a wave in the order of drawing, derived ones with theirs."""
        known = self.codebook.in_wave(wave)
        order = [name for name in self.reconstruction.order if name in known]
        order += [name for name in known if name not in order]
        together: dict[str, list[str]] = {}
        for name in order:
            variable = known[name]
            if variable.kind in {"text", "identifier"} or is_any_of(self.codebook, name):
                continue
            sources = [s for s in source_names(variable) if s in known]
            if variable.derive is None:
                together.setdefault(name, [name])
            elif sources:
                group = [name]
                for source in sources:
                    for other in together.get(source, [source]):
                        if other not in group:
                            group.append(other)
                for member in group:
                    together[member] = group
        blocks: list[list[str]] = []
        for name in order:
            group = together.get(name)
            if group is not None and group not in blocks:
                blocks.append(group)
        return self._sort_blocks(wave, blocks)

    def _sort_blocks(self, wave: str, blocks: list[list[str]]) -> list[list[str]]:
        """Put a block after those whose answers decide whether it is asked."""
        people = self.waves[wave]
        waiting, done, result = list(blocks), set(), []
        everything = {name for block in blocks for name in block}
        while waiting:
            for block in waiting:
                needed = {
                    test.name
                    for name in block
                    if self.codebook.variables[name].derive is None
                    for test in asked_tests(people, name)
                }
                if needed & everything <= done | set(block):
                    break
            else:
                block = waiting[0]
            waiting.remove(block)
            done |= set(block)
            result.append(block)
        return result

    def _draw_block(self, people: People, names: list[str], rows: list[Printed]) -> None:
        asked_names = [n for n in names if self.codebook.variables[n].derive is None]
        lead = asked_names[0]
        if lead not in self.amounts and any(
            row.variable == lead and row.statistic == "ttest_rel_statistic" for row in self.rows
        ):
            self._draw_amounts(lead)
        block = self._make_block(people, names, asked_names, rows)
        asked_all = asked_tests(people, lead)
        asked = people.meet(asked_all)
        other, later = self._other_answers(people, lead, rows)
        fixed = self._fixed_cells(people, asked_names, block)
        counted = self._count(people, block, lead, asked, asked_all, fixed, other, later, rows)
        self.unexplained += add_figures(
            counted, [row for row in rows if row.statistic != "nunique"]
        )
        self._add_seen(counted, [row for row in rows if row.statistic == "nunique"])
        add_sizes(counted, rows, self.reconstruction.size_weight)
        solution = solve_counts(counted.problem)
        self.gave_up += solution.gave_up
        self._assign(counted, solution.counts, asked_names)

    def _make_block(
        self, people: People, names: list[str], asked_names: list[str], rows: list[Printed]
    ) -> Block:
        lead = asked_names[0]
        variable = self.codebook.variables[lead]
        derived = [n for n in names if n not in asked_names]
        if variable.kind == "multiple":
            return self._make_multiple(people, lead, derived, rows)
        if variable.kind == "country":
            cells = [{lead: code} for code in self._list_countries(rows)]
        elif variable.is_categorical:
            cells = [{lead: name} for name in variable.categories_in(people.wave)]
        else:
            cells = self._make_numbers(people, asked_names, derived, rows)
        return Block([*cells, dict.fromkeys(cells[0])])

    def _make_numbers(
        self, people: People, asked_names: list[str], derived: list[str], rows: list[Printed]
    ) -> list[dict[str, Any]]:
        ages = [n for n in derived if self.codebook.variables[n].derive.years_since]
        drawn = ages[:1] or asked_names
        grids = []
        for name in drawn:
            variable = self.codebook.variables[name]
            assumption = self.reconstruction.assumption(name)
            needed = [
                float((row.interval.low + row.interval.high) / 2)
                for row in rows
                if row.variable == name
                and row.statistic in {"min", "max", "mode", "median"}
                and row.interval.low is not None
                and row.interval.high is not None
            ]
            amounts = self.amounts.get(name, {}).get(people.wave, np.empty(0))
            needed += [float(value) for value in np.unique(amounts[~np.isnan(amounts)])]
            values = list_values(assumption, needed, variable.bounds.low, variable.bounds.high)
            for kind in ("min", "max"):
                ends = [
                    row.interval
                    for row in rows
                    if row.variable == name and row.statistic == kind and not row.tests
                ]
                if ends and kind == "min" and ends[0].low is not None:
                    values = [v for v in values if v >= ends[0].low]
                if ends and kind == "max" and ends[0].high is not None:
                    values = [v for v in values if v <= ends[0].high]
            if not values:
                values = [0.0, 1.0]
            grids.append(values)
        cells = []
        for values in product(*grids):
            cell: dict[str, Any] = dict(zip(drawn, values, strict=True))
            for name in derived:
                derive = self.codebook.variables[name].derive
                if derive.product:
                    cell[name] = float(np.prod([cell[source] for source in derive.product]))
            highest = [(n, self.reconstruction.assumption(n).highest) for n in derived]
            if all(limit is None or cell[n] <= limit for n, limit in highest):
                cells.append(cell)
        return cells

    def _make_multiple(
        self, people: People, name: str, derived: list[str], rows: list[Printed]
    ) -> Block:
        variable = self.codebook.variables[name]
        offered = list(variable.categories_in(people.wave))
        joint: list[str] = []
        for row in rows:
            for test in tests_of(people, row):
                if test.name == name and len(test.wanted) > 1:
                    joint += [c for c in test.wanted if c in offered and c not in joint]
                if test.name in derived:
                    for wanted in self.codebook.variables[test.name].derive.ticks.values():
                        for part in wanted:
                            members = self._members(variable, part)
                            joint += [c for c in members if c in offered and c not in joint]
        must = self.musts.get((people.wave, name))
        joint += [c for c in (must[0].wanted if must else ()) if c in offered and c not in joint]
        joint.sort(key=offered.index)
        cells = []
        for flags in product([False, True], repeat=len(joint)):
            ticked = frozenset(c for c, flag in zip(joint, flags, strict=True) if flag)
            cell: dict[str, Any] = {name: ticked}
            for extra in derived:
                parts = self.codebook.variables[extra].derive.ticks[name]
                cell[extra] = float(
                    sum(bool(ticked & set(self._members(variable, part))) for part in parts)
                )
            cells.append(cell)
        if variable.base != "asked":
            cells.append(dict.fromkeys(cells[0]))
        return Block(cells, name, joint, [c for c in offered if c not in joint])

    @staticmethod
    def _members(variable: Variable, part: str) -> list[str]:
        return as_list(variable.groups[part].of) if part in variable.groups else [part]

    def _list_countries(self, rows: list[Printed]) -> list[str]:
        countries = self.reconstruction.countries
        codes = dict(countries.weights)
        for row in rows:
            for code in row.category.split("+") if row.statistic != "nunique" else []:
                if code and code != "not_reported":
                    codes.setdefault(code, countries.tail)
        for members in countries.regions.values():
            for code in members:
                codes.setdefault(code, countries.tail)
        return sorted(codes, key=lambda code: (-codes[code], code))

    def _other_answers(
        self, people: People, lead: str, rows: list[Printed]
    ) -> tuple[np.ndarray | None, bool]:
        """Return of pairs the rank of their answer in the other wave, where figures need it."""
        if people.wave in self.earlier or not any(row.statistic in CHANGES for row in rows):
            return None, False
        there = self._other_wave(people)
        if there is None or not there.knows(lead):
            return None, False
        ranks = {c: i for i, c in enumerate(self.codebook.variables[lead].categories)}
        answers = self._match_other(people, there, lead)
        return (
            np.array([ranks.get(answer, -1) for answer in answers], dtype=np.int64),
            there.wave == self.panel.second,
        )

    def _other_wave(self, people: People) -> People | None:
        if people.wave in self.earlier:
            return self.waves[self.earlier[people.wave]]
        if self.panel is None or people.wave not in {self.panel.first, self.panel.second}:
            return None
        name = self.panel.second if people.wave == self.panel.first else self.panel.first
        return self.waves.get(name)

    def _match_other(self, people: People, there: People, name: str) -> np.ndarray:
        """Return the answers of the same people in the other wave; None or NaN for all others."""
        column = there.columns[name]
        missing: Any = np.nan if column.dtype == float else False if column.dtype == bool else None
        if people.wave in self.sources:
            source = self.sources[people.wave]
            answers = np.full(len(people), missing, dtype=column.dtype)
            answers[source >= 0] = column[source[source >= 0]]
            return answers
        by_pair = np.full(len(self.pair_programs), missing, dtype=column.dtype)
        paired = there.columns["pair"]
        by_pair[there.columns["pair_index"][paired]] = column[paired]
        result = np.full(len(people), missing, dtype=column.dtype)
        here = people.columns["pair"]
        result[here] = by_pair[people.columns["pair_index"][here]]
        return result

    def _fixed_cells(self, people: People, asked_names: list[str], block: Block) -> np.ndarray:
        """Return of everybody the cell that is decided already, -1 where none is."""
        fixed = np.full(len(people), -1, dtype=np.int64)
        lead = asked_names[0]
        paired = people.columns["pair"]
        if people.wave in self.sources:
            paired = self.sources[people.wave] >= 0
        if not paired.any():
            return fixed
        if lead in self._same_answers(people.wave):
            there = self._other_wave(people)
            if there is None or not there.knows(lead):
                return fixed
            answers = self._match_other(people, there, lead)
            name = next(iter(block.cells[0]))
            years = people.columns["submitted"].astype("datetime64[Y]").astype(int) + 1970
            places = {cell[name]: i for i, cell in enumerate(block.cells)}
            for person in np.flatnonzero(paired):
                answer = answers[person]
                if name != lead and answer is not None and not np.isnan(answer):
                    answer = float(years[person] - answer)
                if isinstance(answer, float) and np.isnan(answer):
                    answer = None
                fixed[person] = places.get(answer, -1)
            return fixed
        amounts = self._amounts_of(people, lead)
        if amounts is not None:
            places = {cell[lead]: i for i, cell in enumerate(block.cells)}
            for person in np.flatnonzero(paired):
                value = amounts[people.columns["pair_index"][person]]
                fixed[person] = places[None if np.isnan(value) else float(value)]
        return fixed

    def _same_answers(self, wave: str) -> list[str]:
        """Return the variables that a person answers in a wave as in the other one."""
        if wave in self.earlier:
            return self.reconstruction.follow_ups.get(wave, FollowUp()).same
        return self.reconstruction.panel.same

    def _amounts_of(self, people: People, name: str) -> np.ndarray | None:
        """Return the paired amounts of a number in a wave, where a paired t is printed."""
        if name in self.amounts:
            return self.amounts[name].get(people.wave)
        return None

    def _draw_amounts(self, name: str) -> None:
        """Draw a number of which a paired t is printed, for so many pairs as it has."""
        rows = [row for row in self.rows if row.variable == name and row.pairs_only]
        found = {(row.wave, row.statistic): row.interval for row in rows}
        sizes = [int(row.interval.low + Fraction(1, 2)) for row in rows if row.statistic == "nobs"]
        sizes += [
            int(row.interval.low + Fraction(1, 2)) + 1
            for row in rows
            if row.statistic == "ttest_rel_df"
        ]
        first, second = self.panel.first, self.panel.second
        statistic = found.get((first, "ttest_rel_statistic"))
        if statistic is None or not sizes:
            return
        able = np.ones(len(self.pair_programs), dtype=bool)
        for wave in (first, second):
            people = self.waves[wave]
            tests = asked_tests(people, name)
            if not all(people.knows(test.name) for test in tests):
                continue
            meets = people.meet(tests)
            for person in np.flatnonzero(people.columns["pair"]):
                able[people.columns["pair_index"][person]] &= meets[person]
        chosen = np.flatnonzero(able)
        chosen = np.sort(self.rng.permutation(chosen)[: sizes[0]])
        curve = self.reconstruction.assumption(name).curve or Curve(median=50_000, spread=0.8)
        amounts = draw_paired_amounts(
            len(chosen),
            (found.get((first, "median")), found.get((second, "median"))),
            (found.get((first, "mean")), found.get((second, "mean"))),
            statistic,
            (curve, curve),
            1000.0,
            self.rng,
        )
        self.amounts[name] = {}
        for wave, values in zip((first, second), amounts, strict=True):
            column = np.full(len(self.pair_programs), np.nan)
            column[chosen] = values
            self.amounts[name][wave] = column
            for test in asked_tests(self.waves[wave], name):
                if not self.waves[wave].knows(test.name):
                    self.musts[wave, test.name] = (test, ~np.isnan(column))
        self._check_amounts(rows, amounts)

    def _check_amounts(self, rows: list[Printed], amounts: tuple[np.ndarray, np.ndarray]) -> None:
        from scipy.stats import ttest_rel

        result = ttest_rel(*amounts)
        values = {
            "ttest_rel_statistic": result.statistic,
            "ttest_rel_df": result.df,
            "ttest_rel_pvalue": result.pvalue,
        }
        for row in rows:
            value = values.get(row.statistic)
            if value is not None and Fraction(float(value)) not in row.interval:
                self.gave_up.append(row.id)

    # Counting --------------------------------------------------------------------------

    def _count(
        self,
        people: People,
        block: Block,
        lead: str,
        asked: np.ndarray,
        asked_all: list[Test],
        fixed: np.ndarray,
        other: np.ndarray | None,
        later: bool,
        rows: list[Printed],
    ) -> Counted:
        tests = [Test("pair", "pair"), *asked_all]
        for row in rows:
            tests += [t for t in tests_of(people, row) if t.name not in block.names]
        parts = self._parts(people, block, lead)
        for part_tests, _ in parts:
            tests += part_tests
        offered = self._offered_tests(people, lead)
        for category_tests in offered.values():
            tests += category_tests
        must = self.musts.get((people.wave, lead))
        bound = np.zeros(len(people), dtype=np.int64)
        if must is not None:
            paired = people.columns["pair"]
            bound[paired] = must[1][people.columns["pair_index"][paired]]
        keys = [fixed, bound] if other is None else [fixed, bound, other]
        if None in _answers(block, lead):
            # Those who were not asked are counted too, all as missing: a figure on several
            # questions may be about them.
            fixed = np.where(asked, fixed, len(block.cells) - 1)
            keys[0] = fixed
            asked = np.ones(len(people), dtype=bool)
        strata = group_people(people, asked, tests, keys)
        problem = Problem()
        counted = Counted(block, strata, problem, {}, {}, self.codebook)
        if other is not None:
            counted.other = np.array([other[m[0]] for m in strata.members], dtype=np.int64)
            counted.later = later
        for s, members in enumerate(strata.members):
            part = next(
                (p for part_tests, p in parts if all(strata.marks[t][s] for t in part_tests)),
                None,
            )
            cell = int(fixed[members[0]])
            absent = {
                c
                for c, category_tests in offered.items()
                if not all(strata.marks[t][s] for t in category_tests)
            }
            other_rank = int(counted.other[s]) if counted.other is not None else -1
            barred = {
                c
                for c, answer in enumerate(block.cells)
                if bound[members[0]] and not block.holds(must[0], answer, self.codebook)
            }
            if cell < 0 and people.columns["pair"][members[0]]:
                barred |= self._barred_elsewhere(people, block, lead, members[0])
            self._add_stratum(counted, s, lead, part, cell, absent, other_rank, barred)
        counted.__post_init__()
        self._bound_answered(counted, lead)
        return counted

    def _barred_elsewhere(self, people: People, block: Block, lead: str, person: int) -> set[int]:
        """Return cells that a pair cannot have, as the other wave's extremes exclude them."""
        if lead not in self._same_answers(people.wave):
            return set()
        name = next(iter(block.cells[0]))
        kind = people.columns["program_type"][person]
        barred = set()
        for row in self.rows:
            if (
                row.variable != name
                or row.wave == people.wave
                or row.by
                or row.statistic not in {"min", "max"}
                or not all(t.name == "program_type" and kind in t.wanted for t in row.tests)
            ):
                continue
            # Up to two birthdays lie between the waves.
            for place, cell in enumerate(block.cells):
                value = cell[name]
                if value is not None and (
                    (row.statistic == "min" and value - 2 < (row.interval.low or 0))
                    or (
                        row.interval.high is not None
                        and row.statistic == "max"
                        and value > row.interval.high - 2
                    )
                ):
                    barred.add(place)
        return barred

    def _bound_answered(self, counted: Counted, lead: str) -> None:
        """Keep the number who answered near the assumed one, unless printed figures forbid it.

        Else a conflict between figures could be hidden by having hardly anybody answer.
        """
        if None not in _answers(counted.block, lead):
            return
        people = counted.strata.people
        answers = _answers(counted.block, lead)
        by_program = any(test.name == "program" for test in counted.strata.marks)
        level = people.columns["program" if by_program else "program_type"]
        terms: dict[str, dict[int, Fraction]] = {}
        likely: dict[str, float] = {}
        for (s, c), place in counted.cells.items():
            if answers[c] is None:
                continue
            name = level[counted.strata.members[s][0]]
            terms.setdefault(name, {})[place] = ONE
            target = counted.problem.target[place]
            likely[name] = likely.get(name, 0) + (
                counted.problem.lower[place] if target is None else target
            )
        for name in terms:
            counted.problem.figures.append(
                Figure((), (Linear(terms[name], int(0.75 * likely[name]), None),), 10.0)
            )

    def _parts(self, people: People, block: Block, lead: str) -> list[tuple[list[Test], Part]]:
        named = next(iter(block.cells[0])) if not block.multiple else lead
        result = []
        for name in dict.fromkeys([lead, named]):
            for part in self.reconstruction.assumption(name).by:
                if part.wave in {None, people.wave}:
                    tests = make_tests(self.codebook, part.where)
                    if all(people.knows(t.name) and t.name not in block.names for t in tests):
                        result.append((tests, part))
        return result

    def _offered_tests(self, people: People, lead: str) -> dict[str, list[Test]]:
        variable = self.codebook.variables[lead]
        if variable.kind != "multiple":
            return {}
        general = asked_tests(people, lead)
        found = {}
        for category in variable.categories_in(people.wave):
            tests = [t for t in asked_tests(people, lead, category) if t not in general]
            if tests:
                found[category] = tests
        return found

    def _add_stratum(
        self,
        counted: Counted,
        s: int,
        lead: str,
        part: Part | None,
        fixed: int,
        absent: set[str],
        other_rank: int,
        barred: set[int],
    ) -> None:
        block, problem = counted.block, counted.problem
        size = len(counted.strata.members[s])
        assumption = self.reconstruction.assumption(lead)
        answered = part.answered if part is not None and part.answered is not None else None
        answered = answered if answered is not None else assumption.answered
        answered = 0.92 if answered is None else answered
        shares = self._shares(block, lead, part, absent, other_rank)
        can_skip = None in _answers(block, lead)
        empty: dict[int, int] = {}
        given: dict[int, int] = {}
        for c, cell in enumerate(block.cells):
            answer = cell[lead] if lead in cell else next(iter(cell.values()))
            if c in barred or (isinstance(answer, frozenset) and answer & absent):
                continue
            missing = answer is None
            if fixed >= 0:
                if c != fixed:
                    continue
                place = problem.add_unknown(size, lower=size)
            else:
                rate = answered if can_skip else 1.0
                target = size * (1 - rate) if missing else size * rate * shares[c]
                place = problem.add_unknown(size, target)
            counted.cells[s, c] = place
            if not missing:
                given[place] = 1
            if isinstance(answer, frozenset) and not answer:
                empty[place] = 1
        everybody = {place: 1 for (i, _), place in counted.cells.items() if i == s}
        problem.nature.append(Linear(everybody, size, size))
        if fixed < 0:
            # Whole likely counts that add up: a solution near them is then whole nearly by itself.
            sums = np.round(np.cumsum([problem.target[place] for place in everybody]))
            for place, target in zip(everybody, np.diff(sums, prepend=0.0), strict=True):
                problem.target[place] = float(target)
        if not block.ticks:
            if block.multiple and empty and can_skip:
                # Somebody who ticked nothing has not answered.
                problem.nature.append(Linear(empty, None, 0))
            return
        for category in block.ticks:
            if category in absent:
                continue
            share = self._tick_share(lead, part, category)
            place = problem.add_unknown(size, float(round(size * answered * share)))
            counted.ticks[s, category] = place
            problem.nature.append(Linear({place: 1, **{p: -1 for p in given}}, None, 0))
        if can_skip:
            ticked = {p: 1 for (i, _), p in counted.ticks.items() if i == s}
            problem.nature.append(Linear({**ticked, **{p: -1 for p in empty}}, 0, None))

    def _tick_share(self, lead: str, part: Part | None, category: str) -> float:
        shares = part.shares if part is not None and category in part.shares else {}
        shares = shares or self.reconstruction.assumption(lead).shares
        return shares.get(category, 5.0) / 100

    def _shares(
        self, block: Block, lead: str, part: Part | None, absent: set[str], other_rank: int
    ) -> np.ndarray:
        """Return the likely share of each cell among those who answer."""
        key = (lead, id(part), tuple(sorted(absent)), other_rank)
        cache = self.__dict__.setdefault("_share_cache", {})
        if cache.get("block") is not block:
            cache.clear()
            cache["block"] = block
        if key in cache:
            return cache[key]
        cells = [cell for cell in block.cells if next(iter(cell.values())) is not None]
        variable = self.codebook.variables[lead]
        if block.multiple:
            shares = np.ones(len(cells))
            for category in block.joint:
                share = self._tick_share(lead, part, category)
                inside = np.array([category in cell[lead] for cell in cells])
                shares *= np.where(inside, 0.0 if category in absent else share, 1 - share)
        elif variable.kind == "country":
            countries = self.reconstruction.countries
            weights = part.shares if part is not None and part.shares else countries.weights
            shares = np.array([weights.get(cell[lead], countries.tail) for cell in cells])
        elif variable.is_categorical:
            weights = part.shares if part is not None and part.shares else {}
            weights = weights or self.reconstruction.assumption(lead).shares
            shares = np.array([weights.get(cell[lead], 1.0) for cell in cells], dtype=float)
        else:
            shares = self._number_shares(block, cells, part)
        shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(cells), 1 / len(cells))
        if other_rank >= 0:
            same = list(variable.categories)[other_rank]
            shares = 0.1 * shares
            shares[[cell[lead] for cell in cells].index(same)] += 0.9
        result = np.zeros(len(block.cells))
        result[: len(cells)] = shares
        cache[key] = result
        return result

    def _number_shares(
        self, block: Block, cells: list[dict[str, Any]], part: Part | None
    ) -> np.ndarray:
        shares = np.ones(len(cells))
        drawn = [
            name
            for name in cells[0]
            if self.codebook.variables[name].derive is None
            or self.codebook.variables[name].derive.years_since
        ]
        for name in drawn:
            assumption = self.reconstruction.assumption(name)
            curve = assumption.curve
            if part is not None and part in assumption.by and part.curve is not None:
                curve = part.curve
            elif part is not None:
                for own in assumption.by:
                    if own.where == part.where and own.wave == part.wave and own.curve:
                        curve = own.curve
                        break
            values = sorted({cell[name] for cell in cells})
            weights = dict(zip(values, weigh_values(values, curve, assumption.heaps), strict=True))
            shares = shares * np.array([weights[cell[name]] for cell in cells])
        return shares

    def _add_seen(self, counted: Counted, rows: list[Printed]) -> None:
        """Add numbers of countries: which ones are seen is chosen by their weights."""
        by_tests: dict[tuple[Test, ...], list[Printed]] = {}
        for row in rows:
            by_tests.setdefault(row.tests, []).append(row)
        order = [cell for cell in counted.block.cells if next(iter(cell.values())) is not None]
        codes = [next(iter(cell.values())) for cell in order]
        wanted: dict[tuple[Test, ...], int] = {}
        for tests, group in by_tests.items():
            best = max(
                range(len(codes) + 1),
                key=lambda k, group=group: sum(r.weight for r in group if k in r.interval),
            )
            wanted[tests] = best
        universe = codes[: wanted[()]] if () in wanted else codes
        uncovered = set(universe) if () in wanted else set()
        sets: dict[tuple[Test, ...], set[str]] = {(): set(universe)} if () in wanted else {}
        groups = sorted((t for t in wanted if t), key=lambda t: -wanted[t])
        for place, tests in enumerate(groups):
            first = [c for c in universe if c in uncovered] if place else []
            chosen = (first + [c for c in universe if c not in first])[: wanted[tests]]
            uncovered -= set(chosen)
            sets[tests] = set(chosen)
        for tests, group in by_tests.items():
            constraints = []
            for code in codes:
                # Being seen or not is a condition on the number who live there.
                terms = counted.count([*tests, Test(group[0].variable, "in", (code,))])
                if code in sets[tests]:
                    constraints.append(Linear(terms, 1, None))
                else:
                    constraints.append(Linear(terms, None, 0))
            kept = [row for row in group if wanted[tests] in row.interval]
            self.gave_up += [row.id for row in group if row not in kept]
            if kept:
                counted.problem.figures.append(
                    Figure(
                        tuple(row.id for row in kept),
                        tuple(constraints),
                        sum(row.weight for row in kept),
                    )
                )

    # Who gave which answer -----------------------------------------------------------------

    def _assign(self, counted: Counted, counts: np.ndarray, asked_names: list[str]) -> None:
        people, block, rng = counted.strata.people, counted.block, self.rng
        lead = asked_names[0]
        variable = self.codebook.variables[lead]
        cell_of = np.full(len(people), -1, dtype=np.int64)
        ordered = variable.kind == "ordered" or variable.is_numeric
        assumption = self.reconstruction.assumption(lead)
        score = affinity = None
        if ordered:
            name = next(iter(block.cells[0]))
            weights = {
                **assumption.depends.get("value", {}),
                **self.reconstruction.assumption(name).depends.get("value", {}),
            }
            score = score_people(people, weights) + rng.normal(size=len(people)) * assumption.noise
            score += self._persistent_score(people, lead, assumption.persistence)
        else:
            affinity = self._affinities(people, block, lead)
        cells_of_stratum: dict[int, list[tuple[int, int]]] = {}
        for (s, c), place in counted.cells.items():
            cells_of_stratum.setdefault(s, []).append((c, int(counts[place])))
        missing = {c for c, cell in enumerate(block.cells) if next(iter(cell.values())) is None}
        rank = self._cell_order(block)
        for s, members in enumerate(counted.strata.members):
            cells = cells_of_stratum[s]
            unanswered = sum(number for c, number in cells if c in missing)
            skipped = choose_unanswered(people, members, unanswered, rng)
            rest = np.setdiff1d(members, skipped, assume_unique=True)
            given = sorted(
                ((c, n) for c, n in cells if c not in missing), key=lambda pair: rank[pair[0]]
            )
            ids = np.array([c for c, _ in given], dtype=np.int64)
            numbers = np.array([n for _, n in given], dtype=np.int64)
            if len(rest) == 0:
                continue
            if ordered:
                places = spread_by_rank(rest, score[rest], numbers)
            else:
                places = spread_by_affinity(rest, affinity[np.ix_(rest, ids)], numbers)
            cell_of[rest] = ids[places]
        if block.multiple:
            self._write_multiple(counted, counts, cell_of)
            return
        self._write_columns(people, block, asked_names, cell_of)

    def _cell_order(self, block: Block) -> list[float]:
        """Return the rank of each cell: by its last number, such as a product, or as listed."""
        cell = block.cells[0]
        name = list(cell)[-1]
        if self.codebook.variables[name].is_numeric and not block.multiple:
            jitter = self.rng.random(len(block.cells)) * 1e-6
            return [
                (cell[name] if cell[name] is not None else -1) + jitter[i]
                for i, cell in enumerate(block.cells)
            ]
        return list(range(len(block.cells)))

    def _persistent_score(self, people: People, name: str, strength: float) -> np.ndarray:
        there = self._other_wave(people)
        result = np.zeros(len(people))
        if there is None or not there.knows(name):
            return result
        column = self._match_other(people, there, name)
        if column.dtype == object:
            ranks = {c: i for i, c in enumerate(self.codebook.variables[name].categories)}
            column = np.array([ranks.get(v, np.nan) for v in column], dtype=float)
        known = ~np.isnan(column)
        if known.sum() > 1 and column[known].std() > 0:
            result[known] = strength * (column[known] - column[known].mean()) / column[known].std()
        return result

    def _affinities(self, people: People, block: Block, lead: str) -> np.ndarray:
        """Return how well each cell goes with each person, chance included."""
        assumption = self.reconstruction.assumption(lead)
        there = self._other_wave(people)
        if block.multiple:
            options = {c: self._option_score(people, lead, c) for c in block.joint}
            # A row a cell, since rows are added faster than columns.
            result = np.zeros((len(block.cells), len(people)))
            for place, cell in enumerate(block.cells):
                for category in cell[lead] or ():
                    result[place] += options[category]
            return result.T
        cells = [cell[lead] for cell in block.cells]
        result = self.rng.gumbel(size=(len(people), len(cells))) * assumption.noise
        answers = None
        if there is not None and there.knows(lead):
            answers = self._match_other(people, there, lead)
        for place, category in enumerate(cells):
            if category is None:
                continue
            weights = assumption.depends.get(category)
            if weights:
                result[:, place] += score_people(people, weights)
            if answers is not None:
                result[:, place] += assumption.persistence * (answers == category)
        return result

    def _option_score(self, people: People, lead: str, category: str) -> np.ndarray:
        assumption = self.reconstruction.assumption(lead)
        score = self.rng.logistic(size=len(people)) * 0.55 * assumption.noise
        score += score_people(people, assumption.depends.get(category, {}))
        score += score_people(people, assumption.depends.get("value", {}))
        there = self._other_wave(people)
        if there is not None and column_of(lead, category) in there.columns:
            same = self._match_other(people, there, column_of(lead, category))
            score += assumption.persistence * same
        return score

    def _write_columns(
        self, people: People, block: Block, asked_names: list[str], cell_of: np.ndarray
    ) -> None:
        for name in block.cells[0]:
            if self.codebook.variables[name].is_numeric:
                values = np.array(
                    [np.nan if cell[name] is None else cell[name] for cell in block.cells]
                    + [np.nan]
                )
                people.columns[name] = values[cell_of]
            else:
                texts = np.array([cell[name] for cell in block.cells] + [None], dtype=object)
                people.columns[name] = texts[cell_of]
        for name in asked_names:
            if name not in people.columns:
                # A year of birth, of which the age was drawn.
                years = people.columns["submitted"].astype("datetime64[Y]").astype(int) + 1970
                derived = next(iter(block.cells[0]))
                people.columns[name] = years - people.columns[derived]

    def _write_multiple(self, counted: Counted, counts: np.ndarray, cell_of: np.ndarray) -> None:
        people, block = counted.strata.people, counted.block
        lead = block.multiple
        assumption = self.reconstruction.assumption(lead)
        sets = [cell[lead] for cell in block.cells]
        answered = np.array([s is not None for s in sets] + [False])[cell_of]
        for category in block.joint:
            inside = np.array([bool(s) and category in s for s in sets] + [False])
            people.columns[column_of(lead, category)] = inside[cell_of]
        for category in block.ticks:
            people.columns[column_of(lead, category)] = np.zeros(len(people), dtype=bool)
        some = np.zeros(len(people), dtype=bool)
        for category in block.joint:
            some |= people.columns[column_of(lead, category)]
        cover = None in sets
        if block.ticks:
            scores = np.column_stack([self._option_score(people, lead, c) for c in block.ticks])
            for left, inside in ((c, d) for c in block.ticks for d in block.joint):
                if any(left in group and inside in group for group in assumption.exclusive):
                    scores[:, block.ticks.index(left)] -= (
                        assumption.exclusion * people.columns[column_of(lead, inside)]
                    )
            exclusive = [
                {block.ticks.index(c) for c in group if c in block.ticks}
                for group in assumption.exclusive
            ]
            for s, members in enumerate(counted.strata.members):
                rest = members[answered[members]]
                if len(rest) == 0:
                    continue
                numbers = np.array(
                    [
                        int(counts[counted.ticks[s, c]]) if (s, c) in counted.ticks else 0
                        for c in block.ticks
                    ]
                )
                eligible = np.tile([(s, c) in counted.ticks for c in block.ticks], (len(rest), 1))
                ticked = tick_options(
                    scores[rest],
                    numbers,
                    eligible,
                    some[rest],
                    exclusive,
                    assumption.exclusion,
                    cover,
                )
                for option, category in enumerate(block.ticks):
                    people.columns[column_of(lead, category)][rest] = ticked[:, option]
        everything = np.zeros(len(people), dtype=bool)
        for category in [*block.joint, *block.ticks]:
            everything |= people.columns[column_of(lead, category)]
        people.columns[lead] = everything
        for name in block.cells[0]:
            if name != lead:
                parts = self.codebook.variables[name].derive.ticks[lead]
                total = np.zeros(len(people))
                for part in parts:
                    members = self._members(self.codebook.variables[lead], part)
                    total += people.holds(
                        Test(
                            lead,
                            "in",
                            tuple(c for c in members if column_of(lead, c) in people.columns),
                        )
                    )
                people.columns[name] = np.where(everything, total, np.nan)

    # Texts, names, frames -------------------------------------------------------------------

    def _write_texts(self, people: People) -> None:
        for name, variable in self.codebook.in_wave(people.wave).items():
            if variable.kind != "text":
                continue
            column = np.full(len(people), None, dtype=object)
            texts = self.reconstruction.texts.get(name)
            if texts is not None:
                able = people.meet(make_tests(self.codebook, texts.asked_if))
                places = self.rng.permutation(np.flatnonzero(able))
                number = self._printed_total(people.wave, name, "")
                number = round(texts.answered * len(places)) if number is None else number
                places = places[: min(number, len(places))]
                frequent = self._printed_total(people.wave, name, "most_frequent") or 0
                column[places] = self._make_texts(name, len(places), frequent)
            people.columns[name] = column

    def _printed_total(self, wave: str, name: str, category: str) -> int | None:
        return self.text_sizes.get((wave, name, category))

    @property
    def text_sizes(self) -> dict[tuple[str, str, str], int]:
        """The printed numbers of texts, by wave, variable and category."""
        found = {}
        for row in self.rows:
            if row.statistic in {"nobs", "count"} and not row.tests:
                variable = self.codebook.variables.get(row.variable)
                if variable is not None and variable.kind == "text":
                    found[row.wave, row.variable, row.category] = int(
                        row.interval.low + Fraction(1, 2)
                    )
        return found

    def _make_texts(self, name: str, number: int, frequent: int) -> np.ndarray:
        texts = self.reconstruction.texts[name]
        made: list[str] = []
        for form in texts.forms:
            places = [w for w in texts.words if "{" + w + "}" in form]
            for words in product(*(texts.words[w] for w in places)):
                made.append(form.format(**dict(zip(places, words, strict=True))))
        made = [text for text in dict.fromkeys(made) if text != texts.most_frequent]
        if not frequent:
            once = np.array(texts.once[:number], dtype=object)
            others = self.rng.choice(np.array(made, dtype=object), size=number - len(once))
            return self.rng.permutation(np.concatenate([once, others]))
        # Everybody else's text stays rarer than the most frequent one.
        others = self.rng.permutation(np.array(made, dtype=object))
        falling = (frequent - 1) * (1 - np.arange(len(others)) / max(len(others), 1)) ** 2
        pool = np.repeat(others, np.maximum(1, np.ceil(falling).astype(int)))
        if len(pool) < number - frequent:
            raise ValueError(f"{name} needs more forms or words for {number} texts.")
        chosen = self.rng.permutation(pool)[: number - frequent]
        return self.rng.permutation(
            np.concatenate([chosen, np.full(frequent, texts.most_frequent or made[0], object)])
        )

    def _name_people(self, people: People) -> None:
        """Number the people of a wave; a pair has the same number in both waves."""
        index = people.columns["pair_index"]
        person = index + 1
        free = index < 0
        person[free] = np.arange(self.named + 1, self.named + 1 + int(free.sum()))
        self.named += int(free.sum())
        people.columns["person"] = person

    def frame_of(self, people: People) -> "pd.DataFrame":
        """Return a wave's answers as a frame, described at Drawn."""
        import pandas as pd

        columns: dict[str, Any] = {
            "person": people.columns["person"],
            "program": people.columns["program"],
            "program_type": people.columns["program_type"],
            "submitted": people.columns["submitted"],
            "pair": people.columns["pair"],
        }
        for name, variable in self.codebook.in_wave(people.wave).items():
            if variable.derive is not None or variable.kind == "identifier":
                continue
            if variable.kind == "multiple":
                answered = people.columns[name]
                for category in variable.categories_in(people.wave):
                    offered = people.meet(asked_tests(people, name, category))
                    values = pd.array(people.columns[column_of(name, category)], dtype="boolean")
                    values[~(answered & offered)] = pd.NA
                    columns[column_of(name, category)] = values
            else:
                columns[name] = people.columns[name]
        return pd.DataFrame(columns)


def _answers(block: Block, lead: str) -> list[Any]:
    return [cell[lead] if lead in cell else next(iter(cell.values())) for cell in block.cells]


def _is_narrow(row: Printed) -> bool:
    return any(test.kind != "pair" for test in row.tests) or bool(row.by)


class _Sizes:
    """Figures about how many people there are, over unknowns that are programs."""

    def __init__(self, study: Study, problem: Problem) -> None:
        self.study, self.problem = study, problem

    def _terms(self, tests: list[Test]) -> dict[int, Fraction]:
        terms = {}
        for place, (name, program) in enumerate(self.study.programs.items()):
            values = {"program": name, "program_type": program.type}
            if all(test.kind == "pair" or values.get(test.name) in test.wanted for test in tests):
                terms[place] = Fraction(1)
        return terms

    def figure(self, row: Printed) -> Figure:
        low, high = tighten(row.interval)
        tests = list(row.tests)
        part = list(tests)
        if row.category in self.study.program_types:
            part.append(Test("program_type", "in", (row.category,)))
        elif row.category in self.study.programs:
            part.append(Test("program", "in", (row.category,)))
        elif row.category:
            raise NotUnderstood(row.category)
        if row.by:
            return self._extreme(row, tests, low, high)
        terms = self._terms(part)
        if row.statistic in {"count", "nobs"}:
            return Figure((row.id,), (Linear(terms, low, high),), row.weight)
        if row.statistic != "proportion" or not row.category:
            raise NotUnderstood(row.statistic)
        whole = self._terms(tests)
        return Figure(
            (row.id,),
            tuple(bound_share(terms, whole, low, high)),
            row.weight,
            find_centre(terms, whole, low, high),
        )

    def _extreme(
        self, row: Printed, tests: list[Test], low: Fraction | None, high: Fraction | None
    ) -> Figure:
        """A program's share of everybody, the smallest or the largest of some programs."""
        if row.by.partition(":")[0] != "program" or row.statistic != "proportion":
            raise NotUnderstood(row.by)
        whole = self._terms([])
        smallest = row.by.endswith(":lower")
        edge, beyond = (low, high) if smallest else (high, low)
        constraints, chosen = [], {}
        for place in self._terms(tests):
            if edge is not None:
                terms = subtract({place: Fraction(1)}, whole, edge)
                constraints.append(Linear(terms, 0, None) if smallest else Linear(terms, None, 0))
            if beyond is not None:
                reach = self.problem.add_unknown(1)
                chosen[reach] = Fraction(1)
                terms = subtract({place: Fraction(1)}, whole, beyond)
                most = sum(
                    f * (self.problem.upper[p] if (f > 0) == smallest else self.problem.lower[p])
                    for p, f in terms.items()
                )
                bound = Linear(
                    {**terms, reach: most}, *((None, most) if smallest else (most, None))
                )
                constraints.append(bound)
        if chosen:
            constraints.append(Linear(chosen, 1, None))
        return Figure((row.id,), tuple(constraints), row.weight)


class _Days:
    """Figures about the days between two waves, over unknowns that are program type and day."""

    def __init__(
        self, problem: Problem, unknown: dict[tuple[str, int], int], values: list[float]
    ) -> None:
        self.problem, self.unknown, self.values = problem, unknown, values

    def figure(self, row: Printed) -> Figure:
        types = {
            kind
            for kind, _ in self.unknown
            if all(
                t.kind == "pair" or (t.name == "program_type" and kind in t.wanted)
                for t in row.tests
            )
        }
        values: dict[float, dict[int, Fraction]] = {}
        for (kind, i), place in self.unknown.items():
            if kind in types:
                values.setdefault(self.values[i], {})[place] = ONE
        low, high = tighten(row.interval)
        if row.statistic == "mean":
            total, whole = add_values(values)
            return Figure(
                (row.id,),
                tuple(bound_share(total, whole, low, high)),
                row.weight,
                find_centre(total, whole, low, high),
            )
        return Figure((row.id,), tuple(limit_values(row, values, low, high, {})), row.weight)
