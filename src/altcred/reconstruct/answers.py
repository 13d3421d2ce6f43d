"""Who gave which answer: as many of each group as were solved, by likely dependence and chance."""

import numpy as np
from scipy.stats import norm, rankdata

from altcred.kinds.variable import column_of
from altcred.reconstruct.blocks import Block
from altcred.reconstruct.counted import Counted
from altcred.reconstruct.people import People, Test, make_tests, rule_of


def give_answers(counted: Counted, counts: np.ndarray, rng: np.random.Generator) -> None:
    """Give everybody an answer to the block's questions, each as often as counted."""
    people, block = counted.people, counted.block
    if block.is_ranked:
        score = _score_rank(people, block, rng)
    else:
        affinity = _find_affinities(people, block, rng)
    cells_of: dict[int, list[tuple[int, int]]] = {}
    for (stratum, cell), place in counted.cells.items():
        cells_of.setdefault(stratum, []).append((cell, int(counts[place])))
    missing = {cell for cell, answer in enumerate(block.answers) if answer is None}
    rank = _rank_cells(block, rng)
    cell_of = np.full(len(people), -1, dtype=np.int64)
    for stratum, members in enumerate(counted.strata.members):
        cells = sorted(cells_of[stratum], key=lambda one: rank[one[0]])
        unanswered = sum(number for cell, number in cells if cell in missing)
        skipped = choose_unanswered(people, members, unanswered, rng)
        rest = np.setdiff1d(members, skipped, assume_unique=True)
        if len(rest) == 0:
            continue
        given = np.array([one for one in cells if one[0] not in missing], dtype=np.int64)
        ids, numbers = given.T
        if block.is_ranked:
            places = spread_by_rank(score[rest], numbers)
        else:
            places = spread_by_affinity(affinity[np.ix_(rest, ids)], numbers)
        cell_of[rest] = ids[places]
    if block.is_multiple:
        _write_ticks(counted, counts, cell_of, rng)
    else:
        _write_columns(people, block, cell_of)


# How well an answer goes with a person -----------------------------------------------------------


def _score_rank(people: People, block: Block, rng: np.random.Generator) -> np.ndarray:
    """Return a number a person: the higher, the higher the answer."""
    reconstruction = people.reconstruction
    assumption = reconstruction.assumption(block.lead)
    weights = {
        **assumption.depends.get("value", {}),
        **reconstruction.assumption(block.named).depends.get("value", {}),
    }
    score = _score(people, weights) + rng.normal(size=len(people)) * assumption.noise
    elsewhere = people.elsewhere(block.lead)
    if elsewhere is not None:
        column = _rank(people, block.lead, elsewhere)
        known = ~np.isnan(column)
        if known.sum() > 1 and column[known].std() > 0:
            apart = column[known] - column[known].mean()
            score[known] += assumption.persistence * apart / column[known].std()
    return score


def _find_affinities(people: People, block: Block, rng: np.random.Generator) -> np.ndarray:
    """Return how well each cell goes with each person, chance included."""
    lead, assumption = block.lead, people.reconstruction.assumption(block.lead)
    if block.is_multiple:
        options = {one: _score_option(people, lead, one, rng) for one in block.joint}
        # A row a cell, since rows are added faster than columns.
        result = np.zeros((len(block.cells), len(people)))
        for place, ticked in enumerate(block.answers):
            for category in ticked or ():
                result[place] += options[category]
        return result.T
    result = rng.gumbel(size=(len(people), len(block.cells))) * assumption.noise
    same = people.elsewhere(lead)
    for place, category in enumerate(block.answers):
        if category is not None:
            result[:, place] += _score(people, assumption.depends.get(category, {}))
            if same is not None:
                result[:, place] += assumption.persistence * (same == category)
    return result


def _score_option(people: People, lead: str, category: str, rng: np.random.Generator) -> np.ndarray:
    assumption, column = people.reconstruction.assumption(lead), column_of(lead, category)
    score = rng.logistic(size=len(people)) * 0.55 * assumption.noise
    score += _score(people, assumption.depends.get(category, {}))
    score += _score(people, assumption.depends.get("value", {}))
    same = people.elsewhere(column)
    if same is not None:
        score += assumption.persistence * same
    return score


def _score(people: People, weights: dict[str, float]) -> np.ndarray:
    """Return the weighted sum of features, a number a person."""
    total = np.zeros(len(people))
    for name, weight in weights.items():
        total += weight * find_feature(people, name)
    return total


def find_feature(people: People, name: str) -> np.ndarray:
    """Return a trait, factor or variable as a number a person, 0 on average or where unknown.

    `variable.category` is whether that answer was given; a variable alone is its rank.
    """
    traits = people.reconstruction.traits
    variable, _, category = name.partition(".")
    tests = [Test(variable, "in", (category,))]
    if name in traits:
        tests = make_tests(people.codebook, traits[name])
    if not people.knows(tests):
        return np.zeros(len(people))
    if category or name in traits:
        return people.meet(tests).astype(float)
    column = _rank(people, variable, people.columns[variable])
    # Ranks, so that a single huge number does not outweigh everybody else.
    known = ~np.isnan(column)
    result = np.zeros(len(column))
    if known.sum() > 1:
        result[known] = norm.ppf(rankdata(column[known]) / (known.sum() + 1))
    return result


def _rank(people: People, name: str, column: np.ndarray) -> np.ndarray:
    """Return answers as numbers: those of a closed question by their place in the codebook."""
    if column.dtype != object:
        return column.astype(float)
    categories = people.codebook.variables[name].categories
    ranks = {category: place for place, category in enumerate(categories)}
    return np.array([ranks.get(value, np.nan) for value in column], dtype=float)


def _rank_cells(block: Block, rng: np.random.Generator) -> list[float]:
    """Return the rank of each cell: by its last number, such as a product, or as listed."""
    name = list(block.cells[0])[-1]
    if block.is_multiple or not block.codebook.variables[name].is_numeric:
        return list(range(len(block.cells)))
    jitter = rng.random(len(block.cells)) * 1e-6
    numbers = [-1 if cell[name] is None else cell[name] for cell in block.cells]
    return [number + more for number, more in zip(numbers, jitter, strict=True)]


# Columns of answers ------------------------------------------------------------------------------


def _write_columns(people: People, block: Block, cell_of: np.ndarray) -> None:
    for name in block.cells[0]:
        answers = [*(cell[name] for cell in block.cells), None]
        is_numeric = block.codebook.variables[name].is_numeric
        column = np.array(answers, dtype=float if is_numeric else object)
        people.columns[name] = column[cell_of]
    for name in block.asked:
        if name not in people.columns:
            # A year, of which the years since were drawn.
            people.columns[name] = people.years - people.columns[block.named]


def _write_ticks(
    counted: Counted, counts: np.ndarray, cell_of: np.ndarray, rng: np.random.Generator
) -> None:
    """Write a truth value an option; those that are counted one by one are ticked here."""
    people, block, lead = counted.people, counted.block, counted.block.lead
    sets = [*block.answers, None]
    answered = np.array([ticked is not None for ticked in sets])[cell_of]
    joint = {}
    for category in block.joint:
        inside = np.array([bool(ticked) and category in ticked for ticked in sets])[cell_of]
        joint[category] = people.columns[column_of(lead, category)] = inside
    if block.ticks:
        ticks = _tick_alone(counted, counts, answered, joint, rng)
        for option, category in enumerate(block.ticks):
            people.columns[column_of(lead, category)] = ticks[:, option]
    offered = [people.columns[column_of(lead, one)] for one in (*block.joint, *block.ticks)]
    people.columns[lead] = np.any(offered, axis=0)
    for name in block.derived:
        total = np.zeros(len(people))
        for part in (rule_of(block.codebook.variables[name]).ticks or {})[lead]:
            members = (column_of(lead, one) for one in block.variable.expand_groups([part]))
            known = [people.columns[one] for one in members if one in people.columns]
            total += np.any(known, axis=0) if known else 0
        people.columns[name] = np.where(people.columns[lead], total, np.nan)


def _tick_alone(
    counted: Counted,
    counts: np.ndarray,
    answered: np.ndarray,
    joint: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> np.ndarray:
    people, block = counted.people, counted.block
    assumption = people.reconstruction.assumption(block.lead)
    scores = np.column_stack([_score_option(people, block.lead, c, rng) for c in block.ticks])
    for option, category in enumerate(block.ticks):
        for other, inside in joint.items():
            if any(category in group and other in group for group in assumption.exclusive):
                scores[:, option] -= assumption.exclusion * inside
    exclusive = [
        {block.ticks.index(one) for one in group if one in block.ticks}
        for group in assumption.exclusive
    ]
    some = np.any(list(joint.values()), axis=0) if joint else np.zeros(len(people), dtype=bool)
    result = np.zeros((len(people), len(block.ticks)), dtype=bool)
    for stratum, members in enumerate(counted.strata.members):
        rest = members[answered[members]]
        places = [counted.ticks.get((stratum, category)) for category in block.ticks]
        if len(rest):
            result[rest] = tick_options(
                scores[rest],
                np.array([0 if place is None else int(counts[place]) for place in places]),
                np.array([place is not None for place in places]),
                some[rest],
                exclusive,
                assumption.exclusion,
                block.can_skip,
            )
    return result


def choose_unanswered(
    people: People, members: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the members who skip a question: mostly those who skip others as well."""
    patience = people.columns["patience"][members]
    order = np.argsort(patience + rng.normal(size=len(members)), kind="stable")
    return members[order[:count]]


def spread_by_rank(scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give cells in rising order to members by rising score; return a cell a member."""
    result = np.empty(len(scores), dtype=np.int64)
    result[np.argsort(scores, kind="stable")] = np.repeat(np.arange(len(counts)), counts)
    return result


def spread_by_affinity(affinity: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give cells to the members they go with best, rare cells first; return a cell a member."""
    result = np.full(len(affinity), -1, dtype=np.int64)
    # How much better a cell suits a member than the best other one does.
    if affinity.shape[1] > 1:
        second, best = np.partition(affinity, -2, axis=1)[:, -2:].T
    else:
        best, second = affinity[:, 0], affinity[:, 0] * 0
    for place in np.argsort(counts, kind="stable"):
        if counts[place]:
            free = np.flatnonzero(result < 0)
            own = affinity[free, place]
            score = own - np.where(own == best[free], second[free], best[free])
            result[free[_find_highest(score, counts[place])]] = place
    return result


def _find_highest(scores: np.ndarray, count: int) -> np.ndarray:
    """Return the places of so many highest scores, in no order; of equal ones the first."""
    if count == 0 or count >= len(scores):
        return np.arange(min(count, len(scores)))
    # Nothing but the least of them has to be found, which is faster than sorting all.
    least = np.partition(scores, -count)[-count]
    above, equal = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
    return np.concatenate([above, equal[: count - len(above)]])


def tick_options(
    scores: np.ndarray,
    counts: np.ndarray,
    eligible: np.ndarray,
    ticked: np.ndarray,
    exclusive: list[set[int]],
    exclusion: float,
    cover: bool,
) -> np.ndarray:
    """Tick options for the members of one group, each option exactly as often as counted.

    `scores` are members by options; `eligible` tells of an option whether it was offered and
    `ticked` of a member whether something is ticked already. With `cover`, everybody ends with at
    least one tick, which the counts must allow.
    """
    result = np.zeros(scores.shape, dtype=bool)
    for option in np.argsort(-counts, kind="stable"):
        score = scores[:, option].copy()
        for group in exclusive:
            if option in group:
                score -= exclusion * result[:, sorted(group)].any(axis=1)
        if cover:
            score += 1.0 * ~(ticked | result.any(axis=1))
        result[_find_highest(score, counts[option]), option] = True
    number = result.sum(axis=1)
    for member in np.flatnonzero(~ticked & (number == 0)) if cover else ():
        # Somebody with a tick to spare hands it over; the counts stay.
        for option in np.argsort(-scores[member], kind="stable"):
            spare = np.flatnonzero(result[:, option] & (number + ticked > 1))
            if eligible[option] and len(spare):
                donor = spare[np.argmin(scores[spare, option])]
                result[donor, option], result[member, option] = False, True
                number[donor] -= 1
                number[member] += 1
                break
    return result
