"""Draws everybody's true answers so that the printed figures come out of them.

A block of variables is drawn at a time, in an order, each from a problem of whole counts over
groups of the people and their answers so far. A figure belongs to the block after which all that
it speaks of is known. So a later figure never moves an earlier answer: one that earlier answers
exclude is given up, which the check of reproduction and another order or seed would show.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort
from altcred.describe.study import Program, ProgramType, Study
from altcred.kinds import kind_of
from altcred.kinds.variable import column_of
from altcred.reconstruct.amounts import draw_paired
from altcred.reconstruct.answers import give_answers
from altcred.reconstruct.assumptions import FollowUp, Reconstruction
from altcred.reconstruct.blocks import Needs, list_blocks, make_block
from altcred.reconstruct.figures import (
    ASSUMED,
    DAYS,
    LEVELS,
    PAIRED,
    PAIRS,
    RESPONSES,
    Printed,
    is_any_of,
    needed_tests,
    read_figures,
)
from altcred.reconstruct.people import PAIR, People, Test, asked_tests
from altcred.reconstruct.problems import find_ties, pose_problem
from altcred.reconstruct.sizes import Sizes, draw_days, draw_pair_starts
from altcred.reconstruct.solve import solve_counts
from altcred.reconstruct.texts import write_texts

if TYPE_CHECKING:
    import pandas as pd


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
    cohort: Cohort,
    published: "pd.DataFrame",
    reconstruction: Reconstruction,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Drawn:
    """Draw everybody's true answers so that the printed figures come out of them.

    `published` has the columns of published.csv; `seed` is the reconstruction's own where it is
    left out; `tell` is told of each step. The same arguments give the same answers.
    """
    cohort = replace(cohort, study=_name_programs(cohort.study))
    rows, unexplained = read_figures(published, cohort, reconstruction)
    rng = np.random.default_rng(reconstruction.seed if seed is None else seed)
    drawing = Drawing(
        cohort.study, cohort.codebook, reconstruction, rows, rng, tell, unexplained=unexplained
    )
    drawing.gave_up += [name for name in published["id"] if name in reconstruction.set_aside]
    drawing.draw()

    def list_printed(names: list[str]) -> list[str]:
        return sorted({name for name in names if not name.startswith(ASSUMED)})

    frames = {wave: frame_of(drawing.waves[wave]) for wave in cohort.study.waves}
    return Drawn(frames, list_printed(drawing.gave_up), list_printed(drawing.unexplained))


def _name_programs(study: Study) -> Study:
    """Return a study in which everybody is in a program: one without a name where it has none."""
    if study.programs:
        return study
    types = {"": ProgramType(label="")}
    programs = {"": Program.model_construct(label="", type="")}
    return study.model_copy(update={"program_types": types, "programs": programs})


@dataclass
class Drawing:
    """The state of one drawing: what is drawn so far, and what had to be given up."""

    study: Study
    codebook: Codebook
    reconstruction: Reconstruction
    rows: list[Printed]
    rng: np.random.Generator
    tell: Callable[[str], None]
    unexplained: list[str]
    gave_up: list[str] = field(default_factory=list)
    waves: dict[str, People] = field(default_factory=dict)
    named: int = 0

    def draw(self) -> None:
        """Draw everything: who there is, then a wave after the other, follow-ups last."""
        sizing = Sizes(self.study, self.reconstruction, self.rows)
        sizes = sizing.draw_sizes()
        self.pairs = sizing.draw_pairs(sizes)
        programs = [name for name, number in self.pairs.items() for _ in range(number)]
        types = [self.study.programs[name].type for name in programs]
        self.days = sizing.draw_days(types, self.rng)
        self.gave_up += sizing.gave_up
        self.unexplained += sizing.unexplained
        self.named = len(self.days)
        # The later wave is smaller as a rule and so leaves less choice: it goes first.
        first_drawn = [wave for wave in self.study.waves if wave not in self.follow_ups]
        first_drawn.sort(key=lambda wave: wave in self.panel_waves[:1])
        for wave in first_drawn:
            self.waves[wave] = self._gather(wave, sizes[wave])
        self._match_pairs()
        for wave in first_drawn:
            self._draw_wave(self.waves[wave])
        for wave in first_drawn:
            self._name_people(self.waves[wave])
        for wave in self.follow_ups:
            self.waves[wave] = self._gather(wave, sizes[wave])
            self._choose_followed(self.waves[wave])
            self._draw_wave(self.waves[wave])

    @cached_property
    def panel_waves(self) -> list[str]:
        return [wave for panel in self.study.panels[:1] for wave in (panel.first, panel.second)]

    @cached_property
    def follow_ups(self) -> dict[str, str]:
        """Waves that went to people of an earlier one, and that one."""
        return {panel.second: panel.first for panel in self.study.panels[1:]}

    @cached_property
    def traits(self) -> list[str]:
        """What a person keeps in every wave: patience with questions, and the assumed factors."""
        return ["patience", *self.reconstruction.factors]

    # Drawn once and kept by the pairs: a number each.

    @cached_property
    def pair_starts(self) -> np.ndarray:
        first, second = (self.reconstruction.collection[wave] for wave in self.panel_waves)
        return draw_pair_starts(first, second, self.days, self.rng)

    @cached_property
    def pair_seconds(self) -> np.ndarray:
        return self.rng.integers(8 * 3600, 20 * 3600, size=len(self.days))

    @cached_property
    def pair_traits(self) -> dict[str, np.ndarray]:
        return {trait: self.rng.normal(size=len(self.days)) for trait in self.traits}

    # Who there is ------------------------------------------------------------------------

    def _gather(self, wave: str, sizes: dict[str, int]) -> People:
        """Set up a wave's people: program, membership in the panel, time of submission."""
        people = People(wave, self.study, self.codebook, self.reconstruction)
        program, pair_index, taken = [], [], 0
        for name, size in sizes.items():
            members = self.pairs[name] if wave in self.panel_waves else 0
            program += [name] * size
            pair_index += [*range(taken, taken + members), *[-1] * (size - members)]
            taken += members
        order = self.rng.permutation(len(program))
        types = [self.study.programs[name].type for name in program]
        index = np.array(pair_index, dtype=np.int64)[order]
        people.match = np.full(len(program), -1, dtype=np.int64)
        people.columns |= {
            "program": np.array(program, dtype=object)[order],
            "program_type": np.array(types, dtype=object)[order],
            "pair_index": index,
            "pair": index >= 0,
        }
        people.columns["submitted"] = self._draw_submitted(people)
        for trait in self.traits:
            people.columns[trait] = self.rng.normal(size=len(people))
        if wave in self.panel_waves:
            for trait, kept in self.pair_traits.items():
                people.columns[trait][index >= 0] = kept[index[index >= 0]]
        return people

    def _draw_submitted(self, people: People) -> np.ndarray:
        paired, index = people.columns["pair"], people.columns["pair_index"]
        index = index[paired]
        days = np.empty(0, dtype="datetime64[D]")
        if paired.any():
            days = self.pair_starts[index]
            if people.wave == self.panel_waves[1]:
                days = days + self.days[index].astype(int)
        chosen = draw_days(people, days, self.rows, self.rng)
        drawn = np.round(self.rng.normal(15 * 3600, 4 * 3600, size=len(people)))
        seconds = drawn.astype(int) % 86400
        if paired.any():
            # Both answers of a pair at nearly the same hour, so that the days between them are
            # whole whether they are counted by dates or by hours.
            hours = self.pair_seconds[index]
            seconds[paired] = hours + self.rng.integers(0, 1200, size=len(index))
        return chosen.astype("datetime64[s]") + seconds.astype("timedelta64[s]")

    def _match_pairs(self) -> None:
        """Let the two waves of the first panel know of each other."""
        for wave, other in zip(self.panel_waves, reversed(self.panel_waves), strict=True):
            people, there = self.waves[wave], self.waves[other]
            place = np.full(len(self.days), -1, dtype=np.int64)
            paired = np.flatnonzero(there.columns["pair"])
            place[there.columns["pair_index"][paired]] = paired
            here = people.columns["pair"]
            people.match[here] = place[people.columns["pair_index"][here]]
            people.there, people.lasting = there, self.reconstruction.panel.same

    def _choose_followed(self, people: People) -> None:
        """Choose who of the earlier wave the people of a follow-up are, and number them."""
        there = self.waves[self.follow_ups[people.wave]]
        assumed = self.reconstruction.follow_ups.get(people.wave, FollowUp())
        people.there, people.lasting, people.is_follow_up = there, assumed.same, True
        columns = people.columns
        before = there.columns["submitted"] < columns["submitted"].min()
        for name in self.study.programs:
            here = self.rng.permutation(np.flatnonzero(columns["program"] == name))
            able = np.flatnonzero((there.columns["program"] == name) & before)
            number = min(round(assumed.answered_before * len(here)), len(able))
            if number:
                # Those who answer whole surveys are likelier to answer one more.
                weights = np.exp(there.columns["patience"][able])
                chosen = self.rng.choice(able, number, replace=False, p=weights / weights.sum())
                people.match[here[:number]] = chosen
        known = people.match >= 0
        for trait in self.traits:
            columns[trait][known] = there.columns[trait][people.match[known]]
        hidden = self.rng.permutation(np.flatnonzero(known))[: assumed.unfindable]
        columns["pair"] = known.copy()
        columns["pair"][hidden] = False
        self._name_people(people)
        columns["person"][known] = there.columns["person"][people.match[known]]

    def _name_people(self, people: People) -> None:
        """Number the people of a wave; a pair has the same number in both waves."""
        person = people.columns["pair_index"] + 1
        free = person == 0
        person[free] = np.arange(self.named + 1, self.named + 1 + int(free.sum()))
        self.named += int(free.sum())
        people.columns["person"] = person

    # What they answered -------------------------------------------------------------------

    def _draw_wave(self, people: People) -> None:
        blocks = list_blocks(people)
        drawn_at = {name: place for place, names in enumerate(blocks) for name in names}
        by_block: list[list[Printed]] = [[] for _ in blocks]
        for row in self.rows:
            if not self._is_about(row, people.wave):
                continue
            needed = {test.name for test in needed_tests(people, row)}
            needed |= set() if is_any_of(self.codebook, row.variable) else {row.variable}
            places = [drawn_at[name] for name in needed if name in drawn_at]
            others = (Test(name, "in") for name in needed if name not in drawn_at)
            if places and people.knows(others):
                by_block[max(places)].append(row)
            else:
                self.unexplained.append(row.id)
        for names, rows in zip(blocks, by_block, strict=True):
            self.tell(f"{people.wave}: {', '.join(names)}")
            self._draw_block(people, names, rows)
        of_texts = [row for row in self.rows if self._is_text(row)]
        write_texts(people, of_texts, self.rng)

    def _is_text(self, row: Printed) -> bool:
        variable = self.codebook.variables.get(row.variable)
        return variable is not None and kind_of(variable).stand_in == "words"

    def _is_about(self, row: Printed, wave: str) -> bool:
        """Tell whether a figure is on a wave's answers, such as last from the panel's other one."""
        if row.variable in {RESPONSES, PAIRS, DAYS} or row.statistic.startswith(PAIRED):
            return False
        lasts = (
            row.pairs_only
            and row.variable in self.reconstruction.panel.same
            and wave in self.panel_waves
            and all(test == PAIR or test.name in LEVELS for test in row.tests)
        )
        return (row.wave == wave or lasts) and not self._is_text(row)

    def _draw_block(self, people: People, names: list[str], rows: list[Printed]) -> None:
        if people.wave in self.panel_waves:
            panel = [self.waves[wave] for wave in self.panel_waves]
            for name in names:
                self.gave_up += draw_paired(name, panel, self.rows, self.rng)
        must = [people.musts[name][0] for name in names if name in people.musts]
        options = [option for test in must for option in test.wanted]
        amounts = {
            name: np.unique(column[~np.isnan(column)]).tolist()
            for name, column in people.amounts.items()
        }
        block = make_block(people, names, Needs(rows, amounts, options))
        ties = find_ties(people, block, rows, self.rows)
        counted, unexplained, excluded = pose_problem(people, block, rows, ties)
        solution = solve_counts(counted.problem)
        self.unexplained += unexplained
        self.gave_up += [*excluded, *solution.gave_up]
        give_answers(counted, solution.counts, self.rng)


def frame_of(people: People) -> "pd.DataFrame":
    """Return a wave's answers as a frame, described at Drawn."""
    import pandas as pd

    fixed = ("person", "program", "program_type", "submitted", "pair")
    columns: dict[str, Any] = {name: people.columns[name] for name in fixed}
    for name, variable in people.codebook.in_wave(people.wave).items():
        if variable.derive is not None or not kind_of(variable).stand_in:
            continue
        if not kind_of(variable).has_ticks:
            columns[name] = people.columns[name]
            continue
        for category in variable.categories_in(people.wave):
            offered = people.meet(asked_tests(people, name, category))
            values = pd.array(people.columns[column_of(name, category)], dtype="boolean")
            values[~(people.columns[name] & offered)] = pd.NA
            columns[column_of(name, category)] = values
    return pd.DataFrame(columns)
