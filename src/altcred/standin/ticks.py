"""Draws which of several options people ticked, so that options and their groups come out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from altcred.core.records import NOT_REPORTED
from altcred.kinds.variable import Variable, column_of
from altcred.standin.closed import list_joint
from altcred.standin.panel import target_ticks
from altcred.standin.people import People, Target
from altcred.standin.solve import Sums, gather_alike, round_table, spread

# How often an option is ticked of which nothing is shown, and a question left out.
_USUALLY, _USUALLY_MISSING = 0.15, 0.05
# How often ticks of many people at once are moved for one group of options.
_TRIES = 200


@dataclass
class _Table:
    """What is drawn together: a column for each option, and for each group that is told."""

    options: list[str]
    groups: dict[str, list[int]] = field(default_factory=dict)

    def column(self, members: Sequence[str]) -> int | None:
        """Return the column of one option, or of whoever ticked one of several."""
        inside = [self.options.index(one) for one in members if one in self.options]
        if len(inside) < 2:
            return inside[0] if inside else None
        key = " ".join(map(str, sorted(inside)))
        self.groups.setdefault(key, sorted(inside))
        return len(self.options) + list(self.groups).index(key)


def draw_ticks(people: People, name: str) -> None:
    """Draw who answered a question of several answers, and what they ticked."""
    variable = people.variables[name]
    options = list(variable.categories_in(people.wave))
    who = people.asked(name)
    again = [one for pairs in people.pairs if pairs.has(name)
             for one in target_ticks(people, pairs, name, who)]  # fmt: skip
    answered = who
    if variable.base != "asked":
        given = [target for option, target in again if option.startswith("?")]
        answered = _draw_answered(people, name, who, given)
    places = np.flatnonzero(answered)
    offered = people.tell({one: people.conditions.offered(name, one) for one in options})
    table = _Table(options)
    targets = [*_list_targets(people, name, variable, table, answered)]
    targets += [(options.index(option), target) for option, target in again if option in options]
    exclusive = [at for at, one in enumerate(options) if variable.categories[one].exclusive]
    ticks = np.zeros((people.size, len(options)), dtype=bool)
    targets = [(column, people.widen(one)) for column, one in targets]
    people.ticked[name] = table, [one for one in targets if one[0] >= len(options)], exclusive
    if len(places):
        ticks[places] = _draw(people, name, table, targets, places,
                              np.column_stack([offered[one][places] for one in options]),
                              everyone=variable.everyone_ticks or _is_never_denied(people, name),
                              exclusive=exclusive)  # fmt: skip
    for at, option in enumerate(options):
        column = np.full(people.size, None, dtype=object)
        column[answered] = ticks[answered, at]
        column[~offered[option]] = None
        people.columns[column_of(name, option)] = column


def _is_never_denied(people: People, name: str) -> bool:
    """Tell whether no column says that its option is not ticked: who answers ticks then."""
    variable = people.variables[name]
    options = variable.categories_in(people.wave)
    return variable.base == "answered" and all(
        f"not {column_of(name, one)}" in people.covers for one in options
    )


def _draw_answered(
    people: People, name: str, who: np.ndarray, again: Sequence[Target]
) -> np.ndarray:
    targets = list(again)
    for scope, part, inside in people.told_parts():
        known = people.shown.of_part(scope, part.name, name)
        if part.tells(name) and ("", "nobs") in known:
            count = known["", "nobs"][0]
            targets.append(Target(inside & who, np.array([1.0, 0.0]), count, count))
    asked, given = (
        people.shown.asked(people.wave, "all", name),
        people.shown.find(people.wave, "all", name, "", "nobs"),
    )
    share = 1 - _USUALLY_MISSING if not asked or given is None else given / asked
    share = min(max(share, 1e-9), 1 - 1e-9)
    drawn = people.draw(who, np.array([share, 1 - share]), targets)
    answered = np.zeros(people.size, dtype=bool)
    answered[np.flatnonzero(who)[drawn == 0]] = True
    return answered


def _list_targets(
    people: People, name: str, variable: Variable, table: _Table, answered: np.ndarray
) -> Iterator[tuple[int, Target]]:
    """Yield the columns with what estimates tell of them."""
    shown, one = people.shown, np.ones(1)
    for scope, part, inside in people.told_parts():
        if not part.tells(name):
            continue
        known = shown.of_part(scope, part.name, name)
        for category in dict.fromkeys(category for category, _ in known if category):
            count = shown.count(scope, part.name, name, category)
            column = table.column(variable.expand_groups([category]))
            if category != NOT_REPORTED and count is not None and column is not None:
                yield column, Target(inside & answered, one, count, count)
    for listed, whom, low, high, is_so in list_joint(people, name, answered):
        column = table.column(variable.expand_groups(listed))
        if column is not None and NOT_REPORTED not in listed:
            total = float(whom.sum())
            ends = (low, high) if is_so else (total - high, total - low)
            yield column, Target(whom, one, *ends)


def _draw(
    people: People,
    name: str,
    table: _Table,
    targets: list[tuple[int, Target]],
    places: np.ndarray,
    offered: np.ndarray,
    *,
    everyone: bool,
    exclusive: list[int],
) -> np.ndarray:
    """Return who of those at `places` ticked what, a column an option."""
    used = [(at, one) for at, one in targets if one.who[places].any()]
    marks = [one.who[places] for _, one in used] + list(offered.T)
    groups, first = gather_alike(marks, len(places))
    sizes = np.bincount(groups, minlength=len(first)).astype(float)
    options, width = len(table.options), len(table.options) + len(table.groups)
    real = np.zeros((len(first), width))
    for column in range(width):
        own = [one for at, one in used if at == column]
        share = _share_of(people, name, table, column)
        if column >= options:
            inside = real[:, table.groups[list(table.groups)[column - options]]]
            apart = 1 - np.prod(1 - inside / np.maximum(sizes, 1)[:, None], axis=1)
            prior = np.clip(apart, 1e-6, 1 - 1e-6)
        else:
            prior = np.where(offered[first, column], share, 0.0)
        sums = _sums_of(own, places, first, 2)
        pair = np.column_stack([prior, 1 - prior])
        real[:, column] = spread(sizes, pair, sums)[:, 0]
    sums = _stack(used, places, first, width)
    more = [_cover(real.shape, exclusive, table, sizes, everyone)]
    for at, members in enumerate(table.groups.values(), start=options):
        more += _bind(real.shape, at, members)
    blank = np.zeros(len(first))
    real[:, :options] = np.where(offered[first], np.maximum(real[:, :options], 1e-9), 0)
    whole = round_table(real, sizes, sums, people.rng, least=blank, more=more)
    ticks = np.zeros((len(places), options), dtype=bool)
    order = np.argsort(groups, kind="stable")
    ends = np.cumsum(sizes.astype(int))
    for row, ones in enumerate(np.split(order, ends[:-1])):
        given = _hand_out(whole[row, :options], len(ones), people.rng, everyone, exclusive)
        for at, members in enumerate(table.groups.values(), start=options):
            _join(given, members, int(whole[row, at]), people.rng, everyone, exclusive)
        ticks[ones] = given
    return ticks


def _share_of(people: People, name: str, table: _Table, column: int) -> float:
    if column >= len(table.options):
        return 0.5
    known = people.shown.of_part(people.wave, "all", name)
    found = known.get((table.options[column], "proportion"))
    return min(max(_USUALLY if found is None else found[0], 1e-6), 1 - 1e-6)


def _sums_of(targets: list[Target], places: np.ndarray, first: np.ndarray, width: int) -> Sums:
    return _stack([(0, one) for one in targets], places, first, width)


def _stack(
    targets: list[tuple[int, Target]], places: np.ndarray, first: np.ndarray, width: int
) -> Sums:
    inside = [np.flatnonzero(one.who[places][first]) for _, one in targets]
    rows = np.repeat(np.arange(len(inside)), [len(one) for one in inside])
    blank = np.zeros(0, dtype=int)
    cells = np.concatenate(
        [blank, *(one * width + at for one, (at, _) in zip(inside, targets, strict=True))]
    )
    weights = sp.csr_matrix(
        (np.ones(len(rows)), (rows, cells)),
        shape=(len(targets), len(first) * width),
    )
    low, high = (np.array([getattr(one, end) for _, one in targets], float)
                 for end in ("low", "high"))  # fmt: skip
    return Sums(weights, low, high, np.ones(len(targets), dtype=bool))


def _cover(
    shape: tuple[int, int], exclusive: list[int], table: _Table, sizes: np.ndarray, everyone: bool
) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    """Return that everybody ticks something, and that what excludes others stands alone."""
    (rows, width), options = shape, len(table.options)
    one = np.zeros((1, width))
    one[0, :options] = 1
    covers = sp.kron(sp.eye(rows), one)
    least = sizes if everyone else np.zeros(rows)
    parts, low, high = [covers], [least], [np.full(rows, np.inf)]
    excluded = [other for other in range(options) if other not in exclusive]
    excluded += [
        at for at, members in enumerate(table.groups.values(), start=options)
        if not {*members} & {*exclusive}
    ]  # fmt: skip
    for at in excluded if exclusive else ():
        alone = np.zeros((1, width))
        alone[0, exclusive] = 1
        alone[0, at] = 1
        parts.append(sp.kron(sp.eye(rows), alone))
        low.append(np.zeros(rows))
        high.append(sizes)
    return sp.vstack(parts).tocsr(), np.concatenate(low), np.concatenate(high)


def _bind(
    shape: tuple[int, int], at: int, members: list[int]
) -> Iterator[tuple[sp.csr_matrix, np.ndarray, np.ndarray]]:
    """Yield that a group has at least each of its options' people and at most all together."""
    rows, width = shape
    every = np.zeros((1, width))
    every[0, members], every[0, at] = 1, -1
    yield sp.kron(sp.eye(rows), every).tocsr(), np.zeros(rows), np.full(rows, np.inf)
    for member in members:
        one = np.zeros((1, width))
        one[0, at], one[0, member] = 1, -1
        yield sp.kron(sp.eye(rows), one).tocsr(), np.zeros(rows), np.full(rows, np.inf)


def _hand_out(
    counts: np.ndarray, size: int, rng: np.random.Generator, everyone: bool, exclusive: list[int]
) -> np.ndarray:
    """Give people alike their ticks: to everybody one where all tick, the rest by chance."""
    ticks = np.zeros((size, len(counts)), dtype=bool)
    people = rng.permutation(size)
    taken = 0
    for at in exclusive:
        ticks[people[taken : taken + counts[at]], at] = True
        taken += int(counts[at])
    people, rest = people[min(taken, size) :], counts.copy()
    rest[exclusive] = 0
    if not len(people):
        return ticks
    rest = np.minimum(rest, len(people))
    if everyone:
        every = np.repeat(np.arange(len(rest)), rest)
        chosen = rng.permutation(every)[: len(people)]
        ticks[people[: len(chosen)], chosen] = True
        rest = rest - np.bincount(chosen, minlength=len(rest))
    for at in np.flatnonzero(rest > 0).tolist():
        free = people[~ticks[people, at]]
        ticks[rng.permutation(free)[: rest[at]], at] = True
    return ticks


def _join(
    ticks: np.ndarray,
    members: list[int],
    wanted: int,
    rng: np.random.Generator,
    everyone: bool,
    exclusive: list[int],
) -> None:
    """Exchange ticks between people until so many of them ticked one of the members."""
    apart = [one for one in exclusive if one not in members]
    others = [one for one in range(ticks.shape[1]) if one not in {*members, *apart}]
    # Whoever ticked what excludes the others ticks none of them.
    is_apart = ticks[:, apart].any(axis=1)
    for _ in range(_TRIES):
        held = ticks[:, members].sum(axis=1)
        surplus = int((held > 0).sum()) - wanted
        if surplus == 0:
            return
        moved = 0
        for one in rng.permutation(members):
            if surplus < 0:
                givers, takers = ticks[:, one] & (held > 1), (held == 0) & ~is_apart
            else:
                givers, takers = ticks[:, one] & (held == 1), ~ticks[:, one] & (held > 0)
            if everyone and surplus > 0:
                givers &= ticks[:, others].any(axis=1)
            give, take = (rng.permutation(np.flatnonzero(one)) for one in (givers, takers))
            moved = min(len(give), len(take), abs(surplus))
            if moved:
                ticks[give[:moved], one], ticks[take[:moved], one] = False, True
                break
        if not moved and not (everyone and surplus > 0 and _lend(ticks, members, others, rng)):
            return


def _lend(
    ticks: np.ndarray, members: list[int], others: list[int], rng: np.random.Generator
) -> bool:
    """Give a tick outside a group to somebody with none, from somebody with several ticks.

    Then that person can lose one inside it. Tell whether there was any such pair.
    """
    poor = np.flatnonzero((ticks.sum(axis=1) == 1) & ticks[:, members].any(axis=1))
    for one in rng.permutation(others) if len(poor) else ():
        rich = np.flatnonzero(ticks[:, one] & (ticks.sum(axis=1) > 1))
        if len(rich):
            ticks[rng.choice(rich), one], ticks[rng.choice(poor), one] = False, True
            return True
    return False
