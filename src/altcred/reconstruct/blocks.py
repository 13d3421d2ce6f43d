"""Variables whose answers are drawn together: which answers there are, and how likely each is.

What depends on the kind of a variable is in `CELLS` and `SHARES`, by the kind's `stand_in`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from altcred.core.intervals import parse_interval
from altcred.core.records import NOT_REPORTED
from altcred.describe.codebook import Codebook
from altcred.describe.dependence import source_names
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.reconstruct.amounts import list_values, weigh_values
from altcred.reconstruct.assumptions import Curve, Part
from altcred.reconstruct.figures import Printed, is_any_of, needed_tests
from altcred.reconstruct.people import People, Test, asked_tests, rule_of

Cell = Mapping[str, Any]


@dataclass
class Block:
    """Variables that are drawn together, a cell for each joint answer.

    `asked` are those that were asked, the first of them the `lead`; `derived` follow from them.
    A cell is a dict of variable to answer, None where it is not answered; of a multiple variable
    it holds the options ticked among `joint`. The other options, `ticks`, are counted one by one.
    """

    codebook: Codebook
    asked: list[str]
    derived: list[str]
    cells: list[Cell] = field(default_factory=list)
    joint: list[str] = field(default_factory=list)
    ticks: list[str] = field(default_factory=list)

    @property
    def lead(self) -> str:
        return self.asked[0]

    @property
    def variable(self) -> Variable:
        return self.codebook.variables[self.lead]

    @property
    def is_multiple(self) -> bool:
        return kind_of(self.variable).has_ticks

    @property
    def is_ranked(self) -> bool:
        """Whether answers rise from low to high, so that people are ranked to give them."""
        return kind_of(self.variable).is_ordered or self.variable.is_numeric

    @property
    def named(self) -> str:
        """The variable that cells name first: the lead, or what is derived from it and drawn."""
        return next(iter(self.cells[0]))

    @property
    def answers(self) -> list[Any]:
        """The answer of each cell: None where it is missing."""
        return [cell[self.named] for cell in self.cells]

    @property
    def can_skip(self) -> bool:
        return None in self.answers

    def holds(self, test: Test, cell: Cell) -> bool:
        """Tell whether a test holds of a cell."""
        answer = cell[test.name]
        if test.kind == "answered":
            return answer is not None
        if test.kind == "unanswered":
            return answer is None
        if answer is None:
            return False
        if test.kind == "out":
            return not self.holds(Test(test.name, "in", test.wanted), cell)
        if isinstance(answer, frozenset):
            return bool(answer & set(test.wanted))
        if self.codebook.variables[test.name].is_numeric:
            return any(parse_interval(text).holds(answer) for text in test.wanted)
        return answer in test.wanted


def list_blocks(people: People) -> list[list[str]]:
    """Return the variables of a wave in the order of drawing, derived ones with theirs.

    A block comes after those whose answers decide whether it is asked.
    """
    known = people.codebook.in_wave(people.wave)
    order = [name for name in people.reconstruction.order if name in known]
    order += [name for name in known if name not in order]
    together: dict[str, list[str]] = {}
    for name in order:
        variable = known[name]
        if kind_of(variable).stand_in in {"words", ""} or is_any_of(people.codebook, name):
            continue
        sources = [source for source in source_names(variable) if source in known]
        if variable.derive is None:
            together.setdefault(name, [name])
        elif sources:
            groups = (together.get(source, [source]) for source in sources)
            group = list(dict.fromkeys([name, *(one for group in groups for one in group)]))
            together |= dict.fromkeys(group, group)
    waiting: list[list[str]] = []
    for name in order:
        if name in together and together[name] not in waiting:
            waiting.append(together[name])
    return _sort_blocks(people, waiting)


def _sort_blocks(people: People, waiting: list[list[str]]) -> list[list[str]]:
    everything = {name for block in waiting for name in block}
    done: list[list[str]] = []
    while waiting:
        drawn = {name for block in done for name in block}

        def is_ready(block: list[str], drawn: set[str] = drawn) -> bool:
            asked = (name for name in block if people.codebook.variables[name].derive is None)
            needed = {test.name for name in asked for test in asked_tests(people, name)}
            return needed & everything <= drawn | set(block)

        block = next(filter(is_ready, waiting), waiting[0])
        waiting = [one for one in waiting if one is not block]
        done.append(block)
    return done


@dataclass(frozen=True)
class Needs:
    """What a block's cells must allow: its figures, and amounts and options drawn already."""

    rows: list[Printed]
    amounts: Mapping[str, Iterable[float]] = field(default_factory=dict)
    options: Iterable[str] = ()


def make_block(people: People, names: list[str], needs: Needs) -> Block:
    """Return the variables of a wave that are drawn together, with their possible answers."""
    variables = people.codebook.variables
    asked = [name for name in names if variables[name].derive is None]
    derived = [name for name in names if variables[name].derive is not None]
    block = Block(people.codebook, asked, derived)
    CELLS[kind_of(block.variable).stand_in](block, people, needs)
    if not block.is_multiple or block.variable.base != "asked":
        block.cells.append(dict.fromkeys(block.cells[0]))
    return block


def _list_choices(block: Block, people: People, needs: Needs) -> None:
    block.cells = [{block.lead: name} for name in block.variable.categories_in(people.wave)]


def _list_countries(block: Block, people: People, needs: Needs) -> None:
    countries = people.reconstruction.countries
    printed = (row.category.split("+") for row in needs.rows if row.statistic != "nunique")
    codes = dict(countries.weights)
    for members in [*printed, *countries.regions.values()]:
        for code in members:
            if code and code != NOT_REPORTED:
                codes.setdefault(code, countries.tail)
    ordered = sorted(codes, key=lambda code: (-codes[code], code))
    block.cells = [{block.lead: code} for code in ordered]


def _list_numbers(block: Block, people: People, needs: Needs) -> None:
    """List joint values: round ones, those that figures need, and products of them."""
    variables, reconstruction = block.codebook.variables, people.reconstruction
    since = [name for name in block.derived if rule_of(variables[name]).years_since]
    drawn = since[:1] or block.asked
    limits = {name: reconstruction.assumption(name).highest for name in block.derived}
    for values in product(*(_list_grid(people, name, needs) for name in drawn)):
        cell: dict[str, Any] = dict(zip(drawn, values, strict=True))
        for name in block.derived:
            factors = rule_of(variables[name]).product
            if factors:
                cell[name] = float(np.prod([cell[source] for source in factors]))
        if all(limit is None or cell[name] <= limit for name, limit in limits.items()):
            block.cells.append(cell)


def _list_grid(people: People, name: str, needs: Needs) -> list[float]:
    own = [row for row in needs.rows if row.variable == name]
    exact = {"min", "max", "mode", "median"}
    needed = [row.middle for row in own if row.statistic in exact and row.middle is not None]
    bounds = people.codebook.variables[name].bounds
    values = list_values(
        people.reconstruction.assumption(name),
        [*needed, *needs.amounts.get(name, ())],
        bounds.low,
        bounds.high,
    )
    whole = {row.statistic: row.interval for row in reversed(own) if not row.tests}
    if "min" in whole and whole["min"].low is not None:
        values = [value for value in values if value >= whole["min"].low]
    if "max" in whole and whole["max"].high is not None:
        values = [value for value in values if value <= whole["max"].high]
    return values or [0.0, 1.0]


def _list_ticks(block: Block, people: People, needs: Needs) -> None:
    """List the joint ticks of the options that some figure takes together."""
    name, variable, variables = block.lead, block.variable, block.codebook.variables
    together: list[str] = []
    for test in (test for row in needs.rows for test in needed_tests(people, row)):
        if test.name == name and len(test.wanted) > 1:
            together += test.wanted
        if test.name in block.derived:
            for parts in (rule_of(variables[test.name]).ticks or {}).values():
                together += variable.expand_groups(parts)
    together += needs.options
    offered = list(variable.categories_in(people.wave))
    block.joint = [one for one in offered if one in together]
    block.ticks = [one for one in offered if one not in together]
    for flags in product([False, True], repeat=len(block.joint)):
        ticked = frozenset(one for one, flag in zip(block.joint, flags, strict=True) if flag)
        cell: dict[str, Any] = {name: ticked}
        for extra in block.derived:
            parts = (rule_of(variables[extra]).ticks or {})[name]
            cell[extra] = float(sum(bool(ticked & {*variable.expand_groups([p])}) for p in parts))
        block.cells.append(cell)


CELLS: dict[str, Callable[[Block, People, Needs], None]] = {
    "choices": _list_choices,
    "ticks": _list_ticks,
    "countries": _list_countries,
    **dict.fromkeys(("numbers", "counts", "amounts", "years"), _list_numbers),
}


@dataclass(frozen=True)
class Sort:
    """A sort of people whose likely answers are the same: assumptions, options not offered."""

    part: Part | None
    absent: frozenset[str]

    def answered(self, people: People, lead: str) -> float:
        """Return the share of those asked who answer."""
        own = None if self.part is None else self.part.answered
        assumed = people.reconstruction.assumption(lead).answered
        return next((one for one in (own, assumed) if one is not None), 0.92)

    def weights(self, people: People, lead: str) -> dict[str, float]:
        """Return the weights of the categories."""
        own = {} if self.part is None else self.part.shares
        return own or people.reconstruction.assumption(lead).shares

    def tick_share(self, people: People, lead: str, category: str) -> float:
        """Return the share who tick an option, of those who answer."""
        shares = self.weights(people, lead)
        if category not in shares:
            shares = people.reconstruction.assumption(lead).shares
        return shares.get(category, 5.0) / 100


def find_shares(block: Block, people: People, sort: Sort, other: str | None) -> np.ndarray:
    """Return the likely share of each cell among those who answer; `other` is the other wave's."""
    cells = [cell for cell in block.cells if cell[block.named] is not None]
    shares = SHARES[kind_of(block.variable).stand_in](block, people, cells, sort)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(cells), 1 / len(cells))
    if other is not None:
        shares = 0.1 * shares
        shares[[cell[block.lead] for cell in cells].index(other)] += 0.9
    return np.concatenate([shares, np.zeros(len(block.cells) - len(cells))])


def _share_choices(block: Block, people: People, cells: list[Cell], sort: Sort) -> np.ndarray:
    weights = sort.weights(people, block.lead)
    return np.array([weights.get(cell[block.lead], 1.0) for cell in cells], dtype=float)


def _share_countries(block: Block, people: People, cells: list[Cell], sort: Sort) -> np.ndarray:
    countries = people.reconstruction.countries
    weights = sort.part.shares if sort.part is not None and sort.part.shares else countries.weights
    return np.array([weights.get(cell[block.lead], countries.tail) for cell in cells])


def _share_ticks(block: Block, people: People, cells: list[Cell], sort: Sort) -> np.ndarray:
    shares = np.ones(len(cells))
    for category in block.joint:
        share = sort.tick_share(people, block.lead, category)
        inside = np.array([category in cell[block.lead] for cell in cells])
        shares *= np.where(inside, 0.0 if category in sort.absent else share, 1 - share)
    return shares


def _share_numbers(block: Block, people: People, cells: list[Cell], sort: Sort) -> np.ndarray:
    shares = np.ones(len(cells))
    for name in cells[0]:
        derive = block.codebook.variables[name].derive
        if derive is not None and not derive.years_since:
            continue
        heaps = people.reconstruction.assumption(name).heaps
        values = sorted({cell[name] for cell in cells})
        weights = weigh_values(values, _find_curve(people, name, sort.part), heaps)
        likely = dict(zip(values, weights, strict=True))
        shares = shares * np.array([likely[cell[name]] for cell in cells])
    return shares


def _find_curve(people: People, name: str, part: Part | None) -> Curve | None:
    """Return a number's curve for a part of the people, which another variable may have named."""
    assumption = people.reconstruction.assumption(name)
    if part is None:
        return assumption.curve
    if part in assumption.by and part.curve is not None:
        return part.curve
    named = (
        one.curve
        for one in assumption.by
        if one.where == part.where and one.wave == part.wave and one.curve
    )
    return next(named, assumption.curve)


SHARES: dict[str, Callable[[Block, People, list[Cell], Sort], np.ndarray]] = {
    "choices": _share_choices,
    "ticks": _share_ticks,
    "countries": _share_countries,
    **dict.fromkeys(("numbers", "counts", "amounts", "years"), _share_numbers),
}
