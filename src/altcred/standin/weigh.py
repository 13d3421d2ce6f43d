"""Weights of a stand-in's people, by which weighted shares come out as they are told."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp, nnls
from scipy.sparse.linalg import lsmr

from altcred.core.records import ALL
from altcred.describe.dependence import source_names
from altcred.standin.balance import Line, hand_round, list_lines
from altcred.standin.panel import find_kept
from altcred.standin.people import People
from altcred.standin.solve import gather_alike

# How much weights are held back from varying, step by step, and how much they may where that is
# not told.
_DAMPS = (0.0, *np.geomspace(1e-4, 1.0, 25))
_UNTOLD = 0.5
# So many steps without that, and how near is near enough: a fifth of what is printed.
_STEPS, _NEAR = 25, 1e-4
# Weights of this many times the mean, and this part of it, are the most and the least.
_MOST = 20.0
# The part of a weight by which it is lowered at most at last.
_LOWERED = 0.9
# What part of their variance weights have at first; moving them brings the rest, or else all is
# done again with the whole, where they come to less than so much.
_FIRST, _ENOUGH = 0.6, 0.9
# How much more weights may vary for what is told.
_MORE = 1.02


def write_weights(people: People) -> list[str]:
    """Return the weight of each person, as the survey writes numbers; 1 where it has none."""
    wave = people.cohort.study.waves[people.wave]
    if wave.weight is None:
        return ["1"] * people.size
    written = [f"{one:.4f}" for one in people.weights.tolist()]
    return [one.replace(".", ",") for one in written] if wave.decimal == "comma" else written


def weigh(people: People) -> None:
    """Choose the weights of people whose answers are all drawn, and hand these round.

    First those by which the subgroups come out, that vary in each as much as its design effect
    tells (calibration by least squares: Deville and Särndal 1992, Journal of the American
    Statistical Association 87, 376-382); then people alike exchange answers. What is left is made
    up for by weights near these.
    """
    if people.cohort.study.waves[people.wave].weight is None:
        return
    names = [*people.variables]
    # What somebody answers twice in the same way stays as well.
    stays = {one for one in names if (~np.isnan(find_kept(people, one))).any()}
    stays |= {one for one in names if {*source_names(people.variables[one])} & stays}
    makers = [one for one in names
              if one in stays or any(one in part.where for part in people.parts)]  # fmt: skip
    people.weights = np.ones(people.size)
    effect = people.shown.find(people.wave, ALL, "weights", statistic="design_effect")
    variance = _UNTOLD if effect is None else max(effect - 1, 0.0)
    told = _stack(people.size, list_lines(people, makers))
    people.weights = _calibrate(told, people.weights, variance)
    # Nobody's weight is moved at last by more than weights vary in the subgroups of that person.
    apart = np.full(people.size, variance**0.5)
    for inside, effect in _list_effects(people):
        apart[inside] = np.minimum(apart[inside], max(effect - 1, 0.0) ** 0.5)
    start = people.weights
    for share in (_FIRST, 1.0):
        people.weights = start
        people.weights = _calibrate(told, _spread(people, variance, share), variance)
        hand_round(people)
        people.forget()
        people.weights = _settle([*list_lines(people, names)], people.weights, apart)
        people.forget()
        # Where next to nothing is left to be moved they vary too little.
        if people.weights.var() >= _ENOUGH * variance:
            break


def _stack(size: int, lines: Iterable[Line]) -> sp.csr_array:
    """Return sums that are to be nought as rows of a matrix, in parts of all people."""
    rows = [sp.csr_array((0, size))]
    for one in lines:
        places = np.flatnonzero(one.who)
        if one.high - one.low < np.inf and len(places):
            found = (one.adds[places] / len(places), (np.zeros_like(places), places))
            rows.append(sp.csr_array(found, shape=(1, size)))
    return sp.vstack(rows, format="csr")


def _calibrate(told: sp.csr_array, start: np.ndarray, variance: float) -> np.ndarray:
    """Return weights near others that bring all sums nearest to nought, and vary as is told.

    Relations between answers that the survey had and the stand-in lacks would else be made up for
    by weights far apart.
    """
    weights = start
    for damp in _DAMPS if told.shape[0] else ():
        weights = start
        # What bounds cut off is made up for by others.
        for _ in range(1 if damp else _STEPS):
            missed = told @ weights
            if np.abs(missed).max() < _NEAR:
                break
            found = weights - lsmr(told, missed, damp=damp, maxiter=500)[0]
            weights = np.clip(found / found.mean(), 1 / _MOST, _MOST)
        if weights.var() <= variance * _MORE:
            break
    return weights


def _settle(lines: Sequence[Line], start: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Return weights near others by which as much as can be is as told: the rest is missed alone.

    A linear programme, since least squares would rather miss everything by a little.
    """
    used = [one for one in lines if one.who.any()]
    if not used:
        return start
    rows = [np.where(one.who, one.adds, 0.0) / start[one.who].sum() for one in used]
    told = sp.csr_array(np.array(rows))
    low, high = (np.array([getattr(one, end) for one in used]) for end in ("low", "high"))
    many, size = told.shape
    eye = sp.eye_array(many)
    whole = sp.hstack([told, -told, eye, -eye])
    # The weights of all stay as they are together.
    total = sp.csr_array(np.r_[np.ones(size), -np.ones(size), np.zeros(2 * many)][None, :])
    held = told @ start
    most = np.r_[start * apart, start * np.minimum(apart, _LOWERED), np.full(2 * many, np.inf)]
    found = milp(
        np.r_[np.full(2 * size, _NEAR / size), np.ones(2 * many)],
        bounds=Bounds(0, most),
        constraints=[
            LinearConstraint(whole, low - _NEAR - held, high + _NEAR - held),
            LinearConstraint(total, 0, 0),
        ],
    )  # fmt: skip
    return start if found.x is None else start + found.x[:size] - found.x[size : 2 * size]


def _list_effects(people: People) -> Iterator[tuple[np.ndarray, float]]:
    """Yield the design effects that are told, each with the people of whom it is."""
    for scope, part, inside in people.told_parts():
        effect = people.shown.find(scope, part.name, "weights", "", "design_effect")
        if scope == people.wave and inside.any() and effect is not None:
            yield inside, effect


def _spread(people: People, variance: float, part: float) -> np.ndarray:
    """Return weights with a share of the variance of each subgroup, and with the same sums."""
    marks, lacking = [], []
    held = people.weights
    effects = [*_list_effects(people)] or [(np.ones(people.size, dtype=bool), variance + 1)]
    for inside, effect in effects:
        marks.append(inside)
        total = held[inside].sum()
        effect = 1 + part * (effect - 1)
        lacking.append(effect * total**2 / inside.sum() - (held[inside] ** 2).sum())
    groups, first = gather_alike(marks, people.size)
    sizes = np.bincount(groups)
    inside = np.array([[mark[one] for one in first] for mark in marks]) * sizes
    share = 1 / np.maximum(inside.sum(axis=1), 1)
    spreads = nnls(inside * share[:, None], np.maximum(np.array(lacking) * share, 0.0))[0]
    weights = held.copy()
    for at, spread in enumerate(spreads.tolist()):
        of = groups == at
        if spread > 0 and sizes[at] > 1:
            middle = held[of].mean()
            drawn = people.rng.gamma(middle**2 / spread, spread / middle, sizes[at])
            drawn = (drawn - drawn.mean()) / max(drawn.std(), 1e-9) * spread**0.5
            weights[of] = np.clip(held[of] + drawn, 1 / _MOST, _MOST)
    return weights
