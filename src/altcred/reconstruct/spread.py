"""Answers spread over the members of a group, each exactly as often as counted."""

import numpy as np

from altcred.reconstruct.people import People


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
